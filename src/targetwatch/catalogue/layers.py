"""The versions of targets, each laid over what its target and its family say for all of theirs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from targetwatch.catalogue.document import Document, Place
from targetwatch.catalogue.issues import Issue
from targetwatch.catalogue.spec import FamilySpec, VersionSpec
from targetwatch.catalogue.validation import Checked


class SpoiledError(Exception):
    """What is asked for was written wrongly, which has been said already."""


@dataclass(frozen=True, slots=True)
class Layered:
    """One version of a target: what it says itself, over what its target says, over what its family says."""

    document: Document
    target: str
    target_place: Place
    layers: tuple[tuple[Place, VersionSpec], ...]  # nearest first
    spoiled: frozenset[Place]

    @property
    def place(self) -> Place:
        """Where the version is written."""
        return self.layers[0][0]

    def place_of(self, key: str) -> Place:
        """Where the value of `key` is written; the version itself where it is written nowhere."""
        for place, spec in self.layers:
            if _attribute(key) in spec.model_fields_set:
                return (*place, key)
        return self.place

    def get(self, key: str) -> Any:
        """The value of `key`, None where nobody gives one."""
        for place, spec in self.layers:
            inner = (*place, key)
            if any(spot[: len(inner)] == inner for spot in self.spoiled):
                raise SpoiledError
            if _attribute(key) in spec.model_fields_set:
                return getattr(spec, _attribute(key))
        return None

    def issue(self, key: str, message: str, hint: str) -> Issue:
        """An issue with the value of `key`."""
        return self.document.issue(self.place_of(key), f"target '{self.target}': {message}", hint)


def _attribute(key: str) -> str:
    return "patience" if key == "for" else key


def layered(family: Checked[FamilySpec]) -> Iterator[Layered]:
    """The versions of a family's targets, in the order they are written in."""
    if family.spec is None:
        return
    for index, target in enumerate(family.spec.targets):
        at: Place = ("targets", index)
        below = ((at, target), (("defaults",), family.spec.defaults))
        versions: Sequence[tuple[tuple[Place, VersionSpec], ...]] = (
            [(((*at, "versions", number), version), *below) for number, version in enumerate(target.versions)]
            if target.versions is not None
            else [below]
        )
        for layers in versions:
            yield Layered(family.document, target.target, at, layers, family.spoiled)
