"""The message about a source that units have not delivered to by its deadline: one message, not one a unit."""

from __future__ import annotations

from collections.abc import Sequence

from targetwatch.model import Language, Period, Status, Text
from targetwatch.notifications.messages import blocks, care, sentences, sources
from targetwatch.notifications.messages.effects import effects
from targetwatch.notifications.messages.mrkdwn import NAMED, bold, code, escape
from targetwatch.notifications.stories import LateStory, MissingUnits, RefusedDelivery, ReplyStory, TierCount
from targetwatch.wording import dates, nouns, numbers, words

SHAPE = words.SLACK_SHAPES[Status.NO_DATA]
WHO_DELIVERS = Text("Người gửi", "Who delivers")
PARENTS_SHOWN = 10
TIERS_SHOWN = 3
SILENCES_SHOWN = 3
UNITS_SHOWN = 5


def late_message(story: LateStory, language: Language) -> dict[str, object]:
    """The payload of the message, open or over."""
    if not story.incident.state.is_live:
        return _over(story, language)
    title = Text("Thiếu số liệu", "Data missing").in_(language)
    who, when, source = _how_many(story.counts, language), _period(story, language), story.source.name.in_(language)
    what = Text(f"{who} chưa gửi {when}", f"{who}, {when}").in_(language)
    said = [
        blocks.header(f"{SHAPE} {title}: {what} (", source, ")"),
        blocks.section([_deadline(story, language), *_who_is_missing(story, language), *_silent(story, language)]),
    ]
    if story.affects:
        said.append(blocks.section(effects(story.affects, language)))
    fields = [sources.who_answers(story, WHO_DELIVERS, language), *care.field(story, language)]
    if story.refused:
        title_of_refused = Text("Đã gửi nhưng bị từ chối", "Came, but was refused").in_(language)
        fields.append((title_of_refused, _refused(story, language)))
    said.append(blocks.fields(fields))
    return sources.finish(story, f"{title}: {what} ({escape(source)})", said, _instead(story, language), language)


def late_reply(reply: ReplyStory, story: LateStory, language: Language) -> dict[str, object]:
    """The payload of a reply: another period is late, or how the episode ended."""
    if not story.incident.state.is_live:
        return sources.reply(story, [], language)
    who, when = _how_many(story.counts, language), _period(story, language)
    title = Text(f"Thêm kỳ quá hạn: {who} chưa gửi {when}.", f"Another period is late: {who}, {when}.").in_(language)
    return sources.reply(story, [f"{SHAPE} {bold(title)}", _deadline(story, language)], language)


def status(story: LateStory, language: Language) -> tuple[str, str, str]:
    """The shape, the words and how far it is, escaped, in a line of several."""
    when = _period(story, language)
    if not story.incident.state.is_live:
        return *sources.over(story, language), when
    who = _how_many(story.counts, language)
    return (
        SHAPE,
        Text("Thiếu số liệu", "Data missing").in_(language),
        Text(f"{who} chưa gửi {when}", f"{who}, {when}").in_(language),
    )


def _over(story: LateStory, language: Language) -> dict[str, object]:
    shape, title = sources.over(story, language)
    when, source = _period(story, language), story.source.name.in_(language)
    said = [
        blocks.header(f"{shape} {title}: ", source, f", {when}"),
        blocks.section([sources.why_closed(story, language)]),
        blocks.fields([sources.who_answers(story, WHO_DELIVERS, language)]),
    ]
    return sources.finish(story, f"{title}: {escape(source)}, {when}", said, "", language)


def _period(story: LateStory, language: Language) -> str:
    return dates.period(Period(story.period_start, story.period_end), language)


def _how_many(counts: Sequence[TierCount], language: Language) -> str:
    """How many units of which tiers are missing: 179/579 xã."""
    short = [one for one in counts if one.reported < one.due]
    said = [nouns.counted_of(one.due - one.reported, one.due, one.level_name, language) for one in short[:2]]
    return nouns.series([escape(one, 50) for one in said], language) or Text("có đơn vị", "some units").in_(language)


