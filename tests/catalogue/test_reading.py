"""How what is written becomes what is judged."""

import shutil
import subprocess
import sys
from datetime import date, time
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from targetwatch.catalogue import load, read, units_valid_on
from targetwatch.catalogue.versions import millionths
from targetwatch.model import Comparison, Deadline, Milestone, Reporters, Scope, TargetVersion
from targetwatch.model import Path as Way

SOUND = Path(__file__).parent / "sound"
TARGETS = Path("targets") / "share.yaml"


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    """A copy of the sound catalogue."""
    return Path(shutil.copytree(SOUND, tmp_path / "catalogue"))


def rewritten(catalogue: Path, *edits: tuple[str, str]) -> tuple[TargetVersion, ...]:
    """The targets of the sound catalogue with parts of their file replaced."""
    text = (SOUND / TARGETS).read_text(encoding="utf-8")
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    (catalogue / TARGETS).write_text(text, encoding="utf-8")
    return load(catalogue).targets


def test_a_target_is_exact(catalogue: Path) -> None:
    """A target's value, margin and baseline, written in percent, are whole millionths."""
    (target,) = load(catalogue).targets
    assert (target.value, target.warning_margin) == (800_000, 10_000)
    assert target.trajectory.baseline == Milestone(date(2021, 12, 31), 340_000)
    assert (target.comparison, target.scope, target.trajectory.path) == (Comparison.AT_LEAST, Scope.POOLED, Way.LINEAR)
    assert (target.effective_from, target.effective_to) == (date(2021, 7, 15), None)


@given(st.decimals(min_value=0, max_value=100, places=4))
def test_percent_with_four_decimals_is_never_rounded(value: Decimal) -> None:
    """Whatever is written in percent with up to four decimals is kept to the last digit."""
    converted = millionths(value, "percent")
    assert converted is not None
    assert Fraction(converted, 10_000) == Fraction(value)


def test_ranks_and_counts_are_millionths_of_themselves() -> None:
    """A rank of 5 is 5,000,000, and what is finer than a millionth has no place."""
    assert millionths(Decimal(5), "rank") == 5_000_000
    assert millionths(Decimal("0.0000001"), "count") is None


def test_versions_follow_each_other(catalogue: Path) -> None:
    """Versions share what their target and family say, and each says what it changes."""
    earlier, later = rewritten(
        catalogue,
        (
            "    value: 80\n",
            "    versions:\n      - {value: 80, effective_to: 2023-12-31}\n      - {value: 85, "
            "effective_from: 2024-01-01, replaces: 2021-07-15, for: 2}\n",
        ),
    )
    assert (earlier.value, earlier.effective_from, earlier.effective_to) == (
        800_000,
        date(2021, 7, 15),
        date(2023, 12, 31),
    )
    assert (later.value, later.effective_from, later.effective_to) == (850_000, date(2024, 1, 1), None)
    assert (earlier.patience, later.patience) == (0, 2)
    assert earlier.target == later.target == "share_district"
    assert earlier.version != later.version


@pytest.mark.parametrize(
    ("edit", "is_another"),
    [
        (("value: 80", "value: 81"), True),
        (("value: 34", "value: 35"), True),
        (("due: 2025-12-31", "due: 2025-12-30"), True),
        (("warning_margin: 1", "warning_margin: 2"), True),
        (("scope: pooled", "scope: each"), True),
        (("value: 80", "value: 80.0"), False),
        (("en: Dossiers online at districts", "en: Dossiers online by district"), False),
        (("  owner: office", "  owner: office\n  effective_to: 2025-06-30"), False),
    ],
    ids=["value", "baseline", "due", "margin", "scope", "digits", "name", "end"],
)
def test_a_version_is_another_when_it_judges_otherwise(
    edit: tuple[str, str], is_another: bool, catalogue: Path
) -> None:
    """The hash of a version changes with what is judged, and not with words, nor when the version is ended."""
    (before,) = load(SOUND).targets
    (after,) = rewritten(catalogue, edit)
    assert (after.version != before.version) is is_another


