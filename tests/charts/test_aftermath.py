"""What became of weaknesses, and whether they came again: on made frames, and on the real ones."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import altair as alt
import duckdb
import polars as pl
import pytest

from analysis import weaknesses
from analysis.catalogue import Tables
from analysis.charts import ChartDataError, Figure, caption, render
from analysis.charts.aftermath import AFTERMATH_STYLES, FEWEST_PAIRS, weakness_again, what_became

from . import made

SVG = "{http://www.w3.org/2000/svg}"
LABELS = {
    "leadership": "Leadership",
    "missing": "Missing children",
    "records": "Case records",
    "lscb_challenge": "Challenge by the board",
}
Words = Callable[[str], list[str]]
Read = Callable[[str], ElementTree.Element]


def shares(**counts: tuple[int, int, int, int]) -> pl.DataFrame:
    """Areas by theme: answered, silent, not read, at the latest; none of which only the theme was spoken of."""
    order = list(LABELS)
    rows = [
        {
            "cohort": "fifty",
            "theme": theme,
            "theme_order": order.index(theme) + 1,
            "aftermath": outcome,
            "aftermath_order": place,
            "count": count,
            "areas": sum(numbers),
            "share": count / sum(numbers),
            "low": 0.1,
            "high": 0.9,
        }
        for theme, numbers in counts.items()
        for place, (outcome, count) in enumerate(
            zip(weaknesses.AFTERMATHS, (numbers[0], 0, *numbers[1:]), strict=True), start=1
        )
    ]
    return pl.DataFrame(rows)


BEHIND = pl.DataFrame({"theme": ["missing"], "aftermath": ["answered"], "finding_id": ["a-1"]})


def became(rows: Any, behind: Any = BEHIND, labels: dict[str, str] = LABELS) -> Figure:
    return what_became(rows, behind, labels, statement=made.STATEMENT, credit=made.CREDIT)


def recurrence(*themes: tuple[str, int, int, tuple[float, float], tuple[float, float]]) -> pl.DataFrame:
    """A row a theme: again, earlier, the interval, and the range of chance."""
    rows = [
        {
            "cohort": "fifty",
            "theme": theme,
            "theme_order": place,
            "pairs": 40,
            "earlier": earlier,
            "persistent": again,
            "share": again / earlier if earlier else None,
            "low": interval[0],
            "high": interval[1],
            "expected": sum(chance) / 2 * earlier,
            "chance": sum(chance) / 2,
            "chance_low": chance[0],
            "chance_high": chance[1],
        }
        for place, (theme, again, earlier, interval, chance) in enumerate(themes, start=1)
    ]
    return pl.DataFrame(rows)


TOGETHER = recurrence(("any", 38, 40, (0.8, 1.0), (0.9, 1.0)))
NOBODY = pl.DataFrame({"theme": ["leadership"], "finding_id": ["a-1"]})
AGAIN_BEHIND = pl.DataFrame({"theme": ["missing", "missing"], "finding_id": ["a-1", "a-2"]})


def again(rows: Any, together: Any = TOGETHER, behind: Any = AGAIN_BEHIND) -> Figure:
    return weakness_again(rows, together, behind, LABELS, statement=made.STATEMENT, credit=made.CREDIT)


INSIDE = ("leadership", 5, 20, (0.11, 0.47), (0.15, 0.35))
ABOVE = ("missing", 16, 20, (0.58, 0.92), (0.3, 0.5))
A_LITTLE_ABOVE = ("missing", 12, 20, (0.39, 0.78), (0.3, 0.5))
BELOW = ("records", 1, 20, (0.01, 0.24), (0.3, 0.5))
TOO_FEW = ("records", 1, FEWEST_PAIRS - 1, (0.05, 0.7), (0.1, 0.6))


@pytest.fixture(scope="module")
def tables(con: duckdb.DuckDBPyConnection) -> Tables:
    return Tables(con)


@pytest.fixture(scope="module")
def aftermath(tables: Tables) -> pl.DataFrame:
    return weaknesses.aftermath(
        tables.findings, tables.reports, tables["inspections"], tables.beside("fifty"), subject="exploitation"
    )


@pytest.fixture(scope="module")
def successions(tables: Tables) -> pl.DataFrame:
    return weaknesses.successions(tables.findings, tables.reports, tables.beside("fifty"), subject="listed")


@pytest.fixture(scope="module")
def published(tables: Tables, aftermath: pl.DataFrame, successions: pl.DataFrame) -> dict[str, Figure]:
    """Both figures on the real data."""
    of: dict[str, Any] = {"statement": tables.statement, "credit": tables.findings_credit()}
    given = (tables.findings, tables.reports, tables.beside("fifty"))
    weak, listed = (
        weaknesses.behind(*given, subject=subject, polarity=["weakness"]) for subject in ("exploitation", "listed")
    )
    persistent = successions.filter(pl.col("outcome") == "persistent")
    both = pl.concat(
        persistent.select("theme", inspection_id=column) for column in ("earlier_inspection_id", "inspection_id")
    )
    figures = [
        what_became(
            weaknesses.aftermath_shares(aftermath),
            weak.join(aftermath.select("area_code", "theme", "aftermath"), on=["area_code", "theme"]),
            tables.theme_labels,
            **of,
        ),
        weakness_again(
            weaknesses.recurrence(successions),
            weaknesses.recurrence(weaknesses.successions(*given, subject="listed", together=True)),
            listed.join(both, on=["inspection_id", "theme"], how="semi"),
            tables.theme_labels,
            **of,
        ),
    ]
    return {figure.name: figure for figure in figures}


NAMES = ["exploitation_what_became", "weakness_again"]


def test_every_aftermath_has_a_style() -> None:
    assert list(AFTERMATH_STYLES) == list(weaknesses.AFTERMATHS)


@pytest.mark.parametrize(("counts", "followed"), [((1, 3, 0, 9), 1), ((3, 1, 0, 9), 3), ((0, 2, 1, 0), 0)])
def test_headline_counts_what_followed_of_all(counts: tuple[int, int, int, int], followed: int) -> None:
    figure = became(shares(leadership=counts), behind=NOBODY.with_columns(aftermath=pl.lit("silent_since")))
    assert figure.headline == f"Strength or progress followed {followed} of {sum(counts)} weaknesses on exploitation"


def test_themes_stand_in_the_order_of_their_areas_and_say_how_many(words: Words) -> None:
    figure = became(shares(leadership=(1, 1, 0, 0), missing=(4, 3, 0, 2)))
    text = words(render.svg(figure))
    assert text.index("Missing children") < text.index("Leadership")
    assert {"4", "3", "9", "44% (10–90)", "50% (10–90)"} <= set(text)
    assert (
        "Missing children: of 9 areas, 4 strength or progress since, 3 no later finding, 2 no graded inspection since."
        in figure.alt_text
    )
    assert (
        "Over all themes: 5 strength or progress since, 4 no later finding, 2 no graded inspection since."
        in figure.notes[-1]
    )


def test_nobody_of_an_outcome_is_not_drawn_nor_explained(words: Words) -> None:
    figure = became(shares(missing=(2, 1, 0, 0)))
    text = words(render.svg(figure))
    assert "Inspected, not read" not in text
    assert "Not inspected since" not in text
    assert "not to hand" not in " ".join(figure.notes)
    unread = became(shares(missing=(2, 0, 1, 0)))
    assert "Inspected, not read" in words(render.svg(unread))
    assert "not to hand" in " ".join(unread.notes)


def test_theme_without_any_weakness_is_named_and_boards_are_explained() -> None:
    figure = became(shares(missing=(2, 1, 0, 0), leadership=(1, 0, 0, 0)))
    assert "under: case records; challenge by the board." in figure.notes[-1]
    assert "ILACS do not look" not in " ".join(figure.notes)
    boards = became(shares(missing=(2, 1, 0, 0), lscb_challenge=(0, 0, 0, 3)))
    assert "Challenge by the board: re-inspections and ILACS do not look" in " ".join(boards.notes)


def test_silence_is_never_called_resolution() -> None:
    assert "Silence is not resolution" in " ".join(became(shares(missing=(2, 1, 0, 0))).notes)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"aftermath": pl.lit("mended")}, "column aftermath holds mended, for which there is no mark"),
        ({"theme": pl.lit("weather")}, "column theme holds weather, for which there is no mark"),
        (
            {"cohort": pl.Series(["fifty", "fifty", "fifty", "fifty", "england"])},
            "cohort holds england, fifty, and one is",
        ),
    ],
)
def test_aftermath_that_cannot_be_drawn_is_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ChartDataError, match=message):
        became(shares(missing=(2, 1, 0, 0)).with_columns(**change))


def test_missing_columns_and_empty_frames_are_refused() -> None:
    rows = shares(missing=(2, 1, 0, 0))
    with pytest.raises(ChartDataError, match="looked for column areas and found"):
        became(rows.drop("areas"))
    with pytest.raises(ChartDataError, match="the frame has no rows"):
        became(rows.head(0))
    with pytest.raises(ChartDataError, match="looked for column finding_id"):
        became(rows, BEHIND.drop("finding_id"))
    with pytest.raises(ValueError, match="stands behind no row"):
        became(rows, BEHIND.with_columns(theme=pl.lit("records")))


@pytest.mark.parametrize(
    ("themes", "headline"),
    [
        ((INSIDE,), "No theme is listed again clearly more than by chance"),
        ((INSIDE, ABOVE), "1 of 2 themes recur more often than chance gives"),
        ((INSIDE, A_LITTLE_ABOVE), "No theme is listed again clearly more than by chance"),
        ((INSIDE, BELOW), "No theme is listed again clearly more than by chance"),
        (
            (INSIDE, (*TOO_FEW[:3], (0.9, 1.0), (0.1, 0.2))),
            "No theme is listed again clearly more than by chance",
        ),
    ],
)
def test_headline_holds_recurrence_against_chance(themes: tuple[Any, ...], headline: str) -> None:
    assert again(recurrence(*themes), behind=NOBODY).headline == headline


def test_theme_of_few_pairs_is_named_and_not_drawn(words: Words) -> None:
    figure = again(recurrence(INSIDE, TOO_FEW), behind=NOBODY)
    assert "Fewer than 5 earlier weaknesses, and not drawn: case records 1 of 4." in figure.notes
    assert "Case records" not in words(render.svg(figure))
    assert "records" in figure.data["theme"].to_list()


def test_counts_and_chance_stand_beside_the_dots(words: Words) -> None:
    figure = again(recurrence(INSIDE, ABOVE))
    text = words(render.svg(figure))
    assert text.index("Missing children") < text.index("Leadership")
    assert {"16 of 20", "5 of 20", "8", "5"} <= set(text)
    assert "Missing children: again in 16 of 20 (80% (58–92)), by chance 40% (30–50)." in figure.alt_text
    assert "1 of 2 themes lies within that range; above it: missing children." in figure.notes[0]
    assert "of 40 reports that list any weakness, 38 were followed" in figure.notes[1]


def test_never_again_is_a_zero_on_the_chart(words: Words) -> None:
    figure = again(recurrence(INSIDE, ("missing", 0, 7, (0.0, 0.35), (0.0, 0.0))))
    assert "0 of 7" in words(render.svg(figure))
    assert figure.headline == "No theme is listed again clearly more than by chance"


def test_recurrence_that_cannot_be_drawn_is_refused() -> None:
    with pytest.raises(ChartDataError, match="no theme has 5 earlier weaknesses"):
        again(recurrence(TOO_FEW))
    with pytest.raises(ChartDataError, match="wants one row of all themes together, and got 2"):
        again(recurrence(INSIDE), together=recurrence(INSIDE, ABOVE))
    with pytest.raises(ChartDataError, match="looked for column chance_low"):
        again(recurrence(INSIDE).drop("chance_low"))
    with pytest.raises(ChartDataError, match="column theme holds weather"):
        again(recurrence(INSIDE).with_columns(theme=pl.lit("weather")))


def test_every_kind_of_frame_gives_the_same_figure() -> None:
    con = duckdb.connect()
    for draw, rows in ((became, shares(missing=(2, 1, 0, 3))), (again, recurrence(ABOVE, TOO_FEW))):
        con.register("rows", rows.to_arrow())
        kinds: list[Any] = [rows, rows.lazy(), rows.to_pandas(), con.table("rows")]
        assert len({render.svg(draw(kind)) for kind in kinds}) == 1


@pytest.mark.parametrize("name", NAMES)
def test_published_survives_a_json_round_trip(published: dict[str, Figure], name: str) -> None:
    spec = json.loads(json.dumps(published[name].specification()))
    assert spec == published[name].specification()
    spec.pop("datasets")
    again = alt.VConcatChart.from_dict(spec, validate=True)
    with alt.theme.enable("none"):
        assert again.to_dict() == spec


@pytest.mark.parametrize("name", NAMES)
def test_published_fits_the_page_and_keeps_its_rows(published: dict[str, Figure], read: Read, name: str) -> None:
    figure = published[name]
    assert float(str(read(render.svg(figure)).get("width"))) <= 760
    assert 3 <= len(figure.headline.split()) <= 10
    assert "50 reviewed areas" in figure.subtitle
    assert figure.traced().height == figure.data.height


def test_published_areas_add_up(published: dict[str, Figure], aftermath: pl.DataFrame, tables: Tables) -> None:
    figure = published["exploitation_what_became"]
    sums = figure.data.group_by("theme").agg(pl.col("count").sum(), pl.col("areas").first())
    assert (sums["count"] == sums["areas"]).all()
    for row in figure.data.filter((pl.col("aftermath") == "answered") & (pl.col("count") > 0)).iter_rows(named=True):
        label = tables.theme_labels[row["theme"]]
        assert (
            f"{label}: of {caption.counted(row['areas'], 'area')}, {row['count']} strength or progress since"
            in figure.alt_text
        )
    traced = figure.traced().filter(pl.col("count") > 0)
    ids = traced["finding_ids"].str.split(";").explode()
    assert ids.is_unique().all()
    assert ids.len() == aftermath["weaknesses"].sum()
    assert figure.traced().filter(pl.col("count") == 0)["finding_ids"].is_null().all()


def test_published_recurrence_draws_what_has_pairs_enough(published: dict[str, Figure], words: Words) -> None:
    figure = published["weakness_again"]
    text = words(render.svg(figure))
    drawn = figure.data.filter((pl.col("theme") != "any") & (pl.col("earlier") >= FEWEST_PAIRS))
    for row in drawn.iter_rows(named=True):
        assert f"{row['persistent']} of {row['earlier']}" in text
    assert sum(bool(re.fullmatch(r"\d+ of \d+", line)) for line in text) == drawn.height
    inside = drawn.filter(pl.col("share").is_between(pl.col("chance_low"), pl.col("chance_high"))).height
    assert f"{inside} of {drawn.height} themes lie within that range" in figure.alt_text


def test_published_recurrence_is_traced_to_both_reports(
    published: dict[str, Figure], successions: pl.DataFrame, tables: Tables
) -> None:
    traced = published["weakness_again"].traced()
    row = traced.filter(pl.col("theme") == "missing").row(0, named=True)
    ids = row["finding_ids"].split(";")
    pairs = successions.filter((pl.col("theme") == "missing") & (pl.col("outcome") == "persistent"))
    reports = set(pairs["inspection_id"]) | set(pairs["earlier_inspection_id"])
    found = tables.findings.filter(pl.col("finding_id").is_in(ids))
    assert set(found["inspection_id"]) == reports
    assert found["theme"].unique().to_list() == ["missing"]
    assert traced.filter(pl.col("persistent") == 0)["finding_ids"].is_null().all()
