"""Delivery through the real slack_sdk client to the stand-in: 429s, 500s, lost answers, refusals, pictures."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from targetwatch.model import Delivery, Language, Notification, NotificationState, Receiver
from targetwatch.notifications.delivery import slack
from targetwatch.notifications.delivery.audience import Audience
from targetwatch.notifications.delivery.limits import SLACKS, Limits
from targetwatch.notifications.delivery.outbox import Delivered, deliver
from targetwatch.notifications.delivery.wire import FailureKind, Posted, SendFailure
from targetwatch.standin import running
from targetwatch.standin.faults import Fault, FaultKind
from targetwatch.standin.server import Running
from targetwatch.standin.store import ChannelState, write_ts
from tests.fakes import MemoryOutbox
from tests.notifications import sending
from tests.notifications.sending import POST, REPLY, UPDATE, Clock, Only, filled

NOW = datetime.now(UTC)
TOKEN = "xoxb-a-very-secret-token"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(64))
CHART = {"type": "image", "alt_text": "Trend: falling", "chart": {"mark": "line", "data": {"values": [1, 2]}}}


def row(name: str, delivery: Delivery, group: str = "behind/a", **said) -> Notification:
    """A row of the outbox for a channel."""
    return sending.row(name, delivery, group, **{"channel": "chi-tieu", "receiver": "heads", "at": NOW, **said})


def send(
    standin: Running,
    outbox: MemoryOutbox,
    clock: Clock | None = None,
    audience: Audience | None = None,
    draw: Callable | None = None,
    limits: Limits | None = None,
) -> Delivered:
    """One drain through the client; it does not really pause."""
    clock = clock or Clock(NOW)
    limits = limits or Limits({}, clock.ticks)
    client = slack.connect(TOKEN, standin.api, limits=limits, sleep=clock.sleep)
    return deliver(outbox, Only(client), clock.read, audience, clock.patience, draw)


def shown(standin: Running) -> list[tuple[str, bool, bool]]:
    """The words of each message in every channel, whether it is a reply, and whether it was edited."""
    return [
        (message.text, message.is_reply, message.edited is not None)
        for channel in standin.store.channels()
        for message in standin.store.messages(channel.id)
    ]


def test_a_message_its_edit_and_its_reply(standin: Running):
    """A message is posted, edited in place and replied to in its thread."""
    outbox = filled(row("p", POST))
    send(standin, outbox)
    outbox.add([row("u", UPDATE), row("r", REPLY)])
    assert send(standin, outbox).sent == 2
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
    outbox = filled(row("p", POST))
    send(standin, outbox)
    standin.faults.plan(replace(fault, method=method))
    outbox.add([row("u", UPDATE), row("r", REPLY), row("q", POST, "behind/b")])
    done = send(standin, outbox)
    assert (done.sent, done.waiting, done.failed, done.problems) == (3, 0, 0, [])
    assert sorted(shown(standin)) == [("q", False, False), ("r", True, False), ("u", False, True)]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.kind.value + "-" + fault.error)
def test_the_same_fault_three_times_and_on_a_reply(standin: Running, fault: Fault):
    """Faults in a row, also while looking up what became of a reply, change nothing of what arrives."""
    outbox = filled(row("p", POST))
    send(standin, outbox)
    outbox.add([row("r", REPLY)])
    again = [replace(fault, method=method) for method in ("conversations.replies", "chat.postMessage")]
    standin.faults.plan(fault, *again)
    assert send(standin, outbox).sent == 1
    assert shown(standin) == [("p", False, False), ("r", True, False)]


def test_retry_after_stops_its_channel_and_no_other(standin: Running):
    """A 429 holds its channel for as long as Slack asks, edits and other channels go on meanwhile."""
    outbox = filled(row("first", POST, "behind/e"))
    send(standin, outbox)
    standin.faults.plan(Fault(FaultKind.RATE_LIMITED, "chat.postMessage", retry_after=17))
    outbox.add(
        [
            row("p", POST),
            row("q", POST, "behind/b"),
            row("edited", UPDATE, "behind/e"),
            row("other", POST, "behind/c", channel="data", receiver="engineers"),
        ]
    )
    clock = Clock(NOW)
    assert send(standin, outbox, clock).sent == 4
    assert clock.slept == [17]
    requests = [method for method in standin.faults.requests if method.startswith("chat.")][1:]
    assert requests == ["chat.postMessage", "chat.update", "chat.postMessage", "chat.postMessage", "chat.postMessage"]
    words = {
        channel.name: [one.text for one in standin.store.messages(channel.id)] for channel in standin.store.channels()
    }
    assert words == {"chi-tieu": ["edited", "p", "q"], "data": ["other"]}


def test_its_own_limits_keep_slack_from_having_to_say_so(standin: Running):
    """Forty messages into two channels meet no 429 of a Slack that counts, and take about a second each a channel."""
    clock = Clock(NOW)
    standin.tiers.enabled = True
    standin.tiers.clock = clock.ticks
    try:
        rows = [row(f"p{n}", POST, f"g{n}", channel=f"c{n % 2}", receiver=f"r{n % 2}") for n in range(40)]
        done = send(standin, filled(*rows), clock, limits=Limits(SLACKS, clock.ticks))
    finally:
        standin.tiers.enabled = False
    assert (done.sent, len(standin.faults.requests)) == (40, 40)
    assert 15 <= sum(clock.slept) <= 20


def test_an_unreachable_slack_keeps_everything(tmp_path: Path):
    """With nothing listening the rows stay, with a reason that a person understands."""
    with running(tmp_path) as gone:
        pass
    outbox = filled(row("p", POST))
    done = send(gone, outbox)
    assert (done.sent, done.waiting) == (0, 1)
    assert "Slack did not answer" in done.problems[0]
    assert outbox.why("p") == done.problems[0]


REFUSALS = [
    ("invalid_auth", FailureKind.BLOCKED, "TARGETWATCH_SLACK_TOKEN"),
    ("token_revoked", FailureKind.BLOCKED, "TARGETWATCH_SLACK_TOKEN"),
    ("missing_scope", FailureKind.BLOCKED, "chat:write"),
    ("channel_not_found", FailureKind.BLOCKED, "receivers.yaml"),
    ("not_in_channel", FailureKind.BLOCKED, "/invite"),
    ("is_archived", FailureKind.BLOCKED, "restore"),
    ("msg_too_long", FailureKind.CONTENT, "report"),
    ("message_not_found", FailureKind.LOST, "posted anew"),
    ("edit_window_closed", FailureKind.TERMINAL, "settings"),
    ("something_new", FailureKind.BLOCKED, "something_new"),
    ("ratelimited", FailureKind.TRANSIENT, "tried again"),
]


@pytest.mark.parametrize(("code", "kind", "advice"), REFUSALS)
def test_each_refusal_says_what_to_do(standin: Running, code: str, kind: FailureKind, advice: str):
    """Every error of Slack's passes, waits for a person or is final, and says in two languages what comes next."""
    standin.faults.plan(Fault(FaultKind.REFUSED, error=code))
    with pytest.raises(SendFailure) as raised:
        slack.connect("xoxb-test", standin.api).post("chi-tieu", {"text": "hello"})
    assert raised.value.kind is kind
    assert advice in raised.value.sentence
    assert raised.value.says.vi != raised.value.says.en


