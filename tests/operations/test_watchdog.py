"""The dead-man's signal: when it comes, when it must not, and that it needs nothing that evaluates."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from targetwatch import catalogue, diagnosis, operations, pipeline
from targetwatch.model import Programme
from targetwatch.operations import heartbeats, watchdog
from targetwatch.operations.operators import Operators, remember
from targetwatch.operations.sending import Connect, tell
from targetwatch.operations.store import Troubles
from targetwatch.settings import CHECKOUT, Settings
from targetwatch.standin.server import Running
from targetwatch.standin.store import channel_id_of
from tests.cli.calls import CommandLine
from tests.operations.examples import EN, MORNING, minutes, operators
from tests.systems import small_programme

HOURS_3 = timedelta(hours=3)
MINUTE = timedelta(minutes=1)
PATIENCE = 60


def evaluate(home: Path, at: datetime) -> None:
    """Something was evaluated at a real moment."""
    heartbeats.evaluated(home, at)
    os.utime(home / "operations" / "evaluated", (at.timestamp(), at.timestamp()))


def looks(home: Path, begin: datetime, until: datetime, every: timedelta = MINUTE) -> list[bool]:
    """What a watchdog finds that looks again and again: whether all is well."""
    found, at = [], begin
    while at <= until:
        found.append(watchdog.look(home, HOURS_3, at, at, every).sound)
        at += every
    return found


def silent(home: Path) -> list[tuple[str, datetime, bool]]:
    """The dead-man's signals that are noted: why, since when, and whether it is over."""
    return [(one.error, one.since, one.is_over) for one in Troubles(home).all()]


def test_it_tells_when_nothing_was_evaluated_for_the_set_time(tmp_path: Path):
    """Not a minute before, and since the last evaluation; then once, however often it looks."""
    evaluate(tmp_path, MORNING)
    assert all(looks(tmp_path, MORNING, MORNING + minutes(180)))
    assert silent(tmp_path) == []
    assert not any(looks(tmp_path, MORNING + minutes(181), MORNING + minutes(400)))
    assert silent(tmp_path) == [("silent", MORNING, False)]
    assert Troubles(tmp_path).all()[0].times == 1


def test_an_evaluation_ends_it(tmp_path: Path):
    """It is over from the moment at which something was evaluated, not from the look that saw it."""
    evaluate(tmp_path, MORNING)
    looks(tmp_path, MORNING, MORNING + minutes(200))
    evaluate(tmp_path, MORNING + minutes(210))
    assert watchdog.look(tmp_path, HOURS_3, MORNING + minutes(211), MORNING + minutes(211), MINUTE).sound
    (one,) = Troubles(tmp_path).all()
    assert one.recovered_at == MORNING + minutes(210)


def test_a_home_that_was_never_evaluated_is_told_as_such(tmp_path: Path):
    """The pipeline need never have run: what counts is since when the watchdog watches."""
    assert all(looks(tmp_path, MORNING, MORNING + minutes(180)))
    assert not any(looks(tmp_path, MORNING + minutes(181), MORNING + minutes(183)))
    assert silent(tmp_path) == [("never", MORNING, False)]


def test_cron_needs_no_memory_of_looks(tmp_path: Path):
    """Looked at once an hour, each time anew, it tells as well; the first look ever begins the count."""
    found = [
        watchdog.look(tmp_path, HOURS_3, MORNING + minutes(60 * hour), MORNING + minutes(60 * hour)).sound
        for hour in range(5)
    ]
    assert found == [True, True, True, True, False]


def test_a_machine_that_slept_is_given_time_to_evaluate(tmp_path: Path):
    """A laptop that was shut for the night is not dead in the morning; it is, if it goes on evaluating nothing."""
    evaluate(tmp_path, MORNING)
    looks(tmp_path, MORNING, MORNING + minutes(10))
    woke = MORNING + minutes(600)
    assert all(looks(tmp_path, woke, woke + minutes(19)))
    assert silent(tmp_path) == []
    assert not any(looks(tmp_path, woke + minutes(20), woke + minutes(25)))
    assert silent(tmp_path) == [("silent", MORNING, False)]


def test_a_watchdog_that_is_started_again_and_again_still_tells(tmp_path: Path):
    """Each start remembers since when there has been somebody looking."""
    evaluate(tmp_path, MORNING)
    found = []
    for number in range(60):
        at = MORNING + minutes(4 * number)
        found.append(watchdog.look(tmp_path, HOURS_3, at, at, MINUTE).sound)
    assert found[45] is True
    assert found[46] is False


def test_a_clock_that_was_put_back_does_not_hide_it(tmp_path: Path):
    """A sign of life from the future says nothing: what counts then is since when the watchdog has been awake."""
    evaluate(tmp_path, MORNING + timedelta(days=300))
    looks(tmp_path, MORNING, MORNING + minutes(181))
    assert [one[0] for one in silent(tmp_path)] == ["silent"]


