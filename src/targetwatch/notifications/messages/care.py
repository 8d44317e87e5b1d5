"""What is around a message: who has acknowledged it, who hears of it next, and the buttons that answer it."""

from __future__ import annotations

import json
from collections.abc import Sequence

from targetwatch.model import IncidentState, Language, Text
from targetwatch.notifications import clicks
from targetwatch.notifications.messages import blocks
from targetwatch.notifications.messages.mrkdwn import code, escape
from targetwatch.notifications.stories import AcknowledgedLine, Care, Story
from targetwatch.wording import dates, nouns

TITLE = Text("Tiếp nhận", "Acknowledged")
ACKNOWLEDGE = Text("Tiếp nhận", "Acknowledge")
SNOOZE = Text("Tạm dừng đến kỳ sau", "Snooze until the next period")
WHY = Text("Xem lý do", "Show why")
RUN = Text("Xem lần chạy Airflow", "Open the Airflow run")
UNITS = Text("đơn vị", "units")
WHY_SHOWN, BY_SHOWN, TO_SHOWN = 110, 48, 60  # characters
NAMES_SHOWN = 2
VALUE = 2000  # characters of what a button gives back, as Slack takes them


def field(story: Story, language: Language, counted: Text = UNITS) -> list[tuple[str, str]]:
    """The field that says who has acknowledged it, and who hears of it otherwise; none once the episode is over."""
    care = story.care
    if not story.incident.state.is_live or not (care.of or care.next or care.told):
        return []
    said = [_taken(care, story.time_zone, language, counted)]
    if care.told is not None:
        to, day = _to(care.told.to, language), dates.day(dates.local_day(care.told.at, story.time_zone), language)
        said.append(Text(f"đã báo {to} ngày {day}", f"{to} was told on {day}").in_(language))
    if care.next is not None:
        to, when = _to(care.next.to, language), dates.moment(care.next.at, story.time_zone, language)
        said.append(Text(f"đến {when} sẽ báo {to}", f"{to} hears at {when}").in_(language))
    return [(TITLE.in_(language), "; ".join(said))]


def actions(
    story: Story, links: Sequence[tuple[str, str | None]], language: Language, *, has_periods: bool = True
) -> list[blocks.Block]:
    """The buttons: those that open pages and, where a listener runs and the episode goes on, those that answer it."""
    opening = [*links, (RUN.in_(language), story.care.run)]
    answering = []
    value = json.dumps({"group": story.care.group, "incident": story.incident.number}, ensure_ascii=False)
    if story.care.listens and story.incident.state.is_live and len(value) <= VALUE:
        if _can_be_acknowledged(story):
            answering.append(("acknowledge", ACKNOWLEDGE.in_(language), value))
        if has_periods:
            answering.append(("snooze", SNOOZE.in_(language), value))
        answering.append(("why", WHY.in_(language), value))
    return blocks.buttons(opening, answering)


def command(story: Story, language: Language) -> str:
    """How to acknowledge it where no button answers; empty where there is nothing to acknowledge."""
    if not story.incident.state.is_live or story.care.listens or not _can_be_acknowledged(story):
        return ""
    return f"{ACKNOWLEDGE.in_(language)}: {code(f'targetwatch ack {story.incident.name}')}"


def _can_be_acknowledged(story: Story) -> bool:
    return story.incident.state is IncidentState.OPEN or bool(story.care.unacknowledged)


def taken_by(line: AcknowledgedLine, time_zone: str, language: Language) -> str:
    """Who it was, until when, and why: Nguyễn An, đến 30/09/2024: “…”."""
    by = escape(Text.parse(line.by).in_(language), BY_SHOWN)
    if line.until is not None:
        day = dates.day(dates.local_day(line.until, time_zone), language)
        by = ", ".join(filter(None, [by, Text(f"đến {day}", f"until {day}").in_(language)]))
    why = escape(clicks.reason(line.why, language), WHY_SHOWN)
    return ": ".join(filter(None, [by, f"“{why}”" if why else ""]))


def _taken(care: Care, time_zone: str, language: Language, counted: Text) -> str:
    if not care.acknowledged:
        return Text("chưa ai", "nobody yet").in_(language)
    newest = care.acknowledged[-1]
    said = taken_by(newest, time_zone, language)
    if not newest.units:
        return said or Text("đã có người", "somebody has").in_(language)
    done = care.of - care.unacknowledged
    of = escape(nouns.counted_of(done, care.of, counted, language)) if care.of > 1 else ""
    row = nouns.series(
        [escape(name, 40) for name in newest.units[:NAMES_SHOWN]],
        language,
        more=max(len(newest.units) - NAMES_SHOWN, 0),
    )
    latest = Text("mới nhất", "the newest").in_(language) if done > len(newest.units) else ""
    return ", ".join(filter(None, [of, " ".join(filter(None, [latest, f"{row} ({said})" if said else row]))]))


def _to(whom: Text, language: Language) -> str:
    return escape(whom.in_(language), TO_SHOWN)
