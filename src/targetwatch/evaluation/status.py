"""Status: what follows from the verdicts, by the rules in their order, and which period they are about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from typing import Any

import polars as pl

from targetwatch.evaluation.assessment import ANCHOR, SETTLED
from targetwatch.evaluation.comparison import THRESHOLDS
from targetwatch.evaluation.subjects import SUBJECT
from targetwatch.model import (
    ENUMS_OF_ASSESSMENTS,
    Assessment,
    Reason,
    Role,
    Status,
    Verdict,
)

KEY = ("as_of", *SUBJECT)
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
# What a status depends on, beside the verdicts. An assessment has three times as many columns.
DECIDING = (
    *KEY,
    *ANCHOR,
    "role",
    "ended_because",
    "unobserved_because",
    "due_on",
    "period_start",
    "period_end",
    "period_state",
    "headroom",
    "too_large",
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
STATUSES = pl.Series([status.value for _, status, _ in RULES])
REASONS = pl.Series([reason.value if isinstance(reason, Reason) else None for _, _, reason in RULES])
_outcomes = [(status, reason) for _, status, reason in RULES]
RANKS = pl.Series([WORST_FIRST.index(one) if one in WORST_FIRST else -1 for one in _outcomes], dtype=pl.Int8)


def decide_status(assessed: pl.DataFrame, verdicts: pl.DataFrame) -> list[Assessment]:
    """One assessment for each target and unit of `assessed` (ASSESSED) at each moment, in the order of these keys.

    `verdicts` (row, verdict) name the rows of that very frame, by position, that fail an expectation; nothing is
    compared again here. Judged is the newest period that is complete or final, or a newer provisional one in which no
    comparison depends on what is missing; a share is judged on no later period than its pool. A row that is too large
    to be compared has failed a check, whatever the verdicts say of it. Where no period may be judged, or the
    target or unit has ended, the assessment has no period. `deadline` is that of the judged period; where the data is
    stale or was never seen, it is the newest that has passed.
    """
    if assessed.is_empty():
        return []
    rows = assessed.with_row_index("row").join(failures(verdicts), on="row", how="left", maintain_order="left")
    return as_assessments(statuses(rows.drop("row")))


def failures(verdicts: pl.DataFrame) -> pl.DataFrame:
    """What each row fails (row, failed: the names in their order), of those that fail anything."""
    return verdicts.sort("row", "verdict").group_by("row").agg(failed="verdict")


def statuses(assessed: pl.DataFrame) -> pl.DataFrame:
    """What `decide_status` decides, as a frame: the row that counts, with status and reason, in the order of the keys.

    `assessed` is ASSESSED with `failed`, null where a row fails nothing. It may have columns of its own, which stay.
    """
    decided = (
        _with_eligible(_with_verdicts(assessed.select(*DECIDING, "failed").with_row_index("row")))
        .with_columns(rule=_first_rule())
        .with_columns(status=_by_rule(STATUSES), reason=_reason(), rank=_by_rule(RANKS))
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
    said = decided.select("eligible", "status", "reason", "failed", _guarded)
    return _blanked(assessed[decided["row"]].with_columns(said.get_columns()))


def _with_verdicts(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with one column a verdict, true where they fail it."""
    # The suite saw zeros where there was nothing to compare; what it says of them is no verdict.
    failed = pl.when("too_large").then([Verdict.GUARD.value]).otherwise(pl.col("failed").fill_null([]))
    return rows.with_columns(failed=failed).with_columns(
        pl.col("failed").list.contains(verdict.value).alias(verdict.value) for verdict in Verdict
    )


