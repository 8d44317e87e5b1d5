"""Rolling: the roll-up of many looks in one call of the production rules, each look's metrics under names of their own.

The rules never hold one metric against another, so a metric may stand for "this metric as it was known at that look".
What a look does not change is not rolled up again; of the periods before it, only those are given along in which the
bodies that are missing now have last answered.
"""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from targetwatch import evaluation
from targetwatch.evaluation.due import DUE
from targetwatch.model import Metric, Programme
from targetwatch.retracing.arrivals import KNOWN
from targetwatch.retracing.looks import LOOK
from targetwatch.retracing.timeline import Timeline

CONTEXT = pl.Schema({"look": LOOK, "body": pl.Int64, "pair": pl.Int32})


def roll(timeline: Timeline, dirty: pl.DataFrame) -> pl.DataFrame:
    """The roll-up of the pairs that are `dirty` (look, pair), as known at those looks.

    ROLLED with look, series, pair, unit, body, and what else `dirty` says.
    """
    asked = dirty.select("look", "pair")
    owed = asked.join(_of(timeline.owed, asked), on="pair").with_columns(_reported_by_then())
    known = _visible(asked.join(_of(timeline.observed, asked), on="pair"))
    context = _context(timeline, asked, owed, known)
    owed_before = context.join(_of(timeline.owed, context), on=["body", "pair"]).with_columns(_reported_by_then())
    heard_before = timeline.with_relatives(context, timeline.before).unique()
    known_before = _visible(heard_before.join(_of(timeline.observed, heard_before), on=["body", "pair"]))
    shift = pl.lit(timeline.looks.newest) - timeline.looks.as_of()
    owing = pl.concat([owed, owed_before.select(owed.columns)]).select(
        # Every look is moved to the time of the last one, so that one moment is the present of all of them.
        *(pl.col(name) for name in DUE if name not in ("metric", "deadline")),
        metric=name_of("series"),
        deadline=pl.col("deadline") + shift,
    )
    knowing = pl.concat([known, known_before.select(known.columns)]).select(
        *(pl.col(name) for name in KNOWN if name != "metric"), metric=name_of("series"), batch_id=None
    )
    named = asked.join(timeline.pairs.select("pair", "series"), on="pair").select("look", "series").unique()
    rolled = evaluation.roll_up(programme_of(timeline, named), knowing, owing, timeline.looks.newest)
    return (
        timeline.numbered(rolled.join(named.with_columns(metric=name_of("series")), on="metric"))
        .join(dirty, on=["look", "pair"])
        .with_columns(deadline=pl.col("deadline") - shift)
    )


def name_of(series: str) -> pl.Expr:
    """The name of a series at a look."""
    return pl.concat_str(pl.col(series).cast(pl.String), pl.col("look").cast(pl.String), separator=".")


def programme_of(timeline: Timeline, named: pl.DataFrame) -> Programme:
    """The courses' programme with a metric for each series at each look of `named` (look, series)."""
    metrics: dict[str, Metric] = {}
    for look, number in named.select("look", "series").unique().iter_rows():
        name = f"{number}.{look}"
        metrics[name] = replace(timeline.programme.metrics[str(number)], id=name)
    return replace(timeline.programme, metrics=metrics)


def _of(rows: pl.DataFrame, wanted: pl.DataFrame) -> pl.DataFrame:
    """The rows of the pairs that are wanted, found faster than by a join with all of them."""
    return rows.filter(pl.col("pair").is_in(wanted["pair"].implode()))


def _reported_by_then() -> pl.Expr:
    return pl.when(pl.col("look_reported") <= pl.col("look")).then("reported_at").alias("reported_at")


def _visible(versions: pl.DataFrame) -> pl.DataFrame:
    return versions.filter(pl.col("look_from") <= pl.col("look"), pl.col("look") < pl.col("look_to"))


def _context(timeline: Timeline, dirty: pl.DataFrame, owed: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Where the bodies that are missing, or those before them, have last answered before (CONTEXT).

    A superset is harmless: whatever is rolled up of these periods is thrown away.
    """
    partless = timeline.partless.implode()
    of_tier = ["look", "pair", "tier"]
    # Where nobody has answered there is no sum that a missing body could change.
    answered = pl.concat(
        [
            owed.filter(pl.col("reported_at").is_not_null()).select(*of_tier, way=pl.lit(0, dtype=pl.Int64)),
            known.filter(~pl.col("is_own")).select(*of_tier, way=pl.col("origin_number") + 1),
        ]
    ).unique()
    missing = (
        owed.filter(~pl.col("planned"))
        .select(*of_tier, "body", "period_end", "reported_at")
        .join(answered, on=of_tier)
        .filter((pl.col("way") > 0) | pl.col("reported_at").is_null() | pl.col("body").is_in(partless))
        .select("look", "body", "period_end", "way")
    )
    if missing.is_empty():
        return pl.DataFrame(schema=CONTEXT)
    gaps = timeline.with_relatives(missing, timeline.before).select(
        "look", "period_end", thread=pl.col("body") * 8 + pl.col("way")
    )
    answers = timeline.answers
    seen = (
        gaps.sort("look")
        .join_asof(
            answers.select("thread", "look", "newest"),
            on="look",
            by="thread",
            strategy="backward",
            check_sortedness=False,
        )
        .filter(pl.col("newest").is_not_null())
    )
    last = seen.filter(pl.col("newest") < pl.col("period_end")).select("look", "thread", period_end="newest")
    # A body that has answered for a later period meanwhile, or whose figures may come without their parts.
    rest = seen.filter((pl.col("newest") >= pl.col("period_end")) | (pl.col("thread") // 8).is_in(partless))
    earlier = (
        rest.select("look", "thread", gap="period_end")
        .unique()
        .join(answers.rename({"look": "answered"}), on="thread")
        .filter(pl.col("period_end") < pl.col("gap"), pl.col("answered") <= pl.col("look"))
        .select(last.columns)
    )
    found = pl.concat([last, earlier]).select("look", "period_end", body=pl.col("thread") // 8).unique()
    return (
        found.with_columns(series=timeline.series_of_body)
        .join(timeline.pairs.select("pair", "series", "period_end"), on=["series", "period_end"])
        .join(dirty, on=["look", "pair"], how="anti")
        .select(CONTEXT.names())
    )
