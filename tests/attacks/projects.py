"""Copies of the project to be attacked, two versions of its tables, and what must stand there at any moment."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from analysis import manifest
from analysis.folders import LEFTOVERS

HOME = Path(__file__).resolve().parents[2]
RAW = HOME / "data" / "raw"
TESTS = HOME / "tests"

Tree = dict[str, str]
"""The hash of each file by its path, and of whatever is no file, what it is."""
Standing = tuple[int | None, int | None]
"""Which version stands in data/processed and which in exports; None where it is neither, so torn or away."""
FOLDER = "folder"


def copy(home: Path) -> Path:
    """A project with nothing built, whose tables an attack may change."""
    (home / "data" / "processed").mkdir(parents=True)
    shutil.copytree(RAW, home / "data" / "raw")
    for name in ("data/CODEBOOK.md", "data/DICTIONARY.md", "data/processed/README.md"):
        shutil.copyfile(HOME / name, home / name)
    return home


def change(home: Path) -> None:
    """Change one word of one finding's summary and describe it, which breaks no rule and shows in every page."""
    findings = home / "data" / "raw" / "findings.csv"
    rows = list(csv.reader(io.StringIO(findings.read_text("utf-8"), newline="")))
    summary = rows[0].index("summary")
    row = next(row for row in rows[1:] if " the " in row[summary])
    row[summary] = row[summary].replace(" the ", " that ", 1)
    with findings.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
    described = run(home, "describe")
    if described.returncode:
        raise RuntimeError(described.stderr)


def registry(raw: Path, path: Path, figure: str = "60") -> Path:
    """Write a release that would change the tables: the registry of reviews, with one figure changed.

    Args:
        raw: the curated tables.
        path: the file to write.
        figure: what stands there for 59.

    Returns:
        That file.
    """
    import polars as pl

    names = pl.read_csv(raw / "areas.csv", infer_schema=False).select("area_code", local_authority="name")
    reviews = pl.read_csv(raw / "cqc_reviews.csv", infer_schema=False)
    rows = reviews.join(names, on="area_code", how="left", validate="m:1").with_columns(
        pl.col("n_recommendations").str.replace("^59$", figure)
    )
    rows.rename({"url": "source_url"}).drop("inspection_id", "source_id").write_csv(path)
    return path


def tree(folder: Path, *, modes: bool = False) -> Tree:
    """What stands in a folder; nothing where it is not there.

    Args:
        folder: the folder.
        modes: whether folders of other rights are other folders.
    """
    found = {}
    for path in folder.rglob("*"):
        if path.is_symlink():
            what = f"link to {path.readlink()}"
        elif path.is_file():
            what = hashlib.sha256(path.read_bytes()).hexdigest()
        elif path.is_dir() and not modes:
            what = FOLDER
        else:
            what = f"mode {path.stat().st_mode:o}"
        found[path.relative_to(folder).as_posix()] = what
    return found


def litter(home: Path) -> list[str]:
    """Work in progress and locks that stand anywhere in a project."""
    found = [path for pattern in LEFTOVERS for path in home.rglob(pattern)]
    return sorted(path.relative_to(home).as_posix() for path in found)


def wrong_hashes(folder: Path) -> list[str]:
    """Files that are not what the folder's manifest says; the note in data/processed is not of the build."""
    content = (folder / manifest.NAME).read_text("utf-8")
    listed = {file["name"]: file["sha256"] for file in json.loads(content)["files"]}
    found = {name: value for name, value in tree(folder).items() if value != FOLDER and name not in _NOT_LISTED}
    return sorted(name for name in listed.keys() | found.keys() if listed.get(name) != found.get(name))


_NOT_LISTED = {manifest.NAME, "README.md"}


TWO_PROCESSES = "--two-processes"
"""The option with which a second process writes areas of a tiny project, too: such a build waits until it can."""
SECOND_PROCESS = "A second process has begun."
"""What it prints then."""


def command(*arguments: str, tiny: bool = False, options: Sequence[str] = ()) -> list[str]:
    """The command `analysis` as one starts it.

    Args:
        *arguments: what to do.
        tiny: whether on a tiny project, where a build has one chart and two areas by the same code.
        options: of `attacks.command`, which does that: none for the whole project.
    """
    if tiny:
        return [sys.executable, "-m", "attacks.command", *options, "--", *arguments]
    return [sys.executable, "-m", "analysis", *arguments]


