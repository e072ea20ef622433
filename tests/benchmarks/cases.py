"""What is measured: a transform of the product, and the same as hand-written SQL.

Tables go by these names, in every engine and in SQL. The curated tables go by their own (`inspections`, `judgements`,
`domains`, `areas`, `regions`, `neighbours`, `cqc_reviews`, `findings`, `second_reading`, `coverage`, `assessments`,
`children`, `events`). What a transform of the product gives and another one takes is prepared under these:

    graded_judgements       progress.graded
    as_at_grades            progress.as_at on `AS_AT_DAYS`
    judgement_trajectories  progress.trajectories
    repeats                 progress.repeat_inspections until `UNTIL`
    spells                  progress.recovery_spells until `UNTIL`
    cohort                  cohorts.beside of `COHORTS`
    rates                   assessments.factor_rates
    reports                 weaknesses.read_reports
    others                  the reports that `COMPARED_PROGRAMMES` does not name; `some_reports` are those that it does
    reported_findings       weaknesses.reported
    theme_successions       weaknesses.successions of the subject `all`
    weakness_aftermath      weaknesses.aftermath of the subject `all`
    area_measures           weaknesses.measures of the subject `all`, factor `cse`, in `YEAR`
    coded_pairs             reliability.pairs
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

AS_AT_DAYS = tuple(date(year, 3, 31) for year in range(2015, 2027))
"""The days of `as_at_grades`."""

UNTIL = date(2026, 3, 31)
"""The last day of observation."""

COHORTS = ("fifty", "england", "region:E12000008")
"""The cohorts of `cohort`."""

YEAR = 2024
"""The year of assessments, ending 31 March, of `area_measures`."""

COMPARED_PROGRAMMES = ("sif",)
"""The programmes whose reports are `some_reports`."""

SQL = Path(__file__).parent / "sql"
"""The hand-written queries, one file a case: `<name>.sql`."""

REGISTRIES = ("benchmarks.cases_progress", "benchmarks.cases_weaknesses")
"""The modules with the cases."""


@dataclass(frozen=True)
class Case:
    """A transform, the tables that it reads, and the best SQL that we could write for it.

    Args:
        name: the transform with its package, as in `progress.graded`.
        tables: the names of the tables that it reads, as the module lists them.
        call: given the frames by these names, in one engine's kind, the transform's result.
        main: the table among them whose number of rows is the size.
    """

    name: str
    tables: tuple[str, ...]
    call: Callable[[Mapping[str, Any]], Any]
    main: str

    @property
    def package(self) -> str:
        """The package of the transform, as in `progress`."""
        return self.name.partition(".")[0]

    @property
    def sql(self) -> str:
        """A DuckDB query over tables of these names, with the result of the transform on DuckDB; it checks nothing."""
        return (SQL / f"{self.name}.sql").read_text(encoding="utf-8")


def case(name: str, transform: Callable[..., Any], tables: tuple[str, ...], main: str, **choices: Any) -> Case:
    """The case of a transform that takes the tables in this order, and the choices by their names."""
    return Case(name, tables, lambda given: transform(*(given[table] for table in tables), **choices), main)


def registered() -> dict[str, Case]:
    """Every case by its name: the `CASES` of the registry modules, in their order."""
    cases: dict[str, Case] = {}
    for module in REGISTRIES:
        for case in importlib.import_module(module).CASES:
            if case.name in cases:
                raise ValueError(f"{case.name} is registered twice")
            cases[case.name] = case
    return cases
