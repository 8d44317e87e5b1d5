"""Worsening: by how much a value fell further short, in the measure that a receiver's `worse_by` is given in."""

from __future__ import annotations

from fractions import Fraction

from targetwatch.model import MILLION, Assessment, Metric, MetricKind
from targetwatch.units_of_measure import PERCENTAGE_POINTS

PLACE = 100  # a place of a rank counts as a percentage point does: 10,000


def is_worse_enough(metric: Metric, before: Assessment, after: Assessment, worse_by: int) -> bool:
    """Whether it is short by at least `worse_by` more than it was.

    `worse_by` is in millionths: of a share (10,000 is one percentage point), of what is needed for counts, days and
    money (10,000 is one per cent of it); for ranks 10,000 is a place.
    """
    more = worsened_by(metric, before, after)
    return more is not None and more > 0 and more >= worse_by


def worsened_by(metric: Metric, before: Assessment, after: Assessment) -> Fraction | None:
    """By how much more it is short than it was, in the measure of `worse_by`; None where one of them has no value."""
    then, now = _short_by(metric, before), _short_by(metric, after)
    return None if then is None or now is None else now - then


def _short_by(metric: Metric, assessment: Assessment) -> Fraction | None:
    if assessment.headroom is None or not assessment.denominator:
        return None
    short = -Fraction(assessment.headroom, assessment.denominator)
    if metric.kind is MetricKind.RANK:
        return short / PLACE
    if metric.kind is MetricKind.RATIO or metric.unit_of_measure == PERCENTAGE_POINTS:
        return short
    needed = abs(assessment.required or 0)
    return short * MILLION / needed if needed else short
