"""What is in quarantine as lines of a table, and as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from targetwatch.cli import console
from targetwatch.correcting.account import KEY_LENGTH
from targetwatch.gathering.parts import part_of, row_of
from targetwatch.model import Language, Programme, Text
from targetwatch.wording import dates, numbers
from targetwatch.wording.numbers import MISSING

Row = Mapping[str, Any]
ROWS_SHOWN = 1_000

COUNT_HEADINGS = (
    Text("Nguồn", "Source"),
    Text("Tệp", "File"),
    Text("Mã lô", "Batch"),
    Text("Nhận", "Received"),
    Text("Đơn vị", "Unit"),
    Text("Số dòng", "Rows"),
    Text("Lý do", "Reason"),
    Text("Cột", "Column"),
    Text("Dòng đầu tiên", "First row"),
)
SINCE_HEADINGS = (Text("Đã sửa", "Put right"), Text("Gửi lại vẫn sai", "Set aside again"))
ROW_HEADINGS = (
    Text("Mã dòng", "Row key"),
    Text("Tệp", "File"),
    Text("Dòng", "Row"),
    Text("Đơn vị", "Unit"),
    Text("Cột", "Column"),
    Text("Đã ghi", "As delivered"),
    Text("Lý do", "Reason"),
)
BECAME = Text("Nay", "Now")
OUTCOMES = {
    "put_right": Text("đã sửa, nhờ {}", "put right by {}"),
    "set_aside_again": Text("gửi lại vẫn sai, trong {}", "set aside again out of {}"),
    None: Text("còn cách ly", "in quarantine"),
}
SUM = Text("{} dòng đang bị cách ly.", "{} rows are in quarantine.")
REFUSED = Text(" (cả lô bị từ chối)", " (refused whole)")
MORE = Text(
    "Còn {} dòng nữa: thu hẹp bằng --source, --batch hoặc --unit.", "{} more: narrow it by --source, --batch or --unit."
)


def as_data(row: Row) -> dict[str, Any]:
    """A row as JSON: the position as people count it, the reason in both languages."""
    reason = Text.parse(row["reason"])
    kept = {name: value for name, value in row.items() if name not in ("reason", "parts", "record_id", "landed_as")}
    part = row["part"] if "part" in row else part_of(row["position"], row["parts"] or ())
    return {
        **kept,
        "position": row_of(row["position"]),
        "part": part,
        "reason": {"vi": reason.vi, "en": reason.en},
        **({"key": _key(row)} if "delivered_value" in row else {}),
    }


def _key(row: Row) -> str:
    return f"{row['batch_id'][:KEY_LENGTH]}:{row['position']}"


def print_counts(found: Sequence[Row], programme: Programme, every: bool, lang: Language) -> None:
    """Print what is in quarantine by source, delivery, unit and reason; with `every` also what has left it."""
    headings = (*COUNT_HEADINGS, *(SINCE_HEADINGS if every else ()))
    console.lines([one.in_(lang) for one in headings], (_count_line(row, programme, every, lang) for row in found))
    held = sum(row["held"] for row in found)
    console.answers.print(SUM.in_(lang).format(_number(held, lang)), highlight=False)


def _count_line(row: Row, programme: Programme, every: bool, lang: Language) -> tuple[str, ...]:
    refused = REFUSED.in_(lang) if row["batch_state"] == "refused" else ""
    part = part_of(row["position"], row["parts"] or ())
    line = (
        row["source"],
        f"{row['delivered_as']}{refused}",
        row["batch_id"][:KEY_LENGTH],
        _moment(row["known_at"], programme, lang),
        _unit(row["org_unit"], programme),
        _number(row["held"], lang),
        Text.parse(row["reason"]).in_(lang),
        row["column_name"] or MISSING,
        f"{part}: {row_of(row['position'])}" if part else str(row_of(row["position"])),
    )
    since = (_number(row["put_right"], lang), _number(row["set_aside_again"], lang))
    return (*line, *since) if every else line


def print_rows(found: Sequence[Row], programme: Programme, every: bool, lang: Language) -> None:
    """Print rows in quarantine one by one; with `every` also what became of those that have left it."""
    headings = (*ROW_HEADINGS, *((BECAME,) if every else ()))
    console.lines(
        [one.in_(lang) for one in headings],
        (_row_line(row, programme, every, lang) for row in found[:ROWS_SHOWN]),
    )
    if len(found) > ROWS_SHOWN:
        console.answers.print(MORE.in_(lang).format(_number(len(found) - ROWS_SHOWN, lang)), highlight=False)


def _row_line(row: Row, programme: Programme, every: bool, lang: Language) -> tuple[str, ...]:
    place = row_of(row["position"])
    line = (
        _key(row),
        row["delivered_as"],
        f"{row['part']}: {place}" if row["part"] else str(place),
        _unit(row["org_unit"], programme),
        row["column_name"] or MISSING,
        row["delivered_value"] if row["delivered_value"] is not None else MISSING,
        Text.parse(row["reason"]).in_(lang),
    )
    came = OUTCOMES[row["emptied_how"]].in_(lang).format(str(row["emptied_by"])[:KEY_LENGTH])
    return (*line, came) if every else line


def _unit(code: str | None, programme: Programme) -> str:
    names = [unit.name for unit in programme.org_units if unit.key.code == code]
    return MISSING if code is None else f"{names[-1]} ({code})" if names else code


def _moment(when: datetime, programme: Programme, lang: Language) -> str:
    return dates.moment(when, programme.time_zone, lang)


def _number(number: int, lang: Language) -> str:
    return numbers.count(number, lang)
