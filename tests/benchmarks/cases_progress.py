"""The cases of `progress`, `cohorts` and `assessments`.

`recovery` and `recovery_times` compute their survival curves in Python, on counts of spells by length, and `beside` and
`around` look a few names up in Python; the queries do the whole. `tile_map` takes a single cohort: `one_cohort` is
`cohorts.cohort` of the first of `COHORTS`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analysis import assessments, cohorts, progress
from benchmarks.cases import AS_AT_DAYS, COHORTS, UNTIL, Case, case

_ROTHERHAM = progress.ROTHERHAM
_OF_COHORTS = ("areas", "regions", "neighbours", "cqc_reviews", "inspections")
_GRADED_OF_COHORT = ("graded_judgements", "cohort")
_AS_AT_OF_COHORT = ("as_at_grades", "cohort")
_SPELLS_OF_COHORT = ("spells", "cohort")


def _of_cohorts(frames: Mapping[str, Any]) -> dict[str, Any]:
    return {name: frames[name] for name in _OF_COHORTS}


CASES: tuple[Case, ...] = (
    case("progress.graded", progress.graded, ("inspections", "judgements", "domains"), "judgements"),
    case("progress.as_at", progress.as_at, ("graded_judgements", "areas"), "graded_judgements", on=AS_AT_DAYS),
    case("progress.grade_shares", progress.grade_shares, _AS_AT_OF_COHORT, "as_at_grades"),
    case("progress.good_or_better", progress.good_or_better, _AS_AT_OF_COHORT, "as_at_grades"),
    case("progress.trajectories", progress.trajectories, _GRADED_OF_COHORT, "graded_judgements"),
    case("progress.change_shares", progress.change_shares, ("judgement_trajectories",), "judgement_trajectories"),
    case("progress.transitions", progress.transitions, _GRADED_OF_COHORT, "graded_judgements"),
    case(
        "progress.repeat_inspections",
        progress.repeat_inspections,
        ("graded_judgements",),
        "graded_judgements",
        until=UNTIL,
    ),
    case("progress.repeat_outcomes", progress.repeat_outcomes, ("repeats", "cohort"), "repeats"),
    case(
        "progress.recovery_spells",
        progress.recovery_spells,
        ("graded_judgements", "areas"),
        "graded_judgements",
        until=UNTIL,
    ),
    case("progress.recovery", progress.recovery, _SPELLS_OF_COHORT, "spells"),
    case("progress.recovery_times", progress.recovery_times, _SPELLS_OF_COHORT, "spells"),
    case(
        "progress.inspection_history",
        progress.inspection_history,
        ("cohort", "inspections", "graded_judgements"),
        "inspections",
    ),
    case(
        "progress.tile_map",
        progress.tile_map,
        ("areas", "one_cohort", "as_at_grades"),
        "as_at_grades",
        on=UNTIL,
        domain="overall",
    ),
    Case(
        "progress.timeline",
        ("inspections", "graded_judgements", "events"),
        lambda t: progress.timeline(_ROTHERHAM, t["inspections"], t["graded_judgements"], t["events"]),
        "inspections",
    ),
    case("cohorts.fifty", cohorts.fifty, ("areas", "cqc_reviews", "inspections"), "inspections"),
    Case(
        "cohorts.cohort",
        _OF_COHORTS,
        lambda t: cohorts.cohort(f"neighbours:{_ROTHERHAM}", **_of_cohorts(t)),
        "neighbours",
    ),
    Case("cohorts.beside", _OF_COHORTS, lambda t: cohorts.beside(COHORTS, **_of_cohorts(t)), "inspections"),
    Case("cohorts.around", _OF_COHORTS, lambda t: cohorts.around(_ROTHERHAM, **_of_cohorts(t)), "areas"),
    case("assessments.factor_rates", assessments.factor_rates, ("assessments", "children", "areas"), "assessments"),
    case("assessments.totals", assessments.totals, ("assessments",), "assessments"),
    case("assessments.missing_authorities", assessments.missing_authorities, ("assessments", "areas"), "assessments"),
    Case(
        "assessments.area_with_neighbours",
        ("rates", "areas", "regions", "neighbours"),
        lambda t: assessments.area_with_neighbours(
            t["rates"], _ROTHERHAM, areas=t["areas"], regions=t["regions"], neighbours=t["neighbours"]
        ),
        "rates",
    ),
)
