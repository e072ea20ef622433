from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, TypeAlias

import polars as pl
import pytest
from engines import on_all_engines, rows
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import progress
from analysis.errors import AnalysisError
from analysis.schema import codes

Judged: TypeAlias = tuple[str, str, date, str, str, str]
"""Area, programme, first day, domain, grade, comparable."""

GRADES = [str(grade) for grade in codes.Grade]
SINGLE, SHORT, STANDARD = "sif", "ilacs_short", "ilacs_standard"


def judged(
    area: str, day: date, grade: str, *, programme: str = STANDARD, domain: str = "overall", comparable: str = "same"
) -> Judged:
    return area, programme, day, domain, grade, comparable


def graded_of(found: Sequence[Judged], published_after: int = 40) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "area_code": [area for area, *_ in found],
            "inspection_id": [f"{area}-{day}-{programme}" for area, programme, day, *_ in found],
            "programme": [programme for _, programme, *_ in found],
            "domain": [domain for *_, domain, _, _ in found],
            "comparable": [comparable for *_, comparable in found],
            "grade": [grade for *_, grade, _ in found],
            "grade_rank": [GRADES.index(grade) + 1 for *_, grade, _ in found],
            "started": [day for _, _, day, *_ in found],
            "published": [day + timedelta(days=published_after) for _, _, day, *_ in found],
        },
        schema={
            "area_code": pl.String,
            "inspection_id": pl.String,
            "programme": pl.Enum([str(programme) for programme in codes.Programme]),
            "domain": pl.Enum([str(domain) for domain in codes.Domain]),
            "comparable": pl.Enum(codes.DOMAIN_MATCHES),
            "grade": pl.Enum(GRADES),
            "grade_rank": pl.Int64,
            "started": pl.Date,
            "published": pl.Date,
        },
    )


AREAS = pl.DataFrame(
    {
        "area_code": ["A", "B", "C", "D"],
        "name": ["Alder", "Birch", "Cedar", "Dogwood"],
        "region_code": ["E12000002"] * 4,
        "valid_from": [None, None, None, date(2023, 4, 1)],
        "valid_to": [None, None, date(2023, 3, 31), None],
        "tile_column": [0, 1, None, 2],
        "tile_row": [1, 0, None, 1],
    }
)


def cohort_of(*names: tuple[str, str]) -> pl.DataFrame:
    """Cohorts by name, each with the letters of its areas."""
    members = [(name, order, area) for order, (name, letters) in enumerate(names, start=1) for area in letters]
    return pl.DataFrame(
        {
            "cohort": [name for name, _, _ in members],
            "cohort_label": [name.capitalize() for name, _, _ in members],
            "cohort_order": [order for _, order, _ in members],
            "area_code": [area for _, _, area in members],
            "area_name": [AREAS.filter(pl.col("area_code") == area)["name"][0] for _, _, area in members],
            "basis": [name for name, _, _ in members],
        }
    )


EVERYONE = cohort_of(("england", "ABCD"))


def as_at(found: Sequence[Judged], on: date | list[date], **options: Any) -> list[dict[str, Any]]:
    return on_all_engines(
        lambda graded_judgements, areas: progress.as_at(graded_judgements, areas, on, **options),
        {"graded_judgements": graded_of(found), "areas": AREAS},
    )


def standing(found: Sequence[Judged], on: date, **options: Any) -> dict[str, str | None]:
    return {row["area_code"]: row["grade"] for row in as_at(found, on, domains=["overall"], **options)}


