"""Rules between tables: references, and counts that must hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from analysis.errors import Fault
from analysis.schema.codes import THEME_CODES, Factor
from analysis.schema.csvfile import LINE
from analysis.schema.tables import FIRST_DAY, LAST_DAY, TABLES

Tables = Mapping[str, pl.DataFrame]
"""The typed curated tables by name, each with its `line` column."""


@dataclass(frozen=True)
class Reference:
    """Every value of a column (of a `;`-separated list where `listed`) stands in a column of one of the targets."""

    table: str
    column: str
    targets: tuple[tuple[str, str], ...]
    listed: bool = False

    @property
    def statement(self) -> str:
        """What must hold, in words."""
        places = " or ".join(f"{table}.{column}" for table, column in self.targets)
        return f"every {self.table}.{self.column} is in {places}"


REFERENCES: tuple[Reference, ...] = (
    *(
        Reference(table, "source_id", (("sources", "source_id"),))
        for table, schema in TABLES.items()
        if table != "sources" and "source_id" in schema.column_names()
    ),
    Reference("areas", "tile_source_id", (("sources", "source_id"),)),
    Reference("areas", "region_code", (("regions", "region_code"),)),
    Reference("areas", "successor_codes", (("areas", "area_code"),), listed=True),
    Reference("areas", "area_code", (("area_codes", "code"),)),
    Reference("area_codes", "area_code", (("areas", "area_code"),)),
    Reference("neighbours", "area_code", (("areas", "area_code"),)),
    Reference("neighbours", "neighbour_code", (("areas", "area_code"),)),
    Reference("inspections", "area_code", (("areas", "area_code"),)),
    Reference("judgements", "inspection_id", (("inspections", "inspection_id"),)),
    Reference("cqc_reviews", "inspection_id", (("inspections", "inspection_id"),)),
    Reference("cqc_reviews", "area_code", (("areas", "area_code"),)),
    Reference("findings", "inspection_id", (("inspections", "inspection_id"),)),
    Reference("findings", "theme", (("themes", "theme"),)),
    Reference("second_reading", "inspection_id", (("coverage", "inspection_id"),)),
    Reference("second_reading", "theme", (("themes", "theme"),)),
    Reference("spot_checks", "finding_id", (("findings", "finding_id"),)),
    Reference("coverage", "inspection_id", (("inspections", "inspection_id"),)),
    Reference("assessments", "area_code", (("areas", "area_code"), ("regions", "region_code"))),
    Reference("children", "area_code", (("areas", "area_code"), ("regions", "region_code"))),
)


def reference_faults(tables: Tables) -> Iterator[Fault]:
    """Every value that refers to nothing."""
    for reference in REFERENCES:
        rows = tables[reference.table].select(LINE, pl.col(reference.column).cast(pl.String).alias("value"))
        if reference.listed:
            rows = rows.with_columns(pl.col("value").str.split(";")).explode("value")
        known = pl.concat(
            [tables[table].select(pl.col(column).cast(pl.String).alias("value")) for table, column in reference.targets]
        )
        dangling = rows.drop_nulls("value").join(known, on="value", how="anti").sort(LINE)
        remedy = f"correct the value, or add the row to {' or '.join(table for table, _ in reference.targets)}.csv"
        for line, value in dangling.iter_rows():
            yield _fault(reference.table, line, reference.column, repr(value), reference.statement, remedy)


def cited_sources(tables: Tables) -> pl.DataFrame:
    """Every source that a row of another table names.

    Returns:
        One row a source: `source_id`.
    """
    citing = [reference for reference in REFERENCES if reference.targets == (("sources", "source_id"),)]
    named = [tables[reference.table].select(source_id=reference.column) for reference in citing]
    return pl.concat(named).drop_nulls().unique()


@dataclass(frozen=True)
class TableRule:
    """A named rule on whole tables."""

    name: str
    statement: str
    remedy: str
    breaches: Callable[[Tables], Iterator[tuple[str, int | None, str, str]]]
    """Yields table, line, column and value of each breach."""


TABLE_RULES: list[TableRule] = []


def _rule(
    statement: str, remedy: str
) -> Callable[[Callable[[Tables], Iterator[tuple[str, int | None, str, str]]]], object]:
    def register(breaches: Callable[[Tables], Iterator[tuple[str, int | None, str, str]]]) -> object:
        TABLE_RULES.append(TableRule(breaches.__name__, statement, remedy, breaches))
        return breaches

    return register


def table_rule_faults(tables: Tables) -> Iterator[Fault]:
    """Every breach of a rule on whole tables."""
    for rule in TABLE_RULES:
        for table, line, column, value in rule.breaches(tables):
            yield _fault(table, line, column, value, f"{rule.name}: {rule.statement}", rule.remedy)


def _fault(table: str, line: int | None, column: str, value: str, rule: str, remedy: str) -> Fault:
    return Fault(f"data/raw/{table}.csv", line, column, value, rule, remedy)


def _current(areas: pl.DataFrame) -> pl.DataFrame:
    return areas.filter(pl.col("valid_to").is_null())


Breaches = Iterator[tuple[str, int | None, str, str]]


@_rule("England has 153 upper-tier authorities since 1 April 2023", "restore the missing authority, or date its end")
def current_authorities_are_153(tables: Tables) -> Breaches:
    """Count the authorities without a last day."""
    count = _current(tables["areas"]).height
    if count != 153:
        yield "areas", None, "valid_to", f"{count} current authorities"


@_rule("England has nine regions", "restore the region")
def regions_are_nine_and_england(tables: Tables) -> Breaches:
    """Count the regions beside England."""
    regions = tables["regions"]
    count = regions.filter(pl.col("region_code").str.starts_with("E12")).height
    if count != 9 or regions.height != 10:
        yield "regions", None, "region_code", f"{count} regions of {regions.height} rows"


@_rule("no two areas share a tile", "run the import of the authorities again")
def tiles_differ(tables: Tables) -> Breaches:
    """Find tiles used twice."""
    tiles = _current(tables["areas"]).filter(pl.struct("tile_column", "tile_row").is_duplicated())
    for line, column, row in tiles.select(LINE, "tile_column", "tile_row").iter_rows():
        yield "areas", line, "tile_column, tile_row", f"{column}, {row}"


@_rule("an area's codes follow one another from its first day to its last", "correct the days, or restore the code")
def codes_follow_one_another(tables: Tables) -> Breaches:
    """Compare the first day of each code with the last of the one before, and both ends with the area's."""
    area = tables["areas"].select("area_code", begins="valid_from", ends="valid_to")
    codes = (
        tables["area_codes"]
        .join(area, on="area_code")
        .sort("area_code", "valid_from", nulls_last=False)
        .with_columns(
            before=pl.col("valid_to").shift(1).over("area_code"),
            first=pl.int_range(pl.len()).over("area_code") == 0,
            last=pl.int_range(pl.len()).over("area_code") == pl.len().over("area_code") - 1,
        )
    )
    begins = pl.when("first").then("begins").otherwise(pl.col("before").dt.offset_by("1d"))
    ends = pl.when("last").then(pl.col("valid_to").ne_missing(pl.col("ends"))).otherwise(pl.col("valid_to").is_null())
    wrong = pl.col("valid_from").ne_missing(begins) | ends
    for line, value in codes.filter(wrong).sort(LINE).select(LINE, "code").iter_rows():
        yield "area_codes", line, "valid_from, valid_to", repr(value)


