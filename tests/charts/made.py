"""Small made frames in the shape that the transforms give, for what real data happens not to hold."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from analysis.charts import Credit

CREDIT = Credit("Made for a test", "None needed")
STATEMENT = "3 reviewed areas: 1 CQC, 2 Ofsted after the Jay report"
NAMES = {"E08000018": "Rotherham", "E06000017": "Rutland", "E10000032": "West Sussex", "E92000001": "England"}


def tiles(**changes: Any) -> pl.DataFrame:
    """Four tiles: a CQC area judged good, an Ofsted area judged inadequate, one not judged, one outside."""
    rows = {
        "area_code": ["E08000018", "E06000017", "E10000032", "E06000058"],
        "area_name": ["Rotherham", "Rutland", "West Sussex", "Poole Harbour"],
        "region_code": ["E12000003", "E12000004", "E12000008", "E12000009"],
        "tile_column": [0, 1, 1, 0],
        "tile_row": [0, 0, 1, 1],
        "in_cohort": [True, True, True, False],
        "basis": ["cqc_review", "ofsted_after_jay", "ofsted_after_jay", None],
        "domain": ["overall"] * 4,
        "on": [date(2025, 3, 31)] * 4,
        "grade": ["good", "inadequate", None, "good"],
        "grade_rank": [3, 1, None, 3],
        "programme": ["ilacs_short", "sif", None, "ilacs_standard"],
        "published": [date(2022, 8, 12), date(2017, 1, 1), None, date(2020, 1, 1)],
    }
    return pl.DataFrame({**rows, **changes})


def cohort(*extra: str) -> pl.DataFrame:
    """The three areas of the made tiles, and any others by name."""
    codes = ["E08000018", "E06000017", "E10000032"]
    names = [*(NAMES[code] for code in codes), *extra]
    return pl.DataFrame({"area_code": [*codes, *(f"E0699{n:04}" for n in range(len(extra)))], "area_name": names})


def history(**changes: Any) -> pl.DataFrame:
    """An area with two inspections a fortnight apart, one with a review of unknown day, one with none."""
    rows = {
        "area_code": ["E08000018", "E08000018", "E06000017", "E10000032"],
        "area_name": ["Rotherham", "Rotherham", "Rutland", "West Sussex"],
        "basis": ["cqc_review", "cqc_review", "ofsted_after_jay", "ofsted_after_jay"],
        "inspection_id": ["a-sif", "a-cqc_clas", "b-cqc_clas", None],
        "programme": ["sif", "cqc_clas", "cqc_clas", None],
        "day": [date(2014, 11, 19), date(2014, 12, 3), None, None],
        "grade": ["inadequate", None, None, None],
        "grade_rank": [1, None, None, None],
    }
    return pl.DataFrame({**rows, **changes}, schema_overrides={"grade_rank": pl.Int64})


def rates(counts: dict[int, tuple[str, float | None, float | None, float | None]], area: str) -> pl.DataFrame:
    """One area's rates of CSE by year as status, rate, low and high, its criminal exploitation never collected."""
    rows = []
    for year, (status, rate, low, high) in counts.items():
        common = {
            "area_code": area,
            "area_name": NAMES[area],
            "role": "area",
            "role_order": 1,
            "rank": None,
            "year": year,
        }
        certainty = "exact" if status == "published" else "bounded" if high is not None else "gap"
        rows.append(
            {
                **common,
                "factor": "cse",
                "status": status,
                "certainty": certainty,
                "gap": None if status == "published" else status,
                "count": None if rate is None else int(rate),
                "rate": rate,
                "rate_low": low,
                "rate_high": high,
            }
        )
        rows.append(
            {
                **common,
                "factor": "criminal_exploitation",
                "status": "not_collected",
                "certainty": "gap",
                "gap": "not_collected",
                "count": None,
                "rate": None,
                "rate_low": None,
                "rate_high": None,
            }
        )
    floats = dict.fromkeys(("rate", "rate_low", "rate_high"), pl.Float64)
    return pl.DataFrame(rows, schema_overrides={"rank": pl.Int64, "count": pl.Int64, **floats})
