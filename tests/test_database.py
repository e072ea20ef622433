"""The database opens straight from the curated tables, is typed and keyed, and is written the same way every time."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

import analysis
from analysis import database
from analysis.errors import FaultsError
from analysis.folders import replacing
from analysis.schema import check, csvfile, describe, record
from analysis.schema.tables import TABLES

VIEWS = ["area_successors", "graded_judgements", "recorded_factors", "reported_findings"]


def _count(con: duckdb.DuckDBPyConnection, relation: str) -> int:
    return int(con.table(relation).count("*").fetchall()[0][0])


def test_every_table_and_view_is_there(con: duckdb.DuckDBPyConnection) -> None:
    tables = [name for (name,) in con.sql("SELECT table_name FROM duckdb_tables() ORDER BY 1").fetchall()]
    assert tables == sorted(TABLES)
    views = con.sql("SELECT view_name FROM duckdb_views() WHERE NOT internal ORDER BY 1").fetchall()
    assert [name for (name,) in views] == VIEWS


def test_no_row_is_lost_on_the_way_in(con: duckdb.DuckDBPyConnection, raw_copy: Path) -> None:
    for name, rows in check.require(raw_copy).items():
        assert _count(con, name) == rows.height, name


def test_views_lose_and_multiply_no_rows(con: duckdb.DuckDBPyConnection) -> None:
    for view, table in (
        ("graded_judgements", "judgements"),
        ("reported_findings", "findings"),
        ("recorded_factors", "assessments"),
    ):
        assert _count(con, view) == _count(con, table)
    assert con.sql("SELECT * FROM recorded_factors WHERE area_name IS NULL").fetchall() == []


def test_tables_are_typed_and_keyed(con: duckdb.DuckDBPyConnection) -> None:
    columns = dict(con.sql("SELECT column_name, column_type FROM (DESCRIBE inspections)").fetchall())
    assert (columns["published"], columns["pages"], columns["programme"]) == ("DATE", "BIGINT", "VARCHAR")
    keys = con.sql("SELECT count(*) FROM duckdb_constraints() WHERE constraint_type = 'PRIMARY KEY'")
    assert keys.fetchall() == [(len(TABLES),)]
    with pytest.raises(duckdb.ConstraintException, match="foreign key"):
        con.execute("INSERT INTO neighbours VALUES ('E09999999', 1, 'E08000018', 'Close', 'dfe-factors-2025')")


def test_rotherhams_first_single_inspection_found_it_inadequate(con: duckdb.DuckDBPyConnection) -> None:
    found = con.sql(
        "SELECT domain, grade, page FROM graded_judgements "
        "WHERE inspection_id = 'rotherham-2014-11-19-sif' AND domain IN ('overall', 'adoption') ORDER BY domain"
    ).fetchall()
    assert found == [("adoption", "requires_improvement", 1), ("overall", "inadequate", 1)]


REACHING = {
    "a table function": "SELECT * FROM read_csv('{file}')",
    "a file as a table": "SELECT * FROM '{file}'",
    "its text": "SELECT * FROM read_text('{file}')",
    "its bytes": "SELECT * FROM read_blob('{file}')",
    "its layout": "SELECT * FROM sniff_csv('{file}')",
    "Parquet": "SELECT * FROM parquet_scan('{file}')",
    "JSON": "SELECT * FROM read_json('{file}')",
    "a name made of text": "SELECT * FROM query_table('{file}')",
    "a query made of text": "SELECT * FROM query('SELECT * FROM read_text(''{file}'')')",
    "a view": "CREATE VIEW v AS SELECT * FROM read_csv('{file}')",
    "names of files": "SELECT * FROM glob('{folder}/*')",
    "a copy out": "COPY areas TO '{folder}/areas.csv'",
    "a copy in": "COPY areas FROM '{file}'",
    "an export": "EXPORT DATABASE '{folder}/export'",
    "an import": "IMPORT DATABASE '{folder}'",
    "another database": "ATTACH '{folder}/other.duckdb'",
    "a database of another kind": "SELECT * FROM sqlite_scan('{file}', 'a')",
    "a page": "SELECT * FROM read_csv('https://example.org/a.csv')",
    "a file of a page": "SELECT * FROM 'https://example.org/a.parquet'",
    "a bucket": "SELECT * FROM 's3://bucket/a.parquet'",
    "a database elsewhere": "ATTACH 'https://example.org/a.duckdb'",
    "an extension": "INSTALL httpfs",
    "an extension of a community": "INSTALL spatial FROM community",
    "an extension elsewhere": "FORCE INSTALL httpfs FROM 'http://example.org'",
    "an extension that is there": "LOAD httpfs",
    "an extension in a file": "LOAD '{file}'",
    "a secret": "CREATE SECRET s (TYPE http, BEARER_TOKEN 'a')",
    "the environment": "SELECT getenv('HOME')",
    "a log": "CALL enable_logging(storage='file', storage_path='{folder}/log')",
    "a variable of the program": "SELECT * FROM frame",
    **{
        f"the setting {name}": f"SET {name} = {value}"
        for name, value in {
            "enable_external_access": "true",
            "lock_configuration": "false",
            "allowed_directories": "['/']",
            "allowed_paths": "['{file}']",
            "temp_directory": "'{folder}'",
            "extension_directory": "'{folder}'",
            "secret_directory": "'{folder}'",
            "profiling_output": "'{folder}/profile.json'",
            "log_query_path": "'{folder}/log.sql'",
            "allow_community_extensions": "true",
            "allow_unsigned_extensions": "true",
        }.items()
    },
}


@pytest.mark.parametrize("sql", REACHING.values(), ids=REACHING.keys())
def test_the_connection_reaches_no_file_and_no_network(
    con: duckdb.DuckDBPyConnection, sql: str, tmp_path: Path
) -> None:
    frame = pl.DataFrame({"a": [1]})
    file = tmp_path / "a.csv"
    file.write_text("a\n1\n", encoding="utf-8")
    for asked in (con, con.cursor()):
        with pytest.raises(duckdb.Error, match=r"disabled|locked|does not exist|already registered"):
            asked.execute(sql.format(file=file, folder=tmp_path)).fetchall()
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]
    assert frame.height == 1


def test_an_analysts_own_frame_joins_by_name(con: duckdb.DuckDBPyConnection) -> None:
    con.register("mine", pl.DataFrame({"area_code": ["E08000018"], "note": ["ours"]}).to_arrow())
    assert con.sql("SELECT name FROM areas JOIN mine USING (area_code)").fetchall() == [("Rotherham",)]
    con.unregister("mine")


def test_broken_tables_do_not_open(raw_copy: Path) -> None:
    path = raw_copy / "judgements.csv"
    path.write_text(path.read_text("utf-8").replace(",inadequate,", ",dreadful,", 1), "utf-8")
    with pytest.raises(FaultsError, match="'dreadful' breaks the rule “the code is one of inadequate"):
        analysis.open(raw_copy)


def test_a_dangling_reference_does_not_open(raw_copy: Path) -> None:
    path = raw_copy / "regions.csv"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not line.startswith("E12000001")), "utf-8")
    with pytest.raises(FaultsError, match=r"every areas\.region_code is in regions\.region_code"):
        analysis.open(raw_copy)


def test_rules_between_tables_hold_before_anything_opens(raw_copy: Path) -> None:
    path = raw_copy / "judgements.csv"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not line.startswith("rotherham-2014-11-19-sif,overall")), "utf-8")
    with pytest.raises(FaultsError, match="'rotherham-2014-11-19-sif' without overall") as raised:
        analysis.open(raw_copy)
    assert raised.value.faults == check.check(raw_copy).faults


def test_the_same_tables_give_the_same_bytes(raw_copy: Path, tmp_path: Path) -> None:
    tables = check.require(raw_copy)
    contents = []
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        database.write(folder, tables)
        contents.append({path.name: path.read_bytes() for path in sorted(folder.iterdir())})
    assert list(contents[0]) == sorted(["analysis.duckdb", *(f"{name}.parquet" for name in [*TABLES, *VIEWS])])
    assert contents[0] == contents[1]


def test_the_written_database_opens_and_holds_the_tables(raw_copy: Path, tmp_path: Path) -> None:
    tables = check.require(raw_copy)
    database.write(tmp_path, tables)
    # Its views need no other file.
    with duckdb.connect(
        tmp_path / "analysis.duckdb", read_only=True, config={"enable_external_access": "false"}
    ) as written:
        assert _count(written, "graded_judgements") == tables["judgements"].height
        for name in [*TABLES, *VIEWS]:
            ordered = written.table(name).order("ALL").pl()
            assert ordered.equals(pl.read_parquet(tmp_path / f"{name}.parquet")), name
    assert pl.read_parquet(tmp_path / "areas.parquet").height == tables["areas"].height


def test_tables_replaced_while_they_are_read_are_all_of_one_moment(
    raw_copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = csvfile.read
    replaced: list[int] = []

    def read(path: Path, schema: Any) -> Any:
        if path.name == "findings.csv" and not replaced:
            replaced.append(1)
            with replacing(raw_copy) as fresh:
                shutil.copytree(raw_copy, fresh, dirs_exist_ok=True)
                for name, was, now in (("areas", "Rotherham", "Rotherham Borough"), ("findings", " the ", " that ")):
                    text = (fresh / f"{name}.csv").read_text("utf-8")
                    (fresh / f"{name}.csv").write_text(text.replace(was, now), "utf-8")
                records = {name: record.of(name, rows) for name, rows in check.check(fresh).tables.items()}
                (fresh / record.DESCRIPTOR).write_text(describe.descriptor(records), "utf-8")
        return real(path, schema)

    monkeypatch.setattr(csvfile, "read", read)
    with analysis.open(raw_copy) as con:
        assert con.sql("SELECT name FROM areas WHERE area_code = 'E08000018'").fetchall() == [("Rotherham Borough",)]
        assert con.sql("SELECT count(*) FROM findings WHERE summary LIKE '% the %'").fetchall() == [(0,)]
