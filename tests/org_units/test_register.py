"""The register of org_units that the catalogue ships with."""

import csv
import itertools
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
REGISTER = CHECKOUT / "catalogue" / "org_units"
SECOND_SOURCE = CHECKOUT.parent / "shared" / "data" / "hanoi_units" / "hanoi_units_by_period.csv"
LAST_DAY = date.max.isoformat()

Row = dict[str, str]


def rows(name: str) -> list[Row]:
    """The rows of a file of the register."""
    with (REGISTER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def units() -> list[Row]:
    """The register of the city, its districts and communes."""
    return rows("units.csv")


def valid_on(register: list[Row], day: str) -> list[Row]:
    """The rows that are valid on a day."""
    return [row for row in register if row["valid_from"] <= day <= (row["valid_to"] or LAST_DAY)]


@pytest.mark.parametrize(
    ("day", "districts", "communes"),
    [
        ("2021-01-01", 30, 579),
        ("2024-12-31", 30, 579),
        ("2025-01-01", 30, 526),
        ("2025-06-30", 30, 526),
        ("2025-07-01", 0, 126),
        ("2030-01-01", 0, 126),
    ],
)
def test_each_state_of_the_city_has_its_units(units: list[Row], day: str, districts: int, communes: int) -> None:
    """On any day the register has one city and exactly the districts and communes of that time."""
    levels = Counter(row["level"] for row in valid_on(units, day))
    assert levels == Counter({"city": 1, "district": districts, "commune": communes})


def test_a_code_and_first_day_name_one_unit(units: list[Row]) -> None:
    """(code, valid_from) is a key, and no two stretches of one code overlap."""
    every = units + rows("departments.csv")
    keys = Counter((row["code"], row["valid_from"]) for row in every)
    assert max(keys.values()) == 1
    stretches: dict[str, list[Row]] = {}
    for row in sorted(every, key=lambda row: row["valid_from"]):
        stretches.setdefault(row["code"], []).append(row)
    for first_to_last in stretches.values():
        for earlier, later in itertools.pairwise(first_to_last):
            assert earlier["valid_to"]
            assert earlier["valid_to"] < later["valid_from"]


def test_every_parent_is_valid_as_long_as_its_child(units: list[Row]) -> None:
    """A unit's parent exists on the first and on the last day of the unit's row."""
    for row in units + rows("departments.csv"):
        if row["level"] == "city":
            assert row["parent_code"] == ""
            continue
        for day in (row["valid_from"], row["valid_to"] or LAST_DAY):
            assert [parent for parent in valid_on(units, day) if parent["code"] == row["parent_code"]], row


def test_an_unchanged_commune_has_one_row_and_a_renamed_one_two(units: list[Row]) -> None:
    """A stretch ends only where code, name or parent changed."""
    phuc_xa = [row for row in units if row["code"] == "00001"]
    assert [(row["valid_from"], row["valid_to"]) for row in phuc_xa] == [("2021-01-01", "2025-06-30")]
    van_mieu = [(row["valid_from"], row["valid_to"], row["name"]) for row in units if row["code"] == "00181"]
    assert van_mieu == [
        ("2021-01-01", "2024-12-31", "Phường Văn Miếu"),
        ("2025-01-01", "2025-06-30", "Phường Văn Miếu - Quốc Tử Giám"),
    ]


def test_departments_stand_below_the_city_from_the_start() -> None:
    """The 23 departments have codes that no unit of the official list can have."""
    departments = rows("departments.csv")
    assert len(departments) == 23
    assert {(row["level"], row["valid_from"], row["parent_code"]) for row in departments} == {
        ("department", "2021-01-01", "01")
    }
    assert not any(row["code"].isdigit() for row in departments)


@pytest.mark.parametrize("first_day", ["2024-11-01", "2025-01-01", "2025-07-01"])
def test_the_register_agrees_with_a_second_source(units: list[Row], first_day: str) -> None:
    """Another publication of the same three states has the same codes, names, kinds and parents."""
    if not SECOND_SOURCE.is_file():
        pytest.skip("the second source, ../shared/data/hanoi_units, is not on this machine")
    with SECOND_SOURCE.open(encoding="utf-8", newline="") as file:
        theirs = [row for row in csv.DictReader(file) if row["valid_from"] == first_day]
    told_by_them = {(row["code"], one_spelling(row["name"]), row["unit_type"], row["parent_code"]) for row in theirs}
    told_by_us = {
        (row["code"], one_spelling(row["name"]), row["kind"], row["parent_code"]) for row in valid_on(units, first_day)
    }
    assert told_by_us == told_by_them


def one_spelling(name: str) -> str:
    """Vietnamese puts the tone mark of oa on either letter; the two sources differ in that alone."""
    return name.replace("oà", "òa").replace("Oà", "Òa")
