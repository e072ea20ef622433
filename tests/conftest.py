"""What several test modules share."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from charts import calls
from hypothesis import settings

import analysis
from analysis.charts import Figure

HOME = Path(__file__).resolve().parents[1]
RAW = HOME / "data" / "raw"

# How long an example takes says how busy the machine is.
settings.register_profile("analysis", deadline=None)
settings.load_profile("analysis")


@pytest.fixture
def raw_copy(tmp_path: Path) -> Path:
    """A copy of the curated tables that a test may break."""
    return Path(shutil.copytree(RAW, tmp_path / "data" / "raw"))


@pytest.fixture(scope="session")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    """The curated tables, opened once."""
    with analysis.open(RAW) as connection:
        yield connection


@pytest.fixture(scope="session")
def published(con: duckdb.DuckDBPyConnection) -> calls.Published:
    """Every published figure, and the call behind each chart function, made once."""
    return calls.published(con)


@pytest.fixture(scope="session")
def figures(published: calls.Published) -> dict[str, Figure]:
    """Every published figure by name."""
    return published.figures
