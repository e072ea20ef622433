"""Inspections of local authority children's services (ILACS, from 2018): the cover's dates and its judgement table."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from analysis.errors import UnknownLayoutError
from analysis.sources.reports.dates import inspected_days
from analysis.sources.reports.facts import (
    APOSTROPHE,
    GRADE_WORDS,
    Family,
    PublishedJudgement,
    Report,
    clean_name,
    one_line,
)

TITLE = re.compile(
    r"Inspection of (?:(?P<area>(?:(?!Inspection of).){2,90}?)\s+)??"
    rf"(?:local authority )?children{APOSTROPHE}s (?:social care )?services",
    re.IGNORECASE,
)
_INSPECTED = re.compile(r"Inspection dates?\s*:", re.IGNORECASE)
_TABLE = re.compile(r"Judgement\s+Grade\s+", re.IGNORECASE)
_ROW = re.compile(rf"\s*(?P<name>.{{5,130}}?)\s+(?P<grade>{GRADE_WORDS})(?!\w)", re.IGNORECASE)
_OVERALL = re.compile(rf"\bOverall effectiveness[\s.]+(?:{GRADE_WORDS})(?!\w)", re.IGNORECASE)
_KNOWN_ROW = re.compile(
    r"The impact of leaders on social work practice with children and families"
    r"|The experiences and progress of "
    r"(?:children who need help and protection|children in care(?: and care leavers)?|care leavers)",
    re.IGNORECASE,
)
_FEWEST_ROWS = 3


def is_ilacs(cover: str) -> bool:
    """Whether a cover, on one line, is that of an ILACS inspection."""
    return TITLE.search(cover) is not None and _TABLE.search(cover) is not None


def read_ilacs(pages: Sequence[str], *, file: Path | str) -> Report:
    """Read a report of an ILACS inspection.

    Args:
        pages: the report's pages.
        file: what to call the report in errors.

    Returns:
        The report's facts; `published` is None, because these covers do not print it. The judgements are the rows
        of the cover's table, in its order.

    Raises:
        UnknownLayoutError: a label of the cover is missing.
    """
    cover = one_line(pages[0])
    title = TITLE.search(cover)
    if title is None:
        raise _missing(file, "the title “Inspection of … children’s services”")
    label = _INSPECTED.search(cover)
    if label is None:
        raise _missing(file, "“Inspection dates:”")
    visits = inspected_days(cover, label, file)
    judgements = _table(cover, file)
    above = re.sub(r"^\d+\s+", "", cover[: title.start()]).strip()
    return Report(
        family=Family.ILACS,
        area_names=tuple(name for name in (above, (title["area"] or "").strip()) if len(name) > 1),
        visits=visits,
        published=None,
        theme=None,
        judgements=judgements,
        pages=len(pages),
        remarks=() if _OVERALL.search(cover) else ("gives no grade for overall effectiveness",),
    )


def _table(cover: str, file: Path | str) -> tuple[PublishedJudgement, ...]:
    """Read the table's rows: down to the overall grade, or, where there is none, as long as the names are known."""
    head = _TABLE.search(cover)
    if head is None:
        raise _missing(file, "the table “Judgement, Grade”")
    overall = _OVERALL.search(cover, head.end())
    rows: list[PublishedJudgement] = []
    position = head.end()
    while (row := _ROW.match(cover, position)) is not None and (overall is None or position < overall.end()):
        name = clean_name(row["name"])
        if overall is None and not _KNOWN_ROW.fullmatch(name):
            break
        rows.append(PublishedJudgement(name, one_line(row["grade"]), 1))
        position = row.end()
    if len(rows) < _FEWEST_ROWS:
        raise _missing(file, "a grade after “The impact of leaders …” and “The experiences and progress of …”")
    return tuple(rows)


def _missing(file: Path | str, label: str) -> UnknownLayoutError:
    return UnknownLayoutError(
        file, label, "its cover (page 1)", "If it is an ILACS report, add the wording to its reader."
    )
