"""Inhibiting: which incidents are not told because another one that is open accounts for them.

An inhibited incident inhibits none. Of incidents that inhibit each other, in a circle of whatever length, the younger
gives way: an older one is never inhibited by a younger one that it inhibits itself, at whatever remove.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from targetwatch.model import Incident, Inhibition, Label
from targetwatch.notifications.policy.labels import labels_of, unit_of
from targetwatch.notifications.policy.matching import Labels, matches
from targetwatch.notifications.policy.reasons import absorbed, inhibited
from targetwatch.notifications.situation import Situation
from targetwatch.notifications.telling.targets import is_share


@dataclass(frozen=True, slots=True)
class Inhibited:
    """By which incident one is inhibited, and whether that one's message counts it as of a unit below."""

    by: Incident
    is_below: bool

    @property
    def reason(self) -> str:
        """The state reason of what is withheld: inhibited:TW-147 or absorbed:TW-147."""
        return absorbed(self.by.name) if self.is_below else inhibited(self.by.name)


def inhibitions(situation: Situation) -> dict[int, Inhibited]:
    """The incidents that are inhibited, by number; of several that inhibit one the oldest is named."""
    rules = situation.programme.routing.inhibitions
    open_ = [one for one in situation.incidents if one.state.is_live and one.opened_at and not is_share(one)]
    by_number = {one.number: one for one in open_}
    inhibitors: dict[int, list[Inhibited]] = defaultdict(list)
    for rule in rules:
        for number, by in _pairs(situation, rule, open_):
            inhibitors[number].append(Inhibited(by_number[by], rule.below))
    for theirs in inhibitors.values():
        theirs.sort(key=lambda one: (one.by.number, one.is_below))
    graph = _Graph({number: [one.by.number for one in theirs] for number, theirs in inhibitors.items()})
    found = {}
    for number, theirs in inhibitors.items():
        free = [one for one in theirs if graph.inhibits(one.by.number, number)]
        if free:
            found[number] = free[0]
    return found


@dataclass
class _Graph:
    """Who inhibits whom, by number: `above` has those that inhibit each."""

    above: Mapping[int, Sequence[int]]
    decided: dict[int, bool] = field(default_factory=dict)

    def inhibits(self, one: int, other: int) -> bool:
        """Whether `one`, of those above `other`, inhibits it: it is told itself, and no younger part of a circle."""
        return not self._gives_way(one, other) and not self.is_inhibited(one)

    def is_inhibited(self, number: int) -> bool:
        """Whether any of those above inhibits it. Without the younger parts of circles this comes to an end."""
        if number not in self.decided:
            self.decided[number] = any(self.inhibits(above, number) for above in self.above.get(number, ()))
        return self.decided[number]

    def _gives_way(self, one: int, other: int) -> bool:
        """Whether `one` is younger than `other`, and inhibited by it at some remove."""
        if one < other:
            return False
        seen, waiting = {one}, [one]
        while waiting:
            for above in self.above.get(waiting.pop(), ()):
                if above == other:
                    return True
                if above not in seen:
                    seen.add(above)
                    waiting.append(above)
        return False


def _pairs(situation: Situation, rule: Inhibition, incidents: Sequence[Incident]) -> Iterator[tuple[int, int]]:
    """The incidents that a rule mutes, each with one that does it."""
    by: dict[tuple[object, ...], list[Incident]] = defaultdict(list)
    for one in incidents:
        labels = labels_of(situation, one)
        if matches(rule.by, labels):
            by[_alike(rule, labels, str(unit_of(one)) if rule.below else "")].append(one)
    if not by:
        return
    for one in incidents:
        labels = labels_of(situation, one)
        if not matches(rule.mutes, labels):
            continue
        above = [key for key in labels.get(Label.UNIT, ())[2:] if "@" in key] if rule.below else [""]
        for key in above:
            for other in by.get(_alike(rule, labels, key), ()):
                if other.number != one.number:
                    yield one.number, other.number


def _alike(rule: Inhibition, labels: Labels, unit: str) -> tuple[object, ...]:
    return (unit, *(labels.get(label, ()) for label in rule.equal))
