"""The digest of a month, in words, for the heads of units: each target's result, its trend, and what comes next."""

from __future__ import annotations

from dataclasses import replace

from targetwatch.model import MILLION, Language, Period, Reason, Text
from targetwatch.notifications.digests import attention, lines
from targetwatch.notifications.digests.page import Page, Part
from targetwatch.notifications.digests.stories import Lives, MonthlyStory, Rate, Result
from targetwatch.notifications.digests.weekly import command
from targetwatch.notifications.messages.mrkdwn import bold, escape
from targetwatch.wording import dates, nouns, numbers, words
from targetwatch.wording.figures import LOWER_IS_BETTER, Figures

MOST_RESULTS = 20  # the results are what a month's digest is for


def monthly(story: MonthlyStory, language: Language) -> Page:
    """The page of a month's digest."""
    digest = story.digest
    month = dates.period(digest.edition.period, language)
    after = dates.period(story.next_month, language)
    missing = [lines.missing(one, language) for one in digest.missing]
    first = lines.counts(digest, language)
    if story.newly_met:
        known = {one.standing.target.target: one.standing.target.short_name.in_(language) for one in story.results}
        met = [known[target] for target in story.newly_met if target in known]
        label = bold(Text("Mới đạt mức cuối kỳ:", "Newly reached:").in_(language))
        if met:
            first.append(f"{label} {lines.series(met, language, called='chỉ tiêu')}.")
    parts = (
        Part(
            Text(f"Kết quả {month}", f"Results of {month}").in_(language),
            tuple(result(one, digest.edition.period, language) for one in story.results),
            most=MOST_RESULTS,
        ),
        Part(
            Text(f"Cần đạt đến hết {after}", f"Needed by the end of {after}").in_(language),
            tuple(line for one in story.results if (line := _promised(one, language))),
        ),
        Part(
            Text(f"Tỷ lệ báo cáo {month}", f"Reporting of {month}").in_(language),
            tuple(rate(one, language) for one in story.rates),
        ),
        Part(Text("Chưa gửi số liệu", "Not reported yet").in_(language), tuple(missing)),
        Part(
            Text("Cảnh báo", "Incidents").in_(language),
            (_lives(story.lives, language), *attention.troubles(digest, language)),
        ),
        Part(Text("Sắp đến hạn", "Due next").in_(language), tuple(lines.due(digest, language))),
    )
    return Page(
        headline=lines.headline(month[:1].upper() + month[1:], digest, language),
        first=tuple(first) or (lines.NOTHING_JUDGED.in_(language),),
        parts=parts,
        remarks=tuple(lines.remarks(digest, language)),
        button=(Text("Mở bảng chỉ tiêu", "Open the scoreboard"), digest.link),
        command=command(digest, language),
    )


def result(one: Result, month: Period, language: Language) -> str:
    """A target's month: value, what was needed, how far in real things, the trend, and which units came and went."""
    standing = one.standing
    shape, name = words.SLACK_SHAPES[standing.status], bold(lines.title(standing, language))
    if standing.is_many:
        said = _many(one, language)
    elif standing.lead.numerator is None or standing.lead.period_start is None:
        said = words.status(standing.status, language, in_a_sentence=True)
    else:
        said = f"{lines.value(standing, language)}, {lines.needed(standing, language)}; {_far(one, language)}"
        judged = lines.period_of(standing.lead)
        if judged is not None and judged != month:
            period = dates.period(judged, language)
            said = f"{words.status(standing.status, language, in_a_sentence=True)}, {period}: {said}"
        said += _trend(one, language)
    return f"{shape} {name}: {said}{_units(one, language)}."


def rate(one: Rate, language: Language) -> str:
    """How many have reported, and how many by the deadline: Một cửa điện tử: 400/579 xã đã gửi, 380 đúng hạn."""
    of = escape(nouns.counted_of(one.reported, one.due, one.level_name, language), lines.NAME)
    in_time = numbers.count(one.in_time, language)
    return Text(
        f"{lines.named(one.name, language)}: {of} đã gửi, {in_time} đúng hạn.",
        f"{lines.named(one.name, language)}: {of} reported, {in_time} in time.",
    ).in_(language)


def _far(one: Result, language: Language) -> str:
    figures = lines.figures(one.standing, one.standing.lead)
    if one.standing.lead.reason is Reason.INCOMPLETE:
        undecided = bold(words.CANNOT_BE_SAID.in_(language))
        return f"{undecided}, {lines.lacking(one.standing, one.standing.lead, language)}"
    if figures.is_short:
        return bold(lines.short(one.standing, one.standing.lead, language))
    spare = figures.still_needed(language)
    if spare:
        return escape(spare, lines.NAME)
    if figures.gap is None:
        return words.status(one.standing.status, language, in_a_sentence=True)
    return escape(f"{figures.signed_gap(language)} {figures.gap_unit(language)}", lines.NAME)