def test_a_deleted_message_is_posted_anew(standin: Running):
    """A message that a person deleted comes back with its next news, and its thread with it."""
    outbox = filled(row("p", POST))
    send(standin, outbox)
    channel = standin.store.channels()[0].id
    standin.store.delete(channel, standin.store.messages(channel)[0].ts)
    outbox.add([row("r", REPLY)])
    assert send(standin, outbox).waiting == 0
    assert shown(standin) == [("p", False, False), ("r", True, False)]
    standin.store.delete(channel, standin.store.messages(channel)[0].ts)
    outbox.add([row("u", UPDATE), row("s", REPLY)])
    assert send(standin, outbox).waiting == 0
    assert [words for words, _, _ in shown(standin)][-2:] == ["u", "s"]


def test_looking_up_reads_every_page(standin: Running, monkeypatch: pytest.MonkeyPatch):
    """A message is found behind many newer ones, by its metadata alone, and by the name of its channel."""
    client = slack.connect("xoxb-test", standin.api)
    first = client.post("chi-tieu", row("wanted", POST).payload)
    reply = client.post("chi-tieu", row("reply", REPLY).payload, first)
    monkeypatch.setattr(slack, "PAGE", 3)
    for number in range(8):
        standin.store.add(first.channel, f"noise {number}", [], {})
        client.post(first.channel, row(f"noise {number}", REPLY).payload, first)
    since = NOW - timedelta(days=1)
    assert client.find("chi-tieu", "wanted", since) == first
    assert client.find(first.channel, "reply", since, first) == reply
    assert client.find(first.channel, "reply", since) is None
    assert client.find("#chi-tieu", "unknown", since) is None
    assert client.find(first.channel, "wanted", NOW + timedelta(days=1)) is None
    assert client.find("nowhere", "wanted", since) is None
    assert client.find("C0000000000", "wanted", since) is None
    assert client.find(first.channel, "reply", since, Posted(first.channel, "1.0")) is None


