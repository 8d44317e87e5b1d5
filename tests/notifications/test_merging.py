"""What an outage has let pile up: what is merged, what never is, and that nobody is told old news as if it were new."""

from __future__ import annotations

from datetime import timedelta

import pytest

from targetwatch.model import Language, NotificationState, Receiver, Transport
from targetwatch.notifications.delivery import lateness, merging
from targetwatch.notifications.delivery.audience import Audience
from targetwatch.notifications.delivery.wire import FailureKind, Posted, Queued, Scope, SendFailure
from tests.fakes import MemorySlack
from tests.notifications.sending import POST, REPLY, START, UPDATE, Clock, filled, row, send

DOWN = SendFailure("down", FailureKind.TRANSIENT, may_have_arrived=True, scope=Scope.EVERYWHERE)
AUDIENCE = Audience({"r": Receiver("r", "c", Language.EN)}, time_zone="Asia/Ho_Chi_Minh")
HOURS = timedelta(hours=6)


def planned(*names: tuple[str, object, str], is_out: bool = True) -> list[tuple[str, str, list[str]]]:
    """What is sent of such rows, in whose words, and for which others it stands."""
    rows = [
        Queued(row(name, delivery, reason=reason), place)  # type: ignore[arg-type]
        for place, (name, delivery, reason) in enumerate(names, 1)
    ]
    out = {rows[0].episode: Posted("c", "1")} if is_out else {}
    plan = merging.plan(rows, out)
    return [(one.row.id, one.words.id, [other.id for other in one.stands_for]) for one in plan.errands]


def test_of_replies_that_say_where_things_stand_the_newest_is_enough():
    """Worse, worse and worse is one reply; what comes between keeps both sides of it."""
    assert planned(("w1", REPLY, "worse"), ("u", UPDATE, "worse"), ("w2", REPLY, "worse"), ("w3", REPLY, "worse")) == [
        ("u", "u", []),
        ("w3", "w3", ["w1", "w2"]),
    ]
    assert planned(("w1", REPLY, "worse"), ("b", REPLY, "better"), ("w2", REPLY, "worse")) == [
        ("w1", "w1", []), ("b", "b", []), ("w2", "w2", []),
    ]  # fmt: skip


KEPT = [
    "resolved", "ended", "superseded", "escalated", "acknowledged", "lapsed", "restated", "more", "units", "silenced",
    "something_new",
]  # fmt: skip


@pytest.mark.parametrize("reason", KEPT)
def test_what_is_history_is_never_merged(reason: str):
    """What people did, what was put right and how it ended is told each time, whatever came after."""
    assert planned(("a", REPLY, reason), ("b", REPLY, reason)) == [("a", "a", []), ("b", "b", [])]


def test_a_reply_that_was_begun_is_not_merged():
    """It may have arrived: it is looked up, and not said to be overtaken."""
    first = Queued(row("w1", REPLY, reason="worse"), 1, attempts=1)
    second = Queued(row("w2", REPLY, reason="worse"), 2)
    plan = merging.plan([first, second], {first.episode: Posted("c", "1")})
    assert [one.row for one in plan.errands] == [first, second]


def test_a_message_that_was_never_sent_goes_first_and_in_its_newest_words():
    """Its edits are not sent after it, and replies follow it."""
    rows = (("p", POST, "opened"), ("r", REPLY, "more"), ("u", UPDATE, "worse"), ("v", UPDATE, "worse"))
    assert planned(*rows, is_out=False) == [("p", "v", []), ("r", "r", [])]


def test_an_edit_whose_message_is_gone_comes_before_the_replies():
    """What is left of a lost message stands for it, and nothing is told before it."""
    rows = (("r", REPLY, "more"), ("u", UPDATE, "worse"), ("v", UPDATE, "worse"))
    assert planned(*rows, is_out=False) == [("u", "v", []), ("r", "r", [])]


MENTIONING = [{"type": "section", "text": {"type": "mrkdwn", "text": "Chairs <!subteam^S01>"}}]


