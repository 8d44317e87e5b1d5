"""Withholding: what is not told of a group, or not yet, the rows that say why, and what is remembered of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from targetwatch.model import Delivery, Incident, IncidentEvent, IncidentEventKind, Notification
from targetwatch.notifications.policy import rows
from targetwatch.notifications.policy.grouping import Group
from targetwatch.notifications.policy.pending import Pending
from targetwatch.notifications.policy.reasons import Withheld
from targetwatch.notifications.situation import GroupMessage, Situation, Told
from targetwatch.notifications.stories import ReplyKind, ReplyStory
from targetwatch.notifications.telling.targets import is_share, judged_in

UNTOLD = frozenset({IncidentEventKind.PENDING, IncidentEventKind.WITHDRAWN})  # of no interest to anybody
LATER = (
    Withheld.OUTSIDE_HOURS,
    Withheld.GROUP_INTERVAL,
    Withheld.SILENCED,
)  # for these it is told when it is over, too


class Withholding:
    """Withholds of one group. `rows` are those that the deciding about it adds to; `kept` is what is remembered."""

    def __init__(
        self,
        situation: Situation,
        group: Group,
        pending: Pending,
        mutes: Mapping[int, str],
        message: GroupMessage | None,
        added: list[Notification],
    ) -> None:
        self.situation = situation
        self.group = group
        self.pending = pending
        self.message = message
        self.rows = added
        self.kept: dict[int, Told] = {}
        self._mutes = mutes

    def hold_post(self, incidents: Sequence[Incident], because: Withheld) -> None:
        """Hold back a message: one row says why, for those that are not known to be held back."""
        fresh = [one for one in incidents if self.pending.known(one) is None]
        if fresh:
            what = ",".join(str(one.number) for one in fresh)
            self.withhold(fresh[0], Delivery.POST, rows.OPENED, because.value, what, about=fresh)
        self.hold(incidents, because)

    def hold_replies(
        self, incidents: Sequence[Incident], because: Withheld, fresh: Iterable[ReplyStory], lead: Incident
    ) -> None:
        """Hold back replies: a row says why for each of the `fresh` ones, which come of this pass."""
        events = self.pending.now(incidents)
        for one in fresh:
            self.withhold(lead, Delivery.REPLY, one.kind.value, because.value, _what(events, one), about=incidents)
        self.hold([one for one in incidents if self.pending.of(one) or self.is_restated(one)], because)

    def hold(self, incidents: Iterable[Incident], because: Withheld) -> None:
        """Hold back what happened to these, for this reason or the weightier one for which it is held back already."""
        for one in incidents:
            known = self.pending.known(one)
            worse_since = known.worse_since if known is not None else None
            self.keep(one, self.pending.since(one), self._reason(one, because), worse_since)

    def _reason(self, incident: Incident, because: Withheld) -> str:
        """Why it is held back: hours and silences, for which it is told even when it is over, count before the rest."""
        known = self.pending.known(incident)
        before = known.held_because if known is not None and known.held_since is not None else ""
        keeps = before.partition(":")[0] in LATER and because not in LATER
        return before if keeps or was_silence(before) else because.value

    def mute(self) -> None:
        """Say of what is muted, once an incident and kind of event, that it was; what a silence mutes is told later."""
        is_out = self.message is not None and self.message.is_out
        answering = (*self.group.open, *self.group.closed)
        for one in (*answering, *self.group.shares) if is_out else answering:
            because = self.mute_of(one)
            if not because:
                continue
            for event in self.situation.events_of.get(one.number, ()):
                is_opening = event.kind is IncidentEventKind.OPENED
                # Of what never began there is one row, and no more to say until it begins.
                if event.kind not in UNTOLD and (is_opening or because != Withheld.NOT_BEGUN):
                    delivery = Delivery.POST if is_opening else Delivery.REPLY
                    self.withhold(one, delivery, event.kind.value, because)
            if self.is_restated(one):
                self.withhold(one, Delivery.REPLY, ReplyKind.RESTATED.value, because)
            waits = bool(self.pending.of(one)) or self.is_restated(one) or not is_out
            if one.state.is_live or self.is_silenced(one):
                if waits:
                    known = self.pending.known(one)
                    worse_since = known.worse_since if known is not None else None
                    self.keep(one, self.pending.since(one), because, worse_since)
                elif not is_share(one):
                    self.keep_as_it_is(one)

    def withhold_shares(self) -> None:
        """Units that opened in this pass while the whole is not behind: nobody is told, and a row says why."""
        for one in self.group.shares:
            opened = any(e.kind is IncidentEventKind.OPENED for e in self.situation.events_of.get(one.number, ()))
            if opened and one.state.is_live:
                judged = judged_in(one.facts, self.situation.now)
                what = "" if judged is None else str(judged.period_start)
                self.withhold(one, Delivery.POST, rows.OPENED, Withheld.POOLED_IS_NOT_BEHIND.value, what)

    def withhold_worse(self, incident: Incident) -> None:
        """That it got worse by too little to be told as that: a row a judged period."""
        events = [one for one in self.pending.now([incident]) if one.kind is IncidentEventKind.CHANGED]
        if events:
            what = str(incident.last_period)
            self.withhold(incident, Delivery.REPLY, ReplyKind.WORSE.value, Withheld.NOT_WORSE_ENOUGH.value, what)

    def withhold(
        self,
        incident: Incident,
        delivery: Delivery,
        reason: str,
        because: str,
        what: str = "",
        *,
        about: Sequence[Incident] = (),
    ) -> None:
        """Write a row that says why something was not sent of the incident, or of all those that it is `about`."""
        now = self.situation.now
        row = rows.withheld(self.group.receiver, self.group.name, incident, delivery, reason, because, now, what)
        self.rows.append(rows.about(row, about or (incident,)))

    def keep(
        self,
        incident: Incident,
        held_since: datetime | None = None,
        held_because: str = "",
        worse_since: datetime | None = None,
    ) -> None:
        """Remember that the receiver hears of the incident, and what of it waits."""
        name = self.group.receiver.name
        self.kept[incident.number] = Told(
            name, self.group.name, incident.number, held_since, held_because, worse_since
        )  # fmt: skip

    def keep_as_it_is(self, incident: Incident) -> None:
        """Remember of it what was remembered before."""
        known = self.pending.known(incident)
        if known is not None:
            self.kept[incident.number] = known
        else:
            self.keep(incident)

    @property
    def known(self) -> Mapping[int, Told]:
        """What was remembered before of the group's incidents, by number."""
        return self.situation.told_of.get((self.group.receiver.name, self.group.name), {})

    def mute_of(self, incident: Incident) -> str:
        """Why nobody is told of it for the time being; empty where nothing mutes it."""
        because = self._mutes.get(incident.number, "")
        if because == Withheld.NOT_BEGUN and self.message is not None and self.message.is_out:
            return ""  # it was told when it had begun
        return because

    def is_silenced(self, incident: Incident) -> bool:
        """Whether a silence mutes it."""
        return was_silence(self.mute_of(incident))

    def is_restated(self, incident: Incident) -> bool:
        """Whether this pass found that its figures were changed."""
        return self.pending.is_restated_now(incident)


def was_silence(state_reason: str) -> bool:
    """Whether it is a silence for which something is withheld."""
    return state_reason.partition(":")[0] == Withheld.SILENCED


def _what(events: Iterable[IncidentEvent], story: ReplyStory) -> str:
    """What tells a reply that is held back apart from others of its kind about the same incident."""
    said = "\n".join(sorted(f"{one.number} {one.kind} {one.at.isoformat()}" for one in events))
    restated = "\n".join(f"{one.name} {one.restatement}" for one in story.restated)
    return hashlib.sha256(f"{said}\n{restated}".encode()).hexdigest()
