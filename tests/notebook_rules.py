"""What makes a stored notebook evidence, beyond that its outputs reproduce."""

from __future__ import annotations

import ast
from pathlib import Path

import nbformat
from nbformat.validator import iter_validate
from nbval.plugin import find_comment_markers

HOME = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((HOME / "notebooks").glob("*.ipynb"))
LONGEST_CELL = 12

CELLS = {
    "00_start_here": (10, 7),
    "01_the_fifty_reviewed_areas": (12, 7),
    "02_rotherham": (27, 13),
    "03_progress": (13, 9),
    "04_exploitation_in_assessments": (16, 8),
    "05_the_evidence": (24, 17),
    "06_weaknesses": (24, 10),
    "07_exploitation_findings": (32, 13),
    "08_what_became_of_them": (28, 12),
    "09_praised_practice": (24, 11),
    "10_area_profile": (16, 13),
}
"""The notebooks, each with its code cells and stored outputs: one that lost its last cell would still reproduce."""

_OF_A_NOTEBOOK = {"kernelspec", "language_info"}
_OF_A_CELL = {"cell_type", "id", "metadata", "source"}
_OF_A_CODE_CELL = _OF_A_CELL | {"execution_count", "outputs"}


def faults(name: str, notebook: nbformat.NotebookNode) -> list[str]:
    """What keeps a notebook from being evidence.

    Args:
        name: its name, by which the number of its cells is known.
        notebook: as it is stored.
    """
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    found = [fault for number, cell in enumerate(cells, start=1) for fault in cell_faults(number, cell)]
    found += [f"it is no valid notebook: {error.message}" for error in iter_validate(notebook)]
    ids = [cell.id for cell in notebook.cells]
    found += [f"two cells have the id {twice}" for twice in sorted({name for name in ids if ids.count(name) > 1})]
    if extra := set(notebook.metadata) - _OF_A_NOTEBOOK:
        found.append(f"the notebook has metadata that no run needs: {', '.join(sorted(extra))}")
    for place, cell in enumerate(notebook.cells, start=1):
        # Tags and settings in the metadata keep a cell from being run or compared, or hide what it shows.
        if cell.metadata:
            found.append(f"cell {place} has metadata: {', '.join(sorted(cell.metadata))}")
        if extra := set(cell) - (_OF_A_CODE_CELL if cell.cell_type == "code" else _OF_A_CELL):
            found.append(f"cell {place} has {', '.join(sorted(extra))}")
    if not notebook.cells or not notebook.cells[0].source.startswith("# "):
        found.append("the notebook does not open with a title")
    held = (len(cells), sum(len(cell.outputs) for cell in cells))
    if held != CELLS.get(name):
        found.append(f"{name} has {held[0]} code cells and {held[1]} outputs, not as many as are known of it")
    return found


def cell_faults(number: int, cell: nbformat.NotebookNode) -> list[str]:
    """What is wrong with one code cell: not run in its turn, kept from the check, outputs missing, doubled or odd."""
    found = []
    if cell.execution_count != number:
        found.append(f"code cell {number} has execution count {cell.execution_count}")
    if any(output.get("execution_count", number) != number for output in cell.outputs):
        found.append(f"code cell {number} stores an output of another execution")
    if any(output.output_type in ("error", "stream") for output in cell.outputs):
        found.append(f"code cell {number} stores an error or a stream")
    # nbval takes no notice of the order of outputs of different kinds.
    if len(cell.outputs) > 1:
        found.append(f"code cell {number} stores {len(cell.outputs)} outputs")
    if shows_something(cell.source) and not cell.outputs:
        found.append(f"code cell {number} shows something and stores no output")
    if list(find_comment_markers(cell.source)):
        found.append(f"code cell {number} opts out of the check")
    lines = [line for line in cell.source.splitlines() if line.strip()]
    if len(lines) > LONGEST_CELL:
        found.append(f"code cell {number} has {len(lines)} lines")
    return found


def shows_something(source: str) -> bool:
    """Whether the last statement of a cell is an expression, whose value JupyterLab shows."""
    statements = ast.parse(source).body
    return bool(statements) and isinstance(statements[-1], ast.Expr)
