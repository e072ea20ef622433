"""Children aged 0 to 17, from the mid-year population estimates of the Office for National Statistics."""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl

from analysis.errors import Fault
from analysis.sources.labels import Column, refuse
from analysis.sources.open_data import AreaYears, read_area_years, read_figures
from analysis.sources.reading import Contribution, Reading

POPULATION = Column("population", (r"population(?: estimates?)?(?: .*)?",))
AGE_GROUP = Column("age_group", ("age group", "age"))
AGES = tuple(
    f"{start}{ages}{end}"
    for start in ("", "children ", "children aged ", "aged ")
    for ages in ("0 to 17", "0 17", "under 18")
    for end in ("", " years", " year olds")
)


def read(path: Path, *, areas: pl.DataFrame, area_codes: pl.DataFrame, regions: pl.DataFrame) -> Reading:
    """Read how many children aged 0 to 17 lived in each area.

    Args:
        path: the file of mid-year estimates in the Department for Education's layout: one row an area, a year and
            perhaps an age group.
        areas: the table `areas`.
        area_codes: the table `area_codes`.
        regions: the table `regions`.

    Returns:
        A contribution to `children`: one row an area and a mid-year (30 June), in persons. Source:
        `ons-children-<year>`.

    Raises:
        UnknownLayoutError: a column that every edition has is not there.
        AnalysisError: areas, years or markers that are not known; all are listed.
    """
    release = read_area_years(
        path,
        [POPULATION],
        areas=areas,
        area_codes=area_codes,
        regions=regions,
        category=AGE_GROUP,
        categories=AGES,
    )
    rows = (
        read_figures(release.sheet, release.rows, ["population"])
        .select(
            "area_code",
            "level",
            "year",
            "population",
            status="population_status",
            source_id=pl.lit(f"ons-children-{release.newest}"),
        )
        .sort("area_code", "year")
    )
    _refuse_gaps(release, areas)
    names = dict(zip(areas["area_code"], areas["name"], strict=True))
    gaps = (
        rows.filter(pl.col("status") != "published")
        .group_by("area_code", "status")
        .agg(pl.col("year").sort())
        .sort("area_code")
    )
    remarks = [
        f"{names.get(code, code)}: {re.sub('_', ' ', status)} in {', '.join(map(str, years))}"
        for code, status, years in gaps.iter_rows()
    ]
    scope = pl.col("year").is_in(sorted(set(rows["year"])))
    return Reading([Contribution("children", rows, scope)], [release.tally], remarks)


def _refuse_gaps(release: AreaYears, areas: pl.DataFrame) -> None:
    """Refuse a release that leaves an area out in a year in which it existed: a row was lost."""
    given = release.rows.select("area_code", "year")
    every = given.select("area_code").unique().join(given.select("year").unique(), how="cross")
    mid_year = pl.date("year", 6, 30)
    existed = (pl.col("valid_from").is_null() | (pl.col("valid_from") <= mid_year)) & (
        pl.col("valid_to").is_null() | (pl.col("valid_to") >= mid_year)
    )
    gone = (
        every.join(given, on=["area_code", "year"], how="anti")
        .join(areas.select("area_code", "valid_from", "valid_to"), on="area_code", how="left", validate="m:1")
        .filter(existed)
        .sort("area_code", "year")
    )
    place, rule = release.sheet.where, "an area has a row in every year in which it existed"
    refuse(
        release.sheet.file,
        [
            Fault(place, None, "new_la_code, time_period", f"{code} in {year}: no row", rule, "download the file again")
            for code, year in gone.select("area_code", "year").iter_rows()
        ],
    )
