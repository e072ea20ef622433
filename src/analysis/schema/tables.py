"""One schema a curated table: its grain, its columns and the rules that each row obeys.

The schemas are the single description of `data/raw`: the CSV reader, the rules of `analysis check`, the DuckDB
tables, the Table Schema descriptor and the data dictionary are all made from them.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import dataframely as dy
import polars as pl

from analysis.schema import codes

GSS_AUTHORITY = r"^E(06|08|09|10)[0-9]{6}$"
GSS_AREA = r"^E(06|08|09|10|12|92)[0-9]{6}$"
GSS_REGION = r"^E(12|92)[0-9]{6}$"
LA_CODE = r"^[0-9]{3}$"
SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"
IDENTIFIER = r"^[a-z0-9]+([-_][a-z0-9]+)*$"
PARTIAL_DATE = r"^20[0-4][0-9](-(0[1-9]|1[0-2])(-[0-3][0-9])?)?$"
WEB_ADDRESS = r"^https?://[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+(/[A-Za-z0-9%&'()+,\-./:;=?!_]*)?$"
SHA256 = r"^[0-9a-f]{64}$"
CLOSENESS = r"^(Extremely close|Very close|Close|Somewhat close|Not close)$"
SET_ASIDE = rf"({'|'.join(codes.SET_ASIDE_REASONS)}) [1-9][0-9]{{0,3}}"
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2049, 12, 31)
"""Days outside are slips of the pen."""
CODE_LIST = r"^[A-Za-z0-9_]+(;[A-Za-z0-9_]+)*$"


@dataclass(frozen=True)
class RowRule:
    """A rule on one row: which columns it reads, what must hold, and what to do where it does not."""

    name: str
    columns: tuple[str, ...]
    statement: str
    remedy: str


ROW_RULES: dict[tuple[str, str], RowRule] = {}


def row_rule(*columns: str, remedy: str) -> Callable[[Callable[..., pl.Expr]], Any]:
    """Register a schema method as a named rule; its docstring says what must hold."""

    def register(method: Callable[..., pl.Expr]) -> Any:
        schema, name = method.__qualname__.split(".")[-2:]
        ROW_RULES[(schema, name)] = RowRule(name, columns, inspect.cleandoc(method.__doc__ or ""), remedy)
        return dy.rule()(method)

    return register


def _code(values: Any, description: str, *, nullable: bool = False, primary_key: bool = False) -> dy.Enum:
    return dy.Enum([str(v) for v in values], description=description, nullable=nullable, primary_key=primary_key)


def _day(description: str, *, nullable: bool = False, primary_key: bool = False) -> dy.Date:
    return dy.Date(min=FIRST_DAY, max=LAST_DAY, description=description, nullable=nullable, primary_key=primary_key)


def _source() -> dy.String:
    return dy.String(regex=IDENTIFIER, description="the source of the row (`sources.source_id`)")


def _is_real(column: str) -> pl.Expr:
    """Whether a partial date is on the calendar, as far as it goes."""
    day = pl.col(column).str.to_date("%Y-%m-%d", strict=False)
    return (pl.col(column).str.len_chars() < 10) | day.is_not_null() | pl.col(column).is_null()


def _not_before(later: pl.Expr, earlier: pl.Expr) -> pl.Expr:
    """Whether one partial date is no earlier than another, as far as both go."""
    shorter = pl.min_horizontal(later.str.len_chars(), earlier.str.len_chars())
    return (later.str.head(shorter) >= earlier.str.head(shorter)).fill_null(True)


class Regions(dy.Schema):
    """One row is one of the nine regions of England, or England itself."""

    region_code = dy.String(primary_key=True, regex=GSS_REGION, description="GSS code of the region or of England")
    name = dy.String(unique=True, min_length=1, description="name")
    source_id = _source()


class Areas(dy.Schema):
    """One row is an upper-tier local authority of England as it is or was since 2013.

    An authority that goes on under a new GSS code (Buckinghamshire, North Yorkshire, Somerset) is one row under the
    latest code in use; `area_codes` holds the former ones. An abolished authority keeps its own row.
    """

    area_code = dy.String(
        primary_key=True, regex=GSS_AUTHORITY, description="GSS code, the latest that the releases use"
    )
    la_code = dy.String(unique=True, regex=LA_CODE, description="three-digit code of the Department for Education")
    slug = dy.String(unique=True, regex=SLUG, description="name for use in identifiers and file names")
    name = dy.String(unique=True, min_length=3, description="name in ordinary use")
    region_code = dy.String(regex=GSS_REGION, description="GSS code of its region (`regions.region_code`)")
    authority_type = _code(codes.AuthorityType, "kind of authority, from its GSS code")
    valid_from = _day("first day; empty where it existed before 1 April 2013", nullable=True)
    valid_to = _day("last day; empty while it exists", nullable=True)
    successor_codes = dy.String(
        nullable=True, regex=CODE_LIST, description="GSS codes of what took its place, `;`-separated"
    )
    tile_column = dy.Int64(
        nullable=True, min=0, max=40, description="column on the equal-size tile map, from 0 in the west; current only"
    )
    tile_row = dy.Int64(
        nullable=True, min=0, max=40, description="row on the equal-size tile map, from 0 in the north; current only"
    )
    tile_source_id = dy.String(nullable=True, regex=IDENTIFIER, description="the source of the tile's place")
    source_id = _source()

    @row_rule("valid_from", "valid_to", remedy="put the days in order")
    def ends_after_it_began(cls) -> pl.Expr:
        """The last day is after the first."""
        return (pl.col("valid_to") > pl.col("valid_from")).fill_null(True)

    @row_rule("valid_to", "successor_codes", remedy="give both or neither")
    def abolished_has_successor(cls) -> pl.Expr:
        """An authority has successors exactly if it has a last day."""
        return pl.col("valid_to").is_null() == pl.col("successor_codes").is_null()

    @row_rule("valid_to", "tile_column", "tile_row", "tile_source_id", remedy="import the authorities again")
    def current_has_tile(cls) -> pl.Expr:
        """An authority has a place on the tile map exactly if it exists today."""
        current = pl.col("valid_to").is_null()
        tile = ("tile_column", "tile_row", "tile_source_id")
        return pl.all_horizontal((pl.col(column).is_not_null() == current) for column in tile)

    @row_rule("area_code", "authority_type", remedy="correct the code or the type")
    def type_fits_code(cls) -> pl.Expr:
        """The first three characters of the GSS code give the type of authority."""
        kinds = {
            "E06": "unitary_authority",
            "E08": "metropolitan_district",
            "E09": "london_borough",
            "E10": "county",
        }
        return pl.col("area_code").str.slice(0, 3).replace_strict(kinds, default=None) == pl.col("authority_type").cast(
            pl.String
        )


class AreaCodes(dy.Schema):
    """One row is a GSS code under which a source may name an authority, the current code among them."""

    code = dy.String(primary_key=True, regex=GSS_AUTHORITY, description="GSS code, current or former")
    area_code = dy.String(regex=GSS_AUTHORITY, description="the authority it stands for (`areas.area_code`)")
    valid_from = _day("first day of the code; empty where before 1 April 2013", nullable=True)
    valid_to = _day("last day of the code; empty while in use", nullable=True)
    source_id = _source()

    @row_rule("valid_from", "valid_to", remedy="put the days in order")
    def ends_after_it_began(cls) -> pl.Expr:
        """The last day is after the first."""
        return (pl.col("valid_to") > pl.col("valid_from")).fill_null(True)


class Neighbours(dy.Schema):
    """One row is a statistical-neighbour pair: an area and one of the ten authorities most like it."""

    area_code = dy.String(primary_key=True, regex=GSS_AUTHORITY, description="the area (`areas.area_code`)")
    rank = dy.Int64(primary_key=True, min=1, max=10, description="1 for the most alike")
    neighbour_code = dy.String(regex=GSS_AUTHORITY, description="its neighbour (`areas.area_code`)")
    closeness = dy.String(regex=CLOSENESS, description="how close, in the model's own words")
    source_id = _source()

    @row_rule("area_code", "neighbour_code", remedy="remove the pair")
    def not_its_own_neighbour(cls) -> pl.Expr:
        """No area is its own neighbour."""
        return pl.col("area_code") != pl.col("neighbour_code")


class Inspections(dy.Schema):
    """One row is one published inspection or review of one area."""

    inspection_id = dy.String(
        primary_key=True, regex=IDENTIFIER, description="`<area-slug>-<published>-<programme>`, `undated` if unknown"
    )
    area_code = dy.String(regex=GSS_AUTHORITY, description="the area inspected (`areas.area_code`)")
    programme = _code(codes.Programme, "inspection framework or review programme")
    theme = _code(codes.JtaiTheme, "the deep dive that a JTAI letter names; JTAI only", nullable=True)
    started = _day("first day of the inspection; empty where the day is not known", nullable=True)
    ended = _day("last day of the inspection; empty where the day is not known", nullable=True)
    published = _day("day of publication; empty where the day is not known", nullable=True)
    report_id = dy.String(
        nullable=True, unique=False, regex=SLUG, description="the report that was read; empty where none was to be had"
    )
    pages = dy.Int64(nullable=True, min=1, max=200, description="pages of the report that was read")
    report_sha256 = dy.String(nullable=True, regex=SHA256, description="SHA-256 of the report's PDF")
    url = dy.String(regex=WEB_ADDRESS, description="where the publisher has the report, or what confirms the review")
    source_id = _source()

    @row_rule("started", "ended", remedy="check both days on the report's cover")
    def ended_not_before_started(cls) -> pl.Expr:
        """An inspection does not end before it starts."""
        return (pl.col("ended") >= pl.col("started")).fill_null(True)

    @row_rule("ended", "published", remedy="check the days on the report's cover")
    def published_after_it_ended(cls) -> pl.Expr:
        """A report is published after its inspection."""
        return (pl.col("published") > pl.coalesce("ended", "started")).fill_null(True)

    @row_rule("started", "ended", remedy="check both days on the report's cover")
    def no_longer_than_a_season(cls) -> pl.Expr:
        """An inspection takes at most 120 days from first to last."""
        return ((pl.col("ended") - pl.col("started")) <= codes.LONGEST_INSPECTION).fill_null(True)

    @row_rule("programme", "theme", remedy="give a JTAI its theme, and nothing else one")
    def theme_is_of_jtai(cls) -> pl.Expr:
        """An inspection has a theme exactly if it is a JTAI."""
        return (pl.col("programme").cast(pl.String) == "jtai") == pl.col("theme").is_not_null()

    @row_rule("programme", "published", remedy="look the day up in the report or the release")
    def ofsted_is_dated(cls) -> pl.Expr:
        """Only a CQC review may lack its day of publication."""
        return pl.col("published").is_not_null() | (pl.col("programme").cast(pl.String) == "cqc_clas")

    @row_rule("report_id", "pages", remedy="import the report again")
    def report_has_pages(cls) -> pl.Expr:
        """A report that was read has its number of pages; one that was not has none."""
        return pl.col("pages").is_not_null() == pl.col("report_id").is_not_null()

    @row_rule("report_id", "report_sha256", remedy="remove the hash, or name the report")
    def hash_is_of_a_report(cls) -> pl.Expr:
        """Only a report that was read has a hash."""
        return pl.col("report_sha256").is_null() | pl.col("report_id").is_not_null()

    @row_rule("inspection_id", "published", "programme", remedy="rebuild the identifier from its parts")
    def identifier_says_what_it_is(cls) -> pl.Expr:
        """The identifier ends with the day of publication and the programme."""
        day = pl.col("published").dt.to_string("%Y-%m-%d").fill_null("undated")
        return pl.col("inspection_id").str.ends_with(
            pl.concat_str(pl.lit("-"), day, pl.lit("-"), pl.col("programme").cast(pl.String))
        )


class Judgements(dy.Schema):
    """One row is one grade in one inspection."""

    inspection_id = dy.String(primary_key=True, regex=IDENTIFIER, description="`inspections.inspection_id`")
    domain = _code(codes.Domain, "what the grade is about, across frameworks", primary_key=True)
    grade = _code(
        codes.Grade, "the grade on Ofsted's four-point scale; empty where published as not judged", nullable=True
    )
    published_name = dy.String(min_length=3, description="the judgement's name as published (`domains`)")
    grade_published = dy.String(min_length=3, description="the grade as published")
    page = dy.Int64(nullable=True, min=1, description="page of the report that prints it; empty where none was read")
    source_id = _source()

    @row_rule("grade", "grade_published", remedy="read the grade in the report again")
    def grade_is_the_published_one(cls) -> pl.Expr:
        """The grade is what the published wording says, and empty exactly if it says not judged."""
        words = pl.col("grade_published").str.to_lowercase().str.replace("^requires? improvement( to be good)?$", "ri")
        grades = {"ri": "requires_improvement", **{grade: grade for grade in ("inadequate", "good", "outstanding")}}
        said = words.replace_strict(grades, default=None, return_dtype=pl.String)
        return said.eq_missing(pl.col("grade").cast(pl.String)) & (said.is_not_null() | (words == "not judged"))


class Domains(dy.Schema):
    """One row says to which domain a framework's judgement belongs, and how far it compares with the others' there."""

    programme = _code(codes.Programme, "inspection framework", primary_key=True)
    published_name = dy.String(primary_key=True, min_length=3, description="the judgement's name as published")
    domain = _code(codes.Domain, "domain across frameworks")
    comparable = _code(codes.DOMAIN_MATCHES, "`same`, `close` or `not`, against ILACS from 2023")
    note = dy.String(nullable=True, description="why it is only close, or not comparable")
    source_id = _source()


class CqcReviews(dy.Schema):
    """One row is a CQC review of health services for looked after children, verified on a public page."""

    inspection_id = dy.String(primary_key=True, regex=IDENTIFIER, description="`inspections.inspection_id`")
    area_code = dy.String(unique=True, regex=GSS_AUTHORITY, description="the area reviewed (`areas.area_code`)")
    review_start = dy.String(nullable=True, regex=PARTIAL_DATE, description="first day, month or year, as far as known")
    review_end = dy.String(nullable=True, regex=PARTIAL_DATE, description="last day, month or year, as far as known")
    published = dy.String(nullable=True, regex=PARTIAL_DATE, description="day of publication, as far as known")
    confidence = _code(
        codes.REVIEW_CONFIDENCES,
        "`exact`: dates known; `partial`: confirmed, dates incomplete; `weak`: implied; `title-only`: a title exists",
    )
    in_programme = _code(
        codes.REVIEW_IN_PROGRAMME, "`yes`: within the two-year programme of 50 areas; `no`: later; `unknown`"
    )
    n_recommendations = dy.Int64(
        nullable=True, min=0, max=500, description="recommendations made; empty where not known"
    )
    providers = dy.String(nullable=True, description="providers reviewed, `;`-separated")
    ccgs = dy.String(nullable=True, description="clinical commissioning groups, `;`-separated")
    cqc_region = dy.String(nullable=True, description="CQC's region as the report names it")
    url = dy.String(regex=WEB_ADDRESS, description="the public page that confirms the review")
    note = dy.String(nullable=True, description="what the page is and what is missing")
    source_id = _source()

    @row_rule("review_start", "review_end", "published", remedy="check the days on the page")
    def days_are_real(cls) -> pl.Expr:
        """A whole day is one of the calendar."""
        return pl.all_horizontal(_is_real(column) for column in ("review_start", "review_end", "published"))

    @row_rule("review_start", "review_end", "published", remedy="check the days on the page")
    def days_are_in_order(cls) -> pl.Expr:
        """A review ends no earlier than it starts, and is published no earlier than it ends."""
        start, end, published = (pl.col(column) for column in ("review_start", "review_end", "published"))
        return _not_before(end, start) & _not_before(published, pl.coalesce(end, start))


class Findings(dy.Schema):
    """One row is one thing that inspectors reported about one area in one published report."""

    finding_id = dy.String(primary_key=True, regex=IDENTIFIER, description="`<inspection_id>-<nnn>`, in report order")
    inspection_id = dy.String(regex=IDENTIFIER, description="`inspections.inspection_id`")
    passage = dy.Int64(
        nullable=True, min=1, description="number of the passage in the report, as `analysis passages` lists them"
    )
    page = dy.Int64(
        nullable=True, min=1, description="page of the PDF on which the passage starts; empty without pages"
    )
    paragraph = dy.String(nullable=True, max_length=12, description="the report's own paragraph or item number")
    section = _code(codes.FINDING_CODES["section"], "where in the report it stands; the list's heading decides")
    polarity = _code(codes.FINDING_CODES["polarity"], "`weakness`, `strength` or `progress`")
    theme = _code(codes.THEME_CODES, "what it is mainly about (`themes.theme`)")
    other_themes = dy.String(nullable=True, regex=CODE_LIST, description="at most two further themes, `;`-separated")
    exploitation = _code(codes.FINDING_CODES["exploitation"], "the exploitation that the passage or its heading names")
    exploitation_focus = _code(
        codes.FINDING_CODES["exploitation_focus"],
        "whether the judgement is passed on exploitation (`central`, `among_others`) or only beside its name "
        "(`in_passing`); empty where `exploitation` is `none`",
        nullable=True,
    )
    missing = _code(codes.FINDING_CODES["missing"], "`yes` if it evaluates something about missing children")
    agency = _code(codes.FINDING_CODES["agency"], "who must put it right, or who does it well")
    severity = _code(codes.FINDING_CODES["severity"], "of weaknesses only", nullable=True)
    summary = dy.String(
        min_length=10, max_length=300, description="the finding in the project's own words, at most 30 words"
    )
    coder = dy.String(regex=r"^[a-z]$", description="`a` for the published coding")
    url = dy.String(
        nullable=True, regex=WEB_ADDRESS, description="the page it was taken from, where it is not a report"
    )
    source_id = _source()

    @row_rule("polarity", "severity", remedy="give each weakness its severity, and nothing else one")
    def severity_is_of_weaknesses(cls) -> pl.Expr:
        """A finding has a severity exactly if it is a weakness."""
        return (pl.col("polarity").cast(pl.String) == "weakness") == pl.col("severity").is_not_null()

    @row_rule(
        "exploitation", "exploitation_focus", remedy="give each finding that names exploitation its focus, no other"
    )
    def focus_is_of_exploitation(cls) -> pl.Expr:
        """A finding has a focus exactly if its passage or heading names exploitation."""
        return (pl.col("exploitation").cast(pl.String) == "none") == pl.col("exploitation_focus").is_null()

    @row_rule("summary", remedy="shorten the summary")
    def summary_is_short(cls) -> pl.Expr:
        """A summary has at most 30 words."""
        return pl.col("summary").str.count_matches(r"\S+") <= 30

    @row_rule("theme", "other_themes", remedy="keep the two further themes that matter, none twice")
    def at_most_two_other_themes(cls) -> pl.Expr:
        """There are at most two further themes, none of them the main one, none twice."""
        others = pl.col("other_themes").str.split(";")
        fine = (
            (others.list.len() <= 2)
            & (others.list.n_unique() == others.list.len())
            & ~others.list.contains(pl.col("theme").cast(pl.String))
        )
        return fine.fill_null(True)

    @row_rule("other_themes", remedy="use the codes of the themes table")
    def other_themes_are_codes(cls) -> pl.Expr:
        """Every further theme is a code of the codebook."""
        return (
            pl.col("other_themes").str.split(";").list.eval(pl.element().is_in(list(codes.THEME_CODES))).list.all()
        ).fill_null(True)

    @row_rule("finding_id", "inspection_id", remedy="rebuild the identifier from the inspection and a number")
    def identifier_names_its_inspection(cls) -> pl.Expr:
        """The identifier is the inspection's with three digits after it."""
        return (pl.col("finding_id").str.replace(r"-[0-9]{3}$", "") == pl.col("inspection_id")) & pl.col(
            "finding_id"
        ).str.contains(r"-[0-9]{3}$")


