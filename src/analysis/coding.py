"""Which reports are to be coded."""

from __future__ import annotations

import narwhals as nw
from narwhals.typing import IntoFrameT

from analysis import cohorts
from analysis.frames import TEXT, Columns, opened, require_unique
from analysis.schema.codes import JtaiTheme

CSE_LETTERS = str(JtaiTheme.CSE_AND_MISSING)


def reports_to_code(areas: IntoFrameT, cqc_reviews: IntoFrameT, inspections: IntoFrameT) -> IntoFrameT:
    """The reports whose findings the project codes: all of the fifty, and the joint letters on CSE of 2016.

    Args:
        areas: the `areas` table.
        cqc_reviews: the `cqc_reviews` table.
        inspections: the `inspections` table.

    Returns:
        One row an inspection whose report was read, sorted by `inspection_id`: `inspection_id`, `area_code`,
        `programme`, `basis` (why the area belongs to the fifty; empty for a letter of another area).
    """
    fifty = cohorts.fifty(areas, cqc_reviews, inspections)
    kinds = {"inspection_id": TEXT, "area_code": TEXT, "programme": TEXT, "theme": TEXT, "report_id": TEXT}
    engine, (inspection, member) = opened(
        (inspections, Columns("inspections", kinds)), (fifty, Columns("fifty", {"area_code": TEXT, "basis": TEXT}))
    )
    require_unique(engine, inspection, ["inspection_id"], "inspections")
    require_unique(engine, member, ["area_code"], "fifty")
    read = inspection.filter(~nw.col("report_id").is_null())
    wanted = read.join(member, on="area_code", how="left").filter(
        ~nw.col("basis").is_null() | (nw.col("theme") == CSE_LETTERS)
    )
    return engine.give(wanted.select("inspection_id", "area_code", "programme", "basis"), sort=["inspection_id"])
