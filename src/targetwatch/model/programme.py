"""A whole catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from targetwatch.model.claims import AcknowledgedDifference
from targetwatch.model.metrics import Metric
from targetwatch.model.notifications import Receiver
from targetwatch.model.org_units import OrgUnit, UnitKey, units_by_key
from targetwatch.model.routing import Routing
from targetwatch.model.sources import Source
from targetwatch.model.targets import Reference, TargetVersion
from targetwatch.model.text import Text


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days are working days: a country's public holidays, changed by what the programme declares."""

    country: str
    weekend: tuple[int, ...]  # Monday is 0
    extra_holidays: tuple[date, ...] = ()
    extra_working_days: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Owner:
    """A role that answers for something; never a person."""

    id: str
    name: Text


@dataclass(frozen=True, slots=True)
class Programme:
    """A whole catalogue: what is watched, for whom, and by which calendar."""

    name: Text
    time_zone: str
    start: date
    root_unit: str
    levels: Mapping[str, Text]  # level -> plural name: "đơn vị cấp huyện", "districts"
    calendar: Calendar
    org_units: tuple[OrgUnit, ...]
    metrics: Mapping[str, Metric]
    sources: Mapping[str, Source]
    targets: tuple[TargetVersion, ...]
    receivers: tuple[Receiver, ...]
    owners: Mapping[str, Owner]
    references: Mapping[str, Reference]
    acknowledged: tuple[AcknowledgedDifference, ...] = ()
    routing: Routing = field(default_factory=Routing)

    @property
    def units(self) -> Mapping[UnitKey, OrgUnit]:
        """The org_units by key."""
        return units_by_key(self.org_units)
