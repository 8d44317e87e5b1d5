"""Trouble: the incidents that go on, and what their facts say of sources and of published figures."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from targetwatch.board.standing import Record, two
from targetwatch.model import Against, Claim, Contradiction, IncidentKind, IncidentState, Language, Period, Text
from targetwatch.wording.care import Care


@dataclass(frozen=True, slots=True)
class Incident:
    """An episode of trouble, with the names of what it is about."""

    name: str
    kind: IncidentKind
    state: IncidentState
    subject: str
    subject_name: Text
    unit_name: str | None  # None where it is about the whole programme, a source or a claim
    owner: Text
    since: datetime
    closed_at: datetime | None
    facts: Mapping[str, Any]
    care: Care

    @classmethod
    def of(cls, row: Record) -> Incident:
        """The incident in a row of `board_incidents`."""
        has_unit = row["org_unit"] is not None and not row["is_root_unit"]
        named = row["subject_name_vi"] is not None
        return cls(
            name=row["name"],
            kind=IncidentKind(row["kind"]),
            state=IncidentState(row["state"]),
            subject=row["subject"],
            subject_name=two(row, "subject_name") if named else Text(row["subject"], row["subject"]),
            unit_name=(row["full_name"] or row["org_unit"]) if has_unit else None,
            owner=two(row, "owner_name"),
            since=row["opened_at"] or row["began_at"],
            closed_at=row["closed_at"],
            facts=json.loads(row["facts"]),
            care=Care.of(row),
        )

    def about(self, language: Language) -> str:
        """The name of the target, source or claim."""
        return self.subject_name.in_(language)


@dataclass(frozen=True, slots=True)
class TierCount:
    """How many units of a level owe a source a period, and how many have reported it."""

    units_called: Text
    reported: int
    due: int


@dataclass(frozen=True, slots=True)
class Absent:
    """Units that have not reported, under the unit that they have in common."""

    parent: str | None
    units_called: Text
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Silent:
    """Units that have not reported for several periods, the newest that is due among them."""

    since: Period
    periods: int
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Late:
    """A period that units owe a source, past its deadline."""

    period: Period
    deadline: datetime
    counts: tuple[TierCount, ...]
    absent: tuple[Absent, ...]
    silent: tuple[Silent, ...] = ()
    has_begun: bool = True  # something has ever come from the source


@dataclass(frozen=True, slots=True)
class Refusal:
    """A delivery that was refused whole and that nothing has made good."""

    delivered_as: str
    because: Text
    known_at: datetime
    rows_delivered: int
    rows_bad: int


@dataclass(frozen=True, slots=True)
class TroubledSource:
    """A source with incidents that go on."""

    source: str
    name: Text
    owner: Text
    incidents: tuple[Incident, ...]
    late: Late | None
    refusals: tuple[Refusal, ...]


@dataclass(frozen=True, slots=True)
class PublishedFigure:
    """A published figure, how it was found, and the incident that goes on about it."""

    claim: Claim
    title: str
    publisher: str
    published: str
    incident: str | None
    since: datetime | None

    @classmethod
    def of(cls, row: Record) -> PublishedFigure:
        """The figure in a row of `board_claims`."""
        claim = Claim.of_row(
            row,
            id=row["claim"],
            metric=row["metric"],
            name=two(row, "name"),
            finding=row["finding"],
            contradictions=_contradictions(row),
            parts_agree=row.get("parts_agree") is not False,
        )
        return cls(
            claim,
            row["reference_title"] or row["reference"],
            row["reference_publisher"] or "",
            row["reference_published"] or "",
            row["incident"],
            row["incident_since"],
        )


def _contradictions(row: Record) -> tuple[Contradiction, ...]:
    """What else the figure does not agree with, as far as the snapshot's release asked for that."""
    found = []
    for held in json.loads(row.get("contradictions") or "[]"):
        said: dict[str, Any] = dict(held)
        days = {name: date.fromisoformat(said[name]) for name in ("as_of", "since") if said[name]}
        found.append(Contradiction(Against(said.pop("against")), **{**said, **days}))
    return tuple(found)


def unit_keys(incidents: Iterable[Incident]) -> list[str]:
    """The keys of the units and parents that the facts of late sources name."""
    groups = [group for one in incidents if one.kind is IncidentKind.LATE for group in one.facts.get("missing", ())]
    keys = {key for group in groups for key in [*group["units"], group["parent"]] if key}
    return sorted(keys)


def troubled_sources(
    incidents: Sequence[Incident], names: Mapping[str, str], levels: Mapping[str, Text]
) -> list[TroubledSource]:
    """The sources with live incidents, in order of their ids."""
    kinds = (IncidentKind.LATE, IncidentKind.QUALITY)
    of_sources = [one for one in incidents if one.kind in kinds and one.state.is_live]
    return [
        _troubled([one for one in of_sources if one.subject == source], names, levels)
        for source in sorted({one.subject for one in of_sources})
    ]


def _troubled(incidents: Sequence[Incident], names: Mapping[str, str], levels: Mapping[str, Text]) -> TroubledSource:
    late = next((one for one in incidents if one.kind is IncidentKind.LATE), None)
    refused = [item for one in incidents if one.kind is IncidentKind.QUALITY for item in one.facts.get("refused", ())]
    return TroubledSource(
        source=incidents[0].subject,
        name=incidents[0].subject_name,
        owner=incidents[0].owner,
        incidents=tuple(incidents),
        late=_late(late.facts, names, levels) if late is not None and late.facts.get("period_start") else None,
        refusals=tuple(_refusal(item) for item in refused),
    )


def _late(facts: Mapping[str, Any], names: Mapping[str, str], levels: Mapping[str, Text]) -> Late:
    counts = [(count, _level(count.get("level") or count["tier"], levels)) for count in facts.get("counts", ())]
    called = {count["tier"]: level for count, level in counts}
    return Late(
        Period(date.fromisoformat(facts["period_start"]), date.fromisoformat(facts["period_end"])),
        datetime.fromisoformat(facts["deadline"]),
        tuple(TierCount(level, count["reported"], count["due"]) for count, level in counts),
        tuple(
            Absent(
                names.get(group["parent"] or "", group["parent"]),
                called.get(group["tier"], _level(group["tier"], levels)),
                tuple(sorted(names.get(key, key) for key in group["units"])),
            )
            for group in facts.get("missing", ())
        ),
        tuple(
            Silent(
                Period(*(date.fromisoformat(day) for day in group["since"])),
                group["periods"],
                tuple(sorted(names.get(key, key) for key in group["units"])),
            )
            for group in facts.get("silent", ())
        ),
        facts.get("begun") is not False,
    )


def _level(level: str, levels: Mapping[str, Text]) -> Text:
    return levels.get(level, Text(level, level))


def _refusal(item: Mapping[str, Any]) -> Refusal:
    return Refusal(
        item["delivered_as"],
        Text.parse(item["because"]),
        datetime.fromisoformat(item["known_at"]),
        item["rows_delivered"],
        item["rows_quarantined"],
    )
