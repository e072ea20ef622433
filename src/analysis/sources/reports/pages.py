"""The pages of a report as text: from the publisher's PDF, or from text with a form feed between pages."""

from __future__ import annotations

import hashlib
from pathlib import Path

from pypdf import PdfReader
from pypdf.errors import DependencyError, PyPdfError

from analysis.errors import AnalysisError

PDF_MARK = b"%PDF-"
MARK_WITHIN = 1024
LEAST_CHARACTERS_A_PAGE = 40
PAGE_BREAK = "\f"


class UnreadableReportError(AnalysisError):
    """A report file that gives no text: damaged, locked, without text, or not what its name says.

    Args:
        file: the file that was read.
        why: what is wrong with it.
        remedy: what the user can do.
    """

    def __init__(self, file: Path | str, why: str, remedy: str) -> None:
        """Keep the parts, so that a test or a caller need not parse the message."""
        self.file, self.why, self.remedy = str(file), why, remedy
        super().__init__(file, why, remedy)

    def __str__(self) -> str:
        """File, what is wrong and what to do, on one line."""
        return f"{self.file}: {self.why}. {self.remedy}"


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
    if not path.is_file():
        raise UnreadableReportError(path, "there is no such file", "Check the path.")
    kind = path.suffix.lower()
    if kind not in (".pdf", ".txt"):
        raise UnreadableReportError(
            path, f"a file that ends in “{path.suffix}” is no report", "Give the report as .pdf or as .txt."
        )
    content = path.read_bytes()
    is_pdf = PDF_MARK in content[:MARK_WITHIN]
    if kind == ".pdf" and not is_pdf:
        raise UnreadableReportError(
            path,
            "the name says PDF, the content is none",
            "Download the report again; a web page may stand in its place.",
        )
    if kind == ".txt" and is_pdf:
        raise UnreadableReportError(path, "the name says text, the content is a PDF", "Rename the file to .pdf.")
    pages = _pages_of_pdf(path) if is_pdf else _pages_of_text(path, content)
    characters = sum(len(page.strip()) for page in pages)
    if characters < LEAST_CHARACTERS_A_PAGE * max(len(pages), 1):
        raise UnreadableReportError(
            path,
            f"{len(pages)} pages hold only {characters} characters of text",
            "If the pages are pictures, give a version that holds text, such as the publisher's own.",
        )
    return pages


def sha256_of_pdf(path: Path) -> str | None:
    """Hash a PDF; None for any other file, whose hash would not be the published report's."""
    if path.suffix.lower() != ".pdf":
        return None
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _pages_of_text(path: Path, content: bytes) -> list[str]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableReportError(
            path, f"byte {error.start + 1} is not UTF-8 text", "Save the text as UTF-8, or give the PDF."
        ) from error
    return text.removesuffix(PAGE_BREAK).split(PAGE_BREAK)


def _pages_of_pdf(path: Path) -> list[str]:
    try:
        reader = PdfReader(path)
        if reader.is_encrypted and not reader.decrypt(""):
            raise UnreadableReportError(
                path, "the PDF asks for a password", "Give a version without one; published reports have none."
            )
        return [page.extract_text() for page in reader.pages]
    except DependencyError as error:
        raise UnreadableReportError(
            path, f"the PDF is encrypted ({error})", "Give a version without encryption; published reports have none."
        ) from error
    except (PyPdfError, OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UnreadableReportError(
            path, f"the PDF is damaged ({type(error).__name__}: {error})", "Download the report again."
        ) from error
