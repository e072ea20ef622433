"""Run a transform on every engine, and compare what comes out."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

import duckdb
import pandas as pd
import polars as pl
from spark.session import INSTALLED, session

ENGINES = ("pandas", "polars", "polars_lazy", "duckdb", *(["pyspark"] if INSTALLED else []))
"""The engines that are here; PySpark is an extra."""

Frames = Mapping[str, pl.DataFrame]


def to_engine(engine: str, frames: Frames) -> dict[str, Any]:
    """The frames in the engine's own kind; in DuckDB tables of one connection, locked as the project hands it out."""
    if engine == "pandas":
        return {name: frame.to_pandas() for name, frame in frames.items()}
    if engine == "polars":
        return dict(frames)
    if engine == "polars_lazy":
        return {name: frame.lazy() for name, frame in frames.items()}
    if engine == "pyspark":
        return {
            name: session().createDataFrame(frame.to_arrow(compat_level=pl.CompatLevel.oldest()))
            for name, frame in frames.items()
        }
    connection = duckdb.connect()
    for name, frame in frames.items():
        connection.register("incoming", frame.to_arrow())
        connection.execute(f'CREATE TABLE "{name}" AS SELECT * FROM incoming')  # noqa: S608
        connection.unregister("incoming")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return {name: connection.table(name) for name in frames}


def kind_of(frame: object) -> str:
    """The engine a frame belongs to."""
    if isinstance(frame, pd.DataFrame):
        return "pandas"
    if isinstance(frame, pl.DataFrame):
        return "polars"
    if isinstance(frame, pl.LazyFrame):
        return "polars_lazy"
    if isinstance(frame, duckdb.DuckDBPyRelation):
        return "duckdb"
    if type(frame).__module__.startswith("pyspark."):
        return "pyspark"
    raise TypeError(f"{type(frame).__name__} belongs to no engine")


def rows(frame: Any) -> list[dict[str, Any]]:
    """The rows of a frame of any engine, in its order, in plain Python values."""
    kind = kind_of(frame)
    if kind == "duckdb":
        found = [dict(zip(frame.columns, row, strict=True)) for row in frame.fetchall()]
    elif kind == "pandas":
        found = frame.to_dict(orient="records")
    elif kind == "pyspark":
        found = frame.toArrow().to_pylist()
    else:
        found = frame.lazy().collect().to_dicts()
    return [{name: _plain(value) for name, value in row.items()} for row in found]


def _plain(value: Any) -> Any:
    if value is None or value is pd.NaT or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, bool | date | str):
        return value
    if isinstance(value, int | float):
        return round(float(value), 9)
    if hasattr(value, "item"):
        return _plain(value.item())
    raise TypeError(f"{type(value).__name__} is no value of a transform")


def on_all_engines(transform: Callable[..., Any], frames: Frames) -> list[dict[str, Any]]:
    """The rows that a transform gives, once every engine has given the same ones, in its own kind and in that order.

    Args:
        transform: called with the frames by name.
        frames: its frames.
    """
    results = {}
    for engine in ENGINES:
        result = transform(**to_engine(engine, frames))
        assert kind_of(result) == engine
        results[engine] = rows(result)
    for engine in ENGINES[1:]:
        assert results[engine] == results["pandas"], f"{engine} differs from pandas"
    return results["pandas"]
