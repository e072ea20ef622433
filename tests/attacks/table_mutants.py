"""Every way in which a curated table may be spoilt, one at a time: by hand, by a spreadsheet, by a cut-off copy.

A mutant is made from the real table. What ought to become of it is decided here, before it is tried:

- `refused`: a rule must name it;
- `harmless`: it must be read as the same table;
- `either`: it may be the same table, or break a rule, or be other data that nobody can tell from true ones, such as
  another valid day; then it must at least be noticed as not the recorded table.
"""

from __future__ import annotations

import csv
import gzip
import io
import os
import random
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

import dataframely as dy

from analysis.schema.references import REFERENCES
from analysis.schema.tables import TABLES
from attacks.rows import as_csv

Expected = Literal["refused", "harmless", "either"]


@dataclass(frozen=True)
class Mutant:
    """One spoilt table: how, which, where, and what must become of it."""

    kind: str
    table: str
    column: str
    expected: Expected
    spoil: Callable[[Path], None]
    """Is given the path of the table in a folder of its own."""

    def __str__(self) -> str:
        return f"{self.kind} in {self.table}{f'.{self.column}' if self.column else ''}"


@dataclass(frozen=True)
class Sheet:
    """A curated table as text, one row a line."""

    name: str
    schema: type[dy.Schema]
    raw: bytes
    lines: list[bytes]
    header: list[str]
    rows: list[list[str]]

    @classmethod
    def read(cls, folder: Path, name: str) -> Sheet:
        raw = (folder / f"{name}.csv").read_bytes()
        header, *rows = csv.reader(io.StringIO(raw.decode("utf-8"), newline=""))
        return cls(name, TABLES[name], raw, raw.splitlines(keepends=True), header, rows)

    def at(self, column: str) -> int:
        return self.header.index(column)

    def filled(self, column: str, chance: random.Random) -> int:
        """A row that has a value in the column, if any has."""
        at = self.at(column)
        rows = [n for n, row in enumerate(self.rows) if row[at]]
        return chance.choice(rows or range(len(self.rows)))

    def with_row(self, row: int, cells: list[str]) -> bytes:
        return b"".join([*self.lines[: row + 1], as_csv([cells]), *self.lines[row + 2 :]])

    def with_cell(self, row: int, column: str, value: str) -> bytes:
        at = self.at(column)
        return self.with_row(row, [*self.rows[row][:at], value, *self.rows[row][at + 1 :]])

    def with_header(self, header: list[str]) -> bytes:
        return as_csv([header]) + b"".join(self.lines[1:])

    def with_rows(self, rows: Iterable[int]) -> bytes:
        """Some rows, in some order."""
        return self.lines[0] + b"".join(self.lines[row + 1] for row in rows)

    def with_columns(self, columns: Sequence[int]) -> bytes:
        """Some columns, in some order."""
        return as_csv([row[n] for n in columns] for row in (self.header, *self.rows))


def written(content: bytes | Callable[[], bytes]) -> Callable[[Path], None]:
    def spoil(path: Path) -> None:
        path.write_bytes(content if isinstance(content, bytes) else content())

    return spoil


def every_mutant(folder: Path, seed: int, rounds: int = 1, tables: Iterable[str] = TABLES) -> Iterator[Mutant]:
    """Every kind of mutant of every column.

    Args:
        folder: the real curated tables.
        seed: of the rows and places chosen.
        rounds: how many rows are chosen for each kind of spoilt cell, and how many places for each kind of cut.
        tables: of which tables.
    """
    sheets = {name: Sheet.read(folder, name) for name in TABLES}
    for name in tables:
        sheet = sheets[name]
        chance = random.Random(f"{seed} {name}")  # noqa: S311 - not for secrets
        yield from _files(sheet)
        yield from _encodings(sheet, chance)
        yield from _lines(sheet, chance, rounds)
        yield from _rows(sheet, chance, rounds)
        yield from _headers(sheet, chance)
        for other in sheets.values():
            if other is not sheet and other.header != sheet.header:
                yield Mutant("the content of another table", name, "", "refused", written(other.raw))
        for _ in range(rounds):
            yield from _swaps(sheet, chance)
            for column, definition in sheet.schema.columns().items():
                yield from _cells(sheet, column, definition, chance)
        yield from _references(sheet, chance)


