"""Whether the path to a target leads to it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from targetwatch.catalogue.document import Place
from targetwatch.catalogue.issues import Issue
from targetwatch.catalogue.layers import Layered
from targetwatch.catalogue.spec import TrajectorySpec
from targetwatch.model import Comparison, Path

CAPPED = (Comparison.AT_MOST, Comparison.BELOW)
BASELINES = {
    False: "Write 'baseline: {on: 2021-12-31, value: 34}', or 'baseline: first_observed'.",
    True: "Write '2021-12-31: 34' or 'first_observed' under 'baseline'.",
}
MILESTONES = {
    False: "Add 'milestones: [{on: 2023-12-31, value: 50}]'.",
    True: "Write days and values under 'milestones', as in 2023-12-31: 50; 2024-12-31: 60.",
}


def problems(version: Layered) -> Iterator[Issue]:
    """Everything wrong with the trajectory of one version. Raises SpoiledError where something of it is unknown."""
    trajectory: TrajectorySpec | None = version.get("trajectory")
    if trajectory is None:
        return
    yield from _lacking(version, trajectory)
    disordered = list(_out_of_order(version, trajectory))
    yield from disordered or _backwards(version, trajectory)


def _lacking(version: Layered, trajectory: TrajectorySpec) -> Iterator[Issue]:
    path, given, in_table = trajectory.path, trajectory.model_fields_set, version.document.is_table
    if path in (Path.LINEAR, Path.BY_DUE) and version.get("due") is None:
        hint = f"{version.add('due')}, or write 'hold'."
        yield version.issue("trajectory", f"a '{path}' path needs a due date", hint)
    if path is Path.LINEAR and "baseline" not in given:
        yield version.issue("trajectory", "a 'linear' path needs a baseline", BASELINES[in_table])
    if path is not Path.LINEAR and "baseline" in given:
        yield _issue(version, ("baseline",), f"a '{path}' path has no baseline", "Delete it, or write 'linear'.")
    if path is Path.STEPS and not trajectory.milestones:
        yield version.issue("trajectory", "a 'steps' path needs milestones", MILESTONES[in_table])
    if path is not Path.STEPS and trajectory.milestones:
        yield _issue(version, ("milestones",), f"a '{path}' path has no milestones", "Delete them, or write 'steps'.")


def _out_of_order(version: Layered, trajectory: TrajectorySpec) -> Iterator[Issue]:
    due: date | None = version.get("due")
    milestones = trajectory.milestones
    if trajectory.baseline is not None and due is not None and trajectory.baseline.on >= due:
        message = f"the baseline of {trajectory.baseline.on} is not before the due date"
        yield _issue(version, ("baseline", "on"), message, "Mend one of the two.")
    for index, (earlier, later) in enumerate(pairwise(milestones), start=1):
        if later.on <= earlier.on:
            message = f"the milestone of {later.on} stands after that of {earlier.on}"
            yield _issue(version, ("milestones", index, "on"), message, "Put them in order of date.")
    if milestones and due is not None and milestones[-1].on > due:
        message = f"the milestone of {milestones[-1].on} lies after the due date"
        yield _issue(version, ("milestones", len(milestones) - 1, "on"), message, "Mend one of the two.")


def _issue(version: Layered, inner: Place, message: str, hint: str) -> Issue:
    """An issue with a part of the trajectory."""
    place = (*version.place_of("trajectory"), *inner)
    return version.document.issue(place, f"target '{version.target}': {message}", hint)


def _backwards(version: Layered, trajectory: TrajectorySpec) -> Iterator[Issue]:
    """Milestones that lead away from the value, past it, or not all the way."""
    comparison, value = version.get("comparison"), version.get("value")
    milestones = trajectory.milestones
    if comparison is None or value is None or not milestones or trajectory.path is not Path.STEPS:
        return
    sign, more = (-1, "less") if comparison in CAPPED else (1, "more")
    for index, milestone in enumerate(milestones):
        at: Place = ("milestones", index, "value")
        said = f"the milestone of {milestone.on}"
        if sign * milestone.value > sign * value:
            hint = "Mend one of the two."
            yield _issue(version, at, f"{said} asks for {more} than the target itself, {value}", hint)
        elif index and sign * milestone.value < sign * milestones[index - 1].value:
            hint = "What is required once stays required."
            yield _issue(version, at, f"{said} takes back what the one before it asks for", hint)
    if version.get("due") is None and milestones[-1].value != value:
        message = f"nothing says when {value} itself is required: the last milestone asks for {milestones[-1].value}"
        hint = f"{version.add('due')}, or let the last milestone ask for {value}."
        yield version.issue("trajectory", message, hint)
