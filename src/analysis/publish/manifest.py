"""The list of what was published: each chart's words, source and licence, and every file with its size and hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from analysis.charts.figure import Figure
    from analysis.publish.site import Site

Entry: TypeAlias = dict[str, Any]
"""What the manifest says of one file."""

NAME = "manifest.json"
FORMAT = "analysis-site/1"
MEDIA_TYPES = {
    ".css": "text/css",
    ".csv": "text/csv",
    ".html": "text/html",
    ".js": "text/javascript",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".woff2": "font/woff2",
}


def write(folder: Path, files: Mapping[str, bytes]) -> list[Entry]:
    """Write some files of the site, and describe them.

    Args:
        folder: the site's folder.
        files: their bytes by their path in the site.

    Raises:
        ValueError: a path leads out of the site.
    """
    for name, content in files.items():
        if not (folder / name).resolve().is_relative_to(folder.resolve()):
            raise ValueError(f"{name!r} lies outside the site")
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)
    return [_file(name, content) for name, content in files.items()]


def _file(name: str, content: bytes) -> Entry:
    """Describe one file.

    Args:
        name: its path in the site.
        content: its bytes.
    """
    return {
        "name": name,
        "media_type": MEDIA_TYPES[Path(name).suffix],
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def document(site: Site, files: Iterable[Entry]) -> bytes:
    """Write the manifest: charts and files by name, no time of day, so that the same data gives the same bytes."""
    content = {
        "format": FORMAT,
        "data_version": site.words.data_version,
        "charts": sorted((_chart(figure) for figure in site.figures), key=lambda chart: str(chart["name"])),
        "files": sorted(files, key=lambda entry: str(entry["name"])),
    }
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()


def is_ours(path: Path) -> bool:
    """Tell whether a file is a manifest that this project wrote."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(content, dict) and content.get("format") == FORMAT


def _chart(figure: Figure) -> dict[str, Any]:
    rows = figure.traced()
    return {
        "name": figure.name,
        "title": figure.headline,
        "subtitle": figure.subtitle,
        "alt_text": figure.alt_text,
        "reading": figure.reading,
        "notes": list(figure.notes),
        "source": figure.source,
        "licence": figure.licence,
        "rows": rows.height,
        "columns": rows.columns,
    }
