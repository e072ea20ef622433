"""Every call by which the catalogue draws a chart, and frames of any size with the same columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from inspect import isfunction, signature
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pytest

from analysis import catalogue, charts
from analysis.charts import Figure

KINDS = ("polars", "polars lazy", "pandas", "duckdb")


@dataclass(frozen=True)
class Call:
    """One call of a chart function, with each argument by its name."""

    function: Callable[..., Figure]
    arguments: dict[str, Any]

    @property
    def frames(self) -> dict[str, pl.DataFrame]:
        """The arguments that are frames."""
        return {name: given for name, given in self.arguments.items() if isinstance(given, pl.DataFrame)}

    def with_frame(self, name: str, frame: Any) -> Figure:
        """Draw with another frame in the place of one."""
        return self.function(**{**self.arguments, name: frame})


@dataclass(frozen=True)
class Published:
    """Every published figure by name, and the call behind each chart function, one where several figures share it."""

    figures: dict[str, Figure]
    calls: dict[str, Call]


def published(con: duckdb.DuckDBPyConnection) -> Published:
    """Draw every chart, and keep how it was called."""
    with _recorded() as calls:
        figures = {figure.name: figure for figure in catalogue.catalogue(con)}
    return Published(figures, calls)


@contextmanager
def _recorded() -> Iterator[dict[str, Call]]:
    calls: dict[str, Call] = {}

    def recording(function: Callable[..., Figure]) -> Callable[..., Figure]:
        def call(*given: Any, **named: Any) -> Figure:
            arguments = signature(function).bind(*given, **named).arguments
            calls[function.__name__] = Call(function, dict(arguments))
            return function(*given, **named)

        return call

    with pytest.MonkeyPatch.context() as patch:
        for name in charts.__all__:
            if isfunction(function := getattr(charts, name)):
                patch.setattr(charts, name, recording(function))
        yield calls


def of_size(columns: list[str], rows: int, kind: str) -> Any:
    """A frame of a kind with these columns, their cells as small as the kind allows."""
    if kind == "polars":
        return pl.select(pl.repeat(True, rows).alias(name) for name in columns)
    if kind == "polars lazy":
        counted = pl.LazyFrame().select(n=pl.int_range(rows))
        return counted.select(pl.col("n").alias(name) for name in columns)
    if kind == "pandas":
        return pd.DataFrame(np.zeros((rows, len(columns)), dtype=np.int8), columns=columns, copy=False)
    if kind == "duckdb":
        named = ", ".join(f'n AS "{name}"' for name in columns)
        return duckdb.sql(f"SELECT {named} FROM range({rows}) AS counted(n)")  # noqa: S608
    raise ValueError(kind)
