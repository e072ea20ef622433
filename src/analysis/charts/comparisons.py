"""Exploitation set side by side: letters and inspections, findings and grades, findings and what assessments record.

What goes together is shown, never what causes what.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import altair as alt
import polars as pl

from analysis.charts import caption, frames, marks, theme
from analysis.charts.caption import Credit
from analysis.charts.exploitation import RECORDING
from analysis.charts.figure import Figure
from analysis.charts.prevalence import KINDS_OF_EXPLOITATION, MOST
from analysis.schema import codes

GROUP_STYLES = ((theme.DARK_PINK, "circle"), (theme.DARK_GREY, "square"))
"""Colour and shape of the first of two groups and of the other."""

LETTERS, INSPECTIONS = "letters", "inspections"
COMPARED = ("findings", "reports", "reports_read", "share", "low", "high")
DIFFERENCES = ("difference", "difference_low", "difference_high", "p_value")
CLEAR_BELOW, NOT_ONE_ALONE = 0.05, 2
SECTIONS = {"agency": "Who must put it right", "theme": "Theme"}
OF_CODES = {"agency": "agencies", "theme": "themes"}
AGENCIES_IN_HEADLINE = {
    "local_authority": "the council",
    "lscb": "the board",
    "health": "health services",
    "youth_justice_probation": "youth justice",
    "courts_cafcass": "the courts",
    "partnership": "partnerships",
}
"""How a headline names an agency, in two words at most, where its label would not do."""

GRADED_FAMILIES = {family: codes.FAMILY_LABELS[family] for family in ("single_inspection", "ilacs")}
GRADED_DOMAINS = {str(codes.Domain.OVERALL): "grade", str(codes.Domain.HELP_PROTECTION): "help_protection"}
BY_GRADE = ("findings", "reports", "reports_read", "report_share", "report_low", "report_high")

ASSOCIATED = ("cohort", "pair", "areas", "without", "rho", "low", "high")
MEASURED = ("cohort", "area_code", "area_name", "inspection_id", "published", "weaknesses", "year", "rate")

PLOT_WIDTH, ROW, NAME_ROOM = 300, 27, 214
FIRST_COLUMN, COLUMN_WIDTH = 62, 84
LEGEND_OFFSET = 12
SCATTER_WIDTH, SCATTER_HEIGHT = 620, 330


def letters_beside_inspections(
    by_theme: Any,
    by_agency: Any,
    reports: Any,
    behind: Any,
    labels: Mapping[str, str],
    *,
    statement: str,
    credit: Credit,
) -> Figure:
    """Joint letters on exploitation beside single inspections: what each reports as a weakness, and whose it is.

    Args:
        by_theme: what `weaknesses.compare` returns for the letters and the single inspections, none of them of the
            safeguarding board alone: one row a theme.
        by_agency: the same with `of="agency"`: one row an agency.
        reports: the reports of both groups: one row a report, with `group` (`letters` or `inspections`),
            `inspection_id`, `area_code`, `published`, and `reviewed` (whether its area is among the reviewed ones).
        behind: the weaknesses counted: one row a finding, with `group`, `theme`, `agency`, `finding_id`.
        labels: the themes in words.
        statement: what the reviewed areas are, counted (`cohorts.statement`).
        credit: source and licence.

    Raises:
        ChartDataError: a frame lacks a column or a row, holds an unknown code, or counts other reports than are given.
    """
    name = "letters_and_single_inspections"
    words = {"agency": codes.AGENCY_LABELS, "theme": labels}
    rows = pl.concat(
        _both_groups(frame, name, of, words[of]) for of, frame in (("agency", by_agency), ("theme", by_theme))
    )
    read = frames.tidy(
        reports, name, "group", "inspection_id", "area_code", "published", "reviewed", made_by="weaknesses.read_reports"
    )
    frames.known(read, name, "group", (LETTERS, INSPECTIONS))
    letters, singles = (read.filter(pl.col("group") == group) for group in (LETTERS, INSPECTIONS))
    for group, given in ((LETTERS, letters), (INSPECTIONS, singles)):
        if rows.filter(pl.col("group") == group)["reports_read"].max() != given.height:
            raise frames.ChartDataError(f"chart {name}: the shares do not count the {given.height} {group} given")
    counted = frames.behind(behind, name, "group", "theme", "agency", "finding_id")
    seen = rows.filter((pl.col("reports").sum() > 0).over("section", "code"))
    if seen.is_empty():
        raise frames.ChartDataError(f"chart {name}: neither group reports any weakness")
    groups = {
        LETTERS: f"Joint letters, {_years(letters)} ({_up_to(seen, LETTERS)} reports)",
        INSPECTIONS: f"Single inspections, {_years(singles)} ({_up_to(seen, INSPECTIONS)} reports)",
    }
    panels = [
        _paired(
            seen.filter(pl.col("section") == of).with_columns(
                row=pl.col("code").replace_strict(words[of], return_dtype=pl.String)
            ),
            title,
            groups,
            ("Letters", "Inspections"),
        )
        for of, title in SECTIONS.items()
        if not seen.filter(pl.col("section") == of).is_empty()
    ]
    kinds = (
        f"{caption.counted(letters.height, 'joint letter')} of {_years(letters)} on child sexual exploitation and "
        f"missing children, beside {_up_to(seen, INSPECTIONS)} single inspections, {_years(singles)}, of "
        f"{singles['area_code'].n_unique()} of the reviewed areas"
    )
    clear = _clear(seen, words)
    return Figure(
        name=name,
        chart=alt.vconcat(*panels, spacing=26),
        headline=_letters_headline(seen),
        subtitle=(
            f"Share of reports with a weakness on exploitation, with 95% intervals: {kinds} ({statement}). "
            f"{_within(letters)}."
        ),
        source=credit.source,
        licence=credit.licence,
        alt_text=" ".join(
            [
                f"Dots with intervals, two a row: {kinds}. {_within(letters)}.",
                *(
                    f"{title}: {_counts_in_words(seen.filter(pl.col('section') == of), words[of])}."
                    for of, title in SECTIONS.items()
                    if not seen.filter(pl.col("section") == of).is_empty()
                ),
                clear,
            ]
        ),
        data=rows,
        notes=(
            f"Only {caption.counted(letters.height, 'letter')}: intervals are wide. {clear} Clear is a difference with "
            "p below 0.05 (Fisher’s exact test, two-sided) that does not rest on one report alone; of "
            f"{caption.counted(seen.height // 2, 'row')}, about one in twenty would look clear by chance. Rows run "
            "from what letters name more often to what inspections do.",
            "Different places, and a different remit: in joint letters the inspectorates of police, health and "
            "probation look at those agencies too; in single inspections Ofsted looks at the council and, in most, at "
            "the safeguarding board. So a difference says where each looked, not which agency does worse, and nothing "
            "reported is not nothing wrong.",
            "A row counts the reports that look at its subject: some single inspections did not look at the board, "
            "and reviews of the board alone are left out.",
            KINDS_OF_EXPLOITATION,
            *_left_out(rows, seen, words),
        ),
        width=NAME_ROOM + PLOT_WIDTH + FIRST_COLUMN + COLUMN_WIDTH,
        reading=(
            "A circle is the share of joint letters, a square that of single inspections, with a weakness of the row; "
            "the line through each is its interval. Where circle and square lie far apart, the two kinds of report "
            "name different things. At the right: how many of each."
        ),
        behind=pl.concat(
            counted.select("group", pl.lit(of).alias("section"), pl.col(of).alias("code"), "finding_id")
            for of in SECTIONS
        ),
    )


def _both_groups(frame: Any, chart: str, of: str, words: Iterable[str]) -> pl.DataFrame:
    """One row a code and group, in the order of the difference between the groups."""
    rows = frames.tidy(
        frame,
        chart,
        of,
        f"{of}_order",
        *COMPARED,
        *(f"other_{column}" for column in COMPARED),
        *DIFFERENCES,
        made_by="weaknesses.compare",
    ).sort("difference", f"{of}_order", descending=[True, False])
    frames.known(rows, chart, of, words)
    code = (pl.lit(of).alias("section"), pl.col(of).alias("code"))
    return pl.concat(
        [
            rows.select(*code, pl.lit(LETTERS).alias("group"), *COMPARED, *DIFFERENCES),
            rows.select(
                *code,
                pl.lit(INSPECTIONS).alias("group"),
                *(pl.col(f"other_{column}").alias(column) for column in COMPARED),
                *DIFFERENCES,
            ),
        ]
    )


def _years(reports: pl.DataFrame) -> str:
    years = reports["published"].dt.year()
    return caption.span(int(years.min()), int(years.max()))  # type: ignore[arg-type]


def _up_to(rows: pl.DataFrame, group: str) -> str:
    """How many reports of a group stand behind the rows."""
    read = rows.filter(pl.col("group") == group)["reports_read"]
    return f"{max(read)}" if read.n_unique() == 1 else f"up to {max(read)}"


def _within(letters: pl.DataFrame) -> str:
    within = letters.filter(pl.col("reviewed")).height
    verb = "are" if within > 1 else "is"
    return f"{within or 'None'} of the {caption.counted(letters.height, 'letter')} {verb} on a reviewed area"


def _counts_in_words(rows: pl.DataFrame, words: Mapping[str, str]) -> str:
    one, other = (rows.filter(pl.col("group") == group) for group in (LETTERS, INSPECTIONS))
    return "; ".join(
        f"{words[a['code']]}, {a['reports']} of {a['reports_read']} letters and {b['reports']} of {b['reports_read']} "
        "inspections"
        for a, b in zip(one.iter_rows(named=True), other.iter_rows(named=True), strict=True)
    )


def _codes_apart(rows: pl.DataFrame, group: str) -> list[tuple[str, str]]:
    """The codes that a group clearly names more often, the clearest first."""
    more = pl.col("difference") > 0 if group == LETTERS else pl.col("difference") < 0
    clear = (pl.col("p_value") < CLEAR_BELOW) & (pl.col("reports") >= NOT_ONE_ALONE)
    apart = rows.filter((pl.col("group") == group) & more & clear)
    return apart.sort("p_value", maintain_order=True).select("section", "code").rows()


def _clear(rows: pl.DataFrame, words: Mapping[str, Mapping[str, str]]) -> str:
    said = [
        f"Clearly more often in {where}: {'; '.join(_inline(words[of][code]) for of, code in apart)}."
        for where in (LETTERS, INSPECTIONS)
        if (apart := _codes_apart(rows, where))
    ]
    return " ".join(said) or "No row differs clearly."


def _inline(label: str) -> str:
    """A label within a sentence: names in it keep their capitals."""
    return label[:1].lower() + label[1:]


def _letters_headline(rows: pl.DataFrame) -> str:
    """Name the agency that each kind of report names clearly more often, the clearest of several; else count."""
    apart = {group: _codes_apart(rows, group) for group in (LETTERS, INSPECTIONS)}
    faulted = {group: [code for of, code in found if of == "agency"] for group, found in apart.items()}
    clear = sum(map(len, apart.values()))
    if not clear:
        return "No clear difference between joint letters and single inspections"
    if not all(faulted.values()):
        return f"{caption.counted(clear, 'clear difference')} between joint letters and single inspections"
    one, other = (
        AGENCIES_IN_HEADLINE.get(found[0], _inline(codes.AGENCY_LABELS[found[0]])) for found in faulted.values()
    )
    return f"Joint letters fault {one} more, single inspections {other}"


def _left_out(rows: pl.DataFrame, seen: pl.DataFrame, words: Mapping[str, Mapping[str, str]]) -> list[str]:
    absent = rows.join(seen, on=["section", "code"], how="anti").filter(pl.col("group") == LETTERS)
    parts = [
        f"{OF_CODES[of]}: {'; '.join(_inline(words[of][code]) for code in gone)}"
        for of in SECTIONS
        if (gone := absent.filter(pl.col("section") == of)["code"].to_list())
    ]
    return [f"In no report of either kind, and left out – {' – '.join(parts)}."] if parts else []


def weaknesses_and_grades(
    by_grade: Any, by_protection: Any, associations: Any, behind: Any, *, statement: str, credit: Credit
) -> Figure:
    """How often a report has a weakness on exploitation, by the grade it gives, one framework beside the other.

    Frameworks are kept apart, since they differ both in the grades they gave and in the length of their reports.

    The safeguarding board is left out of every frame, findings and reviews of it alone: the grades do not judge it.

    Args:
        by_grade: what `weaknesses.prevalence` returns for one cohort with `of=None, by=("family", "grade")`.
        by_protection: the same with `by=("family", "help_protection")`.
        associations: what `weaknesses.associations` returns for the cohort's first single inspections.
        behind: what `weaknesses.behind` returns for the same weaknesses.
        statement: what the cohort is, counted (`cohorts.statement`).
        credit: source and licence.

    Raises:
        ChartDataError: a frame lacks a column or a row, or holds an unknown code.
    """
    name = "exploitation_and_grades"
    rows = pl.concat(
        _by_domain(frame, name, domain) for frame, domain in zip((by_grade, by_protection), GRADED_DOMAINS, strict=True)
    )
    drawn = _graded(rows)
    if not drawn["reports_read"].sum():
        raise frames.ChartDataError(f"chart {name}: no report gives a grade")
    found = {row["pair"]: row for row in _associations(associations, name).iter_rows(named=True)}
    pairs = {domain: found[f"weaknesses_and_{column}"] for domain, column in GRADED_DOMAINS.items()}
    counted = frames.behind(behind, name, "family", "grade", "help_protection", "finding_id")
    panels = [
        _paired(
            drawn.filter(pl.col("domain") == domain),
            codes.DOMAIN_LABELS[domain],
            GRADED_FAMILIES,
            ("Single", "ILACS"),
        )
        for domain in GRADED_DOMAINS
    ]
    ungraded = rows.filter((pl.col("domain") == codes.Domain.OVERALL) & (pl.col("grade") == marks.NOT_GRADED))
    lead = pairs[str(codes.Domain.OVERALL)]
    of_overall = drawn.filter(pl.col("domain") == codes.Domain.OVERALL)
    return Figure(
        name=name,
        chart=alt.vconcat(*panels, spacing=26),
        headline=_grades_headline(of_overall),
        subtitle=(
            "Share of reports with at least one weakness on exploitation, by the grade in the same report, with 95% "
            f"intervals. {statement}."
        ),
        source=credit.source,
        licence=credit.licence,
        alt_text=" ".join(
            [
                "Dots with intervals, by grade and framework.",
                *(_grades_in_words(drawn.filter(pl.col("domain") == domain), domain) for domain in GRADED_DOMAINS),
                f"Overall grade and number of weaknesses: {_rho(lead)}.",
            ]
        ),
        data=rows,
        notes=(
            f"{_worst_and_good(of_overall)} Across the first single inspections of "
            f"{caption.counted(lead['areas'], 'area')}: "
            + "; ".join(
                f"{codes.DOMAIN_LABELS[domain].lower()}, {_of_grades(pair)} ({_rho(pair)})"
                for domain, pair in pairs.items()
            )
            + ". Reports that grade inadequate list more weaknesses altogether, not only on exploitation.",
            f"Weaknesses of the safeguarding board are left out: the grade is not about it. {KINDS_OF_EXPLOITATION}",
            "What goes together is not what causes what. The same inspectors give the grade and write the findings, "
            "and a weakness on exploitation can be among the reasons for a grade. Frameworks and years differ: ILACS "
            "came after single inspections, and its reports are far shorter. Reports of one area are not independent, "
            "so the intervals are a little too narrow. Nothing reported is not nothing wrong.",
            *_ungraded(ungraded),
        ),
        width=NAME_ROOM + PLOT_WIDTH + FIRST_COLUMN + COLUMN_WIDTH,
        reading=(
            "Each row is a grade: a circle is the share of single inspections that gave it, a square that of ILACS "
            "reports, with a weakness on exploitation; the line through each is its interval. Compare circles with "
            "circles and squares with squares. At the right: how many reports of how many."
        ),
        behind=pl.concat(
            counted.select(pl.lit(domain).alias("domain"), "family", pl.col(column).alias("grade"), "finding_id")
            for domain, column in GRADED_DOMAINS.items()
        ),
    )


def _by_domain(frame: Any, chart: str, domain: str) -> pl.DataFrame:
    column = GRADED_DOMAINS[domain]
    rows = frames.tidy(frame, chart, "cohort", "family", column, *BY_GRADE, made_by="weaknesses.prevalence")
    frames.only(rows, chart, "cohort")
    frames.known(rows, chart, column, (*codes.Grade, marks.NOT_GRADED))
    frames.known(rows, chart, "family", codes.FAMILY_LABELS)
    return rows.select("cohort", pl.lit(domain).alias("domain"), "family", pl.col(column).alias("grade"), *BY_GRADE)


def _graded(rows: pl.DataFrame) -> pl.DataFrame:
    """One row a domain, grade and framework that grades, also where there is no such report."""
    cells = pl.DataFrame({"domain": list(GRADED_DOMAINS)}).join(
        pl.DataFrame({"grade": marks.GRADES}).join(pl.DataFrame({"group": list(GRADED_FAMILIES)}), how="cross"),
        how="cross",
    )
    named = rows.rename({"family": "group", "report_share": "share", "report_low": "low", "report_high": "high"}).drop(
        "cohort"
    )
    return cells.join(named, on=["domain", "grade", "group"], how="left", maintain_order="left").with_columns(
        pl.col("findings", "reports", "reports_read").fill_null(0),
        row=pl.col("grade").replace_strict(codes.GRADE_LABELS, return_dtype=pl.String),
    )


def _sides(rows: pl.DataFrame) -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
    """The reports that grade inadequate and those that grade good, in each framework that has both."""
    cells = {(row["group"], row["grade"]): row for row in rows.filter(pl.col("reports_read") > 0).iter_rows(named=True)}
    worst, good = str(codes.Grade.INADEQUATE), str(codes.Grade.GOOD)
    return {
        family: (cells[family, worst], cells[family, good])
        for family in GRADED_FAMILIES
        if (family, worst) in cells and (family, good) in cells
    }


def _grades_headline(rows: pl.DataFrame) -> str:
    """Name the framework in which inadequate clearly goes with weaknesses, unless every framework is one or none."""
    sides = _sides(rows)
    clear = {family: worst for family, (worst, good) in sides.items() if worst["low"] > good["high"]}
    if not clear:
        return "No clear link between grades and weaknesses on exploitation"
    if len(clear) == len(GRADED_FAMILIES):
        return "Reports that grade ‘inadequate’ more often find weaknesses on exploitation"
    family, worst = next(iter(clear.items()))
    name = GRADED_FAMILIES[family].split(",")[0]
    if worst["share"] > MOST:
        return f"{name}: weaknesses on exploitation in most ‘inadequate’ reports"
    return f"{name}: ‘inadequate’ reports more often name weaknesses on exploitation"


def _worst_and_good(rows: pl.DataFrame) -> str:
    said = [
        f"{GRADED_FAMILIES[family].split(',')[0]}: the intervals of inadequate and good "
        + ("overlap." if worst["low"] <= good["high"] and good["low"] <= worst["high"] else "lie apart.")
        for family, (worst, good) in _sides(rows).items()
    ]
    return " ".join(said) or "No framework has reports that grade inadequate and good."


def _grades_in_words(rows: pl.DataFrame, domain: str) -> str:
    said = [
        f"{label.split(',')[0]}: "
        + ", ".join(
            f"{row['row'].lower()} {row['reports']} of {row['reports_read']}"
            for row in rows.filter((pl.col("group") == family) & (pl.col("reports_read") > 0)).iter_rows(named=True)
        )
        for family, label in GRADED_FAMILIES.items()
        if rows.filter(pl.col("group") == family)["reports_read"].sum()
    ]
    return f"{codes.DOMAIN_LABELS[domain]}. {'; '.join(said)}."


def _ungraded(rows: pl.DataFrame) -> list[str]:
    if rows.is_empty():
        return []
    parts = [
        f"{codes.FAMILY_LABELS[row['family']].split(',')[0]}: {row['reports']} of {row['reports_read']}"
        for row in rows.sort("family").iter_rows(named=True)
    ]
    return [f"Reports that give no overall grade are not drawn; of them, with a weakness: {'; '.join(parts)}."]


def _of_grades(found: dict[str, Any]) -> str:
    """Say how weaknesses go with the grade, whose ranks run from 1, inadequate, to 4, outstanding."""
    direction = _direction(found)
    if direction is None:
        return "no clear link between grade and number of weaknesses"
    return f"the worse the grade, the {'more' if direction < 0 else 'fewer'} weaknesses"


def weaknesses_and_recorded(measures: Any, associations: Any, *, statement: str, credit: Credit) -> Figure:
    """Weaknesses on exploitation in each area's first single inspection beside what assessments recorded later.

    No area is labelled in the picture: neither number says how well an area protects children. Weaknesses of the
    safeguarding board are left out.

    Args:
        measures: what `weaknesses.measures` returns for one cohort: one row an area.
        associations: what `weaknesses.associations` returns for the same.
        statement: what the cohort is, counted (`cohorts.statement`).
        credit: source and licence.

    Raises:
        ChartDataError: a frame lacks a column or a row, or no area has both numbers.
    """
    name = "exploitation_and_recorded"
    rows = frames.tidy(measures, name, *MEASURED, made_by="weaknesses.measures")
    frames.only(rows, name, "cohort")
    drawn = rows.filter(pl.col("rate").is_not_null()).with_columns(here=pl.len().over("weaknesses", "rate"))
    if drawn.is_empty():
        raise frames.ChartDataError(f"chart {name}: no area has a rate that can be used")
    found = {row["pair"]: row for row in _associations(associations, name).iter_rows(named=True)}
    of_number, of_share = found["weaknesses_and_rate"], found["weakness_share_and_rate"]
    year = int(rows["year"][0])
    weaknesses, rates, days = (drawn[column].to_list() for column in ("weaknesses", "rate", "published"))
    first, last = caption.day(min(days)), caption.day(max(days))
    without = rows.filter(pl.col("rate").is_null())["area_name"].sort().to_list()
    gaps = f" Without a usable rate, and not drawn: {caption.listed(without)}." if without else ""
    coincide = (
        " A number beside a mark counts areas in the same place."
        if not drawn.filter(pl.col("here") > 1).is_empty()
        else ""
    )
    return Figure(
        name=name,
        chart=_scatter(drawn, year),
        headline=_recorded_headline(of_number),
        subtitle=(
            f"One mark an area ({drawn.height} of {rows.height}): weaknesses on exploitation in its first single "
            f"inspection, {first} to {last}, and assessments that recorded CSE in the year ending 31 March {year}. "
            f"{statement}."
        ),
        source=credit.source,
        licence=credit.licence,
        alt_text=(
            f"Scatter plot of {caption.counted(drawn.height, 'area')}. Weaknesses on exploitation run from "
            f"{min(weaknesses)} to {max(weaknesses)}, assessments recording CSE from "
            f"{min(rates):.1f} to {max(rates):.1f} per 10,000 children. {_tendency(of_number)} "
            f"({_rho(of_number)}).{gaps}"
        ),
        data=rows,
        notes=(
            f"{_tendency(of_number)}: {_rho(of_number)}, {caption.counted(of_number['areas'], 'area')}. With the share "
            f"of an area’s findings on exploitation that are weaknesses instead of their number: {_rho(of_share)}."
            f"{gaps}{coincide}",
            f"{RECORDING} Areas that look harder record more; how they record differs; rates of small counts move by "
            "chance. Inspections and assessments lie up to "
            f"{caption.counted(year - min(days).year, 'year')} apart. "
            "Nothing reported is not nothing wrong, and what goes together is not what causes what.",
            f"Weaknesses of the safeguarding board are left out. {KINDS_OF_EXPLOITATION}",
        ),
        reading=(
            "Each circle is an area: further right, more weaknesses reported; further up, more assessments recording "
            "CSE for its children. Darker, where circles overlap. If the two went together, the circles would rise or "
            "fall from left to right."
        ),
        width=SCATTER_WIDTH + 50,
    )


def _scatter(rows: pl.DataFrame, year: int) -> Any:
    base = alt.Chart(frames.marks(rows))
    most = int(rows["weaknesses"].max())  # type: ignore[arg-type]
    across = alt.X(
        "weaknesses:Q",
        scale=alt.Scale(domain=[-0.5, most + 0.5], nice=False),
        axis=alt.Axis(format="d", values=list(range(0, most + 1, 1 if most < 12 else 2))),
    ).title("Weaknesses on exploitation in the area’s first single inspection")
    down = alt.Y(
        "rate:Q",
        scale=alt.Scale(domain=[0, float(rows["rate"].max()) * 1.08 or 1.0], nice=False),  # type: ignore[arg-type]
        axis=alt.Axis(tickCount=5),
    ).title(f"Assessments recording CSE per 10,000 children, year ending 31 March {year}")
    return alt.layer(
        base.mark_point(
            shape="circle",
            filled=True,
            size=95,
            opacity=1,
            fill=theme.DARK_BLUE,
            fillOpacity=0.3,
            stroke=theme.DARK_BLUE,
            strokeWidth=1.5,
        ).encode(
            x=across,
            y=down,
            tooltip=[
                alt.Tooltip("area_name:N", title="Area"),
                alt.Tooltip("weaknesses:Q", title="Weaknesses on exploitation"),
                alt.Tooltip("published_words:N", title="In the inspection published"),
                alt.Tooltip("rate:Q", title="Assessments recording CSE per 10,000 children", format=".1f"),
            ],
        ),
        alt.Chart(frames.marks(rows.filter(pl.col("here") > 1).unique(["weaknesses", "rate"], maintain_order=True)))
        .mark_text(align="left", dx=9)
        .encode(x=across, y=down, text=alt.Text("here:N")),
    ).properties(width=SCATTER_WIDTH, height=SCATTER_HEIGHT)


def _recorded_headline(found: dict[str, Any]) -> str:
    direction = _direction(found)
    if found["rho"] is None:
        return "Too few areas to set weaknesses beside recorded CSE"
    if direction is None:
        return "No clear link between reported weaknesses and recorded CSE"
    return f"More reported weaknesses go with {'more' if direction > 0 else 'less'} recorded CSE"


def _tendency(found: dict[str, Any]) -> str:
    direction = _direction(found)
    if direction is None:
        return "No clear link between the two"
    return f"Areas with more weaknesses recorded {'more' if direction > 0 else 'less'}"


def _associations(frame: Any, chart: str) -> pl.DataFrame:
    rows = frames.tidy(frame, chart, *ASSOCIATED, made_by="weaknesses.associations")
    frames.only(rows, chart, "cohort")
    return rows


def _direction(found: dict[str, Any]) -> int | None:
    """Which way two measures go together, where the whole interval lies on one side of nothing."""
    if found["rho"] is None or found["low"] <= 0 <= found["high"]:
        return None
    return 1 if found["low"] > 0 else -1


def _rho(found: dict[str, Any]) -> str:
    if found["rho"] is None:
        return "Spearman’s rho not defined"
    rho, low, high = (f"{found[column]:.2f}".replace("-", "−") for column in ("rho", "low", "high"))
    return f"Spearman’s rho {rho}, 95% interval {low} to {high}"


def _paired(rows: pl.DataFrame, title: str, groups: Mapping[str, str], heads: Sequence[str]) -> Any:
    """Two dots with intervals a row, one a group, and the counts behind them in columns at the right.

    Args:
        rows: one row a row of the chart and group: `row`, `group`, `reports`, `reports_read`, `share`, `low`, `high`;
            in the order in which to draw them.
        title: what the rows are.
        groups: the two groups in words.
        heads: the same, short, over the columns.
    """
    order = rows["row"].unique(maintain_order=True).to_list()
    drawn = rows.with_columns(
        who=pl.col("group").replace_strict(groups, return_dtype=pl.String),
        words=pl.when(pl.col("reports_read") > 0)
        .then(pl.format("{} of {}", "reports", "reports_read"))
        .otherwise(pl.lit("no report")),
        interval=pl.struct("share", "low", "high").map_elements(caption.share_with_interval, return_dtype=pl.String),
    )
    labels = list(groups.values())
    shown = alt.Legend(title=None, symbolStrokeWidth=0, offset=LEGEND_OFFSET)
    colour = alt.Color(
        "who:N", scale=alt.Scale(domain=labels, range=[colour for colour, _ in GROUP_STYLES]), legend=shown
    )
    shape = alt.Shape("who:N", scale=alt.Scale(domain=labels, range=[shape for _, shape in GROUP_STYLES]), legend=shown)
    down = alt.Y(
        "row:N",
        sort=order,
        scale=alt.Scale(domain=order, paddingInner=0.36, paddingOuter=0.18),
        axis=alt.Axis(title=None, grid=False, minExtent=NAME_ROOM, labelPadding=8),
    )
    apart = alt.YOffset("who:N", sort=labels, scale=alt.Scale(domain=labels))
    across = alt.X(
        "share:Q",
        scale=alt.Scale(domain=[0, 1]),
        axis=alt.Axis(format="%", values=[0, 0.25, 0.5, 0.75, 1], grid=True, labelFlush=False),
    ).title(None)
    some = alt.Chart(frames.marks(drawn.filter(pl.col("reports_read") > 0)))
    tooltip = [
        alt.Tooltip("row:N", title=title),
        alt.Tooltip("who:N", title="Reports"),
        alt.Tooltip("words:N", title="With a weakness on exploitation"),
        alt.Tooltip("interval:N", title="Share, 95% interval"),
    ]
    columns = [
        layer
        for place, (group, head) in enumerate(zip(groups, heads, strict=True))
        for layer in marks.column_of_words(
            alt.Chart(frames.marks(drawn.filter(pl.col("group") == group))),
            "words:N",
            head,
            down,
            PLOT_WIDTH + FIRST_COLUMN + place * COLUMN_WIDTH,
        )
    ]
    return alt.layer(
        some.mark_rule(strokeWidth=1.5).encode(
            x=alt.X("low:Q"), x2=alt.X2("high:Q"), y=down, yOffset=apart, color=colour
        ),
        some.mark_point(filled=True, size=52, opacity=1).encode(
            x=across, y=down, yOffset=apart, color=colour, shape=shape, tooltip=tooltip
        ),
        *columns,
    ).properties(
        width=PLOT_WIDTH,
        height=ROW * len(order),
        title=alt.TitleParams(title, fontSize=14, anchor="start", frame="group", offset=4, dx=-NAME_ROOM),
    )