@_rule("every current authority has ten statistical neighbours, none twice", "import the neighbours again")
def ten_neighbours_each(tables: Tables) -> Breaches:
    """Count distinct neighbours by area."""
    counts = tables["neighbours"].group_by("area_code").agg(pl.col("neighbour_code").n_unique().alias("n"))
    checked = _current(tables["areas"]).join(counts, on="area_code", how="left").with_columns(pl.col("n").fill_null(0))
    for code, n in checked.filter(pl.col("n") != 10).sort("area_code").select("area_code", "n").iter_rows():
        yield "neighbours", None, "area_code", f"{code} with {n} neighbours"


@_rule("an inspection's identifier begins with the slug of its area", "rebuild the identifier from its parts")
def inspection_id_names_its_area(tables: Tables) -> Breaches:
    """Compare each identifier with the area's slug and the rest of its parts."""
    day = pl.col("published").dt.to_string("%Y-%m-%d").fill_null("undated")
    built = pl.concat_str("slug", pl.lit("-"), day, pl.lit("-"), pl.col("programme").cast(pl.String))
    rows = tables["inspections"].join(tables["areas"].select("area_code", "slug"), on="area_code", how="inner")
    for line, value in (
        rows.filter(built != pl.col("inspection_id")).sort(LINE).select(LINE, "inspection_id").iter_rows()
    ):
        yield "inspections", line, "inspection_id", repr(value)


