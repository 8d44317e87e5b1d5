"""What units report of themselves beside what their records give, in words: each value, and how far they are apart."""

from __future__ import annotations

from fractions import Fraction

from targetwatch.model import MILLION, Discrepancy, Language, Lapse, Metric, MetricKind, ReportFinding, Text
from targetwatch.units_of_measure import PERCENTAGE_POINTS
from targetwatch.wording import dates, numbers
from targetwatch.wording.amounts import unit_words
from targetwatch.wording.figures import PLACES, POINTS, Measure
from targetwatch.wording.nouns import counted_of, noun

FINDINGS = {
    ReportFinding.AGREES: Text("khớp hồ sơ", "agrees with the records"),
    ReportFinding.MISREPORTED: Text("lệch hồ sơ", "differs from the records"),
    ReportFinding.ACKNOWLEDGED: Text("lệch, đã được chấp nhận", "differs, acknowledged"),
    ReportFinding.NOT_EVALUATED: Text("chưa đối chiếu được", "not compared"),
}
REPORTED = Text("Báo cáo", "Reported")
COMPUTED = Text("Hồ sơ cho thấy", "The records show")
DIFFERENCE = Text("Chênh lệch", "Difference")


def reported(one: Discrepancy, measure: Measure, language: Language) -> str:
    """What the unit reports: 92,0%."""
    return _value(one, measure, _reported(one), language)


def computed(one: Discrepancy, measure: Measure, language: Language) -> str:
    """What the records give, with the decimals that tell it from what is reported: 78,4%."""
    return _value(one, measure, _computed(one), language)


def reported_parts(one: Discrepancy, measure: Measure, language: Language) -> str:
    """The numerator and denominator that were reported; empty where they were not, or say nothing."""
    return _parts(one.reported_numerator, one.reported_denominator, one.reported_parts, measure, language)


def computed_parts(one: Discrepancy, measure: Measure, language: Language) -> str:
    """The numerator and denominator that the records give."""
    return _parts(one.computed_numerator, one.computed_denominator, one.computed_parts, measure, language)


def difference(one: Discrepancy, measure: Measure, language: Language) -> str:
    """Reported less computed, with its sign: +13,6 điểm, +13.6 points; +12 nhà mạng; −2 bậc."""
    said, held = _reported(one), _computed(one)
    if said is None or held is None:
        return numbers.MISSING
    apart = said - held
    if measure.is_percentage or measure.unit_of_measure == PERCENTAGE_POINTS:
        scaled = apart * measure.per_one
        shown = numbers.decimals_that_show(scaled)
        return f"{numbers.decimal(scaled, shown, language, signed=True)} {POINTS.in_(language)}"
    shown = 0 if apart.denominator == 1 else numbers.decimals_that_show(apart)
    amount = numbers.decimal(apart, shown, language, signed=True)
    if measure.kind is MetricKind.RANK:
        return f"{amount} {noun(abs(int(apart)), PLACES, language)}"
    return f"{amount} {unit_words(measure.unit_of_measure, measure.counted, abs(apart), shown, language)}"


def tolerance(allowed: int, metric: Metric, language: Language) -> str:
    """How far the two may be apart: 1 điểm phần trăm, 1% of what the records give, 0 places."""
    measure = Measure.of(metric)
    if not allowed:
        return Text("phải bằng nhau", "they have to be the same").in_(language)
    if metric.kind is MetricKind.RANK:
        places = Fraction(allowed, MILLION)
        return f"{numbers.exactly(places, language)} {noun(int(places), PLACES, language)}"
    amount = numbers.exactly(Fraction(allowed, MILLION) * 100, language)
    if measure.is_percentage or measure.unit_of_measure == PERCENTAGE_POINTS:
        point = Text("điểm phần trăm", "percentage point" if amount == "1" else "percentage points")
        return f"{amount} {point.in_(language)}"
    return Text(f"{amount}% so với hồ sơ", f"{amount}% of what the records give").in_(language)


def acknowledged(one: Discrepancy, by: Text, language: Language) -> str:
    """Why a difference is accepted, by whom and until when; or that it no longer is. Empty where it never was."""
    if one.acknowledged_until is None or one.reason is None:
        return ""
    day, why, who = dates.day(one.acknowledged_until, language), one.reason.in_(language), by.in_(language)
    if one.lapsed is None:
        return Text(
            f"Chênh lệch được chấp nhận đến hết {day} ({who}): {why}.",
            f"The difference is acknowledged until {day} ({who}): {why}.",
        ).in_(language)
    return f"{lapsed(one, language)} {Text('Lý do khi đó', 'The reason then').in_(language)}: {why}."


def lapsed(one: Discrepancy, language: Language) -> str:
    """That a difference which had been accepted is accepted no longer, and why; empty where that is not so."""
    if one.lapsed is None or one.acknowledged_until is None:
        return ""
    day = dates.day(one.acknowledged_until, language)
    if one.lapsed is Lapse.EXPIRED:
        return Text(
            f"Đã được chấp nhận đến hết {day}; thời hạn đó đã qua.",
            f"It was acknowledged until {day}; that term is over.",
        ).in_(language)
    return Text(
        f"Được chấp nhận đến hết {day}, nhưng nay lệch quá mức đã chấp nhận.",
        f"It is acknowledged until {day}, and has become larger than what was acknowledged.",
    ).in_(language)


def _reported(one: Discrepancy) -> Fraction | None:
    return numbers.ratio(one.reported_numerator, one.reported_denominator)


def _computed(one: Discrepancy) -> Fraction | None:
    return numbers.ratio(one.computed_numerator, one.computed_denominator)


def _value(one: Discrepancy, measure: Measure, value: Fraction | None, language: Language) -> str:
    if value is None:
        return numbers.MISSING
    other = _reported(one) if value == _computed(one) else _computed(one)
    others = [] if other is None or other == value else [other * measure.per_one]
    scaled = value * measure.per_one
    if measure.is_percentage:
        return f"{numbers.decimal(scaled, numbers.decimals_apart(scaled, others), language)}%"
    if measure.kind is MetricKind.RANK:
        return f"{'hạng' if language is Language.VI else 'rank'} {numbers.exactly(value, language)}"
    is_whole = scaled.denominator == 1 and all(each.denominator == 1 for each in others)
    shown = 0 if is_whole else numbers.decimals_apart(scaled, others)
    amount = numbers.decimal(scaled, shown, language)
    return f"{amount} {unit_words(measure.unit_of_measure, measure.counted, value, shown, language)}"


def _parts(numerator: int, denominator: int, are_counts: bool, measure: Measure, language: Language) -> str:
    if not are_counts or not measure.is_percentage:
        return ""
    return counted_of(numerator, denominator, measure.counted, language)
