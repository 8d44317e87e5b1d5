"""The message about what units report of themselves, where it differs from what their records give."""

from __future__ import annotations

from collections.abc import Sequence

from targetwatch.model import IncidentState, Language, Period, ReportFinding, Status, Text
from targetwatch.notifications.messages import blocks, care
from targetwatch.notifications.messages.mrkdwn import NAMED, bold, code, escape, mention
from targetwatch.notifications.stories import ReplyStory, ReportLine, ReportsStory
from targetwatch.wording import dates, nouns, reports, words
from targetwatch.wording.figures import Measure

DIFFERS = words.SLACK_SHAPES[Status.MISSED]
CLOSED = words.SLACK_SHAPES[Status.ENDED]
TITLE = Text("Báo cáo lệch hồ sơ", "Reports differ from records")
NEWLY = Text("Mới lệch hồ sơ:", "Newly differ:")
STILL = Text("Kỳ mới vẫn lệch:", "Still differ in the new period:")
CORRECTED = Text("Báo cáo và hồ sơ đã khớp", "Reports and records agree now")
ACCEPTED = Text("Chênh lệch được chấp nhận", "Difference acknowledged")
ENDED = Text("Đơn vị không còn nữa", "The unit has ended")
WITHDRAWN = Text("Không còn đối chiếu", "No longer compared")
UNITS_SHOWN = 5
LINE = 600  # characters of a reason
LIST = (
    "select org_unit_name, period_start, reported, computed, difference from discrepancies where metric = '{metric}' "
    "and tier = '{tier}' and is_newest and finding = 'misreported' order by deviation_millionths desc"
)
TO_DO = Text(
    "Chưa biết bên nào sai: báo cáo có thể sai, hồ sơ có thể thiếu. Đơn vị cần đối chiếu, rồi sửa báo cáo hoặc bổ sung "
    "hồ sơ. Chênh lệch có lý do thì ghi, kèm thời hạn, vào `acknowledged_differences.yaml`.",
    "It is not known which is wrong: the report may be, or records may be missing. The unit is to compare the two, and "
    "to correct the report or complete the records. A difference with a reason goes into "
    "`acknowledged_differences.yaml`, with a term.",
)
NOT_CORRECTED = Text(
    "Hai bên vẫn lệch; cảnh báo đóng vì chênh lệch có lý do và thời hạn, không phải vì đã sửa.",
    "The two still differ. That there is a reason and a term closes the incident; nothing was corrected.",
)


def reports_message(story: ReportsStory, language: Language) -> dict[str, object]:
    """The payload of the message, open or over."""
    metric = story.metric.name.in_(language)
    if story.differ:
        title = TITLE.in_(language)
        short = _briefly(story, language)
        said = [
            blocks.header(f"{DIFFERS} {title}: ", metric, f", {short}"),
            blocks.section(_differing(story, language)),
            blocks.section([TO_DO.in_(language)]),
        ]
        text = f"{title}: {escape(metric, 2 * NAMED)}, {short}"
    else:
        shape, how = _over(story, language)
        said = [blocks.header(f"{shape} {how}: ", metric, ""), blocks.section(_closed(story, language))]
        text = f"{how}: {escape(metric, 2 * NAMED)}"
    said.append(blocks.fields([*_fields(story, language), *care.field(story, language, story.level_name)]))
    link = (Text("Xem báo cáo và hồ sơ", "Open reports and records").in_(language), story.link)
    said += care.actions(story, [link], language)
    when = blocks.when(story.incident, story.as_of, story.time_zone, language, edited=story.edited)
    return blocks.message(text, [*said, blocks.context([when, care.command(story, language), story.incident.name])])


