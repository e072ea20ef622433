"""Charts of exploitation in assessments, in England and in any one area, and an area's timeline."""

from __future__ import annotations

from analysis import assessments, charts, progress
from analysis.catalogue.tables import ENGLAND, Tables
from analysis.charts import caption
from analysis.charts.caption import Credit
from analysis.charts.figure import Figure


def exploitation_in_england(tables: Tables) -> Figure:
    """Child sexual and criminal exploitation in assessments, England."""
    return charts.exploitation_in_england(
        tables.rates_around(ENGLAND),
        assessments.missing_authorities(tables["assessments"], tables["areas"]),
        credit=tables.credit("assessments"),
    )


def for_area(tables: Tables, area_code: str) -> list[Figure]:
    """The charts of any one area: its timeline, and exploitation in assessments beside its statistical neighbours.

    Args:
        tables: the curated tables.
        area_code: `areas.area_code`.

    Raises:
        AnalysisError: there is no such area.
    """
    area = tables.area(area_code)
    timeline = progress.timeline(area_code, tables["inspections"], tables.graded, tables["events"])
    found = area_findings(tables, area_code)
    return [
        charts.area_timeline(
            timeline,
            area_name=area["name"],
            slug=area["slug"],
            credit=tables.inspections_credit(ungraded=True, events=True),
        ),
        charts.exploitation_in_area(
            tables.rates_around(area_code),
            slug=area["slug"],
            credit=tables.credit("assessments", "children", "neighbours"),
        ),
        *([found] if found is not None else []),
    ]


def area_findings(tables: Tables, area_code: str) -> Figure | None:
    """What each inspection of an area reported, by theme; nothing where no finding is on record.

    Args:
        tables: the curated tables.
        area_code: `areas.area_code`.

    Raises:
        AnalysisError: there is no such area.
    """
    area = tables.area(area_code)
    inspections = tables.inspections_of(area_code)
    findings = tables.told.join(inspections, on="inspection_id", how="semi")
    if findings.is_empty():
        return None
    elsewhere = findings.join(tables.reports, on="inspection_id", how="anti")
    none_read = elsewhere.height == findings.height
    credit = tables.credit("judgements") if none_read else tables.findings_credit("judgements")
    if not elsewhere.is_empty():
        pages = f"{caption.counted(elsewhere['source_id'].n_unique(), 'public page')} on CQC’s review"
        coded = ", read against this project’s codebook with the help of a machine" if none_read else ""
        credit = Credit(f"{credit.source}; {pages}{coded}", caption.OGL_AND_CQC)
    return charts.findings_of_area(
        findings,
        inspections,
        tables.theme_labels,
        area_name=area["name"],
        slug=area["slug"],
        credit=credit,
    )
