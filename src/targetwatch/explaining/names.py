"""Names: which metric, target and unit somebody means, and what to write where that is not plain."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from targetwatch.catalogue.finding import find_units, nearest_units
from targetwatch.explaining.found import Record, UnitFound
from targetwatch.wording.plain import plain

NAMED = 5  # how many are named where there are more


class UnknownName(Exception):  # noqa: N818 - named after what is the case
    """Something that was asked for does not exist, or is not one thing: the message says what to write."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants explained: all targets of a metric, or with `target` that one."""

    metric: str
    target: str | None


def asked_for(written: str, known: Iterable[Record]) -> Asked:
    """The metric or target of that id. `known` are rows with metric, target (None for a metric) and its names.

    Raises UnknownName, with the nearest ids, where there is none.
    """
    rows = list(known)
    metrics = {str(row["metric"]) for row in rows if row["target"] is None}
    targets = {str(row["target"]): str(row["metric"]) for row in rows if row["target"] is not None}
    if written in metrics:
        return Asked(written, None)
    if written in targets:
        return Asked(targets[written], written)
    ids: dict[str, list[str]] = {}
    for row in rows:
        for name in (row["target"] or row["metric"], row["name_vi"], row["name_en"]):
            ids.setdefault(plain(str(name)), []).append(str(row["target"] or row["metric"]))
    near = [one for name in get_close_matches(plain(written), list(ids)) for one in ids[name]]
    instead = f"Did you mean {_either(list(dict.fromkeys(near)))}?" if near else f"Metrics: {_some(sorted(metrics))}."
    raise UnknownName(f"No metric or target is called '{written}'. {instead}")


def unit_for(written: str, units: Sequence[UnitFound], is_known: Callable[[UnitFound], bool]) -> UnitFound:
    """The unit of that code, code@valid_from or name; accents, and the kind before the name, may be left out.

    Of several it is the one that anything is known of (`is_known`). Raises UnknownName where that leaves none or more
    than one, with what to write instead.
    """
    by_key = {unit.unit.key: unit for unit in units}
    found = [by_key[unit.key] for unit in find_units([unit.unit for unit in units], written)]
    if not found:
        near = [by_key[unit.key] for unit in nearest_units([unit.unit for unit in units], written)]
        names = [f"{unit.full_name} ({unit.key})" for unit in near]
        instead = f"Did you mean {_either(names)}?" if near else "`targetwatch units` lists those there are."
        raise UnknownName(f"No unit has the code or the name '{written}'. {instead}")
    meant = found if len(found) == 1 else [unit for unit in found if is_known(unit)] or found
    if len(meant) == 1:
        return meant[0]
    lines = [f"  {_to_write(unit, meant)}  {_about(unit)}" for unit in meant[:NAMED]]
    more = f"\n  and {len(meant) - NAMED} more" if len(meant) > NAMED else ""
    raise UnknownName(f"'{written}' can mean {len(meant)} units. Write one of:\n" + "\n".join(lines) + more)


def _to_write(unit: UnitFound, others: Sequence[UnitFound]) -> str:
    """The code, where it is plain enough among the others, and else with the unit's first day."""
    return unit.key if [other.code for other in others].count(unit.code) > 1 else unit.code


def _about(unit: UnitFound) -> str:
    ended = f" to {unit.unit.valid_to}" if unit.unit.valid_to else ""
    below = f", {unit.parent_name}" if unit.parent_name and unit.parent_name not in unit.full_name else ""
    return f"{unit.full_name}{below} (from {unit.valid_from}{ended})"


def _either(names: Sequence[str]) -> str:
    return " or ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more