def test_judgements_carry_their_inspection_and_how_far_they_compare() -> None:
    frames = {
        "inspections": pl.DataFrame(
            {
                "inspection_id": ["b-sif", "a-sif"],
                "area_code": ["B", "A"],
                "programme": ["sif", "sif"],
                "started": [date(2015, 1, 5), date(2014, 1, 6)],
                "published": [date(2015, 3, 2), date(2014, 3, 3)],
            }
        ),
        "judgements": pl.DataFrame(
            {
                "inspection_id": ["b-sif", "a-sif", "a-sif"],
                "domain": ["overall", "overall", "lscb"],
                "grade": ["outstanding", "inadequate", "good"],
                "published_name": ["Overall", "Overall", "The LSCB"],
            }
        ),
        "domains": pl.DataFrame(
            {"programme": ["sif", "sif"], "published_name": ["Overall", "The LSCB"], "comparable": ["close", "not"]}
        ),
    }
    found = on_all_engines(progress.graded, frames)
    assert [tuple(row.values()) for row in found] == [
        ("A", "a-sif", "sif", "lscb", "not", "good", 3, date(2014, 1, 6), date(2014, 3, 3)),
        ("A", "a-sif", "sif", "overall", "close", "inadequate", 1, date(2014, 1, 6), date(2014, 3, 3)),
        ("B", "b-sif", "sif", "overall", "close", "outstanding", 4, date(2015, 1, 5), date(2015, 3, 2)),
    ]
    lost = {**frames, "domains": frames["domains"].head(1)}
    with pytest.raises(AnalysisError, match="judgements has 1 rows that domains does not know, programme sif"):
        progress.graded(**lost)
    orphaned = {**frames, "inspections": frames["inspections"].head(1)}
    with pytest.raises(AnalysisError, match="judgements has 2 rows that inspections does not know"):
        progress.graded(**orphaned)
    twofold = {**frames, "domains": pl.concat([frames["domains"], frames["domains"].head(1)])}
    with pytest.raises(AnalysisError, match="domains has 2 rows for programme sif, published_name Overall"):
        progress.graded(**twofold)


def test_the_latest_judgement_by_the_day_stands() -> None:
    found = [judged("A", date(2014, 1, 6), "inadequate", programme=SINGLE), judged("A", date(2018, 5, 1), "good")]
    assert standing(found, date(2014, 1, 5))["A"] is None
    assert standing(found, date(2014, 1, 6))["A"] == "inadequate"
    assert standing(found, date(2018, 4, 30))["A"] == "inadequate"
    assert standing(found, date(2018, 5, 1))["A"] == "good"


def test_a_judgement_stands_from_its_publication_if_that_is_asked_for() -> None:
    found = [judged("A", date(2018, 5, 1), "good")]
    assert standing(found, date(2018, 6, 9), by="published")["A"] is None
    assert standing(found, date(2018, 6, 10), by="published")["A"] == "good"


def test_of_two_judgements_on_one_day_one_stands() -> None:
    day = date(2018, 5, 1)
    found = [judged("A", day, "good", programme=SHORT), judged("A", day, "outstanding")]
    assert standing(found, day)["A"] == "outstanding"


def test_an_abolished_council_drops_out_and_its_successor_inherits_nothing() -> None:
    found = [judged("C", date(2018, 5, 1), "inadequate")]
    assert standing(found, date(2023, 3, 31)) == {"A": None, "B": None, "C": "inadequate"}
    assert standing(found, date(2023, 4, 1)) == {"A": None, "B": None, "D": None}


def test_areas_not_judged_are_there_without_a_grade_in_every_domain() -> None:
    found = as_at([judged("A", date(2018, 5, 1), "good")], [date(2019, 1, 1), date(2024, 1, 1)])
    assert len(found) == 2 * 3 * len(codes.Domain)
    assert sum(row["grade"] is not None for row in found) == 2


def test_what_does_not_compare_never_takes_the_place_of_what_does() -> None:
    found = [
        judged("A", date(2018, 5, 1), "good"),
        judged("A", date(2020, 5, 1), "inadequate", comparable="not"),
        judged("A", date(2018, 5, 1), "outstanding", domain="lscb", comparable="not"),
    ]
    by_domain = {row["domain"]: row["grade"] for row in as_at(found, date(2021, 1, 1)) if row["area_code"] == "A"}
    assert by_domain["overall"] == "good"
    assert by_domain["lscb"] == "outstanding"


def test_an_unknown_domain_order_or_no_day_is_refused() -> None:
    graded = graded_of([judged("A", date(2018, 5, 1), "good")])
    with pytest.raises(AnalysisError, match=r"There is no domain everything\. Known are overall, help_protection"):
        progress.as_at(graded, AREAS, date(2020, 1, 1), domains=["everything"])
    with pytest.raises(AnalysisError, match="ordered by started or published, not by ended"):
        progress.as_at(graded, AREAS, date(2020, 1, 1), by="ended")  # type: ignore[arg-type]
    with pytest.raises(AnalysisError, match="Give at least one day"):
        progress.as_at(graded, AREAS, [])
    with pytest.raises(AnalysisError, match="graded_judgements has 1 rows that areas does not know, area_code A"):
        progress.as_at(graded, AREAS.tail(3), date(2020, 1, 1))


