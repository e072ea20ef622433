"""What a workbook holds, looked at before it is opened: nothing is unpacked that is larger than any release.

A workbook is a zip archive of XML. A small one can unpack to gigabytes, name a last cell so far out that the sheet
fills the memory, or hold cells without a value of their own: errors, and formulas whose result was never stored.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from analysis.errors import AnalysisError

MOST_BYTES = 100_000_000
"""Bytes that a workbook may unpack to; Ofsted's of 2025 unpacks to 1.2 million."""
MOST_CELLS = 2_000_000
"""Cells of one sheet, from the first to its last row and column."""
LONGEST_TEXT = 32_767
"""Characters of one cell: what spreadsheets themselves allow."""

_CHUNK = 1 << 20
_OLD_OR_LOCKED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ODS, _XLSX = "content.xml", "xl/workbook.xml"
_KINDS = {".ods": _ODS, ".xlsx": _XLSX, ".xlsm": _XLSX}
_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")

Attributes = Mapping[str, str]


@dataclass(frozen=True)
class Merged:
    """Cells merged over several rows: the rows and the first column, from 0."""

    first_row: int
    last_row: int
    column: int


@dataclass
class Layout:
    """What the cells of one sheet do not say themselves."""

    merged: list[Merged] = field(default_factory=list)
    first_column: int | None = None
    """The first column with a value, from 0; None where the sheet is empty."""
    rows: int = 0
    columns: int = 0


def look_into(path: Path, content: bytes) -> dict[str, Layout]:
    """Check a workbook before it is opened.

    Args:
        path: the file, for its kind and for messages.
        content: its bytes.

    Returns:
        What is merged in each sheet, by the sheet's name.

    Raises:
        AnalysisError: no workbook of this kind; damaged, locked, or larger than any release; a cell with an error, or
            with a formula whose result is not stored.
    """
    if content.startswith(_OLD_OR_LOCKED):
        raise _refusal(path, "protected by a password, or of the kind before 2007", "Save it as XLSX without password")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _look_into(path, archive)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, zlib.error, OSError, ValueError, IndexError) as error:
        raise _refusal(path, f"cannot be opened as a workbook ({error})", "Download it again") from error
    except expat.ExpatError as error:
        raise _refusal(
            path, f"cannot be opened as a workbook (its XML is damaged: {error})", "Download it again"
        ) from error


def _refusal(path: Path, why: str, remedy: str) -> AnalysisError:
    return AnalysisError(f"{path}: {why}. {remedy}.")


def _look_into(path: Path, archive: zipfile.ZipFile) -> dict[str, Layout]:
    members, names = archive.infolist(), archive.namelist()
    main = _KINDS[path.suffix.casefold()]
    whole = _Archive(path, archive)
    if len(whole.names) != len(names):
        raise _refusal(path, "damaged: it holds a part twice", "Download it again")
    if main not in names:
        there = [suffix for suffix, part in _KINDS.items() if part in names]
        what = f"is {there[0][1:].upper()}" if there else "is no workbook"
        raise _refusal(
            path, f"the name says {path.suffix[1:].upper()}, the content {what}", "Rename it, or download it again"
        )
    if any(member.flag_bits & 1 for member in members):
        raise _refusal(path, "protected by a password", "Save it without one")
    watches = _look_into_ods(whole) if main == _ODS else _look_into_xlsx(whole)
    whole.unpack_the_rest()
    layouts = {watch.name: watch.layout for watch in watches}
    if len(layouts) != len(watches):
        raise _refusal(path, "damaged: two of its sheets have one name", "Give each a name of its own, and save it")
    return layouts