def _files(sheet: Sheet) -> Iterator[Mutant]:
    def of(kind: str, spoil: Callable[[Path], None]) -> Mutant:
        return Mutant(kind, sheet.name, "", "refused", spoil)

    def instead(make: Callable[[Path], object]) -> Callable[[Path], None]:
        def spoil(path: Path) -> None:
            path.unlink()
            make(path)

        return spoil

    yield of("no file", lambda path: path.unlink())
    yield of("a folder in its place", instead(lambda path: path.mkdir()))
    yield of("a link to nowhere", instead(lambda path: path.symlink_to("nowhere.csv")))
    yield of("a link to itself", instead(lambda path: path.symlink_to(path.name)))
    yield of("a link to a folder", instead(lambda path: path.symlink_to(".")))
    yield of("a pipe", instead(lambda path: os.mkfifo(path)))
    yield of("a device without end", instead(lambda path: path.symlink_to("/dev/zero")))
    yield of("an empty file", written(b""))
    yield of("an empty line alone", written(b"\n"))
    empty: Expected = "either" if sheet.name in EMPTY_IS_LEGAL else "refused"
    yield Mutant("header only", sheet.name, "", empty, written(sheet.lines[0]))
    yield of("no header", written(lambda: b"".join(sheet.lines[1:])))
    yield of("a picture", written(PNG + bytes(range(256))))
    yield of("a gzip file", written(lambda: gzip.compress(sheet.raw)))
    yield of("a workbook", written(lambda: _workbook(sheet)))
    yield of("a web page", written(b"<!DOCTYPE html>\n<html><body>Not found</body></html>\n"))
    whole = [sheet.header, *sheet.rows]
    yield of("semicolons between cells", written(lambda: as_csv(whole, sep=";")))
    yield of("tabs between cells", written(lambda: as_csv(whole, sep="\t")))
    yield of("all in one line", written(lambda: sheet.raw.replace(b"\n", b" ") + b"\n"))
    yield of("the file twice", written(lambda: sheet.raw + sheet.raw))
    yield of("every row twice", written(lambda: sheet.with_rows(n for n in range(len(sheet.rows)) for _ in (1, 2))))
    conflict = (b"<<<<<<< HEAD\n", sheet.raw, b"=======\n", sheet.raw, b">>>>>>> other\n")
    yield of("a merge conflict", written(lambda: b"".join(conflict)))
    yield Mutant("every cell quoted", sheet.name, "", "harmless", written(lambda: as_csv(whole, quoting=csv.QUOTE_ALL)))


EMPTY_IS_LEGAL = ("corrections", "events", "spot_checks", "second_reading")
"""Tables of which no rule can demand a row."""

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"


def _workbook(sheet: Sheet) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/worksheets/sheet1.xml", sheet.raw)
    return out.getvalue()


def _encodings(sheet: Sheet, chance: random.Random) -> Iterator[Mutant]:
    def of(kind: str, content: Callable[[], bytes], expected: Expected = "refused") -> Mutant:
        return Mutant(kind, sheet.name, "", expected, written(content))

    plain = sheet.raw.decode("utf-8")
    # Neither Latin-1 nor EBCDIC has a curled apostrophe; Latin-1 has an accent, as in a name.
    simple = plain.replace("’", "'").replace("‘", "'").replace("–", "-")
    end = simple.index("\n", chance.randrange(len(simple) - 1))
    accented = f"{simple[:end]}é{simple[end:]}"
    yield of("Latin-1", lambda: accented.encode("latin-1", errors="replace"))
    yield of("Windows-1252", lambda: accented.replace("é", "’").encode("cp1252", errors="replace"))
    yield of("UTF-16 with its mark", lambda: plain.encode("utf-16"))
    yield of("UTF-16 without its mark", lambda: plain.encode("utf-16-le"))
    yield of("UTF-16, big end first", lambda: plain.encode("utf-16-be"))
    yield of("UTF-32", lambda: plain.encode("utf-32"))
    yield of("UTF-8 with its mark", lambda: plain.encode("utf-8-sig"))
    yield of("EBCDIC", lambda: simple.encode("cp500", errors="replace"))
    yield of("line ends of Windows", lambda: sheet.raw.replace(b"\n", b"\r\n"), "harmless")
    half = len(sheet.rows) // 2 + 1
    yield of("some line ends of Windows", lambda: sheet.raw.replace(b"\n", b"\r\n", half), "harmless")
    yield of("line ends of old Macs", lambda: sheet.raw.replace(b"\n", b"\r"))
    yield of("one lone carriage return", lambda: sheet.raw.replace(b"\n", b"\r", 1))
    for kind, piece in (
        ("a byte that is no UTF-8", b"\xff"),
        ("half a surrogate", b"\xed\xa0\x80"),
        ("an overlong slash", b"\xc0\xaf"),
        ("NUL", b"\0"),
    ):
        at = chance.randrange(len(sheet.raw))
        yield of(kind, partial(b"".join, (sheet.raw[:at], piece, sheet.raw[at:])))
    yield of("NULs at the end", lambda: sheet.raw + bytes(4096))


