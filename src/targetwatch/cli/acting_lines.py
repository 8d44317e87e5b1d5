"""What the command line says of an action, and of a silence."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from targetwatch.catalogue.matchers import written
from targetwatch.model import Incident, IncidentState, Language, Silence, Text
from targetwatch.wording import dates

if TYPE_CHECKING:
    from targetwatch.pipeline import Acted

MOST_NAMED = 10
HEADINGS = (
    Text("Mã", "Silence"),
    Text("Tình trạng", "State"),
    Text("Về", "Of"),
    Text("Bởi", "By"),
    Text("Lý do", "Reason"),
    Text("Từ", "From"),
    Text("Đến", "Until"),
    Text("Tin đã giữ lại", "Withheld"),
)
STATES = {
    "active": Text("đang có hiệu lực", "in force"),
    "to_come": Text("chưa bắt đầu", "to come"),
    "ended": Text("đã hết hạn", "ended"),
    "withdrawn": Text("đã kết thúc sớm", "ended early"),
}


def said(acted: Acted, sent: int | None, time_zone: str) -> list[str]:
    """What an action did, a line each; `sent` is how many messages went out, None where they wait for the next pass."""
    lines = [f"{one.name}: {_standing(one, time_zone)}" for one in acted.incidents]
    if acted.silence is not None:
        lines.append(_of_silence(acted.silence, acted.muted, time_zone))
    if not acted.events and acted.incidents:
        lines.append("That was so already: nothing was changed.")
    if sent is not None:
        lines.append(f"{sent:,} {'message' if sent == 1 else 'messages'} sent.")
    elif acted.notifications:
        lines.append(f"Written down; {acted.notifications:,} rows of the outbox wait for the next pass.")
    return lines


def as_data(acted: Acted, sent: int | None) -> dict[str, object]:
    """The same for a machine."""
    silence = acted.silence
    found = silence and {
        "id": silence.id,
        "match": [written(one) for one in silence.match],
        "begins": silence.begins,
        "ends": silence.ended_at,
        "matches_now": [one.name for one in acted.muted],
    }
    return {
        "incidents": [
            {
                "name": one.name,
                "state": one.state.value,
                "acknowledged_by": one.acknowledged_by or None,
                "acknowledged_until": one.acknowledged_until,
            }
            for one in acted.incidents
        ],
        "silence": found,
        "events": acted.events,
        "notifications": acted.notifications,
        "sent": sent,
    }


def state_of(row: dict[str, Any], now: datetime) -> str:
    """Where a row of the view `silences` stands: active, to_come, ended or withdrawn."""
    if now < row["ended_at"]:
        return "active" if row["begins"] <= now else "to_come"
    return "withdrawn" if row["withdrawn_at"] else "ended"


def silence_line(row: dict[str, Any], time_zone: str, language: Language) -> tuple[str, ...]:
    """A row of `silences` with its `state`, under HEADINGS."""
    return (
        row["silence"],
        STATES[row["state"]].in_(language),
        row["matchers"],
        row["author"],
        row["reason"],
        dates.moment(row["begins"], time_zone, language),
        dates.moment(row["ended_at"], time_zone, language),
        f"{row['withheld']:,}",
    )


def _standing(incident: Incident, time_zone: str) -> str:
    if incident.state is not IncidentState.ACKNOWLEDGED:
        return "open again; nobody is on it."
    end = incident.acknowledged_until
    until = f"until {dates.moment(end, time_zone, Language.EN)}" if end is not None else "until it closes"
    return f"acknowledged by {incident.acknowledged_by} {until}. No repeats and no escalation; what gets worse is told."


def _of_silence(silence: Silence, muted: tuple[Incident, ...], time_zone: str) -> str:
    """What comes of a silence: what it withholds now, or that it is over."""
    of = " ".join(written(one) for one in silence.match)
    if silence.withdrawn_at is not None:
        return f"{silence.id} ({of}) is ended. What happened meanwhile is told."
    ends = dates.moment(silence.ends, time_zone, Language.EN)
    is_later = silence.begins > silence.created_at
    begins = f"from {dates.moment(silence.begins, time_zone, Language.EN)} " if is_later else ""
    named = ", ".join(one.name for one in muted[:MOST_NAMED])
    more = f" and {len(muted) - MOST_NAMED:,} more" if len(muted) > MOST_NAMED else ""
    matched = f"It matches {named}{more}." if muted else "It matches no incident that is live now."
    return f"{silence.id}: messages about {of} are withheld {begins}until {ends}. {matched}"