class SecondReading(Findings):
    """One row is one finding of the double-coded sample, as its second reader coded it."""

    @row_rule("coder", remedy="the second reader is `b`")
    def coder_is_the_second_reader(cls) -> pl.Expr:
        """The second reading is by reader `b`."""
        return pl.col("coder") == "b"


class Coverage(dy.Schema):
    """One row is one report whose passages were listed, read and coded."""

    inspection_id = dy.String(primary_key=True, regex=IDENTIFIER, description="`inspections.inspection_id`")
    passages = dy.Int64(min=0, description="passages that `analysis passages` lists in the report")
    coded = dy.Int64(min=0, description="passages with at least one finding")
    set_aside = dy.Int64(min=0, description="passages that were read and are no finding")
    reason = dy.String(
        nullable=True,
        regex=rf"^{SET_ASIDE}(; {SET_ASIDE})*$",
        description="why they were set aside, each reason with its count, `; `-separated",
    )
    readable = _code(("yes", "no"), "whether the report's text could be read")
    source_id = _source()

    @row_rule("passages", "coded", "set_aside", remedy="read the passages that are neither")
    def every_passage_is_accounted_for(cls) -> pl.Expr:
        """Every passage is coded or set aside."""
        return pl.col("passages") == pl.col("coded") + pl.col("set_aside")

    @row_rule("set_aside", "reason", remedy="give each passage set aside its reason")
    def every_reason_is_counted(cls) -> pl.Expr:
        """The counts of the reasons add up to the passages set aside."""
        counts = pl.col("reason").str.extract_all(r"[0-9]{1,4}").list.eval(pl.element().cast(pl.Int64)).list.sum()
        return counts.fill_null(0) == pl.col("set_aside")


