"""The command `analysis` on a tiny project: `python -m attacks.command -- build`.

It builds one chart and two areas, and what only computes and draws is left out; what checks, writes, locks and replaces
is the code of the product. With `--kill-at` it is killed before a change that it makes to the project's files.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from types import ModuleType

from analysis.manifest import Entry
from analysis.publish.areas import Areas
from attacks.events import Events, kill, put, watch_exchanges
from attacks.projects import SECOND_PROCESS, TWO_PROCESSES


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

    put(areas, Areas=TinyAreas)
    return TinyCode(code)


def make_tiny() -> None:
    """Leave one chart and two areas to build, by one process, with nothing to compute or draw."""
    import altair
    import polars

    # The product's own loads scipy and statsmodels, which takes as long as all the rest of a tiny build.
    reliability = ModuleType("analysis.reliability")
    put(reliability, pairs=lambda *readings: None, agreement=lambda pairs: polars.DataFrame())
    sys.modules[reliability.__name__] = reliability

    from analysis import catalogue
    from analysis.catalogue import profile, theme
    from analysis.charts import render
    from analysis.charts.figure import Figure
    from analysis.publish import areas, assets, site

    def figure() -> Figure:
        rows = polars.DataFrame({"n": [1]})
        chart = altair.Chart(rows).mark_bar().encode(x="n:Q")
        return Figure("fifty_by_basis", chart, "One", "One", "Nobody", "None", "One bar", rows)

    all_areas = site._areas
    put(catalogue, questions=lambda tables: [("Which?", [figure()])], LEADING=("fifty_by_basis",))
    put(theme, themes=lambda tables: [])
    put(profile, profile=lambda tables, area: (area, tables["findings"].height))
    put(
        areas,
        area_files=lambda found, words: {
            f"areas/{found[0]}.html": f"{found} {words.data_version}".encode(),
            f"areas/{found[0]}.svg": b"picture" * 9999,
        },
    )
    put(
        site,
        _areas=lambda tables: [{**area, "area_code": TinyCode(area["area_code"])} for area in all_areas(tables)[:2]],
    )
    put(assets, _renderer=lambda: "renderer")
    put(render, svg=lambda drawn: '<svg width="10" height="10"></svg>', png=lambda drawn: b"picture")
    write_areas_by(1)


def write_areas_by(processes: int) -> None:
    """Have two areas written by one process or by two, whatever the number of processors."""
    from analysis.publish import areas

    put(areas, WORTH_ANOTHER_PROCESS=2)
    put(os, cpu_count=lambda: processes)


def tell_of_a_second_process() -> None:
    """Print a line when a second process has been started, so that one sees that there is one."""
    from analysis import processes

    send = processes.send

    def told(task: processes.Task, pipes: Iterable[Connection]) -> None:
        print(SECOND_PROCESS, flush=True)
        send(task, pipes)

    put(processes, send=told)


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(TWO_PROCESSES, action="store_true", help="a second process writes areas, too")
    parser.add_argument("--kill-at", type=int, default=0, metavar="EVENT")
    parser.add_argument("--of", default="", metavar="NAME", help="only events of this name count")
    parser.add_argument("arguments", nargs="+", metavar="-- ARGUMENT")
    given = parser.parse_args()
    make_tiny()
    if given.two_processes:
        write_areas_by(2)
        tell_of_a_second_process()
    if given.kill_at:
        watch_exchanges()
        Events(Path(os.environ["ANALYSIS_HOME"]), given.kill_at, kill, given.of)
    from analysis import cli

    sys.argv = ["analysis", *given.arguments]
    cli.main()


if __name__ == "__main__":
    main()
