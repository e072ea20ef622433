"""Two groups of reports side by side, and what goes together across areas."""

from __future__ import annotations

import math
from datetime import date
from functools import cache
from typing import Any

import duckdb
import polars as pl
import pytest
from hypothesis import given as drawn
from hypothesis import settings
from made_findings import (
    Finding,
    Frames,
    Report,
    chosen,
    findings_of,
    given,
    in_two_kinds,
    keyed,
    of_the_fifty,
    only,
    real,
    recounted,
    refused,
    reports_of,
    shuffled,
    subjects,
    twice,
    world,
    worlds,
)
from scipy.stats import hypergeom, spearmanr
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from analysis import assessments
from analysis.errors import AnalysisError
from analysis.schema import codes
from analysis.weaknesses import Subject, associations, compare, measures

# Two groups of reports

SINGLE = [Report("a-sif", "A"), Report("b-sif", "B"), Report("c-sif", "C")]
LATER = [Report("a-short", "A", "ilacs_short"), Report("b-short", "B", "ilacs_short")]
FINDINGS = [
    Finding("a-sif", "records"),
    Finding("a-sif", "records", severity="priority"),
    Finding("b-sif", "records", severity="minor"),
    Finding("c-sif", "records", "strength"),
    Finding("a-short", "records"),
    Finding("a-short", "workforce", listed=False, exploitation="cse", focus="central"),
    Finding("b-short", "workforce", "progress"),
    Finding("elsewhere", "records"),
]
GROUPS = {
    "reported_findings": findings_of(FINDINGS, SINGLE + LATER),
    "reports": reports_of(SINGLE),
    "others": reports_of(LATER),
}
COUNTS = ("findings", "reports", "reports_read", "other_findings", "other_reports", "other_reports_read")
DIFFERENCE = ("difference", "difference_low", "difference_high", "p_value")


def exact(one: int, one_read: int, other: int, other_read: int) -> float:
    """Fisher's exact test, two sides: how likely a table no likelier than this one is."""
    likely = hypergeom.pmf(range(one + other + 1), one_read + other_read, one + other, one_read)
    return float(likely[likely <= likely[one] * (1 + 1e-7)].sum())


def test_two_groups_of_reports_stand_side_by_side() -> None:
    found = given(compare, GROUPS, subject="listed")
    assert [row["theme"] for row in found] == list(codes.THEME_CODES)
    records = keyed(found, "theme")["records"]
    low, high = proportion_confint(2, 3, method="wilson")
    other_low, other_high = proportion_confint(1, 2, method="wilson")
    difference_low, difference_high = confint_proportions_2indep(2, 3, 1, 2, method="newcomb", compare="diff")
    assert records == pytest.approx(
        {
            "theme": "records",
            "theme_order": codes.THEME_CODES.index("records") + 1,
            "findings": 3,
            "reports": 2,
            "reports_read": 3,
            "share": 2 / 3,
            "low": low,
            "high": high,
            "other_findings": 1,
            "other_reports": 1,
            "other_reports_read": 2,
            "other_share": 1 / 2,
            "other_low": other_low,
            "other_high": other_high,
            "difference": 2 / 3 - 1 / 2,
            "difference_low": difference_low,
            "difference_high": difference_high,
            "p_value": 1,
        }
    )
    assert only([keyed(found, "theme")["health"]], *COUNTS, "share", "difference") == [(0, 0, 3, 0, 0, 2, 0, 0)]


@pytest.mark.parametrize(
    ("choices", "key", "expected"),
    [
        ({"subject": "exploitation"}, "workforce", (0, 0, 3, 1, 1, 2)),
        ({"subject": "listed"}, "workforce", (0, 0, 3, 0, 0, 2)),
        ({"subject": "listed", "polarity": ["progress"]}, "workforce", (0, 0, 3, 1, 1, 2)),
        ({"subject": "all", "polarity": ["weakness", "strength"]}, "records", (4, 3, 3, 1, 1, 2)),
        ({"subject": "all", "of": "severity"}, "priority", (1, 1, 3, 0, 0, 2)),
        ({"subject": "all", "of": "exploitation"}, "cse", (0, 0, 3, 1, 1, 2)),
    ],
)
def test_groups_are_compared_by_what_is_asked_for(choices: dict[str, Any], key: str, expected: tuple[int, ...]) -> None:
    found = keyed(given(compare, GROUPS, **choices), str(choices.get("of", "theme")))
    assert only([found[key]], *COUNTS) == [expected]


