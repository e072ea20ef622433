"""Which authority a code or a name in a source stands for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

import polars as pl

_KINDS_OF_BOROUGH = re.compile(r"\b(?:london|royal|metropolitan)\s+(?:borough|district)\b")
_OF_ANY_AUTHORITY = {"authority", "borough", "city", "corporation", "council", "county", "district", "local"}
_OF_ANY_AUTHORITY |= {"metropolitan", "unitary"}
_OF_ITS_BODIES = {"board", "children", "childrens", "partnership", "safeguarding", "services"}
_SMALL_WORDS = {"and", "in", "of", "on", "the", "upon"}
_NOT_THE_NAME = frozenset(_OF_ANY_AUTHORITY | _OF_ITS_BODIES | _SMALL_WORDS)

EVERYDAY_NAMES = {
    frozenset({"hull"}): frozenset({"kingston", "hull"}),
    frozenset({"southend"}): frozenset({"southend", "sea"}),
    frozenset({"bcp"}): frozenset({"bournemouth", "christchurch", "poole"}),
}
"""Short names in use that no rule gives, with the words of the full name."""


def name_key(name: str) -> frozenset[str]:
    """Reduce a name to the words that tell one authority from another, whatever their order.

    >>> name_key("Bristol, City of") == name_key("Bristol City Council") == {"bristol"}
    True
    """
    plain = re.sub(r"\([^)]*\)", " ", name.lower().replace("&", " and "))
    plain = re.sub(r"['’]", "", plain)
    plain = _KINDS_OF_BOROUGH.sub(" ", re.sub(r"[^a-z]+", " ", plain))
    key = frozenset(plain.split()) - _NOT_THE_NAME
    return EVERYDAY_NAMES.get(key, key)


class AreaFinder:
    """Finds the area that a GSS code, a three-digit code or a name stands for.

    Args:
        areas: the table `areas`, one row an authority.
        area_codes: the table `area_codes`, one row a GSS code.
    """

    def __init__(self, areas: pl.DataFrame, area_codes: pl.DataFrame) -> None:
        """Index the areas by code, by three-digit code and by name."""
        self._by_code = dict(zip(area_codes["code"], area_codes["area_code"], strict=True))
        self._by_la_code = dict(zip(areas["la_code"], areas["area_code"], strict=True))
        self._names = [
            (str(row["area_code"]), name_key(row["name"]), row["valid_from"] or date.min, row["valid_to"] or date.max)
            for row in areas.select("area_code", "name", "valid_from", "valid_to").iter_rows(named=True)
        ]

    def by_code(self, code: str | None) -> str | None:
        """The area of a GSS code, current or former, or of a three-digit code; None if unknown."""
        return None if code is None else self._by_code.get(code.strip(), self._by_la_code.get(code.strip()))

    def by_name(self, name: str | None, day: date | None = None) -> str | None:
        """The area of a name; where two shared it, the one that existed on the day, or exists now; None if unknown."""
        if name is None:
            return None
        key = name_key(name)
        candidates = [(code, first, last) for code, own, first, last in self._names if own == key]
        if len(candidates) == 1:
            return candidates[0][0]
        fitting = [code for code, first, last in candidates if first <= (day or date.max) <= last]
        return fitting[0] if len(fitting) == 1 else None

    def by_any_name(self, names: Iterable[str], on: date) -> str | None:
        """The area that existed on a day and has one of several names, or has one as part of its own.

        Each name is tried in turn, first whole, then as part of an authority's name (“East Riding”).

        Args:
            names: the ways in which a report names its area, the most formal first.
            on: a day on which the authority existed, such as the inspection's first.

        Returns:
            The authority's `area_code`, or None where no name, or more than one authority, fits.
        """
        alive = [(code, own) for code, own, first, last in self._names if first <= on <= last]
        keys = [key for key in map(name_key, names) if key]
        for fits in (frozenset.__eq__, frozenset.__lt__):
            for key in keys:
                found = [code for code, own in alive if fits(key, own)]
                if len(found) == 1:
                    return found[0]
        return None
