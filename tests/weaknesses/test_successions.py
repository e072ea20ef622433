"""From one report on an area to the next, and how often a weakness is reported again."""

from __future__ import annotations

import math
from datetime import date
from functools import cache
from statistics import NormalDist
from typing import Any

import duckdb
import numpy as np
import polars as pl
import pytest
from hypothesis import given as drawn
from hypothesis import settings
from made_findings import (
    Finding,
    Frames,
    Report,
    chosen,
    cohort_of,
    given,
    in_two_kinds,
    keyed,
    of_the_fifty,
    only,
    real,
    refused,
    shuffled,
    subjects,
    twice,
    world,
    worlds,
)
from scipy.stats import hypergeom
from statsmodels.stats.contingency_tables import StratifiedTable
from statsmodels.stats.proportion import proportion_confint

from analysis.errors import AnalysisError
from analysis.schema import codes
from analysis.weaknesses import OUTCOMES, Subject, recurrence, successions

THREE = ("reported_findings", "reports", "cohort")

READ = [
    Report("a-first", "A", "sif", date(2015, 1, 1)),
    Report("a-letter", "A", "jtai", date(2016, 1, 1)),
    Report("a-again", "A", "sif_reinspection", date(2017, 1, 1)),
    Report("a-ilacs", "A", "ilacs_standard", date(2019, 1, 1)),
    Report("b-first", "B", "sif", date(2015, 1, 1)),
    Report("b-second", "B", "sif", date(2018, 1, 1)),
    Report("c-only", "C", "sif", date(2015, 1, 1)),
]
FINDINGS = [
    Finding("a-first", "workforce"),
    Finding("a-first", "workforce"),
    Finding("a-again", "workforce"),
    Finding("a-again", "workforce", "strength"),
    Finding("a-ilacs", "workforce", "progress"),
    Finding("a-first", "records"),
    Finding("a-letter", "records"),
    Finding("a-ilacs", "records"),
    Finding("a-first", "lscb_challenge"),
    Finding("b-first", "lscb_challenge"),
    Finding("b-second", "lscb_challenge"),
    Finding("b-first", "missing"),
    Finding("b-second", "missing", "strength"),
    Finding("c-only", "missing"),
]
MADE = world(READ, FINDINGS)


def outcomes(frames: Frames, **choices: Any) -> dict[Any, dict[str, Any]]:
    found = given(successions, frames, **({"subject": "listed"} | choices))
    return keyed(found, "area_code", "order", "theme")


@cache
def made_outcomes() -> dict[Any, dict[str, Any]]:
    return outcomes(MADE)


def test_each_pair_of_consecutive_reports_stands_with_each_theme_at_which_both_looked() -> None:
    found = given(successions, MADE, subject="listed")
    without_boards = [theme for theme in codes.THEME_CODES if theme != "lscb_challenge"]
    assert only(found, "area_code", "order", "theme") == [
        *(("A", order, theme) for order in (1, 2) for theme in without_boards),
        *(("B", 1, theme) for theme in codes.THEME_CODES),
    ]
    first = keyed(found, "area_code", "order", "theme")["A", 1, "workforce"]
    assert first == {
        "cohort": "ABC",
        "cohort_label": "Areas ABC",
        "cohort_order": 1,
        "area_code": "A",
        "area_name": "Alder",
        "theme": "workforce",
        "theme_order": codes.THEME_CODES.index("workforce") + 1,
        "order": 1,
        "earlier_inspection_id": "a-first",
        "earlier_programme": "sif",
        "earlier_published": date(2015, 1, 1),
        "inspection_id": "a-again",
        "programme": "sif_reinspection",
        "published": date(2017, 1, 1),
        "earlier_weaknesses": 2,
        "weaknesses": 1,
        "strengths": 1,
        "outcome": "persistent",
    }


def test_a_board_is_followed_only_from_one_report_that_looked_at_it_to_another() -> None:
    order = ("sif", "sif_reinspection", "sif", "sif", "ilacs_short")
    chain = [Report(f"a{year}", "A", programme, date(year, 1, 1)) for year, programme in enumerate(order, start=2014)]
    found = outcomes(world(chain, [Finding("a2014", "lscb_challenge"), Finding("a2016", "lscb_challenge")]))
    assert [key for key in found if key[2] == "lscb_challenge"] == [("A", 3, "lscb_challenge")]
    assert found["A", 3, "lscb_challenge"]["outcome"] == "silent_since"


