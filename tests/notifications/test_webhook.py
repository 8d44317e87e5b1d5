"""Webhooks, to a real HTTP server on loopback: stable ids, signatures, every status, and no secret anywhere."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from targetwatch.model import Delivery, Language, Notification, Receiver, Transport
from targetwatch.notifications.delivery.audience import Audience
from targetwatch.notifications.delivery.carriers import connected
from targetwatch.notifications.delivery.outbox import ATTEMPTS, Delivered, deliver
from targetwatch.settings import Settings
from tests.fakes import MemoryOutbox
from tests.notifications.sending import POST, REPLY, START, UPDATE, Clock, filled, row

CENTRE = Receiver("centre", "", Language.EN, transport=Transport.WEBHOOK, connection="city_hook")
SECRET, PATH = "the secret of signatures", "/hooks/T0-very-secret-path"


@dataclass
class Hook:
    """What came, and what is answered: statuses of the next requests, 0 an answer that is lost."""

    port: int = 0
    came: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)

    @property
    def said(self) -> list[dict[str, object]]:
        """The messages."""
        return [json.loads(body) for _, body in self.came]


@pytest.fixture
def hook(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hook]:
    """A server that the Airflow Connection city_hook knows."""
    known = Hook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            known.came.append((dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
            status, headers = known.answers.pop(0) if known.answers else (204, {})
            if status == 0:
                self.close_connection = True
                return
            self.send_response(status)
            for name, value in {**headers, "Content-Length": "0"}.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        known.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        extra = {"secret": SECRET, "path": PATH, "headers": {"X-From": "targetwatch"}}
        connect(monkeypatch, known.port, login="login", password="pass word", extra=extra)
        try:
            yield known
        finally:
            server.shutdown()
            thread.join(10)


def connect(patch: pytest.MonkeyPatch, port: int, **said: object) -> None:
    """Set the connection."""
    connection = {"conn_type": "http", "host": "http://127.0.0.1", "port": port, **said}
    patch.setenv("AIRFLOW_CONN_CITY_HOOK", json.dumps(connection))


def hooked(name: str, delivery: Delivery, group: str = "behind/a") -> Notification:
    """A row for the centre."""
    return row(name, delivery, group, receiver="centre", channel="city_hook", transport=Transport.WEBHOOK)


def send(home: Path, outbox: MemoryOutbox, clock: Clock | None = None) -> Delivered:
    """One drain."""
    clock, receivers = clock or Clock(), {"centre": CENTRE}
    with connected(Settings(home=home), receivers, START) as carriers:
        return deliver(outbox, carriers, clock.read, Audience(receivers), clock.patience)


def test_a_message_its_edit_and_its_reply(hook: Hook, tmp_path: Path):
    """Each says what it is and what it belongs to, under ids that do not change."""
    outbox = filled(hooked("p", POST))
    send(tmp_path, outbox)
    outbox.add([hooked("u", UPDATE), hooked("r", REPLY)])
    assert send(tmp_path, outbox).sent == 2
    assert [(one["kind"], one["id"], one["thread"]) for one in hook.said] == [
        ("post", "p", None), ("update", "u", "p"), ("reply", "r", "p"),
    ]  # fmt: skip
    first = hook.said[0]
    assert (first["version"], first["group"], first["reason"], first["text"]) == (1, "behind/a", "changed", "p")
    headers, body = hook.came[0]
    assert (headers["Idempotency-Key"], headers["X-From"]) == ("p", "targetwatch")
    assert headers["Authorization"].startswith("Basic ")
    stamp = headers["X-Targetwatch-Timestamp"]
    wanted = hmac.new(SECRET.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    assert stamp == str(int(START.timestamp()))
    assert headers["X-Targetwatch-Signature"] == f"sha256={wanted}"


@pytest.mark.parametrize("status", [408, 409, 425, 429, 500, 502, 503, 504, 0])
def test_what_passes_is_tried_again_under_the_same_key(hook: Hook, tmp_path: Path, status: int):
    """A server in trouble, or an answer that is lost, is asked again, and can tell the second from a new one."""
    hook.answers = [(status, {})]
    done = send(tmp_path, filled(hooked("p", POST)))
    assert (done.sent, done.problems) == (1, [])
    assert [headers["Idempotency-Key"] for headers, _ in hook.came] == ["p", "p"]


def test_retry_after_is_kept(hook: Hook, tmp_path: Path):
    """The server says how long it wants to be left alone."""
    hook.answers = [(429, {"Retry-After": "17"})]
    clock = Clock()
    assert send(tmp_path, filled(hooked("p", POST), hooked("q", POST, "behind/b")), clock).sent == 2
    assert clock.slept == [17]


def test_a_server_that_stays_down_is_left_for_the_next_pass(hook: Hook, tmp_path: Path):
    """After a few tries everything waits, and is sent when it answers again."""
    hook.answers = [(503, {})] * ATTEMPTS
    outbox = filled(hooked("p", POST), hooked("q", POST, "behind/b"))
    assert send(tmp_path, outbox).waiting == 2
    assert len(hook.came) == ATTEMPTS
    assert send(tmp_path, outbox).sent == 2


@pytest.mark.parametrize("status", [301, 401, 403, 404, 410])
def test_a_wrong_address_or_login_waits_for_a_person(hook: Hook, tmp_path: Path, status: int):
    """Nothing is sent to where a redirect points, and nothing is dropped."""
    hook.answers = [(status, {"Location": "http://127.0.0.1:9/elsewhere"})]
    outbox = filled(hooked("p", POST), hooked("q", POST, "behind/b"))
    done = send(tmp_path, outbox)
    assert (done.waiting, len(hook.came), str(status) in done.problems[0]) == (2, 1, True)
    assert send(tmp_path, outbox).sent == 2


@pytest.mark.parametrize("status", [400, 413, 422])
def test_a_message_that_is_not_taken_is_tried_plainer_and_then_given_up(hook: Hook, tmp_path: Path, status: int):
    """What the server will never take fails with its status; others go on."""
    hook.answers = [(status, {}), (status, {})]
    outbox = filled(hooked("p", POST), hooked("q", POST, "behind/b"))
    done = send(tmp_path, outbox)
    assert (done.sent, done.failed) == (1, 1)
    assert str(status) in outbox.why("p")
    assert [one["blocks"] == [] for one in hook.said] == [False, True, False]


def test_no_secret_is_said_anywhere(hook: Hook, tmp_path: Path, caplog: pytest.LogCaptureFixture):
    """Neither the path nor the login nor the secret is in a log, a problem or a row, whatever goes wrong."""
    caplog.set_level(logging.DEBUG)
    logging.getLogger("urllib3").setLevel(logging.WARNING)  # as Airflow and the command line leave it
    outbox = filled(hooked("p", POST))
    said = ""
    for answer in [(0, {}), (401, {}), (500, {})]:
        hook.answers = [answer] * ATTEMPTS
        said += str(send(tmp_path, outbox)) + outbox.why("p")
    for secret in (SECRET, PATH, "pass word"):
        assert secret not in said + caplog.text


@pytest.mark.parametrize(
    "said",
    [
        {"host": "http://hooks.example"},  # unencrypted, and not here
        {"host": "https://user:pass@hooks.example"},
        {"host": ""},
        {"extra": {"headers": ["x"]}},
        {"extra": {"headers": {"X": "a\r\nY: b"}}},
    ],
)
def test_a_connection_that_is_malformed_says_so(
    hook: Hook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: dict[str, object]
):
    """An address without https, one with a password in it, and headers that are none are refused with what to write."""
    connect(monkeypatch, hook.port, **said)
    done = send(tmp_path, filled(hooked("p", POST)))
    assert (done.sent, done.waiting, hook.came) == (0, 1, [])
    assert "city_hook" in done.problems[0]
    assert "pass@" not in done.problems[0]
