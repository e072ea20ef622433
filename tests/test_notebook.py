"""How a notebook shows a figure."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import altair as alt
import IPython
import polars as pl
import pytest
from IPython.core.formatters import DisplayFormatter

from analysis import notebook
from analysis.charts import Figure, render
from analysis.errors import AnalysisError

WIDGET = "application/vnd.jupyter.widget-view+json"


def _figure() -> Figure:
    rows = pl.DataFrame({"x": [1, 2]})
    return Figure(
        "a_figure", alt.Chart(rows).mark_point().encode(alt.X("x:Q")), "A headline", "Of 2 rows", "S", "L", "1, 2", rows
    )


@pytest.fixture
def formatter(monkeypatch: pytest.MonkeyPatch) -> Iterator[DisplayFormatter]:
    """A notebook's display formatter, without a notebook around it."""
    shown = DisplayFormatter()
    monkeypatch.setattr(IPython, "get_ipython", lambda: SimpleNamespace(display_formatter=shown))
    active, options = alt.renderers.active, dict(alt.renderers.options)
    yield shown
    alt.renderers.enable(active, **options)
    alt.JupyterChart.enable_offline(offline=False)


def _shown(formatter: DisplayFormatter, figure: Figure) -> dict[str, Any]:
    data, _ = formatter.format(figure)  # type: ignore[no-untyped-call]
    return dict(data)


def test_figure_shows_itself_as_svg_with_its_alt_text(formatter: DisplayFormatter) -> None:
    figure = _figure()
    shown = _shown(formatter, figure)
    assert shown["image/svg+xml"] == render.svg(figure)
    assert shown["text/plain"] == "1, 2"
    assert set(shown) == {"image/svg+xml", "text/plain"}
    assert _shown(formatter, _figure()) == shown


def test_interactive_needs_no_network_and_static_brings_svg_back(formatter: DisplayFormatter) -> None:
    figure = _figure()
    still = _shown(formatter, figure)
    notebook.interactive()
    live = _shown(formatter, figure)
    assert WIDGET in live
    assert "image/svg+xml" not in live
    assert "https://esm.sh" not in str(alt.JupyterChart._esm)
    notebook.static()
    assert _shown(formatter, figure) == still


def test_interactive_outside_a_notebook_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(IPython, "get_ipython", lambda: None)
    with pytest.raises(AnalysisError, match="need a notebook"):
        notebook.interactive()
