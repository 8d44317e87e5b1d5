"""The corridor: from a delivery that lands to a message that is read. Read it top to bottom.

    gather    a connector yields a delivery; it lands as Parquet, content-addressed, never changed
    gate      its expectation suite sorts the rows: good ones on, bad ones to quarantine, each with its reason
    record    merged into typed record tables, versions kept
    measure   records -> numerator and denominator by org_unit and period -> observations, append-only
    assess    observation x target in force -> what was needed, and how far it is
    judge     expectation suites over the assessments; the rows that fail are the verdicts
    decide    verdicts -> status -> incident lifecycle -> notifications, in one transaction
    publish   atomic read-only snapshots for SQL, the board and any BI tool
    notify    the outbox to Slack, retried until delivered

Every step may run twice or die half-way: run again, it ends in the same state. Time is an argument.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from targetwatch import evaluation, gathering, incidents, notifications
from targetwatch.catalogue.calendar import WorkingCalendar
from targetwatch.model import Assessment, Claim, Incident, IncidentEvent, Notification, Programme, Restatement

if TYPE_CHECKING:
    import polars as pl

    from targetwatch.gathering import Gathered
    from targetwatch.settings import Settings
    from targetwatch.warehouse import Warehouse

type Progress = Callable[[str], None]
