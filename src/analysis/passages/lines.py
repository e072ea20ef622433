"""The lines of a report's body: its pages without page numbers, running headers, footers and footnotes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

_EDGE_LINES = 4
_LEAST_REPEATS = 3
_SHARE_OF_PAGES = 0.3
_ENOUGH_REPEATS = 4
_WORDS_OF_A_TITLE = 6
_RULE_BLANKS = 20
_CONTENTS = re.compile(r"(?:Table of )?Contents(?: page)?", re.IGNORECASE)
_NUMBER_ALONE = re.compile(r"\d{1,3}")
_DIGITS = re.compile(r"\d+")
_WORD = re.compile(r"[^\W\d_]{3}")
_NOTE = re.compile(r"(?P<mark>\d{1,2})\s+(?=[A-Z‘“'\"(]|www\.|http)")
_MOST_NOTE_LINES = 16


@dataclass(frozen=True)
class Line:
    """One line of the body.

    `after_gap` says whether an empty line stands above it on the same page; a page break is no gap, because every
    page begins and ends with empty lines.
    """

    page: int
    text: str
    after_gap: bool


def body_lines(pages: Sequence[str]) -> list[Line]:
    """Give the lines of the body, in order.

    Dropped are numbers that stand alone at the edge of a page; lines that stand at the edge of three pages in ten
    (compared without regard to the digits in them), or, if they are as long as a title, of four pages; what follows
    “Contents” on its page; and footnotes: what follows a rule, or what follows, at the foot of a page, a number that
    is also a mark in the text of that page.

    Args:
        pages: the text of each page, in order.

    Returns:
        The lines, without white space at either end; no line is empty.
    """
    numbered = [_lines(number, page) for number, page in enumerate(pages, 1)]
    running = _running(numbered)
    body: list[Line] = []
    for lines in numbered:
        kept = [line for place, line in enumerate(lines) if not _is_furniture(line, place, len(lines), running)]
        if kept:
            kept[0] = replace(kept[0], after_gap=False)
        body += _without_notes(kept)
    return body


def _lines(number: int, page: str) -> list[Line]:
    lines: list[Line] = []
    gap = False
    for raw in page.split("\n"):
        text = raw.strip()
        if _CONTENTS.fullmatch(text):
            break
        if text:
            lines.append(Line(number, " ".join(text.split()), gap and bool(lines)))
            gap = False
            continue
        if raw.count(" ") >= _RULE_BLANKS:
            break
        gap = True
    return lines


def _at_edge(place: int, count: int) -> bool:
    return place < _EDGE_LINES or place >= count - _EDGE_LINES


def _pattern(text: str) -> str:
    return _DIGITS.sub("#", text).casefold()


def _running(pages: Sequence[Sequence[Line]]) -> set[str]:
    seen: Counter[str] = Counter()
    for lines in pages[1:]:
        seen.update(
            _pattern(line.text)
            for place, line in enumerate(lines)
            if _at_edge(place, len(lines)) and _WORD.search(line.text)
        )
    least = max(_LEAST_REPEATS, _SHARE_OF_PAGES * len(pages))
    return {
        text
        for text, count in seen.items()
        if count >= least or (count >= _ENOUGH_REPEATS and len(text.split()) >= _WORDS_OF_A_TITLE)
    }


def _is_furniture(line: Line, place: int, count: int, running: set[str]) -> bool:
    if not _at_edge(place, count):
        return False
    return _NUMBER_ALONE.fullmatch(line.text) is not None or (line.page > 1 and _pattern(line.text) in running)


def _without_notes(lines: list[Line]) -> list[Line]:
    for place in range(max(0, len(lines) - _MOST_NOTE_LINES), len(lines)):
        note = _NOTE.match(lines[place].text)
        if note is None or not (place == 0 or lines[place].after_gap):
            continue
        mark = re.compile(rf"[a-z’)\].,:;?]{note['mark']}(?![\d%])")
        if any(mark.search(line.text) for line in lines[:place]):
            return lines[:place]
    return lines
