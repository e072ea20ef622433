"""The changes that a process makes to a project's files, and what to do before one of them.

Each change that Python makes (a folder made, a file opened for writing, a name given, taken or exchanged) is an event,
counted from 1. At a chosen one the process is killed before it happens, or the system refuses it as on a full disk.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from analysis import folders
from analysis.exchange import exchange

CHANGES = {"os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.link", "os.symlink", "os.truncate", "os.chmod"}
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class Events:
    """The changes so far, and what to do at one of them."""

    def __init__(self, home: Path, at: int, act: Callable[[str], None], of: str = "") -> None:
        """Begin to watch a folder; only events of one name count, where it is given."""
        # The product works on the path behind any link, such as that of the folder for temporary files on macOS.
        self.home, self.at, self.act, self.of = str(home.resolve()), at, act, of
        self.seen: list[str] = []
        sys.addaudithook(self._hook)

    def _hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & WRITING
        if writes or event in CHANGES or event == "exchange":
            named = os.fsdecode(arguments[0]) if isinstance(arguments[0], (str, bytes, os.PathLike)) else ""
            if named.startswith(self.home) and event.startswith(self.of):
                self.seen.append(f"{event} {named}")
                if len(self.seen) == self.at:
                    self.act(self.seen[-1])


def kill(_: str) -> None:
    """End this process as `kill -9` does."""
    os.kill(os.getpid(), signal.SIGKILL)


def refuse(number: int) -> Callable[[str], None]:
    """Refuse an event as the system does."""

    def act(what: str) -> None:
        raise OSError(number, os.strerror(number), what.split(" ", 1)[1])

    return act


def put(module: Any, **values: Any) -> None:
    """Put something else in the place of what a module holds, in this process."""
    for name, value in values.items():
        setattr(module, name, value)


def watch_exchanges() -> None:
    """Have the exchange of two folders count as an event; Python itself does not tell of it."""

    def told(one: Path, other: Path) -> bool:
        sys.audit("exchange", str(one), str(other))
        return exchange(one, other)

    put(folders, exchange=told)


def without_exchange() -> None:
    """Have folders replaced as where the system cannot exchange two names."""
    put(folders, exchange=lambda one, other: False)
