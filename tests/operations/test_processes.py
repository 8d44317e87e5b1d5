"""Several processes at once, and processes that are killed: operators read each thing once all the same."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from targetwatch.operations.store import Troubles
from targetwatch.settings import CHECKOUT
from targetwatch.standin.faults import Fault, FaultKind
from targetwatch.standin.server import Running
from targetwatch.standin.store import channel_id_of
from tests.operations.examples import ERROR, MORNING, minutes

PATIENCE = 60


def start(home: Path, standin: Running, subject: str, who: str, times: int) -> subprocess.Popen[bytes]:
    """A process that notes so many failures, and tells of each."""
    command = [sys.executable, "-m", "tests.operations.teller", str(home), standin.api, subject, who, str(times)]
    return subprocess.Popen(command, cwd=CHECKOUT)


def texts(standin: Running) -> list[tuple[bool, str]]:
    """What stands in the operators' channel: whether it is a reply, and its words."""
    return [(one.is_reply, one.text) for one in standin.store.messages(channel_id_of("ops"))]


@pytest.mark.timeout(120)
def test_two_processes_that_fail_at_once_lose_and_repeat_nothing(tmp_path: Path, standin: Running):
    """Two of one task and one of another: each failure is counted, and each task has one message."""
    running = [
        start(tmp_path, standin, "watch/judge", "a", 8),
        start(tmp_path, standin, "watch/judge", "b", 8),
        start(tmp_path, standin, "gather__post/gather", "c", 4),
    ]
    assert [one.wait(PATIENCE) for one in running] == [0, 0, 0]
    assert {one.subject: one.times for one in Troubles(tmp_path).all()} == {"watch/judge": 16, "gather__post/gather": 4}
    assert sorted(text.partition(": Rep")[0] for _, text in texts(standin)) == [
        "The pipeline broke: gatherˍˍpost, task gather",
        "The pipeline broke: watch, task judge",
    ]


@pytest.mark.timeout(120)
@pytest.mark.parametrize("kind", [FaultKind.HELD_REQUEST, FaultKind.HELD_ANSWER], ids=str)
def test_killed_while_slack_answers(tmp_path: Path, standin: Running, kind: FaultKind):
    """Killed when the message, or the reply that closes it, is on its way: the next one ends with each there once."""

    def kill_in(subject: str, times: int) -> None:
        standin.faults.plan(Fault(kind, "chat.postMessage"))
        sender = start(tmp_path, standin, subject, "a", times)
        try:
            assert standin.faults.held.wait(PATIENCE)
        finally:
            sender.kill()
            sender.wait()
            standin.faults.release()

    kill_in("watch/judge", 1)
    assert start(tmp_path, standin, "watch/judge", "b", 0).wait(PATIENCE) == 0
    assert [is_reply for is_reply, _ in texts(standin)] == [False]
    (one,) = Troubles(tmp_path).all()
    Troubles(tmp_path).change(one.id, lambda it: replace(it, recovered_at=MORNING - minutes(40)))
    kill_in("watch/judge", 0)
    assert start(tmp_path, standin, "watch/judge", "c", 0).wait(PATIENCE) == 0
    assert [is_reply for is_reply, _ in texts(standin)] == [False, True]
    assert Troubles(tmp_path).all() == []


def test_a_file_that_nobody_can_read_keeps_nothing_else_untold(tmp_path: Path):
    """It is laid aside, and the other troubles are there."""
    troubles = Troubles(tmp_path)
    troubles.failed("watch/judge", ERROR, MORNING)
    (tmp_path / "operations" / "troubles" / "half.json").write_text('{"id": "operations-', encoding="utf-8")
    assert [one.subject for one in troubles.all()] == ["watch/judge"]
    assert [file.name for file in (tmp_path / "operations" / "troubles").glob("*.unreadable")] == ["half.unreadable"]
    assert [one.subject for one in troubles.all()] == ["watch/judge"]


def test_what_is_written_is_its_owners_alone(tmp_path: Path):
    """An error may name what not everybody should read."""
    Troubles(tmp_path).failed("watch/judge", ERROR, MORNING)
    (file,) = (tmp_path / "operations" / "troubles").glob("*.json")
    assert file.stat().st_mode & 0o077 == 0
