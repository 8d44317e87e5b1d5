"""Lines that digests of a week and of a month share, each about one thing. All escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from targetwatch.model import Assessment, Language, Path, Period, Reason, Rhythm, Role, Status, Text
from targetwatch.notifications.digests.standings import ACTION, UNJUDGED
from targetwatch.notifications.digests.stories import (
    Digest,
    Missing,
    Refusal,
    Standing,
)
from targetwatch.notifications.messages.mrkdwn import bold, code, escape
from targetwatch.notifications.stories import UnitLine
from targetwatch.wording import dates, nouns, numbers, words
from targetwatch.wording.figures import Figures

NAME = 60  # characters of a name here: a digest names many
NAMES_SHOWN = 3
NOTHING_JUDGED = Text("Chưa có chỉ tiêu nào được đánh giá.", "No target has been judged yet.")
SHOWN = (
    (Status.MISSED, Status.BEHIND, Status.AT_RISK),
    (Status.NOT_EVALUATED, Status.STALE, Status.NO_DATA),
    (Status.ON_TRACK, Status.MET, Status.ENDED),
)


def named(text: Text | str, language: Language) -> str:
    """A name as data, cut to what a digest has room for."""
    return escape(text.in_(language) if isinstance(text, Text) else text, NAME)


def title(standing: Standing, language: Language) -> str:
    """What a target is called in a line, with a capital letter; with its unit where it is not that of a whole tier."""
    name = named(standing.target.short_name, language)
    if standing.lead.role is Role.SHARE and not standing.is_many:
        name = f"{name}, {named(standing.unit_name, language)}"
    return name[:1].upper() + name[1:]


def counts(digest: Digest, language: Language) -> list[str]:
    """How many targets stand how, each with its shape: what needs action, what cannot be judged, what is well."""
    lines = []
    for row in SHOWN:
        said = [
            f"{words.SLACK_SHAPES[status]} {numbers.count(digest.counts[status], language)} "
            f"{words.status(status, language, in_a_sentence=True)}"
            for status in row
            if digest.counts.get(status)
        ]
        if said:
            lines.append("   ".join(said))
    if digest.waiting_for_sources:
        many = numbers.count(digest.waiting_for_sources, language)
        one = digest.waiting_for_sources == 1
        lines.append(
            Text(
                f"{many} chỉ tiêu chờ nguồn số liệu được kết nối.",
                f"{many} of these {'waits' if one else 'wait'} for a source that is not connected yet.",
            ).in_(language)
        )
    return lines


def headline(before: str, digest: Digest, language: Language) -> str:
    """The first line: Tuần 47: 5/12 chỉ tiêu cần xử lý, 3 chưa thể đánh giá."""
    total = digest.targets
    action = sum(digest.counts.get(status, 0) for status in ACTION)
    unjudged = sum(digest.counts.get(status, 0) for status in UNJUDGED)
    if not total:
        return Text(f"{before}: chưa có chỉ tiêu nào", f"{before}: there are no targets yet").in_(language)
    many = numbers.count(action, language)
    of = numbers.count(total, language)
    if action:
        verb = "needs" if action == 1 else "need"
        noun = "target" if total == 1 else "targets"
        said = Text(f"{many}/{of} chỉ tiêu cần xử lý", f"{many} of {of} {noun} {verb} action").in_(language)
    else:
        said = Text(f"không chỉ tiêu nào cần xử lý trong số {of}", f"none of {of} targets needs action").in_(language)
    if unjudged:
        some = numbers.count(unjudged, language)
        said += Text(f", {some} chưa thể đánh giá", f", {some} cannot be judged").in_(language)
    return f"{before}: {said}"


def status(which: Status, reason: Reason, language: Language) -> str:
    """A status in a sentence; where the missing units decide, that it cannot be said yet."""
    if reason is Reason.INCOMPLETE:
        return words.CANNOT_BE_SAID.in_(language)
    return words.status(which, language, in_a_sentence=True)


def figures(standing: Standing, assessment: Assessment) -> Figures:
    """The figures of a look at a target."""
    return Figures.of(assessment, standing.metric, standing.target)


def short(standing: Standing, assessment: Assessment, language: Language) -> str:
    """How far it is, twice: thiếu 3,2 điểm, thiếu 4.981 hồ sơ. Empty where it is not short."""
    said = figures(standing, assessment)
    if not said.is_short:
        return ""
    both = [said.short_by(language), said.short_in_units(language)]
    return ", ".join(escape(one, NAME) for one in dict.fromkeys(filter(None, both)))


def lacking(standing: Standing, assessment: Assessment, language: Language) -> str:
    """How many units a look lacks: thiếu số liệu 179 xã."""
    number = (assessment.bodies_due or 0) - (assessment.bodies_reported or 0)
    many = escape(nouns.counted(number, standing.level_name, language), NAME)
    return Text(f"thiếu số liệu {many}", f"{many} missing").in_(language)


def who(standing: Standing, lines: Sequence[UnitLine], language: Language, most: int = NAMES_SHOWN) -> str:
    """Who accounts for it: Huyện Ba Vì (thiếu 1.357 hồ sơ), Huyện Chương Mỹ (…) và 16 đơn vị khác."""
    said = []
    for line in lines[:most]:
        far = figures(standing, line.assessment)
        how = far.short_in_units(language) or far.short_by(language)
        said.append(f"{named(line.name, language)}{f' ({escape(how, NAME)})' if how else ''}")
    return nouns.series(said, language, more=max(len(lines) - most, 0))


def series(names: Iterable[str], language: Language, most: int = NAMES_SHOWN, called: str = "đơn vị") -> str:
    """Names in a row, and how many more there are; `called` is what they are in Vietnamese."""
    known = list(names)
    shown = [named(one, language) for one in known[:most]]
    if more := max(len(known) - most, 0):
        number = numbers.count(more, language)
        shown.append(Text(f"{number} {called} khác", f"{number} more").in_(language))
    return nouns.series(shown, language)


def value(standing: Standing, language: Language) -> str:
    """What was reached, with its parts: *56,6%* (10.000/17.656 hồ sơ)."""
    said = figures(standing, standing.lead)
    parts = said.parts(language)
    return f"{bold(escape(said.value(language), NAME))}{f' ({escape(parts, NAME)})' if parts else ''}"


def needed(standing: Standing, language: Language) -> str:
    """What it is held against: cần 59,85% (lộ trình giả định), cuối kỳ ≥ 80%."""
    said, target = figures(standing, standing.lead), standing.target
    final = f"{words.FINAL.in_(language)} {escape(said.final_value(language), NAME)}"
    if target.trajectory.path is Path.HOLD or standing.lead.required in (standing.lead.final, None):
        return final
    assumed = f" ({words.ASSUMED_PATH.in_(language)})" if target.trajectory.assumed else ""
    return f"{words.NEEDED.in_(language)} {escape(said.required_now(language), NAME)}{assumed}, {final}"


def period_of(assessment: Assessment) -> Period | None:
    """The period that a look judged."""
    if assessment.period_start is None or assessment.period_end is None:
        return None
    return Period(assessment.period_start, assessment.period_end)


def missing(one: Missing, language: Language) -> str:
    """Who has not reported: Một cửa điện tử, tháng 10/2024: 179/579 xã chưa gửi (Ba Vì 31, Sóc Sơn 26)."""
    if one.parents:
        shown = [f"{named(name, language)} {numbers.count(number, language)}" for name, number in one.parents[:4]]
        below = nouns.series(shown, language, more=max(len(one.parents) - 4, 0))
    else:
        below = series(one.units, language, most=4)
    period = dates.period(one.period, language)
    of = escape(nouns.counted_of(one.missing, one.due, one.level_name, language), NAME)
    line = Text(
        f"{named(one.name, language)}, {period}: {bold(of)} chưa gửi",
        f"{named(one.name, language)}, {period}: {bold(of)} missing",
    ).in_(language)
    line += f" ({below})" if below else ""
    if one.longest_silence > 1:
        line += Text(
            f"; lâu nhất thiếu liền {numbers.count(one.longest_silence, language)} kỳ",
            f"; the longest for {numbers.count(one.longest_silence, language)} periods in a row",
        ).in_(language)
    return f"{line}."


def refused(one: Refusal, time_zone: str, language: Language) -> str:
    """A source that is to deliver again: which delivery, and when it came."""
    day = dates.day(dates.local_day(one.newest.known_at, time_zone), language)
    file = code(one.newest.delivered_as, NAME)
    line = Text(
        f"{named(one.name, language)} gửi lại lô nhận ngày {day} ({file})",
        f"{named(one.name, language)} delivers again what came on {day} ({file})",
    ).in_(language)
    if one.deliveries > 1:
        more = numbers.count(one.deliveries - 1, language)
        line += Text(f" và {more} lô khác", f" and {more} more").in_(language)
    return f"{line}."


def due(digest: Digest, language: Language) -> list[str]:
    """Targets whose due date comes: how they stand, and how long there is."""
    today = dates.local_day(digest.as_of, digest.time_zone)
    return [
        f"{words.SLACK_SHAPES[one.status]} {title(one, language)}: "
        f"{words.DUE.in_(language).lower()} {dates.day(one.target.due, language)} "
        f"({dates.time_left(one.target.due, today, language)}), "
        f"{words.status(one.status, language, in_a_sentence=True)}, "
        f"{words.FINAL.in_(language)} {escape(figures(one, one.lead).final_value(language), NAME)}."
        for one in digest.due
        if one.target.due is not None
    ]


def remarks(digest: Digest, language: Language) -> list[str]:
    """The small print: the moment, what is older than it looks, how many messages there were, and for whom it is."""
    as_of = dates.moment(digest.as_of, digest.time_zone, language)
    said = [Text(f"Tính đến {as_of}", f"As of {as_of}").in_(language)]
    if dates.local_day(digest.as_of, digest.time_zone) > dates.local_day(digest.edition.due_at, digest.time_zone):
        due_at = dates.moment(digest.edition.due_at, digest.time_zone, language)
        said.append(Text(f"gửi muộn: đến hạn lúc {due_at}", f"late: it was due at {due_at}").in_(language))
    newest = digest.newest_pass
    if newest is not None and (digest.as_of - newest).total_seconds() > 2 * 3600:
        last = dates.moment(newest, digest.time_zone, language)
        said.append(Text(f"lần đánh giá gần nhất: {last}", f"last evaluated at {last}").in_(language))
    if digest.watched_since is not None:
        since = dates.day(dates.local_day(digest.watched_since, digest.time_zone), language)
        said.append(Text(f"bắt đầu theo dõi từ {since}", f"watched since {since}").in_(language))
    if digest.is_part:
        said.append(Text("chỉ gồm phần được báo cho nơi nhận này", "only what this receiver is told of").in_(language))
    if digest.not_begun:
        many = numbers.count(digest.not_begun, language)
        said.append(
            Text(
                f"{many} nguồn chưa từng gửi số liệu",
                f"{many} {'source has' if digest.not_begun == 1 else 'sources have'} never delivered",
            ).in_(language)
        )
    return ["; ".join(said), _messages(digest, language)]


def _messages(digest: Digest, language: Language) -> str:
    sent = digest.sent
    weekly = digest.rhythm is Rhythm.WEEKLY
    when = Text("Trong tuần", "In the week") if weekly else Text("Kể từ bản trước", "Since the digest before")
    held = sent.merged + sent.held_back
    line = Text(
        f"{numbers.count(sent.sent, language)} tin đã gửi, {numbers.count(held, language)} tin được gộp hoặc tạm dừng",
        f"{numbers.count(sent.sent, language)} {'message' if sent.sent == 1 else 'messages'} sent, "
        f"{numbers.count(held, language)} grouped or held back",
    ).in_(language)
    if sent.failed:
        failed = numbers.count(sent.failed, language)
        line += Text(f", {failed} tin không gửi được", f", {failed} could not be sent").in_(language)
    return f"{when.in_(language)}: {line}"


def local_minute(moment: datetime, time_zone: str) -> str:
    """A moment on the wall clock of `time_zone`, as a command takes it: 2024-11-25T08:05."""
    return moment.astimezone(ZoneInfo(time_zone)).strftime("%Y-%m-%dT%H:%M")
