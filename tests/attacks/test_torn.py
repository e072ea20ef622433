"""A few of the kills and of the builds side by side, in seconds; `python -m attacks.kills` and the like do many."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from attacks import projects, same_again, side_by_side

TINY = ["--tiny"]

pytestmark = pytest.mark.skipif(not hasattr(os, "killpg"), reason="needs a system with groups of processes")


def test_a_build_killed_at_its_swaps_leaves_old_or_new_and_the_next_one_clears_up(tmp_path: Path) -> None:
    home = projects.copy(tmp_path)

    def build() -> None:
        made = projects.run(home, "build", options=TINY, small=False)
        assert made.returncode == 0, made.stderr

    versions = projects.Versions(home, build)
    versions.use(1)
    for stroke, stands in ((1, (0, 0)), (2, (1, 0))):
        stop = [*TINY, "--of", "exchange", "--kill-at", str(stroke)]
        killed = projects.run(home, "build", options=stop, small=False)
        assert killed.returncode == -signal.SIGKILL
        assert versions.standing() == stands
        assert projects.litter(home)
    build()
    assert versions.standing() == (1, 1)
    assert projects.litter(home) == []


def test_the_helpers_of_a_killed_build_end_with_it(tmp_path: Path) -> None:
    home = projects.copy(tmp_path)
    build = subprocess.Popen(  # noqa: S603
        projects.command("build", small=True),
        env=projects.environment(home),
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    while not any(home.glob(".exports-analysis-new-*/charts")):
        assert build.poll() is None
        time.sleep(0.01)
    os.killpg(build.pid, 0)
    build.kill()
    build.wait()
    ended = time.monotonic() + 60
    while time.monotonic() < ended:
        try:
            os.killpg(build.pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)
    pytest.fail("a helper lives on")


def test_two_builds_and_five_readers_at_once(tmp_path: Path) -> None:
    results, missed = side_by_side.attack(tmp_path, 1, small=True, changing=True)
    assert missed == []
    assert all(sum(seen.values()) for seen in results.values())


def test_other_surroundings_give_the_same_bytes(tmp_path: Path) -> None:
    lines, missed = same_again.attack(tmp_path, small=False, options=TINY, builds=2)
    assert missed == []
    assert len({line.split("manifest ")[1] for line in lines if "exports" in line}) == 1
