"""The corridor: from a delivery that lands to a message that is read. Read it top to bottom.

    gather    a connector yields a delivery; it lands as Parquet, content-addressed, never changed
    gate      its expectation suite sorts the rows: good ones on, bad ones to quarantine, each with its reason
    record    merged into typed record tables, versions kept
    measure   records -> numerator and denominator by org_unit and period -> observations, append-only
    assess    observation x target in force -> what was needed, and how far it is
    judge     expectation suites over the assessments; the rows that fail are the verdicts
    decide    verdicts -> status -> incident lifecycle -> notifications, in one transaction
    publish   atomic read-only snapshots for SQL, the board and any BI tool
    notify    the outbox to Slack, retried until delivered

Every step may run twice or die half-way: run again, it ends in the same state. Time is an argument. Airflow reads this
file with every DAG, so what costs (DuckDB, Polars) is imported by the step that needs it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from targetwatch import catalogue
from targetwatch.catalogue.calendar import WorkingCalendar
from targetwatch.settings import CHECKOUT, Settings

if TYPE_CHECKING:
    import polars as pl

    from targetwatch.gathering import Delivery, Gathered
    from targetwatch.model import Assessment, Claim, Programme, Restatement, Source
    from targetwatch.notifications import Delivered
    from targetwatch.warehouse import Warehouse

Progress = Callable[[str], None]
CLAIMS_TABLE = "published_figures"
WATCH_WAITS = 120.0  # seconds that a pass of watch waits for another one to end


def silent(_: str) -> None:
    """Progress that nobody looks at."""


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
class Maintained:
    """What a night's maintenance did."""

    observations: int  # that differed when everything was measured again
    originals_removed: int


@dataclass(frozen=True, slots=True)
class Ran:
    """What one pass of everything did."""

    gathered: tuple[Gathered, ...]
    watched: Watched
    delivered: Delivered


def run(settings: Settings, now: datetime, progress: Progress = silent) -> Ran:
    """One pass of everything: gather every working source, watch, notify.

    A source that fails stops neither the others nor what follows; at the end its failure is raised.
    """
    gathered: list[Gathered] = []
    failures: list[Exception] = []
    for source in working_sources(settings):
        try:
            gathered += gather(settings, source, now, progress)
        except ExceptionGroup as group:
            failures += group.exceptions
    watched = watch(settings, now, progress)
    delivered = notify(settings, now, progress)
    if failures:
        raise ExceptionGroup("Not everything could be gathered", failures)
    return Ran(tuple(gathered), watched, delivered)


def working_sources(settings: Settings) -> list[str]:
    """The ids of the sources that are gathered, in the catalogue's order."""
    programme = catalogue.load(settings.catalogue)
    return [source.id for source in programme.sources.values() if source.connector and not source.planned]


def gather(settings: Settings, source_id: str, now: datetime, progress: Progress = silent) -> list[Gathered]:
    """Take every complete delivery out of a source's inbox; one that is refused stops no other.

    Nor does one that fails for a reason of ours (a broken suite, a full disk): it stays in the inbox for the next pass,
    and when the others are done its failure is raised, in an ExceptionGroup.
    """
    from targetwatch import gathering

    programme = catalogue.load(settings.catalogue)
    source = programme.sources[source_id]
    warehouse = _warehouse(settings)
    gathered: list[Gathered] = []
    failures: list[Exception] = []
    for delivery in gathering.waiting(source, settings.inbox):
        progress(f"{source.id}: {delivery.name} ({delivery.bytes:,} bytes)")
        try:
            gathered.append(_gather_one(settings, programme, source, delivery, warehouse, now))
        except gathering.DeliveryChangedError:
            progress(f"{source.id}: {delivery.name} is still being written; the next pass takes it")
        except Exception as failure:  # noqa: BLE001 - it is raised below, after the deliveries that it must not stop
            failure.add_note(f"This happened to the delivery {delivery.name} of the source {source.id}.")
            failures.append(failure)
    if any(one.state != "already_known" for one in gathered):
        warehouse.publish_records(now)
    if failures:
        raise ExceptionGroup(f"{len(failures)} deliveries of {source.id} could not be gathered", failures)
    return gathered


def _gather_one(
    settings: Settings, programme: Programme, source: Source, delivery: Delivery, warehouse: Warehouse, now: datetime
) -> Gathered:
    """Land, gate and record one delivery, and put its original away."""
    from targetwatch import gathering
    from targetwatch.warehouse import records

    landed = gathering.land(delivery, source, settings.home, gathering.record_key(settings.home))
    with warehouse.records() as conn:
        known = records.known_batches(conn, [landed.batch_id])
    if known:
        gathered = gathering.already_known(delivery, landed)
    else:
        gated = gathering.sort_rows(landed, source, programme, settings.expectations / "gates", now)
        with warehouse.records() as conn:
            records.record_batch(
                conn,
                gathering.batch(delivery, source, landed, gated, now),
                staged=gathering.staged(landed, gated, now),
                quarantined=gated.quarantined,
                reports=gated.reports,
                touched=gated.touched,
                recorded_at=now,
            )
        gathered = gathering.gathered(delivery, source, landed, gated)
    gathering.retire(delivery, landed.batch_id, settings.home)
    return gathered


