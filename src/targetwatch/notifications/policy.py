"""Policy: who is told what. One message for each target, source or claim in trouble, with its story in its thread.

A receiver gets one message an episode. It is posted when the incident opens, edited in place whenever its words would
be others, and edited a last time when the episode is over. What people should be told of, and not only find when they
look, goes into its thread. Nothing is told twice: an edit is compared with the words that are already out, and replies
come from the events of this pass, which are stored together with them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from targetwatch.model import (
    Delivery,
    Incident,
    IncidentEventKind,
    IncidentKind,
    IncidentState,
    Language,
    Notification,
    NotificationState,
    Receiver,
    TargetVersion,
)
from targetwatch.notifications import messages, threads
from targetwatch.notifications.situation import GroupMessage, Situation
from targetwatch.notifications.stories import ClaimStory, ReplyKind, ReplyStory, ReportsStory, Story, TargetStory
from targetwatch.notifications.telling import closed_with, is_share, judged_in, tell

KINDS = tuple(IncidentKind)
EVENT_TYPE = "targetwatch_notification"
WITHHELD = "pooled_is_not_behind"
NOT_BEGUN = "not_begun"  # nothing has ever come from the source: an empty installation tells nobody of every one
CLOSED = {
    IncidentState.RESOLVED: ReplyKind.RESOLVED,
    IncidentState.ENDED: ReplyKind.ENDED,
    IncidentState.SUPERSEDED: ReplyKind.SUPERSEDED,
}


@dataclass(frozen=True, slots=True)
class Group:
    """The incidents that one message stands for: those who answer, and under a pooled target the units' shares."""

    name: str
    kind: IncidentKind
    subject: str
    open: tuple[Incident, ...]  # by number
    closed: tuple[Incident, ...]  # in this pass, after having been open
    shares: tuple[Incident, ...]


def notify(situation: Situation) -> list[Notification]:
    """Everything that must be sent after this pass, and what was withheld, in the order in which it must be sent."""
    messages_out = {(message.receiver, message.group): message for message in situation.out}
    groups = list(_groups(situation))
    notifications: list[Notification] = []
    for receiver in situation.programme.receivers:
        for group in groups:
            message = messages_out.get((receiver.name, group.name))
            if message is None or message.is_closed or message.post_failed:
                notifications.extend(_without_message(situation, receiver, group, message))
            else:
                notifications.extend(_with_message(situation, receiver, group, message))
    return notifications


def fingerprint(story: Story, language: Language) -> str:
    """What stands for the words of a story. The moment, the mention and "updated" do not count as words."""
    neutral = replace(story, as_of=story.incident.opened_at or story.incident.began_at, mention="", edited=False)
    return _hash(json.dumps(messages.render(neutral, language), sort_keys=True, ensure_ascii=False))


def _groups(situation: Situation) -> Iterator[Group]:
    closed_now = {event.number for event in situation.events if event.kind.value in CLOSED_EVENTS}
    by_group: dict[tuple[IncidentKind, str], list[Incident]] = {}
    for incident in situation.incidents:
        if incident.opened_at is not None and (incident.state.is_live or incident.number in closed_now):
            by_group.setdefault((incident.key.kind, incident.key.subject), []).append(incident)
    for kind, subject in sorted(by_group, key=lambda group: (KINDS.index(group[0]), group[1])):
        incidents = sorted(by_group[kind, subject], key=lambda incident: incident.number)
        answering = [incident for incident in incidents if not is_share(incident)]
        yield Group(
            name=f"{kind.value}/{subject}",
            kind=kind,
            subject=subject,
            open=tuple(incident for incident in answering if incident.state.is_live),
            closed=tuple(incident for incident in answering if not incident.state.is_live),
            shares=tuple(incident for incident in incidents if is_share(incident)),
        )


CLOSED_EVENTS = frozenset({"resolved", "ended", "superseded"})


def _hears(receiver: Receiver, group: Group, owner: str) -> bool:
    return group.kind in receiver.kinds and (not receiver.owners or owner in receiver.owners)


def _owner(situation: Situation, story: Story) -> str:
    if isinstance(story, TargetStory):
        return story.target.owner
    if isinstance(story, ReportsStory):
        return story.metric.owner
    if isinstance(story, ClaimStory):
        metric = situation.programme.metrics.get(story.claim.metric)
        return metric.owner if metric is not None else ""
    return story.source.owner


def _without_message(
    situation: Situation, receiver: Receiver, group: Group, last: GroupMessage | None
) -> list[Notification]:
    if not group.open:
        return list(_withheld(situation, receiver, group))
    story = tell(situation, group.open[0])
    if not _hears(receiver, group, _owner(situation, story)):
        return []
    if group.kind is IncidentKind.LATE and group.open[0].facts.get("begun") is False:
        return list(_not_begun(situation, receiver, group))
    post = _post(receiver, group, replace(story, mention=receiver.mention), last, situation)
    if last is not None and last.post_failed and (post.channel, post.fingerprint) == (last.channel, last.fingerprint):
        return []  # Slack would refuse the same words in the same channel again
    return [post]


