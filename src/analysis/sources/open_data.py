"""The Department for Education's open-data layout: one row an area and a year, one column a figure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from analysis.errors import Fault, UnknownLayoutError
from analysis.schema.codes import Level, Status
from analysis.sources.area_names import AreaFinder
from analysis.sources.labels import (
    LINE,
    REMEDY,
    Column,
    Sheet,
    find_table,
    only_sheet,
    plain,
    read_count,
    read_sheets,
    readable,
    refuse,
)
from analysis.sources.reading import Tally

AREA_COLUMNS = (
    Column("period", ("time period", "year")),
    Column("level", ("geographic level", "geography level")),
    Column("country_code", ("country code",)),
    Column("country_name", ("country name",)),
    Column("region_code", ("region code",)),
    Column("region_name", ("region name",)),
    Column("la_code", ("old la code",)),
    Column("code", ("new la code",)),
    Column("name", ("la name",)),
)

LEVELS = {
    "national": Level.ENGLAND,
    "regional": Level.REGION,
    "region": Level.REGION,
    "local authority": Level.AUTHORITY,
}

PARTS_OF_LONDON = ("E13000001", "E13000002")
PART_OF_LONDON = "Inner or Outer London, which is no region"
OTHER_CATEGORY = "another category of figures"

MARKERS = {
    "c": Status.SUPPRESSED,
    "k": Status.SUPPRESSED,
    "low": Status.SUPPRESSED,
    "u": Status.UNRELIABLE,
    "x": Status.UNAVAILABLE,
    "z": Status.UNAVAILABLE,
}
"""What the release's markers mean for a reader of the figure.

