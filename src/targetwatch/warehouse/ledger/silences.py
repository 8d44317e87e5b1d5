"""Silences: which messages are withheld, by whom, why and until when. None is ever deleted."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import polars as pl

from targetwatch.model import Label, Matcher, Silence
from targetwatch.warehouse.ledger.rows import MOMENT, frame, moment
from targetwatch.warehouse.session import Connection

_SCHEMA: Mapping[str, Any] = {
    "silence": pl.String,
    "match": pl.String,
    "author": pl.String,
    "reason": pl.String,
    "created_at": MOMENT,
    "begins": MOMENT,
    "ends": MOMENT,
    "withdrawn_at": MOMENT,
    "withdrawn_by": pl.String,
    "summed_up_at": MOMENT,
}
_MUTED: Mapping[str, Any] = {"number": pl.Int64, "silence": pl.String}


def silences(conn: Connection) -> list[Silence]:
    """Every silence there ever was, the oldest first."""
    return [_silence(row) for row in conn.frame("silences_all").iter_rows(named=True)]


def keep_silence(conn: Connection, silence: Silence) -> int:
    """Add a silence; 0 where it was there already."""
    return conn.write("keep_silence", frame(_SCHEMA, [_row(silence)]))


def withdraw_silence(conn: Connection, silence: str, by: str, at: datetime) -> int:
    """End a silence before its time; 0 where somebody already had."""
    return conn.run("withdraw_silence", silence=silence, withdrawn_by=by, withdrawn_at=at)


def mark_summed_up(conn: Connection, ended: Iterable[str], at: datetime) -> int:
    """Write down that what happened while these silences lasted has been told; of how many that is news."""
    return sum(conn.run("sum_up_silence", silence=silence, summed_up_at=at) for silence in ended)


def keep_muted(conn: Connection, muted: Iterable[tuple[int, str]]) -> int:
    """Write down which live incidents which silences match, by number and id; how many pairs are new, or gone."""
    rows = frame(_MUTED, sorted(set(muted)))
    with conn.staged(rows):
        return conn.run("muted_forget") + conn.run("muted_keep")


def muted(conn: Connection) -> list[tuple[int, str]]:
    """Which live incidents which silences match, by number and id, as it was found last."""
    return [(int(number), str(silence)) for number, silence in conn.frame("muted_all").rows()]


def _row(silence: Silence) -> tuple[object, ...]:
    match = [
        {"label": matcher.label.value, "values": list(matcher.values), "negated": matcher.negated}
        for matcher in silence.match
    ]
    return (
        silence.id,
        json.dumps(match, ensure_ascii=False),
        silence.author,
        silence.reason,
        moment(silence.created_at),
        moment(silence.begins),
        moment(silence.ends),
        moment(silence.withdrawn_at),
        silence.withdrawn_by or None,
        moment(silence.summed_up_at),
    )


def _silence(row: dict[str, Any]) -> Silence:
    return Silence(
        id=row["silence"],
        match=tuple(
            Matcher(Label(one["label"]), tuple(one["values"]), one["negated"]) for one in json.loads(row["match"])
        ),
        author=row["author"],
        reason=row["reason"],
        created_at=row["created_at"],
        begins=row["begins"],
        ends=row["ends"],
        withdrawn_at=row["withdrawn_at"],
        summed_up_at=row["summed_up_at"],
        withdrawn_by=row["withdrawn_by"] or "",
    )
