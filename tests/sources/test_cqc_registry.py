from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import polars as pl
import pytest
import release_examples

from analysis.errors import AnalysisError, UnknownLayoutError
from analysis.schema.tables import TABLES, CqcReviews
from analysis.sources import cqc_registry
from analysis.sources.merge import merge
from analysis.sources.reading import Reading

HEADER = (
    "local_authority",
    "area_code",
    "review_start",
    "review_end",
    "published",
    "confidence",
    "in_programme",
    "n_recommendations",
    "providers",
    "ccgs",
    "cqc_region",
    "source_url",
    "note",
)
PAGE = "https://example.org/"

AREAS = pl.DataFrame(
    {
        "area_code": ["E06000032", "E06000066", "E08000018", "E09000015"],
        "la_code": ["821", "933", "372", "310"],
        "slug": ["luton", "somerset", "rotherham", "harrow"],
        "name": ["Luton", "Somerset", "Rotherham", "Harrow"],
        "valid_from": [None] * 4,
        "valid_to": [None] * 4,
    },
    schema_overrides={"valid_from": pl.Date, "valid_to": pl.Date},
)
AREA_CODES = pl.DataFrame(
    [(code, code) for code in AREAS["area_code"]] + [("E10000027", "E06000066")],
    schema=["code", "area_code"],
    orient="row",
)
SOURCES = pl.DataFrame(
    {"source_id": [f"page-{slug}" for slug in AREAS["slug"]], "url": [f"{PAGE}{slug}" for slug in AREAS["slug"]]}
)

ROTHERHAM = {
    "local_authority": "Rotherham",
    "area_code": "E08000018",
    "review_start": "2015-02",
    "review_end": "2015-02",
    "published": "2015-07-14",
    "confidence": "exact",
    "in_programme": "yes",
    "providers": "The Rotherham NHS Foundation Trust; Rotherham, Doncaster and South Humber NHS Foundation Trust",
    "ccgs": "NHS Rotherham CCG",
    "source_url": f"{PAGE}rotherham",
}
LUTON = {
    "local_authority": "Luton",
    "area_code": "E06000032",
    "review_start": "2014-07-14",
    "review_end": "2014-07-18",
    "published": "2014-09-12",
    "confidence": "exact",
    "in_programme": "yes",
    "n_recommendations": "12",
    "source_url": f"{PAGE}luton",
}
HARROW = {
    "local_authority": "Harrow",
    "area_code": "E09000015",
    "confidence": "title-only",
    "in_programme": "unknown",
    "source_url": f"{PAGE}harrow",
}
SOMERSET = {
    "local_authority": "Somerset",
    "area_code": "E10000027",
    "review_start": "2015",
    "review_end": "2015",
    "confidence": "partial",
    "in_programme": "yes",
    "source_url": f"{PAGE}somerset",
}


def registry(folder: Path, *rows: dict[str, str], header: tuple[str, ...] = HEADER) -> Path:
    path = folder / "reviews.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, header, restval="", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    return path


def read(path: Path, sources: pl.DataFrame = SOURCES) -> Reading:
    return cqc_registry.read(path, areas=AREAS, area_codes=AREA_CODES, sources=sources)


def tables(reading: Reading) -> tuple[pl.DataFrame, pl.DataFrame]:
    by_name = {contribution.table: contribution.rows for contribution in reading.contributions}
    return by_name["cqc_reviews"], by_name["inspections"]


def test_a_review_known_to_the_day_is_a_dated_inspection(tmp_path: Path) -> None:
    _, inspections = tables(read(registry(tmp_path, LUTON)))
    assert inspections.to_dicts() == [
        {
            "inspection_id": "luton-2014-09-12-cqc_clas",
            "area_code": "E06000032",
            "programme": "cqc_clas",
            "started": dt.date(2014, 7, 14),
            "ended": dt.date(2014, 7, 18),
            "published": dt.date(2014, 9, 12),
            "url": f"{PAGE}luton",
            "source_id": "page-luton",
        }
    ]


