"""One area on one page: inspections and grades, what was weak and what became of it, exploitation in assessments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from analysis import progress, weaknesses
from analysis.catalogue.areas import for_area
from analysis.catalogue.tables import ENGLAND, Tables
from analysis.charts import caption
from analysis.charts.figure import Figure
from analysis.errors import AnalysisError
from analysis.schema import codes
from analysis.sources.area_names import AreaFinder

AFTERMATH_WORDS = {
    "answered": "with a strength or progress on exploitation reported since",
    "theme_only": "on which later findings do not name exploitation",
    "silent_since": "without any later finding",
    "not_read": "inspected since, in reports that were not read",
    "at_latest": "without a graded inspection since",
}
"""What the reports since the last weakness on a theme say, to follow a number of themes."""
AFTERMATH_LABELS = {
    "answered": "Strength or progress reported since",
    "theme_only": "Theme reported on since, exploitation not named",
    "silent_since": "No later finding on it",
    "not_read": "Inspected since; report not read",
    "at_latest": "No graded inspection since",
}
NO_LONGER_JUDGED = [str(codes.Domain.ADOPTION), str(codes.Domain.LSCB)]
"""Domains in which no framework has given a grade since 2018: the latest says nothing of today."""

NEVER_READ = "This project has not read the reports on this area, so that nothing is said here of what they found."


@dataclass(frozen=True)
class Profile:
    """What this record holds on one area.

    Args:
        area: the row of `areas`, with `region`.
        basis: why it belongs to the fifty; None where it does not.
        conclusions: the main points, in sentences whose numbers are computed.
        inspections: one row an inspection or review, by day of publication: `inspection_id`, `programme`, `published`,
            `grade` (overall), `read` (whether its report was read for findings), `url`.
        grades: one row a graded judgement: `domain`, `inspection_id`, `programme`, `published`, `grade`, `comparable`,
            `page`.
        standing: one row a cohort and domain, as at `on`: the area, its statistical neighbours, its region, England;
            with how many areas are good or better of how many judged, and the area's own grade and its day; without the
            domains that are no longer judged.
        on: the day as at which `standing` counts.
        aftermath: what `weaknesses.aftermath` returns for findings on exploitation in the area.
        findings: one row a finding of the area, with its report's `programme`, `published` and `url`, and
            `on_exploitation`; by day of publication, passage.
        rates: the area's own rows of `assessments.factor_rates`, and England's.
        figures: the charts of the area.
        sources: one row a source that the page rests on: `publisher`, `title`, `url`, `licence`.
    """

    area: dict[str, Any]
    basis: str | None
    conclusions: Sequence[str]
    inspections: pl.DataFrame
    grades: pl.DataFrame
    standing: pl.DataFrame
    on: date
    aftermath: pl.DataFrame
    findings: pl.DataFrame
    rates: pl.DataFrame
    figures: Sequence[Figure]
    sources: pl.DataFrame

    @property
    def reports_read(self) -> int:
        """How many reports on the area were read for findings."""
        return int(self.inspections["read"].sum())


def find_area(tables: Tables, wanted: str) -> str:
    """The code of the area that a name, a slug, a GSS code or a three-digit code stands for.

    Args:
        tables: the curated tables.
        wanted: `Rotherham`, `rotherham`, `E08000018` or `372`.

    Raises:
        AnalysisError: there is no such area, or more than one.
    """
    areas = tables["areas"]
    finder = AreaFinder(areas, tables["area_codes"])
    by_slug = areas.filter(pl.col("slug") == wanted.strip().lower())["area_code"].to_list()
    found = by_slug[0] if by_slug else finder.by_code(wanted.upper()) or finder.by_name(wanted)
    if found is None:
        key = wanted.casefold()[:4]
        near = [name for name in areas["name"].sort() if key and key in name.casefold()]
        hint = f" Did you mean {', '.join(near)}?" if near else ""
        raise AnalysisError(
            f"There is no area {wanted!r} among the {areas.height} authorities since 2013.{hint} "
            "Give its name or its nine-character code; the table `areas` lists them."
        )
    return found


def profile(tables: Tables, area_code: str) -> Profile:
    """What this record holds on one area.

    Args:
        tables: the curated tables.
        area_code: `areas.area_code`, of any English authority since 2013.

    Raises:
        AnalysisError: there is no such area.
    """
    area = {**tables.area(area_code), "region": _region(tables, area_code)}
    basis = tables.fifty.filter(pl.col("area_code") == area_code)["basis"].to_list()
    inspections = tables.inspections_of(area_code)
    grades = _grades(tables, area_code)
    standing = _standing(tables, area_code)
    own = tables.beside(f"areas:{area_code}")
    after = weaknesses.aftermath(tables.findings, tables.reports, tables["inspections"], own, subject="exploitation")
    findings = _findings(tables, area_code)
    rates = tables.rates.filter(pl.col("area_code").is_in([area_code, ENGLAND]))
    return Profile(
        area=area,
        basis=basis[0] if basis else None,
        conclusions=_conclusions(area, inspections, grades, findings, after, rates),
        inspections=inspections,
        grades=grades,
        standing=standing,
        on=tables.on,
        aftermath=after,
        findings=findings,
        rates=rates,
        figures=for_area(tables, area_code),
        sources=_sources(tables, area_code, inspections, grades, findings),
    )


def _region(tables: Tables, area_code: str) -> str:
    code = tables.area(area_code)["region_code"]
    return str(tables["regions"].filter(pl.col("region_code") == code)["name"].item())


def _grades(tables: Tables, area_code: str) -> pl.DataFrame:
    pages = tables["judgements"].select("inspection_id", pl.col("domain").cast(pl.String), "page", "source_id")
    of_area = tables.graded.filter(pl.col("area_code") == area_code)
    return of_area.join(pages, on=["inspection_id", "domain"], how="left", validate="1:1").sort("published", "domain")


def _standing(tables: Tables, area_code: str) -> pl.DataFrame:
    latest = tables.latest
    around = tables.around(area_code)
    shares = progress.good_or_better(latest, around).filter(~pl.col("domain").is_in(NO_LONGER_JUDGED))
    own = latest.filter(pl.col("area_code") == area_code).select("domain", own_grade="grade", own_day="published")
    return shares.join(own, on="domain", how="left", validate="m:1").sort("domain", "cohort_order")


def _findings(tables: Tables, area_code: str) -> pl.DataFrame:
    inspections = tables["inspections"].filter(pl.col("area_code") == area_code)
    of_area = inspections.select("inspection_id", pl.col("programme").cast(pl.String), "published")
    return tables.told.join(of_area, on="inspection_id", how="inner", validate="m:1").sort(
        "published", "inspection_id", "passage", "finding_id", nulls_last=True
    )


def _sources(tables: Tables, area_code: str, *citing: pl.DataFrame) -> pl.DataFrame:
    official = pl.concat(
        tables[name].filter(pl.col("area_code") == area_code)["source_id"]
        for name in ("assessments", "children", "neighbours", "areas")
    )
    cited = pl.concat([*(rows["source_id"] for rows in citing), official]).unique()
    return (
        tables["sources"]
        .filter(pl.col("source_id").is_in(cited.implode()))
        .sort("publisher", "title")
        .select("publisher", "title", "url", "licence")
    )


def _conclusions(
    area: dict[str, Any],
    inspections: pl.DataFrame,
    grades: pl.DataFrame,
    findings: pl.DataFrame,
    after: pl.DataFrame,
    rates: pl.DataFrame,
) -> list[str]:
    said = [_grades_in_words(area["name"], grades)]
    read = int(inspections["read"].sum())
    if not read:
        said.append(NEVER_READ)
    else:
        of_reports = inspections.filter(pl.col("read")).select("inspection_id")
        said.append(_counts_in_words(inspections, findings.join(of_reports, on="inspection_id", how="semi")))
        said += _aftermath_in_words(after)
    said += _reviews_in_words(inspections, findings)
    said += _rates_in_words(rates)
    return said


def _grades_in_words(name: str, grades: pl.DataFrame) -> str:
    overall = grades.filter(pl.col("domain") == str(codes.Domain.OVERALL))
    if overall.is_empty():
        return f"{name} has no overall grade on record."
    steps = [
        f"{codes.GRADE_LABELS[row['grade']].lower()} ({caption.day(row['published'])})"
        for row in overall.iter_rows(named=True)
    ]
    return f"Overall, inspectors judged children’s services in {name} {', then '.join(steps)}."


def _counts_in_words(inspections: pl.DataFrame, findings: pl.DataFrame) -> str:
    on_exploitation = findings.filter(pl.col("on_exploitation"))
    counts = dict(on_exploitation.group_by(pl.col("polarity").cast(pl.String)).len().iter_rows())
    weak, strong, better = (counts.get(polarity, 0) for polarity in codes.POLARITY_LABELS)
    read = int(inspections["read"].sum())
    known = caption.counted(inspections.height, "inspection or review", "inspections and reviews")
    return (
        f"{caption.counted(read, 'report')} of {known} {'was' if read == 1 else 'were'} read. On exploitation "
        f"{'it reports' if read == 1 else 'they report'} {caption.counted(weak, 'weakness', 'weaknesses')}, "
        f"{caption.counted(strong, 'strength')} and {caption.counted(better, 'point')} of progress."
    )


def _reviews_in_words(inspections: pl.DataFrame, findings: pl.DataFrame) -> list[str]:
    said = []
    for review in inspections.filter(pl.col("programme") == codes.Programme.CQC_CLAS).iter_rows(named=True):
        known = findings.filter(pl.col("inspection_id") == review["inspection_id"]).height
        when = f", in a review published on {caption.day(review['published'])}" if review["published"] else ""
        found = caption.counted(known, "finding is", "findings are") if known else "no finding is"
        said.append(
            f"CQC reviewed health services for looked after children and safeguarding{when}. The report could not be "
            f"read; {found} known from public pages, and counted by themselves."
        )
    return said


def _aftermath_in_words(after: pl.DataFrame) -> list[str]:
    if after.is_empty():
        return []
    counts = dict(after.group_by("aftermath").len().iter_rows())
    told = [f"{counts[code]} {words}" for code, words in AFTERMATH_WORDS.items() if code in counts]
    return [
        f"Inspectors reported a weakness on exploitation on {caption.counted(after.height, 'theme')}: "
        f"{caption.listed(told)}. Silence is not resolution."
    ]


def _rates_in_words(rates: pl.DataFrame) -> list[str]:
    own = rates.filter((pl.col("area_code") != ENGLAND) & (pl.col("factor") == str(codes.Factor.CSE)))
    known = own.filter(pl.col("rate").is_not_null()).sort("year")
    if known.is_empty():
        return ["How often assessments recorded sexual exploitation is not known for this area."]
    last = known.row(-1, named=True)
    national = rates.filter(
        (pl.col("area_code") == ENGLAND)
        & (pl.col("factor") == str(codes.Factor.CSE))
        & (pl.col("year") == last["year"])
    )["rate"].item()
    return [
        f"In the year to 31 March {last['year']}, {caption.counted(last['count'], 'assessment')} recorded sexual "
        f"exploitation: {last['rate']:.1f} per 10,000 children (95% interval {last['rate_low']:.1f} to "
        f"{last['rate_high']:.1f}; England {national:.1f}). A high figure may mean more harm, or a service that looks "
        "harder."
    ]
