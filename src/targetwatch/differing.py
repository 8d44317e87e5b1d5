"""Differing: what a test expects of a target beside what is found, and the difference in words with its figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from targetwatch.catalogue.target_tests import EVERYONE, NONE, Case, Expected, Figure, IncidentWord, Wanted
from targetwatch.model import (
    Assessment,
    Incident,
    IncidentState,
    Language,
    Metric,
    Period,
    Programme,
    Reason,
    TargetVersion,
)
from targetwatch.units_of_measure import PERCENT, per_one
from targetwatch.wording import dates, numbers, words
from targetwatch.wording.figures import Figures

EN = Language.EN
LIVE = {IncidentState.ACKNOWLEDGED: IncidentState.OPEN}


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as a case expects it. Lines and columns count from 1."""

    path: str
    line: int
    column: int
    target: str
    case: str
    on: str  # the moment, as people read it
    unit: str  # as the file names it; empty where it is the one that the case is about
    what: str  # the key of the expectation
    expected: str
    found: str
    explained: str  # why it is what it is, in words, with the figures

    def __str__(self) -> str:
        return f"{self.target}, '{self.case}', {self.says}"

    @property
    def says(self) -> str:
        """The difference in words, without the case that it is of."""
        when = f"{self.on}, unit {self.unit}" if self.unit else self.on
        said = f"{when}: expected {self.expected}, is {self.found}"
        return said + (f": {self.explained}" if self.explained else "")


@dataclass(frozen=True, slots=True)
class Seen:
    """What was found of a unit at a moment: None where the target was not for it."""

    assessment: Assessment | None
    incident: Incident | None  # the newest that there ever was
    told: Mapping[str, Sequence[str]]  # receiver -> the reasons of what it was told since the moment before


def differences(programme: Programme, case: Case, expected: Expected, seen: Seen) -> Iterator[Difference]:
    """Everything in which what was seen is not what is expected."""
    comparing = _Comparing(programme, case, expected, seen)
    wants = {wanted.what: wanted for wanted in expected.wants}
    found = {what: comparing.differs(wanted) for what, wanted in wants.items()}
    status, reason = found.get("status"), found.get("reason")
    if status is not None and reason is not None:  # one difference, and not two
        found |= {"status": replace(status, expected=f"{status.expected} ({reason.expected})"), "reason": None}
    for what, told in found.items():
        if told is not None:
            wanted = wants[what]
            yield Difference(
                case.path,
                wanted.line,
                wanted.column,
                case.target,
                case.name,
                expected.said,
                expected.named,
                what,
                told.expected,
                told.found,
                told.explained,
            )


@dataclass(frozen=True, slots=True)
class _Told:
    expected: str
    found: str
    explained: str = ""