def _with_eligible(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with whether their period may be judged."""
    open_still = pl.any_horizontal(
        pl.col(f"{prefix}short_at_best") != pl.col(f"{prefix}short_at_worst") for prefix in THRESHOLDS
    )
    undecided = (open_still | pl.col(Verdict.NO_VALUE) | _guarded).any().over(*KEY, "period_start")
    ready = rows.with_columns(eligible=(pl.col("period_state").is_in(SETTLED) | ~undecided).fill_null(value=True))
    pools = (
        ready.filter(pl.col("role") == Role.POOLED.value, "eligible")
        .group_by("as_of", "target", answers_to="org_unit", answers_to_valid_from="org_unit_valid_from")
        .agg(spoken_of=pl.col("period_end").max())
    )
    return ready.join(pools, on=["as_of", "target", *ANCHOR], how="left").with_columns(
        eligible=pl.col("eligible")
        & (pl.col("spoken_of").is_null() | (pl.col("period_end") <= pl.col("spoken_of")).fill_null(value=True))
    )


def _first_rule() -> pl.Expr:
    """The place in RULES of the first that applies."""
    chain = pl.lit(None, dtype=pl.UInt32)
    for place, (condition, *_) in reversed(list(enumerate(RULES))):
        chain = pl.when(condition).then(pl.lit(place, dtype=pl.UInt32)).otherwise(chain)
    return chain


def _by_rule(values: pl.Series) -> pl.Expr:
    """The one of `values`, one a rule, that belongs to the rule that applies."""
    return pl.lit(values).gather("rule")


def _reason() -> pl.Expr:
    chain = _by_rule(REASONS)
    for place, (_, _, reason) in enumerate(RULES):
        if not isinstance(reason, Reason):
            chain = pl.when(pl.col("rule") == place).then(pl.col(reason)).otherwise(chain)
    return chain


def _blanked(decided: pl.DataFrame) -> pl.DataFrame:
    """Without the figures of a period that was not judged."""
    judged = pl.col("period_start").is_not_null() & ~pl.col("status").is_in([Status.ENDED.value, Status.NO_DATA.value])
    overdue = (pl.col("status") == Status.STALE.value) | (pl.col("reason") == Reason.NEVER_OBSERVED.value)
    none = pl.lit([], dtype=pl.List(pl.String))
    return decided.with_columns(judged=judged & pl.col("eligible")).with_columns(
        *[pl.when("judged").then(pl.col(name)) for name in OF_A_PERIOD if name != "deadline"],
        deadline=pl.when(overdue).then("overdue_deadline").when("judged").then("deadline"),
        parts=pl.col("parts") & pl.col("judged"),
        missing=pl.when("judged").then("missing").otherwise(none),
        failed=pl.when(pl.col("judged") | _guarded).then("failed").otherwise(none),
    )


def as_assessments(decided: pl.DataFrame) -> list[Assessment]:
    """The rows of `statuses` as assessments, in their order."""
    names = [field.name for field in fields(Assessment) if field.name != "shrank"]
    said = decided.select(names)
    physical = said.with_columns(
        pl.col(pl.Date, pl.Datetime).to_physical(), pl.col(pl.List(pl.String)).list.join(SEPARATOR)
    )
    columns = [_values(name, of, physical[name].to_list()) for name, of in said.schema.items()]
    return list(map(Assessment, *columns))


def _values(name: str, of: pl.DataType, column: list[Any]) -> list[Any]:
    """What an assessment holds of a column, of which we have the bare values: each distinct one is made but once.

    Few of them are distinct: that saves most of the time, and of the memory.
    """
    if of.is_integer() or of == pl.Boolean:
        return column
    distinct = list(dict.fromkeys(column))
    made: Iterable[Any] = distinct
    if name in ENUMS_OF_ASSESSMENTS:
        made = (None if value is None else ENUMS_OF_ASSESSMENTS[name](value) for value in distinct)
    elif of == pl.List(pl.String):
        made = (tuple(text.split(SEPARATOR)) if text else () for text in distinct)
    elif of.is_temporal():
        made = pl.Series(distinct, dtype=pl.Int64).cast(of).to_list()
    by_value = dict(zip(distinct, made, strict=True))
    return [by_value[value] for value in column]
