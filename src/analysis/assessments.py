"""Exploitation factors at the end of assessment: rates, shares, and what lies behind the gaps.

Every function takes native frames of one kind (pandas, polars eager or lazy, DuckDB relations of one connection,
PySpark's DataFrames of one session) and returns that kind. A count that was not published as a number is never zero: it
is a bound or a gap, and says which.

What the releases show about suppression, and what is made of it: authorities' zeros are published, no count from 1 to
5 is, so a suppressed count is usually 1 to 5; but regional totals prove that larger counts are suppressed too, to
protect another one. So a suppressed count is held between bounds that are certain: the region's rounded total less
the authorities that were published, and no more than the authority's episodes.

Some authorities publish a zero year after year among thousands of assessments: most likely the factor is not recorded
there, rather than never found. A zero is doubtful where England's share of episodes would lead one to expect at least
`EXPECTED_AT_LEAST` (the chance of none is then below one in a thousand); it is kept as a count and used as a gap.
"""

from __future__ import annotations

import narwhals as nw
from narwhals.typing import IntoFrameT

from analysis import statistics
from analysis.errors import AnalysisError
from analysis.frames import REAL, TEXT, WHOLE, Columns, Kind, Lazy, how_many, opened, require_match, require_unique
from analysis.schema.codes import Gap, Level, Status

PER_CHILDREN = 10_000
"""Rates are given for this many children."""

ROUNDING = 10
"""England's and the regions' counts are rounded to a multiple of this."""

EXPECTED_AT_LEAST = 7
"""A published zero is doubtful where this many or more would be expected at England's share of episodes."""

_ENGLAND = "E92000001"
_ASSESSMENTS = Columns(
    "assessments",
    {
        "area_code": TEXT,
        "level": TEXT,
        "year": WHOLE,
        "factor": TEXT,
        "count": WHOLE,
        "status": TEXT,
        "episodes": WHOLE,
        "episodes_status": TEXT,
    },
)
_CHILDREN = Columns("children", {"area_code": TEXT, "year": WHOLE, "population": WHOLE})
_AREAS = Columns("areas", {"area_code": TEXT, "name": TEXT, "region_code": TEXT})
_RATES: dict[str, Kind] = {
    "area_code": TEXT,
    "level": TEXT,
    "year": WHOLE,
    "factor": TEXT,
    "status": TEXT,
    "certainty": TEXT,
    "gap": TEXT,
    "count": WHOLE,
    "count_low": WHOLE,
    "count_high": WHOLE,
    "episodes": WHOLE,
    "episodes_status": TEXT,
    "population": WHOLE,
    "population_year": WHOLE,
    "rate": REAL,
    "rate_low": REAL,
    "rate_high": REAL,
    "share": REAL,
    "share_low": REAL,
    "share_high": REAL,
}
_KEYS = ("area_code", "year", "factor")

_PUBLISHED = nw.col("status") == Status.PUBLISHED.value
_SUPPRESSED = nw.col("status") == Status.SUPPRESSED.value
_AUTHORITY = nw.col("level") == Level.AUTHORITY.value


def factor_rates(assessments: IntoFrameT, children: IntoFrameT, areas: IntoFrameT) -> IntoFrameT:
    """Each factor per 10,000 children and per assessed episode, with intervals.

    The year ending 31 March Y is set against the children of mid-year Y - 1, the mid-year within it.

    Returns:
        One row an area, year and factor, sorted by `area_code`, `factor`, `year`:
        `area_code`, `level` (`authority`, `region`, `england`), `year`, `factor`, `status` (of the count);
        `certainty`: `exact` (published), `rounded` (England and regions, to 10), `bounded` (suppressed: the region's
        total says at most how many), `doubtful` (a zero that is most likely none), `gap` (no number to use);
        `gap`: why `count` is not used (`suppressed`, `unavailable`, `unreliable`, `not_collected`, or
        `doubtful_zero`: published as 0 where England's share of episodes gives an expectation of 7 or more);
        empty where it is used;
        `count` (as published; empty where it is not a number; an unreliable or doubtful one is kept here and
        nowhere else),
        `count_low`, `count_high` (what the count can be: the same as `count` where exact, rounding and suppression
        otherwise, empty in a gap);
        `episodes`, `episodes_status`, `population`, `population_year`;
        `rate` (per 10,000 children), `rate_low`, `rate_high` (95%, score interval of a Poisson count, widened by
        the bounds of the count; `rate` is empty where bounded, all three in a gap and where the population is not
        known, as for councils abolished in 2019);
        `share` (of assessed episodes, 0 to 1), `share_low`, `share_high` (95%, Wilson, widened likewise).
    """
    engine, (assessment, child, area) = opened((assessments, _ASSESSMENTS), (children, _CHILDREN), (areas, _AREAS))
    require_unique(engine, assessment, _KEYS, "assessments")
    require_unique(engine, child, ["area_code", "year"], "children")
    require_unique(engine, area, ["area_code"], "areas")
    require_match(engine, assessment.filter(_AUTHORITY), area, ["area_code"], "assessments", "areas")

    population = child.select("area_code", "population", population_year="year")
    rows = (
        _bounded(assessment, area)
        .with_columns(population_year=nw.col("year") - 1)
        .join(population, on=["area_code", "population_year"], how="left")
    )
    # A rounded count can exceed its denominator's own rounding by a little; a share never exceeds 1.
    fewest, most = _rounded_limits("episodes")
    # What is used more than once stands in a column: written into each use, expressions grow beyond all bounds.
    limited = rows.with_columns(
        ten_thousands=nw.col("population") / PER_CHILDREN, fewest_episodes=fewest, most_episodes=most
    ).with_columns(
        least_share=_no_more(nw.col("count_low"), nw.col("most_episodes")),
        most_share=_no_more(nw.col("count_high"), nw.col("fewest_episodes")),
    )
    number, children_in_ten_thousands = nw.col("known_count"), nw.col("ten_thousands")
    rates = limited.with_columns(
        rate=nw.when(nw.col("population") > 0).then(number / children_in_ten_thousands),
        rate_low=statistics.poisson_low(nw.col("count_low"), children_in_ten_thousands),
        rate_high=statistics.poisson_high(nw.col("count_high"), children_in_ten_thousands),
        share=statistics.share(number, nw.col("episodes")),
        share_low=statistics.wilson_low(nw.col("least_share"), nw.col("most_episodes")),
        share_high=statistics.wilson_high(nw.col("most_share"), nw.col("fewest_episodes")),
    )
    return engine.give(rates.select(*_RATES), sort=["area_code", "factor", "year"])