class _Archive:
    """Unpacks one part after the other, and stops where there is more than a workbook holds.

    Parts are found as the library that reads the cells finds them: in any case, with either slash.
    """

    def __init__(self, path: Path, archive: zipfile.ZipFile) -> None:
        self.path, self.archive = path, archive
        self.names = {_folded(name): name for name in archive.namelist()}
        self.parsed: set[str] = set()
        self.unpacked = 0

    def __contains__(self, name: str) -> bool:
        return _folded(name) in self.names

    def _chunks(self, name: str) -> Iterator[bytes]:
        with self.archive.open(name) as part:
            while chunk := part.read(_CHUNK):
                self.unpacked += len(chunk)
                if self.unpacked > MOST_BYTES:
                    raise _refusal(
                        self.path,
                        f"unpacks to more than {MOST_BYTES:,} bytes, as no release does (at {name})",
                        "Check that it is the right file",
                    )
                yield chunk

    def unpack_the_rest(self) -> None:
        """Read each part that was not parsed to its end, which also checks its sum."""
        for name in self.names.values():
            if name not in self.parsed:
                for _ in self._chunks(name):
                    pass

    def parse(
        self,
        name: str,
        start: Callable[[str, Attributes], None],
        end: Callable[[str], None] | None = None,
        text: Callable[[str], None] | None = None,
    ) -> None:
        """Parse a part as XML; element and attribute names come without their prefixes."""

        def refuse_entities(*_: object) -> None:
            why = f"{name} declares entities, as no workbook does"
            raise _refusal(self.path, why, "Check that it is the right file")

        parser = expat.ParserCreate()
        parser.StartDoctypeDeclHandler = refuse_entities
        parser.buffer_text = True
        parser.StartElementHandler = lambda tag, attributes: start(
            _local(tag), {_local(key): value for key, value in attributes.items()}
        )
        if end is not None:
            parser.EndElementHandler = lambda tag: end(_local(tag))
        if text is not None:
            parser.CharacterDataHandler = text
        there = self.names[_folded(name)]
        for chunk in self._chunks(there):
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
        self.parsed.add(there)


def _folded(name: str) -> str:
    return name.replace("\\", "/").casefold()


def _local(name: str) -> str:
    return name.rpartition(":")[2]


@dataclass
class _Watch:
    """Watches the cells of one sheet."""

    path: Path
    name: str
    layout: Layout = field(default_factory=Layout)

    def cell(self, row: int, column: int, rows: int = 1, columns: int = 1) -> None:
        """Take in a cell with a value, repeated over so many rows and columns."""
        layout = self.layout
        layout.rows = max(layout.rows, row + rows)
        layout.columns = max(layout.columns, column + columns)
        layout.first_column = column if layout.first_column is None else min(layout.first_column, column)
        if layout.rows * layout.columns > MOST_CELLS:
            raise _refusal(
                self.path,
                f"sheet {self.name} goes on to cell {_named(layout.rows - 1, layout.columns - 1)}, beyond "
                f"{MOST_CELLS:,} cells, as no release does",
                "Delete what stands far out, or check that it is the right file",
            )

    def no_value(self, row: int, column: int, what: str) -> AnalysisError:
        remedy = "Open it in a spreadsheet, mend the cell, and save it"
        return _refusal(self.path, f"sheet {self.name}, cell {_named(row, column)}: {what}", remedy)


def _named(row: int, column: int) -> str:
    letters = ""
    column += 1
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(65 + letter) + letters
    return f"{letters}{row + 1}"


def _placed(reference: str) -> tuple[int, int]:
    found = _REFERENCE.fullmatch(reference)
    if found is None:
        raise ValueError(f"“{reference}” is no cell")
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - 64
    return int(found[2]) - 1, column - 1


NO_RESULT = "a formula without its result"


class _Ods:
    """Goes through content.xml."""

    def __init__(self, whole: _Archive) -> None:
        self.whole = whole
        self.watches: list[_Watch] = []
        self.row = self.column = 0
        self.rows = 1

    def start(self, tag: str, attributes: Attributes) -> None:
        if tag == "table":
            self.watches.append(_Watch(self.whole.path, attributes.get("name", "")))
            self.row = 0
        elif tag == "table-row":
            self.column, self.rows = 0, int(attributes.get("number-rows-repeated", "1"))
        elif tag in ("table-cell", "covered-table-cell") and self.watches:
            self._cell(attributes)
        elif tag == "s" and int(attributes.get("c", "1")) > LONGEST_TEXT:
            raise _refusal(self.whole.path, f"a cell with {attributes['c']} spaces", "Check that it is the right file")

    def _cell(self, attributes: Attributes) -> None:
        watch, columns = self.watches[-1], int(attributes.get("number-columns-repeated", "1"))
        if attributes.get("value-type") == "error" or (attributes.get("formula") and "value-type" not in attributes):
            raise watch.no_value(
                self.row, self.column, NO_RESULT if attributes.get("value-type") != "error" else "an error"
            )
        if "value-type" in attributes:
            watch.cell(self.row, self.column, self.rows, columns)
        spanned = int(attributes.get("number-rows-spanned", "1"))
        if spanned > 1:
            watch.layout.merged.append(Merged(self.row, self.row + spanned - 1, self.column))
        self.column += columns

    def end(self, tag: str) -> None:
        if tag == "table-row":
            self.row += self.rows


def _look_into_ods(whole: _Archive) -> list[_Watch]:
    if "META-INF/manifest.xml" in whole:
        whole.parse("META-INF/manifest.xml", _refuse_encrypted(whole.path))
    reader = _Ods(whole)
    whole.parse(_ODS, reader.start, reader.end)
    return reader.watches


