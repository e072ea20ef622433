"""Replace whole folders and files, so that what is there is the old or the new and never a mixture.

What is written stands beside its target under a name of its own, `.name-analysis-new-…`, until it is whole, and takes
its place at one stroke. Only one process at a time replaces a target, and holds `.name-analysis-lock` meanwhile; the
system lets go of that lock when the process ends, however it ends. Whoever holds it therefore knows that whatever else
stands there is the leaving of a process that was cut off, and clears it away.
"""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from filelock import FileLock, Timeout

from analysis.errors import AnalysisError, explained
from analysis.exchange import exchange

Read = TypeVar("Read")

LEFTOVERS = (".*-analysis-new-*", ".*-analysis-old", ".*-analysis-lock")
"""Patterns of the names under which work in progress stands."""

ATTEMPTS = 30
"""How often `steady` reads a folder that changes each time."""


@contextmanager
def replacing(target: Path, *, say: Callable[[str], None] | None = None) -> Iterator[Path]:
    """Give an empty folder beside `target` to write into, and put it in the target's place once all is written.

    Where the body raises, the new folder is removed and the target stays as it was.

    Args:
        target: the folder to replace; made if need be.
        say: is given a line where another process is at it, which is waited for.

    Raises:
        AnalysisError: the disk is full, or does not permit it.
    """
    with replacing_together([target], say=say) as (fresh,):
        yield fresh


@contextmanager
def replacing_together(
    targets: Sequence[Path], *, say: Callable[[str], None] | None = None
) -> Iterator[tuple[Path, ...]]:
    """Do the same with several folders that belong together: all are replaced, one right after the other, or none.

    A process killed between two of these strokes leaves the first folders new and the others old, each whole.

    Args:
        targets: the folders to replace, always in the same order; made if need be.
        say: is given a line where another process is at one of them, which is waited for.

    Raises:
        AnalysisError: the disk is full, or does not permit it.
    """
    places = [Path(os.path.realpath(target)) for target in targets]
    with ExitStack() as held:
        held.enter_context(_told(*places))
        for place in places:
            place.parent.mkdir(parents=True, exist_ok=True)
            held.enter_context(alone(place, say))
        try:
            fresh = tuple(_begin(place) for place in places)
            yield fresh
            for new in fresh:
                _settle(new)
            swap(list(zip(fresh, places, strict=True)))
        finally:
            for place in places:
                _tidy(place)


def swap(pairs: Sequence[tuple[Path, Path]]) -> None:
    """Put each new folder in the place of its target; should one fail, put the old ones back.

    Args:
        pairs: new folder and target. The old one, if any, is left under the name of the new or as `.name-analysis-old`.

    Raises:
        OSError: what went wrong.
    """
    with ExitStack() as undo:
        for fresh, target in pairs:
            if not target.exists():
                fresh.rename(target)
                undo.callback(target.rename, fresh)
            elif exchange(fresh, target):
                undo.callback(exchange, fresh, target)
            else:
                old = _beside(target, "old")
                target.rename(old)
                undo.callback(old.rename, target)
                fresh.rename(target)
                undo.callback(target.rename, fresh)
        undo.pop_all()


def recover(target: Path) -> None:
    """Mend what a process that was cut off left beside `target`, unless another is at work there now.

    Args:
        target: the folder or file.
    """
    place = Path(os.path.realpath(target))
    if _leavings(place) or _beside(place, "lock").exists():
        with suppress(Timeout), alone(place, wait=False):
            pass


