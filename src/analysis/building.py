"""From the curated tables to data/processed and exports: what `analysis build`, `check` and `describe` do."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from analysis import database, project
from analysis.errors import Fault, FaultsError
from analysis.folders import replacing, write_file
from analysis.schema import check, describe
from analysis.schema.tables import TABLES

if TYPE_CHECKING:
    import duckdb

    from analysis.publish.site import Site


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
    checked = check.check(home.raw)
    lines = [str(fault) for fault in checked.faults]
    if checked.unreadable:
        lines.append(
            f"Rules between tables were not applied, since these cannot be read: {', '.join(checked.unreadable)}."
        )
    uncovered = [] if checked.faults else _uncovered(checked.tables)
    lines += uncovered
    stale = [
        path for path, text in _descriptions(home).items() if not path.is_file() or path.read_text("utf-8") != text
    ]
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


def _descriptions(home: project.Project) -> dict[Path, str]:
    return {home.dictionary: describe.dictionary(), home.raw / "datapackage.json": describe.descriptor()}


def write_descriptions(home: project.Project) -> list[Path]:
    """Write the data dictionary and the descriptor.

    Args:
        home: the project.

    Returns:
        The files written.
    """
    for path, text in _descriptions(home).items():
        write_file(path, text.encode("utf-8"))
    return list(_descriptions(home))


def data_version(raw: Path) -> str:
    """The first twelve digits of the SHA-256 over the curated tables: the same data, the same version.

    Args:
        raw: the folder of the curated tables.
    """
    digest = hashlib.sha256()
    for name in TABLES:
        digest.update(name.encode())
        digest.update((raw / f"{name}.csv").read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()[:12]


def build(say: Callable[[str], None]) -> None:
    """Check the curated tables, then write data/processed and exports, each whole or not at all.

    Args:
        say: is given a line for each step.

    Raises:
        FaultsError: the curated tables break rules; nothing is written.
    """
    home = project.find()
    checked = check.check(home.raw)
    if checked.faults:
        raise FaultsError(checked.faults)
    rows = sum(table.height for table in checked.tables.values())
    say(f"Checked {len(checked.tables)} tables with {rows:,} rows: every rule holds.")
    with replacing(home.processed) as fresh:
        note = home.processed / "README.md"
        if note.is_file():
            shutil.copyfile(note, fresh / note.name)
        database.write(fresh, checked.tables)
        written = sum(1 for _ in fresh.glob("*.parquet"))
    say(f"Wrote {written} Parquet files and analysis.duckdb to {home.processed}.")
    # Charts pull in Altair and the renderer, which a check need not wait for.
    from analysis import publish

    with database.connect(checked.tables) as con:
        site = _site(con, home)
    publish.publish(site, home.exports)
    say(
        f"Wrote {len(site.figures)} charts, {len(site.themes)} themes and {len(site.areas)} areas to "
        f"{home.exports}: open index.html there."
    )


def _site(con: duckdb.DuckDBPyConnection, home: project.Project) -> Site:
    from analysis.catalogue import Tables
    from analysis.publish.site import assemble

    return assemble(
        Tables(con), codebook=home.codebook.read_text(encoding="utf-8"), data_version=data_version(home.raw)
    )


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
    from analysis import publish
    from analysis.catalogue import Tables
    from analysis.catalogue.profile import find_area, profile

    home = project.find()
    with database.open(home.raw) as con:
        tables = Tables(con)
        found = profile(tables, find_area(tables, area))
        page = publish.profile_page(found, publish.Words(tables.theme_labels, tables.statement, data_version(home.raw)))
    target = path or Path(f"{found.area['slug']}.html")
    write_file(target, page.encode("utf-8"))
    return target


def trace(chart: str, marks: Mapping[str, str]) -> pl.DataFrame:
    """The rows of data/raw behind a published chart; see `analysis.catalogue.trace`.

    Args:
        chart: its name.
        marks: columns of the chart's data with the values wanted.

    Raises:
        AnalysisError: there is no such chart, column or value.
    """
    from analysis import catalogue
    from analysis.catalogue.trace import trace as rows_behind

    home = project.find()
    with database.open(home.raw) as con:
        figure = catalogue.chart(con, chart)
    return rows_behind(figure, home.raw, marks)
