"""What a gap in a source's data does to the targets that live on it."""

from __future__ import annotations

from collections.abc import Sequence

from targetwatch.model import Assessment, Language, Reason, Status, Text
from targetwatch.notifications.messages.mrkdwn import bold, escape
from targetwatch.notifications.stories import AffectedTarget
from targetwatch.wording import nouns, numbers, words
from targetwatch.wording.figures import Figures

AFFECTED_SHOWN = 3
TARGETS = Text("chỉ tiêu", "targets")
INCOMPLETE = (Text("chưa thể kết luận", "cannot be said yet"),) * 2
UNSAID = {  # of one target, and of several
    Status.NO_DATA: (Text("chưa có số liệu", "has no data"), Text("chưa có số liệu", "have no data")),
    Status.STALE: (Text("chỉ có số liệu cũ", "has old data only"), Text("chỉ có số liệu cũ", "have old data only")),
    Status.NOT_EVALUATED: (Text("không đánh giá được", "cannot be evaluated"),) * 2,
}


def effects(affects: Sequence[AffectedTarget], language: Language) -> list[str]:
    """What it does to each target, and how many more there are."""
    lines = [_effect(one, language) for one in affects[:AFFECTED_SHOWN]]
    if len(affects) > AFFECTED_SHOWN:
        lines.insert(0, bold(_in_all(affects, language)))
    more = len(affects) - AFFECTED_SHOWN
    if more > 0:
        number = numbers.count(more, language)
        lines.append(Text(f"… và {number} chỉ tiêu khác.", f"… and {number} more targets.").in_(language))
    return lines


def _in_all(affects: Sequence[AffectedTarget], language: Language) -> str:
    """How many targets cannot be said, and how: Because of this 16 targets have no data and 1 target has stale data."""
    how: dict[tuple[Text, Text], set[str]] = {}
    for one in affects:
        said = (
            INCOMPLETE if one.assessment.reason is Reason.INCOMPLETE else UNSAID.get(one.assessment.status, INCOMPLETE)
        )
        how.setdefault(said, set()).add(one.target.target)
    listed = nouns.series(
        [
            f"{nouns.counted(len(targets), TARGETS, language)} {(one if len(targets) == 1 else many).in_(language)}"
            for (one, many), targets in how.items()
        ],
        language,
    )
    return Text(f"Vì vậy {listed}.", f"Because of this {listed}.").in_(language)


def _effect(affected: AffectedTarget, language: Language) -> str:
    """What the gap in the data does to one target."""
    name, judged = escape(affected.target.short_name.in_(language)), affected.assessment
    title = f"{bold(Text('Ảnh hưởng:', 'Effect:').in_(language))} {name}"
    figures = Figures.of(judged, affected.metric, affected.target)
    if judged.reason is Reason.INCOMPLETE:
        unsaid = bold(words.CANNOT_BE_SAID.in_(language).removesuffix(" yet"))
        said = Text(f"{title} {unsaid}.", f"{title} {unsaid}.").in_(language)
        return f"{said} {_range(figures, judged, language)}".rstrip()
    if judged.status in (Status.BEHIND, Status.MISSED):
        status = bold(words.status(judged.status, language, in_a_sentence=True))
        return Text(f"{title} vẫn chắc chắn {status}.", f"{title} is {status} all the same.").in_(language)
    status = bold(words.status(judged.status, language, in_a_sentence=True))
    return f"{title}: {status}. {words.reason(judged.reason, language)}"


def _range(figures: Figures, judged: Assessment, language: Language) -> str:
    """What those who reported reach, and what it may be once all have."""
    needed = escape(figures.required_now(language) or figures.final_value(language))
    value = escape(figures.value(language))
    said = Text(
        f"Các đơn vị đã gửi đạt {value}, cần {needed}", f"Those that reported reach {value}, {needed} is needed"
    ).in_(language)
    if judged.low_numerator is None or judged.high_numerator is None or not judged.bounds_denominator:
        return f"{said}."
    low = bold(escape(figures.beside(judged.low_numerator, judged.bounds_denominator, language)))
    high = bold(escape(figures.beside(judged.high_numerator, judged.bounds_denominator, language)))
    return said + Text(
        f"; khi đủ số liệu có thể từ {low} đến {high}.", f"; with all of them it may be anything from {low} to {high}."
    ).in_(language)
