"""Take a tidy frame of any kind and hold it against what a chart needs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import narwhals as nw
import polars as pl

from analysis.charts import caption
from analysis.errors import AnalysisError


class ChartDataError(AnalysisError):
    """A frame that a chart cannot draw."""


MOST_MARKS = 5_000
"""Rows that a chart draws, each as a mark of its own: as many as Altair embeds, and more than a page can tell apart."""
MOST_BEHIND = 200_000
"""Rows that stand behind a chart's marks: they are counted and listed, not drawn."""
LONGEST_TEXT = 5_000
"""Characters of a cell. To measure and set a text takes time by its length: this one, a third of a second."""


def tidy(frame: Any, chart: str, *columns: str, made_by: str) -> pl.DataFrame:
    """Give the frame as polars, its categories as text, after checking that a chart can draw it.

    A frame that is too large is refused before it is read: of a lazy one, no more than `MOST_MARKS` rows and one are
    asked for.

    Args:
        frame: pandas, polars (eager or lazy) or a DuckDB relation; one row a mark.
        chart: the chart's name, for the message.
        columns: columns that must be there.
        made_by: the transform that aggregates, for the message.

    Returns:
        The same rows in the same order, with every column.

    Raises:
        ChartDataError: a column is missing, there is no row, more than `MOST_MARKS` rows, or a text longer than
            `LONGEST_TEXT`.
    """
    remedy = f"aggregate them first, as `{made_by}` does, or choose fewer areas or years"
    return _given(frame, chart, columns, MOST_MARKS, f"draws each row as a mark and at most {MOST_MARKS:,}; {remedy}")


def behind(frame: Any, chart: str, *columns: str) -> pl.DataFrame:
    """Give what stands behind a chart's marks, one row a mark and thing counted: `tidy` with room for more rows.

    Raises:
        ChartDataError: a column is missing, there is no row, more than `MOST_BEHIND` rows, or a text longer than
            `LONGEST_TEXT`.
    """
    remedy = "give only what the chart counts, as `weaknesses.behind` does, or choose fewer areas or years"
    return _given(frame, chart, columns, MOST_BEHIND, f"lists at most {MOST_BEHIND:,} behind its marks; {remedy}")


def _given(frame: Any, chart: str, columns: Sequence[str], most: int, limit: str) -> pl.DataFrame:
    native = nw.from_native(frame)
    named = native.collect_schema().names()
    missing = [column for column in columns if column not in named]
    if missing:
        raise ChartDataError(
            f"chart {chart}: looked for column {', '.join(missing)} and found {', '.join(named)}; "
            "give the frame that the chart's docstring names"
        )
    if isinstance(native, nw.LazyFrame):
        native = native.head(most + 1).collect(backend="polars")
        number = f"more than {most:,}"
    else:
        number = f"{len(native):,}"
    if len(native) > most:
        raise ChartDataError(f"chart {chart}: the frame has {number} rows, and the chart {limit}")
    rows = pl.DataFrame(native.to_polars())
    if rows.is_empty():
        raise ChartDataError(f"chart {chart}: the frame has no rows; choose a cohort or an area that has some")
    as_text = [name for name, kind in rows.schema.items() if isinstance(kind, pl.Enum | pl.Categorical)]
    dates = [name for name, kind in rows.schema.items() if isinstance(kind, pl.Datetime)]
    told = rows.with_columns(pl.col(as_text).cast(pl.String), pl.col(dates).dt.date())
    _require_short(told, chart)
    return told


def _require_short(rows: pl.DataFrame, chart: str) -> None:
    lengths = rows.select(pl.col(pl.String).str.len_chars())
    for column, longest in zip(lengths.columns, lengths.max().row(0) if lengths.width else (), strict=True):
        if longest is not None and longest > LONGEST_TEXT:
            row = int(lengths[column].arg_max() or 0) + 1
            raise ChartDataError(
                f"chart {chart}: column {column} holds a text of {longest:,} characters in row {row:,}, and a chart "
                f"takes at most {LONGEST_TEXT:,} a cell; shorten it"
            )


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