def test_shares_are_of_the_areas_judged() -> None:
    day = date(2024, 1, 1)
    grades = progress.as_at(
        graded_of(
            [
                judged("A", date(2018, 5, 1), "good", comparable="close"),
                judged("B", date(2018, 5, 1), "inadequate"),
            ]
        ),
        AREAS,
        day,
        domains=["overall"],
    )
    frames = {"as_at_grades": grades, "cohort": cohort_of(("england", "ABCD"), ("few", "AD"))}
    found = on_all_engines(progress.grade_shares, frames)
    counted = [(row["cohort"], row["grade"], row["count"], row["areas"], row["not_judged"]) for row in found]
    assert counted == [
        ("england", "inadequate", 1, 2, 1),
        ("england", "requires_improvement", 0, 2, 1),
        ("england", "good", 1, 2, 1),
        ("england", "outstanding", 0, 2, 1),
        ("few", "inadequate", 0, 1, 1),
        ("few", "requires_improvement", 0, 1, 1),
        ("few", "good", 1, 1, 1),
        ("few", "outstanding", 0, 1, 1),
    ]
    assert {row["close"] for row in found} == {1}
    better = on_all_engines(progress.good_or_better, frames)
    assert [(row["cohort"], row["count"], row["areas"], row["share"]) for row in better] == [
        ("england", 1, 2, 0.5),
        ("few", 1, 1, 1),
    ]


def test_nobody_judged_gives_no_share_rather_than_none() -> None:
    grades = progress.as_at(graded_of([]), AREAS, date(2024, 1, 1), domains=["overall"])
    found = on_all_engines(progress.good_or_better, {"as_at_grades": grades, "cohort": EVERYONE})
    assert [(row["count"], row["areas"], row["not_judged"]) for row in found] == [(0, 0, 3)]
    assert [(row["share"], row["low"], row["high"]) for row in found] == [(None, None, None)]


def test_each_judgement_stands_beside_the_one_before() -> None:
    found = on_all_engines(
        progress.trajectories,
        {
            "graded_judgements": graded_of(
                [
                    judged("A", date(2014, 1, 1), "inadequate", programme=SINGLE, comparable="close"),
                    judged("A", date(2018, 1, 1), "good"),
                    judged("A", date(2020, 1, 1), "good", programme=SHORT),
                    judged("A", date(2022, 1, 1), "requires_improvement"),
                    judged("A", date(2018, 1, 1), "outstanding", domain="leadership"),
                ]
            ),
            "cohort": cohort_of(("one", "A")),
        },
    )
    assert [
        (row["domain"], row["order"], row["previous_grade"], row["change"], row["match"], row["days_since"])
        for row in found
    ] == [
        ("leadership", 1, None, None, None, None),
        ("overall", 1, None, None, None, None),
        ("overall", 2, "inadequate", "improved", "close", 1461),
        ("overall", 3, "good", "same", "same", 730),
        ("overall", 4, "good", "declined", "same", 731),
    ]
    assert found[2]["previous_programme"] == "sif"
    assert found[2]["previous_inspection_id"] == "A-2014-01-01-sif"


def test_what_does_not_compare_is_never_bridged() -> None:
    found = on_all_engines(
        progress.trajectories,
        {
            "graded_judgements": graded_of(
                [
                    judged("A", date(2014, 1, 1), "inadequate"),
                    judged("A", date(2016, 1, 1), "outstanding", comparable="not"),
                    judged("A", date(2017, 1, 1), "outstanding", programme=SINGLE, comparable="not"),
                    judged("A", date(2018, 1, 1), "good"),
                ]
            ),
            "cohort": cohort_of(("one", "A")),
        },
    )
    assert [(row["started"].year, row["order"], row["change"], row["previous_grade"]) for row in found] == [
        (2014, 1, None, None),
        (2016, 1, None, None),
        (2017, 2, None, None),
        (2018, 2, "improved", "inadequate"),
    ]


