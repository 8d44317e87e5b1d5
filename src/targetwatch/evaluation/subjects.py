"""Who answers to a target: the units that its versions are for, and what part each plays."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from targetwatch.evaluation import periods
from targetwatch.evaluation.answering import Answers, answering, meet
from targetwatch.evaluation.lineage import UNIT, tree_of
from targetwatch.evaluation.succession import succession_of
from targetwatch.model import (
    Cadence,
    OrgUnit,
    Programme,
    Reason,
    Role,
    Scope,
    Source,
    TargetVersion,
    UnitEnding,
    UnitKey,
)

SUBJECTS = pl.Schema(
    {
        "version": pl.Int64,  # its place among programme.targets
        "target": pl.String,
        "target_version": pl.String,
        "metric": pl.String,
        "tier": pl.String,
        "role": pl.String,
        "comparison": pl.String,
        "org_unit": pl.String,
        "org_unit_valid_from": pl.Date,
        "org_unit_valid_to": pl.Date,
        "answers_to": pl.String,  # the pooled unit that a share is a share of; null for all others
        "answers_to_valid_from": pl.Date,
        "effective_from": pl.Date,  # of the version, or the day from which on it is the unit's
        "effective_to": pl.Date,
        "newest_ended": pl.Date,  # last day of the newest period that has ended
        "planned": pl.Boolean,
        "ended_because": pl.String,
    }
)
SUBJECT = ("target", *UNIT)


def subjects(programme: Programme, today: date) -> pl.DataFrame:
    """Every unit under every target version that has come into force by `today` (SUBJECTS).

    A pooled version has the units that answer by it and, as shares of the nearest of those above them, the units below
    that report the tier. Under versions that are in force at once, a default and its exceptions, a unit plays one part
    only. It stays a subject after its end, and a version after its own, with the reason why it has ended: nothing drops
    out unsaid.
    """
    return pl.DataFrame(list(rows(programme, today)), schema=SUBJECTS, orient="row")


def rows(programme: Programme, today: date) -> Iterator[tuple[object, ...]]:
    """The rows of `subjects`, for who makes one frame of many."""
    register = _Register(programme, today)
    at_once: dict[tuple[str, date], dict[int, TargetVersion]] = {}
    for place, version in enumerate(programme.targets):
        if version.effective_from <= today:
            at_once.setdefault((version.target, version.effective_from), {})[place] = version
    for versions in at_once.values():
        yield from _rows(register, versions)


def current(subjects: pl.DataFrame) -> pl.DataFrame:
    """One row a target and unit: under the version in force when the newest period ended, else under its last one."""
    in_force = (pl.col("effective_from") <= pl.col("newest_ended")) & (
        pl.col("effective_to").is_null() | (pl.col("effective_to") >= pl.col("newest_ended"))
    )
    return (
        subjects.with_columns(in_force=in_force, in_force_since=pl.col("effective_from").min().over(SUBJECT))
        .sort("in_force", "effective_from", descending=True)
        .unique(subset=SUBJECT, keep="first", maintain_order=True)
        .drop("in_force")
    )


@dataclass(frozen=True, slots=True)
class _InForce:
    """A version with what its part in the programme says of it."""

    version: TargetVersion
    source: Source
    role: str  # of the units that it names
    comparison: str
    levels: frozenset[str]  # those that report its tier
    newest_ended: date  # the last day of the newest period of its metric that has ended


class _Register:
    """The programme's units as its targets ask for them, on a day."""

    def __init__(self, programme: Programme, today: date) -> None:
        self.programme = programme
        self.today = today
        self.succession = succession_of(programme.org_units)
        self.units = self.succession.units
        self.tree = tree_of(programme.org_units)
        self._newest_ended = {cadence: periods.last_ended(today, cadence).last_day for cadence in Cadence}

    def in_force(self, version: TargetVersion) -> _InForce:
        """A version with what there is to know of its metric and source."""
        metric = self.programme.metrics[version.metric]
        source = self.programme.sources[metric.source]
        role = Role.EACH if version.scope is Scope.EACH else Role.POOLED
        levels = frozenset(one.level for one in source.reporters if one.tier == version.tier)
        return _InForce(
            version, source, role.value, version.comparison.value, levels, self._newest_ended[metric.cadence]
        )

    def bodies(self, one: _InForce, unit: OrgUnit) -> list[OrgUnit]:
        """Those of the unit and of all below it that report the version's tier."""
        return [body for body in self.tree.below[unit.key] if body.level in one.levels]

    def is_measured(self, one: _InForce, unit: OrgUnit) -> bool:
        """Whether the version's tier can be measured of the unit: a body reports it, or nobody is asked to."""
        return not one.levels or any(body.level in one.levels for body in self.tree.below[unit.key])