@_rule("an authority is inspected while it exists", "check the area: a former authority has a code of its own")
def inspected_while_it_existed(tables: Tables) -> Breaches:
    """Compare the first day of each inspection with the authority's days."""
    rows = tables["inspections"].join(tables["areas"].select("area_code", "valid_from", "valid_to"), on="area_code")
    day = pl.coalesce("started", "published")
    outside = rows.filter((day > pl.col("valid_to")) | (day < pl.col("valid_from"))).sort(LINE)
    for line, code, first in outside.select(LINE, "area_code", day).iter_rows():
        yield "inspections", line, "area_code", f"{code} on {first}"


_PROGRAMME_DAYS = {
    "sif": ("2013-11-01", "2018-03-31"),
    "sif_reinspection": ("2015-01-01", "2018-12-31"),
    "ilacs_standard": ("2018-01-01", "2100-01-01"),
    "ilacs_short": ("2018-01-01", "2100-01-01"),
    "jtai": ("2016-01-01", "2100-01-01"),
    "cqc_clas": ("2013-09-01", "2020-12-31"),
}


@_rule("an inspection starts while its programme runs", "check the day or the programme on the report's cover")
def inspected_under_a_running_programme(tables: Tables) -> Breaches:
    """Compare the first day of each inspection with its programme's days."""
    days = pl.DataFrame(
        [(programme, *ends) for programme, ends in _PROGRAMME_DAYS.items()],
        schema=["programme", "first", "last"],
        orient="row",
    ).with_columns(pl.col("first", "last").str.to_date())
    rows = tables["inspections"].with_columns(pl.col("programme").cast(pl.String)).join(days, on="programme")
    outside = rows.filter(~pl.col("started").is_between("first", "last")).sort(LINE)
    for line, programme, started in outside.select(LINE, "programme", "started").iter_rows():
        yield "inspections", line, "programme, started", f"{programme} on {started}"


@_rule("no area has two inspections of one programme on the same first day", "remove the double")
def inspected_once_a_day(tables: Tables) -> Breaches:
    """Find inspections that differ in nothing but their identifier."""
    dated = tables["inspections"].drop_nulls("started")
    double = dated.filter(pl.struct("area_code", "programme", "started").is_duplicated()).sort(LINE)
    for line, value in double.select(LINE, "inspection_id").iter_rows():
        yield "inspections", line, "area_code, programme, started", repr(value)


@_rule("a judgement's name is known for its programme and stands for its domain", "add the name to domains.csv")
def judgement_names_are_known(tables: Tables) -> Breaches:
    """Look each judgement up by programme and published name."""
    programme = tables["inspections"].select("inspection_id", pl.col("programme").cast(pl.String))
    named = tables["judgements"].join(programme, on="inspection_id", how="inner")
    known = tables["domains"].select(
        pl.col("programme").cast(pl.String), "published_name", pl.col("domain").cast(pl.String).alias("stands_for")
    )
    matched = named.join(known, on=["programme", "published_name"], how="left")
    wrong = matched.filter(pl.col("stands_for").ne_missing(pl.col("domain").cast(pl.String))).sort(LINE)
    for line, programme_code, value in wrong.select(LINE, "programme", "published_name").iter_rows():
        yield "judgements", line, "published_name", f"{value!r} of {programme_code}"


