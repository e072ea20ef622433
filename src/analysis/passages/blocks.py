"""Blocks of a report: headings, numbered paragraphs, bullets and plain paragraphs, each whole over page breaks."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from analysis.passages.lines import Line

_NUMBERED = re.compile(r"(?P<number>\d{1,3})\.(?:\s+(?P<text>.*)|)")
_BULLET = re.compile(r"(?:[\uf06e\uf0a7\uf0b7\u25fc\u25a0\u25aa\u2022\u25cf\u25e6]|\u00b7)\s*(?P<text>.*)")
_DASH = re.compile(r"(?:[\uf02d\uf0be\u2212\u2013\u2014\u2015\u2500-]|o)(?:\s+(?P<text>.*)|)")
_ENDED = re.compile(r"[.?!][”’\"')\]]*\s?\d{0,2}(?: ?\([^()]{3,90}\)\.?)?$")
_STARTS = re.compile(r"[A-Z‘“\"'(\[0-9]")
_HEADING_STARTS = re.compile(r"[A-Z‘“]")
_LONGEST_HEADING = 95
_MOST_HEADING_LINES = 3
_LONGEST_END = 110
_TITLE_LENGTH = 90
_SHORT_LINE = 0.7
_FULL_LINE_RANK = 0.9
_NEAR_LINES = 30
_FEWEST_WRAPS = 5
_WRAP_RANK = 0.05


class Mark(StrEnum):
    """How a block begins."""

    HEADING = "heading"
    NUMBER = "number"
    BULLET = "bullet"
    PARAGRAPH = "paragraph"


@dataclass
class Block:
    """One block: the page on which it starts, how it begins, its number if it has one, and its text on one line."""

    page: int
    mark: Mark
    number: str
    text: str


def blocks(lines: Sequence[Line], is_known_heading: Callable[[str], bool]) -> list[Block]:
    """Put lines together to blocks.

    A number begins a block where it continues the numbering (or begins it again at 1). Bullets under a numbered
    paragraph that leads into them, and dashes under a bullet, belong to that paragraph or bullet. A plain paragraph
    ends where a sentence ends on a line that had room for the next word, or before an empty line.

    Args:
        lines: the lines of the body (see `lines.body_lines`).
        is_known_heading: whether a text, of one line or of up to three, is a heading that the layout knows; asked
            only of a text that begins with a capital.

    Returns:
        The blocks, in order.
    """
    return _Builder(lines, is_known_heading).build()


def _ended(text: str) -> bool:
    """Whether a text ends as a sentence does; a reference in brackets or the mark of a footnote may follow."""
    return _ENDED.search(text[-_LONGEST_END:]) is not None


class _Builder:
    def __init__(self, lines: Sequence[Line], is_known_heading: Callable[[str], bool]) -> None:
        self.lines = lines
        self.is_known_heading = is_known_heading
        lengths = sorted(len(line.text) for line in lines)
        self.width = lengths[int(len(lengths) * _FULL_LINE_RANK)] if lengths else 0
        self.wraps = [self._wrap(place) for place in range(len(lines))]
        self.found: list[Block] = []
        self.last_number = 0

    def build(self) -> list[Block]:
        place = 0
        while place < len(self.lines):
            place += self._take(place)
        for block in self.found:
            block.text = block.text.strip()
        return self.found

    def _take(self, place: int) -> int:
        """Take the lines that belong together from `place` on, and say how many they were."""
        line = self.lines[place]
        for count in range(_MOST_HEADING_LINES, 0, -1) if line.text[0].isupper() else ():
            parts = self.lines[place : place + count]
            joined = " ".join(part.text for part in parts)
            if parts[-1].page == line.page and self.is_known_heading(joined):
                self._open(line, Mark.HEADING, joined)
                return count
        numbered = _NUMBERED.fullmatch(line.text)
        if numbered is not None and self._continues(int(numbered["number"])):
            self.last_number = int(numbered["number"])
            self._open(line, Mark.NUMBER, numbered["text"] or "", numbered["number"])
            return 1
        bullet = _BULLET.fullmatch(line.text)
        if bullet is not None:
            self._bullet(line, bullet["text"])
            return 1
        dash = _DASH.fullmatch(line.text)
        if dash is not None and self._is_dash_bullet():
            self._dash(line, dash["text"] or "")
            return 1
        if self._is_heading(place):
            self._open(line, Mark.HEADING, line.text)
        elif self._begins_paragraph(place):
            self._open(line, Mark.PARAGRAPH, line.text)
        else:
            self._extend(line.text)
        return 1

    @property
    def _current(self) -> Block | None:
        return self.found[-1] if self.found else None

    def _open(self, line: Line, mark: Mark, text: str, number: str = "") -> None:
        self.found.append(Block(line.page, mark, number, text))

    def _extend(self, text: str) -> None:
        block = self.found[-1]
        joint = "" if block.text.endswith("-") and text[:1].islower() else " "
        block.text = f"{block.text}{joint}{text}" if block.text else text

    def _continues(self, number: int) -> bool:
        # A count or an age that ends a sentence may begin a line, as in “children under / 12. The police”: within
        # a sentence only the very next number counts.
        current = self._current
        if number in (1, self.last_number + 1) or current is None or current.mark is Mark.HEADING:
            return True
        return _ended(current.text)

    def _bullet(self, line: Line, text: str) -> None:
        current = self._current
        if current is not None and current.mark is Mark.NUMBER and not _ended(self._lead(current)):
            if self._is_title(current.text) and text[:1].isupper():
                current.mark = Mark.HEADING
            else:
                self._extend(f"• {text}")
                return
        self._open(line, Mark.BULLET, text)

    @staticmethod
    def _is_title(text: str) -> bool:
        """Whether a numbered line only names what the bullets under it are about."""
        return 0 < len(text) < _TITLE_LENGTH and re.search(r"[:;,.]", text) is None

    @staticmethod
    def _lead(block: Block) -> str:
        """The part of a numbered paragraph that leads into its bullets."""
        return block.text.split(" • ", 1)[0]

    def _is_dash_bullet(self) -> bool:
        current = self._current
        return current is not None and (
            current.mark is Mark.HEADING or " – " in current.text or re.search(r"[.:;,]$", current.text) is not None
        )

    def _dash(self, line: Line, text: str) -> None:
        current = self._current
        if current is not None and current.mark in (Mark.NUMBER, Mark.BULLET):
            self._extend(f"– {text}")
            return
        self._open(line, Mark.BULLET, text)

    def _has_mark(self, place: int) -> bool:
        text = self.lines[place].text
        numbered = _NUMBERED.fullmatch(text)
        return _BULLET.fullmatch(text) is not None or (
            numbered is not None and self._continues(int(numbered["number"]))
        )

    def _reach(self, place: int) -> int:
        """How far the line before `place` would have reached with the first word at `place`."""
        return len(self.lines[place - 1].text) + 1 + len(self.lines[place].text.split(" ", 1)[0])

    def _wrap(self, place: int) -> int | None:
        """The reach at a place where a sentence certainly runs over a line's end; None at any other place."""
        if place == 0 or self.lines[place - 1].page != self.lines[place].page:
            return None
        runs_on = self.lines[place].text[0].islower() and not _ended(self.lines[place - 1].text)
        return self._reach(place) if runs_on else None

    def _had_room(self, place: int) -> bool:
        """Whether the line before `place` had room for the first word at `place`, so that its end was meant.

        Measured by the lines nearby, since paragraphs, items and boxes differ in width.
        """
        near = self.wraps[max(0, place - _NEAR_LINES) : place + _NEAR_LINES]
        wraps = sorted(wrap for wrap in near if wrap is not None)
        least = wraps[max(1, int(len(wraps) * _WRAP_RANK))] if len(wraps) >= _FEWEST_WRAPS else self.width * _SHORT_LINE
        return self._reach(place) < least

    def _was_short(self, place: int) -> bool:
        """Whether the line before `place` was far from full."""
        return self._reach(place) < self.width * _SHORT_LINE

    def _is_heading(self, place: int) -> bool:
        text = self.lines[place].text
        if len(text) > _LONGEST_HEADING or not _HEADING_STARTS.match(text) or re.search(r"[.;,:!–—-]$", text):
            return False
        if place + 1 >= len(self.lines):
            return False
        following = self.lines[place + 1]
        marked = self._has_mark(place + 1)
        if not (marked or _STARTS.match(following.text)):
            return False
        if not marked and not following.after_gap and not self._was_short(place + 1):
            return False
        current = self._current
        if current is None or current.mark is Mark.HEADING or not current.text:
            return current is None or bool(current.text)
        if self.lines[place].after_gap or _ended(current.text):
            return True
        return self._was_short(place)

    def _begins_paragraph(self, place: int) -> bool:
        current, line = self._current, self.lines[place]
        if current is None or current.mark is Mark.HEADING:
            return True
        if not current.text or not _STARTS.match(line.text) or current.mark is Mark.NUMBER:
            return False
        ended = _ended(current.text)
        if line.after_gap:
            return ended or current.text.endswith(":")
        return ended and (self._was_short(place) if current.mark is Mark.BULLET else self._had_room(place))
