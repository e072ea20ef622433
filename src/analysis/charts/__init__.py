"""One function a chart, nothing but encoding: a tidy frame in, a `Figure` with its words, source and rows out.

A `Figure` shows itself in a notebook as accessible SVG, and `analysis.publish` writes it as static files.
`analysis.catalogue` says which frame goes to which published chart.
"""

from analysis.charts.caption import Credit
from analysis.charts.exploitation import exploitation_in_area, exploitation_in_england
from analysis.charts.figure import Figure
from analysis.charts.frames import ChartDataError
from analysis.charts.grades import first_to_latest, grades_over_time
from analysis.charts.history import area_timeline, inspection_history
from analysis.charts.recovery import time_to_recovery
from analysis.charts.render import RenderError
from analysis.charts.tiles import fifty_by_basis, fifty_by_judgement

__all__ = [
    "ChartDataError",
    "Credit",
    "Figure",
    "RenderError",
    "area_timeline",
    "exploitation_in_area",
    "exploitation_in_england",
    "fifty_by_basis",
    "fifty_by_judgement",
    "first_to_latest",
    "grades_over_time",
    "inspection_history",
    "time_to_recovery",
]