_SIF_DOMAINS = ("overall", "help_protection", "children_in_care", "adoption", "care_leavers", "leadership")
_ILACS_DOMAINS = ("help_protection", "children_in_care", "leadership")
_OVERALL_ENDED = pl.date(2026, 4, 1)
_CARE_LEAVERS_BEGAN = pl.date(2023, 1, 1)
_BOARD_ALONE = ("surrey-2015-08-03-sif",)
"""Surrey's board was reviewed two months after its services, in a report of its own."""


@_rule("an inspection has every judgement of its framework", "read the missing judgement in the report")
def judgements_are_complete(tables: Tables) -> Breaches:
    """List the judgements that each graded inspection must have and look for them."""
    inspections = tables["inspections"].with_columns(pl.col("programme").cast(pl.String))
    alone = pl.col("inspection_id").is_in(_BOARD_ALONE)
    sif = pl.col("programme").is_in(["sif", "sif_reinspection"])
    ilacs = pl.col("programme").is_in(["ilacs_standard", "ilacs_short"])
    wanted = (
        inspections.with_columns(
            pl.when(alone)
            .then(pl.lit(["lscb"]))
            .when(sif)
            .then(pl.lit(list(_SIF_DOMAINS)))
            .when(ilacs)
            .then(
                pl.concat_list(
                    pl.lit(list(_ILACS_DOMAINS)),
                    pl.when(pl.col("started") < _OVERALL_ENDED).then(pl.lit("overall")),
                    pl.when(pl.col("started") >= _CARE_LEAVERS_BEGAN).then(pl.lit("care_leavers")),
                )
            )
            .alias("domain")
        )
        .explode("domain")
        .drop_nulls("domain")
    )
    had = tables["judgements"].select("inspection_id", pl.col("domain").cast(pl.String))
    for line, value, domain in (
        wanted.join(had, on=["inspection_id", "domain"], how="anti")
        .sort(LINE, "domain")
        .select(LINE, "inspection_id", "domain")
        .iter_rows()
    ):
        yield "inspections", line, "inspection_id", f"{value!r} without {domain}"


@_rule("only Ofsted's graded frameworks have judgements", "remove the judgement, or correct the programme")
def only_graded_programmes_have_judgements(tables: Tables) -> Breaches:
    """Find judgements of JTAI letters and CQC reviews."""
    ungraded = tables["inspections"].filter(pl.col("programme").cast(pl.String).is_in(["jtai", "cqc_clas"]))
    rows = tables["judgements"].join(ungraded.select("inspection_id"), on="inspection_id", how="semi").sort(LINE)
    for line, value in rows.select(LINE, "inspection_id").iter_rows():
        yield "judgements", line, "inspection_id", repr(value)


@_rule("every CQC review is an inspection of the same area, and the other way round", "add the row that is missing")
def cqc_reviews_are_inspections(tables: Tables) -> Breaches:
    """Compare `cqc_reviews` with the `cqc_clas` rows of `inspections`."""
    keys = ["inspection_id", "area_code"]
    reviews = tables["cqc_reviews"].select(LINE, *keys)
    inspections = tables["inspections"].filter(pl.col("programme").cast(pl.String) == "cqc_clas").select(LINE, *keys)
    for table, rows, others in (("cqc_reviews", reviews, inspections), ("inspections", inspections, reviews)):
        for line, value, _ in rows.join(others, on=keys, how="anti").sort(LINE).iter_rows():
            yield table, line, "inspection_id, area_code", repr(value)


_ALIKE = (("review_start", "started"), ("review_end", "ended"), ("published", "published"))


@_rule("a CQC review has the same days, address and source among the inspections", "correct the one that is wrong")
def cqc_reviews_say_the_same(tables: Tables) -> Breaches:
    """Compare each review with its row of `inspections`, whose days are there where they are known to the day."""
    inspections = tables["inspections"].with_columns(
        pl.col(name).dt.to_string("%Y-%m-%d") for name in ("started", "ended", "published")
    )
    both = tables["cqc_reviews"].join(inspections, on="inspection_id", how="inner", suffix=":inspection")
    pairs = [(column, f"{other}:inspection" if other == column else other) for column, other in _ALIKE]
    for column, other in (*pairs, ("url", "url:inspection"), ("source_id", "source_id:inspection")):
        partial = pl.col(column).str.len_chars() < 10 if (column, other) in pairs else pl.lit(False)
        said = pl.when(~partial).then(pl.col(column))
        for line, value, reported in (
            both.filter(said.ne_missing(pl.col(other))).sort(LINE).select(LINE, column, other).iter_rows()
        ):
            yield "cqc_reviews", line, column, f"{value!r} against {reported!r}"


