"""Every finding on exploitation as a mark of its own, to be pointed at, chosen from, and followed to its report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import polars as pl

from analysis.charts import caption, frames, theme
from analysis.charts.caption import Credit
from analysis.charts.figure import Figure
from analysis.schema import codes

PLOT, GUTTER = 552, 172
PITCH, MARK, BETWEEN_YEARS = 6.1, 20, 3
GAP, LINE = 8, 14
HEADER, FOOTER = 54, 22
NAME_SIZE = 12
FAINT = 0.09
CHOICES = (
    ("chosen_area", "Area", "All areas", "area_name"),
    ("chosen_theme", "Theme", "All themes", "theme_label"),
    ("chosen_kind", "Kind", "All kinds", "polarity_label"),
    ("chosen_year", "Year", "All years", "year_label"),
)
"""The lists from which to choose: parameter, title, the entry that chooses everything, and the marks' column."""
NOTHING_CHOSEN = " && ".join(f"{name} === '{everything}'" for name, _, everything, _ in CHOICES)
CHOSEN = " && ".join(
    f"({name} === '{everything}' || datum.{column} === {name})" for name, _, everything, column in CHOICES
)
POLARITY_STYLES = {
    "weakness": ("triangle-down", theme.DARK_PINK, theme.DARK_PINK),
    "strength": ("circle", theme.PAPER, theme.DARK_BLUE),
    "progress": ("diamond", theme.LIGHT_PURPLE, theme.DARK_GREY),
}
REPORTS_OF_A_KIND = {
    "single_inspection": ("single inspection or re-inspection", "single inspections and re-inspections"),
    "ilacs": ("ILACS inspection", "ILACS inspections"),
    "jtai": ("joint letter", "joint letters"),
}
COLUMNS = (
    "finding_id",
    "inspection_id",
    "area_name",
    "programme",
    "family",
    "published",
    "theme",
    "polarity",
    "severity",
    "agency",
    "exploitation",
    "summary",
    "page",
    "url",
)


def exploitation_findings(findings: Any, labels: Mapping[str, str], *, statement: str, credit: Credit) -> Figure:
    """Each finding on exploitation as one mark: a row of marks for each theme, a column for each year.

    The interactive picture has lists from which to choose an area, a theme, a kind of finding and a year; the other
    marks turn faint. A mark tells its finding when pointed at, and opens the publisher's page of the report when
    clicked.

    Args:
        findings: one row a finding on exploitation: the columns of `weaknesses.behind`, with its `summary` and `page`
            and the publisher's page of the report (`url`).
        labels: the codebook's themes in words.
        statement: what the cohort is, counted (`cohorts.statement`).
        credit: source and licence.

    Raises:
        ChartDataError: a column or a value is missing, a code has no mark, or a finding is there twice.
    """
    name = "exploitation_findings"
    rows = laid_out(_checked(findings, name, labels), labels)
    bands, years = _bands(rows, labels), _years(rows)
    counts = {kind: rows.filter(pl.col("polarity") == kind).height for kind in POLARITY_STYLES}
    legend = {kind: f"{codes.POLARITY_LABELS[kind]} ({count:,})" for kind, count in counts.items()}
    drawn = _in_words(rows, labels).with_columns(
        legend=pl.col("polarity").replace_strict(legend, return_dtype=pl.String)
    )
    height = int(bands["base"].max()) + FOOTER  # type: ignore[arg-type]
    areas, reports = rows["area_name"].n_unique(), rows["inspection_id"].n_unique()
    weaknesses = caption.counted(counts["weakness"], "weakness", "weaknesses")
    strengths = caption.counted(counts["strength"], "strength")
    silent = [labels[code] for code in labels if code not in set(rows["theme"])]
    unused = f" No finding has the theme {' or '.join(sorted(silent))}." if silent else ""
    first, last = caption.day(rows["published"].min()), caption.day(rows["published"].max())
    by_kind = _by_kind_of_report(rows)
    boards = labels[codes.BOARD_THEME] if codes.BOARD_THEME in set(rows["theme"]) else ""
    looked = f" {boards}: re-inspections and ILACS do not look at it." if boards else ""
    return Figure(
        name=name,
        chart=alt.layer(
            *_ground(bands, years, height), _number_chosen(drawn), _marks(drawn, legend, height)
        ).properties(width=PLOT, height=height),
        headline=f"{rows.height:,} findings on exploitation, {_most(years)}",
        subtitle=(
            f"{caption.counted(rows.height, 'finding')} on exploitation in {caption.counted(reports, 'report')} on "
            f"{caption.counted(areas, 'area')}, published from {first} to {last}, by main theme and year. {statement}."
        ),
        source=credit.source,
        licence=credit.licence,
        reading=(
            "Each mark is one finding: ▼ a weakness, ○ a strength, ◇ progress. Themes are rows, years columns; "
            "in a cell, marks are stacked with weaknesses lowest. On the page to explore, the lists choose an "
            "area, a theme, a polarity or a year, pointing at a mark tells the finding, and a click opens the "
            "publisher’s page of the report."
        ),
        alt_text=(
            f"Chart with one mark for each of {caption.counted(rows.height, 'finding')} on exploitation: "
            f"{weaknesses}, {strengths} and {counts['progress']:,} of progress. "
            f"Themes, from most findings to fewest: {_theme_sentence(rows, bands)}. "
            f"Findings by year of publication: {_year_sentence(years)}. "
            f"By kind of report: {'; '.join(by_kind['told'])}."
        ),
        data=rows.select(COLUMNS),
        notes=(
            f"{_kinds_in_words(rows)} Strengths and weaknesses are not written up alike: their numbers cannot be set "
            "off. "
            "A mark counts a finding, not how serious it is. It stands in the year of publication, weaknesses lowest; "
            "its place within a year means nothing.",
            f"Findings in a report that has any: about {caption.listed(by_kind['length'].to_list())}. More or fewer "
            f"marks from year to year therefore show no trend in services or in harm.{looked}",
            f"No mark does not mean that an area does well, or badly: nothing reported is not nothing wrong.{unused} "
            "Only reports that were read whole are here; CQC’s own reviews are not among them.",
        ),
        width=PLOT + GUTTER,
    )


