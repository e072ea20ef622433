"""Charts of what became of weaknesses, and of what goes together with them."""

from __future__ import annotations

import polars as pl

from analysis import charts, weaknesses
from analysis.catalogue.tables import Tables
from analysis.charts.figure import Figure
from analysis.schema import codes

LETTERS_BESIDE = (2015, 2017)
"""The years whose single inspections stand beside the joint letters of 2016."""
RECORDED_IN = 2018
"""The first year of assessments that are known, ending 31 March."""


def of_consequences(tables: Tables) -> list[Figure]:
    """What became of weaknesses, whether they came again, and what goes together with them."""
    fifty = tables.beside("fifty")
    found, reports, labels = tables.findings, tables.reports, tables.theme_labels
    statement, credit = tables.statement, tables.findings_credit()
    listed = weaknesses.behind(found, reports, fifty, subject="listed", polarity=["weakness"])
    weak = weaknesses.behind(found, reports, fifty, subject="exploitation", polarity=["weakness"])

    aftermath = weaknesses.aftermath(found, reports, tables["inspections"], fifty, subject="exploitation")
    became = weak.join(aftermath.select("area_code", "theme", "aftermath"), on=["area_code", "theme"])

    successions = weaknesses.successions(found, reports, fifty, subject="listed")
    together = weaknesses.successions(found, reports, fifty, subject="listed", together=True)
    again = successions.filter(pl.col("outcome") == "persistent")
    both = pl.concat(
        again.select("theme", pl.col(column).alias("inspection_id"))
        for column in ("earlier_inspection_id", "inspection_id")
    ).unique()

    letters = reports.filter(pl.col("letter_theme") == codes.JtaiTheme.CSE_AND_MISSING)
    singles = reports.join(fifty, on="area_code", how="semi").filter(
        (pl.col("programme") == codes.Programme.SIF)
        & (pl.col("scope") != "board")
        & pl.col("published").dt.year().is_between(*LETTERS_BESIDE)
    )
    compared = pl.concat(
        rows.with_columns(group=pl.lit(group)) for group, rows in (("letters", letters), ("inspections", singles))
    ).with_columns(reviewed=pl.col("area_code").is_in(fifty["area_code"].implode()))
    of_compared = weaknesses.behind(
        found,
        compared.drop("group", "reviewed"),
        tables.beside("england"),
        subject="exploitation",
        polarity=["weakness"],
    ).join(compared.select("inspection_id", "group"), on="inspection_id")

    # The overall grade does not judge the safeguarding board.
    of_council = reports.filter(pl.col("scope") != "board")
    on_council = found.filter(pl.col("theme") != codes.BOARD_THEME).join(of_council, on="inspection_id", how="semi")
    weak_of_council = weaknesses.behind(on_council, of_council, fifty, subject="exploitation", polarity=["weakness"])
    measures = weaknesses.measures(
        on_council, of_council, tables.rates, fifty, subject="exploitation", year=RECORDED_IN
    )
    associations = weaknesses.associations(measures)
    of_grade, of_protection = (
        weaknesses.prevalence(on_council, of_council, fifty, subject="exploitation", of=None, by=("family", grade))
        for grade in ("grade", "help_protection")
    )
    return [
        charts.what_became(weaknesses.aftermath_shares(aftermath), became, labels, statement=statement, credit=credit),
        charts.weakness_again(
            weaknesses.recurrence(successions),
            weaknesses.recurrence(together),
            listed.join(both, on=["inspection_id", "theme"], how="semi"),
            labels,
            statement=statement,
            credit=credit,
        ),
        charts.letters_beside_inspections(
            weaknesses.compare(found, letters, singles, subject="exploitation"),
            weaknesses.compare(found, letters, singles, subject="exploitation", of="agency"),
            compared,
            of_compared,
            labels,
            statement=statement,
            credit=credit,
        ),
        charts.weaknesses_and_grades(
            of_grade, of_protection, associations, weak_of_council, statement=statement, credit=credit
        ),
        charts.weaknesses_and_recorded(
            measures, associations, statement=statement, credit=tables.findings_credit("assessments", "children")
        ),
    ]
