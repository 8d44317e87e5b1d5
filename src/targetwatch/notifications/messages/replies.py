"""Replies in the thread of a target's message: what changed, in a line or two."""

from __future__ import annotations

from collections.abc import Sequence

from targetwatch.model import Language, Period, Restatement, Status, Text
from targetwatch.notifications.messages import blocks, sentences, targets
from targetwatch.notifications.messages.mrkdwn import bold, escape
from targetwatch.notifications.stories import PassedOn, ReplyKind, ReplyStory, RestatedPeriod, TargetStory, UnitLine
from targetwatch.wording import dates, nouns, numbers, words

RESTATED_SHOWN = 3
MOVED = {
    ReplyKind.WORSE: (":chart_with_downwards_trend:", Text("Xấu đi", "Worse")),
    ReplyKind.BETTER: (":chart_with_upwards_trend:", Text("Cải thiện", "Better")),
    ReplyKind.UNCHANGED: (words.SLACK_SHAPES[Status.BEHIND], Text("Không đổi", "Unchanged")),
}


def target_reply(reply: ReplyStory, story: TargetStory, language: Language) -> dict[str, object]:
    """The payload of one reply in the thread of `story`'s message."""
    if reply.kind in MOVED:
        lines = _moved(reply, story, language)
    elif reply.kind is ReplyKind.RESTATED:
        lines = _restated(reply.restated, story, language)
    elif reply.kind is ReplyKind.RESOLVED:
        lines = _resolved(story, language)
    elif reply.kind is ReplyKind.ENDED:
        lines = [f"{words.SLACK_SHAPES[Status.ENDED]} {targets.ended(story, language)}"]
    elif reply.kind is ReplyKind.SUPERSEDED:
        lines = [f"{words.SLACK_SHAPES[Status.ENDED]} {targets.superseded(story, language)}"]
    else:
        lines = []
    lines += _units(reply, story, language)
    if not lines:
        lines = [f"{words.SLACK_SHAPES[story.judged.status]} {bold(words.status(story.judged.status, language) + '.')}"]
    said = [blocks.section(lines), blocks.context(_remarks(story, language))]
    return blocks.message(blocks.unmarked(lines[0]), said)


def _moved(reply: ReplyStory, story: TargetStory, language: Language) -> list[str]:
    shape, word = MOVED[reply.kind]
    now = sentences.figures(story, story.judged)
    short = now.short_by(language) or now.still_needed(language) or now.value(language)
    first = f"{shape} {bold(f'{word.in_(language)}: {escape(short)}')}{_before(story, language)}."
    second = f"{sentences.value(story, story.judged, language)}; {sentences.needed(story, story.judged, language)}."
    lines = [first, second]
    if not now.is_short:
        lines.append(
            Text(
                "Đã đạt mức cần; cảnh báo còn mở cho đến khi giữ được.",
                "What is needed is reached; the incident stays open until it has held.",
            ).in_(language)
        )
    return lines


def _before(story: TargetStory, language: Language) -> str:
    """How far it was in the judged period before: (tháng 9/2024: thiếu 2,5 điểm)."""
    if story.previous is None:
        return ""
    then, period = sentences.figures(story, story.previous), sentences.period_of(story.previous)
    if period is None or then.exact is None:
        return ""
    short = escape(then.short_by(language) or then.value(language))
    when = dates.period(period, language)
    return f" ({when}: {short})" if language is Language.VI else f" ({short} in {when})"


def _resolved(story: TargetStory, language: Language) -> list[str]:
    name = bold(
        Text(
            f"Đã khắc phục: {escape(story.target.short_name.vi)}.", f"Recovered: {escape(story.target.short_name.en)}."
        ).in_(language)
    )
    judged = f"{sentences.value(story, story.judged, language)}; {sentences.needed(story, story.judged, language)}."
    if not sentences.answers_as_one(story):
        judged = ""
    closing = [_open_for(story, language), _still_behind(story, language), targets.still_close(story, language)]
    rest = " ".join(filter(None, closing))
    return [line for line in (f":white_check_mark: {name} {judged}".rstrip(), rest) if line]


def _open_for(story: TargetStory, language: Language) -> str:
    opened, closed = story.incident.opened_at, story.incident.closed_at
    if opened is None or closed is None:
        return ""
    days = (dates.local_day(closed, story.time_zone) - dates.local_day(opened, story.time_zone)).days
    if language is Language.VI:
        return f"Cảnh báo đóng sau {numbers.count(days, language)} ngày."
    return f"The incident is closed after {nouns.counted(days, Text('ngày', 'days'), language)}."


def _still_behind(story: TargetStory, language: Language) -> str:
    if not story.behind or story.units <= 1:
        return ""
    number = len(story.behind)
    of = bold(escape(nouns.counted_of(number, story.units, story.level_name, language)))
    return Text(f"Còn {of} chậm.", f"{of} {'is' if number == 1 else 'are'} still behind.").in_(language)


def _restated(restated: Sequence[RestatedPeriod], story: TargetStory, language: Language) -> list[str]:
    lines = []
    for one in restated[:RESTATED_SHOWN]:
        lines += _restated_period(one, story, language)
    more = len(restated) - RESTATED_SHOWN
    if more > 0:
        number = numbers.count(more, language)
        lines.append(Text(f"… và {number} kỳ khác được sửa.", f"… and {number} more restated.").in_(language))
    return lines


