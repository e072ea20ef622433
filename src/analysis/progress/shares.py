"""How the grades of a cohort are spread on a day."""

from __future__ import annotations

import narwhals as nw
from narwhals.typing import IntoFrameT

from analysis.cohorts import COHORT, COHORT_KEYS, COHORT_WORDS
from analysis.frames import (
    WHOLE,
    Engine,
    Lazy,
    grouped,
    how_many,
    melted,
    opened,
    require_unique,
)
from analysis.progress.common import AS_AT, CLOSE, GOOD_RANK, GRADES
from analysis.statistics import with_share


def grade_shares(as_at_grades: IntoFrameT, cohort: IntoFrameT) -> IntoFrameT:
    """How the grades of a cohort are spread on each day.

    Args:
        as_at_grades: what `as_at` returns.
        cohort: a cohort frame.

    Returns:
        One row a cohort, day, domain and grade (grades that no area has among them, with a count of 0), sorted by
        `cohort_order`, `on`, `domain`, `grade_rank`: `cohort`, `cohort_label`, `cohort_order`, `on`, `domain`,
        `grade`, `grade_rank`, `count` (areas with the grade), `areas` (areas judged by that day: the denominator),
        `not_judged` (areas of the cohort that exist but were not judged), `close` (of `areas`, how many by a close
        match), `share` (0 to 1; empty where no area was judged), `low`, `high`.
    """
    engine, (grades, members) = opened((as_at_grades, AS_AT), (cohort, COHORT))
    at_each = {grade: _areas_where(nw.col("grade_rank") == rank) for rank, grade in enumerate(GRADES, start=1)}
    cells = _counted(engine, grades, members, **at_each)
    rows = with_share(melted(engine, cells, "grade", GRADES), total="areas").with_columns(grade_rank="grade_order")
    columns = ("on", "domain", "grade", "grade_rank", "count", "areas", "not_judged", "close", "share", "low", "high")
    return engine.give(rows.select(*COHORT_KEYS, *columns), sort=["cohort_order", "on", "domain", "grade_rank"])


def _areas_where(condition: nw.Expr) -> nw.Expr:
    """The number of judged areas that fulfil a condition."""
    return nw.when(condition).then(nw.col("grade")).count().cast(WHOLE)


def _counted(engine: Engine[IntoFrameT], grades: Lazy, members: Lazy, **counts: nw.Expr) -> Lazy:
    """One row a cohort, day and domain: areas judged and not, by a close match, and what else to count."""
    require_unique(engine, grades, ["on", "area_code", "domain"], "as_at_grades")
    require_unique(engine, members, ["cohort", "area_code"], "cohort")
    return grouped(
        members.join(grades, on="area_code", how="inner"),
        ["cohort", "on", "domain"],
        COHORT_WORDS,
        areas=nw.col("grade").count().cast(WHOLE),
        not_judged=how_many(nw.col("grade").is_null()),
        close=_areas_where(nw.col("comparable") == CLOSE),
        **counts,
    )


def good_or_better(as_at_grades: IntoFrameT, cohort: IntoFrameT) -> IntoFrameT:
    """The share of a cohort judged good or outstanding on each day.

    Returns:
        One row a cohort, day and domain, sorted by `cohort_order`, `on`, `domain`: `cohort`, `cohort_label`,
        `cohort_order`, `on`, `domain`, `count`, `areas`, `not_judged`, `close`, `share`, `low`, `high` (as in
        `grade_shares`).
    """
    engine, (grades, members) = opened((as_at_grades, AS_AT), (cohort, COHORT))
    cells = _counted(engine, grades, members, count=_areas_where(nw.col("grade_rank") >= GOOD_RANK))
    columns = ("on", "domain", "count", "areas", "not_judged", "close", "share", "low", "high")
    return engine.give(
        with_share(cells, total="areas").select(*COHORT_KEYS, *columns), sort=["cohort_order", "on", "domain"]
    )
