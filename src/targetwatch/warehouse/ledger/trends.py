"""Trends: how the values that messages are about went over time, out of the observations."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from targetwatch.model import Trend, TrendKey, TrendPoint
from targetwatch.warehouse.session import Connection


def trends(conn: Connection, wanted: Mapping[TrendKey, tuple[str, str]], since: date) -> dict[TrendKey, Trend]:
    """The course of every target and org_unit in `wanted`, by its metric and tier, in periods that end after `since`.

    One of which nothing was observed has no trend.
    """
    if not wanted:
        return {}
    subjects = {
        key: f"{metric}|{tier}|{code}@{valid_from.isoformat()}"
        for key, (metric, tier) in wanted.items()
        for _, code, valid_from in [key]
    }
    rows = conn.frame("trends", subjects=sorted(set(subjects.values())), since=since)
    points: dict[str, list[TrendPoint]] = {}
    for subject, period_start, period_end, numerator, denominator in rows.iter_rows():
        points.setdefault(subject, []).append(TrendPoint(period_start, period_end, numerator, denominator))
    return {key: Trend(tuple(points[subject])) for key, subject in subjects.items() if subject in points}
