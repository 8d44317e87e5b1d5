"""Changes: which periods may be rolled up differently from which look on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from targetwatch.retracing.looks import NEVER

if TYPE_CHECKING:
    from targetwatch.retracing.timeline import Timeline


def dirty(timeline: Timeline) -> pl.DataFrame:
    """Which periods may be rolled up differently from which look on (look, pair)."""
    reported = timeline.owed.filter(pl.col("look_reported") < NEVER, ~pl.col("planned"))
    arrived = pl.concat(
        [
            timeline.observed.select("pair", "body", "series", "period_end", "is_own", look="look_from"),
            reported.select("pair", "body", "series", "period_end", is_own=pl.lit(value=True), look="look_reported"),
        ]
    )
    passed = timeline.asked.filter(pl.col("look_deadline") < NEVER).select("pair", look="look_deadline")
    return (
        pl.concat(
            [
                arrived.lazy().select("look", "pair"),
                passed.lazy().join(arrived.lazy(), on="pair", how="semi").select("look", "pair"),
                *_carried_on(timeline, arrived),
            ]
        )
        .unique()
        .sort("look", "pair")
        .collect(engine="in-memory")
    )


def _carried_on(timeline: Timeline, arrived: pl.DataFrame) -> list[pl.LazyFrame]:
    """The later periods in which a body is missing whose last known figures have changed (look, pair)."""
    following = (
        timeline.asked.lazy()
        .select("series", "period_end", "look_ended")
        .sort("series", "period_end")
        .with_columns(following_ended=pl.col("look_ended").shift(-1).over("series"))
    )
    late = (
        arrived.lazy()
        .join(following, on=["series", "period_end"], how="left")
        .filter(pl.col("look") >= pl.col("following_ended").fill_null(-1))
        .collect(engine="in-memory")
    )
    if late.is_empty():
        return []
    # Of the periods that changed at a look the first says it all: whatever is later than another is later than that.
    first = late.group_by("body", "look").agg(pl.col("period_end").min())
    owed = timeline.owed.lazy().select("body", "pair", "look_ended", "look_reported", later="period_end")
    missing = (
        timeline.with_relatives(first, timeline.after)
        .lazy()
        .group_by("body", "look")
        .agg(pl.col("period_end").min())
        .join(owed, on="body")
        .filter(
            pl.col("later") > pl.col("period_end"),
            pl.col("look_ended") <= pl.col("look"),
            (pl.col("look_reported") > pl.col("look")) | pl.col("body").is_in(timeline.partless.implode()),
        )
    )
    others = (
        late.lazy()
        .filter(~pl.col("is_own"))
        .group_by("series", "look")
        .agg(pl.col("period_end").min())
        .join(
            timeline.observed.lazy()
            .filter(~pl.col("is_own"))
            .select("series", "pair", "look_from", later="period_end"),
            on="series",
        )
        .filter(pl.col("later") > pl.col("period_end"), pl.col("look_from") <= pl.col("look"))
    )
    return [missing.select("look", "pair"), others.select("look", "pair")]
