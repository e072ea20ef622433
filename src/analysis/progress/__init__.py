"""Grades in time: as at a day, change between inspections, transitions, time from inadequate to better.

Every function takes native frames of one kind (pandas, polars eager or lazy, DuckDB relations of one connection,
PySpark's DataFrames of one session) and returns that kind. Judgements are compared within a domain only; a judgement
whose framework is `not` comparable with the others in its domain is never bridged. `cohort` is a cohort frame (see
`analysis.cohorts`): whatever is counted by cohort starts with its `cohort`, `cohort_label` and `cohort_order`. Shares
carry Wilson's 95% interval (`low`, `high`).

Grades are `inadequate`, `requires_improvement`, `good`, `outstanding`; `grade_rank` is 1 to 4 in that order.
`comparable` and `match` are `same` or `close`: `close` if any judgement that is compared is only a close match.
"""

from analysis.progress.changes import change_shares, repeat_inspections, repeat_outcomes, trajectories, transitions
from analysis.progress.common import GRADES, ILACS, By
from analysis.progress.histories import ROTHERHAM, inspection_history, tile_map, timeline
from analysis.progress.judgements import as_at, graded
from analysis.progress.recovery import recovery, recovery_spells, recovery_times
from analysis.progress.shares import good_or_better, grade_shares

__all__ = [
    "GRADES",
    "ILACS",
    "ROTHERHAM",
    "By",
    "as_at",
    "change_shares",
    "good_or_better",
    "grade_shares",
    "graded",
    "inspection_history",
    "recovery",
    "recovery_spells",
    "recovery_times",
    "repeat_inspections",
    "repeat_outcomes",
    "tile_map",
    "timeline",
    "trajectories",
    "transitions",
]
