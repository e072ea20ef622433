"""The pages of a report as text: from the publisher's PDF, or from text with a form feed between pages."""

from __future__ import annotations

import hashlib
import io
import re
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

from pypdf import Configuration, PageObject, PdfReader, apply_configuration
from pypdf.errors import DependencyError, LimitReachedError
from pypdf.generic import ArrayObject, DictionaryObject, PdfObject, StreamObject

from analysis.errors import LONGEST_VALUE, AnalysisError
from analysis.files import UnreadableFileError, read_given
from analysis.sources.listening import listening

PDF_MARK = b"%PDF-"
MARK_WITHIN = 1024
LEAST_CHARACTERS_A_PAGE = 40
PAGE_BREAK = "\f"
MOST_PAGES = 200
LONGEST_SECONDS = 300
LIMITS = Configuration(
    zlib_maximum_output_length=10_000_000,
    lzw_maximum_output_length=10_000_000,
    run_length_maximum_output_length=10_000_000,
    array_based_stream_maximum_output_length=10_000_000,
    stream_decoding_work_maximum_length=40_000_000,
    stream_parsing_work_maximum_count=200_000,
    page_tree_maximum_entries=10_000,
    xform_maximum_invocations_per_extraction=200,
)
"""What pypdf may unpack and parse: many times what the largest page of a published report needs (48,057 bytes)."""
DAMAGED = "Download the report again; if that does not help, give it as text (.txt)."
NOT_A_REPORT = "Check that it is a report; if it is one, give it as text (.txt)."
_STRAY = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ufffd\ufffe\uffff]")


class UnreadableReportError(UnreadableFileError):
    """A report file that gives no text: missing, damaged, locked, without text, or not what its name says."""


def read_pages(path: Path) -> list[str]:
    """Read the text of a report, page by page.

    Args:
        path: a PDF (`.pdf`), or UTF-8 text (`.txt`) with a form feed between pages.

    Returns:
        The text of each page, in order; the first page of the file is the first item.

    Raises:
        UnreadableReportError: the file is missing, damaged, needs a password, holds no text, or is not what its
            name says.
    """
    return pages_of(path, content_of(path))


def content_of(path: Path) -> bytes:
    """Read the bytes of a report file; see `read_pages`.

    Raises:
        UnreadableReportError: the file cannot be read, or is named as none of the two kinds.
    """
    kind = path.suffix.lower()
    if kind not in (".pdf", ".txt"):
        what = "a folder" if path.is_dir() else f"a file that ends in “{path.suffix}”"
        raise UnreadableReportError(path, f"{what} is no report", "Give the report as .pdf or as .txt.")
    try:
        return read_given(path)
    except UnreadableFileError as error:
        raise UnreadableReportError(path, error.why, error.remedy) from error


def pages_of(path: Path, content: bytes) -> list[str]:
    """Read the text of a report's content, page by page; see `read_pages`.

    Args:
        path: the file that held it, for its kind and for messages.
        content: its bytes.
    """
    kind = path.suffix.lower()
    is_pdf = PDF_MARK in content[:MARK_WITHIN]
    if kind == ".pdf" and not is_pdf:
        raise UnreadableReportError(
            path,
            "the name says PDF, the content is none",
            "Download the report again; a web page may stand in its place.",
        )
    if kind == ".txt" and is_pdf:
        raise UnreadableReportError(path, "the name says text, the content is a PDF", "Rename the file to .pdf.")
    pages = _pages_of_pdf(path, content) if is_pdf else _pages_of_text(path, content)
    characters = sum(len(page.strip()) for page in pages)
    if characters < LEAST_CHARACTERS_A_PAGE * max(len(pages), 1):
        raise UnreadableReportError(
            path,
            f"{len(pages)} pages hold only {characters} characters of text",
            "If the pages are pictures, give a version that holds text, such as the publisher's own.",
        )
    return pages


def sha256_of_pdf(path: Path, content: bytes) -> str | None:
    """Hash a PDF; None for any other file, whose hash would not be the published report's."""
    return hashlib.sha256(content).hexdigest() if path.suffix.lower() == ".pdf" else None


