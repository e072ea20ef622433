"""What the published site holds, before any page or picture is made of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

    from analysis.catalogue.method import Method
    from analysis.catalogue.tables import Tables
    from analysis.catalogue.theme import Theme
    from analysis.charts.figure import Figure


@dataclass(frozen=True)
class Words:
    """What every page says.

    Args:
        theme_labels: the codebook's themes in words.
        statement: what the fifty are, counted.
        data_version: the version of the data.
    """

    theme_labels: Mapping[str, str]
    statement: str
    data_version: str


@dataclass(frozen=True)
class Site:
    """What is published.

    Args:
        words: what every page says.
        questions: the charts in the order in which to read them, under the question that each answers.
        leading: the charts that say most, for the first page; each is one of the others.
        areas: the areas that have a page, by name: `area_code`, `name`, `slug`, `region`, `basis`.
        frames: the curated tables, from which their pages are made.
        themes: the themes of the codebook.
        method: what was read and how far two readers agree.
        codebook: the codebook's text, as Markdown.
    """

    words: Words
    questions: Sequence[tuple[str, Sequence[Figure]]]
    leading: Sequence[Figure]
    areas: Sequence[Mapping[str, str]]
    frames: Mapping[str, pl.DataFrame]
    themes: Sequence[Theme]
    method: Method
    codebook: str

    @property
    def figures(self) -> list[Figure]:
        """The charts that have a page."""
        return [figure for _, figures in self.questions for figure in figures]


def assemble(tables: Tables, *, codebook: str, data_version: str) -> Site:
    """Gather what is published: every chart, the fifty, the themes and the method.

    Args:
        tables: the curated tables.
        codebook: the codebook's text.
        data_version: the version of the data.
    """
    from analysis import catalogue
    from analysis.catalogue.method import method
    from analysis.catalogue.theme import themes

    questions = catalogue.questions(tables)
    by_name = {figure.name: figure for _, figures in questions for figure in figures}
    return Site(
        words=Words(tables.theme_labels, tables.statement, data_version),
        questions=questions,
        leading=[by_name[name] for name in catalogue.LEADING],
        areas=_areas(tables),
        frames=tables.frames(),
        themes=themes(tables),
        method=method(tables),
        codebook=codebook,
    )


def _areas(tables: Tables) -> list[dict[str, str]]:
    described = tables["areas"].join(
        tables["regions"].select("region_code", region="name"), on="region_code", how="left", validate="m:1"
    )
    rows = tables.fifty.select("area_code", "basis").join(described, on="area_code", how="left", validate="1:1")
    return rows.select("area_code", "name", "slug", "region", "basis").sort("name").to_dicts()
