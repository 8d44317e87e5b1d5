"""Trends: whose course the messages of a pass may show, so that no more than these are looked up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from targetwatch.model import Assessment, IncidentKind, Role, TrendKey, UnitKey
from targetwatch.notifications.situation import Situation
from targetwatch.notifications.telling.targets import SHORT, furthest_first, is_share, judged_in

YEARS = 4  # more periods than a chart shows of months, and enough for a line of years


def since(now: datetime) -> date:
    """From when on a course is looked up."""
    return date(now.year - YEARS, now.month, 1)


def wanted(situation: Situation) -> Mapping[TrendKey, tuple[str, str]]:
    """The metric and tier of every target and org_unit whose course a message of this pass may show.

    These are those who answer: the tier as one or, where units answer one by one, the furthest of them. What is a
    unit's share of a pooled target is not among them: a thousand units behind ask for one trend.
    """
    asked: dict[TrendKey, tuple[str, str]] = {}
    one_by_one: set[str] = set()
    for incident in situation.incidents:
        if incident.key.kind is not IncidentKind.BEHIND or incident.opened_at is None or is_share(incident):
            continue
        judged = judged_in(incident.facts, situation.now)
        if judged is None:
            continue
        if judged.role is Role.POOLED:
            unit = UnitKey(judged.org_unit, judged.org_unit_valid_from)
            asked[judged.target, unit.code, unit.valid_from] = (judged.metric, judged.tier)
        else:
            one_by_one.add(judged.target)
    furthest: dict[str, Assessment] = {}
    for item in situation.assessments:
        if item.target in one_by_one and item.status in SHORT:
            before = furthest.get(item.target)
            if before is None or furthest_first(item, situation) < furthest_first(before, situation):
                furthest[item.target] = item
    for item in furthest.values():
        asked[item.target, item.org_unit, item.org_unit_valid_from] = (item.metric, item.tier)
    return asked
