"""Edges of the comparison, each way of comparing, with the real suite and one frame."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import pytest

from targetwatch.model import Assessment, Comparison, MetricKind, Reason, Scope, Status

from .worlds import HOLD, World, hanoi, metric, programme, source, target

AS_OF = hanoi(date(2025, 3, 20))


class Edge(NamedTuple):
    """A value held against a target that stands, and what must come of it."""

    comparison: Comparison
    value: int
    numerator: int
    denominator: int
    status: Status
    spare: int
    value_to: int | None = None
    kind: MetricKind = MetricKind.RATIO
    margin: int = 10_000


EDGES = {
    "at least 90 %, on it": Edge(Comparison.AT_LEAST, 900_000, 9_000, 10_000, Status.MET, 0),
    "at least 90 %, one short": Edge(Comparison.AT_LEAST, 900_000, 8_999, 10_000, Status.BEHIND, -1),
    "above 50 %, on it": Edge(Comparison.ABOVE, 500_000, 5_000, 10_000, Status.BEHIND, -1),
    "above 50 %, one more": Edge(Comparison.ABOVE, 500_000, 5_001, 10_000, Status.MET, 0),
    "above 50 % of an odd number": Edge(Comparison.ABOVE, 500_000, 5_001, 10_001, Status.MET, 0),
    "at most rank 5, on it": Edge(Comparison.AT_MOST, 5_000_000, 5, 1, Status.MET, 0, kind=MetricKind.RANK),
    "at most rank 5, one worse": Edge(Comparison.AT_MOST, 5_000_000, 6, 1, Status.BEHIND, -1, kind=MetricKind.RANK),
    "at most rank 5, two better": Edge(Comparison.AT_MOST, 5_000_000, 3, 1, Status.MET, 2, kind=MetricKind.RANK),
    "below 5 %, on it": Edge(Comparison.BELOW, 50_000, 50, 1_000, Status.BEHIND, -1),
    "below 5 %, one fewer": Edge(Comparison.BELOW, 50_000, 49, 1_000, Status.MET, 0),
    "at least 7 % of 100": Edge(Comparison.AT_LEAST, 70_000, 7, 100, Status.MET, 0),
    "all of 579, margin or not": Edge(Comparison.AT_LEAST, 1_000_000, 579, 579, Status.MET, 0),
    "all but one of 579": Edge(Comparison.AT_LEAST, 1_000_000, 578, 579, Status.BEHIND, -1),
    "between, on the lower bound": Edge(Comparison.BETWEEN, 400_000, 40, 100, Status.MET, 0, value_to=600_000),
    "between, on the upper bound": Edge(Comparison.BETWEEN, 400_000, 60, 100, Status.MET, 0, value_to=600_000),
    "between, inside": Edge(Comparison.BETWEEN, 400_000, 45, 100, Status.MET, 5, value_to=600_000),
    "between, below": Edge(Comparison.BETWEEN, 400_000, 39, 100, Status.BEHIND, -1, value_to=600_000),
    "between, above": Edge(Comparison.BETWEEN, 400_000, 63, 100, Status.BEHIND, -3, value_to=600_000),
    "two hundred million, exactly": Edge(
        Comparison.AT_LEAST, 200_000_000 * 1_000_000, 200_000_000, 1, Status.MET, 0, kind=MetricKind.COUNT
    ),
}


@pytest.fixture(scope="module")
def judged() -> dict[str, Assessment]:
    """Each edge under a metric and a target of its own."""
    metrics = {f"m{place}": edge for place, edge in enumerate(EDGES.values())}
    world = World(
        programme(
            [
                target(
                    f"of_{name}",
                    metric=name,
                    tier="city",
                    scope=Scope.EACH,
                    comparison=edge.comparison,
                    value=edge.value,
                    value_to=edge.value_to,
                    due=None,
                    trajectory=HOLD,
                    warning_margin=edge.margin,
                )
                for name, edge in metrics.items()
            ],
            metrics=[metric(name, kind=edge.kind) for name, edge in metrics.items()],
            sources=[source(reporters=(), deadline=None)],
        )
    )
    for name, edge in metrics.items():
        world.tell(
            ["01"],
            date(2025, 2, 1),
            edge.numerator,
            edge.denominator,
            hanoi(date(2025, 3, 2)),
            metric=name,
            tier="city",
        )
    found = {each.metric: each for each in world.assessments(AS_OF)}
    return {edge: found[name] for edge, name in zip(EDGES, metrics, strict=True)}


@pytest.mark.parametrize("edge", EDGES)
def test_an_edge_of_the_comparison(judged: dict[str, Assessment], edge: str) -> None:
    """A value on its target meets it, one unit less does not, and the distance is said in whole units."""
    assert (judged[edge].status, judged[edge].headroom_units) == (EDGES[edge].status, EDGES[edge].spare)


def test_the_two_sides_are_as_the_example_has_them(judged: dict[str, Assessment]) -> None:
    """9,000 of 10,000 against 90 % is 9,000,000,000 against 9,000,000,000."""
    exact = judged["at least 90 %, on it"]
    assert (exact.attained, exact.needed, exact.headroom) == (9_000_000_000, 9_000_000_000, 0)
    assert (exact.status, exact.reason) == (Status.MET, Reason.FINAL_REACHED)


def test_short_is_negative_where_lower_is_better(judged: dict[str, Assessment]) -> None:
    """Rank 6 against at most 5 has a negative headroom, and the sides are swapped."""
    worse = judged["at most rank 5, one worse"]
    assert (worse.attained, worse.needed, worse.headroom) == (5_000_000, 6_000_000, -1_000_000)


def test_between_is_one_assessment_of_its_worse_side(judged: dict[str, Assessment]) -> None:
    """Above the upper bound, the final value that is said is the upper bound."""
    assert judged["between, above"].final == 600_000
    assert judged["between, below"].final == 400_000
