"""Addresses and secrets of systems: Airflow Connections, out of the environment or whatever store Airflow is set to."""

from __future__ import annotations

import logging
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

from targetwatch.gathering.connectors.faults import NotConnectedError
from targetwatch.model import Source

if TYPE_CHECKING:
    from airflow.sdk import Connection

SECRET_KEYS = re.compile(r"pass|secret|token|key|credential", re.IGNORECASE)
HIDDEN = "***"


def prepare(home: Path) -> None:
    """Let Airflow come in quietly where this is no process of its own: its files in `home`, its log among the errors.

    By itself it makes a folder in the user's own home, and writes what it has to say among the answers.
    """
    if "airflow" in sys.modules or not _has_anything_to_ask():
        return
    os.environ.setdefault("AIRFLOW_HOME", str(home / "airflow"))
    import airflow.sdk  # noqa: F401 - it sets up its log as it is imported

    for handler in logging.getLogger().handlers:
        if isinstance(handler, logging.StreamHandler) and handler.stream is sys.stdout:
            handler.setStream(sys.stderr)
            handler.setLevel(logging.WARNING)


def connection_of(source: Source) -> Connection:
    """The connection of `source`, whose id is its own unless it names another. Raises NotConnectedError without one.

    Within a task Airflow asks its own store; from the command line the environment variable AIRFLOW_CONN_<ID> is read,
    and the secrets backend where one is set. Neither the connection nor its `repr` may be logged: it has the password.
    """
    name = source.connection or source.id
    if not _has_anything_to_ask():
        raise _missing(source, name)
    from airflow.sdk import Connection
    from airflow.sdk.exceptions import AirflowNotFoundException

    try:
        found: Connection = Connection.get(name)
    except AirflowNotFoundException:
        raise _missing(source, name) from None
    return found


def without_secrets(text: str, connection: Connection) -> str:
    """`text` with the connection's secrets, and the passwords in addresses, taken out, for messages and logs."""
    for secret in sorted(_secrets(connection), key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    return re.sub(r"(?<=://)([^:/@\s]*):[^@/\s]+@", rf"\1:{HIDDEN}@", text)


def _has_anything_to_ask() -> bool:
    """Whether Airflow could know of a connection: it runs here, or the environment says something of it.

    Importing it costs seconds, which a pass from the command line need not spend where nothing is connected.
    """
    return "airflow" in sys.modules or any(name.startswith("AIRFLOW_") for name in os.environ)


def _missing(source: Source, name: str) -> NotConnectedError:
    return NotConnectedError(
        f"Source {source.id} is not connected: there is no Airflow Connection '{name}'. Under Airflow, add it in the "
        f"UI or with `airflow connections add {name} --conn-uri ...`, and clear the task. From the command line, set "
        f"AIRFLOW_CONN_{name.upper()} and run `targetwatch gather {source.id}`."
    )


def _secrets(connection: Connection) -> Iterator[str]:
    """The connection's secrets, also as they stand in an address."""
    values = [connection.password]
    values += [value for key, value in connection.extra_dejson.items() if SECRET_KEYS.search(key)]
    for value in values:
        if isinstance(value, str) and value:
            yield from {value, quote(value, safe=""), quote_plus(value)}
