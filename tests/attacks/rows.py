"""Rows of cells as the bytes of a CSV file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Literal


def as_csv(rows: Iterable[Sequence[str]], *, quoting: Literal[0, 1] = csv.QUOTE_MINIMAL, sep: str = ",") -> bytes:
    """Rows as a CSV file in UTF-8 with line feeds."""
    written = io.StringIO(newline="")
    csv.writer(written, lineterminator="\n", quoting=quoting, delimiter=sep).writerows(rows)
    return written.getvalue().encode("utf-8")
