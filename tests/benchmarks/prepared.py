"""What one transform gives and another takes: computed once by the product, on DuckDB, and kept as Parquet."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import narwhals as nw
import polars as pl

from analysis import assessments, cohorts, progress, reliability, weaknesses
from benchmarks import world
from benchmarks.cases import AS_AT_DAYS, COHORTS, COMPARED_PROGRAMMES, UNTIL, YEAR

Frames = Mapping[str, Any]


@dataclass(frozen=True)
class Prepared:
    """A table that the product computes.

    Args:
        tables: the tables that it is computed of.
        call: computes it of the frames by these names.
    """

    tables: tuple[str, ...]
    call: Callable[[Frames], Any]


def _of_programmes(frames: Frames, *, compared: bool) -> Any:
    among = nw.col("programme").is_in(COMPARED_PROGRAMMES)
    return nw.from_native(frames["reports"]).filter(among if compared else ~among).to_native()


PREPARED: dict[str, Prepared] = {
    "graded_judgements": Prepared(
        ("inspections", "judgements", "domains"),
        lambda f: progress.graded(f["inspections"], f["judgements"], f["domains"]),
    ),
    "cohort": Prepared(
        ("areas", "regions", "neighbours", "cqc_reviews", "inspections"),
        lambda f: cohorts.beside(list(COHORTS), **f),
    ),
    "one_cohort": Prepared(
        ("areas", "regions", "neighbours", "cqc_reviews", "inspections"), lambda f: cohorts.cohort(COHORTS[0], **f)
    ),
    "as_at_grades": Prepared(
        ("graded_judgements", "areas"), lambda f: progress.as_at(f["graded_judgements"], f["areas"], AS_AT_DAYS)
    ),
    "judgement_trajectories": Prepared(
        ("graded_judgements", "cohort"), lambda f: progress.trajectories(f["graded_judgements"], f["cohort"])
    ),
    "repeats": Prepared(
        ("graded_judgements",), lambda f: progress.repeat_inspections(f["graded_judgements"], until=UNTIL)
    ),
    "spells": Prepared(
        ("graded_judgements", "areas"), lambda f: progress.recovery_spells(f["graded_judgements"], f["areas"], UNTIL)
    ),
    "rates": Prepared(
        ("assessments", "children", "areas"),
        lambda f: assessments.factor_rates(f["assessments"], f["children"], f["areas"]),
    ),
    "reports": Prepared(
        ("coverage", "inspections", "areas", "regions", "graded_judgements"), lambda f: weaknesses.read_reports(**f)
    ),
    "some_reports": Prepared(("reports",), lambda f: _of_programmes(f, compared=True)),
    "others": Prepared(("reports",), lambda f: _of_programmes(f, compared=False)),
    "reported_findings": Prepared(("findings", "reports"), lambda f: weaknesses.reported(f["findings"], f["reports"])),
    "theme_successions": Prepared(
        ("reported_findings", "reports", "cohort"), lambda f: weaknesses.successions(**f, subject="all")
    ),
    "weakness_aftermath": Prepared(
        ("reported_findings", "reports", "inspections", "cohort"), lambda f: weaknesses.aftermath(**f, subject="all")
    ),
    "area_measures": Prepared(
        ("reported_findings", "reports", "rates", "cohort"),
        lambda f: weaknesses.measures(**f, subject="all", year=YEAR),
    ),
    "coded_pairs": Prepared(
        ("findings", "second_reading"), lambda f: reliability.pairs(f["findings"], f["second_reading"])
    ),
}
"""The prepared tables by name, each after those that it is computed of."""


def beside(curated: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """The curated tables, and beside them every prepared one.

    Args:
        curated: every table of `data/raw` by its name, or the same with other rows.
    """
    frames = dict(curated)
    for name, prepared in PREPARED.items():
        frames[name] = prepared.call({table: frames[table] for table in prepared.tables})
    return frames


def make(folder: Path, englands: int, tables: Iterable[str], seed: int = world.SEED) -> None:
    """Make tables of a world and prepared ones, each as a folder of Parquet files; those there already are left.

    Args:
        folder: where to make them.
        englands: the size of the world.
        tables: the names of tables, as `benchmarks.cases` lists them.
        seed: the same seed gives the same rows.
    """
    wanted = _with_what_they_need(tables)
    world.make(folder, englands, [table for table in wanted if table in world.TABLES], seed)
    for name, prepared in PREPARED.items():
        if name in wanted and not (folder / name).exists():
            unfinished = folder / f"{name}.unfinished"
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.mkdir()
            con = connect(folder, "2GB")
            frames = {table: con.sql(f"FROM {scan(folder, table)}") for table in prepared.tables}
            write(con, prepared.call(frames), unfinished / "whole.parquet")
            con.close()
            unfinished.rename(folder / name)


def _with_what_they_need(tables: Iterable[str]) -> set[str]:
    needed: set[str] = set()
    waiting = list(tables)
    while waiting:
        table = waiting.pop()
        if table not in needed:
            needed.add(table)
            waiting += PREPARED[table].tables if table in PREPARED else ()
    return needed


def connect(folder: Path, memory_limit: str) -> duckdb.DuckDBPyConnection:
    """A connection that may hold so much in memory, and writes beside the world what it cannot."""
    con = duckdb.connect(config={"memory_limit": memory_limit, "temp_directory": str(folder / "spilled")})
    con.execute("SET enable_progress_bar = false")
    return con


def scan(folder: Path, table: str) -> str:
    """The SQL that reads a table of a world."""
    return f"read_parquet('{folder / table}/*.parquet')"


def write(con: duckdb.DuckDBPyConnection, relation: duckdb.DuckDBPyRelation, path: Path) -> None:
    """Write a relation as Parquet, in its order, without passing through Python."""
    con.execute(f"COPY ({relation.sql_query()}) TO '{path}' (FORMAT parquet, COMPRESSION zstd)")
