"""What is listed of a report in each layout: the items of its own lists, and what touches exploitation elsewhere."""

from __future__ import annotations

from pathlib import Path

import made_reports
import pytest
import report_examples

from analysis.errors import UnknownLayoutError
from analysis.passages import Kind, Layout, PassageList, Section, find_passages, list_passages, passages_of
from analysis.sources.reports.pages import UnreadableReportError

ITEM, OTHER = Kind.LISTED_ITEM, Kind.EXPLOITATION


def _places(found: PassageList) -> list[tuple[int, str, str, Kind]]:
    return [(p.page, p.paragraph, p.section.value, p.kind) for p in found.passages]


def test_single_inspection_with_key_findings() -> None:
    found = passages_of(made_reports.key_findings())
    assert found.layout is Layout.SIF_KEY_FINDINGS
    assert _places(found) == [
        (3, "", "summary", OTHER),
        (3, "1", "priority_action", ITEM),
        (3, "2", "priority_action", ITEM),
        (4, "3", "area_for_improvement", ITEM),
        (4, "10", "area_for_improvement", ITEM),
        (4, "11", "strength", ITEM),
        (5, "", "summary", OTHER),
        (5, "14", "narrative", OTHER),
        (6, "16", "narrative", OTHER),
        (7, "17", "lscb_improvement", ITEM),
        (7, "18", "lscb_strength", ITEM),
        (7, "19", "narrative", OTHER),
    ]


def test_a_number_that_is_skipped_in_a_list_is_remarked_on() -> None:
    assert passages_of(made_reports.key_findings()).remarks == [
        "page 4: in the list area_for_improvement, item 10 follows item 3: look whether one is missing"
    ]


def test_a_passage_is_whole_where_it_runs_over_a_page_break() -> None:
    texts = {p.paragraph: p.text for p in find_passages(made_reports.key_findings())}
    assert texts["2"] == "Tell children what was decided and why it was decided."
    assert texts["14"].startswith("The panel on children who go missing")
    assert texts["14"].endswith("shares what it learns. Some information is missing from files.")


def test_bullets_under_an_item_belong_to_it() -> None:
    texts = {p.paragraph: p.text for p in find_passages(made_reports.key_findings())}
    assert texts["3"] == "Offer homes near to work: • for all • soon."


def test_headings_are_the_nearest_ones() -> None:
    headings = {p.paragraph: p.heading for p in find_passages(made_reports.key_findings()) if p.paragraph}
    assert (headings["1"], headings["3"]) == ("Priority and immediate action", "Care leavers")
    assert headings["11"] == "The local authority’s strengths"


def test_single_inspection_with_executive_summary() -> None:
    found = passages_of(made_reports.executive_summary())
    assert (found.layout, found.remarks) == (Layout.SIF_EXECUTIVE_SUMMARY, [])
    assert _places(found) == [
        (2, "", "summary", OTHER),
        (3, "1", "area_for_improvement", ITEM),
        (3, "2", "area_for_improvement", ITEM),
        (4, "", "summary", OTHER),
        (4, "4", "narrative", OTHER),
        (5, "6", "lscb_improvement", ITEM),
        (5, "7", "narrative", OTHER),
    ]


def test_reinspection_without_a_part_on_the_board_lacks_no_list() -> None:
    found = passages_of(made_reports.executive_summary(again="Re-inspection", board=None))
    assert (found.layout, found.remarks) == (Layout.SIF_REINSPECTION, [])
    assert {p.section for p in found.passages if p.kind is ITEM} == {Section.AREA_FOR_IMPROVEMENT}


def test_ilacs() -> None:
    found = passages_of(made_reports.ilacs())
    assert (found.layout, found.remarks) == (Layout.ILACS, [])
    assert _places(found) == [
        (1, "", "summary", OTHER),
        (2, "", "area_for_improvement", ITEM),
        (2, "", "area_for_improvement", ITEM),
        (2, "2", "narrative", OTHER),
    ]
    assert [p.text for p in found.passages[1:]] == [
        "The quality of plans.",
        "Work with: – fathers – schools.",
        "Children who go missing are found, and they are asked why they went.",
    ]