REPEATED = [
    judged("A", date(2014, 1, 1), "inadequate", programme=SINGLE, comparable="close"),
    judged("A", date(2018, 1, 1), "good"),
    judged("A", date(2020, 1, 1), "outstanding", programme=SHORT),
    judged("B", date(2018, 1, 1), "good"),
    judged("B", date(2021, 1, 1), "requires_improvement"),
    judged("C", date(2018, 1, 1), "good"),
]


def test_changes_are_counted_of_all_changes() -> None:
    trajectories = progress.trajectories(graded_of(REPEATED), EVERYONE)
    found = on_all_engines(progress.change_shares, {"judgement_trajectories": trajectories})
    assert [
        (row["change"], row["change_order"], row["count"], row["changes"], row["close"], row["areas"]) for row in found
    ] == [("declined", 1, 1, 3, 1, 2), ("same", 2, 0, 3, 1, 2), ("improved", 3, 2, 3, 1, 2)]


def test_transitions_go_from_the_first_to_the_latest() -> None:
    found = on_all_engines(progress.transitions, {"graded_judgements": graded_of(REPEATED), "cohort": EVERYONE})
    assert len(found) == 16
    assert {(row["areas"], row["judged_once"], row["not_judged"]) for row in found} == {(2, 1, 1)}
    moved = [
        (row["from_grade"], row["to_grade"], row["count"], row["close"], row["share"]) for row in found if row["count"]
    ]
    assert moved == [("inadequate", "outstanding", 1, 1, 0.5), ("good", "requires_improvement", 1, 0, 0.5)]


def test_areas_inspected_more_than_once_improved_held_or_declined() -> None:
    found = on_all_engines(
        lambda graded_judgements: progress.repeat_inspections(graded_judgements, until=date(2021, 1, 1)),
        {"graded_judgements": graded_of(REPEATED)},
    )
    assert [(row["area_code"], row["inspections"], row["first_grade"], row["outcome"]) for row in found] == [
        ("A", 2, "good", "improved"),
        ("B", 2, "good", "declined"),
    ]
    before = progress.repeat_inspections(graded_of(REPEATED), until=date(2020, 12, 31))
    outcomes = on_all_engines(progress.repeat_outcomes, {"repeats": before, "cohort": cohort_of(("all", "ABCD"))})
    assert [(row["outcome"], row["count"], row["areas"], row["share"]) for row in outcomes] == [
        ("improved", 1, 1, 1),
        ("held_good_or_better", 0, 1, 0),
        ("held_below_good", 0, 1, 0),
        ("declined", 0, 1, 0),
    ]


@pytest.mark.parametrize(
    ("first", "latest", "outcome"),
    [
        ("good", "good", "held_good_or_better"),
        ("outstanding", "outstanding", "held_good_or_better"),
        ("requires_improvement", "requires_improvement", "held_below_good"),
        ("inadequate", "inadequate", "held_below_good"),
        ("inadequate", "requires_improvement", "improved"),
        ("outstanding", "good", "declined"),
    ],
)
def test_outcomes_of_two_inspections(first: str, latest: str, outcome: str) -> None:
    twice = graded_of([judged("A", date(2018, 1, 1), first), judged("A", date(2020, 1, 1), latest)])
    assert [row["outcome"] for row in rows(progress.repeat_inspections(twice, until=date(2024, 1, 1)))] == [outcome]


