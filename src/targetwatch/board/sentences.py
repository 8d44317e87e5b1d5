"""Sentences of the board: what it says first, and what stands in the cells of a row. Facts in, plain text out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from targetwatch.board.read_model import About, Change
from targetwatch.board.rows import Row
from targetwatch.board.standing import ACTION, UNJUDGED, Standing
from targetwatch.board.trouble import Absent, Late, Refusal
from targetwatch.model import MILLION, Language, Origin, Path, PeriodState, Reason, Status, Text
from targetwatch.wording import dates, nouns, numbers, words
from targetwatch.wording.figures import Figures

NAMES_SHOWN = 3
PARENTS_SHOWN = 10
UNBROKEN = "\u00a0"


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence in two parts: what is to be seen first, and what follows it."""

    first: str
    then: str


def action(counts: Mapping[Status, int], language: Language) -> Said:
    """How many targets need action: 5 trong số 12 chỉ tiêu cần xử lý: 1 quá hạn, 2 chậm, 2 có nguy cơ."""
    total, needed = sum(counts.values()), sum(counts.get(status, 0) for status in ACTION)
    if not total:
        return Said(Text("Chưa có chỉ tiêu nào.", "There are no targets yet.").in_(language), "")
    if not needed:
        return Said(Text("Không chỉ tiêu nào cần xử lý.", "No target needs action.").in_(language), "")
    number, of = numbers.count(needed, language), numbers.count(total, language)
    first = Text(
        f"{number} trong số {of} chỉ tiêu cần xử lý",
        f"{number} of {of} targets {'needs' if needed == 1 else 'need'} action",
    ).in_(language)
    return Said(first, f": {_each(counts, ACTION, language)}.")


def unjudged(rows: Sequence[Row], counts: Mapping[Status, int], language: Language) -> Said | None:
    """How many targets cannot be judged, and how many of those wait for a source; None where all can."""
    number = sum(counts.get(status, 0) for status in UNJUDGED)
    if not number:
        return None
    said = numbers.count(number, language)
    first = Text(f"{said} chỉ tiêu chưa thể đánh giá", f"{said} cannot be judged").in_(language)
    then = f": {_each(counts, UNJUDGED, language)}"
    waiting = sum(row.lead.reason is Reason.SOURCE_PLANNED for row in rows)
    if waiting:
        many = numbers.count(waiting, language)
        then += Text(
            f" ({many} chờ nguồn được kết nối)", f" ({many} {'waits' if waiting == 1 else 'wait'} for a planned source)"
        ).in_(language)
    return Said(first, f"{then}.")


def change(one: Change, time_zone: str, language: Language) -> str:
    """What a target was and what it is: Hồ sơ cấp xã: đúng tiến độ → chậm (18/11)."""
    before = words.status(one.before, language, in_a_sentence=True)
    now = words.status(one.now, language, in_a_sentence=True)
    if one.is_incomplete and not one.was_incomplete:
        now = words.CANNOT_BE_SAID.in_(language)
    elif one.was_incomplete and not one.is_incomplete:
        before = words.CANNOT_BE_SAID.in_(language)
    name = capital(one.short_name.in_(language)) + (f", {one.unit_name}" if one.unit_name else "")
    day = dates.day(dates.local_day(one.at, time_zone), language, year=False)
    return f"{name}: {before} → {now} ({day})"


def needed(standing: Standing, language: Language) -> str:
    """What the value is held against: cần 73,3% (lộ trình giả định), cuối kỳ ≥ 80%."""
    figures, target = standing.figures, standing.target
    final = f"{words.FINAL.in_(language)} {figures.final_value(language)}".replace(" ", UNBROKEN)
    if target.trajectory.path is Path.HOLD or (
        figures.required is not None and figures.required in (figures.final, figures.final_to)
    ):
        return final
    if figures.required is None:
        if standing.period is None:
            return final
        return f"{words.NOTHING_NEEDED_YET.in_(language)}, {final}"
    now = f"{words.NEEDED.in_(language)} {figures.required_now(language)}"
    assumed = f" ({words.ASSUMED_PATH.in_(language)})" if target.trajectory.assumed else ""
    return f"{now}{assumed}, {final}"


def last_known(standing: Standing, language: Language) -> str:
    """The newest value there is, where none can be judged: gần nhất 90,7% (9/2024). Empty where there never was one."""
    figures, period = standing.last_known, standing.last_known_period
    if figures is None or period is None:
        return ""
    value = figures.value(language)
    return f"{words.LAST_KNOWN.in_(language)} {value} ({dates.period(period, language, short=True)})"


def headroom(standing: Standing, language: Language) -> str:
    """How far the value is: −3,2 điểm; a dash where nothing can be said."""
    figures = standing.figures
    if figures.gap is None or not standing.is_judged:
        return numbers.MISSING
    return f"{figures.signed_gap(language)} {figures.gap_unit(language)}"


