"""Grades: how they are spread over time, the fifty beside England, and how areas moved from first to latest."""

from __future__ import annotations

from typing import Any

import altair as alt
import polars as pl

from analysis.charts import caption, frames, marks, theme
from analysis.charts.caption import Credit
from analysis.charts.figure import Figure
from analysis.schema import codes

FEWEST_AREAS = 10
"""A share of fewer areas than this is not drawn: it says more about chance than about grades."""

COHORT_STYLES = ((theme.DARK_PINK, "circle", [1, 0]), (theme.DARK_GREY, "square", [5, 3]))
"""Colour, shape and dash of the cohort in question and of the one it is set beside."""

PANEL_WIDTH, PANEL_HEIGHT = 330, 170
CELL_WIDTH, CELL_HEIGHT, GRADE_ROOM = 84, 36, 135
SHARED = ("cohort", "cohort_label", "cohort_order", "domain")


def grades_over_time(shares: Any, *, statement: str, credit: Credit) -> Figure:
    """The share of areas at each grade, year by year, one cohort beside another, with intervals.

    Args:
        shares: what `progress.grade_shares` returns for two cohorts and one domain: one row a cohort, day and grade.
        statement: what the first cohort is, counted (`cohorts.statement`).
        credit: source and licence.
    """
    name = "grades_over_time"
    rows = frames.tidy(
        shares,
        name,
        *SHARED,
        "on",
        "grade",
        "grade_rank",
        "count",
        "areas",
        "not_judged",
        "close",
        "share",
        "low",
        "high",
        made_by="progress.grade_shares",
    )
    frames.known(rows, name, "grade", codes.Grade)
    domain = frames.only(rows, name, "domain")
    name = f"{name}_{domain}"
    labels = rows.sort("cohort_order")["cohort_label"].unique(maintain_order=True).to_list()
    if len(labels) > len(COHORT_STYLES):
        raise frames.ChartDataError(f"chart {name}: {len(labels)} cohorts, and at most two can be told apart")
    drawn = rows.filter(pl.col("share").is_not_null() & (pl.col("areas") >= FEWEST_AREAS))
    if drawn["cohort_label"].n_unique() != len(labels):
        raise frames.ChartDataError(f"chart {name}: a cohort has fewer than {FEWEST_AREAS} judged areas throughout")
    top = min(1.0, max(0.6, float(drawn["high"].max())))  # type: ignore[arg-type]
    panels = [_grade_panel(drawn.filter(pl.col("grade") == grade), grade, labels, top) for grade in marks.GRADES]
    chart = alt.concat(*panels, columns=2, spacing={"row": 26, "column": 34})
    ends = {label: _ends(drawn.filter(pl.col("cohort_label") == label)) for label in labels}
    first_day, last_day = drawn["on"].min(), drawn["on"].max()
    sentences = [
        f"{label} ({ends[label]['areas'][0]} areas judged by {caption.day(ends[label]['days'][0])}, "
        f"{ends[label]['areas'][1]} by {caption.day(ends[label]['days'][1])}): "
        + caption.listed(
            [
                f"{codes.GRADE_LABELS[grade].lower()} {caption.percent(before)} to {caption.percent(after)}"
                for grade, (before, after) in ends[label]["shares"].items()
            ]
        )
        for label in labels
    ]
    of_lead = drawn.filter(pl.col("cohort_label") == labels[0])
    all_judged = of_lead.filter(pl.col("not_judged") == 0)["on"].min()
    changes = _clearest_change(of_lead, [all_judged, ends[labels[0]]["days"][1]])
    headline = caption.headline(*(f"{codes.DOMAIN_LABELS[domain]}: {change}" for change in changes))
    behind = [
        f"{label}, {ends[label]['areas'][0]} in {ends[label]['days'][0].year} and {ends[label]['areas'][1]} in "
        f"{ends[label]['days'][1].year}"
        for label in labels
    ]
    return Figure(
        name=name,
        chart=chart,
        headline=headline,
        subtitle=(
            "Share of judged areas at each grade, latest judgement as at each point, "
            f"{caption.day(first_day)} to {caption.day(last_day)}, with 95% intervals. {statement}."
        ),
        source=credit.source,
        licence=credit.licence,
        reading=(
            "One panel a grade. A point is the share of judged areas that stood at the grade on that day, by "
            "their latest judgement; the pale band is its 95% interval. Where the bands of the two lines "
            "overlap, a difference may be chance."
        ),
        alt_text=f"Four line charts, one a grade, {codes.DOMAIN_LABELS[domain].lower()}. {'. '.join(sentences)}.",
        data=rows,
        notes=(
            f"Areas behind the shares: {'; '.join(behind)}. Areas not yet judged are left out of a share, not counted "
            f"as any grade; a share of fewer than {FEWEST_AREAS} areas is not drawn. England includes the reviewed "
            "areas. Intervals are Wilson’s."
            + _early_days(labels[0], all_judged, ends[labels[0]]["days"][0])
            + "".join(
                f" {label}, {ends[label]['days'][1].year}: {ends[label]['close']} of {ends[label]['areas'][1]} "
                "judgements compare only closely across frameworks."
                for label in labels
                if ends[label]["close"]
            ),
        ),
        width=2 * PANEL_WIDTH + 90,
    )


