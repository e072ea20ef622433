"""Factors at the end of assessment: a marker is never a number, and never zero."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from release_examples import AREA_CODES, AREAS, REGIONS, Cells, write_csv, write_xlsx

from analysis.errors import AnalysisError, UnknownLayoutError
from analysis.sources import dfe_assessments, ons_children
from analysis.sources.open_data import PART_OF_LONDON, year_of
from analysis.sources.reading import Reading

AREA_HEADER = ["time_period", "time_identifier", "geographic_level", "country_code", "country_name", "region_code"]
AREA_HEADER += ["region_name", "old_la_code", "new_la_code", "la_name"]
HEADER = [*AREA_HEADER, "category", "Episodes_with_assessment_factor", "Going_missing", "Child_sexual_exploitation"]
HEADER += ["Trafficking", "Gangs", "Neglect", "Child_criminal_exploitation"]
CATEGORY = "Factors identified at the end of assessment"


def local(year: int, la: str, code: str, name: str) -> list[str]:
    return [
        str(year),
        "Reporting year",
        "Local authority",
        "E92000001",
        "England",
        "E12000009",
        "South West",
        la,
        code,
        name,
    ]


def region(year: int, code: str, name: str) -> list[str]:
    return [str(year), "Reporting year", "Regional", "E92000001", "England", code, name, "", "", ""]


def england(year: int) -> list[str]:
    return [str(year), "Reporting year", "National", "E92000001", "England", "", "", "", "", ""]


ROWS = [
    [*england(2021), CATEGORY, "1,000", "50", "40", "10", "20", "9", "x"],
    [*england(2022), CATEGORY, "1010", "50", "30", "10", "20", "9", "60"],
    [*region(2022, "E12000009", "South West"), CATEGORY, "1010", "50", "30", "10", "20", "9", "60"],
    [*region(2022, "E13000001", "Inner London"), CATEGORY, "5", "5", "5", "5", "5", "5", "5"],
    [*local(2021, "933", "E10000027", "Somerset"), CATEGORY, "400", "0", "c", "u", "z", "c", "x"],
    [*local(2022, "933", "E06000066", "Somerset"), CATEGORY, "x", "x", "x", "x", "x", "9", "x"],
    [*local(2022, "801", "E06000023", "Bristol, City of"), CATEGORY, "410", "7", "0", "k", "8", "9", "61"],
]


def read(path: Path) -> Reading:
    return dfe_assessments.read(path, areas=AREAS, area_codes=AREA_CODES, regions=REGIONS)


@pytest.fixture
def reading(tmp_path: Path) -> Reading:
    return read(write_csv(tmp_path / "factors.csv", [HEADER, *ROWS]))


def cell(reading: Reading, area: str, year: int, factor: str) -> tuple[int | None, str]:
    rows = reading.contributions[0].rows.filter(area_code=area, year=year, factor=factor)
    count, status = rows.select("count", "status").row(0)
    return count, status


@pytest.mark.parametrize(
    ("area", "year", "factor", "expected"),
    [
        ("E92000001", 2021, "cse", (40, "published")),
        ("E06000066", 2021, "missing", (0, "published")),
        ("E06000066", 2021, "cse", (None, "suppressed")),
        ("E06000066", 2021, "trafficking", (None, "unreliable")),
        ("E06000066", 2021, "gangs", (None, "unavailable")),
        ("E06000066", 2022, "cse", (None, "unavailable")),
        ("E06000023", 2022, "cse", (0, "published")),
        ("E06000023", 2022, "trafficking", (None, "suppressed")),
    ],
)
def test_a_marker_gives_a_status_and_no_count(
    reading: Reading, area: str, year: int, factor: str, expected: tuple[int | None, str]
) -> None:
    assert cell(reading, area, year, factor) == expected


def test_a_factor_that_nobody_has_in_a_year_was_not_collected(reading: Reading) -> None:
    assert cell(reading, "E92000001", 2021, "criminal_exploitation") == (None, "not_collected")
    assert cell(reading, "E06000066", 2021, "criminal_exploitation") == (None, "not_collected")
    assert cell(reading, "E06000066", 2022, "criminal_exploitation") == (None, "unavailable")


def test_one_row_an_area_year_and_factor_under_the_code_of_today(reading: Reading) -> None:
    rows = reading.contributions[0].rows
    assert rows.height == 6 * 5
    assert rows.select("area_code", "year", "factor").is_unique().all()
    assert "E10000027" not in rows["area_code"]
    assert set(rows["source_id"]) == {"dfe-factors-2022"}


def test_parts_of_london_are_no_regions_and_are_counted_as_dropped(reading: Reading) -> None:
    (tally,) = reading.tallies
    assert (tally.read, tally.kept, tally.dropped) == (7, 6, {PART_OF_LONDON: 1})


def test_columns_and_wordings_of_other_editions_give_the_same(tmp_path: Path, reading: Reading) -> None:
    wordings = {"Child_sexual_exploitation": "Child Sexual Exploitation", "Gangs": "gangs", "la_name": "LA_Name"}
    wordings |= {
        "Episodes_with_assessment_factor": "episodes with assessment factors",
        "Going_missing": "Going missing",
    }
    rows: Cells = [list(reversed(row)) for row in [[wordings.get(h, h) for h in HEADER], *ROWS]]
    path = write_xlsx(tmp_path / "factors.xlsx", {"Notes": [["About"]], "Table C3": [["Title"], [], *rows]})
    assert read(path).contributions[0].rows.equals(reading.contributions[0].rows)


def test_an_edition_without_a_factor_leaves_its_rows_alone(tmp_path: Path) -> None:
    earlier = read(write_csv(tmp_path / "early.csv", [HEADER[:-1], *(row[:-1] for row in ROWS)]))
    (contribution,) = earlier.contributions
    assert set(contribution.rows["factor"]) == {"cse", "missing", "trafficking", "gangs"}
    assert contribution.scope is not None
    stands = pl.DataFrame({"year": [2022, 2022, 2025], "factor": ["criminal_exploitation", "cse", "cse"]})
    assert stands.filter(contribution.scope).rows() == [(2022, "cse")]
    assert any("no column for criminal_exploitation" in remark for remark in earlier.remarks)


@pytest.mark.parametrize(
    ("column", "value", "part"),
    [
        ("Child_sexual_exploitation", "q", "a figure is a whole number or one of"),
        ("new_la_code", "E06009999", "an area is in the tables"),
        ("geographic_level", "Ward", "a level is one of"),
        ("time_period", "spring", "a period is a year"),
    ],
)
def test_what_is_not_known_is_refused_with_line_and_value(tmp_path: Path, column: str, value: str, part: str) -> None:
    row = [value if name == column else cell for name, cell in zip(HEADER, ROWS[4], strict=True)]
    with pytest.raises(AnalysisError) as refused:
        read(write_csv(tmp_path / "wrong.csv", [HEADER, ROWS[0], row]))
    for text in ("wrong.csv", "line 3", value, part):
        assert text in str(refused.value)


def test_an_area_twice_in_a_year_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AnalysisError, match="once in 2022"):
        read(write_csv(tmp_path / "twice.csv", [HEADER, ROWS[6], ROWS[6]]))


def test_a_file_without_the_factor_of_all_editions_is_refused(tmp_path: Path) -> None:
    header = ["Other" if name == "Child_sexual_exploitation" else name for name in HEADER]
    with pytest.raises(UnknownLayoutError, match="child sexual exploitation"):
        read(write_csv(tmp_path / "other.csv", [header, *ROWS]))


@pytest.mark.parametrize(("period", "year"), [("2024", 2024), ("202324", 2024), ("2023-24", 2024), ("199900", 2000)])
def test_a_period_is_named_by_the_year_in_which_it_ends(period: str, year: int) -> None:
    assert year_of(period) == year


def test_children_are_counted_for_the_age_group_alone(tmp_path: Path) -> None:
    header = [*AREA_HEADER, "age_group", "population_estimate"]
    rows = [
        [*england(2020), "Children aged 0 to 17 years", "12000000"],
        [*england(2020), "Children aged 0 to 4 years", "3000000"],
        [*england(2018), "Children aged 0 to 17 years", "11900000"],
        [*local(2018, "835", "E10000009", "Dorset"), "Children aged 0 to 17 years", "x"],
        [*local(2020, "838", "E06000059", "Dorset"), "Children aged 0 to 17 years", "67000"],
    ]
    reading = ons_children.read(
        write_csv(tmp_path / "children.csv", [header, *rows]), areas=AREAS, area_codes=AREA_CODES, regions=REGIONS
    )
    assert reading.contributions[0].rows.select("area_code", "year", "population", "status").rows() == [
        ("E06000059", 2020, 67000, "published"),
        ("E10000009", 2018, None, "unavailable"),
        ("E92000001", 2018, 11900000, "published"),
        ("E92000001", 2020, 12000000, "published"),
    ]
    assert reading.tallies[0].dropped == {"another category of figures": 1}
    assert reading.remarks == ["Dorset (county, to 2019): unavailable in 2018"]


@pytest.mark.parametrize(
    ("age_group", "message"),
    [
        ("Children aged 0 to 71 years", "an area has a row of “0 to 17” in each year in which it has others"),
        ("", "a row says which figures it gives"),
        (None, "E06000023 in 2020: no row breaks the rule “an area has a row in every year in which it existed”"),
    ],
)
def test_a_row_lost_to_a_word_or_altogether_is_refused(tmp_path: Path, age_group: str | None, message: str) -> None:
    header, ages = [*AREA_HEADER, "age_group", "population_estimate"], "Children aged 0 to 17 years"
    rows = [[*local(year, "801", "E06000023", "Bristol"), ages, "90000"] for year in (2018, 2019)]
    rows += [[*england(year), ages, "12000000"] for year in (2018, 2019, 2020)]
    rows += [[*local(2020, "801", "E06000023", "Bristol"), age_group, "90000"]] if age_group is not None else []
    path = write_csv(tmp_path / "children.csv", [header, *rows])
    with pytest.raises(AnalysisError) as refused:
        ons_children.read(path, areas=AREAS, area_codes=AREA_CODES, regions=REGIONS)
    assert message in str(refused.value)


def test_an_empty_cell_is_no_figure(tmp_path: Path) -> None:
    row = [*ROWS[6][:-1], ""]
    with pytest.raises(AnalysisError, match="column criminal_exploitation: empty breaks the rule"):
        read(write_csv(tmp_path / "empty.csv", [HEADER, ROWS[1], row]))


def test_two_codes_of_two_authorities_in_one_row_are_refused(tmp_path: Path) -> None:
    row = [*local(2022, "933", "E06000023", "Bristol"), *ROWS[6][10:]]
    with pytest.raises(AnalysisError, match="both codes stand for one authority"):
        read(write_csv(tmp_path / "codes.csv", [HEADER, ROWS[1], row]))
