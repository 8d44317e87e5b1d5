"""What is measured, and of which stretch of time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from targetwatch.model.text import Text


class MetricKind(StrEnum):
    """How a metric's value is made from its numerator and denominator."""

    RATIO = "ratio"
    COUNT = "count"
    LEVEL = "level"
    RANK = "rank"


class Cadence(StrEnum):
    """How long a period of a metric is."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class Reports(StrEnum):
    """Which of the reports that are due a metric counts."""

    RECEIVED = "received"  # those that came, however late
    IN_TIME = "in_time"  # those that came by the deadline


class RatePer(StrEnum):
    """What stretch of time a rate is counted by."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


class Origin(StrEnum):
    """Where an observation comes from, best first."""

    COMPUTED = "computed"
    REPORTED = "reported"
    PUBLISHED = "published"


class PeriodState(StrEnum):
    """How far a period's data can be relied on to be all there is."""

    PROVISIONAL = "provisional"
    COMPLETE = "complete"
    FINAL = "final"


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A closed interval of days, in the programme's time zone."""

    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True)
class Metric:
    """What is measured. `sql` names the file in sql/metrics that measures it; None where no source works yet."""

    id: str
    name: Text
    kind: MetricKind
    unit_of_measure: str  # percent, count, rank, thousand_billion_vnd, ...
    counted: Text  # the noun the numerator and denominator count: "hồ sơ", "dossiers"
    cadence: Cadence
    source: str
    sql: str | None
    owner: str
    reports: Reports | None = None  # it is measured by which of its source's units have reported, and by no SQL
    tolerance: int | None = None  # how far another origin's figure may be off: see targetwatch.evaluation.tolerance
    shrinkage: int | None = None  # by which share a denominator has to fall for it to be pointed out, in millionths
    seasonal: bool = False  # a period is held against the same one a year before, and not against the one before it
    cumulative: bool = False  # counted since a beginning, so that it never falls
    rate_of: str | None = None  # the cumulative metric that grows by so many in every `rate_per`
    rate_per: RatePer | None = None
