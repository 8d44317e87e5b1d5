"""What records came in: deliveries, what of them is in quarantine, and which were refused."""

from __future__ import annotations

from collections import Counter

from targetwatch.explaining.account import Shown
from targetwatch.explaining.found import Case, Record
from targetwatch.model import Language, Text
from targetwatch.wording import dates, nouns, numbers

NAMED = 5  # deliveries that are named
ROWS = Text("dòng", "rows")
DELIVERIES = Text("lô", "deliveries")


def deliveries(
    case: Case, brought: Counter[str], language: Language
) -> tuple[list[str], list[Shown], dict[str, object]]:
    """What the records came in, and what of it is in quarantine or was refused."""
    if case.deliveries is None:
        return [], [], {}
    rows = case.deliveries.rows
    taken = [row for row in rows if row["batch_id"] in brought or (not brought and row["state"] == "accepted")]
    aside = sum(row["rows_in_quarantine"] for row in rows)
    put_right = sum(row["rows_put_right"] for row in rows)
    says = []
    if taken:
        named = [_delivery(case, row, brought, language) for row in taken[:NAMED]]
        said = nouns.series(named, language, more=len(taken) - len(named))
        number = nouns.counted(len(taken), DELIVERIES, language)
        several = f"{number}: {said}" if len(taken) > 1 else said
        says.append(Text(f"Nhận trong {several}.", f"Delivered in {several}.").in_(language))
    says += [_refused(case, row, language) for row in rows if row["state"] == "refused"]
    if aside:
        number = nouns.counted(aside, ROWS, language)
        says.append(
            Text(
                f"{number} của {'các lô' if len(rows) > 1 else 'lô'} này đang bị cách ly.",
                f"{number} of {'these deliveries' if len(rows) > 1 else 'it'} "
                f"{'is' if aside == 1 else 'are'} in quarantine.",
            ).in_(language)
        )
    elif rows and not put_right:
        none = Text("Không dòng nào của lô này bị cách ly.", "None of its rows is in quarantine.")
        if len(rows) > 1:
            none = Text("Không dòng nào của các lô này bị cách ly.", "None of their rows is in quarantine.")
        says.append(none.in_(language))
    if put_right:
        number = nouns.counted(put_right, ROWS, language)
        right = Text(f"{number} từng bị cách ly nay đã được sửa.", f"{number} once in quarantine put right since.")
        says.append(right.in_(language))
    shown = [Shown(Text("các lô", "the deliveries").in_(language), case.deliveries.query)]
    if aside:
        why = Text("các dòng bị cách ly, mỗi lý do một dòng", "the rows in quarantine, a row for each reason")
        shown.append(Shown(why.in_(language), case.queries["explain_quarantine"]))
    facts = {
        "deliveries": [{**row, "records": brought.get(row["batch_id"], 0)} for row in rows],
        "rows_quarantined": aside,
        "rows_put_right": put_right,
    }
    return says, shown, facts


def _delivery(case: Case, row: Record, brought: Counter[str], language: Language) -> str:
    when = dates.moment(row["known_at"], case.place.time_zone, language)
    part = numbers.count(brought[row["batch_id"]], language)
    several = Text(f"; {part} trong số đó", f"; {part} of them").in_(language) if len(brought) > 1 else ""
    return Text(
        f"“{row['delivered_as']}” (nhận lúc {when}{several})", f"“{row['delivered_as']}” (arrived {when}{several})"
    ).in_(language)


def _refused(case: Case, row: Record, language: Language) -> str:
    when = dates.moment(row["known_at"], case.place.time_zone, language)
    because = Text.parse(row["refused_because"] or "").in_(language).rstrip(".")
    return Text(
        f"“{row['delivered_as']}” (nhận lúc {when}) bị từ chối cả lô: {because}.",
        f"“{row['delivered_as']}” (arrived {when}) was refused whole: {because}.",
    ).in_(language)
