"""A filled sheet becomes findings and coverage; one that is not whole is refused with its lines."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from filled_sheets import CODING, Row, filled

from analysis.errors import AnalysisError
from analysis.sources import coding_sheet, merge
from analysis.sources.reading import Reading

INSPECTION = "rotherham-2022-08-12-ilacs_short"
INSPECTIONS = pl.DataFrame({"inspection_id": [INSPECTION], "programme": ["ilacs_short"]})


def _sheet(folder: Path, change: Callable[[list[Row]], list[Row]] = lambda rows: rows) -> Path:
    """A sheet of a made-up report, every list item coded and every other passage set aside."""
    path = folder / "sheet.csv"
    rows = filled(INSPECTION, path)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(change(rows))
    return path


def _tables(reading: Reading) -> dict[str, pl.DataFrame]:
    return {contribution.table: contribution.rows for contribution in reading.contributions}


def test_a_filled_sheet_gives_findings_and_coverage(tmp_path: Path) -> None:
    tables = _tables(coding_sheet.read([_sheet(tmp_path)], inspections=INSPECTIONS))
    listed = tables["findings"].height
    assert tables["findings"]["finding_id"].to_list() == [f"{INSPECTION}-{n:03}" for n in range(1, listed + 1)]
    assert tables["findings"]["source_id"].unique().to_list() == ["ofsted-inspection-reports"]
    row = tables["coverage"].row(0, named=True)
    assert (row["coded"], row["passages"] - row["coded"]) == (listed, row["set_aside"])
    assert row["reason"] == f"no_judgement {row['set_aside']}"


def test_a_sheet_replaces_the_findings_of_its_report_and_no_others(tmp_path: Path, raw_copy: Path) -> None:
    tables = merge.read_raw(raw_copy)
    merged = merge.merge(coding_sheet.read([_sheet(tmp_path)], inspections=tables["inspections"]), tables)
    others = pl.col("inspection_id") != INSPECTION
    assert merged.tables["findings"].filter(others).equals(tables["findings"].filter(others))
    assert merged.tables["findings"].filter(~others)["summary"].unique().to_list() == [CODING["summary"]]


def _forget(rows: list[Row]) -> list[Row]:
    return [{**row, "polarity": "", "set_aside": ""} if row["passage"] == "1" else row for row in rows]


def _both(rows: list[Row]) -> list[Row]:
    return [{**row, **CODING, "set_aside": "no_judgement"} if row["passage"] == "1" else row for row in rows]


def _lose(rows: list[Row]) -> list[Row]:
    return rows[1:]


def _elsewhere(rows: list[Row]) -> list[Row]:
    return [{**row, "inspection_id": "atlantis-2022-08-12-ilacs_short"} for row in rows]


def _cut_off(rows: list[Row]) -> list[Row]:
    return rows[:-1]


def _twice(rows: list[Row]) -> list[Row]:
    return [*rows, rows[0]]


def _other_page(rows: list[Row]) -> list[Row]:
    coded = next(row for row in rows if row["polarity"])
    return [*rows, {**coded, "polarity": "strength", "severity": "", "page": "9"}]


def _unknown(rows: list[Row]) -> list[Row]:
    return [{**row, "theme": "weather"} if row["polarity"] else row for row in rows]


def _own_reason(rows: list[Row]) -> list[Row]:
    return [{**row, "set_aside": "dull"} if row["set_aside"] else row for row in rows]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (_cut_off, "breaks the rule “every passage of the report has a row”"),
        (_twice, "breaks the rule “a passage is set aside once, or gives one finding a polarity”"),
        (_other_page, "column page: 9 breaks the rule “the rows of a passage stand in one place"),
        (_unknown, "column theme: 'weather' breaks the rule “the code is one of"),
        (_own_reason, "column set_aside: 'dull' breaks the rule “a reason is one of"),
        (_forget, "line 2, column polarity, set_aside: 'neither coded nor set aside' breaks the rule"),
        (_both, "line 2, column polarity, set_aside: 'both coded and set aside' breaks the rule"),
        (_lose, f"column passage: {INSPECTION}: 1 breaks the rule “every passage of the report has a row”"),
        (_elsewhere, "'atlantis-2022-08-12-ilacs_short' breaks the rule “the inspection is in inspections.csv”"),
    ],
)
def test_a_sheet_that_is_not_whole_is_refused(
    tmp_path: Path, change: Callable[[list[Row]], list[Row]], message: str
) -> None:
    with pytest.raises(AnalysisError) as refused:
        coding_sheet.read([_sheet(tmp_path, change)], inspections=INSPECTIONS)
    assert message in str(refused.value)
