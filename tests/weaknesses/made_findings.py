"""Small made reports and findings in the shape that `read_reports` and `reported` give, and the real ones."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import duckdb
import polars as pl
import pytest
from engines import on_all_engines, to_engine
from hypothesis import strategies as st

import analysis
from analysis import cohorts, progress, weaknesses
from analysis.errors import AnalysisError
from analysis.schema import codes

Frames: TypeAlias = dict[str, Any]
"""polars frames, by the name that a transform has for them."""

NAMES = {"A": "Alder", "B": "Birch", "C": "Cedar", "D": "Dogwood"}
JULY = date(2015, 7, 1)
RAW = Path(__file__).resolve().parents[2] / "data" / "raw"
SECTIONS = codes.FINDING_CODES["section"]


class Report(NamedTuple):
    """A report that was read; unless said, a single inspection of council and board that began forty days before."""

    inspection_id: str
    area: str
    programme: str = "sif"
    published: date = JULY
    started: date | None = None
    period: str | None = "2014 to 2017"
    grade: str = "good"
    help_protection: str = "good"
    region: str = "North"
    scope: str | None = None


class Finding(NamedTuple):
    """A finding; unless said, a listed weakness on workforce that says nothing of exploitation."""

    inspection_id: str
    theme: str = "workforce"
    polarity: str = "weakness"
    listed: bool = True
    exploitation: str = "none"
    focus: str | None = None
    missing: str = "no"
    agency: str = "local_authority"
    severity: str | None = None


def enum(known: Sequence[str]) -> pl.Enum:
    return pl.Enum([str(code) for code in known])


PROGRAMMES = enum(list(codes.Programme))


def usual_scope(programme: str) -> str:
    return "whole" if programme in ("sif", "jtai") else "without_board"


def family(programme: str) -> str:
    return "jtai" if programme == "jtai" else "single_inspection" if programme.startswith("sif") else "ilacs"


def reports_of(found: Sequence[Report]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "inspection_id": [report.inspection_id for report in found],
            "area_code": [report.area for report in found],
            "region": [report.region for report in found],
            "programme": [report.programme for report in found],
            "scope": [report.scope or usual_scope(report.programme) for report in found],
            "family": [family(report.programme) for report in found],
            "letter_theme": ["cse_and_missing" if report.programme == "jtai" else None for report in found],
            "started": [report.started or report.published - timedelta(days=40) for report in found],
            "published": [report.published for report in found],
            "period": [report.period for report in found],
            "grade": [report.grade for report in found],
            "help_protection": [report.help_protection for report in found],
        },
        schema={
            "inspection_id": pl.String,
            "area_code": pl.String,
            "region": pl.String,
            "programme": PROGRAMMES,
            "scope": pl.String,
            "family": pl.String,
            "letter_theme": pl.String,
            "started": pl.Date,
            "published": pl.Date,
            "period": pl.String,
            "grade": pl.String,
            "help_protection": pl.String,
        },
    )


def findings_of(found: Sequence[Finding], reports: Sequence[Report]) -> pl.DataFrame:
    """The findings, named `f001` and so on in the order given; those of no report given have an area of their own."""
    of = {report.inspection_id: report for report in reports}
    nowhere = Report("", "Z")
    return pl.DataFrame(
        {
            "finding_id": [f"f{number:03d}" for number in range(1, len(found) + 1)],
            "inspection_id": [finding.inspection_id for finding in found],
            "area_code": [of.get(finding.inspection_id, nowhere).area for finding in found],
            "programme": [of.get(finding.inspection_id, nowhere).programme for finding in found],
            "polarity": [finding.polarity for finding in found],
            "theme": [finding.theme for finding in found],
            "exploitation": [finding.exploitation for finding in found],
            "exploitation_focus": [finding.focus for finding in found],
            "missing": [finding.missing for finding in found],
            "agency": [finding.agency for finding in found],
            "severity": [finding.severity for finding in found],
            "listed": [finding.listed for finding in found],
            "on_exploitation": [finding.focus in codes.ON_EXPLOITATION for finding in found],
        },
        schema={
            "finding_id": pl.String,
            "inspection_id": pl.String,
            "area_code": pl.String,
            "programme": PROGRAMMES,
            "polarity": enum(codes.FINDING_CODES["polarity"]),
            "theme": pl.String,
            "exploitation": enum(codes.FINDING_CODES["exploitation"]),
            "exploitation_focus": enum(codes.FINDING_CODES["exploitation_focus"]),
            "missing": enum(codes.FINDING_CODES["missing"]),
            "agency": enum(codes.FINDING_CODES["agency"]),
            "severity": enum(codes.FINDING_CODES["severity"]),
            "listed": pl.Boolean,
            "on_exploitation": pl.Boolean,
        },
    )


def cohort_of(*groups: str) -> pl.DataFrame:
    """A cohort for each text, of the areas that its letters name."""
    members = [(order, name, area) for order, name in enumerate(groups, start=1) for area in name]
    return pl.DataFrame(
        {
            "cohort": [name for _, name, _ in members],
            "cohort_label": [f"Areas {name}" for _, name, _ in members],
            "cohort_order": [order for order, _, _ in members],
            "area_code": [area for *_, area in members],
            "area_name": [NAMES[area] for *_, area in members],
            "basis": ["chosen" for _ in members],
        },
        schema_overrides={"cohort_order": pl.Int64},
    )


def inspections_of(found: Sequence[Report]) -> pl.DataFrame:
    """The inspections that the reports are of."""
    return reports_of(found).select(
        "inspection_id", "area_code", "programme", "started", "published", theme="letter_theme"
    )


def world(reports: Sequence[Report], findings: Sequence[Finding], *groups: str) -> Frames:
    return {
        "reported_findings": findings_of(findings, reports),
        "reports": reports_of(reports),
        "cohort": cohort_of(*(groups or ("ABC",))),
    }


def given(transform: Callable[..., Any], frames: Mapping[str, pl.DataFrame], **choices: Any) -> list[dict[str, Any]]:
    """What a transform gives of the frames, on every engine."""
    return on_all_engines(partial(transform, **choices), frames)


def refused(transform: Callable[..., Any], frames: Mapping[str, pl.DataFrame], match: str, **choices: Any) -> None:
    """Both ways of working refuse the frames, in these words: eager frames are planned as lazy polars ones are."""
    for engine in ("pandas", "duckdb"):
        with pytest.raises(AnalysisError, match=match):
            transform(**to_engine(engine, frames), **choices)


def twice(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with its first row a second time."""
    return pl.concat([frame, frame.head(1)])


