"""The check of the notebooks has teeth: whatever is changed of what the first one stores, its own cell fails."""

from __future__ import annotations

from typing import Any

import nbformat
import pytest
from notebook_rules import NOTEBOOKS

from attacks.outputs import KINDS, changed_by, failing, mutants, refused

FIRST = NOTEBOOKS[0]


@pytest.fixture(scope="module")
def stored() -> dict[str, Any]:
    """The first notebook."""
    return {FIRST.stem: nbformat.read(FIRST, as_version=4)}


def test_every_change_of_an_output_is_noticed(stored: dict[str, Any]) -> None:
    left = [
        mutant
        for mutant in mutants((name for name, kind in KINDS.items() if not kind.of_source), 0, stored)
        if not refused(mutant, stored[FIRST.stem])
    ]
    assert {mutant.kind.name for mutant in left} > {"number_in_prose", "mark_moved", "content_added", "kind_of_output"}
    failed, noticed = failing(stored, left)
    assert failed == set()
    assert noticed == set(left)


def test_a_changed_output_fails_its_cell_and_no_other(stored: dict[str, Any]) -> None:
    changed = {mutant.cell: mutant for mutant in mutants(["number_in_prose", "mark_moved"], 0, stored)}
    assert len(changed) == 2
    failed, _ = failing(changed_by(changed.values(), stored))
    assert failed == {(FIRST.stem, cell) for cell in changed}


def test_cells_lost_moved_or_kept_from_the_check_are_refused_without_a_run(stored: dict[str, Any]) -> None:
    kinds = [
        name for name in KINDS if name.startswith(("tag_", "comment_", "cell_", "execution_", "run_", "output_hid"))
    ]
    assert len(kinds) == 18
    found = list(mutants(kinds, 0, stored))
    assert [mutant for mutant in found if not refused(mutant, stored[FIRST.stem])] == []
