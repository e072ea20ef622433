"""Whole releases, made from the curated tables, for the attack on the readers: reading one changes nothing."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import made_reports
import polars as pl
import release_examples
import report_examples
from filled_sheets import filled

from analysis.sources import ofsted_outcomes
from attacks.rows import as_csv

Files = dict[str, bytes]
Tables = Mapping[str, pl.DataFrame]


@dataclass(frozen=True)
class Base:
    """What one reader is given where nothing is wrong.

    `attacked` is the file that mutants change; `whole` says whether the reading is all that `data/raw` holds of it, so
    that importing it changes nothing.
    """

    source: str
    kind: str
    files: Files
    attacked: str
    tables: Tables
    whole: bool = False
    cells: Sequence[Sequence[str]] = ()
    pages: Sequence[str] = ()
    sheets: Mapping[str, Sequence[Sequence[Any]]] = field(default_factory=dict)


def _as_published(tables: Tables, name: str, rows: pl.DataFrame, key: Sequence[str]) -> pl.DataFrame:
    """The rows with what the source gives in the place of what was corrected."""
    for correction in tables["corrections"].filter(pl.col("table") == name).iter_rows(named=True):
        fits = pl.concat_str([pl.col(c).cast(pl.String) for c in key], separator=";") == correction["key"]
        column = correction["column"]
        if column in rows.columns:
            was = pl.lit(correction["was"]).cast(rows.schema[column])
            rows = rows.with_columns(pl.when(fits).then(was).otherwise(pl.col(column)).alias(column))
    return rows


MARKERS = {"suppressed": "c", "unavailable": "x", "unreliable": "u", "not_collected": "x"}
AREA_HEADER = ["time_period", "geographic_level", "country_code", "country_name", "region_code", "region_name"]
AREA_HEADER += ["old_la_code", "new_la_code", "la_name"]


def _area_cells(tables: Tables) -> dict[str, list[str]]:
    regions = dict(tables["regions"].select("region_code", "name").iter_rows())
    england = ["E92000001", "England"]
    cells = {"E92000001": ["National", *england, "", "", "", "", ""]}
    cells |= {c: ["Regional", *england, c, n, "", "", ""] for c, n in regions.items() if c != "E92000001"}
    for row in tables["areas"].iter_rows(named=True):
        where = [row["region_code"], regions[row["region_code"]], row["la_code"], row["area_code"], row["name"]]
        cells[row["area_code"]] = ["Local authority", *england, *where]
    return cells


def children(tables: Tables) -> Base:
    """The mid-year estimates."""
    areas = _area_cells(tables)
    rows = [[*AREA_HEADER, "age_group", "population_estimate"]]
    for row in tables["children"].iter_rows(named=True):
        figure = MARKERS.get(row["status"], str(row["population"]))
        rows.append([str(row["year"]), *areas[row["area_code"]], "Children aged 0 to 17 years", figure])
    name = "children.csv"
    return Base("children", "csv", {name: as_csv(rows)}, name, tables, whole=True, cells=rows)


def assessments(tables: Tables) -> Base:
    """The factors at the end of assessment."""
    areas = _area_cells(tables)
    labels = {"cse": "Child_sexual_exploitation", "criminal_exploitation": "Child_criminal_exploitation"}
    labels |= {"missing": "Going_missing", "trafficking": "Trafficking", "gangs": "Gangs"}
    published = _as_published(tables, "assessments", tables["assessments"], ["area_code", "year", "factor"])
    lines: dict[tuple[str, int], dict[str, str]] = {}
    for row in published.iter_rows(named=True):
        line = lines.setdefault((row["area_code"], row["year"]), {})
        line["episodes"] = MARKERS.get(row["episodes_status"], str(row["episodes"]))
        line[row["factor"]] = MARKERS.get(row["status"], str(row["count"]))
    rows = [[*AREA_HEADER, "category", "Episodes_with_assessment_factor", *labels.values(), "Neglect"]]
    for (area, year), line in lines.items():
        figures = [line["episodes"], *(line[factor] for factor in labels), "9"]
        rows.append([str(year), *areas[area], "Factors identified at the end of assessment", *figures])
    name = "assessments.csv"
    return Base("assessments", "csv", {name: as_csv(rows)}, name, tables, whole=True, cells=rows)


def neighbours(tables: Tables) -> Base:
    """The model of statistical neighbours."""
    areas = {row["area_code"]: row for row in tables["areas"].iter_rows(named=True)}
    rows = [["old_la_code", "la_name"] + [f"SN_{rank}{end}" for rank in range(1, 11) for end in ("", "P")]]
    for (area,), pairs in tables["neighbours"].sort("area_code", "rank").group_by("area_code", maintain_order=True):
        cells = [areas[area]["la_code"], areas[area]["name"]]
        for code, closeness in pairs.select("neighbour_code", "closeness").iter_rows():
            cells += [areas[code]["la_code"], closeness]
        rows.append(cells)
    name = f"{tables['neighbours']['source_id'][0].rsplit('-', 1)[1]}_model.csv"
    return Base("neighbours", "csv", {name: as_csv(rows)}, name, tables, whole=True, cells=rows)


def registry(tables: Tables) -> Base:
    """The registry of CQC reviews."""
    header = ["local_authority", "area_code", "review_start", "review_end", "published", "confidence", "in_programme"]
    header += ["n_recommendations", "providers", "ccgs", "cqc_region", "source_url", "note"]
    names = dict(tables["areas"].select("area_code", "name").iter_rows())
    rows = [header]
    for row in tables["cqc_reviews"].iter_rows(named=True):
        given = row | {"local_authority": names[row["area_code"]], "source_url": row["url"]}
        rows.append(["" if given[column] is None else str(given[column]) for column in header])
    name = "registry.csv"
    return Base("cqc-reviews", "csv", {name: as_csv(rows)}, name, tables, whole=True, cells=rows)


GRADES = {"leadership": "leadership", "help_protection": "help", "children_in_care": "care", "care_leavers": "leavers"}
BOOK_HEADER = ["Local authority area code", "Local authority name", "Inspection date", "Publication date"]
BOOK_HEADER += ["Inspection type", "Overall effectiveness", ofsted_outcomes.LEADERSHIP, ofsted_outcomes.HELP]
BOOK_HEADER += [ofsted_outcomes.CARE, ofsted_outcomes.LEAVERS, "Web link"]
KINDS = {"ilacs_standard": "ILACS Standard Inspection", "ilacs_short": "ILACS Short Inspection"}


def outcomes_book(tables: Tables, most: int | None = None) -> dict[str, list[list[Any]]]:
    """The sheets of Ofsted's outcomes, with the first inspections or all."""
    names = dict(tables["areas"].select("area_code", "name").iter_rows())
    grades: dict[str, dict[str, str]] = {}
    for row in tables["judgements"].iter_rows(named=True):
        grades.setdefault(row["inspection_id"], {})[row["domain"]] = row["grade_published"]
    history = tables["inspections"].filter(pl.col("source_id").str.starts_with("ofsted-outcomes-"))
    history = _as_published(tables, "inspections", history, ["inspection_id"])
    rows: list[list[Any]] = []
    for row in history.head(most or history.height).iter_rows(named=True):
        given = grades[row["inspection_id"]]
        words = [given.get(domain) for domain in ("overall", *GRADES)]
        days = [row["started"], row["published"]]
        rows.append([row["area_code"], names[row["area_code"]], *days, KINDS[row["programme"]], *words, "page"])
    year = history["source_id"][0].rsplit("-", 1)[1]
    latest = [[*row[:4], *row[5:]] for row in rows[-2:]]
    return {
        "Cover": [[f"Outcomes as at 31 March {year}"], ["Published on:", dt.date(int(year), 9, 25)]],
        "Latest": [["Latest judgements"], [*BOOK_HEADER[:4], *BOOK_HEADER[5:]], *latest],
        "ILACS_inspection_history": [["ILACS inspection history"], ["About"], BOOK_HEADER, *rows],
    }


