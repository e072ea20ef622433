"""One area on one page: what known reports say, and what is said where nothing is known."""

from __future__ import annotations

import duckdb
import polars as pl
import pytest

from analysis import weaknesses
from analysis.catalogue import Tables
from analysis.catalogue.profile import NEVER_READ, find_area, profile
from analysis.errors import AnalysisError

ROTHERHAM = "E08000018"


@pytest.fixture(scope="module")
def tables(con: duckdb.DuckDBPyConnection) -> Tables:
    """The curated tables, read once."""
    return Tables(con)


@pytest.mark.parametrize(
    "wanted", ["Rotherham", "rotherham", "372", ROTHERHAM, "Rotherham Metropolitan Borough Council"]
)
def test_an_area_is_found_by_name_slug_or_code(tables: Tables, wanted: str) -> None:
    assert find_area(tables, wanted) == ROTHERHAM


def test_an_unknown_area_is_refused_with_what_it_may_have_been(tables: Tables) -> None:
    with pytest.raises(AnalysisError, match=r"no area 'Rotherwood' among the 158 .* Did you mean Rotherham\?"):
        find_area(tables, "Rotherwood")


def test_rotherham(tables: Tables) -> None:
    found = profile(tables, ROTHERHAM)
    assert found.basis == "cqc_review"
    assert found.inspections["programme"].to_list() == ["sif", "cqc_clas", "sif_reinspection", "ilacs_short"]
    assert found.inspections["read"].to_list() == [True, False, True, True]
    overall = found.grades.filter(pl.col("domain") == "overall")
    assert overall.select("grade", "page").rows() == [("inadequate", 1), ("good", 1), ("good", 1)]
    assert [figure.name for figure in found.figures] == [
        "timeline_rotherham",
        "exploitation_rotherham",
        "findings_rotherham",
    ]
    told = " ".join(found.conclusions)
    assert "inadequate (19 November 2014), then good (29 January 2018), then good (12 August 2022)" in told
    assert "76 assessments recorded sexual exploitation: 12.8 per 10,000 children" in told
    assert "CQC reviewed health services" in told


def test_rotherham_stands_beside_its_neighbours_its_region_and_england(tables: Tables) -> None:
    standing = profile(tables, ROTHERHAM).standing.filter(pl.col("domain") == "overall").sort("cohort_order")
    assert standing.select("cohort_label", "areas", "own_grade").rows() == [
        ("Rotherham", 1, "good"),
        ("Statistical neighbours of Rotherham", 10, "good"),
        ("Yorkshire and The Humber", 15, "good"),
        ("England", 153, "good"),
    ]
    assert standing["count"].to_list()[-1] == 36 + 67


def test_counts_on_the_page_are_those_of_the_transforms(tables: Tables) -> None:
    found = profile(tables, ROTHERHAM)
    own = tables.beside(f"areas:{ROTHERHAM}")
    behind = weaknesses.behind(tables.findings, tables.reports, own, subject="exploitation")
    read = found.findings.filter(pl.col("on_exploitation") & ~pl.col("inspection_id").str.ends_with("cqc_clas"))
    assert sorted(read["finding_id"]) == sorted(behind["finding_id"])
    counts = dict(behind.group_by("polarity").len().iter_rows())
    words = (
        f"{counts['weakness']} weaknesses, {counts['strength']} strengths and {counts['progress']} points of progress"
    )
    assert any(words in sentence for sentence in found.conclusions)


def test_an_area_outside_the_fifty_is_said_to_be_unread(tables: Tables) -> None:
    found = profile(tables, find_area(tables, "Isles of Scilly"))
    assert (found.basis, found.reports_read, found.aftermath.height) == (None, 0, 0)
    assert NEVER_READ in found.conclusions
    assert len(found.figures) == 2


def test_a_weakness_is_not_called_silent_where_later_reports_were_not_read(tables: Tables) -> None:
    found = profile(tables, find_area(tables, "Oxfordshire"))
    assert found.aftermath["aftermath"].to_list() == ["not_read"]
    assert any("inspected since, in reports that were not read" in sentence for sentence in found.conclusions)


def test_an_abolished_council_keeps_its_page(tables: Tables) -> None:
    found = profile(tables, find_area(tables, "Cumbria"))
    assert found.grades["grade"].len() > 0
    assert all(found.standing.filter(pl.col("cohort_order") == 1)["areas"] == 0)
