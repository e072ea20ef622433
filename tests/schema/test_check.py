"""`analysis check` names every fault by file, line, column, value and rule, and says what to do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from analysis.schema import check

Edit = Callable[[Path], None]


def replace(table: str, old: str, new: str, *, of: str = "") -> Edit:
    """Replace text once, in the first line that begins with `of`."""

    def edit(raw: Path) -> None:
        path = raw / f"{table}.csv"
        lines = path.read_text("utf-8").splitlines(keepends=True)
        at = next(n for n, line in enumerate(lines) if line.startswith(of) and old in line)
        lines[at] = lines[at].replace(old, new, 1)
        path.write_text("".join(lines), "utf-8")

    return edit


def drop(table: str, of: str) -> Edit:
    """Remove the first line that begins with `of`."""

    def edit(raw: Path) -> None:
        path = raw / f"{table}.csv"
        lines = path.read_text("utf-8").splitlines(keepends=True)
        del lines[next(n for n, line in enumerate(lines) if line.startswith(of))]
        path.write_text("".join(lines), "utf-8")

    return edit


def double(table: str, of: str) -> Edit:
    """Write the first line that begins with `of` a second time, at the end."""

    def edit(raw: Path) -> None:
        path = raw / f"{table}.csv"
        lines = path.read_text("utf-8").splitlines(keepends=True)
        lines.append(next(line for line in lines if line.startswith(of)))
        path.write_text("".join(lines), "utf-8")

    return edit


def content(table: str, change: Callable[[bytes], bytes]) -> Edit:
    """Change a file's bytes."""

    def edit(raw: Path) -> None:
        path = raw / f"{table}.csv"
        path.write_bytes(change(path.read_bytes()))

    return edit


ROTHERHAM_SIF = "rotherham-2014-11-19-sif"

