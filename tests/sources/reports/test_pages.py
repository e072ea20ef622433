"""Pages come out of PDFs and texts alike; a file that gives none is refused with what to do."""

from __future__ import annotations

import pickle
import zlib
from pathlib import Path

import pytest
import report_examples as example
from pypdf import PdfReader, PdfWriter
from pypdf.generic import NameObject, StreamObject

from analysis.sources.reports.pages import MOST_PAGES, UnreadableReportError, read_pages, sha256_of_pdf


def test_a_form_feed_parts_pages(tmp_path: Path) -> None:
    path = tmp_path / "report.txt"
    path.write_text(f"first {example.LONG_ENOUGH}\f\fthird {example.LONG_ENOUGH}\f", encoding="utf-8-sig")
    pages = read_pages(path)
    assert len(pages) == 3
    assert pages[0].startswith("first")
    assert pages[1] == ""


def test_a_pdf_gives_the_same_pages_as_its_text(tmp_path: Path) -> None:
    pages = example.single_inspection()
    from_pdf = read_pages(example.write_pdf(tmp_path, "report", pages))
    from_text = read_pages(example.write_text(tmp_path, "report", pages))
    assert [page.split() for page in from_pdf] == [page.split() for page in from_text]


def _refusal(path: Path) -> str:
    with pytest.raises(UnreadableReportError) as caught:
        read_pages(path)
    assert str(path) in str(caught.value)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)  # noqa: S301
    return str(caught.value)


def test_a_locked_pdf_is_refused(tmp_path: Path) -> None:
    path = example.write_pdf(tmp_path, "locked", example.ilacs(), password="secret")  # noqa: S106
    assert "asks for a password" in _refusal(path)


def test_a_pdf_that_anyone_may_open_is_read_though_encrypted(tmp_path: Path) -> None:
    path = example.write_pdf(tmp_path, "open", example.ilacs(), password="")
    assert len(read_pages(path)) == 2


def test_a_pdf_without_text_is_refused(tmp_path: Path) -> None:
    writer = PdfWriter()
    for _ in range(3):
        writer.add_blank_page(595, 842)
    path = tmp_path / "pictures.pdf"
    writer.write(path)
    assert "3 pages hold only 0 characters" in _refusal(path)


def test_a_damaged_pdf_is_refused(tmp_path: Path) -> None:
    whole = example.write_pdf(tmp_path, "whole", example.ilacs())
    path = tmp_path / "damaged.pdf"
    path.write_bytes(whole.read_bytes()[:60])
    assert "is damaged" in _refusal(path)


def test_a_web_page_named_pdf_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    path.write_text("<!DOCTYPE html><title>Not found</title>")
    assert "the content is none" in _refusal(path)


def test_a_pdf_named_text_is_refused(tmp_path: Path) -> None:
    path = example.write_pdf(tmp_path, "report", example.ilacs()).rename(tmp_path / "report.txt")
    assert "the content is a PDF" in _refusal(path)


def test_text_in_another_encoding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "report.txt"
    path.write_bytes("Children’s services".encode("cp1252"))
    assert "byte 9 is not UTF-8" in _refusal(path)


def test_an_empty_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "report.txt"
    path.write_text("")
    assert "0 characters" in _refusal(path)


def test_another_kind_of_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "report.docx"
    path.write_bytes(b"PK")
    assert "“.docx” is no report" in _refusal(path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "v. 2: none.pdf"
    assert _refusal(path) == f"{path}: there is no such file. Check the path."


def test_only_a_pdf_has_the_hash_of_the_published_report(tmp_path: Path) -> None:
    digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert sha256_of_pdf(tmp_path / "report.pdf", b"abc") == digest
    assert sha256_of_pdf(tmp_path / "report.txt", b"abc") is None


def test_a_text_cut_off_or_with_control_characters_is_refused(tmp_path: Path) -> None:
    path = example.write_text(tmp_path, "report", example.ilacs())
    whole = path.read_text("utf-8")
    path.write_text(whole.rstrip()[:-5], "utf-8")
    assert "the last, has no end" in _refusal(path)
    path.write_text(whole.replace("Judgement", "Judge\x1bment"), "utf-8")
    assert "the character U+001B on page 1" in _refusal(path)


def _first_page(path: Path, data: bytes) -> Path:
    """The same PDF with other packed content on its first page."""
    writer = PdfWriter(clone_from=path)
    stream = writer.pages[0]["/Contents"].get_object()
    assert isinstance(stream, StreamObject)
    stream._data = data
    stream[NameObject("/Filter")] = NameObject("/FlateDecode")
    writer.write(path)
    return path


def test_a_page_that_is_cut_off_within_a_whole_pdf_is_refused(tmp_path: Path) -> None:
    path = example.write_pdf(tmp_path, "report", example.single_inspection())
    packed = zlib.compress(PdfReader(path).pages[0]["/Contents"].get_data())  # type: ignore[attr-defined]
    assert len(read_pages(_first_page(path, packed))) == 3
    assert "page 1 is cut off or altered" in _refusal(_first_page(path, packed[:-20]))


def test_a_page_that_unpacks_to_more_than_a_report_holds_is_refused(tmp_path: Path) -> None:
    path = example.write_pdf(tmp_path, "report", example.single_inspection())
    assert "unpacks to more than any report" in _refusal(_first_page(path, zlib.compress(b" " * 60_000_000)))


def test_what_pypdf_would_mend_is_refused_and_nothing_is_printed(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = example.write_pdf(tmp_path, "report", example.single_inspection())
    path.write_bytes(path.read_bytes().replace(b"%%EOF", b""))
    assert "the PDF is damaged" in _refusal(path)
    assert capfd.readouterr() == ("", "")


def test_more_pages_than_any_report_are_refused(tmp_path: Path) -> None:
    path = example.write_pdf(tmp_path, "report", ["x"] * (MOST_PAGES + 1))
    assert "the PDF has 201 pages" in _refusal(path)
