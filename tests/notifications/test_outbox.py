"""The outbox: every row once and in order, through rate limits, outages and deaths at any step."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from targetwatch.model import Delivery, Notification, NotificationState
from targetwatch.notifications.outbox import ATTEMPTS, BLOCKED_FOR, Delivered, deliver
from targetwatch.notifications.wire import FailureKind, SlackFailure
from tests.fakes import Fate, Killed, MemoryOutbox, MemorySlack

START = datetime(2025, 6, 16, 10, 5, tzinfo=UTC)
LIMITED = SlackFailure("a pause, please", FailureKind.TRANSIENT, retry_after=7)
DOWN = SlackFailure("down", FailureKind.TRANSIENT, may_have_arrived=True, is_everywhere=True)
NOT_IN_CHANNEL = SlackFailure("invite me", FailureKind.BLOCKED)
BAD_TOKEN = SlackFailure("a valid token, please", FailureKind.BLOCKED, is_everywhere=True)
INVALID = SlackFailure("invalid_blocks", FailureKind.TERMINAL)


@dataclass
class Clock:
    """A clock that moves when somebody sleeps."""

    now: datetime = START
    slept: list[float] = field(default_factory=list)

    def read(self) -> datetime:
        """The time."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)


def row(name: str, delivery: Delivery, group: str = "behind/a", episode: int = 1, channel: str = "c") -> Notification:
    """A row of the outbox; its words are its name."""
    return Notification(name, "r", channel, group, episode, delivery, "changed", {"id": name}, name, START)


POST, UPDATE, REPLY = Delivery.POST, Delivery.UPDATE, Delivery.REPLY


def send(outbox: MemoryOutbox, slack: MemorySlack, clock: Clock | None = None) -> Delivered:
    """One drain."""
    clock = clock or Clock()
    return deliver(outbox, slack, clock.read, clock.sleep, lambda: 0.5)


def filled(*rows: Notification) -> MemoryOutbox:
    """An outbox with these rows."""
    outbox = MemoryOutbox()
    outbox.add(rows)
    return outbox


def shown(slack: MemorySlack) -> list[tuple[str | None, list[object]]]:
    """Each message: the thread it is in, and its words and later edits."""
    return [(thread, [payload["id"] for payload in versions]) for _, thread, versions in slack.messages]


def test_rows_go_out_in_order():
    """A message, its edit and its reply arrive as they were written, and draining again does nothing."""
    outbox, slack = filled(row("p", POST), row("u", UPDATE), row("r", REPLY)), MemorySlack()
    assert send(outbox, slack).sent == 3
    assert shown(slack) == [(None, ["p", "u"]), ("1", ["r"])]
    assert send(outbox, slack) == Delivered()
    assert slack.requests == 3


def test_overtaken_edits_are_merged():
    """Of edits of one message that wait together only the newest is sent; replies between them are all sent."""
    outbox, slack = filled(row("p", POST), row("u1", UPDATE), row("r1", REPLY), row("u2", UPDATE)), MemorySlack()
    done = send(outbox, slack)
    assert (done.sent, done.merged) == (3, 1)
    assert shown(slack) == [(None, ["p", "u2"]), ("1", ["r1"])]
    assert (outbox.state_of("u1"), outbox.why("u1")) == (NotificationState.MERGED, "u2")


def test_edits_of_different_episodes_are_not_merged():
    """The last edit of an old message is not overtaken by an edit of the next one."""
    outbox = filled(row("p1", POST), row("u1", UPDATE), row("p2", POST, episode=2), row("u2", UPDATE, episode=2))
    slack = MemorySlack()
    send(outbox, slack)
    assert shown(slack) == [(None, ["p1", "u1"]), (None, ["p2", "u2"])]


def test_a_rate_limit_is_waited_out():
    """A 429 is retried after as long as Slack asks for."""
    outbox, slack, clock = filled(row("p", POST)), MemorySlack(failures={1: (LIMITED, False)}), Clock()
    assert send(outbox, slack, clock).sent == 1
    assert clock.slept == [7]


def test_a_lost_answer_is_looked_up():
    """When the answer is lost after the message arrived, the message is found and not posted again."""
    outbox, slack = filled(row("p", POST), row("r", REPLY)), MemorySlack(failures={1: (DOWN, True), 2: (DOWN, True)})
    assert send(outbox, slack).sent == 2
    assert shown(slack) == [(None, ["p"]), ("1", ["r"])]


def test_a_lost_request_is_sent_again():
    """When nothing arrived, it is posted again."""
    outbox, slack = filled(row("p", POST)), MemorySlack(failures={1: (DOWN, False)})
    assert send(outbox, slack).sent == 1
    assert shown(slack) == [(None, ["p"])]


def test_pauses_grow_and_end():
    """While Slack is down the pauses grow, the drain gives up after a few, and everything waits for the next one."""
    failures = dict.fromkeys(range(1, 30), (DOWN, False))
    outbox, slack, clock = filled(row("p", POST), row("q", POST, "behind/b")), MemorySlack(failures=failures), Clock()
    done = send(outbox, slack, clock)
    assert (done.sent, done.waiting, done.problems) == (0, 2, ["down"])
    assert slack.requests == ATTEMPTS  # the second row is not tried while Slack does not answer
    assert clock.slept == sorted(clock.slept)
    slack.failures.clear()
    clock.sleep(60)
    assert send(outbox, slack, clock).sent == 2


