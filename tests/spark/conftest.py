"""The real data as Spark finds them: the Parquet of `data/processed`, and folders of partitions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import duckdb
import pytest
from benchmarks.prepared import beside

from analysis import database
from analysis.schema.tables import TABLES
from spark.real_data import PARTITIONED_BY, Real
from spark.session import session


@pytest.fixture(scope="session")
def real(con: duckdb.DuckDBPyConnection, tmp_path_factory: pytest.TempPathFactory) -> Real:
    home = tmp_path_factory.mktemp("data")
    processed, partitions = home / "processed", home / "partitions"
    processed.mkdir()
    curated = {name: con.table(name).pl() for name in TABLES}
    database.write(processed, curated)
    frames = beside(curated)
    for name in frames.keys() - curated.keys():
        # A view of the same name has other columns.
        frames[name].write_parquet(processed / f"{name}.parquet")
    spark = session()
    for name, column in PARTITIONED_BY.items():
        whole = spark.read.parquet(str(processed / f"{name}.parquet"))
        whole.write.partitionBy(column).parquet(str(partitions / name))
    return Real(frames, processed, partitions)


@pytest.fixture(scope="session", params=["parquet", "partitions"])
def source(request: pytest.FixtureRequest, real: Real) -> Mapping[str, Any]:
    """The frames on Spark, read from files or from folders of partitions."""
    spark = session()
    if request.param == "parquet":
        return {name: spark.read.parquet(str(real.parquet / f"{name}.parquet")) for name in real.frames}
    return {
        name: spark.read.parquet(
            str(real.partitions / name if name in PARTITIONED_BY else real.parquet / f"{name}.parquet")
        )
        for name in real.frames
    }
