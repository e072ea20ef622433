"""Hostile text is refused by the rules, and a site made of it all the same does nothing."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from analysis.schema import check
from attacks.content import (
    Attempt,
    Made,
    attempts,
    csv_faults,
    differences,
    hostile,
    is_inert,
    make,
    shown_in_notebooks,
    svg_faults,
    verdict,
)
from attacks.projects import RAW


def test_hostile_text_is_refused_or_inert(tmp_path: Path) -> None:
    drawn = Random(0).sample(attempts(), 200)  # noqa: S311
    outcomes = {attempt: verdict(attempt, tmp_path) for attempt in drawn}
    assert {attempt: told for attempt, told in outcomes.items() if told not in ("refused", "inert")} == {}
    assert set(outcomes.values()) == {"refused", "inert"}


def test_counts_in_other_digits_are_refused(tmp_path: Path) -> None:
    assert verdict(Attempt("coverage", "reason", "other digits"), tmp_path) == "refused"


def test_a_site_of_hostile_text_has_the_tags_of_a_harmless_one(tmp_path: Path) -> None:
    tables = check.require(RAW)
    bad, good = hostile(tables), hostile(tables, harmless=True)
    made, twin = make(bad, tmp_path / "hostile", 1), make(good, tmp_path / "harmless", 1)
    assert list(differences(made, twin)) == []
    assert list(shown_in_notebooks(bad, good)) == []
    page = next(text for name, text in made.pages() if name == "areas/rotherham.html")
    assert "window.pwned=1" in page


def test_a_page_with_a_tag_more_is_told(tmp_path: Path) -> None:
    twin, made = (Made(tmp_path / name, "<p>Rotherham</p>") for name in ("harmless", "hostile"))
    for site, more in ((twin, ""), (made, "<img src=x onerror=pwn()>")):
        site.folder.mkdir()
        (site.folder / "index.html").write_text(
            f'<meta http-equiv="Content-Security-Policy" content="default-src \'none\'"><p>Rotherham{more}</p>', "utf-8"
        )
    (found,) = [line for line in differences(made, twin) if line.startswith("index.html")]
    assert "('img', 'src', 'onerror')" in found


@pytest.mark.parametrize(
    "inside",
    [
        "<script>pwn()</script>",
        '<g onclick="pwn()"/>',
        '<a href="https://example.org/"/>',
        '<rect fill="url(https://example.org/a.svg#a)"/>',
        "<style>@import 'https://example.org/a.css'</style>",
        "<foreignObject/>",
    ],
)
def test_a_picture_that_is_more_than_a_drawing_is_told(inside: str) -> None:
    assert list(svg_faults(f'<svg xmlns="http://www.w3.org/2000/svg">{inside}</svg>')) != []


def test_a_formula_is_told_from_a_number() -> None:
    assert list(csv_faults('a\r\n-0.25\r\n-3\r\n"\'=A1"\r\n')) == []
    assert len(list(csv_faults('=A1\r\n-2+3\r\n@a\r\n"\t1"\r\n+1\r\n'))) == 5


def test_what_is_inert() -> None:
    assert is_inert("Bath & North East Somerset (“B&NES”)")
    assert not any(is_inert(text) for text in ("<b>", "=1", "a\u202eb", "{{a}}", "שלום", "'a", "w" * 501))