def watch(settings: Settings, now: datetime, progress: Progress = silent) -> Watched:
    """Measure what was touched, judge every target, decide what follows, and publish the snapshots."""
    programme = catalogue.load(settings.catalogue)
    warehouse = _warehouse(settings)
    with warehouse.run_lock(wait_seconds=WATCH_WAITS):
        run_id = _begin(warehouse, programme, now)
        progress("Measuring what was touched")
        measured = _measure(warehouse, programme, run_id, now)
        progress("Judging every target")
        found = _assess(settings, programme, warehouse, measured, now)
        progress("Deciding what is to be told")
        watched = _decide(settings, programme, warehouse, measured, found, run_id, now)
        progress("Publishing the snapshots")
        warehouse.publish_records(now)
        warehouse.publish_ledger(now)
    return watched


def notify(settings: Settings, now: datetime, progress: Progress = silent) -> Delivered:
    """Send what waits in the outbox to Slack, or to the stand-in where no token is set. Sending locks no database."""
    from targetwatch import notifications
    from targetwatch.notifications import slack
    from targetwatch.standin import reach
    from targetwatch.warehouse import LedgerOutbox

    warehouse = _warehouse(settings)
    store = LedgerOutbox(warehouse)
    if not store.unsent():
        return notifications.Delivered()
    progress("Sending")
    if settings.has_slack:
        token = settings.slack_token.get_secret_value() if settings.slack_token else None
        delivered = notifications.deliver(store, slack.connect(token, settings.slack_url), lambda: now)
    else:
        with reach(settings.home, settings.standin_port, now.timestamp) as address:
            delivered = notifications.deliver(store, slack.connect(None, address), lambda: now)
    warehouse.publish_ledger(now)
    return delivered


def maintain(settings: Settings, now: datetime, progress: Progress = silent) -> Maintained:
    """Measure every period again from the records, so that nothing drifts, and remove what was kept long enough.

    A share by due date changes with time alone, as open dossiers become late: that is why differences are repairs.
    """
    from targetwatch import gathering

    programme = catalogue.load(settings.catalogue)
    warehouse = _warehouse(settings)
    with warehouse.run_lock(wait_seconds=WATCH_WAITS):
        run_id = _begin(warehouse, programme, now)
        progress("Measuring every period again")
        measured = _measure(warehouse, programme, run_id, now, everything=True)
    removed = gathering.remove_originals(settings.home, now - timedelta(days=settings.originals_kept_days))
    return Maintained(measured.observations, removed)


@dataclass(frozen=True, slots=True)
class _Measured:
    """What measuring added to the ledger, and what it saw there."""

    batches: int
    observations: int
    seen_before: datetime | None  # as of when the pass before this one looked, if there was one


@dataclass(frozen=True, slots=True)
class _Found:
    """What judging found, before anything is decided or written."""

    assessments: list[Assessment]
    restatements: list[Restatement]
    claims: list[Claim]
    due: pl.DataFrame
    rolled: pl.DataFrame
    check_failures: tuple[str, ...]

    @property
    def rolled_up(self) -> pl.DataFrame:
        """The values of the units above the bodies, which the ledger keeps too."""
        return self.rolled.filter("rolled_up")


def _begin(warehouse: Warehouse, programme: Programme, now: datetime) -> str:
    """Copy the catalogue into the ledger, and begin a run."""
    from targetwatch.warehouse import ledger

    run_id = uuid4().hex
    with warehouse.ledger() as conn:
        ledger.apply_catalogue(conn, programme, now)
        ledger.start_run(conn, run_id, as_of=now, started_at=now)
    return run_id


def _measure(
    warehouse: Warehouse, programme: Programme, run_id: str, now: datetime, *, everything: bool = False
) -> _Measured:
    """Measure again, from the records, every period that a new batch touched (or any did), and add what differs."""
    import polars as pl

    from targetwatch.evaluation import periods
    from targetwatch.warehouse import ledger, records

    with warehouse.ledger() as conn:
        before = ledger.newest_run(conn)
        measured = frozenset() if everything else ledger.measured_batches(conn)
    with warehouse.records() as conn:
        batches = records.unmeasured(conn, measured)
        observed = [
            records.measure(conn, sql, stretch.first_day, stretch.last_day, now).with_columns(
                origin=pl.lit(source.origin)
            )
            for source in programme.sources.values()
            for stretch in periods.stretches(p for batch in batches if batch.source == source.id for p in batch.periods)
            for sql in source.measured_by
        ]
    with warehouse.ledger() as conn:
        added = sum(ledger.append_observations(conn, frame, run_id=run_id, recorded_at=now) for frame in observed)
        ledger.mark_measured(conn, [batch.batch_id for batch in batches], run_id)
    return _Measured(len(batches), added, before.as_of if before else None)