def write_file(path: Path, content: bytes) -> None:
    """Write a file whole or not at all.

    Args:
        path: the file, in a folder that is there; what stands there is replaced. A pipe or a device is written to.
        content: its bytes.

    Raises:
        AnalysisError: the disk is full, or does not permit it.
    """
    # Asked of the path as given: what /dev/stdout leads to may have no name by which it can be opened.
    with _told(path):
        if path.exists() and not path.is_file() and not path.is_dir():
            path.write_bytes(content)
            return
    place = Path(os.path.realpath(path))
    with _told(place):
        if place.is_dir():
            raise AnalysisError(f"{path} is a folder; give the name of a file.")
        if not place.parent.is_dir():
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(place.parent))
        with alone(place):
            fresh = _beside(place, f"new-{secrets.token_hex(4)}")
            try:
                with fresh.open("xb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
                if place.exists():
                    shutil.copymode(place, fresh)
                fresh.replace(place)
            finally:
                _tidy(place)


def steady(folder: Path, read: Callable[[], Read]) -> Read:
    """Read several files of a folder as they stood at one moment: again where the folder changed meanwhile.

    Args:
        folder: the folder, which others may replace or edit at any time.
        read: reads of it what is wanted; must be fit to be called again.

    Raises:
        AnalysisError: the folder changed at each attempt.
    """
    for attempt in range(ATTEMPTS):
        before = state(folder)
        try:
            result = read()
        except (AnalysisError, OSError):
            if attempt == ATTEMPTS - 1 or _rested(folder, before):
                raise
        else:
            if _rested(folder, before):
                return result
        time.sleep(0.01 * attempt)
    raise AnalysisError(f"{folder} keeps changing while it is read. Wait until nothing writes to it, then try again.")


def state(folder: Path) -> object:
    """Something that differs once a folder or a file in it has been replaced or changed; of no other use."""
    try:
        own = folder.stat()
        paths = sorted(folder.iterdir())
    except OSError:
        return None
    return (own.st_dev, own.st_ino, own.st_ctime_ns), [(path.name, _stamp(path)) for path in paths]


def _stamp(path: Path) -> object:
    """The same of one file; None of one that went, or of a link that leads nowhere, as editors keep beside a file."""
    try:
        file = path.stat()
    except OSError:
        return None
    return file.st_ino, file.st_size, file.st_mtime_ns


@contextmanager
def alone(target: Path, say: Callable[[str], None] | None = None, *, wait: bool = True) -> Iterator[None]:
    """Let no other process replace a folder or file meanwhile, having mended what one that was cut off left there.

    Args:
        target: the folder or file, which need not be there.
        say: is given a line where another process is at it, which is waited for.
        wait: whether to wait; else `filelock.Timeout` is raised.

    Yields:
        Nothing; no lock is left behind.
    """
    target = Path(os.path.realpath(target))
    path = _beside(target, "lock")
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        if not wait:
            raise
        if not os.path.lexists(path):
            path.touch()  # Where no file can be made, as in /proc, the lock would be waited for without end.
        if say:
            say(f"Another command is writing {target}; this one goes on when that one has ended.")
        lock.acquire()
    try:
        _mend(target)
        yield
    finally:
        # Only the holder removes it, and who waited on a removed lock begins anew. Windows removes it on release.
        if sys.platform != "win32":
            with suppress(OSError):
                path.unlink()
        lock.release()


@contextmanager
def _told(*targets: Path) -> Iterator[None]:
    """Say of a full or forbidden disk what could not be written, and that it is as it was."""
    try:
        yield
    except AnalysisError:
        raise
    except Exception as error:
        words = explained(error)
        if words is None:
            raise
        names = " and ".join(str(target) for target in targets)
        are = "are as they were" if len(targets) > 1 else "is as it was"
        raise AnalysisError(f"{names} could not be written, and {are}: {words}") from error


def _begin(target: Path) -> Path:
    """Make the new folder, as open to others as the old one."""
    if target.exists() and not target.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(target))
    if target.exists() and not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(target))
    fresh = _beside(target, f"new-{secrets.token_hex(4)}")
    fresh.mkdir()
    if target.is_dir():
        shutil.copymode(target, fresh)
    return fresh


def _settle(fresh: Path) -> None:
    """Have the disk hold all of a folder before its name does, lest a power cut leave names without content."""
    for parent, _, names in os.walk(fresh):
        for name in names:
            handle = os.open(Path(parent, name), os.O_RDWR if sys.platform == "win32" else os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)


def _mend(target: Path) -> None:
    """Put an old folder back that has no successor; clear away what else stands beside it."""
    old = _beside(target, "old")
    if old.exists() and not target.exists():
        old.rename(target)
    for path in _leavings(target):
        if path.is_dir():
            for parent, _, _ in os.walk(path):
                with suppress(OSError):
                    Path(parent).chmod(0o700)
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _tidy(target: Path) -> None:
    """Do the same when the work is done or has failed, of which nothing that goes wrong here should tell otherwise."""
    with suppress(OSError):
        _mend(target)


def _leavings(target: Path) -> list[Path]:
    """The old folder or file, and new ones that have not taken the target's place."""
    return [
        path
        for path in target.parent.iterdir()
        if path == _beside(target, "old") or path.name.startswith(_beside(target, "new-").name)
    ]


def _rested(folder: Path, before: object) -> bool:
    """Whether a folder is in the state in which it was before."""
    # In this order: a folder that comes back after the first question is no longer in the state of one that is away.
    return not _between(folder) and state(folder) == before


def _between(target: Path) -> bool:
    """Whether the target is away for the moment that two renames take."""
    target = Path(os.path.realpath(target))
    return not target.exists() and _beside(target, "old").exists()


def _beside(target: Path, kind: str) -> Path:
    return target.with_name(f".{target.name}-analysis-{kind}")
