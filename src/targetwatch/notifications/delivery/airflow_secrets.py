"""Addresses and secrets of carriers: Airflow Connections, out of the environment or Airflow's own store."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from targetwatch.model import Text
from targetwatch.notifications.delivery.wire import FailureKind, Scope, SendFailure

if TYPE_CHECKING:
    from airflow.sdk import Connection


def connection_of(name: str, home: Path) -> Connection:
    """The Airflow Connection of that id. Raises SendFailure (BLOCKED) where there is none.

    Neither it nor its `repr` may be logged: it has the password.
    """
    if not ("airflow" in sys.modules or any(one.startswith("AIRFLOW_") for one in os.environ)):
        raise missing(name)
    # The same manners as where systems are asked: Airflow comes in without a word, its files under `home`.
    from targetwatch.gathering.connectors.airflow_connections import prepare

    prepare(home)
    from airflow.sdk import Connection
    from airflow.sdk.exceptions import AirflowNotFoundException

    try:
        found: Connection = Connection.get(name)
    except AirflowNotFoundException:
        raise missing(name) from None
    return found


def missing(name: str) -> SendFailure:
    """What is said where there is no such connection."""
    return malformed(
        name,
        Text(
            f"chưa có. Hãy thêm trong giao diện Airflow, hoặc đặt AIRFLOW_CONN_{name.upper()}.",
            f"is not there. Add it in the UI of Airflow, or set AIRFLOW_CONN_{name.upper()}.",
        ),
    )


def malformed(name: str, what: Text) -> SendFailure:
    """What is said where a connection cannot be used: it stands behind its name."""
    says = Text(f"Kết nối Airflow '{name}' {what.vi}", f"The Airflow Connection '{name}' {what.en}")
    return SendFailure(says, FailureKind.BLOCKED, scope=Scope.EVERYWHERE)
