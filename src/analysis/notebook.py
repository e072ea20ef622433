"""How notebooks show charts: as accessible SVG by default, as interactive charts for those who explore.

A `Figure` at the end of a cell shows itself as SVG, with its alt text as the plain-text form. Both are the same on
every run, so nbval compares them. `interactive()` shows figures as live charts instead, still without a network; the
stored outputs of a notebook that uses it do not reproduce, so it is for exploring, not for committing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analysis.errors import AnalysisError

if TYPE_CHECKING:
    from analysis.charts.figure import Figure


def interactive() -> None:
    """Show figures, and any other Altair chart, as live charts that need no network.

    Raises:
        AnalysisError: this is no notebook.
    """
    import altair as alt

    from analysis.charts.figure import Figure

    formatter = _formatter()
    alt.JupyterChart.enable_offline(offline=True)
    alt.renderers.enable("jupyter", offline=True)
    formatter.for_type(Figure, _live)


def static() -> None:
    """Show figures as SVG again.

    Raises:
        AnalysisError: this is no notebook.
    """
    import altair as alt

    from analysis.charts.figure import Figure

    formatter = _formatter()
    alt.renderers.enable("svg")
    formatter.pop(Figure, None)


def _live(figure: Figure, include: Any = None, exclude: Any = None) -> Any:
    import altair as alt

    # A link opens beside the notebook, not in its place.
    options = {"loader": {"target": "_blank", "rel": "noopener"}}
    widget = alt.JupyterChart(alt.Chart.from_dict(figure.specification()), embed_options=options)
    return widget._repr_mimebundle_()


def _formatter() -> Any:
    from IPython import get_ipython

    shell = get_ipython()
    if shell is None:
        raise AnalysisError("interactive charts need a notebook: start one with `jupyter lab`")
    return shell.display_formatter.mimebundle_formatter
