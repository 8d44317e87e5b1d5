"""Reading who follows whom: exact weights, and units that are told apart by more than their code.

What is wrong with such a file has its smallest cases in bad/successors_*.
"""

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from targetwatch.catalogue.org_units import Register, read_units
from targetwatch.catalogue.successors import with_successors
from targetwatch.model import Basis, Successor, UnitKey

UNITS = """code,valid_from,valid_to,level,kind,name,parent_code
1,2021-01-01,2025-06-30,commune,xa,Cũ,
2,2021-01-01,2025-06-30,commune,xa,Cũ hơn,
1,2025-07-01,,commune,xa,Mới,
2,2025-07-01,,commune,xa,Mới hơn,
"""
HEADER = "code,valid_from,successor_code,successor_valid_from,weight,basis\n"
REFORM = date(2025, 7, 1)


def read(tmp_path: Path, rows: str, units: str = UNITS) -> Register:
    """The register with these rows of successors."""
    (tmp_path / "units.csv").write_text(units, encoding="utf-8")
    (tmp_path / "successors.csv").write_text(HEADER + rows, encoding="utf-8")
    register = read_units([(tmp_path / "units.csv", "units.csv")], None)
    return with_successors(register, [(tmp_path / "successors.csv", "successors.csv")])


@pytest.mark.parametrize(
    ("written", "others", "exact"),
    [
        ("1/3", "2/3", Fraction(1, 3)),
        ("0.25", "0.75", Fraction(1, 4)),
        ("0.1", "9/10", Fraction(1, 10)),
        ("10/30", "2/3", Fraction(1, 3)),
        ("1/999999999999999999", "999999999999999998/999999999999999999", Fraction(1, 10**18 - 1)),
    ],
)
def test_weights_are_exact(tmp_path: Path, written: str, others: str, exact: Fraction) -> None:
    """Fractions and decimals are taken for what they are; no float comes between."""
    register = read(
        tmp_path, f"1,2021-01-01,1,2025-07-01,{written},counted\n1,2021-01-01,2,2025-07-01,{others},counted\n"
    )
    assert register.issues == ()
    assert register.units[0].successors == (
        Successor(UnitKey("1", REFORM), exact, Basis.COUNTED),
        Successor(UnitKey("2", REFORM), 1 - exact, Basis.COUNTED),
    )


@pytest.mark.parametrize("weight", ["", "-1", "+1", "1/-2", "1/", "/2", "1e0", "nan", "1/2/3", ".5", "１", "9" * 5000])
def test_what_is_no_weight_is_refused(tmp_path: Path, weight: str) -> None:
    """Nothing but a plain fraction or decimal is a weight, however Python might read it."""
    (issue,) = read(tmp_path, f"1,2021-01-01,2,2025-07-01,{weight},whole\n").issues
    assert (issue.line, issue.column) == (2, 27)
    assert issue.message.startswith(f"'{weight[:20]}")
    assert issue.message.endswith("is no weight")


def test_units_of_one_code_are_kept_apart(tmp_path: Path) -> None:
    """Each of the units that bore a code in turn has its own successors, and the new ones have none."""
    register = read(tmp_path, "1,2021-01-01,2,2025-07-01,1,whole\n2,2021-01-01,1,2025-07-01,1,whole\n")
    followers = {unit.key: [str(one.unit) for one in unit.successors] for unit in register.units}
    assert followers == {
        UnitKey("1", date(2021, 1, 1)): ["2@2025-07-01"],
        UnitKey("2", date(2021, 1, 1)): ["1@2025-07-01"],
        UnitKey("1", REFORM): [],
        UnitKey("2", REFORM): [],
    }


def test_a_register_that_cannot_be_read_is_blamed_alone(tmp_path: Path) -> None:
    """Where units may be missing because their file is broken, nobody says that they do not exist."""
    rows = "1,2021-01-01,2,2025-07-01,1,whole\n"
    broken = read(tmp_path, rows, UNITS.replace("2,2025-07-01,,commune", '2,2025-07-01,,"commune'))
    assert [issue.path for issue in broken.issues] == ["units.csv"]
    other_header = read(tmp_path, rows, UNITS.replace("valid_to", "until"))
    assert [issue.path for issue in other_header.issues] == ["units.csv"]
    own_mistake = read(tmp_path, rows.replace("whole", "hole"), UNITS.replace("valid_to", "until"))
    assert [issue.path for issue in own_mistake.issues] == ["units.csv", "successors.csv"]


def test_an_empty_file_is_said_to_be_empty(tmp_path: Path) -> None:
    """A file of successors without a header is a mistake; one without rows is not."""
    (tmp_path / "nothing.csv").write_text("")
    register = read(tmp_path, "")
    assert register.issues == ()
    (issue,) = with_successors(register, [(tmp_path / "nothing.csv", "nothing.csv")]).issues
    assert (issue.path, issue.message) == ("nothing.csv", "the file is empty")
