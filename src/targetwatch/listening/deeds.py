"""Deeds: to acknowledge and to snooze, from a button or a command, by whoever may, and in the name of their office."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from targetwatch import pipeline
from targetwatch.incidents import Acknowledge, ActionRefused, SilenceThat, refusals
from targetwatch.listening.deadlines import next_deadline
from targetwatch.listening.sight import Sight
from targetwatch.listening.standing import subject_name
from targetwatch.listening.words import Reply, data
from targetwatch.model import (
    Delivery,
    Holder,
    Incident,
    IncidentState,
    Label,
    Language,
    Matcher,
    Notification,
    Silence,
    Text,
    Transport,
)
from targetwatch.notifications import clicks
from targetwatch.notifications.policy.permission import Allowed, Denied, is_of_a_unit, office, refusal, unit_name
from targetwatch.wording import dates

SILENCED = "silenced"
EVENT_TYPE = "targetwatch_notification"


def acknowledge(sight: Sight, number: int, user: str, reason: str, language: Language, *, of_group: bool) -> Reply:
    """Acknowledge an incident: the whole where the user may, else as much of it as is theirs.

    `of_group`: a button stands for its message, and so for every open incident that the message tells of.
    """
    about = sight.about(number)
    meant = next((one for one in about if one.number == number), None)
    if meant is None:
        return Reply.of(refusals.unknown_incident(number).says, language)
    if meant.state not in (IncidentState.OPEN, IncidentState.ACKNOWLEDGED) and not _open(about):
        return Reply.of(refusals.not_open(meant, sight.programme.time_zone).says, language)
    mine, allowed, denied = _theirs(sight, user, meant, about, of_group=of_group)
    if allowed is None:
        return Reply.of(_harmless(refusal(sight.programme, user, denied)), language) if denied else Reply(())
    fresh = [one for one in mine if one.state is IncidentState.OPEN or reason]
    if not fresh:
        return Reply.of(_already(sight, mine[0]), language)
    by, why = office(sight.programme, allowed), reason or str(clicks.BY_BUTTON)
    try:
        acted = pipeline.act(sight.settings, Acknowledge(tuple(one.number for one in fresh), str(by), why), sight.now)
    except ActionRefused as refused:
        return Reply.of(refused.says, language)
    names = ", ".join(one.name for one in acted.incidents[:5])
    names += f" (+{len(acted.incidents) - 5})" if len(acted.incidents) > 5 else ""
    as_whom = Text(data(by.vi), data(by.en))
    return Reply.of(
        Text(
            f"Đã tiếp nhận {names}, với tư cách: {as_whom.vi}. Tiếp nhận không làm thay đổi đánh giá.",
            f"Acknowledged {names}, as: {as_whom.en}. Acknowledging does not change the judgement.",
        ),
        language,
        told=acted.notifications > 0,
    )


def snooze(sight: Sight, number: int, user: str, reason: str, language: Language) -> Reply:
    """Withhold the messages about what an incident is about until the next period is due."""
    about = sight.about(number)
    meant = next((one for one in about if one.number == number), None)
    if meant is None:
        return Reply.of(refusals.unknown_incident(number).says, language)
    if not meant.state.is_live and not _open(about):
        closed = Text(
            f"{meant.name} đã đóng, không còn gì để tạm dừng.", f"{meant.name} is closed: there is nothing to snooze."
        )
        return Reply.of(closed, language)
    _, allowed, denied = _theirs(sight, user, meant, about, of_group=True)
    if allowed is None:
        return Reply.of(_harmless(refusal(sight.programme, user, denied)), language) if denied else Reply(())
    ends = next_deadline(sight.programme, meant, sight.now)
    by, why = office(sight.programme, allowed), reason or str(clicks.UNTIL_DEADLINE)
    match = _match(meant, about, allowed.holder, whole=isinstance(sight.may(user, meant), Allowed))
    try:
        acted = pipeline.act(sight.settings, SilenceThat(match, str(by), why, ends), sight.now)
    except ActionRefused as refused:
        return Reply.of(refused.says, language)
    if acted.silence is None:
        return Reply(())
    tell_in_threads(sight, acted.silence, by, meant, [one.number for one in about])
    when = _moment(ends, sight.programme.time_zone)
    return Reply.of(
        Text(
            f"Tạm dừng {meant.name} đến {when.vi} ({acted.silence.id}), với tư cách: {data(by.vi)}. "
            "Đánh giá vẫn tiếp tục; khi hết hạn sẽ báo những gì đã xảy ra. "
            f"`targetwatch silences` liệt kê các lần tắt thông báo.",
            f"Snoozed {meant.name} until {when.en} ({acted.silence.id}), as: {data(by.en)}. "
            "It goes on being judged; what happens meanwhile is told at the end. "
            "`targetwatch silences` lists the silences.",
        ),
        language,
        told=True,
    )


def tell_in_threads(sight: Sight, silence: Silence, by: Text, meant: Incident, numbers: Sequence[int]) -> int:
    """Put into the outbox, for the thread of each message that falls silent, who silenced it and until when.

    Where only a part of the message does, it is named. Once, however often: the row's id follows from the silence and
    the message.
    """
    from targetwatch.warehouse import Warehouse, ledger

    receivers = {receiver.name: receiver for receiver in sight.programme.receivers}
    when, rows = _moment(silence.ends, sight.programme.time_zone), []
    for thread in sight.threads(numbers):
        receiver = receivers.get(thread["receiver"])
        if receiver is None or receiver.transport is not Transport.SLACK:
            continue
        part = _part(sight, silence, meant, receiver.language, is_whole=not thread["tells_of_others"])
        said = Text(
            f":no_bell: *Tạm dừng đến {when.vi}.*{part} {data(by.vi)}: “{_reason(silence.reason, Language.VI)}”\n"
            "Đánh giá vẫn tiếp tục; khi hết hạn sẽ báo những gì đã xảy ra.",
            f":no_bell: *Snoozed until {when.en}.*{part} {data(by.en)}: “{_reason(silence.reason, Language.EN)}”\n"
            "It goes on being judged; what happens meanwhile is told at the end.",
        ).in_(receiver.language)
        identity = (SILENCED, silence.id, receiver.name, thread["message_group"], str(thread["incident"]))
        row_id = hashlib.sha256("\n".join(identity).encode()).hexdigest()[:32]
        payload = {
            "text": said.replace("*", "").partition("\n")[0].removeprefix(":no_bell: "),
            "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": said, "verbatim": True}}],
            "unfurl_links": False,
            "unfurl_media": False,
            "metadata": {
                "event_type": EVENT_TYPE,
                "event_payload": {"notification": row_id, "group": thread["message_group"], "reason": SILENCED},
            },
        }
        rows.append(
            Notification(
                id=row_id,
                receiver=receiver.name,
                channel=thread["channel"],
                group=thread["message_group"],
                episode=thread["incident"],
                delivery=Delivery.REPLY,
                reason=SILENCED,
                payload=payload,
                fingerprint=row_id,
                created_at=sight.now,
                about=tuple(numbers),
            )
        )
    if not rows:
        return 0
    settings = sight.settings
    warehouse = Warehouse(settings.home, settings.product_sql, settings.programme_sql, settings.snapshots_kept)
    with warehouse.ledger() as conn:
        return ledger.add_notifications(conn, rows, run_id=f"listen-{silence.id}")


def _part(sight: Sight, silence: Silence, meant: Incident, language: Language, *, is_whole: bool) -> str:
    """What of a message falls silent, as a sentence; nothing where all of it does."""
    units = [value for matcher in silence.match if matcher.label is Label.UNIT for value in matcher.values]
    if is_whole and not units:
        return ""
    names = [subject_name(sight, meant, language), *(unit_name(sight.programme, unit) for unit in units)]
    return f" {data(', '.join(name for name in names if name))}."


def _open(about: Sequence[Incident]) -> list[Incident]:
    return [one for one in about if one.state in (IncidentState.OPEN, IncidentState.ACKNOWLEDGED)]


def _theirs(
    sight: Sight, user: str, meant: Incident, about: Sequence[Incident], *, of_group: bool
) -> tuple[list[Incident], Allowed | None, Denied | None]:
    """What of it the user may act on, and as whom; else why not.

    The whole of what was meant is theirs or not. A unit's own part may be theirs where the whole is not, and a message
    about several units that answer each for itself is theirs as far as they are.
    """
    live = _open(about)
    verdict = sight.may(user, meant)
    if isinstance(verdict, Allowed) and meant in live and not (of_group and is_of_a_unit(meant)):
        return [meant], verdict, None
    parts = live if of_group or not is_of_a_unit(meant) else [one for one in live if one == meant]
    found = [(one, may) for one in parts if isinstance(may := sight.may(user, one), Allowed)]
    if found:
        return [one for one, _ in found], found[0][1], None
    if isinstance(verdict, Denied):
        return [], None, verdict
    denied = (sight.may(user, one) for one in parts)
    return [], None, next((one for one in denied if isinstance(one, Denied)), None)


def _match(meant: Incident, about: Sequence[Incident], holder: Holder | None, *, whole: bool) -> tuple[Matcher, ...]:
    """What is silenced: the kind and subject; of one unit only where the message is of one, or the office is."""
    match = [Matcher(Label.KIND, (meant.key.kind.value,)), Matcher(Label.SUBJECT, (meant.key.subject,))]
    if not whole and holder is not None and holder.unit is not None:
        match.append(Matcher(Label.UNIT, (holder.unit,)))
    elif is_of_a_unit(meant) and len(_open(about)) == 1:
        match.append(Matcher(Label.UNIT, (f"{meant.key.org_unit}@{meant.key.org_unit_valid_from}",)))
    return tuple(match)


def _already(sight: Sight, incident: Incident) -> Text:
    by = Text.parse(incident.acknowledged_by)
    at = incident.acknowledged_at or sight.now
    when = _moment(at, sight.programme.time_zone)
    return Text(
        f"{incident.name} đã được tiếp nhận lúc {when.vi}: {data(by.vi)}.",
        f"{incident.name} has been acknowledged at {when.en}: {data(by.en)}.",
    )


def _reason(reason: str, language: Language) -> str:
    """A reason in the words of whoever gave it; ours in the reader's language."""
    return data(clicks.reason(reason, language), 300)


def _harmless(text: Text) -> Text:
    return Text(data(text.vi), data(text.en))


def _moment(when: datetime, time_zone: str) -> Text:
    return Text(dates.moment(when, time_zone, Language.VI), dates.moment(when, time_zone, Language.EN))
