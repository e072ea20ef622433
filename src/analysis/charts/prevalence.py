"""How often weaknesses and strengths were reported: by theme, by programme, and by what kind of report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import polars as pl

from analysis.charts import caption, frames, marks, theme
from analysis.charts.caption import Credit
from analysis.charts.figure import Figure
from analysis.schema import codes

WEAKNESS, STRENGTH = "weakness", "strength"
POLARITY_MARKS: dict[str, dict[str, Any]] = {
    WEAKNESS: {"shape": "triangle-down", "fill": theme.DARK_BLUE, "stroke": theme.DARK_BLUE},
    STRENGTH: {"shape": "circle", "fill": theme.PAPER, "stroke": theme.DARK_BLUE, "strokeWidth": 2},
}
POLARITY_TITLES = {WEAKNESS: "With a weakness on exploitation", STRENGTH: "With a strength on exploitation"}
FAMILY_NAMES = {"single_inspection": "single inspections", "ilacs": "ILACS", "jtai": "joint letters"}
AGENCY = "agency"
LETTERS = "jtai"
GROUP_TITLES: dict[str, str] = {
    "family": "Programme",
    "period": "Years in which the report was published",
    "region": "Region",
    "grade": "Overall grade given in the same report",
    AGENCY: "Who must put it right (joint letters only)",
}
VALUE_LABELS: dict[str, dict[str, str]] = {
    "family": codes.FAMILY_LABELS,
    "grade": {**{grade: codes.GRADE_LABELS[grade] for grade in marks.GRADES}, marks.NOT_GRADED: marks.NOT_GRADED_LABEL},
    AGENCY: codes.AGENCY_LABELS,
}
NOT_LOOKED_AT = "not looked at"
SILENCE = "Nothing reported is not nothing wrong."
KINDS_OF_EXPLOITATION = "Exploitation here is sexual, criminal, or of a kind that the passage does not name."
NOT_A_SAMPLE = "Intervals are Wilson’s; the areas are no random sample of England’s."
MOST = 0.5
MOST_NAMED = 5

ROW = 22
COUNT_GAP = 10
THEME_ROOM, GROUP_ROOM = 212, 186
FAMILY_PANEL, FAMILY_GAP, FAMILY_WIDTH = 128, 20, 712
POLARITY_PANEL, POLARITY_GAP, POLARITY_WIDTH = 180, 30, 716
GROUP_PANEL, GROUP_WIDTH = 350, 656
TITLE: dict[str, Any] = {
    "fontSize": 13,
    "anchor": "start",
    "frame": "group",
    "offset": 8,
    "subtitleFontSize": 12,
    "subtitlePadding": 3,
}

_COUNTS = ("findings", "areas", "areas_read", "reports", "reports_read")
_AREA_SHARES = ("share", "low", "high")
_REPORT_SHARES = ("report_share", "report_low", "report_high")


def weaknesses_by_theme(
    prevalence: Any, behind: Any, labels: Mapping[str, str], *, statement: str, credit: Credit
) -> Figure:
    """Which weaknesses the reports' own lists hold: share of areas by theme, one panel a family of programmes.

    Args:
        prevalence: what `weaknesses.prevalence` returns for one cohort and listed weaknesses, of themes and by family:
            one row a family and theme.
        behind: what `weaknesses.behind` returns for the same findings: one row a finding.
        labels: the codebook's themes in words.
        statement: what the cohort is, counted (`cohorts.statement`).
        credit: source and licence.

    Raises:
        ChartDataError: several cohorts, a family or theme without words, or other findings behind than were counted.
    """
    name = "weaknesses_by_theme"
    rows = frames.tidy(
        prevalence,
        name,
        "cohort",
        "family",
        "theme",
        "theme_order",
        *_COUNTS,
        *_AREA_SHARES,
        made_by="weaknesses.prevalence",
    )
    frames.known(rows, name, "family", codes.FAMILY_LABELS)
    frames.known(rows, name, "theme", labels)
    frames.only(rows, name, "cohort")
    _require_every_theme(rows, "family", name)
    found = _found(behind, rows, ["family", "theme"], name)
    drawn = _of_areas(rows, labels).with_columns(printed=pl.col("areas").cast(pl.String))
    families = [family for family in codes.FAMILY_LABELS if family in set(rows["family"])]
    panels = {family: drawn.filter(pl.col("family") == family) for family in families}
    order = _order(panels[families[0]])
    charts = [
        _panel(panel, order, FAMILY_PANEL, unit="areas", title=_family_title(family, panel), room=THEME_ROOM * (n == 0))
        for n, (family, panel) in enumerate(panels.items())
    ]
    sentences = [
        f"{codes.FAMILY_LABELS[family]} ({_read(panel)}): {_spelled(panel)}" for family, panel in panels.items()
    ]
    return Figure(
        name=name,
        chart=alt.hconcat(*charts, spacing=FAMILY_GAP),
        headline=_headline_of_lists(drawn, panels),
        subtitle=(
            "Share of areas of which at least one report lists a weakness on the theme, by programme, with 95% "
            "intervals: all subjects, not only exploitation. Beside each mark: the number of areas. "
            f"{statement}."
        ),
        source=credit.source,
        licence=credit.licence,
        reading=(
            "One panel a kind of report, one row a theme. The mark is the share of areas whose reports list the "
            "theme as a weakness, the line its 95% interval, the numbers how many areas of how many. Compare "
            "themes within a panel rather than panels."
        ),
        alt_text=(
            f"Shares of areas with a listed weakness, with intervals, one row for each of {len(order)} themes and one "
            f"panel for each of {len(panels)} kinds of inspection. {' '.join(sentences)}"
        ),
        data=rows,
        notes=(
            "Listed means the reports’ own lists of what must improve; an item counts under its main theme only. "
            f"{SILENCE}{_unseen_note(panels)}",
            "Panels side by side do not show progress: single inspections reviewed the safeguarding board with the "
            "council and listed much, ILACS lists are shorter, an area may have several reports of a programme, and "
            "each joint letter has a subject of its own.",
            NOT_A_SAMPLE,
        ),
        width=FAMILY_WIDTH,
        behind=found,
    )


def exploitation_by_theme(
    weak: Any, strong: Any, behind: Any, labels: Mapping[str, str], *, statement: str, credit: Credit
) -> Figure:
    """What was weak and what was strong on exploitation: share of areas by theme, in any report.

    Args:
        weak: what `weaknesses.prevalence` returns for one cohort and weaknesses on exploitation, of themes: one row a
            theme.
        strong: the same of strengths.
        behind: what `weaknesses.behind` returns for findings on exploitation: one row a finding; progress is left out.
        labels: the codebook's themes in words.
        statement: what the cohort is, counted (`cohorts.statement`).
        credit: source and licence.

    Raises:
        ChartDataError: several cohorts, a theme without words or on one side only, or other findings behind than were
            counted.
    """
    name = "exploitation_by_theme"
    wanted = ("cohort", "theme", "theme_order", *_COUNTS, *_AREA_SHARES)
    sides = {
        WEAKNESS: frames.tidy(weak, name, *wanted, made_by="weaknesses.prevalence"),
        STRENGTH: frames.tidy(strong, name, *wanted, made_by="weaknesses.prevalence"),
    }
    named = [side.select(pl.lit(code).alias("polarity"), pl.all()) for code, side in sides.items()]
    rows = pl.concat(named, how="diagonal_relaxed")
    frames.known(rows, name, "theme", labels)
    frames.only(rows, name, "cohort")
    _require_every_theme(rows, "polarity", name)
    counted = frames.behind(behind, name, "polarity").filter(pl.col("polarity").is_in(list(sides)))
    found = _found(counted, rows, ["polarity", "theme"], name)
    drawn = _of_areas(rows, labels)
    panels = {code: drawn.filter(pl.col("polarity") == code) for code in sides}
    order = _order(panels[WEAKNESS])
    charts = [
        _panel(
            panel,
            order,
            POLARITY_PANEL,
            unit="areas",
            title=alt.TitleParams(POLARITY_TITLES[code], **TITLE),
            room=THEME_ROOM * (code == WEAKNESS),
            polarity=code,
        )
        for code, panel in panels.items()
    ]
    return Figure(
        name=name,
        chart=alt.hconcat(*charts, spacing=POLARITY_GAP),
        headline=_headline_of_sides(panels),
        subtitle=(
            "Share of areas of which any report names a weakness (left) or a strength (right) on exploitation, by "
            f"theme, with 95% intervals. {caption.counted(_most(rows, 'reports_read'), 'report')} read. {statement}."
        ),
        source=credit.source,
        licence=credit.licence,
        reading=(
            "One row a theme. On the left, ▼ is the share of areas with a weakness on exploitation reported; on "
            "the right, ○ the share with a strength; lines are 95% intervals. An area can be on both sides."
        ),
        alt_text=(
            f"Two panels of shares of areas, with intervals, one row for each of {len(order)} themes. "
            f"With a weakness on exploitation: {_spelled(panels[WEAKNESS])} "
            f"With a strength on exploitation: {_spelled(panels[STRENGTH])}"
        ),
        data=rows,
        notes=(
            "An area counts once on each side, however many its reports, and may be on both; progress is on neither. A "
            "finding counts under its main theme. Reports span years: a weakness shown here may since have been put "
            f"right. {SILENCE}",
            "Strengths and weaknesses are not written up alike, so compare themes within a panel. Single inspections "
            "reviewed the safeguarding board in a part of its own. Of the reports read, only joint letters look at "
            "police, health services and probation: little is said elsewhere of what is chiefly theirs.",
            f"{_beyond_half(panels)} {NOT_A_SAMPLE}",
            KINDS_OF_EXPLOITATION,
        ),
        width=POLARITY_WIDTH,
        behind=found,
    )


def exploitation_by_group(groups: Any, behind: Any, *, statement: str, credit: Credit) -> Figure:
    """In how many reports there is a weakness on exploitation: by programme, period, region, grade and agency.

    Args:
        groups: what `weaknesses.prevalence` returns for one cohort and weaknesses on exploitation, by `family`,
            `period`, `region` and `grade`, and of agencies in joint letters alone, one under another: one row a
            `group` and `value`, with `value_order`.
        behind: what `weaknesses.behind` returns for findings on exploitation: one row a finding; weaknesses count,
            and of agencies those of joint letters.
        statement: what the cohort is, counted (`cohorts.statement`).
        credit: source and licence.

    Raises:
        ChartDataError: a group or value without words, a value given twice, or other findings behind than were counted.
    """
    name = "exploitation_by_group"
    rows = frames.tidy(
        groups, name, "group", "value", "value_order", *_COUNTS, *_REPORT_SHARES, made_by="weaknesses.prevalence"
    )
    frames.known(rows, name, "group", GROUP_TITLES)
    for group, words in VALUE_LABELS.items():
        frames.known(rows.filter(pl.col("group") == group), name, "value", words)
    present = [group for group in GROUP_TITLES if group in set(rows["group"])]
    counted = frames.behind(behind, name, *present, "family", "polarity", "finding_id")
    weak = counted.filter(pl.col("polarity") == WEAKNESS)
    by_group = [
        (weak.filter(pl.col("family") == LETTERS) if group == AGENCY else weak)
        .select("finding_id", group=pl.lit(group), value=pl.col(group))
        .drop_nulls("value")
        for group in present
    ]
    found = _found(pl.concat(by_group), rows, ["group", "value"], name)
    sections = {group: _of_reports(rows.filter(pl.col("group") == group), group) for group in present}
    charts = [
        _panel(
            section,
            section["label"].to_list(),
            GROUP_PANEL,
            unit="reports",
            title=alt.TitleParams(GROUP_TITLES[group], **{**TITLE, "frame": "bounds"}),
            room=GROUP_ROOM,
            scale=group == present[-1],
        )
        for group, section in sections.items()
    ]
    return Figure(
        name=name,
        chart=alt.vconcat(*charts, spacing=16),
        headline=_headline_by_group(sections),
        subtitle=(
            "Share of reports with at least one weakness on exploitation, with 95% intervals. Beside each mark: the "
            f"number of reports. {statement}."
        ),
        source=credit.source,
        licence=credit.licence,
        reading=(
            "Each mark is the share of reports with at least one weakness on exploitation, the line its 95% "
            "interval, the numbers how many reports of how many. Sections sort the same reports in different "
            "ways"
            + (
                "; the last one, of joint letters only, asks who must put it right, and a letter may name several."
                if AGENCY in sections
                else "."
            )
        ),
        alt_text=(
            "Shares of reports with at least one weakness on exploitation, with intervals, in "
            f"{caption.counted(len(sections), 'section')}. "
            + " ".join(_section_sentence(group, section) for group, section in sections.items())
        ),
        data=rows,
        notes=(
            "Programmes and years are entangled: early reports are mostly of single inspections, and are several times "
            "as long as later ones. Most single inspections also judged the safeguarding board, which re-inspections "
            f"and ILACS do not. A lower share later is not by itself progress. {SILENCE}",
            *(note for group, note in _group_notes(rows).items() if group in sections),
            "Intervals are Wilson’s, and a little too narrow, since reports of one area are not independent.",
            KINDS_OF_EXPLOITATION,
        ),
        width=GROUP_WIDTH,
        behind=found,
    )


def _require_every_theme(rows: pl.DataFrame, panel: str, chart: str) -> None:
    panels = rows[panel].n_unique()
    lacking = rows.group_by("theme").agg(pl.col(panel).n_unique()).filter(pl.col(panel) < panels)["theme"].sort()
    if not lacking.is_empty():
        raise frames.ChartDataError(
            f"chart {chart}: not every {panel} has {', '.join(lacking)}; give each every theme of the codebook"
        )


def _found(behind: Any, rows: pl.DataFrame, keys: Sequence[str], chart: str) -> pl.DataFrame:
    """Give what stands behind the marks, after holding it against the rows: one row a mark, as many findings each."""
    twice = rows.filter(rows.select(keys).is_duplicated())
    if not twice.is_empty():
        raise frames.ChartDataError(f"chart {chart}: more than one row for {_named(twice.select(keys).row(0))}")
    found = frames.behind(behind, chart, *keys, "finding_id").select(*keys, "finding_id")
    given = {tuple(mark): number for *mark, number in found.group_by(keys).len().iter_rows()}
    counted = {tuple(mark): number for *mark, number in rows.select(*keys, "findings").iter_rows() if number}
    apart = [mark for mark in {**counted, **given} if given.get(mark) != counted.get(mark)]
    if apart:
        mark = min(apart)
        raise frames.ChartDataError(
            f"chart {chart}: {counted.get(mark, 0)} findings were counted for {_named(mark)} and {given.get(mark, 0)} "
            "stand behind it; make both frames of the same findings, reports and cohort"
        )
    return found


def _named(mark: tuple[str, ...]) -> str:
    return ", ".join(mark)


def _order(panel: pl.DataFrame) -> list[str]:
    """The themes of a panel, the highest share first, equals in the codebook's order."""
    return panel.sort("share", "theme_order", descending=[True, False], nulls_last=True)["label"].to_list()


