"""A small city to test the rules on: thirty districts that owe their dossiers by the tenth working day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl

from targetwatch import model
from targetwatch.checks.judgement import judge
from targetwatch.evaluation.assessment import assess
from targetwatch.evaluation.coverage import BODIES, roll_up
from targetwatch.evaluation.due import due
from targetwatch.evaluation.periods import period_of
from targetwatch.evaluation.status import decide_status
from targetwatch.model import (
    Assessment,
    Basis,
    Cadence,
    Comparison,
    Deadline,
    Metric,
    MetricKind,
    Milestone,
    OrgUnit,
    Origin,
    Programme,
    Reporters,
    Scope,
    Selector,
    Source,
    Successor,
    TargetVersion,
    Text,
    Trajectory,
    UnitKey,
)

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
SUITE = Path(__file__).resolve().parents[2] / "expectations" / "judgement" / "targets.json"
CLAIMS_SUITE = SUITE.with_name("claims.json")
START = date(2021, 1, 1)
CITY = UnitKey("01", START)
WORDS = Text("vi", "en")
REPORTS = {
    "source": pl.String,
    "org_unit": pl.String,
    "org_unit_valid_from": pl.Date,
    "tier": pl.String,
    "period_start": pl.Date,
    "period_end": pl.Date,
    "known_at": pl.Datetime("us", "UTC"),
}


def hanoi(day: date, hour: int = 12, minute: int = 0) -> datetime:
    """A moment by Hanoi's clocks, in UTC."""
    return datetime.combine(day, time(hour, minute), HANOI).astimezone(UTC)


def weekdays_after(period_end: date, deadline: Deadline) -> datetime:
    """A deadline by a calendar without holidays."""
    day, left = period_end, deadline.working_days
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < 5
    return datetime.combine(day, deadline.at, HANOI).astimezone(UTC)


def unit(
    code: str,
    level: str,
    parent: UnitKey | None = CITY,
    valid_from: date = START,
    valid_to: date | None = None,
    kind: str | None = None,
    to: Mapping[OrgUnit, Fraction | int] | None = None,
) -> OrgUnit:
    """A unit of the register, and with which parts it passed on to which others."""
    successors = tuple(Successor(heir.key, Fraction(part), Basis.COUNTED) for heir, part in (to or {}).items())
    return OrgUnit(UnitKey(code, valid_from), valid_to, level, kind or level, f"{level} {code}", parent, successors)


def source(source_id: str = "procedures", **changes: object) -> Source:
    """A source with a deadline on the tenth working day, owed by the districts for their own tier."""
    made = Source(
        id=source_id,
        name=WORDS,
        planned=False,
        connector="file",
        formats=("csv",),
        table=source_id,
        gate=source_id,
        origin=Origin.COMPUTED,
        cadence=Cadence.MONTH,
        deadline=Deadline(10),
        reporters=(Reporters("district", "district"),),
        period_column=None,
        unit_column=None,
        tier_column=None,
        tier=None,
        columns=(),
        bad_rows_allowed=0.0,
        owner="office",
        how_reached="",
        feeds=WORDS,
    )
    return replace(made, **changes)


def metric(metric_id: str = "online", **changes: object) -> Metric:
    """A monthly ratio of dossiers."""
    made = Metric(metric_id, WORDS, MetricKind.RATIO, "percent", WORDS, Cadence.MONTH, "procedures", "online", "office")
    return replace(made, **changes)


def target(target_id: str = "online_district", **changes: object) -> TargetVersion:
    """The worked example's target: >= 80 % of the districts' dossiers by the end of 2025, along a line from 34 %."""
    made = TargetVersion(
        target=target_id,
        version="1",
        name=WORDS,
        short_name=WORDS,
        metric="online",
        tier="district",
        selector=Selector(code="01"),
        scope=Scope.POOLED,
        comparison=Comparison.AT_LEAST,
        value=800_000,
        value_to=None,
        due=date(2025, 12, 31),
        trajectory=Trajectory(model.Path.LINEAR, assumed=True, baseline=Milestone(date(2021, 12, 31), 340_000)),
        warning_margin=10_000,
        effective_from=date(2021, 12, 31),
        effective_to=None,
        reference="R2021b",
        owner="office",
    )
    return replace(made, **changes)


HOLD = Trajectory(model.Path.HOLD, assumed=False)
DISTRICTS = tuple(unit(f"{number:03}", "district", valid_to=date(2025, 6, 30)) for number in range(1, 31))


def programme(
    targets: Iterable[TargetVersion] = (),
    *,
    metrics: Iterable[Metric] = (),
    sources: Iterable[Source] = (),
    units: Iterable[OrgUnit] = DISTRICTS,
) -> Programme:
    """A catalogue of these, and by default of the worked example's."""
    return Programme(
        name=WORDS,
        time_zone="Asia/Ho_Chi_Minh",
        start=date(2021, 1, 1),
        root_unit="01",
        levels={},
        calendar=model.Calendar("VN", (5, 6)),
        org_units=(unit("01", "city", parent=None), *units),
        metrics={each.id: each for each in metrics or (metric(),)},
        sources={each.id: each for each in sources or (source(),)},
        targets=tuple(targets or (target(),)),
        receivers=(),
        owners={},
        references={},
    )