def outcomes(tables: Tables, folder: Path, kind: str, most: int | None) -> Base:
    """Ofsted's outcomes as a workbook."""
    sheets = outcomes_book(tables, most)
    path = folder / f"outcomes.{kind}"
    (release_examples.write_ods if kind == "ods" else release_examples.write_xlsx)(path, sheets)
    return Base(
        "ofsted-outcomes", kind, {path.name: path.read_bytes()}, path.name, tables, whole=most is None, sheets=sheets
    )


def authorities(tables: Tables) -> tuple[Base, Base]:
    """A few authorities by year and the districts that they are made of: the table attacked, and the map."""
    south_west = ("E12000009", "South West")
    places = {"E06000023": "801", "E06000066": "933", "E06000052": "908", "E06000026": "879", "E06000027": "880"}
    names = dict(tables["areas"].select("area_code", "name").iter_rows())
    england = ["E92000001", "England"]
    rows = [[*AREA_HEADER, "figure"]]
    for year in ("2023", "2024"):
        rows.append([year, "National", *england, "", "", "", "", "", "1"])
        rows.append([year, "Regional", *england, *south_west, "", "", "", "1"])
        rows += [
            [year, "Local authority", *england, *south_west, la, code, names[code], "1"] for code, la in places.items()
        ]
    features = []
    for number, code in enumerate(places):
        east, north = -5 + number * 0.5, 50.0 + number % 2
        ring = [[east, north], [east + 0.5, north], [east + 0.5, north + 0.5], [east, north + 0.5], [east, north]]
        properties = {
            "LAD23CD": code,
            "LAD23NM": names[code],
            "BNG_E": 200_000 + number * 30_000,
            "BNG_N": 100_000 + number % 2 * 60_000,
        }
        properties["SHAPE_Area"] = 0.25
        geometry = {"type": "Polygon", "coordinates": [ring]}
        features.append({"type": "Feature", "properties": properties, "geometry": geometry})
    boundaries = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    files = {"factors.csv": as_csv(rows), "districts.json": boundaries}
    return (
        Base("authorities", "csv", files, "factors.csv", tables, cells=rows),
        Base("authorities", "json", files, "districts.json", tables),
    )


