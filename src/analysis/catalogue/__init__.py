"""The published charts: which transform gives which chart its frame, and whom each chart credits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.catalogue import areas, inspections
from analysis.catalogue.tables import Tables, last_reporting_day
from analysis.charts.figure import Figure

if TYPE_CHECKING:
    import duckdb

__all__ = [
    "ROTHERHAM",
    "Tables",
    "catalogue",
    "exploitation_in_england",
    "for_area",
    "last_reporting_day",
    "of_progress",
    "of_the_fifty",
]

ROTHERHAM = "E08000018"


def catalogue(con: duckdb.DuckDBPyConnection) -> list[Figure]:
    """Every chart that is published, in the order in which to read them.

    Args:
        con: what `analysis.open()` returns.

    Returns:
        The figures of the fifty, of progress, of exploitation in England, and of Rotherham.
    """
    tables = Tables(con)
    return [
        *inspections.of_the_fifty(tables),
        *inspections.of_progress(tables),
        areas.exploitation_in_england(tables),
        *areas.for_area(tables, ROTHERHAM),
    ]


def of_the_fifty(con: duckdb.DuckDBPyConnection) -> list[Figure]:
    """The fifty on the tile map, by basis and by latest overall judgement, and their inspection history."""
    return inspections.of_the_fifty(Tables(con))


def of_progress(con: duckdb.DuckDBPyConnection) -> list[Figure]:
    """Grades over time, moves from first to latest judgement, and time to recovery: the fifty beside England."""
    return inspections.of_progress(Tables(con))


def exploitation_in_england(con: duckdb.DuckDBPyConnection) -> Figure:
    """Child sexual and criminal exploitation in assessments, England."""
    return areas.exploitation_in_england(Tables(con))


def for_area(con: duckdb.DuckDBPyConnection, area_code: str) -> list[Figure]:
    """The charts of any one area: its timeline, and exploitation in assessments beside its statistical neighbours.

    Args:
        con: what `analysis.open()` returns.
        area_code: `areas.area_code`.

    Raises:
        AnalysisError: there is no such area.
    """
    return areas.for_area(Tables(con), area_code)
