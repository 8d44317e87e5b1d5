"""The rows of the board: one a target, by need, with the units under it, and the filters that choose among them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from targetwatch.board.asked import Asked, holds
from targetwatch.board.read_model import UNITS, Shares
from targetwatch.board.standing import NEED, Standing
from targetwatch.model import Language, Role, Status, Text

UNITS_SHOWN = 6
UNITS_FOUND = 12


@dataclass(frozen=True, slots=True)
class Row:
    """A target on the board.

    `lead` is the pooled standing, or that of the one unit that answers. Where many units answer each for itself it is
    the one in most need, and stands for no other (`is_many`).
    """

    lead: Standing
    units: int  # under it, without those that have ended
    behind: int  # of them
    unit_incidents: int
    units_called: Text
    is_many: bool = False
    own: tuple[Standing, ...] = ()  # the units that answer each for itself, furthest short first
    shown: tuple[Standing, ...] = ()  # the units that the address opens
    is_open: bool = False

    @property
    def id(self) -> str:
        """The target's id."""
        return self.lead.id

    @property
    def status(self) -> Status:
        """How the target stands."""
        return self.lead.status

    @property
    def has_incident(self) -> bool:
        """Whether an incident about the target or about one of its units goes on, that is not quiet."""
        return self.lead.incident is not None or any(one.incident is not None for one in self.own)

    @property
    def can_open(self) -> bool:
        """Whether there are units to see."""
        return self.units > 1

    @property
    def more(self) -> int:
        """How many units are not shown."""
        return max(self.units - len(self.shown), 0)


def rows(standings: Iterable[Standing], shares: Mapping[str, Shares]) -> list[Row]:
    """A row for each target, those that need action first, then in the order of the catalogue."""
    by_target: dict[str, list[Standing]] = {}
    for one in standings:
        by_target.setdefault(one.id, []).append(one)
    found = [_row(target, of_target, shares.get(target)) for target, of_target in by_target.items()]
    return sorted(found, key=lambda row: (NEED[row.status], row.lead.position))


def counts(found: Iterable[Row]) -> Counter[Status]:
    """How many targets stand how."""
    return Counter(row.status for row in found)


def chosen(found: Sequence[Row], asked: Asked, named: Iterable[Standing]) -> list[Row]:
    """The rows that are asked for. `named` are the pooled units whose names hold what is searched: they are shown."""
    under: dict[str, list[Standing]] = {}
    for one in named:
        under.setdefault(one.id, []).append(one)
    kept = []
    for row in found:
        if not _is_asked_for(row, asked):
            continue
        if asked.search and not _is_named(row, asked):
            units = under.get(row.id, []) + [one for one in row.own if holds([one.unit_name], asked.search)]
            if not units:
                continue
            kept.append(replace(row, shown=tuple(units[:UNITS_FOUND])))
        else:
            kept.append(row)
    return kept


def with_units(found: Sequence[Row], target: str, units: Sequence[Standing]) -> list[Row]:
    """The rows, with those `units` under `target`: the first few, as many as help."""
    return [
        replace(row, shown=tuple([*row.own, *units][:UNITS_SHOWN]), is_open=True)
        if row.id == target and row.can_open
        else row
        for row in found
    ]


def owners(found: Iterable[Row], language: Language) -> list[tuple[str, str]]:
    """The roles that answer for targets: id and name, by name."""
    named = {row.lead.target.owner: row.lead.owner.in_(language) for row in found}
    return sorted(named.items(), key=lambda entry: entry[1])


def _row(target: str, of_target: Sequence[Standing], shares: Shares | None) -> Row:
    if len(of_target) == 1 or of_target[0].role is Role.POOLED:
        units = shares.units if shares else 0
        called = shares.called if shares else UNITS
        return Row(of_target[0], units, shares.behind if shares else 0, shares.incidents if shares else 0, called)
    going_on = [one for one in of_target if one.status is not Status.ENDED] or list(of_target)
    behind = sum(one.is_certain_short for one in going_on)
    called = going_on[0].units_called or UNITS
    incidents = sum(one.incident is not None for one in going_on)
    worst = min(going_on, key=lambda one: NEED[one.status])
    in_need = tuple(sorted(of_target, key=lambda one: NEED[one.status]))  # stable: furthest short first
    return Row(worst, len(going_on), behind, incidents, called, is_many=True, own=in_need)


def _is_asked_for(row: Row, asked: Asked) -> bool:
    return (
        (not asked.statuses or row.status in asked.statuses)
        and (not asked.owner or row.lead.target.owner == asked.owner)
        and (not asked.with_incident or row.has_incident)
    )


def _is_named(row: Row, asked: Asked) -> bool:
    target = row.lead.target
    named = (target.name, target.short_name, row.lead.owner)
    return holds([target.target, *(text for one in named for text in (one.vi, one.en))], asked.search)
