"""The explorer of findings: every finding once, at a place of its own, to be chosen, read and followed."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree

import altair as alt
import duckdb
import polars as pl
import pytest
import vl_convert

from analysis import weaknesses
from analysis.catalogue import Tables
from analysis.charts import ChartDataError, Figure, explorer, render

from . import made

LABELS = {"missing": "Missing children", "health": "Health", "lscb_challenge": "Challenge by the safeguarding board"}
MARKUP = "<img src=x onerror=alert(1)> & <b>bold</b></script>"
Words = Callable[[str], list[str]]
Read = Callable[[str], ElementTree.Element]


def _findings(number: int = 40, **changes: Any) -> pl.DataFrame:
    """Findings of two areas, one a single inspection of 2015 and one an ILACS of 2019, every fourth a weakness."""
    turns = range(number)
    rows = {
        "finding_id": [f"f-{n:03}" for n in turns],
        "inspection_id": ["a-2015-sif" if n % 5 else "b-2019-ilacs" for n in turns],
        "area_name": ["Rotherham" if n % 5 else "Rutland" for n in turns],
        "programme": ["sif" if n % 5 else "ilacs_standard" for n in turns],
        "family": ["single_inspection" if n % 5 else "ilacs" for n in turns],
        "published": [date(2015, 12, 31) if n % 5 else date(2019, 1, 1) for n in turns],
        "theme": ["health" if n % 7 == 0 else "missing" for n in turns],
        "polarity": ["strength" if n % 4 else "weakness" for n in turns],
        "severity": [None if n % 4 else "significant" for n in turns],
        "agency": ["partnership"] * number,
        "exploitation": ["cse"] * number,
        "summary": [f"Finding {n} in our words." for n in turns],
        "page": [n + 1 for n in turns],
        "url": ["https://example.org/report"] * number,
    }
    return pl.DataFrame({**rows, **changes}, schema_overrides={"severity": pl.String})


def _figure(findings: Any) -> Figure:
    return explorer.exploitation_findings(findings, LABELS, statement=made.STATEMENT, credit=made.CREDIT)


@pytest.fixture(scope="module")
def real(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Every finding on exploitation of the fifty, with its words and address."""
    tables = Tables(con)
    coded = weaknesses.behind(tables.findings, tables.reports, tables.beside("fifty"), subject="exploitation")
    told = tables["findings"].select("finding_id", "summary", "page")
    return coded.join(told, on="finding_id", validate="1:1").join(
        tables["inspections"].select("inspection_id", "url"), on="inspection_id", validate="m:1"
    )


@pytest.fixture(scope="module")
def published(con: duckdb.DuckDBPyConnection, real: pl.DataFrame) -> Figure:
    """The chart of the real findings."""
    tables = Tables(con)
    return explorer.exploitation_findings(
        real, tables.theme_labels, statement=tables.statement, credit=tables.findings_credit()
    )


def _mark_layer(figure: Figure) -> dict[str, Any]:
    layers = figure.specification(framed=False)["layer"]
    return next(layer for layer in layers if layer["mark"]["type"] == "point")


def _drawn(figure: Figure) -> list[dict[str, Any]]:
    spec = figure.specification(framed=False)
    rows: list[dict[str, Any]] = spec["datasets"][_mark_layer(figure)["data"]["name"]]
    return rows


def _raw_svg(spec: dict[str, Any]) -> str:
    drawn: str = vl_convert.vegalite_to_svg(json.dumps(spec), vl_version=render.VEGA_LITE, allowed_base_urls=[])
    return drawn


def _marks_of(root: ElementTree.Element) -> list[ElementTree.Element]:
    groups = (g for g in root.iter("{http://www.w3.org/2000/svg}g") if "mark-symbol role-mark" in str(g.get("class")))
    return [path for group in groups for path in group.iter("{http://www.w3.org/2000/svg}path")]


def test_every_finding_is_there_once(real: pl.DataFrame, published: Figure) -> None:
    assert sorted(published.data["finding_id"]) == sorted(real["finding_id"])
    drawn = _drawn(published)
    assert sorted(row["finding_id"] for row in drawn) == sorted(real["finding_id"])
    assert all(row["url"].startswith("https://") and row["summary"] for row in drawn)


def test_no_two_marks_touch(published: Figure) -> None:
    places = sorted((row["down"], row["across"]) for row in _drawn(published))
    assert len(set(places)) == len(places)
    beside = [b[1] - a[1] for a, b in pairwise(places) if a[0] == b[0]]
    assert min(beside) >= explorer.PITCH - 0.02
    levels = sorted({down for down, _ in places})
    assert min(b - a for a, b in pairwise(levels)) >= explorer.PITCH - 0.02


