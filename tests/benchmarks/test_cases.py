"""The hand-written SQL of the benchmarks gives the same as the transforms: a second opinion on every number."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb
import polars as pl
import pytest
from benchmarks.cases import Case, registered
from benchmarks.inputs import inputs
from engines import rows, to_engine

from analysis.schema.tables import TABLES

CASES = registered()


@pytest.fixture(scope="module")
def real(con: duckdb.DuckDBPyConnection) -> Mapping[str, duckdb.DuckDBPyRelation]:
    return to_engine("duckdb", inputs({name: con.table(name).pl() for name in TABLES}))


def agree(case: Case, tables: Mapping[str, duckdb.DuckDBPyRelation]) -> int:
    """How many rows the transform and the query give, once they give the same ones."""
    given = case.call(tables)
    by_hand = next(iter(tables.values())).query("unused", case.sql)
    assert by_hand.columns == given.columns
    assert by_hand.types == given.types
    found = rows(given)
    assert rows(by_hand) == found
    return len(found)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_on_the_real_tables_the_query_gives_what_the_transform_gives(
    case: Case, real: Mapping[str, duckdb.DuckDBPyRelation]
) -> None:
    assert agree(case, real)