def test_a_spell_lasts_from_inadequate_to_the_first_better_judgement() -> None:
    found = on_all_engines(
        lambda graded_judgements, areas: progress.recovery_spells(graded_judgements, areas, date(2024, 12, 31)),
        {
            "graded_judgements": graded_of(
                [
                    judged("A", date(2014, 1, 1), "inadequate", programme=SINGLE, comparable="close"),
                    judged("A", date(2016, 1, 1), "inadequate", comparable="close"),
                    judged("A", date(2018, 1, 1), "requires_improvement"),
                    judged("A", date(2020, 1, 1), "good"),
                    judged("A", date(2022, 1, 1), "inadequate"),
                    judged("B", date(2019, 1, 1), "good"),
                    judged("C", date(2022, 1, 1), "inadequate"),
                    judged("D", date(2024, 12, 1), "inadequate"),
                ],
                published_after=0,
            ),
            "areas": AREAS,
        },
    )
    assert [
        (row["area_name"], row["spell"], row["start"], row["end"], row["days"], row["observed"], row["censored_by"])
        for row in found
    ] == [
        ("Alder", 1, date(2014, 1, 1), date(2018, 1, 1), 1461, True, None),
        ("Alder", 2, date(2022, 1, 1), date(2024, 12, 31), 1095, False, "until"),
        ("Cedar", 1, date(2022, 1, 1), date(2023, 3, 31), 454, False, "abolished"),
        ("Dogwood", 1, date(2024, 12, 1), date(2024, 12, 31), 30, False, "until"),
    ]
    assert [(row["end_grade"], row["match"]) for row in found[:2]] == [
        ("requires_improvement", "close"),
        (None, "same"),
    ]


def test_a_better_judgement_after_the_last_day_of_observation_is_not_seen() -> None:
    graded = graded_of([judged("A", date(2014, 1, 1), "inadequate"), judged("A", date(2018, 1, 1), "good")])
    spells = rows(progress.recovery_spells(graded, AREAS, date(2018, 2, 9)))
    assert [(row["observed"], row["end"]) for row in spells] == [(False, date(2018, 2, 9))]
    spells = rows(progress.recovery_spells(graded, AREAS, date(2018, 2, 10)))
    assert [(row["observed"], row["end"]) for row in spells] == [(True, date(2018, 2, 10))]


def test_a_report_published_after_its_councils_last_day_lasts_no_time() -> None:
    graded = graded_of([judged("C", date(2023, 3, 1), "inadequate")])
    spells = rows(progress.recovery_spells(graded, AREAS, date(2024, 1, 1)))
    assert [(row["days"], row["censored_by"]) for row in spells] == [(0, "abolished")]


SPELLS = pl.DataFrame(
    {
        "area_code": ["A", "A", "B", "C"],
        "domain": ["overall"] * 4,
        "spell": [1, 2, 1, 1],
        "days": [100, 400, 100, 200],
        "observed": [True, False, True, False],
    }
)


def test_recovery_is_counted_by_cohort_with_what_is_behind_it() -> None:
    frames = {"spells": SPELLS, "cohort": cohort_of(("all", "ABC"), ("one", "A"), ("none", "D"))}
    steps = on_all_engines(progress.recovery, frames)
    assert [
        (row["cohort"], row["days"], row["at_risk"], row["events"], row["censored"], row["still_inadequate"])
        for row in steps
    ] == [
        ("all", 0, 4, 0, 0, 1),
        ("all", 100, 4, 2, 0, 0.5),
        ("all", 200, 2, 0, 1, 0.5),
        ("all", 400, 1, 0, 1, 0.5),
        ("one", 0, 2, 0, 0, 1),
        ("one", 100, 2, 1, 0, 0.5),
        ("one", 400, 1, 0, 1, 0.5),
    ]
    assert [row["years"] for row in steps[:2]] == [0, pytest.approx(100 / 365.25)]
    times = on_all_engines(progress.recovery_times, frames)
    assert [(row["cohort"], row["spells"], row["areas"], row["events"], row["censored"]) for row in times] == [
        ("all", 4, 3, 2, 2),
        ("one", 2, 1, 1, 1),
    ]
    assert times[0]["median_days"] is None
    assert times[0]["low_days"] == 100


