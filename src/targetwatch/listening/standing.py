"""Standing: what needs action, and where a target stands, in a line each, out of the newest snapshot."""

from __future__ import annotations

from collections.abc import Sequence

from targetwatch.catalogue.finding import spelt
from targetwatch.listening.sight import Row, Sight
from targetwatch.listening.words import Reply, data, listed
from targetwatch.model import (
    Incident,
    IncidentKind,
    IncidentState,
    Language,
    Period,
    Reason,
    Status,
    Text,
)
from targetwatch.notifications import clicks
from targetwatch.notifications.policy.permission import Allowed, is_of_a_unit, named, roles_of
from targetwatch.wording import dates, words
from targetwatch.wording.figures import Figures
from targetwatch.wording.numbers import MISSING

SHOWN = 12
UNITS_SHOWN = 8
SHORT = (Status.MISSED, Status.BEHIND)
LETTERS_AT_LEAST = 3
NAMED = 5


def needing_action(sight: Sight, user: str, language: Language) -> Reply:
    """What goes on that this person answers for; for who has no role, everything that does."""
    roles = roles_of(sight.programme.routing, user)
    is_operator = user in sight.programme.routing.operator_users
    theirs = [one for one in sight.live if isinstance(sight.may(user, one), Allowed)] if roles or is_operator else []
    mine = bool(roles) and not is_operator
    shown = theirs if mine else list(sight.live)
    shown = [one for one in shown if not is_of_a_unit(one) or (mine and _is_lone(one, theirs))]
    waiting = [one for one in shown if one.state is IncidentState.OPEN]
    taken = [one for one in shown if one.state is not IncidentState.OPEN]
    if mine:
        office = "; ".join(named(sight.programme, role).in_(language) for role in roles[:3])
        heading = Text(f"*Cần bạn xử lý* ({data(office)}):", f"*Needs your action* ({data(office)}):")
        none = Text(
            f"Không có việc nào đang chờ bạn ({data(office)}).", f"Nothing waits for your action ({data(office)})."
        )
    else:
        heading = Text("*Đang cần xử lý:*", "*Needs action now:*")
        none = Text("Không có việc nào đang cần xử lý.", "Nothing needs action now.")
    lines = [heading.in_(language)] if waiting else [none.in_(language)]
    lines += listed(
        [_line(sight, one, language) for one in waiting[:SHOWN]], len(waiting), "targetwatch incidents", language
    )
    if taken:
        count = Text(f"Đã tiếp nhận: {len(taken)}.", f"Acknowledged: {len(taken)}.").in_(language)
        lines.append(f"{count} {', '.join(one.name for one in taken[:SHOWN])}{'…' if len(taken) > SHOWN else ''}")
    if not mine and not is_operator:
        lines.append(
            Text(
                "Tài khoản của bạn chưa được gắn với vai trò nào, nên đây là toàn bộ.",
                "Your account holds no role, so this is everything.",
            ).in_(language)
        )
    return Reply(tuple(lines))


def behind(sight: Sight, language: Language) -> Reply:
    """Every target that is behind or missed, the worst first."""
    rows = [row for row in sight.standings if row["role"] != "share" and Status(row["status"]) in SHORT]
    rows.sort(key=lambda row: SHORT.index(Status(row["status"])))
    if not rows:
        return Reply.of(Text("Không chỉ tiêu nào chậm hoặc quá hạn.", "No target is behind or missed."), language)
    said = Text(
        f"*{len(rows)} mục chậm hoặc quá hạn:*",
        f"*{len(rows)} behind or missed:*",
    ).in_(language)
    lines = listed([_standing(row, language) for row in rows[:SHOWN]], len(rows), "targetwatch status", language)
    return Reply((said, *lines))


def of_target(sight: Sight, asked: str, language: Language) -> Reply:
    """Where the target stands that somebody names by its id or name, with or without marks."""
    found = _named(sight.standings, asked)
    targets = list(dict.fromkeys(row["target"] for row in found))
    if not found:
        return Reply.of(
            Text(
                f"Không tìm thấy chỉ tiêu nào tên “{data(asked, 120)}”. `targetwatch status` liệt kê các chỉ tiêu; "
                "*/targets help* cho biết các lệnh.",
                f"No target is called “{data(asked, 120)}”. `targetwatch status` lists them; */targets help* says what "
                "else can be asked.",
            ),
            language,
        )
    if len(targets) > 1:
        which = [
            f"• {data(_name(row, language))}: `{row['target']}`"
            for row in found
            if row["role"] != "share" and row["target"] in targets[:SHOWN]
        ]
        lines = listed(list(dict.fromkeys(which))[:SHOWN], len(targets), "targetwatch status", language)
        said = Text(f"{len(targets)} chỉ tiêu có tên như vậy:", f"{len(targets)} targets are called so:")
        return Reply((said.in_(language), *lines))
    whole = [row for row in found if row["role"] != "share"]
    units = [row for row in found if row["role"] == "share" and Status(row["status"]) in SHORT]
    lines = [_standing(row, language) for row in whole[:SHOWN]]
    if units:
        of = sum(row["role"] == "share" for row in found)
        said = Text(f"{len(units)} trong {of} đơn vị chậm:", f"{len(units)} of {of} units are behind:")
        lines.append(said.in_(language))
        shown = [f"• {data(row['org_unit_name'])}: {_figures(row, language)}" for row in units[:UNITS_SHOWN]]
        lines += listed(shown, len(units), "targetwatch status --units", language)
    command = f"targetwatch explain {targets[0]} {whole[0]['org_unit']}" if whole else "targetwatch status"
    lines.append(Text(f"Vì sao: `{command}`", f"Why: `{command}`").in_(language))
    return Reply(tuple(lines))


