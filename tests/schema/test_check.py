"""`analysis check` names every fault by file, line, column, value and rule, and says what to do."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from analysis.schema import check

Edit = Callable[[Path], object]


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


def instead(make: Callable[[Path], object]) -> Edit:
    """Put something else in the place of the table of events."""

    def edit(raw: Path) -> None:
        (raw / "events.csv").unlink()
        make(raw / "events.csv")

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
    "the last rows lost": (
        content("assessments", lambda old: b"".join(old.splitlines(keepends=True)[:-40])),
        [
            "data/raw/assessments.csv, column (file): 6,440 rows, 40 fewer than recorded breaks the rule “the table is",
            "E92000001 2025 trafficking is missing breaks the rule “assessments_are_whole:",
        ],
    ),
    "a value that no rule can doubt": (
        replace("events", "Single inspections (SIF) begin", "Single inspections start"),
        [
            "data/raw/events.csv, column (file): other values than recorded breaks the rule “the table is the one "
            "that data/raw/datapackage.json records” → see what changed (git diff); where it is meant, "
            "run `analysis describe`",
        ],
    ),
    "a descriptor lost": (
        lambda raw: (raw / "datapackage.json").unlink(),
        ["data/raw/datapackage.json, column (file): No such file or directory breaks the rule “the descriptor records"],
    ),
    "a table that the descriptor does not record": (
        lambda raw: (raw / "datapackage.json").write_text('{"resources": []}', "utf-8"),
        ["data/raw/areas.csv, column (file): not recorded breaks the rule “the table is the one that"],
    ),
    "a pipe in place of a table": (
        instead(lambda path: os.mkfifo(path)),
        ["data/raw/events.csv, column (file): Not a file breaks the rule “the file can be read”"],
    ),
    "a folder in place of a table": (
        instead(lambda path: path.mkdir()),
        ["data/raw/events.csv, column (file): Not a file breaks the rule “the file can be read”"],
    ),
    "a link to itself": (
        instead(lambda path: path.symlink_to(path.name)),
        ["data/raw/events.csv, column (file): Too many levels of symbolic links breaks the rule “the file can be"],
    ),
    "a sign that nobody sees": (
        replace("regions", "North East", "North\u200b East"),
        ["line 2, column name: 'North\\u200b East' breaks the rule “text is made of Latin letters"],
    ),
    "text that runs the other way": (
        replace("regions", "North East", "\u202eNorth East"),
        ["line 2, column name: '\\u202eNorth East' breaks the rule “text is made of Latin letters"],
    ),
    "an unusual space": (
        replace("regions", "North East", "North\u00a0East"),
        ["line 2, column name: 'North\\xa0East' breaks the rule “text is made of Latin letters"],
    ),
    "a tab": (
        replace("regions", "North East", "North\tEast"),
        ["line 2, column (file): U+0009 breaks the rule “there are no control characters"],
    ),
    "line ends of old Macs": (
        content("regions", lambda old: old.replace(b"\n", b"\r")),
        ["line 1, column (file): U+000D breaks the rule “there are no control characters"],
    ),
    "a quote within a cell": (
        replace("regions", "North East", 'North "East'),
        ["line 2, column (row): a quote astray breaks the rule “a row is one line, quotes stand round a cell"],
    ),
    "an open quote": (
        content("events", lambda old: old.replace(b"\n2013-11-07,", b'\n2013-11-07,"', 1)),
        ["data/raw/events.csv, line 3, column (row): a quote astray breaks the rule “a row is one line, quotes stand"],
    ),
    "a cell beyond all measure": (
        replace("regions", "North East", "North East" * 20_000),
        ["line 2, column (row): 200,027 characters breaks the rule “a row has at most 5,000 characters”"],
    ),
    "digits of another script": (
        replace("areas", "E08000018,372", "E08000018,３７２", of="E08000018"),
        ["column la_code: '３７２' breaks the rule “the value has the form ^[0-9]{3}$”"],
    ),
    "the year zero": (
        replace("inspections", "2014-10-08", "0000-10-08", of=ROTHERHAM_SIF),
        ["column ended: '0000-10-08' breaks the rule “a date is a real day written YYYY-MM-DD”"],
    ),
    "a day in the far future": (
        replace("events", "2013-09-30", "2113-09-30"),
        ["line 2, column date: '2113-09-30' breaks the rule “the value is at most 2049-12-31”"],
    ),
    "a month and day that no calendar has": (
        replace("cqc_reviews", "2015-07-14,", "2015-02-30,", of="rotherham"),
        ["column review_start, review_end, published:", "breaks the rule “days_are_real:"],
    ),
    "a review published before it began": (
        replace("cqc_reviews", "2015-02,2015-02,", "2016-02,2016-02,", of="rotherham"),
        ["breaks the rule “days_are_in_order:"],
    ),
    "a review on other days than its inspection": (
        replace("cqc_reviews", "2014-06-09", "2014-06-10", of="brent"),
        ["column review_start: '2014-06-10' against '2014-06-09' breaks the rule “cqc_reviews_say_the_same:"],
    ),
    "a code without its last day": (
        replace("area_codes", ",2025-03-31,", ",,", of="E08000016"),
        ["column valid_from, valid_to: 'E08000016' breaks the rule “codes_follow_one_another:"],
    ),
    "a sign decoded wrongly": (
        replace("regions", "North East", "North Eastâ€™s"),
        ["data/raw/regions.csv, line 2, column (file): 'â€' breaks the rule “no sign was decoded wrongly”"],
    ),
    "a spreadsheet's word for none": (
        replace("themes", ",,codebook", ",#N/A,codebook"),
        ["column boundary: '#N/A' breaks the rule “a value that is not known is empty” → empty the cell"],
    ),
    "a code in use before its first day": (
        replace("area_codes", "E06000028,,", "E06000028,2020-01-01,", of="E06000028"),
        ["column valid_from, valid_to: '2020-01-01'; '2019-03-31' breaks the rule “ends_after_it_began:"],
    ),
    "a source read before it was published": (
        content("sources", lambda old: old.replace(b",2025-09-25,", b",2026-12-25,")),
        ["column published, accessed: '2026-12-25'; '2026-11-21' breaks the rule “read_once_published:"],
    ),
    "a grade against its wording": (
        replace("judgements", ",inadequate,", ",good,", of=f"{ROTHERHAM_SIF},overall"),
        ["column grade, grade_published: 'good'; ", "breaks the rule “grade_is_the_published_one:"],
    ),
    "a judgement on a page that the report has not": (
        content("judgements", lambda old: old.replace(b",1,ofsted", b",199,ofsted", 1)),
        ["column page: 199 of ", "breaks the rule “judgements_are_within_the_report:"],
    ),
    "a report of two inspections": (
        replace("inspections", "barking-and-dagenham-2019-04-01-ilacs,", "barking-and-dagenham-2014-07-07-sif,"),
        ["column report_id: 'barking-and-dagenham-2014-07-07-sif' breaks the rule “reports_differ:"],
    ),
    "a finding of a report with another address": (
        replace("findings", ",a,,", ",a,https://example.org,", of=f"{ROTHERHAM_SIF}-001"),
        ["'rotherham-2014-11-19-sif-001' breaks the rule “findings_say_where_they_stand:"],
    ),
    "a published finding by the second reader": (
        replace("findings", ",a,,", ",b,,", of=f"{ROTHERHAM_SIF}-001"),
        ["column coder: 'b' breaks the rule “published_coding_is_by_the_first_reader:"],
    ),
    "a theme lost": (
        drop("themes", "prevention_awareness"),
        ["column theme: 'prevention_awareness' is missing breaks the rule “themes_are_whole:"],
    ),
    "a second reading lost": (
        drop("second_reading", "blackpool-2023-02-01-ilacs_standard-001"),
        ["data/raw/second_reading.csv, column finding_id: 'blackpool-2023-02-01-ilacs_standard': ", "highest number"],
    ),
    "a reason that the codebook has not": (
        content("coverage", lambda old: old.replace(b"no_judgement", b"no_time", 1)),
        ["column reason: 'no_time ", "breaks the rule “the value has the form"],
    ),
    "a reason counted beyond all numbers": (
        content("coverage", lambda old: old.replace(b"no_judgement ", b"no_judgement " + b"9" * 30, 1)),
        ["column reason: 'no_judgement 9999999", "breaks the rule “the value has the form"],
    ),
    "a region that is not its authorities": (
        replace("children", ",2024,", ",2024,1", of="E12000003,region,2024"),
        ["of E12000003 in 2024 breaks the rule “children_add_up_by_region:"],
    ),
    "a year of a region lost": (
        drop("children", "E12000003,region,2024"),
        ["column area_code, year: E12000003 2024 is missing breaks the rule “children_are_whole:"],
    ),
    "assessments that are not their authorities'": (
        replace("assessments", ",2025,cse,", ",2025,cse,1", of="E12000003,region,2025,cse"),
        ["of E12000003 for cse in 2025 breaks the rule “assessments_add_up:"],
    ),
    "two denominators of a year": (
        replace("assessments", ",published,", ",published,1", of="E08000018,authority,2025,cse"),
        ["E08000018 2025 breaks the rule “episodes_are_of_the_year:"],
    ),
    "a closeness that the model has not": (
        replace("neighbours", "Very close", "Rather close"),
        ["column closeness: 'Rather close' breaks the rule “the value has the form ^(Extremely close|Very close|"],
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


if os.name != "posix":
    for what in ("a pipe in place of a table", "a link to itself"):
        del BROKEN[what]


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


@pytest.mark.parametrize(("year", "most"), [("2045", 40), ("20250", 10), (str(2**63 - 1), 10)])
def test_a_year_that_is_a_slip_is_a_few_faults(raw_copy: Path, year: str, most: int) -> None:
    replace("assessments", ",2025,cse,", f",{year},cse,", of="E08000018,authority,2025,cse")(raw_copy)
    found = [str(fault) for fault in check.check(raw_copy).faults]
    assert any("E08000018 2025 cse is missing breaks the rule “assessments_are_whole:" in fault for fault in found)
    assert len(found) < most