def _rounded_limits(column: str) -> tuple[nw.Expr, nw.Expr]:
    """The least and the most that a published value can be, given that England and regions are rounded."""
    value, half = nw.col(column), ROUNDING // 2
    least = nw.when(_AUTHORITY).then(value).otherwise(nw.when(value > half).then(value - half).otherwise(value * 0))
    most = nw.when(_AUTHORITY).then(value).otherwise(value + half)
    return least, most


def _no_more(value: nw.Expr, limit: nw.Expr) -> nw.Expr:
    return nw.when(value > limit).then(limit).otherwise(value)


def _bounded(assessments: Lazy, areas: Lazy) -> Lazy:
    """With `certainty`, `gap`, `known_count` and the bounds of each count."""
    regional = ["region_code", "year", "factor"]
    located = assessments.join(areas.select("area_code", "region_code"), on="area_code", how="left")
    least, most = _rounded_limits("count")
    totals_of_regions = assessments.filter((nw.col("level") == Level.REGION.value) & _PUBLISHED).select(
        "year", "factor", region_code="area_code", region_least=least, region_most=most
    )
    others = (
        located.filter(_AUTHORITY)
        .group_by(*regional)
        .agg(
            region_published=nw.when(_PUBLISHED).then(nw.col("count")).otherwise(nw.lit(0)).sum().cast(WHOLE),
            region_unknown=how_many(~_PUBLISHED),
        )
    )
    with_region = located.join(others, on=regional, how="left").join(totals_of_regions, on=regional, how="left")
    remainder_least = nw.col("region_least") - nw.col("region_published")
    remainder_most = nw.col("region_most") - nw.col("region_published")
    national = assessments.filter((nw.col("area_code") == _ENGLAND) & _PUBLISHED).select(
        "year", "factor", national_share=nw.col("count") / nw.col("episodes")
    )
    expected = nw.col("national_share") * nw.col("episodes")
    doubtful = (_PUBLISHED & _AUTHORITY & (nw.col("count") == 0) & (expected >= EXPECTED_AT_LEAST)).fill_null(False)
    usable = _PUBLISHED & ~nw.col("doubtful")
    alone = nw.col("region_unknown") == 1
    at_least = nw.when(alone & (remainder_least > 0)).then(remainder_least).otherwise(nw.lit(0))
    at_most = _no_more(remainder_most, nw.col("episodes"))
    bounded = _SUPPRESSED & _AUTHORITY & (remainder_most >= 0)
    judged = with_region.join(national, on=["year", "factor"], how="left").with_columns(doubtful=doubtful)
    return judged.with_columns(
        certainty=nw.when(usable & _AUTHORITY)
        .then(nw.lit("exact"))
        .when(usable)
        .then(nw.lit("rounded"))
        .when(nw.col("doubtful"))
        .then(nw.lit("doubtful"))
        .when(bounded)
        .then(nw.lit("bounded"))
        .otherwise(nw.lit("gap")),
        gap=nw.when(nw.col("doubtful")).then(nw.lit(str(Gap.DOUBTFUL_ZERO))).when(~_PUBLISHED).then(nw.col("status")),
        known_count=nw.when(usable).then(nw.col("count")),
        count_low=nw.when(usable).then(least).when(bounded).then(at_least),
        count_high=nw.when(usable).then(most).when(bounded).then(at_most),
    )