@_rule("no two inspections have one report", "correct the report or its hash")
def reports_differ(tables: Tables) -> Breaches:
    """Find reports named twice."""
    for column in ("report_id", "report_sha256"):
        named = tables["inspections"].drop_nulls(column)
        for line, value in named.filter(pl.col(column).is_duplicated()).sort(LINE).select(LINE, column).iter_rows():
            yield "inspections", line, column, repr(value)


@_rule("a judgement has a page, within its report, exactly where the report was read", "look the page up in the report")
def judgements_are_within_the_report(tables: Tables) -> Breaches:
    """Compare each judgement's page with the pages of the report that was read."""
    rows = tables["judgements"].join(tables["inspections"].select("inspection_id", "pages"), on="inspection_id")
    wrong = (pl.col("page").is_null() != pl.col("pages").is_null()) | (pl.col("page") > pl.col("pages"))
    for line, value, page in rows.filter(wrong).sort(LINE).select(LINE, "inspection_id", "page").iter_rows():
        yield "judgements", line, "page", f"{page} of {value!r}"


@_rule(
    "a finding of a report has its passage and no address, one of a CQC review an address and no passage",
    "code the finding again",
)
def findings_say_where_they_stand(tables: Tables) -> Breaches:
    """Look for the passage or the address."""
    programme = tables["inspections"].select("inspection_id", review=pl.col("programme").cast(pl.String) == "cqc_clas")
    wrong = (pl.col("passage").is_null() != pl.col("review")) | (pl.col("url").is_not_null() != pl.col("review"))
    for table in ("findings", "second_reading"):
        rows = tables[table].join(programme, on="inspection_id").filter(wrong).sort(LINE)
        for line, value in rows.select(LINE, "finding_id").iter_rows():
            yield table, line, "passage, url", repr(value)


@_rule("the published coding is by reader `a`", "put the second reader's finding into second_reading.csv")
def published_coding_is_by_the_first_reader(tables: Tables) -> Breaches:
    """Find findings of another reader."""
    for line, value in tables["findings"].filter(pl.col("coder") != "a").sort(LINE).select(LINE, "coder").iter_rows():
        yield "findings", line, "coder", repr(value)


@_rule("a finding's page is within its report, and only a CQC review has none", "check the page in the report")
def pages_are_within_the_report(tables: Tables) -> Breaches:
    """Compare each finding's page with the pages of the report that was read."""
    reports = tables["inspections"].select("inspection_id", "pages", pl.col("programme").cast(pl.String))
    beyond = pl.col("page") > pl.col("pages")
    missing = pl.col("page").is_null() & (pl.col("programme") != "cqc_clas")
    unread = pl.col("page").is_not_null() & pl.col("pages").is_null()
    for table in ("findings", "second_reading"):
        rows = tables[table].join(reports, on="inspection_id", how="inner")
        wrong = rows.filter(beyond.fill_null(False) | missing | unread).sort(LINE)
        for line, value, page in wrong.select(LINE, "finding_id", "page").iter_rows():
            yield table, line, "page", f"{page} of {value!r}"


