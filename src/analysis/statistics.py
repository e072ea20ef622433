"""Intervals for shares, rates and differences, rank correlation, and survival with censoring.

Wilson, Newcombe and score intervals are closed forms, written as narwhals expressions so that every engine computes
them where the data lie; the tests hold them against statsmodels. Survival is statsmodels' own, on the spells of one
group, and the rank correlation scipy's.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import narwhals as nw

from analysis.frames import Lazy

CONFIDENCE = 0.95

_Z = NormalDist().inv_cdf(1 - (1 - CONFIDENCE) / 2)


def share(count: nw.Expr, total: nw.Expr) -> nw.Expr:
    """A share, 0 to 1; empty where there is nothing to share."""
    return nw.when(total > 0).then(count / total)


def wilson_low(count: nw.Expr, total: nw.Expr) -> nw.Expr:
    """Lower limit of Wilson's 95% interval for a share; empty where the total is 0 or either is empty."""
    low = (_wilson_centre(count, total) - _wilson_half(count, total)).clip(0.0, 1.0)
    return nw.when(total > 0).then(nw.when(count > 0).then(low).otherwise(count * 0.0))


def wilson_high(count: nw.Expr, total: nw.Expr) -> nw.Expr:
    """Upper limit of Wilson's 95% interval for a share; empty where the total is 0 or either is empty."""
    high = (_wilson_centre(count, total) + _wilson_half(count, total)).clip(0.0, 1.0)
    return nw.when(total > 0).then(nw.when(count < total).then(high).otherwise(count * 1.0 / total))


def with_share(counts: Lazy, total: str, *, part: str = "count", prefix: str = "") -> Lazy:
    """With the `share` that a part is of the total, and its interval (`low`, `high`; 95%, Wilson), names prefixed."""
    some, whole = nw.col(part), nw.col(total)
    found = {"share": share(some, whole), "low": wilson_low(some, whole), "high": wilson_high(some, whole)}
    return counts.with_columns(**{f"{prefix}{name}": expression for name, expression in found.items()})


def _wilson_centre(count: nw.Expr, total: nw.Expr) -> nw.Expr:
    return (count + _Z**2 / 2) / (total + _Z**2)


def _wilson_half(count: nw.Expr, total: nw.Expr) -> nw.Expr:
    return (count * (total - count) / total + _Z**2 / 4).sqrt() * _Z / (total + _Z**2)


def poisson_low(count: nw.Expr, exposure: nw.Expr) -> nw.Expr:
    """Lower limit of the 95% score interval for a Poisson rate; empty where the exposure is 0 or either is empty."""
    low = (count + _Z**2 / 2 - (count + _Z**2 / 4).sqrt() * _Z) / exposure
    return nw.when(exposure > 0).then(nw.when(count > 0).then(low).otherwise(count * 0.0))


def poisson_high(count: nw.Expr, exposure: nw.Expr) -> nw.Expr:
    """Upper limit of the 95% score interval for a Poisson rate; empty where the exposure is 0 or either is empty."""
    return nw.when(exposure > 0).then((count + _Z**2 / 2 + (count + _Z**2 / 4).sqrt() * _Z) / exposure)


def difference_low(share: nw.Expr, low: nw.Expr, other_share: nw.Expr, other_high: nw.Expr) -> nw.Expr:
    """Lower limit of Newcombe's 95% interval for one share minus another, given Wilson's limits of both."""
    return share - other_share - ((share - low) ** 2 + (other_high - other_share) ** 2).sqrt()


def difference_high(share: nw.Expr, high: nw.Expr, other_share: nw.Expr, other_low: nw.Expr) -> nw.Expr:
    """Upper limit of Newcombe's 95% interval for one share minus another, given Wilson's limits of both."""
    return share - other_share + ((high - share) ** 2 + (other_share - other_low) ** 2).sqrt()


@dataclass(frozen=True)
class Correlation:
    """A rank correlation with its 95% interval; all None where it is not defined."""

    n: int
    rho: float | None
    low: float | None
    high: float | None


