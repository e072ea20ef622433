"""The cases of `weaknesses`, `coding` and `reliability`.

`compare` computes its exact test in Python, for each code of the codebook: its time is measured, its column left out,
since DuckDB has no such test. `associations`, `agreement` and `confusions` compute their statistics in Python; the
queries do the whole. `reliability.sample` draws in Python from the list of reports, and is no case.
"""

from __future__ import annotations

from typing import Any

import narwhals as nw

from analysis import coding, reliability, weaknesses
from benchmarks.cases import YEAR, Case, case

_FOUND = ("reported_findings", "reports", "cohort")
_FOUND_AND_INSPECTED = ("reported_findings", "reports", "inspections", "cohort")
_COMPARED = ("reported_findings", "some_reports", "others")
_READ = ("coverage", "inspections", "areas", "regions", "graded_judgements")
_CODED = ("areas", "cqc_reviews", "inspections")
_MEASURED = ("reported_findings", "reports", "rates", "cohort")
_READ_TWICE = ("findings", "second_reading")


def _compare(*frames: Any, **choices: Any) -> Any:
    return nw.from_native(weaknesses.compare(*frames, **choices)).drop("p_value").to_native()


def _found(name: str, transform: Any, tables: tuple[str, ...] = _FOUND, **choices: Any) -> Case:
    return case(f"weaknesses.{name}", transform, tables, "reported_findings", **choices)


CASES: tuple[Case, ...] = (
    case("weaknesses.read_reports", weaknesses.read_reports, _READ, "coverage"),
    case("weaknesses.reported", weaknesses.reported, ("findings", "reports"), "findings"),
    _found("prevalence", weaknesses.prevalence, subject="listed"),
    _found("prevalence_of_agency", weaknesses.prevalence, subject="exploitation", of="agency"),
    _found("prevalence_of_any", weaknesses.prevalence, subject="cse", of=None),
    _found("prevalence_by_period", weaknesses.prevalence, subject="exploitation", of=None, by=["period"]),
    _found("states", weaknesses.states, _FOUND_AND_INSPECTED, subject="exploitation"),
    _found("successions", weaknesses.successions, subject="all"),
    case("weaknesses.recurrence", weaknesses.recurrence, ("theme_successions",), "theme_successions"),
    _found("aftermath", weaknesses.aftermath, _FOUND_AND_INSPECTED, subject="exploitation"),
    case("weaknesses.aftermath_shares", weaknesses.aftermath_shares, ("weakness_aftermath",), "weakness_aftermath"),
    _found("compare", _compare, _COMPARED, subject="listed"),
    _found("compare_agencies", _compare, _COMPARED, subject="exploitation", of="agency"),
    _found("measures", weaknesses.measures, _MEASURED, subject="all", year=YEAR),
    case("weaknesses.associations", weaknesses.associations, ("area_measures",), "area_measures"),
    _found("behind", weaknesses.behind, subject="exploitation"),
    case("coding.reports_to_code", coding.reports_to_code, _CODED, "inspections"),
    case("reliability.pairs", reliability.pairs, _READ_TWICE, "second_reading"),
    case("reliability.agreement", reliability.agreement, ("coded_pairs",), "coded_pairs"),
    case("reliability.confusions", reliability.confusions, ("coded_pairs",), "coded_pairs"),
)
