"""Merge a reading into the curated tables: show what would change, and write it whole or not at all."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import dataframely as dy
import polars as pl

from analysis.errors import AnalysisError, Fault, FaultsError
from analysis.folders import LEFTOVERS, replacing, state, steady
from analysis.schema import check, csvfile, describe, record
from analysis.schema.references import cited_sources
from analysis.schema.tables import TABLES
from analysis.sources.reading import Contribution, Reading


@dataclass(frozen=True)
class CellChange:
    """One cell that an import would change."""

    key: str
    column: str
    was: str | None
    now: str | None


@dataclass
class TableChange:
    """What an import would do to one curated table; keys are primary key values joined by `;`."""

    added: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    changed: list[CellChange] = field(default_factory=list)

    def __bool__(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.added or self.removed or self.changed)


@dataclass(frozen=True)
class Merge:
    """The curated tables as they are and as they would be after an import, and the changes that lead there."""

    before: Mapping[str, pl.DataFrame]
    tables: dict[str, pl.DataFrame]
    changes: dict[str, TableChange]

    def __bool__(self) -> bool:
        """Whether there is anything to do."""
        return any(self.changes.values())


def read_raw(raw: Path, names: Iterable[str] = tuple(TABLES)) -> dict[str, pl.DataFrame]:
    """The typed curated tables as they stand, each without regard to rules on its rows.

    Args:
        raw: the folder of the curated tables; a table whose file is not there is empty.
        names: which tables; by default all.

    Raises:
        FaultsError: a file, a row or a cell cannot be read: what is written would lack it.
    """
    return steady(raw, lambda: _read_raw(raw, names))


def _read_raw(raw: Path, names: Iterable[str]) -> dict[str, pl.DataFrame]:
    paths = {name: raw / f"{name}.csv" for name in names}
    return {
        name: csvfile.parse(path, TABLES[name]).drop(csvfile.LINE) if path.exists() else TABLES[name].create_empty()
        for name, path in paths.items()
    }


def merge(reading: Reading, tables: Mapping[str, pl.DataFrame]) -> Merge:
    """Work out the curated tables after an import.

    A source that the import leaves uncited, such as last year's edition, goes with it.

    Args:
        reading: what the import read.
        tables: the typed curated tables as they stand, `corrections` among them.

    Raises:
        AnalysisError: a contribution holds a key twice or a column that its table has not, or a correction no longer
            applies to the value that the source now gives.
    """
    merged = dict(tables)
    changes: dict[str, TableChange] = {}
    for contribution in reading.contributions:
        name = contribution.table
        corrected = _correct(contribution, tables["corrections"])
        change = changes.setdefault(name, TableChange())
        merged[name] = _merge_table(corrected, merged[name], change)
    released = cited_sources(tables).join(cited_sources(merged), on="source_id", how="anti")
    superseded = merged["sources"].join(released, on="source_id", how="semi")["source_id"].sort().to_list()
    if superseded:
        changes.setdefault("sources", TableChange()).removed += superseded
        merged["sources"] = merged["sources"].filter(~pl.col("source_id").is_in(superseded))
    return Merge(tables, merged, changes)


def _key(schema: type[dy.Schema]) -> pl.Expr:
    return pl.concat_str([pl.col(column).cast(pl.String) for column in schema.primary_key()], separator=";")


def _correct(contribution: Contribution, corrections: pl.DataFrame) -> Contribution:
    rows = contribution.rows
    key = _key(TABLES[contribution.table])
    for correction in corrections.filter(pl.col("table") == contribution.table).iter_rows(named=True):
        column = correction["column"]
        if column not in rows.columns:
            continue
        found = rows.filter(key == correction["key"]).select(pl.col(column).cast(pl.String)).to_series().to_list()
        if not found:
            continue
        if found != [correction["was"]]:
            raise AnalysisError(
                f"data/raw/corrections.csv: the correction of {contribution.table} {correction['key']} {column} no "
                f"longer applies: it replaces {correction['was']!r}, but the source now gives {found[0]!r}. "
                f"Look at the source, then remove or rewrite the correction."
            )
        value = pl.lit(correction["is"], dtype=pl.String).cast(rows.schema[column])
        rows = rows.with_columns(pl.when(key == correction["key"]).then(value).otherwise(pl.col(column)).alias(column))
    return Contribution(contribution.table, rows, contribution.scope)


def _merge_table(contribution: Contribution, before: pl.DataFrame, change: TableChange) -> pl.DataFrame:
    schema = TABLES[contribution.table]
    keys = schema.primary_key()
    rows = _typed(contribution, schema)
    key = _key(schema)
    scoped = before.filter(contribution.scope) if contribution.scope is not None else before.clear()
    gone = scoped.join(rows, on=keys, how="anti")
    kept = before.join(gone, on=keys, how="anti")
    new = rows.join(kept, on=keys, how="anti")
    both = kept.join(rows, on=keys, how="inner", suffix=":now", maintain_order="left")
    change.added += new.select(key).to_series().sort().to_list()
    change.removed += gone.select(key).to_series().sort().to_list()
    updates = [column for column in rows.columns if column not in keys]
    for column in updates:
        differs = both.filter(pl.col(column).ne_missing(pl.col(f"{column}:now")))
        change.changed += [
            CellChange(where, column, was, now)
            for where, was, now in differs.select(
                key.alias("key"), pl.col(column).cast(pl.String), pl.col(f"{column}:now").cast(pl.String)
            ).iter_rows()
        ]
    updated = both.with_columns(pl.col(f"{column}:now").alias(column) for column in updates).select(before.columns)
    untouched = kept.join(rows, on=keys, how="anti")
    added = new.select(
        pl.col(column) if column in new.columns else pl.lit(None, dtype=dtype).alias(column)
        for column, dtype in before.schema.items()
    )
    merged = pl.concat([untouched, updated, added]).sort(key)
    if merged.height != before.height - gone.height + new.height:
        raise AssertionError(f"{contribution.table}: the merge lost or multiplied rows")
    return merged


def _typed(contribution: Contribution, schema: type[dy.Schema]) -> pl.DataFrame:
    rows = contribution.rows
    unknown = [column for column in rows.columns if column not in schema.column_names()]
    if unknown:
        raise AnalysisError(f"{contribution.table}: the reading has columns that the table has not: {unknown}")
    try:
        typed = rows.with_columns(pl.col(column).cast(schema.columns()[column].dtype) for column in rows.columns)
    except pl.exceptions.InvalidOperationError as error:
        raise AnalysisError(f"{contribution.table}: a value that the table cannot hold: {error}") from error
    doubled = typed.filter(pl.struct(schema.primary_key()).is_duplicated()).select(_key(schema)).to_series()
    if len(doubled):
        raise AnalysisError(f"{contribution.table}: the source gives these keys twice: {', '.join(doubled.unique())}")
    return typed


def write(merged: Merge, raw: Path, *, say: Callable[[str], None] | None = None) -> None:
    """Write the curated tables, unless that would break a rule that holds today.

    Args:
        merged: the tables to write.
        raw: the folder of the curated tables; it is replaced as a whole.
        say: is given a line where another import is writing, which is waited for.

    Raises:
        FaultsError: the new tables break rules that the old ones obey; nothing is written.
        AnalysisError: the curated tables are no longer those that the changes were worked out for, a pipe or the like
            stands beside them, or the disk is full or may not be written; nothing is.
    """
    with replacing(raw, say=say) as fresh:
        seen = state(raw)
        changed, faults = _put(merged, raw, fresh)
        if changed or state(raw) != seen:
            raise AnalysisError(
                f"{raw} was changed by someone else meanwhile ({', '.join(changed) or 'a file was written'}). Nothing "
                "was written, so that their work is not lost. Run the import again to see what it changes now."
            )
        if faults:
            raise FaultsError(faults)


def broken(merged: Merge, raw: Path) -> list[Fault]:
    """The faults for which `write` would refuse to write the tables, found in a copy.

    Args:
        merged: the tables.
        raw: the folder of the curated tables; it is left as it is.

    Raises:
        FaultsError: a file, a row or a cell cannot be read.
        AnalysisError: a pipe or the like stands beside the tables.
    """

    def found() -> list[Fault]:
        with TemporaryDirectory() as fresh:
            return _put(merged, raw, Path(fresh))[1]

    return steady(raw, found)


def _put(merged: Merge, raw: Path, fresh: Path) -> tuple[list[str], list[Fault]]:
    """Write what the curated tables would become into an empty folder.

    Returns:
        The tables that are no longer those that the changes were worked out for, and the faults that were none before.
    """
    if raw.exists():
        _require_copyable(raw)
        leave = shutil.ignore_patterns(*LEFTOVERS)
        shutil.copytree(raw, fresh, dirs_exist_ok=True, ignore=leave, ignore_dangling_symlinks=True)
    checked = check.check(fresh)
    unread = [fault for fault in checked.unread if (fresh / Path(fault.file).name).exists()]
    if unread:
        raise FaultsError(unread)
    now = {name: checked.tables.get(name, TABLES[name].create_empty()) for name in merged.before}
    changed = [name for name, table in merged.before.items() if not table.equals(now[name])]
    before = {_without_line(fault) for fault in checked.faults}
    for name, table in merged.tables.items():
        if name in merged.changes or not (fresh / f"{name}.csv").exists():
            (fresh / f"{name}.csv").write_bytes(csvfile.content(table, TABLES[name]))
    _write_record(merged, checked.tables, fresh)
    return changed, [fault for fault in check.check(fresh).faults if _without_line(fault) not in before]


def _require_copyable(raw: Path) -> None:
    """Refuse what is neither file nor folder, which a new folder could not hold; a link counts for where it leads."""
    others = sorted(str(path) for path in raw.rglob("*") if path.exists() and not (path.is_file() or path.is_dir()))
    if others:
        raise AnalysisError(
            f"{', '.join(others)}: neither file nor folder, and an import writes the whole folder anew. "
            "Move it elsewhere, then run the import again."
        )


def _write_record(merged: Merge, before: Mapping[str, pl.DataFrame], raw: Path) -> None:
    """Record the tables that the import changed, but for those that had changed unrecorded before."""
    records = record.known(raw)
    written = {
        name: record.of(name, merged.tables[name])
        for name, change in merged.changes.items()
        if change and (name not in before or record.of(name, before[name]) == records.get(name))
    }
    (raw / record.DESCRIPTOR).write_text(describe.descriptor({**records, **written}), "utf-8", newline="\n")


def _without_line(fault: Fault) -> tuple[str, str, str, str]:
    return fault.file, fault.column, fault.value, fault.rule
