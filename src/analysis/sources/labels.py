"""Sheets, header rows and columns found by what they are called, wherever they stand."""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import fastexcel
import polars as pl

from analysis.errors import AnalysisError, Fault, UnknownLayoutError

Cell = str | None

LINE = "line"
"""Column of every table that is found here: the row in the sheet, counted from 1 as a spreadsheet counts it."""

WORKBOOK_SUFFIXES = frozenset({".ods", ".xls", ".xlsb", ".xlsm", ".xlsx"})
DATE_FORMATS = ("%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%d/%m/%Y", "%d %B %Y", "%d %b %Y", "%d-%b-%Y", "%d-%b-%y", "%d/%m/%y")
SERIAL_DAY_ZERO = dt.date(1899, 12, 30)
SERIAL_DAYS = range(36_526, 73_051)
REMEDY = (
    "If this is another edition of the release, add its wording to the reader; if not, check that it is the right file."
)


@dataclass(frozen=True)
class Sheet:
    """One sheet of a workbook, or a CSV file: its cells as text, row by row, None where a cell is empty."""

    file: str
    name: str
    rows: tuple[tuple[Cell, ...], ...]

    @property
    def place(self) -> str:
        """The sheet as a message names it."""
        return f"sheet {self.name}"


@dataclass(frozen=True)
class Column:
    """A column that a reader looks for.

    Args:
        field: its name in the table that is found.
        wordings: patterns, each matched against the whole plain label (see `plain`); the first that fits a label wins.
        required: whether a table without it is another table.
    """

    field: str
    wordings: tuple[str, ...]
    required: bool = True

    @property
    def looked_for(self) -> str:
        """The label as a message names it."""
        return f"a column “{readable(self.wordings[0])}”"


def plain(text: str | None) -> str:
    """Lower-case words of a label, without notes, punctuation and line breaks.

    >>> plain("Overall  effectiveness [note 2]")
    'overall effectiveness'
    >>> plain("Child_sexual_exploitation")
    'child sexual exploitation'
    """
    if text is None:
        return ""
    without_notes = re.sub(r"\[[^\]]*\]|\((?:see )?notes?[^)]*\)", " ", text.casefold())
    joined = re.sub(r"['’‘`]", "", without_notes).replace("&", " and ")
    return re.sub(r"[^a-z0-9]+", " ", joined).strip()


def readable(pattern: str) -> str:
    """A wording pattern as words: its first alternatives, without the signs of regular expressions."""
    text = re.sub(r"\(\?:([^()|]*)(?:\|[^()]*)?\)(\?)?", lambda m: "" if m.group(2) else m.group(1), pattern)
    return re.sub(r"\s+", " ", re.sub(r"[\\^$.*+?()\[\]]", "", text)).strip()


def read_sheets(path: Path) -> list[Sheet]:
    """Every sheet of a workbook (ODS, XLSX and kin), or a CSV file as its only sheet, all cells as text.

    Args:
        path: the file.

    Returns:
        The sheets in their order. A cell that holds a date gives it in ISO form.

    Raises:
        AnalysisError: the file is not there, or is neither a workbook nor a CSV file.
    """
    if not path.is_file():
        raise AnalysisError(f"{path}: there is no such file. Check the path.")
    if path.suffix.casefold() == ".csv":
        return [Sheet(path.name, path.stem, _csv_rows(path))]
    if path.suffix.casefold() not in WORKBOOK_SUFFIXES:
        raise AnalysisError(f"{path}: neither a workbook (ODS, XLSX) nor a CSV file. Save it as one of these.")
    try:
        workbook = fastexcel.read_excel(path)
    except fastexcel.FastExcelError as error:
        raise AnalysisError(f"{path}: cannot be opened as a workbook ({error}). Download it again.") from error
    return [Sheet(path.name, name, _workbook_rows(workbook, name)) for name in workbook.sheet_names]


def _csv_rows(path: Path) -> tuple[tuple[Cell, ...], ...]:
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    return tuple(tuple(_cell(value) for value in row) for row in csv.reader(text.splitlines(keepends=True)))


def _workbook_rows(workbook: fastexcel.ExcelReader, name: str) -> tuple[tuple[Cell, ...], ...]:
    sheet = workbook.load_sheet(name, header_row=None, skip_rows=0, dtypes="string")
    if sheet.height == 0 or sheet.width == 0:
        return ()
    return tuple(tuple(_cell(value) for value in row) for row in sheet.to_polars().iter_rows())


