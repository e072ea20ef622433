"""Reports become rows of inspections and judgements, linked with the official history; nothing is lost unsaid."""

from __future__ import annotations

from datetime import date
from hashlib import sha256
from pathlib import Path

import polars as pl
import pytest
import report_examples as example

from analysis.errors import AnalysisError, UnknownLayoutError
from analysis.schema.tables import TABLES
from analysis.sources.reading import Reading, Tally
from analysis.sources.reports import rows as reports
from analysis.sources.reports.location import locate


def _read(
    paths: list[Path],
    *,
    index: Path | None = None,
    inspections: pl.DataFrame | None = None,
    domains: pl.DataFrame | None = None,
) -> Reading:
    return reports.read(
        paths,
        index=index,
        areas=example.areas(),
        area_codes=example.area_codes(),
        inspections=example.history() if inspections is None else inspections,
        domains=example.domains() if domains is None else domains,
    )


def _index(folder: Path, *rows: tuple[str, str, str, str]) -> Path:
    path = folder / "index.csv"
    head = "report_id,area_code,published_filename,landing_page,pdf_sha256"
    lines = [f"{i},{area},{day},https://reports.ofsted.gov.uk/provider/44/372,{sha}" for i, area, day, sha in rows]
    path.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8-sig")
    return path


def _rows(reading: Reading, table: str, width: int | None = None) -> pl.DataFrame:
    wanted = width or len(TABLES[table].column_names())
    frames = [c.rows for c in reading.contributions if c.table == table and c.rows.width == wanted]
    assert len(frames) == 1
    return frames[0]


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    return [
        example.write_text(tmp_path, "rotherham-2014-11-19-sif", example.single_inspection()),
        example.write_text(tmp_path, "rotherham-2022-08-12-ilacs", example.ilacs()),
        example.write_text(tmp_path, "croydon-2016-06-29-jtai", example.letter()),
    ]


def test_reports_that_no_release_lists_give_whole_rows_that_keep_every_rule(files: list[Path]) -> None:
    reading = _read(files)
    inspections = _rows(reading, "inspections", 12)
    judgements = _rows(reading, "judgements")
    assert inspections["inspection_id"].to_list() == ["croydon-2016-06-29-jtai", "rotherham-2014-11-19-sif"]
    assert inspections["theme"].cast(pl.String).to_list() == ["cse_and_missing", None]
    assert inspections["source_id"].to_list() == ["joint-inspection-letters", "ofsted-inspection-reports"]
    assert judgements.height == 7
    assert TABLES["inspections"].filter(inspections)[1].counts() == {}
    assert TABLES["judgements"].filter(judgements)[1].counts() == {}
    assert all(contribution.scope is None for contribution in reading.contributions)


def test_a_report_of_the_history_adds_only_what_the_history_lacks(files: list[Path]) -> None:
    added = _rows(_read(files), "inspections", 5)
    assert added.to_dicts() == [
        {
            "inspection_id": "rotherham-2022-08-12-ilacs_standard",
            "ended": date(2022, 7, 1),
            "report_id": "rotherham-2022-08-12-ilacs",
            "pages": 2,
            "report_sha256": None,
        }
    ]


def test_every_file_and_judgement_is_accounted_for(files: list[Path]) -> None:
    assert _read(files).tallies == [
        Tally("report files", 3, 3),
        Tally("reports: ilacs", 1, 1),
        Tally("reports: jtai", 1, 1),
        Tally("reports: sif", 1, 1),
        Tally("judgements: sif", 7, 7),
    ]


def test_the_order_of_the_files_does_not_matter(files: list[Path]) -> None:
    forwards, backwards = _read(files), _read(files[::-1])
    assert forwards.remarks == backwards.remarks
    for one, other in zip(forwards.contributions, backwards.contributions, strict=True):
        assert one.rows.equals(other.rows)


def test_a_start_that_differs_from_the_history_is_remarked_and_a_distant_one_is_another_inspection(
    files: list[Path],
) -> None:
    near = _read(files, inspections=example.history(started=date(2022, 6, 17)))
    assert "start on 2022-06-20, the official history on 2022-06-17; history kept" in "\n".join(near.remarks)
    assert _rows(near, "inspections", 5).height == 1
    far = _read(files, inspections=example.history(started=date(2018, 6, 18)))
    assert _rows(far, "inspections", 12).height == 3


