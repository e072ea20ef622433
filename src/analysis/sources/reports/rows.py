"""Reader of inspection reports, one or many: what they add to the tables of inspections and judgements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from analysis.errors import AnalysisError
from analysis.progress_bar import Progress
from analysis.schema.codes import Programme
from analysis.schema.tables import TABLES
from analysis.sources.reading import Contribution, Reading, Tally
from analysis.sources.reports.facts import Family, PublishedJudgement, grade_of
from analysis.sources.reports.history import REPORTS_SOURCE, differences, in_history, official_history
from analysis.sources.reports.location import LocatedReport, LocatedReports, locate

LETTERS_SOURCE = "joint-inspection-letters"
LONGEST_SHORT_VISIT = timedelta(days=5)

_COMPARED = {
    "inspection_id": pl.String,
    "report_id": pl.String,
    "area_code": pl.String,
    "domain": pl.String,
    "grade_report": pl.String,
    "grade_history": pl.String,
    "agrees": pl.Boolean,
}


def read(
    paths: Sequence[Path],
    *,
    index: Path | None,
    areas: pl.DataFrame,
    area_codes: pl.DataFrame,
    inspections: pl.DataFrame,
    domains: pl.DataFrame,
    progress: Progress | None = None,
) -> Reading:
    """Read inspection reports into rows of `inspections` and `judgements`.

    Args:
        paths: PDFs and texts of reports.
        index: a CSV with `report_id`, `area_code`, `published_filename`, `landing_page` and `pdf_sha256`, one row a
            report, or None. A file belongs to the row whose `report_id` is its name, or whose hash is its own. Where
            the index also has `pages` or, of a text, `characters`, a file of another length is not read.
        areas: one row an authority (`schema.tables.Areas`).
        area_codes: one row a GSS code, current or former (`schema.tables.AreaCodes`).
        inspections: one row an inspection, the official history of ILACS among them (`schema.tables.Inspections`).
        domains: one row a framework's judgement (`schema.tables.Domains`).
        progress: called after each file.

    Returns:
        Up to four contributions. Full rows of `inspections` and rows of `judgements` for single inspections,
        re-inspections, JTAI letters, and ILACS reports that the history lacks. For ILACS reports that it holds, only
        what the report adds: `ended`, `report_id`, `pages`, `report_sha256`, and to each judgement its `page`. No
        contribution has a scope: a report that is not given removes nothing. A file that gives no report is a remark.

    From six PDFs on, other processes help; a script that calls this does so under `if __name__ == "__main__":`.

    Raises:
        UnknownLayoutError: the index lacks a column.
        AnalysisError: the index cannot be read or has faults, which are all listed; no file gave a report; a process
            that read PDFs was ended; or a judgement's name is missing from `domains`.
    """
    located = locate(paths, index=index, areas=areas, area_codes=area_codes, progress=progress)
    return assemble(located, areas=areas, inspections=inspections, domains=domains)


def assemble(
    located: LocatedReports, *, areas: pl.DataFrame, inspections: pl.DataFrame, domains: pl.DataFrame
) -> Reading:
    """Turn located reports into rows; see `read`.

    Raises:
        AnalysisError: a judgement's name is missing from `domains`.
    """
    slugs = dict(areas.select(pl.col("area_code", "slug").cast(pl.String)).iter_rows())
    history = official_history(inspections)
    remarks = [*located.remarks, *(f"not read: {why}" for why in located.failures.values())]
    full: dict[str, dict[str, Any]] = {}
    added: dict[str, dict[str, Any]] = {}
    judged: dict[str, tuple[Programme, LocatedReport]] = {}
    confirmed: dict[str, tuple[Programme, LocatedReport]] = {}
    accounts: dict[str, Counter[str]] = {}
    for found in located.reports:
        account = accounts.setdefault(found.report.family, Counter())
        account["read"] += 1
        known = in_history(found, history)
        if known is not None:
            remarks += differences(found, known)
            row = _addition(found, known)
            outcome = _keep(row, added, remarks)
            account[outcome] += 1
            if outcome == "kept":
                confirmed[known["inspection_id"]] = (Programme(known["programme"]), found)
            continue
        published = found.report.published or found.filed
        if published is None:
            account["no day of publication in the report, the index or the file's name"] += 1
            remarks.append(f"{found.report_id}: prints no day of publication; name the file <area>-<yyyy-mm-dd>-<kind>")
            continue
        remarks += _published_remark(found, published)
        programme = _programme(found, remarks)
        row = _inspection(found, programme, published, slugs[found.area_code])
        outcome = _keep(row, full, remarks)
        account[outcome] += 1
        if outcome == "kept":
            judged[row["inspection_id"]] = (programme, found)
    judgements, judgement_tallies = _judgements(judged, domains, remarks)
    pages, _ = _judgements(confirmed, domains, [])
    contributions = [
        _contribution("inspections", list(full.values()), tuple(TABLES["inspections"].column_names())),
        _contribution("inspections", list(added.values()), tuple(_ADDED)),
        _contribution("judgements", judgements, tuple(TABLES["judgements"].column_names())),
        _contribution("judgements", pages, ("inspection_id", "domain", "page")),
    ]
    tallies = [
        Tally(
            "report files",
            located.files,
            len(located.reports),
            {"not read, see the remarks": len(located.failures)} if located.failures else {},
        ),
        *(
            Tally(
                f"reports: {family}",
                account["read"],
                account["kept"],
                {why: count for why, count in sorted(account.items()) if why not in ("read", "kept")},
            )
            for family, account in sorted(accounts.items())
        ),
        *judgement_tallies,
    ]
    return Reading([c for c in contributions if c.rows.height], tallies, list(dict.fromkeys(remarks)))


def compare_judgements(
    reports: Sequence[LocatedReport],
    *,
    inspections: pl.DataFrame,
    judgements: pl.DataFrame,
    domains: pl.DataFrame,
) -> pl.DataFrame:
    """Compare the judgements that ILACS reports print with those of the official history.

    Args:
        reports: located reports; those that are not ILACS, or not in the history, are left out.
        inspections: one row an inspection, the official history of ILACS among them.
        judgements: one row a grade in one inspection, those of the history among them.
        domains: one row a framework's judgement.

    Returns:
        One row a domain judged in the report or in the history of one inspection that both have: `inspection_id`,
        `report_id`, `area_code`, `domain`, `grade_report`, `grade_history` (null where one of the two lacks the
        judgement), `agrees`. Ordered by inspection and domain.

    Raises:
        AnalysisError: a judgement's name is missing from `domains`.
    """
    history = official_history(inspections)
    linked: dict[str, tuple[Programme, LocatedReport]] = {}
    for found in reports:
        known = in_history(found, history)
        if known is not None:
            linked.setdefault(known["inspection_id"], (Programme(known["programme"]), found))
    rows, _ = _judgements(linked, domains, [])
    schema = {"inspection_id": pl.String, "domain": pl.String}
    from_reports = pl.DataFrame(
        [{"inspection_id": r["inspection_id"], "domain": str(r["domain"]), "grade_report": r["grade"]} for r in rows],
        schema=schema | {"grade_report": pl.String},
    )
    from_history = judgements.select(
        pl.col("inspection_id", "domain").cast(pl.String), pl.col("grade").cast(pl.String).alias("grade_history")
    ).filter(pl.col("inspection_id").is_in(list(linked)))
    about = pl.DataFrame(
        [
            {"inspection_id": key, "report_id": found.report_id, "area_code": found.area_code}
            for key, (_, found) in linked.items()
        ],
        schema={name: _COMPARED[name] for name in ("inspection_id", "report_id", "area_code")},
    )
    return (
        from_reports.join(from_history, on=["inspection_id", "domain"], how="full", coalesce=True, validate="1:1")
        .join(about, on="inspection_id", how="left", validate="m:1")
        .with_columns((pl.col("grade_report") == pl.col("grade_history")).fill_null(False).alias("agrees"))
        .select(list(_COMPARED))
        .sort("inspection_id", "domain")
    )


def _published_remark(found: LocatedReport, published: date) -> list[str]:
    if found.report.published is None:
        return [f"{found.report_id}: prints no day of publication; {published} is from the index or the file's name"]
    if found.filed is not None and found.filed != published:
        return [
            f"{found.report_id}: the report prints {published} as day of publication, "
            f"the index or the file's name has {found.filed}; report kept"
        ]
    return []


def _programme(found: LocatedReport, remarks: list[str]) -> Programme:
    if found.report.family is not Family.ILACS:
        return Programme(str(found.report.family))
    first, last = found.report.visits[0]
    is_short = last - first <= LONGEST_SHORT_VISIT
    programme = Programme.ILACS_SHORT if is_short else Programme.ILACS_STANDARD
    remarks.append(
        f"{found.report_id}: is not in the official history; taken as {programme} from its first visit, "
        f"{first} to {last}"
    )
    return programme


_ADDED = ("inspection_id", "ended", "report_id", "pages", "report_sha256")


def _addition(found: LocatedReport, known: dict[str, Any]) -> dict[str, Any]:
    return {
        "inspection_id": known["inspection_id"],
        "ended": found.report.ended,
        "report_id": found.report_id,
        "pages": found.report.pages,
        "report_sha256": found.sha256,
    }


def _inspection(found: LocatedReport, programme: Programme, published: date, slug: str) -> dict[str, Any]:
    return {
        "inspection_id": f"{slug}-{published}-{programme}",
        "area_code": found.area_code,
        "programme": str(programme),
        "theme": found.report.theme,
        "started": found.report.started,
        "ended": found.report.ended,
        "published": published,
        "report_id": found.report_id,
        "pages": found.report.pages,
        "report_sha256": found.sha256,
        "url": found.url,
        "source_id": source_of(programme),
    }


def source_of(programme: Programme | str) -> str:
    """The source that rows read from a report of this programme cite."""
    return LETTERS_SOURCE if programme == Programme.JTAI else REPORTS_SOURCE


def _keep(row: dict[str, Any], kept: dict[str, dict[str, Any]], remarks: list[str]) -> str:
    """Keep a row, or say that another file had given the same inspection (a PDF goes before its text)."""
    first = kept.setdefault(row["inspection_id"], row)
    if first is row:
        return "kept"
    if first["report_id"] != row["report_id"]:
        remarks.append(f"{row['report_id']}: is on the same inspection as {first['report_id']}; the latter kept")
    return "another file gave the same inspection"


def _judgements(
    judged: dict[str, tuple[Programme, LocatedReport]], domains: pl.DataFrame, remarks: list[str]
) -> tuple[list[dict[str, Any]], list[Tally]]:
    columns = pl.col("programme", "published_name", "domain").cast(pl.String)
    known = {(programme, name): domain for programme, name, domain in domains.select(columns).iter_rows()}
    rows: list[dict[str, Any]] = []
    missing: dict[tuple[str, str], str] = {}
    counts: dict[str, Counter[str]] = {}
    for inspection_id, (programme, found) in judged.items():
        for judgement in found.report.judgements:
            count = counts.setdefault(str(programme), Counter())
            count["read"] += 1
            if grade_of(judgement.grade) is None:
                remarks.append(f"{found.report_id}: {judgement.name}: {judgement.grade}")
            domain = known.get((str(programme), judgement.name))
            if domain is None:
                missing.setdefault((str(programme), judgement.name), found.report_id)
                continue
            rows.append(_judgement(inspection_id, domain, judgement, source_of(programme)))
    if missing:
        names = "\n".join(
            f"  {programme}: “{name}” (first in {report})" for (programme, name), report in missing.items()
        )
        raise AnalysisError(
            f"domains.csv lacks {len(missing)} judgements that reports print; add a row for each:\n{names}"
        )
    tallies = [
        Tally(
            f"judgements: {programme}",
            count["read"],
            count["read"],
        )
        for programme, count in sorted(counts.items())
    ]
    return rows, tallies


def _judgement(inspection_id: str, domain: str, judgement: PublishedJudgement, source_id: str) -> dict[str, Any]:
    return {
        "inspection_id": inspection_id,
        "domain": domain,
        "grade": grade_of(judgement.grade),
        "published_name": judgement.name,
        "grade_published": judgement.grade,
        "page": judgement.page,
        "source_id": source_id,
    }


def _contribution(table: str, rows: list[dict[str, Any]], columns: tuple[str, ...]) -> Contribution:
    types = {name: column.dtype for name, column in TABLES[table].columns().items()}
    key = [name for name in TABLES[table].primary_key() if name in columns]
    schema = {name: types[name] for name in columns}
    frame = pl.DataFrame([{name: row[name] for name in columns} for row in rows], schema=schema, orient="row")
    return Contribution(table, frame.sort(key))
