"""Lives: the assessments of a course taken into the lives of incidents, one look after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from operator import attrgetter
from typing import TYPE_CHECKING

from targetwatch import incidents, notifications
from targetwatch.model import Assessment, Incident, IncidentKey, IncidentKind, Outlook, Patience, TargetVersion
from targetwatch.notifications.policy.weighing import severities
from targetwatch.retracing.course import Course, Pass, as_of_a_look

if TYPE_CHECKING:
    import polars as pl

    from targetwatch.retracing.lateness import Lateness
    from targetwatch.retracing.telling import Messenger

# Whose an assessment or an incident is: an IncidentKey without its kind, since sources have no org_unit. It is looked
# up very often.
Whose = tuple[str, str, date | None]
WHOSE: Callable[[Assessment], Whose] = attrgetter("target", "org_unit", "org_unit_valid_from")
WHOSE_INCIDENT: Callable[[Incident], Whose] = attrgetter("key.subject", "key.org_unit", "key.org_unit_valid_from")


class Life:
    """How a course goes on from look to look.

    With `whole` each pass has all assessments and all incidents that go on; without, only the incidents that it
    changed. Without `lateness` nobody is looked at for being late, without a `messenger` nobody is told.
    """

    def __init__(self, course: Course, lateness: Lateness | None, messenger: Messenger | None, *, whole: bool) -> None:
        self._programme = course.programme
        self._patience = incidents.patience_of(course.programme)
        self._lateness = lateness
        self._messenger = messenger
        self._whole = whole
        self._standing: dict[Whose, Assessment] = {}
        self._timed: dict[Whose, Assessment] = {}  # of those that time alone can move, as assessed last
        self._in_time = frozenset(one.target for one in course.programme.targets if _is_in_time(self._patience, one))
        self._live: dict[Whose, Incident] = {}
        self._number = 1

    def go_on(
        self, as_of: datetime, found: Sequence[Assessment], *, anew: bool, restated: pl.DataFrame | None = None
    ) -> Pass:
        """The pass at `as_of`. Only `found` may have changed; with `anew`, nobody else is assessed any longer.

        `restated` are figures that were others at the look before, as Restating gives them.
        """
        keyed = [(WHOSE(one), one) for one in found]
        if anew:
            self._timed.clear()
        looked_at = [*keyed, *self._again(as_of, keyed)]
        advanced = self._weighed(as_of, self._advanced(as_of, looked_at))
        self._number = advanced.next_number
        closed = [incident for incident in advanced.known if not incident.state.is_live]
        for incident in closed:
            self._live.pop(WHOSE_INCIDENT(incident), None)
        self._live.update((WHOSE_INCIDENT(one), one) for one in advanced.incidents if one.state.is_live)
        if not self._whole:
            return Pass(as_of, (), advanced.incidents, advanced.events)
        if anew:
            self._standing.clear()
        self._standing.update(keyed)
        standing = tuple(sorted(self._standing.values(), key=WHOSE))
        known = tuple(sorted([*self._live.values(), *closed], key=lambda incident: incident.number))
        one = Pass(as_of, standing, known, advanced.events)
        return replace(one, notifications=self._messenger.tell(one, found, restated)) if self._messenger else one

    def _weighed(self, as_of: datetime, advanced: incidents.Advanced) -> incidents.Advanced:
        """What a pass did, with how bad it is, where somebody is told and the programme has rules for that."""
        if self._messenger is None or not self._programme.routing.severities:
            return advanced
        seen = notifications.Situation(self._programme, as_of, advanced.known, advanced.events, ())
        return incidents.weigh_all(advanced, severities(seen), as_of)

    def _again(self, as_of: datetime, keyed: Sequence[tuple[Whose, Assessment]]) -> Iterator[tuple[Whose, Assessment]]:
        """Those whose `for` or `keep_open_for` runs in time: a look that finds the same can open or close them."""
        self._timed.update((key, one) for key, one in keyed if one.target in self._in_time)
        now = dict(keyed) if self._timed else {}
        for key, one in self._timed.items():
            incident = self._live.get(key)
            is_running = incident is not None and (incident.opened_at is None or incident.good_since is not None)
            if is_running and key not in now:
                yield key, as_of_a_look(one, as_of)

    def _advanced(self, as_of: datetime, keyed: Iterable[tuple[Whose, Assessment]]) -> incidents.Advanced:
        # Who is neither short nor was before has no incident, and gets none.
        live = self._live
        matter = [(key, one) for key, one in keyed if key in live or incidents.outlook_of(one) is Outlook.BAD]
        late = [one for one in live.values() if one.key.kind is IncidentKind.LATE]
        theirs = [live[key] for key, _ in matter if key in live]
        findings = [
            *incidents.target_findings(self._programme, [one for _, one in matter], theirs),
            *(self._lateness.findings(as_of, late) if self._lateness else ()),
        ]
        return incidents.advance_all([*theirs, *late], findings, self._patience, as_of, self._number)


def _is_in_time(patience_of: Callable[[IncidentKey], Patience], one: TargetVersion) -> bool:
    """Whether incidents of a target wait for time to pass, and not for judged periods alone."""
    patience = patience_of(IncidentKey(IncidentKind.BEHIND, one.target))
    return bool(patience.open_after_time or patience.keep_open_for_time)
