"""Days and spans of days as reports print them: whole, or with the month or year only where it changes."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from analysis.errors import UnknownLayoutError
from analysis.schema.codes import LONGEST_INSPECTION

_MONTHS = (
    "january february march april may june july august september october november december".split()  # noqa: SIM905
)
_MONTH = (
    r"(?P<month>Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?"
    r"|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\b"
)
_NUMERIC = r"(?P<d>\d{1,2})/(?P<m>\d{1,2})/(?P<y>\d{4})"
_WORDED = rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?!\d)(?:\s+{_MONTH})?(?:,?\s+(?P<year>(?:19|20)\d{{2}}))?"
DAY = re.compile(rf"(?<![\d/]){_NUMERIC}|(?<![\d/]){_WORDED}", re.IGNORECASE)
_WHOLE = re.compile(
    rf"(?<![\d/])(?:{_NUMERIC}|(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+{_MONTH},?\s+(?P<year>\d{{4}}))", re.I
)
_JOINED = re.compile(r"^\s*(?:[-–—‒―─]|to|and|until|,)\s*(?:from\s+|between\s+)?$", re.IGNORECASE)

_BEFORE_FIRST = re.compile(r"\s*(?:(?:from|between|on)\s+)?", re.IGNORECASE)


def first_day(text: str) -> date | None:
    """Give the first whole day (day, month, year) that a text names; None where it names none."""
    match = _WHOLE.search(text)
    if match is None:
        return None
    day, month, year = _parts(match)
    return _day(day, month, year) if month is not None and year is not None else None


def spans(text: str, *, before: date | None = None) -> tuple[tuple[date, date], ...]:
    """Give the first and last day of each span with which a text begins.

    A span is two days, or one alone; several are joined by “and”. A day without its month or year takes that of the
    next day that has one; where no day has a year, the latest year that ends the last span before `before`.

    Args:
        text: text that begins with the span (white space and words such as “between” may come first).
        before: a day that the inspection came before, such as the letter's own.

    Returns:
        First and last day of each span, in order of time; empty where the text begins with no day, or with days that
        cannot be completed, are out of order or lie further apart than an inspection may.
    """
    found: list[tuple[int, int | None, int | None]] = []
    end = 0
    for match in DAY.finditer(text):
        between = text[end : match.start()]
        if found and not _JOINED.match(between):
            break
        if not found and not _BEFORE_FIRST.fullmatch(between):
            return ()
        found.append(_parts(match))
        end = match.end()
    days = _complete(found, before)
    if not days or days != sorted(days):
        return ()
    found_spans = tuple(
        (first, days[i + 1] if i + 1 < len(days) else first) for i, first in enumerate(days) if i % 2 == 0
    )
    return found_spans if all(last - first <= LONGEST_INSPECTION for first, last in found_spans) else ()


def inspected_days(cover: str, label: re.Match[str], file: Path | str) -> tuple[tuple[date, date], ...]:
    """Give the first and last day of each stretch of the inspection, which stand after their label on the cover.

    Raises:
        UnknownLayoutError: no days stand there.
    """
    visits = spans(cover[label.end() :])
    if not visits:
        where = f"“{cover[label.start() : label.end() + 60]}”"
        raise UnknownLayoutError(file, "a first and a last day", where, "Correct the days on the cover.")
    return visits


def _complete(found: list[tuple[int, int | None, int | None]], before: date | None) -> list[date] | None:
    days: list[date] = []
    month: int | None = None
    year: int | None = None
    for day, own_month, own_year in reversed(found):
        year = own_year or year
        later = days[-1] if days else None
        month = own_month or month
        if month is None:
            return None
        if year is None:
            if before is None:
                return None
            candidate = _day(day, month, before.year)
            year = before.year if candidate is not None and candidate < before else before.year - 1
        this = _day(day, month, year)
        if this is not None and later is not None and this > later and own_year is None:
            year -= 1
            this = _day(day, month, year)
        if this is None:
            return None
        days.append(this)
    return days[::-1]


def _parts(match: re.Match[str]) -> tuple[int, int | None, int | None]:
    if match["d"]:
        return int(match["d"]), int(match["m"]), int(match["y"])
    month = match["month"]
    number = next(i for i, name in enumerate(_MONTHS, 1) if name.startswith(month.lower()[:3])) if month else None
    return int(match["day"]), number, int(match["year"]) if match["year"] else None


def _day(day: int, month: int, year: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
