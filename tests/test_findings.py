"""What known reports say, as the findings table has it."""

from __future__ import annotations

import duckdb
import polars as pl
import pytest

from analysis import reliability

ROTHERHAM_2014 = "rotherham-2014-11-19-sif"


@pytest.fixture(scope="module")
def findings(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    table: pl.DataFrame = con.table("findings").pl()
    return table


def test_rotherham_2014_asked_for_control_of_all_work_on_sexual_exploitation(findings: pl.DataFrame) -> None:
    item = findings.filter(inspection_id=ROTHERHAM_2014, section="priority_action", paragraph="6")
    assert item.select("page", "polarity", "exploitation", "missing", "agency", "severity").rows() == [
        (4, "weakness", "cse", "no", "local_authority", "priority")
    ]
    assert item["theme"].to_list() == ["leadership"]


def test_rotherham_2014_found_work_on_sexual_exploitation_fragmented(findings: pl.DataFrame) -> None:
    summary = findings.filter(inspection_id=ROTHERHAM_2014, section="summary", page=3)
    assert ("weakness", "cse") in summary.select("polarity", "exploitation").rows()
    assert "strength" not in summary["polarity"].to_list()


def test_the_five_letters_of_2016_all_report_on_sexual_exploitation(con: duckdb.DuckDBPyConnection) -> None:
    counts = con.sql("""
        SELECT i.inspection_id, count(*) FILTER (f.exploitation IN ('cse', 'cse_and_criminal')) AS on_cse
        FROM inspections AS i LEFT JOIN findings AS f USING (inspection_id)
        WHERE i.theme = 'cse_and_missing' GROUP BY 1 ORDER BY 1
    """).fetchall()
    assert len(counts) == 5
    assert all(on_cse >= 10 for _, on_cse in counts), counts


def test_improvement_lists_hold_weaknesses_and_strengths_lists_none(findings: pl.DataFrame) -> None:
    asked = findings.filter(pl.col("section").str.contains("priority_action|area_for_improvement|lscb_improvement"))
    praised = findings.filter(pl.col("section").is_in(["strength", "lscb_strength"]))
    assert asked["polarity"].unique().to_list() == ["weakness"]
    assert sorted(praised["polarity"].unique().to_list()) == ["progress", "strength"]


def test_every_priority_action_has_that_severity(findings: pl.DataFrame) -> None:
    urgent = findings.filter(pl.col("section").is_in(["priority_action", "lscb_priority_action"]))
    assert urgent["severity"].unique().to_list() == ["priority"]


def test_the_second_reading_is_of_the_sample_that_the_seed_draws(con: duckdb.DuckDBPyConnection) -> None:
    drawn = reliability.sample(con.table("coverage").pl(), con.table("inspections").pl())
    read = con.table("second_reading").pl()["inspection_id"].unique().sort()
    assert read.to_list() == drawn["inspection_id"].sort().to_list()


def test_the_readers_agree_at_least_as_the_codebook_asks(con: duckdb.DuckDBPyConnection) -> None:
    pairs = reliability.pairs(con.table("findings").pl(), con.table("second_reading").pl())
    kappa = {row["column"]: row["kappa"] for row in reliability.agreement(pairs).iter_rows(named=True)}
    floors = {
        "theme": 0.80,
        "agency": 0.80,
        "exploitation_focus": 0.80,
        "polarity": 0.90,
        "exploitation": 0.90,
        "missing": 0.90,
    }
    assert {column: kappa[column] for column, floor in floors.items() if kappa[column] < floor} == {}
