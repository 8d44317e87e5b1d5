"""Judging: all that was assessed in one run of the suite, and the statuses that follow."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path

import polars as pl

from targetwatch import checks
from targetwatch.evaluation.assessment import ASSESSED
from targetwatch.evaluation.due import MOMENT
from targetwatch.evaluation.status import as_assessments, statuses
from targetwatch.model import Assessment, Role, Status, Verdict
from targetwatch.retracing.course import Course
from targetwatch.retracing.looks import LOOK, Looks

OF = ["subject", "unit"]
SAID = ["said", *OF]
AT_ONCE = 50_000  # rows whose status is decided in one go, which bounds the memory


@dataclass(frozen=True, slots=True)
class Looked:
    """What was assessed at the looks at courses, as Standing gives it, and at which of them everybody was."""

    courses: Sequence[Course]
    looks: Looks
    assessed: pl.DataFrame
    begun_anew: frozenset[int]


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
    apart = _told_apart(moments)
    rows = _together(looked, apart)
    once = rows.select("look", *SAID).with_row_index("place").unique(SAID, keep="first", maintain_order=True)
    judgement = checks.judge(_expecting(rows, once), suite)
    verdicts = judgement.verdicts.join(once.select(SAID).with_row_index("row"), on="row").select(*SAID, "verdict")
    if not whole:
        short = verdicts.filter(pl.col("verdict") == Verdict.SHORT_AT_BEST.value).select(OF).unique()
        is_pool = pl.col("role") == Role.POOLED.value
        rows = pl.concat([rows.filter(is_pool), rows.filter(~is_pool).join(short, on=OF, how="semi")])
    begun_anew = {
        first + number for one, (first, _) in zip(looked, _numbers(looked), strict=True) for number in one.begun_anew
    }
    bench = _Bench(rows, verdicts, apart, moments)
    return Judged(_by_look(len(moments), bench.decided(_changed(bench, begun_anew))), judgement.failures)


def _expecting(rows: pl.DataFrame, once: pl.DataFrame) -> pl.DataFrame:
    """The rows whose places are in `once`, to be judged (ASSESSED).

    What says the same is not expected of them; what was lost before is, and fails the suite's guard.
    """
    kept = once.group_by("look").len("kept")
    left_out = rows.group_by("look").len("assessed").join(kept, on="look", how="left", coalesce=True)
    return (
        rows[once["place"]]
        .join(left_out, on="look", how="left", maintain_order="left")
        .with_columns(
            rows_expected=pl.col("rows_expected") - (pl.col("assessed").cast(pl.Int64) - pl.col("kept").cast(pl.Int64))
        )
        .select(ASSESSED.names())
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


def _together(looked: Sequence[Looked], moments: Sequence[datetime]) -> pl.DataFrame:
    """What was assessed for all timelines, with looks and subjects numbered through, and what each row says."""
    rows = pl.concat(
        [
            one.assessed.with_columns(
                look=pl.col("look") + pl.lit(looks, dtype=LOOK), subject=pl.col("subject") + pl.lit(subjects, pl.Int32)
            )
            for one, (looks, subjects) in zip(looked, _numbers(looked), strict=True)
        ]
    )
    return rows.with_columns(
        as_of=pl.lit(pl.Series(moments, dtype=MOMENT)).gather("look"),
        said=rows.select(pl.exclude("as_of", "rows_expected", "look")).hash_rows(),
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
    """The rows that statuses are decided on, with the verdicts on them; named by their places, which are numbers.

    The looks are told `apart` by moments of their own while it is decided; what is found is as of their `moments`.
    """

    def __init__(
        self, rows: pl.DataFrame, verdicts: pl.DataFrame, apart: Sequence[datetime], moments: Sequence[datetime]
    ) -> None:
        self._rows = rows
        self._verdicts = verdicts
        self._looks = pl.DataFrame({"apart": apart, "moment": moments}, schema={"apart": MOMENT, "moment": MOMENT})
        is_pool = (pl.col("role") == Role.POOLED.value).alias("is_pool")
        named = rows.select("look", *OF, "pool", "period_end", "said", is_pool).with_row_index("place")
        self.pools = named.filter("is_pool")
        self.others = named.filter(~pl.col("is_pool"))

    def decided(self, chosen: pl.DataFrame) -> Iterator[tuple[int, Assessment]]:
        """The statuses of the rows that are `chosen` (look, place), look by look and in the order of these."""
        numbered = self._looks.with_row_index("look").rename({"apart": "as_of"})
        chosen = chosen.select("look", "place").sort("look", maintain_order=True)
        looks = chosen["look"]
        begin = 0
        while begin < chosen.height:
            last = looks[min(begin + AT_ONCE, chosen.height) - 1]
            end = int(looks.search_sorted(last, side="right"))
            part = chosen.slice(begin, end - begin)
            rows = self._rows[part["place"]].with_columns(as_of=self._looks["apart"].gather(part["look"]))
            named = rows.select(SAID).with_row_index("row").join(self._verdicts, on=SAID).select("row", "verdict")
            # They are in the order of their moments, which is that of the looks only where all are of one timeline.
            found = (
                statuses(rows.select(ASSESSED.names()), named)
                .join(numbered, on="as_of", maintain_order="left")
                .sort("look", maintain_order=True)
                .with_columns(as_of="moment")
            )
            yield from zip(found["look"], as_assessments(found), strict=True)
            begin = end

    def pools_judged(self) -> pl.DataFrame:
        """The period that each pool is judged on at each look (look, subject, pool, spoken_of, by_pool).

        Of a pool that has ended that is not known; `by_pool` then stands for all that it depends on.
        """
        schema = {"look": LOOK, "target": pl.String, "org_unit": pl.String, "org_unit_valid_from": pl.Date}
        decided = pl.DataFrame(
            [
                (look, one.target, one.org_unit, one.org_unit_valid_from, one.period_end, one.status.value)
                for look, one in self.decided(self.pools)
            ],
            schema={**schema, "spoken_of": pl.Date, "status": pl.String},
            orient="row",
        )
        names = self._rows[self.pools["place"]].select("target", "org_unit", "org_unit_valid_from")
        return (
            self.pools.hstack(names)
            .group_by(*schema)
            .agg(pl.col("subject").first(), pl.col("unit").first().alias("pool"), pl.col("said").bitwise_xor())
            .join(decided, on=list(schema))
            .select(
                "look",
                "subject",
                "pool",
                "spoken_of",
                by_pool=pl.when(pl.col("status") == Status.ENDED.value).then("said"),
            )
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
