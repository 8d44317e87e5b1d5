"""The shape of tests/*.yaml, tests for targets, and the model of what they say.

A case gives observations, each with the moment at which it became known, and says what is expected of one target on
given days. `reading_tests.py` turns the one into the other; targetwatch.rehearsing finds out whether it is so.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, NamedTuple

from pydantic import BeforeValidator, Field, ValidatorFunctionWrapHandler, WrapValidator

from targetwatch.catalogue.days import too_far_away
from targetwatch.catalogue.fields import Identifier, Number, Truth, Words, known, one_of, shape, wrong
from targetwatch.catalogue.spec import FamilySpec, KnownLevel, KnownMetric, Spec, TargetSpec
from targetwatch.catalogue.unit_codes import KnownUnit
from targetwatch.model import Cadence, Origin, Period, Reason, Status, TargetVersion, UnitKey

DAY = r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
TIME = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]"
MOMENT = rf"(?P<day>{DAY})(?: (?P<time>{TIME}))?"
PERIOD = r"(?P<year>[0-9]{4})(?:-(?P<month>0[1-9]|1[0-2])|-Q(?P<quarter>[1-4]))?"
FIGURE = r"(?P<numerator>[-+]?[0-9]{1,15}(?:\.[0-9]{1,6})?)(?: of (?P<denominator>[0-9]{1,15}))?"
WHOLE = r"[-+]?[0-9]{1,15}"
NONE = "none"


class Moment(NamedTuple):
    """A day, or a time of a day, in the programme's time zone."""

    day: date
    at: time | None


class Figure(NamedTuple):
    """A number in the metric's unit of measure, or with a denominator so many of so many."""

    numerator: Decimal
    denominator: int | None

    def __str__(self) -> str:
        """As it is written: 63.4, or 730 of 1000."""
        return str(self.numerator) if self.denominator is None else f"{self.numerator} of {self.denominator}"


class NamedPeriod(NamedTuple):
    """A month, a quarter or a year."""

    cadence: Cadence
    period: Period


class IncidentWord(StrEnum):
    """What may be said of an incident in a test. Nobody acknowledges one there."""

    NONE = "none"
    PENDING = "pending"
    OPEN = "open"
    RESOLVED = "resolved"
    SUPERSEDED = "superseded"
    ENDED = "ended"


class MessageReason(StrEnum):
    """Why people are told something of a target. That other words are put into its message tells nobody anything."""

    OPENED = "opened"
    WORSE = "worse"
    BETTER = "better"
    UNCHANGED = "unchanged"
    UNITS = "units"
    RESTATED = "restated"
    RESOLVED = "resolved"
    ENDED = "ended"
    SUPERSEDED = "superseded"


Messages = Mapping[str, tuple[MessageReason, ...]]
EVERYONE = ""  # every receiver that hears of the target


def _match(pattern: str, value: Any, what: str, hint: str) -> re.Match[str]:
    found = re.fullmatch(pattern, value) if isinstance(value, str) else None
    if found is None:
        written = f"'{value}'" if isinstance(value, str) else "this"
        raise wrong(f"{written} is not {what}", hint)
    return found


def _moment(value: Any) -> Moment:
    found = _match(MOMENT, value, "a day or a moment", "Write it as in 2025-06-13, or '2025-06-13 17:30'.")
    try:
        day = date.fromisoformat(found["day"])
    except ValueError:
        raise wrong(f"there is no day {found['day']}", "Write a day of the calendar, as in 2025-12-31.") from None
    if (far := too_far_away(day.year)) is not None:
        raise wrong(*far)
    return Moment(day, time.fromisoformat(found["time"]) if found["time"] else None)


def _period(value: Any) -> NamedPeriod:
    found = _match(PERIOD, value, "a period", "Write a month as 2025-06, a quarter as 2025-Q2, a year as 2025.")
    year = int(found["year"])
    if (far := too_far_away(year)) is not None:
        raise wrong(*far)
    if found["month"]:
        cadence, first, last = Cadence.MONTH, int(found["month"]), int(found["month"])
    elif found["quarter"]:
        cadence, first, last = Cadence.QUARTER, 3 * int(found["quarter"]) - 2, 3 * int(found["quarter"])
    else:
        cadence, first, last = Cadence.YEAR, 1, 12
    return NamedPeriod(cadence, Period(date(year, first, 1), date(year, last, monthrange(year, last)[1])))


def _figure(value: Any) -> Figure:
    hint = "Write a number in the metric's unit of measure, as in 63.4, or so many of so many, as in 634 of 1000."
    found = _match(FIGURE, value, "a figure", hint)
    numerator, denominator = Decimal(found["numerator"]), found["denominator"]
    if denominator is not None and numerator != numerator.to_integral_value():
        raise wrong(f"{numerator} of {denominator} counts no whole things", "Write a whole number before 'of'.")
    return Figure(numerator, None if denominator is None else int(denominator))