def test_a_day_of_publication_that_differs_from_the_history_is_remarked(tmp_path: Path) -> None:
    path = example.write_text(tmp_path, "rotherham-2022-08-15-ilacs", example.ilacs())
    assert "has 2022-08-15, the official history 2022-08-12" in "\n".join(_read([path]).remarks)


@pytest.mark.parametrize(
    ("dates", "programme"),
    [
        ("20 June to 1 July 2022", "ilacs_standard"),
        ("20 to 24 June 2022", "ilacs_short"),
        ("20 to 24 June 2022 and 18 to 19 July 2022", "ilacs_short"),
    ],
)
def test_an_ilacs_report_that_the_history_lacks_is_named_after_its_first_visit(
    tmp_path: Path, dates: str, programme: str
) -> None:
    path = example.write_text(tmp_path, "rotherham-2022-08-12-ilacs", example.ilacs(dates=dates))
    reading = _read([path], inspections=example.history().clear())
    row = _rows(reading, "inspections", 12).row(0, named=True)
    assert row["inspection_id"] == f"rotherham-2022-08-12-{programme}"
    assert row["programme"] == programme
    assert _rows(reading, "judgements").height == 4
    assert f"not in the official history; taken as {programme}" in "\n".join(reading.remarks)
    assert "prints no day of publication; 2022-08-12 is from the index or the file's name" in "\n".join(reading.remarks)


def test_rows_that_reports_brought_in_are_no_history(files: list[Path]) -> None:
    own = example.history(source_id="ofsted-inspection-reports")
    assert (
        "rotherham-2022-08-12-ilacs_standard"
        in _rows(_read(files, inspections=own), "inspections", 12)["inspection_id"]
    )


def test_the_index_adds_address_and_hash_and_the_reports_own_day_stands(tmp_path: Path) -> None:
    path = example.write_text(tmp_path, "rotherham-2014-11-20-sif", example.single_inspection())
    index = _index(tmp_path, ("rotherham-2014-11-20-sif", "E08000018", "2014-11-20", "a" * 64))
    reading = _read([path], index=index)
    row = _rows(reading, "inspections").row(0, named=True)
    assert row["published"] == date(2014, 11, 19)
    assert row["inspection_id"] == "rotherham-2014-11-19-sif"
    assert row["report_id"] == "rotherham-2014-11-20-sif"
    assert row["url"] == "https://reports.ofsted.gov.uk/provider/44/372"
    assert row["report_sha256"] == "a" * 64
    assert "prints 2014-11-19 as day of publication" in reading.remarks[0]


def test_a_pdf_is_found_in_the_index_by_its_hash(tmp_path: Path) -> None:
    path = example.write_pdf(tmp_path, "download (3)", example.single_inspection(published=None))
    digest = sha256(path.read_bytes()).hexdigest()
    index = _index(tmp_path, ("rotherham-2014-11-19-sif", "E08000018", "2014-11-19", digest))
    row = _rows(_read([path], index=index), "inspections").row(0, named=True)
    assert row["report_id"] == "rotherham-2014-11-19-sif"
    assert row["published"] == date(2014, 11, 19)
    assert row["report_sha256"] == digest


def test_an_index_that_names_another_area_is_contradicted_in_a_remark(tmp_path: Path) -> None:
    path = example.write_text(tmp_path, "x-2014-11-19-sif", example.single_inspection(area="North Yorkshire"))
    agreed = _read([path], index=_index(tmp_path, ("x-2014-11-19-sif", "E10000023", "2014-11-19", "")))
    assert agreed.remarks == []
    other = _read([path], index=_index(tmp_path, ("x-2014-11-19-sif", "E09000008", "2014-11-19", "")))
    assert other.remarks == ["x-2014-11-19-sif: the report names E06000065, the index E09000008; report kept"]


