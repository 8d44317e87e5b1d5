"""Deadlines: which periods' deadlines have passed by each look, of each body, as far as anybody is judged by them."""

from __future__ import annotations

import polars as pl

from targetwatch.evaluation.due import DUE
from targetwatch.evaluation.lineage import tree_of
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
        passed = pl.concat([self._passed, self.passing]).sort("period_end")
        self._passed = passed.unique("body", keep="last", maintain_order=True).with_columns(
            look_deadline=pl.lit(-1, dtype=LOOK)
        )
        self.passing = self._timeline.owed.filter(pl.col("look_deadline").is_between(first, last))

    def newest(self, wanted: pl.DataFrame, everyone: pl.DataFrame) -> pl.DataFrame:
        """What had passed by each look (DUE, series, look): of all that are `wanted` (look, body) their own newest.

        Beside that, what counts for the units above `everyone` (look, body): of those that hang below the same parent,
        one body will do.
        """
        timeline = self._timeline
        passed = pl.concat([self._passed, self.passing])
        numbers = passed.select("look_deadline", "period_end", "body", "unit", row=pl.int_range(pl.len()))
        asked = numbers.filter(pl.col("body").is_in(wanted["body"].unique().implode()))
        own = (
            wanted.sort("look")
            .join_asof(
                asked.sort("look_deadline", "period_end").select("look_deadline", "body", "row"),
                left_on="look",
                right_on="look_deadline",
                by="body",
                strategy="backward",
                check_sortedness=False,
            )
            .filter(pl.col("row").is_not_null())
            .select("look", "row")
        )
        of_parents = (
            numbers.with_columns(parent=pl.col("body") - pl.col("unit") + pl.lit(self._parents).gather("unit"))
            .unique(["parent", "look_deadline", "period_end"])
            .sort("period_end")
            .unique(["parent", "look_deadline"], keep="last")
            .select("look_deadline", "row", strand=timeline.strand_of_body)
        )
        above = (
            everyone.select("look", strand=timeline.strand_of_body)
            .unique()
            .join(of_parents, on="strand")
            .filter(pl.col("look_deadline") <= pl.col("look"))
            .select("look", "row")
        )
        found = pl.concat([own, above])
        return passed.select(*DUE.names(), "series")[found["row"]].with_columns(found["look"])


def _parents(timeline: Timeline) -> pl.Series:
    """The parent of every unit, by number, or the unit itself where it has none."""
    tree = tree_of(timeline.org_units)
    parents = [own if unit.parent is None else tree.places.get(unit.parent, own) for own, unit in enumerate(tree.units)]
    return pl.Series(parents, dtype=pl.UInt32)