def _pages_of_text(path: Path, content: bytes) -> list[str]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableReportError(
            path, f"byte {error.start + 1} is not UTF-8 text", "Save the text as UTF-8, or give the PDF."
        ) from error
    stray = _STRAY.search(text)
    if stray is not None:
        page, line = text.count(PAGE_BREAK, 0, stray.start()) + 1, text.count("\n", 0, stray.start()) + 1
        why = f"the character U+{ord(stray[0]):04X} on page {page}, line {line} of the file, stands in no report"
        raise UnreadableReportError(path, why, "The file is damaged: get it again, or give the PDF.")
    if text and not text.endswith(("\n", PAGE_BREAK)):
        line = text.count("\n") + 1
        raise UnreadableReportError(
            path, f"line {line}, the last, has no end, so the text may be cut off", "Get it again, or give the PDF."
        )
    return text.removesuffix(PAGE_BREAK).split(PAGE_BREAK)


def _pages_of_pdf(path: Path, content: bytes) -> list[str]:
    """Read a PDF strictly: a reader that mends what is broken would give less text and say so to nobody."""
    try:
        with listening("pypdf") as heard, apply_configuration(LIMITS):
            pages = _extract(path, PdfReader(io.BytesIO(content), strict=True))
    except (AnalysisError, MemoryError):
        raise
    except DependencyError as error:
        raise UnreadableReportError(
            path, f"the PDF is encrypted ({error})", "Give a version without encryption; published reports have none."
        ) from error
    except LimitReachedError as error:
        raise UnreadableReportError(path, f"the PDF unpacks to more than any report ({error})", NOT_A_REPORT) from error
    except Exception as error:  # pypdf says that a broken PDF may raise anything
        raise UnreadableReportError(path, f"the PDF is damaged ({type(error).__name__}: {error})", DAMAGED) from error
    if heard:
        what = "; ".join(dict.fromkeys(heard))
        raise UnreadableReportError(path, f"the PDF could not be read whole ({what[:LONGEST_VALUE]})", DAMAGED)
    return pages


def _extract(path: Path, reader: PdfReader) -> list[str]:
    if reader.is_encrypted and not reader.decrypt(""):
        raise UnreadableReportError(
            path, "the PDF asks for a password", "Give a version without one; published reports have none."
        )
    count = len(reader.pages)
    if not 0 < count <= MOST_PAGES:
        raise UnreadableReportError(path, f"the PDF has {count:,} pages, and a report 1 to {MOST_PAGES}", NOT_A_REPORT)
    until = time.monotonic() + LONGEST_SECONDS
    pages: list[str] = []
    checked: set[int] = set()
    for number, page in enumerate(reader.pages, start=1):
        if any(_is_cut_off(stream) for stream in _streams(page, checked)):
            raise UnreadableReportError(path, f"the PDF is damaged (page {number} is cut off or altered)", DAMAGED)
        pages.append(page.extract_text())
        if time.monotonic() > until:
            why = f"page {number} of {count} is not reached in {LONGEST_SECONDS} seconds"
            raise UnreadableReportError(path, why, NOT_A_REPORT)
    return pages


def _streams(page: PageObject, checked: set[int]) -> Iterator[StreamObject]:
    """The streams that a page's text is in, each once a report: its contents, forms and tables of characters."""
    contents, resources = _within(page, "/Contents"), _within(page, "/Resources")
    forms, fonts = _within(resources, "/XObject"), _within(resources, "/Font")
    found: list[object] = list(contents) if isinstance(contents, ArrayObject) else [contents]
    found += forms.values() if isinstance(forms, DictionaryObject) else []
    for font in fonts.values() if isinstance(fonts, DictionaryObject) else []:
        found.append(_within(font.get_object(), "/ToUnicode"))
    for part in found:
        stream = part.get_object() if isinstance(part, PdfObject) else None
        is_picture = isinstance(stream, StreamObject) and stream.get("/Subtype") == "/Image"
        if isinstance(stream, StreamObject) and not is_picture and id(stream) not in checked:
            checked.add(id(stream))
            yield stream


def _within(holder: object, key: str) -> object:
    value = holder.get(key) if isinstance(holder, DictionaryObject) else None
    return value.get_object() if isinstance(value, PdfObject) else None


def _is_cut_off(stream: StreamObject) -> bool:
    """Whether a deflated stream does not unpack to its end; pypdf gives the part before without a word."""
    filters = stream.get("/Filter")
    if (list(filters) if isinstance(filters, ArrayObject) else [filters]) != ["/FlateDecode"]:
        return False
    unpacker = zlib.decompressobj()
    try:
        unpacker.decompress(stream._data, LIMITS.zlib_maximum_output_length)
    except zlib.error:
        return True
    return not unpacker.eof and not unpacker.unconsumed_tail
