"""Judgements with their inspection, and the latest of each area as at a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import narwhals as nw
from narwhals.typing import IntoFrameT

from analysis.errors import AnalysisError
from analysis.frames import (
    DAY,
    TEXT,
    Columns,
    code_rank,
    opened,
    require_match,
    require_unique,
)
from analysis.progress.common import AREAS, AS_AT, GRADED, GRADES, IN_TIME, NOT, By, dated, known_domains


def graded(inspections: IntoFrameT, judgements: IntoFrameT, domains: IntoFrameT) -> IntoFrameT:
    """Judgements with their inspection and how far they compare: what the other functions here start from.

    What a report calls “not judged” has no grade and is left out.

    Args:
        inspections: the `inspections` table.
        judgements: the `judgements` table.
        domains: the `domains` table.

    Returns:
        One row a judgement, sorted by `area_code`, `domain`, `started`, `inspection_id`: `area_code`,
        `inspection_id`, `programme`, `domain`, `comparable` (`same`, `close`, `not`), `grade`, `grade_rank`,
        `started`, `published`.

    Raises:
        AnalysisError: a judgement without its inspection or without its name in `domains`.
    """
    engine, (inspection, judgement, domain) = opened(
        (
            inspections,
            Columns(
                "inspections",
                {"inspection_id": TEXT, "area_code": TEXT, "programme": TEXT, "started": DAY, "published": DAY},
            ),
        ),
        (
            judgements,
            Columns("judgements", {"inspection_id": TEXT, "domain": TEXT, "grade": TEXT, "published_name": TEXT}),
        ),
        (domains, Columns("domains", {"programme": TEXT, "published_name": TEXT, "comparable": TEXT})),
    )
    require_unique(engine, inspection, ["inspection_id"], "inspections")
    require_unique(engine, domain, ["programme", "published_name"], "domains")
    require_unique(engine, judgement, ["inspection_id", "domain"], "judgements")
    require_match(engine, judgement, inspection, ["inspection_id"], "judgements", "inspections")
    judged = judgement.filter(~nw.col("grade").is_null())
    # Where every row has been seen to match, an inner join loses none, and leaves the engine its choice of sides.
    placed = judged.join(inspection, on="inspection_id", how="inner")
    require_match(engine, placed, domain, ["programme", "published_name"], "judgements", "domains")
    rows = placed.join(domain, on=["programme", "published_name"], how="inner").with_columns(
        grade_rank=code_rank("grade", GRADES)
    )
    return engine.give(rows.select(*GRADED.kinds), sort=["area_code", "domain", "started", "inspection_id"])


def as_at(
    graded_judgements: IntoFrameT,
    areas: IntoFrameT,
    on: date | Sequence[date],
    *,
    by: By = "started",
    domains: Sequence[str] | None = None,
) -> IntoFrameT:
    """The latest judgement by each day, of the areas that exist on that day.

    A council drops out after its last day; what took its place does not inherit its grades. A judgement that is `not`
    comparable stands only in a domain in which none is (adoption, the LSCB): it never takes the place of another kind.

    Args:
        graded_judgements: what `graded` returns.
        areas: the `areas` table.
        on: the day, or several.
        by: which day of an inspection counts.
        domains: the domains wanted; all that have been judged under any framework if None.

    Returns:
        One row a day, area and domain, sorted by `on`, `area_code`, `domain`: `on`, `area_code`, `area_name`,
        `region_code`, `domain`, `grade` (empty where not judged by then), `grade_rank`, `comparable`,
        `inspection_id`, `programme`, `started`, `published`.
    """
    engine, (judgement, area) = opened((graded_judgements, GRADED), (areas, AREAS))
    require_unique(engine, judgement, ["inspection_id", "domain"], "graded_judgements")
    require_unique(engine, area, ["area_code"], "areas")
    require_match(engine, judgement, area, ["area_code"], "graded_judgements", "areas")
    wanted = known_domains(domains)
    wanted_days = sorted({on} if isinstance(on, date) else set(on))
    if not wanted_days:
        raise AnalysisError("Give at least one day.")
    days = engine.table({"on": DAY}, {"on": wanted_days})

    of_domains = judgement.filter(nw.col("domain").is_in(wanted))
    some_compare = (nw.col("comparable") != NOT).max().over("domain")
    standing = dated(of_domains.filter((nw.col("comparable") != NOT) | ~some_compare), by).with_columns(
        until=nw.col("day").shift(-1).over("area_code", "domain", order_by=IN_TIME)
    )
    # Of two judgements on one day the later in order stands: the earlier one's stretch is empty.
    on_day = (
        standing.join(days, how="cross")
        .filter(nw.col("day") <= nw.col("on"))
        .filter(nw.col("until").is_null() | (nw.col("until") > nw.col("on")))
        .select(*AS_AT.kinds, "started")
    )
    existing = (
        area.join(days, how="cross")
        .filter(nw.col("valid_from").is_null() | (nw.col("valid_from") <= nw.col("on")))
        .filter(nw.col("valid_to").is_null() | (nw.col("valid_to") >= nw.col("on")))
        .join(engine.table({"domain": TEXT}, {"domain": wanted}), how="cross")
        .select("on", "area_code", "region_code", "domain", area_name="name")
    )
    rows = existing.join(on_day, on=["on", "area_code", "domain"], how="left").select(
        "on",
        "area_code",
        "area_name",
        "region_code",
        "domain",
        "grade",
        "grade_rank",
        "comparable",
        "inspection_id",
        "programme",
        "started",
        "published",
    )
    return engine.give(rows, sort=["on", "area_code", "domain"])
