"""Selectors and exceptions: whom a target is for, and for whom something else holds."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from targetwatch.catalogue import load, read
from targetwatch.model import Path as Way
from targetwatch.model import Scope, Selector, TargetVersion, Trajectory, UnitKey

SOUND = Path(__file__).parent / "sound"
SINCE_2021, SINCE_2025 = date(2021, 1, 1), date(2025, 7, 1)
UNITS = """code,valid_from,valid_to,level,kind,name,parent_code
01,2021-01-01,,city,thanh_pho,Thành phố Hà Nội,
001,2021-01-01,2025-06-30,district,quan,Quận Ba Đình,01
002,2021-01-01,2025-06-30,district,huyen,Huyện Ba Vì,01
00001,2021-01-01,2025-06-30,commune,phuong,Phường Phúc Xá,001
00004,2021-01-01,2025-06-30,commune,phuong,Phường Trúc Bạch,001
00004,2025-07-01,,commune,phuong,Phường Ba Đình,01
00007,2025-07-01,,commune,phuong,Phường Ngọc Hà,01
00010,2025-07-01,,commune,phuong,Phường Giảng Võ,01
00011,2025-07-01,,commune,xa,Xã Ba Vì,01
"""


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    """The sound catalogue over units of which some bear one code in turn."""
    root = Path(shutil.copytree(SOUND, tmp_path / "catalogue"))
    (root / "org_units" / "units.csv").write_text(UNITS, encoding="utf-8")
    programme = root / "programme.yaml"
    text = programme.read_text(encoding="utf-8") + "  commune: {vi: xã, en: communes}\n"
    programme.write_text(text, encoding="utf-8")
    return root


def write(catalogue: Path, selector: str, more: str = "", scope: str = "each") -> None:
    """Let the catalogue's target be for somebody else, and say more of it."""
    path = catalogue / "targets" / "share.yaml"
    text = (SOUND / "targets" / "share.yaml").read_text(encoding="utf-8")
    text = text.replace('org_unit: {code: "01"}', f"org_unit: {selector}").replace("scope: pooled", f"scope: {scope}")
    path.write_text(text + more, encoding="utf-8")


def selected(catalogue: Path, selector: str) -> Selector:
    """Whom the target is for with this written."""
    write(catalogue, selector)
    (target,) = load(catalogue).targets
    return target.selector


def with_exceptions(catalogue: Path, *exceptions: str, selector: str = "{level: commune}") -> tuple[TargetVersion, ...]:
    """The versions of a target with these exceptions."""
    write(catalogue, selector, "    exceptions:\n" + "".join(f"      - {{{said}}}\n" for said in exceptions))
    return load(catalogue).targets


def test_whom_a_target_is_for_can_be_said_in_five_ways(catalogue: Path) -> None:
    """Level, kind, parent and code select together; all stands for everyone."""
    assert selected(catalogue, "{level: district}") == Selector(level="district")
    assert selected(catalogue, "{kind: huyen}") == Selector(kind="huyen")
    assert selected(catalogue, '{parent: "001", kind: phuong}') == Selector(parent="001", kind="phuong")
    assert selected(catalogue, '{level: city, code: "01"}') == Selector(level="city", code="01")
    assert selected(catalogue, "{all: true}") == Selector(every=True)
    assert selected(catalogue, "{level: district, all: false}") == Selector(level="district")


def test_a_code_borne_in_turn_comes_with_a_day(catalogue: Path) -> None:
    """The unit's first day says which one is meant, of a code and of a parent."""
    assert selected(catalogue, '{code: "00004@2025-07-01"}') == Selector(code="00004", code_valid_from=SINCE_2025)
    assert selected(catalogue, '{parent: "001@2021-01-01"}') == Selector(parent="001", parent_valid_from=SINCE_2021)


def test_a_code_is_clear_where_one_unit_bears_it_while_the_version_is_in_force(catalogue: Path) -> None:
    """Before the code changed hands, and after it, no day is needed; a version over both needs one."""
    write(catalogue, '{code: "00004"}', "    effective_to: 2025-06-30\n")
    assert load(catalogue).targets[0].selector == Selector(code="00004")
    write(catalogue, '{code: "00004"}', "    effective_to: 2025-07-01\n")
    (issue,) = read(catalogue).issues
    assert issue.message == (
        "target 'share_district': 2 units bear the code 00004 while the version is in force: "
        "Phường Trúc Bạch, from 2021-01-01 to 2025-06-30; Phường Ba Đình, from 2025-07-01"
    )
    assert issue.hint == "Write '00004@2021-01-01' or '00004@2025-07-01'."


