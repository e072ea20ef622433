"""A few of the kills and of the builds side by side; `python -m attacks.kills` and the like do many."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from functools import partial
from pathlib import Path

import pytest
from filelock import FileLock

from attacks import projects, same_again, side_by_side

pytestmark = pytest.mark.skipif(not hasattr(os, "killpg"), reason="needs a system with groups of processes")


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two versions of the tiny project, made by the first of the test processes that needs them."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    whole = folder / "two versions"
    with FileLock(folder / "two versions.lock"):
        if not whole.exists():
            projects.two_versions(folder / "making", partial(projects.build, tiny=True))
            (folder / "making").rename(whole)
    return whole / "old", whole / "new"


def test_a_build_killed_at_its_swaps_leaves_old_or_new_and_the_next_one_clears_up(
    tmp_path: Path, built: tuple[Path, Path]
) -> None:
    versions = projects.Versions(tmp_path / "home", built)
    home = versions.home
    versions.use(1)
    for stroke, stands in ((1, (0, 0)), (2, (1, 0))):
        stop = ["--of", "exchange", "--kill-at", str(stroke)]
        killed = projects.run(home, "build", tiny=True, options=stop)
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        assert versions.standing() == stands
        assert projects.litter(home)
    projects.build(home, tiny=True)
    assert versions.standing() == (1, 1)
    assert projects.litter(home) == []


def test_the_second_process_of_a_killed_build_ends_with_it(tmp_path: Path) -> None:
    home = projects.copy(tmp_path / "home")
    build = subprocess.Popen(  # noqa: S603
        projects.command("build", tiny=True, options=[projects.TWO_PROCESSES]),
        env=projects.environment(home),
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert build.stdout is not None
    assert any(projects.SECOND_PROCESS in line for line in build.stdout)
    while not any(home.glob(".exports-analysis-new-*/charts")):
        assert build.poll() is None
        time.sleep(0.01)
    build.kill()
    build.wait()
    build.stdout.close()
    ended = time.monotonic() + 60
    while time.monotonic() < ended:
        try:
            os.killpg(build.pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)
    pytest.fail("a second process lives on")


def test_two_builds_and_five_readers_at_once(tmp_path: Path, built: tuple[Path, Path]) -> None:
    results, missed = side_by_side.attack(tmp_path / "home", built, 1, tiny=True, changing=True)
    assert missed == []
    assert all(sum(seen.values()) for seen in results.values())


def test_other_surroundings_give_the_same_bytes(tmp_path: Path) -> None:
    lines, missed = same_again.attack(tmp_path, tiny=True, builds=2)
    assert missed == []
    assert len({line.split("manifest ")[1] for line in lines if "exports" in line}) == 1
