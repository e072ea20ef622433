"""The command line: build, check, describe, import, passages, profile, trace."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from analysis.errors import AnalysisError, explained, visible
from analysis.folders import write_file
from analysis.sources.catalogue import SOURCES

if TYPE_CHECKING:
    from analysis.sources.merge import Merge
    from analysis.sources.reading import Reading

app = typer.Typer(
    name="analysis",
    help="How inspectors found English local areas protecting children from sexual exploitation: check the curated "
    "tables, build the database and the published charts, import official releases and inspection reports.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def main() -> None:
    """Run the command line; what a user can put right is printed without a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        app()
    except AnalysisError as error:
        _fail(str(error))
    except OSError as error:
        words = explained(error)
        if words is None:
            raise
        _fail(words)


def _fail(words: str) -> NoReturn:
    _say(f"analysis: {words}", to_error=True)
    sys.exit(1)


def _say(words: str, *, to_error: bool = False) -> None:
    """Print what may come from a file of anyone's making: no character of it acts on the terminal."""
    typer.echo(visible(words), err=to_error)


@app.command()
def build() -> None:
    """Check the curated tables, then write data/processed and exports.

    data/processed gets one Parquet file a table and view and one .duckdb file; exports gets the site: a page for each
    chart (with SVG, PNG and CSV), theme and area, the method, and manifest.json; open index.html. Each folder is
    replaced as a whole, or left as it was.
    """
    from analysis import building

    building.build(_say)


@app.command()
def check() -> None:
    """Check every curated table in data/raw against every rule and list every fault.

    Each fault names file, line, column, value and rule, and says what to do. The exit status is 0 where there is
    none and 1 where there is one.
    """
    from analysis import building, project

    found = building.faults(project.find())
    for line in found.lines:
        _say(line)
    raise typer.Exit(1 if found.count else 0)


@app.command(no_args_is_help=True)
def profile(
    area: Annotated[str, typer.Argument(help="an English authority: its name or its code")],
    out: Annotated[Path | None, typer.Option("--out", help="the file to write; by default <area>.html here")] = None,
) -> None:
    """Write one page on an area, as an HTML file that stands alone and prints on A4.

    Inspections and grades beside region and statistical neighbours, weaknesses and what became of them where the
    reports were read, exploitation in assessments, sources.
    """
    from analysis import building

    _say(f"Wrote {building.write_profile(area, out)}.")


@app.command(no_args_is_help=True)
def trace(
    chart: Annotated[str, typer.Argument(help="the name of a published chart, as its files are called")],
    where: Annotated[
        list[str] | None, typer.Option("--where", metavar="COLUMN=VALUE", help="only marks with this value")
    ] = None,
    sheet: Annotated[Path | None, typer.Option("--csv", help="write all rows to a CSV file")] = None,
    show: Annotated[int, typer.Option("--show", min=0, help="how many rows to print")] = 20,
) -> None:
    """List the rows of data/raw behind a chart or some of its marks, with file, line, report and page."""
    from analysis import building

    wanted = dict(_mark(given) for given in where or [])
    rows = building.trace(chart, wanted)
    for row in rows.head(show).iter_rows(named=True):
        place = f"{row.pop('table')}:{row.pop('line')}"
        _say(f"{place}  " + "  ".join(f"{name}={value}" for name, value in row.items() if value is not None))
    left = rows.height - show
    _say(f"{rows.height:,} rows stand behind {chart}" + (f"; {left:,} more (--show N)." if left > 0 else "."))
    if sheet is not None:
        from analysis.publish import table

        write_file(sheet, table.csv(rows))
        _say(f"Wrote {sheet}.")


def _mark(given: str) -> tuple[str, str]:
    column, sign, value = given.partition("=")
    if not sign:
        raise AnalysisError(f"--where {given}: write COLUMN=VALUE, such as theme=missing.")
    return column, value


@app.command()
def describe() -> None:
    """Write the data dictionary (data/DICTIONARY.md) and the descriptor (data/raw/datapackage.json).

    Both are made from the rules. The descriptor also records the rows and a hash of each table as it stands, so run
    this after a table was edited by hand: until then a table that is not the recorded one is a fault.
    """
    from analysis import building, project

    for line in building.write_descriptions(project.find()):
        _say(line)


_IMPORT_HELP = """Read an official release or inspection reports and show what would change in data/raw.

Nothing is written without --write, and nothing that would break a rule; what would is listed either way.

A reader finds sheets, columns and cover lines by their labels, in this edition and in others. A layout that it does
not know is refused, with the label that was looked for and where.

SOURCE is one of:
"""


