"""The list of the files that a build wrote into a folder, each with its size and hash.

It tells a reader what it reads: the files of one folder are of one build where their hashes are those that its manifest
gives, and the same data give the same bytes of every file, the manifest among them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from analysis.files import read as read_bytes

Entry: TypeAlias = dict[str, Any]
"""What the manifest says of one file."""

NAME = "manifest.json"


def entry(name: str, content: bytes, media_type: str) -> Entry:
    """Describe one file.

    Args:
        name: its path in the folder.
        content: its bytes.
        media_type: its kind.
    """
    return {
        "name": name,
        "media_type": media_type,
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def document(form: str, data_version: str, more: Mapping[str, Any], files: Iterable[Entry]) -> bytes:
    """Write the manifest: files by name, no time of day, so that the same data gives the same bytes.

    Args:
        form: its format, which tells whose it is.
        data_version: the version of the data.
        more: what else it says.
        files: what it says of each file.
    """
    content = {
        "format": form,
        "data_version": data_version,
        **more,
        "files": sorted(files, key=lambda file: str(file["name"])),
    }
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()


def read(folder: Path, form: str) -> dict[str, Any] | None:
    """The manifest of a folder; None where it has none of this format, or a damaged one.

    Args:
        folder: the folder.
        form: the format.

    Returns:
        What it says; each of its `files` is an entry with a `name`.
    """
    try:
        content = json.loads(read_bytes(folder / NAME).decode("utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(content, dict) or content.get("format") != form or not _lists_files(content.get("files")):
        return None
    return content


def _lists_files(files: object) -> bool:
    return isinstance(files, list) and all(
        isinstance(file, dict) and isinstance(file.get("name"), str) for file in files
    )
