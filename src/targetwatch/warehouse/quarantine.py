"""Quarantine: which rows are in it, what empties it, and which rows were handed in as corrections of which.

A row leaves it in the transaction that records the delivery by which it leaves, and stays written down, with how, when
and by what it left. docs/adr/0013-quarantine.md has the rules.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from targetwatch.warehouse.session import Connection
from targetwatch.warehouse.staged_rows import GoodRows

PUT_RIGHT = "put_right"
SET_ASIDE_AGAIN = "set_aside_again"
_LINKS: Mapping[str, Any] = {
    "position": pl.Int64,
    "corrects_batch": pl.String,
    "corrects_position": pl.Int64,
}


@dataclass(frozen=True, slots=True, order=True)
class RowKey:
    """Where a row stood that was set aside: in which batch, and at which position."""

    batch_id: str
    position: int


@dataclass(frozen=True, slots=True)
class SetAside:
    """A row that was set aside. It is in quarantine as long as `emptied_how` is None."""

    key: RowKey
    source: str
    delivered_as: str
    batch_accepted: bool
    landed_as: str | None
    part: str | None  # the part of the delivery that it stood in, where it had several
    reason: str
    column_name: str | None
    delivered_value: str | None
    org_unit: str | None
    known_at: datetime
    emptied_how: str | None
    emptied_by: str | None
    record_id: str | None

    @property
    def is_held(self) -> bool:
        """Whether it is still in quarantine."""
        return self.emptied_how is None


@dataclass(frozen=True, slots=True)
class KnownBatch:
    """A batch that was written down."""

    batch_id: str
    source: str
    delivered_as: str
    accepted: bool
    landed_as: str | None


def batches(conn: Connection, start: str) -> list[KnownBatch]:
    """The batches whose id begins so."""
    return [KnownBatch(**row) for row in conn.frame("batches_by_id", batch=start).iter_rows(named=True)]


def empty(
    conn: Connection,
    batch_id: str,
    source: str,
    record_table: str | None,
    staged: pl.DataFrame | GoodRows | None,
    known_at: datetime,
) -> None:
    """Empty the quarantine of what the batch, written down in this transaction, puts right or sets aside again.

    `staged` are the good rows that were recorded, by their record_id; None of a batch that was refused, which puts
    nothing right.
    """
    if not conn.frame("quarantine_held", source=source, batch_id=batch_id).item():
        return
    about = {"batch_id": batch_id, "source": source, "known_at": known_at}
    if staged is None:
        conn.run("quarantine_set_aside_again", **about)
        return
    with conn.staged(staged):
        conn.run("quarantine_put_right", **about)
        conn.run("quarantine_set_aside_again", **about)
        earlier = conn.frame("quarantine_nameless", batch_id=batch_id)["batch_id"].to_list()
        if earlier and record_table is not None and not staged.is_empty():
            conn.run(
                "quarantine_delivered_again",
                batch_id=batch_id,
                earlier=earlier,
                record_table=record_table,
                known_at=known_at,
            )


def hand_in(
    conn: Connection, batch_id: str, source: str, corrects: Mapping[int, RowKey], submitted_at: datetime
) -> None:
    """Write down, before the batch is gathered, which rows in quarantine its rows correct, by position.

    The same again changes nothing: what was handed in under this id before is forgotten.
    """
    conn.run("correction_forget", batch_id=batch_id)
    rows = [(position, key.batch_id, key.position) for position, key in corrects.items()]
    conn.write(
        "correction_keep",
        pl.DataFrame(rows, schema=dict(_LINKS), orient="row"),
        batch_id=batch_id,
        source=source,
        submitted_at=submitted_at,
    )


def rows_set_aside(
    conn: Connection,
    *,
    source: str | None = None,
    batch: str | None = None,
    unit: str | None = None,
    every: bool = False,
) -> list[SetAside]:
    """The rows in quarantine, in the order of their delivery; with `every` also those that have left it.

    `batch` is an id or the start of one.
    """
    return as_rows(conn.frame("quarantine_rows", source=source, batch=batch, unit=unit, every=every))


def as_rows(found: pl.DataFrame) -> list[SetAside]:
    """The rows of sql/queries/quarantine_rows.sql, one for each place: the first reason of those that it has."""
    rows: dict[RowKey, SetAside] = {}
    for row in found.iter_rows(named=True):
        key = RowKey(row["batch_id"], row["position"])
        rows.setdefault(
            key,
            SetAside(
                key=key,
                source=row["source"],
                delivered_as=row["delivered_as"],
                batch_accepted=row["batch_state"] == "accepted",
                landed_as=row["landed_as"],
                part=row["part"],
                reason=row["reason"],
                column_name=row["column_name"],
                delivered_value=row["delivered_value"],
                org_unit=row["org_unit"],
                known_at=row["known_at"],
                emptied_how=row["emptied_how"],
                emptied_by=row["emptied_by"],
                record_id=row["record_id"],
            ),
        )
    return list(rows.values())


def followed(conn: Connection, source: str, keys: Collection[RowKey]) -> dict[RowKey, SetAside]:
    """Each of these rows as it stands now: one that was set aside again as the row that took its place."""
    every = {row.key: row for row in rows_set_aside(conn, source=source, every=True)}
    handed_in = {
        (RowKey(row["corrects_batch"], row["corrects_position"]), row["batch_id"]): RowKey(
            row["batch_id"], row["position"]
        )
        for row in conn.frame("corrections_of", source=source).iter_rows(named=True)
    }
    by_record = {(row.key.batch_id, row.record_id): row.key for row in every.values() if row.record_id is not None}
    now: dict[RowKey, SetAside] = {}
    for key in keys:
        row = every.get(key)
        seen: set[RowKey] = set()
        while row is not None and row.emptied_how == SET_ASIDE_AGAIN and row.key not in seen:
            seen.add(row.key)
            batch_id = str(row.emptied_by)
            place = handed_in.get((row.key, batch_id)) or by_record.get((batch_id, row.record_id or ""))
            if place is None or place not in every:
                break
            row = every[place]
        if row is not None:
            now[key] = row
    return now


def first_of(conn: Connection, source: str, rows: Iterable[SetAside]) -> dict[RowKey, SetAside]:
    """Each of these rows as it was delivered first: one out of a correction as the row that it was to correct."""
    every = {row.key: row for row in rows_set_aside(conn, source=source, every=True)}
    corrects = {
        RowKey(row["batch_id"], row["position"]): RowKey(row["corrects_batch"], row["corrects_position"])
        for row in conn.frame("corrections_of", source=source).iter_rows(named=True)
    }
    found: dict[RowKey, SetAside] = {}
    for row in rows:
        first, seen = row, {row.key}
        while (key := corrects.get(first.key)) is not None and key in every and key not in seen:
            seen.add(key)
            first = every[key]
        found[row.key] = first
    return found


def held_in(rows: Iterable[SetAside]) -> list[SetAside]:
    """Those of the rows that are still in quarantine."""
    return [row for row in rows if row.is_held]
