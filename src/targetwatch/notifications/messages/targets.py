"""The message of a target that is behind: opened, edited while it lasts, and marked in its header once it is over."""

from __future__ import annotations

from datetime import date

from targetwatch.model import IncidentState, Language, MetricKind, Reason, Status, Text
from targetwatch.notifications.messages import blocks, care, charts, sentences
from targetwatch.notifications.messages.mrkdwn import NAMED, bold, escape, mention
from targetwatch.notifications.stories import TargetStory
from targetwatch.wording import dates, nouns, words

OVER = {
    IncidentState.RESOLVED: (":white_check_mark:", Text("Đã khắc phục", "Recovered")),
    IncidentState.ENDED: (words.SLACK_SHAPES[Status.ENDED], Text("Đã kết thúc", "Ended")),
    IncidentState.SUPERSEDED: (words.SLACK_SHAPES[Status.ENDED], Text("Đã được thay thế", "Superseded")),
}
SOURCE = Text("Căn cứ", "Legal source")
TITLE = 130  # characters of a document's title
NO_JUDGEMENT = (Status.NO_DATA, Status.STALE, Status.NOT_EVALUATED)


def target_message(story: TargetStory, language: Language) -> dict[str, object]:
    """The payload of a target's message."""
    said = [
        _header(story, language),
        blocks.section(_lead(story, language)),
    ]
    units = _units(story, language)
    if units:
        said.append(blocks.section(units))
    shrank = sentences.shrank(story, language)
    if shrank:
        said.append(blocks.section(shrank))
    said += charts.chart(story, language)
    said.append(blocks.fields([*_fields(story, language), *care.field(story, language, story.level_name)]))
    said += care.actions(story, [(Text("Xem chỉ tiêu", "Open the target").in_(language), story.link)], language)
    said.append(blocks.context(_remarks(story, language)))
    return blocks.message(_fallback(story, language), said)


def mark(story: TargetStory) -> tuple[str, Text]:
    """The shape and the word that say where the episode stands."""
    if story.incident.state in OVER:
        return OVER[story.incident.state]
    return words.SLACK_SHAPES[story.judged.status], words.STATUSES[story.judged.status]


def distance(story: TargetStory, language: Language) -> str:
    """How far it is, or what was reached once it is over; how many units where each answers by itself."""
    if not sentences.answers_as_one(story):
        if not story.behind:
            return ""
        return nouns.counted_of(len(story.behind), story.units, story.level_name, language)
    figures = sentences.figures(story, story.judged)
    if story.incident.state is not IncidentState.RESOLVED:
        return figures.short_by(language)
    value, needed = figures.value(language), figures.required_now(language) or figures.final_value(language)
    return Text(f"{value}, cần {needed}", f"{value}, {needed} needed").in_(language)


def not_judged_anew(story: TargetStory, language: Language) -> str:
    """Why the newest look says nothing, so that the incident stays open; empty where it does say something."""
    latest = story.latest
    if not story.incident.state.is_live:
        return ""
    if latest.status not in NO_JUDGEMENT and latest.reason is not Reason.INCOMPLETE:
        return ""
    stays = Text("Cảnh báo vẫn mở.", "The incident stays open.").in_(language)
    return f"{words.reason(latest.reason, language)} {stays}"


def _header(story: TargetStory, language: Language) -> blocks.Block:
    shape, word = mark(story)
    after = "".join(f", {part}" for part in (escape(distance(story, language)), due_briefly(story, language)) if part)
    return blocks.header(f"{shape} {word.in_(language)}: ", story.target.short_name.in_(language), after)


def due_briefly(story: TargetStory, language: Language) -> str:
    """By when it is due, while the episode goes on: hạn 31/12/2025. Empty where it is to be held."""
    day = _due(story)
    if day is None or not story.incident.state.is_live:
        return ""
    due = dates.day(day, language)
    return Text(f"hạn {due}", f"due {due}").in_(language)


