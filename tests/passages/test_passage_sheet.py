"""The sheet for coding: the codebook's columns, suggestions marked as such, and no cell that is a formula."""

from __future__ import annotations

import csv
from pathlib import Path

from analysis.passages import Kind, Passage, Section, write_sheet
from analysis.passages.sheet import CODEBOOK_COLUMNS
from analysis.passages.themes import MARK, suggested_theme
from analysis.schema.codes import FINDING_CODES, THEME_CODES
from analysis.schema.tables import Findings

INSPECTION = "rotherham-2014-11-19-sif"


def _passage(text: str, section: Section = Section.NARRATIVE, heading: str = "Inspection findings") -> Passage:
    return Passage(7, "12", section, Kind.EXPLOITATION, heading, text)


def _rows(path: Path, *passages: Passage) -> list[dict[str, str]]:
    write_sheet(passages, INSPECTION, path)
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_sections_are_the_codebooks_in_its_order() -> None:
    assert tuple(section.value for section in Section) == FINDING_CODES["section"]


def test_columns_are_those_of_the_findings_in_their_order() -> None:
    findings = list(Findings.columns())
    assert [column for column in findings if column in CODEBOOK_COLUMNS] == list(CODEBOOK_COLUMNS)
    assert set(findings) - set(CODEBOOK_COLUMNS) == {"url", "source_id"}


def test_what_the_report_settles_is_filled_and_what_reading_decides_is_empty(tmp_path: Path) -> None:
    (row,) = _rows(tmp_path / "sheet.csv", _passage("Return home interviews are late, and “few” are read."))
    filled = {column: value for column, value in row.items() if value}
    assert filled == {
        "inspection_id": INSPECTION,
        "passage": "1",
        "page": "7",
        "paragraph": "12",
        "section": "narrative",
        "passages": "1",
        "suggested_theme": f"missing{MARK}",
        "kind": "exploitation passage",
        "heading": "Inspection findings",
        "text": "Return home interviews are late, and “few” are read.",
    }


def test_no_cell_is_a_formula(tmp_path: Path) -> None:
    rows = _rows(tmp_path / "sheet.csv", *(_passage(f"{sign}1+1", heading=f"{sign}A1") for sign in "=+-@\t"))
    assert [row["text"][0] for row in rows] == ["'"] * 5
    assert [row["heading"][0] for row in rows] == ["'"] * 5


def test_a_suggested_theme_is_a_code_with_a_mark_that_makes_it_none() -> None:
    suggestions = {
        "missing": "Children who go missing are offered return interviews when they run away.",
        "workforce": "Caseloads are high, staff turnover is high and training is thin.",
        "care_leavers": "Care leavers have pathway plans and personal advisers.",
    }
    for theme, text in suggestions.items():
        assert suggested_theme(_passage(text)) == f"{theme}{MARK}"
        assert f"{theme}{MARK}" not in THEME_CODES
    assert suggested_theme(_passage("It is so.")) == ""
    assert suggested_theme(_passage("Train staff.", Section.LSCB_IMPROVEMENT)) == f"lscb_challenge{MARK}"
