"""Labels decide what a cell is, wherever it stands."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pytest
from release_examples import Cells, write_csv, write_ods, write_xlsx

from analysis.errors import AnalysisError, UnknownLayoutError
from analysis.sources.labels import Column, find_table, only_sheet, plain, read_count, read_date, read_sheets

WANTED = (Column("name", ("local authority(?: name)?",)), Column("day", ("publication date",)))
ROWS: Cells = [["Report days", None], ["Local authority", "Publication date"], ["Rotherham", dt.date(2022, 8, 1)]]


@pytest.mark.parametrize(
    ("label", "words"),
    [
        ("Child_sexual_exploitation", "child sexual exploitation"),
        ("Overall  effectiveness\n[note 3]", "overall effectiveness"),
        ("Children’s services (see note 2)", "childrens services"),
        ("Telford & Wrekin", "telford and wrekin"),
        (None, ""),
    ],
)
def test_a_label_is_its_words(label: str | None, words: str) -> None:
    assert plain(label) == words


@pytest.mark.parametrize(
    "text",
    [
        "2022-08-01",
        "2022-08-01T00:00:00",
        "2022-08-01 00:00:00",
        "01/08/2022",
        "1 August 2022",
        "1st August 2022",
        "1 Aug 2022",
        "01-Aug-22",
        "44774",
        "44774.5",
    ],
)
def test_a_day_is_read_however_it_is_written(text: str) -> None:
    assert read_date(text) == dt.date(2022, 8, 1)


@pytest.mark.parametrize("text", ["August 2022", "31/02/2022", "12", "tbc"])
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no day"):
        read_date(text)


@pytest.mark.parametrize(
    ("text", "number"),
    [("1,234", 1234), ("12.0", 12), ("0", 0), ("1.5", None), ("c", None), ("12,34", None), ("1,2", None)],
)
def test_a_count_is_a_whole_number(text: str, number: int | None) -> None:
    assert read_count(text) == number


@pytest.mark.parametrize("suffix", ["ods", "xlsx"])
def test_a_workbook_of_either_kind_gives_the_same_table(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"days.{suffix}"
    sheet = (write_ods if suffix == "ods" else write_xlsx)(path, {"Days": ROWS})
    (row,) = find_table(read_sheets(sheet)[0], WANTED).to_dicts()
    assert (row["name"], read_date(row["day"]), row["line"]) == ("Rotherham", dt.date(2022, 8, 1), 3)


def test_header_and_columns_may_stand_anywhere(tmp_path: Path) -> None:
    rows: Cells = [
        [],
        ["Title"],
        [],
        ["x", "Publication date", None, "Local authority name"],
        [1, "1/8/2022", None, "Leeds"],
    ]
    (row,) = find_table(read_sheets(write_xlsx(tmp_path / "moved.xlsx", {"Days": rows}))[0], WANTED).to_dicts()
    assert (row["name"], row["day"]) == ("Leeds", "1/8/2022")


def test_line_numbers_are_those_of_the_spreadsheet_also_below_empty_rows(tmp_path: Path) -> None:
    rows: Cells = [[None, None], [None, None], *ROWS]
    table = find_table(read_sheets(write_xlsx(tmp_path / "low.xlsx", {"Days": rows}))[0], WANTED)
    assert table["line"].to_list() == [5]


def test_an_unknown_layout_is_refused_with_label_and_place(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "other.csv", [["Local authority", "Grade"], ["Leeds", "Good"]])
    with pytest.raises(UnknownLayoutError) as refused:
        find_table(read_sheets(path)[0], WANTED)
    assert "publication date" in refused.value.looked_for
    assert refused.value.where == "sheet other"
    assert "other.csv" in str(refused.value)


def test_what_is_no_workbook_is_refused(tmp_path: Path) -> None:
    (tmp_path / "broken.xlsx").write_bytes(b"not a workbook")
    (tmp_path / "notes.txt").write_text("text", encoding="utf-8")
    for name in ("broken.xlsx", "notes.txt", "absent.csv"):
        with pytest.raises(AnalysisError, match=name):
            read_sheets(tmp_path / name)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            "Publication date,Local authority name\n1/8/2022,Caf\u00e9\n".encode("latin-1"),
            "line 2: byte 0xe9 is not UTF-8",
        ),
        ("Publication date,Local authority name\n".encode("utf-16"), "UTF-16"),
        (b"Publication date,Local authority name\n1/8/2022,Le\x00eds\n", r"line 2: the character U\+0000"),
        (b"Publication date,Local authority name\n1/8/2022,Leeds", "line 2: the last line has no end"),
        (b'Publication date,Local authority name\n1/8/2022,"Leeds\n', "quotation mark"),
        (b"Publication date,Local authority name\n1/8/2022,Leeds,City of\n", "line 2, column .row.: 3 cells"),
        (b"Publication date,Local authority name,x\n1/8/2022,Leeds\n", "line 2, column .row.: 2 cells"),
        (b"Publication date,Local authority name\n#REF!,Leeds\n", "line 2, column day: “#REF!”"),
        (b"Publication date,Local authority name\n", "no row stands below the header"),
        (b"Publication date,Local authority name,Publication date\n1,2,3\n", "the 1st, .*, and the 3rd"),
        (b"PK\x03\x04", "the content is none"),
    ],
)
def test_a_csv_file_that_is_damaged_or_ambiguous_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "days.csv"
    path.write_bytes(content)
    with pytest.raises(AnalysisError, match=message) as refused:
        find_table(read_sheets(path)[0], WANTED)
    assert "days.csv" in str(refused.value)


def test_the_table_stands_in_one_sheet_alone(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "two.xlsx", {"Days": ROWS, "Notes": [["x"]], "Older": ROWS[:2]})
    with pytest.raises(AnalysisError, match="2 sheets hold the table: Days, Older"):
        only_sheet(path, read_sheets(path), WANTED)


def test_a_folder_or_a_pipe_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "folder.csv").mkdir()
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "loop.csv").symlink_to(tmp_path / "loop.csv")
    for name, message in (("folder", "a folder"), ("pipe", "no ordinary file"), ("loop", "cannot be read")):
        with pytest.raises(AnalysisError, match=message):
            read_sheets(tmp_path / f"{name}.csv")
