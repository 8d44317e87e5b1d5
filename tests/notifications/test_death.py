"""A sender that is killed while Slack is answering: the next one ends with every message there once, in order."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from targetwatch.model import Delivery, Notification
from targetwatch.settings import CHECKOUT
from targetwatch.standin import running
from targetwatch.standin.faults import Fault, FaultKind
from targetwatch.standin.server import Running
from targetwatch.warehouse import Warehouse, ledger

PATIENCE = 120


def row(name: str, delivery: Delivery) -> Notification:
    """A row of one episode's message."""
    metadata = {"event_type": "targetwatch_notification", "event_payload": {"notification": name}}
    payload = {"text": name, "blocks": [], "unfurl_links": False, "unfurl_media": False, "metadata": metadata}
    now = datetime.now(UTC)
    return Notification(name, "heads", "chi-tieu", "behind/a", 1, delivery, "opened", payload, name, now)


def start(home: Path, standin: Running) -> subprocess.Popen[bytes]:
    """A sender in a process of its own."""
    command = [sys.executable, "-m", "tests.notifications.sender", str(home), standin.api]
    return subprocess.Popen(command, cwd=CHECKOUT)


def kill_in(home: Path, standin: Running, fault: Fault) -> None:
    """Start a sender and kill it while the request that meets this fault is on its way."""
    standin.faults.plan(fault)
    sender = start(home, standin)
    try:
        assert standin.faults.held.wait(PATIENCE)
    finally:
        sender.kill()
        sender.wait()
        standin.faults.release()


@pytest.mark.timeout(300)
def test_killed_at_each_of_its_requests(tmp_path: Path):
    """Killed while a message and its reply are on their way, the outbox still delivers each once."""
    warehouse = Warehouse(tmp_path, CHECKOUT / "sql", CHECKOUT / "sql")
    rows = [row("p", Delivery.POST), row("u", Delivery.UPDATE), row("r", Delivery.REPLY)]
    with warehouse.ledger() as conn:
        assert ledger.add_notifications(conn, rows, run_id="test") == len(rows)
        assert ledger.add_notifications(conn, rows, run_id="again") == 0
    with running(tmp_path) as standin:
        kill_in(tmp_path, standin, Fault(FaultKind.HELD_REQUEST, "chat.postMessage"))  # never carried out
        kill_in(tmp_path, standin, Fault(FaultKind.HELD_ANSWER, "chat.postMessage"))  # carried out, never known
        kill_in(tmp_path, standin, Fault(FaultKind.HELD_ANSWER, "chat.postMessage"))  # the reply
        assert start(tmp_path, standin).wait(PATIENCE) == 0
        (channel,) = standin.store.channels()
        messages = standin.store.messages(channel.id)
        posts = standin.faults.requests.count("chat.postMessage")
    assert [(message.text, message.is_reply) for message in messages] == [("u", False), ("r", True)]
    assert posts == 3  # the first one twice, since Slack had never carried it out; nothing else twice
