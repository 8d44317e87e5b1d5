"""The bodies that handle dossiers in the demo: how many each gets in a month, and what share of them comes online.

A tier's share as a whole follows a plan to within one dossier, so that the story is certain; what is random is how its
bodies differ. Nothing here describes how the real units work.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from targetwatch.model import OrgUnit, Programme

Floats = npt.NDArray[np.float64]

LEVEL_OF_TIER = {"city": "department", "district": "district", "commune": "commune"}
DOSSIERS_A_MONTH = {"city": 6_000, "district": 9_000, "commune": 12_500}
FEWEST_A_MONTH = 3  # a body without a single dossier would count as one that did not report
YEARLY_GROWTH = 0.06
SEASON = (0.92, 0.70, 1.05, 1.00, 1.00, 1.12, 1.15, 1.16, 1.06, 1.00, 0.98, 0.96)  # Tết, then the school year
LOCKDOWN = {date(2021, 7, 1): 0.80, date(2021, 8, 1): 0.45, date(2021, 9, 1): 0.60}
SPREAD = {"city": 6.0, "district": 3.5, "commune": 7.0}  # points between one body's share and another's


@dataclass(frozen=True)
class Path:
    """The straight line that a tier's share of dossiers received online goes along, in percent."""

    start: date
    share_at_start: float
    end: date
    share_at_end: float

    def on(self, day: date) -> float:
        """The line's value on `day`; before its start the line goes on downwards."""
        gone = (day - self.start) / (self.end - self.start)
        return self.share_at_start + (self.share_at_end - self.share_at_start) * gone


@dataclass(frozen=True)
class Stumble:
    """Months in which a few units drag their tier from its usual lead to another; weights say who falls how far."""

    leads: Mapping[date, float]  # first day of a month -> points over the path, of the tier as a whole
    weights: Mapping[str, float]  # code of a unit -> its part in the fall


@dataclass(frozen=True)
class Plan:
    """How a tier goes: its path, its usual lead over it (month -> points, a line between them), and its stumbles."""

    path: Path
    leads: Mapping[date, float]
    stumbles: tuple[Stumble, ...] = field(default=())

    def usual_lead(self, month: date) -> float:
        """Points over the path when nobody stumbles."""
        months = sorted(self.leads)
        return float(np.interp(month.toordinal(), [m.toordinal() for m in months], [self.leads[m] for m in months]))

    def lead(self, month: date) -> float:
        """Points over the path of the tier as a whole."""
        return next((s.leads[month] for s in self.stumbles if month in s.leads), self.usual_lead(month))

    def share(self, month: date) -> float:
        """The tier's share online in `month`, in percent: what the dossiers are made to add up to."""
        return self.path.on(last_day(month)) + self.lead(month)


@dataclass(frozen=True)
class Workload:
    """Body by body and month by month: the unit, the tier, the month, and the dossiers in it."""

    units: tuple[OrgUnit, ...]
    unit: npt.NDArray[np.int64]  # position in `units`
    month: npt.NDArray[np.int64]  # position in `months`
    months: tuple[date, ...]
    dossiers: npt.NDArray[np.int64]
    online: npt.NDArray[np.int64]


