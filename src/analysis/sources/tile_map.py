"""An equal-size tile map of today's authorities: one tile each, near its neighbours, the whole shaped like England.

The centroids are first spread like discs of one size that push one another apart and hold on to the areas they border
(Dorling's cartogram); then each disc gets a cell of the grid, the whole at the least total distance (an assignment
problem); then tiles change places as long as that brings bordering areas closer together and into the right direction.
Nothing is drawn by lot: the same boundaries give the same map.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.optimize import linear_sum_assignment

from analysis.errors import LONGEST_VALUE, AnalysisError, UnknownLayoutError
from analysis.files import read_given

Points = npt.NDArray[np.float64]
Pairs = npt.NDArray[np.int64]

DISTRICTS = {
    "E10000003": "008-012",
    "E10000007": "032-039",
    "E10000008": "040-047",
    "E10000011": "061-065",
    "E10000012": "066-077",
    "E10000013": "078-083",
    "E10000014": "084-094",
    "E10000015": "095 096 098 099 102 103 240-243",
    "E10000016": "105-116",
    "E10000017": "117-128",
    "E10000018": "129-135",
    "E10000019": "136-142",
    "E10000020": "143-149",
    "E10000024": "170-176",
    "E10000025": "177-181",
    "E10000028": "192-199",
    "E10000029": "200 202 203 244 245",
    "E10000030": "207-217",
    "E10000031": "218-222",
    "E10000032": "223-229",
    "E10000034": "234-239",
}
"""The districts of each county with two tiers, from 2023 on: the last three digits of their codes (E07000…)."""

# Chosen by looking at the map and by `quality`: how far apart the discs start, how hard they push, how hard bordering
# areas hold on to each other and keep their direction; then what it costs to be far, astray or moved.
SPREAD_STEPS = 600
PUSH = 0.5
HOLD = 0.04
TURN = 0.06
SPACE = 0.9
MARGIN = 3
REACH = 3
FAR = 1.0
ASTRAY = 0.9
MOVED = 0.05
MAX_ROUNDS = 60
MOST_SLENDER = 0.05
"""How wide the map must be at least for its height, and how high for its width."""


@dataclass(frozen=True)
class Geography:
    """Where areas lie.

    `codes` are in order, `centres` in kilometres (east, north), `borders` pairs of positions in `codes`.
    """

    codes: tuple[str, ...]
    centres: Points
    borders: Pairs


def place(areas: pl.DataFrame, area_codes: Mapping[str, str], boundaries: Path) -> pl.DataFrame:
    """The place of each area on the tile map.

    Args:
        areas: one row an area that exists today, with `area_code`.
        area_codes: the area that each GSS code, current or former, stands for.
        boundaries: the boundaries of local authority districts (GeoJSON) with their centroids on the national grid.

    Returns:
        One row an area: `area_code`, `tile_column` (from 0 in the west) and `tile_row` (from 0 in the north).

    Raises:
        UnknownLayoutError: the file has no districts with codes and centroids.
        AnalysisError: an area without a district, or a district of England without an area.
    """
    geography = read_geography(areas["area_code"].to_list(), area_codes, boundaries)
    width, height = np.ptp(geography.centres, axis=0)
    if not 0 < MOST_SLENDER * width <= height <= width / MOST_SLENDER:
        raise AnalysisError(
            f"{boundaries}: the centroids lie within {width:,.0f} km from west to east and {height:,.0f} km from south "
            "to north, on no map of England. Take boundaries with centroids on the national grid, in metres."
        )
    cells = tiles(geography)
    return pl.DataFrame(
        {"area_code": geography.codes, "tile_column": cells[:, 0], "tile_row": cells[:, 1].max() - cells[:, 1]},
        schema={"area_code": pl.String, "tile_column": pl.Int64, "tile_row": pl.Int64},
    )


def read_geography(codes: list[str], area_codes: Mapping[str, str], boundaries: Path) -> Geography:
    """Centres and borders of areas, each put together from its districts.

    Args:
        codes: the areas that exist today.
        area_codes: the area that each GSS code, current or former, stands for.
        boundaries: as for `place`.

    Returns:
        Centres weighted by the districts' areas; two areas border where their outlines share a point. An island borders
        the two areas nearest to it.

    Raises:
        UnknownLayoutError: the file has no districts with codes and centroids.
        AnalysisError: an area without a district, or a district of England without an area.
    """
    counties = {district: county for county, text in DISTRICTS.items() for district in _districts(text)}
    known = set(codes)
    weights: dict[str, list[tuple[float, float, float]]] = defaultdict(list)
    outlines: dict[tuple[float, float], set[str]] = defaultdict(set)
    stray: list[str] = []
    seen: set[str] = set()
    for district in _districts_of(boundaries):
        if not district.code.startswith("E"):
            continue
        owner = counties.get(district.code, district.code)
        owner = area_codes.get(owner, owner)
        if owner not in known:
            stray.append(f"{district.name} ({district.code})")
            continue
        seen.add(district.code)
        weights[owner].append((district.area, district.east / 1000, district.north / 1000))
        for point in district.outline:
            outlines[point].add(owner)
    missing = sorted(known - set(weights))
    lost = sorted(code for code, county in counties.items() if county in weights and code not in seen)
    if stray or missing or lost:
        raise AnalysisError(
            f"{boundaries}: districts of no area: {', '.join(stray) or 'none'}; areas of no district: "
            f"{', '.join(missing) or 'none'}; districts of a county that are not there: {', '.join(lost) or 'none'}. "
            "Take boundaries of the same date as the areas."
        )
    order = tuple(sorted(known))
    centres = np.array(
        [np.average([p[1:] for p in weights[c]], axis=0, weights=[p[0] for p in weights[c]]) for c in order]
    )
    index = {code: i for i, code in enumerate(order)}
    borders = {pair for owners in outlines.values() for pair in combinations(sorted(index[c] for c in owners), 2)}
    for island in set(range(len(order))) - {i for pair in borders for i in pair}:
        nearest = np.argsort(np.linalg.norm(centres - centres[island], axis=1))[1:3]
        borders |= {(min(island, int(i)), max(island, int(i))) for i in nearest}
    return Geography(order, centres, np.array(sorted(borders), dtype=np.int64).reshape(-1, 2))


def _districts(text: str) -> Iterator[str]:
    for part in text.split():
        first, _, last = part.partition("-")
        yield from (f"E07{number:06d}" for number in range(int(first), int(last or first) + 1))


@dataclass(frozen=True)
class _District:
    """One district: its code and name, its centroid in metres on the national grid, its size and its outline."""

    code: str
    name: str
    east: float
    north: float
    area: float
    outline: tuple[tuple[float, float], ...]


PROPERTIES = {
    "code": r"LAD\d{2}CD",
    "name": r"LAD\d{2}NM",
    "east": "BNG_E",
    "north": "BNG_N",
    "area": r"(SHAPE_?_?)?Area",
}
GRID = {"east": (0, 700_000), "north": (0, 1_300_000), "area": (0, 1e12)}
"""Metres within which the national grid of Great Britain lies; sizes come in any unit."""


def _districts_of(path: Path) -> list[_District]:
    try:
        content = json.loads(read_given(path).decode("utf-8-sig"), parse_constant=_refuse_constant)
    except UnicodeDecodeError as error:
        raise AnalysisError(f"{path}: byte {error.start + 1} is not UTF-8 text. Download the file again.") from error
    except RecursionError as error:
        raise AnalysisError(f"{path}: nested deeper than any GeoJSON file. Check that it is the right file.") from error
    except ValueError as error:
        raise AnalysisError(f"{path}: no JSON ({error}). Download the file again.") from error
    features = content.get("features") if isinstance(content, dict) else None
    if not isinstance(features, list) or not features:
        raise UnknownLayoutError(path, "“features”", "the file", "Take a GeoJSON file of districts.")
    districts = [_district(path, number, feature) for number, feature in enumerate(features, start=1)]
    twice = [code for code, count in Counter(district.code for district in districts).items() if count > 1]
    if twice:
        raise AnalysisError(f"{path}: {', '.join(twice)} stands more than once. Keep one feature a district.")
    return districts


def _refuse_constant(name: str) -> float:
    raise ValueError(f"it holds {name}, which is no number")


def _district(path: Path, number: int, feature: object) -> _District:
    where = f"feature {number}"
    properties = feature.get("properties") if isinstance(feature, dict) else None
    if not isinstance(feature, dict) or not isinstance(properties, dict):
        raise UnknownLayoutError(path, "“properties”", where, "Take a GeoJSON file of districts.")
    found: dict[str, Any] = {}
    for field, pattern in PROPERTIES.items():
        key = next((key for key in properties if re.fullmatch(pattern, key, re.IGNORECASE)), None)
        if key is None:
            remedy = "Take the boundaries of local authority districts with centroids on the national grid."
            raise UnknownLayoutError(path, f"the property {pattern}", where, remedy)
        found[field] = properties[key]
    code, name = found["code"], found["name"]
    if not isinstance(code, str) or not re.fullmatch(r"[A-Z][0-9]{8}", code):
        raise _unfit(path, where, "code", code, "a code is a letter and eight digits")
    for field, (low, high) in GRID.items():
        value = found[field]
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
            raise _unfit(path, f"{where} ({code})", field, value, f"a number from {low:,.0f} to {high:,.0f}")
    if not found["area"]:
        raise _unfit(path, f"{where} ({code})", "area", found["area"], "a district has a size")
    try:
        outline = tuple(_points(feature["geometry"]))
    except (KeyError, TypeError, IndexError, ValueError, AttributeError) as error:
        raise _unfit(
            path, f"{where} ({code})", "geometry", type(error).__name__, "a Polygon or MultiPolygon"
        ) from error
    if len(outline) < FEWEST_POINTS:
        raise _unfit(path, f"{where} ({code})", "geometry", f"{len(outline)} points", "an outline has at least four")
    east, north, area = (float(found[field]) for field in GRID)
    return _District(code, str(name), east, north, area, outline)


FEWEST_POINTS = 4


def _unfit(path: Path, where: str, what: str, value: object, rule: str) -> AnalysisError:
    shown = str(value)[:LONGEST_VALUE]
    return AnalysisError(f"{path}, {where}, {what}: “{shown}” breaks the rule “{rule}”. Download the file again.")


def _points(geometry: dict[str, Any]) -> Iterator[tuple[float, float]]:
    if geometry["type"] not in ("Polygon", "MultiPolygon"):
        raise ValueError("no outline")
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    for polygon in polygons:
        for ring in polygon:
            yield from ((_degrees(point[0], 180), _degrees(point[1], 90)) for point in ring)


def _degrees(value: float, most: int) -> float:
    if not -most <= value <= most:
        raise ValueError("no degrees")
    return round(value, 5)


def tiles(geography: Geography) -> Pairs:
    """A cell of the grid for each area: one row an area, column from the west and row from the south, both from 0."""
    spread = _spread(geography)
    cells = _improve(_assign(spread), spread, geography)
    return np.asarray(cells - cells.min(axis=0), dtype=np.int64)


def _spread(geography: Geography) -> Points:
    """Centres moved apart until no two are nearer than one tile; bordering areas hold on to each other.

    The discs grow slowly from nothing, so that a crowd pushes what lies around it outwards and never jumps over it.
    """
    side = SPACE * np.sqrt(np.prod(np.ptp(geography.centres, axis=0)) * 0.5 / len(geography.codes))
    points = (geography.centres - geography.centres.mean(axis=0)) / side
    first, second = geography.borders.T
    headings = points[second] - points[first]
    headings /= np.maximum(np.linalg.norm(headings, axis=1), 1e-9)[:, None]
    degree = np.sqrt(np.maximum(np.bincount(geography.borders.ravel(), minlength=len(points)), 1))[:, None]
    for step in range(SPREAD_STEPS):
        size = min(1.0, 1.25 * (step + 1) / SPREAD_STEPS)
        move = np.zeros_like(points)
        gap = points[:, None] - points[None, :]
        distance = np.linalg.norm(gap, axis=2)
        np.fill_diagonal(distance, np.inf)
        overlap = np.clip(size - distance, 0, None)
        move += PUSH * (gap / np.maximum(distance, 1e-9)[:, :, None] * overlap[:, :, None]).sum(axis=1)
        pull = points[second] - points[first]
        length = np.linalg.norm(pull, axis=1)[:, None]
        drift = HOLD * np.clip(length - size, 0, None) * pull / np.maximum(length, 1e-9)
        drift += TURN * (pull - headings * length)
        np.add.at(move, first, drift / degree[first])
        np.add.at(move, second, -drift / degree[second])
        points += move
    return np.asarray(points, dtype=np.float64)


def _assign(points: Points) -> Pairs:
    """The cells of the grid at the least total squared distance from the points."""
    low = np.floor(points.min(axis=0)).astype(int) - MARGIN
    high = np.ceil(points.max(axis=0)).astype(int) + MARGIN
    grid = np.array([(x, y) for x in range(low[0], high[0] + 1) for y in range(low[1], high[1] + 1)])
    cost = ((points[:, None] - grid[None, :]) ** 2).sum(axis=2)
    _, chosen = linear_sum_assignment(cost)
    return np.asarray(grid[chosen], dtype=np.int64)


def _improve(cells: Pairs, spread: Points, geography: Geography) -> Pairs:
    """Let tiles change places, or move to a free cell beside the map, while the map gets better."""
    cells = cells.copy()
    neighbours: list[list[int]] = [[] for _ in geography.codes]
    for a, b in geography.borders:
        neighbours[a].append(int(b))
        neighbours[b].append(int(a))
    offsets = geography.centres[None, :] - geography.centres[:, None]
    headings = offsets / np.maximum(np.linalg.norm(offsets, axis=2), 1e-9)[:, :, None]
    degree = np.array([max(len(n), 1) for n in neighbours])

    def cost(area: int, cell: Points, others: Pairs) -> float:
        around = neighbours[area]
        gap = others[around] - cell
        length = np.maximum(np.linalg.norm(gap, axis=1), 1e-9)
        towards = (gap * headings[area, around]).sum(axis=1) / length
        terms = FAR * np.clip(length - 1.0, 0, None) + ASTRAY * (1.0 - towards)
        weight = 1.0 / np.sqrt(degree[area] * degree[around])
        return float((terms * weight).sum() * 2 + MOVED * ((cell - spread[area]) ** 2).sum())

    taken = {(int(x), int(y)): i for i, (x, y) in enumerate(cells)}
    reach = [(dx, dy) for dx in range(-REACH, REACH + 1) for dy in range(-REACH, REACH + 1) if (dx, dy) != (0, 0)]
    for _ in range(MAX_ROUNDS):
        changed = False
        for area in range(len(cells)):
            here = (int(cells[area][0]), int(cells[area][1]))
            best, best_gain = None, 1e-6
            for dx, dy in reach:
                there = (here[0] + dx, here[1] + dy)
                other = taken.get(there)
                trial = cells.copy()
                trial[area] = there
                before = cost(area, cells[area].astype(float), cells)
                after = cost(area, trial[area].astype(float), trial)
                if other is not None:
                    trial[other] = here
                    after = cost(area, trial[area].astype(float), trial) + cost(
                        other, trial[other].astype(float), trial
                    )
                    before += cost(other, cells[other].astype(float), cells)
                if before - after > best_gain:
                    best, best_gain = there, before - after
            if best is not None:
                other = taken.pop(best, None)
                if other is None:
                    taken.pop(here)
                else:
                    cells[other] = here
                    taken[here] = other
                cells[area] = best
                taken[best] = area
                changed = True
        if not changed:
            break
    return cells


def quality(geography: Geography, cells: Pairs) -> dict[str, float]:
    """How true the map is.

    Args:
        geography: where the areas lie.
        cells: the cell of each area, rows counted from the south.

    Returns:
        `bordering_adjacent`: the share of bordering pairs whose tiles touch, corners included; `west_east` and
        `south_north`: Spearman's rank correlation of centres and cells.
    """
    gap = np.abs(cells[geography.borders[:, 0]] - cells[geography.borders[:, 1]]).max(axis=1)
    frame = pl.DataFrame(
        {"x": geography.centres[:, 0], "y": geography.centres[:, 1], "column": cells[:, 0], "row": cells[:, 1]}
    )
    return {
        "bordering_adjacent": float((gap <= 1).mean()),
        "west_east": float(frame.select(pl.corr("x", "column", method="spearman")).item()),
        "south_north": float(frame.select(pl.corr("y", "row", method="spearman")).item()),
    }
