"""A stand-in for the register of signatures issued to citizens: what each provider had issued by a day, by offsets.

Providers and numbers are invented by a seeded generator.
"""

from __future__ import annotations

import base64
from random import Random
from typing import Any

from tests.systems.services.service import Listing, Service

PATH = "/api/certificates/totals"
LOGIN = ("targetwatch", "the register's password")


def totals(seed: int, days: list[str], providers: int = 3) -> list[dict[str, Any]]:
    """Invented totals: each provider's grow from day to day."""
    chance = Random(seed)
    issued = [chance.randrange(1_000, 20_000) for _ in range(providers)]
    rows = []
    for day in days:
        for number in range(providers):
            issued[number] += chance.randrange(10, 900)
            rows.append({"provider": f"CA-{number}", "as_of": day, "issued_to_date": issued[number]})
    return rows


def register(rows: list[dict[str, Any]]) -> Service:
    """The register with these totals."""
    login = base64.b64encode(":".join(LOGIN).encode()).decode()
    listing = Listing(rows, "offset", largest_page=4, since_field="as_of")
    return Service({PATH: listing}, header=("Authorization", f"Basic {login}"))
