"""Cohorts of areas: the fifty reviewed areas by rule, and what to set beside them.

Every function takes native frames of one kind (pandas, polars eager or lazy, DuckDB relations of one connection,
PySpark's DataFrames of one session) and returns that kind. A cohort frame has one row a cohort and area:

    cohort          the name that was asked for: `fifty`, `cqc_verified`, `england`, `region:<code>`,
                    `neighbours:<area_code>`, or `areas:<code>;<code>…`
    cohort_label    the name in words, for charts (`50 reviewed areas`, `England`, `North West`,
                    `Statistical neighbours of Rotherham`)
    cohort_order    1 for the first cohort asked for, and so on
    area_code       `areas.area_code`
    area_name       `areas.name`
    basis           why the area belongs: `cqc_review`, `ofsted_after_jay`, `england`, `region`, `neighbour`, `chosen`
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Generic

import narwhals as nw
from narwhals.typing import IntoFrameT

from analysis.errors import AnalysisError
from analysis.frames import (
    DAY,
    TEXT,
    WHOLE,
    Columns,
    Engine,
    Kind,
    Lazy,
    opened,
    require_match,
    require_unique,
    row_number,
)
from analysis.schema import codes

JAY_REPORT = date(2014, 8, 26)
"""The day on which the Jay report on Rotherham was published."""

PROGRAMME_SIZE = 50
"""Areas in CQC's two-year programme of reviews."""


_AREAS = Columns("areas", {"area_code": TEXT, "name": TEXT, "region_code": TEXT, "valid_to": DAY})
_REVIEWS = Columns("cqc_reviews", {"inspection_id": TEXT, "area_code": TEXT, "in_programme": TEXT})
_INSPECTIONS = Columns(
    "inspections", {"inspection_id": TEXT, "area_code": TEXT, "programme": TEXT, "started": DAY, "published": DAY}
)
_NEIGHBOURS = Columns("neighbours", {"area_code": TEXT, "rank": WHOLE, "neighbour_code": TEXT})
_REGIONS = Columns("regions", {"region_code": TEXT, "name": TEXT})
_ENGLAND = "E92000001"

COHORT_KINDS: dict[str, Kind] = {
    "cohort": TEXT,
    "cohort_label": TEXT,
    "cohort_order": WHOLE,
    "area_code": TEXT,
    "area_name": TEXT,
    "basis": TEXT,
}

COHORT = Columns("cohort", COHORT_KINDS)
"""The columns of a cohort frame."""

COHORT_WORDS = ("cohort_label", "cohort_order")
"""What the name of a cohort decides."""
COHORT_KEYS = ("cohort", *COHORT_WORDS)
"""What whatever is counted by cohort starts with."""

_MEMBERS = ("area_code", "area_name", "basis")

_KNOWN_NAMES = "fifty, cqc_verified, england, region:<code or name>, neighbours:<area_code>, areas:<code>;<code>…"


def fifty(areas: IntoFrameT, cqc_reviews: IntoFrameT, inspections: IntoFrameT) -> IntoFrameT:
    """The fifty reviewed areas, each with its basis.

    1. Areas whose CQC review within the programme is verified (`in_programme` is `yes`).
    2. Then, until there are fifty, the areas whose first single inspection (`sif`) was published soonest from the day
       of the Jay report on; an area whose first one was published before does not qualify by a later one. Ties go by
       name. An abolished council qualifies if its inspection does: the rule speaks of what was inspected then.

    Args:
        areas: the `areas` table.
        cqc_reviews: the `cqc_reviews` table.
        inspections: the `inspections` table.

    Returns:
        One row an area, sorted by `position`: `position` (1 for the first; CQC reviews first, by day of publication
        where known, then by name; then single inspections by day and name), `area_code`, `area_name`, `basis`
        (`cqc_review`, `ofsted_after_jay`), `basis_inspection_id`, `basis_date` (day of publication; empty where not
        known), `current` (whether the council exists today).
    """
    engine, (area, review, inspection) = opened((areas, _AREAS), (cqc_reviews, _REVIEWS), (inspections, _INSPECTIONS))
    return engine.give(_fifty(engine, area, review, inspection), sort=["position"])