def in_two_kinds(frames: Mapping[str, pl.DataFrame], name: str) -> dict[str, Any]:
    """The frames, one of them of another engine than the others."""
    return {key: frame.to_pandas() if key == name else frame for key, frame in frames.items()}


def shuffled(frames: Mapping[str, pl.DataFrame], seed: int = 1) -> Frames:
    """The frames with their rows in another order."""
    mixed = {}
    for name, frame in frames.items():
        order = list(range(frame.height))
        random.Random(seed).shuffle(order)  # noqa: S311
        mixed[name] = frame[order]
    return mixed


def only(rows: Sequence[dict[str, Any]], *columns: str) -> list[tuple[Any, ...]]:
    return [tuple(row[column] for column in columns) for row in rows]


def keyed(rows: Sequence[dict[str, Any]], *keys: str) -> dict[Any, dict[str, Any]]:
    """The rows by their key, which each has to itself."""
    by_key = {(tuple(row[key] for key in keys) if len(keys) > 1 else row[keys[0]]): row for row in rows}
    assert len(by_key) == len(rows)
    return by_key


@cache
def real() -> Frames:
    """The tables, and the reports, findings and cohort of the fifty."""
    names = ("areas", "regions", "neighbours", "cqc_reviews", "inspections", "coverage", "judgements", "domains")
    with analysis.open(RAW) as con:
        tables: Frames = {name: con.table(name).pl() for name in (*names, "findings", "assessments", "children")}
    graded = progress.graded(tables["inspections"], tables["judgements"], tables["domains"])
    reports = weaknesses.read_reports(
        tables["coverage"], tables["inspections"], tables["areas"], tables["regions"], graded
    )
    fifty = cohorts.beside(
        ["fifty"], **{name: tables[name] for name in ("areas", "regions", "neighbours", "cqc_reviews", "inspections")}
    )
    return tables | {
        "graded_judgements": graded,
        "reports": reports,
        "reported_findings": weaknesses.reported(tables["findings"], reports),
        "cohort": fifty,
    }


