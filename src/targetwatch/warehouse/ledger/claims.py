"""Claims: published figures, and what checking them against their own parts found."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import polars as pl

from targetwatch.incidents import facts
from targetwatch.model import Claim, Text
from targetwatch.warehouse.ledger.rows import frame
from targetwatch.warehouse.session import Connection

_SCHEMA: Mapping[str, Any] = {
    "claim": pl.String,
    "metric": pl.String,
    "name_vi": pl.String,
    "name_en": pl.String,
    "as_of": pl.Date,
    "numerator": pl.Int64,
    "denominator": pl.Int64,
    "published": pl.String,
    "unit_of_measure": pl.String,
    "compared_as": pl.String,
    "qualifier": pl.String,
    "reference": pl.String,
    "finding": pl.String,
    "contradictions": pl.String,
    "parts_agree": pl.Boolean,
}


def append_claims(conn: Connection, claims: Iterable[Claim], *, run_id: str, recorded_at: datetime) -> int:
    """Add the claims whose newest row says something else; how many were added."""
    rows = frame(
        _SCHEMA,
        (
            (
                claim.id,
                claim.metric,
                claim.name.vi,
                claim.name.en,
                claim.as_of,
                claim.numerator,
                claim.denominator,
                claim.published,
                claim.unit_of_measure,
                claim.check,
                claim.qualifier,
                claim.reference,
                claim.finding,
                json.dumps(facts.of_contradictions(claim.contradictions), ensure_ascii=False),
                claim.parts_agree,
            )
            for claim in claims
        ),
    )
    return conn.write("append_claims", rows, run_id=run_id, recorded_at=recorded_at)


def latest_claims(conn: Connection) -> list[Claim]:
    """Every claim as it was checked last."""
    return [
        Claim.of_row(
            row,
            id=row["claim"],
            metric=row["metric"],
            name=Text(row["name_vi"], row["name_en"]),
            finding=row["finding"],
            contradictions=facts.to_contradictions(json.loads(row["contradictions"] or "[]")),
            parts_agree=row["parts_agree"] is not False,
        )
        for row in conn.frame("latest_claims").iter_rows(named=True)
    ]