def _most(years: pl.DataFrame) -> str:
    """The year with most findings, for the headline."""
    top = years.sort("findings", "year", descending=[True, False]).row(0, named=True)
    return f"{top['findings']:,} of them published in {top['year']}"


def _kinds_in_words(rows: pl.DataFrame) -> str:
    counts = dict(rows.group_by("exploitation").len().iter_rows())
    told = [f"{counts[kind]:,} {label.lower()}" for kind, label in codes.EXPLOITATION_LABELS.items() if kind in counts]
    return f"Exploitation that the findings name: {'; '.join(told)}."


def laid_out(findings: pl.DataFrame, labels: Mapping[str, str]) -> pl.DataFrame:
    """Give each finding its own place: within theme and year, row upon row, weaknesses lowest.

    Args:
        findings: one row a finding, with `finding_id`, `inspection_id`, `published`, `theme`, `polarity`.
        labels: the codebook's themes in words.

    Returns:
        The same rows, sorted by place, with `year`, `across` and `down` in pixels from the upper left.
    """
    years = findings.with_columns(year=pl.col("published").dt.year())
    first, last = int(years["year"].min()), int(years["year"].max())  # type: ignore[arg-type]
    cell = PLOT / (last - first + 1)
    abreast = max(1, int((cell - BETWEEN_YEARS) / PITCH))
    order = pl.col("polarity").replace_strict({kind: n for n, kind in enumerate(POLARITY_STYLES)})
    stacked = (
        years.sort("theme", "year", order, "published", "inspection_id", "finding_id")
        .with_columns(place=pl.int_range(pl.len()).over("theme", "year"))
        .with_columns(column=pl.col("place") % abreast, storey=pl.col("place") // abreast)
    )
    bands = _bands(stacked, labels).select("theme", "band", "base")
    margin = (cell - abreast * PITCH) / 2
    across = (pl.col("year") - first) * cell + margin + (pl.col("column") + 0.5) * PITCH
    down = pl.col("base") - (pl.col("storey") + 0.5) * PITCH
    return (
        stacked.join(bands, on="theme", how="left", validate="m:1")
        .with_columns(across=across.round(2), down=down.round(2))
        .sort("band", "year", "place")
        .drop("band", "base", "place", "column")
    )


def _bands(stacked: pl.DataFrame, labels: Mapping[str, str]) -> pl.DataFrame:
    """One row a theme, most findings first: its place in order, its name in lines, and where its marks stand."""
    bands = (
        stacked.group_by("theme")
        .agg(findings=pl.len(), storeys=pl.col("storey").max() + 1)
        .with_columns(label=pl.col("theme").replace_strict(dict(labels), return_dtype=pl.String))
        .sort("findings", "label", descending=[True, False])
        .with_columns(
            name=pl.format("{} ({})", "label", "findings").map_elements(
                lambda text: "\n".join(caption.balance(text, GUTTER - 8, NAME_SIZE)), return_dtype=pl.String
            )
        )
    )
    more_lines = pl.col("name").str.count_matches("\n").cast(pl.Int64) * LINE
    tall = pl.max_horizontal((pl.col("storeys") * PITCH).ceil().cast(pl.Int64), more_lines + LINE) + GAP
    return bands.with_columns(base=HEADER + tall.cum_sum(), band=pl.int_range(pl.len())).with_columns(
        first_line=pl.col("base") - more_lines
    )


def _checked(findings: Any, chart: str, labels: Mapping[str, str]) -> pl.DataFrame:
    rows = frames.tidy(findings, chart, *COLUMNS, made_by="weaknesses.prevalence")
    empty = [column for column in COLUMNS if column != "severity" and rows[column].null_count()]
    if empty:
        raise frames.ChartDataError(
            f"chart {chart}: column {', '.join(empty)} has gaps; each finding needs its words, page, report and address"
        )
    twice = rows.filter(pl.col("finding_id").is_duplicated())["finding_id"].unique().sort()
    if not twice.is_empty():
        raise frames.ChartDataError(f"chart {chart}: finding {twice[0]} is there more than once; give each one row")
    for column in ("polarity", "severity", "agency", "exploitation"):
        frames.known(rows, chart, column, codes.FINDING_CODES[column])
    frames.known(rows, chart, "programme", codes.Programme)
    frames.known(rows, chart, "family", REPORTS_OF_A_KIND)
    frames.known(rows, chart, "theme", labels)
    return rows


def _years(rows: pl.DataFrame) -> pl.DataFrame:
    """One row a year from the first to the last: its middle and left edge, and how many reports and findings it has."""
    first, last = int(rows["year"].min()), int(rows["year"].max())  # type: ignore[arg-type]
    cell = PLOT / (last - first + 1)
    counted = rows.group_by("year").agg(findings=pl.len(), reports=pl.col("inspection_id").n_unique())
    return (
        pl.DataFrame({"year": range(first, last + 1)}, schema={"year": pl.Int32})
        .join(counted, on="year", how="left", maintain_order="left")
        .with_columns(pl.col("findings", "reports").fill_null(0), edge=((pl.col("year") - first) * cell).round(2))
        .with_columns(middle=(pl.col("edge") + cell / 2).round(2))
    )


def _ground(bands: pl.DataFrame, years: pl.DataFrame, height: int) -> list[alt.Chart]:
    """What the marks stand on: years with their reports and findings, lines between them, and the themes' names."""
    down, foot = _down(height), height - FOOTER
    of_years = alt.Chart(years)
    of_bands = alt.Chart(bands.select("name", "base", "first_line"))
    heads = [
        of_years.mark_text(baseline="middle", fontWeight="bold").encode(
            x=_across("middle"), y=alt.value(y), text=alt.Text("year:Q")
        )
        for y in (6, foot + 14)
    ]
    counts = []
    for y, words, column in ((24, "Reports with a finding", "reports"), (40, "Findings", "findings")):
        named = alt.Chart(alt.InlineData(values=[{"name": words}]))
        counts += [
            of_years.mark_text(baseline="middle").encode(
                x=_across("middle"), y=alt.value(y), text=alt.Text(f"{column}:Q")
            ),
            named.mark_text(align="right", baseline="middle", color=theme.QUIET_TEXT).encode(
                x=alt.value(-8), y=alt.value(y), text=alt.Text("name:N")
            ),
        ]
    lines = [
        of_years.mark_rule(stroke=theme.GRID).encode(x=_across("edge"), y=alt.value(HEADER), y2=alt.value(foot)),
        of_bands.mark_rule(stroke=theme.OUTLINE, strokeWidth=0.75).encode(
            x=alt.value(0), x2=alt.value(PLOT), y=alt.Y("base:Q", scale=down, axis=None)
        ),
    ]
    themes = of_bands.mark_text(align="right", baseline="bottom", lineBreak="\n", lineHeight=LINE).encode(
        x=alt.value(-8), y=alt.Y("first_line:Q", scale=down, axis=None), text=alt.Text("name:N")
    )
    return [*lines, *heads, *counts, themes]


def _number_chosen(drawn: pl.DataFrame) -> Any:
    """How many findings are chosen; silent, as in the static picture, while everything is."""
    return (
        alt.Chart(drawn)
        .transform_calculate(one=f"{CHOSEN} ? 1 : 0")
        .transform_aggregate(number="sum(one)")
        .transform_calculate(words=f"{NOTHING_CHOSEN} ? '' : datum.number + ' chosen'")
        .mark_text(align="right", baseline="middle", fontWeight="bold")
        .encode(x=alt.value(-8), y=alt.value(6), text=alt.Text("words:N"))
    )


def _marks(drawn: pl.DataFrame, legend: Mapping[str, str], height: int) -> Any:
    """The findings, with the lists from which to choose.

    A mark is a link only while it is pointed at, so that the static picture holds no address.
    """
    shown = [kind for kind in legend if (drawn["polarity"] == kind).any()]
    words = [legend[kind] for kind in shown]
    key = alt.Legend(title=None, offset=14, symbolStrokeWidth=1.2)
    shapes, fills, strokes = (
        alt.Scale(domain=words, range=[POLARITY_STYLES[kind][n] for kind in shown]) for n in range(3)
    )
    options = (
        sorted(set(drawn["area_name"])),
        sorted(set(drawn["theme_label"])),
        [codes.POLARITY_LABELS[kind] for kind in shown],
        sorted(set(drawn["year_label"])),
    )
    lists = [
        alt.param(name=name, value=everything, bind=alt.binding_select(options=[everything, *some], name=f"{title}: "))
        for (name, title, everything, _), some in zip(CHOICES, options, strict=True)
    ]
    pointed = alt.selection_point(
        name="pointed_at", on="pointerover", clear="pointerout", fields=["finding_id"], empty=False
    )
    return (
        alt.Chart(drawn)
        .mark_point(size=MARK, strokeWidth=1.1)
        .encode(
            x=_across("across"),
            y=alt.Y("down:Q", scale=_down(height), axis=None),
            shape=alt.Shape("legend:N", scale=shapes, legend=key),
            fill=alt.Fill("legend:N", scale=fills, legend=key),
            color=alt.Color("legend:N", scale=strokes, legend=key),
            opacity=alt.when(CHOSEN).then(alt.value(1)).otherwise(alt.value(FAINT)),
            href=alt.when(pointed).then("url:N").otherwise(alt.value(None)),
            description=alt.Description("summary:N"),
            tooltip=[
                alt.Tooltip("area_name:N", title="Area"),
                alt.Tooltip("report:N", title="Report"),
                alt.Tooltip("theme_label:N", title="Theme"),
                alt.Tooltip("kind:N", title="Finding"),
                alt.Tooltip("agency_label:N", title="Agency"),
                alt.Tooltip("exploitation_label:N", title="On"),
                alt.Tooltip("summary:N", title="In our words"),
                alt.Tooltip("where:N", title="Stands in"),
            ],
        )
        .add_params(*lists, pointed)
    )


def _across(field: str) -> alt.X:
    return alt.X(f"{field}:Q", scale=alt.Scale(domain=[0, PLOT], nice=False), axis=None)


def _down(height: int) -> alt.Scale:
    return alt.Scale(domain=[height, 0], nice=False)


def _in_words(rows: pl.DataFrame, labels: Mapping[str, str]) -> pl.DataFrame:
    """What a mark needs: its place, its address, and what it tells when pointed at."""

    def worded(column: str, words: Mapping[str, str]) -> pl.Expr:
        return pl.col(column).replace_strict(dict(words), default=None, return_dtype=pl.String)

    severity = (", " + worded("severity", codes.SEVERITY_LABELS).str.to_lowercase()).fill_null("")
    day = pl.col("published").map_elements(caption.day, return_dtype=pl.String)
    return rows.select(
        "finding_id",
        "area_name",
        "polarity",
        "summary",
        "url",
        "across",
        "down",
        polarity_label=worded("polarity", codes.POLARITY_LABELS),
        theme_label=worded("theme", labels),
        agency_label=worded("agency", codes.AGENCY_LABELS),
        exploitation_label=worded("exploitation", codes.EXPLOITATION_LABELS),
        kind=worded("polarity", codes.POLARITY_LABELS) + severity,
        year_label=pl.col("published").dt.year().cast(pl.String),
        report=worded("programme", codes.PROGRAMME_LABELS) + ", " + day,
        where=pl.format("report, page {}", "page"),
    )


def _by_kind_of_report(rows: pl.DataFrame) -> pl.DataFrame:
    """One row a kind of report that is there: its findings told, and how many a report gives."""
    told = []
    for kind, (one, many) in REPORTS_OF_A_KIND.items():
        of_kind = rows.filter(pl.col("family") == kind)
        if of_kind.is_empty():
            continue
        reports = of_kind["inspection_id"].n_unique()
        weak = of_kind.filter(pl.col("polarity") == "weakness").height
        told.append(
            {
                "told": (
                    f"{caption.counted(of_kind.height, 'finding')} in {caption.counted(reports, one, many)}, "
                    f"{weak:,} of them {'a weakness' if weak == 1 else 'weaknesses'}"
                ),
                "length": f"{caption.round_half_up(of_kind.height / reports)} in {many}",
            }
        )
    return pl.DataFrame(told)


def _theme_sentence(rows: pl.DataFrame, bands: pl.DataFrame) -> str:
    weak = dict(rows.filter(pl.col("polarity") == "weakness").group_by("theme").len().iter_rows())
    return "; ".join(
        f"{band['label']} {band['findings']} ({caption.counted(weak.get(band['theme'], 0), 'weakness', 'weaknesses')})"
        for band in bands.iter_rows(named=True)
    )


def _year_sentence(years: pl.DataFrame) -> str:
    return ", ".join(
        f"{row['findings']} in {row['year']} ({caption.counted(row['reports'], 'report')})"
        for row in years.iter_rows(named=True)
    )
