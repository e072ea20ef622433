"""Read a file that a user may have replaced by anything."""

from __future__ import annotations

import errno
import stat
from pathlib import Path

from analysis.errors import AnalysisError


def read(path: Path) -> bytes:
    """The bytes of a regular file; a pipe is not waited for, and a device not read without end.

    Args:
        path: the file.

    Raises:
        OSError: it is not there, cannot be read or is no regular file.
    """
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError(errno.EINVAL, "Not a file", str(path))
    return path.read_bytes()


def read_text(path: Path) -> str:
    """The text of a file of the project.

    Args:
        path: the file.

    Raises:
        AnalysisError: it is not there, cannot be read or is not UTF-8.
    """
    try:
        return read(path).decode("utf-8")
    except OSError as error:
        raise AnalysisError(f"{path}: {error.strerror}. Restore the file from git.") from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise AnalysisError(
            f"{path}, line {line}: not UTF-8. Save the file as UTF-8, or restore it from git."
        ) from error
