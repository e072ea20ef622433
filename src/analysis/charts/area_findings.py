"""One area's findings by theme and inspection, in order of publication: counts by polarity, exploitation apart."""

from __future__ import annotations

from itertools import product
from typing import Any

import altair as alt
import polars as pl

from analysis.charts import caption, frames, marks, theme
from analysis.charts.caption import Credit
from analysis.charts.figure import Figure
from analysis.charts.sheet import state_marks
from analysis.schema import codes

SHORT_PROGRAMMES: dict[str, str] = {
    codes.Programme.SIF: "Single inspection",
    codes.Programme.SIF_REINSPECTION: "Re-inspection",
    codes.Programme.ILACS_STANDARD: "ILACS standard",
    codes.Programme.ILACS_SHORT: "ILACS short",
    codes.Programme.JTAI: "JTAI letter",
    codes.Programme.CQC_CLAS: "CQC review",
}
POLARITY_STYLES: dict[str, tuple[str, str, float]] = {
    "weakness": ("triangle-down", theme.DARK_BLUE, -1.0),
    "strength": ("circle", theme.TURQUOISE, 0.0),
    "progress": ("diamond", theme.DARK_PINK, 0.0),
}
"""Shape, colour, and by how much the shape is moved to stand in the middle of its line."""
POLARITY_WORDS = {
    "weakness": ("weakness", "weaknesses"),
    "strength": ("strength", "strengths"),
    "progress": ("sign of progress", "signs of progress"),
}
ON = "on exploitation"

READ, PUBLIC_PAGES, NOT_READ = "read whole", "from public pages", "not read"
EMPTY_WORDS = {
    "silent": "Read: no finding under it",
    "not_read": "Not known: report not read",
    "not_inspected": "Does not look at boards",
}
"""The cells without a finding, marked as on the sheets of all areas."""

ROW, LINE, NAME_ROOM = 31, 13, 142
PLOT, WIDEST, NARROWEST = 570, 150, 92
HEADS = {"short": -68, "month": -53, "known_from": -38}
HEAD_SIZE, GRADE_PLACE, GRADE_TILE = 11, -15, 260
SHAPE, SLOT = 55, 40
LEGEND_ROW, LEGEND_COLUMN, LEGEND_TEXT = 20, 190, 14
CELL = ("theme", "inspection_order")
MARK = (*CELL, "polarity")


def findings_of_area(
    findings: Any, inspections: Any, labels: dict[str, str], *, area_name: str, slug: str, credit: Credit
) -> Figure:
    """What each inspection of one area reported, by theme; themes without a finding are left out.

    Args:
        findings: one row a finding of the area, on any subject: `finding_id`, `inspection_id`, `theme`, `polarity`,
            `on_exploitation` (whether its judgement is passed on exploitation).
        inspections: one row an inspection of the area, in the order of the columns: `inspection_id`, `programme`,
            `published`, `grade` (overall; empty where none was given), `read` (whether its report was read whole).
        labels: the themes in words.
        area_name: the area.
        slug: its name for files (`areas.slug`).
        credit: source and licence.

    Raises:
        ChartDataError: the area has no finding, so that there is nothing to draw, an inspection is there twice, or a
            finding belongs to none of them.
    """
    name = f"findings_{slug.replace('-', '_')}"
    found = frames.behind(
        findings, name, "finding_id", "inspection_id", "theme", "polarity", "on_exploitation"
    ).with_columns(pl.col("on_exploitation").fill_null(value=False))
    heads = _heads(
        frames.tidy(
            inspections,
            name,
            "inspection_id",
            "programme",
            "published",
            "grade",
            "read",
            made_by="catalogue.Tables.inspections_of",
        ),
        name,
    )
    frames.known(found, name, "theme", labels)
    frames.known(found, name, "polarity", POLARITY_STYLES)
    frames.known(found, name, "inspection_id", heads["inspection_id"])
    if not found["finding_id"].is_unique().all():
        raise frames.ChartDataError(f"chart {name}: wants one row a finding")
    heads = _with_basis(heads, found)
    placed = found.join(heads.select("inspection_id", "inspection_order"), on="inspection_id", how="left")
    order = [code for code in codes.THEME_CODES if code in set(found["theme"])]
    counts = placed.group_by(MARK).agg(count=pl.len(), on_exploitation=pl.col("on_exploitation").sum())
    rows = (
        counts.join(heads, on="inspection_order", how="left")
        .sort(pl.col("theme").cast(pl.Enum(order)), "inspection_order", pl.col("polarity").cast(_POLARITIES))
        .select(*MARK, "inspection_id", "programme", "published", "known_from", "count", "on_exploitation")
    )
    cells = _cells(rows, heads, order, labels)
    counted = _counted(rows, heads)
    return Figure(
        name=name,
        chart=alt.vconcat(_legend(rows, cells, heads), _table(rows, cells, heads, order, labels), spacing=16),
        headline=_headline(area_name, rows, heads),
        subtitle=(
            f"What inspectors reported in {area_name}, by theme and inspection, in order of publication. {counted} "
            "Filled shapes count what is on exploitation, open shapes all else."
        ),
        source=credit.source,
        licence=credit.licence,
        reading=(
            "One column an inspection in order of publication, with its overall grade; one row a theme. In a cell, ▼ "
            "counts weaknesses, ○ strengths and ◇ progress: filled shapes on the upper line those on exploitation, "
            "open shapes on the lower line all else. Each finding is counted once."
        ),
        alt_text=(
            f"Table of {caption.counted(len(order), 'theme')} by "
            f"{caption.counted(heads.height, 'inspection or review', 'inspections or reviews')} of {area_name}, in "
            f"order of publication. {counted} {' '.join(_by_inspection(rows, heads))}"
        ),
        data=rows,
        notes=_notes(cells, heads),
        width=NAME_ROOM + max(PLOT, round(_column(heads) * heads.height)),
        behind=placed.select(*MARK, "finding_id"),
    )