def _of_areas(rows: pl.DataFrame, labels: Mapping[str, str]) -> pl.DataFrame:
    """Rows that count areas by theme, with their words."""
    return _worded(rows, "areas").with_columns(label=pl.col("theme").replace_strict(labels, return_dtype=pl.String))


def _of_reports(rows: pl.DataFrame, group: str) -> pl.DataFrame:
    """Rows of a group that count reports, with their words, in order."""
    shares = dict(zip(_AREA_SHARES, map(pl.col, _REPORT_SHARES), strict=True))
    return (
        _worded(rows.with_columns(**shares), "reports")
        .with_columns(
            label=pl.col("value").replace(VALUE_LABELS.get(group, {})),
            printed=pl.format(
                "{}, {}", "printed", pl.col("share").map_elements(caption.percent, return_dtype=pl.String)
            ),
        )
        .sort("value_order")
    )


def _worded(rows: pl.DataFrame, unit: str) -> pl.DataFrame:
    return rows.with_columns(
        printed=pl.format("{} of {}", unit, f"{unit}_read"),
        areas_words=pl.format("{} of {}", "areas", "areas_read"),
        reports_words=pl.format("{} of {}", "reports", "reports_read"),
        share_words=pl.struct(_AREA_SHARES).map_elements(_share_words, return_dtype=pl.String),
    )