def test_a_clock_that_is_hours_ahead_of_slacks_finds_all_the_same(standin: Running):
    """What a lost answer left behind is found though our clock says that it was sent before it was made."""
    ahead = Clock(NOW + timedelta(hours=20))
    standin.faults.plan(Fault(FaultKind.LOST_ANSWER, "chat.postMessage"))
    assert send(standin, filled(row("p", POST, at=ahead.now)), ahead).sent == 1
    assert shown(standin) == [("p", False, False)]


def test_a_look_up_waits_its_turn_and_goes_on_where_it_was(standin: Running, monkeypatch: pytest.MonkeyPatch):
    """A 429 in the middle of a look-up of many pages is waited out, and the message is found, not sent again."""
    client = slack.connect("xoxb-test", standin.api)
    outbox = filled(row("p", POST))
    send(standin, outbox)
    channel = standin.store.channels()[0].id
    monkeypatch.setattr(slack, "PAGE", 2)
    root = Posted(channel, write_ts(standin.store.messages(channel)[0].ts))
    for number in range(6):
        client.post(channel, row(f"noise {number}", REPLY).payload, root)
    outbox.add([row("r", REPLY)])
    standin.faults.plan(
        Fault(FaultKind.LOST_ANSWER, "chat.postMessage"),
        Fault(FaultKind.RATE_LIMITED, "conversations.replies", retry_after=5),
    )
    clock = Clock(NOW)
    assert send(standin, outbox, clock, limits=Limits(SLACKS, clock.ticks)).sent == 1
    assert [words for words, _, _ in shown(standin)].count("r") == 1
    assert 5 in clock.slept


def test_a_picture_is_uploaded_once_and_shown_in_every_message(standin: Running):
    """A chart is drawn, uploaded and named in the message; the same chart again is not uploaded again."""
    drawn: list[object] = []

    def draw(chart: object) -> bytes:
        drawn.append(chart)
        return PNG

    outbox = filled(row("p", POST, blocks=[CHART]), row("q", POST, "behind/b", blocks=[CHART]))
    done = send(standin, outbox, draw=draw)
    assert (done.sent, done.remarks, len(drawn), standin.faults.requests.count("upload")) == (2, [], 1, 1)
    blocks = [message.blocks[1] for message in standin.store.messages(standin.store.channels()[0].id)]
    assert blocks[0] == blocks[1]
    assert (blocks[0]["type"], blocks[0]["alt_text"]) == ("image", "Trend: falling")
    assert set(blocks[0]) == {"type", "alt_text", "slack_file"}


