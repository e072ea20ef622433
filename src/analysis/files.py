"""Read a file that a user named, or may have replaced by anything."""

from __future__ import annotations

import errno
import stat
from pathlib import Path

from analysis.errors import AnalysisError

LARGEST_GIVEN = 250_000_000
"""Bytes of the largest file to import: many times those of any release or report."""


class UnreadableFileError(AnalysisError):
    """A file that a user names and that cannot be read.

    Args:
        file: the file that was to be read.
        why: what is wrong with it.
        remedy: what the user can do.
    """

    def __init__(self, file: Path | str, why: str, remedy: str) -> None:
        """Keep the parts, so that a test or a caller need not parse the message."""
        self.file, self.why, self.remedy = str(file), why, remedy
        super().__init__(file, why, remedy)

    def __str__(self) -> str:
        """File, what is wrong and what to do, on one line."""
        return f"{self.file}: {self.why}. {self.remedy}"


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


def read_given(path: Path) -> bytes:
    """The bytes of a file that a user names.

    Args:
        path: the file.

    Raises:
        UnreadableFileError: the file is not there, is a folder or no ordinary file, is larger than any release, or may
            not be read.
    """
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise UnreadableFileError(path, "a folder, where a file is wanted", "Name the file in it.")
        if not stat.S_ISREG(status.st_mode):
            why = "no ordinary file (a pipe or a device)"
            raise UnreadableFileError(path, why, "Save its content as a file first.")
        if status.st_size > LARGEST_GIVEN:
            why = f"{status.st_size:,} bytes, and no release has more than {LARGEST_GIVEN:,}"
            raise UnreadableFileError(path, why, "Check that it is the right file.")
        return path.read_bytes()
    except FileNotFoundError as error:
        raise UnreadableFileError(path, "there is no such file", "Check the path.") from error
    except (OSError, ValueError) as error:
        why = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise UnreadableFileError(path, f"cannot be read ({why})", "Check the path and its permissions.") from error
