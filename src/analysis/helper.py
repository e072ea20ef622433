"""The beginning of a process that helps another: it ends when that one ends, however that one ends.

It loads next to nothing, so that it holds from the first moment on; what is needed for the work comes with the work.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection, wait
from typing import Any

Task = Callable[[Any, Connection], None]
"""Work to be done, given what the processes share and the pipe to answer through."""


def begin(shared: Any, pipe: Connection) -> None:
    """Receive a task and do it; what a helper process is started with.

    Args:
        shared: what the processes share.
        pipe: through which the first process sends the task, pickled, and takes the answer.
    """
    # Whoever interrupts the command interrupts the first process, which ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_the_first, daemon=True).start()
    try:
        content = pipe.recv_bytes()
    except (EOFError, ConnectionError):
        return
    task: Task = pickle.loads(content)  # noqa: S301 - from the process that started this one
    task(shared, pipe)


def send(task: Task, pipe: Connection) -> None:
    """Send a helper its task, without waiting until it has loaded what it needs to take it.

    Args:
        task: the work.
        pipe: the first process's end.
    """
    threading.Thread(target=_send, args=(pickle.dumps(task), pipe), daemon=True).start()


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
