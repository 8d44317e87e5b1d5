"""From a target's version as it is written to the version as it is judged, exact."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Hashable
from dataclasses import fields, is_dataclass, replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache, lru_cache
from typing import Any, cast

from targetwatch.catalogue.layers import Layered
from targetwatch.catalogue.spec import MilestoneSpec, TrajectorySpec
from targetwatch.catalogue.unit_codes import Bearers
from targetwatch.model import MILLION, Milestone, Selector, TargetVersion, Text, Trajectory, UnitEnding, UnitKey
from targetwatch.units_of_measure import per_one

# What a version is judged by. Its words, owner and reference may be mended, and it may be ended, and it stays the same.
JUDGED_BY = (
    "target",
    "metric",
    "tier",
    "selector",
    "scope",
    "comparison",
    "value",
    "value_to",
    "due",
    "trajectory",
    "warning_margin",
    "effective_from",
    "patience",
    "keep_open_for",
    "when_unit_ends",
    "patience_time",
    "keep_open_for_time",
)

# What a selector or a trajectory may say only since 0.2, with what it means to say nothing.
SAID_SINCE = {
    "kind": None,
    "every": False,
    "code_valid_from": None,
    "parent_valid_from": None,
    "except_for": (),
    "baseline_on": None,
}


@lru_cache(maxsize=4096)
def millionths(value: Decimal, unit_of_measure: str) -> int | None:
    """`value`, written in a metric's unit of measure, in millionths of its natural number: 90 % is 900,000.

    2.5 percentage points are 25,000. None where it is no whole number of millionths.
    """
    exact = Fraction(value) * MILLION / per_one(unit_of_measure)
    return exact.numerator if exact.denominator == 1 else None


def target_version(version: Layered, metric: str, unit_of_measure: str, bearers: Bearers) -> TargetVersion:
    """The model of a version that has no problems."""

    def exact(value: Decimal) -> int:
        converted = millionths(value, unit_of_measure)
        if converted is None:
            raise ValueError(f"{value} is no whole number of millionths.")
        return converted

    def milestone(spec: MilestoneSpec) -> Milestone:
        return Milestone(spec.on, exact(spec.value))

    path: TrajectorySpec = version.get("trajectory")
    name, short_name, value_to = (version.get(key) for key in ("name", "short_name", "value_to"))
    baseline = path.baseline
    built = TargetVersion(
        target=version.target,
        version="",
        name=Text(name.vi, name.en),
        short_name=Text(short_name.vi, short_name.en),
        metric=metric,
        tier=version.get("tier"),
        selector=_selector(version, bearers),
        scope=version.get("scope"),
        comparison=version.get("comparison"),
        value=exact(version.get("value")),
        value_to=None if value_to is None else exact(value_to),
        due=version.get("due"),
        trajectory=Trajectory(
            path.path,
            path.assumed,
            None if baseline is None or baseline.value is None else Milestone(baseline.on, exact(baseline.value)),
            tuple(milestone(spec) for spec in path.milestones),
            baseline.on if baseline is not None and baseline.value is None else None,
        ),
        warning_margin=exact(version.get("warning_margin")),
        effective_from=version.get("effective_from"),
        effective_to=version.get("effective_to"),
        reference=version.get("reference"),
        owner=version.get("owner"),
        patience=_periods(version.get("for")),
        keep_open_for=_periods(version.get("keep_open_for")),
        replaces=version.get("replaces"),
        when_unit_ends=version.get("when_unit_ends") or UnitEnding.ENDS,
        patience_time=_time(version.get("for")),
        keep_open_for_time=_time(version.get("keep_open_for")),
    )
    return _hashed(built)


def _periods(said: int | timedelta | None) -> int:
    return said if isinstance(said, int) else 0


def _time(said: int | timedelta | None) -> timedelta:
    return said if isinstance(said, timedelta) else timedelta()


def _selector(version: Layered, bearers: Bearers) -> Selector:
    said = version.selector
    if said is None:
        raise ValueError(f"The target {version.target} says for no org_unit that it is.")
    if version.rule is not None:
        unit = _exempt(version, bearers)
        return Selector(code=unit.code, code_valid_from=unit.valid_from)
    code, parent = (None if text is None else bearers.named(text) for text in (said.code, said.parent))
    return Selector(
        level=said.level,
        code=code.code if code else None,
        parent=parent.code if parent else None,
        kind=said.kind,
        every=said.all or False,
        code_valid_from=code.valid_from if code else None,
        parent_valid_from=parent.valid_from if parent else None,
        except_for=tuple(sorted(_exempt(exception, bearers) for exception in version.exceptions)),
    )


def _exempt(exception: Layered, bearers: Bearers) -> UnitKey:
    """The unit that an exception is for."""
    said = exception.get("org_unit")
    (unit,) = bearers.meant(bearers.named(said), *exception.in_force)
    return unit.key


def _hashed(version: TargetVersion) -> TargetVersion:
    judged = {key: _as_written_first(value) for key, value in _judged_by(version).items()}
    written = json.dumps(judged, default=str, sort_keys=True)
    return replace(version, version=hashlib.sha256(written.encode()).hexdigest()[:16])


def _judged_by(version: TargetVersion) -> dict[str, Any]:
    # What may be said only since a later release is left out where it is not said: no hash changes by that.
    later = {"when_unit_ends": UnitEnding.ENDS, "patience_time": timedelta(), "keep_open_for_time": timedelta()}
    left_out = {key for key, nothing in later.items() if getattr(version, key) == nothing}
    return {key: _fields(getattr(version, key)) for key in JUDGED_BY if key not in left_out}


def _fields(value: Any) -> Any:
    """As dataclasses.asdict, without its copies of every value."""
    if is_dataclass(value) and not isinstance(value, type):
        return {key: _fields(getattr(value, key)) for key in _names(type(value))}
    return tuple(_fields(item) for item in value) if isinstance(value, tuple) else value


@cache
def _names(kind: Hashable) -> tuple[str, ...]:
    return tuple(field.name for field in fields(cast("Any", kind)))


def _as_written_first(value: Any) -> Any:
    """Without what may be said only since a later release, where it is not said: no hash changes by that."""
    if not isinstance(value, dict):
        return value
    return {key: held for key, held in value.items() if key not in SAID_SINCE or held != SAID_SINCE[key]}
