"""What `doctor` looks at: everything that has to be right, each with what to do where it is not."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from targetwatch import catalogue
from targetwatch.catalogue.issues import nearest
from targetwatch.settings import PREFIX, Settings, variables

OLD_SNAPSHOT = timedelta(hours=2)
# Sources that have begun, and whose units are late. Of those from which nothing ever came another look tells.
LATE = """
SELECT
  subject AS source,
  opened_at AS since,
  facts ->> '$.period_start' AS period_start,
  facts ->> '$.period_end' AS period_end
FROM incidents
WHERE kind = 'late' AND is_live AND (facts ->> '$.begun') IS DISTINCT FROM 'false'
ORDER BY subject
"""
# What was sent, what waits and for whom, and what was never taken. Of both languages English is shown.
OUTBOX = """
SELECT 0 AS place, 'sent' AS how, '' AS receiver, count(*) AS messages
FROM notifications WHERE state = 'sent'
UNION ALL BY NAME
SELECT
  1 AS place, 'unreachable' AS how, receiver, since, split_part(says, ' / ', 2) AS says, waiting AS messages, told_to
FROM receiver_troubles WHERE ended_at IS NULL
UNION ALL BY NAME
SELECT 2 AS place, state AS how, receiver, max_by(state_reason, sequence) AS says, count(*) AS messages
FROM notifications
WHERE state = 'failed' OR state = 'pending' AND receiver NOT IN (
  SELECT receiver FROM receiver_troubles WHERE ended_at IS NULL
)
GROUP BY state, receiver
ORDER BY place, how, receiver
"""


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that was looked at."""

    subject: str
    sound: bool
    says: str


def examine(settings: Settings, now: datetime) -> list[Found]:
    """Look at everything; a look that fails is a finding, and the next one is taken all the same."""
    found: list[Found] = []
    for subject, look in _LOOKS:
        try:
            found += [Found(subject, sound, says) for sound, says in look(settings, now)]
        except Exception as failure:  # noqa: BLE001 - whatever stops a look is what the doctor is there to tell
            found.append(Found(subject, False, f"{type(failure).__name__}: {failure}"))
    return found


def _python(settings: Settings, now: datetime) -> Iterator[tuple[bool, str]]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield (3, 11) <= sys.version_info[:2] <= (3, 13), f"{version} (3.11 to 3.13 are supported)"


def _settings(settings: Settings, now: datetime) -> Iterator[tuple[bool, str]]:
    """Variables that look like settings and are none: whoever set them believes that they do something."""
    known = variables()
    unknown = sorted(name for name in os.environ if name.upper().startswith(PREFIX) and name.upper() not in known)
    for name in unknown:
        near = nearest(name.upper().removeprefix(PREFIX), [one.removeprefix(PREFIX) for one in known])
        meant = f" {PREFIX}{near} is one." if near is not None else ""
        yield False, f"{name} is no setting, and nothing reads it.{meant} docs/commands.md lists them all."
    if not unknown:
        given = sum(name.upper() in known for name in os.environ)
        yield True, f"{given} set by the environment"


def _home(settings: Settings, now: datetime) -> Iterator[tuple[bool, str]]:
    settings.home.mkdir(parents=True, exist_ok=True)
    writable = os.access(settings.home, os.W_OK)
    yield writable, f"{settings.home}" if writable else f"{settings.home} cannot be written. Set TARGETWATCH_HOME."


def _catalogue(settings: Settings, now: datetime) -> Iterator[tuple[bool, str]]:
    try:
        programme = catalogue.load(settings.catalogue)
    except catalogue.CatalogueError as wrong:
        yield False, f"{len(wrong.issues)} errors. `targetwatch validate` shows each with its line."
        return
    yield True, f"{programme.name.en}: {len({one.target for one in programme.targets})} targets"
    files = (
        (
            settings.expectations / "gates" / f"{source.gate}.json",
            settings.programme_sql / "records" / f"{source.table}.sql",
        )
        for source in programme.sources.values()
        if not source.planned
    )
    for file in (file for pair in files for file in pair if not file.exists()):
        yield False, f"{file} is missing: a working source needs it."


def _inboxes(settings: Settings, now: datetime) -> Iterator[tuple[bool, str]]:
    from targetwatch import gathering
    from targetwatch.warehouse import Warehouse, systems

    working = [source for source in catalogue.load(settings.catalogue).sources.values() if not source.planned]
    for source in working:
        if waiting := gathering.waiting(source, settings.inbox):
            yield True, f"{len(waiting)} deliveries wait in {settings.inbox / source.id}; `targetwatch run` takes them."
    warehouse = Warehouse(settings.home, settings.product_sql, settings.programme_sql, settings.snapshots_kept, 5)
    if not warehouse.live("records").exists():
        return
    with warehouse.records() as conn:
        begun = systems.in_service(conn)
    silent = [source.id for source in working if source.fetch is None and source.id not in begun]
    if silent:
        says = f"nothing ever came for {', '.join(silent)}, and so nobody is told in Slack that they are late. "
        yield True, f"{says}Their files go into {settings.inbox}/SOURCE."


