from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from engines import on_all_engines, rows
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import cohorts
from analysis.errors import AnalysisError
from analysis.schema import codes

AFTER_JAY = date(2014, 9, 1)

REGIONS = pl.DataFrame(
    {
        "region_code": ["E12000002", "E12000003", "E92000001"],
        "name": ["North West", "Yorkshire and The Humber", "England"],
    }
)


def code(number: int) -> str:
    return f"E06{number:06d}"


def areas_of(numbers: Sequence[int], abolished: Sequence[int] = ()) -> pl.DataFrame:
    """Areas named by their number, the even ones in the North West."""
    return pl.DataFrame(
        {
            "area_code": [code(number) for number in numbers],
            "name": [f"Area {number:03d}" for number in numbers],
            "region_code": ["E12000003" if number % 2 else "E12000002" for number in numbers],
            "valid_from": [None for _ in numbers],
            "valid_to": [date(2019, 3, 31) if number in abolished else None for number in numbers],
        },
        schema_overrides={"valid_from": pl.Date, "valid_to": pl.Date},
    )


def inspections_of(found: Sequence[tuple[int, str, date | None]]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "inspection_id": [f"area-{number}-{day or 'undated'}-{programme}" for number, programme, day in found],
            "area_code": [code(number) for number, _, _ in found],
            "programme": [programme for _, programme, _ in found],
            "started": [None if day is None else day - timedelta(days=40) for _, _, day in found],
            "published": [day for _, _, day in found],
        },
        schema_overrides={
            "inspection_id": pl.String,
            "area_code": pl.String,
            "programme": pl.Enum([str(programme) for programme in codes.Programme]),
            "started": pl.Date,
            "published": pl.Date,
        },
    )


def reviews_of(found: Sequence[tuple[int, str, date | None]]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "inspection_id": [f"area-{number}-{day or 'undated'}-cqc_clas" for number, _, day in found],
            "area_code": [code(number) for number, _, _ in found],
            "in_programme": [known for _, known, _ in found],
        },
        schema_overrides={
            "inspection_id": pl.String,
            "area_code": pl.String,
            "in_programme": pl.Enum(codes.REVIEW_IN_PROGRAMME),
        },
    )


def neighbours_of(pairs: Sequence[tuple[int, int]]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "area_code": [code(area) for area, _ in pairs],
            "rank": list(range(1, len(pairs) + 1)),
            "neighbour_code": [code(neighbour) for _, neighbour in pairs],
        },
        schema_overrides={"area_code": pl.String, "rank": pl.Int64, "neighbour_code": pl.String},
    )


def world(
    singles: Sequence[tuple[int, str, date | None]] = (),
    reviews: Sequence[tuple[int, str, date | None]] = (),
    numbers: Sequence[int] = tuple(range(1, 71)),
    abolished: Sequence[int] = (),
) -> dict[str, pl.DataFrame]:
    reviewed = [(number, "cqc_clas", day) for number, _, day in reviews]
    return {
        "areas": areas_of(numbers, abolished),
        "cqc_reviews": reviews_of(reviews),
        "inspections": inspections_of([*singles, *reviewed]),
    }


def tables(**frames: pl.DataFrame) -> dict[str, pl.DataFrame]:
    return {"regions": REGIONS, "neighbours": neighbours_of([(1, 2), (1, 3)]), **frames}


def test_verified_reviews_come_first_then_single_inspections_from_the_jay_report_on_until_there_are_fifty() -> None:
    singles = [(number, "sif", AFTER_JAY + timedelta(days=number)) for number in range(1, 71)]
    reviews = [(70, "yes", None), (69, "yes", date(2014, 1, 5)), (68, "no", date(2013, 1, 1)), (67, "unknown", None)]
    found = on_all_engines(cohorts.fifty, world(singles, reviews))
    assert [row["position"] for row in found] == list(range(1, 51))
    assert [(row["area_name"], row["basis"]) for row in found[:2]] == [
        ("Area 069", "cqc_review"),
        ("Area 070", "cqc_review"),
    ]
    assert [row["area_name"] for row in found[2:]] == [f"Area {number:03d}" for number in range(1, 49)]
    assert {row["basis"] for row in found[2:]} == {"ofsted_after_jay"}
    assert found[1]["basis_date"] is None
    assert found[2]["basis_date"] == date(2014, 9, 2)
    assert found[2]["basis_inspection_id"] == "area-1-2014-09-02-sif"


