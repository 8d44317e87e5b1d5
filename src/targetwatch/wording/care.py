"""Care: how bad an incident is, who is on it, and which silence keeps its messages back, as people read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from targetwatch.model import IncidentState, Language, Severity, Text
from targetwatch.wording import dates

SEVERITIES: Mapping[Severity, Text] = {
    Severity.CRITICAL: Text("nghiêm trọng", "critical"),
    Severity.WARNING: Text("cần lưu ý", "warning"),
    Severity.NOTICE: Text("nhẹ", "notice"),
}
ON_IT = Text("đã tiếp nhận", "acknowledged")
NOBODY = Text("chưa ai tiếp nhận", "nobody has acknowledged")
TOLD_ABOVE = Text("đã báo cấp trên", "escalated")
MUTED = Text("đang tắt thông báo", "muted")


@dataclass(frozen=True, slots=True)
class Care:
    """What people make of an incident that goes on, or made of one until it closed."""

    state: IncidentState
    severity: Severity | None = None  # None: of a snapshot that an earlier release published
    acknowledged_by: str | None = None
    acknowledged_because: str | None = None
    acknowledged_until: datetime | None = None
    escalation_steps: int = 0
    silence: str | None = None
    silenced_from: datetime | None = None
    silenced_until: datetime | None = None

    @classmethod
    def of(cls, row: Mapping[str, Any], prefix: str = "") -> Care:
        """What a row of `incidents` says of it, as far as the release that published the snapshot knew."""

        def value(name: str) -> Any:
            return row.get(f"{prefix}{name}")

        return cls(
            state=IncidentState(value("state")),
            severity=Severity(value("severity")) if value("severity") else None,
            acknowledged_by=value("acknowledged_by"),
            acknowledged_because=value("acknowledged_because"),
            acknowledged_until=value("acknowledged_until"),
            escalation_steps=int(value("escalation_steps") or 0),
            silence=value("silence"),
            silenced_from=value("silenced_from"),
            silenced_until=value("silenced_until"),
        )

    def how_bad(self, language: Language) -> str:
        """Its severity; nothing where none is known."""
        return SEVERITIES[self.severity].in_(language) if self.severity is not None else ""

    def who(self, time_zone: str, language: Language) -> str:
        """Who is on it and until when, or that nobody is; nothing of one that is pending or over."""
        if self.state is IncidentState.OPEN:
            if self.severity is None:
                return ""
            told = f"; {TOLD_ABOVE.in_(language)}" if self.escalation_steps else ""
            return f"{NOBODY.in_(language)}{told}"
        if self.state is not IncidentState.ACKNOWLEDGED:
            return ""
        if self.acknowledged_until is None:
            until = Text("đến khi đóng", "until it closes").in_(language)
        else:
            end = dates.moment(self.acknowledged_until, time_zone, language)
            until = Text(f"đến {end}", f"until {end}").in_(language)
        return f"{self.acknowledged_by}, {until}"

    def standing(self, time_zone: str, language: Language) -> str:
        """The same where its state is not said beside it."""
        is_on_it = self.state is IncidentState.ACKNOWLEDGED
        said = self.who(time_zone, language)
        return f"{ON_IT.in_(language)}: {said}" if is_on_it else said

    def why(self, language: Language) -> str:
        """Why it was acknowledged, as that person wrote it."""
        said = self.acknowledged_because if self.state is IncidentState.ACKNOWLEDGED else None
        return Text(f"“{said}”", f"“{said}”").in_(language) if said else ""

    def muted(self, now: datetime, time_zone: str, language: Language) -> str:
        """That a silence keeps its messages back now, until when and which; nothing where none does."""
        if self.silence is None or self.silenced_from is None or self.silenced_until is None:
            return ""
        if not (self.state.is_live and self.silenced_from <= now < self.silenced_until):
            return ""
        end = dates.moment(self.silenced_until, time_zone, language)
        return f"{MUTED.in_(language)} {Text('đến', 'until').in_(language)} {end} ({self.silence})"

    def lines(self, now: datetime, time_zone: str, language: Language) -> list[str]:
        """All of it, a line each, without what there is nothing to say of."""
        said = (self.how_bad(language), self.who(time_zone, language), self.why(language))
        return [line for line in (*said, self.muted(now, time_zone, language)) if line]
