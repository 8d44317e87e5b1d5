"""The second link: numerator, denominator and value, as they were known then, and what became of them since."""

from __future__ import annotations

from targetwatch.explaining.account import Shown, Step
from targetwatch.explaining.found import Case, Record
from targetwatch.model import Language, MetricKind, Origin, PeriodState, Text
from targetwatch.wording import dates, nouns, numbers, words

HEADING = Text("Tử số, mẫu số, kết quả", "Numerator, denominator, value")


def value(case: Case, language: Language) -> Step | None:
    """What the records make; None where nothing was ever observed."""
    then = case.then
    if then is None or case.period is None or case.versions is None:
        return None
    figures = case.figures
    period = dates.period(case.period, language)
    said = _said(case, figures.numerator or 0, figures.denominator or 0, figures.has_parts, language)
    known = ", ".join([*_provenance(case, language), _known(case, then, language)])
    says = [f"{said[:1].upper()}{said[1:]} ({known})."]
    if case.said is not None and not case.is_judged:
        says.insert(
            0,
            Text(
                f"Hiện không kỳ nào được đánh giá; số liệu gần nhất là của {period}.",
                f"No period is judged now; the newest that was observed is {period}.",
            ).in_(language),
        )
    says += _judged_as(case, then, language)
    says += _history(case, then, language)
    rows = Text("mọi lần ghi con số này, mới nhất trước", "every version of this figure, the newest first")
    facts = {
        "numerator": figures.numerator,
        "denominator": figures.denominator,
        "value": figures.value(language),
        "parts": figures.has_parts,
        "period_start": case.period.first_day,
        "period_end": case.period.last_day,
        "period_state": case.said["period_state"] if case.said is not None else None,
        "origin": case.origin,
        "known_at": then["known_at"],
        "restated": [dict(row) for row in case.later],
    }
    return Step("value", HEADING.in_(language), tuple(says), (Shown(rows.in_(language), case.versions.query),), facts)


def _said(case: Case, numerator: int, denominator: int, parts: bool, language: Language) -> str:
    """Numerator and denominator, and the value that they make: 650/1,000 dossiers = 65.0%."""
    figures, measure = case.figures, case.place.measure
    shown = figures.beside(numerator, denominator, language) if denominator else words.NO_VALUE.in_(language)
    if measure.kind is MetricKind.RANK or (denominator == 1 and not measure.is_percentage):
        return shown
    above, below = numbers.count(numerator, language), numbers.count(denominator, language)
    if not parts:
        return Text(
            f"{shown}, không nêu số đếm và được ghi là {above} / {below}",
            f"{shown}, given without counts and held as {above} / {below}",
        ).in_(language)
    return f"{above} / {below} {nouns.noun(denominator, measure.counted, language)} = {shown}"


def _provenance(case: Case, language: Language) -> list[str]:
    said = [words.ORIGINS[Origin(case.origin)].in_(language)] if case.origin else []
    if case.said is not None and case.said["period_state"]:
        said.append(words.PERIOD_STATES[PeriodState(case.said["period_state"])].in_(language))
    return said


def _known(case: Case, row: Record, language: Language) -> str:
    zone = case.place.time_zone
    if case.origin == Origin.PUBLISHED:  # on a day, at no hour of it
        when = dates.day(dates.local_day(row["known_at"], zone), language)
    else:
        when = dates.moment(row["known_at"], zone, language)
    return Text(f"biết từ {when}", f"known since {when}").in_(language)


def _judged_as(case: Case, then: Record, language: Language) -> list[str]:
    """Where what was judged is not what the ledger's observation of then says."""
    figures = case.figures
    if (figures.numerator, figures.denominator) == (then["numerator"], then["denominator"]):
        return []
    held = nouns.of(then["numerator"], then["denominator"], language)
    return [Text(f"Sổ ghi khi đó là {held}.", f"The ledger's own version of then is {held}.").in_(language)]


def _history(case: Case, then: Record, language: Language) -> list[str]:
    """The version before, and those since."""
    says = []
    earlier = [row for row in case.of_its_kind if row not in case.later and row is not then]
    if earlier and _figures_of(earlier[0]) != _figures_of(then):
        said, known = _version(case, earlier[0], then, language), _known(case, earlier[0], language)
        says.append(Text(f"Trước đó, {known}, là {said}.", f"Before that, {known}, it was {said}.").in_(language))
    for row in case.later:
        said = _version(case, row, then, language)
        known_at = max(row["known_at"], row["recorded_at"])
        day = dates.day(dates.local_day(known_at, case.place.time_zone), language)
        if row["bodies_reported"] != then["bodies_reported"]:  # more have reported: nothing was put right
            says.append(
                Text(f"Từ đó đã thành {said} ngày {day}.", f"It has since become {said} on {day}.").in_(language)
            )
        else:
            says.append(
                Text(f"Từ đó đã sửa thành {said} ngày {day}.", f"Since restated to {said} on {day}.").in_(language)
            )
    return says


def _version(case: Case, row: Record, then: Record, language: Language) -> str:
    """Another version of the figure, and from how many bodies, where that is not the same."""
    said = _said(case, row["numerator"], row["denominator"], row["parts"], language)
    if row["bodies_reported"] == then["bodies_reported"]:
        return said
    return f"{said} ({nouns.reported(row['bodies_reported'], row['bodies_due'], language)})"


def _figures_of(row: Record) -> tuple[int, int]:
    return row["numerator"], row["denominator"]
