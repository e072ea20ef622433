from __future__ import annotations

from datetime import date, datetime
from typing import Any

import duckdb
import narwhals as nw
import pandas as pd
import polars as pl
import pytest
from engines import ENGINES, kind_of, on_all_engines, rows, to_engine

from analysis import frames
from analysis.errors import AnalysisError
from analysis.frames import DAY, FLAG, REAL, TEXT, WHOLE, Columns, opened

AREAS = pl.DataFrame({"area_code": ["E08000018", "E08000019"], "name": ["Rotherham", "Sheffield"]})
CODES = Columns("areas", {"area_code": TEXT, "name": TEXT})

AWKWARD: dict[str, list[Any]] = {
    "words": [
        "it's",
        'say "no"',
        "'; DROP TABLE areas; --",
        "naïve ☃ 子",
        "",
        None,
        "null",
        "line\nbreak\\n",
        "{}[]$1",
    ],
    "number": [1, -1, 0, None, 2**53, 5, 6, 7, 8],
    "real": [0.5, None, -0.0, 1e300, 1e-300, 1.0, 2.0, 3.0, 4.0],
    "day": [date(2014, 8, 26), None, date(1, 1, 1), date(9999, 12, 31), *[date(2020, 2, 29)] * 5],
    "sure": [True, False, None, True, True, True, True, True, True],
}
AWKWARD_KINDS: dict[str, frames.Kind] = {"words": TEXT, "number": WHOLE, "real": REAL, "day": DAY, "sure": FLAG}


@pytest.mark.parametrize("engine", [engine for engine in ENGINES if engine != "pandas"])
def test_given_values_come_back_as_they_went_in(engine: str) -> None:
    caller = to_engine(engine, {"areas": AREAS})["areas"]
    opened_engine, _ = opened((caller, CODES))
    table = opened_engine.give(opened_engine.table(AWKWARD_KINDS, AWKWARD), sort=[])
    assert kind_of(table) == engine
    assert exactly(table) == list(zip(*AWKWARD.values(), strict=True))


def exactly(table: Any) -> list[tuple[Any, ...]]:
    if kind_of(table) == "duckdb":
        return list(table.fetchall())
    if kind_of(table) == "pyspark":
        return [tuple(row) for row in table.collect()]
    return list(table.lazy().collect().rows())


def test_given_values_are_bound_and_never_part_of_a_statement() -> None:
    areas = to_engine("duckdb", {"areas": AREAS})["areas"]
    opened_engine, _ = opened((areas, CODES))
    hostile = 'x" FROM areas; DROP TABLE areas; --'
    table = opened_engine.give(opened_engine.table({hostile: TEXT}, {hostile: [hostile]}), sort=[])
    assert table.columns == [hostile]
    assert table.fetchall() == [(hostile,)]
    assert len(areas.fetchall()) == 2


def test_a_given_table_joins_with_the_callers_frames() -> None:
    def add_rank(areas: Any) -> Any:
        engine, (area,) = opened((areas, CODES))
        ranks = engine.table({"area_code": TEXT, "rank": WHOLE}, {"area_code": ["E08000019"], "rank": [1]})
        return engine.give(area.join(ranks, on="area_code", how="left"), sort=["rank"])

    assert [row["name"] for row in on_all_engines(add_rank, {"areas": AREAS})] == ["Sheffield", "Rotherham"]


def test_a_given_table_may_be_empty() -> None:
    def nothing(areas: Any) -> Any:
        engine, _ = opened((areas, CODES))
        return engine.give(engine.table({"area_code": TEXT, "day": DAY}, {"area_code": [], "day": []}), sort=["day"])

    assert on_all_engines(nothing, {"areas": AREAS}) == []


def test_a_given_table_has_columns_of_one_length() -> None:
    opened_engine, _ = opened((AREAS, CODES))
    with pytest.raises(ValueError, match="same number of values"):
        opened_engine.table({"a": TEXT, "b": TEXT}, {"a": ["x"], "b": []})


def test_lazy_frames_are_not_computed_before_they_are_asked_for() -> None:
    def explode(frame: pl.DataFrame) -> pl.DataFrame:
        raise RuntimeError("computed")

    lazy = AREAS.lazy().map_batches(explode, schema=AREAS.schema)
    relation = duckdb.connect().sql("SELECT error('computed')::VARCHAR AS area_code, 'x' AS name")
    for frame in (lazy, relation):
        engine, (area,) = opened((frame, CODES))
        given = engine.give(area.filter(nw.col("name") == "x"), sort=["name"])
        with pytest.raises((pl.exceptions.ComputeError, RuntimeError, duckdb.Error), match="computed"):
            rows(given)


