"""Matchers as people write them on the command line and in Slack: `level=district,commune`, `owner!=city_office`."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

from targetwatch.catalogue.issues import instead, nearest
from targetwatch.catalogue.match_spec import Cause
from targetwatch.catalogue.unit_codes import unit_code
from targetwatch.model import IncidentKind, Label, Matcher, Programme, Severity

FORM = re.compile(r"\s*([^\s=!]+)\s*(!=|=)(.*)", re.DOTALL)
LABELS = tuple(label.value for label in Label)
LONGEST = 2_000  # characters of a matcher
SHORT = 60  # of one that an error repeats


class MatcherError(ValueError):
    """A matcher that cannot be read. Says what is wrong with it, and what to write instead."""


def parse_matcher(text: str, programme: Programme) -> Matcher:
    """The matcher that `text` stands for: `label=value,value`, one of them; `label!=value`, none of them.

    Raises MatcherError, in English and in whole sentences, where a label or a value is not one of the programme's.
    """
    found = FORM.fullmatch(text) if len(text) <= LONGEST else None
    if found is None:
        shown = text if len(text) <= SHORT else f"{text[:SHORT]}..."
        raise MatcherError(f"'{shown}' is no matcher. Write label=value, as in kind=behind or level=district,commune.")
    name, sign, listed = found.groups()
    label = _label(name)
    values = tuple(dict.fromkeys(value.strip() for value in listed.split(",")))
    if "" in values:
        raise MatcherError(f"'{text.strip()}' names no value. Write {label}=value, or {label}=one,another.")
    for value in values:
        _check(label, value, programme)
    return Matcher(label, values, negated=sign == "!=")


def written(matcher: Matcher) -> str:
    """A matcher as it is written: parsing that gives the same one."""
    return f"{matcher.label}{'!=' if matcher.negated else '='}{','.join(matcher.values)}"


def _label(name: str) -> Label:
    try:
        return Label(name.lower())
    except ValueError:
        match = nearest(name, LABELS)
        said = f"Write '{match}'." if match is not None else f"Labels are {', '.join(LABELS)}."
        raise MatcherError(f"There is no label '{name}'. {said}") from None


def _check(label: Label, value: str, programme: Programme) -> None:
    """Raise what is wrong with a value, where it is no value of the label."""
    if label is Label.UNIT:
        codes = {unit.key.code for unit in programme.org_units}
        named = unit_code(value, codes)
        keys = {(unit.key.code, unit.key.valid_from) for unit in programme.org_units}
        if named is None or named.code not in codes:
            raise MatcherError(f"There is no org_unit '{value}'. `targetwatch units {value}` helps to find its code.")
        if named.valid_from is not None and (named.code, named.valid_from) not in keys:
            first = ", ".join(f"{code}@{day}" for code, day in sorted(keys) if code == named.code)
            raise MatcherError(f"No org_unit '{named.code}' begins on {named.valid_from}. Write one of: {first}.")
        return
    names, called, asked = _KNOWN[label](programme), _CALLED.get(label, label.value), value
    if label is Label.SUBJECT and "/" in value:  # of a published figure, or of what units report: metric/...
        names, called, asked = programme.metrics.keys(), "metric", value.partition("/")[0]
    if asked not in names:
        raise MatcherError(f"There is no {called} '{asked}'. {instead(asked, names)}")


_CALLED = {Label.SUBJECT: "target or source", Label.KIND: "kind of incident", Label.TIER: "level"}
_KNOWN: dict[Label, Callable[[Programme], Collection[str]]] = {
    Label.KIND: lambda _: [kind.value for kind in IncidentKind],
    Label.SEVERITY: lambda _: [severity.value for severity in Severity],
    Label.CAUSE: lambda _: [cause.value for cause in Cause],
    Label.SUBJECT: lambda programme: [*{target.target for target in programme.targets}, *programme.sources],
    Label.METRIC: lambda programme: programme.metrics.keys(),
    Label.SOURCE: lambda programme: programme.sources.keys(),
    Label.OWNER: lambda programme: programme.owners.keys(),
    Label.TIER: lambda programme: programme.levels.keys(),
    Label.LEVEL: lambda programme: programme.levels.keys(),
}
