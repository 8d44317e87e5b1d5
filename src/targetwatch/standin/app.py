"""The stand-in's HTTP: Slack's Web API under /api/, its sockets, uploads and answers, and the page."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from urllib.parse import parse_qsl

from fastapi import FastAPI, Request, WebSocket
from fastapi.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from pydantic import BaseModel, Field

from targetwatch.standin import page
from targetwatch.standin.answers import Answer, Refused
from targetwatch.standin.api import Api
from targetwatch.standin.faults import Fault, FaultKind, Faults
from targetwatch.standin.interactions import Interactions
from targetwatch.standin.people import Person
from targetwatch.standin.sockets import Sockets
from targetwatch.standin.store import Store, read_ts
from targetwatch.standin.tiers import Tiers


@dataclass(frozen=True, slots=True)
class Workspace:
    """What a stand-in is made of."""

    store: Store
    faults: Faults = field(default_factory=Faults)
    people: Mapping[str, Person] = field(default_factory=dict)
    sockets: Sockets = field(default_factory=Sockets)
    tiers: Tiers = field(default_factory=Tiers)


def create_app(workspace: Workspace, zone: tzinfo | None = None) -> FastAPI:
    """The application over a workspace. `zone` is the time zone of the page; None is the machine's."""
    app = FastAPI(title="Slack stand-in", docs_url=None, redoc_url=None, openapi_url=None)
    store, faults, sockets = workspace.store, workspace.faults, workspace.sockets
    api = Api(store, workspace.people, sockets.ticket)
    interactions = Interactions(store, workspace.people, sockets)

    @app.api_route("/api/{method}", methods=["GET", "POST"])
    async def call(method: str, request: Request) -> Response:
        """A method of the Web API."""
        fault = faults.meet(method)
        if fault is not None and fault.kind in BEFORE:
            return _instead(fault)
        if fault is not None and fault.kind is FaultKind.HELD_REQUEST:
            await _hold(faults)
            return Response("dropped", status_code=503, media_type="text/plain")
        arguments = await _arguments(request)
        pause = workspace.tiers.refuses(method, str(arguments.get("channel") or ""))
        if pause is not None:
            return _instead(Fault(FaultKind.RATE_LIMITED, retry_after=pause))
        answer = api.call(method, {**arguments, "_address": str(request.base_url)}, _token(request, arguments))
        return await _answered(fault, faults, answer)

    @app.post("/upload/v1/{ticket}")
    async def upload(ticket: str, request: Request) -> Response:
        """The bytes of a file; the method's name for a fault is `upload`."""
        fault = faults.meet("upload")
        if fault is not None and fault.kind in BEFORE:
            return _instead(fault)
        if not store.files.upload(ticket, await request.body()):
            return Response("Bad Request", status_code=400, media_type="text/plain")
        return Response("OK", media_type="text/plain")

    @app.websocket("/link/")
    async def link(socket: WebSocket) -> None:
        """A connection of Socket Mode."""
        await sockets.attend(socket)

    @app.post("/respond/{hook}")
    async def respond(hook: str, request: Request) -> Response:
        """An app's answer to an interaction."""
        fault = faults.meet("respond")
        if fault is not None and fault.kind in BEFORE:
            return _instead(fault)
        try:
            interactions.respond(hook, await _arguments(request))
        except Refused as refused:
            return JSONResponse({"ok": False, "error": refused.code}, status_code=404)
        return JSONResponse({"ok": True})

    _add_page(app, workspace, interactions, zone)
    return app


def _add_page(app: FastAPI, workspace: Workspace, interactions: Interactions, zone: tzinfo | None) -> None:
    """The page, and what its buttons do."""
    store, sockets = workspace.store, workspace.sockets

    @app.get("/", response_class=HTMLResponse)
    def whole() -> HTMLResponse:
        """The page."""
        nonce = secrets.token_urlsafe(16)
        own = f"'nonce-{nonce}'"
        policy = f"default-src 'none'; style-src {own}; script-src {own}; connect-src 'self'; img-src 'self' data:"
        headers = {"Content-Security-Policy": f"{policy}; form-action 'none'; base-uri 'none'", **NEVER_GUESS}
        return HTMLResponse(
            page.render(page.View(store, workspace.people, sockets.connected, zone), nonce), 200, headers
        )

    @app.get("/messages", response_class=HTMLResponse)
    def changed(since: str = "", user: str = "") -> Response:
        """The part of the page that changes, as this person sees it; nothing where it has not changed since."""
        view = page.View(store, workspace.people, sockets.connected, zone, user)
        if view.version == since:
            return Response(status_code=204)
        return HTMLResponse(page.render_messages(view), headers={"X-Version": view.version})

    @app.get("/files/{file_id}")
    def shown(file_id: str) -> Response:
        """A picture that a message shows. What is no picture is not handed out."""
        file = store.files.get(file_id)
        if file is None or file.content is None or not file.kind.startswith("image/"):
            return Response(status_code=404)
        return Response(file.content, media_type=file.kind, headers=NEVER_GUESS)

    @app.post("/press")
    def press(pressed: Pressed, request: Request) -> Response:
        """A click on a button, by the person chosen on the page."""
        address = str(request.base_url)
        return _told_to_app(request, sockets, lambda: interactions.press(*pressed.arguments(), address))

    @app.post("/command")
    def command(typed: Typed, request: Request) -> Response:
        """A command, by the person chosen on the page."""
        address = str(request.base_url)
        return _told_to_app(request, sockets, lambda: interactions.command(*typed.arguments(), address))


