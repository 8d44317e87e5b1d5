"""The read model: what the pages show, read from the newest snapshots and from nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from targetwatch.board.reported import Reported, ReportGroup
from targetwatch.board.standing import Observed, Record, Standing, two
from targetwatch.board.trouble import Incident, PublishedFigure, TroubledSource, troubled_sources, unit_keys
from targetwatch.board.undelivered import LATE, RECENTLY, Undelivered
from targetwatch.model import IncidentKind, Period, Reason, Role, Status, Text
from targetwatch.settings import Settings

if TYPE_CHECKING:
    from targetwatch.warehouse import Reader
    from targetwatch.warehouse.files import SqlFiles

ANSWERING = [Role.POOLED.value, Role.EACH.value]
ALL = 1_000_000
UNITS = Text("đơn vị", "units")
INCIDENTS_SHOWN = 100
ROWS_SHOWN = 25


@dataclass(frozen=True, slots=True)
class About:
    """The snapshot that a page is made from, and the programme it is about."""

    programme: Text
    time_zone: str
    as_of: datetime | None  # of the newest pass of watch
    snapshot: str
    taken_at: datetime
    problem: str | None  # why an older snapshot is shown than the newest
    newest_arrival: datetime | None


@dataclass(frozen=True, slots=True)
class Shares:
    """The units under a pooled target."""

    counts: Mapping[Status, int]
    incidents: int
    called: Text = UNITS

    @property
    def units(self) -> int:
        """How many there are, without those that have ended."""
        return sum(units for status, units in self.counts.items() if status is not Status.ENDED)

    @property
    def behind(self) -> int:
        """How many of them are behind or missed."""
        return self.counts.get(Status.BEHIND, 0) + self.counts.get(Status.MISSED, 0)


@dataclass(frozen=True, slots=True)
class Change:
    """A target that stands otherwise than before."""

    target: str
    short_name: Text
    unit_name: str | None  # None where the target has one standing only
    before: Status
    was_incomplete: bool
    now: Status
    is_incomplete: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Said:
    """What one pass said of a target and unit."""

    as_of: datetime
    status: Status
    reason: Reason
    period: Period | None
    numerator: int | None
    denominator: int | None
    headroom_units: int | None


@dataclass(frozen=True, slots=True)
class Batch:
    """A delivery that was taken, accepted or refused."""

    batch_id: str
    delivered_as: str
    state: str
    refused_because: Text | None
    rows_delivered: int
    rows_accepted: int
    rows_in_quarantine: int  # still
    rows_put_right: int  # since
    column_changes: tuple[Text, ...]
    known_at: datetime
    is_backfill: bool = False  # of periods before the newest that its source has told of


@dataclass(frozen=True, slots=True)
class SetAside:
    """A reason for which rows were set aside, how many, and the first of them in the newest delivery that had any."""

    reason: Text
    rows: int
    delivered_as: str
    position: int
    column: str | None


@dataclass(frozen=True, slots=True)
class Source:
    """A source as the catalogue declares it."""

    id: str
    name: Text
    planned: bool
    owner: Text


class ReadModel:
    """The newest snapshots, open, as the nouns that pages speak of."""

    def __init__(self, reader: Reader, files: SqlFiles) -> None:
        self._reader = reader
        self._files = files

    def about(self) -> About:
        """The snapshot and its programme."""
        rows = self._rows("board_about")
        nothing: Record = {"name_vi": "", "name_en": "", "time_zone": "UTC", "as_of": None}
        programme = rows[0] if rows else nothing
        arrival = self._rows("board_newest_arrival")[0]["known_at"] if self.has_records else None
        return About(
            two(programme, "name"), programme["time_zone"], programme["as_of"],
            self._reader.snapshots["ledger"].stem, self._reader.taken_at, self._reader.problem, arrival,
        )  # fmt: skip

    @property
    def has_records(self) -> bool:
        """Whether a snapshot of the records could be opened beside the ledger's."""
        return "records" in self._reader.snapshots

    def standings(self, target: str | None = None) -> list[Standing]:
        """Where the targets stand, or one target, each with its history: pooled ones, and units that answer alone."""
        return self._standings(ANSWERING, target, None, ALL)

    def shares(self, target: str | None = None, name: str | None = None, most: int = ALL) -> list[Standing]:
        """Where the units under pooled targets stand, furthest short first; `name` is part of a unit's plain name."""
        return self._standings([Role.SHARE.value], target, name, most)

    def share_counts(self) -> dict[str, Shares]:
        """How the units under each pooled target stand."""
        counts: dict[str, dict[Status, int]] = {}
        incidents: dict[str, int] = {}
        called: dict[str, set[Text]] = {}
        for row in self._rows("board_shares"):
            target = row["target"]
            counts.setdefault(target, {})[Status(row["status"])] = row["units"]
            incidents[target] = incidents.get(target, 0) + row["incidents"]
            called.setdefault(target, set()).add(two(row, "level_plural") if row["level_plural_vi"] else UNITS)
        return {
            target: Shares(found, incidents[target], called[target].pop() if len(called[target]) == 1 else UNITS)
            for target, found in counts.items()
        }

    def changes(self, since: datetime) -> list[Change]:
        """The targets that stand otherwise than at `since`, newest change first."""
        return [
            Change(
                row["target"],
                two(row, "short_name"),
                row["unit_name"],
                Status(row["status_before"]),
                bool(row["incomplete_before"]),
                Status(row["status"]),
                bool(row["incomplete"]),
                row["changed_at"],
            )
            for row in self._rows("board_changes", since=since)
        ]

    def incidents(self, subject: str | None = None) -> list[Incident]:
        """The incidents that go on, or all of one subject, newest first; without the quiet ones of pooled units."""
        return [Incident.of(row) for row in self._rows("board_incidents", subject=subject, most=INCIDENTS_SHOWN)]

    def troubled(self, incidents: list[Incident]) -> list[TroubledSource]:
        """The sources among the incidents, with the names of who is missing."""
        if not any(one.kind in (IncidentKind.LATE, IncidentKind.QUALITY) for one in incidents):
            return []
        names = {row["unit_key"]: row["full_name"] for row in self._rows("board_units", keys=unit_keys(incidents))}
        levels = {row["level"]: two(row, "plural") for row in self._rows("board_levels")}
        return troubled_sources(incidents, names, levels)

    def undelivered(self, now: datetime) -> list[Undelivered]:
        """What could not be sent to people, as of `now`."""
        if not any(row["name"] == "receiver_trouble" for row in self._rows("tables")):
            return []  # a snapshot of a release that did not know
        moments = {"late": now - LATE, "recently": now - RECENTLY}
        return [Undelivered.of(row) for row in self._rows("board_undelivered", **moments)]

    def claims(self, claim: str | None = None) -> list[PublishedFigure]:
        """The published figures, or one of them; those that do not add up first."""
        return [PublishedFigure.of(row) for row in self._rows("board_claims", claim=claim)]

    def source(self, source: str) -> Source | None:
        """A source of the catalogue; None where it has none of that id."""
        rows = self._rows("board_source", source=source)
        return Source(source, two(rows[0], "name"), rows[0]["planned"], two(rows[0], "owner_name")) if rows else None

    def batches(self, source: str) -> list[Batch]:
        """The newest deliveries of a source."""
        if not self.has_records:
            return []
        return [
            Batch(
                row["batch_id"],
                row["delivered_as"],
                row["state"],
                Text.parse(row["refused_because"]) if row["refused_because"] else None,
                row["rows_delivered"],
                row["rows_accepted"],
                row["rows_in_quarantine"],
                row["rows_put_right"],
                tuple(Text.parse(change) for change in row["column_changes"] or ()),
                row["known_at"],
                row["is_backfill"],
            )
            for row in self._rows("board_batches", source=source, most=ROWS_SHOWN)
        ]

    def set_aside(self, source: str) -> list[SetAside]:
        """Why rows of a source were set aside, the commonest reason first."""
        if not self.has_records:
            return []
        return [
            SetAside(Text.parse(row["reason"]), row["rows_"], row["delivered_as"], row["position"], row["column_name"])
            for row in self._rows("board_quarantine", source=source, most=ROWS_SHOWN)
        ]

    def report_groups(self, metric: str | None = None, tier: str | None = None) -> list[ReportGroup]:
        """What is both reported and computed, with how many units differ: all of it, or one metric and tier."""
        if not self._knows_reports:
            return []
        return [ReportGroup.of(row) for row in self._rows("board_report_groups", metric=metric, tier=tier)]

    def reported(self, metric: str, tier: str, most: int = ALL) -> list[Reported]:
        """The newest report of each unit beside its records, those that differ first."""
        rows = self._rows("board_reports", metric=metric, tier=tier, most=most) if self._knows_reports else []
        return [Reported.of(row) for row in rows]

    @property
    def _knows_reports(self) -> bool:
        """Whether the snapshot was made by a release that held reports against records."""
        return any(row["name"] == "discrepancy" for row in self._rows("tables"))

    def said(self, standing: Standing) -> list[Said]:
        """What the newest passes said of a target and unit, wherever it differed from the one before."""
        rows = self._rows(
            "board_assessments",
            target=standing.id,
            org_unit=standing.unit.code,
            org_unit_valid_from=standing.unit.valid_from,
            most=ROWS_SHOWN,
        )
        return [
            Said(
                row["as_of"],
                Status(row["status"]),
                Reason(row["reason"]),
                Period(row["period_start"], row["period_end"]) if row["period_start"] else None,
                row["numerator"],
                row["denominator"],
                row["headroom_units"],
            )
            for row in rows
        ]

    def _standings(self, roles: list[str], target: str | None, name: str | None, most: int) -> list[Standing]:
        rows = self._rows("board_standings", roles=roles, target=target, name=name, most=most)
        bare = [Standing.of(row) for row in rows]
        series = self._series(one.subject for one in bare)
        return [Standing.of(row, series.get(one.subject, ())) for row, one in zip(rows, bare, strict=True)]

    def _series(self, subjects: Iterable[str]) -> dict[str, list[Observed]]:
        wanted = sorted(set(subjects))
        found: dict[str, list[Observed]] = {}
        for row in self._rows("board_series", subjects=wanted) if wanted else ():
            found.setdefault(row["subject"], []).append(Observed.of(row))
        return found

    def _rows(self, query: str, **values: object) -> list[Record]:
        answer = self._reader.query(self._files.query(query), values)
        return [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]


@contextmanager
def opened(settings: Settings) -> Iterator[ReadModel]:
    """The newest snapshots under `settings.home`. Raises NoSnapshot where there is none that can be read."""
    from targetwatch import warehouse
    from targetwatch.warehouse.files import SqlFiles

    with warehouse.open_snapshots(settings.home) as reader:
        yield ReadModel(reader, SqlFiles(settings.product_sql, settings.programme_sql))
