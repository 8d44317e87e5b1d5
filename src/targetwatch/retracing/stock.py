"""Stock: the roll-up of all periods, version by version, of which only what can still matter is at hand.

The newest periods are kept whole (`rows`). Of the periods before them there are, of each body, the newest settled one
and those at which a path may begin (`base`); the rest is put away, and comes back where a period is rolled up anew.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import polars as pl

from targetwatch.evaluation.assessment import SETTLED
from targetwatch.evaluation.coverage import ROLLED
from targetwatch.evaluation.restatements import FIGURES
from targetwatch.retracing.arrivals import SERIES
from targetwatch.retracing.course import ONE_DAY
from targetwatch.retracing.looks import LOOK, NEVER
from targetwatch.retracing.rolling import roll
from targetwatch.retracing.timeline import Timeline

KEPT_WHOLE = 3  # of the newest periods of a series
FEW = 50_000  # rows that are not worth putting away
_NUMBERS: dict[str, Any] = {"series": SERIES, "unit": pl.UInt32, "pair": pl.Int32, "body": pl.Int64}
_VERSIONS: dict[str, Any] = {"hash": pl.UInt64, "look_from": LOOK, "look_to": LOOK}
ROWS = pl.Schema({**ROLLED, **_NUMBERS, **_VERSIONS})
# A row that differs from the version before it, with the state of its period and its figures then; without any where
# it is gone, or was not there.
FIGURES_BEFORE = {name: f"{name}_before" for name in FIGURES}
_CHANGES: dict[str, Any] = {
    "look": LOOK,
    "before": pl.String,
    **{before: ROLLED[name] for name, before in FIGURES_BEFORE.items()},
}
CHANGED = pl.Schema({**ROWS, **_CHANGES})


class Stock:
    """The roll-up as it stands after the looks so far, and at each of those that are worked on."""

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self.rows = pl.DataFrame(schema=ROWS)
        self.base = pl.DataFrame(schema=ROWS)
        self._away = pl.DataFrame(schema=ROWS)
        self._cuts = _cuts(timeline)

    def take_in(self, dirty: pl.DataFrame) -> pl.DataFrame:
        """Roll up what is `dirty` (look, pair), and say which rows differ from the versions before (CHANGED)."""
        if dirty.is_empty():
            return pl.DataFrame(schema=CHANGED)
        self._bring_back(dirty)
        versions = dirty.sort("pair", "look").with_columns(
            look_before=pl.col("look").shift(1).over("pair").fill_null(-1),
            look_after=pl.col("look").shift(-1).over("pair").fill_null(NEVER),
        )
        until = versions.group_by("pair").agg(until=pl.col("look").min())
        rolled = roll(self._timeline, versions)
        said = rolled.select(name for name in ROLLED if name != "metric").hash_rows()
        new = rolled.with_columns(hash=said, look_from="look", look_to="look_after").select(
            *ROWS.names(), "look_before"
        )
        self.rows = pl.concat(
            [
                self.rows.join(until, on="pair", how="left")
                .with_columns(look_to=pl.coalesce("until", "look_to"))
                .select(ROWS.names()),
                new.select(ROWS.names()),
            ]
        )
        old = self.rows.select("pair", "body", "hash", "period_state", *FIGURES, look_before="look_from")
        same = new.join(old, on=["pair", "body", "look_before"], how="left", suffix="_before")
        differs = same.filter(pl.col("hash").ne_missing(pl.col("hash_before")))
        gone = (
            versions.join(old, on=["pair", "look_before"])
            .join(new, on=["pair", "body", "look_before"], how="anti")
            .select("look", "body")
        )
        return pl.concat(
            [differs.with_columns(look="look_from", before="period_state_before"), gone], how="diagonal"
        ).select(CHANGED.names())

    def visible(self, wanted: pl.DataFrame) -> pl.DataFrame:
        """What there is to be assessed by of the bodies that are `wanted` (look, body), as it stood at each look."""
        return pl.concat(
            [
                wanted.join(self.rows, on="body").filter(
                    pl.col("look_from") <= pl.col("look"), pl.col("look") < pl.col("look_to")
                ),
                wanted.join(self.base, on="body"),
            ]
        )

    def put_away(self, judged_from: Iterable[tuple[int, date | None]]) -> None:
        """Keep the newest version of each row, and put the periods away that no pool will be judged on any more.

        `judged_from` are series with the newest settled period of a pool that goes on; None where it has none.
        """
        rows = self.rows.filter(pl.col("look_to") == NEVER).with_columns(look_from=pl.lit(-1, dtype=LOOK))
        self.rows = rows
        if rows.height < FEW:
            return
        begins = _kept_whole(rows, judged_from)
        is_old = pl.col("period_end") < pl.col("series").replace_strict(begins, default=None, return_dtype=pl.Date)
        # A period is in one place only, with all of its rows.
        marked = rows.with_columns(away=(is_old.fill_null(value=False) & is_settled()).all().over("pair"))
        away = marked.filter("away").drop("away")
        if away.is_empty():
            return
        self.rows = marked.filter(~pl.col("away")).drop("away")
        self._away = pl.concat([self._away, away])
        self.base = self._reduced(pl.concat([self.base, away]))

    def _bring_back(self, dirty: pl.DataFrame) -> None:
        """Have the periods at hand, whole, that are rolled up anew."""
        is_wanted = pl.col("pair").is_in(dirty["pair"].implode())
        back = self._away.filter(is_wanted)
        if back.is_empty():
            return
        self._away = self._away.filter(~is_wanted)
        self.rows = pl.concat([self.rows, back])
        is_theirs = pl.col("series").is_in(back["series"].unique().implode())
        self.base = pl.concat([self.base.filter(~is_theirs), self._reduced(self._away.filter(is_theirs))])

    def _reduced(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Those of `rows` that can still matter when newer periods are judged.

        Of each body, in each stretch of days that a version can be in force for, the newest settled one and the newest
        one with a value; and the first of all with a value.
        """
        settled = (
            rows.filter(is_settled())
            .sort("period_end")
            .join_asof(
                self._cuts,
                left_on="period_end",
                right_on="cut",
                by="series",
                strategy="backward",
                check_sortedness=False,
            )
        )
        valued = settled.filter(has_value())
        return (
            pl.concat(
                [
                    settled.unique(["body", "cut"], keep="last"),
                    valued.unique(["body", "cut"], keep="last"),
                    valued.unique("body", keep="first", maintain_order=True),
                ]
            )
            .select(ROWS.names())
            .unique(["pair", "body"])
        )


