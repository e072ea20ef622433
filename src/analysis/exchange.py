"""Exchange two folders or files at one stroke, so that there is no moment at which a name is missing."""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from collections.abc import Callable
from pathlib import Path

AT_FDCWD = -100
RENAME_EXCHANGE = 2
RENAME_SWAP = 2
UNABLE = {errno.EINVAL, errno.ENOSYS, errno.ENOTSUP}
"""What a system or a kind of disk that cannot do it answers."""


def exchange(one: Path, other: Path) -> bool:
    """Give each of two names what the other stands for; both must be there, and on one disk.

    Args:
        one: a folder or file.
        other: another.

    Returns:
        Whether it was done. Linux and macOS can, on most disks; where it cannot be done at one stroke nothing is.

    Raises:
        OSError: the system can, and refused.
    """
    call = _call()
    if call is None or call(os.fsencode(one), os.fsencode(other)) == 0:
        return call is not None
    number = ctypes.get_errno()
    if number in UNABLE:
        return False
    raise OSError(number, os.strerror(number), str(one), None, str(other))


def _call() -> Callable[[bytes, bytes], int] | None:
    """The system's own function, if it has one."""
    if sys.platform == "win32":
        return None
    library = ctypes.CDLL(None, use_errno=True)
    if sys.platform == "darwin" and hasattr(library, "renamex_np"):
        return lambda one, other: int(library.renamex_np(one, other, ctypes.c_uint(RENAME_SWAP)))
    if hasattr(library, "renameat2"):
        return lambda one, other: int(library.renameat2(AT_FDCWD, one, AT_FDCWD, other, ctypes.c_uint(RENAME_EXCHANGE)))
    return None
