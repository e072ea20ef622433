"""Coded sheets of passages, as `analysis passages --csv` writes them and a reader fills them in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl

from analysis.errors import Fault
from analysis.schema import csvfile
from analysis.schema.codes import SET_ASIDE_REASONS
from analysis.schema.tables import TABLES
from analysis.sources.labels import LINE, Column, find_table, only_sheet, read_count, read_sheets, refuse
from analysis.sources.reading import Contribution, Reading, Tally
from analysis.sources.reports.rows import source_of

PASSAGES = "passages"
"""The column that says in every row how many passages the report has, so that a sheet cut off is noticed."""
GIVEN_HERE = ("finding_id", "url", "source_id")
"""Columns of `findings` that the reader gives; a sheet holds the others."""
IN_THE_SHEET = tuple(name for name in TABLES["findings"].column_names() if name not in GIVEN_HERE)
COLUMNS = tuple(Column(name, (name.replace("_", " "),)) for name in (*IN_THE_SHEET, "set_aside", PASSAGES))
CODED = tuple(
    name for name in IN_THE_SHEET if name not in ("inspection_id", "passage", "page", "paragraph", "section", "coder")
)
"""What reading decides of a finding."""
MOST_PASSAGES = 2000
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
    findings: list[pl.DataFrame] = []
    coverage: list[dict[str, Any]] = []
    tallies: list[Tally] = []
    first: dict[str, str] = {}
    for path in paths:
        sheet = only_sheet(path, read_sheets(path), COLUMNS)
        place = sheet.where
        faults: list[Fault] = []
        rows = [_checked(row, place, programmes, faults) for row in find_table(sheet, COLUMNS).to_dicts()]
        reports: dict[str, list[dict[str, Any]]] = {}
        for row in rows:
            reports.setdefault(str(row["inspection_id"]), []).append(row)
        refuse(sheet.file, faults)
        for inspection_id, of_report in reports.items():
            faults += _not_whole(of_report, place, inspection_id)
            if first.setdefault(inspection_id, place) != place:
                rule, remedy = (
                    f"a report stands in one sheet ({first[inspection_id]} has it, too)",
                    "give one of the two",
                )
                faults.append(Fault(place, None, "inspection_id", inspection_id, rule, remedy))
        typed, lost, broken = csvfile.check_rows(_findings(reports, programmes), place, TABLES["findings"])
        refuse(sheet.file, [*faults, *lost, *broken])
        findings.append(typed.drop(LINE))
        for inspection_id, of_report in reports.items():
            found = sum(bool(row["polarity"]) for row in of_report)
            coverage.append(_coverage(of_report, inspection_id))
            aside = len(of_report) - found
            dropped = {"set aside, with its reason": aside} if aside else {}
            tallies.append(Tally(f"{path.name}: {inspection_id}", len(of_report), found, dropped))
    scope = pl.col("inspection_id").is_in([row["inspection_id"] for row in coverage])
    schema = {name: column.dtype for name, column in TABLES["coverage"].columns().items()}
    covered = pl.DataFrame(coverage, schema=schema, orient="row")
    tables = {"findings": pl.concat(findings), "coverage": covered}
    return Reading(
        [Contribution(name, rows.sort(TABLES[name].primary_key()), scope) for name, rows in tables.items()], tallies
    )


def _checked(row: dict[str, Any], place: str, programmes: dict[str, str], faults: list[Fault]) -> dict[str, Any]:
    def fault(column: str, value: object, rule: str, remedy: str) -> None:
        faults.append(Fault(place, row[LINE], column, repr(value), rule, remedy))

    if row["inspection_id"] not in programmes:
        fault("inspection_id", row["inspection_id"], "the inspection is in inspections.csv", "import its report first")
    numbers = {column: read_count(str(row[column] or "")) for column in ("passage", "page", PASSAGES)}
    for column, number in numbers.items():
        if not number:
            fault(column, row[column], "the value is a whole number from 1", "restore what the sheet had")
    if bool(row["polarity"]) == bool(row["set_aside"]):
        what = "both coded and set aside" if row["polarity"] else "neither coded nor set aside"
        fault("polarity, set_aside", what, "a passage is coded or set aside", "fill one of the two")
    if row["set_aside"] and row["set_aside"] not in SET_ASIDE_REASONS:
        rule = f"a reason is one of {', '.join(SET_ASIDE_REASONS)}"
        fault("set_aside", row["set_aside"], rule, "use a reason of the codebook")
    if row["set_aside"]:
        for column in CODED:
            if row[column]:
                fault(column, row[column], "a passage set aside has no codes", "clear the codes, or code the passage")
    return {**row, **numbers}


def _not_whole(rows: Sequence[dict[str, Any]], place: str, inspection_id: str) -> list[Fault]:
    """Where the rows of a report are not each of its passages, once set aside or once a polarity."""
    faults: list[Fault] = []
    counts = {row[PASSAGES] for row in rows}
    if len(counts) > 1:
        value, rule = f"{inspection_id}: {', '.join(map(str, sorted(counts)))}", "a report has one number of passages"
        return [Fault(place, None, PASSAGES, value, rule, "restore what the sheet had")]
    there = {row["passage"] for row in rows}
    rule, remedy = "every passage of the report has a row", "restore the row, and code it or set it aside"
    wanted = range(1, counts.pop() + 1)
    if wanted and wanted[-1] > MOST_PASSAGES:
        rule = f"a report has at most {MOST_PASSAGES} passages"
        return [Fault(place, None, PASSAGES, f"{inspection_id}: {wanted[-1]}", rule, "restore what the sheet had")]
    faults += [
        Fault(place, None, "passage", f"{inspection_id}: {number}", rule, remedy)
        for number in wanted
        if number not in there
    ]
    firsts: dict[int, dict[str, Any]] = {}
    seen: set[tuple[int, str]] = set()
    for row in rows:
        passage, line = row["passage"], row[LINE]
        if passage not in wanted:
            rule = f"the report has {wanted[-1]} passages"
            faults.append(Fault(place, line, "passage", str(passage), rule, "restore what the sheet had"))
        before = firsts.setdefault(passage, row)
        for column in ("page", "paragraph", "section"):
            if row[column] != before[column]:
                rule = f"the rows of a passage stand in one place (line {before[LINE]} has {before[column]!r})"
                faults.append(Fault(place, line, column, repr(row[column]), rule, "restore what the sheet had"))
        code = (passage, str(row["polarity"] or "set aside"))
        if code in seen or (bool(row["set_aside"]) != bool(before["set_aside"])):
            rule = "a passage is set aside once, or gives one finding a polarity"
            faults.append(Fault(place, line, "passage", f"{passage}: {code[1]}", rule, "remove the row, or recode it"))
        seen.add(code)
    return faults


def _findings(reports: dict[str, list[dict[str, Any]]], programmes: dict[str, str]) -> pl.DataFrame:
    """The findings of a sheet as text, numbered in the order of each report, with the line of each."""
    columns = TABLES["findings"].column_names()
    records = []
    for inspection_id, rows in reports.items():
        coded = sorted((row for row in rows if row["polarity"]), key=lambda row: row["passage"])
        for number, row in enumerate(coded, start=1):
            given = {
                "finding_id": f"{inspection_id}-{number:03}",
                "url": None,
                "source_id": source_of(programmes[inspection_id]),
                "passage": str(row["passage"]),
                "page": str(row["page"]),
            }
            records.append({LINE: row[LINE], **row, **given})
    schema = {LINE: pl.Int64, **dict.fromkeys(columns, pl.String)}
    return pl.DataFrame([{name: record[name] for name in schema} for record in records], schema=schema, orient="row")


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