def _restated_period(one: RestatedPeriod, story: TargetStory, language: Language) -> list[str]:
    change = one.restatement
    when = dates.period(Period(change.period_start, change.period_end), language)
    before, after = _two_values(change, story, language)
    gaps = _two_gaps(change, story, language)
    name = "" if sentences.answers_as_one(story) or not one.name else f" ({escape(one.name)})"
    title = bold(Text(f"Số liệu {when}{name} được sửa:", f"{when}{name} was restated:").in_(language))
    first = f":pencil2: {title} {before} → {bold(after)}{gaps}."
    said = []
    if one.units:
        who = sentences.names(one.units, language)
        where = Text(f"Thay đổi nằm trong số liệu của {who}.", f"The change is in the figures of {who}.")
        said.append(where.in_(language))
    if not one.is_judged:
        said.append(Text("Đánh giá không đổi.", "The judgement stands.").in_(language))
    return [first, " ".join(said)] if said else [first]


def _two_values(change: Restatement, story: TargetStory, language: Language) -> tuple[str, str]:
    """The value before and after, with its parts where rounding would hide the change."""
    figures = sentences.figures(story, story.judged)
    old = figures.beside(change.numerator_before, change.denominator_before, language)
    new = figures.beside(change.numerator_after, change.denominator_after, language)
    if old == new or change.denominator_before != change.denominator_after:
        old += f" ({nouns.of(change.numerator_before, change.denominator_before, language)})"
        new += f" ({nouns.of(change.numerator_after, change.denominator_after, language)})"
    return escape(old), escape(new)


def _two_gaps(change: Restatement, story: TargetStory, language: Language) -> str:
    before, after = change.headroom_units_before, change.headroom_units_after
    if before is None or after is None or before == after:
        return ""
    noun = escape(nouns.noun(after, story.metric.counted, language))
    if before < 0 and after < 0:
        old, new = numbers.count(-before, language), bold(f"{numbers.count(-after, language)} {noun}")
        return Text(f", phần thiếu {old} → {new}", f", shortfall {old} → {new}").in_(language)
    old = numbers.count(before, language, signed=True)
    new = bold(f"{numbers.count(after, language, signed=True)} {noun}")
    return Text(f", so với mức cần {old} → {new}", f", against what was needed {old} → {new}").in_(language)


def _units(reply: ReplyStory, story: TargetStory, language: Language) -> list[str]:
    lines = []
    if reply.newly_behind:
        said = [_unit_behind(story, line, language) for line in reply.newly_behind[: sentences.UNITS_SHOWN]]
        shape, title = words.SLACK_SHAPES[Status.BEHIND], Text("Mới chậm:", "Newly behind:")
        lines.append(_row(shape, title, said, reply.newly_behind, language))
    if reply.recovered:
        said = [_unit_recovered(story, line, language) for line in reply.recovered[: sentences.UNITS_SHOWN]]
        title = Text("Đã khắc phục:", "Recovered:")
        lines.append(_row(":white_check_mark:", title, said, reply.recovered, language))
    if reply.superseded:
        # By a new version, which is no success: those that do not reach it either are newly behind above.
        who = sentences.names(reply.superseded, language, most=sentences.UNITS_SHOWN)
        title = Text("Chỉ tiêu có bản mới thay thế:", "A new version took the target’s place:")
        lines.append(f"{words.SLACK_SHAPES[Status.ENDED]} {bold(title.in_(language))} {who}.")
    if reply.passed_on:
        said = [_unit_passed_on(line, language) for line in reply.passed_on[: sentences.UNITS_SHOWN]]
        title = Text("Không còn, chỉ tiêu được chuyển:", "Ended, the target passed on:")
        lines.append(_row(words.SLACK_SHAPES[Status.ENDED], title, said, reply.passed_on, language))
    return lines


def _row(shape: str, title: Text, said: Sequence[str], of: Sequence[object], language: Language) -> str:
    row = nouns.series(said, language, more=len(of) - len(said))
    return f"{shape} {bold(title.in_(language))} {row}."


def _unit_behind(story: TargetStory, line: UnitLine, language: Language) -> str:
    figures = sentences.figures(story, line.assessment)
    value, needed = figures.value(language), figures.required_now(language) or figures.final_value(language)
    inside = Text(f"{value}, cần {needed}", f"{value}, {needed} needed").in_(language)
    return f"{escape(line.name)} ({escape(inside)})"


def _unit_recovered(story: TargetStory, line: UnitLine, language: Language) -> str:
    said = _unit_behind(story, line, language)
    if line.recovered_from is None or line.recovered_from.numerator is None:
        return said
    before, period = sentences.figures(story, line.recovered_from), sentences.period_of(line.recovered_from)
    if period is None:
        return said
    value, when = escape(before.value(language)), dates.period(period, language)
    return f"{said[:-1]}; {f'{when} {value}' if language is Language.VI else f'{value} in {when}'})"


def _unit_passed_on(line: PassedOn, language: Language) -> str:
    to = nouns.series(line.to[:1], language, more=len(line.to) - 1)
    return f"{escape(line.name)} ({escape(Text(f'cho {to}', f'to {to}').in_(language))})"


def _remarks(story: TargetStory, language: Language) -> list[str]:
    return [
        dates.moment(story.as_of, story.time_zone, language),
        sentences.coverage(story, language),
        sentences.provenance(story.judged, language),
        story.incident.name,
    ]
