"""The message about a published figure that does not agree with its own parts, with another, or with the records."""

from __future__ import annotations

from targetwatch.model import Claim, IncidentState, Language, Status, Text
from targetwatch.notifications.messages import blocks, care
from targetwatch.notifications.messages.mrkdwn import NAMED, bold, escape, mention
from targetwatch.notifications.stories import ClaimStory, ReplyStory
from targetwatch.wording import dates, published, words

SENTENCE = 400  # characters of one thing that a figure does not agree with
DOES_NOT = words.SLACK_SHAPES[Status.MISSED]
OVER = {
    IncidentState.RESOLVED: (":white_check_mark:", Text("Đã đính chính, nay khớp", "Corrected, now adds up")),
    IncidentState.ENDED: (words.SLACK_SHAPES[Status.ENDED], Text("Đã kết thúc", "Ended")),
    IncidentState.SUPERSEDED: (words.SLACK_SHAPES[Status.ENDED], Text("Đã được thay thế", "Superseded")),
}


def claim_message(story: ClaimStory, language: Language) -> dict[str, object]:
    """The payload of the message, open or over."""
    claim = story.claim
    name = escape(claim.name.in_(language), 2 * NAMED)
    if story.incident.state.is_live:
        title = Text("Số công bố không khớp", "Does not add up").in_(language)
        short = _briefly(claim, language)
        first = blocks.header(f"{DOES_NOT} {title}: {short} (", claim.name.in_(language), ")")
        text = f"{title}: {name}, {short}"
        lines = [_as_published(story, language), *_wrong(claim, language)]
    else:
        shape, words_ = OVER[story.incident.state]
        title = words_.in_(language)
        first = blocks.header(f"{shape} {title}: ", claim.name.in_(language), "")
        text, lines = f"{title}: {name}", [_as_published(story, language)]
    said = [first, blocks.section([line for line in lines if line])]
    if story.incident.state.is_live:
        said.append(blocks.section([_unknown_which(claim, language)]))
    said.append(blocks.fields([*_fields(story, language), *care.field(story, language)]))
    link = (Text("Xem số liệu công bố", "Open published claims").in_(language), story.link)
    said += care.actions(story, [link], language, has_periods=False)
    when = blocks.when(story.incident, story.as_of, story.time_zone, language, edited=story.edited)
    return blocks.message(text, [*said, blocks.context([when, care.command(story, language), story.incident.name])])


def claim_reply(reply: ReplyStory, story: ClaimStory, language: Language) -> dict[str, object]:
    """The payload of a reply: how the episode ended, or that the figures are others and still do not add up."""
    name = escape(story.claim.name.in_(language), 2 * NAMED)
    if story.incident.state.is_live:
        shape, title = DOES_NOT, Text("Vẫn không khớp", "Still does not add up").in_(language)
        lines = [f"{shape} {bold(f'{title}: {name}.')}", *_wrong(story.claim, language)]
    else:
        shape, over = OVER[story.incident.state]
        lines = [f"{shape} {bold(f'{over.in_(language)}: {name}.')}", _as_published(story, language)]
    context = blocks.context([dates.moment(story.as_of, story.time_zone, language), story.incident.name])
    return blocks.message(blocks.unmarked(lines[0]), [blocks.section([line for line in lines if line]), context])


def status(story: ClaimStory, language: Language) -> tuple[str, str, str]:
    """The shape, the words and how far it is, escaped, in a line of several."""
    if not story.incident.state.is_live:
        shape, over = OVER[story.incident.state]
        return shape, over.in_(language), ""
    return DOES_NOT, Text("Số công bố không khớp", "Does not add up").in_(language), _briefly(story.claim, language)


def _published(claim: Claim, language: Language) -> str:
    return escape(published.figure(claim, language), 40)


def _as_published(story: ClaimStory, language: Language) -> str:
    claim = story.claim
    name, day = bold(escape(claim.name.in_(language), 2 * NAMED)), dates.day(claim.as_of, language)
    parts, figure = published.parts(claim, language), bold(_published(claim, language))
    if claim.numerator is None or claim.denominator is None:
        return Text(f"{name}, tính đến {day}: công bố {figure}.", f"{name}, as of {day}: published as {figure}.").in_(
            language
        )
    return Text(
        f"{name}, tính đến {day}: công bố {parts} và {figure}.",
        f"{name}, as of {day}: published as {parts} and {figure}.",
    ).in_(language)


def _briefly(claim: Claim, language: Language) -> str:
    """What is wrong, in a few words: 410/579 không phải 69,3%; or the figure, where its own parts agree."""
    if not claim.is_off_its_parts:
        return _published(claim, language)
    is_not = Text("không phải", "is not").in_(language)
    return f"{published.parts(claim, language)} {is_not} {_published(claim, language)}"


def _wrong(claim: Claim, language: Language) -> list[str]:
    """Everything that it does not agree with."""
    own = [_recomputed(claim, language)] if claim.is_off_its_parts else []
    others = [published.contradiction(claim, other, language) for other in claim.contradictions]
    return [*own, *(escape(one, SENTENCE) for one in others)]


def _recomputed(claim: Claim, language: Language) -> str:
    """What the parts really give, and what the numerator would have to be for the figure that was published."""
    really = published.really(claim, language)
    if not really:
        return ""
    made_by, other = published.parts(claim, language), published.correction(claim, language)
    is_ = Text("là", "is").in_(language)
    return f"{made_by} {is_} {bold(really)}. {escape(other)}".rstrip()


def _unknown_which(claim: Claim, language: Language) -> str:
    if not claim.is_off_its_parts:
        return Text(
            "Chưa biết số nào sai. Nơi công bố cần cho biết số đúng; cho đến khi đính chính, số liệu này được đánh dấu "
            "*không khớp*.",
            "It is not known which of them is wrong. Whoever published them is to say; until it is corrected the "
            "figure is marked *does not add up*.",
        ).in_(language)
    return Text(
        "Ít nhất một trong ba con số sai; chưa biết số nào. Nơi công bố cần cho biết số đúng; cho đến khi đính chính, "
        "số liệu này được đánh dấu *không khớp*.",
        "At least one of the three figures is wrong; it is not known which. Whoever published them is to say; until it "
        "is corrected the figure is marked *does not add up*.",
    ).in_(language)


def _fields(story: ClaimStory, language: Language) -> list[tuple[str, str]]:
    when = dates.as_precise(story.reference_published, language)
    reference = (story.reference_title, story.reference_publisher, when)
    where = ", ".join(escape(one) for one in reference if one)
    who = escape(story.owner.in_(language)) + ("" if story.edited else mention(story.mention))
    fields = [(Text("Nguồn công bố", "Published in"), where), (Text("Người trả lời", "Who answers"), who)]
    return [(label.in_(language), text) for label, text in fields]
