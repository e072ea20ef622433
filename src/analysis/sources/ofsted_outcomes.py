"""Inspections of local authority children's services (ILACS), from Ofsted's yearly outcomes spreadsheet."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from analysis.errors import AnalysisError, Fault, UnknownLayoutError
from analysis.schema.codes import Grade, Programme
from analysis.sources.area_names import AreaFinder
from analysis.sources.labels import (
    LINE,
    REMEDY,
    Column,
    Sheet,
    find_table,
    has_columns,
    only_sheet,
    plain,
    read_date,
    read_sheets,
    readable,
    refuse,
    titles,
)
from analysis.sources.reading import Contribution, Reading, Tally

CARE_LEAVERS_FROM = dt.date(2023, 1, 1)
"""From this day on inspections judge care leavers on their own, no longer together with children in care."""

OVERALL = "Overall effectiveness"
LEADERSHIP = "The impact of leaders on social work practice with children and families"
HELP = "The experiences and progress of children who need help and protection"
CARE_AND_LEAVERS = "The experiences and progress of children in care and care leavers"
CARE = "The experiences and progress of children in care"
LEAVERS = "The experiences and progress of care leavers"

EXPERIENCES = r"(?:the )?(?:experiences? and progress of )?"
JUDGEMENTS = (
    Column("overall", (r"overall effectiveness(?: .*)?",), required=False),
    Column("leadership", (r"(?:the )?impact of lead(?:ers|ership)(?: .*)?",)),
    Column("help", (rf"{EXPERIENCES}children who need help and protection",)),
    Column("care", (rf"{EXPERIENCES}children in care", rf"{EXPERIENCES}children in care and care leavers")),
    Column("leavers", (rf"{EXPERIENCES}care leavers",), required=False),
)
CODE = Column(
    "code",
    (r"(?:local authority|la|area|ons|gss) (?:area |ons |gss )?code", r"(?:ons|gss)(?: .*)? codes?", "area code"),
    required=False,
)
NAME = Column("name", (r"(?:local authority|la)(?: name)?",))
STATUS = Column("status", (r"(?:local authority|la) status", "status"), required=False)
STARTED = Column(
    "started",
    (r"(?:inspection )?(?:start )?date", r"inspection (?:visit|start) date", "date of inspection"),
    required=False,
)
PUBLISHED = Column(
    "published", (r"(?:report )?publication date(?: of report)?", r"(?:report )?(?:date )?published(?: date)?")
)
KIND = Column("kind", (r"(?:inspection|event)(?: visit)? type", "type of inspection", "type"))

AREA = (CODE, NAME, STATUS, STARTED, PUBLISHED)
HISTORY = (*AREA, KIND, *JUDGEMENTS)
LATEST = (*AREA, *JUDGEMENTS)

KINDS = {
    "ilacs standard inspection": Programme.ILACS_STANDARD,
    "standard inspection": Programme.ILACS_STANDARD,
    "ilacs standard": Programme.ILACS_STANDARD,
    "standard": Programme.ILACS_STANDARD,
    "ilacs short inspection": Programme.ILACS_SHORT,
    "short inspection": Programme.ILACS_SHORT,
    "ilacs short": Programme.ILACS_SHORT,
    "short": Programme.ILACS_SHORT,
}
OTHER_KINDS = {
    r"(?:ilacs )?focused visit.*": "a focused visit, which gives no grades",
    r"(?:la |ilacs )?monitoring visit.*": "a monitoring visit, which gives no grades",
    r"(?:joint targeted area inspection|jtai).*": "a joint targeted area inspection, whose letter is read instead",
    r"(?:single inspection|sif|la sif|la single inspection|re ?inspection|post inadequate).*": (
        "an inspection under an earlier framework, whose report is read instead"
    ),
}
GRADES = {
    "outstanding": Grade.OUTSTANDING,
    "good": Grade.GOOD,
    "requires improvement to be good": Grade.REQUIRES_IMPROVEMENT,
    "requires improvement": Grade.REQUIRES_IMPROVEMENT,
    "inadequate": Grade.INADEQUATE,
}
NO_GRADE = frozenset({"", "n a", "na", "z", "x", "not applicable", "not judged", "no judgement", "blank"})
NOTE = "a note beside or below the table"
LONGEST_DELAY = dt.timedelta(days=366)
"""Between the day as at which a release stands and the latest report that it can hold."""
LONG_AGO = dt.date(2018, 1, 1)


@dataclass(frozen=True)
class Edition:
    """Which year's spreadsheet it is."""

    as_at: dt.date
    published: dt.date | None

    @property
    def last_day(self) -> dt.date:
        """The last day on which a report in it can have been published."""
        return self.published or self.as_at + LONGEST_DELAY

    @property
    def source_id(self) -> str:
        """The source of every row of it."""
        return f"ofsted-outcomes-{self.as_at.year}"


