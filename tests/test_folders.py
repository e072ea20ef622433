"""A folder is replaced whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis import folders


def _content(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir()}


def test_the_new_folder_takes_the_old_ones_place(tmp_path: Path) -> None:
    target = tmp_path / "out"
    target.mkdir()
    (target / "old.txt").write_text("old")
    with folders.replacing(target) as fresh:
        (fresh / "new.txt").write_text("new")
        assert _content(target) == {"old.txt": "old"}
    assert _content(target) == {"new.txt": "new"}
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_failure_leaves_the_old_folder(tmp_path: Path) -> None:
    target = tmp_path / "out"
    target.mkdir()
    (target / "old.txt").write_text("old")

    def stop_half_way() -> None:
        with folders.replacing(target) as fresh:
            (fresh / "new.txt").write_text("half")
            raise RuntimeError("half way")

    with pytest.raises(RuntimeError, match="half way"):
        stop_half_way()
    assert _content(target) == {"old.txt": "old"}
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_run_cut_off_between_the_two_renames_is_mended(tmp_path: Path) -> None:
    old = tmp_path / ".out-old"
    old.mkdir()
    (old / "old.txt").write_text("old")
    half = tmp_path / ".out-new-abc"
    half.mkdir()
    folders.recover(tmp_path / "out")
    assert _content(tmp_path / "out") == {"old.txt": "old"}
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_file_is_written_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    folders.write_file(path, b"one")
    folders.write_file(path, b"two")
    assert path.read_bytes() == b"two"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.txt"]