def recounted(con: duckdb.DuckDBPyConnection, statement: str, **values: Any) -> list[tuple[Any, ...]]:
    """What a statement finds in the curated tables.

    It may name `scopes`: of each inspection (`inspection_id`) whether its report was read (`was_read`) and what it
    looked at (`scope`), by its judgements if it was read.
    """
    with con.cursor() as cursor:
        cursor.execute("""
            CREATE OR REPLACE TEMPORARY VIEW scopes AS
            WITH judged AS (
                SELECT inspection_id, count(*) FILTER (domain = 'lscb') AS boards, count(*) AS judgements
                FROM judgements WHERE grade IS NOT NULL GROUP BY ALL)
            SELECT inspection_id, coalesce(readable = 'yes', false) AS was_read,
                CASE WHEN programme = 'jtai' THEN 'whole'
                     WHEN judgements IS NULL OR NOT was_read
                        THEN CASE WHEN programme = 'sif' THEN 'whole' ELSE 'without_board' END
                     WHEN boards = 0 THEN 'without_board'
                     WHEN boards = judgements THEN 'board'
                     ELSE 'whole' END AS scope
            FROM inspections LEFT JOIN judged USING (inspection_id) LEFT JOIN coverage USING (inspection_id)
        """)
        return cursor.execute(statement, values).fetchall()


def of_the_fifty(con: duckdb.DuckDBPyConnection, statement: str) -> list[tuple[Any, ...]]:
    """What a statement finds; it may name the codes of the fifty as `$fifty`."""
    return recounted(con, statement, fifty=real()["cohort"]["area_code"].to_list())


def chosen(frames: Mapping[str, pl.DataFrame], *names: str) -> Frames:
    return {name: frames[name] for name in names}


THEMES = ("workforce", "missing", "records", "lscb_challenge")
OF_PROGRAMMES = ("sif_reinspection", "ilacs_standard", "ilacs_short", "jtai")


@st.composite
def worlds(draw: st.DrawFn) -> Frames:
    """Reports of up to four areas, findings of them on four themes that they need not look at, and two cohorts."""
    days = st.integers(0, 3000).map(lambda number: JULY + timedelta(days=number))
    of_sif = st.sampled_from([("sif", scope) for scope in ("whole", "without_board", "board")])
    some = st.tuples(
        st.sampled_from("ABCD"),
        of_sif | st.sampled_from([(programme, None) for programme in OF_PROGRAMMES]),
        days,
        st.sampled_from(["2014 to 2017", "2018 to 2021", None]),
        st.sampled_from(["inadequate", "good", "not_graded"]),
    )
    reports = [
        Report(f"r{number:02d}", area, programme, published, None, period, grade, scope=scope)
        for number, (area, (programme, scope), published, period, grade) in enumerate(
            draw(st.lists(some, min_size=1, max_size=9))
        )
    ]

    def of_report(report: Report) -> st.SearchStrategy[Finding]:
        return st.builds(
            Finding,
            inspection_id=st.just(report.inspection_id),
            theme=st.sampled_from(THEMES),
            polarity=st.sampled_from(["weakness", "strength", "progress"]),
            listed=st.booleans(),
            exploitation=st.sampled_from(["cse", "criminal", "unspecified"]),
            focus=st.sampled_from(["central", "among_others", "in_passing"]),
            missing=st.sampled_from(["yes", "no"]),
            agency=st.sampled_from(["police", "health"]),
            severity=st.sampled_from(["priority", "minor", None]),
        )

    findings = draw(st.lists(st.sampled_from(reports).flatmap(of_report), max_size=25))
    return world(reports, findings, "ABC", "CD") | {"inspections": inspections_of(reports)}


subjects = st.sampled_from(["listed", "exploitation", "cse", "missing", "all"])