@pytest.mark.parametrize(
    ("code", "hint"),
    [
        ("4", "Write '00004'."),
        ("7", "Write '00007'."),
        ("00040", "Write '00004'."),
        ("0007", "Write '00007'."),
        ("00O04", "Write '00004'."),
        ("1", "Write '01'."),
        ("99999", "None of the 8 that are declared is like it."),
    ],
    ids=["zeros lost", "zeros lost too", "exchanged", "one lost", "letter O", "short", "nothing"],
)
def test_a_misspelt_code_is_told_the_one_that_was_meant(code: str, hint: str, catalogue: Path) -> None:
    """The code that differs in one place is named, and the zeros that a spreadsheet drops are put back."""
    more = UNITS + "00100,2025-07-01,,commune,xa,Xã Một,01\n"
    (catalogue / "org_units" / "units.csv").write_text(more, encoding="utf-8")
    write(catalogue, f'{{code: "{code}"}}')
    (issue,) = read(catalogue).issues
    assert issue.hint == hint.replace("8 that", f"{len({line.split(',')[0] for line in more.splitlines()[1:]})} that")


def test_an_exception_is_a_version_of_its_own(catalogue: Path) -> None:
    """An exception says what is different for one unit, and its target is no longer for that unit."""
    whole, phuc_xa, ba_dinh = with_exceptions(
        catalogue,
        'org_unit: "00001", value: 85, due: 2024-12-31',
        'org_unit: "00004@2025-07-01", trajectory: {path: hold}, warning_margin: 2',
    )
    keys = (UnitKey("00001", SINCE_2021), UnitKey("00004", SINCE_2025))
    assert whole.selector == Selector(level="commune", except_for=keys)
    assert phuc_xa.selector == Selector(code="00001", code_valid_from=SINCE_2021)
    assert (phuc_xa.value, phuc_xa.due, phuc_xa.trajectory) == (850_000, date(2024, 12, 31), whole.trajectory)
    assert (ba_dinh.value, ba_dinh.trajectory) == (whole.value, Trajectory(Way.HOLD, assumed=False))
    assert (ba_dinh.warning_margin, ba_dinh.selector.code_valid_from) == (20_000, SINCE_2025)
    for version in (phuc_xa, ba_dinh):
        assert (version.target, version.scope, version.owner) == ("share_district", Scope.EACH, "office")
        assert (version.effective_from, version.effective_to) == (whole.effective_from, whole.effective_to)


def test_the_order_of_exceptions_changes_no_hash(catalogue: Path) -> None:
    """A version and its exceptions are what they are, in whatever order they are written."""
    one, other = 'org_unit: "00001", value: 85', 'org_unit: "00007", value: 86'
    forth, back = with_exceptions(catalogue, one, other), with_exceptions(catalogue, other, one)
    assert forth[0] == back[0]
    assert {version.version for version in forth} == {version.version for version in back}


def test_a_share_of_what_is_pooled_may_be_an_exception(catalogue: Path) -> None:
    """Under a pooled target an exception may be for a unit that lies below the pooled one."""
    write(catalogue, '{code: "01"}', '    exceptions: [{org_unit: "00001", value: 85}]\n', scope="pooled")
    pooled, exempt = load(catalogue).targets
    assert pooled.selector.except_for == (UnitKey("00001", SINCE_2021),)
    assert exempt.value == 850_000


def test_nothing_is_blamed_on_targets_where_the_register_is_wrong(catalogue: Path) -> None:
    """A unit that could not be read is not missed by the target that names it."""
    register = UNITS.replace("00004,2025-07-01,", "00004,2025-7-1,")
    (catalogue / "org_units" / "units.csv").write_text(register, encoding="utf-8")
    write(catalogue, '{code: "00004@2025-07-01"}', '    exceptions: [{org_unit: "00010", value: 85}]\n')
    assert [issue.path for issue in read(catalogue).issues] == ["org_units/units.csv"]
