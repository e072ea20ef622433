"""Made-up reports in the layouts of the published ones, as text and as PDF."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

LONG_ENOUGH = "Inspectors looked at records and spoke with children, families and those who work with them. "


def single_inspection(
    *,
    area: str = "Metropolitan Borough of Rotherham",
    dates: str = "16 September – 8 October 2014",
    published: str | None = "19 November 2014",
    overall: str = "The overall judgement is that children’s services are inadequate",
    grades: tuple[str, str, str, str, str] = (
        "Inadequate",
        "Requires improvement",
        "Good",
        "Outstanding",
        "Requires Improvement",
    ),
    board: str | None = "The Local Safeguarding Children Board requires improvement",
    again: str = "Inspection",
) -> list[str]:
    """The pages of a report of the single inspection framework."""
    review = "and\nReview of the effectiveness of the Local Safeguarding Children\nBoard1\n" if board else ""
    day = f"Report published: {published}\n" if published else ""
    cover = (
        f"\n1\n{area}\n{again} of services for children in need of help and\nprotection, children looked after and "
        f"care leavers\n{review}Inspection date: {dates}\n{day}\n{overall}\n1. Children who need help and protection\n"
        f"{grades[0]}\n2. Children looked after and achieving\npermanence\n{grades[1]}\n\n2.1 Adoption performance\n"
        f"{grades[2]}\n2.2 Experiences and progress of care leavers\n{grades[3]}\n"
        f"3. Leadership, management and governance\n{grades[4]}\n"
    )
    pages = [cover, f"2\nExecutive summary\n{LONG_ENOUGH}\n"]
    if board:
        pages.append(f"3\nThe Local Safeguarding Children Board (LSCB)\n{board}\nExecutive summary\n{LONG_ENOUGH}\n")
    return pages


def ilacs(
    *,
    title: str = "Inspection of Rotherham local authority children’s services",
    dates: str = "20 June to 1 July 2022",
    rows: tuple[tuple[str, str], ...] = (
        ("The impact of leaders on social work practice with\nchildren and families", "Good"),
        ("The experiences and progress of children who need\nhelp and protection", "Requires improvement to be good"),
        ("The experiences and progress of children in care and\ncare leavers", "Outstanding"),
        ("Overall effectiveness", "Good"),
    ),
) -> list[str]:
    """The pages of an ILACS report."""
    table = "".join(f"{name}\n{grade}\n" for name, grade in rows)
    return [
        f"\n{title}\nInspection dates: {dates}\nLead inspector: A Name, Her Majesty’s Inspector\nJudgement\nGrade\n"
        f"{table}Services for children are good enough. {LONG_ENOUGH}\n",
        f"2\nWhat needs to improve?\n{LONG_ENOUGH}\n",
    ]


def letter(
    *,
    day: str = "29 June 2016",
    title: str = "Joint targeted area inspection of the multi-agency response to abuse and\nneglect in Croydon",
    opening: str = (
        "Between 16 May and 20 May, Ofsted and others undertook a joint inspection of the multi-agency response to "
        "abuse and neglect in Croydon.1 This inspection included a ‘deep dive’ focus on the response to child sexual "
        "exploitation and those missing from home, care or education."
    ),
) -> list[str]:
    """The pages of a JTAI letter."""
    return [
        f"\n1\n{day}\nA Name, Director of Children’s Services\nDear local partnership\n{title}\n{opening}\n"
        "This letter to all the service leaders in the area outlines our findings about the work of individual "
        f"agencies in Croydon. {LONG_ENOUGH}\n",
        f"2\nYours sincerely\n{LONG_ENOUGH}\n",
    ]


def write_text(folder: Path, name: str, pages: list[str]) -> Path:
    """Write pages as text with form feeds between them."""
    path = folder / f"{name}.txt"
    path.write_text("\f".join(pages), encoding="utf-8")
    return path


def write_pdf(folder: Path, name: str, pages: list[str], *, password: str | None = None) -> Path:
    """Write pages as a PDF that holds their text."""
    writer = PdfWriter()
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
            NameObject("/Encoding"): NameObject("/WinAnsiEncoding"),
        }
    )
    for text in pages:
        page = writer.add_blank_page(595, 842)
        page[NameObject("/Resources")] = DictionaryObject(
            {NameObject("/Font"): DictionaryObject({NameObject("/F1"): font})}
        )
        lines = [
            line.encode("cp1252").replace(b"\\", rb"\\").replace(b"(", rb"\(").replace(b")", rb"\)")
            for line in text.split("\n")
        ]
        content = DecodedStreamObject()
        content.set_data(
            b"BT /F1 10 Tf 12 TL 40 800 Td " + b" ".join(b"(" + line + b") Tj T*" for line in lines) + b" ET"
        )
        page[NameObject("/Contents")] = writer._add_object(content)
    if password is not None:
        writer.encrypt(password, algorithm="RC4-128")
    path = folder / f"{name}.pdf"
    writer.write(path)
    return path


def areas() -> pl.DataFrame:
    """Some authorities, an abolished one with its successor's name among them."""
    rows = [
        ("E08000018", "rotherham", "Rotherham", None, None),
        ("E09000008", "croydon", "Croydon", None, None),
        ("E10000009", "dorset-county", "Dorset (county council until 2019)", None, date(2019, 3, 31)),
        ("E06000059", "dorset", "Dorset", date(2019, 4, 1), None),
        ("E06000010", "kingston-upon-hull", "Kingston upon Hull", None, None),
        ("E09000021", "kingston-upon-thames", "Kingston upon Thames", None, None),
        ("E06000011", "east-riding-of-yorkshire", "East Riding of Yorkshire", None, None),
        ("E06000040", "windsor-and-maidenhead", "Windsor and Maidenhead", None, None),
        ("E06000047", "county-durham", "County Durham", None, None),
        ("E09000001", "city-of-london", "City of London", None, None),
        ("E06000023", "bristol", "Bristol, City of", None, None),
        ("E08000013", "st-helens", "St Helens", None, None),
        ("E06000020", "telford-and-wrekin", "Telford and Wrekin", None, None),
        ("E06000061", "north-northamptonshire", "North Northamptonshire", date(2021, 4, 1), None),
        ("E06000062", "west-northamptonshire", "West Northamptonshire", date(2021, 4, 1), None),
        ("E06000065", "north-yorkshire", "North Yorkshire", None, None),
    ]
    schema = {"area_code": pl.String, "slug": pl.String, "name": pl.String, "valid_from": pl.Date, "valid_to": pl.Date}
    numbered = pl.DataFrame(rows, schema=schema, orient="row").with_row_index("la_code", offset=301)
    return numbered.with_columns(pl.col("la_code").cast(pl.String))


