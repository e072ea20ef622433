"""Text in the curated tables is plain: nothing that a page, a terminal or a spreadsheet would act on."""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl
import pytest

from analysis.charts import caption
from analysis.errors import Fault, visible
from analysis.schema import check, plain_text
from analysis.schema.tables import TABLES, WEB_ADDRESS

NOT_PLAIN = {
    "markup": "<b>Rotherham</b>",
    "a template": "{{ 7 * 7 }}",
    "a link of Markdown": "[Rotherham](javascript:alert)",
    "a formula": "=SUM(A1)",
    "a formula that begins with a sign": "-2+3",
    "a mention": "@SUM(1)",
    "a back stroke": r"Rother\ham",
    "an escape sequence": "\x9b31mRotherham",
    "writing from right to left": "Rother\u202emah",
    "an isolate": "\u2066Rotherham\u2069",
    "nothing to be seen": "Rother\u200bham",
    "a line separator": "Rother\u2028ham",
    "another script": "Rоtherham",
    "other digits": "Area \u0661",
    "a mark on a letter": "Rothe\u0301rham",
    "a picture": "Rotherham 🙂",
    "another space": "Rother\u00a0ham",
}


def _renamed(raw: Path, name: str) -> list[str]:
    path = raw / "areas.csv"
    path.write_text(path.read_text("utf-8").replace(",Rotherham,", f",{name},", 1), "utf-8")
    line = 1 + next(n for n, row in enumerate(path.read_text("utf-8").splitlines()) if row.startswith("E08000018,"))
    found = [str(fault) for fault in check.check(raw).faults]
    return [fault for fault in found if fault.startswith(f"data/raw/areas.csv, line {line}, column name: ")]


@pytest.mark.parametrize("name", NOT_PLAIN.values(), ids=NOT_PLAIN.keys())
def test_what_is_not_plain_is_refused(raw_copy: Path, name: str) -> None:
    (fault,) = _renamed(raw_copy, name)
    assert fault.endswith(f"breaks the rule “{plain_text.PLAIN}” → write it in plain words")
    assert fault.isprintable()


def test_text_too_long_for_a_table_is_refused(raw_copy: Path) -> None:
    (fault,) = _renamed(raw_copy, "Rother" + "h" * plain_text.LONGEST)
    assert "text has at most 500 characters" in fault
    assert len(fault) < 400


@pytest.mark.parametrize("name", ["Ynys Môn", "St Helens’ (“Saints”)", "Bath & Wells: 5% of £1, or more – why?"])
def test_what_is_plain_passes(raw_copy: Path, name: str) -> None:
    assert _renamed(raw_copy, name) == []


def test_every_plain_character_is_in_the_charts_font() -> None:
    every = pl.Series("text", [f"a{chr(code)}" for code in range(32, 0x3000)])
    schema = TABLES["regions"]
    cells = pl.DataFrame({"line": range(len(every)), **dict.fromkeys(schema.column_names(), every)})
    refused = {fault.row for fault in plain_text.faults(cells, "a file", schema, "line")}
    plain = {text[1] for place, text in enumerate(every) if place not in refused}
    assert {"a", "Z", "9", "é", "’", "£"} < plain
    assert plain <= set(caption.characters())


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "data:text/html,hello",
        "https://files.ofsted.gov.uk@example.org/",
        'https://example.org/"onclick="alert(1)',
        "https://example.org/<script>",
        "https://example.org:8080/",
        "https://localhost/",
        "//example.org/",
    ],
)
def test_what_is_no_plain_web_address_is_refused(address: str) -> None:
    assert re.fullmatch(WEB_ADDRESS, address) is None


def test_what_a_terminal_would_act_on_is_shown_as_its_code() -> None:
    assert visible("plain, “curly” and\nof two lines") == "plain, “curly” and\nof two lines"
    assert visible("\x1b[31mred\u202e\x07 no\u00a0break\n") == "\\x1b[31mred\\u202e\\x07 no\u00a0break\n"
    assert str(Fault("a.csv", 2, "na\x1bme", "a\nb", "a rule", "a remedy")) == (
        "a.csv, line 2, column na\\x1bme: a\\nb breaks the rule “a rule” → a remedy"
    )
