"""Lives: the assessments of a course taken into the lives of incidents, one look after the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from targetwatch import incidents, notifications
from targetwatch.incidents.targets import key_of
from targetwatch.model import Assessment, Incident, IncidentKey, IncidentKind, Outlook
from targetwatch.notifications.policy.weighing import severities
from targetwatch.retracing.course import Course, Pass

if TYPE_CHECKING:
    from targetwatch.retracing.lateness import Lateness
    from targetwatch.retracing.telling import Messenger


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
        self._standing: dict[IncidentKey, Assessment] = {}
        self._timed: dict[IncidentKey, Assessment] = {}  # of those that time alone can move, as assessed last
        self._live: dict[IncidentKey, Incident] = {}
        self._number = 1

    def go_on(self, as_of: datetime, found: Sequence[Assessment], *, anew: bool) -> Pass:
        """The pass at `as_of`. Only `found` may have changed; with `anew`, nobody else is assessed any longer."""
        keyed = [(key_of(one), one) for one in found]
        if anew:
            self._timed.clear()
        looked_at = [*keyed, *self._again(as_of, keyed)]
        advanced = self._weighed(as_of, self._advanced(as_of, looked_at))
        self._number = advanced.next_number
        closed = [incident for incident in advanced.known if not incident.state.is_live]
        for incident in closed:
            self._live.pop(incident.key, None)
        self._live.update((incident.key, incident) for incident in advanced.incidents if incident.state.is_live)
        if not self._whole:
            return Pass(as_of, [], advanced.incidents, advanced.events)
        if anew:
            self._standing.clear()
        self._standing.update(keyed)
        in_order = (one for _, one in sorted(self._standing.items(), key=lambda item: item[0]))
        everyone = [_as_of(as_of, one) for one in in_order]
        known = tuple(sorted([*self._live.values(), *closed], key=lambda incident: incident.number))
        told = self._messenger.tell(as_of, everyone, known, advanced.events) if self._messenger else ()
        return Pass(as_of, everyone, known, advanced.events, told)

    def _weighed(self, as_of: datetime, advanced: incidents.Advanced) -> incidents.Advanced:
        """What a pass did, with how bad it is, where somebody is told and the programme has rules for that."""
        if self._messenger is None or not self._programme.routing.severities:
            return advanced
        seen = notifications.Situation(self._programme, as_of, advanced.known, advanced.events, ())
        return incidents.weigh_all(advanced, severities(seen), as_of)

    def _again(
        self, as_of: datetime, keyed: Sequence[tuple[IncidentKey, Assessment]]
    ) -> Iterator[tuple[IncidentKey, Assessment]]:
        """Those whose `for` or `keep_open_for` runs in time: a look that finds the same can open or close them."""
        now = dict(keyed)
        for key, one in keyed:
            patience = self._patience(key)
            if patience.open_after_time or patience.keep_open_for_time:
                self._timed[key] = one
        for key, one in self._timed.items():
            incident = self._live.get(key)
            is_running = incident is not None and (incident.opened_at is None or incident.good_since is not None)
            if is_running and key not in now:
                yield key, _as_of(as_of, one)

    def _advanced(self, as_of: datetime, keyed: Iterable[tuple[IncidentKey, Assessment]]) -> incidents.Advanced:
        # Who is neither short nor was before has no incident, and gets none.
        live = self._live
        matter = [(key, one) for key, one in keyed if key in live or incidents.outlook_of(one) is Outlook.BAD]
        late = [one for key, one in live.items() if key.kind is IncidentKind.LATE]
        theirs = [live[key] for key, _ in matter if key in live]
        findings = [
            *incidents.target_findings(self._programme, [one for _, one in matter], theirs),
            *(self._lateness.findings(as_of, late) if self._lateness else ()),
        ]
        return incidents.advance_all([*theirs, *late], findings, self._patience, as_of, self._number)


def _as_of(moment: datetime, one: Assessment) -> Assessment:
    """An assessment as of the look: what was found before stands."""
    return one if one.as_of == moment else replace(one, as_of=moment)
