"""Delivery through the real slack_sdk client to the stand-in: 429s, 500s, lost answers, refusals."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from targetwatch.model import Delivery, Notification, NotificationState
from targetwatch.notifications import slack
from targetwatch.notifications.outbox import Delivered, deliver
from targetwatch.notifications.wire import FailureKind, SlackFailure
from targetwatch.standin import running
from targetwatch.standin.faults import Fault, FaultKind
from targetwatch.standin.server import Running
from tests.fakes import MemoryOutbox

NOW = datetime.now(UTC)
POST, UPDATE, REPLY = Delivery.POST, Delivery.UPDATE, Delivery.REPLY


def row(name: str, delivery: Delivery, group: str = "behind/a", channel: str = "chi-tieu") -> Notification:
    """A row whose message says its name, and carries it in the metadata as policy does."""
    payload = {
        "text": name,
        "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": name}}],
        "unfurl_links": False,
        "unfurl_media": False,
        "metadata": {
            "event_type": "targetwatch_notification",
            "event_payload": {"notification": name, "group": group, "reason": "opened"},
        },
    }
    return Notification(name, "heads", channel, group, 1, delivery, "opened", payload, name, NOW)


def send(standin: Running, *rows: Notification, pauses: list[float] | None = None) -> tuple[Delivered, MemoryOutbox]:
    """Drain an outbox with these rows; it does not really pause, but what it would have paused is kept."""
    outbox = MemoryOutbox()
    outbox.add(rows)
    client = slack.connect("xoxb-test", standin.api)
    kept = pauses if pauses is not None else []
    return deliver(outbox, client, lambda: NOW, kept.append, lambda: 0.5), outbox


def shown(standin: Running) -> list[tuple[str, bool, bool]]:
    """The words of each message in every channel, whether it is a reply, and whether it was edited."""
    return [
        (message.text, message.is_reply, message.edited is not None)
        for channel in standin.store.channels()
        for message in standin.store.messages(channel.id)
    ]


def test_a_message_its_edit_and_its_reply(standin: Running):
    """A message is posted, edited in place and replied to in its thread."""
    done, _ = send(standin, row("p", POST), row("u", UPDATE), row("r", REPLY))
    assert done.sent == 3
    assert shown(standin) == [("u", False, True), ("r", True, False)]


FAULTS = [
    Fault(FaultKind.RATE_LIMITED, retry_after=3),
    Fault(FaultKind.SERVER_ERROR),
    Fault(FaultKind.FAILED_ANSWER),
    Fault(FaultKind.LOST_ANSWER),
    Fault(FaultKind.REFUSED, error="internal_error"),
]


@pytest.mark.parametrize("method", ["chat.postMessage", "chat.update"])
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.kind.value + "-" + fault.error)
def test_each_fault_delivers_once_and_in_order(standin: Running, fault: Fault, method: str):
    """Whatever goes wrong with one request, each message is there once, in order, in its newest words."""
    standin.faults.plan(replace(fault, method=method))
    done, _ = send(standin, row("p", POST), row("u", UPDATE), row("r", REPLY), row("q", POST, "behind/b"))
    assert (done.sent, done.waiting, done.failed) == (4, 0, 0)
    assert shown(standin) == [("u", False, True), ("r", True, False), ("q", False, False)]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.kind.value + "-" + fault.error)
def test_the_same_fault_three_times_and_on_a_reply(standin: Running, fault: Fault):
    """Faults in a row, also while looking up what became of a reply, change nothing of what arrives."""
    send(standin, row("p", POST))
    outbox = MemoryOutbox()
    outbox.add([row("p", POST), row("r", REPLY)])
    channel = standin.store.channels()[0].id
    (message,) = standin.store.messages(channel)
    client = slack.connect("xoxb-test", standin.api)
    found = client.find("chi-tieu", "p", NOW - timedelta(days=1))
    assert found is not None
    outbox.mark_sent("p", found, NOW)
    again = [replace(fault, method=method) for method in ("conversations.replies", "chat.postMessage")]
    standin.faults.plan(fault, *again)
    done = deliver(outbox, client, lambda: NOW, lambda _: None, lambda: 0.5)
    assert done.sent == 1
    assert shown(standin) == [(message.text, False, False), ("r", True, False)]


def test_retry_after_is_honoured(standin: Running):
    """The pause is the one that Slack asked for."""
    standin.faults.plan(Fault(FaultKind.RATE_LIMITED, retry_after=17))
    pauses: list[float] = []
    send(standin, row("p", POST), pauses=pauses)
    assert pauses == [17]


def test_an_unreachable_slack_keeps_everything(tmp_path: Path):
    """With nothing listening the rows stay, with a reason that a person understands."""
    with running(tmp_path) as gone:
        address = gone.api
    outbox = MemoryOutbox()
    outbox.add([row("p", POST)])
    done = deliver(outbox, slack.connect(None, address), lambda: NOW, lambda _: None, lambda: 0.5)
    assert (done.sent, done.waiting) == (0, 1)
    assert "Slack did not answer" in done.problems[0]


def test_forty_messages_through_bad_weather(standin: Running):
    """A burst with a fault at every third request ends with each message once, in order within its group."""
    rows = [row(f"{kind.value[0]}{group}", kind, f"g{group}") for group in range(20) for kind in (POST, REPLY)]
    for number in range(14):
        standin.faults.plan(Fault(FaultKind.RATE_LIMITED), Fault(list(FAULTS)[number % 5].kind, "chat.postMessage"))
    outbox = MemoryOutbox()
    outbox.add(rows)
    client = slack.connect("xoxb-test", standin.api)
    moments = [NOW + timedelta(hours=hour) for hour in range(10)]
    for moment in moments:
        deliver(outbox, client, partial(datetime.astimezone, moment), lambda _: None, lambda: 0.5)
    assert sorted(text for text, _, _ in shown(standin)) == sorted(one.id for one in rows)
    assert all(is_reply == text.startswith("r") for text, is_reply, _ in shown(standin))


REFUSALS = [
    ("invalid_auth", FailureKind.BLOCKED, "TARGETWATCH_SLACK_TOKEN"),
    ("missing_scope", FailureKind.BLOCKED, "chat:write"),
    ("channel_not_found", FailureKind.BLOCKED, "receivers.yaml"),
    ("not_in_channel", FailureKind.BLOCKED, "/invite"),
    ("is_archived", FailureKind.BLOCKED, "restore"),
    ("msg_too_long", FailureKind.TERMINAL, "report"),
    ("message_not_found", FailureKind.TERMINAL, "deleted"),
    ("something_new", FailureKind.TERMINAL, "something_new"),
    ("ratelimited", FailureKind.TRANSIENT, "tried again"),
]


@pytest.mark.parametrize(("code", "kind", "advice"), REFUSALS)
def test_each_refusal_says_what_to_do(standin: Running, code: str, kind: FailureKind, advice: str):
    """Every error of Slack's is transient, waits for a person or is final, and its sentence says what comes next."""
    standin.faults.plan(Fault(FaultKind.REFUSED, error=code))
    with pytest.raises(SlackFailure) as raised:
        slack.connect("xoxb-test", standin.api).post("chi-tieu", {"text": "hello"})
    assert raised.value.kind is kind
    assert advice in raised.value.sentence


