"""The layouts of reports: which headings divide each kind, what stands below them, and which lists it always has."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from analysis.errors import UnknownLayoutError
from analysis.passages.lines import Line
from analysis.passages.passage import Section
from analysis.sources.reports.cover import read_report
from analysis.sources.reports.facts import APOSTROPHE, GRADE_WORDS, Family


class Layout(StrEnum):
    """A way in which reports are laid out, in the order in which they came."""

    SIF_KEY_FINDINGS = "single inspection with a summary of findings (2014 and 2015)"
    SIF_EXECUTIVE_SUMMARY = "single inspection with an executive summary (2014 to 2018)"
    SIF_REINSPECTION = "re-inspection with an executive summary (2016 to 2018)"
    BOARD_REVIEW = "review of a Local Safeguarding Children Board alone (2015)"
    JTAI_KEY_STRENGTHS = "JTAI letter with key strengths (2016 to 2020)"
    ILACS = "ILACS report (from 2018)"
    JTAI_HEADLINE_FINDINGS = "JTAI letter with headline findings (from 2022)"


class Part(StrEnum):
    """What stands below a heading."""

    NOT_CODED = "not coded"
    SUMMARY = "summary"
    JUDGEMENT = "judgement with its summary"
    NARRATIVE = "narrative"
    PRIORITY = "priority actions"
    IMPROVEMENT = "areas for improvement"
    STRENGTHS = "strengths"
    CASE_STUDY = "case study"
    AUTHORITY = "the local authority"
    BOARD = "the Local Safeguarding Children Board"


LISTS = (Part.PRIORITY, Part.IMPROVEMENT, Part.STRENGTHS)

_BOARDS = r"(?:Local )?Safeguarding (?:Children(?:s|'s|’s)? )?Board|\w*SCB"
_AREA_JUDGED = (
    r"(?:The )?experiences? and progress of"
    r" (?:(?:all )?children(?: and young people)?(?: (?:who need|in need of) help and protection"
    r"| looked after(?: and achieving permanence)?| in care(?: and(?: of)? care leavers)?)|(?:young )?care leavers)"
)
_LEADERS = r"(?:The )?impact of (?:leaders|leadership) on social work practice(?: with children and families)?"
_VERDICT = (
    r"(?:\W*(?:(?:is|are|remains?|continues? to be|has been|have been)\W+)?(?:judged )?(?:to be )?"
    rf"(?:{GRADE_WORDS}|(?<=is)|(?<=are)))?"
)

_SINGLE_INSPECTION: tuple[tuple[str, Part], ...] = (
    (r"(?:Section \d:? )?The local authority(?: . Summary of (?:key )?findings)?", Part.AUTHORITY),
    (
        rf"(?:Section \d:? ?|Review of "
        rf"|Inspection of )?(?:The )?(?:effectiveness (?:of )?(?:the )?)?(?:{_BOARDS})(?: \(\w+\))?(?:: \w+)?",
        Part.BOARD,
    ),
    (r"(?:Executive summary|Summary of (?:key )?findings)", Part.SUMMARY),
    (r"Summary for (?:children|young people|children and young people|children, young people .{3,30})", Part.SUMMARY),
    (r"Key judge?ments?(?: judge?ment)?(?: grade)?", Part.JUDGEMENT),
    (r"Summary", Part.JUDGEMENT),
    (r"Priority and immediate actions?", Part.PRIORITY),
    (r"Areas? for priority (?:and immediate )?actions?", Part.PRIORITY),
    (r"Areas? for (?:further )?improvements?|Recommendations?", Part.IMPROVEMENT),
    (r"What (?:does|do) the .{2,60} need to improve", Part.IMPROVEMENT),
    (r"The (?:local authority|LSCB|board|.{3,40}SCB)(?:['’]s)? (?:has the following )?strengths?", Part.STRENGTHS),
    (rf"Key strengths and weaknesses of (?:the )?(?:{_BOARDS})", Part.NARRATIVE),
    (r"Progress since the last inspections?", Part.NARRATIVE),
    (r"(?:Annex \w:? )?Information about th(?:e|is) (?:local authority(?: area)?|area)", Part.NARRATIVE),
    (r"Information about (?:this|the) (?:LSCB )?(?:re-?)?(?:inspection|review)", Part.NOT_CODED),
    (
        r"What the (?:LSCB )?inspection judge?ments mean(?:\W+the (?:local authority|local|LSCB"
        r"|board))?",
        Part.NOT_CODED,
    ),
    (r"Inspection judge?ments? about the (?:local authority|LSCB|board)", Part.NARRATIVE),
    (rf"Inspection findings?(?:\W+(?:the )?(?:{_BOARDS}))?", Part.NARRATIVE),
    (rf"{_AREA_JUDGED}{_VERDICT}\.?", Part.JUDGEMENT),
    (rf"Leadership, management and governance{_VERDICT}\.?", Part.JUDGEMENT),
)
_LETTER: tuple[tuple[str, Part], ...] = (
    (r"(?:Key |Early help )?Strengths?", Part.STRENGTHS),
    (r"Areas? for priority actions?", Part.PRIORITY),
    (r"Areas? for improvements?|What needs to improve", Part.IMPROVEMENT),
    (
        r"(?:(?:Case|Practice) (?:study|studies|example)|Places and spaces)"
        r"(?: ?[\d:\u2013-]+ ?(?:(?:areas? of )?(?:highly )?(?:effective|good) practice|area(?:s"
        r"|\(s\))? for (?:priority action|improvement)s?(?: and improvement)?))?\.?",
        Part.CASE_STUDY,
    ),
    (r"Headline findings?", Part.SUMMARY),
    (r"Main findings?", Part.NARRATIVE),
    (r"Next steps?", Part.NOT_CODED),
)
_ILACS: tuple[tuple[str, Part], ...] = (
    (r"What needs to improve", Part.IMPROVEMENT),
    (r"Areas? for priority actions?", Part.PRIORITY),
    (rf"(?:{_AREA_JUDGED}|{_LEADERS}){_VERDICT}\.?", Part.NARRATIVE),
    (
        rf"The Office for Standards in Education, Children{APOSTROPHE}s Services and Skills \(Ofsted\)(?: .*)?",
        Part.NOT_CODED,
    ),
)
_WORDING: dict[Layout, tuple[tuple[str, Part], ...]] = {
    Layout.SIF_KEY_FINDINGS: _SINGLE_INSPECTION,
    Layout.SIF_EXECUTIVE_SUMMARY: _SINGLE_INSPECTION,
    Layout.SIF_REINSPECTION: _SINGLE_INSPECTION,
    Layout.BOARD_REVIEW: _SINGLE_INSPECTION,
    Layout.JTAI_KEY_STRENGTHS: _LETTER,
    Layout.JTAI_HEADLINE_FINDINGS: _LETTER,
    Layout.ILACS: _ILACS,
}
_HEADINGS: dict[Layout, tuple[tuple[re.Pattern[str], Part], ...]] = {
    layout: tuple((re.compile(rf"(?:{wording}) ?[:?]?\d{{0,2}}", re.IGNORECASE), part) for wording, part in wordings)
    for layout, wordings in _WORDING.items()
}
_FIRST_WORDS = {
    layout: re.compile(
        {
            _SINGLE_INSPECTION: r"(?:Section|The|Effective|Local|Safeguard|\w*SCB|Exec|Experience|Summary|Key"
            r"|Priority"
            r"|Areas?|Recommend|Review|What|Progress|Annex|Information|Inspection|Leadership)",
            _LETTER: r"(?:Key|Early|Strength|Area|What|Case|Practice|Places|Headline|Main|Next)",
            _ILACS: r"(?:What|Area|Experience|Impact|The (?:exp|imp|Off))",
        }[wordings],
        re.IGNORECASE,
    )
    for layout, wordings in _WORDING.items()
}

ALWAYS: dict[Layout, tuple[Section, ...]] = {
    Layout.SIF_KEY_FINDINGS: (Section.AREA_FOR_IMPROVEMENT,),
    Layout.SIF_EXECUTIVE_SUMMARY: (Section.AREA_FOR_IMPROVEMENT,),
    Layout.SIF_REINSPECTION: (Section.AREA_FOR_IMPROVEMENT,),
    Layout.BOARD_REVIEW: (),
    Layout.JTAI_KEY_STRENGTHS: (Section.STRENGTH, Section.AREA_FOR_IMPROVEMENT),
    Layout.JTAI_HEADLINE_FINDINGS: (Section.AREA_FOR_IMPROVEMENT,),
    Layout.ILACS: (Section.AREA_FOR_IMPROVEMENT,),
}
"""The lists that every report of a layout has; a report of it in which one is not found is remarked on.

