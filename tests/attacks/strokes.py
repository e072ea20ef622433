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
from attacks import events, projects

OLD = {"a.txt": "old", "sub/b.txt": "old"}
NEW = {"a.txt": "new", "sub/c.txt": "new"}

Work = Callable[[Path], None]


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


PLACES: dict[Work, tuple[str, ...]] = {two_folders: ("one", "other"), first_folder: ("first",), file: ("page.html",)}
"""What each work replaces."""
WHOLE: dict[Work, set[tuple[str, ...]]] = {
    two_folders: {("old", "old"), ("new", "old"), ("new", "new")},
    first_folder: {("none",), ("new",)},
    file: {("old",), ("new",)},
}
"""What may stand there."""
AWAY = {("none", "old"), ("new", "none")}
"""What may stand there of two folders, too, until the next run, where a process is killed between two renames."""


def _fill(folder: Path, content: dict[str, str]) -> None:
    for name, text in content.items():
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


def _standing(home: Path, work: Work) -> tuple[str, ...]:
    return tuple(_text(home / name) for name in PLACES[work])


def _forked(work: Work, home: Path, at: int, act: Callable[[str], None]) -> tuple[int, int]:
    """Do work in a process that is stopped at an event; give how it ended and how many events there were."""
    read, write = os.pipe()
    pid = os.fork()
    if not pid:
        status = 1
        watched = events.Events(home, at, act)
        try:
            work(home)
            status = 0
        except AnalysisError as error:
            status = 3 if "is as it was" in str(error) or "are as they were" in str(error) else 4
        finally:
            os.write(write, str(len(watched.seen)).encode())
            os._exit(status)
    os.close(write)
    with os.fdopen(read) as pipe:
        said = pipe.read()
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), int(said or 0)


def killed(work: Work, home: Path, number: int) -> tuple[tuple[str, ...], list[str]]:
    """Kill work before an event; give what stands there, and what was wrong with how it ended."""
    status, _ = _forked(work, home, number, events.kill)
    return _standing(home, work), [f"ended with {status}"] if status != -signal.SIGKILL else []


def refused(work: Work, home: Path, number: int) -> tuple[tuple[str, ...], list[str]]:
    """Refuse an event of work; give what stands there, and what was wrong with how it ended."""
    status, seen = _forked(work, home, number, events.refuse(errno.ENOSPC))
    stands = _standing(home, work)
    wrong = []
    if seen < number:
        wrong.append(f"made only {seen} changes")
    if status not in (0, 3):
        wrong.append(f"ended with {status}")
    if status == 0 and set(stands) != {"new"}:
        wrong.append(f"ended well, but there stands {stands}")
    if status == 3 and "new" in stands:
        wrong.append(f"said that all is as it was, but there stands {stands}")
    return stands, wrong


def attack(home: Path) -> tuple[Counter[str], list[str]]:
    """Stop each work at each of its events.

    Args:
        home: a folder that may be removed.

    Returns:
        What was found, and what should not have been.
    """
    found: Counter[str] = Counter()
    missed: list[str] = []
    for two_renames in (False, True):
        (events.without_exchange if two_renames else events.watch_exchanges)()
        for work in PLACES:
            _begin(home)
            number_of_events = _forked(work, home, 0, events.kill)[1]
            if not number_of_events:
                missed.append(f"{work.__name__}: no change was seen, so that nothing was tried")
            for stop in (killed, refused):
                for number in range(1, number_of_events + 1):
                    _begin(home)
                    stands, wrong = stop(work, home, number)
                    away = two_renames and stop is killed and stands in AWAY
                    if stands not in WHOLE[work] and not away:
                        wrong.append(f"stands {stands}")
                    again = _forked(work, home, 0, events.kill)[0]
                    if again or set(_standing(home, work)) != {"new"} or projects.litter(home):
                        wrong.append(f"the next run ended with {again}, left {projects.litter(home)}")
                    found[stop.__name__] += 1
                    if not wrong:
                        found["away until the next run (two renames)" if away else "whole"] += 1
                    place = f"{work.__name__}, {'two renames' if two_renames else 'exchange'}, "
                    missed += [f"{place}{stop.__name__} at {number}: {what}" for what in wrong]
    return found, missed


def main() -> None:
    """Run the attack."""
    # What is tried is the order of the changes, for which a disk in memory does as well, and sooner.
    memory = Path("/dev/shm")  # noqa: S108
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as folder:
        found, missed = attack(Path(folder) / "home")
    title = "Replacing of folders and files, stopped at each of its changes"
    sys.exit(not projects.report(title, projects.counted(found), missed))


if __name__ == "__main__":
    main()