def test_paths_of_all_shapes(catalogue: Path) -> None:
    """Each of the four paths can be written."""
    linear = "{path: linear, assumed: true, baseline: {on: 2021-12-31, value: 34}}"
    (observed,) = rewritten(catalogue, (linear, "{path: linear, assumed: true, baseline: first_observed}"))
    assert (observed.trajectory.path, observed.trajectory.baseline) == (Way.LINEAR, None)
    (steps,) = rewritten(catalogue, (linear, "{path: steps, milestones: [{on: 2023-12-31, value: 60.5}]}"))
    assert steps.trajectory.milestones == (Milestone(date(2023, 12, 31), 605_000),)
    assert rewritten(catalogue, (linear, "{path: by_due}"))[0].trajectory.path is Way.BY_DUE
    (hold,) = rewritten(catalogue, (linear, "{path: hold}"), ("    due: 2025-12-31\n", ""))
    assert (hold.trajectory.path, hold.due, hold.trajectory.assumed) == (Way.HOLD, None, False)


def test_between_has_two_bounds(catalogue: Path) -> None:
    """A target may lie between two values."""
    (target,) = rewritten(catalogue, ('">="', "between"), ("    value: 80\n", "    value: 80\n    value_to: 90.5\n"))
    assert (target.comparison, target.value, target.value_to) == (Comparison.BETWEEN, 800_000, 905_000)


def test_a_source_says_how_it_is_read(catalogue: Path) -> None:
    """Deadline, reporters, columns and spellings come as they are written."""
    source = load(catalogue).sources["dossiers"]
    assert source.deadline == Deadline(working_days=10, months=0, at=time(17, 0))
    assert source.reporters == (Reporters("district", "district"),)
    assert (source.formats, source.connector, source.bad_rows_allowed) == (("csv",), "file", 0.02)
    channel = source.columns[-1]
    assert channel.values == {"online": "online", "Internet": "online", "desk": "desk", "Desk": "desk"}
    assert source.columns[0].keyed_hash


def test_units_are_known_by_code_and_day(catalogue: Path) -> None:
    """A unit is there on its days, below the unit that was above it then."""
    units = load(catalogue).org_units
    assert set(units_valid_on(units, date(2025, 6, 30))) == {"01", "001"}
    assert set(units_valid_on(units, date(2025, 7, 1))) == {"01"}
    district = units_valid_on(units, date(2024, 1, 1))["001"]
    assert district.parent == units_valid_on(units, date(2024, 1, 1))["01"].key


def test_registers_are_read_together(catalogue: Path) -> None:
    """Units of one register may lie below units of another."""
    (catalogue / "org_units" / "more.csv").write_text(
        'code,valid_from,valid_to,level,kind,name,parent_code\nSO-TP,2021-01-01,,district,so,"Sở Tư pháp",01\n',
        encoding="utf-8",
    )
    units = units_valid_on(load(catalogue).org_units, date(2024, 1, 1))
    assert units["SO-TP"].parent == units["01"].key


def test_the_same_files_give_the_same_programme(catalogue: Path) -> None:
    """Loading twice gives equal programmes, so that a change is a change of the files."""
    assert load(catalogue) == load(catalogue) == load(SOUND)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.sampled_from(sorted(path.relative_to(SOUND) for path in SOUND.rglob("*.*"))),
    start=st.integers(0, 1200),
    length=st.integers(0, 40),
    written=st.text(alphabet="abv:-[]{}&*!|>'\"#%@,\n\t 01é\x00", max_size=12),
)
def test_no_file_can_make_reading_fail(name: Path, start: int, length: int, written: str, tmp_path: Path) -> None:
    """Whatever is cut out of a file or put into it, reading ends with a programme or with issues that have a place."""
    shutil.copytree(SOUND, tmp_path / "catalogue", dirs_exist_ok=True)
    text = (SOUND / name).read_text(encoding="utf-8")
    (tmp_path / "catalogue" / name).write_text(text[:start] + written + text[start + length :], encoding="utf-8")
    reading = read(tmp_path / "catalogue")
    assert reading.programme is not None or reading.issues
    assert all(issue.line >= 1 and issue.column >= 1 and issue.path for issue in reading.issues)


def test_loading_imports_nothing_heavy() -> None:
    """Airflow can load a catalogue whenever it parses a DAG file: no database, no data frames, no expectations."""
    heavy = {"duckdb", "polars", "pandas", "numpy", "pyarrow", "great_expectations", "airflow", "slack_sdk"}
    code = (
        "import sys; from pathlib import Path; from targetwatch.catalogue import load;"
        f"load(Path({str(SOUND)!r})); print(*sorted(set(sys.modules) & {heavy!r}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
