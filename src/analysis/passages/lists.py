"""The passages of a report from its blocks: the items of its own lists, and what touches exploitation elsewhere."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from analysis.passages.blocks import Block, Mark
from analysis.passages.exploitation import touches_exploitation
from analysis.passages.layouts import LISTS, Layout, Part, part_of
from analysis.passages.passage import Kind, Passage, Section
from analysis.sources.reports.facts import GRADE_WORDS

_SECTIONS: dict[tuple[Part, bool], Section] = {
    (Part.PRIORITY, False): Section.PRIORITY_ACTION,
    (Part.IMPROVEMENT, False): Section.AREA_FOR_IMPROVEMENT,
    (Part.STRENGTHS, False): Section.STRENGTH,
    (Part.PRIORITY, True): Section.LSCB_PRIORITY_ACTION,
    (Part.IMPROVEMENT, True): Section.LSCB_IMPROVEMENT,
    (Part.STRENGTHS, True): Section.LSCB_STRENGTH,
}
_NONE_STATED = re.compile(
    r"(?:there (?:are|were)|the inspection (?:did not find|identified|has not identified|found)|inspectors|none)\b"
    r".{0,60}\b(?:no|any|none)?.{0,30}(?:priority|immediate) (?:and immediate )?action",
    re.IGNORECASE,
)
_NONE = re.compile(
    r"None(?: identified)?\.?|There are no priority (?:and|or) immediate actions\.?"
    r"|No areas were identified for immediate improvement\.?",
    re.IGNORECASE,
)
_GRADE_ALONE = re.compile(rf"(?:key )?(?:judge?ments?)?\s*(?:grades?)?\s*(?:{GRADE_WORDS})?", re.IGNORECASE)
_ON_THE_INSPECTION = re.compile(
    r"‘deep[- ]dive’ (?:focus )?(?:on|into)|(?:undertook|carried out) a joint inspection|^Joint targeted area"
    r"|^Also included was|^This letter|^This joint targeted area inspection"
    r"|^The joint targeted area inspection \(JTAI\) included|^The inspectorates recogni[sz]e"
    r"|^Inspectors also considered and",
)
_FEWEST_PARAGRAPHS = 3
_LONGEST_ITEMS = 550
_SENTENCE_END = re.compile(r"(?<=[.?!])\d{0,2}\s+(?=[A-Z‘“])")
_LETTER_TITLE = re.compile(r"Joint targeted area inspection of", re.IGNORECASE)


@dataclass
class _Run:
    """Blocks that stand under one heading that divides the report."""

    part: Part
    board: bool
    blocks: list[tuple[Block, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Found:
    """The passages of a report in its order.

    `stated_empty` are the lists of which the report says that they are empty; `on_the_board` says whether it has a
    part on the Local Safeguarding Children Board.
    """

    passages: list[Passage]
    stated_empty: list[Section]
    on_the_board: bool


def find(blocks: Sequence[Block], layout: Layout) -> Found:
    """List every passage that the codebook asks to be coded.

    Args:
        blocks: the blocks of the report's body.
        layout: its layout.

    Returns:
        The passages in the report's order, the lists that it states to be empty, and whether it is on the board, too.
    """
    passages: list[Passage] = []
    empty: list[Section] = []
    runs = _runs(blocks, layout)
    for run in runs:
        if run.part in LISTS and not _reads_as_narrative(run, layout):
            _list_passages(run, passages, empty)
        elif run.part is not Part.NOT_CODED:
            _other_passages(run, passages)
    return Found(passages, empty, any(run.board and run.blocks for run in runs))


def _runs(blocks: Sequence[Block], layout: Layout) -> list[_Run]:
    walk = _Walk(layout)
    for place, block in enumerate(blocks):
        walk.take(block, blocks[place + 1] if place + 1 < len(blocks) else None)
    return walk.runs


class _Walk:
    """Goes through the blocks and notes what part of the report each stands in."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        first = Part.SUMMARY if layout is Layout.ILACS else Part.NOT_CODED
        self.runs = [_Run(first, layout is Layout.BOARD_REVIEW)]
        self.heading = ""
        self.last_list: Part | None = None

    def take(self, block: Block, following: Block | None) -> None:
        run = self.runs[-1]
        if block.mark is Mark.HEADING:
            self._heading(block, following)
            return
        if self._opens_letter(block):
            self._begin(Part.SUMMARY, run.board)
            title = _LETTER_TITLE.search(block.text)
            block.text = block.text[title.start() :] if title is not None else block.text
        elif run.part is Part.CASE_STUDY and self.last_list is not None and _resumes_list(block):
            self._begin(self.last_list, run.board)
        elif block.mark is Mark.NUMBER and (run.part is Part.JUDGEMENT or _has_bullets(run)):
            self._begin(Part.NARRATIVE, run.board)
        self.runs[-1].blocks.append((block, self.heading))

    def _opens_letter(self, block: Block) -> bool:
        return (
            self.layout is Layout.JTAI_KEY_STRENGTHS
            and len(self.runs) == 1
            and _LETTER_TITLE.search(block.text) is not None
        )

    def _begin(self, part: Part, board: bool) -> None:
        if part in LISTS:
            self.last_list = part if self.layout is Layout.JTAI_KEY_STRENGTHS else None
        self.runs.append(_Run(part, board))

    def _heading(self, block: Block, following: Block | None) -> None:
        run = self.runs[-1]
        part = part_of(block.text, self.layout)
        if part is None:
            if self._opens_letter(block):
                self._begin(Part.SUMMARY, run.board)
            elif not _GRADE_ALONE.fullmatch(block.text):
                self.heading = block.text
                if self.layout is Layout.JTAI_HEADLINE_FINDINGS and run.part in LISTS and _is_prose(following):
                    self._begin(Part.NARRATIVE, run.board)
            return
        if part is Part.JUDGEMENT and _GRADE_ALONE.fullmatch(block.text) is None:
            self.heading = block.text if block.text != "Summary" else self.heading
        else:
            self.heading = block.text
        if part is Part.JUDGEMENT and self._is_subheading(run, following):
            return
        self._turn(part, block, run)

    @staticmethod
    def _is_subheading(run: _Run, following: Block | None) -> bool:
        """Lists and summaries of findings use the names of the judgements to order their items."""
        marked = following is not None and following.mark in (Mark.NUMBER, Mark.BULLET)
        return marked and run.part in (*LISTS, Part.SUMMARY)

    def _turn(self, part: Part, block: Block, run: _Run) -> None:
        if part is Part.AUTHORITY:
            self._begin(Part.SUMMARY if "findings" in block.text.casefold() else Part.NARRATIVE, False)
        elif part is Part.BOARD:
            # The cover's title names the board, too.
            self._begin(Part.SUMMARY if block.page > 1 else Part.NOT_CODED, block.page > 1 or run.board)
        elif (
            part is Part.NARRATIVE
            and "Inspection findings" in block.text
            and len(block.text) > len("Inspection findings:")
        ):
            self._begin(part, True)
        else:
            self._begin(part, run.board)


