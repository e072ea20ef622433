"""ILACS reports and the official history of ILACS: which report is on which inspection, and where the two differ."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import polars as pl

from analysis.schema.codes import Programme
from analysis.sources.reports.facts import Family
from analysis.sources.reports.location import LocatedReport

REPORTS_SOURCE = "ofsted-inspection-reports"
FARTHEST_FROM_HISTORY = timedelta(days=14)

History = dict[str, list[dict[str, Any]]]
"""The inspections of the official history, by area."""


def official_history(inspections: pl.DataFrame) -> History:
    """Take the official history out of the inspections: ILACS rows that no report was the source of.

    Args:
        inspections: one row an inspection (`schema.tables.Inspections`).

    Returns:
        By area, the rows with `inspection_id`, `area_code`, `programme`, `source_id`, `started` and `published`.
    """
    by_area: dict[str, list[dict[str, Any]]] = {}
    rows = inspections.select(
        pl.col("inspection_id", "area_code", "programme", "source_id").cast(pl.String), "started", "published"
    ).filter(
        pl.col("programme").is_in([str(Programme.ILACS_STANDARD), str(Programme.ILACS_SHORT)])
        & (pl.col("source_id") != REPORTS_SOURCE)
        & pl.col("started").is_not_null()
    )
    for row in rows.iter_rows(named=True):
        by_area.setdefault(row["area_code"], []).append(row)
    return by_area


def in_history(found: LocatedReport, history: History) -> dict[str, Any] | None:
    """Give the row of the history that an ILACS report is on: same area, first days at most a fortnight apart."""
    if found.report.family is not Family.ILACS:
        return None
    rows = history.get(found.area_code, [])
    nearest = min(rows, key=lambda row: abs(row["started"] - found.report.started), default=None)
    if nearest is None or abs(nearest["started"] - found.report.started) > FARTHEST_FROM_HISTORY:
        return None
    return nearest


def differences(found: LocatedReport, known: dict[str, Any]) -> list[str]:
    """Say where the days of a report and of its row in the history differ; the history's stand."""
    remarks = []
    if known["started"] != found.report.started:
        remarks.append(
            f"{found.report_id}: the report has the inspection start on {found.report.started}, "
            f"the official history on {known['started']}; history kept"
        )
    if found.filed is not None and known["published"] != found.filed:
        remarks.append(
            f"{found.report_id}: the file's name has {found.filed}, the official history {known['published']} as day "
            "of publication; history kept"
        )
    if known["published"] is not None and found.report.ended >= known["published"]:
        remarks.append(
            f"{found.report_id}: the report has the inspection end on {found.report.ended}, after publication"
        )
    return remarks
