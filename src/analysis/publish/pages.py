"""The pages of the site, made from templates: no script but where a chart is interactive, no request that leaves."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import polars as pl

from analysis.catalogue.profile import AFTERMATH_LABELS, NEVER_READ
from analysis.charts import caption
from analysis.publish import assets
from analysis.publish.pictures import Picture
from analysis.publish.site import Site, Words
from analysis.schema import codes

if TYPE_CHECKING:
    from jinja2 import Environment

    from analysis.catalogue.profile import Profile
    from analysis.catalogue.theme import Theme
    from analysis.charts.figure import Figure

NAME = "How inspectors found local areas protecting children from sexual exploitation"
NAVIGATION = (
    ("Start", "index.html"),
    ("Charts", "index.html#charts"),
    ("Themes", "index.html#themes"),
    ("Areas", "areas/index.html"),
    ("Method and limits", "method.html"),
)
DOWNLOADS = (
    ("svg", "Picture as SVG, for the web and for print"),
    ("png", "Picture as PNG"),
    ("csv", "The rows behind the marks as CSV"),
)
SIGNS = {"weakness": "▼", "strength": "○", "progress": "◇"}
BASES = {
    "cqc_review": "CQC review",
    "ofsted_after_jay": "Ofsted after the Jay report",
    None: "not one of the fifty",
}
BASIS_SENTENCES = {
    "cqc_review": "One of the fifty: a public page confirms that CQC reviewed it within the programme.",
    "ofsted_after_jay": "One of the fifty by rule: its first single inspection was among the soonest published after "
    "the Jay report of 26 August 2014.",
    None: "Not one of the fifty.",
}
AUTHORITY_TYPES = {
    "london_borough": "London borough",
    "metropolitan_district": "Metropolitan district",
    "unitary_authority": "Unitary authority",
    "county": "County",
}
NOT_SHOWN = ("cohort", "cohort_order", "theme_order", "agency_order", "value_order", "aftermath_order", "role_order")
"""Columns that order or repeat, which the table of a page leaves to the CSV."""


class Pages:
    """Writes the pages of one site.

    Args:
        site: what is published.
        sizes: width and height in pixels of each picture, by the figure's name.
    """

    def __init__(self, site: Site, sizes: Mapping[str, tuple[int, int]]) -> None:
        """Remember what every page says."""
        self._site, self._sizes = site, sizes

    def index(self) -> str:
        """The first page: the charts that say most, all charts by question, themes and areas."""
        return self._page(
            "index.html",
            here="index.html",
            title=NAME,
            home=True,
            description=f"What inspectors reported of {self._site.words.statement}.",
            leading=[(self._question(figure), figure) for figure in self._site.leading],
            sizes=self._sizes,
            questions=self._site.questions,
            themes=self._site.themes,
            areas=self._site.areas,
            reports=self._site.method.of_fifty,
        )

    def areas(self) -> str:
        """The list of areas."""
        return self._page(
            "areas.html",
            root="../",
            here="areas/index.html",
            title="The reviewed areas",
            description=self._site.words.statement,
            areas=self._site.areas,
        )

    def method(self) -> str:
        """How it was done, and what may be wrong."""
        from markdown_it import MarkdownIt
        from markupsafe import Markup

        found = self._site.method
        agreement = [
            (row["column"], row["n"], row["agreed"], _number(row["kappa"]), _span(row["kappa_low"], row["kappa_high"]))
            for row in found.agreement.iter_rows(named=True)
        ]
        # The codebook's own headings start at the first level, and the page has one already.
        text = "\n".join(f"#{line}" if line.startswith("#") else line for line in self._site.codebook.splitlines())
        return self._page(
            "method.html",
            here="method.html",
            title="Method and limits",
            description="How the fifty were chosen, reports read and numbers made, and what may be wrong.",
            reports=found.reports,
            of_fifty=found.of_fifty,
            passages=f"{found.passages:,}",
            coded=f"{found.coded:,}",
            findings=f"{found.findings:,}",
            known_only=found.known_only,
            agreement=agreement,
            codebook=Markup(MarkdownIt("js-default").render(text)),  # noqa: S704 - the project's own text, raw HTML off
        )

    def chart(self, figure: Figure, weights: Mapping[str, int]) -> str:
        """One chart: picture, what it shows, how to read it, limits, downloads, rows.

        Args:
            figure: the chart.
            weights: the bytes of each download by its ending.
        """
        shown = figure.data.select(name for name in figure.data.columns if name not in NOT_SHOWN)
        return self._page(
            "chart.html",
            root="../",
            title=figure.headline,
            description=figure.subtitle,
            figure=figure,
            size=self._sizes[figure.name],
            weights=weights,
            headings=shown.columns,
            body=[[_cell(value) for value in row] for row in shown.iter_rows()],
            numbers=[place for place, kind in enumerate(shown.dtypes) if kind.is_numeric()],
        )

    def interactive(self, figure: Figure) -> str:
        """The same chart, to point at."""
        from markupsafe import Markup

        specification = figure.specification(framed=False)
        specification["description"] = figure.alt_text
        text = _in_script(json.dumps(specification, ensure_ascii=False, sort_keys=True))
        return self._page(
            "interactive.html",
            root="../",
            title=f"Explore: {figure.headline}",
            description=figure.subtitle,
            figure=figure,
            specification=Markup(text),  # noqa: S704 - what could end the script element is escaped
        )

    def theme(self, theme: Theme) -> str:
        """One theme: how often, and every finding on it, area by area."""
        by_area = theme.findings.partition_by("area_name", "slug", maintain_order=True)
        named = {rows["area_name"][0] for rows in by_area}
        return self._page(
            "theme.html",
            root="../",
            title=f"{theme.label}: what inspectors reported",
            description=theme.definition,
            theme=theme,
            boundary=_labelled(theme.boundary, self._site.words.theme_labels),
            areas=[(rows["area_name"][0], rows["slug"][0], _worst_first(rows)) for rows in by_area],
            silent=[area["name"] for area in self._site.areas if area["name"] not in named],
        )

    def _question(self, figure: Figure) -> str:
        return next(question for question, figures in self._site.questions if figure in figures)

    def _page(self, template: str, **context: Any) -> str:
        return _page(template, self._site.words, **context)


def area_page(profile: Profile, pictures: Sequence[Picture], words: Words, *, standalone: bool = False) -> str:
    """The page of one area.

    Args:
        profile: what is known of it.
        pictures: its timeline, its assessments and, where there are findings, these.
        words: what every page says.
        standalone: whether the page is to stand alone, style and pictures inside.
    """
    from markupsafe import Markup

    css = Markup(_inside(assets.read("site.css").decode())) if standalone else ""  # noqa: S704 - the project's own file
    return _page(
        "profile.html",
        words,
        root="../",
        title=f"{profile.area['name']}: inspections, weaknesses, progress",
        description=profile.conclusions[0],
        standalone=standalone,
        css=css,
        profile=profile,
        pictures=pictures,
        **profile_tables(profile, words.theme_labels),
    )


def _page(template: str, words: Words, **context: Any) -> str:
    given = {"root": "", "here": "", "home": False, "standalone": False, **context}
    return (
        _environment()
        .get_template(template)
        .render(statement=words.statement, data_version=words.data_version, THEMES=words.theme_labels, **given)
    )


def profile_tables(profile: Profile, theme_labels: Mapping[str, str]) -> dict[str, Any]:
    """The tables of an area's page, cell by cell in words."""
    counts = dict(profile.findings.group_by("inspection_id").len().iter_rows())
    graded = profile.grades.sort("published", "inspection_id")
    days = graded.select("inspection_id", "published").unique(maintain_order=True)
    cells = {(row["domain"], row["inspection_id"]): row for row in graded.iter_rows(named=True)}
    domains = [domain for domain in codes.DOMAIN_LABELS if any(key[0] == domain for key in cells)]
    cohorts = profile.standing.sort("cohort_order")["cohort_label"].unique(maintain_order=True).to_list()[1:]
    standing = {(row["domain"], row["cohort_label"]): row for row in profile.standing.iter_rows(named=True)}
    own = {row["domain"]: row for row in profile.standing.iter_rows(named=True)}
    rates = profile.rates.filter(pl.col("area_code") == profile.area["area_code"])
    shown = [str(factor) for factor in (codes.Factor.CSE, codes.Factor.CRIMINAL_EXPLOITATION, codes.Factor.MISSING)]
    by_year = {(row["year"], row["factor"]): row for row in rates.iter_rows(named=True)}
    years = sorted({year for year, _ in by_year})
    on_exploitation = profile.findings.filter(pl.col("on_exploitation"))
    return {
        "counts": counts,
        "grade_headings": ["Domain", *(caption.day(day) for day in days["published"])],
        "grade_rows": [
            [codes.DOMAIN_LABELS[domain], *(_graded(cells.get((domain, name))) for name in days["inspection_id"])]
            for domain in domains
        ],
        "standing_headings": ["Domain", profile.area["name"], *cohorts],
        "standing_rows": [
            [
                codes.DOMAIN_LABELS[domain],
                _latest(own[domain]),
                *(_standing(standing.get((domain, cohort))) for cohort in cohorts),
            ]
            for domain in codes.DOMAIN_LABELS
            if any((domain, cohort) in standing and standing[domain, cohort]["areas"] for cohort in cohorts)
        ],
        "aftermath": [
            [
                theme_labels[row["theme"]],
                _since(row),
                row["weaknesses"],
                caption.day(row["first_weakness"]),
                _last(row),
            ]
            for row in profile.aftermath.iter_rows(named=True)
        ],
        "exploitation": [
            (f"{codes.PROGRAMME_LABELS[rows['programme'][0]]}, {caption.day(rows['published'][0])}", _worst_first(rows))
            for rows in on_exploitation.partition_by("inspection_id", maintain_order=True)
        ],
        "others": list(profile.findings.filter(~pl.col("on_exploitation")).iter_rows(named=True)),
        "rate_headings": [
            "Year",
            *(words for factor in shown for words in (codes.FACTOR_LABELS[factor], "per 10,000")),
        ],
        "rate_rows": [
            [year, *(cell for factor in shown for cell in _rate(by_year.get((year, factor))))] for year in years
        ],
        "rate_numbers": list(range(1, 1 + 2 * len(shown))),
    }


