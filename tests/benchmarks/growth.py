"""How the cost of each transform grows with the data, beside the best SQL written by hand: run, compare, print.

    PYTHONPATH=tests python -m benchmarks.growth --rows 1e4,1e6 --engines duckdb,sql,polars,pandas

Every measurement is a process of its own that reads Parquet files and writes one; repetitions of the engines take
turns. `README.md` beside this file says how to read what is printed.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median

from benchmarks import cases, prepared, results, world
from benchmarks.measure import ENGINES, FAILED, Measured, Settings, measure

AIM = 1.2
"""A transform on DuckDB should take no more than this many times what the SQL takes."""

_WORLD_TOLD_BY = {"assessments": "assessments", "progress": "judgements", "cohorts": "judgements"}
"""The table whose rows are the size of a package's world; of all others, findings."""


@dataclass
class Row:
    """A case on an engine at a size.

    Args:
        case: the name of the case.
        engine: one of `benchmarks.measure.ENGINES`.
        size: the rows asked for, of the table that tells the size of the package's world.
        rows: the rows of the case's main table.
        runs: what was measured, one a repetition.
        said: why there is no measurement, or fewer than asked for.
        equal: whether the result is that of the first engine; None where it is the first or there is none.
    """

    case: str
    engine: str
    size: int
    rows: int
    runs: list[Measured] = field(default_factory=list)
    said: str = ""
    equal: bool | None = None

    @property
    def seconds(self) -> float:
        return min(run.seconds for run in self.runs)

    @property
    def cpu(self) -> float:
        return min(run.cpu for run in self.runs)

    @property
    def unchecked(self) -> float:
        return min(run.seconds - run.checks for run in self.runs)

    @property
    def unchecked_cpu(self) -> float:
        return min(run.cpu - run.cpu_checks for run in self.runs)

    @property
    def peak(self) -> float:
        return max(run.peak for run in self.runs)


@dataclass(frozen=True)
class Options:
    """What was asked for on the command line."""

    sizes: list[int]
    engines: list[str]
    cases: list[cases.Case]
    repeats: int
    limit: float
    memory: str
    most: float
    threads: int
    folder: Path
    seed: int


def englands(case: cases.Case, size: int) -> int:
    """How many Englands hold as many rows as asked for."""
    return math.ceil(size / world.ROWS[_WORLD_TOLD_BY.get(case.package, "findings")])


def run(options: Options) -> list[Row]:
    """Measure each case on each engine at each size, smallest first, and print each as it is done."""
    done: dict[tuple[str, str], Row] = {}
    rows: list[Row] = []
    for size in sorted(options.sizes):
        print(f"\n{size:.0e} rows\n{HEAD}")
        for case in options.cases:
            of_case = _measured(case, size, options, done)
            rows += of_case
            done |= {(row.case, row.engine): row for row in of_case if row.runs}
            for row in of_case:
                print(line(row, of_case), flush=True)
    return rows


def _measured(case: cases.Case, size: int, options: Options, smaller: dict[tuple[str, str], Row]) -> list[Row]:
    many = englands(case, size)
    folder = options.folder / f"englands-{many}-seed-{options.seed}"
    prepared.make(folder, many, case.tables, options.seed)
    count = results.rows(folder / case.main)
    rows = [Row(case.name, engine, size, count) for engine in options.engines]
    for row in rows:
        row.said = _out_of_reach(row, smaller.get((row.case, row.engine)), options)
    with tempfile.TemporaryDirectory(dir=options.folder) as scratch:
        for _ in range(options.repeats):
            for row in rows:
                if not row.said:
                    result = Path(scratch) / f"{row.engine}.parquet"
                    settings = Settings(
                        case.name, row.engine, str(folder), str(result), options.memory, options.threads
                    )
                    found = measure(settings, options.limit)
                    if isinstance(found, str):
                        row.said = found
                        result.unlink(missing_ok=True)
                    else:
                        row.runs.append(found)
        _compare(rows, Path(scratch))
    return rows


def _out_of_reach(row: Row, smaller: Row | None, options: Options) -> str:
    """Why there is no use in trying, told by the size before; empty if there is."""
    if smaller is None:
        return ""
    times = row.rows / max(smaller.rows, 1)
    seconds = smaller.seconds * times
    if seconds > 2 * options.limit:
        return f"not run: would take about {seconds / 60:.0f} min"
    base = min(run.base for run in smaller.runs)
    needed = (base + (smaller.peak - base) * times) / 1024
    if row.engine in ("polars", "pandas") and needed > options.most:
        return f"not run: needs about {needed:.0f} GB"
    return ""


