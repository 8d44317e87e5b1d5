"""Reasons: why there is an incident, as `targetwatch explain` says it, shortened, with the command for all of it."""

from __future__ import annotations

from pathlib import Path

from targetwatch import explaining
from targetwatch.explaining import Explanation, Snapshots, Suite
from targetwatch.listening.sight import Sight
from targetwatch.listening.words import Reply, data
from targetwatch.model import Incident, IncidentKind, Language, Text
from targetwatch.settings import CHECKOUT
from targetwatch.wording import dates, words

SUITE = Path("expectations") / "judgement" / "targets.json"
# Of each step of an explanation, the sentences that say it to who asks in Slack; the command shows the rest.
TOLD = {
    "records": slice(0, 1),
    "value": slice(0, 1),
    "required": slice(0, 1),
    "comparison": slice(-1, None),
    "status": slice(0, 2),
    "incident": slice(0, 4),
}


def why(sight: Sight, number: int, language: Language) -> Reply:
    """Why there is an incident of this number."""
    incident = next((one for one in sight.about(number) if one.number == number), None)
    if incident is None:
        from targetwatch.incidents import refusals

        return Reply.of(refusals.unknown_incident(number).says, language)
    if incident.key.kind is IncidentKind.BEHIND:
        return _of_target(sight, incident, language)
    return _of_another(sight, incident, language)


def _of_target(sight: Sight, incident: Incident, language: Language) -> Reply:
    unit = incident.key.org_unit
    if incident.key.org_unit_valid_from is not None:
        unit = f"{unit}@{incident.key.org_unit_valid_from}"
    settings = sight.settings
    snapshots = Snapshots(sight.reader, settings.product_sql / "queries", settings.programme_sql / "rows")
    try:
        place, cases = explaining.read(snapshots, incident.key.subject, unit, None)
        explanation = explaining.explain(place, cases, _suite(sight), language)
    except (explaining.UnknownName, explaining.NothingJudged) as unknown:
        return Reply((data(str(unknown)),))
    command = f"targetwatch explain {incident.key.subject} {unit}"
    lines = [f"*{incident.name}*: {data(_heading(explanation, incident))}", *_steps(explanation, incident.key.subject)]
    lines.append(Text(f"Đầy đủ, kèm SQL: `{command}`", f"All of it, with the SQL: `{command}`").in_(language))
    return Reply(tuple(lines))


def _heading(explanation: Explanation, incident: Incident) -> str:
    """The target and the unit, without their ids: those are in the command."""
    found = (account.heading for account in explanation.accounts if account.target == incident.key.subject)
    target = next(found, incident.key.subject).removesuffix(f" ({incident.key.subject})")
    return f"{target}, {explanation.facts.get('org_unit_name') or incident.key.org_unit}"


def _steps(explanation: Explanation, target: str) -> list[str]:
    steps = [step for account in explanation.accounts if account.target == target for step in account.steps]
    told = [(step.says[TOLD[step.id]]) for step in steps if step.id in TOLD]
    return [f"• {data(' '.join(one.removeprefix('• ') for one in says))}" for says in told if says]


def _of_another(sight: Sight, incident: Incident, language: Language) -> Reply:
    """Of a source, a published figure or a unit's report: what was found last, and where its rows are."""
    facts, zone = incident.facts, sight.programme.time_zone
    kind = words.INCIDENT_KINDS[incident.key.kind].in_(language)
    lines = [f"*{incident.name}*: {kind}, {data(incident.key.subject)}"]
    if isinstance(counts := facts.get("counts"), list):
        for count in counts:
            tier, come, due = data(str(count.get("tier"))), count.get("reported"), count.get("due")
            lines.append(
                Text(f"• {tier}: {come}/{due} đơn vị đã gửi", f"• {tier}: {come} of {due} units reported").in_(language)
            )
    if isinstance(facts.get("deadline"), str):
        from datetime import datetime

        when = dates.moment(datetime.fromisoformat(str(facts["deadline"])), zone, language)
        lines.append(Text(f"• Hạn nộp: {when}", f"• Due: {when}").in_(language))
    since = dates.moment(incident.began_at, zone, language)
    lines.append(Text(f"• Bắt đầu: {since}", f"• Since: {since}").in_(language))
    command = f'targetwatch sql "FROM incident_history WHERE number = {incident.number}"'
    lines.append(Text(f"Diễn biến: `{command}`", f"Its history: `{command}`").in_(language))
    return Reply(tuple(lines))


def _suite(sight: Sight) -> Suite:
    """The suite that judges: the programme's own, or else the product's."""
    from targetwatch.checks.suite import read_suite

    own = sight.settings.programme / SUITE
    path = own if own.exists() else CHECKOUT / SUITE
    return Suite(SUITE.as_posix(), read_suite(path)["expectations"])