def _fifty(engine: Engine[IntoFrameT], areas: Lazy, reviews: Lazy, inspections: Lazy) -> Lazy:
    require_unique(engine, areas, ["area_code"], "areas")
    require_unique(engine, reviews, ["area_code"], "cqc_reviews")
    require_unique(engine, inspections, ["inspection_id"], "inspections")
    require_match(engine, reviews, areas, ["area_code"], "cqc_reviews", "areas")
    require_match(engine, reviews, inspections, ["inspection_id"], "cqc_reviews", "inspections")
    singles = inspections.filter(nw.col("programme") == codes.Programme.SIF.value)
    require_match(engine, singles, areas, ["area_code"], "inspections", "areas")

    known = areas.select("area_code", area_name="name", current=nw.col("valid_to").is_null())
    reviewed = _verified(reviews, inspections).select(
        "area_code", "inspection_id", "published", rule=nw.lit(1), basis=nw.lit(codes.COHORT_BASES[0])
    )
    first_single = (
        singles.with_columns(place=row_number(["area_code"], ["published", "inspection_id"]))
        .filter(nw.col("place") == 1)
        .filter(nw.col("published") >= nw.lit(JAY_REPORT))
        .join(reviewed.select("area_code"), on="area_code", how="anti")
        .select("area_code", "inspection_id", "published", rule=nw.lit(2), basis=nw.lit(codes.COHORT_BASES[1]))
    )
    candidates = nw.concat([reviewed, first_single], how="vertical").join(known, on="area_code", how="left")
    # Where the day is not known, the last of days puts the review behind the dated ones.
    in_order = candidates.with_columns(
        sort_day=nw.when(nw.col("published").is_null()).then(nw.lit(date.max)).otherwise(nw.col("published")),
        everyone=nw.lit(1),
    ).with_columns(position=row_number(["everyone"], ["rule", "sort_day", "area_name"]))
    return in_order.filter((nw.col("position") <= PROGRAMME_SIZE) | (nw.col("rule") == 1)).select(
        "position",
        "area_code",
        "area_name",
        "basis",
        basis_inspection_id="inspection_id",
        basis_date="published",
        current="current",
    )


def _verified(reviews: Lazy, inspections: Lazy) -> Lazy:
    dated = inspections.select("inspection_id", "published")
    return reviews.filter(nw.col("in_programme") == "yes").join(dated, on="inspection_id", how="left")


def cohort(
    name: str | Sequence[str],
    *,
    areas: IntoFrameT,
    regions: IntoFrameT,
    neighbours: IntoFrameT,
    cqc_reviews: IntoFrameT,
    inspections: IntoFrameT,
) -> IntoFrameT:
    """One cohort: `beside` with one name."""
    return beside(
        [name],
        areas=areas,
        regions=regions,
        neighbours=neighbours,
        cqc_reviews=cqc_reviews,
        inspections=inspections,
    )


def beside(
    names: Sequence[str | Sequence[str]] | Mapping[str, str | Sequence[str]],
    *,
    areas: IntoFrameT,
    regions: IntoFrameT,
    neighbours: IntoFrameT,
    cqc_reviews: IntoFrameT,
    inspections: IntoFrameT,
) -> IntoFrameT:
    """Several cohorts stacked, to be compared; an area may belong to more than one.

    Args:
        names: cohorts in the order in which to show them. Each is `fifty`, `cqc_verified`, `england`,
            `region:<code or name>`, `neighbours:<area_code>` (the ten, without the area itself), `areas:<code>;<code>`
            or a list of area codes. A mapping gives each its label: `{"Inner London": ["E09000007", …]}`.
        areas: the `areas` table.
        regions: the `regions` table.
        neighbours: the `neighbours` table.
        cqc_reviews: the `cqc_reviews` table.
        inspections: the `inspections` table.

    Returns:
        A cohort frame (see the module), one row a cohort and area, sorted by `cohort_order`, `area_code`.

    Raises:
        AnalysisError: a name or code that is not known; the message lists the possible ones.
    """
    engine, (area, region, neighbour, review, inspection) = opened(
        (areas, _AREAS),
        (regions, _REGIONS),
        (neighbours, _NEIGHBOURS),
        (cqc_reviews, _REVIEWS),
        (inspections, _INSPECTIONS),
    )
    tables = _Tables(engine, area, region, neighbour, review, inspection)
    wanted: list[tuple[str | None, str | Sequence[str]]] = (
        list(names.items()) if isinstance(names, Mapping) else [(None, name) for name in names]
    )
    if isinstance(names, str) or not wanted:
        raise AnalysisError(f"Give a list of at least one cohort. Known are {_KNOWN_NAMES}.")
    parts = []
    given: set[str] = set()
    for order, (label, name) in enumerate(wanted, start=1):
        identity, own_label, members = tables.cohort(name)
        if identity in given:
            raise AnalysisError(f"The cohort {identity} is given twice; give it once.")
        given.add(identity)
        parts.append(
            members.select(
                cohort=nw.lit(identity),
                cohort_label=own_label if label is None else nw.lit(label),
                cohort_order=nw.lit(order).cast(WHOLE),
                area_code="area_code",
                area_name="area_name",
                basis="basis",
            )
        )
    return engine.give(nw.concat(parts, how="vertical"), sort=["cohort_order", "area_code"])


