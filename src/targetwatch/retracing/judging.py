"""Judging: all that was assessed in one run of the suite, and the statuses that follow."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path

import polars as pl

from targetwatch import checks
from targetwatch.evaluation.assessment import ASSESSED
from targetwatch.evaluation.due import MOMENT
from targetwatch.evaluation.status import as_assessments, failures, statuses
from targetwatch.model import Assessment, Role, Status, Verdict
from targetwatch.retracing.course import Course
from targetwatch.retracing.looks import LOOK, Looks

OF = ["subject", "unit"]
AT_ONCE = 50_000  # rows whose status is decided in one go, which bounds the memory


@dataclass(frozen=True, slots=True)
class Looked:
    """What was assessed at the looks at courses, as Standing gives it, and at which of them everybody was.

    `restated` has the figures that a look found to be other than before, as Restating gives them.
    """

    courses: Sequence[Course]
    looks: Looks
    assessed: pl.DataFrame
    begun_anew: frozenset[int]
    restated: Mapping[int, pl.DataFrame]


@dataclass(frozen=True, slots=True)
class Judged:
    """For each look of all that were judged, in order, the assessments that may say something else than before.

    They are made while one goes through them, which is once: all of them together would need much memory.
    """

    by_look: Iterator[list[Assessment]]
    failures: tuple[str, ...]


def judge(looked: Sequence[Looked], suite: Path, *, whole: bool) -> Judged:
    """Judge all that was assessed in one run of the suite, and decide the statuses.

    A row that says the same at several looks is judged once. Where everybody was assessed, everybody has an assessment
    even if it is that of the look before. Without `whole` those are left out who were never short of what was required,
    whatever the missing bodies would have said: they neither have nor get an incident.
    """
    moments = [look.as_of for one in looked for look in one.looks]
    rows = _together(looked, _told_apart(moments))
    once = _once(rows)
    judgement = checks.judge(once, suite)
    failed = failures(judgement.verdicts).select("failed", judged_as=pl.lit(once["judged_as"]).gather("row"))
    if not whole:
        is_short = pl.col("failed").list.contains(Verdict.SHORT_AT_BEST.value)
        short = rows.join(failed.filter(is_short), on="judged_as", how="semi").select(OF).unique()
        is_pool = pl.col("role") == Role.POOLED.value
        rows = pl.concat([rows.filter(is_pool), rows.filter(~is_pool).join(short, on=OF, how="semi")])
    begun_anew = {
        first + number for one, (first, _) in zip(looked, _numbers(looked), strict=True) for number in one.begun_anew
    }
    bench = _Bench(rows, failed, moments)
    found = (
        one
        for decided in bench.decided(_changed(bench, begun_anew))
        for one in zip(decided["look"].to_list(), as_assessments(decided), strict=True)
    )
    return Judged(_by_look(len(moments), found), judgement.failures)


def _once(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows that are judged: of those that say the same the first.

    The others are not expected of their looks; what was lost before is, and fails the suite's guard.
    """
    is_judged = (pl.col("judged_as") == pl.int_range(pl.len())).alias("is_judged")
    left_out = pl.col("is_judged").not_().cast(pl.Int64).sum().over("look")
    return (
        rows.select(*ASSESSED, "look", "judged_as", is_judged)
        .with_columns(rows_expected=pl.col("rows_expected") - left_out)
        .filter("is_judged")
    )


def _by_look(looks: int, found: Iterator[tuple[int, Assessment]]) -> Iterator[list[Assessment]]:
    """The assessments of each of so many looks, which may be none, out of those of all in the order of the looks."""
    groups = groupby(found, key=lambda one: one[0])
    number, group = next(groups, (None, iter(())))
    for look in range(looks):
        if look != number:
            yield []
            continue
        yield [one for _, one in group]
        number, group = next(groups, (None, iter(())))


def _numbers(looked: Sequence[Looked]) -> Iterator[tuple[int, int]]:
    """The numbers from which on the looks and the subjects of each timeline are counted among those of all."""
    looks = subjects = 0
    for one in looked:
        yield looks, subjects
        looks += len(one.looks)
        subjects += 1 + int(one.assessed["subject"].max() or 0)  # type: ignore[arg-type]


def _together(looked: Sequence[Looked], apart: Sequence[datetime]) -> pl.DataFrame:
    """What was assessed for all timelines, with looks and subjects numbered through, and what each row says.

    `judged_as` is the place of the first row of the same subject and unit that says the same.
    """
    rows = pl.concat(
        [
            one.assessed.with_columns(
                look=pl.col("look") + pl.lit(looks, dtype=LOOK), subject=pl.col("subject") + pl.lit(subjects, pl.Int32)
            )
            for one, (looks, subjects) in zip(looked, _numbers(looked), strict=True)
        ]
    )
    return (
        rows.with_columns(
            as_of=pl.lit(pl.Series(apart, dtype=MOMENT)).gather("look"),
            said=rows.select(pl.exclude("as_of", "rows_expected", "look")).hash_rows(),
        )
        .with_row_index("judged_as")
        .with_columns(pl.col("judged_as").first().over("said", *OF))
    )


def _told_apart(moments: Sequence[datetime]) -> list[datetime]:
    """The moments, none of them twice: where several courses are looked at at once, the next microseconds."""
    apart = list(moments)
    before: datetime | None = None
    for place in sorted(range(len(moments)), key=lambda place: moments[place]):
        if before is not None and apart[place] <= before:
            apart[place] = before + timedelta(microseconds=1)
        before = apart[place]
    return apart


