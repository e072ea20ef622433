"""Inspections in time: the history of a cohort, one row an area, and the timeline of one area beside events."""

from __future__ import annotations

from typing import Any

import altair as alt
import polars as pl

from analysis.charts import caption, frames, marks, theme
from analysis.charts.caption import Credit
from analysis.charts.figure import Figure
from analysis.schema import codes

ROW = 18
PLOT = 640
NAME_ROOM = 200
MARK = 165
GUTTER = 48
SHAPES_ABOVE, GRADES_ABOVE = 132, 68
UNDATED_LABEL = "Day not known"
EVENT_LABELS = {"national": "National event", "rotherham": "Rotherham event"}


def inspection_history(history: Any, *, statement: str, credit: Credit) -> Figure:
    """Every inspection and review of the reviewed areas: one row an area, marks in time.

    Args:
        history: what `progress.inspection_history` returns for the fifty: one row an inspection, and one for each
            area without any.
        statement: what the cohort is, counted (`cohorts.statement`).
        credit: source and licence.
    """
    name = "inspection_history_of_the_fifty"
    rows = frames.tidy(
        history,
        name,
        "area_code",
        "area_name",
        "basis",
        "inspection_id",
        "programme",
        "day",
        "grade",
        "grade_rank",
        made_by="progress.inspection_history",
    )
    frames.known(rows, name, "programme", codes.Programme)
    frames.known(rows, name, "grade", codes.Grade)
    areas = rows.select("area_code", "area_name", "basis").unique().sort("basis", "area_name")
    order = areas["area_name"].to_list()
    inspected = rows.filter(pl.col("inspection_id").is_not_null())
    drawn = _encoded(inspected).sort(pl.col("grade").is_not_null(), maintain_order=True)
    across = alt.X("day:T", scale=alt.Scale(type="utc", domain=_years(inspected), nice=False)).title(None)
    down = alt.Y(
        "area_name:N",
        sort=order,
        axis=alt.Axis(title=None, grid=True, labelPadding=8, labelFontSize=11.5),
        scale=alt.Scale(domain=order),
    )
    dated = alt.Chart(frames.marks(drawn.filter(pl.col("day").is_not_null())))
    layers: list[Any] = [
        _points(dated, drawn).encode(
            x=across.axis(marks.utc_axis(orient="top", grid=True)), y=down, tooltip=_tooltip()
        ),
        _letters(dated).encode(x=across.axis(marks.utc_axis(orient="bottom")), y=down, tooltip=_tooltip()),
    ]
    undated = drawn.filter(pl.col("day").is_null())
    if not undated.is_empty():
        aside = alt.Chart(frames.marks(undated))
        layers += [
            _points(aside, drawn).encode(x=alt.value(PLOT + GUTTER), y=down, tooltip=_tooltip()),
            alt.Chart(frames.marks(undated.head(1)))
            .mark_text(text=UNDATED_LABEL.replace(" not", "\nnot"), lineBreak="\n", fontSize=11, dy=-26, lineHeight=12)
            .encode(x=alt.value(PLOT + GUTTER), y=alt.value(0)),
        ]
    silent = rows.filter(pl.col("inspection_id").is_null())
    if not silent.is_empty():
        layers.append(
            alt.Chart(frames.marks(silent))
            .mark_text(text="no inspection on record", align="left", fontStyle="normal", color=theme.QUIET_TEXT)
            .encode(x=alt.value(4), y=down)
        )
    ever = inspected.filter(pl.col("grade") == codes.Grade.INADEQUATE)["area_code"].n_unique()
    latest = (
        inspected.filter(pl.col("grade").is_not_null() & pl.col("day").is_not_null())
        .sort("day")
        .group_by("area_code")
        .last()
    )
    standing = {grade: latest.filter(pl.col("grade") == grade).height for grade in marks.GRADES}
    now = caption.listed([f"{number} {codes.GRADE_LABELS[grade].lower()}" for grade, number in standing.items()])
    by_programme = caption.listed(
        [
            f"{number} × {codes.PROGRAMME_LABELS[programme]}"
            for programme in codes.Programme
            if (number := inspected.filter(pl.col("programme") == programme).height)
        ]
    )
    first, last = caption.day(inspected["day"].min()), caption.day(inspected["day"].max())
    gaps = f" Without a known day, at the right: {caption.counted(undated.height, 'review')}." if undated.height else ""
    none = f" {caption.counted(silent.height, 'area')} had no inspection on record." if silent.height else ""
    return Figure(
        name=name,
        chart=alt.layer(*layers).properties(width=PLOT, height=ROW * len(order)),
        headline=f"{ever} of {areas.height} reviewed areas: inadequate overall at least once",
        subtitle=(
            f"Inspections and reviews published from {first} to {last}, with the overall grade where one was given. "
            f"{statement}; CQC areas first, then by name."
        ),
        source=credit.source,
        licence=credit.licence,
        reading=(
            "One row an area, one mark an inspection or review on the day of its report. The shape says what it "
            "was, shade and letter the overall grade: I inadequate, R requires improvement, G good, O "
            "outstanding."
        ),
        alt_text=(
            f"Timeline with a row for each of {areas.height} areas and {inspected.height} inspections and reviews "
            f"({by_programme}), {first} to {last}. {ever} areas were judged inadequate overall at least once. "
            f"By their latest overall grade shown, {latest.height} areas stand at: {now}.{gaps}{none}"
        ),
        data=rows,
        notes=(
            "The letter on a mark is the overall grade; open marks stand for programmes, or inspections, that give "
            "none. No mark means no report on record, not that nothing was found.",
        ),
        width=PLOT + NAME_ROOM,
    )


