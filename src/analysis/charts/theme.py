"""The look of every chart: the Government Analysis Function's colours and conventions, as one Altair theme."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import altair as alt

NAME = "analysis"
FONT_FOLDER = Path(__file__).parent / "fonts"
FONT = "Arimo"
FONT_STACK = "Arimo, Arial, 'Liberation Sans', Helvetica, sans-serif"

DARK_BLUE, TURQUOISE, DARK_PINK, ORANGE, DARK_GREY, LIGHT_PURPLE = (
    "#12436D",
    "#28A197",
    "#801650",
    "#F46A25",
    "#3D3D3D",
    "#A285D1",
)
CATEGORICAL = [DARK_BLUE, TURQUOISE, DARK_PINK, ORANGE, DARK_GREY, LIGHT_PURPLE]
MID_BLUE, LIGHT_BLUE, PALE_BLUE = "#2073BC", "#6BACE6", "#DCEBF8"
SEQUENTIAL = [DARK_BLUE, MID_BLUE, LIGHT_BLUE]

TEXT = "#0B0C0C"
QUIET_TEXT = "#3D3D3D"
GRID = "#D9D9D9"
OUTLINE = "#6F777B"
NO_DATA = "#F3F2F1"
PAPER = "#FFFFFF"

WIDTH = 660
HEADLINE_SIZE, SUBTITLE_SIZE, BODY_SIZE, CAPTION_SIZE = 20, 14, 12, 12


@alt.theme.register(NAME, enable=True)
def _theme() -> alt.theme.ThemeConfig:
    config: dict[str, Any] = {
        "font": FONT_STACK,
        "background": PAPER,
        "padding": {"left": 14, "top": 14, "right": 18, "bottom": 12},
        "view": {"stroke": None, "continuousWidth": WIDTH, "continuousHeight": 360},
        "title": {
            "anchor": "start",
            "frame": "bounds",
            "fontSize": HEADLINE_SIZE,
            "fontWeight": "bold",
            "color": TEXT,
            "subtitleFontSize": SUBTITLE_SIZE,
            "subtitleColor": QUIET_TEXT,
            "subtitleLineHeight": 19,
            "subtitlePadding": 6,
            "offset": 16,
            "limit": 0,
        },
        "axis": {
            "labelFontSize": BODY_SIZE,
            "labelColor": TEXT,
            "labelLimit": 0,
            "titleFontSize": BODY_SIZE,
            "titleFontWeight": "normal",
            "titleColor": QUIET_TEXT,
            "titlePadding": 10,
            "titleLimit": 0,
            "grid": True,
            "gridColor": GRID,
            "gridWidth": 1,
            "domainColor": OUTLINE,
            "tickColor": OUTLINE,
            "labelAngle": 0,
        },
        "axisX": {"grid": False},
        "axisY": {
            "domain": False,
            "ticks": False,
            "labelPadding": 6,
            "titleAngle": 0,
            "titleAlign": "left",
            "titleAnchor": "end",
            "titleY": -14,
            "titleX": 0,
            "titleBaseline": "bottom",
        },
        "legend": {
            "orient": "top",
            "direction": "horizontal",
            "labelFontSize": BODY_SIZE,
            "labelColor": TEXT,
            "labelLimit": 0,
            "titleFontSize": BODY_SIZE,
            "titleFontWeight": "bold",
            "titleColor": TEXT,
            "titleLimit": 0,
            "symbolSize": 130,
            "columnPadding": 16,
            "rowPadding": 4,
            "padding": 0,
            "offset": 36,
            "symbolOpacity": 1,
        },
        "header": {
            "labelFontSize": 13,
            "labelFontWeight": "bold",
            "labelColor": TEXT,
            "labelAnchor": "start",
            "labelLimit": 0,
            "titleFontSize": BODY_SIZE,
        },
        "text": {"fontSize": BODY_SIZE, "color": TEXT},
        "line": {"strokeWidth": 2.5},
        "range": {"category": CATEGORICAL, "ordinal": SEQUENTIAL, "ramp": SEQUENTIAL[::-1]},
    }
    return {"config": config}  # type: ignore[typeddict-item]


@cache
def use_font() -> None:
    """Let the renderer measure and draw text with the font that the project ships."""
    import vl_convert

    vl_convert.register_font_directory(str(FONT_FOLDER))
