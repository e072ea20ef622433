"""How often something was reported, and the findings behind each count."""

from __future__ import annotations

from datetime import date
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
from statsmodels.stats.proportion import proportion_confint

from analysis.errors import AnalysisError
from analysis.schema import codes
from analysis.weaknesses import Subject, behind, prevalence

FRAMES = ("reported_findings", "reports", "cohort")
COUNTS = ("findings", "areas", "areas_read", "reports", "reports_read")

REPORTS = [
    Report("a-sif", "A", "sif", period="2014 to 2017", grade="inadequate"),
    Report("a-short", "A", "ilacs_short", period="2018 to 2021", grade="good"),
    Report("b-again", "B", "sif_reinspection", period="2014 to 2017", grade="inadequate"),
    Report("b-ilacs", "B", "ilacs_standard", period="2018 to 2021", grade="inadequate", region="South"),
    Report("c-letter", "C", "jtai", period=None, grade="not_graded"),
    Report("d-sif", "D", "sif", period="2014 to 2017", grade="good"),
]
FINDINGS = [
    Finding("a-sif", "workforce"),
    Finding("a-sif", "workforce", severity="priority", agency="police"),
    Finding("a-short", "workforce"),
    Finding("b-ilacs", "workforce", "strength"),
    Finding("a-sif", "lscb_challenge", agency="lscb"),
    Finding("c-letter", "missing", "progress", listed=False, exploitation="cse", focus="central"),
    Finding("c-letter", "missing", listed=False, exploitation="cse", focus="among_others"),
    Finding("c-letter", "records", listed=False, exploitation="cse", focus="in_passing"),
    Finding("b-again", "records", listed=False, exploitation="cse_and_criminal", focus="central"),
    Finding("b-again", "records", listed=False, exploitation="criminal", focus="central", missing="yes"),
    Finding("d-sif", "workforce"),
]
MADE = world(REPORTS, FINDINGS)


def test_an_area_counts_once_however_many_findings_and_reports_it_has() -> None:
    found = keyed(given(prevalence, MADE, subject="listed"), "theme")
    low, high = proportion_confint(1, 3, method="wilson")
    report_low, report_high = proportion_confint(2, 5, method="wilson")
    assert found["workforce"] == pytest.approx(
        {
            "cohort": "ABC",
            "cohort_label": "Areas ABC",
            "cohort_order": 1,
            "theme": "workforce",
            "theme_order": codes.THEME_CODES.index("workforce") + 1,
            "findings": 3,
            "areas": 1,
            "areas_read": 3,
            "share": 1 / 3,
            "low": low,
            "high": high,
            "reports": 2,
            "reports_read": 5,
            "report_share": 2 / 5,
            "report_low": report_low,
            "report_high": report_high,
        }
    )


def test_every_theme_of_the_codebook_stands_in_its_order_and_nothing_reported_is_a_zero() -> None:
    found = given(prevalence, MADE, subject="listed")
    assert [row["theme"] for row in found] == list(codes.THEME_CODES)
    assert {row["theme"] for row in found if row["areas"]} == {"workforce", "lscb_challenge"}
    assert {row["share"] for row in found if not row["areas"]} == {0}


def test_who_does_not_look_at_safeguarding_boards_is_not_in_their_denominator() -> None:
    boards = keyed(given(prevalence, MADE, subject="listed"), "theme")["lscb_challenge"]
    assert tuple(boards[count] for count in COUNTS) == (1, 1, 2, 1, 2)


def test_a_report_that_speaks_of_a_board_all_the_same_has_looked_at_it() -> None:
    frames = world(REPORTS, [*FINDINGS, Finding("b-ilacs", "lscb_challenge")])
    boards = keyed(given(prevalence, frames, subject="listed"), "theme")["lscb_challenge"]
    assert tuple(boards[count] for count in COUNTS) == (2, 2, 3, 2, 3)


