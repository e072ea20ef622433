"""The ten authorities most like each authority, from the Department for Education's statistical neighbours model."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from analysis.errors import AnalysisError, Fault, UnknownLayoutError
from analysis.sources.area_names import AreaFinder
from analysis.sources.labels import LINE, Column, Sheet, find_table, only_sheet, plain, read_sheets, refuse
from analysis.sources.reading import Contribution, Reading, Tally

RANKS = range(1, 11)
CODE = Column("la_code", (r"(?:old )?la (?:code|number)", "lea number", "dfe code"))
NAME = Column("name", (r"la name", r"local authority(?: name)?"), required=False)
PAIRS = tuple(
    column
    for rank in RANKS
    for column in (
        Column(f"neighbour_{rank}", (rf"sn ?{rank}", rf"sn ?{rank} (?:la )?(?:code|number)", rf"neighbour {rank}")),
        Column(
            f"closeness_{rank}", (rf"sn ?{rank} ?p", rf"sn ?{rank} (?:prox|proximity|closeness)", rf"closeness {rank}")
        ),
    )
)
CLOSENESS = ("extremely close", "very close", "close", "somewhat close", "not close")
COLUMNS = (CODE, NAME, *PAIRS)
CHECK = "check the file"


def read(path: Path, *, areas: pl.DataFrame, area_codes: pl.DataFrame, edition: int | None = None) -> Reading:
    """Read the statistical neighbours.

    Args:
        path: the model's table: one row an authority, two columns a neighbour (code and closeness).
        areas: the table `areas`.
        area_codes: the table `area_codes`.
        edition: the model's year; by default the year in the file's name or in the sheet above the table.

    Returns:
        A contribution to `neighbours`: one row a pair, rank 1 the most alike, closeness in the model's own words.
        Source: `statistical-neighbours-<year>`.

    Raises:
        UnknownLayoutError: no sheet has the columns, or no year is to be found.
        AnalysisError: authorities that are not known, or rows that do not name ten different others; all are listed.
    """
    sheets = read_sheets(path)
    sheet = only_sheet(path, sheets, COLUMNS)
    table = find_table(sheet, COLUMNS)
    cells = [pl.col(column.field) for column in COLUMNS]
    is_note = (pl.sum_horizontal(cell.is_not_null() for cell in cells) == 1) & ~pl.any_horizontal(
        cell.str.contains(r"^\d{3}(\.0+)?$") for cell in cells
    ).fill_null(value=False)
    notes = table.filter(is_note)
    has_ten = pl.all_horizontal(pl.col(f"neighbour_{r}").is_not_null() for r in RANKS)
    incomplete = table.filter(~is_note & ~has_ten)
    pairs = table.filter(~is_note & has_ten)
    rule = "an authority has ten neighbours"
    faults = [
        Fault(sheet.where, row[LINE], "neighbours", row["name"] or row["la_code"] or "empty", rule, CHECK)
        for row in incomplete.iter_rows(named=True)
    ]
    source_id = f"statistical-neighbours-{edition or _edition(path, sheet)}"
    records = list(_pairs(sheet, pairs, AreaFinder(areas, area_codes), faults))
    refuse(sheet.file, faults)
    rows = (
        pl.DataFrame(
            records,
            schema={"area_code": pl.String, "rank": pl.Int64, "neighbour_code": pl.String, "closeness": pl.String},
            orient="row",
        )
        .with_columns(source_id=pl.lit(source_id))
        .sort("area_code", "rank")
    )
    current = set(areas.filter(pl.col("valid_to").is_null())["area_code"])
    names = dict(zip(areas["area_code"], areas["name"], strict=True))
    without = sorted(names[code] for code in current - set(rows["area_code"]))
    dropped = {"a note below the table": notes.height} if notes.height else {}
    return Reading(
        [Contribution("neighbours", rows, pl.lit(value=True))],
        [
            Tally(f"{sheet.file}: authority", table.height, pairs.height, dropped),
            Tally(f"{sheet.file}: pair", pairs.height * len(RANKS), rows.height),
        ],
        [f"{name} exists today and has no neighbours in the model" for name in without],
    )


def _pairs(
    sheet: Sheet, table: pl.DataFrame, finder: AreaFinder, faults: list[Fault]
) -> Iterator[tuple[str | None, int, str | None, str]]:
    first: dict[str, int] = {}
    for row in table.iter_rows(named=True):
        seen: dict[str | None, int] = {}
        area = finder.by_code(row["la_code"] and re.sub(r"\.0+$", "", row["la_code"]))
        if area is None:
            faults.append(sheet.fault(row[LINE], "la_code", row["la_code"], "a code is in the table areas", CHECK))
        elif first.setdefault(area, row[LINE]) != row[LINE]:
            rule = f"an authority has one row (line {first[area]} is of the same)"
            faults.append(sheet.fault(row[LINE], "la_code", row["la_code"], rule, CHECK))
        elif finder.by_name(row["name"]) not in (None, area):
            rule = f"the name stands for the authority of the code, {row['la_code']}"
            faults.append(sheet.fault(row[LINE], "la_name", row["name"], rule, CHECK))
        for rank in RANKS:
            value = row[f"neighbour_{rank}"]
            code = finder.by_code(re.sub(r"\.0+$", "", value))
            if code is None:
                faults.append(sheet.fault(row[LINE], f"SN_{rank}", value, "a code is in the table areas", CHECK))
            elif code in seen:
                faults.append(sheet.fault(row[LINE], f"SN_{rank}", value, "the ten neighbours are different", CHECK))
            elif code == area:
                faults.append(sheet.fault(row[LINE], f"SN_{rank}", value, "no area is its own neighbour", CHECK))
            closeness = row[f"closeness_{rank}"]
            if closeness is None:
                faults.append(sheet.fault(row[LINE], f"SN_{rank}P", None, "each neighbour has its closeness", CHECK))
            elif plain(closeness) not in CLOSENESS:
                rule = f"closeness is one of {', '.join(CLOSENESS)}"
                faults.append(sheet.fault(row[LINE], f"SN_{rank}P", closeness, rule, CHECK))
            seen[code] = rank
            yield area, rank, code, closeness or ""


def _edition(path: Path, sheet: Sheet) -> int:
    above = " ".join(cell for row in sheet.rows[:3] for cell in row[:2] if cell and not cell.isdigit())
    years = re.findall(r"(?<!\d)20\d{2}(?!\d)", path.stem) or re.findall(r"(?<!\d)20\d{2}(?!\d)", above)
    if not years:
        raise UnknownLayoutError(
            path,
            "the model's year",
            "the file's name and the rows above the table",
            "Name the file with the year, such as sn_model_2025.csv.",
        )
    if len(set(years)) > 1:
        raise AnalysisError(f"{path}: several years ({', '.join(sorted(set(years)))}). Name the file with the model's.")
    return int(years[0])