def read(path: Path, *, areas: pl.DataFrame, area_codes: pl.DataFrame, domains: pl.DataFrame) -> Reading:
    """Read every standard and short inspection under ILACS and its judgements.

    Args:
        path: the outcomes spreadsheet (ODS or XLSX), of any year that has the inspection history.
        areas: the table `areas`.
        area_codes: the table `area_codes`.
        domains: the table `domains`: `programme`, `published_name`, `domain`.

    Returns:
        Contributions to `inspections` (one row an inspection) and `judgements` (one row a grade in an inspection,
        under the name that the framework gave it at the time). Remarks list where the sheets of the spreadsheet differ,
        what was filled in and what is unusual. Source: `ofsted-outcomes-<year>`.

    Raises:
        UnknownLayoutError: no inspection history, one of its columns, or the day of the edition is not there.
        AnalysisError: authorities, types of inspection, grades or days that are not known; all are listed.
    """
    sheets = read_sheets(path)
    edition = find_edition(path, sheets)
    history_sheet = _pick(path, sheets, HISTORY, ("history",))
    remarks: list[str] = []
    finder = AreaFinder(areas, area_codes)
    history, tally = _inspections(history_sheet, edition, finder, remarks)
    _remark_status(history, areas, history_sheet, remarks)
    named = areas.select("area_code", "slug", "name", "la_code", "successor_codes")
    joined = history.join(named, on="area_code", how="left", validate="m:1").with_columns(
        inspection_id=pl.format("{}-{}-{}", "slug", pl.col("published").dt.to_string("%Y-%m-%d"), "programme"),
        source_id=pl.lit(edition.source_id),
        url=pl.lit(None, pl.String),
    )
    joined = joined.with_columns(url=_page(joined, areas))
    _refuse_twice(history_sheet, joined)
    judgements = _judgements(history_sheet, joined, domains, remarks)
    remarks += _compare_latest(sheets, history_sheet, joined, finder, edition)
    remarks += _compare_in_year(sheets, history_sheet, joined, finder)
    inspections = joined.select(
        "inspection_id", "area_code", "programme", "started", "published", "url", "source_id"
    ).sort("inspection_id")
    if inspections["started"].is_null().all():
        inspections = inspections.drop("started")
    newest = inspections["published"].max()
    day = pl.col("inspection_id").str.extract(r"-(\d{4}-\d{2}-\d{2})-ilacs_").str.to_date(strict=False)
    scope = pl.col("source_id").str.starts_with("ofsted-outcomes-") & (day <= pl.lit(newest))
    return Reading(
        [
            Contribution("inspections", inspections, scope),
            Contribution("judgements", judgements, scope),
        ],
        [tally, Tally(f"{history_sheet.place}: judgement", judgements.height, judgements.height)],
        [f"{path.name}: as at {edition.as_at}, published {edition.published or 'on a day not given'}", *remarks],
    )