@pytest.mark.parametrize(
    "fault",
    [
        Fault(FaultKind.REFUSED, "files.getUploadURLExternal", error="missing_scope"),
        Fault(FaultKind.SERVER_ERROR, "upload"),
        Fault(FaultKind.RATE_LIMITED, "files.completeUploadExternal"),
        None,
    ],
)
def test_a_picture_keeps_no_message_back(standin: Running, fault: Fault | None):
    """Refused, broken off or not even drawn: the message goes without its picture, and says so once."""
    if fault is not None:
        standin.faults.plan(fault, fault)
    rows = [row("p", POST, blocks=[CHART]), row("q", POST, "behind/b", blocks=[CHART])]
    done = send(standin, filled(*rows), draw=(lambda chart: PNG) if fault else None)
    assert (done.sent, done.problems, len(done.remarks)) == (2, [], 1)
    assert [len(message.blocks) for message in standin.store.messages(standin.store.channels()[0].id)] == [1, 1]


@pytest.mark.parametrize(("uses", "pictures", "uploads"), [(1, 1, 1), (2, 0, 2)])
def test_a_picture_that_slack_still_looks_at_is_given_a_moment(
    standin: Running, uses: int, pictures: int, uploads: int
):
    """Slack refuses a file for a moment after its upload: it is tried once more, then left out and uploaded anew."""
    standin.store.files.settle_after(uses)
    outbox = filled(row("p", POST, blocks=[CHART]))
    clock = Clock(NOW)
    assert send(standin, outbox, clock, draw=lambda chart: PNG).sent == 1
    assert clock.slept[:1] == [2.0]
    (message,) = standin.store.messages(standin.store.channels()[0].id)
    assert len(message.blocks) == 1 + pictures
    standin.store.files.settle_after(0)
    outbox.add([row("u", UPDATE, blocks=[CHART])])
    send(standin, outbox, clock, draw=lambda chart: PNG)
    assert standin.faults.requests.count("upload") == uploads


def test_the_client_says_who_it_is(standin: Running):
    """`doctor` can ask who the token speaks as."""
    assert slack.connect("xoxb-test", standin.api).identity() == "targetwatch in Slack stand-in"


def test_the_sdk_does_not_retry_by_itself(standin: Running):
    """A lost answer is one request: the SDK's own retry would have sent the message a second time."""
    standin.faults.plan(Fault(FaultKind.LOST_ANSWER))
    with pytest.raises(SendFailure):
        slack.connect("xoxb-test", standin.api).post("chi-tieu", {"text": "hello"})
    assert standin.faults.requests == ["chat.postMessage"]
    assert len(shown(standin)) == 1


def test_payloads_arrive_as_they_were_made(standin: Running):
    """Blocks and metadata reach Slack unchanged."""
    made = row("p", POST)
    send(standin, filled(made))
    (message,) = standin.store.messages(standin.store.channels()[0].id)
    assert json.loads(json.dumps(message.blocks)) == made.payload["blocks"]
    assert message.metadata == made.payload["metadata"]