@pytest.mark.parametrize(("reason", "mentions"), [("worse", True), ("resolved", False)])
def test_whom_it_would_have_mentioned_is_mentioned_if_it_goes_on(reason: str, mentions: bool):
    """An edit mentions nobody; said in place of the message it does, but not when all is over."""
    outbox = filled(row("p", POST, reason="opened", blocks=MENTIONING), row("u", UPDATE, reason=reason))
    slack = MemorySlack()
    assert send(outbox, slack, audience=AUDIENCE).sent == 1
    ((_, _, (payload,)),) = slack.messages
    assert payload["text"] == "u"
    assert ("<!subteam^S01>" in str(payload["blocks"])) is mentions
    assert payload["metadata"]["event_payload"]["notification"] == "p"  # type: ignore[index]


def test_data_cannot_mention_anybody():
    """What looks like a mention in data is escaped in a payload, and is none."""
    post = row("p", POST, blocks=[{"type": "section", "text": {"type": "mrkdwn", "text": "&lt;!subteam^S01&gt;"}}])
    assert "subteam" not in str(lateness.in_newer_words(post, row("u", UPDATE), is_open=True)["blocks"])


def test_an_outage_of_hours_drains_in_order_and_says_of_when_it_speaks():
    """After six hours each message goes once, in its newest words, and says when it was written and for how many."""
    clock = Clock()
    slack = MemorySlack(failures=dict.fromkeys(range(1, 100), (DOWN, False)))
    outbox = filled(row("p", POST, reason="opened"), row("other", POST, "late/b", reason="opened"))
    for hour in range(6):
        at = START + timedelta(hours=hour)
        outbox.add([row(f"u{hour}", UPDATE, reason="worse", at=at), row(f"w{hour}", REPLY, reason="worse", at=at)])
        clock.now = at
        assert send(outbox, slack, clock, AUDIENCE).sent == 0
    outbox.add([row("done", REPLY, reason="resolved", at=START + HOURS)])
    slack.failures.clear()
    clock.now = START + HOURS
    done = send(outbox, slack, clock, AUDIENCE)
    assert (done.sent, done.waiting) == (4, 0)
    said = [(versions[0]["text"], _small(versions[0])) for _, _, versions in slack.messages]
    assert said == [
        ("u5", ["Written at 22:05, 16 Jun 2025; it could not be sent until now."]),
        ("other", ["Written at 17:05, 16 Jun 2025; it could not be sent until now."]),
        ("w5", [
            "Written at 22:05, 16 Jun 2025; it could not be sent until now.",
            "It stands for 5 earlier messages, since 17:05, 16 Jun 2025.",
        ]),
        ("done", []),
    ]  # fmt: skip
    merged = {f"{kind}{hour}" for kind in "uw" for hour in range(5)} | {"u5"}
    assert {one.notification.id for one in outbox.rows if one.notification.state is NotificationState.MERGED} == merged
    assert (outbox.why("w0"), outbox.why("u0"), outbox.why("u5")) == ("w5", "u1", "p")


def test_late_words_are_said_in_the_receivers_language():
    """Vietnamese readers are told in Vietnamese; a webhook's are as Slack's."""
    heads = Audience({"r": Receiver("r", "c", Language.VI)}, time_zone="Asia/Ho_Chi_Minh")
    slack = MemorySlack()
    send(filled(row("p", POST, transport=Transport.SLACK)), slack, Clock(START + HOURS), heads)
    assert _small(slack.messages[0][2][0]) == ["Viết lúc 17:05 ngày 16/06/2025, đến nay mới gửi được."]


def test_a_remark_keeps_within_slacks_limits():
    """Where a message has all the blocks that Slack takes, what is to be remarked goes into the last of them."""
    full = [{"type": "divider"}] * 49 + [{"type": "context", "elements": [{"type": "mrkdwn", "text": "x"}] * 10}]
    noted = lateness.noted({"text": "x", "blocks": full}, ["late"])
    assert len(noted["blocks"]) == 50  # type: ignore[arg-type]
    assert len(_small(noted)) == 10
    assert _small(noted)[-1] == "late"
    assert lateness.noted({"text": "x", "blocks": [{"type": "divider"}] * 50}, ["late"])["blocks"] == full[:1] * 50


def _small(payload) -> list[str]:
    last = payload["blocks"][-1]
    return [one["text"] for one in last["elements"]] if last["type"] == "context" else []
