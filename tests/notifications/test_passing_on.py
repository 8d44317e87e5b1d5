"""What people are told when a unit has ended and its target goes on with those that follow it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest

from targetwatch.model import (
    Assessment,
    IncidentState,
    Programme,
    Reason,
    Role,
    Scope,
    Selector,
    Status,
    UnitEnding,
    UnitKey,
)
from tests.incidents.programmes import (
    BA_VI,
    CITY,
    CO_DO,
    DISTRICT_TARGET,
    DONG_ANH,
    FOLLOWERS,
    HEADS,
    LONG_BIEN,
    PROGRAMME,
    QUANG_OAI,
    SUOI_HAI,
    UNITS,
    assessed,
    followed,
    hanoi,
    unsaid,
)
from tests.notifications.passes import Watch, told, words

TARGET = "behind/dossiers_district"
EACH = replace(
    DISTRICT_TARGET, scope=Scope.EACH, selector=Selector(level="district"), when_unit_ends=UnitEnding.PASSES_ON
)
HEIRS = {
    BA_VI: ((QUANG_OAI, Fraction(1, 2)), (SUOI_HAI, Fraction(1, 3)), (CO_DO, Fraction(1, 6))),
    DONG_ANH: ((QUANG_OAI, Fraction(1)),),
}


def programme(*targets) -> Programme:
    """The small programme, with two districts that have passed on."""
    units = (followed(one, *HEIRS[one.key]) if one.key in HEIRS else one for one in UNITS)
    return replace(PROGRAMME, targets=targets or (EACH,), org_units=(*units, *FOLLOWERS))


def short(unit: UnitKey, month: int = 5, **more: object) -> Assessment:
    """A unit that is short in a month."""
    return assessed(unit, month, 500, 1_000, 732_621, **{"role": Role.EACH, **more})


def passed_on(unit: UnitKey, role: Role = Role.EACH) -> Assessment:
    """A unit that has ended, and whose target has not."""
    return unsaid(unit, Status.ENDED, Reason.UNIT_PASSED_ON, role=role, as_of=AUGUST)


AUGUST = hanoi(2025, 8, 1)


def test_the_message_of_a_unit_that_ended_says_who_followed() -> None:
    """Its last words name the unit, the day and those that answer since then, and call it no success."""
    watch = Watch(programme())
    watch.look(hanoi(2025, 6, 16), [short(BA_VI), short(LONG_BIEN, status=Status.MET, reason=Reason.FINAL_REACHED)])
    over = watch.look(AUGUST, [passed_on(BA_VI), unsaid(LONG_BIEN, Status.STALE, Reason.OVERDUE, role=Role.EACH)])
    assert told(over) == [(TARGET, "update", "ended"), (TARGET, "reply", "ended")]
    for message in over[:2]:
        said = words(message)
        assert "Huyện Ba Vì ended on 30 Jun 2025" in said
        assert "the target passed on to Xã Quảng Oai, Xã Suối Hai and Xã Cổ Đô" in said
        assert "the target was not reached" in said
    vietnamese = [words(one) for one in over if one.receiver == HEADS.name]
    assert "chỉ tiêu chuyển cho Xã Quảng Oai, Xã Suối Hai và Xã Cổ Đô" in vietnamese[0]


def test_units_that_end_together_are_named_together() -> None:
    """Every open incident of the target ends in one pass: one message says of all of them who followed, each once."""
    watch = Watch(programme())
    watch.look(hanoi(2025, 6, 16), [short(BA_VI), short(DONG_ANH)])
    over = watch.look(AUGUST, [passed_on(BA_VI), passed_on(DONG_ANH)])
    assert told(over) == [(TARGET, "update", "ended"), (TARGET, "reply", "ended")]
    said = words(over[0])
    assert "Huyện Đông Anh and Huyện Ba Vì ended on 30 Jun 2025" in said
    assert said.count("Xã Quảng Oai") == 1
    assert {one.state for one in watch.incidents.values()} == {IncidentState.ENDED}


def test_while_others_are_behind_the_thread_says_it() -> None:
    """The target's message goes on with the unit that is there still; in its thread is who passed on to whom."""
    watch = Watch(programme())
    watch.look(hanoi(2025, 6, 16), [short(BA_VI), short(LONG_BIEN)])
    going_on = watch.look(AUGUST, [passed_on(BA_VI), short(LONG_BIEN)])
    assert told(going_on) == [(TARGET, "update", "units"), (TARGET, "reply", "units")]
    assert "Ended, the target passed on: Huyện Ba Vì (to Xã Quảng Oai and 2 more)" in words(going_on[1]).replace(
        "*", ""
    )
    assert watch.look(AUGUST + timedelta(hours=1), [passed_on(BA_VI), short(LONG_BIEN)]) == []


