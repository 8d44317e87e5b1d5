"""Baselines: where each unit stood when a path began that does not say so itself, as it was observed.

A path from a day on begins there, with the newest settled value of a period that had ended by then; where there was
none, it begins with the first settled value of all, at that period's end. A unit that was made out of others, and to
which their target has passed on, stood where those stood together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import polars as pl

from targetwatch.evaluation.due import BODY
from targetwatch.evaluation.succession import Succession, succession_of
from targetwatch.model import MetricKind, Path, PeriodState, Programme, TargetVersion, UnitEnding, UnitKey

SETTLED = (PeriodState.COMPLETE.value, PeriodState.FINAL.value)
FROM = pl.Schema({"version": pl.Int64, "baseline_on": pl.Date, "passes_on": pl.Boolean})


@dataclass(frozen=True, slots=True)
class Stood:
    """A value that was observed, and since when it counts; without figures where 64 bits could not hold them."""

    since: date
    numerator: Fraction | None
    denominator: Fraction | None
    is_whole: bool = True  # its parts are known: it may be added to others

    @property
    def value(self) -> Fraction | None:
        """The value itself, exact."""
        if self.numerator is None or self.denominator is None:
            return None
        return self.numerator / self.denominator


Of = tuple[str, str, date | None]  # a metric, a tier, and the day from which a path begins, where one is declared
Own = Mapping[tuple[Of, UnitKey], Stood]


def observed_from(versions: Iterable[TargetVersion]) -> pl.DataFrame:
    """The versions, by their place, whose path begins where each unit stood (FROM)."""
    rows = [
        (place, version.trajectory.baseline_on, version.when_unit_ends is UnitEnding.PASSES_ON)
        for place, version in enumerate(versions)
        if version.trajectory.path is Path.LINEAR and version.trajectory.baseline is None
    ]
    return pl.DataFrame(rows, schema=FROM, orient="row")


def baselines(programme: Programme, rolled: pl.DataFrame, asked: pl.DataFrame) -> list[Stood | None]:
    """Where each unit of `asked` (BODY, baseline_on, passes_on) stood, by `rolled` (ROLLED); None if never observed.

    Of several predecessors the value is the sum of weight x numerator over the sum of weight x denominator of those
    that were observed, since the last of their days. Counts and levels are added up by weight. Ranks, and shares
    without their parts, are of their own unit alone.
    """
    rows = list(asked.select(*BODY, "baseline_on", "passes_on").iter_rows())
    succession = succession_of(programme.org_units)
    bodies = {row[:-1] for row in rows}
    for metric, tier, code, valid_from, day, passes_on in rows:
        founders = _founders_at_any_remove(succession, UnitKey(code, valid_from)) if passes_on else ()
        bodies.update((metric, tier, founder.code, founder.valid_from, day) for founder in founders)
    by_day, first = _own(rolled, bodies)
    kinds = {metric.id: metric.kind for metric in programme.metrics.values()}
    handed_down = _HandedDown(succession, kinds, by_day, first)
    alone = _HandedDown(Succession(()), kinds, by_day, first)
    return [
        (handed_down if passes_on else alone).stood((metric, tier, day), UnitKey(code, valid_from))
        for metric, tier, code, valid_from, day, passes_on in rows
    ]


def _founders_at_any_remove(succession: Succession, unit: UnitKey) -> set[UnitKey]:
    found: set[UnitKey] = set()
    left = [unit]
    while left:
        founders = {founder for founder, _ in succession.founders(left.pop())} - found
        found |= founders
        left.extend(founders)
    return found


def _own(rolled: pl.DataFrame, bodies: Iterable[tuple[object, ...]]) -> tuple[Own, Own]:
    """What each body had by the day from which a path begins, and what it had first."""
    wanted = pl.DataFrame(
        list(bodies),
        schema={name: rolled.schema.get(name, pl.Date) for name in (*BODY, "baseline_on")},
        orient="row",
    )
    seen = (
        rolled.lazy()
        .filter(
            pl.col("period_state").is_in(SETTLED),
            pl.col("bodies_reported") >= 1,
            # A value that could not be summed is one all the same: no other one may stand in for it unsaid.
            (pl.col("denominator") > 0) | pl.col("denominator").is_null(),
        )
        .join(wanted.lazy(), on=BODY)
        .select(*BODY, "baseline_on", "period_end", "numerator", "denominator", "parts")
        .sort("period_end")
        .collect(engine="in-memory")
    )
    body = [*BODY, "baseline_on"]
    by_day = seen.filter(pl.col("period_end") <= pl.col("baseline_on")).unique(body, keep="last")
    return (
        _by_unit(by_day.with_columns(period_end="baseline_on")),
        _by_unit(seen.unique(body, keep="first")),
    )


def _by_unit(seen: pl.DataFrame) -> Own:
    return {
        ((metric, tier, day), UnitKey(code, valid_from)): Stood(
            since,
            None if numerator is None else Fraction(numerator),
            None if denominator is None else Fraction(denominator),
            parts,
        )
        for metric, tier, code, valid_from, day, since, numerator, denominator, parts in seen.iter_rows()
    }


class _HandedDown:
    """Where units stood, with what those had out of which they were made."""

    def __init__(self, succession: Succession, kinds: Mapping[str, MetricKind], by_day: Own, first: Own) -> None:
        self._succession = succession
        self._kinds = kinds
        self._by_day = by_day
        self._first = first

    def stood(self, of: Of, unit: UnitKey) -> Stood | None:
        """Where a unit stood: by the day that is declared, or else first."""
        return self._by_the_day(of, unit) or self._at_first(of, unit)

    def _by_the_day(self, of: Of, unit: UnitKey) -> Stood | None:
        return self._by_day.get((of, unit)) or self._founders(of, unit, self._by_the_day)

    def _at_first(self, of: Of, unit: UnitKey) -> Stood | None:
        return self._founders(of, unit, self._at_first) or self._first.get((of, unit))

    def _founders(self, of: Of, unit: UnitKey, had: Callable[[Of, UnitKey], Stood | None]) -> Stood | None:
        """What those had together out of which a unit was made."""
        kind = self._kinds[of[0]]
        if kind is MetricKind.RANK:
            return None
        weighed = [(weight, had(of, founder)) for founder, weight in self._succession.founders(unit)]
        found = [(weight, stood) for weight, stood in weighed if stood is not None and stood.is_whole]
        if not found:
            return None
        since = max(stood.since for _, stood in found)
        if any(stood.numerator is None or stood.denominator is None for _, stood in found):
            return Stood(since, None, None)
        numerator = sum((weight * (stood.numerator or 0) for weight, stood in found), Fraction(0))
        denominator = sum((weight * (stood.denominator or 0) for weight, stood in found), Fraction(0))
        return Stood(since, numerator, denominator if kind is MetricKind.RATIO else Fraction(1))
