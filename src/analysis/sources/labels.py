"""Sheets, header rows and columns found by what they are called, wherever they stand."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import fastexcel
import polars as pl

from analysis.errors import LONGEST_VALUE, AnalysisError, Fault, UnknownLayoutError
from analysis.files import read_given
from analysis.sources import workbook
from analysis.sources.listening import listening

Cell = str | None

LINE = "line"
"""Column of every table that is found here: the row in the sheet, counted from 1 as a spreadsheet counts it."""

WORKBOOK_SUFFIXES = frozenset({".ods", ".xlsm", ".xlsx"})
SPREADSHEET_ERROR = re.compile(r"#(?:REF!|N/A|VALUE!|NAME\?|DIV/0!|NUM!|NULL!|SPILL!|CALC!)|Err:[0-9]{3}")
MOST_FAULTS_SHOWN = 50
DATE_FORMATS = ("%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%d/%m/%Y", "%d %B %Y", "%d %b %Y", "%d-%b-%Y", "%d-%b-%y", "%d/%m/%y")
SERIAL_DAY_ZERO = dt.date(1899, 12, 30)
SERIAL_DAYS = range(36_526, 73_051)
REMEDY = (
    "If this is another edition of the release, add its wording to the reader; if not, check that it is the right file."
)


_OTHER_ENCODINGS = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
_STRAY = re.compile(r"[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f-\x9f\ufffd\ufffe\uffff]")


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

    @property
    def where(self) -> str:
        """The sheet with its file."""
        return f"{self.file}, {self.place}"

    def fault(self, line: int, column: str, value: str | None, rule: str, remedy: str) -> Fault:
        """What is wrong with a cell.

        Args:
            line: its row, counted from 1.
            column: the label of its column.
            value: what it holds; None where it is empty.
            rule: what must hold.
            remedy: what the user can do.
        """
        return Fault(self.where, line, column, "empty" if value is None else f"“{value}”", rule, remedy)


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
        AnalysisError: the file cannot be read, or is neither a workbook nor a CSV file, or is a damaged one.
    """
    suffix = path.suffix.casefold()
    if suffix != ".csv" and suffix not in WORKBOOK_SUFFIXES:
        what = "a folder" if path.is_dir() else "neither a workbook (ODS, XLSX) nor a CSV file"
        raise AnalysisError(f"{path}: {what}. Give a file that is one of these.")
    content = read_given(path)
    if suffix == ".csv":
        return [Sheet(path.name, path.stem, _csv_rows(path, content))]
    layouts = workbook.look_into(path, content)
    try:
        with listening("calamine", "fastexcel") as heard:
            book = fastexcel.read_excel(content)
            if unlike := set(book.sheet_names) ^ set(layouts):
                what = f"sheet {', '.join(sorted(unlike))}"
                raise AnalysisError(f"{path}: could not be read whole ({what}). Download it again, or save it anew.")
            sheets = [Sheet(path.name, name, _workbook_rows(book, name, layouts[name])) for name in book.sheet_names]
        if heard:
            what = "; ".join(dict.fromkeys(heard))[:LONGEST_VALUE]
            raise AnalysisError(f"{path}: could not be read whole ({what}). Download it again, or save it anew.")
        return sheets
    except fastexcel.FastExcelError as error:
        raise AnalysisError(f"{path}: cannot be opened as a workbook ({error}). Download it again.") from error


def _csv_rows(path: Path, content: bytes) -> tuple[tuple[Cell, ...], ...]:
    text = _decoded(path, content)
    rows: list[tuple[Cell, ...]] = []
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for row in reader:
            rows.append(tuple(_cell(value) for value in row))
    except csv.Error as error:
        raise AnalysisError(
            f"{path}, line {reader.line_num}: not CSV ({error}). Look for a quotation mark too many or too few, or "
            "download it again."
        ) from error
    return tuple(rows)


