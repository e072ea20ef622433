"""What a reader hands over: rows for the curated tables, and an account of what it read, kept and dropped."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl


@dataclass(frozen=True)
class Tally:
    """How many rows (or files) of one part of a source were read and kept, and why each other one was dropped."""

    part: str
    read: int
    kept: int
    dropped: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse an account that does not add up."""
        if self.read != self.kept + sum(self.dropped.values()):
            raise ValueError(f"{self.part}: {self.read} read is not {self.kept} kept and {self.dropped} dropped")


@dataclass(frozen=True)
class Contribution:
    """Rows for one curated table.

    `rows` holds the table's primary key and any of its other columns; a column that is absent is left as it stands
    in the table. `scope` selects the rows of the table that this source alone answers for: those that it no longer
    gives are shown as removed. None removes nothing.
    """

    table: str
    rows: pl.DataFrame
    scope: pl.Expr | None = None


@dataclass(frozen=True)
class Reading:
    """All that one import read: rows by table, what was kept and dropped, and what a person should look at."""

    contributions: list[Contribution]
    tallies: list[Tally]
    remarks: list[str] = field(default_factory=list)
