"""The reports that were read, and their findings."""

from __future__ import annotations

from datetime import date
from typing import Any

import duckdb
import polars as pl
import pytest
from made_findings import (
    PROGRAMMES,
    SECTIONS,
    Report,
    chosen,
    enum,
    given,
    in_two_kinds,
    keyed,
    only,
    real,
    recounted,
    refused,
    reports_of,
    shuffled,
    twice,
)

from analysis.errors import AnalysisError
from analysis.schema import codes
from analysis.weaknesses import read_reports, reported

AREAS = pl.DataFrame({"area_code": ["A", "B"], "region_code": ["N", "S"]})
REGIONS = pl.DataFrame({"region_code": ["N", "S"], "name": ["North", "South"]})


def tables(*found: tuple[str, str, str, date, str]) -> dict[str, pl.DataFrame]:
    """Inspections as id, area, programme, day of publication and whether the report could be read."""
    return {
        "coverage": pl.DataFrame(
            {"inspection_id": [each[0] for each in found], "readable": [each[4] for each in found]},
            schema={"inspection_id": pl.String, "readable": pl.Enum(["yes", "no"])},
        ),
        "inspections": pl.DataFrame(
            {
                "inspection_id": [each[0] for each in found],
                "area_code": [each[1] for each in found],
                "programme": [each[2] for each in found],
                "theme": ["neglect" if each[2] == "jtai" else None for each in found],
                "started": [date(2014, 1, 1) for _ in found],
                "published": [each[3] for each in found],
            },
            schema_overrides={"programme": PROGRAMMES, "theme": pl.String},
        ),
        "areas": AREAS,
        "regions": REGIONS,
        "graded_judgements": graded(),
    }


def graded(*found: tuple[str, str, str]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "inspection_id": [each[0] for each in found],
            "domain": [each[1] for each in found],
            "grade": [each[2] for each in found],
        },
        schema={"inspection_id": pl.String, "domain": enum(list(codes.Domain)), "grade": enum(list(codes.Grade))},
    )


WORLD = tables(
    ("b-late", "B", "ilacs_short", date(2025, 12, 31), "yes"),
    ("a-sif", "A", "sif", date(2014, 1, 1), "yes"),
    ("a-letter", "A", "jtai", date(2017, 12, 31), "yes"),
    ("a-again", "A", "sif_reinspection", date(2018, 1, 1), "yes"),
    ("b-unread", "B", "ilacs_standard", date(2019, 1, 1), "no"),
    ("b-early", "B", "sif", date(2013, 12, 31), "yes"),
    ("b-new", "B", "ilacs_standard", date(2026, 1, 1), "yes"),
) | {
    "graded_judgements": graded(
        ("a-sif", "overall", "inadequate"),
        ("a-sif", "help_protection", "good"),
        ("a-again", "leadership", "outstanding"),
        ("b-late", "help_protection", "requires_improvement"),
    )
}


def test_each_readable_report_stands_with_what_is_known_of_it() -> None:
    first, *others = given(read_reports, WORLD)
    assert first == {
        "inspection_id": "a-sif",
        "area_code": "A",
        "region": "North",
        "programme": "sif",
        "scope": "without_board",
        "family": "single_inspection",
        "letter_theme": None,
        "started": date(2014, 1, 1),
        "published": date(2014, 1, 1),
        "period": "2014 to 2017",
        "grade": "inadequate",
        "help_protection": "good",
    }
    columns = ("inspection_id", "region", "family", "letter_theme", "period", "grade", "help_protection")
    assert only(others, *columns) == [
        ("a-letter", "North", "jtai", "neglect", "2014 to 2017", "not_graded", "not_graded"),
        ("a-again", "North", "single_inspection", None, "2018 to 2021", "not_graded", "not_graded"),
        ("b-early", "South", "single_inspection", None, None, "not_graded", "not_graded"),
        ("b-late", "South", "ilacs", None, "2022 to 2025", "not_graded", "requires_improvement"),
        ("b-new", "South", "ilacs", None, None, "not_graded", "not_graded"),
    ]


def test_the_judgements_of_a_report_show_what_it_looked_at() -> None:
    looked: dict[tuple[str, tuple[str, ...]], str] = {
        ("sif", ("overall", "help_protection", "lscb")): "whole",
        ("sif", ("overall", "help_protection")): "without_board",
        ("sif", ("lscb",)): "board",
        ("sif", ()): "whole",
        ("sif_reinspection", ("overall",)): "without_board",
        ("sif_reinspection", ("overall", "lscb")): "whole",
        ("sif_reinspection", ()): "without_board",
        ("ilacs_standard", ("overall",)): "without_board",
        ("ilacs_short", ()): "without_board",
        ("jtai", ()): "whole",
        ("jtai", ("overall",)): "whole",
    }
    names = {key: f"r{number:02d}" for number, key in enumerate(looked)}
    made = tables(*((names[key], "A", key[0], date(2015, 1, 1), "yes") for key in looked))
    made["graded_judgements"] = graded(*((names[key], domain, "good") for key in looked for domain in key[1]))
    found = keyed(given(read_reports, made), "inspection_id")
    assert {key: found[name]["scope"] for key, name in names.items()} == looked


