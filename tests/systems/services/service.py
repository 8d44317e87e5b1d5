"""A JSON service on loopback that behaves like a real one, and badly when it is told to.

It pages in every usual way, filters by a `since` parameter, takes tokens that run out and gives new ones to clients,
packs with gzip and answers If-None-Match. What goes wrong is said in `faults`, one for each request from now on: see
`tests.systems.services.faults`.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import ssl
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

Fault = Callable[["Handler"], bool]  # answers the request in its own way, or returns False and leaves it to the service
Record = dict[str, Any]


@dataclass(frozen=True)
class Asked:
    """A request that came."""

    path: str
    params: Mapping[str, str]
    headers: Mapping[str, str]
    form: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Listing:
    """Rows under a path, and how they are given: `paging` is none, page, offset, cursor or link."""

    rows: Sequence[Record]
    paging: str = "none"
    page_size: int = 100
    largest_page: int = 500  # whatever is asked for
    since_field: str | None = None
    since_param: str = "since"
    total: bool = True

    def answer(self, params: Mapping[str, str], address: str) -> tuple[Any, dict[str, str]]:
        """The body, and headers, of the page that is asked for."""
        rows = [
            row
            for row in self.rows
            if self.since_field is None or str(row[self.since_field]) >= params.get(self.since_param, "")
        ]
        size = min(int(params.get("limit", self.page_size)), self.largest_page)
        if self.paging == "none":
            return rows, {}
        if self.paging == "page":
            begin = (int(params.get("page", "1")) - 1) * size
        else:
            begin = int(params.get("offset" if self.paging == "offset" else "cursor", "0"))
        page = rows[begin : begin + size]
        more = begin + size if begin + size < len(rows) else None
        body: Record = {"items": page}
        if self.total:
            body["total"] = len(rows)
        if self.paging == "cursor":
            body["next"] = None if more is None else str(more)
        if self.paging == "link":
            onward = {**params, "cursor": str(more)}
            return body, {} if more is None else {"Link": f'<{address}?{urlencode(onward)}>; rel="next"'}
        return body, {}


@dataclass
class Tokens:
    """Who may ask. `lives_for` counts requests, so that a token runs out in the middle of a fetch."""

    client: tuple[str, str] = ("targetwatch", "a client's secret")
    lives_for: int = 1000
    given: list[str] = field(default_factory=list)
    left: int = 0

    def give(self) -> Record:
        """A new token; the one before it is worth nothing any more."""
        self.given.append(hashlib.sha256(f"{self.client}/{len(self.given)}".encode()).hexdigest())
        self.left = self.lives_for
        return {"access_token": self.given[-1], "token_type": "Bearer", "expires_in": 3600}

    def takes(self, header: str) -> bool:
        """Whether a request with this Authorization is answered."""
        if not self.given or header != f"Bearer {self.given[-1]}" or self.left <= 0:
            return False
        self.left -= 1
        return True


@dataclass
class Service:
    """What the service holds and asks for, and what it was asked."""

    listings: dict[str, Listing] = field(default_factory=dict)
    header: tuple[str, str] | None = None  # that every request is to have
    tokens: Tokens | None = None
    packs: bool = True
    faults: deque[Fault] = field(default_factory=deque)
    asked: list[Asked] = field(default_factory=list)
    other: Callable[[Handler, Asked], bool] | None = None  # answers what is no listing
    address: str = ""

    def pages_of(self, path: str) -> list[Asked]:
        """The requests for a path, in order."""
        return [one for one in self.asked if one.path == path]


class Handler(BaseHTTPRequestHandler):
    """One connection to the service."""

    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        """Answer a request for rows."""
        service = self.server.service
        asked = self._asked()
        service.asked.append(asked)
        if service.faults and service.faults.popleft()(self):
            return
        if service.header is not None and self.headers.get(service.header[0]) != service.header[1]:
            self.reply({"message": "unauthorised"}, 401)
        elif service.tokens is not None and not service.tokens.takes(self.headers.get("Authorization", "")):
            self.reply({"code": 900901, "message": "Invalid Credentials"}, 401)
        elif service.other is not None and service.other(self, asked):
            return
        elif asked.path not in service.listings:
            self.reply({"message": "no such resource"}, 404)
        else:
            body, headers = service.listings[asked.path].answer(asked.params, f"{service.address}{asked.path}")
            self.reply(body, headers=headers)

    def do_POST(self) -> None:
        """Give a token to a client."""
        service = self.server.service
        form = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
        asked = self._asked({name: values[0] for name, values in parse_qs(form).items()})
        service.asked.append(asked)
        if service.faults and service.faults.popleft()(self):
            return
        tokens = service.tokens
        basic = base64.b64encode(":".join(tokens.client).encode()).decode() if tokens else ""
        in_form = (asked.form.get("client_id"), asked.form.get("client_secret"))
        if tokens is None or asked.path != "/token" or asked.form.get("grant_type") != "client_credentials":
            self.reply({"error": "unsupported_grant_type"}, 400)
        elif self.headers.get("Authorization") == f"Basic {basic}" or in_form == tokens.client:
            self.reply(tokens.give())
        else:
            self.reply({"error": "invalid_client", "error_description": "Client authentication failed"}, 401)

    def reply(
        self, body: Any, status: int = 200, headers: Mapping[str, str] | None = None, kind: str = "application/json"
    ) -> None:
        """Send JSON, or bytes as they are."""
        packed = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        said = {"Content-Type": f"{kind}; charset=utf-8", "ETag": f'"{hashlib.md5(packed).hexdigest()}"'}  # noqa: S324
        if status == 200 and self.headers.get("If-None-Match") == said["ETag"]:
            status, packed = 304, b""
        elif self.server.service.packs and "gzip" in self.headers.get("Accept-Encoding", ""):
            packed, said["Content-Encoding"] = gzip.compress(packed), "gzip"
        self.send_response(status)
        for name, value in {**said, **(headers or {}), "Content-Length": str(len(packed))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(packed)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: what was asked is kept by the service."""

    def _asked(self, form: Mapping[str, str] | None = None) -> Asked:
        split = urlsplit(self.path)
        params = {name: values[0] for name, values in parse_qs(split.query).items()}
        return Asked(split.path, params, dict(self.headers), form or {})


class Server(ThreadingHTTPServer):
    """The server of a service, on a port that is free."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, service: Service) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.service = service

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Nothing: whoever asks may go at any time."""


@contextmanager
def serving(service: Service, encrypted: ssl.SSLContext | None = None) -> Iterator[Service]:
    """Let the service listen, for as long as it is used."""
    server = Server(service)
    if encrypted is not None:
        server.socket = encrypted.wrap_socket(server.socket, server_side=True)
    service.address = f"http{'s' if encrypted else ''}://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=10)