def find_edition(path: Path, sheets: Sequence[Sheet]) -> Edition:
    """The day as at which the spreadsheet stands, and the day of its publication where its cover gives one.

    Raises:
        UnknownLayoutError: no sheet says “as at” a day.
    """
    texts = [cell for sheet in sheets for row in sheet.rows[:30] for cell in row[:2] if cell]
    texts += [re.sub(r"[_-]", " ", sheet.name) for sheet in sheets]
    said = {day for text in texts for day in re.findall(r"as at (\d{1,2} [A-Z][a-z]+ \d{4})", text)}
    if len(said) > 1:
        raise AnalysisError(
            f"{path}: says “as at” more than one day: {', '.join(sorted(said))}. Keep the edition's own."
        )
    try:
        as_at = read_date(said.pop()) if said else None
    except ValueError as error:
        raise AnalysisError(f"{path}: “as at” no day: {error}. Correct it on the cover.") from error
    published = None
    for sheet in sheets:
        for row in sheet.rows[:30]:
            if len(row) > 1 and re.fullmatch(
                r"(date )?published( on)?|publication date|date of publication", plain(row[0])
            ):
                try:
                    published = published or read_date(row[1])
                except ValueError:
                    continue
    if as_at is None:
        where = f"sheets {', '.join(sheet.name for sheet in sheets)}"
        raise UnknownLayoutError(path, "“as at” and a day in a title", where, REMEDY)
    return Edition(as_at, published)


def _pick(path: Path, sheets: Sequence[Sheet], columns: Sequence[Column], words: Sequence[str]) -> Sheet:
    """The sheet whose name or title has a word, and whose table has the columns."""
    named = [sheet for sheet in sheets if any(word in title for word in words for title in titles(sheet, 2)[:2])]
    if any(has_columns(sheet, columns) for sheet in named):
        return only_sheet(path, named, columns)
    with_rows = [sheet for sheet in named if len(sheet.rows) > 1]
    if len(with_rows) == 1:
        find_table(with_rows[0], columns)
    looked_for = f"a sheet whose name or title says “{words[0]}”" if not named else f"the table of the {words[0]} sheet"
    raise UnknownLayoutError(path, looked_for, f"sheets {', '.join(sheet.name for sheet in sheets)}", REMEDY)


def _inspections(sheet: Sheet, edition: Edition, finder: AreaFinder, remarks: list[str]) -> tuple[pl.DataFrame, Tally]:
    """Rows of a sheet with their area, days, programme and grades' words; other kinds of visit dropped and counted."""
    table = find_table(sheet, HISTORY if has_columns(sheet, HISTORY) else LATEST)
    if "kind" not in table.columns:
        table = table.with_columns(kind=pl.lit(None, pl.String))
    has_days = table["started"].is_not_null().any()
    remarks += [
        f"{sheet.where}: this edition says nothing in a column “{readable(column.wordings[0])}”"
        for column in HISTORY
        if not column.required and table[column.field].is_null().all()
    ]
    faults: list[Fault] = []
    dropped: Counter[str] = Counter()
    records: list[dict[str, object]] = []
    for row in table.iter_rows(named=True):
        if _is_note(row, finder):
            dropped[NOTE] += 1
            continue
        programme, reason = _programme(sheet, row, faults)
        if reason:
            dropped[reason] += 1
            continue
        started = _day(sheet, row, "started", faults)
        published = _day(sheet, row, "published", faults)
        if started is None and has_days and row["started"] is None:
            faults.append(_fault(sheet, row, "started", None, "an inspection has its first day, as in the other rows"))
        if started is not None and started > edition.as_at:
            rule = f"an inspection began by the day as at which the release stands, {edition.as_at}"
            faults.append(_fault(sheet, row, "started", row["started"], rule))
        if published is not None and published > edition.last_day:
            rule = f"a report was published by {edition.last_day}"
            faults.append(_fault(sheet, row, "published", row["published"], rule))
        area = _area(sheet, row, finder, started or published, faults, remarks)
        for column in JUDGEMENTS:
            value = row[column.field]
            may_be_empty = not column.required and value is None
            if plain(value) not in GRADES and not may_be_empty and (value is None or plain(value) not in NO_GRADE):
                faults.append(_fault(sheet, row, column.field, value, f"a grade is one of {', '.join(GRADES)}, or n/a"))
        if published is not None and started is not None and published <= started:
            faults.append(
                _fault(sheet, row, "published", row["published"], "a report is published after its inspection")
            )
        grades = {
            column.field: None if plain(row[column.field]) in NO_GRADE else row[column.field] for column in JUDGEMENTS
        }
        records.append(
            {
                LINE: row[LINE],
                "area_code": area,
                "status": row["status"],
                "programme": programme,
                "started": started,
                "published": published,
                **grades,
            }
        )
    refuse(sheet.file, faults)
    schema = {
        LINE: pl.Int64,
        "area_code": pl.String,
        "status": pl.String,
        "programme": pl.String,
        "started": pl.Date,
        "published": pl.Date,
        **{column.field: pl.String for column in JUDGEMENTS},
    }
    kept = pl.DataFrame(records, schema=schema, orient="row")
    return kept, Tally(f"{sheet.place}: inspection", table.height, kept.height, dict(dropped))