def _decoded(path: Path, content: bytes) -> str:
    if content.startswith(_OTHER_ENCODINGS):
        raise AnalysisError(f"{path}: not UTF-8 text but UTF-16 or UTF-32. Save it as CSV in UTF-8.")
    if content.startswith((b"PK", b"%PDF")):
        raise AnalysisError(f"{path}: the name says CSV, the content is none. Rename the file, or download it again.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise AnalysisError(
            f"{path}, line {line}: byte 0x{content[error.start]:02x} is not UTF-8. Save it as CSV in UTF-8, or "
            "download it again."
        ) from error
    stray = _STRAY.search(text)
    if stray is not None:
        line = text[: stray.start()].count("\n") + 1
        raise AnalysisError(
            f"{path}, line {line}: the character U+{ord(stray[0]):04X} stands in no table. The file is damaged or was "
            "saved in another encoding: download it again, or save it as CSV in UTF-8."
        )
    if text and not text.endswith(("\n", "\r")):
        line = len(text.splitlines())
        raise AnalysisError(
            f"{path}, line {line}: the last line has no end, so the file may be cut off. Download it again, or, if it "
            "is whole, save it anew."
        )
    return text


def _workbook_rows(book: fastexcel.ExcelReader, name: str, layout: workbook.Layout) -> tuple[tuple[Cell, ...], ...]:
    sheet = book.load_sheet(name, header_row=None, skip_rows=0, dtypes="string")
    if sheet.height == 0 or sheet.width == 0:
        return ()
    rows = [[_cell(value) for value in row] for row in sheet.to_polars().iter_rows()]
    for merged in layout.merged:
        column = merged.column - (layout.first_column or 0)
        if column < sheet.width and merged.first_row < len(rows):
            for row in rows[merged.first_row + 1 : merged.last_row + 1]:
                row[column] = row[column] or rows[merged.first_row][column]
    return tuple(tuple(row) for row in rows)


def _cell(value: object) -> Cell:
    text = "" if value is None else re.sub(r"\s+", " ", str(value)).strip()
    return text or None


@dataclass(frozen=True)
class Match:
    """Which labels of a row stand for which wanted columns."""

    found: dict[str, int]
    """The position of each column that was found, by its field."""
    missing: list[Column]
    """The required columns that were not."""
    rivals: dict[str, list[int]]
    """The positions of other labels that the same wording fits, by the field."""