def test_a_review_of_a_board_alone_and_an_inspection_without_one_are_in_the_denominators_of_what_they_looked_at() -> (
    None
):
    reports = [
        Report("a-board", "A", scope="board"),
        Report("a-council", "A", scope="without_board"),
        Report("b-board", "B", scope="board"),
        Report("c-council", "C", scope="without_board"),
    ]
    found = keyed(given(prevalence, world(reports, [Finding("b-board", "missing")]), subject="all"), "theme")
    assert tuple(found["workforce"][count] for count in COUNTS) == (0, 0, 2, 0, 2)
    assert tuple(found["missing"][count] for count in COUNTS) == (1, 1, 3, 1, 3)
    assert tuple(found["lscb_challenge"][count] for count in COUNTS) == (0, 0, 2, 0, 2)
    any_code = given(prevalence, world(reports, []), subject="all", of="agency")
    assert {(row["areas_read"], row["reports_read"]) for row in any_code} == {(3, 4)}


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("listed", {"workforce": 3, "lscb_challenge": 1}),
        ("exploitation", {"missing": 1, "records": 2}),
        ("cse", {"missing": 1, "records": 1}),
        ("missing", {"records": 1}),
        ("all", {"workforce": 3, "lscb_challenge": 1, "missing": 1, "records": 3}),
    ],
)
def test_a_subject_says_which_weaknesses_count(subject: str, expected: dict[str, int]) -> None:
    found = given(prevalence, MADE, subject=subject)
    assert {row["theme"]: row["findings"] for row in found if row["findings"]} == expected


@pytest.mark.parametrize(
    ("polarity", "expected"),
    [
        (["weakness"], {"workforce": 3, "lscb_challenge": 1, "missing": 1, "records": 3}),
        (["strength"], {"workforce": 1}),
        (["progress", "strength"], {"workforce": 1, "missing": 1}),
    ],
)
def test_only_the_polarities_asked_for_count(polarity: list[str], expected: dict[str, int]) -> None:
    found = given(prevalence, MADE, subject="all", polarity=polarity)
    assert {row["theme"]: row["findings"] for row in found if row["findings"]} == expected


@pytest.mark.parametrize(
    ("of", "expected"),
    [
        ("agency", {"local_authority": (6, 3), "police": (1, 1), "lscb": (1, 1)}),
        ("severity", {"priority": (1, 1)}),
        ("polarity", {"weakness": (8, 3)}),
        ("exploitation", {"none": (4, 1), "cse": (2, 1), "cse_and_criminal": (1, 1), "criminal": (1, 1)}),
    ],
)
def test_weaknesses_are_counted_by_other_codes(of: str, expected: dict[str, tuple[int, int]]) -> None:
    found = given(prevalence, MADE, subject="all", of=of)
    assert [row[of] for row in found] == list(codes.FINDING_CODES[of])
    assert [row[f"{of}_order"] for row in found] == list(range(1, len(found) + 1))
    assert {row[of]: (row["findings"], row["areas"]) for row in found if row["findings"]} == expected
    assert {(row["areas_read"], row["reports_read"]) for row in found} == {(3, 5)}


def test_any_finding_is_one_row_a_cohort() -> None:
    frames = MADE | {"cohort": cohort_of("AB", "D", "CD")}
    found = given(prevalence, frames, subject="listed", of=None)
    assert only(found, "cohort", "cohort_order", *COUNTS) == [
        ("AB", 1, 4, 1, 2, 2, 4),
        ("D", 2, 1, 1, 1, 1, 1),
        ("CD", 3, 1, 1, 2, 1, 2),
    ]
    assert not {"theme", "theme_order"} & set(found[0])


def test_an_area_counts_in_each_group_in_which_it_has_a_report_and_reports_without_a_group_are_left_out() -> None:
    found = given(prevalence, MADE, subject="listed", of=None, by=["period"])
    assert only(found, "period", *COUNTS) == [("2014 to 2017", 3, 1, 2, 1, 2), ("2018 to 2021", 1, 1, 2, 1, 2)]


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        (["programme"], [("ilacs_short", 1), ("ilacs_standard", 0), ("jtai", 0), ("sif", 3), ("sif_reinspection", 0)]),
        (["family"], [("ilacs", 1), ("jtai", 0), ("single_inspection", 3)]),
        (["grade"], [("good", 1), ("inadequate", 3), ("not_graded", 0)]),
        (["region"], [("North", 4), ("South", 0)]),
        (["help_protection"], [("good", 4)]),
        (["grade", "region"], [("good", "North", 1), ("inadequate", "North", 3), ("inadequate", "South", 0),
                               ("not_graded", "North", 0)]),
    ],
)  # fmt: skip
def test_reports_are_told_apart_by_what_is_known_of_them(by: list[str], expected: list[tuple[Any, ...]]) -> None:
    assert only(given(prevalence, MADE, subject="listed", of=None, by=by), *by, "findings") == expected


