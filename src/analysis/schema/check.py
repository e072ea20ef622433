"""Check the curated tables against every rule, and report every fault at once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from analysis.errors import Fault, FaultsError
from analysis.schema import csvfile, references
from analysis.schema.tables import TABLES


@dataclass(frozen=True)
class Checked:
    """The curated tables as read, and all that is wrong with them."""

    tables: dict[str, pl.DataFrame]
    """The typed rows by table; a table that could not be read is not there."""
    faults: list[Fault]
    """Every fault, in the order of files and lines."""
    unreadable: list[str]
    """Tables of which not every row could be read; where there is one, rules between tables were not applied."""


def check(raw: Path) -> Checked:
    """Read every curated table and apply every rule, also those between tables.

    Args:
        raw: the folder of the curated tables.
    """
    tables: dict[str, pl.DataFrame] = {}
    faults: list[Fault] = []
    for name, schema in TABLES.items():
        rows, found = csvfile.read(raw / f"{name}.csv", schema)
        faults += found
        if rows is not None:
            tables[name] = rows
    torn = {fault.file for fault in faults if fault.column == csvfile.WHOLE_ROW}
    unreadable = [name for name in TABLES if name not in tables or f"data/raw/{name}.csv" in torn]
    if not unreadable:
        faults += references.reference_faults(tables)
        faults += references.table_rule_faults(tables)
    ordered = sorted(set(faults), key=lambda f: (f.file, f.row or 0, f.column, f.rule, f.value))
    return Checked({name: rows.drop(csvfile.LINE) for name, rows in tables.items()}, ordered, unreadable)


def require(raw: Path) -> dict[str, pl.DataFrame]:
    """The typed curated tables, each obeying every rule.

    Args:
        raw: the folder of the curated tables.

    Raises:
        FaultsError: a rule is broken; all faults are listed.
    """
    checked = check(raw)
    if checked.faults:
        raise FaultsError(checked.faults)
    return checked.tables
