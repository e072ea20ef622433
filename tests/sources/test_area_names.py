"""An authority is found under every style of its name, among those of the day."""

from __future__ import annotations

from datetime import date

import pytest
import report_examples as example

from analysis.sources.area_names import AreaFinder

FINDER = AreaFinder(example.areas(), example.area_codes())
DAY = date(2022, 6, 20)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Metropolitan Borough of Rotherham", "E08000018"),
        ("Rotherham Metropolitan Borough Council", "E08000018"),
        ("the London Borough of Croydon", "E09000008"),
        ("Royal Borough of Windsor and Maidenhead", "E06000040"),
        ("The Royal Borough of Windsor & Maidenhead", "E06000040"),
        ("Kingston upon Hull City Council", "E06000010"),
        ("Royal Borough of Kingston upon Thames Council", "E09000021"),
        ("East Riding", "E06000011"),
        ("Durham County Council", "E06000047"),
        ("City of London", "E09000001"),
        ("London Corporation", "E09000001"),
        ("Bristol City of", "E06000023"),
        ("St. Helens Metropolitan Borough Council", "E08000013"),
        ("Telford & Wrekin Council", "E06000020"),
        ("Rotherham Safeguarding Children Board", "E08000018"),
        ("Rotherham Children’s Services", "E08000018"),
    ],
)
def test_styles_of_a_name_are_one_authority(name: str, code: str) -> None:
    assert FINDER.by_any_name([name], DAY) == code


def test_the_authority_of_the_day_is_meant() -> None:
    assert FINDER.by_any_name(["Dorset County Council"], date(2014, 5, 1)) == "E10000009"
    assert FINDER.by_any_name(["Dorset"], date(2021, 9, 27)) == "E06000059"


@pytest.mark.parametrize("name", ["Atlantis", "Kingston", "Northamptonshire", "", "The Council"])
def test_a_name_of_none_or_of_several_is_not_guessed(name: str) -> None:
    assert FINDER.by_any_name([name], DAY) is None


def test_names_are_tried_in_turn() -> None:
    assert FINDER.by_any_name(["home, care or education", "Croydon local authority"], DAY) == "E09000008"


def test_an_authority_is_not_found_before_it_existed() -> None:
    assert FINDER.by_any_name(["North Northamptonshire"], date(2019, 6, 17)) is None
