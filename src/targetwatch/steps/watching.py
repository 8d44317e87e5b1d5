"""What one pass of watch does, step by step: measure, assess and judge, decide.

The records are read once: what is delivered while a pass goes on is the next one's, its reports and its figures alike.
The ledger is open for a short block of each step; what is costly (judging above all) holds neither of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from targetwatch.catalogue.calendar import WorkingCalendar
from targetwatch.settings import CHECKOUT, Settings
from targetwatch.steps import reporting, telling, truth

if TYPE_CHECKING:
    import polars as pl

    from targetwatch.incidents import DeliveryRecord
    from targetwatch.model import Assessment, Claim, Discrepancy, Programme, Restatement
    from targetwatch.warehouse import Connection, Warehouse


@dataclass(frozen=True, slots=True)
class Watched:
    """What one pass of watch did."""

    run_id: str
    as_of: datetime
    batches: int  # measured for the first time
    observations: int  # written, restatements among them
    assessments: int  # written, because they differ from the ones before
    events: int  # steps in the lives of incidents
    notifications: int  # put into the outbox
    check_failures: tuple[str, ...]  # checks that could not run: what they would have judged is not_evaluated


@dataclass(frozen=True, slots=True)
class Begun:
    """A pass that has begun, and how far those before it came."""

    run_id: str
    seen_before: datetime | None  # as of when the pass before this one looked, if there was one
    measured: frozenset[str]  # batches


@dataclass(frozen=True, slots=True)
class Recorded:
    """What the records held when they were measured."""

    reports: pl.DataFrame
    deliveries: list[DeliveryRecord]
    in_service: frozenset[str]  # sources
    figures: pl.DataFrame | None  # that were published; None where no source has such


@dataclass(frozen=True, slots=True)
class Measured:
    """What measuring added to the ledger, and what else it saw in the records."""

    begun: Begun
    batches: int
    observations: int
    recorded: Recorded


@dataclass(frozen=True, slots=True)
class Found:
    """What judging found, before anything is decided or written."""

    assessments: list[Assessment]
    restatements: list[Restatement]
    claims: list[Claim]
    discrepancies: list[Discrepancy]
    due: pl.DataFrame
    rolled: pl.DataFrame
    check_failures: tuple[str, ...]

    @property
    def rolled_up(self) -> pl.DataFrame:
        """The values of the units above the bodies, which the ledger keeps too, but for sums that it cannot hold."""
        return self.rolled.filter("rolled_up").drop_nulls(["numerator", "denominator"])


def begin(warehouse: Warehouse, programme: Programme, now: datetime) -> Begun:
    """Copy the catalogue into the ledger, and begin a run."""
    from targetwatch.warehouse import ledger

    run_id = uuid4().hex
    with warehouse.ledger() as conn:
        ledger.apply_catalogue(conn, programme, now)
        ledger.start_run(conn, run_id, as_of=now, started_at=now)
        before = ledger.newest_run(conn)
        return Begun(run_id, before.as_of if before else None, ledger.measured_batches(conn))


def measure(
    warehouse: Warehouse, programme: Programme, begun: Begun, now: datetime, *, everything: bool = False
) -> Measured:
    """Measure again, from the records, every period that a new batch touched (or any did), and add what differs."""
    import polars as pl

    from targetwatch.evaluation import periods
    from targetwatch.warehouse import ledger, records

    with warehouse.records() as conn:
        batches = records.unmeasured(conn, frozenset() if everything else begun.measured)
        observed = [
            records.measure(conn, sql, stretch.first_day, stretch.last_day, now).with_columns(
                origin=pl.lit(source.origin)
            )
            for source in programme.sources.values()
            for stretch in periods.stretches(p for batch in batches if batch.source == source.id for p in batch.periods)
            for sql in source.measured_by
        ]
        recorded = _recorded(conn, programme, now)
    run_id, counted = begun.run_id, reporting.counted(programme, recorded.reports, now)
    with warehouse.ledger() as conn:
        added = sum(ledger.append_observations(conn, frame, run_id=run_id, recorded_at=now) for frame in observed)
        ledger.mark_measured(conn, [batch.batch_id for batch in batches], run_id)
        added += reporting.append(conn, counted, run_id, now)
    return Measured(begun, len(batches), added, recorded)


def assess(settings: Settings, programme: Programme, warehouse: Warehouse, measured: Measured, now: datetime) -> Found:
    """Hold what is known now against what was promised, and let the expectation suites judge it."""
    from targetwatch import checks, evaluation
    from targetwatch.warehouse import ledger

    calendar = WorkingCalendar(programme.calendar, programme.time_zone)
    reports, then = measured.recorded.reports, measured.begun.seen_before
    with warehouse.ledger() as conn:
        bodies = ledger.bodies(conn, now)
        judged_before = ledger.judged_before(conn)
        # By when it was written down, not by when it was known: a figure that was known earlier may be seen only now.
        oldest = ledger.oldest_period_observed_since(conn, then) if then is not None else None

    due = evaluation.due(programme, reports, calendar.deadline, now, programme.start)
    each = evaluation.by_origin(programme, bodies, due, now)
    rolled = evaluation.best_origin(each)
    assessed = evaluation.assess(programme, rolled, due, now)
    judgement = checks.judge(assessed, judgement_suite(settings, "targets"))
    assessments = evaluation.decide_status(assessed, judgement.verdicts)

    restatements: list[Restatement] = []
    newest = max((one.period_start for one in assessments if one.period_start is not None), default=None)
    if then is not None and oldest is not None and newest is not None and oldest < newest:
        with warehouse.ledger() as conn:
            known_then = ledger.bodies_recorded_by(conn, then)
        due_then = evaluation.due(programme, reports, calendar.deadline, then, programme.start)
        rolled_then = evaluation.roll_up(programme, known_then, due_then, then)
        restatements = evaluation.restated(judged_before, rolled_then, rolled, assessments)

    suites = (judgement_suite(settings, "claims"), judgement_suite(settings, "reports"))
    held = truth.hold(programme, measured.recorded.figures, each, suites, now)
    failures = judgement.failures + held.failures
    return Found(assessments, restatements, held.claims, held.discrepancies, due, rolled, failures)


def decide(
    settings: Settings,
    programme: Programme,
    warehouse: Warehouse,
    measured: Measured,
    found: Found,
    now: datetime,
    run_url: str | None = None,
) -> Watched:
    """Take what was found into the lives of incidents, and write it and every message it causes in one transaction."""
    from targetwatch import evaluation, incidents
    from targetwatch.warehouse import ledger

    run_id, deliveries = measured.begun.run_id, measured.recorded.deliveries
    owed = incidents.owed_from(programme, found.due, now)
    with warehouse.ledger() as conn:
        assessments = truth.remarked(conn, programme, found.assessments, found.rolled)
        written = ledger.append_observations(conn, found.rolled_up, run_id=run_id, recorded_at=now)
        assessed = ledger.append_assessments(conn, assessments, run_id=run_id, recorded_at=now)
        ledger.append_claims(conn, found.claims, run_id=run_id, recorded_at=now)
        ledger.append_discrepancies(conn, found.discrepancies, run_id=run_id, recorded_at=now)
        ledger.keep_reporting(conn, evaluation.by_source(programme, found.due, now))

        live = ledger.live_incidents(conn)
        findings = [
            *incidents.target_findings(programme, assessments, live),
            *incidents.late_findings(programme, owed, deliveries, live, now, measured.recorded.in_service),
            *incidents.quality_findings(programme, deliveries, live),
            *incidents.claim_findings(found.claims, live),
            *incidents.discrepancy_findings(programme, evaluation.newest_of_each(found.discrepancies), live, now),
        ]
        patience = incidents.patience_of(programme)
        advanced = incidents.advance_all(live, findings, patience, now, ledger.next_incident_number(conn))
        before = telling.situation(settings, programme, conn, now)
        advanced = telling.weighed(before, advanced, assessments)
        ledger.append_evaluations(conn, findings, as_of=now, run_id=run_id, recorded_at=now)
        ledger.save_incidents(conn, advanced.incidents)
        ledger.append_events(conn, advanced.events, run_id=run_id, recorded_at=now)

        known = telling.Known(advanced.known, advanced.events, assessments, found.restatements, found.discrepancies)
        told = telling.tell(conn, before, known, run_id=run_id, run_url=run_url)
        watched = Watched(
            run_id=run_id,
            as_of=now,
            batches=measured.batches,
            observations=measured.observations + written,
            assessments=assessed,
            events=len(advanced.events),
            notifications=told,
            check_failures=found.check_failures,
        )
        ledger.finish_run(
            conn,
            run_id,
            finished_at=now,
            observations=watched.observations,
            assessments=assessed,
            events=watched.events,
            notifications=told,
        )
    return watched


def judgement_suite(settings: Settings, name: str) -> Path:
    """The judgement suite of that name: the programme's own, or else the product's."""
    own = settings.expectations / "judgement" / f"{name}.json"
    return own if own.exists() else CHECKOUT / "expectations" / "judgement" / f"{name}.json"


def _recorded(conn: Connection, programme: Programme, now: datetime) -> Recorded:
    from targetwatch.warehouse import records, systems

    publishes = any(source.table == truth.CLAIMS_TABLE for source in programme.sources.values())
    return Recorded(
        reports=records.reports(conn),
        deliveries=records.deliveries(conn),
        in_service=systems.in_service(conn),
        figures=records.record_rows(conn, truth.CLAIMS_TABLE, now) if publishes else None,
    )
