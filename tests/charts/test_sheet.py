"""The sheets of areas by themes: six states that look like six things, and counts that add up."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Any
from xml.etree import ElementTree

import altair as alt
import duckdb
import polars as pl
import pytest

from analysis import weaknesses
from analysis.catalogue import Tables
from analysis.charts import ChartDataError, Figure, caption, render
from analysis.charts.sheet import STATE_LABELS, areas_by_themes, state_marks

from . import made

Words = Callable[[str], list[str]]
SVG = "{http://www.w3.org/2000/svg}"
NAME = "exploitation_sheet_since"
LABELS = {
    "leadership": "Leadership and strategy",
    "lscb_challenge": "Challenge by the safeguarding board",
    "health": "Health",
    "education": "Education",
}
PROGRAMMES = {
    "exploitation_sheet_single_inspections": ["sif", "sif_reinspection"],
    "exploitation_sheet_since": ["ilacs_standard", "ilacs_short", "jtai"],
}
STATES: dict[str, list[tuple[str, int | None, int | None, int | None, int]]] = {
    "Rotherham": [("weakness", 2, 0, 0, 1), ("not_inspected", None, None, None, 0), ("both", 1, 1, 1, 1)],
    "Rutland": [("silent", 0, 0, 0, 2), ("strength", 0, 0, 1, 1), ("weakness", 1, 0, 0, 2)],
    "West Sussex": [("not_read", None, None, None, 0)] * 3,
}
CODES = {name: code for code, name in made.NAMES.items()}


def _states(states: dict[str, Any] = STATES) -> pl.DataFrame:
    """Three areas by three themes on which something was found, and one on which nothing was."""
    rows = []
    for area, cells in states.items():
        nothing = ("silent", 0, 0, 0, 1) if cells[0][0] != "not_read" else cells[0]
        for order, (theme, cell) in enumerate(zip(LABELS, [*cells, nothing], strict=True), start=1):
            state, weak, strong, progress, reports = cell
            rows.append(
                {
                    "cohort": "fifty",
                    "cohort_label": "Reviewed areas",
                    "cohort_order": 1,
                    "area_code": CODES[area],
                    "area_name": area,
                    "theme": theme,
                    "theme_order": order,
                    "state": state,
                    "weaknesses": weak,
                    "strengths": strong,
                    "progress": progress,
                    "reports_read": reports,
                    "inspections": 1,
                }
            )
    return pl.DataFrame(rows)


def _behind(states: pl.DataFrame) -> pl.DataFrame:
    """As many findings as the states count."""
    rows = []
    for row in states.iter_rows(named=True):
        for n in range((row["weaknesses"] or 0) + (row["strengths"] or 0) + (row["progress"] or 0)):
            finding = f"{row['area_code']}-{row['theme']}-{n}"
            rows.append({**{key: row[key] for key in ("area_code", "theme")}, "finding_id": finding})
    return pl.DataFrame(rows).with_columns(on_exploitation=True)


def _figure(states: Any | None = None, behind: Any | None = None, fuller: Sequence[str] = ()) -> Figure:
    rows = _states() if states is None else states
    return areas_by_themes(
        rows,
        _behind(rows) if behind is None else behind,
        LABELS,
        name=NAME,
        looked="ILACS and joint letters, since 2016",
        fuller=fuller,
        statement=made.STATEMENT,
        credit=made.CREDIT,
    )


@pytest.fixture(scope="module")
def real(con: duckdb.DuckDBPyConnection) -> dict[str, Figure]:
    """Both sheets of the fifty."""
    tables = Tables(con)
    fifty = tables.beside("fifty")
    sheets = {}
    for name, programmes in PROGRAMMES.items():
        reports = tables.reports.filter(pl.col("programme").is_in(programmes))
        findings = weaknesses.reported(tables["findings"], reports)
        sheets[name] = areas_by_themes(
            weaknesses.states(
                findings, reports, tables["inspections"], fifty, subject="exploitation", programmes=programmes
            ),
            weaknesses.behind(findings, reports, fifty, subject="exploitation"),
            tables.theme_labels,
            name=name,
            looked="some inspections",
            statement=tables.statement,
            credit=tables.findings_credit(),
        )
    return sheets


def _appearance(state: str) -> str:
    """What is drawn for a cell of a state, without any colour."""
    base = alt.Chart(pl.DataFrame({"state": [state], "x": [1], "y": [1]})).encode(x="x:Q", y="y:Q")
    figure = Figure(
        f"one_{state}", alt.layer(*state_marks(base, [state])), "One mark", "s", "s", "l", "a", pl.DataFrame()
    )
    drawn = [
        path.get("d") or "".join(path.itertext())
        for group in ElementTree.fromstring(render.svg(figure)).iter(f"{SVG}g")  # noqa: S314
        if re.fullmatch(r"mark-(symbol|text) role-mark \S*marks", str(group.get("class")))
        for path in group
    ]
    filled = re.findall(r'fill="(none|transparent)"', render.svg(figure))
    return f"{drawn} {len(filled)}"


def test_six_states_look_like_six_things_without_colour() -> None:
    assert list(STATE_LABELS) == list(weaknesses.STATES)
    looks = {state: _appearance(state) for state in STATE_LABELS}
    assert all("[]" not in look for look in looks.values())
    assert len(set(looks.values())) == len(STATE_LABELS)


def test_both_is_drawn_as_the_two_marks_side_by_side() -> None:
    def paths(state: str) -> set[str]:
        return set(re.findall(r"'(M[^']+)'", _appearance(state)))

    assert paths("both") == paths("weakness") | paths("strength")
    assert len(paths("both")) == 2


def test_legend_counts_the_cells_of_each_state(words: Words) -> None:
    text = words(render.svg(_figure()))
    for said in (
        "Weakness only (2 cells)",
        "Weakness, and strength or progress (1 cell)",
        "Strength or progress only (1 cell)",
        "Read: nothing reported on it (1 cell)",
        "Inspected, report not read (3 cells)",
        "No inspection that looks at it (1 cell)",
    ):
        assert said in text
    assert text.count("?") == 3 + 1
    assert text.count("–") == 1 + 1


def test_state_that_no_cell_has_is_not_in_the_legend(real: dict[str, Figure], words: Words) -> None:
    text = " ".join(words(render.svg(real["exploitation_sheet_single_inspections"])))
    assert STATE_LABELS["not_read"] not in text
    assert "A dash is no silence" not in text
    assert "A dot is silence" in text


def test_headline_counts_areas_of_which_a_report_was_read() -> None:
    figure = _figure()
    assert figure.headline == "ILACS and joint letters: weaknesses on exploitation in 2 areas"
    assert "1 area had no report read." in figure.subtitle
    assert "3 reports that look at it or speak of it, 7 findings on exploitation." in figure.subtitle


def test_theme_without_a_finding_is_named_and_not_drawn(words: Words) -> None:
    figure = _figure()
    assert set(figure.data["theme"]) == set(LABELS) - {"education"}
    assert "Education" not in words(render.svg(figure))
    assert "No area has a finding under Education." in figure.notes[-1]


def test_themes_with_a_weakness_in_most_areas_come_first() -> None:
    figure = _figure()
    told = figure.alt_text.split("Areas by theme: ")[1]
    assert told == (
        "Health, weaknesses in 2, strengths or progress in 1; Leadership and strategy, weaknesses in 1, strengths or "
        "progress in 0; Challenge by the safeguarding board, weaknesses in 0, strengths or progress in 1."
    )


def test_dash_says_which_themes_it_stands_under() -> None:
    assert any("looks at the theme (Challenge by the safeguarding board)" in note for note in _figure().notes)


def test_silence_and_comparison_are_spoken_of() -> None:
    said = " ".join(_figure().notes)
    assert "silence is not resolution" in said
    assert "nothing reported is not nothing wrong" in said
    assert "no league table" in said


def test_ids_of_a_cell_are_its_findings() -> None:
    figure = _figure()
    traced = figure.traced()
    assert traced.height == figure.data.height
    cell = traced.filter((pl.col("area_name") == "Rotherham") & (pl.col("theme") == "leadership"))
    assert cell["finding_ids"].to_list() == ["E08000018-leadership-0;E08000018-leadership-1"]
    assert traced.filter(pl.col("state").is_in(["silent", "not_read", "not_inspected"]))["finding_ids"].is_null().all()


def test_every_kind_of_frame_gives_the_same_sheet() -> None:
    rows = _states()
    con = duckdb.connect()
    con.register("states", rows.to_arrow())
    kinds: list[Any] = [rows, rows.lazy(), rows.to_pandas(), con.table("states")]
    assert len({render.svg(_figure(kind, _behind(rows))) for kind in kinds}) == 1


def test_several_cohorts_are_refused() -> None:
    rows = _states()
    with pytest.raises(ChartDataError, match="wants the states of one cohort, one row an area and theme"):
        _figure(pl.concat([rows, rows.with_columns(cohort=pl.lit("england"))]), _behind(rows))


def test_findings_on_other_subjects_are_refused() -> None:
    with pytest.raises(ChartDataError, match="wants findings on exploitation only"):
        _figure(behind=_behind(_states()).with_columns(on_exploitation=False))


def test_findings_other_than_those_counted_are_refused() -> None:
    behind = _behind(_states())
    with pytest.raises(ChartDataError, match="E08000018 has 2 findings on leadership by its state and 1 behind it"):
        _figure(behind=behind.filter(pl.col("finding_id") != "E08000018-leadership-0"))
    stray = behind.head(1).with_columns(theme=pl.lit("lscb_challenge"), finding_id=pl.lit("stray"))
    with pytest.raises(ChartDataError, match="0 findings on lscb_challenge by its state and 1 behind it"):
        _figure(behind=pl.concat([behind, stray]))


def test_unknown_state_and_missing_column_are_refused() -> None:
    with pytest.raises(ChartDataError, match="column state holds unsure, for which there is no mark"):
        _figure(_states().with_columns(state=pl.lit("unsure")))
    with pytest.raises(ChartDataError, match="looked for column state and found"):
        _figure(_states().drop("state"))


@pytest.mark.parametrize("name", PROGRAMMES)
def test_real_sheet_adds_up(real: dict[str, Figure], name: str) -> None:
    figure = real[name]
    assert figure.data["area_code"].n_unique() == 50
    weak = figure.data.filter(pl.col("weaknesses") > 0)["area_code"].n_unique()
    assert figure.headline == f"Some inspections: weaknesses on exploitation in {weak} of 50 areas"
    assert len(figure.headline.split()) == 10
    for row in figure.traced().iter_rows(named=True):
        found = (row["weaknesses"] or 0) + (row["strengths"] or 0) + (row["progress"] or 0)
        assert len((row["finding_ids"] or "").split(";")) == max(found, 1)
        assert (row["finding_ids"] is None) == (found == 0)


def test_boards_are_not_looked_at_where_no_joint_letter_was_published(real: dict[str, Figure]) -> None:
    data = real["exploitation_sheet_since"].data
    not_looked = data.filter(pl.col("state") == "not_inspected")
    assert set(not_looked["theme"]) == {"lscb_challenge"}
    assert 0 < not_looked.height < 50
    assert set(real["exploitation_sheet_single_inspections"].data["state"]) == {
        "weakness",
        "both",
        "strength",
        "silent",
    }


@pytest.mark.parametrize("name", PROGRAMMES)
def test_real_sheet_prints_on_one_upright_page(real: dict[str, Figure], words: Words, name: str) -> None:
    drawn = render.svg(real[name])
    root = ElementTree.fromstring(drawn)  # noqa: S314
    width, height = float(str(root.get("width"))), float(str(root.get("height")))
    assert width <= 760
    assert height / width <= 1.75
    sizes = {float(size) for size in re.findall(r'font-size="([\d.]+)px"', drawn)}
    assert min(sizes) >= 11
    shown = words(drawn)
    for label in (*real[name].data["area_name"].unique(), "Reports read"):
        assert label in shown


def _placed(element: ElementTree.Element, left: float = 0.0, top: float = 0.0) -> list[tuple[Any, float, float]]:
    """Every text with the place of its anchor."""
    found = []
    for child in element:
        moved = re.match(r"translate\((-?[\d.e-]+),(-?[\d.e-]+)", str(child.get("transform")))
        x, y = (left + float(moved[1]), top + float(moved[2])) if moved else (left, top)
        if child.tag == f"{SVG}text":
            found.append((child, x, y))
        found += _placed(child, x, y)
    return found


def test_upright_headings_stand_between_legend_and_sheet(real: dict[str, Figure]) -> None:
    root = ElementTree.fromstring(render.svg(real[NAME]))  # noqa: S314
    placed = _placed(root)
    upright = [(mark, x, y) for mark, x, y in placed if "rotate" in str(mark.get("transform"))]
    assert len(upright) == real[NAME].data["theme"].n_unique() + 1
    legend = max(y for mark, _, y in placed if "cells)" in "".join(mark.itertext()))
    for mark, x, foot in upright:
        assert x <= float(str(root.get("width")))
        assert foot - max(caption.text_width(line, 11) for line in mark.itertext()) > legend + 6


@pytest.mark.parametrize("name", PROGRAMMES)
def test_real_sheet_survives_a_json_round_trip(real: dict[str, Figure], name: str) -> None:
    spec = json.loads(json.dumps(real[name].specification()))
    assert spec == real[name].specification()
    spec.pop("datasets")
    again = alt.VConcatChart.from_dict(spec, validate=True)
    with alt.theme.enable("none"):
        assert again.to_dict() == spec


def test_area_with_a_joint_inspection_is_marked_and_the_mark_explained(words: Words) -> None:
    marked = _figure(fuller=[CODES["Rutland"]])
    assert "Rutland †" in words(render.svg(marked))
    assert any(note.startswith("† had a joint inspection") for note in marked.notes)
    assert "†" not in " ".join(marked.data["area_name"])
    assert "†" not in " ".join((*_figure().notes, *words(render.svg(_figure()))))