Where a report has a part on the board, that part has a list of the board's priority actions or improvements.
"""


@dataclass(frozen=True)
class _Sign:
    """What tells two layouts of one family apart: a heading."""

    label: str
    heading: re.Pattern[str]
    layout: Layout


def _sign(label: str, heading: str, layout: Layout) -> _Sign:
    return _Sign(label, re.compile(rf"{heading} ?[:?]?\d{{0,2}}", re.IGNORECASE), layout)


_EXECUTIVE_SUMMARY = "Executive summary"
_SIGNS: dict[Family, tuple[_Sign, ...]] = {
    Family.SIF: (
        _sign(_EXECUTIVE_SUMMARY, _EXECUTIVE_SUMMARY, Layout.SIF_EXECUTIVE_SUMMARY),
        _sign("Summary of findings", r"(?:Section 1.{0,40})?Summary of (?:key )?findings", Layout.SIF_KEY_FINDINGS),
    ),
    Family.SIF_REINSPECTION: (_sign(_EXECUTIVE_SUMMARY, _EXECUTIVE_SUMMARY, Layout.SIF_REINSPECTION),),
    Family.ILACS: (
        _sign(
            "The experiences and progress of …",
            r"The (?:experiences? and progress of|impact of lead).*",
            Layout.ILACS,
        ),
    ),
    Family.JTAI: (
        _sign("Headline findings", "Headline findings", Layout.JTAI_HEADLINE_FINDINGS),
        _sign("Key strengths", "Key strengths?", Layout.JTAI_KEY_STRENGTHS),
    ),
}
_BOARD_ALONE = re.compile(r"is on the Local Safeguarding Children Board alone")


def layout_of(pages: Sequence[str], lines: Sequence[Line], *, file: Path | str) -> Layout:
    """Tell the layout of a report: its kind by its cover, and within the kind by the headings that it has.

    Args:
        pages: the text of each page.
        lines: the lines of its body.
        file: what to call the report in errors.

    Raises:
        UnknownLayoutError: the cover is that of no known kind, or none of the kind's headings is there.
    """
    report = read_report(pages, file=file)
    if any(_BOARD_ALONE.search(remark) for remark in report.remarks):
        return Layout.BOARD_REVIEW
    signs = _SIGNS[report.family]
    for sign in signs:
        if any(sign.heading.fullmatch(line.text) for line in lines):
            return sign.layout
    raise UnknownLayoutError(
        file,
        " or ".join(f"the heading “{sign.label}”" for sign in signs),
        f"the lines of its {len(pages)} pages, by the cover those of a report of the kind {report.family.value}",
        "If the report is of this kind, add its headings to analysis.passages.layouts.",
    )


def part_of(heading: str, layout: Layout) -> Part | None:
    """What stands below a heading of this layout; None where the heading does not divide the report."""
    if not heading[:1].isupper() or _FIRST_WORDS[layout].match(heading) is None:
        return None
    return next((part for pattern, part in _HEADINGS[layout] if pattern.fullmatch(heading)), None)
