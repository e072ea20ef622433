"""Time from an inadequate judgement to a better one."""

from __future__ import annotations

import math
from typing import Any

import altair as alt
import polars as pl

from analysis.charts import caption, frames, theme
from analysis.charts.caption import Credit
from analysis.charts.figure import Figure
from analysis.charts.grades import COHORT_STYLES, SHARED
from analysis.schema import codes

PLOT_WIDTH, PLOT_HEIGHT = 640, 320
RISK_ROW = 22
LABEL_ROOM = 150
DAYS_PER_YEAR = 365.25


def time_to_recovery(curve: Any, times: Any, *, statement: str, credit: Credit) -> Figure:
    """The share of inadequate spells not yet ended by a better judgement, with its interval and numbers at risk.

    Args:
        curve: what `progress.recovery` returns for one or two cohorts and one domain: one row a cohort and step.
        times: what `progress.recovery_times` returns for the same: one row a cohort.
        statement: what the first cohort is, counted (`cohorts.statement`).
        credit: source and licence.
    """
    name = "time_to_recovery"
    rows = frames.tidy(
        curve,
        name,
        *SHARED,
        "days",
        "years",
        "at_risk",
        "events",
        "censored",
        "still_inadequate",
        "low",
        "high",
        made_by="progress.recovery",
    )
    medians = frames.tidy(
        times,
        name,
        *SHARED,
        "spells",
        "areas",
        "events",
        "censored",
        "median_years",
        "low_years",
        "high_years",
        made_by="progress.recovery_times",
    ).sort("cohort_order")
    domain = frames.only(rows, name, "domain")
    frames.only(medians, name, "domain")
    labels = medians["cohort_label"].to_list()
    name = f"{name}_{domain}"
    if len(labels) > len(COHORT_STYLES):
        raise frames.ChartDataError(f"chart {name}: {len(labels)} cohorts, and at most two can be told apart")
    chart = alt.vconcat(_curves(rows, labels), _at_risk(rows, labels), spacing=8)
    focus = medians.row(0, named=True)
    sentences = [_sentence(row) for row in medians.iter_rows(named=True)]
    counts = "; ".join(
        f"{row['cohort_label']}: {caption.counted(row['spells'], 'spell')} in "
        f"{caption.counted(row['areas'], 'area')}, {row['events']} ended by a better judgement, "
        f"{row['censored']} not seen to end"
        for row in medians.iter_rows(named=True)
    )
    return Figure(
        name=name,
        chart=chart,
        headline=_headline(codes.DOMAIN_LABELS[domain], focus["median_years"]),
        subtitle=(
            f"Share of spells of inadequate not yet ended by a better judgement, by "
            f"years since the first report, with 95% intervals (Kaplan–Meier). {statement}."
        ),
        source=credit.source,
        licence=credit.licence,
        reading=(
            "Each line starts at 100% on the day an area was first judged inadequate in the domain and steps "
            "down when one is judged better. A tick is an area last seen still inadequate. Where the line "
            "crosses one half is the median time; the band is the 95% interval."
        ),
        alt_text=f"Step lines falling from 100% at the first inadequate report. {' '.join(sentences)}",
        data=rows,
        notes=(
            f"{counts}. A small upright tick marks a spell not seen to end. When a better judgement comes depends on "
            "when inspectors return as well as on what changed. England includes the reviewed areas.",
        ),
        width=PLOT_WIDTH + LABEL_ROOM,
    )


def _headline(domain: str, median: float | None) -> str:
    if median is None or math.isnan(median):
        return f"{domain}: fewer than half have yet improved"
    halves = caption.round_half_up(2 * median) / 2
    return f"{domain}: half improved within about {halves:g} years"


def _sentence(row: dict[str, Any]) -> str:
    median, low, high = row["median_years"], row["low_years"], row["high_years"]
    count, areas = caption.counted(row["spells"], "spell"), caption.counted(row["areas"], "area")
    spells = f"{row['cohort_label']}: {count} in {areas}"
    if median is None:
        return f"{spells}; fewer than half were seen to end ({row['events']} of {row['spells']})."
    upper = f"{high:.1f} years" if high is not None else "no upper limit"
    lower = f"{low:.1f}" if low is not None else "no lower limit"
    return f"{spells}; half had ended after {median:.1f} years (95% interval {lower} to {upper})."


