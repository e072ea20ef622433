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
import duckdb
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.catalogue import Tables
from analysis.catalogue.method import method
from analysis.charts import Figure, RenderError
from analysis.errors import AnalysisError
from analysis.publish import Site, Words, areas, publish, table
from analysis.publish.pages import Pages

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
        "reading": "Read the bars <i>from left</i>.",
        **changes,
    }
    return Figure(name=name, chart=chart, **given)


@pytest.fixture(scope="module")
def tables(con: duckdb.DuckDBPyConnection) -> Tables:
    """The curated tables, read once."""
    return Tables(con)


@pytest.fixture(scope="module")
def made_site(tables: Tables) -> Callable[..., Site]:
    """Makes a site of some figures, with one area and no theme."""
    found = method(tables)

    def make(*figures: Figure, version: str = "abc123") -> Site:
        return Site(
            words=Words(tables.theme_labels, "2 reviewed areas", version),
            questions=[("Which?", list(figures))],
            leading=list(figures[:1]),
            areas=[
                {
                    "area_code": "E08000018",
                    "name": "Rotherham",
                    "slug": "rotherham",
                    "region": "Yorkshire and The Humber",
                    "basis": "cqc_review",
                }
            ],
            frames=tables.frames(),
            themes=[],
            method=found,
            codebook="# Codebook\n\nRead, <script>never</script> run.\n",
        )

    return make


def _bytes(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*.*"))}


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

    def of(self, tag: str) -> list[dict[str, str | None]]:
        """The attributes of each such tag."""
        return [attributes for name, attributes in self.tags if name == tag]


MakeSite = Callable[..., Site]


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory, made_site: MakeSite) -> Path:
    """A folder with two published figures, given out of order, and one area."""
    folder = tmp_path_factory.mktemp("out") / "exports"
    publish(made_site(_figure("zebra"), _figure("aardvark", headline="Another headline")), folder)
    return folder


def test_each_figure_has_its_files_each_area_its_page_and_there_is_a_manifest(published: Path) -> None:
    found = set(_bytes(published))
    for name in ("aardvark", "zebra"):
        assert {f"charts/{name}{ending}" for ending in (".csv", ".html", ".png", ".svg", "_interactive.html")} <= found
    assert {"index.html", "method.html", "areas/index.html", "areas/rotherham.html", "manifest.json"} <= found
    assert {"assets/site.css", "assets/vega.js", "assets/draw.js", "assets/Arimo-Regular.woff2"} <= found


