"""A seeded part of the attack on the readers: nothing is missed."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from analysis.sources import merge
from attacks import releases
from attacks.mutants import mutants
from attacks.readers import RAW, Attack


@pytest.mark.parametrize("source", ["registry", "neighbours", "outcomes", "reports", "coded", "districts"])
def test_mutants_are_refused_or_change_nothing(tmp_path: Path, source: str) -> None:
    tables = merge.read_raw(RAW)
    made = {
        "registry": lambda: releases.registry(tables),
        "neighbours": lambda: releases.neighbours(tables),
        "outcomes": lambda: releases.outcomes(tables, tmp_path, "ods", 6),
        "reports": lambda: releases.reports(tables, tmp_path)[1],
        "coded": lambda: releases.coded(tables, tmp_path),
        "districts": lambda: releases.authorities(tables)[1],
    }[source]()
    attack = Attack(made, tmp_path)
    every = [mutant for mutant in mutants(made, 11, 1) if mutant.group != "bombs"]
    outcomes = {
        f"{m.group}: {m.name}": attack.run(m)
        for m in random.Random(11).sample(every, 12)  # noqa: S311
    }
    assert {name: outcome.said for name, outcome in outcomes.items() if outcome.kind == "missed"} == {}
    assert {outcome.kind for outcome in outcomes.values()} >= {"refused"}
