from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import polars as pl
import pytest
from engines import on_all_engines, rows
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint
from statsmodels.stats.rates import confint_poisson

from analysis import assessments
from analysis.errors import AnalysisError
from analysis.schema.codes import Factor, Level, Status

Recorded: TypeAlias = tuple[str, int, int | None, str, int | None]
"""Area, year, count, status, episodes."""

NORTH, ENGLAND = "E12000001", "E92000001"
AREAS = pl.DataFrame(
    {"area_code": ["A", "B", "C"], "name": ["Alder", "Birch", "Cedar"], "region_code": [NORTH, NORTH, NORTH]}
)
REGIONS = pl.DataFrame({"region_code": [NORTH, ENGLAND], "name": ["North", "England"]})
CHILDREN = pl.DataFrame(
    {
        "area_code": ["A", "B", "C", NORTH, ENGLAND, "A"],
        "year": [2023, 2023, 2023, 2023, 2023, 2024],
        "population": [20_000, 50_000, None, 100_000, 1_000_000, 40_000],
    }
)
LEVELS = {ENGLAND: Level.ENGLAND, NORTH: Level.REGION}


def recorded(found: Sequence[Recorded]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "area_code": [area for area, *_ in found],
            "level": [str(LEVELS.get(area, Level.AUTHORITY)) for area, *_ in found],
            "year": [year for _, year, *_ in found],
            "factor": ["cse" for _ in found],
            "count": [count for _, _, count, *_ in found],
            "status": [status for *_, status, _ in found],
            "episodes": [episodes for *_, episodes in found],
            "episodes_status": ["published" if episodes is not None else "unavailable" for *_, episodes in found],
        },
        schema={
            "area_code": pl.String,
            "level": pl.Enum([str(level) for level in Level]),
            "year": pl.Int64,
            "factor": pl.Enum([str(factor) for factor in Factor]),
            "count": pl.Int64,
            "status": pl.Enum([str(status) for status in Status]),
            "episodes": pl.Int64,
            "episodes_status": pl.Enum([str(status) for status in Status]),
        },
    )


def rates(found: Sequence[Recorded]) -> dict[str, dict[str, Any]]:
    frames = {"assessments": recorded(found), "children": CHILDREN, "areas": AREAS}
    return {row["area_code"]: row for row in on_all_engines(assessments.factor_rates, frames)}


def bounds(row: dict[str, Any]) -> tuple[Any, Any, Any]:
    return row["certainty"], row["count_low"], row["count_high"]


def test_a_year_is_set_against_the_children_of_the_mid_year_within_it() -> None:
    found = rates([("A", 2024, 40, "published", 1000)])["A"]
    assert (found["population_year"], found["population"], found["rate"]) == (2023, 20_000, 20)
    assert (found["certainty"], found["count_low"], found["count_high"], found["share"]) == ("exact", 40, 40, 0.04)
    assert (found["rate_low"], found["rate_high"]) == pytest.approx(confint_poisson(40, 2, method="score"))
    assert (found["share_low"], found["share_high"]) == pytest.approx(proportion_confint(40, 1000, method="wilson"))


def test_a_published_zero_is_a_zero_with_an_upper_limit() -> None:
    found = rates([("A", 2024, 0, "published", 1000)])["A"]
    assert (found["rate"], found["rate_low"], found["share"], found["share_low"]) == (0, 0, 0, 0)
    assert found["rate_high"] > 0
    assert found["share_high"] > 0


def test_a_zero_where_many_would_be_expected_is_in_doubt_and_no_number() -> None:
    england = (ENGLAND, 2024, 10_000, "published", 500_000)
    found = rates([england, ("A", 2024, 0, "published", 350), ("B", 2024, 0, "published", 349)])
    assert (bounds(found["A"]), found["A"]["gap"]) == (("doubtful", None, None), "doubtful_zero")
    assert (found["A"]["count"], found["A"]["rate"], found["A"]["share"]) == (0, None, None)
    assert (bounds(found["B"]), found["B"]["gap"], found["B"]["rate"]) == (("exact", 0, 0), None, 0)


