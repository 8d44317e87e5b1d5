"""What the districts of the board's world report of themselves, beside what their records give."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

from targetwatch.model import Discrepancy, Lapse, ReportFinding, Text, UnitKey

FOUNDED = date(2021, 1, 1)
BA_DINH, TAY_HO, ME_LINH = (UnitKey(code, FOUNDED) for code in ("001", "003", "250"))
MAY = (date(2025, 5, 1), date(2025, 5, 31))
KNOWN = datetime(2025, 6, 10, 2, tzinfo=UTC)


def discrepancies(text: Callable[[str, str], Text]) -> Iterator[Discrepancy]:
    """One that differs, one that had been accepted, one that is, and one that agrees; `text` makes words."""
    two = {
        "reason": text("hồ sơ đất đai ở phần mềm khác", "land dossiers are in another system"),
        "acknowledged_by": "chairs",
    }
    yield _report("online", BA_DINH, 920, 784, ReportFinding.MISREPORTED)
    expired = {**two, "acknowledged_until": date(2025, 5, 31), "lapsed": Lapse.EXPIRED}
    yield _report("online", TAY_HO, 950, 930, ReportFinding.MISREPORTED, **expired)
    yield _report("online", ME_LINH, 700, 670, ReportFinding.ACKNOWLEDGED, **two, acknowledged_until=date(2025, 12, 31))
    yield _report("mailboxes", BA_DINH, 1000, 1000, ReportFinding.AGREES)


def _report(
    metric: str, unit: UnitKey, reported: int, computed: int, finding: ReportFinding, **changes: Any
) -> Discrepancy:
    return Discrepancy(
        metric=metric,
        tier="district",
        org_unit=unit.code,
        org_unit_valid_from=unit.valid_from,
        period_start=MAY[0],
        period_end=MAY[1],
        reported_numerator=reported,
        reported_denominator=1000,
        reported_parts=True,
        reported_at=KNOWN,
        computed_numerator=computed,
        computed_denominator=1000,
        computed_parts=True,
        computed_at=KNOWN,
        deviation=abs(reported - computed) * 1000,
        allowed=10_000,
        finding=finding,
        **changes,
    )
