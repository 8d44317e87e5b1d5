"""What one pass does about reports that are counted: which have come, and which are known by now to be missing."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from targetwatch.catalogue.calendar import WorkingCalendar

if TYPE_CHECKING:
    from targetwatch.model import Programme
    from targetwatch.warehouse import Warehouse


def count_reports(warehouse: Warehouse, programme: Programme, run_id: str, now: datetime) -> int:
    """Add to the ledger what has become known of the reports that metrics count; how many observations that were.

    No batch says that a report is missing, only a deadline that passes: this is looked at in every pass.
    """
    from targetwatch import evaluation
    from targetwatch.warehouse import ledger, records

    counting = {metric.id: metric for metric in programme.metrics.values() if metric.reports is not None}
    if not counting:
        return 0
    calendar = WorkingCalendar(programme.calendar, programme.time_zone)
    with warehouse.records() as conn:
        reports = records.reports(conn)
    due = evaluation.due(replace(programme, metrics=counting), reports, calendar.deadline, now, programme.start)
    counted = evaluation.counted(programme, due, now)
    with warehouse.ledger() as conn:
        held = ledger.bodies_of(conn, list(counting), now)
        news = evaluation.news(counted, held, now)
        return ledger.append_observations(conn, news, run_id=run_id, recorded_at=now)