def _has_bullets(run: _Run) -> bool:
    """Whether a list's items are bullets, so that a number after them belongs to what follows the list."""
    return run.part in LISTS and any(block.mark is Mark.BULLET for block, _ in run.blocks) and not _has_numbers(run)


def _has_numbers(run: _Run) -> bool:
    return any(block.mark is Mark.NUMBER for block, _ in run.blocks)


def _reads_as_narrative(run: _Run, layout: Layout) -> bool:
    """Whether what stands under a list's heading are paragraphs: a heading may stand in the wrong place."""
    lengths = [len(block.text) for block, _ in run.blocks if block.mark is Mark.NUMBER]
    return (
        run.part is Part.IMPROVEMENT
        and layout is not Layout.JTAI_KEY_STRENGTHS
        and len(lengths) >= _FEWEST_PARAGRAPHS
        and median(lengths) > _LONGEST_ITEMS
    )


def _is_prose(block: Block | None) -> bool:
    return block is not None and block.mark is Mark.PARAGRAPH and not block.text.endswith(":")


def _resumes_list(block: Block) -> bool:
    """Whether a block after a case study belongs to the list around it; the items of those lists are sentences."""
    return block.mark is Mark.BULLET and block.text[:1].isupper()


def _list_passages(run: _Run, passages: list[Passage], empty: list[Section]) -> None:
    section = _SECTIONS[run.part, run.board]
    marks = {block.mark for block, _ in run.blocks}
    item_mark = next((mark for mark in (Mark.NUMBER, Mark.BULLET, Mark.PARAGRAPH) if mark in marks), Mark.PARAGRAPH)
    item: Block | None = None
    items: list[tuple[Block, str, Kind]] = []
    for block, heading in run.blocks:
        if _NONE.fullmatch(block.text) or (run.part is Part.PRIORITY and _NONE_STATED.match(block.text)):
            empty.append(_SECTIONS[Part.PRIORITY, run.board])
            continue
        if block.mark is item_mark:
            item = Block(block.page, block.mark, block.number, block.text)
            items.append((item, heading, Kind.LISTED_ITEM))
        elif block.mark is Mark.BULLET and item is not None:
            item.text = f"{item.text} • {block.text}"
        elif touches_exploitation(block.text):
            items.append((block, heading, Kind.EXPLOITATION))
    for found, heading, kind in items:
        passages.append(Passage(found.page, found.number, section, kind, heading, found.text))


def _findings(text: str) -> str:
    """A text without the sentences that say what the inspection was."""
    return " ".join(sentence for sentence in _SENTENCE_END.split(text) if not _ON_THE_INSPECTION.search(sentence))


def _other_passages(run: _Run, passages: list[Passage]) -> None:
    for block, heading in run.blocks:
        named = touches_exploitation(block.text) and touches_exploitation(_findings(block.text))
        if not (named or touches_exploitation(heading)):
            continue
        if run.part is Part.CASE_STUDY:
            section = Section.CASE_STUDY
        elif run.part in (Part.SUMMARY, Part.JUDGEMENT):
            section = Section.SUMMARY
        else:
            section = Section.NARRATIVE
        passages.append(Passage(block.page, block.number, section, Kind.EXPLOITATION, heading, block.text))
