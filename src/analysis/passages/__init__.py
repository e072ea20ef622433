"""The passages of a report: everything in it that the codebook asks to be coded, listed for one who reads and codes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from analysis.passages.blocks import blocks
from analysis.passages.layouts import ALWAYS, Layout, layout_of, part_of
from analysis.passages.lines import Line, body_lines
from analysis.passages.lists import Found, find
from analysis.passages.passage import Kind, Passage, Section
from analysis.passages.sheet import write_sheet
from analysis.sources.reports.facts import GRADE_WORDS
from analysis.sources.reports.pages import read_pages

__all__ = [
    "Kind",
    "Layout",
    "Passage",
    "PassageList",
    "Section",
    "find_passages",
    "list_passages",
    "passages_of",
    "write_sheet",
]

_GRADE_LINE = re.compile(rf"(?:[^.]* )?(?=[GIOR])(?i:{GRADE_WORDS})|(?:improvement )?to be good")


@dataclass(frozen=True)
class PassageList:
    """The passages of one report in its order, its layout, its number of pages, and what a person should look at."""

    layout: Layout
    pages: int
    passages: list[Passage]
    remarks: list[str] = field(default_factory=list)


def list_passages(path: Path) -> PassageList:
    """List the passages of a report file.

    Args:
        path: a PDF, or text with a form feed between pages.

    Raises:
        UnreadableReportError: the file gives no text.
        UnknownLayoutError: the report is of no known layout.
    """
    return passages_of(read_pages(path), file=path.name)


def find_passages(pages: Sequence[str]) -> list[Passage]:
    """List the passages of a report's pages; see `passages_of`, which also gives the layout and remarks."""
    return passages_of(pages).passages


def passages_of(pages: Sequence[str], *, file: Path | str = "the report") -> PassageList:
    """List the passages of a report.

    Args:
        pages: the text of each page, in order.
        file: what to call the report in errors.

    Returns:
        One passage for each item of the report's own lists, and for each other paragraph or bullet that names the
        exploitation of children or missing children, in the report's order. Remarks name each list that the layout
        always has and that was not found, and each break in the numbering of a list.

    Raises:
        UnknownLayoutError: the report is of no known layout.
    """
    lines = body_lines(pages)
    layout = layout_of(pages, lines, file=file)
    if layout is Layout.ILACS:
        lines = _after_grades(lines)
    found = find(blocks(lines, lambda text: part_of(text, layout) is not None), layout)
    return PassageList(layout, len(pages), found.passages, [*_not_found(found, layout), *_skipped(found.passages)])


def _after_grades(lines: Sequence[Line]) -> list[Line]:
    """The lines after the table of grades, which names the same parts as the headings do."""
    table = [place for place, line in enumerate(lines) if line.page == 1 and _GRADE_LINE.fullmatch(line.text)]
    return list(lines[table[-1] + 1 :]) if table else list(lines)


def _not_found(found: Found, layout: Layout) -> list[str]:
    listed = {passage.section for passage in found.passages if passage.kind is Kind.LISTED_ITEM}
    wanted = [{section} for section in ALWAYS[layout]]
    if found.on_the_board:
        wanted.append({Section.LSCB_IMPROVEMENT, Section.LSCB_PRIORITY_ACTION})
    return [
        f"found no list of the section {' or '.join(sorted(sections))}, as a {layout.value} has: look for it in the "
        "report, and if it has none, nothing is missing"
        for sections in wanted
        if not sections & (listed | set(found.stated_empty))
    ]


def _skipped(passages: Sequence[Passage]) -> list[str]:
    """Say where the numbers of a list's items do not follow one another: an item may have been missed."""
    remarks: list[str] = []
    items = [passage for passage in passages if passage.kind is Kind.LISTED_ITEM and passage.paragraph]
    for before, after in pairwise(items):
        if before.section is after.section and int(after.paragraph) != int(before.paragraph) + 1:
            remarks.append(
                f"page {after.page}: in the list {after.section.value}, item {after.paragraph} follows item "
                f"{before.paragraph}: look whether one is missing"
            )
    return remarks