def _assess(
    settings: Settings, programme: Programme, warehouse: Warehouse, measured: _Measured, now: datetime
) -> _Found:
    """Hold what is known now against what was promised, and let the expectation suites judge it."""
    import polars as pl

    from targetwatch import checks, evaluation
    from targetwatch.warehouse import ledger, records

    calendar = WorkingCalendar(programme.calendar, programme.time_zone)
    with warehouse.records() as conn:
        reports = records.reports(conn)
        figures = records.record_rows(conn, CLAIMS_TABLE, now) if _has_claims(programme) else None
    with warehouse.ledger() as conn:
        bodies = ledger.bodies(conn, now)
        judged_before = ledger.judged_before(conn)

    due = evaluation.due(programme, reports, calendar.deadline, now, programme.start)
    rolled = evaluation.roll_up(programme, bodies, due, now)
    assessed = evaluation.assess(programme, rolled, due, now)
    judgement = checks.judge(assessed, _suite(settings, "targets"))
    assessments = evaluation.decide_status(assessed, judgement.verdicts)

    restatements: list[Restatement] = []
    then = measured.seen_before
    if then is not None and not bodies.filter(pl.col("known_at") > then).is_empty():
        with warehouse.ledger() as conn:
            known_then = ledger.bodies(conn, then)
        due_then = evaluation.due(programme, reports, calendar.deadline, then, programme.start)
        rolled_then = evaluation.roll_up(programme, known_then, due_then, then)
        restatements = evaluation.restated(judged_before, rolled_then, rolled, assessments)

    claims: list[Claim] = []
    failures = judgement.failures
    if figures is not None:
        claimed = evaluation.claims_frame(figures)
        on_claims = checks.judge(claimed, _suite(settings, "claims"), checks.CLAIMS)
        claims = evaluation.decide_claims(claimed, on_claims.verdicts)
        failures += on_claims.failures
    return _Found(assessments, restatements, claims, due, rolled, failures)


def _decide(
    settings: Settings,
    programme: Programme,
    warehouse: Warehouse,
    measured: _Measured,
    found: _Found,
    run_id: str,
    now: datetime,
) -> Watched:
    """Take what was found into the lives of incidents, and write it and every message it causes in one transaction."""
    from targetwatch import incidents, notifications
    from targetwatch.warehouse import ledger, records

    with warehouse.records() as conn:
        deliveries = records.deliveries(conn)
    owed = incidents.owed_from(programme, found.due, now)
    with warehouse.ledger() as conn:
        written = ledger.append_observations(conn, found.rolled_up, run_id=run_id, recorded_at=now)
        assessed = ledger.append_assessments(conn, found.assessments, run_id=run_id, recorded_at=now)
        ledger.append_claims(conn, found.claims, run_id=run_id, recorded_at=now)

        live = ledger.live_incidents(conn)
        findings = [
            *incidents.target_findings(programme, found.assessments, live),
            *incidents.late_findings(programme, owed, deliveries, live, now),
            *incidents.quality_findings(programme, deliveries, live),
            *incidents.claim_findings(found.claims, live),
        ]
        patience = incidents.patience_of(programme)
        advanced = incidents.advance_all(live, findings, patience, now, ledger.next_incident_number(conn))
        ledger.save_incidents(conn, advanced.incidents)
        ledger.append_events(conn, advanced.events, run_id=run_id, recorded_at=now)

        situation = notifications.Situation(
            programme=programme,
            now=now,
            incidents=advanced.known,
            events=advanced.events,
            assessments=tuple(found.assessments),
            restatements=tuple(found.restatements),
            out=tuple(ledger.group_messages(conn)),
            board_url=settings.board_url,
        )
        told = ledger.add_notifications(conn, notifications.notify(situation), run_id=run_id)
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


def _has_claims(programme: Programme) -> bool:
    """Whether published figures, which can be checked against their own parts, are among what is gathered."""
    return any(source.table == CLAIMS_TABLE for source in programme.sources.values())


def _suite(settings: Settings, name: str) -> Path:
    """The judgement suite of that name: the programme's own, or else the product's."""
    own = settings.expectations / "judgement" / f"{name}.json"
    return own if own.exists() else CHECKOUT / "expectations" / "judgement" / f"{name}.json"


def _warehouse(settings: Settings) -> Warehouse:
    from targetwatch.warehouse import Warehouse

    return Warehouse(settings.home, settings.product_sql, settings.programme_sql, settings.snapshots_kept)
