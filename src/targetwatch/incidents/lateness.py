"""Looks at the sources for lateness: units that have not reported a period whose deadline has passed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from targetwatch.incidents import facts as facts_
from targetwatch.incidents.quality import DeliveryRecord, outstanding
from targetwatch.model import (
    Cadence,
    Finding,
    Incident,
    IncidentKey,
    IncidentKind,
    OrgUnit,
    Outlook,
    Period,
    Programme,
    Source,
    UnitKey,
)

if TYPE_CHECKING:
    import polars as pl

_UNIT = ("tier", "org_unit", "org_unit_valid_from")
MONTHS = {Cadence.MONTH: 1, Cadence.QUARTER: 3, Cadence.YEAR: 12}


@dataclass(frozen=True, slots=True)
class Owed:
    """A period that a unit owed a source by a deadline, and when it reported it."""

    source: str
    tier: str
    unit: UnitKey
    period: Period
    deadline: datetime
    reported_at: datetime | None
    silent_since: Period | None = None  # of one that is missing: the oldest period since the last that it reported
    silent_for: int = 1  # how many periods that are


def owed_from(programme: Programme, due: pl.DataFrame, as_of: datetime) -> list[Owed]:
    """What was owed to each working source in its newest period whose deadline has passed, out of the DUE frame.

    A unit that is missing is silent since the period after the newest one that it has reported, as far as `due` goes
    back. An older period that comes meanwhile is not the one that is missing: it shortens the silence, and ends none.
    """
    import polars as pl

    # What is measured out of one source by one cadence is owed together.
    one_of_each = {
        (metric.source, metric.cadence): metric.id
        for metric in programme.metrics.values()
        if _is_working(programme, metric.source)
    }
    of_metric = pl.DataFrame(
        [(metric, source) for (source, _), metric in one_of_each.items()],
        schema={"metric": pl.String, "source": pl.String},
        orient="row",
    )
    passed = due.filter(pl.col("deadline").is_not_null() & (pl.col("deadline") <= as_of)).join(of_metric, on="metric")
    newest = (
        passed.filter(pl.col("period_end") == pl.col("period_end").max().over("source"))
        .group_by("source", "tier", "org_unit", "org_unit_valid_from", "period_start", "period_end")
        .agg(pl.col("deadline").max(), pl.col("reported_at").max())
        .join(_silences(passed), on=["source", *_UNIT], how="left")
        .sort("source", *_UNIT, "period_start")
    )
    return [
        Owed(
            row["source"],
            row["tier"],
            UnitKey(row["org_unit"], row["org_unit_valid_from"]),
            Period(row["period_start"], row["period_end"]),
            row["deadline"],
            row["reported_at"],
            *((Period(row["silent_since"], row["silent_until"]), row["silent_for"]) if row["silent_for"] else ()),
        )
        for row in newest.iter_rows(named=True)
    ]


def _silences(passed: pl.DataFrame) -> pl.DataFrame:
    """Of the units whose newest period is missing: since when, and for how many periods, they have been silent."""
    import polars as pl

    is_newest = pl.col("period_end") == pl.col("period_end").max().over("source")
    missing = passed.filter(is_newest, pl.col("reported_at").is_null()).select("source", *_UNIT).unique()
    return (
        passed.join(missing, on=["source", *_UNIT], how="semi")
        .with_columns(
            heard=pl.col("period_end").filter(pl.col("reported_at").is_not_null()).max().over("source", *_UNIT)
        )
        .filter(pl.col("heard").is_null() | (pl.col("period_end") > pl.col("heard")))
        .group_by("source", *_UNIT)
        .agg(
            silent_since=pl.col("period_start").min(),
            silent_until=pl.col("period_end").min(),
            silent_for=pl.col("period_end").n_unique(),
        )
    )


def late_findings(
    programme: Programme,
    owed: Iterable[Owed],
    deliveries: Iterable[DeliveryRecord],
    live: Iterable[Incident],
    as_of: datetime,
    begun: Collection[str] | None = None,
) -> list[Finding]:
    """One look at each working source that was owed anything, and at the live incidents whose source is gone.

    `begun` are the sources that have ever delivered anything, or whose systems somebody has connected (None: all). One
    that has not is as late as any other, and its facts say so: nobody need be told of what has never begun.
    """
    by_source: dict[str, list[Owed]] = defaultdict(list)
    for item in owed:
        if item.deadline <= as_of and _is_working(programme, item.source):
            by_source[item.source].append(item)
    refused = outstanding(deliveries)
    findings = [
        _look(programme, programme.sources[source], by_source[source], refused, as_of, begun is None or source in begun)
        for source in sorted(by_source)
    ]
    gone = [
        incident.key
        for incident in live
        if incident.key.kind is IncidentKind.LATE and not _is_working(programme, incident.key.subject)
    ]
    withdrawn = [
        Finding(key, Outlook.SUPERSEDED, reason="withdrawn") for key in sorted(gone, key=lambda key: key.subject)
    ]
    return findings + withdrawn


def _is_working(programme: Programme, source: str) -> bool:
    return source in programme.sources and not programme.sources[source].planned


def _look(
    programme: Programme,
    source: Source,
    owed: list[Owed],
    refused: Iterable[DeliveryRecord],
    as_of: datetime,
    has_begun: bool,
) -> Finding:
    key = IncidentKey(IncidentKind.LATE, source.id)
    newest = max(item.period.last_day for item in owed)
    owed = [item for item in owed if item.period.last_day == newest]
    missing = [item for item in owed if item.reported_at is None]
    units = programme.units
    if not missing:
        # With its facts: the period that is complete need not be the one that was missing, which may never come.
        return Finding(key, Outlook.GOOD, facts=_facts(source, owed, missing, units, ()), reason="all_reported")
    if all(_has_ended(units.get(item.unit), source, programme, as_of) for item in missing):
        return Finding(key, Outlook.ENDED, reason="units_ended")
    facts = {**_facts(source, owed, missing, units, refused), "begun": has_begun, "silent": _silent(missing)}
    return Finding(key, Outlook.BAD, facts=facts, reason="overdue")


def _facts(
    source: Source,
    owed: list[Owed],
    missing: list[Owed],
    units: Mapping[UnitKey, OrgUnit],
    refused: Iterable[DeliveryRecord],
) -> dict[str, object]:
    period = owed[0].period
    levels = {reporters.tier: reporters.level for reporters in source.reporters}
    counts = []
    for tier in _tiers(source, owed):
        of_tier = [item for item in owed if item.tier == tier]
        reported = sum(item.reported_at is not None for item in of_tier)
        counts.append({"tier": tier, "level": levels.get(tier), "reported": reported, "due": len(of_tier)})
    covered = {(item.tier, item.unit, item.period) for item in missing}
    return {
        "period_start": facts_.plain(period.first_day),
        "period_end": facts_.plain(period.last_day),
        "deadline": facts_.plain(max(item.deadline for item in owed)),
        "counts": counts,
        "missing": _by_parent(source, missing, units),
        "refused": [
            delivery.as_facts()
            for delivery in refused
            if delivery.source == source.id and covered & {(c.tier, c.unit, c.period) for c in delivery.covers}
        ],
    }


def _silent(missing: list[Owed]) -> list[dict[str, object]]:
    """The units whose newest period is not the first that is missing, by since when, the longest silence first."""
    since: dict[tuple[Period, int], list[str]] = defaultdict(list)
    for item in missing:
        if item.silent_since is not None and item.silent_for > 1:
            since[item.silent_since, -item.silent_for].append(str(item.unit))
    return [
        {
            "since": [facts_.plain(first.first_day), facts_.plain(first.last_day)],
            "periods": -periods,
            "units": sorted(units),
        }
        for (first, periods), units in sorted(since.items())
    ]


def _by_parent(source: Source, missing: list[Owed], units: Mapping[UnitKey, OrgUnit]) -> list[dict[str, object]]:
    """The missing units under the parent they have in common, so that 179 communes are seven names."""
    grouped: dict[tuple[str, str], list[str]] = defaultdict(list)
    for item in missing:
        unit = units.get(item.unit)
        parent = str(unit.parent) if unit is not None and unit.parent is not None else ""
        grouped[item.tier, parent].append(str(item.unit))
    order = {tier: position for position, tier in enumerate(_tiers(source, missing))}
    return [
        {"tier": tier, "parent": parent or None, "count": len(keys), "units": sorted(keys)}
        for (tier, parent), keys in sorted(grouped.items(), key=lambda entry: (order[entry[0][0]], entry[0][1]))
    ]


def _tiers(source: Source, owed: list[Owed]) -> list[str]:
    """The tiers that occur, in the order in which the source names them."""
    named = [reporters.tier for reporters in source.reporters]
    present = {item.tier for item in owed}
    return [tier for tier in dict.fromkeys(named) if tier in present] + sorted(present - set(named))


def _has_ended(unit: OrgUnit | None, source: Source, programme: Programme, as_of: datetime) -> bool:
    """Whether the unit was gone before the newest period that has ended began: nobody is left to deliver."""
    if unit is None or unit.valid_to is None:
        return False
    today = as_of.astimezone(ZoneInfo(programme.time_zone)).date()
    return unit.valid_to < _newest_ended(today, source.cadence or Cadence.MONTH)


def _newest_ended(day: date, cadence: Cadence) -> date:
    """The first day of the newest period that had ended when `day` began."""
    length = MONTHS[cadence]
    months = day.year * 12 + (day.month - 1) // length * length - length
    return date(months // 12, months % 12 + 1, 1)
