"""The command `analysis`, stopped at a chosen change to the project's files: `python -m attacks.command ... -- build`.

Each change that Python makes (a folder made, a file opened for writing, a name given, taken or exchanged) is an event,
counted from 1. At the event of `--at` the process is killed before it happens, or the system refuses it as on a disk
that is full. The small project has fewer charts and areas; what writes them is the same code.
"""

from __future__ import annotations

import argparse
import errno
import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from analysis.manifest import Entry
from analysis.publish.areas import Areas

CHANGES = {"os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.link", "os.symlink", "os.truncate", "os.chmod"}
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class Events:
    """The changes so far, and what to do at one of them."""

    def __init__(self, home: Path, at: int, act: Callable[[str], None], of: str = "") -> None:
        """Begin to watch; only events of one name count, where it is given."""
        self.home, self.at, self.act, self.of = str(home), at, act, of
        self.seen: list[str] = []
        sys.addaudithook(self._hook)

    def _hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & WRITING
        if writes or event in CHANGES or event == "exchange":
            named = os.fsdecode(arguments[0]) if isinstance(arguments[0], (str, bytes, os.PathLike)) else ""
            if named.startswith(self.home) and event.startswith(self.of):
                self.seen.append(f"{event} {named}")
                if len(self.seen) == self.at:
                    self.act(self.seen[-1])


def kill(_: str) -> None:
    """End this process as `kill -9` does."""
    os.kill(os.getpid(), signal.SIGKILL)


def refuse(number: int) -> Callable[[str], None]:
    """Refuse an event as the system does."""

    def act(what: str) -> None:
        raise OSError(number, os.strerror(number), what.split(" ", 1)[1])

    return act


def _put(module: Any, **values: Any) -> None:
    """Put something else in the place of what a module holds, in this process."""
    for name, value in values.items():
        setattr(module, name, value)


def watch_exchanges() -> None:
    """Have the exchange of two folders count as an event; Python itself does not tell of it."""
    from analysis import folders
    from analysis.exchange import exchange

    def told(one: Path, other: Path) -> bool:
        sys.audit("exchange", str(one), str(other))
        return exchange(one, other)

    _put(folders, exchange=told)


def without_exchange() -> None:
    """Have folders replaced as where the system cannot exchange two names."""
    from analysis import folders

    _put(folders, exchange=lambda one, other: False)


def make_small() -> None:
    """Leave one chart and two areas to build."""
    from analysis import catalogue
    from analysis.catalogue import theme
    from analysis.publish import areas, site

    all_areas = site._areas
    _put(
        catalogue,
        questions=lambda tables: [("Which?", catalogue.inspections.of_the_fifty(tables)[:1])],
        LEADING=("fifty_by_basis",),
    )
    _put(theme, themes=lambda tables: [])
    _put(site, _areas=lambda tables: all_areas(tables)[:2])
    _put(areas, WORTH_ANOTHER_PROCESS=2)


class TinyAreas(Areas):
    """The areas of a tiny project, in whichever process they are written."""

    def write(self) -> Iterator[list[Entry]]:
        """Write one area after the other."""
        make_tiny()
        yield from super().write()


class TinyCode(str):
    """The code of an area of a tiny project, which tells a process that is given it that the project is tiny."""

    __slots__ = ()

    def __reduce__(self) -> tuple[Callable[[str], TinyCode], tuple[str]]:
        """Have the process that is given it say so first."""
        return tiny_code, (str(self),)


def tiny_code(code: str) -> TinyCode:
    """Give a second process, which begins as the product's does, the code of an area, and tiny areas to write."""
    from analysis.publish import areas

    _put(areas, Areas=TinyAreas)
    return TinyCode(code)


def make_tiny() -> None:
    """Leave out what only computes and draws: what checks, writes, locks and replaces is left as it is."""
    import altair
    import polars

    from analysis import catalogue
    from analysis.catalogue import profile
    from analysis.charts import render
    from analysis.charts.figure import Figure
    from analysis.publish import areas, assets, site

    def figure() -> Figure:
        rows = polars.DataFrame({"n": [1]})
        chart = altair.Chart(rows).mark_bar().encode(x="n:Q")
        return Figure("fifty_by_basis", chart, "One", "One", "Nobody", "None", "One bar", rows)

    make_small()
    _put(catalogue, questions=lambda tables: [("Which?", [figure()])])
    _put(profile, profile=lambda tables, area: (area, tables["findings"].height))
    _put(
        areas,
        area_files=lambda found, words: {
            f"areas/{found[0]}.html": f"{found} {words.data_version}".encode(),
            f"areas/{found[0]}.svg": b"picture" * 9999,
        },
    )
    some_areas = site._areas
    _put(
        site, _areas=lambda tables: [{**area, "area_code": TinyCode(area["area_code"])} for area in some_areas(tables)]
    )
    _put(assets, _renderer=lambda: "renderer")
    _put(render, svg=lambda drawn: '<svg width="10" height="10"></svg>', png=lambda drawn: b"picture")


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="few charts and areas")
    parser.add_argument("--tiny", action="store_true", help="nothing computed or drawn, either")
    parser.add_argument("--kill-at", type=int, default=0, metavar="EVENT")
    parser.add_argument("--of", default="", metavar="NAME", help="only events of this name count")
    parser.add_argument("--full-at", type=int, default=0, metavar="EVENT")
    parser.add_argument("--two-renames", action="store_true", help="as where the system exchanges no names")
    parser.add_argument("--events", type=Path, metavar="FILE", help="list the events there")
    parser.add_argument("arguments", nargs="+", metavar="-- ARGUMENT")
    given = parser.parse_args()
    home = Path(os.environ["ANALYSIS_HOME"]).resolve()
    if given.tiny:
        make_tiny()
    elif given.small:
        make_small()
    if given.two_renames:
        without_exchange()
    else:
        watch_exchanges()
    events = Events(home, given.kill_at or given.full_at, kill if given.kill_at else refuse(errno.ENOSPC), given.of)
    from analysis import cli

    sys.argv = ["analysis", *given.arguments]
    try:
        cli.main()
    finally:
        if given.events:
            given.events.write_text("\n".join(events.seen) + "\n", "utf-8")


if __name__ == "__main__":
    main()
