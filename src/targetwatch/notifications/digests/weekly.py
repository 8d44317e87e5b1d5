"""The digest of a week, in words: what changed, what to do first, who has not reported, what is due next."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from fractions import Fraction

from targetwatch.model import Language, Period, Reason, Role, Text
from targetwatch.notifications.digests import attention, lines
from targetwatch.notifications.digests.page import Page, Part
from targetwatch.notifications.digests.picture import NextDeadline
from targetwatch.notifications.digests.stories import Change, Closing, Digest, Missing, WeeklyStory
from targetwatch.notifications.messages.mrkdwn import bold, escape
from targetwatch.notifications.telling.targets import SHORT
from targetwatch.wording import dates, nouns, numbers, words

CLOSINGS_FIRST = 3  # gaps named before who is late: whoever reads three lines knows both
HALF = Fraction(1, 2)


def weekly(story: WeeklyStory, language: Language) -> Page:
    """The page of a week's digest."""
    digest = story.digest
    week = int(digest.edition.name.partition("-W")[2])
    changed = [change(one, language) for one in story.changes]
    nothing = Text("Không có gì thay đổi.", "Nothing changed.").in_(language)
    if not digest.targets:
        changed = []
    elif not changed:
        changed = [nothing]
    period = digest.edition.period
    days = f"{dates.day(period.first_day, language, year=False)}–{dates.day(period.last_day, language)}"
    missing = [lines.missing(one, language) for one in digest.missing]
    parts = (
        Part(Text(f"Thay đổi trong tuần ({days})", f"Changed in the week ({days})").in_(language), tuple(changed)),
        Part(Text("Việc nên làm trước", "First things to do").in_(language), tuple(_first(story, language)), True),
        Part(Text("Chưa gửi số liệu", "Not reported yet").in_(language), tuple(missing)),
        Part(
            Text("Cần lưu ý", "To be looked into").in_(language),
            tuple(attention.troubles(digest, language)),
        ),
        Part(Text("Sắp đến hạn", "Due next").in_(language), tuple(_due(story, language))),
    )
    return Page(
        headline=lines.headline(Text(f"Tuần {week}", f"Week {week}").in_(language), digest, language),
        first=tuple(lines.counts(digest, language)) or (lines.NOTHING_JUDGED.in_(language),),
        parts=parts,
        remarks=tuple(lines.remarks(digest, language)),
        button=(Text("Mở bảng chỉ tiêu", "Open the scoreboard"), digest.link),
        command=command(digest, language),
    )


def command(digest: Digest, language: Language) -> str:
    """The command that prints a digest as it was, whole."""
    at = lines.local_minute(digest.as_of, digest.time_zone)
    whose = f" --receiver {digest.receiver}" if digest.receiver is not None else ""
    return f"targetwatch digest --{digest.rhythm.value} --as-of {at}{whose} --lang {language.value}"


def change(one: Change, language: Language) -> str:
    """What a target was and what it became, how far it is, and who accounts for it."""
    standing, after = one.standing, one.after
    shape = words.SLACK_SHAPES[after.status]
    name = lines.title(standing, language)
    if one.units:
        name += f", {_units(one, language)}"
    now = lines.status(after.status, after.reason, language)
    same = one.before is not None and one.before.status is after.status
    if one.before is None:
        said = Text(f"lần đầu đánh giá, {bold(now)}", f"judged for the first time, {bold(now)}").in_(language)
    elif same and lines.status(one.before.status, one.before.reason, language) == now:
        said = Text(f"vẫn {bold(now)}", f"still {bold(now)}").in_(language)
    else:
        said = f"{lines.status(one.before.status, one.before.reason, language)} → {bold(now)}"
    line = f"{shape} {name}: {said}{_how_far(one, language)}"
    if one.since is not None:
        become = words.status(one.since, language, in_a_sentence=True)
        line += Text(f"; từ đó đến nay: {become}", f"; since then: {become}").in_(language)
    return f"{line}."


def _units(one: Change, language: Language) -> str:
    """The units that went the same way: their names, or how many and the first of them."""
    if len(one.units) <= 2:
        return lines.series(one.units, language)
    many = nouns.counted(len(one.units), one.standing.level_name, language)
    return f"{escape(many, lines.NAME)} ({lines.series(one.units, language)})"


