"""The real data as Spark finds them, and which folders of partitions they are in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

PARTITIONED_BY = {
    "areas": "region_code",
    "inspections": "theme",  # mostly empty
    "judgements": "domain",
    "domains": "programme",
    "neighbours": "rank",
    "cqc_reviews": "in_programme",
    "coverage": "readable",
    "findings": "theme",
    "second_reading": "polarity",
    "assessments": "year",
    "children": "year",
    "events": "scope",
    "graded_judgements": "programme",
    "as_at_grades": "on",
    "cohort": "cohort",  # with colons
    "one_cohort": "basis",
    "judgement_trajectories": "previous_rank",
    "repeats": "outcome",
    "spells": "spell",
    "rates": "certainty",
    "reports": "programme",
    "some_reports": "period",
    "others": "programme",
    "reported_findings": "theme",
    "theme_successions": "theme_order",
    "weakness_aftermath": "aftermath",
    "area_measures": "grade_rank",
    "coded_pairs": "paired",
}
"""The column that names the folders of each table: text, whole numbers and days, some of them empty."""


@dataclass(frozen=True)
class Real:
    """The real data.

    Args:
        frames: every frame that a transform reads, by its name.
        parquet: the folder that holds each of them as a file; the curated tables as `analysis build` writes them.
        partitions: the folder that holds each of them as a folder of partitions, as Spark writes them.
    """

    frames: Mapping[str, pl.DataFrame]
    parquet: Path
    partitions: Path
