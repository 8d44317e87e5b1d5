"""A standing: where one target stands for one org_unit, and what was observed of it over time."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from targetwatch.model import (
    Comparison,
    IncidentState,
    Language,
    MetricKind,
    Milestone,
    Origin,
    Path,
    Period,
    PeriodState,
    Reason,
    Role,
    Scope,
    Selector,
    Shrinkage,
    Status,
    TargetVersion,
    Text,
    Trajectory,
    UnitEnding,
    UnitKey,
)
from targetwatch.wording import words
from targetwatch.wording.care import Care
from targetwatch.wording.figures import LOWER_IS_BETTER, Figures, Measure

ACTION = (Status.MISSED, Status.BEHIND, Status.AT_RISK)
UNJUDGED = (Status.NOT_EVALUATED, Status.STALE, Status.NO_DATA)
NEED = {status: place for place, status in enumerate(words.STATUSES)}

Record = Mapping[str, Any]


def two(row: Record, column: str) -> Text:
    """The text that a row holds in both languages."""
    return Text(str(row[f"{column}_vi"] or ""), str(row[f"{column}_en"] or ""))


@dataclass(frozen=True, slots=True)
class Observed:
    """What was observed of a metric and unit in one period."""

    period: Period
    origin: Origin
    numerator: int
    denominator: int
    parts: bool
    bodies_reported: int
    bodies_due: int
    known_at: datetime

    @classmethod
    def of(cls, row: Record) -> Observed:
        """The observation in a row of `board_series`."""
        return cls(
            Period(row["period_start"], row["period_end"]),
            Origin(row["origin"]),
            row["numerator"],
            row["denominator"],
            row["parts"],
            row["bodies_reported"],
            row["bodies_due"],
            row["known_at"],
        )


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the missing units could still make of a value."""

    low: int
    high: int
    denominator: int


@dataclass(frozen=True, slots=True)
class LiveIncident:
    """The number and state of an incident that goes on, and since when."""

    number: int
    state: IncidentState
    since: datetime
    care: Care

    @property
    def name(self) -> str:
        """What people call it: TW-147."""
        return f"TW-{self.number}"


@dataclass(frozen=True, slots=True)
class Standing:
    """A row of `current_status`, with the names and the history that a page needs beside it."""

    target: TargetVersion
    position: int
    role: Role
    unit: UnitKey
    unit_name: str
    units_called: Text | None  # what units of its level are called together
    status: Status
    reason: Reason
    figures: Figures
    bounds: Bounds | None
    period: Period | None
    period_state: PeriodState | None
    origin: Origin | None
    known_at: datetime | None
    age_days: int | None
    deadline: datetime | None
    bodies_reported: int | None
    bodies_due: int | None
    missing: tuple[str, ...]  # names of those that have not reported
    incident: LiveIncident | None
    owner: Text
    metric: Text
    source: str
    source_name: Text
    source_planned: bool
    reference: tuple[str, str, str]  # title, publisher, published
    ended_on: date | None
    followers: tuple[str, ...] = ()  # names of the units that it has passed on to, the largest part first
    counts_reports: bool = False  # the value itself says who has reported
    shrank: Shrinkage | None = None  # what its rate rose from because its denominator shrank
    series: tuple[Observed, ...] = field(default=())

    @property
    def id(self) -> str:
        """The target's id in the catalogue."""
        return self.target.target

    @property
    def subject(self) -> str:
        """What its observations are found by."""
        return f"{self.target.metric}|{self.target.tier}|{self.unit}"

    @property
    def lower_is_better(self) -> bool:
        """Whether less is wanted."""
        return self.target.comparison in LOWER_IS_BETTER

    @property
    def is_incomplete(self) -> bool:
        """Whether the units that have not reported decide."""
        return self.reason is Reason.INCOMPLETE

    @property
    def is_certain_short(self) -> bool:
        """Whether it is short whatever the missing units would say."""
        return self.status in (Status.BEHIND, Status.MISSED)

    @property
    def is_judged(self) -> bool:
        """Whether its figures are those of now: not old ones, and not none."""
        return self.figures.exact is not None and self.status not in (*UNJUDGED, Status.ENDED)

    @property
    def judged(self) -> tuple[Observed, ...]:
        """What was observed up to the judged period; all of it where none is judged."""
        if self.period is None:
            return self.series
        return tuple(one for one in self.series if one.period.last_day <= self.period.last_day)

    @property
    def last_known(self) -> Figures | None:
        """The newest figures with a value, for where there is none to judge."""
        for one in reversed(self.judged):
            if one.denominator:
                return Figures(
                    self.figures.measure, self.target.comparison, one.numerator, one.denominator, one.parts,
                    final=self.figures.final, final_to=self.figures.final_to,
                )  # fmt: skip
        return None

    @property
    def last_known_period(self) -> Period | None:
        """The period of `last_known`."""
        return next((one.period for one in reversed(self.judged) if one.denominator), None)

    @classmethod
    def of(cls, row: Record, series: Sequence[Observed] = ()) -> Standing:
        """The standing in a row of `board_standings`."""
        has_bounds = row["low_numerator"] is not None and bool(row["bounds_denominator"])
        period = Period(row["period_start"], row["period_end"]) if row["period_start"] else None
        return cls(
            target=_target(row),
            position=row["position"],
            role=Role(row["role"]),
            unit=UnitKey(row["org_unit"], row["org_unit_valid_from"]),
            unit_name=row["full_name"] or row["org_unit"],
            units_called=two(row, "level_plural") if row["level_plural_vi"] else None,
            status=Status(row["status"]),
            reason=Reason(row["reason"]),
            figures=_figures(row),
            bounds=Bounds(row["low_numerator"], row["high_numerator"], row["bounds_denominator"])
            if has_bounds
            else None,
            period=period,
            period_state=PeriodState(row["period_state"]) if row["period_state"] else None,
            origin=Origin(row["origin"]) if row["origin"] else None,
            known_at=row["known_at"],
            age_days=row["age_days"],
            deadline=row["deadline"],
            bodies_reported=row["bodies_reported"],
            bodies_due=row["bodies_due"],
            missing=tuple(row["missing_names"]),
            incident=LiveIncident(
                row["incident"], IncidentState(row["incident_state"]), row["incident_since"], Care.of(row, "incident_")
            )
            if row["incident"]
            else None,
            owner=two(row, "owner_name"),
            metric=two(row, "metric_name"),
            source=row["source"],
            source_name=two(row, "source_name"),
            source_planned=bool(row["source_planned"]),
            reference=(row["reference_title"], row["reference_publisher"], row["reference_published"]),
            ended_on=row["ended_on"],
            followers=tuple(row["followers"]),
            counts_reports=row["counts_reports"],
            shrank=_shrank(row),
            series=tuple(series),
        )

    def name(self, language: Language) -> str:
        """What the target asks for."""
        return self.target.name.in_(language)


