"""What became of an org_unit: of whom it was made, who goes on with its work, and the targets that it answers to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from targetwatch.model import Basis, OrgUnit, Programme, Reason, Role, TargetVersion, UnitEnding, UnitKey

LONGEST_PERIOD = timedelta(days=366)
WEAKEST_LAST = tuple(Basis)  # what is known for certain, ..., what is assumed


@dataclass(frozen=True, slots=True)
class Part:
    """A part of one unit that went to another one. `unit` is the one at the other end."""

    unit: OrgUnit
    weight: Fraction  # of the unit that ended
    basis: Basis  # over several steps: the weakest of theirs


@dataclass(frozen=True, slots=True)
class Duty:
    """A version of a target that a unit answers to, or did."""

    version: TargetVersion
    role: Role
    since: date  # later than the version's first day where it was passed on to the unit
    answers_to: OrgUnit | None  # the pooled unit that its share is a share of
    over: Reason | None  # why it is no longer judged by it; None while it is

    @property
    def was_passed_on(self) -> bool:
        """Whether the unit has it from those that it followed."""
        return self.since > self.version.effective_from


@dataclass(frozen=True, slots=True)
class UnitHistory:
    """A unit, seen from a day."""

    unit: OrgUnit
    parent: OrgUnit | None
    took_over: tuple[Part, ...]  # from those that passed on to it
    through_them: tuple[Part, ...]  # from those before them
    followed_by: tuple[Part, ...]
    in_the_end: tuple[Part, ...]  # who goes on with its work on the day, where that is not who followed it
    duties: tuple[Duty, ...]


def histories(programme: Programme, units: Iterable[OrgUnit], today: date) -> list[UnitHistory]:
    """The histories of `units`, as they stand on `today`."""
    known = {unit.key: unit for unit in programme.org_units}
    before: dict[UnitKey, list[Part]] = defaultdict(list)
    for unit in programme.org_units:
        for successor in unit.successors:
            before[successor.unit].append(Part(unit, successor.weight, successor.basis))
    found = list(units)
    duties = _duties(programme, found, known, today)
    return [
        UnitHistory(
            unit,
            known.get(unit.parent) if unit.parent else None,
            tuple(before[unit.key]),
            _through(before[unit.key], before),
            followed_by := tuple(Part(known[one.unit], one.weight, one.basis) for one in unit.successors),
            () if all(part.unit.is_valid_on(today) for part in followed_by) else _in_the_end(unit, known, today),
            duties[unit.key],
        )
        for unit in found
    ]


def _in_the_end(unit: OrgUnit, known: dict[UnitKey, OrgUnit], today: date) -> tuple[Part, ...]:
    """Who goes on with the work of a unit on a day, at whatever remove; where a line breaks off, its last one."""
    parts: list[Part] = []
    for successor in unit.successors:
        after = known[successor.unit]
        if after.valid_to is None or after.valid_to >= today or not after.successors:
            parts.append(Part(after, successor.weight, successor.basis))
        else:
            further = _in_the_end(after, known, today)
            parts += [_via(Part(after, successor.weight, successor.basis), part) for part in further]
    return _together(parts)


def _through(taken_over: Sequence[Part], before: dict[UnitKey, list[Part]]) -> tuple[Part, ...]:
    """What came from units that had passed on to those that a unit took over from, and so on."""
    parts: list[Part] = []
    for part in taken_over:
        earlier = before.get(part.unit.key, [])
        parts += [_via(part, one) for one in (*earlier, *_through(earlier, before))]
    return _together(parts)


def _via(near: Part, far: Part) -> Part:
    """A part of a part."""
    return Part(far.unit, near.weight * far.weight, max(near.basis, far.basis, key=WEAKEST_LAST.index))


def _together(parts: Iterable[Part]) -> tuple[Part, ...]:
    """Parts of the same unit as one, the largest first."""
    of_unit: dict[UnitKey, list[Part]] = defaultdict(list)
    for part in parts:
        of_unit[part.unit.key].append(part)
    summed = [
        Part(
            same[0].unit,
            sum((part.weight for part in same), Fraction(0)),
            max((part.basis for part in same), key=WEAKEST_LAST.index),
        )
        for same in of_unit.values()
    ]
    return tuple(sorted(summed, key=lambda part: (-part.weight, part.unit.key)))


def _duties(
    programme: Programme, units: Sequence[OrgUnit], known: dict[UnitKey, OrgUnit], today: date
) -> dict[UnitKey, tuple[Duty, ...]]:
    """The versions that each unit answers to by the rules that judge it, in the catalogue's order."""
    from targetwatch.evaluation.subjects import subjects  # with its package comes Polars, which no import may bring

    found: dict[UnitKey, list[Duty]] = {unit.key: [] for unit in units}
    over: dict[tuple[int, UnitKey], str | None] = {}
    for row in subjects(programme, today).iter_rows(named=True):
        over[row["version"], UnitKey(row["org_unit"], row["org_unit_valid_from"])] = row["ended_because"]
    # A unit is judged once a period of its own has ended; it answers to a target from its first day.
    for row in subjects(programme, today + LONGEST_PERIOD).iter_rows(named=True):
        key = UnitKey(row["org_unit"], row["org_unit_valid_from"])
        if key in found and row["effective_from"] <= today:
            version = programme.targets[row["version"]]
            pool = UnitKey(row["answers_to"], row["answers_to_valid_from"]) if row["answers_to"] else None
            because = over.get((row["version"], key))
            # What is judged ends with a period, what is said here with the day.
            reason = Reason(because) if because else _over(version, known[key], today)
            answers_to = known[pool] if pool else None
            found[key].append(Duty(version, Role(row["role"]), row["effective_from"], answers_to, reason))
    return {key: tuple(duties) for key, duties in found.items()}


def _over(version: TargetVersion, unit: OrgUnit, today: date) -> Reason | None:
    """Whether the version or the unit has ended by a day, whichever was first."""
    ends = [day for day in (version.effective_to, unit.valid_to) if day is not None and day < today]
    if not ends:
        return None
    if version.effective_to == min(ends) and version.effective_to != unit.valid_to:
        return Reason.TARGET_ENDED
    passed_on = version.when_unit_ends is UnitEnding.PASSES_ON and unit.successors
    return Reason.UNIT_PASSED_ON if passed_on else Reason.UNIT_ENDED
