"""Whether acknowledged differences can hold: for whom, how long, and whether they still do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date

from targetwatch.catalogue.acknowledged_spec import AcknowledgedSpec
from targetwatch.catalogue.issues import Issue, Severity
from targetwatch.catalogue.unit_codes import Bearers
from targetwatch.catalogue.validation import Checked

LONGEST_YEARS = 1


def of_acknowledged(
    checked: Checked[Mapping[str, AcknowledgedSpec]] | None, bearers: Bearers, today: date | None
) -> Iterator[Issue]:
    """Errors of acknowledgements that can never hold, or that would hold for ever; a warning for each that has ended.

    Without `today` none is known to have ended; where the register has errors no unit is missed.
    """
    if checked is None or checked.spec is None:
        return
    document = checked.document
    for name, spec in checked.spec.items():
        if (name,) in {place[:1] for place in checked.spoiled}:
            continue
        if (spec.org_unit is None) == (spec.level is None):
            said = "neither 'org_unit' nor 'level' is given" if spec.level is None else "both 'org_unit' and 'level'"
            hint = "Write 'org_unit' for one unit, or 'level' for all units of a level."
            yield document.key_issue((name,), said if spec.level is None else f"{said} are given", hint)
        if spec.until < spec.first_day:
            said = f"it ends on {spec.until}, before it begins on {spec.first_day}"
            yield document.issue((name, "until"), said, "Write a later day.")
        elif spec.until > _years_after(spec.first_day):
            said = f"it holds from {spec.first_day} to {spec.until}, longer than a year"
            hint = f"Write {_years_after(spec.first_day)} or earlier; what still stands then is acknowledged anew."
            yield document.issue((name, "until"), said, hint)
        elif today is not None and spec.until < today:
            said = f"the acknowledged difference '{name}' ended on {spec.until}, and is told again"
            hint = "Delete it if the difference is gone, or acknowledge it anew with a later term."
            yield replace(document.issue((name, "until"), said, hint), severity=Severity.WARNING)
        if spec.org_unit is not None and bearers.units and spec.first_day <= spec.until:
            named = bearers.named(spec.org_unit)
            if not bearers.meant(named, spec.first_day, spec.until):
                said = f"no unit '{spec.org_unit}' exists from {spec.first_day} to {spec.until}"
                yield document.issue((name, "org_unit"), said, "Name the unit that reports in that time.")


def _years_after(day: date) -> date:
    """The same day a year later; of 29 February, the last day of that month."""
    year = day.year + LONGEST_YEARS
    return date(year, 2, 28) if (day.month, day.day) == (2, 29) else day.replace(year=year)
