"""The findings behind each count: the way from a mark back to its rows, reports and pages."""

from __future__ import annotations

from collections.abc import Sequence

import narwhals as nw
from narwhals.typing import IntoFrameT

from analysis.cohorts import COHORT, COHORT_KEYS
from analysis.frames import opened, require_unique
from analysis.schema import codes
from analysis.weaknesses.common import (
    FINDING_KINDS,
    REPORT_KINDS,
    REPORTED,
    REPORTS,
    Subject,
    of_subject,
    require_codes,
)


def behind(
    reported_findings: IntoFrameT,
    reports: IntoFrameT,
    cohort: IntoFrameT,
    *,
    subject: Subject,
    polarity: Sequence[str] = codes.FINDING_CODES["polarity"],
) -> IntoFrameT:
    """The findings that the other functions count, each with everything by which they can be told apart.

    Counted by the keys of a result of `prevalence` or `states`, they give its numbers of findings.

    Args:
        reported_findings: what `reported` returns.
        reports: what `read_reports` returns, or some rows of it; findings of other reports are left out.
        cohort: a cohort frame.
        subject: which findings count.
        polarity: `weakness`, `strength`, `progress`: which of them count.

    Returns:
        One row a cohort and finding, sorted by `cohort_order`, `finding_id`: `cohort`, `cohort_label`, `cohort_order`,
        `area_name`, the columns of `read_reports` and those of `reported`.

    Raises:
        AnalysisError: a subject or polarity that is not known, or something that is there twice.
    """
    engine, (finding, report, members) = opened((reported_findings, REPORTED), (reports, REPORTS), (cohort, COHORT))
    kept = require_codes("polarity", polarity, codes.FINDING_CODES["polarity"])
    require_unique(engine, report, ["inspection_id"], "reports")
    require_unique(engine, finding, ["finding_id"], "reported_findings")
    require_unique(engine, members, ["cohort", "area_code"], "cohort")
    of_reports = [name for name in REPORT_KINDS if name not in FINDING_KINDS]
    counted = of_subject(finding, subject).filter(nw.col("polarity").is_in(kept))
    rows = (
        members.select(*COHORT_KEYS, "area_code", "area_name")
        .join(counted, on="area_code", how="inner")
        .join(report.select("inspection_id", *of_reports), on="inspection_id", how="inner")
    )
    return engine.give(
        rows.select(*COHORT_KEYS, "area_name", *of_reports, *FINDING_KINDS), sort=["cohort_order", "finding_id"]
    )