def _how_far(one: Change, language: Language) -> str:
    """The gap as it is now and, where it was there before, as it was; and the units behind."""
    standing, said = one.standing, ""
    undecided = one.after.reason is Reason.INCOMPLETE
    gap = lines.short(standing, one.after, language) if len(one.units) <= 1 and not undecided else ""
    if gap:
        was = ""
        if one.before is not None and one.before.status in SHORT:
            was = lines.figures(standing, one.before).short_in_units(language)
        is_now = lines.figures(standing, one.after).short_in_units(language)
        said += f", {gap}"
        if was and was != is_now:
            then = escape(was, lines.NAME)
            said += Text(f" (đầu tuần {then})", f" ({then} when the week began)").in_(language)
    elif undecided:
        said += f", {lines.lacking(standing, one.after, language)}"
    if one.who and one.after.role is Role.POOLED:
        of = nouns.counted_of(len(one.who), standing.units, standing.level_name, language)
        then = ""
        if one.behind_before != one.behind_after:
            number = numbers.count(one.behind_before, language)
            then = Text(f" (đầu tuần {number})", f" ({number} when the week began)").in_(language)
        names = lines.who(standing, one.who, language, most=2)
        said += Text(f"; {escape(of, 60)} chậm{then}: {names}", f"; {escape(of, 60)} behind{then}: {names}").in_(
            language
        )
    return said


def _first(story: WeeklyStory, language: Language) -> list[str]:
    """What would help most: gaps that few units close, then who is late, then what was refused; then other gaps."""
    gaps = [closing(one, language) for one in story.closing]
    late = [_late(one, language) for one in story.digest.missing]
    refused = [lines.refused(one, story.digest.time_zone, language) for one in story.digest.refused]
    return [*gaps[:CLOSINGS_FIRST], *late, *refused, *gaps[CLOSINGS_FIRST:]]


def _late(one: Missing, language: Language) -> str:
    """Who is to report, to whom, and how many targets wait: Một cửa điện tử: 7 xã gửi số liệu tháng 10/2024."""
    units = bold(escape(nouns.counted(one.missing, one.level_name, language), lines.NAME))
    period = dates.period(one.period, language)
    line = Text(
        f"{lines.named(one.name, language)}: {units} gửi số liệu {period}",
        f"{lines.named(one.name, language)}: {units} {'reports' if one.missing == 1 else 'report'} {period}",
    ).in_(language)
    if one.undecided:
        many = nouns.counted(one.undecided, Text("chỉ tiêu", "targets"), language)
        verb = "waits" if one.undecided == 1 else "wait"
        line += Text(f"; {many} đang chờ", f"; {many} {verb} for it").in_(language)
    return f"{line}."


def closing(one: Closing, language: Language) -> str:
    """Which units would close most of a gap: Huyện Chương Mỹ và Huyện Ba Vì: 3.552 hồ sơ, hơn một nửa phần thiếu."""
    standing = one.standing
    name = lines.title(standing, language)
    if not one.units:
        gap = lines.figures(standing, standing.lead).still_needed(language) or lines.short(
            standing, standing.lead, language
        )
        return f"{name}: {escape(gap, lines.NAME)}."
    if not one.closes:
        return f"{name}: {lines.who(standing, one.units, language)}."
    who = lines.series([line.name for line in one.units], language)
    counted = escape(nouns.counted(one.closes, standing.metric.counted, language), lines.NAME)
    return f"{name}: {who}: {counted}{_part(one, language)}."


def _part(one: Closing, language: Language) -> str:
    if not one.whole or one.standing.lead.role is not Role.POOLED:
        return ""
    part = Fraction(one.closes, one.whole)
    if part >= 1:
        said = Text("cả phần thiếu", "the whole gap")
    elif part > HALF:
        said = Text("hơn một nửa phần thiếu", "over half of the gap")
    elif part == HALF:
        said = Text("một nửa phần thiếu", "half of the gap")
    else:
        said = Text("một phần chỗ thiếu", "a part of the gap")
    return f", {said.in_(language)}"


def _due(story: WeeklyStory, language: Language) -> list[str]:
    """The next deadlines, those of one moment and period together, and the targets whose due date comes."""
    together: dict[tuple[datetime, Period], list[NextDeadline]] = defaultdict(list)
    for one in story.deadlines:
        together[one.deadline, one.period].append(one)
    said = []
    for (deadline, period), of_moment in sorted(together.items(), key=lambda entry: entry[0]):
        by = dates.moment(deadline, story.digest.time_zone, language)
        what = dates.period(period, language)
        sources = lines.series([one.source.name.in_(language) for one in of_moment], language, called="nguồn")
        line = Text(f"Số liệu {what}, trước {by}: {sources}", f"Data of {what} by {by}: {sources}").in_(language)
        due, reported = sum(one.due for one in of_moment), sum(one.reported for one in of_moment)
        if due:
            line += f" ({nouns.reported(reported, due, language)})"
        said.append(f"{line}.")
    return [*said, *lines.due(story.digest, language)]