def _whole(value: Any) -> int:
    return int(_match(WHOLE, value, "a whole number", "Write it in digits, as in -329.").group())


def _or_none(value: Any, read: ValidatorFunctionWrapHandler) -> Any:
    """What is written, or None where the word `none` is."""
    if value is None:
        raise wrong("nothing is written here", f"Write '{NONE}' where there should be none, or delete the key.")
    return None if value == NONE else read(value)


def _reasons(value: Any) -> tuple[MessageReason, ...]:
    if value == NONE:
        return ()
    one = one_of(MessageReason, "a reason of a message").func
    return tuple(one(item) for item in (value if isinstance(value, list) else [value]))  # type: ignore[call-arg]


def _messages(value: Any) -> Messages:
    if isinstance(value, dict):
        return {receiver: _reasons(reasons) for receiver, reasons in value.items()}
    return {EVERYONE: _reasons(value)}


AMoment = Annotated[Moment, BeforeValidator(_moment), shape(MOMENT)]
APeriod = Annotated[NamedPeriod, BeforeValidator(_period), shape(PERIOD, "string", "integer")]
AFigure = Annotated[Figure, BeforeValidator(_figure), shape(FIGURE, "string", "number")]
OrNone = WrapValidator(_or_none)
KnownTarget = Annotated[Identifier, known("target")]


class GivenSpec(Spec):
    """What is observed of one unit, of several, or of every unit of a level, and when it became known.

    `value` is what each of them has, `together` what all of them have, shared out as evenly as whole numbers allow. A
    later line about the same unit and period restates it; a unit of which nothing is said has not reported.
    """

    period: APeriod
    unit: KnownUnit | None = None
    units: Annotated[tuple[KnownUnit, ...], Field(min_length=1)] | None = None
    every: KnownLevel | None = None
    left_out: tuple[KnownUnit, ...] = Field((), alias="except")
    value: AFigure | None = None
    together: AFigure | None = None
    tier: KnownLevel | None = None
    origin: Annotated[Origin, one_of(Origin, "an origin")] | None = None
    known: AMoment


class ExpectSpec(Spec):
    """What is expected at the end of a day, or at a time of it; `none` where there should be none."""

    on: AMoment
    unit: KnownUnit | None = None
    status: Annotated[Status, one_of(Status, "a status")] | None = None
    reason: Annotated[Reason, one_of(Reason, "a reason")] | None = None
    period: Annotated[APeriod | None, OrNone] = None
    value: Annotated[AFigure | None, OrNone] = None
    required: Annotated[Number | None, OrNone] = None
    headroom: Annotated[Number | None, OrNone] = None
    headroom_units: Annotated[Annotated[int, BeforeValidator(_whole)] | None, OrNone] = None
    incident: Annotated[IncidentWord, one_of(IncidentWord, "a state of an incident")] | None = None
    messages: Annotated[Messages, BeforeValidator(_messages)] | None = None


class CaseSpec(Spec):
    """One story of a target: what becomes known, and what follows from it."""

    case: Words
    target: KnownTarget | None = None
    unit: KnownUnit | None = None
    source_works: Truth | None = None
    given: tuple[GivenSpec, ...] = ()
    expect: Annotated[tuple[ExpectSpec, ...], Field(min_length=1)]


class TargetTestsSpec(FamilySpec):
    """tests/*.yaml: tests for targets of the catalogue, or for targets that are written here as in targets/*.yaml.

    `target`, `unit` and `source_works` hold for every case that does not say otherwise.
    """

    metric: KnownMetric | None = None  # type: ignore[assignment]
    targets: tuple[TargetSpec, ...] = ()
    target: KnownTarget | None = None
    unit: KnownUnit | None = None
    source_works: Truth = False
    cases: Annotated[tuple[CaseSpec, ...], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class Observed:
    """One observation of one unit."""

    unit: UnitKey
    tier: str
    period: Period
    origin: Origin
    numerator: int
    denominator: int
    parts: bool  # whether these are the real numerator and denominator
    known_at: datetime


@dataclass(frozen=True, slots=True)
class Wanted:
    """One thing that is expected, with its place in the file. `value` is None where there should be none."""

    what: str  # the key
    value: object
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Expected:
    """What is expected of one unit at one moment."""

    said: str  # the moment as people read it
    at: datetime
    unit: UnitKey
    named: str  # the unit, where it is another than the case is about
    wants: tuple[Wanted, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """One test of one target."""

    path: str
    line: int
    column: int
    name: str
    target: str
    versions: tuple[TargetVersion, ...]
    source_works: bool  # a planned source is taken as working
    observed: tuple[Observed, ...]
    expected: tuple[Expected, ...]
