"""One passage of a report: what the codebook asks to be coded."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Section(StrEnum):
    """Where in its report a passage stands; the values are the codebook's."""

    PRIORITY_ACTION = "priority_action"
    AREA_FOR_IMPROVEMENT = "area_for_improvement"
    STRENGTH = "strength"
    LSCB_PRIORITY_ACTION = "lscb_priority_action"
    LSCB_IMPROVEMENT = "lscb_improvement"
    LSCB_STRENGTH = "lscb_strength"
    SUMMARY = "summary"
    NARRATIVE = "narrative"
    CASE_STUDY = "case_study"


class Kind(StrEnum):
    """Why a passage is listed."""

    LISTED_ITEM = "listed item"
    EXPLOITATION = "exploitation passage"


@dataclass(frozen=True)
class Passage:
    """One passage to be read and coded.

    `page` is the page of the PDF, from 1, on which it starts; `paragraph` the report's own paragraph or item number,
    empty where it has none; `heading` the nearest heading above it; `text` the whole passage on one line.
    """

    page: int
    paragraph: str
    section: Section
    kind: Kind
    heading: str
    text: str
