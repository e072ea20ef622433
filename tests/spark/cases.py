"""Every transform with its real inputs, to be run on Spark."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from benchmarks.cases import registered

from analysis import assessments, coding, cohorts, progress, reliability, weaknesses

Call = Callable[[Mapping[str, Any]], Any]

_MODULES = (assessments, coding, cohorts, progress, reliability, weaknesses)

CALLS: dict[str, tuple[tuple[str, ...], Call]] = {
    **{name: (case.tables, case.call) for name, case in registered().items()},
    "reliability.sample": (("coverage", "inspections"), lambda t: reliability.sample(t["coverage"], t["inspections"])),
    "weaknesses.compare_exactly": (
        ("reported_findings", "some_reports", "others"),
        lambda t: weaknesses.compare(t["reported_findings"], t["some_reports"], t["others"], subject="listed"),
    ),
    "weaknesses.successions_together": (
        ("reported_findings", "reports", "cohort"),
        lambda t: weaknesses.successions(
            t["reported_findings"], t["reports"], t["cohort"], subject="cse", together=True
        ),
    ),
}
"""The tables that each reads, and the call; those of the benchmarks, and what they leave out."""

NO_FRAME = {"cohorts.statement"}
"""Functions that give a sentence and no frame."""


def public() -> set[str]:
    """The public functions of the modules that hold the transforms, as in `progress.graded`."""
    return {
        f"{module.__name__.split('.')[-1]}.{name}"
        for module in _MODULES
        for name, thing in vars(module).items()
        if inspect.isfunction(thing) and not name.startswith("_") and thing.__module__.startswith(module.__name__)
    }
