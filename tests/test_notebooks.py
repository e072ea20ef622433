"""Each notebook was run from top to bottom, stores what it shows, and keeps its cells small."""

from __future__ import annotations

import ast
from pathlib import Path

import nbformat
import pytest

NOTEBOOKS = sorted((Path(__file__).resolve().parents[1] / "notebooks").glob("*.ipynb"))
LONGEST_CELL = 12


def faults(notebook: nbformat.NotebookNode) -> list[str]:
    """What keeps a notebook from being evidence: cells not run in order, outputs not stored, errors, long cells."""
    found = []
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for number, cell in enumerate(cells, start=1):
        if cell.execution_count != number:
            found.append(f"code cell {number} has execution count {cell.execution_count}")
        if any(output.output_type in ("error", "stream") for output in cell.outputs):
            found.append(f"code cell {number} stores an error or a stream")
        if shows_something(cell.source) and not cell.outputs:
            found.append(f"code cell {number} shows something and stores no output")
        lines = [line for line in cell.source.splitlines() if line.strip()]
        if len(lines) > LONGEST_CELL:
            found.append(f"code cell {number} has {len(lines)} lines")
    if not any(cell.outputs for cell in cells):
        found.append("the notebook stores no outputs")
    if not notebook.cells or not notebook.cells[0].source.startswith("# "):
        found.append("the notebook does not open with a title")
    return found


def shows_something(source: str) -> bool:
    """Whether the last statement of a cell is an expression, whose value JupyterLab shows."""
    statements = ast.parse(source).body
    return bool(statements) and isinstance(statements[-1], ast.Expr)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_was_run_from_top_to_bottom(path: Path) -> None:
    assert faults(nbformat.read(path, as_version=4)) == []


def test_there_are_notebooks() -> None:
    assert [path.stem for path in NOTEBOOKS] == [
        "00_start_here",
        "01_the_fifty_reviewed_areas",
        "02_rotherham",
        "03_progress",
        "04_exploitation_in_assessments",
        "05_the_evidence",
        "06_weaknesses",
        "07_exploitation_findings",
        "08_what_became_of_them",
        "09_praised_practice",
        "10_area_profile",
    ]


def _notebook(*cells: tuple[str, int | None, bool]) -> nbformat.NotebookNode:
    notebook: nbformat.NotebookNode = nbformat.v4.new_notebook()
    notebook.cells.append(nbformat.v4.new_markdown_cell("# A title"))
    for source, count, stored in cells:
        output = [nbformat.v4.new_output("execute_result", {"text/plain": "2"}, execution_count=count)]
        notebook.cells.append(
            nbformat.v4.new_code_cell(source, execution_count=count, outputs=output if stored else [])
        )
    return notebook


def test_a_notebook_not_run_in_order_is_refused() -> None:
    assert faults(_notebook(("1 + 1", 2, True), ("2", 1, True))) == [
        "code cell 1 has execution count 2",
        "code cell 2 has execution count 1",
    ]


def test_a_notebook_never_run_is_refused() -> None:
    assert faults(_notebook(("1 + 1", None, False))) == [
        "code cell 1 has execution count None",
        "code cell 1 shows something and stores no output",
        "the notebook stores no outputs",
    ]


def test_a_removed_output_is_refused() -> None:
    assert faults(_notebook(("1 + 1", 1, True), ("2", 2, False))) == [
        "code cell 2 shows something and stores no output"
    ]


def test_a_notebook_run_in_order_passes() -> None:
    assert faults(_notebook(("two = 2", 1, False), ("two", 2, True))) == []
