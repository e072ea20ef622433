"""The curated tables as polars frames, each read once, and what several charts need of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl

from analysis import assessments, cohorts, progress, weaknesses
from analysis.charts import caption
from analysis.charts.caption import Credit
from analysis.errors import AnalysisError
from analysis.schema import codes
from analysis.schema.tables import TABLES

if TYPE_CHECKING:
    import duckdb

ENGLAND = "E92000001"
OPEN_GOVERNMENT = "Open Government Licence v3.0"


class Tables:
    """The curated tables as polars frames, each read once, and what several charts need of them.

    Args:
        given: what `analysis.open()` returns, or the frames by the tables' names.
    """

    def __init__(self, given: duckdb.DuckDBPyConnection | Mapping[str, pl.DataFrame]) -> None:
        """Read nothing yet."""
        self._given = given
        self._read: dict[str, pl.DataFrame] = {}

    def __getitem__(self, table: str) -> pl.DataFrame:
        """A table of `data/raw`."""
        if table not in self._read:
            given = self._given
            self._read[table] = given[table] if isinstance(given, Mapping) else given.table(table).pl()
        return self._read[table]

    def frames(self) -> dict[str, pl.DataFrame]:
        """Every table of `data/raw` by its name."""
        return {name: self[name] for name in TABLES}

    @cached_property
    def graded(self) -> pl.DataFrame:
        """What `progress.graded` returns."""
        return progress.graded(self["inspections"], self["judgements"], self["domains"])

    @cached_property
    def fifty(self) -> pl.DataFrame:
        """What `cohorts.fifty` returns."""
        return cohorts.fifty(self["areas"], self["cqc_reviews"], self["inspections"])

    @cached_property
    def on(self) -> date:
        """The last reporting day."""
        return last_reporting_day(self["inspections"])

    @cached_property
    def latest(self) -> pl.DataFrame:
        """What `progress.as_at` returns for the last reporting day, of every domain."""
        return progress.as_at(self.graded, self["areas"], self.on)

    @cached_property
    def statement(self) -> str:
        """What the fifty are, counted."""
        return cohorts.statement(self.fifty)

    @cached_property
    def reports(self) -> pl.DataFrame:
        """What `weaknesses.read_reports` returns."""
        return weaknesses.read_reports(
            self["coverage"], self["inspections"], self["areas"], self["regions"], self.graded
        )

    @cached_property
    def findings(self) -> pl.DataFrame:
        """What `weaknesses.reported` returns."""
        return weaknesses.reported(self["findings"], self.reports)

    @cached_property
    def rates(self) -> pl.DataFrame:
        """What `assessments.factor_rates` returns."""
        return assessments.factor_rates(self["assessments"], self["children"], self["areas"])

    @cached_property
    def theme_labels(self) -> dict[str, str]:
        """The codebook's themes in words."""
        return dict(self["themes"].select(pl.col("theme").cast(pl.String), "label").iter_rows())

    def beside(self, *names: str) -> pl.DataFrame:
        """What `cohorts.beside` returns for some names."""
        return cohorts.beside(list(names), **self._of_cohorts())

    def around(self, area_code: str) -> pl.DataFrame:
        """What `cohorts.around` returns for an area."""
        return cohorts.around(area_code, **self._of_cohorts())

    def _of_cohorts(self) -> dict[str, pl.DataFrame]:
        wanted = ("areas", "regions", "neighbours", "cqc_reviews", "inspections")
        return {table: self[table] for table in wanted}

    def rates_around(self, area_code: str) -> pl.DataFrame:
        """An area's rates beside those of its statistical neighbours, its region and England."""
        return assessments.area_with_neighbours(
            self.rates, area_code, areas=self["areas"], regions=self["regions"], neighbours=self["neighbours"]
        )

    def area(self, area_code: str) -> dict[str, str]:
        """The row of an area.

        Raises:
            AnalysisError: there is no such area.
        """
        named = self["areas"].filter(pl.col("area_code") == area_code)
        if named.is_empty():
            raise AnalysisError(f"there is no area with the code {area_code}; the codes are in the table `areas`")
        return named.row(0, named=True)

    def inspections_of(self, area_code: str) -> pl.DataFrame:
        """The inspections and reviews of an area.

        Returns:
            One row an inspection, by day of publication: the columns of `inspections`, its overall `grade` (empty where
            it gave none) and `read` (whether its report was read for findings).
        """
        overall = self.graded.filter(pl.col("domain") == str(codes.Domain.OVERALL)).select("inspection_id", "grade")
        return (
            self["inspections"]
            .filter(pl.col("area_code") == area_code)
            .join(overall, on="inspection_id", how="left", validate="1:1")
            .with_columns(
                pl.col("programme", "theme", "grade").cast(pl.String),
                read=pl.col("inspection_id").is_in(self.reports["inspection_id"].implode()),
            )
            .sort("published", "inspection_id", nulls_last=True)
        )

    @cached_property
    def told(self) -> pl.DataFrame:
        """What a reader is told of each finding.

        Returns:
            One row a finding of `findings`, with `on_exploitation` (its judgement is passed on exploitation), and in
            `url` the publisher's page where it has none of its own.
        """
        pages = self["inspections"].select("inspection_id", report_url="url")
        coded = [name for name, kind in self["findings"].schema.items() if isinstance(kind, pl.Enum)]
        on_exploitation = pl.col("exploitation_focus").is_in(list(codes.ON_EXPLOITATION)).fill_null(value=False)
        return (
            self["findings"]
            .with_columns(pl.col(coded).cast(pl.String))
            .join(pages, on="inspection_id", how="left", validate="m:1")
            .with_columns(on_exploitation=on_exploitation, url=pl.coalesce("url", "report_url"))
            .drop("report_url")
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

    def findings_credit(self, *tables: str) -> Credit:
        """Name the sources of the reports that were read, and the codebook by which; with those of other tables."""
        read = self["findings"].join(self.reports, on="inspection_id", how="semi")
        named = self._named(read, *(self[table] for table in tables))
        return Credit(f"{named}; read against this project’s codebook with the help of a machine", caption.OGL)

    def _named(self, *citing: pl.DataFrame) -> str:
        cited = pl.concat([rows["source_id"] for rows in citing]).unique()
        rows = self["sources"].filter(pl.col("source_id").is_in(cited.implode())).sort("publisher", "title")
        others = rows.filter(pl.col("licence") != OPEN_GOVERNMENT)
        if not others.is_empty():
            raise AnalysisError(
                f"sources {', '.join(others['source_id'])} are not under the {OPEN_GOVERNMENT}; "
                "credit them in analysis.catalogue.tables"
            )
        return "; ".join(f"{row['publisher']}, {row['title']}" for row in rows.iter_rows(named=True))


def last_reporting_day(inspections: pl.DataFrame) -> date:
    """The last 31 March that the graded inspections reach: the day as at which Ofsted counts.

    Args:
        inspections: the `inspections` table.
    """
    latest = inspections.filter(pl.col("programme").is_in(codes.GRADED_PROGRAMMES))["published"].max()
    if not isinstance(latest, date):
        raise AnalysisError("no graded inspection has a day of publication; fill the table `inspections`")
    return date(latest.year if latest >= date(latest.year, 3, 31) else latest.year - 1, 3, 31)
