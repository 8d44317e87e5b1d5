"""Sight: what the newest snapshot holds of what somebody asks about. Nothing here waits for the live ledger."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from targetwatch.model import Incident, IncidentKey, IncidentKind, IncidentState, Programme, Severity
from targetwatch.notifications.policy.labels import labels_of
from targetwatch.notifications.policy.matching import Labels
from targetwatch.notifications.policy.permission import Allowed, Denied, escalated_to, matter_of, permission
from targetwatch.notifications.situation import Situation
from targetwatch.settings import Settings

if TYPE_CHECKING:
    from targetwatch.warehouse import Reader

Row = Mapping[str, Any]
STATUS = "FROM current_status ORDER BY position, role, headroom NULLS LAST, org_unit_name"


@dataclass(frozen=True)
class Sight:
    """The newest snapshot, beside the programme and the moment at which somebody asks."""

    settings: Settings
    programme: Programme
    reader: Reader
    now: datetime

    def about(self, number: int) -> tuple[Incident, ...]:
        """An incident, and those that go on about the same; none where no incident has that number."""
        return tuple(incident_of(row) for row in self._ask("listen_incidents", number=number))

    @cached_property
    def live(self) -> tuple[Incident, ...]:
        """The incidents that people have been told of and that go on."""
        return tuple(incident_of(row) for row in self._ask("listen_live"))

    @cached_property
    def standings(self) -> list[Row]:
        """Where every target stands, and every unit under it."""
        return self._rows(STATUS)

    def message(self, channel: str, ts: str) -> Row | None:
        """The message of ours that stands there."""
        return next(iter(self._ask("listen_message", channel=channel, ts=ts)), None)

    def threads(self, numbers: Sequence[int]) -> list[Row]:
        """The messages that are out about these incidents, and whether they tell of others too."""
        return self._ask("listen_threads", numbers=list(numbers))

    def silences(self) -> list[Row]:
        """The silences in force."""
        return self._ask("listen_silences", now=self.now)

    def labels(self, incident: Incident) -> Labels:
        """What rules can ask of an incident."""
        return labels_of(self._situation, incident)

    def may(self, user: str, incident: Incident) -> Allowed | Denied:
        """Whether a Slack user may act on an incident."""
        labels = self.labels(incident)
        matter = matter_of(labels, escalated_to(self.programme, labels, incident))
        return permission(self.programme.routing, user, matter)

    @cached_property
    def _situation(self) -> Situation:
        return Situation(self.programme, self.now, (), (), ())

    def _ask(self, name: str, **values: object) -> list[Row]:
        text = (self.settings.product_sql / "queries" / f"{name}.sql").read_text(encoding="utf-8")
        return self._rows(text, values)

    def _rows(self, sql: str, values: Mapping[str, object] | None = None) -> list[Row]:
        found = self.reader.query(sql, values)
        return [dict(zip(found.columns, row, strict=True)) for row in found.rows]


def incident_of(row: Row) -> Incident:
    """A row of the view `incidents` as the incident that it shows."""
    facts = row["facts"]
    return Incident(
        number=row["number"],
        key=IncidentKey(
            IncidentKind(row["kind"]), row["subject"], row["org_unit"] or "", row["org_unit_valid_from"] or None
        ),
        state=IncidentState(row["state"]),
        began_at=row["began_at"],
        opened_at=row["opened_at"],
        closed_at=row["closed_at"],
        last_period=row["last_period"],
        facts=json.loads(facts) if isinstance(facts, str) else facts or {},
        severity=Severity(row["severity"] or Severity.WARNING),
        acknowledged_at=row["acknowledged_at"],
        acknowledged_by=row["acknowledged_by"] or "",
        acknowledged_because=row["acknowledged_because"] or "",
        acknowledged_until=row["acknowledged_until"],
        escalated=row["escalation_steps"] or 0,
    )