def _refuse_encrypted(path: Path) -> Callable[[str, Attributes], None]:
    def start(tag: str, _: Attributes) -> None:
        if tag == "encryption-data":
            raise _refusal(path, "protected by a password", "Save it without one")

    return start


_RELATIONS, _SHARED = "xl/_rels/workbook.xml.rels", "xl/sharedStrings.xml"


class _Xlsx:
    """Goes through one worksheet."""

    def __init__(self, whole: _Archive, name: str, shared: list[int]) -> None:
        self.watch, self.shared = _Watch(whole.path, name), shared
        self.row = self.column = -1
        self.kind, self.has_formula, self.in_value, self.value = "", False, False, ""
        self.characters = 0

    def start(self, tag: str, attributes: Attributes) -> None:
        if tag == "chartsheet":
            why = f"sheet {self.watch.name} is a chart, which holds no cells"
            raise _refusal(self.watch.path, why, "Save it without that sheet")
        if tag == "row":
            self.row = int(attributes["r"]) - 1 if "r" in attributes else self.row + 1
            self.column = -1
        elif tag == "c":
            placed = _placed(attributes["r"]) if "r" in attributes else (self.row, self.column + 1)
            self.row, self.column = placed
            self.kind, self.has_formula, self.value = attributes.get("t", ""), False, ""
        elif tag == "f":
            self.has_formula = True
        elif tag in ("v", "t"):
            self.in_value = True
        elif tag == "mergeCell":
            first, _, last = attributes.get("ref", "").partition(":")
            (top, left), (bottom, _) = _placed(first), _placed(last or first)
            if bottom > top:
                self.watch.layout.merged.append(Merged(top, bottom, left))

    def text(self, text: str) -> None:
        if self.in_value:
            self.value += text

    def end(self, tag: str) -> None:
        if tag in ("v", "t"):
            self.in_value = False
        elif tag == "c":
            self._cell()

    def _cell(self) -> None:
        if self.kind == "e":
            raise self.watch.no_value(self.row, self.column, f"the error {self.value}")
        if self.has_formula and not self.value and self.kind != "str":
            raise self.watch.no_value(self.row, self.column, NO_RESULT)
        if not self.value:
            return
        self.watch.cell(self.row, self.column)
        self.characters += self._shared_length() if self.kind == "s" else len(self.value)
        if self.characters > MOST_BYTES:
            raise _refusal(
                self.watch.path, f"sheet {self.watch.name} holds more text than any release", "Check the file"
            )

    def _shared_length(self) -> int:
        # The library that reads the cells takes what is no number for the first text.
        if not re.fullmatch("[0-9]+", self.value):
            raise ValueError(f"“{self.value}” is the number of no text")
        return self.shared[int(self.value)]


class _Relations:
    """Which part is which sheet."""

    def __init__(self) -> None:
        self.sheets: list[tuple[str, str]] = []
        """Name and relation of each sheet."""
        self.parts: dict[str, str] = {}

    def sheet(self, tag: str, attributes: Attributes) -> None:
        if tag == "sheet":
            self.sheets.append((attributes.get("name", ""), attributes.get("id", "")))

    def relation(self, tag: str, attributes: Attributes) -> None:
        if tag == "Relationship":
            target = attributes.get("Target", "")
            self.parts[attributes.get("Id", "")] = target[1:] if target.startswith("/") else f"xl/{target}"


def _look_into_xlsx(whole: _Archive) -> list[_Watch]:
    relations = _Relations()
    whole.parse(_XLSX, relations.sheet)
    if _RELATIONS in whole:
        whole.parse(_RELATIONS, relations.relation)
    shared = _shared_lengths(whole) if _SHARED in whole else []
    watches: list[_Watch] = []
    for name, relation in relations.sheets:
        part = relations.parts.get(relation, "")
        if part not in whole:
            raise _refusal(whole.path, f"damaged: it names the sheet {name} and does not hold it", "Download it again")
        reader = _Xlsx(whole, name, shared)
        whole.parse(part, reader.start, reader.end, reader.text)
        watches.append(reader.watch)
    return watches


def _shared_lengths(whole: _Archive) -> list[int]:
    lengths: list[int] = []

    def start(tag: str, _: Attributes) -> None:
        if tag == "si":
            lengths.append(0)

    def text(characters: str) -> None:
        if lengths:
            lengths[-1] += len(characters)

    whole.parse(_SHARED, start, text=text)
    return lengths
