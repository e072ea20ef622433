"""Inspections in time and place, one frame a chart: histories of a cohort, the tile map, an area's timeline."""

from __future__ import annotations

from datetime import date

import narwhals as nw
from narwhals.typing import IntoFrameT

from analysis.cohorts import COHORT, COHORT_KEYS
from analysis.errors import AnalysisError
from analysis.frames import (
    DAY,
    TEXT,
    WHOLE,
    Columns,
    opened,
    require_unique,
)
from analysis.progress.common import AS_AT, GRADED, known_domains
from analysis.schema import codes


def inspection_history(
    cohort: IntoFrameT, inspections: IntoFrameT, graded_judgements: IntoFrameT, domain: str = codes.Domain.OVERALL
) -> IntoFrameT:
    """Every inspection and review of a cohort, with its grade in one domain if it gave one.

    Returns:
        One row a cohort and inspection, and one row for each area without any, sorted by `cohort_order`, `area_name`,
        `day`, `inspection_id`: `cohort`, `cohort_label`, `cohort_order`, `area_code`, `area_name`, `basis`,
        `inspection_id`, `programme`, `theme`, `started`, `published`, `day` (published, else started; empty where
        neither is known), `grade`, `grade_rank` (empty for programmes that give none).
    """
    engine, (members, inspection, judgement) = opened(
        (cohort, COHORT),
        (
            inspections,
            Columns(
                "inspections",
                {
                    "inspection_id": TEXT,
                    "area_code": TEXT,
                    "programme": TEXT,
                    "theme": TEXT,
                    "started": DAY,
                    "published": DAY,
                },
            ),
        ),
        (graded_judgements, GRADED),
    )
    require_unique(engine, members, ["cohort", "area_code"], "cohort")
    require_unique(engine, inspection, ["inspection_id"], "inspections")
    require_unique(engine, judgement, ["inspection_id", "domain"], "graded_judgements")
    grades = judgement.filter(nw.col("domain").is_in(known_domains([domain]))).select(
        "inspection_id", "grade", "grade_rank"
    )
    rows = (
        members.join(inspection, on="area_code", how="left")
        .join(grades, on="inspection_id", how="left")
        .with_columns(day=_day_of_record())
    )
    columns = ("inspection_id", "programme", "theme", "started", "published", "day", "grade", "grade_rank")
    return engine.give(
        rows.select(*COHORT_KEYS, "area_code", "area_name", "basis", *columns),
        sort=["cohort_order", "area_name", "day", "inspection_id"],
    )


def _day_of_record() -> nw.Expr:
    return nw.when(nw.col("published").is_null()).then(nw.col("started")).otherwise(nw.col("published"))


def tile_map(areas: IntoFrameT, cohort: IntoFrameT, as_at_grades: IntoFrameT, on: date, domain: str) -> IntoFrameT:
    """Current authorities on the tile map: which belong to the cohort and why, and their latest grade.

    Args:
        areas: the `areas` table.
        cohort: a cohort frame with one cohort.
        as_at_grades: what `as_at` returns, for `on` and `domain` at least.
        on: the day.
        domain: the domain.

    Returns:
        One row an authority with a tile, sorted by `tile_row`, `tile_column`: `area_code`, `area_name`,
        `region_code`, `tile_column`, `tile_row`, `in_cohort` (boolean), `basis` (empty outside the cohort), `domain`,
        `on`, `grade`, `grade_rank` (empty where not judged), `inspection_id`, `programme`, `published`.
    """
    tiled = Columns(
        "areas",
        {"area_code": TEXT, "name": TEXT, "region_code": TEXT, "tile_column": WHOLE, "tile_row": WHOLE},
    )
    engine, (area, members, grades) = opened((areas, tiled), (cohort, COHORT), (as_at_grades, AS_AT))
    require_unique(engine, area, ["area_code"], "areas")
    require_unique(engine, members, ["area_code"], "cohort")
    wanted = grades.filter((nw.col("on") == nw.lit(on)) & (nw.col("domain") == known_domains([domain])[0]))
    require_unique(engine, wanted, ["area_code"], "as_at_grades")
    if not engine.rows(wanted.head(1)):
        raise AnalysisError(f"as_at_grades hold nothing for {domain} on {on}; ask `as_at` for that day and domain.")
    rows = (
        area.filter(~nw.col("tile_row").is_null())
        .join(members.select("area_code", "basis", is_member=nw.lit(1)), on="area_code", how="left")
        .join(wanted.drop("on", "domain", "comparable"), on="area_code", how="left")
        .select(
            "area_code",
            "region_code",
            "tile_column",
            "tile_row",
            "basis",
            "grade",
            "grade_rank",
            "inspection_id",
            "programme",
            "published",
            area_name="name",
            in_cohort=~nw.col("is_member").is_null(),
            domain=nw.lit(str(domain)),
            on=nw.lit(on),
        )
        .select(*_TILES)
    )
    return engine.give(rows, sort=["tile_row", "tile_column"])


