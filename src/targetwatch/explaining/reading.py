"""Reading the snapshots for an explanation. Every question is a file of SQL, and is handed on with its answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from targetwatch.evaluation.baselines import Stood
from targetwatch.explaining.found import LIVE_EVENTS, Answer, Case, Place, Record, UnitFound
from targetwatch.explaining.lineage import predecessors, stood
from targetwatch.explaining.names import Asked, asked_for, unit_for
from targetwatch.explaining.queries import Query, wanted
from targetwatch.model import Basis, Origin, Period, Role, Successor, UnitEnding, UnitKey
from targetwatch.model import Path as Shape
from targetwatch.wording import dates

QUARANTINE = "explain_quarantine"
SHOWN_ONLY = (
    "explain_missing",
    "explain_source_batches",
    "explain_target_versions",
    "explain_path",
    "explain_comparison",
    "explain_verdicts",
)
FOR_EVER = datetime.max.replace(tzinfo=UTC)


class NothingJudged(Exception):  # noqa: N818 - named after what is the case
    """There was no pass by the moment that was asked for: the message says from when on there is one."""


class Rows(Protocol):
    """The answer of a reader."""

    @property
    def columns(self) -> Sequence[str]:
        """The names of its columns."""
        ...

    @property
    def rows(self) -> Sequence[tuple[object, ...]]:
        """Its rows."""
        ...


class Reader(Protocol):
    """What answers queries: the newest snapshots, opened read-only."""

    @property
    def snapshots(self) -> Mapping[str, Path]:
        """The files that are open, by database."""
        ...

    def query(self, sql: str, values: Mapping[str, object] | None = None) -> Rows:
        """The answer to a query."""
        ...


@dataclass(frozen=True)
class Snapshots:
    """The snapshots, and where the SQL lies that is asked of them."""

    reader: Reader
    queries: Path  # the product's sql/queries
    rows: Path  # the programme's sql/rows: what lists the records behind a metric's figures

    @property
    def has_records(self) -> bool:
        """Whether the records have been published, and not the ledger alone."""
        return "records" in self.reader.snapshots

    def ask(self, name: str, **values: Any) -> Answer:
        """The answer to the product's query of that name; of the values it takes those that it names."""
        return self._answer(name, self._text(name), values)

    def shown(self, name: str, **values: Any) -> Query:
        """The product's query of that name, which nobody asks here."""
        return Query.of(name, self._text(name), values)

    def records(self, name: str, **values: Any) -> Answer | None:
        """The records that sql/rows/<name>.sql lists; None where nobody wrote it."""
        path = self.rows / f"{name}.sql"
        return self._answer(name, path.read_text(encoding="utf-8"), values) if path.is_file() else None

    def _text(self, name: str) -> str:
        return (self.queries / f"{name}.sql").read_text(encoding="utf-8")

    def _answer(self, name: str, text: str, values: Mapping[str, object]) -> Answer:
        found = self.reader.query(text, wanted(text, values))
        rows = [dict(zip(found.columns, row, strict=True)) for row in found.rows]
        return Answer(rows, Query.of(name, text, values))


def read(snapshots: Snapshots, metric: str, unit: str, at: date | None) -> tuple[Place, tuple[Case, ...]]:
    """What is known of a metric (or the metric of a target) and unit at the end of the day `at`, or now.

    Raises UnknownName and NothingJudged.
    """
    asked = asked_for(metric, snapshots.ask("explain_metrics").rows)
    place = _place(snapshots, asked, unit, at)
    values = {
        "metric": asked.metric,
        "org_unit": place.unit.code,
        "org_unit_valid_from": place.unit.valid_from,
        "moment": place.moment,
        "today": place.today,
        "source": place.source,
    }
    said = snapshots.ask("explain_assessments", **values).rows
    about = [row for row in said if asked.target in (None, row["target"])]
    cases = [_case(snapshots, place, values, row, row["tier"]) for row in about]
    if asked.target is None:  # what is observed and nobody set a target for
        tiers = [row["tier"] for row in snapshots.ask("explain_observed_tiers", **values).rows]
        set_for = {row["tier"] for row in about}
        cases += [_case(snapshots, place, values, None, tier) for tier in tiers if tier not in set_for]
    return place, tuple(cases)


