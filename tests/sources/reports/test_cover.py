"""Each kind of report tells by its own words what it is; a layout that is not known is refused."""

from __future__ import annotations

from datetime import date

import pytest
import report_examples as example

from analysis.errors import UnknownLayoutError
from analysis.schema.codes import Grade, JtaiTheme
from analysis.sources.reports.cover import read_report
from analysis.sources.reports.facts import Family, Report, clean_name, grade_of


def _read(pages: list[str]) -> Report:
    return read_report(pages, file="report.txt")


def _grades(report: Report) -> dict[str, str]:
    return {judgement.name: judgement.grade for judgement in report.judgements}


def test_a_single_inspection_gives_all_seven_judgements() -> None:
    report = _read(example.single_inspection())
    assert report.family is Family.SIF
    assert report.area_names == ("Metropolitan Borough of Rotherham",)
    assert (report.started, report.ended) == (date(2014, 9, 16), date(2014, 10, 8))
    assert report.published == date(2014, 11, 19)
    assert report.pages == 3
    assert _grades(report) == {
        "The overall judgement": "inadequate",
        "Children who need help and protection": "Inadequate",
        "Children looked after and achieving permanence": "Requires improvement",
        "Adoption performance": "Good",
        "Experiences and progress of care leavers": "Outstanding",
        "Leadership, management and governance": "Requires Improvement",
        "The Local Safeguarding Children Board": "requires improvement",
    }
    assert [judgement.page for judgement in report.judgements] == [1, 1, 1, 1, 1, 1, 3]
    assert report.remarks == ()


@pytest.mark.parametrize(
    ("wording", "grade"),
    [
        ("The overall judgement is requires improvement", "requires improvement"),
        ("The overall judgement is Inadequate", "Inadequate"),
        ("The overall judgement is that children’s service requires improvement.", "requires improvement"),
        ("The overall judgement is that children’s services are good.2", "good"),
        ("Children’s services in Bath and North East Somerset are good", "good"),
        ("Children's services in Darlington require improvement to be good", "require improvement to be good"),
        ("Children’s services require improvement to be good", "require improvement to be good"),
        ("Children’s services in Rutland requires improvement to be good", "requires improvement to be good"),
        ("Children’s services in St. Helens are outstanding", "outstanding"),
    ],
)
def test_the_overall_judgement_is_read_in_every_wording(wording: str, grade: str) -> None:
    assert _read(example.single_inspection(overall=wording)).judgements[0].grade == grade


@pytest.mark.parametrize(
    ("wording", "name", "grade"),
    [
        ("The Local Safeguarding Children Board is Good", "The Local Safeguarding Children Board", "Good"),
        (
            "The Local Safeguarding Children Board (LSCB) is inadequate",
            "The Local Safeguarding Children Board",
            "inadequate",
        ),
        (
            "The effectiveness of the Local Safeguarding Children Board (LSCB) is requires improvement",
            "The effectiveness of the Local Safeguarding Children Board",
            "requires improvement",
        ),
        (
            "The judgement for the effectiveness of the Local Safeguarding Children Board\n(LSCB) is good.",
            "The effectiveness of the Local Safeguarding Children Board",
            "good",
        ),
        (
            "The effectiveness of the LSCB requires improvement",
            "The effectiveness of the Local Safeguarding Children Board",
            "requires improvement",
        ),
        (
            "The arrangements in place to evaluate the effectiveness of what is done by the\nauthority and board "
            "partners to safeguard and promote the welfare of children are\ninadequate.",
            "The Local Safeguarding Children Board",
            "inadequate",
        ),
    ],
)
def test_the_boards_judgement_is_read_in_every_wording(wording: str, name: str, grade: str) -> None:
    judgement = _read(example.single_inspection(board=wording)).judgements[-1]
    assert (judgement.name, judgement.grade) == (name, grade)


def test_two_grades_of_one_board_are_refused() -> None:
    pages = example.single_inspection()
    pages.append("The effectiveness of the LSCB is good\n")
    with pytest.raises(UnknownLayoutError, match=r"page 3: .*requires improvement; page 4: .*good"):
        _read(pages)


def test_a_board_review_without_a_grade_is_refused() -> None:
    with pytest.raises(UnknownLayoutError, match="The Local Safeguarding Children Board is"):
        _read(example.single_inspection(board="The board met."))


def test_a_cover_that_runs_on_to_the_second_page_loses_nothing() -> None:
    pages = example.single_inspection()
    head, rest = pages[0].split("2.2 Experiences")
    report = _read([head, f"2\n2.2 Experiences{rest}", *pages[1:]])
    assert len(report.judgements) == 7
    assert report.judgements[4].page == 2


