"""The passages of published reports, one a layout, are those that were counted by hand and written down.

The reports are not part of the project. Where ANALYSIS_SOURCES names a folder that holds them, they are read.
"""

from __future__ import annotations

import csv
import os
from collections import Counter
from pathlib import Path

import pytest

from analysis.passages import Layout, PassageList, list_passages

FOLDER = Path(os.environ.get("ANALYSIS_SOURCES", "(not set)")) / "reports"
EXPECTED = Path(__file__).parent / "expected"
TABLES = sorted(EXPECTED.glob("*.csv"))

COLUMNS = ("page", "paragraph", "section", "kind")

needs_reports = pytest.mark.skipif(not FOLDER.is_dir(), reason="ANALYSIS_SOURCES names no folder with the reports")


def _table(found: PassageList) -> list[tuple[str, ...]]:
    return [(str(p.page), p.paragraph, p.section.value, p.kind.value) for p in found.passages]


def _expected(path: Path) -> list[tuple[str, ...]]:
    with path.open(encoding="utf-8", newline="") as file:
        return [tuple(row[column] for column in COLUMNS) for row in csv.DictReader(file)]


def test_expected_tables_hold_places_and_no_text() -> None:
    for path in TABLES:
        with path.open(encoding="utf-8", newline="") as file:
            assert tuple(next(csv.reader(file))) == COLUMNS


@needs_reports
def test_there_is_an_expected_table_for_each_layout() -> None:
    layouts = {list_passages(FOLDER / "text" / f"{path.stem}.txt").layout for path in TABLES}
    assert layouts == set(Layout)


@needs_reports
@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_passages_of_a_published_report(path: Path) -> None:
    assert _table(list_passages(FOLDER / "text" / f"{path.stem}.txt")) == _expected(path)


KINDS = {
    "ilacs": {Layout.ILACS: 243},
    "sif": {Layout.SIF_EXECUTIVE_SUMMARY: 95, Layout.SIF_KEY_FINDINGS: 55, Layout.BOARD_REVIEW: 1},
    "reinspection": {Layout.SIF_REINSPECTION: 17},
    "jtai": {Layout.JTAI_KEY_STRENGTHS: 32, Layout.JTAI_HEADLINE_FINDINGS: 25},
}
"""The layouts of the published reports, by the last word of their names."""

NO_WORD_TO_THE_BOARD = [
    "camden-2017-11-24-sif",
    "derby-2017-06-13-sif",
    "merton-2017-08-25-sif",
    "north-lincolnshire-2017-09-04-sif",
    "redbridge-2016-11-25-sif",
    "york-2017-02-07-sif",
]
"""The reports that make no recommendation to the board."""


@needs_reports
def test_every_published_report_is_of_a_kind() -> None:
    names = [path.stem for path in (FOLDER / "text").glob("*.txt")]
    assert Counter(name.rpartition("-")[2] for name in names) == {
        kind: sum(layouts.values()) for kind, layouts in KINDS.items()
    }


@needs_reports
@pytest.mark.parametrize("kind", KINDS)
def test_every_published_report_has_its_lists_or_is_remarked_on(kind: str) -> None:
    found = {path.stem: list_passages(path) for path in sorted((FOLDER / "text").glob(f"*-{kind}.txt"))}
    assert Counter(passages.layout for passages in found.values()) == KINDS[kind]
    remarked = [name for name in NO_WORD_TO_THE_BOARD if name.endswith(f"-{kind}")]
    assert [name for name, passages in found.items() if passages.remarks] == remarked


@needs_reports
@pytest.mark.parametrize(
    "report", ["blackpool-2023-02-01-ilacs", "brighton-and-hove-2018-08-21-ilacs", "croydon-2016-06-29-jtai"]
)
def test_a_pdf_and_its_text_give_the_same_passages(report: str) -> None:
    assert _table(list_passages(FOLDER / "pdf" / f"{report}.pdf")) == _table(
        list_passages(FOLDER / "text" / f"{report}.txt")
    )