def _shrank(row: Record) -> Shrinkage | None:
    if not row.get("denominator_shrank"):
        return None
    return Shrinkage(*(row[f"shrank_{name}"] for name in ("period_start", "period_end", "numerator", "denominator")))


def _figures(row: Record) -> Figures:
    # Of `between` the judged row has one of its bounds, and the target has both.
    final = None if row["comparison"] == Comparison.BETWEEN else row["final_millionths"]
    return Figures(
        Measure(MetricKind(row["metric_kind"]), row["unit_of_measure"], two(row, "counted")),
        Comparison(row["comparison"]),
        row["numerator"],
        row["denominator"],
        row["parts"],
        row["required_millionths"],
        row["target_millionths"] if final is None else final,
        row["final_to_millionths"],
        row["headroom_exact"],
        row["headroom_units"],
    )


def _target(row: Record) -> TargetVersion:
    return TargetVersion(
        target=row["target"],
        version=row["target_version"],
        name=two(row, "name"),
        short_name=two(row, "short_name"),
        metric=row["metric"],
        tier=row["tier"],
        selector=Selector(),  # the ledger keeps the units that it chose, not the selector
        scope=Scope(row["scope"]),
        comparison=Comparison(row["comparison"]),
        value=row["target_millionths"],
        value_to=row["final_to_millionths"],
        due=row["due"],
        trajectory=_trajectory(row),
        warning_margin=row["margin_millionths"],
        effective_from=row["effective_from"],
        effective_to=row["effective_to"],
        reference=row["reference_title"],
        owner=row["owner"],
        when_unit_ends=UnitEnding(row["when_unit_ends"] or UnitEnding.ENDS),
    )


def _trajectory(row: Record) -> Trajectory:
    drawn_from = json.loads(row["trajectory"])

    def point(kept: Mapping[str, Any]) -> Milestone:
        return Milestone(date.fromisoformat(kept["on"]), int(kept["value"]))

    return Trajectory(
        Path(row["path"]),
        bool(row["path_assumed"]),
        point(drawn_from["baseline"]) if drawn_from["baseline"] else None,
        tuple(point(kept) for kept in drawn_from["milestones"]),
        date.fromisoformat(drawn_from["baseline_on"]) if drawn_from.get("baseline_on") else None,
    )
