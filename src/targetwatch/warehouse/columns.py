"""Which columns the deliveries of a source have had so far."""

from __future__ import annotations

from dataclasses import dataclass

from targetwatch.warehouse import records
from targetwatch.warehouse.session import Connection

LAST_FEW = 5  # deliveries: where each of them had a column, it is usual


@dataclass(frozen=True, slots=True)
class ColumnsBefore:
    """What the accepted deliveries of a source had."""

    named: frozenset[str]  # each of the last few of them, by the names in the warehouse
    unnamed: frozenset[str]  # any of them, without a name in the source


def columns_before(conn: Connection, source: str) -> ColumnsBefore | None:
    """What the accepted deliveries of `source` had; None where there was none yet."""
    unnamed = records.unnamed_before(conn, source)
    if unnamed is None:
        return None
    found = [frozenset(names) for names in conn.frame("columns_before", source=source, most=LAST_FEW)["named_columns"]]
    return ColumnsBefore(frozenset.intersection(*found) if found else frozenset(), unnamed)