def test_where_nobody_looked_there_is_no_share() -> None:
    frames = world([Report("a-short", "A", "ilacs_short")], [Finding("a-short")])
    boards = keyed(given(prevalence, frames, subject="listed"), "theme")["lscb_challenge"]
    assert tuple(boards[count] for count in COUNTS) == (0, 0, 0, 0, 0)
    shares = ("share", "low", "high", "report_share", "report_low", "report_high")
    assert {boards[share] for share in shares} == {None}


def test_an_area_without_a_report_is_not_counted_as_one_without_a_weakness() -> None:
    frames = world(REPORTS[:2], FINDINGS[:3])
    assert only(given(prevalence, frames, subject="listed", of=None), "areas", "areas_read") == [(1, 1)]


def test_no_findings_at_all_is_nothing_reported() -> None:
    found = given(prevalence, world(REPORTS, []), subject="all", of=None)
    assert only(found, *COUNTS) == [(0, 0, 3, 0, 5)]


@pytest.mark.parametrize(
    ("choices", "match"),
    [
        ({"subject": "everything"}, "no subject 'everything'. Known are listed, exploitation, cse, missing, all"),
        ({"polarity": ["neutral"]}, "no polarity neutral. Known are weakness, strength, progress"),
        ({"polarity": []}, "no polarity given: the list is empty"),
        ({"polarity": ["weakness", "weakness"]}, "no polarity to be given twice"),
        ({"of": "section"}, "no code of a finding section. Known are theme, agency, severity, polarity, exploitation"),
        ({"by": ["area_code"]}, "no group area_code. Known are programme, family, period, region, grade, help_prot"),
        ({"by": ["grade", "grade"]}, "no group to be given twice"),
    ],
)
def test_what_is_not_known_is_refused(choices: dict[str, Any], match: str) -> None:
    refused(prevalence, MADE, match, **({"subject": "all"} | choices))


@pytest.mark.parametrize(
    ("name", "match"),
    [
        ("reports", "reports has 2 rows for inspection_id a-sif"),
        ("reported_findings", "reported_findings has 2 rows for finding_id f001"),
        ("cohort", "cohort has 2 rows for cohort ABC, area_code A"),
    ],
)
def test_what_stands_twice_is_refused(name: str, match: str) -> None:
    refused(prevalence, MADE | {name: twice(MADE[name])}, match, subject="all")
    refused(behind, MADE | {name: twice(MADE[name])}, match, subject="all")


def test_a_finding_of_a_report_that_is_not_given_is_refused() -> None:
    match = "reported_findings has 1 rows that reports does not know, inspection_id d-sif among them"
    refused(prevalence, MADE | {"reports": MADE["reports"][:-1]}, match, subject="all")


@pytest.mark.parametrize("transform", [prevalence, behind])
def test_frames_of_different_kinds_are_refused(transform: Any) -> None:
    with pytest.raises(AnalysisError, match="give all frames of one call in the same kind"):
        transform(**in_two_kinds(MADE, "cohort"), subject="all")


def test_each_finding_behind_a_count_stands_with_its_report_and_area() -> None:
    found = given(behind, MADE | {"cohort": cohort_of("D", "CD")}, subject="all")
    assert only(found, "cohort", "area_name", "finding_id") == [
        ("D", "Dogwood", "f011"),
        ("CD", "Cedar", "f006"),
        ("CD", "Cedar", "f007"),
        ("CD", "Cedar", "f008"),
        ("CD", "Dogwood", "f011"),
    ]
    letter = found[1]
    known = ("region", "family", "letter_theme", "period", "grade", "published", "programme", "inspection_id", "theme")
    assert only([letter], *known) == [
        ("North", "jtai", "cse_and_missing", None, "not_graded", date(2015, 7, 1), "jtai", "c-letter", "missing")
    ]


def test_findings_of_reports_that_are_not_given_are_not_behind_a_count() -> None:
    some = MADE | {"reports": MADE["reports"].filter(programme="ilacs_short")}
    assert only(given(behind, some, subject="all"), "finding_id") == [("f003",)]


