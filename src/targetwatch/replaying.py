"""Replay: which incidents there would have been since a day, and how they would differ under another catalogue.

The rules are those of production (`retracing`), over what is known to have been known when. Nothing is written and
nothing is sent.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from targetwatch.model import IncidentEventKind, IncidentKey, IncidentKind, IncidentState, Role

if TYPE_CHECKING:
    from targetwatch.model import Incident
    from targetwatch.retracing import Retraced


@dataclass(frozen=True, slots=True)
class Episode:
    """One incident as it would have gone, by local days. `opened_on` is None where it was pending and never opened."""

    key: IncidentKey
    began_on: date
    opened_on: date | None
    closed_on: date | None
    state: IncidentState  # where it stood at the end
    is_share: bool  # of a unit below a pooled target: told inside its message
    facts: Mapping[str, object] = field(default_factory=dict, compare=False)  # when it opened

    @property
    def is_live(self) -> bool:
        """Whether it would still go on."""
        return self.closed_on is None

    @property
    def has_begun(self) -> bool:
        """Whether anything had ever come from a late source when it opened."""
        return self.facts.get("begun") is not False


class Change(StrEnum):
    """How an incident differs under the changed catalogue."""

    ONLY_NOW = "only_now"  # it would not have opened with the change
    ONLY_CHANGED = "only_changed"  # it would have opened with the change alone
    MOVED = "moved"  # it would have opened or closed on another day, or otherwise
    SAME = "same"


@dataclass(frozen=True, slots=True)
class Pair:
    """The same trouble under the catalogue as it is, and under the changed one."""

    change: Change
    now: Episode | None
    changed: Episode | None

    @property
    def either(self) -> Episode:
        """The one there is; where there are both, that of the catalogue as it is."""
        found = self.now or self.changed
        if found is None:
            raise ValueError("A pair has at least one episode.")
        return found


def episodes(retraced: Retraced, since: date, time_zone: str) -> list[Episode]:
    """The incidents that would have begun, opened or closed on `since` or later, or that went on then, in order."""
    newest: dict[int, Incident] = {}
    opening: dict[int, Mapping[str, object]] = {}
    for one in retraced.passes:
        newest.update((incident.number, incident) for incident in one.incidents)
        for event in one.events:
            if event.kind is IncidentEventKind.OPENED:
                opening[event.number] = event.facts_after
    zone = ZoneInfo(time_zone)
    found = (_episode(incident, opening.get(number), zone) for number, incident in newest.items())
    return sorted((one for one in found if one.closed_on is None or one.closed_on >= since), key=_order)


def compared(now: Iterable[Episode], changed: Iterable[Episode]) -> list[Pair]:
    """What `changed` makes other: the episodes of each key that overlap belong together, one to one, in order."""
    theirs: dict[IncidentKey, list[Episode]] = defaultdict(list)
    for one in changed:
        theirs[one.key].append(one)
    pairs = []
    for one in now:
        match = next((other for other in theirs[one.key] if _overlap(one, other)), None)
        if match is not None:
            theirs[one.key].remove(match)
        pairs.append(Pair(_change(one, match), one, match))
    pairs += [Pair(Change.ONLY_CHANGED, None, other) for left in theirs.values() for other in left]
    return sorted(pairs, key=lambda pair: _order(pair.either))


def told(found: Sequence[Episode]) -> list[Episode]:
    """Those that people would have been told of by themselves.

    That is, neither units below a pool, nor what never opened, nor late sources from which nothing ever came.
    """
    return [one for one in found if not one.is_share and one.opened_on is not None and one.has_begun]


def _episode(incident: Incident, opening: Mapping[str, object] | None, zone: ZoneInfo) -> Episode:
    def day(moment: datetime | None) -> date | None:
        return None if moment is None else moment.astimezone(zone).date()

    facts = opening or incident.facts
    judged = facts.get("judged")
    is_share = isinstance(judged, Mapping) and judged.get("role") == Role.SHARE.value
    return Episode(
        incident.key,
        incident.began_at.astimezone(zone).date(),
        day(incident.opened_at),
        day(incident.closed_at),
        incident.state,
        is_share and incident.key.kind is IncidentKind.BEHIND,
        facts,
    )


def _order(one: Episode) -> tuple[date, str, str, str, date]:
    key = one.key
    return one.opened_on or one.began_on, key.kind, key.subject, key.org_unit, key.org_unit_valid_from or date.min


def _overlap(one: Episode, other: Episode) -> bool:
    return (one.closed_on is None or other.began_on <= one.closed_on) and (
        other.closed_on is None or one.began_on <= other.closed_on
    )


def _change(one: Episode, other: Episode | None) -> Change:
    opened, opened_too = one.opened_on is not None, other is not None and other.opened_on is not None
    if opened and not opened_too:
        return Change.ONLY_NOW
    if opened_too and not opened:
        return Change.ONLY_CHANGED
    if other is None:
        return Change.ONLY_NOW
    same = (one.opened_on, one.closed_on, one.state) == (other.opened_on, other.closed_on, other.state)
    return Change.SAME if same else Change.MOVED