def _verdict(what: str) -> dy.Enum:
    return _code(codes.VERDICTS, f"verdict on the {what}")


class SpotChecks(dy.Schema):
    """One row is one finding, drawn by seed and read once more, strictly, beside its page by a reader new to it.

    The verdict is on the finding as it stood at that round; what was not right was mended afterwards.
    """

    round = dy.Int64(primary_key=True, min=1, max=2, description="1 before all summaries were read again, 2 after")
    finding_id = dy.String(primary_key=True, regex=IDENTIFIER, description="`findings.finding_id`")
    page = _verdict("page")
    polarity = _verdict("polarity")
    theme = _verdict("theme")
    exploitation = _verdict("exploitation")
    missing = _verdict("flag on missing children")
    agency = _verdict("agency")
    severity = _verdict("severity")
    summary = _verdict("summary: true, fair, readable alone")
    source_id = _source()


class Themes(dy.Schema):
    """One row is one code of the codebook."""

    theme = _code(codes.THEME_CODES, "code", primary_key=True)
    label = dy.String(unique=True, min_length=3, description="the code in words, for charts")
    definition = dy.String(min_length=20, description="what a finding with this code is mainly about")
    boundary = dy.String(nullable=True, description="what belongs to another code")
    source_id = _source()


class Assessments(dy.Schema):
    """One row is an area, a year and a factor: in how many assessments the factor was recorded."""

    area_code = dy.String(primary_key=True, regex=GSS_AREA, description="`areas.area_code` or `regions.region_code`")
    level = _code(codes.Level, "geography of the figure")
    year = dy.Int64(primary_key=True, min=2013, max=LAST_DAY.year, description="year ending 31 March")
    factor = _code(codes.Factor, "factor identified at the end of assessment", primary_key=True)
    count = dy.Int64(nullable=True, min=0, description="assessments with the factor; England and regions rounded to 10")
    status = _code(codes.Status, "whether the count can be read as a number, and if not, why")
    episodes = dy.Int64(
        nullable=True, min=0, description="assessed episodes with any factor recorded: the denominator of shares"
    )
    episodes_status = _code(codes.Status, "the same for the denominator")
    source_id = _source()

    @row_rule("count", "status", remedy="leave the count empty, or correct the status")
    def published_has_count(cls) -> pl.Expr:
        """A published value is a number; a suppressed, unavailable or uncollected one is empty."""
        status = pl.col("status").cast(pl.String)
        return (
            pl.when(status == "published")
            .then(pl.col("count").is_not_null())
            .when(status == "unreliable")
            .then(pl.lit(True))
            .otherwise(pl.col("count").is_null())
        )

    @row_rule("count", "episodes", remedy="check both values in the release")
    def count_within_episodes(cls) -> pl.Expr:
        """No factor is recorded in more assessments than there are."""
        return (pl.col("count") <= pl.col("episodes")).fill_null(True)

    @row_rule("area_code", "level", remedy="correct the level")
    def level_fits_code(cls) -> pl.Expr:
        """The code's first three characters give the level."""
        prefix = pl.col("area_code").str.slice(0, 3)
        level = pl.col("level").cast(pl.String)
        return (
            pl.when(prefix == "E92")
            .then(level == "england")
            .when(prefix == "E12")
            .then(level == "region")
            .otherwise(level == "authority")
        )


