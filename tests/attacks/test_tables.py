"""A small part of the attack on the curated tables, and what holds for any table whatever."""

from __future__ import annotations

import os
import random
import string
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import building
from analysis.schema import check, csvfile, record
from analysis.schema.tables import TABLES
from attacks import tables as attack
from attacks.projects import RAW
from attacks.rows import as_csv
from attacks.table_mutants import Mutant, Sheet, every_mutant

pytestmark = pytest.mark.skipif(os.name != "posix", reason="makes pipes and links")

SMALL = ("regions", "themes", "events", "corrections", "cqc_reviews", "domains", "spot_checks", "sources", "coverage")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> attack.Place:
    """A copy of the curated tables of which one at a time is spoilt."""
    return attack.Place(tmp_path_factory.mktemp("place"))


def test_of_each_kind_of_mutant_one_is_refused_or_harmless(place: attack.Place) -> None:
    mutants = attack.one_of_each(every_mutant(RAW, 1, tables=(*SMALL, "areas")), 1)
    tally = attack.attack(mutants, place)
    assert tally.missed == []
    assert sum(counts.total() for counts in tally.outcomes.values()) > 100


def test_a_mutant_that_is_read_as_other_data_would_be_seen(place: attack.Place) -> None:
    """The attack itself has teeth: what no rule can name but ought to is called missed."""
    mutant = next(m for m in every_mutant(RAW, 1) if str(m) == "another valid day in events.date")
    expected = Mutant(mutant.kind, mutant.table, mutant.column, "refused", mutant.spoil)
    assert attack.attack([expected], place).missed
    assert attack.attack([mutant], place).noticed == ["another valid day in events.date"]


@pytest.mark.parametrize(
    ("kind", "commands"),
    [
        ("a pipe", ["check"]),
        ("a link to itself", ["check"]),
        ("the second half lost", ["check"]),
        ("an unknown code", ["check", "build"]),
    ],
)
def test_the_commands_and_open_refuse_the_same(tmp_path: Path, kind: str, commands: list[str]) -> None:
    mutant = next(m for m in every_mutant(RAW, 1) if m.kind == kind)
    assert attack.by_every_way(mutant, attack.make_home(tmp_path / "home"), commands) == ("refused", "")


# Nothing is unreadable to root, and another rule makes a descriptor stale, which is for `analysis check` to say.
DESCRIPTORS = {way: spoil for way, spoil in attack.DESCRIPTORS.items() if way not in ("unreadable", "another rule")}


@pytest.mark.parametrize("spoil", DESCRIPTORS.values(), ids=DESCRIPTORS)
def test_any_descriptor_is_read_or_refused(raw_copy: Path, spoil: attack.Spoil) -> None:
    spoil(raw_copy / record.DESCRIPTOR)
    faults = check.check(raw_copy).faults
    assert faults
    assert all(fault.file.startswith("data/raw/") and "analysis describe" in fault.remedy for fault in faults)


names = st.sampled_from(sorted(TABLES))


@given(
    name=names,
    content=st.binary(max_size=300) | st.text(max_size=300).map(lambda given: given.encode("utf-8", "replace")),
)
@settings(max_examples=150)
def test_any_bytes_are_read_or_refused(place: attack.Place, name: str, content: bytes) -> None:
    path = place.raw.parent / f"{name}.csv"
    path.write_bytes(content)
    read = csvfile.read(path, TABLES[name])
    assert read.rows is not None or read.unread


@given(
    name=st.sampled_from(SMALL),
    at=st.integers(0, 10**6),
    length=st.integers(0, 40),
    piece=st.binary(max_size=8) | st.sampled_from([b",", b'"', b"\n", b"\r", b'""', b'",', b"\r\n", b"\xc2\xa0", b" "]),
)
@settings(max_examples=60)
def test_any_edit_is_harmless_or_named(place: attack.Place, name: str, at: int, length: int, piece: bytes) -> None:
    """Some bytes of a table replaced by others: the same rows, or a fault that names the file."""
    path = place.raw / f"{name}.csv"
    whole = path.read_bytes()
    at %= len(whole)
    try:
        path.write_bytes(whole[:at] + piece + whole[at + length :])
        checked = place.check(name)
        if checked.faults:
            assert {f"data/raw/{name}.csv"} <= {fault.file for fault in checked.faults}
        else:
            assert csvfile.content(checked.tables[name], TABLES[name]) == place.content[name]
    finally:
        path.write_bytes(whole)


@given(name=st.sampled_from(SMALL), chance=st.randoms(use_true_random=False))
@settings(max_examples=15)
def test_the_order_of_rows_and_columns_changes_nothing(place: attack.Place, name: str, chance: random.Random) -> None:
    sheet = Sheet.read(place.raw, name)
    columns = chance.sample(range(len(sheet.header)), len(sheet.header))
    rows = [sheet.header, *chance.sample(sheet.rows, len(sheet.rows))]
    path = place.raw / f"{name}.csv"
    try:
        path.write_bytes(as_csv([row[n] for n in columns] for row in rows))
        checked = place.check(name)
        assert checked.faults == []
        assert building.data_version(checked.tables) == VERSION
    finally:
        path.write_bytes(sheet.raw)


VERSION = building.data_version(check.require(RAW))


PLAIN = string.ascii_letters + string.digits + " %&'()+,-./:;=?!_‘’“”–—…£éôŵ"


@given(value=st.text(PLAIN, min_size=20, max_size=60))
@settings(max_examples=50)
def test_what_is_written_is_what_is_read(place: attack.Place, value: str) -> None:
    """Quotes, commas and accents come back as they were."""
    rows = place.before["events"].rows
    assert rows is not None
    event = f"x{value.strip()}".ljust(12, "x")
    changed = rows.head(1).with_columns(event=pl.lit(event))
    path = place.raw.parent / "events.csv"
    path.write_bytes(csvfile.content(changed, TABLES["events"]))
    read = csvfile.read(path, TABLES["events"])
    assert read.faults == []
    assert read.rows is not None
    assert read.rows["event"].to_list() == [event]


def test_a_command_that_finds_its_own_file_unreadable_names_it(tmp_path: Path) -> None:
    home = attack.make_home(tmp_path / "home")
    (home / "data" / "CODEBOOK.md").unlink()
    assert attack.command(home, "build", "data/CODEBOOK.md") == ""
