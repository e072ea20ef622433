"""A sheet of passages ready for coding, as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from analysis.folders import write_file
from analysis.passages.passage import Passage
from analysis.passages.themes import suggested_theme
from analysis.schema.tables import Findings
from analysis.sources.coding_sheet import PASSAGES

CODEBOOK_COLUMNS = tuple(name for name in Findings.column_names() if name not in ("url", "source_id"))
SHEET_COLUMNS = (*CODEBOOK_COLUMNS, "set_aside", PASSAGES, "suggested_theme", "kind", "heading", "text")
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def write_sheet(passages: Sequence[Passage], inspection_id: str, path: Path) -> None:
    """Write passages to a CSV file in which a reader codes them.

    One row a passage, in the report's order. The codebook's columns come first, in its order: those that the report
    settles (`inspection_id`, `passage`, `page`, `paragraph`, `section`) are filled, those that reading decides are
    empty.
    `set_aside` is for the reason, where a passage is no finding (see `data/CODEBOOK.md`).
    `passages` says in every row how many passages the report has.
    `suggested_theme` is a guess from keywords, marked as one (see `themes.suggested_theme`): it is no coding. `kind`,
    `heading` and `text` show what to read; they are for the reader's eyes and are not published.

    A spreadsheet takes no cell for a formula: one that begins like one gets an apostrophe before it.

    Args:
        passages: what `list_passages` found.
        inspection_id: the inspection that the report is on.
        path: where to write; what is there is replaced, whole or not at all.
    """
    sheet = io.StringIO(newline="")
    writer = csv.DictWriter(sheet, SHEET_COLUMNS, restval="")
    writer.writeheader()
    for number, passage in enumerate(passages, start=1):
        row = {
            "inspection_id": inspection_id,
            "passage": str(number),
            "page": str(passage.page),
            "paragraph": passage.paragraph,
            "section": passage.section.value,
            PASSAGES: str(len(passages)),
            "suggested_theme": suggested_theme(passage),
            "kind": passage.kind.value,
            "heading": passage.heading,
            "text": passage.text,
        }
        writer.writerow({column: _safe(text) for column, text in row.items()})
    write_file(path, sheet.getvalue().encode("utf-8"))


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(_STARTS_A_FORMULA) else text
