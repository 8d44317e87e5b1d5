"""The board inside Airflow: mounted into its API server, and an entry "Targets" in its navigation.

Airflow loads plugins in every one of its processes, so the application is made only where it is asked for.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode, urlsplit

from airflow.configuration import conf
from airflow.plugins_manager import AirflowPlugin

if TYPE_CHECKING:
    from fastapi import FastAPI, Request
    from fastapi.responses import HTMLResponse

PREFIX = "/targetwatch"
NAME = "Targets"
# Values on their way to a mark. The pale rim keeps it legible on the dark field that Airflow gives to the page in view.
ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke-linecap="round">'
    '<path d="M3 7h10M3 12h7M3 17h12M19 4v16" stroke="{rim}" stroke-width="5" stroke-opacity=".8"/>'
    '<path d="M3 7h10M3 12h7M3 17h12M19 4v16" stroke="{ink}" stroke-width="2"/></svg>'
)


def create_board() -> FastAPI:
    """The board with a guard before every route: Airflow itself asks nobody who calls a mounted application."""
    from airflow.api_fastapi.auth.managers.models.resource_details import AccessView
    from airflow.api_fastapi.core_api.security import requires_access_view
    from fastapi import Depends

    from targetwatch.board.app import create_app
    from targetwatch.settings import Settings

    app = create_app(Settings(), dependencies=[Depends(requires_access_view(AccessView.PLUGINS))])
    for status in (401, 403):
        app.add_exception_handler(status, _turned_away)
    return app


class TargetwatchPlugin(AirflowPlugin):
    """What targetwatch adds to Airflow."""

    name = "targetwatch"
    external_views = [  # noqa: RUF012 - Airflow's own form
        {
            "name": NAME,
            "href": f"{urlsplit(conf.get('api', 'base_url', fallback='')).path.rstrip('/')}{PREFIX}/",
            "destination": "nav",
            "url_route": "targetwatch",
            "nav_top_level": True,
            "icon": f"data:image/svg+xml,{quote(ICON.format(ink='#1b1f24', rim='#fff'))}",
            "icon_dark_mode": f"data:image/svg+xml,{quote(ICON.format(ink='#e9eae6', rim='none'))}",
        }
    ]

    @cached_property
    def fastapi_apps(self) -> list[dict[str, Any]]:
        """The board, made when the API server asks for it."""
        return [{"app": create_board(), "url_prefix": PREFIX, "name": NAME}]


async def _turned_away(request: Request, refusal: Any) -> HTMLResponse:
    """A page for whoever is not signed in, or may not see it, in place of a line of JSON; the status stays."""
    from targetwatch import clock
    from targetwatch.board import pages
    from targetwatch.board.app import html, place_of
    from targetwatch.model import Text
    from targetwatch.settings import Settings

    settings = Settings()
    place = place_of(request, settings, clock.now(settings))
    if refusal.status_code == 403:
        message = Text("Tài khoản này không được xem bảng chỉ tiêu.", "This account may not see the targets.")
        return html(pages.state(place, message), place, status=403)
    sign_in = f"{place.root.removesuffix(PREFIX)}/api/v2/auth/login?{urlencode({'next': str(request.url)})}"
    message = Text("Hãy đăng nhập Airflow trước.", "Sign in to Airflow first.")
    link_text = Text("Đăng nhập", "Sign in")
    return html(pages.state(place, message, link=sign_in, link_text=link_text), place, status=401)
