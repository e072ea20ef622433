"""Frames of any engine: the same transform for pandas, polars (eager or lazy), DuckDB relations and Spark.

A transform opens the frames it was given with `opened`, works on narwhals `LazyFrame`s whose columns are text,
`Int64`, `Float64`, `Date` or `Boolean`, and hands its result back with `Engine.give`. Eager frames are planned by
polars and collected at the end into the kind that came in; lazy polars frames, DuckDB relations and Spark's frames
stay lazy, so that data larger than memory never pass through Python. Only small aggregates are ever collected
(`Engine.rows`), and come back as a frame of the same engine with `Engine.table`.

In pandas' way of holding them, days come back as `datetime64` and whole numbers with gaps as floats.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, cast

import narwhals as nw
from narwhals.typing import IntoFrameT

from analysis.errors import AnalysisError

if TYPE_CHECKING:
    import duckdb

Lazy: TypeAlias = nw.LazyFrame[Any]
Value: TypeAlias = str | int | float | bool | date | None

TEXT = nw.String
WHOLE = nw.Int64
REAL = nw.Float64
DAY = nw.Date
FLAG = nw.Boolean
Kind: TypeAlias = type[nw.String] | type[nw.Int64] | type[nw.Float64] | type[nw.Date] | type[nw.Boolean]

_SQL_TYPES: dict[Kind, str] = {TEXT: "VARCHAR", WHOLE: "BIGINT", REAL: "DOUBLE", DAY: "DATE", FLAG: "BOOLEAN"}

_ENGINES = (
    nw.Implementation.PANDAS,
    nw.Implementation.POLARS,
    nw.Implementation.DUCKDB,
    nw.Implementation.PYSPARK,
    nw.Implementation.PYSPARK_CONNECT,
)
_KINDS = "a pandas DataFrame, a polars DataFrame, a polars LazyFrame, a DuckDB relation or a PySpark DataFrame"


@dataclass(frozen=True)
class Columns:
    """The columns that a transform reads from one of its frames.

    Args:
        name: what the frame is, as the caller knows it.
        kinds: the columns, each with the type as which it is read.
    """

    name: str
    kinds: Mapping[str, Kind]


@dataclass(frozen=True)
class Engine(Generic[IntoFrameT]):
    """The engine of the frames that a transform was given.

    Args:
        example: one of the frames.
    """

    example: IntoFrameT

    @property
    def _implementation(self) -> nw.Implementation:
        return _read(self.example).implementation

    @property
    def _planned_by_polars(self) -> bool:
        return self._implementation.is_pandas() or self._implementation.is_polars()

    def give(self, frame: Lazy, sort: Sequence[str]) -> IntoFrameT:
        """A frame in the caller's kind.

        Args:
            frame: the result.
            sort: the columns that order its rows, empty values last; none leaves the order open.
        """
        ordered = frame.sort(*sort, nulls_last=True) if sort else frame
        example = _read(self.example)
        if isinstance(example, nw.LazyFrame):
            return cast("IntoFrameT", ordered.to_native())
        pandas = example.implementation.is_pandas()
        return cast("IntoFrameT", ordered.collect(backend="pandas" if pandas else "polars").to_native())

    def days_between(self, earlier: nw.Expr, later: nw.Expr) -> nw.Expr:
        """Whole days from one day to another."""
        between = later - earlier
        if self._planned_by_polars:
            return (between.dt.total_minutes() // (24 * 60)).cast(WHOLE)
        # In SQL, one day less another is a number of days.
        return between.cast(WHOLE)

    def rows(self, frame: Lazy) -> list[dict[str, Any]]:
        """The rows of a small aggregate, in Python."""
        if not self._planned_by_polars:
            return frame.collect(backend="polars").rows(named=True)
        # What was lazy may be larger than memory; what was not is there already, and aggregated at once faster.
        lazy = isinstance(_read(self.example), nw.LazyFrame)
        return frame.collect(backend="polars", engine="streaming" if lazy else "in-memory").rows(named=True)

    def table(self, kinds: Mapping[str, Kind], columns: Mapping[str, Sequence[Value]]) -> Lazy:
        """A small frame of given values, in the same engine (and connection) as the caller's.

        Values are bound as constants and never become part of a statement.

        Args:
            kinds: the type of each column.
            columns: the values of each column, None where there is none; all of the same length.
        """
        if set(kinds) != set(columns) or len({len(values) for values in columns.values()}) > 1:
            raise ValueError("each column needs a type, and all columns the same number of values")
        if self._implementation.is_duckdb():
            return nw.from_native(_relation(cast("duckdb.DuckDBPyRelation", self.example), kinds, columns))
        if not self._planned_by_polars:
            return _spark_frame(self.example, self._implementation, kinds, columns)
        import polars as pl

        types: dict[Kind, Any] = {TEXT: pl.String, WHOLE: pl.Int64, REAL: pl.Float64, DAY: pl.Date, FLAG: pl.Boolean}
        frame = pl.LazyFrame(
            {name: list(columns[name]) for name in kinds}, schema={name: types[kind] for name, kind in kinds.items()}
        )
        return nw.from_native(frame)


def _read(native: Any) -> nw.DataFrame[Any] | Lazy:
    return cast("nw.DataFrame[Any] | Lazy", nw.from_native(native))


def _relation(
    neighbour: duckdb.DuckDBPyRelation, kinds: Mapping[str, Kind], columns: Mapping[str, Sequence[Value]]
) -> duckdb.DuckDBPyRelation:
    from duckdb import ConstantExpression, FunctionExpression

    # Another connection's relation could not be combined with the caller's, and a locked connection refuses to read
    # Python's variables. Counting no rows gives one row without touching the caller's data.
    one_row = neighbour.limit(0).aggregate([FunctionExpression("count")])

    def column(name: str, kind: Kind) -> duckdb.Expression:
        # One constant of text: a constant list would be copied, value by value, at each step of the plan.
        values = ConstantExpression(json.dumps(list(columns[name]), default=str, allow_nan=False))
        listed = FunctionExpression("from_json", values, ConstantExpression(json.dumps([_SQL_TYPES[kind]])))
        return FunctionExpression("unnest", listed).alias(name)

    return one_row.project(*(column(name, kind) for name, kind in kinds.items()))


def _spark_frame(
    neighbour: Any,
    implementation: nw.Implementation,
    kinds: Mapping[str, Kind],
    columns: Mapping[str, Sequence[Value]],
) -> Lazy:
    # Made from Arrow, its size is known to Spark, which then joins with it without moving the other side.
    values = nw.from_dict({name: list(columns[name]) for name in kinds}, dict(kinds), backend="pyarrow")
    return values.lazy(cast("Any", implementation), session=neighbour.sparkSession)


def opened(*inputs: tuple[IntoFrameT, Columns]) -> tuple[Engine[IntoFrameT], list[Lazy]]:
    """Open the frames of one call: the engine they share, and each as a lazy frame of the columns wanted.

    Codes held as enumerations or categories are read as text, days held as instants as days.

    Args:
        inputs: each frame with the columns to read from it.

    Raises:
        AnalysisError: something that is no frame, frames of different kinds, or a column that is not there.
    """
    frames: list[Lazy] = []
    first = inputs[0][0]
    for native, columns in inputs:
        try:
            frame = _read(native)
        except TypeError as problem:
            raise AnalysisError(f"{columns.name} is of type {type(native).__name__}; give {_KINDS}.") from problem
        if frame.implementation not in _ENGINES:
            raise AnalysisError(f"{columns.name} is of type {type(native).__name__}; give {_KINDS}.")
        if type(native) is not type(first):
            raise AnalysisError(
                f"{columns.name} is a {_named(native)} and {inputs[0][1].name} a {_named(first)}; "
                "give all frames of one call in the same kind."
            )
        lazy = frame if isinstance(frame, nw.LazyFrame) else frame.lazy(backend="polars")
        schema = lazy.collect_schema()
        absent = [name for name in columns.kinds if name not in schema]
        if absent:
            raise AnalysisError(
                f"{columns.name} has no column {', '.join(absent)}; it has {', '.join(schema.names())}. "
                f"Give the frame that the function's description names."
            )
        frames.append(lazy.select(_as_kind(name, schema[name], kind) for name, kind in columns.kinds.items()))
    return Engine(first), frames


def _named(native: Any) -> str:
    return f"{type(native).__name__} of {type(native).__module__.partition('.')[0].lstrip('_')}"


def _as_kind(name: str, found: nw.dtypes.DType, kind: Kind) -> nw.Expr:
    column = nw.col(name)
    if found == kind:
        return column
    if kind is DAY and found == TEXT:
        return column.str.to_date(format="%Y-%m-%d")
    return column.cast(kind)


def require_unique(engine: Engine[Any], frame: Lazy, keys: Sequence[str], name: str) -> None:
    """Refuse a frame to be looked up in if a key stands for two rows: the join would multiply rows.

    Args:
        engine: the engine of the frame.
        frame: the frame.
        keys: the columns of the key.
        name: what the frame is, for the message.

    Raises:
        AnalysisError: with the first key that occurs more than once.
    """
    hashed = _hashed(frame, keys)
    if hashed is not None:
        counted = engine.rows(hashed.select(rows=nw.len(), different=nw.col("key").n_unique()))[0]
        if counted["rows"] == counted["different"]:
            return
    # Two keys may share a hash; only the keys themselves tell.
    counts = frame.group_by(*keys).agg(occurrences=nw.len())
    twice = engine.rows(counts.filter(nw.col("occurrences") > 1).sort(*keys).head(1))
    if twice:
        key = ", ".join(f"{k} {twice[0][k]}" for k in keys)
        raise AnalysisError(
            f"{name} has {twice[0]['occurrences']} rows for {key}; there must be one. Remove the others."
        )


def _hashed(frame: Lazy, keys: Sequence[str]) -> Lazy | None:
    """A hash of the key of each row, eight bytes whatever the key is made of; None where the engine has none."""
    native = frame.to_native()
    if frame.implementation.is_duckdb():
        from duckdb import ColumnExpression, FunctionExpression

        key = FunctionExpression("hash", *map(ColumnExpression, keys)).alias("key")
        return cast("Lazy", nw.from_native(native.project(key)))
    if frame.implementation.is_polars():
        import polars as pl

        return cast("Lazy", nw.from_native(native.select(key=pl.struct(keys).hash())))
    return None


def require_match(
    engine: Engine[Any], frame: Lazy, lookup: Lazy, keys: Sequence[str], name: str, lookup_name: str
) -> None:
    """Refuse a frame with rows that a lookup does not know: the join would lose them.

    Args:
        engine: the engine of both frames.
        frame: the frame.
        lookup: the frame to be looked up in.
        keys: the columns of the key, of the same name in both.
        name: what the frame is, for the message.
        lookup_name: what the lookup is, for the message.

    Raises:
        AnalysisError: with the number of unmatched rows and the first key among them.
    """
    unmatched = frame.select(*keys).join(lookup.select(*keys), on=list(keys), how="anti")
    lost = engine.rows(unmatched.select(rows=nw.len()))[0]["rows"]
    if lost:
        first = engine.rows(unmatched.sort(*keys, nulls_last=True).head(1))[0]
        key = ", ".join(f"{k} {first[k]}" for k in keys)
        raise AnalysisError(
            f"{name} has {lost} rows that {lookup_name} does not know, {key} among them. "
            f"Add them to {lookup_name}, or correct {name}."
        )


def row_number(partition: Sequence[str], order: Sequence[str]) -> nw.Expr:
    """Number the rows of each partition from 1, in order; `order` must hold no nulls in its first column."""
    return nw.col(order[0]).cum_count().over(*partition, order_by=list(order)).cast(WHOLE)


def first_and_last(frame: Lazy, keys: Sequence[str], order: Sequence[str], columns: Sequence[str]) -> Lazy:
    """One row a key: how many rows it has, and what the first and the last of them hold.

    Args:
        frame: the rows.
        keys: the columns of the key.
        order: the columns that order the rows of a key, without ties; empty values first.
        columns: the columns to take.

    Returns:
        The columns of the key, `rows`, and for each column taken `first_<column>` and `last_<column>`.
    """
    if frame.implementation.is_spark_like():
        from pyspark.sql import functions

        # narwhals knows no first and last for Spark, and numbering the rows would sort them all.
        place = functions.struct(*order)
        ends = {"first": functions.min_by, "last": functions.max_by}
        taken = [find(column, place).alias(f"{end}_{column}") for end, find in ends.items() for column in columns]
        counted = functions.count("*").alias("rows")
        return cast("Lazy", nw.from_native(frame.to_native().groupBy(*keys).agg(counted, *taken)))
    return frame.group_by(*keys).agg(
        rows=nw.len().cast(WHOLE),
        **{f"first_{column}": nw.col(column).first(order_by=list(order)) for column in columns},
        **{f"last_{column}": nw.col(column).last(order_by=list(order)) for column in columns},
    )


def grouped(rows: Lazy, keys: Sequence[str], decided: Sequence[str], /, **counts: nw.Expr) -> Lazy:
    """Count rows in groups.

    Args:
        rows: the rows.
        keys: the columns that tell the groups apart.
        decided: columns that the keys decide, such as the label of a code.
        counts: what to count in each group.

    Returns:
        One row a group: the keys, what they decide, and the counts.
    """
    # Comparing what the keys decide as well, row by row, can cost more than the counting.
    return rows.group_by(*keys).agg(**{name: nw.col(name).any_value() for name in decided}, **counts)


def how_many(condition: nw.Expr) -> nw.Expr:
    """The number of rows that fulfil a condition; one that is not known is not fulfilled."""
    # Counted, since Spark adds up no truth values.
    return nw.when(condition).then(nw.lit(1)).count().cast(WHOLE)


def code_rank(column: str, codes: Sequence[str]) -> nw.Expr:
    """The place of a code in its list, from 1; empty where there is no code."""
    expression: nw.Expr = nw.lit(None, dtype=WHOLE)
    for rank, code in reversed(list(enumerate(codes, start=1))):
        expression = nw.when(nw.col(column) == str(code)).then(nw.lit(rank)).otherwise(expression)
    return expression.cast(WHOLE)


def melted(engine: Engine[IntoFrameT], cells: Lazy, name: str, values: Sequence[str]) -> Lazy:
    """Counts that stand side by side, one below the other.

    Args:
        engine: the engine of the frame.
        cells: one row a cell, with a column of whole numbers for each value.
        name: the column that is to name the value; `<name>_order` gives its place.
        values: the columns to take.

    Returns:
        One row a cell and value, with `count`, what the cell's column of that name holds.
    """
    order = f"{name}_order"
    each = engine.table({name: TEXT, order: WHOLE}, {name: list(values), order: list(range(1, len(values) + 1))})
    count: nw.Expr = nw.lit(None, dtype=WHOLE)
    for value in values:
        count = nw.when(nw.col(name) == value).then(nw.col(value)).otherwise(count)
    return cells.join(each, how="cross").with_columns(count=count)
