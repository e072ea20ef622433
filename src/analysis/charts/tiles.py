"""The fifty on the equal-size tile map: by the basis on which they belong, and by their latest judgement."""

from __future__ import annotations

import re
from typing import Any

import altair as alt
import polars as pl

from analysis.charts import caption, frames, marks, theme
from analysis.charts.caption import Credit
from analysis.charts.figure import Figure
from analysis.schema import codes

TILE = 52
NAME_SIZE = 9
NAME_LINE, NAME_LINES = 10, 3
SMALL_WORDS = ("and", "of", "the", "upon")
WORD_ENDINGS = (
    *("tonshire", "shire", "borough", "brough", "ampton", "hampton", "church", "minster"),
    *("mouth", "smith", "worth", "land", "head", "ham"),
)
BASIS_LABELS = {"cqc_review": "CQC review, rounded tile", "ofsted_after_jay": "Ofsted single inspection, square tile"}
BASIS_COLOURS = {"cqc_review": theme.DARK_BLUE, "ofsted_after_jay": theme.TURQUOISE}
OUTSIDE_LABEL = "Not among the reviewed areas"
NOT_JUDGED_LABEL = f"{marks.NOT_JUDGED_MARK}  Not judged by then"
REGIONS_OF_ENGLAND = 9
_TILE_COLUMNS = ("area_code", "area_name", "region_code", "tile_column", "tile_row", "in_cohort", "basis")


def fifty_by_basis(tiles: Any, cohort: Any, *, statement: str, credit: Credit) -> Figure:
    """Where the reviewed areas are, and on what basis each belongs to them.

    Args:
        tiles: what `progress.tile_map` returns: one row a current authority.
        cohort: the cohort frame that `tiles` was made with: one row an area.
        statement: what the cohort is, counted (`cohorts.statement`).
        credit: source and licence.
    """
    name = "fifty_by_basis"
    rows = frames.tidy(tiles, name, *_TILE_COLUMNS, made_by="progress.tile_map")
    members = frames.tidy(cohort, name, "area_code", "area_name", made_by="cohorts.beside")
    frames.known(rows, name, "basis", BASIS_LABELS)
    counts = dict(rows.filter("in_cohort").group_by("basis").len().iter_rows())
    legend = {basis: f"{label} ({counts.get(basis, 0)})" for basis, label in BASIS_LABELS.items()}
    outside = f"{OUTSIDE_LABEL} ({rows.filter(~pl.col('in_cohort')).height})"
    drawn = _labelled(rows).with_columns(
        legend=pl.col("basis").replace_strict(legend, default=outside, return_dtype=pl.String)
    )
    scale = alt.Scale(domain=[*legend.values(), outside], range=[*BASIS_COLOURS.values(), theme.NO_DATA])
    base = _base(drawn, [alt.Tooltip("area_name:N", title="Area"), alt.Tooltip("legend:N", title="Basis")])
    filled = base.encode(fill=alt.Fill("legend:N", scale=scale, legend=_legend(columns=1)).title("Basis"))
    layers = [
        filled.mark_rect(stroke=theme.GRID).transform_filter("!datum.in_cohort"),
        filled.mark_rect(cornerRadius=0).transform_filter(_is("ofsted_after_jay")),
        filled.mark_rect(cornerRadius=15).transform_filter(_is("cqc_review")),
        *_names(base, 0, alt.condition("datum.basis == 'cqc_review'", alt.value(theme.PAPER), alt.value(theme.TEXT))),
    ]
    regions = rows.filter("in_cohort")["region_code"].n_unique()
    reach = "all nine" if regions == REGIONS_OF_ENGLAND else f"{regions} of {REGIONS_OF_ENGLAND}"
    without_tile = _without_tile(members, rows)
    by_basis = [
        f"{caption.counted(counts[basis], 'area')} by {words}: "
        + caption.listed(rows.filter(pl.col("basis") == basis).sort("area_name")["area_name"].to_list())
        for basis, words in (("cqc_review", "CQC review"), ("ofsted_after_jay", "Ofsted single inspection"))
        if counts.get(basis)
    ]
    return Figure(
        name=name,
        chart=_sized(alt.layer(*layers), rows),
        headline=f"The {members.height} reviewed areas span {reach} English regions",
        subtitle=f"{statement}. Each tile is one of {rows.height} authorities.",
        source=credit.source,
        licence=credit.licence,
        reading=(
            "Each tile is an authority near its place on the map, all of one size. The mark on a tile says why "
            "the area belongs to the fifty; pale tiles are the other authorities."
        ),
        alt_text=(
            f"Tile map of England, one equal tile for each of {rows.height} authorities. {statement}. "
            f"{'. '.join(by_basis)}. {without_tile}"
        ).strip(),
        data=rows,
        notes=_notes(without_tile),
        width=_width(rows),
    )


