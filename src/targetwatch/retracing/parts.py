"""Parts: who answers to what at each look, as one sheet for every stretch of days on which nobody begins or ends."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from targetwatch.evaluation.lineage import UNIT
from targetwatch.evaluation.subjects import SUBJECTS, current
from targetwatch.evaluation.subjects import rows as rows_of_subjects
from targetwatch.model import Cadence, Path, Role, TargetVersion
from targetwatch.retracing.arrivals import SERIES
from targetwatch.retracing.course import turns_of_units, turns_of_versions
from targetwatch.retracing.looks import COURSE, Look, Looks
from targetwatch.retracing.timeline import Timeline

GROUP = pl.Int32
SHEET = pl.Int32
POOLS = pl.Schema({"body": pl.Int64, "group": GROUP, "path_from": pl.Date, "is_observed": pl.Boolean})
_VERSIONS: dict[str, Any] = {
    "course": COURSE,
    "version": pl.Int64,
    "series": SERIES,
    "subject": pl.Int32,
    "cadence": pl.String,
    "path_from": pl.Date,  # from which day a path is drawn, where one is declared
    "is_observed": pl.Boolean,  # the path begins where the unit stood
    "strand": pl.Int64,
    "group": GROUP,
}
_SHEETS: dict[str, Any] = {"sheet": SHEET, "course": COURSE, **SUBJECTS}
_EVERYONE: dict[str, Any] = {"unit": pl.UInt32, "body": pl.Int64, "is_pool": pl.Boolean}
EVERYONE = pl.Schema({**_SHEETS, **_VERSIONS, **_EVERYONE})


@dataclass(frozen=True, slots=True)
class Subject:
    """A target, by its course's place."""

    course: int
    target: str


class Parts:
    """Who answers to what: SUBJECTS for the looks that are worked on.

    Beside SUBJECTS: `sheet`, `row` (among all), `subject` (a number for the target), `series`, `unit`, `body`, `group`
    (what is assessed together: series and tiers that a target goes across), and `is_pool`. `version` is its place among
    the course's.
    """

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        found = (
            (place, one.target) for place, course in enumerate(timeline.courses) for one in course.programme.targets
        )
        self.targets = [Subject(*one) for one in dict.fromkeys(found)]
        groups = _groups(timeline)
        self.groups = pl.DataFrame(
            [(series, timeline.strand(series, tier), group) for (series, tier), group in groups.items()],
            schema={"series": SERIES, "strand": pl.Int64, "group": GROUP},
            orient="row",
        )
        self._versions = _versions(timeline, self.targets, groups)
        of_units = turns_of_units(timeline.org_units)
        beginnings = [sorted(of_units | turns_of_versions(course.programme)) for course in timeline.courses]
        numbers: dict[tuple[int, ...], int] = {}
        self.sheets = [
            numbers.setdefault(_key(look, timeline.looks, beginnings[look.course]), len(numbers))
            for look in timeline.looks
        ]
        self._sheets = pl.Series(self.sheets, dtype=SHEET)
        self._made: frozenset[int] = frozenset()
        self.everyone = pl.DataFrame(schema=EVERYONE).with_row_index("row")

    def begin(self, looks: Iterable[int]) -> None:
        """Have everyone at hand as of `looks`, and nobody else."""
        first: dict[int, int] = {}
        for look in looks:
            first.setdefault(self.sheets[look], look)
        new = {sheet: look for sheet, look in first.items() if sheet not in self._made}
        kept = self.everyone.filter(pl.col("sheet").is_in(list(first))).select(EVERYONE.names())
        self.everyone = pl.concat([kept, self._sheets_of(new)]).with_row_index("row")
        self._made = frozenset(first)

    def is_anew(self, look: int) -> bool:
        """Whether everybody is looked at anew, because somebody began or ended since the look before."""
        before = self._timeline.looks.before[look]
        return before is None or self.sheets[before] != self.sheets[look]

    def sheet(self, look: str = "look") -> pl.Expr:
        """The sheet of the look whose number is in a column."""
        return pl.lit(self._sheets).gather(pl.col(look))

    def pools(self, first: int, last: int) -> pl.DataFrame:
        """The bodies that are pools at any of these looks (POOLS)."""
        sheets = set(self.sheets[first : last + 1])
        return self.everyone.filter("is_pool", pl.col("sheet").is_in(list(sheets))).select(POOLS.names()).unique()

    def pools_that_go_on(self, looks: Iterable[int]) -> Iterator[tuple[int, int, int]]:
        """The subject, unit and series of the pools whose target has not ended for everyone at `looks`."""
        sheets = {self.sheets[look] for look in looks}
        apart = self.everyone.filter(pl.col("sheet").is_in(list(sheets))).with_columns(
            target=pl.concat_str("sheet", "target", separator=".")
        )
        going_on = current(apart).filter(pl.col("ended_because").is_null())
        pools = apart.filter("is_pool").join(going_on, on="target", how="semi")
        yield from pools.select("subject", "unit", "series").unique().iter_rows()

    def _sheets_of(self, looks: Mapping[int, int]) -> pl.DataFrame:
        """The sheets that are asked for, each as of one of its looks, all made in one go (EVERYONE)."""
        timeline = self._timeline
        rows = [
            (sheet, look.course, *row)
            for sheet, look in ((sheet, timeline.looks[number]) for sheet, number in looks.items())
            for row in rows_of_subjects(timeline.courses[look.course].programme, look.today)
        ]
        return (
            # By columns, a frame of many rows is made in a third of the time.
            pl.LazyFrame(dict(zip(_SHEETS, zip(*rows, strict=True), strict=False)), schema=_SHEETS)
            .join(self._versions.lazy(), on=["course", "version"], how="left", maintain_order="left")
            .join(timeline.units.lazy(), on=UNIT, how="left", maintain_order="left")
            .with_columns(
                body=pl.col("strand") * timeline.units.height + pl.col("unit").cast(pl.Int64),
                is_pool=(pl.col("role") == Role.POOLED.value).any().over("sheet", "subject", "unit"),
            )
            .select(EVERYONE.names())
            .collect(engine="in-memory")
        )


def _key(look: Look, looks: Looks, beginnings: list[date]) -> tuple[int, ...]:
    """How many beginnings and ends are behind a look: behind its day, and behind the newest period of a cadence."""
    days = [look.today, *(looks.last_ended(look.today, cadence).last_day for cadence in Cadence)]
    return (look.course, *(bisect_right(beginnings, day) for day in days))


def _versions(timeline: Timeline, targets: Iterable[Subject], groups: Mapping[tuple[int, str], int]) -> pl.DataFrame:
    """What there is to know of every version of a target (_VERSIONS)."""
    numbers = {(one.course, one.metric.id): number for number, one in enumerate(timeline.series)}
    subject = {target: number for number, target in enumerate(targets)}
    rows = [
        (
            course,
            place,
            series,
            subject[Subject(course, one.target)],
            timeline.series[series].metric.cadence.value,
            one.trajectory.baseline_on,
            _is_observed(one),
            timeline.strand(series, one.tier),
            groups[series, one.tier],
        )
        for course, of in enumerate(timeline.courses)
        for place, one in enumerate(of.programme.targets)
        for series in (numbers[course, one.metric],)
    ]
    return pl.DataFrame(rows, schema=_VERSIONS, orient="row")


def _is_observed(version: TargetVersion) -> bool:
    return version.trajectory.path is Path.LINEAR and version.trajectory.baseline is None


def _groups(timeline: Timeline) -> dict[tuple[int, str], int]:
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
    return group
