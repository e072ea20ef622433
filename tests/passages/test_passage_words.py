"""Which words may mean exploitation or missing children."""

from __future__ import annotations

import pytest

from analysis.passages.exploitation import touches_exploitation


@pytest.mark.parametrize(
    "text",
    [
        "Work on child sexual exploitation is strong.",
        "The CSE group meets.",
        "Children are exploited by gangs.",
        "County lines are known.",
        "Serious youth violence is falling.",
        "Young people who are trafficked get advice.",
        "Children who go missing are seen.",
        "The response to missing children is slow.",
        "Children missing education are tracked.",
        "Plans for children who are missing.",
        "Return home interviews are late.",
        "Those who run away get help.",
        "Some records are missing, and so were two children who went missing.",
        "Risks outside the home are understood.",
    ],
)
def test_touches(text: str) -> None:
    assert touches_exploitation(text)


@pytest.mark.parametrize(
    "text",
    [
        "Missing information delays decisions.",
        "Vital information is missing from the files.",
        "Children are missing out on play.",
        "Dates of visits are missing from some children’s files.",
        "The voice of the care leaver is missing, so plans are weak.",
        "Leaders exploit every opportunity to improve.",
        "Opportunities were missed.",
        "Families live outside the county.",
        "Staff are engaged and organised.",
    ],
)
def test_does_not_touch(text: str) -> None:
    assert not touches_exploitation(text)