def test_frames_of_spark_are_not_computed_before_they_are_asked_for() -> None:
    pyspark = pytest.importorskip("pyspark", reason="PySpark is an extra")
    lazy = to_engine("pyspark", {"areas": AREAS})["areas"].selectExpr("area_code", "raise_error('computed') AS name")
    engine, (area,) = opened((lazy, CODES))
    given = engine.give(area.filter(nw.col("name") == "x"), sort=["name"])
    with pytest.raises(pyspark.errors.PySparkException, match="computed"):
        rows(given)


def test_codes_days_and_numbers_are_read_in_whatever_way_an_engine_holds_them() -> None:
    wanted = Columns("given", {"code": TEXT, "day": DAY, "number": WHOLE})
    expected = [{"code": "good", "day": date(2020, 2, 29), "number": 3.0}, {"code": None, "day": None, "number": None}]
    pandas = pd.DataFrame(
        {
            "code": pd.Categorical(["good", None]),
            "day": pd.Series([pd.Timestamp("2020-02-29"), pd.NaT]),
            "number": [3.0, float("nan")],
        }
    )
    instants = pl.DataFrame({"code": ["good", None], "day": [datetime(2020, 2, 29, 12), None], "number": [3, None]})
    enums = instants.with_columns(pl.col("code").cast(pl.Enum(["good"])), pl.col("day").dt.date())
    texts = instants.with_columns(day=pl.Series(["2020-02-29", None]), number=pl.Series([3, None], dtype=pl.UInt8))
    connection = duckdb.connect()
    relation = connection.sql(
        "SELECT 'good'::ENUM('good') AS code, TIMESTAMP '2020-02-29 12:00' AS day, 3::TINYINT AS number "
        "UNION ALL SELECT NULL, NULL, NULL"
    )
    given: list[Any] = [pandas, instants, enums, texts, texts.lazy(), relation]
    if "pyspark" in ENGINES:
        # Whole numbers and days as a folder of partitions names them, and as Spark reads them where it is not to guess.
        spark = to_engine("pyspark", {"texts": texts.with_columns(pl.col("number").cast(pl.Int32))})["texts"]
        given += [spark, spark.selectExpr("code", "to_timestamp(day) AS day", "string(number) AS number")]
    for frame in given:
        engine, (read,) = opened((frame, wanted))
        assert rows(engine.give(read, sort=["number"])) == expected


def test_frames_of_one_call_are_of_one_kind() -> None:
    with pytest.raises(
        AnalysisError, match="regions is a LazyFrame of polars and areas a DataFrame of polars; give all frames of one"
    ):
        opened((AREAS, CODES), (AREAS.lazy(), Columns("regions", {"name": TEXT})))
    with pytest.raises(AnalysisError, match="regions is a DataFrame of pandas and areas a DataFrame of polars"):
        opened((AREAS, CODES), (AREAS.to_pandas(), Columns("regions", {"name": TEXT})))


@pytest.mark.parametrize("thing", [[1, 2], None, AREAS.to_arrow()])
def test_what_is_no_frame_is_named(thing: Any) -> None:
    with pytest.raises(AnalysisError, match=f"areas is of type {type(thing).__name__}; give a pandas DataFrame"):
        opened((thing, CODES))


@pytest.mark.parametrize("engine", ENGINES)
def test_an_absent_column_is_named_beside_those_present(engine: str) -> None:
    frame = to_engine(engine, {"areas": AREAS})["areas"]
    with pytest.raises(AnalysisError, match="areas has no column region_code; it has area_code, name"):
        opened((frame, Columns("areas", {"area_code": TEXT, "region_code": TEXT})))


@pytest.mark.parametrize("engine", ENGINES)
def test_a_key_that_stands_for_two_rows_is_named(engine: str) -> None:
    frame = to_engine(engine, {"areas": pl.concat([AREAS, AREAS.tail(1)])})["areas"]
    opened_engine, (area,) = opened((frame, CODES))
    with pytest.raises(AnalysisError, match="areas has 2 rows for area_code E08000019; there must be one"):
        frames.require_unique(opened_engine, area, ["area_code"], "areas")


@pytest.mark.parametrize("engine", ENGINES)
def test_rows_that_a_lookup_does_not_know_are_counted(engine: str) -> None:
    given = to_engine(engine, {"areas": AREAS, "few": AREAS.head(1)})
    opened_engine, (area, few) = opened((given["areas"], CODES), (given["few"], CODES))
    frames.require_match(opened_engine, few, area, ["area_code"], "few", "areas")
    with pytest.raises(AnalysisError, match="areas has 1 rows that few does not know, area_code E08000019 among them"):
        frames.require_match(opened_engine, area, few, ["area_code"], "areas", "few")


