"""Policy: who is told what, and when. One message an episode of a group, with its story in its thread.

A message is posted when a group's first incident opens, edited in place whenever its words would be others, and edited
a last time when the episode is over. What people should be told of, and not only find when they look, goes into its
thread. Edits are silent and happen at once. Messages and replies wait while a route or a silence holds them back: a row
says why, once, and the pass at which nothing holds them any more tells all that happened meanwhile, in the words of
that moment. What is held is kept as `Told`, so that nothing is told twice, and nothing is lost.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from targetwatch.model import Notification
from targetwatch.notifications import messages
from targetwatch.notifications.policy.deciding import Deciding
from targetwatch.notifications.policy.grouping import grouped
from targetwatch.notifications.policy.inhibiting import inhibitions
from targetwatch.notifications.policy.muting import muted
from targetwatch.notifications.policy.rows import unsaid
from targetwatch.notifications.policy.summing_up import sum_up
from targetwatch.notifications.situation import Situation, Told
from targetwatch.notifications.telling.groups import Teller


@dataclass(frozen=True, slots=True)
class Decided:
    """What follows from a situation: rows for the outbox, in the order in which they must be sent, and what is kept.

    `told` are the new and the changed ones of what is kept, `forgotten` those that are kept no longer. `summed_up` are
    the ids of the silences of which everybody has been told what happened meanwhile.
    """

    notifications: tuple[Notification, ...]
    told: tuple[Told, ...] = field(default=())
    forgotten: tuple[Told, ...] = field(default=())
    summed_up: tuple[str, ...] = field(default=())


def notify(situation: Situation) -> Decided:
    """Everything that must be sent after this pass, what was withheld and why, and what is to be remembered of it.

    Where the situation is not to be worded, the same people are told the same for the same reasons, without any words.
    """
    say = messages.render if situation.worded else unsaid
    inhibited = inhibitions(situation)
    mutes = muted(situation, inhibited)
    teller = Teller(situation, inhibited)
    groups = grouped(situation)
    meanwhile = sum_up(situation, teller, groups, mutes, say)
    notifications: list[Notification] = []
    kept: list[Told] = []
    forgotten: list[Told] = []
    for group in groups:
        deciding = Deciding(situation, teller, group, mutes, meanwhile.told, say)
        notifications += deciding.decide()
        kept += deciding.changed
        forgotten += deciding.forgotten
    return Decided((*meanwhile.notifications, *notifications), tuple(kept), tuple(forgotten), meanwhile.summed_up)
