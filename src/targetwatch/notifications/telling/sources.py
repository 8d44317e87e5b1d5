"""Telling, of sources and published figures: from an incident to the story that its message tells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from targetwatch.incidents import facts as facts_
from targetwatch.model import Cadence, Incident, Origin, Reason, Role, Source, Status, Text
from targetwatch.notifications.situation import Situation
from targetwatch.notifications.stories import (
    AffectedTarget,
    ClaimStory,
    LateStory,
    MissingUnits,
    QualityStory,
    RefusedDelivery,
    SilentUnits,
    TierCount,
)

CANNOT_BE_SAID = (Status.NO_DATA, Status.STALE, Status.NOT_EVALUATED)


def late(situation: Situation, incident: Incident) -> LateStory:
    """A source whose units are late, out of its incident's facts."""
    facts = incident.facts
    source = _source(situation, incident.key.subject)
    return LateStory(
        source=source,
        incident=incident,
        period_start=date.fromisoformat(str(facts["period_start"])),
        period_end=date.fromisoformat(str(facts["period_end"])),
        deadline=datetime.fromisoformat(str(facts["deadline"])),
        counts=tuple(
            TierCount(
                tier=str(count["tier"]),
                level_name=situation.level_name(_optional(count["level"]) or str(count["tier"])),
                reported=_whole(count["reported"]),
                due=_whole(count["due"]),
            )
            for count in _list(facts, "counts")
        ),
        missing=tuple(
            MissingUnits(
                parent=situation.names_of((parent,))[0] if (parent := _optional(group["parent"])) else None,
                tier=str(group["tier"]),
                units=situation.names_of(_texts(group["units"])),
            )
            for group in _list(facts, "missing")
        ),
        refused=_refused(situation, facts),
        affects=_affects(situation, source),
        owner=situation.owner_name(source.owner),
        as_of=situation.now,
        time_zone=situation.programme.time_zone,
        link=situation.link(incident.key.kind, incident.key.subject),
        silent=tuple(
            SilentUnits(
                since=(date.fromisoformat(first), date.fromisoformat(last)),
                periods=_whole(group["periods"]),
                units=situation.names_of(_texts(group["units"])),
            )
            for group in _list(facts, "silent")
            for first, last in [_texts(group["since"])]
        ),
    )


def quality(situation: Situation, incident: Incident) -> QualityStory:
    """A source with refused deliveries, out of its incident's facts."""
    source = _source(situation, incident.key.subject)
    return QualityStory(
        source=source,
        incident=incident,
        refused=_refused(situation, incident.facts),
        affects=_affects(situation, source),
        owner=situation.owner_name(source.owner),
        as_of=situation.now,
        time_zone=situation.programme.time_zone,
        link=situation.link(incident.key.kind, incident.key.subject),
    )


def claim(situation: Situation, incident: Incident) -> ClaimStory:
    """A published figure that does not add up, out of its incident's facts."""
    published = facts_.to_claim(facts_.mapping(incident.facts, "claim"))
    metric = situation.programme.metrics.get(published.metric)
    reference = situation.programme.references.get(published.reference)
    return ClaimStory(
        claim=published,
        incident=incident,
        reference_title=reference.title if reference else published.reference,
        reference_publisher=reference.publisher if reference else "",
        reference_published=reference.published if reference else "",
        owner=situation.owner_name(metric.owner if metric else ""),
        as_of=situation.now,
        time_zone=situation.programme.time_zone,
        link=situation.link(incident.key.kind, incident.key.subject),
    )


def _source(situation: Situation, source: str) -> Source:
    """The source or, where the catalogue no longer has it, what is known of it: its id."""
    known = situation.programme.sources.get(source)
    if known is not None:
        return known
    name = Text(vi=source, en=source)
    return Source(
        id=source, name=name, planned=True, connector=None, formats=(), table=None, gate=None, origin=Origin.COMPUTED,
        cadence=Cadence.MONTH, deadline=None, reporters=(), period_column=None, unit_column=None, tier_column=None,
        tier=None, columns=(), bad_rows_allowed=0.0, owner="", how_reached="", feeds=name,
    )  # fmt: skip


def _refused(situation: Situation, facts: Mapping[str, object]) -> tuple[RefusedDelivery, ...]:
    return tuple(
        RefusedDelivery(
            delivered_as=str(delivery["delivered_as"]),
            because=str(delivery["because"]),
            known_at=datetime.fromisoformat(str(delivery["known_at"])),
            units=situation.names_of(_texts(delivery["units"])),
            periods=tuple(
                (date.fromisoformat(first), date.fromisoformat(last))
                for first, last in map(_texts, _sequence(delivery["periods"]))
            ),
            rows_delivered=_whole(delivery["rows_delivered"]),
            rows_quarantined=_whole(delivery["rows_quarantined"]),
        )
        for delivery in _list(facts, "refused")
    )


def _affects(situation: Situation, source: Source) -> tuple[AffectedTarget, ...]:
    """The targets of a source that cannot be said, or not for certain."""
    versions = {(target.target, target.version): target for target in situation.programme.targets}
    affected = []
    for item in situation.assessments:
        metric = situation.programme.metrics.get(item.metric)
        target = versions.get((item.target, item.target_version))
        if item.role is Role.SHARE or metric is None or target is None or metric.source != source.id:
            continue
        if item.status in CANNOT_BE_SAID or item.reason is Reason.INCOMPLETE:
            affected.append(AffectedTarget(target, metric, item))
    return tuple(sorted(affected, key=lambda entry: (entry.target.target, entry.assessment.org_unit)))


def _list(facts: Mapping[str, object], name: str) -> Iterable[Mapping[str, object]]:
    return [item for item in _sequence(facts.get(name)) if isinstance(item, Mapping)]


def _sequence(value: object) -> list[object]:
    return list(value) if isinstance(value, (list, tuple)) else []


def _texts(value: object) -> tuple[str, ...]:
    return tuple(str(item) for item in _sequence(value))


def _optional(value: object) -> str | None:
    return None if value is None else str(value)


def _whole(value: object) -> int:
    return int(str(value))
