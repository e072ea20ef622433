"""The published charts: which transform gives which chart its frame, and whom each chart credits."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from analysis import assessments, charts, cohorts, progress
from analysis.charts import caption
from analysis.charts.caption import Credit
from analysis.charts.figure import Figure
from analysis.errors import AnalysisError
from analysis.schema import codes

if TYPE_CHECKING:
    import duckdb

ENGLAND = "E92000001"
ROTHERHAM = "E08000018"
FIRST_YEAR = 2014
"""The first 31 March after single inspections began."""
PROGRESS_DOMAINS = (str(codes.Domain.OVERALL), str(codes.Domain.HELP_PROTECTION))
OPEN_GOVERNMENT = "Open Government Licence v3.0"


def catalogue(con: duckdb.DuckDBPyConnection) -> list[Figure]:
    """Every chart that is published, in the order in which to read them.

    Args:
        con: what `analysis.open()` returns.

    Returns:
        The figures of the fifty, of progress, of exploitation in England, and of Rotherham.
    """
    return [*of_the_fifty(con), *of_progress(con), exploitation_in_england(con), *for_area(con, ROTHERHAM)]


def of_the_fifty(con: duckdb.DuckDBPyConnection) -> list[Figure]:
    """The fifty on the tile map, by basis and by latest overall judgement, and their inspection history."""
    tables = _Tables(con)
    fifty = tables.beside("fifty")
    on = last_reporting_day(tables["inspections"])
    overall = str(codes.Domain.OVERALL)
    latest = progress.as_at(tables.graded, tables["areas"], on, domains=[overall])
    tiles = progress.tile_map(tables["areas"], fifty, latest, on, overall)
    history = progress.inspection_history(fifty, tables["inspections"], tables.graded)
    credit, statement = tables.inspections_credit(), tables.statement
    return [
        charts.fifty_by_basis(tiles, fifty, statement=statement, credit=credit),
        charts.fifty_by_judgement(tiles, fifty, statement=statement, credit=credit),
        charts.inspection_history(history, statement=statement, credit=tables.inspections_credit(ungraded=True)),
    ]


def of_progress(con: duckdb.DuckDBPyConnection) -> list[Figure]:
    """Grades over time, moves from first to latest judgement, and time to recovery: the fifty beside England."""
    tables = _Tables(con)
    on = last_reporting_day(tables["inspections"])
    days = [date(year, 3, 31) for year in range(FIRST_YEAR, on.year + 1)]
    both = tables.beside("fifty", "england")
    credit, statement = tables.inspections_credit(), tables.statement
    over_time, recovered = [], []
    for domain in PROGRESS_DOMAINS:
        yearly = progress.as_at(tables.graded, tables["areas"], days, domains=[domain])
        over_time.append(
            charts.grades_over_time(progress.grade_shares(yearly, both), statement=statement, credit=credit)
        )
        spells = progress.recovery_spells(tables.graded, tables["areas"], on, domains=[domain])
        recovered.append(
            charts.time_to_recovery(
                progress.recovery(spells, both),
                progress.recovery_times(spells, both),
                statement=statement,
                credit=credit,
            )
        )
    moves = charts.first_to_latest(
        progress.transitions(tables.graded, tables.beside("fifty")), statement=statement, credit=credit
    )
    return [*over_time, moves, *recovered]


def exploitation_in_england(con: duckdb.DuckDBPyConnection) -> Figure:
    """Child sexual and criminal exploitation in assessments, England."""
    tables = _Tables(con)
    return charts.exploitation_in_england(
        tables.rates(ENGLAND),
        assessments.missing_authorities(tables["assessments"], tables["areas"]),
        credit=tables.credit("assessments"),
    )


def for_area(con: duckdb.DuckDBPyConnection, area_code: str) -> list[Figure]:
    """The charts of any one area: its timeline, and exploitation in assessments beside its statistical neighbours.

    Args:
        con: what `analysis.open()` returns.
        area_code: `areas.area_code`.

    Raises:
        AnalysisError: there is no such area.
    """
    tables = _Tables(con)
    named = tables["areas"].filter(pl.col("area_code") == area_code)
    if named.is_empty():
        raise AnalysisError(f"there is no area with the code {area_code}; the codes are in the table `areas`")
    area = named.row(0, named=True)
    timeline = progress.timeline(area_code, tables["inspections"], tables.graded, tables["events"])
    return [
        charts.area_timeline(
            timeline,
            area_name=area["name"],
            slug=area["slug"],
            credit=tables.inspections_credit(ungraded=True, events=True),
        ),
        charts.exploitation_in_area(
            tables.rates(area_code),
            slug=area["slug"],
            credit=tables.credit("assessments", "children", "neighbours"),
        ),
    ]


def last_reporting_day(inspections: pl.DataFrame) -> date:
    """The last 31 March that the graded inspections reach: the day as at which Ofsted counts.

    Args:
        inspections: the `inspections` table.
    """
    latest = inspections.filter(pl.col("programme").is_in(codes.GRADED_PROGRAMMES))["published"].max()
    if not isinstance(latest, date):
        raise AnalysisError("no graded inspection has a day of publication; fill the table `inspections`")
    return date(latest.year if latest >= date(latest.year, 3, 31) else latest.year - 1, 3, 31)


class _Tables:
    """The curated tables as polars frames, each read once, and what several charts need of them."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con = con
        self._read: dict[str, pl.DataFrame] = {}
        self.graded = progress.graded(self["inspections"], self["judgements"], self["domains"])
        self.statement = cohorts.statement(cohorts.fifty(self["areas"], self["cqc_reviews"], self["inspections"]))

    def __getitem__(self, table: str) -> pl.DataFrame:
        if table not in self._read:
            self._read[table] = self._con.table(table).pl()
        return self._read[table]

    def beside(self, *names: str) -> pl.DataFrame:
        wanted = ("areas", "regions", "neighbours", "cqc_reviews", "inspections")
        return cohorts.beside(list(names), **{table: self[table] for table in wanted})

    def rates(self, area_code: str) -> pl.DataFrame:
        rates = assessments.factor_rates(self["assessments"], self["children"], self["areas"])
        return assessments.area_with_neighbours(
            rates, area_code, areas=self["areas"], regions=self["regions"], neighbours=self["neighbours"]
        )

    def credit(self, *tables: str) -> Credit:
        """Name every source of some tables."""
        return Credit(self._named(*(self[table] for table in tables)), caption.OGL)

    def inspections_credit(self, *, ungraded: bool = False, events: bool = False) -> Credit:
        """Name the sources of inspections; count the many public pages that verify reviews and events.

        Args:
            ungraded: with the sources of inspections that give no grade.
            events: with the sources of events.
        """
        rows = [self["judgements"]]
        if ungraded:
            rows.append(self["inspections"].filter(pl.col("programme") != codes.Programme.CQC_CLAS))
        parts = [self._named(*rows)]
        parts.append(f"{self['cqc_reviews']['source_id'].n_unique()} public pages that verify CQC’s reviews")
        if events:
            parts.append(f"{self['events']['source_id'].n_unique()} published sources on events")
        return Credit("; ".join(parts), caption.OGL_AND_CQC)

    def _named(self, *citing: pl.DataFrame) -> str:
        cited = pl.concat([rows["source_id"] for rows in citing]).unique()
        rows = self["sources"].filter(pl.col("source_id").is_in(cited.implode())).sort("publisher", "title")
        others = rows.filter(pl.col("licence") != OPEN_GOVERNMENT)
        if not others.is_empty():
            raise AnalysisError(
                f"sources {', '.join(others['source_id'])} are not under the {OPEN_GOVERNMENT}; "
                "credit them in analysis.charts.catalogue"
            )
        return "; ".join(f"{row['publisher']}, {row['title']}" for row in rows.iter_rows(named=True))