def test_a_pdf_that_is_not_the_indexs_and_a_file_that_is_not_in_it_are_remarked(tmp_path: Path) -> None:
    pdf = example.write_pdf(tmp_path, "rotherham-2014-11-19-sif", example.single_inspection())
    text = example.write_text(tmp_path, "croydon-2016-06-29-jtai", example.letter())
    index = _index(tmp_path, ("rotherham-2014-11-19-sif", "E08000018", "2014-11-19", "b" * 64))
    remarks = "\n".join(_read([pdf, text], index=index).remarks)
    assert "its hash differs" in remarks
    assert "croydon-2016-06-29-jtai: is not in the index" in remarks


def test_a_table_that_is_no_index_is_refused(tmp_path: Path, files: list[Path]) -> None:
    path = tmp_path / "other.csv"
    path.write_text("name,day\nx,2014\n")
    with pytest.raises(UnknownLayoutError, match="a column “report id”"):
        _read(files, index=path)


def test_a_file_shorter_than_the_index_says_is_refused(tmp_path: Path) -> None:
    path = example.write_text(tmp_path, "rotherham-2014-11-19-sif", example.single_inspection())
    index = tmp_path / "index.csv"
    head = "report_id,area_code,published_filename,landing_page,pdf_sha256,pages,characters\n"
    line = "rotherham-2014-11-19-sif,E08000018,2014-11-19,https://reports.ofsted.gov.uk/,,{},{}\n"
    length = len(path.read_text("utf-8"))
    index.write_text(head + line.format(3, length), encoding="utf-8")
    assert _read([path], index=index).tallies[0].kept == 1
    for pages, characters, said in (
        (4, length, "3 pages, where the index has 4"),
        (3, length + 1, "characters, where"),
    ):
        index.write_text(head + line.format(pages, characters), encoding="utf-8")
        with pytest.raises(AnalysisError, match=said):
            _read([path], index=index)


def test_an_index_with_a_report_twice_is_refused(tmp_path: Path, files: list[Path]) -> None:
    row = ("rotherham-2014-11-19-sif", "E08000018", "2014-11-19", "")
    with pytest.raises(AnalysisError, match="stands more than once"):
        _read(files, index=_index(tmp_path, row, row))


def test_every_fault_of_an_index_is_told(tmp_path: Path, files: list[Path]) -> None:
    row = ("rotherham-2014-11-19-sif", "E08000018", "2014-11-19", "")
    nameless = ("", *row[1:])
    with pytest.raises(AnalysisError) as refused:
        _read(files, index=_index(tmp_path, row, nameless, nameless, row, (row[0], "Rotherham", *row[2:])))
    places = [line.split(" breaks")[0].strip() for line in str(refused.value).splitlines()[1:]]
    assert places == [
        "index.csv, sheet index, line 3, column report_id: empty",
        "index.csv, sheet index, line 4, column report_id: empty",
        "index.csv, sheet index, line 5, column report_id: “rotherham-2014-11-19-sif”",
        "index.csv, sheet index, line 6, column area_code: “Rotherham”",
        "index.csv, sheet index, line 6, column report_id: “rotherham-2014-11-19-sif”",
    ]


def test_a_report_without_any_day_of_publication_is_dropped_aloud(tmp_path: Path) -> None:
    path = example.write_text(tmp_path, "rotherham", example.single_inspection(published=None))
    reading = _read([path])
    assert reading.contributions == []
    assert reading.tallies[1].dropped == {"no day of publication in the report, the index or the file's name": 1}


def test_pdf_and_text_of_one_report_are_one_inspection(tmp_path: Path) -> None:
    pages = example.single_inspection()
    pdf = example.write_pdf(tmp_path, "rotherham-2014-11-19-sif", pages)
    text = example.write_text(tmp_path, "rotherham-2014-11-19-sif", pages)
    reading = _read([text, pdf])
    assert _rows(reading, "inspections")["report_sha256"].to_list() == [sha256(pdf.read_bytes()).hexdigest()]
    assert _rows(reading, "judgements").height == 7
    assert reading.tallies[1] == Tally("reports: sif", 2, 1, {"another file gave the same inspection": 1})


