"""A home with the snapshots of a small real warehouse, made once, and a browser's view of its pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from targetwatch.board.app import create_app
from targetwatch.board.read_model import ReadModel, opened
from targetwatch.settings import Settings
from tests.board.browser import Browser
from tests.board.parsed import Parsed, parsed
from tests.board.worlds import NOW, World

Read = Callable[..., Parsed]


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of a real warehouse that no test changes."""
    return World().fill(tmp_path_factory.mktemp("board") / "home")


@pytest.fixture(scope="session")
def settings(home: Path) -> Settings:
    """Settings of that home, at the real time: nothing is called synthetic."""
    return Settings(home=home)


@pytest.fixture
def model(settings: Settings) -> Iterator[ReadModel]:
    """Its newest snapshots, open."""
    with opened(settings) as found:
        yield found


@pytest.fixture(scope="session")
def read(settings: Settings) -> Read:
    """Fetch a page and parse it."""

    def get(path: str = "/", now: datetime = NOW, status: int = 200, of: Settings = settings) -> Parsed:
        answer = Browser(create_app(of, lambda: now)).get(path)
        assert answer.status_code == status
        return parsed(answer.text)

    return get
