"""A build replaces what builds wrote and nothing else, and a check takes the tables as they stood at one moment."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from analysis import building, manifest, project, publish
from analysis.errors import AnalysisError
from analysis.schema import record

DATA = Path(__file__).resolve().parents[1] / "data"


@pytest.fixture
def home(raw_copy: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project that a test may build in."""
    shutil.copy(DATA / "CODEBOOK.md", raw_copy.parent)
    monkeypatch.setenv("ANALYSIS_HOME", str(raw_copy.parents[1]))
    return raw_copy.parents[1]


def test_a_file_put_among_the_built_ones_during_a_build_is_not_removed(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    processed = home / "data" / "processed"

    def write(site: object, folder: Path) -> None:
        processed.mkdir()
        (processed / "mine.csv").write_text("years of work", "utf-8")

    monkeypatch.setattr(building, "_site", lambda *given: SimpleNamespace(figures=[SimpleNamespace(name="one")]))
    monkeypatch.setattr(publish, "write", write)
    with pytest.raises(AnalysisError, match=r"holds mine\.csv, which no build put there"):
        building.build(lambda words: None)
    assert [path.read_text("utf-8") for path in processed.iterdir()] == ["years of work"]


def test_a_file_is_not_replaced_by_the_folder_of_a_build(home: Path) -> None:
    (home / "data" / "processed").write_text("years of work", "utf-8")
    with pytest.raises(AnalysisError, match="A file stands where a folder is wanted"):
        building.build(lambda words: None)
    assert (home / "data" / "processed").read_text("utf-8") == "years of work"


def test_a_table_described_anew_during_a_check_is_no_fault(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copy(DATA / "DICTIONARY.md", home / "data")
    real = record.recorded
    asked: list[int] = []

    def recorded(raw: Path) -> dict[str, record.Record]:
        found = real(raw)
        asked.append(1)
        if len(asked) == 2:
            events = raw / "events.csv"
            events.write_text(events.read_text("utf-8").replace("takes effect", "took effect", 1), "utf-8")
            building.write_descriptions(project.find())
        return found

    monkeypatch.setattr(record, "recorded", recorded)
    found = building.faults(project.find())
    assert (found.count, found.lines[1:]) == (0, [])


DAMAGED = {
    "no list of files": b'{"format": "analysis-data/1"}',
    "a list of something else": b'{"format": "analysis-data/1", "files": [1]}',
    "a file without a name": b'{"format": "analysis-data/1", "files": [{"bytes": 1}]}',
    "a name that is none": b'{"format": "analysis-data/1", "files": [{"name": ["a"]}]}',
    "too deep to be read": b"[" * 100_000,
    "no text": b"\xff",
}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED.keys())
def test_a_damaged_manifest_is_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / manifest.NAME).write_bytes(content)
    assert manifest.read(tmp_path, building.FORMAT) is None


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes with a name are not of this system")
def test_a_pipe_in_place_of_the_manifest_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / manifest.NAME)
    assert manifest.read(tmp_path, building.FORMAT) is None
