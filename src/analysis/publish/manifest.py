"""What the site's manifest says: each chart's words, source and licence, and every file with its size and hash."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.manifest import NAME, Entry, entry, read
from analysis.manifest import document as manifest_of

if TYPE_CHECKING:
    from analysis.charts.figure import Figure
    from analysis.publish.site import Site

__all__ = ["FORMAT", "NAME", "Entry", "document", "is_ours", "write"]

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
    return [entry(name, content, MEDIA_TYPES[Path(name).suffix]) for name, content in files.items()]


def document(site: Site, files: Iterable[Entry]) -> bytes:
    """Write the manifest: charts and files by name."""
    charts = sorted((_chart(figure) for figure in site.figures), key=lambda chart: str(chart["name"]))
    return manifest_of(FORMAT, site.words.data_version, {"charts": charts}, files)


def is_ours(folder: Path) -> bool:
    """Tell whether a folder has a manifest that this project wrote."""
    return read(folder, FORMAT) is not None


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