def test_rounded_counts_carry_their_rounding() -> None:
    found = rates([(ENGLAND, 2024, 12_400, "published", 513_250), (NORTH, 2024, 0, "published", 100)])
    assert bounds(found[ENGLAND]) == ("rounded", 12_395, 12_405)
    assert found[ENGLAND]["rate"] == 124
    assert found[ENGLAND]["rate_low"] == pytest.approx(confint_poisson(12_395, 100, method="score")[0])
    assert found[ENGLAND]["rate_high"] == pytest.approx(confint_poisson(12_405, 100, method="score")[1])
    assert found[ENGLAND]["share_low"] == pytest.approx(proportion_confint(12_395, 513_255, method="wilson")[0])
    assert found[ENGLAND]["share_high"] == pytest.approx(proportion_confint(12_405, 513_245, method="wilson")[1])
    assert bounds(found[NORTH]) == ("rounded", 0, 5)


def test_a_suppressed_count_is_held_by_its_regions_total() -> None:
    found = rates(
        [
            ("A", 2024, None, "suppressed", 500),
            ("B", 2024, 40, "published", 1000),
            (NORTH, 2024, 60, "published", 1500),
        ]
    )["A"]
    assert bounds(found) == ("bounded", 15, 25)
    assert (found["count"], found["rate"], found["share"]) == (None, None, None)
    assert found["rate_low"] == pytest.approx(confint_poisson(15, 2, method="score")[0])
    assert found["rate_high"] == pytest.approx(confint_poisson(25, 2, method="score")[1])


def test_what_two_suppressed_counts_share_bounds_both_from_above_only() -> None:
    found = rates(
        [
            ("A", 2024, None, "suppressed", 500),
            ("B", 2024, None, "suppressed", 7),
            ("C", 2024, None, "unavailable", None),
            (NORTH, 2024, 10, "published", 1500),
        ]
    )
    assert bounds(found["A"]) == ("bounded", 0, 15)
    assert bounds(found["B"]) == ("bounded", 0, 7)
    assert bounds(found["C"]) == ("gap", None, None)


@pytest.mark.parametrize("status", ["unavailable", "unreliable", "not_collected", "suppressed"])
def test_a_gap_is_neither_zero_nor_a_number(status: str) -> None:
    found = rates([("A", 2024, 0 if status == "unreliable" else None, status, 509)])["A"]
    assert bounds(found) == ("gap", None, None)
    for column in ("rate", "rate_low", "rate_high", "share", "share_low", "share_high"):
        assert found[column] is None
    assert found["count"] == (0 if status == "unreliable" else None)


def test_without_a_population_there_is_no_rate_but_a_share() -> None:
    found = rates([("C", 2024, 40, "published", 1000), ("B", 2025, 40, "published", None)])
    assert (found["C"]["rate"], found["C"]["rate_low"], found["C"]["share"]) == (None, None, 0.04)
    assert (found["B"]["rate"], found["B"]["share"], found["B"]["share_high"]) == (None, None, None)


def test_an_unknown_authority_is_refused() -> None:
    with pytest.raises(AnalysisError, match="assessments has 1 rows that areas does not know, area_code Z"):
        assessments.factor_rates(recorded([("Z", 2024, 1, "published", 10)]), CHILDREN, AREAS)