def is_settled() -> pl.Expr:
    """The period is complete or final."""
    return pl.col("period_state").is_in(SETTLED)


def has_value() -> pl.Expr:
    """There is a value, even if it is one that 64 bits could not hold."""
    return (pl.col("denominator") > 0) | pl.col("denominator").is_null()


def _kept_whole(rows: pl.DataFrame, judged_from: Iterable[tuple[int, date | None]]) -> dict[int, date]:
    """From which period on each series is kept whole: no pool that goes on is judged on an earlier one."""
    newest = (
        rows.select("series", "period_end")
        .unique()
        .sort("period_end", descending=True)
        .group_by("series", maintain_order=True)
        .agg(pl.col("period_end").head(KEPT_WHOLE).min())
    )
    begins: dict[int, date | None] = dict(newest.iter_rows())
    for series, settled in judged_from:
        held = begins.get(series)
        begins[series] = None if held is None or settled is None else min(held, settled)
    return {series: day for series, day in begins.items() if day is not None}


def _cuts(timeline: Timeline) -> pl.DataFrame:
    """The days on which versions and units begin or are over, and from which a path begins (series, cut)."""
    units = {unit.key.valid_from for unit in timeline.org_units}
    units |= {unit.valid_to + ONE_DAY for unit in timeline.org_units if unit.valid_to not in (None, date.max)}
    cuts = []
    for number, series in enumerate(timeline.series):
        days = set(units) | {date.min}
        for version in timeline.courses[series.course].programme.targets:
            if version.metric == series.metric.id:
                days.add(version.effective_from)
                ends = (version.effective_to, version.trajectory.baseline_on)
                days |= {day + ONE_DAY for day in ends if day not in (None, date.max)}
        cuts += [(number, day) for day in days]
    return pl.DataFrame(cuts, schema={"series": SERIES, "cut": pl.Date}, orient="row").sort("cut")
