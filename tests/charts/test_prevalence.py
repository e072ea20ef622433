"""How often something was reported: the charts by theme and by group, on made frames and on the real findings."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from xml.etree import ElementTree

import altair as alt
import duckdb
import polars as pl
import pytest

from analysis import weaknesses
from analysis.catalogue import Tables
from analysis.charts import ChartDataError, Figure, caption, marks, render
from analysis.charts.prevalence import (
    GROUP_TITLES,
    NOT_LOOKED_AT,
    VALUE_LABELS,
    exploitation_by_group,
    exploitation_by_theme,
    weaknesses_by_theme,
)
from analysis.schema import codes

from . import made

SVG = "{http://www.w3.org/2000/svg}"
Words = Callable[[str], list[str]]
Read = Callable[[str], ElementTree.Element]
Areas = Sequence[int | None]
Groups = Mapping[str, Mapping[str, tuple[int, int]]]
Real = Mapping[str, tuple[Figure, pl.DataFrame]]
NAMES = ["weaknesses_by_theme", "exploitation_by_theme", "exploitation_by_group"]
LABELS = {
    "leadership": "Leadership and strategy",
    "lscb_challenge": "Challenge by the safeguarding board",
    "missing": "Missing children",
}
LISTED: dict[str, Areas] = {"single_inspection": [6, 8, 3], "ilacs": [7, None, 0], "jtai": [6, 2, 1]}
WEAK, STRONG = [6, 8, 0], [9, 2, 0]
GROUPS: Groups = {
    "family": {"single_inspection": (4, 8), "ilacs": (2, 8), "jtai": (2, 2)},
    "period": {"2014 to 2017": (6, 9), "2018 to 2021": (2, 9)},
    "region": {"London": (5, 9), "South West": (3, 9)},
    "grade": {"inadequate": (4, 4), "outstanding": (0, 3), marks.NOT_GRADED: (4, 11)},
    "agency": {"local_authority": (2, 2), "police": (0, 2)},
}


def shares(count: int, total: int, prefix: str = "") -> dict[str, float | None]:
    """A share between two limits; all empty where nobody looked."""
    share = count / total if total else None
    limits = (None, None) if share is None else (max(0.0, share - 0.1), min(1.0, share + 0.1))
    return dict(zip((f"{prefix}share", f"{prefix}low", f"{prefix}high"), (share, *limits), strict=True))


def row(count: int, total: int) -> dict[str, Any]:
    """The counts of one row: one finding for each area or report."""
    units = {"areas": count, "areas_read": total, "reports": count, "reports_read": total}
    return {"findings": count, **units, **shares(count, total), **shares(count, total, "report_")}


def by_theme(areas: Areas, **more: str) -> pl.DataFrame:
    """Ten areas: how many have a finding on each of three themes; None where nobody looked."""
    rows = [
        {"cohort": "fifty", **more, "theme": theme, "theme_order": order, **row(count or 0, 0 if count is None else 10)}
        for order, (theme, count) in enumerate(zip(LABELS, areas, strict=True), start=1)
    ]
    return pl.DataFrame(rows, infer_schema_length=None)


def by_family(listed: Mapping[str, Areas]) -> pl.DataFrame:
    """The three themes in the lists of some families."""
    return pl.concat([by_theme(areas, family=family) for family, areas in listed.items()], how="vertical_relaxed")


def findings(rows: pl.DataFrame, *keys: str) -> pl.DataFrame:
    """As many findings as the rows count."""
    each = rows.filter(pl.col("findings") > 0).select(*keys, n=pl.int_ranges("findings")).explode("n")
    return each.with_columns(finding_id=pl.format("made-{}", pl.row_index())).drop("n")


def listed(counts: Mapping[str, Areas]) -> Figure:
    rows = by_family(counts)
    behind = findings(rows, "family", "theme")
    return weaknesses_by_theme(rows, behind, LABELS, statement=made.STATEMENT, credit=made.CREDIT)


def sided(weak: Areas, strong: Areas) -> Figure:
    sides = [by_theme(weak, polarity="weakness"), by_theme(strong, polarity="strength")]
    behind = findings(pl.concat(sides, how="vertical_relaxed"), "polarity", "theme")
    progress = pl.DataFrame({"polarity": ["progress"], "theme": ["missing"], "finding_id": ["made-progress"]})
    return exploitation_by_theme(
        sides[0].drop("polarity"),
        sides[1].drop("polarity"),
        pl.concat([behind, progress]),
        LABELS,
        statement=made.STATEMENT,
        credit=made.CREDIT,
    )


def stacked(groups: Groups) -> pl.DataFrame:
    """Groups one under another, as the caller stacks them."""
    rows = [
        {"group": group, "value": value, "value_order": order, **row(*counts)}
        for group, values in groups.items()
        for order, (value, counts) in enumerate(values.items(), start=1)
    ]
    return pl.DataFrame(rows, infer_schema_length=None)


def long(groups: Groups) -> pl.DataFrame:
    """Eight weaknesses that spread over the values of each group as counted, and a strength that does not count.

    Each is an agency's, of which those in joint letters count.
    """
    spread = {
        group: [value for value, (count, _) in values.items() for _ in range(count)]
        for group, values in {**GROUPS, **groups}.items()
    }
    others = ["police"] * (len(spread["family"]) - len(spread["agency"]))
    weak = pl.DataFrame({**spread, "agency": [*others, *spread["agency"]]}).with_columns(polarity=pl.lit("weakness"))
    both = pl.concat([weak, weak.head(1).with_columns(polarity=pl.lit("strength"))])
    return both.with_columns(finding_id=pl.format("made-{}", pl.row_index()))


def grouped(groups: Groups) -> Figure:
    return exploitation_by_group(stacked(groups), long(groups), statement=made.STATEMENT, credit=made.CREDIT)


MADE: dict[str, Callable[[], Figure]] = {
    "weaknesses_by_theme": lambda: listed(LISTED),
    "exploitation_by_theme": lambda: sided(WEAK, STRONG),
    "exploitation_by_group": lambda: grouped(GROUPS),
}


@pytest.fixture(scope="module")
def real(con: duckdb.DuckDBPyConnection) -> Real:
    """The three charts of the fifty, each with the rows that it was given."""
    tables = Tables(con)
    of = (tables.findings, tables.reports, tables.beside("fifty"))
    words: dict[str, Any] = {"statement": tables.statement, "credit": tables.findings_credit()}
    on_exploitation = weaknesses.behind(*of, subject="exploitation")
    lists = weaknesses.prevalence(*of, subject="listed", by=["family"])
    of_lists = weaknesses.behind(*of, subject="listed", polarity=["weakness"])
    weak = weaknesses.prevalence(*of, subject="exploitation")
    strong = weaknesses.prevalence(*of, subject="exploitation", polarity=["strength"])
    groups = [
        weaknesses.prevalence(*of, subject="exploitation", of=None, by=[group])
        .with_row_index("value_order", offset=1)
        .rename({group: "value"})
        .with_columns(group=pl.lit(group))
        for group in ("family", "period", "region", "grade")
    ]
    letters = tables.reports.filter(pl.col("family") == "jtai")
    of_letters = tables.findings.join(letters, on="inspection_id", how="semi")
    agencies = weaknesses.prevalence(of_letters, letters, of[2], subject="exploitation", of="agency")
    groups.append(
        agencies.rename({"agency": "value", "agency_order": "value_order"}).with_columns(group=pl.lit("agency"))
    )
    stack = pl.concat(groups, how="diagonal_relaxed")
    sides = pl.concat(
        [weak.with_columns(polarity=pl.lit("weakness")), strong.with_columns(polarity=pl.lit("strength"))]
    )
    made_of = [
        (weaknesses_by_theme(lists, of_lists, tables.theme_labels, **words), lists),
        (exploitation_by_theme(weak, strong, on_exploitation, tables.theme_labels, **words), sides),
        (exploitation_by_group(stack, on_exploitation, **words), stack),
    ]
    return {figure.name: (figure, rows) for figure, rows in made_of}


@pytest.mark.parametrize("name", NAMES)
def test_real_rows_are_those_that_were_given(real: Real, name: str) -> None:
    figure, given = real[name]
    assert figure.name == name
    assert figure.data.select(given.columns).equals(given)


@pytest.mark.parametrize("name", NAMES)
def test_every_real_row_is_traced_to_its_findings(real: Real, name: str) -> None:
    figure, given = real[name]
    traced = figure.traced()
    assert traced.height == given.height
    ids = traced["finding_ids"].str.split(";").list.len().fill_null(0)
    assert ids.to_list() == given["findings"].to_list()


@pytest.mark.parametrize("name", NAMES)
def test_intervals_lie_within_nothing_and_all(real: Real, name: str) -> None:
    rows = real[name][0].data
    prefix = "report_" if name == "exploitation_by_group" else ""
    low, share, high = (rows[f"{prefix}{column}"].drop_nulls() for column in ("low", "share", "high"))
    assert low.len() > 0
    assert (low >= 0).all()
    assert (high <= 1).all()
    assert ((low <= share) & (share <= high)).all()


@pytest.mark.parametrize("name", NAMES)
def test_headline_is_short(real: Real, name: str) -> None:
    assert 3 <= len(real[name][0].headline.split()) <= 10


@pytest.mark.parametrize("name", NAMES)
def test_picture_is_no_wider_than_a_page(real: Real, name: str) -> None:
    drawn = render.svg(real[name][0])
    assert int(drawn.split('width="', 1)[1].split('"', 1)[0]) <= 760


@pytest.mark.parametrize("name", NAMES)
def test_every_count_is_printed(real: Real, words: Words, name: str) -> None:
    figure = real[name][0]
    text = words(render.svg(figure))
    unit = "reports" if name == "exploitation_by_group" else "areas"
    for counts in figure.data.filter(pl.col(f"{unit}_read") > 0).iter_rows(named=True):
        printed = {
            "weaknesses_by_theme": f"{counts['areas']}",
            "exploitation_by_theme": f"{counts['areas']} of {counts['areas_read']}",
            "exploitation_by_group": f"{counts['reports']} of {counts['reports_read']}, "
            f"{caption.percent(counts['report_share'])}",
        }
        assert printed[name] in text
    for part in (figure.headline, figure.subtitle, *figure.caption):
        assert part in " ".join(text)


def test_real_headlines_hold(real: Real, con: duckdb.DuckDBPyConnection) -> None:
    lists, rows = real["weaknesses_by_theme"]
    named = lists.headline.split(":")[0]
    theme = {label: code for code, label in Tables(con).theme_labels.items()}[named]
    assert (rows.filter(pl.col("theme") == theme)["share"] > 0.5).to_list() == [True] * 3
    sides, rows = real["exploitation_by_theme"]
    most = {
        side: rows.filter((pl.col("polarity") == side) & (pl.col("areas") * 2 > pl.col("areas_read"))).height
        for side in ("weakness", "strength")
    }
    assert sides.headline.endswith(f"faulted on {most['weakness']} themes, praised on {most['strength']}")
    groups, rows = real["exploitation_by_group"]
    singles = rows.row(by_predicate=pl.col("value") == "single_inspection", named=True)
    assert f"{singles['reports']} of {singles['reports_read']} single inspections" in groups.headline
    assert set(rows.filter(pl.col("group") == "agency")["reports_read"]) == {20}


def test_real_alt_text_names_the_most_listed(real: Real) -> None:
    figure, rows = real["weaknesses_by_theme"]
    for family, label in codes.FAMILY_LABELS.items():
        of_family = rows.filter(pl.col("family") == family)
        areas, reports = (max(of_family[column]) for column in ("areas_read", "reports_read"))
        most = of_family.sort("share", descending=True, nulls_last=True).row(0, named=True)
        sentence = figure.alt_text.split(f"{label} ({areas} areas, {reports} reports): most often ")[1]
        assert f"{most['areas']} of {most['areas_read']} areas" in sentence.split(";")[0]


@pytest.mark.parametrize("name", NAMES)
def test_survives_a_json_round_trip(name: str) -> None:
    spec = json.loads(json.dumps(MADE[name]().specification()))
    again = alt.VConcatChart.from_dict({**spec, "datasets": {}}, validate=True)
    with alt.theme.enable("none"):
        assert again.to_dict() == {**spec, "datasets": {}}


@pytest.mark.parametrize("name", NAMES)
def test_is_drawn_the_same_again(name: str) -> None:
    assert render.svg(MADE[name]()) == render.svg(MADE[name]())


@pytest.mark.parametrize("name", NAMES)
def test_says_what_silence_is_and_what_the_areas_are(name: str) -> None:
    figure = MADE[name]()
    assert "Nothing reported is not nothing wrong." in " ".join(figure.notes)
    assert made.STATEMENT in figure.subtitle


@pytest.mark.parametrize("name", NAMES)
def test_made_rows_are_traced_to_their_findings(name: str) -> None:
    figure = MADE[name]()
    traced = figure.traced()
    assert traced["finding_ids"].str.split(";").list.len().fill_null(0).to_list() == figure.data["findings"].to_list()
    assert "made-progress" not in ";".join(traced["finding_ids"].drop_nulls())


def test_zero_is_a_mark_and_not_looked_at_is_words(words: Words, read: Read) -> None:
    def marks_of(drawn: str) -> int:
        groups = (group for group in read(drawn).iter(f"{SVG}g") if "mark-symbol role-mark" in str(group.get("class")))
        return sum(len(list(group.iter(f"{SVG}path"))) for group in groups)

    gap, zero = (render.svg(listed({**LISTED, "ilacs": [7, boards, 0]})) for boards in (None, 0))
    assert (marks_of(gap), marks_of(zero)) == (8, 9)
    assert (words(gap).count("0"), words(zero).count("0")) == (1, 2)
    assert NOT_LOOKED_AT in words(gap)
    assert NOT_LOOKED_AT not in words(zero)
    figure = listed({**LISTED, "ilacs": [7, 0, 0]})
    assert "ot looked at" not in figure.alt_text + " ".join(figure.notes)


def test_what_was_not_looked_at_is_named() -> None:
    figure = listed(LISTED)
    assert "Not looked at: challenge by the safeguarding board." in figure.alt_text
    assert "None on: missing children." in figure.alt_text
    assert "Not looked at, which is not 0: challenge by the safeguarding board, in ILACS." in figure.notes[0]


def test_rows_stand_in_the_order_of_the_first_family(words: Words) -> None:
    text = words(render.svg(listed(LISTED)))
    places = [text.index(LABELS[theme]) for theme in ("lscb_challenge", "leadership", "missing")]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("counts", "headline"),
    [
        (LISTED, "Leadership and strategy: listed as weak in most areas inspected"),
        (
            {"single_inspection": [2, 9, 3], "jtai": [1, 8, 2]},
            "Challenge by the safeguarding board: listed in most areas",
        ),
        (
            {"single_inspection": [2, 9, 3], "ilacs": [8, None, 8]},
            "Most listed in single inspections: challenge by the safeguarding board",
        ),
        (
            {"single_inspection": [7, 2, 7], "ilacs": [7, None, 7]},
            "Most listed in single inspections: 2 themes, 70% of areas",
        ),
        ({"ilacs": [2, None, 5]}, "Most listed in ILACS: missing children"),
        ({"single_inspection": [0, 0, 0], "jtai": [1, 0, 0]}, "No weakness listed in single inspections"),
    ],
)
def test_headline_of_lists_is_true_of_its_rows(counts: Mapping[str, Areas], headline: str) -> None:
    assert listed(counts).headline == headline


@pytest.mark.parametrize(
    ("weak", "strong", "headline"),
    [
        (WEAK, STRONG, "Exploitation: most areas faulted on 2 themes, praised on 1"),
        ([5, 5, 5], [6, 6, 6], "Exploitation: most areas faulted on no theme, praised on 3"),
        ([6, None, 0], [0, None, 0], "Exploitation: most areas faulted on 1 theme, praised on none"),
    ],
)
def test_headline_of_sides_counts_both(weak: Areas, strong: Areas, headline: str) -> None:
    assert sided(weak, strong).headline == headline


def test_themes_whose_interval_clears_one_half_are_counted() -> None:
    assert "above one half for 1 of 2 with weaknesses and 1 of 1 with strengths." in " ".join(sided(WEAK, STRONG).notes)


def test_every_chart_says_which_subjects_it_is_about() -> None:
    for figure in (sided(WEAK, STRONG), grouped(GROUPS)):
        assert "Exploitation here is sexual, criminal, or of a kind" in figure.notes[-1]
    assert "all subjects, not only exploitation" in listed(LISTED).subtitle


def test_sides_share_their_rows_and_tell_their_counts() -> None:
    figure = sided(WEAK, STRONG)
    assert figure.data.select("polarity", "theme").is_unique().all()
    assert figure.data["areas"].to_list() == [*WEAK, *STRONG]
    weak, strong = figure.alt_text.split("With a strength on exploitation: ")
    assert "challenge by the safeguarding board, 8 of 10 areas; leadership and strategy, 6 of 10 areas." in weak
    assert "leadership and strategy, 9 of 10 areas; challenge by the safeguarding board, 2 of 10 areas." in strong


def test_sides_have_marks_of_their_own() -> None:
    shapes = {
        layer["mark"]["shape"]
        for panel in sided(WEAK, STRONG).specification(framed=False)["hconcat"]
        for layer in panel["layer"]
        if layer["mark"]["type"] == "point"
    }
    assert shapes == {"triangle-down", "circle"}


def test_every_section_is_titled_and_its_values_are_in_words(words: Words) -> None:
    text = words(render.svg(grouped(GROUPS)))
    assert [title for title in text if title in GROUP_TITLES.values()] == list(GROUP_TITLES.values())
    for group, values in GROUPS.items():
        for value, (count, total) in values.items():
            assert VALUE_LABELS.get(group, {}).get(value, value) in text
            assert f"{count} of {total}, {caption.percent(count / total)}" in text
    assert marks.NOT_GRADED_LABEL in text


def test_group_without_reports_is_words_and_no_share(words: Words) -> None:
    groups = {**GROUPS, "family": {"single_inspection": (6, 9), "ilacs": (0, 0), "jtai": (2, 2)}}
    figure = grouped(groups)
    assert NOT_LOOKED_AT in words(render.svg(figure))
    assert f"{codes.FAMILY_LABELS['ilacs']}: {NOT_LOOKED_AT}" in figure.alt_text
    assert figure.headline == "Weaknesses on exploitation: reported in 6 of 9 single inspections"


@pytest.mark.parametrize(
    ("groups", "headline"),
    [
        (GROUPS, "Weaknesses on exploitation: reported in 4 of 8 single inspections"),
        (
            {"family": {"single_inspection": (0, 0), "ilacs": (6, 9), "jtai": (2, 2)}},
            "8 of 11 reports name a weakness on exploitation",
        ),
        ({group: GROUPS[group] for group in ("region", "agency")}, "8 of 18 reports name a weakness on exploitation"),
        ({"agency": GROUPS["agency"]}, "Weaknesses on exploitation in joint letters, by who must act"),
    ],
)
def test_headline_by_group_is_true_of_its_rows(groups: Groups, headline: str) -> None:
    assert grouped(groups).headline == headline


def test_notes_speak_of_the_sections_that_are_there() -> None:
    notes = " ".join(grouped(GROUPS).notes)
    assert "A region holds 9 of the areas" in notes
    assert "no independent check" in notes
    assert "region" not in " ".join(grouped({"family": GROUPS["family"]}).notes)


def test_any_kind_of_frame_gives_the_same_picture() -> None:
    rows, behind = stacked(GROUPS), long(GROUPS)
    con = duckdb.connect()
    con.register("groups", rows.to_arrow())
    con.register("behind", behind.to_arrow())
    kinds: list[tuple[Any, Any]] = [
        (rows, behind),
        (rows.lazy(), behind.lazy()),
        (rows.to_pandas(), behind.to_pandas()),
        (con.table("groups"), con.table("behind")),
    ]
    drawn = {render.svg(exploitation_by_group(*kind, statement=made.STATEMENT, credit=made.CREDIT)) for kind in kinds}
    assert len(drawn) == 1


def test_several_cohorts_are_refused() -> None:
    rows = by_family(LISTED)
    both = pl.concat([rows, rows.with_columns(cohort=pl.lit("england"))])
    with pytest.raises(ChartDataError, match="column cohort holds england, fifty, and one is wanted"):
        weaknesses_by_theme(
            both, findings(rows, "family", "theme"), LABELS, statement=made.STATEMENT, credit=made.CREDIT
        )


def test_theme_without_words_is_refused() -> None:
    rows = by_family(LISTED)
    with pytest.raises(ChartDataError, match="column theme holds missing, for which there is no mark"):
        weaknesses_by_theme(
            rows,
            findings(rows, "family", "theme"),
            {theme: label for theme, label in LABELS.items() if theme != "missing"},
            statement=made.STATEMENT,
            credit=made.CREDIT,
        )


def test_theme_that_one_panel_lacks_is_refused() -> None:
    rows = by_family(LISTED).filter((pl.col("family") != "jtai") | (pl.col("theme") != "missing"))
    with pytest.raises(ChartDataError, match="not every family has missing; give each every theme of the codebook"):
        weaknesses_by_theme(
            rows, findings(rows, "family", "theme"), LABELS, statement=made.STATEMENT, credit=made.CREDIT
        )


def test_findings_that_were_not_counted_are_refused() -> None:
    rows = by_family(LISTED)
    behind = findings(rows, "family", "theme")
    told = "2 findings were counted for jtai, lscb_challenge and 1 stand behind it"
    fewer = behind.filter(~((pl.col("theme") == "lscb_challenge") & (pl.col("family") == "jtai"))).vstack(
        behind.filter((pl.col("theme") == "lscb_challenge") & (pl.col("family") == "jtai")).head(1)
    )
    with pytest.raises(ChartDataError, match=told):
        weaknesses_by_theme(rows, fewer, LABELS, statement=made.STATEMENT, credit=made.CREDIT)
    stray = behind.head(1).with_columns(family=pl.lit("ilacs"), theme=pl.lit("missing"))
    with pytest.raises(ChartDataError, match="0 findings were counted for ilacs, missing and 1 stand behind it"):
        weaknesses_by_theme(rows, behind.vstack(stray), LABELS, statement=made.STATEMENT, credit=made.CREDIT)


def test_value_given_twice_is_refused() -> None:
    rows = stacked(GROUPS)
    with pytest.raises(ChartDataError, match="more than one row for region, London"):
        exploitation_by_group(
            pl.concat([rows, rows.filter(pl.col("value") == "London")]),
            long(GROUPS),
            statement=made.STATEMENT,
            credit=made.CREDIT,
        )


def test_group_and_value_without_words_are_refused() -> None:
    rows, behind = stacked(GROUPS), long(GROUPS)
    for column, was, match in (
        ("group", "period", "column group holds season, for which there is no mark"),
        ("value", "inadequate", "column value holds season, for which there is no mark"),
    ):
        changed = rows.with_columns(pl.col(column).replace({was: "season"}))
        with pytest.raises(ChartDataError, match=match):
            exploitation_by_group(changed, behind, statement=made.STATEMENT, credit=made.CREDIT)


def test_missing_column_is_refused_by_name() -> None:
    with pytest.raises(ChartDataError, match="looked for column report_low and found"):
        exploitation_by_group(
            stacked(GROUPS).drop("report_low"), long(GROUPS), statement=made.STATEMENT, credit=made.CREDIT
        )
