"""Telling: from what is known of incidents to the messages that are stored with it, in the caller's transaction.

A pass of watch and a person's action tell through the same lines, so that both say the same of the same facts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from targetwatch.catalogue.calendar import WorkingCalendar
from targetwatch.listening import is_listening
from targetwatch.settings import Settings

if TYPE_CHECKING:
    from targetwatch.incidents import Advanced
    from targetwatch.model import (
        Assessment,
        Discrepancy,
        Incident,
        IncidentEvent,
        Programme,
        Restatement,
    )
    from targetwatch.notifications import Situation
    from targetwatch.warehouse import Connection


@dataclass(frozen=True, slots=True)
class Known:
    """What a pass, or an action, knows when it decides whom to tell what."""

    incidents: tuple[Incident, ...]  # those that live after it, and those that it closed
    events: tuple[IncidentEvent, ...]  # its own, in their order
    assessments: Sequence[Assessment]  # the newest of every target and org_unit
    restatements: Sequence[Restatement] = ()  # found by it
    discrepancies: Sequence[Discrepancy] = ()  # every report that has records beside it


def situation(settings: Settings, programme: Programme, conn: Connection, now: datetime) -> Situation:
    """What policy looks at, as far as the ledger holds it before a pass or an action writes down what it did.

    That is what people were told, and what waits to be told. `weighed` and `tell` add what is known.
    """
    from targetwatch import notifications
    from targetwatch.warehouse import ledger

    return notifications.Situation(
        programme=programme,
        now=now,
        incidents=tuple(ledger.held_incidents(conn)),
        events=(),
        assessments=(),
        out=tuple(ledger.group_messages(conn)),
        board_url=settings.board_url,
        listens=is_listening(settings.home, now),
        silences=tuple(ledger.silences(conn)),
        told=tuple(ledger.told(conn)),
        earlier=tuple(ledger.held_events(conn)),
        earlier_restatements=tuple(ledger.held_restatements(conn)),
        calendar=WorkingCalendar(programme.calendar, programme.time_zone),
    )


def weighed(before: Situation, advanced: Advanced, assessments: Sequence[Assessment]) -> Advanced:
    """What a pass did, with what follows from it by the programme's policy.

    How bad each incident is, which acknowledgements have lapsed, and which steps of escalations are due.
    """
    from targetwatch import incidents
    from targetwatch.notifications.policy import escalating
    from targetwatch.notifications.policy.weighing import severities

    seen = _with(before, Known(advanced.known, advanced.events, assessments))
    weighed = incidents.weigh_all(advanced, severities(seen), before.now)
    seen = _with(before, Known(weighed.known, weighed.events, assessments))
    steps = ((one.number, one.step, one.receiver) for one in escalating.due(seen))
    return incidents.escalate_all(weighed, steps, before.now)


def tell(conn: Connection, before: Situation, known: Known, *, run_id: str, run_url: str | None = None) -> int:
    """Decide what is told, and put it into the outbox; how many rows were new. `run_url` is the Airflow run's page."""
    from targetwatch import notifications
    from targetwatch.notifications.telling.trends import since, wanted
    from targetwatch.warehouse import ledger

    now, seen = before.now, _with(before, known)
    seen = replace(seen, run_url=run_url, trends=ledger.trends(conn, wanted(seen), since(now)))
    ledger.keep_muted(conn, muted(seen))
    decided = notifications.notify(seen)
    ledger.keep_told(conn, decided.told, decided.forgotten)
    ledger.mark_summed_up(conn, decided.summed_up, now)
    ledger.append_restatements(conn, known.restatements, run_id=run_id, found_at=now)
    return ledger.add_notifications(conn, decided.notifications, run_id=run_id)


def _with(before: Situation, known: Known) -> Situation:
    """The situation with what is known, beside the incidents of earlier passes that wait to be told."""
    theirs = {incident.number for incident in known.incidents}
    return replace(
        before,
        incidents=(*known.incidents, *(one for one in before.incidents if one.number not in theirs)),
        events=known.events,
        assessments=tuple(known.assessments),
        restatements=tuple(known.restatements),
        discrepancies=tuple(known.discrepancies),
    )


def muted(seen: Situation) -> Iterator[tuple[int, str]]:
    """Which of the open incidents which silences match that have not ended, by number and id."""
    from targetwatch.notifications.policy.labels import labels_of
    from targetwatch.notifications.policy.matching import matches

    lasting = [silence for silence in seen.silences if seen.now < silence.ended_at]
    for incident in seen.incidents if lasting else ():
        if incident.state.is_live:
            labels = labels_of(seen, incident)
            yield from ((incident.number, silence.id) for silence in lasting if matches(silence.match, labels))