@dataclass(frozen=True, slots=True)
class Told:
    """What a unit said of a month, and when."""

    org_unit: UnitKey
    month: date
    numerator: int
    denominator: int
    at: datetime
    metric: str = "online"
    tier: str = "district"
    origin: Origin = Origin.COMPUTED
    parts: bool = True


@dataclass(slots=True)
class World:
    """A catalogue, and everything that was ever delivered."""

    programme: Programme = field(default_factory=programme)
    told: list[Told] = field(default_factory=list)
    first_day: date = date(2025, 1, 1)

    def tell(
        self, codes: Iterable[str], month: date, numerator: int, denominator: int, at: datetime, **more: object
    ) -> None:
        """Each unit of `codes` (those of the register that are alive that month) delivers the month."""
        last_day = self.period_of(month, more).last_day
        for code in codes:
            key = next(u.key for u in self.programme.org_units if u.key.code == code and u.is_valid_on(last_day))
            self.told.append(Told(key, month, numerator, denominator, at, **more))

    def period_of(self, month: date, more: dict[str, object]) -> model.Period:
        """The period of the metric that is told of."""
        return period_of(month, self.programme.metrics[str(more.get("metric", "online"))].cadence)

    def bodies(self, as_of: datetime) -> pl.DataFrame:
        """BODIES as known at a moment."""
        newest: dict[tuple[object, ...], dict[str, object]] = {}
        for told in sorted(self.told, key=lambda each: each.at):
            period = period_of(told.month, self.programme.metrics[told.metric].cadence)
            row = {
                "metric": told.metric,
                "org_unit": told.org_unit.code,
                "org_unit_valid_from": told.org_unit.valid_from,
                "tier": told.tier,
                "period_start": period.first_day,
                "period_end": period.last_day,
                "origin": told.origin.value,
                "numerator": told.numerator,
                "denominator": told.denominator,
                "parts": told.parts,
                "known_at": told.at,
                "batch_id": None,
            }
            if told.at <= as_of:
                newest[(told.metric, told.org_unit, told.tier, period, told.origin)] = row
        return pl.DataFrame(list(newest.values()), schema=BODIES)

    def reports(self) -> pl.DataFrame:
        """The periods that were reported, by the sources of the metrics."""
        rows = []
        for told in self.told:
            its = self.programme.metrics[told.metric]
            if told.origin is self.programme.sources[its.source].origin:
                period = period_of(told.month, its.cadence)
                body = (told.org_unit.code, told.org_unit.valid_from, told.tier)
                rows.append((its.source, *body, period.first_day, period.last_day, told.at))
        return pl.DataFrame(rows, schema=REPORTS, orient="row").unique()

    def due(self, as_of: datetime) -> pl.DataFrame:
        """DUE at a moment."""
        return due(self.programme, self.reports(), weekdays_after, as_of, self.first_day)

    def rolled(self, as_of: datetime) -> pl.DataFrame:
        """ROLLED at a moment."""
        return roll_up(self.programme, self.bodies(as_of), self.due(as_of), as_of)

    def assessed(self, *moments: datetime) -> pl.DataFrame:
        """ASSESSED at each of the moments, in one frame."""
        return pl.concat([assess(self.programme, self.rolled(at), self.due(at), at) for at in moments])

    def assessments(self, *moments: datetime) -> list[Assessment]:
        """Everything assessed at the moments, judged by the real suite in one run."""
        frame = self.assessed(*moments)
        judgement = judge(frame, SUITE)
        assert judgement.failures == ()
        return decide_status(frame, judgement.verdicts)

    def of_the_city(self, *moments: datetime, target: str = "online_district") -> list[Assessment]:
        """The city's assessments under one target, in the order of the moments."""
        return [each for each in self.assessments(*moments) if each.org_unit == "01" and each.target == target]


def codes(first: int, last: int) -> list[str]:
    """The codes of the districts from the first to the last."""
    return [f"{number:03}" for number in range(first, last + 1)]


FEBRUARY, MARCH = date(2025, 2, 1), date(2025, 3, 1)
IN_APRIL = hanoi(date(2025, 4, 5))
AFTER_DEADLINE = hanoi(date(2025, 4, 20))
THREE = (unit("001", "district"), unit("002", "district"), unit("003", "district"))


def three(**changes: object) -> World:
    """Three districts under one pooled target that stands at 80 %."""
    changed = {"trajectory": HOLD, "due": None, **changes}
    return World(programme([target(**changed)], units=THREE))


def of_city(world: World, moment: datetime = AFTER_DEADLINE) -> Assessment:
    """The one assessment of the city."""
    (found,) = world.of_the_city(moment)
    return found
