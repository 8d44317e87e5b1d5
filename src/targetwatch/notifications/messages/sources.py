"""What the messages about late and about refused deliveries have in common: who answers, and how they end."""

from __future__ import annotations

from collections.abc import Sequence

from targetwatch.model import IncidentState, Language, Period, Status, Text
from targetwatch.notifications.messages import blocks, care
from targetwatch.notifications.messages.mrkdwn import bold, escape, mention
from targetwatch.notifications.stories import LateStory, QualityStory
from targetwatch.wording import dates, words

SourceStory = LateStory | QualityStory
OVER_SHAPES = {
    IncidentState.RESOLVED: ":white_check_mark:",
    IncidentState.ENDED: words.SLACK_SHAPES[Status.ENDED],
    IncidentState.SUPERSEDED: words.SLACK_SHAPES[Status.ENDED],
}
GOOD = {
    LateStory: Text("Đã nhận đủ số liệu", "Data complete"),
    QualityStory: Text("Đã nhận lại số liệu", "Delivered again"),
}
PASSED = Text(
    "Lô gửi lại đã qua kiểm tra; cảnh báo đóng.", "A later delivery passed its checks; the incident is closed."
)
NOBODY_LEFT = Text(
    "Không còn đơn vị hoặc nguồn nào phải gửi; cảnh báo đóng vì vậy, không phải vì đã nhận đủ.",
    "No unit, or no source, is left to deliver. That closes the incident; nothing was made good.",
)


def over(story: SourceStory, language: Language) -> tuple[str, str]:
    """The shape and the words for an episode that is over: made good, or merely ended."""
    state = story.incident.state
    if state is IncidentState.RESOLVED:
        return OVER_SHAPES[state], GOOD[type(story)].in_(language)
    said = words.INCIDENT_STATES[state].in_(language)
    return OVER_SHAPES[state], said[0].upper() + said[1:]


def why_closed(story: SourceStory, language: Language) -> str:
    """What closed the incident, in a sentence."""
    if story.incident.state is not IncidentState.RESOLVED:
        return NOBODY_LEFT.in_(language)
    if isinstance(story, QualityStory):
        return PASSED.in_(language)
    when = dates.period(Period(story.period_start, story.period_end), language)
    vi, en = "Mọi đơn vị đã gửi {when}; cảnh báo đóng.", "Every unit has delivered {when}; the incident is closed."
    return Text(vi, en).in_(language).format(when=when)


def who_answers(story: SourceStory, title: Text, language: Language) -> tuple[str, str]:
    """The field that names who is to deliver, mentioned in a new message only."""
    who = escape(story.owner.in_(language)) + ("" if story.edited else mention(story.mention))
    return title.in_(language), who


def finish(
    story: SourceStory, text: str, said: Sequence[blocks.Block], remark: str, language: Language
) -> dict[str, object]:
    """The whole message: what is said, the button, and when it was said."""
    button = care.actions(story, [(Text("Xem nguồn", "Open the source").in_(language), story.link)], language)
    when = blocks.when(story.incident, story.as_of, story.time_zone, language, edited=story.edited)
    return blocks.message(
        text, [*said, *button, blocks.context([when, remark, care.command(story, language), story.incident.name])]
    )


def reply(story: SourceStory, lines: Sequence[str], language: Language) -> dict[str, object]:
    """A reply that says `lines`; where there are none, how the episode ended."""
    said = list(lines)
    if not said:
        shape, title = over(story, language)
        name = escape(story.source.name.in_(language))
        said = [f"{shape} {bold(f'{title}: {name}.')}", why_closed(story, language)]
    context = blocks.context([dates.moment(story.as_of, story.time_zone, language), story.incident.name])
    return blocks.message(blocks.unmarked(said[0]), [blocks.section(said), context])
