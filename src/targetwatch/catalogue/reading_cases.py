"""One case of a test file, from what it says to the observations and expectations that it stands for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal

from targetwatch.catalogue.declared import Declared
from targetwatch.catalogue.document import Place
from targetwatch.catalogue.issues import Issue, instead
from targetwatch.catalogue.target_tests import (
    EVERYONE,
    Case,
    CaseSpec,
    Expected,
    ExpectSpec,
    Figure,
    GivenSpec,
    Messages,
    NamedPeriod,
    Observed,
    TargetTestsSpec,
    Wanted,
)
from targetwatch.catalogue.unit_codes import written
from targetwatch.catalogue.validation import Checked
from targetwatch.catalogue.versions import millionths
from targetwatch.model import Metric, MetricKind, Selector, TargetVersion, UnitKey
from targetwatch.units_of_measure import bounds, per_one

# What may be expected, in the order in which it is looked at.
WANTED = ("status", "reason", "period", "value", "required", "headroom", "headroom_units", "incident", "messages")


class CaseReader:
    """Reads one case of a file; what is wrong with it goes to `issues`."""

    def __init__(
        self,
        declared: Declared,
        checked: Checked[TargetTestsSpec],
        file: TargetTestsSpec,
        place: Place,
        spec: CaseSpec,
        versions: tuple[TargetVersion, ...],
        issues: list[Issue],
    ) -> None:
        self.declared, self.place, self.spec, self.issues = declared, place, spec, issues
        self.document, self.spoiled = checked.document, checked.spoiled
        self.versions = versions
        self.metric: Metric = declared.programme.metrics[versions[0].metric]
        self.unit = spec.unit or file.unit or _selected(versions[0].selector)
        self.unit_place = (*place, "unit") if spec.unit else ("unit",)
        self.source_works = file.source_works if spec.source_works is None else spec.source_works

    def read(self) -> Case:
        """The case, as far as it can be understood."""
        mark = self.document.mark((*self.place, "case"))
        source = self.declared.programme.sources[self.metric.source]
        if self.source_works and not source.planned and self.spec.source_works:
            said = f"the source '{source.id}' works already"
            self._add((*self.place, "source_works"), said, "Delete the line: it is for sources that are planned.")
        return Case(
            path=self.document.path,
            line=mark.line,
            column=mark.column,
            name=self.spec.case,
            target=self.versions[0].target,
            versions=self.versions,
            source_works=self.source_works,
            observed=tuple(
                observed
                for number, given in enumerate(self.spec.given)
                for observed in self._observed(given, (*self.place, "given", number))
            ),
            expected=tuple(self._expected()),
        )

    def _observed(self, given: GivenSpec, place: Place) -> Iterator[Observed]:
        """The observations that one line stands for: one a unit."""
        if not self._is_of_the_cadence(given.period, (*place, "period")):
            return
        if (units := self._units(given, place)) is None or (shares := self._shares(given, place, len(units))) is None:
            return
        source = self.declared.programme.sources[self.metric.source]
        for unit, (numerator, denominator, parts) in zip(units, shares, strict=True):
            yield Observed(
                unit=unit,
                tier=given.tier or self.versions[0].tier,
                period=given.period.period,
                origin=given.origin or source.origin,
                numerator=numerator,
                denominator=denominator,
                parts=parts,
                known_at=self.declared.moment(given.known, time.min),
            )

    def _units(self, given: GivenSpec, place: Place) -> list[UnitKey] | None:
        """Whom a line is about."""
        said = [key for key in ("unit", "units", "every") if key in given.model_fields_set]
        if len(said) > 1:
            self._add((*place, said[1]), f"'{said[0]}' and '{said[1]}' both say whom it is about", "Delete one.")
            return None
        if given.left_out and given.every is None:
            self._add((*place, "except"), "'except' leaves units out of 'every', which is not there", "Delete it.")
            return None
        day = given.period.period.last_day
        if given.every is not None:
            return self._every(given, place, day)
        if given.units is not None:
            named = [(code, (*place, "units", number)) for number, code in enumerate(given.units)]
        elif given.unit is not None:
            named = [(given.unit, (*place, "unit"))]
        elif self.unit is not None:
            named = [(self.unit, self.unit_place)]
        else:
            self._add(place, "nothing says whom this is about", "Add 'unit: ...', 'units: [...]' or 'every: ...'.")
            return None
        keys = [self._key(code, day, at) for code, at in named]
        return [key for key in keys if key is not None] if None not in keys else None

    def _every(self, given: GivenSpec, place: Place, day: date) -> list[UnitKey] | None:
        above = None if self.unit is None else self._key(self.unit, day, self.unit_place)
        level = str(given.every)
        units = [unit.key for unit in self.declared.level_of(level, day, above)]
        if not units:
            below = "" if above is None else f" below '{above.code}'"
            self._add((*place, "every"), f"there is no '{level}'{below} on {day}", "Write another level or period.")
            return None
        for number, code in enumerate(given.left_out):
            key = self._key(code, day, (*place, "except", number))
            if key in units:
                units.remove(key)
            elif key is not None:
                self._add((*place, "except", number), f"'{code}' is not among 'every: {level}'", "Delete it.")
        return units

    def _shares(self, given: GivenSpec, place: Place, count: int) -> list[tuple[int, int, bool]] | None:
        """The numerator and denominator of each of `count` units, and whether these are the real ones."""
        if given.value is not None and given.together is not None:
            self._add((*place, "together"), "'value' and 'together' both say how much it is", "Delete one.")
            return None
        if given.value is not None:
            found = self._parts(given.value, (*place, "value"))
            return None if found is None else [found] * count
        if given.together is None:
            if not self._is_spoiled(place):
                self._add(
                    place, "nothing says what was observed", "Add 'value: 634 of 1000', or what the metric counts."
                )
            return None
        at = (*place, "together")
        found = self._parts(given.together, at)
        if found is None or not count:
            return None if found is None else []
        numerator, denominator, parts = found
        if not parts or self.metric.kind is MetricKind.RANK:
            hint = "Write so many of so many, as in 19020 of 30000, or what each has under 'value'."
            self._add(at, f"{given.together} cannot be shared out", hint)
            return None
        if given.together.denominator is None:
            return [(part, denominator, True) for part in _shared_out(numerator, count)]
        parted = zip(_shared_out(numerator, count), _shared_out(denominator, count), strict=True)
        return [(mine, of, True) for mine, of in parted]

    def _parts(self, figure: Figure, place: Place) -> tuple[int, int, bool] | None:
        """A figure as numerator and denominator: a share without its parts is scaled by its own digits."""
        if not self._makes_sense(figure, place):
            return None
        if figure.denominator is not None:
            return int(figure.numerator), figure.denominator, True
        exponent = figure.numerator.as_tuple().exponent
        decimals = max(-exponent, 0) if isinstance(exponent, int) else 0
        factor = per_one(self.metric.unit_of_measure)
        return int(figure.numerator.scaleb(decimals)), 10**decimals * factor, factor == 1 and not decimals

    def _makes_sense(self, figure: Figure, place: Place) -> bool:
        kind, ends = self.metric.kind, bounds(self.metric.unit_of_measure)
        number, denominator = figure
        if denominator is not None and kind is not MetricKind.RATIO:
            self._add(place, f"a {kind} is no ratio", "Write one number.")
        elif denominator is not None and ends is not None and not 0 <= number <= denominator:
            self._add(place, f"{figure} is no share", "Write so many of as many or more.")
        elif denominator is None and ends is not None and not ends[0] <= number <= ends[1]:
            self._add(place, f"{figure} lies beyond its ends", f"Write a number from {ends[0]} to {ends[1]}.")
        elif kind in (MetricKind.COUNT, MetricKind.RANK) and number != number.to_integral_value():
            self._add(place, f"{figure} is no whole number", f"A {kind} is one.")
        else:
            return True
        return False

    def _expected(self) -> Iterator[Expected]:
        before: datetime | None = None
        for number, spec in enumerate(self.spec.expect):
            place: Place = (*self.place, "expect", number)
            at = self.declared.moment(spec.on, time.max)
            if before is not None and at < before:
                self._add((*place, "on"), "this comes after a later moment", "Put them in order of time.")
            before = at
            code, where = (spec.unit, (*place, "unit")) if spec.unit else (self.unit, self.unit_place)
            if code is None:
                said = f"nothing says which unit of target '{self.versions[0].target}' is meant"
                self._add((*place, "on"), said, "Add 'unit: ...' here, or to the case.")
                continue
            key = self._key(code, spec.on.day, where)
            known = len(self.issues)
            wants = tuple(self._wants(spec, place))
            if not wants and len(self.issues) == known and not self._is_spoiled(place):
                self._add((*place, "on"), "nothing is expected", f"Add one of: {', '.join(WANTED)}.")
            if key is not None:
                said = spec.on.day.isoformat() + (f" {spec.on.at:%H:%M}" if spec.on.at else "")
                yield Expected(said, at, key, spec.unit or "", wants)

    def _wants(self, spec: ExpectSpec, place: Place) -> Iterator[Wanted]:
        for what in WANTED:
            if what not in spec.model_fields_set:
                continue
            value, at = getattr(spec, what), (*place, what)
            mark = self.document.mark(at)
            match value:
                case NamedPeriod():
                    if self._is_of_the_cadence(value, at):
                        yield Wanted(what, value.period, mark.line, mark.column)
                    continue
                case Figure():
                    if not self._makes_sense(value, at):
                        continue
                case Decimal() if what == "required" and millionths(value, self.metric.unit_of_measure) is None:
                    self._add(at, f"{value} is finer than is kept", "Write fewer decimals.")
                    continue
            if what == "messages":
                self._receivers(value, at)
            yield Wanted(what, value, mark.line, mark.column)

    def _receivers(self, messages: Messages, place: Place) -> None:
        known = {receiver.name for receiver in self.declared.programme.receivers}
        for name in messages:
            if name != EVERYONE and name not in known:
                self._add((*place, name), f"there is no receiver '{name}'", instead(name, known))

    def _is_of_the_cadence(self, named: NamedPeriod, place: Place) -> bool:
        if named.cadence is self.metric.cadence:
            return True
        examples = {"month": "2025-06", "quarter": "2025-Q2", "year": "2025"}
        said = f"this is a {named.cadence}, and '{self.metric.id}' is measured by the {self.metric.cadence}"
        self._add(place, said, f"Write it as in {examples[self.metric.cadence]}.")
        return False

    def _key(self, code: str, day: date, place: Place) -> UnitKey | None:
        """The unit that is meant: of several that bear the code in the course of time the one that exists on `day`."""
        named = self.declared.bearers.named(code)
        bearers = [u for u in self.declared.bearers.of(named.code) if named.valid_from in (None, u.key.valid_from)]
        on_the_day = [unit for unit in bearers if unit.is_valid_on(day)]
        if len(bearers) == 1 or len(on_the_day) == 1:
            return (on_the_day if len(on_the_day) == 1 else bearers)[0].key
        others = written(unit.key for unit in self.declared.bearers.of(named.code))
        message = f"there is no unit '{code}'" if not bearers else f"no unit with the code '{code}' exists on {day}"
        self._add(place, message, f"Write {others}.")
        return None

    def _is_spoiled(self, place: Place) -> bool:
        """Whether something there was written wrongly, which has been said already."""
        return any(spot[: len(place)] == place for spot in self.spoiled)

    def _add(self, place: Place, message: str, hint: str) -> None:
        self.issues.append(self.document.issue(place, message, hint))


def _selected(selector: Selector) -> str | None:
    """The unit that a target names, where it names one."""
    if selector.code is None or selector.code_valid_from is None:
        return selector.code
    return str(UnitKey(selector.code, selector.code_valid_from))


def _shared_out(whole: int, count: int) -> Sequence[int]:
    """`whole` in `count` parts as even as whole numbers allow, the larger ones first."""
    each, left = divmod(whole, count)
    return [each + (place < left) for place in range(count)]
