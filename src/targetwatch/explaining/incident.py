"""The eighth link: the newest incident as it stood, with its history, and those before it in a line."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from targetwatch.explaining.account import Shown, Step
from targetwatch.explaining.comparison import to_spare
from targetwatch.explaining.found import LIVE_EVENTS, Case, Record
from targetwatch.incidents import LapsedBecause
from targetwatch.model import Language, Period, Text
from targetwatch.wording import dates, nouns, numbers
from targetwatch.wording.figures import Figures

HEADING = Text("Cảnh báo", "Incident")
SHOWN = 8  # steps that are told one by one

EVENTS: Mapping[str, Text] = {
    "pending": Text("bắt đầu theo dõi", "first seen, and watched"),
    "opened": Text("mở", "opened"),
    "changed": Text("đổi", "changed"),
    "resolved": Text("đã khắc phục", "resolved"),
    "superseded": Text("đóng vì chỉ tiêu được thay thế", "closed as superseded by a new version of the target"),
    "ended": Text("đóng vì đã kết thúc", "closed as ended"),
    "acknowledged": Text("đã được tiếp nhận", "acknowledged"),
    "lapsed": Text("không còn ai tiếp nhận", "no longer acknowledged"),
    "escalated": Text("đã báo lên cấp trên", "escalated"),
    "withdrawn": Text("thôi theo dõi, chưa từng mở", "dropped, and never opened"),
}

LAPSED: Mapping[str, Text] = {  # why an acknowledgement lapsed that nobody took back
    LapsedBecause.TERM: Text("hết hạn tiếp nhận", "its term was over"),
    LapsedBecause.SEVERITY: Text("mức độ đã nặng hơn", "it had become more severe"),
}
OF_PEOPLE = ("acknowledged", "lapsed", "escalated")  # they change nothing of what was judged


def incident(case: Case, language: Language) -> Step | None:
    """The newest incident, as it stood, and its history; those before it in a line."""
    if case.incidents is None:
        return None
    rows = case.incidents.rows
    numbers_ = list(dict.fromkeys(row["number"] for row in rows))
    shown = (Shown(Text("từng bước của cảnh báo", "its history, step by step").in_(language), case.incidents.query),)
    if not numbers_:
        none = Text("Chưa từng mở cảnh báo nào.", "None was ever opened.").in_(language)
        return Step("incident", HEADING.in_(language), (none,), shown, {"incident": None, "earlier": []})
    *earlier, newest = numbers_
    events = [row for row in rows if row["number"] == newest]
    says = [_state(case, events, language), *(_event(case, row, language) for row in events[-SHOWN:])]
    if len(events) > SHOWN:
        more = numbers.count(len(events) - SHOWN, language)
        says.insert(
            1, Text(f"• {more} bước cũ hơn, xem bằng câu lệnh", f"• {more} older steps, by the command").in_(language)
        )
    if earlier:
        names = nouns.series(
            [f"TW-{number}" for number in earlier[-SHOWN:]], language, more=max(len(earlier) - SHOWN, 0)
        )
        says.append(Text(f"Trước đó: {names}.", f"Before it: {names}.").in_(language))
    facts = {
        "incident": newest,
        "is_live": events[-1]["event"] in LIVE_EVENTS,
        "history": [{"event": row["event"], "at": row["happened_at"]} for row in events],
        "earlier": earlier,
    }
    return Step("incident", HEADING.in_(language), tuple(says), shown, facts)


def _state(case: Case, events: Sequence[Record], language: Language) -> str:
    name, last = f"TW-{events[0]['number']}", events[-1]
    opened = next((row["happened_at"] for row in events if row["event"] == "opened"), None)
    day = dates.moment(opened or events[0]["happened_at"], case.place.time_zone, language)
    if last["event"] in LIVE_EVENTS:
        if opened is None:
            return Text(f"{name} đang được theo dõi, từ {day}.", f"{name} is pending, since {day}.").in_(language)
        care = [row["event"] for row in events if row["event"] in ("acknowledged", "lapsed")]
        if care and care[-1] == "acknowledged":
            return Text(
                f"{name} đang mở, từ {day}, và đã được tiếp nhận.", f"{name} is open, since {day}, and acknowledged."
            ).in_(language)
        return Text(f"{name} đang mở, từ {day}.", f"{name} is open, since {day}.").in_(language)
    closed = dates.moment(last["happened_at"], case.place.time_zone, language)
    how = EVENTS[last["event"]].in_(language)
    return Text(f"{name}: {how} lúc {closed}.", f"{name}: {how} at {closed}.").in_(language)


def _event(case: Case, row: Record, language: Language) -> str:
    """A step of an incident: when, what, and the judged figures behind it."""
    when = dates.moment(row["happened_at"], case.place.time_zone, language)
    what = EVENTS[row["event"]].in_(language)
    judged = json.loads(row["facts_after"]).get("judged") or {}
    if row["event"] in OF_PEOPLE:
        return f"• {when}: {what}{_by(row, language)}"
    if row["event"] not in LIVE_EVENTS and row["event"] != "resolved":
        return f"• {when}: {what}"
    return f"• {when}: {what}{_judged(case, judged, language)}"


def _by(row: Record, language: Language) -> str:
    """Who did it and why; of what nobody did, why it lapsed and whom an escalation told."""
    from targetwatch.notifications.clicks import reason

    who, why = row.get("by_whom"), str(row.get("why") or "")
    if who:
        said = reason(why, language)
        return f" ({Text.parse(who).in_(language)}{f', “{said}”' if said else ''})"
    if row["event"] == "escalated" and why:
        return Text(f" ({why} được báo)", f" ({why} was told)").in_(language)
    return f" ({LAPSED[why].in_(language)})" if why in LAPSED else ""


def _judged(case: Case, judged: Mapping[str, Any], language: Language) -> str:
    if not judged.get("period_start") or judged.get("denominator") is None:
        return ""
    period = Period(date.fromisoformat(judged["period_start"]), date.fromisoformat(judged["period_end"]))
    figures = Figures(
        case.place.measure, case.figures.comparison, judged["numerator"], judged["denominator"], bool(judged["parts"]),
        judged["required"], judged["final"], None, judged["headroom"], judged["headroom_units"],
    )  # fmt: skip
    parts = [figures.value(language)]
    if figures.required is not None:
        now = figures.required_now(language)
        parts.append(Text(f"cần {now}", f"{now} needed").in_(language))
    parts.append(figures.short_in_units(language) or figures.short_by(language) or to_spare(figures, language))
    return f", {dates.period(period, language)}: {', '.join(part for part in parts if part)}"