def test_the_successors_begin_with_incidents_of_their_own() -> None:
    """A successor that is short is another episode: a new message, and nothing is carried over."""
    watch = Watch(programme())
    watch.look(hanoi(2025, 6, 16), [short(BA_VI)])
    watch.look(AUGUST, [passed_on(BA_VI)])
    later = watch.look(hanoi(2025, 8, 20), [passed_on(BA_VI), short(QUANG_OAI, 7)])
    assert told(later) == [(TARGET, "post", "opened")]
    assert [(one.key.org_unit, one.state) for one in watch.incidents.values()] == [
        (BA_VI.code, IncidentState.ENDED),
        (QUANG_OAI.code, IncidentState.OPEN),
    ]


def test_shares_that_passed_on_are_told_in_the_thread_of_their_pool() -> None:
    """The city goes on being behind: its thread says which of the units that were behind are there no more."""
    pooled = replace(DISTRICT_TARGET, selector=Selector(code="01"), when_unit_ends=UnitEnding.PASSES_ON)
    watch = Watch(programme(pooled))
    city = assessed(CITY, 5, 21_650, 30_000, 732_621, role=Role.POOLED)
    watch.look(hanoi(2025, 6, 16), [city, short(BA_VI, role=Role.SHARE), short(LONG_BIEN, role=Role.SHARE)])
    later = watch.look(AUGUST, [city, passed_on(BA_VI, Role.SHARE), short(LONG_BIEN, role=Role.SHARE)])
    assert told(later) == [(TARGET, "update", "units"), (TARGET, "reply", "units")]
    assert "Huyện Ba Vì (to Xã Quảng Oai and 2 more)" in words(later[1])


@pytest.mark.parametrize(
    ("reason", "said"), [(Reason.UNIT_ENDED, "Huyện Ba Vì ended"), (Reason.TARGET_ENDED, "The target ended")]
)
def test_an_end_without_successors_says_what_it_was_that_ended(reason: Reason, said: str) -> None:
    """A unit that ended is named; where the version ended, it was the target; and nobody is said to follow."""
    watch = Watch(programme(replace(EACH, effective_to=date(2025, 7, 31))))
    watch.look(hanoi(2025, 6, 16), [short(BA_VI)])
    over = watch.look(AUGUST, [unsaid(BA_VI, Status.ENDED, reason, role=Role.EACH)])
    assert said in words(over[0])
    assert "passed on" not in words(over[0])


def test_a_unit_under_an_exception_is_superseded_by_that() -> None:
    """The message names the version that holds for the unit, and not the one that holds for the others."""
    first = replace(EACH, effective_to=date(2025, 5, 31))
    second = replace(
        EACH, version="v2", effective_from=date(2025, 6, 1), value=850_000,
        selector=Selector(level="district", except_for=(BA_VI,)),
    )  # fmt: skip
    of_one = replace(
        second, version="v2e", value=700_000, selector=Selector(code=BA_VI.code, code_valid_from=BA_VI.valid_from)
    )
    watch = Watch(programme(first, second, of_one))
    watch.look(hanoi(2025, 6, 16), [short(BA_VI, target=first)])
    good = assessed(BA_VI, 6, 900, 1_000, 700_000, role=Role.EACH, target=of_one)
    over = watch.look(hanoi(2025, 7, 14), [good])
    assert told(over) == [(TARGET, "update", "superseded"), (TARGET, "reply", "superseded")]
    assert "≥ 70%" in words(over[0])


def test_a_target_with_exceptions_says_that_it_has_some() -> None:
    """The message of a target of many gives what most of them answer for, whoever's incident it stands for."""
    default = replace(EACH, selector=Selector(level="district", except_for=(BA_VI,)))
    of_one = replace(
        EACH, version="v1e", value=950_000, selector=Selector(code=BA_VI.code, code_valid_from=BA_VI.valid_from)
    )
    watch = Watch(programme(default, of_one))
    posted = watch.look(hanoi(2025, 6, 16), [short(BA_VI, target=of_one), short(DONG_ANH)])
    assert "Each unit answers for ≥ 80% (with exceptions) by itself" in words(posted[0]).replace("*", "")
