"""From a target's version as it is written to the version as it is judged, exact."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from targetwatch.catalogue.layers import Layered
from targetwatch.catalogue.spec import MilestoneSpec, TrajectorySpec
from targetwatch.model import MILLION, Milestone, Selector, TargetVersion, Text, Trajectory, UnitEnding

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


def millionths(value: Decimal, unit_of_measure: str) -> int | None:
    """`value`, written in a metric's unit of measure, in millionths of its natural number: 90 % is 900,000.

    None where it is no whole number of millionths.
    """
    exact = Fraction(value) * MILLION / (100 if unit_of_measure == "percent" else 1)
    return exact.numerator if exact.denominator == 1 else None


def target_version(version: Layered, metric: str, unit_of_measure: str) -> TargetVersion:
    """The model of a version that has no problems."""

    def exact(value: Decimal) -> int:
        converted = millionths(value, unit_of_measure)
        if converted is None:
            raise ValueError(f"{value} is no whole number of millionths.")
        return converted

    def milestone(spec: MilestoneSpec) -> Milestone:
        return Milestone(spec.on, exact(spec.value))

    path: TrajectorySpec = version.get("trajectory")
    name, short_name, selector = version.get("name"), version.get("short_name"), version.get("org_unit")
    value_to = version.get("value_to")
    built = TargetVersion(
        target=version.target,
        version="",
        name=Text(name.vi, name.en),
        short_name=Text(short_name.vi, short_name.en),
        metric=metric,
        tier=version.get("tier"),
        selector=Selector(selector.level, selector.code, selector.parent),
        scope=version.get("scope"),
        comparison=version.get("comparison"),
        value=exact(version.get("value")),
        value_to=None if value_to is None else exact(value_to),
        due=version.get("due"),
        trajectory=Trajectory(
            path.path,
            path.assumed,
            None if path.baseline is None else milestone(path.baseline),
            tuple(milestone(spec) for spec in path.milestones),
        ),
        warning_margin=exact(version.get("warning_margin")),
        effective_from=version.get("effective_from"),
        effective_to=version.get("effective_to"),
        reference=version.get("reference"),
        owner=version.get("owner"),
        patience=version.get("for") or 0,
        keep_open_for=version.get("keep_open_for") or 0,
    )
    return _hashed(built)


def _hashed(version: TargetVersion) -> TargetVersion:
    judged = {key: _as_written_first(value) for key, value in _judged_by(version).items()}
    written = json.dumps(judged, default=str, sort_keys=True)
    return replace(version, version=hashlib.sha256(written.encode()).hexdigest()[:16])


def _judged_by(version: TargetVersion) -> dict[str, Any]:
    whole = asdict(version)
    if version.when_unit_ends is UnitEnding.ENDS:
        del whole["when_unit_ends"]
    return {key: whole[key] for key in JUDGED_BY if key in whole}


def _as_written_first(value: Any) -> Any:
    """Without what a version may say only since a later release, where it does not: its hash must not change by that."""
    if not isinstance(value, dict):
        return value
    return {key: held for key, held in value.items() if key not in SAID_SINCE or held != SAID_SINCE[key]}