@app.command(
    name="import",
    help=_IMPORT_HELP + "".join(f"\n\n- {name}: {source.about}" for name, source in SOURCES.items()),
    no_args_is_help=True,
)
def import_(
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="which reader to use")],
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="the file or files of the release")],
    write: Annotated[bool, typer.Option("--write", help="write the changes to data/raw")] = False,
    show: Annotated[int, typer.Option("--show", min=0, help="how many keys to list of each kind of change")] = 10,
) -> None:
    """Read files of one source, show the changes, and write them where asked to."""
    from analysis import project
    from analysis.progress_bar import progress_bar
    from analysis.sources import catalogue, merge

    home = project.find()
    tables = merge.read_raw(home.raw)
    with progress_bar() as progress:
        reading = catalogue.read(source, files, tables, progress)
    merged = merge.merge(reading, tables)
    _show(reading, merged, show)
    if not merged:
        _say("data/raw already holds all of it.")
    elif write:
        merge.write(merged, home.raw, say=_say)
        _say(f"Written to {home.raw}.")
    elif faults := merge.broken(merged, home.raw):
        _say("To write it would break rules, so --write would be refused:")
        for fault in faults:
            _say(f"  {fault}")
        _say("Nothing was written.")
    else:
        _say("Nothing was written. Add --write to write it.")


@app.command()
def passages(
    report: Annotated[Path, typer.Argument(help="a PDF, or text with a form feed between pages")],
    sheet: Annotated[
        Path | None, typer.Option("--csv", help="write a sheet ready for coding, with suggested themes marked as such")
    ] = None,
) -> None:
    """List the passages of an inspection report that the codebook asks to be coded.

    These are every item of the report's own lists, and every other paragraph or bullet on exploitation or missing
    children, with page, paragraph number, section and kind. A keyword finds a passage; only reading codes it.
    """
    from analysis.passages import list_passages, write_sheet

    found = list_passages(report)
    inspection_id = _inspection_of(report, found.pages) if sheet is not None else ""
    for passage in found.passages:
        number = f", {passage.paragraph}" if passage.paragraph else ""
        _say(f"page {passage.page}{number}  {passage.section}  ({passage.kind})  {passage.text}")
    for remark in found.remarks:
        _say(f"note: {remark}")
    _say(f"{report.name}: {found.layout}; {len(found.passages)} passages.")
    if sheet is not None:
        write_sheet(found.passages, inspection_id, sheet)
        _say(f"Wrote {sheet}.")


def _inspection_of(report: Path, pages: int) -> str:
    """The inspection that a report file is on, where its name is that of a report in the tables; else the name."""
    import polars as pl

    from analysis import project
    from analysis.sources import merge

    inspections = merge.read_raw(project.find().raw, ["inspections"])["inspections"]
    known = inspections.filter(pl.col("report_id") == report.stem).select("inspection_id", "pages").rows()
    if len(known) != 1:
        return report.stem
    inspection_id, known_pages = known[0]
    if known_pages != pages:
        raise AnalysisError(
            f"{report}: {pages} pages, and data/raw/inspections.csv has {known_pages} for {inspection_id}. The file "
            "may be cut off: get it again. If it is a new edition of the report, import it first."
        )
    return str(inspection_id)


def _show(reading: Reading, merged: Merge, limit: int) -> None:
    _say("Read:")
    for tally in reading.tallies:
        dropped = "".join(f"; dropped {count:,}: {why}" for why, count in tally.dropped.items())
        _say(f"  {tally.part}: {tally.read:,} read, {tally.kept:,} kept{dropped}")
    for remark in reading.remarks:
        _say(f"  note: {remark}")
    _say("Changes to data/raw:")
    for table, change in merged.changes.items():
        _say(
            f"  {table}: {len(change.added):,} added, {len(change.changed):,} cells changed, "
            f"{len(change.removed):,} removed"
        )
        lines = [f"    + {key}" for key in change.added[:limit]]
        lines += [f"    ~ {c.key} {c.column}: {c.was!r} → {c.now!r}" for c in change.changed[:limit]]
        lines += [f"    - {key}" for key in change.removed[:limit]]
        for line in lines:
            _say(line)
        left = sum(max(0, len(kind) - limit) for kind in (change.added, change.changed, change.removed))
        if left and limit:
            _say(f"    … and {left:,} more (--show N lists more)")
