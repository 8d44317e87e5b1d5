"""Who answers to a target: the units that its versions are for, and what part each plays."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
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


class _Register:
    """The programme's units as its targets ask for them, on a day."""

    def __init__(self, programme: Programme, today: date) -> None:
        self.programme = programme
        self.today = today
        self.succession = succession_of(programme.org_units)
        self.units = self.succession.units
        self.tree = tree_of(programme.org_units)
        self._newest_ended = {cadence: periods.last_ended(today, cadence).last_day for cadence in Cadence}

    def source(self, version: TargetVersion) -> Source:
        """The source that a version is judged on."""
        return self.programme.sources[self.programme.metrics[version.metric].source]

    def newest_ended(self, version: TargetVersion) -> date:
        """The last day of the newest period of the version's metric that has ended."""
        return self._newest_ended[self.programme.metrics[version.metric].cadence]

    def bodies(self, version: TargetVersion, unit: OrgUnit) -> list[OrgUnit]:
        """Those of the unit and of all below it that report the version's tier."""
        levels = {one.level for one in self.source(version).reporters if one.tier == version.tier}
        return [body for body in self.tree.below[unit.key] if body.level in levels]

    def is_measured(self, version: TargetVersion, unit: OrgUnit) -> bool:
        """Whether the version's tier can be measured of the unit: a body reports it, or nobody is asked to."""
        reports = any(one.tier == version.tier for one in self.source(version).reporters)
        return not reports or bool(self.bodies(version, unit))


def _rows(register: _Register, at_once: Mapping[int, TargetVersion]) -> Iterator[tuple[object, ...]]:
    """Every unit under versions of one target that are in force at once, with the part that it plays."""
    answers = answering(at_once, register.tree, register.succession, register.is_measured, register.today)
    parts: list[tuple[OrgUnit, Answers, UnitKey | None]] = [
        (register.units[key], by, None) for key, by in answers.items()
    ]
    parts += [
        (body, by, pool)
        for pool, by in answers.items()
        if at_once[by.version].scope is Scope.POOLED
        for body in _shares(register, at_once[by.version], pool, answers)
    ]
    subject_to_it = {unit.key for unit, _, _ in parts}
    for unit, by, pool in parts:
        version = at_once[by.version]
        role = Role.EACH if version.scope is Scope.EACH else Role.POOLED if pool is None else Role.SHARE
        newest_ended = register.newest_ended(version)
        yield (
            by.version,
            version.target,
            version.version,
            version.metric,
            version.tier,
            role.value,
            version.comparison.value,
            unit.key.code,
            unit.key.valid_from,
            unit.valid_to,
            pool.code if pool else None,
            pool.valid_from if pool else None,
            by.since,
            version.effective_to,
            newest_ended,
            register.source(version).planned,
            _ended_because(register, version, unit, newest_ended, subject_to_it),
        )


def _shares(
    register: _Register, version: TargetVersion, pool: UnitKey, answers: Mapping[UnitKey, Answers]
) -> Iterator[OrgUnit]:
    """The bodies that have no part of their own and stand below `pool` before any other that answers."""
    newest_ended = register.newest_ended(version)
    for body in register.bodies(version, register.units[pool]):
        nearest = next(key for key in register.tree.above[body.key] if key in answers)
        if nearest == pool and body.key != pool and meet(version, body, newest_ended):
            yield body


def _ended_because(
    register: _Register, version: TargetVersion, unit: OrgUnit, newest_ended: date, subject_to_it: Container[UnitKey]
) -> str | None:
    ended_on = version.effective_to
    if _over(unit, newest_ended) and (ended_on is None or unit.valid_to is None or unit.valid_to < ended_on):
        goes_on = version.when_unit_ends is UnitEnding.PASSES_ON and any(
            follower in subject_to_it for follower in register.succession.followers(unit.key, newest_ended)
        )
        return (Reason.UNIT_PASSED_ON if goes_on else Reason.UNIT_ENDED).value
    if ended_on is not None and ended_on < newest_ended:
        return Reason.TARGET_ENDED.value
    bodies = register.bodies(version, unit)
    if bodies and all(_over(body, newest_ended) for body in bodies):
        return Reason.UNIT_ENDED.value
    return None


def _over(unit: OrgUnit, day: date) -> bool:
    return unit.valid_to is not None and unit.valid_to < day
