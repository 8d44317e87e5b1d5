"""Contradictions: published figures held against each other and against the records, ready to be judged.

A figure stands for a range: half a unit of its last digit to either side, 5 % for "about", "nearly" and "more than",
and nothing where it is a count or a place that was given exactly. Two contradict each other where no pair out of their
ranges would agree. All of it is fractions of whole numbers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import ceil, lcm
from typing import Any

import polars as pl

from targetwatch.evaluation.periods import period_of
from targetwatch.evaluation.published import LOOSE, LOOSE_ALLOWANCE, Distance, number_of
from targetwatch.evaluation.tolerance import is_relative, tolerance_of
from targetwatch.model import MILLION, Against, Contradiction, Metric, Origin, Programme, RatePer
from targetwatch.units_of_measure import COUNT, RANK, per_one

DAYS_A_YEAR = Fraction(1461, 4)
LENGTHS = {RatePer.DAY: Fraction(1), RatePer.MONTH: DAYS_A_YEAR / 12, RatePer.YEAR: DAYS_A_YEAR}
EXACT = (COUNT, RANK)


@dataclass(frozen=True, slots=True)
class Figure:
    """A published figure as a number, and how far to either side of it the true one may lie."""

    claim: str
    row: Mapping[str, Any]
    value: Fraction
    radius: Fraction

    @property
    def as_of(self) -> date:
        """The day that it is for."""
        day: date = self.row["as_of"]
        return day


@dataclass(frozen=True, slots=True)
class Check:
    """A published figure held against something: what that is, how far they are apart, and how far they may be."""

    claim: str
    other: Contradiction
    distance: Distance


def figure_of(claim: str, row: Mapping[str, Any]) -> Figure | None:
    """A published figure as a range; None where it is no plain number."""
    read = number_of(str(row["published"]))
    if read is None:
        return None
    value = Fraction(*read)
    if row["qualifier"] in LOOSE:
        radius = abs(value) / LOOSE_ALLOWANCE
    elif row["unit_of_measure"] in EXACT and read[1] == 1:
        radius = Fraction(0)
    else:
        radius = Fraction(1, 2 * read[1])
    return Figure(claim, row, value, radius)


def checks(programme: Programme, figures: Sequence[Figure], each: pl.DataFrame) -> Iterator[Check]:
    """Everything that the figures can be held against; `each` is ROLLED of every origin, for what the records give.

    A figure that says of another that it replaces it is not held against that one, and the replaced one is not among
    the `figures`.
    """
    of_metric: dict[str, list[Figure]] = defaultdict(list)
    for figure in sorted(figures, key=lambda one: (one.as_of, *published_first(one.row))):
        of_metric[figure.row["metric"]].append(figure)
    for name, series in of_metric.items():
        metric = programme.metrics.get(name)
        yield from _republished(series)
        if metric is None:
            continue
        if metric.cumulative:
            yield from _falls(series)
        if metric.rate_of is not None and metric.rate_per is not None:
            yield from _rates(series, of_metric.get(metric.rate_of, ()), LENGTHS[metric.rate_per])
        yield from _records(programme, metric, series, each)


def published_first(row: Mapping[str, Any]) -> tuple[date, str]:
    """What orders documents that give a figure for the same day: the day they were published, then their id."""
    return row.get("published_on") or row["as_of"], row["reference"]


def _republished(series: Sequence[Figure]) -> Iterator[Check]:
    """Another document's figure for the same day. The same number with fewer digits is no other figure."""
    for at, later in enumerate(series):
        for first in series[:at]:
            comparable = first.row["unit_of_measure"] == later.row["unit_of_measure"]
            if first.as_of == later.as_of and comparable and first.row["tier"] == later.row["tier"]:
                apart, allowed = abs(first.value - later.value), max(first.radius, later.radius)
                yield from _check(later, _other(Against.REPUBLISHED, first), apart, allowed)
                break


