"""What is known when it is decided whom to tell what: the programme, the incidents, and the messages already out."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from urllib.parse import quote

from targetwatch.model import (
    Assessment,
    Discrepancy,
    Incident,
    IncidentEvent,
    IncidentKind,
    OrgUnit,
    Programme,
    Restatement,
    Text,
    UnitKey,
)

# An edit with one of these reasons says that the episode is over; nothing more is written into its message.
CLOSING_REASONS = frozenset({"resolved", "ended", "superseded"})

# The board's pages, under its address. Claims are all on one page: their ids have slashes in them.
PAGES = {
    IncidentKind.BEHIND: "targets/",
    IncidentKind.LATE: "sources/",
    IncidentKind.QUALITY: "sources/",
    IncidentKind.MISREPORTED: "claims#",
}


@dataclass(frozen=True, slots=True)
class GroupMessage:
    """The message of a receiver's group: its newest row in the outbox that posts or edits, sent or still to be sent."""

    receiver: str
    channel: str
    group: str
    episode: int
    last_id: str
    fingerprint: str
    reason: str
    post_failed: bool = False  # the post of this episode was refused for good, so there is nothing to edit

    @property
    def is_closed(self) -> bool:
        """Whether it says that its episode is over."""
        return self.reason in CLOSING_REASONS


@dataclass(frozen=True)
class Situation:
    """Everything that policy looks at. `now` is the moment of the pass."""

    programme: Programme
    now: datetime
    incidents: tuple[Incident, ...]  # those that live after this pass, and those that it closed
    events: tuple[IncidentEvent, ...]  # of this pass, in their order
    assessments: tuple[Assessment, ...]  # the newest of every target and org_unit
    restatements: tuple[Restatement, ...] = ()  # found in this pass
    discrepancies: tuple[Discrepancy, ...] = ()  # every report that has records beside it
    out: tuple[GroupMessage, ...] = ()
    board_url: str | None = None

    @cached_property
    def units(self) -> dict[UnitKey, OrgUnit]:
        """The programme's org_units by key."""
        return {unit.key: unit for unit in self.programme.org_units}

    @cached_property
    def _bearers(self) -> dict[tuple[str, str], list[OrgUnit]]:
        bearers: dict[tuple[str, str], list[OrgUnit]] = defaultdict(list)
        for unit in self.programme.org_units:
            bearers[unit.level, unit.name].append(unit)
        return bearers

    def name_of(self, key: UnitKey) -> str:
        """What a unit is called; with its parent's name where another of its level is called the same at the time."""
        unit = self.units.get(key)
        if unit is None:
            return key.code
        bearers = self._bearers[unit.level, unit.name]
        if any(other.key.code != key.code and _overlap(unit, other) for other in bearers):
            parent = self.units.get(unit.parent) if unit.parent is not None else None
            return f"{unit.name} ({parent.name})" if parent is not None else f"{unit.name} ({key.code})"
        return unit.name

    def names_of(self, keys: list[str] | tuple[str, ...]) -> tuple[str, ...]:
        """The names of units whose keys are given as text."""
        return tuple(self.name_of(parse_key(key)) for key in keys)

    def level_name(self, level: str | None) -> Text:
        """The plural name of a level: "đơn vị cấp huyện", "districts"."""
        named = self.programme.levels.get(level or "")
        return named if named is not None else Text(vi=level or "đơn vị", en=level or "units")

    def owner_name(self, owner: str) -> Text:
        """The name of a role that answers."""
        known = self.programme.owners.get(owner)
        return known.name if known is not None else Text(vi=owner, en=owner)

    def link(self, kind: IncidentKind, subject: str) -> str | None:
        """The page on the board of a target, a source or a claim; None where no board is known."""
        if not self.board_url:
            return None
        return f"{self.board_url.rstrip('/')}/{PAGES[kind]}{quote(subject, safe='')}"

    def link_to_reports(self, subject: str) -> str | None:
        """The page of what units report of themselves beside their records; None where no board is known."""
        return f"{self.board_url.rstrip('/')}/reports/{quote(subject)}" if self.board_url else None


def parse_key(text: str) -> UnitKey:
    """The unit key that was written as 001@2021-01-01."""
    code, _, valid_from = text.rpartition("@")
    return UnitKey(code, date.fromisoformat(valid_from))


def _overlap(one: OrgUnit, other: OrgUnit) -> bool:
    return (one.valid_to is None or other.key.valid_from <= one.valid_to) and (
        other.valid_to is None or one.key.valid_from <= other.valid_to
    )
