"""The board inside the real Airflow: nobody sees it who is not signed in."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.board.browser import Browser
from tests.board.parsed import parsed

if TYPE_CHECKING:
    from fastapi import FastAPI

PATHS = ("/targetwatch/", "/targetwatch/targets/mail", "/targetwatch/sources/procedures",
         "/targetwatch/claims/websites%2F2021-07-15", "/targetwatch/reports/online/district")  # fmt: skip


@pytest.fixture(scope="module")
def airflow(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    """Airflow's own API server, with its plugins, over a metadata database of this process's own.

    Airflow reads its environment once, when it is first imported; what another test has set for it stands.
    """
    scratch = tmp_path_factory.mktemp("airflow")
    os.environ.setdefault("AIRFLOW_HOME", str(scratch))
    os.environ.setdefault("AIRFLOW__CORE__LOAD_EXAMPLES", "False")
    os.environ.setdefault("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", f"sqlite:///{scratch}/airflow.db")
    os.environ.setdefault("AIRFLOW__API_AUTH__JWT_SECRET", "secret of this test, and as long as " + 32 * "it must be ")
    before = os.environ.get("TARGETWATCH_HOME")
    os.environ["TARGETWATCH_HOME"] = str(home)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Airflow's own, of its own libraries
        from airflow.api_fastapi.app import create_app, purge_cached_app
        from airflow.utils.db import initdb

        from airflow import plugins_manager

        initdb()
        app = create_app(apps="core")
        assert plugins_manager.get_import_errors() == {}
    yield app
    purge_cached_app()
    if before is None:
        del os.environ["TARGETWATCH_HOME"]
    else:
        os.environ["TARGETWATCH_HOME"] = before


def _signed_in(role: str) -> dict[str, str]:
    from airflow.api_fastapi.app import get_auth_manager
    from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser

    token = get_auth_manager().generate_jwt(SimpleAuthManagerUser(username="anyone", role=role))
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize("path", PATHS)
def test_nobody_who_is_not_signed_in_sees_anything(airflow: FastAPI, path: str) -> None:
    """401, a page that leads to the sign-in and back here, and not a word of the targets."""
    answer = Browser(airflow).get(f"{path}?lang=en")
    assert answer.status_code == 401
    page = parsed(answer.text)
    (link,) = page.one("div", "banner").all("a")
    assert page.one("div", "banner").text == "Sign in to Airflow first. Sign in"
    assert link.attributes["href"].startswith("/api/v2/auth/login?next=")
    assert "Hồ sơ" not in answer.text
    assert "thử" not in answer.text


@pytest.mark.parametrize("path", PATHS)
def test_a_forged_token_is_no_sign_in(airflow: FastAPI, path: str) -> None:
    """It is turned away."""
    answer = Browser(airflow, {"Authorization": "Bearer forged"}).get(path)
    assert answer.status_code == 403
    assert "Hồ sơ" not in answer.text


def test_every_route_of_the_mounted_board_is_guarded(airflow: FastAPI) -> None:
    """Each route there is answers 401, whichever are added later; each only to be looked at."""
    board = _board(airflow)
    assert len(board.routes) == len(PATHS)
    for route in board.routes:
        path = route.path.replace("{claim:path}", "x").replace("{target}", "x").replace("{source}", "x")
        assert route.methods <= {"GET", "HEAD"}
        assert Browser(airflow).get(f"/targetwatch{path}").status_code == 401


def _board(airflow: FastAPI) -> Any:
    return next(route.app for route in airflow.routes if getattr(route, "path", None) == "/targetwatch")


@pytest.mark.parametrize("path", PATHS)
def test_who_is_signed_in_sees_the_pages(airflow: FastAPI, path: str) -> None:
    """As a reader of Airflow, with links that stay below the place where it is mounted."""
    answer = Browser(airflow, _signed_in("viewer")).get(path)
    assert answer.status_code == 200
    links = {link.attributes["href"] for link in parsed(answer.text).all("a")}
    assert all(link.startswith(("/targetwatch/", "#")) for link in links)


def test_the_navigation_has_an_entry_for_it(airflow: FastAPI) -> None:
    """At its top level, shown inside Airflow, with an icon for each theme."""
    from airflow import plugins_manager

    (view,) = [one for one in plugins_manager.get_plugin_info() if one["name"] == "targetwatch"]
    (entry,) = view["external_views"]
    assert (entry["name"], entry["href"], entry["destination"]) == ("Targets", "/targetwatch/", "nav")
    assert entry["nav_top_level"] is True
    assert entry["icon"] != entry["icon_dark_mode"]
