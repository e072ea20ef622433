"""Authorities, their codes through time, their names, and their places on the tile map."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from release_examples import AREA_CODES, AREAS, write_csv

from analysis.errors import AnalysisError, UnknownLayoutError
from analysis.sources import authorities, tile_map
from analysis.sources.area_names import AreaFinder, name_key
from analysis.sources.reading import Reading

HEADER = ["time_period", "geographic_level", "country_code", "country_name", "region_code", "region_name"]
HEADER += ["old_la_code", "new_la_code", "la_name", "figure"]
SW, GREATER_LONDON = ("E12000009", "South West"), ("E13000001", "Inner London")
CURRENT = {
    "E06000058": ("839", "Bournemouth, Christchurch and Poole", SW),
    "E06000059": ("838", "Dorset", SW),
    "E06000066": ("933", "Somerset", SW),
    "E06000023": ("801", "Bristol, City of", SW),
    "E09000007": ("202", "Camden", GREATER_LONDON),
    "E08000016": ("370", "Barnsley", SW),
}
FORMER = {
    "E06000028": ("837", "Bournemouth", SW),
    "E06000029": ("836", "Poole", SW),
    "E10000009": ("835", "Dorset", SW),
    "E10000027": ("933", "Somerset", SW),
}
NEW_IN_2019 = ("E06000058", "E06000059")
LOOKUP = [["la_code", "la_code_new", "la_name", "region_name"], ["838", "E06000059", "Dorset", "South East"]]


def line(year: int, code: str, entry: tuple[str, str, tuple[str, str]]) -> list[str]:
    la, name, region = entry
    return [str(year), "Local authority", "E92000001", "England", *region, la, code, name, "1"]


def history() -> list[list[str]]:
    before = {c: e for c, e in CURRENT.items() if c not in (*NEW_IN_2019, "E06000066")} | FORMER
    rows = [[str(y), "National", "E92000001", "England", *[""] * 5, "1"] for y in (2019, 2024)]
    rows += [["2024", "Regional", "E92000001", "England", *r, "", "", "", "1"] for r in (SW, ("E12000007", "London"))]
    rows.append(["2024", "Regional", "E92000001", "England", *GREATER_LONDON, "", "", "", "1"])
    rows += [line(2019, code, entry) for code, entry in before.items()]
    rows += [line(2024, code, entry) for code, entry in CURRENT.items()]
    return rows


def district(code: str, east: float, north: float) -> dict[str, Any]:
    corners = [[east, north], [east + 1, north], [east + 1, north + 1], [east, north + 1], [east, north]]
    properties = {"LAD23CD": code, "LAD23NM": code, "BNG_E": east * 1000, "BNG_N": north * 1000, "SHAPE_Area": 1.0}
    return {"properties": properties, "geometry": {"type": "Polygon", "coordinates": [corners]}}


def write_boundaries(path: Path, places: Mapping[str, tuple[float, float]]) -> Path:
    features = [district(code, *place) for code, place in places.items()]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path


SQUARE = dict(zip(CURRENT, product(range(3), range(2)), strict=True))


@pytest.fixture
def reading(tmp_path: Path) -> Reading:
    files = [
        write_csv(tmp_path / "figures.csv", [HEADER, *history()]),
        write_csv(tmp_path / "lookup.csv", LOOKUP),
        write_boundaries(tmp_path / "districts.json", {**SQUARE, "W06000001": (9, 9)}),
    ]
    return authorities.read(files)


def table(reading: Reading, name: str) -> pl.DataFrame:
    return next(c.rows for c in reading.contributions if c.table == name)


def test_abolished_councils_keep_their_row_with_last_day_and_successors(reading: Reading) -> None:
    areas = table(reading, "areas")
    ended = areas.filter(pl.col("valid_to").is_not_null()).select("area_code", "valid_to", "successor_codes")
    assert ended.rows() == [
        ("E06000028", dt.date(2019, 3, 31), "E06000058"),
        ("E06000029", dt.date(2019, 3, 31), "E06000058"),
        ("E10000009", dt.date(2019, 3, 31), "E06000058;E06000059"),
    ]
    begun = areas.filter(pl.col("valid_from").is_not_null())
    assert set(begun["area_code"]) == set(NEW_IN_2019)


def test_an_authority_under_a_new_code_is_one_row_and_both_codes_lead_to_it(reading: Reading) -> None:
    assert table(reading, "areas").filter(la_code="933")["area_code"].to_list() == ["E06000066"]
    codes = table(reading, "area_codes")
    assert codes.filter(area_code="E06000066").select("code", "valid_from", "valid_to").rows() == [
        ("E06000066", dt.date(2023, 4, 1), None),
        ("E10000027", None, dt.date(2023, 3, 31)),
    ]


def test_a_code_that_the_releases_do_not_use_yet_resolves_to_the_one_they_use(reading: Reading) -> None:
    codes = table(reading, "area_codes").filter(code="E08000038")
    assert codes["area_code"].to_list() == ["E08000016"]
    assert any("E08000016 became E08000038" in remark for remark in reading.remarks)


def test_names_are_in_ordinary_use_and_distinct(reading: Reading) -> None:
    names = dict(table(reading, "areas").select("area_code", "name").iter_rows())
    slugs = dict(table(reading, "areas").select("area_code", "slug").iter_rows())
    assert (names["E06000023"], names["E06000059"], names["E10000009"]) == (
        "Bristol",
        "Dorset",
        "Dorset (county, to 2019)",
    )
    assert (slugs["E06000059"], slugs["E10000009"]) == ("dorset", "dorset-county")


def test_inner_london_is_in_the_region_london(reading: Reading) -> None:
    assert table(reading, "areas").filter(area_code="E09000007")["region_code"].to_list() == ["E12000007"]
    assert set(table(reading, "regions")["region_code"]) == {"E12000007", "E12000009", "E92000001"}


def test_differences_of_the_lookup_are_remarked(reading: Reading) -> None:
    assert any("Dorset (838) is in South East, in the releases in South West" in remark for remark in reading.remarks)


def test_tiles_are_of_current_authorities_alone_and_no_two_alike(reading: Reading) -> None:
    areas = table(reading, "areas")
    current = areas.filter(pl.col("valid_to").is_null())
    assert current.select("tile_column", "tile_row").null_count().sum_horizontal().item() == 0
    assert current.select("tile_column", "tile_row").is_unique().all()
    assert areas.filter(pl.col("valid_to").is_not_null())["tile_row"].null_count() == 3


@pytest.mark.parametrize("changed", [("E06000023", "E06000099"), ("E06000023", None)])
def test_a_change_without_its_order_is_refused(tmp_path: Path, changed: tuple[str, str | None]) -> None:
    code, new = changed
    rows = [row for row in history() if not (row[0] == "2024" and row[7] == code)]
    if new:
        rows.append(line(2024, new, CURRENT[code]))
    boundaries = write_boundaries(tmp_path / "districts.json", SQUARE)
    with pytest.raises(AnalysisError, match="no known change"):
        authorities.read([write_csv(tmp_path / "figures.csv", [HEADER, *rows]), boundaries])


def test_files_that_are_missing_or_unknown_are_refused(tmp_path: Path) -> None:
    figures = write_csv(tmp_path / "figures.csv", [HEADER, *history()])
    with pytest.raises(AnalysisError, match="boundaries"):
        authorities.read([figures])
    with pytest.raises(UnknownLayoutError, match="old_la_code"):
        authorities.read([figures, write_csv(tmp_path / "other.csv", [["a", "b"], ["1", "2"]])])
    places = {code: place for code, place in SQUARE.items() if code != "E06000059"}
    with pytest.raises(AnalysisError, match="areas of no district: E06000059"):
        authorities.read([figures, write_boundaries(tmp_path / "few.json", places)])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Bristol, City of", "Bristol City Council"),
        ("Kingston upon Hull", "Hull"),
        ("County Durham", "Durham"),
        ("St. Helens", "St Helens"),
        ("Telford & Wrekin", "Telford and Wrekin"),
        ("Bedford Borough", "Bedford"),
        ("Herefordshire, County of", "Herefordshire"),
    ],
)
def test_spellings_of_one_authority_have_one_key(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


def test_a_shared_name_is_told_apart_by_the_day() -> None:
    finder = AreaFinder(AREAS, AREA_CODES)
    assert finder.by_name("Dorset", dt.date(2018, 5, 1)) == "E10000009"
    assert finder.by_name("Dorset", dt.date(2021, 5, 1)) == "E06000059"
    assert finder.by_name("Dorset") == "E06000059"
    assert finder.by_name("Bourneville") is None
    assert (finder.by_code("E10000027"), finder.by_code("933"), finder.by_code("E1")) == (
        "E06000066",
        "E06000066",
        None,
    )


def lattice(size: int) -> tile_map.Geography:
    """Areas on a square lattice whose north-eastern quarter is crowded, as London is."""
    points = np.array([(x, y) for x in range(size) for y in range(size)], dtype=float)
    borders = [(i, j) for i in range(len(points)) for j in range(i) if np.abs(points[i] - points[j]).sum() == 1]
    centres = np.where(points > size / 2, size / 2 + (points - size / 2) * 0.2, points) * 30
    return tile_map.Geography(tuple(map(str, range(len(points)))), centres, np.array(borders))


def test_a_crowd_is_spread_and_neighbours_stay_neighbours() -> None:
    geography = lattice(6)
    cells = tile_map.tiles(geography)
    assert len({tuple(cell) for cell in cells.tolist()}) == 36
    quality = tile_map.quality(geography, cells)
    assert quality["bordering_adjacent"] > 0.9
    assert min(quality["west_east"], quality["south_north"]) > 0.9


def test_the_same_boundaries_give_the_same_map() -> None:
    assert np.array_equal(tile_map.tiles(lattice(4)), tile_map.tiles(lattice(4)))


def test_a_county_lies_amid_its_districts(tmp_path: Path) -> None:
    places = {f"E070000{n:02}": (x, 0.0) for n, x in zip(range(8, 13), (0.0, 2.0, 1.0, 0.5, 1.5), strict=True)}
    places["E06000031"] = (3.0, 0.0)
    path = write_boundaries(tmp_path / "districts.json", places)
    geography = tile_map.read_geography(["E06000031", "E10000003"], {}, path)
    assert geography.centres.tolist() == [[3.0, 0.0], [1.0, 0.0]]
    assert geography.borders.tolist() == [[0, 1]]
    few = write_boundaries(tmp_path / "few.json", {c: p for c, p in places.items() if c != "E07000012"})
    with pytest.raises(AnalysisError, match="districts of a county that are not there: E07000012"):
        tile_map.read_geography(["E06000031", "E10000003"], {}, few)


def test_no_district_is_in_two_counties() -> None:
    districts = [d for text in tile_map.DISTRICTS.values() for d in tile_map._districts(text)]
    assert len(districts) == len(set(districts)) == 164


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda feature: feature["properties"].update(BNG_E=float("nan")), "NaN, which is no number"),
        (lambda feature: feature["properties"].update(BNG_N=1e9), r"feature 1 \(E06000058\), north: “1000000000.0”"),
        (lambda feature: feature["properties"].update(SHAPE_Area=0), "a district has a size"),
        (lambda feature: feature["properties"].update(LAD23CD="Hull"), "feature 1, code: “Hull”"),
        (lambda feature: feature.update(geometry=None), "geometry: “TypeError” breaks the rule"),
        (lambda feature: feature.update(properties=[]), "“properties” in feature 1"),
    ],
)
def test_a_district_that_cannot_be_placed_is_refused(
    tmp_path: Path, change: Callable[[dict[str, Any]], None], message: str
) -> None:
    path = write_boundaries(tmp_path / "districts.json", SQUARE)
    content = json.loads(path.read_text("utf-8"))
    change(content["features"][0])
    path.write_text(json.dumps(content), "utf-8")
    with pytest.raises(AnalysisError, match=message):
        tile_map.read_geography(list(SQUARE), {}, path)


@pytest.mark.parametrize("content", [b"[" * 100_000, b"{", b"[]", b"\xff\xfe{", b'{"features": []}'])
def test_what_is_no_map_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "districts.json"
    path.write_bytes(content)
    with pytest.raises(AnalysisError, match=r"districts\.json"):
        tile_map.read_geography(list(SQUARE), {}, path)


@pytest.mark.parametrize(
    ("place", "value", "rule"),
    [(0, "soon", "a period is a year"), (1, "Parish", "a level is one of"), (7, "", "a row of the level"),
     (7, "W06000001", "a row of the level"), (6, "8O1", "a row of the level")],
)  # fmt: skip
def test_a_row_that_is_not_as_its_level_says_is_refused(tmp_path: Path, place: int, value: str, rule: str) -> None:
    rows = history()
    rows[-1][place] = value
    figures = write_csv(tmp_path / "figures.csv", [HEADER, *rows])
    with pytest.raises(AnalysisError, match=rule):
        authorities.read([figures, write_boundaries(tmp_path / "districts.json", SQUARE)])
