"""The published charts: which transform gives which chart its frame, and whom each chart credits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from analysis.catalogue import areas, consequences, inspections, reported
from analysis.catalogue.tables import Tables, last_reporting_day
from analysis.charts.figure import Figure
from analysis.errors import AnalysisError

if TYPE_CHECKING:
    import duckdb

__all__ = [
    "LEADING",
    "ROTHERHAM",
    "Tables",
    "catalogue",
    "chart",
    "exploitation_in_england",
    "for_area",
    "last_reporting_day",
    "of_consequences",
    "of_findings",
    "of_progress",
    "of_the_fifty",
    "questions",
]

ROTHERHAM = "E08000018"

LEADING = ("exploitation_by_theme", "exploitation_what_became", "fifty_by_latest_judgement")
"""The charts that say most."""

QUESTIONS = {
    "Which weaknesses did inspectors report most?": ("weaknesses_by_theme", "exploitation_by_group"),
    "What was weak, and what was strong, on exploitation?": (
        "exploitation_by_theme",
        "exploitation_sheet_single_inspections",
        "exploitation_sheet_since",
        "exploitation_findings",
        "letters_and_single_inspections",
    ),
    "What became of the weaknesses?": ("exploitation_what_became", "weakness_again"),
    "What goes together with them?": ("exploitation_and_grades", "exploitation_and_recorded"),
    "How did grades change?": (
        "fifty_by_latest_judgement",
        "grades_over_time_overall",
        "grades_over_time_help_protection",
        "first_to_latest_judgement",
        "time_to_recovery_overall",
        "time_to_recovery_help_protection",
    ),
    "How often was exploitation recorded in assessments?": ("exploitation_in_england",),
    "Which areas are the fifty?": ("fifty_by_basis", "inspection_history_of_the_fifty"),
    "Rotherham": ("timeline_rotherham", "exploitation_rotherham", "findings_rotherham"),
}
"""The published charts in the order in which to read them, under the question that they answer."""

MADE_TOGETHER: dict[tuple[str, ...], Callable[[Tables], Sequence[Figure]]] = {
    ("weaknesses_by_theme", "exploitation_by_theme", "exploitation_by_group"): reported.of_prevalence,
    ("exploitation_sheet_single_inspections", "exploitation_sheet_since"): reported.sheets,
    ("exploitation_findings",): lambda tables: [reported.explorer_of_findings(tables)],
    (
        "exploitation_what_became",
        "weakness_again",
        "letters_and_single_inspections",
        "exploitation_and_grades",
        "exploitation_and_recorded",
    ): consequences.of_consequences,
    ("fifty_by_basis", "fifty_by_latest_judgement", "inspection_history_of_the_fifty"): inspections.of_the_fifty,
    (
        "grades_over_time_overall",
        "grades_over_time_help_protection",
        "first_to_latest_judgement",
        "time_to_recovery_overall",
        "time_to_recovery_help_protection",
    ): inspections.of_progress,
    ("exploitation_in_england",): lambda tables: [areas.exploitation_in_england(tables)],
    QUESTIONS["Rotherham"]: lambda tables: areas.for_area(tables, ROTHERHAM),
}
"""The same charts, by name, with what makes them."""


def catalogue(con: duckdb.DuckDBPyConnection) -> list[Figure]:
    """Every chart that is published, in the order in which to read them.

    Args:
        con: what `analysis.open()` returns.
    """
    return [figure for _, figures in questions(Tables(con)) for figure in figures]


def chart(con: duckdb.DuckDBPyConnection, name: str) -> Figure:
    """One chart that is published; only those made together with it are made.

    Args:
        con: what `analysis.open()` returns.
        name: its name, as its files are called.

    Raises:
        AnalysisError: there is no such chart.
    """
    names = next((names for names in MADE_TOGETHER if name in names), None)
    if names is None:
        known = ", ".join(known for names in MADE_TOGETHER for known in names)
        raise AnalysisError(f"There is no chart {name!r}. There are {known}.")
    return _made(names, Tables(con))[name]


def questions(tables: Tables) -> list[tuple[str, list[Figure]]]:
    """Every chart that is published, in the order in which to read them, under the question that it answers.

    Args:
        tables: the curated tables.
    """
    made = {name: figure for names in MADE_TOGETHER for name, figure in _made(names, tables).items()}
    return [(question, [made[name] for name in names]) for question, names in QUESTIONS.items()]


def _made(names: tuple[str, ...], tables: Tables) -> dict[str, Figure]:
    figures = MADE_TOGETHER[names](tables)
    found = [figure.name for figure in figures]
    if sorted(found) != sorted(names):
        raise ValueError(f"made {', '.join(found) or 'no chart'}, and listed are {', '.join(names)}")
    return {figure.name: figure for figure in figures}


def of_the_fifty(con: duckdb.DuckDBPyConnection) -> list[Figure]:
    """The fifty on the tile map, by basis and by latest overall judgement, and their inspection history."""
    return inspections.of_the_fifty(Tables(con))


def of_findings(con: duckdb.DuckDBPyConnection) -> list[Figure]:
    """What was reported in the fifty: by theme, by kind of report, by area, and finding by finding."""
    tables = Tables(con)
    return [*reported.of_prevalence(tables), *reported.sheets(tables), reported.explorer_of_findings(tables)]


def of_consequences(con: duckdb.DuckDBPyConnection) -> list[Figure]:
    """What became of weaknesses, whether they came again, and what goes together with them."""
    return consequences.of_consequences(Tables(con))


def of_progress(con: duckdb.DuckDBPyConnection) -> list[Figure]:
    """Grades over time, moves from first to latest judgement, and time to recovery: the fifty beside England."""
    return inspections.of_progress(Tables(con))


def exploitation_in_england(con: duckdb.DuckDBPyConnection) -> Figure:
    """Child sexual and criminal exploitation in assessments, England."""
    return areas.exploitation_in_england(Tables(con))


def for_area(con: duckdb.DuckDBPyConnection, area_code: str) -> list[Figure]:
    """The charts of any one area: timeline, exploitation in assessments, and findings where any are on record.

    Args:
        con: what `analysis.open()` returns.
        area_code: `areas.area_code`.

    Raises:
        AnalysisError: there is no such area.
    """
    return areas.for_area(Tables(con), area_code)