def test_what_is_missing_from_the_sum_of_authorities_is_named() -> None:
    found = recorded(
        [
            ("A", 2024, 40, "published", 1000),
            ("B", 2024, None, "suppressed", 500),
            ("C", 2024, 0, "unreliable", 509),
            (NORTH, 2024, 60, "published", 1500),
            (ENGLAND, 2024, 60, "published", 1500),
            ("A", 2023, None, "not_collected", 1000),
        ]
    )
    totals = on_all_engines(assessments.totals, {"assessments": found})
    assert totals == [
        {
            "year": 2023,
            "factor": "cse",
            "england": None,
            "authorities": None,
            "shortfall": None,
            "published": 0,
            "suppressed": 0,
            "unavailable": 0,
            "unreliable": 0,
            "not_collected": 1,
        },
        {
            "year": 2024,
            "factor": "cse",
            "england": 60,
            "authorities": 40,
            "shortfall": 20,
            "published": 1,
            "suppressed": 1,
            "unavailable": 0,
            "unreliable": 1,
            "not_collected": 0,
        },
    ]
    missing = on_all_engines(assessments.missing_authorities, {"assessments": found, "areas": AREAS})
    assert [(row["year"], row["area_name"], row["status"], row["count"]) for row in missing] == [
        (2023, "Alder", "not_collected", None),
        (2024, "Birch", "suppressed", None),
        (2024, "Cedar", "unreliable", 0),
    ]


def test_an_area_stands_beside_its_neighbours_its_region_and_england() -> None:
    found = recorded([(area, 2024, 40, "published", 1000) for area in ("A", "B", "C", NORTH, ENGLAND)])
    frames = {
        "rates": assessments.factor_rates(found, CHILDREN, AREAS),
        "areas": AREAS,
        "regions": REGIONS,
        "neighbours": pl.DataFrame({"area_code": ["A", "A"], "rank": [2, 1], "neighbour_code": ["B", "C"]}),
    }
    beside = on_all_engines(
        lambda rates, areas, regions, neighbours: assessments.area_with_neighbours(
            rates, "A", areas=areas, regions=regions, neighbours=neighbours
        ),
        frames,
    )
    assert [(row["role"], row["rank"], row["area_name"]) for row in beside] == [
        ("area", None, "Alder"),
        ("neighbour", 1, "Cedar"),
        ("neighbour", 2, "Birch"),
        ("region", None, "North"),
        ("england", None, "England"),
    ]
    tables = {name: frame for name, frame in frames.items() if name != "rates"}
    alone = rows(assessments.area_with_neighbours(frames["rates"], ENGLAND, **tables))
    assert [row["role"] for row in alone] == ["england"]
    with pytest.raises(
        AnalysisError, match=r"no area with the code 'Z'\. Known are E92000001 \(England\), Alder \(A\)"
    ):
        assessments.area_with_neighbours(frames["rates"], "Z", **tables)


true_counts = st.lists(st.tuples(st.integers(0, 400), st.booleans()), min_size=3, max_size=3)


@given(true_counts)
@settings(max_examples=60, deadline=None)
def test_the_bounds_hold_the_count_that_was_suppressed(drawn: list[tuple[int, bool]]) -> None:
    total = sum(count for count, _ in drawn)
    rounded = (total + 5) // 10 * 10
    found = recorded(
        [
            (area, 2024, None if hidden else count, "suppressed" if hidden else "published", 1000)
            for area, (count, hidden) in zip("ABC", drawn, strict=True)
        ]
        + [(NORTH, 2024, rounded, "published", 3000)]
    )
    by_area = {row["area_code"]: row for row in rows(assessments.factor_rates(found, CHILDREN, AREAS))}
    for area, (count, _) in zip("ABC", drawn, strict=True):
        assert by_area[area]["count_low"] <= count <= by_area[area]["count_high"]
    assert by_area[NORTH]["count_low"] <= total <= by_area[NORTH]["count_high"]
    for row in by_area.values():
        assert 0 <= row["share_low"] <= row["share_high"] <= 1
        assert row["rate"] is None or row["rate_low"] <= row["rate"] <= row["rate_high"]


@given(true_counts)
@settings(max_examples=10, deadline=None)
def test_the_order_of_rows_does_not_matter(drawn: list[tuple[int, bool]]) -> None:
    found = recorded(
        [
            (area, 2024, None if hidden else count, "suppressed" if hidden else "published", 1000)
            for area, (count, hidden) in zip("ABC", drawn, strict=True)
        ]
    )
    assert rows(assessments.factor_rates(found.reverse(), CHILDREN.reverse(), AREAS.reverse())) == rows(
        assessments.factor_rates(found, CHILDREN, AREAS)
    )
