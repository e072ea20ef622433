"""Mutants of files: what a download, a spreadsheet, an editor or an enemy may make of a release."""

from __future__ import annotations

import copy
import datetime as dt
import io
import json
import random
import re
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import openpyxl  # type: ignore[import-untyped]
import release_examples
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject, StreamObject

from analysis.sources import ofsted_outcomes
from attacks.releases import Base, Files
from attacks.rows import as_csv

SAME = "same"
"""The mutant says the same, or cannot be read: anything else is a miss."""
ROWS = "rows"
"""The mutant is a whole file with fewer rows: what is gone must be shown as removed, or refused on writing."""
VALUE = "value"
"""The mutant is a whole file that says something else: no reader can know better."""


@dataclass(frozen=True)
class Mutant:
    """What is done to a release, the files as a reader then gets them, in order, and what may come of them."""

    group: str
    name: str
    files: Callable[[], Files]
    """Makes the files: those of every mutant of a release at once would not fit into memory."""
    may: str = SAME


def mutants(base: Base, seed: int, rounds: int) -> Iterator[Mutant]:
    """Every mutant of a base; those with a random place as often as `rounds` says."""
    rng = random.Random(f"{seed}-{base.source}-{base.kind}-{base.attacked}")  # noqa: S311
    makers = {
        "csv": (_of_cells, _of_csv_text),
        "ods": (_of_sheets, _of_archive),
        "xlsx": (_of_sheets, _of_archive, _of_xlsx),
        "json": (_of_map,),
        "text": (_of_text,),
        "pdf": (_of_pdf,),
    }[base.kind]
    for maker in (*makers, _of_bytes):
        for group, name, content, may in maker(base, rng, rounds):
            yield Mutant(group, name, partial(_with, base, content), may)
    attacked = Path(base.attacked)
    for other in SUFFIXES:
        if other != attacked.suffix:
            files = {n: c for n, c in base.files.items() if n != base.attacked}
            files[f"{attacked.stem}{other}"] = base.files[base.attacked]
            yield Mutant("other name", f"named {other}", files.copy)


SUFFIXES = (".csv", ".ods", ".xlsx", ".pdf", ".txt", ".json", ".docx", ".xls")

Content = bytes | Callable[[], bytes]
"""What stands in a file, or what makes it; whatever is drawn by chance is drawn before."""
Change = tuple[str, str, Content, str]


def _with(base: Base, content: Content) -> Files:
    return {**base.files, base.attacked: content if isinstance(content, bytes) else content()}