def test_the_caller_may_choose_other_periods() -> None:
    found = keyed(given(read_reports, WORLD, periods=[2013, 2014, 2018]), "inspection_id")
    assert {report: row["period"] for report, row in found.items()} == {
        "b-early": "2013 to 2013",
        "a-sif": "2014 to 2017",
        "a-letter": "2014 to 2017",
        "a-again": None,
        "b-late": None,
        "b-new": None,
    }


def test_reports_come_in_the_same_order_however_the_tables_do() -> None:
    assert given(read_reports, shuffled(WORLD)) == given(read_reports, WORLD)


@pytest.mark.parametrize("periods", [[2018, 2014], [2014, 2014, 2018], [2014], []])
def test_periods_out_of_order_are_refused(periods: list[int]) -> None:
    refused(read_reports, WORLD, "Periods are years in order, at least two", periods=periods)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("coverage", "inspection_id"),
        ("inspections", "inspection_id"),
        ("areas", "area_code"),
        ("regions", "region_code"),
        ("graded_judgements", "inspection_id"),
    ],
)
def test_what_is_looked_up_stands_once(name: str, key: str) -> None:
    refused(read_reports, WORLD | {name: twice(WORLD[name])}, f"{name} has 2 rows for {key}")


@pytest.mark.parametrize(
    ("name", "match"),
    [
        ("inspections", "coverage has 1 rows that inspections does not know, inspection_id b-late"),
        ("areas", "inspections has 3 rows that areas does not know, area_code A"),
        ("regions", "areas has 3 rows that regions does not know, region_code N"),
    ],
)
def test_a_report_without_its_inspection_area_or_region_is_refused(name: str, match: str) -> None:
    refused(read_reports, WORLD | {name: WORLD[name][1:]}, match)


def test_frames_of_different_kinds_are_refused() -> None:
    with pytest.raises(AnalysisError, match="areas is a DataFrame of pandas and coverage a DataFrame of polars; give"):
        read_reports(**in_two_kinds(WORLD, "areas"))


def test_the_real_reports_are_those_of_the_tables(con: duckdb.DuckDBPyConnection) -> None:
    names = ("coverage", "inspections", "areas", "regions", "graded_judgements")
    found = given(read_reports, chosen(real(), *names))
    counted = recounted(
        con,
        """
        SELECT inspection_id, area_code, regions.name, programme::VARCHAR, scope,
            CASE WHEN programme IN ('sif', 'sif_reinspection') THEN 'single_inspection'
                 WHEN programme = 'jtai' THEN 'jtai' ELSE 'ilacs' END,
            inspections.theme::VARCHAR, started, published,
            CASE WHEN year(published) BETWEEN 2014 AND 2017 THEN '2014 to 2017'
                 WHEN year(published) BETWEEN 2018 AND 2021 THEN '2018 to 2021'
                 WHEN year(published) BETWEEN 2022 AND 2025 THEN '2022 to 2025' END,
            coalesce((SELECT grade::VARCHAR FROM judgements AS j
                      WHERE j.inspection_id = i.inspection_id AND domain = 'overall'), 'not_graded'),
            coalesce((SELECT grade::VARCHAR FROM judgements AS j
                      WHERE j.inspection_id = i.inspection_id AND domain = 'help_protection'), 'not_graded')
        FROM scopes AS i JOIN inspections USING (inspection_id) JOIN areas USING (area_code)
            JOIN regions USING (region_code)
        WHERE was_read ORDER BY area_code, published, inspection_id
        """,
    )
    assert [tuple(row.values()) for row in found] == counted


def test_four_single_inspections_looked_at_a_board_alone_or_not_at_all() -> None:
    single = real()["reports"].filter(programme="sif")
    assert single.filter(pl.col("scope") != "whole").select("inspection_id", "scope").sort("inspection_id").rows() == [
        ("darlington-2018-05-21-sif", "without_board"),
        ("leicester-2017-09-04-sif", "without_board"),
        ("surrey-2015-06-03-sif", "without_board"),
        ("surrey-2015-08-03-sif", "board"),
    ]


def test_every_one_of_the_fifty_areas_was_read_in_a_single_inspection() -> None:
    frames = real()
    singles = frames["reports"].filter(family="single_inspection").join(frames["cohort"], on="area_code", how="semi")
    assert frames["cohort"].height == 50
    assert singles["area_code"].n_unique() == 50


def test_the_five_letters_of_2016_on_sexual_exploitation_were_read() -> None:
    letters = real()["reports"].filter(letter_theme="cse_and_missing")
    assert letters["inspection_id"].sort().to_list() == [
        "central-bedfordshire-2016-05-10-jtai",
        "croydon-2016-06-29-jtai",
        "liverpool-2016-08-02-jtai",
        "oxfordshire-2016-05-10-jtai",
        "south-tyneside-2016-04-05-jtai",
    ]


