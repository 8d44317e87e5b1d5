"""Whether the versions of targets make sense: by themselves, and beside each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from targetwatch.catalogue.document import Place
from targetwatch.catalogue.fields import Names
from targetwatch.catalogue.issues import Issue
from targetwatch.catalogue.layers import Layered, SpoiledError
from targetwatch.catalogue.spec import TrajectorySpec
from targetwatch.catalogue.versions import millionths
from targetwatch.model import Comparison, Path, Scope

FINEST = {"percent": "four decimals"}  # and six decimals elsewhere
REQUIRED = (
    "name",
    "short_name",
    "tier",
    "org_unit",
    "scope",
    "comparison",
    "value",
    "trajectory",
    "warning_margin",
    "effective_from",
    "reference",
    "owner",
)


def problems(version: Layered, metric: str, names: Names) -> Iterator[Issue]:
    """Everything wrong with one version as such."""
    unit = names.units_of_measure.get(metric, "count")
    checks: tuple[Callable[[], Iterator[Issue]], ...] = (
        *(lambda key=key: _missing(version, key) for key in REQUIRED),
        *(lambda key=key: _inexact(version, key, unit) for key in ("value", "value_to")),
        lambda: _wrong_margin(version, unit),
        lambda: _wrong_bounds(version),
        lambda: _wrong_dates(version),
        lambda: _wrong_trajectory(version),
        lambda: _inexact_trajectory(version, unit),
        lambda: _wrong_scope(version, names.metric_kinds.get(metric)),
    )
    for check in checks:
        try:
            yield from check()
        except SpoiledError:
            continue


def _missing(version: Layered, key: str) -> Iterator[Issue]:
    value = version.get(key)
    if value is None:
        yield version.issue(key, f"key '{key}' is missing", f"Add a line '{key}: ...' here or under 'defaults'.")
    elif key == "org_unit" and not value.model_fields_set:
        yield version.issue(key, "'org_unit' selects nothing", "Give a level, a code or a parent.")


def _inexact(version: Layered, key: str, unit: str) -> Iterator[Issue]:
    value = version.get(key)
    if value is not None:
        yield from _not_a_value(version, version.place_of(key), value, unit)


def _not_a_value(version: Layered, place: Place, value: Decimal, unit: str) -> Iterator[Issue]:
    said = f"target '{version.target}': "
    if unit == "percent" and not 0 <= value <= 100:
        yield version.document.issue(place, f"{said}{value} % is no share", "Write a number from 0 to 100.")
    elif millionths(value, unit) is None:
        hint = f"Write at most {FINEST.get(unit, 'six decimals')}."
        yield version.document.issue(place, f"{said}{value} is finer than is kept", hint)


def _wrong_margin(version: Layered, unit: str) -> Iterator[Issue]:
    margin = version.get("warning_margin")
    if margin is None:
        return
    if margin < 0:
        yield version.issue("warning_margin", f"the margin {margin} is negative", "Write 0 for none.")
    elif millionths(margin, unit) is None:
        yield version.issue(
            "warning_margin", f"{margin} is finer than is kept", f"Write at most {FINEST.get(unit, 'six decimals')}."
        )


def _wrong_bounds(version: Layered) -> Iterator[Issue]:
    comparison, value, value_to = (version.get(key) for key in ("comparison", "value", "value_to"))
    if comparison is Comparison.BETWEEN:
        if value_to is None:
            yield version.issue("comparison", "'between' has no upper bound", "Add a line 'value_to: ...'.")
        elif value is not None and value_to < value:
            yield version.issue(
                "value_to", f"the upper bound {value_to} is below the lower one, {value}", "Exchange the two."
            )
    elif comparison is not None and value_to is not None:
        yield version.issue(
            "value_to", f"'value_to' has no meaning under '{comparison}'", "Delete it, or write 'between'."
        )


def _wrong_dates(version: Layered) -> Iterator[Issue]:
    first, last, due = (version.get(key) for key in ("effective_from", "effective_to", "due"))
    if first is None:
        return
    if last is not None and last < first:
        yield version.issue(
            "effective_to", f"the version ends on {last}, before it begins on {first}", "Mend one of the two."
        )
    if due is not None and due < first:
        yield version.issue("due", f"due on {due}, before the version begins on {first}", "Mend one of the two.")


def _wrong_trajectory(version: Layered) -> Iterator[Issue]:
    trajectory: TrajectorySpec | None = version.get("trajectory")
    due: date | None = version.get("due")
    if trajectory is None:
        return
    path, given = trajectory.path, trajectory.model_fields_set
    if path in (Path.LINEAR, Path.BY_DUE) and due is None:
        yield version.issue(
            "trajectory", f"a '{path}' path needs a due date", "Add a line 'due: ...', or write 'hold'."
        )
    if path is Path.LINEAR and "baseline" not in given:
        hint = "Write 'baseline: {on: 2021-12-31, value: 34}', or 'baseline: first_observed'."
        yield version.issue("trajectory", "a 'linear' path needs a baseline", hint)
    if path is not Path.LINEAR and "baseline" in given:
        yield version.issue("trajectory", f"a '{path}' path has no baseline", "Delete it, or write 'linear'.")
    if path is Path.STEPS and not trajectory.milestones:
        yield version.issue(
            "trajectory", "a 'steps' path needs milestones", "Add 'milestones: [{on: 2023-12-31, value: 50}]'."
        )
    if path is not Path.STEPS and trajectory.milestones:
        yield version.issue("trajectory", f"a '{path}' path has no milestones", "Delete them, or write 'steps'.")
    if trajectory.baseline is not None and due is not None and trajectory.baseline.on >= due:
        yield version.issue(
            "trajectory", f"the baseline of {trajectory.baseline.on} is not before the due date", "Mend one of the two."
        )
    for earlier, later in pairwise(trajectory.milestones):
        if later.on <= earlier.on:
            yield version.issue(
                "trajectory",
                f"the milestone of {later.on} stands after that of {earlier.on}",
                "Put them in order of date.",
            )
    if trajectory.milestones and due is not None and trajectory.milestones[-1].on > due:
        yield version.issue(
            "trajectory",
            f"the milestone of {trajectory.milestones[-1].on} lies after the due date",
            "Mend one of the two.",
        )


def _inexact_trajectory(version: Layered, unit: str) -> Iterator[Issue]:
    trajectory: TrajectorySpec | None = version.get("trajectory")
    if trajectory is None:
        return
    place = version.place_of("trajectory")
    if trajectory.baseline is not None:
        yield from _not_a_value(version, (*place, "baseline", "value"), trajectory.baseline.value, unit)
    for index, milestone in enumerate(trajectory.milestones):
        yield from _not_a_value(version, (*place, "milestones", index, "value"), milestone.value, unit)


def _wrong_scope(version: Layered, kind: str | None) -> Iterator[Issue]:
    if kind == "rank" and version.get("scope") is Scope.POOLED:
        yield version.issue("scope", "ranks cannot be pooled", "Write 'each'.")


def in_force_at_once(versions: Iterable[Layered]) -> Iterator[Issue]:
    """Two versions of one target that are in force on one day."""
    by_target: Mapping[str, list[tuple[date, date, Layered]]] = defaultdict(list)
    for version in versions:
        try:
            first, last = version.get("effective_from"), version.get("effective_to")
        except SpoiledError:
            continue
        if first is not None:
            by_target[version.target].append((first, last or date.max, version))
    for target, stretches in by_target.items():
        stretches.sort(key=lambda stretch: stretch[0])
        for (_, last, earlier), (first, _, later) in pairwise(stretches):
            if earlier.target_place != later.target_place or earlier.document is not later.document:
                continue  # the id is there twice, which is an issue of its own
            if first > last:
                continue
            mark = earlier.document.mark(earlier.place)
            yield later.document.issue(
                later.place_of("effective_from"),
                f"two versions of target '{target}' are in force at once from {first} on",
                f"Write 'effective_to: {first - timedelta(days=1)}' into the one in line {mark.line}.",
            )
