"""Facts: how what was found is kept as plain JSON with an incident and its events, and read again.

The moments at which something was looked at (`as_of`, `known_at`) are left out: looking again and finding the same must
give the same facts, or every pass would be a change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from datetime import date, datetime
from enum import Enum
from operator import attrgetter
from typing import Any

from targetwatch.model import (
    ENUMS_OF_ASSESSMENTS,
    Against,
    Assessment,
    Cadence,
    Claim,
    Comparison,
    Contradiction,
    Discrepancy,
    Lapse,
    Metric,
    MetricKind,
    Path,
    ReportFinding,
    Reports,
    Scope,
    Selector,
    Shrinkage,
    TargetVersion,
    Text,
    Trajectory,
)

Facts = Mapping[str, object]

VOLATILE = frozenset({"as_of", "known_at"})
DAYS = frozenset({"org_unit_valid_from", "period_start", "period_end"})
REMARKS = frozenset({"shrank"})  # kept only where there is something to remark
ASSESSMENT_FACTS = tuple(field.name for field in fields(Assessment) if field.name not in VOLATILE | REMARKS)
KEPT = REMARKS.union(ASSESSMENT_FACTS)
_facts_of = attrgetter(*ASSESSMENT_FACTS)
HELD_AS_THEY_ARE = frozenset({type(None), bool, int, float, str})  # no enum is exactly one of them


def plain(value: object) -> object:
    """`value` as JSON can hold it."""
    if type(value) in HELD_AS_THEY_ARE:
        return value
    if isinstance(value, str):  # a member of an enum of strings, which most facts are
        return str(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, (tuple, list)):
        return [plain(item) for item in value]
    if isinstance(value, Text):
        return {"vi": value.vi, "en": value.en}
    return value


def of_assessment(assessment: Assessment) -> dict[str, object]:
    """An assessment as facts, without the moments of looking."""
    values = zip(ASSESSMENT_FACTS, _facts_of(assessment), strict=True)
    facts = {name: value if type(value) in HELD_AS_THEY_ARE else plain(value) for name, value in values}
    return facts if assessment.shrank is None else {**facts, "shrank": _plain_fields(assessment.shrank)}


def to_assessment(facts: Facts, as_of: datetime) -> Assessment:
    """The assessment that `of_assessment` wrote down, as it would be read at `as_of`."""
    values: dict[str, Any] = {
        name: value if value is None or name not in READERS else READERS[name](value)
        for name, value in facts.items()
        if name in KEPT
    }
    return Assessment(as_of=as_of, **values)


def _shrinkage(facts: Facts) -> Shrinkage:
    return Shrinkage(**_read(facts, days=("period_start", "period_end")))


READERS: Mapping[str, Callable[[Any], object]] = {
    **ENUMS_OF_ASSESSMENTS,
    **dict.fromkeys(DAYS, date.fromisoformat),
    "deadline": datetime.fromisoformat,
    **dict.fromkeys(("missing", "failed"), tuple),
    "shrank": _shrinkage,
}


def of_claim(claim: Claim) -> dict[str, object]:
    """A published claim as facts."""
    facts = {field.name: plain(getattr(claim, field.name)) for field in fields(Claim) if field.name != "is_judged"}
    return {**facts, "contradictions": of_contradictions(claim.contradictions)}


def of_contradictions(contradictions: Iterable[Contradiction]) -> list[dict[str, object]]:
    """What a published figure does not agree with, as facts."""
    return [_plain_fields(one) for one in contradictions]


def to_contradictions(held: object) -> tuple[Contradiction, ...]:
    """What `of_contradictions` wrote down; nothing where nobody did."""
    return tuple(
        Contradiction(Against(str(one["against"])), **_read(one, days=("as_of", "since"), without=("against",)))
        for one in (held if isinstance(held, (list, tuple)) else ())
    )


def to_claim(facts: Facts) -> Claim:
    """The claim that `of_claim` wrote down."""
    values = dict(facts)
    values["name"] = _text(values["name"])
    values["as_of"] = date.fromisoformat(str(values["as_of"]))
    values["contradictions"] = to_contradictions(values.get("contradictions"))
    return Claim(**values)  # type: ignore[arg-type]


def of_discrepancy(discrepancy: Discrepancy) -> dict[str, object]:
    """A unit's report beside its records, as facts, without when each arrived."""
    held = {name: value for name, value in _plain_fields(discrepancy).items() if name not in ARRIVALS}
    return {**held, "reason": plain(discrepancy.reason)}


