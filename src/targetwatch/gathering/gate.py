"""The gate: sorts the rows of a landed delivery into good ones and bad ones, each bad one with its reason.

First comes what holds for every source: a value is what its column says, a row has a period, a unit that existed
then, and an identity. Then the source's own expectation suite. Last, among what is left, the same record twice. A row
is put aside for the first thing that is wrong with it. More bad rows than the source allows, and the batch is refused
whole. All of it goes block by block; what only the whole can tell is asked of the file that the blocks were written to.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl

from targetwatch.checks.gate import judge_rows
from targetwatch.gathering import columns, reasons
from targetwatch.gathering.blocks import ROWS_AT_ONCE, Parts, read_blocks, write_blocks
from targetwatch.gathering.columns import Before
from targetwatch.gathering.delivery import Gated, Landed, Refused, Sorted
from targetwatch.gathering.doubles import RecordIds, doubles
from targetwatch.gathering.outcome import nothing_of
from targetwatch.gathering.placing import place
from targetwatch.gathering.putting_aside import PutAside
from targetwatch.gathering.seen import Seen
from targetwatch.gathering.time_allowed import FOREVER, TimeAllowed, TookTooLongError
from targetwatch.gathering.totals import Totals
from targetwatch.model import Programme, Source, Text

CAUSES_SAID = 3
PLACES = pl.DataFrame(schema={"place": pl.Int64})


def sort_rows(
    landed: Landed | Refused,
    source: Source,
    programme: Programme,
    suite_folder: Path,
    known_at: datetime,
    rows_at_once: int = ROWS_AT_ONCE,
    allowed: TimeAllowed = FOREVER,
    before: Before | None = None,
) -> Gated:
    """Sort the rows of `landed`, which arrived at `known_at`; `suite_folder` holds the gate suites, <gate>.json.

    The sorted rows are written beside its content, `rows_at_once` at a time. What could not be read has no rows, and
    keeps its refusal; what cannot be sorted in the time `allowed` is refused. `before` is what earlier deliveries had.
    Raises SuiteError or GateError (of targetwatch.checks) where the suite is wrong or could not run: nothing is known
    of the batch then, and it is to be gated again once the suite is mended.
    """
    if isinstance(landed, Refused):
        return nothing_of(landed)
    today = known_at.astimezone(ZoneInfo(programme.time_zone)).date()
    sorting = _Sorting(landed, source, programme, today, rows_at_once, allowed, before)
    try:
        return sorting.sort(suite_folder)
    except TookTooLongError as fault:
        return sorting.refused(reasons.took_too_long(fault.minutes))


@dataclass(frozen=True, slots=True)
class _Said:
    """What a suite said of the delivery as a whole."""

    refusals: tuple[Text, ...] = ()
    warnings: tuple[Text, ...] = ()


class _Sorting:
    """One delivery on its way through the gate."""

    def __init__(
        self,
        landed: Landed,
        source: Source,
        programme: Programme,
        today: date,
        rows_at_once: int,
        allowed: TimeAllowed,
        before: Before | None,
    ) -> None:
        self.landed = landed
        self.source = source
        self.programme = programme
        self.today = today
        self.rows_at_once = rows_at_once
        self.allowed = allowed
        self.before = before
        self.folder = landed.content.parent
        self.rows = self.folder / "rows.parquet"
        self.height = 0  # of `rows`: what the rules for every source let through
        self.ids = RecordIds()
        self.totals = Totals(source, programme.time_zone)
        self.seen = Seen(source, programme)
        self.seen_of_bad = Seen(source, programme)
        self.put_aside = PutAside(landed, source, self.folder / "put_aside")
        self.bad_places = Parts(self.folder / "bad_places", PLACES)

    def sort(self, suite_folder: Path) -> Gated:
        """Sort it all, step by step."""
        write_blocks(self._placed(), self.rows, compression="lz4")
        outright = self._refused_outright() or self.totals.problem()
        if outright is not None:
            self.put_aside = PutAside(self.landed, self.source, self.folder / "nothing_put_aside")
            return self.refused(outright)
        self.put_aside.add_rejected()
        said = self._judge(suite_folder)
        self._set_aside(doubles(self.rows, self.ids, self.bad_places.paths, self.source, self.rows_at_once))
        # What a suite wants of a delivery as a whole is not asked of a few rows that come back corrected.
        because = (_combined(said.refusals) if self.source.bad_rows_allowed <= 1 else None) or self._too_many()
        if because is not None:
            return self.refused(because)
        # A file without places: DuckDB reads no list of files that is empty.
        self.bad_places.add_empty()
        good = Sorted(self.rows, tuple(self.bad_places.paths), self.height - self.bad_places.height)
        warnings = tuple(str(warning) for warning in said.warnings)
        return Gated(good, self.put_aside.parts, None, self.seen.reports(), self.seen.touched(), warnings)

    def refused(self, because: Text) -> Gated:
        """The delivery, refused whole; what it speaks of goes as far as it was read."""
        seen = self.seen.and_also(self.seen_of_bad)
        return Gated(None, self.put_aside.parts, str(because), seen.reports(), seen.touched())

    def _placed(self) -> Iterator[pl.DataFrame]:
        """Block by block, the rows with nothing wrong by the rules for every source; the others are put aside."""
        for offset, delivered in read_blocks(self.landed.content, self.rows_at_once):
            self.allowed.check()
            rows = self.totals.taken_out_of(delivered.with_row_index("row", offset))
            placed = place(rows, self.source, self.programme, self.today)
            self.put_aside.add(placed.bad)
            readable = pl.col("org_unit_valid_from").is_not_null() & pl.col("period_start").is_not_null()
            self.seen_of_bad.add(placed.bad.filter(readable))
            self.seen.add(placed.good)
            self.ids.add(placed.good["record_id"])
            self.height += placed.good.height
            yield placed.good

    def _judge(self, suite_folder: Path) -> _Said:
        """Set aside the rows that fail the source's own suite; what is bad already is not asked about."""
        if self.source.gate is None or not self.height:
            return _Said()
        suite = suite_folder / f"{self.source.gate}.json"
        rows = pl.scan_parquet(self.rows, glob=False).drop("row")
        # More at once than of whole rows: a suite speaks of few columns, and each run of it has a cost of its own.
        at_once = 2 * self.rows_at_once
        findings = judge_rows(rows, suite, self.today, self.programme.start, at_once, between=self.allowed.check)
        self._set_aside([findings.failing.rename({"row": "place"})])
        return _Said(findings.refusals, findings.warnings)

    def _set_aside(self, parts: Iterable[pl.DataFrame]) -> None:
        """Set rows of `rows` aside, by `place`, reason and column_name."""
        columns = list(dict.fromkeys(("row", "position", "record_id", *self.seen.columns)))
        for failing in parts:
            # Block by block: a few bad rows may lie far apart, and all that lies between is read with them.
            numbered = failing.sort("place").with_columns(block=pl.col("place") // self.rows_at_once)
            for some in numbered.partition_by("block", include_key=False, maintain_order=True):
                self.allowed.check()
                low, high = some["place"][0], some["place"][-1]
                rows = (
                    pl.scan_parquet(self.rows, glob=False, row_index_name="place")
                    .slice(low, high - low + 1)
                    .select(pl.col("place").cast(pl.Int64), *columns)
                    .join(some.lazy(), on="place")
                    .collect()
                )
                self.bad_places.add(rows)
                self.seen.add(rows, times=-1)
                self.seen_of_bad.add(rows)
                self.put_aside.add(rows)

    def _refused_outright(self) -> Text | None:
        if self.landed.missing_columns:
            return columns.missing(self.landed.missing_columns, self.landed.unnamed_columns)
        if self.landed.rows_delivered == 0:
            return reasons.NO_ROWS
        seen = columns.unreadable_in(self.put_aside.parts.paths, self.landed.content)
        return columns.retyped(self.source, seen, self.before)

    def _too_many(self) -> Text | None:
        """Why the batch is refused, if more of its rows are bad than is allowed, or all of them."""
        bad, rows, allowed = self.put_aside.parts.height, self.landed.rows_delivered, self.source.bad_rows_allowed
        if (bad < rows or allowed > 1) and bad <= Fraction(str(allowed)) * rows:
            return None
        causes = self.put_aside.causes().head(CAUSES_SAID)
        return reasons.too_many_bad(
            bad,
            rows,
            allowed,
            [(Text.parse(reason), count, first) for reason, count, first in causes.iter_rows()],
            self.landed.parts,
        )


def _combined(refusals: tuple[Text, ...]) -> Text | None:
    if not refusals:
        return None
    return Text("; ".join(refusal.vi for refusal in refusals), "; ".join(refusal.en for refusal in refusals))