def remarks_on_headroom(standing: Standing, language: Language) -> list[str]:
    """The distance in real things, against what, and among whom."""
    figures, said = standing.figures, []
    if figures.gap is None or not standing.is_judged:
        return []
    if figures.required is None and standing.status is not Status.MET:
        said.append(words.AGAINST_FINAL.in_(language))
    if figures.still_needed(language):
        said.append(figures.still_needed(language))
    if standing.is_incomplete and standing.bodies_reported:
        number = numbers.count(standing.bodies_reported, language)
        said.append(Text(f"mới tính {number} đơn vị đã gửi", f"among the {number} that reported").in_(language))
    if standing.shrank is not None:
        said.append(shrank(standing, language))
    return said


def shrank(standing: Standing, language: Language) -> str:
    """That its rate rose only because its denominator shrank; empty where that is not so."""
    figures, first = standing.figures, standing.period.first_day if standing.period else None
    now = (figures.numerator, figures.denominator)
    return words.shrank(standing.shrank, *now, first, figures.measure.counted, language)


def due(standing: Standing, language: Language) -> str:
    """The day by which it is to be reached."""
    return words.HELD.in_(language) if standing.target.due is None else dates.day(standing.target.due, language)


def time_left(standing: Standing, today: date, language: Language) -> str:
    """How long there is, or how long it is past due, or when it ended; empty where nothing is to be said."""
    if standing.status is Status.ENDED:
        if standing.ended_on is None:
            return words.status(Status.ENDED, language, in_a_sentence=True)
        day = dates.day(standing.ended_on, language)
        return Text(f"kết thúc sau ngày {day}", f"ended on {day}").in_(language)
    due_day = standing.target.due
    if due_day is None or (standing.status is Status.MET and due_day < today):
        return ""
    return dates.time_left(due_day, today, language)


def coverage(standing: Standing, language: Language) -> str:
    """How many have reported the judged period: 29/30 đã báo cáo. Empty where there is one to report, and it has."""
    if standing.bodies_reported is None or not standing.bodies_due:
        return numbers.MISSING
    if standing.bodies_due == standing.bodies_reported == 1 or standing.counts_reports:
        return ""
    return nouns.reported(standing.bodies_reported, standing.bodies_due, language)


def remarks_on_coverage(standing: Standing, language: Language) -> list[str]:
    """Who is missing, what that changes, which period this is, how old it is, and where the figures come from."""
    said = []
    if standing.missing:
        who = names(standing.missing, language)
        said.append(Text(f"{who} chưa gửi", f"{who} not reported").in_(language))
        if standing.is_certain_short:
            status = words.status(standing.status, language, in_a_sentence=True)
            said.append(Text(f"vẫn chắc chắn {status}", f"{status} all the same").in_(language))
    if standing.period is not None:
        period = dates.period(standing.period, language)
        if standing.period_state is PeriodState.PROVISIONAL:
            period += f", {words.PERIOD_STATES[PeriodState.PROVISIONAL].in_(language)}"
        said.append(period)
    if standing.origin in (Origin.REPORTED, Origin.PUBLISHED):
        said.append(words.ORIGINS[standing.origin].in_(language))
    return said


def cannot_be_said(standing: Standing, language: Language) -> str:
    """Between what the value may still turn out: chưa thể kết luận: từ 52,3% đến 56,0%. Empty where it is certain."""
    bounds = standing.bounds
    if not standing.is_incomplete or bounds is None:
        return ""
    low = standing.figures.beside(bounds.low, bounds.denominator, language)
    high = standing.figures.beside(bounds.high, bounds.denominator, language)
    unsaid = words.CANNOT_BE_SAID.in_(language)
    return Text(f"{unsaid}: từ {low} đến {high}", f"{unsaid}: {low} to {high}").in_(language)


def age(standing: Standing, about: About, language: Language) -> str:
    """How old the data is: received 4 days ago."""
    if standing.known_at is None or about.as_of is None:
        return ""
    when = dates.ago(standing.known_at, about.as_of, language)
    return Text(f"nhận {when}", f"received {when}").in_(language)


def units_behind(row: Row, language: Language) -> str:
    """How many of the units under a target are behind: 12/30 đơn vị chậm."""
    if not row.behind:
        return ""
    of = nouns.of(row.behind, row.units, language)
    return Text(f"{of} chậm", f"{of} behind").in_(language)


def quiet(units: int, language: Language) -> str:
    """How many units under a pooled target have incidents of their own, which are told only with it."""
    number = numbers.count(units, language)
    return Text(f"{number} đơn vị bên dưới", f"{number} {'unit' if units == 1 else 'units'} under it").in_(language)


