"""What the README shows and says is what there is."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb

from analysis import catalogue, cohorts
from analysis.charts import Figure, render

HOME = Path(__file__).resolve().parents[1]
README = (HOME / "README.md").read_text("utf-8")


def test_the_pictures_are_the_charts_of_today(figures: dict[str, Figure]) -> None:
    pictures = re.findall(r"!\[[^\]]+\]\((notebooks/pictures/(\w+)\.svg)\)", README)
    assert [name for _, name in pictures] == list(catalogue.LEADING)
    for path, name in pictures:
        assert (HOME / path).read_text("utf-8") == render.svg(figures[name]), f"{path}: run make notebooks"


def test_every_linked_file_is_there() -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)
    assert len(links) >= 5
    assert [link for link in links if not (HOME / link).exists()] == []


def test_every_make_target_is_there() -> None:
    makefile = (HOME / "Makefile").read_text("utf-8")
    targets = "attacks|benchmarks|build|test|lab|notebooks|check|lint|lock|spark"
    for target in set(re.findall(rf"`?make ({targets})`?", README)):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_the_fifty_stand_as_the_readme_says(con: duckdb.DuckDBPyConnection) -> None:
    areas, reviews, inspections = (con.table(name).pl() for name in ("areas", "cqc_reviews", "inspections"))
    fifty = cohorts.fifty(areas, reviews, inspections)
    confirmed = fifty.filter(basis="cqc_review").height
    assert f"{confirmed} today" in " ".join(README.split())
    assert f"{reviews.height} reviews are known from public pages, {confirmed} of them confirmed" in README


def test_the_findings_stand_as_the_readme_says(con: duckdb.DuckDBPyConnection) -> None:
    findings = con.table("findings").pl()
    told = " ".join(README.split())
    assert f"passages of {con.table('coverage').pl().height} reports" in told
    assert f"the {findings['passage'].null_count()} findings that public pages report" in told
