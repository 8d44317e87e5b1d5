"""A report of every commune in one spreadsheet: from the inbox to the records, landed, gated and recorded."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl

from targetwatch import catalogue, pipeline
from targetwatch.settings import CHECKOUT, Settings

MAY = date(2024, 5, 31)
NOW = datetime(2025, 6, 10, 2, 0, tzinfo=UTC)
TITLE = "BÁO CÁO HỒ SƠ XỬ LÝ TRỰC TUYẾN THÁNG 5/2024"
HEADER = ("metric", "tier", "org_unit", "period", "numerator", "denominator", "share")
ROUNDS = 5


def run(folder: Path, say: Callable[[str], None]) -> None:
    """Deliver a month five times, each time with other figures, and print the median of all but the first."""
    units = communes()
    settings = Settings(home=folder)
    seconds = []
    for turn in range(ROUNDS):
        _deliver(settings.inbox / "reporting", units, turn)
        began = time.perf_counter()
        (gathered,) = pipeline.gather(settings, "reporting", NOW)
        seconds.append(time.perf_counter() - began)
        assert (gathered.state, gathered.rows_accepted) == ("accepted", len(units)), gathered
    say(f"  {len(units)} units: {statistics.median(seconds[1:]):.2f} s (aim: under 2 s)")
    say(f"  the first of a process, with its imports: {seconds[0]:.2f} s")


def communes() -> list[str]:
    """The codes of the communes that there were in May 2024."""
    programme = catalogue.load(CHECKOUT / "catalogue")
    return [unit.key.code for unit in programme.org_units if unit.level == "commune" and unit.is_valid_on(MAY)]


def _deliver(inbox: Path, units: list[str], turn: int) -> None:
    """Put the month's report in, as if it had lain there for a while."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append([TITLE])
    sheet.append(HEADER)
    for number, unit in enumerate(units):
        sheet.append(["dossiers_processed_online", "Xã", unit, "tháng 5/2024", 50 + (number + turn) % 50, 100, None])
    inbox.mkdir(parents=True, exist_ok=True)
    unfinished = inbox / ".report.xlsx"
    book.save(unfinished)
    time.sleep(1.1)  # a file that has just changed is not taken
    os.rename(unfinished, inbox / "report.xlsx")
    time.sleep(1.1)
