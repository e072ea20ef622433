"""The command line says what it does, tells by its exit status, and shows no traceback."""

from __future__ import annotations

import csv
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import made_reports
import pytest
from attacks import projects

from analysis import cli

HOME = Path(__file__).resolve().parents[1]


def run(*arguments: str, home: Path = HOME) -> subprocess.CompletedProcess[str]:
    """Run `python -m analysis` on the project in `home`."""
    return subprocess.run(  # noqa: S603
        [sys.executable, "-m", "analysis", *arguments],
        env={**os.environ, "ANALYSIS_HOME": str(home), "COLUMNS": "120", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A project that a test may break."""
    shutil.copytree(HOME / "data", tmp_path / "data", ignore=shutil.ignore_patterns("processed"))
    return tmp_path


@pytest.mark.parametrize("command", ["build", "check", "describe", "import", "passages", "profile", "trace"])
def test_each_command_has_help(command: str) -> None:
    result = run(command, "--help")
    assert result.returncode == 0
    assert f"analysis {command}" in result.stdout


def test_check_says_that_every_rule_holds() -> None:
    result = run("check")
    assert result.returncode == 0
    assert "every rule holds" in result.stdout


def test_check_fails_and_names_the_fault(home: Path) -> None:
    path = home / "data" / "raw" / "areas.csv"
    path.write_text(path.read_text("utf-8").replace("E08000018,372", "E08000018,37X"), "utf-8")
    result = run("check", home=home)
    assert result.returncode == 1
    assert r"column la_code: '37X' breaks the rule “the value has the form ^[0-9]{3}$”" in result.stdout


def test_check_sees_a_stale_dictionary(home: Path) -> None:
    (home / "data" / "DICTIONARY.md").write_text("# Old\n", "utf-8")
    result = run("check", home=home)
    assert result.returncode == 1
    assert "data/DICTIONARY.md: differs from the rules it is made from → run `analysis describe`" in result.stdout
    assert run("describe", home=home).returncode == 0
    assert run("check", home=home).returncode == 0


def test_a_table_edited_by_hand_is_a_fault_until_it_is_described(home: Path) -> None:
    path = home / "data" / "raw" / "events.csv"
    path.write_text(path.read_text("utf-8").replace("takes effect", "took effect", 1), "utf-8")
    for command in ("check", "build"):
        result = run(command, home=home)
        assert result.returncode == 1
        assert "data/raw/events.csv, column (file): other values than recorded" in result.stdout + result.stderr
    described = run("describe", home=home)
    assert described.stdout.startswith("events: 18 rows, 18 recorded before\nwrote ")
    assert run("check", home=home).returncode == 0


def test_describe_does_not_record_a_table_that_cannot_be_read(home: Path) -> None:
    path = home / "data" / "raw" / "events.csv"
    path.write_bytes(path.read_bytes()[:-20])
    recorded = (home / "data" / "raw" / "datapackage.json").read_bytes()
    result = run("describe", home=home)
    assert (result.returncode, result.stdout) == (1, "")
    assert "data/raw/events.csv, line 19, column (file): no line end" in result.stderr
    assert (home / "data" / "raw" / "datapackage.json").read_bytes() == recorded


def test_a_lost_table_is_named_whichever_it_is(home: Path) -> None:
    (home / "data" / "raw" / "areas.csv").unlink()
    result = run("check", home=home)
    assert result.returncode == 1
    assert "data/raw/areas.csv, column (file): missing breaks the rule" in result.stdout


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    page = tmp_path / "nowhere" / "hull.html"
    result = run("profile", "Hull", "--out", str(page))
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.startswith(f"analysis: {page} could not be written, and is as it was")
    assert result.stderr.endswith(f"({page.parent}). Check the path.\n")
    assert not page.parent.exists()


def test_a_mistake_of_the_package_itself_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    lost = Path(cli.__file__).with_name("lost.sql")
    monkeypatch.setattr(cli, "app", lost.read_text)
    with pytest.raises(FileNotFoundError):
        cli.main()


def test_check_names_a_report_of_the_fifty_that_nobody_coded(home: Path) -> None:
    raw = home / "data" / "raw"
    report = "rotherham-2022-08-12-ilacs_short"
    for table, column in (("coverage", 0), ("findings", 1), ("second_reading", 1)):
        lines = (raw / f"{table}.csv").read_text("utf-8").splitlines(keepends=True)
        kept = [line for line in lines if line.split(",")[column] != report]
        (raw / f"{table}.csv").write_text("".join(kept), "utf-8")
    result = run("check", home=home)
    assert result.returncode == 1
    assert f"column inspection_id: '{report}' breaks the rule “every report of the fifty" in result.stdout


def test_an_unknown_source_is_answered_with_the_known_ones(home: Path) -> None:
    result = run("import", "hearsay", "file.csv", home=home)
    assert (result.returncode, result.stdout) == (1, "")
    assert "There is no source “hearsay”. Use one of: authorities, ofsted-outcomes" in result.stderr


def test_a_missing_file_is_named(home: Path) -> None:
    result = run("import", "children", "nowhere.csv", home=home)
    assert (result.returncode, result.stderr) == (1, "analysis: Not found: nowhere.csv. Check the path.\n")


def test_an_import_writes_only_when_told_to(home: Path, tmp_path: Path) -> None:
    path = home / "data" / "raw" / "cqc_reviews.csv"
    before = path.read_bytes()
    registry = projects.registry(path.parent, tmp_path / "registry.csv")
    shown = run("import", "cqc-reviews", str(registry), home=home)
    assert shown.returncode == 0, shown.stderr
    assert "~ leicester-2016-08-05-cqc_clas n_recommendations: '59' → '60'" in shown.stdout
    assert "Nothing was written. Add --write to write it." in shown.stdout
    assert path.read_bytes() == before
    written = run("import", "cqc-reviews", str(registry), "--write", home=home)
    assert written.returncode == 0, written.stderr
    assert path.read_bytes() == before.replace(b",59,", b",60,")


def test_an_import_that_would_break_a_rule_is_told_before_it_is_written(home: Path, tmp_path: Path) -> None:
    registry = projects.registry(home / "data" / "raw", tmp_path / "registry.csv", "501")
    rule = "column n_recommendations: '501' breaks the rule “the value is at most 500”"
    shown = run("import", "cqc-reviews", str(registry), home=home)
    assert shown.returncode == 0, shown.stderr
    refused, fault, nothing = shown.stdout.splitlines()[-3:]
    assert (refused, nothing) == ("To write it would break rules, so --write would be refused:", "Nothing was written.")
    assert rule in fault
    written = run("import", "cqc-reviews", str(registry), "--write", home=home)
    assert (written.returncode, rule in written.stderr) == (1, True)


def test_passages_of_a_report_are_listed_and_written(home: Path, tmp_path: Path) -> None:
    report = tmp_path / "rotherham-2022-08-12-ilacs.txt"
    pages = made_reports.ilacs()
    report.write_text("\f".join([*pages, *["The last pages say no more.\n"] * (11 - len(pages))]), "utf-8")
    result = run("passages", str(report), "--csv", str(tmp_path / "sheet.csv"), home=home)
    assert result.returncode == 0, result.stderr
    assert "area_for_improvement  (listed item)  The quality of plans." in result.stdout
    sheet = (tmp_path / "sheet.csv").read_text("utf-8")
    assert "rotherham-2022-08-12-ilacs_short," in sheet


def test_a_file_that_is_no_report_is_not_passed_over(home: Path, tmp_path: Path) -> None:
    (tmp_path / "index.xlsx").write_bytes(b"")
    result = run("import", "reports", str(tmp_path / "index.xlsx"), home=home)
    assert result.returncode == 1
    assert "index.xlsx: neither a report (PDF, text) nor an index (CSV)" in result.stderr


def test_no_sheet_is_made_of_a_report_cut_off(home: Path, tmp_path: Path) -> None:
    report = tmp_path / "rotherham-2022-08-12-ilacs.txt"
    report.write_text("\f".join(made_reports.ilacs()), "utf-8")
    result = run("passages", str(report), "--csv", str(tmp_path / "sheet.csv"), home=home)
    assert (result.returncode, result.stdout) == (1, "")
    assert "5 pages, and data/raw/inspections.csv has 11 for rotherham-2022-08-12-ilacs_short" in result.stderr
    assert not (tmp_path / "sheet.csv").exists()


def test_a_sheet_that_cannot_be_written_is_answered_without_a_traceback(home: Path, tmp_path: Path) -> None:
    report = tmp_path / "made.txt"
    report.write_text("\f".join(made_reports.ilacs()), "utf-8")
    result = run("passages", str(report), "--csv", str(tmp_path / "nowhere" / "sheet.csv"), home=home)
    assert result.returncode == 1
    assert result.stderr.startswith("analysis: ")
    assert "No such file or directory" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_name_that_would_command_the_terminal_is_written_out(home: Path, tmp_path: Path) -> None:
    result = run("import", "children", str(tmp_path / "red\x1b[31m\u202e.csv"), home=home)
    assert result.returncode == 1
    assert "red\\x1b[31m\\u202e.csv" in result.stderr


def test_a_report_of_unknown_layout_is_refused(home: Path, tmp_path: Path) -> None:
    report = tmp_path / "minutes.txt"
    report.write_text("Minutes of a meeting of the board on the first of May.\n" * 40, "utf-8")
    result = run("passages", str(report), home=home)
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.startswith("analysis: minutes.txt: looked for")


def test_outside_a_project_the_message_says_what_to_do(tmp_path: Path) -> None:
    result = run("check", home=tmp_path)
    assert result.returncode == 1
    assert "No curated tables found" in result.stderr
    assert "Traceback" not in result.stderr


def test_profile_writes_one_file_that_stands_alone(tmp_path: Path) -> None:
    page = tmp_path / "hull.html"
    result = run("profile", "Hull", "--out", str(page))
    assert (result.returncode, result.stdout) == (0, f"Wrote {page}.\n")
    text = page.read_text(encoding="utf-8")
    assert "<h1>Kingston upon Hull</h1>" in text
    assert 'rel="stylesheet"' not in text
    assert "<script" not in text
    assert set(re.findall(r'<img src="([^,"]+)', text)) == {"data:image/svg+xml;base64"}


def test_profile_of_no_area_writes_nothing(tmp_path: Path) -> None:
    result = run("profile", "Atlantis", "--out", str(tmp_path / "page.html"))
    assert result.returncode == 1
    assert result.stderr.startswith("analysis: There is no area 'Atlantis'")
    assert list(tmp_path.iterdir()) == []


def test_trace_lists_file_line_report_and_page(tmp_path: Path) -> None:
    sheet = tmp_path / "rows.csv"
    marks = ("--where", "theme=missing", "--where", "polarity=weakness")
    result = run("trace", "exploitation_by_theme", *marks, "--show", "1", "--csv", str(sheet))
    assert result.returncode == 0
    first, counted, wrote = result.stdout.splitlines()
    assert re.match(r"data/raw/findings\.csv:\d+  .*inspection_id=\S+  page=\d+  .*url=https://", first)
    rows = list(csv.DictReader(sheet.read_text(encoding="utf-8").splitlines()))
    assert counted == f"{len(rows)} rows stand behind exploitation_by_theme; {len(rows) - 1} more (--show N)."
    assert wrote == f"Wrote {sheet}."
    assert {row["theme"] for row in rows} == {"missing"}


def test_trace_of_an_unknown_chart_names_the_charts() -> None:
    result = run("trace", "moon")
    assert result.returncode == 1
    assert "There is no chart 'moon'. There are weaknesses_by_theme" in result.stderr
    assert "Traceback" not in result.stderr


def test_trace_wants_a_column_and_a_value() -> None:
    result = run("trace", "exploitation_by_theme", "--where", "missing")
    assert result.returncode == 1
    assert "--where missing: write COLUMN=VALUE" in result.stderr


def test_nothing_in_a_table_acts_on_the_terminal(home: Path) -> None:
    path = home / "data" / "raw" / "areas.csv"
    path.write_text(path.read_text("utf-8").replace(",Rotherham,", ",\x9b31mRother\u202emah,", 1), "utf-8")
    header = home / "data" / "raw" / "events.csv"
    header.write_text(header.read_text("utf-8").replace("label", "la\u202ebel", 1), "utf-8")
    for command in (["check"], ["profile", "Rotherham"], ["trace", "exploitation_by_theme"]):
        result = run(*command, home=home)
        assert result.returncode == 1
        assert "\\x9b31mRother\\u202emah" in result.stdout + result.stderr
        assert (result.stdout + result.stderr).replace("\n", "").isprintable()


def test_a_build_refuses_to_remove_what_no_build_put_there(home: Path) -> None:
    (home / "data" / "processed").mkdir()
    (home / "data" / "processed" / "mine.csv").write_text("years of work", "utf-8")
    result = run("build", home=home)
    assert result.returncode == 1
    assert "holds mine.csv, which no build put there" in result.stderr
    assert (home / "data" / "processed" / "mine.csv").read_text("utf-8") == "years of work"
    assert not (home / "exports").exists()
    assert [path.name for path in home.iterdir()] == ["data"]


def test_a_place_that_may_not_be_written_is_told_in_words(home: Path) -> None:
    (home / "folder").write_text("a file", "utf-8")
    result = run("trace", "exploitation_by_theme", "--show", "0", "--csv", str(home / "folder" / "rows.csv"))
    assert result.returncode == 1
    assert "rows.csv could not be written" in result.stderr
    assert result.stderr.startswith("analysis: ")
    assert "Traceback" not in result.stderr
