"""What the pages share: style, fonts, and the renderer of interactive charts."""

from __future__ import annotations

from functools import cache
from importlib import resources

FONTS = ("Arimo-Regular.woff2", "Arimo-Bold.woff2")


def files() -> dict[str, bytes]:
    """The shared files by their path in the site."""
    from analysis.charts import theme

    fonts = {f"assets/{name}": (theme.FONT_FOLDER / name).read_bytes() for name in (*FONTS, *_licences())}
    return {
        "assets/site.css": read("site.css"),
        "assets/draw.js": read("draw.js"),
        "assets/vega.js": _renderer().encode(),
        **fonts,
    }


def read(name: str) -> bytes:
    """One of the project's own files."""
    return (resources.files("analysis.publish.assets") / name).read_bytes()


def _licences() -> list[str]:
    from analysis.charts import theme

    return sorted(path.name for path in theme.FONT_FOLDER.glob("*.txt"))


@cache
def _renderer() -> str:
    import vl_convert

    from analysis.charts import render

    bundle: str = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;", vl_version=render.VEGA_LITE)
    return bundle