def test_manifest_lists_every_file_with_its_hash(published: Path) -> None:
    manifest = json.loads((published / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["data_version"] == "abc123"
    assert [chart["name"] for chart in manifest["charts"]] == ["aardvark", "zebra"]
    listed = {file["name"]: file for file in manifest["files"]}
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
    assert chart["reading"] == figure.reading
    assert (chart["rows"], chart["columns"]) == (4, ["area", "count", "share"])


def test_second_run_gives_the_same_bytes(published: Path, tmp_path: Path, made_site: MakeSite) -> None:
    again = tmp_path / "exports"
    for _ in range(2):
        publish(made_site(_figure("zebra"), _figure("aardvark", headline="Another headline")), again)
        assert _bytes(again) == _bytes(published)


def test_several_processes_write_what_one_writes(
    published: Path, tmp_path: Path, made_site: MakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(areas, "WORTH_ANOTHER_PROCESS", 1)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    publish(made_site(_figure("zebra"), _figure("aardvark", headline="Another headline")), tmp_path / "exports")
    assert _bytes(tmp_path / "exports") == _bytes(published)


def test_what_stops_another_process_stops_all(
    tmp_path: Path, made_site: MakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(areas, "WORTH_ANOTHER_PROCESS", 1)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    site = made_site(_figure())
    frames = {**site.frames, "areas": site.frames["areas"].filter(pl.col("area_code") != "E08000018")}
    with pytest.raises(AnalysisError, match="there is no area with the code E08000018"):
        publish(replace(site, frames=frames), tmp_path / "exports")
    assert list(tmp_path.iterdir()) == []


def test_a_mistake_in_another_process_is_told_with_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(areas, "WORTH_ANOTHER_PROCESS", 1)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    work = areas.Work({}, ["E08000018"], Words({}, "", ""), tmp_path)
    with pytest.raises(RuntimeError, match=r"(?s)Traceback.*in write\b.*KeyError"), areas.writing(work):
        pass


def test_failure_half_way_leaves_what_was_there(tmp_path: Path, made_site: MakeSite) -> None:
    folder = tmp_path / "exports"
    publish(made_site(_figure(), version="1"), folder)
    before = _bytes(folder)
    with pytest.raises(RenderError):
        publish(made_site(_figure("good_one"), _figure("bad_one", headline="東京"), version="2"), folder)
    assert _bytes(folder) == before
    assert [path.name for path in tmp_path.iterdir()] == ["exports"]


def test_what_is_no_longer_published_goes(tmp_path: Path, made_site: MakeSite) -> None:
    folder = tmp_path / "exports"
    publish(made_site(_figure("old")), folder)
    publish(made_site(_figure("new")), folder)
    assert {path.stem for path in (folder / "charts").iterdir()} == {"new", "new_interactive"}


def test_folder_of_other_files_is_not_replaced(tmp_path: Path, made_site: MakeSite) -> None:
    (tmp_path / "thesis.txt").write_text("years of work", encoding="utf-8")
    with pytest.raises(AnalysisError, match="holds files that were not published from here"):
        publish(made_site(_figure()), tmp_path)
    (tmp_path / "manifest.json").write_text('{"format": "something else"}', encoding="utf-8")
    with pytest.raises(AnalysisError, match="holds files that were not published from here"):
        publish(made_site(_figure()), tmp_path)
    assert (tmp_path / "thesis.txt").read_text(encoding="utf-8") == "years of work"


def test_file_is_not_replaced_by_a_folder(tmp_path: Path, made_site: MakeSite) -> None:
    (tmp_path / "exports").write_text("", encoding="utf-8")
    with pytest.raises(AnalysisError, match="is a file"):
        publish(made_site(_figure()), tmp_path / "exports")


def test_two_figures_of_one_name_are_refused(tmp_path: Path, made_site: MakeSite) -> None:
    with pytest.raises(AnalysisError, match="two charts are named some_chart"):
        publish(made_site(_figure(), _figure()), tmp_path / "exports")
    assert not (tmp_path / "exports").exists()


def test_nothing_to_publish_is_refused(tmp_path: Path, made_site: MakeSite) -> None:
    with pytest.raises(AnalysisError, match="no chart to publish"):
        publish(made_site(), tmp_path / "exports")


def test_progress_is_told(tmp_path: Path, made_site: MakeSite) -> None:
    told: list[tuple[int, int]] = []
    report: Callable[[str, int, int], None] = lambda what, done, total: told.append((done, total))  # noqa: E731
    publish(made_site(_figure("a"), _figure("b")), tmp_path / "exports", progress=report)
    assert told[0] == (0, 5)
    assert told[-1] == (5, 5)
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_name_that_is_no_file_name_is_refused() -> None:
    with pytest.raises(ValueError, match="no name for a figure"):
        replace(_figure(), name="../escape")


def test_what_stands_behind_no_mark_is_refused() -> None:
    behind = pl.DataFrame({"area": ["Rotherham", "Nowhere"], "finding_id": ["a", "b"]})
    with pytest.raises(ValueError, match=r"'Nowhere'.* stands behind no row"):
        _figure(behind=behind)


def test_csv_names_what_stands_behind_each_row() -> None:
    behind = pl.DataFrame({"area": ["Rotherham", "Rotherham", None], "finding_id": ["b", "a", "c"]})
    traced = _figure(behind=behind).traced()
    assert traced["finding_ids"].to_list() == ["a;b", None, None, "c"]
    assert traced.drop("finding_ids").equals(ROWS)


def test_pages_ask_for_nothing_outside(published: Path) -> None:
    pages = list(published.rglob("*.html"))
    assert len(pages) == 8
    for path in pages:
        parsed = Page(path.read_text(encoding="utf-8"))
        for tag, attribute in (("link", "href"), ("script", "src"), ("img", "src")):
            for attributes in parsed.of(tag):
                address = attributes.get(attribute)
                assert address is None or (path.parent / address).resolve().is_relative_to(published), (path, address)
                assert address is None or (path.parent / address).is_file(), (path, address)
        assert not any(tag in ("iframe", "object", "embed", "base") for tag, _ in parsed.tags)
        policy = next(str(attributes["content"]) for attributes in parsed.of("meta") if attributes.get("http-equiv"))
        assert policy.startswith("default-src 'none';")
        assert "http" not in policy
    css = (published / "assets" / "site.css").read_text(encoding="utf-8")
    assert not re.search(r"@import|https?:", css)


def test_only_interactive_pages_have_scripts(published: Path) -> None:
    with_scripts = {path.name for path in published.rglob("*.html") if Page(path.read_text("utf-8")).of("script")}
    assert with_scripts == {"zebra_interactive.html", "aardvark_interactive.html"}


def test_every_picture_has_its_words_and_its_size(published: Path) -> None:
    for path in published.rglob("*.html"):
        for attributes in Page(path.read_text(encoding="utf-8")).of("img"):
            assert len(str(attributes["alt"])) > 20
            assert int(str(attributes["width"])) > 100


def test_chart_page_says_how_to_read_it_and_escapes_its_words(published: Path) -> None:
    parsed = Page((published / "charts" / "zebra.html").read_text(encoding="utf-8"))
    assert not parsed.of("b") + parsed.of("i") + parsed.of("script")
    for words in (
        "Five of <b>three</b> & more",
        "A note </script> that tries",
        'Bars: 5 and 0 & "none" <known>',
        "Read the bars <i>from left</i>.",
        "Source: Nobody",
        "None needed",
    ):
        assert words in parsed.text
    downloads = [attributes["href"] for attributes in parsed.of("a") if "download" in attributes]
    assert downloads == ["zebra.svg", "zebra.png", "zebra.csv"]


def test_chart_page_holds_the_rows_as_a_table(published: Path) -> None:
    parsed = Page((published / "charts" / "zebra.html").read_text(encoding="utf-8"))
    assert [attributes for attributes in parsed.of("th") if attributes == {"scope": "col"}] == [{"scope": "col"}] * 3
    assert len(parsed.of("td")) + len(parsed.of("th")) - 3 == ROWS.height * ROWS.width
    assert "Show 4 rows" in parsed.text


def test_specification_cannot_leave_its_script(made_site: MakeSite) -> None:
    figure = _figure(alt_text="</script><script>alert(1)</script>\u2028")
    text = Pages(made_site(figure), {}).interactive(figure)
    assert len(Page(text).of("script")) == 3
    assert "<script>alert" not in text


def test_codebook_cannot_bring_markup_of_its_own(published: Path) -> None:
    text = (published / "method.html").read_text(encoding="utf-8")
    assert "<script>" not in text
    assert "Read, <script>never</script> run." in Page(text).text


def test_area_page_says_what_is_known_and_what_is_not(published: Path) -> None:
    text = Page((published / "areas" / "rotherham.html").read_text(encoding="utf-8")).text
    assert "inadequate (19 November 2014), then good (29 January 2018), then good (12 August 2022)" in text
    assert "Silence is not resolution." in text
    assert "The report could not be read; 11 findings are known from public pages" in text
    assert "rotherham-2014-11-19-sif-" in text


def test_csv_guards_text_and_leaves_numbers(published: Path) -> None:
    raw = (published / "charts" / "zebra.csv").read_bytes().decode()
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
