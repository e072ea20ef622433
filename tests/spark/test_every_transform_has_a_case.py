"""No transform is added without being run on Spark; this alone needs no Spark."""

from __future__ import annotations

from spark.cases import CALLS, NO_FRAME, public


def test_every_public_transform_is_run_on_spark() -> None:
    found = public()
    assert len(found) >= 40
    assert found - set(CALLS) - NO_FRAME == set()
    assert found >= NO_FRAME
