"""What stands beside what: letters and inspections, grades and weaknesses, weaknesses and what is recorded."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any
from xml.etree import ElementTree

import altair as alt
import duckdb
import polars as pl
import pytest

from analysis import weaknesses
from analysis.catalogue import Tables
from analysis.charts import ChartDataError, Figure, caption, render
from analysis.charts.comparisons import letters_beside_inspections, weaknesses_and_grades, weaknesses_and_recorded
from analysis.schema import codes

from . import made

SVG = "{http://www.w3.org/2000/svg}"
LABELS = {"leadership": "Leadership", "missing": "Missing children", "lscb_challenge": "Challenge"}
Words = Callable[[str], list[str]]
Read = Callable[[str], ElementTree.Element]
GIVEN: dict[str, Any] = {"statement": made.STATEMENT, "credit": made.CREDIT}


def compared(of: str, looked: int = 10, **rows: tuple[int, int, float]) -> pl.DataFrame:
    """A row a code: letters of 5, inspections of 10 or as many as looked, and the p-value of the difference."""
    return pl.DataFrame(
        [
            {
                of: code,
                f"{of}_order": place,
                "findings": one,
                "reports": one,
                "reports_read": 5,
                "share": one / 5,
                "low": 0.1,
                "high": 0.9,
                "other_findings": other,
                "other_reports": other,
                "other_reports_read": looked,
                "other_share": other / looked,
                "other_low": 0.1,
                "other_high": 0.9,
                "difference": one / 5 - other / looked,
                "difference_low": -0.9,
                "difference_high": 0.9,
                "p_value": p_value,
            }
            for place, (code, (one, other, p_value)) in enumerate(rows.items(), start=1)
        ]
    )


def both_groups(reviewed: int = 0) -> pl.DataFrame:
    """Five letters of 2016, some on reviewed areas, and ten inspections of nine areas, 2015 to 2017."""
    letters = [("letters", f"l{n}", f"E0800000{n}", date(2016, 5, 1), n < reviewed) for n in range(5)]
    singles = [("inspections", f"s{n}", f"E0600000{max(n, 1)}", date(2015 + n % 3, 1, 1), True) for n in range(10)]
    return pl.DataFrame(
        letters + singles, schema=["group", "inspection_id", "area_code", "published", "reviewed"], orient="row"
    )


OF_LETTERS = pl.DataFrame({"group": ["letters"], "theme": ["leadership"], "agency": ["health"], "finding_id": ["l0-1"]})
THEMES = compared("theme", leadership=(2, 1, 0.2), missing=(0, 0, 1.0))
CLEAR = compared(
    "agency", local_authority=(1, 9, 0.02), health=(4, 1, 0.017), police=(3, 0, 0.02), courts_cafcass=(0, 0, 1.0)
)
UNCLEAR = compared("agency", local_authority=(1, 3, 1.0), health=(2, 1, 0.05))


def letters(
    agencies: pl.DataFrame = CLEAR, themes: pl.DataFrame = THEMES, reports: Any | None = None, behind: Any = OF_LETTERS
) -> Figure:
    read = both_groups() if reports is None else reports
    return letters_beside_inspections(themes, agencies, read, behind, LABELS, **GIVEN)


def by_grade(column: str, **cells: tuple[int, int, float, float]) -> pl.DataFrame:
    """A row a framework and grade, `family__grade`: with a weakness, read, and the interval."""
    return pl.DataFrame(
        [
            {
                "cohort": "fifty",
                "family": cell.split("__")[0],
                column: cell.split("__")[1],
                "findings": count,
                "reports": count,
                "reports_read": read,
                "report_share": count / read,
                "report_low": low,
                "report_high": high,
            }
            for cell, (count, read, low, high) in cells.items()
        ]
    )


def associations(rho: float | None, low: float | None, high: float | None) -> pl.DataFrame:
    pairs = [
        "weaknesses_and_grade",
        "weaknesses_and_help_protection",
        "weaknesses_and_rate",
        "weakness_share_and_rate",
    ]
    kinds = dict.fromkeys(("rho", "low", "high"), pl.Float64)
    rows = [
        {"cohort": "fifty", "pair": pair, "areas": 3, "without": 0, "rho": rho, "low": low, "high": high}
        for pair in pairs
    ]
    return pl.DataFrame(rows, schema_overrides=kinds)


TIED = {
    "single_inspection__inadequate": (9, 10, 0.6, 0.98),
    "single_inspection__good": (7, 10, 0.4, 0.9),
    "ilacs__inadequate": (8, 10, 0.5, 0.95),
    "ilacs__good": (1, 20, 0.01, 0.24),
    "jtai__not_graded": (2, 5, 0.1, 0.8),
}
OF_GRADES = pl.DataFrame({"family": ["ilacs"], "grade": ["good"], "help_protection": ["good"], "finding_id": ["a-1"]})


def grades(cells: dict[str, tuple[int, int, float, float]] = TIED, found: Any | None = None) -> Figure:
    return weaknesses_and_grades(
        by_grade("grade", **cells),
        by_grade("help_protection", **cells),
        associations(-0.5, -0.7, -0.2) if found is None else found,
        OF_GRADES,
        **GIVEN,
    )


def measured(**changes: Any) -> pl.DataFrame:
    rows = {
        "cohort": ["fifty"] * 4,
        "area_code": ["E08000018", "E06000017", "E10000032", "E06000058"],
        "area_name": ["Rotherham", "Rutland", "West Sussex", "Poole"],
        "inspection_id": ["a-sif", "b-sif", "c-sif", "d-sif"],
        "published": [date(2014, 11, 19), date(2016, 1, 1), date(2015, 3, 3), date(2017, 1, 31)],
        "weaknesses": [3, 0, 3, 1],
        "year": [2018] * 4,
        "rate": [12.5, 4.0, 12.5, None],
    }
    return pl.DataFrame({**rows, **changes}, schema_overrides={"rate": pl.Float64})


def recorded(rows: Any | None = None, found: Any | None = None) -> Figure:
    return weaknesses_and_recorded(
        measured() if rows is None else rows, associations(0.1, -0.4, 0.6) if found is None else found, **GIVEN
    )


@pytest.fixture(scope="module")
def tables(con: duckdb.DuckDBPyConnection) -> Tables:
    return Tables(con)


@pytest.fixture(scope="module")
def reports(tables: Tables) -> pl.DataFrame:
    """The joint letters of 2016 on exploitation, and the fifty's single inspections of councils, 2015 to 2017."""
    fifty = tables.beside("fifty")["area_code"].implode()
    years = pl.col("published").dt.year().is_between(2015, 2017)
    return pl.concat(
        [
            tables.reports.filter(pl.col("letter_theme") == "cse_and_missing").with_columns(group=pl.lit("letters")),
            tables.reports.filter(
                (pl.col("programme") == "sif") & (pl.col("scope") != "board") & years & pl.col("area_code").is_in(fifty)
            ).with_columns(group=pl.lit("inspections")),
        ]
    ).with_columns(reviewed=pl.col("area_code").is_in(fifty))