def _systems(settings: Settings, now: datetime) -> Iterator[tuple[bool, str]]:
    from targetwatch.warehouse import Warehouse, systems

    asked = [source for source in catalogue.load(settings.catalogue).sources.values() if source.fetch is not None]
    warehouse = Warehouse(settings.home, settings.product_sql, settings.programme_sql, settings.snapshots_kept, 5)
    if not asked or not warehouse.live("records").exists():
        return
    with warehouse.records() as conn:
        found = {source.id: systems.newest(conn, source.id) for source in asked}
    waiting = [source for source, system in found.items() if system is None or system.waits]
    if waiting:
        yield True, f"not connected yet: {', '.join(waiting)}. `targetwatch gather SOURCE` says what one of them needs."
    for source, system in found.items():
        if system is None or system.waits:
            continue
        if system.answer is systems.Answer.ANSWERED:
            yield True, f"{source}: answered {(now - system.asked_at).total_seconds() / 3600:.1f} hours ago"
        else:
            yield False, f"{source}: since {system.since:%Y-%m-%d %H:%M} UTC: {system.says}"


def _late(settings: Settings, now: datetime) -> Iterator[tuple[bool, str]]:
    """Sources with late units. They are no failure of ours, and so they are told as sound."""
    from targetwatch import warehouse

    if not (settings.home / "snapshots").exists():
        return
    for row in warehouse.fetch(settings.home, LATE).to_dicts():
        period = f"{row['period_start']} to {row['period_end']}"
        yield True, f"{row['source']}: units are late with {period}, known since {row['since']:%Y-%m-%d %H:%M} UTC."


def _warehouse(settings: Settings, now: datetime) -> Iterator[tuple[bool, str]]:
    from targetwatch.warehouse import Warehouse, health

    warehouse = Warehouse(settings.home, settings.product_sql, settings.programme_sql, settings.snapshots_kept, 5)
    for database in health.examine(warehouse, now):
        if database.bytes is None:
            yield True, f"{database.name}: not there yet; the first `targetwatch run` makes it."
            continue
        rows = sum(database.rows.values())
        yield True, f"{database.name}: {database.bytes / 1e6:.1f} MB, {rows:,} rows, schema {database.schema_version}"
        if database.snapshot_age is None:
            yield False, f"{database.name}: nothing was published. `targetwatch watch` publishes it."
        elif database.name == "ledger":
            old = database.snapshot_age > OLD_SNAPSHOT
            hours = database.snapshot_age.total_seconds() / 3600
            advice = " `targetwatch watch` judges anew; in Airflow, look at the DAG watch." if old else ""
            yield not old, f"{database.name}: published {hours:.1f} hours ago.{advice}"


def _outbox(settings: Settings, now: datetime) -> Iterator[tuple[bool, str]]:
    from targetwatch import warehouse

    if not (settings.home / "snapshots").exists():
        yield True, "nothing was ever to be sent"
        return
    for row in warehouse.fetch(settings.home, OUTBOX).to_dicts():
        count, receiver, why = row["messages"], row["receiver"], row["says"]
        match row["how"]:
            case "sent":
                yield True, f"{count:,} messages sent"
            case "unreachable":
                told = f"{row['told_to']} was told." if row["told_to"] else "Nobody else could be told."
                since = f"{row['since']:%Y-%m-%d %H:%M} UTC"
                yield False, f"{receiver} cannot be reached since {since}: {why} {count:,} messages wait. {told}"
            case "pending":
                yield False, f"{count:,} messages to {receiver} wait: {why or 'the next pass of notify sends them'}"
            case _:
                yield False, f"{count:,} messages to {receiver} were refused, the last: {why}"


def _operations(settings: Settings, now: datetime) -> Iterator[tuple[bool, str]]:
    from targetwatch import operations

    known = operations.known_operators(settings)
    if known is None or not known.receivers:
        yield False, "nobody hears of what breaks: name `operators` in catalogue/receivers.yaml"
    else:
        yield True, f"what breaks is told to {known.receivers[0].name}"
    yield operations.watchdog_of(settings, now)
    for trouble in operations.troubles(settings):
        if not trouble.is_over:
            yield False, operations.described(trouble)


def _slack(settings: Settings, now: datetime) -> Iterator[tuple[bool, str]]:
    from targetwatch.notifications.delivery import slack

    if not settings.has_slack:
        yield True, "no token is set (TARGETWATCH_SLACK_TOKEN): messages go to the stand-in"
        return
    token = settings.slack_token.get_secret_value() if settings.slack_token else None
    yield True, slack.connect(token, settings.slack_url).identity()


_Look = Callable[[Settings, datetime], Iterator[tuple[bool, str]]]
_LOOKS: tuple[tuple[str, _Look], ...] = (
    ("Python", _python),
    ("Settings", _settings),
    ("Home", _home),
    ("Catalogue", _catalogue),
    ("Inboxes", _inboxes),
    ("Systems", _systems),
    ("Late", _late),
    ("Warehouse", _warehouse),
    ("Outbox", _outbox),
    ("Operations", _operations),
    ("Slack", _slack),
)