def _lines(sheet: Sheet, chance: random.Random, rounds: int) -> Iterator[Mutant]:
    for _ in range(2 * rounds):
        row = chance.randrange(1, len(sheet.lines))
        line = sheet.lines[row]
        for kind, spoilt in (
            ("a cell too many", line[:-1] + b",\n"),
            ("a cell too few", line[: line.rindex(b",")] + b"\n"),
            ("an empty line", b"\n" + line),
            ("a line of commas", b"," * (len(sheet.header) - 1) + b"\n" + line),
            ("an open quote", b'"' + line),
            ("an open quote at the end", line[:-1] + b'"\n'),
            ("a quote within", line[:1] + b'"' + line[1:]),
            ("text behind a quoted cell", b'"x"' + line),
            ("a row in two lines", line[:3] + b"\n" + line[3:]),
            ("two rows in one line", line[:-1] + b","),
            ("a remark", b"# checked\n" + line),
            ("the header again", sheet.lines[0] + line),
        ):
            content = partial(b"".join, (*sheet.lines[:row], spoilt, *sheet.lines[row + 1 :]))
            yield Mutant(kind, sheet.name, "", "refused", written(content))
    yield Mutant("empty lines at the end", sheet.name, "", "refused", written(lambda: sheet.raw + b"\n\n"))
    yield Mutant("no line end", sheet.name, "", "refused", written(lambda: sheet.raw[:-1]))
    for _ in range(6 * rounds):
        cut = sheet.raw[: chance.randrange(1, len(sheet.raw))]
        expected: Expected = "either" if cut.endswith(b"\n") else "refused"
        yield Mutant("cut anywhere", sheet.name, "", expected, written(cut))
    for _ in range(3 * rounds):
        cut = b"".join(sheet.lines[: chance.randrange(2, len(sheet.lines))])
        yield Mutant("cut at the end of a row", sheet.name, "", "either", written(cut))
    for start in (len(sheet.raw) // 2, len(sheet.raw) // 4):
        zeros = (sheet.raw[:start], bytes(64), sheet.raw[start + 64 :])
        yield Mutant("zeros for a block", sheet.name, "", "refused", written(partial(b"".join, zeros)))


def _rows(sheet: Sheet, chance: random.Random, rounds: int) -> Iterator[Mutant]:
    every = range(len(sheet.rows))

    def of(kind: str, rows: Iterable[int], expected: Expected) -> Mutant:
        return Mutant(kind, sheet.name, "", expected, written(partial(sheet.with_rows, list(rows))))

    for _ in range(rounds):
        yield of("rows in another order", chance.sample(every, len(every)), "harmless")
        row = chance.choice(every)
        yield of("a row twice", sorted([*every, row]), "refused")
        yield of("a row twice, at the end", [*every, row], "refused")
        keys = [sheet.at(key) for key in sheet.schema.primary_key()]
        other = list(chance.choice(sheet.rows))
        for key in keys:
            other[key] = sheet.rows[row][key]
        if len(keys) < len(sheet.header):
            content = partial(bytes.__add__, sheet.raw, as_csv([other]))
            yield Mutant("a key twice, other values", sheet.name, "", "refused", written(content))
        lost = chance.choice(every)
        yield of("a row lost", [n for n in every if n != lost], "either")
    yield of("the first row lost", every[1:], "either")
    yield of("the second half lost", every[: len(every) // 2], "either")
    yield of("every other row lost", every[::2], "either")


def _headers(sheet: Sheet, chance: random.Random) -> Iterator[Mutant]:
    places = range(len(sheet.header))

    def of(kind: str, column: str, content: Callable[[], bytes], expected: Expected = "refused") -> Mutant:
        return Mutant(kind, sheet.name, column, expected, written(content))

    order = chance.sample(places, len(places))
    yield of("columns in another order", "", partial(sheet.with_columns, order), "harmless")
    numbered = [["", *sheet.header], *([str(n), *row] for n, row in enumerate(sheet.rows))]
    yield of("an index column", "", partial(as_csv, numbered))
    yield of("an empty column", "", lambda: sheet.raw.replace(b"\n", b",\n"))
    yield of("a column more", "", lambda: sheet.raw.replace(b"\n", b",x\n").replace(b",x\n", b",note\n", 1))
    yield of("only a header more", "", partial(sheet.with_header, [*sheet.header, "note"]))
    for at, column in enumerate(sheet.header):
        yield of("a column lost", column, partial(sheet.with_columns, [n for n in places if n != at]))
        yield of("a column twice", column, partial(sheet.with_columns, sorted([*places, at])))
        for kind, name in (
            ("a column renamed", f"{column}_2"),
            ("a column in capitals", column.upper()),
            ("a column with a space", f"{column} "),
            ("a column with an invisible sign", f"{column}\u200b"),
            ("a column without a name", ""),
        ):
            header = [*sheet.header[:at], name, *sheet.header[at + 1 :]]
            yield of(kind, column, partial(sheet.with_header, header))


def _swaps(sheet: Sheet, chance: random.Random) -> Iterator[Mutant]:
    """Contents under each other's names, and values in each other's rows."""

    def of(kind: str, column: str, content: Callable[[], bytes]) -> Mutant:
        return Mutant(kind, sheet.name, column, "either", written(content))

    def two(first: int, second: int, at: int) -> bytes:
        lines = list(sheet.lines)
        for row, other in ((first, second), (second, first)):
            cells = list(sheet.rows[row])
            cells[at] = sheet.rows[other][at]
            lines[row + 1] = as_csv([cells])
        return b"".join(lines)

    def shifted(at: int) -> bytes:
        moved = ([*row[:at], sheet.rows[n - 1][at], *row[at + 1 :]] for n, row in enumerate(sheet.rows))
        return as_csv([sheet.header, *moved])

    for at, column in enumerate(sheet.header):
        if at + 1 < len(sheet.header):
            differ = [n for n, cells in enumerate(sheet.rows) if cells[at] != cells[at + 1]]
            header = [*sheet.header[:at], sheet.header[at + 1], column, *sheet.header[at + 2 :]]
            if differ:
                yield of("two columns swapped", column, partial(sheet.with_header, header))
                row = chance.choice(differ)
                cells = list(sheet.rows[row])
                cells[at], cells[at + 1] = cells[at + 1], cells[at]
                yield of("two cells of a row swapped", column, partial(sheet.with_row, row, cells))
        first = chance.randrange(len(sheet.rows))
        others = [n for n, row in enumerate(sheet.rows) if row[at] != sheet.rows[first][at]]
        if others:
            yield of("two rows' values swapped", column, partial(two, first, chance.choice(others), at))
            yield of("a column shifted by a row", column, partial(shifted, at))


NO_NUMBERS = {
    "a number with a fraction": "1.5",
    "a number with a thousands comma": "1,000",
    "a number with a thousands space": "1 000",
    "a number beyond 64 bits": str(10**30),
    "a number with an exponent": "1e3",
    "not a number": "nan",
    "infinity": "inf",
    "full-width digits": "１２",
    "Arabic digits": "٣",
    "a number with a plus": "+5",
    "a number with leading zeros": "007",
    "a minus alone": "-",
    "a hexadecimal number": "0x10",
    "a number with a unit": "12%",
    "a word for none": "NULL",
    "a suppression mark": "c",
    "a truth value": "True",
}

NO_DATES = {
    "30 February": "2015-02-30",
    "29 February of no leap year": "2015-02-29",
    "the zero date": "0000-00-00",
    "the year zero": "0000-01-01",
    "the first day": "0001-01-01",
    "the last day": "9999-12-31",
    "a five-digit year": "12015-01-01",
    "a thirteenth month": "2015-13-01",
    "British order": "13/02/2015",
    "American order": "02/13/2015",
    "a date in words": "13 February 2015",
    "a date without hyphens": "20150213",
    "a date without zeros": "2015-2-3",
    "a date with a time": "2015-02-13T00:00:00",
    "a spreadsheet's day number": "42048",
    "far future": "2099-01-01",
    "far past": "1066-10-14",
    "a date in full-width digits": "２０１５-02-13",
}

SIGNS = {
    "a leading space": " {}",
    "a trailing space": "{} ",
    "a no-break space": "{}\u00a0",
    "a full-width space": "\u3000{}",
    "a zero-width space": "{}\u200b",
    "a zero-width joiner": "\u200d{}",
    "a byte order mark within": "\ufeff{}",
    "a soft hyphen": "{}\u00ad",
    "a right-to-left override": "\u202e{}",
    "an isolate": "\u2066{}",
    "a tab": "{}\t",
    "an escape": "\x1b[31m{}",
    "a bell": "{}\x07",
    "a delete": "{}\x7f",
    "a C1 control": "{}\x85",
    "a line separator": "{}\u2028",
    "a tag character": "{}\U000e0041",
    "a private character": "{}\ue000",
    "no character": "{}\ufdd0",
    "a line break": "{}\nsecond line",
    "a Windows line break": "{}\r\nsecond line",
}


def _cells(sheet: Sheet, column: str, definition: dy.Column, chance: random.Random) -> Iterator[Mutant]:
    row = sheet.filled(column, chance)
    value = sheet.rows[row][sheet.at(column)]

    def of(kind: str, cell: str, expected: Expected = "refused") -> Mutant:
        return Mutant(kind, sheet.name, column, expected, written(partial(sheet.with_cell, row, column, cell)))

    yield of("an empty cell", "", "either" if definition.nullable else "refused")
    for kind, form in SIGNS.items():
        yield of(kind, form.format(value))
    yield of("a very long cell", f"{value}{'x' * 20_000}")
    yield of("a cell longer than CSV readers take", f"{value}{'x' * 200_000}")
    if isinstance(definition, dy.Int64):
        for kind, cell in NO_NUMBERS.items():
            yield of(kind, cell)
        yield of("a negative number", "-7")
        yield of("a number by one off", str(int(value or 1) + 1), "either")
        yield of("ten times the number", f"{value or 1}0", "either")
        yield of("the greatest number", str(2**63 - 1), "either")
    elif isinstance(definition, dy.Date):
        for kind, cell in NO_DATES.items():
            yield of(kind, cell)
        yield of("another valid day", "2016-02-29", "either")
    elif isinstance(definition, dy.Enum):
        yield of("an unknown code", "unheard_of")
        yield of("a code in capitals", value.upper() or "X")
        yield of("two codes", f"{value};{value}")
        yield of("a code's label", value.replace("_", " ").title() or "X")
        others = [code for code in definition.categories if code != value]
        if others:
            yield of("another known code", chance.choice(others), "either")
    else:
        yield from _strings(sheet, column, definition, value, of)


def _strings(
    sheet: Sheet, column: str, definition: dy.Column, value: str, of: Callable[..., Mutant]
) -> Iterator[Mutant]:
    pattern = getattr(definition, "regex", None)
    yield of("a word in place of the value", "Unknown", "either" if pattern is None else "refused")
    yield of("the value in capitals", value.upper(), "either")
    yield of("twice the value", value + value, "either")
    yield of("a word for none", "NaN")
    yield of("wrongly decoded", f"{value}â€™")
    if column in ("review_start", "review_end", "published"):
        for kind, cell in NO_DATES.items():
            yield of(kind, cell)
        yield of("another valid day", "2016-02-29", "either")
    if getattr(definition, "unique", False) or sheet.schema.primary_key() == [column]:
        at = sheet.at(column)
        other = next((row[at] for row in sheet.rows if row[at] not in ("", value)), None)
        if other is not None:
            yield of("another row's unique value", other)


DANGLING = {
    "area_code": "E06999999",
    "neighbour_code": "E06999999",
    "region_code": "E12999999",
    "successor_codes": "E06999999",
    "inspection_id": "nowhere-2016-01-01-sif",
    "finding_id": "nowhere-2016-01-01-sif-001",
    "source_id": "hearsay",
    "tile_source_id": "hearsay",
    "theme": "unheard_of",
}


def _references(sheet: Sheet, chance: random.Random) -> Iterator[Mutant]:
    """Every reference to a well-formed row that is not there, and every row that others refer to, renamed."""
    for reference in REFERENCES:
        if reference.table == sheet.name and reference.column in DANGLING:
            row = sheet.filled(reference.column, chance)
            content = partial(sheet.with_cell, row, reference.column, DANGLING[reference.column])
            yield Mutant("a reference to nothing", sheet.name, reference.column, "refused", written(content))
        if (sheet.name, target := dict(reference.targets).get(sheet.name)) != (sheet.name, None) and target in DANGLING:
            row = sheet.filled(target, chance)
            content = partial(sheet.with_cell, row, target, DANGLING[target])
            yield Mutant("what others refer to renamed", sheet.name, target, "refused", written(content))
    for earlier, later in (
        ("valid_from", "valid_to"),
        ("started", "ended"),
        ("ended", "published"),
        ("review_start", "review_end"),
        ("review_end", "published"),
    ):
        if earlier in sheet.header and later in sheet.header:
            rows = [n for n, row in enumerate(sheet.rows) if row[sheet.at(later)] and len(row[sheet.at(later)]) == 10]
            for row in chance.sample(rows, min(3, len(rows))):
                content = partial(sheet.with_cell, row, earlier, "2039-12-31")
                yield Mutant("days in the wrong order", sheet.name, earlier, "refused", written(content))
