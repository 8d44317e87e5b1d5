"""Looking back on reporting rates: they are reckoned from the reports, and found as the plain way finds them."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import polars as pl
import pytest

from targetwatch import retracing
from targetwatch.model import (
    Comparison,
    MetricKind,
    Path,
    Reports,
    Scope,
    Selector,
    Trajectory,
)
from targetwatch.retracing import Course
from targetwatch.retracing.reporting import reckoned
from targetwatch.settings import CHECKOUT
from tests.retracing.plain import dated, plainly
from tests.retracing.random_courses import course

SUITE = CHECKOUT / "expectations" / "judgement" / "targets.json"


def with_rates(its: Course) -> Course:
    """A course that asks for both rates of a source with a deadline, pooled by tier and of each unit."""
    programme = its.programme
    source = next(one for one in programme.sources.values() if one.deadline is not None and one.reporters)
    like = next(one for one in programme.metrics.values() if one.source == source.id)
    usual = programme.targets[0]
    metrics, targets = {}, []
    for reports in Reports:
        metric = replace(
            like, id=reports.value, kind=MetricKind.RATIO, cadence=source.cadence, sql=None, reports=reports,
            unit_of_measure="percent",
        )  # fmt: skip
        metrics[metric.id] = metric
        for reporters in source.reporters:
            for scope, selector in (
                (Scope.POOLED, Selector(code=programme.root_unit)),
                (Scope.EACH, Selector(level=reporters.level)),
            ):
                version = replace(
                    usual, target=f"{metric.id}_{reporters.tier}_{scope.value}", version=scope.value,
                    metric=metric.id, tier=reporters.tier, selector=selector, scope=scope, value=850_000,
                    value_to=None, comparison=Comparison.AT_LEAST, due=None, warning_margin=50_000,
                    trajectory=Trajectory(Path.HOLD, assumed=False), effective_to=None, replaces=None,
                )  # fmt: skip
                targets.append(version)
    changed = replace(programme, metrics={**programme.metrics, **metrics}, targets=(*programme.targets, *targets))
    return replace(its, programme=changed)


@pytest.mark.parametrize("seed", [201, 202])
def test_rates_are_found_as_the_plain_way_finds_them(seed: int) -> None:
    """On invented reports, late ones and units that end: the same assessments, incidents and events."""
    looked_at = with_rates(course(Random(seed)))
    expected = plainly(reckoned(looked_at), SUITE)
    of_rates = [one for each in expected for one in each.assessments if one.metric in set(Reports)]
    assert {one.status.value for one in of_rates} >= {"behind", "met"}
    (found,) = retracing.retrace([looked_at], SUITE)
    assert dated(found.passes) == expected


def test_what_a_ledger_says_of_rates_is_reckoned_anew() -> None:
    """Observations of the rates that a ledger brings along change nothing: deadlines may be others by now."""
    looked_at = with_rates(course(Random(203)))
    brought = reckoned(looked_at)
    wrong = brought.history.observations.with_columns(
        numerator=pl.when(pl.col("metric").is_in([one.value for one in Reports])).then(0).otherwise("numerator")
    )
    again = reckoned(replace(brought, history=replace(brought.history, observations=wrong)))
    assert again.history.observations.equals(brought.history.observations)