def test_mark_stands_in_its_year_and_theme(con: duckdb.DuckDBPyConnection, real: pl.DataFrame) -> None:
    laid = explorer.laid_out(real, Tables(con).theme_labels)
    assert laid.height == real.height
    cell = explorer.PLOT / (laid["year"].n_unique())
    inside = (laid["across"] / cell).floor().cast(pl.Int32) + laid["year"].min()
    assert (inside == laid["year"]).all()
    assert (laid["year"] == laid["published"].dt.year()).all()
    bands = laid.group_by("theme").agg(pl.len(), top=pl.col("down").min(), foot=pl.col("down").max()).sort("top")
    assert (bands["top"].shift(-1) > bands["foot"]).drop_nulls().all()
    assert bands["len"].is_sorted(descending=True)


def test_weaknesses_stand_lowest() -> None:
    laid = explorer.laid_out(_findings(), LABELS).filter((pl.col("theme") == "missing") & (pl.col("year") == 2015))
    lowest = laid.sort("down", "across", descending=[True, False])["polarity"].to_list()
    assert lowest == sorted(lowest, key=["weakness", "strength", "progress"].index)


def test_shuffled_rows_give_the_same_figure() -> None:
    rows = _findings()
    figures = [_figure(rows), _figure(rows.sample(fraction=1, shuffle=True, seed=7)), _figure(rows.to_pandas())]
    assert len({json.dumps(figure.specification()) for figure in figures}) == 1
    assert len({render.svg(figure) for figure in figures}) == 1


def test_published_headline_counts_what_is_there(real: pl.DataFrame, published: Figure) -> None:
    of_2015 = (real["published"].dt.year() == 2015).sum()
    assert published.headline == f"{real.height:,} findings on exploitation, {of_2015} of them published in 2015"
    assert published.subtitle.startswith(
        f"{real.height:,} findings on exploitation in {real['inspection_id'].n_unique()} reports on "
        f"{real['area_name'].n_unique()} areas, published from "
    )
    assert "50 reviewed areas" in published.subtitle


def test_headline_names_the_first_of_two_years_with_as_many() -> None:
    figure = _figure(_findings(2, published=[date(2019, 3, 1), date(2015, 3, 1)]))
    assert figure.headline == "2 findings on exploitation, 1 of them published in 2015"


def test_notes_say_which_exploitation_the_findings_name(real: pl.DataFrame, published: Figure) -> None:
    named = (real["exploitation"] == "cse").sum()
    assert f"Exploitation that the findings name: {named:,} sexual exploitation;" in published.notes[0]


def test_alt_text_counts_add_up(real: pl.DataFrame, published: Figure) -> None:
    for year, rows in real.group_by(pl.col("published").dt.year().alias("year")):
        assert f"{rows.height} in {year[0]} ({rows['inspection_id'].n_unique()} report" in published.alt_text
    for kind, words in explorer.REPORTS_OF_A_KIND.items():
        rows = real.filter(pl.col("family") == kind)
        reports = rows["inspection_id"].n_unique()
        assert f"{rows.height} findings in {reports} {words[1]}" in published.alt_text


def test_silence_is_named(published: Figure) -> None:
    notes = " ".join(published.notes)
    assert "nothing reported is not nothing wrong" in notes
    assert "No finding has the theme Challenge by the safeguarding board." in " ".join(_figure(_findings()).notes)
    assert "Challenge by the safeguarding board: re-inspections and ILACS do not look at it." in notes


def test_year_without_a_finding_keeps_its_column_and_says_nought(words: Words) -> None:
    text = words(render.svg(_figure(_findings())))
    assert [text.count(str(year)) for year in range(2015, 2020)] == [2] * 5
    assert text.count("0") == 2 * 3


def test_lists_offer_all_first_and_every_choice(published: Figure, real: pl.DataFrame) -> None:
    params = {param["name"]: param for param in published.specification()["params"]}
    for name, _, everything, _ in explorer.CHOICES:
        assert params[name]["value"] == everything == params[name]["bind"]["options"][0]
        assert params[name]["bind"]["input"] == "select"
    assert params["chosen_area"]["bind"]["options"][1:] == sorted(set(real["area_name"]))
    assert len(params["chosen_theme"]["bind"]["options"]) == real["theme"].n_unique() + 1
    assert params["chosen_kind"]["bind"]["options"] == ["All kinds", "Weakness", "Strength", "Progress"]
    assert params["chosen_year"]["bind"]["options"] == ["All years", *map(str, range(2014, 2026))]
    offered = {name: set(params[name]["bind"]["options"]) for name, *_ in explorer.CHOICES}
    for row in _drawn(published):
        assert all(row[column] in offered[name] for name, _, _, column in explorer.CHOICES)