def fifty_by_judgement(tiles: Any, cohort: Any, *, statement: str, credit: Credit) -> Figure:
    """The latest judgement of each reviewed area.

    Args:
        tiles: what `progress.tile_map` returns, for one day and domain: one row a current authority.
        cohort: the cohort frame that `tiles` was made with: one row an area.
        statement: what the cohort is, counted (`cohorts.statement`).
        credit: source and licence.
    """
    name = "fifty_by_latest_judgement"
    rows = frames.tidy(tiles, name, *_TILE_COLUMNS, "domain", "on", "grade", "published", made_by="progress.tile_map")
    members = frames.tidy(cohort, name, "area_code", "area_name", made_by="cohorts.beside")
    frames.known(rows, name, "grade", codes.Grade)
    inside = rows.filter("in_cohort")
    counts = {grade: inside.filter(pl.col("grade") == grade).height for grade in marks.GRADES}
    unjudged = inside.filter(pl.col("grade").is_null()).height
    labels = {grade: f"{marks.grade_label(grade)} ({counts[grade]})" for grade in marks.GRADES}
    missing, outside = f"{NOT_JUDGED_LABEL} ({unjudged})", f"{OUTSIDE_LABEL} ({rows.height - inside.height})"
    drawn = _labelled(rows).with_columns(
        legend=pl.when(~pl.col("in_cohort"))
        .then(pl.lit(outside))
        .otherwise(pl.col("grade").replace_strict(labels, default=missing, return_dtype=pl.String)),
        letter=pl.when("in_cohort").then(
            pl.col("grade").replace_strict(marks.GRADE_LETTERS, default=marks.NOT_JUDGED_MARK, return_dtype=pl.String)
        ),
    )
    domain, colours = list(labels.values()), list(marks.GRADE_COLOURS.values())
    if unjudged:
        domain, colours = [*domain, missing], [*colours, theme.PAPER]
    scale = alt.Scale(domain=[*domain, outside], range=[*colours, theme.NO_DATA])
    tooltip = [
        alt.Tooltip("area_name:N", title="Area"),
        alt.Tooltip("legend:N", title="Judgement"),
        alt.Tooltip("published_words:N", title="Published"),
    ]
    base = _base(drawn, tooltip)
    filled = base.encode(fill=alt.Fill("legend:N", scale=scale, legend=_legend(columns=3)).title("Latest judgement"))
    dashed = filled.mark_rect(stroke=theme.DARK_GREY, strokeWidth=1.5, strokeDash=[4, 3])
    layers = [
        filled.mark_rect(stroke=theme.GRID).transform_filter("!datum.in_cohort"),
        filled.mark_rect(stroke=theme.DARK_BLUE, strokeWidth=1).transform_filter(
            "datum.in_cohort && datum.grade != null"
        ),
        *([dashed.transform_filter("datum.in_cohort && datum.grade == null")] if unjudged else []),
        base.mark_text(dy=-15, fontSize=13, fontWeight="bold", baseline="middle")
        .encode(text=alt.Text("letter:N"), color=marks.letter_colour())
        .transform_filter("datum.in_cohort"),
        *_names(base, 8, marks.letter_colour()),
    ]
    better = counts["good"] + counts["outstanding"]
    judged = inside.height - unjudged
    on, subject = caption.day(rows["on"][0]), codes.DOMAIN_LABELS[rows["domain"][0]]
    without_tile = _without_tile(members, rows)
    spread = caption.listed([f"{counts[grade]} {codes.GRADE_LABELS[grade].lower()}" for grade in marks.GRADES])
    gap = f" {caption.counted(unjudged, 'area')} had not been judged." if unjudged else ""
    return Figure(
        name=name,
        chart=_sized(alt.layer(*layers), rows),
        headline=f"Children’s services overall good or outstanding: {better} of {judged} areas"
        if rows["domain"][0] == codes.Domain.OVERALL
        else f"{better} of {judged} areas are good or outstanding",
        subtitle=f"{subject}, latest judgement in inspections begun by {on}. {statement}.",
        source=credit.source,
        licence=credit.licence,
        reading=(
            "Each tile is an authority near its place on the map, all of one size. Shade and letter give the "
            "latest overall grade: I inadequate, R requires improvement, G good, O outstanding; pale tiles are "
            "the other authorities."
        ),
        alt_text=(
            f"Tile map of England with the latest {subject.lower()} judgement of the reviewed areas as at {on}: "
            f"of {judged} areas judged, {spread}.{gap} {without_tile}"
        ).strip(),
        data=rows,
        notes=(
            "The grade speaks of the council’s services for children as a whole, not of exploitation.",
            *_notes(without_tile),
        ),
        width=_width(rows),
    )


