r"""The rows behind the marks as CSV (RFC 4180, UTF-8), safe to open in a spreadsheet.

A spreadsheet runs text that begins with `=`, `+`, `-`, `@`, a tab or a carriage return as a formula. Such text gets an
apostrophe in front; so does text that already begins with apostrophes and one of these, so that nothing is lost:
to have the original, take one apostrophe off every text cell that matches ``^'+[=+@\t\r-]``. Numbers and dates are
written as they are. An unknown value is an empty cell; empty text is `""`.
"""

from __future__ import annotations

import re

import polars as pl

_FORMULA = r"^'*[=+@\t\r\-]"
_GUARDED = re.compile(r"'+[=+@\t\r\-]")


def csv(rows: pl.DataFrame) -> bytes:
    """Write rows as CSV.

    Args:
        rows: any grain; columns of text, numbers, truth values and days.

    Returns:
        The file's bytes, header first, lines ended by CR LF.
    """
    text = [name for name, kind in rows.schema.items() if kind == pl.String]
    guarded = rows.with_columns(
        pl.when(pl.col(name).str.contains(_FORMULA)).then("'" + pl.col(name)).otherwise(pl.col(name)).alias(name)
        for name in text
    )
    return guarded.write_csv(line_terminator="\r\n").encode()


def unguarded(cell: str) -> str:
    """Give the text of a cell as it was before the guard against formulas."""
    return cell[1:] if _GUARDED.match(cell) else cell
