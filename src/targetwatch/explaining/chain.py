"""The chain of an explanation, in the order of the pipeline: from the records to the messages."""

from __future__ import annotations

from collections.abc import Sequence

from targetwatch.explaining.account import Account, Explanation
from targetwatch.explaining.claims import claims
from targetwatch.explaining.comparison import comparison
from targetwatch.explaining.found import Case, Place
from targetwatch.explaining.incident import incident
from targetwatch.explaining.judgement import Suite, judgement
from targetwatch.explaining.messages import messages
from targetwatch.explaining.path import requirement
from targetwatch.explaining.records import records
from targetwatch.explaining.status import status
from targetwatch.explaining.target import target
from targetwatch.explaining.truth import beside
from targetwatch.explaining.value import value
from targetwatch.model import Language, Text
from targetwatch.wording import dates


def explain(place: Place, cases: Sequence[Case], suite: Suite, language: Language) -> Explanation:
    """Everything that is known of a metric and unit, in words, as it was known at the place's moment."""
    name, unit = place.two("name").in_(language), place.unit
    when = dates.moment(place.moment, place.time_zone, language)
    if place.moment == place.newest_pass:
        says = [Text(f"Theo lần đánh giá mới nhất, {when}.", f"As the newest pass found it, {when}.")]
    else:
        day = dates.day(dates.local_day(place.until or place.moment, place.time_zone), language)
        says = [
            Text(
                f"Như đã biết cuối ngày {day}, theo lần đánh giá lúc {when}; về sau đã đánh giá lại.",
                f"As it was known at the end of {day}, by the pass of {when}; later ones followed.",
            )
        ]
    if not cases:
        says.append(
            Text(
                f"Không chỉ tiêu nào của chỉ số này đặt ra cho {unit.full_name}, và chưa có số liệu nào.",
                f"No target of this metric is set for {unit.full_name}, and nothing was observed of it.",
            )
        )
    facts = {
        "metric": place.metric["metric"],
        "org_unit": unit.code,
        "org_unit_valid_from": unit.valid_from,
        "org_unit_name": unit.full_name,
        "as_of": place.moment,
        "newest_pass": place.newest_pass,
    }
    accounts = tuple(_account(case, suite, language) for case in cases)
    heading = f"{name}: {unit.full_name} ({unit.key})"
    return Explanation(heading, tuple(one.in_(language) for one in says), facts, accounts)


def _account(case: Case, suite: Suite, language: Language) -> Account:
    found = [records(case, language), value(case, language), beside(case, language), claims(case, language)]
    if case.said is not None:
        found += [
            target(case, language),
            requirement(case, language),
            comparison(case, language),
            judgement(case, suite, language),
            status(case, language),
            incident(case, language),
            messages(case, language),
        ]
    name = case.said["target"] if case.said is not None else None
    return Account(name, case.tier, _heading(case, language), tuple(step for step in found if step is not None))


def _heading(case: Case, language: Language) -> str:
    if case.said is None:
        called = next((one.called for one in case.place.units.values() if one.unit.level == case.tier), None)
        tier = called.in_(language) if called else case.tier
        return Text(f"Không có chỉ tiêu: {tier}", f"No target is set: {tier}").in_(language)
    name = case.version.name.in_(language) if case.version else case.said["target"]
    return f"{name} ({case.said['target']})"
