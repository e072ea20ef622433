"""What a transform of the product gives and another one takes: the frames of the cases, from the curated tables."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from analysis import assessments, cohorts, progress, reliability, weaknesses
from benchmarks.cases import AS_AT_DAYS, COHORTS, COMPARED_PROGRAMMES, UNTIL, YEAR


def inputs(curated: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """The curated tables, and beside them all that `benchmarks.cases` names, each made by the product once.

    Args:
        curated: every table of `data/raw` by its name, or the same with other rows.
    """
    frames = dict(curated)
    of_cohorts = {name: frames[name] for name in ("areas", "regions", "neighbours", "cqc_reviews", "inspections")}
    graded = progress.graded(frames["inspections"], frames["judgements"], frames["domains"])
    cohort = cohorts.beside(COHORTS, **of_cohorts)
    reports = weaknesses.read_reports(
        frames["coverage"], frames["inspections"], frames["areas"], frames["regions"], graded
    )
    found = weaknesses.reported(frames["findings"], reports)
    rates = assessments.factor_rates(frames["assessments"], frames["children"], frames["areas"])
    compared = pl.col("programme").is_in(COMPARED_PROGRAMMES)
    return frames | {
        "graded_judgements": graded,
        "as_at_grades": progress.as_at(graded, frames["areas"], AS_AT_DAYS),
        "cohort": cohort,
        "one_cohort": cohorts.cohort(COHORTS[0], **of_cohorts),
        "judgement_trajectories": progress.trajectories(graded, cohort),
        "repeats": progress.repeat_inspections(graded, until=UNTIL),
        "spells": progress.recovery_spells(graded, frames["areas"], UNTIL),
        "rates": rates,
        "reports": reports,
        "some_reports": reports.filter(compared),
        "others": reports.filter(~compared),
        "reported_findings": found,
        "theme_successions": weaknesses.successions(found, reports, cohort, subject="all"),
        "weakness_aftermath": weaknesses.aftermath(found, reports, frames["inspections"], cohort, subject="all"),
        "area_measures": weaknesses.measures(found, reports, rates, cohort, subject="all", year=YEAR),
        "coded_pairs": reliability.pairs(frames["findings"], frames["second_reading"]),
    }
