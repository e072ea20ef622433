"""What text may be made of, in any column: nothing that a page, a terminal or a spreadsheet would act on."""

from __future__ import annotations

from collections.abc import Iterator

import dataframely as dy
import polars as pl

from analysis.errors import Fault

LONGEST = 500
PLAIN = (
    "text is made of Latin letters, digits, spaces and the marks % & ' ( ) + , - . / : ; = ? ! _ ‘ ’ “ ” – — … £ "
    "and begins with a letter, a digit, ‘, “ or ("
)
"""So no text is markup, a formula, a template or an escape sequence, runs from right to left, or hides anything."""
SHORT = f"text has at most {LONGEST} characters"

_PLAIN = r"^[A-Za-zÀ-ÖØ-öø-ž0-9‘“(][A-Za-zÀ-ÖØ-öø-ž0-9 %&'()+,\-./:;=?!_‘’“”–—…£]*$"


def faults(strings: pl.DataFrame, name: str, schema: type[dy.Schema], line: str) -> Iterator[Fault]:
    """Every text that is not plain, or too long for a table.

    Args:
        strings: the cells as read.
        name: the file.
        schema: the table's schema.
        line: the column that holds the line numbers.
    """
    columns = [name for name, definition in schema.columns().items() if isinstance(definition, dy.String)]
    for column in columns:
        text = pl.col(column)
        plain, short = text.str.contains(_PLAIN), text.str.len_chars() <= LONGEST
        odd = strings.lazy().filter(~(plain & short)).select(line, column, plain=plain, short=short).collect()
        for number, value, is_plain, is_short in odd.iter_rows():
            if not is_plain:
                yield Fault(name, number, column, repr(value), PLAIN, "write it in plain words")
            if not is_short:
                yield Fault(name, number, column, repr(value), SHORT, "shorten it")
