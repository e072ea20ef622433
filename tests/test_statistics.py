from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

import narwhals as nw
import polars as pl
import pytest
from engines import on_all_engines
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.duration.survfunc import SurvfuncRight
from statsmodels.stats.proportion import proportion_confint
from statsmodels.stats.rates import confint_poisson

from analysis import statistics
from analysis.frames import WHOLE, Columns, opened

Limit = Callable[[nw.Expr, nw.Expr], nw.Expr]

shares = st.integers(1, 10**8).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total)))
rates = st.tuples(st.integers(0, 10**7), st.integers(1, 10**8))
spells = st.lists(st.tuples(st.integers(0, 4000), st.booleans()), min_size=1, max_size=60)


def computed(limit: Limit, part: int | None, whole: int | None) -> float | None:
    frame = nw.from_native(
        pl.DataFrame({"part": [part], "whole": [whole]}, schema={"part": pl.Int64, "whole": pl.Int64})
    )
    found = frame.select(limit=limit(nw.col("part"), nw.col("whole")))["limit"].to_list()[0]
    return None if found is None else float(found)


@given(shares)
def test_wilson_is_that_of_statsmodels(pair: tuple[int, int]) -> None:
    low, high = proportion_confint(*pair, method="wilson")
    assert computed(statistics.wilson_low, *pair) == pytest.approx(low, rel=1e-6, abs=1e-9)
    assert computed(statistics.wilson_high, *pair) == pytest.approx(high, rel=1e-6, abs=1e-9)


@given(shares)
def test_wilson_lies_within_0_and_1_and_holds_the_share(pair: tuple[int, int]) -> None:
    low, share, high = (
        computed(limit, *pair) for limit in (statistics.wilson_low, statistics.share, statistics.wilson_high)
    )
    assert low is not None
    assert share is not None
    assert high is not None
    assert 0 <= low <= share <= high <= 1


@given(rates)
def test_the_score_interval_of_a_rate_is_that_of_statsmodels(pair: tuple[int, int]) -> None:
    low, high = confint_poisson(*pair, method="score")
    assert computed(statistics.poisson_low, *pair) == pytest.approx(low, rel=1e-6, abs=1e-12)
    assert computed(statistics.poisson_high, *pair) == pytest.approx(high, rel=1e-6, abs=1e-12)


def test_nothing_to_divide_by_gives_no_number() -> None:
    limits: list[Limit] = [
        statistics.share,
        statistics.wilson_low,
        statistics.wilson_high,
        statistics.poisson_low,
        statistics.poisson_high,
    ]
    cells = pl.DataFrame({"part": [0, None, 3], "whole": [0, 5, None]})

    def all_limits(cells: Any) -> Any:
        engine, (cell,) = opened((cells, Columns("cells", {"part": WHOLE, "whole": WHOLE})))
        part, whole = nw.col("part"), nw.col("whole")
        return engine.give(cell.select(**{limit.__name__: limit(part, whole) for limit in limits}), sort=[])

    for row in on_all_engines(all_limits, {"cells": cells}):
        assert set(row.values()) == {None}


def test_survival_of_the_leukaemia_patients_on_6_mp() -> None:
    # Freireich and others, 1963, the textbook example of the estimator: weeks in remission under 6-MP.
    ended = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    followed = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    curve = statistics.kaplan_meier(ended + followed, [True] * len(ended) + [False] * len(followed))
    falls = {step.days: round(step.survival, 3) for step in curve.steps if step.events}
    assert falls == {6: 0.857, 7: 0.807, 10: 0.753, 13: 0.69, 16: 0.627, 22: 0.538, 23: 0.448}
    assert [(step.at_risk, step.events, step.censored) for step in curve.steps[:4]] == [
        (21, 0, 0),
        (21, 3, 1),
        (17, 1, 0),
        (16, 0, 1),
    ]
    assert curve.median == 23
    # The interval at 10 weeks by the log-log method, as R's survfit gives it.
    at_10 = next(step for step in curve.steps if step.days == 10)
    assert at_10.low is not None
    assert at_10.high is not None
    assert (round(at_10.low, 3), round(at_10.high, 3)) == (0.503, 0.889)


@given(spells)
def test_survival_starts_at_1_and_never_rises(drawn: list[tuple[int, bool]]) -> None:
    curve = statistics.kaplan_meier([days for days, _ in drawn], [ended for _, ended in drawn])
    survival = [step.survival for step in curve.steps]
    assert curve.steps[0].days == 0
    assert survival[0] == 1 or curve.steps[0].events
    assert all(later <= earlier for earlier, later in itertools.pairwise(survival))
    for step in curve.steps:
        if step.low is not None and step.high is not None:
            assert 0 <= step.low <= step.survival <= step.high <= 1


@given(spells)
def test_every_spell_ends_or_is_last_seen_once(drawn: list[tuple[int, bool]]) -> None:
    curve = statistics.kaplan_meier([days for days, _ in drawn], [ended for _, ended in drawn])
    assert sum(step.events for step in curve.steps) == sum(ended for _, ended in drawn)
    left = len(drawn)
    for step in curve.steps:
        assert step.at_risk == left
        left -= step.events + step.censored
    assert left == 0


@given(spells)
def test_survival_and_median_are_those_of_statsmodels(drawn: list[tuple[int, bool]]) -> None:
    days, ended = [days for days, _ in drawn], [ended for _, ended in drawn]
    ours, theirs = statistics.kaplan_meier(days, ended), SurvfuncRight(days, [int(end) for end in ended])
    by_day = {step.days: step.survival for step in ours.steps}
    for day, survival in zip(theirs.surv_times, theirs.surv_prob, strict=True):
        assert by_day[int(day)] == pytest.approx(survival)
    median = theirs.quantile(0.5)
    assert ours.median == (None if math.isnan(median) else median)
    if len(theirs.surv_prob) and theirs.surv_prob[-1] > 0:
        low, high = theirs.quantile_ci(0.5)
        assert ours.median_low == (None if math.isnan(low) else low)
        assert ours.median_high == (None if math.isnan(high) or math.isinf(high) else high)


@pytest.mark.parametrize(("days", "observed"), [([], []), ([-1], [True])])
def test_survival_of_nothing_is_refused(days: list[int], observed: list[bool]) -> None:
    with pytest.raises(ValueError, match="at least one spell"):
        statistics.kaplan_meier(days, observed)
