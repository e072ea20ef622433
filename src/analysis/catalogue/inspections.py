"""Charts of inspections and grades: the fifty on the map, their history, and progress beside England."""

from __future__ import annotations

from datetime import date

from analysis import charts, progress
from analysis.catalogue.tables import Tables, last_reporting_day
from analysis.charts.figure import Figure
from analysis.schema import codes

FIRST_YEAR = 2014
"""The first 31 March after single inspections began."""
PROGRESS_DOMAINS = (str(codes.Domain.OVERALL), str(codes.Domain.HELP_PROTECTION))


def of_the_fifty(tables: Tables) -> list[Figure]:
    """The fifty on the tile map, by basis and by latest overall judgement, and their inspection history."""
    fifty = tables.beside("fifty")
    on = last_reporting_day(tables["inspections"])
    overall = str(codes.Domain.OVERALL)
    latest = progress.as_at(tables.graded, tables["areas"], on, domains=[overall])
    tiles = progress.tile_map(tables["areas"], fifty, latest, on, overall)
    history = progress.inspection_history(fifty, tables["inspections"], tables.graded)
    credit, statement = tables.inspections_credit(), tables.statement
    return [
        charts.fifty_by_basis(tiles, fifty, statement=statement, credit=credit),
        charts.fifty_by_judgement(tiles, fifty, statement=statement, credit=credit),
        charts.inspection_history(history, statement=statement, credit=tables.inspections_credit(ungraded=True)),
    ]


def of_progress(tables: Tables) -> list[Figure]:
    """Grades over time, moves from first to latest judgement, and time to recovery: the fifty beside England."""
    on = last_reporting_day(tables["inspections"])
    days = [date(year, 3, 31) for year in range(FIRST_YEAR, on.year + 1)]
    both = tables.beside("fifty", "england")
    credit, statement = tables.inspections_credit(), tables.statement
    over_time, recovered = [], []
    for domain in PROGRESS_DOMAINS:
        yearly = progress.as_at(tables.graded, tables["areas"], days, domains=[domain])
        over_time.append(
            charts.grades_over_time(progress.grade_shares(yearly, both), statement=statement, credit=credit)
        )
        spells = progress.recovery_spells(tables.graded, tables["areas"], on, domains=[domain])
        recovered.append(
            charts.time_to_recovery(
                progress.recovery(spells, both),
                progress.recovery_times(spells, both),
                statement=statement,
                credit=credit,
            )
        )
    moves = charts.first_to_latest(
        progress.transitions(tables.graded, tables.beside("fifty")), statement=statement, credit=credit
    )
    return [*over_time, moves, *recovered]
