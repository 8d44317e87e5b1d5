"""The board as a web application: pages only, nothing can be changed, nothing is fetched from elsewhere.

It knows no users: whoever mounts it hands in the dependencies that every route then has (plugin.py).
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse

from targetwatch import clock
from targetwatch.board import pages
from targetwatch.board.asked import Asked
from targetwatch.board.pages import Place
from targetwatch.board.read_model import ReadModel, opened
from targetwatch.model import Text
from targetwatch.settings import Settings

log = logging.getLogger(__name__)

NO_SNAPSHOT = Text("Chưa có bản chụp nào.", "There is no snapshot yet.")
UNREADABLE = Text("Không đọc được bản chụp.", "The snapshot cannot be read.")
NOT_FOUND = Text("Không có trang này.", "There is no such page.")
TO_THE_BOARD = Text("Về bảng chỉ tiêu", "To the scoreboard")
COMMAND = "targetwatch run"

Page = Callable[[ReadModel, Place], str | None]


def create_app(
    settings: Settings, now: Callable[[], datetime] | None = None, dependencies: Sequence[Any] = ()
) -> FastAPI:
    """The application over the snapshots of `settings.home`. `now` is its clock, `dependencies` guard every route."""
    app = FastAPI(title="targetwatch", docs_url=None, redoc_url=None, openapi_url=None, dependencies=list(dependencies))
    present = now or (lambda: clock.now(settings))

    def answer(request: Request, page: Page) -> HTMLResponse:
        return respond(settings, place_of(request, settings, present()), page)

    @app.get("/", response_class=HTMLResponse)
    def board(request: Request) -> HTMLResponse:
        """All targets, those that need action first."""
        return answer(request, pages.board)

    @app.get("/targets/{target}", response_class=HTMLResponse)
    def target(request: Request, target: str) -> HTMLResponse:
        """One target: where it stands, its units, its history, and the SQL of it."""
        return answer(request, lambda model, place: pages.target(model, place, target))

    @app.get("/sources/{source}", response_class=HTMLResponse)
    def source(request: Request, source: str) -> HTMLResponse:
        """One source: what was delivered, what was refused, and who is missing."""
        return answer(request, lambda model, place: pages.source(model, place, source))

    @app.get("/claims/{claim:path}", response_class=HTMLResponse)
    def claim(request: Request, claim: str) -> HTMLResponse:
        """One published figure beside what its own parts make."""
        return answer(request, lambda model, place: pages.claim(model, place, claim))

    @app.get("/reports/{metric}/{tier}", response_class=HTMLResponse)
    def reported(request: Request, metric: str, tier: str) -> HTMLResponse:
        """What units report of one metric beside what their records give."""
        return answer(request, lambda model, place: pages.reported(model, place, metric, tier))

    return app


def place_of(request: Request, settings: Settings, now: datetime) -> Place:
    """Where a request's page is shown, and what its address asks for."""
    root = str(request.scope.get("root_path", "")).rstrip("/")
    return Place(
        root=root,
        path=quote(str(request.scope["path"]).removeprefix(root)),
        asked=Asked.of(request.query_params),
        now=now,
        nonce=secrets.token_urlsafe(16),
        is_synthetic=settings.clock is not None,
    )


def respond(settings: Settings, place: Place, page: Page) -> HTMLResponse:
    """The answer with a page, or with the page that says why there is nothing to show."""
    from targetwatch.warehouse import NoSnapshot, WarehouseError

    try:
        with opened(settings) as model:
            shown = page(model, place)
    except NoSnapshot as nothing:
        log.info("%s", nothing)
        return html(pages.state(place, NO_SNAPSHOT, command=COMMAND), place)
    except WarehouseError as failure:
        log.exception("The board cannot read the snapshot")
        return html(pages.state(place, UNREADABLE, detail=str(failure), command=COMMAND), place, status=503)
    if shown is None:
        nowhere = pages.state(place, NOT_FOUND, link=place.board, link_text=TO_THE_BOARD)
        return html(nowhere, place, status=404)
    return html(shown, place)


def html(text: str, place: Place, status: int = 200) -> HTMLResponse:
    """A page with the headers that keep everything foreign out of it; only our own site may frame it."""
    own = f"'nonce-{place.nonce}'"
    policy = (
        f"default-src 'none'; style-src {own}; script-src {own}; img-src data:; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'self'"
    )
    headers = {
        "Content-Security-Policy": policy,
        "Cache-Control": "no-store",
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
    }
    return HTMLResponse(text, status_code=status, headers=headers)
