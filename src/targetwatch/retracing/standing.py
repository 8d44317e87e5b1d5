"""Standing: the assessments of many looks in one call of the production rules, one stretch of looks after the other.

As in rolling, the rules hear of everything under names of its own for each look.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl

from targetwatch import evaluation
from targetwatch.evaluation.assessment import ANCHOR, ASSESSED, SETTLED
from targetwatch.evaluation.coverage import ROLLED
from targetwatch.evaluation.due import DUE
from targetwatch.evaluation.lineage import UNIT
from targetwatch.evaluation.subjects import SUBJECTS
from targetwatch.model import Role, TargetVersion
from targetwatch.retracing.deadlines import Deadlines
from targetwatch.retracing.looks import LOOK
from targetwatch.retracing.occasions import Occasions
from targetwatch.retracing.parts import Parts
from targetwatch.retracing.restating import Restating
from targetwatch.retracing.rolling import name_of, programme_of
from targetwatch.retracing.stock import Stock
from targetwatch.retracing.timeline import Timeline

AT_ONCE = 50_000  # parts that are assessed in one go, which bounds the memory
_NOTES: dict[str, Any] = {"look": LOOK, "subject": pl.Int32, "unit": pl.UInt32, "pool": pl.UInt32}
NOTED = pl.Schema({**ASSESSED, **_NOTES})


class Standing:
    """Where everyone stands, from one stretch of looks to the next."""

    def __init__(self, timeline: Timeline, restating: Restating | None = None) -> None:
        self._timeline = timeline
        self._parts = Parts(timeline)
        self._stock = Stock(timeline)
        self._restating = restating
        self._deadlines = Deadlines(timeline)
        self._occasions = Occasions(timeline, self._parts, self._stock)
        self._settled: dict[tuple[int, int], date | None] = {}  # pool: subject and unit -> its newest settled period
        self._last: dict[int, int] = {}  # course -> its last look so far

    def advance(self, first: int, last: int) -> pl.DataFrame:
        """What is assessed anew at the looks from `first` to `last`: ASSESSED with look, subject, unit and pool.

        `subject` stands for the course and the target, `unit` for the org_unit, and `pool` for the unit that a share is
        a share of. Stretches follow each other without a gap. `rows_expected` is the number of rows of the look.
        """
        self._parts.begin([*self._last.values(), *range(first, last + 1)])
        self._deadlines.begin(first, last)
        changed = self._stock.take_in(self._timeline.dirty.filter(pl.col("look").is_between(first, last)))
        if self._restating is not None:
            self._restating.take_in(changed)
        everyone = self._occasions.everyone(first, last, changed)
        assessed = pl.concat([pl.DataFrame(schema=NOTED), *map(self._assess, _pieces(everyone))])
        self._last.update((self._timeline.looks[look].course, look) for look in range(first, last + 1))
        self._settled |= _settled_of_pools(assessed)
        going_on = self._parts.pools_that_go_on(self._last.values())
        self._stock.put_away((series, self._settled.get((subject, unit))) for subject, unit, series in going_on)
        return assessed

    def is_anew(self, look: int) -> bool:
        """Whether everyone was assessed at a look, because somebody began or ended since the one before."""
        return self._parts.is_anew(look)

    def _assess(self, everyone: pl.DataFrame) -> pl.DataFrame:
        """The production rules' assessment of everyone at their looks."""
        timeline = self._timeline
        wanted = timeline.with_relatives(everyone.select("look", "body").unique(), timeline.before).unique()
        rolled = self._stock.visible(wanted).with_columns(metric=name_of("series"))
        owed = self._deadlines.newest(wanted, everyone).with_columns(metric=name_of("series"))
        targets, offsets = self._targets(everyone["look"].unique().sort())
        named = everyone.with_columns(
            metric=name_of("series"),
            target=name_of("subject"),
            version=pl.col("version") + pl.col("look").replace_strict(offsets, return_dtype=pl.Int64),
        )
        assessed = evaluation.assess(
            replace(programme_of(timeline, everyone), targets=targets),
            rolled.select(ROLLED.names()),
            owed.select(DUE.names()),
            timeline.looks.newest,
            named.select(SUBJECTS.names()),
        )
        lost = int(assessed["rows_expected"].max() or 0) - assessed.height  # type: ignore[arg-type]
        names = named.select("target", "look", "subject", "series").unique("target")
        # What the rules have lost on the way is missed by the suite's guard.
        of_look = pl.len().over("look").cast(pl.Int64) + pl.lit(lost, dtype=pl.Int64)
        return (
            self._with_their_names(assessed, names)
            .select(pl.col(NOTED.names()).exclude("rows_expected"), rows_expected=of_look)
            .select(NOTED.names())
        )

    def _with_their_names(self, assessed: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
        """The assessments as of the moments of their looks, with their own names and numbers.

        `names` has the look, the subject and the series of each target.
        """
        timeline = self._timeline
        pools = timeline.units.rename({"unit": "pool", **dict(zip(UNIT, ANCHOR, strict=True))})
        targets = pl.Series([subject.target for subject in self._parts.targets], dtype=pl.String)
        metrics = pl.Series([one.metric.id for one in timeline.series], dtype=pl.String)
        numbers = (
            assessed.lazy()
            .select("target", *UNIT, *ANCHOR)
            .join(names.lazy(), on="target", how="left", validate="m:1", maintain_order="left")
            .join(timeline.units.lazy(), on=UNIT, how="left", validate="m:1", maintain_order="left")
            .join(pools.lazy(), on=ANCHOR, how="left", validate="m:1", maintain_order="left")
            .select("look", "subject", "series", "unit", "pool")
            .collect(engine="in-memory")
        )
        return assessed.hstack(numbers).with_columns(
            target=pl.lit(targets).gather("subject"),
            metric=pl.lit(metrics).gather("series"),
            as_of=timeline.looks.as_of(),
        )

    def _targets(self, looks: pl.Series) -> tuple[tuple[TargetVersion, ...], dict[int, int]]:
        """The versions of all looks one after the other, and where those of each look begin."""
        timeline = self._timeline
        targets: list[TargetVersion] = []
        offsets: dict[int, int] = {}
        for look in looks:
            offsets[look] = len(targets)
            targets.extend(timeline.courses[timeline.looks[look].course].programme.targets)
        return tuple(targets), offsets


def _pieces(everyone: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """`everyone`, sorted by look, in pieces of whole looks that are assessed in one go."""
    looks = everyone["look"]
    begin = 0
    while begin < len(looks):
        last = looks[min(begin + AT_ONCE, len(looks)) - 1]
        end = int(looks.search_sorted(last, side="right"))
        yield everyone.slice(begin, end - begin)
        begin = end


def _settled_of_pools(assessed: pl.DataFrame) -> dict[tuple[int, int], date | None]:
    """The newest settled period of each pool at its last look: by subject and unit."""
    pools = assessed.filter(pl.col("role") == Role.POOLED.value).filter(
        pl.col("look") == pl.col("look").max().over("subject", "unit")
    )
    newest = pools.group_by("subject", "unit").agg(
        pl.col("period_end").filter(pl.col("period_state").is_in(SETTLED)).max()
    )
    return {(subject, unit): day for subject, unit, day in newest.iter_rows()}