def test_the_day_of_the_jay_report_counts_and_the_day_before_does_not() -> None:
    eve = cohorts.JAY_REPORT - timedelta(days=1)
    found = on_all_engines(cohorts.fifty, world([(1, "sif", eve), (2, "sif", cohorts.JAY_REPORT)]))
    assert [row["area_name"] for row in found] == ["Area 002"]


def test_a_later_single_inspection_does_not_qualify_an_area_whose_first_came_before() -> None:
    singles = [(1, "sif", date(2014, 1, 1)), (1, "sif", AFTER_JAY), (2, "sif", AFTER_JAY)]
    assert [row["area_name"] for row in on_all_engines(cohorts.fifty, world(singles))] == ["Area 002"]


def test_only_single_inspections_qualify() -> None:
    others = [(number, str(kind), AFTER_JAY) for number, kind in enumerate(codes.Programme, start=1)]
    found = on_all_engines(cohorts.fifty, world([other for other in others if other[1] != "cqc_clas"]))
    assert [row["basis_inspection_id"] for row in found] == ["area-1-2014-09-01-sif"]


def test_ties_go_by_name() -> None:
    singles = [(number, "sif", AFTER_JAY) for number in range(70, 0, -1)]
    found = on_all_engines(cohorts.fifty, world(singles))
    assert [row["area_name"] for row in found] == [f"Area {number:03d}" for number in range(1, 51)]


def test_an_abolished_council_qualifies_and_is_marked() -> None:
    found = on_all_engines(cohorts.fifty, world([(1, "sif", AFTER_JAY), (2, "sif", AFTER_JAY)], abolished=[2]))
    assert [(row["area_name"], row["current"]) for row in found] == [("Area 001", True), ("Area 002", False)]


def test_a_review_that_is_newly_verified_displaces_the_last_single_inspection() -> None:
    singles = [(number, "sif", AFTER_JAY + timedelta(days=number)) for number in range(1, 71)]
    before = rows(cohorts.fifty(**world(singles, [(70, "unknown", None)])))
    after = rows(cohorts.fifty(**world(singles, [(70, "yes", None)])))
    assert {row["area_name"] for row in before} - {row["area_name"] for row in after} == {"Area 050"}
    assert {row["area_name"] for row in after} - {row["area_name"] for row in before} == {"Area 070"}


def test_a_review_of_an_unknown_area_is_refused() -> None:
    frames = world(reviews=[(1, "yes", None)], numbers=[2, 3])
    with pytest.raises(AnalysisError, match="cqc_reviews has 1 rows that areas does not know, area_code E06000001"):
        cohorts.fifty(**frames)


worlds = st.builds(
    world,
    singles=st.lists(
        st.tuples(
            st.integers(1, 70),
            st.sampled_from(["sif", "ilacs_standard"]),
            st.dates(date(2013, 11, 1), date(2017, 12, 31)),
        ),
        unique_by=lambda single: (single[0], single[2]),
        max_size=120,
    ),
    reviews=st.lists(
        st.tuples(
            st.integers(1, 70),
            st.sampled_from(codes.REVIEW_IN_PROGRAMME),
            st.none() | st.dates(date(2013, 9, 1), date(2016, 12, 31)),
        ),
        unique_by=lambda review: review[0],
        max_size=60,
    ),
)


@given(worlds, st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None)
def test_the_fifty_hold_no_area_twice_whatever_the_order_of_the_tables(
    frames: dict[str, pl.DataFrame], chance: Any
) -> None:
    found = rows(cohorts.fifty(**frames))
    verified = frames["cqc_reviews"].filter(pl.col("in_programme").cast(pl.String) == "yes").height
    assert len({row["area_code"] for row in found}) == len(found) <= max(50, verified)
    assert sum(row["basis"] == "cqc_review" for row in found) == verified
    days = [row["basis_date"] for row in found if row["basis"] == "ofsted_after_jay"]
    assert days == sorted(days)
    assert all(day >= cohorts.JAY_REPORT for day in days)
    shuffled = {
        name: frame.sample(fraction=1, shuffle=True, seed=chance.randint(0, 9)) for name, frame in frames.items()
    }
    assert rows(cohorts.fifty(**shuffled)) == found


@given(worlds)
@settings(max_examples=5, deadline=None)
def test_the_fifty_are_the_same_on_every_engine(frames: dict[str, pl.DataFrame]) -> None:
    on_all_engines(cohorts.fifty, frames)


def test_the_statement_counts() -> None:
    singles = [(number, "sif", AFTER_JAY + timedelta(days=number)) for number in range(1, 71)]
    frames = world(singles, [(number, "yes", None) for number in range(57, 71)])
    assert cohorts.statement(cohorts.fifty(**frames)) == "50 reviewed areas: 14 CQC, 36 Ofsted after the Jay report"
    few = world(singles[:3], [(1, "yes", None)])
    assert cohorts.statement(cohorts.fifty(**few)) == "3 reviewed areas: 1 CQC, 2 Ofsted after the Jay report"


