"""Where: each area's state on each theme, with silence, not read and not inspected kept apart."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import narwhals as nw
from narwhals.typing import IntoFrameT

from analysis.cohorts import COHORT, COHORT_KEYS
from analysis.frames import WHOLE, Lazy, how_many, opened, require_match, require_unique
from analysis.schema import codes
from analysis.weaknesses.common import (
    INSPECTIONS,
    OTHER_THEME,
    PROGRESS,
    REPORTED,
    REPORTS,
    STRENGTH,
    WEAKNESS,
    Subject,
    all_codes,
    looks_at,
    of_subject,
    require_codes,
    require_findings,
    scope_or_usual,
)

STATES = ("weakness", "both", "strength", "silent", "not_read", "not_inspected")
"""The states of an area on a theme, from a weakness to what nobody can know."""


def states(
    reported_findings: IntoFrameT,
    reports: IntoFrameT,
    inspections: IntoFrameT,
    cohort: IntoFrameT,
    *,
    subject: Subject,
    programmes: Sequence[str] | None = None,
    since: date | None = None,
    until: date | None = None,
) -> IntoFrameT:
    """What is known of each area on each theme, from the reports of some programmes and days.

    An inspection counts for a theme if it looks at it, or if its report says something on it. A joint letter has its
    own subject: it counts for what it says, and what it leaves out is no silence.

    Args:
        reported_findings: what `reported` returns.
        reports: what `read_reports` returns.
        inspections: the `inspections` table: tells what was not read from what was not inspected.
        cohort: a cohort frame.
        subject: which findings count.
        programmes: whose inspections count; all if None. CQC's reviews never do, since none could be read.
        since: the first day of publication that counts.
        until: the last.

    Returns:
        One row a cohort, area and theme (every theme of the codebook), sorted by `cohort_order`, `area_name`,
        `theme_order`: `cohort`, `cohort_label`, `cohort_order`, `area_code`, `area_name`, `theme`, `theme_order`,
        `state`: `weakness` (only weaknesses reported), `strength` (only strengths or progress), `both`, `silent`
        (reports were read, and say nothing on it), `not_read` (inspected, but no report was read), `not_inspected` (no
        inspection that counts for the theme); `weaknesses`, `strengths`, `progress` (how many; empty where nothing was
        read), `reports_read`, `inspections` (that count for the theme).

    Raises:
        AnalysisError: a code or subject that is not known, a report without its inspection, a finding without its
            report, or any of them twice.
    """
    engine, (finding, report, inspection, members) = opened(
        (reported_findings, REPORTED), (reports, REPORTS), (inspections, INSPECTIONS), (cohort, COHORT)
    )
    known = [str(code) for code in codes.Programme if code != codes.Programme.CQC_CLAS]
    wanted = require_codes("programme", known if programmes is None else programmes, known)
    require_findings(engine, finding, report)
    require_unique(engine, inspection, ["inspection_id"], "inspections")
    require_unique(engine, members, ["cohort", "area_code"], "cohort")
    require_match(engine, report, inspection, ["inspection_id"], "reports", "inspections")

    within = inspection.filter(nw.col("programme").is_in(wanted))
    if since is not None:
        within = within.filter(nw.col("published") >= nw.lit(since))
    if until is not None:
        within = within.filter(nw.col("published") <= nw.lit(until))
    read = within.join(report.select("inspection_id", "scope"), on="inspection_id", how="left").with_columns(
        read=~nw.col("scope").is_null(), scope=scope_or_usual()
    )
    of_kept = of_subject(finding, subject).join(within.select("inspection_id"), on="inspection_id", how="inner")
    # The board's theme is one that some inspections look at, all others are looked at together, so that inspections
    # need not be crossed with themes. A joint letter looks at nothing but what it speaks of.
    graded, is_read = nw.col("programme") != str(codes.Programme.JTAI), nw.col("read")
    looking = {theme: graded & looks_at(theme=nw.lit(theme)) for theme in (codes.BOARD_THEME, OTHER_THEME)}
    by_area = read.group_by("area_code").agg(
        board_inspections=how_many(looking[codes.BOARD_THEME]),
        board_read=how_many(looking[codes.BOARD_THEME] & is_read),
        other_inspections=how_many(looking[OTHER_THEME]),
        other_read=how_many(looking[OTHER_THEME] & is_read),
    )
    beyond = (
        of_kept.select("inspection_id", "theme")
        .unique()
        .join(read, on="inspection_id", how="inner")
        .filter(~(graded & looks_at()))
        .group_by("area_code", "theme")
        .agg(more_inspections=nw.len().cast(WHOLE), more_read=how_many(is_read))
    )
    counts = _counts(of_kept)
    rows = (
        members.select(*COHORT_KEYS, "area_code", "area_name")
        .join(all_codes(engine, "theme"), how="cross")
        .join(by_area, on="area_code", how="left")
        .join(beyond, on=["area_code", "theme"], how="left")
        .join(counts, on=["area_code", "theme"], how="left")
        .with_columns(
            inspections=_of_theme("inspections") + nw.col("more_inspections").fill_null(0),
            reports_read=_of_theme("read") + nw.col("more_read").fill_null(0),
        )
    )
    was = nw.col("reports_read") > 0
    rows = rows.with_columns(
        *(
            nw.when(was).then(nw.col(column).fill_null(0)).alias(column)
            for column in ("weaknesses", "strengths", "progress")
        )
    )
    bad, good = nw.col("weaknesses") > 0, (nw.col("strengths") + nw.col("progress")) > 0
    state = (
        nw.when(bad & good)
        .then(nw.lit("both"))
        .when(bad)
        .then(nw.lit("weakness"))
        .when(good)
        .then(nw.lit("strength"))
        .when(was)
        .then(nw.lit("silent"))
        .when(nw.col("inspections") > 0)
        .then(nw.lit("not_read"))
        .otherwise(nw.lit("not_inspected"))
    )
    return engine.give(
        rows.with_columns(state=state).select(
            *COHORT_KEYS,
            "area_code",
            "area_name",
            "theme",
            "theme_order",
            "state",
            "weaknesses",
            "strengths",
            "progress",
            "reports_read",
            "inspections",
        ),
        sort=["cohort_order", "area_name", "theme_order"],
    )


def _of_theme(column: str) -> nw.Expr:
    of_board = nw.when(nw.col("theme") == codes.BOARD_THEME).then(nw.col(f"board_{column}"))
    return of_board.otherwise(nw.col(f"other_{column}")).fill_null(0)


def _counts(findings: Lazy) -> Lazy:
    """One row an area and theme with findings: how many of each polarity."""
    return findings.group_by("area_code", "theme").agg(
        **{
            name: how_many(nw.col("polarity") == polarity)
            for name, polarity in (("weaknesses", WEAKNESS), ("strengths", STRENGTH), ("progress", PROGRESS))
        }
    )
