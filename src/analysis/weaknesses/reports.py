"""The reports that were read, and what they report: the two frames from which every question is answered."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import narwhals as nw
from narwhals.typing import IntoFrameT

from analysis.errors import AnalysisError
from analysis.frames import DAY, TEXT, Columns, opened, require_match, require_unique
from analysis.schema import codes
from analysis.weaknesses.common import FINDING_KINDS, REPORT_KINDS, REPORTS, usual_scope

PERIODS = (2014, 2018, 2022, 2026)
"""The first years of the periods, and the year after the last: four years each."""


def read_reports(
    coverage: IntoFrameT,
    inspections: IntoFrameT,
    areas: IntoFrameT,
    regions: IntoFrameT,
    graded_judgements: IntoFrameT,
    *,
    periods: Sequence[int] = PERIODS,
) -> IntoFrameT:
    """The reports that were read and coded: the denominator of whatever is counted in findings.

    Args:
        coverage: the `coverage` table.
        inspections: the `inspections` table.
        areas: the `areas` table.
        regions: the `regions` table.
        graded_judgements: what `progress.graded` returns.
        periods: the first year of each period, and the year after the last; reports outside have no period.

    Returns:
        One row a report, sorted by `area_code`, `published`, `inspection_id`: `inspection_id`, `area_code`, `region`,
        `programme`, `scope` (what its judgements show that it looked at: `without_board` where none is of the
        safeguarding board, `board` where no other is, `whole` else; of a report without judgements what its programme
        looks at, which is `whole` for joint letters), `family` (`single_inspection` with its re-inspections, `ilacs`,
        `jtai`), `letter_theme` (what a joint letter is about), `started`, `published`, `period` (`2014 to 2017`; empty
        outside), `grade` (overall, in this report), `help_protection` (its grade); both are `not_graded` where there
        is none, as in joint letters.

    Raises:
        AnalysisError: a report of which there is no inspection, an inspection without its area or an area without its
            region, any of them twice, or periods that are not years in order.
    """
    judged = Columns("graded_judgements", {"inspection_id": TEXT, "domain": TEXT, "grade": TEXT})
    engine, (covered, inspection, area, region, judgement) = opened(
        (coverage, Columns("coverage", {"inspection_id": TEXT, "readable": TEXT})),
        (
            inspections,
            Columns(
                "inspections",
                {
                    "inspection_id": TEXT,
                    "area_code": TEXT,
                    "programme": TEXT,
                    "theme": TEXT,
                    "started": DAY,
                    "published": DAY,
                },
            ),
        ),
        (areas, Columns("areas", {"area_code": TEXT, "region_code": TEXT})),
        (regions, Columns("regions", {"region_code": TEXT, "name": TEXT})),
        (graded_judgements, judged),
    )
    if list(periods) != sorted(set(periods)) or len(periods) < 2:
        raise AnalysisError(f"Periods are years in order, at least two; {list(periods)} are not.")
    readable = covered.filter(nw.col("readable") == "yes").select("inspection_id")
    require_unique(engine, readable, ["inspection_id"], "coverage")
    require_unique(engine, inspection, ["inspection_id"], "inspections")
    require_unique(engine, area, ["area_code"], "areas")
    require_unique(engine, region, ["region_code"], "regions")
    require_unique(engine, judgement, ["inspection_id", "domain"], "graded_judgements")
    require_match(engine, readable, inspection, ["inspection_id"], "coverage", "inspections")
    of_reports = readable.join(inspection, on="inspection_id", how="left")
    require_match(engine, of_reports, area, ["area_code"], "inspections", "areas")
    placed = of_reports.join(area, on="area_code", how="left")
    require_match(engine, placed, region, ["region_code"], "areas", "regions")
    rows = placed.join(region.select("region_code", region="name"), on="region_code", how="left")
    is_board = nw.col("domain") == str(codes.Domain.LSCB)
    verdicts = (
        judgement.join(readable, on="inspection_id", how="semi")
        .group_by("inspection_id")
        .agg(
            board=is_board.any(),
            others=(~is_board).any(),
            grade=_grade_in(codes.Domain.OVERALL),
            help_protection=_grade_in(codes.Domain.HELP_PROTECTION),
        )
    )
    rows = rows.join(verdicts, on="inspection_id", how="left").with_columns(
        nw.col(column).fill_null(NOT_GRADED) for column in ("grade", "help_protection")
    )
    scope = (
        nw.when(nw.col("programme") == str(codes.Programme.JTAI))
        .then(nw.lit("whole"))
        .when(nw.col("board").is_null())
        .then(usual_scope())
        .when(nw.col("board") & ~nw.col("others"))
        .then(nw.lit("board"))
        .when(nw.col("board"))
        .then(nw.lit("whole"))
        .otherwise(nw.lit("without_board"))
    )
    single = [str(codes.Programme.SIF), str(codes.Programme.SIF_REINSPECTION)]
    ilacs = [str(codes.Programme.ILACS_STANDARD), str(codes.Programme.ILACS_SHORT)]
    family = (
        nw.when(nw.col("programme").is_in(single))
        .then(nw.lit("single_inspection"))
        .when(nw.col("programme").is_in(ilacs))
        .then(nw.lit("ilacs"))
        .otherwise(nw.col("programme"))
    )
    period: nw.Expr = nw.lit(None, dtype=TEXT)
    for first, after in itertools.pairwise(periods):
        year = nw.col("published").dt.year()
        period = nw.when((year >= first) & (year < after)).then(nw.lit(f"{first} to {after - 1}")).otherwise(period)
    finished = rows.with_columns(scope=scope, family=family, letter_theme=nw.col("theme"), period=period)
    return engine.give(finished.select(*REPORT_KINDS), sort=["area_code", "published", "inspection_id"])


NOT_GRADED = "not_graded"


def _grade_in(domain: codes.Domain) -> nw.Expr:
    # There is one judgement a domain; of it and nothing, the greatest is the grade.
    return nw.when(nw.col("domain") == str(domain)).then(nw.col("grade")).max()


def reported(findings: IntoFrameT, reports: IntoFrameT) -> IntoFrameT:
    """The findings of reports that were read whole.

    Findings known only from public pages about a review, as CQC's are, have no report that was read: nothing can be
    said of what such a review did not find, so that they count nowhere, and are shown by themselves.

    Args:
        findings: the `findings` table.
        reports: what `read_reports` returns, or some rows of it.

    Returns:
        One row a finding, sorted by `finding_id`: `finding_id`, `inspection_id`, `area_code`, `programme`, `polarity`
        (`weakness`, `strength`, `progress`), `theme`, `exploitation`, `exploitation_focus`, `missing`, `agency`,
        `severity`, `listed` (an item of the report's own lists), `on_exploitation` (the judgement is passed on
        exploitation, not only beside its name).

    Raises:
        AnalysisError: a finding or report that is there twice.
    """
    engine, (finding, report) = opened(
        (
            findings,
            Columns(
                "findings",
                {
                    "finding_id": TEXT,
                    "inspection_id": TEXT,
                    "section": TEXT,
                    "polarity": TEXT,
                    "theme": TEXT,
                    "exploitation": TEXT,
                    "exploitation_focus": TEXT,
                    "missing": TEXT,
                    "agency": TEXT,
                    "severity": TEXT,
                },
            ),
        ),
        (reports, REPORTS),
    )
    require_unique(engine, finding, ["finding_id"], "findings")
    require_unique(engine, report, ["inspection_id"], "reports")
    rows = finding.join(
        report.select("inspection_id", "area_code", "programme"), on="inspection_id", how="inner"
    ).with_columns(
        listed=nw.col("section").is_in(list(codes.LISTED_SECTIONS)),
        on_exploitation=nw.col("exploitation_focus").is_in(list(codes.ON_EXPLOITATION)).fill_null(False),
    )
    return engine.give(rows.select(*FINDING_KINDS), sort=["finding_id"])
