"""Operators are told of each episode once, through the real client: edited while it goes on, closed when it is over."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from targetwatch.model import Receiver
from targetwatch.notifications.delivery import slack
from targetwatch.notifications.delivery.wire import Carrier, FailureKind, Payload, Posted, SendFailure
from targetwatch.operations.operators import Operators
from targetwatch.operations.sending import NOBODY, Connect, Told, tell
from targetwatch.operations.store import Troubles
from targetwatch.standin.faults import Fault, FaultKind
from targetwatch.standin.server import Running
from targetwatch.standin.store import Message, channel_id_of
from tests.operations.examples import EN, ERROR, LOG, MORNING, VI, minutes, operators

SUBJECT = "watch/judge"


@pytest.fixture
def turn(troubles: Troubles, connect: Connect):
    """A turn of sending at a moment, without waiting."""

    def take(now: datetime = MORNING, to: Operators | None = None) -> Told:
        return tell(troubles, to or operators(), connect, now, sleep=lambda _: None, jitter=lambda: 0.0)

    return take


def channel(standin: Running, name: str = "ops") -> list[Message]:
    """What stands in a channel."""
    return standin.store.messages(channel_id_of(name))


def fields_of(message: Message) -> str:
    """A message's words."""
    return json.dumps(message.blocks, ensure_ascii=False)


def test_a_failure_is_told_once(troubles: Troubles, standin: Running, turn):
    """One message, with the error, the link to the log, and whom it calls; a second turn adds nothing."""
    troubles.failed(SUBJECT, ERROR, MORNING, LOG)
    assert turn().sent == 1
    assert turn().sent == 0
    (message,) = channel(standin)
    assert ERROR in fields_of(message)
    assert LOG in fields_of(message)
    assert "<!subteam^S0123456789>" in fields_of(message)
    assert message.edited is None


def test_fifty_failures_are_one_message(troubles: Troubles, standin: Running, turn):
    """Each later failure edits the message: how often, and the newest; no reply and no second message."""
    for number in range(50):
        troubles.failed(SUBJECT, f"{ERROR} {number}", MORNING + minutes(10 * number), LOG, f"run{number}#1")
        turn(MORNING + minutes(10 * number))
    (message,) = channel(standin)
    assert "50, the newest 16:30, 23 Nov 2026" in fields_of(message)
    assert f"{ERROR} 49" in fields_of(message)
    assert "subteam" not in fields_of(message)
    assert standin.faults.requests.count("chat.postMessage") == 1
    assert standin.faults.requests.count("chat.update") == 49


def test_an_attempt_that_is_told_of_twice_counts_once(troubles: Troubles, turn):
    """The task's own callback and that of its run may both come."""
    for _ in range(2):
        troubles.failed(SUBJECT, ERROR, MORNING, LOG, "run#3")
    assert [one.times for one in troubles.all()] == [1]


def test_what_works_again_is_said_at_once_and_closed_after_a_while(troubles: Troubles, standin: Running, turn):
    """The message is edited at once; the reply that closes it comes when it has held. Then nothing is kept."""
    troubles.failed(SUBJECT, ERROR, MORNING, LOG)
    turn()
    troubles.recovered(SUBJECT, MORNING + minutes(10))
    turn(MORNING + minutes(10))
    (message,) = channel(standin)
    assert "Works again" in fields_of(message)
    turn(MORNING + minutes(41))
    assert [one.is_reply for one in channel(standin)] == [False, True]
    assert channel(standin)[1].text == "Works again since 08:30, 23 Nov 2026: watch, task judge, after 10 minutes."
    assert troubles.all() == []
    assert turn(MORNING + minutes(60)).sent == 0


def test_what_breaks_again_soon_is_the_same_episode(troubles: Troubles, standin: Running, turn):
    """A task that goes red and green every ten minutes is one message, and no thread of alarms."""
    for number in range(12):
        troubles.failed(SUBJECT, ERROR, MORNING + minutes(20 * number))
        turn(MORNING + minutes(20 * number))
        troubles.recovered(SUBJECT, MORNING + minutes(20 * number + 10))
        turn(MORNING + minutes(20 * number + 10))
    (message,) = channel(standin)
    assert "12, the newest" in fields_of(message)


