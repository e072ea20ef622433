"""What is read from one report, and the wording that every kind of report shares: grades and names."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from analysis.schema.codes import Grade

GRADE_WORDS = r"outstanding|good|inadequate|requires?\s+improvement(?:\s+to\s+be\s+good)?|not\s+judged"
NOT_JUDGED = "not judged"
APOSTROPHE = "['’]"

_GRADES = {"outstanding": Grade.OUTSTANDING, "good": Grade.GOOD, "inadequate": Grade.INADEQUATE}


class Family(StrEnum):
    """The framework a report was written under, as far as the report itself tells."""

    SIF = "sif"
    SIF_REINSPECTION = "sif_reinspection"
    ILACS = "ilacs"
    JTAI = "jtai"


@dataclass(frozen=True)
class PublishedJudgement:
    """One grade as published: the judgement's name, the wording of the grade and the page (from 1) it stands on."""

    name: str
    grade: str
    page: int


@dataclass(frozen=True)
class Report:
    """What one report says of itself.

    `area_names` are the ways in which the report names its area, the most formal first. `visits` are the first and
    last day of each stretch of the inspection, nearly always one, in order. `published` is None where
    the report does not print the day (ILACS; single inspections before May 2014). `remarks` are what a person
    should know of this report.
    """

    family: Family
    area_names: tuple[str, ...]
    visits: tuple[tuple[date, date], ...]
    published: date | None
    theme: str | None
    judgements: tuple[PublishedJudgement, ...]
    pages: int
    remarks: tuple[str, ...] = field(default=())

    @property
    def started(self) -> date:
        """First day of the inspection."""
        return self.visits[0][0]

    @property
    def ended(self) -> date:
        """Last day of the inspection."""
        return self.visits[-1][1]


def one_line(text: str) -> str:
    """Replace every run of white space by one space."""
    return re.sub(r"\s+", " ", text).strip()


def clean_name(name: str) -> str:
    """Bring the printed name of a judgement into one form, letter case kept but for a capital at the beginning.

    White space, numbering before the name, footnote marks and stray punctuation after it go; apostrophes become ’.
    """
    name = re.sub(r"^\d+(?:\.\d+)*\.?\s+", "", one_line(name)).replace("'", "’")
    name = re.sub(r"[\s.:;,]*\d*[\s.:;,]*$", "", name)
    return name[:1].upper() + name[1:]


def grade_of(published: str) -> Grade | None:
    """Give the grade that a published wording stands for; None where it says that nothing was judged.

    Raises:
        ValueError: the wording is none of the four-point scale's.
    """
    wording = one_line(published).lower()
    if wording == NOT_JUDGED:
        return None
    if re.fullmatch(r"requires? improvement(?: to be good)?", wording):
        return Grade.REQUIRES_IMPROVEMENT
    if wording not in _GRADES:
        raise ValueError(f"“{published}” is not a grade")
    return _GRADES[wording]
