"""The cases of `progress`, `cohorts` and `assessments`.

`recovery` and `recovery_times` compute their survival curves in Python, on counts of spells by length, and `beside` and
`around` look a few names up in Python; the queries do the whole. `tile_map` takes a single cohort: `one_cohort` is
`cohorts.cohort` of the first of `COHORTS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from analysis import assessments, cohorts, progress
from benchmarks.cases import AS_AT_DAYS, COHORTS, SQL, UNTIL, Case

_ROTHERHAM = progress.ROTHERHAM
_OF_COHORTS = ("areas", "regions", "neighbours", "cqc_reviews", "inspections")


def _case(name: str, tables: tuple[str, ...], call: Callable[[Mapping[str, Any]], Any], main: str) -> Case:
    sql = (SQL / f"{name}.sql").read_text(encoding="utf-8")
    return Case(name=name, package=name.split(".")[0], tables=tables, call=call, sql=sql, main=main)


def _of_cohorts(frames: Mapping[str, Any]) -> dict[str, Any]:
    return {name: frames[name] for name in _OF_COHORTS}


CASES: tuple[Case, ...] = (
    _case(
        "progress.graded",
        ("inspections", "judgements", "domains"),
        lambda t: progress.graded(t["inspections"], t["judgements"], t["domains"]),
        "judgements",
    ),
    _case(
        "progress.as_at",
        ("graded_judgements", "areas"),
        lambda t: progress.as_at(t["graded_judgements"], t["areas"], AS_AT_DAYS),
        "graded_judgements",
    ),
    _case(
        "progress.grade_shares",
        ("as_at_grades", "cohort"),
        lambda t: progress.grade_shares(t["as_at_grades"], t["cohort"]),
        "as_at_grades",
    ),
    _case(
        "progress.good_or_better",
        ("as_at_grades", "cohort"),
        lambda t: progress.good_or_better(t["as_at_grades"], t["cohort"]),
        "as_at_grades",
    ),
    _case(
        "progress.trajectories",
        ("graded_judgements", "cohort"),
        lambda t: progress.trajectories(t["graded_judgements"], t["cohort"]),
        "graded_judgements",
    ),
    _case(
        "progress.change_shares",
        ("judgement_trajectories",),
        lambda t: progress.change_shares(t["judgement_trajectories"]),
        "judgement_trajectories",
    ),
    _case(
        "progress.transitions",
        ("graded_judgements", "cohort"),
        lambda t: progress.transitions(t["graded_judgements"], t["cohort"]),
        "graded_judgements",
    ),
    _case(
        "progress.repeat_inspections",
        ("graded_judgements",),
        lambda t: progress.repeat_inspections(t["graded_judgements"], until=UNTIL),
        "graded_judgements",
    ),
    _case(
        "progress.repeat_outcomes",
        ("repeats", "cohort"),
        lambda t: progress.repeat_outcomes(t["repeats"], t["cohort"]),
        "repeats",
    ),
    _case(
        "progress.recovery_spells",
        ("graded_judgements", "areas"),
        lambda t: progress.recovery_spells(t["graded_judgements"], t["areas"], UNTIL),
        "graded_judgements",
    ),
    _case(
        "progress.recovery",
        ("spells", "cohort"),
        lambda t: progress.recovery(t["spells"], t["cohort"]),
        "spells",
    ),
    _case(
        "progress.recovery_times",
        ("spells", "cohort"),
        lambda t: progress.recovery_times(t["spells"], t["cohort"]),
        "spells",
    ),
    _case(
        "progress.inspection_history",
        ("cohort", "inspections", "graded_judgements"),
        lambda t: progress.inspection_history(t["cohort"], t["inspections"], t["graded_judgements"]),
        "inspections",
    ),
    _case(
        "progress.tile_map",
        ("areas", "one_cohort", "as_at_grades"),
        lambda t: progress.tile_map(t["areas"], t["one_cohort"], t["as_at_grades"], UNTIL, "overall"),
        "as_at_grades",
    ),
    _case(
        "progress.timeline",
        ("inspections", "graded_judgements", "events"),
        lambda t: progress.timeline(_ROTHERHAM, t["inspections"], t["graded_judgements"], t["events"]),
        "inspections",
    ),
    _case(
        "cohorts.fifty",
        ("areas", "cqc_reviews", "inspections"),
        lambda t: cohorts.fifty(t["areas"], t["cqc_reviews"], t["inspections"]),
        "inspections",
    ),
    _case(
        "cohorts.cohort",
        _OF_COHORTS,
        lambda t: cohorts.cohort(f"neighbours:{_ROTHERHAM}", **_of_cohorts(t)),
        "neighbours",
    ),
    _case("cohorts.beside", _OF_COHORTS, lambda t: cohorts.beside(COHORTS, **_of_cohorts(t)), "inspections"),
    _case("cohorts.around", _OF_COHORTS, lambda t: cohorts.around(_ROTHERHAM, **_of_cohorts(t)), "areas"),
    _case(
        "assessments.factor_rates",
        ("assessments", "children", "areas"),
        lambda t: assessments.factor_rates(t["assessments"], t["children"], t["areas"]),
        "assessments",
    ),
    _case("assessments.totals", ("assessments",), lambda t: assessments.totals(t["assessments"]), "assessments"),
    _case(
        "assessments.missing_authorities",
        ("assessments", "areas"),
        lambda t: assessments.missing_authorities(t["assessments"], t["areas"]),
        "assessments",
    ),
    _case(
        "assessments.area_with_neighbours",
        ("rates", "areas", "regions", "neighbours"),
        lambda t: assessments.area_with_neighbours(
            t["rates"], _ROTHERHAM, areas=t["areas"], regions=t["regions"], neighbours=t["neighbours"]
        ),
        "rates",
    ),
)