BROKEN: dict[str, tuple[Edit, list[str]]] = {
    "a renamed column": (
        replace("areas", "slug", "Slug"),
        [
            "data/raw/areas.csv, line 1, column Slug: unknown breaks the rule “the table has no other columns”",
            "data/raw/areas.csv, line 1, column slug: missing breaks the rule “every column of the table is there”",
        ],
    ),
    "a missing file": (
        lambda raw: (raw / "events.csv").unlink(),
        ["data/raw/events.csv, column (file): missing breaks the rule “every curated table is there”"],
    ),
    "a byte order mark": (
        content("sources", lambda old: b"\xef\xbb\xbf" + old),
        ["data/raw/sources.csv, line 1, column (file): byte order mark breaks the rule “the file has none”"],
    ),
    "another encoding": (
        content(
            "sources", lambda old: old[: old.index(b"\n") + 1] + "é".encode("latin-1") + old[old.index(b"\n") + 1 :]
        ),
        ["data/raw/sources.csv, line 2, column (file): byte 0xe9 breaks the rule “the file is UTF-8”"],
    ),
    "a truncated file": (
        content("children", lambda old: old[:-9]),
        ["(file): no line end breaks the rule “the last line is whole”"],
    ),
    "an unknown region": (
        replace("areas", "E12000001", "E12000099", of="E06000001"),
        ["line 2, column region_code: 'E12000099' breaks the rule “every areas.region_code is in regions.region_code”"],
    ),
    "a grade that is none": (
        replace("judgements", ",inadequate,", ",adequate,", of=f"{ROTHERHAM_SIF},overall"),
        ["column grade: 'adequate' breaks the rule “the code is one of inadequate, requires_improvement, good,"],
    ),
    "days in the wrong order": (
        replace("inspections", "2014-10-08", "2014-09-08", of=ROTHERHAM_SIF),
        ["column started, ended: '2014-09-16'; '2014-09-08' breaks the rule “ended_not_before_started:"],
    ),
    "a day that does not exist": (
        replace("inspections", "2014-10-08", "2014-10-32", of=ROTHERHAM_SIF),
        ["column ended: '2014-10-32' breaks the rule “a date is a real day written YYYY-MM-DD”"],
    ),
    "a judgement lost": (
        drop("judgements", f"{ROTHERHAM_SIF},help_protection"),
        ["'rotherham-2014-11-19-sif' without help_protection breaks the rule “judgements_are_complete:"],
    ),
    "an inspection lost": (
        drop("inspections", ROTHERHAM_SIF),
        ["column inspection_id: 'rotherham-2014-11-19-sif' breaks the rule “every judgements.inspection_id is in"],
    ),
    "a key twice": (
        double("neighbours", "E08000018,1,"),
        ["column area_code, rank: 'E08000018'; '1' breaks the rule “no two rows have the same key”"],
    ),
    "a suppressed count with a number": (
        replace("assessments", ",published,", ",suppressed,", of="E08000018,authority,2025,cse"),
        ["column count, status:", "breaks the rule “published_has_count:"],
    ),
    "a count with decimals": (
        replace("assessments", ",2025,cse,", ",2025,cse,1.", of="E08000018,authority,2025,cse"),
        ["column count: '1.", "breaks the rule “the value is a whole number in plain digits”"],
    ),
    "a year of an area lost": (
        drop("assessments", "E08000018,authority,2025,cse"),
        ["E08000018 2025 cse is missing breaks the rule “assessments_are_whole:"],
    ),
    "more children than there are": (
        replace("children", ",2024,", ",2024,1", of="E08000018,authority,2024"),
        ["in 2024 breaks the rule “children_add_up:"],
    ),
    "a review that is no inspection": (
        drop("cqc_reviews", "rotherham-2015-07-14-cqc_clas"),
        ["'rotherham-2015-07-14-cqc_clas' breaks the rule “cqc_reviews_are_inspections:"],
    ),
    "a summary too long": (
        replace("findings", "Midwives and health visitors", "word " * 31 + "Midwives and health visitors"),
        ["breaks the rule “summary_is_short: A summary has at most 30 words.” → shorten the summary"],
    ),
    "a theme that the codebook has not": (
        replace("findings", ",weakness,leadership,", ",weakness,governance,", of=f"{ROTHERHAM_SIF}-"),
        ["column theme: 'governance' breaks the rule “the code is one of leadership, quality_assurance,"],
    ),
    "a page beyond the report": (
        replace("findings", f"{ROTHERHAM_SIF},1,3,", f"{ROTHERHAM_SIF},1,99,", of=f"{ROTHERHAM_SIF}-001"),
        ["column page: 99 of 'rotherham-2014-11-19-sif-001' breaks the rule “pages_are_within_the_report:"],
    ),
    "a finding lost": (
        drop("findings", f"{ROTHERHAM_SIF}-002"),
        [
            "column coded: 'rotherham-2014-11-19-sif':",
            "breaks the rule “finding_numbers_have_no_gap:",
        ],
    ),
    "a passage coded twice the same way": (
        replace("findings", f"{ROTHERHAM_SIF},2,", f"{ROTHERHAM_SIF},1,", of=f"{ROTHERHAM_SIF}-002"),
        ["'rotherham-2014-11-19-sif-002' breaks the rule “one_finding_a_passage_and_polarity:"],
    ),
    "passages that nobody accounted for": (
        replace("coverage", f"{ROTHERHAM_SIF},", f"{ROTHERHAM_SIF},1", of=ROTHERHAM_SIF),
        ["column passages, coded, set_aside:", "breaks the rule “every_passage_is_accounted_for:"],
    ),
    "a second reading by the first reader": (
        content("second_reading", lambda old: old.replace(b",b,,", b",a,,", 1)),
        ["column coder: 'a' breaks the rule “coder_is_the_second_reader:"],
    ),
    "a source that nobody cites": (
        content("sources", lambda old: old + b"unused,Title,Publisher,,https://example.org,Terms,,\n"),
        ["column source_id: 'unused' breaks the rule “sources_are_cited:"],
    ),
    "a correction that no longer applies": (
        content(
            "corrections",
            lambda old: (
                old
                + b"areas;E08000018,name\n".replace(b";", b",") * 0
                + b"areas,E08000018,name,Rotheram,Rotherham Borough,the release misspells the name,2026-01-01\n"
            ),
        ),
        ["areas E08000018 name is 'Rotherham', not 'Rotherham Borough' breaks the rule “corrections_still_apply:"],
    ),
    "a space at the end": (
        replace("regions", "North East", "North East "),
        ["column name: 'North East ' breaks the rule “no value begins or ends with a space”"],
    ),
    "a row with a cell too many": (
        replace("regions", "North East", "North East,x"),
        ["column (row): 4 cells breaks the rule “a row has 3 cells”"],
    ),
}


def test_the_curated_tables_obey_every_rule(raw_copy: Path) -> None:
    assert [str(fault) for fault in check.check(raw_copy).faults] == []


@pytest.mark.parametrize(("edit", "messages"), BROKEN.values(), ids=BROKEN.keys())
def test_a_fault_is_named(raw_copy: Path, edit: Edit, messages: list[str]) -> None:
    edit(raw_copy)
    found = [str(fault) for fault in check.check(raw_copy).faults]
    for message in messages:
        assert any(message in fault for fault in found), found


def test_all_faults_are_reported_at_once(raw_copy: Path) -> None:
    for name in ("a grade that is none", "days in the wrong order", "a key twice", "a summary too long"):
        BROKEN[name][0](raw_copy)
    found = check.check(raw_copy).faults
    assert {fault.file for fault in found} >= {
        f"data/raw/{table}.csv" for table in ("judgements", "inspections", "neighbours", "findings")
    }


def test_windows_line_ends_are_harmless(raw_copy: Path) -> None:
    content("areas", lambda old: old.replace(b"\n", b"\r\n"))(raw_copy)
    assert check.check(raw_copy).faults == []


def test_the_order_of_columns_is_harmless(raw_copy: Path) -> None:
    path = raw_copy / "regions.csv"
    rows = [line.split(",") for line in path.read_text("utf-8").splitlines()]
    path.write_text("".join(",".join(reversed(row)) + "\n" for row in rows), "utf-8")
    assert check.check(raw_copy).faults == []
