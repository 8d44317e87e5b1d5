"""Cases as they would be read of a snapshot, put together by hand."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from targetwatch.evaluation.baselines import Stood
from targetwatch.explaining.found import Answer, Case, Place, UnitFound
from targetwatch.explaining.queries import Query
from targetwatch.model import Comparison, Language, OrgUnit, Period, Successor, Text, UnitKey

EN, VI = Language.EN, Language.VI
MOMENT = datetime(2025, 6, 16, 2, tzinfo=UTC)
MAY = Period(date(2025, 5, 1), date(2025, 5, 31))
CITY = UnitKey("01", date(2021, 1, 1))
QUERY = Query("a_query", "SELECT 1")
NOTHING = Answer((), QUERY)
SHOWN = (
    "explain_missing",
    "explain_source_batches",
    "explain_target_versions",
    "explain_path",
    "explain_comparison",
    "explain_verdicts",
    "explain_quarantine",
)


def unit(
    key: UnitKey,
    name: str,
    *,
    valid_to: date | None = None,
    successors: tuple[Successor, ...] = (),
    level: str = "city",
) -> UnitFound:
    """A unit of the register."""
    return UnitFound(OrgUnit(key, valid_to, level, "kind", name, None, successors), name, None, Text("đơn vị", "units"))


def place(*others: UnitFound, of: UnitFound | None = None, **metric: Any) -> Place:
    """Where somebody asks: a share in per cent, unless `metric` says otherwise."""
    asked = of or unit(CITY, "Thành phố")
    row = {
        "metric": "share",
        "name_vi": "Tỷ lệ",
        "name_en": "Share",
        "kind": "ratio",
        "unit_of_measure": "percent",
        "counted_vi": "hồ sơ",
        "counted_en": "dossiers",
        "cadence": "month",
        "source": "desk",
        "owner": "somebody",
        "source_name_vi": "Một cửa",
        "source_name_en": "Desk",
        "source_planned": False,
        "source_owner_vi": "Văn phòng",
        "source_owner_en": "Office",
        **metric,
    }
    units = {one.key: one for one in (asked, *others)}
    return Place(asked, units, row, "Asia/Ho_Chi_Minh", MOMENT, None, MOMENT, has_records=True)


def said(**different: Any) -> dict[str, Any]:
    """An assessment with its target's version: 650 of 1,000 in May against a line from 34 % to 80 %."""
    path = different.pop("drawn_from", {"baseline": {"on": "2021-12-31", "value": 340_000}, "milestones": []})
    row: dict[str, Any] = {
        "target": "a_target",
        "target_version": "0123456789abcdef",
        "name_vi": "Chỉ tiêu",
        "name_en": "A target",
        "short_name_vi": "chỉ tiêu",
        "short_name_en": "a target",
        "metric": "share",
        "tier": "city",
        "scope": "each",
        "role": "each",
        "comparison": ">=",
        "value": 800_000,
        "value_to": None,
        "due": date(2025, 12, 31),
        "path": "linear",
        "assumed": True,
        "warning_margin": 10_000,
        "effective_from": date(2021, 7, 15),
        "effective_to": None,
        "reference_title": "A decision",
        "reference_publisher": "the city",
        "reference_published": "2021-07",
        "owner": "somebody",
        "owner_name_vi": "Ai đó",
        "owner_name_en": "Somebody",
        "still_assessed": True,
        "as_of": MOMENT,
        "status": "behind",
        "reason": "short_of_required",
        "period_start": MAY.first_day,
        "period_end": MAY.last_day,
        "period_state": "complete",
        "origin": "computed",
        "numerator": 650,
        "denominator": 1_000,
        "parts": True,
        "required": 732_621,
        "final": 800_000,
        "attained": 650_000_000,
        "needed": 732_621_000,
        "headroom": -82_621_000,
        "headroom_units": -83,
        "low_numerator": 650,
        "high_numerator": 650,
        "bounds_denominator": 1_000,
        "missing": [],
        "deadline": None,
        "failed": ["short_at_best"],
        "trajectory": json.dumps(path),
    }
    return row | different


def observed(numerator: int = 650, denominator: int = 1_000, **different: Any) -> dict[str, Any]:
    """A version of an observation."""
    return {
        "numerator": numerator,
        "denominator": denominator,
        "parts": True,
        "bodies_reported": 1,
        "bodies_due": 1,
        "rolled_up": False,
        "known_at": MOMENT,
        "recorded_at": MOMENT,
        "batch_id": "a_batch",
    } | different


def case(
    row: Mapping[str, Any] | None = None, where: Place | None = None, began: Stood | None = None, **different: Any
) -> Case:
    """A judged case; `different` are fields of it."""
    about = said() if row is None else row
    period = Period(about["period_start"], about["period_end"]) if about["period_start"] else None
    versions = Answer((observed(about["numerator"], about["denominator"]),), QUERY) if period else None
    made = Case(
        place=where or place(),
        tier="city",
        said=about,
        period=period,
        origin=about["origin"],
        source_incidents=NOTHING,
        references={},
        records_file="share",
        delivered_by="desk",
        versions=versions,
        statuses=Answer((about,), QUERY),
        incidents=NOTHING,
        began=began,
        queries=dict.fromkeys(SHOWN, QUERY),
    )
    return replace(made, **different)


def comparison_of(row: Mapping[str, Any]) -> Comparison:
    """How a row is compared."""
    return Comparison(row["comparison"])