_POLARITIES = pl.Enum(list(POLARITY_STYLES))


def _heads(inspections: pl.DataFrame, name: str) -> pl.DataFrame:
    """One row an inspection: its place among the columns, and its heading."""
    frames.known(inspections, name, "programme", SHORT_PROGRAMMES)
    frames.known(inspections, name, "grade", codes.Grade)
    if not inspections["inspection_id"].is_unique().all():
        raise frames.ChartDataError(f"chart {name}: wants one row an inspection")
    return inspections.select(
        "inspection_id",
        "programme",
        "published",
        "grade",
        "read",
        inspection_order=pl.int_range(1, pl.len() + 1),
        month=pl.col("published").map_elements(_month, pl.String, skip_nulls=False),
        short=pl.col("programme").replace_strict(SHORT_PROGRAMMES, return_dtype=pl.String),
        letter=pl.col("grade").replace_strict(marks.GRADE_LETTERS, default=None, return_dtype=pl.String),
    )


def _month(day: Any) -> str:
    return "day not known" if day is None else f"{caption.MONTHS[day.month - 1][:3]} {day.year}"


def _with_basis(heads: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """Say of each inspection from what its findings are known."""
    reported = pl.col("inspection_id").is_in(found["inspection_id"].unique().to_list())
    basis = pl.when("read").then(pl.lit(READ)).when(reported).then(pl.lit(PUBLIC_PAGES)).otherwise(pl.lit(NOT_READ))
    return heads.with_columns(known_from=basis)


def _cells(rows: pl.DataFrame, heads: pl.DataFrame, order: list[str], labels: dict[str, str]) -> pl.DataFrame:
    """One row a theme and inspection: what it holds in words, or why it holds nothing (`state`)."""
    told = {
        key: caption.listed([_in_words(row) for row in of_cell.iter_rows(named=True)])
        for key, of_cell in rows.group_by(CELL, maintain_order=True)
    }
    cells = []
    for code in order:
        for head in heads.iter_rows(named=True):
            words = told.get((code, head["inspection_order"]))
            state = "found" if words else _empty(code, head)
            cells.append(
                {
                    "theme": code,
                    "inspection_order": head["inspection_order"],
                    "theme_label": labels[code],
                    "inspection": f"{codes.PROGRAMME_LABELS[head['programme']]}, {head['month']}, {head['known_from']}",
                    "state": state,
                    "told": words or EMPTY_WORDS[state],
                }
            )
    return pl.DataFrame(cells)


def _empty(code: str, head: dict[str, Any]) -> str:
    looks_elsewhere = head["programme"] in codes.GRADED_PROGRAMMES and head["programme"] not in codes.LOOK_AT_BOARDS
    if code == codes.BOARD_THEME and looks_elsewhere:
        return "not_inspected"
    return "silent" if head["read"] else "not_read"


def _in_words(row: dict[str, Any]) -> str:
    said = caption.counted(row["count"], *POLARITY_WORDS[row["polarity"]])
    return f"{said} ({row['on_exploitation']} {ON})"


def _column(heads: pl.DataFrame) -> float:
    return max(NARROWEST, min(WIDEST, PLOT / heads.height))


def _table(
    rows: pl.DataFrame, cells: pl.DataFrame, heads: pl.DataFrame, order: list[str], labels: dict[str, str]
) -> Any:
    column = _column(heads)
    places = heads["inspection_order"].to_list()
    across = alt.X("inspection_order:O", scale=alt.Scale(domain=places, paddingInner=0, paddingOuter=0), axis=None)
    down = alt.Y("theme:N", scale=alt.Scale(domain=order, paddingInner=0, paddingOuter=0), axis=None)
    tooltip = [
        alt.Tooltip("theme_label:N", title="Theme"),
        alt.Tooltip("inspection:N", title="Inspection"),
        alt.Tooltip("told:N", title="Reported"),
    ]
    base = alt.Chart(frames.marks(cells)).encode(x=across, y=down, tooltip=tooltip)
    split = _split(rows)
    counts = alt.Chart(frames.marks(split.join(cells, on=CELL, how="left"))).encode(x=across, y=down, tooltip=tooltip)
    return alt.layer(
        base.mark_rect(fill=theme.PAPER, stroke=theme.GRID, strokeWidth=0.75),
        *state_marks(base, cells["state"].unique()),
        *_count_marks(counts, split, min(SLOT, (column - 6) / len(POLARITY_STYLES))),
        *_row_names(order, labels, down),
        *_column_heads(heads, across),
        width=column * heads.height,
        height=ROW * len(order),
    )


def _split(rows: pl.DataFrame) -> pl.DataFrame:
    """Two marks a row: what is on exploitation, and what is not."""
    on = rows.select(*MARK, n="on_exploitation", on=pl.lit(value=True))
    others = rows.select(*MARK, n=pl.col("count") - pl.col("on_exploitation"), on=pl.lit(value=False))
    return pl.concat([on, others]).filter(pl.col("n") > 0)


def _kinds(split: pl.DataFrame) -> list[tuple[str, bool]]:
    """The kinds of findings that are there: polarity, and whether on exploitation."""
    present = set(split.select("polarity", "on").iter_rows())
    return [kind for kind in product(POLARITY_STYLES, (True, False)) if kind in present]


def _is(polarity: str, *, on: bool) -> str:
    return f"datum.polarity === '{polarity}' && datum.on === {str(on).lower()}"


def _count_marks(base: Any, split: pl.DataFrame, slot: float) -> list[Any]:
    """A shape and a number a polarity: filled on the upper line for exploitation, open on the lower for all else."""
    layers = []
    places = {polarity: place for place, polarity in enumerate(POLARITY_STYLES)}
    numbered = base.encode(text=alt.Text("n:Q"))
    for polarity, on in _kinds(split):
        middle = (places[polarity] - (len(places) - 1) / 2) * slot
        line = -LINE / 2 if on else LINE / 2
        number = numbered.mark_text(
            align="left", baseline="middle", fontWeight="bold" if on else "normal", xOffset=middle - 1, yOffset=line
        )
        layers += [
            mark.transform_filter(_is(polarity, on=on))
            for mark in (_shape(base, polarity, filled=on, x=middle - 8, y=line), number)
        ]
    return layers


def _shape(base: Any, polarity: str, *, filled: bool, x: float = 0, y: float = 0) -> Any:
    shape, colour, lift = POLARITY_STYLES[polarity]
    return base.mark_point(
        shape=shape,
        filled=True,
        fill=colour if filled else theme.PAPER,
        stroke=colour,
        strokeWidth=1.5,
        size=SHAPE,
        opacity=1,
        xOffset=x,
        yOffset=y + lift,
    )


def _row_names(order: list[str], labels: dict[str, str], down: alt.Y) -> list[Any]:
    split = {code: caption.balance(labels[code], NAME_ROOM - 10, theme.BODY_SIZE) for code in order}
    return [
        alt.Chart(
            alt.InlineData(
                values=[{"theme": code, "words": lines} for code, lines in split.items() if len(lines) == number]
            )
        )
        .mark_text(align="right", baseline="middle", dx=-8, dy=-LINE * (number - 1) / 2, lineHeight=LINE)
        .encode(x=alt.value(0), y=down, text=alt.Text("words:N"))
        for number in sorted({len(lines) for lines in split.values()})
    ]


def _column_heads(heads: pl.DataFrame, across: alt.X) -> list[Any]:
    base = alt.Chart(frames.marks(heads.drop("published"))).encode(x=across)
    lines = [
        base.mark_text(
            baseline="middle", fontSize=HEAD_SIZE, fontWeight="bold" if field == "month" else "normal"
        ).encode(y=alt.value(place), text=alt.Text(f"{field}:N"))
        for field, place in HEADS.items()
    ]
    at_grade = base.encode(y=alt.value(GRADE_PLACE))
    said = alt.Chart(alt.InlineData(values=[{}])).mark_text(
        text="Overall grade", align="right", baseline="middle", dx=-8
    )
    none = at_grade.mark_text(text="no grade", baseline="middle", fontSize=HEAD_SIZE)
    return [
        *lines,
        said.encode(x=alt.value(0), y=alt.value(GRADE_PLACE)),
        *_grades(at_grade, heads),
        *([none.transform_filter("datum.grade === null")] if heads["grade"].null_count() else []),
    ]


def _grades(base: Any, heads: pl.DataFrame) -> list[Any]:
    """Tiles with letters; none where no inspection gave a grade."""
    if heads["grade"].null_count() == heads.height:
        return []
    colour = alt.Scale(domain=list(marks.GRADES), range=list(marks.GRADE_COLOURS.values()))
    given = "isValid(datum.grade)"
    return [
        base.mark_point(shape="square", filled=True, size=GRADE_TILE, stroke=theme.DARK_GREY, strokeWidth=1, opacity=1)
        .encode(fill=alt.Fill("grade:N", scale=colour, legend=None))
        .transform_filter(given),
        base.mark_text(baseline="middle", fontWeight="bold")
        .encode(text=alt.Text("letter:N"), color=marks.letter_colour())
        .transform_filter(given),
    ]


def _legend(rows: pl.DataFrame, cells: pl.DataFrame, heads: pl.DataFrame) -> Any:
    """Three lines: shapes with how many findings each counts, cells without a finding, and the grades given."""
    split = _split(rows)
    used = [polarity for polarity in POLARITY_STYLES if polarity in set(split["polarity"])]
    entries: list[dict[str, Any]] = []
    line = 0
    for on in (True, False):
        for place, polarity in enumerate(used):
            number = split.filter((pl.col("polarity") == polarity) & (pl.col("on") == on))["n"].sum()
            label = codes.POLARITY_LABELS[polarity]
            words = f"{label} {ON} ({number})" if on else f"Other {label.lower()} ({number})"
            entries.append(
                {"polarity": polarity, "on": on, "words": words, "left": place * LEGEND_COLUMN, "line": line}
            )
        line += 1
    states = [state for state in EMPTY_WORDS if state in set(cells["state"])]
    entries += [
        {"state": state, "words": EMPTY_WORDS[state], "left": place * LEGEND_COLUMN, "line": line}
        for place, state in enumerate(states)
    ]
    line += bool(states)
    left = 0.0
    for grade in marks.GRADES:
        if grade in set(heads["grade"]):
            words = codes.GRADE_LABELS[grade]
            entries.append(
                {"grade": grade, "letter": marks.GRADE_LETTERS[grade], "words": words, "left": left, "line": line}
            )
            left += LEGEND_TEXT + 26 + caption.text_width(words, theme.BODY_SIZE)
    line += left > 0
    base = alt.Chart(alt.InlineData(values=entries)).encode(
        x=alt.X("left:Q", scale=alt.Scale(domain=[0, PLOT], nice=False), axis=None),
        y=alt.Y("line:O", scale=alt.Scale(domain=list(range(line)), paddingOuter=0), axis=None),
    )
    shapes = [
        _shape(base, polarity, filled=on).transform_filter(_is(polarity, on=on))
        for polarity, on in product(used, (True, False))
    ]
    said = base.mark_text(align="left", baseline="middle", dx=LEGEND_TEXT).encode(text=alt.Text("words:N"))
    layers = [*shapes, *state_marks(base, states), *_grades(base, heads), said]
    return alt.layer(*layers, width=PLOT, height=LEGEND_ROW * line)


def _counted(rows: pl.DataFrame, heads: pl.DataFrame) -> str:
    parts = []
    for basis, words in ((READ, "read whole"), (PUBLIC_PAGES, "known from public pages alone")):
        of_basis = heads.filter(pl.col("known_from") == basis).height
        findings = int(rows.filter(pl.col("known_from") == basis)["count"].sum())
        if of_basis:
            report = caption.counted(of_basis, "report" if basis == READ else "review")
            parts.append(f"{caption.counted(findings, 'finding')} in {report} {words}")
    unread = heads.filter(pl.col("known_from") == NOT_READ).height
    if unread:
        parts.append(f"{caption.counted(unread, 'inspection or review', 'inspections or reviews')} not read")
    said = "; ".join(parts)
    return f"{said}."


def _headline(area_name: str, rows: pl.DataFrame, heads: pl.DataFrame) -> str:
    read = heads.filter(pl.col("read"))["inspection_order"].to_list()
    of_reports = rows.filter(pl.col("inspection_order").is_in(read))
    weaknesses, strengths, progress = (
        int(of_reports.filter(pl.col("polarity") == polarity)["on_exploitation"].sum()) for polarity in POLARITY_STYLES
    )
    if not heads["read"].any():
        known = f"no report read, {caption.counted(int(rows['count'].sum()), 'finding')} from public pages"
        return caption.headline(f"{area_name}: {known}", known.capitalize())
    if not weaknesses + strengths + progress:
        none = f"none of {caption.counted(int(of_reports['count'].sum()), 'finding')} is on exploitation"
        return caption.headline(f"{area_name}: {none}", none.capitalize())
    # Findings from public pages stand in their column and are counted by themselves.
    good = (
        f"{strengths + progress} strengths or progress"
        if strengths and progress
        else caption.counted(progress, *POLARITY_WORDS["progress"])
        if progress
        else caption.counted(strengths, "strength")
    )
    said = f"{caption.counted(weaknesses, *POLARITY_WORDS['weakness'])}, {good} on exploitation"
    return caption.headline(f"{area_name}: {said}", said.capitalize())


def _by_inspection(rows: pl.DataFrame, heads: pl.DataFrame) -> list[str]:
    said = []
    for head in heads.iter_rows(named=True):
        grade = "" if head["grade"] is None else f", {codes.GRADE_LABELS[head['grade']].lower()} overall"
        opening = f"{codes.PROGRAMME_LABELS[head['programme']]}, {head['month']}{grade}, {head['known_from']}"
        own = rows.filter(pl.col("inspection_order") == head["inspection_order"])
        summed = own.group_by("polarity").agg(pl.col("count", "on_exploitation").sum())
        words = [_in_words(row) for row in summed.sort(pl.col("polarity").cast(_POLARITIES)).iter_rows(named=True)]
        none = "no finding" if head["read"] else "nothing can be said"
        said.append(f"{opening}: {caption.listed(words) if words else none}.")
    return said


def _notes(cells: pl.DataFrame, heads: pl.DataFrame) -> tuple[str, ...]:
    states = set(cells["state"])
    notes = [
        "A count of findings is no measure of quality, nor of how grave they are: longer reports list more, and each "
        "programme has its own remit."
        + (
            " A joint letter (JTAI) has one subject of its own."
            if codes.Programme.JTAI in set(heads["programme"])
            else ""
        )
        + " Outside a report’s own lists, only passages on exploitation or missing children were coded.",
    ]
    if "silent" in states:
        notes.append(
            "A dot: the report was read, and no finding stands under the theme, though it may speak of the matter "
            "elsewhere. Silence is not resolution, and nothing "
            "reported is not nothing wrong."
        )
    if "not_read" in states:
        notes.append(
            "A question mark: the report could not be read whole, so that nothing can be said of what it does not show."
        )
    if "not_inspected" in states:
        notes.append("A dash: this programme does not look at safeguarding boards.")
    if heads["published"].null_count():
        notes.append("Where the day of publication is not known, the place among the columns says nothing.")
    if heads["grade"].null_count() < heads.height:
        notes.append(
            "The letter is the overall grade: it speaks of the council’s services for children as a whole, not of "
            "exploitation alone."
        )
    return tuple(notes)
