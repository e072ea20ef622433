"""One figure as an interactive page that is whole in itself: no script, style, font or data from anywhere else."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Template

    from analysis.charts.figure import Figure


def html(figure: Figure) -> str:
    """Write the page: headline, interactive chart, description, caption, and the rows as a table.

    Its content security policy forbids every request, so it works from a disk and behind any wall.

    Args:
        figure: what to show.

    Returns:
        An HTML document, byte-identical for the same figure.
    """
    from markupsafe import Markup

    from analysis.charts import render

    spec = figure.specification(framed=False)
    spec["description"] = figure.alt_text
    return _template().render(
        figure=figure,
        rows=[[_cell(value) for value in row] for row in figure.data.iter_rows()],
        font_faces=Markup(render.font_faces()),  # noqa: S704 - made of the project's own fonts
        script=Markup(_script()),  # noqa: S704 - the renderer's own code, closing tags escaped
        specification=Markup(_in_script(json.dumps(spec, ensure_ascii=False, sort_keys=True))),  # noqa: S704
    )


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.0f}"
    return str(value)


def _in_script(text: str) -> str:
    """Escape what could end or open a tag inside a script element."""
    escapes = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
    return text.translate({ord(character): escape for character, escape in escapes.items()})


@cache
def _script() -> str:
    import vl_convert

    from analysis.charts import render

    snippet = "window.vegaEmbed = vegaEmbed;"
    bundle: str = vl_convert.javascript_bundle(snippet, vl_version=render.VEGA_LITE)
    return bundle.replace("</script", "<\\/script").replace("<!--", "<\\!--")


@cache
def _template() -> Template:
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string((resources.files("analysis.publish") / "page.html").read_text(encoding="utf-8"))
