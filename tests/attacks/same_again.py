"""Build in different folders, times, time zones, languages, orders of hashing, rights and numbers of processors.

`python -m attacks.same_again` builds the whole project in each of three surroundings that have nothing in common, and
compares data/processed and exports byte for byte; it prints the hashes of the manifests, which stand for every file.
What this system cannot vary (no such locale, no `faketime`, no right to be another user) it says.
"""

from __future__ import annotations

import argparse
import hashlib
import locale
import os
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from attacks import projects


@dataclass(frozen=True)
class Surroundings:
    """Where and when a build takes place."""

    folder: str
    zone: str
    language: str
    seed: str
    mask: int
    processors: str
    threads: str
    moment: str


SURROUNDINGS = (
    Surroundings("a", "Pacific/Kiritimati", "C", "1", 0o022, "0", "1", "2031-12-31 23:59:30"),
    Surroundings("a folder with spaces, ü and a long name/" + "deep/" * 9, "America/St_Johns", "tr_TR.UTF-8", "4242",
                 0o077, "", "4", "2024-02-29 00:00:10"),
    Surroundings("third", "Asia/Kathmandu", "de_DE.UTF-8", "0", 0o002, "", "2", ""),
)  # fmt: skip


def build(home: Path, around: Surroundings, *, tiny: bool) -> tuple[Path, list[str]]:
    """Build a copy of the project in some surroundings.

    Returns:
        The project, and what could not be varied.
    """
    project = projects.copy(home / around.folder)
    without: list[str] = []
    under: list[str] = []
    if around.processors and shutil.which("taskset"):
        under = ["taskset", "--cpu-list", around.processors]
    elif around.processors:
        without.append("the number of processors")
    if around.moment and shutil.which("faketime"):
        under = ["faketime", "-f", f"@{around.moment}", *under]
    elif around.moment:
        without.append("the time of day, but for the time between builds")
    language = around.language
    try:
        locale.setlocale(locale.LC_ALL, language)
    except locale.Error:
        without.append(f"the language {language}")
        language = "C"
    finally:
        locale.setlocale(locale.LC_ALL, "")
    variables = {
        "TZ": around.zone,
        "LC_ALL": language,
        "LANG": language,
        "PYTHONHASHSEED": around.seed,
        "POLARS_MAX_THREADS": around.threads,
        "COLUMNS": str(40 + len(around.folder)),
    }
    # The product itself asks for the number of processors of the machine, not of those that a process may use.
    options = [] if around.processors else [projects.TWO_PROCESSES]
    before = os.umask(around.mask)
    try:
        made = projects.run(project, "build", tiny=tiny, options=options, under=under, variables=variables)
    finally:
        os.umask(before)
    if made.returncode:
        raise RuntimeError(made.stderr)
    return project, without


def attack(home: Path, *, tiny: bool, builds: int = 3) -> tuple[list[str], list[str]]:
    """Build in each of the surroundings.

    Args:
        home: an empty folder.
        tiny: the tiny project; the first time one process writes its areas, then two.
        builds: in how many of the surroundings.

    Returns:
        What to print, and what differs.
    """
    lines: list[str] = []
    missed: list[str] = []
    trees: list[dict[str, projects.Tree]] = []
    for around in SURROUNDINGS[:builds]:
        project, without = build(home, around, tiny=tiny)
        folders = {"data/processed": project / "data" / "processed", "exports": project / "exports"}
        trees.append({name: projects.tree(folder) for name, folder in folders.items()})
        hashes = {
            name: hashlib.sha256((folder / "manifest.json").read_bytes()).hexdigest()
            for name, folder in folders.items()
        }
        lines.append(f"{around.zone}, {around.language}" + "".join(f"; not varied: {name}" for name in without))
        lines += [f"  {name}: {len(trees[-1][name])} files, manifest {value}" for name, value in hashes.items()]
        missed += [f"{name}: {file} is not as its manifest says" for name, folder in folders.items()
                   for file in projects.wrong_hashes(folder)]  # fmt: skip
        for name, tree in trees[-1].items():
            first = trees[0][name]
            missed += [
                f"{name}/{file} differs" for file in first.keys() | tree.keys() if first.get(file) != tree.get(file)
            ]
    return lines, missed


def main() -> None:
    """Run the attack."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tiny", action="store_true", help="build the tiny project")
    parser.add_argument("--builds", type=int, default=3, choices=(2, 3))
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        lines, missed = attack(Path(folder), tiny=given.tiny, builds=given.builds)
    sys.exit(not projects.report("The same tables, built in different surroundings", lines, missed))


if __name__ == "__main__":
    main()
