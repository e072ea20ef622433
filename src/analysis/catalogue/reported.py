"""Charts of what was reported in the fifty: by theme, by kind of report, by area, and finding by finding."""

from __future__ import annotations

import polars as pl

from analysis import charts, weaknesses
from analysis.catalogue.tables import Tables
from analysis.charts import marks
from analysis.charts.figure import Figure
from analysis.schema import codes

GROUPS: dict[str, list[str]] = {
    "family": list(codes.FAMILY_LABELS),
    "grade": [*marks.GRADES, marks.NOT_GRADED],
}
"""The order of values that do not sort by themselves."""


def of_prevalence(tables: Tables) -> list[Figure]:
    """Listed weaknesses by theme, exploitation by theme, and weaknesses on exploitation by kind of report."""
    of = (tables.findings, tables.reports, tables.beside("fifty"))
    on_exploitation = weaknesses.behind(*of, subject="exploitation")
    statement, credit, labels = tables.statement, tables.findings_credit(), tables.theme_labels
    return [
        charts.weaknesses_by_theme(
            weaknesses.prevalence(*of, subject="listed", by=["family"]),
            weaknesses.behind(*of, subject="listed", polarity=["weakness"]),
            labels,
            statement=statement,
            credit=credit,
        ),
        charts.exploitation_by_theme(
            weaknesses.prevalence(*of, subject="exploitation"),
            weaknesses.prevalence(*of, subject="exploitation", polarity=["strength"]),
            on_exploitation,
            labels,
            statement=statement,
            credit=credit,
        ),
        charts.exploitation_by_group(by_group(tables), on_exploitation, statement=statement, credit=credit),
    ]


def by_group(tables: Tables) -> pl.DataFrame:
    """Reports with a weakness on exploitation, by each group one under another: one row a `group` and `value`.

    Agencies are counted among joint letters alone, the only reports that look at all of them.
    """
    fifty = tables.beside("fifty")
    of = (tables.findings, tables.reports, fifty)
    stacked = []
    for group in ("family", "period", "region", "grade"):
        rows = weaknesses.prevalence(*of, subject="exploitation", of=None, by=[group])
        order = {value: place for place, value in enumerate(GROUPS.get(group, sorted(rows[group])), start=1)}
        place = pl.col(group).replace_strict(order, return_dtype=pl.Int64)
        stacked.append(rows.with_columns(value_order=place).rename({group: "value"}).with_columns(group=pl.lit(group)))
    letters = tables.reports.filter(pl.col("family") == "jtai")
    of_letters = tables.findings.join(letters, on="inspection_id", how="semi")
    agencies = weaknesses.prevalence(of_letters, letters, fifty, subject="exploitation", of="agency")
    stacked.append(
        agencies.rename({"agency": "value", "agency_order": "value_order"}).with_columns(group=pl.lit("agency"))
    )
    first = ["group", "value", "value_order"]
    return pl.concat([rows.select(*first, pl.exclude(first)) for rows in stacked])


SHEETS = {
    "exploitation_sheet_single_inspections": (
        "single inspections, 2014 to 2018",
        (codes.Programme.SIF, codes.Programme.SIF_REINSPECTION),
    ),
    "exploitation_sheet_since": (
        "ILACS and joint letters, since 2016",
        (codes.Programme.ILACS_STANDARD, codes.Programme.ILACS_SHORT, codes.Programme.JTAI),
    ),
}
"""The sheets: which inspections count in words, and their programmes."""


def sheets(tables: Tables) -> list[Figure]:
    """What inspectors reported on exploitation in the fifty: one sheet for single inspections, one for those since."""
    fifty = tables.beside("fifty")
    made = []
    for name, (looked, programmes) in SHEETS.items():
        wanted = [str(programme) for programme in programmes]
        reports = tables.reports.filter(pl.col("programme").is_in(wanted))
        findings = tables.findings.filter(pl.col("programme").is_in(wanted))
        states = weaknesses.states(
            findings, reports, tables["inspections"], fifty, subject="exploitation", programmes=wanted
        )
        behind = weaknesses.behind(findings, reports, fifty, subject="exploitation")
        made.append(
            charts.areas_by_themes(
                states,
                behind,
                tables.theme_labels,
                name=name,
                looked=looked,
                fuller=_with_joint_inspection(reports),
                statement=tables.statement,
                credit=tables.findings_credit(),
            )
        )
    return made


def _with_joint_inspection(reports: pl.DataFrame) -> list[str]:
    """The areas with a joint inspection on exploitation among some reports."""
    on_exploitation = [str(theme) for theme in codes.JTAI_ON_EXPLOITATION]
    return reports.filter(pl.col("letter_theme").is_in(on_exploitation))["area_code"].unique().sort().to_list()


def explorer_of_findings(tables: Tables) -> Figure:
    """Every finding on exploitation in the reports of the fifty that were read whole."""
    coded = weaknesses.behind(tables.findings, tables.reports, tables.beside("fifty"), subject="exploitation")
    told = tables.told.select("finding_id", "summary", "page", "url")
    findings = coded.join(told, on="finding_id", how="left", validate="1:1")
    return charts.exploitation_findings(
        findings, tables.theme_labels, statement=tables.statement, credit=tables.findings_credit()
    )
