"""A made world of any size with the real tables' distributions: the same seed gives the same rows.

A world is some number of Englands side by side, each with the regions and areas of the real one. The first keeps every
area's own history; elsewhere an area draws the history of a real one, whole, so that programmes, gaps between
inspections and the steps from grade to grade occur as often as they do. All its days shift by up to a month, and each
inspection by up to a week. An inspection was read as often as those of its programme really were; its findings are then
those of a report of that programme that was really read, whole, so that their number and the way their codes go
together are real. Assessments draw an area's years whole; regions and England are added up and rounded as they really
are. CQC's reviews stay in the first England: there are fifty reviewed areas in a world of any size.

Texts that no transform reads (summaries, addresses, sources) are left out. Rows are written in the order of their
areas, in Parquet files of some hundred thousand rows, so that a world of any size is made in little memory.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

import duckdb

import analysis

SEED = 20150714
"""The day of CQC's report on Rotherham."""

AT_ONCE = 200
"""How many Englands stand in one file."""

ROWS = {"findings": 4794, "judgements": 2337, "inspections": 524, "assessments": 6480, "coverage": 178, "areas": 158}
"""How many rows one England has of the tables by which a world's size is told."""

_MACROS = """
CREATE TEMP MACRO draw(purpose, one, other) AS hash(getvariable('seed'), purpose, one, other);
CREATE TEMP MACRO area_code(number) AS coalesce(
    list_extract(getvariable('real_codes'), number + 1), format('E{:08d}', 20000000 + number));
CREATE TEMP MACRO region_code(england, region) AS format('E12{:06d}', 10 * england + region);
CREATE TEMP MACRO rounded(total) AS (10 * round(total / 10))::BIGINT;
"""

_TEMPLATES = {
    "place": """
        SELECT row_number() OVER (ORDER BY area_code) - 1 AS slot, area_code, slug, name, authority_type, valid_from,
               valid_to, tile_column, tile_row, substr(region_code, 4)::BIGINT AS region
        FROM areas""",
    "history": """
        SELECT slot AS drawn, row_number() OVER (PARTITION BY slot ORDER BY published, inspection_id) AS place,
               inspection_id AS drawn_id, programme, i.theme, started, ended, published
        FROM inspections AS i JOIN place USING (area_code)""",
    "grades": "SELECT inspection_id AS drawn_id, domain, grade, published_name, grade_published, page FROM judgements",
    "odds": """
        SELECT programme, 1000000 * count(c.inspection_id) // count(*) AS per_million, count(c.inspection_id) AS reports
        FROM inspections LEFT JOIN coverage AS c USING (inspection_id) GROUP BY programme HAVING reports > 0""",
    "report": """
        SELECT programme, row_number() OVER (PARTITION BY programme ORDER BY inspection_id) - 1 AS report_number,
               inspection_id AS drawn_report, passages, coded, set_aside, readable
        FROM coverage JOIN inspections USING (inspection_id)""",
    "coding": """
        SELECT inspection_id AS drawn_report, passage, page, section, polarity, theme, exploitation, exploitation_focus,
               missing, agency, severity, coder,
               row_number() OVER (PARTITION BY inspection_id ORDER BY finding_id) AS item
        FROM findings""",
    "recoding": """
        SELECT inspection_id AS drawn_report, passage, page, section, polarity, theme, exploitation, exploitation_focus,
               missing, agency, severity, coder,
               row_number() OVER (PARTITION BY inspection_id ORDER BY finding_id) AS item
        FROM second_reading""",
    "alike": """
        SELECT one.slot, rank, other.slot AS neighbour_slot, closeness
        FROM neighbours AS n JOIN place AS one USING (area_code)
        JOIN place AS other ON other.area_code = n.neighbour_code""",
    "recorded": """
        SELECT slot AS drawn, year, factor, "count", status, episodes, episodes_status
        FROM assessments JOIN place USING (area_code) WHERE level = 'authority'""",
    "young": """
        SELECT slot AS drawn, year, population, status
        FROM children JOIN place USING (area_code) WHERE level = 'authority'""",
    "reviewed": "SELECT inspection_id AS drawn_id, in_programme FROM cqc_reviews",
    "region": "SELECT substr(region_code, 4)::BIGINT AS region, name FROM regions WHERE region_code LIKE 'E12%'",
}
"""What is drawn from: the real tables, by place in the list of areas or of a programme's reports."""

