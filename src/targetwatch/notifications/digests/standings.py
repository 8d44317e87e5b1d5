"""Standings: where targets stood at a moment, one a target, with the units that are behind under each."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from targetwatch.model import Assessment, Role, Status
from targetwatch.notifications.digests.hearing import Hearing, unit_of
from targetwatch.notifications.digests.stories import Standing
from targetwatch.notifications.situation import Situation
from targetwatch.notifications.stories import UnitLine
from targetwatch.notifications.telling.targets import SHORT, distance
from targetwatch.wording import words

ACTION = (Status.MISSED, Status.BEHIND, Status.AT_RISK)
UNJUDGED = (Status.NOT_EVALUATED, Status.STALE, Status.NO_DATA)
NEED: Mapping[Status, int] = {status: place for place, status in enumerate(words.STATUSES)}


def standings(situation: Situation, hearing: Hearing, assessments: Iterable[Assessment]) -> list[Standing]:
    """Where the targets stand that a receiver hears of: those in most need first, else in the catalogue's order.

    What the catalogue no longer lists has been withdrawn, and stands nowhere.
    """
    found = [
        standing
        for of_target in by_target(situation, assessments).values()
        if (standing := _standing(situation, hearing, of_target)) is not None
    ]
    return sorted(found, key=lambda one: NEED[one.status])


def by_target(situation: Situation, assessments: Iterable[Assessment]) -> dict[str, list[Assessment]]:
    """What still stands in the catalogue, by target and in its order."""
    order = {target.target: place for place, target in enumerate(situation.programme.targets)}
    found: dict[str, list[Assessment]] = defaultdict(list)
    for one in assessments:
        if (one.target, one.target_version) in situation.versions and unit_of(one) in situation.units:
            found[one.target].append(one)
    return {target: found[target] for target in sorted(found, key=order.__getitem__)}


def answering(hearing: Hearing, of_target: Sequence[Assessment]) -> list[Assessment]:
    """The looks at a target that answer for it, as far as they are heard: the pooled one, or its units.

    Whoever is told of some units under a pooled target, and not of the target, hears of those units by themselves.
    """
    alone = [one for one in of_target if one.role is not Role.SHARE and hearing.target(one)]
    return alone or [one for one in of_target if one.role is Role.SHARE and hearing.target(one)]


def counts(found: Iterable[Standing]) -> Counter[Status]:
    """How many targets stand how."""
    return Counter(one.status for one in found)


def unit_lines(situation: Situation, assessments: Iterable[Assessment]) -> tuple[UnitLine, ...]:
    """Those that are short, furthest in real things first."""
    short = [UnitLine(situation.name_of(unit_of(one)), one) for one in assessments if one.status in SHORT]
    return tuple(sorted(short, key=furthest))


def furthest(line: UnitLine) -> tuple[int, Fraction, str]:
    """What lines are sorted by: the furthest short first, in units of what is counted, then by the value."""
    units = line.assessment.headroom_units
    return (0 if units is None else units, distance(line.assessment) or Fraction(0), line.name)


def _standing(situation: Situation, hearing: Hearing, of_target: Sequence[Assessment]) -> Standing | None:
    alone = answering(hearing, of_target)
    if not alone:
        return None
    going_on = [one for one in alone if one.status is not Status.ENDED] or alone
    lead = min(going_on, key=lambda one: (NEED[one.status], one.headroom_units or 0, one.org_unit))
    under = [one for one in of_target if one.role is Role.SHARE] if lead.role is Role.POOLED else going_on
    under = [one for one in under if one.status is not Status.ENDED]
    metric = situation.programme.metrics[lead.metric]
    levels = Counter(unit.level for one in under if (unit := situation.units.get(unit_of(one))) is not None)
    level = min(levels, key=lambda name: (-levels[name], name)) if levels else lead.tier
    return Standing(
        target=situation.versions[lead.target, lead.target_version],
        metric=metric,
        lead=lead,
        unit_name=situation.name_of(unit_of(lead)),
        is_many=len(going_on) > 1,
        units=len(under),
        behind=unit_lines(situation, under),
        level_name=situation.level_name(level),
    )