def test_a_channel_that_needs_a_person_holds_only_itself():
    """Rows of a channel that the app is not in wait for the invitation; other channels get theirs."""
    outbox = filled(row("p", POST), row("r", REPLY), row("q", POST, "behind/b", channel="other"))
    slack, clock = MemorySlack(failures={1: (NOT_IN_CHANNEL, False)}), Clock()
    done = send(outbox, slack, clock)
    assert (done.sent, done.waiting, done.problems) == (1, 2, ["invite me"])
    assert outbox.why("p") == "invite me"
    assert send(outbox, slack, clock).sent == 0  # not before a while
    clock.sleep(BLOCKED_FOR.total_seconds())
    assert send(outbox, slack, clock).sent == 2
    assert shown(slack)[1:] == [(None, ["p"]), ("2", ["r"])]


def test_a_bad_token_stops_everything_and_loses_nothing():
    """With a token that is not valid nothing else is tried, and all is sent once it is."""
    outbox, slack, clock = (
        filled(row("p", POST), row("q", POST, "b")),
        MemorySlack(failures={1: (BAD_TOKEN, False)}),
        Clock(),
    )
    assert send(outbox, slack, clock).waiting == 2
    assert slack.requests == 1
    clock.sleep(BLOCKED_FOR.total_seconds())
    assert send(outbox, slack, clock).sent == 2


def test_a_refused_row_fails_with_its_reason():
    """A message that Slack will never take fails, and so does what belongs to it; other messages go on."""
    outbox = filled(row("p", POST), row("r", REPLY), row("q", POST, "behind/b"))
    done = send(outbox, MemorySlack(failures={1: (INVALID, False)}))
    assert (done.sent, done.failed, done.waiting) == (1, 2, 0)
    assert outbox.why("p") == "invalid_blocks"
    assert "never posted" in outbox.why("r")


def test_what_is_added_while_sending_is_sent_too():
    """A row that a pass adds during a drain goes out in the same drain."""
    outbox, slack = filled(row("p", POST)), MemorySlack()
    post = slack.post

    def post_and_add(*arguments):
        outbox.add([row("r", REPLY)])
        slack.post = post
        return post(*arguments)

    slack.post = post_and_add
    assert send(outbox, slack).sent == 2


def killed_at(steps: dict[str, frozenset[int]], rows: Sequence[Notification]) -> tuple[MemoryOutbox, MemorySlack]:
    """Drain until a drain is through, with the deaths that are planned."""
    fate = Fate(steps["before"], steps["after"])
    outbox, slack = MemoryOutbox(fate=fate), MemorySlack(fate)
    outbox.add(rows)
    clock = Clock()
    for _ in range(len(steps["before"]) + len(steps["after"]) + 1):
        try:
            send(outbox, slack, clock)
            break
        except Killed:
            clock.sleep(60)
    return outbox, slack


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", range(1, 12))
def test_a_death_at_any_step(when: str, step: int):
    """Killed before or after any step, the next drain ends with each message there once."""
    steps = {"before": frozenset(), "after": frozenset(), when: frozenset({step})}
    _, slack = killed_at(steps, [row("p", POST), row("u", UPDATE), row("r", REPLY)])
    assert [(thread, set(words)) for thread, words in shown(slack)] == [(None, {"p", "u"}), ("1", {"r"})]


def build(plan: Sequence[tuple[int, Delivery]]) -> list[Notification]:
    """Rows of a few groups: in each first a message, then whatever the plan says."""
    rows: list[Notification] = []
    seen: set[int] = set()
    for group, delivery in plan:
        kind = delivery if group in seen else POST
        if kind is POST and group in seen:
            kind = REPLY
        seen.add(group)
        rows.append(row(f"{group}-{len(rows)}", kind, f"behind/{group}", episode=group))
    return rows


plans = st.lists(st.tuples(st.integers(1, 3), st.sampled_from([UPDATE, REPLY])), min_size=1, max_size=12)
trouble = st.dictionaries(
    st.integers(1, 40),
    st.tuples(st.sampled_from([LIMITED, DOWN, NOT_IN_CHANNEL]), st.booleans()).map(
        lambda pair: (pair[0], pair[1] and pair[0] is DOWN)  # only a lost answer can follow a request carried out
    ),
    max_size=10,
)
deaths = st.frozensets(st.integers(1, 60), max_size=6)


@given(plans, trouble, deaths, deaths)
def test_exactly_once_in_order_whatever_happens(plan, failures, before, after):
    """Whatever fails and dies, in the end every message and reply is there once, in order, in its newest words."""
    rows = build(plan)
    fate = Fate(before, after)
    outbox, slack, clock = MemoryOutbox(fate=fate), MemorySlack(fate, failures=failures), Clock()
    outbox.add(rows)
    for _ in range(len(failures) + len(before) + len(after) + 2):
        with suppress(Killed):
            send(outbox, slack, clock)
        clock.sleep(BLOCKED_FOR.total_seconds())
    assert outbox.unsent() == []
    expected: dict[str, list[str]] = defaultdict(list)
    newest: dict[str, str] = {}
    for one in rows:
        if one.delivery is UPDATE:
            newest[one.group] = one.id
        else:
            expected[one.group].append(one.id)
    groups = {one.id: one.group for one in rows}
    actual: dict[str, list[str]] = defaultdict(list)
    for _, _, versions in slack.messages:
        actual[groups[versions[0]["id"]]].append(versions[0]["id"])
        if len(versions) > 1:
            assert versions[-1]["id"] == newest[groups[versions[0]["id"]]]
    assert actual == expected
    edited = {groups[versions[0]["id"]] for _, _, versions in slack.messages if len(versions) > 1}
    assert edited == set(newest)