def _is_note(row: Mapping[str, Any], finder: AreaFinder) -> bool:
    """Whether a row holds one cell alone, which names no authority."""
    texts = [text for column in HISTORY if (text := row[column.field]) is not None]
    return len(texts) == 1 and finder.by_code(texts[0]) is None and finder.by_name(texts[0]) is None


def _programme(sheet: Sheet, row: Mapping[str, Any], faults: list[Fault]) -> tuple[str | None, str | None]:
    kind = plain(row["kind"])
    if kind in KINDS:
        return KINDS[kind].value, None
    for pattern, reason in OTHER_KINDS.items():
        if re.fullmatch(pattern, kind):
            return None, reason
    faults.append(_fault(sheet, row, "kind", row["kind"], f"a type of inspection is one of {', '.join(KINDS)}"))
    return None, None


def _day(sheet: Sheet, row: Mapping[str, Any], field: str, faults: list[Fault]) -> dt.date | None:
    try:
        day = read_date(row[field])
    except ValueError:
        faults.append(_fault(sheet, row, field, row[field], "a day is a date"))
        return None
    if day is None and field == "published":
        faults.append(_fault(sheet, row, field, None, "a report has its day of publication"))
    if day is not None and day < LONG_AGO:
        faults.append(_fault(sheet, row, field, row[field], f"ILACS began in {LONG_AGO.year}"))
    return day


def _area(
    sheet: Sheet,
    row: Mapping[str, Any],
    finder: AreaFinder,
    day: dt.date | None,
    faults: list[Fault],
    remarks: list[str],
) -> str | None:
    by_code, by_name = finder.by_code(row["code"]), finder.by_name(row["name"], day)
    if row["code"] is not None and by_code is None:
        faults.append(_fault(sheet, row, "code", row["code"], f"a code is in the table area_codes ({row['name']})"))
    elif by_code is None and by_name is None:
        faults.append(_fault(sheet, row, "name", row["name"], "a name is that of one authority in the table areas"))
    elif by_code is not None and by_name is not None and by_code != by_name:
        faults.append(_fault(sheet, row, "name", row["name"], f"the name is that of the code {row['code']}"))
    return by_code or by_name


def _fault(sheet: Sheet, row: Mapping[str, Any], field: str, value: str | None, rule: str) -> Fault:
    return sheet.fault(row[LINE], field, value, rule, "correct the cell, or add the wording to the reader")


