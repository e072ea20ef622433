"""The curated tables as a DuckDB database: typed tables, keys, and the shared views."""

from __future__ import annotations

import struct
from importlib import resources
from pathlib import Path

import dataframely as dy
import duckdb
import polars as pl

from analysis import project
from analysis.folders import steady
from analysis.schema import check
from analysis.schema.tables import TABLES

FOREIGN_KEYS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "areas": (("region_code", "regions", "region_code"),),
    "area_codes": (("area_code", "areas", "area_code"),),
    "neighbours": (("area_code", "areas", "area_code"), ("neighbour_code", "areas", "area_code")),
    "inspections": (("area_code", "areas", "area_code"),),
    "judgements": (("inspection_id", "inspections", "inspection_id"),),
    "cqc_reviews": (("inspection_id", "inspections", "inspection_id"), ("area_code", "areas", "area_code")),
    "findings": (("inspection_id", "inspections", "inspection_id"), ("theme", "themes", "theme")),
    "second_reading": (("inspection_id", "inspections", "inspection_id"), ("theme", "themes", "theme")),
    "coverage": (("inspection_id", "inspections", "inspection_id"),),
    "spot_checks": (("finding_id", "findings", "finding_id"),),
}
"""Foreign keys beside `source_id`, which every table but `sources` has: column, table, column."""


def open(raw: Path | str | None = None) -> duckdb.DuckDBPyConnection:  # noqa: A001
    """Open the curated tables in memory, with keys and the shared views.

    The connection is made afresh from `data/raw`, so it is never stale and never locked by another; where an import
    replaces the tables meanwhile, it holds all of them as they were before or all as they are after. It reaches no
    file and no network: to join a frame of your own, give it a name with `con.register(name, frame)`.

    Args:
        raw: the folder of the curated tables; by default that of the project around the current folder.

    Returns:
        A DuckDB connection with one table a curated table, in the grain that `data/DICTIONARY.md` gives, and the
        views of `analysis/views`.

    Raises:
        FaultsError: the tables break rules; the message lists every fault, as `analysis check` does.
    """
    folder = Path(raw) if raw is not None else project.find().raw
    return connect(steady(folder, lambda: check.require(folder)))


def connect(tables: dict[str, pl.DataFrame]) -> duckdb.DuckDBPyConnection:
    """The same connection as `open` gives, of tables that have been read and checked already.

    Args:
        tables: the typed curated tables by name.
    """
    con = duckdb.connect()
    try:
        fill(con, tables)
    except BaseException:
        con.close()
        raise
    con.execute("SET enable_external_access = false")
    con.execute("SET lock_configuration = true")
    return con


def fill(con: duckdb.DuckDBPyConnection, tables: dict[str, pl.DataFrame]) -> None:
    """Create the tables with their keys and comments, fill them, and create the views.

    Args:
        con: an empty database.
        tables: the typed curated tables by name, in the grain of their schemas.
    """
    for name, schema in TABLES.items():
        con.execute(_create_table(name, schema))
        con.register("incoming", tables[name].to_arrow())
        order = ", ".join(f'"{key}"' for key in schema.primary_key())
        con.execute(f'INSERT INTO "{name}" BY NAME SELECT * FROM incoming ORDER BY {order}')  # noqa: S608
        con.unregister("incoming")
    for name, sql in views().items():
        con.execute(f'CREATE VIEW "{name}" AS {sql}')


def views() -> dict[str, str]:
    """The SQL of each shared view by name, in the order in which they are created."""
    folder = resources.files("analysis") / "views"
    files = sorted(file.name for file in folder.iterdir() if file.name.endswith(".sql"))
    return {name.removesuffix(".sql"): (folder / name).read_text(encoding="utf-8") for name in files}


def _create_table(name: str, schema: type[dy.Schema]) -> str:
    parts = [
        f'"{column}" {_sql_type(definition)}{"" if definition.nullable else " NOT NULL"}'
        for column, definition in schema.columns().items()
    ]
    parts.append("PRIMARY KEY (" + ", ".join(f'"{key}"' for key in schema.primary_key()) + ")")
    keys = list(FOREIGN_KEYS.get(name, ()))
    if name != "sources" and "source_id" in schema.column_names():
        keys.append(("source_id", "sources", "source_id"))
    parts += [f'FOREIGN KEY ("{column}") REFERENCES "{table}" ("{target}")' for column, table, target in keys]
    return f'CREATE TABLE "{name}" ({", ".join(parts)})'


