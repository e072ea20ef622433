"""Letters on joint targeted area inspections (JTAI, from 2016): area, days, and the deep dive that the letter names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from analysis.errors import UnknownLayoutError
from analysis.schema.codes import JtaiTheme
from analysis.sources.reports.dates import first_day, spans
from analysis.sources.reports.facts import Family, Report, one_line

TITLE = re.compile(r"Joint targeted area inspection of", re.IGNORECASE)
_DEAR = re.compile(r"\bDear\b")
_TOOK_PLACE = re.compile(r"(?:This inspection took place (?:from|between|on)|\bBetween)\s+(?=\d)", re.IGNORECASE)
_DEEP_DIVE = re.compile(r"[‘'“]deep[- ]dive[’'”]\s+(?:focus\s+)?(?:on|into)\s+(?P<subject>[^.]{10,400})", re.IGNORECASE)
_RESPONSE = re.compile(r"multi-agency (?:identification and )?responses? to\s+(?P<subject>[^.]{5,260})", re.IGNORECASE)
_OPENING_PAGES = 3

_THEMES: tuple[tuple[JtaiTheme, re.Pattern[str]], ...] = tuple(
    (theme, re.compile(pattern, re.IGNORECASE))
    for theme, pattern in (
        (JtaiTheme.DOMESTIC_ABUSE_UNBORN_TO_SEVEN, r"children who are victims of domestic abuse"),
        (JtaiTheme.SEXUAL_ABUSE_IN_FAMILY, r"sexual abuse in the family"),
        (JtaiTheme.MENTAL_HEALTH, r"mental (?:ill )?health"),
        (JtaiTheme.SERIOUS_YOUTH_VIOLENCE, r"serious youth violence"),
        (JtaiTheme.IDENTIFICATION_OF_INITIAL_NEED, r"(?:identification of )?initial need and risk"),
        (JtaiTheme.EARLY_HELP, r"children and families (?:in [\w ]{2,40} )?who need help"),
        (
            JtaiTheme.EXPLOITATION_GANGS_MISSING,
            r"\bgangs\b|child exploitation|sexual and criminal exploitation|criminal and sexual exploitation",
        ),
        (JtaiTheme.CRIMINAL_EXPLOITATION, r"criminal exploitation"),
        (JtaiTheme.CSE_AND_MISSING, r"child sexual exploitation.{0,40}missing from home"),
        (JtaiTheme.DOMESTIC_ABUSE, r"domestic abuse"),
        (JtaiTheme.NEGLECT, r"(?<!abuse and )(?<!abuse, )\bneglect(?:ed)?\b"),
    )
)


def is_jtai(opening: str) -> bool:
    """Whether the opening of a report, on one line, is that of a letter on a joint targeted area inspection."""
    return TITLE.search(opening) is not None and _DEAR.search(opening) is not None


def read_jtai(pages: Sequence[str], *, file: Path | str) -> Report:
    """Read a letter on a joint targeted area inspection.

    The theme is the “deep dive” that the letter names; where it names no subject there (as from 2022 on), it is
    what the “multi-agency response” that was inspected was to. The letters' titles alone do not decide: until 2019
    many say “abuse and neglect” whatever the deep dive was on.

    Args:
        pages: the letter's pages.
        file: what to call the letter in errors.

    Returns:
        The letter's facts, without judgements (these inspections give no grades). Nobody whom it is addressed to or
        signed by is kept.

    Raises:
        UnknownLayoutError: a label of the letter is missing, or its theme is none of the known ones.
    """
    opening = one_line(" ".join(pages[:_OPENING_PAGES]))
    dear = _DEAR.search(opening)
    if dear is None:
        raise _missing(file, "“Dear …”")
    published = first_day(opening[: dear.start()])
    if published is None:
        raise _missing(file, "the letter's date before “Dear …”")
    body = opening[dear.start() :]
    title = TITLE.search(body)
    if title is None:
        raise _missing(file, "the title “Joint targeted area inspection of …”")
    visits: tuple[tuple[date, date], ...] = ()
    for label in _TOOK_PLACE.finditer(body, title.end()):
        visits = spans(body[label.end() :], before=published)
        if visits:
            break
    if not visits:
        raise _missing(file, "“This inspection took place from …” or “Between …” with the days")
    names = _area_names(body[title.start() :])
    if not names:
        raise _missing(file, "the area's name (“… inspection of …”, “individual agencies in …”)")
    return Report(
        family=Family.JTAI,
        area_names=names,
        visits=visits,
        published=published,
        theme=_theme(body[title.start() :], file),
        judgements=(),
        pages=len(pages),
    )


def _theme(text: str, file: Path | str) -> JtaiTheme:
    subjects = [match["subject"] for match in _DEEP_DIVE.finditer(text)]
    subjects += [match["subject"] for match in _RESPONSE.finditer(text)]
    for subject in subjects:
        theme = _theme_of(subject)
        if theme is not None:
            return theme
    raise UnknownLayoutError(
        file,
        "a known theme after “‘deep dive’ focus on” or “multi-agency response to”",
        f"pages 1 to {_OPENING_PAGES}, where it says: {'; '.join(s[:80] for s in subjects) or 'nothing'}",
        "Add the theme to JtaiTheme and to the reader of JTAI letters.",
    )


def _theme_of(subject: str) -> JtaiTheme | None:
    return next((theme for theme, pattern in _THEMES if pattern.search(subject)), None)


_AREA_NAMED = (
    re.compile(r"Joint targeted area inspection of (?!the multi-agency|multi-agency)(?P<area>.{3,80}?) This letter"),
    re.compile(r"Joint targeted area inspection of .{0,200} in (?P<area>(?:the )?[A-Z].{2,60}?)\.? Between \d"),
    re.compile(r"individual agencies in (?P<area>(?:the )?[A-Z][^.]{2,60}?)\."),
    re.compile(r"multi-agency responses? to [^.]{5,200} in (?P<area>(?:the )?[A-Z][^.\d]{2,60}?)(?: Between |[.\d])"),
)


def _area_names(text: str) -> tuple[str, ...]:
    names: list[str] = []
    for pattern in _AREA_NAMED:
        match = pattern.search(text)
        if match is not None and match["area"] not in names:
            names.append(match["area"])
    return tuple(names)


def _missing(file: Path | str, label: str) -> UnknownLayoutError:
    return UnknownLayoutError(
        file, label, f"pages 1 to {_OPENING_PAGES}", "If it is a JTAI letter, add the wording to its reader."
    )
