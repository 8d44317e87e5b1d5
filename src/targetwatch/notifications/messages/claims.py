"""The message about a published figure that does not agree with its own numerator and denominator."""

from __future__ import annotations

from fractions import Fraction

from targetwatch.model import Claim, IncidentState, Language, Status, Text
from targetwatch.notifications.messages import blocks
from targetwatch.notifications.messages.mrkdwn import NAMED, bold, escape, mention
from targetwatch.notifications.stories import ClaimStory, ReplyStory
from targetwatch.wording import dates, numbers, words
from targetwatch.wording.nouns import of

QUALIFIERS = {
    "about": Text("khoảng ", "about "),
    "nearly": Text("gần ", "nearly "),
    "more than": Text("hơn ", "more than "),
    "more_than": Text("hơn ", "more than "),
}
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
        is_not = Text("không phải", "is not").in_(language)
        short = f"{_parts(claim, language)} {is_not} {_published(claim, language)}"
        first = blocks.header(f"{DOES_NOT} {title}: {short} (", claim.name.in_(language), ")")
        text = f"{title}: {name}, {short}"
        lines = [_as_published(story, language), _recomputed(claim, language)]
    else:
        shape, words_ = OVER[story.incident.state]
        title = words_.in_(language)
        first = blocks.header(f"{shape} {title}: ", claim.name.in_(language), "")
        text, lines = f"{title}: {name}", [_as_published(story, language)]
    said = [first, blocks.section([line for line in lines if line])]
    if story.incident.state.is_live:
        said.append(blocks.section([_unknown_which(language)]))
    said.append(blocks.fields(_fields(story, language)))
    said += blocks.buttons([(Text("Xem số liệu công bố", "Open published claims").in_(language), story.link)])
    when = blocks.when(story.incident, story.as_of, story.time_zone, language, edited=story.edited)
    return blocks.message(text, [*said, blocks.context([when, story.incident.name])])


def claim_reply(reply: ReplyStory, story: ClaimStory, language: Language) -> dict[str, object]:
    """The payload of a reply: how the episode ended, or that the figures are others and still do not add up."""
    name = escape(story.claim.name.in_(language), 2 * NAMED)
    if story.incident.state.is_live:
        shape, title = DOES_NOT, Text("Vẫn không khớp", "Still does not add up").in_(language)
        lines = [f"{shape} {bold(f'{title}: {name}.')}", _recomputed(story.claim, language)]
    else:
        shape, over = OVER[story.incident.state]
        lines = [f"{shape} {bold(f'{over.in_(language)}: {name}.')}", _as_published(story, language)]
    context = blocks.context([dates.moment(story.as_of, story.time_zone, language), story.incident.name])
    return blocks.message(blocks.unmarked(lines[0]), [blocks.section([line for line in lines if line]), context])


def recomputed(claim: Claim) -> Fraction | None:
    """The published figure worked out anew from its own parts; None where they are not given."""
    if claim.numerator is None or not claim.denominator:
        return None
    value = Fraction(claim.numerator, claim.denominator)
    return value * 100 if claim.check == "share" else value


def would_have_to_be(claim: Claim) -> int | None:
    """The whole numerator nearest to the published one that would give the published figure; None where none would."""
    published = _number(claim)
    if published is None or not claim.denominator:
        return None
    value, decimals = published
    scale = 100 if claim.check == "share" else 1
    nearest = numbers.rounded(value * claim.denominator / scale, 0)
    gives = numbers.as_shown(Fraction(nearest * scale, claim.denominator), decimals)
    return nearest if gives == value else None


def _number(claim: Claim) -> tuple[Fraction, int] | None:
    """The published number, and how many decimals it was published with."""
    try:
        value = Fraction(claim.published)
    except (ValueError, ZeroDivisionError):
        return None
    return value, len(claim.published.partition(".")[2])


def _published(claim: Claim, language: Language) -> str:
    """The figure as it was published: gần 20.000; 69,3%."""
    number = _number(claim)
    if number is None:
        return escape(claim.published, 40)
    percent = "%" if claim.unit_of_measure == "percent" else ""
    qualifier = QUALIFIERS.get(claim.qualifier, Text("", "")).in_(language)
    return f"{qualifier}{numbers.decimal(*number, language)}{percent}"


def _parts(claim: Claim, language: Language) -> str:
    if claim.numerator is None or claim.denominator is None:
        return numbers.MISSING
    if claim.check == "quotient":  # not a part of a whole
        return f"{numbers.count(claim.numerator, language)} / {numbers.count(claim.denominator, language)}"
    return of(claim.numerator, claim.denominator, language)


def _as_published(story: ClaimStory, language: Language) -> str:
    claim = story.claim
    name, day = bold(escape(claim.name.in_(language), 2 * NAMED)), dates.day(claim.as_of, language)
    parts, published = _parts(claim, language), bold(_published(claim, language))
    return Text(
        f"{name}, tính đến {day}: công bố {parts} và {published}.",
        f"{name}, as of {day}: published as {parts} and {published}.",
    ).in_(language)


def _recomputed(claim: Claim, language: Language) -> str:
    """What the parts really give, and what the numerator would have to be for the figure that was published."""
    value, number = recomputed(claim), _number(claim)
    if value is None or number is None:
        return ""
    published, decimals = number
    shown = numbers.decimals_apart(value, [published], at_least=decimals)
    percent = "%" if claim.unit_of_measure == "percent" else ""
    really = bold(f"{numbers.decimal(value, shown, language)}{percent}")
    parts = _parts(claim, language)
    said = Text(f"{parts} là {really}.", f"{parts} is {really}.").in_(language)
    other = would_have_to_be(claim)
    if other is None or claim.numerator is None or claim.qualifier in QUALIFIERS:
        return said
    figure, count = _published(claim, language), numbers.count(other, language)
    differs = numbers.count(abs(other - claim.numerator), language)
    fewer = other < claim.numerator
    if language is Language.VI:
        return f"{said} Muốn ra {figure} thì tử số phải là {count}, {'ít' if fewer else 'nhiều'} hơn {differs}."
    return f"{said} For {figure} the numerator would have to be {count}, {differs} {'fewer' if fewer else 'more'}."


def _unknown_which(language: Language) -> str:
    return Text(
        "Ít nhất một trong ba con số sai; chưa biết số nào. Nơi công bố cần cho biết số đúng; cho đến khi đính chính, "
        "số liệu này được đánh dấu *không khớp*.",
        "At least one of the three figures is wrong; it is not known which. Whoever published them is to say; until it "
        "is corrected the figure is marked *does not add up*.",
    ).in_(language)


def _fields(story: ClaimStory, language: Language) -> list[tuple[str, str]]:
    published = dates.as_precise(story.reference_published, language)
    reference = (story.reference_title, story.reference_publisher, published)
    where = ", ".join(escape(one) for one in reference if one)
    who = escape(story.owner.in_(language)) + ("" if story.edited else mention(story.mention))
    fields = [(Text("Nguồn công bố", "Published in"), where), (Text("Người trả lời", "Who answers"), who)]
    return [(label.in_(language), text) for label, text in fields]
