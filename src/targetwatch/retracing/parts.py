"""Parts: who answers to what at each look, as one sheet for every stretch of days on which nobody begins or ends."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from targetwatch.evaluation import periods
from targetwatch.evaluation.lineage import UNIT
from targetwatch.evaluation.subjects import SUBJECTS, current, subjects
from targetwatch.model import Cadence, Path, Role, TargetVersion
from targetwatch.retracing.arrivals import SERIES
from targetwatch.retracing.course import turns
from targetwatch.retracing.looks import COURSE, Look
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
}


@dataclass(frozen=True, slots=True)
class Subject:
    """A target, by its course's place."""

    course: int
    target: str


class Parts:
    """Who answers to what: SUBJECTS for the looks that are worked on.

    Beside SUBJECTS: `sheet`, `row` (among all), `subject` (a number for the target), `series`, `unit`, `body`, `group`
    (what is assessed together: series and tiers that a target goes across), `is_pool`, and `is_over` (the target has
    ended for everyone). `version` is its place among the course's.
    """

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        found = (
            (place, one.target) for place, course in enumerate(timeline.courses) for one in course.programme.targets
        )
        self.targets = [Subject(*one) for one in dict.fromkeys(found)]
        self.groups = _groups(timeline)
        self._versions = _versions(timeline, self.targets)
        beginnings = [sorted(turns(course.programme)) for course in timeline.courses]
        numbers: dict[tuple[int, ...], int] = {}
        self.sheets = [numbers.setdefault(_key(look, beginnings[look.course]), len(numbers)) for look in timeline.looks]
        self._sheets = pl.Series(self.sheets, dtype=SHEET)
        self._made: frozenset[int] = frozenset()
        self.everyone = self._sheets_of({})

    def begin(self, looks: Iterable[int]) -> None:
        """Have everyone at hand as of `looks`, and nobody else."""
        first: dict[int, int] = {}
        for look in looks:
            first.setdefault(self.sheets[look], look)
        new = self._sheets_of({sheet: look for sheet, look in first.items() if sheet not in self._made})
        kept = self.everyone.drop("row").filter(pl.col("sheet").is_in(list(first)))
        self.everyone = pl.concat([kept, new.drop("row")]).with_row_index("row")
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
        """The subject, unit and series of the pools that have not ended at `looks`, with all of their shares."""
        sheets = {self.sheets[look] for look in looks}
        going_on = self.everyone.filter("is_pool", ~pl.col("is_over"), pl.col("sheet").is_in(list(sheets)))
        yield from going_on.select("subject", "unit", "series").unique().iter_rows()

    def _sheets_of(self, looks: Mapping[int, int]) -> pl.DataFrame:
        """The sheets that are asked for, each as of one of its looks, all made in one go."""
        timeline = self._timeline
        tiers = pl.DataFrame({"tier": timeline.tiers}).with_row_index("tier_number")
        everyone = pl.concat(
            [
                pl.DataFrame(schema={**SUBJECTS, "sheet": SHEET, "course": COURSE}),
                *(self._sheet(sheet, timeline.looks[look]) for sheet, look in looks.items()),
            ]
        )
        apart = everyone.with_columns(target=pl.concat_str("sheet", "target", separator="."), said="target")
        over = current(apart).group_by("sheet", target="said").agg(is_over=pl.col("ended_because").is_not_null().all())
        return (
            everyone.with_row_index("row")
            .join(over, on=["sheet", "target"], how="left", maintain_order="left")
            .join(self._versions, on=["course", "version"], how="left", maintain_order="left")
            .join(timeline.units, on=UNIT, how="left", maintain_order="left")
            .join(tiers, on="tier", how="left", maintain_order="left")
            .join(self.groups, on=["series", "tier"], how="left", maintain_order="left")
            .with_columns(
                body=timeline.strand("series", "tier_number") * timeline.units.height + pl.col("unit").cast(pl.Int64),
                is_pool=(pl.col("role") == Role.POOLED.value).any().over("sheet", "subject", "unit"),
            )
            .drop("tier_number", "course")
        )

    def _sheet(self, number: int, look: Look) -> pl.DataFrame:
        return subjects(self._timeline.courses[look.course].programme, look.today).with_columns(
            sheet=pl.lit(number, dtype=SHEET), course=pl.lit(look.course, dtype=COURSE)
        )


def _key(look: Look, beginnings: list[date]) -> tuple[int, ...]:
    """How many beginnings and ends are behind a look: behind its day, and behind the newest period of a cadence."""
    days = [look.today, *(periods.last_ended(look.today, cadence).last_day for cadence in Cadence)]
    return (look.course, *(bisect_right(beginnings, day) for day in days))


def _versions(timeline: Timeline, targets: Iterable[Subject]) -> pl.DataFrame:
    """What there is to know of every version of a target (_VERSIONS)."""
    series = {(one.course, one.metric.id): number for number, one in enumerate(timeline.series)}
    subject = {target: number for number, target in enumerate(targets)}
    rows = [
        (
            course,
            place,
            series[course, one.metric],
            subject[Subject(course, one.target)],
            timeline.series[series[course, one.metric]].metric.cadence.value,
            one.trajectory.baseline_on,
            _is_observed(one),
        )
        for course, of in enumerate(timeline.courses)
        for place, one in enumerate(of.programme.targets)
    ]
    return pl.DataFrame(rows, schema=_VERSIONS, orient="row")


def _is_observed(version: TargetVersion) -> bool:
    return version.trajectory.path is Path.LINEAR and version.trajectory.baseline is None


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
        schema={"series": SERIES, "tier": pl.String, "group": GROUP},
        orient="row",
    )