def whole(row: Row, language: Language) -> str:
    """What the page of a target says first: Tháng 5/2025: 71,4% (1.549/2.169 hồ sơ); cần 73,3%, cuối kỳ ≥ 80%."""
    lead = row.lead
    figures = lead.figures
    if row.is_many:
        return f"{capital(units_behind(row, language))}." if row.behind else ""
    if not lead.is_judged:
        known = last_known(lead, language)
        return f"{why(lead, language)} {f'{capital(known)}.' if known else ''}".rstrip()
    period = f"{capital(dates.period(lead.period, language))}: " if lead.period else ""
    parts = f" ({figures.parts(language)})" if figures.parts(language) else ""
    first = f"{period}{figures.value(language)}{parts}; {needed(lead, language)}."
    gap = headroom(lead, language) if figures.gap is not None else ""
    still = figures.still_needed(language)
    distance = f"{gap}{f', {still}' if still else ''}." if gap else ""
    unsaid = cannot_be_said(lead, language)
    return " ".join(one for one in (first, distance, f"{capital(unsaid)}." if unsaid else "") if one)


def path(standing: Standing, language: Language) -> str:
    """The shape of the way to the target, and that it is assumed where nobody declared it."""
    target, figures = standing.target, standing.figures
    baseline = target.trajectory.baseline
    if target.trajectory.path is Path.HOLD:
        said = words.HELD.in_(language)
    elif target.trajectory.path is Path.BY_DUE:
        said = words.NOTHING_NEEDED_YET.in_(language)
    elif target.trajectory.path is Path.STEPS:
        said = Text("theo từng mốc", "by dated milestones").in_(language)
    elif target.trajectory.baseline_on is not None:
        day = dates.day(target.trajectory.baseline_on, language)
        said = Text(f"đường thẳng từ kết quả đã có ngày {day}", f"a straight line from where it stood on {day}").in_(
            language
        )
    elif baseline is None:
        said = Text("đường thẳng từ kết quả đầu tiên", "a straight line from the first value").in_(language)
    else:
        start = Figures(figures.measure, target.comparison, baseline.value, MILLION).value(language)
        day = dates.day(baseline.on, language)
        said = Text(f"đường thẳng từ {start} ({day})", f"a straight line from {start} ({day})").in_(language)
    return f"{said} ({words.ASSUMED_PATH.in_(language)})" if target.trajectory.assumed else said


def finals(row: Row, language: Language) -> str:
    """What is asked for in the end; of many units that answer for themselves every value that one is held to."""
    asked = [one.figures.final_value(language) for one in (row.own or (row.lead,)) if one.status is not Status.ENDED]
    return names(list(dict.fromkeys(asked or [row.lead.figures.final_value(language)])), language)


def why(standing: Standing, language: Language) -> str:
    """Why it stands as it does and, where the unit has passed on, to whom."""
    return words.reason(standing.reason, language, standing.followers)


def names(these: Sequence[str], language: Language, most: int = NAMES_SHOWN) -> str:
    """Some names, and how many more there are."""
    return nouns.series(list(these[:most]), language, more=max(len(these) - most, 0))


def late_counts(late: Late, language: Language) -> str:
    """How many of those who owe a period have given it, level by level."""
    said = [nouns.counted_of(one.reported, one.due, one.units_called, language) for one in late.counts]
    return nouns.series(said, language)


def absent(groups: Sequence[Absent], language: Language) -> list[str]:
    """Who is missing, a line for each level: by name where they have one parent, else how many under which parent."""
    lines = []
    for called in dict.fromkeys(group.units_called for group in groups):
        of_level = [group for group in groups if group.units_called == called]
        if len(of_level) == 1 or any(group.parent is None for group in of_level):
            who = names([name for group in of_level for name in group.names], language, PARENTS_SHOWN)
        else:
            most_first = sorted(of_level, key=lambda group: (-len(group.names), group.parent or ""))
            said = [f"{group.parent} ({numbers.count(len(group.names), language)})" for group in most_first]
            who = names(said, language, PARENTS_SHOWN)
        total = sum(len(group.names) for group in of_level)
        number = nouns.counted(total, called, language)
        lines.append(Text(f"{number} chưa gửi: {who}", f"{number} missing: {who}").in_(language))
    return lines


def bad_rows(refusal: Refusal, language: Language) -> str:
    """How many of a refused delivery's rows are bad."""
    rows = Text("dòng", "rows")
    if not refusal.rows_bad:
        return nouns.counted(refusal.rows_delivered, rows, language)
    of = nouns.counted_of(refusal.rows_bad, refusal.rows_delivered, rows, language)
    return Text(f"{of} lỗi", f"{of} bad").in_(language)


def capital(text: str) -> str:
    """`text` with a capital first letter."""
    return text[:1].upper() + text[1:]


def _each(counts: Mapping[Status, int], statuses: Sequence[Status], language: Language) -> str:
    return ", ".join(
        f"{numbers.count(counts[status], language)} {words.status(status, language, in_a_sentence=True)}"
        for status in statuses
        if counts.get(status)
    )