def _styles(labels: list[str]) -> tuple[alt.Color, alt.StrokeDash]:
    styles = COHORT_STYLES[: len(labels)]
    return (
        alt.Color(
            "cohort_label:N",
            scale=alt.Scale(domain=labels, range=[style[0] for style in styles]),
            legend=alt.Legend(title=None, symbolType="stroke", symbolSize=400, symbolStrokeWidth=2.5, offset=26),
        ),
        alt.StrokeDash(
            "cohort_label:N",
            scale=alt.Scale(domain=labels, range=[style[2] for style in styles]),
            legend=alt.Legend(title=None, symbolType="stroke", symbolSize=400, symbolStrokeWidth=2.5, offset=26),
        ),
    )


def _across(rows: pl.DataFrame, **axis: Any) -> alt.X:
    longest = math.ceil(float(rows["years"].max()))  # type: ignore[arg-type]
    return alt.X(
        "years:Q",
        scale=alt.Scale(domain=[0, longest], nice=False),
        axis=alt.Axis(values=list(range(longest + 1)), format="d", labelFlush=False, **axis),
    )


def _curves(rows: pl.DataFrame, labels: list[str]) -> Any:
    colour, dash = _styles(labels)
    base = alt.Chart(frames.marks(rows))
    down = alt.Y(
        "still_inadequate:Q", scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format="%", values=[0, 0.25, 0.5, 0.75, 1])
    ).title("Spells not yet ended by a better judgement")
    across = _across(rows).title("Years since the first inadequate report")
    tooltip = [
        alt.Tooltip("cohort_label:N", title="Cohort"),
        alt.Tooltip("years:Q", title="Years", format=".1f"),
        alt.Tooltip("still_inadequate:Q", title="Not yet ended", format=".0%"),
        alt.Tooltip("at_risk:Q", title="At risk"),
    ]
    return alt.layer(
        base.transform_filter("datum.low != null && datum.high != null")
        .mark_area(interpolate="step-after", opacity=0.16)
        .encode(x=across, y=alt.Y("low:Q"), y2=alt.Y2("high:Q"), color=colour),
        base.mark_line(interpolate="step-after").encode(x=across, y=down, color=colour, strokeDash=dash),
        base.mark_tick(orient="vertical", size=9, thickness=1.5)
        .encode(x=across, y=down, color=colour, tooltip=tooltip)
        .transform_filter("datum.censored > 0"),
        base.mark_point(size=60, opacity=0).encode(x=across, y=down, tooltip=tooltip),
        alt.Chart(alt.InlineData(values=[{"half": 0.5}]))
        .mark_rule(stroke=theme.OUTLINE, strokeDash=[2, 3])
        .encode(y=alt.Y("half:Q")),
    ).properties(width=PLOT_WIDTH, height=PLOT_HEIGHT)


def _at_risk(rows: pl.DataFrame, labels: list[str]) -> Any:
    longest = math.ceil(float(rows["years"].max()))  # type: ignore[arg-type]
    read_off = pl.DataFrame(
        [
            {"cohort_label": label, "years": year, "at_risk": _under_observation(rows, label, year)}
            for label in labels
            for year in range(longest + 1)
        ]
    )
    return (
        alt.Chart(frames.marks(read_off))
        .mark_text(fontSize=12)
        .encode(
            x=_across(rows, labels=False, ticks=False, domain=False).title(None),
            y=alt.Y(
                "cohort_label:N",
                sort=labels,
                axis=alt.Axis(grid=False, labelPadding=22, titleY=-6, titleX=-LABEL_ROOM),
            ).title("Spells under observation"),
            text=alt.Text("at_risk:Q"),
        )
        .properties(width=PLOT_WIDTH, height=RISK_ROW * len(labels))
    )


def _under_observation(rows: pl.DataFrame, label: str, year: int) -> int:
    later = rows.filter((pl.col("cohort_label") == label) & (pl.col("days") >= year * DAYS_PER_YEAR)).sort("days")
    return int(later["at_risk"][0]) if later.height else 0
