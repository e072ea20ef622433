"""Commands on a disk that is full or may not be written: told in words, the old whole, nothing left behind.

`python -m attacks.full_disk` runs build, import, describe, profile and trace on a small disk in memory whose free space
runs out earlier or later, and on folders that are mounted read-only. Each must end with status 1, say which place could
not be written and what to do, show no traceback, and leave everything as it was. Mounting needs Linux and its
superuser; where that is not given the attack says so and does nothing, and `attacks.strokes` is left, in which each
change of a file is refused as on a full disk.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from attacks import projects

KIB = 1024


def may_mount() -> bool:
    """Whether disks can be mounted here."""
    return sys.platform == "linux" and os.geteuid() == 0 and shutil.which("mount") is not None


@contextmanager
def mounted(folder: Path, *arguments: str) -> Iterator[Path]:
    """Mount a disk on a folder."""
    subprocess.run(["mount", *arguments, str(folder)], check=True)  # noqa: S603, S607
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)  # noqa: S603, S607


def commands(home: Path) -> dict[str, list[str]]:
    """The commands that write, by name."""
    return {
        "build": ["build"],
        "import": ["import", "cqc-reviews", str(home / "registry.csv"), "--write"],
        "describe": ["describe"],
        "profile": ["profile", "Hull", "--out", str(home / "hull.html")],
        "trace": ["trace", "exploitation_by_theme", "--show", "0", "--csv", str(home / "rows.csv")],
    }


def judge(home: Path, name: str, before: projects.Tree, made: subprocess.CompletedProcess[str]) -> list[str]:
    """What was wrong with a command that could not write."""
    wrong = []
    if made.returncode != 1:
        wrong.append(f"status {made.returncode}")
    said = made.stderr.strip().splitlines()
    if not said or not said[-1].startswith("analysis: ") or len(said) != 1:
        wrong.append("said " + made.stderr.strip()[-700:].replace("\n", " ¶ "))
    if projects.tree(home) != before:
        changed = set(projects.tree(home).items() ^ before.items())
        wrong.append(f"changed {sorted({file for file, _ in changed})[:5]}")
    return [f"{name}: {one}" for one in wrong]


def fill(home: Path, free: int) -> None:
    """Leave so many bytes free on a disk."""
    space = os.statvfs(home)
    with (home / "ballast").open("wb") as file:
        file.write(bytes(max(0, space.f_bavail * space.f_frsize - free)))


def full(folder: Path, steps: int, *, tiny: bool, only: list[str]) -> tuple[Counter[str], list[str], list[str]]:
    """Run each command with less and more free space.

    Returns:
        What was found, what was missed, and examples of what was said.
    """
    found: Counter[str] = Counter()
    missed: list[str] = []
    examples: dict[str, str] = {}
    with mounted(folder, "-t", "tmpfs", "-o", "size=64m", "tmpfs"):
        home = projects.copy(folder / "home")
        projects.registry(home / "data" / "raw", home / "registry.csv")
        for name, arguments in commands(home).items():
            if name not in only:
                continue
            need = {"build": 9_000 * KIB, "import": 3_400 * KIB, "describe": 90 * KIB}.get(name, 200 * KIB)
            if name == "build":
                whole = projects.run(home, *arguments, tiny=tiny and name == "build")
                if whole.returncode:
                    raise RuntimeError(whole.stderr)
            for step in range(steps):
                fill(home, need * step // steps)
                before = projects.tree(home)
                made = projects.run(home, *arguments, tiny=tiny and name == "build")
                if made.returncode == 0:
                    found[f"{name}: had room enough"] += 1
                    (home / "ballast").unlink()
                    continue
                found[f"{name}: refused"] += 1
                missed += judge(home, f"{name} with {need * step // steps // KIB} KiB free", before, made)
                examples[name] = made.stderr.strip()
                (home / "ballast").unlink()
            made = projects.run(home, *arguments, tiny=tiny and name == "build")
            if made.returncode or projects.litter(home):
                missed.append(f"{name}, with room again: {made.returncode} {made.stderr} {projects.litter(home)}")
    return found, missed, list(examples.values())


def read_only(folder: Path, *, tiny: bool, only: list[str]) -> tuple[Counter[str], list[str], list[str]]:
    """Run each command where it may not write; a build must succeed where only data/raw may not be written."""
    found: Counter[str] = Counter()
    missed: list[str] = []
    examples: dict[str, str] = {}
    home = projects.copy(folder / "home")
    projects.registry(home / "data" / "raw", home / "registry.csv")
    whole = projects.run(home, "build", tiny=tiny)
    if whole.returncode:
        raise RuntimeError(whole.stderr)
    with mounted(home, "--bind", str(home)):
        subprocess.run(["mount", "-o", "remount,ro,bind", str(home)], check=True)  # noqa: S603, S607
        before = projects.tree(home)
        for name, arguments in commands(home).items():
            if name in only:
                made = projects.run(home, *arguments, tiny=tiny and name == "build")
                found[f"{name}: refused" if made.returncode else f"{name}: done"] += 1
                missed += judge(home, f"{name}, all read-only", before, made)
                examples[name] = made.stderr.strip()
    raw = home / "data" / "raw"
    with mounted(raw, "--bind", str(raw)):
        subprocess.run(["mount", "-o", "remount,ro,bind", str(raw)], check=True)  # noqa: S603, S607
        before = projects.tree(home)
        for name in [name for name in ("build", "import") if name in only]:
            made = projects.run(home, *commands(home)[name], tiny=tiny and name == "build")
            found[f"{name}, data/raw read-only: " + ("refused" if made.returncode else "done")] += 1
            if name == "import":
                missed += judge(home, "import, data/raw read-only", before, made)
                examples["import, data/raw read-only"] = made.stderr.strip()
            elif made.returncode:
                missed.append(f"build, data/raw read-only: {made.stderr}")
    missed += [f"left behind: {name}" for name in projects.litter(home)]
    return found, missed, list(examples.values())


def main() -> None:
    """Run the attack."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=8, help="amounts of free space for each command")
    parser.add_argument("--whole", action="store_true", help="build the whole project, not the small one")
    parser.add_argument("--only", action="append", metavar="COMMAND", help="only this command")
    given = parser.parse_args()
    if not may_mount():
        print("Disks cannot be mounted here: see attacks.strokes.")
        return
    only = given.only or ["build", "import", "describe", "profile", "trace"]
    ok = True
    for words in ("full", "read-only"):
        with tempfile.TemporaryDirectory() as folder:
            if words == "full":
                found, missed, examples = full(Path(folder), given.steps, tiny=not given.whole, only=only)
            else:
                found, missed, examples = read_only(Path(folder), tiny=not given.whole, only=only)
        print(f"The disk is {words}:")
        for name in sorted(found):
            print(f"  {name}: {found[name]}")
        for example in examples:
            print(f"  said: {example}")
        print(f"  missed: {len(missed)}")
        for line in missed:
            print(f"    {line}")
        ok = ok and not missed
    sys.exit(not ok)


if __name__ == "__main__":
    main()