def _share_words(row: Mapping[str, float | None]) -> str:
    share, low, high = (caption.percent(row[column]) for column in _AREA_SHARES)
    return NOT_LOOKED_AT if row["share"] is None else f"{share} (95% interval {low} to {high})"


def _panel(
    drawn: pl.DataFrame,
    order: Sequence[str],
    width: int,
    *,
    unit: str,
    title: alt.TitleParams,
    room: int,
    polarity: str = WEAKNESS,
    scale: bool = True,
) -> Any:
    """Marks with intervals on a scale of shares, one row a label, the counts at the right.

    Args:
        drawn: rows with their words.
        order: the labels from top to bottom.
        width: of the plot, in pixels.
        unit: what is shared: areas or reports.
        title: what stands over the panel.
        room: for the labels of the rows, in pixels; 0 for a panel that shares those at its left.
        polarity: which mark.
        scale: whether the shares are written under the panel.
    """
    base = alt.Chart(frames.marks(drawn))
    looked = base.transform_filter("datum.share != null")
    whole = alt.Scale(domain=[0, 1], nice=False)
    shares = alt.Axis(
        format="%",
        values=[0, 0.25, 0.5, 0.75, 1],
        labelExpr="datum.value * 2 % 1 == 0 ? datum.label : ''",
        labelFlush=False,
        labels=scale,
        ticks=scale,
        domain=False,
        grid=True,
        titlePadding=6,
    )
    rows = alt.Axis(labels=room > 0, minExtent=room, maxExtent=room, labelPadding=12)
    down = alt.Y("label:N", sort=list(order), scale=alt.Scale(domain=list(order)), axis=rows).title(None)
    tooltip = [
        alt.Tooltip("label:N", title="What"),
        alt.Tooltip("share_words:N", title=f"Share of {unit}"),
        alt.Tooltip("areas_words:N", title="Areas"),
        alt.Tooltip("reports_words:N", title="Reports"),
        alt.Tooltip("findings:Q", title="Findings"),
    ]
    low, share = (
        alt.X(column, scale=whole, axis=shares).title(f"Share of {unit}" if scale else None)
        for column in ("low:Q", "share:Q")
    )
    interval = looked.mark_rule(stroke=theme.MID_BLUE, strokeWidth=2).encode(x=low, x2=alt.X2("high:Q"), y=down)
    mark = looked.mark_point(size=64, opacity=1, **POLARITY_MARKS[polarity]).encode(x=share, y=down, tooltip=tooltip)
    counts = looked.mark_text(align="left").encode(x=alt.value(width + COUNT_GAP), y=down, text=alt.Text("printed:N"))
    unseen = base.transform_filter("datum.share == null").encode(x=alt.value(COUNT_GAP), y=down)
    words: dict[str, Any] = {"text": NOT_LOOKED_AT, "align": "left"}
    no_grid_behind = unseen.mark_text(**words, stroke=theme.PAPER, strokeWidth=6)
    said = unseen.mark_text(**words, color=theme.QUIET_TEXT).encode(tooltip=tooltip)
    return alt.layer(interval, mark, counts, no_grid_behind, said).properties(
        width=width, height=ROW * len(order), title=title
    )


