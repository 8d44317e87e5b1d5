"""Acting: the replies about what people did to incidents of a message, and about what nobody did in time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from targetwatch.model import Incident, IncidentEvent, IncidentEventKind, IncidentKind, Role
from targetwatch.notifications.policy.escalating import counted_from, receiver_of, step_of, title_of
from targetwatch.notifications.policy.labels import unit_of
from targetwatch.notifications.policy.timing import holidays_between
from targetwatch.notifications.situation import Situation
from targetwatch.notifications.stories import Acted, ReplyKind, ReplyStory, Story, TargetStory
from targetwatch.notifications.telling.groups import unacknowledged
from targetwatch.notifications.telling.targets import is_share

KINDS = {
    IncidentEventKind.ACKNOWLEDGED: ReplyKind.ACKNOWLEDGED,
    IncidentEventKind.LAPSED: ReplyKind.LAPSED,
    IncidentEventKind.ESCALATED: ReplyKind.ESCALATED,
}
UNITS_ANSWER = (IncidentKind.BEHIND, IncidentKind.MISREPORTED)
Act = tuple[IncidentEventKind, str, str, datetime | None]


def acted(
    situation: Situation, members: Sequence[Incident], events: Iterable[IncidentEvent], story: Story, *, mentions: bool
) -> list[ReplyStory]:
    """One reply for each thing that was done, in their order, to however many incidents it was done at once."""
    of = {incident.number: incident for incident in members}
    acts: dict[Act, list[Incident]] = {}
    for event in events:
        if event.kind in KINDS and event.number in of:
            acts.setdefault((event.kind, event.by, event.why, event.until), []).append(of[event.number])
    return [_reply(situation, act, incidents, story, mentions=mentions) for act, incidents in acts.items()]


def repeated(story: Story) -> ReplyStory:
    """That nothing has changed, and that nobody has taken it on."""
    return ReplyStory(ReplyKind.REPEATED, story, acted=Acted(left=unacknowledged(story)))


def _reply(
    situation: Situation, act: Act, incidents: Sequence[Incident], story: Story, *, mentions: bool
) -> ReplyStory:
    kind, by, why, until = act
    units = _units(situation, incidents, story)
    # The whole is acknowledged for all: nobody is left then, whoever of the units has said nothing.
    is_for_all = kind is IncidentEventKind.ACKNOWLEDGED and not units
    done = Acted(units=units, by=by, why=why, until=until, left=() if is_for_all else unacknowledged(story))
    if kind is IncidentEventKind.ESCALATED:
        done = _escalated(situation, incidents, why, done, mentions=mentions)
    return ReplyStory(KINDS[kind], story, acted=done)


def _escalated(
    situation: Situation, incidents: Sequence[Incident], receiver: str, done: Acted, *, mentions: bool
) -> Acted:
    to, step = receiver_of(situation, receiver), step_of(situation, incidents[0], receiver)
    since = min(map(counted_from, incidents))
    return Acted(
        units=done.units,
        left=done.left,
        to=title_of(situation, receiver),
        to_mention=to.mention if to is not None and mentions else "",
        after_working_days=step.after_working_days if step is not None else 0,
        holidays=holidays_between(since, situation.now, situation.days, situation.programme.time_zone),
    )


def _units(situation: Situation, incidents: Sequence[Incident], story: Story) -> tuple[str, ...]:
    """The names of the units that it was done to. None where it was done to what they answer for as one."""
    if isinstance(story, TargetStory) and story.judged.role is not Role.EACH:
        if not all(map(is_share, incidents)):
            return ()
    elif isinstance(story, TargetStory) and story.units <= 1:
        return ()
    named = [one for one in incidents if one.key.org_unit and one.key.kind in UNITS_ANSWER]
    return tuple(sorted(situation.name_of(unit_of(one)) for one in named))
