"""One theme on one page: its numbers are those of the transforms, its findings those of the fifty."""

from __future__ import annotations

import duckdb
import polars as pl
import pytest

from analysis.catalogue import Tables
from analysis.catalogue.theme import Theme, themes


@pytest.fixture(scope="module")
def found(con: duckdb.DuckDBPyConnection) -> dict[str, Theme]:
    """The themes by their code."""
    return {theme.theme: theme for theme in themes(Tables(con))}


def test_every_theme_of_the_codebook_has_a_page(found: dict[str, Theme]) -> None:
    assert len(found) == 22
    assert all(theme.label and theme.definition and theme.conclusions for theme in found.values())


def test_each_finding_of_the_fifty_is_on_one_page(found: dict[str, Theme], con: duckdb.DuckDBPyConnection) -> None:
    listed = pl.concat([theme.findings["finding_id"] for theme in found.values()])
    [(expected,)] = con.sql("""
        SELECT count(*) FROM findings JOIN coverage USING (inspection_id) JOIN inspections AS i USING (inspection_id)
        WHERE i.area_code NOT IN (SELECT area_code FROM inspections WHERE theme = 'cse_and_missing')
    """).fetchall()
    assert listed.is_unique().all()
    assert listed.len() == expected


def test_what_nobody_looked_at_is_said(found: dict[str, Theme]) -> None:
    assert "ILACS, since 2018: not looked at" in found["lscb_challenge"].conclusions[0]
    assert "not looked at" not in found["missing"].conclusions[0]


def test_each_finding_leads_to_an_address(found: dict[str, Theme]) -> None:
    for theme in found.values():
        assert theme.findings["url"].str.starts_with("http").all()