def test_the_history_holds_ungraded_reviews_and_areas_without_any() -> None:
    found = on_all_engines(
        progress.inspection_history,
        {
            "cohort": cohort_of(("fifty", "AB")),
            "inspections": pl.DataFrame(
                {
                    "inspection_id": ["a-cqc", "a-sif", "c-jtai"],
                    "area_code": ["A", "A", "C"],
                    "programme": ["cqc_clas", "sif", "jtai"],
                    "theme": [None, None, "neglect"],
                    "started": [date(2014, 6, 9), date(2015, 1, 1), date(2017, 1, 1)],
                    "published": [None, date(2015, 3, 1), date(2017, 3, 1)],
                }
            ),
            "graded_judgements": graded_of([judged("A", date(2015, 1, 1), "good", programme="sif")]).with_columns(
                inspection_id=pl.lit("a-sif")
            ),
        },
    )
    assert [(row["area_name"], row["inspection_id"], row["day"], row["grade"]) for row in found] == [
        ("Alder", "a-cqc", date(2014, 6, 9), None),
        ("Alder", "a-sif", date(2015, 3, 1), "good"),
        ("Birch", None, None, None),
    ]


def test_the_tile_map_shows_every_current_authority() -> None:
    day = date(2024, 1, 1)
    grades = progress.as_at(graded_of([judged("B", date(2018, 5, 1), "good")]), AREAS, day)
    found = on_all_engines(
        lambda areas, cohort, as_at_grades: progress.tile_map(areas, cohort, as_at_grades, day, "overall"),
        {"areas": AREAS, "cohort": cohort_of(("fifty", "AC")), "as_at_grades": grades},
    )
    assert [(row["area_name"], row["in_cohort"], row["basis"], row["grade"]) for row in found] == [
        ("Birch", False, None, "good"),
        ("Alder", True, "fifty", None),
        ("Dogwood", False, None, None),
    ]
    with pytest.raises(AnalysisError, match="hold nothing for overall on 2020-01-01"):
        progress.tile_map(AREAS, cohort_of(("fifty", "AC")), grades, date(2020, 1, 1), "overall")


def test_the_timeline_shows_rotherhams_own_milestones_in_rotherham_only() -> None:
    frames = {
        "inspections": pl.DataFrame(
            {
                "inspection_id": ["r-sif", "a-sif", "r-cqc"],
                "area_code": ["E08000018", "A", "E08000018"],
                "programme": ["sif", "sif", "cqc_clas"],
                "started": [date(2014, 9, 16), date(2014, 9, 16), None],
                "published": [date(2014, 11, 19), date(2014, 11, 19), None],
            }
        ),
        "graded_judgements": graded_of([judged("E08000018", date(2014, 9, 16), "inadequate")]).with_columns(
            inspection_id=pl.lit("r-sif")
        ),
        "events": pl.DataFrame(
            {
                "date": [date(2014, 8, 26), date(2018, 1, 1)],
                "event": ["The Jay report is published", "ILACS begins"],
                "label": ["Jay report", "ILACS"],
                "scope": ["rotherham", "national"],
            }
        ),
    }
    rotherham = on_all_engines(lambda **given: progress.timeline(progress.ROTHERHAM, **given), frames)
    assert [(row["label"], row["kind"], row["grade"]) for row in rotherham] == [
        ("Jay report", "rotherham", None),
        ("Single inspection (SIF)", "inspection", "inadequate"),
        ("ILACS", "national", None),
    ]
    assert [row["label"] for row in rows(progress.timeline("A", **frames))] == ["Single inspection (SIF)", "ILACS"]


histories = st.lists(
    st.builds(
        judged,
        st.sampled_from("ABCD"),
        st.dates(date(2014, 1, 1), date(2024, 12, 31)),
        st.sampled_from(GRADES),
        programme=st.sampled_from([SINGLE, SHORT, STANDARD]),
        domain=st.sampled_from(["overall", "leadership", "lscb"]),
        comparable=st.sampled_from(codes.DOMAIN_MATCHES),
    ),
    unique_by=lambda found: (found[0], found[1], found[2], found[3]),
    max_size=40,
)
COHORTS = cohort_of(("england", "ABCD"), ("few", "AB"))
UNTIL = date(2024, 6, 30)


def everything(found: Sequence[Judged], areas: pl.DataFrame, cohort: pl.DataFrame) -> dict[str, list[dict[str, Any]]]:
    graded = graded_of(found)
    grades = progress.as_at(graded, areas, [date(2018, 1, 1), date(2024, 1, 1)])
    spells = progress.recovery_spells(graded, areas, UNTIL)
    trajectories = progress.trajectories(graded, cohort)
    frames = {
        "as_at": grades,
        "grade_shares": progress.grade_shares(grades, cohort),
        "good_or_better": progress.good_or_better(grades, cohort),
        "trajectories": trajectories,
        "change_shares": progress.change_shares(trajectories),
        "transitions": progress.transitions(graded, cohort),
        "spells": spells,
        "recovery": progress.recovery(spells, cohort),
        "recovery_times": progress.recovery_times(spells, cohort),
    }
    return {name: rows(frame) for name, frame in frames.items()}


