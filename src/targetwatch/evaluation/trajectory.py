"""The path to a target: what it requires on a day."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from targetwatch.model import MILLION, Comparison, Path, TargetVersion

Baseline = tuple[Fraction, date]


def required(target: TargetVersion, day: date, baseline: Baseline | None = None, *, upper: bool = False) -> int | None:
    """What `target` requires on `day`, in millionths rounded half-even; None where nothing is required yet.

    `hold`: the value, always. `by_due`: nothing before the due date. `linear`: B + (V - B) * (day - b) / (d - b)
    between the baseline B on day b and the value V on the due date d, with B before and V after; where B is better
    than V, V all along. `steps`: the last milestone reached. From the due date on it is the value itself. `baseline` (a
    natural number: 34 % is 0.34, and its day) stands in where a linear path declares none; None is given back where
    there is neither. `upper` asks for the upper bound of a `between` target: a bound that the baseline is beyond moves
    along the line, the other one stands still. Raises ValueError for a linear path without a due date.
    """
    final = final_value(target, upper=upper)
    path = target.trajectory.path
    if path is Path.HOLD or (target.due is not None and day >= target.due):
        return final
    if path is Path.BY_DUE:
        return None
    if path is Path.STEPS:
        reached = [step for step in target.trajectory.milestones if step.on <= day]
        if upper:
            return final if reached else None
        return max(reached, key=lambda step: step.on).value if reached else None
    return _on_line(target, day, baseline, final, upper)


def final_value(target: TargetVersion, *, upper: bool = False) -> int:
    """What `target` requires in the end, in millionths; with `upper` the upper bound of a `between` target."""
    if not upper:
        return target.value
    if target.value_to is None:
        raise ValueError(f"The target {target.target} has no upper bound.")
    return target.value_to


def _on_line(target: TargetVersion, day: date, baseline: Baseline | None, final: int, upper: bool) -> int | None:
    if target.due is None:
        raise ValueError(f"The target {target.target} follows a line, and has no due date to follow it to.")
    declared = target.trajectory.baseline
    if declared is not None:
        start, began = Fraction(declared.value), declared.on
    elif baseline is not None:
        start, began = baseline[0] * MILLION, baseline[1]
    else:
        return None
    # A start that is better than the end asks for no more than the end does.
    capped = upper or target.comparison in (Comparison.AT_MOST, Comparison.BELOW)
    start = max(start, Fraction(final)) if capped else min(start, Fraction(final))
    if day <= began:
        return round(start)
    return round(start + (final - start) * Fraction((day - began).days, (target.due - began).days))
