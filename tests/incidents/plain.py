"""The life of an incident written down a second time, plainly: all looks are kept, and each answer is worked out anew.

Nothing here is taken from targetwatch.incidents. A step is a letter, maybe with the number of a month, and the minutes
since the step before: B3 a bad look at month 3, G, U, S and E good, unknown, superseded and ended ones; `ack`, maybe
with minutes until it lapses, and `back`, which takes it back.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Step:
    """What happens, and how many minutes after the step before it."""

    what: str
    period: int | None = None
    after: int = 0
    lasts: int | None = None


@dataclass
class Episode:
    """The looks since the first bad one, with the minute of each, and who said what of it."""

    looks: list[tuple[int, str, int | None]]
    is_open: bool = False
    acknowledged_until: int | None = None
    is_acknowledged: bool = False

    def telling(self) -> list[int]:
        """The places of the looks that could tell: known, and of no older period than one before."""
        kept: list[int] = []
        for place, (_, what, period) in enumerate(self.looks):
            seen = [self.looks[one][2] for one in kept]
            is_older = period is not None and any(other is not None and period < other for other in seen)
            if what in "BG" and not is_older:
                kept.append(place)
        return kept

    def run(self, what: str) -> int:
        """How many judged periods in a row, up to the newest, were judged so last."""
        last = {self.looks[place][2]: self.looks[place][1] for place in self.telling()}
        length = 0
        for period in sorted(last, key=lambda one: -1 if one is None else one, reverse=True):
            if last[period] != what:
                break
            length += 1
        return length

    def lasted(self, since: int, now: int) -> int:
        """The minutes from the look at that place until now, without those that begin where a look could not tell."""
        known = self.telling()
        moments = [minute for minute, _, _ in self.looks] + [now]
        return sum(moments[place + 1] - moments[place] for place in known if place >= since)

    def good_since(self) -> int | None:
        """The place of the first of the good looks at the end, if it is they that are at the end."""
        since = None
        for place in reversed(self.telling()):
            if self.looks[place][1] != "G":
                break
            since = place
        return since


@dataclass
class Life:
    """One condition from step to step. `happened` are the events but for those that only say that something changed."""

    open_after: int = 0
    keep_open_for: int = 0
    minutes_to_open: int = 0
    minutes_to_close: int = 0
    minute: int = 0
    episode: Episode | None = None
    happened: list[str] = field(default_factory=list)

    @property
    def state(self) -> str:
        """Where it stands."""
        if self.episode is None:
            return "none"
        if not self.episode.is_open:
            return "pending"
        return "acknowledged" if self.episode.is_acknowledged else "open"

    def take(self, step: Step) -> None:
        """One step, and what it brings."""
        self.minute += step.after
        now, one = self.minute, self.episode
        if step.what == "ack":
            if one is not None and one.is_open:
                until = None if step.lasts is None else now + step.lasts
                if not (one.is_acknowledged and one.acknowledged_until == until):
                    one.is_acknowledged, one.acknowledged_until = True, until
                    self.happened.append("acknowledged")
        elif step.what == "back":
            if one is not None and one.is_acknowledged:
                one.is_acknowledged = False
                self.happened.append("lapsed")
        else:
            self.look(step, now)
            one = self.episode
            if one is not None and one.is_acknowledged and (one.acknowledged_until or now + 1) <= now:
                one.is_acknowledged = False
                self.happened.append("lapsed")

    def look(self, step: Step, now: int) -> None:
        """One look at the condition."""
        if self.episode is None:
            if step.what != "B":
                return
            self.episode = Episode([])
            self.happened.append("pending")
        one = self.episode
        if step.what in "SE":
            self.end({"S": "superseded", "E": "ended"}[step.what])
            return
        one.looks.append((now, step.what, step.period))
        if len(one.looks) - 1 not in one.telling():
            return
        if not one.is_open:
            if step.what == "G":
                self.end("resolved")
            elif one.run("B") > self.open_after and one.lasted(0, now) >= self.minutes_to_open:
                one.is_open = True
                if len(one.looks) == 1:
                    self.happened.pop()  # opened at once, it never was pending
                self.happened.append("opened")
            return
        since = one.good_since()
        is_counted = one.run("G") > self.keep_open_for
        if since is not None and is_counted and one.lasted(since, now) >= self.minutes_to_close:
            self.end("resolved")

    def end(self, how: str) -> None:
        """The episode is over; one that never opened is withdrawn."""
        if self.episode is not None:
            self.happened.append("withdrawn" if not self.episode.is_open else how)
        self.episode = None
