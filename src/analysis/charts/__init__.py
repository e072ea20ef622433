"""One function a chart, nothing but encoding: a tidy frame in, a `Figure` with its words, source and rows out.

A `Figure` shows itself in a notebook as accessible SVG, and `analysis.publish` writes it as static files.
`analysis.catalogue` says which frame goes to which published chart.
"""

from analysis.charts.aftermath import weakness_again, what_became
from analysis.charts.area_findings import findings_of_area
from analysis.charts.caption import Credit
from analysis.charts.comparisons import letters_beside_inspections, weaknesses_and_grades, weaknesses_and_recorded
from analysis.charts.exploitation import exploitation_in_area, exploitation_in_england
from analysis.charts.explorer import exploitation_findings
from analysis.charts.figure import Figure
from analysis.charts.frames import ChartDataError
from analysis.charts.grades import first_to_latest, grades_over_time
from analysis.charts.history import area_timeline, inspection_history
from analysis.charts.prevalence import exploitation_by_group, exploitation_by_theme, weaknesses_by_theme
from analysis.charts.recovery import time_to_recovery
from analysis.charts.render import RenderError
from analysis.charts.sheet import areas_by_themes
from analysis.charts.tiles import fifty_by_basis, fifty_by_judgement

__all__ = [
    "ChartDataError",
    "Credit",
    "Figure",
    "RenderError",
    "area_timeline",
    "areas_by_themes",
    "exploitation_by_group",
    "exploitation_by_theme",
    "exploitation_findings",
    "exploitation_in_area",
    "exploitation_in_england",
    "fifty_by_basis",
    "fifty_by_judgement",
    "findings_of_area",
    "first_to_latest",
    "grades_over_time",
    "inspection_history",
    "letters_beside_inspections",
    "time_to_recovery",
    "weakness_again",
    "weaknesses_and_grades",
    "weaknesses_and_recorded",
    "weaknesses_by_theme",
    "what_became",
]