def test_a_review_of_a_board_alone_is_no_link_of_the_chain() -> None:
    chain = [
        Report("a-first", "A", "sif", date(2014, 1, 1), scope="without_board"),
        Report("a-board", "A", "sif", date(2015, 1, 1), scope="board"),
        Report("a-second", "A", "sif", date(2016, 1, 1)),
        Report("a-third", "A", "sif", date(2017, 1, 1)),
        Report("a-fourth", "A", "sif", date(2018, 1, 1), scope="without_board"),
        Report("a-short", "A", "ilacs_short", date(2019, 1, 1)),
    ]
    spoken = [Finding("a-first"), Finding("a-board"), Finding("a-board", "lscb_challenge")]
    found = outcomes(world(chain, spoken))
    assert only(
        [found["A", order, "workforce"] for order in range(1, 5)], "earlier_inspection_id", "inspection_id", "outcome"
    ) == [
        ("a-first", "a-second", "silent_since"),
        ("a-second", "a-third", "none"),
        ("a-third", "a-fourth", "none"),
        ("a-fourth", "a-short", "none"),
    ]
    assert [key for key in found if key[2] == "lscb_challenge"] == [("A", 2, "lscb_challenge")]


@pytest.mark.parametrize(
    ("pair", "outcome"),
    [
        (("A", 1, "workforce"), "persistent"),
        (("A", 2, "workforce"), "resolved"),
        (("A", 1, "records"), "silent_since"),
        (("A", 2, "records"), "new"),
        (("A", 1, "missing"), "none"),
        (("B", 1, "lscb_challenge"), "persistent"),
        (("B", 1, "missing"), "resolved"),
    ],
)
def test_silence_is_not_resolution(pair: tuple[str, int, str], outcome: str) -> None:
    assert made_outcomes()[pair]["outcome"] == outcome


def test_joint_letters_follow_only_if_asked_for() -> None:
    found = outcomes(MADE, programmes=[*codes.GRADED_PROGRAMMES, "jtai"])
    assert found["A", 1, "records"]["outcome"] == "persistent"
    assert found["A", 1, "lscb_challenge"]["outcome"] == "silent_since"
    assert found["A", 2, "records"]["outcome"] == "silent_since"
    assert max(order for area, order, _ in found if area == "A") == 3
    assert {(area, order) for area, order, _ in outcomes(MADE, programmes=["sif"])} == {("B", 1)}


def test_all_themes_together_are_one() -> None:
    found = given(successions, MADE, subject="listed", together=True)
    columns = ("area_code", "order", "theme", "theme_order", "earlier_weaknesses", "weaknesses", "strengths", "outcome")
    assert only(found, *columns) == [
        ("A", 1, "any", 0, 4, 1, 1, "persistent"),
        ("A", 2, "any", 0, 1, 1, 1, "persistent"),
        ("B", 1, "any", 0, 2, 1, 1, "persistent"),
    ]


def test_reports_follow_each_other_by_the_day_on_which_the_inspection_began() -> None:
    crossed = [
        Report("a-late", "A", "sif", date(2015, 1, 1), started=date(2014, 12, 1)),
        Report("a-early", "A", "ilacs_short", date(2015, 2, 1), started=date(2014, 1, 1)),
        Report("a-next", "A", "ilacs_short", date(2014, 11, 30)),
    ]
    frames = world(crossed, [])
    unknown = pl.when(pl.col("inspection_id") != "a-next").then(pl.col("started"))
    frames["reports"] = frames["reports"].with_columns(started=unknown)
    found = given(successions, frames, subject="all", together=True)
    assert only(found, "order", "earlier_inspection_id", "inspection_id", "outcome") == [
        (1, "a-early", "a-next", "none"),
        (2, "a-next", "a-late", "none"),
    ]


def test_a_subject_says_which_weaknesses_come_again() -> None:
    spoken = [
        Finding("b-first", "health", exploitation="cse", focus="central", listed=False),
        Finding("b-second", "health", exploitation="cse", focus="in_passing", listed=False),
    ]
    frames = world(READ, spoken)
    assert outcomes(frames, subject="listed")["B", 1, "health"]["outcome"] == "none"
    assert outcomes(frames, subject="all")["B", 1, "health"]["outcome"] == "persistent"
    assert outcomes(frames, subject="cse")["B", 1, "health"]["outcome"] == "silent_since"


def test_an_area_stands_in_each_cohort() -> None:
    found = given(successions, MADE | {"cohort": cohort_of("B", "AB", "C")}, subject="listed", together=True)
    assert only(found, "cohort", "area_code", "order") == [
        ("B", "B", 1),
        ("AB", "A", 1),
        ("AB", "A", 2),
        ("AB", "B", 1),
    ]


