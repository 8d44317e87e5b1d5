"""What was published or reported, held against what is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from targetwatch.model.org_units import UnitKey
from targetwatch.model.text import Text


class Against(StrEnum):
    """What a published figure was held against, besides its own parts, and does not agree with."""

    EARLIER = "earlier"  # a cumulative figure is less than it was
    REPUBLISHED = "republished"  # another document gave another figure for the same day, and none says it replaces it
    RATE = "rate"  # two cumulative figures have grown by another rate between them
    RECORDS = "records"  # the records give another value


@dataclass(frozen=True, slots=True)
class Contradiction:
    """What a published figure does not agree with: another published figure, or a value as numerator / denominator."""

    against: Against
    published: str | None = None  # the other figure, as it was published
    qualifier: str = "exact"
    as_of: date | None = None  # of the other figure; of a rate: of the later of the two; of records: the period's end
    since: date | None = None  # of a rate: the day of the earlier figure; of records: the period's first day
    reference: str | None = None  # of the other figure
    numerator: int | None = None
    denominator: int | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """A published figure with its parts, where the publication gives them, and what checking it found."""

    id: str  # metric/as_of
    metric: str
    name: Text
    as_of: date
    numerator: int | None
    denominator: int | None
    published: str  # as published, so that its last digit is known
    unit_of_measure: str
    check: str  # share, quotient or none
    qualifier: str  # exact, about, nearly or more than
    reference: str
    finding: str  # adds_up, misreported, not_compared, not_evaluated, replaced
    contradictions: tuple[Contradiction, ...] = ()  # what else it does not agree with
    parts_agree: bool = True  # False where it does not agree with its own numerator and denominator
    is_judged: bool = True  # False where a check could not run, so that nothing is known of it

    @classmethod
    def of_row(cls, row: Mapping[str, Any], **said: Any) -> Claim:
        """The figure that a row of published figures gives, with what else is `said` of it: its other fields.

        Raises KeyError where the row has not all that was published, TypeError where something is not said.
        """
        return cls(
            as_of=row["as_of"],
            numerator=row["numerator"],
            denominator=row["denominator"],
            published=row["published"],
            unit_of_measure=row["unit_of_measure"],
            check=row["compared_as"],
            qualifier=row["qualifier"],
            reference=row["reference"],
            **said,
        )

    @property
    def is_off_its_parts(self) -> bool:
        """Whether it does not agree with its own parts. Before anything else was checked, nothing else was wrong."""
        return not self.parts_agree or (self.finding == "misreported" and not self.contradictions)


class ReportFinding(StrEnum):
    """What holding a unit's own report against the records found."""

    AGREES = "agrees"
    MISREPORTED = "misreported"  # they differ by more than is tolerated
    ACKNOWLEDGED = "acknowledged"  # they do, and the catalogue says why, and until when that is accepted
    NOT_EVALUATED = "not_evaluated"  # one of them has no value, or not all of the records are there


@dataclass(frozen=True, slots=True)
class AcknowledgedDifference:
    """A standing difference between reports and records that is accepted for a reason and for a term."""

    metric: str
    level: str | None  # of all units of a level, or of the one unit below
    code: str | None
    code_valid_from: date | None
    reason: Text
    by: str  # the owner who accepts it
    first_day: date
    last_day: date
    up_to: int | None  # the largest difference that is accepted, in the measure of tolerances; None: any


class Lapse(StrEnum):
    """Why a difference that was acknowledged is told again."""

    EXPIRED = "expired"
    EXCEEDED = "exceeded"


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """What a unit reports of itself for a period beside what the records give, and what comparing the two found.

    `deviation` is how far they are apart and `allowed` how far they may be, in the measure of tolerances
    (targetwatch.evaluation.tolerance). The acknowledgement is the one that holds or, where `lapsed` says why, held.
    """

    metric: str
    tier: str
    org_unit: str
    org_unit_valid_from: date
    period_start: date
    period_end: date
    reported_numerator: int
    reported_denominator: int
    reported_parts: bool
    reported_at: datetime
    computed_numerator: int
    computed_denominator: int
    computed_parts: bool
    computed_at: datetime
    deviation: int | None
    allowed: int
    finding: ReportFinding
    reason: Text | None = None
    acknowledged_by: str | None = None
    acknowledged_until: date | None = None
    lapsed: Lapse | None = None

    @property
    def unit(self) -> UnitKey:
        """The unit that reported."""
        return UnitKey(self.org_unit, self.org_unit_valid_from)
