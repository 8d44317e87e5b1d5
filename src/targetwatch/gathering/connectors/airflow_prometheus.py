"""The Prometheus connector: how often each system was found up, day by day, and how often nothing was found at all.

A query of sql/sources says 1 where a system is up and 0 where it is down. It is asked at every step of every day that
has ended in the programme's time zone. What has no value at a step, or NaN, was not looked at then: that is no sign of
its being up, and is counted apart. A row has the series' labels and `day`, `up`, `down` and `missing`, which add up to
the steps of the day.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from targetwatch.gathering.connectors.airflow_service import service_of
from targetwatch.gathering.connectors.faults import FetchError, UnreachableError
from targetwatch.gathering.connectors.http_pages import Client
from targetwatch.gathering.connectors.http_session import RefusedError
from targetwatch.gathering.connectors.json_answer import AnswerError
from targetwatch.gathering.connectors.manners import Manners
from targetwatch.gathering.spool import Row
from targetwatch.model import Monitored, Programme, PrometheusFetch, Source

RANGE = "api/v1/query_range"
COUNTED = ("day", "up", "down", "missing")  # what a row has beside its labels
MOST_POINTS = 11_000  # of a series in one answer; Prometheus refuses more
MOST_VALUES = 500_000  # of all series in one answer: some 12 MB
UNKNOWN = frozenset({"NaN", "+Inf", "-Inf"})
BAD_QUERY = frozenset({400, 422})
ANSWERS_LATE = timedelta(minutes=5)  # so much of a day may have gone by before monitoring began, and it is whole still

Labels = tuple[str | None, ...]  # the values of the labels that the source names


@dataclass(slots=True)
class _Seen:
    """What was found of one series on one day."""

    labels: Mapping[str, str]  # all of them
    up: int = 0
    down: int = 0


@dataclass(slots=True)
class _Day:
    """A day in the programme's time zone, in seconds since 1970, and what was found on it."""

    day: date
    begin: int
    steps: int
    series: dict[Labels, _Seen] = field(default_factory=dict)
    first: int | None = None  # when anything was found for the first time


def rows_of_monitoring(
    source: Source,
    fetch: PrometheusFetch,
    programme: Programme,
    since: str | None,
    sql: Path,
    now: datetime,
    manners: Manners | None = None,
) -> Iterator[Row]:
    """A row for every series and ended day from the day `since` on, None for as far back as the source says.

    What is expected has a row on every day. The first time, days count from the first whole one of which the server
    still knows anything. Raises NotConnectedError without a connection; FetchError where something is to be mended,
    also where the server knows nothing of what it is asked; UnreachableError where it does not answer, or in part only.
    """
    query = _query(source, fetch, sql)
    days = _days(fetch, programme, since, now)
    with service_of(source, manners or Manners()) as service:
        asking = _Asking(source, fetch, programme, service, query)
        try:
            yield from asking.rows(days, is_first=since is None)
        except AnswerError as fault:
            hint = f"Compare sql/sources/{fetch.query}.promql with what its own page shows."
            service.polite.fail(f"gave an answer that {fault}", hint)
        except RefusedError as refused:
            if refused.status in BAD_QUERY:
                raise FetchError(f"{refused} Mend sql/sources/{fetch.query}.promql.") from None
            raise