def test_what_was_not_judged_has_no_grade(tmp_path: Path) -> None:
    pages = example.single_inspection(grades=("Good", "Good", "Not Judged", "Good", "Good"))
    reading = _read([example.write_text(tmp_path, "rotherham-2014-11-19-sif", pages)])
    adoption = _rows(reading, "judgements").filter(pl.col("domain") == "adoption")
    assert adoption.select("grade", "grade_published").rows() == [(None, "Not Judged")]
    assert reading.tallies[-1] == Tally("judgements: sif", 7, 7)
    assert reading.remarks == ["rotherham-2014-11-19-sif: Adoption performance: Not Judged"]


def test_a_judgement_that_domains_lacks_is_named(files: list[Path]) -> None:
    without = example.domains().filter(pl.col("domain") != "adoption")
    with pytest.raises(AnalysisError, match="sif: “Adoption performance” \\(first in rotherham-2014-11-19-sif\\)"):
        _read(files, domains=without)


def test_one_bad_file_does_not_stop_the_others(tmp_path: Path, files: list[Path]) -> None:
    bad = tmp_path / "bad.pdf"
    bad.write_text("<html>")
    far = example.write_text(tmp_path, "atlantis-2014-11-19-sif", example.single_inspection(area="Atlantis"))
    reading = _read([*files, bad, far])
    assert reading.tallies[0] == Tally("report files", 5, 3, {"not read, see the remarks": 2})
    remarks = "\n".join(reading.remarks)
    assert "bad.pdf: the name says PDF" in remarks
    assert "an authority that existed on 2014-09-16 in the area named on its cover, “Atlantis”" in remarks


def test_nothing_but_bad_files_is_an_error(tmp_path: Path) -> None:
    bad = tmp_path / "bad.pdf"
    bad.write_text("<html>")
    with pytest.raises(AnalysisError, match="No report could be read"):
        _read([bad])


def test_progress_counts_every_file(files: list[Path]) -> None:
    told: list[tuple[str, int, int]] = []
    locate(
        files,
        index=None,
        areas=example.areas(),
        area_codes=example.area_codes(),
        progress=lambda what, done, of: told.append((what, done, of)),
    )
    assert told == [("inspection reports", i, 3) for i in (1, 2, 3)]


def test_many_pdfs_are_shared_out_and_come_back_in_order(tmp_path: Path) -> None:
    days = [f"{day} November 2014" for day in range(10, 17)]
    pdfs = [
        example.write_pdf(tmp_path, f"rotherham-2014-11-{i}-sif", example.single_inspection(published=day))
        for i, day in enumerate(days, 10)
    ]
    broken = tmp_path / "zzz.pdf"
    broken.write_text("<html>")
    reading = _read([*pdfs, broken])
    assert _rows(reading, "inspections")["published"].to_list() == [date(2014, 11, day) for day in range(10, 17)]
    assert reading.tallies[0].dropped == {"not read, see the remarks": 1}


def _compared(files: list[Path], judgements: pl.DataFrame) -> pl.DataFrame:
    located = locate(files, index=None, areas=example.areas(), area_codes=example.area_codes())
    return reports.compare_judgements(
        located.reports, inspections=example.history(), judgements=judgements, domains=example.domains()
    )


def test_judgements_of_report_and_history_are_compared_domain_by_domain(files: list[Path]) -> None:
    compared = _compared(files, example.history_judgements())
    assert compared["domain"].to_list() == ["children_in_care", "help_protection", "leadership", "overall"]
    assert compared["agrees"].all()


def test_a_difference_and_a_missing_judgement_show(files: list[Path]) -> None:
    other = example.history_judgements().with_columns(
        pl.when(pl.col("domain") == "overall").then(pl.lit("outstanding")).otherwise(pl.col("grade")).alias("grade")
    )
    other = other.filter(pl.col("domain") != "leadership")
    extra = other.head(1).with_columns(pl.lit("care_leavers").alias("domain"))
    differing = _compared(files, pl.concat([other, extra])).filter(~pl.col("agrees"))
    assert differing.select("domain", "grade_report", "grade_history").rows() == [
        ("care_leavers", None, "outstanding"),
        ("leadership", "good", None),
        ("overall", "good", "outstanding"),
    ]
