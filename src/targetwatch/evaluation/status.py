"""Status: what follows from the verdicts, by the rules in their order, and which period they are about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from enum import Enum
from typing import Any

import polars as pl

from targetwatch.evaluation.assessment import ANCHOR, SETTLED
from targetwatch.evaluation.comparison import THRESHOLDS
from targetwatch.evaluation.subjects import SUBJECT
from targetwatch.model import Assessment, Comparison, Origin, PeriodState, Reason, Role, Status, Verdict

KEY = ("as_of", *SUBJECT)
ENUMS: Mapping[str, type[Enum]] = {
    "role": Role,
    "comparison": Comparison,
    "status": Status,
    "reason": Reason,
    "period_state": PeriodState,
    "origin": Origin,
}
SEPARATOR = "\n"
# What an assessment says of its period; all of it is left out where no period is judged.
OF_A_PERIOD = (
    "period_start",
    "period_end",
    "period_state",
    "origin",
    "numerator",
    "denominator",
    "required",
    "final",
    "attained",
    "needed",
    "headroom",
    "headroom_units",
    "low_numerator",
    "high_numerator",
    "bounds_denominator",
    "bodies_reported",
    "bodies_due",
    "deadline",
    "known_at",
)
# Of the two rows of a `between` target the one further up this list is what its status is about.
WORST_FIRST = (
    (Status.MISSED, Reason.SHORT_OF_FINAL),
    (Status.BEHIND, Reason.SHORT_OF_REQUIRED),
    (Status.AT_RISK, Reason.INCOMPLETE),
    (Status.AT_RISK, Reason.WITHIN_MARGIN),
    (Status.ON_TRACK, Reason.REQUIRED_REACHED),
    (Status.MET, Reason.FINAL_REACHED),
)

_guarded = pl.col(Verdict.GUARD)
_nothing_judged = ~pl.col("eligible") | pl.col("period_start").is_null()
_past_due = pl.col("due_on").is_not_null() & (pl.col("period_end") >= pl.col("due_on"))

# The rules, first that applies. A reason that is a column is read from it.
RULES: tuple[tuple[pl.Expr, Status, Reason | str], ...] = (
    (pl.col("ended_because").is_not_null(), Status.ENDED, "ended_because"),
    (_guarded, Status.NOT_EVALUATED, Reason.CHECK_FAILED),
    (_nothing_judged, Status.NO_DATA, "unobserved_because"),
    (pl.col(Verdict.NO_VALUE), Status.NOT_EVALUATED, Reason.EMPTY_DENOMINATOR),
    (pl.col(Verdict.STALE), Status.STALE, Reason.OVERDUE),
    (pl.col(Verdict.SHORT_AT_BEST) & _past_due, Status.MISSED, Reason.SHORT_OF_FINAL),
    (pl.col(Verdict.SHORT_AT_BEST), Status.BEHIND, Reason.SHORT_OF_REQUIRED),
    (pl.col(Verdict.SHORT_AT_WORST), Status.AT_RISK, Reason.INCOMPLETE),
    (~pl.col(Verdict.FINAL_SHORT_AT_WORST), Status.MET, Reason.FINAL_REACHED),
    (pl.col(Verdict.MARGIN_SHORT_AT_WORST), Status.AT_RISK, Reason.WITHIN_MARGIN),
    (pl.lit(value=True), Status.ON_TRACK, Reason.REQUIRED_REACHED),
)


def decide_status(assessed: pl.DataFrame, verdicts: pl.DataFrame) -> list[Assessment]:
    """One assessment for each target and unit of `assessed` (ASSESSED) at each moment, in the order of these keys.

    `verdicts` (row, verdict) name the rows of that very frame, by position, that fail an expectation; nothing is
    compared again here. Judged is the newest period that is complete or final, or a newer provisional one in which no
    comparison depends on what is missing; a share is judged on no later period than its pool. A row that is too large
    to be compared has failed a check, whatever the verdicts say of it. Where no period may be judged, or the
    target or unit has ended, the assessment has no period. `deadline` is that of the judged period; where the data is
    stale or was never seen, it is the newest that has passed.
    """
    return [] if assessed.is_empty() else as_assessments(statuses(assessed, verdicts))


def statuses(assessed: pl.DataFrame, verdicts: pl.DataFrame) -> pl.DataFrame:
    """What `decide_status` decides, as a frame: ASSESSED of the row that counts, with status, reason and failed."""
    rows = _with_verdicts(assessed, verdicts)
    rank = {f"{status.value} {reason.value}": place for place, (status, reason) in enumerate(WORST_FIRST)}
    decided = (
        _with_eligible(rows)
        .with_columns(status=_first(0), reason=_first(1))
        .with_columns(
            rank=pl.concat_str("status", "reason", separator=" ").replace_strict(rank, default=-1, return_dtype=pl.Int8)
        )
        .sort(
            *KEY,
            "eligible",
            "period_end",
            "rank",
            "headroom",
            descending=[False] * len(KEY) + [True, True, False, False],
            nulls_last=True,
        )
        .unique(subset=KEY, keep="first", maintain_order=True)
    )
    return _blanked(decided)


def _with_verdicts(assessed: pl.DataFrame, verdicts: pl.DataFrame) -> pl.DataFrame:
    """The rows with one column a verdict, true where they fail it, and the names of all that they fail."""
    rows = assessed.with_row_index("row")
    too_large = rows.filter("too_large")["row"]
    # The suite saw zeros where there was nothing to compare; what it says of them is no verdict.
    guarded = pl.DataFrame({"row": too_large}).with_columns(verdict=pl.lit(Verdict.GUARD.value))
    verdicts = pl.concat([verdicts.filter(~pl.col("row").is_in(too_large.implode())), guarded], how="vertical_relaxed")
    failed = verdicts.group_by("row").agg(
        pl.col("verdict").sort().alias("failed"),
        *((pl.col("verdict") == verdict.value).any().alias(verdict.value) for verdict in Verdict),
    )
    flags = pl.col(*(verdict.value for verdict in Verdict))
    return rows.join(failed, on="row", how="left").with_columns(
        pl.col("failed").fill_null([]), flags.fill_null(value=False)
    )


def _with_eligible(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with whether their period may be judged."""
    open_still = pl.any_horizontal(
        pl.col(f"{prefix}short_at_best") != pl.col(f"{prefix}short_at_worst") for prefix in THRESHOLDS
    )
    undecided = (open_still | pl.col(Verdict.NO_VALUE) | _guarded).any().over(*KEY, "period_start")
    ready = rows.with_columns(eligible=pl.col("period_state").is_in(SETTLED) | ~undecided).with_columns(
        pl.col("eligible").fill_null(value=True)
    )
    pools = (
        ready.filter(pl.col("role") == Role.POOLED.value, "eligible")
        .group_by("as_of", "target", answers_to="org_unit", answers_to_valid_from="org_unit_valid_from")
        .agg(spoken_of=pl.col("period_end").max())
    )
    return ready.join(pools, on=["as_of", "target", *ANCHOR], how="left").with_columns(
        eligible=pl.col("eligible")
        & (pl.col("spoken_of").is_null() | (pl.col("period_end") <= pl.col("spoken_of")).fill_null(value=True))
    )


