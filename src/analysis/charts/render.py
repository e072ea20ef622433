"""Draw a figure as SVG and PNG: the same bytes for the same data, on any machine."""

from __future__ import annotations

import base64
import json
import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from analysis.charts import caption, theme
from analysis.errors import AnalysisError

if TYPE_CHECKING:
    from analysis.charts.figure import Figure

PRINT_SCALE = 2.0
VEGA_LITE = "6.4"
_SVG = "{http://www.w3.org/2000/svg}"


class RenderError(AnalysisError):
    """A figure that cannot be drawn the same everywhere."""


@cache
def font_faces() -> str:
    """Give the CSS that embeds the charts' font, regular and bold."""
    faces = []
    for style, weight in (("Regular", "normal"), ("Bold", "bold")):
        encoded = base64.b64encode((theme.FONT_FOLDER / f"{theme.FONT}-{style}.woff2").read_bytes()).decode("ascii")
        faces.append(
            f"@font-face{{font-family:{theme.FONT};font-weight:{weight};"
            f"src:url(data:font/woff2;base64,{encoded}) format('woff2')}}"
        )
    return "".join(faces)


def svg(figure: Figure) -> str:
    """Draw a figure as accessible SVG: named and described, its font inside, its identifiers its own.

    The renderer leaves out the description, so title and description are put back here. `role="img"` makes the
    picture one thing to a screen reader, named by its headline and described by its alt text.

    Args:
        figure: what to draw.

    Returns:
        An SVG document, byte-identical for the same figure.

    Raises:
        RenderError: the text holds a character that the charts' font lacks.
    """
    drawn = _drawn(figure)
    _require_font(figure, drawn)
    opening, rest = drawn.split(">", 1)
    opening = opening.replace(' class="marks"', "")
    title, description = f"{figure.name}-title", f"{figure.name}-desc"
    return (
        f'{opening} role="img" xml:lang="en-GB" aria-labelledby="{title} {description}">'
        f'<title id="{title}">{escape(figure.headline)}</title>'
        f'<desc id="{description}">{escape(figure.alt_text)}</desc>'
        f"<style>{font_faces()}</style>{rest}\n"
    )


def png(figure: Figure, scale: float = PRINT_SCALE) -> bytes:
    """Draw a figure as PNG.

    Args:
        figure: what to draw.
        scale: pixels of the picture for one of the SVG; 2 suits print.

    Raises:
        RenderError: the text holds a character that the charts' font lacks.
    """
    import vl_convert

    drawn = _drawn(figure)
    _require_font(figure, drawn)
    picture: bytes = vl_convert.svg_to_png(drawn, scale=scale)
    return picture


@lru_cache(maxsize=2)
def _drawn(figure: Figure) -> str:
    import vl_convert

    theme.use_font()
    spec = figure.specification()
    spec["config"] = {**spec["config"], "aria": False}
    drawn: str = vl_convert.vegalite_to_svg(json.dumps(spec), vl_version=VEGA_LITE, allowed_base_urls=[])
    return _own_identifiers(re.sub(r' (role|aria-[a-z]+)="[^"]*"', "", drawn), figure.name)


def _own_identifiers(drawn: str, name: str) -> str:
    """Number the identifiers from one and prefix them with the figure's name.

    The renderer counts on from picture to picture, and two pictures in one page must not share an identifier.
    """
    renamed = {old: f"{name}-{n}" for n, old in enumerate(re.findall(r'\bid="([^"]+)"', drawn), start=1)}
    drawn = re.sub(r'\bid="([^"]+)"', lambda match: f'id="{renamed[match[1]]}"', drawn)
    return re.sub(r"url\(#([^)]+)\)", lambda match: f"url(#{renamed[match[1]]})", drawn)


def _require_font(figure: Figure, drawn: str) -> None:
    held = caption.characters()
    text = "".join(element.text or "" for element in ElementTree.fromstring(drawn).iter(f"{_SVG}text"))  # noqa: S314
    lacking = sorted(set(text) - held)
    if lacking:
        names = ", ".join(f"{character} (U+{ord(character):04X})" for character in lacking)
        raise RenderError(
            f"figure {figure.name}: the charts' font lacks {names}; write it otherwise, or add it to charts/fonts"
        )
