"""Whether the versions of targets make sense: by themselves, and beside each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from itertools import pairwise

from targetwatch.catalogue import soundness_of_trajectories
from targetwatch.catalogue.document import Place
from targetwatch.catalogue.fields import Names
from targetwatch.catalogue.issues import Issue
from targetwatch.catalogue.layers import Layered, SpoiledError
from targetwatch.catalogue.soundness_of_selectors import Selectors
from targetwatch.catalogue.spec import TrajectorySpec
from targetwatch.catalogue.unit_codes import Bearers
from targetwatch.catalogue.versions import millionths
from targetwatch.model import Comparison, Scope
from targetwatch.units_of_measure import PERCENT, PERCENTAGE_POINTS, bounds

FINEST = {PERCENT: "four decimals", PERCENTAGE_POINTS: "four decimals"}  # and six decimals elsewhere
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


@dataclass(frozen=True, slots=True)
class Found:
    """What is wrong with versions of targets, and with which targets."""

    issues: tuple[Issue, ...]
    unsound: frozenset[str]  # targets of which no model can be made


def of_targets(promises: Sequence[tuple[Layered, str]], names: Names, bearers: Bearers) -> Found:
    """Everything wrong with versions of targets and their exceptions, each given with its metric."""
    selectors = Selectors(bearers)
    issues: list[Issue] = []
    unsound = set()
    for version, metric in promises:
        before = len(issues)
        issues += problems(version, metric, names)
        if version.rule is None:
            issues += selectors.problems(version)
        if len(issues) > before or version.is_spoiled:
            unsound.add(version.target)
    issues += one_after_another(version for version, _ in promises)
    return Found(tuple(issues), frozenset(unsound))


def problems(version: Layered, metric: str, names: Names) -> Iterator[Issue]:
    """Everything wrong with one version as such."""
    unit = names.units_of_measure.get(metric, "count")
    checks: list[Callable[[], Iterator[Issue]]] = [
        lambda: _inexact(version, "value", unit),
        lambda: _inexact(version, "value_to", unit),
        lambda: _wrong_margin(version, unit),
        lambda: _wrong_bounds(version),
        lambda: _wrong_dates(version),
        lambda: soundness_of_trajectories.problems(version),
        lambda: _inexact_trajectory(version, unit),
    ]
    if version.rule is None:
        checks += [partial(_missing, version, key) for key in REQUIRED]
        checks += (lambda: _wrong_scope(version, names.metric_kinds.get(metric), unit), lambda: _misplaced(version))
    else:
        checks.append(lambda: _says_nothing(version))
    for check in checks:
        try:
            yield from check()
        except SpoiledError:
            continue


def _missing(version: Layered, key: str) -> Iterator[Issue]:
    if version.get(key) is None:
        where = "" if version.document.is_table else " here or under 'defaults'"
        yield version.issue(key, f"{version.document.called(key)} is missing", f"{version.add(key)}{where}.")


def _misplaced(version: Layered) -> Iterator[Issue]:
    """What belongs to one version and is said of a target that has several."""
    if len(version.target_place) == len(version.place):
        return
    spec = next(spec for place, spec in version.layers if place == version.target_place)
    for key in ("replaces", "exceptions"):
        if key in spec.model_fields_set:
            place = (*version.target_place, key)
            message = f"target '{version.target}': '{key}' is said of a version, and there are 'versions' below"
            yield version.document.key_issue(place, message, "Move it into the version that it is meant for.")


def _says_nothing(exception: Layered) -> Iterator[Issue]:
    place, spec = exception.layers[0]
    if spec.model_fields_set == {"org_unit"} and not any(
        spot[: len(place)] == place for spot in exception.spoiled if len(spot) > len(place)
    ):
        message = "the exception says nothing else than its version"
        yield exception.issue("org_unit", message, "Add a value, a due date or a trajectory, or delete it.")


def _inexact(version: Layered, key: str, unit: str) -> Iterator[Issue]:
    value = version.get(key)
    if value is not None:
        yield from _not_a_value(version, version.place_of(key), value, unit)


def _not_a_value(version: Layered, place: Place, value: Decimal, unit: str) -> Iterator[Issue]:
    said = f"target '{version.target}': "
    ends = bounds(unit)
    if ends is not None and not ends[0] <= value <= ends[1]:
        wrong = "% is no share" if unit == PERCENT else "percentage points are no change of a share"
        hint = f"Write a number from {ends[0]} to {ends[1]}."
        yield version.document.issue(place, f"{said}{value} {wrong}", hint)
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
            yield version.issue("comparison", "'between' has no upper bound", f"{version.add('value_to')}.")
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


def _inexact_trajectory(version: Layered, unit: str) -> Iterator[Issue]:
    trajectory: TrajectorySpec | None = version.get("trajectory")
    if trajectory is None:
        return
    place = version.place_of("trajectory")
    if trajectory.baseline is not None and trajectory.baseline.value is not None:
        yield from _not_a_value(version, (*place, "baseline", "value"), trajectory.baseline.value, unit)
    for index, milestone in enumerate(trajectory.milestones):
        yield from _not_a_value(version, (*place, "milestones", index, "value"), milestone.value, unit)


def _wrong_scope(version: Layered, kind: str | None, unit: str) -> Iterator[Issue]:
    if version.get("scope") is not Scope.POOLED:
        return
    if kind == "rank":
        yield version.issue("scope", "ranks cannot be pooled", "Write 'each'.")
    elif unit == PERCENTAGE_POINTS:
        yield version.issue("scope", "changes of shares cannot be added up, and so not be pooled", "Write 'each'.")


def one_after_another(versions: Iterable[Layered]) -> Iterator[Issue]:
    """Versions of one target that are in force on one day, or that do not say which version they replace."""
    by_target: Mapping[tuple[str, str, Place], list[tuple[date, date, Layered]]] = defaultdict(list)
    for version in versions:
        if version.rule is not None:
            continue
        # An id that is there twice is an issue of its own, and no further version of the first.
        key = (version.target, version.document.path, version.target_place)
        try:
            by_target[key].append((*version.in_force, version))
        except SpoiledError:
            by_target[key].append((date.max, date.min, version))
    for stretches in by_target.values():
        if any(first in (date.min, date.max) for first, _, _ in stretches):
            continue
        stretches.sort(key=lambda stretch: stretch[0])
        yield from _in_force_at_once(stretches)
        yield from _wrongly_replacing(stretches)


def _in_force_at_once(stretches: Sequence[tuple[date, date, Layered]]) -> Iterator[Issue]:
    for (_, last, earlier), (first, _, later) in pairwise(stretches):
        if first <= last:
            mark = earlier.document.mark(earlier.place)
            yield later.document.issue(
                later.place_of("effective_from"),
                f"two versions of target '{later.target}' are in force at once from {first} on",
                f"{earlier.document.write('effective_to', first - timedelta(days=1), mark.line)}.",
            )


def _wrongly_replacing(stretches: Sequence[tuple[date, date, Layered]]) -> Iterator[Issue]:
    """A version says which one it replaces, so that nobody adds one without knowing of the one before."""
    before: date | None = None
    for first, _, version in stretches:
        try:
            replaces = version.own("replaces")
        except SpoiledError:
            before = first
            continue
        if before is None and replaces is not None:
            message = "'replaces' is said of the target's first version, which replaces none"
            yield version.issue("replaces", message, "Delete it, or add the version that it replaces.")
        elif before is not None and replaces is None:
            message = f"the version from {first} does not say which one it replaces"
            yield version.issue("replaces", message, f"{version.add('replaces', str(before))}.")
        elif replaces != before:
            message = f"the version from {first} follows the one from {before}, and not one from {replaces}"
            yield version.issue("replaces", message, f"Write {before}.")
        before = first