def test_what_breaks_again_later_is_a_new_message(troubles: Troubles, standin: Running, turn):
    """An episode that has been closed stays closed."""
    troubles.failed(SUBJECT, ERROR, MORNING)
    turn()
    troubles.recovered(SUBJECT, MORNING + minutes(10))
    turn(MORNING + minutes(50))
    troubles.failed(SUBJECT, ERROR, MORNING + minutes(120))
    turn(MORNING + minutes(120))
    assert [one.is_reply for one in channel(standin)] == [False, True, False]


def test_what_goes_on_is_said_again_once_a_day(troubles: Troubles, standin: Running, turn):
    """A reply that the channel is shown as well; however often it is looked, one a day, and none for days gone by."""
    troubles.failed(SUBJECT, ERROR, MORNING)
    turn()
    for hours in (23, 24, 25, 47, 75, 76):
        turn(MORNING + timedelta(hours=hours))
    said = [one.text for one in channel(standin) if one.is_reply]
    assert said == [
        "Still so after 24 hours: watch, task judge, since 08:20, 23 Nov 2026.",
        "Still so after 3 days: watch, task judge, since 08:20, 23 Nov 2026.",
    ]


def test_slack_down_at_first_is_told_later(troubles: Troubles, tmp_path: Path, standin: Running, connect: Connect):
    """What could not be told waits, ever longer, and is told by whoever comes next, with all that happened since."""

    def nowhere(_: Receiver) -> Carrier:
        return slack.connect(None, "http://127.0.0.1:9/api/", timeout=2)

    troubles.failed(SUBJECT, ERROR, MORNING)
    paused: list[float] = []
    down = tell(troubles, operators(), nowhere, MORNING, sleep=paused.append, jitter=lambda: 1.0)
    assert (down.sent, down.waiting, len(down.problems)) == (0, 1, 1)
    assert paused == [0.5, 1.0]
    (waiting,) = troubles.all()
    assert waiting.not_before == MORNING + minutes(1)
    early = tell(troubles, operators(), nowhere, MORNING + timedelta(seconds=30), sleep=paused.append)
    assert early.waiting == 1
    tell(troubles, operators(), nowhere, MORNING + minutes(2), sleep=lambda _: None)
    (waiting,) = troubles.all()
    assert waiting.not_before == MORNING + minutes(4)
    troubles.failed(SUBJECT, ERROR, MORNING + minutes(10))
    tell(troubles, operators(), connect, MORNING + minutes(10), sleep=lambda _: None)
    (message,) = channel(standin)
    assert "2, the newest" in fields_of(message)


def test_what_was_over_before_slack_came_back_is_told_as_over(troubles: Troubles, standin: Running, turn):
    """Nobody is alarmed for what works again, and nobody is kept from knowing that it did not."""
    troubles.failed(SUBJECT, ERROR, MORNING)
    troubles.recovered(SUBJECT, MORNING + minutes(10))
    turn(MORNING + minutes(60))
    assert [one.is_reply for one in channel(standin)] == [False, True]
    assert "Broke at" in fields_of(channel(standin)[0])
    assert troubles.all() == []


@pytest.mark.parametrize("kind", [FaultKind.LOST_ANSWER, FaultKind.FAILED_ANSWER])
def test_a_lost_answer_is_looked_up(troubles: Troubles, standin: Running, turn, kind: FaultKind):
    """A message that arrived without our knowing is found by its id and is not posted again; a reply likewise."""
    standin.faults.plan(Fault(kind, "chat.postMessage"), Fault(kind, "chat.postMessage"))
    troubles.failed(SUBJECT, ERROR, MORNING)
    turn()
    troubles.recovered(SUBJECT, MORNING + minutes(10))
    turn(MORNING + minutes(60))
    assert [one.is_reply for one in channel(standin)] == [False, True]
    assert standin.faults.requests.count("chat.postMessage") == 2


