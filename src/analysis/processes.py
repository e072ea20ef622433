"""Processes that help the first one of a command: they end with it, however it ends."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from multiprocessing.connection import wait


def follow_the_first() -> None:
    """Let this process end when the one that started it has ended, even where that was killed and could not say so.

    An interruption from the keyboard is left to the first process, which ends the others.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_the_first, daemon=True).start()


def _end_with_the_first() -> None:
    first = multiprocessing.parent_process()
    if first is not None:
        wait([first.sentinel])
        os._exit(1)