class _Tables(Generic[IntoFrameT]):
    """The tables from which cohorts are made, of which only the names that are asked for are read."""

    def __init__(
        self,
        engine: Engine[IntoFrameT],
        areas: Lazy,
        regions: Lazy,
        neighbours: Lazy,
        reviews: Lazy,
        inspections: Lazy,
    ) -> None:
        require_unique(engine, areas, ["area_code"], "areas")
        require_unique(engine, regions, ["region_code"], "regions")
        require_unique(engine, neighbours, ["area_code", "neighbour_code"], "neighbours")
        self.engine, self.neighbours, self.reviews, self.inspections = engine, neighbours, reviews, inspections
        self.areas = areas
        self.region_names: dict[str, str] = {row["region_code"]: row["name"] for row in engine.rows(regions)}

    def cohort(self, name: str | Sequence[str]) -> tuple[str, nw.Expr, Lazy]:
        """The identity and the label of a cohort, and its members: `area_code`, `area_name`, `basis`."""
        if not isinstance(name, str):
            return self._areas(list(name))
        kind, _, rest = name.partition(":")
        if name == "fifty":
            return name, *_counted(_fifty(self.engine, self.areas, self.reviews, self.inspections), "reviewed areas")
        if name == "cqc_verified":
            verified = self._named(_verified(self.reviews, self.inspections), codes.COHORT_BASES[0])
            return name, *_counted(verified, "areas with a verified CQC review")
        if name == "england":
            return name, nw.lit(self.region_names.get(_ENGLAND, "England")), _as_members(self.areas, "england")
        if kind == "region":
            return self._region(rest)
        if kind == "neighbours":
            return self._neighbours(rest)
        if kind == "areas":
            return self._areas(rest.split(";"))
        raise AnalysisError(f"There is no cohort {name!r}. Known are {_KNOWN_NAMES}, or a list of area codes.")

    def _named(self, members: Lazy, basis: str) -> Lazy:
        known = self.areas.select("area_code", area_name="name")
        return (
            members.select("area_code")
            .join(known, on="area_code", how="left")
            .select("area_code", "area_name", basis=nw.lit(basis))
        )

    def _region(self, wanted: str) -> tuple[str, nw.Expr, Lazy]:
        regions = {code: name for code, name in self.region_names.items() if code != _ENGLAND}
        found = [code for code, name in regions.items() if wanted.casefold() in (code.casefold(), name.casefold())]
        if not found:
            known = ", ".join(f"{name} ({code})" for code, name in sorted(regions.items()))
            raise AnalysisError(f"There is no region {wanted!r}. Known are {known}.")
        members = self.areas.filter(nw.col("region_code") == found[0])
        return f"region:{found[0]}", nw.lit(regions[found[0]]), _as_members(members, "region")

    def _neighbours(self, area_code: str) -> tuple[str, nw.Expr, Lazy]:
        names = self._known([area_code])
        own = self.neighbours.filter(nw.col("area_code") == area_code)
        # Ten rows of many: looked for once.
        found = [row["neighbour_code"] for row in self.engine.rows(own.select("neighbour_code"))]
        if not found:
            have = self._names(self.areas.join(self.neighbours, on="area_code", how="semi"))
            raise AnalysisError(
                f"{names[area_code]} ({area_code}) has no statistical neighbours. "
                f"{len(have)} areas have: {_listed(have)}."
            )
        members = self.engine.table({"area_code": TEXT}, {"area_code": found})
        label = nw.lit(f"Statistical neighbours of {names[area_code]}")
        return f"neighbours:{area_code}", label, self._named(members, "neighbour")

    def _areas(self, wanted: list[str]) -> tuple[str, nw.Expr, Lazy]:
        names = self._known(wanted)
        chosen = sorted(set(wanted))
        members = self.areas.filter(nw.col("area_code").is_in(chosen))
        label = names[chosen[0]] if len(chosen) == 1 else f"{len(chosen)} chosen areas"
        return f"areas:{';'.join(chosen)}", nw.lit(label), _as_members(members, "chosen")

    def _known(self, wanted: Sequence[str]) -> dict[str, str]:
        """The names of areas by their codes, each of which must be known."""
        names = self._names(self.areas.filter(nw.col("area_code").is_in(list(wanted)))) if wanted else {}
        unknown = [code for code in wanted if code not in names]
        if unknown or not wanted:
            raise AnalysisError(
                f"There is no area with the code {', '.join(map(repr, unknown)) or 'given: the list is empty'}. "
                f"Known are {_listed(self._names(self.areas))}."
            )
        return names

    def _names(self, areas: Lazy) -> dict[str, str]:
        return {row["area_code"]: row["name"] for row in self.engine.rows(areas)}