@_rule("a coded passage is one of its report's, and as many are coded as coverage says", "code the report again")
def coverage_counts_the_findings(tables: Tables) -> Breaches:
    """Compare the passages that have findings with what `coverage` says of the report."""
    coded = (
        tables["findings"]
        .drop_nulls("passage")
        .group_by("inspection_id")
        .agg(pl.col("passage").n_unique().alias("found"), pl.col("passage").max().alias("last"))
    )
    both = tables["coverage"].join(coded, on="inspection_id", how="left").with_columns(pl.col("found").fill_null(0))
    wrong = both.filter((pl.col("found") != pl.col("coded")) | (pl.col("last") > pl.col("passages"))).sort(LINE)
    for line, value, found, last in wrong.select(LINE, "inspection_id", "found", "last").iter_rows():
        yield "coverage", line, "coded", f"{value!r}: {found} passages coded, the last is {last}"
    for value in coded.join(tables["coverage"], on="inspection_id", how="anti")["inspection_id"].sort():
        yield "coverage", None, "inspection_id", f"{value!r} has findings and no row"
    second = tables["second_reading"].join(tables["coverage"].select("inspection_id", "passages"), on="inspection_id")
    for line, value in (
        second.filter(pl.col("passage") > pl.col("passages")).sort(LINE).select(LINE, "finding_id").iter_rows()
    ):
        yield "second_reading", line, "passage", f"{value!r} is of a passage that the report has not"


@_rule("a passage has at most one finding of each polarity", "merge the findings, or correct a polarity")
def one_finding_a_passage_and_polarity(tables: Tables) -> Breaches:
    """Find passages coded twice the same way."""
    keys = ["inspection_id", "passage", "polarity"]
    for table in ("findings", "second_reading"):
        numbered = tables[table].drop_nulls("passage")
        twice = numbered.filter(pl.struct(keys).is_duplicated()).sort(LINE)
        for line, value in twice.select(LINE, "finding_id").iter_rows():
            yield table, line, "passage, polarity", repr(value)


@_rule("finding numbers of an inspection run from 001 without a gap", "number new findings after the last one")
def finding_numbers_have_no_gap(tables: Tables) -> Breaches:
    """Compare the highest number of each inspection's findings with their count."""
    for table in ("findings", "second_reading"):
        numbers = (
            tables[table]
            .group_by("inspection_id")
            .agg(
                pl.len().alias("count"),
                pl.col("finding_id").str.slice(-3).cast(pl.Int64, strict=False).max().alias("highest"),
            )
        )
        gaps = numbers.filter(pl.col("count") != pl.col("highest")).sort("inspection_id")
        for value, count, highest in gaps.iter_rows():
            yield table, None, "finding_id", f"{value!r}: {count} findings, highest number {highest}"


@_rule("every theme of the codebook has its row", "restore the row")
def themes_are_whole(tables: Tables) -> Breaches:
    """Look every code up."""
    had = tables["themes"]["theme"].cast(pl.String).to_list()
    for theme in THEME_CODES:
        if theme not in had:
            yield "themes", None, "theme", f"{theme!r} is missing"


def _grid(tables: Tables, years: pl.DataFrame, month: int, day: int) -> pl.DataFrame:
    """England, its regions, and each authority in the years on whose given day it existed: `area_code`, `year`."""
    on = pl.date(pl.col("year"), month, day)
    authorities = (
        tables["areas"]
        .join(years, how="cross")
        .filter(
            on.is_between(pl.coalesce("valid_from", pl.date(1, 1, 1)), pl.coalesce("valid_to", pl.date(9999, 1, 1)))
        )
    )
    regions = tables["regions"].select(area_code="region_code").join(years, how="cross")
    return pl.concat([authorities.select("area_code", "year"), regions.select("area_code", "year")])


def _run_of_years(rows: pl.DataFrame) -> pl.DataFrame:
    """Every year from a table's first to its last; a year that no table may have would make the run endless."""
    years = rows.filter(pl.col("year").is_between(FIRST_DAY.year, LAST_DAY.year))["year"].unique().to_list()
    run = range(min(years), max(years) + 1) if years else ()
    return pl.DataFrame({"year": run}, schema={"year": pl.Int64})


def _missing(grid: pl.DataFrame, rows: pl.DataFrame, keys: list[str]) -> Iterator[str]:
    """Say which rows of a grid are not there; of a year that lacks most of its rows, only how many."""
    missing = grid.join(rows, on=keys, how="anti").select(keys).sort(keys)
    wanted = grid.group_by("year").agg(wanted=pl.len())
    lacking = missing.group_by("year").agg(lacking=pl.len()).join(wanted, on="year").sort("year")
    bare = lacking.filter(2 * pl.col("lacking") > pl.col("wanted"))
    for row in missing.join(bare, on="year", how="anti", maintain_order="left").iter_rows():
        yield f"{' '.join(str(value) for value in row)} is missing"
    for year, count, of in bare.select("year", "lacking", "wanted").iter_rows():
        yield f"{count:,} of {of:,} rows of {year} are missing"


