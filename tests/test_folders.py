"""A folder is replaced whole or not at all, by one process at a time, and read as it stood at one moment."""

from __future__ import annotations

import errno
import os
import shutil
import stat
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest

from analysis import folders
from analysis.errors import AnalysisError
from analysis.exchange import exchange


def _content(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir()}


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture(params=["exchange", "two renames"], autouse=True)
def _system(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Systems that exchange two folders at one stroke, and those that cannot."""
    if request.param == "two renames":
        monkeypatch.setattr(folders, "exchange", lambda one, other: False)


def can_exchange(one: Path, other: Path) -> bool:
    """Whether this run is of a system that exchanges two folders; they stay as they are."""
    call = vars(folders)["exchange"]
    return bool(call(one, other) and call(one, other))


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """A folder to be replaced."""
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "old.txt").write_text("old")
    return folder


def test_the_new_folder_takes_the_old_ones_place(target: Path) -> None:
    with folders.replacing(target) as fresh:
        (fresh / "new.txt").write_text("new")
        assert _content(target) == {"old.txt": "old"}
    assert _content(target) == {"new.txt": "new"}
    assert _names(target.parent) == ["out"]


def test_a_folder_does_not_replace_a_file(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("years of work")
    with pytest.raises(AnalysisError, match=r"as it was: Not a directory .* A file stands where a folder is wanted"):
        folders.replacing(tmp_path / "out").__enter__()
    assert (tmp_path / "out").read_text() == "years of work"
    assert _names(tmp_path) == ["out"]


def test_a_folder_that_was_not_there_is_made(tmp_path: Path) -> None:
    with folders.replacing(tmp_path / "a" / "out") as fresh:
        (fresh / "new.txt").write_text("new")
    assert _content(tmp_path / "a" / "out") == {"new.txt": "new"}
    assert _names(tmp_path / "a") == ["out"]


def test_a_failure_leaves_the_old_folder(target: Path) -> None:
    def stop_half_way() -> None:
        with folders.replacing(target) as fresh:
            (fresh / "new.txt").write_text("half")
            raise RuntimeError("half way")

    with pytest.raises(RuntimeError, match="half way"):
        stop_half_way()
    assert _content(target) == {"old.txt": "old"}
    assert _names(target.parent) == ["out"]


def test_where_the_second_of_two_folders_cannot_be_replaced_the_first_is_put_back(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = target.with_name("other")
    other.mkdir()
    (other / "old.txt").write_text("other old")
    real = Path.rename

    def rename(path: Path, to: Path) -> Path:
        if "other" in path.name and Path(to).name == "other":
            raise OSError(errno.EBUSY, "Device or resource busy", str(to))
        return real(path, to)

    def refuse(one: Path, two: Path) -> bool:
        if two.name == "other":
            raise OSError(errno.EBUSY, "Device or resource busy", str(two))
        return exchange(one, two)

    if can_exchange(target, other):
        monkeypatch.setattr(folders, "exchange", refuse)
    else:
        monkeypatch.setattr(Path, "rename", rename)

    def replace() -> None:
        with folders.replacing_together([target, other]) as made:
            for fresh in made:
                (fresh / "new.txt").write_text("new")

    with pytest.raises((AnalysisError, OSError), match="busy"):
        replace()
    monkeypatch.undo()
    folders.recover(other)
    assert (_content(target), _content(other)) == ({"old.txt": "old"}, {"old.txt": "other old"})
    assert _names(target.parent) == ["other", "out"]


def test_a_run_cut_off_between_the_two_renames_is_mended(tmp_path: Path) -> None:
    old = tmp_path / ".out-analysis-old"
    old.mkdir()
    (old / "old.txt").write_text("old")
    half = tmp_path / ".out-analysis-new-abc"
    half.mkdir()
    folders.recover(tmp_path / "out")
    assert _content(tmp_path / "out") == {"old.txt": "old"}
    assert _names(tmp_path) == ["out"]


def test_what_others_keep_beside_it_stays(target: Path) -> None:
    (target.parent / ".out-new-ideas").mkdir()
    (target.parent / ".out-old").write_text("mine")
    with folders.replacing(target):
        pass
    assert _names(target.parent) == [".out-new-ideas", ".out-old", "out"]


def test_who_works_is_not_disturbed_and_is_waited_for(target: Path) -> None:
    begun, go_on = threading.Event(), threading.Event()
    said: list[str] = []

    def first() -> None:
        with folders.replacing(target) as fresh:
            (fresh / "first.txt").write_text("first")
            begun.set()
            go_on.wait()
            (fresh / "late.txt").write_text("late")

    def second() -> None:
        with folders.replacing(target, say=said.append) as fresh:
            assert _content(target) == {"first.txt": "first", "late.txt": "late"}
            (fresh / "second.txt").write_text("second")

    workers = [threading.Thread(target=work) for work in (first, second)]
    workers[0].start()
    begun.wait()
    folders.recover(target)
    workers[1].start()
    while not said:
        time.sleep(0.01)
    assert "is writing" in said[0]
    go_on.set()
    for worker in workers:
        worker.join()
    assert _content(target) == {"second.txt": "second"}
    assert _names(target.parent) == ["out"]


ADD_ONE = """
    import sys
    from pathlib import Path
    from analysis import folders
    target = Path(sys.argv[1])
    for _ in range(25):
        with folders.replacing(target) as fresh:
            count = int((target / "count").read_text())
            (fresh / "count").write_text(str(count + 1))
"""


def test_many_at_once_lose_no_work(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "count").write_text("0")
    command = [sys.executable, "-c", textwrap.dedent(ADD_ONE), str(tmp_path / "out")]
    workers = [subprocess.Popen(command) for _ in range(4)]  # noqa: S603
    assert [worker.wait() for worker in workers] == [0, 0, 0, 0]
    assert (tmp_path / "out" / "count").read_text() == "100"
    assert _names(tmp_path) == ["out"]


def test_a_link_stays_a_link(target: Path) -> None:
    link = target.with_name("link")
    link.symlink_to(target)
    with folders.replacing(link) as fresh:
        (fresh / "new.txt").write_text("new")
    assert link.is_symlink()
    assert _content(target) == {"new.txt": "new"}


def test_the_folder_stays_as_open_as_it_was(target: Path) -> None:
    target.chmod(0o750)
    with folders.replacing(target):
        pass
    assert stat.S_IMODE(target.stat().st_mode) == 0o750


def test_a_full_disk_is_told_in_words(target: Path) -> None:
    def write() -> None:
        with folders.replacing(target) as fresh:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(fresh / "a.txt"))

    with pytest.raises(AnalysisError, match=r"out could not be written, and is as it was: No space left .*Free some"):
        write()
    assert _content(target) == {"old.txt": "old"}


def test_an_error_of_the_program_stays_one(target: Path) -> None:
    with pytest.raises(ZeroDivisionError), folders.replacing(target):
        _ = 1 / 0


def test_a_file_that_the_package_lacks_is_an_error_of_the_program(target: Path) -> None:
    with pytest.raises(FileNotFoundError), folders.replacing(target):
        Path(folders.__file__).with_name("lost.sql").read_text()


def test_a_file_is_written_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    folders.write_file(path, b"one")
    (tmp_path / ".a.txt-analysis-new-0").write_text("cut off")
    folders.write_file(path, b"two")
    assert path.read_bytes() == b"two"
    assert _names(tmp_path) == ["a.txt"]


def test_a_file_does_not_replace_a_folder(target: Path) -> None:
    with pytest.raises(AnalysisError, match="is a folder"):
        folders.write_file(target, b"")
    assert _content(target) == {"old.txt": "old"}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes with a name are not of this system")
def test_a_pipe_is_written_to(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    reader = threading.Thread(target=lambda: read.append((tmp_path / "pipe").read_bytes()))
    read: list[bytes] = []
    reader.start()
    folders.write_file(tmp_path / "pipe", b"through")
    reader.join()
    assert read == [b"through"]
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)


@pytest.mark.skipif(not Path("/dev/fd").is_dir(), reason="open files have no names on this system")
def test_a_pipe_without_a_name_of_its_own_is_written_to() -> None:
    read, write = os.pipe()
    folders.write_file(Path(f"/dev/fd/{write}"), b"through")
    os.close(write)
    with os.fdopen(read, "rb") as reader:
        assert reader.read() == b"through"


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="only Linux tells of processes in files")
def test_where_no_file_can_be_made_none_is_waited_for() -> None:
    with pytest.raises(AnalysisError, match=r"page\.html could not be written.* Check the path\."):
        folders.write_file(Path("/proc/self/page.html"), b"")


def test_a_folder_replaced_while_it_is_read_is_read_again(target: Path) -> None:
    (target / "other.txt").write_text("old")
    tries: list[int] = []

    def read() -> tuple[str, str]:
        one = (target / "old.txt").read_text()
        if not tries:
            with folders.replacing(target) as fresh:
                shutil.copytree(target, fresh, dirs_exist_ok=True)
                for path in fresh.iterdir():
                    path.write_text("new")
        tries.append(1)
        return one, (target / "other.txt").read_text()

    assert folders.steady(target, read) == ("new", "new")
    assert len(tries) == 2


def test_a_file_that_went_while_it_was_looked_for_is_looked_for_again(target: Path) -> None:
    tries: list[int] = []

    def read() -> dict[str, str]:
        if not tries:
            tries.append(1)
            with folders.replacing(target) as fresh:
                (fresh / "new.txt").write_text("new")
            return {"old.txt": (target / "old.txt").read_text()}
        return _content(target)

    assert folders.steady(target, read) == {"new.txt": "new"}


def test_a_link_that_leads_nowhere_hides_no_change(target: Path) -> None:
    (target / ".#old.txt").symlink_to("me@here.1")
    before = folders.state(target)
    tries: list[int] = []

    def read() -> str:
        text = (target / "old.txt").read_text()
        if not tries:
            (target / "old.txt").write_text("newer")
        tries.append(1)
        return text

    assert folders.steady(target, read) == "newer"
    assert folders.state(target) != before


@pytest.mark.parametrize("given", ["out", "link"])
def test_a_folder_that_is_away_between_two_renames_is_not_taken_for_missing(target: Path, given: str) -> None:
    """What is read may tell of missing files without an error."""
    target.with_name("link").symlink_to(target)
    away = target.with_name(".out-analysis-old")
    target.rename(away)
    tries: list[int] = []

    def read() -> list[str]:
        found = _names(target) if target.exists() else []
        if len(tries) == 1:
            away.rename(target)
        tries.append(1)
        return found

    assert folders.steady(target.with_name(given), read) == ["old.txt"]


def test_what_is_not_there_is_no_reason_to_read_again(target: Path) -> None:
    tries: list[int] = []

    def read() -> str:
        tries.append(1)
        return (target / "nothing.txt").read_text()

    with pytest.raises(FileNotFoundError):
        folders.steady(target, read)
    assert len(tries) == 1


def test_a_folder_that_never_rests_is_told_of(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "ATTEMPTS", 3)
    tries: list[int] = []

    def read() -> None:
        tries.append(1)
        (target / "old.txt").write_text("x" * len(tries))

    with pytest.raises(AnalysisError, match="keeps changing"):
        folders.steady(target, read)


@pytest.mark.skipif(sys.platform not in ("linux", "darwin"), reason="only there are two names exchanged at one stroke")
def test_two_folders_are_exchanged_at_one_stroke(target: Path) -> None:
    other = target.with_name("other")
    other.mkdir()
    assert exchange(target, other)
    assert (_content(target), _content(other)) == ({}, {"old.txt": "old"})
    with pytest.raises(FileNotFoundError):
        exchange(target, other / "nothing")
