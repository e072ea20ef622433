"""Every transform gives on Spark what it gives on polars, of the real data."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl
import pytest
from engines import kind_of, rows

from analysis import cohorts, progress
from spark.cases import CALLS
from spark.real_data import PARTITIONED_BY, Real
from spark.session import INSTALLED, session

pytestmark = pytest.mark.skipif(not INSTALLED, reason="PySpark is an extra; `make spark` installs it")


@pytest.mark.parametrize("name", CALLS)
def test_spark_gives_the_same(name: str, source: Mapping[str, Any], real: Real) -> None:
    _, call = CALLS[name]
    expected = call(real.frames)
    given = call(source)
    assert kind_of(given) == "pyspark"
    found = pl.from_arrow(given.toArrow())
    assert isinstance(found, pl.DataFrame)
    assert found.schema == expected.schema
    assert expected.height
    assert rows(found) == rows(expected)


def test_the_fifty_are_stated_alike(source: Mapping[str, Any], real: Real) -> None:
    assert cohorts.statement(source["one_cohort"]) == cohorts.statement(real.frames["one_cohort"])


@pytest.mark.parametrize("table", PARTITIONED_BY)
def test_folders_of_partitions_hold_what_the_files_hold(table: str, real: Real) -> None:
    read = session().read.parquet(str(real.partitions / table))
    assert sorted(read.columns) == sorted(real.frames[table].columns)
    found = rows(read.select(*real.frames[table].columns))
    assert sorted(found, key=repr) == sorted(rows(real.frames[table]), key=repr)


def test_names_of_folders_are_read_as_text_numbers_and_days(real: Real) -> None:
    types = {
        table: dict(session().read.parquet(str(real.partitions / table)).dtypes)[PARTITIONED_BY[table]]
        for table in ("areas", "cohort", "assessments", "as_at_grades")
    }
    assert types == {"areas": "string", "cohort": "string", "assessments": "int", "as_at_grades": "date"}


def test_one_transform_takes_what_another_gave_and_nothing_is_computed_until_asked_for(
    source: Mapping[str, Any], real: Real
) -> None:
    def chained(frames: Mapping[str, Any]) -> Any:
        graded = progress.graded(frames["inspections"], frames["judgements"], frames["domains"])
        grades = progress.as_at(graded, frames["areas"], date(2026, 3, 31), domains=["overall"])
        return progress.good_or_better(grades, frames["one_cohort"])

    assert rows(chained(source)) == rows(chained(real.frames))
