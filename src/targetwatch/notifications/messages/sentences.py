"""Sentences about a target's figures and units that its message and the replies in its thread share. All escaped."""

from __future__ import annotations

from collections.abc import Sequence

from targetwatch.model import (
    Assessment,
    Language,
    MetricKind,
    Origin,
    Path,
    Period,
    PeriodState,
    Role,
    Status,
    TargetVersion,
    Text,
)
from targetwatch.notifications.messages.mrkdwn import NAMED, bold, code, escape
from targetwatch.notifications.stories import TargetStory, UnitLine
from targetwatch.wording import dates, nouns, words
from targetwatch.wording.figures import Figures, Measure

UNITS_SHOWN = 5
NAMES_SHOWN = 3


def figures(story: TargetStory, assessment: Assessment) -> Figures:
    """The figures of one of the story's assessments."""
    return Figures.of(assessment, story.metric, story.target)


def period_of(assessment: Assessment) -> Period | None:
    """The period that an assessment judged; None where it judged none."""
    if assessment.period_start is None or assessment.period_end is None:
        return None
    return Period(assessment.period_start, assessment.period_end)


def answers_as_one(story: TargetStory) -> bool:
    """Whether the headline can name one figure: the tier as one, or a target of a single unit."""
    return story.judged.role is Role.POOLED or story.units <= 1


def capital(text: str) -> str:
    """`text` with a capital first letter, whether it is bold or not."""
    at = 1 if text.startswith("*") else 0
    return text[:at] + text[at : at + 1].upper() + text[at + 1 :]


def final_of(story: TargetStory, target: TargetVersion, language: Language) -> str:
    """What a version of the story's target asks for in the end: ≥ 80%."""
    measure = Measure.of(story.metric)
    return Figures(measure, target.comparison, final=target.value, final_to=target.value_to).final_value(language)


def value(story: TargetStory, assessment: Assessment, language: Language) -> str:
    """What was reached in which period, with its parts: Tháng 3/2024 đạt *59,80%* (98.617/164.909 hồ sơ).

    Where the target pools several units, each by itself, it is said of which of them this is.
    """
    reached = _reached(story, assessment, language)
    return f"{bold(escape(story.unit_name))}: {reached}" if story.pools > 1 else reached


def _reached(story: TargetStory, assessment: Assessment, language: Language) -> str:
    said, period = figures(story, assessment), period_of(assessment)
    number, parts = bold(escape(said.value(language))), escape(said.parts(language))
    parts = f" ({parts})" if parts else ""
    if language is Language.EN:
        return f"{capital(number)}{f' in {dates.period(period, language)}' if period else ''}{parts}"
    verb = "xếp" if story.metric.kind is MetricKind.RANK else "đạt"
    if period is None:
        return f"{verb.capitalize()} {number}{parts}"
    return f"{capital(dates.period(period, language))} {verb} {number}{parts}"


def needed(story: TargetStory, assessment: Assessment, language: Language) -> str:
    """What it was held against: đến nay cần *59,85%*; and that the path there is assumed, where it is."""
    said, target = figures(story, assessment), story.target
    final = bold(escape(said.final_value(language)))
    if assessment.status is Status.MISSED and target.due is not None:
        due = dates.day(target.due, language)
        return Text(f"đến hạn {due} phải đạt {final}", f"{final} was due on {due}").in_(language)
    over = not story.incident.state.is_live
    if assessment.required is None or target.trajectory.path is Path.HOLD:
        return Text(f"cần {final}", f"{final} {'was' if over else 'is'} needed").in_(language)
    now = bold(escape(said.required_now(language)))
    assumed = f" ({words.ASSUMED_PATH.in_(language)})" if target.trajectory.assumed else ""
    if over:
        return Text(f"khi đó cần {now}{assumed}", f"{now} was needed{assumed}").in_(language)
    return Text(f"đến nay cần {now}{assumed}", f"{now} is needed by now{assumed}").in_(language)


