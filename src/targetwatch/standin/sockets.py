"""Socket Mode: WebSockets over which an app is told what people do, and says that it has heard.

As with Slack, an envelope goes to one of the app's connections; what is not acknowledged in time, or was on its way
when a connection broke, is sent again. (Slack does so for events; to who pressed a button it shows a warning instead.)
"""

from __future__ import annotations

import asyncio
import json
import secrets
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count

from fastapi import WebSocket, WebSocketDisconnect
from fastapi.websockets import WebSocketState

MOST_CONNECTIONS = 10
MOST_WAITING = 1000
RETRIES = 3
GRACE_SECONDS = 5.0  # from a request to leave to the end of the connection
APP_ID = "A0TARGETWATCH"

Frame = dict[str, object]


@dataclass(slots=True, eq=False)
class Connection:
    """One WebSocket of the app."""

    loop: asyncio.AbstractEventLoop
    frames: asyncio.Queue[Frame | None] = field(default_factory=asyncio.Queue)
    is_leaving: bool = False

    def put(self, frame: Frame | None) -> None:
        """Send a frame, from whatever thread; None ends the connection."""
        with suppress(RuntimeError):  # the server has stopped: nobody is there to be told
            self.loop.call_soon_threadsafe(self.frames.put_nowait, frame)


@dataclass(slots=True, eq=False)
class Pending:
    """An envelope that nobody has acknowledged yet."""

    frame: Frame
    connection: Connection | None = None
    attempts: int = 0
    heard: threading.Event = field(default_factory=threading.Event)


class Sockets:
    """The connections of an app, and what waits to be acknowledged. Its methods may be called from any thread."""

    def __init__(self, redeliver_after: float = 3.0) -> None:
        self.redeliver_after = redeliver_after  # seconds
        self.sent: list[str] = []  # ids of envelopes, each as often as it was sent
        self.acknowledged: list[str] = []
        self.address = ""  # at which the app reaches us, and can answer: a browser may know another one
        self._tickets: set[str] = set()
        self._connections: list[Connection] = []
        self._pending: dict[str, Pending] = {}
        self._turn = count()
        self._lock = threading.RLock()

    @property
    def connected(self) -> int:
        """How many connections there are."""
        return len(self._connections)

    def ticket(self, address: str = "") -> str:
        """The query of an address at which one connection may be made, for an app that reaches us at `address`."""
        ticket = secrets.token_urlsafe(24)
        with self._lock:
            self.address = address or self.address
            self._tickets.add(ticket)
        return f"ticket={ticket}&app_id={APP_ID}"

    def clear(self) -> None:
        """Forget what waits and what was, and end every connection."""
        with self._lock:
            self._pending.clear()
            self._tickets.clear()
            self.sent.clear()
            self.acknowledged.clear()
            for connection in self._connections:
                connection.put(None)

    def send(self, kind: str, payload: Frame) -> str | None:
        """Tell the app; the id of the envelope, or None where it has no connection."""
        with self._lock:
            if not self._connections:
                return None
            envelope = secrets.token_hex(16)
            frame: Frame = {
                "envelope_id": envelope,
                "type": kind,
                "payload": payload,
                "accepts_response_payload": kind == "slash_commands",
            }
            while len(self._pending) >= MOST_WAITING:
                self._pending.pop(next(iter(self._pending)))
            self._pending[envelope] = Pending(frame)
            self._dispatch()
            return envelope

    def is_heard(self, envelope: str, seconds: float) -> bool:
        """Whether the app acknowledges the envelope within so many seconds."""
        with self._lock:
            if envelope in self.acknowledged:
                return True
            pending = self._pending.get(envelope)
        return pending is not None and pending.heard.wait(seconds)

    def ask_to_leave(self, reason: str = "refresh_requested") -> None:
        """Ask every connection to make place for a new one, and end it a little later."""
        with self._lock:
            for connection in self._connections:
                connection.is_leaving = True
                connection.put({"type": "disconnect", "reason": reason, "debug_info": {"host": "stand-in"}})
                with suppress(RuntimeError):
                    connection.loop.call_soon_threadsafe(
                        connection.loop.call_later, GRACE_SECONDS, connection.frames.put_nowait, None
                    )

    def break_off(self) -> None:
        """End every connection without a word."""
        with self._lock:
            for connection in self._connections:
                connection.put(None)

    async def attend(self, socket: WebSocket) -> None:
        """Serve one connection until it ends."""
        ticket = socket.query_params.get("ticket", "")
        with self._lock:
            known = ticket in self._tickets
            self._tickets.discard(ticket)
        if not known:
            await socket.close(code=1008)
            return
        await socket.accept()
        connection = Connection(asyncio.get_running_loop())
        if self.connected >= MOST_CONNECTIONS:
            await socket.send_text(json.dumps({"type": "disconnect", "reason": "too_many_websockets"}))
            await socket.close()
            return
        with self._lock:
            self._connections.append(connection)
            connection.put(self._hello())
            self._dispatch()
        sender = asyncio.create_task(self._sending(socket, connection))
        try:
            while True:
                self._hear(await socket.receive_text())
        except (WebSocketDisconnect, RuntimeError):
            pass
        finally:
            sender.cancel()
            self._over(connection)

    def _hello(self) -> Frame:
        return {
            "type": "hello",
            "num_connections": self.connected,
            "connection_info": {"app_id": APP_ID},
            "debug_info": {"host": "stand-in", "build_number": 1, "approximate_connection_time": 3600},
        }

    async def _sending(self, socket: WebSocket, connection: Connection) -> None:
        while (frame := await connection.frames.get()) is not None:
            with suppress(WebSocketDisconnect, RuntimeError):
                await socket.send_text(json.dumps(frame))
        if socket.application_state is WebSocketState.CONNECTED:
            with suppress(RuntimeError):
                await socket.close()
        self._over(connection)

    def _hear(self, said: str) -> None:
        """An acknowledgement; whatever else an app says is nothing that Slack would answer."""
        try:
            envelope = str(json.loads(said).get("envelope_id"))
        except (ValueError, AttributeError):
            return
        with self._lock:
            pending = self._pending.pop(envelope, None)
            if pending is not None:
                self.acknowledged.append(envelope)
                pending.heard.set()

    def _dispatch(self) -> None:
        """Send what is on no connection to one of those that stay."""
        staying = [connection for connection in self._connections if not connection.is_leaving]
        if not staying:
            return
        for envelope, pending in list(self._pending.items()):
            if pending.connection is not None:
                continue
            if pending.attempts > RETRIES:
                del self._pending[envelope]
                continue
            connection = staying[next(self._turn) % len(staying)]
            again: Frame = {"retry_attempt": pending.attempts, "retry_reason": "timeout"} if pending.attempts else {}
            pending.connection = connection
            pending.attempts += 1
            connection.put({**pending.frame, **again})
            self.sent.append(envelope)
            with suppress(RuntimeError):
                connection.loop.call_soon_threadsafe(
                    connection.loop.call_later, self.redeliver_after, self._overdue, envelope, pending.attempts
                )

    def _overdue(self, envelope: str, attempt: int) -> None:
        with self._lock:
            pending = self._pending.get(envelope)
            if pending is not None and pending.attempts == attempt:
                pending.connection = None
                self._dispatch()

    def _over(self, connection: Connection) -> None:
        """A connection has ended: what it was told and has not acknowledged goes to another."""
        with self._lock:
            if connection in self._connections:
                self._connections.remove(connection)
            for pending in self._pending.values():
                if pending.connection is connection:
                    pending.connection = None
            self._dispatch()
