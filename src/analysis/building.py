"""What `analysis build`, `check`, `describe`, `profile` and `trace` do with the curated tables."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from analysis import database, files, folders, manifest, project
from analysis.errors import AnalysisError, Fault, FaultsError
from analysis.folders import replacing_together, write_file
from analysis.schema import check, csvfile, describe, record
from analysis.schema.tables import TABLES

if TYPE_CHECKING:
    import duckdb

    from analysis.catalogue.profile import Profile
    from analysis.publish.site import Site

FORMAT = "analysis-data/1"
"""What the manifest of data/processed calls itself."""
NOTE = "README.md"
"""The note that stands in data/processed and is kept."""
MEDIA_TYPES = {".duckdb": "application/vnd.duckdb", ".parquet": "application/vnd.apache.parquet"}


@dataclass(frozen=True)
class Found:
    """The outcome of a check: how many faults, and the lines to print."""

    count: int
    lines: list[str]


def faults(home: project.Project) -> Found:
    """Check the curated tables and the descriptions made from the rules.

    Args:
        home: the project.
    """
    checked, stale = folders.steady(home.raw, lambda: (check.check(home.raw), _stale(home)))
    lines = [str(fault) for fault in checked.faults]
    if checked.unreadable:
        lines.append(
            f"Rules between tables were not applied, since these cannot be read: {', '.join(checked.unreadable)}."
        )
    uncovered = _uncovered(checked.tables) if len(checked.faults) == len(checked.unrecorded) else []
    lines += uncovered
    lines += [
        f"{path.relative_to(home.home).as_posix()}: differs from the rules it is made from → run `analysis describe`"
        for path in stale
    ]
    count = len(checked.faults) + len(uncovered) + len(stale)
    if count:
        lines.append(f"{count} faults.")
    else:
        rows = sum(table.height for table in checked.tables.values())
        lines.append(f"{len(checked.tables)} tables, {rows:,} rows: every rule holds.")
    return Found(count, lines)


def _uncovered(tables: dict[str, pl.DataFrame]) -> list[str]:
    """A line for each report of the fifty that nobody has read and coded."""
    # Cohorts pull in narwhals and statsmodels, which a faulty table need not wait for.
    from analysis import coding

    wanted = coding.reports_to_code(tables["areas"], tables["cqc_reviews"], tables["inspections"])
    missing = wanted.join(tables["coverage"], on="inspection_id", how="anti")["inspection_id"].to_list()
    rule = "every report of the fifty, and every joint letter on CSE of 2016, is covered"
    return [
        str(Fault("data/raw/coverage.csv", None, "inspection_id", repr(name), rule, "read and code the report"))
        for name in missing
    ]


def _stale(home: project.Project) -> list[Path]:
    """The descriptions that are not what the rules give."""
    return [path for path, text in _descriptions(home, record.known(home.raw)).items() if not _holds(path, text)]


def _holds(path: Path, text: str) -> bool:
    try:
        return files.read(path).decode("utf-8").replace("\r\n", "\n") == text
    except (OSError, UnicodeDecodeError):
        return False


def _descriptions(home: project.Project, records: Mapping[str, record.Record]) -> dict[Path, str]:
    return {home.dictionary: describe.dictionary(), home.raw / record.DESCRIPTOR: describe.descriptor(records)}


def write_descriptions(home: project.Project) -> list[str]:
    """Write the data dictionary and the descriptor, which records the tables as they stand.

    Args:
        home: the project.

    Returns:
        Lines to print: the tables of which the descriptor now records something else, and the files written.

    Raises:
        FaultsError: a table cannot be read in full; nothing is written.
    """
    # An import would replace the tables that the descriptor speaks of.
    with folders.alone(home.raw):
        checked = check.check(home.raw)
        if checked.unread:
            raise FaultsError(checked.unread)
        before = record.known(home.raw)
        records = {name: record.of(name, rows) for name, rows in checked.tables.items()}
        lines = [
            f"{name}: {now.rows:,} rows" + (f", {was.rows:,} recorded before" if was else ", not recorded before")
            for name, now in records.items()
            if now != (was := before.get(name))
        ]
        for path, text in _descriptions(home, records).items():
            write_file(path, text.encode("utf-8"))
            lines.append(f"wrote {path}")
        return lines


def data_version(tables: Mapping[str, pl.DataFrame]) -> str:
    """The first twelve digits of the SHA-256 over the curated tables: the same data, the same version.

    Args:
        tables: the typed curated tables by name; the order of their rows does not matter.
    """
    digest = hashlib.sha256()
    for name, schema in TABLES.items():
        digest.update(name.encode())
        digest.update(csvfile.content(tables[name], schema))
    return digest.hexdigest()[:12]


def build(say: Callable[[str], None]) -> None:
    """Check the curated tables, then write data/processed and exports, each whole or not at all.

    Both are made before either is replaced, so that both are of one data version, which their manifests give. A build
    that finds another at work in the same project waits for its end, then builds what data/raw holds by then.

    Args:
        say: is given a line for each step.

    Raises:
        FaultsError: the curated tables break rules; nothing is written.
        AnalysisError: the codebook cannot be read, a folder holds something other than what was built before, the disk
            is full or may not be written; nothing is.
    """
    # Charts pull in Altair and the renderer, which a check need not wait for.
    from analysis import publish

    home = project.find()
    with replacing_together([home.processed, home.exports], say=say) as (processed, exports):
        publish.require_ours(home.exports)
        _require_built(home.processed)
        tables = folders.steady(home.raw, lambda: check.require(home.raw))
        codebook = files.read_text(home.codebook)
        version = data_version(tables)
        rows = sum(table.height for table in tables.values())
        say(f"Checked {len(tables)} tables with {rows:,} rows: every rule holds.")
        written = _write_processed(processed, tables, version, home.processed / NOTE)
        with database.connect(tables) as con:
            site = _site(con, codebook, version)
        publish.write(site, exports)
        # All this takes its time, in which somebody may have put files there.
        publish.require(site, home.exports)
        _require_built(home.processed)
    say(f"Wrote {written} Parquet files and analysis.duckdb to {home.processed}.")
    say(
        f"Wrote {len(site.figures)} charts, {len(site.themes)} themes and {len(site.areas)} areas to "
        f"{home.exports}: open index.html there."
    )


def _write_processed(folder: Path, tables: dict[str, pl.DataFrame], version: str, note: Path) -> int:
    """Write the database, its manifest and the note that stands beside them; give the number of Parquet files."""
    database.write(folder, tables)
    written = sorted(folder.iterdir())
    entries = [manifest.entry(path.name, path.read_bytes(), MEDIA_TYPES[path.suffix]) for path in written]
    (folder / manifest.NAME).write_bytes(manifest.document(FORMAT, version, {}, entries))
    if note.is_file():
        shutil.copyfile(note, folder / note.name)
    return sum(path.suffix == ".parquet" for path in written)


def _require_built(folder: Path) -> None:
    """Refuse to replace a folder that holds what no build put there."""
    known = {NOTE, manifest.NAME, "analysis.duckdb", "analysis.duckdb.wal"}
    known |= {f"{name}.parquet" for name in [*TABLES, *database.views()]}
    listed = manifest.read(folder, FORMAT)
    known |= {file["name"] for file in listed["files"]} if listed else set()
    names = {path.name for path in folder.iterdir()} if folder.exists() else set()
    others = sorted(name for name in names - known if not name.startswith("."))
    if others:
        raise AnalysisError(
            f"{folder} holds {', '.join(others)}, which no build put there and the next would remove. "
            "Keep it in another folder."
        )


def _site(con: duckdb.DuckDBPyConnection, codebook: str, version: str) -> Site:
    from analysis.catalogue import Tables
    from analysis.publish.site import assemble

    return assemble(Tables(con), codebook=codebook, data_version=version)


def write_profile(area: str, path: Path | None) -> Path:
    """Write the page of one area, of any English authority, as a file that stands alone.

    Args:
        area: its name, slug or code.
        path: where to write; by default `<slug>.html` in the current folder.

    Returns:
        The file written.

    Raises:
        FaultsError: the curated tables break rules.
        AnalysisError: there is no such area.
    """
    home = project.find()
    found, page = folders.steady(home.raw, lambda: _profile(home, area))
    target = path or Path(f"{found.area['slug']}.html")
    write_file(target, page.encode("utf-8"))
    return target


def _profile(home: project.Project, area: str) -> tuple[Profile, str]:
    from analysis import publish
    from analysis.catalogue import Tables
    from analysis.catalogue.profile import find_area, profile

    curated = check.require(home.raw)
    with database.connect(curated) as con:
        tables = Tables(con)
        found = profile(tables, find_area(tables, area))
        words = publish.Words(tables.theme_labels, tables.statement, data_version(curated))
    return found, publish.profile_page(found, words)


def trace(chart: str, marks: Mapping[str, str]) -> pl.DataFrame:
    """The rows of data/raw behind a published chart; see `analysis.catalogue.trace`.

    Args:
        chart: its name.
        marks: columns of the chart's data with the values wanted.

    Raises:
        AnalysisError: there is no such chart, column or value.
    """
    home = project.find()
    return folders.steady(home.raw, lambda: _trace(home.raw, chart, marks))


def _trace(raw: Path, chart: str, marks: Mapping[str, str]) -> pl.DataFrame:
    from analysis import catalogue
    from analysis.catalogue.trace import trace as rows_behind

    with database.open(raw) as con:
        figure = catalogue.chart(con, chart)
    return rows_behind(figure, raw, marks)
