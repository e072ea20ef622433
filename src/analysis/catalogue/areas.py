"""Charts of exploitation in assessments, in England and in any one area, and an area's timeline."""

from __future__ import annotations

from analysis import assessments, charts, progress
from analysis.catalogue.tables import ENGLAND, Tables
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
    ]
