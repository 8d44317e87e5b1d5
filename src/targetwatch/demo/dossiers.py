"""Synthetic dossiers: one row each, from receipt to result, as the city's one-stop system would export them.

Made with numpy a column at a time; the same seed makes the same dossiers. The column names are those of the source
`procedures` in the warehouse. `applicant_phone` is not among them, so that one can see it dropped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import holidays
import numpy as np
import numpy.typing as npt
import polars as pl

from targetwatch.demo.bodies import LEVEL_OF_TIER, Plan, Workload, last_day, workload
from targetwatch.model import OrgUnit, Programme

Ints = npt.NDArray[np.int64]
Days = npt.NDArray[np.datetime64]
Generator = np.random.Generator


@dataclass(frozen=True)
class Kind:
    """A kind of dossier: a made-up number, its sector, its working days, how common it is, and whether for a fee."""

    number: str
    sector: str
    days: int
    weight: float
    has_fee: bool = False


KINDS: Mapping[str, tuple[Kind, ...]] = {
    "city": (
        Kind("C-101", "Lý lịch tư pháp", 10, 0.20, has_fee=True),
        Kind("C-102", "Giao thông", 5, 0.24, has_fee=True),
        Kind("C-103", "Đăng ký kinh doanh", 3, 0.22, has_fee=True),
        Kind("C-104", "Lao động", 7, 0.14),
        Kind("C-105", "Y tế", 15, 0.10, has_fee=True),
        Kind("C-106", "Xây dựng", 20, 0.08, has_fee=True),
        Kind("C-107", "Đất đai", 30, 0.02, has_fee=True),
    ),
    "district": (
        Kind("D-201", "Chứng thực", 1, 0.18, has_fee=True),
        Kind("D-202", "Hộ kinh doanh", 3, 0.28, has_fee=True),
        Kind("D-203", "Giáo dục", 5, 0.20),
        Kind("D-204", "Bảo trợ xã hội", 8, 0.14),
        Kind("D-205", "Đất đai", 15, 0.14, has_fee=True),
        Kind("D-206", "Xây dựng", 20, 0.06, has_fee=True),
    ),
    "commune": (
        Kind("X-301", "Chứng thực", 1, 0.40, has_fee=True),
        Kind("X-302", "Hộ tịch", 2, 0.24),
        Kind("X-303", "Cư trú", 3, 0.18),
        Kind("X-304", "Bảo trợ xã hội", 5, 0.12),
        Kind("X-305", "Người có công", 10, 0.06),
    ),
}
ALL_KINDS = [kind for kinds in KINDS.values() for kind in kinds]
LATE = 0.05  # share of dossiers that are finished after their due day
CHANNELS = ("online", "desk", "post")
WEEKEND_ONLINE = 0.25  # of a working day's receipts; a desk is closed
PHASED_IN = date(2021, 6, 1), date(2025, 12, 31)


def make(
    programme: Programme, plans: Mapping[str, Plan], months: Sequence[date], seed: int, scale: float = 1.0
) -> pl.DataFrame:
    """The dossiers received in `months`, with how each of them ends, in order of receipt.

    `district` is the code of the district whose delivery a dossier comes in; null for a department's.
    """
    work = workload(programme, plans, months, seed, scale)
    rng = np.random.default_rng([seed, 1])
    cell = np.repeat(np.arange(len(work.dossiers)), work.dossiers)
    rank = np.arange(len(cell)) - np.repeat(np.cumsum(work.dossiers) - work.dossiers, work.dossiers)
    online = rank < work.online[cell]
    received = _received(work, cell, online, rng)
    tier = np.array([list(LEVEL_OF_TIER.values()).index(unit.level) for unit in work.units])[work.unit][cell]
    kind = _kinds(tier, rng)
    allowed = np.array([each.days for each in ALL_KINDS])[kind]
    has_fee = np.array([each.has_fee for each in ALL_KINDS])[kind]
    closed = _closed_days(months)
    due = np.busday_offset(received, allowed, roll="forward", holidays=closed)
    finished, late = _finished(received, due, allowed, _leaving(work, cell), closed, rng)
    phase = (received - np.datetime64(PHASED_IN[0])).astype(np.int64) / (PHASED_IN[1] - PHASED_IN[0]).days
    channel = np.where(online, 0, np.where(rng.random(len(cell)) < 0.06, 2, 1))
    frame = pl.DataFrame(
        {
            "procedure": _words([each.number for each in ALL_KINDS], kind),
            "sector": _words([each.sector for each in ALL_KINDS], kind),
            "tier": _words(list(LEVEL_OF_TIER), tier),
            "org_unit": _words([unit.key.code for unit in work.units], work.unit[cell]),
            "district": _words([_district(unit) for unit in work.units], work.unit[cell]),
            "received_on": received,
            "due_on": due,
            "finished_on": finished,
            "channel": _words(list(CHANNELS), channel),
            "digitally_signed": rng.random(len(cell)) < np.where(online, 0.10 + 0.75 * phase, 0.05 + 0.30 * phase),
            "paid_online": rng.random(len(cell)) < np.where(online, 0.05 + 0.65 * phase, 0.02 + 0.05 * phase),
            "has_fee": has_fee,
            "identity_verified": rng.random(len(cell)) < np.clip(1.4 * phase - 0.15, 0.0, 0.97),
            "came_in_person": (channel == 1) | (online & (rng.random(len(cell)) < 0.22 - 0.14 * phase)),
            "satisfaction": _satisfaction(late, rng),
            "applicant_phone": rng.integers(0, 1_000_000, len(cell)),
        },
        schema_overrides={"received_on": pl.Date, "due_on": pl.Date, "finished_on": pl.Date},
    )
    return (
        frame.with_columns(
            pl.when("has_fee").then("paid_online"),
            pl.when(pl.col("satisfaction") > 0).then("satisfaction"),
            pl.format("0000{}", pl.col("applicant_phone").cast(pl.String).str.zfill(6)).alias("applicant_phone"),
        )
        .drop("has_fee")
        .sort("received_on", maintain_order=True)
        .with_row_index("dossier_id", offset=1)
        .with_columns(pl.format("HS-{}", pl.col("dossier_id").cast(pl.String).str.zfill(8)).alias("dossier_id"))
    )


def as_known_on(dossiers: pl.DataFrame, day: date) -> pl.DataFrame:
    """The dossiers received by the end of `day`; one finished later is still open and has not been rated."""
    return dossiers.filter(pl.col("received_on") <= day).with_columns(
        pl.when(pl.col("finished_on") <= day).then("finished_on"),
        pl.when(pl.col("finished_on") <= day).then("satisfaction"),
    )


def of_month(dossiers: pl.DataFrame, month: date) -> pl.DataFrame:
    """What a delivery for `month` holds: what came in during it, and what came in earlier and was finished in it."""
    began = pl.col("received_on") >= month
    ended = pl.col("finished_on").is_between(month, last_day(month))
    return as_known_on(dossiers, last_day(month)).filter(began | ended)


def _received(work: Workload, cell: Ints, online: npt.NDArray[np.bool_], rng: Generator) -> Days:
    """A day of the month for every dossier: working days, and weekends for what comes online."""
    received = np.empty(len(cell), dtype="datetime64[D]")
    month = work.month[cell]
    closed = set(_closed_days(work.months))
    order = np.argsort(month, kind="stable")
    bounds = np.searchsorted(month[order], np.arange(len(work.months) + 1))
    for number, first in enumerate(work.months):
        rows = order[bounds[number] : bounds[number + 1]]
        days = np.arange(np.datetime64(first), np.datetime64(last_day(first) + timedelta(days=1)))
        working = np.is_busday(days, holidays=sorted(closed))
        for is_online, weekend in ((True, WEEKEND_ONLINE), (False, 0.0)):
            some = rows[online[rows] == is_online]
            weights = np.where(working, 1.0, weekend)
            received[some] = rng.choice(days, size=len(some), p=weights / weights.sum())
    return received


def _kinds(tier: Ints, rng: Generator) -> Ints:
    """A kind for each dossier, as its position among all kinds."""
    kind = np.empty(len(tier), dtype=np.int64)
    before = 0
    for number, kinds in enumerate(KINDS.values()):
        rows = np.flatnonzero(tier == number)
        kind[rows] = before + rng.choice(len(kinds), size=len(rows), p=[each.weight for each in kinds])
        before += len(kinds)
    return kind


def _finished(
    received: Days, due: Days, allowed: Ints, leaving: Days, closed: Days, rng: Generator
) -> tuple[Days, npt.NDArray[np.bool_]]:
    """The day of the result, and whether it came late; a few stay with the office for months."""
    late = rng.random(len(received)) < LATE
    taken = np.floor(rng.beta(2.5, 1.6, len(received)) * (allowed + 1)).astype(np.int64).clip(max=allowed)
    stuck = rng.random(len(received)) < 0.04
    over = rng.geometric(0.18, len(received)) + stuck * rng.integers(40, 200, len(received))
    finished = np.busday_offset(received, np.where(late, allowed + over, taken), roll="forward", holidays=closed)
    # A commune that is dissolved hands over what it has finished, and nothing of it stays open.
    finished = np.where(np.isnat(leaving), finished, np.minimum(finished, leaving))
    return finished, finished > due


def _leaving(work: Workload, cell: Ints) -> Days:
    """The last day by which a unit that ended has finished everything; none (NaT) for a unit that goes on."""
    last = last_day(work.months[-1])
    days = [
        unit.valid_to + timedelta(days=31) if unit.valid_to and unit.valid_to < last else None for unit in work.units
    ]
    return np.array(days, dtype="datetime64[D]")[work.unit][cell]


def _satisfaction(late: npt.NDArray[np.bool_], rng: Generator) -> Ints:
    """A rating of 1 to 5 from a third of the applicants, lower where they waited; 0 where none was given."""
    in_time = rng.choice(5, size=len(late), p=[0.01, 0.02, 0.08, 0.35, 0.54]) + 1
    waited = rng.choice(5, size=len(late), p=[0.15, 0.22, 0.30, 0.22, 0.11]) + 1
    return np.where(rng.random(len(late)) < 0.35, np.where(late, waited, in_time), 0)


def _closed_days(months: Sequence[date]) -> Days:
    """Vietnam's public holidays, for years before and after the sample too."""
    years = range(months[0].year, months[-1].year + 2)
    return np.array(sorted(holidays.country_holidays("VN", years=years)), dtype="datetime64[D]")


def _district(unit: OrgUnit) -> str | None:
    """The district whose file a body's dossiers are delivered in."""
    above = {"district": unit.key, "commune": unit.parent}.get(unit.level)
    return above.code if above else None


def _words(words: Sequence[str | None], positions: Ints) -> pl.Series:
    """Positions in a short list of words as a column of text."""
    return pl.Series(words, dtype=pl.String).gather(positions)
