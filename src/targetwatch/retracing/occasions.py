"""Occasions: who is assessed anew at each look, and why.

Everyone is whose beginning or end, deadline, pool or figures are not those of the look before. More may be assessed
than need be, and never less: what says the same as before is dropped when it is judged.
"""

from __future__ import annotations

import polars as pl

from targetwatch.evaluation.assessment import SETTLED
from targetwatch.model import Cadence
from targetwatch.retracing.looks import LOOK
from targetwatch.retracing.parts import GROUP, Parts
from targetwatch.retracing.stock import Stock, has_value, is_settled
from targetwatch.retracing.timeline import Timeline

AT = pl.Schema({"look": LOOK, "group": GROUP})


class Occasions:
    """Finds who is assessed at the looks of a timeline, out of what has changed from one to the next."""

    def __init__(self, timeline: Timeline, parts: Parts, stock: Stock) -> None:
        self._timeline = timeline
        self._parts = parts
        self._stock = stock
        courses = pl.Series([one.course for one in timeline.series], dtype=pl.Int32)
        groups_of_courses = parts.groups.select("group", course=pl.lit(courses).gather("series")).unique()
        anew = [look for look in range(len(timeline.looks)) if parts.is_anew(look)]
        self._turned = (
            pl.DataFrame({"look": anew}, schema={"look": LOOK})
            .join(timeline.looks.of_courses, on="look")
            .join(groups_of_courses, on="course")
            .select(AT.names())
        )

    def everyone(self, first: int, last: int, changed: pl.DataFrame) -> pl.DataFrame:
        """Those who are assessed at the looks from `first` to `last`: SUBJECTS with what Parts adds, and `look`.

        `changed` is how the roll-up has changed (CHANGED).
        """
        timeline = self._timeline
        whole = pl.concat(
            [
                self._turned.filter(pl.col("look").is_between(first, last)),
                self._passed_over(first, last),
                self._pools_moved(first, last, changed),
            ]
        ).unique()
        touched = (
            timeline.with_relatives(changed.select("look", "body"), timeline.after)
            .unique()
            .join(self._parts.groups, left_on=timeline.strand_of_body, right_on="strand")
            .select("look", "group", unit=(pl.col("body") % timeline.units.height).cast(pl.UInt32))
        )
        return self._parts_of(whole, touched)

    def _passed_over(self, first: int, last: int) -> pl.DataFrame:
        """The looks before which a deadline passed, with the groups for which it did (AT)."""
        passing = self._timeline.asked.filter(pl.col("look_deadline").is_between(first, last))
        return passing.join(self._parts.groups, on="series").select("group", look="look_deadline").select(AT.names())

    def _pools_moved(self, first: int, last: int, changed: pl.DataFrame) -> pl.DataFrame:
        """The looks at which a pool may be judged on other periods, or by another path, than before (AT).

        Its path may be another once an old value changes. A newest period that nothing was known of before changes
        nothing for the bodies about which nothing became known.
        """
        pools = self._parts.pools(first, last)
        moved = changed.join(pools.select("body", "group").unique(), on="body")
        if moved.is_empty():
            return pl.DataFrame(schema=AT)
        everything = pl.concat([self._stock.base, self._stock.rows])
        of_pools = everything.join(pools.select("body").unique(), on="body", how="semi")
        begin = (
            of_pools.filter(is_settled(), has_value())
            .group_by("body")
            .agg(begin=pl.col("period_end").min())
            .join(pools.filter("is_observed"), on="body", how="right")
            .group_by("body")
            .agg(pl.max_horizontal("begin", "path_from").max().alias("begin"))
        )
        asked = moved.select("look", "series", "body").unique()
        newest = _newest_before(asked, everything, ["look", "series"], "newest")
        own_newest = _newest_before(asked, of_pools, ["look", "body"], "own_newest")
        is_new = pl.col("before").is_null()
        # Whoever was not heard of now has nothing between the pool's newest period and this one.
        is_next = (pl.col("newest") == pl.col("own_newest")) & (pl.col("period_end") > pl.col("newest"))
        return (
            moved.join(begin, on="body", how="left")
            .join(newest, on=["look", "series"], how="left")
            .join(own_newest, on=["look", "body"], how="left")
            .filter(
                pl.col("pair").is_null()
                | (is_settled() != pl.col("before").is_in(SETTLED)).fill_null(value=False)
                | (is_new & ~is_next.fill_null(value=False))
                | (pl.col("period_end") <= pl.col("begin")).fill_null(value=False)
            )
            .select(AT.names())
            .unique()
        )

    def _parts_of(self, whole: pl.DataFrame, touched: pl.DataFrame) -> pl.DataFrame:
        """The parts of whole groups (AT), those of units that are touched (AT, unit), and of the pools of all these."""
        parts = self._parts
        everyone, sheet = parts.everyone, parts.sheet()
        named = everyone.lazy().select("sheet", "group", "unit", "row", "is_pool")
        all_of, some_of = whole.lazy().with_columns(sheet=sheet), touched.lazy().with_columns(sheet=sheet)
        groups = pl.concat([all_of, some_of.drop("unit").select(*AT.names(), "sheet")])
        rows = (
            pl.concat(
                [
                    all_of.join(named, on=["sheet", "group"]).select("look", "row"),
                    some_of.join(named, on=["sheet", "group", "unit"]).select("look", "row"),
                    groups.unique().join(named.filter("is_pool"), on=["sheet", "group"]).select("look", "row"),
                ]
            )
            .unique()
            .sort("look", "row")
            .collect(engine="in-memory")
        )
        looks = rows["look"]
        return (
            everyone.drop("newest_ended")[rows["row"]]
            .with_columns(looks)
            .join(self._newest_ended(looks.unique()), on=["look", "cadence"], maintain_order="left")
        )

    def _newest_ended(self, looks: pl.Series) -> pl.DataFrame:
        """The last day of the newest period of each cadence that had ended at each look."""
        seen = self._timeline.looks
        return pl.DataFrame(
            [
                (look, cadence.value, seen.last_ended(seen[look].today, cadence).last_day)
                for look in looks
                for cadence in Cadence
            ],
            schema={"look": LOOK, "cadence": pl.String, "newest_ended": pl.Date},
            orient="row",
        )


def _newest_before(asked: pl.DataFrame, rows: pl.DataFrame, by: list[str], name: str) -> pl.DataFrame:
    """The newest period that rows before the look are of."""
    key = by[1]
    held = rows.select(key, "look_from", "period_end").unique()
    return (
        asked.select(by)
        .unique()
        .join(held, on=key)
        .filter(pl.col("look_from") < pl.col("look"))
        .group_by(by)
        .agg(pl.col("period_end").max().alias(name))
    )
