"""The stand-in's HTTP: Slack's Web API under /api/, and the page."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import AsyncIterator
from datetime import tzinfo
from urllib.parse import parse_qsl

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response, StreamingResponse

from targetwatch.standin import page
from targetwatch.standin.api import Api
from targetwatch.standin.faults import Fault, FaultKind, Faults
from targetwatch.standin.store import Store


def create_app(store: Store, faults: Faults, zone: tzinfo | None = None) -> FastAPI:
    """The application over a store. `zone` is the time zone of the page; None is the machine's."""
    app = FastAPI(title="Slack stand-in", docs_url=None, redoc_url=None, openapi_url=None)
    api = Api(store)

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
        answer = api.call(method, arguments, _token(request, arguments))
        if fault is not None and fault.kind is FaultKind.FAILED_ANSWER:
            return Response("upstream error", status_code=500, media_type="text/plain")
        if fault is not None and fault.kind is FaultKind.LOST_ANSWER:
            return _broken_off(answer)
        if fault is not None and fault.kind is FaultKind.HELD_ANSWER:
            await _hold(faults)
        return JSONResponse(answer)

    @app.get("/", response_class=HTMLResponse)
    def whole() -> HTMLResponse:
        """The page."""
        nonce = secrets.token_urlsafe(16)
        own = f"'nonce-{nonce}'"
        policy = f"default-src 'none'; style-src {own}; script-src {own}; connect-src 'self'; img-src data:"
        return HTMLResponse(page.render(store, zone, nonce), headers={"Content-Security-Policy": policy})

    @app.get("/messages", response_class=HTMLResponse)
    def changed(since: str = "") -> Response:
        """The part of the page that changes; nothing where it has not changed since."""
        version = store.version()
        if version == since:
            return Response(status_code=204)
        return HTMLResponse(page.render_messages(store, zone), headers={"X-Version": version})

    return app


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