def totals(assessments: IntoFrameT) -> IntoFrameT:
    """England's published total beside the sum of its authorities, with what is missing from the sum.

    Returns:
        One row a year and factor, sorted by `factor`, `year`: `year`, `factor`, `england` (rounded to 10),
        `authorities` (sum of published authority counts), `shortfall` (`england` - `authorities`), `published`,
        `suppressed`, `unavailable`, `unreliable`, `not_collected` (how many authorities of each status).
    """
    engine, (assessment,) = opened((assessments, _ASSESSMENTS))
    require_unique(engine, assessment, _KEYS, "assessments")
    keys = ["year", "factor"]
    local = (
        assessment.filter(_AUTHORITY)
        .with_columns(known_count=nw.when(_PUBLISHED).then(nw.col("count")))
        .group_by(*keys)
        .agg(
            authorities=nw.col("known_count").sum().cast(WHOLE),
            **{str(status): how_many(nw.col("status") == status.value) for status in Status},
        )
    )
    national = assessment.filter((nw.col("area_code") == _ENGLAND) & _PUBLISHED).select(*keys, england="count")
    rows = (
        local.join(national, on=keys, how="left")
        .with_columns(authorities=nw.when(nw.col("published") > 0).then(nw.col("authorities")))
        .with_columns(shortfall=nw.col("england") - nw.col("authorities"))
    )
    columns = ("year", "factor", "england", "authorities", "shortfall", *(str(status) for status in Status))
    return engine.give(rows.select(*columns), sort=["factor", "year"])


def missing_authorities(assessments: IntoFrameT, areas: IntoFrameT) -> IntoFrameT:
    """Who is missing from the sum of authorities, and why.

    Returns:
        One row an authority, year and factor whose count is not published, sorted by `factor`, `year`, `area_name`:
        `year`, `factor`, `area_code`, `area_name`, `status`, `count` (an unreliable one, as published), `episodes`.
    """
    engine, (assessment, area) = opened((assessments, _ASSESSMENTS), (areas, _AREAS))
    require_unique(engine, assessment, _KEYS, "assessments")
    require_unique(engine, area, ["area_code"], "areas")
    local = assessment.filter(_AUTHORITY & ~_PUBLISHED)
    require_match(engine, local, area, ["area_code"], "assessments", "areas")
    rows = local.join(area.select("area_code", area_name="name"), on="area_code", how="left")
    columns = ("year", "factor", "area_code", "area_name", "status", "count", "episodes")
    return engine.give(rows.select(*columns), sort=["factor", "year", "area_name"])


def area_with_neighbours(
    rates: IntoFrameT, area_code: str, *, areas: IntoFrameT, regions: IntoFrameT, neighbours: IntoFrameT
) -> IntoFrameT:
    """An area's rates beside those of its statistical neighbours, its region and England.

    Args:
        rates: what `factor_rates` returns.
        area_code: the area, or England's own code for England alone.
        areas: the `areas` table.
        regions: the `regions` table.
        neighbours: the `neighbours` table.

    Returns:
        The rows of `rates` for those areas, with `role` (`area`, `neighbour`, `region`, `england`), `role_order` (1 to
        4), `rank` (of the neighbour, 1 for the most alike) and `area_name` before the columns of `rates`; sorted by
        `factor`, `role_order`, `rank`, `year`.

    Raises:
        AnalysisError: an area code that is not known.
    """
    engine, (rate, area, region, neighbour) = opened(
        (rates, Columns("rates", _RATES)),
        (areas, _AREAS),
        (regions, Columns("regions", {"region_code": TEXT, "name": TEXT})),
        (neighbours, Columns("neighbours", {"area_code": TEXT, "rank": WHOLE, "neighbour_code": TEXT})),
    )
    require_unique(engine, rate, _KEYS, "rates")
    require_unique(engine, area, ["area_code"], "areas")
    require_unique(engine, region, ["region_code"], "regions")
    here = nw.col("area_code") == area_code
    found = engine.rows(area.filter(here))
    if not found and area_code != _ENGLAND:
        known = ", ".join(f"{row['name']} ({row['area_code']})" for row in engine.rows(area.sort("area_code")))
        raise AnalysisError(f"There is no area with the code {area_code!r}. Known are {_ENGLAND} (England), {known}.")
    members = [(area_code, "area", 1, None)] if found else []
    members += [
        (row["neighbour_code"], "neighbour", 2, row["rank"]) for row in engine.rows(neighbour.filter(here).sort("rank"))
    ]
    members += [(row["region_code"], "region", 3, None) for row in found]
    members.append((_ENGLAND, "england", 4, None))
    kinds: dict[str, Kind] = {"area_code": TEXT, "role": TEXT, "role_order": WHOLE, "rank": WHOLE}
    chosen = engine.table(kinds, {name: [row[place] for row in members] for place, name in enumerate(kinds)})
    require_unique(engine, chosen, ["area_code"], "neighbours")
    names = nw.concat(
        [area.select("area_code", area_name="name"), region.select(area_code="region_code", area_name="name")],
        how="vertical",
    )
    require_match(engine, chosen, names, ["area_code"], "neighbours", "areas and regions")
    rows = chosen.join(names, on="area_code", how="left").join(rate, on="area_code", how="inner")
    return engine.give(
        rows.select("role", "role_order", "rank", "area_name", *_RATES), sort=["factor", "role_order", "rank", "year"]
    )
