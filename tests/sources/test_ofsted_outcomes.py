"""The outcomes spreadsheet is read by its labels, in the edition of 2025, in earlier and in later ones."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from release_examples import AREA_CODES, AREAS, Cells, Merged, write_ods, write_xlsx

from analysis.errors import AnalysisError, UnknownLayoutError
from analysis.sources import ofsted_outcomes as outcomes
from analysis.sources.reading import Reading

NAMES = {
    outcomes.OVERALL: "overall",
    outcomes.LEADERSHIP: "leadership",
    outcomes.HELP: "help_protection",
    outcomes.CARE_AND_LEAVERS: "children_in_care",
    outcomes.CARE: "children_in_care",
    outcomes.LEAVERS: "care_leavers",
}
DOMAINS = pl.DataFrame(
    [(p, name, domain) for p in ("ilacs_standard", "ilacs_short") for name, domain in NAMES.items()],
    schema=["programme", "published_name", "domain"],
    orient="row",
)
RI = "Requires improvement to be good"
GRADE_LABELS = [outcomes.OVERALL, outcomes.LEADERSHIP, outcomes.HELP, outcomes.CARE, outcomes.LEAVERS]
HEADER = [
    "Web link",
    "Local authority area code",
    "Local authority name",
    "Local authority status",
    "Ofsted region",
    "Inspection date",
    "Publication date",
    "Inspection type",
    *GRADE_LABELS,
]
STANDARD, SHORT = "ILACS Standard Inspection", "ILACS Short Inspection"


def row(code: str, name: str, started: dt.date, published: dt.date, kind: str, *grades: str | None) -> list[Any]:
    status = "No longer exists" if code == "E06000028" else "Current"
    return ["Ofsted webpage", code, name, status, "South West", started, published, kind, *grades]


HISTORY = [
    row(
        "E06000028", "Bournemouth", dt.date(2018, 7, 16), dt.date(2018, 8, 24), STANDARD, RI, "Inadequate", RI, RI, None
    ),
    row("E06000023", "Bristol", dt.date(2019, 1, 7), dt.date(2019, 2, 20), STANDARD, RI, RI, RI, "Good", None),
    row("E06000023", "Bristol", dt.date(2023, 1, 16), dt.date(2023, 3, 17), SHORT, RI, RI, "Inadequate", RI, "Good"),
    row(
        "E10000027", "Somerset", dt.date(2022, 7, 18), dt.date(2022, 9, 12), STANDARD, "Good", RI, "Good", "Good", None
    ),
]
LATEST_HEADER = [*HEADER[:3], *HEADER[4:7], *GRADE_LABELS]


def latest(history: Cells) -> list[list[Any]]:
    return [[*cells[:3], *cells[4:7], *cells[8:]] for cells in history]


def book(history: Cells = HISTORY, header: Cells = (HEADER,), newest: Cells = HISTORY[2:]) -> dict[str, Cells]:
    return {
        "Cover": [["Local authority inspection outcomes as at 31 March 2025"], ["Published on:", dt.date(2025, 9, 25)]],
        "Inspections_as_at_31_March": [["Judgements as at 31 March 2025"], ["About"], LATEST_HEADER, *latest(newest)],
        "ILACS_inspection_history": [["ILACS inspection history from 2018-2025"], ["About"], *header, *history],
    }


def read(path: Path) -> Reading:
    return outcomes.read(path, areas=AREAS, area_codes=AREA_CODES, domains=DOMAINS)


def tables(reading: Reading) -> tuple[pl.DataFrame, pl.DataFrame]:
    found = {c.table: c.rows for c in reading.contributions}
    return found["inspections"], found["judgements"]


@pytest.fixture
def of_2025(tmp_path: Path) -> Reading:
    return read(write_ods(tmp_path / "outcomes.ods", book()))


def test_every_inspection_is_kept_with_its_days_and_area(of_2025: Reading) -> None:
    inspections, _ = tables(of_2025)
    assert inspections["inspection_id"].to_list() == [
        "bournemouth-2018-08-24-ilacs_standard",
        "bristol-2019-02-20-ilacs_standard",
        "bristol-2023-03-17-ilacs_short",
        "somerset-2022-09-12-ilacs_standard",
    ]
    somerset = inspections.filter(area_code="E06000066").to_dicts()[0]
    assert (somerset["started"], somerset["published"]) == (dt.date(2022, 7, 18), dt.date(2022, 9, 12))
    assert set(inspections["source_id"]) == {"ofsted-outcomes-2025"}


def test_an_abolished_council_links_to_the_page_of_its_successor(of_2025: Reading) -> None:
    inspections, _ = tables(of_2025)
    urls = dict(zip(inspections["area_code"], inspections["url"], strict=True))
    assert urls["E06000028"] == "https://reports.ofsted.gov.uk/provider/44/839"
    assert urls["E06000023"] == "https://reports.ofsted.gov.uk/provider/44/801"


def test_care_leavers_are_judged_on_their_own_from_2023(of_2025: Reading) -> None:
    _, judgements = tables(of_2025)
    in_care = judgements.filter(domain="children_in_care")
    names = dict(zip(in_care["inspection_id"], in_care["published_name"], strict=True))
    assert names["bristol-2019-02-20-ilacs_standard"] == outcomes.CARE_AND_LEAVERS
    assert names["bristol-2023-03-17-ilacs_short"] == outcomes.CARE
    assert judgements.filter(domain="care_leavers")["inspection_id"].to_list() == ["bristol-2023-03-17-ilacs_short"]


def test_each_grade_keeps_its_wording(of_2025: Reading) -> None:
    _, judgements = tables(of_2025)
    assert judgements.height == 4 * 4 + 1
    wordings = set(judgements.select("grade", "grade_published").iter_rows())
    assert ("requires_improvement", RI) in wordings
    assert {grade for grade, _ in wordings} == {"inadequate", "requires_improvement", "good"}


def test_the_day_of_the_edition_and_of_its_publication_come_from_the_cover(of_2025: Reading) -> None:
    assert "as at 2025-03-31, published 2025-09-25" in of_2025.remarks[0]


def test_the_sheets_are_held_against_one_another(tmp_path: Path) -> None:
    other: Cells = [[*HISTORY[2][:8], "Good", *HISTORY[2][9:]], HISTORY[3]]
    reading = read(write_ods(tmp_path / "differs.ods", book(newest=other)))
    assert any("Bristol, overall: Good" in remark and RI in remark for remark in reading.remarks)
    assert any("2 authorities as at 2025-03-31; 1 equal" in remark for remark in reading.remarks)


@pytest.mark.parametrize("suffix", ["ods", "xlsx"])
def test_moved_header_and_reordered_columns_and_sheets_change_nothing(
    tmp_path: Path, of_2025: Reading, suffix: str
) -> None:
    sheets = book([list(reversed(cells)) for cells in HISTORY], [["One more line"], [], list(reversed(HEADER))])
    sheets["ILACS_inspection_history"] = [*sheets["ILACS_inspection_history"], [], ["Source: Ofsted"]]
    write = write_ods if suffix == "ods" else write_xlsx
    reading = read(write(tmp_path / f"moved.{suffix}", dict(reversed(sheets.items()))))
    for before, after in zip(tables(of_2025), tables(reading), strict=True):
        assert before.equals(after)
    assert reading.tallies[0].dropped == {outcomes.NOTE: 1}


def test_an_earlier_edition_without_codes_status_and_care_leavers_is_read(tmp_path: Path) -> None:
    header = ["Web link", "Local authority", "Region", "Published", "Event type"]
    header += ["Overall effectiveness of children's services", "Impact of leaders on social work practice"]
    header += ["Children who need help and protection", "Children in care and care leavers"]
    rows: list[list[str | None]] = [
        ["x", "Bristol, City of", "South West", "20 February 2019", "Short", "Good", RI, "Good", "Outstanding"],
        ["x", "Durham", "North East", "1 June 2019", "Standard", RI, RI, RI, "Inadequate"],
        ["x", "Dorset", "South West", "12 March 2019", "Standard", "Good", "Good", "Good", "Good"],
        ["x", "Dorset", "South West", "19 November 2021", "Standard", "Good", "Good", "Good", "Good"],
        ["x", "Durham", "North East", "2 May 2020", "Focused visit", None, None, None, None],
    ]
    title = "Inspection outcomes as at 31 August 2022"
    sheets: dict[str, Cells] = {"Notes": [[title]], "ILACS_history": [header, *rows]}
    reading = read(write_xlsx(tmp_path / "early.xlsx", sheets))
    inspections, judgements = tables(reading)
    assert inspections["inspection_id"].to_list() == [
        "bristol-2019-02-20-ilacs_short",
        "county-durham-2019-06-01-ilacs_standard",
        "dorset-2021-11-19-ilacs_standard",
        "dorset-county-2019-03-12-ilacs_standard",
    ]
    assert "started" not in inspections.columns  # what another edition said of it stays
    assert any("says nothing in a column “date”" in remark for remark in reading.remarks)
    assert set(judgements.filter(domain="children_in_care")["published_name"]) == {outcomes.CARE_AND_LEAVERS}
    assert set(inspections["source_id"]) == {"ofsted-outcomes-2022"}
    assert sum(reading.tallies[0].dropped.values()) == 1


def test_a_later_edition_without_the_overall_grade_is_read(tmp_path: Path) -> None:
    drop = HEADER.index(outcomes.OVERALL)
    header = [*HEADER[:drop], *HEADER[drop + 1 :]]
    new = row("E06000023", "Bristol", dt.date(2026, 5, 11), dt.date(2026, 7, 1), STANDARD, "Good", "Good", "Good", RI)
    sheets: dict[str, Cells] = {
        "Front page": [["Outcomes as at 31 March 2027"]],
        "History": [["ILACS history"], header, new],
    }
    reading = read(write_ods(tmp_path / "late.ods", sheets))
    _, judgements = tables(reading)
    assert dict(zip(judgements["domain"], judgements["grade"], strict=True)) == {
        "leadership": "good",
        "help_protection": "good",
        "children_in_care": "good",
        "care_leavers": "requires_improvement",
    }


def test_merged_cells_hold_for_every_row_that_they_cover(tmp_path: Path) -> None:
    first = [Merged(cell) if place in (1, 2, 3) else cell for place, cell in enumerate(HISTORY[1])]
    second = [None, None, None, None, None, *HISTORY[2][5:]]
    reading = read(write_ods(tmp_path / "merged.ods", book([first, second])))
    inspections, _ = tables(reading)
    assert inspections["area_code"].to_list() == ["E06000023"] * 2
    with pytest.raises(AnalysisError, match="line 5, column name: empty breaks the rule"):
        read(write_ods(tmp_path / "lost.ods", book([HISTORY[1], second])))


def test_only_rows_of_the_release_up_to_its_last_day_are_its_own_to_remove(of_2025: Reading) -> None:
    scope = of_2025.contributions[0].scope
    assert scope is not None
    ids = ["bristol-2023-03-16-ilacs_short", "bristol-2024-01-01-ilacs_short", "bristol-2014-01-01-sif"]
    sources = ["ofsted-outcomes-2024", "ofsted-outcomes-2026", "ofsted-reports"]
    frame = pl.DataFrame({"inspection_id": ids, "source_id": sources})
    assert frame.filter(scope)["inspection_id"].to_list() == ids[:1]


@pytest.mark.parametrize(
    ("place", "value", "rule"),
    [
        (8, "Satisfactory", "a grade is one of"),
        (7, "Thematic review", "a type of inspection is one of"),
        (6, "spring", "a day is a date"),
        (6, dt.date(2019, 1, 1), "published after its inspection"),
        (1, "E06009999", "a code is in the table area_codes"),
    ],
)
def test_what_is_not_known_is_refused_with_sheet_line_and_value(
    tmp_path: Path, place: int, value: Any, rule: str
) -> None:
    wrong = [*HISTORY[1][:place], value, *HISTORY[1][place + 1 :]]
    with pytest.raises(AnalysisError) as refused:
        read(write_ods(tmp_path / "wrong.ods", book([HISTORY[0], wrong])))
    message = str(refused.value)
    shown = value.isoformat() if isinstance(value, dt.date) else value
    for part in ("wrong.ods", "sheet ILACS_inspection_history", "line 5", shown, rule):
        assert part in message


def test_an_inspection_listed_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AnalysisError, match="listed once"):
        read(write_ods(tmp_path / "twice.ods", book([HISTORY[1], HISTORY[1]])))


def test_a_judgement_that_the_domains_do_not_know_is_refused(tmp_path: Path) -> None:
    path = write_ods(tmp_path / "outcomes.ods", book())
    with pytest.raises(AnalysisError, match="the table domains has"):
        outcomes.read(
            path, areas=AREAS, area_codes=AREA_CODES, domains=DOMAINS.filter(pl.col("domain") != "leadership")
        )


@pytest.mark.parametrize("label", [outcomes.HELP, "Inspection type", "Publication date", "Local authority name"])
def test_a_history_without_a_column_is_refused_with_its_label(tmp_path: Path, label: str) -> None:
    header = ["Something else" if name == label else name for name in HEADER]
    with pytest.raises(UnknownLayoutError) as refused:
        read(write_ods(tmp_path / "other.ods", book(header=(header,))))
    assert refused.value.where == "sheet ILACS_inspection_history"
    assert refused.value.looked_for.startswith("a column")


def test_a_workbook_without_history_or_day_is_refused(tmp_path: Path) -> None:
    sheets = book()
    with pytest.raises(UnknownLayoutError, match="history"):
        read(write_ods(tmp_path / "short.ods", {k: v for k, v in sheets.items() if "history" not in k}))
    with pytest.raises(UnknownLayoutError, match="as at"):
        read(write_ods(tmp_path / "undated.ods", {k: v for k, v in sheets.items() if "history" in k}))
