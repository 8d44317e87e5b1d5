"""The versions of targets, each laid over what its target and its family say for all of theirs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any

from targetwatch.catalogue.document import Document, Place
from targetwatch.catalogue.issues import Issue
from targetwatch.catalogue.spec import (
    ExceptionSpec,
    FamilySpec,
    MetricSpec,
    SelectorSpec,
    SharedSpec,
    TableSpec,
    VersionSpec,
)
from targetwatch.catalogue.validation import Checked

Family = Checked[FamilySpec | TableSpec]
Layer = tuple[Place, SharedSpec | ExceptionSpec]

SPOILED = object()
OF_METRIC = ("name", "short_name", "owner")  # what a target of a table may leave to its metric


class SpoiledError(Exception):
    """What is asked for was written wrongly, which has been said already."""


@dataclass(frozen=True, slots=True)
class Layered:
    """One version of a target: what it says itself, over what its target says, over what its family says.

    An exception is a version too, laid over the version that it is an exception of (`rule`).
    """

    document: Document
    target: str
    target_place: Place
    layers: tuple[Layer, ...]  # nearest first
    spoiled: frozenset[Place]  # what was written wrongly, and everything around it
    rule: Layered | None = None
    _found: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)  # what has been looked up

    @property
    def place(self) -> Place:
        """Where the version is written."""
        return self.layers[0][0]

    @property
    def is_spoiled(self) -> bool:
        """Whether anything that the version is made of was written wrongly."""
        return any(place in self.spoiled for place, _ in self.layers)

    def place_of(self, key: str) -> Place:
        """Where the value of `key` is written; where it would be written in the version itself, if it is nowhere."""
        for place, spec in self.layers:
            if _attribute(key) in spec.model_fields_set:
                return (*place, key)
        return (*self.place, key)

    def get(self, key: str) -> Any:
        """The value of `key`, None where nobody gives one."""
        if key not in self._found:
            self._found[key] = self._look_up(key)
        if self._found[key] is SPOILED:
            raise SpoiledError
        return self._found[key]

    def _look_up(self, key: str) -> Any:
        attribute = _attribute(key)
        for place, spec in self.layers:
            if (*place, key) in self.spoiled:
                return SPOILED
            if attribute in spec.model_fields_set:
                return getattr(spec, attribute)
        return None

    def own(self, key: str) -> Any:
        """What the version itself says of `key`, whatever is said for all of its target or family."""
        place, spec = self.layers[0]
        if (*place, key) in self.spoiled:
            raise SpoiledError
        return getattr(spec, _attribute(key), None)

    @property
    def selector(self) -> SelectorSpec | None:
        """Which org_units the version is for; for an exception, the one."""
        said = self.get("org_unit")
        return SelectorSpec(code=said) if isinstance(said, str) else said

    @property
    def exceptions(self) -> tuple[Layered, ...]:
        """The exceptions of this version, one for each unit."""
        place, spec = self.layers[0]
        if not isinstance(spec, VersionSpec):
            return ()
        return tuple(
            Layered(
                self.document,
                self.target,
                self.target_place,
                (((*place, "exceptions", number), exception), *self.layers),
                self.spoiled,
                self,
            )
            for number, exception in enumerate(spec.exceptions or ())
        )

    @property
    def in_force(self) -> tuple[date, date]:
        """The first and the last day on which the version is in force; for one without an end the last of all days."""
        first, last = self.get("effective_from"), self.get("effective_to")
        return first or date.min, last or date.max

    def issue(self, key: str, message: str, hint: str) -> Issue:
        """An issue with the value of `key`."""
        return self.document.issue(self.place_of(key), f"target '{self.target}': {message}", hint)

    def add(self, key: str, value: str = "...") -> str:
        """How to give `key` a value, the beginning of a sentence."""
        return self.document.add(key, value)


def _attribute(key: str) -> str:
    return "patience" if key == "for" else key


def rules(family: Family, of_metrics: Mapping[str, SharedSpec] = MappingProxyType({})) -> Iterator[Layered]:
    """The versions of a family's targets, in the order they are written in, without their exceptions.

    In a table a target may leave to its metric what `of_metric` says of it; `of_metrics` says it of each.
    """
    if family.spec is None:
        return
    wrong = family.spoiled
    if isinstance(family.spec, FamilySpec):
        shared: Layer = (("defaults",), family.spec.defaults)
    else:
        place: Place = ("metric",)
        said = of_metrics.get(family.spec.metric or "")
        shared = (place, said or SharedSpec.model_construct())
        wrong = wrong | family.document.spoiled | {(*place, key) for key in OF_METRIC if said is None}
    spoiled = frozenset(place[:length] for place in wrong for length in range(len(place) + 1))
    for index, target in enumerate(family.spec.targets):
        at: Place = ("targets", index)
        below: tuple[Layer, ...] = ((at, target), shared)
        versions = [below]
        if target.versions is not None:
            versions = [
                (((*at, "versions", number), version), *below) for number, version in enumerate(target.versions)
            ]
        for layers in versions:
            yield Layered(family.document, target.target, at, layers, spoiled)


def of_metric(metric: MetricSpec) -> SharedSpec:
    """What a target is called, and who answers for it, where a table does not say so: what is said of its metric."""
    return SharedSpec.model_construct(
        _fields_set=set(OF_METRIC), name=metric.name, short_name=metric.name, owner=metric.owner
    )


def layered(family: Family, of_metrics: Mapping[str, SharedSpec] = MappingProxyType({})) -> Iterator[Layered]:
    """The versions of a family's targets and their exceptions, each exception behind the version it belongs to."""
    for rule in rules(family, of_metrics):
        yield rule
        yield from rule.exceptions
