"""Courses made at random: small programmes in which everything occurs that the rules know, and what became known."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from random import Random
from typing import Any

import polars as pl

from targetwatch import model
from targetwatch.evaluation import periods
from targetwatch.evaluation.coverage import BODIES
from targetwatch.model import (
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
    TargetVersion,
    Trajectory,
    UnitEnding,
    UnitKey,
)
from targetwatch.retracing import Course, History, moments
from tests.evaluation.worlds import CITY, HANOI, REPORTS, metric, programme, source, target, unit

BEGAN, CHANGE = date(2021, 1, 1), date(2024, 7, 1)
FIRST, LAST = date(2024, 3, 1), date(2024, 11, 25)
LAST_BEFORE = CHANGE - timedelta(days=1)


def org_units() -> tuple[OrgUnit, ...]:
    """Districts and communes, of which some end with June and pass on to others, one under the same code."""
    east = unit("002", "district", valid_from=CHANGE)
    one, merged = (
        unit("101", "commune", parent=UnitKey("001", BEGAN)),
        unit("105", "commune", valid_from=CHANGE, parent=east.key),
    )
    again = unit("103", "commune", valid_from=CHANGE, parent=east.key)
    half = Fraction(1, 2)
    return (
        unit("001", "district"),
        unit("002", "district", valid_to=LAST_BEFORE, to={east: 1}),
        east,
        unit("003", "district"),
        one,
        unit("102", "commune", parent=UnitKey("001", BEGAN), valid_to=LAST_BEFORE, to={one: half, merged: half}),
        unit(
            "103",
            "commune",
            parent=UnitKey("002", BEGAN),
            valid_to=LAST_BEFORE,
            to={again: Fraction(2, 3), merged: Fraction(1, 3)},
        ),
        unit("104", "commune", parent=UnitKey("003", BEGAN), valid_to=LAST_BEFORE),
        merged,
        again,
        unit("106", "commune", parent=UnitKey("003", BEGAN), kind="town"),
    )


def sources() -> tuple[Source, ...]:
    """One that is owed by two tiers monthly, one quarterly without a deadline, one planned, and one that publishes."""
    return (
        source(
            "procedures",
            deadline=Deadline(7),
            reporters=(Reporters("district", "district"), Reporters("commune", "commune")),
        ),
        source("reports", origin=Origin.REPORTED, deadline=None, reporters=(Reporters("district", "district"),)),
        source("someday", planned=True),
        source("publications", origin=Origin.PUBLISHED, deadline=None, reporters=()),
    )


def metrics() -> tuple[Metric, ...]:
    """One of every kind that is treated in a way of its own."""
    return (
        metric("online"),
        metric("quick", cadence=Cadence.QUARTER, source="reports"),
        metric("errors", kind=MetricKind.COUNT),
        metric("wished", source="someday"),
        metric("rank", kind=MetricKind.RANK, source="publications"),
        metric("untargeted"),
    )


OBSERVED = Trajectory(model.Path.LINEAR, assumed=True)


def versions(random: Random) -> tuple[TargetVersion, ...]:
    """Targets of which each is there or not, with paths, versions and ends as it happens."""
    line = Trajectory(model.Path.LINEAR, assumed=True, baseline=Milestone(date(2023, 12, 31), 340_000))
    since = Trajectory(
        model.Path.LINEAR, assumed=True, baseline_on=random.choice([date(2024, 4, 30), date(2024, 6, 30)])
    )
    steps = Trajectory(
        model.Path.STEPS,
        assumed=False,
        milestones=(Milestone(date(2024, 4, 1), 500_000), Milestone(date(2024, 8, 1), 700_000)),
    )
    hold = Trajectory(model.Path.HOLD, assumed=False)
    ends = random.choice([UnitEnding.ENDS, UnitEnding.PASSES_ON])
    patience: dict[str, Any] = {
        "patience": random.choice([0, 0, 1]),
        "keep_open_for": random.choice([0, 0, 1]),
        "when_unit_ends": ends,
    }
    due = random.choice([date(2024, 8, 31), date(2025, 12, 31)])
    # Of a chance of their own, so that everything else stays what it was for a seed.
    waits = Random(str(random.getstate()[1][:8]))
    times = {name: timedelta(days=waits.choice([0, 0, 2, 20])) for name in ("patience_time", "keep_open_for_time")}
    made = dict(
        effective_from=date(2024, 1, 1), warning_margin=random.choice([0, 50_000]), due=due, **patience, **times
    )
    each = {"scope": Scope.EACH, "selector": Selector(level="district")}
    communes = {"tier": "commune", "selector": Selector(level="commune"), "scope": Scope.EACH}
    turn = random.choice([date(2024, 6, 15), date(2024, 8, 1), date(2024, 9, 30)])
    gap = timedelta(days=random.choice([1, 40]))
    families: list[list[TargetVersion]] = [
        [target("pool", trajectory=random.choice([line, OBSERVED, since]), **made)],
        [target("commune_pool", tier="commune", trajectory=random.choice([line, OBSERVED, since, steps]), **made)],
        [target("districts", trajectory=random.choice([OBSERVED, since, hold]), **{**made, **each})],
        [target("communes", trajectory=random.choice([OBSERVED, since, hold]), value=600_000, **{**made, **communes})],
        [
            target("changing", trajectory=hold, **{**made, "effective_to": turn}),
            target(
                "changing",
                version="2",
                trajectory=line,
                value=random.choice([500_000, 900_000]),
                **{**made, "effective_from": turn + gap},
            ),
        ],
        [
            target("moving", trajectory=hold, **{**made, "effective_to": turn}),
            target("moving", version="2", tier="commune", trajectory=hold, **{**made, "effective_from": turn + gap}),
        ],
        [target("over", trajectory=hold, **{**made, "effective_to": turn})],
        [
            target(
                "under_one",
                selector=Selector(code="001"),
                tier="commune",
                trajectory=hold,
                effective_from=date(2024, 1, 1),
                due=None,
            )
        ],
        [
            target(
                "by_district",
                tier="commune",
                trajectory=random.choice([OBSERVED, since, hold]),
                **{**made, "selector": Selector(level="district")},
            )
        ],
        [
            target(
                "between",
                comparison=Comparison.BETWEEN,
                value=400_000,
                value_to=700_000,
                trajectory=hold,
                **{**made, **each},
            )
        ],
        [
            target(
                "errors",
                metric="errors",
                comparison=Comparison.AT_MOST,
                value=600_000_000,
                trajectory=hold,
                **{**made, "scope": random.choice(list(Scope))},
            )
        ],
        [target("quick", metric="quick", trajectory=random.choice([hold, OBSERVED]), **made)],
        [target("wished", metric="wished", trajectory=hold, **made)],
        [
            target(
                "rank",
                metric="rank",
                tier="city",
                comparison=Comparison.AT_MOST,
                value=5_000_000,
                trajectory=hold,
                **{**made, "scope": Scope.EACH},
            )
        ],
    ]
    chosen = [family for family in families if random.random() < 0.6] or families[:1]
    return tuple(version for family in chosen for version in family)


def course(random: Random) -> Course:
    """A programme, what became known, and when one looks."""
    made = replace(
        programme(versions(random), metrics=metrics(), sources=sources(), units=org_units()), start=date(2024, 1, 1)
    )
    history = _history(made, random)
    days = moments(made, history, random.choice([FIRST, date(2024, 1, 5), date(2024, 6, 20)]), LAST)
    some = [day for day in days if random.random() < random.choice([0.2, 0.7, 1.0])] or list(days[:1])
    return Course(made, history, tuple(some))


def _history(made: Programme, random: Random) -> History:
    told: list[tuple[object, ...]] = []
    reports: list[tuple[object, ...]] = []
    some_late, some_never = random.choice([0.0, 0.1, 0.4]), random.choice([0.0, 0.05, 0.3])
    for each in made.metrics.values():
        its = made.sources[each.source]
        for period in periods.between(FIRST, LAST - timedelta(days=25), each.cadence):
            for reporters in its.reporters:
                for body in made.org_units:
                    # A body that has ended may be observed still, in the month after.
                    ended_lately = body.valid_to == LAST_BEFORE and period.first_day <= date(2024, 8, 1)
                    alive = body.key.valid_from <= period.last_day and (
                        body.is_valid_on(period.last_day) or ended_lately
                    )
                    if body.level != reporters.level or not alive or random.random() < some_never:
                        continue
                    days = random.choice([1, 3, 6, 9]) + (random.choice([20, 45]) if random.random() < some_late else 0)
                    at = _at(period.last_day + timedelta(days=days), random)
                    if body.is_valid_on(period.last_day) and random.random() < 0.97:
                        reports.append(
                            (
                                its.id,
                                body.key.code,
                                body.key.valid_from,
                                reporters.tier,
                                period.first_day,
                                period.last_day,
                                at,
                            )
                        )
                    if random.random() < 0.05:
                        continue
                    told += _versions(random, each, its.origin, body.key, reporters.tier, period, at)
                    if random.random() < 0.05:
                        other = random.choice([Origin.REPORTED, Origin.PUBLISHED])
                        told += _versions(
                            random,
                            each,
                            other,
                            body.key,
                            reporters.tier,
                            period,
                            at + timedelta(days=random.choice([-20, 1, 30])),
                        )
            if its.origin is Origin.PUBLISHED and random.random() < 0.5:
                at = _at(period.last_day + timedelta(days=random.choice([-10, 5, 60])), random)
                told += _versions(random, each, Origin.PUBLISHED, CITY, "city", period, at)
    observations = pl.DataFrame(told, schema=dict(BODIES), orient="row")
    return History(
        observations.sample(fraction=1, shuffle=True, seed=random.randrange(1000)),
        pl.DataFrame(reports, schema=REPORTS, orient="row").unique(maintain_order=True),
    )


def _versions(
    random: Random, each: Metric, origin: Origin, key: UnitKey, tier: str, period: model.Period, at: datetime
) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for _ in range(random.choice([1, 1, 1, 2, 3])):
        denominator = random.choice([0, 5, 40, 100, 100, 300])
        numerator = round(denominator * min(random.uniform(0.3, 1.0), 1))
        if each.kind is not MetricKind.RATIO:
            denominator, numerator = 1, random.randrange(1, 900 if each.kind is MetricKind.COUNT else 9)
        parts = random.random() > 0.02
        rows.append(
            (
                each.id,
                key.code,
                key.valid_from,
                tier,
                period.first_day,
                period.last_day,
                origin.value,
                numerator,
                denominator,
                parts,
                at,
                None,
            )
        )
        at += timedelta(days=random.choice([1, 8, 33, 70]))
    return rows


def _at(day: date, random: Random) -> datetime:
    return datetime.combine(day, time(random.choice([0, 8, 17, 23]), random.choice([0, 30])), HANOI).astimezone(UTC)
