"""How often something was reported: in how many areas and reports, out of how many that looked."""

from __future__ import annotations

from collections.abc import Sequence

import narwhals as nw
from narwhals.typing import IntoFrameT

from analysis import statistics
from analysis.cohorts import COHORT, COHORT_KEYS
from analysis.frames import WHOLE, Lazy, how_many, opened, require_unique
from analysis.schema import codes
from analysis.weaknesses.common import (
    COUNTED,
    REPORTED,
    REPORTS,
    STRATA,
    WEAKNESS,
    Subject,
    all_codes,
    looks_at,
    of_subject,
    require_codes,
    require_findings,
)


def prevalence(
    reported_findings: IntoFrameT,
    reports: IntoFrameT,
    cohort: IntoFrameT,
    *,
    subject: Subject,
    polarity: Sequence[str] = (WEAKNESS,),
    of: str | None = "theme",
    by: Sequence[str] = (),
) -> IntoFrameT:
    """In how many areas and reports something was found, out of how many that were read and looked.

    An area counts once, however many findings or reports it has. Reports of one area are not independent of each other,
    so the interval of the share of reports is a little too narrow.

    Args:
        reported_findings: what `reported` returns.
        reports: what `read_reports` returns, or some rows of it.
        cohort: a cohort frame.
        subject: which findings count.
        polarity: `weakness`, `strength`, `progress`: which of them count.
        of: the finding's code to count by: `theme`, `agency`, `severity`, `polarity`, `exploitation`; None for any
            finding.
        by: what tells the reports apart: `programme`, `family`, `period`, `region`, `grade`, `help_protection`; a
            report without it is left out. An area counts in each of the groups in which it has a report.

    Returns:
        One row a cohort, group of reports and code (every code of the codebook), sorted by `cohort_order`, `by`,
        `<of>_order`: `cohort`, `cohort_label`, `cohort_order`, the columns of `by`, `<of>`, `<of>_order`, `findings`,
        `areas` (with such a finding), `areas_read` (with a report that looks at the theme or speaks of it: the
        denominator), `share`, `low`, `high` (95%, Wilson), `reports`, `reports_read`, `report_share`, `report_low`,
        `report_high`. Shares are empty where nobody looked. A cohort or group without any report has no row.

    Raises:
        AnalysisError: a code or subject that is not known, a finding of a report that is not given, or something that
            is there twice.
    """
    engine, (finding, report, members) = opened((reported_findings, REPORTED), (reports, REPORTS), (cohort, COHORT))
    kept = require_codes("polarity", polarity, codes.FINDING_CODES["polarity"])
    groups = require_codes("group", by, STRATA) if by else []
    if of is not None:
        require_codes("code of a finding", [of], list(COUNTED))
    require_unique(engine, members, ["cohort", "area_code"], "cohort")
    require_findings(engine, finding, report)

    keys = [*COHORT_KEYS, *groups]
    known = report.filter(*(~nw.col(column).is_null() for column in groups)) if groups else report
    described = list(dict.fromkeys(["inspection_id", "area_code", "scope", *groups]))
    of_members = members.select(*COHORT_KEYS, "area_code").join(known.select(*described), on="area_code", how="inner")
    if of is None:
        looked, coded = of_members, []
    else:
        coded = [of, f"{of}_order"]
        looked = of_members.join(all_codes(engine, of), how="cross")
        if of == "theme":
            looked = looked.with_columns(looked=looks_at())
    counted = of_subject(finding, subject).filter(nw.col("polarity").is_in(kept))
    found = counted.select("inspection_id", "finding_id", *([of] if of else []))
    per_report = found.group_by("inspection_id", *([of] if of else [])).agg(found=nw.len().cast(WHOLE))
    rows = looked.join(per_report, on=["inspection_id", *([of] if of else [])], how="left").with_columns(
        nw.col("found").fill_null(0)
    )
    if of == "theme":
        rows = rows.with_columns(looked=nw.col("looked") | (nw.col("found") > 0))
    else:
        rows = rows.with_columns(looked=nw.lit(True))
    return engine.give(
        _counted(rows, [*keys, *coded]).select(
            *keys,
            *coded,
            "findings",
            "areas",
            "areas_read",
            "share",
            "low",
            "high",
            "reports",
            "reports_read",
            "report_share",
            "report_low",
            "report_high",
        ),
        sort=["cohort_order", *groups, *coded[1:]],
    )


def _counted(rows: Lazy, keys: Sequence[str]) -> Lazy:
    """Counts and shares of rows of one report each, with `found` and `looked`."""
    per_area = rows.group_by(*keys, "area_code").agg(
        found=nw.col("found").sum().cast(WHOLE),
        reports=how_many(nw.col("found") > 0),
        reports_read=how_many(nw.col("looked")),
    )
    totals = per_area.group_by(*keys).agg(
        findings=nw.col("found").sum().cast(WHOLE),
        areas=how_many(nw.col("found") > 0),
        areas_read=how_many(nw.col("reports_read") > 0),
        reports=nw.col("reports").sum().cast(WHOLE),
        reports_read=nw.col("reports_read").sum().cast(WHOLE),
    )
    part, whole = nw.col("areas"), nw.col("areas_read")
    report_part, report_whole = nw.col("reports"), nw.col("reports_read")
    return totals.with_columns(
        share=statistics.share(part, whole),
        low=statistics.wilson_low(part, whole),
        high=statistics.wilson_high(part, whole),
        report_share=statistics.share(report_part, report_whole),
        report_low=statistics.wilson_low(report_part, report_whole),
        report_high=statistics.wilson_high(report_part, report_whole),
    )
