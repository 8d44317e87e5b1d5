"""Whether a target's selector, and each of its exceptions, says for which org_units they are, and for whom at all."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from targetwatch.catalogue.document import Place
from targetwatch.catalogue.issues import Issue
from targetwatch.catalogue.layers import Layered, SpoiledError
from targetwatch.catalogue.spec import SelectorSpec
from targetwatch.catalogue.unit_codes import Bearers, exists_between, written
from targetwatch.model import OrgUnit, Scope, UnitKey

SELECTING = ("level", "code", "parent", "kind")


class Selectors:
    """Asks the register of units for whom versions are."""

    def __init__(self, bearers: Bearers) -> None:
        self.bearers = bearers
        self.parents = {unit.key: unit.parent for unit in bearers.units}
        self._chosen: dict[tuple[object, ...], frozenset[UnitKey]] = {}

    def problems(self, rule: Layered) -> Iterator[Issue]:
        """Everything wrong with the selector of a version and with the units of its exceptions."""
        try:
            selector = rule.selector
            if selector is None or rule.get("effective_from") is None:
                return
            first, last = rule.in_force
        except SpoiledError:
            return
        if first > last:
            return
        mistaken = list(self._mistaken(rule, selector, first, last))
        yield from mistaken
        exempt: dict[UnitKey, Layered] = {}
        doubtful = bool(mistaken)
        for exception in rule.exceptions:
            found = list(self._wrong_exception(exception, None if mistaken else selector, first, last, exempt))
            yield from found
            doubtful = doubtful or bool(found)
        if not doubtful:
            yield from self._nobody(rule, selector, first, last, exempt)

    def _mistaken(self, rule: Layered, selector: SelectorSpec, first: date, last: date) -> Iterator[Issue]:
        given = [key for key in SELECTING if getattr(selector, key) is not None]
        if not given and not selector.all:
            yield rule.issue(
                "org_unit", "'org_unit' selects nothing", "Give a level, a code, a parent or a kind, or 'all: true'."
            )
        elif given and selector.all:
            place = (*rule.place_of("org_unit"), "all")
            message = f"target '{rule.target}': 'all' stands beside '{given[0]}', which selects some"
            yield rule.document.issue(place, message, "Delete one of the two.")
        for key in ("code", "parent"):
            if (text := getattr(selector, key)) is not None:
                yield from self._unclear(rule, (*rule.place_of("org_unit"), key), text, first, last)

    def _unclear(self, version: Layered, place: Place, text: str, first: date, last: date) -> Iterator[Issue]:
        """Whether a code means one unit, and one that exists while the version is in force."""
        if not self.bearers.units:
            return  # the register could not be read
        named = self.bearers.named(text)
        every = self.bearers.of(named.code)
        meant = self.bearers.meant(named, first, last)
        if len(meant) == 1 or not every:
            return
        said = f"target '{version.target}': "
        if len(meant) > 1:
            listed = "; ".join(_described(unit) for unit in meant)
            message = f"{said}{len(meant)} units bear the code {text} while the version is in force: {listed}"
            yield version.document.issue(place, message, f"Write {written(unit.key for unit in meant)}.")
            return
        if named.valid_from is not None and all(unit.key.valid_from != named.valid_from for unit in every):
            message = f"{said}no unit {named.code} begins on {named.valid_from}"
            yield version.document.issue(place, message, f"Write {written(unit.key for unit in every)}.")
            return
        until = "" if last == date.max else f" to {last}"
        listed = "; ".join(_described(unit) for unit in every)
        message = f"{said}unit {text} does not exist while the version is in force, from {first}{until}"
        yield version.document.issue(place, message, f"The register has {listed}.")

    def _wrong_exception(
        self,
        exception: Layered,
        selector: SelectorSpec | None,
        first: date,
        last: date,
        exempt: dict[UnitKey, Layered],
    ) -> Iterator[Issue]:
        try:
            text = exception.get("org_unit")
        except SpoiledError:
            return
        unclear = list(self._unclear(exception, exception.place_of("org_unit"), text, first, last))
        yield from unclear
        meant = self.bearers.meant(self.bearers.named(text), first, last)
        if unclear or len(meant) != 1:
            return
        unit = meant[0].key
        if unit in exempt:
            line = exception.document.mark(exempt[unit].place).line
            hint = f"The first is in line {line}. Delete one."
            yield exception.issue("org_unit", f"unit {text} is an exception twice", hint)
            return
        exempt[unit] = exception
        if selector is not None and not self._is_for(exception, selector, unit, first, last):
            message = f"unit {text} is none of those that the target is for, and so no exception of it"
            yield exception.issue("org_unit", message, "Mend one of the two.")

    def _is_for(self, version: Layered, selector: SelectorSpec, unit: UnitKey, first: date, last: date) -> bool:
        """Whether a version is for a unit: itself, or as a share of what is pooled."""
        if selector.all:
            return True
        chosen = self._selected(selector, first, last)
        try:
            is_pooled = version.get("scope") is not Scope.EACH
        except SpoiledError:
            is_pooled = True
        at: UnitKey | None = unit
        while is_pooled and at is not None and at not in chosen:
            at = self.parents.get(at)
        return at in chosen

    def _nobody(
        self, rule: Layered, selector: SelectorSpec, first: date, last: date, exempt: dict[UnitKey, Layered]
    ) -> Iterator[Issue]:
        if not self.bearers.units or selector.all:
            return
        chosen = self._selected(selector, first, last)
        if not chosen:
            yield rule.issue(
                "org_unit", "no unit is like that while the version is in force", "Mend what 'org_unit' asks for."
            )
        elif chosen <= exempt.keys():
            hint = "Give their value to the version itself, and delete the exceptions."
            yield rule.issue("org_unit", "every unit that it is for is an exception of it", hint)

    def _selected(self, selector: SelectorSpec, first: date, last: date) -> frozenset[UnitKey]:
        key = (selector.level, selector.code, selector.parent, selector.kind, first, last)
        if key not in self._chosen:
            candidates = self.bearers.units
            if selector.code is not None:
                candidates = self.bearers.meant(self.bearers.named(selector.code), first, last)
            self._chosen[key] = frozenset(
                unit.key
                for unit in candidates
                if exists_between(unit, first, last)
                and selector.level in (None, unit.level)
                and selector.kind in (None, unit.kind)
                and (selector.parent is None or self._lies_in(unit, selector.parent))
            )
        return self._chosen[key]

    def _lies_in(self, unit: OrgUnit, parent: str) -> bool:
        named = self.bearers.named(parent)
        return (
            unit.parent is not None
            and unit.parent.code == named.code
            and named.valid_from in (None, unit.parent.valid_from)
        )


def _described(unit: OrgUnit) -> str:
    until = "" if unit.valid_to is None else f" to {unit.valid_to}"
    return f"{unit.name}, from {unit.key.valid_from}{until}"
