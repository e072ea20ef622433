"""What the functions on findings share: the frames they read, what a subject is, and who looked at a theme."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import narwhals as nw

from analysis.errors import AnalysisError
from analysis.frames import (
    DAY,
    FLAG,
    TEXT,
    WHOLE,
    Columns,
    Engine,
    Kind,
    Lazy,
    require_match,
    require_unique,
)
from analysis.schema import codes

Subject = Literal["listed", "exploitation", "cse", "missing", "all"]
"""Which findings count.

`listed`: the items of the reports' own lists, which every theme enters on the same terms. `exploitation`: every finding
that passes its judgement on exploitation (`central` or `among_others`; what names it in passing does not count).
`cse`: those of them that name sexual exploitation. `missing`: every finding on missing children. `all`: every finding;
narrative passages are coded only where they speak of exploitation or of missing children, so that themes are not on the
same terms.
"""

SUBJECTS: tuple[Subject, ...] = ("listed", "exploitation", "cse", "missing", "all")

REPORT_KINDS: dict[str, Kind] = {
    "inspection_id": TEXT,
    "area_code": TEXT,
    "region": TEXT,
    "programme": TEXT,
    "scope": TEXT,
    "family": TEXT,
    "letter_theme": TEXT,
    "started": DAY,
    "published": DAY,
    "period": TEXT,
    "grade": TEXT,
    "help_protection": TEXT,
}
REPORTS = Columns("reports", REPORT_KINDS)

INSPECTIONS = Columns("inspections", {"inspection_id": TEXT, "area_code": TEXT, "programme": TEXT, "published": DAY})

FINDING_KINDS: dict[str, Kind] = {
    "finding_id": TEXT,
    "inspection_id": TEXT,
    "area_code": TEXT,
    "programme": TEXT,
    "polarity": TEXT,
    "theme": TEXT,
    "exploitation": TEXT,
    "exploitation_focus": TEXT,
    "missing": TEXT,
    "agency": TEXT,
    "severity": TEXT,
    "listed": FLAG,
    "on_exploitation": FLAG,
}
REPORTED = Columns("reported_findings", FINDING_KINDS)

WEAKNESS = "weakness"
STRENGTH = "strength"
PROGRESS = "progress"

COUNTED: dict[str, tuple[str, ...]] = {
    "theme": codes.THEME_CODES,
    "agency": codes.FINDING_CODES["agency"],
    "severity": codes.FINDING_CODES["severity"],
    "polarity": codes.FINDING_CODES["polarity"],
    "exploitation": codes.FINDING_CODES["exploitation"],
}
"""The codes of a finding by which it can be counted; all of them are, so that nothing reported is a 0 and not a gap."""

STRATA = ("programme", "family", "period", "region", "grade", "help_protection")
"""What is known of a report, by which reports can be told apart."""


def of_subject(findings: Lazy, subject: Subject) -> Lazy:
    """The findings of a subject.

    Raises:
        AnalysisError: there is no such subject.
    """
    return findings.filter(is_of_subject(subject))


def is_of_subject(subject: Subject) -> nw.Expr:
    """Whether a finding is of a subject, yes or no.

    Raises:
        AnalysisError: there is no such subject.
    """
    if subject not in SUBJECTS:
        raise AnalysisError(f"There is no subject {subject!r}. Known are {', '.join(SUBJECTS)}.")
    kept = {
        "listed": nw.col("listed"),
        "exploitation": nw.col("on_exploitation"),
        "cse": nw.col("on_exploitation") & nw.col("exploitation").is_in(["cse", "cse_and_criminal"]),
        "missing": nw.col("missing") == "yes",
        "all": ~nw.col("finding_id").is_null(),
    }
    return kept[subject].fill_null(False)


def require_codes(name: str, given: Sequence[str], known: Sequence[str]) -> list[str]:
    """The codes given, each of them known.

    Raises:
        AnalysisError: a code is not known, given twice, or none is given.
    """
    chosen = [str(code) for code in given]
    unknown = [code for code in chosen if code not in known]
    if unknown or not chosen or len(set(chosen)) != len(chosen):
        said = ", ".join(unknown) or ("given: the list is empty" if not chosen else "to be given twice")
        raise AnalysisError(f"There is no {name} {said}. Known are {', '.join(known)}; give each once.")
    return chosen


def usual_scope() -> nw.Expr:
    """The scope of a `programme`: what its inspections look at, where no report tells more."""
    boards = nw.col("programme").is_in([str(code) for code in codes.LOOK_AT_BOARDS])
    return nw.when(boards).then(nw.lit("whole")).otherwise(nw.lit("without_board"))


def scope_or_usual() -> nw.Expr:
    """The `scope` of a report that was read; of one that was not, what its `programme` looks at."""
    return nw.when(nw.col("scope").is_null()).then(usual_scope()).otherwise(nw.col("scope"))


OTHER_THEME = next(theme for theme in codes.THEME_CODES if theme != codes.BOARD_THEME)
"""Any theme that is not the safeguarding board: what looks at one looks at all of them."""


def looks_at(scope: str = "scope", theme: nw.Expr | None = None) -> nw.Expr:
    """Whether an inspection of a scope looks at the `theme`, or at the one given.

    A scope is `whole` (the council and the safeguarding board), `without_board` (the council alone) or `board` (the
    board alone).

    Safeguarding boards were reviewed in most single inspections and spoken of in joint letters; re-inspections and
    ILACS do not look at them, and a review of a board alone looks at nothing else. Every other theme is within every
    inspection's reach, though a joint letter has its own subject.
    """
    of_board = (nw.col("theme") if theme is None else theme) == codes.BOARD_THEME
    return (of_board & (nw.col(scope) != "without_board")) | (~of_board & (nw.col(scope) != "board"))


def require_findings(engine: Engine[Any], findings: Lazy, reports: Lazy) -> None:
    """Refuse findings or reports that are there twice, and findings of reports that are not given.

    Raises:
        AnalysisError: with the first of them.
    """
    require_unique(engine, reports, ["inspection_id"], "reports")
    require_unique(engine, findings, ["finding_id"], "reported_findings")
    require_match(engine, findings, reports, ["inspection_id"], "reported_findings", "reports")


ANY_THEME = "any"
"""Stands for all themes together, where themes are not told apart."""


def themes(engine: Engine[Any], *, together: bool) -> Lazy:
    """One row a theme with its `theme_order`; all of them together are one row, with order 0."""
    if together:
        return engine.table({"theme": TEXT, "theme_order": WHOLE}, {"theme": [ANY_THEME], "theme_order": [0]})
    return all_codes(engine, "theme")


def all_codes(engine: Engine[Any], column: str) -> Lazy:
    """One row a code of a counted column, with its place in the codebook as `<column>_order`."""
    known = COUNTED[column]
    kinds: dict[str, Kind] = {column: TEXT, f"{column}_order": WHOLE}
    return engine.table(kinds, {column: list(known), f"{column}_order": list(range(1, len(known) + 1))})
