"""What happened while a silence lasted, told once when it has ended."""

from __future__ import annotations

from collections.abc import Sequence

from targetwatch.model import Language, Matcher, Text
from targetwatch.notifications.messages import blocks
from targetwatch.notifications.messages.mrkdwn import bold, code, escape
from targetwatch.notifications.messages.summaries import fitting, summary
from targetwatch.notifications.stories import MeanwhileStory, Story
from targetwatch.wording import dates, numbers

SHAPE = ":hourglass:"
REASON, AUTHOR = 500, 60
MATCHERS_SHOWN, VALUES_SHOWN, VALUE = 4, 3, 40
LIST = (
    "select name, kind, subject_name_{language}, state from incidents "
    "where opened_at >= '{day}' or closed_at >= '{day}'"
)


def meanwhile_message(story: MeanwhileStory, language: Language) -> dict[str, object]:
    """The payload of the message."""
    opened, over = numbers.count(len(story.opened), language), numbers.count(len(story.over), language)
    title = Text("Hết thời gian tạm dừng báo", "A silence has ended").in_(language)
    short = Text(f"trong lúc đó mở {opened}, đóng {over}", f"meanwhile {opened} opened, {over} closed").in_(language)
    if not story.opened and not story.over:
        short = Text("trong lúc đó không có gì mới", "nothing happened meanwhile").in_(language)
    said = [blocks.header(f"{SHAPE} {title}: ", short, ""), blocks.section(_silence(story, language))]
    # A line of one that goes on, and of one that is over.
    for lines, name in ((story.opened, Text("Đã mở và còn tiếp diễn:", "Opened, and still going on:")),
                        (story.over, Text("Đã đóng:", "Closed:"))):  # fmt: skip
        if lines:
            said.append(blocks.section([bold(name.in_(language)), *_lines(story, lines, language)]))
    said.append(blocks.context([_as_of(story, language), _follows(story, language)]))
    return blocks.message(f"{title}: {short}", said)


def _silence(story: MeanwhileStory, language: Language) -> list[str]:
    """Who silenced what, why, and from when to when."""
    silence = story.silence
    begins = dates.moment(silence.begins, story.time_zone, language)
    ends = dates.moment(silence.ended_at, story.time_zone, language)
    by, why = escape(silence.author, AUTHOR), escape(silence.reason, REASON)
    who = Text(f"Người đặt: {by}" if by else "", f"Set by {by}" if by else "").in_(language)
    first = ": ".join(filter(None, [who, f"“{why}”" if why else ""]))
    spell = Text(f"Từ {begins} đến {ends}", f"From {begins} to {ends}").in_(language)
    muted = [_matcher(one) for one in silence.match[:MATCHERS_SHOWN]]
    if len(silence.match) > MATCHERS_SHOWN:
        muted.append("…")
    about = f" ({Text('tạm dừng', 'silenced').in_(language)}: {', '.join(muted)})" if muted else ""
    return [line for line in (first, f"{spell}{about}.") if line]


def _matcher(matcher: Matcher) -> str:
    """A matcher as it is typed: kind=behind."""
    values = ",".join(matcher.values[:VALUES_SHOWN]) + (",…" if len(matcher.values) > VALUES_SHOWN else "")
    return code(f"{matcher.label.value}{'!=' if matcher.negated else '='}{values}", 3 * VALUE)


def _lines(story: MeanwhileStory, stories: Sequence[Story], language: Language) -> list[str]:
    day = dates.local_day(story.silence.begins, story.time_zone).isoformat()
    command = code(f'targetwatch sql "{LIST.format(language=language.value, day=day)}"', 300)

    def more(rest: int) -> str:
        number = numbers.count(rest, language)
        return Text(f"… và {number} mục khác: {command}", f"… and {number} more: {command}").in_(language)

    lines = (summary(one, language).line(one.incident.name) for one in stories)
    return fitting(lines, len(stories), more, blocks.SECTION - 100)


def _as_of(story: MeanwhileStory, language: Language) -> str:
    now = dates.moment(story.as_of, story.time_zone, language)
    return Text(f"Tính đến {now}", f"As of {now}").in_(language)


def _follows(story: MeanwhileStory, language: Language) -> str:
    if not story.opened:
        return ""
    return Text("Mỗi mục còn tiếp diễn có tin riêng", "Each that goes on has its own message").in_(language)