def to_discrepancy(facts: Facts, as_of: datetime) -> Discrepancy:
    """The discrepancy that `of_discrepancy` wrote down, as it would be read at `as_of`."""
    values = _read(facts, days=(*DAYS, "acknowledged_until"))
    values["finding"] = ReportFinding(str(values["finding"]))
    values["reason"] = _text(values["reason"]) if values["reason"] is not None else None
    values["lapsed"] = Lapse(str(values["lapsed"])) if values["lapsed"] is not None else None
    return Discrepancy(**values, **dict.fromkeys(ARRIVALS, as_of))  # type: ignore[arg-type]


ARRIVALS = ("reported_at", "computed_at")
TARGET_FACTS = (
    "target",
    "version",
    "name",
    "short_name",
    "metric",
    "tier",
    "scope",
    "comparison",
    "value",
    "value_to",
    "due",
    "warning_margin",
    "effective_from",
    "effective_to",
    "reference",
    "owner",
)
METRIC_FACTS = ("id", "name", "kind", "unit_of_measure", "counted", "cadence", "source", "owner")


def of_target(target: TargetVersion) -> dict[str, object]:
    """What a target's message needs of it, as facts."""
    return {name: plain(getattr(target, name)) for name in TARGET_FACTS}


def to_target(facts: Facts) -> TargetVersion:
    """The target that `of_target` wrote down; its selector and trajectory were not kept."""
    values = dict(facts)
    for name in ("name", "short_name"):
        values[name] = _text(values[name])
    for name in ("due", "effective_from", "effective_to"):
        values[name] = None if values[name] is None else date.fromisoformat(str(values[name]))
    values["scope"] = Scope(str(values["scope"]))
    values["comparison"] = Comparison(str(values["comparison"]))
    return TargetVersion(selector=Selector(), trajectory=Trajectory(Path.HOLD, assumed=False), **values)  # type: ignore[arg-type]


def of_metric(metric: Metric) -> dict[str, object]:
    """What a target's message needs of its metric, as facts."""
    facts = {name: plain(getattr(metric, name)) for name in METRIC_FACTS}
    return facts if metric.reports is None else {**facts, "reports": metric.reports.value}


def to_metric(facts: Facts) -> Metric:
    """The metric that `of_metric` wrote down; how it is measured was not kept."""
    values = dict(facts)
    for name in ("name", "counted"):
        values[name] = _text(values[name])
    values["kind"] = MetricKind(str(values["kind"]))
    values["cadence"] = Cadence(str(values["cadence"]))
    reports = values.get("reports")
    values["reports"] = None if reports is None else Reports(str(reports))
    return Metric(sql=None, **values)  # type: ignore[arg-type]


def mapping(facts: Facts, name: str) -> Facts:
    """The facts that are kept under `name`."""
    value = facts.get(name)
    if not isinstance(value, Mapping):
        raise ValueError(f"An incident's facts do not hold {name!r}.")
    return value


def _plain_fields(one: Shrinkage | Contradiction | Discrepancy) -> dict[str, object]:
    return {field.name: plain(getattr(one, field.name)) for field in fields(one)}


def _read(facts: Facts, days: Iterable[str], without: tuple[str, ...] = ()) -> dict[str, Any]:
    """What `_plain_fields` wrote down, with its days as days."""
    return {
        name: date.fromisoformat(str(value)) if name in days and value is not None else value
        for name, value in facts.items()
        if name not in without
    }


def _text(value: object) -> Text:
    if not isinstance(value, Mapping):
        raise TypeError(f"A text in two languages was expected in an incident's facts, and there was {value!r}.")
    return Text(vi=str(value["vi"]), en=str(value["en"]))
