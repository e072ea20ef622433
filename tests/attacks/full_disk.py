"""Commands on a disk that is full or may not be written: told in words, the old whole, nothing left behind.

`python -m attacks.full_disk` runs build, import, describe, profile and trace on a small disk in memory whose free space
runs out earlier or later, and on folders that are mounted read-only. Each must end with status 1, say which place could
not be written and what to do, show no traceback, and leave everything as it was; or, where there was room enough after
all, leave what it leaves where there is plenty. Mounting needs Linux and its superuser; where that is not given the
attack says so and does nothing, and `attacks.strokes` is left, in which each change of a file is refused as on a full
disk.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from attacks import projects

KIB = 1024
DICTIONARY = "data/DICTIONARY.md"
DESCRIPTOR = "data/raw/datapackage.json"
ENOUGH = {"build": 28_000, "import": 3_700, "describe": 130, "profile": 450, "trace": 450}
"""How many KiB are a little more than each command that writes needs; a build is one of the tiny project."""


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


@contextmanager
def read_only(folder: Path) -> Iterator[Path]:
    """Let nothing be written to a folder."""
    with mounted(folder, "--bind", str(folder)):
        subprocess.run(["mount", "-o", "remount,ro,bind", str(folder)], check=True)  # noqa: S603, S607
        yield folder


class Commands:
    """The commands that write, in a project in which each has something else to write than what is there."""

    def __init__(self, folder: Path) -> None:
        """Make the project, built from other tables than it holds, its dictionary and earlier results out of date."""
        self.start = projects.copy(folder / "start")
        projects.build(self.start, tiny=True)
        projects.change(self.start)
        projects.registry(self.start / "data" / "raw", self.start / "registry.csv")
        for name in (DICTIONARY, "hull.html", "rows.csv"):
            (self.start / name).write_text("old", "utf-8")

    def run(self, home: Path, name: str) -> subprocess.CompletedProcess[str]:
        """Run one of the commands on a project."""
        arguments = {
            "build": [],
            "import": ["cqc-reviews", str(home / "registry.csv"), "--write"],
            "describe": [],
            "profile": ["Hull", "--out", str(home / "hull.html")],
            "trace": ["exploitation_by_theme", "--show", "0", "--csv", str(home / "rows.csv")],
        }[name]
        return projects.run(home, name, *arguments, tiny=name == "build")

    def begin(self, home: Path, name: str) -> projects.Tree:
        """Put the project somewhere as it stands before a command; give what stands there."""
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(self.start, home)
        if name == "describe":
            shutil.copyfile(projects.HOME / DESCRIPTOR, home / DESCRIPTOR)
        return projects.tree(home)

    def done(self, home: Path, name: str) -> projects.Tree:
        """What a command leaves where there is plenty of room."""
        before = self.begin(home, name)
        made = self.run(home, name)
        after = projects.tree(home)
        if made.returncode or after == before or projects.litter(home):
            raise RuntimeError(f"{name}: {made.returncode} {made.stderr} {projects.litter(home)}")
        return after


def differences(home: Path, wanted: projects.Tree) -> list[str]:
    """Files of a project that are not what they should be."""
    return sorted({file for file, _ in projects.tree(home).items() ^ wanted.items()})


def judge(home: Path, allowed: Sequence[projects.Tree], made: subprocess.CompletedProcess[str]) -> list[str]:
    """What was wrong with a command that could not write."""
    wrong = []
    if made.returncode != 1:
        wrong.append(f"status {made.returncode}")
    said = made.stderr.strip().splitlines()
    if not said or not said[-1].startswith("analysis: ") or len(said) != 1:
        wrong.append("said " + made.stderr.strip()[-700:].replace("\n", " ¶ "))
    if projects.tree(home) not in allowed:
        wrong.append(f"changed {differences(home, allowed[0])[:5]}")
    return wrong


@contextmanager
def free(disk: Path, size: int) -> Iterator[None]:
    """Leave so many bytes free on a disk."""
    space = os.statvfs(disk)
    ballast = disk / "ballast"
    with ballast.open("wb") as file:
        file.write(bytes(max(0, space.f_bavail * space.f_frsize - size)))
    try:
        yield
    finally:
        ballast.unlink()


Found = tuple[Counter[str], list[str], list[str]]
"""What was found, what was missed, and examples of what was said."""


def on_a_full_disk(folder: Path, commands: Commands, only: Sequence[str], steps: int) -> Found:
    """Run each command with less and more free space."""
    found: Counter[str] = Counter()
    missed: list[str] = []
    examples: dict[str, str] = {}
    with mounted(folder, "-t", "tmpfs", "-o", "size=64m", "tmpfs"):
        home = folder / "home"
        for name in only:
            whole = commands.done(home, name)
            for step in range(steps):
                room = ENOUGH[name] * KIB * step // (steps - 1)
                allowed = [commands.begin(home, name)]
                if name == "describe":  # It writes two files, this one first, each whole.
                    allowed.append({**allowed[0], DICTIONARY: whole[DICTIONARY]})
                with free(folder, room):
                    made = commands.run(home, name)
                if made.returncode == 0 and room:
                    found[f"{name}: had room enough"] += 1
                    changed = differences(home, whole)
                    wrong = [f"ended well, but left something else: {changed[:5]}"] if changed else []
                else:
                    found[f"{name}: refused"] += 1
                    examples[name] = made.stderr.strip()
                    wrong = judge(home, allowed, made)
                missed += [f"{name} with {room // KIB} KiB free: {one}" for one in wrong]
            if not found[f"{name}: had room enough"]:
                missed.append(f"{name}: never had room, so that nothing tells what it leaves just before there is none")
            made = commands.run(home, name)
            if made.returncode or differences(home, whole):
                missed.append(f"{name}, with room again: {made.returncode} {made.stderr} {differences(home, whole)}")
    return found, missed, list(examples.values())


def on_a_read_only_disk(folder: Path, commands: Commands, only: Sequence[str]) -> Found:
    """Run each command where it may not write; a build must succeed where only data/raw may not be written."""
    found: Counter[str] = Counter()
    missed: list[str] = []
    examples: dict[str, str] = {}
    home = folder / "home"
    whole = commands.done(home, "build") if "build" in only else {}
    commands.begin(home, "build")
    for place, names in ((home, only), (home / "data" / "raw", [name for name in only if name in ("import", "build")])):
        where = "all" if place == home else "data/raw"
        with read_only(place):
            for name in names:
                before = projects.tree(home)
                made = commands.run(home, name)
                found[f"{name}, {where} read-only: " + ("refused" if made.returncode else "done")] += 1
                if name == "build" and place != home:
                    changed = differences(home, whole)
                    wrong = [made.stderr] if made.returncode else [f"left {changed[:5]}"] if changed else []
                else:
                    wrong = judge(home, [before], made)
                    examples[f"{name}, {where}"] = made.stderr.strip()
                missed += [f"{name}, {where} read-only: {one}" for one in wrong]
    missed += [f"left behind: {name}" for name in projects.litter(home)]
    return found, missed, list(examples.values())


def main() -> None:
    """Run the attack."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=8, help="amounts of free space for each command, two or more")
    parser.add_argument("--only", action="append", choices=ENOUGH, metavar="COMMAND", help="only this command")
    given = parser.parse_args()
    if not may_mount():
        print("Disks cannot be mounted here: see attacks.strokes.")
        return
    only = given.only or list(ENOUGH)
    attacks: dict[str, Callable[[Path], Found]] = {
        "full": lambda folder: on_a_full_disk(folder, commands, only, given.steps),
        "read-only": lambda folder: on_a_read_only_disk(folder, commands, only),
    }
    ok = True
    with tempfile.TemporaryDirectory() as made:
        commands = Commands(Path(made))
        for words, attack in attacks.items():
            with tempfile.TemporaryDirectory() as folder:
                found, missed, said = attack(Path(folder))
            lines = [*projects.counted(found), *(f"said: {one}" for one in said)]
            ok = projects.report(f"The disk is {words}", lines, missed) and ok
    sys.exit(not ok)


if __name__ == "__main__":
    main()
