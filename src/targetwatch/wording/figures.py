"""A metric's value, what is needed, and how far it is, said with the decimals that keep each on its own side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import ceil, floor
from typing import Any

from targetwatch.model import MILLION, Assessment, Comparison, Language, Metric, MetricKind, TargetVersion, Text
from targetwatch.units_of_measure import COUNT, PERCENT, RANK, per_one
from targetwatch.wording import numbers
from targetwatch.wording.amounts import unit_words
from targetwatch.wording.nouns import counted, counted_of, noun

SIGNS = {Comparison.AT_LEAST: "≥", Comparison.ABOVE: ">", Comparison.AT_MOST: "≤", Comparison.BELOW: "<"}
LOWER_IS_BETTER = (Comparison.AT_MOST, Comparison.BELOW)
STRICT = (Comparison.ABOVE, Comparison.BELOW)
POINTS = Text("điểm", "points")
PLACES = Text("bậc", "places")


@dataclass(frozen=True, slots=True)
class Measure:
    """How a metric's numbers are to be said."""

    kind: MetricKind
    unit_of_measure: str
    counted: Text

    @classmethod
    def of(cls, metric: Metric) -> Measure:
        """How the numbers of `metric` are to be said."""
        return cls(metric.kind, metric.unit_of_measure, metric.counted)

    @property
    def is_percentage(self) -> bool:
        """Whether its natural number is a share that people read in per cent."""
        return self.unit_of_measure == PERCENT

    @property
    def is_whole(self) -> bool:
        """Whether only whole numbers make sense of it."""
        return self.unit_of_measure in (COUNT, RANK) and self.kind in (MetricKind.COUNT, MetricKind.RANK)

    @property
    def per_one(self) -> int:
        """How many of its unit the natural number 1 is: 100 per cent."""
        return per_one(self.unit_of_measure)


