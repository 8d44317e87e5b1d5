"""Receivers that cannot be reached: who hears of it, once, and what is said when they can be again."""

from __future__ import annotations

from dataclasses import replace

from targetwatch.model import Language, NotificationState, Receiver
from targetwatch.notifications.delivery import unreachable
from targetwatch.notifications.delivery.audience import Audience
from targetwatch.notifications.delivery.wire import FailureKind, Scope, SendFailure
from tests.fakes import MemorySlack, named
from tests.notifications.sending import POST, REPLY, Clock, filled, row, send

ARCHIVED = SendFailure("is_archived", FailureKind.BLOCKED, scope=Scope.CHANNEL)
INVALID = SendFailure("invalid_blocks", FailureKind.CONTENT)
HEADS = Receiver("heads", "a", Language.VI, fallback="data")
DATA = Receiver("data", "b", Language.EN)
OPERATORS = Receiver("operators", "c", Language.EN)
RECEIVERS = {one.name: one for one in (HEADS, DATA, OPERATORS)}
AUDIENCE = Audience(RECEIVERS, "operators", "Asia/Ho_Chi_Minh")


def said(slack: MemorySlack, channel: str) -> list[str]:
    """What a channel was told."""
    return [str(versions[0]["text"]) for posted, _, versions in slack.messages if posted.channel == channel]


def to_heads(name: str, delivery=POST, group: str = "behind/a"):
    """A row for the heads."""
    return row(name, delivery, group, receiver="heads", channel="a")


def test_the_fallback_hears_once_and_again_when_it_is_mended():
    """One message for the receiver, however many rows wait, edited and answered when all has gone out."""
    outbox = filled(to_heads("p"), to_heads("r", REPLY), to_heads("q", POST, "behind/b"))
    slack, clock = MemorySlack(refusals={"a": ARCHIVED}), Clock()
    for _ in range(3):
        send(outbox, slack, clock, AUDIENCE)
        clock.sleep(600)
    assert said(slack, "b") == ["Messages to heads cannot be sent"]
    assert said(slack, "c") == []
    words = str(slack.messages[0][2][0]["blocks"])
    assert "is_archived" in words
    assert "3 messages wait; none is dropped" in words
    slack.refusals.clear()
    assert send(outbox, slack, clock, AUDIENCE).waiting == 0
    assert said(slack, "a") == ["p", "r", "q"]
    assert said(slack, "b") == ["Messages to heads cannot be sent", "Messages to heads are sent again"]
    assert [words["text"] for words in slack.messages[0][2]] == [
        "Messages to heads cannot be sent", "Messages to heads are sent again",
    ]  # fmt: skip
    assert "3 went out, in their order" in str(slack.messages[-1][2][0]["blocks"])


def test_each_time_that_it_breaks_is_told_anew():
    """A second breakdown is another message, and not an edit of the first."""
    outbox, slack, clock = filled(to_heads("p")), MemorySlack(refusals={"a": ARCHIVED}), Clock()
    send(outbox, slack, clock, AUDIENCE)
    slack.refusals.clear()
    send(outbox, slack, clock, AUDIENCE)
    outbox.add([to_heads("q", POST, "behind/b")])
    slack.refusals["a"] = ARCHIVED
    send(outbox, slack, clock, AUDIENCE)
    assert said(slack, "b").count("Messages to heads cannot be sent") == 2
    assert [trouble.number for trouble in outbox.troubles.values()] == [1, 2]


def test_where_the_fallback_is_broken_too_the_next_one_hears():
    """Its own fallback, at last the operators; each broken receiver is told of."""
    outbox = filled(to_heads("p"), row("d", POST, "late/x", receiver="data", channel="b"))
    slack = MemorySlack(refusals={"a": ARCHIVED, "b": ARCHIVED})
    done = send(outbox, slack, audience=AUDIENCE)
    assert sorted(said(slack, "c")) == ["Messages to data cannot be sent", "Messages to heads cannot be sent"]
    assert done.problems == [
        "data: is_archived 1 waiting. operators was told.",
        "heads: is_archived 1 waiting. operators was told.",
    ]
    slack.refusals.clear()
    assert send(outbox, slack, audience=AUDIENCE).waiting == 0


def test_where_nobody_can_be_told_it_is_a_problem_and_told_later():
    """With everything broken the drain says so; who can be reached first hears of the others."""
    outbox = filled(to_heads("p"))
    slack = MemorySlack(refusals={"a": ARCHIVED, "b": ARCHIVED, "c": ARCHIVED})
    done = send(outbox, slack, audience=AUDIENCE)
    assert done.sent == 0
    assert "heads: is_archived 1 waiting. Nobody else could be told." in done.problems
    slack.refusals = {"a": ARCHIVED}
    send(outbox, slack, audience=AUDIENCE)
    assert "Messages to heads cannot be sent" in said(slack, "b") + said(slack, "c")


def test_a_ring_of_fallbacks_ends():
    """Receivers that are each other's fallback are asked once each."""
    ring = {"heads": HEADS, "data": replace(DATA, fallback="heads")}
    assert unreachable.stand_in(ring, None, {"heads", "data"}, "heads") is None
    assert unreachable.stand_in(ring, None, {"heads"}, "heads") == ring["data"]
    assert unreachable.stand_in(ring, "heads", {"heads"}, "heads") == ring["data"]
    assert unreachable.stand_in(RECEIVERS, "operators", {"data"}, "heads") == OPERATORS
    assert unreachable.stand_in(RECEIVERS, "operators", set(), "unknown") == OPERATORS


def test_a_message_that_is_never_taken_is_told_to_the_fallback_with_its_words():
    """Nothing is dropped: what one receiver's Slack refuses for good the other reads."""
    outbox = filled(to_heads("what it says"))
    slack = MemorySlack(failures={1: (INVALID, False), 2: (INVALID, False)})
    done = send(outbox, slack, audience=AUDIENCE)
    assert (done.failed, outbox.state_of("what it says")) == (1, NotificationState.FAILED)
    assert said(slack, "b") == ["A message to heads was not taken"]
    assert "what it says" in str(slack.messages[0][2][0]["blocks"])


def test_the_fallback_is_told_in_its_own_language_and_data_stays_data():
    """A Vietnamese fallback reads Vietnamese; a channel's name cannot mention anybody."""
    evil = replace(HEADS, channel="<!channel>")
    vi = Audience({"heads": evil, "data": replace(DATA, language=Language.VI)}, time_zone="Asia/Ho_Chi_Minh")
    slack = MemorySlack(refusals={"<!channel>": ARCHIVED})
    send(filled(to_heads("p")), slack, audience=vi)
    ((_, _, (payload,)),) = slack.messages
    assert payload["text"] == "Không gửi được tin cho heads"
    assert "<!channel>" not in str(payload["blocks"])
    assert len(str(named(payload))) == 32