def test_the_other_way_round_the_difference_turns() -> None:
    turned = GROUPS | {"reports": GROUPS["others"], "others": GROUPS["reports"]}
    there = keyed(given(compare, GROUPS, subject="all"), "theme")["records"]
    back = keyed(given(compare, turned, subject="all"), "theme")["records"]
    assert back["difference"] == -there["difference"]
    assert (back["difference_low"], back["difference_high"]) == (-there["difference_high"], -there["difference_low"])


@pytest.mark.parametrize(("name", "prefix"), [("reports", ""), ("others", "other_")])
def test_with_an_empty_group_there_is_no_difference(name: str, prefix: str) -> None:
    found = given(compare, GROUPS | {name: reports_of([])}, subject="all")
    assert [row["theme"] for row in found] == list(codes.THEME_CODES)
    empty = (*(f"{prefix}{limit}" for limit in ("share", "low", "high")), *DIFFERENCE)
    assert {row[column] for row in found for column in empty} == {None}
    assert {row[f"{prefix}{count}"] for row in found for count in ("findings", "reports", "reports_read")} == {0}


def test_where_no_finding_is_left_nothing_reported_is_a_zero() -> None:
    found = given(compare, GROUPS | {"reported_findings": findings_of([], [])}, subject="all")
    assert {tuple(row[count] for count in COUNTS) for row in found if row["theme"] != "lscb_challenge"} == {
        (0, 0, 3, 0, 0, 2)
    }
    assert {(row["share"], row["other_share"], row["difference"]) for row in found if row["other_reports_read"]} == {
        (0, 0, 0)
    }


def test_a_themes_denominators_are_the_reports_that_looked_at_it_or_speak_of_it() -> None:
    single = [Report("a", "A"), Report("b", "B", scope="without_board"), Report("c", "C", scope="board")]
    later = [Report("d", "D", "ilacs_short"), Report("e", "A", "ilacs_short")]
    spoken = [Finding("c", "missing"), Finding("d", "lscb_challenge")]
    groups = {
        "reported_findings": findings_of(spoken, single + later),
        "reports": reports_of(single),
        "others": reports_of(later),
    }
    found = keyed(given(compare, groups, subject="all"), "theme")
    assert only([found["workforce"], found["missing"], found["lscb_challenge"]], *COUNTS) == [
        (0, 0, 2, 0, 0, 2),
        (1, 1, 3, 0, 0, 2),
        (0, 0, 2, 1, 1, 1),
    ]
    silent = groups | {"reported_findings": findings_of([], [])}
    boards = keyed(given(compare, silent, subject="all"), "theme")["lscb_challenge"]
    assert only([boards], *COUNTS, "other_share", "difference") == [(0, 0, 2, 0, 0, 0, None, None)]
    agencies = keyed(given(compare, silent, subject="all", of="agency"), "agency")
    assert only([agencies.pop("lscb")], "reports_read", "other_reports_read", "p_value") == [(2, 0, None)]
    assert {(row["reports_read"], row["other_reports_read"], row["p_value"]) for row in agencies.values()} == {
        (3, 2, 1)
    }


def test_a_finding_that_stands_twice_is_refused() -> None:
    twofold = GROUPS | {"reported_findings": twice(GROUPS["reported_findings"])}
    refused(compare, twofold, "reported_findings has 2 rows for finding_id f001", subject="all")


