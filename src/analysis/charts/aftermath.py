"""After a weakness: what later reports say of it, and whether it comes again more often than chance would have it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import polars as pl

from analysis.charts import caption, frames, marks, theme
from analysis.charts.caption import Credit
from analysis.charts.figure import Figure
from analysis.schema import codes

AFTERMATH_STYLES: dict[str, tuple[str, str, str]] = {
    "answered": ("Strength or progress since", theme.DARK_BLUE, theme.PAPER),
    "theme_only": ("Theme only, exploitation not named", theme.MID_BLUE, theme.PAPER),
    "silent_since": ("No later finding", theme.PALE_BLUE, theme.TEXT),
    "not_read": ("Inspected, not read", theme.GRID, theme.TEXT),
    "at_latest": ("No graded inspection since", theme.PAPER, theme.TEXT),
}
"""What reports since the last weakness say: in words, the colour of the bar and that of its number."""

FEWEST_PAIRS = 5
"""A share of fewer pairs of reports than this is not drawn."""

AFTER = ("cohort", "theme", "theme_order", "aftermath", "aftermath_order", "count", "areas", "share", "low", "high")
AGAIN = (
    "cohort",
    "theme",
    "theme_order",
    "pairs",
    "earlier",
    "persistent",
    "share",
    "low",
    "high",
    "expected",
    "chance",
    "chance_low",
    "chance_high",
)
PLOT_WIDTH, ROW, NAME_ROOM = 320, 24, 214
FIRST_COLUMN, SECOND_COLUMN = 52, 150
HALF_BAND = 8
BAND: dict[str, Any] = {"fill": theme.GRID, "stroke": theme.OUTLINE, "strokeWidth": 0.75}


def what_became(shares: Any, behind: Any, labels: Mapping[str, str], *, statement: str, credit: Credit) -> Figure:
    """What became of weaknesses on exploitation, by theme: answered since, silence since, or nobody can know.

    Args:
        shares: what `weaknesses.aftermath_shares` returns for one cohort: one row a theme and aftermath.
        behind: the weaknesses counted, each with what became of it: one row a finding, with `theme`, `aftermath`,
            `finding_id`.
        labels: the themes in words.
        statement: what the cohort is, counted (`cohorts.statement`).
        credit: source and licence.

    Raises:
        ChartDataError: a frame lacks a column or a row, holds an unknown code or more than one cohort.
    """
    name = "exploitation_what_became"
    rows = frames.tidy(shares, name, *AFTER, made_by="weaknesses.aftermath_shares")
    frames.known(rows, name, "aftermath", AFTERMATH_STYLES)
    frames.known(rows, name, "theme", labels)
    frames.only(rows, name, "cohort")
    counted = frames.behind(behind, name, "theme", "aftermath", "finding_id")
    drawn = (
        rows.sort(["areas", "theme_order", "aftermath_order"], descending=[True, False, False])
        .with_columns(
            row=pl.col("theme").replace_strict(labels, return_dtype=pl.String),
            outcome=_styled(0),
            end=pl.col("count").cum_sum().over("theme"),
            interval=pl.struct("share", "low", "high").map_elements(caption.share_with_interval, pl.String),
        )
        .with_columns(start=pl.col("end") - pl.col("count"))
    )
    totals = {code: int(rows.filter(pl.col("aftermath") == code)["count"].sum()) for code in AFTERMATH_STYLES}
    boards = drawn.filter(
        (pl.col("theme") == codes.BOARD_THEME) & (pl.col("aftermath") == "at_latest") & (pl.col("count") > 0)
    )
    never = [label.lower() for code, label in labels.items() if code not in set(rows["theme"])]
    return Figure(
        name=name,
        chart=_bars(drawn),
        headline=_became_headline(totals),
        subtitle=(
            f"{sum(totals.values())} pairs of area and theme on which a weakness on exploitation was ever reported, by "
            "what reports since the last one say, with the share in which a strength or progress followed and its 95% "
            f"interval. {statement}."
        ),
        source=credit.source,
        licence=credit.licence,
        alt_text=(
            "Stacked bars, one a theme, of areas by what reports since their last weakness on exploitation say. "
            f"{' '.join(_became_sentence(of_theme) for of_theme in drawn.partition_by('theme', maintain_order=True))} "
            f"Over all themes, an area counted once for each: {_outcomes(totals)}."
        ),
        data=rows,
        notes=(
            "Strength or progress since: on exploitation, on the same theme, published after the area’s last weakness "
            "on it; not of necessity the same failing, or the same kind of exploitation, and no proof that it was put "
            "right. Theme only: later findings on the theme, weaknesses or strengths, do not name exploitation. No "
            "later finding: reports since that look at the theme have none on it in this record, where outside the "
            "reports’ own lists only passages on exploitation or missing children are coded. Silence is not "
            "resolution, nor is it failure: ILACS reports are shorter. No graded inspection since: in this record; "
            "focused and monitoring visits and CQC’s reviews are not counted."
            + (" Inspected, not read: the report was not to hand." if totals["not_read"] else ""),
            "Exploitation here is sexual, criminal, or of a kind that the passage does not name.",
            *(
                [
                    f"{labels[codes.BOARD_THEME]}: re-inspections and ILACS do not look at safeguarding boards, which "
                    "were reviewed in single inspections until 2018 and spoken of in joint letters."
                ]
                if boards.height
                else []
            ),
            "An area counts once in each theme on which it had a weakness; the share is of all areas of the row. Over "
            f"all themes: {_outcomes(totals)}."
            + (f" In no area was there a weakness on exploitation under: {'; '.join(never)}." if never else ""),
        ),
        width=NAME_ROOM + PLOT_WIDTH + SECOND_COLUMN,
        reading=(
            "A bar is a theme, as long as the number of areas that ever had a weakness on it; its parts, from dark to "
            "white, are the areas by what followed. At the right: how many areas, and the share with a strength or "
            "progress since."
        ),
        behind=counted.select("theme", "aftermath", "finding_id"),
    )


def _styled(place: int) -> pl.Expr:
    return pl.col("aftermath").replace_strict(
        {code: style[place] for code, style in AFTERMATH_STYLES.items()}, return_dtype=pl.String
    )


def _bars(rows: pl.DataFrame) -> Any:
    down = _down(rows)
    some = rows.filter(pl.col("count") > 0)
    used = [style for code, style in AFTERMATH_STYLES.items() if code in set(some["aftermath"])]
    labels, colours, _ = zip(*used, strict=True)
    base = alt.Chart(frames.marks(some.with_columns(middle=(pl.col("start") + pl.col("end")) / 2, ink=_styled(2))))
    most = int(rows["areas"].max())  # type: ignore[arg-type]
    scale = alt.Scale(domain=[0, most], nice=False)
    tooltip = [
        alt.Tooltip("row:N", title="Theme"),
        alt.Tooltip("outcome:N", title="Since the last weakness"),
        alt.Tooltip("count:Q", title="Areas"),
        alt.Tooltip("areas:Q", title="Of areas with a weakness"),
        alt.Tooltip("interval:N", title="Share, 95% interval"),
    ]
    bars = base.mark_bar(height=ROW - 6, stroke=theme.DARK_GREY, strokeWidth=1).encode(
        x=alt.X(
            "start:Q", scale=scale, axis=alt.Axis(format="d", tickMinStep=1, tickCount=6, grid=True, labelFlush=False)
        ).title("Areas with a weakness on exploitation"),
        x2=alt.X2("end:Q"),
        y=down,
        fill=alt.Fill(
            "outcome:N",
            scale=alt.Scale(domain=labels, range=colours),
            legend=alt.Legend(title=None, symbolType="square", symbolStrokeColor=theme.DARK_GREY, columns=3, offset=30),
        ),
        tooltip=tooltip,
    )
    numbers = base.mark_text(baseline="middle").encode(
        x=alt.X("middle:Q", scale=scale),
        y=down,
        text=alt.Text("count:Q"),
        color=alt.Color("ink:N", scale=None),
        tooltip=tooltip,
    )
    answered = alt.Chart(frames.marks(rows.filter(pl.col("aftermath") == "answered")))
    return alt.layer(
        bars,
        numbers,
        *marks.column_of_words(answered, "areas:Q", "Areas", down, PLOT_WIDTH + FIRST_COLUMN),
        *marks.column_of_words(answered, "interval:N", "Followed", down, PLOT_WIDTH + SECOND_COLUMN),
    ).properties(width=PLOT_WIDTH, height=ROW * rows["row"].n_unique())


def _became_sentence(rows: pl.DataFrame) -> str:
    areas = caption.counted(rows["areas"][0], "area")
    return f"{rows['row'][0]}: of {areas}, {_outcomes(dict(rows.select('aftermath', 'count').iter_rows()))}."


def _outcomes(counts: Mapping[str, int]) -> str:
    return ", ".join(
        f"{counts[code]} {label.lower()}" for code, (label, *_) in AFTERMATH_STYLES.items() if counts[code]
    )


def _became_headline(totals: Mapping[str, int]) -> str:
    return f"Strength or progress followed {totals['answered']} of {sum(totals.values())} weaknesses on exploitation"


def weakness_again(
    recurrence: Any, together: Any, behind: Any, labels: Mapping[str, str], *, statement: str, credit: Credit
) -> Figure:
    """How often the next report lists a weakness on the same theme again, beside what chance alone gives.

    Args:
        recurrence: what `weaknesses.recurrence` returns for one cohort: one row a theme.
        together: the same of all themes together: one row.
        behind: the weaknesses of both reports of each pair with a weakness again: one row a finding, with `theme`,
            `finding_id`.
        labels: the themes in words.
        statement: what the cohort is, counted (`cohorts.statement`).
        credit: source and licence.

    Raises:
        ChartDataError: a frame lacks a column or a row, holds an unknown code or more than one cohort, or no theme has
            pairs enough.
    """
    name = "weakness_again"
    rows = frames.tidy(recurrence, name, *AGAIN, made_by="weaknesses.recurrence")
    frames.known(rows, name, "theme", labels)
    frames.only(rows, name, "cohort")
    every = frames.tidy(together, name, *AGAIN, made_by="weaknesses.recurrence")
    if every.height != 1:
        raise frames.ChartDataError(f"chart {name}: wants one row of all themes together, and got {every.height}")
    counted = frames.behind(behind, name, "theme", "finding_id")
    drawn = (
        rows.filter(pl.col("earlier") >= FEWEST_PAIRS)
        .sort("share", "theme_order", descending=[True, False])
        .with_columns(
            row=pl.col("theme").replace_strict(labels, return_dtype=pl.String),
            words=pl.format("{} of {}", "persistent", "earlier"),
            by_chance=pl.col("expected").map_elements(
                lambda number: str(caption.round_half_up(number)), return_dtype=pl.String
            ),
            interval=pl.struct("share", "low", "high").map_elements(caption.share_with_interval, pl.String),
            chance_interval=pl.struct(
                share=pl.col("chance"), low=pl.col("chance_low"), high=pl.col("chance_high")
            ).map_elements(caption.share_with_interval, return_dtype=pl.String),
        )
    )
    if drawn.is_empty():
        raise frames.ChartDataError(f"chart {name}: no theme has {FEWEST_PAIRS} earlier weaknesses")
    all_themes = every.row(0, named=True)
    few = rows.filter(pl.col("earlier") < FEWEST_PAIRS).sort("theme_order")
    return Figure(
        name=name,
        chart=_dots(drawn),
        headline=_again_headline(drawn),
        subtitle=(
            "Where an inspection report lists a weakness on a theme: how often the area’s next report lists one on the "
            "theme again, with 95% intervals, beside the range that chance gives. All subjects, not only exploitation. "
            f"{caption.counted(all_themes['pairs'], 'pair')} of reports. {statement}."
        ),
        source=credit.source,
        licence=credit.licence,
        alt_text=(
            "Dots with intervals, one a theme, each on a band that shows what chance alone gives. "
            + " ".join(
                f"{row['row']}: again in {row['words']} ({row['interval']}), by chance {row['chance_interval']}."
                for row in drawn.iter_rows(named=True)
            )
            + f" {_outside(drawn)}"
        ),
        data=pl.concat([every.select(AGAIN), rows.select(AGAIN)], how="vertical_relaxed"),
        notes=(
            "Chance: the number of weaknesses again if, among pairs of the same two programmes, it did not matter "
            "which area’s earlier report goes with which area’s later one; the grey band holds 19 in 20 such cases. "
            f"{_outside(drawn)} What is like chance is not harmless: a theme on which most reports list something "
            "comes again in most.",
            "The same theme again is not the same failing again, and a theme not listed again is not resolved. Lists "
            "of later reports (ILACS) are short. Pairs of one area are not independent, so the intervals are a little "
            f"too narrow. All themes as one: of {caption.counted(all_themes['earlier'], 'report')} that list any "
            f"weakness, {all_themes['persistent']} were followed by a report that lists one.",
            *_too_few(few, labels),
        ),
        width=NAME_ROOM + PLOT_WIDTH + SECOND_COLUMN,
        reading=(
            "A dot on the band: the theme is listed again about as often as chance would have it. A dot to the right "
            "of the band: more often. The line through the dot is its interval, the tick on the band the share that "
            "chance gives. At the right: how often, and how often by chance."
        ),
        behind=counted.select("theme", "finding_id"),
    )


def _dots(rows: pl.DataFrame) -> Any:
    down = _down(rows)
    base = alt.Chart(frames.marks(rows))
    scale = alt.Scale(domain=[0, 1])
    axis = alt.Axis(format="%", values=[0, 0.25, 0.5, 0.75, 1], grid=True, labelFlush=False)
    tooltip = [
        alt.Tooltip("row:N", title="Theme"),
        alt.Tooltip("words:N", title="Listed again, of pairs with an earlier weakness"),
        alt.Tooltip("interval:N", title="Share, 95% interval"),
        alt.Tooltip("chance_interval:N", title="By chance alone, 19 in 20"),
    ]
    return alt.layer(
        base.mark_bar(height=2 * HALF_BAND, **BAND).encode(
            x=alt.X("chance_low:Q", scale=scale, axis=axis).title("Share of pairs in which the theme is listed again"),
            x2=alt.X2("chance_high:Q"),
            y=down,
            tooltip=tooltip,
        ),
        base.mark_tick(orient="vertical", size=2 * HALF_BAND, thickness=2, color=theme.TEXT).encode(
            x=alt.X("chance:Q", scale=scale), y=down
        ),
        base.mark_rule(strokeWidth=1.5, color=theme.DARK_BLUE).encode(
            x=alt.X("low:Q", scale=scale), x2=alt.X2("high:Q"), y=down
        ),
        base.mark_point(filled=True, size=60, opacity=1, color=theme.DARK_BLUE).encode(
            x=alt.X("share:Q", scale=scale), y=down, tooltip=tooltip
        ),
        *marks.column_of_words(base, "words:N", "Listed again", down, PLOT_WIDTH + FIRST_COLUMN + 26),
        *marks.column_of_words(base, "by_chance:N", "By chance", down, PLOT_WIDTH + SECOND_COLUMN),
        *_key(),
    ).properties(width=PLOT_WIDTH, height=ROW * rows.height)


def _key() -> list[Any]:
    """Say over the plot what dot, line, band and tick are."""
    above = -34
    key = alt.Chart(alt.InlineData(values=[{}]))
    text = [(26, "listed again, 95% interval"), (226, "chance alone, and its range")]
    return [
        key.mark_rule(strokeWidth=1.5, color=theme.DARK_BLUE, aria=False).encode(
            x=alt.value(-4), x2=alt.value(20), y=alt.value(above)
        ),
        key.mark_point(filled=True, size=60, opacity=1, color=theme.DARK_BLUE, aria=False).encode(
            x=alt.value(8), y=alt.value(above)
        ),
        key.mark_rect(**BAND, aria=False).encode(
            x=alt.value(194), x2=alt.value(220), y=alt.value(above - HALF_BAND), y2=alt.value(above + HALF_BAND)
        ),
        key.mark_rule(strokeWidth=2, color=theme.TEXT, aria=False).encode(
            x=alt.value(207), y=alt.value(above - HALF_BAND), y2=alt.value(above + HALF_BAND)
        ),
        *(
            key.mark_text(text=words, align="left", baseline="middle").encode(x=alt.value(place), y=alt.value(above))
            for place, words in text
        ),
    ]


ABOVE = pl.col("share") > pl.col("chance_high")
BELOW = pl.col("share") < pl.col("chance_low")
CLEARLY_ABOVE = pl.col("low") > pl.col("chance_high")


def _again_headline(rows: pl.DataFrame) -> str:
    clear = rows.filter(CLEARLY_ABOVE).height
    if clear:
        return f"{clear} of {rows.height} themes recur more often than chance gives"
    return "No theme is listed again clearly more than by chance"


def _outside(rows: pl.DataFrame) -> str:
    above, below = (rows.filter(side)["row"].str.to_lowercase().to_list() for side in (ABOVE, BELOW))
    said = [f"{where} it: {caption.listed(themes)}" for where, themes in (("above", above), ("below", below)) if themes]
    inside = rows.height - len(above) - len(below)
    return (
        f"{inside} of {caption.counted(rows.height, 'theme')} {'lies' if inside == 1 else 'lie'} within that range"
        + "".join(f"; {part}" for part in said)
        + ". About one in twenty would lie outside it by chance."
    )


def _too_few(rows: pl.DataFrame, labels: Mapping[str, str]) -> list[str]:
    if rows.is_empty():
        return []
    parts = [f"{labels[row['theme']].lower()} {row['persistent']} of {row['earlier']}" for row in rows.to_dicts()]
    return [f"Fewer than {FEWEST_PAIRS} earlier weaknesses, and not drawn: {', '.join(parts)}."]


def _down(rows: pl.DataFrame) -> alt.Y:
    order = rows["row"].unique(maintain_order=True).to_list()
    return alt.Y(
        "row:N",
        sort=order,
        scale=alt.Scale(domain=order),
        axis=alt.Axis(title=None, grid=False, minExtent=NAME_ROOM, labelPadding=8),
    )
