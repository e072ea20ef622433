"""The cases of `weaknesses`, `coding` and `reliability`.

Out of the comparison: the exact test of `compare`, computed in Python for each code of the codebook; and
`reliability.sample`, which draws in Python from the list of reports. `associations`, `agreement` and `confusions`
compute their statistics in Python; the queries do the whole.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import narwhals as nw

from analysis import coding, reliability, weaknesses
from benchmarks.cases import SQL, YEAR, Case

_FOUND = ("reported_findings", "reports", "cohort")
_FOUND_AND_INSPECTED = ("reported_findings", "reports", "inspections", "cohort")
_COMPARED = ("reported_findings", "some_reports", "others")


def _case(name: str, tables: tuple[str, ...], call: Callable[[Mapping[str, Any]], Any], main: str) -> Case:
    sql = (SQL / f"{name}.sql").read_text(encoding="utf-8")
    return Case(name=name, package=name.split(".")[0], tables=tables, call=call, sql=sql, main=main)


def _of_tables(transform: Callable[..., Any], tables: tuple[str, ...], **choices: Any) -> Callable[..., Any]:
    """Call a transform with tables in the order in which it takes them."""
    return lambda given: transform(*(given[table] for table in tables), **choices)


def _compared(**choices: Any) -> Callable[[Mapping[str, Any]], Any]:
    """Call `compare`, and leave its exact test out."""
    called = _of_tables(weaknesses.compare, _COMPARED, **choices)
    return lambda given: nw.from_native(called(given)).drop("p_value").to_native()


def _prevalence(name: str, **choices: Any) -> Case:
    return _case(name, _FOUND, _of_tables(weaknesses.prevalence, _FOUND, **choices), "reported_findings")


_READ = ("coverage", "inspections", "areas", "regions", "graded_judgements")
_CODED = ("areas", "cqc_reviews", "inspections")
_MEASURED = ("reported_findings", "reports", "rates", "cohort")

CASES: tuple[Case, ...] = (
    _case("weaknesses.read_reports", _READ, _of_tables(weaknesses.read_reports, _READ), "coverage"),
    _case(
        "weaknesses.reported",
        ("findings", "reports"),
        _of_tables(weaknesses.reported, ("findings", "reports")),
        "findings",
    ),
    _prevalence("weaknesses.prevalence", subject="listed"),
    _prevalence("weaknesses.prevalence_of_agency", subject="exploitation", of="agency"),
    _prevalence("weaknesses.prevalence_of_any", subject="cse", of=None),
    _prevalence("weaknesses.prevalence_by_period", subject="exploitation", of=None, by=["period"]),
    _case(
        "weaknesses.states",
        _FOUND_AND_INSPECTED,
        _of_tables(weaknesses.states, _FOUND_AND_INSPECTED, subject="exploitation"),
        "reported_findings",
    ),
    _case(
        "weaknesses.successions",
        _FOUND,
        _of_tables(weaknesses.successions, _FOUND, subject="all"),
        "reported_findings",
    ),
    _case(
        "weaknesses.recurrence",
        ("theme_successions",),
        _of_tables(weaknesses.recurrence, ("theme_successions",)),
        "theme_successions",
    ),
    _case(
        "weaknesses.aftermath",
        _FOUND_AND_INSPECTED,
        _of_tables(weaknesses.aftermath, _FOUND_AND_INSPECTED, subject="exploitation"),
        "reported_findings",
    ),
    _case(
        "weaknesses.aftermath_shares",
        ("weakness_aftermath",),
        _of_tables(weaknesses.aftermath_shares, ("weakness_aftermath",)),
        "weakness_aftermath",
    ),
    _case("weaknesses.compare", _COMPARED, _compared(subject="listed"), "reported_findings"),
    _case(
        "weaknesses.compare_agencies", _COMPARED, _compared(subject="exploitation", of="agency"), "reported_findings"
    ),
    _case(
        "weaknesses.measures",
        _MEASURED,
        _of_tables(weaknesses.measures, _MEASURED, subject="all", year=YEAR),
        "reported_findings",
    ),
    _case(
        "weaknesses.associations",
        ("area_measures",),
        _of_tables(weaknesses.associations, ("area_measures",)),
        "area_measures",
    ),
    _case(
        "weaknesses.behind",
        _FOUND,
        _of_tables(weaknesses.behind, _FOUND, subject="exploitation"),
        "reported_findings",
    ),
    _case("coding.reports_to_code", _CODED, _of_tables(coding.reports_to_code, _CODED), "inspections"),
    _case(
        "reliability.pairs",
        ("findings", "second_reading"),
        _of_tables(reliability.pairs, ("findings", "second_reading")),
        "second_reading",
    ),
    _case(
        "reliability.agreement", ("coded_pairs",), _of_tables(reliability.agreement, ("coded_pairs",)), "coded_pairs"
    ),
    _case(
        "reliability.confusions", ("coded_pairs",), _of_tables(reliability.confusions, ("coded_pairs",)), "coded_pairs"
    ),
)