def _is(basis: str) -> str:
    return f"datum.in_cohort && datum.basis == '{basis}'"


def _legend(columns: int) -> alt.Legend:
    return alt.Legend(symbolType="square", symbolSize=200, symbolStrokeColor=theme.OUTLINE, columns=columns, offset=12)


def _base(drawn: pl.DataFrame, tooltip: list[alt.Tooltip]) -> alt.Chart:
    across = alt.Scale(domain=_reach(drawn, "tile_column"), paddingInner=0.05, paddingOuter=0)
    down = alt.Scale(domain=_reach(drawn, "tile_row"), paddingInner=0.05, paddingOuter=0)
    return alt.Chart(frames.marks(drawn)).encode(
        x=alt.X("tile_column:O", scale=across, axis=None),
        y=alt.Y("tile_row:O", scale=down, axis=None),
        tooltip=tooltip,
    )


def _reach(rows: pl.DataFrame, column: str) -> list[int]:
    return list(range(int(rows[column].min()), int(rows[column].max()) + 1))  # type: ignore[arg-type]


def _sized(chart: Any, rows: pl.DataFrame) -> Any:
    return chart.properties(width=TILE * len(_reach(rows, "tile_column")), height=TILE * len(_reach(rows, "tile_row")))


def _width(rows: pl.DataFrame) -> int:
    return max(theme.WIDTH, TILE * len(_reach(rows, "tile_column")))


def _names(base: alt.Chart, centre: int, colour: Any) -> list[alt.Chart]:
    return [
        base.mark_text(
            fontSize=NAME_SIZE,
            lineBreak="\n",
            lineHeight=NAME_LINE,
            baseline="middle",
            dy=centre - NAME_LINE * (lines - 1) / 2,
        )
        .encode(text=alt.Text("tile_label:N"), color=colour)
        .transform_filter(f"datum.in_cohort && datum.tile_lines == {lines}")
        for lines in range(1, NAME_LINES + 1)
    ]


def _labelled(rows: pl.DataFrame) -> pl.DataFrame:
    label = pl.col("area_name").map_elements(tile_label, return_dtype=pl.String)
    return rows.with_columns(tile_label=label, tile_lines=label.str.count_matches("\n") + 1)


def tile_label(name: str) -> str:
    """Fit an area's name on a tile: small words are dropped, and long words broken, only if need be."""
    lines = _lines(name.split())
    if len(lines) > NAME_LINES:
        lines = _lines([word for word in name.replace(",", "").split() if word not in SMALL_WORDS])
    if len(lines) > NAME_LINES:
        lines = [*lines[: NAME_LINES - 1], f"{lines[NAME_LINES - 1].removesuffix('-')}."]
    return "\n".join(lines)


def _lines(words: list[str]) -> list[str]:
    lines: list[str] = []
    for word in words:
        between = " "
        for piece in _pieces(word):
            if lines and _fits(f"{lines[-1]}{between}{piece}"):
                lines[-1] += between + piece
            else:
                lines.append(piece)
            between = ""
    return lines


def _pieces(word: str) -> list[str]:
    parts = re.findall(r"[^-]+-?|-", word)
    if len(parts) > 1:
        return [piece for part in parts for piece in _pieces(part)]
    if _fits(word):
        return [word]
    for ending in WORD_ENDINGS:
        if word.endswith(ending):
            return [f"{word.removesuffix(ending)}-", ending]
    first = max(length for length in range(1, len(word)) if _fits(f"{word[:length]}-"))
    return [f"{word[:first]}-", *_pieces(word[first:])]


def _fits(text: str) -> bool:
    return caption.text_width(text, NAME_SIZE) <= TILE - 4


def _without_tile(members: pl.DataFrame, rows: pl.DataFrame) -> str:
    gone = sorted(members.join(rows, on="area_code", how="anti")["area_name"].to_list())
    if not gone:
        return ""
    verb = "has" if len(gone) == 1 else "have"
    return f"{caption.listed(gone)} {verb} since been abolished and so {verb} no tile."


def _notes(*notes: str) -> tuple[str, ...]:
    return tuple(note for note in notes if note)
