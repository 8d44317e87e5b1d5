"""Holding: for how long the messages of a group wait, by its route."""

from __future__ import annotations

from collections.abc import Iterable

from targetwatch.model import Incident
from targetwatch.notifications.policy.grouping import Group
from targetwatch.notifications.policy.reasons import Withheld
from targetwatch.notifications.policy.timing import is_within
from targetwatch.notifications.situation import GroupMessage, Situation


def post_held(situation: Situation, group: Group, opened: Iterable[Incident]) -> Withheld | None:
    """Why a message about incidents that opened is not posted yet; None where nothing holds it back."""
    if not in_hours(situation, group):
        return Withheld.OUTSIDE_HOURS
    first = min(one.opened_at or one.began_at for one in opened)
    if not situation.has_passed(first, group.route.group_wait):
        return Withheld.GROUP_WAIT
    return None


def reply_held(situation: Situation, group: Group, message: GroupMessage | None) -> Withheld | None:
    """Why nothing is written into the thread of a group's message yet; None where nothing holds it back."""
    if not in_hours(situation, group):
        return Withheld.OUTSIDE_HOURS
    told_at = message.told_at if message is not None else None
    if told_at is not None and not situation.has_passed(told_at, group.route.group_interval):
        return Withheld.GROUP_INTERVAL
    return None


def is_to_repeat(situation: Situation, group: Group, message: GroupMessage) -> bool:
    """Whether it is time to say again what nothing was said of for long."""
    interval = group.route.repeat_interval
    return interval is not None and message.told_at is not None and situation.has_passed(message.told_at, interval)


def in_hours(situation: Situation, group: Group) -> bool:
    """Whether messages of the group's route are sent at this moment."""
    windows, names = situation.programme.routing.windows, group.route.active_in
    return is_within(names, windows, situation.now, situation.days, situation.programme.time_zone)
