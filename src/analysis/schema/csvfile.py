"""Read one curated CSV strictly: every fault is found at once and named with its line."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import dataframely as dy
import polars as pl

from analysis import files
from analysis.errors import Fault, FaultsError
from analysis.schema import plain_text
from analysis.schema.tables import ROW_RULES

LINE = "line"
"""Name of the column that carries each row's line number beside the table's own columns."""

WHOLE_FILE = "(file)"
"""Stands for the column in a fault of a whole file."""

WHOLE_ROW = "(row)"
"""Stands for the column in a fault of a whole row."""

LONGEST_ROW = 5_000
"""Characters; several times what any row needs."""

_CELL = r'"(?:[^"]|"")*+"|[^",]*+'
_ROW = re.compile(rf"(?:{_CELL})(?:,(?:{_CELL}))*+")
"""One line of RFC 4180."""

_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")
"""Tabs, lone carriage returns and what else no editor shows: they may end a row, or a reading."""

_MISREAD = re.compile("â€|[ÂÃ][\u00a0-\u00bf]|\ufffd")
"""What becomes of an apostrophe or an accent where UTF-8 was read as another encoding and saved."""

_FILLERS = ("NaN", "nan", "NULL", "null", "None", "N/A", "n/a", "NA", "#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!")
"""What software writes for a value that it has not."""


@dataclass(frozen=True)
class Read:
    """One curated table as read, and all that is wrong with it."""

    rows: pl.DataFrame | None
    """The typed rows, with `line` (the header is line 1) beside the schema's columns; a cell that cannot be read is
    empty, a row that cannot be split is not there. None where the file as a whole cannot be read."""
    unread: list[Fault]
    """What could not be read: the file, rows or cells."""
    broken: list[Fault]
    """Rules that the rows break."""

    @property
    def faults(self) -> list[Fault]:
        """All that is wrong."""
        return [*self.unread, *self.broken]


def read(path: Path, schema: type[dy.Schema]) -> Read:
    """Read and check one curated table.

    Args:
        path: the CSV file.
        schema: the table's schema.
    """
    name = f"data/raw/{path.name}"
    strings, torn = _strings(path, name, schema)
    if strings is None:
        return Read(None, torn, [])
    typed, lost, broken = check_rows(strings, name, schema)
    return Read(typed, [*torn, *lost], broken)


def parse(path: Path, schema: type[dy.Schema]) -> pl.DataFrame:
    """Read one curated table whole, without regard to rules on its rows.

    Args:
        path: the CSV file.
        schema: the table's schema.

    Returns:
        The typed rows, with `line`.

    Raises:
        FaultsError: the file, a row or a cell cannot be read.
    """
    name = f"data/raw/{path.name}"
    strings, torn = _strings(path, name, schema)
    if strings is None:
        raise FaultsError(torn)
    typed, lost, _ = _convert(strings, name, schema)
    if torn or lost:
        raise FaultsError([*torn, *lost])
    return typed


def check_rows(
    strings: pl.DataFrame, name: str, schema: type[dy.Schema]
) -> tuple[pl.DataFrame, list[Fault], list[Fault]]:
    """Give rows of text their types, and check values and row rules.

    Args:
        strings: `line` and the schema's columns, as text.
        name: what the faults call the file.
        schema: the table's schema.

    Returns:
        The typed rows, with `line`; the cells that could not be read; the rules that are broken.
    """
    typed, lost, unclean = _convert(strings, name, schema)
    unclear = {(f.row, f.column) for f in [*lost, *unclean]}
    odd = plain_text.faults(strings, name, schema, LINE)
    return typed, lost, [*unclean, *odd, *_rule_faults(typed, name, schema, unclear)]


def content(rows: pl.DataFrame, schema: type[dy.Schema]) -> bytes:
    """A curated table as CSV: the same rows always give the same bytes.

    Args:
        rows: the typed rows.
        schema: the table's schema.

    Returns:
        UTF-8, line feeds, quotes only where needed, empty for unknown; columns in the schema's order, rows by key.
    """
    keys = [
        pl.col(key).cast(pl.String) if isinstance(rows.schema[key], pl.Enum) else key for key in schema.primary_key()
    ]
    written = io.BytesIO()
    rows.select(schema.column_names()).sort(keys, maintain_order=True).write_csv(
        written, line_terminator="\n", quote_style="necessary", date_format="%Y-%m-%d"
    )
    return written.getvalue()


def _dtypes(schema: type[dy.Schema]) -> dict[str, pl.DataType]:
    return {name: column.dtype for name, column in schema.columns().items()}


def _strings(path: Path, name: str, schema: type[dy.Schema]) -> tuple[pl.DataFrame | None, list[Fault]]:
    """The rows as text, with `line`, or None where the file cannot be read; what of it cannot be."""
    text, fault = _decode(path, name)
    return (None, [fault]) if fault else _split(text, name, schema)


def _decode(path: Path, name: str) -> tuple[str, Fault | None]:
    def refused(line: int | None, value: str, rule: str, remedy: str) -> tuple[str, Fault]:
        return "", Fault(name, line, WHOLE_FILE, value, rule, remedy)

    try:
        raw = files.read(path)
    except FileNotFoundError:
        return refused(None, "missing", "every curated table is there", "restore the file from git")
    except OSError as error:
        return refused(
            None, str(error.strerror), "the file can be read", "check its permissions, or restore it from git"
        )
    if raw.startswith(b"\xef\xbb\xbf"):
        return refused(1, "byte order mark", "the file has none", "save it as UTF-8 without BOM")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        return refused(line, f"byte 0x{raw[error.start]:02x}", "the file is UTF-8", "save it as UTF-8")
    text = text.replace("\r\n", "\n")
    control = _CONTROL.search(text)
    if control:
        line = text[: control.start()].count("\n") + 1
        value = f"U+{ord(control[0]):04X}"
        return refused(line, value, "there are no control characters but line ends", "remove it")
    misread = _MISREAD.search(text)
    if misread:
        line = text[: misread.start()].count("\n") + 1
        return refused(line, repr(misread.group()), "no sign was decoded wrongly", "restore the file, or the sign")
    if text and not text.endswith("\n"):
        line = text.count("\n") + 1
        return refused(line, "no line end", "the last line is whole", "restore the file's end")
    return text, None


def _split(text: str, name: str, schema: type[dy.Schema]) -> tuple[pl.DataFrame | None, list[Fault]]:
    first, *lines = text.split("\n")[:-1] or [""]
    plain = len(first) <= LONGEST_ROW and _ROW.fullmatch(first)
    header = next(csv.reader([first]), []) if plain else [f"{first[:40]}…"]
    faults = _header_faults(header, schema.column_names(), name)
    if faults:
        return None, faults
    sound: dict[int, str] = {}
    for number, line in enumerate(lines, start=2):
        if len(line) > LONGEST_ROW:
            rule = f"a row has at most {LONGEST_ROW:,} characters"
            faults.append(Fault(name, number, WHOLE_ROW, f"{len(line):,} characters", rule, "shorten it"))
        elif '"' in line and not _ROW.fullmatch(line):
            rule = "a row is one line, quotes stand round a cell, and a quote within one is doubled"
            faults.append(Fault(name, number, WHOLE_ROW, "a quote astray", rule, "check the quotes"))
        else:
            sound[number] = line
    columns: dict[str, list[str | None]] = {column: [] for column in header}
    numbers: list[int] = []
    for number, cells in zip(sound, csv.reader(sound.values(), strict=True), strict=True):
        if len(cells) != len(header):
            rule = f"a row has {len(header)} cells"
            faults.append(Fault(name, number, WHOLE_ROW, f"{len(cells)} cells", rule, "check commas and quotes"))
            continue
        numbers.append(number)
        for column, cell in zip(header, cells, strict=True):
            columns[column].append(cell or None)
    frame = pl.DataFrame({LINE: numbers, **columns}, schema={LINE: pl.Int64, **dict.fromkeys(header, pl.String)})
    return frame.select(LINE, *schema.column_names()), faults


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


def _convert(
    strings: pl.DataFrame, name: str, schema: type[dy.Schema]
) -> tuple[pl.DataFrame, list[Fault], list[Fault]]:
    """The typed rows, the cells that are lost in them, and those that hold a value in spaces or none."""
    typed = strings.select(
        LINE, *(_cast(pl.col(column), dtype).alias(column) for column, dtype in _dtypes(schema).items())
    )
    suspects = strings.select(
        pl.any_horizontal(
            (pl.col(column).is_not_null() & typed[column].is_null()).any(),
            (pl.col(column).str.strip_chars() != pl.col(column)).any(),
            pl.col(column).is_in(_FILLERS).any(),
        ).alias(column)
        for column in schema.column_names()
    ).row(0, named=True)
    lost: list[Fault] = []
    unclean: list[Fault] = []
    for column, definition in schema.columns().items():
        if not suspects[column]:
            continue
        unread = strings.filter(pl.col(column).is_not_null() & typed[column].is_null())
        rule, remedy = _type_rule(definition)
        lost += [
            Fault(name, line, column, repr(value), rule, remedy)
            for line, value in unread.select(LINE, column).iter_rows()
        ]
        spaced = strings.filter(pl.col(column).str.strip_chars() != pl.col(column))
        unclean += [
            Fault(name, line, column, repr(value), "no value begins or ends with a space", "remove the space")
            for line, value in spaced.select(LINE, column).iter_rows()
        ]
        if isinstance(definition, dy.String):
            filled = strings.filter(pl.col(column).is_in(_FILLERS))
            unclean += [
                Fault(name, line, column, repr(value), "a value that is not known is empty", "empty the cell")
                for line, value in filled.select(LINE, column).iter_rows()
            ]
    return typed, lost, unclean


def _cast(value: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    if dtype == pl.Date:
        whole = value.str.contains(r"^[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}$")
        return pl.when(whole).then(value.str.to_date("%Y-%m-%d", strict=False))
    if dtype == pl.Int64:
        whole = value.str.contains(r"^(0|-?[1-9][0-9]*)$")
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
