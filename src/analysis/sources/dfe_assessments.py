"""Factors identified at the end of assessment, from the Department for Education's children in need release."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from analysis.schema.codes import Factor, Status
from analysis.sources.labels import Column
from analysis.sources.open_data import read_area_years, read_figures
from analysis.sources.reading import Contribution, Reading

EPISODES = Column("episodes", (r"(?:total )?(?:number of )?episodes with (?:an )?assessment factors?(?: .*)?",))
CATEGORY = Column("category", ("category",), required=False)
CATEGORIES = ("factors identified at the end of assessment", "factors identified at end of assessment")
FACTORS = {
    Factor.CSE: Column(
        "cse", (r"child sexual exploitation(?: cse)?", r"(?:number of )?child sexual exploitation(?: .*)?")
    ),
    Factor.CRIMINAL_EXPLOITATION: Column(
        "criminal_exploitation", (r"(?:number of )?child criminal exploitation(?: .*)?",), required=False
    ),
    Factor.MISSING: Column("missing", (r"(?:child )?going missing(?: .*)?",), required=False),
    Factor.TRAFFICKING: Column("trafficking", (r"(?:child )?trafficking(?: .*)?",), required=False),
    Factor.GANGS: Column("gangs", (r"gangs?(?: .*)?",), required=False),
}


def read(path: Path, *, areas: pl.DataFrame, area_codes: pl.DataFrame, regions: pl.DataFrame) -> Reading:
    """Read how many assessments recorded a factor of exploitation.

    Args:
        path: the release's file of factors identified at the end of assessment: one row an area and a year.
        areas: the table `areas`.
        area_codes: the table `area_codes`.
        regions: the table `regions`.

    Returns:
        A contribution to `assessments`: one row an area, a year (ending 31 March) and a factor. Authorities' counts are
        unrounded, those of regions and England rounded to 10. `episodes` counts the assessed episodes with any factor.
        A factor that is unavailable for every area of a year was not collected in it. Source: `dfe-factors-<year>`.

    Raises:
        UnknownLayoutError: a column that every edition has is not there.
        AnalysisError: areas, years or markers that are not known; all are listed.
    """
    release = read_area_years(
        path,
        [EPISODES, *FACTORS.values()],
        areas=areas,
        area_codes=area_codes,
        regions=regions,
        category=CATEGORY,
        categories=CATEGORIES,
    )
    present = [f for f in FACTORS if release.rows[f.value].is_not_null().any()]
    rows = read_figures(release.sheet, release.rows, ["episodes", *(f.value for f in present)])
    source_id = f"dfe-factors-{release.newest}"
    long = pl.concat(
        rows.select(
            "area_code",
            "level",
            "year",
            factor=pl.lit(factor.value),
            count=factor.value,
            status=f"{factor.value}_status",
            episodes="episodes",
            episodes_status="episodes_status",
            source_id=pl.lit(source_id),
        )
        for factor in present
    )
    nowhere = (pl.col("status") == Status.UNAVAILABLE.value).all().over("year", "factor")
    long = long.with_columns(status=pl.when(nowhere).then(pl.lit(Status.NOT_COLLECTED.value)).otherwise("status")).sort(
        "area_code", "year", "factor"
    )
    absent = [f.value for f in FACTORS if f not in present]
    scope = pl.col("year").is_in(sorted(set(long["year"]))) & pl.col("factor").cast(pl.String).is_in(
        [f.value for f in present]
    )
    return Reading(
        [Contribution("assessments", long, scope)], [release.tally], _remarks(release.sheet.file, long, absent)
    )


def _remarks(file: str, long: pl.DataFrame, absent: list[str]) -> list[str]:
    remarks = [f"{file}: this edition has no column for {name}; rows of it stay as they are" for name in absent]
    gaps = (
        long.filter(~pl.col("status").is_in([Status.PUBLISHED.value, Status.NOT_COLLECTED.value]))
        .group_by("factor", "year", "status")
        .len()
        .sort("factor", "year", "status")
    )
    remarks += [f"{f} {y}: {n} areas {s}" for f, y, s, n in gaps.iter_rows()]
    years = (
        long.filter(pl.col("status") == Status.NOT_COLLECTED.value)
        .group_by("factor")
        .agg(pl.col("year").unique().sort())
    )
    remarks += [f"{f}: not collected in {', '.join(map(str, y))}" for f, y in years.sort("factor").iter_rows()]
    return remarks