def test_a_rate_limit_is_waited_for(troubles: Troubles, standin: Running, connect: Connect):
    """Slack's own pause is kept, and the message comes once."""
    standin.faults.plan(Fault(FaultKind.RATE_LIMITED, "chat.postMessage", retry_after=3))
    troubles.failed(SUBJECT, ERROR, MORNING)
    paused: list[float] = []
    tell(troubles, operators(), connect, MORNING, sleep=paused.append, jitter=lambda: 1.0)
    assert max(paused) >= 3
    assert len(channel(standin)) == 1


def test_a_channel_that_is_gone_is_told_elsewhere(troubles: Troubles, standin: Running, turn):
    """The receiver's fallback hears it in its own language, and goes on hearing it to its end."""
    refused = Fault(FaultKind.REFUSED, "chat.postMessage", error="is_archived")
    standin.faults.plan(refused)
    troubles.failed(SUBJECT, ERROR, MORNING)
    turn(to=operators(EN, VI))
    (message,) = channel(standin, "du-phong")
    assert "Luồng xử lý bị lỗi" in message.text
    troubles.recovered(SUBJECT, MORNING + minutes(10))
    turn(MORNING + minutes(60), to=operators(EN, VI))
    assert [one.is_reply for one in channel(standin, "du-phong")] == [False, True]
    assert channel(standin) == []


def test_a_channel_that_is_gone_without_another_is_kept_for_later(troubles: Troubles, standin: Running, turn):
    """It waits ten minutes, says why, and is told when the channel is back."""
    standin.faults.plan(Fault(FaultKind.REFUSED, "chat.postMessage", error="is_archived"))
    troubles.failed(SUBJECT, ERROR, MORNING)
    assert "archived" in turn().problems[0]
    (waiting,) = troubles.all()
    assert "archived" in waiting.why
    assert turn(MORNING + minutes(9)).sent == 0
    assert turn(MORNING + minutes(11)).sent == 1
    assert troubles.all()[0].why == ""


def test_a_message_that_somebody_deleted_is_left_deleted(troubles: Troubles, standin: Running, turn):
    """Whoever deleted it has read it: no edit and no reply is tried for ever."""
    troubles.failed(SUBJECT, ERROR, MORNING)
    turn()
    (message,) = channel(standin)
    standin.store.delete(message.channel, message.ts)
    troubles.failed(SUBJECT, ERROR, MORNING + minutes(10))
    turn(MORNING + minutes(10))
    troubles.recovered(SUBJECT, MORNING + minutes(20))
    turn(MORNING + minutes(60))
    assert channel(standin) == []
    assert troubles.all() == []


def test_without_operators_nobody_is_told_and_that_is_said(troubles: Troubles, connect: Connect):
    """What is noted waits for somebody to name them."""
    troubles.failed(SUBJECT, ERROR, MORNING)
    told = tell(troubles, None, connect, MORNING)
    assert (told.problems, told.waiting) == ([NOBODY], 1)


class Mail:
    """A carrier that can neither edit nor look up, as e-mail."""

    edits = False
    finds = False

    def __init__(self) -> None:
        self.sent: list[str] = []

    def pause(self, *_: object) -> float:
        """No limits."""
        return 0.0

    def post(self, channel: str, payload: Payload, thread: Posted | None = None) -> Posted:
        """Send."""
        self.sent.append(str(payload["text"]))
        return Posted(channel, str(len(self.sent)))

    def update(self, *_: object) -> None:
        """Nobody can call back a letter."""
        raise SendFailure("an e-mail cannot be edited", FailureKind.TERMINAL)


def test_by_mail_each_episode_is_two_letters(troubles: Troubles):
    """That it broke, and that it is over; the failures between them are counted and not mailed."""
    mail = Mail()

    def connect(_: Receiver) -> Carrier:
        return mail  # type: ignore[return-value]

    for number in range(5):
        troubles.failed(SUBJECT, ERROR, MORNING + minutes(number))
        tell(troubles, operators(), connect, MORNING + minutes(number))
    troubles.recovered(SUBJECT, MORNING + minutes(10))
    tell(troubles, operators(), connect, MORNING + minutes(60))
    assert [one.partition(":")[0] for one in mail.sent] == ["The pipeline broke", "Works again since 08"]
    assert troubles.all() == []
