"""The first link: the records, bodies or publication that a figure was taken from, and the deliveries they came in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from targetwatch.explaining.account import Shown, Step
from targetwatch.explaining.deliveries import deliveries
from targetwatch.explaining.found import Answer, Case, Record
from targetwatch.explaining.reports import counts_reports, reports
from targetwatch.explaining.statement import is_statement, statement
from targetwatch.model import Language, MetricKind, Reason, Text
from targetwatch.wording import dates, nouns, numbers, parts

HEADING = Text("Bản ghi", "Records")
NAMED = 5  # missing units, and others, that are named
UNITS = Text("đơn vị", "units")
ROWS = Text("dòng", "rows")


def records(case: Case, language: Language) -> Step:
    """What the numerator and the denominator were counted from."""
    if case.then is None:
        return _nothing(case, language)
    if counts_reports(case):
        return reports(case, language)
    if case.is_sum:
        return _sum(case, language)
    if case.is_heir:
        return _inherited(case, language)
    if case.records is None:
        return _unlisted(case, language)
    first = case.records.first
    if first is not None and "in_numerator" not in first:
        if is_statement(first):
            return _stated(case, case.records, first, language)
        return _put_together(case, case.records, language)
    return _counted(case, case.records, language)


def _step(says: Sequence[str], shown: Sequence[Shown], facts: Mapping[str, object], language: Language) -> Step:
    return Step("records", HEADING.in_(language), tuple(one for one in says if one), tuple(shown), facts)


def _counted(case: Case, answer: Answer, language: Language) -> Step:
    """A body's own records: of a share those in its denominator, marked where they are in its numerator."""
    then, measure = case.then or {}, case.place.measure
    all_of_them, those = len(answer.rows), sum(bool(row["in_numerator"]) for row in answer.rows)
    counted, numerator = nouns.counted(all_of_them, measure.counted, language), numbers.count(those, language)
    period, be = _period(case, language), "is" if all_of_them == 1 else "are"
    if measure.is_percentage:
        said = Text(
            f"{period}: {counted} nằm trong mẫu số, trong đó {numerator} nằm trong tử số.",
            f"{period}: {counted} {be} in the denominator, {numerator} of them in the numerator.",
        )
        holds = (those, all_of_them) == (then["numerator"], then["denominator"])
        rows = Text(
            f"từng {measure.counted.vi}, cột in_numerator cho biết có nằm trong tử số không",
            f"the {measure.counted.en} one by one",
        )
    else:
        said = Text(f"{period}: tính từ {counted}.", f"{period}: {counted} {be} behind it.")
        holds = measure.kind is not MetricKind.COUNT or those == then["numerator"]
        rows = Text(f"từng {measure.counted.vi}", f"the {measure.counted.en} one by one")
    says = [said.in_(language)]
    if not holds:
        held = nouns.of(then["numerator"], then["denominator"], language)
        changed = Text(
            f"Sổ ghi {held}: từ khi đo đến nay các bản ghi đã đổi.",
            f"The ledger has {held}: the records have changed since they were measured.",
        )
        says.append(changed.in_(language))
    brought, shown, facts = deliveries(case, Counter(row["batch_id"] for row in answer.rows), language)
    return _step(
        [*says, *brought],
        [Shown(rows.in_(language), answer.query), *shown],
        {"records": all_of_them, "in_numerator": those, **facts},
        language,
    )


