"""The hand-written SQL of the benchmarks gives the same as the transforms: a second opinion on every number."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb
import polars as pl
import pytest
from engines import rows, to_engine

from analysis.schema.tables import TABLES
from benchmarks.cases import Case, registered
from benchmarks.other_worlds import other_world
from benchmarks.prepared import beside

CASES = registered()
OTHER_WORLDS = 2

Relations = Mapping[str, duckdb.DuckDBPyRelation]


@pytest.fixture(scope="module")
def curated(con: duckdb.DuckDBPyConnection) -> dict[str, pl.DataFrame]:
    return {name: con.table(name).pl() for name in TABLES}


@pytest.fixture(scope="module")
def real(curated: Mapping[str, pl.DataFrame]) -> Relations:
    return to_engine("duckdb", beside(curated))


def by_hand(case: Case, tables: Relations) -> duckdb.DuckDBPyRelation:
    given = tables[case.main].query("main_table", case.sql)
    assert given is not None
    return given


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_on_the_real_tables_the_query_gives_what_the_transform_gives(case: Case, real: Relations) -> None:
    theirs, ours = case.call(real), by_hand(case, real)
    assert ours.columns == theirs.columns
    assert ours.types == theirs.types
    assert rows(ours) == rows(theirs)


@pytest.mark.parametrize("seed", range(OTHER_WORLDS))
def test_on_tables_with_other_rows_too(seed: int, curated: Mapping[str, pl.DataFrame]) -> None:
    frames = beside(other_world(curated, seed))
    tables = to_engine("duckdb", frames)
    differ = [case.name for case in CASES.values() if rows(by_hand(case, tables)) != rows(case.call(frames))]
    assert differ == []
