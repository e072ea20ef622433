"""How far two readers of the same reports agree: the sample, pairs of codings, agreement, and what is confused.

Every function takes native frames of one kind (pandas, polars eager or lazy, DuckDB relations of one connection,
PySpark's DataFrames of one session) and returns that kind. Kappa is Cohen's, from statsmodels.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import narwhals as nw
import numpy as np
from narwhals.typing import IntoFrameT
from statsmodels.stats.inter_rater import cohens_kappa
from statsmodels.stats.proportion import proportion_confint

from analysis.frames import REAL, TEXT, WHOLE, Columns, Engine, Kind, Lazy, Value, opened, require_match, require_unique

CODED = ("polarity", "theme", "exploitation", "exploitation_focus", "missing", "agency", "severity")
"""The columns that a reader decides and that are compared."""

NO_CODE = "(none)"
"""Stands for an empty cell, such as the severity of a strength."""

_FINDINGS = Columns(
    "findings", {"finding_id": TEXT, "inspection_id": TEXT, "passage": WHOLE, **dict.fromkeys(CODED, TEXT)}
)
_PAIR_KINDS: dict[str, Kind] = {
    "inspection_id": TEXT,
    "passage": WHOLE,
    "paired": TEXT,
    "finding_id_a": TEXT,
    "finding_id_b": TEXT,
    **{f"{column}_{reader}": TEXT for column in CODED for reader in "ab"},
}


_PAIRS = Columns("coded_pairs", _PAIR_KINDS)

SEED = 20150714
"""The seed of the sample that was read twice: the day of CQC's report on Rotherham."""

SHARE_READ_TWICE = 0.1


def sample(coverage: IntoFrameT, inspections: IntoFrameT, *, seed: int = SEED) -> IntoFrameT:
    """Draw the reports to be read twice: at least a tenth of each programme's, by seed.

    Standard and short ILACS inspections are one programme here.

    Args:
        coverage: the `coverage` table: the reports to draw from.
        inspections: the `inspections` table.
        seed: the same seed and the same reports give the same sample.

    Returns:
        One row a report drawn, sorted by `programme`, `inspection_id`: `inspection_id`, `programme` (`ilacs`,
        `jtai`, `sif`, `sif_reinspection`), `reports` (of the programme, from which it was drawn).
    """
    engine, (covered, inspection) = opened(
        (coverage, Columns("coverage", {"inspection_id": TEXT})),
        (inspections, Columns("inspections", {"inspection_id": TEXT, "programme": TEXT})),
    )
    require_unique(engine, covered, ["inspection_id"], "coverage")
    require_unique(engine, inspection, ["inspection_id"], "inspections")
    require_match(engine, covered, inspection, ["inspection_id"], "coverage", "inspections")
    reports: dict[str, list[str]] = {}
    for row in engine.rows(covered.join(inspection, on="inspection_id", how="left").sort("inspection_id")):
        programme = str(row["programme"])
        reports.setdefault("ilacs" if programme.startswith("ilacs") else programme, []).append(
            str(row["inspection_id"])
        )
    draw = random.Random(seed)  # noqa: S311
    drawn: list[tuple[str, str, int]] = []
    for programme in sorted(reports):
        among = reports[programme]
        chosen = draw.sample(among, math.ceil(len(among) * SHARE_READ_TWICE))
        drawn += [(inspection_id, programme, len(among)) for inspection_id in chosen]
    kinds: dict[str, Kind] = {"inspection_id": TEXT, "programme": TEXT, "reports": WHOLE}
    columns: dict[str, list[Value]] = {name: [row[place] for row in drawn] for place, name in enumerate(kinds)}
    return engine.give(engine.table(kinds, columns), sort=["programme", "inspection_id"])