class Children(dy.Schema):
    """One row is an area and a year: the children aged 0 to 17 who lived there at mid-year."""

    area_code = dy.String(primary_key=True, regex=GSS_AREA, description="`areas.area_code` or `regions.region_code`")
    level = _code(codes.Level, "geography of the figure")
    year = dy.Int64(primary_key=True, min=2010, max=LAST_DAY.year, description="mid-year (30 June)")
    population = dy.Int64(nullable=True, min=0, description="children aged 0 to 17")
    status = _code(codes.Status, "whether there is a value, and if not, why")
    source_id = _source()

    @row_rule("population", "status", remedy="leave the population empty, or correct the status")
    def published_has_population(cls) -> pl.Expr:
        """A published value is a number; any other is empty."""
        return (pl.col("status").cast(pl.String) == "published") == pl.col("population").is_not_null()


class Events(dy.Schema):
    """One row is a national or Rotherham milestone."""

    date = _day("the day", primary_key=True)
    event = dy.String(primary_key=True, min_length=10, description="what happened, in a line")
    label = dy.String(unique=True, min_length=3, max_length=40, description="short name for a chart")
    scope = _code(("national", "rotherham"), "whom it concerns")
    source_id = _source()


class Sources(dy.Schema):
    """One row is one source that a row of another table cites."""

    source_id = dy.String(primary_key=True, regex=IDENTIFIER, description="identifier")
    title = dy.String(min_length=3, description="title")
    publisher = dy.String(min_length=2, description="who published it")
    published = dy.String(nullable=True, regex=PARTIAL_DATE, description="day, month or year of publication, if known")
    url = dy.String(
        nullable=True, regex=WEB_ADDRESS, description="where it is, or was when it was read; empty for our own codebook"
    )
    licence = dy.String(min_length=3, description="terms under which its facts are used")
    accessed = _day("day on which it was read; empty where only its existence is cited", nullable=True)
    sha256 = dy.String(nullable=True, regex=SHA256, description="SHA-256 of the file that was read, where it was one")

    @row_rule("published", "accessed", remedy="check both days")
    def read_once_published(cls) -> pl.Expr:
        """The day of publication is one of the calendar, and no source was read before it."""
        read = pl.col("accessed").dt.to_string("%Y-%m-%d")
        return _is_real("published") & _not_before(read, pl.col("published"))

    @row_rule("publisher", "url", remedy="give the address of the page or file")
    def published_by_others_has_address(cls) -> pl.Expr:
        """Only what this project wrote itself lacks an address."""
        return pl.col("url").is_not_null() | (pl.col("publisher") == "This project")


