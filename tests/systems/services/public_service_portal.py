"""A stand-in for the public service portal: how every procedure is offered online, by month, in numbered pages.

The procedures are invented by a seeded generator. Whoever asks has a key in a header.
"""

from __future__ import annotations

from random import Random
from typing import Any

from tests.systems.services.service import Listing, Service

PATH = "/api/procedures/levels"
KEY = "a key that the portal gave out"


def procedures(seed: int, month: str, eligible: int, fully_online: int, partly: int = 20) -> list[dict[str, Any]]:
    """Invented procedures at a month's end: of the eligible ones so many fully online, and `partly` that are not."""
    chance = Random(seed)
    rows = [
        {
            "code": f"1.{number:06}",
            "name": f"Thủ tục số {number}",
            "agency": f"SO-{chance.choice(['TP', 'YT', 'XD'])}",
            "eligible": number < eligible,
            "level": _level(number, eligible, fully_online, chance),
            "period": month,
        }
        for number in range(eligible + partly)
    ]
    chance.shuffle(rows)
    return rows


def _level(number: int, eligible: int, fully_online: int, chance: Random) -> str:
    if number < fully_online:
        return chance.choice(["4", "Toàn trình", "Mức độ 4"])
    return chance.choice(["2", "cung cấp thông tin"]) if number < eligible else "một phần"


def portal(rows: list[dict[str, Any]]) -> Service:
    """The portal with these rows."""
    listing = Listing(rows, "page", largest_page=50, since_field="period", since_param="period_from")
    return Service({PATH: listing}, header=("X-API-Key", KEY))