def test_a_demo_is_dated_by_its_clock_and_measured_by_the_real_one(tmp_path: Path):
    """A scene that jumps by weeks is no silence; a real one is told with the demo's moment."""
    evaluate(tmp_path, MORNING)
    jumped = datetime(2025, 4, 10, 2, tzinfo=UTC)
    assert watchdog.look(tmp_path, HOURS_3, jumped, MORNING + minutes(1), MINUTE).sound
    assert watchdog.look(tmp_path, HOURS_3, jumped + timedelta(weeks=6), MORNING + minutes(2), MINUTE).sound
    for number in range(3, 190):
        watchdog.look(tmp_path, HOURS_3, jumped + timedelta(weeks=6), MORNING + minutes(number), MINUTE)
    (one,) = Troubles(tmp_path).all()
    assert one.since == jumped + timedelta(weeks=6) - minutes(181)


def test_it_is_told_through_the_real_client(tmp_path: Path, standin: Running, connect: Connect):
    """Once; again after a day, for all to see; and that it is over, at once."""
    evaluate(tmp_path, MORNING)

    def pass_by(begin: float, end: float) -> None:
        for number in range(int(begin), int(end), 20):
            at = MORNING + minutes(number)
            watchdog.look(tmp_path, HOURS_3, at, at, minutes(20))
            tell(Troubles(tmp_path), operators(EN), connect, at)

    pass_by(0, 25 * 60)
    evaluate(tmp_path, MORNING + minutes(25 * 60))
    pass_by(25 * 60 + 1, 25 * 60 + 30)
    told = standin.store.messages(channel_id_of("ops"))
    assert [(one.is_reply, one.text) for one in told] == [
        (False, "Evaluating again since 09:20, 24 Nov 2026, after 25 hours."),
        (True, "Still so after 24 hours: the evaluation of targets, since 08:20, 23 Nov 2026."),
        (True, "Evaluating again since 09:20, 24 Nov 2026, after 25 hours."),
    ]
    assert Troubles(tmp_path).all() == []


def command(home: Path, programme: Path, *arguments: str, **extra: str) -> subprocess.CompletedProcess[str]:
    """The command, in a process of its own in which nothing that evaluates can be imported."""
    blocked = "('duckdb', 'great_expectations', 'airflow', 'polars', 'pandas')"
    program = f"import sys\nfor name in {blocked}: sys.modules[name] = None\nfrom targetwatch.cli import main\nmain()"
    own = {name: value for name, value in os.environ.items() if not name.startswith("TARGETWATCH_")}
    env = own | {"TARGETWATCH_HOME": str(home), "TARGETWATCH_PROGRAMME": str(programme), **extra}
    line = [sys.executable, "-c", program, "watchdog", *arguments]
    return subprocess.run(line, env=env, cwd=CHECKOUT, capture_output=True, text=True, timeout=PATIENCE, check=False)


def long_ago(home: Path) -> None:
    """Nothing was evaluated for a day."""
    evaluate(home, datetime.now(UTC) - timedelta(days=1))


def test_it_needs_neither_what_evaluates_nor_a_sound_catalogue(tmp_path: Path, standin: Running):
    """Without DuckDB, Great Expectations or Airflow, and with a catalogue in pieces, the operators it knew are told."""
    home, programme = tmp_path / "home", tmp_path / "programme"
    (programme / "catalogue").mkdir(parents=True)
    (programme / "catalogue" / "receivers.yaml").write_text("{{ not yaml", encoding="utf-8")
    remember(home, Operators(operators().programme, "Asia/Ho_Chi_Minh", (EN,)))
    os.utime(home / "operations" / "operators.json", (0, 0))
    long_ago(home)
    ran = command(home, programme, "--once", TARGETWATCH_SLACK_URL=standin.api)
    assert (ran.returncode, "nothing has been evaluated for 24 h" in ran.stderr) == (3, True), ran.stderr
    (message, *_) = standin.store.messages(channel_id_of("ops"))
    assert message.text.startswith("Nothing evaluated since ")
    again = command(home, programme, "--once", TARGETWATCH_SLACK_URL=standin.api)
    assert again.returncode == 3
    assert len([one for one in standin.store.messages(channel_id_of("ops")) if not one.is_reply]) == 1


def test_an_empty_home_begins_its_watch(tmp_path: Path):
    """Nothing is there, not even a folder: nothing is wrong yet, and it says what it waits for."""
    ran = command(tmp_path / "home", CHECKOUT, "--once")
    assert (ran.returncode, "nothing was evaluated yet" in ran.stderr) == (0, True), ran.stderr


