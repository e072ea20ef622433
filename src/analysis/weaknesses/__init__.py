"""Weaknesses, strengths and progress that inspectors reported: how often, where, and what became of them.

Every function takes native frames of one kind (pandas, polars eager or lazy, DuckDB relations of one connection,
PySpark's DataFrames of one session) and returns that kind. The way of the data: `read_reports` gives the reports that
were read (the denominators), `reported` their findings; the other functions count those, and `behind` gives the
findings behind each count. `cohort` is a cohort frame (see `analysis.cohorts`): whatever is counted by cohort starts
with its `cohort`, `cohort_label` and `cohort_order`. `subject` says which findings count (see `Subject`). Themes are
counted by a finding's main theme. Shares carry Wilson's 95% interval (`low`, `high`).

Nothing reported is not the same as nothing wrong: silence, not read and not inspected are kept apart throughout.
"""

from analysis.weaknesses.aftermath import AFTERMATHS, aftermath, aftermath_shares
from analysis.weaknesses.common import Subject
from analysis.weaknesses.comparisons import associations, compare, measures
from analysis.weaknesses.evidence import behind
from analysis.weaknesses.prevalence import prevalence
from analysis.weaknesses.recurrence import OUTCOMES, recurrence, successions
from analysis.weaknesses.reports import read_reports, reported
from analysis.weaknesses.states import STATES, states

__all__ = [
    "AFTERMATHS",
    "OUTCOMES",
    "STATES",
    "Subject",
    "aftermath",
    "aftermath_shares",
    "associations",
    "behind",
    "compare",
    "measures",
    "prevalence",
    "read_reports",
    "recurrence",
    "reported",
    "states",
    "successions",
]