def test_days_are_counted_across_leap_years_and_clock_changes() -> None:
    pairs = pl.DataFrame(
        {
            "earlier": [date(2020, 2, 28), date(2021, 2, 28), date(2014, 3, 29), date(1, 1, 1), None],
            "later": [date(2020, 3, 1), date(2021, 3, 1), date(2014, 3, 31), date(9999, 12, 31), date(2020, 1, 1)],
        }
    )

    def count(pairs: Any) -> Any:
        engine, (pair,) = opened((pairs, Columns("pairs", {"earlier": DAY, "later": DAY})))
        days = engine.days_between(nw.col("earlier"), nw.col("later"))
        return engine.give(pair.select(days=days), sort=["days"])

    assert [row["days"] for row in on_all_engines(count, {"pairs": pairs})] == [1, 2, 2, 3652058, None]


def test_a_codes_rank_is_its_place_in_the_list() -> None:
    grades = pl.DataFrame({"grade": ["good", "inadequate", None, "unheard of"]})

    def rank(grades: Any) -> Any:
        engine, (grade,) = opened((grades, Columns("grades", {"grade": TEXT})))
        ranked = grade.with_columns(rank=frames.code_rank("grade", ["inadequate", "good"]))
        return engine.give(ranked, sort=["rank", "grade"])

    assert [row["rank"] for row in on_all_engines(rank, {"grades": grades})] == [1, 2, None, None]


def test_counts_side_by_side_are_set_one_below_the_other() -> None:
    cells = pl.DataFrame({"area": ["B", "A"], "good": [1, None], "bad": [2, 0], "other": [9, 9]})

    def below(cells: Any) -> Any:
        kinds: dict[str, frames.Kind] = {"area": TEXT, "good": WHOLE, "bad": WHOLE, "other": WHOLE}
        engine, (cell,) = opened((cells, Columns("cells", kinds)))
        long = frames.melted(engine, cell, "verdict", ["bad", "good"])
        return engine.give(long.select("area", "verdict", "verdict_order", "count"), sort=["area", "verdict_order"])

    assert [tuple(row.values()) for row in on_all_engines(below, {"cells": cells})] == [
        ("A", "bad", 1, 0),
        ("A", "good", 2, None),
        ("B", "bad", 1, 2),
        ("B", "good", 2, 1),
    ]


def test_no_counts_stay_none() -> None:
    cells = pl.DataFrame({"area": [], "good": []}, schema={"area": pl.String, "good": pl.Int64})

    def below(cells: Any) -> Any:
        engine, (cell,) = opened((cells, Columns("cells", {"area": TEXT, "good": WHOLE})))
        return engine.give(frames.melted(engine, cell, "verdict", ["good"]), sort=["area"])

    assert on_all_engines(below, {"cells": cells}) == []


def test_the_first_and_the_last_row_of_a_key_are_taken_whole() -> None:
    seen = pl.DataFrame(
        {
            "area": ["a", "a", "a", "b"],
            "day": [3, 1, None, 2],
            "tie": [1, 1, 1, 1],
            "grade": ["good", None, "first", "only"],
        }
    )
    kinds: dict[str, frames.Kind] = {"area": TEXT, "day": WHOLE, "tie": WHOLE, "grade": TEXT}

    def ends(seen: Any) -> Any:
        engine, (row,) = opened((seen, Columns("seen", kinds)))
        return engine.give(frames.first_and_last(row, ["area"], ["day", "tie"], ["grade", "day"]), sort=["area"])

    assert on_all_engines(ends, {"seen": seen}) == [
        {"area": "a", "rows": 3, "first_grade": "first", "first_day": None, "last_grade": "good", "last_day": 3},
        {"area": "b", "rows": 1, "first_grade": "only", "first_day": 2, "last_grade": "only", "last_day": 2},
    ]


@pytest.mark.parametrize("engine", ENGINES)
def test_keys_of_one_hash_are_still_told_apart(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def one_hash(frame: frames.Lazy, keys: object) -> frames.Lazy:
        return frame.select(key=nw.lit(1))

    monkeypatch.setattr(frames, "_hashed", one_hash)
    opened_engine, (area,) = opened((to_engine(engine, {"areas": AREAS})["areas"], CODES))
    frames.require_unique(opened_engine, area, ["area_code"], "areas")
