"""Finding units by what people call them, and offering those that they may have meant."""

from datetime import date

import pytest

from targetwatch.catalogue.finding import find_units, nearest_units
from targetwatch.model import OrgUnit, UnitKey


def unit(code: str, kind: str, name: str, valid_from: date = date(2021, 1, 1)) -> OrgUnit:
    """A unit of the register."""
    return OrgUnit(UnitKey(code, valid_from), None, "level", kind, name, None)


UNITS = [
    unit("001", "quan", "Quận Ba Đình"),
    unit("00004", "phuong", "Phường Trúc Bạch"),
    unit("00004", "phuong", "Phường Ba Đình", date(2025, 7, 1)),
    unit("00541", "xa", "Xã Phù Đổng"),
    unit("00181", "phuong", "Phường Văn Miếu"),
    unit("00226", "phuong", "Phường Văn Miếu - Quốc Tử Giám"),
    unit("SO-NV", "so", "Sở Nội vụ"),
]


@pytest.mark.parametrize(
    ("asked", "keys"),
    [
        ("00004", ["00004@2021-01-01", "00004@2025-07-01"]),
        ("00004@2025-07-01", ["00004@2025-07-01"]),
        ("so-nv", ["SO-NV@2021-01-01"]),
        ("Quận Ba Đình", ["001@2021-01-01"]),
        ("quan ba dinh", ["001@2021-01-01"]),
        ("Ba Dinh", ["00004@2025-07-01", "001@2021-01-01"]),
        ("  BA   ĐÌNH ", ["00004@2025-07-01", "001@2021-01-01"]),
        ("Ba Đình", ["00004@2025-07-01", "001@2021-01-01"]),
        ("phu dong", ["00541@2021-01-01"]),
        ("van mieu", ["00181@2021-01-01"]),
        ("noi vu", ["SO-NV@2021-01-01"]),
        ("quan", []),
        ("dinh", []),
        ("4", []),
        ("", []),
    ],
)
def test_a_unit_is_found_by_code_and_by_name(asked: str, keys: list[str]) -> None:
    """With or without marks, case and the kind of unit; all that bear it, and none by a piece of its name."""
    assert [str(one.key) for one in find_units(UNITS, asked)] == keys


def test_a_name_typed_in_decomposed_unicode_is_found() -> None:
    """Some keyboards write a letter and its marks apart."""
    assert [one.name for one in find_units(UNITS, "Ba Đi\u0300nh")] == ["Phường Ba Đình", "Quận Ba Đình"]


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ("ba dnh", "Phường Ba Đình"),
        ("Quận Ba Din", "Quận Ba Đình"),
        ("0541", "Xã Phù Đổng"),
        ("00541@2025-07-01", "Xã Phù Đổng"),
        ("quoc tu giam", "Phường Văn Miếu - Quốc Tử Giám"),
        ("so noi vi", "Sở Nội vụ"),
    ],
)
def test_a_misspelt_unit_is_offered(asked: str, first: str) -> None:
    """The likeliest comes first, and there are few."""
    offered = nearest_units(UNITS, asked)
    assert offered[0].name == first
    assert len(offered) <= 5


@pytest.mark.parametrize("asked", ["", "xyzzy", "@", "2025-07-01"])
def test_where_nothing_is_like_it_nothing_is_offered(asked: str) -> None:
    """No guess is better than a wild one."""
    assert list(nearest_units(UNITS, asked)) == []
