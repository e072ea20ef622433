"""Pictures as pages show them: an address or the picture itself, its words, its size."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analysis.charts.figure import Figure

_SIZE = re.compile(r'<svg[^>]*? width="([\d.]+)" height="([\d.]+)"')


@dataclass(frozen=True)
class Drawn:
    """A figure as SVG, with its words and its size in pixels."""

    svg: bytes
    alt: str
    size: tuple[int, int]


@dataclass(frozen=True)
class Picture:
    """A picture on a page: its address, its words and its size in pixels."""

    source: str
    alt: str
    size: tuple[int, int]


def picture(figure: Figure) -> Drawn:
    """Draw a figure as SVG."""
    from analysis.charts import render

    drawn = render.svg(figure)
    found = _SIZE.search(drawn)
    if found is None:
        raise ValueError(f"the picture of {figure.name} does not say how large it is")
    width, height = (round(float(side)) for side in found.groups())
    return Drawn(drawn.encode(), figure.alt_text, (width, height))


def inside(figure: Figure) -> Picture:
    """Draw a figure as a picture that stands in the page itself."""
    drawn = picture(figure)
    encoded = base64.b64encode(drawn.svg).decode("ascii")
    return Picture(f"data:image/svg+xml;base64,{encoded}", drawn.alt, drawn.size)