def _rows(register: _Register, at_once: Mapping[int, TargetVersion]) -> Iterator[tuple[object, ...]]:
    """Every unit under versions of one target that are in force at once, with the part that it plays."""
    in_force = {place: register.in_force(version) for place, version in at_once.items()}

    def is_measured(place: int, unit: OrgUnit) -> bool:
        return register.is_measured(in_force[place], unit)

    answers = answering(at_once, register.tree, register.succession, is_measured, register.today)
    parts: list[tuple[OrgUnit, Answers, UnitKey | None]] = [
        (register.units[key], by, None) for key, by in answers.items()
    ]
    if any(version.scope is Scope.POOLED for version in at_once.values()):
        below = _answering_below(register, answers)
        parts += [
            (body, by, pool)
            for pool, by in answers.items()
            if at_once[by.version].scope is Scope.POOLED
            for body in _shares(register, in_force[by.version], pool, below.get(pool, ()))
        ]
    subject_to_it = {unit.key for unit, _, _ in parts}
    share = Role.SHARE.value
    for unit, by, pool in parts:
        one = in_force[by.version]
        version = one.version
        yield (
            by.version,
            version.target,
            version.version,
            version.metric,
            version.tier,
            one.role if pool is None else share,
            one.comparison,
            unit.key.code,
            unit.key.valid_from,
            unit.valid_to,
            pool.code if pool else None,
            pool.valid_from if pool else None,
            by.since,
            version.effective_to,
            one.newest_ended,
            one.source.planned,
            _ended_because(register, one, unit, subject_to_it),
        )


def _answering_below(register: _Register, answers: Iterable[UnitKey]) -> dict[UnitKey, list[UnitKey]]:
    """The units that answer and stand below each unit."""
    found: dict[UnitKey, list[UnitKey]] = {}
    for key in answers:
        for above in register.tree.above[key][1:]:
            found.setdefault(above, []).append(key)
    return found


def _shares(register: _Register, one: _InForce, pool: UnitKey, answering_below: Iterable[UnitKey]) -> Iterator[OrgUnit]:
    """The bodies that have no part of their own and stand below `pool` before any other that answers."""
    unit = register.units[pool]
    taken = {body.key for key in answering_below for body in register.tree.below[key]}
    for body in register.bodies(one, unit):
        if body is not unit and meet(one.version, body, one.newest_ended) and not (taken and body.key in taken):
            yield body


def _ended_because(register: _Register, one: _InForce, unit: OrgUnit, subject_to_it: Container[UnitKey]) -> str | None:
    version, newest_ended = one.version, one.newest_ended
    ended_on = version.effective_to
    if _over(unit, newest_ended) and (ended_on is None or unit.valid_to is None or unit.valid_to < ended_on):
        goes_on = version.when_unit_ends is UnitEnding.PASSES_ON and any(
            follower in subject_to_it for follower in register.succession.followers(unit.key, newest_ended)
        )
        return (Reason.UNIT_PASSED_ON if goes_on else Reason.UNIT_ENDED).value
    if ended_on is not None and ended_on < newest_ended:
        return Reason.TARGET_ENDED.value
    if unit.level in one.levels:  # it reports itself, and is there
        return None
    bodies = register.bodies(one, unit)
    return Reason.UNIT_ENDED.value if bodies and all(_over(body, newest_ended) for body in bodies) else None


def _over(unit: OrgUnit, day: date) -> bool:
    return unit.valid_to is not None and unit.valid_to < day