def _family_title(family: str, panel: pl.DataFrame) -> alt.TitleParams:
    words = caption.balance(codes.FAMILY_LABELS[family], FAMILY_PANEL + 2 * FAMILY_GAP, TITLE["fontSize"], bold=True)
    return alt.TitleParams(words, subtitle=_read(panel), **TITLE)


def _read(rows: pl.DataFrame) -> str:
    """How many areas and reports were read, of the themes that most of them look at."""
    areas, reports = _most(rows, "areas_read"), _most(rows, "reports_read")
    return f"{caption.counted(areas, 'area')}, {caption.counted(reports, 'report')}"


def _most(rows: pl.DataFrame, column: str) -> int:
    return int(rows[column].max())  # type: ignore[arg-type]


def _within(label: str) -> str:
    """A label as it stands inside a sentence."""
    return label[0].lower() + label[1:]


def _unseen(panel: pl.DataFrame) -> list[str]:
    return [_within(label) for label in panel.filter(pl.col("areas_read") == 0).sort("theme_order")["label"]]


def _unseen_note(panels: Mapping[str, pl.DataFrame]) -> str:
    words = [
        f"{'; '.join(unseen)}, in {FAMILY_NAMES[family]}"
        for family, panel in panels.items()
        if (unseen := _unseen(panel))
    ]
    return f" Not looked at, which is not 0: {'; '.join(words)}." if words else ""