def _remark_status(history: pl.DataFrame, areas: pl.DataFrame, sheet: Sheet, remarks: list[str]) -> None:
    ended = dict(zip(areas["area_code"], areas["valid_to"].is_not_null(), strict=True))
    for line, area, status in history.select(LINE, "area_code", "status").iter_rows():
        if status is not None and (plain(status) != "current") != ended[area]:
            remarks.append(f"{sheet.where}, line {line}: {area} is “{status}”, against the table areas")


def _page(inspections: pl.DataFrame, areas: pl.DataFrame) -> pl.Expr:
    """Ofsted's page of the authority, or of the first authority that took its place."""
    la_codes = dict(zip(areas["area_code"], areas["la_code"], strict=True))
    pages = {
        row["area_code"]: la_codes[row["successor_codes"].split(";")[0]] if row["successor_codes"] else row["la_code"]
        for row in inspections.select("area_code", "la_code", "successor_codes").unique().iter_rows(named=True)
    }
    return pl.format("https://reports.ofsted.gov.uk/provider/44/{}", pl.col("area_code").replace_strict(pages))


def _refuse_twice(sheet: Sheet, inspections: pl.DataFrame) -> None:
    twice = inspections.filter(pl.col("inspection_id").is_duplicated())
    refuse(
        sheet.file,
        [
            _fault(sheet, row, "published", row["inspection_id"], "an inspection is listed once")
            for row in twice.to_dicts()
        ],
    )


def _judgements(sheet: Sheet, inspections: pl.DataFrame, domains: pl.DataFrame, remarks: list[str]) -> pl.DataFrame:
    known = {
        (str(programme), plain(name)): (str(domain), name)
        for programme, name, domain in domains.select("programme", "published_name", "domain").iter_rows()
    }
    faults: list[Fault] = []
    records: list[tuple[str, str, str, str, str, str]] = []
    for row in inspections.iter_rows(named=True):
        apart = row["started"] >= CARE_LEAVERS_FROM if row["started"] else row["leavers"] is not None
        if apart != (row["leavers"] is not None):
            what = "has no judgement on care leavers" if apart else "has a judgement on care leavers"
            remarks.append(
                f"{sheet.where}, line {row[LINE]}: {row['name']}, inspected {row['started']}, {what}, "
                f"which came with inspections from {CARE_LEAVERS_FROM}"
            )
            apart = row["leavers"] is not None
        names = {
            "overall": OVERALL,
            "leadership": LEADERSHIP,
            "help": HELP,
            "care": CARE if apart else CARE_AND_LEAVERS,
            "leavers": LEAVERS,
        }
        given = {field: row[field] for field in names if row[field] is not None}
        if not given:
            remarks.append(f"{sheet.where}, line {row[LINE]}: {row['name']} has no grade at all")
        for field, words in given.items():
            match = known.get((row["programme"], plain(names[field])))
            if match is None:
                rule = f"the table domains has “{names[field]}” for {row['programme']}"
                faults.append(_fault(sheet, row, field, words, rule))
            else:
                domain, name = match
                records.append(
                    (row["inspection_id"], domain, GRADES[plain(words)].value, name, words, row["source_id"])
                )
    refuse(sheet.file, faults)
    columns = ["inspection_id", "domain", "grade", "published_name", "grade_published", "source_id"]
    return pl.DataFrame(records, schema=dict.fromkeys(columns, pl.String), orient="row").sort("inspection_id", "domain")


FIELDS = [column.field for column in JUDGEMENTS]