@pytest.mark.parametrize(
    ("choices", "match"),
    [
        ({"subject": "everything"}, "no subject 'everything'"),
        ({"programmes": ["cqc_clas"]}, "no programme cqc_clas"),
        ({"programmes": []}, "no programme given: the list is empty"),
    ],
)
def test_what_is_not_known_is_refused(choices: dict[str, Any], match: str) -> None:
    refused(successions, MADE, match, **({"subject": "all"} | choices))


@pytest.mark.parametrize(
    ("name", "match"),
    [
        ("reports", "reports has 2 rows for inspection_id a-first"),
        ("reported_findings", "reported_findings has 2 rows for finding_id f001"),
        ("cohort", "cohort has 2 rows for cohort ABC, area"),
    ],
)
def test_what_stands_twice_is_refused(name: str, match: str) -> None:
    refused(successions, MADE | {name: twice(MADE[name])}, match, subject="all")


def test_a_finding_of_a_report_that_is_not_given_is_refused() -> None:
    match = "reported_findings has 1 rows that reports does not know, inspection_id c-only"
    refused(successions, MADE | {"reports": MADE["reports"][:-1]}, match, subject="all")


def test_frames_of_different_kinds_are_refused() -> None:
    with pytest.raises(AnalysisError, match="give all frames of one call in the same kind"):
        successions(**in_two_kinds(MADE, "reports"), subject="all")


# How often a weakness is reported again


def pairs(*found: tuple[str, int, str, str, int, int]) -> Frames:
    """Pairs of reports as area, order, programme before and after, weaknesses before and after, on one theme."""
    outcome = {(True, True): "persistent", (True, False): "silent_since", (False, True): "new", (False, False): "none"}
    return {
        "theme_successions": pl.DataFrame(
            [
                {
                    "cohort": "made",
                    "cohort_label": "Made",
                    "cohort_order": 1,
                    "area_code": area,
                    "area_name": f"Area {area}",
                    "theme": "records",
                    "theme_order": 12,
                    "order": order,
                    "earlier_inspection_id": f"{area}-{order}",
                    "earlier_programme": before,
                    "earlier_published": date(2015, 1, 1),
                    "inspection_id": f"{area}-{order + 1}",
                    "programme": after,
                    "published": date(2019, 1, 1),
                    "earlier_weaknesses": had,
                    "weaknesses": has,
                    "strengths": 0,
                    "outcome": outcome[had > 0, has > 0],
                }
                for area, order, before, after, had, has in found
            ]
        )
    }


def test_chance_is_counted_within_each_kind_of_pair() -> None:
    made = pairs(
        ("A", 1, "sif", "ilacs_standard", 2, 1),
        ("B", 1, "sif", "ilacs_standard", 1, 0),
        ("C", 1, "sif", "ilacs_standard", 0, 3),
        ("D", 1, "sif", "ilacs_standard", 0, 0),
        ("A", 2, "sif", "ilacs_short", 1, 1),
        ("B", 2, "sif", "ilacs_short", 0, 0),
        ("E", 1, "sif_reinspection", "ilacs_standard", 1, 1),
    )
    [found] = given(recurrence, made)
    assert only([found], "pairs", "areas", "earlier", *OUTCOMES, "new") == [(7, 3, 4, 3, 0, 1, 1)]
    # 2 × 2 of 4 is 1, with variance 2·2·2·2 / (16·3); 1 × 1 of 2 is a half, with a quarter; 1 of 1 is certain.
    expected, spread = 1 + 0.5 + 1, 1.959963985 * math.sqrt(1 / 3 + 1 / 4)
    assert found["expected"] == pytest.approx(expected)
    assert found["chance"] == pytest.approx(expected / 4)
    assert found["chance_low"] == pytest.approx((expected - spread) / 4)
    assert found["chance_high"] == pytest.approx((expected + spread) / 4)
    assert found["share"] == 0.75
    assert (found["low"], found["high"]) == pytest.approx(proportion_confint(3, 4, method="wilson"))
    assert only([found], "cohort", "cohort_label", "cohort_order", "theme", "theme_order") == [
        ("made", "Made", 1, "records", 12)
    ]


def test_what_chance_would_give_is_rounded_so_that_sums_do_not_depend_on_the_order_of_pairs() -> None:
    found = recurrence(
        **pairs(("A", 1, "sif", "sif", 1, 0), ("B", 1, "sif", "sif", 1, 0), ("C", 1, "sif", "sif", 0, 1))
    )
    assert found["expected"].to_list() == [0.666666667]
    # 2 × 1 of 3 is two thirds, with variance 2·1·1·2 / (9·2), two ninths.
    high = (0.666666667 + NormalDist().inv_cdf(0.975) * math.sqrt(0.222222222)) / 2
    assert found["chance_high"].to_list() == pytest.approx([high], rel=1e-12)