def _first(place: int) -> pl.Expr:
    """The status (0) or the reason (1) of the first rule that applies."""
    chain: pl.Expr = pl.lit(None, dtype=pl.String)
    for condition, *outcome in reversed(RULES):
        said = outcome[place]
        value = pl.lit(said.value) if isinstance(said, Enum) else pl.col(said)
        chain = pl.when(condition).then(value).otherwise(chain)
    return chain


def _blanked(decided: pl.DataFrame) -> pl.DataFrame:
    """Without the figures of a period that was not judged."""
    judged = pl.col("period_start").is_not_null() & ~pl.col("status").is_in([Status.ENDED.value, Status.NO_DATA.value])
    kept = decided.with_columns(judged=judged & pl.col("eligible"))
    overdue = (pl.col("status") == Status.STALE.value) | (pl.col("reason") == Reason.NEVER_OBSERVED.value)
    return kept.with_columns(
        *[pl.when("judged").then(pl.col(name)) for name in OF_A_PERIOD if name != "deadline"],
        deadline=pl.when(overdue).then("overdue_deadline").when("judged").then("deadline"),
        parts=pl.col("parts") & pl.col("judged"),
        missing=pl.when("judged").then("missing").otherwise(pl.lit([], dtype=pl.List(pl.String))),
        failed=pl.when(pl.col("judged") | _guarded).then("failed").otherwise(pl.lit([], dtype=pl.List(pl.String))),
    )


def as_assessments(decided: pl.DataFrame) -> list[Assessment]:
    """The rows of `statuses` as assessments, in their order."""
    columns = [_values(field.name, decided[field.name]) for field in fields(Assessment) if field.name != "shrank"]
    return [Assessment(*values) for values in zip(*columns, strict=True)]


def _values(name: str, column: pl.Series) -> list[Any]:
    """The column as an assessment holds it. Few values are distinct, and making each but once saves most time."""
    if column.dtype.is_integer() or column.dtype == pl.Boolean:
        return column.to_list()
    if column.dtype == pl.List(pl.String):
        written = column.list.join(SEPARATOR)
        made = {text: tuple(text.split(SEPARATOR)) if text else () for text in written.unique()}
        return [made[text] for text in written]
    distinct = column.unique()
    values = distinct.to_list()
    if name in ENUMS:
        values = [None if value is None else ENUMS[name](value) for value in values]
    by_code = dict(zip(distinct.to_physical(), values, strict=True))
    return [by_code[code] for code in column.to_physical()]