def test_a_report_in_both_groups_is_refused() -> None:
    both = GROUPS | {"others": reports_of([*LATER, SINGLE[1]])}
    refused(compare, both, "The report b-sif is in both groups; take it out of one", subject="all")


@pytest.mark.parametrize(("name", "report"), [("reports", "a-sif"), ("others", "a-short")])
def test_a_report_that_stands_twice_in_a_group_is_refused(name: str, report: str) -> None:
    twofold = GROUPS | {name: twice(GROUPS[name])}
    refused(compare, twofold, f"{name} has 2 rows for inspection_id {report}", subject="all")


@pytest.mark.parametrize(
    ("choices", "match"),
    [
        ({"subject": "everything"}, "no subject 'everything'"),
        ({"polarity": ["neutral"]}, "no polarity neutral"),
        ({"of": "section"}, "no code of a finding section"),
    ],
)
def test_what_is_not_known_is_refused(choices: dict[str, Any], match: str) -> None:
    refused(compare, GROUPS, match, **({"subject": "all"} | choices))


def test_groups_of_different_kinds_are_refused() -> None:
    with pytest.raises(AnalysisError, match="give all frames of one call in the same kind"):
        compare(**in_two_kinds(GROUPS, "others"), subject="all")


@drawn(worlds(), subjects)
@settings(max_examples=12)
def test_each_group_has_its_own_findings(frames: Frames, subject: Subject) -> None:
    reports = frames["reports"]
    groups: Frames = {
        "reports": reports[::2],
        "others": reports[1::2],
        "reported_findings": frames["reported_findings"],
    }
    found = compare(**groups, subject=subject, polarity=["weakness", "strength", "progress"])
    if subject == "all":
        assert found.select(pl.sum("findings", "other_findings")).row(0) == tuple(
            frames["reported_findings"].join(groups[name], on="inspection_id", how="semi").height
            for name in ("reports", "others")
        )
    for row in found.rows(named=True):
        assert row["reports"] <= min(row["findings"], row["reports_read"])
        for name, prefix in (("reports", ""), ("others", "other_")):
            not_theirs = "without_board" if row["theme"] == "lscb_challenge" else "board"
            looking = groups[name].filter(pl.col("scope") != not_theirs).height
            assert looking <= row[f"{prefix}reports_read"] <= groups[name].height
            assert row[f"{prefix}reports_read"] <= looking + row[f"{prefix}reports"]
        if row["reports_read"] and row["other_reports_read"]:
            assert 0 <= row["low"] <= row["share"] <= row["high"] <= 1
            assert -1 <= row["difference_low"] <= row["difference"] <= row["difference_high"] <= 1
    assert found.equals(compare(**shuffled(groups), subject=subject, polarity=["progress", "strength", "weakness"]))


def test_single_inspections_and_ilacs_compared_among_all_reports_read(con: duckdb.DuckDBPyConnection) -> None:
    reports = real()["reports"]
    groups = {
        "reported_findings": real()["reported_findings"],
        "reports": reports.filter(family="single_inspection"),
        "others": reports.filter(family="ilacs"),
    }
    found = given(compare, groups, subject="listed")
    counted = recounted(
        con,
        """
        WITH read AS (
            SELECT inspection_id, scope, starts_with(programme::VARCHAR, 'sif') AS single
            FROM inspections JOIN scopes USING (inspection_id) WHERE programme <> 'jtai' AND was_read),
        weak AS (SELECT finding_id, inspection_id, theme FROM findings WHERE polarity = 'weakness'
            AND section NOT IN ('summary', 'narrative', 'case_study')),
        said AS (
            SELECT *, finding_id IS NOT NULL AS reported,
                reported OR scope <> if(theme = 'lscb_challenge', 'without_board', 'board') AS looked
            FROM read CROSS JOIN (SELECT theme FROM themes) LEFT JOIN weak USING (inspection_id, theme))
        SELECT theme::VARCHAR,
            count(finding_id) FILTER (single), count(DISTINCT inspection_id) FILTER (single AND reported),
            count(DISTINCT inspection_id) FILTER (single AND looked), count(finding_id) FILTER (NOT single),
            count(DISTINCT inspection_id) FILTER (NOT single AND reported),
            count(DISTINCT inspection_id) FILTER (NOT single AND looked)
        FROM said GROUP BY ALL
        """,
    )
    assert sorted(only(found, "theme", *COUNTS)) == sorted(counted)
    boards = keyed(found, "theme")["lscb_challenge"]
    assert only([boards], "reports_read", "other_reports_read", "difference") == [(50, 0, None)]
    for row in found:
        if not row["other_reports_read"]:
            continue
        pairs = [row[count] for count in ("reports", "reports_read", "other_reports", "other_reports_read")]
        low, high = confint_proportions_2indep(*(int(n) for n in pairs), method="newcomb", compare="diff")
        assert (row["difference_low"], row["difference_high"]) == pytest.approx((low, high))
        assert row["p_value"] == pytest.approx(exact(*(int(n) for n in pairs)), abs=1e-9)


