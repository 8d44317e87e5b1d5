"""A stand-in for Slack in the background of this process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from targetwatch.standin import running
from targetwatch.standin.server import Running


@pytest.fixture(scope="session")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One stand-in for all tests of this process, on a free port."""
    with running(tmp_path_factory.mktemp("slack")) as standin:
        yield standin


@pytest.fixture
def standin(started: Running) -> Running:
    """The stand-in, empty and without faults."""
    started.clear()
    return started
