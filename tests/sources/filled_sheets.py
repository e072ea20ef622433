"""The sheet of a made-up report as a coder fills it."""

from __future__ import annotations

import csv
from pathlib import Path

import made_reports

from analysis.passages import find_passages, write_sheet

CODING = {
    "polarity": "weakness",
    "theme": "records",
    "exploitation": "none",
    "missing": "no",
    "agency": "local_authority",
    "severity": "significant",
    "summary": "Files need to show what children say.",
    "coder": "a",
}

Row = dict[str, str]


def filled(inspection_id: str, path: Path) -> list[Row]:
    """Write the sheet of a report, and give its rows with every list item coded and every other passage set aside."""
    write_sheet(find_passages(made_reports.ilacs()), inspection_id, path)
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        row.update(CODING if row["kind"] == "listed item" else {"set_aside": "no_judgement"})
    return rows
