"""How the grades of a cohort are spread on a day."""

from __future__ import annotations

import narwhals as nw
from narwhals.typing import IntoFrameT

from analysis.cohorts import COHORT, COHORT_KEYS
from analysis.frames import (
    TEXT,
    WHOLE,
    Engine,
    Lazy,
    how_many,
    opened,
    require_unique,
)
from analysis.progress.common import AS_AT, CLOSE, GRADES
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
    cells = _counted(engine, grades, members)
    each = engine.table({"grade": TEXT, "grade_rank": WHOLE}, {"grade": list(GRADES), "grade_rank": [1, 2, 3, 4]})
    rows = with_share(
        cells.join(each, how="cross").with_columns(
            count=nw.when(nw.col("grade_rank") == 1)
            .then(nw.col("at_1"))
            .when(nw.col("grade_rank") == 2)
            .then(nw.col("at_2"))
            .when(nw.col("grade_rank") == 3)
            .then(nw.col("at_3"))
            .otherwise(nw.col("at_4"))
        ),
        total="areas",
    )
    columns = ("on", "domain", "grade", "grade_rank", "count", "areas", "not_judged", "close", "share", "low", "high")
    return engine.give(rows.select(*COHORT_KEYS, *columns), sort=["cohort_order", "on", "domain", "grade_rank"])


def _counted(engine: Engine[IntoFrameT], grades: Lazy, members: Lazy) -> Lazy:
    """One row a cohort, day and domain: areas judged and not, at each grade, and by a close match."""
    require_unique(engine, grades, ["on", "area_code", "domain"], "as_at_grades")
    require_unique(engine, members, ["cohort", "area_code"], "cohort")
    rank, judged = nw.col("grade_rank"), ~nw.col("grade").is_null()
    return (
        members.join(grades, on="area_code", how="inner")
        .group_by(*COHORT_KEYS, "on", "domain")
        .agg(
            areas=nw.col("grade").count().cast(WHOLE),
            not_judged=how_many(nw.col("grade").is_null()),
            close=how_many(judged & (nw.col("comparable") == CLOSE)),
            at_1=how_many(judged & (rank == 1)),
            at_2=how_many(judged & (rank == 2)),
            at_3=how_many(judged & (rank == 3)),
            at_4=how_many(judged & (rank == 4)),
        )
    )


def good_or_better(as_at_grades: IntoFrameT, cohort: IntoFrameT) -> IntoFrameT:
    """The share of a cohort judged good or outstanding on each day.

    Returns:
        One row a cohort, day and domain, sorted by `cohort_order`, `on`, `domain`: `cohort`, `cohort_label`,
        `cohort_order`, `on`, `domain`, `count`, `areas`, `not_judged`, `close`, `share`, `low`, `high` (as in
        `grade_shares`).
    """
    engine, (grades, members) = opened((as_at_grades, AS_AT), (cohort, COHORT))
    cells = _counted(engine, grades, members).with_columns(count=nw.col("at_3") + nw.col("at_4"))
    columns = ("on", "domain", "count", "areas", "not_judged", "close", "share", "low", "high")
    return engine.give(
        with_share(cells, total="areas").select(*COHORT_KEYS, *columns), sort=["cohort_order", "on", "domain"]
    )
