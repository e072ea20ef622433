"""Single inspections and re-inspections (2013–2018): the cover's judgements, and the board's in its own part."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from analysis.errors import UnknownLayoutError
from analysis.sources.reports.dates import first_day, inspected_days
from analysis.sources.reports.facts import (
    APOSTROPHE,
    GRADE_WORDS,
    Family,
    PublishedJudgement,
    Report,
    clean_name,
    grade_of,
    one_line,
)

TITLE = re.compile(
    r"\b(?P<again>Re-?)?inspection of services for children in need of help and protection,", re.IGNORECASE
)
BOARD_TITLE = re.compile(
    r"(?:Review|Inspection) of the effectiveness of the local safeguarding children board", re.IGNORECASE
)
_SAYS_REINSPECTION = re.compile(r"\bthis is a re-?inspection\b", re.IGNORECASE)
_INSPECTED = re.compile(r"Inspection dates?\s*:", re.IGNORECASE)
_PUBLISHED = re.compile(r"Report published\s*:", re.IGNORECASE)
_OVERALL = (
    re.compile(
        rf"(?P<name>The overall judgement)\s+is\s+(?:that\s+children{APOSTROPHE}s\s+services?\s+(?:are\s+)?)?"
        rf"(?P<grade>{GRADE_WORDS})\b",
        re.IGNORECASE,
    ),
    re.compile(
        rf"(?P<name>Children{APOSTROPHE}s\s+services)(?:\s+in\s+(?:St\.|[^.\n]|\n(?!\n)){{2,70}}?)?"
        rf"\s+(?:(?:are|is)\s+)?(?P<grade>{GRADE_WORDS})\b",
        re.IGNORECASE,
    ),
)
_PARTS = (
    r"Children\s+who\s+need\s+help\s+and\s+protection",
    r"Children\s+looked\s+after\s+and\s+achieving\s+permanence",
    r"Adoption\s+performance",
    r"Experiences\s+and\s+progress\s+of\s+care\s+leavers",
    r"Leadership,\s+management\s+and\s+governance",
)
_BOARD_STATEMENTS = (
    re.compile(
        r"^[ \t]*(?:The\s+judgement\s+for\s+)?"
        r"(?P<name>The\s+effectiveness\s+of\s+the\s+(?:Local\s+Safeguarding\s+Children\s+Board(?:\s+\(LSCB\))?|LSCB))"
        rf"\s+(?:is\s+)?(?P<grade>{GRADE_WORDS})\b",
        re.IGNORECASE | re.MULTILINE,
    ),
    re.compile(
        r"^[ \t]*(?P<name>The\s+Local\s+Safeguarding\s+Children\s+Board(?:\s+\(LSCB\))?)"
        rf"\s+(?:is\s+)?(?P<grade>{GRADE_WORDS})\b",
        re.IGNORECASE | re.MULTILINE,
    ),
    re.compile(
        r"^[ \t]*(?P<name>The\s+arrangements\s+in\s+place\s+to\s+evaluate\s+the\s+effectiveness)"
        r"\s+of\s+what\s+is\s+done\s+by\s+the\s+authority\s+and\s+board\s+partners\s+to\s+safeguard\s+and\s+promote\s+the\s+welfare\s+of"
        rf"\s+children\s+(?:(?:are|is)\s+)?(?P<grade>{GRADE_WORDS})\b",
        re.IGNORECASE | re.MULTILINE,
    ),
)
_COVER_PAGES = 2


def is_single_inspection(cover: str) -> bool:
    """Whether a cover, on one line, is that of a single inspection, a re-inspection or a review of a board."""
    return TITLE.search(cover) is not None or BOARD_TITLE.search(cover) is not None


def read_single_inspection(pages: Sequence[str], *, file: Path | str) -> Report:
    """Read a report of the single inspection framework.

    The judgements are those of the cover (its table may run on to the second page), the sub-judgements on adoption
    and care leavers among them, and that of the review of the Local Safeguarding Children Board, wherever in the
    report it is stated first. A report on the board alone has that judgement only.

    Args:
        pages: the report's pages.
        file: what to call the report in errors.

    Returns:
        The report's facts; `published` is None where the cover does not print it (as until April 2014).

    Raises:
        UnknownLayoutError: a label of the cover is missing, or two statements of the board's grade disagree.
    """
    cover = one_line(pages[0])
    title = TITLE.search(cover) or BOARD_TITLE.search(cover)
    if title is None:
        raise _missing(file, "the title “Inspection of services for children …”")
    on_services = TITLE.search(cover) is not None
    remarks: list[str] = []
    judgements = _judgements_of_services(pages, file) if on_services else []
    board = _judgement_of_board(pages, file)
    if board is not None:
        judgements.append(board)
    elif BOARD_TITLE.search(cover) is not None:
        raise UnknownLayoutError(
            file,
            "the judgement “The Local Safeguarding Children Board is …”",
            f"any of its {len(pages)} pages",
            "Add the wording to the reader of single inspections.",
        )
    else:
        remarks.append(
            "its title names no review of the Local Safeguarding Children Board, and it gives no judgement of one"
        )
    if not on_services:
        remarks.append("is on the Local Safeguarding Children Board alone")
    published = _published(cover)
    remarks += _published_apart(pages, published)
    return Report(
        family=_family(title, pages),
        area_names=(re.sub(r"^\d+\s+", "", cover[: title.start()]).strip(),),
        visits=_inspected(cover, file),
        published=published,
        theme=None,
        judgements=tuple(judgements),
        pages=len(pages),
        remarks=tuple(remarks),
    )


def _family(title: re.Match[str], pages: Sequence[str]) -> Family:
    again = title.groupdict().get("again")
    if again or _SAYS_REINSPECTION.search(one_line(" ".join(pages[: _COVER_PAGES + 1]))):
        return Family.SIF_REINSPECTION
    return Family.SIF


def _inspected(cover: str, file: Path | str) -> tuple[tuple[date, date], ...]:
    label = _INSPECTED.search(cover)
    if label is None:
        raise _missing(file, "“Inspection date:”")
    return inspected_days(cover, label, file)


def _published(cover: str) -> date | None:
    label = _PUBLISHED.search(cover)
    return None if label is None else first_day(cover[label.end() : label.end() + 30])


def _published_apart(pages: Sequence[str], published: date | None) -> list[str]:
    """Say where another part of the same file prints another day of publication."""
    found = []
    for number, page in enumerate(pages, 1):
        for label in _PUBLISHED.finditer(page):
            day = first_day(page[label.end() : label.end() + 40])
            if day is not None and day != published:
                found.append(f"prints another day of publication on page {number}: {day}")
    return found


def _judgements_of_services(pages: Sequence[str], file: Path | str) -> list[PublishedJudgement]:
    judgements = [_overall(pages[0], file)]
    for part in _PARTS:
        pattern = re.compile(rf"(?P<name>{part})[\s.]+(?P<grade>{GRADE_WORDS})\b", re.IGNORECASE)
        for number, page in enumerate(pages[:_COVER_PAGES], 1):
            match = pattern.search(page)
            if match is not None:
                judgements.append(PublishedJudgement(clean_name(match["name"]), one_line(match["grade"]), number))
                break
        else:
            label = re.sub(r"\\s\+", " ", part)
            raise _missing(file, f"“{label}” with a grade after it")
    return judgements


def _overall(cover: str, file: Path | str) -> PublishedJudgement:
    for pattern in _OVERALL:
        match = pattern.search(cover)
        if match is not None:
            return PublishedJudgement(clean_name(match["name"]), one_line(match["grade"]), 1)
    raise _missing(file, "“The overall judgement is …” or “Children’s services in … are …”")


def _judgement_of_board(pages: Sequence[str], file: Path | str) -> PublishedJudgement | None:
    found = [
        PublishedJudgement(_name_of_board(match["name"]), one_line(match["grade"]), number)
        for number, page in enumerate(pages, 1)
        for pattern in _BOARD_STATEMENTS
        for match in pattern.finditer(page)
    ]
    if len({grade_of(judgement.grade) for judgement in found}) > 1:
        statements = "; ".join(f"page {j.page}: {j.name}: {j.grade}" for j in found)
        raise UnknownLayoutError(
            file, "one grade of the Local Safeguarding Children Board", statements, "Find out which of them holds."
        )
    return found[0] if found else None


def _name_of_board(name: str) -> str:
    """Give one form to the board's judgement; a statement on its arrangements stands under the board's own heading."""
    if "arrangements" in name:
        return "The Local Safeguarding Children Board"
    return re.sub(r"\bLSCB\b", "Local Safeguarding Children Board", clean_name(name.replace("(LSCB)", "")))


def _missing(file: Path | str, label: str) -> UnknownLayoutError:
    return UnknownLayoutError(
        file, label, "its cover (pages 1 and 2)", "If it is a single inspection's, add the wording to its reader."
    )
