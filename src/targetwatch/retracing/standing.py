"""Standing: what is assessed anew at each look, and the assessments of many looks in one call of the production rules.

A target and unit is assessed at a look if anything that its assessment is made of has changed since the look before.
More may be assessed than need be, and never less: what says the same as before is dropped when it is judged.

Of the roll-up, the newest periods are kept whole (`rows`). Of the periods before them only what can still matter is at
hand (`base`): of each body the newest settled one, and those at which a path may begin; the rest is in the archive.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import polars as pl

from targetwatch import evaluation
from targetwatch.evaluation import periods
from targetwatch.evaluation.assessment import ANCHOR, ASSESSED, SETTLED
from targetwatch.evaluation.coverage import ROLLED
from targetwatch.evaluation.due import DUE
from targetwatch.evaluation.lineage import UNIT
from targetwatch.evaluation.subjects import SUBJECTS, current, subjects
from targetwatch.model import Cadence, Path, Role, TargetVersion, UnitKey
from targetwatch.retracing.course import turns
from targetwatch.retracing.rolling import name_of, programme_of, roll
from targetwatch.retracing.timeline import LOOK, NEVER, Timeline

KEPT_WHOLE = 3  # of the newest periods of a series
FEW = 50_000  # rows that are not worth putting away
_NUMBERS: dict[str, Any] = {"series": pl.Int32, "unit": pl.UInt32, "pair": pl.Int32, "body": pl.Int64}
_VERSIONS: dict[str, Any] = {"hash": pl.UInt64, "look_from": LOOK, "look_to": LOOK}
_NOTES: dict[str, Any] = {"look": LOOK, "subject": pl.Int32, "unit": pl.UInt32, "pool": pl.UInt32}
NUMBERED = pl.Schema({**ROLLED, **_NUMBERS})
ROWS = pl.Schema({**NUMBERED, **_VERSIONS})
NOTED = pl.Schema({**ASSESSED, **_NOTES})
ONE_DAY = timedelta(days=1)


class Parts:
    """Who answers to what at a look: SUBJECTS, computed once for every stretch of days on which nobody begins or ends.

    Beside SUBJECTS: `row`, `place` (of the version among the course's), `subject` (a number for the target), `series`,
    `unit`, `body`, `group` (what is assessed together: series and tiers that a target goes across), and `is_pool`.
    """

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._turns = [sorted(turns(course.programme)) for course in timeline.courses]
        self._known: dict[tuple[int, tuple[int, ...]], pl.DataFrame] = {}
        self.targets = list(
            dict.fromkeys(
                (place, version.target)
                for place, course in enumerate(timeline.courses)
                for version in course.programme.targets
            )
        )
        self._subject = {target: number for number, target in enumerate(self.targets)}
        self.groups = _groups(timeline)
        self.keys = [self._key(number) for number in range(len(timeline.looks))]
        self._before = _looks_before(timeline)
        tiers = pl.DataFrame({"tier": timeline.tiers}).with_row_index("tier_number")
        self.groups_of_strands = self.groups.join(tiers, on="tier").select(
            "group", strand=timeline.strand("series", "tier_number")
        )
        courses = pl.Series([one.course for one in timeline.series], dtype=pl.Int32)
        self.groups_of_courses = self.groups.select("group", course=pl.lit(courses).gather("series")).unique()
        number = {UnitKey(code, valid_from): unit for unit, code, valid_from in timeline.units.iter_rows()}
        self.parents = pl.DataFrame(
            [(number[unit.key], number.get(unit.parent)) for unit in timeline.org_units],  # type: ignore[arg-type]
            schema={"unit": pl.UInt32, "parent": pl.UInt32},
            orient="row",
        ).with_columns(pl.col("parent").fill_null(pl.col("unit")))

    def at(self, look: int) -> pl.DataFrame:
        """Everyone at a look. `newest_ended` is of the look that the frame was first asked for."""
        course = self._timeline.looks[look].course
        key = (course, self.keys[look])
        if key not in self._known:
            self._known[key] = self._made(course, self._timeline.looks[look].today)
        return self._known[key]

    def look_before(self, look: int) -> int | None:
        """The look of the same course before this one."""
        return self._before[look]

    @property
    def nobody(self) -> pl.DataFrame:
        """No parts at all."""
        return pl.DataFrame(schema=SUBJECTS)

    def pools(self, first: int, last: int) -> pl.DataFrame:
        """The bodies that are pools at any of these looks: body, group, path_from and is_observed.

        That is, from which day a path is drawn where one is declared, and whether it begins where the unit stood.
        """
        frames = {id(frame): frame for frame in map(self.at, range(first, last + 1))}
        schema = {"body": pl.Int64, "group": pl.Int32, "path_from": pl.Date, "is_observed": pl.Boolean}
        made = [frame.filter("is_pool").select(list(schema)) for frame in frames.values()]
        empty = pl.DataFrame(schema=schema)
        return pl.concat([empty, *made]).unique()

    def pools_that_go_on(self, looked_at: Mapping[int, int]) -> Iterable[tuple[int, int, int]]:
        """The subject, the unit and the series of the pools that have not ended, with all of their shares."""
        for look in looked_at.values():
            frame = self.at(look).filter(~pl.col("is_over"), "is_pool")
            yield from frame.select("subject", "unit", "series").unique().iter_rows()

    def _key(self, look: int) -> tuple[int, ...]:
        """How many beginnings and ends are behind a look: behind its day, and behind the newest period of a cadence."""
        made = self._timeline.looks[look]
        days = [made.today, *(periods.last_ended(made.today, cadence).last_day for cadence in Cadence)]
        return tuple(bisect_right(self._turns[made.course], day) for day in days)

    def _made(self, course: int, today: date) -> pl.DataFrame:
        timeline = self._timeline
        programme = timeline.courses[course].programme
        numbers = {one.metric.id: n for n, one in enumerate(timeline.series) if one.course == course}
        subject = {target: number for (of, target), number in self._subject.items() if of == course}
        tiers = pl.DataFrame({"tier": timeline.tiers}).with_row_index("tier_number")
        everyone = subjects(programme, today)
        ended = current(everyone).group_by("target").agg(is_over=pl.col("ended_because").is_not_null().all())
        observed = [one.trajectory.path is Path.LINEAR and one.trajectory.baseline is None for one in programme.targets]
        path_from = pl.Series([one.trajectory.baseline_on for one in programme.targets], dtype=pl.Date)
        cadence = {one.metric.id: one.metric.cadence.value for one in timeline.series if one.course == course}
        return (
            everyone.with_row_index("row")
            .join(ended, on="target", how="left", maintain_order="left")
            .with_columns(
                place="version",
                path_from=pl.lit(path_from).gather("version"),
                is_observed=pl.lit(pl.Series(observed, dtype=pl.Boolean)).gather("version"),
                cadence=pl.col("metric").replace_strict(cadence, return_dtype=pl.String),
                series=pl.col("metric").replace_strict(numbers, return_dtype=pl.Int32),
                subject=pl.col("target").replace_strict(subject, return_dtype=pl.Int32),
            )
            .join(timeline.units, on=["org_unit", "org_unit_valid_from"], how="left", maintain_order="left")
            .join(tiers, on="tier", how="left", maintain_order="left")
            .join(self.groups, on=["series", "tier"], how="left", maintain_order="left")
            .with_columns(
                body=timeline.strand("series", "tier_number") * timeline.units.height + pl.col("unit").cast(pl.Int64),
                is_pool=(pl.col("role") == Role.POOLED.value).any().over("subject", "unit"),
            )
            .drop("tier_number")
        )


def _groups(timeline: Timeline) -> pl.DataFrame:
    """The series and tiers that have targets, with their group: those that a target goes across are one."""
    numbers = {(one.course, one.metric.id): number for number, one in enumerate(timeline.series)}
    group: dict[tuple[int, str], int] = {}
    by_target: dict[tuple[int, str], set[tuple[int, str]]] = {}
    for place, course in enumerate(timeline.courses):
        for version in course.programme.targets:
            strand = (numbers[place, version.metric], version.tier)
            group.setdefault(strand, len(group))
            by_target.setdefault((place, version.target), set()).add(strand)
    for strands in by_target.values():
        joined = {group[strand] for strand in strands}
        if len(joined) > 1:
            group = {strand: min(joined) if one in joined else one for strand, one in group.items()}
    return pl.DataFrame(
        [(series, tier, one) for (series, tier), one in group.items()],
        schema={"series": pl.Int32, "tier": pl.String, "group": pl.Int32},
        orient="row",
    )


class Standing:
    """The state of the roll-up, taken from one stretch of looks to the next."""

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._parts = Parts(timeline)
        self._rows = pl.DataFrame(schema=ROWS)
        self._base = pl.DataFrame(schema=ROWS)
        self._archive = pl.DataFrame(schema=ROWS)
        self._cuts = _cuts(timeline)
        self._passed = timeline.owed.clear()  # the newest period of each body whose deadline has passed
        self._settled: dict[tuple[int, int], date | None] = {}  # pool: subject and unit -> its newest settled period
        self._looked_at: dict[int, int] = {}  # course -> its last look
        self._of_course = pl.DataFrame(
            [(look, one.course) for look, one in enumerate(timeline.looks)],
            schema={"look": LOOK, "course": pl.Int32},
            orient="row",
        )

    def advance(self, first: int, last: int) -> pl.DataFrame:
        """What is assessed anew at the looks from `first` to `last`: ASSESSED with look, subject, unit and pool.

        `subject` stands for the course and the target, `unit` for the org_unit, and `pool` for the unit that a share is
        a share of. Stretches follow each other without a gap. `rows_expected` is the number of rows of the look.
        """
        timeline = self._timeline
        dirty = timeline.dirty.filter(pl.col("look").is_between(first, last))
        self._take_back(dirty)
        changed = self._roll(dirty)
        assessed = self._assess(first, last, changed)
        self._put_away(assessed)
        return assessed

    def is_anew(self, look: int) -> bool:
        """Whether everyone was assessed at a look, because somebody began or ended since the one before."""
        before = self._parts.look_before(look)
        return before is None or self._parts.keys[before] != self._parts.keys[look]

    # -- the roll-up -------------------------------------------------------------------------------------------------

    def _take_back(self, dirty: pl.DataFrame) -> None:
        """Bring periods that are rolled up anew back out of the archive."""
        is_wanted = pl.col("pair").is_in(dirty["pair"].unique().implode())
        back = self._archive.filter(is_wanted)
        if back.is_empty():
            return
        self._archive = self._archive.filter(~is_wanted)
        self._rows = pl.concat([self._rows, back])
        series = back["series"].unique().implode()
        self._base = pl.concat(
            [
                self._base.filter(~pl.col("series").is_in(series)),
                self._reduced(self._archive.filter(pl.col("series").is_in(series))),
            ]
        )

    def _roll(self, dirty: pl.DataFrame) -> pl.DataFrame:
        """Add the new versions of the rows, and say which differ from those before (look, body, and what is said)."""
        if dirty.is_empty():
            return pl.DataFrame(schema={**ROWS, "look": LOOK, "before": pl.String})
        versions = dirty.sort("pair", "look").with_columns(
            look_before=pl.col("look").shift(1).over("pair").fill_null(-1),
            look_to=pl.col("look").shift(-1).over("pair").fill_null(NEVER),
        )
        until = versions.group_by("pair").agg(until=pl.col("look").min())
        rolled = roll(self._timeline, dirty).join(versions, on=["look", "pair"])
        said = rolled.select(name for name in ROLLED if name != "metric").hash_rows()
        new = rolled.with_columns(hash=said, look_from="look").select(*ROWS.names(), "look_before")
        self._rows = pl.concat(
            [
                self._rows.join(until, on="pair", how="left")
                .with_columns(look_to=pl.coalesce("until", "look_to"))
                .select(ROWS.names()),
                new.select(ROWS.names()),
            ]
        )
        old = self._rows.select("pair", "body", "hash", "period_state", look_before="look_from")
        same = new.join(old, on=["pair", "body", "look_before"], how="left", suffix="_before")
        differs = same.filter(pl.col("hash").ne_missing(pl.col("hash_before")))
        gone = (
            versions.join(old, on=["pair", "look_before"])
            .join(new, on=["pair", "body", "look_before"], how="anti")
            .select("look", "body")
        )
        return pl.concat(
            [
                differs.with_columns(look="look_from", before="period_state_before").select(
                    *ROWS.names(), "look", "before"
                ),
                gone,
            ],
            how="diagonal",
        )

    def _put_away(self, assessed: pl.DataFrame) -> None:
        """Keep the newest version of each row, and put the periods away that no pool will be judged on any more."""
        self._settled |= _settled_of_pools(assessed)
        rows = self._rows.filter(pl.col("look_to") == NEVER).with_columns(look_from=pl.lit(-1, dtype=LOOK))
        self._rows = rows
        if rows.height < FEW:
            return
        begins = self._kept_whole(rows)
        is_old = pl.col("period_end") < pl.col("series").replace_strict(begins, default=None, return_dtype=pl.Date)
        # A period is in one place only, with all of its rows.
        marked = rows.with_columns(away=(is_old.fill_null(value=False) & _is_settled()).all().over("pair"))
        away = marked.filter("away").drop("away")
        if away.is_empty():
            return
        self._rows = marked.filter(~pl.col("away")).drop("away")
        self._archive = pl.concat([self._archive, away])
        self._base = self._reduced(pl.concat([self._base, away]))

    def _kept_whole(self, rows: pl.DataFrame) -> dict[int, date]:
        """From which period on each series is kept whole: no pool that goes on is judged on an earlier one."""
        newest = (
            rows.select("series", "period_end")
            .unique()
            .sort("period_end", descending=True)
            .group_by("series", maintain_order=True)
            .agg(pl.col("period_end").head(KEPT_WHOLE).min())
        )
        begins: dict[int, date | None] = dict(newest.iter_rows())
        for subject, unit, series in self._parts.pools_that_go_on(self._looked_at):
            held, settled = begins.get(series), self._settled.get((subject, unit))
            begins[series] = None if held is None or settled is None else min(held, settled)
        return {series: day for series, day in begins.items() if day is not None}

    def _reduced(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Those of `rows` that can still matter when newer periods are judged.

        Of each body, in each stretch of days that a version can be in force for, the newest settled one and the newest
        one with a value; and the first of all with a value.
        """
        settled = (
            rows.filter(_is_settled())
            .sort("period_end")
            .join_asof(
                self._cuts,
                left_on="period_end",
                right_on="cut",
                by="series",
                strategy="backward",
                check_sortedness=False,
            )
        )
        valued = settled.filter(_has_value())
        return (
            pl.concat(
                [
                    settled.unique(["body", "cut"], keep="last"),
                    valued.unique(["body", "cut"], keep="last"),
                    valued.unique("body", keep="first", maintain_order=True),
                ]
            )
            .select(ROWS.names())
            .unique(["pair", "body"])
        )

    # -- what is assessed --------------------------------------------------------------------------------------------

    def _assess(self, first: int, last: int, changed: pl.DataFrame) -> pl.DataFrame:
        """Assess everyone for whom something has changed, at each look."""
        timeline, parts = self._timeline, self._parts
        passing = timeline.owed.filter(pl.col("look_deadline").is_between(first, last))
        moved = self._pools_moved(first, last, changed)
        whole = pl.concat([self._turned(first, last), self._passed_over(passing), moved])
        touched = (
            timeline.with_relatives(changed.select("look", "body"), timeline.after)
            .unique()
            .join(parts.groups_of_strands, left_on=timeline.strand_of_body, right_on="strand")
            .select("look", "group", "body")
        )
        everyone = self._everyone(whole.unique(), touched)
        assessed = self._called(everyone, passing)
        newest = passing.sort("period_end")
        self._passed = pl.concat([self._passed, newest]).unique("body", keep="last", maintain_order=True)
        for look in range(first, last + 1):
            self._looked_at[timeline.looks[look].course] = look
        return assessed

    def _turned(self, first: int, last: int) -> pl.DataFrame:
        """The looks before which somebody began or ended, with all groups of their course (look, group)."""
        looks = [look for look in range(first, last + 1) if self.is_anew(look)]
        return (
            pl.DataFrame({"look": looks}, schema={"look": LOOK})
            .join(self._of_course, on="look")
            .join(self._parts.groups_of_courses, on="course")
            .select("look", "group")
        )

    def _passed_over(self, passing: pl.DataFrame) -> pl.DataFrame:
        """The looks before which a deadline passed, with the groups for which it did (look, group)."""
        return (
            passing.select("series", look="look_deadline")
            .unique()
            .join(self._parts.groups, on="series")
            .select("look", "group")
        )

    def _pools_moved(self, first: int, last: int, changed: pl.DataFrame) -> pl.DataFrame:
        """The looks at which a pool may be judged on other periods, or by another path, than before (look, group).

        Its path may be another once an old value changes. A newest period that nothing was known of before changes
        nothing for the bodies about which nothing became known.
        """
        pools = self._parts.pools(first, last)
        moved = changed.join(pools.select("body", "group").unique(), on="body")
        if moved.is_empty():
            return pl.DataFrame(schema={"look": LOOK, "group": pl.Int32})
        everything = pl.concat([self._base, self._rows])
        of_pools = everything.join(pools.select("body").unique(), on="body", how="semi")
        begin = (
            of_pools.filter(_is_settled(), _has_value())
            .group_by("body")
            .agg(begin=pl.col("period_end").min())
            .join(pools.filter("is_observed"), on="body", how="right")
            .group_by("body")
            .agg(pl.max_horizontal("begin", "path_from").max().alias("begin"))
        )
        asked = moved.select("look", "series", "body").unique()
        newest = _newest_before(asked, everything, ["look", "series"], "newest")
        own_newest = _newest_before(asked, of_pools, ["look", "body"], "own_newest")
        is_new = pl.col("before").is_null()
        # Whoever was not heard of now has nothing between the pool's newest period and this one.
        is_next = (pl.col("newest") == pl.col("own_newest")) & (pl.col("period_end") > pl.col("newest"))
        return (
            moved.join(begin, on="body", how="left")
            .join(newest, on=["look", "series"], how="left")
            .join(own_newest, on=["look", "body"], how="left")
            .filter(
                pl.col("pair").is_null()
                | (_is_settled() != pl.col("before").is_in(SETTLED)).fill_null(value=False)
                | (is_new & ~is_next.fill_null(value=False))
                | (pl.col("period_end") <= pl.col("begin")).fill_null(value=False)
            )
            .select("look", "group")
            .unique()
        )

    def _everyone(self, whole: pl.DataFrame, touched: pl.DataFrame) -> pl.DataFrame:
        """The parts that are assessed, with their looks: SUBJECTS with what Parts adds, and `look`."""
        timeline, parts = self._timeline, self._parts
        looks = pl.concat([whole, touched.select("look", "group")]).unique()
        found = []
        by_key: dict[tuple[int, tuple[int, ...]], list[int]] = {}
        for look in looks["look"].unique().sort().to_list():
            by_key.setdefault((timeline.looks[look].course, parts.keys[look]), []).append(look)
        for at in by_key.values():
            frame = parts.at(at[0])
            here = pl.col("look").is_in(at)
            unit = (pl.col("body") % timeline.units.height).cast(pl.UInt32)
            named = pl.concat(
                [
                    whole.filter(here).join(frame.select("group", "row"), on="group").select("look", "row"),
                    touched.filter(here)
                    .select("look", "group", unit=unit)
                    .join(frame.select("group", "unit", "row"), on=["group", "unit"])
                    .select("look", "row"),
                    looks.filter(here)
                    .join(frame.filter("is_pool").select("group", "row"), on="group")
                    .select("look", "row"),
                ]
            )
            ended = pl.DataFrame(
                [
                    (look, cadence.value, periods.last_ended(timeline.looks[look].today, cadence).last_day)
                    for look in at
                    for cadence in Cadence
                ],
                schema={"look": LOOK, "cadence": pl.String, "newest_ended": pl.Date},
                orient="row",
            )
            found.append(
                named.unique()
                .sort("look", "row")
                .join(frame.drop("newest_ended"), on="row", maintain_order="left")
                .join(ended, on=["look", "cadence"], maintain_order="left")
            )
        return pl.concat(found) if found else parts.nobody

    def _called(self, everyone: pl.DataFrame, passing: pl.DataFrame) -> pl.DataFrame:
        """The production rules' assessment of everyone at their looks."""
        timeline, parts = self._timeline, self._parts
        if everyone.is_empty():
            return pl.DataFrame(schema=NOTED)
        wanted = timeline.with_relatives(everyone.select("look", "body").unique(), timeline.before).unique()
        rolled = pl.concat(
            [
                wanted.join(self._rows, on="body").filter(
                    pl.col("look_from") <= pl.col("look"), pl.col("look") < pl.col("look_to")
                ),
                wanted.join(self._base, on="body"),
            ]
        ).with_columns(metric=name_of("series"))
        owed = self._newest_due(wanted, everyone, passing).with_columns(metric=name_of("series"))
        programme, offsets = self._promising(everyone)
        named = everyone.with_columns(
            metric=name_of("series"),
            target=name_of("subject"),
            version=pl.col("place") + pl.col("look").replace_strict(offsets, return_dtype=pl.Int64),
        )
        assessed = evaluation.assess(
            replace(programme_of(timeline, everyone), targets=programme),
            rolled.select(ROLLED.names()),
            owed.select(DUE.names()),
            timeline.newest,
            named.select(SUBJECTS.names()),
        )
        lost = int(assessed["rows_expected"].max() or 0) - assessed.height  # type: ignore[arg-type]
        names = named.select("target", "look", "subject", "series").unique("target")
        pools = timeline.units.rename({"unit": "pool", **dict(zip(UNIT, ANCHOR, strict=True))})
        targets = pl.Series([target for _, target in parts.targets], dtype=pl.String)
        metrics = pl.Series([one.metric.id for one in timeline.series], dtype=pl.String)
        return (
            assessed.join(names, on="target", maintain_order="left")
            .join(timeline.units, on=UNIT, maintain_order="left")
            .join(pools, on=ANCHOR, how="left", maintain_order="left")
            .with_columns(
                target=pl.lit(targets).gather("subject"),
                metric=pl.lit(metrics).gather("series"),
                as_of=timeline.as_of(),
                # What the rules have lost on the way is missed by the suite's guard.
                rows_expected=pl.len().over("look").cast(pl.Int64) + pl.lit(lost, dtype=pl.Int64),
            )
            .select(NOTED.names())
        )

    def _promising(self, everyone: pl.DataFrame) -> tuple[tuple[TargetVersion, ...], dict[int, int]]:
        """The versions of all looks one after the other, and where those of each look begin."""
        timeline = self._timeline
        targets: list[TargetVersion] = []
        offsets: dict[int, int] = {}
        for look in everyone["look"].unique().sort().to_list():
            offsets[look] = len(targets)
            targets.extend(timeline.courses[timeline.looks[look].course].programme.targets)
        return tuple(targets), offsets

    def _newest_due(self, wanted: pl.DataFrame, everyone: pl.DataFrame, passing: pl.DataFrame) -> pl.DataFrame:
        """What had passed its deadline by each look: each body's own newest period, and those that count for the pools.

        For the units above, one body will do of those that hang below the same parent.
        """
        timeline = self._timeline
        passed = pl.concat([self._passed.with_columns(look_deadline=pl.lit(-1, dtype=LOOK)), passing]).with_columns(
            strand=timeline.strand_of_body
        )
        own = wanted.sort("look").join_asof(
            passed.sort("look_deadline", "period_end"),
            left_on="look",
            right_on="look_deadline",
            by="body",
            strategy="backward",
            coalesce=False,
            check_sortedness=False,
        )
        of_parents = (
            passed.join(self._parts.parents, on="unit", how="left")
            .sort("period_end")
            .unique(["strand", "parent", "look_deadline"], keep="last")
        )
        above = (
            everyone.select("look", strand=timeline.strand_of_body)
            .unique()
            .join(of_parents, on="strand")
            .filter(pl.col("look_deadline") <= pl.col("look"))
        )
        columns = [*DUE.names(), "series", "look"]
        return pl.concat([own.filter(pl.col("metric").is_not_null()).select(columns), above.select(columns)])


def _looks_before(timeline: Timeline) -> list[int | None]:
    """The look before each one, of the same course."""
    last: dict[int, int] = {}
    before: list[int | None] = []
    for number, look in enumerate(timeline.looks):
        before.append(last.get(look.course))
        last[look.course] = number
    return before


def _newest_before(asked: pl.DataFrame, rows: pl.DataFrame, by: list[str], name: str) -> pl.DataFrame:
    """The newest period that rows before the look are of."""
    key = by[1]
    held = rows.select(key, "look_from", "period_end").unique()
    return (
        asked.select(by)
        .unique()
        .join(held, on=key)
        .filter(pl.col("look_from") < pl.col("look"))
        .group_by(by)
        .agg(pl.col("period_end").max().alias(name))
    )


def _is_settled() -> pl.Expr:
    return pl.col("period_state").is_in(SETTLED)


def _has_value() -> pl.Expr:
    """There is a value, even if it is one that 64 bits could not hold."""
    return (pl.col("denominator") > 0) | pl.col("denominator").is_null()


def _settled_of_pools(assessed: pl.DataFrame) -> dict[tuple[int, int], date | None]:
    """The newest settled period of each pool at its last look: by subject and unit."""
    pools = assessed.filter(pl.col("role") == Role.POOLED.value).filter(
        pl.col("look") == pl.col("look").max().over("subject", "unit")
    )
    newest = pools.group_by("subject", "unit").agg(
        pl.col("period_end").filter(pl.col("period_state").is_in(SETTLED)).max()
    )
    return {(subject, unit): day for subject, unit, day in newest.iter_rows()}


def _cuts(timeline: Timeline) -> pl.DataFrame:
    """The days on which versions and units begin or are over, and from which a path begins (series, cut)."""
    units = {unit.key.valid_from for unit in timeline.org_units}
    units |= {unit.valid_to + ONE_DAY for unit in timeline.org_units if unit.valid_to not in (None, date.max)}
    cuts = []
    for number, series in enumerate(timeline.series):
        days = set(units) | {date.min}
        for version in timeline.courses[series.course].programme.targets:
            if version.metric == series.metric.id:
                days.add(version.effective_from)
                ends = (version.effective_to, version.trajectory.baseline_on)
                days |= {day + ONE_DAY for day in ends if day not in (None, date.max)}
        cuts += [(number, day) for day in days]
    return pl.DataFrame(cuts, schema={"series": pl.Int32, "cut": pl.Date}, orient="row").sort("cut")
