"""Replaying four years of the demo with 20 metrics, and the plain way; rehearsing the shipped tests of targets."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl

from benchmarks.memory import peak_megabytes
from targetwatch import catalogue, clock, pipeline, rehearsing, retracing
from targetwatch.catalogue.reading_tests import read_tests
from targetwatch.checks.library import great_expectations
from targetwatch.demo import driver, storyline
from targetwatch.model import Programme
from targetwatch.settings import CHECKOUT, Settings

METRIC = "dossiers_processed_online"  # with its targets for the city, the districts and the communes
METRICS = 20
SCALE = 0.1  # of the demo's dossiers; how many bodies and months they are of is the same
SINCE, UNTIL = date(2021, 6, 1), date(2025, 6, 30)
PLAIN_MOMENTS = 40
ROUNDS = 5
SUITE = CHECKOUT / "expectations" / "judgement" / "targets.json"
Say = Callable[[str], None]


def run(folder: Path, say: Say) -> None:
    """Time a replay of what the demo has, as it was loaded and as if it had come month by month, and print it all."""
    great_expectations()
    programme, loaded = _demo(folder)
    alone = _multiplied(programme, loaded, 1)
    programme, loaded = _multiplied(programme, loaded, METRICS)
    units = loaded.observations.filter(pl.col("metric") == METRIC).select("org_unit", "org_unit_valid_from").n_unique()
    say(f"  {METRICS} metrics by month of {units:,} org_units, {loaded.observations.height:,} observations")
    for said, history in (
        ("as it was loaded, at once", loaded),
        ("as if it had come month by month", _monthly(loaded)),
    ):
        course = retracing.Course(programme, history, retracing.moments(programme, history, SINCE, UNTIL))
        seconds, cpu, events = _replayed(course)
        say(
            f"  {said}: {seconds:.1f} s, {cpu:.1f} s of CPU; {len(course.moments)} days, {events:,} events "
            f"of incidents (aim: under a minute); largest memory so far {peak_megabytes():,.0f} MB"
        )
    _against_the_plain_way(*alone, say)


def rehearse(say: Say) -> None:
    """Time the tests in the shipped catalogue, after the imports."""
    great_expectations()
    programme = catalogue.load(CHECKOUT / "catalogue")
    cases = read_tests(CHECKOUT / "catalogue", programme).cases
    seconds, cpu = [], []
    for _ in range(ROUNDS):
        began, began_cpu = time.perf_counter(), time.process_time()
        found = rehearsing.rehearse(programme, cases, SUITE)
        seconds.append(time.perf_counter() - began)
        cpu.append(time.process_time() - began_cpu)
        assert found.differences == ()
        assert found.check_failures == ()
    later, later_cpu = statistics.median(seconds[1:]), statistics.median(cpu[1:])
    say(
        f"  {len(cases)} tests of targets: {seconds[0]:.2f} s first, {later:.2f} s from then on, {later_cpu:.2f} s of "
        f"CPU (aim: well under a second)"
    )


def _demo(folder: Path) -> tuple[Programme, retracing.History]:
    """The demo's own history, to the end of its story, through the pipeline; nothing is judged or told."""
    from targetwatch import warehouse

    settings = driver.stage(Settings(home=folder))

    def gather(_: storyline.Scene) -> None:
        driver.wait_until_settled(settings, told)
        pipeline.gather(settings, "procedures", clock.now(settings))

    told = driver.prepare(settings, lambda _: None, scale=SCALE)
    driver.play(settings, storyline.SCENES, driver.into_the_inbox(settings, told), lambda _: None, gather)
    pipeline.watch(settings, clock.now(settings))
    observations, reports, deliveries = warehouse.history(settings.home, settings.product_sql)
    return told.programme, retracing.History(observations, reports, tuple(deliveries))


def _multiplied(programme: Programme, history: retracing.History, count: int) -> tuple[Programme, retracing.History]:
    """The programme with nothing but the dossiers' metric and its targets, so many times; and what is known of them."""
    known = history.observations.filter(pl.col("metric") == METRIC)
    names = [METRIC, *(f"{METRIC}_{number}" for number in range(2, count + 1))]
    metric = programme.metrics[METRIC]
    targets = [version for version in programme.targets if version.metric == METRIC]
    many = replace(
        programme,
        metrics={name: replace(metric, id=name) for name in names},
        targets=tuple(
            replace(one, target=f"{one.target}{name.removeprefix(METRIC)}", metric=name)
            for name in names
            for one in targets
        ),
    )
    observations = pl.concat([known.with_columns(metric=pl.lit(name)) for name in names])
    return many, replace(history, observations=observations)


def _monthly(history: retracing.History) -> retracing.History:
    """The same, with every month's figures known on the tenth day after its end, where they came later than that."""
    then = pl.col("period_end").cast(pl.Datetime("us")).dt.replace_time_zone("UTC") + pl.duration(days=10)
    known_at = pl.min_horizontal("known_at", then).dt.cast_time_unit("us")
    return replace(
        history,
        observations=history.observations.with_columns(known_at=known_at),
        reports=history.reports.with_columns(known_at=known_at),
    )


def _replayed(course: retracing.Course) -> tuple[float, float, int]:
    began, began_cpu = time.perf_counter(), time.process_time()
    (found,) = retracing.retrace([course], SUITE, whole=False)
    took = time.perf_counter() - began, time.process_time() - began_cpu
    assert found.check_failures == ()
    return *took, sum(len(one.events) for one in found.passes)


def _against_the_plain_way(programme: Programme, history: retracing.History, say: Say) -> None:
    """Both ways over the same: one metric at its last moments, as the plain way would take far too long over all."""
    from tests.retracing.plain import plainly

    history = _monthly(history)
    moments = retracing.moments(programme, history, SINCE, UNTIL)[-PLAIN_MOMENTS:]
    course = retracing.Course(programme, history, moments)
    seconds, _, events = _replayed(course)
    began = time.perf_counter()
    passes = plainly(course, SUITE)
    plain = time.perf_counter() - began
    assert sum(len(one.events) for one in passes) == events
    say(
        f"  1 metric at {len(moments)} moments: {seconds:.2f} s against {plain:.2f} s with every rule asked at every "
        f"moment, {plain / seconds:.1f} times; the {events:,} events agree"
    )
