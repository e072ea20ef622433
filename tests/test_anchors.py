"""Published figures, computed through the project's own transforms from the curated tables."""

from __future__ import annotations

from datetime import date
from typing import Any

import duckdb
import pytest
from engines import rows

from analysis import assessments, cohorts, progress

MARCH_2024, MARCH_2025 = date(2024, 3, 31), date(2025, 3, 31)
ROTHERHAM = "E08000018"


@pytest.fixture(scope="module")
def tables(con: duckdb.DuckDBPyConnection) -> dict[str, duckdb.DuckDBPyRelation]:
    names = ("areas", "regions", "neighbours", "cqc_reviews", "inspections")
    return {name: con.table(name) for name in names}


@pytest.fixture(scope="module")
def graded(con: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyRelation:
    return progress.graded(con.table("inspections"), con.table("judgements"), con.table("domains"))


def better(tables: dict[str, Any], graded: Any, on: date, domain: str, cohort: str) -> tuple[int, int]:
    """How many of a cohort's areas were good or better by the day, and how many were judged."""
    grades = progress.as_at(graded, tables["areas"], on, domains=[domain])
    (row,) = rows(progress.good_or_better(grades, cohorts.cohort(cohort, **tables)))
    return int(row["count"]), int(row["areas"])


def test_as_at_31_march_2024_91_of_151_authorities_were_good_or_better(tables: Any, graded: Any) -> None:
    count, areas = better(tables, graded, MARCH_2024, "overall", "england")
    assert (count, areas) == (91, 151)
    assert round(100 * count / areas) == 60


@pytest.mark.parametrize(("region", "expected"), [("London", (28, 33)), ("North West", (8, 22))])
def test_as_at_31_march_2024_regions_were_far_apart(
    tables: Any, graded: Any, region: str, expected: tuple[int, int]
) -> None:
    assert better(tables, graded, MARCH_2024, "overall", f"region:{region}") == expected


def test_as_at_31_march_2024_54_per_cent_were_good_or_better_for_help_and_protection(tables: Any, graded: Any) -> None:
    count, areas = better(tables, graded, MARCH_2024, "help_protection", "england")
    assert areas == 151
    assert round(100 * count / areas) == 54


def test_of_65_authorities_inspected_more_than_once_26_improved_15_held_and_12_declined(
    tables: Any, graded: Any
) -> None:
    repeats = progress.repeat_inspections(graded, until=MARCH_2024)
    outcomes = rows(progress.repeat_outcomes(repeats, cohorts.cohort("england", **tables)))
    assert {row["areas"] for row in outcomes} == {65}
    assert {row["outcome"]: row["count"] for row in outcomes} == {
        "improved": 26,
        "held_good_or_better": 15,
        "held_below_good": 12,
        "declined": 12,
    }


def test_as_at_31_march_2025_grades_of_the_153_authorities(tables: Any, graded: Any) -> None:
    grades = progress.as_at(graded, tables["areas"], MARCH_2025, domains=["overall"])
    shares = rows(progress.grade_shares(grades, cohorts.cohort("england", **tables)))
    assert {(row["areas"], row["not_judged"]) for row in shares} == {(153, 0)}
    assert {row["grade"]: row["count"] for row in shares} == {
        "outstanding": 36,
        "good": 67,
        "requires_improvement": 31,
        "inadequate": 19,
    }


def test_rotherham_went_from_inadequate_to_good_and_stayed_there(tables: Any, graded: Any) -> None:
    rotherham = rows(progress.trajectories(graded, cohorts.cohort([ROTHERHAM], **tables)))
    overall = [row for row in rotherham if row["domain"] == "overall"]
    assert [(row["programme"], row["published"].strftime("%Y-%m"), row["grade"], row["change"]) for row in overall] == [
        ("sif", "2014-11", "inadequate", None),
        ("sif_reinspection", "2018-01", "good", "improved"),
        ("ilacs_short", "2022-08", "good", "same"),
    ]


def test_five_letters_of_2016_on_cse_and_missing_children_give_no_grades(
    con: duckdb.DuckDBPyConnection, tables: Any, graded: Any
) -> None:
    history = rows(progress.inspection_history(cohorts.cohort("england", **tables), con.table("inspections"), graded))
    letters = [row for row in history if row["theme"] == "cse_and_missing"]
    assert {row["area_name"] for row in letters} == {
        "South Tyneside",
        "Oxfordshire",
        "Central Bedfordshire",
        "Croydon",
        "Liverpool",
    }
    assert {(row["programme"], row["grade"]) for row in letters} == {("jtai", None)}
    assert {row["started"].year for row in letters} == {2016}


def test_the_fifty_are_14_cqc_reviews_and_36_single_inspections_after_the_jay_report(tables: Any) -> None:
    fifty = cohorts.fifty(tables["areas"], tables["cqc_reviews"], tables["inspections"])
    assert cohorts.statement(fifty) == "50 reviewed areas: 14 CQC, 36 Ofsted after the Jay report"


def test_assessments_with_cse_as_a_factor_in_england(con: duckdb.DuckDBPyConnection) -> None:
    rates = rows(assessments.factor_rates(con.table("assessments"), con.table("children"), con.table("areas")))
    england = [row for row in rates if row["level"] == "england" and row["factor"] == "cse"]
    assert {row["year"]: row["count"] for row in england} == {
        2018: 20_000,
        2019: 18_720,
        2020: 18_700,
        2021: 16_830,
        2022: 16_330,
        2023: 15_020,
        2024: 13_860,
        2025: 12_400,
    }
    assert {row["certainty"] for row in england} == {"rounded"}


def test_authorities_fall_short_of_the_england_total_where_counts_are_suppressed_or_missing(
    con: duckdb.DuckDBPyConnection,
) -> None:
    totals = {row["year"]: row for row in rows(assessments.totals(con.table("assessments"))) if row["factor"] == "cse"}
    assert {year: totals[year]["shortfall"] for year in (2021, 2022, 2024)} == {2021: 119, 2022: 122, 2024: 176}
    missing = rows(assessments.missing_authorities(con.table("assessments"), con.table("areas")))
    named = {(row["year"], row["area_name"], row["status"]) for row in missing if row["factor"] == "cse"}
    assert {who for who in named if who[0] in (2021, 2022, 2024)} == {
        (2021, "Hackney", "unavailable"),
        (2022, "Hackney", "unavailable"),
        (2022, "City of London", "suppressed"),
        (2022, "Rutland", "suppressed"),
        (2024, "Hampshire", "unreliable"),
        (2024, "Herefordshire", "unreliable"),
        (2024, "Kensington and Chelsea", "suppressed"),
    }


def test_west_sussex_2023_is_unreliable_and_never_a_rate_of_zero(con: duckdb.DuckDBPyConnection) -> None:
    rates = rows(assessments.factor_rates(con.table("assessments"), con.table("children"), con.table("areas")))
    west_sussex = {row["year"]: row for row in rates if row["area_code"] == "E10000032" and row["factor"] == "cse"}
    assert (west_sussex[2022]["count"], west_sussex[2022]["episodes"]) == (137, 7_447)
    assert (west_sussex[2023]["count"], west_sussex[2023]["episodes"]) == (0, 509)
    assert (west_sussex[2023]["certainty"], west_sussex[2023]["rate"], west_sussex[2023]["share"]) == (
        "gap",
        None,
        None,
    )
