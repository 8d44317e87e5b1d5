"""Listing units and explaining one: from the catalogue alone, by code or by name, each bearer of a code by itself."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.cli.calls import CommandLine, command_line

GOLDEN = Path(__file__).parent / "golden"
SOUND = Path(__file__).parents[1] / "catalogue" / "sound"
NOW = datetime(2025, 6, 30, 18, tzinfo=UTC)  # where the programme is, 1 July has begun

UNITS = """code,valid_from,valid_to,level,kind,name,parent_code
01,2021-01-01,,city,thanh_pho,Thành phố Hà Nội,
001,2021-01-01,2024-12-31,district,quan,Quận Ba Đình,01
001,2025-01-01,2025-06-30,district,quan,Quận Thăng Long,01
002,2021-01-01,2024-12-31,district,quan,Quận Hoàn Kiếm,01
003,2021-01-01,2025-06-30,district,quan,Quận Tây Hồ,01
004,2021-01-01,2025-06-30,district,quan,Quận Long Biên,01
005,2021-01-01,2025-06-30,district,huyen,Huyện Gia Lâm,01
006,2021-01-01,2025-06-30,district,huyen,Huyện Mê Linh,01
007,2021-01-01,2025-06-30,district,thi_xa,Thị xã Sơn Tây,01
001,2025-07-01,,district,phuong,Phường Ba Đình,01
002,2025-07-01,,district,phuong,Phường Hồng Hà,01
"""
SUCCESSORS = """code,valid_from,successor_code,successor_valid_from,weight,basis
001,2021-01-01,001,2025-01-01,1,whole
001,2025-01-01,001,2025-07-01,1204/5549,counted
001,2025-01-01,002,2025-07-01,4345/5549,counted
002,2021-01-01,001,2025-01-01,1/6,assumed
002,2021-01-01,003,2021-01-01,1/6,assumed
002,2021-01-01,004,2021-01-01,1/6,assumed
002,2021-01-01,005,2021-01-01,1/6,assumed
002,2021-01-01,006,2021-01-01,1/6,assumed
002,2021-01-01,007,2021-01-01,1/6,assumed
003,2021-01-01,001,2025-07-01,1/2,equal
003,2021-01-01,002,2025-07-01,1/2,equal
004,2021-01-01,002,2025-07-01,1,whole
005,2021-01-01,002,2025-07-01,1,whole
006,2021-01-01,002,2025-07-01,1,whole
"""
MORE_TARGETS = """
  - target: share_of_one
    name: {vi: Hồ sơ trực tuyến của một quận, en: Dossiers online at one district}
    short_name: {vi: hồ sơ một quận, en: "dossiers, one district"}
    org_unit: {code: "001@2021-01-01"}
    scope: each
    value: 75
    trajectory: {path: hold, assumed: false}
    when_unit_ends: passes_on
  - target: share_of_all
    name: {vi: Hồ sơ trực tuyến từng quận, en: Dossiers online at each district}
    short_name: {vi: hồ sơ từng quận, en: "dossiers, each district"}
    org_unit: {level: district}
    scope: each
    value: 50
    trajectory: {path: hold, assumed: false}
    effective_to: 2023-12-31
"""


@pytest.fixture(scope="module")
def programme(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A programme of one city whose districts were renamed, removed, divided and merged."""
    folder = tmp_path_factory.mktemp("units") / "programme"
    catalogue = Path(shutil.copytree(SOUND, folder / "catalogue"))
    (catalogue / "org_units" / "units.csv").write_text(UNITS, encoding="utf-8")
    (catalogue / "org_units" / "successors.csv").write_text(SUCCESSORS, encoding="utf-8")
    targets = catalogue / "targets" / "share.yaml"
    targets.write_text(targets.read_text(encoding="utf-8").rstrip() + MORE_TARGETS, encoding="utf-8")
    return folder


@pytest.fixture
def targetwatch(tmp_path: Path, programme: Path) -> CommandLine:
    """The command line of an installation that has never run: there is no ledger."""
    return command_line(tmp_path / "home", programme, NOW)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("units.en", ("--on", "2025-06-30")),
        ("units.vi", ("--lang", "vi")),
        ("units.code.en", ("001",)),
        ("units.code.vi", ("001", "--lang", "vi")),
        ("units.removed.en", ("Hoan Kiem",)),
        ("units.city.en", ("Hà Nội",)),
    ],
)
def test_golden_answers(
    targetwatch: CommandLine, golden: Callable[[Path, str], None], name: str, arguments: tuple[str, ...]
) -> None:
    """What people read is word for word what was read and found good."""
    answer = targetwatch("units", *arguments)
    assert (answer.code, answer.errors) == (0, "")
    golden(GOLDEN / f"{name}.txt", answer.out)


def listed(targetwatch: CommandLine, *arguments: str) -> list[str]:
    """The keys of the units that a list has."""
    return [unit["unit_key"] for unit in json.loads(targetwatch("units", *arguments, "--json").out)]


def test_a_list_is_of_today_by_the_programmes_clock(targetwatch: CommandLine) -> None:
    """At 18:00 in Greenwich it is 1 July where the programme is, and the old districts are gone."""
    assert listed(targetwatch) == ["01@2021-01-01", "001@2025-07-01", "002@2025-07-01"]
    assert listed(targetwatch, "--on", "2024-12-31")[:3] == ["01@2021-01-01", "001@2021-01-01", "002@2021-01-01"]
    assert listed(targetwatch, "--on", "2020-12-31") == []


