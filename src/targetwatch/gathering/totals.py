"""Rows of totals within a delivery: taken out before rows are looked at as records, and used to check them.

What was cut off, changed by hand or lost on the way no longer adds up to what the delivery says of itself.
"""

from __future__ import annotations

from decimal import Decimal

import polars as pl

from targetwatch.gathering import reasons
from targetwatch.gathering.casting import as_text, cast
from targetwatch.model import Source, Text


class Totals:
    """What the rows of a delivery add up to, block by block, and what its own row of totals says."""

    def __init__(self, source: Source, time_zone: str) -> None:
        self._rule = source.total_rows
        names = self._rule.sums if self._rule else ()
        self._summed = [column for column in source.columns if column.name in names]
        self._values = tuple(value.casefold() for value in self._rule.values) if self._rule else ()
        self._time_zone = time_zone
        self._counted: dict[str, Decimal] = dict.fromkeys(names, Decimal(0))
        self._said: list[dict[str, Decimal]] = []
        self._rows = 0

    def taken_out_of(self, delivered: pl.DataFrame) -> pl.DataFrame:
        """The rows of `delivered`, as delivered, without those of totals; what they add up to is counted."""
        if self._rule is None:
            return delivered
        found = as_text(delivered[self._rule.column]).cast(pl.String).str.to_lowercase().is_in(self._values)
        is_total = found.fill_null(False)
        rows = delivered.filter(~is_total)
        self._rows += rows.height
        for name, total in self._added_up(rows).items():
            self._counted[name] += total
        if is_total.any():
            self._said += [self._added_up(one) for one in delivered.filter(is_total).iter_slices(1)]
        return rows

    def problem(self) -> Text | None:
        """Why the delivery is not to be believed, once all of it has been seen: None where it adds up."""
        if self._rule is None:
            return None
        if not self._rows:
            return reasons.NO_ROWS
        if not self._rule.sums:
            return None
        if not self._said:
            return reasons.no_total(self._rule.values)
        for said in self._said:
            for column in self._summed:
                if said[column.name] != self._counted[column.name]:
                    here, there = (f"{one[column.name].normalize():f}" for one in (said, self._counted))
                    return reasons.wrong_total(column.delivered_as, here, there)
        return None

    def _added_up(self, rows: pl.DataFrame) -> dict[str, Decimal]:
        """The sum of each column; what cannot be read adds nothing."""
        sums = {}
        for column in self._summed:
            total = cast(rows[column.name], column, self._time_zone).cast(pl.Decimal(38, 6)).sum()
            sums[column.name] = Decimal(total or 0)
        return sums
