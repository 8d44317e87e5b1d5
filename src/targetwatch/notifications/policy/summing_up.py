"""Summing up: what happened while a silence lasted, told once it is over to every receiver that missed it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from targetwatch.model import Notification, Receiver
from targetwatch.notifications.policy import rows
from targetwatch.notifications.policy.grouping import Group
from targetwatch.notifications.policy.holding import in_hours
from targetwatch.notifications.policy.pending import Pending
from targetwatch.notifications.policy.silencing import over, was_silenced
from targetwatch.notifications.situation import Situation
from targetwatch.notifications.telling.groups import Teller, Telling, meanwhile


@dataclass(frozen=True, slots=True)
class SummedUp:
    """The messages about silences that are over, and which of those are done with.

    `told` are the receivers, groups and incidents of which these messages tell: never told before, and over by now.
    """

    notifications: tuple[Notification, ...]
    summed_up: tuple[str, ...]
    told: frozenset[tuple[str, str, int]]


def sum_up(
    situation: Situation, teller: Teller, groups: Sequence[Group], mutes: Mapping[int, str], say: rows.Say
) -> SummedUp:
    """One message a silence and receiver about what was over meanwhile; what goes on is told by its own message.

    A receiver that is outside its hours hears of it when they begin, and the silence waits for that.
    """
    notifications: list[Notification] = []
    done: list[str] = []
    told: set[tuple[str, str, int]] = set()
    for silence in over(situation):
        opened: dict[str, list[Telling]] = defaultdict(list)
        closed: dict[str, list[Telling]] = defaultdict(list)
        receivers: dict[str, Receiver] = {}
        waits = False
        for group in groups:
            missed = _missed(situation, group, silence.id, mutes)
            if not missed.inside and not missed.over:
                continue
            if not in_hours(situation, group):
                waits = True
                continue
            receivers[group.receiver.name] = group.receiver
            if missed.over:
                closed[group.receiver.name].append(Telling(group, (), missed.over, missed.events))
            if missed.inside:
                opened[group.receiver.name].append(Telling(group, missed.inside, (), missed.events))
        for name, receiver in receivers.items():
            if not closed[name]:
                continue
            story = meanwhile(teller, silence, opened[name], closed[name])
            theirs = [one for telling in (*opened[name], *closed[name]) for one in telling.incidents]
            notifications.append(rows.about(rows.summary(receiver, story, situation.now, say), theirs))
            told |= {(name, one.group.name, incident.number) for one in closed[name] for incident in one.over}
        if not waits:
            done.append(silence.id)
    return SummedUp(tuple(notifications), tuple(done), frozenset(told))


def _missed(situation: Situation, group: Group, silence: str, mutes: Mapping[int, str]) -> Telling:
    """The incidents of a group about which something waits because of a silence, and nothing else mutes them now."""
    pending = Pending(situation, group)
    waiting = [
        one
        for one in (*group.open, *group.closed)
        if one.number not in mutes and (known := pending.known(one)) is not None and was_silenced(known) == silence
    ]
    inside = tuple(one for one in waiting if one.state.is_live and pending.is_untold(one))
    ended = tuple(one for one in waiting if not one.state.is_live)
    return Telling(group, inside, ended, pending.events(waiting))