def _due(story: TargetStory) -> date | None:
    """By when: of all who are under no exception, where they are many."""
    asked = story.target if story.default is None or sentences.answers_as_one(story) else story.default
    return asked.due


def _lead(story: TargetStory, language: Language) -> list[str]:
    state = story.incident.state
    judged = _judged(story, language)
    gap = [sentences.gap(story, story.judged, language), sentences.missing(story, language)]
    if not sentences.answers_as_one(story):
        gap = []
    if state is IncidentState.ENDED:
        last = Text("Đánh giá lần cuối:", "Last judged:").in_(language)
        lines = [ended(story, language), f"{last} {_running_on(judged)}", *gap[:1]]
    elif state is IncidentState.SUPERSEDED:
        last = Text("Đánh giá lần cuối theo bản cũ:", "Last judged by the old version:").in_(language)
        lines = [superseded(story, language), f"{last} {_running_on(judged)}", *gap[:1]]
    elif state is IncidentState.RESOLVED:
        lines = [judged, " ".join(filter(None, [*gap[:1], still_close(story, language)]))]
    else:
        lines = [judged, " ".join(filter(None, gap)), not_judged_anew(story, language)]
    return [line for line in lines if line]


def _running_on(sentence: str) -> str:
    """A sentence as it runs on after a colon."""
    return sentence[:1].lower() + sentence[1:]


def _judged(story: TargetStory, language: Language) -> str:
    if sentences.answers_as_one(story):
        return f"{sentences.value(story, story.judged, language)}; {sentences.needed(story, story.judged, language)}."
    final, but = bold(_asked(story, language)), _exceptions(story, language)
    period = sentences.period_of(story.judged)
    said = dates.period(period, language) if period else ""
    if language is Language.VI:
        return f"Từng đơn vị tự chịu trách nhiệm đạt {final}{but}{f'; kỳ đánh giá: {said}' if said else ''}."
    return f"Each unit answers for {final}{but} by itself{f'; judged on {said}' if said else ''}."


def _asked(story: TargetStory, language: Language) -> str:
    """What is asked for in the end, escaped: of all who are under no exception, where they are many."""
    if story.default is None or sentences.answers_as_one(story):
        return escape(sentences.figures(story, story.judged).final_value(language))
    return escape(sentences.final_of(story, story.default, language))


def _exceptions(story: TargetStory, language: Language) -> str:
    """That some of the units answer for something else."""
    if story.default is None or sentences.answers_as_one(story):
        return ""
    return Text(" (có ngoại lệ)", " (with exceptions)").in_(language)


def still_close(story: TargetStory, language: Language) -> str:
    """That a target which has recovered is still at risk, and why; empty where it is not."""
    if story.judged.status is not Status.AT_RISK:
        return ""
    at_risk = words.status(Status.AT_RISK, language, in_a_sentence=True)
    still = bold(Text(f"Vẫn {at_risk}.", f"Still {at_risk}.").in_(language))
    return f"{still} {words.reason(story.judged.reason, language)}"


def ended(story: TargetStory, language: Language) -> str:
    """What ended, when, and what follows; and that an end is no success."""
    if story.ended_units:
        who = sentences.names(story.ended_units, language)
    elif story.latest.reason in (Reason.UNIT_ENDED, Reason.UNIT_PASSED_ON):
        who = sentences.capital(escape(story.level_name.in_(language)))
    else:
        who = ""
    when = dates.day(story.ended_on, language) if story.ended_on else ""
    passed_on = escape(words.passed_on_to(story.passed_on_to, language))
    if language is Language.VI:
        what = f"{who} không còn" if who else "Chỉ tiêu hết hiệu lực"
        what += (f" sau ngày {when}" if when else "") + (f"; chỉ tiêu {passed_on}" if passed_on else "")
        said = f"{bold(f'{what}.')} Cảnh báo đóng vì vậy, không phải vì đã đạt."
    else:
        what = f"{who} ended" if who else "The target ended"
        what += (f" on {when}" if when else "") + (f", and the target {passed_on}" if passed_on else "")
        said = f"{bold(f'{what}.')} That closes the incident; the target was not reached."
    return f"{said} {followed_by(story, language)}".rstrip()