def _sum(case: Case, language: Language) -> Step:
    """The figures of the bodies below a unit."""
    then, said = case.then or {}, case.said
    bodies = case.bodies.rows if case.bodies else []
    reported, due = then["bodies_reported"], then["bodies_due"]
    called = _called(case, bodies)
    of, period = nouns.counted_of(reported, due, called, language), _period(case, language)
    says = [Text(f"{period}: {of} đã báo cáo.", f"{period}: {of} reported.").in_(language)]
    if case.place.measure.is_percentage and then["parts"]:
        what = nouns.counted(then["denominator"], case.place.measure.counted, language)
        numerator = numbers.count(then["numerator"], language)
        says.append(
            Text(
                f"Cộng lại: {what} trong mẫu số, trong đó {numerator} trong tử số.",
                f"Together they have {what} in the denominator, {numerator} of them in the numerator.",
            ).in_(language)
        )
    says += _handed_on(case, bodies, language)
    missing = list(said["missing"]) if said is not None and case.is_judged else []
    names = sorted(case.place.name_of(key) for key in missing)
    if names:
        who = nouns.series(names[:NAMED], language, more=max(len(names) - NAMED, 0))
        due_at = ""
        if said is not None and said["deadline"] is not None:
            when = dates.moment(said["deadline"], case.place.time_zone, language)
            due_at = Text(f" (hạn gửi: {when})", f" (they were due at {when})").in_(language)
        says.append(Text(f"Chưa gửi{due_at}: {who}.", f"Missing{due_at}: {who}.").in_(language))
    shown = []
    if case.bodies is not None:
        rows = Text("từng đơn vị bên dưới với tử số, mẫu số của mình", "the bodies below, each with its figures")
        shown.append(Shown(rows.in_(language), case.bodies.query))
    if names:
        rows = Text("các đơn vị chưa gửi", "the missing ones")
        shown.append(Shown(rows.in_(language), case.queries["explain_missing"]))
    facts = {
        "bodies_reported": reported,
        "bodies_due": due,
        "bodies_with_figures": len(bodies),
        "records": then["denominator"] if then["parts"] and case.place.measure.is_percentage else None,
        "in_numerator": then["numerator"] if then["parts"] and case.place.measure.is_percentage else None,
        "missing": [{"unit": key, "name": case.place.name_of(key)} for key in missing],
    }
    return _step(says, shown, facts, language)


def _inherited(case: Case, language: Language) -> Step:
    """A body's own records, and its part of what those had that it follows."""
    then, own = case.then or {}, case.own or {"numerator": 0, "denominator": 0}
    what = nouns.counted(then["denominator"], case.place.measure.counted, language)
    numerator = numbers.count(then["numerator"], language)
    period = _period(case, language)
    mine = nouns.of(own["numerator"], own["denominator"], language)
    rest = then["numerator"] - own["numerator"], then["denominator"] - own["denominator"]
    before = case.handed_on.rows if case.handed_on else ()
    named = [_left_to(case, row, language) for row in before[:NAMED]]
    whose = nouns.series(named, language, more=max(len(before) - NAMED, 0))
    says = [
        Text(
            f"{period}: {what} trong mẫu số, trong đó {numerator} trong tử số.",
            f"{period}: {what} in the denominator, {numerator} of them in the numerator.",
        ).in_(language),
        Text(
            f"Của riêng mình: {mine}. Nhận từ những đơn vị đã kết thúc: {nouns.of(*rest, language)}, từ {whose}.",
            f"Of its own: {mine}. From units that have ended: {nouns.of(*rest, language)}, out of those of {whose}.",
        ).in_(language),
    ]
    shown = []
    listed = case.records.rows if case.records else ()
    if case.records is not None:
        one_by_one = Text(f"từng {case.place.measure.counted.vi} của riêng mình", "its own, one by one")
        shown.append(Shown(one_by_one.in_(language), case.records.query))
    if case.handed_on is not None:
        rows = Text("số liệu của những đơn vị mà nó kế tục", "the figures of the units that it follows")
        shown.append(Shown(rows.in_(language), case.handed_on.query))
    said, more, facts = deliveries(case, Counter(row["batch_id"] for row in listed), language)
    facts |= {
        "records": len(listed),
        "in_numerator": sum(bool(row.get("in_numerator")) for row in listed),
        "handed_on": [dict(row) for row in before],
    }
    return _step([*says, *said], [*shown, *more], facts, language)


def _left_to(case: Case, row: Record, language: Language) -> str:
    """A unit that has ended, what it had, and which part of that came here: Phường Tây (5 of 7, half of it)."""
    had = nouns.of(row["numerator"], row["denominator"], language)
    ended = case.place.units.get(f"{row['org_unit']}@{row['org_unit_valid_from']}")
    here = case.place.unit.unit.key
    weight = next((one.weight for one in ended.unit.successors if one.unit == here), None) if ended else None
    if weight is None:  # it passed on to one that passed on in its turn
        return f"{row['name']} ({had})"
    part = parts.part(weight, language)
    return Text(f"{row['name']} ({had}, nhận {part})", f"{row['name']} ({had}, {part} of it)").in_(language)


