"""What every test stands on: no setting of the machine that it runs on, and golden files that can be written anew."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from tests import distribution

REWRITE = "--rewrite-golden"
pytest_plugins = ("tests.systems.postgres",)  # a real server, started for the first test that asks for it


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that `make golden` uses."""
    parser.addoption(REWRITE, action="store_true", help="write the golden files anew; then read the difference")


def pytest_configure(config: pytest.Config) -> None:
    """Forget the settings of whoever runs the tests (a Slack token would be used), and hold nothing against a clock."""
    hypothesis.settings.register_profile("patient", hypothesis.settings.default, deadline=None)
    hypothesis.settings.load_profile("patient")
    for name in [name for name in os.environ if name.startswith("TARGETWATCH_")]:
        del os.environ[name]
    if config.getoption(REWRITE):
        for room in ("board", "digests", "messages"):
            import_module(f"tests.{room}.rewrite").rewrite()


@pytest.hookimpl(optionalhook=True)  # of pytest-xdist, which may be switched off
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> distribution.Stories:
    """Hand the tests out to the processes as they are begun soonest done."""
    return distribution.scheduler(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put them in the order in which they are handed out; without processes they keep the order of their names."""
    if hasattr(config, "workerinput"):
        items[:] = distribution.longest_first(items)


def pytest_collection_finish() -> None:
    """Let the garbage collector not look again and again at thousands of tests and modules, which stay to the end."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[Path, str], None]:
    """Hold what people read against its golden file or, with --rewrite-golden, write the file."""

    def held_against(path: Path, text: str) -> None:
        # Blanks at the ends of lines are nothing that people read, and editors take them away.
        said = "".join(f"{line.rstrip()}\n" for line in text.splitlines())
        if request.config.getoption(REWRITE):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(said, encoding="utf-8")
        assert path.read_text(encoding="utf-8") == said

    return held_against