def _grade_panel(rows: pl.DataFrame, grade: str, labels: list[str], top: float) -> Any:
    styles = COHORT_STYLES[: len(labels)]
    base = alt.Chart(frames.marks(rows))
    shown = alt.Legend(title=None, symbolStrokeWidth=0, offset=30)
    colour = alt.Color(
        "cohort_label:N",
        scale=alt.Scale(domain=labels, range=[style[0] for style in styles]),
        legend=shown,
    )
    shape = alt.Shape(
        "cohort_label:N",
        scale=alt.Scale(domain=labels, range=[style[1] for style in styles]),
        legend=shown,
    )
    years = alt.Axis(format="%Y", tickCount=6, labelFlush=False)
    across = alt.X("on:T", scale=alt.Scale(type="utc"), axis=years).title(None)
    percent = alt.Axis(format="%", tickCount=4)
    down = alt.Y("share:Q", scale=alt.Scale(domain=[0, top], nice=False), axis=percent).title("Share of judged areas")
    tooltip = [
        alt.Tooltip("cohort_label:N", title="Cohort"),
        alt.Tooltip("on_words:N", title="As at"),
        alt.Tooltip("count:Q", title="Areas with the grade"),
        alt.Tooltip("areas:Q", title="Areas judged"),
        alt.Tooltip("share:Q", title="Share", format=".0%"),
        alt.Tooltip("low:Q", title="Low", format=".0%"),
        alt.Tooltip("high:Q", title="High", format=".0%"),
    ]
    return alt.layer(
        base.mark_area(opacity=0.16).encode(x=across, y=alt.Y("low:Q"), y2=alt.Y2("high:Q"), color=colour),
        *(
            alt.Chart(frames.marks(rows.filter(pl.col("cohort_label") == label)))
            .mark_line(strokeWidth=2, strokeDash=style[2])
            .encode(x=across, y=down, color=colour)
            for label, style in zip(labels, styles, strict=True)
        ),
        base.mark_point(filled=True, size=42, opacity=1).encode(
            x=across, y=down, color=colour, shape=shape, tooltip=tooltip
        ),
    ).properties(
        width=PANEL_WIDTH,
        height=PANEL_HEIGHT,
        title=alt.TitleParams(codes.GRADE_LABELS[grade], fontSize=14, anchor="start", frame="group", offset=8),
    )


def _early_days(label: str, all_judged: Any, first: Any) -> str:
    if all_judged is None or all_judged == first:
        return ""
    return (
        f" Areas were not inspected in random order: points before {all_judged.year}, when all of the {label} had been "
        "judged, are no fair sample."
    )