def test_the_range_of_chance_stays_within_0_and_1() -> None:
    [found] = given(recurrence, pairs(("A", 1, "sif", "sif", 1, 1), ("B", 1, "sif", "sif", 0, 0)))
    assert only([found], "chance", "chance_low", "chance_high") == [(0.5, 0, 1)]


def test_without_an_earlier_weakness_there_is_no_share() -> None:
    [found] = given(recurrence, pairs(("A", 1, "sif", "sif", 0, 1), ("B", 1, "sif", "sif", 0, 0)))
    assert only([found], "pairs", "areas", "earlier", "new", "expected") == [(2, 0, 0, 1, 0)]
    assert {found[name] for name in ("share", "low", "high", "chance", "chance_low", "chance_high")} == {None}


def test_an_area_counts_once_with_several_earlier_weaknesses() -> None:
    [found] = given(recurrence, pairs(("A", 1, "sif", "sif", 1, 1), ("A", 2, "sif", "ilacs_short", 1, 0)))
    assert only([found], "pairs", "areas", "earlier") == [(2, 1, 2)]


def test_a_pair_that_stands_twice_is_refused() -> None:
    made = pairs(("A", 1, "sif", "sif", 1, 1), ("A", 1, "sif", "sif", 1, 1))
    refused(recurrence, made, "theme_successions has 2 rows for cohort made, area_code A, order 1, theme records")


def test_every_outcome_is_counted_of_made_reports() -> None:
    found = keyed(given(recurrence, {"theme_successions": successions(**MADE, subject="listed")}), "theme")
    columns = ("pairs", "areas", "earlier", *OUTCOMES, "new")
    assert only([found["workforce"], found["records"], found["lscb_challenge"], found["missing"]], *columns) == [
        (3, 1, 2, 1, 1, 0, 0),
        (3, 1, 1, 0, 0, 1, 1),
        (1, 1, 1, 1, 0, 0, 0),
        (3, 1, 1, 0, 1, 0, 0),
    ]
    assert list(found) == list(codes.THEME_CODES)


@drawn(worlds(), subjects)
@settings(max_examples=12)
def test_outcomes_sum_to_the_earlier_weaknesses(frames: Frames, subject: Subject) -> None:
    following = successions(**chosen(frames, *THREE), subject=subject)
    for row in recurrence(following).rows(named=True):
        some = following.filter(cohort=row["cohort"], theme=row["theme"])
        had, has = some.filter(pl.col("earlier_weaknesses") > 0), some.filter(pl.col("weaknesses") > 0)
        assert row["persistent"] + row["resolved"] + row["silent_since"] == row["earlier"] == had.height
        assert row["persistent"] + row["new"] == has.height
        assert row["persistent"] <= min(had.height, has.height)
        assert row["areas"] == had["area_code"].n_unique() <= row["earlier"] <= row["pairs"] == some.height
        assert 0 <= row["expected"] <= min(had.height, has.height)
        if row["earlier"]:
            assert 0 <= row["low"] <= row["share"] <= row["high"] <= 1
            assert 0 <= row["chance_low"] <= row["chance"] <= row["chance_high"] <= 1


@drawn(worlds(), subjects)
@settings(max_examples=6)
def test_the_order_of_rows_given_does_not_matter(frames: Frames, subject: Subject) -> None:
    some, mixed = chosen(frames, *THREE), chosen(shuffled(frames), *THREE)
    following = successions(**some, subject=subject)
    assert following.equals(successions(**mixed, subject=subject))
    assert recurrence(following).equals(recurrence(following.reverse()))


@drawn(worlds())
@settings(max_examples=2)
def test_every_engine_finds_the_same(frames: Frames) -> None:
    for together in (False, True):
        following = successions(**chosen(frames, *THREE), subject="all", together=together)
        given(successions, chosen(frames, *THREE), subject="all", together=together)
        given(recurrence, {"theme_successions": following})


# The fifty


def test_the_fifty_have_102_pairs_of_consecutive_graded_reports() -> None:
    found = successions(**chosen(real(), *THREE), subject="all", together=True)
    assert found.height == 102
    assert "surrey-2015-08-03-sif" not in {*found["inspection_id"], *found["earlier_inspection_id"]}


