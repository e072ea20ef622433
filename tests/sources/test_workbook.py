"""A workbook is looked into before it is opened: bombs, locks, errors and formulas without a result are refused."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl  # type: ignore[import-untyped]
import pytest
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
