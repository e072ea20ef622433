"""Time from inadequate to better, with censoring."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, cast

import narwhals as nw
from narwhals.typing import IntoFrameT

from analysis import statistics
from analysis.cohorts import COHORT, COHORT_KEYS, COHORT_WORDS
from analysis.frames import (
    FLAG,
    REAL,
    TEXT,
    WHOLE,
    Columns,
    Engine,
    Kind,
    Lazy,
    Value,
    grouped,
    opened,
    require_match,
    require_unique,
    row_number,
)
from analysis.progress.common import AREAS, GRADED, IN_TIME, compared, known_domains, match_of


def recovery_spells(
    graded_judgements: IntoFrameT, areas: IntoFrameT, until: date, *, domains: Sequence[str] | None = None
) -> IntoFrameT:
    """Spells of inadequate: from the publication of the first inadequate judgement to that of the first better one.

    Inadequate judgements that follow each other are one spell. A spell that no better judgement ended is censored: it
    lasted at least until `until`, or until the council's last day. Spells that began before the first inspection here
    are seen from that inspection only. Nothing can end a spell while a framework gives no grade in the domain (care
    leavers, 2018 to 2022): there, spells say when a better grade came, not when things got better.

    Args:
        graded_judgements: what `graded` returns.
        areas: the `areas` table.
        until: the last day of observation; judgements published later are left out.
        domains: the domains wanted; all if None.

    Returns:
        One row a spell, sorted by `domain`, `area_code`, `start`: `area_code`, `area_name`, `domain`, `spell` (1 for
        the area's first in the domain), `start`, `end` (of the spell, or of observation), `days`, `observed` (whether
        a better judgement ended it), `start_inspection_id`, `end_inspection_id` (empty if censored), `end_grade`,
        `match` (`same`, `close`), `censored_by` (`until`, `abolished`; empty if observed).
    """
    engine, (judgement, area) = opened((graded_judgements, GRADED), (areas, AREAS))
    require_unique(engine, judgement, ["inspection_id", "domain"], "graded_judgements")
    require_unique(engine, area, ["area_code"], "areas")
    require_match(engine, judgement, area, ["area_code"], "graded_judgements", "areas")
    keys = ["area_code", "domain"]
    published = (
        compared(judgement.filter(nw.col("domain").is_in(known_domains(domains))), "published")
        .filter(nw.col("day") <= nw.lit(until))
        .with_columns(inadequate=nw.col("grade_rank") == 1)
    )
    # Where inadequate begins or ends: after these, each turn's next one ends what it began.
    turns = published.with_columns(was_inadequate=nw.col("inadequate").shift(1).over(*keys, order_by=IN_TIME)).filter(
        nw.col("was_inadequate").is_null() | (nw.col("was_inadequate") != nw.col("inadequate"))
    )

    def following(column: str) -> nw.Expr:
        return nw.col(column).shift(-1).over(*keys, order_by=IN_TIME)

    begun = turns.with_columns(
        event=following("day"),
        end_inspection_id=following("inspection_id"),
        end_grade=following("grade"),
        end_comparable=following("comparable"),
    ).filter(nw.col("inadequate"))
    last_day = nw.when(nw.col("valid_to") < nw.lit(until)).then(nw.col("valid_to")).otherwise(nw.lit(until))
    # A report published after its council's last day begins a spell that nobody could see end.
    last_seen = nw.when(last_day < nw.col("day")).then(nw.col("day")).otherwise(last_day)
    rows = (
        begun.with_columns(spell=row_number(keys, IN_TIME))
        .join(area.select("area_code", "valid_to", area_name="name"), on="area_code", how="left")
        .with_columns(observed=~nw.col("event").is_null())
        .with_columns(end=nw.when(nw.col("observed")).then(nw.col("event")).otherwise(last_seen))
        .with_columns(
            days=engine.days_between(nw.col("day"), nw.col("end")),
            match=nw.when(nw.col("observed"))
            .then(match_of("comparable", "end_comparable"))
            .otherwise(nw.col("comparable")),
            censored_by=nw.when(~nw.col("observed")).then(
                nw.when(nw.col("valid_to") < nw.lit(until)).then(nw.lit("abolished")).otherwise(nw.lit("until"))
            ),
        )
        .select(
            "area_code",
            "area_name",
            "domain",
            "spell",
            "end",
            "days",
            "observed",
            "end_inspection_id",
            "end_grade",
            "match",
            "censored_by",
            start="day",
            start_inspection_id="inspection_id",
        )
        .select(*_SPELL_COLUMNS)
    )
    return engine.give(rows, sort=["domain", "area_code", "start"])


_SPELL_COLUMNS = (
    "area_code",
    "area_name",
    "domain",
    "spell",
    "start",
    "end",
    "days",
    "observed",
    "start_inspection_id",
    "end_inspection_id",
    "end_grade",
    "match",
    "censored_by",
)


_SPELLS = Columns("spells", {"area_code": TEXT, "domain": TEXT, "spell": WHOLE, "days": WHOLE, "observed": FLAG})


_YEAR = 365.25


def recovery(spells: IntoFrameT, cohort: IntoFrameT) -> IntoFrameT:
    """Time from inadequate to better: the Kaplan–Meier share of spells still inadequate.

    Args:
        spells: what `recovery_spells` returns.
        cohort: a cohort frame.

    Returns:
        One row a cohort, domain and step, from day 0 to the longest time observed, sorted by `cohort_order`, `domain`,
        `days`: `cohort`, `cohort_label`, `cohort_order`, `domain`, `days`, `years` (days / 365.25), `at_risk` (spells
        under observation just before), `events` (better judgements on that day), `censored` (spells last seen on that
        day), `still_inadequate` (survival, 1 to 0), `low`, `high` (95%, pointwise, Greenwood's variance on the
        complementary log-log scale; empty where it is not defined: before the first event and once survival is 0).
    """
    engine, of_cohort = _of_cohort(spells, cohort)
    columns: dict[str, list[Value]] = {name: [] for name in _STEP_KINDS}
    for group in _by_length(engine, of_cohort):
        for step in statistics.kaplan_meier(group.days, group.observed, group.spells).steps:
            values: dict[str, Value] = {
                **group.key,
                "days": step.days,
                "years": step.days / _YEAR,
                "at_risk": step.at_risk,
                "events": step.events,
                "censored": step.censored,
                "still_inadequate": step.survival,
                "low": step.low,
                "high": step.high,
            }
            for name, value in values.items():
                columns[name].append(value)
    return engine.give(engine.table(_STEP_KINDS, columns), sort=["cohort_order", "domain", "days"])


_GROUP_KINDS: dict[str, Kind] = {"cohort": TEXT, "cohort_label": TEXT, "cohort_order": WHOLE, "domain": TEXT}


_STEP_KINDS: dict[str, Kind] = {
    **_GROUP_KINDS,
    "days": WHOLE,
    "years": REAL,
    "at_risk": WHOLE,
    "events": WHOLE,
    "censored": WHOLE,
    "still_inadequate": REAL,
    "low": REAL,
    "high": REAL,
}


_TIME_KINDS: dict[str, Kind] = {
    **_GROUP_KINDS,
    "spells": WHOLE,
    "areas": WHOLE,
    "events": WHOLE,
    "censored": WHOLE,
    "median_days": WHOLE,
    "low_days": WHOLE,
    "high_days": WHOLE,
    "median_years": REAL,
    "low_years": REAL,
    "high_years": REAL,
}


@dataclass(frozen=True)
class _Group:
    """The spells of one cohort and domain, counted by how long they were and whether they were seen to end."""

    key: dict[str, Value]
    days: list[int] = field(default_factory=list)
    observed: list[bool] = field(default_factory=list)
    spells: list[int] = field(default_factory=list)


def _of_cohort(spells: IntoFrameT, cohort: IntoFrameT) -> tuple[Engine[IntoFrameT], Lazy]:
    """One row a cohort and spell of its areas."""
    engine, (spell, members) = opened((spells, _SPELLS), (cohort, COHORT))
    require_unique(engine, spell, ["area_code", "domain", "spell"], "spells")
    require_unique(engine, members, ["cohort", "area_code"], "cohort")
    return engine, members.select(*COHORT_KEYS, "area_code").join(spell, on="area_code", how="inner")


def _by_length(engine: Engine[Any], of_cohort: Lazy) -> list[_Group]:
    lengths = grouped(of_cohort, ["cohort", "domain", "days", "observed"], COHORT_WORDS, spells=nw.len().cast(WHOLE))
    groups: dict[tuple[str, str], _Group] = {}
    for row in engine.rows(lengths.sort("days", "observed")):
        own = row["cohort"], row["domain"]
        group = groups.setdefault(own, _Group({key: row[key] for key in _GROUP_KINDS}))
        group.days.append(row["days"])
        group.observed.append(row["observed"])
        group.spells.append(row["spells"])
    return list(groups.values())


def recovery_times(spells: IntoFrameT, cohort: IntoFrameT) -> IntoFrameT:
    """Median time from inadequate to better.

    Returns:
        One row a cohort and domain, sorted by `cohort_order`, `domain`: `cohort`, `cohort_label`, `cohort_order`,
        `domain`, `spells`, `areas` (areas with a spell), `events`, `censored`, `median_days`, `low_days`, `high_days`
        (95%, complementary log-log; empty where the survival curve or its limit does not reach one half, or where the
        spells are too few for an interval),
        `median_years`, `low_years`, `high_years`.
    """
    engine, of_cohort = _of_cohort(spells, cohort)
    areas = {
        (row["cohort"], row["domain"]): row["areas"]
        for row in engine.rows(
            of_cohort.group_by("cohort", "domain").agg(areas=nw.col("area_code").n_unique().cast(WHOLE))
        )
    }
    columns: dict[str, list[Value]] = {name: [] for name in _TIME_KINDS}
    for group in _by_length(engine, of_cohort):
        survival = statistics.kaplan_meier(group.days, group.observed, group.spells)
        followed, events = sum(group.spells), sum(itertools.compress(group.spells, group.observed))
        values: dict[str, Value] = {
            **group.key,
            "spells": followed,
            "areas": areas[cast("str", group.key["cohort"]), cast("str", group.key["domain"])],
            "events": events,
            "censored": followed - events,
        }
        for name, days in (("median", survival.median), ("low", survival.median_low), ("high", survival.median_high)):
            values[f"{name}_days"] = days
            values[f"{name}_years"] = None if days is None else days / _YEAR
        for name, value in values.items():
            columns[name].append(value)
    return engine.give(engine.table(_TIME_KINDS, columns), sort=["cohort_order", "domain"])
