"""Gathering: from a file in an inbox, or from a system that is asked, to rows that can be recorded.

    fetch(source, programme, mark, ...)               what a system has that is new, spooled as a delivery
    for delivery in waiting(source, inbox):           what lies complete in the inbox
        landed = land(delivery, source, home, key)    read, stripped of what is not named, written down as it came
        gated = sort_rows(landed, source, ...)        good rows on, bad rows aside, each with its reason
        ...                                           the warehouse records both in one transaction
        retire(delivery, landed, home)                the original leaves the inbox, if it is still what was landed

Every step can be run again. A delivery that cannot be read comes out of `land` as Refused, one that is too bad out
of `sort_rows` with a refusal: neither is an exception, and neither stops the next.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from targetwatch.gathering.connectors import Look, look, waiting
from targetwatch.gathering.connectors.faults import FetchError, NotConnectedError, UnreachableError, is_terminal
from targetwatch.gathering.delivery import (
    Delivery,
    DeliveryChangedError,
    DeliveryGoneError,
    Fingerprint,
    Gated,
    Gathered,
    Landed,
    Refused,
)
from targetwatch.gathering.landing import land
from targetwatch.gathering.originals import remove_originals, retire
from targetwatch.gathering.record_key import record_key
from targetwatch.gathering.scratch import scratch
from targetwatch.gathering.spool import spooled
from targetwatch.gathering.time_allowed import TimeAllowed

if TYPE_CHECKING:
    from targetwatch.gathering.connectors.fetching import Asked, fetch
    from targetwatch.gathering.corrections import gated_as, handed_in
    from targetwatch.gathering.gate import sort_rows
    from targetwatch.gathering.outcome import already_known, batch, column_changes, gathered, put_aside, staged

# What brings Polars with it is imported once it is asked for: a DAG file that is parsed must not.
LATE = {
    "Asked": "connectors.fetching",
    "already_known": "outcome",
    "batch": "outcome",
    "column_changes": "outcome",
    "fetch": "connectors.fetching",
    "gated_as": "corrections",
    "gathered": "outcome",
    "handed_in": "corrections",
    "put_aside": "outcome",
    "sort_rows": "gate",
    "staged": "outcome",
}

__all__ = [
    "Asked",
    "Delivery",
    "DeliveryChangedError",
    "DeliveryGoneError",
    "FetchError",
    "Fingerprint",
    "Gated",
    "Gathered",
    "Landed",
    "Look",
    "NotConnectedError",
    "Refused",
    "TimeAllowed",
    "UnreachableError",
    "already_known",
    "batch",
    "column_changes",
    "fetch",
    "gated_as",
    "gathered",
    "handed_in",
    "is_terminal",
    "land",
    "look",
    "put_aside",
    "record_key",
    "remove_originals",
    "retire",
    "scratch",
    "sort_rows",
    "spooled",
    "staged",
    "waiting",
]


def __getattr__(name: str) -> Any:
    """A function of a module that is imported late."""
    if name not in LATE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{LATE[name]}"), name)
