"""What was promised, for whom, by when and on which way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from targetwatch.model.org_units import UnitKey
from targetwatch.model.text import Text


class Comparison(StrEnum):
    """How a value is held against a target."""

    AT_LEAST = ">="
    ABOVE = ">"
    AT_MOST = "<="
    BELOW = "<"
    BETWEEN = "between"


class Scope(StrEnum):
    """Whether the tier answers as one, or every unit by itself."""

    POOLED = "pooled"
    EACH = "each"


class Path(StrEnum):
    """The shape of the way to a target."""

    HOLD = "hold"
    BY_DUE = "by_due"
    LINEAR = "linear"
    STEPS = "steps"


@dataclass(frozen=True, slots=True)
class Milestone:
    """A value to be reached by a day, in millionths."""

    on: date
    value: int


@dataclass(frozen=True, slots=True)
class Trajectory:
    """What is required when.

    A linear path with no `baseline` starts where each unit stood: on `baseline_on`, where a day is given and the unit
    had been observed by then, else at the first value that was ever observed of it.
    """

    path: Path
    assumed: bool
    baseline: Milestone | None = None
    milestones: tuple[Milestone, ...] = ()
    baseline_on: date | None = None


class UnitEnding(StrEnum):
    """What becomes of a target on a unit that ends."""

    ENDS = "ends"  # it ends with the unit
    PASSES_ON = "passes_on"  # it goes on with the unit's successors, and so does the unit's history


@dataclass(frozen=True, slots=True)
class Selector:
    """The org_units a target is for: of those given, all must hold.

    A code that several units bear in the course of time comes with the first day of the one that is meant.
    """

    level: str | None = None
    code: str | None = None
    parent: str | None = None
    kind: str | None = None
    every: bool = False  # all that the target's tier can be measured of
    code_valid_from: date | None = None
    parent_valid_from: date | None = None
    except_for: tuple[UnitKey, ...] = ()  # units for which an exception of the same target holds


@dataclass(frozen=True, slots=True)
class Reference:
    """A document that says so."""

    id: str
    title: str
    publisher: str
    published: str  # as precise as it is known: 2021-07, 2018-09-20


@dataclass(frozen=True, slots=True)
class TargetVersion:
    """One version of a target, in force from `effective_from` to `effective_to`, both included."""

    target: str
    version: str  # hash of what was written
    name: Text
    short_name: Text  # for a message's headline
    metric: str
    tier: str
    selector: Selector
    scope: Scope
    comparison: Comparison
    value: int  # millionths
    value_to: int | None  # the upper bound of `between`, millionths
    due: date | None
    trajectory: Trajectory
    warning_margin: int  # millionths
    effective_from: date
    effective_to: date | None
    reference: str
    owner: str
    patience: int = 0  # `for`: judged periods a breach must have held before its incident opens
    keep_open_for: int = 0  # judged periods that must be good before it closes
    replaces: date | None = None  # `effective_from` of the version of this target that it follows
    when_unit_ends: UnitEnding = UnitEnding.ENDS
    patience_time: timedelta = timedelta()  # `for` as time: what a breach must have held besides
    keep_open_for_time: timedelta = timedelta()
