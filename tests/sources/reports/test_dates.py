"""Days are read in every wording that reports use."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.sources.reports.dates import first_day, spans


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("16 September – 8 October 2014 Report", (2014, 9, 16), (2014, 10, 8)),
        ("29 April – 22 May 2014", (2014, 4, 29), (2014, 5, 22)),
        ("18 Feb 2014 – 12 March 2014", (2014, 2, 18), (2014, 3, 12)),
        ("14 January 2014- 5 February 2014 The overall", (2014, 1, 14), (2014, 2, 5)),
        ("20 June 2017 ─ 13 July 2017", (2017, 6, 20), (2017, 7, 13)),
        ("21 November–15 December 2016", (2016, 11, 21), (2016, 12, 15)),
        ("9–24 November 2017", (2017, 11, 9), (2017, 11, 24)),
        ("10 to 21 July 2023 Lead inspector", (2023, 7, 10), (2023, 7, 21)),
        ("05 July 2016–27 July 2016", (2016, 7, 5), (2016, 7, 27)),
        ("1/06/2015 – 25/06/2015 Report published: 10/08/2015", (2015, 6, 1), (2015, 6, 25)),
        ("17  and 21 October 2016, Ofsted", (2016, 10, 17), (2016, 10, 21)),
        ("27 February and 3 March 2017", (2017, 2, 27), (2017, 3, 3)),
        ("12 December to 13 January 2023", (2022, 12, 12), (2023, 1, 13)),
        ("28 July 2016 Report published: 20 September 2016", (2016, 7, 28), (2016, 7, 28)),
        ("1st to 12th May 2018", (2018, 5, 1), (2018, 5, 12)),
    ],
)
def test_a_span_is_read(text: str, first: tuple[int, int, int], last: tuple[int, int, int]) -> None:
    assert spans(text) == ((date(*first), date(*last)),)


def test_days_in_the_wrong_order_are_no_visit_of_most_of_a_year() -> None:
    assert spans("8 October – 16 September 2014") == ()


def test_visits_apart_from_each_other_are_kept_apart() -> None:
    assert spans("5 to 9 December 2022 and 14 to 15 February 2023 Lead inspector") == (
        (date(2022, 12, 5), date(2022, 12, 9)),
        (date(2023, 2, 14), date(2023, 2, 15)),
    )
    assert spans("19 November-11 December 2013 and 28 – 30 January 2014") == (
        (date(2013, 11, 19), date(2013, 12, 11)),
        (date(2014, 1, 28), date(2014, 1, 30)),
    )


def test_a_letter_gives_the_year_that_its_days_lack() -> None:
    assert spans("16 May and 20 May, Ofsted", before=date(2016, 6, 29)) == ((date(2016, 5, 16), date(2016, 5, 20)),)
    assert spans("5 and 9 December, Ofsted", before=date(2017, 2, 1)) == ((date(2016, 12, 5), date(2016, 12, 9)),)


@pytest.mark.parametrize(
    "text", ["", "16 May and 20 May", "30 to 31 February 2015", "8 October 2014 – 16 September 2014", "spring 2014"]
)
def test_what_is_no_span_gives_none(text: str) -> None:
    assert spans(text) == ()


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("19 November 2014", date(2014, 11, 19)),
        ("01 September 2014", date(2014, 9, 1)),
        ("10/08/2015", date(2015, 8, 10)),
        ("1 6 March 2020 A Name", date(2020, 3, 6)),
        ("November 2014", None),
        ("31 November 2014", None),
    ],
)
def test_the_first_whole_day_is_read(text: str, day: date | None) -> None:
    assert first_day(text) == day


@given(st.dates(date(2013, 1, 1), date(2026, 12, 31)), st.integers(1, 60))
def test_every_span_survives_every_wording(first: date, length: int) -> None:
    last = first + timedelta(days=length)
    whole = [f"{day.day} {day:%B %Y}" for day in (first, last)]
    assert spans(f"{whole[0]} to {whole[1]}") == ((first, last),)
    assert spans(f"{first.day} {first:%B} – {whole[1]}") == ((first, last),)
    assert spans(f"{first:%d/%m/%Y}–{last:%d/%m/%Y}") == ((first, last),)
    if first.month == last.month and first.year == last.year:
        assert spans(f"{first.day}–{whole[1]}") == ((first, last),)
    assert spans(f"{first.day} {first:%B} and {last.day} {last:%B}", before=last + timedelta(days=40)) == (
        (first, last),
    )