@pytest.fixture(scope="module")
def published(tables: Tables, reports: pl.DataFrame) -> dict[str, Figure]:
    """The three figures on the real data."""
    fifty, found = tables.beside("fifty"), tables.findings
    of: dict[str, Any] = {"statement": tables.statement, "credit": tables.findings_credit()}
    groups = [
        reports.filter(pl.col("group") == group).drop("group", "reviewed") for group in ("letters", "inspections")
    ]
    by_theme, by_agency = (
        weaknesses.compare(found, *groups, subject="exploitation", of=of_code) for of_code in ("theme", "agency")
    )
    counted = weaknesses.behind(
        found, pl.concat(groups), tables.beside("england"), subject="exploitation", polarity=["weakness"]
    ).join(reports.select("inspection_id", "group"), on="inspection_id")
    read = tables.reports.filter(pl.col("scope") != "board")
    on_council = found.filter(pl.col("theme") != "lscb_challenge").join(read, on="inspection_id", how="semi")
    measures = weaknesses.measures(on_council, read, tables.rates, fifty, subject="exploitation", year=2018)
    together = weaknesses.associations(measures)
    of_grade, of_protection = (
        weaknesses.prevalence(on_council, read, fifty, subject="exploitation", of=None, by=("family", column))
        for column in ("grade", "help_protection")
    )
    weak = weaknesses.behind(on_council, read, fifty, subject="exploitation", polarity=["weakness"])
    figures = [
        letters_beside_inspections(by_theme, by_agency, reports, counted, tables.theme_labels, **of),
        weaknesses_and_grades(of_grade, of_protection, together, weak, **of),
        weaknesses_and_recorded(measures, together, **of),
    ]
    return {figure.name: figure for figure in figures}


NAMES = ["letters_and_single_inspections", "exploitation_and_grades", "exploitation_and_recorded"]


