"""How often something was reported: in how many areas and reports, out of how many that looked."""

from __future__ import annotations

from collections.abc import Sequence

import narwhals as nw
from narwhals.typing import IntoFrameT

from analysis.cohorts import COHORT, COHORT_KEYS, COHORT_WORDS
from analysis.frames import WHOLE, grouped, how_many, opened, require_unique
from analysis.schema import codes
from analysis.schema.codes import BOARD_THEME
from analysis.statistics import with_share
from analysis.weaknesses.common import (
    COUNTED,
    OTHER_THEME,
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
    coded = [of, f"{of}_order"] if of else []
    known = report.filter(*(~nw.col(column).is_null() for column in groups)) if groups else report
    place = [*groups, "area_code"]
    of_areas = known.select(*dict.fromkeys(["inspection_id", "scope", *place]))
    # How many reports look is counted by area and not by code: of the themes, all but the board's have the same ones.
    looking = {"board": looks_at(theme=nw.lit(BOARD_THEME)), "other": looks_at(theme=nw.lit(OTHER_THEME))}
    read_of_areas = of_areas.group_by(*place).agg(
        **{name: how_many(looks) if of == "theme" else nw.len().cast(WHOLE) for name, looks in looking.items()}
    )
    # Of areas first and then of cohorts, each of which would go through the findings again.
    told_of_areas = (
        of_subject(finding, subject)
        .filter(nw.col("polarity").is_in(kept))
        .group_by("inspection_id", *coded[:1])
        .agg(found=nw.len().cast(WHOLE))
        .join(of_areas, on="inspection_id", how="inner")
        .with_columns(beyond=~looks_at() if of == "theme" else nw.lit(False))
        .group_by(*place, *coded[:1])
        .agg(found=nw.col("found").sum().cast(WHOLE), reports=nw.len().cast(WHOLE), beyond=how_many(nw.col("beyond")))
        .join(read_of_areas, on=place, how="inner")
        .with_columns(only_beyond=(nw.col("beyond") > 0) & (_of_code(of, "board", "other") == 0))
    )
    of_members = members.select(*COHORT_KEYS, "area_code")
    read = grouped(
        of_members.join(read_of_areas, on="area_code", how="inner"),
        ["cohort", *groups],
        COHORT_WORDS,
        **{f"reports_{name}": nw.col(name).sum().cast(WHOLE) for name in looking},
        **{f"areas_{name}": how_many(nw.col(name) > 0) for name in looking},
    )
    told = (
        of_members.join(told_of_areas, on="area_code", how="inner")
        .group_by("cohort", *groups, *coded[:1])
        .agg(
            findings=nw.col("found").sum().cast(WHOLE),
            areas=nw.len().cast(WHOLE),
            reports=nw.col("reports").sum().cast(WHOLE),
            reports_beyond=nw.col("beyond").sum().cast(WHOLE),
            areas_beyond=how_many(nw.col("only_beyond")),
        )
    )
    cells = read.join(all_codes(engine, of), how="cross") if of else read
    rows = (
        cells.join(told, on=["cohort", *groups, *coded[:1]], how="left")
        .with_columns(*(nw.col(name).fill_null(0) for name in _TOLD))
        .with_columns(
            areas_read=_of_code(of, "areas_board", "areas_other") + nw.col("areas_beyond"),
            reports_read=_of_code(of, "reports_board", "reports_other") + nw.col("reports_beyond"),
        )
    )
    of_areas_read = with_share(rows, "areas_read", part="areas")
    return engine.give(
        with_share(of_areas_read, "reports_read", part="reports", prefix="report_").select(
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


_TOLD = ("findings", "areas", "reports", "reports_beyond", "areas_beyond")


def _of_code(of: str | None, board: str, other: str) -> nw.Expr:
    """What is counted for the code of a row: the board's theme has its own column."""
    if of != "theme":
        return nw.col(other)
    return nw.when(nw.col("theme") == BOARD_THEME).then(nw.col(board)).otherwise(nw.col(other))