class _Bench:
    """The rows that statuses are decided on, with what each fails; named by their places, which are numbers."""

    def __init__(self, rows: pl.DataFrame, failed: pl.DataFrame, moments: Sequence[datetime]) -> None:
        self._rows = rows
        self._failed = failed
        self._moments = pl.lit(pl.Series(moments, dtype=MOMENT))
        is_pool = (pl.col("role") == Role.POOLED.value).alias("is_pool")
        named = rows.select("look", *OF, "pool", "period_end", "said", is_pool).with_row_index("place")
        self.pools = named.filter("is_pool")
        self.others = named.filter(~pl.col("is_pool"))

    def decided(self, chosen: pl.DataFrame) -> Iterator[pl.DataFrame]:
        """The statuses of the rows that are `chosen` (look, place), with the look and in the order of the looks."""
        chosen = chosen.select("look", "place").sort("look", maintain_order=True)
        looks = chosen["look"]
        begin = 0
        while begin < chosen.height:
            last = looks[min(begin + AT_ONCE, chosen.height) - 1]
            end = int(looks.search_sorted(last, side="right"))
            part = chosen[begin:end]
            rows = self._rows[part["place"]].with_columns(part["look"])  # which may be a later one than the row's own
            failed = rows.select("judged_as").join(self._failed, on="judged_as", how="left", maintain_order="left")
            # While it is decided, each look is a moment of its own: its number, so that what is found is in that order.
            apart = rows.with_columns(failed["failed"], as_of=pl.col("look").cast(pl.Int64).cast(MOMENT))
            yield statuses(apart).with_columns(as_of=self._moments.gather("look"))
            begin = end

    def pools_judged(self) -> pl.DataFrame:
        """The period that each pool is judged on at each look (look, subject, pool, spoken_of, by_pool).

        Of a pool that has ended that is not known; `by_pool` then stands for all that it depends on.
        """
        schema = {"look": LOOK, "subject": pl.Int32, "unit": pl.UInt32, "status": pl.String, "spoken_of": pl.Date}
        decided = [one.select("look", *OF, "status", spoken_of="period_end") for one in self.decided(self.pools)]
        said = self.pools.group_by("look", *OF).agg(pl.col("said").bitwise_xor())
        by_pool = pl.when(pl.col("status") == Status.ENDED.value).then("said")
        return (
            pl.concat([pl.DataFrame(schema=schema), *decided])
            .join(said, on=["look", *OF])
            .select("look", "subject", "spoken_of", pool="unit", by_pool=by_pool)
        )


def _changed(bench: _Bench, begun_anew: Collection[int]) -> pl.DataFrame:
    """The rows of those for whom something may have changed since the look before, and of all pools (look, place).

    A share is judged on no later period than its pool, so its later ones make no difference while it has an earlier.
    """
    pools = bench.pools_judged()
    of_look = ["look", *OF]
    marked = (
        pl.concat([bench.others, _carried_over(bench.others, pools)])
        .join(pools, on=["look", "subject", "pool"], how="left")
        .with_columns(is_later=(pl.col("period_end") > pl.col("spoken_of")).fill_null(value=False))
        .with_columns(only_later=pl.col("is_later").all().over(of_look))
        .filter(~pl.col("is_later") | pl.col("only_later"))
    )
    signs = (
        marked.group_by(of_look)
        .agg(
            sign=pl.struct(
                pl.col("said").bitwise_xor(), pl.len(), pl.col("only_later").first(), pl.col("by_pool").first()
            )
        )
        .sort(*OF, "look")
    )
    is_other = pl.any_horizontal(pl.col(name).ne_missing(pl.col(name).shift(1)) for name in ("sign", *OF))
    changed = signs.filter(is_other | pl.col("look").is_in(list(begun_anew))).select(of_look)
    kept = marked.join(changed, on=of_look, how="semi")
    return pl.concat([bench.pools.select("look", "place"), kept.select("look", "place")])


def _carried_over(others: pl.DataFrame, pools: pl.DataFrame) -> pl.DataFrame:
    """The rows of shares that were not assessed anew at a look at which their pool moved to another period."""
    of_pool = ["subject", "pool"]
    moved = (
        pools.sort(*of_pool, "look")
        .filter(
            pl.any_horizontal(
                pl.col(name).ne_missing(pl.col(name).shift(1).over(of_pool)) for name in ("spoken_of", "by_pool")
            )
        )
        .select("look", *of_pool)
    )
    assessed = others.select("look", "subject", "unit", "pool").unique()
    silent = (
        moved.join(assessed.select("subject", "unit", "pool").unique(), on=of_pool)
        .join(assessed, on=["look", *OF], how="anti")
        .sort("look")
        .join_asof(
            assessed.with_columns(last="look").sort("look"),
            on="look",
            by=OF,
            strategy="backward",
            check_sortedness=False,
            suffix="_last",
        )
        # Who has another pool since then, or was nobody yet, is not carried over.
        .filter(pl.col("pool") == pl.col("pool_last"))
    )
    return (
        silent.select("last", *OF, now="look")
        .join(others, left_on=["last", *OF], right_on=["look", *OF])
        .rename({"now": "look"})
        .select(others.columns)
    )