def silences(sight: Sight, language: Language) -> Reply:
    """The silences in force."""
    rows = sight.silences()
    if not rows:
        return Reply.of(Text("Không có lần tắt thông báo nào đang có hiệu lực.", "No silence is in force."), language)
    lines = []
    for row in rows[:SHOWN]:
        until = dates.moment(row["ended_at"], sight.programme.time_zone, language)
        by, why = Text.parse(row["author"]).in_(language), clicks.reason(row["reason"], language)
        said = Text(f"đến {until}", f"until {until}").in_(language)
        lines.append(f"• *{row['silence']}* {said}: {data(row['matchers'])} ({data(by)}: “{data(why, 200)}”)")
    return Reply(tuple(listed(lines, len(rows), "targetwatch silences", language)))


def _is_lone(incident: Incident, theirs: Sequence[Incident]) -> bool:
    """Whether none of the wholes that somebody answers for holds this unit's incident."""
    return not any(not is_of_a_unit(one) and one.key.subject == incident.key.subject for one in theirs)


def _line(sight: Sight, incident: Incident, language: Language) -> str:
    name = data(subject_name(sight, incident, language))
    kind = words.INCIDENT_KINDS[incident.key.kind].in_(language)
    rows = (
        row
        for row in sight.standings
        if incident.key.kind is IncidentKind.BEHIND
        and row["target"] == incident.key.subject
        and row["org_unit"] == incident.key.org_unit
        and row["org_unit_valid_from"] == incident.key.org_unit_valid_from
    )
    row = next(rows, None)
    figures = f": {_figures(row, language)}" if row is not None else ""
    unit = f", {data(row['org_unit_name'])}" if row is not None and is_of_a_unit(incident) else ""
    return f"• *{incident.name}* {kind}, {name}{unit}{figures}"


def subject_name(sight: Sight, incident: Incident, language: Language) -> str:
    """What an incident is about, by its name."""
    subject, programme = incident.key.subject, sight.programme
    if incident.key.kind in (IncidentKind.LATE, IncidentKind.QUALITY):
        source = programme.sources.get(subject)
        return source.name.in_(language) if source is not None else subject
    if incident.key.kind is IncidentKind.BEHIND:
        row = next((row for row in sight.standings if row["target"] == subject), None)
        return _name(row, language) if row is not None else subject
    metric = programme.metrics.get(subject.split("/", 1)[0])
    return metric.name.in_(language) if metric is not None else subject


def _standing(row: Row, language: Language) -> str:
    status = words.status(Status(row["status"]), language)
    incident = f", TW-{row['incident']}" if row["incident"] else ""
    unit = f" ({data(row['org_unit_name'])})" if row["role"] == "each" else ""
    due = f", {words.DUE.in_(language).lower()} {dates.day(row['due'], language)}" if row["due"] else ""
    return f"• *{data(_name(row, language))}*{unit}: {status}, {_figures(row, language)}{due}{incident}"


def _figures(row: Row, language: Language) -> str:
    """What was reached, what is needed and how far it is: 59.80% (98,617 of 164,909) in March, 59.85% needed."""
    said = Figures.of_row(row)
    value = said.value(language) or MISSING
    if row["period_start"]:
        value += f" ({dates.period(Period(row['period_start'], row['period_end']), language, short=True)})"
    needed = said.required_now(language)
    parts = [value, f"{words.NEEDED.in_(language)} {needed}" if language is Language.VI else f"{needed} needed"]
    if not needed:
        parts.pop()
    if said.gap is not None and row["reason"] != Reason.INCOMPLETE:
        parts.append(said.short_in_units(language) or f"{said.signed_gap(language)} {said.gap_unit(language)}")
    return data(", ".join(part for part in parts if part), 200)


def _name(row: Row, language: Language) -> str:
    kind = "vi" if language is Language.VI else "en"
    return str(row[f"short_name_{kind}"] or row[f"name_{kind}"])


def _named(rows: Sequence[Row], asked: str) -> list[Row]:
    """The rows of targets that somebody may mean: by id, by whole name, or by a part of a name."""
    wanted = spelt(asked)
    if not wanted:
        return []
    names = ("target", "name_vi", "name_en", "short_name_vi", "short_name_en")
    exact = [row for row in rows if wanted in {spelt(str(row[name] or "")) for name in names}]
    if exact or len(wanted) < LETTERS_AT_LEAST:
        return exact
    return [row for row in rows if any(wanted in spelt(str(row[name] or "")) for name in names)]