def area_timeline(timeline: Any, *, area_name: str, slug: str, credit: Credit) -> Figure:
    """One area's inspections and reviews beside national events (and Rotherham's own, for Rotherham).

    Args:
        timeline: what `progress.timeline` returns: one row an event or inspection.
        area_name: the area.
        slug: its name for files (`areas.slug`).
        credit: source and licence.
    """
    name = f"timeline_{slug.replace('-', '_')}"
    rows = frames.tidy(
        timeline,
        name,
        "day",
        "kind",
        "label",
        "description",
        "programme",
        "grade",
        "inspection_id",
        made_by="progress.timeline",
    )
    frames.known(rows, name, "kind", [*EVENT_LABELS, "inspection"])
    frames.known(rows, name, "programme", codes.Programme)
    frames.known(rows, name, "grade", codes.Grade)
    rows = rows.sort("day", "kind", "label", maintain_order=True)
    drawn = (
        _encoded(rows)
        .with_row_index("line")
        .with_columns(
            words=pl.col("day").map_elements(_short_day, return_dtype=pl.String)
            + ": "
            + pl.when(pl.col("kind") == "inspection")
            .then(pl.col("programme_label") + pl.col("grade_words"))
            .otherwise(pl.col("label")),
            told=pl.when(pl.col("kind") == "inspection")
            .then(pl.format("{} ({})", "grade_label", "inspection_id"))
            .otherwise(pl.col("description")),
        )
    )
    start, end = _years(rows)
    middle = rows["day"].min() + (rows["day"].max() - rows["day"].min()) * 0.55  # type: ignore[operator]
    base = alt.Chart(frames.marks(drawn.with_columns(side=pl.col("day") <= middle)))
    across = alt.X(
        "day:T",
        scale=alt.Scale(type="utc", domain=[start, end], nice=False),
        axis=marks.utc_axis(grid=True, orient="top"),
    ).title(None)
    down = alt.Y("line:O", axis=None)
    tooltip = [
        alt.Tooltip("programme_label:N", title="What"),
        alt.Tooltip("day_words:N", title="Day"),
        alt.Tooltip("told:N", title="In words"),
    ]
    placed = base.encode(x=across, y=down, tooltip=tooltip)
    said = placed.encode(text=alt.Text("words:N"))
    layers = [
        _points(placed, drawn),
        _letters(placed),
        said.mark_text(align="left", dx=13, baseline="middle").transform_filter("datum.side"),
        said.mark_text(align="right", dx=-13, baseline="middle").transform_filter("!datum.side"),
    ]
    graded = rows.filter(pl.col("grade").is_not_null())
    inspections = rows.filter(pl.col("kind") == "inspection").height
    events = rows.height - inspections
    spelled = [
        f"{codes.PROGRAMME_LABELS[row['programme']]}, {caption.day(row['day'])}: "
        f"{codes.GRADE_LABELS[row['grade']].lower()}"
        for row in graded.iter_rows(named=True)
    ]
    listed_events = [
        f"{row['label']} ({caption.day(row['day'])})"
        for row in rows.filter(pl.col("kind") != "inspection").iter_rows(named=True)
    ]
    return Figure(
        name=name,
        chart=alt.layer(*layers, width=PLOT + 120, height=24 * rows.height),
        headline=_timeline_headline(area_name, graded),
        subtitle=(
            f"{caption.counted(inspections, 'inspection and review', 'inspections and reviews')} of {area_name} by day "
            f"of publication, beside {caption.counted(events, 'event')}. Grades are overall effectiveness."
        ),
        source=credit.source,
        licence=credit.licence,
        reading=(
            "Time runs to the right and each event has its own row. The shape says what it was, shade and "
            "letter the overall grade: I inadequate, R requires improvement, G good, O outstanding."
        ),
        alt_text=(
            f"Timeline of {area_name} with "
            f"{caption.counted(inspections, 'inspection or review', 'inspections or reviews')} and "
            f"{caption.counted(events, 'event')}. "
            + (f"Overall grades: {'; '.join(spelled)}. " if spelled else "No overall grade was given. ")
            + (f"Events: {'; '.join(listed_events)}." if listed_events else "")
        ).strip(),
        data=rows,
        notes=("A grade speaks of the council's services for children as a whole, not of exploitation alone.",),
        width=PLOT + 120,
    )