def _of_cells(base: Base, rng: random.Random, rounds: int) -> Iterator[Change]:
    rows = [list(row) for row in base.cells]
    width, height = len(rows[0]), len(rows)

    def made(group: str, name: str, changed: Sequence[Sequence[str]], may: str = SAME) -> Change:
        return group, name, partial(as_csv, changed), may

    for place, label in enumerate(rows[0]):
        without = [row[:place] + row[place + 1 :] for row in rows]
        yield made("columns", f"without {label}", without)
        yield made(
            "columns", f"{label} renamed", [[*rows[0][:place], "Something else", *rows[0][place + 1 :]], *rows[1:]]
        )
        yield made("columns", f"{label} doubled", [[*row, row[place]] for row in rows])
        yield made(
            "columns", f"{label} doubled, other values", [[*rows[0], label], *([*r, rows[1][place]] for r in rows[1:])]
        )
        emptied = [rows[0], *([*r[:place], "", *r[place + 1 :]] for r in rows[1:])]
        yield made("columns", f"{label} emptied", emptied, VALUE if base.source in OPTIONAL else SAME)
    for turn in range(rounds):
        order = rng.sample(range(width), width)
        yield made("columns", f"reordered {turn}", [[row[i] for i in order] for row in rows])
    yield made("columns", "reversed", [row[::-1] for row in rows])
    yield made("columns", "a blank one", [["", *row] for row in rows])
    yield made("header", "moved down", [["A title"], [], ["More words"], *rows])
    yield made("header", "missing", rows[1:])
    yield made("header", "alone", rows[:1])
    yield made("header", "doubled", [rows[0], *rows])
    yield made("header", "again in the middle", [*rows[: height // 2], rows[0], *rows[height // 2 :]])
    yield made("header", "below", [*rows[1:], rows[0]])
    yield made("rows", "none", [])
    yield made("rows", "blank ones between", [line for row in rows for line in (row, [""] * width)])
    yield made("rows", "a note below", [*rows, ["Note: see the guide"]])
    yield made("rows", "all doubled", [*rows, *rows[1:]])
    yield made("rows", "reversed", [rows[0], *rows[:0:-1]])
    for _ in range(rounds):
        at = rng.randrange(1, height)
        cut = rng.randrange(width)
        row = rows[at]
        yield made("rows", f"line {at + 1} doubled", [*rows, row])
        yield made("rows", f"line {at + 1} gone", [*rows[:at], *rows[at + 1 :]], ROWS)
        yield made("rows", f"cut off after line {at + 1}", rows[: at + 1], ROWS)
        yield made("rows", f"line {at + 1} short", [*rows[:at], row[:cut] + row[cut + 1 :], *rows[at + 1 :]])
        yield made("rows", f"line {at + 1} ends after {cut}", [*rows[:at], row[:cut], *rows[at + 1 :]], SAME)
        yield made("rows", f"line {at + 1} long", [*rows[:at], [*row[:cut], "x", *row[cut:]], *rows[at + 1 :]])
        other = rng.randrange(1, height)
        swapped = copy.deepcopy(rows)
        swapped[at][cut], swapped[other][cut] = rows[other][cut], rows[at][cut]
        yield made("values", f"column {cut + 1}: lines {at + 1} and {other + 1} swapped", swapped, VALUE)
    for value in ODD_VALUES:
        for turn in range(max(2, rounds // 2)):
            at, cut = rng.randrange(1, height), rng.randrange(width)
            changed = [*rows[:at], [*rows[at][:cut], value, *rows[at][cut + 1 :]], *rows[at + 1 :]]
            yield made(
                "values",
                f"line {at + 1}, {rows[0][cut]}: {value[:20]!r} ({turn})",
                changed,
                _may(base, rows, cut, value),
            )


ODD_VALUES = [
    "", " ", "0", "-1", "1,234", "12,34", "1.234", "1 234", "1.5", "1e3", "9" * 18, "9" * 400, "z", "~", "..", "[c]",
    "N/A", "#REF!", "#DIV/0!", "Err:502", "=1+1", "E06000099", "E08000018", "999", "372", "nobody", "2014-02-31",
    "31/12/2019", "2099-01-01", "1066", "202425", "\u0663", "½", "<script>alert(1)</script>", "\u202etxt", "x" * 40_000,
    "weakness", "maybe", "yes", "\u00a0", "a;b", "null", "NaN", "inf", "True",
]  # fmt: skip


def _may(base: Base, rows: Sequence[Sequence[str]], column: int, value: str) -> str:
    """A number where a number stood, or words where words stood, is another value; nothing else may be."""
    free = {
        "local_authority",
        "providers",
        "ccgs",
        "note",
        "cqc_region",
        "la_name",
        "name",
        "summary",
        "heading",
        "text",
    }
    free |= {"region_name", "country_name", "other_themes", "paragraph", "figure"}
    if rows[0][column] in free or re.fullmatch(r"SN_\d+P", rows[0][column]):
        return VALUE
    stood = {row[column] for row in rows[1:]}
    plain_number = re.fullmatch(r"[0-9]{1,15}|[0-9]{1,3},[0-9]{3}", value) is not None
    has_numbers = any(cell.isdigit() for cell in stood)
    known = value.strip() in stood or value in ("z", "[c]") or (value.strip() == "" and base.source in OPTIONAL)
    days = re.fullmatch(r"\d{4}(-\d{2}){0,2}", value) is not None and any(re.match(r"\d{4}-", cell) for cell in stood)
    known = known or (rows[0][column].startswith("SN_") and value in ("E08000018", "372"))
    return VALUE if known or (plain_number and has_numbers) or days or base.source == "reports" else SAME


OPTIONAL = ("cqc-reviews", "findings", "reports")


def _of_csv_text(base: Base, rng: random.Random, rounds: int) -> Iterator[Change]:
    content = base.files[base.attacked]
    text = content.decode("utf-8")
    with_signs = text + "\n"
    for name in ("utf-16", "utf-16-le", "utf-16-be", "utf-32"):
        yield "encoding", name, partial(text.encode, name), SAME
    for sign, name in (("é", "latin-1"), ("’", "cp1252"), ("’", "mac-roman"), ("é", "cp437")):
        titled = f"Children{sign}s figures\n{text}"
        yield "encoding", f"{name} with {sign}", partial(titled.encode, name, errors="replace"), SAME
    yield "encoding", "UTF-8 with BOM", lambda: b"\xef\xbb\xbf" + content, SAME
    yield "encoding", "BOM twice", lambda: b"\xef\xbb\xbf" * 2 + content, SAME
    yield "encoding", "cut within a sign", lambda: "Children’s".encode()[:10] + content, SAME
    for name, end in (("CRLF", "\r\n"), ("CR", "\r"), ("blank lines at the end", "\n")):
        changed = with_signs if name.startswith("blank") else text.replace("\n", end)
        yield "line ends", name, changed.encode, SAME
    for name, sign in (("semicolons", ";"), ("tabs", "\t")):
        yield "separators", name, text.replace(",", sign).encode, SAME
    yield "line ends", "none at the end", partial(content.rstrip, b"\n"), SAME
    for sign in ("\x00", "\x1a", "\x0b", "\x0c", "\x85", "\u2028", "\ufffd", '"', "\n", "\r", ",", "\ufeff", "\u200b"):
        for turn in range(max(2, rounds // 2)):
            at = rng.randrange(len(text))
            may = SAME if sign not in ("\u2028", "\ufeff", "\u200b", '"') else VALUE
            yield "characters", f"{sign!r} at {at} ({turn})", partial(_inserted, text, at, sign), may
    for turn in range(rounds):
        at = rng.randrange(len(content))
        yield "truncated", f"after byte {at} ({turn})", partial(_cut, content, 0, at), ROWS
        at = rng.randrange(len(content) // 2)
        yield "truncated", f"without the first {at} bytes ({turn})", partial(_cut, content, at), SAME


def _inserted(text: str, at: int, sign: str) -> bytes:
    return (text[:at] + sign + text[at:]).encode()


def _of_bytes(base: Base, rng: random.Random, rounds: int) -> Iterator[Change]:
    content = base.files[base.attacked]
    yield "bytes", "empty", b"", SAME
    yield "bytes", "one line feed", b"\n", SAME
    yield "bytes", "zeros", bytes(1000), SAME
    yield "bytes", "noise", rng.randbytes(2000), SAME
    yield "bytes", "a web page", b"<!DOCTYPE html><title>Not found</title>\n", SAME
    yield "bytes", "a PDF's first bytes", b"%PDF-1.7\n" + rng.randbytes(200), SAME
    yield "bytes", "twice", lambda: content + content, SAME if base.kind != "text" else VALUE
    yield "bytes", "in a zip", partial(_zip, {base.attacked: content}), SAME
    for turn in range(rounds):
        at = rng.randrange(len(content))
        turned = bytes([content[at] ^ (1 << rng.randrange(8))])
        yield "bytes", f"bit in byte {at} turned ({turn})", partial(_spliced, content, at, turned, 1), VALUE
        if base.kind not in ("csv", "text", "json"):
            yield "truncated", f"after byte {at} ({turn})", partial(_cut, content, 0, at), SAME
            gap = rng.randrange(1, 200)
            yield "bytes", f"{gap} bytes lost at {at} ({turn})", partial(_spliced, content, at, b"", gap), SAME
            yield "bytes", f"{gap} zeros at {at} ({turn})", partial(_spliced, content, at, bytes(gap), gap), SAME


def _cut(content: bytes, start: int, stop: int | None = None) -> bytes:
    return content[start:stop]


def _spliced(content: bytes, at: int, piece: bytes, instead_of: int = 0) -> bytes:
    return content[:at] + piece + content[at + instead_of :]


def _zip(parts: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def _parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _of_sheets(base: Base, rng: random.Random, rounds: int) -> Iterator[Change]:
    sheets = {name: [list(row) for row in rows] for name, rows in base.sheets.items()}
    main = list(sheets)[-1]
    table = sheets[main]
    top = min(number for number, row in enumerate(table) if len(row) > 5)
    above, header, rows = table[:top], table[top], table[top + 1 :]
    width = len(header)

    def made(group: str, name: str, changed: Mapping[str, Sequence[Sequence[Any]]], may: str = SAME) -> Change:
        return group, name, partial(_book, base.kind, changed), may

    def with_table(group: str, name: str, changed: Sequence[Sequence[Any]], may: str = SAME) -> Change:
        return made(group, name, {**sheets, main: changed}, may)

    for place, label in enumerate(header):
        others = [*above, *(r[:place] + r[place + 1 :] for r in (header, *rows))]
        may = VALUE if label in NOT_IN_EVERY_EDITION or base.source == "findings" else SAME
        yield with_table("columns", f"without {label[:20]}", others, may if base.source != "findings" else SAME)
        renamed = [*header[:place], "Something else", *header[place + 1 :]]
        yield with_table(
            "columns", f"{label[:20]} renamed", [*above, renamed, *rows], may if base.source != "findings" else SAME
        )
        yield with_table("columns", f"{label[:20]} doubled", [*above, *([*r, r[place]] for r in (header, *rows))])
        emptied = [*above, header, *([*r[:place], None, *r[place + 1 :]] for r in rows)]
        yield with_table("columns", f"{label[:20]} emptied", emptied, may)
        at = rng.randrange(len(rows))
        for value in (
            None,
            "#REF!",
            "#N/A",
            "z",
            "-1",
            12345,
            1.5,
            "31/02/2020",
            dt.date(2020, 2, 3),
            "nobody",
            "=1+1",
        ):
            cells = [*rows[at][:place], value, *rows[at][place + 1 :]]
            may = VALUE if _fits(base, label, value) else SAME
            yield with_table(
                "values", f"{label[:20]}, row {at}: {value}", [*above, header, *rows[:at], cells, *rows[at + 1 :]], may
            )
    for turn in range(rounds):
        order = rng.sample(range(width), width)
        yield with_table("columns", f"reordered {turn}", [*above, *([r[i] for i in order] for r in (header, *rows))])
        at = rng.randrange(len(rows))
        yield with_table("rows", f"row {at} doubled", [*table, rows[at]])
        yield with_table("rows", f"row {at} gone", [*above, header, *rows[:at], *rows[at + 1 :]], ROWS)
        names = rng.sample(list(sheets), len(sheets))
        yield made("sheets", f"reordered {turn}", {name: sheets[name] for name in names})
    yield with_table("columns", "a blank one", [*above, *([None, *r] for r in (header, *rows))])
    yield with_table("header", "moved down", [*above, ["More words"], [], header, *rows])
    yield with_table("header", "alone", [*above, header])
    yield with_table("header", "missing", [*above, *rows])
    yield with_table("header", "doubled", [*above, header, header, *rows])
    yield with_table("rows", "a note below", [*table, ["Source: Ofsted"]])
    yield with_table("rows", "blank ones between", [*above, header, *(line for row in rows for line in (row, []))])
    days = [[cell.strftime("%d/%m/%Y") if isinstance(cell, dt.date) else cell for cell in row] for row in rows]
    yield with_table("values", "days as text", [*above, header, *days])
    days = [[cell.strftime("%-d %B %Y") if isinstance(cell, dt.date) else cell for cell in row] for row in rows]
    yield with_table("values", "days in words", [*above, header, *days])
    zero = dt.date(1899, 12, 30)
    days = [[(cell - zero).days if isinstance(cell, dt.date) else cell for cell in row] for row in rows]
    yield with_table("values", "days as numbers", [*above, header, *days])
    for name in sheets:
        left = {n: rows for n, rows in sheets.items() if n != name}
        may = SAME if name in (main, "Cover") else VALUE
        if left:
            yield made("sheets", f"without {name}", left, may)
        yield made("sheets", f"{name} renamed", {"Other" if n == name else n: rows for n, rows in sheets.items()})
        yield made("sheets", f"{name} emptied", {**sheets, name: []}, may)
    yield made("sheets", f"{main} twice", {**sheets, f"{main} 2": table})
    older = [*above, header, *rows[:-1]]
    yield made("sheets", f"an older {main} before", {f"{main} 2": older, **sheets})
    yield made("sheets", "none with anything", dict.fromkeys(sheets, ()))


def _book(kind: str, sheets: Mapping[str, Sequence[Sequence[Any]]]) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"made.{kind}"
        (release_examples.write_ods if kind == "ods" else release_examples.write_xlsx)(path, sheets)
        return path.read_bytes()


NOT_IN_EVERY_EDITION = ("Inspection date", "Overall effectiveness", ofsted_outcomes.LEAVERS)
"""Columns that some editions of Ofsted's outcomes have not; what the tables hold of the day then stays as it is."""


def _fits(base: Base, label: str, value: object) -> bool:
    """Whether a cell of this column may hold the value in a sound release."""
    if label in ("Web link", "Local authority name", "summary", "heading", "text", "paragraph", "other_themes"):
        return True
    if label in ("kind", "suggested_theme"):
        return True
    if base.source == "findings":
        return value is None
    day = label in ("Inspection date", "Publication date")
    return (day and value == dt.date(2020, 2, 3)) or (value in (None, "z") and label.startswith(("Overall", "The ")))


def _of_archive(base: Base, rng: random.Random, rounds: int) -> Iterator[Change]:
    content = base.files[base.attacked]
    parts = _parts(content)
    sheet = "content.xml" if base.kind == "ods" else sorted(n for n in parts if n.startswith("xl/worksheets/sheet"))[-1]
    yield "archive", "stored, not packed", partial(_zip, parts, zipfile.ZIP_STORED), SAME
    yield "archive", "packed as BZIP2", partial(_zip, parts, zipfile.ZIP_BZIP2), SAME
    yield "archive", "packed as LZMA", partial(_zip, parts, zipfile.ZIP_LZMA), SAME
    yield "archive", "paths outside", partial(_zip, {**parts, "../../evil.txt": b"x", "/etc/evil": b"x"}), SAME
    for name in parts:
        yield "archive", f"without {name}", partial(_zip, {n: c for n, c in parts.items() if n != name}), SAME
        yield "archive", f"{name} emptied", partial(_zip, {**parts, name: b""}), SAME
        cut = parts[name][: rng.randrange(1, max(2, len(parts[name])))]
        yield "archive", f"{name} cut off", partial(_zip, {**parts, name: cut}), SAME
        yield "archive", f"{name} is noise", partial(_zip, {**parts, name: rng.randbytes(500)}), SAME
    doubled = io.BytesIO(content)
    with zipfile.ZipFile(doubled, "a") as archive:
        archive.filelist.clear()
        archive.NameToInfo.pop(sheet, None)
        archive.writestr(f"{sheet}", parts[sheet])
    yield "archive", "a part alone in the list", doubled.getvalue(), SAME
    yield "bombs", "a part of zeros", lambda: _zip({**parts, "styles.xml": bytes(150_000_000)}), SAME
    yield "bombs", "the sheet is spaces", lambda: _zip({**parts, sheet: parts[sheet] + b" " * 150_000_000}), SAME
    for claimed in (10, len(parts[sheet]) - 1, 0):
        yield "bombs", f"a size of {claimed} claimed", partial(_lying, content, sheet, claimed), SAME
    laughs = b'<!DOCTYPE x [<!ENTITY a "ha">' + b"".join(
        f'<!ENTITY a{n} "{f"&a{n - 1 or str()};" * 10}">'.encode() for n in range(1, 10)
    )
    outside = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    start = re.search(rb"^(<\?xml[^>]*\?>)?", parts[sheet])
    assert start is not None
    for name, entities in (("a billion laughs", laughs + b"]>"), ("an outside entity", outside)):
        declared = _spliced(parts[sheet], start.end(), entities)
        yield "bombs", name, partial(_zip, {**parts, sheet: declared}), SAME
    yield "bombs", "nested deeply", lambda: _zip({**parts, sheet: b"<a>" * 200_000 + b"</a>" * 200_000}), SAME
    locked = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(1000)
    yield "locked", "an encrypted package, or from before 2007", locked, SAME
    flagged = bytearray(content)
    for found in re.finditer(rb"PK\x01\x02", content):
        flagged[found.start() + 8] |= 1
    yield "locked", "parts marked as encrypted", bytes(flagged), SAME
    if base.kind == "ods":
        yield from _of_ods(parts, rng)


def _of_ods(parts: dict[str, bytes], rng: random.Random) -> Iterator[Change]:
    sheet = parts["content.xml"]

    def made(group: str, name: str, changed: bytes, may: str = SAME) -> Change:
        assert changed != sheet, name
        return group, name, partial(_zip, {**parts, "content.xml": changed}), may

    manifest = parts["META-INF/manifest.xml"].replace(
        b"</manifest:manifest>", b"<manifest:encryption-data/></manifest:manifest>"
    )
    yield "locked", "encrypted as ODS", partial(_zip, {**parts, "META-INF/manifest.xml": manifest}), SAME
    cell = b'<table:table-cell office:value-type="string">'
    for count in (1000, 100_000, 10**9):
        more = cell.replace(b">", f' table:number-columns-repeated="{count}">'.encode())
        yield made("bombs", f"a cell {count} times", sheet.replace(cell, more, 1))
    for count in (10**6, 10**9):
        row = f'<table:table-row table:number-rows-repeated="{count}">'.encode()
        yield made("bombs", f"rows {count} times", sheet.replace(b"<table:table-row>", row))
    blank = b'<table:table-row table:number-rows-repeated="1048000"><table:table-cell/>'
    yield made(
        "bombs", "blank rows to the end", sheet.replace(b"</table:table>", blank + b"</table:table-row></table:table>")
    )
    spaces = f'<text:p><text:s text:c="{10**9}"/>'.encode()
    yield made("bombs", "a thousand million spaces", sheet.replace(b"<text:p>", spaces, 1))
    formula = cell.replace(b"<table:table-cell", b'<table:table-cell table:formula="of:=[.A1]"')
    yield made("formulas", "with its result", sheet.replace(cell, formula))
    yield made("formulas", "without its result", sheet.replace(cell, b'<table:table-cell table:formula="of:=[.A1]">'))
    error = b'<table:table-cell table:formula="of:=#REF!" office:value-type="string" calcext:value-type="error">'
    yield made("formulas", "errors", sheet.replace(cell, error.replace(b"calcext:", b"table:")))
    places = [found.start() for found in re.finditer(re.escape(cell), sheet)]
    for at in rng.sample(places, 6):
        named = sheet[:at] + cell.replace(b">", b' table:number-rows-spanned="2">') + sheet[at + len(cell) :]
        yield made("merged", f"over what is there, at {at}", named, VALUE)


def _of_xlsx(base: Base, rng: random.Random, rounds: int) -> Iterator[Change]:
    content = base.files[base.attacked]
    parts = _parts(content)
    main = list(base.sheets)[-1]

    def edited(group: str, name: str, change: Any, may: str = SAME) -> Change:
        def made() -> bytes:
            book = openpyxl.load_workbook(io.BytesIO(content))
            change(book[main])
            out = io.BytesIO()
            book.save(out)
            return out.getvalue()

        return group, name, made, may

    def put(reference: str, value: object) -> Any:
        return lambda sheet: sheet.__setitem__(reference, value)

    for reference in ("B6", "D6", "G6", "A6"):
        yield edited("formulas", f"without result in {reference}", put(reference, "=1+1"))

        def error(sheet: Any, reference: str = reference) -> None:
            sheet[reference] = "#REF!"
            sheet[reference].data_type = "e"

        yield edited("formulas", f"error in {reference}", error)
        column = reference[0]
        yield edited("merged", f"{column}5:{column}6", lambda sheet, c=column: sheet.merge_cells(f"{c}5:{c}6"), VALUE)
    yield edited("merged", "the title", lambda sheet: sheet.merge_cells("A1:D1"), SAME)
    if len(base.sheets) > 1:
        yield edited("sheets", "hidden", lambda sheet: setattr(sheet, "sheet_state", "hidden"))
    yield edited("rows", "hidden", lambda sheet: setattr(sheet.row_dimensions[5], "hidden", True))
    yield edited("bombs", "a cell far out", put("XFD1048576", "x"))
    yield edited("bombs", "a row far down", put("A900000", "x"))
    yield edited("bombs", "a cell out to the right", put("AAA5", "a note"))
    shared = parts.get("xl/sharedStrings.xml", b"")
    sheet = sorted(n for n in parts if n.startswith("xl/worksheets/sheet"))[-1]
    if shared:

        def long() -> bytes:
            cells = re.sub(rb"<t>[^<]*</t>", b"<t>" + b"x" * 900_000 + b"</t>", shared, count=60)
            return _zip({**parts, "xl/sharedStrings.xml": cells})

        yield "bombs", "one long text in every cell", long, SAME
    for name, old, new in (
        ("a text that is not there", rb't="s"><v>\d+', b't="s"><v>999999'),
        ("a cell of no place", rb'r="A', b'r="1A'),
        ("a row of no number", rb'<row r="5"', b'<row r="five"'),
        ("a cell of a kind unknown", rb't="s"', b't="q"'),
    ):
        yield "archive", name, partial(_zip, {**parts, sheet: re.sub(old, new, parts[sheet])}), SAME


def _lying(content: bytes, name: str, size: int) -> bytes:
    """The archive, with another unpacked size claimed for one part, in its own header and in the list."""
    changed = bytearray(content)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        local = archive.getinfo(name).header_offset
    struct.pack_into("<L", changed, local + 22, size)
    for found in re.finditer(rb"PK\x01\x02", content):
        length = struct.unpack_from("<H", content, found.start() + 28)[0]
        if content[found.start() + 46 : found.start() + 46 + length].decode() == name:
            struct.pack_into("<L", changed, found.start() + 24, size)
    return bytes(changed)


ODD_GEOMETRIES: list[Any] = [
    None,
    [],
    {},
    "x",
    {"type": "Point", "coordinates": [0, 0]},
    {"type": "Polygon", "coordinates": []},
    {"type": "Polygon", "coordinates": [[[0]]]},
    {"type": "Polygon", "coordinates": [[["a", "b"]] * 5]},
    {"type": "Polygon", "coordinates": [[[1e9, 1e9]] * 5]},
    {"type": "GeometryCollection", "geometries": []},
]
ODD_PROPERTIES: list[Any] = [None, "x", -1, 1e300, True, [], "NaN", 10**20, {"a": 1}]
NO_MAPS: list[Any] = [[], {}, "text", 1, None, [1], {"features": 1}, {"features": [None]}, {"features": [{}]}]


def _of_map(base: Base, rng: random.Random, rounds: int) -> Iterator[Change]:
    whole = json.loads(base.files[base.attacked])
    text = base.files[base.attacked].decode()

    def made(group: str, name: str, change: Any, may: str = SAME) -> Change:
        def written() -> bytes:
            changed = copy.deepcopy(whole)
            changed = change(changed) or changed
            return json.dumps(changed).encode()

        return group, name, written, may

    yield made("features", "none", lambda w: w.update(features=[]))
    yield made("features", "not there", lambda w: w.pop("features") and None)
    for other in NO_MAPS:
        yield "features", f"{json.dumps(other)[:30]} instead", json.dumps(other).encode(), SAME
    yield made("features", "reversed", lambda w: w["features"].reverse())
    yield "nesting", "100,000 lists", b"[" * 100_000 + b"]" * 100_000, SAME
    yield "nesting", "100,000 objects", b'{"a":' * 100_000 + b"1" + b"}" * 100_000, SAME
    yield "numbers", "a number of 5,000 digits", text.replace("100000", "9" * 5000).encode(), SAME
    for number in range(len(whole["features"])):
        yield made("features", f"{number} gone", lambda w, n=number: w["features"].pop(n) and None)
        yield made("features", f"{number} doubled", lambda w, n=number: w["features"].append(w["features"][n]))
        for key in whole["features"][number]["properties"]:
            may = VALUE if key.endswith("NM") else SAME
            yield made(
                "properties",
                f"{number} without {key}",
                lambda w, n=number, k=key: w["features"][n]["properties"].pop(k) and None,
            )
            for value in ODD_PROPERTIES:
                yield made(
                    "properties",
                    f"{number} {key} is {value}",
                    lambda w, n=number, k=key, v=value: w["features"][n]["properties"].update({k: v}),
                    may if not (value == 1e300 and key == "SHAPE_Area") else SAME,
                )
        for key in ("geometry", "properties"):
            for value in ODD_GEOMETRIES:
                yield made(
                    "geometry",
                    f"{number} {key} is {json.dumps(value)[:40]}",
                    lambda w, n=number, k=key, v=value: w["features"][n].update({k: v}),
                )
    yield made(
        "numbers", "all on one line", lambda w: [f["properties"].update(BNG_N=100_000) for f in w["features"]] and None
    )
    yield made(
        "numbers",
        "all in one place",
        lambda w: [f["properties"].update(BNG_N=1, BNG_E=1) for f in w["features"]] and None,
    )
    yield made(
        "numbers",
        "kilometres",
        lambda w: [f["properties"].update(BNG_N=f["properties"]["BNG_N"] / 1000) for f in w["features"]] and None,
    )
    for constant in ("NaN", "Infinity", "-Infinity", "1e999"):
        yield "numbers", constant, text.replace("0.25", constant, 1).encode(), SAME
    for name in ("utf-16", "utf-32"):
        yield "encoding", name, text.encode(name), SAME
    yield "encoding", "BOM", b"\xef\xbb\xbf" + text.encode(), SAME
    for turn in range(rounds):
        at = rng.randrange(len(text))
        yield "truncated", f"after byte {at} ({turn})", text[:at].encode(), SAME


def _of_text(base: Base, rng: random.Random, rounds: int) -> Iterator[Change]:
    pages = list(base.pages)
    text = "\f".join(pages)

    def made(group: str, name: str, changed: str, may: str = SAME) -> Change:
        return group, name, changed.encode, may

    yield made("pages", "no form feeds", text.replace("\f", "\n"), VALUE)
    yield made("pages", "a form feed at the end", text + "\f")
    yield made("pages", "without the first", "\f".join(pages[1:]))
    for number in range(1, len(pages)):
        yield made("pages", f"without page {number + 1}", "\f".join([*pages[:number], *pages[number + 1 :]]), VALUE)
        swapped = [pages[number], *pages[1:number], pages[0], *pages[number + 1 :]]
        yield made("pages", f"1 and {number + 1} swapped", "\f".join(swapped))
    for line in [line for line in pages[0].split("\n") if line.strip()]:
        yield made(
            "cover", f"without “{line[:40]}”", text.replace(line + "\n", "", 1), VALUE if _is_free(line) else SAME
        )
    for old, news in DAYS.items():
        for new in news:
            if old in text:
                yield made("days", f"“{old}” is “{new}”", text.replace(old, new, 1), VALUE if new in SOUND else SAME)
    for old in ("Rotherham", "Croydon"):
        for new in ("Atlantis", "Wales", "", "R" * 500, "Rotherham and Croydon"):
            if old in text:
                yield made("area", f"{old} is “{new[:30]}”", text.replace(old, new), SAME)
    for name in ("utf-16", "utf-16-le", "cp1252", "mac-roman", "utf-32"):
        yield "encoding", name, text.encode(name, errors="replace"), SAME
    yield "encoding", "BOM", b"\xef\xbb\xbf" + text.encode(), SAME
    yield made("line ends", "CRLF", text.replace("\n", "\r\n"), SAME)
    for sign in ("\x00", "\x1b[31m", "\ufffd", "\x85", "\x0b"):
        for _ in range(2):
            at = rng.randrange(len(text))
            yield made("characters", f"{sign!r} at {at}", text[:at] + sign + text[at:])
    yield made("size", "a line of ten million signs", text + "x " * 5_000_000 + "\n", VALUE)
    yield made("size", "blank pages", text + "\f" * 100_000)
    yield made("size", "words that patterns stumble on", text + "Inspection of " * 20_000 + "\n", VALUE)
    yield made("size", "a cover that patterns stumble on", "Inspection of " * 20_000 + text)
    yield made("size", "many grades", text + "Overall effectiveness\n\n" * 20_000, VALUE)
    for turn in range(rounds * 2):
        at = rng.randrange(len(text))
        yield made(
            "truncated",
            f"after character {at} ({turn})",
            text[:at],
            VALUE if text[:at].endswith(("\n", "\f")) else SAME,
        )


SOUND = ("1 January 2013", "2 January 2013 – 3 January 2013")
DAYS = {
    "16 September – 8 October 2014": (
        "31 September – 8 October 2014", "8 October – 16 September 2014", "16 September 2014 – 8 October 2013", "",
        "soon", "16 – 8 2014", "99 September – 8 October 2014",
    ),
    "19 November 2014": ("31 November 2014", "19 Brumaire 2014", "soon", "19 November 20145"),
    "20 June to 1 July 2022": (
        "31 June to 1 July 2022", "1 July to 20 June 2022", "", "June 2022", "20 June to 1 July 22",
    ),
    "29 June 2016": ("31 June 2016", "soon", ""),
    "16 May and 20 May": ("32 May and 33 May", "20 May and 16 May", "spring"),
}  # fmt: skip


def _is_free(line: str) -> bool:
    """Whether a cover may do without a line: page numbers, names, and words that are no label."""
    return (
        re.search(r"nspection|rotection|udgement|rade|ood|nadequate|mprovement|utstanding|Between|published", line)
        is None
    )


def _of_pdf(base: Base, rng: random.Random, rounds: int) -> Iterator[Change]:
    content = base.files[base.attacked]

    def made(group: str, name: str, change: Any, may: str = SAME) -> Change:
        def written() -> bytes:
            writer = PdfWriter(clone_from=PdfReader(io.BytesIO(content)))
            change(writer)
            out = io.BytesIO()
            writer.write(out)
            return out.getvalue()

        return group, name, written, may

    def first(writer: PdfWriter) -> StreamObject:
        stream = writer.pages[0]["/Contents"].get_object()
        assert isinstance(stream, StreamObject)
        return stream

    for user, owner in (("secret", None), ("secret", "owner"), ("", "owner")):
        for algorithm in ("RC4-40", "RC4-128"):
            yield made(
                "locked",
                f"{algorithm}, user {user!r}, owner {owner!r}",
                lambda w, u=user, o=owner, a=algorithm: w.encrypt(u, o, algorithm=a),
                VALUE if not user else SAME,
            )
    yield made("pages", "blank", lambda w: [page.pop("/Contents") for page in w.pages] and None)
    yield made("pages", "none", lambda w: [w.remove_page(0) for _ in range(len(w.pages))] and None)
    for number in range(1, len(base.pages)):
        yield made("pages", f"without {number + 1}", lambda w, n=number: w.remove_page(n), VALUE)
    yield made("pages", "without the first", lambda w: w.remove_page(0))

    def loop(writer: PdfWriter) -> None:
        tree = _tree(writer)
        tree[NameObject("/Kids")] = ArrayObject([writer._root_object.raw_get("/Pages")])

    def many(writer: PdfWriter) -> None:
        tree = _tree(writer)
        tree[NameObject("/Kids")] = ArrayObject([page.indirect_reference for page in writer.pages] * 5000)
        tree[NameObject("/Count")] = NumberObject(5000)

    yield made("pages", "in a circle", loop)
    yield made("pages", "ten thousand", many)
    yield made(
        "pages",
        "a count of -1",
        lambda w: _tree(w).update({NameObject("/Count"): NumberObject(-1)}),
        VALUE,
    )
    for size in (50, 400):
        yield made("bombs", f"a page of {size} megabytes", lambda w, s=size: _replace(first(w), _spaces(s)))

    def nested(writer: PdfWriter) -> None:
        _replace(first(writer), zlib.compress(_spaces(400), 9), ["/FlateDecode", "/FlateDecode"])

    def slow(writer: PdfWriter) -> None:
        _replace(first(writer), zlib.compress(b"BT " + b"(x) Tj " * 1_000_000 + b"ET", 9))

    yield made("bombs", "packed twice", nested)
    yield made("bombs", "a million words on a page", slow)
    packed = zlib.compress(first(PdfWriter(clone_from=PdfReader(io.BytesIO(content)))).get_data(), 9)
    for turn in range(rounds):
        cut = packed[: rng.randrange(2, len(packed))]
        yield made("streams", f"packed, cut off at {len(cut)} ({turn})", lambda w, c=cut: _replace(first(w), c))
        at = rng.randrange(2, len(packed))
        bad = packed[:at] + bytes([packed[at] ^ 0x55]) + packed[at + 1 :]
        yield made("streams", f"packed, altered at {at} ({turn})", lambda w, c=bad: _replace(first(w), c))
    text = content.decode("latin-1")
    for name, old, new in (
        ("xref one off", r"startxref\n(\d+)", lambda m: f"startxref\n{int(m[1]) + 7}"),
        ("xref of zero", r"startxref\n(\d+)", lambda m: "startxref\n0"),
        ("xref beyond the end", r"startxref\n(\d+)", lambda m: "startxref\n99999999"),
        ("places in the table wrong", r"(\d{10}) 00000 n", lambda m: f"{(int(m[1]) + 3) % 10**10:010d} 00000 n"),
        ("no trailer", r"trailer", lambda m: "trialer"),
        ("no end mark", r"%%EOF", lambda m: ""),
        ("no root", r"/Root", lambda m: "/Toor"),
        ("no objects' ends", r"endobj", lambda m: ""),
        ("lengths wrong", r"/Length (\d+)", lambda m: f"/Length {int(m[1]) // 2}"),
        ("lengths huge", r"/Length (\d+)", lambda m: "/Length 999999999999"),
    ):
        yield "structure", name, re.sub(old, new, text).encode("latin-1"), SAME
    yield "structure", "words before", b"From: someone\n" * 20 + content, VALUE
    yield "structure", "words after", content + b"\n<!-- served by a proxy -->" * 40, VALUE


def _tree(writer: PdfWriter) -> DictionaryObject:
    tree = writer._root_object["/Pages"].get_object()
    assert isinstance(tree, DictionaryObject)
    return tree


def _replace(stream: StreamObject, data: bytes, filters: Sequence[str] = ("/FlateDecode",)) -> None:
    stream._data = data
    stream[NameObject("/Filter")] = ArrayObject([NameObject(name) for name in filters])


def _spaces(megabytes: int) -> bytes:
    """Deflated spaces that unpack to a size."""
    packer, chunk = zlib.compressobj(9), b" " * 1_000_000
    return b"".join([*(packer.compress(chunk) for _ in range(megabytes)), packer.flush()])
