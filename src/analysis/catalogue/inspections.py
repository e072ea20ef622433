"""Charts of inspections and grades: the fifty on the map, their history, and progress beside England."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl

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
    rule = tables.fifty
    history = progress.inspection_history(fifty, tables["inspections"], tables.graded)
    credit, statement = tables.inspections_credit(), tables.statement
    return [
        replace(
            charts.fifty_by_basis(tiles, fifty, statement=statement, credit=credit),
            behind=rule.select("area_code", inspection_id="basis_inspection_id"),
        ),
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
            replace(
                charts.grades_over_time(progress.grade_shares(yearly, both), statement=statement, credit=credit),
                behind=_of_grades(yearly, both),
            )
        )
        spells = progress.recovery_spells(tables.graded, tables["areas"], on, domains=[domain])
        recovered.append(
            replace(
                charts.time_to_recovery(
                    progress.recovery(spells, both),
                    progress.recovery_times(spells, both),
                    statement=statement,
                    credit=credit,
                ),
                behind=_of_spells(spells, both),
            )
        )
    fifty = tables.beside("fifty")
    moves = replace(
        charts.first_to_latest(progress.transitions(tables.graded, fifty), statement=statement, credit=credit),
        behind=_of_moves(progress.trajectories(tables.graded, fifty)),
    )
    return [*over_time, moves, *recovered]


def _of_grades(yearly: pl.DataFrame, cohort: pl.DataFrame) -> pl.DataFrame:
    """The inspections that gave the grades of each cohort and day."""
    judged = yearly.filter(pl.col("grade").is_not_null())
    members = cohort.select("cohort", "area_code")
    return members.join(judged, on="area_code").select("cohort", "on", "grade", "inspection_id")


def _of_moves(trajectories: pl.DataFrame) -> pl.DataFrame:
    """The first and the latest inspection of each area that was judged twice in a domain."""
    compared = trajectories.filter(pl.col("comparable") != "not").sort("order")
    ends = compared.group_by("area_code", "domain").agg(
        from_grade=pl.col("grade").first(),
        to_grade=pl.col("grade").last(),
        inspection_id=pl.concat_list(pl.col("inspection_id").first(), pl.col("inspection_id").last()).first(),
        judgements=pl.len(),
    )
    twice = ends.filter(pl.col("judgements") > 1).explode("inspection_id")
    return twice.select("domain", "from_grade", "to_grade", "inspection_id").sort(pl.all())


def _of_spells(spells: pl.DataFrame, cohort: pl.DataFrame) -> pl.DataFrame:
    """The inspections that begin and end the spells of each length."""
    of_members = cohort.select("cohort", "area_code").join(spells, on="area_code")
    return pl.concat(
        of_members.select("cohort", "days", inspection_id=column).drop_nulls()
        for column in ("start_inspection_id", "end_inspection_id")
    ).sort(pl.all())