class _Comparing:
    """Holds what was seen of one unit at one moment against one expectation after the other."""

    def __init__(self, programme: Programme, case: Case, expected: Expected, seen: Seen) -> None:
        self._programme, self._case, self._unit, self._seen = programme, case, expected.unit, seen
        self._metric: Metric = programme.metrics[case.versions[0].metric]
        self._scale = per_one(self._metric.unit_of_measure)
        self._assessment = seen.assessment
        self._figures = None if seen.assessment is None else Figures.of(seen.assessment, self._metric, self._version())

    def differs(self, wanted: Wanted) -> _Told | None:
        """How what is wanted and what was seen differ; None where they agree."""
        match wanted.what:
            case "incident":
                return self._incident(wanted.value)
            case "messages":
                return self._messages(wanted.value)
            case _ if self._assessment is None:
                return _Told(f"{wanted.what} {wanted.value}", "nothing", f"the target is not for {self._unit} then")
            case "status":
                return self._word(wanted.value, self._assessment.status, str(wanted.value))
            case "reason":
                return self._word(wanted.value, self._assessment.reason, str(wanted.value))
            case "period":
                return self._period(wanted.value)
            case "value":
                return self._value(wanted.value)
            case "required":
                required = self._assessment.required
                exact = None if required is None else numbers.of_millionths(required)
                return self._number(wanted.value, exact, "{} needed", "nothing needed")
            case "headroom":
                gap = None if self._figures is None else self._figures.gap
                return self._number(wanted.value, gap, "a headroom of {}", "no headroom", is_distance=True)
            case "headroom_units":
                return self._whole(wanted.value, self._assessment.headroom_units)
        raise ValueError(f"Nothing is known of the expectation {wanted.what!r}.")

    def _version(self) -> TargetVersion | None:
        of = self._assessment
        return next((one for one in self._case.versions if of is not None and one.version == of.target_version), None)

    def _word(self, wanted: object, found: object, said: str) -> _Told | None:
        judged = self._assessment
        if wanted == found or judged is None:
            return None
        return _Told(said, f"{judged.status} ({judged.reason})", explained(judged, self._figures))

    def _period(self, wanted: object) -> _Told | None:
        judged = self._assessment
        found = None
        if judged is not None and judged.period_start is not None and judged.period_end is not None:
            found = Period(judged.period_start, judged.period_end)
        if wanted == found or judged is None:
            return None
        said = dates.period(wanted, EN) if isinstance(wanted, Period) else "no period"
        return _Told(f"{said} to be judged", dates.period(found, EN) if found else NONE, str(judged.reason))

    def _value(self, wanted: object) -> _Told | None:
        judged, figures = self._assessment, self._figures
        if judged is None or figures is None:
            return None
        if isinstance(wanted, Figure) and wanted.denominator is not None:
            if (wanted.numerator, wanted.denominator) == (judged.numerator, judged.denominator) and judged.parts:
                return None
        elif isinstance(wanted, Figure):
            if figures.exact is not None and _agree(wanted.numerator, figures.exact * self._scale):
                return None
        elif figures.exact is None:
            return None
        parts = figures.parts(EN)
        found = figures.value(EN) if figures.exact is not None else NONE
        return _Told(f"the value {wanted or NONE}", f"{found} ({parts})" if parts else found)

    def _number(
        self, wanted: object, exact: Fraction | None, said: str, said_of_none: str, *, is_distance: bool = False
    ) -> _Told | None:
        found = None if exact is None else exact * self._scale
        if wanted is None and found is None:
            return None
        if isinstance(wanted, Decimal) and found is not None and _agree(wanted, found):
            return None
        decimals = max(_decimals(wanted) if isinstance(wanted, Decimal) else 0, 2)
        while found is not None and isinstance(wanted, Decimal) and numbers.as_shown(found, decimals) == wanted:
            decimals += 1  # with fewer it would look the same
        if found is None:
            shown = NONE
        elif is_distance:
            shown = _as_written(numbers.decimal(found, decimals, EN, signed=True))
        else:
            shown = numbers.exactly(found, EN)
        unit = (" points" if is_distance else "%") if self._metric.unit_of_measure == PERCENT else ""
        expected = said_of_none if wanted is None else said.format(f"{wanted}{unit}")
        return _Told(expected, shown if found is None else f"{shown}{unit}")

    def _whole(self, wanted: object, found: int | None) -> _Told | None:
        if wanted == found:
            return None
        counted = self._metric.counted.en
        said = "no headroom in units" if wanted is None else f"a headroom of {wanted} {counted}"
        return _Told(said, NONE if found is None else f"{found:+}")

    def _incident(self, wanted: object) -> _Told | None:
        incident = self._seen.incident
        # One that was pending and never opened is told to nobody, and counted nowhere.
        is_there = incident is not None and (incident.state.is_live or incident.opened_at is not None)
        state = LIVE.get(incident.state, incident.state) if incident is not None and is_there else IncidentWord.NONE
        if str(wanted) == str(state):
            return None
        why = "" if self._assessment is None else f"{self._assessment.status} ({self._assessment.reason})"
        return _Told(f"incident {wanted}", str(state), why)

    def _messages(self, wanted: object) -> _Told | None:
        if not isinstance(wanted, Mapping):
            return None
        hearers = self._hearers()
        asked = {name: reasons for name, reasons in wanted.items() if name != EVERYONE}
        if EVERYONE in wanted:
            asked |= dict.fromkeys(hearers, wanted[EVERYONE])
        told = {name: tuple(dict.fromkeys(self._seen.told.get(name, ()))) for name in asked}
        if all(set(told[name]) == {str(reason) for reason in reasons} for name, reasons in asked.items()) and asked:
            return None
        if not asked:
            return None if not wanted[EVERYONE] else _Told(_told(wanted), NONE, "no receiver hears of this target")
        return _Told(f"messages {_told(wanted)}", _told(told))

    def _hearers(self) -> list[str]:
        """The receivers that hear of the target, however bad it is."""
        from targetwatch.notifications.policy.hearing import hearers

        return hearers(self._programme, self._case.versions, self._unit)


def explained(judged: Assessment, figures: Figures | None) -> str:
    """Why an assessment is what it is: its value beside what was needed, or where there is none the reason."""
    if judged.period_start is None or figures is None or figures.exact is None:
        return words.reason(judged.reason, EN).rstrip(".")
    value = " ".join(part for part in (figures.value(EN), f"({figures.parts(EN)})") if part != "()")
    against = (
        f"{figures.required_now(EN)} needed" if judged.required is not None else f"{figures.final_value(EN)} in the end"
    )
    said = f"{value} against {against}"
    if judged.reason is Reason.INCOMPLETE and judged.low_numerator is not None and judged.high_numerator is not None:
        bounds = (judged.low_numerator, judged.high_numerator)
        low, high = (figures.beside(one, judged.bounds_denominator or 0, EN) for one in bounds)
        missing = f"{len(judged.missing)} {'unit' if len(judged.missing) == 1 else 'units'}"
        return f"{said}, and with {missing} missing it may be anything from {low} to {high}"
    distance = figures.short_by(EN) or figures.still_needed(EN)
    return f"{said}, {distance}" if distance else said


def _told(by_receiver: Mapping[str, Sequence[str]]) -> str:
    """Who was told what: only what, where it is the same for all."""
    said = {name: ", ".join(map(str, reasons)) or NONE for name, reasons in by_receiver.items()}
    if len(set(said.values())) == 1:
        return next(iter(said.values()))
    return "; ".join(f"{name}: {reasons}" for name, reasons in sorted(said.items()))


def _as_written(number: str) -> str:
    """A number as a file has it, so that it can be put there."""
    return number.replace(numbers.MINUS, "-").replace(",", "")


def _agree(written: Decimal, exact: Fraction) -> bool:
    """Whether a figure is as it is written, to the decimals that are written; never on the other side of zero."""
    same_side = (written > 0) - (written < 0) == (exact > 0) - (exact < 0)
    return same_side and numbers.as_shown(exact, _decimals(written)) == Fraction(written)


def _decimals(written: Decimal) -> int:
    exponent = written.as_tuple().exponent
    return max(-exponent, 0) if isinstance(exponent, int) else 0
