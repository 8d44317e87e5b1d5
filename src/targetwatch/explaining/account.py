"""What an explanation is made of: accounts of targets, each a chain of steps, with the queries that show their rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from targetwatch.explaining.queries import Query


@dataclass(frozen=True, slots=True)
class Shown:
    """A query, and what its rows are."""

    rows: str
    query: Query

    def as_data(self) -> dict[str, object]:
        """The query as plain data."""
        return {"rows": self.rows, "sql": self.query.sql, "command": self.query.command}


@dataclass(frozen=True, slots=True)
class Step:
    """A link of the chain: sentences, what they rest on, and the facts in them as data."""

    id: str
    heading: str
    says: tuple[str, ...]
    shown: tuple[Shown, ...] = ()
    facts: Mapping[str, object] = field(default_factory=dict)

    def as_data(self) -> dict[str, object]:
        """The step as plain data."""
        return {
            "step": self.id,
            "heading": self.heading,
            "says": list(self.says),
            "queries": [shown.as_data() for shown in self.shown],
            "facts": dict(self.facts),
        }


@dataclass(frozen=True, slots=True)
class Account:
    """The chain of one target, or of what was observed where no target is set."""

    target: str | None
    tier: str
    heading: str
    steps: tuple[Step, ...]

    def as_data(self) -> dict[str, object]:
        """The account as plain data."""
        return {
            "target": self.target,
            "tier": self.tier,
            "heading": self.heading,
            "steps": [step.as_data() for step in self.steps],
        }


@dataclass(frozen=True, slots=True)
class Explanation:
    """All that is to be said of a metric and unit, as it was known at a moment."""

    heading: str
    says: tuple[str, ...]
    facts: Mapping[str, object]
    accounts: tuple[Account, ...]

    def as_data(self) -> dict[str, object]:
        """The explanation as plain data."""
        return {
            "heading": self.heading,
            "says": list(self.says),
            **self.facts,
            "accounts": [account.as_data() for account in self.accounts],
        }
