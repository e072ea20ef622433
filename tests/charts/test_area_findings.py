"""The findings of one area: counts by theme, inspection and polarity, and empty cells that say why."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from typing import Any
from xml.etree import ElementTree

import altair as alt
import duckdb
import polars as pl
import pytest

from analysis.catalogue import Tables
from analysis.charts import ChartDataError, Figure, caption, render
from analysis.charts.area_findings import findings_of_area
from analysis.schema import codes

from . import made

Words = Callable[[str], list[str]]
LABELS = {
    "leadership": "Leadership and strategy",
    "lscb_challenge": "Challenge by the safeguarding board",
    "health": "Health",
    "education": "Education",
}
AREAS = {
    "Rotherham": "E08000018",
    "Leeds": "E08000035",
    "Darlington": "E06000005",
    "Surrey": "E10000030",
    "Stockton-on-Tees": "E06000004",
    "Bury": "E08000002",
}


def _inspections(**changes: Any) -> pl.DataFrame:
    """A report that was read, a review known from public pages, one inspection not read, and a read re-inspection."""
    rows = {
        "inspection_id": ["a-sif", "a-cqc", "a-ilacs", "a-again"],
        "programme": ["sif", "cqc_clas", "ilacs_standard", "sif_reinspection"],
        "published": [date(2014, 11, 19), date(2015, 7, 14), date(2022, 3, 9), None],
        "grade": ["inadequate", None, "good", "requires_improvement"],
        "read": [True, False, False, True],
    }
    return pl.DataFrame({**rows, **changes})


def _findings(*extra: tuple[str, str, str, bool | None]) -> pl.DataFrame:
    """Six findings in the report that was read and two from public pages, three of them on exploitation."""
    rows = [
        ("a-sif", "leadership", "weakness", True),
        ("a-sif", "leadership", "weakness", True),
        ("a-sif", "leadership", "weakness", False),
        ("a-sif", "lscb_challenge", "strength", False),
        ("a-sif", "lscb_challenge", "progress", False),
        ("a-sif", "health", "weakness", False),
        ("a-cqc", "health", "weakness", None),
        ("a-cqc", "leadership", "strength", True),
        *extra,
    ]
    return pl.DataFrame(
        [
            {"finding_id": f"f{n}", "inspection_id": of, "theme": code, "polarity": polarity, "on_exploitation": on}
            for n, (of, code, polarity, on) in enumerate(rows, start=1)
        ]
    )


def _figure(findings: Any | None = None, inspections: Any | None = None, area_name: str = "Rutland") -> Figure:
    return findings_of_area(
        _findings() if findings is None else findings,
        _inspections() if inspections is None else inspections,
        LABELS,
        area_name=area_name,
        slug="an-area",
        credit=made.CREDIT,
    )


def _real(con: duckdb.DuckDBPyConnection, code: str) -> Figure:
    tables = Tables(con)
    area = tables.area(code)
    overall = tables.graded.filter(pl.col("domain") == "overall").select("inspection_id", "grade")
    inspections = (
        tables["inspections"]
        .filter(pl.col("area_code") == code)
        .sort("published", nulls_last=True)
        .join(overall, on="inspection_id", how="left", maintain_order="left")
        .with_columns(read=pl.col("inspection_id").is_in(tables.reports["inspection_id"].to_list()))
    )
    findings = (
        tables["findings"]
        .join(inspections, on="inspection_id", how="semi")
        .with_columns(on_exploitation=pl.col("exploitation_focus").is_in(list(codes.ON_EXPLOITATION)))
    )
    return findings_of_area(
        findings,
        inspections,
        tables.theme_labels,
        area_name=area["name"],
        slug=area["slug"],
        credit=tables.findings_credit(),
    )


@pytest.fixture(scope="module")
def real(con: duckdb.DuckDBPyConnection) -> dict[str, Figure]:
    """Areas with few and with many inspections, read and not read."""
    return {name: _real(con, code) for name, code in AREAS.items()}


def test_counts_are_told_apart_by_shape_line_and_number() -> None:
    data = _figure().data
    cell = data.filter((pl.col("theme") == "leadership") & (pl.col("inspection_order") == 1))
    assert cell.select("polarity", "count", "on_exploitation").rows() == [("weakness", 3, 2)]
    everything = [("a-sif", "health", polarity, on) for polarity in ("strength", "progress") for on in (True, False)]
    drawn = render.svg(_figure(_findings(*everything)))
    shapes = set(re.findall(r' d="(M[^"]+)" fill="(#[0-9A-F]+)" stroke="#[0-9A-F]+" stroke-width="1.5"', drawn))
    assert len({(outline, fill == "#FFFFFF") for outline, fill in shapes}) == 6


def test_legend_counts_every_finding_once(words: Words) -> None:
    text = words(render.svg(_figure()))
    for said in (
        "Weakness on exploitation (2)",
        "Other weakness (3)",
        "Strength on exploitation (1)",
        "Other strength (1)",
        "Progress on exploitation (0)",
        "Other progress (1)",
    ):
        assert said in text


def test_empty_cells_say_why(words: Words) -> None:
    figure = _figure(_findings(("a-again", "education", "weakness", False)))
    text = words(render.svg(figure))
    # Of four themes: public pages say nothing of two, the inspection that was not read of three.
    assert text.count("?") == 2 + 3 + 1
    # Neither ILACS nor the re-inspection looks at boards; CQC's remit is not known to exclude them.
    assert text.count("–") == 2 + 1
    assert {"Read: no finding under it", "Not known: report not read", "Does not look at boards"} <= set(text)
    assert any("nothing reported is not nothing wrong" in note for note in figure.notes)
    assert any("nothing can be said of what it does not show" in note for note in figure.notes)


def test_legend_names_only_what_is_drawn(words: Words) -> None:
    figure = _figure(_findings().filter(pl.col("theme") == "leadership"), _inspections().head(2))
    text = words(render.svg(figure))
    assert not {"Read: no finding under it", "Not known: report not read", "Does not look at boards"} & set(text)
    assert "Progress on exploitation (0)" not in text
    assert "Inadequate" in text
    assert "Good" not in text


def test_columns_say_from_what_findings_are_known(words: Words) -> None:
    text = words(render.svg(_figure()))
    assert [text.count(said) for said in ("read whole", "from public pages", "not read")] == [2, 1, 1]
    assert [text.count(letter) for letter in "IGR"] == [2, 2, 2]
    assert text.count("no grade") == 1
    assert text.count("day not known") == 1
    assert (
        "6 findings in 2 reports read whole; 2 findings in 1 review known from public pages alone" in _figure().subtitle
    )
    assert any("place among the columns says nothing" in note for note in _figure().notes)


def test_alt_text_tells_each_inspection() -> None:
    said = _figure().alt_text
    assert (
        "Single inspection (SIF), Nov 2014, inadequate overall, read whole: 4 weaknesses (2 on exploitation), 1 "
        "strength (0 on exploitation) and 1 sign of progress (0 on exploitation)." in said
    )
    assert "ILACS standard inspection, Mar 2022, good overall, not read: nothing can be said." in said
    assert "SIF re-inspection, day not known, requires improvement overall, read whole: no finding." in said


@pytest.mark.parametrize(
    ("changed", "area", "headline"),
    [
        ({}, "Rutland", "Rutland: 2 weaknesses, 0 strengths on exploitation"),
        ({"progress": True}, "Rutland", "Rutland: 2 weaknesses, 1 sign of progress on exploitation"),
        ({"progress": True}, "Bath and North East Somerset", "2 weaknesses, 1 sign of progress on exploitation"),
        ({"none": True}, "Rutland", "Rutland: none of 6 findings is on exploitation"),
        ({"only_progress": True}, "Rutland", "Rutland: 0 weaknesses, 1 sign of progress on exploitation"),
    ],
)
def test_headline_is_short_and_true(changed: dict[str, bool], area: str, headline: str) -> None:
    findings = _findings()
    progress = pl.col("polarity") == "progress"
    if "progress" in changed:
        findings = findings.with_columns(on_exploitation=pl.col("on_exploitation") | progress)
    if "none" in changed:
        findings = findings.with_columns(on_exploitation=pl.lit(value=False))
    if "only_progress" in changed:
        findings = findings.with_columns(on_exploitation=progress)
    assert _figure(findings, area_name=area).headline == headline
    assert len(headline.split()) <= 10


def test_area_of_which_no_report_was_read_says_so() -> None:
    figure = _figure(_findings().filter(pl.col("inspection_id") == "a-cqc"), _inspections(read=[False] * 4))
    assert figure.headline == "Rutland: no report read, 2 findings from public pages"


def test_ids_of_a_mark_are_its_findings() -> None:
    figure = _figure()
    traced = figure.traced()
    assert traced.height == figure.data.height == 6
    assert traced["finding_ids"].to_list() == ["f1;f2;f3", "f8", "f4", "f5", "f6", "f7"]
    assert traced["inspection_id"].to_list() == ["a-sif", "a-cqc", "a-sif", "a-sif", "a-sif", "a-cqc"]


def test_area_without_a_finding_is_refused() -> None:
    with pytest.raises(
        ChartDataError, match="chart findings_an_area: the frame has no rows; choose a cohort or an area"
    ):
        _figure(_findings().head(0))


def test_finding_of_another_area_is_refused() -> None:
    with pytest.raises(ChartDataError, match="column inspection_id holds elsewhere"):
        _figure(_findings(("elsewhere", "health", "weakness", False)))


def test_rows_that_are_there_twice_are_refused() -> None:
    with pytest.raises(ChartDataError, match="wants one row an inspection"):
        _figure(inspections=pl.concat([_inspections(), _inspections()]))
    with pytest.raises(ChartDataError, match="wants one row a finding"):
        _figure(pl.concat([_findings(), _findings()]))


def test_unknown_code_and_missing_column_are_refused() -> None:
    with pytest.raises(ChartDataError, match="column polarity holds doubt, for which there is no mark"):
        _figure(_findings(("a-sif", "health", "doubt", False)))
    with pytest.raises(ChartDataError, match="column theme holds housing"):
        _figure(_findings(("a-sif", "housing", "weakness", False)))
    with pytest.raises(ChartDataError, match="looked for column read and found"):
        _figure(inspections=_inspections().drop("read"))


def test_every_kind_and_order_of_findings_gives_the_same_figure() -> None:
    rows = _findings()
    con = duckdb.connect()
    con.register("findings", rows.to_arrow())
    kinds: list[Any] = [rows, rows.reverse(), rows.lazy(), rows.to_pandas(), con.table("findings")]
    assert len({render.svg(_figure(kind)) for kind in kinds}) == 1


@pytest.mark.parametrize("area", AREAS)
def test_real_area_adds_up(real: dict[str, Figure], con: duckdb.DuckDBPyConnection, area: str) -> None:
    figure = real[area]
    findings = (
        con.table("findings")
        .pl()
        .join(con.table("inspections").pl().filter(pl.col("area_code") == AREAS[area]), on="inspection_id", how="semi")
    )
    assert figure.data["count"].sum() == findings.height
    on = findings["exploitation_focus"].is_in(list(codes.ON_EXPLOITATION)).sum()
    assert figure.data["on_exploitation"].sum() == on
    traced = figure.traced()
    assert traced.height == figure.data.height
    assert [len(ids.split(";")) for ids in traced["finding_ids"]] == traced["count"].to_list()
    assert 3 <= len(figure.headline.split()) <= 10


@pytest.mark.parametrize("area", AREAS)
def test_real_area_can_be_read(real: dict[str, Figure], area: str) -> None:
    drawn = render.svg(real[area])
    root = ElementTree.fromstring(drawn)  # noqa: S314
    assert float(str(root.get("width"))) <= 760
    assert min(float(size) for size in re.findall(r'font-size="([\d.]+)px"', drawn)) >= 11
    assert caption.characters() >= set("".join(root.itertext())) - set("\n")


def test_rotherham_shows_its_review_by_cqc(real: dict[str, Figure]) -> None:
    figure = real["Rotherham"]
    of_review = figure.data.filter(pl.col("programme") == "cqc_clas")
    assert of_review["known_from"].unique().to_list() == ["from public pages"]
    assert f"{of_review['count'].sum()} findings in 1 review known from public pages alone" in figure.subtitle
    assert "CQC review of health services (CLAS), Jul 2015, from public pages: 8 weaknesses" in figure.alt_text


def test_real_area_survives_a_json_round_trip(real: dict[str, Figure]) -> None:
    figure = real["Rotherham"]
    spec = json.loads(json.dumps(figure.specification()))
    assert spec == figure.specification()
    spec.pop("datasets")
    again = alt.VConcatChart.from_dict(spec, validate=True)
    with alt.theme.enable("none"):
        assert again.to_dict() == spec
