"""The registry of verified CQC reviews of health services for children looked after and safeguarding."""

from __future__ import annotations

import calendar
import datetime as dt
import itertools
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from analysis.errors import Fault
from analysis.schema import codes
from analysis.schema.tables import PARTIAL_DATE, TABLES, WEB_ADDRESS
from analysis.sources.area_names import AreaFinder
from analysis.sources.labels import LINE, Column, Sheet, find_table, only_sheet, read_count, read_sheets, refuse
from analysis.sources.reading import Contribution, Reading, Tally

DAYS = ("review_start", "review_end", "published")
COLUMNS = (
    Column("local_authority", ("local authority",)),
    Column("area_code", ("area code",)),
    *(Column(day, (day.replace("_", " "),)) for day in DAYS),
    Column("confidence", ("confidence",)),
    Column("in_programme", ("in programme",)),
    Column("n_recommendations", ("n recommendations",)),
    Column("providers", ("providers",)),
    Column("ccgs", ("ccgs",)),
    Column("cqc_region", ("cqc region",)),
    Column("url", ("source url",)),
    Column("note", ("note",)),
)
INSPECTION_COLUMNS = ("inspection_id", "area_code", "programme", "started", "ended", "published", "url", "source_id")
CODE_LISTS = {"confidence": codes.REVIEW_CONFIDENCES, "in_programme": codes.REVIEW_IN_PROGRAMME}


def read(path: Path, *, areas: pl.DataFrame, area_codes: pl.DataFrame, sources: pl.DataFrame) -> Reading:
    """Read the registry of CQC reviews.

    Args:
        path: the registry: one row an area whose review a public page confirms, dates as far as they are known (ISO
            day, month or year).
        areas: the table `areas`.
        area_codes: the table `area_codes`.
        sources: the table `sources`, in which each review's page stands under its address.

    Returns:
        Two contributions, each one row a review and each answering for all reviews of its table: `cqc_reviews`, and
        `inspections` of programme `cqc_clas`, with those of the three days that are known to the day. Source: the
        row of `sources` with the review's address.

    Raises:
        UnknownLayoutError: a column of the registry is not there.
        AnalysisError: areas, dates, codes, counts or addresses that are not known; all are listed.
    """
    sheet = only_sheet(path, read_sheets(path), COLUMNS)
    rows = find_table(sheet, COLUMNS).to_dicts()
    finder = AreaFinder(areas, area_codes)
    slugs = dict(zip(areas["area_code"], areas["slug"], strict=True))
    cited = _sources_by_address(sources)
    faults: list[Fault] = []
    reviews: list[dict[str, Any]] = []
    inspections: list[dict[str, Any]] = []
    for row in rows:
        before = len(faults)
        area = _area(row, finder, sheet, faults)
        _check_days(row, sheet, faults)
        _check_codes(row, sheet, faults)
        source = _source(row, cited, sheet, faults)
        recommendations = _recommendations(row, sheet, faults)
        if len(faults) > before:
            continue
        days = {day: _day(row[day]) for day in DAYS}
        key = f"{slugs[area]}-{days['published'] or 'undated'}-{codes.Programme.CQC_CLAS}"
        shared = {"inspection_id": key, "area_code": area, "url": row["url"], "source_id": source}
        lists = {column: _listed(row[column]) for column in ("providers", "ccgs")}
        reviews.append(row | shared | lists | {"n_recommendations": recommendations})
        inspections.append(
            shared
            | {
                "programme": str(codes.Programme.CQC_CLAS),
                "started": days["review_start"],
                "ended": days["review_end"],
                "published": days["published"],
            }
        )
    _check_one_review_an_area(reviews, sheet, faults)
    refuse(sheet.file, faults)
    return Reading(
        [
            Contribution(
                "cqc_reviews", _table("cqc_reviews", TABLES["cqc_reviews"].column_names(), reviews), pl.lit(True)
            ),
            Contribution(
                "inspections",
                _table("inspections", INSPECTION_COLUMNS, inspections),
                pl.col("programme").cast(pl.String) == str(codes.Programme.CQC_CLAS),
            ),
        ],
        [Tally("CQC reviews", len(rows), len(reviews))],
        [*_remarks(rows)],
    )


def _sources_by_address(sources: pl.DataFrame) -> dict[str, str]:
    pages: dict[str, list[str]] = {}
    for address, source in zip(sources["url"], sources["source_id"], strict=True):
        pages.setdefault(address, []).append(source)
    return {address: found[0] for address, found in pages.items() if len(found) == 1}


