"""What people do on the page, as Slack tells it to an app, and the addresses at which the app may answer them."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from targetwatch.standin.answers import Answer, Refused
from targetwatch.standin.api import BOT, content, told
from targetwatch.standin.people import Person
from targetwatch.standin.sockets import Sockets
from targetwatch.standin.store import Message, Store, write_ts

COMMAND = "/targets"
DOMAIN = "stand-in"
ANSWERS = 5  # that one address takes
LIFETIME = 30 * 60.0  # seconds that it takes them for


@dataclass(slots=True)
class Hook:
    """Where an app may answer one interaction: to whom, and beside which message."""

    channel: str
    user: str
    made_at: float
    beside: int | None = None
    answers: int = 0


class Interactions:
    """Buttons that are pressed, commands that are typed, and what the app answers to them.

    `clock` gives seconds that never go back. What cannot be is Refused, with a word of Slack's.
    """

    def __init__(
        self,
        store: Store,
        people: Mapping[str, Person],
        sockets: Sockets,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._people = people
        self._sockets = sockets
        self._clock = clock
        self._hooks: dict[str, Hook] = {}
        self._lock = threading.Lock()

    def press(self, user: str, channel: str, ts: int, action_id: str, address: str) -> str:
        """A person presses a button of a message: the id of the envelope that tells the app."""
        person = self._person(user)
        message = self._store.get(channel, ts)
        if message is None:
            raise Refused("message_not_found")
        found = _element(message, action_id)
        if found is None:
            raise Refused("action_not_found")
        block_id, element = found
        where = {"type": "message", "message_ts": write_ts(ts), "channel_id": channel, "is_ephemeral": False}
        if message.is_reply and message.thread_ts is not None:
            where["thread_ts"] = write_ts(message.thread_ts)
        payload: Answer = {
            "type": "block_actions",
            "user": {"id": person.id, "username": person.handle, "name": person.handle, "team_id": BOT["team"]},
            "api_app_id": BOT["app_id"],
            "container": where,
            "trigger_id": secrets.token_hex(12),
            "team": {"id": BOT["team"], "domain": DOMAIN},
            "enterprise": None,
            "is_enterprise_install": False,
            "channel": {"id": channel, "name": self._name(channel)},
            "message": told(message, with_metadata=True),
            "state": {"values": {}},
            "response_url": self._hook(address, Hook(channel, user, self._clock(), ts)),
            "actions": [
                {
                    "type": "button",
                    "action_id": action_id,
                    "block_id": block_id,
                    "text": element.get("text"),
                    "value": element.get("value"),
                    "action_ts": f"{time.time():.6f}",
                }
            ],
        }
        return self._send("interactive", payload)

    def command(self, user: str, channel: str, text: str, address: str) -> str:
        """A person types the command: the id of the envelope that tells the app."""
        person = self._person(user)
        if channel not in {known.id for known in self._store.channels()}:
            raise Refused("channel_not_found")
        payload: Answer = {
            "team_id": BOT["team"],
            "team_domain": DOMAIN,
            "channel_id": channel,
            "channel_name": self._name(channel),
            "user_id": person.id,
            "user_name": person.handle,
            "command": COMMAND,
            "text": text.strip(),
            "api_app_id": BOT["app_id"],
            "is_enterprise_install": "false",
            "response_url": self._hook(address, Hook(channel, user, self._clock())),
            "trigger_id": secrets.token_hex(12),
        }
        return self._send("slash_commands", payload)

    def respond(self, hook_id: str, body: Mapping[str, object]) -> None:
        """The app answers at a `response_url`: to the one person, in the channel, or in place of the message."""
        with self._lock:
            hook = self._hooks.get(hook_id)
            if hook is None or self._clock() - hook.made_at > LIFETIME:
                raise Refused("expired_url")
            if hook.answers >= ANSWERS:
                raise Refused("used_url")
            hook.answers += 1
        text, blocks = content(body, self._store)
        original = None if hook.beside is None else self._store.get(hook.channel, hook.beside)
        if body.get("replace_original") is True and original is not None:
            self._store.edit(original, text, blocks, original.metadata)
        elif body.get("response_type") == "in_channel":
            self._store.add(hook.channel, text, blocks, {})
        else:
            self._store.asides.add(hook.channel, hook.user, text, blocks, hook.beside)

    def _send(self, kind: str, payload: Answer) -> str:
        envelope = self._sockets.send(kind, payload)
        if envelope is None:
            raise Refused("dispatch_failed")
        return envelope

    def _person(self, user: str) -> Person:
        person = self._people.get(user)
        if person is None:
            raise Refused("user_not_found")
        return person

    def _name(self, channel: str) -> str:
        return next((known.name for known in self._store.channels() if known.id == channel), channel)

    def _hook(self, address: str, hook: Hook) -> str:
        hook_id = secrets.token_urlsafe(24)
        with self._lock:
            self._hooks[hook_id] = hook
        return f"{self._sockets.address or address}respond/{hook_id}"


def _element(message: Message, action_id: str) -> tuple[str, Mapping[str, object]] | None:
    """The button of this action_id, and the id of its block."""
    for place, block in enumerate(message.blocks):
        elements = block.get("elements")
        for element in elements if isinstance(elements, list) else ():
            if isinstance(element, Mapping) and element.get("action_id") == action_id:
                return str(block.get("block_id", f"b{place}")), element
    return None
