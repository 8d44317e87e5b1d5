"""What the address of a page asks for: language, filters and the target that is opened. Nothing else is remembered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol
from urllib.parse import quote, urlencode

from targetwatch.model import Language, Status
from targetwatch.wording.plain import plain

LONGEST = 200  # characters of a parameter that are looked at


class Parameters(Protocol):
    """The parameters of an address, each given any number of times."""

    def getlist(self, key: str) -> list[str]:
        """All that were given under a name."""
        ...


@dataclass(frozen=True, slots=True)
class Asked:
    """The parameters of an address, understood. What cannot be understood asks for nothing."""

    language: Language = Language.VI
    statuses: frozenset[Status] = frozenset()
    owner: str = ""
    with_incident: bool = False
    search: str = ""
    open: str = ""

    @classmethod
    def of(cls, parameters: Parameters) -> Asked:
        """What the parameters ask for."""
        known = {status.value: status for status in Status}
        return cls(
            language=Language.EN if _one(parameters, "lang") == Language.EN.value else Language.VI,
            statuses=frozenset(known[given] for given in parameters.getlist("status") if given in known),
            owner=_one(parameters, "owner"),
            with_incident=_one(parameters, "incident") == "1",
            search=" ".join(_one(parameters, "q").split()),
            open=_one(parameters, "open"),
        )

    @property
    def is_filter(self) -> bool:
        """Whether it asks for some of the targets only."""
        return bool(self.statuses or self.owner or self.with_incident or self.search)

    def toggled(self, status: Status) -> Asked:
        """The same, with targets of `status` asked for if they were not, and the other way round."""
        return replace(self, statuses=self.statuses ^ {status})

    def opened(self, target: str) -> Asked:
        """The same with a target opened; closed, if it is the one that is open."""
        return replace(self, open="" if self.open == target else target)

    def unfiltered(self) -> Asked:
        """The same language, and everything."""
        return Asked(self.language)

    def in_(self, language: Language) -> Asked:
        """The same in a language."""
        return replace(self, language=language)

    @property
    def query(self) -> str:
        """The parameters that ask for this, with their question mark."""
        given: list[tuple[str, str]] = []
        if self.language is not Language.VI:
            given.append(("lang", self.language.value))
        given += [("status", status.value) for status in Status if status in self.statuses]
        given += [(name, value) for name, value in self._texts().items() if value]
        return f"?{urlencode(given)}" if given else ""

    def _texts(self) -> Mapping[str, str]:
        incident = "1" if self.with_incident else ""
        return {"owner": self.owner, "incident": incident, "q": self.search, "open": self.open}


def holds(texts: Iterable[str], searched: str) -> bool:
    """Whether any of the texts holds what is searched, whatever its marks."""
    wanted = plain(searched)
    return any(wanted in plain(text) for text in texts)


def path_of(*parts: str) -> str:
    """A path below the board's own address, whatever characters its parts have."""
    return "".join(f"/{quote(part, safe='')}" for part in parts)


def _one(parameters: Parameters, name: str) -> str:
    given = parameters.getlist(name)
    return given[-1].strip()[:LONGEST] if given else ""
