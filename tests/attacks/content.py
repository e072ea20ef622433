"""Put hostile text into every column of every curated table, and see whether the rules refuse it; and what if not.

    python -m attacks.content                      every payload in every column
    python -m attacks.content --each 500           so many of them, drawn by seed
    python -m attacks.content --site FOLDER        also keep the site made of hostile tables, for a browser

The rules must refuse it, with file, line and column, in a line that is safe to print; or it is inert. Behind the rules
stands a second line: a site made of hostile tables that no rule has seen must have the same tags, attributes, files,
fields and expressions as one made of harmless tables.
"""

from __future__ import annotations

import argparse
import csv
import html
import io
import json
import re
import sys
import tempfile
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from functools import cache, cached_property
from html.parser import HTMLParser
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any
from unittest import mock
from xml.etree import ElementTree

import dataframely as dy
import polars as pl

from analysis import catalogue
from analysis.catalogue import Tables, areas
from analysis.catalogue import profile as profiles
from analysis.charts import render
from analysis.charts.figure import Figure
from analysis.errors import Fault
from analysis.publish import Site, profile_page, publish
from analysis.publish.site import assemble
from analysis.schema import check, csvfile
from analysis.schema.tables import TABLES, WEB_ADDRESS
from attacks.projects import RAW
from attacks.rows import as_csv

ROTHERHAM = "E08000018"
TALKATIVE = ("exploitation_by_theme", "exploitation_findings", "timeline_rotherham")
"""Charts with much text of the tables, in the order of the site."""

ACTIVE = {
    "script": "<script>window.pwned=1</script>",
    "script after a style": "</style><script>window.pwned=1</script>",
    "script after a title": "</title></desc><script>window.pwned=1</script>",
    "script after a script": "</script><script>window.pwned=1</script>",
    "picture with an event": "<img/src=x/onerror=window.pwned=1>",
    "drawing out of an attribute": '"><svg/onload=window.pwned=1>',
    "event in an attribute": '"onmouseover="window.pwned=1',
    "event in a single quote": "'onfocus='window.pwned=1'autofocus='",
    "frame": "<iframe/srcdoc='<script>top.pwned=1</script>'>",
    "object": "<object/data=javascript:window.pwned=1>",
    "base": "<base/href=https://example.org/>",
    "refresh": "<meta/http-equiv=refresh/content=0;url=https://example.org/>",
    "foreign picture": "<img/src=https://example.org/pixel.png>",
    "foreign style": "<link/rel=stylesheet/href=https://example.org/a.css>",
    "end of CDATA": "]]><script>window.pwned=1</script>",
    "comment": "<!--><script>window.pwned=1</script>-->",
    "entity": "&lt;script&gt;window.pwned=1&lt;/script&gt;",
    "template of Jinja": "{{7*7}}{%for_x_in_y%}",
    "template of JavaScript": "${window.pwned=1}`",
    "template of Python": "{0.__class__}%(name)s%s%n",
    "link of Markdown": "[see](javascript:window.pwned=1)",
    "picture of Markdown": "![see](https://example.org/pixel.png)",
    "markup in Markdown": "**bold**_`code`_~~gone~~",
    "Vega expression": "'+window.pwned=1+'",
    "Vega signal": "datum['a']||(window.pwned=1)",
    "field with brackets": "a[0].b['c']\\.d",
    "back stroke": "\\u003cscript\\u003e\\",
    "SQL": "'; DROP TABLE findings; --",
    "path": "../../outside",
    "shell": "$(touch pwned)|`id`",
    "formula": '=HYPERLINK("https://example.org";"see")',
    "formula with plus": "+1+1",
    "formula with minus": "-2+3",
    "formula with at": "@SUM(1+1)",
    "formula that calls": "=cmd|'/C calc'!A0",
}
"""Text that the charts' font can write."""

