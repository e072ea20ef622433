"""Every published chart: it says what it shows, in words and numbers that its own rows bear out."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree

import altair as alt
import duckdb
import polars as pl
import pytest
from altair.utils.schemapi import validate_jsonschema

from analysis import catalogue, cohorts
from analysis.charts import Figure, caption, render
from analysis.errors import AnalysisError
from analysis.schema import codes

SVG = "{http://www.w3.org/2000/svg}"
OF_THE_FIFTY = [
    "weaknesses_by_theme",
    "exploitation_by_group",
    "exploitation_by_theme",
    "exploitation_sheet_single_inspections",
    "exploitation_sheet_since",
    "exploitation_findings",
    "letters_and_single_inspections",
    "exploitation_what_became",
    "weakness_again",
    "exploitation_and_grades",
    "exploitation_and_recorded",
    "fifty_by_latest_judgement",
    "grades_over_time_overall",
    "grades_over_time_help_protection",
    "first_to_latest_judgement",
    "time_to_recovery_overall",
    "time_to_recovery_help_protection",
    "fifty_by_basis",
    "inspection_history_of_the_fifty",
]
OF_ROTHERHAM = ["timeline_rotherham", "exploitation_rotherham", "findings_rotherham"]
NAMES = [*OF_THE_FIFTY[:-2], "exploitation_in_england", *OF_THE_FIFTY[-2:], *OF_ROTHERHAM]
TABLES = {"finding_id": "findings", "inspection_id": "inspections"}
NUMBERS_ON_MARKS = [
    "exploitation_what_became",
    "fifty_by_latest_judgement",
    "first_to_latest_judgement",
    "fifty_by_basis",
    "inspection_history_of_the_fifty",
    "timeline_rotherham",
]
"""Charts with letters, names or numbers lying on their marks."""
Draw = Callable[[str], str]
Words = Callable[[str], list[str]]
Read = Callable[[str], ElementTree.Element]


def test_catalogue_holds_every_chart(figures: dict[str, Figure]) -> None:
    assert list(figures) == NAMES


def test_every_chart_is_made_once() -> None:
    made = [name for names in catalogue.MADE_TOGETHER for name in names]
    assert sorted(made) == sorted(name for names in catalogue.QUESTIONS.values() for name in names)


@pytest.mark.parametrize("name", ["exploitation_in_england", "fifty_by_latest_judgement"])
def test_one_chart_is_made_without_the_others(
    figures: dict[str, Figure], con: duckdb.DuckDBPyConnection, name: str
) -> None:
    assert catalogue.chart(con, name).specification() == figures[name].specification()


def _making(given: list[Figure]) -> Callable[[catalogue.Tables], list[Figure]]:
    return lambda tables: given


@pytest.mark.parametrize(
    "made", [["timeline_rotherham", "exploitation_in_england"], ["exploitation_in_england"] * 2, []]
)
def test_a_chart_that_is_not_the_one_listed_is_refused(
    figures: dict[str, Figure], con: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch, made: list[str]
) -> None:
    name = "exploitation_in_england"
    monkeypatch.setitem(catalogue.MADE_TOGETHER, (name,), _making([figures[other] for other in made]))
    with pytest.raises(ValueError, match=f"and listed are {name}"):
        catalogue.chart(con, name)


def test_charts_go_by_their_names_whatever_their_order(
    figures: dict[str, Figure], con: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    for names in catalogue.MADE_TOGETHER:
        monkeypatch.setitem(catalogue.MADE_TOGETHER, names, _making([figures[name] for name in reversed(names)]))
    assert [figure.name for figure in catalogue.catalogue(con)] == NAMES


def test_a_chart_that_is_none_is_answered_with_those_that_are(con: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(
        AnalysisError, match=r"There is no chart 'hearsay'\. There are weaknesses_by_theme, .*rotherham"
    ):
        catalogue.chart(con, "hearsay")


@pytest.mark.parametrize("name", NAMES)
def test_headline_has_at_most_ten_words(figures: dict[str, Figure], name: str) -> None:
    assert 3 <= len(figures[name].headline.split()) <= 10


@pytest.mark.parametrize("name", NAMES)
def test_figure_says_how_to_read_it(figures: dict[str, Figure], name: str) -> None:
    assert figures[name].reading.strip().endswith(".")


@pytest.mark.parametrize("name", NAMES)
def test_traced_marks_lead_to_rows_of_the_tables(
    figures: dict[str, Figure], con: duckdb.DuckDBPyConnection, name: str
) -> None:
    figure = figures[name]
    traced = figure.traced()
    assert traced.height == figure.data.height
    assert traced.select(figure.data.columns).equals(figure.data)
    if figure.id_column is None:
        return
    listed = f"{figure.id_column}s"
    ids = traced[listed].str.split(";").explode() if listed in traced.columns else traced[figure.id_column]
    named = set(ids.drop_nulls())
    assert named
    assert named <= set(con.table(TABLES[figure.id_column]).pl()[figure.id_column])


def _fault(spec: dict[str, Any]) -> Exception | None:
    """What the schema of Vega-Lite says against a specification."""
    return validate_jsonschema(spec, alt.load_schema(), raise_error=False)


@pytest.mark.parametrize("name", NAMES)
def test_specification_is_valid_vega_lite(figures: dict[str, Figure], name: str) -> None:
    """Figures are drawn without a check, which would take as long as the drawing."""
    assert _fault(figures[name].specification()) is None


@pytest.mark.parametrize("part", [{"mark": "blob"}, {"mark": "bar", "encoding": {"x": {"field": 3}}}])
def test_specification_with_a_fault_is_not_valid(figures: dict[str, Figure], part: dict[str, Any]) -> None:
    spec = figures["exploitation_in_england"].specification()
    spec["vconcat"].append(part)
    assert _fault(spec) is not None


def test_specification_is_given_afresh(figures: dict[str, Figure]) -> None:
    figure = figures["exploitation_in_england"]
    before = json.dumps(figure.specification())
    figure.specification()["vconcat"].clear()
    figure.specification(framed=False)["config"].clear()
    assert json.dumps(figure.specification()) == before


def _units(spec: dict[str, Any], data: str | None = None) -> list[tuple[str | None, dict[str, Any]]]:
    """Every layer of a specification, after the name of its data."""
    own = spec["data"].get("name") if "data" in spec else data
    parts = [part for kind in ("layer", "concat", "hconcat", "vconcat") for part in spec.get(kind, [])]
    return [unit for part in parts for unit in _units(part, own)] if parts else [(own, spec)]


@pytest.mark.parametrize("name", NUMBERS_ON_MARKS)
def test_what_lies_on_a_mark_tells_what_the_mark_tells(figures: dict[str, Figure], name: str) -> None:
    """Who points at the letter on a mark points at the letter, not at the mark."""
    units = _units(figures[name].specification(framed=False))
    told = {data for data, unit in units if "tooltip" in unit["encoding"]}
    assert told
    assert not [unit["mark"] for data, unit in units if data in told and "tooltip" not in unit["encoding"]]


@pytest.mark.parametrize("name", NAMES)
def test_no_layer_is_empty(drawn: Draw, read: Read, name: str) -> None:
    """To a screen reader a group of marks with nothing in it is a picture without a name."""
    groups = [group for group in read(drawn(name)).iter(f"{SVG}g") if " role-mark " in str(group.get("class"))]
    assert groups
    assert not [
        group.get("class") for group in groups if len(group) == 0 and "mark-text" not in str(group.get("class"))
    ]


def test_headlines_tell_charts_apart(figures: dict[str, Figure]) -> None:
    assert len({figure.headline for figure in figures.values()}) == len(figures)


@pytest.mark.parametrize("name", NAMES)
def test_survives_a_json_round_trip(figures: dict[str, Figure], name: str) -> None:
    spec = json.loads(json.dumps(figures[name].specification()))
    assert spec == figures[name].specification()
    rows = spec.pop("datasets")
    assert sum(map(len, rows.values())) >= figures[name].data.height / 2
    again = alt.VConcatChart.from_dict(spec, validate=True)
    with alt.theme.enable("none"):
        assert again.to_dict() == spec


@pytest.mark.parametrize("name", NAMES)
def test_picture_is_named_and_described(figures: dict[str, Figure], drawn: Draw, read: Read, name: str) -> None:
    root = read(drawn(name))
    by_id = {element.get("id"): element.text for element in root.iter() if element.get("id")}
    assert root.get("role") == "img"
    assert [by_id[name] for name in str(root.get("aria-labelledby")).split()] == [
        figures[name].headline,
        figures[name].alt_text,
    ]
    assert [child.tag for child in list(root)[:2]] == [f"{SVG}title", f"{SVG}desc"]


@pytest.mark.parametrize("name", NAMES)
def test_picture_brings_its_font_and_asks_for_nothing(drawn: Draw, name: str) -> None:
    svg = drawn(name)
    assert svg.count("@font-face") == 2
    assert {family.split(",")[0] for family in re.findall(r'font-family="([^"]+)"', svg)} == {"Arimo"}
    assert {address.rstrip('"') for address in re.findall(r"https?://[^\s)]+", svg)} <= {
        "http://www.w3.org/2000/svg",
        "http://www.w3.org/1999/xlink",
    }


@pytest.mark.parametrize("name", NAMES)
def test_picture_carries_its_words(figures: dict[str, Figure], drawn: Draw, words: Words, name: str) -> None:
    text = " ".join(words(drawn(name)))
    for part in (figures[name].headline, figures[name].subtitle, *figures[name].caption):
        assert part in text


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_drawn_outside_the_picture(drawn: Draw, read: Read, name: str) -> None:
    """A headline, label or caption that is too wide would be cut off in print."""
    root = read(drawn(name))
    width, height = (float(str(root.get(side))) for side in ("width", "height"))
    for mark, left, top in _placed_text(root):
        upright = "rotate(270)" in str(mark.get("transform"))
        start, room = (height - top, height) if upright else (left, width)
        size = int(str(mark.get("font-size")).removesuffix("px").split(".")[0])
        for line in mark.itertext():
            length = caption.text_width(line, size, bold=mark.get("font-weight") == "bold")
            anchor = {"middle": 0.5, "end": 1.0}.get(str(mark.get("text-anchor")), 0.0)
            assert start - anchor * length >= -1, line
            assert start + (1 - anchor) * length <= room + 1, line


def _placed_text(
    element: ElementTree.Element, left: float = 0.0, top: float = 0.0
) -> list[tuple[ElementTree.Element, float, float]]:
    """Every text with the place of its anchor."""
    found = []
    for child in element:
        moved = re.match(r"translate\((-?[\d.e-]+),(-?[\d.e-]+)", str(child.get("transform")))
        x, y = (left + float(moved[1]), top + float(moved[2])) if moved else (left, top)
        if child.tag == f"{SVG}text":
            found.append((child, x, y))
        found += _placed_text(child, x, y)
    return found


@pytest.mark.parametrize("name", OF_THE_FIFTY)
def test_every_chart_on_the_fifty_says_what_they_are(
    figures: dict[str, Figure], con: duckdb.DuckDBPyConnection, name: str
) -> None:
    fifty = cohorts.fifty(*(con.table(table).pl() for table in ("areas", "cqc_reviews", "inspections")))
    cqc = fifty.filter(pl.col("basis") == "cqc_review").height
    words = f"{fifty.height} reviewed areas: {cqc} CQC, {fifty.height - cqc} Ofsted after the Jay report"
    assert words in figures[name].subtitle


def test_basis_map_names_every_reviewed_area(figures: dict[str, Figure]) -> None:
    figure = figures["fifty_by_basis"]
    reviewed = figure.data.filter("in_cohort")
    assert all(name in figure.alt_text for name in reviewed["area_name"])
    assert f"{reviewed.filter(pl.col('basis') == 'cqc_review').height} areas by CQC review" in figure.alt_text
    assert figure.data.select("tile_column", "tile_row").is_unique().all()


def test_judgement_map_counts_its_tiles(figures: dict[str, Figure], drawn: Draw, words: Words) -> None:
    figure = figures["fifty_by_latest_judgement"]
    grades = figure.data.filter("in_cohort")["grade"]
    for grade in codes.Grade:
        count = (grades == grade).sum()
        assert f"{count} {codes.GRADE_LABELS[grade].lower()}" in figure.alt_text
        assert words(drawn(figure.name)).count(codes.GRADE_LABELS[grade][0]) == count
    assert figure.headline.endswith(
        f": {grades.is_in(['good', 'outstanding']).sum()} of {grades.drop_nulls().len()} areas"
    )


def test_history_gives_each_area_a_readable_row(figures: dict[str, Figure], drawn: Draw, read: Read) -> None:
    root = read(drawn("inspection_history_of_the_fifty"))
    areas = set(figures["inspection_history_of_the_fifty"].data["area_name"])
    rows = {}
    for mark in root.iter(f"{SVG}text"):
        label = "".join(mark.itertext())
        if label in areas and mark.get("text-anchor") == "end":
            place = re.search(r"translate\([^,]+,([\d.]+)\)", str(mark.get("transform")))
            assert place is not None
            rows[label] = float(place[1])
    assert set(rows) == areas
    heights = sorted(rows.values())
    assert min(below - above for above, below in pairwise(heights)) >= 16


def test_history_draws_every_inspection_once(figures: dict[str, Figure], drawn: Draw, read: Read) -> None:
    figure = figures["inspection_history_of_the_fifty"]
    inspections = figure.data["inspection_id"].drop_nulls()
    assert inspections.is_unique().all()
    assert f"{inspections.len()} inspections and reviews" in figure.alt_text
    root = read(drawn(figure.name))
    marks = [
        path
        for group in root.iter(f"{SVG}g")
        if str(group.get("class")).startswith("mark-symbol") and "marks" in str(group.get("class")).split("_")[-1]
        for path in group.iter(f"{SVG}path")
    ]
    assert len(marks) == inspections.len()


def test_history_counts_areas_ever_inadequate(figures: dict[str, Figure]) -> None:
    figure = figures["inspection_history_of_the_fifty"]
    ever = figure.data.filter(pl.col("grade") == "inadequate")["area_code"].n_unique()
    assert figure.headline.startswith(f"{ever} of {figure.data['area_code'].n_unique()} ")


@pytest.mark.parametrize("domain", ["overall", "help_protection"])
def test_grades_over_time_add_up(figures: dict[str, Figure], domain: str) -> None:
    data = figures[f"grades_over_time_{domain}"].data
    sums = data.group_by("cohort", "on").agg(pl.col("count").sum(), pl.col("areas").first(), pl.col("share").sum())
    assert (sums["count"] == sums["areas"]).all()
    assert sums.filter(pl.col("areas") > 0)["share"].is_between(0.999, 1.001).all()
    last = data.filter((pl.col("on") == pl.col("on").max()) & (pl.col("cohort") == "fifty"))
    for row in last.iter_rows(named=True):
        words = f"{codes.GRADE_LABELS[row['grade']].lower()} [0-9]+% to {caption.percent(row['share'])}"
        assert re.search(words, figures[f"grades_over_time_{domain}"].alt_text)


def test_moves_from_first_to_latest_add_up(figures: dict[str, Figure]) -> None:
    figure = figures["first_to_latest_judgement"]
    for (domain,), rows in figure.data.filter(pl.col("areas") > 0).group_by("domain"):
        better = rows.filter(pl.col("to_rank") > pl.col("from_rank"))["count"].sum()
        worse = rows.filter(pl.col("to_rank") < pl.col("from_rank"))["count"].sum()
        areas = rows["areas"][0]
        assert rows["count"].sum() == areas
        sentence = (
            f"{codes.DOMAIN_LABELS[str(domain)]}: of {areas} areas judged at least twice, {better} were better at the "
            f"latest judgement than at the first, {areas - better - worse} the same and {worse} worse"
        )
        assert sentence in figure.alt_text


def test_recovery_states_spells_and_those_at_risk(figures: dict[str, Figure], drawn: Draw, words: Words) -> None:
    figure = figures["time_to_recovery_overall"]
    for (label,), rows in figure.data.group_by("cohort_label"):
        spells = rows.select(pl.col("events").sum() + pl.col("censored").sum()).item()
        assert f"{label}: {spells} spells" in figure.alt_text
        assert str(spells) in words(drawn(figure.name))
        beyond = rows.filter(pl.col("days") >= 3 * 365.25).sort("days")["at_risk"][0]
        assert str(beyond) in words(drawn(figure.name))


def test_england_states_the_published_totals(figures: dict[str, Figure], drawn: Draw, words: Words) -> None:
    figure = figures["exploitation_in_england"]
    shown = figure.data.filter(pl.col("count").is_not_null())
    text = words(drawn(figure.name))
    for row in shown.iter_rows(named=True):
        assert f"{row['count']:,} in {row['year']}" in figure.alt_text
        assert f"{row['count']:,}" in text
    assert shown.height == 8 + 4
    assert "0 in 2018" not in figure.alt_text.replace("20,000 in 2018", "")


def test_england_says_what_may_be_relabelling_and_what_is_unreliable(figures: dict[str, Figure]) -> None:
    notes = " ".join(figures["exploitation_in_england"].notes)
    assert "factor of its own in 2022" in notes
    assert "relabelling" in notes
    assert re.search(r"unreliable: .*West Sussex 2023", notes)
    assert re.search(r"suppressed because small: .*Rutland 2022", notes)


def test_area_is_beside_its_ten_neighbours_region_and_england(figures: dict[str, Figure]) -> None:
    figure = figures["exploitation_rotherham"]
    roles = figure.data.group_by("role").agg(pl.col("area_code").n_unique())
    assert dict(roles.iter_rows()) == {"area": 1, "neighbour": 10, "region": 1, "england": 1}
    own = figure.data.filter((pl.col("role") == "area") & pl.col("rate").is_not_null())
    for row in own.iter_rows(named=True):
        assert f"{row['rate']:.1f} in {row['year']}" in figure.alt_text


def test_years_before_collection_are_marked_and_not_zero(figures: dict[str, Figure], drawn: Draw, words: Words) -> None:
    figure = figures["exploitation_rotherham"]
    before = figure.data.filter((pl.col("role") == "area") & (pl.col("status") == "not_collected"))
    assert before.height == 4
    assert before["rate"].null_count() == 4
    assert words(drawn(figure.name)).count("z") == 4


def test_rotherham_was_inadequate_in_2014_and_good_in_2022(figures: dict[str, Figure]) -> None:
    figure = figures["timeline_rotherham"]
    assert figure.headline == "Rotherham: inadequate in 2014, good in 2022"
    days = dict(figure.data.filter(pl.col("kind") != "inspection").select("label", "day").iter_rows())
    assert days["Jay report"] == date(2014, 8, 26)
    for row in figure.data.filter(pl.col("grade").is_not_null()).iter_rows(named=True):
        label = codes.GRADE_LABELS[row["grade"]].lower()
        assert f"{codes.PROGRAMME_LABELS[row['programme']]}, {caption.day(row['day'])}: {label}" in figure.alt_text


def test_any_area_has_charts(con: duckdb.DuckDBPyConnection) -> None:
    made = catalogue.for_area(con, "E06000058")
    assert [figure.name for figure in made] == [
        "timeline_bournemouth_christchurch_and_poole",
        "exploitation_bournemouth_christchurch_and_poole",
    ]
    assert "Bournemouth, Christchurch and Poole" in made[1].subtitle


def test_unknown_area_is_refused(con: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(AnalysisError, match="no area with the code E06999999"):
        catalogue.for_area(con, "E06999999")


def test_last_reporting_day_is_the_last_31_march_reached() -> None:
    def inspections(*published: date | None) -> pl.DataFrame:
        return pl.DataFrame({"programme": ["sif", "ilacs_short", "jtai"], "published": published})

    before = inspections(date(2015, 1, 1), date(2024, 3, 30), None)
    assert catalogue.last_reporting_day(before) == date(2023, 3, 31)
    reached = inspections(date(2015, 1, 1), date(2024, 3, 31), date(2026, 1, 1))
    assert catalogue.last_reporting_day(reached) == date(2024, 3, 31)


def test_picture_is_drawn_the_same_again(figures: dict[str, Figure], drawn: Draw) -> None:
    first = drawn("timeline_rotherham")
    render.svg(figures["fifty_by_basis"])
    render.svg(figures["exploitation_in_england"])
    assert render.svg(figures["timeline_rotherham"]) == first
