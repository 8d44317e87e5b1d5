"""A stand-in for the city portal's statistics: one answer with all days asked for, and no way of paging.

The numbers are invented by a seeded generator.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

from tests.systems.services.service import Asked, Handler, Service

PATH = "/api/statistics/daily"
HELD = ("articles", "videos", "english_news", "legal_documents", "directives", "callers_guided")


def days(seed: int, first: date, last: date) -> list[dict[str, Any]]:
    """Invented days: what the portal holds only grows, and so do its visits."""
    chance = Random(seed)
    held = {name: chance.randrange(2_000, 100_000) for name in HELD}
    visits_to_date = 400_000_000
    rows = []
    for offset in range((last - first).days + 1):
        visits = chance.randrange(10_000, 90_000)
        visits_to_date += visits
        held = {name: count + chance.randrange(0, 30) for name, count in held.items()}
        day = (first + timedelta(days=offset)).isoformat()
        rows.append({"day": day, "visits": visits, "to_date": {"visits": visits_to_date, **held}})
    return rows


def portal(rows: list[dict[str, Any]]) -> Service:
    """The portal with these days."""

    def answer(handler: Handler, asked: Asked) -> bool:
        if asked.path != PATH:
            return False
        found = [row for row in rows if row["day"] >= asked.params.get("from", "")]
        handler.reply({"status": "ok", "data": {"days": found, "generated_at": "2025-06-03T05:00:00+07:00"}})
        return True

    return Service(other=answer)
