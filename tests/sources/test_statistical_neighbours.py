"""Statistical neighbours: ten different others for each authority."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
import pytest
from release_examples import write_csv

from analysis.errors import AnalysisError, UnknownLayoutError
from analysis.sources import statistical_neighbours
from analysis.sources.reading import Reading

NUMBERS = range(12)
AREAS = pl.DataFrame(
    {
        "area_code": [f"E090000{n + 10}" for n in NUMBERS],
        "la_code": [f"{n + 300}" for n in NUMBERS],
        "name": [f"Borough {chr(65 + n)}" for n in NUMBERS],
        "valid_from": pl.Series([None] * 12, dtype=pl.Date),
        "valid_to": pl.Series([None] * 11 + [dt.date(2020, 3, 31)], dtype=pl.Date),
    }
)
AREA_CODES = AREAS.select(code="area_code", area_code="area_code")
HEADER = ["old_la_code", "la_name", "region_name"] + [f"SN_{r}{p}" for r in range(1, 11) for p in ("", "P")]


def line(area: int, closeness: str = "Very close ") -> list[str]:
    others = [n for n in range(11) if n != area]
    return [str(area + 300), f"Borough {area}", "London", *(c for n in others for c in (str(n + 300), closeness))]


def read(path: Path) -> Reading:
    return statistical_neighbours.read(path, areas=AREAS, area_codes=AREA_CODES)


def test_a_row_of_ten_becomes_ten_ranked_pairs(tmp_path: Path) -> None:
    reading = read(write_csv(tmp_path / "model_2025.csv", [HEADER, *(line(n) for n in range(11))]))
    rows = reading.contributions[0].rows
    assert rows.height == 110
    assert rows.row(0) == ("E09000010", 1, "E09000011", "Very close", "statistical-neighbours-2025")
    assert reading.remarks == []


def test_columns_may_be_reordered_and_notes_follow(tmp_path: Path) -> None:
    straight = read(write_csv(tmp_path / "model_2025.csv", [HEADER, line(3)]))
    rows = [list(reversed(HEADER)), list(reversed(line(3))), ["", "", "Note: see the guide"]]
    moved = read(write_csv(tmp_path / "moved_2025.csv", [["Statistical neighbours"], *rows]))
    assert moved.contributions[0].rows.equals(straight.contributions[0].rows)
    assert "Borough A exists today and has no neighbours in the model" in moved.remarks
    assert not any("Borough L" in remark for remark in moved.remarks)


@pytest.mark.parametrize(
    ("place", "value", "rule"),
    [
        (3, "999", "a code is in the table areas"),
        (3, "303", "no area is its own neighbour"),
        (5, "300", "the ten neighbours are different"),
        (4, "", "each neighbour has its closeness"),
        (4, "Clos", "closeness is one of"),
        (7, "", "an authority has ten neighbours"),
    ],
)
def test_a_wrong_neighbour_is_refused(tmp_path: Path, place: int, value: str, rule: str) -> None:
    wrong = line(3)
    wrong[place] = value
    with pytest.raises(AnalysisError, match=rule):
        read(write_csv(tmp_path / "model_2025.csv", [HEADER, wrong]))


def test_a_model_without_year_or_columns_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnknownLayoutError, match="year"):
        read(write_csv(tmp_path / "model.csv", [HEADER, line(3)]))
    with pytest.raises(UnknownLayoutError, match="sn"):
        read(write_csv(tmp_path / "model_2025.csv", [["old_la_code", "la_name"], ["300", "Borough A"]]))


def test_a_row_that_lost_its_neighbours_is_no_note(tmp_path: Path) -> None:
    bare = ["303", *[""] * (len(HEADER) - 1)]
    with pytest.raises(AnalysisError, match="line 3, column neighbours: 303 breaks the rule “an authority has ten"):
        read(write_csv(tmp_path / "model_2025.csv", [HEADER, line(4), bare]))


def test_an_authority_twice_or_under_another_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AnalysisError, match=r"an authority has one row \(line 2 is of the same\)"):
        read(write_csv(tmp_path / "model_2025.csv", [HEADER, line(3), line(3)]))
    named = AREAS.with_columns(name=pl.Series(["Alton", "Benton", *AREAS["name"][2:]]))
    path = write_csv(tmp_path / "model_2025.csv", [HEADER, ["300", "Benton", *line(0)[2:]]])
    with pytest.raises(AnalysisError, match="the name stands for the authority of the code"):
        statistical_neighbours.read(path, areas=named, area_codes=AREA_CODES)