def test_a_month_is_kept_as_a_month_and_never_becomes_a_day(tmp_path: Path) -> None:
    reviews, inspections = tables(read(registry(tmp_path, ROTHERHAM)))
    assert reviews.row(0, named=True)["review_start"] == "2015-02"
    assert inspections.select("inspection_id", "started", "ended", "published").row(0) == (
        "rotherham-2015-07-14-cqc_clas",
        None,
        None,
        dt.date(2015, 7, 14),
    )


def test_a_review_of_unknown_date_is_undated_and_its_gaps_are_null(tmp_path: Path) -> None:
    reading = read(registry(tmp_path, HARROW))
    reviews, inspections = tables(reading)
    assert inspections["inspection_id"].to_list() == ["harrow-undated-cqc_clas"]
    assert reviews.select("published", "n_recommendations", "providers", "note").row(0) == (None, None, None, None)
    assert reading.remarks == [
        "Harrow: not known to the day: review_start unknown, review_end unknown, published unknown"
    ]


def test_a_former_code_finds_the_authority_that_goes_on(tmp_path: Path) -> None:
    reviews, _ = tables(read(registry(tmp_path, SOMERSET)))
    assert reviews.select("inspection_id", "area_code").row(0) == ("somerset-undated-cqc_clas", "E06000066")


def test_columns_are_found_by_label_wherever_they_stand(tmp_path: Path) -> None:
    turned = read(registry(tmp_path, ROTHERHAM, LUTON, header=("extra", *reversed(HEADER))))
    plain = read(registry(tmp_path, ROTHERHAM, LUTON))
    for one, other in zip(tables(turned), tables(plain), strict=True):
        assert one.equals(other)


def test_lists_have_no_spaces_around_their_separator(tmp_path: Path) -> None:
    reviews, _ = tables(read(registry(tmp_path, ROTHERHAM)))
    assert reviews["providers"].to_list() == [
        "The Rotherham NHS Foundation Trust;Rotherham, Doncaster and South Humber NHS Foundation Trust"
    ]


def test_every_row_is_kept_and_obeys_the_rules_of_its_table(tmp_path: Path) -> None:
    reading = read(registry(tmp_path, ROTHERHAM, LUTON, HARROW, SOMERSET))
    reviews, inspections = tables(reading)
    assert CqcReviews.validate(reviews).height == 4
    assert inspections["inspection_id"].to_list() == reviews["inspection_id"].to_list()
    assert [(tally.read, tally.kept, tally.dropped) for tally in reading.tallies] == [(4, 4, {})]


def test_a_review_that_is_no_longer_in_the_registry_is_removed_and_other_inspections_stay(tmp_path: Path) -> None:
    empty = {name: schema.create_empty() for name, schema in TABLES.items()}
    before = merge(read(registry(tmp_path, ROTHERHAM, HARROW)), empty).tables
    single = before["inspections"].filter(pl.col("area_code") == "E08000018")
    single = single.with_columns(
        inspection_id=pl.lit("rotherham-2015-07-14-sif"), programme=pl.lit("sif").cast(single.schema["programme"])
    )
    before = before | {"inspections": pl.concat([before["inspections"], single])}
    after = merge(read(registry(tmp_path, ROTHERHAM)), before)
    assert after.tables["cqc_reviews"]["inspection_id"].to_list() == ["rotherham-2015-07-14-cqc_clas"]
    assert after.tables["inspections"]["inspection_id"].to_list() == [
        "rotherham-2015-07-14-cqc_clas",
        "rotherham-2015-07-14-sif",
    ]
    assert after.changes["inspections"].removed == ["harrow-undated-cqc_clas"]


def test_reading_again_changes_nothing(tmp_path: Path) -> None:
    empty = {name: schema.create_empty() for name, schema in TABLES.items()}
    reading = read(registry(tmp_path, ROTHERHAM, LUTON, HARROW, SOMERSET))
    assert not merge(reading, merge(reading, empty).tables)


@pytest.mark.parametrize("label", HEADER)
def test_a_registry_without_one_of_its_columns_is_refused(tmp_path: Path, label: str) -> None:
    path = registry(tmp_path, ROTHERHAM, header=tuple(name for name in HEADER if name != label))
    with pytest.raises(UnknownLayoutError, match=label.replace("_", " ")) as refused:
        read(path)
    assert refused.value.file == "reviews.csv"


