"""Beside the value: what the unit reports of itself, and whether the rate rose because its denominator shrank."""

from __future__ import annotations

from targetwatch.explaining.account import Shown, Step
from targetwatch.explaining.found import Case, Record
from targetwatch.model import Discrepancy, Language, Lapse, ReportFinding, Shrinkage, Text
from targetwatch.wording import reports, words

HEADING = Text("Báo cáo so với hồ sơ", "Reports against records")


def beside(case: Case, language: Language) -> Step | None:
    """What the unit reports for the period beside what its records give; None where it is not both."""
    if case.reports is None or case.period is None:
        return None
    row = next((one for one in case.reports.rows if one["period_start"] == case.period.first_day), None)
    if row is None:
        return None
    one, measure = _discrepancy(row), case.place.measure
    said, held = reports.reported(one, measure, language), reports.computed(one, measure, language)
    parts = reports.reported_parts(one, measure, language), reports.computed_parts(one, measure, language)
    said, held = (f"{value} ({part})" if part else value for value, part in zip((said, held), parts, strict=True))
    apart, finding = reports.difference(one, measure, language), reports.FINDINGS[one.finding].in_(language)
    says = [
        Text(
            f"Đơn vị báo cáo {said}, hồ sơ cho thấy {held}; chênh {apart}: {finding}.",
            f"The unit reports {said}, the records show {held}; a difference of {apart}: {finding}.",
        ).in_(language)
    ]
    by = Text(row["by_vi"] or one.acknowledged_by or "", row["by_en"] or one.acknowledged_by or "")
    says.append(reports.acknowledged(one, by, language))
    rows = Text("báo cáo và hồ sơ, kỳ mới nhất trước", "reports and records, the newest period first")
    facts = {name: row[name] for name in ("finding", "deviation_millionths", "tolerance_millionths", "difference")}
    shown = (Shown(rows.in_(language), case.reports.query),)
    return Step("reports", HEADING.in_(language), tuple(filter(None, says)), shown, facts)


def shrank(case: Case, language: Language) -> list[str]:
    """That the rate rose only because there is less that it is a share of; nothing where that is not so."""
    said = case.said or {}
    if said.get("shrank_denominator") is None or not case.is_judged:
        return []
    names = ("shrank_period_start", "shrank_period_end", "shrank_numerator", "shrank_denominator")
    before, counted = Shrinkage(*(said[name] for name in names)), case.place.measure.counted
    return [words.shrank(before, said["numerator"], said["denominator"], said["period_start"], counted, language)]


def _discrepancy(row: Record) -> Discrepancy:
    """The discrepancy in a row of the view `discrepancies`."""
    named = {"deviation": "deviation_millionths", "allowed": "tolerance_millionths"}
    of_their_own = ("finding", "reason", "lapsed")
    held = {name: row[named.get(name, name)] for name in Discrepancy.__dataclass_fields__ if name not in of_their_own}
    return Discrepancy(
        **held,
        finding=ReportFinding(row["finding"]),
        reason=Text(row["reason_vi"], row["reason_en"]) if row["reason_vi"] else None,
        lapsed=Lapse(row["lapsed"]) if row["lapsed"] else None,
    )