@_rule("every area has every factor in every year that it was a council, and none outside", "import the release again")
def assessments_are_whole(tables: Tables) -> Breaches:
    """Compare the rows with the grid of areas that existed at the end of each year, years and factors."""
    rows = tables["assessments"].with_columns(pl.col("factor").cast(pl.String))
    factors = pl.DataFrame({"factor": list(Factor)}, schema={"factor": pl.String})
    grid = _grid(tables, _run_of_years(rows), 3, 31).join(factors, how="cross")
    keys = ["area_code", "year", "factor"]
    for value in _missing(grid, rows, keys):
        yield "assessments", None, "area_code, year, factor", value
    for line, code, year in rows.join(grid, on=keys, how="anti").sort(LINE).select(LINE, *keys[:2]).iter_rows():
        yield "assessments", line, "area_code, year", f"{code} was no council on 31 March {year}"


@_rule("an area has one number of assessed episodes a year", "import the release again")
def episodes_are_of_the_year(tables: Tables) -> Breaches:
    """Compare the denominators of an area's factors."""
    same = pl.struct("episodes", "episodes_status").n_unique().over("area_code", "year") == 1
    for line, code, year in (
        tables["assessments"].filter(~same).sort(LINE).select(LINE, "area_code", "year").iter_rows()
    ):
        yield "assessments", line, "episodes, episodes_status", f"{code} {year}"


@_rule("every area has a number of children in every year that it was a council", "import the estimates again")
def children_are_whole(tables: Tables) -> Breaches:
    """Compare the rows with the grid of areas that existed on 30 June of each year, and years."""
    rows = tables["children"]
    grid = _grid(tables, _run_of_years(rows), 6, 30)
    keys = ["area_code", "year"]
    for value in _missing(grid, rows, keys):
        yield "children", None, "area_code, year", value
    for line, code, year in rows.join(grid, on=keys, how="anti").sort(LINE).select(LINE, *keys).iter_rows():
        yield "children", line, "area_code, year", f"{code} was no council on 30 June {year}"


def _sums(tables: Tables, table: str, value: str, by: list[str]) -> pl.DataFrame:
    """What the authorities of each region, and the regions of England, add up to beside what is published.

    Returns:
        One row a region or England and each of `by`: `area_code`, `by`, `published`, `total`, `unknown` (parts without
        a value).
    """
    rows = tables[table].select("area_code", *(pl.col(name).cast(pl.String) for name in ("level", *by)), value=value)
    region = tables["areas"].select("area_code", whole="region_code")
    england = tables["regions"].filter(pl.col("region_code").str.starts_with("E92"))["region_code"].to_list()
    parts = pl.concat(
        [
            rows.filter(level="authority").join(region, on="area_code"),
            rows.filter(level="region").with_columns(whole=pl.lit(england[0] if england else None, dtype=pl.String)),
        ]
    )
    totals = parts.group_by("whole", *by).agg(total=pl.col("value").sum(), unknown=pl.col("value").is_null().sum())
    wholes = rows.filter(pl.col("level") != "authority").rename({"area_code": "whole", "value": "published"})
    return wholes.join(totals, on=["whole", *by]).drop_nulls("published").sort("whole", *by)


@_rule("authorities' children add up to England's where all are known", "import the estimates again")
def children_add_up(tables: Tables) -> Breaches:
    """Compare the sum over authorities with England's figure, year by year."""
    children = tables["children"].with_columns(pl.col("level").cast(pl.String))
    authorities = (
        children.filter(pl.col("level") == "authority")
        .group_by("year")
        .agg(pl.col("population").sum().alias("sum"), pl.col("population").is_null().sum().alias("unknown"))
    )
    england = children.filter(pl.col("level") == "england").select("year", "population")
    both = england.join(authorities, on="year", how="inner").filter(
        (pl.col("unknown") == 0) & (pl.col("sum") != pl.col("population"))
    )
    for year, population, total in both.sort("year").select("year", "population", "sum").iter_rows():
        yield "children", None, "population", f"{total} against {population} in {year}"


