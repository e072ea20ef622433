"""Report files with their areas: what a report says of itself, and what an index or the file's name adds."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import polars as pl

from analysis.errors import AnalysisError, UnknownLayoutError
from analysis.progress_bar import Progress
from analysis.sources.area_names import AreaFinder
from analysis.sources.reports.batch import Outcome, read_many
from analysis.sources.reports.facts import Report

PUBLISHER = "https://reports.ofsted.gov.uk/"

_INDEX_COLUMNS = ("report_id", "area_code", "published_filename", "landing_page", "pdf_sha256")
_DAY_IN_NAME = re.compile(r"(?:^|-)(\d{4}-\d{2}-\d{2})(?:-|$)")


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
    """Read report files and find each one's area; see `read` for the arguments.

    Returns:
        The reports in the order of their identifiers, each file that gave none with the reason, and remarks: where
        a report's own words and the index differ, and what a report lacks.

    Raises:
        AnalysisError: no file could be read.
    """
    rows = _read_index(index) if index is not None else {}
    by_hash = {row["pdf_sha256"]: row for row in rows.values() if row["pdf_sha256"]}
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


def _read_index(index: Path) -> dict[str, dict[str, str]]:
    frame = pl.read_csv(index, infer_schema=False).fill_null("")
    for column in _INDEX_COLUMNS:
        if column not in frame.columns:
            raise UnknownLayoutError(
                index, f"the column {column}", "its header, line 1", "Give an index of reports, or none."
            )
    rows = list(frame.select(_INDEX_COLUMNS).iter_rows(named=True))
    twice = [report_id for report_id, count in Counter(row["report_id"] for row in rows).items() if count > 1]
    if twice:
        raise AnalysisError(f"{index}: report_id {', '.join(twice)} stands more than once. Keep one row a report.")
    return {row["report_id"]: row for row in rows}


def _located(outcome: Outcome, report: Report, area: str, row: dict[str, str] | None) -> LocatedReport:
    stem = outcome.path.stem
    named = _DAY_IN_NAME.search((row or {}).get("published_filename") or stem)
    return LocatedReport(
        report=report,
        report_id=row["report_id"] if row else re.sub(r"[^a-z0-9]+", "-", stem.lower()).strip("-"),
        area_code=area,
        filed=_day(named[1]) if named else None,
        url=(row or {}).get("landing_page") or PUBLISHER,
        sha256=outcome.sha256 or (row or {}).get("pdf_sha256") or None,
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _differences(
    found: LocatedReport, outcome: Outcome, row: dict[str, str] | None, current: dict[str, str], *, has_index: bool
) -> list[str]:
    if row is None:
        return [f"{found.report_id}: is not in the index"] if has_index else []
    remarks = []
    indexed = current.get(row["area_code"], row["area_code"])
    if indexed != found.area_code:
        remarks.append(
            f"{found.report_id}: the report names {found.area_code}, the index {row['area_code']}; report kept"
        )
    if outcome.sha256 and row["pdf_sha256"] and outcome.sha256 != row["pdf_sha256"]:
        remarks.append(f"{found.report_id}: the PDF is not the one that the index was made from (its hash differs)")
    return remarks
