"""The content of one file that a user names, or why there is none to be had."""

from __future__ import annotations

import stat
from pathlib import Path

from analysis.errors import AnalysisError

LARGEST_FILE = 250_000_000
"""Bytes of the largest file that is read: many times those of any release or report."""


def read_bytes(path: Path) -> bytes:
    """Read a file whole.

    Args:
        path: the file.

    Raises:
        AnalysisError: the file is not there, is a folder or no ordinary file, is larger than any release, or may not be
            read.
    """
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise AnalysisError(f"{path}: a folder, where a file is wanted. Name the file in it.")
        if not stat.S_ISREG(status.st_mode):
            raise AnalysisError(f"{path}: no ordinary file (a pipe or a device). Save its content as a file first.")
        if status.st_size > LARGEST_FILE:
            raise AnalysisError(
                f"{path}: {status.st_size:,} bytes, and no release has more than {LARGEST_FILE:,}. "
                "Check that it is the right file."
            )
        return path.read_bytes()
    except FileNotFoundError as error:
        raise AnalysisError(f"{path}: there is no such file. Check the path.") from error
    except (OSError, ValueError) as error:
        why = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise AnalysisError(f"{path}: cannot be read ({why}). Check the path and its permissions.") from error
