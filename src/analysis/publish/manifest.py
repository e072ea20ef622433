"""The list of what was published: words, source, licence, and every file with its size and hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analysis.charts.figure import Figure

NAME = "manifest.json"
FORMAT = "analysis-charts/1"
MEDIA_TYPES = {".csv": "text/csv", ".html": "text/html", ".png": "image/png", ".svg": "image/svg+xml"}


def entry(figure: Figure, contents: Mapping[str, bytes]) -> dict[str, Any]:
    """Describe one figure and its files.

    Args:
        figure: the figure.
        contents: the bytes of each of its files by name.
    """
    return {
        "name": figure.name,
        "title": figure.headline,
        "subtitle": figure.subtitle,
        "alt_text": figure.alt_text,
        "notes": list(figure.notes),
        "source": figure.source,
        "licence": figure.licence,
        "rows": figure.data.height,
        "columns": figure.data.columns,
        "files": [
            {
                "name": name,
                "media_type": MEDIA_TYPES[Path(name).suffix],
                "bytes": len(content),
                "sha256": hashlib.sha256(content).hexdigest(),
            }
            for name, content in sorted(contents.items())
        ],
    }


def document(entries: Iterable[dict[str, Any]], data_version: str) -> bytes:
    """Write the manifest: charts by name, no time of day, so that the same data gives the same bytes."""
    content = {
        "format": FORMAT,
        "data_version": data_version,
        "charts": sorted(entries, key=lambda chart: str(chart["name"])),
    }
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()


def is_ours(path: Path) -> bool:
    """Tell whether a file is a manifest that this project wrote."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(content, dict) and content.get("format") == FORMAT
