"""A workbook is looked into before it is opened: bombs, locks, errors and formulas without a result are refused."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl  # type: ignore[import-untyped]
import pytest
from openpyxl.chart import BarChart  # type: ignore[import-untyped]
from release_examples import Merged, write_ods, write_xlsx

from analysis.errors import AnalysisError
from analysis.sources import workbook
from analysis.sources.labels import read_sheets

SHEETS = {"Days": [["Name", "Day"], ["Leeds", "2022-08-01"]]}
Parts = dict[str, bytes]


def _changed(path: Path, change: Callable[[Parts], Parts]) -> Path:
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in change(parts).items():
            archive.writestr(name, content)
    path.write_bytes(out.getvalue())
    return path


def _sheet(old: bytes, new: bytes) -> Callable[[Parts], Parts]:
    return lambda parts: {name: content.replace(old, new, 1) for name, content in parts.items()}


CELL = b"<table:table-cell "
ODS: dict[str, tuple[Callable[[Parts], Parts], str]] = {
    "zip bomb": (
        lambda parts: {**parts, "x": bytes(workbook.MOST_BYTES + 1)},
        "unpacks to more than 100,000,000 bytes",
    ),
    "repeats": (_sheet(CELL, CELL + b'table:number-columns-repeated="999999999" '), "beyond 2,000,000 cells"),
    "spaces": (_sheet(b"<text:p>", b'<text:p><text:s text:c="999999999"/>'), "a cell with 999999999 spaces"),
    "entities": (_sheet(b"?>", b'?><!DOCTYPE x [<!ENTITY a "b">]>'), "declares entities"),
    "locked": (_sheet(b"</manifest:manifest>", b"<manifest:encryption-data/></manifest:manifest>"), "password"),
    "damaged": (_sheet(b"</table:table>", b""), "its XML is damaged"),
    "formula": (
        _sheet(b'office:value-type="string"', b'table:formula="of:=1"'),
        "sheet Days, cell A1: a formula without",
    ),
    "other kind": (lambda parts: {"xl/workbook.xml": b""}, "the name says ODS, the content is XLSX"),
}


@pytest.mark.parametrize("what", ODS)
def test_a_workbook_that_is_none_is_refused(tmp_path: Path, what: str) -> None:
    change, message = ODS[what]
    path = _changed(write_ods(tmp_path / "days.ods", SHEETS), change)
    with pytest.raises(AnalysisError) as refused:
        read_sheets(path)
    assert message in str(refused.value)
    assert str(refused.value).startswith(str(path))


def test_a_part_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    path = write_ods(tmp_path / "days.ods", SHEETS)
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        real = archive.getinfo("content.xml").file_size.to_bytes(4, "little")
    path.write_bytes(content.replace(real, (10).to_bytes(4, "little")))
    with pytest.raises(AnalysisError, match="cannot be opened as a workbook"):
        read_sheets(path)


@pytest.mark.parametrize(
    ("reference", "value", "message"),
    [
        ("XFD1048576", "x", "goes on to cell XFD1048576"),
        ("B2", "=1+1", "sheet Days, cell B2: a formula without its result"),
        ("B2", "#REF!", "sheet Days, cell B2: the error #REF!"),
    ],
)
def test_a_cell_without_a_value_or_far_out_is_refused(tmp_path: Path, reference: str, value: str, message: str) -> None:
    path = write_xlsx(tmp_path / "days.xlsx", SHEETS)
    book = openpyxl.load_workbook(path)
    book["Days"][reference] = value
    book["Days"][reference].data_type = {"#": "e", "=": "f"}.get(value[0], "s")
    book.save(path)
    with pytest.raises(AnalysisError, match=message.replace("+", r"\+")):
        read_sheets(path)


SHEET, RELATIONS = "xl/worksheets/sheet1.xml", "xl/_rels/workbook.xml.rels"


def _moved(part: str, target: str) -> Callable[[Parts], Parts]:
    """The sheet as another part, with its relation."""

    def change(parts: Parts) -> Parts:
        assert f'"/{SHEET}"'.encode() in parts[RELATIONS]
        related = parts[RELATIONS].replace(f'"/{SHEET}"'.encode(), f'"{target}"'.encode())
        return {part if name == SHEET else name: content for name, content in (parts | {RELATIONS: related}).items()}

    return change


@pytest.mark.parametrize(
    ("part", "target"),
    [
        ("xl/pages/sheet1.xml", "/xl/pages/sheet1.xml"),
        ("xl/pages/sheet1.xml", "pages/sheet1.xml"),
        ("xl/xl/worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"),
        ("pages/sheet1.xml", "/pages/sheet1.xml"),
        ("xl/Worksheets/Sheet1.XML", "WORKSHEETS/sheet1.xml"),
        ("xl\\worksheets\\sheet1.xml", "worksheets/sheet1.xml"),
    ],
)
def test_a_sheet_is_looked_into_wherever_it_stands(tmp_path: Path, part: str, target: str) -> None:
    path = _changed(write_xlsx(tmp_path / "days.xlsx", SHEETS), _moved(part, target))
    assert read_sheets(path)[0].rows == (("Name", "Day"), ("Leeds", "2022-08-01"))
    book = openpyxl.load_workbook(write_xlsx(path, SHEETS))
    book["Days"]["B2"] = "=1+1"
    book.save(path)
    with pytest.raises(AnalysisError, match="sheet Days, cell B2: a formula without its result"):
        read_sheets(_changed(path, _moved(part, target)))


XLSX: dict[str, tuple[Callable[[Parts], Parts], str]] = {
    "sheet gone": (
        lambda parts: {name: content for name, content in parts.items() if name != SHEET},
        "it names the sheet Days and does not hold it",
    ),
    "relations gone": (
        lambda parts: {name: content for name, content in parts.items() if name != RELATIONS},
        "it names the sheet Days and does not hold it",
    ),
    "sheet elsewhere": (_moved("pages/sheet1.xml", "../pages/sheet1.xml"), "names the sheet Days and does not hold it"),
    "sheet twice": (lambda parts: parts | {SHEET.upper(): b"<worksheet/>"}, "it holds a part twice"),
    "relations twice": (lambda parts: parts | {RELATIONS.replace("/", "\\"): b""}, "it holds a part twice"),
    "one name": (
        _sheet(b"</sheets>", b'<sheet name="Days" sheetId="9" r:id="rId1"/></sheets>'),
        "two of its sheets have one name",
    ),
}


@pytest.mark.parametrize("what", XLSX)
def test_a_book_whose_sheets_are_not_each_one_part_is_refused(tmp_path: Path, what: str) -> None:
    change, message = XLSX[what]
    path = _changed(write_xlsx(tmp_path / "days.xlsx", SHEETS), change)
    with pytest.raises(AnalysisError, match=message):
        read_sheets(path)


@pytest.mark.parametrize("number", ["-1", "+1", " 1", "2"])
def test_a_cell_with_the_number_of_no_text_is_refused(tmp_path: Path, number: str) -> None:
    def shared(number: str) -> Callable[[Parts], Parts]:
        cell, texts = b't="inlineStr"><is><t>Leeds</t></is>', b"<sst><si><t>York</t></si><si><t>Hull</t></si></sst>"
        texts = texts.replace(b"<sst", b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"')
        part = b'<Relationship Id="t" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
        related = _sheet(b"</Relationships>", part + b'sharedStrings" Target="sharedStrings.xml"/></Relationships>')
        numbered = _sheet(cell, b't="s"><v>' + number.encode() + b"</v>")
        return lambda parts: numbered(related(parts)) | {"xl/sharedStrings.xml": texts}

    path = _changed(write_xlsx(tmp_path / "days.xlsx", SHEETS), shared("1"))
    assert read_sheets(path)[0].rows[1] == ("Hull", "2022-08-01")
    with pytest.raises(AnalysisError, match="cannot be opened as a workbook"):
        read_sheets(_changed(write_xlsx(path, SHEETS), shared(number)))


def test_a_sheet_is_not_lost_behind_another_of_its_name(tmp_path: Path) -> None:
    path = write_ods(tmp_path / "days.ods", {**SHEETS, "More": [["Name"], ["York"]]})
    with pytest.raises(AnalysisError, match="two of its sheets have one name"):
        read_sheets(_changed(path, _sheet(b'"More"', b'"Days"')))


def test_a_book_with_a_chart_for_a_sheet_is_refused(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "days.xlsx", SHEETS)
    book = openpyxl.load_workbook(path)
    book.create_chartsheet("Chart").add_chart(BarChart())
    book.save(path)
    with pytest.raises(AnalysisError, match=r"sheet Chart is a chart, which holds no cells\. Save it without"):
        read_sheets(path)


def test_each_part_is_unpacked_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in (write_ods(tmp_path / "days.ods", SHEETS), write_xlsx(tmp_path / "days.xlsx", SHEETS)):
        with zipfile.ZipFile(path) as archive:
            whole = sum(member.file_size for member in archive.infolist())
        monkeypatch.setattr(workbook, "MOST_BYTES", whole)
        assert read_sheets(path)[0].rows == (("Name", "Day"), ("Leeds", "2022-08-01"))
        monkeypatch.setattr(workbook, "MOST_BYTES", whole - 1)
        with pytest.raises(AnalysisError, match="unpacks to more than"):
            read_sheets(path)


def test_a_book_locked_or_from_before_2007_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "old.xlsx"
    path.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(100))
    with pytest.raises(AnalysisError, match="protected by a password, or of the kind before 2007"):
        read_sheets(path)


def test_a_merged_cell_holds_for_each_row_that_it_covers(tmp_path: Path) -> None:
    ods = write_ods(
        tmp_path / "days.ods", {"Days": [[None, Merged("Leeds"), "a"], [None, None, "b"], [None, None, "c"]]}
    )
    assert [row[0] for row in read_sheets(ods)[0].rows] == ["Leeds", "Leeds", None]
    xlsx = write_xlsx(tmp_path / "days.xlsx", {"Days": [[None, "Leeds", "a"], [None, None, "b"], [None, None, "c"]]})
    book = openpyxl.load_workbook(xlsx)
    book["Days"].merge_cells("B1:B2")
    book.save(xlsx)
    assert [row[0] for row in read_sheets(xlsx)[0].rows] == ["Leeds", "Leeds", None]


def test_a_cell_merged_over_columns_stands_in_the_first_of_them(tmp_path: Path) -> None:
    xlsx = write_xlsx(tmp_path / "days.xlsx", {"Days": [["Leeds", None, "a"], [None, None, "b"], ["York", None, "c"]]})
    book = openpyxl.load_workbook(xlsx)
    book["Days"].merge_cells("A1:B2")
    book["Days"].merge_cells("A3:B3")
    book.save(xlsx)
    assert read_sheets(xlsx)[0].rows == (("Leeds", None, "a"), ("Leeds", None, "b"), ("York", None, "c"))
