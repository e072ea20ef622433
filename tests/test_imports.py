"""What is heavy is imported only when it is asked for."""

from __future__ import annotations

import subprocess
import sys

import pytest


def _imported(program: str) -> set[str]:
    """The top-level modules that a new Python holds after a program."""
    told = "import sys; print(*{name.partition('.')[0] for name in sys.modules})"
    result = subprocess.run(  # noqa: S603
        [sys.executable, "-c", f"{program}\n{told}"], capture_output=True, text=True, check=True
    )
    return set(result.stdout.split())


@pytest.mark.parametrize("program", ["import analysis", "import analysis.cli"])
def test_the_package_and_its_command_begin_without_libraries_of_data(program: str) -> None:
    assert not _imported(program) & {"altair", "duckdb", "narwhals", "pandas", "polars", "pyarrow", "statsmodels"}


def test_opening_the_tables_imports_no_charts() -> None:
    assert not _imported("import analysis; analysis.open") & {"altair", "pandas", "statsmodels"}


def test_charts_compile_no_grammar() -> None:
    """It would take longer than everything else: see the constraint in pyproject.toml."""
    imported = _imported("import analysis.charts")
    assert "altair" in imported
    assert not imported & {"lark", "rfc3987_syntax", "statsmodels"}
