"""What the project depends on: under terms that let anyone use it, and each for a reason."""

from __future__ import annotations

import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest

HOME = Path(__file__).resolve().parents[1]
PERMISSIVE = re.compile(
    r"MIT|BSD|Apache|Python Software Foundation|PSF|ISC|MPL|Mozilla Public|Unlicense|Zlib|CC0|HPND", re.I
)
IN_ITS_FILE = {"dataframely": "BSD 3-Clause License"}
"""Packages whose metadata names no licence, and the first line of their licence file."""
NOT_IMPORTED = {
    "anywidget": "Altair's JupyterChart, behind `notebook.interactive()`",
    "jupyterlab": "`make lab`",
    "nbval": "`make test`",
    "pandas": "analysts' frames, which the transforms take and give",
    "pyarrow": "polars hands its frames to DuckDB and pandas as Arrow tables",
}
MODULES = {"markdown-it-py": "markdown_it", "vl-convert-python": "vl_convert"}


def _locked() -> list[metadata.Distribution]:
    """The locked packages that this system needs, as installed."""
    names = re.findall(
        r"^([A-Za-z0-9_.-]+)(?:\[[^]]*\])?==", (HOME / "requirements.txt").read_text("utf-8"), re.MULTILINE
    )
    found = []
    for name in names:
        try:
            found.append(metadata.distribution(name))
        except metadata.PackageNotFoundError:
            continue
    return found


def _terms(package: metadata.Distribution) -> str:
    """A licence expression, licences to choose from joined by OR, or whatever the package says of its licence."""
    expression, classifiers, licence = (
        package.metadata.get_all(key) or [] for key in ("License-Expression", "Classifier", "License")
    )
    classified = [line.rpartition(" :: ")[2] for line in classifiers if line.startswith("License ::")]
    return " OR ".join(expression or classified or licence)


def _is_permissive(terms: str) -> bool:
    parts = [part.split(" OR ") for part in terms.split(" AND ")]
    return all(any(PERMISSIVE.search(choice) for choice in choices) for choices in parts)


def test_every_package_is_under_permissive_terms() -> None:
    packages = _locked()
    assert len(packages) > 50
    odd = {}
    for package in packages:
        name, terms = package.metadata["Name"], _terms(package)
        if name in IN_ITS_FILE:
            files = [path for path in package.files or [] if path.name == "LICENSE"]
            terms = files[0].read_text().strip().partition("\n")[0]
            assert terms == IN_ITS_FILE[name]
        if not _is_permissive(terms):
            odd[name] = terms
    assert odd == {}


def test_every_dependency_is_used() -> None:
    project = tomllib.loads((HOME / "pyproject.toml").read_text("utf-8"))["project"]
    names = [re.split(r"[><=~]", dependency)[0] for dependency in project["dependencies"]]
    code = "\n".join(path.read_text("utf-8") for path in (HOME / "src").rglob("*.py"))
    used = {name for name in names if re.search(rf"^\s*(import|from) {MODULES.get(name, name)}\b", code, re.MULTILINE)}
    assert set(names) - used == set(NOT_IMPORTED)


@pytest.mark.parametrize(
    "terms", ["GPL-3.0-only", "GNU Affero General Public License v3", "Proprietary", "MIT AND GPL-3.0-only", ""]
)
def test_other_terms_are_told(terms: str) -> None:
    assert not _is_permissive(terms)
