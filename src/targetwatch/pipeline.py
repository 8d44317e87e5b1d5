"""The corridor: from a delivery that lands to a message that is read. Read it top to bottom.

    gather    a connector yields a delivery, asked of a system or left in the inbox; it lands as Parquet,
              content-addressed, never changed
    gate      its expectation suite sorts the rows: good ones on, bad ones to quarantine, each with its reason
    record    merged into typed record tables, versions kept
    measure   records -> numerator and denominator by org_unit and period -> observations, append-only
    assess    observation x target in force -> what was needed, and how far it is
    judge     expectation suites over the assessments; the rows that fail are the verdicts
    decide    verdicts -> status -> incident lifecycle -> notifications, in one transaction
    publish   atomic read-only snapshots for SQL, the board and any BI tool
    notify    the outbox to Slack, e-mail and webhooks, retried until delivered

Every step may run twice or die half-way: run again, it ends in the same state. Time is an argument. Airflow reads this
file with every DAG, so what costs (DuckDB, Polars) is imported by the step that needs it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from targetwatch import catalogue
from targetwatch.model import Language, Rhythm
from targetwatch.settings import Settings
from targetwatch.steps import acting, asking, digesting, sending, watching
from targetwatch.steps.acting import Acted
from targetwatch.steps.digesting import Digested
from targetwatch.steps.taking import Taking
from targetwatch.steps.watching import Watched

if TYPE_CHECKING:
    from targetwatch.gathering import Gathered
    from targetwatch.incidents import Action
    from targetwatch.notifications import Delivered
    from targetwatch.notifications.digests import Page
    from targetwatch.warehouse import Warehouse

Progress = Callable[[str], None]
WATCH_WAITS = 120.0  # seconds that a pass of watch waits for another one to end


def silent(_: str) -> None:
    """Progress that nobody looks at."""


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
    gathered, failures = gather_each(settings, working_sources(settings), now, progress)
    watched = watch(settings, now, progress)
    delivered = notify(settings, now, progress)
    if failures:
        raise ExceptionGroup("Not everything could be gathered", failures)
    return Ran(tuple(gathered), watched, delivered)


def gather_each(
    settings: Settings, sources: Iterable[str], now: datetime, progress: Progress = silent
) -> tuple[list[Gathered], list[Exception]]:
    """Gather one source after the other: what was gathered, and what failed for reasons of ours."""
    gathered: list[Gathered] = []
    failures: list[Exception] = []
    for source in sources:
        try:
            gathered += gather(settings, source, now, progress)
        except ExceptionGroup as group:
            failures += group.exceptions
        except Exception as failure:  # noqa: BLE001 - it is handed back, after the sources that it must not stop
            failure.add_note(f"This happened to the source {source}.")
            failures.append(failure)
    return gathered, failures


def working_sources(settings: Settings) -> list[str]:
    """The ids of the sources that are gathered, in the catalogue's order."""
    programme = catalogue.load(settings.catalogue)
    return [source.id for source in programme.sources.values() if source.connector and not source.planned]


def gather(settings: Settings, source_id: str, now: datetime, progress: Progress = silent) -> list[Gathered]:
    """Ask a source's system for what is new, and take every complete delivery out of its inbox; one refused stops none.

    Nor does one that fails for a reason of ours (a broken suite, a full disk), nor a system that does not answer: it
    stays for the next pass, and when the others are done its failure is raised, in an ExceptionGroup.
    """
    from targetwatch import gathering

    taking = _taking(settings, source_id, now, progress)
    if taking.source.fetch is not None:
        taking.ask()
    taking.take(gathering.handed_in(taking.source, settings.home))
    taking.take(gathering.waiting(taking.source, settings.inbox))
    return taking.finish()


def resubmit(settings: Settings, source_id: str, now: datetime, progress: Progress = silent) -> list[Gathered]:
    """Take the corrections of a source that were handed in, and nothing else of what waits."""
    from targetwatch import gathering

    taking = _taking(settings, source_id, now, progress)
    taking.take(gathering.handed_in(taking.source, settings.home))
    return taking.finish()


