"""An incident that there would have been, as a line of a table."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

from targetwatch.incidents import facts as facts_
from targetwatch.model import IncidentKind, IncidentState, Language, OrgUnit, Period, Programme, Text, UnitKey
from targetwatch.replaying import Change, Episode, Pair
from targetwatch.wording import dates, words
from targetwatch.wording.figures import Figures
from targetwatch.wording.numbers import MISSING

HEADINGS = (
    Text("Mở", "Opened"),
    Text("Đóng", "Closed"),
    Text("Loại", "Kind"),
    Text("Về", "About"),
    Text("Đơn vị", "Unit"),
    Text("Kỳ", "Period"),
    Text("Mức thiếu", "How far"),
)
PAIR_HEADINGS = (
    Text("Thay đổi", "With the change"),
    Text("Về", "About"),
    Text("Đơn vị", "Unit"),
    Text("Hiện nay", "As it is"),
    Text("Sau thay đổi", "Changed"),
)
STILL_OPEN = Text("còn mở", "still open")
NEVER = Text("không mở", "never opens")
REPORTS_MISSING = Text("thiếu {} báo cáo", "{} reports missing")
ONE_MISSING = Text("thiếu 1 báo cáo", "1 report missing")


def episode_line(one: Episode, programme: Programme, language: Language) -> tuple[str, ...]:
    """An episode under HEADINGS."""
    return (
        dates.day(one.opened_on, language) if one.opened_on else MISSING,
        _closed(one, language),
        words.INCIDENT_KINDS[one.key.kind].in_(language),
        _about(one, programme, language),
        _unit(one, programme),
        _period(one, language),
        _how_far(one, programme, language),
    )


def pair_line(pair: Pair, programme: Programme, changed: Programme, language: Language) -> tuple[str, ...]:
    """A pair under PAIR_HEADINGS."""
    one = pair.either
    of = programme if pair.now is not None else changed
    return (
        change(pair, language),
        _about(one, of, language),
        _unit(one, of),
        _course(pair.now, language),
        _course(pair.changed, language),
    )


def change(pair: Pair, language: Language) -> str:
    """How the incident differs: it opens or not, so many days earlier or later, so many days longer or shorter."""
    match pair.change:
        case Change.ONLY_NOW:
            return Text("không còn mở", "would never open").in_(language)
        case Change.ONLY_CHANGED:
            return Text("mở thêm", "would open").in_(language)
        case Change.SAME:
            return Text("như cũ", "the same").in_(language)
    if pair.now is None or pair.changed is None:
        return MISSING
    opened = _shift(pair.now.opened_on, pair.changed.opened_on, OPENS, language)
    closed = _shift(pair.now.closed_on, pair.changed.closed_on, CLOSES, language)
    said = [part for part in (opened, closed) if part]
    return ", ".join(said) or Text("kết thúc khác", "ends otherwise").in_(language)


OPENS = (Text("mở sớm hơn {}", "opens {} earlier"), Text("mở muộn hơn {}", "opens {} later"))
CLOSES = (Text("đóng sớm hơn {}", "closes {} earlier"), Text("đóng muộn hơn {}", "closes {} later"))


def _shift(now: date | None, changed: date | None, said: tuple[Text, Text], language: Language) -> str:
    if now == changed:
        return ""
    if now is None or changed is None:
        stays = Text("không còn đóng", "no longer closes") if changed is None else Text("đóng được", "closes after all")
        return stays.in_(language)
    return said[changed > now].in_(language).format(_days(abs(changed - now), language))


def _days(time: timedelta, language: Language) -> str:
    one = time.days == 1
    return f"{time.days} " + Text("ngày", "day" if one else "days").in_(language)


def _course(one: Episode | None, language: Language) -> str:
    if one is None or one.opened_on is None:
        return NEVER.in_(language)
    return f"{dates.day(one.opened_on, language)} – {_closed(one, language)}"


def _closed(one: Episode, language: Language) -> str:
    if one.closed_on is None:
        return STILL_OPEN.in_(language)
    how = words.INCIDENT_STATES[one.state].in_(language) if one.state is not IncidentState.OPEN else ""
    return f"{dates.day(one.closed_on, language)} ({how})"


def _about(one: Episode, programme: Programme, language: Language) -> str:
    subject = one.key.subject
    if one.key.kind is IncidentKind.LATE:
        return programme.sources[subject].name.in_(language) if subject in programme.sources else subject
    names = [target.name for target in programme.targets if target.target == subject]
    return names[-1].in_(language) if names else subject


def _unit(one: Episode, programme: Programme) -> str:
    if not one.key.org_unit or one.key.org_unit_valid_from is None:
        return MISSING
    key = UnitKey(one.key.org_unit, one.key.org_unit_valid_from)
    found: OrgUnit | None = next((unit for unit in programme.org_units if unit.key == key), None)
    return found.name if found else str(key)


def _period(one: Episode, language: Language) -> str:
    held = one.facts.get("judged") if one.key.kind is IncidentKind.BEHIND else one.facts
    if not isinstance(held, Mapping) or not held.get("period_start"):
        return MISSING
    first, last = (date.fromisoformat(str(held[name])) for name in ("period_start", "period_end"))
    return dates.period(Period(first, last), language, short=True)


def _how_far(one: Episode, programme: Programme, language: Language) -> str:
    if one.key.kind is IncidentKind.LATE:
        missing = _missing(one)
        return (ONE_MISSING if missing == 1 else REPORTS_MISSING).in_(language).format(missing)
    judged = one.facts.get("judged")
    if not isinstance(judged, Mapping):
        return MISSING
    assessment = facts_.to_assessment(judged, datetime.min.replace(tzinfo=UTC))
    metric = programme.metrics.get(assessment.metric)
    if metric is None:
        return MISSING
    return Figures.of(assessment, metric).short_by(language) or MISSING


def _missing(one: Episode) -> int:
    counts = one.facts.get("counts")
    listed = counts if isinstance(counts, list) else []
    return sum(int(count["due"]) - int(count["reported"]) for count in listed if isinstance(count, Mapping))
