"""Attention: what a digest says that somebody should look into: what waits, what does not agree, what was restated."""

from __future__ import annotations

from targetwatch.model import Comparison, Language, Period, Text
from targetwatch.notifications.digests.lines import NAME, named
from targetwatch.notifications.digests.stories import Differing, Digest, Restated
from targetwatch.notifications.messages.mrkdwn import bold, escape
from targetwatch.notifications.stories import ClaimStory
from targetwatch.wording import dates, numbers, published
from targetwatch.wording.figures import Figures, Measure


def troubles(digest: Digest, language: Language) -> list[str]:
    """What nobody has acknowledged, what does not agree, and what was restated."""
    lines = [line for line in [_waiting(digest, language)] if line]
    lines += [_claim(one, language) for one in digest.claims]
    lines += [_differing(one, language) for one in digest.differing]
    lines += [_restated(one, language) for one in digest.restated]
    return lines


def _waiting(digest: Digest, language: Language) -> str:
    waiting = digest.waiting
    if not waiting.incidents or waiting.oldest is None or waiting.about is None:
        return ""
    many = numbers.count(waiting.incidents, language)
    days = dates.lasting(waiting.oldest, digest.as_of, language)
    about = named(waiting.about, language)
    one = waiting.incidents == 1
    oldest = Text(
        f"{'' if one else 'lâu nhất '}{days} ({about})", f"{'' if one else 'the oldest '}{days} ({about})"
    ).in_(language)
    of = ""
    if waiting.groups < waiting.incidents:
        groups = numbers.count(waiting.groups, language)
        of = Text(f" trong {groups} tin", f" in {groups} {'message' if waiting.groups == 1 else 'messages'}").in_(
            language
        )
    label = bold(Text("Chưa ai tiếp nhận:", "Not acknowledged:").in_(language))
    noun = Text("cảnh báo", "incident" if one else "incidents").in_(language)
    return f"{label} {many} {noun}{of}, {oldest}."


def _claim(story: ClaimStory, language: Language) -> str:
    claim = story.claim
    figure = escape(published.figure(claim, language), NAME)
    label = bold(Text("Không khớp:", "Does not agree:").in_(language))
    day = dates.day(claim.as_of, language)
    name = named(claim.name, language)
    if claim.is_off_its_parts and claim.numerator is not None and claim.denominator is not None:
        parts, really = published.parts(claim, language), published.really(claim, language)
        is_ = f" ({escape(parts, NAME)} {Text('là', 'is').in_(language)} {escape(really, NAME)})" if really else ""
        return f"{label} {name}, {Text('công bố', 'published').in_(language)} {day}: {figure}{is_}."
    others = [escape(published.contradiction(claim, one, language), 160) for one in claim.contradictions[:1]]
    return f"{label} {name}, {Text('công bố', 'published').in_(language)} {day}: {figure}. {' '.join(others)}".rstrip()


def _differing(one: Differing, language: Language) -> str:
    name, report = one.reports[0]
    label = bold(Text("Không khớp:", "Does not agree:").in_(language))
    reported = Figures(
        Measure.of(one.metric), Comparison.AT_LEAST, report.reported_numerator, report.reported_denominator
    )
    said = escape(reported.value(language), NAME)
    held = escape(reported.beside(report.computed_numerator, report.computed_denominator, language), NAME)
    period = dates.period(Period(report.period_start, report.period_end), language, short=True)
    metric = named(one.metric.name, language)
    line = Text(
        f"{label} {named(name, language)} báo {said}, hồ sơ ghi nhận {held} ({metric}, {period})",
        f"{label} {named(name, language)} reported {said}, its records show {held} ({metric}, {period})",
    ).in_(language)
    more = len(one.reports) - 1
    if more:
        many = numbers.count(more, language)
        line += Text(f", và {many} {named(one.level_name, language)} khác", f", and {many} more").in_(language)
    return f"{line}."


def _restated(one: Restated, language: Language) -> str:
    label = bold(Text("Sửa số liệu:", "Restated:").in_(language))
    before = Figures(
        Measure.of(one.metric), one.target.comparison, *one.before, final=one.target.value, final_to=one.target.value_to
    )
    name = named(one.target.short_name, language)
    name = f"{name}, {named(one.unit_name, language)}" if one.unit_name else name
    period = dates.period(one.period, language)
    then, now = before.value(language), before.beside(*one.after, language)
    parts = ""
    if then == now:  # too close to be told apart by value: then by what was counted
        parts = " ({}/{} → {}/{})".format(*(numbers.count(part, language) for part in (*one.before, *one.after)))
    return f"{label} {name}, {period}: {escape(then, NAME)} → {bold(escape(now, NAME))}{parts}."
