"""Lines and blocks: what is left of a page, and where one passage ends and the next begins."""

from __future__ import annotations

from analysis.passages.blocks import Block, Mark, blocks
from analysis.passages.lines import body_lines

WIDE = "Managers read the records of each child and speak with the family about them, and they"


def _blocks(*pages: str, known: tuple[str, ...] = ()) -> list[Block]:
    return blocks(body_lines(pages), lambda text: text in known)


def test_running_headers_page_numbers_and_footnotes_are_no_lines() -> None:
    pages = [f"Inspection of children’s services in Ashford\n{n}\nText {'abc'[n - 2]}.\n" for n in (2, 3, 4)]
    pages.append("Inspection of children’s services in Ashford\n5\nPlans name it.1\n \n1 A note on\nwhat it is.\n")
    pages.insert(0, "Cover\n")
    assert [line.text for line in body_lines(pages)] == ["Cover", "Text a.", "Text b.", "Text c.", "Plans name it.1"]


def test_a_number_alone_at_the_foot_of_a_page_begins_a_paragraph_if_it_has_a_stop() -> None:
    pages = [f"\n{n}.\nEach child {word} seen.\n" for n, word in enumerate(("is", "was", "may be", "must be"), 1)]
    assert [block.number for block in _blocks(*pages)] == ["1", "2", "3", "4"]


def test_a_number_within_a_sentence_begins_no_paragraph() -> None:
    found = _blocks("7. They help children under\n12. The police do, too.\n8. All is well.\n")
    assert [(block.number, block.text) for block in found] == [
        ("7", "They help children under 12. The police do, too."),
        ("8", "All is well."),
    ]


def test_a_plain_paragraph_ends_where_a_line_had_room_for_more() -> None:
    found = _blocks(f"{WIDE}\nlisten.\n{WIDE}\nlearn. They\nact.\n" + f"{WIDE}\nread on.\n" * 6)
    assert [block.mark for block in found] == [Mark.PARAGRAPH] * 8
    assert found[1].text == f"{WIDE} learn. They act."


def test_a_word_is_not_torn_at_a_hyphen() -> None:
    assert _blocks("1. A multi-\nagency team.\n")[0].text == "A multi-agency team."


def test_numbered_titles_over_bullets_are_headings() -> None:
    found = _blocks("1. Quality of practice\n\uf06e Write plans.\n\uf06e Read them.\n2. Leadership\n\uf06e Lead.\n")
    assert [(block.mark, block.text) for block in found] == [
        (Mark.HEADING, "Quality of practice"),
        (Mark.BULLET, "Write plans."),
        (Mark.BULLET, "Read them."),
        (Mark.HEADING, "Leadership"),
        (Mark.BULLET, "Lead."),
    ]


def test_a_known_heading_may_run_over_two_lines_but_not_over_a_page() -> None:
    known = ("Progress of care leavers: good",)
    assert _blocks("They\nknow\nProgress of care\nleavers: good\n1. Yes.\n", known=known)[1].text == known[0]
    assert [block.mark for block in _blocks("Progress of care\n", "leavers: good\n", known=known)] == [Mark.PARAGRAPH]
