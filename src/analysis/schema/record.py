"""What the descriptor records of each table, so that no row is lost and no value changes unnoticed.

Rules cannot tell a count of 26 from one of 27, nor a table from the same table without its last rows. The descriptor
`data/raw/datapackage.json` therefore holds the number of rows and a hash of each table, as `analysis describe` and
`analysis import` last wrote them, and a table that has become another is a fault until somebody says that it is meant.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from analysis import files
from analysis.errors import Fault
from analysis.schema import csvfile
from analysis.schema.tables import TABLES

DESCRIPTOR = "datapackage.json"

_RULE = f"the table is the one that data/raw/{DESCRIPTOR} records"
_REMEDY = "see what changed (git diff); where it is meant, run `analysis describe`, else restore the file"


@dataclass(frozen=True)
class Record:
    """One table as it was when the descriptor was written."""

    rows: int
    sha256: str
    """Of `csvfile.content`, so that line ends and the order of rows and columns do not matter."""


def of(name: str, rows: pl.DataFrame) -> Record:
    """What there is to record of a table.

    Args:
        name: the table.
        rows: its typed rows.
    """
    return Record(rows.height, hashlib.sha256(csvfile.content(rows, TABLES[name])).hexdigest())


def recorded(raw: Path) -> dict[str, Record]:
    """What the descriptor records, by table.

    Args:
        raw: the folder of the curated tables.

    Raises:
        OSError: the descriptor is not there or cannot be read.
        ValueError: it is no descriptor of tables.
    """
    content = files.read(raw / DESCRIPTOR).decode("utf-8")
    try:
        package = json.loads(content)
        resources = {str(resource["path"]): resource for resource in package["resources"]}
        return {
            name: Record(int(resource["rows"]), str(resource["hash"]).removeprefix("sha256:"))
            for name in TABLES
            if (resource := resources.get(f"{name}.csv")) is not None
        }
    except (KeyError, TypeError, OverflowError, RecursionError) as error:
        raise ValueError(f"no rows and hash of each table: {error!r}") from error


def known(raw: Path) -> dict[str, Record]:
    """What the descriptor records, by table; nothing where it cannot be read, which is for the check to say.

    Args:
        raw: the folder of the curated tables.
    """
    try:
        return recorded(raw)
    except (OSError, ValueError):
        return {}


def faults(raw: Path, tables: Mapping[str, pl.DataFrame]) -> Iterator[Fault]:
    """Every table that is not the recorded one.

    Args:
        raw: the folder of the curated tables.
        tables: the tables that could be read in full.
    """
    place = f"data/raw/{DESCRIPTOR}"
    try:
        records = recorded(raw)
    except (OSError, ValueError) as error:
        value = str(error.strerror) if isinstance(error, OSError) else "not a descriptor"
        remedy = "restore the file from git, or run `analysis describe`"
        yield Fault(place, None, csvfile.WHOLE_FILE, value, "the descriptor records every table", remedy)
        return
    for name, rows in tables.items():
        found, before = of(name, rows), records.get(name)
        if found == before:
            continue
        if before is None:
            value = "not recorded"
        elif found.rows != before.rows:
            more = found.rows - before.rows
            value = f"{found.rows:,} rows, {abs(more):,} {'more' if more > 0 else 'fewer'} than recorded"
        else:
            value = "other values than recorded"
        yield Fault(f"data/raw/{name}.csv", None, csvfile.WHOLE_FILE, value, _RULE, _REMEDY)