@pytest.mark.parametrize(
    ("changes", "column", "value", "rule"),
    [
        ({"area_code": "E08000099"}, "area_code", "“E08000099”", "stands for an authority"),
        ({"area_code": ""}, "area_code", "empty", "stands for an authority"),
        ({"local_authority": "Rochdale"}, "local_authority", "“Rochdale”", "E06000032"),
        ({"local_authority": "Rotherham"}, "local_authority", "“Rotherham”", "E06000032"),
        ({"review_start": "14/07/2014"}, "review_start", "“14/07/2014”", "YYYY-MM-DD"),
        ({"review_start": "2014-13"}, "review_start", "“2014-13”", "real"),
        ({"published": "2015-02-29"}, "published", "“2015-02-29”", "real"),
        ({"review_end": "2014-07-11"}, "review_start, review_end", "“2014-07-14, 2014-07-11”", "not after"),
        ({"review_end": "", "published": "2013"}, "review_start, published", "“2014-07-14, 2013”", "not after"),
        ({"confidence": "sure"}, "confidence", "“sure”", "title-only"),
        ({"confidence": ""}, "confidence", "empty", "title-only"),
        ({"in_programme": "Yes"}, "in_programme", "“Yes”", "unknown"),
        ({"n_recommendations": "a dozen"}, "n_recommendations", "“a dozen”", "whole number"),
        ({"source_url": ""}, "source_url", "empty", "page that confirms it"),
        ({"source_url": "council minutes"}, "source_url", "“council minutes”", "page that confirms it"),
        ({"source_url": f"{PAGE}elsewhere"}, "source_url", f"“{PAGE}elsewhere”", "sources.csv"),
    ],
)
def test_a_value_that_is_not_known_is_named_with_its_place(
    tmp_path: Path, changes: dict[str, str], column: str, value: str, rule: str
) -> None:
    path = registry(tmp_path, ROTHERHAM, LUTON | changes)
    with pytest.raises(AnalysisError) as refused:
        read(path)
    message = str(refused.value)
    assert f"reviews.csv, sheet reviews, line 3, column {column}: {value} breaks" in message
    assert rule in message
    assert "1 values" in message


def test_a_report_may_come_out_in_the_month_in_which_the_review_ends(tmp_path: Path) -> None:
    reviews, _ = tables(read(registry(tmp_path, LUTON | {"published": "2014-07"})))
    assert reviews.select("review_end", "published").row(0) == ("2014-07-18", "2014-07")


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    path = registry(
        tmp_path, ROTHERHAM | {"confidence": "?"}, LUTON | {"published": "soon"}, HARROW | {"area_code": "x"}
    )
    with pytest.raises(AnalysisError) as refused:
        read(path)
    assert [f"line {line}," in str(refused.value) for line in (2, 3, 4)] == [True, True, True]


def test_a_fault_in_a_workbook_is_named_with_its_sheet(tmp_path: Path) -> None:
    rows = [HEADER, [(LUTON | {"confidence": "sure"}).get(column) for column in HEADER]]
    path = release_examples.write_xlsx(tmp_path / "reviews.xlsx", {"About": [["Reviews"]], "Reviews of CQC": rows})
    with pytest.raises(AnalysisError, match=r"reviews\.xlsx, sheet Reviews of CQC, line 2, column confidence: “sure”"):
        read(path)


def test_a_page_that_two_sources_claim_is_refused(tmp_path: Path) -> None:
    double = pl.concat([SOURCES, SOURCES.with_columns(source_id=pl.col("source_id") + "-again")])
    with pytest.raises(AnalysisError, match=r"add the page to sources\.csv under this address, once"):
        read(registry(tmp_path, LUTON), double)


def test_an_area_reviewed_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AnalysisError, match="line 2 has another of the same area"):
        read(registry(tmp_path, LUTON, LUTON | {"published": "2014-09-13"}))


def test_a_registry_without_reviews_is_refused_rather_than_removing_all(tmp_path: Path) -> None:
    with pytest.raises(AnalysisError, match="no row stands below the header"):
        read(registry(tmp_path))