def spearman(pairs: Sequence[tuple[float, float]]) -> Correlation:
    """Spearman's rank correlation, ties by mid-ranks, with the interval of Bonett and Wright (2000).

    Args:
        pairs: two measures of each area.

    Returns:
        The correlation; undefined (None) with fewer than four pairs or where a measure does not vary. A perfect one has
        no limits: the approximation would give none but itself.
    """
    n = len(pairs)
    one, other = [a for a, _ in pairs], [b for _, b in pairs]
    if n < 4 or len(set(one)) < 2 or len(set(other)) < 2:
        return Correlation(n, None, None, None)
    from scipy.stats import spearmanr

    rho = float(spearmanr(one, other).statistic)
    if abs(rho) > 1 - 1e-9:
        return Correlation(n, math.copysign(1.0, rho), None, None)
    spread = _Z * math.sqrt((1 + rho**2 / 2) / (n - 3))
    return Correlation(n, rho, math.tanh(math.atanh(rho) - spread), math.tanh(math.atanh(rho) + spread))


@dataclass(frozen=True)
class Step:
    """One step of a survival curve: what happened on a day, and the share that survives it.

    `low` and `high` bound the survival (95%, pointwise); None where it is 1 or 0 and has no interval.
    """

    days: int
    at_risk: int
    events: int
    censored: int
    survival: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Survival:
    """A Kaplan–Meier curve with its median; a median or limit that the curve does not reach is None."""

    steps: list[Step]
    median: int | None
    median_low: int | None
    median_high: int | None


def kaplan_meier(days: Sequence[int], observed: Sequence[bool], spells: Sequence[int] | None = None) -> Survival:
    """Survival by Kaplan and Meier, with Greenwood's variance on the complementary log-log scale.

    The median is the first day on which survival falls below one half; its interval holds the days on which the
    pointwise interval covers one half.

    Args:
        days: how long each spell lasted, or was followed.
        observed: whether each ended by the event; False if it was censored.
        spells: how many spells each of them stands for; one if None.

    Returns:
        Steps from day 0 on, one for each day on which a spell ended or was last seen.

    Raises:
        ValueError: no spells, or a negative length.
    """
    if not days or min(days) < 0:
        raise ValueError("survival needs at least one spell, and none shorter than 0 days")
    import numpy as np
    from statsmodels.duration.survfunc import SurvfuncRight

    lengths, events = np.asarray(days, dtype=np.int64), np.asarray(observed, dtype=np.int64)
    weights = np.ones_like(lengths) if spells is None else np.asarray(spells, dtype=np.int64)
    # Given weights, statsmodels would take another variance than Greenwood's.
    curve = SurvfuncRight(np.repeat(lengths, weights), np.repeat(events, weights))
    by_day = {
        int(day): (float(survival), float(error))
        for day, survival, error in zip(curve.surv_times, curve.surv_prob, curve.surv_prob_se, strict=True)
    }
    steps = []
    survival, low, high = 1.0, None, None
    ends = Counter[int]()
    last_seen = Counter[int]()
    for day, ended, count in zip(lengths.tolist(), events.tolist(), weights.tolist(), strict=True):
        (ends if ended else last_seen)[day] += count
    at_risk = int(weights.sum())
    for day in sorted({0, *ends, *last_seen}):
        if day in by_day:
            survival, error = by_day[day]
            low, high = _log_log_limits(survival, error)
        steps.append(Step(day, at_risk, ends[day], last_seen[day], survival, low, high))
        at_risk -= ends[day] + last_seen[day]

    on_events = [step for step in steps if step.events]
    # A survival of exactly one half may come out a last digit below it, and is not below.
    below_half = [step.days for step in on_events if round(step.survival, 9) < 0.5]
    covers_half = [
        place
        for place, step in enumerate(on_events)
        if step.low is not None and step.high is not None and step.low <= 0.5 <= step.high
    ]
    after = covers_half[-1] + 1 if covers_half else len(on_events)
    return Survival(
        steps,
        median=below_half[0] if below_half else None,
        median_low=on_events[covers_half[0]].days if covers_half else None,
        median_high=on_events[after].days if after < len(on_events) else None,
    )


def _log_log_limits(survival: float, error: float) -> tuple[float | None, float | None]:
    if not 0 < survival < 1:
        return None, None
    spread = _Z * error / (survival * abs(math.log(survival)))
    return survival ** math.exp(spread), survival ** math.exp(-spread)