def _spelled(panel: pl.DataFrame) -> str:
    """The themes of a panel with the highest shares, those without a finding, and those not looked at."""
    some = panel.filter(pl.col("areas") > 0).sort("share", "theme_order", descending=[True, False])
    last_named = pl.col("share").head(MOST_NAMED).min()
    parts = [
        f"{_within(row['label'])}, {row['areas']} of {row['areas_read']} areas"
        for row in some.filter(pl.col("share") >= last_named).iter_rows(named=True)
    ]
    none = panel.filter((pl.col("areas") == 0) & (pl.col("areas_read") > 0)).sort("theme_order")["label"]
    words = f"most often {'; '.join(parts)}." if parts else "none on any theme."
    if parts and not none.is_empty():
        words += f" None on: {'; '.join(_within(label) for label in none)}."
    if unseen := _unseen(panel):
        words += f" Not looked at: {'; '.join(unseen)}."
    return words


def _section_sentence(group: str, section: pl.DataFrame) -> str:
    parts = [f"{row['label']}: {row['printed'] or NOT_LOOKED_AT}" for row in section.iter_rows(named=True)]
    return f"{GROUP_TITLES[group]}. {'; '.join(parts)}."


def _group_notes(rows: pl.DataFrame) -> dict[str, str]:
    """What a fair reading of each section needs, by group."""
    held = sorted(rows.filter(pl.col("group") == "region")["areas_read"]) or [0]
    return {
        "region": f"A region holds {caption.span(held[0], held[-1])} of the areas, no random sample of it.",
        "grade": (
            "Grades are given by the inspectors who write the findings, so they are no independent check; joint "
            "letters give none. Weaknesses of the safeguarding board count here, though the grade is not about it."
        ),
        AGENCY: (
            "Who must put it right: of the reports read, only joint letters look at police, health services, schools "
            "and probation, so only they are counted here. Each has a subject of its own, often another than "
            "exploitation; a letter may name several."
        ),
    }