def reports_reply(reply: ReplyStory, story: ReportsStory, language: Language) -> dict[str, object]:
    """The payload of a reply: who differs since, who still does, and whose episode is over."""
    lines = []
    if reply.newly_differ:
        lines += [f"{DIFFERS} {bold(NEWLY.in_(language))}", *_lines(story, reply.newly_differ, language)]
    if reply.still_differ:
        lines += [f"{DIFFERS} {bold(STILL.in_(language))}", *_lines(story, reply.still_differ, language)]
    for finding in (ReportFinding.AGREES, ReportFinding.ACKNOWLEDGED, ReportFinding.MISREPORTED):
        over = [line for line in story.over if line.report.finding is finding]
        if over:
            shape, how = _how(finding, language)
            lines += [f"{shape} {bold(f'{how}:')}", *(_was(story, line, language) for line in over[:UNITS_SHOWN])]
            lines += _more(len(over), language)
    if not lines:
        shape, how = _over(story, language)
        lines = [f"{shape} {bold(f'{how}: {escape(story.metric.name.in_(language))}.')}"]
    context = blocks.context([dates.moment(story.as_of, story.time_zone, language), story.incident.name])
    text = f"{blocks.unmarked(lines[0])} {blocks.unmarked(lines[1])}" if len(lines) > 1 else blocks.unmarked(lines[0])
    return blocks.message(text, [blocks.section(lines), context])


def status(story: ReportsStory, language: Language) -> tuple[str, str, str]:
    """The shape, the words and how far it is, escaped, in a line of several."""
    if not story.differ:
        shape, how = _over(story, language)
        return shape, how, ""
    return DIFFERS, TITLE.in_(language), _briefly(story, language)


def _briefly(story: ReportsStory, language: Language) -> str:
    """How many differ; where it is one, which and how far."""
    if len(story.differ) > 1:
        return escape(nouns.counted_of(len(story.differ), story.compared, story.level_name, language))
    line, measure = story.differ[0], Measure.of(story.metric)
    said, held = (escape(find(line.report, measure, language), 40) for find in (reports.reported, reports.computed))
    name = escape(line.name, 40)
    return Text(f"{name}: báo cáo {said}, hồ sơ {held}", f"{name}: reported {said}, records {held}").in_(language)


def _differing(story: ReportsStory, language: Language) -> list[str]:
    of = bold(escape(nouns.counted_of(len(story.differ), story.compared, story.level_name, language)))
    allowed = escape(reports.tolerance(story.differ[0].report.allowed, story.metric, language))
    periods = {(line.report.period_start, line.report.period_end) for line in story.differ}
    when = dates.period(Period(*periods.copy().pop()), language) if len(periods) == 1 else ""
    one = len(story.differ) == 1
    if language is Language.VI:
        when = when or "kỳ mới nhất"
        first = f"{of} báo cáo {when} lệch hồ sơ quá mức cho phép ({allowed})" + (":" if one else ". Lệch nhiều nhất:")
    else:
        when = when or "the newest period"
        who = f"is further from its records than is tolerated ({allowed}), in its report for {when}:"
        if not one:
            who = (
                f"are further from their records than is tolerated ({allowed}), in their reports for {when}. Furthest:"
            )
        first = f"{of} {who}"
    return [first, *_lines(story, story.differ, language, say_period=len(periods) > 1)]


def _lines(
    story: ReportsStory, lines: Sequence[ReportLine], language: Language, *, say_period: bool = False
) -> list[str]:
    said = [_line(story, line, language, say_period=say_period) for line in lines[:UNITS_SHOWN]]
    more = _more(len(lines), language)
    if more:
        command = code(f'targetwatch sql "{LIST.format(metric=story.metric.id, tier=story.tier)}"', 400)
        said.append(f"{more[0]}: {command}")
    return said


def _more(number: int, language: Language) -> list[str]:
    if number <= UNITS_SHOWN:
        return []
    more = nouns.count(number - UNITS_SHOWN, language)
    return [Text(f"… và {more} đơn vị khác", f"… and {more} more").in_(language)]


