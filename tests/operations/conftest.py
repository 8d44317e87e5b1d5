"""A stand-in for Slack in the background, and troubles in a home of the test's own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from targetwatch import catalogue
from targetwatch.model import Programme
from targetwatch.notifications.delivery import slack
from targetwatch.operations.sending import Connect
from targetwatch.operations.store import Troubles
from targetwatch.settings import CHECKOUT
from targetwatch.standin import running
from targetwatch.standin.server import Running
from tests.operations.examples import EN


@pytest.fixture(scope="session")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One stand-in for all tests of this process, on a free port."""
    with running(tmp_path_factory.mktemp("slack")) as standin:
        yield standin


@pytest.fixture
def standin(started: Running) -> Running:
    """The stand-in, empty and without faults."""
    started.store.clear()
    started.faults.clear()
    return started


@pytest.fixture
def connect(standin: Running) -> Connect:
    """The real client against the stand-in."""
    carrier = slack.connect(None, standin.api, timeout=5, sleep=lambda _: None)
    return lambda _: carrier


@pytest.fixture
def troubles(tmp_path: Path) -> Troubles:
    """No trouble yet."""
    return Troubles(tmp_path)


@pytest.fixture(scope="session")
def programme() -> Programme:
    """The shipped catalogue, with an operators' receiver."""
    shipped = catalogue.load(CHECKOUT / "catalogue")
    return replace(shipped, receivers=(EN,), routing=replace(shipped.routing, operators=EN.name))
