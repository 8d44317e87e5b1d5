"""The one place where the time is read. Everything below the entry points is handed the time."""

from __future__ import annotations

from datetime import UTC, datetime

from targetwatch.settings import Settings


def now(settings: Settings) -> datetime:
    """The present moment in UTC; in a demo, the moment that its clock file holds."""
    if settings.clock is None:
        return datetime.now(UTC)
    moment = datetime.fromisoformat(settings.clock.read_text(encoding="utf-8").strip())
    if moment.tzinfo is None:
        raise ValueError(f"The clock file {settings.clock} holds a moment without a time zone: {moment.isoformat()}")
    return moment.astimezone(UTC)
