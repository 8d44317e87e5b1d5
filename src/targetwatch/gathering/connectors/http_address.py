"""Addresses of services: whether two are of the same one, and what may be shown of one."""

from __future__ import annotations

import ipaddress
from urllib.parse import SplitResult, urlsplit

PORTS = {"http": 80, "https": 443}


def same_service(one: str, other: str) -> bool:
    """Whether two addresses are of one service: the same host and port, and encrypted if it was."""
    try:
        here, there = urlsplit(one), urlsplit(other)
        if (here.hostname or "").casefold() != (there.hostname or "").casefold() or there.scheme not in PORTS:
            return False
        if (here.scheme, there.scheme) == ("http", "https") and (_port(here), _port(there)) == (80, 443):
            return True
        return here.scheme == there.scheme and _port(here) == _port(there)
    except ValueError:
        return False


def origin(address: str) -> str:
    """An address as far as its host and port: what may be shown of it."""
    try:
        split = urlsplit(address)
        return f"{split.scheme}://{split.hostname}" + (f":{split.port}" if split.port else "")
    except ValueError:
        return "an address that is none"


def stays_here(address: str) -> bool:
    """Whether an address is of this very machine, where nobody listens in on the way."""
    host = urlsplit(address).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _port(address: SplitResult) -> int | None:
    return address.port or PORTS.get(address.scheme)