def reports(tables: Tables, folder: Path) -> list[Base]:
    """One report of each kind, as text and as PDF, and an index of them."""
    made = {
        "rotherham-2014-11-19-sif": made_reports.executive_summary(),
        "rotherham-2022-08-12-ilacs": made_reports.ilacs(),
        "croydon-2016-06-29-jtai": made_reports.letter_with_key_strengths(),
    }
    bases = []
    index = [["report_id", "area_code", "published_filename", "landing_page", "pdf_sha256", "pages", "characters"]]
    texts: Files = {}
    for name, pages in made.items():
        text = "\f".join(pages).encode()
        texts[f"{name}.txt"] = text
        bases.append(Base("reports", "text", {f"{name}.txt": text}, f"{name}.txt", tables, pages=pages))
        pdf = report_examples.write_pdf(folder, name, [_plain(page) for page in pages])
        bases.append(Base("reports", "pdf", {pdf.name: pdf.read_bytes()}, pdf.name, tables, pages=pages))
        area = "E09000008" if name.startswith("croydon") else "E08000018"
        page = "https://reports.ofsted.gov.uk/"
        index.append([name, area, name[-15:-5], page, "", str(len(pages)), str(len(text.decode()))])
    files = {**texts, "index.csv": as_csv(index)}
    bases.append(Base("reports", "csv", files, "index.csv", tables, cells=index))
    return bases


def _plain(page: str) -> str:
    return page.replace("\uf06e", "•").replace("\u25fc", "•").replace("\u2212", "–")


def coded(tables: Tables, folder: Path) -> Base:
    """A sheet of a report, coded."""
    inspection = tables["inspections"].filter(programme="ilacs_short")["inspection_id"][0]
    path = folder / "sheet.csv"
    rows = filled(inspection, path)
    for number, row in enumerate(rows):
        row["summary"] = row["summary"] and f"{row['summary'][:-1]}, point {number}."
    cells = [list(rows[0]), *(list(row.values()) for row in rows)]
    return Base("findings", "csv", {path.name: as_csv(cells)}, path.name, tables, cells=cells)


def coded_book(base: Base, folder: Path) -> Base:
    """The same sheet as a workbook."""
    sheets = {"sheet": base.cells}
    path = release_examples.write_xlsx(folder / "sheet.xlsx", sheets)
    return Base("findings", "xlsx", {path.name: path.read_bytes()}, path.name, base.tables, sheets=sheets)
