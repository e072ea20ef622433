"""One theme of the codebook on one page: how often it was reported, and every finding on it in the fifty."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from analysis import weaknesses
from analysis.catalogue.tables import Tables
from analysis.charts import caption
from analysis.schema import codes


@dataclass(frozen=True)
class Theme:
    """What was reported on one theme.

    Args:
        theme: the code.
        label: the theme in words.
        definition: what belongs to it.
        boundary: what does not; None where that is plain.
        conclusions: the main points, in sentences whose numbers are computed.
        listed: one row a family of programmes: what `weaknesses.prevalence` gives for the theme's listed weaknesses.
        exploitation: one row a polarity, `weakness` or `strength`: the same for findings on exploitation.
        findings: one row a finding on the theme in the fifty, by area and day of publication, with `area_name`, `slug`,
            `programme`, `published`, `url` and `on_exploitation`.
    """

    theme: str
    label: str
    definition: str
    boundary: str | None
    conclusions: Sequence[str]
    listed: pl.DataFrame
    exploitation: pl.DataFrame
    findings: pl.DataFrame

    @property
    def weaknesses(self) -> int:
        """How many of the findings are weaknesses."""
        return self.findings.filter(pl.col("polarity") == "weakness").height


def themes(tables: Tables) -> list[Theme]:
    """What was reported on each theme, in the codebook's order.

    Args:
        tables: the curated tables.
    """
    fifty = tables.beside("fifty")
    listed = weaknesses.prevalence(tables.findings, tables.reports, fifty, subject="listed", by=["family"])
    exploitation = pl.concat(
        weaknesses.prevalence(
            tables.findings, tables.reports, fifty, subject="exploitation", polarity=[polarity]
        ).with_columns(polarity=pl.lit(polarity))
        for polarity in ("weakness", "strength")
    )
    behind = weaknesses.behind(tables.findings, tables.reports, fifty, subject="all")
    findings = _with_words(tables, behind)
    described = {row["theme"]: row for row in tables["themes"].iter_rows(named=True)}
    return [
        _theme(
            described[code],
            listed.filter(pl.col("theme") == code),
            exploitation.filter(pl.col("theme") == code),
            findings.filter(pl.col("theme") == code),
        )
        for code in codes.THEME_CODES
    ]


def _with_words(tables: Tables, behind: pl.DataFrame) -> pl.DataFrame:
    words = tables.told.select("finding_id", "summary", "page", "passage", "url")
    slugs = tables["areas"].select("area_code", "slug")
    return (
        behind.join(words, on="finding_id", how="left", validate="1:1")
        .join(slugs, on="area_code", how="left", validate="m:1")
        .sort("area_name", "published", "inspection_id", "passage", "finding_id")
    )


def _theme(row: dict[str, str], listed: pl.DataFrame, exploitation: pl.DataFrame, findings: pl.DataFrame) -> Theme:
    return Theme(
        theme=str(row["theme"]),
        label=row["label"],
        definition=row["definition"],
        boundary=row["boundary"],
        conclusions=[_listed_in_words(listed), _exploitation_in_words(exploitation)],
        listed=listed,
        exploitation=exploitation,
        findings=findings,
    )


def _listed_in_words(listed: pl.DataFrame) -> str:
    told = [
        f"{codes.FAMILY_LABELS[row['family']]}: {_of(row)}"
        if row["areas_read"]
        else f"{codes.FAMILY_LABELS[row['family']]}: not looked at"
        for family in codes.FAMILY_LABELS
        for row in listed.filter(pl.col("family") == family).iter_rows(named=True)
    ]
    return f"Reports’ own lists name it as a weakness in these areas. {'; '.join(told)}."


def _exploitation_in_words(exploitation: pl.DataFrame) -> str:
    by_polarity = {row["polarity"]: row for row in exploitation.iter_rows(named=True)}
    weak, strong = by_polarity["weakness"], by_polarity["strength"]
    if not weak["areas_read"]:
        return "No report that looked at it was read."
    return (
        f"On exploitation, any report names it as a weakness in {_of(weak)} areas, and as a strength in {_of(strong)}: "
        "an area can have both."
    )


def _of(row: dict[str, float]) -> str:
    share, low, high = (caption.percent(row[name]) for name in ("share", "low", "high"))
    return f"{row['areas']} of {row['areas_read']} ({share}, 95% interval {low} to {high})"
