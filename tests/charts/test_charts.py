"""The chart functions on small made frames: gaps that look like gaps, and frames that are refused."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from analysis import charts
from analysis.charts import ChartDataError, Figure, RenderError, caption, render, tiles
from analysis.charts.tiles import tile_label

from . import made

Words = Callable[[str], list[str]]


def _map(rows: Any, members: Any | None = None) -> Figure:
    people = made.cohort() if members is None else members
    return charts.fifty_by_judgement(rows, people, statement=made.STATEMENT, credit=made.CREDIT)


def _history(rows: Any) -> Figure:
    return charts.inspection_history(rows, statement=made.STATEMENT, credit=made.CREDIT)


def _area(counts: dict[int, tuple[str, float | None, float | None, float | None]], area: str = "E06000017") -> Figure:
    return charts.exploitation_in_area(made.rates(counts, area), slug="an-area", credit=made.CREDIT)


def test_unjudged_area_is_neither_a_grade_nor_outside(words: Words) -> None:
    figure = _map(made.tiles())
    text = words(render.svg(figure))
    assert "–  Not judged by then (1)" in text
    assert "Not among the reviewed areas (1)" in text
    assert text.count("–") == 1
    assert "1 area had not been judged" in figure.alt_text
    assert figure.headline == "Children’s services overall good or outstanding: 1 of 2 areas"


def test_abolished_council_is_named_where_it_has_no_tile() -> None:
    figure = _map(made.tiles(), made.cohort("Poole"))
    assert "Poole has since been abolished and so has no tile." in figure.alt_text
    assert "Poole has since been abolished and so has no tile." in figure.notes


def test_regions_are_counted_for_the_headline() -> None:
    figure = charts.fifty_by_basis(made.tiles(), made.cohort(), statement=made.STATEMENT, credit=made.CREDIT)
    assert figure.headline == "The 3 reviewed areas span 3 of 9 English regions"
    assert (
        "1 area by CQC review: Rotherham. 2 areas by Ofsted single inspection: Rutland and West Sussex"
        in figure.alt_text
    )


def test_review_of_unknown_day_stands_aside_and_silent_area_says_so(words: Words) -> None:
    figure = _history(made.history())
    text = words(render.svg(figure))
    assert "Day not known" in text
    assert "no inspection on record" in text
    assert "Without a known day, at the right: 1 review." in figure.alt_text
    assert "1 area had no inspection on record" in figure.alt_text
    assert figure.headline == "1 of 3 reviewed areas: inadequate overall at least once"


def test_history_without_gaps_does_not_speak_of_them(words: Words) -> None:
    figure = _history(made.history().head(2))
    text = words(render.svg(figure))
    assert "Day not known" not in text
    assert "no inspection on record" not in text


def test_suppressed_unreliable_and_zero_look_different(words: Words) -> None:
    figure = _area(
        {
            2022: ("published", 12.0, 8.0, 17.0),
            2023: ("suppressed", None, 0.0, 9.0),
            2024: ("unreliable", None, None, None),
            2025: ("published", 0.0, 0.0, 4.0),
        }
    )
    text = words(render.svg(figure))
    assert [text.count(letter) for letter in ("c", "u", "x", "z")] == [1, 1, 0, 4]
    assert "12.0 in 2022, 0.0 in 2025" in figure.alt_text
    assert "2023" not in figure.alt_text
    assert any("c suppressed because small, u unreliable and z not collected" in note for note in figure.notes)
    assert any("dashed bar" in note for note in figure.notes)


def test_change_within_the_intervals_is_not_called_a_change() -> None:
    figure = _area({2018: ("published", 12.0, 8.0, 17.0), 2025: ("published", 10.0, 6.0, 15.0)})
    assert figure.headline == "No clear change in recorded CSE in Rutland, 2018–2025"


def test_clear_change_is_stated_with_both_rates() -> None:
    figure = _area({2018: ("published", 49.7, 44.0, 55.0), 2025: ("published", 12.8, 10.0, 16.0)}, "E08000018")
    assert figure.headline == "Rotherham: recorded CSE fell, 50 to 13 per 10,000"


def test_area_without_two_figures_makes_no_claim() -> None:
    figure = _area({2024: ("suppressed", None, 0.0, 5.0), 2025: ("published", 3.0, 1.0, 6.0)})
    assert figure.headline == "Too few usable figures on CSE in Rutland"


def test_area_with_no_figure_at_all_is_refused() -> None:
    with pytest.raises(ChartDataError, match="no rate of any year"):
        _area({2024: ("unavailable", None, None, None), 2025: ("unreliable", None, None, None)})


def test_unknown_code_is_refused_with_its_column() -> None:
    with pytest.raises(ChartDataError, match="column grade holds satisfactory, for which there is no mark"):
        _map(made.tiles(grade=["good", "satisfactory", None, "good"]))


def test_missing_column_is_refused_by_name() -> None:
    with pytest.raises(ChartDataError, match="looked for column day, grade and found"):
        _history(made.history().drop("day", "grade"))


def test_frame_without_rows_is_refused() -> None:
    with pytest.raises(ChartDataError, match="the frame has no rows"):
        _history(made.history().head(0))


def test_every_kind_of_frame_gives_the_same_figure() -> None:
    rows = made.history()
    con = duckdb.connect()
    con.register("history", rows.to_arrow())
    kinds: list[Any] = [rows, rows.lazy(), rows.to_pandas(), con.table("history")]
    pictures = {render.svg(_history(kind)) for kind in kinds}
    assert len(pictures) == 1


def test_time_zone_does_not_move_a_mark(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; sys.path.insert(0, sys.argv[1])\n"
        "from charts import made; from analysis import charts; from analysis.charts import render\n"
        "f = charts.inspection_history(made.history(), statement=made.STATEMENT, credit=made.CREDIT)\n"
        "Path(sys.argv[2]).write_text(render.svg(f), encoding='utf-8')"
    )
    elsewhere = tmp_path / "elsewhere.svg"
    tests = Path(__file__).resolve().parents[1]
    environment = {**os.environ, "TZ": "America/New_York"}
    subprocess.run([sys.executable, "-c", code, str(tests), str(elsewhere)], env=environment, check=True)  # noqa: S603
    assert elsewhere.read_text(encoding="utf-8") == render.svg(_history(made.history()))


def test_headline_of_eleven_words_is_refused() -> None:
    figure = _history(made.history())
    with pytest.raises(ValueError, match="the headline has 11 words; at most 10 are wanted"):
        Figure("a", figure.chart, "a b c d e f g h i j k", "s", "s", "l", "alt", figure.data)


@pytest.mark.parametrize("missing", ["subtitle", "source", "licence", "alt_text"])
def test_figure_without_its_words_is_refused(missing: str) -> None:
    figure = _history(made.history())
    given: dict[str, Any] = {"subtitle": "s", "source": "s", "licence": "l", "alt_text": "a", missing: " "}
    with pytest.raises(ValueError, match=f"the {missing} is empty"):
        Figure("a", figure.chart, "A headline", data=figure.data, **given)


def test_character_outside_the_font_is_refused() -> None:
    rows = made.history(area_name=["Rotherham", "Rotherham", "Rutland 東", "West Sussex"])
    with pytest.raises(RenderError, match=r"the charts' font lacks 東 \(U\+6771\)"):
        render.svg(_history(rows))


def test_png_is_twice_the_size_of_the_svg() -> None:
    figure = _history(made.history())
    drawn = render.svg(figure)
    width, height = (int(drawn.split(f'{side}="', 1)[1].split('"', 1)[0]) for side in ("width", "height"))
    png = render.png(figure)
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    assert (int.from_bytes(png[16:20]), int.from_bytes(png[20:24])) == (2 * width, 2 * height)


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("Leeds", "Leeds"),
        ("Stockton-on-Tees", "Stockton-\non-Tees"),
        ("Nottinghamshire", "Nottingham-\nshire"),
        ("Windsor and Maidenhead", "Windsor\nMaiden-\nhead"),
        ("Isle of Wight", "Isle of\nWight"),
    ],
)
def test_name_fits_a_tile(name: str, label: str) -> None:
    assert tile_label(name) == label


@pytest.mark.parametrize("name", ["Llanfairpwllgwyngyllgogery-on-Sea", "Wwwwwwwwwwwwww-", "-", "a--b"])
def test_a_name_of_any_shape_fits_a_tile(name: str) -> None:
    lines = tile_label(name).split("\n")
    assert len(lines) <= tiles.NAME_LINES
    assert all(caption.text_width(line.removesuffix("."), tiles.NAME_SIZE) <= tiles.TILE for line in lines)


def test_no_two_areas_share_a_tile_label(con: duckdb.DuckDBPyConnection) -> None:
    names = con.table("areas").pl().filter(pl.col("valid_to").is_null())["name"].to_list()
    labels = [tile_label(name) for name in names]
    assert len(set(labels)) == len(names)
    assert max(label.count("\n") for label in labels) <= 2


@pytest.mark.parametrize(("share", "words"), [(0.385, "39%"), (0.005, "1%"), (0.0, "0%"), (None, "not known")])
def test_shares_are_whole_percentages(share: float | None, words: str) -> None:
    assert caption.percent(share) == words


def test_days_are_written_in_full() -> None:
    assert caption.day(date(2015, 7, 5)) == "5 July 2015"
    assert caption.day(None) == "not known"


def test_lines_fit_and_balance() -> None:
    text = "Share of judged areas at each grade, latest judgement as at each point in time of the year"
    lines = caption.balance(text, 400, 14)
    assert " ".join(lines) == text
    widths = [caption.text_width(line, 14) for line in lines]
    assert max(widths) <= 400
    assert min(widths) > 0.5 * max(widths)
