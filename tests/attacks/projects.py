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
TESTS = HOME / "tests"

Tree = dict[str, str]
"""The hash of each file by its path, and `/` of each folder."""


def copy(home: Path) -> Path:
    """A project with nothing built, whose tables an attack may change."""
    (home / "data" / "processed").mkdir(parents=True)
    shutil.copytree(HOME / "data" / "raw", home / "data" / "raw")
    for name in ("data/CODEBOOK.md", "data/DICTIONARY.md", "data/processed/README.md"):
        shutil.copyfile(HOME / name, home / name)
    return home


def other_findings(raw: Path) -> str:
    """The table of findings with one word of one summary changed, which breaks no rule and shows in every page."""
    rows = list(csv.reader(io.StringIO((raw / "findings.csv").read_text("utf-8"), newline="")))
    summary = rows[0].index("summary")
    row = next(row for row in rows[1:] if " the " in row[summary])
    row[summary] = row[summary].replace(" the ", " that ", 1)
    written = io.StringIO(newline="")
    csv.writer(written, lineterminator="\n").writerows(rows)
    return written.getvalue()


def tree(folder: Path) -> Tree:
    """What stands in a folder; nothing where it is not there."""
    found = {}
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        found[name] = "/" if path.is_dir() else hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def litter(home: Path) -> list[str]:
    """Work in progress and locks that stand anywhere in a project."""
    found = [path for pattern in LEFTOVERS for path in home.rglob(pattern)]
    return sorted(path.relative_to(home).as_posix() for path in found)


def wrong_hashes(folder: Path) -> list[str]:
    """Files that are not what the folder's manifest says; the note in data/processed is not of the build."""
    content = (folder / manifest.NAME).read_text("utf-8")
    listed = {file["name"]: file["sha256"] for file in json.loads(content)["files"]}
    found = {name: value for name, value in tree(folder).items() if value != "/" and name not in _NOT_LISTED}
    return sorted(name for name in listed.keys() | found.keys() if listed.get(name) != found.get(name))


_NOT_LISTED = {manifest.NAME, "README.md"}


def command(*arguments: str, small: bool, options: Sequence[str] = ()) -> list[str]:
    """The command `analysis`; as a small one it builds one chart and two areas by the same code."""
    if not small and not options:
        return [sys.executable, "-m", "analysis", *arguments]
    return [sys.executable, "-m", "attacks.command", *(["--small"] if small else []), *options, "--", *arguments]


def environment(home: Path, **more: str) -> dict[str, str]:
    """The variables under which a command works on a project."""
    path = os.pathsep.join([str(HOME / "src"), str(TESTS), os.environ.get("PYTHONPATH", "")])
    return {**os.environ, "ANALYSIS_HOME": str(home), "PYTHONPATH": path, "NO_COLOR": "1", **more}


def run(
    home: Path, *arguments: str, small: bool = True, options: Sequence[str] = ()
) -> subprocess.CompletedProcess[str]:
    """Run the command on a project to its end."""
    return subprocess.run(  # noqa: S603
        command(*arguments, small=small, options=options),
        env=environment(home),
        capture_output=True,
        text=True,
        check=False,
    )


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


class Versions:
    """Two versions of the tables of one project, and what a build makes of each."""

    def __init__(self, home: Path, build: Callable[[], None]) -> None:
        """Build both once."""
        self.home = home
        raw = home / "data" / "raw"
        self._raw = [{name: (raw / name).read_text("utf-8") for name in ("findings.csv", "datapackage.json")}]
        (raw / "findings.csv").write_text(other_findings(raw), "utf-8")
        described = run(home, "describe", small=False)
        if described.returncode:
            raise RuntimeError(described.stderr)
        self._raw.append({name: (raw / name).read_text("utf-8") for name in self._raw[0]})
        self.processed: list[Tree] = []
        self.exports: list[Tree] = []
        for version in (1, 0):
            self.use(version)
            build()
            self.processed.insert(0, tree(home / "data" / "processed"))
            self.exports.insert(0, tree(home / "exports"))
        if self.processed[0] == self.processed[1] or self.exports[0] == self.exports[1]:
            raise RuntimeError("the two versions do not differ, so that nothing could be told from them")

    def use(self, version: int) -> None:
        """Put one version into data/raw, while nothing reads it."""
        for name, text in self._raw[version].items():
            (self.home / "data" / "raw" / name).write_text(text, "utf-8")

    def standing(self) -> tuple[int | None, int | None]:
        """Which version stands in data/processed and which in exports; None where it is neither, so torn."""
        return _which(tree(self.home / "data" / "processed"), self.processed), _which(
            tree(self.home / "exports"), self.exports
        )


def _which(found: Tree, known: list[Tree]) -> int | None:
    return known.index(found) if found in known else None


def each(numbers: Sequence[int], words: str) -> Iterator[int]:
    """Go through numbers and tell on standard error how far it has come."""
    for done, number in enumerate(numbers, start=1):
        print(f"\r{words} {done} of {len(numbers)}", end="", file=sys.stderr, flush=True)
        yield number
    print(file=sys.stderr)