class Pressed(BaseModel):
    """A button that was pressed."""

    user: str
    channel: str
    ts: str
    action_id: str

    def arguments(self) -> tuple[str, str, int, str]:
        """In the order of `Interactions.press`."""
        return self.user, self.channel, read_ts(self.ts) or 0, self.action_id


class Typed(BaseModel):
    """A command that was typed, without its name."""

    user: str
    channel: str
    text: str = Field(default="", max_length=4000)

    def arguments(self) -> tuple[str, str, str]:
        """In the order of `Interactions.command`."""
        return self.user, self.channel, self.text


def _told_to_app(request: Request, sockets: Sockets, send: Callable[[], str]) -> Response:
    """What the page says of an interaction: whether the app has heard of it, as it must within three seconds."""
    origin = request.headers.get("origin")
    if origin is not None and origin + "/" != str(request.base_url):
        return JSONResponse({"ok": False, "error": "another_origin"}, status_code=403)
    try:
        envelope = send()
    except Refused as refused:
        return JSONResponse({"ok": False, "error": refused.code})
    if not sockets.is_heard(envelope, ACKNOWLEDGE_SECONDS):
        return JSONResponse({"ok": False, "error": "operation_timeout"})
    return JSONResponse({"ok": True})


NEVER_GUESS = {"X-Content-Type-Options": "nosniff"}
ACKNOWLEDGE_SECONDS = 3.0
HOLD_SECONDS = 0.01
BEFORE = (FaultKind.RATE_LIMITED, FaultKind.SERVER_ERROR, FaultKind.REFUSED)


def _instead(fault: Fault) -> Response:
    """The answer to a request that is not carried out."""
    if fault.kind is FaultKind.RATE_LIMITED:
        headers = {"Retry-After": str(fault.retry_after)}
        return JSONResponse({"ok": False, "error": "ratelimited"}, status_code=429, headers=headers)
    if fault.kind is FaultKind.SERVER_ERROR:
        return Response("upstream error", status_code=500, media_type="text/plain")
    return JSONResponse({"ok": False, "error": fault.error})


async def _answered(fault: Fault | None, faults: Faults, answer: Answer) -> Response:
    """The answer to a request that was carried out, as far as it gets."""
    if fault is not None and fault.kind is FaultKind.FAILED_ANSWER:
        return Response("upstream error", status_code=500, media_type="text/plain")
    if fault is not None and fault.kind is FaultKind.LOST_ANSWER:
        return _broken_off(answer)
    if fault is not None and fault.kind is FaultKind.HELD_ANSWER:
        await _hold(faults)
    return JSONResponse(answer)


async def _hold(faults: Faults) -> None:
    """Wait until the test that planned this says go on."""
    faults.released.clear()
    faults.held.set()
    while not faults.released.is_set():
        await asyncio.sleep(HOLD_SECONDS)


def _broken_off(answer: dict[str, object]) -> Response:
    """An answer that promises more than it sends, so that the client finds the connection broken."""
    body = json.dumps(answer).encode()

    async def half() -> AsyncIterator[bytes]:
        yield body[: len(body) // 2]

    return StreamingResponse(half(), headers={"Content-Length": str(len(body)), "Connection": "close"})


async def _arguments(request: Request) -> dict[str, object]:
    """A request's arguments, from its address and from its body, which is a form or JSON."""
    arguments: dict[str, object] = dict(request.query_params)
    body = await request.body()
    if request.headers.get("content-type", "").startswith("application/json"):
        try:
            given = json.loads(body) if body else {}
        except ValueError:
            given = {}
        if isinstance(given, dict):
            arguments.update(given)
    else:
        arguments.update(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    return arguments


def _token(request: Request, arguments: dict[str, object]) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else str(arguments.get("token") or "")
