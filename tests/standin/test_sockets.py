"""Socket Mode in the stand-in: with the real client, and what the page's interactions tell it."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.socket_mode.builtin import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.webhook import WebhookClient
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

from targetwatch.standin import running
from targetwatch.standin.answers import Refused
from targetwatch.standin.interactions import Interactions
from targetwatch.standin.people import VISITOR, people_of
from targetwatch.standin.server import Running
from targetwatch.standin.sockets import MOST_CONNECTIONS, Sockets

BUTTONS = [
    {"type": "section", "text": {"type": "mrkdwn", "text": "Behind"}},
    {"type": "actions", "elements": [
        {"type": "button", "action_id": "why", "text": {"type": "plain_text", "text": "Why"}, "value": "7"},
        {"type": "button", "action_id": "open_0", "text": {"type": "plain_text", "text": "Open"},
         "url": "https://b.example/"},
    ]},
]  # fmt: skip


class App:
    """An app that hears: it keeps what it was told, and acknowledges as long as it is asked to."""

    def __init__(self, standin: Running, acknowledges: bool = True) -> None:
        self.heard: list[SocketModeRequest] = []
        self.acknowledges = acknowledges
        web = WebClient("xoxb-test", base_url=standin.api, retry_handlers=[])
        web.proxy = None
        self.client = SocketModeClient(app_token="xapp-test", web_client=web, ping_interval=1)
        self.client.proxy = None
        self.client.socket_mode_request_listeners.append(self._on_request)

    def _on_request(self, client: Any, request: SocketModeRequest) -> None:
        self.heard.append(request)
        if self.acknowledges:
            client.send_socket_mode_response(SocketModeResponse(envelope_id=request.envelope_id))


@contextmanager
def app(standin: Running, acknowledges: bool = True) -> Iterator[App]:
    """A connected app."""
    known = standin.sockets.connected
    one = App(standin, acknowledges)
    one.client.connect()
    try:
        until(lambda: standin.sockets.connected > known)
        yield one
    finally:
        one.client.close()
        until(lambda: standin.sockets.connected <= known)


def until(condition: Any, seconds: float = 30.0) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come to be"
        time.sleep(0.01)


def interactions(standin: Running) -> Interactions:
    """What people do on the page."""
    return Interactions(standin.store, standin.people, standin.sockets)


def posted(standin: Running) -> tuple[str, int]:
    """A message with buttons: its channel and its ts."""
    from targetwatch.standin.store import read_ts

    answer = WebClient("xoxb-test", base_url=standin.api).chat_postMessage(channel="c", text="x", blocks=BUTTONS)
    return str(answer["channel"]), read_ts(str(answer["ts"])) or 0


def test_a_click_and_a_command_reach_the_app_as_slack_tells_them(standin: Running):
    """The payloads have what Slack's have, and the acknowledgement is noted."""
    channel, ts = posted(standin)
    with app(standin) as one:
        envelope = interactions(standin).press(VISITOR, channel, ts, "why", standin.address + "/")
        assert standin.sockets.is_heard(envelope, 10)
        interactions(standin).command(VISITOR, channel, "  ack TW-1 why not ", standin.address + "/")
        until(lambda: len(one.heard) == 2)
    pressed, typed = one.heard
    assert pressed.type == "interactive"
    assert pressed.payload["type"] == "block_actions"
    assert pressed.payload["user"]["id"] == VISITOR
    assert pressed.payload["container"]["channel_id"] == channel
    assert pressed.payload["actions"][0]["value"] == "7"
    assert pressed.payload["message"]["blocks"][1]["elements"][0]["action_id"] == "why"
    assert typed.type == "slash_commands"
    assert (typed.payload["command"], typed.payload["text"]) == ("/targets", "ack TW-1 why not")


def test_what_is_not_acknowledged_is_sent_again(standin: Running):
    """An app that says nothing is told again, saying so, and at last no more."""
    standin.sockets.redeliver_after = 0.1
    try:
        channel, ts = posted(standin)
        with app(standin, acknowledges=False) as one:
            envelope = interactions(standin).press(VISITOR, channel, ts, "why", standin.address + "/")
            assert not standin.sockets.is_heard(envelope, 0.05)
            until(lambda: len(one.heard) == 4)
            assert [request.retry_attempt or 0 for request in one.heard] == [0, 1, 2, 3]
            assert {request.envelope_id for request in one.heard} == {envelope}
    finally:
        standin.sockets.redeliver_after = 3.0


def test_what_was_on_its_way_when_a_connection_broke_goes_to_another(standin: Running):
    """Two connections: what one of them was told and never acknowledged, the other hears of when it is gone."""
    channel, ts = posted(standin)
    with app(standin) as good:
        with app(standin, acknowledges=False) as bad:
            for _ in range(4):
                interactions(standin).press(VISITOR, channel, ts, "why", standin.address + "/")
            until(lambda: len(bad.heard) == 2 and len(good.heard) == 2)  # one after the other, in turn
        until(lambda: len(good.heard) == 4)
        until(lambda: len(standin.sockets.acknowledged) == 4)


