"""A large CSV of dossiers: landed, gated by its suite and recorded, against DuckDB's `read_csv` of the same file.

Each way runs in a process of its own, so that the largest memory of each is its own.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks import gating_once

ONE_IN = 1000  # rows that are bad


def run(folder: Path, rows: int, say: Callable[[str], None]) -> None:
    """Time both ways on the same file, and check that every bad row is named and every other one recorded."""
    folder.mkdir(parents=True)
    file = folder / "dossiers.csv"
    gating_once.make(file, rows, ONE_IN)
    say(f"  {rows:,} rows, {file.stat().st_size / 10**6:,.0f} MB, every {ONE_IN:,}th of them bad")
    read, _ = _alone("read_csv", file)
    say(f"  DuckDB's read_csv into a table: {read:.1f} s")
    named, _ = _alone("read_csv_rejects", file)
    say(f"  the same with types, naming what it cannot read (store_rejects): {named:.1f} s")
    ours, memory = _alone("gather", file)
    say(f"  landed, gated and recorded: {ours:.1f} s, {ours / read:.1f} times read_csv (aim: at most 4)")
    say(f"  and {ours / named:.1f} times read_csv that names what it cannot read; at most {memory:,.0f} MB of memory")


def _alone(way: str, file: Path) -> tuple[float, float]:
    """Seconds and megabytes of one way, in a process of its own."""
    said = subprocess.run(
        [sys.executable, "-m", "benchmarks.gating_once", way, file], capture_output=True, text=True, check=True
    ).stdout.split()
    return float(said[0]), float(said[1])