def gap(story: TargetStory, assessment: Assessment, language: Language) -> str:
    """How many real things are missing, or how far it is where nothing is counted; a whole sentence."""
    said = figures(story, assessment)
    over = not story.incident.state.is_live
    if said.is_short and said.short_in_units(language):
        if language is Language.VI:
            short = bold(escape(said.short_in_units(language)))
            return f"{'Khi đó còn' if over else 'Còn'} {short}."
        one = said.headroom_units == -1
        verb = ("was" if one else "were") if over else ("is" if one else "are")
        return f"{bold(escape(said.still_needed(language)))} {verb} needed."
    if said.is_short:
        return f"{capital(bold(escape(said.short_by(language))))}."
    text = escape(said.still_needed(language))
    return f"{capital(text)}." if text else ""


def missing(story: TargetStory, language: Language) -> str:
    """Who has not reported, and that it changes nothing; empty where all have. Only for what is short for certain."""
    if not story.missing or story.judged.status not in (Status.BEHIND, Status.MISSED):
        return ""
    who, status = names(story.missing, language), words.status(story.judged.status, language, in_a_sentence=True)
    if language is Language.VI:
        return f"{who} chưa gửi, nhưng dù gửi thế nào vẫn {status}."
    have, sends = ("has", "it sends") if len(story.missing) == 1 else ("have", "they send")
    return f"{who} {have} not reported; {status} whatever {sends}."


def names(units: Sequence[str], language: Language, *, most: int = NAMES_SHOWN) -> str:
    """Some names and how many more there are."""
    return nouns.series([escape(name) for name in units[:most]], language, more=max(len(units) - most, 0))


def unit(story: TargetStory, line: UnitLine, language: Language) -> str:
    """One unit and how far it is: *Huyện Ba Vì*: 38,6%, thiếu 1.357 hồ sơ."""
    said = figures(story, line.assessment)
    distance = said.short_in_units(language) or said.short_by(language)
    return f"{bold(escape(line.name))}: {', '.join(escape(one) for one in (said.value(language), distance) if one)}"


def unit_briefly(story: TargetStory, line: UnitLine, language: Language) -> str:
    """One unit and its value: *Quận Long Biên* 63,6%."""
    return f"{bold(escape(line.name))} {escape(figures(story, line.assessment).value(language))}"


def who_accounts(story: TargetStory, language: Language) -> list[str]:
    """The units that are behind, furthest first, and the command that lists those who are not shown."""
    if not story.behind or story.units <= 1:
        return []
    number, level = len(story.behind), story.level_name
    of = escape(nouns.counted_of(number, story.units, level, language))
    missed = all(line.assessment.status is Status.MISSED for line in story.behind)
    if language is Language.VI:
        lines = [f"*{of} {'quá hạn, chưa đạt' if missed else 'chậm'}.* Thiếu nhiều nhất:"]
    else:
        are = "is" if number == 1 else "are"
        lines = [f"*{of} {are} {'past due and short' if missed else 'behind'}.* Furthest:"]
    lines += [f"• {unit(story, line, language)}" for line in story.behind[:UNITS_SHOWN]]
    if number > UNITS_SHOWN:
        more = nouns.count(number - UNITS_SHOWN, language)
        role = Role.SHARE if story.judged.role is Role.POOLED else Role.EACH
        query = LIST_UNITS.format(target=story.target.target, role=role.value)
        command = code(f'targetwatch sql "{query}"', 300)
        lines.append(Text(f"… và {more} đơn vị khác: {command}", f"… and {more} more: {command}").in_(language))
    return lines


LIST_UNITS = (
    "select org_unit_name, value, headroom_units from current_status where target = '{target}' and role = '{role}' "
    "and status in ('behind', 'missed') order by headroom_units"
)