def _headline_of_lists(drawn: pl.DataFrame, panels: Mapping[str, pl.DataFrame]) -> str:
    """Name the theme that every family lists in most areas, if one leads; else what the first family lists most."""
    least = drawn.drop_nulls("share").group_by("label").agg(pl.col("share").min(), panels=pl.len())
    steady = least.filter((pl.col("panels") == len(panels)) & (pl.col("share") > MOST))
    leading = steady.filter(pl.col("share") == pl.col("share").max())["label"].to_list()
    if len(panels) > 1 and len(leading) == 1:
        return caption.headline(
            f"{leading[0]}: listed as weak in most areas inspected", f"{leading[0]}: listed in most areas"
        )
    family = next(iter(panels))
    return _headline_of_one(panels[family], FAMILY_NAMES[family])


def _headline_of_one(panel: pl.DataFrame, family: str) -> str:
    """Name the theme that one family lists most, or say how many lead."""
    leading = panel.filter((pl.col("share") == pl.col("share").max()) & (pl.col("areas") > 0)).sort("theme_order")
    if leading.is_empty():
        return f"No weakness listed in {family}"
    labels = caption.listed([_within(label) for label in leading["label"]])
    several = f"{leading.height} themes, {caption.percent(leading['share'][0])} of areas"
    return caption.headline(
        f"Most listed in {family}: {labels}",
        f"Most listed in {family}: {several}" if leading.height > 1 else leading["label"][0],
    )


def _headline_of_sides(panels: Mapping[str, pl.DataFrame]) -> str:
    """Count, for each side, the themes of which most areas have a finding: leads are too close to name one theme."""
    weak, strong = (_of_most(panels[code]).height for code in (WEAKNESS, STRENGTH))
    themes = caption.counted(weak, "theme") if weak else "no theme"
    return f"Exploitation: most areas faulted on {themes}, praised on {strong or 'none'}"


def _of_most(panel: pl.DataFrame) -> pl.DataFrame:
    return panel.filter(pl.col("share") > MOST)


def _beyond_half(panels: Mapping[str, pl.DataFrame]) -> str:
    """Say what the headline counts, and of how many of those themes the whole interval lies above one half."""
    most = {code: _of_most(panels[code]) for code in (WEAKNESS, STRENGTH)}
    weak, strong = (f"{rows.filter(pl.col('low') > MOST).height} of {rows.height}" for rows in most.values())
    return (
        "The headline counts, theme by theme, those on which more than half of the areas had a weakness or a strength "
        f"in any report; the whole interval lies above one half for {weak} with weaknesses and {strong} with strengths."
    )


def _headline_by_group(sections: Mapping[str, pl.DataFrame]) -> str:
    """Count the single inspections; where there are none, all reports. No programme is set beside another."""
    if "family" in sections:
        counts = dict(sections["family"].drop_nulls("share").select("value", "reports_words").iter_rows())
        if "single_inspection" in counts:
            return f"Weaknesses on exploitation: reported in {counts['single_inspection']} single inspections"
    apart = [section for group, section in sections.items() if group != AGENCY]
    if not apart:
        return "Weaknesses on exploitation in joint letters, by who must act"
    reports, read = (apart[0][column].sum() for column in ("reports", "reports_read"))
    return f"{reports} of {read} reports name a weakness on exploitation"
