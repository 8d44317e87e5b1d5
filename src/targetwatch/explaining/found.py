"""What was read of the snapshots for an explanation: answers, each with the query that gave it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from targetwatch.evaluation.baselines import Stood
from targetwatch.explaining.queries import Query
from targetwatch.model import (
    Comparison,
    Language,
    MetricKind,
    Milestone,
    OrgUnit,
    Path,
    Period,
    Role,
    Scope,
    Selector,
    Successor,
    TargetVersion,
    Text,
    Trajectory,
    UnitEnding,
    UnitKey,
)
from targetwatch.wording.dates import local_day
from targetwatch.wording.figures import Figures, Measure

Record = Mapping[str, Any]
# After any other step an incident is over.
LIVE_EVENTS = ("pending", "opened", "changed", "acknowledged", "lapsed", "escalated")


@dataclass(frozen=True, slots=True)
class Answer:
    """The rows that a query gave."""

    rows: Sequence[Record]
    query: Query

    @property
    def first(self) -> Record | None:
        """The first row, if there is one."""
        return self.rows[0] if self.rows else None


@dataclass(frozen=True, slots=True)
class UnitFound:
    """A unit of the ledger's register, with what it is called."""

    unit: OrgUnit
    full_name: str
    parent_name: str | None
    called: Text  # what units of its level are called together

    @classmethod
    def of(cls, row: Record, successors: Sequence[Successor]) -> UnitFound:
        """The unit in a row of `org_units`."""
        called = row["level_plural_vi"] or row["level"]
        parent = UnitKey(row["parent"], row["parent_valid_from"]) if row["parent"] else None
        key = UnitKey(row["org_unit"], row["org_unit_valid_from"])
        unit = OrgUnit(key, row["org_unit_valid_to"], row["level"], row["kind"], row["name"], parent, tuple(successors))
        return cls(unit, row["full_name"], row["parent_name"], Text(called, row["level_plural_en"] or called))

    @property
    def code(self) -> str:
        """Its code, which other units bore or will bear."""
        return self.unit.key.code

    @property
    def valid_from(self) -> date:
        """Its first day."""
        return self.unit.key.valid_from

    @property
    def key(self) -> str:
        """What identifies it: code@valid_from."""
        return str(self.unit.key)


@dataclass(frozen=True)
class Place:
    """Of which unit and metric, and as it was known when."""

    unit: UnitFound
    units: Mapping[str, UnitFound]  # by code@valid_from
    metric: Record
    time_zone: str
    moment: datetime  # of the pass that judged
    until: datetime | None  # the moment that was asked for; None: now
    newest_pass: datetime
    has_records: bool

    @cached_property
    def measure(self) -> Measure:
        """How the metric's numbers are to be said."""
        row = self.metric
        counted = Text(row["counted_vi"], row["counted_en"])
        return Measure(MetricKind(row["kind"]), row["unit_of_measure"], counted)

    @property
    def source(self) -> str:
        """The metric's own source."""
        return str(self.metric["source"])

    @property
    def today(self) -> date:
        """The day that it was at the moment, in the programme's time zone."""
        return local_day(self.moment, self.time_zone)

    def two(self, column: str) -> Text:
        """A text of the metric's row in both languages."""
        return Text(self.metric[f"{column}_vi"] or "", self.metric[f"{column}_en"] or "")

    def name_of(self, key: str) -> str:
        """The name of the unit with that key."""
        unit = self.units.get(key)
        return unit.full_name if unit else key