def _handed_on(case: Case, bodies: Sequence[Record], language: Language) -> list[str]:
    """What of a sum is not the bodies' own: it came to them from units that have ended."""
    then = case.then or {}
    own = sum(row["numerator"] for row in bodies), sum(row["denominator"] for row in bodies)
    if not case.place.measure.is_percentage or own == (then["numerator"], then["denominator"]):
        return []
    said = nouns.of(*own, language)
    rest = nouns.of(then["numerator"] - own[0], then["denominator"] - own[1], language)
    return [
        Text(
            f"Của riêng mình: {said}; {rest} là phần nhận từ những đơn vị đã kết thúc.",
            f"Of their own: {said}; {rest} came from units that have ended.",
        ).in_(language)
    ]


def _called(case: Case, bodies: Sequence[Record]) -> Text:
    """What the bodies are called together, if they are of one level."""
    keys = [f"{row['org_unit']}@{row['org_unit_valid_from']}" for row in bodies]
    called = {case.place.units[key].called for key in keys if key in case.place.units}
    return called.pop() if len(called) == 1 else UNITS


def _stated(case: Case, answer: Answer, row: Record, language: Language) -> Step:
    """What somebody published or reported as one figure."""
    said, shown, facts = deliveries(case, Counter([str(row["batch_id"])]), language)
    rows = Text("bản ghi này", "the record").in_(language)
    says = [statement(case, row, language), *said]
    return _step(says, [Shown(rows, answer.query), *shown], {"record": dict(row), **facts}, language)


def _put_together(case: Case, answer: Answer, language: Language) -> Step:
    """A figure that is made of numbers, and not of records that are counted: what they are, and what they add up to."""
    number, period = nouns.counted(len(answer.rows), ROWS, language), _period(case, language)
    says = [Text(f"{period}: gộp từ {number}.", f"{period}: put together out of {number}.").in_(language)]
    sums = {
        name: sum(row[name] or 0 for row in answer.rows)
        for name in ("numerator", "denominator")
        if name in answer.rows[0]
    }
    said, shown, facts = deliveries(case, Counter(str(row["batch_id"]) for row in answer.rows), language)
    rows = Text("từng dòng", "these rows").in_(language)
    return _step(
        [*says, *said], [Shown(rows, answer.query), *shown], {"rows": len(answer.rows), **sums, **facts}, language
    )


def _unlisted(case: Case, language: Language) -> Step:
    """A body's own figures whose records nothing lists."""
    file = f"sql/rows/{case.records_file}.sql"
    why = Text(f"Chưa có {file} để liệt kê bản ghi.", f"There is no {file} to list the records.")
    if not case.place.has_records:
        why = Text("Chưa có bản chụp nào của các bản ghi.", "There is no snapshot of the records yet.")
    said, shown, facts = deliveries(case, Counter(), language)
    return _step([why.in_(language), *said], shown, facts, language)


def _nothing(case: Case, language: Language) -> Step:
    """Why there is nothing, and who accounts for that."""
    place, said = case.place, case.said
    reason = Reason(said["reason"]) if said is not None else Reason.NEVER_OBSERVED
    source, owner = place.two("source_name").in_(language), place.two("source_owner").in_(language)
    if reason is Reason.SOURCE_PLANNED:
        why = Text(f"Nguồn “{source}” chưa được kết nối.", f"Its source, “{source}”, is planned and not gathered yet.")
    elif said is not None and said["deadline"] is not None:
        when = dates.moment(said["deadline"], place.time_zone, language)
        why = Text(
            f"Nguồn “{source}” đã quá hạn gửi ({when}) mà chưa gửi gì về đơn vị này.",
            f"Nothing of this unit ever came from its source, “{source}”, whose deadline passed at {when}.",
        )
    else:
        why = Text(
            f"Nguồn “{source}” chưa gửi gì về đơn vị này.",
            f"Nothing of this unit ever came from its source, “{source}”.",
        )
    who = Text(f"Phụ trách nguồn: {owner}.", f"Who accounts for the source: {owner}.").in_(language) if owner else ""
    shown = []
    if place.has_records and (batches := case.queries.get("explain_source_batches")):
        shown.append(Shown(Text("các lô của nguồn này", "what the source has delivered").in_(language), batches))
    return _step(
        [why.in_(language), who],
        shown,
        {"records": 0, "source": place.source, "source_planned": place.metric["source_planned"]},
        language,
    )


def _period(case: Case, language: Language) -> str:
    said: Any = dates.period(case.period, language) if case.period else ""
    return str(said[:1].upper() + said[1:])