def _line(story: ReportsStory, line: ReportLine, language: Language, *, say_period: bool = False) -> str:
    """One unit: • *Quận Ba Đình*: báo cáo *92,0%* (…), hồ sơ cho thấy *78,4%* (…), chênh +13,6 điểm."""
    report, measure = line.report, Measure.of(story.metric)
    when = f" ({_period(line, language)})" if say_period else ""
    said = _with_parts(reports.reported(report, measure, language), reports.reported_parts(report, measure, language))
    held = _with_parts(reports.computed(report, measure, language), reports.computed_parts(report, measure, language))
    apart = escape(reports.difference(report, measure, language))
    again = reports.lapsed(report, language)
    text = Text(
        f"• {bold(escape(line.name))}{when}: báo cáo {said}, hồ sơ cho thấy {held}, chênh {apart}.",
        f"• {bold(escape(line.name))}{when}: reported {said}, the records show {held}, a difference of {apart}.",
    ).in_(language)
    return f"{text} {again}".rstrip()


def _with_parts(value: str, parts: str) -> str:
    return f"{bold(escape(value))}{f' ({escape(parts)})' if parts else ''}"


def _period(line: ReportLine, language: Language) -> str:
    return dates.period(Period(line.report.period_start, line.report.period_end), language)


def _over(story: ReportsStory, language: Language) -> tuple[str, str]:
    """The shape and the words for an episode that is over, as most of what closed it was."""
    if story.incident.state is IncidentState.ENDED:
        return CLOSED, ENDED.in_(language)
    if story.incident.state is IncidentState.SUPERSEDED:
        findings = {line.report.finding for line in story.over}
        return CLOSED, (ACCEPTED if ReportFinding.ACKNOWLEDGED in findings else WITHDRAWN).in_(language)
    return ":white_check_mark:", CORRECTED.in_(language)


def _how(finding: ReportFinding, language: Language) -> tuple[str, str]:
    if finding is ReportFinding.AGREES:
        return ":white_check_mark:", CORRECTED.in_(language)
    return CLOSED, (ACCEPTED if finding is ReportFinding.ACKNOWLEDGED else WITHDRAWN).in_(language)


def _closed(story: ReportsStory, language: Language) -> list[str]:
    lines = [_was(story, line, language) for line in story.over[:UNITS_SHOWN]]
    lines += _more(len(story.over), language)
    if any(line.report.finding is ReportFinding.ACKNOWLEDGED for line in story.over):
        lines.append(NOT_CORRECTED.in_(language))
    return lines or [f"{escape(story.metric.name.in_(language), 2 * NAMED)}."]


def _was(story: ReportsStory, line: ReportLine, language: Language) -> str:
    """One unit whose episode is over: what it reports and what the records give now, and what they were before."""
    report, measure = line.report, Measure.of(story.metric)
    said, held = (bold(escape(find(report, measure, language))) for find in (reports.reported, reports.computed))
    name, when = bold(escape(line.name)), _period(line, language)
    text = Text(
        f"• {name}: {when} báo cáo {said}, hồ sơ cho thấy {held}",
        f"• {name}: reported {said} for {when}, the records show {held}",
    ).in_(language)
    if report.finding is ReportFinding.ACKNOWLEDGED:
        by = line.acknowledged_by or Text("", "")
        return f"{text}. {escape(reports.acknowledged(report, by, language), LINE)}"
    return f"{text}{_before(line, measure, language)}."


def _before(line: ReportLine, measure: Measure, language: Language) -> str:
    """What the two were before, of the same period or of the one before."""
    before = line.before
    if before is None or line.report.finding is not ReportFinding.AGREES:
        return ""
    said, held = (escape(find(before, measure, language)) for find in (reports.reported, reports.computed))
    if before.period_start == line.report.period_start:
        return Text(f" (trước khi sửa: {said} và {held})", f" (before it was corrected: {said} and {held})").in_(
            language
        )
    when = dates.period(Period(before.period_start, before.period_end), language)
    return Text(f" ({when}: {said} và {held})", f" ({when}: {said} and {held})").in_(language)


def _fields(story: ReportsStory, language: Language) -> list[tuple[str, str]]:
    who = escape(story.owner.in_(language)) + ("" if story.edited else mention(story.mention))
    of = nouns.counted(story.compared, story.level_name, language)
    compared = Text("Đã đối chiếu", "Compared").in_(language)
    return [(Text("Người trả lời", "Who answers").in_(language), who), (compared, escape(of))]
