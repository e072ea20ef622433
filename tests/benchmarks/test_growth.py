"""The made worlds are sound and like the real one, and every engine and query gives the same on them."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pytest
from engines import rows

from benchmarks import cases, growth, prepared, results, world

CASES = cases.registered()
ENGLANDS = 2
KEYS = {
    "areas": "area_code",
    "regions": "region_code",
    "neighbours": "area_code, neighbour_code",
    "inspections": "inspection_id",
    "judgements": "inspection_id, domain",
    "cqc_reviews": "inspection_id",
    "coverage": "inspection_id",
    "findings": "finding_id",
    "second_reading": "finding_id",
    "assessments": "area_code, year, factor",
    "children": "area_code, year",
    "domains": "programme, published_name",
}
REFERENCES = (
    ("areas", "region_code", "regions"),
    ("neighbours", "area_code", "areas"),
    ("inspections", "area_code", "areas"),
    ("judgements", "inspection_id", "inspections"),
    ("cqc_reviews", "inspection_id", "inspections"),
    ("coverage", "inspection_id", "inspections"),
    ("findings", "inspection_id", "inspections"),
    ("second_reading", "inspection_id", "coverage"),
)
LIKE = {
    "programme": "SELECT programme AS code, count(*) AS n FROM inspections GROUP BY ALL",
    "theme": "SELECT theme AS code, count(*) AS n FROM findings GROUP BY ALL",
    "severity": "SELECT polarity || coalesce(severity, '') AS code, count(*) AS n FROM findings GROUP BY ALL",
    "status": "SELECT level || status AS code, count(*) AS n FROM assessments GROUP BY ALL",
    "step": """
        SELECT before || ' to ' || grade AS code, count(*) AS n FROM (
            SELECT grade, lag(grade) OVER (PARTITION BY area_code ORDER BY started, inspection_id) AS before
            FROM judgements JOIN inspections USING (inspection_id) WHERE domain = 'overall'
        ) WHERE before IS NOT NULL GROUP BY ALL""",
}
TOLERANCE = 0.03


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = tmp_path_factory.mktemp("world")
    prepared.make(folder, ENGLANDS, [table for case in CASES.values() for table in case.tables])
    world.make(folder, ENGLANDS)
    return folder


@pytest.fixture(scope="module")
def tables(made: Path) -> duckdb.DuckDBPyConnection:
    con = prepared.connect(made, "1GB")
    for table in [*world.TABLES, *prepared.PREPARED]:
        if (made / table).exists():
            con.execute(f"CREATE TABLE {table} AS FROM {prepared.scan(made, table)}")
    return con


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    """As many Englands as it takes for rare codes to be drawn as often as they are."""
    folder: Path = tmp_path_factory.mktemp("many")
    counted = ("inspections", "findings", "assessments", "judgements")
    world.make(folder, 20, counted)
    con = prepared.connect(folder, "1GB")
    for table in counted:
        con.execute(f"CREATE VIEW {table} AS FROM {prepared.scan(folder, table)}")
    return con


def number(con: duckdb.DuckDBPyConnection, sql: str) -> int:
    return int(con.execute(sql).fetchall()[0][0])


@pytest.mark.parametrize("table", KEYS)
def test_keys_are_unique(table: str, tables: duckdb.DuckDBPyConnection) -> None:
    different = number(tables, f"SELECT count(*) FROM (SELECT DISTINCT {KEYS[table]} FROM {table})")  # noqa: S608
    assert different == number(tables, f"SELECT count(*) FROM {table}") > 0  # noqa: S608


@pytest.mark.parametrize(("table", "column", "other"), REFERENCES)
def test_references_are_sound(table: str, column: str, other: str, tables: duckdb.DuckDBPyConnection) -> None:
    assert number(tables, f"SELECT count(*) FROM {table} ANTI JOIN {other} USING ({column})") == 0  # noqa: S608


def test_regions_and_england_are_added_up(tables: duckdb.DuckDBPyConnection) -> None:
    by_level = dict(tables.execute("SELECT level, sum(population) FROM children GROUP BY level").fetchall())
    assert by_level["authority"] == by_level["region"] == by_level["england"]


@pytest.mark.parametrize("what", LIKE)
def test_codes_are_as_frequent_as_in_the_real_tables(
    what: str, con: duckdb.DuckDBPyConnection, many: duckdb.DuckDBPyConnection
) -> None:
    ours, real = (
        {code: n / sum(n for _, n in found) for code, n in found}
        for found in (many.execute(LIKE[what]).fetchall(), con.execute(LIKE[what]).fetchall())
    )
    assert set(ours) == set(real)
    assert ours == pytest.approx(real, abs=TOLERANCE)


def test_an_area_is_inspected_again_after_as_long(
    con: duckdb.DuckDBPyConnection, tables: duckdb.DuckDBPyConnection
) -> None:
    gaps = """
        SELECT median(published - before) FROM (
            SELECT published, lag(published) OVER (PARTITION BY area_code ORDER BY published) AS before
            FROM inspections WHERE published IS NOT NULL)"""
    assert number(tables, gaps) == pytest.approx(number(con, gaps), rel=0.1)


def test_the_same_seed_gives_the_same_rows_and_another_others(tmp_path: Path) -> None:
    again, same, other = tmp_path / "one", tmp_path / "two", tmp_path / "other"
    for folder, seed in ((again, 1), (same, 1), (other, 2)):
        world.make(folder, 2, ["inspections", "findings", "assessments"], seed)
    for table in ("inspections", "findings", "assessments"):
        first = again / table / "00000.parquet"
        assert results.same(first, same / table / "00000.parquet")
        assert not results.same(first, other / table / "00000.parquet")


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_every_engine_gives_what_the_query_gives(
    case: cases.Case, made: Path, tables: duckdb.DuckDBPyConnection
) -> None:
    relations = {table: tables.table(table) for table in case.tables}
    eager = {table: pl.read_parquet(made / table / "*.parquet") for table in case.tables}
    wanted = rows(tables.sql(case.sql))
    assert wanted
    assert rows(case.call(relations)) == wanted
    assert rows(case.call({table: frame.lazy() for table, frame in eager.items()})) == wanted
    pandas: dict[str, pd.DataFrame] = {table: frame.to_pandas() for table, frame in eager.items()}
    assert rows(case.call(pandas)) == wanted


def test_a_result_in_another_order_or_with_another_number_is_not_the_same(tmp_path: Path) -> None:
    frame = pl.DataFrame({"code": ["a", "b"], "share": [0.25, 0.5]})
    paths = {name: tmp_path / f"{name}.parquet" for name in ("one", "again", "turned", "other")}
    frame.write_parquet(paths["one"])
    frame.to_pandas().to_parquet(paths["again"])
    frame.reverse().write_parquet(paths["turned"])
    frame.with_columns(share=pl.Series([0.25, 0.500001])).write_parquet(paths["other"])
    assert results.same(paths["one"], paths["again"])
    assert not results.same(paths["one"], paths["turned"])
    assert not results.same(paths["one"], paths["other"])


def test_the_command_measures_compares_and_says_what_it_leaves_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["--rows", "1e3", "--repeats", "1", "--transforms", "assessments.totals", "--folder", str(tmp_path)]
    assert growth.main([*asked, "--json", str(tmp_path / "out.json")]) == 0
    said = capsys.readouterr().out
    assert [line.split()[1] for line in said.splitlines() if line.startswith("assessments.totals")] == [
        "duckdb",
        "sql",
        "polars",
        "pandas",
    ]
    assert "Results that differ: none." in said
    assert "Without a result, though run to the end: none." in said
    assert len(pl.read_json(tmp_path / "out.json")) == 4


def test_the_command_fails_where_a_transform_does(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["--rows", "1e3", "--repeats", "1", "--transforms", "assessments.totals", "--folder", str(tmp_path)]
    assert growth.main([*asked, "--memory", "1KB"]) == 1
    assert "Without a result, though run to the end: assessments.totals on duckdb at 1e+03" in capsys.readouterr().out