def _falls(series: Sequence[Figure]) -> Iterator[Check]:
    """The largest figure of an earlier day, which what only grows has to reach."""
    for at, later in enumerate(series):
        earlier = [one for one in series[:at] if one.as_of < later.as_of]
        if earlier:
            largest = max(earlier, key=lambda one: one.value)
            fallen = max(largest.value - later.value, Fraction(0))
            yield from _check(later, _other(Against.EARLIER, largest), fallen, largest.radius + later.radius)


def _rates(series: Sequence[Figure], totals: Sequence[Figure], length: Fraction) -> Iterator[Check]:
    """How fast the total grew between its two figures around the day of a published rate."""
    for rate in series:
        before = [one for one in totals if one.as_of < rate.as_of]
        after = [one for one in totals if one.as_of >= rate.as_of]
        if not before or not after:
            continue
        first, last = before[-1], after[0]
        many = (last.as_of - first.as_of).days / length
        grown = last.value - first.value
        implied = grown / many
        other = Contradiction(
            Against.RATE, last.row["published"], last.row["qualifier"], last.as_of, first.as_of, last.row["reference"],
            implied.numerator, implied.denominator,
        )  # fmt: skip
        yield from _check(rate, other, abs(grown - rate.value * many), first.radius + last.radius + rate.radius * many)


def _records(programme: Programme, metric: Metric, series: Sequence[Figure], each: pl.DataFrame) -> Iterator[Check]:
    """What the records of the period give that ends on the figure's day, where all who were due have delivered."""
    ends = {one.claim: period_of(one.as_of, metric.cadence) for one in series}
    asked = [one for one in series if ends[one.claim].last_day == one.as_of and one.row.get("org_unit") is not None]
    if not asked or each.is_empty():
        return
    computed = each.filter(
        pl.col("metric") == metric.id,
        pl.col("origin") == Origin.COMPUTED.value,
        pl.col("bodies_reported") == pl.col("bodies_due"),
        pl.col("denominator") > 0,
    )
    for figure in asked:
        period = ends[figure.claim]
        of_unit = computed.filter(
            pl.col("org_unit") == figure.row["org_unit"],
            pl.col("org_unit_valid_from") == figure.row["org_unit_valid_from"],
            pl.col("period_end") == period.last_day,
        ).to_dicts()
        held = _of_tier(of_unit, figure.row["tier"])
        if held is None or figure.row["unit_of_measure"] != metric.unit_of_measure:
            continue
        value = Fraction(held["numerator"], held["denominator"])
        scale = per_one(metric.unit_of_measure)
        base = abs(value) if is_relative(metric) and value else Fraction(1)
        apart = (abs(figure.value / scale - value) - figure.radius / scale) / base
        other = Contradiction(
            Against.RECORDS, as_of=period.last_day, since=period.first_day, numerator=held["numerator"],
            denominator=held["denominator"],
        )  # fmt: skip
        allowed = tolerance_of(programme, metric, Origin.PUBLISHED)
        # Both are whole: what is rounded up is above a whole number exactly where the difference itself is.
        yield Check(figure.claim, other, Distance(max(ceil(apart * MILLION), 0), allowed))


def _of_tier(rows: Iterable[Mapping[str, Any]], tier: str) -> Mapping[str, Any] | None:
    """The row of the figure's tier or, where the records know the unit by one other tier only, that one."""
    found = list(rows)
    named = [row for row in found if row["tier"] == tier] or found
    return named[0] if len(named) == 1 else None


def _other(against: Against, figure: Figure) -> Contradiction:
    row = figure.row
    return Contradiction(
        against, published=row["published"], qualifier=row["qualifier"], as_of=row["as_of"], reference=row["reference"]
    )


def _check(figure: Figure, other: Contradiction, apart: Fraction, allowed: Fraction) -> Iterator[Check]:
    """The two sides as whole numbers of a step that is small enough."""
    steps = lcm(apart.denominator, allowed.denominator)
    yield Check(figure.claim, other, Distance(int(apart * steps), int(allowed * steps)))