def match_columns(labels: Sequence[Cell], wanted: Iterable[Column]) -> Match:
    """Which label stands for which wanted column.

    Args:
        labels: the cells of what may be a header row.
        wanted: the columns looked for.
    """
    names = [plain(label) for label in labels]
    found: dict[str, int] = {}
    missing: list[Column] = []
    rivals: dict[str, list[int]] = {}
    for column in wanted:
        for wording in column.wordings:
            places = [
                i for i, name in enumerate(names) if name and re.fullmatch(wording, name) and i not in found.values()
            ]
            if places:
                found[column.field] = places[0]
                rivals[column.field] = places[1:]
                break
        else:
            if column.required:
                missing.append(column)
    taken = set(found.values())
    return Match(found, missing, {field: [i for i in places if i not in taken] for field, places in rivals.items()})


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
        AnalysisError: two columns have a label that is wanted, no row stands below the header, a row has more or fewer
            cells than the header, or a cell holds a spreadsheet's error instead of a value.
    """
    best: tuple[int, list[Column]] = (-1, [c for c in wanted if c.required])
    for number, row in enumerate(sheet.rows):
        match = match_columns(row, wanted)
        if not match.missing:
            _refuse_rivals(sheet, number, match)
            return _below(sheet, number, match.found, wanted)
        if len(match.found) > best[0]:
            best = (len(match.found), match.missing)
    looked_for = " and ".join(column.looked_for for column in best[1])
    raise UnknownLayoutError(sheet.file, looked_for, sheet.place, REMEDY)


def _refuse_rivals(sheet: Sheet, header: int, match: Match) -> None:
    labels = sheet.rows[header]
    for field, place in match.found.items():
        for rival in match.rivals[field]:
            raise AnalysisError(
                f"{sheet.where}, line {header + 1}: two columns may be the {readable(field)}, the "
                f"{ordinal(place)}, “{labels[place]}”, and the {ordinal(rival)}, “{labels[rival]}”. Keep the one that "
                "holds."
            )


def ordinal(place: int) -> str:
    """A place counted from 0, as words count it."""
    number = place + 1
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _below(sheet: Sheet, header: int, found: Mapping[str, int], wanted: Sequence[Column]) -> pl.DataFrame:
    fields = [column.field for column in wanted]
    labels = sheet.rows[header]
    records: list[tuple[int | str | None, ...]] = []
    faults: list[Fault] = []
    for number, row in enumerate(sheet.rows[header + 1 :], start=header + 2):
        if not records and row == labels:
            continue  # a header merged over two rows
        filled = sum(cell is not None for cell in row)
        if any(cell is not None for cell in row[len(labels) :]) or (len(row) < len(labels) and filled > 1):
            rule = f"a row has as many cells as the header, {len(labels)}"
            value, remedy = f"{len(row)} cells", "look for a comma too many"
            faults.append(Fault(sheet.where, number, "(row)", value, rule, remedy))
            continue
        cells = [row[found[field]] if field in found and found[field] < len(row) else None for field in fields]
        faults += [
            sheet.fault(number, field, cell, "a cell holds a value", "mend the cell in a spreadsheet")
            for field, cell in zip(fields, cells, strict=True)
            if cell is not None and SPREADSHEET_ERROR.fullmatch(cell)
        ]
        if any(cell is not None for cell in cells):
            records.append((number, *cells))
    refuse(sheet.file, faults)
    if not records:
        raise AnalysisError(
            f"{sheet.where}, line {header + 1}: no row stands below the header. Download the file again."
        )
    schema = {LINE: pl.Int64, **dict.fromkeys(fields, pl.String)}
    return pl.DataFrame(records, schema=schema, orient="row")


def only_sheet(path: Path, sheets: Sequence[Sheet], wanted: Sequence[Column]) -> Sheet:
    """The one sheet that has the wanted columns, wherever it stands.

    Args:
        path: the file, for messages.
        sheets: its sheets.
        wanted: the columns looked for.

    Raises:
        UnknownLayoutError: no sheet has the columns.
        AnalysisError: several have.
    """
    fitting = [sheet for sheet in sheets if has_columns(sheet, wanted)]
    if len(fitting) > 1:
        names = ", ".join(sheet.name for sheet in fitting)
        raise AnalysisError(f"{path}: {len(fitting)} sheets hold the table: {names}. Keep the one that is to be read.")
    if fitting:
        return fitting[0]
    if len(sheets) == 1:
        find_table(sheets[0], wanted)
    looked_for = " and ".join(column.looked_for for column in wanted if column.required)
    raise UnknownLayoutError(path, looked_for, f"sheets {', '.join(sheet.name for sheet in sheets)}", REMEDY)


def has_columns(sheet: Sheet, wanted: Sequence[Column]) -> bool:
    """Whether some row of the sheet has all required labels."""
    return any(not match_columns(row, wanted).missing for row in sheet.rows)


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
    whole = re.fullmatch(r"([0-9]{1,3}(?:,[0-9]{3}){1,4}|[0-9]{1,15})(?:\.0+)?", text.strip())
    return int(whole[1].replace(",", "")) if whole else None


def refuse(file: str, faults: Sequence[Fault]) -> None:
    """Stop where values of a file are not known.

    Raises:
        AnalysisError: there are faults; the first of them are listed.
    """
    if faults:
        lines = "\n".join(f"  {fault}" for fault in faults[:MOST_FAULTS_SHOWN])
        left = len(faults) - MOST_FAULTS_SHOWN
        lines += f"\n  … and {left:,} more" if left > 0 else ""
        raise AnalysisError(f"{file}: {len(faults)} values that the reader does not accept:\n{lines}")