def test_a_reinspection_says_so_in_its_title_or_its_summary() -> None:
    for again in ("Re-inspection", "Reinspection"):
        report = _read(example.single_inspection(again=again, board=None))
        assert report.family is Family.SIF_REINSPECTION
        assert len(report.judgements) == 6
        assert "gives no judgement of one" in report.remarks[0]
    pages = example.single_inspection(board=None)
    pages[1] = f"2\nExecutive summary\nThis is a re-inspection of children’s services. {example.LONG_ENOUGH}"
    assert _read(pages).family is Family.SIF_REINSPECTION


def test_an_area_that_ends_in_re_makes_no_reinspection() -> None:
    assert _read(example.single_inspection(area="Central Bedfordshire")).family is Family.SIF


def test_a_review_of_the_board_alone_has_its_judgement_only() -> None:
    cover = (
        "\n1\nSurrey Safeguarding Children Board\nReview of the effectiveness of the Local Safeguarding Children\n"
        "Board\nInspection date: 15 June 2015 – 17 June 2015\nReport published: 3 August 2015\n"
        f"The Local Safeguarding Children Board requires improvement\n{example.LONG_ENOUGH}"
    )
    report = _read([cover])
    assert _grades(report) == {"The Local Safeguarding Children Board": "requires improvement"}
    assert report.remarks == ("is on the Local Safeguarding Children Board alone",)


def test_a_cover_without_day_of_publication_has_none() -> None:
    assert _read(example.single_inspection(published=None)).published is None


def test_a_second_day_of_publication_is_remarked() -> None:
    pages = [*example.single_inspection(), "Review of the board\nReport published: 10 February 2015\n"]
    assert _read(pages).remarks == ("prints another day of publication on page 4: 2015-02-10",)


def test_what_was_not_judged_is_kept_as_printed() -> None:
    report = _read(example.single_inspection(grades=("Good", "Not Judged", "Not judged", "Good", "Good")))
    assert [grade_of(judgement.grade) for judgement in report.judgements[2:4]] == [None, None]


def test_an_ilacs_report_gives_the_rows_of_its_table() -> None:
    report = _read(example.ilacs())
    assert report.family is Family.ILACS
    assert report.area_names == ("Rotherham",)
    assert (report.started, report.ended, report.published) == (date(2022, 6, 20), date(2022, 7, 1), None)
    assert _grades(report) == {
        "The impact of leaders on social work practice with children and families": "Good",
        "The experiences and progress of children who need help and protection": "Requires improvement to be good",
        "The experiences and progress of children in care and care leavers": "Outstanding",
        "Overall effectiveness": "Good",
    }


def test_the_order_of_the_table_does_not_matter_and_care_leavers_may_have_a_row() -> None:
    rows = (
        ("The experiences and progress of children who need help and protection", "Inadequate"),
        ("The experiences and progress of children in care", "Good"),
        ("The experiences and progress of care leavers", "Outstanding"),
        ("The impact of leaders on social work practice with children and families.", "Requires improvement"),
        ("Overall effectiveness", "Inadequate"),
    )
    report = _read(example.ilacs(rows=rows))
    assert _grades(report) == {name.rstrip("."): grade for name, grade in rows}


def test_a_table_without_overall_effectiveness_is_read_with_a_remark() -> None:
    rows = (
        ("The impact of leaders on social work practice with children and families", "Good"),
        ("The experiences and progress of children who need help and protection", "Good"),
        ("The experiences and progress of children in care", "Good"),
        ("The experiences and progress of care leavers", "Outstanding"),
    )
    report = _read(example.ilacs(rows=rows))
    assert _grades(report) == dict(rows)
    assert report.remarks == ("gives no grade for overall effectiveness",)


@pytest.mark.parametrize(
    ("title", "names"),
    [
        ("1\nLondon Borough of Barnet\nInspection of children’s social care services", ("London Borough of Barnet",)),
        ("Inspection of Buckinghamshire Council children’s services", ("Buckinghamshire Council",)),
        ("1\nBrent\nInspection of children's social care services", ("Brent",)),
        (
            "1\nTameside metropolitan borough\nInspection of local authority children’s social care services",
            ("Tameside metropolitan borough",),
        ),
    ],
)
def test_the_area_stands_above_or_in_the_title(title: str, names: tuple[str, ...]) -> None:
    assert _read(example.ilacs(title=title)).area_names == names


def test_the_deep_dive_decides_the_theme_not_the_title() -> None:
    report = _read(example.letter())
    assert report.family is Family.JTAI
    assert report.theme == JtaiTheme.CSE_AND_MISSING
    assert report.area_names[0] == "Croydon"
    assert report.published == date(2016, 6, 29)
    assert (report.started, report.ended) == (date(2016, 5, 16), date(2016, 5, 20))
    assert report.judgements == ()


OLD = (
    "Between 9 and 13 May 2016, Ofsted undertook a joint inspection of the multi-agency response to abuse and neglect. "
)


