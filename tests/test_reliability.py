"""Agreement of two readers: what is a pair, how far they agree, and what they confuse."""

from __future__ import annotations

import math
from typing import Any

import polars as pl
import pytest
from engines import on_all_engines
from hypothesis import given
from hypothesis import strategies as st

from analysis import reliability
from analysis.errors import AnalysisError

Coding = tuple[int, str, str]
"""Passage, polarity, theme."""


def coded(rows: list[Coding], inspection: str = "alder-2015-01-01-sif") -> pl.DataFrame:
    return pl.DataFrame(
        [
            {
                "finding_id": f"{inspection}-{number:03}",
                "inspection_id": inspection,
                "passage": passage,
                "polarity": polarity,
                "theme": theme,
                "exploitation": "cse",
                "exploitation_focus": "central",
                "missing": "no",
                "agency": "police",
                "severity": "minor" if polarity == "weakness" else None,
            }
            for number, (passage, polarity, theme) in enumerate(rows, start=1)
        ],
        schema_overrides={"severity": pl.String, "passage": pl.Int64},
    )


def paired(first: list[Coding], second: list[Coding]) -> list[dict[str, Any]]:
    frames = {"findings": coded(first), "second_reading": coded(second)}
    return on_all_engines(reliability.pairs, frames)


FIRST = [(1, "weakness", "records"), (2, "strength", "health"), (3, "weakness", "missing"), (3, "strength", "health")]
SECOND = [
    (1, "weakness", "workforce"),
    (2, "progress", "health"),
    (3, "weakness", "missing"),
    (4, "weakness", "health"),
]


def test_rows_of_one_passage_and_polarity_are_a_pair_and_what_is_left_has_one_reader() -> None:
    assert [(row["passage"], row["paired"], row["polarity_a"], row["polarity_b"]) for row in paired(FIRST, SECOND)] == [
        (1, "both", "weakness", "weakness"),
        (2, "both", "strength", "progress"),
        (3, "both", "weakness", "weakness"),
        (3, "only_a", "strength", None),
        (4, "only_b", None, "weakness"),
    ]


def test_two_rows_left_on_one_side_are_not_paired_at_random() -> None:
    found = paired([(1, "weakness", "health"), (1, "strength", "health")], [(1, "progress", "health")])
    assert [row["paired"] for row in found] == ["only_a", "only_a", "only_b"]


def test_a_report_that_the_first_reader_did_not_code_is_refused() -> None:
    other = coded(SECOND, "birch-2016-01-01-sif")
    with pytest.raises(AnalysisError, match="second_reading has 4 rows that findings does not know"):
        reliability.pairs(coded(FIRST), other)


def test_agreement_is_counted_by_column_and_passages_of_one_reader_count_against_it() -> None:
    pairs = reliability.pairs(coded(FIRST), coded(SECOND))
    found = {row["column"]: row for row in on_all_engines(reliability.agreement, {"coded_pairs": pairs})}
    assert list(found) == ["passage", *reliability.CODED]
    assert (found["passage"]["n"], found["passage"]["agreed"]) == (5, 3)
    assert (found["theme"]["n"], found["theme"]["agreed"]) == (3, 2)
    assert (found["severity"]["n"], found["severity"]["agreed"]) == (2, 2)
    assert found["agency"]["kappa"] is None
    assert found["polarity"]["kappa"] == pytest.approx(kappa_by_hand(["w", "s", "w"], ["w", "p", "w"]))


def kappa_by_hand(first: list[str], second: list[str]) -> float:
    n = len(first)
    observed = sum(a == b for a, b in zip(first, second, strict=True)) / n
    expected = sum(first.count(code) * second.count(code) for code in set(first) | set(second)) / n**2
    return (observed - expected) / (1 - expected)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), min_size=2, max_size=30))
def test_kappa_is_cohens(codes: list[tuple[str, str]]) -> None:
    first = coded([(n, "strength", one) for n, (one, _) in enumerate(codes, start=1)])
    second = coded([(n, "strength", other) for n, (_, other) in enumerate(codes, start=1)])
    theme = reliability.agreement(reliability.pairs(first, second)).filter(column="theme").row(0, named=True)
    assert theme["agreed"] == sum(one == other for one, other in codes)
    if len({code for pair in codes for code in pair}) < 2:
        assert theme["kappa"] is None
    else:
        by_hand = kappa_by_hand([one for one, _ in codes], [other for _, other in codes])
        assert theme["kappa"] == pytest.approx(by_hand, abs=1e-9)


def test_confusions_count_both_directions_together() -> None:
    first = [
        (1, "strength", "health"),
        (2, "strength", "records"),
        (3, "strength", "records"),
        (4, "strength", "missing"),
    ]
    second = [
        (1, "strength", "records"),
        (2, "strength", "health"),
        (3, "strength", "records"),
        (4, "strength", "education"),
    ]
    pairs = reliability.pairs(coded(first), coded(second))
    found = on_all_engines(reliability.confusions, {"coded_pairs": pairs})
    assert [(row["code_a"], row["code_b"], row["count"], row["pairs"]) for row in found] == [
        ("health", "records", 2, 3),
        ("education", "missing", 1, 1),
    ]


def test_the_sample_is_a_tenth_of_each_programme_and_the_same_again() -> None:
    names = [f"area-{number}-2015-01-01-sif" for number in range(53)] + [
        f"area-{n}-2019-01-01-ilacs" for n in range(90)
    ]
    inspections = pl.DataFrame(
        {"inspection_id": names, "programme": ["sif"] * 53 + ["ilacs_short"] * 40 + ["ilacs_standard"] * 50}
    )
    frames = {"coverage": inspections.select("inspection_id"), "inspections": inspections}
    drawn = on_all_engines(reliability.sample, frames)
    shuffled = reliability.sample(
        inspections.select("inspection_id").sample(fraction=1, shuffle=True, seed=1), inspections
    )
    assert shuffled["inspection_id"].to_list() == [row["inspection_id"] for row in drawn]
    counts = {programme: sum(row["programme"] == programme for row in drawn) for programme in ("ilacs", "sif")}
    assert counts == {"ilacs": 9, "sif": math.ceil(5.3)}
    assert len({row["inspection_id"] for row in drawn}) == len(drawn)