def _trend(one: Result, language: Language) -> str:
    """The month before and the same month a year before, as far as they are known."""
    figures = lines.figures(one.standing, one.standing.lead)
    said = []
    for what, then in (
        (Text("tháng trước", "the month before"), one.month_before),
        (Text("cùng kỳ năm trước", "a year before"), one.year_before),
    ):
        if then is not None and then[1]:
            value = escape(figures.beside(*then, language), lines.NAME)
            said.append(f"{what.in_(language)} {value}{_moved(figures, then, language)}")
    return f"; {', '.join(said)}" if said else ""


def _moved(figures: Figures, then: tuple[int, int], language: Language) -> str:
    """By how many points a share has moved since: (nay +3,2 điểm). Empty where it is no share, or has not moved."""
    before = numbers.ratio(*then)
    if not figures.measure.is_percentage or before is None or figures.exact is None or figures.exact == before:
        return ""
    points = numbers.headroom((figures.exact - before) * 100, language)
    return Text(f" (nay {points} điểm)", f" (now {points} points)").in_(language)


def _many(one: Result, language: Language) -> str:
    """A target for which many units answer each for itself: how many are short, and who is furthest."""
    standing = one.standing
    of = nouns.counted_of(len(standing.behind), standing.units, standing.level_name, language)
    if not standing.behind:
        status = words.status(standing.status, language, in_a_sentence=True)
        return f"{escape(nouns.counted(standing.units, standing.level_name, language), lines.NAME)}, {status}"
    names = lines.who(standing, standing.behind, language)
    return Text(f"{escape(of, 60)} chậm: {names}", f"{escape(of, 60)} behind: {names}").in_(language)


def _units(one: Result, language: Language) -> str:
    """How many units are behind under it, and which fell behind and recovered since the month before."""
    standing, said = one.standing, ""
    if standing.behind and not standing.is_many and standing.units > 1:
        of = escape(nouns.counted_of(len(standing.behind), standing.units, standing.level_name, language), lines.NAME)
        said += Text(f"; {of} chậm", f"; {of} behind").in_(language)
    if one.fell:
        said += Text("; mới chậm: ", "; newly behind: ").in_(language) + lines.series(one.fell, language)
    if one.recovered:
        said += Text("; đã đuổi kịp: ", "; recovered: ").in_(language) + lines.series(one.recovered, language)
    return said


def _promised(one: Result, language: Language) -> str:
    """What the next month asks for, and how much more than what was reached that is."""
    standing = one.standing
    if one.promised is None or standing.is_many:
        return ""
    figures, lead = lines.figures(standing, standing.lead), standing.lead
    assumed = f" ({words.ASSUMED_PATH.in_(language)})" if standing.target.trajectory.assumed else ""
    if lead.numerator is None or lead.denominator is None:
        asked = escape(replace(figures, required=one.promised).required_now(language), lines.NAME)
        return f"{lines.title(standing, language)}: {bold(asked)}{assumed}."
    sides = lead.numerator * MILLION, one.promised * lead.denominator
    headroom = sides[1] - sides[0] if figures.comparison in LOWER_IS_BETTER else sides[0] - sides[1]
    then = replace(figures, required=one.promised, headroom=headroom, headroom_units=headroom // MILLION)
    asked, reached = escape(then.required_now(language), lines.NAME), escape(then.value(language), lines.NAME)
    more = (
        escape(then.still_needed(language), lines.NAME) if lead.parts and lead.reason is not Reason.INCOMPLETE else ""
    )
    now = Text(f", nay {reached}", f", now {reached}").in_(language) + (f": {more}" if more else "")
    return f"{lines.title(standing, language)}: {bold(asked)}{assumed}{now}."


def _lives(lives: Lives, language: Language) -> str:
    """How many opened and were resolved since the digest before, how long they took, and how many go on."""
    opened, resolved, live = (numbers.count(one, language) for one in (lives.opened, lives.resolved, lives.live))
    line = Text(
        f"Kể từ bản trước: {opened} mở, {resolved} đã khắc phục; {live} đang mở",
        f"Since the digest before: {opened} opened, {resolved} resolved; {live} open now",
    ).in_(language)
    if lives.ended:
        ended = numbers.count(lives.ended, language)
        line += Text(f"; {ended} kết thúc hoặc được thay thế", f"; {ended} ended or superseded").in_(language)
    if lives.median is not None and lives.longest is not None and lives.about is not None:
        half, most = dates.lasting(*lives.median, language), dates.lasting(*lives.longest, language)
        about = lines.named(lives.about, language)
        if lives.resolved == 1:
            line += Text(f". Mất {most} ({about})", f". It took {most} ({about})").in_(language)
        else:
            line += Text(
                f". Thường mất {half}, lâu nhất {most} ({about})",
                f". Half took {half} or less, the longest {most} ({about})",
            ).in_(language)
    return f"{line}."
