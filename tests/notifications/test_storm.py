"""Bad weather: a thousand notifications, a fault at every third request, and a sender that is killed twenty times."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from targetwatch.model import Notification
from targetwatch.settings import CHECKOUT
from targetwatch.standin import running
from targetwatch.standin.faults import Fault, FaultKind
from targetwatch.standin.server import Running
from targetwatch.warehouse import Warehouse, ledger
from tests.notifications.sending import POST, REPLY, UPDATE, row

SEED = 20260622
CHANNELS, GROUPS, WAVES = 5, 100, 10
NOTIFICATIONS = 1000
KILLS = 20
WEATHER = (
    (0.20, FaultKind.RATE_LIMITED),
    (0.05, FaultKind.SERVER_ERROR),  # not carried out
    (0.05, FaultKind.FAILED_ANSWER),  # carried out, and the answer is a 500
    (0.05, FaultKind.LOST_ANSWER),  # carried out, and the connection breaks
)


@dataclass
class Weather:
    """What becomes of each request, and at which of them the sender is killed. Both follow from the seed."""

    chance: random.Random
    kill_at: frozenset[int]
    requests: int = 0
    met: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    kills: int = 0
    victim: int | None = None

    def meet(self, method: str) -> Fault | None:
        """The fault of the next request."""
        self.requests += 1
        if self.requests in self.kill_at:
            later = self.chance.choice([0.0, self.chance.uniform(0.0, 0.02)])
            if later:
                threading.Timer(later, self.kill).start()
            else:
                self.kill()
        roll = self.chance.random()
        for share, kind in WEATHER:
            if roll < share:
                self.met[kind.value] += 1
                return Fault(kind, retry_after=1)
            roll -= share
        return None

    def kill(self) -> None:
        """Kill the sender that is at work."""
        if self.victim is not None:
            with suppress(ProcessLookupError):
                os.kill(self.victim, signal.SIGKILL)


def waves(chance: random.Random) -> Iterator[list[Notification]]:
    """A thousand rows: first each group's message, then, wave by wave, edits and replies of half of the groups."""
    now = datetime.now(UTC)

    def of(group: int, name: str, delivery) -> Notification:
        channel = f"channel-{group % CHANNELS}"
        return row(name, delivery, f"behind/{group}", group + 1, channel=channel, receiver=channel, at=now)

    yield [of(group, f"{group}-post", POST) for group in range(GROUPS)]
    for wave in range(1, WAVES):
        rows = []
        for group in chance.sample(range(GROUPS), GROUPS // 2):
            rows += [of(group, f"{group}-edit-{wave}", UPDATE), of(group, f"{group}-reply-{wave}", REPLY)]
        yield rows


@contextmanager
def nursery() -> Iterator[Callable[[Path, str], tuple[int, Callable[[], int]]]]:
    """Senders at short notice: each call gives a process id, and what waits for its exit code."""
    command = [sys.executable, "-m", "tests.notifications.sender", "nursery"]
    process = subprocess.Popen(command, cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None
    assert process.stdout is not None
    lines, out = process.stdin, process.stdout

    def bear(home: Path, api: str) -> tuple[int, Callable[[], int]]:
        lines.write(json.dumps([str(home), api]) + "\n")
        lines.flush()
        return int(out.readline()), lambda: int(out.readline())

    try:
        yield bear
    finally:
        lines.close()
        out.close()
        process.wait(60)


def edits_of(standin: Running) -> dict[int, list[str]]:
    """What each message is edited to from now on, in order."""
    edits: dict[int, list[str]] = defaultdict(list)
    edit = standin.store.edit

    def and_remember(message, text, *rest):
        edits[message.ts].append(text)
        return edit(message, text, *rest)

    standin.store.edit = and_remember  # type: ignore[method-assign]
    return edits


@pytest.mark.timeout(600)
def test_a_thousand_notifications_and_twenty_deaths(tmp_path: Path):
    """With 20 % 429s, 10 % 500s, 5 % lost answers and 20 kills each is delivered exactly once, in its group's order."""
    chance = random.Random(SEED)
    weather = Weather(chance, frozenset(chance.sample(range(20, NOTIFICATIONS), KILLS)))
    warehouse = Warehouse(tmp_path, CHECKOUT / "sql", CHECKOUT / "sql")
    rows: list[Notification] = []
    with running(tmp_path) as standin, nursery() as bear:
        standin.faults.meet = weather.meet  # type: ignore[method-assign]
        edits = edits_of(standin)
        for wave in waves(random.Random(SEED)):
            rows += wave
            with warehouse.ledger() as conn:
                assert ledger.add_notifications(conn, wave, run_id="storm") == len(wave)
            for _ in range(2 * KILLS):
                weather.victim, ended = bear(tmp_path, standin.api)
                code = ended()
                weather.victim = None
                weather.kills += code == -signal.SIGKILL
                if code == 0:
                    break
        messages = {channel.name: standin.store.messages(channel.id) for channel in standin.store.channels()}
    warehouse.publish_ledger(datetime.now(UTC))
    with warehouse.read() as reader:
        states = reader.query("SELECT state, count(*) FROM notifications GROUP BY state").rows
    assert states == [("sent", NOTIFICATIONS)]
    assert len(rows) == NOTIFICATIONS
    assert weather.kills >= KILLS * 3 // 4  # some may meet a sender that has just ended
    assert_delivered(rows, messages, edits)


def assert_delivered(rows, messages, edits) -> None:
    """Every post and reply is in its channel once, replies in their order, and each message in its newest words."""
    expected: dict[str, list[str]] = defaultdict(list)
    said: dict[str, list[str]] = defaultdict(list)
    for one in rows:
        (said if one.delivery is UPDATE else expected)[f"{one.channel} {one.group}"].append(one.id)
    groups = {one.id: f"{one.channel} {one.group}" for one in rows}
    actual: dict[str, list[str]] = defaultdict(list)
    for channel, found in messages.items():
        roots = {message.ts: groups[message.text] for message in found if not message.is_reply}
        assert len(set(roots.values())) == len(roots)  # no message twice
        for message in found:
            group = groups[message.text]
            assert group.startswith(f"{channel} ")
            if message.is_reply:
                assert roots[message.thread_ts] == group
                actual[group].append(message.text)
                continue
            assert message.text == (said[group] or expected[group])[-1]
            actual[group].insert(0, expected[group][0])
            assert list(dict.fromkeys(edits[message.ts])) == said[group]  # each in its turn, and none again later
            assert sorted(edits[message.ts], key=said[group].index) == edits[message.ts]
    assert actual == expected
