"""One message about several targets, sources or published figures in trouble, the worst first."""

from __future__ import annotations

from collections.abc import Sequence

from targetwatch.model import IncidentState, Language, Status, Text
from targetwatch.notifications.messages import blocks, care, sentences
from targetwatch.notifications.messages.mrkdwn import bold, code, escape, mention
from targetwatch.notifications.messages.summaries import NAME, Summary, fitting, summary
from targetwatch.notifications.stories import (
    ClaimStory,
    CollectedStory,
    LateStory,
    QualityStory,
    ReplyKind,
    ReplyStory,
    ReportsStory,
    Story,
    TargetStory,
)
from targetwatch.wording import dates, nouns, numbers, words

OVER = ":white_check_mark:"
KINDS: tuple[tuple[type, Text, Text], ...] = (
    (TargetStory, Text("chỉ tiêu chậm hoặc quá hạn", "target behind or missed"), Text("", "targets behind or missed")),
    (LateStory, Text("nguồn thiếu số liệu", "source with data missing"), Text("", "sources with data missing")),
    (QualityStory, Text("nguồn có lô bị từ chối", "source with a refused delivery"),
     Text("", "sources with refused deliveries")),
    (ReportsStory, Text("chỉ số có báo cáo lệch hồ sơ", "metric with reports that differ"),
     Text("", "metrics with reports that differ")),
    (ClaimStory, Text("số công bố không khớp", "published figure that does not add up"),
     Text("", "published figures that do not add up")),
)  # fmt: skip
COMMON, COMMON_SHOWN = 60, 4
WHOLE_IN_HEADER = 95  # characters beside the worst one's name, so that this has some room in a header too
LIST = (
    "select name, kind, subject_name_{language}, org_unit_name from incidents "
    "where state in ('open', 'acknowledged') order by opened_at"
)
LIST_OVER = "select name, kind, subject_name_{language}, state from incidents where closed_at >= '{day}'"


def collected_message(story: CollectedStory, language: Language) -> dict[str, object]:
    """The payload of the message, open or over."""
    if story.stories:
        counts, worst = _counts(story.stories, language), summary(story.stories[0], language)
        before = Text(f"{counts}; nặng nhất: ", f"{counts}; the worst: ").in_(language)
        far = f", {worst.far}" if worst.far else ""
        text = f"{before}{escape(worst.name, 2 * NAME)}{far}"
        if len(before) + len(far) > WHOLE_IN_HEADER:
            first, lead = blocks.header(f"{worst.shape} ", counts, ""), blocks.section([_worst(worst, language)])
        else:
            first, lead = blocks.header(f"{worst.shape} {before}", worst.name, far), None
    else:
        text, lead = _all_over(story, language), None
        first = blocks.header(f"{_shape_over(story.over)} {text}", "", "")
    said = [first] if lead is None else [first, lead]
    opening = f"{_in_common(story, language)}{'' if story.edited else mention(story.mention)}".strip()
    if opening:
        said.append(blocks.section([opening]))
    if story.stories:
        lines = (summary(one, language).line(one.incident.name) for one in story.stories)
        said.append(blocks.section(fitting(lines, len(story.stories), lambda rest: _and_more(rest, language))))
    if story.over:
        lines = (summary(one, language).line(one.incident.name) for one in story.over)
        title = bold(Text("Đã xong:", "Over:").in_(language))
        shown = fitting(lines, len(story.over), lambda rest: _and_more_over(story, rest, language), 1500)
        said.append(blocks.section([title, *shown]))
    fields = care.field(story, language)
    if fields:
        said.append(blocks.fields(fields))
    said += care.actions(story, [(Text("Mở bảng chỉ tiêu", "Open the board").in_(language), story.link)], language)
    when = blocks.when(story.incident, story.as_of, story.time_zone, language, edited=story.edited)
    said.append(blocks.context([when, care.command(story, language), story.incident.name]))
    return blocks.message(text, said)