def _place(snapshots: Snapshots, asked: Asked, unit: str, at: date | None) -> Place:
    about = snapshots.ask("explain_about").first
    if about is None or about["newest_pass"] is None:
        raise NothingJudged("Nothing has been judged yet. `targetwatch run` gathers, judges and publishes.")
    until = _end_of(at, about["time_zone"]) if at else None
    moment = snapshots.ask("explain_pass", until=until or FOR_EVER).rows[0]["as_of"]
    if moment is None:
        first = dates.local_day(about["first_pass"], about["time_zone"])
        raise NothingJudged(f"Nothing had been judged by the end of {at}. Write --at {first} or a later day.")
    known = {
        row["unit_key"]
        for row in snapshots.ask("explain_known_of", metric=asked.metric, target=asked.target, moment=moment).rows
    }
    units = _units(snapshots)
    return Place(
        unit=unit_for(unit, units, lambda one: one.key in known),
        units={one.key: one for one in units},
        metric=snapshots.ask("explain_metric", metric=asked.metric).rows[0],
        time_zone=about["time_zone"],
        moment=moment,
        until=until,
        newest_pass=about["newest_pass"],
        has_records=snapshots.has_records,
    )


def _units(snapshots: Snapshots) -> list[UnitFound]:
    """The ledger's register, with who follows whom, as far as the snapshot's release knew that."""
    followed: dict[tuple[str, date], list[Successor]] = {}
    if "org_unit_successor" in {row["name"] for row in snapshots.ask("tables").rows}:
        for row in snapshots.ask("explain_successors").rows:
            after = UnitKey(row["successor"], row["successor_valid_from"])
            weight = Fraction(row["weight_numerator"], row["weight_denominator"])
            successor = Successor(after, weight, Basis(row["basis"]))
            followed.setdefault((row["org_unit"], row["org_unit_valid_from"]), []).append(successor)
    return [
        UnitFound.of(row, followed.get((row["org_unit"], row["org_unit_valid_from"]), ()))
        for row in snapshots.ask("explain_units").rows
    ]


def _end_of(day: date, time_zone: str) -> datetime:
    """The last moment of a day in `time_zone`."""
    midnight = datetime.combine(day + timedelta(days=1), time(), ZoneInfo(time_zone))
    return midnight.astimezone(UTC) - timedelta(microseconds=1)


def _case(snapshots: Snapshots, place: Place, about: Mapping[str, Any], said: Record | None, tier: str) -> Case:
    values: dict[str, Any] = {**about, "tier": tier, "target": None}
    if said is not None:
        values |= {"target": said["target"], "target_version": said["target_version"]}
    period, origin = _period(snapshots, values, said)
    case = Case(
        place=place,
        tier=tier,
        said=said,
        period=period,
        origin=origin,
        source_incidents=snapshots.ask("explain_source_incidents", **values),
        references={row["reference"]: row for row in snapshots.ask("explain_references").rows},
        records_file=str(place.metric["metric"]),
        delivered_by=place.source,
    )
    if period is not None:
        days = {"period_start": period.first_day, "period_end": period.last_day}
        values |= {**days, "first_day": period.first_day, "last_day": period.last_day, "origin": origin}
        case = _observed(snapshots, replace(case, versions=snapshots.ask("explain_observation", **values)), values)
        if "discrepancy" in {row["name"] for row in snapshots.ask("tables").rows}:  # as far as the release knew it
            case = replace(case, reports=snapshots.ask("explain_reports_beside", **values))
            if origin == Origin.PUBLISHED:
                case = replace(case, claims=snapshots.ask("explain_claims", **values))
    return case if said is None else _judged(snapshots, case, values, said)


def _period(snapshots: Snapshots, values: Mapping[str, Any], said: Record | None) -> tuple[Period | None, str | None]:
    """The period that was judged, and where its figures come from; where none was, the newest that was observed."""
    if said is not None and said["period_start"] is not None:
        return Period(said["period_start"], said["period_end"]), said["origin"]
    for row in snapshots.ask("explain_observed_tiers", **values).rows:
        if row["tier"] == values["tier"]:
            return Period(row["period_start"], row["period_end"]), row["origin"]
    return None, None


