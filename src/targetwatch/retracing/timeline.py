"""Timeline: courses side by side with numbers in place of names, and the periods that change from look to look.

A series is one metric of one course; a body of it is a series, a tier and a unit in one number; a pair is a series and
one of its periods; a strand is a body without its unit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

import polars as pl

from targetwatch.model import OrgUnit, UnitKey
from targetwatch.retracing import changes
from targetwatch.retracing.arrivals import Series, observed, owing, targeted
from targetwatch.retracing.course import Course
from targetwatch.retracing.looks import NEVER, Looks

PAIR = ("series", "period_start", "period_end")


class Timeline:
    """Courses that share their units, time zone and calendar, with what they come to know and to owe, look by look.

    `observed` has every version of an observation that any look sees: from `look_from` to before `look_to`. `owed` has
    what bodies owe (DUE), with the looks from which it was reported and its deadline had passed.
    """

    def __init__(self, courses: Sequence[Course]) -> None:
        self.courses = courses
        self.org_units = courses[0].programme.org_units
        self.looks = Looks(courses)
        self.series = [
            Series(place, metric)
            for place, course in enumerate(courses)
            for metric in targeted(course.programme).values()
        ]
        known, owed = observed(courses, self.series, self.looks), owing(courses, self.series, self.looks)
        self.units = _units(self.org_units, known)
        promised = {version.tier for one in courses for version in one.programme.targets}
        self.tiers = sorted(promised.union(known["tier"].unique(), owed["tier"].unique()))
        self._tiers = pl.Enum(self.tiers)
        self.pairs = (
            pl.concat([known.select(PAIR), owed.select(PAIR)])
            .unique()
            .sort(PAIR)
            .with_row_index("pair")
            .with_columns(pl.col("pair").cast(pl.Int32))
        )
        self.observed = self.numbered(known)
        self.owed = self.numbered(owed)
        self.unit_of = {UnitKey(code, valid_from): unit for unit, code, valid_from in self.units.iter_rows()}
        self.before, self.after = _lines(self.org_units, self.unit_of)

    @cached_property
    def dirty(self) -> pl.DataFrame:
        """The periods whose roll-up may differ from that of the look before (look, pair)."""
        return changes.dirty(self)

    def numbered(self, rows: pl.DataFrame) -> pl.DataFrame:
        """`rows` of series, tier, unit and period with `body`, `unit` and `pair`; without those of no such period."""
        strand = pl.col("series").cast(pl.Int64) * len(self.tiers) + pl.col("tier").cast(self._tiers).to_physical()
        return (
            rows.join(self.units, on=["org_unit", "org_unit_valid_from"])
            .join(self.pairs, on=PAIR)
            .with_columns(body=strand * self.units.height + pl.col("unit").cast(pl.Int64))
        )

    def strand(self, series: int, tier: str) -> int:
        """One number for a series and a tier: a body without its unit."""
        return series * len(self.tiers) + self.tiers.index(tier)

    @property
    def strand_of_body(self) -> pl.Expr:
        """The strand of `body`."""
        return pl.col("body") // self.units.height

    @property
    def series_of_body(self) -> pl.Expr:
        """The series of `body`."""
        return (pl.col("body") // (self.units.height * len(self.tiers))).cast(pl.Int32)

    def with_relatives(self, rows: pl.DataFrame, relatives: pl.DataFrame) -> pl.DataFrame:
        """`rows` (body), and the same again with the bodies of each unit's relatives (unit, relative)."""
        if relatives.is_empty():
            return rows
        theirs = (
            rows.with_columns(unit=(pl.col("body") % self.units.height).cast(pl.UInt32))
            .join(relatives, on="unit")
            .with_columns(body=pl.col("body") - pl.col("unit") + pl.col("relative"))
        )
        return pl.concat([rows, theirs.select(rows.columns)])

    @cached_property
    def partless(self) -> pl.Series:
        """The bodies whose figures may come without their parts: for the units above they are missing all the same."""
        return self.observed.filter(~pl.col("parts"))["body"].unique()

    @cached_property
    def answers(self) -> pl.DataFrame:
        """Which periods each body has answered for, from which look on, by `thread`: the body and the way it answered.

        What the metric's own source brought is thread 0 of the body; the others follow in the order of origins.
        `newest` is the newest period that it had answered for by then.
        """
        own = self.owed.filter(pl.col("look_reported") < NEVER).select(
            "period_end", thread=pl.col("body") * 8, look="look_reported"
        )
        others = (
            self.observed.filter(~pl.col("is_own"), "after_end")
            .group_by("period_end", thread=pl.col("body") * 8 + 1 + pl.col("origin_number"))
            .agg(look=pl.col("look_from").min())
        )
        return (
            pl.concat([own, others.select(own.columns)])
            .sort("look", "period_end")
            .with_columns(newest=pl.col("period_end").cast(pl.Int32).cum_max().cast(pl.Date).over("thread"))
        )


def _units(org_units: Iterable[OrgUnit], observed: pl.DataFrame) -> pl.DataFrame:
    """Every unit of the register, and what else was observed, with a number."""
    keys = [(unit.key.code, unit.key.valid_from) for unit in org_units]
    named = pl.DataFrame(keys, schema={"org_unit": pl.String, "org_unit_valid_from": pl.Date}, orient="row")
    return pl.concat([named, observed.select(named.columns)]).unique(maintain_order=True).with_row_index("unit")


def _lines(org_units: Iterable[OrgUnit], unit_of: Mapping[UnitKey, int]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Those before each unit and those after it, at whatever remove: two frames of unit and relative."""
    after = {
        unit_of[unit.key]: [unit_of[one.unit] for one in unit.successors if one.unit in unit_of]
        for unit in org_units
        if unit.successors
    }
    pairs = {(unit, heir) for unit in after for heir in _reached(unit, after)}
    schema = {"unit": pl.UInt32, "relative": pl.UInt32}
    forward = pl.DataFrame(sorted(pairs), schema=schema, orient="row")
    backward = pl.DataFrame(sorted((heir, unit) for unit, heir in pairs), schema=schema, orient="row")
    return backward, forward


def _reached(unit: int, after: dict[int, list[int]]) -> set[int]:
    found: set[int] = set()
    left = list(after[unit])
    while left:
        heir = left.pop()
        if heir not in found and heir != unit:
            found.add(heir)
            left.extend(after.get(heir, ()))
    return found
