"""Frames as Altair draws them."""

from __future__ import annotations

from datetime import date

import polars as pl

from analysis.charts import frames


def test_a_day_is_drawn_as_text_and_told_in_words() -> None:
    drawn = frames.marks(pl.DataFrame({"day": [date(2015, 7, 14), None], "n": [1, 2]}))
    assert drawn.columns == ["day", "n", "day_words"]
    assert drawn["day"].to_list() == ["2015-07-14", None]
    assert drawn["day_words"].to_list() == ["14 July 2015", None]
