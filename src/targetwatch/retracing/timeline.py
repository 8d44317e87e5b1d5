"""Timeline: courses side by side with numbers in place of names, and the periods that change from look to look.

A series is one metric of one course; a body of it is a series, a tier and a unit in one number; a pair is a series and
one of its periods; a strand is a body without its unit.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import polars as pl

from targetwatch.evaluation.lineage import UNIT, tree_of
from targetwatch.model import OrgUnit
from targetwatch.retracing import changes
from targetwatch.retracing.arrivals import Arrivals, versions
from targetwatch.retracing.course import Course
from targetwatch.retracing.looks import NEVER, Looks

PAIR = ("series", "period_start", "period_end")


class Timeline:
    """Courses that share their units, time zone and calendar, with what they come to know and to owe, look by look.

    `observed` has every version of an observation that any look sees: from `look_from` to before `look_to`. `asked` has
    the periods of which it matters who owes them, with the looks at which they are over (`look_ended`) and from which
    on their deadline had passed, and `owed` who does (DUE), with the looks from which on it was reported.
    """

    def __init__(self, courses: Sequence[Course]) -> None:
        self.courses = courses
        self.org_units = courses[0].programme.org_units
        self.looks = Looks(courses)
        arrivals = Arrivals(courses)
        self.series, self.programme = arrivals.series, arrivals.programme
        asked, known = arrivals.asked(self.looks), arrivals.known
        self.units = _units(self.org_units, known)
        self.tiers = sorted(
            {version.tier for one in courses for version in one.programme.targets}
            | {reporters.tier for source in self.programme.sources.values() for reporters in source.reporters}
            | set(known["tier"].unique())
        )
        self._tiers = pl.Enum(self.tiers)
        pairs = pl.concat([known.select(PAIR), asked.select(PAIR)]).unique().sort(PAIR)
        self.pairs = pairs.select(
            pl.int_range(pl.len(), dtype=pl.Int32).alias("pair"),
            *PAIR,
            look_ended=self.looks.first_after(arrivals.courses_of(pairs["series"]), pairs["period_end"]),
        )
        numbered = self.numbered(known)
        self.observed = versions(numbered, self.looks, arrivals.courses_of(numbered["series"]))
        self.asked = asked.join(self.pairs, on=PAIR).filter(pl.col("look_ended") < NEVER)
        self.owed = arrivals.owed(self.asked, self.looks).rename({"place": "unit"}).with_columns(body=self._body())
        self.before, self.after = _lines(self.org_units)

    @cached_property
    def dirty(self) -> pl.DataFrame:
        """The periods whose roll-up may differ from that of the look before (look, pair)."""
        return changes.dirty(self)

    def numbered(self, rows: pl.DataFrame) -> pl.DataFrame:
        """`rows` of series, tier, unit and period with `body`, `unit` and `pair`; without those of no such period."""
        return (
            rows.lazy()
            .join(self.units.lazy(), on=UNIT, maintain_order="left")
            .join(self.pairs.lazy(), on=PAIR, maintain_order="left")
            .with_columns(body=self._body())
            .collect(engine="in-memory")
        )

    def _body(self) -> pl.Expr:
        strand = pl.col("series").cast(pl.Int64) * len(self.tiers) + pl.col("tier").cast(self._tiers).to_physical()
        return strand * self.units.height + pl.col("unit").cast(pl.Int64)

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
            rows.lazy()
            .with_columns(unit=(pl.col("body") % self.units.height).cast(pl.UInt32))
            .join(relatives.lazy(), on="unit")
            .with_columns(body=pl.col("body") - pl.col("unit") + pl.col("relative"))
            .select(rows.columns)
            .collect(engine="in-memory")
        )
        return pl.concat([rows, theirs])

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
        reported = self.owed.lazy().filter(pl.col("look_reported") < NEVER)
        own = reported.select("period_end", thread=pl.col("body") * 8, look="look_reported")
        others = (
            self.observed.lazy()
            .filter(~pl.col("is_own"), "after_end")
            .group_by("period_end", thread=pl.col("body") * 8 + 1 + pl.col("origin_number"))
            .agg(look=pl.col("look_from").min())
        )
        return (
            pl.concat([own, others.select("period_end", "thread", "look")])
            .sort("look", "period_end")
            .with_columns(newest=pl.col("period_end").cast(pl.Int32).cum_max().cast(pl.Date).over("thread"))
            .collect(engine="in-memory")
        )


def _units(org_units: tuple[OrgUnit, ...], observed: pl.DataFrame) -> pl.DataFrame:
    """Every unit of the register, by its place there, and what else was observed, with a number."""
    named = tree_of(org_units).spans.select(UNIT)
    return pl.concat([named, observed.select(UNIT)]).unique(maintain_order=True).with_row_index("unit")


def _lines(org_units: tuple[OrgUnit, ...]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Those before each unit and those after it, at whatever remove: two frames of unit and relative."""
    tree = tree_of(org_units)
    after = {
        tree.places[unit.key]: [tree.places[one.unit] for one in unit.successors if one.unit in tree.places]
        for unit in tree.units
        if unit.successors
    }
    pairs = [(unit, heir) for unit in after for heir in _reached(unit, after)]
    schema = {"unit": pl.UInt32, "relative": pl.UInt32}
    forward = pl.DataFrame(dict(zip(schema, zip(*pairs, strict=True), strict=False)), schema=schema)
    return forward.select(unit="relative", relative="unit"), forward


def _reached(unit: int, after: dict[int, list[int]]) -> set[int]:
    found: set[int] = set()
    left = list(after[unit])
    while left:
        heir = left.pop()
        if heir not in found and heir != unit:
            found.add(heir)
            left.extend(after.get(heir, ()))
    return found
