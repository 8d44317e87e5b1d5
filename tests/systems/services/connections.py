"""How a stand-in is made known to the product: by an Airflow Connection in the environment, as in earnest."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from targetwatch.settings import CHECKOUT
from tests.installation import Installation, install
from tests.systems import small_programme
from tests.systems.services.service import Service, serving

SECRET = "a secret that nobody is to read"

# Airflow reads its environment when it is first imported, which the first connection makes it be.
SCRATCH = Path(tempfile.mkdtemp(prefix="targetwatch-connections-"))
os.environ.setdefault("AIRFLOW_HOME", str(SCRATCH))
os.environ.setdefault("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", f"sqlite:///{SCRATCH}/airflow.db")
os.environ.setdefault("AIRFLOW__LOGGING__LOGGING_LEVEL", "WARNING")


def connect(
    patch: pytest.MonkeyPatch,
    source: str,
    address: str,
    login: str | None = None,
    password: str | None = None,
    **extra: Any,
) -> None:
    """Set the connection of a source."""
    said = {"conn_type": "http", "host": address, "login": login, "password": password, "extra": extra}
    patch.setenv(f"AIRFLOW_CONN_{source.upper()}", json.dumps({key: value for key, value in said.items() if value}))


@contextmanager
def connected(patch: pytest.MonkeyPatch, source: str, service: Service, **said: Any) -> Iterator[Service]:
    """Let `service` listen, and connect the source with it; `{address}` in what is said stands for where it listens."""
    with serving(service):
        placed = {
            key: value.replace("{address}", service.address) if isinstance(value, str) else value
            for key, value in said.items()
        }
        connect(patch, source, service.address, **placed)
        yield service


def shipped(folder: Path, *sources: str) -> Installation:
    """An installation of the shipped programme: the whole, or as far as these sources go and with few units."""
    programme = small_programme.of_sources(folder / "programme", sources) if sources else CHECKOUT
    return install(folder / "home", programme)


def figures(installation: Installation, metric: str) -> Mapping[str, tuple[int, int]]:
    """What is observed of a metric of the whole city by its records: month -> numerator and denominator."""
    asked = (
        "SELECT strftime(period_start, '%Y-%m') AS month, numerator, denominator FROM observations "
        f"WHERE metric = '{metric}' AND origin = 'computed' AND org_unit = '01' ORDER BY recorded_at, known_at"
    )
    return {
        str(row["month"]): (int(str(row["numerator"])), int(str(row["denominator"])))
        for row in installation.rows(asked)
    }
