"""Many report files, each reduced to its facts as soon as it is read; PDFs on all processors."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path

from analysis import processes
from analysis.errors import AnalysisError
from analysis.sources.reports.cover import read_report
from analysis.sources.reports.facts import Report
from analysis.sources.reports.pages import content_of, pages_of, sha256_of_pdf

FEWEST_PDFS_TO_SHARE = 6
_CHUNK = 4


@dataclass(frozen=True)
class Outcome:
    """What became of one file: its report, or why it has none."""

    path: Path
    report: Report | None
    sha256: str | None
    failure: str | None
    characters: int | None = None
    """Characters of a text, form feeds among them; None for a PDF."""


def read_one(path: Path) -> Outcome:
    """Read one file to its facts; a failure that a person can act on is kept, not raised."""
    try:
        content = content_of(path)
        pages, sha256 = pages_of(path, content), sha256_of_pdf(path, content)
        characters = None if sha256 else sum(map(len, pages)) + len(pages) - 1
        return Outcome(path, read_report(pages, file=path.name), sha256, None, characters)
    except AnalysisError as error:
        return Outcome(path, None, None, str(error))


def read_many(paths: Sequence[Path], progress: Callable[[str, int, int], None] | None = None) -> list[Outcome]:
    """Read report files; the order of what comes back is that of `paths`.

    Args:
        paths: PDFs and texts. Texts take milliseconds and are read in this process; from six PDFs on, the PDFs are
            shared out among the processors.
        progress: called after each file with what is being read, how many are done and how many there are.

    Returns:
        One outcome a file.

    Raises:
        AnalysisError: the system ended a process that read PDFs.
    """
    pdfs = [path for path in paths if path.suffix.lower() == ".pdf"]
    texts = [path for path in paths if path.suffix.lower() != ".pdf"]
    done: dict[Path, Outcome] = {}
    for outcome in _each(pdfs, texts):
        done[outcome.path] = outcome
        if progress is not None:
            progress("inspection reports", len(done), len(paths))
    return [done[path] for path in paths]


def _each(pdfs: Sequence[Path], texts: Sequence[Path]) -> Iterator[Outcome]:
    yield from map(read_one, texts)
    workers = min(os.cpu_count() or 1, len(pdfs))
    if len(pdfs) < FEWEST_PDFS_TO_SHARE or workers < 2:
        yield from map(read_one, pdfs)
        return
    context = multiprocessing.get_context("spawn")
    read = 0
    with ProcessPoolExecutor(workers, mp_context=context, initializer=processes.follow_the_first) as pool:
        try:
            for outcome in pool.map(read_one, pdfs, chunksize=_CHUNK):
                read += 1
                yield outcome
        except BrokenProcessPool:
            near = ", ".join(path.name for path in pdfs[read : read + workers * _CHUNK])
            raise AnalysisError(
                f"A process that read PDFs ended without a word, most likely at one of {near}. "
                "Most often memory ran out: close other programs, or give these files by themselves."
            ) from None