def _as_members(areas: Lazy, basis: str) -> Lazy:
    """Rows of the `areas` table as members of a cohort."""
    return areas.select("area_code", area_name="name", basis=nw.lit(basis))


def _counted(members: Lazy, what: str) -> tuple[nw.Expr, Lazy]:
    """The label of a cohort that tells how many its members are, counted where they are, and the members."""
    everyone = members.select(*_MEMBERS, everyone=nw.lit(1))
    how_many = nw.col("area_code").count().over("everyone").cast(TEXT)
    return nw.concat_str(how_many, nw.lit(what), separator=" "), everyone


def _listed(names: Mapping[str, str]) -> str:
    return ", ".join(f"{names[code]} ({code})" for code in sorted(names))


def around(
    area_code: str,
    *,
    areas: IntoFrameT,
    regions: IntoFrameT,
    neighbours: IntoFrameT,
    cqc_reviews: IntoFrameT,
    inspections: IntoFrameT,
) -> IntoFrameT:
    """An area beside its statistical neighbours, its region and England: `beside` with those four names.

    Returns:
        A cohort frame (see the module) of four cohorts, three where the area has no statistical neighbours.
    """
    engine, (area, neighbour) = opened((areas, _AREAS), (neighbours, _NEIGHBOURS))
    here = nw.col("area_code") == area_code
    found = engine.rows(area.filter(here))
    names = [f"areas:{area_code}"]
    if engine.rows(neighbour.filter(here).select(pairs=nw.len()))[0]["pairs"]:
        names.append(f"neighbours:{area_code}")
    names += [f"region:{row['region_code']}" for row in found] + ["england"]
    return beside(
        names,
        areas=areas,
        regions=regions,
        neighbours=neighbours,
        cqc_reviews=cqc_reviews,
        inspections=inspections,
    )


def statement(fifty_areas: IntoFrameT) -> str:
    """What the fifty are, counted: `50 reviewed areas: 14 CQC, 36 Ofsted after the Jay report`.

    Args:
        fifty_areas: what `fifty` returns, or a cohort frame whose only cohort is `fifty`.
    """
    engine, (members,) = opened((fifty_areas, Columns("the fifty", {"area_code": TEXT, "basis": TEXT})))
    require_unique(engine, members, ["area_code"], "the fifty")
    counts = {row["basis"]: row["areas"] for row in engine.rows(members.group_by("basis").agg(areas=nw.len()))}
    strange = sorted(set(counts) - set(codes.COHORT_BASES))
    if strange:
        raise AnalysisError(f"The fifty hold areas on the basis {', '.join(strange)}; give what `fifty` returns.")
    cqc, ofsted = (counts.get(basis, 0) for basis in codes.COHORT_BASES)
    return f"{cqc + ofsted} reviewed areas: {cqc} CQC, {ofsted} Ofsted after the Jay report"
