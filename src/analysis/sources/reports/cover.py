"""One report, told by its own cover: which kind it is, and the reader that knows that kind."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from analysis.errors import UnknownLayoutError
from analysis.sources.reports.facts import Report, one_line
from analysis.sources.reports.ilacs import is_ilacs, read_ilacs
from analysis.sources.reports.jtai import is_jtai, read_jtai
from analysis.sources.reports.single_inspection import is_single_inspection, read_single_inspection

_OPENING_PAGES = 2


def read_report(pages: Sequence[str], *, file: Path | str) -> Report:
    """Read the facts of one inspection report from its pages.

    Args:
        pages: the text of each page, in order (see `pages.read_pages`).
        file: what to call the report in errors; nothing is read from it, and nothing is taken from its name.

    Returns:
        Area as named, framework, first and last day, day of publication where printed, theme of a JTAI letter,
        judgements as published, number of pages.

    Raises:
        UnknownLayoutError: the cover is that of no known kind of report, or lacks one of its labels.
    """
    cover = one_line(pages[0]) if pages else ""
    opening = one_line(" ".join(pages[:_OPENING_PAGES]))
    if is_jtai(opening):
        return read_jtai(pages, file=file)
    if is_single_inspection(cover):
        return read_single_inspection(pages, file=file)
    if is_ilacs(cover):
        return read_ilacs(pages, file=file)
    raise UnknownLayoutError(
        file,
        "the title of a single inspection, an ILACS report or a JTAI letter",
        f"its first pages, which begin “{cover[:80]}”",
        "Give reports of these three kinds only; if it is one of them, add its wording to the readers.",
    )
