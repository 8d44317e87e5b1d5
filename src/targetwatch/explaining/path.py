"""The fourth link: the path to the target, and what it required on the day that counts, with its formula."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from targetwatch.evaluation.trajectory import required
from targetwatch.explaining.account import Shown, Step
from targetwatch.explaining.found import Case, exact_amount
from targetwatch.model import MILLION, Language, Path, Period, Status, TargetVersion, Text, UnitKey
from targetwatch.wording import dates, numbers
from targetwatch.wording.figures import LOWER_IS_BETTER, Figures

HEADING = Text("Lộ trình và mức cần đạt", "Path, and what it required")
ASSUMED = Text("giả định", "assumed")


def requirement(case: Case, language: Language) -> Step | None:
    """What the path asked for on the day that counts, with the numbers of its formula."""
    version = case.version
    if version is None or case.said is None:
        return None
    judged = case.period.last_day if case.is_judged and case.period else None
    is_over = Status(case.said["status"]) is Status.ENDED and case.period is not None
    day = case.period.last_day if case.period and (judged or is_over) else case.place.today
    says, facts = _path(case, version, day, language)
    drawn = Text("lộ trình được vẽ từ đâu, theo phần triệu", "what the path is drawn from, in millionths")
    shown = [Shown(drawn.in_(language), case.queries["explain_path"])]
    if case.baseline is not None and case.baseline.rows:
        rows = Text("kết quả mà lộ trình bắt đầu từ đó", "what the path begins at")
        shown.append(Shown(rows.in_(language), case.baseline.query))
    facts = {
        "path": version.trajectory.path,
        "assumed": version.trajectory.assumed,
        "on": day,
        "required_millionths": case.said["required"] if judged else None,
        **facts,
    }
    return Step("required", HEADING.in_(language), tuple(says), tuple(shown), facts)


def _path(case: Case, version: TargetVersion, day: date, language: Language) -> tuple[list[str], dict[str, object]]:
    final = exact_amount(case.place.measure, _final(case, version), language)
    on = dates.day(day, language)
    path, due = version.trajectory.path, version.due
    assumed = f" ({ASSUMED.in_(language)})" if version.trajectory.assumed else ""
    if path is Path.HOLD:
        return [
            Text(
                f"Mức này phải giữ thường xuyên: ngày {on} cần {final}.",
                f"It is to be held all the time: {final} on {on}.",
            ).in_(language)
        ], {}
    if due is not None and day >= due:
        return [
            Text(
                f"Đã đến hạn {dates.day(due, language)}: từ ngày đó cần cả mức cuối kỳ, {final}.",
                f"It was due on {dates.day(due, language)}: from that day on the final value is required, {final}.",
            ).in_(language)
        ], {}
    if path is Path.BY_DUE:
        by = dates.day(due, language) if due else ""
        return [
            Text(
                f"Trước hạn {by} không có mốc nào: ngày {on} chưa cần gì, từ hạn mới cần {final}.",
                f"Nothing is required before {by}: nothing on {on}, and {final} from the due date on.",
            ).in_(language)
        ], {}
    if path is Path.STEPS:
        return _steps(case, version, day, assumed, language)
    return _line(case, version, day, final, assumed, language)


def _steps(
    case: Case, version: TargetVersion, day: date, assumed: str, language: Language
) -> tuple[list[str], dict[str, object]]:
    """The last dated milestone reached, and the next."""
    measure, on = case.place.measure, dates.day(day, language)
    steps = sorted(version.trajectory.milestones, key=lambda step: step.on)
    past, ahead = [one for one in steps if one.on <= day], [one for one in steps if one.on > day]
    says = []
    if past:
        since, amount = dates.day(past[-1].on, language), exact_amount(measure, past[-1].value, language)
        says.append(
            Text(
                f"Theo từng mốc{assumed}: ngày {on} cần {amount}, là mốc ngày {since}.",
                f"By dated milestones{assumed}: {amount} on {on}, that of {since}.",
            ).in_(language)
        )
    else:
        says.append(
            Text(
                f"Theo từng mốc{assumed}: đến {on} chưa có mốc nào.",
                f"By dated milestones{assumed}: none had come by {on}, so nothing was required.",
            ).in_(language)
        )
    if ahead:
        then, amount = dates.day(ahead[0].on, language), exact_amount(measure, ahead[0].value, language)
        says.append(Text(f"Mốc tiếp theo: {amount} ngày {then}.", f"The next one: {amount} on {then}.").in_(language))
    return says, {"milestones": [{"on": one.on, "value_millionths": one.value} for one in steps]}


def _line(
    case: Case, version: TargetVersion, day: date, final: str, assumed: str, language: Language
) -> tuple[list[str], dict[str, object]]:
    """B + (V − B) × days so far / days in all, with the numbers in it."""
    due = version.due
    begins = _begins(case, version)
    if due is None or begins is None:
        return [
            Text(
                f"Đường thẳng{assumed} từ kết quả đầu tiên đến {final}; chưa có kết quả nào nên chưa có mức cần đạt.",
                f"A straight line{assumed} from the first value to {final}; there is none yet, so nothing is required.",
            ).in_(language)
        ], {}
    measure, on, by = case.place.measure, dates.day(day, language), dates.day(due, language)
    start, began = begins
    began_on = dates.day(began, language)
    start_said = exact_amount(measure, round(start * MILLION), language)
    asks = required(version, day, begins, upper=case.is_upper)
    judged = case.said["required"] if case.said is not None and case.is_judged else asks
    facts: dict[str, object] = {
        "baseline": {"on": began, "value_millionths": round(start * MILLION), "exact": str(start)},
        "due": due,
        "days_so_far": max((day - began).days, 0),
        "days_in_all": (due - began).days,
        "computed_millionths": asks,
    }
    if asks is None:
        return [], facts
    amount = exact_amount(measure, asks, language)
    observed = _observed_start(case, language)
    first, then = (assumed, "") if observed else ("", assumed)
    says = [
        Text(
            f"Đường thẳng{first} từ {start_said} ngày {began_on}{observed}{then} đến {final} ngày {by}: "
            f"ngày {on} cần {amount}.",
            f"A straight line{first} from {start_said} on {began_on}{observed}{then} to {final} on {by} "
            f"asks for {amount} on {on}.",
        ).in_(language),
        _formula(case, version, day, (start, began), due, amount, language),
        *_whole(case, version, asks, language),
    ]
    if judged is not None and judged != asks:
        said = exact_amount(measure, judged, language)
        says.append(
            Text(
                f"Khi đánh giá đã dùng {said}: điểm bắt đầu khi đó khác với điểm bắt đầu mà sổ cho biết nay.",
                f"It was judged by {said}: the path then began elsewhere than the ledger shows here.",
            ).in_(language)
        )
    return [one for one in says if one], facts


def _begins(case: Case, version: TargetVersion) -> tuple[Fraction, date] | None:
    """The value that the line begins at, and on which day."""
    declared = version.trajectory.baseline
    if declared is not None:
        return Fraction(declared.value, MILLION), declared.on
    if case.began is None or case.began.value is None:
        return None
    return case.began.value, case.began.since


def _observed_start(case: Case, language: Language) -> str:
    """Whose value the path begins at, where no document gives it."""
    rows = case.baseline.rows if case.baseline else ()
    if not rows or case.version is None:
        return ""
    on = case.version.trajectory.baseline_on
    whose = case.answers_to or case.place.unit
    own = [row for row in rows if UnitKey(row["org_unit"], row["org_unit_valid_from"]) == whose.unit.key]
    of = Text(f" của {whose.full_name}", f" of {whose.full_name}").in_(language) if case.answers_to else ""
    if not own or len(rows) > 1:
        return Text(
            ", kết quả chung của các đơn vị mà nó kế tục,", ", where those stood together that it follows,"
        ).in_(language)
    if on is not None and own[0]["period_end"] <= on:
        period = dates.period(Period(own[0]["period_start"], own[0]["period_end"]), language)
        return Text(f", kết quả {period}{of},", f", the value{of} in {period},").in_(language)
    return Text(f", kết quả đầu tiên{of},", f", the first value{of},").in_(language)


def _formula(
    case: Case,
    version: TargetVersion,
    day: date,
    begins: tuple[Fraction, date],
    due: date,
    amount: str,
    language: Language,
) -> str:
    start, began = begins
    final = Fraction(_final(case, version), MILLION)
    capped = case.is_upper or version.comparison in LOWER_IS_BETTER
    if (start < final) if capped else (start > final):
        return Text(
            "Điểm bắt đầu đã tốt hơn mức cuối kỳ nên chỉ cần đúng mức cuối kỳ.",
            "It begins better than the final value, so no more than that is asked for.",
        ).in_(language)
    if day <= began:
        return Text("Trước ngày đó thì cần đúng mức này.", "Before that day it asks for that value.").in_(language)
    scale = case.place.measure.per_one
    first, last = (numbers.exactly(one * scale, language, otherwise=4) for one in (start, final))
    so_far, in_all = (numbers.count(days, language) for days in ((day - began).days, (due - began).days))
    rounded = Text("làm tròn đến một phần triệu", "rounded to a millionth").in_(language)
    return f"{first} + ({last} − {first}) × {so_far} / {in_all} = {amount} ({rounded})."


def _whole(case: Case, version: TargetVersion, asks: int, language: Language) -> list[str]:
    """For what comes in whole numbers only: which of them meets it."""
    if not case.place.measure.is_whole or asks % MILLION == 0:
        return []
    figures = Figures(case.place.measure, version.comparison, required=asks)
    whole = figures.required_now(language)
    return [Text(f"Tính tròn: {whole}.", f"In whole numbers: {whole}.").in_(language)]


def _final(case: Case, version: TargetVersion) -> int:
    return version.value_to if case.is_upper and version.value_to is not None else version.value