def _observed(snapshots: Snapshots, case: Case, values: Mapping[str, Any]) -> Case:
    """With what lies behind the figures: the bodies of a sum, the records and deliveries of a body."""
    then = case.then
    if then is None:
        return case
    if then["rolled_up"]:
        is_short = case.said is not None and bool(case.said["missing"])
        query = "explain_bodies_reported" if is_short else "explain_bodies"
        before = predecessors(case.place, case.place.unit.unit.key)
        case = replace(
            case,
            bodies=snapshots.ask(query, **values),
            handed_on=snapshots.ask("explain_handed_on", **values, units=before) if before else None,
        )
    own = case.own
    if case.is_sum or own is None or not case.place.has_records:
        return case
    return _recorded(snapshots, case, values, own)


def _recorded(snapshots: Snapshots, case: Case, values: Mapping[str, Any], observed: Record) -> Case:
    """With the records behind a body's own figures, and what they were delivered in."""
    by_id = snapshots.ask("explain_deliveries", batches=[observed["batch_id"]])
    source = str(by_id.first["source"]) if by_id.first else case.place.source
    # As it was known when it was measured: what is open counts as late by the day on which it is looked at.
    mine = {**values, "source": source, "known_at": observed["recorded_at"]}
    file = case.records_file if source == case.place.source else source
    records = snapshots.records(file, **mine) or snapshots.records(source, **mine)
    brought = {row["batch_id"] for row in (records.rows if records else ())}
    reported = {row["batch_id"] for row in snapshots.ask("explain_reports", **mine).rows}
    batches = sorted({observed["batch_id"], *brought, *reported} - {None})
    return replace(
        case,
        records=records,
        records_file=file,
        delivered_by=source,
        deliveries=snapshots.ask("explain_deliveries", batches=batches),
        queries={**case.queries, QUARANTINE: snapshots.shown(QUARANTINE, batches=batches)},
    )


def _judged(snapshots: Snapshots, case: Case, values: Mapping[str, Any], said: Record) -> Case:
    """With what was said of it, what it was held against, and what came of that."""
    pool = snapshots.ask("explain_pool", **values) if said["role"] == Role.SHARE else None
    incidents = snapshots.ask("explain_incidents", **values)
    baseline, began = _baseline(snapshots, replace(case, pool=pool), values)
    return replace(
        case,
        pool=pool,
        baseline=baseline,
        began=began,
        statuses=snapshots.ask("explain_statuses", **values),
        incidents=incidents,
        messages=_messages(snapshots, values, incidents, pool),
        queries={**case.queries, **{name: snapshots.shown(name, **values) for name in SHOWN_ONLY}},
    )


def _baseline(snapshots: Snapshots, case: Case, values: Mapping[str, Any]) -> tuple[Answer | None, Stood | None]:
    """Where the path begins, if its version leaves that to what was observed: for a share, of its pool."""
    version = case.version
    if version is None or version.trajectory.path is not Shape.LINEAR or version.trajectory.baseline is not None:
        return None, None
    whose = (case.answers_to or case.place.unit).unit.key
    passes_on = version.when_unit_ends is UnitEnding.PASSES_ON
    before = predecessors(case.place, whose) if passes_on else []
    on = version.trajectory.baseline_on
    found = snapshots.ask("explain_baseline", **{**values, "units": [str(whose), *before], "baseline_on": on})
    return found, stood(case, found, whose, on, passes_on=passes_on)


def _messages(snapshots: Snapshots, values: Mapping[str, Any], incidents: Answer, pool: Answer | None) -> Answer | None:
    """What was told of the newest incident, in whichever message; None where there never was one."""
    if not incidents.rows:
        return None
    number = incidents.rows[-1]["number"]
    events = [row for row in incidents.rows if row["number"] == number]
    over = events[-1]["event"] not in LIVE_EVENTS
    return snapshots.ask(
        "explain_messages",
        **values,
        number=number,
        began_at=events[0]["happened_at"],
        ended_at=events[-1]["happened_at"] if over else values["moment"],
        answering=[f"{row['org_unit']}@{row['org_unit_valid_from']}" for row in (pool.rows if pool else ())],
    )