def _timeline_headline(area_name: str, graded: pl.DataFrame) -> str:
    if graded.is_empty():
        return caption.headline(f"{area_name} has no overall grade on record", "No overall grade on record")
    first, last = graded.row(0, named=True), graded.row(-1, named=True)
    before, after = (codes.GRADE_LABELS[row["grade"]].lower() for row in (first, last))
    if graded.height == 1:
        return caption.headline(
            f"{area_name} was judged {before} in {first['day'].year}", f"Judged {before} in {first['day'].year}"
        )
    later = f" and in {last['day'].year}" if before == after else f", {after} in {last['day'].year}"
    move = f"{before} in {first['day'].year}{later}"
    return caption.headline(f"{area_name}: {move}", move.capitalize())


def _short_day(day: Any) -> str:
    return f"{day.day} {caption.MONTHS[day.month - 1][:3]} {day.year}"


def _encoded(rows: pl.DataFrame) -> pl.DataFrame:
    kinds = EVENT_LABELS if "kind" in rows.columns else {}
    shape = pl.col("programme").replace_strict(codes.PROGRAMME_LABELS, default=None, return_dtype=pl.String)
    if kinds:
        shape = (
            pl.when(pl.col("kind") == "inspection")
            .then(shape)
            .otherwise(pl.col("kind").replace_strict(kinds, default=None, return_dtype=pl.String))
        )
    return rows.with_columns(
        programme_label=shape,
        grade_label=pl.col("grade").map_elements(marks.grade_label, return_dtype=pl.String, skip_nulls=False),
        grade_words=(
            ", " + pl.col("grade").replace_strict(codes.GRADE_LABELS, return_dtype=pl.String).str.to_lowercase()
        ).fill_null(""),
        letter=pl.col("grade").replace_strict(marks.GRADE_LETTERS, default="", return_dtype=pl.String),
    )


def _years(rows: pl.DataFrame) -> list[str]:
    first, last = rows["day"].min(), rows["day"].max()
    return [f"{first.year}-01-01", f"{last.year + 1}-01-01"]  # type: ignore[union-attr]


def _tooltip() -> list[alt.Tooltip]:
    return [
        alt.Tooltip("programme_label:N", title="What"),
        alt.Tooltip("day_words:N", title="Day"),
        alt.Tooltip("grade_label:N", title="Overall grade"),
        alt.Tooltip("inspection_id:N", title="Inspection"),
    ]


def _points(base: alt.Chart, drawn: pl.DataFrame) -> Any:
    shapes = {
        **{codes.PROGRAMME_LABELS[code]: shape for code, shape in marks.PROGRAMME_SHAPES.items()},
        **{EVENT_LABELS[kind]: shape for kind, shape in marks.EVENT_SHAPES.items()},
    }
    used = set(drawn["programme_label"].drop_nulls())
    shown = {label: shape for label, shape in shapes.items() if label in used}
    ungraded = drawn["grade"].null_count() > 0
    scale = marks.grade_scale(with_not_graded=ungraded)
    return base.mark_point(size=MARK, filled=True, stroke=theme.DARK_GREY, strokeWidth=1, opacity=1).encode(
        shape=alt.Shape(
            "programme_label:N",
            scale=alt.Scale(domain=list(shown), range=list(shown.values())),
            legend=_legend(SHAPES_ABOVE, columns=3, symbolFillColor=theme.PAPER),
        ).title("Shape: programme"),
        fill=alt.Fill(
            "grade_label:N",
            scale=scale,
            legend=_legend(GRADES_ABOVE, columns=5, symbolType="circle"),
        ).title("Colour and letter: overall grade"),
    )


def _legend(above: int, **options: Any) -> alt.Legend:
    """Place a legend by hand, since two at the top would stand side by side and be wider than the picture."""
    return alt.Legend(orient="none", legendX=0, legendY=-above, symbolStrokeColor=theme.DARK_GREY, **options)


def _letters(base: alt.Chart) -> Any:
    return base.mark_text(fontSize=9, fontWeight="bold", baseline="middle", dy=0.5).encode(
        text=alt.Text("letter:N"), color=marks.letter_colour()
    )