def test_choosing_makes_the_other_marks_faint(read: Read) -> None:
    figure = _figure(_findings())
    everything = [mark.get("opacity", "1") for mark in _marks_of(read(render.svg(figure)))]
    assert everything == ["1"] * 40
    spec = figure.specification()
    for param in spec["params"]:
        if param["name"] == "chosen_area":
            param["value"] = "Rutland"
    chosen = [mark.get("opacity") for mark in _marks_of(read(_raw_svg(spec)))]
    assert chosen.count("1") == 8
    assert chosen.count(str(explorer.FAINT)) == 32


def test_number_chosen_is_told_only_once_something_is_chosen(words: Words) -> None:
    figure = _figure(_findings())
    assert not any("chosen" in text for text in words(render.svg(figure)))
    spec = figure.specification()
    for name, value, told in (("chosen_area", "Rutland", "8 chosen"), ("chosen_kind", "Weakness", "2 chosen")):
        next(param for param in spec["params"] if param["name"] == name)["value"] = value
        assert told in words(_raw_svg(spec))


def test_mark_leads_to_its_report_only_in_the_interactive_picture(published: Figure) -> None:
    href = _mark_layer(published)["encoding"]["href"]
    assert href["condition"]["field"] == "url"
    assert href["condition"]["param"] == "pointed_at"
    assert href["condition"]["empty"] is False
    svg = render.svg(published)
    assert not any(url in svg for url in published.data["url"].unique())


def test_tooltip_tells_the_finding_in_words(published: Figure) -> None:
    fields = [tip["field"] for tip in _mark_layer(published)["encoding"]["tooltip"]]
    row = next(row for row in _drawn(published) if row["polarity"] == "weakness")
    assert set(fields) <= set(row)
    assert all(row[field] for row in _drawn(published) for field in fields)
    known = published.data.row(by_predicate=pl.col("finding_id") == row["finding_id"], named=True)
    assert row["summary"] == known["summary"]
    assert row["where"] == f"report, page {known['page']}"
    assert row["kind"].startswith("Weakness, ")


def test_markup_in_a_summary_stays_text() -> None:
    figure = _figure(_findings(1, summary=[MARKUP], severity=["priority"]))
    assert figure.data["summary"].to_list() == [MARKUP]
    assert [row["summary"] for row in _drawn(figure)] == [MARKUP]
    assert "onerror" not in render.svg(figure)


def test_survives_a_json_round_trip(published: Figure) -> None:
    spec = published.specification()
    assert json.loads(json.dumps(spec)) == spec
    rows = spec.pop("datasets")
    assert sum(map(len, rows.values())) >= published.data.height
    again = alt.VConcatChart.from_dict(spec, validate=True)
    with alt.theme.enable("none"):
        assert again.to_dict() == spec


@pytest.mark.parametrize("column", ["summary", "url", "page", "finding_id"])
def test_missing_column_is_refused_by_name(column: str) -> None:
    with pytest.raises(ChartDataError, match=f"chart exploitation_findings: looked for column {column} and found"):
        _figure(_findings().drop(column))


@pytest.mark.parametrize("column", ["summary", "url", "page"])
def test_finding_without_its_words_page_or_address_is_refused(column: str) -> None:
    gap = pl.when(pl.col("finding_id") != "f-003").then(pl.col(column)).alias(column)
    with pytest.raises(ChartDataError, match=f"column {column} has gaps"):
        _figure(_findings().with_columns(gap))


def test_finding_that_is_there_twice_is_refused() -> None:
    rows = _findings()
    with pytest.raises(ChartDataError, match="finding f-000 is there more than once"):
        _figure(pl.concat([rows, rows.head(1)]))


@pytest.mark.parametrize("column", ["theme", "polarity", "severity", "agency", "exploitation", "programme", "family"])
def test_unknown_code_is_refused(column: str) -> None:
    with pytest.raises(ChartDataError, match=f"column {column} holds rumour, for which there is no mark"):
        _figure(_findings().with_columns(pl.lit("rumour").alias(column)))


def test_frame_without_rows_is_refused() -> None:
    with pytest.raises(ChartDataError, match="the frame has no rows"):
        _figure(_findings(0))