@pytest.mark.parametrize(
    ("agencies", "headline"),
    [
        (CLEAR, "Joint letters fault health services more, single inspections the council"),
        (CLEAR[[0, 2]], "Joint letters fault police more, single inspections the council"),
        (UNCLEAR, "No clear difference between joint letters and single inspections"),
        (CLEAR.head(1), "1 clear difference between joint letters and single inspections"),
        (
            compared("agency", health=(1, 0, 0.01), local_authority=(0, 1, 0.01)),
            "No clear difference between joint letters and single inspections",
        ),
        (
            compared("agency", health=(4, 0, 0.01), partnership=(4, 1, 0.01), courts_cafcass=(0, 8, 0.01)),
            "Joint letters fault health services more, single inspections the courts",
        ),
    ],
)
def test_headline_says_where_each_looked(agencies: pl.DataFrame, headline: str) -> None:
    behind = OF_LETTERS.with_columns(agency=pl.lit(agencies["agency"][0]))
    assert letters(agencies, behind=behind).headline == headline


def test_counts_are_in_words_and_rows_run_from_letters_to_inspections(words: Words) -> None:
    figure = letters()
    text = words(render.svg(figure))
    assert text.index("Health services") < text.index("Local authority")
    assert [text.count(count) for count in ("4 of 5", "1 of 10", "1 of 5", "9 of 10")] == [1, 2, 1, 1]
    assert "Health services, 4 of 5 letters and 1 of 10 inspections" in figure.alt_text
    assert (
        "Clearly more often in letters: health services; police. Clearly more often in inspections: local authority."
        in (figure.notes[0])
    )
    assert "of 4 rows, about one in twenty would look clear by chance" in figure.notes[0]


def test_each_row_has_the_reports_that_looked_at_it(words: Words) -> None:
    figure = letters(CLEAR, pl.concat([THEMES, compared("theme", looked=8, lscb_challenge=(0, 7, 0.02))]))
    text = words(render.svg(figure))
    assert {"7 of 8", "9 of 10"} < set(text)
    assert "Single inspections, 2015 to 2017 (up to 10 reports)" in text
    assert "Joint letters, 2016 (5 reports)" in text
    assert "beside up to 10 single inspections" in figure.subtitle
    assert "beside 10 single inspections" in letters().subtitle


def test_code_in_no_report_is_left_out_and_named(words: Words) -> None:
    figure = letters()
    assert "Courts, Cafcass" not in words(render.svg(figure))
    assert figure.notes[-1] == (
        "In no report of either kind, and left out – agencies: courts, Cafcass – themes: missing children."
    )
    assert figure.data.height == 2 * (CLEAR.height + THEMES.height)


@pytest.mark.parametrize(
    ("reviewed", "said"),
    [
        (0, "None of the 5 letters is on"),
        (1, "1 of the 5 letters is on"),
        (3, "3 of the 5 letters are on"),
    ],
)
def test_letters_of_reviewed_areas_are_counted(reviewed: int, said: str) -> None:
    figure = letters(reports=both_groups(reviewed))
    assert f"{said} a reviewed area." in figure.subtitle
    assert said in figure.alt_text
    assert f"single inspections, 2015 to 2017, of 9 of the reviewed areas ({made.STATEMENT})" in figure.subtitle
    assert "where each looked, not which agency does worse" in figure.notes[1]


def test_letters_that_cannot_be_drawn_are_refused() -> None:
    with pytest.raises(ChartDataError, match="the shares do not count the 4 letters given"):
        letters(reports=both_groups().tail(-1))
    with pytest.raises(ChartDataError, match="the shares do not count the 9 inspections given"):
        letters(reports=both_groups().head(-1))
    with pytest.raises(ChartDataError, match="column agency holds weather, for which there is no mark"):
        letters(CLEAR.with_columns(agency=pl.lit("weather")))
    with pytest.raises(ChartDataError, match="column group holds visits"):
        letters(reports=both_groups().with_columns(group=pl.lit("visits")))
    with pytest.raises(ChartDataError, match="looked for column other_share"):
        letters(CLEAR.drop("other_share"))
    with pytest.raises(ChartDataError, match="neither group reports any weakness"):
        letters(CLEAR.tail(1), THEMES.tail(1))


