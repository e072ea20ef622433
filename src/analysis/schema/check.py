"""Check the curated tables against every rule, and report every fault at once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from analysis.errors import Fault, FaultsError
from analysis.schema import csvfile, record, references
from analysis.schema.tables import TABLES


@dataclass(frozen=True)
class Checked:
    """The curated tables as read, and all that is wrong with them."""

    tables: dict[str, pl.DataFrame]
    """The typed rows by table; a table that could not be read is not there."""
    faults: list[Fault]
    """Every fault, in the order of files and lines."""
    unread: list[Fault]
    """Those of the faults for which a file, row or cell could not be read at all."""
    unrecorded: list[Fault]
    """Those of the faults that say only that a table is not the one that the descriptor records."""
    unreadable: list[str]
    """Tables of which not every row could be read; where there is one, rules between tables were not applied."""


def check(raw: Path) -> Checked:
    """Read every curated table and apply every rule, also those between tables.

    Args:
        raw: the folder of the curated tables.
    """
    read = {name: csvfile.read(raw / f"{name}.csv", schema) for name, schema in TABLES.items()}
    tables = {name: table.rows for name, table in read.items() if table.rows is not None}
    faults = [fault for table in read.values() for fault in table.faults]
    unread = [fault for table in read.values() for fault in table.unread]
    torn = {fault.file for fault in unread if fault.column == csvfile.WHOLE_ROW}
    unreadable = [name for name in TABLES if name not in tables or f"data/raw/{name}.csv" in torn]
    if not unreadable:
        faults += references.reference_faults(tables)
        faults += references.table_rule_faults(tables)
    unrecorded = list(record.faults(raw, {name: rows for name, rows in tables.items() if not read[name].unread}))
    ordered = sorted({*faults, *unrecorded}, key=lambda f: (f.file, f.row or 0, f.column, f.rule, f.value))
    typed = {name: rows.drop(csvfile.LINE) for name, rows in tables.items()}
    return Checked(typed, ordered, unread, unrecorded, unreadable)


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