@pytest.mark.parametrize("reason", ["refresh_requested", "warning"])
def test_the_client_makes_a_new_connection_when_it_is_asked_to(standin: Running, reason: str):
    """The client answers a request to leave with a new connection, over which everything goes on."""
    channel, ts = posted(standin)
    with app(standin) as one:
        before = one.client.session_id()
        standin.sockets.ask_to_leave(reason)
        envelope = interactions(standin).press(VISITOR, channel, ts, "why", standin.address + "/")
        until(lambda: one.heard)
        # The client reads its new connection only when the old one's last read is over, after up to three seconds: it
        # may be sent twice, and is the same.
        assert {request.envelope_id for request in one.heard} == {envelope}
        assert one.client.session_id() != before


def link(standin: Running, query: str | None = None) -> ClientConnection:
    """A connection by hand, with a ticket of its own or with this query."""
    address = f"ws{standin.address.removeprefix('http')}/link/?{query or standin.sockets.ticket()}"
    return connect(address, proxy=None)


def test_no_more_than_ten_connections(standin: Running):
    """The eleventh is told that there are too many, and what the others are told has the number of them."""
    with ExitStack() as stack:
        greetings = [json.loads(stack.enter_context(link(standin)).recv(timeout=10)) for _ in range(MOST_CONNECTIONS)]
        assert [(one["type"], one["num_connections"]) for one in greetings] == [
            ("hello", number) for number in range(1, MOST_CONNECTIONS + 1)
        ]
        said = json.loads(stack.enter_context(link(standin)).recv(timeout=10))
        assert (said["type"], said["reason"]) == ("disconnect", "too_many_websockets")
        assert standin.sockets.connected == MOST_CONNECTIONS
    until(lambda: standin.sockets.connected == 0)


def test_a_ticket_is_good_once(standin: Running):
    """An address to connect to is used up by its connection, and one that nobody gave out opens nothing."""
    ticket = standin.sockets.ticket()
    with link(standin, ticket) as one:
        assert json.loads(one.recv(timeout=10))["type"] == "hello"
    for query in (ticket, "ticket=guessed", "x=1"):
        with pytest.raises(InvalidStatus, match="403"):
            link(standin, query)
    until(lambda: standin.sockets.connected == 0)


def test_what_an_app_says_that_is_no_acknowledgement_is_passed_over(standin: Running):
    """Words, lists, unknown envelopes: the connection stays, and nothing is taken for heard."""
    with link(standin) as one:
        one.recv(timeout=10)
        envelope = standin.sockets.send("interactive", {"type": "block_actions"})
        for odd in ("hello", "[]", "{}", "null", '{"envelope_id": "another"}', '{"envelope_id": 5}'):
            one.send(odd)
        assert json.loads(one.recv(timeout=10))["envelope_id"] == envelope
        assert envelope is not None
        assert not standin.sockets.is_heard(envelope, 0.05)
        one.send(json.dumps({"envelope_id": envelope}))
        assert standin.sockets.is_heard(envelope, 10)
    until(lambda: standin.sockets.connected == 0)


def test_nobody_listens(standin: Running):
    """Without a connection a click fails as in Slack, and nothing waits for somebody to come."""
    channel, ts = posted(standin)
    with pytest.raises(Refused, match="dispatch_failed"):
        interactions(standin).press(VISITOR, channel, ts, "why", standin.address + "/")
    for wrong, code in (
        ((VISITOR, channel, ts + 1, "why"), "message_not_found"),
        ((VISITOR, channel, ts, "delete_all"), "action_not_found"),
        (("U0NOBODY", channel, ts, "why"), "user_not_found"),
    ):
        with pytest.raises(Refused, match=code):
            interactions(standin).press(*wrong, standin.address + "/")
    with app(standin) as one:
        assert one.heard == []


def hook_of(one: App) -> WebhookClient:
    """The client for the address at which the newest interaction may be answered."""
    hook = WebhookClient(one.heard[-1].payload["response_url"], retry_handlers=[])
    hook.proxy = None
    return hook


