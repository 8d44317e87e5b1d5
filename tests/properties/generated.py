"""What the properties are shown: generated districts that report month after month, and what is asked of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from targetwatch.evaluation.coverage import BODIES
from targetwatch.evaluation.periods import period_of
from targetwatch.model import (
    MILLION,
    Cadence,
    Comparison,
    Language,
    MetricKind,
    Owner,
    Path,
    Programme,
    Receiver,
    Reference,
    Route,
    Routing,
    Scope,
    Selector,
    TargetVersion,
    Text,
    Trajectory,
)
from targetwatch.retracing import History
from tests.evaluation.worlds import HOLD, Told, World, hanoi, metric, programme, target, unit

DISTRICTS = ("001", "002", "003")
MONTHS = tuple(date(2025, month, 1) for month in range(1, 7))
ONLINE, CALLS = "online", "calls"
CUTS = (date(2025, 2, 1), date(2025, 3, 1), date(2025, 3, 15), date(2025, 4, 1))
DAYS_AFTER = st.sampled_from((3, 5, 8, 20, 40))  # by about the fifteenth a report is late
ENDS = st.sampled_from((None, None, date(2025, 4, 30)))
WORDS = Text("hồ sơ", "dossiers")


def examples(number: int, *, shrinks: bool = True) -> settings:
    """So many examples, the same ones in every run: a test that fails here fails for everybody.

    Where one example costs half a second, looking for a smaller one that fails too would take all night.
    """
    return settings(
        max_examples=number,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=list(Phase) if shrinks else (Phase.explicit, Phase.generate),
    )


def small_city(targets: Iterable[TargetVersion]) -> Programme:
    """A city of three districts that report dossiers and calls, with somebody to hear of it in either language."""
    usual = programme(
        targets,
        metrics=[
            metric(ONLINE, counted=WORDS),
            metric(CALLS, kind=MetricKind.COUNT, unit_of_measure="count", counted=Text("cuộc gọi", "calls")),
        ],
        units=[unit(code, "district") for code in DISTRICTS],
    )
    return replace(
        usual,
        start=MONTHS[0],
        levels={"city": Text("thành phố", "cities"), "district": Text("quận", "districts")},
        receivers=(
            Receiver("engineers", "data-quality", Language.EN),
            Receiver("heads", "chi-tieu", Language.VI),
        ),
        routing=Routing(Route("nobody", routes=(Route("engineers", goes_on=True), Route("heads")))),
        owners={"office": Owner("office", Text("Văn phòng", "The office"))},
        references={"R2021b": Reference("R2021b", "Ứng dụng CNTT", "mic.gov.vn", "2021-07")},
    )


class Brief:
    """Shown by its own `repr`, which is short: an example has many of them."""

    def _repr_pretty_(self, printer: Any, _: bool) -> None:
        printer.text(repr(self))


@dataclass(frozen=True, repr=False)
class Report(Brief):
    """What a district says of a month: its dossiers and its calls, so many days after the month's end."""

    code: str
    month: date
    online: int
    dossiers: int
    calls: int
    days_after: int

    def __repr__(self) -> str:
        """Briefly."""
        return f"{self.code} {self.month:%m}: {self.online}/{self.dossiers}, {self.calls}, +{self.days_after}"

    @property
    def at(self) -> datetime:
        """When it arrives. No two are at one moment: of two versions it is the later one that stands."""
        place = DISTRICTS.index(self.code) * 10 + MONTHS.index(self.month)
        last_day = period_of(self.month, Cadence.MONTH).last_day
        day = date.fromordinal(last_day.toordinal() + self.days_after)
        return hanoi(day, 9, place)


@st.composite
def reports(draw: st.DrawFn, code: str, month: date, *, days_after: st.SearchStrategy[int]) -> Report:
    """A report of a month."""
    dossiers = draw(st.sampled_from((0, 1, 2, 3, 10, 97, 100)))
    online = draw(st.integers(0, dossiers))
    return Report(code, month, online, dossiers, draw(st.integers(0, 50)), draw(days_after))


