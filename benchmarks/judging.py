"""Judging 60,000 assessments with the shipped suite, once Great Expectations has been imported."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import duckdb
import polars as pl

from benchmarks.sample import KNOWN_AT
from targetwatch.evaluation.assessment import assess
from targetwatch.model import Programme
from targetwatch.settings import CHECKOUT

ASSESSMENTS = 60_000
ROUNDS = 5
SUITE = CHECKOUT / "expectations" / "judgement" / "targets.json"
BY_HAND = Path(__file__).parent / "sql" / "judge_by_hand.sql"


def run(programme: Programme, rolled: pl.DataFrame, owed: pl.DataFrame, say: Callable[[str], None]) -> None:
    """Time the judgement of the sample's assessments at as many moments as it takes, and print the medians."""
    frame = _assessed(programme, rolled, owed)
    began = time.perf_counter()
    from targetwatch.checks.judgement import judge

    judge(frame.head(1).with_columns(rows_expected=1), SUITE)
    say(f"  import and first use of Great Expectations: {time.perf_counter() - began:.1f} s, once a process")
    seconds: list[float] = []
    by_hand: list[float] = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        judgement = judge(frame, SUITE)
        seconds.append(time.perf_counter() - began)
        began = time.perf_counter()
        expected = _by_hand(frame)
        by_hand.append(time.perf_counter() - began)
    assert judgement.failures == (), judgement.failures
    assert judgement.verdicts.sort("row", "verdict").equals(expected), "the verdicts differ from those by hand"
    median, other = statistics.median(seconds), statistics.median(by_hand)
    say(
        f"  {frame.height:,} assessments, {judgement.verdicts['row'].n_unique():,} of them with a verdict: "
        f"{median:.2f} s (aim: under 2 s)"
    )
    say(f"  one DuckDB statement that finds the same verdicts: {other:.2f} s; ratio {median / other:.1f}")


def _assessed(programme: Programme, rolled: pl.DataFrame, owed: pl.DataFrame) -> pl.DataFrame:
    """The sample's assessments, put under each other as if for moments a second apart, until there are enough."""
    once = assess(programme, rolled, owed, KNOWN_AT)
    times = -(-ASSESSMENTS // once.height)
    every = [once.with_columns(pl.col("as_of") + timedelta(seconds=moment)) for moment in range(times)]
    return pl.concat(every)


def _by_hand(frame: pl.DataFrame) -> pl.DataFrame:
    with duckdb.connect() as duck:
        duck.register("assessed", frame.with_row_index("row"))
        return duck.execute(BY_HAND.read_text(encoding="utf-8")).pl()
