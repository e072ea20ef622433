"""One measurement in a process of its own: a case on an engine, from Parquet files to a Parquet file."""

from __future__ import annotations

import multiprocessing
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, cast

import pandas as pd
import polars as pl

from benchmarks import cases, prepared

ENGINES = ("duckdb", "sql", "polars", "pandas")
"""A transform on DuckDB, the hand-written SQL, the transform on lazy polars (streaming), and on pandas."""

FAILED = "failed"
"""How the words begin that stand for a measurement which broke off by itself."""

_CHECKS = ("require_unique", "require_match")


@dataclass(frozen=True)
class Settings:
    """What to measure.

    Args:
        case: the name of the case.
        engine: one of `ENGINES`.
        world: the folder with the tables.
        result: the file to write.
        memory: how much memory DuckDB may use.
        threads: how many threads DuckDB may use.
    """

    case: str
    engine: str
    world: str
    result: str
    memory: str
    threads: int


@dataclass(frozen=True)
class Measured:
    """What was measured.

    Args:
        seconds: from opening the tables to the written result.
        checks: how many of them went into the transform's checks of its inputs.
        cpu: seconds of all processors together.
        cpu_checks: how many of them went into the checks.
        peak: the most memory that the process held, in megabytes.
        base: the memory that it held before, with its libraries.
    """

    seconds: float
    checks: float
    cpu: float
    cpu_checks: float
    peak: float
    base: float


class _Clock:
    """Time passed, and how much of it in checks."""

    def __init__(self) -> None:
        self.seconds = self.cpu = 0.0

    def around(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*given: Any, **named: Any) -> Any:
            seconds, cpu = time.perf_counter(), _cpu()
            try:
                return function(*given, **named)
            finally:
                self.seconds += time.perf_counter() - seconds
                self.cpu += _cpu() - cpu

        return timed


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def memory() -> float:
    """The most memory that this process has held, in megabytes."""
    status = Path("/proc/self/status")
    if status.exists():
        # What getrusage gives is inherited from the process that started this one.
        held = next(line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM"))
        return int(held.split()[1]) / 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / 1024**2 if sys.platform == "darwin" else most / 1024


_CONTEXT: Any = multiprocessing.get_context(
    "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
)


def measure(settings: Settings, limit: float) -> Measured | str:
    """Run a case once in a process of its own, which finds all libraries imported and none used.

    Args:
        settings: what to measure.
        limit: seconds after which to stop it.

    Returns:
        What was measured, or why there is nothing.
    """
    if _CONTEXT.get_start_method() == "forkserver":
        _CONTEXT.set_forkserver_preload(["benchmarks.measure", *cases.REGISTRIES])
    ours, theirs = _CONTEXT.Pipe(duplex=False)
    process = _CONTEXT.Process(target=_run, args=(settings, theirs))
    process.start()
    theirs.close()
    try:
        if not ours.poll(limit):
            process.kill()
            return f"stopped after {limit:.0f} s"
        return cast("Measured | str", ours.recv())
    except EOFError:
        process.join()
        return f"{FAILED}: ended by the system (exit status {process.exitcode})"
    finally:
        process.join()


def _run(settings: Settings, answer: Connection) -> None:
    try:
        answer.send(_measured(settings))
    except Exception as problem:
        answer.send(f"{FAILED}: {type(problem).__name__}: {str(problem).splitlines()[0]}")
        raise


def _measured(settings: Settings) -> Measured:
    case = cases.registered()[settings.case]
    run = {"duckdb": _duckdb, "sql": _sql, "polars": _polars, "pandas": _pandas}[settings.engine]
    checks, whole = _Clock(), _Clock()
    for module in [module for name, module in sys.modules.items() if name.startswith("analysis.")]:
        for name in _CHECKS:
            if hasattr(module, name) and module.__name__ != "analysis.frames":
                setattr(module, name, checks.around(getattr(module, name)))
    base = memory()
    whole.around(run)(case, settings)
    return Measured(whole.seconds, checks.seconds, whole.cpu, checks.cpu, memory(), base)


def _connected(settings: Settings) -> Any:
    con = prepared.connect(Path(settings.world), settings.memory)
    con.execute(f"SET threads = {settings.threads}")
    return con


def _duckdb(case: cases.Case, settings: Settings) -> None:
    con = _connected(settings)
    world = Path(settings.world)
    frames = {table: con.sql(f"FROM {prepared.scan(world, table)}") for table in case.tables}
    prepared.write(con, case.call(frames), Path(settings.result))


def _sql(case: cases.Case, settings: Settings) -> None:
    con = _connected(settings)
    for table in case.tables:
        con.execute(f"CREATE VIEW {table} AS FROM {prepared.scan(Path(settings.world), table)}")
    con.execute(f"COPY ({case.sql}) TO '{settings.result}' (FORMAT parquet, COMPRESSION zstd)")


def _polars(case: cases.Case, settings: Settings) -> None:
    frames = {table: pl.scan_parquet(f"{settings.world}/{table}/*.parquet") for table in case.tables}
    case.call(frames).sink_parquet(settings.result, engine="streaming")


def _pandas(case: cases.Case, settings: Settings) -> None:
    frames = {table: pd.read_parquet(f"{settings.world}/{table}") for table in case.tables}
    case.call(frames).to_parquet(settings.result, compression="zstd")
