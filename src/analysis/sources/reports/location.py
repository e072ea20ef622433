"""Report files with their areas: what a report says of itself, and what an index or the file's name adds."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from pathlib import Path

import polars as pl

from analysis.errors import AnalysisError, Fault, UnknownLayoutError
from analysis.progress_bar import Progress
from analysis.schema.tables import GSS_AUTHORITY, SHA256, SLUG, WEB_ADDRESS
from analysis.sources.area_names import AreaFinder
from analysis.sources.labels import LINE, Column, find_table, only_sheet, read_sheets, refuse
from analysis.sources.reports.batch import Outcome, read_many
from analysis.sources.reports.facts import Report

PUBLISHER = "https://reports.ofsted.gov.uk/"

_INDEX_NEEDS = ("report_id", "area_code")
_INDEX_FORMS = {
    "report_id": SLUG,
    "area_code": GSS_AUTHORITY,
    "published_filename": r".+",
    "landing_page": WEB_ADDRESS,
    "pdf_sha256": SHA256,
    "pages": r"[1-9][0-9]*",
    "characters": r"[1-9][0-9]*",
}
_INDEX_COLUMNS = tuple(
    Column(name, (name.replace("_", " "),), required=name not in ("pages", "characters")) for name in _INDEX_FORMS
)
_DAY_IN_NAME = re.compile(r"(?:^|-)(\d{4}-\d{2}-\d{2})(?:-|$)")


@dataclass(frozen=True)
class IndexRow:
    """What an index says of one report; None where it says nothing."""

    report_id: str
    area_code: str
    published_filename: str | None
    landing_page: str | None
    pdf_sha256: str | None
    pages: str | None
    characters: str | None


@dataclass(frozen=True)
class LocatedReport:
    """A report with its area, and with what the index or the file's name adds to its own words."""

    report: Report
    report_id: str
    area_code: str
    filed: date | None
    url: str
    sha256: str | None


@dataclass(frozen=True)
class LocatedReports:
    """All reports of one import, those that could not be used with the reason, and what a person should look at."""

    reports: list[LocatedReport]
    failures: dict[str, str] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    files: int = 0


def locate(
    paths: Sequence[Path],
    *,
    index: Path | None,
    areas: pl.DataFrame,
    area_codes: pl.DataFrame,
    progress: Progress | None = None,
) -> LocatedReports:
    """Read report files and find each one's area; see `rows.read` for the arguments.

    Returns:
        The reports in the order of their identifiers, each file that gave none with the reason, and remarks: where
        a report's own words and the index differ, and what a report lacks.

    Raises:
        UnknownLayoutError: the index lacks a column.
        AnalysisError: the index cannot be read or has faults, which are all listed; no file gave a report; or a process
            that read PDFs was ended.
    """
    rows = _read_index(index) if index is not None else {}
    by_hash = {row.pdf_sha256: row for row in rows.values() if row.pdf_sha256}
    finder = AreaFinder(areas, area_codes)
    current = dict(area_codes.select(pl.col("code", "area_code").cast(pl.String)).iter_rows())
    reports: list[LocatedReport] = []
    failures: dict[str, str] = {}
    remarks: list[str] = []
    for outcome in read_many(sorted(paths, key=lambda path: (path.stem, path.suffix)), progress):
        name = outcome.path.name
        report = outcome.report
        if report is None:
            failures[name] = outcome.failure or "gave no report"
            continue
        row = rows.get(outcome.path.stem) or by_hash.get(outcome.sha256 or "")
        if row is not None and (lack := _not_whole(outcome, report, row)):
            failures[name] = f"{outcome.path}: {lack}. The file is cut off, or another than the index's: get it again."
            continue
        area = finder.by_any_name(report.area_names, report.started)
        if area is None:
            failures[name] = str(
                UnknownLayoutError(
                    name,
                    f"an authority that existed on {report.started}",
                    f"the area named on its cover, “{'”, “'.join(report.area_names)}”",
                    "Correct the name, or add the authority to areas.csv.",
                )
            )
            continue
        found = _located(outcome, report, area, row)
        remarks += [f"{found.report_id}: {remark}" for remark in report.remarks]
        remarks += _differences(found, outcome, row, current, has_index=index is not None)
        reports.append(found)
    if failures and not reports:
        raise AnalysisError("No report could be read:\n" + "\n".join(f"  {why}" for why in failures.values()))
    return LocatedReports(sorted(reports, key=lambda r: (r.report_id, r.sha256 is None)), failures, remarks, len(paths))


def _read_index(index: Path) -> dict[str, IndexRow]:
    sheet = only_sheet(index, read_sheets(index), _INDEX_COLUMNS)
    faults: list[Fault] = []
    rows: dict[str, IndexRow] = {}
    lines: dict[str, int] = {}
    for row in find_table(sheet, _INDEX_COLUMNS).to_dicts():
        faults += [
            sheet.fault(row[LINE], field, row[field], f"the value has the form {form}", "correct the index")
            for field, form in _INDEX_FORMS.items()
            if (row[field] is not None or field in _INDEX_NEEDS) and not re.fullmatch(form, row[field] or "")
        ]
        report_id = row["report_id"]
        if report_id is not None and lines.setdefault(report_id, row[LINE]) != row[LINE]:
            rule = f"no report stands more than once (line {lines[report_id]} has it, too)"
            faults.append(sheet.fault(row[LINE], "report_id", report_id, rule, "keep one row a report"))
        rows[report_id] = IndexRow(**{field.name: row[field.name] for field in fields(IndexRow)})
    refuse(sheet.file, faults)
    return rows


def _not_whole(outcome: Outcome, report: Report, row: IndexRow) -> str | None:
    """How a file differs in length from what the index says of it; the characters of a PDF depend on who reads it."""
    if row.pages and report.pages != int(row.pages):
        return f"{report.pages} pages, where the index has {row.pages}"
    if row.characters and outcome.characters is not None and outcome.characters != int(row.characters):
        return f"{outcome.characters:,} characters, where the index has {int(row.characters):,}"
    return None


def _located(outcome: Outcome, report: Report, area: str, row: IndexRow | None) -> LocatedReport:
    stem = outcome.path.stem
    named = _DAY_IN_NAME.search((row and row.published_filename) or stem)
    return LocatedReport(
        report=report,
        report_id=row.report_id if row else re.sub(r"[^a-z0-9]+", "-", stem.lower()).strip("-"),
        area_code=area,
        filed=_day(named[1]) if named else None,
        url=(row and row.landing_page) or PUBLISHER,
        sha256=outcome.sha256 or (row.pdf_sha256 if row else None),
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _differences(
    found: LocatedReport, outcome: Outcome, row: IndexRow | None, current: dict[str, str], *, has_index: bool
) -> list[str]:
    if row is None:
        return [f"{found.report_id}: is not in the index"] if has_index else []
    remarks = []
    indexed = current.get(row.area_code, row.area_code)
    if indexed != found.area_code:
        remarks.append(f"{found.report_id}: the report names {found.area_code}, the index {row.area_code}; report kept")
    if outcome.sha256 and row.pdf_sha256 and outcome.sha256 != row.pdf_sha256:
        remarks.append(f"{found.report_id}: the PDF is not the one that the index was made from (its hash differs)")
    return remarks