def test_no_token_is_in_a_log_or_a_message(standin: Running, caplog: pytest.LogCaptureFixture):
    """At the most talkative level, whatever fails, the token is in no log, no problem and no row's reason."""
    caplog.set_level(logging.DEBUG)
    for name in ("slack_sdk", "slack_sdk.web.base_client", "slack_sdk.web.client"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    said = ""
    for fault in [*FAULTS, *(Fault(FaultKind.REFUSED, error=code) for code, _, _ in REFUSALS)]:
        standin.clear()
        standin.faults.plan(*[fault] * 6)
        outbox = filled(row("p", POST, blocks=[CHART]), row("r", REPLY))
        said += str(send(standin, outbox, draw=lambda chart: PNG)) + outbox.why("p") + outbox.why("r")
        said += str(list(outbox.troubles.values()))
    standin.store.revoke(TOKEN)
    said += str(send(standin, filled(row("p", POST))))
    assert "token_revoked" in said
    assert TOKEN not in said + caplog.text
    assert "very-secret" not in said + caplog.text


HEADS = Receiver("heads", "chi-tieu", Language.VI, fallback="engineers")
ENGINEERS = Receiver("engineers", "data", Language.EN)
AUDIENCE = Audience({"heads": HEADS, "engineers": ENGINEERS}, operators=None, time_zone="Asia/Ho_Chi_Minh")


@pytest.mark.parametrize(
    "state", [ChannelState.ARCHIVED, ChannelState.DELETED, ChannelState.REMOVED, ChannelState.READ_ONLY]
)
def test_a_channel_that_is_lost_in_the_middle(standin: Running, state: ChannelState):
    """Archived, deleted, left or read-only: all waits, one message tells the fallback, and all is sent when mended."""
    outbox = filled(row("p", POST), row("q", POST, "behind/b"))
    send(standin, outbox, audience=AUDIENCE)
    standin.store.set_state("chi-tieu", state)
    more = [row("r", REPLY), row("s", REPLY), row("t", REPLY, "behind/b"), row("v", POST, "behind/c")]
    outbox.add([*more, row("ok", POST, "late/x", channel="data", receiver="engineers")])
    done = send(standin, outbox, audience=AUDIENCE)
    assert (done.waiting, done.failed) == (4, 0)
    assert done.problems[0].startswith("heads: Slack says ")
    assert done.problems[0].endswith("4 waiting. engineers was told.")
    send(standin, outbox, audience=AUDIENCE)
    data = next(channel.id for channel in standin.store.channels() if channel.name == "data")
    told = [message.text for message in standin.store.messages(data)]
    assert told == ["ok", "Messages to heads cannot be sent"]  # once, though it was tried twice
    assert all(outbox.why(one.id).startswith("Slack says ") for one in more)
    standin.store.set_state("chi-tieu", ChannelState.OPEN)
    done = send(standin, outbox, audience=AUDIENCE)
    assert (done.waiting, done.problems) == (0, [])
    words = [text for text, is_reply, _ in shown(standin) if text in "rstv"]
    assert words == ["r", "s", "t", "v"]
    heard = [(message.text, message.is_reply) for message in standin.store.messages(data)]
    assert heard[1:] == [("Messages to heads are sent again", False), ("Messages to heads are sent again", True)]


def test_a_revoked_token_is_renewed(standin: Running):
    """With a revoked token nothing is tried twice and nothing is lost; with the new one everything is sent in order."""
    outbox = filled(row("p", POST))
    send(standin, outbox)
    standin.store.revoke(TOKEN)
    outbox.add([row("u", UPDATE), row("r", REPLY), row("o", POST, "late/x", channel="data", receiver="engineers")])
    requests = len(standin.faults.requests)
    done = send(standin, outbox, audience=AUDIENCE)
    assert done.sent == 0
    assert all("TARGETWATCH_SLACK_TOKEN" in problem and "Nobody else" in problem for problem in done.problems)
    assert len(standin.faults.requests) == requests + 1
    assert [trouble.told_to for trouble in outbox.troubles.values()] == [None, None]
    standin.store.restore(TOKEN)
    assert send(standin, outbox, audience=AUDIENCE).waiting == 0
    assert sorted(shown(standin)) == [("o", False, False), ("r", True, False), ("u", False, True)]
    assert all(trouble.ended_at is not None for trouble in outbox.troubles.values())


def test_a_receiver_that_has_moved_is_followed(standin: Running):
    """Where the catalogue names another channel, what waited goes there, and a thread left behind is begun anew."""
    outbox = filled(row("p", POST))
    send(standin, outbox, audience=AUDIENCE)
    standin.store.set_state("chi-tieu", ChannelState.ARCHIVED)
    outbox.add([row("r", REPLY), row("v", POST, "behind/c")])
    assert send(standin, outbox, audience=AUDIENCE).waiting == 2
    moved = Audience({"heads": replace(HEADS, channel="chi-tieu-moi"), "engineers": ENGINEERS})
    assert send(standin, outbox, audience=moved).waiting == 0
    new = next(channel.id for channel in standin.store.channels() if channel.name == "chi-tieu-moi")
    assert [(one.text, one.is_reply) for one in standin.store.messages(new)] == [
        ("p", False), ("r", True), ("v", False),
    ]  # fmt: skip
    assert outbox.state_of("p") is NotificationState.SENT
