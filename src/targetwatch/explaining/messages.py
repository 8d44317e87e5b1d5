"""The last link: what was told of the newest incident, in whichever message, and what was withheld and why."""

from __future__ import annotations

from collections.abc import Mapping

from targetwatch.explaining.account import Shown, Step
from targetwatch.explaining.found import Case, Record
from targetwatch.model import Delivery, Language, NotificationState, Role, Text, Transport
from targetwatch.wording import dates, numbers

HEADING = Text("Tin nhắn", "Messages")
SHOWN = 8  # messages that are told one by one
LONGEST = 120  # characters of a message that are quoted

DELIVERIES: Mapping[Delivery, Text] = {
    Delivery.POST: Text("tin mới", "a new message"),
    Delivery.UPDATE: Text("sửa tin", "an edit of the message"),
    Delivery.REPLY: Text("trả lời trong luồng", "a reply in its thread"),
}
# Where it goes: a Slack channel, addresses, or the Connection of a webhook.
PLACES: Mapping[Transport, Text] = {
    Transport.SLACK: Text("#{}", "#{}"),
    Transport.EMAIL: Text("thư tới {}", "e-mail to {}"),
    Transport.WEBHOOK: Text("webhook {}", "webhook {}"),
}


def messages(case: Case, language: Language) -> Step | None:
    """What was told of the newest incident, and what was withheld and why."""
    if case.said is None:
        return None
    if case.messages is None:
        none = Text("Không có cảnh báo nên không có tin nhắn nào.", "There was no incident, and so no message.")
        return Step("messages", HEADING.in_(language), (none.in_(language),), (), {"messages": []})
    rows = case.messages.rows
    says = [_message(case, row, language) for row in rows[-SHOWN:]]
    if len(rows) > SHOWN:
        more = numbers.count(len(rows) - SHOWN, language)
        says.insert(
            0, Text(f"• {more} tin cũ hơn, xem bằng câu lệnh", f"• {more} older ones, by the command").in_(language)
        )
    if case.role is Role.SHARE and any(row["state"] != NotificationState.SUPPRESSED for row in rows):
        within = Text("Được nói đến trong tin nhắn của cả cấp:", "It is told of within the message of the tier:")
        says.insert(0, within.in_(language))
    if not rows:
        says = [Text("Chưa có tin nhắn nào.", "None was sent.").in_(language)]
    shown = (Shown(Text("các tin nhắn", "the messages").in_(language), case.messages.query),)
    facts = {"messages": [{**row, "state": _state_then(case, row)} for row in rows]}
    return Step("messages", HEADING.in_(language), tuple(says), shown, facts)


def _message(case: Case, row: Record, language: Language) -> str:
    when = dates.moment(row["created_at"], case.place.time_zone, language)
    what = DELIVERIES[Delivery(row["delivery"])].in_(language)
    text = str(row["text"] or "").partition("\n")[0]
    quoted = f" “{text[:LONGEST]}{'…' if len(text) > LONGEST else ''}”" if text else ""
    where = PLACES[Transport(row["transport"])].in_(language).format(row["channel"])
    return f"• {when}, {where}: {what}{quoted}: {_became(case, row, language)}"


def _became(case: Case, row: Record, language: Language) -> str:
    """What had become of a message by then."""
    from targetwatch.notifications.policy.reasons import explained

    state, reason = _state_then(case, row), str(row["state_reason"] or "")
    if state is NotificationState.SUPPRESSED:
        known = explained(reason)
        why = known.in_(language) if known else reason
        return Text(f"không gửi: {why}", f"withheld: {why}").in_(language)
    if state is NotificationState.PENDING:
        return Text("còn chờ gửi", "waiting to be sent").in_(language)
    when = dates.moment(row["settled_at"], case.place.time_zone, language) if row["settled_at"] else ""
    if state is NotificationState.SENT:
        return Text(f"đã gửi lúc {when}", f"delivered {when}").in_(language)
    if state is NotificationState.MERGED:
        return Text("gộp vào lần sửa sau", "merged into a newer edit").in_(language)
    return Text(f"không gửi được: {reason}", f"could not be delivered: {reason}").in_(language)


def _state_then(case: Case, row: Record) -> NotificationState:
    """Its state at the moment that was asked for: what was settled later was still waiting."""
    until = case.place.until
    if until is not None and row["settled_at"] is not None and row["settled_at"] > until:
        return NotificationState.PENDING
    return NotificationState(row["state"])