def _sql_type(column: dy.Column) -> str:
    if isinstance(column, dy.Date):
        return "DATE"
    if isinstance(column, dy.Int64):
        return "BIGINT"
    return "VARCHAR"


def write(folder: Path, tables: dict[str, pl.DataFrame]) -> None:
    """Write the database as files: one Parquet file a table and view, and one `.duckdb` file.

    The same tables always give the same bytes.

    Args:
        folder: an empty folder.
        tables: the typed curated tables by name.
    """
    path = folder / "analysis.duckdb"
    with duckdb.connect(path, config={"threads": 1}) as con:
        # DuckDB leaves unused memory in blocks of compressed strings, so that two equal databases would differ.
        con.execute("PRAGMA force_compression = 'uncompressed'")
        fill(con, tables)
        for name in [*TABLES, *views()]:
            target = str(folder / f"{name}.parquet").replace("'", "''")
            con.execute(f"COPY (FROM \"{name}\" ORDER BY ALL) TO '{target}' (FORMAT parquet, COMPRESSION zstd)")
        con.execute("CHECKPOINT")
    _canonicalise(path)


_HEADER_BYTES = 4096
_HEADERS = (0, 2 * _HEADER_BYTES)
_IDENTIFIER = slice(124, 140)
_FIRST_BLOCK = 3 * _HEADER_BYTES
_BLOCK_BYTES = 262_144
_CHECKSUM_BYTES = 8


def _canonicalise(path: Path) -> None:
    """Put zeros for what DuckDB leaves to chance in a database file, and mend the checksums.

    That is the random identifier of the file, and the unused bytes of blocks filled with strings. A header or block
    that is not laid out as expected is left as it is.
    """
    content = bytearray(path.read_bytes())
    for start in _HEADERS:
        header = memoryview(content)[start : start + _HEADER_BYTES]
        if _is_sound(header):
            header[_IDENTIFIER] = bytes(16)
            _sign(header)
    for start in range(_FIRST_BLOCK, len(content) - _BLOCK_BYTES + 1, _BLOCK_BYTES):
        block = memoryview(content)[start : start + _BLOCK_BYTES]
        gap = _unused(block[_CHECKSUM_BYTES:])
        if gap is not None and any(gap) and _is_sound(block):
            gap[:] = bytes(len(gap))
            _sign(block)
    path.write_bytes(content)


def _unused(strings: memoryview) -> memoryview | None:
    """The bytes between the offsets and the strings of a full block of strings; None where it is no such block.

    Such a block begins with the size of its strings and their end, which is the block's own; then one offset a
    string, each the sum of sizes so far; the strings fill the block from its end.
    """
    size, end = struct.unpack_from("<II", strings)
    if end != len(strings) or not 0 < size < end - 8:
        return None
    first = end - size
    offsets = [abs(offset) for (offset,) in struct.iter_unpack("<i", strings[8 : 8 + (first - 8) // 4 * 4])]
    if size not in offsets:
        return None
    count = offsets.index(size) + 1
    while count < len(offsets) and offsets[count] == size:
        count += 1
    if offsets[:count] != sorted(offsets[:count]):
        return None
    return strings[8 + 4 * count : first]


def _is_sound(block: memoryview) -> bool:
    return bool(struct.unpack_from("<Q", block)[0] == _checksum(block[_CHECKSUM_BYTES:]))


def _sign(block: memoryview) -> None:
    struct.pack_into("<Q", block, 0, _checksum(block[_CHECKSUM_BYTES:]))


def _checksum(block: memoryview) -> int:
    """DuckDB's checksum of a block: the exclusive or of its multiplied 64-bit words."""
    result = 5381
    for (word,) in struct.iter_unpack("<Q", block):
        result ^= (word * 0xBF58476D1CE4E5B9) & 0xFFFFFFFFFFFFFFFF
    return result