def pairs(findings: IntoFrameT, second_reading: IntoFrameT) -> IntoFrameT:
    """The codings of both readers, passage by passage, of the reports that were read twice.

    Rows of one passage and polarity are a pair. Where a passage has one row left of each reader, of different
    polarity, they are a pair too: the readers differ in polarity. What is left has one reader only.

    Args:
        findings: the `findings` table.
        second_reading: the `second_reading` table.

    Returns:
        One row a pair, or a row that only one reader has, sorted by `inspection_id`, `passage`, `finding_id_a`,
        `finding_id_b`: `inspection_id`, `passage`, `paired` (`both`, `only_a`, `only_b`), `finding_id_a`,
        `finding_id_b`, and for each compared column `<column>_a` and `<column>_b` (empty where the reader has no
        row).

    Raises:
        AnalysisError: a report of the second reading that the first did not code, or a passage with two rows of one
            polarity by one reader.
    """
    engine, (first, second) = opened((findings, _FINDINGS), (second_reading, _FINDINGS))
    numbered = first.filter(~nw.col("passage").is_null())
    require_match(engine, second, numbered, ["inspection_id"], "second_reading", "findings")
    keys = ["inspection_id", "passage", "polarity"]
    read_twice = second.select("inspection_id").unique()
    first_again = numbered.join(read_twice, on="inspection_id", how="inner")
    require_unique(engine, first_again, keys, "findings")
    require_unique(engine, second, keys, "second_reading")
    place = ["inspection_id", "passage"]
    alone = {reader: _of_passage(nw.col("paired") == f"only_{reader}", place) for reader in ("a", "b")}
    rows = _beside(first_again, second, keys).with_columns(
        differing=(nw.col("paired") != "both") & (alone["a"] == 1) & (alone["b"] == 1)
    )
    coded = [column for column in _PAIR_KINDS if column not in (*place, "paired")]
    # Each column has one value in the two rows of such a passage.
    differing = (
        rows.filter(nw.col("differing"))
        .group_by(*place)
        .agg(*(nw.col(column).max() for column in coded))
        .with_columns(paired=nw.lit("both"))
    )
    settled = rows.filter(~nw.col("differing"))
    both = nw.concat([settled.select(*_PAIR_KINDS), differing.select(*_PAIR_KINDS)], how="vertical")
    return engine.give(both, sort=["inspection_id", "passage", "finding_id_a", "finding_id_b"])


def _of_passage(condition: nw.Expr, place: Sequence[str]) -> nw.Expr:
    """How many rows of its passage fulfil a condition."""
    return nw.when(condition).then(nw.lit(1)).otherwise(nw.lit(0)).sum().over(*place)


def _beside(first: Lazy, second: Lazy, keys: Sequence[str]) -> Lazy:
    """Rows of both readers joined on the keys, with those of one reader only."""
    columns = ("finding_id", *CODED)
    one = first.select(*keys, **{f"{column}_a": nw.col(column) for column in columns})
    two = second.select(*keys, **{f"{column}_b": nw.col(column) for column in columns})
    return one.join(two, on=list(keys), how="full", suffix="_other").with_columns(
        *(
            nw.when(nw.col(key).is_null()).then(nw.col(f"{key}_other")).otherwise(nw.col(key)).alias(key)
            for key in keys
        ),
        paired=nw.when(nw.col("finding_id_b").is_null())
        .then(nw.lit("only_a"))
        .when(nw.col("finding_id_a").is_null())
        .then(nw.lit("only_b"))
        .otherwise(nw.lit("both")),
    )


@dataclass(frozen=True)
class _Agreement:
    n: int
    agreed: int
    kappa: float | None
    low: float | None
    high: float | None


def agreement(coded_pairs: IntoFrameT) -> IntoFrameT:
    """Raw agreement and Cohen's kappa of each compared column, and agreement on what is a finding.

    Args:
        coded_pairs: what `pairs` returns.

    Returns:
        One row a column, in the order of `CODED`, and first `passage` (whether both readers have the row): `column`,
        `column_order`, `n` (pairs; for `passage` all rows), `agreed`, `share`, `share_low`, `share_high` (Wilson, 95%),
        `kappa`, `kappa_low`, `kappa_high` (95%, normal approximation, at most 1; all empty for `passage`, and where
        fewer than two codes occur; the limits also where one reader gave one code only). `severity` is compared where
        both readers see a weakness, `exploitation_focus` where both see exploitation named.
    """
    engine, (rows,) = opened((coded_pairs, _PAIRS))
    paired = {row["paired"]: int(row["rows"]) for row in engine.rows(rows.group_by("paired").agg(rows=nw.len()))}
    found = {"passage": _Agreement(sum(paired.values()), paired.get("both", 0), None, None, None)}
    for column, compared in _compared(engine, rows).items():
        found[column] = _agreement(compared)
    records: dict[str, list[Value]] = {name: [] for name in _AGREEMENT_KINDS}
    for order, (column, result) in enumerate(found.items(), start=1):
        low, high = proportion_confint(result.agreed, result.n, method="wilson") if result.n else (None, None)
        values: dict[str, Value] = {
            "column": column,
            "column_order": order,
            "n": result.n,
            "agreed": result.agreed,
            "share": result.agreed / result.n if result.n else None,
            "share_low": None if low is None else float(low),
            "share_high": None if high is None else float(high),
            "kappa": result.kappa,
            "kappa_low": result.low,
            "kappa_high": result.high,
        }
        for name, value in values.items():
            records[name].append(value)
    return engine.give(engine.table(_AGREEMENT_KINDS, records), sort=["column_order"])


