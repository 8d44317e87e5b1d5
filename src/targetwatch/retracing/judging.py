"""Judging: all that was assessed in one run of the suite, and the statuses that follow."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path

import polars as pl

from targetwatch import checks, evaluation
from targetwatch.evaluation.assessment import ASSESSED
from targetwatch.evaluation.due import MOMENT
from targetwatch.model import Assessment, Role, Status, Verdict
from targetwatch.retracing.timeline import LOOK, Timeline

OF = ["subject", "unit"]
SAID = ["said", *OF]
AT_ONCE = 200_000  # rows whose status is decided in one go, which bounds the memory


@dataclass(frozen=True, slots=True)
class Looked:
    """What was assessed at the looks of a timeline, as Standing gives it, and at which of them everybody was."""

    timeline: Timeline
    assessed: pl.DataFrame
    begun_anew: frozenset[int]


@dataclass(frozen=True, slots=True)
class Judged:
    """For each timeline the assessments of its looks, by number, that say something else than those before them."""

    by_look: list[dict[int, list[Assessment]]]
    failures: tuple[str, ...]


def judge(looked: Sequence[Looked], suite: Path, *, whole: bool) -> Judged:
    """Judge all that was assessed in one run of the suite, and decide the statuses.

    A row that says the same at several looks is judged once. Where everybody was assessed, everybody has an assessment
    even if it is that of the look before. Without `whole` those are left out who were never short of what was required,
    whatever the missing bodies would have said: they neither have nor get an incident.
    """
    moments = _told_apart([look.as_of for one in looked for look in one.timeline.looks])
    rows = _together(looked, moments)
    distinct = rows.unique(SAID, keep="first", maintain_order=True)
    # What is left out is not expected; what was lost before is, and fails the suite's guard.
    others = rows.join(distinct.select("look", *SAID), on=["look", *SAID], how="anti")
    left_out = others.group_by("look").len("left_out")
    frame = distinct.join(left_out, on="look", how="left", maintain_order="left").with_columns(
        rows_expected=pl.col("rows_expected") - pl.col("left_out").fill_null(0).cast(pl.Int64)
    )
    judgement = checks.judge(frame.select(ASSESSED.names()), suite)
    verdicts = judgement.verdicts.join(frame.select(SAID).with_row_index("row"), on="row").select(*SAID, "verdict")
    if not whole:
        short = verdicts.filter(pl.col("verdict") == Verdict.SHORT_AT_BEST.value).select(OF).unique()
        is_pool = pl.col("role") == Role.POOLED.value
        rows = pl.concat([rows.filter(is_pool), rows.filter(~is_pool).join(short, on=OF, how="semi")])
    begun_anew = {
        first + number for one, (first, _) in zip(looked, _numbers(looked), strict=True) for number in one.begun_anew
    }
    look_of = {moment: look for look, moment in enumerate(moments)}
    found = _decided(_changed(rows, verdicts, look_of, begun_anew), verdicts)
    by_look = {look_of[moment]: list(group) for moment, group in groupby(found, key=lambda one: one.as_of)}
    return Judged(
        [
            {number: by_look[first + number] for number in range(len(one.timeline.looks)) if first + number in by_look}
            for one, (first, _) in zip(looked, _numbers(looked), strict=True)
        ],
        judgement.failures,
    )


def _numbers(looked: Sequence[Looked]) -> Iterator[tuple[int, int]]:
    """The numbers from which on the looks and the subjects of each timeline are counted among those of all."""
    looks = subjects = 0
    for one in looked:
        yield looks, subjects
        looks += len(one.timeline.looks)
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
        as_of=_moment(moments), said=rows.select(pl.exclude("as_of", "rows_expected", "look")).hash_rows()
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


def _moment(moments: Sequence[datetime]) -> pl.Expr:
    """The moment of `look`."""
    return pl.lit(pl.Series(moments, dtype=MOMENT)).gather("look")


def _changed(
    rows: pl.DataFrame, verdicts: pl.DataFrame, look_of: dict[datetime, int], begun_anew: Collection[int]
) -> pl.DataFrame:
    """The rows of those for whom something may have changed since the look before, and those of all pools.

    A share is judged on no later period than its pool, so its later ones make no difference while it has an earlier.
    """
    is_pool = pl.col("role") == Role.POOLED.value
    pools = rows.filter(is_pool)
    spoken_of = _spoken_of(pools, verdicts, look_of)
    moments = list(look_of)
    others = rows.filter(~is_pool)
    others = pl.concat([others, _carried_over(others, spoken_of, moments)]).join(
        spoken_of, on=["look", "subject", "pool"], how="left"
    )
    of_look = ["look", *OF]
    marked = (
        others.with_columns(is_later=(pl.col("period_end") > pl.col("spoken_of")).fill_null(value=False))
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
    kept = marked.join(changed, on=of_look, how="semi").select(rows.columns)
    return pl.concat([pools, kept])


def _spoken_of(pools: pl.DataFrame, verdicts: pl.DataFrame, look_of: dict[datetime, int]) -> pl.DataFrame:
    """The period that each pool is judged on at each look (look, subject, pool, spoken_of, by_pool).

    Of a pool that has ended that is not known; `by_pool` then stands for all that it depends on.
    """
    schema = {"look": LOOK, "target": pl.String, "org_unit": pl.String, "org_unit_valid_from": pl.Date}
    decided = pl.DataFrame(
        [
            (look_of[one.as_of], one.target, one.org_unit, one.org_unit_valid_from, one.period_end, one.status.value)
            for one in _decided(pools, verdicts)
        ],
        schema={**schema, "spoken_of": pl.Date, "status": pl.String},
        orient="row",
    )
    return (
        pools.group_by(*schema)
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


def _carried_over(others: pl.DataFrame, spoken_of: pl.DataFrame, moments: Sequence[datetime]) -> pl.DataFrame:
    """The rows of shares that were not assessed anew at a look at which their pool moved to another period."""
    of_pool = ["subject", "pool"]
    moved = (
        spoken_of.sort(*of_pool, "look")
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
        .with_columns(as_of=_moment(moments))
        .select(others.columns)
    )


def _decided(rows: pl.DataFrame, verdicts: pl.DataFrame) -> Iterator[Assessment]:
    """The statuses of `rows` (sorted by look), a stretch of looks at a time."""
    rows = rows.sort("look", maintain_order=True)
    begin = 0
    while begin < rows.height:
        end = min(begin + AT_ONCE, rows.height)
        if end < rows.height:
            last = rows["look"][end - 1]
            end = begin + rows["look"].slice(begin).search_sorted(last, side="right")
        part = rows.slice(begin, end - begin)
        named = part.select(SAID).with_row_index("row").join(verdicts, on=SAID).select("row", "verdict")
        yield from evaluation.decide_status(part.select(ASSESSED.names()), named)
        begin = end
