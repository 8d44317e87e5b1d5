"""The history of an org_unit in sentences, and as data."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from targetwatch.model import Basis, Language, OrgUnit, Programme, Reason, Role, Text, UnitEnding
from targetwatch.wording import dates, nouns, parts, words
from targetwatch.wording.figures import Figures, Measure

if TYPE_CHECKING:
    from targetwatch.unit_history import Duty, Part, UnitHistory

ONE_BY_ONE = 5  # so many of the same part have a line each, with their keys

SEVERAL = Text(
    "{} đơn vị mang mã hoặc tên “{}”. Mỗi đơn vị được trình bày riêng.",
    "{} units bear the code or the name “{}”. Each is explained by itself.",
)
BELOW = Text("thuộc {}", "below {}")
SINCE = Text("từ {}", "since {}")
FROM_TO = Text("từ {} đến {}", "from {} to {}")
TOOK_OVER = Text("Ngày {} tiếp nhận:", "On {} it took over:")
THROUGH_THEM = Text("Qua các đơn vị đó, còn có:", "Through them it also has:")
FOLLOWED = Text("Từ {}, công việc được chuyển cho:", "From {} on its work goes to:")
IN_THE_END = Text("Tính đến {}, công việc đã về:", "By {} its work has come to:")
NOBODY = Text("Danh mục không ghi đơn vị tiếp nhận.", "Nobody in the register follows it.")
ONE_OF = Text("{part} của {unit} – {why}", "{part} of {unit} – {why}")
EACH_OF = Text(
    "{part} của mỗi đơn vị trong {number} đơn vị – {why}: {names}", "{part} of each of {number} – {why}: {names}"
)
ONE_TO = Text("{unit}: {part} – {why}", "{unit}: {part} – {why}")
EACH_TO = Text("{number} đơn vị, mỗi đơn vị {part} – {why}: {names}", "each of {number}: {part} – {why}: {names}")
TARGETS = Text("Chỉ tiêu:", "Targets:")
NO_TARGET = Text("Không có chỉ tiêu nào.", "No target is or was on it.")
BY = Text("hạn {}", "by {}")
ROLES = {
    Role.POOLED: Text("tính chung mọi đơn vị của cấp đó", "for all bodies of the tier as one"),
    Role.SHARE: Text("là một phần của chỉ tiêu chung của {}", "as a part of the target of {}"),
    Role.EACH: Text("đơn vị tự chịu trách nhiệm", "by itself"),
}
OUTCOMES = {
    Reason.TARGET_ENDED: Text("đã hết hiệu lực sau ngày {}", "no longer in force after {}"),
    Reason.UNIT_ENDED: Text("đã kết thúc cùng đơn vị ngày {}", "ended with the unit on {}"),
    Reason.UNIT_PASSED_ON: Text(
        "đơn vị đã kết thúc ngày {}, đơn vị tiếp nhận chịu trách nhiệm tiếp",
        "the unit ended on {}, and its successors answer for it",
    ),
}
PASSED_ON_TO_IT = Text("do đơn vị trước chuyển lại", "passed on by those before it")
TIER_IS_OVER = Text("cấp đơn vị này không còn nữa", "no unit of that tier is left")


def explained(
    programme: Programme, about: Sequence[UnitHistory], asked: str, today: date, language: Language
) -> Iterator[str]:
    """Everything about the units that bear what was asked for, each by itself."""
    if len(about) > 1:
        yield SEVERAL.in_(language).format(len(about), asked)
        yield ""
    for number, history in enumerate(about):
        if number:
            yield ""
        yield _named(history.unit)
        yield from (f"  {line}" for line in _lines(programme, history, today, language))


def _lines(programme: Programme, history: UnitHistory, today: date, language: Language) -> Iterator[str]:
    unit, vi = history.unit, language is Language.VI
    plural = programme.levels[unit.level]
    said = [f"{plural.vi if vi else nouns.singular(plural.en)} ({unit.kind})"]
    if history.parent:
        said.append(BELOW.in_(language).format(_named(history.parent)))
    said.append(_stretch(unit.key.valid_from, unit.valid_to, language))
    yield f"{said[0][0].upper()}{', '.join(said)[1:]}."
    for day, taken in _by_day(history.took_over):
        yield TOOK_OVER.in_(language).format(dates.day(day, language))
        yield from _said(taken, ONE_OF, EACH_OF, language)
    if history.through_them:
        yield THROUGH_THEM.in_(language)
        yield from _said(history.through_them, ONE_OF, EACH_OF, language)
    if unit.valid_to:
        after = dates.day(unit.valid_to + timedelta(days=1), language)
        yield FOLLOWED.in_(language).format(after) if history.followed_by else NOBODY.in_(language)
        yield from _said(history.followed_by, ONE_TO, EACH_TO, language)
    if history.in_the_end:
        yield IN_THE_END.in_(language).format(dates.day(today, language))
        yield from _said(history.in_the_end, ONE_TO, EACH_TO, language)
    yield (TARGETS if history.duties else NO_TARGET).in_(language)
    yield from (f"  {_duty(programme, duty, unit, language)}" for duty in history.duties)


def _stretch(first: date, last: date | None, language: Language) -> str:
    if last is None:
        return SINCE.in_(language).format(dates.day(first, language))
    return FROM_TO.in_(language).format(dates.day(first, language), dates.day(last, language))


def _by_day(taken: Iterable[Part]) -> list[tuple[date, list[Part]]]:
    """What a unit took over, by the day on which it did."""
    days: dict[date, list[Part]] = defaultdict(list)
    for part in taken:
        if part.unit.valid_to is not None:
            days[part.unit.valid_to + timedelta(days=1)].append(part)
    return sorted(days.items())


def _said(found: Iterable[Part], one: Text, each: Text, language: Language) -> Iterator[str]:
    """Parts in lines: each by itself, or together where many have the same part for the same reason."""
    alike: dict[tuple[Fraction, Basis], list[Part]] = defaultdict(list)
    for part in found:
        alike[part.weight, part.basis].append(part)
    for (weight, basis), same in sorted(alike.items(), key=lambda group: -group[0][0]):
        said = {"part": parts.part(weight, language), "why": parts.rests_on(basis, language), "number": len(same)}
        if len(same) > ONE_BY_ONE:
            names = ", ".join(part.unit.name for part in same)
            yield f"  {each.in_(language).format(**said, names=names)}"
        else:
            yield from (f"  {one.in_(language).format(**said, unit=_named(part.unit))}" for part in same)


def _duty(programme: Programme, duty: Duty, unit: OrgUnit, language: Language) -> str:
    version = duty.version
    asks = Figures(
        Measure.of(programme.metrics[version.metric]),
        version.comparison,
        final=version.value,
        final_to=version.value_to,
    ).final_value(language)
    due = BY.in_(language).format(dates.day(version.due, language)) if version.due else words.HELD.in_(language)
    role = ROLES[duty.role].in_(language).format(duty.answers_to.name if duty.answers_to else "")
    in_force = _stretch(duty.since, version.effective_to, language)
    if duty.was_passed_on:
        in_force = f"{in_force}, {PASSED_ON_TO_IT.in_(language)}"
    return (
        f"{version.name.in_(language)} ({version.target}): {asks}, {due}, {role}; {in_force}; "
        f"{_outcome(duty, unit, language)}."
    )


def _outcome(duty: Duty, unit: OrgUnit, language: Language) -> str:
    """What became of a target on a unit, or what would."""
    if duty.over is None:
        ending, when = words.UNIT_ENDINGS[duty.version.when_unit_ends].in_(language), words.WHEN_UNIT_ENDS.in_(language)
        passes_on = duty.version.when_unit_ends is UnitEnding.PASSES_ON
        return f"{when[0].lower()}{when[1:]}: {ending}" if passes_on else ending
    ended = duty.version.effective_to if duty.over is Reason.TARGET_ENDED else unit.valid_to
    if ended is None:
        return TIER_IS_OVER.in_(language)
    return OUTCOMES[duty.over].in_(language).format(dates.day(ended, language))


def _named(unit: OrgUnit) -> str:
    return f"{unit.name} ({unit.key})"


def as_data(history: UnitHistory) -> dict[str, object]:
    """The same as plain data; parts are exact, as text."""
    unit = history.unit
    return {
        "unit_key": str(unit.key),
        "code": unit.key.code,
        "valid_from": unit.key.valid_from,
        "valid_to": unit.valid_to,
        "level": unit.level,
        "kind": unit.kind,
        "name": unit.name,
        "parent": str(unit.parent) if unit.parent else None,
        "parent_name": history.parent.name if history.parent else None,
        "took_over": [_part_as_data(part) for part in history.took_over],
        "through_them": [_part_as_data(part) for part in history.through_them],
        "followed_by": [_part_as_data(part) for part in history.followed_by],
        "in_the_end": [_part_as_data(part) for part in history.in_the_end],
        "targets": [
            {
                "target": duty.version.target,
                "target_version": duty.version.version,
                "role": duty.role,
                "answers_to": str(duty.answers_to.key) if duty.answers_to else None,
                "since": duty.since,
                "effective_from": duty.version.effective_from,
                "effective_to": duty.version.effective_to,
                "when_unit_ends": duty.version.when_unit_ends,
                "over": duty.over,
            }
            for duty in history.duties
        ],
    }


def _part_as_data(part: Part) -> dict[str, object]:
    return {"unit_key": str(part.unit.key), "name": part.unit.name, "weight": str(part.weight), "basis": part.basis}
