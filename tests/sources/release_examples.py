"""Miniature made-up releases and the few areas that they are about."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl  # type: ignore[import-untyped]
import polars as pl
from odf.opendocument import OpenDocumentSpreadsheet  # type: ignore[import-untyped]
from odf.table import Table, TableCell, TableRow  # type: ignore[import-untyped]
from odf.text import P  # type: ignore[import-untyped]

Cells = Sequence[Sequence[Any]]

BCP = "Bournemouth, Christchurch and Poole"
OLD_DORSET = "Dorset (county, to 2019)"
AREAS = pl.DataFrame(
    [
        ("E06000023", "801", "bristol", "Bristol", None, None, None),
        ("E06000058", "839", "bournemouth-christchurch-and-poole", BCP, dt.date(2019, 4, 1), None, None),
        ("E06000028", "837", "bournemouth", "Bournemouth", None, dt.date(2019, 3, 31), "E06000058"),
        ("E06000059", "838", "dorset", "Dorset", dt.date(2019, 4, 1), None, None),
        ("E10000009", "835", "dorset-county", OLD_DORSET, None, dt.date(2019, 3, 31), "E06000058;E06000059"),
        ("E06000047", "840", "county-durham", "County Durham", None, None, None),
        ("E06000066", "933", "somerset", "Somerset", None, None, None),
        ("E08000018", "372", "rotherham", "Rotherham", None, None, None),
    ],
    schema={
        "area_code": pl.String,
        "la_code": pl.String,
        "slug": pl.String,
        "name": pl.String,
        "valid_from": pl.Date,
        "valid_to": pl.Date,
        "successor_codes": pl.String,
    },
    orient="row",
)
AREA_CODES = pl.DataFrame(
    [(code, code) for code in AREAS["area_code"]] + [("E10000027", "E06000066")],
    schema=["code", "area_code"],
    orient="row",
)
REGIONS = pl.DataFrame({"region_code": ["E12000009", "E12000003", "E92000001"]})


def write_csv(path: Path, rows: Cells) -> Path:
    """Write rows as a CSV file with the mark that spreadsheets put in front."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def write_xlsx(path: Path, sheets: Mapping[str, Cells]) -> Path:
    """Write sheets as an XLSX workbook; days become date cells."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    book.save(path)
    return path


class Merged(str):
    """A text in a cell that is merged with the one below it."""


def write_ods(path: Path, sheets: Mapping[str, Cells]) -> Path:
    """Write sheets as an ODS workbook; days become date cells."""
    book = OpenDocumentSpreadsheet()
    for name, rows in sheets.items():
        table = Table(name=name)
        for row in rows:
            line = TableRow()
            for value in row:
                if isinstance(value, dt.date):
                    cell = TableCell(valuetype="date", datevalue=f"{value.isoformat()}T00:00:00")
                    cell.addElement(P(text=value.strftime("%d/%m/%Y")))
                elif value is None:
                    cell = TableCell()
                else:
                    merged = {"numberrowsspanned": 2} if isinstance(value, Merged) else {}
                    cell = TableCell(valuetype="string", **merged)
                    cell.addElement(P(text=str(value)))
                line.addElement(cell)
            table.addElement(line)
        book.spreadsheet.addElement(table)
    book.save(str(path))
    return path
