"""A pytest plugin: holds what a cell gives against many changed forms of what it stores, by nbval's own comparison.

So each cell is run once, however many changes of it are tried.
"""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from nbval.plugin import IPyNbCell, coalesce_streams

from attacks.outputs import KINDS, Mutant, code_cells

FOLDER = "ATTACKED_OUTPUTS"
"""The variable that names the folder with the mutants of each notebook, in which to write which were noticed."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """Run a cell, and then compare."""
    yield
    if isinstance(item, IPyNbCell):
        folder, name = Path(os.environ[FOLDER]), item.parent.path.stem
        for at, (kind, cell, seed) in enumerate(json.loads((folder / f"{name}.mutants").read_text())):
            if cell == item.cell_num:
                noticed = not _reproduces(item, Mutant(KINDS[kind], name, cell, seed))
                with (folder / f"{name}.verdicts").open("a") as file:
                    file.write(json.dumps([at, noticed]) + "\n")


def _reproduces(item: Any, mutant: Mutant) -> bool:
    changed = copy.deepcopy(item.parent.nb)
    mutant.apply(changed)
    stored = code_cells(changed)[mutant.cell].outputs
    same: bool = item.compare_outputs(copy.deepcopy(item.test_outputs), coalesce_streams(stored))
    return same
