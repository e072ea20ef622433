"""The sources that `analysis import` knows, and the reader of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from analysis.errors import AnalysisError

if TYPE_CHECKING:
    # The readers and polars are heavy, and `analysis import --help` only lists the sources.
    from pathlib import Path

    import polars as pl

    from analysis.progress_bar import Progress
    from analysis.sources.reading import Reading

    Tables: TypeAlias = Mapping[str, pl.DataFrame]


@dataclass(frozen=True)
class Source:
    """A kind of release: what it is, and the function that reads its files beside the tables as they stand."""

    about: str
    read: Callable[[Sequence[Path], Tables, Progress], Reading]


def _authorities(files: Sequence[Path], tables: Tables, progress: Progress) -> Reading:
    from analysis.sources import authorities

    return authorities.read(files)


def _assessments(files: Sequence[Path], tables: Tables, progress: Progress) -> Reading:
    from analysis.sources import dfe_assessments

    return dfe_assessments.read(_single(files), **_pick(tables, "areas", "area_codes", "regions"))


def _children(files: Sequence[Path], tables: Tables, progress: Progress) -> Reading:
    from analysis.sources import ons_children

    return ons_children.read(_single(files), **_pick(tables, "areas", "area_codes", "regions"))


def _neighbours(files: Sequence[Path], tables: Tables, progress: Progress) -> Reading:
    from analysis.sources import statistical_neighbours

    return statistical_neighbours.read(_single(files), areas=tables["areas"], area_codes=tables["area_codes"])


def _outcomes(files: Sequence[Path], tables: Tables, progress: Progress) -> Reading:
    from analysis.sources import ofsted_outcomes

    return ofsted_outcomes.read(_single(files), **_pick(tables, "areas", "area_codes", "domains"))


def _cqc_reviews(files: Sequence[Path], tables: Tables, progress: Progress) -> Reading:
    from analysis.sources import cqc_registry

    return cqc_registry.read(_single(files), **_pick(tables, "areas", "area_codes", "sources"))


def _findings(files: Sequence[Path], tables: Tables, progress: Progress) -> Reading:
    from analysis.sources import coding_sheet

    return coding_sheet.read(files, inspections=tables["inspections"])


def _reports(files: Sequence[Path], tables: Tables, progress: Progress) -> Reading:
    from analysis.sources.reports import rows

    unknown = [str(f) for f in files if not f.is_dir() and f.suffix.lower() not in (".pdf", ".txt", ".csv")]
    if unknown:
        raise AnalysisError(f"{', '.join(unknown)}: neither a report (PDF, text) nor an index (CSV). Leave it out.")
    paths = [path for file in files for path in (sorted(file.iterdir()) if file.is_dir() else [file])]
    reports = [path for path in paths if path.suffix.lower() in (".pdf", ".txt")]
    indexes = [path for path in paths if path.suffix.lower() == ".csv"]
    if len(indexes) > 1:
        raise AnalysisError(f"Give one index of reports, not {len(indexes)}: {', '.join(map(str, indexes))}")
    if not reports:
        raise AnalysisError(f"No PDF or text of a report among: {', '.join(map(str, files))}")
    index = indexes[0] if indexes else None
    wanted = _pick(tables, "areas", "area_codes", "inspections", "domains")
    return rows.read(reports, index=index, progress=progress, **wanted)


SOURCES: dict[str, Source] = {
    "authorities": Source(
        "the areas: DfE or ONS files with former codes, district boundaries (GeoJSON), optionally a lookup",
        _authorities,
    ),
    "ofsted-outcomes": Source("Ofsted's local authority inspection outcomes (ODS or XLSX)", _outcomes),
    "assessments": Source("DfE's factors identified at the end of assessment (CSV)", _assessments),
    "children": Source("ONS mid-year estimates of children aged 0 to 17, as DfE publishes them (CSV)", _children),
    "neighbours": Source("the statistical neighbours model (CSV)", _neighbours),
    "cqc-reviews": Source("the registry of verified CQC reviews (CSV)", _cqc_reviews),
    "reports": Source(
        "inspection reports as PDF or text with a form feed between pages: files or a folder, optionally with an index "
        "(CSV)",
        _reports,
    ),
    "findings": Source("sheets of passages from `analysis passages --csv`, coded (CSV or spreadsheet)", _findings),
}


def read(name: str, files: Sequence[Path], tables: Tables, progress: Progress) -> Reading:
    """Read the files of one source.

    Args:
        name: a key of `SOURCES`.
        files: the files of the release.
        tables: the typed curated tables as they stand.
        progress: is told how far a long import has come.

    Raises:
        AnalysisError: the source is not known, a file is not there, or its layout is not known.
    """
    if name not in SOURCES:
        raise AnalysisError(f"There is no source “{name}”. Use one of: {', '.join(SOURCES)}.")
    missing = [str(file) for file in files if not file.exists()]
    if missing:
        raise AnalysisError(f"Not found: {', '.join(missing)}. Check the path.")
    return SOURCES[name].read(files, tables, progress)


def _single(files: Sequence[Path]) -> Path:
    if len(files) != 1:
        raise AnalysisError(f"This source is one file; {len(files)} were given.")
    return files[0]


def _pick(tables: Tables, *names: str) -> dict[str, pl.DataFrame]:
    return {name: tables[name] for name in names}
