"""Stop the replacing of folders and files at each change that it makes, one after the other.

`python -m attacks.strokes` replaces two folders together, a folder that was not there, and a file, as where the system
exchanges two names at one stroke and as where it cannot. Before each change the process is killed, or the system
refuses the change as on a full disk. What stands there afterwards must be the old or the new, whole; the next run must
succeed and leave nothing else. Needs a system that can fork.
"""

from __future__ import annotations

import errno
import os
import shutil
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from analysis import folders
from analysis.errors import AnalysisError
from attacks import command, projects

OLD = {"a.txt": "old", "sub/b.txt": "old"}
NEW = {"a.txt": "new", "sub/c.txt": "new"}


def two_folders(home: Path) -> None:
    """Replace two folders together."""
    with folders.replacing_together([home / "one", home / "other"]) as made:
        for fresh in made:
            _fill(fresh, NEW)


def first_folder(home: Path) -> None:
    """Make a folder that was not there."""
    with folders.replacing(home / "first") as fresh:
        _fill(fresh, NEW)


def file(home: Path) -> None:
    """Replace a file."""
    folders.write_file(home / "page.html", b"new")


def _fill(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)


def _begin(home: Path) -> None:
    shutil.rmtree(home, ignore_errors=True)
    for name in ("one", "other"):
        (home / name).mkdir(parents=True)
        _fill(home / name, OLD)
    (home / "page.html").write_text("old")


def _text(path: Path) -> str:
    """`old`, `new`, `none`, or what else stands there."""
    if path.is_file():
        return path.read_text()
    found = {one.relative_to(path).as_posix(): one.read_text() for one in path.rglob("*") if one.is_file()}
    return {str(OLD): "old", str(NEW): "new"}.get(str(dict(sorted(found.items()))), "torn" if path.exists() else "none")


def _standing(home: Path) -> tuple[str, ...]:
    return tuple(_text(home / name) for name in ("one", "other", "first", "page.html"))


def _forked(work: Callable[[Path], None], home: Path, at: int, act: Callable[[str], None]) -> tuple[int, int]:
    """Do work in a process that is stopped at an event; give how it ended and how many events there were."""
    read, write = os.pipe()
    pid = os.fork()
    if not pid:
        status = 1
        events = command.Events(home, at, act)
        try:
            work(home)
            status = 0
        except AnalysisError as error:
            status = 3 if "is as it was" in str(error) or "are as they were" in str(error) else 4
        finally:
            os.write(write, str(len(events.seen)).encode())
            os._exit(status)
    os.close(write)
    with os.fdopen(read) as pipe:
        said = pipe.read()
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), int(said or 0)


ALLOWED: dict[Callable[[Path], None], set[tuple[str, ...]]] = {
    two_folders: {("old", "old"), ("new", "old"), ("new", "new")},
    first_folder: {("none",), ("new",)},
    file: {("old",), ("new",)},
}
PLACES = {two_folders: slice(0, 2), first_folder: slice(2, 3), file: slice(3, 4)}


def attack(home: Path) -> tuple[Counter[str], list[str]]:
    """Stop each work at each of its events.

    Args:
        home: a folder that may be removed.

    Returns:
        What was found, and what should not have been.
    """
    found: Counter[str] = Counter()
    missed: list[str] = []
    acts = {"killed": command.kill, "refused": command.refuse(errno.ENOSPC)}
    for two_renames in (False, True):
        (command.without_exchange if two_renames else command.watch_exchanges)()
        for work in (two_folders, first_folder, file):
            _begin(home)
            events = _forked(work, home, 0, command.kill)[1]
            for how, act in acts.items():
                for number in range(1, events + 1):
                    _begin(home)
                    status, _ = _forked(work, home, number, act)
                    stands = _standing(home)[PLACES[work]]
                    place = f"{work.__name__}, {'two renames' if two_renames else 'exchange'}, {how} at {number}"
                    found[how] += 1
                    away: bool = two_renames and work is two_folders and how == "killed" and "none" in stands
                    if stands not in ALLOWED[work] and not away:
                        missed.append(f"{place}: stands {stands}")
                    found["away until the next run (two renames)" if away else "whole"] += 1
                    if how == "killed" and status != -signal.SIGKILL:
                        missed.append(f"{place}: ended with {status}")
                    if how == "refused" and status not in (0, 3):
                        missed.append(f"{place}: refused, it ended with {status}")
                    if how == "refused" and status == 3 and "new" in stands:
                        missed.append(f"{place}: it said that all is as it was, but there stands {stands}")
                    again = _forked(work, home, 0, act)[0]
                    if again or set(_standing(home)[PLACES[work]]) != {"new"} or projects.litter(home):
                        missed.append(f"{place}: the next run ended with {again}, left {projects.litter(home)}")
    return found, missed


def main() -> None:
    """Run the attack."""
    with tempfile.TemporaryDirectory() as folder:
        found, missed = attack(Path(folder) / "home")
    print("Replacing of folders and files, stopped at each of its changes:")
    for name in sorted(found):
        print(f"  {name}: {found[name]}")
    print(f"  missed: {len(missed)}")
    for line in missed:
        print(f"    {line}")
    sys.exit(bool(missed))


if __name__ == "__main__":
    main()