class Corrections(dy.Schema):
    """One row is a correction to a source's value or to a coding; it fails when it no longer applies."""

    table = dy.String(primary_key=True, regex=r"^[a-z_]+$", description="the curated table")
    key = dy.String(primary_key=True, min_length=3, description="the row's primary key values, `;`-separated, in order")
    column = dy.String(primary_key=True, regex=r"^[a-z_0-9]+$", description="the column corrected")
    was = dy.String(nullable=True, description="the value that the source gives; empty for none")
    now = dy.String(nullable=True, description="the value that stands in the table; empty for none", alias="is")
    reason = dy.String(min_length=20, description="why")
    date = _day("day of the correction")

    @row_rule("was", "is", remedy="remove the correction")
    def changes_something(cls) -> pl.Expr:
        """A correction changes the value."""
        return pl.col("was").fill_null("") != pl.col("is").fill_null("")


TABLES: dict[str, type[dy.Schema]] = {
    "sources": Sources,
    "regions": Regions,
    "areas": Areas,
    "area_codes": AreaCodes,
    "neighbours": Neighbours,
    "domains": Domains,
    "inspections": Inspections,
    "judgements": Judgements,
    "cqc_reviews": CqcReviews,
    "themes": Themes,
    "findings": Findings,
    "second_reading": SecondReading,
    "coverage": Coverage,
    "spot_checks": SpotChecks,
    "assessments": Assessments,
    "children": Children,
    "events": Events,
    "corrections": Corrections,
}
