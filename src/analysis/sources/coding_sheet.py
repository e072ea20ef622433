"""Coded sheets of passages, as `analysis passages --csv` writes them and a reader fills them in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl

from analysis.errors import Fault
from analysis.schema.tables import TABLES
from analysis.sources.labels import LINE, Column, find_table, read_count, read_sheets, refuse
from analysis.sources.reading import Contribution, Reading, Tally
from analysis.sources.reports.rows import source_of

GIVEN_HERE = ("finding_id", "url", "source_id")
"""Columns of `findings` that the reader gives; a sheet holds the others."""
IN_THE_SHEET = tuple(name for name in TABLES["findings"].column_names() if name not in GIVEN_HERE)
COLUMNS = tuple(Column(name, (name.replace("_", " "),)) for name in (*IN_THE_SHEET, "set_aside"))
CODEBOOK = "codebook"


def read(paths: Sequence[Path], *, inspections: pl.DataFrame) -> Reading:
    """Read filled sheets: what each passage was coded as, or why it was set aside.

    A passage that gives two findings has two rows with the same number. Findings are numbered in the report's order.

    Args:
        paths: the sheets, CSV or spreadsheet; a sheet holds one report or several.
        inspections: the table `inspections`.

    Returns:
        Contributions to `findings` (one row a finding) and `coverage` (one row a report), which answer for the reports
        of the sheets alone.

    Raises:
        UnknownLayoutError: a column of the sheet is not there.
        AnalysisError: a passage neither coded nor set aside, or both, a number missing, an inspection not known; all
            are listed.
    """
    programmes = dict(inspections.select("inspection_id", pl.col("programme").cast(pl.String)).iter_rows())
    findings: list[dict[str, Any]] = []
    coverage: list[dict[str, Any]] = []
    tallies: list[Tally] = []
    for path in paths:
        sheet = read_sheets(path)[0]
        faults: list[Fault] = []
        rows = [_checked(row, sheet.file, programmes, faults) for row in find_table(sheet, COLUMNS).to_dicts()]
        reports: dict[str, list[dict[str, Any]]] = {}
        for row in rows:
            reports.setdefault(str(row["inspection_id"]), []).append(row)
        for inspection_id, of_report in reports.items():
            faults += _unnumbered(of_report, sheet.file, inspection_id)
        refuse(sheet.file, faults)
        for inspection_id, of_report in reports.items():
            found = _findings(of_report, inspection_id, source_of(programmes[inspection_id]))
            findings += found
            coverage.append(_coverage(of_report, inspection_id))
            aside = len(of_report) - len(found)
            dropped = {"set aside, with its reason": aside} if aside else {}
            tallies.append(Tally(f"{path.name}: {inspection_id}", len(of_report), len(found), dropped))
    scope = pl.col("inspection_id").is_in([row["inspection_id"] for row in coverage])
    return Reading(
        [
            Contribution(table, _frame(table, rows), scope)
            for table, rows in (("findings", findings), ("coverage", coverage))
        ],
        tallies,
    )


def _checked(row: dict[str, Any], file: str, programmes: dict[str, str], faults: list[Fault]) -> dict[str, Any]:
    def fault(column: str, value: object, rule: str, remedy: str) -> None:
        faults.append(Fault(file, row[LINE], column, repr(value), rule, remedy))

    if row["inspection_id"] not in programmes:
        fault("inspection_id", row["inspection_id"], "the inspection is in inspections.csv", "import its report first")
    numbers = {column: read_count(str(row[column] or "")) for column in ("passage", "page")}
    for column, number in numbers.items():
        if number is None:
            fault(column, row[column], "the value is a whole number", "restore what the sheet had")
    if bool(row["polarity"]) == bool(row["set_aside"]):
        what = "both coded and set aside" if row["polarity"] else "neither coded nor set aside"
        fault("polarity, set_aside", what, "a passage is coded or set aside", "fill one of the two")
    return {**row, **numbers}


def _unnumbered(rows: Sequence[dict[str, Any]], file: str, inspection_id: str) -> list[Fault]:
    there = {row["passage"] for row in rows if row["passage"] is not None}
    missing = [number for number in range(1, max(there, default=0) + 1) if number not in there]
    rule, remedy = "every passage of the report has a row", "restore the row, and code it or set it aside"
    return [Fault(file, None, "passage", f"{inspection_id}: {number}", rule, remedy) for number in missing]


def _findings(rows: Sequence[dict[str, Any]], inspection_id: str, source_id: str) -> list[dict[str, Any]]:
    coded = sorted((row for row in rows if row["polarity"]), key=lambda row: row["passage"])
    return [
        {column: row[column] for column in IN_THE_SHEET}
        | {"finding_id": f"{inspection_id}-{number:03}", "url": None, "source_id": source_id}
        for number, row in enumerate(coded, start=1)
    ]


def _coverage(rows: Sequence[dict[str, Any]], inspection_id: str) -> dict[str, Any]:
    coded = {row["passage"] for row in rows if row["polarity"]}
    reasons = Counter(str(row["set_aside"]) for row in rows if row["set_aside"])
    passages = {row["passage"] for row in rows}
    return {
        "inspection_id": inspection_id,
        "passages": len(passages),
        "coded": len(coded),
        "set_aside": len(passages - coded),
        "reason": "; ".join(f"{reason} {count}" for reason, count in sorted(reasons.items())) or None,
        "readable": "yes",
        "source_id": CODEBOOK,
    }


def _frame(table: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    schema = {name: column.dtype for name, column in TABLES[table].columns().items()}
    texts = {name: pl.String if isinstance(dtype, pl.Enum) else dtype for name, dtype in schema.items()}
    return pl.DataFrame(rows, schema=texts, orient="row").sort(TABLES[table].primary_key())