_BATCH = {
    "area": """
        SELECT england, slot, england * slots + slot AS number,
               CASE WHEN england = 0 THEN slot ELSE (draw('area', england, slot) % slots)::BIGINT END AS drawn
        FROM range(getvariable('first'), getvariable('after')) AS e(england), place,
             (SELECT count(*) AS slots FROM place)""",
    "inspected": """
        WITH dated AS (
            SELECT area.*, history.* EXCLUDE (drawn),
                   (draw('days', number, 0) % 61 + draw('day', number, place) % 15)::INTEGER - 37 AS shift
            FROM area JOIN history USING (drawn)
        )
        SELECT number, place, england, drawn_id, programme, theme, started + shift AS started, ended + shift AS ended,
               published + shift AS published, area_code(number) AS area_code,
               format('{}-{}-{}-{}-{}', slug, number, coalesce((published + shift)::VARCHAR, 'undated'), programme,
                      place) AS inspection_id
        FROM dated JOIN (SELECT slot, slug FROM place) USING (slot)""",
    "read": """
        SELECT number, place, inspection_id, report.* EXCLUDE (programme)
        FROM inspected JOIN odds USING (programme)
        JOIN report ON report.programme = inspected.programme
            AND report_number = (draw('report', number, place) % reports::UBIGINT)::BIGINT
        WHERE draw('reading', number, place) % 1000000 < per_million""",
    "assessed": """
        SELECT number, england, region, recorded.* EXCLUDE (drawn),
               -- What a count that was held back really was.
               coalesce("count", CASE WHEN status = 'suppressed' THEN (1 + draw(factor, number, year) % 5)::BIGINT END)
                   AS true_count
        FROM area JOIN place USING (slot) JOIN recorded USING (drawn)""",
    "living": """
        SELECT number, england, region, year, (population * (950 + draw('children', number, year) % 101) / 1000)::BIGINT
               AS population, status
        FROM area JOIN place USING (slot) JOIN young USING (drawn)""",
}
"""What the tables of some Englands have in common, made once for all of them."""

_TABLES = {
    "areas": """
        SELECT area_code(number) AS area_code, format('{}-{}', slug, number) AS slug,
               format('{} {}', name, number) AS name, region_code(england, region) AS region_code, authority_type,
               valid_from, valid_to, tile_column, tile_row + 100 * england AS tile_row
        FROM area JOIN place USING (slot) ORDER BY number""",
    "regions": """
        SELECT region_code(england, region) AS region_code, format('{} {}', name, england) AS name
        FROM (SELECT DISTINCT england FROM area), region ORDER BY region_code""",
    "neighbours": """
        SELECT area_code(number) AS area_code, rank, area_code(number - slot + neighbour_slot) AS neighbour_code,
               closeness
        FROM area JOIN alike USING (slot) ORDER BY number, rank""",
    "inspections": """
        SELECT inspection_id, area_code, programme, theme, started, ended, published,
               CASE WHEN programme <> 'cqc_clas' THEN inspection_id END AS report_id
        FROM inspected ORDER BY number, place""",
    "judgements": """
        SELECT inspection_id, domain, grade, published_name, grade_published, page
        FROM inspected JOIN grades USING (drawn_id) ORDER BY number, place, domain""",
    "cqc_reviews": """
        SELECT inspection_id, area_code, published, in_programme
        FROM inspected JOIN reviewed USING (drawn_id) WHERE england = 0 ORDER BY number, place""",
    "coverage": "SELECT inspection_id, passages, coded, set_aside, readable FROM read ORDER BY number, place",
    "findings": """
        WITH told AS (
            SELECT number, place, inspection_id, drawn_report FROM read
            UNION ALL
            SELECT number, place, inspection_id, drawn_id FROM inspected WHERE programme = 'cqc_clas'
        )
        SELECT format('{}-{:03d}', inspection_id, item) AS finding_id, inspection_id, passage, page,
               section, polarity, theme, exploitation, exploitation_focus, missing, agency, severity, coder
        FROM told JOIN coding USING (drawn_report) ORDER BY number, place, item""",
    "second_reading": """
        SELECT format('{}-{:03d}', inspection_id, item) AS finding_id, inspection_id, passage, page,
               section, polarity, theme, exploitation, exploitation_focus, missing, agency, severity, coder
        FROM read JOIN recoding USING (drawn_report) ORDER BY number, place, item""",
    "assessments": """
        SELECT area_code(number) AS area_code, 'authority' AS level, year, factor, "count", status, episodes,
               episodes_status
        FROM assessed ORDER BY number, factor, year""",
    "assessments/regions": """
        SELECT region_code(england, region) AS area_code, 'region' AS level, year, factor,
               rounded(sum(true_count)) AS "count",
               CASE WHEN sum(true_count) IS NULL THEN 'not_collected' ELSE 'published' END AS status,
               rounded(sum(episodes)) AS episodes, 'published' AS episodes_status
        FROM assessed GROUP BY england, region, year, factor ORDER BY england, region, factor, year""",
    "children": """
        SELECT area_code(number) AS area_code, 'authority' AS level, year, population, status
        FROM living ORDER BY number, year""",
    "children/regions": """
        SELECT region_code(england, region) AS area_code, 'region' AS level, year,
               sum(population)::BIGINT AS population, 'published' AS status
        FROM living GROUP BY england, region, year ORDER BY england, region, year""",
}