def _with_message(situation: Situation, receiver: Receiver, group: Group, message: GroupMessage) -> list[Notification]:
    opened = {event.number for event in situation.events if event.kind is IncidentEventKind.OPENED}
    goes_on = any(incident.number not in opened for incident in group.open)
    of_episode = [incident for incident in group.open + group.closed if incident.number == message.episode]
    if goes_on:
        incident = of_episode[0] if of_episode and of_episode[0].state.is_live else group.open[0]
        return _go_on(situation, receiver, group, message, incident)
    if not group.closed:
        return []
    # Where some have recovered and others were superseded or have ended, the message must not close as a success.
    otherwise = [incident for incident in group.closed if incident.state is not IncidentState.RESOLVED]
    of_this = [incident for incident in of_episode if incident in otherwise]
    closing = of_this or otherwise or of_episode or list(group.closed)
    notifications = _close(situation, receiver, group, message, closing[-1])
    if group.open:  # the target's new version is behind too: an episode of its own
        story = replace(tell(situation, group.open[0]), mention=receiver.mention)
        notifications.append(_post(receiver, group, story, message, situation))
    return notifications


def _go_on(
    situation: Situation, receiver: Receiver, group: Group, message: GroupMessage, incident: Incident
) -> list[Notification]:
    story = replace(tell(situation, incident), edited=True)
    told = threads.going_on(situation, group.open + group.closed, group.shares, story)
    words = fingerprint(story, receiver.language)
    notifications = []
    if words != message.fingerprint:
        reason = told[0].kind.value if told else "changed"
        payload = messages.render(story, receiver.language)
        notifications.append(
            _row(situation, receiver, group, message.episode, Delivery.UPDATE, reason, payload, words, message.last_id)
        )
    notifications.extend(_reply(situation, receiver, group, message, reply) for reply in told)
    if isinstance(story, TargetStory) and threads.is_quiet(incident):
        notifications.extend(_withheld(situation, receiver, group))
    return notifications


def _close(
    situation: Situation, receiver: Receiver, group: Group, message: GroupMessage, incident: Incident
) -> list[Notification]:
    story = replace(closed_with(situation, tell(situation, incident), group.closed), edited=True)
    kind = CLOSED[incident.state]
    restated = threads.restated(situation, (incident,), story)
    payload = messages.render(story, receiver.language)
    words = fingerprint(story, receiver.language)
    return [
        *(_reply(situation, receiver, group, message, reply) for reply in restated),
        _row(situation, receiver, group, message.episode, Delivery.UPDATE, kind.value, payload, words, message.last_id),
        _reply(situation, receiver, group, message, threads.closing(kind, story)),
    ]


def _withheld(situation: Situation, receiver: Receiver, group: Group) -> Iterator[Notification]:
    """Units that opened in this pass while the target as a whole is not behind: nobody is told, and a row says why."""
    opened = {event.number for event in situation.events if event.kind is IncidentEventKind.OPENED}
    shares = [incident for incident in group.shares if incident.number in opened and incident.state.is_live]
    if not shares:
        return
    owner = _owner_of_target(situation.programme.targets, group.subject)
    if not _hears(receiver, group, owner):
        return
    for incident in shares:
        judged = judged_in(incident.facts, situation.now)
        row = _row(
            situation, receiver, group, incident.number, Delivery.POST, "opened", {},
            "" if judged is None else str(judged.period_start), "",
        )  # fmt: skip
        yield replace(row, state=NotificationState.SUPPRESSED, state_reason=WITHHELD, fingerprint="")


def _not_begun(situation: Situation, receiver: Receiver, group: Group) -> Iterator[Notification]:
    """A late source that nothing ever came from: a row says so once. It is told once it has begun, if late still."""
    opened = {event.number for event in situation.events if event.kind is IncidentEventKind.OPENED}
    for incident in group.open:
        if incident.number in opened:
            row = _row(situation, receiver, group, incident.number, Delivery.POST, "opened", {}, "", "")
            yield replace(row, state=NotificationState.SUPPRESSED, state_reason=NOT_BEGUN)


def _owner_of_target(targets: Iterable[TargetVersion], target: str) -> str:
    versions = [version for version in targets if version.target == target]
    return max(versions, key=lambda version: version.effective_from).owner if versions else ""


def _post(
    receiver: Receiver, group: Group, story: Story, last: GroupMessage | None, situation: Situation
) -> Notification:
    return _row(
        situation,
        receiver,
        group,
        story.incident.number,
        Delivery.POST,
        "opened",
        messages.render(story, receiver.language),
        fingerprint(story, receiver.language),
        last.last_id if last is not None else "",
    )


def _reply(
    situation: Situation, receiver: Receiver, group: Group, message: GroupMessage, reply: ReplyStory
) -> Notification:
    payload = messages.render(reply, receiver.language)
    words = _hash(json.dumps(payload, sort_keys=True, ensure_ascii=False))
    reason = reply.kind.value
    return _row(situation, receiver, group, message.episode, Delivery.REPLY, reason, payload, words, message.last_id)


def _row(
    situation: Situation,
    receiver: Receiver,
    group: Group,
    episode: int,
    delivery: Delivery,
    reason: str,
    rendered: Mapping[str, object],
    words: str,
    after: str,
) -> Notification:
    """A row of the outbox. Its id follows from what it says and what it comes after: deciding again gives it again."""
    identity = (receiver.name, receiver.channel, group.name, str(episode), delivery.value, reason, words, after)
    row_id = _hash("\n".join(identity))[:32]
    payload: dict[str, object] = {}
    if rendered:
        payload = {
            **rendered,
            "unfurl_links": False,
            "unfurl_media": False,
            "metadata": {
                "event_type": EVENT_TYPE,
                "event_payload": {"notification": row_id, "group": group.name, "reason": reason},
            },
        }
    return Notification(
        id=row_id,
        receiver=receiver.name,
        channel=receiver.channel,
        group=group.name,
        episode=episode,
        delivery=delivery,
        reason=reason,
        payload=payload,
        fingerprint=words,
        created_at=situation.now,
    )


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
