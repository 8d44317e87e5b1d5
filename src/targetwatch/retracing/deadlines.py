"""Deadlines: which periods' deadlines have passed by each look, of each body, as far as anybody is judged by them."""

from __future__ import annotations

import polars as pl

from targetwatch.evaluation.due import DUE
from targetwatch.retracing.looks import LOOK
from targetwatch.retracing.timeline import Timeline


class Deadlines:
    """The newest period of each body whose deadline had passed before, and those whose deadlines pass meanwhile."""

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._passed = timeline.owed.clear()
        self._parents = _parents(timeline)
        self.passing = timeline.owed.clear()

    def begin(self, first: int, last: int) -> None:
        """Go on to the looks from `first` to `last`, before which the deadlines of `passing` pass."""
        newest = pl.concat([self._passed, self.passing.sort("period_end")])
        self._passed = newest.unique("body", keep="last", maintain_order=True)
        self.passing = self._timeline.owed.filter(pl.col("look_deadline").is_between(first, last))

    def newest(self, wanted: pl.DataFrame, everyone: pl.DataFrame) -> pl.DataFrame:
        """What had passed by each look (DUE, series, look): of all that are `wanted` (look, body) their own newest.

        Beside that, what counts for the units above `everyone` (look, body): of those that hang below the same parent,
        one body will do.
        """
        timeline = self._timeline
        before = self._passed.with_columns(look_deadline=pl.lit(-1, dtype=LOOK))
        passed = pl.concat([before, self.passing]).with_columns(strand=timeline.strand_of_body)
        own = wanted.sort("look").join_asof(
            passed.sort("look_deadline", "period_end"),
            left_on="look",
            right_on="look_deadline",
            by="body",
            strategy="backward",
            coalesce=False,
            check_sortedness=False,
        )
        of_parents = (
            passed.join(self._parents, on="unit", how="left")
            .sort("period_end")
            .unique(["strand", "parent", "look_deadline"], keep="last")
        )
        above = (
            everyone.select("look", strand=timeline.strand_of_body)
            .unique()
            .join(of_parents, on="strand")
            .filter(pl.col("look_deadline") <= pl.col("look"))
        )
        columns = [*DUE.names(), "series", "look"]
        return pl.concat([own.filter(pl.col("metric").is_not_null()).select(columns), above.select(columns)])


def _parents(timeline: Timeline) -> pl.DataFrame:
    """Every unit with its parent, or with itself where it has none (unit, parent)."""
    rows = [
        (own, own if unit.parent is None else timeline.unit_of.get(unit.parent, own))
        for unit in timeline.org_units
        for own in (timeline.unit_of[unit.key],)
    ]
    return pl.DataFrame(rows, schema={"unit": pl.UInt32, "parent": pl.UInt32}, orient="row")
