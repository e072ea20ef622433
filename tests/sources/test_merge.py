"""An import shows what it would add, change and remove, and never writes what breaks a rule."""

from __future__ import annotations

import os
import shutil
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from analysis.errors import AnalysisError, FaultsError
from analysis.schema import check
from analysis.sources import merge
from analysis.sources.reading import Contribution, Reading, Tally

RAW = Path(__file__).resolve().parents[2] / "data" / "raw"
EVENT = {
    "date": date(2014, 8, 26),
    "event": "An event that nobody has recorded yet",
    "label": "Unrecorded",
    "scope": "national",
    "source_id": "dfe-factors-2025",
}


def _reading(table: str, rows: list[dict[str, object]], scope: pl.Expr | None = None) -> Reading:
    return Reading([Contribution(table, pl.DataFrame(rows), scope)], [])


def _content(raw: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in raw.iterdir()}


@pytest.fixture(scope="module")
def tables() -> dict[str, pl.DataFrame]:
    """The curated tables."""
    return merge.read_raw(RAW)


@pytest.fixture(scope="module")
def with_event(tables: dict[str, pl.DataFrame], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the curated tables, beside files of one's own, to which an event was written."""
    raw = Path(shutil.copytree(RAW, tmp_path_factory.mktemp("data") / "raw"))
    (raw / "notes.txt").write_text("mine")
    (raw / ".hidden").write_text("mine")
    merge.write(merge.merge(_reading("events", [EVENT]), tables), raw)
    return raw


def test_a_new_row_is_added_in_its_place(tables: dict[str, pl.DataFrame], with_event: Path) -> None:
    merged = merge.merge(_reading("events", [EVENT]), tables)
    assert merged.changes["events"].added == ["2014-08-26;An event that nobody has recorded yet"]
    after = merge.read_raw(with_event)
    assert after["events"].height == tables["events"].height + 1
    assert after["events"]["date"].is_sorted()
    for name in tables:
        if name != "events":
            assert after[name].equals(tables[name]), name


def test_a_changed_cell_is_shown_with_both_values(tables: dict[str, pl.DataFrame]) -> None:
    merged = merge.merge(_reading("areas", [{"area_code": "E08000018", "name": "Rotherham Borough"}]), tables)
    assert merged.changes["areas"].changed == [
        merge.CellChange("E08000018", "name", "Rotherham", "Rotherham Borough"),
    ]
    row = merged.tables["areas"].filter(pl.col("area_code") == "E08000018")
    assert row.select("name", "la_code").rows() == [("Rotherham Borough", "372")]


def test_rows_in_scope_that_are_no_longer_given_are_removed(tables: dict[str, pl.DataFrame]) -> None:
    event = tables["events"].row(0, named=True)
    scope = pl.col("date") <= event["date"]
    merged = merge.merge(_reading("events", [EVENT], scope), tables)
    assert merged.changes["events"].removed == [f"{event['date']};{event['event']}"]


def test_what_is_already_there_changes_nothing(tables: dict[str, pl.DataFrame]) -> None:
    uncorrected = {name: rows for name, rows in tables.items() if name not in tables["corrections"]["table"]}
    everything = Reading([Contribution(name, rows) for name, rows in uncorrected.items()], [])
    assert not merge.merge(everything, tables)


def test_a_rule_broken_leaves_the_tables_as_they_were(raw_copy: Path, tables: dict[str, pl.DataFrame]) -> None:
    before = _content(raw_copy)
    merged = merge.merge(_reading("events", [{**EVENT, "source_id": "hearsay"}]), tables)
    with pytest.raises(
        FaultsError, match=r"'hearsay' breaks the rule “every events\.source_id is in sources\.source_id”"
    ):
        merge.write(merged, raw_copy)
    assert _content(raw_copy) == before


def test_a_cell_that_cannot_be_read_is_not_lost_in_an_import(raw_copy: Path) -> None:
    path = raw_copy / "assessments.csv"
    path.write_text(path.read_text("utf-8").replace(",cse,26,", ",cse,26*,", 1), "utf-8")
    with pytest.raises(FaultsError, match=r"column count: '26\*' breaks the rule “the value is a whole number"):
        merge.read_raw(raw_copy)


def test_a_row_that_cannot_be_split_is_not_lost_in_an_import(raw_copy: Path) -> None:
    path = raw_copy / "events.csv"
    path.write_text(path.read_text("utf-8").replace(",national,", ",national,,", 1), "utf-8")
    with pytest.raises(FaultsError, match="6 cells breaks the rule “a row has 5 cells”"):
        merge.read_raw(raw_copy)


def test_an_import_records_what_it_writes(with_event: Path) -> None:
    assert check.check(with_event).faults == []


def test_an_import_does_not_hide_what_somebody_changed_before(raw_copy: Path) -> None:
    path = raw_copy / "events.csv"
    path.write_text("".join(path.read_text("utf-8").splitlines(keepends=True)[:-1]), "utf-8")
    before = _content(raw_copy)
    merged = merge.merge(_reading("events", [EVENT]), merge.read_raw(raw_copy))
    with pytest.raises(FaultsError, match=r"events\.csv, column \(file\): other values than recorded breaks the rule"):
        merge.write(merged, raw_copy)
    assert _content(raw_copy) == before


def test_a_key_given_twice_is_refused(tables: dict[str, pl.DataFrame]) -> None:
    with pytest.raises(AnalysisError, match="events: the source gives these keys twice: 2014-08-26;An event"):
        merge.merge(_reading("events", [EVENT, EVENT]), tables)


WEST_SUSSEX = {"area_code": "E10000032", "year": 2023, "factor": "cse", "count": 0}


def test_a_correction_replaces_the_sources_value(tables: dict[str, pl.DataFrame]) -> None:
    reading = _reading("assessments", [{**WEST_SUSSEX, "status": "published"}])
    assert not merge.merge(reading, tables)


def test_a_correction_fails_once_the_source_is_mended(tables: dict[str, pl.DataFrame]) -> None:
    reading = _reading("assessments", [{**WEST_SUSSEX, "status": "suppressed"}])
    with pytest.raises(AnalysisError, match="E10000032;2023;cse status no longer applies: it replaces 'published'"):
        merge.merge(reading, tables)


def test_an_account_that_does_not_add_up_is_refused() -> None:
    with pytest.raises(ValueError, match="sheet: 3 read is not 1 kept"):
        Tally("sheet", 3, 1, {"a note": 1})


def test_a_source_that_a_later_edition_replaces_goes_with_it(raw_copy: Path, tables: dict[str, pl.DataFrame]) -> None:
    edition = (
        tables["sources"].filter(source_id="ons-children-2024").with_columns(source_id=pl.lit("ons-children-2025"))
    )
    later = tables["children"].with_columns(source_id=pl.lit("ons-children-2025"))
    merged = merge.merge(Reading([Contribution("sources", edition), Contribution("children", later)], []), tables)
    assert (merged.changes["sources"].added, merged.changes["sources"].removed) == (
        ["ons-children-2025"],
        ["ons-children-2024"],
    )
    merge.write(merged, raw_copy)


def test_an_import_does_not_undo_what_another_wrote_meanwhile(raw_copy: Path, tables: dict[str, pl.DataFrame]) -> None:
    mine = merge.merge(_reading("events", [EVENT]), tables)
    others = merge.merge(_reading("areas", [{"area_code": "E08000018", "name": "Rotherham Borough"}]), tables)
    merge.write(others, raw_copy)
    after = _content(raw_copy)
    with pytest.raises(AnalysisError, match=r"was changed by someone else meanwhile \(areas\).*Run the import again"):
        merge.write(mine, raw_copy)
    assert _content(raw_copy) == after
    assert [path.name for path in raw_copy.parent.iterdir()] == ["raw"]


def test_an_import_keeps_what_else_stands_in_the_folder(with_event: Path) -> None:
    assert {"notes.txt", ".hidden", "datapackage.json"} <= set(_content(with_event))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes with a name are not of this system")
def test_what_cannot_be_copied_is_named(raw_copy: Path) -> None:
    os.mkfifo(raw_copy / "pipe")
    (raw_copy / "link").symlink_to("pipe")
    names = ", ".join(str(raw_copy / name) for name in ("link", "pipe"))
    with pytest.raises(AnalysisError, match=f"{names}: neither file nor folder.* Move it elsewhere"):
        merge.write(merge.merge(_reading("events", [EVENT]), merge.read_raw(raw_copy)), raw_copy)


def test_a_link_that_leads_nowhere_does_not_stop_an_import(raw_copy: Path) -> None:
    (raw_copy / ".#events.csv").symlink_to("me@here.1")
    merge.write(merge.merge(_reading("events", [EVENT]), merge.read_raw(raw_copy)), raw_copy)
    assert EVENT["event"] in merge.read_raw(raw_copy)["events"]["event"]


def test_beside_a_link_that_leads_nowhere_what_others_write_meanwhile_is_seen(
    raw_copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (raw_copy / ".#notes.txt").symlink_to("me@here.1")
    real = check.check

    def other_work(raw: Path) -> check.Checked:
        (raw_copy / "notes.txt").write_text("mine")
        return real(raw)

    merged = merge.merge(_reading("events", [EVENT]), merge.read_raw(raw_copy))
    monkeypatch.setattr(check, "check", other_work)
    with pytest.raises(AnalysisError, match=r"changed by someone else meanwhile \(a file was written\)"):
        merge.write(merged, raw_copy)
    assert (raw_copy / "notes.txt").read_text() == "mine"
