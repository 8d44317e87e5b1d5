"""Evaluations: what each look at the condition of an incident found, kept wherever it differs from the look before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import polars as pl

from targetwatch.model import Finding
from targetwatch.warehouse.session import Connection

_SCHEMA: Mapping[str, Any] = {
    "place": pl.Int64,
    "kind": pl.String,
    "subject": pl.String,
    "org_unit": pl.String,
    "org_unit_valid_from": pl.Date,
    "outlook": pl.String,
    "reason": pl.String,
    "period_start": pl.Date,
}


def append_evaluations(
    conn: Connection, findings: Iterable[Finding], *, as_of: datetime, run_id: str, recorded_at: datetime
) -> int:
    """Add the looks of a pass that found something else than the newest before them; how many were added."""
    # Column by column, as assessments are: a pass looks at tens of thousands.
    looks = list(findings)
    keys = [finding.key for finding in looks]
    columns = {
        "place": range(len(looks)),
        "kind": [key.kind.value for key in keys],
        "subject": [key.subject for key in keys],
        "org_unit": [key.org_unit for key in keys],
        "org_unit_valid_from": [key.org_unit_valid_from for key in keys],
        "outlook": [finding.outlook.value for finding in looks],
        "reason": [finding.reason for finding in looks],
        "period_start": [finding.period_start for finding in looks],
    }
    rows = pl.DataFrame(columns, schema=dict(_SCHEMA))
    return conn.write("append_evaluations", rows, as_of=as_of, run_id=run_id, recorded_at=recorded_at)