def test_a_deleted_message_fails_its_edits_only(standin: Running):
    """A message that a person deleted is not posted again; its edit fails and says why."""
    outbox = MemoryOutbox()
    outbox.add([row("p", POST)])
    client = slack.connect("xoxb-test", standin.api)
    deliver(outbox, client, lambda: NOW, lambda _: None, lambda: 0.5)
    channel = standin.store.channels()[0].id
    standin.store.delete(channel, standin.store.messages(channel)[0].ts)
    outbox.add([row("u", UPDATE)])
    deliver(outbox, client, lambda: NOW, lambda _: None, lambda: 0.5)
    assert outbox.state_of("u") is NotificationState.FAILED
    assert "deleted" in outbox.why("u")
    assert shown(standin) == []


def test_looking_up_reads_every_page(standin: Running, monkeypatch: pytest.MonkeyPatch):
    """A message is found behind many newer ones, by its metadata alone, and by the name of its channel."""
    client = slack.connect("xoxb-test", standin.api)
    first = client.post("chi-tieu", row("wanted", POST).payload)
    monkeypatch.setattr(slack, "PAGE", 3)
    for number in range(8):
        standin.store.add(first.channel, f"noise {number}", [], {})
    since = NOW - timedelta(days=1)
    assert client.find("chi-tieu", "wanted", since) == first
    assert client.find("#chi-tieu", "unknown", since) is None
    assert client.find(first.channel, "wanted", NOW + timedelta(days=1)) is None
    assert client.find("nowhere", "wanted", since) is None
    assert client.find("C0000000000", "wanted", since) is None


def test_the_client_says_who_it_is(standin: Running):
    """`doctor` can ask who the token speaks as."""
    assert slack.connect("xoxb-test", standin.api).identity() == "targetwatch in Slack stand-in"


def test_the_sdk_does_not_retry_by_itself(standin: Running):
    """A lost answer is one request: the SDK's own retry would have sent the message a second time."""
    standin.faults.plan(Fault(FaultKind.LOST_ANSWER))
    with pytest.raises(SlackFailure):
        slack.connect("xoxb-test", standin.api).post("chi-tieu", {"text": "hello"})
    assert standin.faults.requests == ["chat.postMessage"]
    assert len(shown(standin)) == 1


def test_payloads_arrive_as_they_were_made(standin: Running):
    """Blocks and metadata reach Slack unchanged."""
    made = row("p", POST)
    send(standin, made)
    (message,) = standin.store.messages(standin.store.channels()[0].id)
    assert json.loads(json.dumps(message.blocks)) == made.payload["blocks"]
    assert message.metadata == made.payload["metadata"]