def rows_of_findings(**changes: Any) -> pl.DataFrame:
    """One finding of `a-sif`, or as many as a change has values."""
    many = max((len(values) for values in changes.values()), default=1)
    one: dict[str, Any] = {
        "inspection_id": "a-sif",
        "section": "narrative",
        "polarity": "weakness",
        "theme": "missing",
        "exploitation": "cse",
        "exploitation_focus": None,
        "missing": "no",
        "agency": "police",
        "severity": None,
    }
    columns = {name: [value] * many for name, value in one.items()} | changes
    return pl.DataFrame(
        {"finding_id": [f"f{number}" for number in range(many)], **columns},
        schema_overrides={
            "section": enum(SECTIONS),
            "exploitation_focus": enum(codes.FINDING_CODES["exploitation_focus"]),
            "severity": enum(codes.FINDING_CODES["severity"]),
        },
    )


REPORTS = reports_of([Report("a-sif", "A"), Report("b-letter", "B", "jtai")])


def test_a_finding_takes_area_and_programme_from_its_report() -> None:
    findings = rows_of_findings(inspection_id=["b-letter", "a-sif"], severity=[None, "minor"])
    assert given(reported, {"findings": findings, "reports": REPORTS}) == [
        {
            "finding_id": name,
            "inspection_id": report,
            "area_code": area,
            "programme": programme,
            "polarity": "weakness",
            "theme": "missing",
            "exploitation": "cse",
            "exploitation_focus": None,
            "missing": "no",
            "agency": "police",
            "severity": severity,
            "listed": False,
            "on_exploitation": False,
        }
        for name, report, area, programme, severity in [
            ("f0", "b-letter", "B", "jtai", None),
            ("f1", "a-sif", "A", "sif", "minor"),
        ]
    ]


def test_listed_are_the_items_of_a_reports_own_lists() -> None:
    found = given(reported, {"findings": rows_of_findings(section=list(SECTIONS)), "reports": REPORTS})
    assert {section for section, row in zip(SECTIONS, found, strict=True) if row["listed"]} == {
        "priority_action",
        "area_for_improvement",
        "strength",
        "lscb_priority_action",
        "lscb_improvement",
        "lscb_strength",
    }


def test_what_names_exploitation_in_passing_is_not_on_exploitation() -> None:
    focus = ["central", "among_others", "in_passing", None]
    found = given(reported, {"findings": rows_of_findings(exploitation_focus=focus), "reports": REPORTS})
    assert [row["on_exploitation"] for row in found] == [True, True, False, False]


def test_findings_of_reports_that_were_not_read_whole_count_nowhere() -> None:
    findings = rows_of_findings(inspection_id=["a-cqc_clas", "a-sif"])
    assert only(given(reported, {"findings": findings, "reports": REPORTS}), "finding_id") == [("f1",)]


@pytest.mark.parametrize(("name", "key"), [("findings", "finding_id f0"), ("reports", "inspection_id a-sif")])
def test_a_finding_or_report_that_stands_twice_is_refused(name: str, key: str) -> None:
    frames = {"findings": rows_of_findings(), "reports": REPORTS}
    refused(reported, frames | {name: twice(frames[name])}, f"{name} has 2 rows for {key}")


def test_a_frame_that_is_another_is_refused() -> None:
    refused(reported, {"findings": REPORTS, "reports": REPORTS}, "findings has no column finding_id, section")


def test_the_real_findings_are_those_of_the_reports_read(con: duckdb.DuckDBPyConnection) -> None:
    found = given(reported, chosen(real(), "findings", "reports"))
    counted = con.sql("""
        SELECT finding_id, f.inspection_id, area_code, programme::VARCHAR, polarity::VARCHAR, f.theme::VARCHAR,
            exploitation::VARCHAR, exploitation_focus::VARCHAR, missing::VARCHAR, agency::VARCHAR, severity::VARCHAR,
            section IN ('priority_action', 'area_for_improvement', 'strength', 'lscb_priority_action',
                        'lscb_improvement', 'lscb_strength'),
            exploitation_focus IS NOT NULL AND exploitation_focus <> 'in_passing'
        FROM findings AS f JOIN inspections USING (inspection_id)
        WHERE inspection_id IN (SELECT inspection_id FROM coverage WHERE readable = 'yes')
        ORDER BY finding_id
    """).fetchall()
    assert [tuple(row.values()) for row in found] == counted


def test_no_finding_of_the_care_quality_commission_is_counted(con: duckdb.DuckDBPyConnection) -> None:
    frames = real()
    [(of_cqc,)] = con.sql("SELECT count(*) FROM findings WHERE inspection_id LIKE '%cqc_clas'").fetchall()
    assert of_cqc > 0
    assert "cqc_clas" not in frames["reports"]["programme"].to_list()
    assert "cqc_clas" not in frames["reported_findings"]["programme"].to_list()
    assert frames["reported_findings"].height + of_cqc == frames["findings"].height
