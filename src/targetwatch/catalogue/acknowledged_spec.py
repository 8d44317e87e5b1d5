"""The shape of acknowledged_differences.yaml, and of tolerances: how far reports and records may be apart, and why."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from targetwatch.catalogue.fields import NUMBER, Day, Identifier, Words, known, number, shape, wrong
from targetwatch.catalogue.unit_codes import KnownUnit
from targetwatch.model import AcknowledgedDifference, MetricKind, Text

PER_UNIT = {MetricKind.RANK: 1_000_000}  # millionths in one of what a tolerance is written in: a place,
PER_CENT = 10_000  # or a percentage point, or one per cent of the computed value


def _tolerance(value: Any) -> Decimal:
    written = number(value, "Write a number, as in 1 or 0.5.")
    if written < 0:
        raise wrong(f"{written} is below 0", "Write how far the two may be apart, whichever is the larger.")
    if written * PER_CENT != int(written * PER_CENT):
        raise wrong(f"{written} is too fine", "Write at most four decimals.")
    return written


Tolerance = Annotated[Decimal, BeforeValidator(_tolerance), shape(NUMBER, "number", "string", minimum=0)]


class ReasonSpec(BaseModel):
    """Why a difference is accepted, in both languages."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    vi: Words
    en: Words


class AcknowledgedSpec(BaseModel):
    """One standing difference between what units report and what their records give, accepted for a term."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    metric: Annotated[Identifier, known("metric")]
    org_unit: KnownUnit | None = None
    level: Annotated[Identifier, known("level")] | None = None
    reason: ReasonSpec
    by: Annotated[Identifier, known("owner")]
    first_day: Day = Field(alias="from")
    until: Day
    up_to: Tolerance | None = None


AcknowledgedDifferences = dict[Identifier, AcknowledgedSpec]


def in_millionths(written: Decimal | None, kind: MetricKind | None) -> int | None:
    """A tolerance in the measure that it is held in; one of a source, which has no kind, as those of shares."""
    if written is None:
        return None
    return int(written * (PER_CENT if kind is None else PER_UNIT.get(kind, PER_CENT)))


def differences(
    specs: Mapping[str, AcknowledgedSpec], kinds: Mapping[str, MetricKind], codes: Mapping[str, tuple[str, Any]]
) -> tuple[AcknowledgedDifference, ...]:
    """The model of what the file says. `codes` are the code and first day that each unit, as it is written, names."""
    return tuple(
        AcknowledgedDifference(
            metric=spec.metric,
            level=spec.level,
            code=codes[spec.org_unit][0] if spec.org_unit is not None else None,
            code_valid_from=codes[spec.org_unit][1] if spec.org_unit is not None else None,
            reason=Text(spec.reason.vi, spec.reason.en),
            by=spec.by,
            first_day=spec.first_day,
            last_day=spec.until,
            up_to=in_millionths(spec.up_to, kinds.get(spec.metric)),
        )
        for spec in specs.values()
    )