def why_nothing(settings: Settings, source_id: str) -> str:
    """Why a pass had nothing to gather from a source: an empty inbox, no news, or a system that is not connected."""
    return asking.why_nothing(catalogue.load(settings.catalogue).sources[source_id], _warehouse(settings))


def watch(settings: Settings, now: datetime, progress: Progress = silent, *, run_url: str | None = None) -> Watched:
    """Measure what was touched, judge every target, decide what follows, and publish the snapshots.

    `run_url` is the page of the Airflow run that this pass is, where it is one: new messages lead there.
    """
    from targetwatch import operations

    programme = catalogue.load(settings.catalogue)
    warehouse = _warehouse(settings)
    with warehouse.run_lock(wait_seconds=WATCH_WAITS):
        begun = watching.begin(warehouse, programme, now)
        progress("Measuring what was touched")
        measured = watching.measure(warehouse, programme, begun, now)
        progress("Judging every target")
        found = watching.assess(settings, programme, warehouse, measured, now)
        progress("Deciding what is to be told")
        watched = watching.decide(settings, programme, warehouse, measured, found, now, run_url)
        progress("Publishing the snapshots")
        warehouse.publish_records(now)
        warehouse.publish_ledger(now)
    operations.evaluated(settings, programme, now)  # what the watchdog looks for
    return watched


def act(settings: Settings, action: Action, now: datetime) -> Acted:
    """Do what a person wants about incidents, store what that tells, and publish. It waits for no pass of watch.

    ActionRefused says why it cannot be done, and what can be done instead.
    """
    warehouse = _warehouse(settings)
    acted = acting.act(settings, catalogue.load(settings.catalogue), warehouse, action, now)
    warehouse.publish_ledger(now)
    return acted


def notify(settings: Settings, now: datetime, progress: Progress = silent) -> Delivered:
    """Send what waits in the outbox: to Slack, or to the stand-in where no token is set, by e-mail and by webhooks."""
    return sending.send(settings, _warehouse(settings), now, progress)


def digest(
    settings: Settings, now: datetime, rhythms: Iterable[Rhythm] = tuple(Rhythm), progress: Progress = silent
) -> Digested:
    """Put into the outbox what a week or a month came to, where that is due and has not been made yet."""
    progress("Making the digests")
    moment = now.replace(second=0, microsecond=0)  # as a command can say it again
    return digesting.make(settings, catalogue.load(settings.catalogue), _warehouse(settings), rhythms, moment)


def read_digest(
    settings: Settings, rhythm: Rhythm, as_of: datetime, language: Language, receiver: str | None = None
) -> Page | None:
    """The newest digest at `as_of`, as it was known then, of what a receiver hears or of all; None before the first."""
    programme = catalogue.load(settings.catalogue)
    named = next((one for one in programme.receivers if one.name == receiver), None)
    return digesting.page(settings, programme, _warehouse(settings), rhythm, as_of, language, named)


def maintain(settings: Settings, now: datetime, progress: Progress = silent) -> Maintained:
    """Measure every period again from the records, so that nothing drifts, and remove what was kept long enough.

    A share by due date changes with time alone, as open dossiers become late: that is why differences are repairs.
    """
    from targetwatch import gathering

    programme = catalogue.load(settings.catalogue)
    warehouse = _warehouse(settings)
    with warehouse.run_lock(wait_seconds=WATCH_WAITS):
        begun = watching.begin(warehouse, programme, now)
        progress("Measuring every period again")
        measured = watching.measure(warehouse, programme, begun, now, everything=True)
    removed = gathering.remove_originals(settings.home, now - timedelta(days=settings.originals_kept_days))
    return Maintained(measured.observations, removed)


def _warehouse(settings: Settings) -> Warehouse:
    from targetwatch.warehouse import Warehouse

    return Warehouse(settings.home, settings.product_sql, settings.programme_sql, settings.snapshots_kept)


def _taking(settings: Settings, source_id: str, now: datetime, progress: Progress) -> Taking:
    programme = catalogue.load(settings.catalogue)
    return Taking(settings, programme, programme.sources[source_id], _warehouse(settings), now, progress)
