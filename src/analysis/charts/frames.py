"""Take a tidy frame of any kind and hold it against what a chart needs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import narwhals as nw
import polars as pl

from analysis.charts import caption
from analysis.errors import AnalysisError


class ChartDataError(AnalysisError):
    """A frame that a chart cannot draw."""


def tidy(frame: Any, chart: str, *columns: str) -> pl.DataFrame:
    """Give the frame as polars, its categories as text, after checking that it has the columns and some rows.

    Args:
        frame: pandas, polars (eager or lazy) or a DuckDB relation; any grain.
        chart: the chart's name, for the message.
        columns: columns that must be there.

    Returns:
        The same rows in the same order, with every column.

    Raises:
        ChartDataError: a column is missing, or there is no row.
    """
    native = nw.from_native(frame)
    collected = native.collect(backend="polars") if isinstance(native, nw.LazyFrame) else native
    rows = pl.DataFrame(collected.to_polars())
    missing = [column for column in columns if column not in rows.columns]
    if missing:
        raise ChartDataError(
            f"chart {chart}: looked for column {', '.join(missing)} and found {', '.join(rows.columns)}; "
            "give the frame that the chart's docstring names"
        )
    if rows.is_empty():
        raise ChartDataError(f"chart {chart}: the frame has no rows; choose a cohort or an area that has some")
    as_text = [name for name, kind in rows.schema.items() if isinstance(kind, pl.Enum | pl.Categorical)]
    dates = [name for name, kind in rows.schema.items() if isinstance(kind, pl.Datetime)]
    return rows.with_columns(pl.col(as_text).cast(pl.String), pl.col(dates).dt.date())


def known(rows: pl.DataFrame, chart: str, column: str, codes: Iterable[str]) -> None:
    """Refuse a code that the chart has no mark for.

    Raises:
        ChartDataError: the column holds another code.
    """
    others = sorted({str(value) for value in rows[column].drop_nulls().unique()} - {str(code) for code in codes})
    if others:
        raise ChartDataError(f"chart {chart}: column {column} holds {', '.join(others)}, for which there is no mark")


def only(rows: pl.DataFrame, chart: str, column: str) -> str:
    """Give the one value that a column holds.

    Raises:
        ChartDataError: it holds several.
    """
    values = rows[column].unique().sort().to_list()
    if len(values) != 1:
        raise ChartDataError(f"chart {chart}: column {column} holds {', '.join(values)}, and one is wanted")
    return str(values[0])


def marks(rows: pl.DataFrame) -> pl.DataFrame:
    """Give the rows as Altair draws them: days as ISO text, so that no time zone can move a mark.

    A mark's place on a time axis turns its day into a number, so each day is there in words as well (`<name>_words`).
    """
    days = [name for name, kind in rows.schema.items() if kind == pl.Date]
    words = (pl.col(name).map_elements(caption.day, pl.String).alias(f"{name}_words") for name in days)
    return rows.with_columns(*words, pl.col(days).dt.to_string("%Y-%m-%d"))
