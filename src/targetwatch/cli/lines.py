"""A row of a snapshot as a line of a table, in the same words as the board and the messages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from targetwatch.model import (
    IncidentKind,
    IncidentState,
    Language,
    Period,
    Reason,
    Shrinkage,
    Status,
    Text,
    UnitEnding,
)
from targetwatch.wording import dates, nouns, words
from targetwatch.wording.care import Care
from targetwatch.wording.figures import Figures
from targetwatch.wording.numbers import MISSING

Row = Mapping[str, Any]
BETWEEN = Text("từ {} đến {}", "anything from {} to {}")

STATUS_HEADINGS = (
    Text("Trạng thái", "Status"),
    Text("Chỉ tiêu", "Target"),
    Text("Kết quả", "Value"),
    Text("Cần đến nay", "Needed now"),
    Text("Cuối kỳ", "Final"),
    Text("Thiếu (−), vượt (+)", "Short (−), over (+)"),
    Text("Hạn", "Due"),
    Text("Kỳ", "Period"),
    Text("Vì sao", "Why"),
    words.WHEN_UNIT_ENDS,
    Text("Cảnh báo", "Incident"),
)
INCIDENT_HEADINGS = (
    Text("Cảnh báo", "Incident"),
    Text("Tình trạng", "State"),
    Text("Mức", "Severity"),
    Text("Loại", "Kind"),
    Text("Về", "About"),
    Text("Đơn vị", "Unit"),
    Text("Mở lúc", "Opened"),
    Text("Đóng lúc", "Closed"),
    Text("Ai tiếp nhận, tắt thông báo", "Who is on it, and what mutes it"),
)


def by_need(rows: Iterable[Row]) -> list[Row]:
    """Rows of `current_status` with the targets that need action first, each followed by its units."""
    found = list(rows)
    need = {status.value: place for place, status in enumerate(words.STATUSES)}
    of_target = {row["target"]: need[row["status"]] for row in reversed(found) if row["role"] != "share"}
    place = {target: place for place, target in enumerate(dict.fromkeys(row["target"] for row in found))}
    return sorted(found, key=lambda row: (of_target.get(row["target"], len(need)), place[row["target"]]))


def status_line(row: Row, language: Language) -> tuple[str, ...]:
    """A row of `current_status` under STATUS_HEADINGS."""
    found = Figures.of_row(row)
    value = " ".join(part for part in (found.value(language), f"({found.parts(language)})") if part != "()")
    headroom = found.signed_gap(language)
    if row["reason"] == Reason.INCOMPLETE:  # the missing units decide: a gap would say more than is known
        ends = (
            found.beside(row[end], row["bounds_denominator"], language) for end in ("low_numerator", "high_numerator")
        )
        headroom = BETWEEN.in_(language).format(*ends)
    elif found.gap is not None:
        headroom = ", ".join(
            part for part in (f"{headroom} {found.gap_unit(language)}", found.still_needed(language)) if part
        )
    name = row["name_vi" if language is Language.VI else "name_en"]
    return (
        words.status(Status(row["status"]), language),
        name if row["role"] != "share" else f"  {row['org_unit_name']}",
        value,
        found.required_now(language) or MISSING,
        found.final_value(language),
        headroom,
        dates.day(row["due"], language) if row["due"] else words.HELD.in_(language),
        dates.period(Period(row["period_start"], row["period_end"]), language, short=True)
        if row["period_start"]
        else MISSING,
        " ".join(
            filter(
                None, [words.reason(Reason(row["reason"]), language, row["successors"]), shrank_remark(row, language)]
            )
        ),
        words.UNIT_ENDINGS[UnitEnding(row["when_unit_ends"] or UnitEnding.ENDS)].in_(language),
        f"TW-{row['incident']}" if row["incident"] else MISSING,
    )


def shrank_remark(row: Row, language: Language) -> str:
    """The remark that a rate rose because its denominator shrank; empty where there is none."""
    if not row.get("denominator_shrank"):
        return ""
    before = Shrinkage(*(row[f"shrank_{name}"] for name in ("period_start", "period_end", "numerator", "denominator")))
    counted = Text(row["counted_vi"], row["counted_en"])
    return words.shrank(before, row["numerator"], row["denominator"], row["period_start"], counted, language)


def reports_line(row: Row, language: Language) -> str:
    """A row of REPORTS in `reading`: how many units of a tier report something else than their records give."""
    name, tier = row["metric_name_vi" if language is Language.VI else "metric_name_en"], row["tier"]
    of = nouns.of(row["misreported"], row["compared"], language)
    said = Text(f"{of} đơn vị báo cáo lệch hồ sơ", f"{of} units report something else than their records show")
    accepted = Text(f"{row['acknowledged']} chênh lệch được chấp nhận", f"{row['acknowledged']} acknowledged")
    parts = [said.in_(language), accepted.in_(language) if row["acknowledged"] else ""]
    return f"{name} ({tier}): {'; '.join(filter(None, parts))}."


def incident_line(row: Row, now: datetime, time_zone: str, language: Language) -> tuple[str, ...]:
    """A row of `incidents` under INCIDENT_HEADINGS."""
    care = Care.of(row)

    def moment(when: datetime | None) -> str:
        return dates.moment(when, time_zone, language) if when else MISSING

    return (
        row["name"],
        words.INCIDENT_STATES[IncidentState(row["state"])].in_(language),
        care.how_bad(language) or MISSING,
        words.INCIDENT_KINDS[IncidentKind(row["kind"])].in_(language),
        row["subject_name_vi" if language is Language.VI else "subject_name_en"] or row["subject"],
        row["org_unit_name"] or MISSING,
        moment(row["opened_at"]),
        moment(row["closed_at"]),
        "; ".join(
            filter(None, [care.who(time_zone, language), care.why(language), care.muted(now, time_zone, language)])
        )
        or MISSING,
    )