def test_only_the_polarities_asked_for_stand_behind() -> None:
    assert len(given(behind, MADE, subject="all")) == 10
    assert only(given(behind, MADE, subject="all", polarity=["progress"]), "finding_id") == [("f006",)]
    refused(behind, MADE, "no polarity neutral", subject="all", polarity=["neutral"])
    refused(behind, MADE, "no subject 'any'", subject="any")


# Whatever the reports and findings


def counted_behind(frames: Frames, subject: Subject, *keys: str) -> dict[Any, int]:
    found = behind(**chosen(frames, *FRAMES), subject=subject, polarity=["weakness"]).group_by(*keys).len()
    return {row[:-1]: row[-1] for row in found.rows()}


@drawn(worlds(), subjects)
@settings(max_examples=8)
def test_parts_never_exceed_their_whole(frames: Frames, subject: Subject) -> None:
    for by in ([], ["family"], ["period", "grade"]):
        for row in prevalence(**chosen(frames, *FRAMES), subject=subject, by=by).rows(named=True):
            assert row["areas"] <= row["areas_read"] <= row["reports_read"]
            assert row["areas"] <= row["reports"] <= min(row["findings"], row["reports_read"])
            for part, whole, share, low, high in (
                ("areas", "areas_read", "share", "low", "high"),
                ("reports", "reports_read", "report_share", "report_low", "report_high"),
            ):
                if row[whole]:
                    assert row[share] == row[part] / row[whole]
                    assert 0 <= row[low] <= row[share] <= row[high] <= 1
                else:
                    assert (row[share], row[low], row[high]) == (None, None, None)


@drawn(worlds(), subjects)
@settings(max_examples=8)
def test_what_stands_behind_is_what_was_counted(frames: Frames, subject: Subject) -> None:
    for by in ([], ["family"], ["period", "grade"]):
        keys = ["cohort", *by, "theme"]
        found = prevalence(**chosen(frames, *FRAMES), subject=subject, by=by)
        counts = {row[:-1]: row[-1] for row in found.select(*keys, "findings").rows() if row[-1]}
        marks = counted_behind(frames, subject, *keys)
        assert counts == {key: count for key, count in marks.items() if None not in key}


@drawn(worlds(), subjects)
@settings(max_examples=8)
def test_groups_of_reports_sum_to_all_reports(frames: Frames, subject: Subject) -> None:
    def sums(by: list[str]) -> pl.DataFrame:
        found = prevalence(**chosen(frames, *FRAMES), subject=subject, by=by)
        columns = ("findings", "reports", "reports_read")
        summed: pl.DataFrame = found.group_by("cohort", "theme").agg(pl.sum(*columns)).sort("cohort", "theme")
        return summed

    assert sums(["family"]).equals(sums([]))
    assert sums(["programme", "grade"]).equals(sums([]))


@drawn(worlds(), subjects)
@settings(max_examples=8)
def test_the_order_of_rows_given_does_not_matter(frames: Frames, subject: Subject) -> None:
    some, mixed = chosen(frames, *FRAMES), chosen(shuffled(frames), *FRAMES)
    assert prevalence(**some, subject=subject).equals(prevalence(**mixed, subject=subject))
    assert behind(**some, subject=subject).equals(behind(**mixed, subject=subject))


@drawn(worlds())
@settings(max_examples=2)
def test_every_engine_counts_the_same(frames: Frames) -> None:
    given(prevalence, chosen(frames, *FRAMES), subject="exploitation", by=["period"])
    given(behind, chosen(frames, *FRAMES), subject="exploitation")


# The fifty


def test_areas_of_the_fifty_with_a_listed_weakness_by_theme_and_family(con: duckdb.DuckDBPyConnection) -> None:
    found = given(prevalence, chosen(real(), *FRAMES), subject="listed", by=["family"])
    counted = of_the_fifty(
        con,
        """
        WITH read AS (
            SELECT inspection_id, area_code, scope,
                CASE WHEN programme::VARCHAR LIKE 'sif%' THEN 'single_inspection'
                     WHEN programme::VARCHAR LIKE 'ilacs%' THEN 'ilacs' ELSE 'jtai' END AS family
            FROM inspections JOIN scopes USING (inspection_id) WHERE was_read AND list_contains($fifty, area_code)),
        weak AS (SELECT * FROM findings WHERE polarity = 'weakness'
            AND section NOT IN ('summary', 'narrative', 'case_study')),
        said AS (
            SELECT *, finding_id IS NOT NULL
                OR scope <> if(theme = 'lscb_challenge', 'without_board', 'board') AS looked
            FROM read CROSS JOIN (SELECT theme FROM themes)
                LEFT JOIN (SELECT finding_id, inspection_id, theme FROM weak) AS w USING (inspection_id, theme))
        SELECT family, theme::VARCHAR,
            count(finding_id), count(DISTINCT area_code) FILTER (finding_id IS NOT NULL),
            count(DISTINCT area_code) FILTER (looked),
            count(DISTINCT inspection_id) FILTER (finding_id IS NOT NULL),
            count(DISTINCT inspection_id) FILTER (looked)
        FROM said GROUP BY ALL
        """,
    )
    columns = ("family", "theme", *COUNTS)
    assert sorted(only(found, *columns)) == sorted(counted)