def superseded(story: TargetStory, language: Language) -> str:
    """That a new version took the target's place."""
    said = Text(
        "*Chỉ tiêu có bản mới thay thế.* Cảnh báo đóng vì vậy, không phải vì đã đạt.",
        "*A new version took the target’s place.* That closes the incident; the target was not reached.",
    ).in_(language)
    return f"{said} {followed_by(story, language)}".rstrip()


def followed_by(story: TargetStory, language: Language) -> str:
    """The version that took its place, and what it asks for; empty where there is none."""
    after = story.followed_by
    if after is None:
        return ""
    name, since = escape(after.name.in_(language), 2 * NAMED), dates.day(after.effective_from, language)
    final = escape(sentences.final_of(story, after, language))
    if language is Language.VI:
        due = f" vào {dates.day(after.due, language)}" if after.due else ""
        return f"Từ {since}: {name}, {final}{due}."
    due = f" by {dates.day(after.due, language)}" if after.due else ""
    return f"From {since}: {name}, {final}{due}."


def _units(story: TargetStory, language: Language) -> list[str]:
    lines = sentences.who_accounts(story, language)
    if not lines:
        return [line for line in [sentences.absorbed(story, language)] if line]
    newly = [line for line in story.behind if line.newly]
    closing = [sentences.first_to_close(story, language), sentences.newly_behind(story, newly, language)]
    closing.append(sentences.absorbed(story, language))
    rest = " ".join(filter(None, closing))
    return [*lines, rest] if rest else lines


def _fields(story: TargetStory, language: Language) -> list[tuple[str, str]]:
    asked = _asked(story, language).replace(" ", "\u00a0")  # so that no line ends in ≥
    final, day = f"{asked}{_exceptions(story, language)}", _due(story)
    if day is None:
        due = words.HELD.in_(language)
    else:
        due = dates.day(day, language)
        if story.incident.state.is_live:
            due += f", {dates.time_left(day, dates.local_day(story.as_of, story.time_zone), language)}"
    who = escape(story.owner.in_(language)) + ("" if story.edited else mention(story.mention))
    fields = [(words.DUE.in_(language), f"{due}: {final}"), (words.OWNER.in_(language), who)]
    return [*fields, *_reference(story, language)]


def _reference(story: TargetStory, language: Language) -> list[tuple[str, str]]:
    """The document that asks for it: its title, who published it, and when."""
    if story.reference is None:
        return []
    when = dates.as_precise(story.reference.published, language)
    parts = (escape(story.reference.title, TITLE), escape(story.reference.publisher), escape(when))
    return [(SOURCE.in_(language), ", ".join(part for part in parts if part))]


def _remarks(story: TargetStory, language: Language) -> list[str]:
    return [
        blocks.when(story.incident, story.as_of, story.time_zone, language, edited=story.edited),
        sentences.coverage(story, language),
        sentences.provenance(story.judged, language),
        care.command(story, language),
        story.incident.name,
    ]


def _fallback(story: TargetStory, language: Language) -> str:
    _, word = mark(story)
    name = escape(story.target.short_name.in_(language), 2 * NAMED)
    figures = sentences.figures(story, story.judged)
    if not sentences.answers_as_one(story):
        return ", ".join(filter(None, [f"{word.in_(language)}: {name}", escape(distance(story, language))]))
    value = escape(figures.value(language))
    needed = escape(figures.required_now(language) or figures.final_value(language))
    short = escape(figures.short_in_units(language) or figures.short_by(language))
    if story.metric.kind is MetricKind.RANK:
        name += ","
    elif language is Language.VI:
        name += " đạt"
    held = Text(f"cần {needed}", f"{needed} needed").in_(language)
    return ", ".join(filter(None, [f"{word.in_(language)}: {name} {value}", held, short]))
