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
    """The manifest of a folder; None where it has none of this format.

    Args:
        folder: the folder.
        form: the format.
    """
    try:
        content = json.loads((folder / NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) and content.get("format") == form else None
