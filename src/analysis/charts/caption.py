"""Words of the charts: cohort statements, lists, numbers and line breaks."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from analysis.charts import theme

OGL = "Contains public sector information licensed under the Open Government Licence v3.0."
OGL_AND_CQC = (
    "Contains public sector information licensed under the Open Government Licence v3.0, "
    "and facts from Care Quality Commission material, under the Commission's own notice."
)
HEADLINE_WORDS = 10
UNKNOWN = "not known"
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


@dataclass(frozen=True)
class Credit:
    """Whose figures a chart shows, and on what terms."""

    source: str
    licence: str


def listed(items: Sequence[str]) -> str:
    """Join words as English does: one, two and three."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """Give a number with its noun in the right form."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def percent(share: float | None) -> str:
    """Give a share of one as a whole percentage: cohorts of fifty bear no decimals."""
    return UNKNOWN if share is None or math.isnan(share) else f"{round_half_up(100 * share)}%"


def share_with_interval(row: Mapping[str, float | None]) -> str:
    """Write a share with its interval, as in a column of figures: 57% (37–76)."""
    low, high = (percent(row[side]).removesuffix("%") for side in ("low", "high"))
    return f"{percent(row['share'])} ({low}–{high})"


def round_half_up(value: float) -> int:
    """Round as official statistics do, halves away from zero."""
    return math.floor(abs(value) + 0.5) * (1 if value >= 0 else -1)


def day(date: Any) -> str:
    """Write a day as GOV.UK does: 5 June 2015."""
    return UNKNOWN if date is None else f"{date.day} {MONTHS[date.month - 1]} {date.year}"


def span(first: int | str, last: int | str) -> str:
    """Write a run of years."""
    return f"{first}" if first == last else f"{first} to {last}"


@cache
def _advance_widths() -> dict[str, dict[str, float]]:
    loaded: dict[str, dict[str, float]] = json.loads((theme.FONT_FOLDER / "widths.json").read_text(encoding="utf-8"))
    return loaded


def characters() -> frozenset[str]:
    """Give the characters that the charts' font holds, in both weights."""
    widths = _advance_widths()
    return frozenset(widths["regular"]) & frozenset(widths["bold"])


def text_width(text: str, size: int, *, bold: bool = False) -> float:
    """Measure a line in pixels, in the font that the project ships; a character it lacks counts as one em."""
    widths = _advance_widths()["bold" if bold else "regular"]
    return sum(widths.get(character, 1.0) for character in text) * size


def headline(*candidates: str) -> str:
    """Give the first wording that is short enough, else the last."""
    return next((words for words in candidates if len(words.split()) <= HEADLINE_WORDS), candidates[-1])


def wrap(text: str, width: int, size: int, *, bold: bool = False) -> list[str]:
    """Break text into lines that fit a width in pixels."""
    lines: list[str] = []
    for word in text.split():
        if lines and text_width(f"{lines[-1]} {word}", size, bold=bold) <= width:
            lines[-1] = f"{lines[-1]} {word}"
        else:
            lines.append(word)
    return lines


def balance(text: str, width: int, size: int, *, bold: bool = False) -> list[str]:
    """Break text as `wrap` does, into as few lines, but of like length, so that no word stands alone."""
    lines = wrap(text, width, size, bold=bold)
    for narrower in range(width, width // 2, -8):
        tried = wrap(text, narrower, size, bold=bold)
        if len(tried) > len(lines):
            break
        balanced = tried
    return balanced
