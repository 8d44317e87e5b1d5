"""What a test of a target may speak of: the programme, with its names, its units and its targets at hand."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from targetwatch.catalogue.fields import Names
from targetwatch.catalogue.target_tests import Moment
from targetwatch.catalogue.unit_codes import Bearers
from targetwatch.model import OrgUnit, Programme, TargetVersion, UnitKey


class Declared:
    """What a test may speak of: the programme, with its units and its targets at hand."""

    def __init__(self, programme: Programme) -> None:
        self.programme = programme
        self.zone = ZoneInfo(programme.time_zone)
        self.bearers = Bearers(programme.org_units)
        self.targets: dict[str, tuple[TargetVersion, ...]] = defaultdict(tuple)
        for version in programme.targets:
            self.targets[version.target] += (version,)
        self.names = Names(
            {
                "metric": programme.metrics.keys(),
                "source": programme.sources.keys(),
                "owner": programme.owners.keys(),
                "reference": programme.references.keys(),
                "level": programme.levels.keys(),
                "org_unit code": frozenset(unit.key.code for unit in programme.org_units),
                "kind of org_unit": frozenset(unit.kind for unit in programme.org_units),
                "target": frozenset(self.targets),
            },
            units_of_measure={metric.id: metric.unit_of_measure for metric in programme.metrics.values()},
            metric_kinds={metric.id: metric.kind.value for metric in programme.metrics.values()},
        )
        self._parents = {unit.key: unit.parent for unit in programme.org_units}

    def moment(self, said: Moment, otherwise: time) -> datetime:
        """A moment of the programme's time zone, in UTC; `otherwise` is the time of a day without one."""
        return datetime.combine(said.day, said.at or otherwise, self.zone).astimezone(UTC)

    def level_of(self, level: str, day: date, above: UnitKey | None) -> list[OrgUnit]:
        """The units of `level` that exist on `day`, those below `above` where one is given."""
        return [
            unit
            for unit in self.programme.org_units
            if unit.level == level and unit.is_valid_on(day) and (above is None or self._is_below(unit.key, above))
        ]

    def _is_below(self, key: UnitKey | None, above: UnitKey) -> bool:
        while key is not None and key != above:
            key = self._parents.get(key)
        return key is not None
