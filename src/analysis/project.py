"""Where the project's folders are."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from analysis.errors import AnalysisError
from analysis.folders import recover

HOME_VARIABLE = "ANALYSIS_HOME"

_MARKS = ("areas.csv", "inspections.csv")
"""Either tells the project's `data/raw` from another's; that one is missing or broken is for the check to say."""


@dataclass(frozen=True)
class Project:
    """The folders of one checkout."""

    home: Path

    @property
    def raw(self) -> Path:
        """The curated tables."""
        return self.home / "data" / "raw"

    @property
    def processed(self) -> Path:
        """What `analysis build` makes of the curated tables."""
        return self.home / "data" / "processed"

    @property
    def exports(self) -> Path:
        """What `analysis build` publishes."""
        return self.home / "exports"

    @property
    def codebook(self) -> Path:
        """How findings are coded."""
        return self.home / "data" / "CODEBOOK.md"

    @property
    def dictionary(self) -> Path:
        """The data dictionary, made from the rules."""
        return self.home / "data" / "DICTIONARY.md"


def find(start: Path | None = None) -> Project:
    """Find the checkout: the one named by ANALYSIS_HOME, else the one around `start`, else the package's own.

    Args:
        start: where to begin looking upwards; the current folder by default.

    Raises:
        AnalysisError: there is no folder with `data/raw` in any of the three places.
    """
    named = os.environ.get(HOME_VARIABLE)
    if named:
        candidates = [Path(named)]
    else:
        here = (start or Path.cwd()).resolve()
        candidates = [here, *here.parents, Path(__file__).resolve().parents[2]]
    for folder in candidates:
        if (folder / "data").is_dir() and not (folder / "data" / "raw").exists():
            recover(folder / "data" / "raw")
        if any(os.path.lexists(folder / "data" / "raw" / name) for name in _MARKS):
            return Project(folder.resolve())
    places = f"{HOME_VARIABLE}={named}" if named else f"{candidates[0]} or above it"
    raise AnalysisError(
        f"No curated tables found: looked for data/raw/areas.csv in {places}. "
        f"Run the command inside the project's folder, or set {HOME_VARIABLE} to it."
    )
