"""Who answers to a target: the units that its versions are for, and what part each plays."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import polars as pl

from targetwatch.evaluation import periods
from targetwatch.evaluation.lineage import UNIT, lineage
from targetwatch.model import OrgUnit, Programme, Reason, Role, Scope, Selector, TargetVersion, UnitKey

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
        "effective_from": pl.Date,
        "effective_to": pl.Date,
        "newest_ended": pl.Date,  # last day of the newest period that has ended
        "planned": pl.Boolean,
        "ended_because": pl.String,
    }
)
SUBJECT = ("target", *UNIT)


def subjects(programme: Programme, today: date) -> pl.DataFrame:
    """Every unit under every target version that has come into force by `today` (SUBJECTS).

    A pooled version has the units it selects and, as shares, the units below them that report the tier. A unit stays a
    subject after its end, and a version after its own, with the reason why it has ended: nothing drops out unsaid.
    """
    tree = lineage(programme.org_units)
    units = {unit.key: unit for unit in programme.org_units}
    below: dict[UnitKey, list[OrgUnit]] = {}
    for code, valid_from, ancestor, ancestor_valid_from in tree.iter_rows():
        below.setdefault(UnitKey(ancestor, ancestor_valid_from), []).append(units[UnitKey(code, valid_from)])
    rows = [
        row
        for place, version in enumerate(programme.targets)
        if version.effective_from <= today
        for row in _of_version(programme, place, version, today, below)
    ]
    # A unit that is selected, or that hangs below two selected ones, plays one part only: the first.
    return pl.DataFrame(rows, schema=SUBJECTS, orient="row").unique(
        subset=["version", *UNIT], keep="first", maintain_order=True
    )


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


def _of_version(
    programme: Programme,
    place: int,
    version: TargetVersion,
    today: date,
    below: dict[UnitKey, list[OrgUnit]],
) -> Iterator[tuple[object, ...]]:
    metric = programme.metrics[version.metric]
    source = programme.sources[metric.source]
    newest_ended = periods.last_ended(today, metric.cadence).last_day
    levels = {reporters.level for reporters in source.reporters if reporters.tier == version.tier}

    def row(unit: OrgUnit, role: Role, answers_to: UnitKey | None = None) -> tuple[object, ...]:
        bodies = [body for body in below[unit.key] if body.level in levels]
        return (
            place,
            version.target,
            version.version,
            version.metric,
            version.tier,
            role.value,
            version.comparison.value,
            unit.key.code,
            unit.key.valid_from,
            unit.valid_to,
            answers_to.code if answers_to else None,
            answers_to.valid_from if answers_to else None,
            version.effective_from,
            version.effective_to,
            newest_ended,
            source.planned,
            _ended_because(version, unit, bodies, newest_ended),
        )

    selected = [
        unit for unit in programme.org_units if _selects(version.selector, unit) and _meet(version, unit, today)
    ]
    for unit in selected:
        yield row(unit, Role.POOLED if version.scope is Scope.POOLED else Role.EACH)
    if version.scope is Scope.POOLED:
        chosen = {unit.key for unit in selected}
        for unit in selected:
            for body in below[unit.key]:
                if body.level in levels and body.key not in chosen and _meet(version, body, newest_ended):
                    yield row(body, Role.SHARE, unit.key)


def _selects(selector: Selector, unit: OrgUnit) -> bool:
    return (
        selector.level in (None, unit.level)
        and selector.code in (None, unit.key.code)
        and (selector.parent is None or (unit.parent is not None and unit.parent.code == selector.parent))
    )


def _meet(version: TargetVersion, unit: OrgUnit, by: date) -> bool:
    """Whether the unit existed, by then, on a day on which the version was in force."""
    return unit.key.valid_from <= min(by, version.effective_to or by) and (
        unit.valid_to is None or unit.valid_to >= version.effective_from
    )


def _ended_because(version: TargetVersion, unit: OrgUnit, bodies: list[OrgUnit], newest_ended: date) -> str | None:
    if version.effective_to is not None and version.effective_to < newest_ended:
        return Reason.TARGET_ENDED.value
    if _over(unit, newest_ended) or (bodies and all(_over(body, newest_ended) for body in bodies)):
        return Reason.UNIT_ENDED.value
    return None


def _over(unit: OrgUnit, day: date) -> bool:
    return unit.valid_to is not None and unit.valid_to < day
