"""The listener, over slack_sdk's own Socket Mode client against the stand-in: nothing is lost, nothing done twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from targetwatch.listening import heartbeat, is_listening
from targetwatch.listening.spool import AnotherListener
from targetwatch.notifications.delivery.slack_socket import CannotListen
from targetwatch.settings import CHECKOUT
from targetwatch.standin.answers import Refused
from targetwatch.standin.faults import Fault, FaultKind
from targetwatch.warehouse import Warehouse
from tests.listening.world import APP_TOKEN, CHAIR, NOW, PATIENCE, VISITOR, World, wait_for

LEAKS = (APP_TOKEN, "xapp-", "xoxb-", "ticket=", "respond/")


def events(world: World, kind: str) -> list[dict[str, object]]:
    """The steps of this kind in the lives of all incidents."""
    return world.installation.rows(f"FROM incident_history WHERE event = '{kind}'")


def test_it_says_that_it_listens_as_long_as_it_does(world: World):
    """The heartbeat is there while there is a connection, and gone when the listener has stopped."""
    heartbeat.stop(world.installation.home)
    assert not is_listening(world.installation.home, NOW)
    with world.listening():
        wait_for(lambda: is_listening(world.installation.home, NOW))
        assert not is_listening(world.installation.home, NOW + timedelta(minutes=1))
    assert not is_listening(world.installation.home, NOW)


@pytest.mark.parametrize("written", ["", "yesterday", "2025-06-17T09:00:00", "\x00"])
def test_a_torn_heartbeat_is_none(tmp_path: Path, written: str):
    """What cannot be read, or has no time zone, is no sign of life."""
    heartbeat.path_in(tmp_path).write_text(written, encoding="utf-8")
    assert not is_listening(tmp_path, NOW)


def test_a_click_is_heard_done_and_told(world: World):
    """One click: acknowledged to Slack, done in the ledger, told in the thread, and answered to the one who clicked."""
    with world.listening():
        assert "Đã tiếp nhận" in world.pressed(CHAIR, "acknowledge")
        assert world.standin.sockets.acknowledged
        assert len(events(world, "acknowledged")) == 1
        assert any(":eyes:" in reply for reply in world.replies())
    assert APP_TOKEN not in "\n".join(world.log)


def test_clicks_are_worked_off_one_after_the_other(world: World):
    """Two buttons and two commands at once: each is answered once, in the order in which they came."""
    with world.listening():
        before = len(world.asides(CHAIR))
        address = f"{world.standin.address}/"
        for text in ("silences", "behind"):
            world.interactions.command(CHAIR, world.channel, text, address)
        for _ in range(2):
            world.interactions.press(CHAIR, world.channel, world.message().ts, "acknowledge", address)
        wait_for(lambda: len(world.asides(CHAIR)) == before + 4)
        wait_for(world.is_idle)
    told = world.asides(CHAIR)[before:]
    assert "Không có lần tắt" in told[0]
    assert "chậm hoặc quá hạn" in told[1]
    assert "Đã tiếp nhận" in told[2]
    assert "đã được tiếp nhận lúc" in told[3]
    assert len(events(world, "acknowledged")) == 1


def test_the_same_interaction_delivered_again_is_done_once(world: World):
    """Slack delivers an envelope again whose acknowledgement was late: there is one answer and one event."""
    with world.listening():
        sent: list[tuple[str, object]] = []
        send = world.standin.sockets.send

        def noted(kind: str, payload: dict[str, object]) -> str | None:
            sent.append((kind, payload))
            return send(kind, payload)

        interactions = world.interactions
        world.standin.sockets.send = noted  # type: ignore[method-assign]
        interactions.press(CHAIR, world.channel, world.message().ts, "acknowledge", f"{world.standin.address}/")
        ((kind, payload),) = sent
        assert isinstance(payload, dict)
        for _ in range(3):
            again = send(kind, payload)
            assert again is not None
            assert world.standin.sockets.is_heard(again, 3.0)
        wait_for(world.is_idle)
        wait_for(lambda: any(":eyes:" in reply for reply in world.replies()))
    assert len(events(world, "acknowledged")) == 1
    assert len([one for one in world.asides(CHAIR) if "tiếp nhận" in one]) == 1


def is_taken(world: World, text: str) -> bool:
    """Whether Slack takes a command, and does not say that nobody listens."""
    try:
        world.interactions.command(VISITOR, world.channel, text, f"{world.standin.address}/")
    except Refused:
        return False
    return True


@pytest.mark.parametrize("how", ["asked", "broken"])
def test_a_connection_that_ends_is_replaced_and_nothing_is_lost(world: World, how: str):
    """Slack asks for a new connection, or the old one breaks: what people do meanwhile is done all the same."""
    sockets = world.standin.sockets
    with world.listening():
        first = world.asked(VISITOR, "silences")
        if how == "asked":
            sockets.ask_to_leave()
        else:
            sockets.break_off()
        before = len(world.asides(VISITOR))
        # Into the gap: Slack takes it while it knows of a connection, and delivers it to the next; where it knows of
        # none it says so to the person, who tries again.
        wait_for(lambda: is_taken(world, "silences"))
        wait_for(lambda: len(world.asides(VISITOR)) > before)
        assert world.asides(VISITOR)[-1] == first
        wait_for(lambda: sockets.connected == 1)
        assert world.asked(VISITOR, "silences") == first


def test_links_are_heard_and_nothing_is_done(world: World):
    """A button that opens a page tells the app, too: it is acknowledged, and that is all."""
    with world.listening():
        envelope = world.standin.sockets.send(
            "interactive",
            {"type": "block_actions", "user": {"id": CHAIR}, "actions": [{"action_id": "open_0", "value": "x"}]},
        )
        assert envelope is not None
        assert world.standin.sockets.is_heard(envelope, 3.0)
        for odd in (
            {},
            {"type": "view_submission"},
            {"type": "block_actions", "actions": []},
            {"type": "block_actions"},
        ):
            envelope = world.standin.sockets.send("interactive", dict(odd))
            assert envelope is not None
            assert world.standin.sockets.is_heard(envelope, 3.0)
        assert world.is_idle()


def test_a_ledger_that_is_held_is_waited_for(world: World):
    """While somebody else writes the ledger an acknowledgement waits, is heard all the same, and is done afterwards."""
    settings = world.settings
    warehouse = Warehouse(settings.home, settings.product_sql, settings.programme_sql)
    with world.listening():
        with warehouse.ledger():
            envelope = world.interactions.press(
                CHAIR, world.channel, world.message().ts, "acknowledge", f"{world.standin.address}/"
            )
            assert world.standin.sockets.is_heard(envelope, 3.0)
            assert not world.is_idle()
        wait_for(world.is_idle)
    assert len(events(world, "acknowledged")) == 1


def test_slack_that_does_not_answer_is_tried_again(world: World):
    """A first connection that fails is tried again, and the log says so."""
    world.standin.faults.plan(Fault(FaultKind.SERVER_ERROR, "apps.connections.open"))
    with world.listening():
        assert "targets behind" in world.asked(VISITOR, "help")
    assert any("It is tried again" in line for line in world.log)


@pytest.mark.parametrize(("token", "code"), [("xoxb-bot", "not_allowed_token_type"), ("nonsense", "invalid_auth")])
def test_a_token_that_is_refused_is_said_with_what_to_do(world: World, token: str, code: str):
    """A token that can never work ends the listener, with Slack's word for it and the setting to correct."""
    from targetwatch.listening.listener import Listener

    listener = Listener(world.settings, token, world.standin.api, lambda: NOW, world.log.append)
    with pytest.raises(CannotListen, match=code) as refused:
        listener.run()
    assert "TARGETWATCH_SLACK_APP_TOKEN" in str(refused.value)
    assert token not in str(refused.value).replace("xapp-", "") or token == "xapp-"