@pytest.mark.parametrize(
    ("opening", "theme"),
    [
        (
            OLD + "It included a ‘deep dive’ focus on the response to children living with domestic abuse.",
            "domestic_abuse",
        ),
        (OLD + "It included a ‘deep dive’ focus on children between seven and 15 who have been neglected.", "neglect"),
        (OLD + "It included a ‘deep dive’ focus on sexual abuse in the family environment.", "sexual_abuse_in_family"),
        (OLD + "It included a ‘deep dive’ focus on children who are living with mental ill health.", "mental_health"),
        (
            "Between 9 and 13 May 2016, Ofsted inspected the multi-agency response to children who go missing and who "
            "are at risk of exploitation through gangs. It included a ‘deep dive’ focus on a number of cases.",
            "exploitation_gangs_missing",
        ),
        (
            "Between 9 and 13 May 2016, Ofsted inspected the multi-agency response to children at risk of "
            "exploitation, including sexual and criminal exploitation, in Croydon.",
            "exploitation_gangs_missing",
        ),
    ],
)
def test_every_deep_dive_until_2020_is_known(opening: str, theme: str) -> None:
    assert _read(example.letter(opening=opening)).theme == theme


@pytest.mark.parametrize(
    ("response", "theme"),
    [
        ("response to identification of initial need and risk", "identification_of_initial_need"),
        ("identification and response to initial need and risk", "identification_of_initial_need"),
        ("response to the criminal exploitation of children", "criminal_exploitation"),
        ("response to children and families who need help", "early_help"),
        ("response to serious youth violence", "serious_youth_violence"),
        ("response to children who are victims of domestic abuse", "domestic_abuse_unborn_to_seven"),
    ],
)
def test_every_response_inspected_since_2022_is_known(response: str, theme: str) -> None:
    opening = (
        f"This letter summarises the findings of the joint targeted area inspection (JTAI) of the multi-agency "
        f"{response} in Croydon.\nThis inspection took place from 13 November 2023 to 17 November 2023. "
    )
    report = _read(
        example.letter(day="30 January 2024", title="Joint targeted area inspection of Croydon", opening=opening)
    )
    assert report.theme == theme
    assert report.area_names[0] == "Croydon"
    assert report.started == date(2023, 11, 13)


def test_a_theme_that_is_not_known_is_refused() -> None:
    with pytest.raises(UnknownLayoutError, match="Add the theme to JtaiTheme"):
        _read(example.letter(opening=OLD + "It included a ‘deep dive’ focus on the response to online harm."))


@pytest.mark.parametrize(
    ("pages", "label", "looked_for"),
    [
        (example.single_inspection(), "Inspection date:", "“Inspection date:”"),
        (example.single_inspection(), "16 September – 8 October 2014", "a first and a last day"),
        (example.single_inspection(), "2.1 Adoption performance", "“Adoption performance” with a grade after it"),
        (example.single_inspection(), "children’s services are inadequate", "“The overall judgement is …”"),
        (example.ilacs(), "Inspection dates:", "“Inspection dates:”"),
        (example.ilacs(), "20 June to 1 July 2022", "a first and a last day"),
        (example.letter(), "29 June 2016", "the letter's date before “Dear …”"),
        (example.letter(), "Between 16 May and 20 May", "“This inspection took place from …”"),
    ],
)
def test_a_missing_label_is_named(pages: list[str], label: str, looked_for: str) -> None:
    assert label in pages[0]
    with pytest.raises(UnknownLayoutError, match=r"report\.txt") as caught:
        _read([pages[0].replace(label, "…"), *pages[1:]])
    assert looked_for in caught.value.looked_for


@pytest.mark.parametrize("pages", [[], ["Focused visit to Rotherham children’s services\nDear Director"]])
def test_another_document_is_refused(pages: list[str]) -> None:
    with pytest.raises(UnknownLayoutError, match="the title of a single inspection, an ILACS report or a JTAI letter"):
        _read(pages)


@pytest.mark.parametrize(
    ("published", "grade"),
    [
        ("Require improvement", Grade.REQUIRES_IMPROVEMENT),
        ("requires  improvement\nto be good", Grade.REQUIRES_IMPROVEMENT),
        ("Good", Grade.GOOD),
        ("outstanding", Grade.OUTSTANDING),
        ("Inadequate", Grade.INADEQUATE),
        ("Not Judged", None),
    ],
)
def test_wordings_of_a_grade(published: str, grade: Grade | None) -> None:
    assert grade_of(published) == grade


def test_a_wording_off_the_scale_is_no_grade() -> None:
    with pytest.raises(ValueError, match="“Satisfactory” is not a grade"):
        grade_of("Satisfactory")


def test_names_lose_numbers_and_footnotes_only() -> None:
    assert clean_name("2.1 Adoption  performance3") == "Adoption performance"
    assert clean_name("children's services.") == "Children’s services"
