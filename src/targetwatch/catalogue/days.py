"""Days: which ones a catalogue may name. There must be others before and after them to reckon with."""

from __future__ import annotations

YEARS = range(1900, 2200)


def too_far_away(year: int) -> tuple[str, str] | None:
    """What is wrong with a year that no programme reaches, such as 9999 for "no end", and what to write instead."""
    if year in YEARS:
        return None
    said = f"the year {year:04} is too far away"
    return said, f"Name a year from {YEARS[0]} to {YEARS[-1]}; where there is no end, leave it out."
