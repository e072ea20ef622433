"""The check of the notebooks has teeth: whatever is changed of what the first one stores, its own cell fails."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from typing import Any

import nbformat
import pytest
from notebook_rules import NOTEBOOKS

from attacks.outputs import KINDS, Mutant, changed_by, failed_cells, failing, mutants, refused

FIRST = NOTEBOOKS[0]


@pytest.fixture(scope="module")
def stored() -> dict[str, Any]:
    """The first notebook."""
    return {FIRST.stem: nbformat.read(FIRST, as_version=4)}


@dataclass(frozen=True)
class Run:
    """A run of the first notebook, as it is and with some cells' outputs changed.

    `left` are the changes that no rule refuses; `noticed` those of them that the comparison notices.
    """

    left: list[Mutant]
    noticed: set[Mutant]
    changed: set[int]
    failed: set[tuple[str, int]]


@pytest.fixture(scope="module")
def run(stored: dict[str, Any]) -> Run:
    """Both forms of the notebook, run at the same time."""
    left = [
        mutant
        for mutant in mutants((name for name, kind in KINDS.items() if not kind.of_source), 0, stored)
        if not refused(mutant, stored[FIRST.stem])
    ]
    changed = {mutant.cell: mutant for mutant in mutants(["number_in_prose", "mark_moved"], 0, stored)}
    other = changed_by(changed.values(), stored)[FIRST.stem]
    failed, noticed = failing({**stored, "changed": other}, left)
    return Run(left, noticed, set(changed), failed)


def test_every_change_of_an_output_is_noticed(run: Run) -> None:
    kinds = {mutant.kind.name for mutant in run.left}
    assert kinds > {"number_in_prose", "mark_moved", "content_added", "kind_of_output"}
    assert FIRST.stem not in {name for name, _ in run.failed}
    assert run.noticed == set(run.left)


def test_a_changed_output_fails_its_cell_and_no_other(run: Run) -> None:
    assert len(run.changed) == 2
    assert run.failed == {("changed", cell) for cell in run.changed}


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (1, "ERROR a.ipynb::Cell 0 - RuntimeError: Kernel died\n"),
        (1, "FAILED a.ipynb::Cell 2\nERROR b.ipynb::Cell 0 - RuntimeError: Kernel died\n"),
        (1, "FAILED a.ipynb::Cell 2\nFAILED b.ipynb - OSError\n"),
        (1, "worker 'gw0' crashed while running 'a.ipynb::Cell 2'\nFAILED a.ipynb::Cell 2\n"),
        (1, "Interrupted\n"),
        (0, "FAILED a.ipynb::Cell 2\n"),
        (2, "FAILED a.ipynb::Cell 2\n"),
    ],
)
def test_a_run_that_broke_otherwise_is_no_verdict(status: int, said: str) -> None:
    with pytest.raises(RuntimeError, match=re.escape(said)):
        failed_cells(subprocess.CompletedProcess([], status, said, ""))


def test_cells_lost_moved_or_kept_from_the_check_are_refused_without_a_run(stored: dict[str, Any]) -> None:
    kinds = [
        name for name in KINDS if name.startswith(("tag_", "comment_", "cell_", "execution_", "run_", "output_hid"))
    ]
    assert len(kinds) == 18
    found = list(mutants(kinds, 0, stored))
    assert [mutant for mutant in found if not refused(mutant, stored[FIRST.stem])] == []
