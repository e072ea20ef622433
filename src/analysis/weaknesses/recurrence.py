"""What became of a weakness: from one inspection of an area to the next, beside what chance alone would give."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import NormalDist

import narwhals as nw
from narwhals.typing import IntoFrameT

from analysis import statistics
from analysis.cohorts import COHORT, COHORT_KEYS, COHORT_WORDS
from analysis.frames import (
    DAY,
    REAL,
    TEXT,
    WHOLE,
    Columns,
    Kind,
    Lazy,
    grouped,
    how_many,
    opened,
    require_unique,
    row_number,
)
from analysis.schema import codes
from analysis.weaknesses.common import (
    ANY_THEME,
    REPORTED,
    REPORTS,
    WEAKNESS,
    Subject,
    looks_at,
    of_subject,
    require_codes,
    require_findings,
    themes,
)

OUTCOMES = ("persistent", "resolved", "silent_since")
"""What the next report says of a theme on which there was a weakness."""

SUCCESSION_KINDS: dict[str, Kind] = {
    "cohort": TEXT,
    "cohort_label": TEXT,
    "cohort_order": WHOLE,
    "area_code": TEXT,
    "area_name": TEXT,
    "theme": TEXT,
    "theme_order": WHOLE,
    "order": WHOLE,
    "earlier_inspection_id": TEXT,
    "earlier_programme": TEXT,
    "earlier_published": DAY,
    "inspection_id": TEXT,
    "programme": TEXT,
    "published": DAY,
    "earlier_weaknesses": WHOLE,
    "weaknesses": WHOLE,
    "strengths": WHOLE,
    "outcome": TEXT,
}


def successions(
    reported_findings: IntoFrameT,
    reports: IntoFrameT,
    cohort: IntoFrameT,
    *,
    subject: Subject,
    programmes: Sequence[str] = codes.GRADED_PROGRAMMES,
    together: bool = False,
) -> IntoFrameT:
    """From each report on an area to the next: what became of each theme.

    Joint letters are left out by default: each has a subject of its own, so that its silence on another says nothing.
    Reviews of a safeguarding board alone are always left out, and reports that were not read are stepped over. A
    weakness again is a weakness on the same theme, not of necessity the same failing.

    Args:
        reported_findings: what `reported` returns.
        reports: what `read_reports` returns.
        cohort: a cohort frame.
        subject: which findings count. With `listed`, ILACS reports can hardly say `resolved`, since they list no
            strengths.
        programmes: whose reports follow each other.
        together: all themes as one, `any` with order 0: whether any weakness was followed by any.

    Returns:
        One row a cohort, area, pair of consecutive reports read and theme at which both looked, sorted by
        `cohort_order`, `area_code`, `order`, `theme_order`: `cohort`, `cohort_label`, `cohort_order`, `area_code`,
        `area_name`, `theme`, `theme_order`, `order` (1 for the first pair), `earlier_inspection_id`,
        `earlier_programme`, `earlier_published`, `inspection_id`, `programme`, `published` (of the later report),
        `earlier_weaknesses`, `weaknesses`, `strengths` (with progress; both of the later report), `outcome`: after a
        weakness `persistent` (again a weakness, whatever else), `resolved` (a strength or progress, no weakness) or
        `silent_since` (nothing: silence is not resolution); without one `new` (now a weakness) or `none`.

    Raises:
        AnalysisError: a subject or programme that is not known, a finding of a report that is not given, or something
            that is there twice.
    """
    engine, (finding, report, members) = opened((reported_findings, REPORTED), (reports, REPORTS), (cohort, COHORT))
    known = [str(code) for code in codes.Programme if code != codes.Programme.CQC_CLAS]
    wanted = require_codes("programme", programmes, known)
    require_findings(engine, finding, report)
    require_unique(engine, members, ["cohort", "area_code"], "cohort")

    linked = report.filter(nw.col("programme").is_in(wanted) & (nw.col("scope") != "board"))
    chain = linked.with_columns(
        day=nw.when(nw.col("started").is_null()).then(nw.col("published")).otherwise(nw.col("started"))
    )
    numbered = chain.with_columns(place=row_number(["area_code"], ["day", "published", "inspection_id"]))
    later = numbered.select("area_code", "inspection_id", "programme", "scope", "published", order=nw.col("place") - 1)
    earlier = numbered.select(
        "area_code",
        order="place",
        earlier_inspection_id="inspection_id",
        earlier_programme="programme",
        earlier_scope="scope",
        earlier_published="published",
    )
    pairs = later.join(earlier, on=["area_code", "order"], how="inner")
    counted = of_subject(finding, subject)
    counts = (
        (counted.with_columns(theme=nw.lit(ANY_THEME)) if together else counted)
        .group_by("inspection_id", "theme")
        .agg(
            weaknesses=how_many(nw.col("polarity") == WEAKNESS),
            strengths=how_many(nw.col("polarity") != WEAKNESS),
        )
    )
    before = counts.select("theme", earlier_inspection_id="inspection_id", earlier_weaknesses="weaknesses")
    rows = (
        members.select(*COHORT_KEYS, "area_code", "area_name")
        .join(pairs, on="area_code", how="inner")
        .join(themes(engine, together=together), how="cross")
        .filter(looks_at() & looks_at(scope="earlier_scope"))
        .join(before, on=["earlier_inspection_id", "theme"], how="left")
        .join(counts, on=["inspection_id", "theme"], how="left")
        .with_columns(*(nw.col(column).fill_null(0) for column in ("earlier_weaknesses", "weaknesses", "strengths")))
    )
    had, has = nw.col("earlier_weaknesses") > 0, nw.col("weaknesses") > 0
    outcome = (
        nw.when(had & has)
        .then(nw.lit("persistent"))
        .when(had & (nw.col("strengths") > 0))
        .then(nw.lit("resolved"))
        .when(had)
        .then(nw.lit("silent_since"))
        .when(has)
        .then(nw.lit("new"))
        .otherwise(nw.lit("none"))
    )
    return engine.give(
        rows.with_columns(outcome=outcome).select(*SUCCESSION_KINDS),
        sort=["cohort_order", "area_code", "order", "theme_order"],
    )


def recurrence(theme_successions: IntoFrameT) -> IntoFrameT:
    """How often a weakness was reported again, by theme, beside what chance alone would give.

    Chance: if within each kind of pair (programme before, programme after) it did not matter which area's earlier
    report goes with which area's later one. The expected number and its variance are the hypergeometric ones that
    Mantel and Haenszel sum over strata. What is above chance may still have other causes: areas in difficulty have
    longer lists.

    Args:
        theme_successions: what `successions` returns.

    Returns:
        One row a cohort and theme with at least one pair of reports, sorted by `cohort_order`, `theme_order`: `cohort`,
        `cohort_label`, `cohort_order`, `theme`, `theme_order`, `pairs` (pairs of reports that both looked), `areas`
        (with an earlier weakness), `earlier` (pairs with one: the denominator), `persistent`, `resolved`,
        `silent_since`, `new` (among the other pairs); `share`, `low`, `high` (persistent of earlier; 95%, Wilson),
        `expected` (pairs persistent by chance), `chance`, `chance_low`, `chance_high` (the same as a share of earlier,
        with the range in which chance alone falls 19 times in 20). Shares are empty where there was no weakness.

    Raises:
        AnalysisError: a pair of reports and theme that is there twice.
    """
    engine, (rows,) = opened((theme_successions, Columns("theme_successions", SUCCESSION_KINDS)))
    require_unique(engine, rows, ["cohort", "area_code", "order", "theme"], "theme_successions")
    keys = [*COHORT_KEYS, "theme", "theme_order"]
    had, has = nw.col("earlier_weaknesses") > 0, nw.col("weaknesses") > 0
    strata = grouped(
        rows.with_columns(had=had, has=has),
        ["cohort", "theme", "earlier_programme", "programme"],
        [*COHORT_WORDS, "theme_order"],
        n=nw.len().cast(REAL),
        before=how_many(nw.col("had")).cast(REAL),
        after=how_many(nw.col("has")).cast(REAL),
        **{outcome: how_many(nw.col("outcome") == outcome) for outcome in (*OUTCOMES, "new")},
    )
    n, before, after = nw.col("n"), nw.col("before"), nw.col("after")
    several = (
        nw.when(n > 1).then(before * after * (n - before) * (n - after) / (n * n * (n - 1))).otherwise(nw.lit(0.0))
    )
    summed = grouped(
        strata.with_columns(expected=before * after / n, variance=several),
        ["cohort", "theme"],
        [*COHORT_WORDS, "theme_order"],
        pairs=nw.col("n").sum().cast(WHOLE),
        earlier=nw.col("before").sum().cast(WHOLE),
        # Sums of fractions depend on the order of the rows in their last digits.
        expected=nw.col("expected").sum().round(9),
        variance=nw.col("variance").sum().round(9),
        **{outcome: nw.col(outcome).sum().cast(WHOLE) for outcome in (*OUTCOMES, "new")},
    )
    areas = rows.filter(had).group_by("cohort", "theme").agg(areas=nw.col("area_code").n_unique().cast(WHOLE))
    return engine.give(
        _with_chance(
            summed.join(areas, on=["cohort", "theme"], how="left").with_columns(nw.col("areas").fill_null(0))
        ).select(
            *keys,
            "pairs",
            "areas",
            "earlier",
            *OUTCOMES,
            "new",
            "share",
            "low",
            "high",
            "expected",
            "chance",
            "chance_low",
            "chance_high",
        ),
        sort=["cohort_order", "theme_order"],
    )


def _with_chance(rows: Lazy) -> Lazy:
    total = nw.col("earlier")
    reach = NormalDist().inv_cdf(1 - (1 - statistics.CONFIDENCE) / 2) * nw.col("variance").sqrt()
    any_earlier = total > 0
    return statistics.with_share(rows, "earlier", part="persistent").with_columns(
        chance=nw.when(any_earlier).then(nw.col("expected") / total),
        chance_low=nw.when(any_earlier).then(((nw.col("expected") - reach) / total).clip(0.0, 1.0)),
        chance_high=nw.when(any_earlier).then(((nw.col("expected") + reach) / total).clip(0.0, 1.0)),
    )