def area_codes() -> pl.DataFrame:
    """The codes of the authorities, and a former one of North Yorkshire."""
    codes = areas()["area_code"].to_list()
    return pl.DataFrame({"code": [*codes, "E10000023"], "area_code": [*codes, "E06000065"]})


def domains() -> pl.DataFrame:
    """The judgements of the made-up reports."""
    single = {
        "The overall judgement": "overall",
        "Children’s services": "overall",
        "Children who need help and protection": "help_protection",
        "Children looked after and achieving permanence": "children_in_care",
        "Adoption performance": "adoption",
        "Experiences and progress of care leavers": "care_leavers",
        "Leadership, management and governance": "leadership",
        "The Local Safeguarding Children Board": "lscb",
    }
    local = {
        "The impact of leaders on social work practice with children and families": "leadership",
        "The experiences and progress of children who need help and protection": "help_protection",
        "The experiences and progress of children in care and care leavers": "children_in_care",
        "Overall effectiveness": "overall",
    }
    rows = [(programme, *row) for programme in ("sif", "sif_reinspection") for row in single.items()]
    rows += [(programme, *row) for programme in ("ilacs_standard", "ilacs_short") for row in local.items()]
    return pl.DataFrame(rows, schema=["programme", "published_name", "domain"], orient="row")


def history(*, started: date = date(2022, 6, 20), source_id: str = "ofsted-outcomes-2025") -> pl.DataFrame:
    """One ILACS inspection of Rotherham, as the official history has it."""
    return pl.DataFrame(
        {
            "inspection_id": ["rotherham-2022-08-12-ilacs_standard"],
            "area_code": ["E08000018"],
            "programme": ["ilacs_standard"],
            "started": [started],
            "published": [date(2022, 8, 12)],
            "source_id": [source_id],
        }
    )


def history_judgements() -> pl.DataFrame:
    """The grades of that inspection, as the official history has them."""
    grades = {
        "overall": "good",
        "leadership": "good",
        "help_protection": "requires_improvement",
        "children_in_care": "outstanding",
    }
    return pl.DataFrame(
        {
            "inspection_id": ["rotherham-2022-08-12-ilacs_standard"] * len(grades),
            "domain": list(grades),
            "grade": list(grades.values()),
        }
    )
