"""The notebook check has teeth: a stored number or mark that differs fails its own cell, and no other."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat

HOME = Path(__file__).resolve().parents[1]


def test_a_changed_output_fails_its_cell(tmp_path: Path) -> None:
    notebook = nbformat.read(HOME / "notebooks" / "00_start_here.ipynb", as_version=4)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    changed = set()
    for number, cell in enumerate(cells):
        for output in cell.outputs:
            if "20,000 times" in output.data.get("text/markdown", ""):
                output.data["text/markdown"] = output.data["text/markdown"].replace("20,000 times", "20,001 times")
                changed.add(number)
            if "image/svg+xml" in output.data:
                output.data["image/svg+xml"] = output.data["image/svg+xml"].replace("Rotherham", "Rotheram", 1)
                changed.add(number)
    assert len(changed) == 2
    nbformat.write(notebook, tmp_path / "changed.ipynb")
    result = subprocess.run(
        [sys.executable, "-m", "pytest", "--nbval", "--nbval-current-env", "-p", "no:cacheprovider", "changed.ipynb"],
        cwd=tmp_path,
        env={**os.environ, "ANALYSIS_HOME": str(HOME)},
        capture_output=True,
        text=True,
        check=False,
    )
    failed = {int(number) for number in re.findall(r"^FAILED changed\.ipynb::Cell (\d+)", result.stdout, re.MULTILINE)}
    assert (result.returncode, failed) == (1, changed), result.stdout