def _worst_first(rows: pl.DataFrame) -> list[dict[str, Any]]:
    order = {code: place for place, code in enumerate(codes.FINDING_CODES["polarity"])}
    weight = {code: place for place, code in enumerate(codes.FINDING_CODES["severity"])}
    return sorted(
        rows.iter_rows(named=True),
        key=lambda row: (row["published"], order[row["polarity"]], weight.get(row["severity"] or "", 9)),
    )


def _graded(row: Mapping[str, Any] | None) -> str:
    if row is None:
        return "–"
    page = f" (page {row['page']})" if row["page"] is not None else ""
    return f"{codes.GRADE_LABELS[row['grade']]}{page}"


def _since(row: Mapping[str, Any]) -> str:
    """What later reports say of a weakness, with what they hold on the theme."""
    told = [AFTERMATH_LABELS[row["aftermath"]]]
    kinds = {"weaknesses": ("weakness", "weaknesses"), "strengths": ("strength or progress", "strengths or progress")}
    otherwise = [
        caption.counted(row[f"{kind}_otherwise"], *words) for kind, words in kinds.items() if row[f"{kind}_otherwise"]
    ]
    if otherwise:
        told.append(f"{caption.listed(otherwise)} on the theme without it")
    unread = row["inspections_since"] - row["reports_since"]
    if unread and row["reports_since"]:
        told.append(f"{caption.counted(unread, 'later report')} not read")
    return "; ".join(told)


