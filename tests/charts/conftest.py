"""What the chart tests share: drawing the published figures, and reading a picture back."""

from __future__ import annotations

from collections.abc import Callable
from xml.etree import ElementTree

import pytest

from analysis.charts import Figure, render

SVG = "{http://www.w3.org/2000/svg}"


def parsed(svg: str) -> ElementTree.Element:
    """Parse a picture that was drawn here."""
    return ElementTree.fromstring(svg)  # noqa: S314


@pytest.fixture(scope="session")
def drawn(figures: dict[str, Figure]) -> Callable[[str], str]:
    """Draw a published figure as SVG, once."""
    pictures: dict[str, str] = {}

    def draw(name: str) -> str:
        if name not in pictures:
            pictures[name] = render.svg(figures[name])
        return pictures[name]

    return draw


@pytest.fixture(scope="session")
def read() -> Callable[[str], ElementTree.Element]:
    """Parse a picture."""
    return parsed


@pytest.fixture(scope="session")
def words() -> Callable[[str], list[str]]:
    """Read the text of a picture, one string a text mark, the lines of one mark joined by a space."""

    def read(svg: str) -> list[str]:
        marks = parsed(svg).iter(f"{SVG}text")
        return [" ".join(part for part in mark.itertext() if part) for mark in marks]

    return read
