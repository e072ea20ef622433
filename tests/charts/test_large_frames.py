"""A frame too large for a chart is refused before it is read, whatever its kind."""

from __future__ import annotations

import duckdb
import pytest

from analysis import charts
from analysis.charts import ChartDataError, frames

from . import calls, made

TOO_MANY = frames.MOST_BEHIND + 1


def test_every_chart_function_is_published(published: calls.Published) -> None:
    functions = {name for name in charts.__all__ if name[0].islower()}
    assert set(published.calls) == functions


@pytest.mark.parametrize("kind", calls.KINDS)
def test_no_chart_draws_too_many_rows(published: calls.Published, kind: str) -> None:
    """Each frame of each chart in turn."""
    number = f"more than {frames.MOST_MARKS:,}" if kind in ("polars lazy", "duckdb") else f"{TOO_MANY:,}"
    marks: list[str] = []
    behind: list[str] = []
    for call in published.calls.values():
        for name, small in call.frames.items():
            with pytest.raises(ChartDataError) as refused:
                call.with_frame(name, calls.of_size(small.columns, TOO_MANY, kind))
            said = str(refused.value)
            (behind if "behind its marks" in said else marks).append(said)
    assert marks
    assert all(f"the frame has {number} rows, and the chart draws each row as a mark" in said for said in marks)
    assert all(f"at most {frames.MOST_MARKS:,}; aggregate them first, as `" in said for said in marks)
    assert behind
    assert all(f"rows, and the chart lists at most {frames.MOST_BEHIND:,} behind its marks" in said for said in behind)


def test_a_lazy_frame_is_not_read_to_its_end() -> None:
    """Here its end cannot be read."""
    con = duckdb.connect()
    rows = con.sql(
        "SELECT CASE WHEN n > 1000000 THEN error('read too far') ELSE n END AS n FROM range(10000000) AS counted(n)"
    )
    with pytest.raises(ChartDataError, match="more than 5,000 rows"):
        frames.tidy(rows, "made", "n", made_by="a transform")
    with pytest.raises(duckdb.Error, match="read too far"):
        con.sql("SELECT max(n) FROM rows").fetchall()


@pytest.mark.parametrize("kind", calls.KINDS)
def test_as_many_rows_as_a_chart_draws_are_taken(kind: str) -> None:
    assert frames.tidy(calls.of_size(["n"], frames.MOST_MARKS, kind), "made", "n", made_by="x").height == 5_000
    assert frames.behind(calls.of_size(["n"], frames.MOST_MARKS + 1, kind), "made", "n").height == 5_001


def test_a_very_long_text_is_refused_with_its_place() -> None:
    tiles = made.tiles(area_name=["Rotherham", "Rutland", "W" * 1_000_000, "Poole"])
    with pytest.raises(ChartDataError, match=r"column area_name holds a text of 1,000,000 characters in row 3"):
        charts.fifty_by_judgement(tiles, made.cohort(), statement=made.STATEMENT, credit=made.CREDIT)