def _last(row: Mapping[str, Any]) -> str:
    beside = row["strengths_beside"]
    said = f" ({caption.counted(beside, 'strength')} or progress in the same report)" if beside else ""
    return f"{caption.day(row['last_weakness'])}{said}"


def _latest(row: Mapping[str, Any]) -> str:
    if row["own_grade"] is None:
        return "not judged"
    return f"{codes.GRADE_LABELS[row['own_grade']]} ({caption.day(row['own_day'])})"


def _standing(row: Mapping[str, Any] | None) -> str:
    return "–" if row is None or not row["areas"] else f"{row['count']} of {row['areas']}"


def _rate(row: Mapping[str, Any] | None) -> tuple[str, str]:
    if row is None:
        return "not collected", "–"
    if row["gap"] is None and row["certainty"] != "bounded":
        rate = "–" if row["rate"] is None else f"{row['rate']:.1f}"
        return f"{row['count']:,}", rate
    return GAPS[row["gap"] or "suppressed"], "–"


GAPS = {
    "suppressed": "suppressed because small",
    "unavailable": "not available",
    "unreliable": "unreliable",
    "not_collected": "not collected",
    "doubtful_zero": "0, most likely not recorded",
}


def _inside(css: str) -> str:
    """The style with the fonts inside, for a page that stands alone."""
    from analysis.charts import render

    return render.font_faces() + re.sub(r"@font-face \{[^}]*\}", "", css)


def _labelled(text: str | None, labels: Mapping[str, str]) -> str | None:
    """A text of the codebook with the themes' labels in place of their codes."""
    if text is None:
        return None
    return re.sub(r"\b[a-z]+(?:_[a-z]+)+\b", lambda code: f"“{labels.get(code[0], code[0])}”", text)


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _span(low: float | None, high: float | None) -> str:
    return "–" if low is None or high is None else f"{low:.2f} to {high:.2f}"


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.0f}"
    return str(value)


def _in_script(text: str) -> str:
    """Escape what could end or open a tag inside a script element."""
    escapes = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
    return text.translate({ord(character): escape for character, escape in escapes.items()})


def _size(count: int) -> str:
    return f"{count / 1_000_000:.1f} MB" if count >= 1_000_000 else f"{max(1, round(count / 1000))} kB"


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("analysis.publish"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["day"] = caption.day
    environment.filters["grade"] = lambda code: codes.GRADE_LABELS.get(code or "", "none")
    environment.filters["words"] = lambda code: code.replace("_", " ")
    environment.filters["size"] = _size
    environment.globals.update(
        SITE=NAME,
        NAVIGATION=NAVIGATION,
        DOWNLOADS=DOWNLOADS,
        SIGNS=SIGNS,
        BASIS=BASES,
        BASIS_SENTENCE=BASIS_SENTENCES,
        TYPE=AUTHORITY_TYPES,
        POLARITY=codes.POLARITY_LABELS,
        SEVERITY=codes.SEVERITY_LABELS,
        AGENCY=codes.AGENCY_LABELS,
        EXPLOITATION=codes.EXPLOITATION_LABELS,
        PROGRAMME=codes.PROGRAMME_LABELS,
        NEVER_READ=NEVER_READ,
    )
    return environment
