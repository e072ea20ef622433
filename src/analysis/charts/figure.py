"""A chart with all that has to travel with it: words, source, licence, alt text and the rows behind the marks."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import altair as alt
import polars as pl

from analysis.charts import caption, theme

INDEPENDENT: dict[str, Any] = dict.fromkeys(("color", "fill", "shape", "strokeDash"), "independent")
"""Each panel keeps its own legend, so that none is drawn above the headline."""

ID_COLUMNS = ("finding_id", "inspection_id")
"""The keys of `data/raw` by which a mark is traced to its rows."""

NAME_PATTERN = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*")


@dataclass(frozen=True, eq=False)
class Figure:
    """One published chart.

    Args:
        name: the file name of what is published, without its ending.
        chart: the marks alone; headline and caption are put around them by `picture`.
        headline: what the chart shows, in at most ten words.
        subtitle: what is counted, where and when, with the denominators.
        source: who published the figures, and when.
        licence: the terms under which they are used.
        alt_text: the same message in sentences, its numbers computed from `data`.
        data: the rows behind the marks.
        reading: how to read the marks.
        notes: what a fair reading needs: breaks, gaps and limits.
        width: how wide the picture is in pixels, for wrapping its words.
        behind: where rows of `data` are counts, what was counted: the columns of `data` that tell its rows apart, and
            one of `ID_COLUMNS`; one row a mark and thing counted.
    """

    name: str
    chart: Any
    headline: str
    subtitle: str
    source: str
    licence: str
    alt_text: str
    data: pl.DataFrame
    notes: tuple[str, ...] = ()
    reading: str = ""
    width: int = theme.WIDTH
    behind: pl.DataFrame | None = None

    def __post_init__(self) -> None:
        """Refuse a figure that could not be published.

        Raises:
            ValueError: the name is no file name, the headline is too long, words are missing, or what stands behind the
                marks belongs to no mark.
        """
        if not NAME_PATTERN.fullmatch(self.name):
            raise ValueError(f"{self.name!r} is no name for a figure: small letters, digits and _ only")
        words = len(self.headline.split())
        if words > caption.HEADLINE_WORDS:
            raise ValueError(
                f"{self.name}: the headline has {words} words; at most {caption.HEADLINE_WORDS} are wanted"
            )
        for field in ("headline", "subtitle", "source", "licence", "alt_text"):
            if not getattr(self, field).strip():
                raise ValueError(f"{self.name}: the {field} is empty")
        if self.behind is not None:
            stray = self.behind.join(self.data, on=self.mark_columns, how="anti", nulls_equal=True)
            if not stray.is_empty():
                raise ValueError(f"{self.name}: {stray.row(0, named=True)} stands behind no row of the data")

    @property
    def id_column(self) -> str | None:
        """The key of `data/raw` that stands behind the marks, if any does."""
        columns = self.data.columns if self.behind is None else self.behind.columns
        return next((column for column in ID_COLUMNS if column in columns), None)

    @property
    def mark_columns(self) -> list[str]:
        """The columns of `behind` that tell the marks apart."""
        return [] if self.behind is None else [name for name in self.behind.columns if name not in ID_COLUMNS]

    def traced(self) -> pl.DataFrame:
        """The rows behind the marks, each with the identifiers of what was counted, `;`-separated.

        Returns:
            `data`, with a column `finding_ids` or `inspection_ids` where there is something behind; of the same height.
        """
        if self.behind is None or self.id_column is None:
            return self.data
        named = f"{self.id_column}s"
        ids = self.behind.group_by(self.mark_columns).agg(
            pl.col(self.id_column).unique().sort().str.join(";").alias(named)
        )
        return self.data.join(
            ids, on=self.mark_columns, how="left", nulls_equal=True, maintain_order="left", validate="m:1"
        )

    @property
    def caption(self) -> tuple[str, ...]:
        """Notes, source and licence, as printed under the marks."""
        return (*self.notes, f"Source: {self.source}", f"Licence: {self.licence}")

    def specification(self, *, framed: bool = True) -> dict[str, Any]:
        """Give the Vega-Lite specification in the project's look, whatever theme is enabled.

        Args:
            framed: with headline and caption; without, the marks alone, for a page that has the words itself.
        """
        marks: dict[str, Any] = json.loads(_written(self))
        return self._framed(marks) if framed else marks

    def _framed(self, marks: dict[str, Any]) -> dict[str, Any]:
        """Put headline, subtitle and caption around the marks.

        Altair's own concatenation would copy every part of the chart once a level, which takes longer than drawing it.
        """
        top: dict[str, Any] = {
            key: marks.pop(key) for key in ("$schema", "config", "datasets", "params") if key in marks
        }
        headed = {
            "vconcat": [marks],
            "title": {
                "text": caption.balance(self.headline, self.width, theme.HEADLINE_SIZE, bold=True),
                "subtitle": caption.balance(self.subtitle, self.width, theme.SUBTITLE_SIZE),
            },
            "resolve": {"legend": INDEPENDENT},
        }
        lines = [line for part in self.caption for line in caption.wrap(part, self.width, theme.CAPTION_SIZE)]
        below = {
            "text": lines,
            "orient": "bottom",
            "fontSize": theme.CAPTION_SIZE,
            "fontWeight": "normal",
            "color": theme.QUIET_TEXT,
            "lineHeight": 17,
            "offset": 14,
        }
        return {**top, "vconcat": [headed], "title": below}

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        from analysis.charts import render

        return {"image/svg+xml": render.svg(self), "text/plain": self.alt_text}


@lru_cache(maxsize=2)
def _written(figure: Figure) -> str:
    """The marks as JSON, for the static picture and the page to explore are made one after the other.

    To hold a specification against the schema takes as long as to draw it, so the tests do that, for every chart.
    """
    with alt.theme.enable(theme.NAME):
        return json.dumps(figure.chart.to_dict(validate=False))
