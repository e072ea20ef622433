"""Read one curated CSV strictly: every fault is found at once and named with its line."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import cast

import dataframely as dy
import polars as pl

from analysis.errors import Fault
from analysis.schema.tables import ROW_RULES

LINE = "line"
"""Name of the column that carries each row's line number beside the table's own columns."""

WHOLE_ROW = "(row)"
"""Stands for the column in a fault of a whole row."""

_CONTROL = {chr(n): f"control character U+{n:04X}" for n in [*range(32), 127] if n not in (9, 10, 13)}


def read(path: Path, schema: type[dy.Schema]) -> tuple[pl.DataFrame | None, list[Fault]]:
    """Read and check one curated table.

    Args:
        path: the CSV file.
        schema: the table's schema.

    Returns:
        The typed rows, with `line` (the header is line 1) beside the schema's columns, and every fault of the file,
        its values and its row rules; no rows where the file as a whole cannot be read.
    """
    name = f"data/raw/{path.name}"
    text, fault = _decode(path, name)
    if fault:
        return None, [fault]
    strings, faults = _split(text, name, schema)
    if strings is None:
        return None, faults
    typed, found = check_rows(strings, name, schema)
    return typed, [*faults, *found]


def check_rows(strings: pl.DataFrame, name: str, schema: type[dy.Schema]) -> tuple[pl.DataFrame, list[Fault]]:
    """Give rows of text their types, and check values and row rules.

    Args:
        strings: `line` and the schema's columns, as text.
        name: what the faults call the file.
        schema: the table's schema.

    Returns:
        The typed rows, with `line`, and every fault.
    """
    typed, faults = _convert(strings, name, schema)
    return typed, [*faults, *_rule_faults(typed, name, schema, {(fault.row, fault.column) for fault in faults})]


def _dtypes(schema: type[dy.Schema]) -> dict[str, pl.DataType]:
    return {name: column.dtype for name, column in schema.columns().items()}


def _decode(path: Path, name: str) -> tuple[str, Fault | None]:
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return "", Fault(name, None, "(file)", "missing", "every curated table is there", "restore the file from git")
    except OSError as error:
        return "", Fault(name, None, "(file)", str(error.strerror), "the file can be read", "check its permissions")
    if raw.startswith(b"\xef\xbb\xbf"):
        return "", Fault(name, 1, "(file)", "byte order mark", "the file has none", "save it as UTF-8 without BOM")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        value = f"byte 0x{raw[error.start]:02x}"
        return "", Fault(name, line, "(file)", value, "the file is UTF-8", "save it as UTF-8")
    for character, label in _CONTROL.items():
        if character in text:
            line = text[: text.index(character)].count("\n") + 1
            return "", Fault(name, line, "(file)", label, "there are no control characters", "remove it")
    if text and not text.endswith("\n"):
        line = text.count("\n") + 1
        return "", Fault(name, line, "(file)", "no line end", "the last line is whole", "restore the file's end")
    return text, None


def _split(text: str, name: str, schema: type[dy.Schema]) -> tuple[pl.DataFrame | None, list[Fault]]:
    wanted = schema.column_names()
    faults: list[Fault] = []
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    columns: dict[str, list[str | None]] = {}
    lines: list[int] = []
    header: list[str] = []
    try:
        header = next(reader, [])
        faults += _header_faults(header, wanted, name)
        if faults:
            return None, faults
        columns = {column: [] for column in header}
        before = reader.line_num
        for cells in reader:
            first, before = before + 1, reader.line_num
            if len(cells) != len(header):
                value = f"{len(cells)} cells"
                faults.append(
                    Fault(name, first, WHOLE_ROW, value, f"a row has {len(header)} cells", "check commas and quotes")
                )
                continue
            if before != first:
                faults.append(
                    Fault(
                        name,
                        first,
                        WHOLE_ROW,
                        "line break in a cell",
                        "a row is one line",
                        "write the cell in one line",
                    )
                )
            lines.append(first)
            for column, cell in zip(header, cells, strict=True):
                columns[column].append(cell if cell else None)
    except csv.Error as error:
        faults.append(
            Fault(name, reader.line_num, WHOLE_ROW, str(error), "the file is RFC 4180 CSV", "check the quotes")
        )
        return None, faults
    frame = pl.DataFrame({LINE: lines, **columns}, schema={LINE: pl.Int64, **dict.fromkeys(header, pl.String)})
    return frame.select(LINE, *wanted), faults


def _header_faults(header: list[str], wanted: list[str], name: str) -> list[Fault]:
    faults = [
        Fault(name, 1, column, "missing", "every column of the table is there", "add the column, or restore the file")
        for column in wanted
        if column not in header
    ]
    faults += [
        Fault(name, 1, column or "(no name)", "unknown", "the table has no other columns", "remove the column")
        for column in dict.fromkeys(header)
        if column not in wanted
    ]
    faults += [
        Fault(name, 1, column, "twice", "every column is there once", "remove one of them")
        for column in dict.fromkeys(header)
        if header.count(column) > 1
    ]
    return faults


def _convert(strings: pl.DataFrame, name: str, schema: type[dy.Schema]) -> tuple[pl.DataFrame, list[Fault]]:
    typed = strings.select(
        LINE, *(_cast(pl.col(column), dtype).alias(column) for column, dtype in _dtypes(schema).items())
    )
    suspects = strings.select(
        pl.any_horizontal(
            (pl.col(column).is_not_null() & typed[column].is_null()).any(),
            (pl.col(column).str.strip_chars() != pl.col(column)).any(),
        ).alias(column)
        for column in schema.column_names()
    ).row(0, named=True)
    faults = []
    for column, definition in schema.columns().items():
        if not suspects[column]:
            continue
        lost = strings.filter(pl.col(column).is_not_null() & typed[column].is_null())
        rule, remedy = _type_rule(definition)
        faults += [
            Fault(name, line, column, repr(value), rule, remedy)
            for line, value in lost.select(LINE, column).iter_rows()
        ]
        padded = strings.filter(pl.col(column).str.strip_chars() != pl.col(column))
        faults += [
            Fault(name, line, column, repr(value), "no value begins or ends with a space", "remove the space")
            for line, value in padded.select(LINE, column).iter_rows()
        ]
    return typed, faults


def _cast(value: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    if dtype == pl.Date:
        whole = value.str.contains(r"^\d{4}-\d{2}-\d{2}$")
        return pl.when(whole).then(value.str.to_date("%Y-%m-%d", strict=False))
    if dtype == pl.Int64:
        whole = value.str.contains(r"^(0|-?[1-9]\d*)$")
        return pl.when(whole).then(value.cast(pl.Int64, strict=False))
    return value.cast(dtype, strict=False)


def _type_rule(column: dy.Column) -> tuple[str, str]:
    if isinstance(column, dy.Enum):
        return f"the code is one of {', '.join(column.categories)}", "use a code of the codebook"
    if isinstance(column, dy.Date):
        return "a date is a real day written YYYY-MM-DD", "write the day so"
    if isinstance(column, dy.Int64):
        return "the value is a whole number in plain digits", "write the number so, or leave the cell empty"
    return f"the value is a {column.dtype}", "correct the value"


def _rule_faults(
    typed: pl.DataFrame, name: str, schema: type[dy.Schema], known: set[tuple[int | None, str]]
) -> list[Fault]:
    """Name each broken rule of each row; `known` holds the cells that already have a fault of type."""
    lined = cast(type[dy.Schema], type(schema.__name__, (schema,), {LINE: dy.Int64(nullable=False)}))
    _, failure = lined.filter(typed)
    if not len(failure):
        return []
    details = failure.details()
    rules = [column for column in details.columns if column not in typed.columns]
    faults = []
    for row in details.iter_rows(named=True):
        for rule in rules:
            if row[rule] != "invalid":
                continue
            columns, statement, remedy = explain(schema, rule)
            if any((row[LINE], column) in known for column in columns):
                continue
            value = "; ".join("(empty)" if row[column] is None else repr(str(row[column])) for column in columns)
            faults.append(Fault(name, row[LINE], ", ".join(columns), value, statement, remedy))
    return faults


def explain(schema: type[dy.Schema], rule: str) -> tuple[tuple[str, ...], str, str]:
    """Say of one of a schema's rules which columns it reads, what must hold and what to do where it does not."""
    if rule == "primary_key":
        keys = tuple(schema.primary_key())
        return keys, "no two rows have the same key", "remove the double, or correct its key"
    if "|" not in rule:
        row_rule = next(ROW_RULES[key] for parent in schema.__mro__ if (key := (parent.__name__, rule)) in ROW_RULES)
        return row_rule.columns, f"{rule}: {row_rule.statement}", row_rule.remedy
    column, kind = rule.split("|", 1)
    return (column,), *_column_rule(schema.columns()[column], kind)


def _column_rule(column: dy.Column, kind: str) -> tuple[str, str]:
    match kind:
        case "nullability":
            return "the value is not empty", "fill the cell"
        case "unique":
            return "no two rows have the same value", "correct one of them"
        case "regex":
            return f"the value has the form {getattr(column, 'regex', '')}", "write the value in that form"
        case "min_length":
            return f"the value has at least {getattr(column, 'min_length', '')} characters", "write it out"
        case "max_length":
            return f"the value has at most {getattr(column, 'max_length', '')} characters", "shorten it"
        case "min":
            return f"the value is at least {getattr(column, 'min', '')}", "correct the value"
        case "max":
            return f"the value is at most {getattr(column, 'max', '')}", "correct the value"
    return kind, "correct the value"
