"""Change between inspections: trajectories, transitions from first to latest, outcomes of repeat inspections."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import narwhals as nw
from narwhals.typing import IntoFrameT

from analysis.cohorts import COHORT, COHORT_KEYS, COHORT_WORDS
from analysis.frames import (
    DAY,
    TEXT,
    WHOLE,
    Columns,
    Engine,
    Kind,
    Lazy,
    first_and_last,
    grouped,
    how_many,
    melted,
    opened,
    require_unique,
)
from analysis.progress.common import (
    CLOSE,
    GOOD_RANK,
    GRADED,
    GRADES,
    ILACS,
    IN_TIME,
    NOT,
    By,
    compared,
    dated,
    known_domains,
    match_of,
    ordered_in_time,
)
from analysis.schema import codes
from analysis.statistics import with_share


def trajectories(graded_judgements: IntoFrameT, cohort: IntoFrameT, *, by: By = "started") -> IntoFrameT:
    """Each area's judgements in a domain in order, across frameworks, each beside the one before.

    Returns:
        One row a cohort, area and judgement, sorted by `cohort_order`, `area_code`, `domain`, `order`,
        `inspection_id`: `cohort`, `cohort_label`, `cohort_order`, `area_code`, `area_name`, `domain`, `order` (1 for
        the first; judgements that are `not` comparable are numbered among themselves), `inspection_id`, `programme`,
        `comparable`, `started`, `published`, `grade`, `grade_rank`, `previous_grade`, `previous_rank`,
        `previous_inspection_id`, `previous_programme`, `change` (`improved`, `same`, `declined`; empty for the first
        and where not comparable), `match` (`same`, `close`; empty without a change), `days_since` (days since the
        previous one, by `by`).
    """
    engine, (judgement, members) = opened((graded_judgements, GRADED), (cohort, COHORT))
    require_unique(engine, judgement, ["inspection_id", "domain"], "graded_judgements")
    require_unique(engine, members, ["cohort", "area_code"], "cohort")
    rows = (
        members.select(*COHORT_KEYS, "area_code", "area_name")
        .join(_with_previous(engine, judgement, by), on="area_code", how="inner")
        .select(*_TRAJECTORIES)
    )
    return engine.give(rows, sort=["cohort_order", "area_code", "domain", "order", "inspection_id"])


_TRAJECTORIES: dict[str, Kind] = {
    "cohort": TEXT,
    "cohort_label": TEXT,
    "cohort_order": WHOLE,
    "area_code": TEXT,
    "area_name": TEXT,
    "domain": TEXT,
    "order": WHOLE,
    "inspection_id": TEXT,
    "programme": TEXT,
    "comparable": TEXT,
    "started": DAY,
    "published": DAY,
    "grade": TEXT,
    "grade_rank": WHOLE,
    "previous_grade": TEXT,
    "previous_rank": WHOLE,
    "previous_inspection_id": TEXT,
    "previous_programme": TEXT,
    "change": TEXT,
    "match": TEXT,
    "days_since": WHOLE,
}


def _with_previous(engine: Engine[Any], judgements: Lazy, by: By) -> Lazy:
    chain = ["area_code", "domain", "bridged"]
    ordered = ordered_in_time(dated(judgements.with_columns(bridged=nw.col("comparable") != NOT), by), chain)

    def before(column: str) -> nw.Expr:
        # Judgements that are not comparable stand beside each other, and none is the other's previous one.
        return nw.when(nw.col("bridged")).then(nw.col(column).shift(1).over(*chain, order_by=IN_TIME))

    earlier, rank = nw.col("previous_rank"), nw.col("grade_rank")
    return ordered.with_columns(
        previous_grade=before("grade"),
        previous_rank=before("grade_rank"),
        previous_inspection_id=before("inspection_id"),
        previous_programme=before("programme"),
        previous_comparable=before("comparable"),
        previous_day=before("day"),
    ).with_columns(
        change=nw.when(rank > earlier)
        .then(nw.lit("improved"))
        .when(rank == earlier)
        .then(nw.lit("same"))
        .when(rank < earlier)
        .then(nw.lit("declined")),
        match=match_of("comparable", "previous_comparable"),
        days_since=engine.days_between(nw.col("previous_day"), nw.col("day")),
    )


def change_shares(judgement_trajectories: IntoFrameT) -> IntoFrameT:
    """Changes between consecutive inspections, counted.

    Changes of one area are not independent of each other: the interval is that of as many single changes.

    Args:
        judgement_trajectories: what `trajectories` returns.

    Returns:
        One row a cohort, domain and change, sorted by `cohort_order`, `domain`, `change_order`: `cohort`,
        `cohort_label`, `cohort_order`, `domain`, `change` (`declined`, `same`, `improved`), `change_order` (1 to 3),
        `count`, `changes` (the denominator), `close` (of `changes`, how many by a close match), `areas` (areas with a
        change), `share`, `low`, `high`.
    """
    engine, (rows,) = opened((judgement_trajectories, Columns("judgement_trajectories", _TRAJECTORIES)))
    changed = rows.filter(~nw.col("change").is_null())
    cells = grouped(
        changed,
        ["cohort", "domain"],
        COHORT_WORDS,
        changes=nw.len().cast(WHOLE),
        close=how_many(nw.col("match") == CLOSE),
        areas=nw.col("area_code").n_unique().cast(WHOLE),
        **{change: how_many(nw.col("change") == change) for change in _CHANGES},
    )
    shares = with_share(melted(engine, cells, "change", _CHANGES), total="changes")
    columns = ("domain", "change", "change_order", "count", "changes", "close", "areas", "share", "low", "high")
    return engine.give(shares.select(*COHORT_KEYS, *columns), sort=["cohort_order", "domain", "change_order"])


_CHANGES = ("declined", "same", "improved")


def transitions(graded_judgements: IntoFrameT, cohort: IntoFrameT, *, by: By = "started") -> IntoFrameT:
    """From the first judgement in a domain to the latest.

    Returns:
        One row a cohort, domain and pair of grades (all sixteen pairs, most of them with few areas or none), sorted by
        `cohort_order`, `domain`, `from_rank`, `to_rank`: `cohort`, `cohort_label`, `cohort_order`, `domain`,
        `from_grade`, `from_rank`, `to_grade`, `to_rank`, `count` (areas), `areas` (areas judged at least twice: the
        denominator), `judged_once`, `not_judged` (areas of the cohort judged once or never in the domain), `close`
        (of `count`, how many rest on a close match), `share` (of `areas`), `low`, `high`.
    """
    engine, (judgement, members) = opened((graded_judgements, GRADED), (cohort, COHORT))
    require_unique(engine, judgement, ["inspection_id", "domain"], "graded_judgements")
    require_unique(engine, members, ["cohort", "area_code"], "cohort")
    ends = _first_and_latest(compared(judgement, by))
    judged = members.select(*COHORT_KEYS, "area_code").join(ends, on="area_code", how="inner")
    size = members.group_by("cohort").agg(members=nw.len().cast(WHOLE))
    twice = nw.col("judgements") > 1
    cells = (
        grouped(judged, ["cohort", "domain"], COHORT_WORDS, areas=how_many(twice), judged_once=how_many(~twice))
        .join(size, on="cohort", how="left")
        .with_columns(not_judged=nw.col("members") - nw.col("areas") - nw.col("judged_once"))
    )
    pairs = (
        judged.filter(twice)
        .group_by("cohort", "domain", "from_rank", "to_rank")
        .agg(count=nw.len().cast(WHOLE), close=how_many(nw.col("match") == CLOSE))
    )
    ranks = [1, 2, 3, 4]
    from_grade = engine.table({"from_grade": TEXT, "from_rank": WHOLE}, {"from_grade": GRADES, "from_rank": ranks})
    to_grade = engine.table({"to_grade": TEXT, "to_rank": WHOLE}, {"to_grade": GRADES, "to_rank": ranks})
    rows = (
        cells.join(from_grade, how="cross")
        .join(to_grade, how="cross")
        .join(pairs, on=["cohort", "domain", "from_rank", "to_rank"], how="left")
        .with_columns(nw.col("count").fill_null(0), nw.col("close").fill_null(0))
    )
    columns = (
        "domain",
        "from_grade",
        "from_rank",
        "to_grade",
        "to_rank",
        "count",
        "areas",
        "judged_once",
        "not_judged",
        "close",
        "share",
        "low",
        "high",
    )
    return engine.give(
        with_share(rows, total="areas").select(*COHORT_KEYS, *columns),
        sort=["cohort_order", "domain", "from_rank", "to_rank"],
    )


def _first_and_latest(judgements: Lazy) -> Lazy:
    """One row an area and domain: its first and latest judgement (the same one where there is one only)."""
    keys = ("area_code", "domain")
    columns = {"inspection_id": "inspection_id", "grade": "grade", "grade_rank": "rank", "comparable": "comparable"}
    ends = first_and_last(judgements, keys, IN_TIME, list(columns))
    return ends.select(
        *keys,
        judgements="rows",
        **{f"from_{name}": f"first_{column}" for column, name in columns.items()},
        **{f"to_{name}": f"last_{column}" for column, name in columns.items()},
    ).with_columns(match=match_of("from_comparable", "to_comparable"))


def repeat_inspections(
    graded_judgements: IntoFrameT,
    *,
    until: date,
    by: By = "started",
    programmes: Sequence[str] = ILACS,
    domain: str = codes.Domain.OVERALL,
) -> IntoFrameT:
    """Areas inspected more than once under a framework: first and latest grade.

    Returns:
        One row an area with at least two judgements by `until`, sorted by `area_code`: `area_code`, `inspections`
        (how many), `first_inspection_id`, `first_grade`, `first_rank`, `latest_inspection_id`, `latest_grade`,
        `latest_rank`, `outcome` (`improved`, `held_good_or_better`, `held_below_good`, `declined`; first against
        latest).
    """
    engine, (judgement,) = opened((graded_judgements, GRADED))
    require_unique(engine, judgement, ["inspection_id", "domain"], "graded_judgements")
    family = judgement.filter(nw.col("programme").is_in([str(programme) for programme in programmes]))
    of_domain = family.filter(nw.col("domain").is_in(known_domains([domain])))
    by_then = compared(of_domain, by).filter(nw.col("day") <= nw.lit(until))
    ends = _first_and_latest(by_then).filter(nw.col("judgements") > 1)
    rows = ends.select(
        "area_code",
        inspections="judgements",
        first_inspection_id="from_inspection_id",
        first_grade="from_grade",
        first_rank="from_rank",
        latest_inspection_id="to_inspection_id",
        latest_grade="to_grade",
        latest_rank="to_rank",
        outcome=nw.when(nw.col("to_rank") > nw.col("from_rank"))
        .then(nw.lit("improved"))
        .when(nw.col("to_rank") < nw.col("from_rank"))
        .then(nw.lit("declined"))
        .when(nw.col("to_rank") >= GOOD_RANK)
        .then(nw.lit("held_good_or_better"))
        .otherwise(nw.lit("held_below_good")),
    )
    return engine.give(rows, sort=["area_code"])


_OUTCOMES = ("improved", "held_good_or_better", "held_below_good", "declined")


def repeat_outcomes(repeats: IntoFrameT, cohort: IntoFrameT) -> IntoFrameT:
    """Outcomes of areas inspected more than once, counted.

    Args:
        repeats: what `repeat_inspections` returns.
        cohort: a cohort frame.

    Returns:
        One row a cohort and outcome, sorted by `cohort_order`, `outcome_order`: `cohort`, `cohort_label`,
        `cohort_order`, `outcome`, `outcome_order` (1 to 4: improved, held good or better, held below good, declined),
        `count`, `areas` (inspected more than once: the denominator), `share`, `low`, `high`.
    """
    engine, (repeat, members) = opened(
        (repeats, Columns("repeats", {"area_code": TEXT, "outcome": TEXT})), (cohort, COHORT)
    )
    require_unique(engine, repeat, ["area_code"], "repeats")
    require_unique(engine, members, ["cohort", "area_code"], "cohort")
    cells = grouped(
        members.select(*COHORT_KEYS, "area_code").join(repeat, on="area_code", how="left"),
        ["cohort"],
        COHORT_WORDS,
        areas=nw.col("outcome").count().cast(WHOLE),
        **{outcome: how_many(nw.col("outcome") == outcome) for outcome in _OUTCOMES},
    )
    shares = with_share(melted(engine, cells, "outcome", _OUTCOMES), total="areas")
    columns = ("outcome", "outcome_order", "count", "areas", "share", "low", "high")
    return engine.give(shares.select(*COHORT_KEYS, *columns), sort=["cohort_order", "outcome_order"])
