"""Thousands of units at once: a handful of messages, and nobody is told again of those that still fail."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from targetwatch.model import Assessment, Label, Notification, OrgUnit, Role, Route, Scope, UnitKey
from tests.incidents.programmes import (
    CITY,
    DISTRICT_TARGET,
    ENGINEERS,
    HEADS,
    PROGRAMME,
    START,
    assessed,
    hanoi,
    unit,
)
from tests.notifications.passes import Watch, told, with_routes, words

NOW = hanoi(2025, 6, 16)
HOUR = timedelta(hours=1)
COMMUNES = 5_000
DISTRICTS = tuple(unit(f"D{number:02}", f"Huyện {number}", "district", CITY) for number in range(30))
UNITS: tuple[OrgUnit, ...] = (
    PROGRAMME.org_units[0],
    *DISTRICTS,
    *(
        unit(f"{number:05}", f"Xã {number}", "commune", DISTRICTS[number % len(DISTRICTS)].key)
        for number in range(COMMUNES)
    ),
)
EACH = replace(DISTRICT_TARGET, target="communes", tier="commune", scope=Scope.EACH)
POOLED = replace(DISTRICT_TARGET, target="communes", tier="commune")
MANY = replace(PROGRAMME, org_units=UNITS)


def figures(behind: int, *, role: Role = Role.EACH, pool: int = 21_650) -> list[Assessment]:
    """Every commune, of which the last `behind` ones are short; where they are shares, the city before them."""
    target = EACH if role is Role.EACH else POOLED
    city = [assessed(CITY, 5, pool, 30_000, 732_621, role=Role.POOLED, target=target)] if role is Role.SHARE else []
    return city + [
        assessed(
            UnitKey(f"{number:05}", START), 5, 500 if number >= COMMUNES - behind else 900, 1_000, 732_621,
            role=role, target=target,
        )
        for number in range(COMMUNES)
    ]  # fmt: skip


def watching(*group_by: Label, target=EACH) -> Watch:
    """A watch whose two receivers hear of everything, grouped so."""
    routes = (Route("engineers", group_by=group_by, goes_on=True), Route("heads", group_by=group_by))
    return Watch(with_routes(replace(MANY, targets=(target,)), *routes, receivers=(ENGINEERS, HEADS)))


def sent(rows: list[Notification]) -> Counter[tuple[str, str]]:
    """How many rows are sent, by receiver and delivery."""
    return Counter((one.receiver, one.delivery.value) for one in rows if not one.state_reason)


SHAPES = [
    ((Label.KIND, Label.SUBJECT), 5_000),
    ((), 5_000),
    ((Label.OWNER,), 1_000),
    ((Label.METRIC,), 1_000),
    ((Label.LEVEL,), 1_000),
    ((Label.SEVERITY,), 1_000),
    ((Label.SOURCE, Label.TIER), 1_000),
]


@pytest.mark.parametrize(("group_by", "many"), SHAPES, ids=["+".join(by) or "nothing" for by, _ in SHAPES])
def test_five_thousand_units_make_one_message_a_receiver(group_by: tuple[Label, ...], many: int):
    """Falling behind at once they are one post each; half of them recovering are one edit and one reply each.

    And the reply names those that recovered, and tells nobody again of the half that still fails.
    """
    watch = watching(*group_by)
    assert sent(watch.look(NOW, figures(many))) == {("engineers", "post"): 1, ("heads", "post"): 1}
    assert watch.look(NOW + HOUR, figures(many)) == []
    half = watch.look(NOW + 2 * HOUR, figures(many // 2))
    assert sent(half) == {(one, how): 1 for one in ("engineers", "heads") for how in ("update", "reply")}
    reply = next(one for one in half if one.delivery.value == "reply" and one.receiver == "engineers")
    said = words(reply).replace("*", "")
    assert "Newly behind" not in said
    assert "Recovered: " in said
    assert not any(f"Xã {number} " in said for number in range(COMMUNES - many // 2, COMMUNES))
    assert watch.look(NOW + 3 * HOUR, figures(many // 2)) == []
    over = watch.look(NOW + 4 * HOUR, figures(0))
    assert sent(over) == {(one, how): 1 for one in ("engineers", "heads") for how in ("update", "reply")}
    assert watch.told == {}


def test_shares_of_a_pooled_target_are_inside_its_message():
    """The communes' target as one: the same, and its units are named in it."""
    watch = watching(Label.KIND, Label.SUBJECT, target=POOLED)
    assert sent(watch.look(NOW, figures(5_000, role=Role.SHARE))) == {("engineers", "post"): 1, ("heads", "post"): 1}
    half = watch.look(NOW + HOUR, figures(2_500, role=Role.SHARE))
    assert sent(half) == {(one, how): 1 for one in ("engineers", "heads") for how in ("update", "reply")}
    assert watch.look(NOW + 2 * HOUR, figures(2_500, role=Role.SHARE)) == []


def test_by_unit_it_is_one_message_a_unit_because_that_was_asked_for():
    """Who groups by unit hears of each unit by itself, and of its recovery in its own thread; the others are silent."""
    watch = Watch(
        with_routes(
            replace(MANY, targets=(EACH,)), Route("engineers", group_by=(Label.UNIT,)), receivers=(ENGINEERS,)
        )
    )  # fmt: skip
    assert sent(watch.look(NOW, figures(400))) == {("engineers", "post"): 400}
    half = watch.look(NOW + HOUR, figures(200))
    assert sent(half) == {("engineers", "update"): 200, ("engineers", "reply"): 200}
    assert {reason for _, _, reason in told(half)} == {"resolved"}
    assert watch.look(NOW + 2 * HOUR, figures(200)) == []
