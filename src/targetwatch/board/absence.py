"""Sentences of the board about a source whose units are late: for how long, and which targets cannot be said for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from targetwatch.board.rows import Row
from targetwatch.board.trouble import Late
from targetwatch.model import Language, Reason, Status, Text
from targetwatch.wording import dates, nouns, numbers

NAMED = 5  # units
TARGETS = Text("chỉ tiêu", "targets")
UNSAID: Mapping[Status, tuple[Text, Text]] = {  # of one target, and of several
    Status.NO_DATA: (Text("chưa có số liệu", "has no data"), Text("chưa có số liệu", "have no data")),
    Status.STALE: (Text("chỉ có số liệu cũ", "has old data only"), Text("chỉ có số liệu cũ", "have old data only")),
    Status.AT_RISK: (Text("chưa thể kết luận", "cannot be said yet"), Text("chưa thể kết luận", "cannot be said yet")),
}
NEVER = Text("Chưa từng nhận được số liệu nào từ nguồn này.", "Nothing ever came from this source.")


def silences(late: Late, language: Language) -> list[str]:
    """Since when those are silent for whom it is not the first missing period; or that nothing ever came."""
    if not late.has_begun:
        return [NEVER.in_(language)]
    lines = []
    for one in late.silent:
        since, number = dates.period(one.since, language), numbers.count(one.periods, language)
        who = nouns.series(one.names[:NAMED], language, more=max(len(one.names) - NAMED, 0))
        lines.append(
            Text(
                f"Thiếu liền {number} kỳ, từ {since}: {who}.",
                f"Missing {number} periods in a row, from {since} on: {who}.",
            ).in_(language)
        )
    return lines


def affected(rows: Iterable[Row], source: str, language: Language) -> str:
    """Which targets cannot be said because of a late source: 16 targets have no data because of this. Empty if none."""
    how: dict[Status, int] = {}
    for row in rows:
        lead = row.lead
        is_unsaid = row.status in (Status.NO_DATA, Status.STALE) or lead.reason is Reason.INCOMPLETE
        if lead.source == source and not lead.source_planned and is_unsaid:
            how[row.status] = how.get(row.status, 0) + 1
    said = [
        f"{nouns.counted(number, TARGETS, language)} {UNSAID[status][number > 1].in_(language)}"
        for status, number in how.items()
        if status in UNSAID
    ]
    if not said:
        return ""
    listed = nouns.series(said, language)
    return Text(f"Vì vậy {listed}.", f"Because of this {listed}.").in_(language)