def environment(home: Path, **more: str) -> dict[str, str]:
    """The variables under which a command works on a project."""
    path = os.pathsep.join([str(HOME / "src"), str(TESTS), os.environ.get("PYTHONPATH", "")])
    return {**os.environ, "ANALYSIS_HOME": str(home), "PYTHONPATH": path, "NO_COLOR": "1", **more}


def run(
    home: Path,
    *arguments: str,
    tiny: bool = False,
    options: Sequence[str] = (),
    under: Sequence[str] = (),
    variables: Mapping[str, str] | None = None,
    patience: float | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run the command on a project to its end.

    Args:
        home: the project.
        *arguments: what to do.
        tiny: as in `command`.
        options: as in `command`.
        under: a command that runs it, such as `taskset`, with its arguments.
        variables: of its environment, besides the usual ones.
        patience: seconds after which it is killed.

    Raises:
        subprocess.TimeoutExpired: it was.
    """
    return subprocess.run(  # noqa: S603
        [*under, *command(*arguments, tiny=tiny, options=options)],
        env=environment(home, **(variables or {})),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="backslashreplace",
        timeout=patience,
        check=False,
    )


def build(home: Path, *, tiny: bool, options: Sequence[str] = ()) -> None:
    """Build a project, which must succeed."""
    built = run(home, "build", tiny=tiny, options=options)
    if built.returncode:
        raise RuntimeError(built.stderr)


def report(title: str, found: Iterable[str], missed: Sequence[str]) -> bool:
    """Print what an attack found and what it missed.

    Args:
        title: what was attacked.
        found: lines.
        missed: lines, one for whatever should not have been.

    Returns:
        Whether nothing was missed.
    """
    print(f"{title}:")
    for line in [*found, f"missed: {len(missed):,}", *(f"  {line}" for line in missed)]:
        print(f"  {line}")
    return not missed


def counted(found: Mapping[str, int]) -> list[str]:
    """Lines of how often what was found."""
    return [f"{name}: {found[name]:,}" for name in sorted(found)]


def two_versions(folder: Path, build: Callable[[Path], None]) -> tuple[Path, Path]:
    """Two projects that differ in one word of one summary, each built.

    Args:
        folder: where to make them.
        build: builds a project.

    Returns:
        The one with the curated tables as they are, and the other.
    """
    made = copy(folder / "old"), copy(folder / "new")
    change(made[1])
    for home in made:
        build(home)
    return made


class Versions:
    """A project whose tables change between two versions, and what a build makes of each."""

    def __init__(self, home: Path, built: Sequence[Path]) -> None:
        """Begin with the first of two versions, built.

        Args:
            home: the project, not yet there.
            built: what `two_versions` gave.
        """
        self.home = home
        self._raw = [
            {name: (one / "data" / "raw" / name).read_text("utf-8") for name in ("findings.csv", "datapackage.json")}
            for one in built
        ]
        self.processed = [tree(one / "data" / "processed") for one in built]
        self.exports = [tree(one / "exports") for one in built]
        if self.processed[0] == self.processed[1] or self.exports[0] == self.exports[1]:
            raise RuntimeError("the two versions do not differ, so that nothing could be told from them")
        shutil.copytree(built[0], home)

    def use(self, version: int) -> None:
        """Put one version into data/raw, while nothing reads it."""
        for name, text in self._raw[version].items():
            (self.home / "data" / "raw" / name).write_text(text, "utf-8")

    def standing(self) -> Standing:
        """What stands in the project now."""
        processed, exports = (tree(self.home / name) for name in ("data/processed", "exports"))
        return _which(processed, self.processed), _which(exports, self.exports)


def _which(found: Tree, known: list[Tree]) -> int | None:
    return known.index(found) if found in known else None


def each(numbers: Sequence[int], words: str) -> Iterator[int]:
    """Go through numbers and tell on standard error how far it has come."""
    for done, number in enumerate(numbers, start=1):
        print(f"\r{words} {done} of {len(numbers)}", end="", file=sys.stderr, flush=True)
        yield number
    print(file=sys.stderr)
