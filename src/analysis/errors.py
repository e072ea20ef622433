"""Errors that people can act on: what was looked for, where, and what to do."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

LONGEST_VALUE = 160
"""How much of a faulty value is printed."""
LONGEST_PLACE = 1000
"""How much is printed of where something was looked for."""

_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


def printable(text: str) -> str:
    """A text for a terminal: characters that would command it, or turn its words round, are written as escapes."""
    return _UNPRINTABLE.sub(lambda found: f"\\x{ord(found[0]):02x}", text)


class AnalysisError(Exception):
    """Something a user can put right; the command line prints the message and no traceback."""


class UnknownLayoutError(AnalysisError):
    """A file whose layout no reader knows.

    Args:
        file: the file that was read.
        looked_for: the label that was looked for.
        where: the sheet, page or line in which it was looked for.
        remedy: what the user can do.
    """

    def __init__(self, file: Path | str, looked_for: str, where: str, remedy: str) -> None:
        """Keep the parts, so that a test or a caller need not parse the message."""
        self.file, self.looked_for, self.where, self.remedy = str(file), looked_for, where, remedy
        shown = where if len(where) <= LONGEST_PLACE else f"{where[:LONGEST_PLACE]}…"
        super().__init__(f"{file}: looked for {looked_for} in {shown} and did not find it. {remedy}")


@dataclass(frozen=True, order=True)
class Fault:
    """One broken rule in one place of one curated table.

    `row` is the line of the CSV file as an editor counts it (the header is line 1), or None for a rule on the
    whole table.
    """

    file: str
    row: int | None
    column: str
    value: str
    rule: str
    remedy: str

    def __str__(self) -> str:
        """File, row, column, value, rule and what to do, on one line."""
        place = self.file if self.row is None else f"{self.file}, line {self.row}"
        value = self.value if len(self.value) <= LONGEST_VALUE else f"{self.value[:LONGEST_VALUE]}…"
        return f"{place}, column {self.column}: {value} breaks the rule “{self.rule}” → {self.remedy}"


class FaultsError(AnalysisError):
    """The curated tables break rules; every fault is listed."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        """Keep the faults beside the message that lists them."""
        self.faults = list(faults)
        lines = "\n".join(f"  {fault}" for fault in self.faults)
        super().__init__(f"{len(self.faults)} faults in the curated tables:\n{lines}")
