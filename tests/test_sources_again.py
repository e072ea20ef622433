"""Reading the releases again changes nothing: the curated tables are what the readers make of them.

The releases are not part of the project. Where ANALYSIS_SOURCES names a folder that holds them, they are read again.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

import polars as pl
import pytest

from analysis.passages import list_passages
from analysis.sources import catalogue, merge
from analysis.sources.reports import rows
from analysis.sources.reports.location import locate

FOLDER = Path(os.environ.get("ANALYSIS_SOURCES", "(not set)"))
RAW = Path(__file__).resolve().parents[1] / "data" / "raw"

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="ANALYSIS_SOURCES names no folder with the releases")

PATTERNS: dict[str, Sequence[str]] = {
    "authorities": ("official/c3_*.csv", "official/ons_*.csv", "official/la_lookup.csv", "official/*.json"),
    "ofsted-outcomes": ("official/LA_Inspection_Outcomes*.ods",),
    "assessments": ("official/c3_*.csv",),
    "children": ("official/ons_*.csv",),
    "neighbours": ("official/sn_model*.csv",),
    "cqc-reviews": ("cqc/cqc_reviews.csv",),
    "reports": ("reports/text", "reports/index.csv"),
}
"""The releases of each source; coded sheets are no release."""


def _files(source: str) -> list[Path]:
    return [path for pattern in PATTERNS[source] for path in sorted(FOLDER.glob(pattern))]


def test_every_source_is_read_again() -> None:
    assert set(PATTERNS) == set(catalogue.SOURCES) - {"findings"}


@pytest.mark.parametrize("source", PATTERNS)
def test_reading_a_release_again_changes_nothing(source: str) -> None:
    tables = merge.read_raw(RAW)
    reading = catalogue.read(source, _files(source), tables, lambda what, done, total: None)
    merged = merge.merge(reading, tables)
    assert {name: change for name, change in merged.changes.items() if change} == {}


def test_judgements_in_reports_equal_the_official_history() -> None:
    tables = merge.read_raw(RAW)
    located = locate(
        sorted((FOLDER / "reports" / "text").glob("*.txt")),
        index=FOLDER / "reports" / "index.csv",
        areas=tables["areas"],
        area_codes=tables["area_codes"],
    )
    wanted = {name: tables[name] for name in ("inspections", "judgements", "domains")}
    compared = rows.compare_judgements(located.reports, **wanted)
    assert (compared.height, compared["inspection_id"].n_unique()) == (1063, 243)
    assert compared.filter(~pl.col("agrees")).rows() == []


def test_a_pdf_and_its_text_give_the_same_facts() -> None:
    tables = merge.read_raw(RAW)
    pdfs = sorted((FOLDER / "reports" / "pdf").glob("*.pdf"))
    texts = [FOLDER / "reports" / "text" / f"{pdf.stem}.txt" for pdf in pdfs]
    found = [
        locate(paths, index=None, areas=tables["areas"], area_codes=tables["area_codes"]).reports
        for paths in (pdfs, texts)
    ]
    assert len(pdfs) == 27
    assert [report.report for report in found[0]] == [report.report for report in found[1]]


def _runs_of_eight(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"[a-z0-9]+", text.lower())
    return {tuple(words[start : start + 8]) for start in range(len(words) - 7)}


def test_findings_stand_where_their_report_has_the_passage_and_in_other_words() -> None:
    tables = merge.read_raw(RAW)
    reports = dict(tables["inspections"].drop_nulls("report_id").select("inspection_id", "report_id").iter_rows())
    places = ["passage", "page", "paragraph", "section"]
    for inspection_id, listed in tables["coverage"].select("inspection_id", "passages").iter_rows():
        path = FOLDER / "reports" / "text" / f"{reports[inspection_id]}.txt"
        passages = list_passages(path).passages
        assert len(passages) == listed, inspection_id
        of_report = tables["findings"].filter(inspection_id=inspection_id)
        found = set(of_report.select(places[0], places[1], pl.col("paragraph").fill_null(""), places[3]).rows())
        there = {(n, p.page, p.paragraph, str(p.section)) for n, p in enumerate(passages, start=1)}
        assert found <= there, inspection_id
        report = _runs_of_eight(path.read_text("utf-8").replace("\f", " "))
        assert [s for s in of_report["summary"] if _runs_of_eight(s) & report] == [], inspection_id
