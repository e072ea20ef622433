"""What the functions on grades share: the columns they read, the order in time, and shares with intervals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import narwhals as nw

from analysis.errors import AnalysisError
from analysis.frames import (
    DAY,
    TEXT,
    WHOLE,
    Columns,
    Lazy,
    row_number,
)
from analysis.schema import codes

By = Literal["started", "published"]
"""Which day of an inspection counts: its first day (as Ofsted counts “as at”), or the day of publication."""

ILACS = (codes.Programme.ILACS_STANDARD, codes.Programme.ILACS_SHORT)

GRADES = tuple(str(grade) for grade in codes.Grade)
"""The four grades, worst first."""
GOOD_RANK = GRADES.index(str(codes.Grade.GOOD)) + 1
"""The rank of good, counted from 1."""

SAME, CLOSE, NOT = codes.DOMAIN_MATCHES

AREAS = Columns("areas", {"area_code": TEXT, "name": TEXT, "region_code": TEXT, "valid_from": DAY, "valid_to": DAY})

GRADED = Columns(
    "graded_judgements",
    {
        "area_code": TEXT,
        "inspection_id": TEXT,
        "programme": TEXT,
        "domain": TEXT,
        "comparable": TEXT,
        "grade": TEXT,
        "grade_rank": WHOLE,
        "started": DAY,
        "published": DAY,
    },
)

AS_AT = Columns(
    "as_at_grades",
    {
        "on": DAY,
        "area_code": TEXT,
        "domain": TEXT,
        "grade": TEXT,
        "grade_rank": WHOLE,
        "comparable": TEXT,
        "inspection_id": TEXT,
        "programme": TEXT,
        "published": DAY,
    },
)


def known_domains(wanted: Sequence[str] | None) -> list[str]:
    """The domains wanted, sorted; all of them if None.

    Raises:
        AnalysisError: a domain is not known, or none is given.
    """
    known = [str(domain) for domain in codes.Domain]
    chosen = known if wanted is None else [str(domain) for domain in wanted]
    unknown = [domain for domain in chosen if domain not in known]
    if unknown or not chosen:
        raise AnalysisError(
            f"There is no domain {', '.join(unknown) or '(none was given)'}. Known are {', '.join(known)}."
        )
    return sorted(set(chosen))


IN_TIME = ("day", "published", "inspection_id")
"""What orders the judgements of an area and domain."""


def compared(judgements: Lazy, by: By) -> Lazy:
    """The comparable judgements that have a day, with `day`."""
    return dated(judgements.filter(nw.col("comparable") != NOT), by)


def dated(judgements: Lazy, by: By) -> Lazy:
    """The judgements that have a day, with `day`.

    Raises:
        AnalysisError: `by` is no day of an inspection.
    """
    if by not in ("started", "published"):
        raise AnalysisError(f"Judgements are ordered by started or published, not by {by}.")
    return judgements.with_columns(day=nw.col(by)).filter(~nw.col("day").is_null())


def ordered_in_time(judgements: Lazy, keys: Sequence[str]) -> Lazy:
    """Judgements that have a day, with `order` from 1 within the keys."""
    return judgements.with_columns(order=row_number(keys, IN_TIME))


def match_of(*columns: str) -> nw.Expr:
    """`close` if any of the judgements is a close match, `same` if all are the same, empty if one is missing."""
    missing = nw.any_horizontal(*(nw.col(column).is_null() for column in columns), ignore_nulls=True)
    any_close = nw.any_horizontal(*(nw.col(column) == CLOSE for column in columns), ignore_nulls=True)
    return nw.when(~missing).then(nw.when(any_close).then(nw.lit(CLOSE)).otherwise(nw.lit(SAME)))