def _area(row: Mapping[str, Any], finder: AreaFinder, sheet: Sheet, faults: list[Fault]) -> str:
    area = finder.by_code(row["area_code"])
    if area is None:
        rule, remedy = "the code stands for an authority", "correct the code, or add it to area_codes.csv"
        faults.append(sheet.fault(row[LINE], "area_code", row["area_code"], rule, remedy))
        return ""
    named = finder.by_name(row["local_authority"], _day(row["review_start"]) or _day(row["published"]))
    if named != area:
        rule = f"the name stands for the authority of the code, {row['area_code']}"
        faults.append(
            sheet.fault(row[LINE], "local_authority", row["local_authority"], rule, "correct the name or the code")
        )
    return area


def _check_days(row: Mapping[str, Any], sheet: Sheet, faults: list[Fault]) -> None:
    spans: dict[str, tuple[dt.date, dt.date]] = {}
    for day in DAYS:
        if row[day] is None:
            continue
        span = _span(row[day])
        if span is None:
            rule, remedy = "a date is a real YYYY, YYYY-MM or YYYY-MM-DD", "write as much of the date as is known so"
            faults.append(sheet.fault(row[LINE], day, row[day], rule, remedy))
        else:
            spans[day] = span
    known = [day for day in DAYS if day in spans]
    for earlier, later in itertools.pairwise(known):
        if spans[earlier][0] > spans[later][1]:
            value = f"{row[earlier]}, {row[later]}"
            rule = f"{earlier} is not after {later}"
            faults.append(sheet.fault(row[LINE], f"{earlier}, {later}", value, rule, "look both up on the page"))


def _check_codes(row: Mapping[str, Any], sheet: Sheet, faults: list[Fault]) -> None:
    for column, allowed in CODE_LISTS.items():
        if row[column] not in allowed:
            rule = f"the code is one of {', '.join(allowed)}"
            faults.append(sheet.fault(row[LINE], column, row[column], rule, "use one of these codes"))


def _source(row: Mapping[str, Any], cited: Mapping[str, str], sheet: Sheet, faults: list[Fault]) -> str:
    if row["url"] is None or not re.match(WEB_ADDRESS, row["url"]):
        rule, remedy = "a review has the address of the page that confirms it", "give the address, with https://"
        faults.append(sheet.fault(row[LINE], "source_url", row["url"], rule, remedy))
        return ""
    if row["url"] not in cited:
        rule, remedy = "the page is one row of sources.csv", "add the page to sources.csv under this address, once"
        faults.append(sheet.fault(row[LINE], "source_url", row["url"], rule, remedy))
        return ""
    return cited[row["url"]]


def _recommendations(row: Mapping[str, Any], sheet: Sheet, faults: list[Fault]) -> int | None:
    text = row["n_recommendations"]
    count = None if text is None else read_count(text)
    if text is not None and count is None:
        rule, remedy = "the number of recommendations is a whole number", "write the number, or leave the cell empty"
        faults.append(sheet.fault(row[LINE], "n_recommendations", text, rule, remedy))
    return count


def _check_one_review_an_area(reviews: Iterable[Mapping[str, Any]], sheet: Sheet, faults: list[Fault]) -> None:
    first: dict[str, int] = {}
    for review in reviews:
        line = first.setdefault(review["area_code"], review[LINE])
        if line != review[LINE]:
            rule = f"an area has one review (line {line} has another of the same area)"
            value = review["local_authority"]
            faults.append(
                sheet.fault(review[LINE], "local_authority", value, rule, "keep the row that is verified best")
            )


def _span(text: str) -> tuple[dt.date, dt.date] | None:
    """The first and the last day that a day, a month or a year may mean; None if it is none of them."""
    if not re.match(PARTIAL_DATE, text):
        return None
    year, month, day = ([int(part) for part in text.split("-")] + [0, 0])[:3]
    try:
        if not month:
            return dt.date(year, 1, 1), dt.date(year, 12, 31)
        if not day:
            return dt.date(year, month, 1), dt.date(year, month, calendar.monthrange(year, month)[1])
        return dt.date(year, month, day), dt.date(year, month, day)
    except ValueError:
        return None


def _day(text: str | None) -> dt.date | None:
    span = None if text is None else _span(text)
    return span[0] if span is not None and span[0] == span[1] else None


def _listed(text: str | None) -> str | None:
    return None if text is None else ";".join(part.strip() for part in text.split(";"))


def _table(name: str, columns: Iterable[str], rows: list[dict[str, Any]]) -> pl.DataFrame:
    schema = {column: TABLES[name].columns()[column].dtype for column in columns}
    return pl.DataFrame([{column: row[column] for column in schema} for row in rows], schema=schema).sort(
        "inspection_id"
    )


def _remarks(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    remarks = []
    for row in rows:
        unknown = [day for day in DAYS if _day(row[day]) is None]
        if unknown:
            as_known = ", ".join(f"{day} {row[day] or 'unknown'}" for day in unknown)
            remarks.append(f"{row['local_authority']}: not known to the day: {as_known}")
    return remarks