def collected_reply(reply: ReplyStory, story: CollectedStory, language: Language) -> dict[str, object]:
    """The payload of a reply: what is new of each of the subjects, those that a part tells of."""
    if reply.parts:
        lines = (_part(part, language) for part in reply.parts)
        said = fitting(lines, len(reply.parts), lambda rest: _and_more(rest, language))
        first = reply.parts[0]
        plain = summary(first.about, language).plain(first.about.incident.name)
        text = ": ".join(filter(None, [_moved(first, language), plain]))
    else:
        title = f"{_shape_over(story.over)} {bold(_all_over(story, language))}"
        lines = (summary(one, language).line(one.incident.name) for one in story.over)
        said = [title, *fitting(lines, len(story.over), lambda rest: _and_more_over(story, rest, language), 1500)]
        text = blocks.unmarked(title)
    context = blocks.context([dates.moment(story.as_of, story.time_zone, language), story.incident.name])
    if len(reply.parts) > 1:
        number = numbers.count(len(reply.parts) - 1, language)
        text = f"{text} {Text(f'(và {number} mục khác)', f'(and {number} more)').in_(language)}"
    return blocks.message(text, [blocks.section(said), context])


PART: dict[ReplyKind, Text] = {
    ReplyKind.WORSE: Text("Xấu đi", "Worse"),
    ReplyKind.BETTER: Text("Cải thiện", "Better"),
    ReplyKind.UNCHANGED: Text("Kỳ mới không đổi", "Unchanged in a new period"),
    ReplyKind.UNITS: Text("Mới có", "New"),
    ReplyKind.RESTATED: Text("Số liệu được sửa", "Restated"),
    ReplyKind.MORE: Text("Thêm", "More"),
}


def _part(part: ReplyStory, language: Language) -> str:
    """What is new of one subject, and how it stands."""
    moved, line = _moved(part, language), summary(part.about, language).line(part.about.incident.name)
    return f"{f'{bold(moved)} ' if moved else ''}{line[2:]}"


def _moved(part: ReplyStory, language: Language) -> str:
    """What is new of a subject, before its line; of one that is over the line itself says so."""
    changed = part.newly_behind or part.recovered or part.passed_on or part.superseded
    if part.kind is ReplyKind.UNITS and changed:
        return Text("Đơn vị thay đổi", "Units changed").in_(language)
    said = PART.get(part.kind)
    return said.in_(language) if said is not None else ""


def _counts(stories: Sequence[Story], language: Language) -> str:
    """How many of what: 3 chỉ tiêu chậm tiến độ và 1 nguồn thiếu số liệu."""
    said = []
    for kind, one, many in KINDS:
        number = sum(isinstance(story, kind) for story in stories)
        if number:
            noun = one.vi if language is Language.VI else one.en if number == 1 else many.en
            said.append(f"{numbers.count(number, language)} {noun}")
    return nouns.series(said, language)


def _worst(worst: Summary, language: Language) -> str:
    said = f"{bold(escape(worst.name, 2 * NAME))}{f', {worst.far}' if worst.far else ''}."
    return f"{Text('Nặng nhất:', 'The worst:').in_(language)} {said}"


def _in_common(story: CollectedStory, language: Language) -> str:
    """What the subjects have in common: their owner, their kind, their source."""
    said = [
        f"{escape(label.in_(language), COMMON)}: {escape(value.in_(language), COMMON)}"
        for label, value in story.of[:COMMON_SHOWN]
    ]
    return sentences.capital("; ".join(said))


def _all_over(story: CollectedStory, language: Language) -> str:
    """That nothing of it is left; that all were made good only where all were."""
    number, one = numbers.count(len(story.over), language), len(story.over) == 1
    if _all_good(story.over):
        return Text(f"Đã khắc phục cả {number} mục", f"{'It has' if one else f'All {number} have'} recovered").in_(
            language
        )
    return Text(
        f"Đã đóng cả {number} mục, không phải mục nào cũng đạt",
        f"{'It is' if one else f'All {number} are'} closed, and not all were made good",
    ).in_(language)


def _all_good(over: Sequence[Story]) -> bool:
    return all(one.incident.state is IncidentState.RESOLVED for one in over)


def _shape_over(over: Sequence[Story]) -> str:
    return OVER if _all_good(over) else words.SLACK_SHAPES[Status.ENDED]


def _and_more(rest: int, language: Language) -> str:
    command = code(f'targetwatch sql "{LIST.format(language=language.value)}"', 300)
    number = numbers.count(rest, language)
    return Text(f"… và {number} mục khác: {command}", f"… and {number} more: {command}").in_(language)


def _and_more_over(story: CollectedStory, rest: int, language: Language) -> str:
    day = dates.local_day(story.as_of, story.time_zone).isoformat()
    command = code(f'targetwatch sql "{LIST_OVER.format(language=language.value, day=day)}"', 300)
    number = numbers.count(rest, language)
    return Text(f"… và {number} mục khác: {command}", f"… and {number} more: {command}").in_(language)
