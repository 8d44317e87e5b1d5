"""Rolling: the roll-up of many looks in one call of the production rules, each look's metrics under names of their own.

The rules never hold one metric against another, so a metric may stand for "this metric as it was known at that look".
What a look does not change is not rolled up again; of the periods before it, only those are given along in which the
bodies that are missing now have last answered.
"""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from targetwatch import evaluation
from targetwatch.evaluation.coverage import BODIES
from targetwatch.evaluation.due import DUE
from targetwatch.model import Metric, Programme
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
    owing = pl.concat([owed.select(owed_before.columns), owed_before]).with_columns(
        # Every look is moved to the time of the last one, so that one moment is the present of all of them.
        metric=name_of("series"),
        deadline=pl.col("deadline") + shift,
    )
    knowing = pl.concat([known.select(known_before.columns), known_before]).with_columns(metric=name_of("series"))
    named = pl.concat([frame.select("metric", "look", "series") for frame in (owing, knowing)]).unique()
    rolled = evaluation.roll_up(
        programme_of(timeline, named),
        knowing.select(pl.col(name) if name in knowing.columns else pl.lit(None).alias(name) for name in BODIES),
        owing.select(DUE.names()),
        timeline.looks.newest,
    )
    return (
        timeline.numbered(rolled.join(named, on="metric"))
        .join(dirty, on=["look", "pair"])
        .with_columns(deadline=pl.col("deadline") - shift)
    )


def name_of(series: str) -> pl.Expr:
    """The name of a series at a look."""
    return pl.concat_str(pl.col(series).cast(pl.String), pl.col("look").cast(pl.String), separator=".")


def programme_of(timeline: Timeline, named: pl.DataFrame) -> Programme:
    """The courses' programme with a metric for each series at each look of `named` (look, series)."""
    courses = timeline.courses
    metrics: dict[str, Metric] = {}
    sources = {
        f"{place}/{key}": one for place, course in enumerate(courses) for key, one in course.programme.sources.items()
    }
    for look, number in named.select("look", "series").unique().iter_rows():
        series = timeline.series[number]
        name = f"{number}.{look}"
        metrics[name] = replace(series.metric, id=name, source=f"{series.course}/{series.metric.source}")
    return replace(courses[0].programme, metrics=metrics, sources=sources, targets=())


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
    missing = owed.filter(pl.col("reported_at").is_null() | pl.col("body").is_in(partless), ~pl.col("planned")).select(
        "look", "body", "period_end", way=pl.lit(0, dtype=pl.Int64)
    )
    elsewhere = known.filter(~pl.col("is_own")).select("look", "pair", "tier", way=pl.col("origin_number") + 1).unique()
    if not elsewhere.is_empty():
        asked = owed.join(elsewhere, on=["look", "pair", "tier"]).select(missing.columns)
        missing = pl.concat([missing, asked])
    if missing.is_empty():
        return pl.DataFrame(schema=CONTEXT)
    gaps = timeline.with_relatives(missing, timeline.before).select(
        "look", "period_end", thread=pl.col("body") * 8 + pl.col("way")
    )
    answers = timeline.answers
    seen = gaps.sort("look").join_asof(
        answers.select("thread", "look", "newest"), on="look", by="thread", strategy="backward", check_sortedness=False
    )
    last = seen.filter(pl.col("newest") < pl.col("period_end")).select("look", "thread", period_end="newest")
    # A body that has answered for a later period meanwhile, or whose figures may come without their parts.
    rest = seen.filter(
        pl.col("newest").is_not_null(),
        (pl.col("newest") >= pl.col("period_end")) | (pl.col("thread") // 8).is_in(partless),
    )
    earlier = (
        rest.rename({"period_end": "gap"})
        .select("look", "thread", "gap")
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
