"""Processes that help the first one of a command: they end with it, however it ends."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import threading
from collections.abc import Callable, Iterable
from multiprocessing.connection import Connection, wait
from typing import Any

Task = Callable[[Any, Connection], None]
"""Work to be done, given what the processes share and the pipe to answer through."""


def begin(shared: Any, pipe: Connection) -> None:
    """Receive a task and do it; what a further process is started with.

    This module loads next to nothing, so that the process follows the first one from the beginning on; what is needed
    for the work comes with the work.

    Args:
        shared: what the processes share.
        pipe: through which the first process sends the task, pickled, and takes the answer.
    """
    follow_the_first()
    try:
        content = pipe.recv_bytes()
    except (EOFError, ConnectionError):
        return
    task: Task = pickle.loads(content)  # noqa: S301 - from the process that started this one
    task(shared, pipe)


def send(task: Task, pipes: Iterable[Connection]) -> None:
    """Send further processes their task, without waiting until they have loaded what they need to take it.

    Args:
        task: the work.
        pipes: the first process's end of each.
    """
    content = pickle.dumps(task)
    for pipe in pipes:
        threading.Thread(target=_send, args=(content, pipe), daemon=True).start()


def follow_the_first() -> None:
    """Let this process end when the one that started it has ended, even where that was killed and could not say so.

    An interruption from the keyboard is left to the first process, which ends the others.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_the_first, daemon=True).start()


def _send(content: bytes, pipe: Connection) -> None:
    try:
        pipe.send_bytes(content)
    except OSError:
        return  # It has ended; who waits for its answer learns so.


def _end_with_the_first() -> None:
    first = multiprocessing.parent_process()
    if first is not None:
        wait([first.sentinel])
        os._exit(1)