INVISIBLE = {
    "NUL": "a\0b",
    "bell": "a\x07b",
    "escape": "\x1b[31mred\x1b[0m",
    "escape of eight bits": "\x9b31mred",
    "title of a terminal": "\x1b]0;pwned\x07",
    "erase": "gone\b\b\b\bhere",
    "tab before a formula": "\t=1+1",
    "return before a formula": "\r=1+1",
    "return": "first\rsecond",
    "line break": "first\nsecond",
    "line separator": "first\u2028second",
    "paragraph separator": "first\u2029second",
    "override to the left": "abc\u202edef",
    "override to the right": "abc\u202ddef",
    "embedding": "abc\u202bdef\u202c",
    "isolates": "\u2066abc\u2069 \u2067def\u2069 \u2068ghi",
    "marks of direction": "abc\u200e\u200f\u061cdef",
    "zero width": "abc\u200b\u200c\u200d\u2060def",
    "byte order mark": "\ufeffabc",
    "soft hyphen": "abc\u00addef",
    "tags": "abc\U000e0041\U000e0042def",
    "private": "abc\ue000def",
    "no character": "abc\ufffedef",
    "replaced": "abc\ufffddef",
    "hard space": "abc\u00a0def",
    "many marks on a letter": "a" + "\u0301" * 50,
    "from right to left": "שלום",
    "letters alike": "Rоtherham",
    "wide formula": "＝1+1",
    "picture": "🙂👩‍👧",
    "other script": "東京",
    "other digits": "٢٠١٤",
    "very long": "word " * 209_715,
    "long word": "w" * 1_048_576,
    "rather long": "word " * 120 + "end",
    "leading space": " abc",
    "wide space": "\u3000abc",
}
"""Text that cannot be seen, is not what it seems, or is too much."""

INERT = {
    "address in plain words": "javascript:alert(1)",
    "word for nothing": "NULL",
    "number": "1e5",
    "percent": "100%s of %d",
    "quotation marks": '“It\'s” & "so"',
}
"""Text that looks odd and does nothing."""

PAYLOADS = {**ACTIVE, **INVISIBLE, **INERT}


# -------------------------------------------------------------------- the rules


@dataclass(frozen=True)
class Attempt:
    """One payload in one cell of one table."""

    table: str
    column: str
    payload: str


def attempts() -> list[Attempt]:
    """Every payload in every column, of whatever type."""
    return [
        Attempt(table, column, payload)
        for table, schema in TABLES.items()
        for column in schema.column_names()
        for payload in PAYLOADS
    ]