@pytest.mark.parametrize(
    ("subject", "condition"),
    [
        ("exploitation", "exploitation_focus IN ('central', 'among_others')"),
        ("cse", "exploitation_focus IN ('central', 'among_others') AND exploitation IN ('cse', 'cse_and_criminal')"),
        ("missing", "missing = 'yes'"),
        ("all", "true"),
    ],
)
def test_areas_of_the_fifty_by_subject(con: duckdb.DuckDBPyConnection, subject: str, condition: str) -> None:
    found = given(prevalence, chosen(real(), *FRAMES), subject=subject, polarity=["strength", "progress"], of=None)
    counted = of_the_fifty(
        con,
        f"""
        SELECT count(*), count(DISTINCT area_code), count(DISTINCT inspection_id)
        FROM findings JOIN inspections USING (inspection_id)
        WHERE list_contains($fifty, area_code) AND programme <> 'cqc_clas' AND polarity <> 'weakness' AND {condition}
        """,  # noqa: S608
    )
    assert only(found, "findings", "areas", "reports") == counted
    assert only(found, "areas_read") == [(50,)]


def test_rotherham_2014_has_weaknesses_on_exploitation() -> None:
    found = behind(**chosen(real(), *FRAMES), subject="cse", polarity=["weakness"])
    rotherham = found.filter(inspection_id="rotherham-2014-11-19-sif")
    assert rotherham.height > 0
    assert set(rotherham["area_name"]) == {"Rotherham"}


def test_each_letter_of_2016_on_sexual_exploitation_has_findings_on_it_where_its_area_is_asked_for() -> None:
    letters = real()["reports"].filter(letter_theme="cse_and_missing")
    cohort = letters.select(
        "area_code", area_name="area_code", cohort=pl.lit("letters"), cohort_label=pl.lit("Letters"),
        cohort_order=pl.lit(1), basis=pl.lit("chosen"),
    )  # fmt: skip
    found = behind(**chosen(real(), "reported_findings", "reports"), cohort=cohort, subject="cse")
    on_letters = found.filter(letter_theme="cse_and_missing").group_by("inspection_id").len()
    assert on_letters.filter(pl.col("len") >= 10).height == on_letters.height == 5


def test_ilacs_is_not_in_the_denominator_of_boards() -> None:
    found = prevalence(**chosen(real(), *FRAMES), subject="listed", by=["family"])
    boards = found.filter(theme="lscb_challenge", family="ilacs")
    assert boards.select("areas", "areas_read", "reports_read", "share").rows() == [(0, 0, 0, None)]


def test_of_53_single_inspections_of_the_fifty_50_looked_at_the_board_and_52_at_the_council() -> None:
    some = chosen(real(), *FRAMES) | {"reports": real()["reports"].filter(programme="sif")}
    findings = some["reported_findings"].join(some["reports"], on="inspection_id", how="semi")
    found = prevalence(**some | {"reported_findings": findings}, subject="listed")
    counts = {row["theme"]: (row["areas_read"], row["reports_read"]) for row in found.rows(named=True)}
    assert counts.pop("lscb_challenge") == (50, 50)
    assert set(counts.values()) == {(50, 52)}


def test_what_stands_behind_the_fifty_is_what_was_counted() -> None:
    found = prevalence(**chosen(real(), *FRAMES), subject="listed", by=["period", "grade"])
    keys = ("cohort", "period", "grade", "theme")
    counts = {row[:-1]: row[-1] for row in found.select(*keys, "findings").rows() if row[-1]}
    assert counts == counted_behind(real(), "listed", *keys)
