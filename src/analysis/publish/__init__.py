"""Publish charts as static files: pictures, interactive pages, the rows behind them, and a manifest.

For each figure there are four files named after it: `.svg` and `.png` (the picture), `.html` (the same chart,
interactive, needing no network) and `.csv` (the rows behind the marks). `manifest.json` lists them all.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.errors import AnalysisError
from analysis.folders import replacing
from analysis.progress_bar import Progress, progress_bar
from analysis.publish import manifest, page, table

if TYPE_CHECKING:
    from analysis.charts.figure import Figure

__all__ = ["publish"]


def publish(
    figures: Iterable[Figure], folder: Path | str, *, data_version: str, progress: Progress | None = None
) -> Path:
    """Write every figure's files and the manifest, whole or not at all.

    The files are written into a new folder beside `folder`, which takes its place when all are there; where
    anything fails, `folder` stays as it was. The same figures and data version always give the same bytes.

    Args:
        figures: what to publish; each name once.
        folder: where to; made if need be. What an earlier run published there is replaced.
        data_version: the version of the data that the figures were made from, for the manifest.
        progress: is told how far the work is; by default a bar, where standard error is a terminal.

    Returns:
        The manifest's path.

    Raises:
        AnalysisError: there is no figure, two share a name, or the folder holds something other than what was
            published before.
        RenderError: a figure's text holds a character that the charts' font lacks.
    """
    chosen = list(figures)
    target = Path(folder)
    _require_names(chosen)
    _require_ours(target)
    entries = []
    with replacing(target) as fresh, nullcontext(progress) if progress else progress_bar() as report:
        report("Publishing charts", 0, len(chosen))
        for done, figure in enumerate(chosen, start=1):
            contents = _contents(figure)
            for name, content in contents.items():
                (fresh / name).write_bytes(content)
            entries.append(manifest.entry(figure, contents))
            report("Publishing charts", done, len(chosen))
        (fresh / manifest.NAME).write_bytes(manifest.document(entries, data_version))
    return target / manifest.NAME


def _contents(figure: Figure) -> dict[str, bytes]:
    from analysis.charts import render

    return {
        f"{figure.name}.csv": table.csv(figure.traced()),
        f"{figure.name}.html": page.html(figure).encode(),
        f"{figure.name}.png": render.png(figure),
        f"{figure.name}.svg": render.svg(figure).encode(),
    }


def _require_names(figures: list[Figure]) -> None:
    names = [figure.name for figure in figures]
    if not names:
        raise AnalysisError("there is no chart to publish; choose at least one")
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise AnalysisError(f"two charts are named {', '.join(twice)}; give each its own name")


def _require_ours(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise AnalysisError(f"{folder} is a file; charts are published into a folder")
    if folder.is_dir() and any(folder.iterdir()) and not manifest.is_ours(folder / manifest.NAME):
        raise AnalysisError(
            f"{folder} holds files that were not published from here, and they would be lost; "
            "choose an empty or a new folder"
        )
