"""A stand-in for the population database link behind the city's gateway: a row a day, and Link headers.

What it counts is invented by a seeded generator; of people there is nothing in it but numbers.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

from tests.systems.services.service import Listing, Service, Tokens

PATH = "/population/v1/link/daily"
CLIENT = ("one-stop-shop", "the gateway's secret")
MINUTES = 1440


def days(seed: int, first: date, last: date) -> list[dict[str, Any]]:
    """Invented days: most dossiers are verified, and the link is down for some minutes."""
    chance = Random(seed)
    rows = []
    for offset in range((last - first).days + 1):
        looked_up = chance.randrange(200, 4000)
        rows.append(
            {
                "day": (first + timedelta(days=offset)).isoformat(),
                "dossiers": {"looked_up": looked_up, "verified": looked_up - chance.randrange(0, 100)},
                "link": {"checks": MINUTES, "up": MINUTES - chance.choice([0, 0, 0, 5, 60])},
            }
        )
    return rows


def link(rows: list[dict[str, Any]]) -> Service:
    """The link with these days."""
    listing = Listing(rows, "link", largest_page=20, since_field="day", since_param="from")
    return Service({PATH: listing}, tokens=Tokens(CLIENT))