def test_the_successions_of_the_fifty_recounted(con: duckdb.DuckDBPyConnection) -> None:
    found = given(successions, chosen(real(), *THREE), subject="exploitation")
    counted = of_the_fifty(
        con,
        """
        WITH chain AS (
            SELECT area_code, inspection_id, scope, lag(inspection_id) OVER one_area AS earlier_id,
                lag(scope) OVER one_area AS earlier, row_number() OVER one_area - 1 AS place
            FROM inspections JOIN scopes USING (inspection_id)
            WHERE list_contains($fifty, area_code) AND programme NOT IN ('jtai', 'cqc_clas')
                AND was_read AND scope <> 'board'
            WINDOW one_area AS (
                PARTITION BY area_code ORDER BY coalesce(started, published), published, inspection_id)),
        said AS (
            SELECT inspection_id, theme::VARCHAR AS theme, count(*) FILTER (polarity = 'weakness') AS bad,
                count(*) FILTER (polarity <> 'weakness') AS good
            FROM findings WHERE exploitation_focus <> 'in_passing' GROUP BY ALL),
        both_reports AS (
            SELECT area_code, place, themes.theme::VARCHAR AS theme, earlier_id, inspection_id,
                coalesce((SELECT bad FROM said WHERE said.inspection_id = earlier_id
                    AND said.theme = themes.theme::VARCHAR), 0) AS before,
                coalesce((SELECT bad FROM said WHERE said.inspection_id = chain.inspection_id
                    AND said.theme = themes.theme::VARCHAR), 0) AS after,
                coalesce((SELECT good FROM said WHERE said.inspection_id = chain.inspection_id
                    AND said.theme = themes.theme::VARCHAR), 0) AS good
            FROM chain CROSS JOIN themes
            WHERE earlier_id IS NOT NULL
                AND (themes.theme <> 'lscb_challenge' OR (scope = 'whole' AND earlier = 'whole')))
        SELECT *, CASE WHEN before > 0 AND after > 0 THEN 'persistent' WHEN before > 0 AND good > 0 THEN 'resolved'
            WHEN before > 0 THEN 'silent_since' WHEN after > 0 THEN 'new' ELSE 'none' END
        FROM both_reports
        """,
    )
    columns = ("area_code", "order", "theme", "earlier_inspection_id", "inspection_id")
    counts = ("earlier_weaknesses", "weaknesses", "strengths", "outcome")
    assert sorted(only(found, *columns, *counts)) == sorted(counted)


def variance(pairs: int, before: int, after: int) -> float:
    """Of the number of pairs with a weakness before and after, if neither had to do with the other."""
    again = np.arange(min(before, after) + 1)
    chance = hypergeom.pmf(again, pairs, before, after)
    return float((chance * (again - (chance * again).sum()) ** 2).sum())


@pytest.mark.parametrize("subject", ["listed", "exploitation", "all"])
def test_chance_among_the_fifty_is_that_of_mantel_and_haenszel(subject: Subject) -> None:
    following = successions(**chosen(real(), *THREE), subject=subject)
    had, has = pl.col("earlier_weaknesses") > 0, pl.col("weaknesses") > 0
    by_theme = keyed(recurrence(following).rows(named=True), "theme")
    held = 0
    for theme, row in by_theme.items():
        strata = (
            following.filter(theme=theme)
            .group_by("earlier_programme", "programme")
            .agg(n=pl.len(), had=had.sum(), has=has.sum(), again=(had & has).sum())
            .select("n", "had", "has", "again")
            .rows()
        )
        expected = sum(before * after / n for n, before, after, _ in strata)
        assert row["expected"] == pytest.approx(expected)
        if not row["earlier"]:
            continue
        spread = 1.959963985 * math.sqrt(sum(variance(n, before, after) for n, before, after, _ in strata))
        assert row["chance_low"] == pytest.approx(max(0, (expected - spread) / row["earlier"]))
        assert row["chance_high"] == pytest.approx(min(1, (expected + spread) / row["earlier"]))
        if row["chance_high"] in (1, row["chance"]):
            continue
        tables = [
            np.array([[again, before - again], [after - again, n - before - after + again]])
            for n, before, after, again in strata
            if n > 1
        ]
        alone = sum(again - before * after for n, before, after, again in strata if n == 1)
        reach = (row["chance_high"] - row["chance"]) * row["earlier"] / 1.959963985
        above = row["persistent"] - row["expected"] - alone
        statistic = StratifiedTable(tables).test_null_odds(correction=False).statistic
        assert (above / reach) ** 2 == pytest.approx(statistic)
        held += 1
    assert held >= 5