# What goes together across areas

READ = [
    Report("a-letter", "A", "jtai", date(2014, 1, 1), grade="not_graded"),
    Report("a-none", "A", "sif", date(2014, 2, 1), grade="not_graded"),
    Report("a-first", "A", "sif", date(2015, 1, 1), grade="inadequate", help_protection="requires_improvement"),
    Report("a-second", "A", "sif", date(2017, 1, 1), grade="outstanding"),
    Report("b-ilacs", "B", "ilacs_standard", date(2015, 1, 1), grade="good"),
    Report("b-sif", "B", "sif", date(2016, 1, 1), grade="outstanding", help_protection="not_graded"),
    Report("c-ilacs", "C", "ilacs_standard", date(2018, 1, 1), grade="good"),
]
SPOKEN = [
    Finding("a-first"),
    Finding("a-first", "records"),
    Finding("a-first", "records", "strength"),
    Finding("a-first", "records", "progress"),
    Finding("a-first", "records", listed=False),
    Finding("a-second"),
    Finding("b-ilacs"),
]


def rates(*found: tuple[str, int, str, float | None, str]) -> pl.DataFrame:
    columns = ("area_code", "year", "factor", "rate", "certainty")
    return pl.DataFrame(found, schema=dict(zip(columns, (pl.String, pl.Int64, pl.String, pl.Float64, pl.String),
                                               strict=True)), orient="row")  # fmt: skip


RATES = rates(
    ("A", 2016, "cse", 12.5, "exact"),
    ("A", 2017, "cse", 99.0, "exact"),
    ("A", 2016, "missing", 77.0, "exact"),
    ("B", 2016, "cse", None, "bounded"),
    ("C", 2016, "cse", 3.0, "exact"),
)
MADE = world(READ, SPOKEN) | {"rates": RATES}


def test_each_area_has_its_first_graded_report_and_its_rate() -> None:
    found = given(measures, MADE, subject="listed", year=2016)
    assert found[0] == {
        "cohort": "ABC",
        "cohort_label": "Areas ABC",
        "cohort_order": 1,
        "area_code": "A",
        "area_name": "Alder",
        "inspection_id": "a-first",
        "published": date(2015, 1, 1),
        "findings": 4,
        "weaknesses": 2,
        "weakness_share": 0.5,
        "grade": "inadequate",
        "grade_rank": 1,
        "help_protection": "requires_improvement",
        "help_protection_rank": 2,
        "year": 2016,
        "rate": 12.5,
        "certainty": "exact",
    }
    columns = ("area_code", "inspection_id", "findings", "weaknesses", "weakness_share", "grade_rank")
    assert only(found[1:], *columns, "help_protection_rank", "rate", "certainty") == [
        ("B", "b-sif", 0, 0, None, 4, None, None, "bounded")
    ]


