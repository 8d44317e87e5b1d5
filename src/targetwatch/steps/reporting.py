"""What one pass does about reports that are counted: which have come, and which are known by now to be missing.

No batch says that a report is missing, only a deadline that passes: this is looked at in every pass.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from targetwatch.catalogue.calendar import WorkingCalendar

if TYPE_CHECKING:
    import polars as pl

    from targetwatch.model import Programme
    from targetwatch.warehouse import Connection


def counted(programme: Programme, reports: pl.DataFrame, now: datetime) -> pl.DataFrame:
    """What is known by now of the reports that metrics count (BODIES), in every version."""
    from targetwatch import evaluation

    counting = {metric.id: metric for metric in programme.metrics.values() if metric.reports is not None}
    calendar = WorkingCalendar(programme.calendar, programme.time_zone)
    due = evaluation.due(replace(programme, metrics=counting), reports, calendar.deadline, now, programme.start)
    return evaluation.counted(programme, due, now)


def append(conn: Connection, counted: pl.DataFrame, run_id: str, now: datetime) -> int:
    """Add to the ledger what it does not know of them yet; how many observations that were."""
    from targetwatch import evaluation
    from targetwatch.warehouse import ledger

    if counted.is_empty():
        return 0
    held = ledger.bodies_of(conn, counted["metric"].unique().to_list(), now)
    return ledger.append_observations(conn, evaluation.news(counted, held, now), run_id=run_id, recorded_at=now)