_TILES = (
    "area_code",
    "area_name",
    "region_code",
    "tile_column",
    "tile_row",
    "in_cohort",
    "basis",
    "domain",
    "on",
    "grade",
    "grade_rank",
    "inspection_id",
    "programme",
    "published",
)


def timeline(area_code: str, inspections: IntoFrameT, graded_judgements: IntoFrameT, events: IntoFrameT) -> IntoFrameT:
    """An area's inspections beside national milestones (and Rotherham's own, for Rotherham).

    Returns:
        One row an event or inspection, sorted by `day`, `kind`, `label`: `day`, `kind` (`national`, `rotherham`,
        `inspection`), `label` (event's short name; programme for an inspection), `description` (the event; empty for
        an inspection), `programme`, `inspection_id`, `grade`, `grade_rank` (overall, where given). Inspections whose
        day is not known are left out; so are Rotherham's own events on the day an inspection of it was published.
    """
    dated = Columns(
        "inspections",
        {"inspection_id": TEXT, "area_code": TEXT, "programme": TEXT, "started": DAY, "published": DAY},
    )
    told = Columns("events", {"date": DAY, "event": TEXT, "label": TEXT, "scope": TEXT})
    engine, (inspection, judgement, event) = opened((inspections, dated), (graded_judgements, GRADED), (events, told))
    require_unique(engine, inspection, ["inspection_id"], "inspections")
    require_unique(engine, judgement, ["inspection_id", "domain"], "graded_judgements")
    overall = judgement.filter(nw.col("domain") == codes.Domain.OVERALL.value).select(
        "inspection_id", "grade", "grade_rank"
    )
    names = engine.table(
        {"programme": TEXT, "label": TEXT},
        {"programme": list(codes.PROGRAMME_LABELS), "label": list(codes.PROGRAMME_LABELS.values())},
    )
    scopes = ["national", "rotherham"] if area_code == ROTHERHAM else ["national"]
    absent, no_rank = nw.lit(None, dtype=TEXT), nw.lit(None, dtype=WHOLE)
    # A review of the area that is both an event and an inspection stands once, as the inspection.
    reviewed = inspection.filter(nw.col("area_code") == area_code).select(date="published", scope=nw.lit("rotherham"))
    told_once = event.join(reviewed, on=["date", "scope"], how="anti")
    milestones = told_once.filter(nw.col("scope").is_in(scopes)).select(
        day="date",
        kind="scope",
        label="label",
        description="event",
        programme=absent,
        inspection_id=absent,
        grade=absent,
        grade_rank=no_rank,
    )
    inspected = (
        inspection.filter(nw.col("area_code") == area_code)
        .with_columns(day=_day_of_record())
        .filter(~nw.col("day").is_null())
        .join(overall, on="inspection_id", how="left")
        .join(names, on="programme", how="left")
        .select(
            day="day",
            kind=nw.lit("inspection"),
            label="label",
            description=absent,
            programme="programme",
            inspection_id="inspection_id",
            grade="grade",
            grade_rank="grade_rank",
        )
    )
    return engine.give(nw.concat([milestones, inspected], how="vertical"), sort=["day", "kind", "label"])


ROTHERHAM = "E08000018"
