"""Findings on exploitation on one sheet: every area of a cohort by every theme, each cell one of six states."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any

import altair as alt
import polars as pl

from analysis.charts import caption, frames, theme
from analysis.charts.caption import Credit
from analysis.charts.figure import Figure

STATE_LABELS = {
    "weakness": "Weakness only",
    "both": "Weakness, and strength or progress",
    "strength": "Strength or progress only",
    "silent": "Read: nothing reported on it",
    "not_read": "Inspected, report not read",
    "not_inspected": "No inspection that looks at it",
}
"""The states of a cell as the legend and the tooltip call them."""

ROW, PLOT, WIDEST_COLUMN = 16, 540, 30
REPORTS_ROOM = 34
HEADING_ROOM, HEADING_SIZE, HEADING_LINE = 110, 11, 12
TILE, BESIDE = 150, 5.5
LEGEND_COLUMNS, LEGEND_ROW = 2, 19
LEGEND_NAMES = 20
FULLER = "†"
COUNTS = ("weaknesses", "strengths", "progress")
CELL = ("area_code", "theme")


def areas_by_themes(
    states: Any,
    behind: Any,
    labels: dict[str, str],
    *,
    name: str,
    looked: str,
    fuller: Collection[str] = (),
    statement: str,
    credit: Credit,
) -> Figure:
    """What is known of every area on every theme of exploitation, from the inspections of some years.

    Themes on which no area has a finding are left out and named in the notes.

    Args:
        states: what `weaknesses.states` returns for one cohort and the subject `exploitation`: one row an area and
            theme.
        behind: what `weaknesses.behind` returns for the same cohort, subject and inspections: one row a finding.
        labels: the themes in words.
        name: the figure's name.
        looked: which inspections count, in words (`single inspections, 2014 to 2018`).
        fuller: the codes of areas that had a joint inspection on exploitation, whose rows are fuller for that reason.
        statement: what the cohort is, counted (`cohorts.statement`).
        credit: source and licence.

    Raises:
        ChartDataError: the states are of several cohorts, no report was read, nothing was found, or the findings
            behind are others than those that the states count.
    """
    every = frames.tidy(
        states,
        name,
        "cohort",
        *CELL,
        "area_name",
        "theme_order",
        "state",
        *COUNTS,
        "reports_read",
        made_by="weaknesses.states",
    )
    found = frames.behind(behind, name, *CELL, "finding_id", "on_exploitation").select(
        *CELL, "finding_id", "on_exploitation"
    )
    frames.known(every, name, "state", STATE_LABELS)
    frames.known(every, name, "theme", labels)
    _require_one_sheet(every, found, name)
    order = _themes(every)
    rows = every.filter(pl.col("theme").is_in(order))
    left_out = [labels[code] for code in _in_codebook_order(every) if code not in order]
    cells = {state: rows.filter(pl.col("state") == state).height for state in STATE_LABELS}
    areas = _areas(every)
    read = areas.filter(pl.col("reports") > 0).height
    with_weakness = rows.filter(pl.col("weaknesses") > 0)["area_code"].n_unique()
    kind = looked.split(",")[0]
    kind = kind[0].upper() + kind[1:]
    reports = int(areas["reports"].sum())
    findings = found["finding_id"].n_unique()
    dagger = pl.when(pl.col("area_code").is_in(list(fuller))).then(pl.lit(f" {FULLER}")).otherwise(pl.lit(""))
    drawn = rows.with_columns(area_name=pl.col("area_name") + dagger)
    unread = f" {caption.counted(areas.height - read, 'area')} had no report read." if read < areas.height else ""
    counted = (
        f"{caption.counted(reports, 'report')} that look at it or speak of it, "
        f"{caption.counted(findings, 'finding')} on exploitation. "
        f"{statement}.{unread}"
    )
    return Figure(
        name=name,
        chart=alt.vconcat(_legend(cells), _sheet(drawn, _areas(drawn), order, labels), spacing=12),
        headline=caption.headline(
            f"{kind}: weaknesses on exploitation in {with_weakness} of {read} areas",
            f"{kind}: weaknesses on exploitation in {caption.counted(with_weakness, 'area')}",
        ),
        subtitle=f"What inspectors reported on exploitation, by area and theme: {looked}. {counted}",
        source=credit.source,
        licence=credit.licence,
        reading=(
            "One row an area, one column a theme. Each cell has one of the marks explained above the sheet. Read along "
            "a row for an area and down a column for a theme."
        ),
        alt_text=(
            f"Sheet of {areas.height} areas in alphabetical order by {len(order)} themes, {looked}. {counted} "
            f"Cells: {_spelled(cells)}. Areas by theme: {_by_theme(rows, order, labels)}."
        ),
        data=rows,
        notes=(*_notes(rows, order, labels, left_out), *_of_fuller(rows, fuller)),
        width=_name_room(_areas(drawn)) + PLOT + REPORTS_ROOM,
        behind=found.select(*CELL, "finding_id"),
    )


def _of_fuller(rows: pl.DataFrame, fuller: Collection[str]) -> list[str]:
    if not rows["area_code"].is_in(list(fuller)).any():
        return []
    return [
        f"{FULLER} had a joint inspection on exploitation, gangs or youth violence; its row is fuller for that reason."
    ]


def _require_one_sheet(rows: pl.DataFrame, found: pl.DataFrame, name: str) -> None:
    if rows["cohort"].n_unique() != 1 or not rows.select(CELL).is_unique().all():
        raise frames.ChartDataError(f"chart {name}: wants the states of one cohort, one row an area and theme")
    if not found["on_exploitation"].all():
        raise frames.ChartDataError(
            f"chart {name}: wants findings on exploitation only; give states and behind the subject exploitation"
        )
    counted = rows.select(*CELL, n=pl.sum_horizontal(*COUNTS)).filter(pl.col("n") > 0)
    listed = found.group_by(CELL).agg(listed=pl.col("finding_id").n_unique())
    others = counted.join(listed, on=CELL, how="full", coalesce=True).filter(pl.col("n").ne_missing(pl.col("listed")))
    if not others.is_empty():
        one = others.sort(CELL).row(0, named=True)
        raise frames.ChartDataError(
            f"chart {name}: {one['area_code']} has {one['n'] or 0} findings on {one['theme']} by its state and "
            f"{one['listed'] or 0} behind it; give both the same reports and subject"
        )


def _in_codebook_order(rows: pl.DataFrame) -> list[str]:
    return rows.sort("theme_order")["theme"].unique(maintain_order=True).to_list()


def _themes(rows: pl.DataFrame) -> list[str]:
    """The themes with a finding: those with a weakness in most areas first."""
    weak, order = pl.col("weaknesses"), pl.col("theme_order").first()
    of_themes = rows.group_by("theme").agg(
        areas=(weak > 0).sum(), weaknesses=weak.sum(), found=pl.sum_horizontal(*COUNTS).sum(), order=order
    )
    ranked = of_themes.filter(pl.col("found") > 0).sort(
        "areas", "weaknesses", "found", "order", descending=[True, True, True, False]
    )
    return ranked["theme"].to_list()


def _areas(rows: pl.DataFrame) -> pl.DataFrame:
    """One row an area, by name, with the reports that were read: not all of them look at every theme."""
    return rows.group_by("area_code", "area_name").agg(reports=pl.col("reports_read").max()).sort("area_name")


def _name_room(areas: pl.DataFrame) -> int:
    return 10 + round(max(caption.text_width(area, theme.BODY_SIZE) for area in areas["area_name"]))


def _sheet(rows: pl.DataFrame, areas: pl.DataFrame, order: list[str], labels: dict[str, str]) -> Any:
    words = (pl.col(column).cast(pl.String).fill_null(caption.UNKNOWN).alias(f"{column}_words") for column in COUNTS)
    drawn = rows.select(
        "area_name",
        "theme",
        "state",
        "reports_read",
        *words,
        theme_label=_in_words("theme", labels),
        state_label=_in_words("state", STATE_LABELS),
    )
    names = areas["area_name"].to_list()
    column = min(WIDEST_COLUMN, PLOT / len(order))
    across = alt.X("theme:N", scale=alt.Scale(domain=order, paddingInner=0, paddingOuter=0), axis=None)
    down = alt.Y(
        "area_name:N",
        scale=alt.Scale(domain=names, paddingInner=0, paddingOuter=0),
        axis=alt.Axis(title=None, grid=False, labelPadding=6, labelFontSize=theme.BODY_SIZE),
    )
    tooltip = [
        alt.Tooltip("area_name:N", title="Area"),
        alt.Tooltip("theme_label:N", title="Theme"),
        alt.Tooltip("state_label:N", title="State"),
        alt.Tooltip("weaknesses_words:N", title="Weaknesses"),
        alt.Tooltip("strengths_words:N", title="Strengths"),
        alt.Tooltip("progress_words:N", title="Progress"),
        alt.Tooltip("reports_read:Q", title="Reports read"),
    ]
    cells = alt.Chart(frames.marks(drawn)).encode(x=across, y=down, tooltip=tooltip)
    last = alt.value(column * len(order) + REPORTS_ROOM / 2)
    read = (
        alt.Chart(frames.marks(areas)).mark_text(baseline="middle").encode(x=last, y=down, text=alt.Text("reports:Q"))
    )
    return alt.layer(
        cells.mark_rect(fill=theme.PAPER, stroke=theme.GRID, strokeWidth=0.75),
        *state_marks(cells, rows["state"].unique()),
        read,
        *_headings(order, labels, across),
        _heading(alt.Chart(alt.InlineData(values=[{"heading": ["Reports read"]}])), 1).encode(x=last),
    ).properties(width=column * len(order), height=ROW * len(names))


def _in_words(column: str, labels: dict[str, str]) -> pl.Expr:
    return pl.col(column).replace_strict(labels, return_dtype=pl.String)


def state_marks(base: Any, states: Iterable[str | None]) -> list[Any]:
    """What each state looks like: two shapes, both of them side by side, a small dot, and two tiles with a sign.

    Args:
        base: a chart with places, and rows with a `state`.
        states: the states that the rows have; others than `STATE_LABELS` get no mark.
    """

    def weakness(**place: Any) -> Any:
        return base.mark_point(
            shape="triangle-down", filled=True, size=62, color=theme.DARK_BLUE, opacity=1, yOffset=-1, **place
        )

    def strength(**place: Any) -> Any:
        return base.mark_point(
            shape="circle", filled=False, size=46, stroke=theme.TURQUOISE, strokeWidth=2, opacity=1, **place
        )

    def sign(text: str) -> Any:
        return base.mark_text(text=text, baseline="middle", fontWeight="bold", color=theme.TEXT)

    def tile(**look: Any) -> Any:
        return base.mark_point(shape="square", filled=True, size=TILE, opacity=1, **look)

    looks: dict[str, Callable[[], list[Any]]] = {
        "weakness": lambda: [weakness()],
        "both": lambda: [weakness(xOffset=-BESIDE), strength(xOffset=BESIDE)],
        "strength": lambda: [strength()],
        "silent": lambda: [base.mark_point(shape="circle", filled=True, size=7, color=theme.OUTLINE, opacity=1)],
        "not_read": lambda: [
            tile(fill=theme.PAPER, stroke=theme.DARK_GREY, strokeWidth=1, strokeDash=[2, 2]),
            sign("?"),
        ],
        "not_inspected": lambda: [tile(color=theme.GRID), sign("–")],
    }
    present = set(states)
    return [
        mark.transform_filter(f"datum.state === '{state}'")
        for state, look in looks.items()
        if state in present
        for mark in look()
    ]


def _headings(order: list[str], labels: dict[str, str], across: alt.X) -> list[alt.Chart]:
    """The themes above their columns: upright, since twenty names of that length fit no other way."""
    split = {code: caption.balance(labels[code], HEADING_ROOM, HEADING_SIZE) for code in order}
    return [
        _heading(
            alt.Chart(
                alt.InlineData(
                    values=[{"theme": code, "heading": lines} for code, lines in split.items() if len(lines) == number]
                )
            ),
            number,
        ).encode(x=across)
        for number in sorted({len(lines) for lines in split.values()})
    ]


def _heading(base: alt.Chart, lines: int) -> Any:
    return base.mark_text(
        angle=270,
        align="left",
        baseline="middle",
        fontSize=HEADING_SIZE,
        lineHeight=HEADING_LINE,
        dx=6,
        dy=-HEADING_LINE * (lines - 1) / 2,
    ).encode(y=alt.value(0), text=alt.Text("heading:N"))


def _legend(cells: dict[str, int]) -> Any:
    """The six marks with their words and how many cells have each; a state that no cell has is left out."""
    used = [state for state, number in cells.items() if number]
    words = {state: f"{STATE_LABELS[state]} ({caption.counted(cells[state], 'cell')})" for state in used}
    rows = -(-len(used) // LEGEND_COLUMNS)
    columns = [list(words.values())[first : first + rows] for first in range(0, len(used), rows)]
    starts, left = [], LEGEND_NAMES / 2
    for column in columns:
        starts.append(left)
        left += LEGEND_NAMES + 18 + max(caption.text_width(line, theme.BODY_SIZE) for line in column)
    values = [
        {"state": state, "words": words[state], "left": starts[place // rows], "down": place % rows}
        for place, state in enumerate(used)
    ]
    base = alt.Chart(alt.InlineData(values=values)).encode(
        x=alt.X("left:Q", scale=alt.Scale(domain=[0, left], nice=False, zero=False), axis=None),
        y=alt.Y("down:O", scale=alt.Scale(domain=list(range(rows)), paddingOuter=0), axis=None),
    )
    said = base.mark_text(align="left", baseline="middle", dx=LEGEND_NAMES - 4).encode(text=alt.Text("words:N"))
    return alt.layer(*state_marks(base, used), said).properties(width=left, height=LEGEND_ROW * rows)


def _spelled(cells: dict[str, int]) -> str:
    return "; ".join(f"{STATE_LABELS[state].lower()}, {number}" for state, number in cells.items() if number)


def _by_theme(rows: pl.DataFrame, order: list[str], labels: dict[str, str]) -> str:
    parts = []
    for code in order:
        states = rows.filter(pl.col("theme") == code)["state"]
        weak, good = (states.is_in([state, "both"]).sum() for state in ("weakness", "strength"))
        parts.append(f"{labels[code]}, weaknesses in {weak}, strengths or progress in {good}")
    return "; ".join(parts)


def _notes(rows: pl.DataFrame, order: list[str], labels: dict[str, str], left_out: list[str]) -> tuple[str, ...]:
    notes = [
        "A dot is silence: a report that looked was read and says nothing on exploitation under the theme. That is "
        "neither good nor bad: silence is not resolution, and nothing reported is not nothing wrong.",
    ]
    if "not_inspected" in set(rows["state"]):
        unseen = set(rows.filter(pl.col("state") == "not_inspected")["theme"])
        named = [labels[code] for code in order if code in unseen]
        where = "" if len(named) == len(order) else f" ({caption.listed(named)})"
        notes.append(f"A dash is no silence: no inspection of this kind in the area looks at the theme{where}.")
    notes.append(
        "A mark says that at least one finding was reported, not how many or how grave. Reports differ in length, year "
        "and framework, and more reports give more findings: this is no league table, and two sheets show no change."
    )
    none = f" No area has a finding under {caption.listed(left_out)}." if left_out else ""
    notes.append(
        "A finding stands under its main theme; themes with a weakness in most areas come first. Reviews by CQC could "
        f"not be read whole and are not counted.{none}"
    )
    return tuple(notes)