@given(histories)
@settings(max_examples=12, deadline=None)
def test_shares_of_a_whole_sum_to_one(found: list[Judged]) -> None:
    results = everything(found, AREAS, COHORTS)
    wholes = {
        "grade_shares": ("cohort", "on", "domain"),
        "change_shares": ("cohort", "domain"),
        "transitions": ("cohort", "domain"),
    }
    for name, keys in wholes.items():
        for _, group in itertools.groupby(results[name], key=lambda row: tuple(row[key] for key in keys)):
            shares = [row["share"] for row in group]
            assert shares == [None] * len(shares) or sum(shares) == pytest.approx(1)
    for name in (*wholes, "good_or_better"):
        for row in results[name]:
            assert row["share"] is None or 0 <= row["low"] <= row["share"] <= row["high"] <= 1


@given(histories)
@settings(max_examples=12, deadline=None)
def test_every_area_that_exists_is_counted_once(found: list[Judged]) -> None:
    results = everything(found, AREAS, COHORTS)
    for row in results["good_or_better"]:
        existing = {"england": 3, "few": 2}[row["cohort"]]
        assert row["areas"] + row["not_judged"] == existing
    for row in results["transitions"]:
        assert row["areas"] + row["judged_once"] + row["not_judged"] == {"england": 4, "few": 2}[row["cohort"]]


@given(histories)
@settings(max_examples=12, deadline=None)
def test_spells_do_not_overlap_and_recovery_never_rises(found: list[Judged]) -> None:
    results = everything(found, AREAS, COHORTS)
    for _, group in itertools.groupby(results["spells"], key=lambda row: (row["domain"], row["area_code"])):
        spells = list(group)
        assert [spell["spell"] for spell in spells] == list(range(1, len(spells) + 1))
        assert all(spell["observed"] for spell in spells[:-1])
        assert all(earlier["end"] <= later["start"] for earlier, later in itertools.pairwise(spells))
        assert all(spell["days"] >= 0 for spell in spells)
    for _, steps in itertools.groupby(results["recovery"], key=lambda row: (row["cohort"], row["domain"])):
        survival = [step["still_inadequate"] for step in steps]
        assert all(later <= earlier for earlier, later in itertools.pairwise(survival))


@given(histories, st.randoms(use_true_random=False))
@settings(max_examples=8, deadline=None)
def test_the_order_of_rows_does_not_matter(found: list[Judged], chance: Any) -> None:
    shuffled = list(found)
    chance.shuffle(shuffled)
    mixed = [frame.sample(fraction=1, shuffle=True, seed=chance.randint(0, 9)) for frame in (AREAS, COHORTS)]
    assert everything(shuffled, *mixed) == everything(found, AREAS, COHORTS)


@given(histories)
@settings(max_examples=3, deadline=None)
def test_every_engine_gives_the_same(found: list[Judged]) -> None:
    graded = {"graded_judgements": graded_of(found), "areas": AREAS, "cohort": COHORTS}

    def shares(graded_judgements: Any, areas: Any, cohort: Any) -> Any:
        return progress.grade_shares(progress.as_at(graded_judgements, areas, [date(2018, 1, 1), UNTIL]), cohort)

    def changes(graded_judgements: Any, areas: Any, cohort: Any) -> Any:
        return progress.change_shares(progress.trajectories(graded_judgements, cohort))

    def moves(graded_judgements: Any, areas: Any, cohort: Any) -> Any:
        return progress.transitions(graded_judgements, cohort)

    def recovered(graded_judgements: Any, areas: Any, cohort: Any) -> Any:
        return progress.recovery(progress.recovery_spells(graded_judgements, areas, UNTIL), cohort)

    for transform in (shares, changes, moves, recovered):
        on_all_engines(transform, graded)