def _deadline(story: LateStory, language: Language) -> str:
    """When it was due, and how much the source has."""
    deadline, source = bold(dates.moment(story.deadline, story.time_zone, language)), code(story.source.id)
    here = [
        escape(nouns.counted_of(one.reported, one.due, one.level_name, language)) for one in story.counts[:TIERS_SHOWN]
    ]
    passed = Text(f"Hạn {deadline} đã qua.", f"The deadline, {deadline}, has passed.").in_(language)
    if not here:
        return passed
    have = bold(nouns.series(here, language))
    return f"{passed} {Text(f'Nguồn {source} mới có {have}.', f'Source {source} has {have}.').in_(language)}"


def _who_is_missing(story: LateStory, language: Language) -> list[str]:
    """The missing units by name where few parents would say less, else how many under which parent."""
    lines = []
    levels = {one.tier: one.level_name.in_(language) for one in story.counts}
    for tier in list(dict.fromkeys(group.tier for group in story.missing))[:TIERS_SHOWN]:
        groups = [group for group in story.missing if group.tier == tier]
        level = escape(levels.get(tier, tier), 40)
        if len(groups) == 1 or any(group.parent is None for group in groups):
            units = [name for group in groups for name in group.units]
            said = sentences.names(units, language, most=PARENTS_SHOWN)
            lines.append(Text(f"Chưa gửi ({level}): {said}.", f"Missing ({level}): {said}.").in_(language))
        else:
            said = _by_parent(groups, language)
            lines.append(Text(f"Chưa gửi (số {level}): {said}.", f"Missing ({level}): {said}.").in_(language))
    return lines


def _silent(story: LateStory, language: Language) -> list[str]:
    """Since when those of the missing have been silent for whom it is not the first period."""
    lines = []
    for group in story.silent[:SILENCES_SHOWN]:
        since = bold(dates.period(Period(*group.since), language))
        number = numbers.count(group.periods, language)
        who = sentences.names(group.units, language, most=UNITS_SHOWN)
        lines.append(
            Text(
                f"Thiếu liền {number} kỳ, từ {since}: {who}.",
                f"Missing {number} periods in a row, from {since} on: {who}.",
            ).in_(language)
        )
    rest = sum(len(group.units) for group in story.silent[SILENCES_SHOWN:])
    if rest:
        number = numbers.count(rest, language)
        lines.append(
            Text(f"{number} đơn vị khác cũng thiếu nhiều kỳ.", f"{number} more for several periods.").in_(language)
        )
    return lines


def _by_parent(groups: Sequence[MissingUnits], language: Language) -> str:
    most_first = sorted(groups, key=lambda group: (-len(group.units), group.parent or ""))
    shown = [
        f"{escape(group.parent or '')} {numbers.count(len(group.units), language)}"
        for group in most_first[:PARENTS_SHOWN]
    ]
    return nouns.series(shown, language, more=max(len(groups) - PARENTS_SHOWN, 0))


def _refused(story: LateStory, language: Language) -> str:
    """The newest delivery of missing units that came and was refused, and how many more."""
    newest: RefusedDelivery = story.refused[0]
    because = escape(Text.parse(newest.because).in_(language), 120)
    said = f"{code(newest.delivered_as, NAMED)}: {because}"
    more = len(story.refused) - 1
    if not more:
        return said
    number = numbers.count(more, language)
    return f"{said} {Text(f'(và {number} lô khác)', f'(and {number} more)').in_(language)}"


def _instead(story: LateStory, language: Language) -> str:
    units = sum(len(group.units) for group in story.missing)
    if units < 2:
        return ""
    number = numbers.count(units, language)
    return Text(f"Một tin thay cho {number} tin của từng đơn vị", f"One message instead of {number}").in_(language)
