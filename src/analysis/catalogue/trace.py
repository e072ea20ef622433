"""From a mark of a chart to the rows of data/raw that stand behind it, with report and page."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from analysis.charts.figure import Figure
from analysis.errors import AnalysisError
from analysis.schema import csvfile
from analysis.schema.tables import TABLES

ASSESSMENT = ["area_code", "year", "factor"]


def trace(figure: Figure, raw: Path, marks: Mapping[str, str]) -> pl.DataFrame:
    """The rows of `data/raw` behind a chart, or behind some of its marks.

    Args:
        figure: the chart.
        raw: the folder of the curated tables.
        marks: columns of the chart's data with the values wanted, as text; none takes every mark.

    Returns:
        One row a mark and row behind it: the columns that tell the marks apart, `table`, `line` (in the CSV, whose
        header is line 1), `key`, and what the row says of its origin: `page`, `url`, `summary`, as far as the table has
        them.

    Raises:
        AnalysisError: a column or a value that the chart does not have, or a chart without rows behind it.
        FaultsError: a table cannot be read in full.
    """
    chosen = _chosen(figure, marks)
    if figure.behind is not None:
        behind = figure.behind.join(chosen, on=figure.mark_columns, how="semi", nulls_equal=True)
    else:
        behind = chosen
    if "finding_id" in behind.columns:
        rows = _findings(raw)
        keys = ["finding_id"]
    elif "inspection_id" in behind.columns:
        rows = _inspections(raw)
        keys = ["inspection_id"]
    elif set(ASSESSMENT) <= set(behind.columns):
        rows = _read(raw, "assessments").select(
            *ASSESSMENT, "table", "line", key=pl.concat_str(*ASSESSMENT, separator=" "), source_id="source_id"
        )
        keys = ASSESSMENT
    else:
        raise AnalysisError(f"The chart {figure.name} has nothing behind its marks to be traced.")
    marked = [name for name in figure.mark_columns if name not in keys] or [
        name for name in marks if name in behind.columns and name not in keys
    ]
    known = behind.filter(pl.all_horizontal(pl.col(keys).is_not_null())).select(*marked, *keys).unique()
    found = known.join(rows, on=keys, how="left", validate="m:1").sort(*marked, "table", "line", nulls_last=True)
    lost = found.filter(pl.col("line").is_null())
    if not lost.is_empty():
        raise AnalysisError(f"{lost.height} rows behind {figure.name} are not in data/raw: build again.")
    first = [*marked, "table", "line", "key"]
    return found.select(*first, *(name for name in rows.columns if name not in first and name not in keys))


def _chosen(figure: Figure, marks: Mapping[str, str]) -> pl.DataFrame:
    rows = figure.data
    for column, value in marks.items():
        if column not in rows.columns:
            raise AnalysisError(f"The chart {figure.name} has no column {column!r}; it has {', '.join(rows.columns)}.")
        values = rows[column].cast(pl.String)
        if not (values == value).any():
            known = ", ".join(values.drop_nulls().unique().sort().head(30))
            raise AnalysisError(f"No mark of {figure.name} has {column} {value!r}. There are {known}.")
        rows = rows.filter(values == value)
    if rows.is_empty():
        raise AnalysisError(f"No mark of {figure.name} has all of {', '.join(f'{k}={v}' for k, v in marks.items())}.")
    return rows


def _read(raw: Path, table: str) -> pl.DataFrame:
    rows = csvfile.parse(raw / f"{table}.csv", TABLES[table])
    codes = [name for name, kind in rows.schema.items() if isinstance(kind, pl.Enum)]
    return rows.with_columns(pl.col(codes).cast(pl.String), table=pl.lit(f"data/raw/{table}.csv"))


def _findings(raw: Path) -> pl.DataFrame:
    inspections = _read(raw, "inspections").select("inspection_id", report_url="url")
    return (
        _read(raw, "findings")
        .join(inspections, on="inspection_id", how="left", validate="m:1")
        .select(
            "finding_id",
            "table",
            "line",
            "inspection_id",
            "page",
            "polarity",
            "theme",
            "summary",
            key="finding_id",
            url=pl.coalesce("url", "report_url"),
        )
    )


def _inspections(raw: Path) -> pl.DataFrame:
    return _read(raw, "inspections").select(
        "inspection_id", "table", "line", "programme", "published", "report_id", "url", key="inspection_id"
    )