def first_to_close(story: TargetStory, language: Language) -> str:
    """How many units, furthest first, would close half of the whole's gap, and all of it; empty where none would."""
    whole = story.judged.headroom_units
    if not answers_as_one(story) or whole is None or whole >= 0:
        return ""
    closed, half, everything = 0, 0, 0
    for number, line in enumerate(story.behind, start=1):
        closed -= min(line.assessment.headroom_units or 0, 0)
        if not half and 2 * closed >= -whole:
            half = number
        if closed >= -whole:
            everything = number
            break
    if not everything or story.units <= 1:
        return ""
    if half == everything:
        plain = Text(
            f"{everything} đơn vị đầu đủ bù cả phần thiếu.", f"The first {everything} would close the whole gap."
        )
        one = Text("Riêng đơn vị đầu đã đủ bù cả phần thiếu.", "The first alone would close the whole gap.")
        return (one if everything == 1 else plain).in_(language)
    return Text(
        f"{half} đơn vị đầu đủ bù một nửa phần thiếu, {everything} đơn vị đủ bù tất cả.",
        f"The first {'one' if half == 1 else half} would close half of the gap, {everything} would close it all.",
    ).in_(language)


def newly_behind(story: TargetStory, lines: Sequence[UnitLine], language: Language) -> str:
    """The units that fell behind with the period judged now; empty where there are none."""
    if not lines:
        return ""
    said = [unit_briefly(story, line, language) for line in lines[:NAMES_SHOWN]]
    row = nouns.series(said, language, more=max(len(lines) - NAMES_SHOWN, 0))
    return f"{Text('Mới chậm', 'Newly behind').in_(language)}: {row}."


def absorbed(story: TargetStory, language: Language) -> str:
    """How many units below are behind too, for whom this message stands; empty where there are none."""
    lines = story.absorbed
    if not lines:
        return ""
    who, number = names([line.name for line in lines], language), nouns.count(len(lines), language)
    one = len(lines) == 1
    are = "unit below is" if one else "units below are"
    return Text(
        f"{number} đơn vị cấp dưới cũng chậm, được báo chung trong tin này: {who}.",
        f"{number} {are} behind too, told of in this message: {who}.",
    ).in_(language)


def shrank(story: TargetStory, language: Language) -> list[str]:
    """That the rate, or that of some units, rose only because there is less that it is a share of; empty where not."""
    judged, counted = story.judged, story.metric.counted
    lines = []
    if judged.shrank is not None:
        now = (judged.numerator, judged.denominator, judged.period_start)
        said_of_it = words.shrank(judged.shrank, *now, counted, language)
        lines.append(f":warning: {escape(said_of_it, 4 * NAMED)}")
    others = [line for line in story.shrank if judged.role is not Role.EACH or story.units > 1]
    if others:
        said = [
            f"{escape(line.name)} ({escape(words.shrank_from(line.assessment, language))})"
            for line in others[:NAMES_SHOWN]
        ]
        row = nouns.series(said, language, more=max(len(others) - NAMES_SHOWN, 0))
        title = Text("Tỷ lệ tăng vì mẫu số giảm ở:", "The rate rose because its denominator shrank in:").in_(language)
        lines.append(f":warning: {bold(title)} {row}.")
    return lines


def coverage(story: TargetStory, language: Language) -> str:
    """How many have reported the judged period: 30/30 đơn vị cấp huyện đã báo cáo. Empty where there is one to report.

    Where reports are counted, the value itself says that.
    """
    reported, due = story.judged.bodies_reported, story.judged.bodies_due
    if story.judged.role is Role.EACH or reported is None or due is None or due < 2 or story.metric.reports:
        return ""
    of = nouns.counted_of(reported, due, story.level_name, language)
    return escape(f"{of} {'đã báo cáo' if language is Language.VI else 'reported'}")


def provenance(assessment: Assessment, language: Language) -> str:
    """What is to be known of the figures: that they are provisional, or not from the records; empty where neither."""
    said = []
    if assessment.period_state is PeriodState.PROVISIONAL:
        said.append(words.PERIOD_STATES[PeriodState.PROVISIONAL].in_(language))
    if assessment.origin in (Origin.REPORTED, Origin.PUBLISHED):
        said.append(words.ORIGINS[assessment.origin].in_(language))
    return "; ".join(said)
