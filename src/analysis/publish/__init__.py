"""Publish the record as a folder of pages that needs no network and no server.

`index.html` leads to a page for each chart (`charts/`), theme (`themes/`) and area (`areas/`), and to the method. For
each chart there are `.svg` and `.png` (the picture), `.csv` (the rows behind the marks, with the identifiers of what
stands behind them) and `_interactive.html`. `manifest.json` lists every file with its hash.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.errors import AnalysisError
from analysis.folders import replacing
from analysis.progress_bar import Progress, progress_bar
from analysis.publish import areas, assets, manifest, table
from analysis.publish.pages import Pages, area_page
from analysis.publish.pictures import inside, picture
from analysis.publish.site import Site, Words

if TYPE_CHECKING:
    from analysis.catalogue.profile import Profile
    from analysis.charts.figure import Figure

__all__ = ["Site", "Words", "profile_page", "publish", "require", "require_ours", "write"]

Files = dict[str, bytes]
"""The bytes of some files by their path in the site."""


def publish(site: Site, folder: Path | str, *, progress: Progress | None = None) -> Path:
    """Write the whole site, or nothing.

    The files are written into a new folder beside `folder`, which takes its place when all are there; where
    anything fails, `folder` stays as it was. The same site always gives the same bytes. Who reads `folder` meanwhile
    finds one or the other at any name, and tells by the manifest's hashes which.

    Args:
        site: what to publish; each chart's name once.
        folder: where to; made if need be. What an earlier run published there is replaced.
        progress: is told how far the work is; by default a bar, where standard error is a terminal.

    Returns:
        The manifest's path.

    Raises:
        AnalysisError: there is no chart, two share a name, or the folder holds something other than what was
            published before.
        RenderError: a figure's text holds a character that the charts' font lacks.
    """
    target = Path(folder)
    require(site, target)
    with replacing(target) as fresh:
        write(site, fresh, progress=progress)
    return target / manifest.NAME


def require(site: Site, folder: Path) -> None:
    """Require that a site can be published into a folder.

    Args:
        site: what to publish.
        folder: where to.

    Raises:
        AnalysisError: there is no chart, two share a name, or the folder holds something other than what was
            published before.
    """
    _require_names(site.figures)
    require_ours(folder)


def write(site: Site, folder: Path, *, progress: Progress | None = None) -> None:
    """Write the whole site into an empty folder.

    Args:
        site: what to publish; each chart's name once.
        folder: where to.
        progress: is told how far the work is; by default a bar, where standard error is a terminal.

    Raises:
        RenderError: a figure's text holds a character that the charts' font lacks.
    """
    parts = len(site.figures) + len(site.themes) + len(site.areas) + 2
    with nullcontext(progress) if progress else progress_bar() as report:
        report("Publishing", 0, parts)
        written: list[manifest.Entry] = []
        work = areas.Work(site.frames, [area["area_code"] for area in site.areas], site.words, folder)
        with areas.writing(work) as (mine, by_others):
            done = 0
            for done, files in enumerate(_parts(site), start=1):
                written += manifest.write(folder, files)
                report("Publishing", done, parts)
            for one_more, entries in enumerate(mine.write(), start=done + 1):
                written += entries
                report("Publishing", one_more, parts)
        report("Publishing", parts, parts)
        (folder / manifest.NAME).write_bytes(manifest.document(site, written + by_others))


def profile_page(profile: Profile, words: Words) -> str:
    """The page of one area as a file that stands alone, style, font and pictures inside.

    Args:
        profile: what is known of the area, which need not be one of the fifty.
        words: what every page says.
    """
    return area_page(profile, [inside(figure) for figure in profile.figures], words, standalone=True)


def _parts(site: Site) -> Iterator[Files]:
    """The files of each chart and theme, then of what leads to them, so that no more than one part is held."""
    sizes: dict[str, tuple[int, int]] = {}
    pages = Pages(site, sizes)
    for figure in site.figures:
        yield _chart(figure, pages, sizes)
    for theme in site.themes:
        yield {f"themes/{theme.theme}.html": pages.theme(theme).encode()}
    yield assets.files()
    yield {
        "index.html": pages.index().encode(),
        "areas/index.html": pages.areas().encode(),
        "method.html": pages.method().encode(),
    }


def _chart(figure: Figure, pages: Pages, sizes: dict[str, tuple[int, int]]) -> Files:
    from analysis.charts import render

    drawn = picture(figure)
    sizes[figure.name] = drawn.size
    downloads = {"svg": drawn.svg, "png": render.png(figure), "csv": table.csv(figure.traced())}
    weights = {ending: len(content) for ending, content in downloads.items()}
    return {
        **{f"charts/{figure.name}.{ending}": content for ending, content in downloads.items()},
        f"charts/{figure.name}.html": pages.chart(figure, weights).encode(),
        f"charts/{figure.name}_interactive.html": pages.interactive(figure).encode(),
    }


def _require_names(figures: list[Figure]) -> None:
    names = [figure.name for figure in figures]
    if not names:
        raise AnalysisError("there is no chart to publish; choose at least one")
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise AnalysisError(f"two charts are named {', '.join(twice)}; give each its own name")


def require_ours(folder: Path) -> None:
    """Require that a folder may be replaced: that it is new, empty, or was published from here.

    Args:
        folder: where the site is to go.

    Raises:
        AnalysisError: it holds something else.
    """
    if folder.exists() and not folder.is_dir():
        raise AnalysisError(f"{folder} is a file; the site is published into a folder")
    if folder.is_dir() and any(folder.iterdir()) and not manifest.is_ours(folder):
        raise AnalysisError(
            f"{folder} holds files that were not published from here, and they would be lost; "
            "choose an empty or a new folder"
        )
