"""Whether two results are the same, told without holding them in memory."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import duckdb


def rows(table: Path) -> int:
    """The rows of a table that is a folder of Parquet files."""
    found = duckdb.execute(f"SELECT count(*) FROM read_parquet('{table}/*.parquet')").fetchone()  # noqa: S608
    return int(found[0]) if found else 0


def same(one: Path, other: Path) -> bool:
    """Whether two Parquet files hold the same rows in the same order, fractions to nine digits.

    Types are those of the first file: pandas holds days as instants, and whole numbers with gaps as fractions.
    """
    with duckdb.connect() as con:
        con.execute("SET enable_progress_bar = false")
        types = con.execute(f"DESCRIBE FROM '{one}'").fetchall()
        names = [row[0] for row in con.execute(f"DESCRIBE FROM '{other}'").fetchall()]
        if [row[0] for row in types] != names:
            return False
        first, second = (_digest(con, path, {row[0]: row[1] for row in types}) for path in (one, other))
    return len(first) == len(second) and all(_agree(a, b) for a, b in zip(first, second, strict=True))


def _digest(con: duckdb.DuckDBPyConnection, path: Path, types: dict[str, str]) -> tuple[Any, ...]:
    exact = [f'"{name}"::{kind}' for name, kind in types.items() if kind != "DOUBLE"]
    parts = [f"bit_xor(hash({', '.join(['file_row_number', *exact])}))", "count(*)"]
    for name in (name for name, kind in types.items() if kind == "DOUBLE"):
        # Weighed by their place, so that fractions in another order do not add up to the same.
        parts += [f'count("{name}")', f'fsum("{name}")', f'fsum("{name}" * (1 + file_row_number % 1009))']
    found = con.execute(
        f"SELECT {', '.join(parts)} FROM read_parquet('{path}', file_row_number = true)"  # noqa: S608
    ).fetchone()
    return tuple(found or ())


def _agree(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)
    return bool(one == other)
