"""The curated tables with other rows: some left out; days, codes and numbers dealt out again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from random import Random

import polars as pl

from analysis.progress import ROTHERHAM

Frames = Mapping[str, pl.DataFrame]

_ONE_OF_A_PASSAGE = ["inspection_id", "passage", "polarity"]
_CODES = ("section", "polarity", "theme", "missing", "agency", "severity")


def other_world(curated: Frames, seed: int) -> dict[str, pl.DataFrame]:
    """The curated tables with other rows, which refer to each other as theirs do; much else is not as the rules ask.

    Args:
        curated: every table of `data/raw` by its name.
        seed: the same seed gives the same rows.
    """
    world = _Deal(Random(seed))  # noqa: S311
    return dict(curated) | {
        **world.inspected(curated),
        **world.read(curated),
        **world.placed(curated),
        **world.assessed(curated),
    }


class _Deal:
    """Deals out again what a table holds."""

    def __init__(self, draw: Random) -> None:
        self.draw = draw

    def inspected(self, curated: Frames) -> Frames:
        inspections, judgements = curated["inspections"], curated["judgements"]
        reviews = pl.col("programme") == "cqc_clas"
        of_ofsted = self.some(inspections.filter(~reviews), 0.5, 1)
        of_ofsted = self.again(of_ofsted, ["area_code"])
        of_ofsted = self.with_some(of_ofsted, 0.1, started=None)
        # Several on one day, so that their order is decided by what follows in it.
        of_ofsted = self.with_some(of_ofsted, 0.5, started=pl.col("started").dt.truncate("1y"))
        of_ofsted = self.with_some(of_ofsted, 0.3, published=pl.col("published").dt.truncate("1q"))
        kept = pl.concat([inspections.filter(reviews), of_ofsted])
        judged = self.some(judgements.join(kept, on="inspection_id", how="semi"), 0.5, 1)
        return {
            "inspections": self.shuffled(kept),
            "judgements": self.with_some(self.again(judged, ["grade"]), 0.05, grade=None),
            "domains": self.again(curated["domains"], ["comparable"])
            if self.draw.random() < 0.5
            else curated["domains"],
            "cqc_reviews": self.again(curated["cqc_reviews"], ["in_programme"]),
            "coverage": self.with_some(
                curated["coverage"].join(kept, on="inspection_id", how="semi"), 0.1, readable=pl.lit("no")
            ),
            "events": self.some(curated["events"], 0.5, 1),
        }

    def read(self, curated: Frames) -> Frames:
        read = {}
        for table in ("findings", "second_reading"):
            rows = self.some(curated[table], 0.3, 1)
            for codes in [[code] for code in _CODES] + [["exploitation", "exploitation_focus"]]:
                if self.draw.random() < 0.5:
                    rows = self.again(rows, codes)
            numbered = rows.filter(pl.col("passage").is_not_null()).unique(_ONE_OF_A_PASSAGE, maintain_order=True)
            read[table] = pl.concat([numbered, rows.filter(pl.col("passage").is_null())])
        again = read["second_reading"].join(read["findings"].drop_nulls("passage"), on="inspection_id", how="semi")
        return read | {"second_reading": again}

    def placed(self, curated: Frames) -> Frames:
        areas = self.again(curated["areas"], ["region_code"])
        areas = self.with_some(areas, 0.1, valid_to=pl.lit(date(self.draw.randint(2014, 2026), 3, 31)))
        areas = self.with_some(areas, 0.1, valid_from=pl.lit(date(self.draw.randint(2013, 2020), 4, 1)))
        near = pl.col("area_code") == ROTHERHAM
        neighbours = curated["neighbours"]
        return {
            "areas": self.shuffled(areas),
            "neighbours": pl.concat([self.some(neighbours.filter(near), 0.5, 1), neighbours.filter(~near)]),
        }

    def assessed(self, curated: Frames) -> Frames:
        rows = curated["assessments"]
        local, above = rows.filter(level="authority"), rows.filter(pl.col("level") != "authority")
        counted = ["count", "status", "episodes", "episodes_status"]
        local = self.again(local, counted)
        local = self.with_some(local, 0.05, count=pl.when(status="published").then(0))
        local = self.with_some(local, 0.05, status=pl.lit("suppressed"), count=None)
        local = self.with_some(local, 0.03, episodes=None)
        local = self.with_some(local, 0.03, episodes=0)
        above = self.with_some(above, 0.05, status=pl.lit("unavailable"), count=None)
        above = self.with_some(above, 0.05, count=pl.when(status="published").then(pl.col("count") // 50))
        children = self.some(curated["children"], 0.8, 1)
        return {
            "assessments": self.some(pl.concat([above, local]), 0.8, 1),
            "children": self.with_some(self.with_some(children, 0.03, population=0), 0.03, population=None),
        }

    def some(self, rows: pl.DataFrame, least: float, most: float) -> pl.DataFrame:
        """A share of the rows, in any order."""
        return rows.sample(fraction=self.draw.uniform(least, most), shuffle=True, seed=self.seed())

    def shuffled(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The rows in another order."""
        return rows.sample(fraction=1, shuffle=True, seed=self.seed())

    def again(self, rows: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
        """What the columns hold, dealt out to other rows."""
        return rows.with_columns(self.shuffled(rows.select(columns)))

    def with_some(self, rows: pl.DataFrame, share: float, **values: object) -> pl.DataFrame:
        """Other values in about a share of the rows."""
        chosen = pl.Series([self.draw.random() < share for _ in range(len(rows))], dtype=pl.Boolean)
        return rows.with_columns(
            **{
                name: pl.when(chosen).then(value if isinstance(value, pl.Expr) else pl.lit(value)).otherwise(name)
                for name, value in values.items()
            }
        )

    def seed(self) -> int:
        return self.draw.randrange(2**32)
