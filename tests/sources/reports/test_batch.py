"""Many reports at once: no process outlives the command, and one that is ended is told of."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import report_examples as example
from pypdf import PdfReader

from analysis.errors import AnalysisError
from analysis.sources.reports import batch, pages

READING = """
import sys
from pathlib import Path
from analysis.sources.reports.batch import read_many

if __name__ == "__main__":
    read_many(sorted(Path(sys.argv[1]).glob("*.pdf")), lambda *done: print(*done, flush=True))
"""


@pytest.fixture
def pdfs(tmp_path: Path) -> list[Path]:
    """Forty PDFs of some pages."""
    pages = example.single_inspection() * 4
    return [example.write_pdf(tmp_path, f"rotherham-2014-11-{n}-sif", pages) for n in range(100, 140)]


@pytest.mark.skipif(os.cpu_count() == 1, reason="one processor reads by itself")
def test_no_process_outlives_one_that_was_killed(tmp_path: Path, pdfs: list[Path]) -> None:
    script = tmp_path / "reading.py"
    script.write_text(READING, encoding="utf-8")
    first = subprocess.Popen([sys.executable, script, tmp_path], stdout=subprocess.PIPE, text=True)  # noqa: S603
    assert first.stdout is not None
    assert "inspection reports" in first.stdout.readline()
    first.kill()
    # What it prints to comes to its end once every process that holds it has ended.
    told, _ = first.communicate(timeout=60)
    assert len(told.splitlines()) < len(pdfs)


@pytest.mark.parametrize("change", [Path.unlink, lambda path: path.write_bytes(b"another")], ids=["gone", "another"])
def test_a_report_that_changes_while_it_is_read_has_the_hash_of_its_pages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[Path], object]
) -> None:
    path = example.write_pdf(tmp_path, "rotherham-2014-11-19-sif", example.single_inspection())
    read = batch.read_one(path)
    extract = pages._extract

    def changed(path: Path, reader: PdfReader) -> list[str]:
        change(path)
        return extract(path, reader)

    monkeypatch.setattr(pages, "_extract", changed)
    assert batch.read_one(path) == read
    assert read.failure is None


def _end_at_once(path: Path) -> batch.Outcome:
    os.kill(os.getpid(), signal.SIGKILL)
    return batch.Outcome(path, None, None, None)


@pytest.mark.skipif(sys.platform == "win32" or os.cpu_count() == 1, reason="there is nothing to end so")
def test_a_process_that_was_ended_is_told_of(pdfs: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "read_one", _end_at_once)
    with pytest.raises(
        AnalysisError, match=r"ended without a word, most likely at one of rotherham-2014-11-100-sif\.pdf"
    ):
        batch.read_many(pdfs)
