"""The pages of the areas, written by as many processes as there are processors: each is a second or two of work."""

from __future__ import annotations

import multiprocessing
import os
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis import processes
from analysis.errors import AnalysisError
from analysis.publish import manifest
from analysis.publish.pages import area_page
from analysis.publish.pictures import Picture, picture
from analysis.publish.site import Words

if TYPE_CHECKING:
    import polars as pl

    from analysis.catalogue.profile import Profile

WORTH_ANOTHER_PROCESS = 8
"""So many areas take longer than a process needs to start."""
AT_MOST = 8
"""Processes, each of which holds the tables."""


@dataclass(frozen=True)
class Work:
    """What a process needs to write areas.

    Args:
        frames: the curated tables.
        area_codes: the areas.
        words: what every page says.
        folder: the site's folder.
    """

    frames: Mapping[str, pl.DataFrame]
    area_codes: Sequence[str]
    words: Words
    folder: Path


class Areas:
    """The areas to be written, of which each process takes the next until none is left."""

    def __init__(self, work: Work, turn: Any) -> None:
        """Begin with the area whose turn it is."""
        self._work, self._turn = work, turn

    def write(self) -> Iterator[list[manifest.Entry]]:
        """Write one area after the other; give the manifest's entries of each."""
        from analysis.catalogue.profile import profile
        from analysis.catalogue.tables import Tables

        tables = Tables(self._work.frames)
        while (place := self._next()) < len(self._work.area_codes):
            files = area_files(profile(tables, self._work.area_codes[place]), self._work.words)
            yield manifest.write(self._work.folder, files)

    def _next(self) -> int:
        with self._turn.get_lock():
            place: int = self._turn.value
            self._turn.value = place + 1
        return place


def area_files(profile: Profile, words: Words) -> dict[str, bytes]:
    """The page of an area and its pictures, by their path in the site."""
    drawn = {figure.name: picture(figure) for figure in profile.figures}
    shown = [Picture(f"{name}.svg", one.alt, one.size) for name, one in drawn.items()]
    return {
        **{f"areas/{name}.svg": one.svg for name, one in drawn.items()},
        f"areas/{profile.area['slug']}.html": area_page(profile, shown, words).encode(),
    }


@contextmanager
def writing(work: Work) -> Iterator[tuple[Areas, list[manifest.Entry]]]:
    """Let other processes write areas while this one has something else to do.

    Args:
        work: what is to be written.

    Yields:
        The areas, to join in with `write`, and a list to which the entries that the others wrote are added at the end.

    Raises:
        AnalysisError: what stopped another process.
        OSError: the system would not let it write.
        RuntimeError: a mistake stopped it; its traceback.
    """
    context = multiprocessing.get_context("spawn")
    turn = context.Value("q", 0)
    others = min(os.cpu_count() or 1, AT_MOST) - 1 if len(work.area_codes) >= WORTH_ANOTHER_PROCESS else 0
    started: list[tuple[SpawnProcess, Connection]] = []
    entries: list[manifest.Entry] = []
    try:
        for _ in range(others):
            mine, theirs = context.Pipe()
            process = context.Process(target=processes.begin, args=(turn, theirs), daemon=True)
            process.start()
            theirs.close()
            started.append((process, mine))
        if started:
            processes.send(partial(_join_in, work), [pipe for _, pipe in started])
        yield Areas(work, turn), entries
        for process, pipe in started:
            entries += _received(process, pipe)
    finally:
        for process, _ in started:
            process.kill()
            process.join()


def _join_in(work: Work, turn: Any, pipe: Connection) -> None:
    answer: list[manifest.Entry] | Exception
    try:
        answer = [entry for written in Areas(work, turn).write() for entry in written]
    except OSError as problem:
        answer = problem
    except AnalysisError as problem:
        answer = AnalysisError(str(problem))
    except Exception:
        answer = RuntimeError(f"A process that wrote area pages:\n{traceback.format_exc()}")
    pipe.send(answer)


def _received(process: SpawnProcess, pipe: Connection) -> list[manifest.Entry]:
    try:
        sent = pipe.recv()
    except (EOFError, ConnectionError):
        process.join()
        raise AnalysisError(
            f"A process that wrote area pages ended without a word (exit status {process.exitcode}). "
            "Most often memory ran out: close other programs, and build again."
        ) from None
    if isinstance(sent, Exception):
        raise sent
    return list(sent)
