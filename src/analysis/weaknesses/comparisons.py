"""Comparisons: two groups of reports, and what goes together across areas. Association only, never cause."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

import narwhals as nw
from narwhals.typing import IntoFrameT

from analysis import statistics
from analysis.cohorts import COHORT, COHORT_KEYS
from analysis.errors import AnalysisError
from analysis.frames import (
    DAY,
    REAL,
    TEXT,
    WHOLE,
    Columns,
    Engine,
    Kind,
    Lazy,
    Value,
    code_rank,
    how_many,
    opened,
    require_unique,
    row_number,
)
from analysis.schema import codes
from analysis.weaknesses.common import (
    COUNTED,
    REPORTED,
    REPORTS,
    WEAKNESS,
    Subject,
    all_codes,
    looks_at,
    of_subject,
    require_codes,
    require_findings,
)

BOARD_AGENCY = "lscb"


def compare(
    reported_findings: IntoFrameT,
    reports: IntoFrameT,
    others: IntoFrameT,
    *,
    subject: Subject,
    polarity: Sequence[str] = (WEAKNESS,),
    of: str = "theme",
) -> IntoFrameT:
    """Two groups of reports side by side: in how many of each something was found.

    Findings of reports in neither group are left out; so is, from a theme's denominator, a report that neither looks
    at it nor speaks of it. The safeguarding board as an agency is counted likewise, among the reports that look at
    boards.

    Args:
        reported_findings: what `reported` returns.
        reports: some rows of what `read_reports` returns.
        others: other rows of it; no report may be in both.
        subject: which findings count.
        polarity: `weakness`, `strength`, `progress`: which of them count.
        of: the finding's code to count by: `theme`, `agency`, `severity`, `polarity`, `exploitation`.

    Returns:
        One row a code of the codebook, sorted by `<of>_order`: `<of>`, `<of>_order`, `findings`, `reports`,
        `reports_read`, `share`, `low`, `high` (95%, Wilson), the same of the others as `other_findings`,
        `other_reports`, `other_reports_read`, `other_share`, `other_low`, `other_high`, and `difference` (`share` minus
        `other_share`) with `difference_low`, `difference_high` (95%, Newcombe) and `p_value` (Fisher's exact test, two
        sides). Shares are empty where no report of the group looked, and differences and `p_value` where a share is.

    Raises:
        AnalysisError: a report in both groups, a report or finding that is there twice, or a code that is not known.
    """
    engine, (finding, one, other) = opened((reported_findings, REPORTED), (reports, REPORTS), (others, REPORTS))
    kept = require_codes("polarity", polarity, codes.FINDING_CODES["polarity"])
    require_codes("code of a finding", [of], list(COUNTED))
    require_unique(engine, finding, ["finding_id"], "reported_findings")
    for frame, name in ((one, "reports"), (other, "others")):
        require_unique(engine, frame, ["inspection_id"], name)
    in_both = engine.rows(
        one.select("inspection_id").join(other.select("inspection_id"), on="inspection_id", how="inner")
    )
    if in_both:
        raise AnalysisError(f"The report {in_both[0]['inspection_id']} is in both groups; take it out of one.")
    counted = of_subject(finding, subject).filter(nw.col("polarity").is_in(kept))
    found = counted.group_by("inspection_id", of).agg(found=nw.len().cast(WHOLE))
    grouped = nw.concat(
        [
            frame.select("inspection_id", "scope", group=nw.lit(group))
            for group, frame in zip(_GROUPS, (one, other), strict=True)
        ],
        how="vertical",
    )
    each = engine.table({"group": TEXT}, {"group": list(_GROUPS)}).join(all_codes(engine, of), how="cross")
    # Reports are counted by their scope first, so that not each of them need be crossed with the codes.
    looking = (
        grouped.group_by("group", "scope")
        .agg(reports=nw.len().cast(WHOLE))
        .join(each, on="group", how="inner")
        .filter(_looks(of))
        .group_by("group", of)
        .agg(looking=nw.col("reports").sum().cast(WHOLE))
    )
    said = (
        grouped.join(found, on="inspection_id", how="inner")
        .group_by("group", of)
        .agg(findings=nw.col("found").sum().cast(WHOLE), reports=nw.len().cast(WHOLE), beyond=how_many(~_looks(of)))
    )
    counts = each.join(looking, on=["group", of], how="left").join(said, on=["group", of], how="left")
    # A group without reports has no counts, yet a row for each code.
    counts = counts.with_columns(
        *(nw.col(name).fill_null(0) for name in ("findings", "reports")),
        reports_read=nw.col("looking").fill_null(0) + nw.col("beyond").fill_null(0),
    )
    rows = _side_by_side(engine, statistics.with_share(counts, "reports_read", part="reports"), of)
    share, other_share = nw.col("share"), nw.col("other_share")
    rows = rows.with_columns(
        difference=share - other_share,
        difference_low=statistics.difference_low(share, nw.col("low"), other_share, nw.col("other_high")),
        difference_high=statistics.difference_high(share, nw.col("high"), other_share, nw.col("other_low")),
    )
    return engine.give(rows.select(nw.exclude("p_value"), "p_value"), sort=[f"{of}_order"])


_GROUPS = ("", "other_")
"""The two groups of reports, by what the names of their columns begin with."""
_COUNTED: dict[str, Kind] = {
    "findings": WHOLE,
    "reports": WHOLE,
    "reports_read": WHOLE,
    "share": REAL,
    "low": REAL,
    "high": REAL,
}


def _looks(of: str) -> nw.Expr:
    """Whether reports of a `scope` look at the code, even where they do not speak of it."""
    if of == "theme":
        return looks_at()
    if of == "agency":
        return (nw.col("agency") != BOARD_AGENCY) | (nw.col("scope") != "without_board")
    return ~nw.col(of).is_null()


def _side_by_side(engine: Engine[Any], counts: Lazy, of: str) -> Lazy:
    """One row a code, from one a group and code: both groups beside each other, with the `p_value` of their difference.

    That is of Fisher's exact test, two sides; empty where a group has no report.
    """
    from scipy.stats import fisher_exact

    # One row a group and code of the codebook: few enough to be counted once and given back as values.
    by_code: dict[str, dict[str, Any]] = {}
    for row in engine.rows(counts):
        side_by_side = by_code.setdefault(row[of], {of: row[of], f"{of}_order": row[f"{of}_order"]})
        side_by_side |= {f"{row['group']}{name}": row[name] for name in _COUNTED}
    for row in by_code.values():
        table = [[row[f"{group}reports"], row[f"{group}reports_read"] - row[f"{group}reports"]] for group in _GROUPS]
        row["p_value"] = float(fisher_exact(table).pvalue) if all(map(sum, table)) else None
    of_groups = {f"{group}{name}": kind for group in _GROUPS for name, kind in _COUNTED.items()}
    kinds: dict[str, Kind] = {of: TEXT, f"{of}_order": WHOLE, **of_groups, "p_value": REAL}
    return engine.table(kinds, {name: [row[name] for row in by_code.values()] for name in kinds})


MEASURE_KINDS: dict[str, Kind] = {
    "cohort": TEXT,
    "cohort_label": TEXT,
    "cohort_order": WHOLE,
    "area_code": TEXT,
    "area_name": TEXT,
    "inspection_id": TEXT,
    "published": DAY,
    "findings": WHOLE,
    "weaknesses": WHOLE,
    "weakness_share": REAL,
    "grade": TEXT,
    "grade_rank": WHOLE,
    "help_protection": TEXT,
    "help_protection_rank": WHOLE,
    "year": WHOLE,
    "rate": REAL,
    "certainty": TEXT,
}


def measures(
    reported_findings: IntoFrameT,
    reports: IntoFrameT,
    rates: IntoFrameT,
    cohort: IntoFrameT,
    *,
    subject: Subject,
    year: int,
    factor: str = codes.Factor.CSE,
    programmes: Sequence[str] = (codes.Programme.SIF,),
) -> IntoFrameT:
    """One report an area, what it finds, its grades, and what assessments recorded: to see what goes together.

    Args:
        reported_findings: what `reported` returns.
        reports: what `read_reports` returns.
        rates: what `assessments.factor_rates` returns.
        cohort: a cohort frame.
        subject: which findings count.
        year: the year of assessments, ending 31 March.
        factor: what the assessments recorded.
        programmes: the programmes whose first report with an overall grade is taken.

    Returns:
        One row a cohort and area with such a report, sorted by `cohort_order`, `area_code`: `cohort`, `cohort_label`,
        `cohort_order`, `area_code`, `area_name`, `inspection_id`, `published`, `findings`, `weaknesses` (of the
        subject), `weakness_share` (of its findings; empty where it has none), `grade`, `grade_rank`, `help_protection`,
        `help_protection_rank` (1 to 4, inadequate to outstanding), `year`, `rate` (per 10,000 children; empty where it
        cannot be used), `certainty`.

    Raises:
        AnalysisError: a subject or programme that is not known, a finding of a report that is not given, or something
            that is there twice.
    """
    engine, (finding, report, rate, members) = opened(
        (reported_findings, REPORTED),
        (reports, REPORTS),
        (
            rates,
            Columns("rates", {"area_code": TEXT, "year": WHOLE, "factor": TEXT, "rate": REAL, "certainty": TEXT}),
        ),
        (cohort, COHORT),
    )
    wanted = require_codes("programme", programmes, [str(code) for code in codes.Programme])
    require_findings(engine, finding, report)
    require_unique(engine, members, ["cohort", "area_code"], "cohort")
    of_year = rate.filter((nw.col("factor") == str(factor)) & (nw.col("year") == year)).drop("factor")
    require_unique(engine, of_year, ["area_code"], "rates")
    graded = report.filter(nw.col("programme").is_in(wanted) & nw.col("grade").is_in([str(g) for g in codes.Grade]))
    first = graded.with_columns(place=row_number(["area_code"], ["published", "inspection_id"])).filter(
        nw.col("place") == 1
    )
    counts = (
        of_subject(finding, subject)
        .group_by("inspection_id")
        .agg(findings=nw.len().cast(WHOLE), weaknesses=how_many(nw.col("polarity") == WEAKNESS))
    )
    ranks = [str(grade) for grade in codes.Grade]
    rows = (
        members.select(*COHORT_KEYS, "area_code", "area_name")
        .join(first, on="area_code", how="inner")
        .join(counts, on="inspection_id", how="left")
        .join(of_year.drop("year"), on="area_code", how="left")
        .with_columns(nw.col("findings").fill_null(0), nw.col("weaknesses").fill_null(0), year=nw.lit(year).cast(WHOLE))
        .with_columns(
            weakness_share=statistics.share(nw.col("weaknesses"), nw.col("findings")),
            grade_rank=code_rank("grade", ranks),
            help_protection_rank=code_rank("help_protection", ranks),
        )
    )
    return engine.give(rows.select(*MEASURE_KINDS), sort=["cohort_order", "area_code"])


PAIRS: Mapping[str, tuple[str, str]] = {
    "weaknesses_and_grade": ("weaknesses", "grade_rank"),
    "weaknesses_and_help_protection": ("weaknesses", "help_protection_rank"),
    "weakness_share_and_grade": ("weakness_share", "grade_rank"),
    "weaknesses_and_rate": ("weaknesses", "rate"),
    "weakness_share_and_rate": ("weakness_share", "rate"),
    "grade_and_rate": ("grade_rank", "rate"),
}
"""What is set against what; grades rank from 1, inadequate, to 4, outstanding."""


def associations(area_measures: IntoFrameT) -> IntoFrameT:
    """Rank correlations across areas: whether two things go together, never whether one causes the other.

    Args:
        area_measures: what `measures` returns.

    Returns:
        One row a cohort and pair of measures, sorted by `cohort_order`, `pair_order`: `cohort`, `cohort_label`,
        `cohort_order`, `pair`, `pair_order`, `one`, `other` (the measures), `areas` (with both), `without` (areas with
        one of them missing), `rho` (Spearman; empty where it is not defined), `low`, `high` (95%, Bonett and Wright;
        empty where there is no `rho`, or a perfect one).

    Raises:
        AnalysisError: an area that is there twice in a cohort.
    """
    engine, (rows,) = opened((area_measures, Columns("area_measures", MEASURE_KINDS)))
    require_unique(engine, rows, ["cohort", "area_code"], "area_measures")
    cohorts: dict[tuple[str, str, int], list[dict[str, Value]]] = {}
    for row in engine.rows(rows.sort("cohort_order", "area_code")):
        cohorts.setdefault(tuple(row[key] for key in COHORT_KEYS), []).append(row)
    records: dict[str, list[Value]] = {name: [] for name in _ASSOCIATIONS}
    for keys, areas in cohorts.items():
        for order, (pair, (one, other)) in enumerate(PAIRS.items(), start=1):
            both = [(cast("float | None", row[one]), cast("float | None", row[other])) for row in areas]
            found = statistics.spearman([(a, b) for a, b in both if a is not None and b is not None])
            values = (*keys, pair, order, one, other, found.n, len(areas) - found.n, found.rho, found.low, found.high)
            for name, value in zip(_ASSOCIATIONS, values, strict=True):
                records[name].append(value)
    return engine.give(engine.table(_ASSOCIATIONS, records), sort=["cohort_order", "pair_order"])


_ASSOCIATIONS: dict[str, Kind] = {
    "cohort": TEXT,
    "cohort_label": TEXT,
    "cohort_order": WHOLE,
    "pair": TEXT,
    "pair_order": WHOLE,
    "one": TEXT,
    "other": TEXT,
    "areas": WHOLE,
    "without": WHOLE,
    "rho": REAL,
    "low": REAL,
    "high": REAL,
}
