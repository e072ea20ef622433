"""The upper-tier authorities of England since 2013, their codes and their regions.

Codes, names and regions come from official releases that name every authority in every year; the days on which
authorities and codes began and ended come from the orders that made the changes.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from analysis.errors import AnalysisError, Fault, UnknownLayoutError
from analysis.schema.codes import AuthorityType, Level
from analysis.sources import tile_map
from analysis.sources.labels import LINE, Column, Sheet, find_table, has_columns, plain, read_sheets, refuse
from analysis.sources.open_data import (
    AREA_COLUMNS,
    PART_OF_LONDON,
    PARTS_OF_LONDON,
    level_and_year,
    part_of_london,
)
from analysis.sources.reading import Contribution, Reading, Tally

LONDON = "E12000007"

AUTHORITY_TYPES = {
    "E06": AuthorityType.UNITARY_AUTHORITY,
    "E08": AuthorityType.METROPOLITAN_DISTRICT,
    "E09": AuthorityType.LONDON_BOROUGH,
    "E10": AuthorityType.COUNTY,
}

FORMS = {
    Level.AUTHORITY: (
        ("code", "new_la_code", f"(?:{'|'.join(AUTHORITY_TYPES)})[0-9]{{6}}"),
        ("la_code", "old_la_code", "[0-9]{3}"),
        ("name", "la_name", ".*[A-Za-z].*"),
        ("region_code", "region_code", "E1[23][0-9]{6}"),
    ),
    Level.REGION: (
        ("region_code", "region_code", "E1[23][0-9]{6}"),
        ("region_name", "region_name", ".*[A-Za-z].*"),
    ),
    Level.ENGLAND: (
        ("country_code", "country_code", "E92000001"),
        ("country_name", "country_name", "England"),
    ),
}
"""What a row of each level has: the column, its label and the form of its value."""

LOOKUP_COLUMNS = (
    Column("la_code", ("la code",)),
    Column("code", ("la code new",)),
    Column("name", ("local authority ons name", "la name")),
    Column("region_name", ("region name",)),
    Column("region_code", (r"rgn\d*cd",), required=False),
)


@dataclass(frozen=True)
class Change:
    """A GSS code that ended, what took its place, and the order that did it.

    `abolished` tells an authority that ended from one that went on under a new code.
    """

    former: str
    successors: tuple[str, ...]
    last_day: dt.date
    abolished: bool
    source_id: str


CHANGES = (
    Change(
        "E08000020",
        ("E08000037",),
        dt.date(2013, 3, 31),
        abolished=False,
        source_id="gateshead-northumberland-order-2013",
    ),
    Change(
        "E06000048",
        ("E06000057",),
        dt.date(2013, 3, 31),
        abolished=False,
        source_id="gateshead-northumberland-order-2013",
    ),
    Change("E06000028", ("E06000058",), dt.date(2019, 3, 31), abolished=True, source_id="si-2018-648"),
    Change("E06000029", ("E06000058",), dt.date(2019, 3, 31), abolished=True, source_id="si-2018-648"),
    Change("E10000009", ("E06000058", "E06000059"), dt.date(2019, 3, 31), abolished=True, source_id="si-2018-648"),
    Change("E10000002", ("E06000060",), dt.date(2020, 3, 31), abolished=False, source_id="si-2019-957"),
    Change("E10000021", ("E06000061", "E06000062"), dt.date(2021, 3, 31), abolished=True, source_id="si-2020-156"),
    Change("E10000006", ("E06000063", "E06000064"), dt.date(2023, 3, 31), abolished=True, source_id="si-2022-331"),
    Change("E10000023", ("E06000065",), dt.date(2023, 3, 31), abolished=False, source_id="si-2022-328"),
    Change("E10000027", ("E06000066",), dt.date(2023, 3, 31), abolished=False, source_id="si-2022-329"),
    Change("E08000016", ("E08000038",), dt.date(2025, 3, 31), abolished=False, source_id="si-2024-1328"),
    Change("E08000019", ("E08000039",), dt.date(2025, 3, 31), abolished=False, source_id="si-2024-1328"),
)
"""Every change of an upper-tier code of England from 1 April 2013 to 1 April 2025."""


BOUNDARIES_SOURCE = "ons-district-boundaries"


def read(paths: Sequence[Path]) -> Reading:
    """Read the authorities, their codes, regions and places on the tile map.

    Args:
        paths: in any order: at least one release in the Department for Education's open-data layout that gives both
            codes of every authority in every year; the boundaries of districts with their centroids (GeoJSON); and, to
            hold the others against, a lookup of authorities.

    Returns:
        Contributions to `regions` (one row a region, and England), `areas` (one row an authority, abolished ones
        included) and `area_codes` (one row a GSS code, former ones included). Remarks list where the lookup differs.

    Raises:
        AnalysisError: no release or no boundaries among the files, or a code that ended without a known change.
        UnknownLayoutError: a file that is none of these.
    """
    histories, lookups, boundaries = [], [], []
    for path in paths:
        if path.suffix.casefold() in {".json", ".geojson"}:
            boundaries.append(path)
            continue
        for sheet in read_sheets(path):
            if has_columns(sheet, AREA_COLUMNS):
                histories.append(sheet)
            elif has_columns(sheet, LOOKUP_COLUMNS):
                lookups.append(sheet)
            else:
                labels = "old_la_code and new_la_code by time_period, or la_code and la_code_new"
                raise UnknownLayoutError(path, f"columns {labels}", sheet.place, "Check that it is the right file.")
    if not histories or len(boundaries) != 1:
        raise AnalysisError(
            f"{', '.join(map(str, paths))}: the authorities need at least one release with old_la_code and new_la_code "
            f"by year ({len(histories)} given) and one file of district boundaries ({len(boundaries)} given)."
        )
    tables = [_checked(sheet, find_table(sheet, AREA_COLUMNS)) for sheet in histories]
    years = pl.concat(
        table.with_columns(source=pl.lit(_source(sheet, table))) for sheet, table in zip(histories, tables, strict=True)
    )
    regions = _regions(years)
    areas = _areas(years, ", ".join(sheet.file for sheet in histories))
    nameless = areas.filter(~pl.col("region_code").is_in(regions["region_code"].implode()))
    if nameless.height:
        raise AnalysisError(
            f"{', '.join(sheet.file for sheet in histories)}: no row of the level region has the code "
            f"{', '.join(nameless['region_code'].unique().sort())}, the region of "
            f"{nameless['name'][0]}. Check the release."
        )
    codes = _codes(areas)
    current = areas.filter(pl.col("valid_to").is_null())
    placed = tile_map.place(current, dict(zip(codes["code"], codes["area_code"], strict=True)), boundaries[0])
    placed = placed.with_columns(tile_source_id=pl.lit(BOUNDARIES_SOURCE))
    areas = areas.join(placed, on="area_code", how="left", validate="1:1").select(
        "area_code",
        "la_code",
        "slug",
        "name",
        "region_code",
        "authority_type",
        "valid_from",
        "valid_to",
        "successor_codes",
        "tile_column",
        "tile_row",
        "tile_source_id",
        "source_id",
    )
    remarks = [remark for sheet in lookups for remark in _differences(sheet, areas, regions)]
    remarks += [
        f"{change.former} became {change.successors[0]} on {change.last_day + dt.timedelta(days=1)}; the releases read "
        f"still use {change.former}, so it stays the area's code and both resolve to it"
        for change in CHANGES
        if not change.abolished and change.former in areas["area_code"]
    ]
    return Reading(
        contributions=[
            Contribution("regions", regions, pl.lit(value=True)),
            Contribution("areas", areas.sort("area_code"), pl.lit(value=True)),
            Contribution("area_codes", codes, pl.lit(value=True)),
        ],
        tallies=[_tally(sheet, table) for sheet, table in zip(histories, tables, strict=True)],
        remarks=remarks,
    )


def _checked(sheet: Sheet, table: pl.DataFrame) -> pl.DataFrame:
    """The rows of one release with their year, each with what a row of its level has.

    Raises:
        AnalysisError: a level, a year, a code or a name that is not there or not of its form; all are listed.
    """
    faults: list[Fault] = []
    levels: list[Level | None] = []
    years: list[int | None] = []
    seen: dict[tuple[int | None, str], int] = {}

    def fault(row: dict[str, Any], column: str, value: str | None, rule: str) -> None:
        faults.append(sheet.fault(row[LINE], column, value, rule, "check the release"))

    for row in table.iter_rows(named=True):
        level, year = level_and_year(sheet, row, faults)
        levels.append(level)
        years.append(year)
        for column, label, form in FORMS.get(level, ()) if level else ():
            if row[column] is None or not re.fullmatch(form, row[column]):
                fault(row, label, row[column], f"a row of the level {row['level']} has it, of the form {form}")
        for column, label in (("code", "new_la_code"), ("la_code", "old_la_code")) if level is Level.AUTHORITY else ():
            line = seen.setdefault((year, str(row[column])), row[LINE])
            if line != row[LINE]:
                fault(row, label, row[column], f"an authority is once in a year (line {line} has the same)")
    refuse(sheet.file, faults)
    checked = table.with_columns(year=pl.Series(years, dtype=pl.Int64))
    level_of_row = pl.Series(levels, dtype=pl.String)
    on_authority, below_england = level_of_row == Level.AUTHORITY.value, level_of_row != Level.ENGLAND.value
    return checked.with_columns(
        *(pl.when(on_authority).then(pl.col(column)).alias(column) for column in ("code", "la_code", "name")),
        *(pl.when(below_england).then(pl.col(column)).alias(column) for column in ("region_code", "region_name")),
    )


def _source(sheet: Sheet, table: pl.DataFrame) -> str:
    last = table["year"].to_numpy().max()
    kind = "ons-children" if any("population" in plain(cell) for row in sheet.rows[:5] for cell in row) else ""
    return f"{kind or 'dfe-factors'}-{last}"


def _tally(sheet: Sheet, table: pl.DataFrame) -> Tally:
    dropped = table.filter(part_of_london()).height
    reasons = {PART_OF_LONDON: dropped} if dropped else {}
    return Tally(f"{sheet.file}: area and year", table.height, table.height - dropped, reasons)


def _regions(years: pl.DataFrame) -> pl.DataFrame:
    country = years.filter(pl.col("region_code").is_null(), pl.col("code").is_null()).select(
        "year", "source", region_code="country_code", name="country_name"
    )
    region = years.filter(
        pl.col("code").is_null(), pl.col("region_code").is_not_null(), ~pl.col("region_code").is_in(PARTS_OF_LONDON)
    ).select("year", "source", "region_code", name="region_name")
    return (
        pl.concat([country, region])
        .sort("year", "source")
        .group_by("region_code")
        .agg(pl.col("name").last(), source_id=pl.col("source").filter(pl.col("source").str.starts_with("dfe")).last())
        .sort("region_code")
    )


def _areas(years: pl.DataFrame, files: str) -> pl.DataFrame:
    local = years.filter(pl.col("code").is_not_null())
    newest = local["year"].max()
    abolished = {change.former: change for change in CHANGES if change.abolished}
    areas = (
        local.sort("year", "source")
        .group_by("la_code")
        .agg(
            area_code=pl.col("code").last(),
            name=pl.col("name").last(),
            region_code=pl.col("region_code").last(),
            last_year=pl.col("year").max(),
            other_codes=pl.col("code").unique(),
            source_id=pl.col("source").filter(pl.col("year") == pl.col("year").max()).sort().first(),
        )
        .sort("area_code")
    )
    _refuse_unknown_changes(areas, newest, files)
    ends = pl.col("area_code").replace_strict({c: x.last_day for c, x in abolished.items()}, default=None)
    begins = {
        code: change.last_day + dt.timedelta(days=1) for change in abolished.values() for code in change.successors
    }
    orders = {code: change.source_id for change in abolished.values() for code in (change.former, *change.successors)}
    areas = areas.with_columns(
        name=pl.col("name").map_elements(ordinary_name, pl.String),
        region_code=pl.col("region_code").replace(dict.fromkeys(PARTS_OF_LONDON, LONDON)),
        authority_type=pl.col("area_code")
        .str.slice(0, 3)
        .replace_strict({k: str(v) for k, v in AUTHORITY_TYPES.items()}),
        valid_from=pl.col("area_code").replace_strict(begins, default=None, return_dtype=pl.Date),
        valid_to=ends.cast(pl.Date),
        successor_codes=pl.col("area_code").replace_strict(
            {c: ";".join(x.successors) for c, x in abolished.items()}, default=None, return_dtype=pl.String
        ),
        source_id=pl.col("area_code").replace_strict(orders, default=pl.col("source_id")),
    )
    return _distinct_names(areas)


def _refuse_unknown_changes(areas: pl.DataFrame, newest: object, files: str) -> None:
    known = {(change.former, new) for change in CHANGES for new in change.successors}
    ended = {change.former for change in CHANGES if change.abolished}
    for row in areas.iter_rows(named=True):
        for code in row["other_codes"]:
            if code != row["area_code"] and (code, row["area_code"]) not in known:
                raise AnalysisError(
                    f"{files}: {row['name']} ({row['la_code']}) is {code} in one year, {row['area_code']} in another, "
                    "and no known change explains it. Add the order that changed the code to `authorities.CHANGES`."
                )
        if row["last_year"] != newest and row["area_code"] not in ended:
            raise AnalysisError(
                f"{files}: {row['name']} ({row['area_code']}) is in no release after {row['last_year']}, and no known "
                "change explains it. If its row was lost, download the release again; if it ended, add the order that "
                "abolished it to `authorities.CHANGES`."
            )


def _distinct_names(areas: pl.DataFrame) -> pl.DataFrame:
    """Tell an abolished authority from a current one of the same name by its kind and last year."""
    shared = pl.col("name").is_duplicated() & pl.col("valid_to").is_not_null()
    kind = pl.col("authority_type").str.replace("_", " ")
    return areas.with_columns(slug=pl.col("name").map_elements(slug, pl.String)).with_columns(
        name=pl.when(shared)
        .then(pl.format("{} ({}, to {})", "name", kind, pl.col("valid_to").dt.year()))
        .otherwise("name"),
        slug=pl.when(shared)
        .then(pl.format("{}-{}", "slug", pl.col("authority_type").str.replace("_", "-")))
        .otherwise("slug"),
    )


def ordinary_name(name: str) -> str:
    """A name as people say it.

    >>> ordinary_name("Kingston upon Hull, City of"), ordinary_name("St. Helens")
    ('Kingston upon Hull', 'St Helens')
    """
    return re.sub(r",\s+(City|County) of$", "", name).replace("St. ", "St ").replace(" & ", " and ")


def slug(name: str) -> str:
    """A name for identifiers and file names: lower-case words with hyphens."""
    return plain(name).replace(" ", "-")


def _codes(areas: pl.DataFrame) -> pl.DataFrame:
    current = dict(zip(areas["area_code"], areas["source_id"], strict=True))
    rows: dict[str, dict[str, object]] = {
        code: {"code": code, "area_code": code, "valid_from": None, "valid_to": None, "source_id": source}
        for code, source in current.items()
    }
    for change in CHANGES:
        if change.abolished:
            if change.former in rows:
                rows[change.former]["valid_to"] = change.last_day
            for successor in rows.keys() & set(change.successors):
                rows[successor]["valid_from"] = change.last_day + dt.timedelta(days=1)
            continue
        (successor,) = change.successors
        area = successor if successor in current else change.former
        if area not in current:
            continue
        for code in (change.former, successor):
            rows.setdefault(code, {"code": code, "valid_from": None, "valid_to": None})
            rows[code] |= {"area_code": area, "source_id": change.source_id}
        rows[change.former]["valid_to"] = change.last_day
        rows[successor]["valid_from"] = change.last_day + dt.timedelta(days=1)
    schema = {
        "code": pl.String,
        "area_code": pl.String,
        "valid_from": pl.Date,
        "valid_to": pl.Date,
        "source_id": pl.String,
    }
    return pl.DataFrame(list(rows.values()), schema=schema, orient="row").sort("code")


def _differences(sheet: Sheet, areas: pl.DataFrame, regions: pl.DataFrame) -> list[str]:
    """Where a lookup of authorities says something else than the releases."""
    lookup = find_table(sheet, LOOKUP_COLUMNS)
    names = dict(zip(regions["region_code"], regions["name"], strict=True))
    known = {row["la_code"]: row for row in areas.iter_rows(named=True)}
    remarks = []
    for row in lookup.iter_rows(named=True):
        area = known.pop(row["la_code"], None)
        where = f"{sheet.file}, line {row['line']}: {row['name']} ({row['la_code']})"
        if area is None:
            remarks.append(f"{where} is in no release")
            continue
        if row["code"] != area["area_code"]:
            remarks.append(f"{where} has the code {row['code'] or 'none'}, the releases have {area['area_code']}")
        if plain(row["region_name"]) != plain(names[area["region_code"]]):
            remarks.append(f"{where} is in {row['region_name']}, in the releases in {names[area['region_code']]}")
        if row["region_code"] is not None and row["region_code"] != area["region_code"]:
            remarks.append(f"{where} has the region code {row['region_code']}, the releases have {area['region_code']}")
    remarks += [f"{sheet.file}: {area['name']} ({code}) of the releases is missing" for code, area in known.items()]
    return remarks