class _Asking:
    """One fetch."""

    def __init__(
        self, source: Source, fetch: PrometheusFetch, programme: Programme, service: Client, query: str
    ) -> None:
        self.source, self.fetch, self.programme, self.service, self.query = source, fetch, programme, service, query
        self.names = tuple(column.delivered_as for column in source.columns if column.delivered_as not in COUNTED)
        unit = next((column for column in source.columns if column.name == source.unit_column), None)
        self.unit = None if unit is None else unit.delivered_as
        # That are asked for at once: at first so few that the most series that there may be fit in, then as many as do.
        self.points = max(MOST_VALUES // max(fetch.most_series, 1), 1)

    def rows(self, days: Sequence[_Day], *, is_first: bool) -> Iterator[Row]:
        """The rows of all days; those before anything is known are left out where it is the first time."""
        any_known = False
        for day in days:
            expected = set(self._expected(day.day))
            self._look(day, len(expected))
            begins_here = is_first and not any_known
            any_known = any_known or day.first is not None
            late = day.first is None or day.first - day.begin > ANSWERS_LATE.total_seconds()
            if begins_here and late:
                continue  # of this day a part is beyond what the server keeps, or before it began
            yield from self._rows_of(day, expected)
        if days and not any_known:
            hint = (
                f"Look at its own page for what sql/sources/{self.fetch.query}.promql gives, and whether it still "
                "keeps those days."
            )
            self.service.polite.fail(f"knows nothing of what it is asked, from {days[0].day} on", hint)

    def _rows_of(self, day: _Day, expected: Collection[Labels]) -> Iterator[Row]:
        for labels in sorted(expected | day.series.keys(), key=str):
            seen = day.series.get(labels, _Seen({}))
            others = dict.fromkeys(set(seen.labels) - set(self.names) - set(COUNTED))  # by name, so that they are told
            counted = (day.day, seen.up, seen.down, day.steps - seen.up - seen.down)
            yield {**others, **dict(zip(self.names, labels, strict=True)), **dict(zip(COUNTED, counted, strict=True))}

    def _expected(self, day: date) -> Iterator[Labels]:
        """What is to be monitored on a day: a series each, or one of every unit of a level."""
        for one in self.fetch.expected:
            for unit in self._units(one, day):
                said = {**one.labels, **({self.unit: unit} if self.unit and unit else {})}
                yield tuple(said.get(name) for name in self.names)

    def _units(self, one: Monitored, day: date) -> Iterator[str | None]:
        if one.level is None:
            yield None
            return
        for unit in self.programme.org_units:
            if unit.level == one.level and unit.is_valid_on(day):
                yield unit.key.code

    def _look(self, day: _Day, expected: int) -> None:
        """Ask about one day, in as many parts as answers are bounded: by points, and by what all series have of them.

        A step's moment is its end, since a range looks back: the steps of a day cover it and no other.
        """
        at = 1
        while at <= day.steps:
            points = min(self.points, day.steps - at + 1, MOST_POINTS)
            first, last = (day.begin + place * self.fetch.step_seconds for place in (at, at + points - 1))
            series = self._asked(first, last)
            for one in series:
                self._count(day, one, points)
            at += points
            most = MOST_VALUES // max(len(series), expected, 1)
            self.points = max(min(most, 4 * self.points), 1)

    def _asked(self, first: int, last: int) -> list[Any]:
        params = {"query": self.query, "start": first, "end": last, "step": self.fetch.step_seconds}
        answer = self.service.get(RANGE, params).json()
        if not isinstance(answer, Mapping) or answer.get("status") != "success":
            raise AnswerError("is none of Prometheus' API")
        if warnings := answer.get("warnings"):
            # What is missing from it would be taken for not having been monitored.
            said = " ".join(str(warnings[0] if isinstance(warnings, list) else warnings).split())[:160]
            for secret in self.service.polite.secrets:
                said = said.replace(secret, "***")
            raise UnreachableError(
                f"The service of source {self.source.id} answered in part only ({said}). Nothing of it is taken, and "
                "it is asked again by the next pass."
            )
        data = answer.get("data")
        if not isinstance(data, Mapping) or data.get("resultType") != "matrix" or not isinstance(data["result"], list):
            raise AnswerError("has no series in it")
        found: list[Any] = data["result"]
        if len(found) > self.fetch.most_series:
            raise AnswerError(f"has {len(found):,} series, and {self.fetch.most_series:,} are the most (most_series)")
        return found

    def _count(self, day: _Day, one: Any, points: int) -> None:
        """Count one series of an answer."""
        values = one.get("values") if isinstance(one, Mapping) else None
        if not isinstance(values, list) or not isinstance(one.get("metric"), Mapping) or len(values) > points:
            raise AnswerError("has a series without plain values at its steps")
        labels = {str(name): str(value) for name, value in one["metric"].items() if name != "__name__"}
        key = tuple(labels.get(name) for name in self.names)
        seen = day.series.setdefault(key, _Seen(labels))
        if seen.labels != labels:
            raise AnswerError(self._ambiguous(key))
        for moment, value in values:
            if value == "1":
                seen.up += 1
            elif value == "0":
                seen.down += 1
            elif value in UNKNOWN:
                continue
            else:
                shown = str(value)[:20]
                raise AnswerError(f"has the value {shown} for {self._shown(key)}, where 1 is up and 0 is down")
            day.first = int(moment) if day.first is None else min(day.first, int(moment))
        if seen.up + seen.down > day.steps:
            raise AnswerError(self._ambiguous(key))

    def _ambiguous(self, key: Labels) -> str:
        by = ", ".join(self.names)
        return f"has several series for {self._shown(key)}: say which one counts, as in min by ({by}) (...)"

    def _shown(self, key: Labels) -> str:
        return ", ".join(f"{name}={(value or '')[:40]!r}" for name, value in zip(self.names, key, strict=True))


def _query(source: Source, fetch: PrometheusFetch, sql: Path) -> str:
    """The query, without its comments: they would go out with every request."""
    path = sql / "sources" / f"{fetch.query}.promql"
    if not path.is_file():
        raise FetchError(
            f"Source {source.id} asks by sql/sources/{fetch.query}.promql, and there is no such file. Write it, or "
            f"name another under 'prometheus:' in catalogue/sources/{source.id}.yaml."
        )
    lines = path.read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if line.strip() and not line.lstrip().startswith("#"))


def _days(fetch: PrometheusFetch, programme: Programme, since: str | None, now: datetime) -> list[_Day]:
    """The ended days that are asked about."""
    zone = ZoneInfo(programme.time_zone)
    today = now.astimezone(zone).date()
    begin = date.fromisoformat(since[:10]) if since else today - timedelta(days=fetch.days_at_first)
    begin = max(begin, programme.start)
    days = []
    for number in range((today - begin).days):
        day = begin + timedelta(days=number)
        first, last = (_midnight(one, zone) for one in (day, day + timedelta(days=1)))
        days.append(_Day(day, first, (last - first) // fetch.step_seconds))
    return days


def _midnight(day: date, zone: ZoneInfo) -> int:
    """When a day begins, in seconds since 1970: where the clock is changed a day has not 24 hours."""
    return int(datetime.combine(day, time(), zone).timestamp())
