"""The guide for analysts on Spark: every block of Python in it runs, and gives what polars gives."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from engines import rows

from analysis import cohorts, progress
from spark.real_data import Real
from spark.session import INSTALLED, session

GUIDE = Path(__file__).resolve().parents[2] / "notebooks" / "spark.md"
GUESSES = "spark.sql.sources.partitionColumnTypeInference.enabled"
PLACE = '"/Volumes/main/default/processed"'

pytestmark = pytest.mark.skipif(not INSTALLED, reason="PySpark is an extra; `make spark` installs it")


@pytest.fixture
def spark() -> Iterator[Any]:
    """The session of all tests, and at the end as it was."""
    started = session()
    guessed = started.conf.get(GUESSES)
    yield started
    started.conf.set(GUESSES, guessed)


def test_the_guide_runs(real: Real, spark: Any) -> None:
    blocks = re.findall(r"^```python\n(.*?)^```$", GUIDE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert len(blocks) == 4
    code = "\n".join(blocks)
    assert code.count(PLACE) == 1
    said: dict[str, Any] = {"spark": spark}
    exec(compile(code.replace(PLACE, repr(str(real.parquet))), str(GUIDE), "exec"), said)  # noqa: S102

    frames = real.frames
    of_cohorts = {name: frames[name] for name in said["of_cohorts"]}
    grades = progress.as_at(frames["graded_judgements"], frames["areas"], date(2026, 3, 31), domains=["overall"])
    assert rows(said["frame"]) == rows(
        progress.grade_shares(grades, cohorts.beside(["fifty", "england"], **of_cohorts))
    )


def test_names_of_folders_that_are_not_guessed_are_read_as_what_a_transform_needs(real: Real, spark: Any) -> None:
    spark.conf.set(GUESSES, "false")
    grades = spark.read.parquet(str(real.partitions / "as_at_grades"))
    assert dict(grades.dtypes)["on"] == "string"
    cohort = spark.read.parquet(str(real.parquet / "cohort.parquet"))
    assert rows(progress.good_or_better(grades, cohort)) == rows(
        progress.good_or_better(real.frames["as_at_grades"], real.frames["cohort"])
    )