def _compare(rows: Sequence[Row], scratch: Path) -> None:
    """Hold each engine's result against that of the first one that gave any."""
    given = [row for row in rows if (scratch / f"{row.engine}.parquet").exists()]
    for row in given[1:]:
        first, other = (scratch / f"{engine}.parquet" for engine in (given[0].engine, row.engine))
        row.equal = results.same(first, other)


HEAD = (
    f"{'case':34}{'engine':8}{'rows':>12}{'seconds':>9}{'median':>9}{'cpu':>8}{'checks':>8}{'peak MB':>9}"
    f"{'× SQL':>8}{'× SQL, no checks':>18}{'cpu ×':>7}  "
)


def line(row: Row, of_case: Sequence[Row]) -> str:
    """What is printed of a row: times, memory, and ratios to the SQL of the same case and size."""
    start = f"{row.case:34}{row.engine:8}{row.rows:12,}"
    if not row.runs:
        return f"{start}  {row.said}"
    sql = next((other for other in of_case if other.engine == "sql" and other.runs), None)
    seconds = [measured.seconds for measured in row.runs]
    checks = min(measured.checks for measured in row.runs)
    text = f"{start}{row.seconds:9.2f}{median(seconds):9.2f}{row.cpu:8.2f}{checks:8.2f}{row.peak:9,.0f}"
    if sql is None or row is sql:
        text += " " * 33
    else:
        ratio, unchecked = row.seconds / sql.seconds, row.unchecked / sql.seconds
        above = " !" if row.engine == "duckdb" and unchecked > AIM else "  "
        text += f"{ratio:8.2f}{unchecked:16.2f}{above}{row.unchecked_cpu / sql.cpu:7.2f}"
    said = [row.said] if row.said else []
    said += ["RESULT DIFFERS"] if row.equal is False else []
    return f"{text}  {'; '.join(said)}".rstrip()


def _asked(arguments: Sequence[str] | None) -> tuple[Options, Path | None]:
    parser = argparse.ArgumentParser(prog="benchmarks.growth", description=__doc__, allow_abbrev=False)
    parser.add_argument("--rows", default="1e4,1e5,1e6", help="sizes, as 1e4,1e6")
    parser.add_argument("--engines", default=",".join(ENGINES), help=f"of {', '.join(ENGINES)}")
    parser.add_argument("--transforms", default="", help="names or packages, as progress,weaknesses.states; all")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--limit", type=float, default=600, help="seconds for one measurement")
    parser.add_argument("--memory", default="4GB", help="what DuckDB may hold; the rest it writes to disk")
    parser.add_argument("--most", type=float, default=8, help="gigabytes that polars and pandas may need")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "growth", help="for the worlds")
    parser.add_argument("--seed", type=int, default=world.SEED)
    parser.add_argument("--json", type=Path, help="file to write all measurements to")
    given = parser.parse_args(arguments)
    engines = given.engines.split(",")
    if set(engines) - set(ENGINES):
        parser.error(f"engines are {', '.join(ENGINES)}")
    wanted = [name for name in given.transforms.split(",") if name]
    chosen = [
        case for case in cases.registered().values() if not wanted or case.name in wanted or case.package in wanted
    ]
    if not chosen:
        parser.error(f"transforms are {', '.join(cases.registered())}")
    os.environ["POLARS_MAX_THREADS"] = str(given.threads)
    given.folder.mkdir(parents=True, exist_ok=True)
    sizes = [int(float(size)) for size in given.rows.split(",")]
    options = Options(
        sizes,
        engines,
        chosen,
        given.repeats,
        given.limit,
        given.memory,
        given.most,
        given.threads,
        given.folder,
        given.seed,
    )
    return options, given.json


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and tell by the exit status whether every engine that was run gave the same."""
    options, path = _asked(arguments)
    rows = run(options)
    if path is not None:
        path.write_text(json.dumps([asdict(row) for row in rows], indent=1) + "\n", encoding="utf-8")
    slow = sorted(
        {
            row.case
            for row in rows
            for sql in rows
            if row.engine == "duckdb"
            and row.runs
            and sql.runs
            and (sql.case, sql.engine, sql.size) == (row.case, "sql", row.size)
            and row.size == max(options.sizes)
            and row.unchecked > AIM * sql.seconds
        }
    )
    differ = [f"{row.case} on {row.engine} at {row.size:.0e}" for row in rows if row.equal is False]
    print(f"\nAbove {AIM} times the SQL at the largest size, checks left out: {', '.join(slow) or 'none'}.")
    print(f"Results that differ: {', '.join(differ) or 'none'}.")
    failed = [f"{row.case} on {row.engine} at {row.size:.0e}" for row in rows if row.said.startswith(FAILED)]
    print(f"Without a result, though run to the end: {', '.join(failed) or 'none'}.")
    return 1 if differ or failed else 0


if __name__ == "__main__":
    sys.exit(main())