@dataclass(frozen=True)
class Figures:
    """A value beside what it is held against. `required` and `final` are millionths, `headroom` is an assessment's.

    Of `between`, `final` and `final_to` are both bounds; `required` and `headroom` are of the one nearer to be missed.
    """

    measure: Measure
    comparison: Comparison
    numerator: int | None = None
    denominator: int | None = None
    has_parts: bool = False
    required: int | None = None
    final: int | None = None
    final_to: int | None = None
    headroom: int | None = None
    headroom_units: int | None = None

    @classmethod
    def of(cls, assessment: Assessment, metric: Metric, target: TargetVersion | None = None) -> Figures:
        """The figures of one assessment; with its target version also the other bound of `between`."""
        both = target is not None and assessment.comparison is Comparison.BETWEEN and assessment.final is not None
        return cls(
            Measure.of(metric),
            assessment.comparison,
            assessment.numerator,
            assessment.denominator,
            assessment.parts,
            assessment.required,
            target.value if target is not None and both else assessment.final,
            target.value_to if target else None,
            assessment.headroom,
            assessment.headroom_units,
        )

    @classmethod
    def of_row(cls, row: Mapping[str, Any]) -> Figures:
        """The figures of a row of the view `current_status`."""
        return cls(
            Measure(MetricKind(row["metric_kind"]), row["unit_of_measure"], Text(row["counted_vi"], row["counted_en"])),
            Comparison(row["comparison"]),
            row["numerator"],
            row["denominator"],
            row["parts"],
            row["required_millionths"],
            # Of `between` the judged row has one of its bounds, and the target has both.
            row["target_millionths" if row["comparison"] == Comparison.BETWEEN else "final_millionths"],
            row["final_to_millionths"],
            row["headroom_exact"],
            row["headroom_units"],
        )

    @cached_property
    def exact(self) -> Fraction | None:
        """The value itself; None where there is none."""
        if self.numerator is None or self.denominator is None:
            return None
        return numbers.ratio(self.numerator, self.denominator)

    @cached_property
    def gap(self) -> Fraction | None:
        """How far the value is from what it is held against, in natural numbers; short is negative."""
        if self.headroom is None or not self.denominator:
            return None
        # A strict comparison moves what is needed by one; the distance itself does not move.
        moved = 1 if self.comparison in STRICT else 0
        return Fraction(self.headroom + moved, MILLION * self.denominator)

    @property
    def is_short(self) -> bool:
        """Whether the value is short of what it is held against."""
        return self.headroom is not None and self.headroom < 0

    @property
    def less_is_wanted(self) -> bool:
        """Whether it is held against a bound that it may not exceed: of `between`, the one that it was judged by."""
        if self.comparison is not Comparison.BETWEEN:
            return self.comparison in LOWER_IS_BETTER
        bound = self.final_to if self.required is None else self.required
        return bool(self.gap) and bound is not None and self.exact == numbers.of_millionths(bound) - (self.gap or 0)

    def value(self, language: Language) -> str:
        """The value: 63,4%; hạng 24; 1.234. Missing is a dash, never 0."""
        return numbers.MISSING if self.exact is None else self._say(self.exact, language)

    def beside(self, numerator: int, denominator: int, language: Language) -> str:
        """Another value held against the same thresholds: a bound, or the value before a restatement."""
        other = numbers.ratio(numerator, denominator)
        if other is None:
            return numbers.MISSING
        return self._say(other, language, decimals=self._decimals_for(other))

    def parts(self, language: Language) -> str:
        """The numerator and denominator and what they count; empty where they are not known, or say nothing."""
        if not self.has_parts or self.numerator is None or self.denominator is None or not self.measure.is_percentage:
            return ""
        return counted_of(self.numerator, self.denominator, self.measure.counted, language)

    def required_now(self, language: Language) -> str:
        """What is needed now, with the decimals of the value; empty where nothing is needed yet."""
        if self.required is None:
            return ""
        exact = numbers.of_millionths(self.required)
        if self.measure.is_whole:
            said = self._say(Fraction(self._whole_threshold(exact)), language)
        else:
            said = self._declared(exact, language) if self.exact is None else self._say(exact, language)
        if self.comparison is not Comparison.BETWEEN or not self.gap:
            return said
        return f"{'≤' if self.less_is_wanted else '≥'} {said}"

    def final_value(self, language: Language) -> str:
        """What the target asks for in the end, as declared: ≥ 80%; ≤ 5."""
        if self.final is None:
            return ""
        final = self._declared(numbers.of_millionths(self.final), language)
        if self.comparison is not Comparison.BETWEEN:
            return f"{SIGNS[self.comparison]} {final}"
        if self.final_to is None:
            return final
        upper = self._declared(numbers.of_millionths(self.final_to), language)
        if self.measure.is_percentage or self.measure.is_whole:
            return f"{final}–{upper}"
        lower = numbers.exactly(numbers.of_millionths(self.final) * self.measure.per_one, language)
        return f"từ {lower} đến {upper}" if language is Language.VI else f"{lower} to {upper}"

    def signed_gap(self, language: Language) -> str:
        """The distance with its sign, short is negative: −3,2; a dash where there is none. `gap_unit` follows."""
        return numbers.MISSING if self.gap is None else self._distance(self.gap, language, signed=True)

    def gap_unit(self, language: Language) -> str:
        """What the distance is counted in: points, places, or the unit of measure."""
        if self.measure.is_percentage:
            return POINTS.in_(language)
        gap = self.gap or Fraction(0)
        whole = abs(floor(gap))  # as many as are shown: short by less than one is short by one
        if self.measure.kind is MetricKind.RANK:
            return noun(whole, PLACES, language)
        if self.measure.is_whole:
            return noun(whole, self.measure.counted, language)
        return self._unit(gap, self._gap_decimals(gap), language)

    def short_by(self, language: Language) -> str:
        """How far it is in its own measure: thiếu 3,2 điểm, 3.2 points short; quá 2 ngày, 2 days over. Or empty."""
        if not self.is_short or self.gap is None:
            return ""
        if not self.gap:  # a strict comparison, and the value lies exactly on the threshold
            return self.short_in_units(language) or Text("đúng bằng ngưỡng", "exactly on the threshold").in_(language)
        amount = f"{self._distance(abs(self.gap), language)} {self.gap_unit(language)}"
        if self.measure.kind is MetricKind.RANK:
            return f"kém {amount}" if language is Language.VI else f"{amount} short"
        return self._short(amount, language)

    def short_in_units(self, language: Language) -> str:
        """How many of what is counted it is short: thiếu 1.357 hồ sơ. Empty where it is not short, or not known."""
        if not self._has_units or self.headroom_units is None or self.headroom_units >= 0:
            return ""
        amount = counted(-self.headroom_units, self.measure.counted, language)
        if self.less_is_wanted:
            return f"thừa {amount}" if language is Language.VI else f"{amount} too many"
        return f"thiếu {amount}" if language is Language.VI else f"{amount} short"

    def still_needed(self, language: Language) -> str:
        """How many more or fewer would have met it: cần thêm 4.981 hồ sơ, 4,981 more dossiers; or what is to spare."""
        if not self._has_units or self.headroom_units is None:
            return ""
        amount = counted(abs(self.headroom_units), self.measure.counted, language)
        if self.headroom_units == 0:
            return Text("vừa đủ", "exactly reached").in_(language)
        if self.headroom_units > 0:
            return f"dư {amount}" if language is Language.VI else f"{amount} to spare"
        fewer = self.less_is_wanted
        if language is Language.VI:
            return f"cần giảm {amount}" if fewer else f"cần thêm {amount}"
        number, what = amount.split(" ", 1)
        return f"{number} {'fewer' if fewer else 'more'} {what}"

    @property
    def _has_units(self) -> bool:
        """Whether its numerator counts things by themselves: not days, money or places, of which the gap says all."""
        single = self.measure.unit_of_measure == COUNT and self.denominator == 1
        return self.measure.is_percentage or (single and self.measure.kind is not MetricKind.RANK)

    @cached_property
    def _decimals(self) -> int:
        return 1 if self.exact is None else self._decimals_for(self.exact)

    def _decimals_for(self, value: Fraction) -> int:
        scale = self.measure.per_one
        required = [] if self.required is None else [numbers.of_millionths(self.required) * scale]
        finals = [final for final in (self.final, self.final_to) if final is not None]
        # One number of decimals for everything that is shown together, so the value's own comparison always counts too.
        own = [] if self.exact is None or self.exact == value else [self.exact]
        return max(
            numbers.decimals_apart(one * scale, required, [numbers.of_millionths(final) * scale for final in finals])
            for one in [value, *own]
        )

    def _say(self, number: Fraction, language: Language, *, decimals: int | None = None) -> str:
        shown = self._decimals if decimals is None else decimals
        if self.measure.is_percentage:
            return numbers.percentage(number, shown, language)
        if self.measure.kind is MetricKind.RANK:
            return f"{'hạng' if language is Language.VI else 'rank'} {numbers.exactly(number, language)}"
        if self.measure.is_whole:
            return numbers.exactly(number, language)
        scaled = number * self.measure.per_one
        if scaled.denominator == 1 and self._all_whole:
            shown = 0
        return f"{numbers.decimal(scaled, shown, language)} {self._unit(number, shown, language)}"

    @property
    def _all_whole(self) -> bool:
        thresholds = [
            numbers.of_millionths(one) for one in (self.required, self.final, self.final_to) if one is not None
        ]
        together = [*thresholds, *([] if self.exact is None else [self.exact])]
        return all((one * self.measure.per_one).denominator == 1 for one in together)

    def _declared(self, number: Fraction, language: Language) -> str:
        if self.measure.is_percentage:
            return numbers.percentage_as_declared(number, language)
        if self.measure.is_whole:
            return numbers.exactly(number, language)
        scaled = number * self.measure.per_one
        decimals = numbers.exact_decimals(scaled)
        return (
            f"{numbers.exactly(scaled, language)} {self._unit(number, 1 if decimals is None else decimals, language)}"
        )

    def _whole_threshold(self, exact: Fraction) -> int:
        # The whole number that asks for the same: at least 12.3 of something whole is at least 13.
        up = self.comparison in (Comparison.AT_LEAST, Comparison.BELOW)
        if self.comparison is Comparison.BETWEEN:
            up = not self.less_is_wanted
        return ceil(exact) if up else floor(exact)

    def _distance(self, gap: Fraction, language: Language, *, signed: bool = False) -> str:
        if self.measure.is_whole:
            # Short by less than one is short by one: whole things come whole.
            whole = floor(gap) if signed else ceil(gap)
            return numbers.count(whole, language, signed=signed)
        return numbers.decimal(gap * self.measure.per_one, self._gap_decimals(gap), language, signed=signed)

    def _gap_decimals(self, gap: Fraction) -> int:
        scaled = gap * self.measure.per_one
        if not self.measure.is_percentage and scaled.denominator == 1 and self._all_whole:
            return 0
        return numbers.decimals_that_show(scaled)

    def _short(self, amount: str, language: Language) -> str:
        if not self.less_is_wanted:
            return f"thiếu {amount}" if language is Language.VI else f"{amount} short"
        if self.measure.is_whole:
            return f"thừa {amount}" if language is Language.VI else f"{amount} too many"
        return f"quá {amount}" if language is Language.VI else f"{amount} over"

    def _unit(self, number: Fraction, decimals: int, language: Language) -> str:
        """What stands behind `number`, a natural one, where it is shown with so many decimals."""
        measure = self.measure
        return unit_words(measure.unit_of_measure, measure.counted, number * measure.per_one, decimals, language)
