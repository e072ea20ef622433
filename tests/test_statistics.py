from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Callable
from typing import Any

import narwhals as nw
import polars as pl
import pytest
from engines import on_all_engines
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr
from statsmodels.duration.survfunc import SurvfuncRight
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint
from statsmodels.stats.rates import confint_poisson

from analysis import statistics
from analysis.frames import WHOLE, Columns, Kind, opened

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


def test_a_survival_of_exactly_one_half_is_not_below_it() -> None:
    for half in range(2, 200):
        # All end, a day apart: after half of them, exactly one half is left.
        ends = range(1, 2 * half + 1)
        curve = statistics.kaplan_meier(ends, [True] * len(ends))
        assert curve.median == half + 1


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
def test_spells_may_be_counted_by_their_length(drawn: list[tuple[int, bool]]) -> None:
    counted = Counter(drawn)
    curve = statistics.kaplan_meier(
        [days for days, _ in counted], [ended for _, ended in counted], list(counted.values())
    )
    assert curve == statistics.kaplan_meier([days for days, _ in drawn], [ended for _, ended in drawn])


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
    # statsmodels' own median takes a survival of one half for less where its last digit falls below.
    below_half = theirs.surv_times[theirs.surv_prob < 0.5 - 1e-9]
    assert ours.median == (below_half[0] if len(below_half) else None)
    if len(theirs.surv_prob) and theirs.surv_prob[-1] > 0:
        low, high = theirs.quantile_ci(0.5)
        assert ours.median_low == (None if math.isnan(low) else low)
        assert ours.median_high == (None if math.isnan(high) or math.isinf(high) else high)


@pytest.mark.parametrize(("days", "observed"), [([], []), ([-1], [True])])
def test_survival_of_nothing_is_refused(days: list[int], observed: list[bool]) -> None:
    with pytest.raises(ValueError, match="at least one spell"):
        statistics.kaplan_meier(days, observed)


def limits_of_difference(one: tuple[int, int], other: tuple[int, int]) -> tuple[float | None, float | None]:
    cells = nw.from_native(pl.DataFrame({"count": [one[0]], "total": [one[1]]}).lazy())
    others = nw.from_native(pl.DataFrame({"count": [other[0]], "total": [other[1]]}).lazy())
    theirs = statistics.with_share(others, total="total").select(nw.all().name.prefix("other_"))
    both = statistics.with_share(cells, total="total").join(theirs, how="cross")
    share, other_share = nw.col("share"), nw.col("other_share")
    found = both.select(
        low=statistics.difference_low(share, nw.col("low"), other_share, nw.col("other_high")),
        high=statistics.difference_high(share, nw.col("high"), other_share, nw.col("other_low")),
    ).collect()
    return found["low"].to_list()[0], found["high"].to_list()[0]


@given(shares, shares)
def test_the_interval_of_a_difference_is_newcombes_of_statsmodels(one: tuple[int, int], other: tuple[int, int]) -> None:
    low, high = confint_proportions_2indep(*one, *other, method="newcomb", compare="diff")
    assert limits_of_difference(one, other) == pytest.approx((low, high), rel=1e-6, abs=1e-9)


@given(shares, shares)
def test_the_interval_of_a_difference_holds_it_and_turns_with_it(one: tuple[int, int], other: tuple[int, int]) -> None:
    low, high = limits_of_difference(one, other)
    assert low is not None
    assert high is not None
    assert -1 <= low <= one[0] / one[1] - other[0] / other[1] <= high <= 1
    assert limits_of_difference(other, one) == pytest.approx((-high, -low), abs=1e-12)


def test_the_interval_of_a_difference_in_newcombes_own_example() -> None:
    # Newcombe, Statistics in Medicine 1998, table II, method 10: 56 of 70 against 48 of 80.
    low, high = limits_of_difference((56, 70), (48, 80))
    assert low is not None
    assert high is not None
    assert (round(low, 4), round(high, 4)) == (0.0524, 0.3339)


def test_a_difference_with_nothing_has_no_interval() -> None:
    assert limits_of_difference((0, 0), (1, 2)) == (None, None)
    assert limits_of_difference((1, 2), (0, 0)) == (None, None)


def test_counts_are_given_their_share_on_every_engine() -> None:
    cells = pl.DataFrame({"cell": [1, 2, 3, 4], "count": [0, 3, 8, 0], "areas": [5, 4, 8, 0]})

    def with_share(cells: Any) -> Any:
        kinds: dict[str, Kind] = {"cell": WHOLE, "count": WHOLE, "areas": WHOLE}
        engine, (cell,) = opened((cells, Columns("cells", kinds)))
        return engine.give(statistics.with_share(cell, total="areas"), sort=["cell"])

    found = on_all_engines(with_share, {"cells": cells})
    assert [row["share"] for row in found] == [0, 0.75, 1, None]
    for row in found[:3]:
        limits = proportion_confint(row["count"], row["areas"], method="wilson")
        assert (row["low"], row["high"]) == pytest.approx(limits, abs=1e-9)
    assert (found[3]["low"], found[3]["high"], found[3]["count"], found[3]["areas"]) == (None, None, 0, 0)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=60))
def test_rank_correlation_is_that_of_scipy(drawn: list[tuple[int, int]]) -> None:
    found = statistics.spearman(drawn)
    assert found.n == len(drawn)
    one, other = [a for a, _ in drawn], [b for _, b in drawn]
    if len(drawn) < 4 or len(set(one)) < 2 or len(set(other)) < 2:
        assert (found.rho, found.low, found.high) == (None, None, None)
        return
    assert found.rho == pytest.approx(spearmanr(one, other).statistic)
    turned = statistics.spearman([(b, a) for a, b in drawn])
    assert found.rho == pytest.approx(turned.rho)
    if abs(spearmanr(one, other).statistic) < 1 - 1e-9:
        assert found.rho is not None
        assert found.low is not None
        assert found.high is not None
        assert -1 <= found.low < found.rho < found.high <= 1
        spread = math.sqrt((1 + found.rho**2 / 2) / (len(drawn) - 3)) * 1.959963985
        assert math.atanh(found.high) - math.atanh(found.rho) == pytest.approx(spread)
        assert math.atanh(found.rho) - math.atanh(found.low) == pytest.approx(spread)


def test_rank_correlation_sees_ranks_only() -> None:
    pairs = [(1.0, 3.0), (2.0, 1.0), (3.0, 4.0), (4.0, 2.0), (5.0, 5.0)]
    assert statistics.spearman(pairs) == statistics.spearman([(a**3, math.exp(b)) for a, b in pairs])
    assert statistics.spearman(pairs).rho == pytest.approx(0.5)


def test_a_perfect_rank_correlation_has_no_limits() -> None:
    pairs = [(1.0, 3.0), (2.0, 5.0), (4.0, 8.0), (7.0, 9.0)]
    assert statistics.spearman(pairs) == statistics.Correlation(4, 1.0, None, None)
    assert statistics.spearman([(a, -b) for a, b in pairs]) == statistics.Correlation(4, -1.0, None, None)
