"""The first link where reports themselves are counted: which of those that were due came, when, and which did not."""

from __future__ import annotations

from collections import Counter

from targetwatch.explaining.account import Shown, Step
from targetwatch.explaining.deliveries import deliveries
from targetwatch.explaining.found import Case
from targetwatch.model import Language, Reports, Text
from targetwatch.wording import dates, nouns

HEADING = Text("Bản ghi", "Records")
NAMED = 5  # units that are named
DUE = Text("báo cáo phải gửi", "reports that were due")


def counts_reports(case: Case) -> bool:
    """Whether the metric counts reports. A ledger of an older release does not know of such."""
    return case.place.metric.get("reports") is not None


def reports(case: Case, language: Language) -> Step:
    """Which reports came: of the bodies below a unit, or of the one."""
    return _of_all(case, language) if case.is_sum else _of_one(case, language)


def _of_all(case: Case, language: Language) -> Step:
    then, bodies = case.then or {}, case.bodies.rows if case.bodies else []
    of, period = nouns.counted_of(then["numerator"], then["denominator"], DUE, language), _period(case, language)
    says = [f"{period}: {of} {_come(case).in_(language)}{_by(case, language)}."]
    missing = sorted(str(row["name"]) for row in bodies if not row["numerator"])
    if missing:
        who = nouns.series(missing[:NAMED], language, more=max(len(missing) - NAMED, 0))
        says.append(Text(f"Không có: {who}.", f"Not among them: {who}.").in_(language))
    shown = []
    if case.bodies is not None:
        rows = Text("từng đơn vị: 1 là có, 0 là không", "the units, one by one: 1 where it came, 0 where it did not")
        shown.append(Shown(rows.in_(language), case.bodies.query))
    facts = {
        "reports": case.place.metric["reports"],
        "received": then["numerator"],
        "due": then["denominator"],
        "missing": missing,
    }
    return Step("records", HEADING.in_(language), tuple(says), tuple(shown), facts)


def _of_one(case: Case, language: Language) -> Step:
    then, period = case.then or {}, _period(case, language)
    when = dates.moment(then["known_at"], case.place.time_zone, language)
    if then["numerator"]:
        said = Text(f"{period}: báo cáo nhận lúc {when}.", f"{period}: its report came at {when}.")
    else:
        said = Text(
            f"{period}: đến hạn, {when}, chưa nhận được báo cáo.",
            f"{period}: by the deadline, {when}, no report of it had come.",
        )
    brought, shown, facts = deliveries(case, Counter(), language) if case.deliveries else ([], [], {})
    return Step(
        "records",
        HEADING.in_(language),
        (said.in_(language), *brought),
        tuple(shown),
        {"reports": case.place.metric["reports"], "received": then["numerator"], "due": 1, **facts},
    )


def _come(case: Case) -> Text:
    if case.place.metric["reports"] == Reports.IN_TIME:
        return Text("đã nhận đúng hạn", "came in time")
    return Text("đã nhận", "came")


def _by(case: Case, language: Language) -> str:
    """By when they were due, where a judged period says so."""
    if case.said is None or not case.is_judged or case.said["deadline"] is None:
        return ""
    when = dates.moment(case.said["deadline"], case.place.time_zone, language)
    return Text(f" (hạn gửi: {when})", f" (they were due at {when})").in_(language)


def _period(case: Case, language: Language) -> str:
    said = dates.period(case.period, language) if case.period else ""
    return said[:1].upper() + said[1:]
