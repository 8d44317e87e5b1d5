"""Addresses and secrets of systems: Airflow Connections, out of the environment or whatever store Airflow is set to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from targetwatch.gathering.connectors.faults import FetchError
from targetwatch.model import Source

if TYPE_CHECKING:
    from airflow.sdk import Connection


def connection_of(source: Source) -> Connection:
    """The connection of `source`, whose id is its own unless it names another. Raises FetchError where there is none.

    Within a task Airflow asks its own store; from the command line the environment variable AIRFLOW_CONN_<ID> is read.
    Neither the connection nor its `repr` may be logged: it has the password in it.
    """
    from airflow.sdk import Connection
    from airflow.sdk.exceptions import AirflowNotFoundException

    name = source.connection or source.id
    try:
        found: Connection = Connection.get(name)
    except AirflowNotFoundException:
        variable = f"AIRFLOW_CONN_{name.upper()}"
        raise FetchError(
            f"Source {source.id} needs the Airflow Connection '{name}', and there is none. Add it with "
            f"`airflow connections add {name} --conn-uri ...`, or set the environment variable {variable}."
        ) from None
    return found


def without_secrets(text: str, connection: Connection) -> str:
    """`text` with the connection's password and the passwords in addresses taken out, for messages and logs."""
    if connection.password:
        text = text.replace(connection.password, "***")
    return re.sub(r"(?<=://)([^:/@\s]*):[^@/\s]+@", r"\1:***@", text)
