"""Whether the rules beside the tree can ever hold: hours, severities, inhibitions, escalations, and people's roles."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from targetwatch.catalogue import implication
from targetwatch.catalogue.document import Document
from targetwatch.catalogue.issues import Issue
from targetwatch.catalogue.issues import Severity as Weight
from targetwatch.catalogue.match_spec import MatchSpec, matchers
from targetwatch.catalogue.routing_spec import (
    EVERYWHERE,
    EscalationStepSpec,
    InhibitionSpec,
    RoutingSpec,
    SeverityRuleSpec,
    WindowSpec,
)
from targetwatch.catalogue.spec import CalendarSpec
from targetwatch.catalogue.validation import Checked
from targetwatch.model import Label, Severity

ORDER = tuple(Severity)


def of_policies(checked: Checked[RoutingSpec] | None, calendar: CalendarSpec | None) -> Iterator[Issue]:
    """Errors of rules that can never hold, or that take away what they are there for; a warning where one may mean it.

    Without `calendar` no day is known to be a day off.
    """
    if checked is None or checked.spec is None:
        return
    document, spec = checked.document, checked.spec
    spoiled = {place[0] for place in checked.spoiled if place}
    if "time_windows" not in spoiled:
        for name, window in spec.time_windows.items():
            yield from _window(document, name, window, calendar)
    if "severities" not in spoiled:
        yield from _severities(document, spec.severities)
    if "inhibitions" not in spoiled:
        yield from _inhibitions(document, spec)
    if "escalations" not in spoiled:
        for name, steps in spec.escalations.items():
            yield from _escalation(document, name, steps, None if "receivers" in spoiled else spec)
    if "people" not in spoiled:
        yield from _people(document, spec)


def _window(document: Document, name: str, window: WindowSpec, calendar: CalendarSpec | None) -> Iterator[Issue]:
    place = ("time_windows", name)
    if window.to is not None and window.to <= window.begins:
        said = f"the window ends at {window.to:%H:%M}, and begins at {window.begins:%H:%M}"
        hint = "Write a later 'to'. One that goes over midnight is two: until midnight 'to' is left out."
        yield document.issue((*place, "to"), said, hint)
    weekend = set(calendar.weekend) if calendar is not None else set()
    if window.working_days and window.weekdays and set(window.weekdays) <= weekend:
        said = f"nobody works on {', '.join(window.weekdays)}, and the window is open on working days only"
        yield document.issue((*place, "weekdays"), said, "Write 'working_days: false', or name other days.")


def _severities(document: Document, rules: tuple[SeverityRuleSpec, ...]) -> Iterator[Issue]:
    for index, rule in enumerate(rules):
        if rule.match is not None and _asks_severity(rule.match):
            said = "a rule that gives a severity cannot ask for one"
            yield document.issue(("severities", index, "match"), said, "Ask for another label.")
            return
        if rule.periods == 0:
            place = ("severities", index, "periods")
            yield document.issue(place, "every incident lasts for 0 periods", "Write 1 or more.")
    for index, (before, rule) in enumerate(pairwise(rules), start=1):
        if ORDER.index(rule.severity) < ORDER.index(before.severity):
            said = f"'{rule.severity}' comes after '{before.severity}', and the first rule that holds counts"
            hint = f"Write the most severe first: {', '.join(ORDER)}."
            yield document.issue(("severities", index, "severity"), said, hint)
            return
    for index, rule in enumerate(rules):
        for earlier, other in enumerate(rules[:index]):
            if _holds_whenever(other, rule):
                line = document.mark(("severities", earlier)).line
                said = f"this rule never counts: whenever it holds, so does the one in line {line}"
                yield document.issue(("severities", index), said, "Delete it, or ask for less.")
                break


def _asks_severity(match: MatchSpec) -> bool:
    return any(one.label is Label.SEVERITY for one in matchers(match))


def _holds_whenever(one: SeverityRuleSpec, other: SeverityRuleSpec) -> bool:
    """Whether `one` holds wherever `other` does."""
    if not implication.covers([matchers(one.match)], matchers(other.match)):
        return False
    conditions = (
        (one.short_by, other.short_by),
        (one.periods, other.periods),
        (0 if one.missed else None, 0 if other.missed else None),
    )
    if all(mine is None for mine, _ in conditions):
        return True
    if all(theirs is None for _, theirs in conditions):
        return False
    return all(theirs is None or (mine is not None and mine <= theirs) for mine, theirs in conditions)


def _inhibitions(document: Document, spec: RoutingSpec) -> Iterator[Issue]:
    for name, one in spec.inhibitions.items():
        place = ("inhibitions", name)
        sides = {"by": matchers(one.by), "mutes": matchers(one.mutes)}
        never = [side for side, asked in sides.items() if not implication.can_match(asked)]
        if never:
            hint = "What is asked cannot hold all at once. Mend it, or delete the rule."
            yield document.issue((*place, never[0]), f"no incident ever matches '{never[0]}'", hint)
        elif not one.below and implication.can_match_both(*sides.values()):
            # With `equal` too: of two that match both sides each mutes the other, and which is told is a matter of age.
            said = "an incident may match both 'by' and 'mutes': of two such the younger is muted, whichever that is"
            hint = "Let 'mutes' leave out what 'by' matches, with 'not' or another kind; or write 'below: true'."
            yield document.issue((*place, "mutes"), said, hint)
        else:
            yield from _never_compared(document, name, one)
    yield from _mutual(document, spec)


def _never_compared(document: Document, name: str, one: InhibitionSpec) -> Iterator[Issue]:
    for key, spec in (("by", one.by), ("mutes", one.mutes)):
        labels = (*one.equal, Label.UNIT) if one.below else one.equal
        for label in implication.labels_never_had(matchers(spec), labels):
            place = ("inhibitions", name, "below" if label not in one.equal else "equal")
            said = f"what matches '{key}' has no '{label}' that could be compared"
            yield document.issue(place, said, "Delete it, or match other kinds.")
            return


def _mutual(document: Document, spec: RoutingSpec) -> Iterator[Issue]:
    rules = [(name, matchers(one.by), matchers(one.mutes)) for name, one in spec.inhibitions.items() if not one.below]
    for index, (name, by, mutes) in enumerate(rules):
        for other, its_by, its_mutes in rules[:index]:
            if implication.can_match_both(by, its_mutes) and implication.can_match_both(mutes, its_by):
                said = f"it mutes what mutes by '{other}', and is muted by it: whichever is younger is not told"
                yield document.key_issue(("inhibitions", name), said, "Delete one of the two, or narrow it.")
                return


def _escalation(
    document: Document, name: str, steps: tuple[EscalationStepSpec, ...], spec: RoutingSpec | None
) -> Iterator[Issue]:
    for index, (before, step) in enumerate(pairwise(steps), start=1):
        if step.after <= before.after:
            place = ("escalations", name, index, "after")
            said = f"after {_days(step.after)}, and the step before it comes after {_days(before.after)}"
            yield document.issue(place, said, "Write the steps in their order, each after more working days.")
            return
    if spec is None:
        return
    for index, step in enumerate(steps):
        receiver = spec.receivers.get(step.receiver)
        if receiver is not None and receiver.title is None:
            said = f"the step names receiver '{step.receiver}', which has no 'title': messages call it by its name"
            issue = document.issue(("escalations", name, index, "receiver"), said, "Give it 'title: ' and an owner.")
            yield replace(issue, severity=Weight.WARNING)


def _days(count: int) -> str:
    return f"{count} working day{'' if count == 1 else 's'}"


def _people(document: Document, spec: RoutingSpec) -> Iterator[Issue]:
    for user, roles in spec.people.items():
        for owner, units in roles.items():
            if EVERYWHERE in units and len(units) > 1:
                said = f"'{EVERYWHERE}' stands beside units that it holds already"
                yield document.issue(("people", user, owner), said, f"Write '{EVERYWHERE}' alone, or delete it.")
