"""What the sources of files have in common in tests: a course of deliveries, and what there is after each of them.

The programme is the shipped one with some sixty communes. Every file is written before the first pass and then appears
in the inbox, one at a time; after each there is a pass of `pipeline.gather` and one of `watch`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import polars as pl

from targetwatch import catalogue, pipeline
from targetwatch.gathering import Gathered
from targetwatch.model import Text
from targetwatch.settings import CHECKOUT
from tests.installation import Installation, install, prepare, wait_until_complete
from tests.systems import small_programme
from tests.systems.exporters import UNWANTED

MAY = date(2025, 5, 31)
NOW = datetime(2025, 6, 3, 2, tzinfo=UTC)  # 9:00 in Hanoi, long before the deadline of May
DISTRICTS = ("001", "002", "003", "004")
CITY = "01"
FIGURES = """
SELECT metric, period_start, numerator, denominator FROM observations
WHERE org_unit = '01' AND origin = '{origin}' AND tier = '{tier}'
"""
STATUS = """
SELECT target, status, reason, origin, headroom_units, bodies_reported, bodies_due FROM current_status
WHERE org_unit = '01'
"""
TARGET = """
metric: {metric}
targets:
  - target: {metric}
    name: {{vi: Thử, en: Tried}}
    short_name: {{vi: thử, en: tried}}
    tier: city
    org_unit: {{code: "01"}}
    scope: each
    comparison: ">="
    value: {value}
    trajectory: {{path: hold}}
    warning_margin: 0
    effective_from: 2021-07-15
    reference: R2023b
    owner: information_director
"""


def communes() -> tuple[str, ...]:
    """The codes of the communes of four districts, as they were in May 2025."""
    programme = catalogue.load(CHECKOUT / "catalogue")
    return tuple(
        unit.key.code
        for unit in programme.org_units
        if unit.level == "commune" and unit.is_valid_on(MAY) and unit.parent and unit.parent.code in DISTRICTS
    )


@dataclass(frozen=True)
class After:
    """What there is after a delivery. Figures are the city's: (metric, the period's first day) -> the two numbers."""

    gathered: Gathered
    figures: Mapping[tuple[str, date], tuple[int, int]]
    statuses: Mapping[str, Mapping[str, object]]
    bad: Sequence[tuple[str, object]]  # why a row was put aside, in English, and the value that was to blame
    state: Mapping[str, Sequence[str]]
    events: int


@dataclass(frozen=True)
class Told:
    """A course of deliveries: the statuses before the first, and what there is after each, by its name."""

    installation: Installation
    before: Mapping[str, Mapping[str, object]]
    after: Mapping[str, After] = field(default_factory=dict)

    def __getitem__(self, name: str) -> After:
        """What there is after the delivery of that name."""
        return self.after[name]


def tell(
    folder: Path,
    source: str,
    deliveries: Mapping[str, tuple[str, bytes]],
    *,
    targets: Mapping[str, float] | None = None,
    now: datetime = NOW,
    also: Sequence[str] = (),
    origin: str = "computed",
    tier: str = "city",
) -> Told:
    """Deliver files (name of the step -> name of the file and content) an hour apart, the first at `now`.

    `targets` are values for metrics for which the shipped catalogue has no target: to be held, in per cent or counts.
    `also` are other sources of the programme, which deliver nothing. Figures are those of the origin and tier.
    """
    places = ("code", CITY, "SO-TP", "SO-NV", *DISTRICTS, *communes())
    programme = small_programme.of_sources(folder / "programme", [source, *also], places)
    for metric, value in (targets or {}).items():
        written = TARGET.format(metric=metric, value=value)
        (programme / "catalogue" / "targets" / f"{metric}.yaml").write_text(written, encoding="utf-8")
    for step, (name, content) in deliveries.items():
        prepare(folder / "prepared" / step, {f"{source}/{name}": content})
    wait_until_complete(folder / "prepared")
    installation = install(folder / "home", programme)
    installation.watch(now - timedelta(hours=1))
    told = Told(installation, _statuses(installation), after := {})
    for hours, step in enumerate(deliveries):
        moment = now + timedelta(hours=hours)
        installation.deliver(folder / "prepared" / step)
        (gathered,) = pipeline.gather(installation.settings, source, moment)
        watched = installation.watch(moment)
        after[step] = After(
            gathered,
            {
                (str(row["metric"]), row["period_start"]): (row["numerator"], row["denominator"])
                for row in installation.rows(FIGURES.format(origin=origin, tier=tier))
            },
            _statuses(installation),
            [
                (Text.parse(str(row["reason"])).en, row["delivered_value"])
                for row in installation.rows("SELECT reason, delivered_value FROM quarantine ORDER BY position")
            ],
            installation.state(),
            watched.events,
        )
    return told


def _statuses(installation: Installation) -> Mapping[str, Mapping[str, object]]:
    return {str(row["target"]): row for row in installation.rows(STATUS)}


def kept_of_people(installation: Installation) -> list[str]:
    """Where in the home anything stands of what nobody is to keep: files and tables, but for the delivered originals.

    Those are kept as they came, for a while, so that a delivery can be looked at again.
    """
    found = []
    for path in sorted(installation.home.rglob("*")):
        if path.is_file() and "originals" not in path.relative_to(installation.home).parts:
            found += [f"{path.name}: {words}" for said in _said_in(path) for words in UNWANTED if words in said]
    return found


def _said_in(path: Path) -> Iterator[str]:
    """All that a file says: its bytes, and the values and names of the tables that are packed in it."""
    yield path.read_bytes().decode("utf-8", errors="replace")
    if path.suffix == ".parquet":
        yield str(pl.read_parquet(path).to_dicts())
    elif path.suffix == ".duckdb":
        with duckdb.connect(str(path), read_only=True) as database:
            for (table,) in database.sql("SELECT table_name FROM duckdb_tables()").fetchall():
                yield str(database.table(table).fetchall())
