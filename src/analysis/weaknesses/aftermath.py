"""What became of each weakness ever reported of an area: answered since, silence since, or at the latest report."""

from __future__ import annotations

import narwhals as nw
from narwhals.typing import IntoFrameT

from analysis.cohorts import COHORT, COHORT_KEYS, COHORT_KINDS, COHORT_WORDS
from analysis.frames import TEXT, WHOLE, Columns, Kind, grouped, how_many, melted, opened, require_match, require_unique
from analysis.schema import codes
from analysis.statistics import with_share
from analysis.weaknesses.common import (
    INSPECTIONS,
    REPORTED,
    REPORTS,
    WEAKNESS,
    Subject,
    all_codes,
    is_of_subject,
    looks_at,
    require_findings,
    scope_or_usual,
)

AFTERMATHS = ("answered", "theme_only", "silent_since", "not_read", "at_latest")
"""What the reports since an area's last weakness on a theme say."""


_COUNTS = (
    "strengths_beside",
    "strengths_since",
    "weaknesses_otherwise",
    "strengths_otherwise",
    "inspections_since",
    "reports_since",
)


def aftermath(
    reported_findings: IntoFrameT,
    reports: IntoFrameT,
    inspections: IntoFrameT,
    cohort: IntoFrameT,
    *,
    subject: Subject,
) -> IntoFrameT:
    """What became of each weakness that was ever reported of an area, by theme, in all reports read to this day.

    Joint letters count: they may answer a weakness, or add one, but their silence is not counted as a report since.

    Args:
        reported_findings: what `reported` returns.
        reports: what `read_reports` returns.
        inspections: the `inspections` table: tells what was not read from what was not inspected.
        cohort: a cohort frame.
        subject: which findings count.

    Returns:
        One row a cohort, area and theme with a weakness, sorted by `cohort_order`, `area_name`, `theme_order`:
        `cohort`, `cohort_label`, `cohort_order`, `area_code`, `area_name`, `theme`, `theme_order`, `weaknesses`,
        `reports_with` (reports with one), `first_weakness`, `last_weakness` (days of publication), `strengths_beside`
        (strengths and progress published on the day of the last weakness), `strengths_since` (published after it),
        `weaknesses_otherwise`, `strengths_otherwise` (findings on the theme published after it that are not of the
        subject), `inspections_since` (graded inspections published after it that look at the theme), `reports_since`
        (how many of their reports were read), `aftermath`: `answered` (strength or progress of the subject since),
        `theme_only` (none, but other findings on the theme since), `silent_since` (reports since, without a finding on
        the theme), `not_read` (inspected since, but no report was read), `at_latest` (no such inspection since).

    Raises:
        AnalysisError: a subject that is not known, a report without its inspection, a finding without its report, or
            any of them twice.
    """
    engine, (finding, report, inspection, members) = opened(
        (reported_findings, REPORTED), (reports, REPORTS), (inspections, INSPECTIONS), (cohort, COHORT)
    )
    require_unique(engine, inspection, ["inspection_id"], "inspections")
    require_match(engine, report, inspection, ["inspection_id"], "reports", "inspections")
    require_findings(engine, finding, report)
    require_unique(engine, members, ["cohort", "area_code"], "cohort")
    counted = finding.with_columns(counts=is_of_subject(subject), weak=nw.col("polarity") == WEAKNESS).join(
        report.select("inspection_id", "published"), on="inspection_id", how="left"
    )
    counts, weak = nw.col("counts"), nw.col("weak")
    place = ["area_code", "theme"]
    last = (
        counted.filter(counts & weak)
        .group_by(*place)
        .agg(
            weaknesses=nw.len().cast(WHOLE),
            reports_with=nw.col("inspection_id").n_unique().cast(WHOLE),
            first_weakness=nw.col("published").min(),
            last_weakness=nw.col("published").max(),
        )
    )
    since_last = nw.col("published") > nw.col("last_weakness")
    # What later reports say of the theme without speaking of the subject is neither an answer nor silence.
    said = (
        counted.join(last.select(*place, "last_weakness"), on=place, how="inner")
        .group_by(*place)
        .agg(
            strengths_beside=how_many(counts & ~weak & (nw.col("published") == nw.col("last_weakness"))),
            strengths_since=how_many(counts & ~weak & since_last),
            weaknesses_otherwise=how_many(~counts & weak & since_last),
            strengths_otherwise=how_many(~counts & ~weak & since_last),
        )
    )
    was_read = report.select("inspection_id", "scope", read=nw.lit(1))
    since = (
        inspection.filter(nw.col("programme").is_in(list(codes.GRADED_PROGRAMMES)))
        .join(was_read, on="inspection_id", how="left")
        .with_columns(scope=scope_or_usual())
        .join(last.select(*place, "last_weakness"), on="area_code", how="inner")
        .filter((nw.col("published") > nw.col("last_weakness")) & looks_at())
        .group_by(*place)
        .agg(inspections_since=nw.len().cast(WHOLE), reports_since=nw.col("read").count().cast(WHOLE))
    )
    rows = (
        members.select(*COHORT_KEYS, "area_code", "area_name")
        .join(last, on="area_code", how="inner")
        .join(all_codes(engine, "theme"), on="theme", how="left")
        .join(said, on=place, how="left")
        .join(since, on=place, how="left")
        .with_columns(*(nw.col(name).fill_null(0) for name in _COUNTS))
    )
    outcome = (
        nw.when(nw.col("strengths_since") > 0)
        .then(nw.lit("answered"))
        .when((nw.col("weaknesses_otherwise") + nw.col("strengths_otherwise")) > 0)
        .then(nw.lit("theme_only"))
        .when(nw.col("reports_since") > 0)
        .then(nw.lit("silent_since"))
        .when(nw.col("inspections_since") > 0)
        .then(nw.lit("not_read"))
        .otherwise(nw.lit("at_latest"))
    )
    return engine.give(
        rows.with_columns(aftermath=outcome).select(
            *COHORT_KEYS,
            "area_code",
            "area_name",
            "theme",
            "theme_order",
            "weaknesses",
            "reports_with",
            "first_weakness",
            "last_weakness",
            *_COUNTS,
            "aftermath",
        ),
        sort=["cohort_order", "area_name", "theme_order"],
    )


