"""How nouns of the model become rows of a Polars frame with fixed columns, and come back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import polars as pl

Schema = Mapping[str, Any]
MOMENT = pl.Datetime("us", "UTC")
TEXTS = pl.List(pl.String)


def frame(schema: Schema, rows: Iterable[Sequence[object]]) -> pl.DataFrame:
    """Rows, in the order of the schema's columns, as a frame."""
    return pl.DataFrame(list(rows), schema=dict(schema), orient="row")


def same_rows(one: pl.DataFrame, other: pl.DataFrame) -> bool:
    """Whether both have the same rows, in whatever order."""
    return one.height == other.height and one.sort(one.columns).equals(other.sort(one.columns))


def moment(value: datetime | None) -> datetime | None:
    """A moment in UTC. One without a time zone means nothing here."""
    if value is not None and value.tzinfo is None:
        raise ValueError(f"{value.isoformat()} has no time zone.")
    return None if value is None else value.astimezone(UTC)


def as_json(value: Mapping[str, object]) -> str:
    """A JSON object as it is stored."""
    return json.dumps(value, ensure_ascii=False)


def from_json(text: str) -> dict[str, object]:
    """A stored JSON object."""
    loaded: dict[str, object] = json.loads(text)
    return loaded