`k` (low: rounds to zero, but is not zero) hides a small number as `c` does; `z` (not applicable: no assessment was
made) leaves nothing to count. Neither is ever zero.
"""


def level_of(text: str | None) -> Level | None:
    """What kind of area a row is on; None where its label is not known."""
    return LEVELS.get(plain(text))


def part_of_london() -> pl.Expr:
    """Whether a row is on Inner or Outer London."""
    is_authority = pl.col("level").map_elements(lambda text: level_of(text) is Level.AUTHORITY, pl.Boolean)
    fits = ~is_authority & pl.col("code").is_null() & pl.col("region_code").is_in(PARTS_OF_LONDON)
    return fits.fill_null(value=False)


@dataclass(frozen=True)
class AreaYears:
    """The rows of a release.

    `rows` has one row an area and a year, with `line`, `year`, `level`, `area_code` and the release's figures as text.
    """

    sheet: Sheet
    rows: pl.DataFrame
    tally: Tally

    @property
    def newest(self) -> int:
        """The latest year of the release, which names its edition."""
        return int(self.rows["year"].to_numpy().max())


def year_of(period: str | None) -> int:
    """The year, or the year in which a period ends (`202324` gives 2024).

    Raises:
        ValueError: the text is no year.
    """
    text = period or ""
    if re.fullmatch(r"(?:19|20)[0-9]{2}", text):
        return int(text)
    split = re.fullmatch(r"(19|20)([0-9]{2})[-/]?([0-9]{2})", text)
    if split and (int(split.group(2)) + 1) % 100 == int(split.group(3)):
        return int(split.group(1) + split.group(2)) + 1
    raise ValueError(f"“{text}” is no year")


def read_area_years(
    path: Path,
    figures: Sequence[Column],
    *,
    areas: pl.DataFrame,
    area_codes: pl.DataFrame,
    regions: pl.DataFrame,
    category: Column | None = None,
    categories: Sequence[str] = (),
) -> AreaYears:
    """Read one release in the layout and resolve its areas.

    Args:
        path: the CSV file or workbook.
        figures: the columns wanted beside area and year.
        areas: the table `areas`.
        area_codes: the table `area_codes`.
        regions: the table `regions`.
        category: a column that tells several sets of figures in one file apart.
        categories: plain wordings of the set that is wanted; rows of another set are dropped and counted.

    Returns:
        One row an area and a year.

    Raises:
        UnknownLayoutError: no sheet has the columns.
        AnalysisError: an area, a level or a year that is not known, or an area twice in one year; all are listed.
    """
    wanted = [*AREA_COLUMNS, *figures, *([category] if category else [])]
    sheet = only_sheet(path, read_sheets(path), wanted)
    table = find_table(sheet, wanted)
    read = table.height
    dropped: dict[str, int] = {}
    if category and table[category.field].is_not_null().any():
        unsaid = table.filter(pl.col(category.field).is_null())
        rule = "a row says which figures it gives"
        refuse(sheet.file, [_fault(sheet, row, category.field, None, rule) for row in unsaid.to_dicts()])
        fits = pl.col(category.field).map_elements(plain, pl.String).is_in(list(categories))
        others = table.filter(~fits)
        dropped[OTHER_CATEGORY] = others.height
        table = table.filter(fits)
        place = ["period", "level", "country_code", "region_code", "code"]
        alone = others.join(table, on=place, how="anti", nulls_equal=True) if table.height else others.clear()
        rule = f"an area has a row of “{categories[0]}” in each year in which it has others"
        refuse(sheet.file, [_fault(sheet, row, category.field, row[category.field], rule) for row in alone.to_dicts()])
        if table.is_empty():
            found = ", ".join(f"“{value}”" for value in others[category.field].unique().sort().head(5))
            wording = f"a row of “{categories[0]}” in the column “{readable(category.wordings[0])}”"
            raise UnknownLayoutError(path, wording, f"{sheet.place}, which has {found}", REMEDY)
    dropped[PART_OF_LONDON] = table.filter(part_of_london()).height
    table = table.filter(~part_of_london())
    rows = _resolve(sheet, table, AreaFinder(areas, area_codes), set(regions["region_code"]))
    tally = Tally(f"{sheet.file}: area and year", read, rows.height, {k: n for k, n in dropped.items() if n})
    return AreaYears(sheet, rows, tally)


def level_and_year(sheet: Sheet, row: Mapping[str, Any], faults: list[Fault]) -> tuple[Level | None, int | None]:
    """The level and the year of a row.

    Args:
        sheet: where the row was read, for messages.
        row: the row, with `line`, `level` and `period`.
        faults: what is not known of the two is added to it.

    Returns:
        Both, or None in the place of one that is not known.
    """
    level, remedy = level_of(row["level"]), "check the release"
    if level is None:
        rule = f"a level is one of {', '.join(LEVELS)}"
        faults.append(sheet.fault(row[LINE], "geographic_level", row["level"], rule, remedy))
    try:
        return level, year_of(row["period"])
    except ValueError:
        faults.append(sheet.fault(row[LINE], "time_period", row["period"], "a period is a year", remedy))
        return level, None


def _resolve(sheet: Sheet, table: pl.DataFrame, finder: AreaFinder, regions: set[str]) -> pl.DataFrame:
    faults: list[Fault] = []
    years: list[int | None] = []
    levels: list[str | None] = []
    codes: list[str | None] = []
    for row in table.iter_rows(named=True):
        level, year = level_and_year(sheet, row, faults)
        levels.append(level.value if level else None)
        years.append(year)
        code: str | None
        if level == Level.AUTHORITY:
            column, value, code = "new_la_code", row["code"], finder.by_code(row["code"])
        elif level == Level.REGION:
            column, value = "region_code", row["region_code"]
            code = value if value in regions else None
        else:
            column, value = "country_code", row["country_code"]
            code = value if value in regions else None
        codes.append(code)
        if code is None and level is not None:
            rule = f"an area is in the tables areas, area_codes or regions ({row['name'] or row['region_name']})"
            faults.append(_fault(sheet, row, column, value, rule))
        elif level == Level.AUTHORITY and finder.by_code(row["la_code"]) not in (None, code):
            rule = f"both codes stand for one authority (new_la_code is {row['code']})"
            faults.append(_fault(sheet, row, "old_la_code", row["la_code"], rule))
    refuse(sheet.file, faults)
    resolved = table.with_columns(
        year=pl.Series(years, dtype=pl.Int64),
        level=pl.Series(levels, dtype=pl.String),
        area_code=pl.Series(codes, dtype=pl.String),
    )
    twice = resolved.filter(pl.struct("area_code", "year").is_duplicated())
    refuse(
        sheet.file,
        [_fault(sheet, r, "new_la_code", r["area_code"], f"an area is once in {r['year']}") for r in twice.to_dicts()],
    )
    return resolved


def _fault(sheet: Sheet, row: Mapping[str, Any], column: str, value: str | None, rule: str) -> Fault:
    remedy = "check the release; if it is right, import the authorities from it first"
    return sheet.fault(row[LINE], column, value, rule, remedy)


def read_figure(text: str | None) -> tuple[int | None, Status]:
    """A figure of the release and whether it can be read as a number.

    Raises:
        ValueError: neither a whole number nor a marker that is known.
    """
    if text is None:
        raise ValueError("an empty cell says neither how many nor that there is no figure")
    number = read_count(text)
    if number is not None:
        return number, Status.PUBLISHED
    marker = MARKERS.get(text.strip("[] ").casefold())
    if marker is None:
        raise ValueError(f"“{text}” is neither a number nor one of the markers {', '.join(MARKERS)}")
    return None, marker


def read_figures(sheet: Sheet, rows: pl.DataFrame, fields: Sequence[str]) -> pl.DataFrame:
    """Each figure of some columns as a number and a status.

    Args:
        sheet: where the rows were read, for messages.
        rows: rows with `line` and the fields as text.
        fields: the columns to read.

    Returns:
        The same rows; each field a whole number or null, with `<field>_status` beside it.

    Raises:
        AnalysisError: values that are neither a number nor a known marker; all are listed.
    """
    faults: list[Fault] = []
    columns: list[pl.Series] = []
    for field in fields:
        numbers: list[int | None] = []
        statuses: list[str | None] = []
        for line, text in zip(rows[LINE], rows[field], strict=True):
            try:
                number, status = read_figure(text)
            except ValueError:
                rule = f"a figure is a whole number or one of {', '.join(MARKERS)}"
                remedy = "look the value up in the release, and if it is a new marker, add it to the reader"
                faults.append(sheet.fault(line, field, text, rule, remedy))
                numbers.append(None)
                statuses.append(None)
            else:
                numbers.append(number)
                statuses.append(status.value)
        columns += [pl.Series(field, numbers, pl.Int64), pl.Series(f"{field}_status", statuses, pl.String)]
    refuse(sheet.file, faults)
    return rows.with_columns(columns)
