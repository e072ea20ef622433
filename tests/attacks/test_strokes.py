"""Folders and files are replaced whole, wherever the process is killed or refused."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from attacks import projects


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a system that can fork")
def test_whatever_is_replaced_is_whole_wherever_it_is_stopped() -> None:
    # A process of its own, since one with threads should not be forked.
    made = subprocess.run(
        [sys.executable, "-m", "attacks.strokes"],
        env=projects.environment(projects.HOME),
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stdout + made.stderr
    assert "missed: 0" in made.stdout
    tried = {how: int(times) for how, times in re.findall(r"(killed|refused): (\d+)", made.stdout)}
    assert tried["killed"] == tried["refused"] >= 60