@pytest.mark.parametrize(
    ("change", "headline"),
    [
        ({}, "ILACS: weaknesses on exploitation in most ‘inadequate’ reports"),
        (
            {"ilacs__inadequate": (5, 10, 0.3, 0.7)},
            "ILACS: ‘inadequate’ reports more often name weaknesses on exploitation",
        ),
        (
            {"ilacs__good": (6, 10, 0.3, 0.83), "single_inspection__good": (1, 10, 0.01, 0.4)},
            "Single inspections: weaknesses on exploitation in most ‘inadequate’ reports",
        ),
        (
            {"single_inspection__good": (1, 10, 0.01, 0.4)},
            "Reports that grade ‘inadequate’ more often find weaknesses on exploitation",
        ),
        ({"ilacs__good": (6, 10, 0.3, 0.83)}, "No clear link between grades and weaknesses on exploitation"),
    ],
)
def test_headline_names_the_frameworks_that_are_clear(change: dict[str, Any], headline: str) -> None:
    assert grades({**TIED, **change}).headline == headline


def test_no_reports_of_a_grade_is_not_zero_of_them(words: Words) -> None:
    text = words(render.svg(grades({**TIED, "ilacs__outstanding": (0, 3, 0.0, 0.56)})))
    assert text.count("0 of 3") == 2
    assert text.count("no report") == 2 * 3
    assert text.count("Outstanding") == 2


def test_grades_with_only_one_framework_make_no_claim() -> None:
    figure = grades({"ilacs__good": TIED["ilacs__good"]})
    assert figure.headline == "No clear link between grades and weaknesses on exploitation"
    assert figure.notes[0].startswith("No framework has reports that grade inadequate and good.")


def test_reports_without_a_grade_are_counted_apart() -> None:
    assert "of them, with a weakness: Joint letters (JTAI): 2 of 5." in grades().notes[-1]
    without = {cell: numbers for cell, numbers in TIED.items() if "not_graded" not in cell}
    assert not any("give no overall grade" in note for note in grades(without).notes)


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ((-0.5, -0.7, -0.2), "the worse the grade, the more weaknesses (Spearman’s rho −0.50, 95% interval −0.70 to"),
        ((0.5, 0.2, 0.7), "the worse the grade, the fewer weaknesses"),
        ((-0.1, -0.3, 0.2), "no clear link between grade and number of weaknesses"),
        ((None, None, None), "no clear link between grade and number of weaknesses (Spearman’s rho not defined)"),
    ],
)
def test_rank_correlation_is_put_in_plain_words(found: tuple[Any, Any, Any], said: str) -> None:
    figure = grades(found=associations(*found))
    assert said in figure.notes[0]
    assert "safeguarding board are left out: the grade is not about it." in figure.notes[1]
    assert "not what causes what" in figure.notes[2]


def test_grades_that_cannot_be_drawn_are_refused() -> None:
    with pytest.raises(ChartDataError, match="no report gives a grade"):
        grades({"jtai__not_graded": (2, 5, 0.1, 0.8)})
    with pytest.raises(ChartDataError, match="column grade holds satisfactory"):
        grades({"ilacs__satisfactory": (2, 5, 0.1, 0.8)})
    mixed = associations(0.1, 0.0, 0.2).with_columns(cohort=pl.Series(["england", "fifty", "fifty", "fifty"]))
    with pytest.raises(ChartDataError, match="cohort holds england, fifty, and one is wanted"):
        grades(found=mixed)


@pytest.mark.parametrize(
    ("found", "headline"),
    [
        ((0.2, -0.1, 0.4), "No clear link between reported weaknesses and recorded CSE"),
        ((0.4, 0.1, 0.6), "More reported weaknesses go with more recorded CSE"),
        ((-0.4, -0.6, -0.1), "More reported weaknesses go with less recorded CSE"),
        ((None, None, None), "Too few areas to set weaknesses beside recorded CSE"),
    ],
)
def test_headline_of_recorded_cse_follows_the_interval(found: tuple[Any, Any, Any], headline: str) -> None:
    assert recorded(found=associations(*found)).headline == headline


def test_no_area_is_labelled_but_those_without_a_rate_are_named(words: Words) -> None:
    figure = recorded()
    text = words(render.svg(figure))
    assert not {"Rotherham", "Rutland", "West Sussex"} & set(text)
    assert "One mark an area (3 of 4)" in figure.subtitle
    assert "Without a usable rate, and not drawn: Poole." in figure.notes[0]
    assert "19 November 2014 to 1 January 2016" in figure.subtitle
    assert figure.data["area_name"].to_list() == ["Rotherham", "Rutland", "West Sussex", "Poole"]


