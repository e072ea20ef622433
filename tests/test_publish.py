"""What is published: whole, the same again, in need of no network, and safe to open."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import altair as alt
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.charts import Figure, RenderError
from analysis.errors import AnalysisError
from analysis.publish import page, publish, table

ROWS = pl.DataFrame(
    {
        "area": ["Rotherham", "=SUM(A1)", "'-already", None],
        "count": [5, 0, None, -3],
        "share": [0.5, None, -0.25, 1.0],
    }
)


def _figure(name: str = "some_chart", **changes: Any) -> Figure:
    chart = alt.Chart(ROWS, width=300, height=100).mark_bar().encode(alt.X("area:N"), alt.Y("count:Q"))
    given = {
        "headline": "Five of <b>three</b> & more",
        "subtitle": "Counts of “areas”, made for a test",
        "source": "Nobody",
        "licence": "None needed",
        "alt_text": 'Bars: 5 and 0 & "none" <known>',
        "data": ROWS,
        "notes": ("A note </script> that tries to break out.",),
        **changes,
    }
    return Figure(name=name, chart=chart, **given)


def _bytes(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


class Page(HTMLParser):
    """Collects the tags of a page with their attributes, and its text outside scripts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._in_script = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._in_script = tag in ("script", "style")

    def handle_endtag(self, tag: str) -> None:
        self._in_script = False

    def handle_data(self, data: str) -> None:
        if not self._in_script:
            self.text += data


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two published figures, given out of order."""
    folder = tmp_path_factory.mktemp("out") / "exports"
    publish([_figure("zebra"), _figure("aardvark", headline="Another headline")], folder, data_version="abc123")
    return folder


def test_each_figure_has_four_files_and_there_is_a_manifest(published: Path) -> None:
    endings = ("csv", "html", "png", "svg")
    expected = {f"{name}.{ending}" for name in ("aardvark", "zebra") for ending in endings} | {"manifest.json"}
    assert set(_bytes(published)) == expected


def test_manifest_lists_every_file_with_its_hash(published: Path) -> None:
    manifest = json.loads((published / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["data_version"] == "abc123"
    assert [chart["name"] for chart in manifest["charts"]] == ["aardvark", "zebra"]
    listed = {file["name"]: file for chart in manifest["charts"] for file in chart["files"]}
    files = _bytes(published)
    assert set(listed) == set(files) - {"manifest.json"}
    for name, file in listed.items():
        assert file["sha256"] == hashlib.sha256(files[name]).hexdigest()
        assert file["bytes"] == len(files[name])


def test_manifest_carries_the_words(published: Path) -> None:
    chart = json.loads((published / "manifest.json").read_text(encoding="utf-8"))["charts"][1]
    figure = _figure("zebra")
    assert (chart["title"], chart["subtitle"], chart["alt_text"]) == (figure.headline, figure.subtitle, figure.alt_text)
    assert (chart["source"], chart["licence"], chart["notes"]) == (figure.source, figure.licence, list(figure.notes))
    assert (chart["rows"], chart["columns"]) == (4, ["area", "count", "share"])


def test_second_run_gives_the_same_bytes(published: Path, tmp_path: Path) -> None:
    again = tmp_path / "exports"
    for _ in range(2):
        publish([_figure("aardvark", headline="Another headline"), _figure("zebra")], again, data_version="abc123")
        assert _bytes(again) == _bytes(published)


def test_failure_half_way_leaves_what_was_there(tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    publish([_figure()], folder, data_version="1")
    before = _bytes(folder)
    with pytest.raises(RenderError):
        publish([_figure("good_one"), _figure("bad_one", headline="東京")], folder, data_version="2")
    assert _bytes(folder) == before
    assert [path.name for path in tmp_path.iterdir()] == ["exports"]


def test_what_is_no_longer_published_goes(tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    publish([_figure("old")], folder, data_version="1")
    publish([_figure("new")], folder, data_version="2")
    assert {path.stem for path in folder.iterdir()} == {"new", "manifest"}


def test_folder_of_other_files_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work", encoding="utf-8")
    with pytest.raises(AnalysisError, match="holds files that were not published from here"):
        publish([_figure()], tmp_path, data_version="1")
    (tmp_path / "manifest.json").write_text('{"format": "something else"}', encoding="utf-8")
    with pytest.raises(AnalysisError, match="holds files that were not published from here"):
        publish([_figure()], tmp_path, data_version="1")
    assert (tmp_path / "thesis.txt").read_text(encoding="utf-8") == "years of work"


def test_file_is_not_replaced_by_a_folder(tmp_path: Path) -> None:
    (tmp_path / "exports").write_text("", encoding="utf-8")
    with pytest.raises(AnalysisError, match="is a file"):
        publish([_figure()], tmp_path / "exports", data_version="1")


def test_two_figures_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(AnalysisError, match="two charts are named some_chart"):
        publish([_figure(), _figure()], tmp_path / "exports", data_version="1")
    assert not (tmp_path / "exports").exists()


def test_nothing_to_publish_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AnalysisError, match="no chart to publish"):
        publish([], tmp_path / "exports", data_version="1")


def test_progress_is_told(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    report: Callable[[str, int, int], None] = lambda what, done, total: told.append((done, total))  # noqa: E731
    publish([_figure("a"), _figure("b")], tmp_path / "exports", data_version="1", progress=report)
    assert told == [(0, 2), (1, 2), (2, 2)]


def test_name_that_is_no_file_name_is_refused() -> None:
    with pytest.raises(ValueError, match="no name for a figure"):
        replace(_figure(), name="../escape")


def test_page_asks_for_nothing(published: Path) -> None:
    text = (published / "zebra.html").read_text(encoding="utf-8")
    parsed = Page(text)
    addresses = [value for _, attributes in parsed.tags for key, value in attributes.items() if key in ("src", "href")]
    assert addresses == ["zebra.svg", "zebra.png", "zebra.csv"]
    assert not any(tag in ("link", "iframe", "object", "embed", "base") for tag, _ in parsed.tags)
    policy = next(attributes["content"] for _, attributes in parsed.tags if attributes.get("http-equiv"))
    assert str(policy).startswith("default-src 'none';")
    assert "http" not in str(policy)
    named = set(re.findall(r"https?://([a-z0-9.-]+)", text))
    assert named <= {"www.w3.org", "vega.github.io", "github.com"}
    assert not re.search(r"@import|url\((?!data:)[\"']?https?:", text)


def test_page_escapes_its_words(published: Path) -> None:
    parsed = Page((published / "zebra.html").read_text(encoding="utf-8"))
    assert "b" not in [tag for tag, _ in parsed.tags]
    assert [tag for tag, _ in parsed.tags].count("script") == 2
    for words in ("Five of <b>three</b> & more", "A note </script> that tries", 'Bars: 5 and 0 & "none" <known>'):
        assert words in parsed.text


def test_specification_cannot_leave_its_script() -> None:
    text = page.html(_figure(alt_text="</script><script>alert(1)</script>\u2028"))
    assert [tag for tag, _ in Page(text).tags].count("script") == 2
    assert "<script>alert" not in text


def test_page_holds_the_rows_as_a_table(published: Path) -> None:
    parsed = Page((published / "zebra.html").read_text(encoding="utf-8"))
    assert [attributes for tag, attributes in parsed.tags if tag == "th"] == [{"scope": "col"}] * 3
    assert [tag for tag, _ in parsed.tags].count("td") == ROWS.height * ROWS.width
    assert "The 4 rows behind the marks" in parsed.text


def test_csv_guards_text_and_leaves_numbers(published: Path) -> None:
    raw = (published / "zebra.csv").read_bytes().decode()
    assert raw == ("area,count,share\r\nRotherham,5,0.5\r\n'=SUM(A1),0,\r\n''-already,,-0.25\r\n,-3,1.0\r\n")


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0")), min_size=1))
def test_csv_loses_nothing(values: list[str]) -> None:
    rows = pl.DataFrame({"n": range(len(values)), "text": values})
    content = table.csv(rows).decode()
    read = list(csv.reader(io.StringIO(content, newline="")))
    assert [table.unguarded(cells[1]) for cells in read[1:]] == values
    assert all(not cells[1] or cells[1][0] not in "=+-@\t\r" for cells in read[1:])


def test_unknown_is_not_empty_text() -> None:
    assert table.csv(pl.DataFrame({"a": ["", None], "b": [1, 2]})) == b'a,b\r\n"",1\r\n,2\r\n'
