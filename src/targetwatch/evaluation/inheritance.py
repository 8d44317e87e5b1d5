"""Inheritance: what is still observed of units that have ended, and what was last known of them, as their heirs'."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import polars as pl

from targetwatch.evaluation.comparison import LARGEST
from targetwatch.evaluation.due import BODY
from targetwatch.evaluation.lineage import UNIT
from targetwatch.evaluation.succession import ONE_DAY, Division, Succession
from targetwatch.model import MetricKind, OrgUnit, UnitKey

OBSERVATION = (*BODY, "period_start", "period_end", "origin")
FIGURES = ("numerator", "denominator")
SERIES = (*BODY, "origin")
SERIES_PERIOD = ("metric", "tier", "period_start", "period_end", "origin")
LASTS = pl.Schema({"org_unit": pl.String, "org_unit_valid_from": pl.Date, "last_day": pl.Date})

Series = tuple[str, str, str]  # metric, tier and origin of what is known of a unit
Last = tuple[date, int]  # the last day of the newest period that it reported, and its denominator


def passed_on(succession: Succession, known: pl.DataFrame, kinds: pl.DataFrame) -> pl.DataFrame:
    """`known` with what was observed of units for a period on whose last day they were gone as that of their heirs.

    The heirs are those who are there on that day, at whatever remove, and what they get is added to what was observed
    of themselves: numerators and denominators in whole numbers that add up to what there was, and no numerator above
    its denominator where it was not before. Counts and levels have no denominator to divide. Ranks, and shares without
    their parts, stay with the unit that they are of; and to a share without its parts nothing can be added.

    Takes after_end and the columns of BODIES. Adds `inherited`, whether another unit's figures are in it, and
    `is_report`, whether the unit itself was observed after the period's end. What 64 bits cannot hold is no figure.
    """
    known = known.with_columns(inherited=pl.lit(value=False), is_report=pl.col("after_end"))
    if not succession.ended:
        return known
    last_days = pl.DataFrame(
        [(unit.key.code, unit.key.valid_from, last_day) for unit, last_day in succession.ended],
        schema=LASTS,
        orient="row",
    )
    beyond = pl.col("period_end") > last_days["last_day"].min()
    late = (
        known.filter("parts", beyond)
        .join(last_days, on=UNIT)
        .filter(pl.col("period_end") > pl.col("last_day"))
        .drop("last_day")
        .join(kinds.select("metric", "kind"), on="metric")
        .filter(pl.col("kind") != MetricKind.RANK.value)
    )
    if late.is_empty():
        return known
    # Nearly all that is known is of other periods, and stays as it is.
    of_them = late.select(SERIES_PERIOD).unique()
    recent = known.filter(beyond)
    own = recent.join(of_them, on=SERIES_PERIOD, how="semi").join(late, on=OBSERVATION, how="anti")
    parts = (
        pl.DataFrame(
            list(_divided(succession, late)),
            schema=late.schema,
            orient="row",
        )
        .group_by(OBSERVATION)
        .agg(
            pl.col("numerator").cast(pl.Int128).sum(),
            pl.when(pl.col("kind").first() == MetricKind.RATIO.value)
            .then(pl.col("denominator").cast(pl.Int128).sum())
            .otherwise(pl.col("denominator").max())
            .alias("denominator"),
            pl.col("kind").first(),
            pl.col("known_at").max(),
            pl.col("after_end").any(),
        )
    )
    merged = (
        parts.join(own.filter("parts"), on=OBSERVATION, how="left", suffix="_own", validate="1:1")
        .with_columns(
            numerator=pl.col("numerator") + pl.col("numerator_own").fill_null(0),
            denominator=pl.when(pl.col("kind") == MetricKind.RATIO.value)
            .then(pl.col("denominator") + pl.col("denominator_own").fill_null(0))
            .otherwise(pl.max_horizontal("denominator", "denominator_own")),
        )
        .with_columns(fits=pl.all_horizontal(pl.col(*FIGURES).is_between(-LARGEST, LARGEST)))
        .with_columns(pl.when("fits").then(pl.col(name)).alias(name) for name in FIGURES)
        .with_columns(
            known_at=pl.max_horizontal("known_at", "known_at_own"),
            after_end=pl.col("after_end") | pl.col("after_end_own").fill_null(value=False),
            is_report=pl.col("after_end_own").fill_null(value=False),
            parts=pl.lit(value=True),
            inherited=pl.lit(value=True),
        )
        .join(own.filter(~pl.col("parts")), on=OBSERVATION, how="anti")
    )
    return pl.concat(
        [
            known.filter(~beyond),
            recent.join(of_them, on=SERIES_PERIOD, how="anti"),
            own.join(merged, on=OBSERVATION, how="anti"),
            merged.select(pl.col(name).cast(dtype) for name, dtype in known.schema.items()),
        ]
    )


def _divided(succession: Succession, late: pl.DataFrame) -> Iterator[tuple[object, ...]]:
    """The rows of `late` as those of the heirs, one each."""
    place = {name: at for at, name in enumerate(late.columns)}
    code, valid_from, period_end = (place[name] for name in (*UNIT, "period_end"))
    numerator, denominator, kind = (place[name] for name in (*FIGURES, "kind"))
    for row in late.iter_rows():
        division = succession.division(UnitKey(row[code], row[valid_from]), row[period_end])
        for heir, of_the_one, of_the_other in zip(
            division.heirs, *_whole(division, row[numerator], row[denominator], row[kind]), strict=True
        ):
            theirs = list(row)
            theirs[code], theirs[valid_from] = heir.code, heir.valid_from
            theirs[numerator], theirs[denominator] = of_the_one, of_the_other
            yield tuple(theirs)


def _whole(division: Division, numerator: int, denominator: int, kind: str) -> tuple[list[int], list[int]]:
    """A numerator and a denominator divided, each in whole numbers that add up to it."""
    if kind != MetricKind.RATIO.value:
        return division.of(numerator), [denominator] * len(division.heirs)
    denominators = division.of(denominator)
    return division.of(numerator, denominators if numerator <= denominator else None), denominators


def handed_down(succession: Succession, answers: pl.DataFrame) -> pl.DataFrame:
    """`answers` with the last known denominator of each missing body as its predecessors have handed it down.

    To what the body had in its own last report is added what those had, at their ends, that have passed on to it since;
    of a body without a report of its own that is all there is. It stays unknown where nothing was ever known of any.
    """
    ends = [
        (heir.code, heir.valid_from, min(before.valid_to for before in those if before.valid_to is not None))
        for heir, those in succession.predecessors.items()
    ]
    if not ends:
        return answers
    since = pl.DataFrame(ends, schema=LASTS, orient="row")
    silent = answers.filter(~pl.col("reported"))
    gaps = (
        silent.select(*OBSERVATION, "last_denominator")
        .join(since, on=UNIT)
        .filter(pl.col("last_day") < pl.col("period_end"))
        .drop("last_day")
    )
    if gaps.is_empty():
        return answers
    reported = answers.filter("reported")
    line = succession.line_before(UnitKey(*key) for key in gaps.select(UNIT).unique().iter_rows())
    named = pl.DataFrame([(key.code, key.valid_from) for key in line], schema=gaps.select(UNIT).schema, orient="row")
    reports = (
        reported.join(named, on=UNIT, how="semi")
        .filter("parts", pl.col("denominator").is_not_null())
        .select(*SERIES, "period_end", "denominator")
    )
    own = (
        gaps.join(reports.select(*SERIES, reported_until="period_end"), on=SERIES)
        .filter(pl.col("reported_until") < pl.col("period_end"))
        .group_by(OBSERVATION)
        .agg(pl.col("reported_until").max())
    )
    estate = _Estate(succession, reports)
    rows = gaps.join(own, on=OBSERVATION, how="left", validate="1:1")
    known = pl.Series(
        [
            estate.until(
                row["period_end"],
                (row["metric"], row["tier"], row["origin"]),
                UnitKey(row["org_unit"], row["org_unit_valid_from"]),
                None if row["reported_until"] is None else (row["reported_until"], row["last_denominator"]),
            )
            for row in rows.iter_rows(named=True)
        ],
        dtype=pl.Int64,
    )
    of_all = silent.join(rows.select(OBSERVATION).with_columns(handed_down=known), on=OBSERVATION, how="left")
    updated = of_all.with_columns(last_denominator=pl.coalesce("handed_down", "last_denominator"))
    return pl.concat([reported, updated.drop("handed_down")])


class _Estate:
    """The last known denominators of units that have passed on."""

    def __init__(self, succession: Succession, reports: pl.DataFrame) -> None:
        self._succession = succession
        self._at_the_end: dict[tuple[Series, UnitKey], int | None] = {}
        newest = reports.sort("period_end").group_by(SERIES).agg(pl.col("period_end", "denominator").last())
        self._reported: dict[tuple[Series, UnitKey], Last] = {
            ((metric, tier, origin), UnitKey(code, valid_from)): (last_day, denominator)
            for metric, tier, code, valid_from, origin, last_day, denominator in newest.iter_rows()
        }

    def until(self, day: date, series: Series, unit: UnitKey, own: Last | None) -> int | None:
        """What was last known of a unit before `day`: what it reported, and what has passed on to it since then."""
        total = None if own is None else own[1]
        for before in self._succession.predecessors.get(unit, ()):
            last_day = before.valid_to
            if last_day is None or last_day >= day or (own is not None and last_day < own[0]):
                continue
            theirs = self._of_the_ended(series, before, last_day)
            if theirs is not None:
                division = self._succession.division(before.key, last_day + ONE_DAY)
                total = (total or 0) + division.of(theirs)[division.heirs.index(unit)]
        return total

    def _of_the_ended(self, series: Series, unit: OrgUnit, last_day: date) -> int | None:
        key = (series, unit.key)
        if key not in self._at_the_end:
            self._at_the_end[key] = self.until(last_day, *key, self._reported.get(key))
        return self._at_the_end[key]