def _compare_latest(
    sheets: Sequence[Sheet], history_sheet: Sheet, history: pl.DataFrame, finder: AreaFinder, edition: Edition
) -> list[str]:
    """Where the sheet of latest inspections differs from the last row of each area in the history."""
    rivals = [
        s for s in sheets if s is not history_sheet and has_columns(s, LATEST) and not _says(s, "in year", "history")
    ]
    if not rivals:
        return ["no sheet of latest inspections to compare the history with"]
    sheet = rivals[0]
    remarks: list[str] = []
    listed = _listed(sheet, find_table(sheet, LATEST), finder, remarks)
    last = history.sort("published").group_by("area_code", maintain_order=True).last()
    both = listed.join(last, on="area_code", how="full", suffix="_history", coalesce=True).sort("area_code")
    same = 0
    for row in both.iter_rows(named=True):
        if row["published"] is None:
            if row["status"] is None or plain(row["status"]) == "current":
                remarks.append(f"{sheet.place}: {row['area_code']} is only in {history_sheet.place}")
        elif row["published_history"] is None:
            remarks.append(f"{sheet.place}: {row['area_code']} ({row['name']}) is not in {history_sheet.place}")
        else:
            fields = [f for f in ("started", "published", *FIELDS) if row[f] != row[f"{f}_history"]]
            same += not fields
            remarks += [
                f"{sheet.place}, line {row[LINE]}: {row['name']}, {f}: {row[f]}; "
                f"{history_sheet.place}: {row[f'{f}_history']}"
                for f in fields
            ]
    remarks.append(
        f"{sheet.place}: {listed.height} authorities as at {edition.as_at}; {same} equal their last row in "
        f"{history_sheet.place}"
    )
    return remarks


def _compare_in_year(
    sheets: Sequence[Sheet], history_sheet: Sheet, history: pl.DataFrame, finder: AreaFinder
) -> list[str]:
    """Where the graded inspections of the sheet of the year's visits differ from the history."""
    rivals = [s for s in sheets if s is not history_sheet and has_columns(s, HISTORY) and _says(s, "in year")]
    if not rivals:
        return ["no sheet of the year's inspections to compare the history with"]
    sheet = rivals[0]
    remarks: list[str] = []
    table = find_table(sheet, HISTORY)
    graded = table.filter(pl.col("kind").map_elements(lambda kind: plain(kind) in KINDS, pl.Boolean))
    listed = _listed(sheet, graded, finder, remarks)
    known = {(row["area_code"], row["published"]): row for row in history.iter_rows(named=True)}
    same = 0
    for row in listed.iter_rows(named=True):
        twin = known.get((row["area_code"], row["published"]))
        if twin is None:
            remarks.append(
                f"{sheet.place}, line {row[LINE]}: {row['name']}, {row['published']}, is not in {history_sheet.place}"
            )
            continue
        fields = [f for f in ("started", *FIELDS) if row[f] != twin[f]]
        same += not fields
        remarks += [
            f"{sheet.place}, line {row[LINE]}: {row['name']}, {f}: {row[f]}; {history_sheet.place}: {twin[f]}"
            for f in fields
        ]
    remarks.append(
        f"{sheet.place}: {table.height} visits, {listed.height} of them standard or short inspections; {same} equal "
        f"their row in {history_sheet.place}"
    )
    return remarks


def _says(sheet: Sheet, *words: str) -> bool:
    return any(word in title for word in words for title in titles(sheet, 1))


def _listed(sheet: Sheet, table: pl.DataFrame, finder: AreaFinder, remarks: list[str]) -> pl.DataFrame:
    faults: list[Fault] = []
    rows = []
    for row in table.filter(pl.col("published").is_not_null()).iter_rows(named=True):
        started, published = _day(sheet, row, "started", faults), _day(sheet, row, "published", faults)
        area = _area(sheet, row, finder, started or published, faults, remarks)
        grades = {f: None if plain(row[f]) in NO_GRADE else row[f] for f in FIELDS}
        rows.append(
            {
                LINE: row[LINE],
                "area_code": area,
                "name": row["name"],
                "started": started,
                "published": published,
                **grades,
            }
        )
    refuse(sheet.file, faults)
    schema = {
        LINE: pl.Int64,
        "area_code": pl.String,
        "name": pl.String,
        "started": pl.Date,
        "published": pl.Date,
        **dict.fromkeys(FIELDS, pl.String),
    }
    return pl.DataFrame(rows, schema=schema, orient="row")