def test_a_table_of_grades_that_are_read_on_the_line_of_their_judgement() -> None:
    pages = made_reports.ilacs()
    pages[0] = pages[0].replace("\nGood", " Good").replace("\nOutstanding", " Outstanding")
    assert passages_of(pages) == passages_of(made_reports.ilacs())


def test_letter_with_key_strengths() -> None:
    found = passages_of(made_reports.letter_with_key_strengths())
    assert (found.layout, found.remarks) == (Layout.JTAI_KEY_STRENGTHS, [])
    assert _places(found) == [
        (1, "", "summary", OTHER),
        (1, "", "strength", ITEM),
        (1, "", "strength", ITEM),
        (2, "", "strength", ITEM),
        (2, "", "case_study", OTHER),
        (2, "", "strength", ITEM),
        (2, "", "priority_action", ITEM),
        (2, "", "area_for_improvement", ITEM),
        (2, "", "area_for_improvement", ITEM),
    ]
    assert "A Name" not in found.passages[0].text


def test_letter_with_headline_findings() -> None:
    found = passages_of(made_reports.letter_with_headline_findings())
    assert (found.layout, found.remarks) == (Layout.JTAI_HEADLINE_FINDINGS, [])
    assert _places(found) == [
        (1, "", "summary", OTHER),
        (1, "", "priority_action", ITEM),
        (1, "", "area_for_improvement", ITEM),
        (1, "", "area_for_improvement", ITEM),
        (2, "", "strength", ITEM),
        (2, "", "narrative", OTHER),
        (2, "", "case_study", OTHER),
    ]
    assert found.passages[-1].text == "A boy was trafficked."


def test_review_of_a_board_alone() -> None:
    found = passages_of(made_reports.board_review())
    assert (found.layout, found.remarks) == (Layout.BOARD_REVIEW, [])
    assert _places(found) == [
        (2, "1", "lscb_improvement", ITEM),
        (2, "2", "lscb_improvement", ITEM),
        (2, "4", "narrative", OTHER),
    ]


def test_a_list_that_is_not_found_is_remarked_on() -> None:
    pages = [page.replace("What needs to improve?", "What comes next") for page in made_reports.ilacs()]
    (remark,) = passages_of(pages).remarks
    assert "found no list of the section area_for_improvement" in remark


def test_paragraphs_under_a_heading_of_a_list_are_no_items() -> None:
    paragraph = "The service meets its aims and knows what it does well and less well. " * 9
    pages = made_reports.executive_summary()
    pages[4] = pages[4].replace("6. Publish the plan.\n", "".join(f"{number}. {paragraph}\n" for number in (6, 7, 8)))
    found = passages_of(pages)
    assert not [p for p in found.passages if p.section is Section.LSCB_IMPROVEMENT]
    assert "lscb_improvement" in found.remarks[0]


def test_a_report_of_unknown_layout_is_refused_with_what_was_looked_for_and_where() -> None:
    pages = made_reports.executive_summary()
    pages[1] = pages[1].replace("Executive summary", "In short")
    pages[4] = pages[4].replace("Executive summary", "In short")
    with pytest.raises(UnknownLayoutError) as caught:
        passages_of(pages, file="x.pdf")
    assert "“Executive summary” or the heading “Summary of findings”" in caught.value.looked_for
    assert "its 6 pages" in caught.value.where


def test_a_text_and_a_missing_file(tmp_path: Path) -> None:
    path = report_examples.write_text(tmp_path, "made", made_reports.ilacs())
    assert list_passages(path) == passages_of(made_reports.ilacs())
    with pytest.raises(UnreadableReportError, match="no such file"):
        list_passages(tmp_path / "none.pdf")
