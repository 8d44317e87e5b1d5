"""Names: what a metric, a target and a unit may be called, and what is said where that is not plain."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from targetwatch.explaining.found import UnitFound
from targetwatch.explaining.names import Asked, UnknownName, asked_for, unit_for
from targetwatch.model import UnitKey
from tests.explaining.cases import unit

BEFORE, AFTER = date(2021, 1, 1), date(2025, 7, 1)
UNITS = [
    unit(UnitKey("271", BEFORE), "Huyện Ba Vì"),
    unit(UnitKey("09703", BEFORE), "Xã Ba Vì"),
    unit(UnitKey("00004", BEFORE), "Phường Trúc Bạch", valid_to=date(2025, 6, 30)),
    unit(UnitKey("00004", AFTER), "Phường Ba Đình"),
]
KNOWN = [
    {"metric": "dossiers_online", "target": None, "name_vi": "Hồ sơ trực tuyến", "name_en": "Dossiers online"},
    {"metric": "dossiers_online", "target": "dossiers_city", "name_vi": "Cấp thành phố", "name_en": "City bodies"},
    {"metric": "rank", "target": None, "name_vi": "Thứ hạng", "name_en": "Rank"},
    {"metric": "rank", "target": "rank", "name_vi": "Thứ hạng", "name_en": "Rank"},
]


def anything(_: UnitFound) -> bool:
    """Something is known of every unit."""
    return True


def only(*keys: str) -> Callable[[UnitFound], bool]:
    """Something is known of these alone."""
    return lambda one: one.key in keys


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("dossiers_online", Asked("dossiers_online", None)),
        ("dossiers_city", Asked("dossiers_online", "dossiers_city")),
        ("rank", Asked("rank", None)),
    ],
)
def test_a_metric_or_a_target(written: str, asked: Asked) -> None:
    """The id of a metric asks for all its targets, that of a target for itself; the metric's comes first."""
    assert asked_for(written, KNOWN) == asked


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("dosiers_online", "Did you mean dossiers_online"),
        ("thu hang", "Did you mean rank?"),
        ("nothing of the kind", "Metrics: dossiers_online, rank."),
    ],
)
def test_an_unknown_metric(written: str, said: str) -> None:
    """The nearest ids are offered, found by their names too; else there is a list."""
    with pytest.raises(UnknownName) as failure:
        asked_for(written, KNOWN)
    assert said in str(failure.value)


@pytest.mark.parametrize("written", ["271", "271@2021-01-01", "Huyện Ba Vì", "huyen ba vi", " HUYỆN  BA VÌ "])
def test_a_unit_by_code_or_name(written: str) -> None:
    """A code, a code with its day and a name, with or without marks, mean the same unit."""
    assert unit_for(written, UNITS, anything).key == "271@2021-01-01"


def test_what_is_known_of_decides_between_units() -> None:
    """Of several that are meant it is the one of which anything is known."""
    assert unit_for("00004", UNITS, only("00004@2025-07-01")).key == "00004@2025-07-01"


def test_a_code_that_two_units_bore() -> None:
    """Where as much is known of both, each is named with its first day, which is what to write."""
    with pytest.raises(UnknownName) as failure:
        unit_for("00004", UNITS, anything)
    assert str(failure.value).splitlines()[1:] == [
        "  00004@2021-01-01  Phường Trúc Bạch (from 2021-01-01 to 2025-06-30)",
        "  00004@2025-07-01  Phường Ba Đình (from 2025-07-01)",
    ]


def test_a_name_that_two_units_bear() -> None:
    """Units that differ by their codes are told by these."""
    kinds = [unit(UnitKey("1", BEFORE), "Tây"), unit(UnitKey("2", BEFORE), "Tây")]
    with pytest.raises(UnknownName) as failure:
        unit_for("tay", kinds, anything)
    assert str(failure.value).splitlines()[1:] == ["  1  Tây (from 2021-01-01)", "  2  Tây (from 2021-01-01)"]


@pytest.mark.parametrize(
    ("written", "said"), [("huyen ba vy", "Did you mean Huyện Ba Vì (271@2021-01-01)"), ("?", "`targetwatch units`")]
)
def test_an_unknown_unit(written: str, said: str) -> None:
    """The nearest units are offered; where none is near, the command that lists them."""
    with pytest.raises(UnknownName) as failure:
        unit_for(written, UNITS, anything)
    assert said in str(failure.value)