def _cell(value: object) -> Cell:
    text = "" if value is None else re.sub(r"\s+", " ", str(value)).strip()
    return text or None


def match_columns(labels: Sequence[Cell], wanted: Iterable[Column]) -> tuple[dict[str, int], list[Column]]:
    """Which label stands for which wanted column.

    Args:
        labels: the cells of what may be a header row.
        wanted: the columns looked for.

    Returns:
        The position of each column that was found, by its field, and the required columns that were not.
    """
    names = [plain(label) for label in labels]
    found: dict[str, int] = {}
    missing: list[Column] = []
    for column in wanted:
        for wording in column.wordings:
            places = [
                i for i, name in enumerate(names) if name and re.fullmatch(wording, name) and i not in found.values()
            ]
            if places:
                found[column.field] = places[0]
                break
        else:
            if column.required:
                missing.append(column)
    return found, missing


def find_table(sheet: Sheet, wanted: Sequence[Column]) -> pl.DataFrame:
    """The table of a sheet, wherever its header row stands and in whatever order its columns are.

    Args:
        sheet: the sheet.
        wanted: the columns looked for; columns that are not wanted are left out.

    Returns:
        One row a row of the sheet below the header that is not wholly empty; columns `line` and the fields that were
        found, as text. An optional column that the sheet does not have is null throughout.

    Raises:
        UnknownLayoutError: no row of the sheet has all required labels.
    """
    best: tuple[int, list[Column]] = (-1, [c for c in wanted if c.required])
    for number, row in enumerate(sheet.rows):
        found, missing = match_columns(row, wanted)
        if not missing:
            return _below(sheet, number, found, wanted)
        if len(found) > best[0]:
            best = (len(found), missing)
    looked_for = " and ".join(column.looked_for for column in best[1])
    raise UnknownLayoutError(sheet.file, looked_for, sheet.place, REMEDY)


def _below(sheet: Sheet, header: int, found: Mapping[str, int], wanted: Sequence[Column]) -> pl.DataFrame:
    fields = [column.field for column in wanted]
    records = []
    for number, row in enumerate(sheet.rows[header + 1 :], start=header + 2):
        cells = [row[found[field]] if field in found and found[field] < len(row) else None for field in fields]
        if any(cell is not None for cell in cells):
            records.append((number, *cells))
    schema = {LINE: pl.Int64, **dict.fromkeys(fields, pl.String)}
    return pl.DataFrame(records, schema=schema, orient="row")


def has_columns(sheet: Sheet, wanted: Sequence[Column]) -> bool:
    """Whether some row of the sheet has all required labels."""
    return any(not match_columns(row, wanted)[1] for row in sheet.rows)


def titles(sheet: Sheet, rows: int = 3) -> list[str]:
    """The plain name of a sheet and the plain text of the first cells above its table."""
    return [plain(sheet.name), *(plain(row[0]) for row in sheet.rows[:rows] if row and row[0])]


def read_date(text: str | None) -> dt.date | None:
    """A day from a cell: ISO, British, in words, or a spreadsheet's serial number; None if the cell is empty.

    Raises:
        ValueError: the text is no day.
    """
    if text is None:
        return None
    value = text.strip()
    iso = re.fullmatch(r"(\d{4}-\d{2}-\d{2})[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?", value)
    if iso:
        return dt.date.fromisoformat(iso.group(1))
    if re.fullmatch(r"\d{5}(\.\d+)?", value) and int(float(value)) in SERIAL_DAYS:
        return SERIAL_DAY_ZERO + dt.timedelta(days=int(float(value)))
    words = re.sub(r"(\d)(st|nd|rd|th)\b", r"\1", value)
    for form in DATE_FORMATS:
        try:
            return dt.datetime.strptime(words, form).date()
        except ValueError:
            continue
    raise ValueError(f"“{text}” is no day that this reader knows")


def read_count(text: str) -> int | None:
    """A whole number from a cell (`1,234`, `1234.0`), or None where it is not one."""
    value = text.replace(",", "").strip()
    return int(value.split(".")[0]) if re.fullmatch(r"\d+(\.0+)?", value) else None


def refuse(file: str, faults: Sequence[Fault]) -> None:
    """Stop where values of a file are not known.

    Raises:
        AnalysisError: there are faults; each is listed.
    """
    if faults:
        lines = "\n".join(f"  {fault}" for fault in faults)
        raise AnalysisError(f"{file}: {len(faults)} values that the reader does not accept:\n{lines}")
