"""Restating: which figures are other than they were at the look before, out of what is rolled up anyway."""

from __future__ import annotations

import polars as pl

from targetwatch.evaluation.coverage import OBSERVED
from targetwatch.evaluation.restatements import FIGURES
from targetwatch.retracing.stock import FIGURES_BEFORE
from targetwatch.retracing.timeline import Timeline


class Restating:
    """Remembers how the roll-up of a timeline changes where it had figures already."""

    def __init__(self, timeline: Timeline) -> None:
        self._metrics = pl.Series([one.metric.id for one in timeline.series], dtype=pl.String)
        self._found: list[pl.DataFrame] = []

    def take_in(self, changed: pl.DataFrame) -> None:
        """Take in how the roll-up has changed (CHANGED)."""
        is_other = pl.any_horizontal(
            pl.col(name) != pl.col(before) for name, before in FIGURES_BEFORE.items() if name != "parts"
        )
        found = changed.filter(is_other).with_columns(metric=pl.lit(self._metrics).gather("series"))
        self._found.append(found.select("look", *OBSERVED, *FIGURES, *FIGURES_BEFORE.values()))

    def by_look(self) -> dict[int, pl.DataFrame]:
        """What has changed at each look: OBSERVED with FIGURES and FIGURES_BEFORE. None where nothing has."""
        return {look: rows for (look,), rows in pl.concat(self._found).partition_by("look", as_dict=True).items()}