def months_between(first: date, last: date) -> tuple[date, ...]:
    """The first day of every month from that of `first` to that of `last`."""
    numbers = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return tuple(date(number // 12, number % 12 + 1, 1) for number in numbers)


def last_day(month: date) -> date:
    """The last day of the month that begins on `month`."""
    return (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def workload(
    programme: Programme, plans: Mapping[str, Plan], months: Sequence[date], seed: int, scale: float
) -> Workload:
    """What every body that exists in a month gets in that month; `scale` 1 makes about 27,000 dossiers a month."""
    units: list[OrgUnit] = []
    position: dict[OrgUnit, int] = {}
    unit_parts, month_parts, dossier_parts, online_parts = [], [], [], []
    for tier, level in LEVEL_OF_TIER.items():
        of_level = [unit for unit in programme.org_units if unit.level == level]
        for number, month in enumerate(months):
            bodies = [unit for unit in of_level if unit.is_valid_on(month) and unit.is_valid_on(last_day(month))]
            for body in bodies:
                if body not in position:
                    position[body] = len(units)
                    units.append(body)
            dossiers = _dossiers(bodies, tier, month, seed, scale)
            shares = _shares(bodies, dossiers, tier, month, plans[tier], seed)
            unit_parts.append(np.array([position[body] for body in bodies]))
            month_parts.append(np.full(len(bodies), number))
            dossier_parts.append(dossiers)
            online_parts.append(_whole(shares * dossiers))
    return Workload(
        tuple(units),
        np.concatenate(unit_parts),
        np.concatenate(month_parts),
        tuple(months),
        np.concatenate(dossier_parts),
        np.concatenate(online_parts),
    )


def temper(code: str, seed: int, trait: str) -> float:
    """A standard normal number that belongs to a unit: the same in every month and whatever other units there are."""
    return float(np.random.default_rng([seed, zlib.crc32(f"{trait}/{code}".encode())]).standard_normal())


def _dossiers(bodies: Sequence[OrgUnit], tier: str, month: date, seed: int, scale: float) -> npt.NDArray[np.int64]:
    """How many dossiers each body receives in the month."""
    sizes = np.array([np.exp(0.45 * temper(body.key.code, seed, "size")) for body in bodies])
    years = (month - date(2021, 6, 1)).days / 365.25
    season = SEASON[month.month - 1] * LOCKDOWN.get(month, 1.0)
    total = DOSSIERS_A_MONTH[tier] * scale * season * (1 + YEARLY_GROWTH) ** years
    rng = np.random.default_rng([seed, zlib.crc32(tier.encode()), month.toordinal()])
    dossiers = total * sizes / sizes.sum() * np.exp(0.06 * rng.standard_normal(len(bodies)))
    return np.maximum(FEWEST_A_MONTH, np.round(dossiers)).astype(np.int64)


def _shares(
    bodies: Sequence[OrgUnit], dossiers: npt.NDArray[np.int64], tier: str, month: date, plan: Plan, seed: int
) -> Floats:
    """Each body's share online, 0 to 1, so that together they are what the plan says."""
    rng = np.random.default_rng([seed, zlib.crc32(f"share/{tier}".encode()), month.toordinal()])
    path = plan.path.on(last_day(month))
    shares = np.array([temper(body.key.code, seed, "share") for body in bodies]) * SPREAD[tier]
    shares += path + plan.usual_lead(month) + rng.standard_normal(len(bodies))
    shares = _settle(shares / 100, dossiers, (path + plan.usual_lead(month)) / 100, np.ones(len(bodies)))
    for stumble in plan.stumbles:
        if month in stumble.leads:
            weights = np.array([stumble.weights.get(body.key.code, 0.0) for body in bodies])
            shares = _settle(shares, dossiers, plan.share(month) / 100, weights)
    return shares


def _settle(shares: Floats, dossiers: npt.NDArray[np.int64], goal: float, weights: Floats) -> Floats:
    """Move shares in proportion to `weights`, within bounds, until their pooled value is `goal`."""
    shares = np.clip(shares, 0.02, 0.995)
    for _ in range(50):
        gap = goal * dossiers.sum() - (shares * dossiers).sum()
        if abs(gap) < 0.01:
            break
        free = weights * ((shares > 0.02) if gap < 0 else (shares < 0.995))
        shares = np.clip(shares + gap * free / (free * dossiers).sum(), 0.02, 0.995)
    return shares


def _whole(amounts: Floats) -> npt.NDArray[np.int64]:
    """Whole numbers next to `amounts` whose running total never differs from theirs by one or more."""
    return np.diff(np.floor(np.cumsum(amounts) + 0.5), prepend=0.0).astype(np.int64)
