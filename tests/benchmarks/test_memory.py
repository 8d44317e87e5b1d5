"""The memory that benchmarks report, and that tests hold a large delivery to, is the process's own."""

from __future__ import annotations

import subprocess
import sys

MEGABYTES = 300
ASK = "from benchmarks.memory import peak_megabytes; print(peak_megabytes())"


def test_what_is_started_by_a_large_process_is_not_large_for_it() -> None:
    """Linux's `ru_maxrss` comes through `exec`: a test run's own memory was once taken for a delivery's."""
    held = bytearray(b"x" * (MEGABYTES << 20))
    said = subprocess.run([sys.executable, "-c", ASK], capture_output=True, text=True, check=True).stdout
    assert len(held) == MEGABYTES << 20
    assert 5 < float(said) < MEGABYTES / 2


def test_what_was_held_and_given_back_counts() -> None:
    """The peak, and not what is held now."""
    hold = f"held = bytearray(b'x' * ({MEGABYTES} << 20)); del held; {ASK}"
    said = subprocess.run([sys.executable, "-c", hold], capture_output=True, text=True, check=True).stdout
    assert float(said) > MEGABYTES