def test_measures_are_taken_of_what_is_asked_for() -> None:
    found = given(measures, MADE, subject="all", year=2017, programmes=["sif", "ilacs_standard"])
    assert only(found, "inspection_id", "findings", "year", "rate", "certainty") == [
        ("a-first", 5, 2017, 99, "exact"),
        ("b-ilacs", 1, 2017, None, None),
        ("c-ilacs", 0, 2017, None, None),
    ]
    missing = given(measures, MADE, subject="all", year=2016, factor="missing")
    assert only(missing, "area_code", "rate") == [("A", 77), ("B", None)]


@pytest.mark.parametrize(
    ("name", "match"),
    [
        ("reports", "reports has 2 rows for inspection_id a-letter"),
        ("reported_findings", "reported_findings has 2 rows for finding_id f001"),
        ("cohort", "cohort has 2 rows for cohort ABC, area_code A"),
        ("rates", "rates has 2 rows for area_code A"),
    ],
)
def test_what_stands_twice_is_refused(name: str, match: str) -> None:
    refused(measures, MADE | {name: twice(MADE[name])}, match, subject="all", year=2016)


@pytest.mark.parametrize(
    ("choices", "match"),
    [
        ({"subject": "everything"}, "no subject 'everything'"),
        ({"programmes": ["school"]}, "no programme school"),
        ({"programmes": []}, "no programme given: the list is empty"),
    ],
)
def test_what_no_measure_is_taken_of_is_refused(choices: dict[str, Any], match: str) -> None:
    refused(measures, MADE, match, **({"subject": "all", "year": 2016} | choices))


def test_a_finding_of_a_report_that_is_not_given_is_refused() -> None:
    fewer = MADE | {"reports": MADE["reports"].filter(pl.col("inspection_id") != "b-ilacs")}
    match = "reported_findings has 1 rows that reports does not know, inspection_id b-ilacs"
    refused(measures, fewer, match, subject="all", year=2016)


def test_measures_do_not_depend_on_the_order_of_rows() -> None:
    mixed = given(measures, shuffled(MADE), subject="all", year=2016)
    assert mixed == given(measures, MADE, subject="all", year=2016)


@cache
def real_measures() -> pl.DataFrame:
    tables = real()
    found = assessments.factor_rates(**chosen(tables, "assessments", "children", "areas"))
    frames = chosen(tables, "reported_findings", "reports", "cohort")
    taken: pl.DataFrame = measures(**frames, rates=found, subject="exploitation", year=2024)
    return taken


def test_the_measures_of_the_fifty_recounted(con: duckdb.DuckDBPyConnection) -> None:
    counted = of_the_fifty(
        con,
        """
        WITH graded AS (
            SELECT i.area_code, i.inspection_id, j.grade::VARCHAR AS grade, i.published,
                row_number() OVER (PARTITION BY i.area_code ORDER BY i.published, i.inspection_id) AS place
            FROM inspections AS i JOIN judgements AS j ON j.inspection_id = i.inspection_id AND j.domain = 'overall'
            WHERE programme = 'sif' AND grade IS NOT NULL AND list_contains($fifty, i.area_code)
                AND i.inspection_id IN (SELECT inspection_id FROM coverage WHERE readable = 'yes'))
        SELECT area_code, inspection_id, grade,
            (SELECT count(*) FROM findings AS f WHERE f.inspection_id = graded.inspection_id
                AND exploitation_focus <> 'in_passing'),
            (SELECT count(*) FROM findings AS f WHERE f.inspection_id = graded.inspection_id
                AND exploitation_focus <> 'in_passing' AND polarity = 'weakness')
        FROM graded WHERE place = 1 ORDER BY area_code
        """,
    )
    columns = ("area_code", "inspection_id", "grade", "findings", "weaknesses")
    assert real_measures().select(columns).rows() == counted
    assert len(counted) == 50


# Rank correlations


