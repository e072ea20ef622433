"""What a user waits for, each beside a floor that does as much of it as must be done, in one run.

Run: `PYTHONPATH=tests python -m benchmarks.waits [--times N] [--all]`; `--all` adds a whole build. `WAITS.md` says how
to read the table.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

HOME = Path(__file__).resolve().parents[2]
SPECIFICATION = "specification.json"
NOTHING = ""
TABLES = f"""
import polars as pl
from pathlib import Path
for table in Path({str(HOME / "data" / "raw")!r}).glob("*.csv"):
    pl.read_csv(table, infer_schema=False)
import duckdb
duckdb.connect()
"""
CHART = f"""
import json, altair, duckdb, polars, vl_convert
text = open({SPECIFICATION!r}).read()
vl_convert.register_font_directory({str(HOME / "src" / "analysis" / "charts" / "fonts")!r})
drawn = vl_convert.vegalite_to_svg(text, vl_version="6.4", allowed_base_urls=[])
"""
EXPORT = CHART + "vl_convert.svg_to_png(drawn, scale=2)"
OURS = """
import analysis
from analysis import catalogue
con = analysis.open()
figure = catalogue.chart(con, "exploitation_by_theme")
"""
WRITE_SPECIFICATION = f"""
import json
{OURS}
specification = figure.specification()
specification["config"]["aria"] = False
open({SPECIFICATION!r}, "w").write(json.dumps(specification))
"""


@dataclass(frozen=True)
class Wait:
    """What a user waits for, and the program that does only what must be done."""

    what: str
    ours: list[str]
    floor: str
    floor_in_words: str


def _program(text: str) -> list[str]:
    return ["-c", text]


def _command(*arguments: str) -> list[str]:
    return ["-m", "analysis", *arguments]


WAITS = (
    Wait("import analysis", _program("import analysis"), NOTHING, "python alone"),
    Wait("analysis --help", _command("--help"), "import typer, rich", "import typer and rich"),
    Wait(
        "analysis.open()", _program("import analysis; analysis.open()"), TABLES, "polars reads the CSVs, DuckDB opens"
    ),
    Wait("analysis check", _command("check"), TABLES, "the same"),
    Wait("import of the charts", _program("import analysis.charts"), "import altair", "import altair"),
    Wait("first chart in a notebook", _program(OURS + "figure._repr_mimebundle_()"), CHART, "imports; vl-convert: SVG"),
    Wait(
        "one chart as SVG and PNG",
        _program(OURS + "from analysis.charts import render; render.svg(figure); render.png(figure)"),
        EXPORT,
        "imports; vl-convert: SVG, PNG",
    ),
    Wait(
        "analysis trace",
        _command("trace", "exploitation_by_theme", "--show", "0"),
        TABLES + "import altair",
        "polars reads the CSVs, DuckDB opens; import altair",
    ),
)
BUILD = Wait("analysis build", _command("build"), EXPORT, "one chart as SVG and PNG")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--times", type=int, default=5, help="how often each is run; the least is told")
    parser.add_argument("--all", action="store_true", help="also a whole build, once")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        _taken(_program(WRITE_SPECIFICATION), Path(folder))
        print(f"{'what':26} {'seconds':>8} {'floor':>8} {'ratio':>7}  floor", flush=True)
        for wait in (*WAITS, *([BUILD] if given.all else [])):
            times = 1 if wait is BUILD else given.times
            # By turns, so that a busy machine slows both.
            pairs = [
                (_taken(wait.ours, Path(folder)), _taken(_program(wait.floor), Path(folder))) for _ in range(times)
            ]
            ours, floor = (min(side) for side in zip(*pairs, strict=True))
            print(f"{wait.what:26} {ours:8.2f} {floor:8.2f} {ours / floor:7.2f}  {wait.floor_in_words}", flush=True)


def _taken(arguments: list[str], folder: Path) -> float:
    """The seconds of processors that a Python with these arguments uses: less shaken by other work than the clock."""
    with (folder / "printed").open("wb") as printed:
        process = subprocess.Popen(  # noqa: S603
            [sys.executable, *arguments],
            cwd=folder,
            env={**os.environ, "ANALYSIS_HOME": str(HOME)},
            stdout=printed,
            stderr=printed,
        )
        _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit((folder / "printed").read_text(encoding="utf-8"))
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    main()
