"""Each notebook was run from top to bottom, stores what it shows, and keeps its cells small."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest
from notebook_rules import CELLS, NOTEBOOKS, cell_faults, faults


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_was_run_from_top_to_bottom(path: Path) -> None:
    assert faults(path.stem, nbformat.read(path, as_version=4)) == []


def test_there_are_notebooks() -> None:
    assert [path.stem for path in NOTEBOOKS] == list(CELLS)


def _cell(source: str, count: int | None, *outputs: nbformat.NotebookNode) -> Any:
    return nbformat.v4.new_code_cell(source, execution_count=count, outputs=list(outputs))


def _two(**changes: Any) -> Any:
    return nbformat.v4.new_output("execute_result", **{"data": {"text/plain": "2"}, "execution_count": 1, **changes})


def test_a_cell_run_in_its_turn_passes() -> None:
    assert cell_faults(1, _cell("two = 2", 1)) == []
    assert cell_faults(1, _cell("1 + 1", 1, _two())) == []


def test_a_cell_not_run_in_its_turn_is_refused() -> None:
    assert cell_faults(1, _cell("1 + 1", 2, _two(execution_count=2))) == [
        "code cell 1 has execution count 2",
        "code cell 1 stores an output of another execution",
    ]


def test_a_cell_never_run_is_refused() -> None:
    assert cell_faults(1, _cell("1 + 1", None)) == [
        "code cell 1 has execution count None",
        "code cell 1 shows something and stores no output",
    ]


def test_two_outputs_of_a_cell_are_refused() -> None:
    assert cell_faults(1, _cell("2", 1, _two(), _two())) == ["code cell 1 stores 2 outputs"]


def test_an_output_of_another_run_is_refused() -> None:
    assert cell_faults(1, _cell("2", 1, _two(execution_count=7))) == [
        "code cell 1 stores an output of another execution"
    ]


def test_a_stored_error_is_refused() -> None:
    error = nbformat.v4.new_output("error", ename="ValueError", evalue="no", traceback=[])
    assert cell_faults(1, _cell("2", 1, error)) == ["code cell 1 stores an error or a stream"]


@pytest.mark.parametrize("marker", ["NBVAL_SKIP", "NBVAL_IGNORE_OUTPUT", "NBVAL_RAISES_EXCEPTION"])
def test_a_cell_that_opts_out_is_refused(marker: str) -> None:
    assert cell_faults(1, _cell(f"# {marker}\n1 + 1", 1, _two())) == ["code cell 1 opts out of the check"]


def test_tags_attachments_and_lost_cells_are_refused() -> None:
    notebook = nbformat.v4.new_notebook(metadata={"widgets": {}})
    notebook.cells.append(nbformat.v4.new_markdown_cell("# A title", attachments={"a.png": {"image/png": ""}}))
    notebook.cells.append(_cell("1 + 1", 1, _two()))
    notebook.cells[1].metadata["tags"] = ["nbval-skip"]
    assert faults("00_start_here", notebook) == [
        "the notebook has metadata that no run needs: widgets",
        "cell 1 has attachments",
        "cell 2 has metadata: tags",
        "00_start_here has 1 code cells and 1 outputs, not as many as are known of it",
    ]