@pytest.mark.parametrize(
    ("arguments", "keys"),
    [
        (("--level", "city"), ["01@2021-01-01"]),
        (("--kind", "huyen"), ["005@2021-01-01", "006@2021-01-01"]),
        (("--kind", "Thị xã"), ["007@2021-01-01"]),
        (("--kind", "quan", "--parent", "01"), ["001@2025-01-01", "003@2021-01-01", "004@2021-01-01"]),
        (("--parent", "ha noi", "--kind", "thi_xa"), ["007@2021-01-01"]),
        (("--parent", "001"), []),
        (("--level", "city", "--kind", "quan"), []),
    ],
)
def test_options_narrow_a_list(targetwatch: CommandLine, arguments: tuple[str, ...], keys: list[str]) -> None:
    """Each option lets through what fits, several together what fits all of them; marks and case do not matter."""
    assert listed(targetwatch, *arguments, "--on", "2025-06-30") == keys


def test_a_list_without_anybody_says_so(targetwatch: CommandLine) -> None:
    """No unit is an answer too, and no failure."""
    answer = targetwatch("units", "--on", "2020-12-31")
    assert (answer.code, answer.out) == (0, "On 31 Dec 2020 there was no such unit.\n")


@pytest.mark.parametrize(
    ("arguments", "keys"),
    [
        (("001",), ["001@2021-01-01", "001@2025-01-01", "001@2025-07-01"]),
        (("001@2025-01-01",), ["001@2025-01-01"]),
        (("ba dinh",), ["001@2021-01-01", "001@2025-07-01"]),
        (("Quận Ba Đình",), ["001@2021-01-01"]),
        (("ba dinh", "--kind", "phuong"), ["001@2025-07-01"]),
        (("001", "--on", "2025-06-30"), ["001@2025-01-01"]),
    ],
)
def test_all_that_bear_a_code_or_a_name_are_explained_apart(
    targetwatch: CommandLine, arguments: tuple[str, ...], keys: list[str]
) -> None:
    """Nothing is joined by its code or its name alone; the earliest comes first."""
    assert listed(targetwatch, *arguments) == keys


def test_an_explanation_as_data(targetwatch: CommandLine) -> None:
    """Parts are exact, over several steps too, and rest on the weakest of what those rest on."""
    (unit,) = json.loads(targetwatch("units", "002@2021-01-01", "--json").out)
    assert [(part["unit_key"], part["weight"], part["basis"]) for part in unit["in_the_end"]] == [
        ("002@2025-07-01", "47533/66588", "assumed"),
        ("007@2021-01-01", "1/6", "assumed"),
        ("001@2025-07-01", "7957/66588", "assumed"),
    ]
    (unit,) = json.loads(targetwatch("units", "001@2025-07-01", "--json").out)
    assert [(part["unit_key"], part["weight"], part["basis"]) for part in unit["took_over"]] == [
        ("001@2025-01-01", "1204/5549", "counted"),
        ("003@2021-01-01", "1/2", "equal"),
    ]
    assert [(part["unit_key"], part["weight"], part["basis"]) for part in unit["through_them"]] == [
        ("001@2021-01-01", "1204/5549", "counted"),
        ("002@2021-01-01", "7957/66588", "assumed"),
    ]


def test_what_becomes_of_a_target_is_said(targetwatch: CommandLine) -> None:
    """On a unit that ended one target ended with it, one passed on to those that follow, and one was over before."""
    (old,) = json.loads(targetwatch("units", "001@2021-01-01", "--json").out)
    over = {duty["target"]: (duty["when_unit_ends"], duty["over"]) for duty in old["targets"]}
    assert over == {
        "share_district": ("ends", "unit_ended"),
        "share_of_one": ("passes_on", "unit_passed_on"),
        "share_of_all": ("ends", "target_ended"),
    }
    (new,) = json.loads(targetwatch("units", "001@2025-07-01", "--json").out)
    answers_to = {duty["target"]: (duty["since"], duty["over"]) for duty in new["targets"]}
    assert answers_to == {"share_district": ("2021-07-15", None), "share_of_one": ("2025-07-01", None)}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("ba dnh",), "No unit has the code or the name 'ba dnh'. Did you mean"),
        (("ba dnh",), "Quận Ba Đình (001@2021-01-01)"),
        (("001@2025-07-02",), "Phường Ba Đình (001@2025-07-01)"),
        (("xyzzy",), "`targetwatch units` lists those there are."),
        (("ba dinh", "--level", "city"), "The options leave out all that 'ba dinh' may mean: "),
        (("--level", "distrct"), "There is no level 'distrct'. Write 'district'."),
        (("--kind", "phung"), "There is no kind 'phung'. Write 'phuong'."),
        (("--parent", "Ha Noy"), "Did you mean Thành phố Hà Nội (01@2021-01-01)?"),
        (("--on", "30/06/2025"), "'30/06/2025' is not a day. Write year-month-day, as in --on 2025-06-30."),
    ],
)
def test_what_nobody_is_called_is_wrong_input(targetwatch: CommandLine, arguments: tuple[str, ...], said: str) -> None:
    """One readable line says what is wrong and what may have been meant; exit code 2."""
    answer = targetwatch("units", *arguments)
    assert (answer.code, answer.out) == (2, "")
    assert said in answer.errors
    assert len(answer.errors.strip().splitlines()) == 1
