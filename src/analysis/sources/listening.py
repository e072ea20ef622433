"""What a library remarks on while it reads a file, heard instead of printed on the terminal."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager


class _Ear(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.heard.append(record.getMessage())


@contextmanager
def listening(*libraries: str) -> Iterator[list[str]]:
    """Hear the warnings of libraries.

    Args:
        libraries: the names of their loggers.

    Yields:
        A list that fills with what they say: each a part of the file that was not read as it stands.
    """
    ear, loggers = _Ear(), [logging.getLogger(name) for name in libraries]
    propagated = [logger.propagate for logger in loggers]
    for logger in loggers:
        logger.addHandler(ear)
        logger.propagate = False
    try:
        yield ear.heard
    finally:
        for logger, before in zip(loggers, propagated, strict=True):
            logger.removeHandler(ear)
            logger.propagate = before
