"""Where: each area's state on each theme, with silence, not read and not inspected kept apart."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import narwhals as nw
from narwhals.typing import IntoFrameT

from analysis.cohorts import COHORT, COHORT_KEYS
from analysis.frames import DAY, TEXT, WHOLE, Columns, Lazy, opened, require_match, require_unique
from analysis.schema import codes
from analysis.weaknesses.common import (
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
)

STATES = ("weakness", "both", "strength", "silent", "not_read", "not_inspected")
"""The states of an area on a theme, from a weakness to what nobody can know."""

_INSPECTIONS = Columns("inspections", {"inspection_id": TEXT, "area_code": TEXT, "programme": TEXT, "published": DAY})


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
        `state`: `weakness` (only weaknesses reported), `strength` (only strengths or progress), `both`, `silent` (a
        report that looked was read and says nothing on it), `not_read` (inspected, but no report that looked was
        read), `not_inspected` (no inspection that looks at the theme); `weaknesses`, `strengths`, `progress` (how many;
        empty where nothing was read), `reports_read`, `inspections` (that look at the theme).
    """
    engine, (finding, report, inspection, members) = opened(
        (reported_findings, REPORTED), (reports, REPORTS), (inspections, _INSPECTIONS), (cohort, COHORT)
    )
    known = [str(code) for code in codes.Programme if code != codes.Programme.CQC_CLAS]
    wanted = require_codes("programme", known if programmes is None else programmes, known)
    require_unique(engine, report, ["inspection_id"], "reports")
    require_unique(engine, inspection, ["inspection_id"], "inspections")
    require_unique(engine, members, ["cohort", "area_code"], "cohort")
    require_match(engine, report, inspection, ["inspection_id"], "reports", "inspections")
    require_match(engine, finding, report, ["inspection_id"], "reported_findings", "reports")

    within = inspection.filter(nw.col("programme").is_in(wanted))
    if since is not None:
        within = within.filter(nw.col("published") >= nw.lit(since))
    if until is not None:
        within = within.filter(nw.col("published") <= nw.lit(until))
    was_read = report.select("inspection_id", read=nw.lit(1))
    read = within.join(was_read, on="inspection_id", how="left").with_columns(read=~nw.col("read").is_null())
    looked = read.join(all_codes(engine, "theme"), how="cross").filter(looks_at())
    seen = looked.group_by("area_code", "theme").agg(
        inspections=nw.len().cast(WHOLE), reports_read=nw.col("read").sum().cast(WHOLE)
    )
    counts = _counts(of_subject(finding, subject).join(within.select("inspection_id"), on="inspection_id", how="inner"))
    rows = (
        members.select(*COHORT_KEYS, "area_code", "area_name")
        .join(all_codes(engine, "theme"), how="cross")
        .join(seen, on=["area_code", "theme"], how="left")
        .join(counts, on=["area_code", "theme"], how="left")
        .with_columns(nw.col("inspections").fill_null(0), nw.col("reports_read").fill_null(0))
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


def _counts(findings: Lazy) -> Lazy:
    """One row an area and theme with findings: how many of each polarity."""
    return findings.group_by("area_code", "theme").agg(
        **{
            name: (nw.col("polarity") == polarity).sum().cast(WHOLE)
            for name, polarity in (("weaknesses", WEAKNESS), ("strengths", STRENGTH), ("progress", PROGRESS))
        }
    )
