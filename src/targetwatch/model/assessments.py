"""What was reached, held against what was promised, and what was made of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum, StrEnum

from targetwatch.model.metrics import Origin, PeriodState
from targetwatch.model.targets import Comparison


class Status(StrEnum):
    """What follows from an assessment; the order is the order of the rules."""

    ENDED = "ended"
    NOT_EVALUATED = "not_evaluated"
    NO_DATA = "no_data"
    STALE = "stale"
    MISSED = "missed"
    BEHIND = "behind"
    AT_RISK = "at_risk"
    MET = "met"
    ON_TRACK = "on_track"


class Reason(StrEnum):
    """Why a status is what it is."""

    TARGET_ENDED = "target_ended"
    UNIT_ENDED = "unit_ended"
    UNIT_PASSED_ON = "unit_passed_on"  # the unit has ended, and its successors answer for the target
    CHECK_FAILED = "check_failed"
    EMPTY_DENOMINATOR = "empty_denominator"
    SOURCE_PLANNED = "source_planned"
    NEVER_OBSERVED = "never_observed"
    NOTHING_DUE_YET = "nothing_due_yet"
    OVERDUE = "overdue"  # the newest judged period is older than the deadline allows
    SHORT_OF_FINAL = "short_of_final"
    SHORT_OF_REQUIRED = "short_of_required"
    INCOMPLETE = "incomplete"  # the missing units decide
    FINAL_REACHED = "final_reached"
    WITHIN_MARGIN = "within_margin"
    REQUIRED_REACHED = "required_reached"


class Verdict(StrEnum):
    """What an expectation of a judgement suite stands for when a row fails it (`meta.verdict` in the suite)."""

    NO_VALUE = "no_value"
    STALE = "stale"
    SHORT_AT_BEST = "short_at_best"
    SHORT_AT_WORST = "short_at_worst"
    FINAL_SHORT_AT_BEST = "final_short_at_best"
    FINAL_SHORT_AT_WORST = "final_short_at_worst"
    MARGIN_SHORT_AT_BEST = "margin_short_at_best"
    MARGIN_SHORT_AT_WORST = "margin_short_at_worst"
    GUARD = "guard"  # a failing guard judges nothing and makes every row not_evaluated
    MISREPORTED = "misreported"


class Role(StrEnum):
    """What part a unit plays under a target."""

    POOLED = "pooled"  # the tier as one
    SHARE = "share"  # one unit's share of a pooled target's gap
    EACH = "each"  # a unit that answers by itself


@dataclass(frozen=True, slots=True)
class Shrinkage:
    """The figures that a rate rose from because its denominator shrank.

    They are of an earlier period, or of the same one before it was restated.
    """

    period_start: date
    period_end: date
    numerator: int
    denominator: int


@dataclass(frozen=True, slots=True)
class Assessment:
    """One observation against one target version at one time, with what was made of it.

    `attained` and `needed` are the two sides of the one exact comparison (numerator x 10^6, and millionths x
    denominator; swapped where lower is better). `headroom` is attained - needed, negative when short; `headroom_units`
    the same in whole units of the numerator, None where the real numerator is not known. The `low` and `high`
    numerators over `bounds_denominator` say what the missing bodies could still make of the value.
    """

    target: str
    target_version: str
    metric: str
    org_unit: str
    org_unit_valid_from: date
    tier: str
    role: Role
    comparison: Comparison
    as_of: datetime
    status: Status
    reason: Reason
    period_start: date | None = None
    period_end: date | None = None
    period_state: PeriodState | None = None
    origin: Origin | None = None
    numerator: int | None = None
    denominator: int | None = None
    parts: bool = False
    required: int | None = None
    final: int | None = None
    attained: int | None = None
    needed: int | None = None
    headroom: int | None = None
    headroom_units: int | None = None
    low_numerator: int | None = None
    high_numerator: int | None = None
    bounds_denominator: int | None = None
    bodies_reported: int | None = None
    bodies_due: int | None = None
    missing: tuple[str, ...] = ()  # unit keys, as text
    deadline: datetime | None = None
    known_at: datetime | None = None
    failed: tuple[str, ...] = ()  # verdicts of the expectations that this row failed
    shrank: Shrinkage | None = None  # a remark and no status: its rate rose because its denominator shrank


# Which of its fields are one of a few words: who reads one back from where it was written down makes them so again.
ENUMS_OF_ASSESSMENTS: Mapping[str, type[Enum]] = {
    "role": Role,
    "comparison": Comparison,
    "status": Status,
    "reason": Reason,
    "period_state": PeriodState,
    "origin": Origin,
}


@dataclass(frozen=True, slots=True)
class Restatement:
    """A period that had been judged and whose figures were changed afterwards."""

    target: str
    org_unit: str
    org_unit_valid_from: date
    period_start: date
    period_end: date
    numerator_before: int
    denominator_before: int
    headroom_units_before: int | None
    numerator_after: int
    denominator_after: int
    headroom_units_after: int | None
