"""Replies about what a person did to a message's incidents, and about what followed from nobody doing it."""

from __future__ import annotations

from targetwatch.model import Language, Text
from targetwatch.notifications import clicks
from targetwatch.notifications.messages import blocks, care, sentences
from targetwatch.notifications.messages.mrkdwn import bold, escape, mention
from targetwatch.notifications.messages.summaries import NAME, summary
from targetwatch.notifications.stories import (
    Acted,
    LateStory,
    ReplyKind,
    ReplyStory,
    ReportsStory,
    Story,
    TargetStory,
)
from targetwatch.wording import dates, nouns

EYES, UP, OVER = ":eyes:", ":arrow_up:", ":hourglass:"
KINDS = frozenset({ReplyKind.ACKNOWLEDGED, ReplyKind.LAPSED, ReplyKind.ESCALATED, ReplyKind.REPEATED})
UNITS = Text("đơn vị", "units")
LEFT_SHOWN, HOLIDAYS_SHOWN = 3, 4
WHY = 500  # characters of a person's words
UNCHANGED = Text("Tiếp nhận không làm thay đổi đánh giá", "Acknowledging does not change the judgement")
BECAME_WORSE = "severity"  # of a lapse: the incident is of another severity than when it was acknowledged


def acted_reply(reply: ReplyStory, language: Language) -> dict[str, object]:
    """The payload of a reply of one of KINDS, whatever the message is about."""
    acted, story = reply.acted or Acted(), reply.about
    remarks = [dates.moment(story.as_of, story.time_zone, language)]
    if reply.kind is ReplyKind.ACKNOWLEDGED:
        lines, remark = _acknowledged(acted, story, language), UNCHANGED.in_(language)
    elif reply.kind is ReplyKind.LAPSED:
        lines, remark = _lapsed(acted, story, language), ""
    elif reply.kind is ReplyKind.ESCALATED:
        lines, remark = _escalated(acted, story, language), _holidays(acted, language)
    else:
        lines, remark = _repeated(acted, story, language), care.command(story, language)
    text = blocks.unmarked(lines[0])
    to = mention(acted.to_mention)
    said = [blocks.section(lines), blocks.context([*remarks, remark, story.incident.name])]
    return blocks.message(text.replace(to, "") if to else text, said)


def _acknowledged(acted: Acted, story: Story, language: Language) -> list[str]:
    who = sentences.names(acted.units, language) if acted.units else escape(summary(story, language).name, NAME)
    first = f"{EYES} {bold(Text(f'Đã tiếp nhận: {who}.', f'Acknowledged: {who}.').in_(language))}"
    by, why = escape(Text.parse(acted.by).in_(language), care.BY_SHOWN), escape(clicks.reason(acted.why, language), WHY)
    said = ": ".join(filter(None, [by, f"“{why}”" if why else ""]))
    if acted.until is None:
        until = Text("Tạm dừng nhắc cho đến khi cảnh báo đóng.", "No reminders until the incident closes.")
    else:
        day = dates.moment(acted.until, story.time_zone, language)
        until = Text(f"Tạm dừng nhắc đến {day}.", f"No reminders until {day}.")
    return [" ".join(filter(None, [first, said])), f"{until.in_(language)} {_left(acted, story, language)}".rstrip()]


def _left(acted: Acted, story: Story, language: Language) -> str:
    """How many have not acknowledged; empty where nobody is left, or there is only one."""
    number = len(acted.left)
    if not number:
        return ""
    counted = escape(nouns.counted(number, _level(story), language))
    have = "has" if number == 1 else "have"
    return Text(f"{counted} chưa tiếp nhận.", f"{counted} {have} not acknowledged.").in_(language)


def _lapsed(acted: Acted, story: Story, language: Language) -> list[str]:
    who = sentences.names(acted.units, language) if acted.units else escape(summary(story, language).name, NAME)
    first = bold(Text(f"Hết hiệu lực tiếp nhận: {who}.", f"No longer acknowledged: {who}.").in_(language))
    if acted.by:
        by, reason = (
            escape(Text.parse(acted.by).in_(language), care.BY_SHOWN),
            escape(clicks.reason(acted.why, language), WHY),
        )
        said = f": “{reason}”" if reason else "."
        why = Text(f"{by} rút lại{said}", f"Withdrawn by {by}{said}")
    elif acted.why == BECAME_WORSE:
        why = Text("Mức độ đã nặng hơn so với khi tiếp nhận.", "It is more severe than when it was acknowledged.")
    else:
        why = Text("Đã hết thời hạn mà chưa khắc phục.", "The term has passed and it is not mended.")
    again = Text("Từ nay lại nhắc như thường.", "From now on reminders come as usual.")
    return [f"{OVER} {first}", f"{why.in_(language)} {again.in_(language)}"]