_ENGLAND = {
    "regions": "SELECT 'E92000001' AS region_code, 'England' AS name",
    "assessments": """
        SELECT 'E92000001' AS area_code, 'england' AS level, year, factor, rounded(sum("count")) AS "count",
               CASE WHEN sum("count") IS NULL THEN 'not_collected' ELSE 'published' END AS status,
               rounded(sum(episodes)) AS episodes, 'published' AS episodes_status
        FROM whole WHERE level = 'region' GROUP BY year, factor ORDER BY factor, year""",
    "children": """
        SELECT 'E92000001' AS area_code, 'england' AS level, year, sum(population)::BIGINT AS population,
               'published' AS status
        FROM whole WHERE level = 'region' GROUP BY year ORDER BY year""",
    "domains": "SELECT programme, published_name, domain, comparable FROM real_domains ORDER BY ALL",
    "events": "SELECT date, event, label, scope FROM real_events ORDER BY ALL",
}
"""What a world has once: England's own rows, and tables that do not grow."""

TABLES = tuple(sorted({name.split("/")[0] for name in (*_TABLES, *_ENGLAND)}))
"""The tables of a world."""


def make(folder: Path, englands: int, tables: Iterable[str] = TABLES, seed: int = SEED) -> None:
    """Make tables of a world, each as a folder of Parquet files; those that are there already are left as they are.

    Args:
        folder: where to make them.
        englands: the size of the world.
        tables: which of `TABLES`.
        seed: the same seed gives the same rows.
    """
    wanted = [table for table in tables if not (folder / table).exists()]
    if not wanted:
        return
    con = _drawing(seed, folder)
    parts = [name for name in _TABLES if name.split("/")[0] in wanted]
    unfinished = {table: folder / f"{table}.unfinished" for table in wanted}
    for table in wanted:
        shutil.rmtree(unfinished[table], ignore_errors=True)
        unfinished[table].mkdir(parents=True)
    for batch, first in enumerate(range(0, englands, AT_ONCE)):
        con.execute(f"SET VARIABLE first = {first}")
        con.execute(f"SET VARIABLE after = {min(first + AT_ONCE, englands)}")
        for name, sql in _BATCH.items():
            con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {sql}")
        for name in parts:
            table, _, part = name.partition("/")
            _copy(con, _TABLES[name], unfinished[table] / f"{batch:05d}{part}.parquet")
    for table in wanted:
        if table in _ENGLAND:
            if any(unfinished[table].iterdir()):
                con.execute(f"CREATE OR REPLACE TEMP VIEW whole AS FROM '{unfinished[table]}/*.parquet'")
            _copy(con, _ENGLAND[table], unfinished[table] / "england.parquet")
        unfinished[table].rename(folder / table)
    con.close()


def _drawing(seed: int, folder: Path) -> duckdb.DuckDBPyConnection:
    """A connection with the real tables by what is drawn from them."""
    folder.mkdir(parents=True, exist_ok=True)
    real = analysis.open()
    con = duckdb.connect(config={"memory_limit": "2GB", "temp_directory": str(folder / "spilled")})
    con.execute(f"SET VARIABLE seed = {int(seed)}")
    con.execute(_MACROS)
    con.execute("SET enable_progress_bar = false")
    names = [row[0] for row in real.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
    for name in names:
        con.register("incoming", real.table(name).to_arrow_table())
        con.execute(f"CREATE TEMP TABLE {name} AS FROM incoming")
        con.unregister("incoming")
    real.close()
    for name, sql in _TEMPLATES.items():
        con.execute(f"CREATE TEMP TABLE {name} AS {sql}")
    con.execute("SET VARIABLE real_codes = (SELECT list(area_code ORDER BY slot) FROM place)")
    for name in names:
        con.execute(f"ALTER TABLE {name} RENAME TO real_{name}")
    return con


def _copy(con: duckdb.DuckDBPyConnection, sql: str, path: Path) -> None:
    con.execute(f"COPY ({sql}) TO '{path}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)")