@st.composite
def histories(
    draw: st.DrawFn,
    months: Sequence[date] = MONTHS,
    days_after: st.SearchStrategy[int] = DAYS_AFTER,
    corrections: int = 3,
) -> list[Report]:
    """What the districts report: now and then nothing, late, or once more with other figures."""
    said = [
        draw(reports(code, month, days_after=days_after))
        for month in months
        for code in DISTRICTS
        if draw(st.integers(0, 6)) > 0
    ]
    again = draw(st.lists(st.sampled_from(said), max_size=corrections, unique=True)) if said else []
    later = st.integers(1, 25)
    return said + [draw(reports(one.code, one.month, days_after=later.map(one.days_after.__add__))) for one in again]


def told(made: Programme, history: Iterable[Report]) -> list[Told]:
    """The reports as observations of either metric."""
    keys = {each.key.code: each.key for each in made.org_units}
    return [
        Told(keys[one.code], one.month, *figures, one.at, metric=name)
        for one in history
        for name, figures in ((ONLINE, (one.online, one.dossiers)), (CALLS, (one.calls, 1)))
    ]


def world(made: Programme, history: Iterable[Report]) -> World:
    """The programme with everything that was delivered."""
    return World(made, told(made, history), first_day=made.start)


def known(made: Programme, history: Iterable[Report]) -> History:
    """The same for the engine that goes over the past: every version of each observation, in order of arrival."""
    delivered = World(made, sorted(told(made, history), key=lambda one: one.at))
    rows = [
        {
            "metric": one.metric,
            "org_unit": one.org_unit.code,
            "org_unit_valid_from": one.org_unit.valid_from,
            "tier": one.tier,
            "period_start": one.month,
            "period_end": period_of(one.month, Cadence.MONTH).last_day,
            "origin": one.origin.value,
            "numerator": one.numerator,
            "denominator": one.denominator,
            "parts": one.parts,
            "known_at": one.at,
            "batch_id": None,
        }
        for one in delivered.told
    ]
    return History(pl.DataFrame(rows, schema=BODIES), delivered.reports())


@st.composite
def pasts_of_targets(draw: st.DrawFn) -> list[TargetVersion]:
    """A few targets, each with the versions that followed each other and that ask for more, for less or otherwise."""
    versions: list[TargetVersion] = []
    for place in range(3):
        metric_id = draw(st.sampled_from((ONLINE, ONLINE, CALLS)))
        size = MILLION if metric_id == ONLINE else 40 * MILLION
        is_pooled = draw(st.booleans())
        cuts = draw(st.sets(st.sampled_from(CUTS), max_size=2))
        begins = [MONTHS[0], *sorted(cuts)]
        for number, first in enumerate(begins):
            # Now and then nothing is in force for a while: then the target has ended, and begins anew.
            gap = draw(st.sampled_from((1, 1, 1, 40)))
            last = begins[number + 1] - timedelta(days=gap) if number + 1 < len(begins) else draw(ENDS)
            versions.append(
                target(
                    f"target_{place}",
                    version=f"{place}.{number}",
                    metric=metric_id,
                    scope=Scope.POOLED if is_pooled else Scope.EACH,
                    selector=Selector(code="01") if is_pooled else Selector(level="district"),
                    comparison=draw(st.sampled_from((Comparison.AT_LEAST, Comparison.ABOVE, Comparison.AT_MOST))),
                    value=draw(st.integers(5, 15)) * size // 20,
                    due=max(first, draw(st.sampled_from((date(2025, 3, 31), date(2025, 12, 31))))),
                    trajectory=draw(st.sampled_from((HOLD, Trajectory(Path.LINEAR, assumed=True)))),
                    warning_margin=0,
                    effective_from=first,
                    effective_to=max(first, last) if last else None,
                    replaces=begins[number - 1] if number else None,
                    patience=draw(st.sampled_from((0, 0, 1))),
                    keep_open_for=draw(st.sampled_from((0, 0, 1))),
                )
            )
    return versions