def _escalated(acted: Acted, story: Story, language: Language) -> list[str]:
    to = escape((acted.to or Text("cấp trên", "the level above")).in_(language))
    days = nouns.counted(acted.after_working_days, Text("ngày làm việc", "working days"), language)
    told = bold(Text(f"Báo {to}", f"To {to}").in_(language)) + mention(acted.to_mention)
    of, number = _of(story), len(acted.left)
    if number and of > 1 and number <= of:
        some = escape(nouns.counted_of(number, of, _level(story), language))
        have = "has" if of == 1 else "have"
        nobody = Text(f"{some} chưa tiếp nhận.", f"{some} {have} not acknowledged.")
    else:
        nobody = Text("chưa ai tiếp nhận.", "nobody has acknowledged.")
    after = Text(f"sau {days}, {nobody.vi}", f"after {days} {nobody.en}").in_(language)
    first = f"{UP} {told}: {after}"
    furthest = _furthest(acted, story, language)
    if furthest:
        return [first, furthest]
    short = summary(story, language)
    return [
        first,
        f"{short.shape} {bold(escape(short.name, NAME))}: {', '.join(filter(None, [short.word, short.far]))}.",
    ]


def _furthest(acted: Acted, story: Story, language: Language) -> str:
    """Those who are furthest of the ones that nobody has acknowledged."""
    if not acted.left or not isinstance(story, TargetStory):
        return ""
    said = []
    for line in acted.left[:LEFT_SHOWN]:
        figures = sentences.figures(story, line.assessment)
        said.append(f"{escape(line.name)} ({escape(figures.short_in_units(language) or figures.short_by(language))})")
    row = nouns.series(said, language, more=len(acted.left) - len(said))
    return Text(f"Thiếu nhiều nhất trong số này: {row}.", f"Furthest of them: {row}.").in_(language)


def _holidays(acted: Acted, language: Language) -> str:
    """Which holidays were not counted among the working days."""
    if not acted.holidays:
        return ""
    days = [dates.day(day, language, year=False) for day in acted.holidays[:HOLIDAYS_SHOWN]]
    more = len(acted.holidays) - len(days)
    joined = nouns.series(days, language)
    rest_vi, rest_en = (f" và {more} ngày khác", f" and {more} more") if more else ("", "")
    one = len(acted.holidays) == 1
    return Text(
        f"Không tính ngày nghỉ {joined}{rest_vi}",
        f"{joined}{rest_en}, {'a public holiday' if one else 'public holidays'}, not counted",
    ).in_(language)


def _repeated(acted: Acted, story: Story, language: Language) -> list[str]:
    """That it is as it was: since when, how far, and that nobody has taken it on."""
    short = summary(story, language)
    opened = story.incident.opened_at or story.incident.began_at
    since = dates.day(dates.local_day(opened, story.time_zone), language)
    how = ", ".join(filter(None, [escape(short.name, NAME), short.far]))
    word = short.word[:1].lower() + short.word[1:]
    first = bold(Text(f"Nhắc lại: {word} từ {since}.", f"Reminder: {word} since {since}.").in_(language)) + f" {how}."
    nothing = Text("Từ lần báo trước chưa có gì mới.", "Nothing is new since the last time.").in_(language)
    if acted.left:
        left = _left(acted, story, language)
    elif story.care.acknowledged:
        left = ""
    else:
        left = Text("Chưa ai tiếp nhận.", "Nobody has acknowledged.").in_(language)
    return [f"{short.shape} {first}", " ".join(filter(None, [nothing, left, _furthest(acted, story, language)]))]


def _level(story: Story) -> Text:
    return story.level_name if isinstance(story, (TargetStory, ReportsStory)) else UNITS


def _of(story: Story) -> int:
    """How many units are in trouble under a message."""
    if isinstance(story, TargetStory):
        return len(story.behind)
    if isinstance(story, ReportsStory):
        return len(story.differ)
    return story.care.of if not isinstance(story, LateStory) else 0
