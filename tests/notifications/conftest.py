"""A stand-in for Slack in the background of this process."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from targetwatch.standin import running
from targetwatch.standin.server import Running

# Airflow reads its environment when it is first imported, which the first connection makes it be.
SCRATCH = Path(tempfile.mkdtemp(prefix="targetwatch-mail-"))
os.environ.setdefault("AIRFLOW_HOME", str(SCRATCH))
os.environ.setdefault("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", f"sqlite:///{SCRATCH}/airflow.db")
os.environ.setdefault("AIRFLOW__LOGGING__LOGGING_LEVEL", "WARNING")


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