def measured(*found: tuple[int, float | None, int, int | None, float | None]) -> pl.DataFrame:
    """Areas with weaknesses, their share, ranks of the overall grade and of help and protection, and rate."""
    many = len(found)
    return pl.DataFrame(
        {
            "cohort": ["made"] * many,
            "cohort_label": ["Made"] * many,
            "cohort_order": [1] * many,
            "area_code": [f"E{number}" for number in range(many)],
            "area_name": [f"Area {number}" for number in range(many)],
            "inspection_id": [f"e{number}" for number in range(many)],
            "published": [date(2015, 1, 1)] * many,
            "findings": [10] * many,
            "weaknesses": [each[0] for each in found],
            "weakness_share": [each[1] for each in found],
            "grade": ["good"] * many,
            "grade_rank": [each[2] for each in found],
            "help_protection": ["good"] * many,
            "help_protection_rank": [each[3] for each in found],
            "year": [2016] * many,
            "rate": [each[4] for each in found],
            "certainty": ["exact"] * many,
        },
        schema_overrides={"cohort_order": pl.Int64, "weakness_share": pl.Float64, "rate": pl.Float64},
    )


FIVE = measured(
    (1, 0.5, 4, 2, 30.0),
    (2, None, 3, 2, 20.0),
    (3, 0.1, 4, None, None),
    (4, 0.9, 2, 2, 5.0),
    (5, 0.7, 1, 2, 10.0),
)


def test_each_pair_of_measures_says_how_many_areas_have_both() -> None:
    found = given(associations, {"area_measures": FIVE})
    assert only(found, "pair", "pair_order", "one", "other", "areas", "without") == [
        ("weaknesses_and_grade", 1, "weaknesses", "grade_rank", 5, 0),
        ("weaknesses_and_help_protection", 2, "weaknesses", "help_protection_rank", 4, 1),
        ("weakness_share_and_grade", 3, "weakness_share", "grade_rank", 4, 1),
        ("weaknesses_and_rate", 4, "weaknesses", "rate", 4, 1),
        ("weakness_share_and_rate", 5, "weakness_share", "rate", 3, 2),
        ("grade_and_rate", 6, "grade_rank", "rate", 4, 1),
    ]
    assert {(row["cohort"], row["cohort_label"], row["cohort_order"]) for row in found} == {("made", "Made", 1)}
    by_pair = keyed(found, "pair")
    rho = float(spearmanr([1, 2, 3, 4, 5], [4, 3, 4, 2, 1]).statistic)
    assert by_pair["weaknesses_and_grade"]["rho"] == pytest.approx(rho)
    assert by_pair["weaknesses_and_rate"]["rho"] == pytest.approx(-0.8)
    undefined = ("weaknesses_and_help_protection", "weakness_share_and_rate")
    assert {by_pair[pair][name] for pair in undefined for name in ("rho", "low", "high")} == {None}


def test_each_cohort_has_its_own_correlations() -> None:
    other = FIVE.with_columns(cohort=pl.lit("other"), cohort_label=pl.lit("Other"), cohort_order=pl.lit(2, pl.Int64))
    found = given(associations, {"area_measures": pl.concat([other.head(4), FIVE])})
    assert [(row["cohort"], row["areas"]) for row in found if row["pair_order"] == 1] == [("made", 5), ("other", 4)]


def test_an_area_that_stands_twice_is_refused() -> None:
    refused(associations, {"area_measures": twice(FIVE)}, "area_measures has 2 rows for cohort made, area_code E0")


def test_the_correlations_of_the_fifty_are_those_of_scipy() -> None:
    found = keyed(given(associations, {"area_measures": real_measures()}), "pair")
    for row in found.values():
        both = real_measures().select(row["one"], row["other"]).drop_nulls()
        assert (row["areas"], row["areas"] + row["without"]) == (both.height, 50)
        rho = float(spearmanr(both[row["one"]].to_numpy(), both[row["other"]].to_numpy()).statistic)
        assert row["rho"] == pytest.approx(rho)
        spread = 1.959963985 * math.sqrt((1 + rho**2 / 2) / (both.height - 3))
        limits = (math.tanh(math.atanh(rho) - spread), math.tanh(math.atanh(rho) + spread))
        assert (row["low"], row["high"]) == pytest.approx(limits)