def _clearest_change(rows: pl.DataFrame, days: list[Any]) -> list[str]:
    """Name the grade whose share moved most among those whose intervals on two days lie apart, in full and in short.

    Shares of areas judged so far cannot be compared with shares of all of them, so the first day is one on which all
    had been judged; where there is none, no change is named.
    """
    if days[0] is None:
        return ["judgements of the areas inspected so far"]
    moved = []
    for grade in marks.GRADES:
        of_grade = rows.filter(pl.col("grade") == grade)
        first, last = (of_grade.filter(pl.col("on") == day).row(0, named=True) for day in days)
        if first["high"] < last["low"] or last["high"] < first["low"]:
            moved.append((abs(last["share"] - first["share"]), grade, first["share"], last["share"]))
    if not moved:
        return ["no grade’s share clearly changed"]
    _, grade, before, after = max(moved)
    verb = "fell" if after < before else "rose"
    shares = f"{caption.percent(before)} to {caption.percent(after)}"
    name, since = f"‘{codes.GRADE_LABELS[grade].lower()}’", f"since {days[0].year}"
    return [f"{name} {verb} from {shares} {since}", f"{name} {verb}, {shares}, {since}", f"{name} {shares} {since}"]


def _ends(rows: pl.DataFrame) -> dict[str, Any]:
    days = [rows["on"].min(), rows["on"].max()]
    shares = {}
    for grade in marks.GRADES:
        one = rows.filter(pl.col("grade") == grade)
        values = [one.filter(pl.col("on") == day)["share"].to_list() for day in days]
        shares[grade] = tuple(value[0] if value else None for value in values)
    areas = [int(rows.filter(pl.col("on") == day)["areas"][0]) for day in days]
    close = int(rows.filter(pl.col("on") == days[1])["close"][0])
    return {"days": days, "areas": areas, "close": close, "shares": shares}


def first_to_latest(transitions: Any, *, statement: str, credit: Credit) -> Figure:
    """From the first judgement in each domain to the latest: how many areas moved from which grade to which.

    Args:
        transitions: what `progress.transitions` returns for one cohort: one row a domain and pair of grades.
        statement: what the cohort is, counted (`cohorts.statement`).
        credit: source and licence.
    """
    name = "first_to_latest_judgement"
    rows = frames.tidy(
        transitions,
        name,
        *SHARED,
        "from_grade",
        "from_rank",
        "to_grade",
        "to_rank",
        "count",
        "areas",
        "judged_once",
        "not_judged",
        "close",
        made_by="progress.transitions",
    )
    frames.only(rows, name, "cohort")
    frames.known(rows, name, "from_grade", codes.Grade)
    domains = [
        str(domain)
        for domain in codes.Domain
        if not rows.filter((pl.col("domain") == domain) & (pl.col("areas") > 0)).is_empty()
    ]
    if not domains:
        raise frames.ChartDataError(f"chart {name}: no area was judged twice in any domain")
    left_out = [codes.DOMAIN_LABELS[d] for d in codes.Domain if d not in domains and d in set(rows["domain"])]
    highest = int(rows["count"].max())  # type: ignore[arg-type]
    moves = {domain: _moves(rows.filter(pl.col("domain") == domain)) for domain in domains}
    panels = [
        _matrix(rows.filter(pl.col("domain") == domain), domain, moves[domain], highest, place)
        for place, domain in enumerate(domains)
    ]
    lead = domains[0]
    sentences = [
        f"{codes.DOMAIN_LABELS[domain]}: of {move['areas']} areas judged at least twice, {move['better']} were better "
        f"at the latest judgement than at the first, {move['same']} the same and {move['worse']} worse"
        for domain, move in moves.items()
    ]
    close = "; ".join(
        f"{codes.DOMAIN_LABELS[domain].lower()} {move['close']} of {move['areas']}"
        for domain, move in moves.items()
        if move["close"]
    )
    notes = [
        "Counts of areas; 0 is a true zero. Areas judged once or never in a domain cannot move and are left out: "
        + "; ".join(
            f"{codes.DOMAIN_LABELS[domain].lower()} {move['once']} once, {move['never']} never"
            for domain, move in moves.items()
            if move["once"] + move["never"]
        )
        + "."
        if any(move["once"] + move["never"] for move in moves.values())
        else "Counts of areas; 0 is a true zero.",
        "Frameworks changed between first and latest judgements. "
        + (f"Moves that compare only closely: {close}." if close else "Every move compares the same judgement."),
    ]
    if left_out:
        notes.append(f"No area was judged twice in {caption.listed([label.lower() for label in left_out])}.")
    return Figure(
        name=name,
        chart=alt.concat(*panels, columns=2, spacing={"row": 34, "column": 30}),
        headline=f"{moves[lead]['better']} of {moves[lead]['areas']} areas improved overall since first judged"
        if lead == codes.Domain.OVERALL
        else f"{moves[lead]['better']} of {moves[lead]['areas']} areas improved since first judged",
        subtitle=f"Areas by grade at the first (rows) and the latest judgement (columns), by domain. {statement}.",
        source=credit.source,
        licence=credit.licence,
        reading=(
            "One table a domain. Rows are the first judgement, columns the latest; a number counts areas. On "
            "the framed diagonal the grade is the same, right of it better, left of it worse."
        ),
        alt_text=f"Tables of first against latest grade. {'. '.join(sentences)}.",
        data=rows,
        notes=tuple(notes),
        width=2 * 4 * CELL_WIDTH + GRADE_ROOM + 30,
    )