@dataclass(frozen=True)
class Case:
    """What was read of one target and unit or, where no target is set, of one tier that was observed."""

    place: Place
    tier: str
    said: Record | None  # the assessment, with the target's version; None where no target is set
    period: Period | None  # that was judged or, where none was, the newest that was observed
    origin: str | None
    source_incidents: Answer
    references: Mapping[str, Record]
    records_file: str  # the file in sql/rows that lists the records behind a body's own figures, or would
    delivered_by: str  # the source of the batch behind a body's own figures
    versions: Answer | None = None  # of the observation, newest first
    records: Answer | None = None
    deliveries: Answer | None = None
    bodies: Answer | None = None  # behind a sum
    pool: Answer | None = None  # the units that answer as one, where this one is a share
    baseline: Answer | None = None  # where a path without a declared start begins: a row a unit
    began: Stood | None = None  # what that comes to
    statuses: Answer | None = None
    incidents: Answer | None = None  # what happened to them
    messages: Answer | None = None
    claims: Answer | None = None  # how figures that were published for the period were found
    handed_on: Answer | None = None  # the figures of the units that this one follows, where they are part of its own
    reports: Answer | None = None  # of the unit of itself, beside its records
    queries: Mapping[str, Query] = field(default_factory=dict)  # by the names of their files: shown, and not asked

    @property
    def is_judged(self) -> bool:
        """Whether the period is the one that was judged."""
        return self.said is not None and self.said["period_start"] is not None

    @cached_property
    def then(self) -> Record | None:
        """The version of the observation that was known at the moment."""
        return next((row for row in self.of_its_kind if self._was_known(row)), None)

    @property
    def later(self) -> list[Record]:
        """The versions that came to be known since, oldest first."""
        return [row for row in reversed(self.of_its_kind) if not self._was_known(row)]

    @property
    def of_its_kind(self) -> list[Record]:
        """The versions of the sum, where there is one, and else of the body's own figures; newest first."""
        rows = self.versions.rows if self.versions else []
        return [row for row in rows if row["rolled_up"] == rows[0]["rolled_up"]]

    @property
    def is_sum(self) -> bool:
        """Whether the figures are a sum over bodies below the unit."""
        return self.then is not None and bool(self.then["rolled_up"]) and not self.is_heir

    @property
    def is_heir(self) -> bool:
        """Whether the figures are the unit's own and, with them, parts of those of units that it follows."""
        if self.then is None or not self.then["rolled_up"] or self.handed_on is None or not self.handed_on.rows:
            return False
        bodies = {(row["org_unit"], row["org_unit_valid_from"]) for row in (self.bodies.rows if self.bodies else ())}
        return bodies <= {(self.place.unit.code, self.place.unit.valid_from)}

    @property
    def own(self) -> Record | None:
        """What was observed of the unit by itself, in the version that was known at the moment."""
        rows = self.versions.rows if self.versions else ()
        return next((row for row in rows if not row["rolled_up"] and self._was_known(row)), None)

    @cached_property
    def version(self) -> TargetVersion | None:
        """The version of the target that was judged by."""
        return version_of(self.said) if self.said is not None and self.said["path"] is not None else None

    @property
    def role(self) -> Role | None:
        """What part the unit plays under the target."""
        return Role(self.said["role"]) if self.said is not None else None

    @cached_property
    def answers_to(self) -> UnitFound | None:
        """The unit that answers for the tier as one, where this one is a share of it."""
        pools = [f"{row['org_unit']}@{row['org_unit_valid_from']}" for row in (self.pool.rows if self.pool else ())]
        above: UnitFound | None = self.place.unit
        while above is not None and above.key not in pools:
            above = self.place.units.get(str(above.unit.parent))
        return above

    @cached_property
    def is_upper(self) -> bool:
        """Whether of a `between` target the upper bound is the one that decided."""
        version = self.version
        if version is None or version.comparison is not Comparison.BETWEEN or self.said is None:
            return False
        return self.said["final"] == version.value_to and self.said["final"] != version.value

    @property
    def figures(self) -> Figures:
        """What was judged, as figures; where nothing was, what was observed."""
        said, then, version = self.said, self.then, self.version
        if said is not None and self.is_judged:
            comparison = Comparison(said["comparison"])
            both = version is not None and comparison is Comparison.BETWEEN  # the judged row has one of the bounds
            return Figures(
                self.place.measure, comparison, said["numerator"], said["denominator"], said["parts"],
                said["required"], version.value if version and both else said["final"],
                version.value_to if version else None, said["headroom"], said["headroom_units"],
            )  # fmt: skip
        comparison = version.comparison if version else Comparison.AT_LEAST
        if then is None:
            return Figures(self.place.measure, comparison)
        return Figures(self.place.measure, comparison, then["numerator"], then["denominator"], then["parts"])

    def figures_of(self, row: Record) -> Figures:
        """A version of the observation as figures."""
        comparison = self.version.comparison if self.version else Comparison.AT_LEAST
        return Figures(self.place.measure, comparison, row["numerator"], row["denominator"], row["parts"])

    def _was_known(self, row: Record) -> bool:
        return bool(row["known_at"] <= self.place.moment and row["recorded_at"] <= self.place.moment)


def version_of(row: Record) -> TargetVersion:
    """The target version in a row of `explain_assessments`."""
    drawn_from = json.loads(row["trajectory"])

    def point(kept: Mapping[str, Any]) -> Milestone:
        return Milestone(date.fromisoformat(kept["on"]), int(kept["value"]))

    baseline = drawn_from.get("baseline")
    baseline_on = drawn_from.get("baseline_on")
    return TargetVersion(
        target=row["target"],
        version=row["target_version"],
        name=Text(row["name_vi"], row["name_en"]),
        short_name=Text(row["short_name_vi"], row["short_name_en"]),
        metric=row["metric"],
        tier=row["tier"],
        selector=Selector(),  # the ledger keeps the units that it chose
        scope=Scope(row["scope"]),
        comparison=Comparison(row["comparison"]),
        value=row["value"],
        value_to=row["value_to"],
        due=row["due"],
        trajectory=Trajectory(
            Path(row["path"]),
            bool(row["assumed"]),
            point(baseline) if baseline else None,
            tuple(point(kept) for kept in drawn_from.get("milestones", ())),
            date.fromisoformat(baseline_on) if baseline_on else None,
        ),
        warning_margin=row["warning_margin"],
        effective_from=row["effective_from"],
        effective_to=row["effective_to"],
        reference=row["reference_title"],
        owner=row["owner"],
        when_unit_ends=UnitEnding(row.get("when_unit_ends") or UnitEnding.ENDS),
    )


def exact_amount(measure: Measure, millionths: int, language: Language) -> str:
    """A threshold with as many decimals as it has: 73.2621%. No sign before it."""
    return Figures(measure, Comparison.BETWEEN, final=millionths).final_value(language)