class Service(BaseHTTPRequestHandler):
    """A dead-man's service: it counts who calls."""

    called: list[str]

    def do_GET(self) -> None:
        """Count."""
        self.called.append(self.path)
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def outside() -> Iterator[tuple[str, list[str]]]:
    """A dead-man's service on a free port: its address, and who called."""
    called: list[str] = []
    server = HTTPServer(("127.0.0.1", 0), type("Counting", (Service,), {"called": called}))
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/ping/s3cret-0f-the-service", called
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_service_outside_is_called_while_all_is_well(tmp_path: Path, standin: Running, monkeypatch):
    """And not any more when nothing is evaluated: its silence is the alarm. A failed call names no address."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    home = {"TARGETWATCH_HOME": str(tmp_path), "TARGETWATCH_PROGRAMME": str(CHECKOUT)}
    with outside() as (address, called):
        evaluate(tmp_path, datetime.now(UTC))
        settings = {"TARGETWATCH_SLACK_URL": standin.api, "TARGETWATCH_WATCHDOG_URL": address}
        targetwatch = CommandLine(home | settings)
        assert targetwatch("watchdog", "--once").code == 0
        assert called == ["/ping/s3cret-0f-the-service"]
        long_ago(tmp_path)
        assert targetwatch("watchdog", "--once").code == 3
        assert len(called) == 1
    evaluate(tmp_path, datetime.now(UTC))
    ran = targetwatch("watchdog", "--once")
    assert (ran.code, "could not be reached" in ran.errors, "s3cret" in ran.errors) == (0, True, False)


def test_it_goes_on_after_a_look_that_failed(tmp_path: Path):
    """A home that cannot be written to is said; the watchdog looks again, and is there when it can."""
    (tmp_path / "home").write_text("no folder", encoding="utf-8")
    own = {name: value for name, value in os.environ.items() if not name.startswith("TARGETWATCH_")}
    line = [sys.executable, "-m", "targetwatch.cli", "watchdog", "--every", "1"]
    process = subprocess.Popen(
        line, env=own | {"TARGETWATCH_HOME": str(tmp_path / "home")}, cwd=CHECKOUT, stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stderr is not None
        assert "This look failed" in process.stderr.readline()
        (tmp_path / "home").unlink()
        assert "nothing was evaluated yet" in process.stderr.readline()
    finally:
        process.kill()
        process.wait()
        if process.stderr is not None:
            process.stderr.close()


def test_a_pass_of_watch_is_a_sign_of_life(tmp_path: Path, programme: Programme):
    """It is noted with the operators that the catalogue names, for when the catalogue cannot be read."""
    settings = Settings(home=tmp_path)
    operations.evaluated(settings, programme, MORNING)
    assert operations.last_evaluated(tmp_path) is not None
    known = json.loads((tmp_path / "operations" / "operators.json").read_text(encoding="utf-8"))
    assert [one["name"] for one in known["receivers"]] == [programme.routing.operators]


@pytest.mark.parametrize("age", [1, 30])
def test_doctor_says_whether_the_watchdog_watches(tmp_path: Path, age: int):
    """One that has stopped is a finding, with the command that starts it."""
    settings = Settings(home=tmp_path)
    assert operations.watchdog_of(settings, MORNING)[0] is True
    watchdog.look(tmp_path, HOURS_3, MORNING, MORNING, MINUTE)
    sound, says = operations.watchdog_of(settings, MORNING + minutes(age))
    assert (sound, "start `targetwatch watchdog`" in says) == ((True, False) if age == 1 else (False, True))


def test_doctor_says_what_is_broken_and_why_nobody_was_told(tmp_path: Path, standin: Running):
    """A task that is red, and a silence, with since when; what works again is no finding."""
    settings = Settings(home=tmp_path, slack_url="http://127.0.0.1:9/api/")
    operations.evaluated(settings, catalogue.load(CHECKOUT / "catalogue"), MORNING)
    operations.failed(settings, "watch/judge", "OSError: disk full", MORNING)
    operations.failed(settings, "maintain/tidy", "OSError: disk full", MORNING)
    operations.recovered(settings, "maintain/tidy", MORNING + minutes(1))
    long_ago(tmp_path)
    watchdog.look(tmp_path, HOURS_3, datetime.now(UTC), datetime.now(UTC))
    operations.send(settings, MORNING)
    found = [one for one in diagnosis.examine(settings, datetime.now(UTC)) if one.subject == "Operations"]
    assert next(one.says for one in found if one.sound) == "what breaks is told to operators"
    silence, broken = (one.says for one in found if not one.sound)
    assert broken.startswith("watch/judge: broken since 2026-11-23 01:20 UTC, once: OSError: disk full.")
    assert silence.startswith("nothing has been evaluated since ")


def test_only_a_pass_that_came_to_its_end_is_a_sign_of_life(tmp_path: Path):
    """One that breaks, as where the ledger is no database any more, is none; and the ledger is not needed to say so."""
    settings = Settings(
        home=tmp_path / "home", programme=small_programme.of_sources(tmp_path / "programme", ["mailboxes"])
    )
    ledger = settings.home / "warehouse" / "ledger.duckdb"
    ledger.parent.mkdir(parents=True)
    ledger.write_bytes(b"no database" * 1000)
    with pytest.raises(Exception, match="ledger"):
        pipeline.watch(settings, MORNING)
    assert operations.last_evaluated(settings.home) is None
    ledger.unlink()
    pipeline.watch(settings, MORNING)
    assert operations.last_evaluated(settings.home) is not None
