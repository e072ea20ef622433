"""What was read and how far two readers agree: the numbers of the method page."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from analysis import reliability
from analysis.catalogue.tables import Tables


@dataclass(frozen=True)
class Method:
    """What was read and how far two readers agree.

    Args:
        reports: how many reports were read.
        of_fifty: how many of them are on the fifty.
        passages: how many passages they have that the codebook asks to be coded.
        coded: how many of them are coded.
        findings: how many findings they gave.
        known_only: how many findings are known from public pages about reviews whose reports could not be read.
        agreement: what `reliability.agreement` returns.
    """

    reports: int
    of_fifty: int
    passages: int
    coded: int
    findings: int
    known_only: int
    agreement: pl.DataFrame


def method(tables: Tables) -> Method:
    """Count what was read.

    Args:
        tables: the curated tables.
    """
    fifty = tables.beside("fifty")
    return Method(
        reports=tables.reports.height,
        of_fifty=tables.reports.join(fifty, on="area_code", how="semi").height,
        passages=int(tables["coverage"]["passages"].sum()),
        coded=int(tables["coverage"]["coded"].sum()),
        findings=tables.findings.height,
        known_only=tables["findings"].height - tables.findings.height,
        agreement=reliability.agreement(reliability.pairs(tables["findings"], tables["second_reading"])),
    )
