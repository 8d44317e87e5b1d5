"""What a person does about incidents: a short write to the ledger, with the messages that it causes.

Nothing is judged. A pass of watch that is under way reads the incidents in the transaction in which it decides, so it
finds what was done here, or this finds what it decided: neither writes over the other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import uuid4

from targetwatch.settings import Settings
from targetwatch.steps import telling

if TYPE_CHECKING:
    from targetwatch.incidents import Action, SilenceThat, Transition, Withdraw
    from targetwatch.model import Incident, IncidentEvent, Programme, Silence
    from targetwatch.warehouse import Connection, Warehouse


@dataclass(frozen=True, slots=True)
class Acted:
    """What an action did. Done a second time it does nothing, and that is no error."""

    incidents: tuple[Incident, ...]  # those that it was about, as they stand now
    silence: Silence | None
    events: int  # steps in the lives of incidents
    notifications: int  # put into the outbox
    muted: tuple[Incident, ...] = ()  # live incidents that the silence matches


def act(settings: Settings, programme: Programme, warehouse: Warehouse, action: Action, now: datetime) -> Acted:
    """Do what somebody wants, all of it or, where ActionRefused is raised, nothing."""
    from targetwatch import incidents
    from targetwatch.incidents import refusals
    from targetwatch.warehouse import ledger

    run_id = f"act-{uuid4().hex}"
    about: tuple[Incident, ...] = ()
    changed: list[Incident] = []
    events: list[IncidentEvent] = []
    silence: Silence | None = None
    with warehouse.ledger() as conn:
        live = {incident.number: incident for incident in ledger.live_incidents(conn)}
        match action:
            case incidents.Acknowledge() | incidents.Unacknowledge():
                step = _step(action, programme, now)
                numbers = sorted(set(action.numbers))
                if not numbers:
                    raise refusals.nothing_named()
                done = [step(live.get(number) or _gone(conn, number, programme)) for number in numbers]
                about = tuple(one.incident for one in done if one.incident is not None)
                changed = [one.incident for one in done if one.incident is not None and one.events]
                events = [event for one in done for event in one.events]
            case incidents.SilenceThat():
                silence = _silence(conn, action, programme, now)
            case incidents.Withdraw():
                silence = _withdraw(conn, action, programme, now)
        before = telling.situation(settings, programme, conn, now)
        ledger.save_incidents(conn, changed)
        ledger.append_events(conn, events, run_id=run_id, recorded_at=now)
        live.update((incident.number, incident) for incident in changed)
        known = telling.Known(
            tuple(live[number] for number in sorted(live)),
            tuple(events),
            ledger.latest_assessments(conn),
            discrepancies=ledger.latest_discrepancies(conn),
        )
        told = telling.tell(conn, before, known, run_id=run_id)
        matched = {number for number, one in ledger.muted(conn) if silence is not None and one == silence.id}
    return Acted(about, silence, len(events), told, tuple(live[number] for number in sorted(matched)))


def _step(action: Action, programme: Programme, now: datetime) -> Callable[[Incident], Transition]:
    """What the action does to one incident. What cannot be done is refused before anything is written."""
    from targetwatch import incidents
    from targetwatch.incidents import refusals
    from targetwatch.model import IncidentState

    by, why = _said(getattr(action, "by", ""), getattr(action, "why", ""))
    until = action.until if isinstance(action, incidents.Acknowledge) else None
    if until is not None and until <= now:
        raise refusals.end_in_the_past(until, programme.time_zone)

    def acknowledge(incident: Incident) -> Transition:
        if incident.state is IncidentState.PENDING:
            raise refusals.not_open(incident, programme.time_zone)
        return incidents.acknowledge(incident, by, why, until, now)

    def take_back(incident: Incident) -> Transition:
        if incident.state is not IncidentState.ACKNOWLEDGED:
            raise refusals.not_acknowledged(incident)
        return incidents.unacknowledge(incident, by, why, now)

    return acknowledge if isinstance(action, incidents.Acknowledge) else take_back


def _gone(conn: Connection, number: int, programme: Programme) -> Incident:
    """Refuse an incident that no longer lives, or never did."""
    from targetwatch.incidents import refusals
    from targetwatch.warehouse import ledger

    closed = next((one for one in ledger.incidents(conn) if one.number == number), None)
    if closed is None:
        raise refusals.unknown_incident(number)
    raise refusals.not_open(closed, programme.time_zone)


def _silence(conn: Connection, action: SilenceThat, programme: Programme, now: datetime) -> Silence:
    """The silence that was asked for, or the one that says the same and is in force already."""
    from targetwatch.incidents import refusals
    from targetwatch.model import Silence
    from targetwatch.warehouse import ledger

    author, reason = _said(action.author, action.reason)
    begins = now if action.begins is None else max(action.begins, now)
    if not action.match:
        raise refusals.no_matcher()
    if action.ends <= now:
        raise refusals.end_in_the_past(action.ends, programme.time_zone)
    if action.ends <= begins:
        raise refusals.end_before_beginning(begins, action.ends, programme.time_zone)
    wanted = Silence("", action.match, author, reason, created_at=now, begins=begins, ends=action.ends)
    held = ledger.silences(conn)
    for one in held:
        same = replace(one, id="", created_at=now, begins=begins if action.begins is None else one.begins)
        if same == wanted and one.begins <= begins and now < one.ended_at:
            return one
    digest = hashlib.sha256(repr(wanted).encode()).hexdigest()
    taken = {one.id for one in held}
    names = (f"s-{digest[:length]}" for length in range(6, len(digest)))
    silence = replace(wanted, id=next(name for name in names if name not in taken))
    ledger.keep_silence(conn, silence)
    return silence


def _withdraw(conn: Connection, action: Withdraw, programme: Programme, now: datetime) -> Silence:
    from targetwatch.incidents import refusals
    from targetwatch.warehouse import ledger

    by = action.by.strip()
    if not by:
        raise refusals.no_author()
    held = ledger.silences(conn)
    found = next((one for one in held if one.id == action.silence), None)
    if found is None:
        raise refusals.unknown_silence(action.silence, (one for one in held if one.is_active(now)))
    if found.withdrawn_at is not None and found.withdrawn_by == by:
        return found
    if found.ended_at <= now:
        raise refusals.silence_over(found, programme.time_zone)
    ledger.withdraw_silence(conn, found.id, by, now)
    return replace(found, withdrawn_at=now, withdrawn_by=by)


def _said(by: str, why: str) -> tuple[str, str]:
    """Who and why, in one line each."""
    from targetwatch.incidents import refusals

    by, why = " ".join(by.split()), " ".join(why.split())
    if not by:
        raise refusals.no_author()
    if not why:
        raise refusals.no_reason()
    return by, why