def test_a_token_that_is_revoked_while_it_listens_ends_it_too(world: World):
    """Revoked in the middle: the connection is not made again, and the listener says so instead of looking alive."""
    listener = world.listener()
    listener._socket._client.ping_interval = 0.2
    listener._socket._client.current_app_monitor.interval_seconds = 0.2
    raised: list[BaseException] = []

    def run() -> None:
        try:
            listener.run()
        except CannotListen as refused:
            raised.append(refused)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    wait_for(lambda: world.standin.sockets.connected == 1)
    world.standin.store.revoke(APP_TOKEN)
    world.standin.sockets.break_off()
    thread.join(PATIENCE)
    assert not thread.is_alive()
    assert "token_revoked" in str(raised[0])
    assert not is_listening(world.installation.home, NOW)


def test_one_listener_is_enough(world: World):
    """A second one for the same home says so and ends."""
    with world.listening(), pytest.raises(AnotherListener, match="One is enough"):
        world.listener().run()


@contextmanager
def process(world: World, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`targetwatch listen` in a process of its own, connected."""
    (world.installation.home / "clock").write_text(NOW.isoformat(), encoding="utf-8")
    env = {
        **{name: value for name, value in os.environ.items() if not name.startswith("TARGETWATCH_")},
        "TARGETWATCH_HOME": str(world.installation.home),
        "TARGETWATCH_PROGRAMME": str(world.settings.programme),
        "TARGETWATCH_STANDIN_PORT": str(world.settings.standin_port),
    }
    known = world.standin.sockets.connected
    with log.open("ab") as out:
        command = [sys.executable, "-m", "targetwatch.cli", "listen"]
        child = subprocess.Popen(command, cwd=CHECKOUT, env=env, stdout=out, stderr=out)
    try:
        wait_for(lambda: world.standin.sockets.connected > known)
        yield child
    finally:
        child.kill()
        child.wait()
        wait_for(lambda: world.standin.sockets.connected == known)


def test_it_stops_cleanly_and_its_log_holds_no_secret(world: World, tmp_path: Path):
    """SIGTERM ends the process with 0; it says what it does, and never a token, a ticket or an address to answer at."""
    log = tmp_path / "log"
    with process(world, log) as child:
        world.asked(VISITOR, "help")
        wait_for(lambda: is_listening(world.installation.home, NOW))
        child.send_signal(signal.SIGTERM)
        assert child.wait(PATIENCE) == 0
    assert not is_listening(world.installation.home, NOW)
    written = log.read_text(encoding="utf-8")
    assert "Listening" in written
    assert "Stopped." in written
    assert not [leak for leak in LEAKS if leak in written]


@pytest.mark.timeout(300)
@pytest.mark.parametrize("when", ["before it was heard", "while it was done"])
def test_killed_in_the_middle_it_is_done_exactly_once(world: World, tmp_path: Path, when: str):
    """Kill -9 before Slack was told, or after that and before it was done: the next listener does it, once."""
    settings, log = world.settings, tmp_path / "log"
    warehouse = Warehouse(settings.home, settings.product_sql, settings.programme_sql)
    world.standin.sockets.redeliver_after = 1.0
    address = f"{world.standin.address}/"
    with process(world, log) as child:
        if when == "before it was heard":
            child.send_signal(signal.SIGSTOP)
            world.interactions.press(CHAIR, world.channel, world.message().ts, "acknowledge", address)
            assert world.standin.sockets.acknowledged == []
            child.kill()
        else:
            with warehouse.ledger():
                envelope = world.interactions.press(CHAIR, world.channel, world.message().ts, "acknowledge", address)
                assert world.standin.sockets.is_heard(envelope, PATIENCE)
                child.kill()
                child.wait()
            assert not world.is_idle()
        child.wait()
    assert events(world, "acknowledged") == []
    with process(world, log):
        wait_for(lambda: len(events(world, "acknowledged")) == 1)
        wait_for(world.is_idle)
        wait_for(lambda: any(":eyes:" in reply for reply in world.replies()))
        wait_for(lambda: any("tiếp nhận" in one for one in world.asides(CHAIR)))
    assert len(events(world, "acknowledged")) == 1
    assert len([reply for reply in world.replies() if ":eyes:" in reply]) == 1
