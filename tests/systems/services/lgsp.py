"""A stand-in for the data sharing platform's statistics: a row a system and day, behind an OAuth gateway, by cursors.

The systems, and how often each was called, are invented by a seeded generator.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

from tests.systems.services.service import Listing, Service, Tokens

PATH = "/api/v1/systems/daily"
CLIENT = ("targetwatch", "the client's own secret")


def days_of_systems(seed: int, first: date, last: date, systems: int = 12) -> list[dict[str, Any]]:
    """Invented rows: each system is connected from some day on, and few of its calls fail."""
    chance = Random(seed)
    begins = [
        chance.choice([first, first, last - timedelta(days=20), last + timedelta(days=1)]) for _ in range(systems)
    ]
    rows = []
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        for number, begin in enumerate(begins):
            is_connected = day >= begin
            calls = chance.randrange(50, 5000) if is_connected else 0
            rows.append(
                {
                    "system": {"code": f"he-thong-{number:02}", "name": f"Hệ thống {number}"},
                    "day": day.isoformat(),
                    "connected": is_connected,
                    "calls": calls,
                    "calls_succeeded": calls - chance.randrange(0, calls // 20 + 1),
                    "updated_at": f"{day + timedelta(days=1)}T00:1{number % 6}:00+07:00",
                }
            )
    return rows


def lgsp(rows: list[dict[str, Any]], lives_for: int = 1000) -> Service:
    """The platform with these rows; a token lives for so many requests."""
    listing = Listing(rows, "cursor", largest_page=100, since_field="updated_at", since_param="updated_since")
    return Service({PATH: listing}, tokens=Tokens(CLIENT, lives_for))
