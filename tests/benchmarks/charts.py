"""Every chart function given frames far too large: how long until it refuses, and how much memory that takes.

Run: `PYTHONPATH=tests python -m benchmarks.charts [--rows N]`. Each kind of frame is made and given in a process of its
own; `WAITS.md` says how to read the table.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import time
from pathlib import Path
from typing import Any

from charts import calls

import analysis
from analysis import catalogue
from analysis.charts import ChartDataError, frames, render
from benchmarks.measure import memory

RAW = Path(__file__).resolve().parents[2] / "data" / "raw"


def main() -> int:
    """Print the table; the exit status is 1 where a chart function did not refuse."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, default=10_000_000)
    rows = parser.parse_args().rows
    context = multiprocessing.get_context("spawn")
    drawn_anyway = 0
    print(f"{rows:,} rows; a chart of today’s rows is the measure: made and drawn in", flush=True)
    with context.Pool(1) as pool:
        print(f"  {pool.apply(_usual):.2f} s on average\n", flush=True)
    print(f"{'frames':12} {'given':>6} {'refused':>8} {'slowest':>9} {'all':>8} {'memory for it':>14}", flush=True)
    for kind in calls.KINDS:
        with context.Pool(1, maxtasksperchild=1) as pool:
            given, refused, slowest, altogether, grown = pool.apply(_refusals, (kind, rows))
        drawn_anyway += given - refused
        print(f"{kind:12} {given:6} {refused:8} {slowest:7.2f} s {altogether:6.2f} s {grown:11,.0f} MB", flush=True)
    for words, slowest in (("one text of 1 MB", _longest(1_000_000)), ("one of 100 MB", _longest(100_000_000))):
        print(f"{words}: refused in {slowest:.2f} s", flush=True)
    return 1 if drawn_anyway else 0


def _usual() -> float:
    started = time.perf_counter()
    with analysis.open(RAW) as con:
        figures = catalogue.catalogue(con)
        for figure in figures:
            render.svg(figure)
    return (time.perf_counter() - started) / len(figures)


def _refusals(kind: str, rows: int) -> tuple[int, int, float, float, float]:
    with analysis.open(RAW) as con:
        published = calls.published(con).calls
    wanted = {tuple(frame.columns) for call in published.values() for frame in call.frames.values()}
    large = {columns: calls.of_size(list(columns), rows, kind) for columns in wanted if kind != "pandas"}
    before = memory()
    times: list[float] = []
    refused = 0
    for call in published.values():
        for name, small in call.frames.items():
            # Of pandas, whose cells take a byte each, one frame is held at a time.
            frame: Any = large.get(tuple(small.columns))
            if frame is None:
                frame = calls.of_size(small.columns, rows, kind)
                before = max(before, memory())
            started = time.perf_counter()
            try:
                call.with_frame(name, frame)
            except ChartDataError:
                refused += 1
            times.append(time.perf_counter() - started)
    return len(times), refused, max(times), sum(times), memory() - before


def _longest(characters: int) -> float:
    import polars as pl

    rows = pl.DataFrame({"label": ["short", "x" * characters]})
    started = time.perf_counter()
    try:
        frames.tidy(rows, "made", "label", made_by="a transform")
    except ChartDataError:
        return time.perf_counter() - started
    raise AssertionError("was drawn")


if __name__ == "__main__":
    sys.exit(main())
