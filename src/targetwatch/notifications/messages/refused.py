"""The message about deliveries that were refused whole: which, why, and what to do."""

from __future__ import annotations

from targetwatch.model import Language, Period, Status, Text
from targetwatch.notifications.messages import blocks, care, sentences, sources
from targetwatch.notifications.messages.effects import effects
from targetwatch.notifications.messages.mrkdwn import NAMED, bold, code, escape
from targetwatch.notifications.stories import QualityStory, RefusedDelivery, ReplyStory
from targetwatch.wording import dates, nouns, numbers, words

SHAPE = words.SLACK_SHAPES[Status.NOT_EVALUATED]
OWNER = Text("Phụ trách nguồn", "Owner of the source")
ROWS = Text("dòng", "rows")
REFUSED_SHOWN = 3
REASONS_SHOWN = 3
REASON = 300  # characters of the gate's own sentence
LIST_ROWS = "select * from quarantine where source = '{source}' and batch_state = 'refused'"
TO_DO = Text(
    "*Cần làm:* sửa lỗi rồi gửi lại cả tệp. Không cần thao tác gì trên Airflow; lô mới sẽ tự được kiểm tra.",
    "*To do:* mend what is wrong and deliver the whole file again. Nothing to do in Airflow; a new delivery is checked "
    "by itself.",
)
STANDS = Text(
    "*Ảnh hưởng:* số liệu nhận trước đó vẫn giữ nguyên; đơn vị trong lô này được coi là chưa gửi.",
    "*Effect:* the data received before stands; the units of this delivery count as not reported.",
)


def quality_message(story: QualityStory, language: Language) -> dict[str, object]:
    """The payload of the message, open or over."""
    if not story.incident.state.is_live or not story.refused:
        return _over(story, language)
    title, source = Text("Lô bị từ chối", "Delivery refused").in_(language), story.source.name.in_(language)
    rows = _bad_rows(story.refused[0], language)
    said = [
        blocks.header(f"{SHAPE} {title}: ", source, f", {rows}"),
        blocks.section(_refusals(story, language)),
        blocks.section([STANDS.in_(language), *effects(story.affects, language)]),
        blocks.section(_what_to_do(story, language)),
        blocks.fields([sources.who_answers(story, OWNER, language), *care.field(story, language)]),
    ]
    dag = code(f"gather__{story.source.id}")
    return sources.finish(story, f"{title}: {escape(source)}, {rows}", said, dag, language)


def quality_reply(reply: ReplyStory, story: QualityStory, language: Language) -> dict[str, object]:
    """The payload of a reply: another delivery was refused, or how the episode ended."""
    if not story.incident.state.is_live or not story.refused:
        return sources.reply(story, [], language)
    title = Text("Thêm một lô bị từ chối.", "Another delivery was refused.").in_(language)
    why = _refusal(story.refused[0], story.time_zone, language)
    return sources.reply(story, [f"{SHAPE} {bold(title)}", *why], language)


def status(story: QualityStory, language: Language) -> tuple[str, str, str]:
    """The shape, the words and how far it is, escaped, in a line of several."""
    if not story.incident.state.is_live or not story.refused:
        return *sources.over(story, language), ""
    return SHAPE, Text("Lô bị từ chối", "Delivery refused").in_(language), _bad_rows(story.refused[0], language)


def _over(story: QualityStory, language: Language) -> dict[str, object]:
    shape, title = sources.over(story, language)
    source = story.source.name.in_(language)
    said = [
        blocks.header(f"{shape} {title}: ", source, ""),
        blocks.section([sources.why_closed(story, language)]),
        blocks.fields([sources.who_answers(story, OWNER, language)]),
    ]
    return sources.finish(story, f"{title}: {escape(source)}", said, "", language)


def _refusals(story: QualityStory, language: Language) -> list[str]:
    lines = [line for one in story.refused[:REFUSED_SHOWN] for line in _refusal(one, story.time_zone, language)]
    more = len(story.refused) - REFUSED_SHOWN
    if more > 0:
        number = numbers.count(more, language)
        lines.append(Text(f"… và {number} lô khác.", f"… and {number} more.").in_(language))
    return lines


def _refusal(refused: RefusedDelivery, time_zone: str, language: Language) -> list[str]:
    """One refused delivery: which, how many rows, how many of them bad, and why it is not used."""
    which, when = code(refused.delivered_as), bold(dates.moment(refused.known_at, time_zone, language))
    periods = [dates.period(Period(*period), language) for period in refused.periods[:REASONS_SHOWN]]
    about = "; ".join(filter(None, [sentences.names(refused.units, language), nouns.series(periods, language)]))
    about = f" ({about})" if about else ""
    rows = bold(_bad_rows(refused, language))
    lines = [
        Text(f"Lô {which}{about}, nhận lúc {when}: {rows}.", f"{which}{about}, received {when}: {rows}.").in_(language)
    ]
    because = escape(Text.parse(refused.because).in_(language), REASON)
    if because:
        lines.append(Text(f"Không dùng lô này: {because}", f"It is not used: {because}").in_(language))
    for reason, failed in refused.reasons[:REASONS_SHOWN]:
        why = escape(Text.parse(reason).in_(language), 2 * NAMED)
        lines.append(f"• {why}: {nouns.counted(failed, ROWS, language)}")
    more = len(refused.reasons) - REASONS_SHOWN
    if more > 0:
        number = nouns.counted(more, Text("lý do khác", "more reasons"), language)
        lines.append(Text(f"• … và {number}", f"• … and {number}").in_(language))
    return lines


def _bad_rows(refused: RefusedDelivery, language: Language) -> str:
    """How many of the delivered rows are bad; that there were none, where there were none."""
    if not refused.rows_delivered:
        return Text("không đọc được dòng nào", "no row could be read").in_(language)
    if not refused.rows_quarantined:
        return nouns.counted(refused.rows_delivered, ROWS, language)
    of = nouns.counted_of(refused.rows_quarantined, refused.rows_delivered, ROWS, language)
    return Text(f"{of} lỗi", f"{of} bad").in_(language)


def _what_to_do(story: QualityStory, language: Language) -> list[str]:
    lines = [TO_DO.in_(language)]
    if any(refused.rows_quarantined for refused in story.refused):
        command = code(f'targetwatch sql "{LIST_ROWS.format(source=story.source.id)}"', 300)
        lines.append(Text(f"Xem từng dòng lỗi: {command}", f"Each bad row: {command}").in_(language))
    return lines