_AGREEMENT_KINDS: dict[str, Kind] = {
    "column": TEXT,
    "column_order": WHOLE,
    "n": WHOLE,
    "agreed": WHOLE,
    "share": REAL,
    "share_low": REAL,
    "share_high": REAL,
    "kappa": REAL,
    "kappa_low": REAL,
    "kappa_high": REAL,
}
_CONFUSION_KINDS: dict[str, Kind] = {
    "column": TEXT,
    "code_a": TEXT,
    "code_b": TEXT,
    "count": WHOLE,
    "pairs": WHOLE,
    "order": WHOLE,
}


def confusions(coded_pairs: IntoFrameT) -> IntoFrameT:
    """Which codes the readers give each other's way, most frequent first.

    Args:
        coded_pairs: what `pairs` returns.

    Returns:
        One row a column and two different codes, whichever reader gave which, sorted by `column`, falling `count`,
        `code_a`, `code_b`: `column`, `code_a`, `code_b` (in alphabetical order), `count`, `pairs` (in which either
        reader gave either code), `order` (1 for the first row).
    """
    engine, (rows,) = opened((coded_pairs, _PAIRS))
    records: dict[str, list[Value]] = {name: [] for name in _CONFUSION_KINDS}
    for column, compared in sorted(_compared(engine, rows).items()):
        counts: Counter[tuple[str, ...]] = Counter()
        for pair, count in compared.items():
            if pair[0] != pair[1]:
                counts[tuple(sorted(pair))] += count
        for (one, other), count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
            touched = sum(pairs for pair, pairs in compared.items() if {one, other} & set(pair))
            values: tuple[Value, ...] = (column, one, other, count, touched, len(records["order"]) + 1)
            for name, value in zip(_CONFUSION_KINDS, values, strict=True):
                records[name].append(value)
    return engine.give(engine.table(_CONFUSION_KINDS, records), sort=["order"])


def _compared(engine: Engine[IntoFrameT], rows: Lazy) -> dict[str, Counter[tuple[str, str]]]:
    """How often the readers gave each two codes, of each column: of the rows that both have.

    Severity counts where both see a weakness, the focus where both see exploitation named.
    """
    counted = []
    for column in CODED:
        both = rows.filter(nw.col("paired") == "both")
        for reader in "ab":
            if column == "severity":
                both = both.filter(nw.col(f"polarity_{reader}") == "weakness")
            if column == "exploitation_focus":
                both = both.filter((nw.col(f"exploitation_{reader}") != "none").fill_null(True))
        codes = both.select(column=nw.lit(column), code_a=f"{column}_a", code_b=f"{column}_b")
        counted.append(codes.group_by("column", "code_a", "code_b").agg(pairs=nw.len().cast(WHOLE)))
    found: dict[str, Counter[tuple[str, str]]] = {column: Counter() for column in CODED}
    for row in engine.rows(nw.concat(counted, how="vertical")):
        found[row["column"]][str(row["code_a"] or NO_CODE), str(row["code_b"] or NO_CODE)] += row["pairs"]
    return found


def _agreement(compared: Counter[tuple[str, str]]) -> _Agreement:
    total = compared.total()
    agreed = sum(count for (one, other), count in compared.items() if one == other)
    used = sorted({code for pair in compared for code in pair})
    if len(used) < 2:
        return _Agreement(total, agreed, None, None, None)
    place = {code: number for number, code in enumerate(used)}
    table = np.zeros((len(used), len(used)))
    for (one, other), count in compared.items():
        table[place[one], place[other]] = count
    if np.count_nonzero(table.sum(axis=0)) < 2 or np.count_nonzero(table.sum(axis=1)) < 2:
        # A reader who gave one code only leaves kappa without a variance.
        kappa = float(cohens_kappa(table, return_results=False))
        return _Agreement(total, agreed, kappa, None, None)
    result = cohens_kappa(table)
    # The normal approximation may pass the greatest value that kappa can take.
    high = min(float(result.kappa_upp), 1.0)
    return _Agreement(total, agreed, float(result.kappa), float(result.kappa_low), high)