@_rule("a region's children are those of its authorities, England's those of its regions", "import the estimates again")
def children_add_up_by_region(tables: Tables) -> Breaches:
    """Compare the sums with the figures published for the whole, where every part is known."""
    sums = _sums(tables, "children", "population", ["year"])
    wrong = sums.filter((pl.col("unknown") == 0) & (pl.col("total") != pl.col("published")))
    for code, year, published, total in wrong.select("whole", "year", "published", "total").iter_rows():
        yield "children", None, "population", f"{total} against {published} of {code} in {year}"


_ROUNDING = 5
"""Regions and England are rounded to ten, authorities are not."""


@_rule(
    "regions' assessments are those of their authorities, England's those of its regions", "import the release again"
)
def assessments_add_up(tables: Tables) -> Breaches:
    """Compare the sums with the rounded figures published for the whole, which unknown parts make too small."""
    for value, by in (("count", ["year", "factor"]), ("episodes", ["year", "factor"])):
        sums = _sums(tables, "assessments", value, by).with_columns(beyond=pl.col("total") - pl.col("published"))
        slack = pl.when(pl.col("whole").str.starts_with("E92")).then(10 * _ROUNDING).otherwise(_ROUNDING)
        wrong = sums.filter((pl.col("beyond") > slack) | ((pl.col("unknown") == 0) & (pl.col("beyond") < -slack)))
        for code, year, factor, published, total in wrong.select("whole", *by, "published", "total").iter_rows():
            yield "assessments", None, value, f"{total} against {published} of {code} for {factor} in {year}"


@_rule("authorities' counts do not exceed England's by more than its rounding", "check the counts in the release")
def assessments_fit_england(tables: Tables) -> Breaches:
    """Compare the sum over authorities, unknown ones left out, with England's rounded figure."""
    rows = tables["assessments"].with_columns(pl.col("factor").cast(pl.String), pl.col("level").cast(pl.String))
    keys = ["year", "factor"]
    sums = rows.filter(pl.col("level") == "authority").group_by(keys).agg(pl.col("count").sum().alias("sum"))
    england = rows.filter(pl.col("level") == "england").select(*keys, pl.col("count").alias("england"))
    both = england.join(sums, on=keys, how="inner").filter(pl.col("sum") > pl.col("england") + 5)
    for year, factor, england_count, total in both.sort(keys).iter_rows():
        yield "assessments", None, "count", f"{total} against {england_count} for {factor} in {year}"


@_rule("every source is cited", "cite it, or remove it")
def sources_are_cited(tables: Tables) -> Breaches:
    """Find sources that no row of another table names."""
    uncited = tables["sources"].join(cited_sources(tables), on="source_id", how="anti").sort(LINE)
    for line, value in uncited.select(LINE, "source_id").iter_rows():
        yield "sources", line, "source_id", repr(value)


@_rule("a correction names a cell that is there and holds the corrected value", "apply it again, or remove it")
def corrections_still_apply(tables: Tables) -> Breaches:
    """Look each correction's cell up and compare it."""
    for row in tables["corrections"].iter_rows(named=True):
        place = f"{row['table']} {row['key']} {row['column']}"
        schema = TABLES.get(row["table"])
        if schema is None or row["column"] not in schema.column_names():
            yield "corrections", row[LINE], "table, column", f"{place} does not exist"
            continue
        keys = schema.primary_key()
        key = pl.concat_str([pl.col(k).cast(pl.String) for k in keys], separator=";")
        found = tables[row["table"]].filter(key == row["key"]).select(pl.col(row["column"]).cast(pl.String))
        if found.height != 1:
            yield "corrections", row[LINE], "key", f"{place} names {found.height} rows"
        elif found.item() != row["is"]:
            yield "corrections", row[LINE], "is", f"{place} is {found.item()!r}, not {row['is']!r}"
