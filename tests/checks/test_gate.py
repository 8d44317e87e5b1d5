"""The gate: what its expectations are given."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl

from targetwatch.checks.gate import judge_rows

PAIR = {
    "type": "expect_column_pair_values_a_to_be_greater_than_b",
    "kwargs": {"column_A": "closed_at", "column_B": "opened_at", "or_equal": True, "ignore_row_if": "neither"},
    "meta": {"reason": {"vi": "Đóng trước khi mở", "en": "Closed before it was opened"}},
}


def test_moments_are_compared_as_moments(tmp_path: Path) -> None:
    """Columns of moments with a time zone can be held against each other, to the microsecond and without a warning."""
    suite = tmp_path / "visits.json"
    suite.write_text(json.dumps({"name": "visits", "expectations": [PAIR]}), encoding="utf-8")
    noon = datetime(2025, 10, 26, 12, tzinfo=UTC)
    rows = pl.DataFrame(
        {
            "opened_at": pl.Series([noon, noon, noon], dtype=pl.Datetime("us", "UTC")),
            "closed_at": pl.Series(
                [noon, noon - timedelta(microseconds=1), noon + timedelta(days=1)], dtype=pl.Datetime("us", "UTC")
            ),
        }
    )
    findings = judge_rows(rows, suite, date(2025, 10, 27), date(2025, 1, 1))
    assert findings.failing["row"].to_list() == [1]
