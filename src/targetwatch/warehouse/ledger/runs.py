"""Runs: the passes of `watch`, and which batches they have measured."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from targetwatch.warehouse.session import Connection


@dataclass(frozen=True, slots=True)
class Run:
    """A pass of `watch` that came to its end."""

    run_id: str
    as_of: datetime
    started_at: datetime
    finished_at: datetime


def start_run(conn: Connection, run_id: str, *, as_of: datetime, started_at: datetime) -> None:
    """Write down that a pass has begun."""
    conn.run("start_run", run_id=run_id, as_of=as_of, started_at=started_at)


def finish_run(
    conn: Connection,
    run_id: str,
    *,
    finished_at: datetime,
    observations: int,
    assessments: int,
    events: int,
    notifications: int,
) -> None:
    """Write down that a pass has ended, and how many rows of each kind it added."""
    conn.run(
        "finish_run",
        run_id=run_id,
        finished_at=finished_at,
        observations=observations,
        assessments=assessments,
        events=events,
        notifications=notifications,
    )


def newest_run(conn: Connection) -> Run | None:
    """The newest pass that came to its end."""
    rows = conn.frame("newest_run").select("run_id", "as_of", "started_at", "finished_at").rows()
    return Run(*rows[0]) if rows else None


def measured_batches(conn: Connection) -> frozenset[str]:
    """The batches whose periods have been measured."""
    return frozenset(conn.frame("measured_batches")["batch_id"])


def mark_measured(conn: Connection, batch_ids: Iterable[str], run_id: str) -> int:
    """Write down that these batches have been measured; how many had not been."""
    rows = pl.DataFrame({"batch_id": sorted(set(batch_ids))}, schema={"batch_id": pl.String})
    return conn.write("mark_measured", rows, run_id=run_id)