def aftermath_shares(weakness_aftermath: IntoFrameT) -> IntoFrameT:
    """Of the areas that ever had a weakness on a theme, how many had it answered since, by theme.

    Args:
        weakness_aftermath: what `aftermath` returns.

    Returns:
        One row a cohort, theme that any area had a weakness on, and aftermath, sorted by `cohort_order`, `theme_order`,
        `aftermath_order`: `cohort`, `cohort_label`, `cohort_order`, `theme`, `theme_order`, `aftermath` (`answered`,
        `theme_only`, `silent_since`, `not_read`, `at_latest`), `aftermath_order` (1 to 5), `count` (areas), `areas`
        (with a weakness: the denominator), `share`, `low`, `high`. All themes together are not one of the rows: areas
        would count twice.

    Raises:
        AnalysisError: an area and theme that is there twice.
    """
    kinds: dict[str, Kind] = {name: COHORT_KINDS[name] for name in COHORT_KEYS}
    kinds |= {"area_code": TEXT, "theme": TEXT, "theme_order": WHOLE, "aftermath": TEXT}
    engine, (rows,) = opened((weakness_aftermath, Columns("weakness_aftermath", kinds)))
    require_unique(engine, rows, ["cohort", "area_code", "theme"], "weakness_aftermath")
    keys = [*COHORT_KEYS, "theme", "theme_order"]
    cells = grouped(
        rows,
        ["cohort", "theme"],
        [*COHORT_WORDS, "theme_order"],
        areas=nw.len().cast(WHOLE),
        **{outcome: how_many(nw.col("aftermath") == outcome) for outcome in AFTERMATHS},
    )
    shares = with_share(melted(engine, cells, "aftermath", AFTERMATHS), total="areas")
    return engine.give(
        shares.select(*keys, "aftermath", "aftermath_order", "count", "areas", "share", "low", "high"),
        sort=["cohort_order", "theme_order", "aftermath_order"],
    )
