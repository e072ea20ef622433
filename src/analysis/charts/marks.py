"""What grades, programmes and gaps look like on every chart: never colour alone, always also a letter or a shape.

Grades run from dark (inadequate) to pale (outstanding), so that they keep their order in grey; each has its letter.
Programmes have shapes: those that grade are filled, those that do not are open.
"""

from __future__ import annotations

from typing import Any

import altair as alt

from analysis.charts import theme
from analysis.schema import codes

GRADES: tuple[str, ...] = tuple(str(grade) for grade in codes.Grade)
GRADE_COLOURS: dict[str, str] = dict(
    zip(GRADES, (theme.DARK_BLUE, theme.MID_BLUE, theme.LIGHT_BLUE, theme.PALE_BLUE), strict=True)
)
GRADE_LETTERS: dict[str, str] = {grade: codes.GRADE_LABELS[grade][0] for grade in GRADES}
GRADES_WITH_WHITE_TEXT = GRADES[:2]
NOT_GRADED = "not_graded"
NOT_GRADED_LABEL = "No grade given"
NOT_JUDGED_MARK = "–"

PROGRAMME_SHAPES: dict[str, str] = {
    codes.Programme.SIF: "circle",
    codes.Programme.SIF_REINSPECTION: "M-1.05,.8L0,-1.15L1.05,.8Z",
    codes.Programme.ILACS_STANDARD: "square",
    codes.Programme.ILACS_SHORT: "diamond",
    codes.Programme.JTAI: "cross",
    codes.Programme.CQC_CLAS: "triangle-down",
}
EVENT_SHAPES: dict[str, str] = {"national": "M-.9,-.25H.9V.25H-.9Z", "rotherham": "M-.25,-.9H.25V.9H-.25Z"}

GAP_LETTERS: dict[str, str] = {
    codes.Gap.SUPPRESSED: "c",
    codes.Gap.UNAVAILABLE: "x",
    codes.Gap.UNRELIABLE: "u",
    codes.Gap.NOT_COLLECTED: "z",
    codes.Gap.DOUBTFUL_ZERO: "0?",
}
GAP_WORDS: dict[str, str] = {
    codes.Gap.SUPPRESSED: "suppressed because small",
    codes.Gap.UNAVAILABLE: "not available",
    codes.Gap.UNRELIABLE: "unreliable",
    codes.Gap.NOT_COLLECTED: "not collected",
    codes.Gap.DOUBTFUL_ZERO: "published as 0, most likely not recorded",
}


def grade_label(grade: str | None) -> str:
    """Name a grade for a legend, with its letter, or say that none was given."""
    return NOT_GRADED_LABEL if grade is None else f"{GRADE_LETTERS[grade]}  {codes.GRADE_LABELS[grade]}"


def grade_scale(*, with_not_graded: bool = False) -> alt.Scale:
    """Colours of the grades, keyed by their legend labels."""
    domain = [grade_label(grade) for grade in GRADES]
    colours = list(GRADE_COLOURS.values())
    if with_not_graded:
        domain.append(NOT_GRADED_LABEL)
        colours.append(theme.PAPER)
    return alt.Scale(domain=domain, range=colours)


def letter_colour(field: str = "grade") -> Any:
    """White letters on the two dark grades, black on the others."""
    return alt.condition(
        alt.FieldOneOfPredicate(field=field, oneOf=list(GRADES_WITH_WHITE_TEXT)),
        alt.value(theme.PAPER),
        alt.value(theme.TEXT),
    )


def utc_axis(format_: str = "%Y", **options: Any) -> alt.Axis:
    """A time axis of whole years."""
    return alt.Axis(format=format_, tickCount={"interval": "year", "step": 1}, labelFlush=False, **options)


def column_of_words(base: alt.Chart, text: str, head: str, down: alt.Y, place: float) -> list[Any]:
    """Words beside the rows of a chart, right-aligned, under a heading."""
    return [
        base.mark_text(align="right").encode(x=alt.value(place), y=down, text=alt.Text(text)),
        alt.Chart(alt.InlineData(values=[{"head": head}]))
        .mark_text(align="right", color=theme.QUIET_TEXT)
        .encode(x=alt.value(place), y=alt.value(-12), text=alt.Text("head:N")),
    ]
