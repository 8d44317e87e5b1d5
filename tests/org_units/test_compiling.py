"""How the successors are compiled: what is known first, then what is assumed; counts turn parts into weights."""

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "successors.py"
BEGAN, NEW_YEAR, REFORM = "2021-01-01", "2025-01-01", "2025-07-01"
OLD, SHORT = "2025-06-30", "2024-12-31"


@pytest.fixture(scope="module")
def script() -> Iterator[ModuleType]:
    """The script's part that knows the rules; no wheel is read for it."""
    spec = importlib.util.spec_from_file_location("compiled_successors", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


def commune(code: str, valid_from: str, valid_to: str, parent: str) -> tuple[str, ...]:
    """A row of the register."""
    return code, valid_from, valid_to, "commune", "xa", f"Xã {code}", parent


REGISTER = [
    ("01", BEGAN, "", "city", "thanh_pho", "Thành phố", ""),
    ("001", BEGAN, OLD, "district", "huyen", "Huyện một", "01"),
    commune("1", BEGAN, SHORT, "001"),  # removed
    commune("2", BEGAN, SHORT, "001"),  # renamed
    commune("3", BEGAN, OLD, "001"),
    commune("4", BEGAN, OLD, "002"),  # in another district
    commune("2", NEW_YEAR, OLD, "001"),
    commune("3", REFORM, "", "01"),
    commune("4", REFORM, "", "01"),
]
PAIRS = {"2": ["3"], "3": ["4", "3"], "4": ["4"]}
COMPILED = [
    ("1", BEGAN, "2", NEW_YEAR, "1/2", "assumed"),
    ("1", BEGAN, "3", BEGAN, "1/2", "assumed"),
    ("2", BEGAN, "2", NEW_YEAR, "1", "whole"),
    ("3", BEGAN, "3", REFORM, "1/2", "equal"),
    ("3", BEGAN, "4", REFORM, "1/2", "equal"),
    ("4", BEGAN, "4", REFORM, "1", "whole"),
    ("2", NEW_YEAR, "3", REFORM, "1", "whole"),
]


def test_what_is_known_and_what_is_assumed(script: ModuleType) -> None:
    """A renamed commune goes on whole, a removed one over its own district's communes, in the reform the pairs say."""
    assert script.succession(REGISTER, PAIRS) == COMPILED


def test_counts_become_weights(script: ModuleType, tmp_path: Path) -> None:
    """Dossiers of the parts make exact weights; of a removed commune the parts that nobody counted fall away."""
    counts = tmp_path / "counts.csv"
    counts.write_text(
        "code,valid_from,successor_code,successor_valid_from,dossiers\n"
        f"3,{BEGAN},3,{REFORM},410\n3,{BEGAN},4,{REFORM},205\n1,{BEGAN},2,{NEW_YEAR},9\n"
    )
    rows = script.succession(REGISTER, PAIRS, script.read_counts(counts))
    assert [row for row in rows if row[5] == "counted"] == [
        ("1", BEGAN, "2", NEW_YEAR, "1", "counted"),
        ("3", BEGAN, "3", REFORM, "2/3", "counted"),
        ("3", BEGAN, "4", REFORM, "1/3", "counted"),
    ]
    assert [row for row in rows if row[5] != "counted"] == [row for row in COMPILED if row[0] not in ("1", "3")]


def test_a_part_without_dossiers_has_no_weight(script: ModuleType) -> None:
    """A part that was counted and had none is no successor."""
    counts = {("3", BEGAN): {("3", REFORM): 7, ("4", REFORM): 0}}
    rows = script.succession(REGISTER, PAIRS, counts)
    assert [row for row in rows if row[0] == "3"] == [("3", BEGAN, "3", REFORM, "1", "counted")]


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ({("9", BEGAN): {("3", REFORM): 1}}, "9@2021-01-01 is no commune of the register that has ended"),
        ({("3", REFORM): {("3", REFORM): 1}}, "3@2025-07-01 is no commune of the register that has ended"),
        ({("4", BEGAN): {("4", REFORM): 1}}, "4@2021-01-01, Xã 4: it went over undivided"),
        ({("3", BEGAN): {("3", REFORM): 1}}, "3@2021-01-01, Xã 3: 4@2025-07-01 is not counted; write 0"),
        ({("3", BEGAN): {("2", NEW_YEAR): 1}}, "3@2021-01-01, Xã 3: 2@2025-01-01 is none of those it went into"),
        ({("1", BEGAN): {("4", BEGAN): 1}}, "1@2021-01-01, Xã 1: 4@2021-01-01 is none of those it went into"),
        ({("3", BEGAN): {("3", REFORM): 0, ("4", REFORM): 0}}, "no dossier at all was counted"),
    ],
)
def test_counts_that_do_not_fit_are_refused(
    script: ModuleType, counts: dict[tuple[str, str], dict[tuple[str, str], int]], said: str
) -> None:
    """The message names the unit and what is wrong with its counts."""
    with pytest.raises(script.WrongSuccessorsError) as refused:
        script.succession(REGISTER, PAIRS, counts)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("code,dossiers\n", ":1: the header is code,dossiers and not code,valid_from"),
        ("3,2021-01-01,3,2025-07-01\n", ":2: 4 values where 5 are expected"),
        ("3,2021-01-01,3,2025-07-01,1.5\n", ":2: '1.5' is no number of dossiers"),
        ("3,2021-01-01,3,2025-07-01,-1\n", ":2: '-1' is no number of dossiers"),
        ("3,2021-01-01,3,2025-07-01,1\n3,2021-01-01,3,2025-07-01,1\n", ":3: the part that went to 3 is counted twice"),
    ],
)
def test_a_file_of_counts_that_cannot_be_read_says_where(
    script: ModuleType, tmp_path: Path, text: str, said: str
) -> None:
    """File, line and what is wrong."""
    counts = tmp_path / "counts.csv"
    header = "" if "dossiers\n" in text else "code,valid_from,successor_code,successor_valid_from,dossiers\n"
    counts.write_text(header + text)
    with pytest.raises(script.WrongSuccessorsError) as refused:
        script.read_counts(counts)
    assert f"{counts}{said}" in str(refused.value)


def test_a_pair_that_is_missing_stops_the_compilation(script: ModuleType) -> None:
    """A commune of June 2025 that the pairs leave out would lose its dossiers, and is not passed over."""
    with pytest.raises(script.WrongSuccessorsError, match="4, Xã 4: '4' is not among the pairs"):
        script.succession(REGISTER, {code: to for code, to in PAIRS.items() if code != "4"})