def verdict(attempt: Attempt, folder: Path) -> str:
    """What becomes of an attempt: `refused`, `inert`, or what is wrong.

    Args:
        attempt: what to put where; the table is cut to its first rows.
        folder: where to write the table.
    """
    with (RAW / f"{attempt.table}.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = islice(csv.reader(file), 5)
    value = PAYLOADS[attempt.payload]
    rows[1][header.index(attempt.column)] = value
    path = folder / f"{attempt.table}.csv"
    path.write_bytes(as_csv([header, *rows]))
    read = csvfile.read(path, TABLES[attempt.table])
    faults = read.faults
    named = [fault for fault in faults if _is_of(fault, attempt.column)]
    if odd := [str(fault) for fault in faults if not str(fault).isprintable() or len(str(fault)) > 1500]:
        return f"a fault is not safe to print: {odd[0]!r:.200}"
    if named:
        return "refused"
    if faults:
        return f"a fault names another place: {faults[0]}"
    held = None if read.rows is None else str(read.rows[attempt.column][1])
    return "inert" if held == value and is_inert(value) else f"accepted: {held!r:.100}"


def _is_of(fault: Fault, column: str) -> bool:
    # A line break makes a row of two lines, and a quote left open one of many.
    return fault.row in (3, 4) and (column in fault.column.split(", ") or fault.column in ("(file)", "(row)"))


def is_inert(text: str) -> bool:
    """Whether nothing that shows a text would act on it, told from the text alone."""
    return (
        text.isprintable()
        and not set(text) & set('<>{}[]\\`|*#@$^~"')
        and text[0] not in "=+-@'\t\r\n "
        and not any(unicodedata.bidirectional(character) in ("R", "AL", "AN") for character in text)
        and len(text) <= 500
    )


# -------------------------------------------------------------------- what is made of tables that no rule has seen


def _texts(table: str) -> Iterator[tuple[str, bool]]:
    """The columns of a table that hold free text, and whether it is an address."""
    for column, definition in TABLES[table].columns().items():
        if isinstance(definition, dy.String) and definition.regex in (None, WEB_ADDRESS):
            yield column, definition.regex == WEB_ADDRESS


def hostile(tables: Mapping[str, pl.DataFrame], *, harmless: bool = False) -> dict[str, pl.DataFrame]:
    """The tables with a payload before or after every text, and every address a script.

    Args:
        tables: the curated tables.
        harmless: put letters for what is not one, so that the text is as long and does nothing.
    """
    payloads = [_letters(payload) if harmless else payload for payload in ACTIVE.values()]

    def text(value: str) -> str:
        # The same text stands in several tables, so that its own letters choose the payload.
        number = sum(map(ord, value))
        payload = payloads[number % len(payloads)]
        return payload + value if number % 2 else value + payload

    def name(value: str) -> str:
        # The fifty stand by their names where they are equal otherwise.
        return value + payloads[sum(map(ord, value)) % len(payloads)]

    def address(value: str) -> str:
        return f"https://example.org/{len(value)}" if harmless else f"javascript:window.pwned=1//{value}"

    changed = {}
    for table, rows in tables.items():
        # A chart of a source under terms that nobody has looked at is refused, whatever its text.
        columns = {
            column: address if is_address else name if table == "areas" else text
            for column, is_address in _texts(table)
            if (table, column) not in (("sources", "licence"), ("sources", "publisher"))
        }
        changed[table] = rows.with_columns(
            pl.col(column).map_elements(change, return_dtype=pl.String) for column, change in columns.items()
        )
    return changed


def _letters(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "x", text)


@dataclass(frozen=True)
class Made:
    """What was made of tables: the folder of a site, and a page that stands alone."""

    folder: Path
    page: str

    @cached_property
    def files(self) -> list[str]:
        """The files of the site."""
        return sorted(path.relative_to(self.folder).as_posix() for path in self.folder.rglob("*") if path.is_file())

    def pages(self) -> Iterator[tuple[str, str]]:
        """Every page by its name, also the one that stands alone."""
        yield "(profile)", self.page
        for name in self.files:
            if name.endswith(".html"):
                yield name, (self.folder / name).read_text(encoding="utf-8")


def make(tables: Mapping[str, pl.DataFrame], folder: Path, parts: int | None = None) -> Made:
    """Publish tables that no rule has seen, and the page of an area.

    Args:
        tables: the tables.
        folder: where to.
        parts: how many areas, Rotherham the first, and themes, and of charts those that have most text; by default all.
    """
    read = Tables(tables)
    active = [payload for payload in ACTIVE.values() if re.match(r"[<\"'\[\]&]", payload)]
    is_hostile = any("<script>" in label for label in read.theme_labels.values())
    codebook = "\n\n".join(payload if is_hostile else _letters(payload) for payload in active)
    with _nothing_twice(), nullcontext() if parts is None else _talkative_charts():
        site = _some(assemble(read, codebook=f"# Codebook\n\n{codebook}\n", data_version="0"), parts)
        publish(site, folder)
        return Made(folder, profile_page(profiles.profile(read, ROTHERHAM), site.words))


def _some(site: Site, parts: int | None) -> Site:
    if parts is None:
        return site
    rotherham_first = sorted(site.areas, key=lambda area: area["area_code"] != ROTHERHAM)
    return replace(site, areas=rotherham_first[:parts], themes=site.themes[:parts])


def _talkative_charts() -> AbstractContextManager[object]:
    """Have only the talkative charts made, with what cannot be made without them."""
    together = {
        names: maker for names, maker in catalogue.MADE_TOGETHER.items() if not set(names).isdisjoint(TALKATIVE)
    }
    return mock.patch.multiple(
        catalogue, QUESTIONS={"Which?": TALKATIVE}, LEADING=TALKATIVE[:1], MADE_TOGETHER=together
    )


@contextmanager
def _nothing_twice() -> Iterator[None]:
    """Make and draw no picture twice: Rotherham's are charts of the site, and stand on two pages of the area."""
    made: dict[str, list[Figure]] = {}
    make_again = areas.for_area

    def for_area(tables: Tables, area_code: str) -> list[Figure]:
        if area_code not in made:
            made[area_code] = make_again(tables, area_code)
        return made[area_code]

    with (
        mock.patch.object(areas, "for_area", for_area),
        mock.patch.object(profiles, "for_area", for_area),
        mock.patch.object(render, "_drawn", cache(render._drawn)),
    ):
        yield


class _Structure(HTMLParser):
    """The tags of a page with their attributes, and the addresses and specification in it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, ...]] = []
        self.addresses: list[tuple[str, str]] = []
        self.policies: list[str] = []
        self.specification = ""
        self._inside = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, *(name for name, _ in attrs)))
        given = {name: value or "" for name, value in attrs}
        self.addresses += [(tag, given[name]) for name in ("href", "src", "action", "data") if name in given]
        if given.get("http-equiv") == "Content-Security-Policy":
            self.policies.append(given["content"])
        self._inside = given.get("id", "")

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside == "specification":
            self.specification += data


def differences(made: Made, twin: Made) -> Iterator[str]:
    """Where a site of hostile text is more than the same site of harmless text."""
    if made.files != twin.files:
        yield f"other files: {set(made.files) ^ set(twin.files)}"
    for (name, text), (_, harmless) in zip(made.pages(), twin.pages(), strict=True):
        page, other = _Structure(text), _Structure(harmless)
        # Counted, since what is sorted by its text stands in another order.
        tags, others = Counter(page.tags), Counter(other.tags)
        if tags != others:
            yield f"{name}: more {dict((tags - others).most_common(3))}, fewer {dict((others - tags).most_common(3))}"
        if len(page.policies) != 1 or page.policies != other.policies or "'unsafe-eval'" in page.policies[0]:
            yield f"{name}: policies {page.policies}"
        # A script in an address of a link is what the rule on addresses refuses, and what the policy stops.
        for tag, address in page.addresses:
            kind = address.partition(":")[0] if re.match(r"[a-z]+:", address, re.IGNORECASE) else ""
            if kind not in ("", "https", "data") and not (tag == "a" and address.startswith("javascript:window.pwned")):
                yield f"{name}: <{tag}> leads to {address:.80}"
        if page.specification and _code(page.specification) != _code(other.specification):
            yield f"{name}: text of the tables stands in an expression or for a field"
    for name in made.files:
        yield from (f"{name}: {fault}" for fault in _file_faults(made.folder / name))


def _code(specification: str) -> set[tuple[str, str]]:
    """The expressions and fields of a chart: what Vega evaluates."""
    found = set()

    def collect(part: Any) -> None:
        if isinstance(part, dict):
            for key, value in part.items():
                if key in ("expr", "calculate", "filter", "test", "labelExpr", "field", "groupby", "as", "signal"):
                    found.add((key, json.dumps(value, sort_keys=True)))
                if key not in ("values", "datasets", "data"):
                    collect(value)
        elif isinstance(part, list):
            for value in part:
                collect(value)

    collect(json.loads(specification))
    return found


def _file_faults(path: Path) -> Iterator[str]:
    if path.suffix == ".svg":
        yield from svg_faults(path.read_text(encoding="utf-8"))
    if path.suffix == ".csv":
        yield from csv_faults(path.read_text(encoding="utf-8"))
    if path.suffix == ".json":
        json.loads(path.read_text(encoding="utf-8"))


_DRAWN = {
    "svg",
    "title",
    "desc",
    "style",
    "g",
    "path",
    "rect",
    "line",
    "circle",
    "text",
    "tspan",
    "defs",
    "clipPath",
} | {
    "linearGradient",
    "stop",
    "symbol",
    "use",
}


def svg_faults(text: str) -> Iterator[str]:
    """What in a picture is more than a drawing."""
    for element in ElementTree.fromstring(text).iter():  # noqa: S314
        tag = element.tag.rpartition("}")[2]
        if tag not in _DRAWN:
            yield f"an element <{tag}>"
        for name, value in element.attrib.items():
            plain = name.rpartition("}")[2]
            if plain.startswith("on") or (plain == "href" and not value.startswith("#")):
                yield f"an attribute {plain}={value:.60}"
            if re.search(r"url\((?!['\"]?#)", value):
                yield f"an address in {plain}={value:.60}"
        if tag == "style" and re.search(r"@import|url\((?!data:font/woff2;base64,)", element.text or ""):
            yield "an address in its style"


def csv_faults(text: str) -> Iterator[str]:
    """Which cells of a published CSV a spreadsheet would take for a formula."""
    for row in csv.reader(io.StringIO(text, newline="")):
        for cell in row:
            if cell[:1] in ("=", "+", "-", "@", "\t", "\r") and not re.fullmatch(r"-?\d+(\.\d+)?(e-?\d+)?", cell):
                yield f"a formula: {cell:.60}"


def shown_in_notebooks(tables: Mapping[str, pl.DataFrame], twin: Mapping[str, pl.DataFrame]) -> Iterator[str]:
    """Where a table that a notebook shows has tags that its harmless twin has not."""
    for name, rows in tables.items():
        for kind in ("polars", "pandas"):
            shown, other = (_Structure(_html(frame.head(20), kind)) for frame in (rows, twin[name]))
            if shown.tags != other.tags:
                yield f"{name} as {kind} shows other tags"


def _html(rows: pl.DataFrame, kind: str) -> str:
    if kind == "polars":
        return rows._repr_html_()
    return str(rows.to_pandas()._repr_html_())  # type: ignore[operator]


def main() -> int:
    """Run the attack; 1 where something is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--each", type=int, help="how many attempts at the rules (default: all)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--parts", type=int, help="how many areas, Rotherham the first, and themes, and few charts (default: all)"
    )
    parser.add_argument("--site", type=Path, help="where to keep the site made of hostile tables")
    given = parser.parse_args()
    chosen = attempts()
    if given.each is not None:
        chosen = Random(given.seed).sample(chosen, given.each)  # noqa: S311
    tally: dict[str, Counter[str]] = defaultdict(Counter)
    missed = []
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for attempt in chosen:
            outcome = verdict(attempt, folder)
            told = outcome if outcome in ("refused", "inert") else "missed"
            kind = next(name for name, group in _GROUPS.items() if attempt.payload in group)
            tally[kind][told] += 1
            if told == "missed":
                missed.append(f"{attempt.table}.{attempt.column}, {attempt.payload}: {outcome}")
        print(f"{'text':12}{'tried':>8}{'refused':>10}{'inert':>10}{'missed':>10}")
        for kind, counts in [*tally.items(), ("all", sum(tally.values(), Counter()))]:
            numbers = "".join(f"{counts[told]:10,}" for told in ("refused", "inert", "missed"))
            print(f"{kind:12}{counts.total():8,}{numbers}")
        tables = check.require(RAW)
        bad, good = hostile(tables), hostile(tables, harmless=True)
        made = make(bad, given.site or folder / "hostile", given.parts)
        twin = make(good, folder / "harmless", given.parts)
        missed += [*differences(made, twin), *shown_in_notebooks(bad, good)]
        literal = sum(text.count(html.escape(payload)) for _, text in made.pages() for payload in ACTIVE.values())
        print(f"a site of hostile tables: {len(made.files)} files, {literal:,} payloads shown as plain text")
    for line in missed[:50]:
        print(f"missed: {line}")
    print(f"{len(missed)} missed")
    return 1 if missed else 0


_GROUPS: dict[str, Collection[str]] = {"active": ACTIVE, "invisible": INVISIBLE, "inert": INERT}

if __name__ == "__main__":
    sys.exit(main())
