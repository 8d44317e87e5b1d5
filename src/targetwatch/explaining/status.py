"""The seventh link: the status, why and since when, and what keeps it from being judged."""

from __future__ import annotations

from datetime import datetime

from targetwatch.explaining.account import Shown, Step
from targetwatch.explaining.found import Case, Record
from targetwatch.explaining.truth import shrank
from targetwatch.model import IncidentKind, Language, Reason, Status, Successor, Text
from targetwatch.wording import dates, nouns, parts, words

HEADING = Text("Trạng thái và lý do", "Status, and why")
NAMED = 8  # successors that are named


def status(case: Case, language: Language) -> Step | None:
    """Where it stands, why, since when, and what keeps it from being judged."""
    said = case.said
    if said is None:
        return None
    which, reason = Status(said["status"]), Reason(said["reason"])
    rows, zone = case.statuses, case.place.time_zone
    since, for_that_reason = _since(case, "status"), _since(case, "reason")
    says = [_sentence(words.status(which, language), since, zone, language)]
    because = words.reason(reason, language)
    says.append(because)
    if for_that_reason not in (None, since):
        this = Text("Lý do này đã đúng", "This has been the reason")
        says.append(_sentence(this.in_(language), for_that_reason, zone, language))
    says += _bounds(case, language) if reason is Reason.INCOMPLETE else []
    says += shrank(case, language)
    if said["deadline"] is not None and which is Status.STALE:
        when = dates.moment(said["deadline"], case.place.time_zone, language)
        says.append(Text(f"Hạn gửi gần nhất đã qua: {when}.", f"The newest deadline to pass: {when}.").in_(language))
    says += _ended(case, reason, language)
    says += _pool(case, language)
    waits = bool(said["missing"]) or which in (Status.STALE, Status.NO_DATA)
    troubles = [_trouble(case, row, language) for row in case.source_incidents.rows] if waits else []
    shown = []
    if rows is not None:
        history = Text("mọi lần đánh giá, mới nhất trước", "everything that was said of it, the newest first")
        shown.append(Shown(history.in_(language), rows.query))
    if troubles:
        says += troubles
        of_source = Text("cảnh báo của nguồn", "the incidents of the source")
        shown.append(Shown(of_source.in_(language), case.source_incidents.query))
    facts = {
        "status": which,
        "reason": reason,
        "since": since,
        "deadline": said["deadline"],
        "source_incidents": [dict(row) for row in case.source_incidents.rows],
    }
    return Step("status", HEADING.in_(language), tuple(one for one in says if one), tuple(shown), facts)


def _since(case: Case, column: str) -> datetime | None:
    """Since when the same status, or the same status for the same reason, has been said without a break."""
    since, rows = None, case.statuses.rows if case.statuses else ()
    for row in rows:
        if row["status"] != rows[0]["status"] or row[column] != rows[0][column]:
            break
        since = row["as_of"]
    return since


def _sentence(said: str, since: datetime | None, time_zone: str, language: Language) -> str:
    """What holds, and since when."""
    if since is None:
        return f"{said}."
    when = dates.moment(since, time_zone, language)
    return Text(f"{said}, từ {when}.", f"{said}, since {when}.").in_(language)


def _bounds(case: Case, language: Language) -> list[str]:
    said = case.said or {}
    if said["low_numerator"] is None or said["high_numerator"] is None or not said["bounds_denominator"]:
        return []
    low, high = (
        case.figures.beside(said[end], said["bounds_denominator"], language)
        for end in ("low_numerator", "high_numerator")
    )
    return [Text(f"Có thể từ {low} đến {high}.", f"It may turn out anything from {low} to {high}.").in_(language)]


def _ended(case: Case, reason: Reason, language: Language) -> list[str]:
    """When it ended, and who follows."""
    if reason is Reason.TARGET_ENDED and case.version is not None and case.version.effective_to is not None:
        day = dates.day(case.version.effective_to, language)
        return [Text(f"Ngày cuối có hiệu lực: {day}.", f"Its last day in force was {day}.").in_(language)]
    if reason not in (Reason.UNIT_ENDED, Reason.UNIT_PASSED_ON):
        return []
    says, unit = [], case.place.unit.unit
    if unit.valid_to is not None:
        day = dates.day(unit.valid_to, language)
        says.append(Text(f"{unit.name} tồn tại đến hết {day}.", f"{unit.name} existed until {day}.").in_(language))
    if unit.successors:
        largest = sorted(unit.successors, key=lambda one: (-one.weight, one.unit))
        named = [_successor(case, one, language) for one in largest[:NAMED]]
        who = nouns.series(named, language, more=max(len(largest) - NAMED, 0))
        bases = {one.basis for one in largest if one.weight != 1}
        why = f" – {'; '.join(parts.rests_on(one, language) for one in sorted(bases))}" if bases else ""
        says.append(Text(f"Kế tục: {who}{why}.", f"Followed by {who}{why}.").in_(language))
        command = f"`targetwatch units {unit.key}`"
        says.append(Text(f"{command} kể rõ hơn.", f"{command} tells more of that.").in_(language))
    elif unit.valid_to is not None:
        says.append(Text("Không đơn vị nào kế tục.", "No unit follows it.").in_(language))
    else:
        says += _all_ended(case, language)
    return says


def _successor(case: Case, one: Successor, language: Language) -> str:
    """A unit that follows, and its part, where it is not the whole."""
    part = "" if one.weight == 1 else f": {parts.part(one.weight, language)}"
    return f"{case.place.name_of(str(one.unit))} ({one.unit}{part})"


def _all_ended(case: Case, language: Language) -> list[str]:
    """When the last of the bodies ended, where the unit itself goes on."""
    keys = [f"{row['org_unit']}@{row['org_unit_valid_from']}" for row in (case.bodies.rows if case.bodies else ())]
    bodies = [case.place.units[key] for key in keys if key in case.place.units]
    ends = [body.unit.valid_to for body in bodies if body.unit.valid_to is not None]
    if not bodies or len(ends) < len(bodies):
        return []
    called, day = nouns.counted(len(bodies), bodies[0].called, language), dates.day(max(ends), language)
    return [
        Text(f"{called} đã kết thúc, muộn nhất là {day}.", f"Its {called} have ended, the last on {day}.").in_(language)
    ]


def _pool(case: Case, language: Language) -> list[str]:
    """How the tier as one stands, where the unit is a share of it."""
    if case.answers_to is None or case.pool is None:
        return []
    mine = f"{case.answers_to.code}@{case.answers_to.valid_from}"
    for row in case.pool.rows:
        if f"{row['org_unit']}@{row['org_unit_valid_from']}" == mine:
            whole = words.status(Status(row["status"]), language, in_a_sentence=True)
            return [Text(f"Cả cấp tính chung: {whole}.", f"The tier as a whole: {whole}.").in_(language)]
    return []


def _trouble(case: Case, row: Record, language: Language) -> str:
    kind = words.INCIDENT_KINDS[IncidentKind(row["kind"])].in_(language)
    since = dates.moment(row["began_at"], case.place.time_zone, language)
    name = case.place.two("source_name").in_(language)
    return Text(
        f"Nguồn “{name}” khi đó có cảnh báo TW-{row['number']} ({kind}, từ {since}).",
        f"Its source, “{name}”, had the incident TW-{row['number']} ({kind}, since {since}).",
    ).in_(language)
