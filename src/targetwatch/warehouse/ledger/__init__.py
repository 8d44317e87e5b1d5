"""The ledger: observations, assessments and claims, append-only; incidents and the outbox, with their state now."""

from targetwatch.warehouse.ledger.assessments import append_assessments, judged_before, latest_assessments
from targetwatch.warehouse.ledger.claims import append_claims, latest_claims
from targetwatch.warehouse.ledger.discrepancies import append_discrepancies, versions_of
from targetwatch.warehouse.ledger.incidents import (
    append_events,
    incident_events,
    incidents,
    live_incidents,
    next_incident_number,
    save_incidents,
)
from targetwatch.warehouse.ledger.observations import (
    append_observations,
    bodies,
    bodies_recorded_by,
    oldest_period_observed_since,
)
from targetwatch.warehouse.ledger.outbox import add_notifications, group_messages
from targetwatch.warehouse.ledger.programme import apply_catalogue
from targetwatch.warehouse.ledger.reporting import bodies_of, keep_reporting
from targetwatch.warehouse.ledger.runs import Run, finish_run, mark_measured, measured_batches, newest_run, start_run

__all__ = [
    "Run",
    "add_notifications",
    "append_assessments",
    "append_claims",
    "append_discrepancies",
    "append_events",
    "append_observations",
    "apply_catalogue",
    "bodies",
    "bodies_of",
    "bodies_recorded_by",
    "finish_run",
    "group_messages",
    "incident_events",
    "incidents",
    "judged_before",
    "keep_reporting",
    "latest_assessments",
    "latest_claims",
    "live_incidents",
    "mark_measured",
    "measured_batches",
    "newest_run",
    "next_incident_number",
    "oldest_period_observed_since",
    "save_incidents",
    "start_run",
    "versions_of",
]
