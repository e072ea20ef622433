"""From a mark back to its rows: every chart can be traced, and what comes back is what was counted."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from analysis.catalogue.trace import trace
from analysis.charts.figure import Figure
from analysis.errors import AnalysisError

RAW = Path(__file__).resolve().parents[2] / "data" / "raw"


def test_every_chart_can_be_traced(figures: dict[str, Figure]) -> None:
    for figure in figures.values():
        rows = trace(figure, RAW, {})
        assert rows.height > 0, figure.name
        assert rows.select("table", "line", "key").null_count().row(0) == (0, 0, 0), figure.name


def test_a_line_is_that_of_the_file(figures: dict[str, Figure]) -> None:
    row = trace(figures["exploitation_by_theme"], RAW, {"theme": "missing", "polarity": "weakness"}).row(0, named=True)
    lines = (RAW / "findings.csv").read_text(encoding="utf-8").splitlines()
    assert row["table"] == "data/raw/findings.csv"
    assert lines[row["line"] - 1].startswith(f"{row['key']},")


def test_a_mark_leads_to_as_many_findings_as_it_counts(figures: dict[str, Figure]) -> None:
    figure = figures["exploitation_by_theme"]
    for row in figure.data.filter(pl.col("findings") > 0).sample(8, seed=1).iter_rows(named=True):
        found = trace(figure, RAW, {"theme": row["theme"], "polarity": row["polarity"]})
        assert found["key"].n_unique() == row["findings"]
        assert found["inspection_id"].n_unique() == row["reports"]


def test_a_share_of_grades_leads_to_the_inspections_that_gave_them(figures: dict[str, Figure]) -> None:
    marks = {"cohort": "england", "on": "2025-03-31", "grade": "inadequate"}
    found = trace(figures["grades_over_time_overall"], RAW, marks)
    assert found["key"].n_unique() == 19
    assert found["programme"].is_in(["ilacs_standard", "ilacs_short", "sif", "sif_reinspection"]).all()


def test_a_rate_leads_to_its_row_of_assessments(figures: dict[str, Figure]) -> None:
    marks = {"area_name": "Rotherham", "year": "2025", "factor": "cse"}
    found = trace(figures["exploitation_rotherham"], RAW, marks)
    assert found["key"].to_list() == ["E08000018 2025 cse"]
    lines = (RAW / "assessments.csv").read_text(encoding="utf-8").splitlines()
    assert lines[found["line"].item() - 1].startswith("E08000018,authority,2025,cse,76")


def test_why_an_area_is_one_of_the_fifty_leads_to_the_inspection_that_says_so(figures: dict[str, Figure]) -> None:
    found = trace(figures["fifty_by_basis"], RAW, {"area_name": "Rotherham"})
    assert found["key"].to_list() == ["rotherham-2015-07-14-cqc_clas"]


def test_an_unknown_column_or_value_is_refused_with_what_there_is(figures: dict[str, Figure]) -> None:
    figure = figures["exploitation_by_theme"]
    with pytest.raises(AnalysisError, match=r"no column 'colour'; it has .*theme"):
        trace(figure, RAW, {"colour": "red"})
    with pytest.raises(AnalysisError, match=r"No mark of exploitation_by_theme has theme 'magic'. There are .*missing"):
        trace(figure, RAW, {"theme": "magic"})
