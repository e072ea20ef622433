"""What is known of each area on each theme, and what became of each weakness."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

import duckdb
import polars as pl
import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st
from made_findings import (
    JULY,
    Finding,
    Frames,
    Report,
    chosen,
    cohort_of,
    given,
    in_two_kinds,
    inspections_of,
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
from statsmodels.stats.proportion import proportion_confint

from analysis.errors import AnalysisError
from analysis.schema import codes
from analysis.weaknesses import AFTERMATHS, STATES, Subject, aftermath, aftermath_shares, behind, states

THREE = ("reported_findings", "reports", "cohort")
FOUR = (*THREE, "inspections")

READ = [
    Report("a-sif", "A", "sif", date(2015, 1, 1)),
    Report("a-ilacs", "A", "ilacs_standard", date(2020, 1, 1)),
    Report("b-short", "B", "ilacs_short", date(2019, 1, 1)),
]
UNREAD = [
    Report("c-sif", "C", "sif", date(2016, 1, 1)),
    Report("b-sif", "B", "sif", date(2014, 6, 1)),
    Report("d-cqc", "D", "cqc_clas", date(2015, 5, 5)),
]
FINDINGS = [
    Finding("a-sif", "workforce"),
    Finding("a-sif", "workforce"),
    Finding("a-ilacs", "workforce", "strength"),
    Finding("a-sif", "records"),
    Finding("a-ilacs", "missing", "progress"),
    Finding("a-sif", "health", "strength"),
    Finding("b-short", "missing", listed=False),
]
MADE = world(READ, FINDINGS, "ABCD") | {"inspections": inspections_of(READ + UNREAD)}
COUNTS = ("weaknesses", "strengths", "progress")


def state_of(frames: Frames, **choices: Any) -> dict[Any, dict[str, Any]]:
    return keyed(given(states, frames, **({"subject": "listed"} | choices)), "area_code", "theme")


@cache
def made_states() -> dict[Any, dict[str, Any]]:
    return state_of(MADE)


def test_each_area_has_a_state_on_each_theme() -> None:
    found = given(states, MADE, subject="listed")
    assert only(found, "area_name", "theme") == [
        (name, theme) for name in ("Alder", "Birch", "Cedar", "Dogwood") for theme in codes.THEME_CODES
    ]
    assert {row["state"] for row in found} == set(STATES)
    assert only(found[:1], "cohort", "cohort_label", "cohort_order", "theme_order") == [("ABCD", "Areas ABCD", 1, 1)]


@pytest.mark.parametrize(
    ("area", "theme", "state", "counts", "read", "inspected"),
    [
        ("A", "workforce", "both", (2, 1, 0), 2, 2),
        ("A", "records", "weakness", (1, 0, 0), 2, 2),
        ("A", "missing", "strength", (0, 0, 1), 2, 2),
        ("A", "health", "strength", (0, 1, 0), 2, 2),
        ("A", "front_door", "silent", (0, 0, 0), 2, 2),
        ("A", "lscb_challenge", "silent", (0, 0, 0), 1, 1),
        ("B", "missing", "silent", (0, 0, 0), 1, 2),
        ("B", "lscb_challenge", "not_read", (None, None, None), 0, 1),
        ("C", "missing", "not_read", (None, None, None), 0, 1),
        ("D", "missing", "not_inspected", (None, None, None), 0, 0),
    ],
)
def test_silence_is_not_the_same_as_not_read_or_not_inspected(
    area: str, theme: str, state: str, counts: tuple[int | None, ...], read: int, inspected: int
) -> None:
    found = made_states()[area, theme]
    assert found["state"] == state
    assert tuple(found[count] for count in COUNTS) == counts
    assert (found["reports_read"], found["inspections"]) == (read, inspected)


def test_a_joint_letter_counts_for_what_it_says_and_its_silence_is_no_silence() -> None:
    letters = [
        Report("a-sif", "A", "sif", date(2015, 1, 1)),
        Report("a-letter", "A", "jtai", date(2016, 1, 1)),
        Report("b-letter", "B", "jtai", date(2016, 1, 1)),
    ]
    spoken = [
        Finding("a-letter", "workforce"),
        Finding("b-letter", "missing", "strength"),
        Finding("b-letter", "lscb_challenge"),
        Finding("b-letter", "records", listed=False),
    ]
    unread = [Report("c-letter", "C", "jtai", date(2016, 1, 1))]
    frames = world(letters, spoken) | {"inspections": inspections_of(letters + unread)}
    found = state_of(frames)
    columns = ("state", *COUNTS, "reports_read", "inspections")
    assert only(
        [
            *(found["A", theme] for theme in ("workforce", "missing")),
            *(found["B", theme] for theme in ("missing", "lscb_challenge", "records")),
            found["C", "missing"],
        ],
        *columns,
    ) == [
        ("weakness", 1, 0, 0, 2, 2),
        ("silent", 0, 0, 0, 1, 1),
        ("strength", 0, 1, 0, 1, 1),
        ("weakness", 1, 0, 0, 1, 1),
        ("not_inspected", None, None, None, 0, 0),
        ("not_inspected", None, None, None, 0, 0),
    ]
    assert state_of(frames, subject="all")["B", "records"]["state"] == "weakness"


def test_a_review_of_a_board_alone_is_no_silence_on_other_themes() -> None:
    reports = [
        Report("a-board", "A", scope="board"),
        Report("b-council", "B", scope="without_board"),
        Report("c-short", "C", "ilacs_short"),
    ]
    unread = [Report("d-sif", "D"), Report("d-short", "D", "ilacs_short")]
    spoken = [Finding("a-board", "missing"), Finding("c-short", "lscb_challenge", "progress")]
    frames = world(reports, spoken, "ABCD") | {"inspections": inspections_of(reports + unread)}
    found = state_of(frames)
    themes = ("workforce", "missing", "lscb_challenge")
    assert {
        area: [(found[area, theme]["state"], found[area, theme]["inspections"]) for theme in themes] for area in "ABCD"
    } == {
        "A": [("not_inspected", 0), ("weakness", 1), ("silent", 1)],
        "B": [("silent", 1), ("silent", 1), ("not_inspected", 0)],
        "C": [("silent", 1), ("silent", 1), ("strength", 1)],
        "D": [("not_read", 2), ("not_read", 2), ("not_read", 1)],
    }


def test_a_subject_says_which_findings_make_a_state() -> None:
    assert state_of(MADE, subject="all")["B", "missing"]["state"] == "weakness"
    assert state_of(MADE, subject="exploitation")["A", "workforce"]["state"] == "silent"
    focus = [Finding("a-sif", "records", exploitation="cse", focus=focus) for focus in ("in_passing", "central")]
    only_named = MADE | chosen(world(READ, focus[:1], "ABCD"), "reported_findings")
    passed_on_it = MADE | chosen(world(READ, focus, "ABCD"), "reported_findings")
    assert state_of(only_named, subject="cse")["A", "records"]["state"] == "silent"
    assert state_of(passed_on_it, subject="cse")["A", "records"]["state"] == "weakness"


def test_only_the_programmes_asked_for_count() -> None:
    found = state_of(MADE, programmes=["ilacs_standard", "ilacs_short"])
    assert found["A", "workforce"]["state"] == "strength"
    assert (found["A", "workforce"]["reports_read"], found["A", "workforce"]["inspections"]) == (1, 1)
    assert found["A", "records"]["state"] == "silent"
    assert {found[area, "lscb_challenge"]["state"] for area in "ABCD"} == {"not_inspected"}
    assert found["C", "missing"]["state"] == "not_inspected"


@pytest.mark.parametrize(
    ("days", "state"),
    [
        ({"since": date(2015, 1, 1), "until": date(2020, 1, 1)}, "both"),
        ({"since": date(2015, 1, 2)}, "strength"),
        ({"until": date(2019, 12, 31)}, "weakness"),
        ({"since": date(2015, 1, 2), "until": date(2019, 12, 31)}, "not_inspected"),
    ],
)
def test_the_days_given_count_themselves(days: dict[str, date], state: str) -> None:
    assert state_of(MADE, **days)["A", "workforce"]["state"] == state


def test_an_area_stands_in_each_cohort_and_others_do_not() -> None:
    found = given(states, MADE | {"cohort": cohort_of("B", "AB")}, subject="listed")
    assert only(found[:: len(codes.THEME_CODES)], "cohort", "area_code") == [("B", "B"), ("AB", "A"), ("AB", "B")]


@pytest.mark.parametrize(
    ("choices", "match"),
    [
        ({"subject": "everything"}, "no subject 'everything'"),
        ({"programmes": ["cqc_clas"]}, "no programme cqc_clas. Known are sif, sif_reinspection, ilacs_standard"),
        ({"programmes": []}, "no programme given: the list is empty"),
    ],
)
def test_what_is_not_known_is_refused(choices: dict[str, Any], match: str) -> None:
    refused(states, MADE, match, **({"subject": "all"} | choices))


@pytest.mark.parametrize(
    ("name", "match"),
    [
        ("reports", "reports has 2 rows for inspection_id a-sif"),
        ("reported_findings", "reported_findings has 2 rows for finding_id f001"),
        ("inspections", "inspections has 2 rows for inspection_id a-sif"),
        ("cohort", "cohort has 2 rows for cohort ABCD, area_code A"),
    ],
)
def test_what_stands_twice_is_refused(name: str, match: str) -> None:
    refused(states, MADE | {name: twice(MADE[name])}, match, subject="all")


def test_reports_without_inspection_and_findings_without_report_are_refused() -> None:
    fewer = MADE["inspections"].filter(pl.col("inspection_id") != "b-short")
    for transform in (states, aftermath):
        refused(transform, MADE | {"inspections": fewer}, "reports has 1 rows that inspections does not", subject="all")
    match = "reported_findings has 1 rows that reports does not know, inspection_id b-short"
    refused(states, MADE | {"reports": MADE["reports"][:2]}, match, subject="all")
    refused(aftermath, MADE | {"reports": MADE["reports"][:2]}, match, subject="all")


@pytest.mark.parametrize("transform", [states, aftermath])
def test_frames_of_different_kinds_are_refused(transform: Any) -> None:
    with pytest.raises(AnalysisError, match="give all frames of one call in the same kind"):
        transform(**in_two_kinds(MADE, "cohort"), subject="all")


@drawn(worlds(), subjects, st.sampled_from([None, ["sif", "jtai"], ["ilacs_short"]]))
@settings(max_examples=12)
def test_states_count_what_stands_behind(frames: Frames, subject: Subject, programmes: list[str] | None) -> None:
    found = states(**frames, subject=subject, programmes=programmes)
    marks = behind(**chosen(frames, *THREE), subject=subject)
    if programmes:
        marks = marks.filter(pl.col("programme").is_in(programmes))
    for column, polarity in (("weaknesses", "weakness"), ("strengths", "strength"), ("progress", "progress")):
        counts = {row[:-1]: row[-1] for row in found.select("cohort", "area_code", "theme", column).rows() if row[-1]}
        per_key = marks.filter(polarity=polarity).group_by("cohort", "area_code", "theme").len().rows()
        assert counts == {row[:-1]: row[-1] for row in per_key}


@drawn(worlds(), subjects)
@settings(max_examples=12)
def test_a_state_says_what_its_counts_say(frames: Frames, subject: Subject) -> None:
    for row in states(**frames, subject=subject).rows(named=True):
        assert row["reports_read"] <= row["inspections"]
        if row["state"] in ("not_read", "not_inspected"):
            assert row["reports_read"] == 0
            assert {row[count] for count in COUNTS} == {None}
            assert (row["inspections"] == 0) == (row["state"] == "not_inspected")
        else:
            assert row["reports_read"] > 0
            bad, good = row["weaknesses"] > 0, row["strengths"] + row["progress"] > 0
            expected = {(True, True): "both", (True, False): "weakness", (False, True): "strength"}
            assert row["state"] == expected.get((bad, good), "silent")


@drawn(worlds(), subjects)
@settings(max_examples=6)
def test_the_order_of_rows_given_does_not_matter(frames: Frames, subject: Subject) -> None:
    mixed = shuffled(frames)
    assert states(**frames, subject=subject).equals(states(**mixed, subject=subject))
    after = aftermath(**frames, subject=subject)
    assert after.equals(aftermath(**mixed, subject=subject))
    assert aftermath_shares(after).equals(aftermath_shares(after.reverse()))


@drawn(worlds())
@settings(max_examples=2)
def test_every_engine_finds_the_same(frames: Frames) -> None:
    given(states, frames, subject="all", since=JULY)
    given(aftermath, frames, subject="all")
    given(aftermath_shares, {"weakness_aftermath": aftermath(**frames, subject="all")})


# What became of a weakness

LIVES = [
    Report("a1", "A", "sif", date(2015, 1, 1)),
    Report("a2", "A", "jtai", date(2016, 1, 1)),
    Report("a3", "A", "ilacs_standard", date(2018, 1, 1)),
    Report("a4", "A", "ilacs_short", date(2020, 1, 1)),
    Report("b1", "B", "sif", date(2015, 1, 1)),
    Report("b2", "B", "jtai", date(2016, 1, 1)),
    Report("c1", "C", "sif", date(2015, 1, 1)),
]
LATER = [
    Finding("a1", "workforce"),
    Finding("a1", "workforce"),
    Finding("a3", "workforce"),
    Finding("a3", "workforce", "strength"),
    Finding("a4", "workforce", "progress"),
    Finding("a4", "workforce", "strength"),
    Finding("a1", "records", "strength"),
    Finding("a3", "records"),
    Finding("a3", "records", "strength"),
    Finding("a1", "lscb_challenge"),
    Finding("a1", "missing"),
    Finding("a2", "missing", "strength"),
    Finding("a1", "health", "strength"),
    Finding("b1", "records"),
    Finding("b1", "lscb_challenge"),
    Finding("b2", "lscb_challenge"),
    Finding("c1", "records"),
    Finding("c1", "lscb_challenge"),
    Finding("c1", "education", listed=False, exploitation="cse", focus="in_passing"),
]
UNREAD_LATER = [
    Report("b-x", "B", "sif", date(2014, 12, 31)),
    Report("c2", "C", "ilacs_short", date(2018, 1, 1)),
    Report("c3", "C", "jtai", date(2019, 1, 1)),
    Report("c4", "C", "cqc_clas", date(2019, 1, 1)),
]
AFTER = world(LIVES, LATER) | {"inspections": inspections_of(LIVES + UNREAD_LATER)}


def followed(findings: list[Finding], **choices: Any) -> list[dict[str, Any]]:
    made = AFTER | chosen(world(LIVES, findings), "reported_findings")
    return given(aftermath, made, **({"subject": "listed"} | choices))


def test_each_weakness_ever_reported_stands_with_what_came_of_it() -> None:
    found = followed(LATER)
    columns = ("area_name", "theme", "weaknesses", "reports_with", "strengths_since", "inspections_since")
    assert only(found, *columns, "reports_since", "aftermath") == [
        ("Alder", "lscb_challenge", 1, 1, 0, 0, 0, "at_latest"),
        ("Alder", "workforce", 3, 2, 2, 1, 1, "answered"),
        ("Alder", "records", 1, 1, 0, 1, 1, "silent_since"),
        ("Alder", "missing", 1, 1, 1, 2, 2, "answered"),
        ("Birch", "lscb_challenge", 2, 2, 0, 0, 0, "at_latest"),
        ("Birch", "records", 1, 1, 0, 0, 0, "at_latest"),
        ("Cedar", "lscb_challenge", 1, 1, 0, 0, 0, "at_latest"),
        ("Cedar", "records", 1, 1, 0, 1, 0, "not_read"),
    ]
    assert only(found[1:2], "first_weakness", "last_weakness", "cohort", "cohort_order", "theme_order") == [
        (date(2015, 1, 1), date(2018, 1, 1), "ABC", 1, codes.THEME_CODES.index("workforce") + 1)
    ]


def test_a_strength_of_the_day_of_the_weakness_is_no_answer() -> None:
    found = followed([Finding("b1"), Finding("b1", polarity="strength")])
    assert only(found, "strengths_since", "aftermath") == [(0, "at_latest")]


def test_what_is_said_of_the_theme_but_not_of_the_subject_is_neither_an_answer_nor_silence() -> None:
    on_it: dict[str, Any] = {"listed": False, "exploitation": "cse", "focus": "central"}
    found = followed(
        [
            Finding("a1", "workforce", **on_it),
            Finding("a1", "workforce", "strength", **on_it),
            Finding("a1", "workforce", "strength"),
            Finding("a3", "workforce"),
            Finding("a3", "workforce"),
            Finding("a4", "workforce", "progress"),
            Finding("a1", "missing", **on_it),
            Finding("a3", "missing", "strength"),
            Finding("a4", "missing", "strength", **on_it),
            Finding("b1", "records", **on_it),
            Finding("b2", "records"),
            Finding("c1", "records", **on_it),
            Finding("c1", "records"),
        ],
        subject="exploitation",
    )
    columns = ("strengths_beside", "strengths_since", "weaknesses_otherwise", "strengths_otherwise", "aftermath")
    assert only(found, "area_code", "theme", *columns) == [
        ("A", "workforce", 1, 0, 2, 1, "theme_only"),
        ("A", "missing", 0, 1, 0, 1, "answered"),
        ("B", "records", 0, 0, 1, 0, "theme_only"),
        ("C", "records", 0, 0, 0, 0, "not_read"),
    ]


def test_the_silence_of_a_joint_letter_is_no_report_since_but_its_word_counts() -> None:
    columns = ("last_weakness", "inspections_since", "reports_since", "aftermath")
    assert only(followed([Finding("b1")]), *columns) == [(date(2015, 1, 1), 0, 0, "at_latest")]
    assert only(followed([Finding("b1"), Finding("b2", polarity="strength")]), *columns) == [
        (date(2015, 1, 1), 0, 0, "answered")
    ]
    assert only(followed([Finding("a1"), Finding("a2")]), *columns) == [(date(2016, 1, 1), 2, 2, "silent_since")]


def test_a_report_since_is_one_that_looked_at_the_theme() -> None:
    reports = [
        Report("a-first", "A", "sif", date(2015, 1, 1)),
        Report("a-board", "A", "sif", date(2016, 1, 1), scope="board"),
        Report("b-first", "B", "sif", date(2015, 1, 1)),
        Report("b-council", "B", "sif", date(2016, 1, 1), scope="without_board"),
        Report("c-first", "C", "sif", date(2015, 1, 1)),
    ]
    unread = [Report("c-second", "C", "sif", date(2016, 1, 1)), Report("c-short", "C", "ilacs_short", date(2017, 1, 1))]
    spoken = [Finding(f"{area}-first", theme) for area in "abc" for theme in ("workforce", "lscb_challenge")]
    frames = world(reports, spoken) | {"inspections": inspections_of(reports + unread)}
    found = given(aftermath, frames, subject="all")
    assert only(found, "area_code", "theme", "inspections_since", "reports_since", "aftermath") == [
        ("A", "lscb_challenge", 1, 1, "silent_since"),
        ("A", "workforce", 0, 0, "at_latest"),
        ("B", "lscb_challenge", 0, 0, "at_latest"),
        ("B", "workforce", 1, 1, "silent_since"),
        ("C", "lscb_challenge", 1, 0, "not_read"),
        ("C", "workforce", 2, 0, "not_read"),
    ]


def test_a_subject_says_which_weaknesses_are_followed() -> None:
    listed = {"lscb_challenge", "workforce", "records", "missing"}
    assert {row["theme"] for row in followed(LATER, subject="all")} == {*listed, "education"}
    assert followed(LATER, subject="exploitation") == []
    refused(aftermath, AFTER, "no subject 'everything'", subject="everything")


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("reports", "inspection_id a1"),
        ("reported_findings", "finding_id f001"),
        ("inspections", "inspection_id a1"),
        ("cohort", "cohort ABC, area_code A"),
    ],
)
def test_what_stands_twice_is_refused_of_the_aftermath(name: str, key: str) -> None:
    refused(aftermath, AFTER | {name: twice(AFTER[name])}, f"{name} has 2 rows for {key}", subject="all")


def test_shares_of_the_aftermath_are_of_the_areas_with_a_weakness() -> None:
    after = aftermath(**AFTER, subject="listed")
    found = given(aftermath_shares, {"weakness_aftermath": after})
    assert only(found, "theme", "aftermath", "aftermath_order", "count", "areas") == [
        (theme, outcome, order, count, sum(counts))
        for theme, counts in [
            ("lscb_challenge", (0, 0, 0, 0, 3)),
            ("workforce", (1, 0, 0, 0, 0)),
            ("records", (0, 0, 1, 1, 1)),
            ("missing", (1, 0, 0, 0, 0)),
        ]
        for order, (outcome, count) in enumerate(zip(AFTERMATHS, counts, strict=True), start=1)
    ]
    records = keyed(found, "theme", "aftermath")["records", "silent_since"]
    assert records["share"] == pytest.approx(1 / 3)
    assert (records["low"], records["high"]) == pytest.approx(proportion_confint(1, 3, method="wilson"))
    assert only([records], "cohort", "cohort_label", "cohort_order", "theme_order") == [
        ("ABC", "Areas ABC", 1, codes.THEME_CODES.index("records") + 1)
    ]


def test_an_aftermath_that_stands_twice_is_refused() -> None:
    after = aftermath(**AFTER, subject="listed")
    match = "weakness_aftermath has 2 rows for cohort ABC, area_code A, theme lscb_challenge"
    refused(aftermath_shares, {"weakness_aftermath": twice(after)}, match)


@drawn(worlds(), subjects)
@settings(max_examples=12)
def test_every_area_with_a_weakness_has_one_aftermath_a_theme(frames: Frames, subject: Subject) -> None:
    after = aftermath(**frames, subject=subject)
    marks = behind(**chosen(frames, *THREE), subject=subject, polarity=["weakness"])
    per_key = marks.group_by("cohort", "area_code", "theme").len().rows()
    assert sorted(after.select("cohort", "area_code", "theme", "weaknesses").rows()) == sorted(per_key)
    assert (after["first_weakness"] <= after["last_weakness"]).all()
    shares = aftermath_shares(after)
    assert shares.height == len(AFTERMATHS) * after.select("cohort", "theme").unique().height
    for (_, _, areas), group in shares.group_by("cohort", "theme", "areas"):
        assert group["count"].sum() == areas
        assert group["share"].sum() == pytest.approx(1)
    assert shares.filter((pl.col("low") > pl.col("share")) | (pl.col("share") > pl.col("high"))).is_empty()


# The fifty


def test_the_states_of_the_fifty_recounted(con: duckdb.DuckDBPyConnection) -> None:
    found = given(states, chosen(real(), *FOUR), subject="exploitation", programmes=["sif", "ilacs_standard", "jtai"])
    counted = of_the_fifty(
        con,
        """
        WITH said AS (
            SELECT inspection_id, theme::VARCHAR AS theme, count(*) FILTER (polarity = 'weakness') AS bad,
                count(*) FILTER (polarity = 'strength') AS good, count(*) FILTER (polarity = 'progress') AS better
            FROM findings WHERE exploitation_focus IN ('central', 'among_others') GROUP BY ALL),
        looked AS (
            SELECT area_code, theme, was_read, bad, good, better
            FROM (SELECT * EXCLUDE theme FROM inspections) JOIN scopes USING (inspection_id)
                CROSS JOIN (SELECT theme::VARCHAR AS theme FROM themes) LEFT JOIN said USING (inspection_id, theme)
            WHERE programme IN ('sif', 'ilacs_standard', 'jtai') AND (bad + good + better > 0
                OR (programme <> 'jtai' AND scope <> if(theme = 'lscb_challenge', 'without_board', 'board')))),
        summed AS (
            SELECT area_code, theme, coalesce(sum(bad), 0) AS bad, coalesce(sum(good), 0) AS good,
                coalesce(sum(better), 0) AS better, count(*) FILTER (was_read) AS was_read, count(*) AS inspected
            FROM looked WHERE list_contains($fifty, area_code) GROUP BY ALL)
        SELECT area_code, theme,
            CASE WHEN was_read = 0 THEN 'not_read' WHEN bad > 0 AND good + better > 0 THEN 'both'
                WHEN bad > 0 THEN 'weakness' WHEN good + better > 0 THEN 'strength' ELSE 'silent' END,
            bad, good, better, was_read, inspected
        FROM summed
        """,
    )
    columns = ("area_code", "theme", "state", *COUNTS, "reports_read", "inspections")
    assert sorted(only(found, *columns)) == sorted(counted)
    assert len(found) == 50 * len(codes.THEME_CODES)


def test_of_every_area_of_the_fifty_something_was_read_on_every_theme() -> None:
    found = states(**chosen(real(), *FOUR), subject="all")
    assert not {"not_read", "not_inspected"} & set(found["state"])


def test_no_area_was_inspected_by_ilacs_on_its_board() -> None:
    found = states(**chosen(real(), *FOUR), subject="all", programmes=["ilacs_standard", "ilacs_short"])
    assert set(found.filter(theme="lscb_challenge")["state"]) == {"not_inspected"}


def test_the_states_of_the_fifty_count_what_stands_behind() -> None:
    found = states(**chosen(real(), *FOUR), subject="listed")
    marks = behind(**chosen(real(), *THREE), subject="listed", polarity=["weakness"])
    counts = {row[:-1]: row[-1] for row in found.select("area_code", "theme", "weaknesses").rows() if row[-1]}
    assert counts == {row[:-1]: row[-1] for row in marks.group_by("area_code", "theme").len().rows()}


def test_rotherham_has_a_weakness_on_leadership_in_its_single_inspections_on_sexual_exploitation() -> None:
    found = states(**chosen(real(), *FOUR), subject="cse", programmes=["sif"])
    assert found.filter(area_name="Rotherham", theme="leadership")["state"].to_list()[0] in ("weakness", "both")


def test_the_aftermath_of_the_fifty_recounted(con: duckdb.DuckDBPyConnection) -> None:
    found = given(aftermath, chosen(real(), *FOUR), subject="exploitation")
    counted = of_the_fifty(
        con,
        """
        WITH said AS (
            SELECT area_code, f.theme::VARCHAR AS theme, inspection_id, polarity = 'weakness' AS bad, published,
                coalesce(exploitation_focus IN ('central', 'among_others'), false) AS counts
            FROM findings AS f JOIN inspections USING (inspection_id)
            WHERE list_contains($fifty, area_code) AND programme <> 'cqc_clas'),
        weak AS (
            SELECT area_code, theme, count(*) AS weaknesses, count(DISTINCT inspection_id) AS reports_with,
                min(published) AS first, max(published) AS last
            FROM said WHERE counts AND bad GROUP BY ALL),
        answers AS (
            SELECT w.area_code, w.theme,
                count(*) FILTER (counts AND NOT bad AND published = last) AS beside,
                count(*) FILTER (counts AND NOT bad AND published > last) AS answers,
                count(*) FILTER (NOT counts AND bad AND published > last) AS bad_otherwise,
                count(*) FILTER (NOT counts AND NOT bad AND published > last) AS good_otherwise
            FROM weak AS w JOIN said USING (area_code, theme) GROUP BY ALL),
        graded AS (
            SELECT area_code, published, scope, was_read FROM inspections JOIN scopes USING (inspection_id)
            WHERE programme NOT IN ('jtai', 'cqc_clas')),
        followed AS (SELECT w.*, beside, answers, bad_otherwise, good_otherwise,
            (SELECT count(*) FROM graded AS g WHERE g.area_code = w.area_code AND g.published > w.last
                AND scope <> if(w.theme = 'lscb_challenge', 'without_board', 'board')) AS inspected,
            (SELECT count(*) FROM graded AS g WHERE g.area_code = w.area_code AND g.published > w.last
                AND scope <> if(w.theme = 'lscb_challenge', 'without_board', 'board') AND was_read) AS reports
            FROM weak AS w JOIN answers USING (area_code, theme))
        SELECT *, CASE WHEN answers > 0 THEN 'answered' WHEN bad_otherwise + good_otherwise > 0 THEN 'theme_only'
                WHEN reports > 0 THEN 'silent_since' WHEN inspected > 0 THEN 'not_read' ELSE 'at_latest' END
        FROM followed
        """,
    )
    columns = ("area_code", "theme", "weaknesses", "reports_with", "first_weakness", "last_weakness")
    answers = ("strengths_beside", "strengths_since", "weaknesses_otherwise", "strengths_otherwise")
    assert sorted(only(found, *columns, *answers, "inspections_since", "reports_since", "aftermath")) == sorted(counted)