def test_the_statement_refuses_another_cohort() -> None:
    england = cohorts.cohort("england", **tables(**world()))
    with pytest.raises(AnalysisError, match="on the basis england"):
        cohorts.statement(england)


def test_cohorts_stand_beside_each_other_in_the_order_asked_for() -> None:
    frames = tables(**world([(3, "sif", AFTER_JAY)], [(2, "yes", None)], numbers=[1, 2, 3, 4]))
    names = ["fifty", "england", "region:north west", "region:E12000003", "neighbours:E06000001", "cqc_verified"]

    def stacked(**frames: Any) -> Any:
        return cohorts.beside([*names, ["E06000004", "E06000001"], "areas:E06000002"], **frames)

    found = on_all_engines(stacked, frames)
    members: dict[tuple[float, str, str], list[tuple[str, str]]] = {}
    for row in found:
        key = (row["cohort_order"], row["cohort"], row["cohort_label"])
        members.setdefault(key, []).append((row["area_name"], row["basis"]))
    assert members == {
        (1, "fifty", "2 reviewed areas"): [("Area 002", "cqc_review"), ("Area 003", "ofsted_after_jay")],
        (2, "england", "England"): [(f"Area 00{number}", "england") for number in (1, 2, 3, 4)],
        (3, "region:E12000002", "North West"): [("Area 002", "region"), ("Area 004", "region")],
        (4, "region:E12000003", "Yorkshire and The Humber"): [("Area 001", "region"), ("Area 003", "region")],
        (5, "neighbours:E06000001", "Statistical neighbours of Area 001"): [
            ("Area 002", "neighbour"),
            ("Area 003", "neighbour"),
        ],
        (6, "cqc_verified", "1 areas with a verified CQC review"): [("Area 002", "cqc_review")],
        (7, "areas:E06000001;E06000004", "2 chosen areas"): [("Area 001", "chosen"), ("Area 004", "chosen")],
        (8, "areas:E06000002", "Area 002"): [("Area 002", "chosen")],
    }


def test_a_cohort_takes_the_label_it_is_given() -> None:
    found = rows(cohorts.beside({"The odd ones": [code(1), code(3)]}, **tables(**world(numbers=[1, 2, 3]))))
    assert {row["cohort_label"] for row in found} == {"The odd ones"}


def test_an_area_stands_beside_its_neighbours_its_region_and_england() -> None:
    frames = tables(**world(numbers=[1, 2, 3, 4]))
    around = on_all_engines(lambda **given: cohorts.around(code(1), **given), frames)
    assert list(dict.fromkeys(row["cohort"] for row in around)) == [
        "areas:E06000001",
        "neighbours:E06000001",
        "region:E12000003",
        "england",
    ]
    without = rows(cohorts.around(code(4), **frames))
    assert list(dict.fromkeys(row["cohort"] for row in without)) == ["areas:E06000004", "region:E12000002", "england"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("the lot", "There is no cohort 'the lot'. Known are fifty, cqc_verified, england, region:<code or name>"),
        ("region:Wales", r"There is no region 'Wales'. Known are North West \(E12000002\), Yorkshire"),
        ("region:E92000001", "There is no region 'E92000001'"),
        ("neighbours:E06000002", r"Area 002 \(E06000002\) has no statistical neighbours. 1 areas have: Area 001"),
        ("neighbours:W06000001", "There is no area with the code 'W06000001'. Known are Area 001"),
        (["E06000001", "E0"], "There is no area with the code 'E0'. Known are Area 001"),
        ([], "the list is empty"),
    ],
)
def test_an_unknown_cohort_is_answered_with_the_known_ones(name: str | list[str], message: str) -> None:
    with pytest.raises(AnalysisError, match=message):
        cohorts.cohort(name, **tables(**world(numbers=[1, 2, 3])))


@pytest.mark.parametrize("names", ["england", []])
def test_a_list_of_cohorts_is_asked_for(names: Any) -> None:
    with pytest.raises(AnalysisError, match="Give a list of at least one cohort"):
        cohorts.beside(names, **tables(**world(numbers=[1, 2, 3])))


def test_a_cohort_is_given_once() -> None:
    with pytest.raises(AnalysisError, match="The cohort region:E12000002 is given twice"):
        cohorts.beside(["region:North West", "region:E12000002"], **tables(**world(numbers=[1, 2, 3])))
