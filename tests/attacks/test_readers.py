"""A seeded part of the attack on the readers: nothing is missed."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from analysis.sources import merge
from attacks import releases
from attacks.mutants import SAME, VALUE, Mutant, mutants
from attacks.projects import RAW
from attacks.readers import Attack, by_command
from attacks.rows import as_csv


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


def _another_note(base: releases.Base, may: str) -> Mutant:
    header, first, *others = base.cells
    noted = ["Seen again." if column == "note" else cell for column, cell in zip(header, first, strict=True)]
    return Mutant("values", "another note", lambda: {base.attacked: as_csv([header, noted, *others])}, may)


def test_another_value_goes_on_to_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The attack itself has teeth: a value at which the import breaks down late is missed."""
    base = releases.registry(merge.read_raw(RAW))
    attack, mutant = Attack(base, tmp_path), _another_note(base, VALUE)
    assert attack.run(mutant).kind == "another value"

    def breaks_down(*_: object) -> None:
        raise KeyError("no such key")

    for late in ("write", "merge"):
        monkeypatch.setattr(merge, late, breaks_down)
        assert attack.run(mutant).kind == "missed"


def test_a_command_that_writes_what_says_the_same_is_missed(tmp_path: Path) -> None:
    base = releases.registry(merge.read_raw(RAW))
    tried = [_another_note(base, VALUE), _another_note(base, SAME)]
    assert [outcome.kind for _, outcome in by_command(base, tried, tmp_path)] == ["another value", "missed"]