def test_areas_in_one_place_are_counted(words: Words) -> None:
    assert words(render.svg(recorded())).count("2") == 3
    assert "A number beside a mark counts areas in the same place." in recorded().notes[0]
    apart = recorded(measured(rate=[12.5, 4.0, 12.6, 3.0]))
    assert words(render.svg(apart)).count("2") == 2
    assert "counts areas in the same place" not in apart.notes[0]
    assert "Without a usable rate" not in apart.notes[0]


def test_recorded_that_cannot_be_drawn_is_refused() -> None:
    with pytest.raises(ChartDataError, match="no area has a rate that can be used"):
        recorded(measured(rate=[None] * 4))
    with pytest.raises(ChartDataError, match="looked for column weaknesses"):
        recorded(measured().drop("weaknesses"))


def test_every_kind_of_frame_gives_the_same_figure() -> None:
    con = duckdb.connect()
    for draw, rows in ((recorded, measured()), (letters, CLEAR)):
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
    assert "not nothing wrong" in " ".join(figure.notes)
    assert "Exploitation here is sexual, criminal, or of a kind that the passage does not name." in " ".join(
        figure.notes
    )
    assert figure.traced().height == figure.data.height


@pytest.mark.parametrize("name", NAMES[:2])
def test_published_marks_have_their_findings(published: dict[str, Figure], name: str) -> None:
    traced = published[name].traced().with_columns(ids=pl.col("finding_ids").str.split(";").list.len().fill_null(0))
    assert (traced["ids"] == traced["findings"]).all()
    assert traced["findings"].sum() > 0


def test_published_letters_say_every_count(published: dict[str, Figure], reports: pl.DataFrame, words: Words) -> None:
    figure = published["letters_and_single_inspections"]
    text = words(render.svg(figure))
    seen = figure.data.filter((pl.col("reports").sum() > 0).over("section", "code"))
    for row in seen.iter_rows(named=True):
        assert text.count(f"{row['reports']} of {row['reports_read']}") >= 1
    assert dict(reports["group"].value_counts().iter_rows()) == {"letters": 5, "inspections": 41}
    assert "5 joint letters of 2016" in figure.subtitle
    boards = {"lscb", "lscb_challenge"}
    looked = figure.data.filter(pl.col("group") == "inspections").select("code", "reports_read").iter_rows()
    assert {(code in boards, read) for code, read in looked} == {(True, 39), (False, 41)}


def test_published_reports_that_grade_inadequate_list_more_on_other_subjects(tables: Tables) -> None:
    fifty, of_grades = tables.beside("fifty"), pl.col("grade").is_in(["inadequate", "good"])
    other = (pl.col("polarity") == "weakness") & ~pl.col("on_exploitation") & (pl.col("theme") != "lscb_challenge")
    listed = tables.findings.filter(pl.col("listed") & other).group_by("inspection_id").len()
    read = tables.reports.join(fifty, on="area_code", how="semi").filter(of_grades)
    mean = (
        read.join(listed, on="inspection_id", how="left")
        .group_by("family", "grade")
        .agg(pl.col("len").fill_null(0).mean())
        .pivot("grade", index="family", values="len")
    )
    assert mean.height == 2
    assert (mean["inadequate"] > mean["good"]).all()


def test_published_grades_say_every_count(published: dict[str, Figure], words: Words) -> None:
    figure = published["exploitation_and_grades"]
    text = words(render.svg(figure))
    for row in figure.data.filter(pl.col("grade").is_in([str(grade) for grade in codes.Grade])).iter_rows(named=True):
        assert f"{row['reports']} of {row['reports_read']}" in text
        label = codes.GRADE_LABELS[row["grade"]].lower()
        assert f"{label} {row['reports']} of {row['reports_read']}" in figure.alt_text


def test_published_scatter_draws_every_area_with_a_rate(published: dict[str, Figure], read: Read) -> None:
    figure = published["exploitation_and_recorded"]
    assert figure.id_column == "inspection_id"
    assert figure.data["inspection_id"].is_unique().all()
    drawn = figure.data["rate"].drop_nulls().len()
    assert f"Scatter plot of {caption.counted(drawn, 'area')}." in figure.alt_text
    points = [
        path
        for group in read(render.svg(figure)).iter(f"{SVG}g")
        if str(group.get("class")).startswith("mark-symbol")
        for path in group.iter(f"{SVG}path")
    ]
    assert len(points) == drawn