def test_an_interaction_is_answered_at_its_own_address(standin: Running):
    """To the one person, in the channel, or in place of the message; five times, and within the limits."""
    channel, ts = posted(standin)
    with app(standin) as one:
        now = [0.0]
        people = interactions(standin)
        answered = Interactions(standin.store, standin.people, standin.sockets, lambda: now[0])
        assert people is not answered
        people.press(VISITOR, channel, ts, "why", standin.address + "/")
        # The server's own interactions hold the hooks of what is pressed over HTTP.
        ask(standin, "/press", {"user": VISITOR, "channel": channel, "ts": f"{ts // 10**6}.{ts % 10**6:06d}",
                                "action_id": "why"})  # fmt: skip
        until(lambda: len(one.heard) == 2)
        hook = hook_of(one)
        assert hook.send(text="only you").status_code == 200
        assert hook.send(text="all of you", response_type="in_channel").status_code == 200
        assert hook.send(text="instead", replace_original=True).status_code == 200
        assert json.loads(hook.send(text="x", blocks=[{"type": "marquee"}]).body)["error"] == "invalid_blocks"
        assert hook.send(text="the fifth").status_code == 200
        assert json.loads(hook.send(text="the sixth").body) == {"ok": False, "error": "used_url"}
    assert [aside.text for aside in standin.store.asides.of(VISITOR)] == ["only you", "the fifth"]
    assert [aside.beside for aside in standin.store.asides.of(VISITOR)] == [ts, ts]
    assert [message.text for message in standin.store.messages(channel)] == ["instead", "all of you"]


def test_an_old_address_takes_no_answer(standin: Running):
    """After half an hour Slack takes no answer at it any more."""
    now = [0.0]
    old = Interactions(standin.store, standin.people, standin.sockets, lambda: now[0])
    channel, ts = posted(standin)
    with app(standin) as one:
        old.press(VISITOR, channel, ts, "why", standin.address + "/")
        until(lambda: len(one.heard) == 1)
        hook = str(one.heard[0].payload["response_url"]).rpartition("/")[2]
        old.respond(hook, {"text": "in time"})
        now[0] += 31 * 60
        with pytest.raises(Refused, match="expired_url"):
            old.respond(hook, {"text": "late"})


def ask(standin: Running, path: str, body: dict[str, object], **headers: str) -> tuple[int, dict[str, object]]:
    """What the page's own script asks."""
    request = urllib.request.Request(  # noqa: S310
        standin.address + path, json.dumps(body).encode(), {"Content-Type": "application/json", **headers}
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as refused:
        return refused.code, json.loads(refused.read() or b"{}")


def test_the_page_says_what_became_of_a_click(standin: Running):
    """Heard; not heard within three seconds; nobody there; and from another page nothing at all."""
    channel, ts = posted(standin)
    click = {"user": VISITOR, "channel": channel, "ts": f"{ts // 10**6}.{ts % 10**6:06d}", "action_id": "why"}
    assert ask(standin, "/press", click) == (200, {"ok": False, "error": "dispatch_failed"})
    with app(standin) as one:
        assert ask(standin, "/press", click) == (200, {"ok": True})
        assert ask(standin, "/command", {"user": VISITOR, "channel": channel, "text": "help"}) == (200, {"ok": True})
        assert ask(standin, "/press", click, Origin="https://evil.example")[0] == 403
        assert ask(standin, "/command", {"user": VISITOR, "channel": channel, "text": "x" * 5000})[0] == 422
        form = urllib.request.Request(  # noqa: S310
            standin.address + "/press", json.dumps(click).encode(), {"Content-Type": "text/plain"}
        )
        with pytest.raises(urllib.error.HTTPError):  # what a form of another page could send is not taken
            urllib.request.urlopen(form, timeout=10)  # noqa: S310
        assert len(one.heard) == 2
    with app(standin, acknowledges=False):
        assert ask(standin, "/press", click) == (200, {"ok": False, "error": "operation_timeout"})
        standin.sockets.clear()


def test_people_are_the_catalogues(tmp_path: Any):
    """Those who hold roles, the operators, and a visitor who holds none; a broken catalogue leaves the visitor."""
    (tmp_path / "owners.yaml").write_text("chair: {vi: Chủ tịch, en: Chair}\n", encoding="utf-8")
    receivers = tmp_path / "receivers.yaml"
    receivers.write_text(
        'people:\n  U0CHAIR001: {chair: "001"}\n  not-a-user: {chair: all}\noperators: {users: [U0OPS00001]}\n', "utf-8"
    )
    known = people_of(tmp_path)
    assert list(known) == ["U0CHAIR001", "U0OPS00001", VISITOR]
    assert (known["U0CHAIR001"].name, known["U0CHAIR001"].roles) == ("Chủ tịch / Chair (001)", ("chair",))
    for broken in ("{", "people: 3\n", "people: {U0A000001: [x, 1]}\noperators: {users: 5}\n", "- a\n"):
        receivers.write_text(broken, encoding="utf-8")
        assert VISITOR in people_of(tmp_path)
    assert list(people_of(None)) == [VISITOR]
    with running(tmp_path / "home", catalogue=tmp_path) as standin:
        client = WebClient("xoxb-test", base_url=standin.api)
        assert client.users_info(user=VISITOR)["user"]["locale"] == "vi-VN"


def test_too_much_that_waits_is_forgotten():
    """An app that never acknowledges does not make the stand-in grow without end."""
    sockets = Sockets()
    assert sockets.send("interactive", {}) is None  # nobody is connected
    assert sockets.connected == 0
