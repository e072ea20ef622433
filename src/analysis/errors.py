"""Errors that people can act on: what was looked for, where, and what to do."""

from __future__ import annotations

import errno
import os
import tempfile
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

LONGEST_VALUE = 160
"""How much of a faulty value is printed."""
LONGEST_PLACE = 1000
"""How much is printed of where something was looked for."""

REMEDIES = {
    errno.ENOSPC: "Free some space, then run the command again.",
    errno.EDQUOT: "Free some space, or have your quota raised, then run the command again.",
    errno.EFBIG: "Have the limit on the size of files raised, or write to another disk.",
    errno.EROFS: "Write to a disk that is not read-only.",
    errno.EACCES: "Ask for the right to write there, close programs that hold it open, or choose another place.",
    errno.EPERM: "Ask for the right to write there, or choose another place.",
    errno.EBUSY: "It is a disk of its own or in use: keep the folder above it on that disk, or close what uses it.",
    errno.EXDEV: "It is a disk of its own: keep the folder above it on that disk.",
    errno.EIO: "The disk is failing: write to another.",
    errno.EMFILE: "Close other programs, then run the command again.",
    errno.ENFILE: "Close other programs, then run the command again.",
    errno.ENAMETOOLONG: "Choose a shorter name.",
    errno.EEXIST: "Something else stands there: choose another place, or remove it.",
    errno.ENOTDIR: "A file stands where a folder is wanted: choose another place.",
    errno.EISDIR: "A folder stands where a file is wanted: choose another name.",
    errno.ENOENT: "Check the path.",
}
"""What to do where the system refuses, by its number for the reason."""

OTHERWISE = "Check that the file or folder is there, may be used, and has room."


def visible(text: str) -> str:
    """Text as a terminal may show it: what would colour, erase, turn or hide some of it stands as its code.

    Line breaks and spaces stay as they are.
    """
    if text.replace("\n", "").isprintable():
        return text
    return "".join(
        character
        if character.isprintable() or character == "\n" or unicodedata.category(character) == "Zs"
        else character.encode("unicode_escape").decode()
        for character in text
    )


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
        column, value = (
            part if len(part) <= LONGEST_VALUE else f"{part[:LONGEST_VALUE]}…" for part in (self.column, self.value)
        )
        line = f"{place}, column {column}: {value} breaks the rule “{self.rule}” → {self.remedy}"
        return visible(line.replace("\n", "\\n"))


class FaultsError(AnalysisError):
    """The curated tables break rules; every fault is listed."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        """Keep the faults beside the message that lists them."""
        self.faults = list(faults)
        lines = "\n".join(f"  {fault}" for fault in self.faults)
        super().__init__(f"{len(self.faults)} faults in the curated tables:\n{lines}")


def explained(error: Exception) -> str | None:
    """What a refusal of the system means and what to do; None where the error is no such refusal.

    A file that this package lacks is a mistake of its programmers. polars and DuckDB pass refusals on as words, without
    the number.

    Args:
        error: what was raised.
    """
    named = getattr(error, "filename", None)
    if isinstance(error, FileNotFoundError) and named and Path(__file__).parent in Path(os.fsdecode(named)).parents:
        return None
    text = str(error)
    number = error.errno if isinstance(error, OSError) else None
    if number is None:
        number = next((known for known in REMEDIES if os.strerror(known) in text), None)
    if number is None:
        return None
    if named:
        text = f"{os.strerror(number)} ({os.fsdecode(named)})"
    elif isinstance(error, OSError):
        text = f"{os.strerror(number)} (there, or in the folder for temporary files, {_temporary()})"
    return f"{text.strip().rstrip('.')}. {REMEDIES.get(number, OTHERWISE)}"


def _temporary() -> str:
    try:
        return tempfile.gettempdir()
    except OSError:
        return "of which there is none"
