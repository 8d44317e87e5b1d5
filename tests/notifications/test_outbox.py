"""The outbox: every row once and in order, through rate limits, outages and deaths at any step."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from targetwatch.model import Delivery, Notification, NotificationState
from targetwatch.notifications.delivery.outbox import ATTEMPTS, LONGEST, Delivered
from targetwatch.notifications.delivery.wire import FailureKind, Scope, SendFailure
from tests.fakes import Fate, Killed, MemoryOutbox, MemorySlack, named
from tests.notifications.sending import POST, REPLY, UPDATE, Clock, filled, row, send

LIMITED = SendFailure("a pause, please", FailureKind.TRANSIENT, retry_after=7)
DOWN = SendFailure("down", FailureKind.TRANSIENT, may_have_arrived=True, scope=Scope.EVERYWHERE)
NOT_IN_CHANNEL = SendFailure("invite me", FailureKind.BLOCKED, scope=Scope.CHANNEL)
BAD_TOKEN = SendFailure("a valid token, please", FailureKind.BLOCKED, scope=Scope.EVERYWHERE)
INVALID = SendFailure("invalid_blocks", FailureKind.CONTENT)
UNKNOWN = SendFailure("something_new", FailureKind.BLOCKED)
GONE = SendFailure("message_not_found", FailureKind.LOST)


def shown(slack: MemorySlack) -> list[tuple[str | None, list[object]]]:
    """Each message: the thread it is in, and its words and later edits."""
    return [(thread, [payload["text"] for payload in versions]) for _, thread, versions in slack.messages]


def test_rows_go_out_in_order():
    """A message and its reply arrive as they were written, and draining again does nothing."""
    outbox, slack = filled(row("p", POST), row("r", REPLY)), MemorySlack()
    assert send(outbox, slack).sent == 2
    outbox.add([row("u", UPDATE), row("s", REPLY)])
    assert send(outbox, slack).sent == 2
    assert shown(slack) == [(None, ["p", "u"]), ("1", ["r"]), ("1", ["s"])]
    assert send(outbox, slack) == Delivered()
    assert slack.requests == 4


def test_an_overtaken_edit_is_not_sent():
    """Of several edits of one message that wait the newest is sent, and the others say which one that was."""
    outbox, slack = filled(row("p", POST)), MemorySlack()
    send(outbox, slack)
    outbox.add([row("u1", UPDATE), row("r1", REPLY), row("u2", UPDATE)])
    done = send(outbox, slack)
    assert (done.sent, done.merged) == (2, 1)
    assert shown(slack) == [(None, ["p", "u2"]), ("1", ["r1"])]
    assert (outbox.state_of("u1"), outbox.why("u1")) == (NotificationState.MERGED, "u2")


def test_edits_of_different_episodes_are_not_merged():
    """The last edit of an old message is not overtaken by an edit of the next one."""
    outbox = filled(row("p1", POST), row("p2", POST, episode=2))
    slack = MemorySlack()
    send(outbox, slack)
    outbox.add([row("u1", UPDATE), row("u2", UPDATE, episode=2)])
    send(outbox, slack)
    assert shown(slack) == [(None, ["p1", "u1"]), (None, ["p2", "u2"])]


def test_a_rate_limit_is_waited_out():
    """A 429 is retried after as long as Slack asks for."""
    outbox, slack, clock = filled(row("p", POST)), MemorySlack(failures={1: (LIMITED, False)}), Clock()
    assert send(outbox, slack, clock).sent == 1
    assert clock.slept == [7]


def test_while_one_row_pauses_other_groups_go_on():
    """A pause holds its own group, in its order, and nobody else."""
    outbox = filled(row("p", POST), row("r", REPLY), row("q", POST, "behind/b"))
    slack, clock = MemorySlack(failures={1: (LIMITED, False)}), Clock()
    assert send(outbox, slack, clock).sent == 3
    assert [words for _, words in shown(slack)] == [["q"], ["p"], ["r"]]
    assert clock.slept == [7]


def test_a_drain_ends_in_time_and_keeps_to_the_pause_afterwards():
    """Where a pause is longer than a drain may last, the rest waits, and not less long than was asked for."""
    long = SendFailure("a long pause", FailureKind.TRANSIENT, retry_after=LONGEST + 1)
    outbox, clock = filled(row("p", POST)), Clock()
    slack = MemorySlack(failures={1: (long, False)})
    done = send(outbox, slack, clock)
    assert (done.waiting, done.problems, clock.slept) == (1, [], [])
    clock.sleep(LONGEST)
    assert (send(outbox, slack, clock).sent, slack.requests) == (0, 1)
    clock.sleep(1)
    assert send(outbox, slack, clock).sent == 1


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
    assert outbox.why("q") == "down"
    slack.failures.clear()
    assert send(outbox, slack, clock).sent == 2


def test_what_was_retried_and_went_out_is_no_problem():
    """A fault that passed within the drain turns no task red."""
    outbox, slack = filled(row("p", POST)), MemorySlack(failures={1: (DOWN, False), 2: (LIMITED, False)})
    assert send(outbox, slack) == Delivered(sent=1)


def test_a_channel_that_needs_a_person_holds_only_itself():
    """Rows of a channel that the app is not in wait for the invitation; other channels get theirs."""
    outbox = filled(row("p", POST), row("r", REPLY), row("q", POST, "behind/b", channel="other", receiver="s"))
    slack, clock = MemorySlack(refusals={"c": NOT_IN_CHANNEL}), Clock()
    done = send(outbox, slack, clock)
    assert (done.sent, done.waiting) == (1, 2)
    assert done.problems == ["r: invite me 2 waiting. Nobody else could be told."]
    assert outbox.why("p") == outbox.why("r") == "invite me"
    requests = slack.requests
    assert send(outbox, slack, clock).sent == 0
    assert slack.requests == requests + 1  # one row of them asks whether it is mended
    slack.refusals.clear()
    assert send(outbox, slack, clock).sent == 2
    assert shown(slack)[1:] == [(None, ["p"]), ("4", ["r"])]


def test_a_bad_token_stops_everything_and_loses_nothing():
    """With a token that is not valid nothing else is tried, and all is sent at once when it is."""
    outbox, slack = filled(row("p", POST), row("q", POST, "b")), MemorySlack(failures={1: (BAD_TOKEN, False)})
    assert send(outbox, slack).waiting == 2
    assert slack.requests == 1
    assert send(outbox, slack).sent == 2


def test_an_answer_that_nobody_knows_holds_its_group_only():
    """A code that is new keeps its row and those behind it; other groups go on, and nothing is dropped."""
    outbox = filled(row("p", POST), row("r", REPLY), row("q", POST, "behind/b"))
    slack = MemorySlack(failures={1: (UNKNOWN, False)})
    done = send(outbox, slack)
    assert (done.sent, done.waiting, done.failed) == (1, 2, 0)
    assert send(outbox, slack).sent == 2


def test_blocks_that_are_not_taken_go_as_plain_words():
    """A message whose blocks Slack refuses goes out without them, and that is remarked."""
    outbox, slack = filled(row("p", POST), row("r", REPLY)), MemorySlack(failures={1: (INVALID, False)})
    done = send(outbox, slack)
    assert (done.sent, done.failed, done.problems) == (2, 0, [])
    assert done.remarks == ["A message was sent in plain words. invalid_blocks"]
    assert "blocks" not in slack.messages[0][2][0]


def test_a_message_that_is_never_taken_fails_and_its_episode_goes_on():
    """Refused in plain words too, a row fails with its reason; what belongs to it is told on its own."""
    outbox = filled(row("p", POST), row("r", REPLY), row("q", POST, "behind/b"))
    done = send(outbox, MemorySlack(failures={1: (INVALID, False), 2: (INVALID, False)}))
    assert (done.sent, done.failed, done.waiting) == (2, 1, 0)
    assert outbox.why("p") == "invalid_blocks"


def test_a_message_that_was_deleted_is_posted_anew_for_its_edit():
    """An edit whose message is gone becomes the message, and later replies go under it."""
    outbox, slack = filled(row("p", POST)), MemorySlack()
    send(outbox, slack)
    outbox.add([row("u", UPDATE), row("r", REPLY)])
    slack.messages.clear()
    assert send(outbox, slack).sent == 2
    assert shown(slack) == [(None, ["u"]), ("3", ["r"])]


def test_a_thread_that_was_deleted_is_begun_anew_with_its_newest_words():
    """A reply whose thread is gone comes after its message, posted anew as it last stood."""
    outbox, slack = filled(row("p", POST)), MemorySlack()
    send(outbox, slack)
    outbox.add([row("u", UPDATE)])
    send(outbox, slack)
    outbox.add([row("r", REPLY), row("s", REPLY, reason="resolved")])
    slack.messages.clear()
    assert send(outbox, slack).waiting == 0
    assert shown(slack) == [(None, ["u"]), ("4", ["r"]), ("4", ["s"])]


def test_a_thread_that_is_lost_again_and_again_waits():
    """A thread that cannot be begun anew is no endless loop: the row waits and says why."""
    outbox, slack = filled(row("p", POST)), MemorySlack()
    send(outbox, slack)
    outbox.add([row("r", REPLY)])
    slack.failures = {2: (GONE, False), 4: (GONE, False)}
    done = send(outbox, slack)
    assert (done.waiting, outbox.why("r")) == (1, "message_not_found")
    assert send(outbox, slack).waiting == 0


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
    """Killed before or after any step, the next drain ends with each message there once, in its newest words."""
    steps = {"before": frozenset(), "after": frozenset(), when: frozenset({step})}
    _, slack = killed_at(steps, [row("p", POST), row("u", UPDATE), row("r", REPLY)])
    root, _, _ = slack.messages[0]
    assert [(thread, words[-1]) for thread, words in shown(slack)] == [(None, "u"), (root.ts, "r")]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", range(1, 12))
def test_a_death_at_any_step_of_beginning_a_thread_anew(when: str, step: int):
    """Killed while a lost thread is begun anew, the next drain ends with its message and each reply there once."""
    outbox, slack = filled(row("p", POST)), MemorySlack()
    send(outbox, slack)
    outbox.add([row("r", REPLY), row("s", REPLY)])
    slack.messages.clear()
    outbox.fate = slack.fate = Fate(**{f"deaths_{when}": frozenset({step})})
    for _ in range(2):
        with suppress(Killed):
            send(outbox, slack)
    assert [words for _, words in shown(slack)] == [["p"], ["r"], ["s"]]


def build(plan: Sequence[tuple[int, Delivery]]) -> list[Notification]:
    """Rows of a few groups: in each first a message, then whatever the plan says."""
    rows: list[Notification] = []
    seen: set[int] = set()
    for group, delivery in plan:
        kind = delivery if group in seen else POST
        seen.add(group)
        rows.append(row(f"{group}-{len(rows)}", kind, f"behind/{group}", episode=group))
    return rows


plans = st.lists(st.tuples(st.integers(1, 3), st.sampled_from([UPDATE, REPLY])), min_size=1, max_size=12)
trouble = st.dictionaries(
    st.integers(1, 40),
    st.tuples(st.sampled_from([LIMITED, DOWN, NOT_IN_CHANNEL, BAD_TOKEN, UNKNOWN]), st.booleans()).map(
        lambda pair: (pair[0], pair[1] and pair[0] is DOWN)  # only a lost answer can follow a request carried out
    ),
    max_size=10,
)
deaths = st.frozensets(st.integers(1, 60), max_size=6)


@given(plans, st.integers(0, 12), trouble, deaths, deaths)
def test_exactly_once_in_order_whatever_happens(plan, later, failures, before, after):
    """Whatever fails and dies, in the end every message and reply is there once, in order, in its newest words."""
    rows = build(plan)
    fate = Fate(before, after)
    outbox, slack, clock = MemoryOutbox(fate=fate), MemorySlack(fate, failures=failures), Clock()
    outbox.add(rows[: len(rows) - later] if later < len(rows) else rows)
    for _ in range(len(failures) + len(before) + len(after) + 3):
        with suppress(Killed):
            send(outbox, slack, clock)
        outbox.add(rows)
        clock.now += timedelta(minutes=10)
    assert outbox.unsent() == []
    expected: dict[str, list[str]] = defaultdict(list)
    newest: dict[str, str] = {}
    for one in rows:
        if one.delivery is not REPLY:
            newest[one.group] = one.id
        if one.delivery is not UPDATE:
            expected[one.group].append(one.id)
    groups = {one.id: one.group for one in rows}
    actual: dict[str, list[str]] = defaultdict(list)
    for _, thread, versions in slack.messages:
        name = str(named(versions[0]))
        actual[groups[name]].append(name)
        assert versions[-1]["text"] == (newest[groups[name]] if thread is None else name)
    assert actual == expected
    for one in rows:  # every merged row leads to the one that was sent in its place
        last = one.id
        while outbox.state_of(last) is NotificationState.MERGED:
            last = outbox.why(last)
        assert outbox.state_of(last) is NotificationState.SENT
