"""The ledger: observations, assessments and claims, append-only; incidents and the outbox, with their state now."""

from targetwatch.warehouse.ledger.assessments import (
    append_assessments,
    judged_before,
    judged_for,
    latest_assessments,
)
from targetwatch.warehouse.ledger.claims import append_claims, latest_claims
from targetwatch.warehouse.ledger.digests import (
    corrected,
    digests_made,
    incidents_as_of,
    passes,
    sent_between,
    values_of,
)
from targetwatch.warehouse.ledger.discrepancies import append_discrepancies, latest_discrepancies, versions_of
from targetwatch.warehouse.ledger.evaluations import append_evaluations
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
from targetwatch.warehouse.ledger.silences import (
    keep_muted,
    keep_silence,
    mark_summed_up,
    muted,
    silences,
    withdraw_silence,
)
from targetwatch.warehouse.ledger.told import (
    append_restatements,
    held_events,
    held_incidents,
    held_restatements,
    keep_told,
    told,
)
from targetwatch.warehouse.ledger.trends import trends

__all__ = [
    "Run",
    "add_notifications",
    "append_assessments",
    "append_claims",
    "append_discrepancies",
    "append_evaluations",
    "append_events",
    "append_observations",
    "append_restatements",
    "apply_catalogue",
    "bodies",
    "bodies_of",
    "bodies_recorded_by",
    "corrected",
    "digests_made",
    "finish_run",
    "group_messages",
    "held_events",
    "held_incidents",
    "held_restatements",
    "incident_events",
    "incidents",
    "incidents_as_of",
    "judged_before",
    "judged_for",
    "keep_muted",
    "keep_reporting",
    "keep_silence",
    "keep_told",
    "latest_assessments",
    "latest_claims",
    "latest_discrepancies",
    "live_incidents",
    "mark_measured",
    "mark_summed_up",
    "measured_batches",
    "muted",
    "newest_run",
    "next_incident_number",
    "oldest_period_observed_since",
    "passes",
    "save_incidents",
    "sent_between",
    "silences",
    "start_run",
    "told",
    "trends",
    "values_of",
    "versions_of",
    "withdraw_silence",
]