def _moves(rows: pl.DataFrame) -> dict[str, int]:
    up, down = pl.col("to_rank") > pl.col("from_rank"), pl.col("to_rank") < pl.col("from_rank")
    return {
        "areas": int(rows["areas"][0]),
        "once": int(rows["judged_once"][0]),
        "never": int(rows["not_judged"][0]),
        "better": int(rows.filter(up)["count"].sum()),
        "worse": int(rows.filter(down)["count"].sum()),
        "same": int(rows.filter(~up & ~down)["count"].sum()),
        "close": int(rows["close"].sum()),
    }


def _matrix(rows: pl.DataFrame, domain: str, move: dict[str, int], highest: int, place: int) -> Any:
    labels = [codes.GRADE_LABELS[grade] for grade in marks.GRADES]
    drawn = rows.with_columns(
        first=pl.col("from_grade").replace_strict(codes.GRADE_LABELS, return_dtype=pl.String),
        latest=pl.col("to_grade").replace_strict(codes.GRADE_LABELS, return_dtype=pl.String),
        held=pl.col("from_rank") == pl.col("to_rank"),
    )
    tooltip = [
        alt.Tooltip("first:N", title="First"),
        alt.Tooltip("latest:N", title="Latest"),
        alt.Tooltip("count:Q", title="Areas"),
    ]
    base = alt.Chart(frames.marks(drawn)).encode(
        tooltip=tooltip,
        x=alt.X(
            "latest:N",
            sort=labels,
            scale=alt.Scale(paddingInner=0.04, paddingOuter=0),
            axis=alt.Axis(
                orient="top",
                domain=False,
                ticks=False,
                labelExpr="split(datum.label, ' ')",
                labelBaseline="top",
                labelPadding=33,
                titlePadding=2,
                grid=False,
            ),
        ).title("Latest judgement"),
        y=alt.Y(
            "first:N",
            sort=labels,
            scale=alt.Scale(paddingInner=0.06, paddingOuter=0),
            axis=alt.Axis(grid=False, titleX=-GRADE_ROOM, titleY=-6, titleAlign="left", labels=place % 2 == 0),
        ).title("First judgement" if place % 2 == 0 else None),
    )
    some = base.transform_filter("datum.count > 0")
    return alt.layer(
        base.mark_rect(fill=theme.PAPER, stroke=theme.GRID),
        some.mark_rect().encode(
            fill=alt.Fill(
                "count:Q",
                scale=alt.Scale(domain=[1, max(2, highest)], range=[theme.PALE_BLUE, theme.LIGHT_BLUE]),
                legend=None,
            ),
        ),
        base.mark_rect(fillOpacity=0, stroke=theme.TEXT, strokeWidth=2).transform_filter("datum.held"),
        base.mark_text(fontSize=14).encode(
            text=alt.Text("count:Q"),
            color=alt.condition("datum.count > 0", alt.value(theme.TEXT), alt.value(theme.OUTLINE)),
        ),
    ).properties(
        width=CELL_WIDTH * 4,
        height=CELL_HEIGHT * 4,
        title=alt.TitleParams(
            codes.DOMAIN_LABELS[domain],
            subtitle=f"{move['areas']} areas: {move['better']} better (right of the frame), {move['same']} same "
            f"(framed), {move['worse']} worse",
            fontSize=14,
            subtitleFontSize=12,
            anchor="start",
            frame="group",
            offset=10,
        ),
    )
