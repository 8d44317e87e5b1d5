"""The catalogue's copy in the ledger: who followed whom, and which versions of targets may no longer be edited."""

from collections.abc import Callable, Iterable
from dataclasses import asdict, replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from targetwatch.model import (
    Basis,
    Milestone,
    OrgUnit,
    Programme,
    Selector,
    Successor,
    TargetVersion,
    Trajectory,
    UnitEnding,
    UnitKey,
)
from targetwatch.model import Path as TargetPath
from targetwatch.warehouse import JudgedVersionEdited, Warehouse, judged_versions, ledger
from tests.warehouse.conftest import PRODUCT_SQL, PROGRAMME_SQL
from tests.warehouse.samples import BEHIND, CITY, DISTRICT, FOUNDED, TARGET, at, programme

REFORM = date(2025, 7, 1)
SAME_CODE = UnitKey(DISTRICT.code, REFORM)
OTHER_CODE = UnitKey("002", REFORM)
EVERY = replace(TARGET, selector=Selector(level="district", except_for=(DISTRICT,)))
EXCEPTION = replace(
    TARGET, version="e1", value=850_000, selector=Selector(code=DISTRICT.code, code_valid_from=DISTRICT.valid_from)
)


def divided(*parts: Successor) -> Programme:
    """The programme with a district that ended, and two that follow it, one of them under its code."""
    whole = programme()
    city, district = whole.org_units
    new = [OrgUnit(key, None, "district", "Quận", f"Mới {key.code}", CITY) for key in (SAME_CODE, OTHER_CODE)]
    return replace(whole, org_units=(city, replace(district, successors=parts), *new))


THIRDS = divided(
    Successor(SAME_CODE, Fraction(1, 3), Basis.COUNTED), Successor(OTHER_CODE, Fraction(2, 3), Basis.COUNTED)
)


def applied(warehouse: Warehouse, *programmes: Programme, judged: Iterable[str] = ()) -> Warehouse:
    """The warehouse with the programmes applied one after the other, some versions judged, and published."""
    with warehouse.ledger() as conn:
        for day, one in enumerate(programmes, start=1):
            ledger.apply_catalogue(conn, one, at(day))
        assessments = [replace(BEHIND, target_version=version) for version in judged]
        ledger.append_assessments(conn, assessments, run_id="r", recorded_at=at(16))
        ledger.start_run(conn, "r", as_of=at(16), started_at=at(16))
    warehouse.publish_ledger(at(16))
    return warehouse


def asked(warehouse: Warehouse, sql: str) -> list[tuple[object, ...]]:
    """The rows of an answer."""
    with warehouse.read() as reader:
        return list(reader.query(sql).rows)


def test_successors_are_copied_with_their_exact_parts(warehouse: Warehouse) -> None:
    """A third stays a third, and a successor under the same code is told from the unit that ended."""
    applied(warehouse, THIRDS)
    columns = "unit_key, org_unit_valid_to, successor_key, successor_name, weight_numerator, weight_denominator, basis"
    assert asked(warehouse, f"SELECT {columns} FROM org_unit_successors ORDER BY successor") == [
        ("001@2021-01-01", date(2025, 6, 30), "001@2025-07-01", "Mới 001", 1, 3, "counted"),
        ("001@2021-01-01", date(2025, 6, 30), "002@2025-07-01", "Mới 002", 2, 3, "counted"),
    ]
    assert asked(warehouse, "SELECT sum(weight) FROM org_unit_successors") == [(1.0,)]


def test_successors_are_those_of_the_catalogue_that_was_applied_last(warehouse: Warehouse) -> None:
    """A corrected weight is a change of the catalogue; nothing of the one before is left beside it."""
    halves = divided(
        Successor(SAME_CODE, Fraction(1, 2), Basis.EQUAL), Successor(OTHER_CODE, Fraction(1, 2), Basis.EQUAL)
    )
    with warehouse.ledger() as conn:
        assert ledger.apply_catalogue(conn, THIRDS, at(1))
        assert ledger.apply_catalogue(conn, halves, at(2))
        assert not ledger.apply_catalogue(conn, halves, at(3))
    warehouse.publish_ledger(at(3))
    assert asked(warehouse, "SELECT successor, weight, basis FROM org_unit_successors ORDER BY 1") == [
        ("001", 0.5, "equal"),
        ("002", 0.5, "equal"),
    ]


def test_a_status_says_who_followed_and_what_becomes_of_the_target(warehouse: Warehouse) -> None:
    """current_status names the successors, the larger part first, and says nothing of a unit that nobody follows."""
    target = replace(TARGET, when_unit_ends=UnitEnding.PASSES_ON, replaces=date(2021, 1, 1))
    with warehouse.ledger() as conn:
        ledger.apply_catalogue(conn, replace(THIRDS, targets=(target,)), at(1))
        rows = [BEHIND, replace(BEHIND, org_unit=DISTRICT.code, org_unit_valid_from=FOUNDED)]
        ledger.append_assessments(conn, rows, run_id="r", recorded_at=at(16))
        ledger.start_run(conn, "r", as_of=at(16), started_at=at(16))
    warehouse.publish_ledger(at(16))
    columns = "org_unit, when_unit_ends, replaces, successors"
    assert asked(warehouse, f"SELECT {columns} FROM current_status ORDER BY org_unit") == [
        ("001", "passes_on", date(2021, 1, 1), ["Mới 002", "Mới 001"]),
        ("01", "passes_on", date(2021, 1, 1), []),
    ]


def test_a_version_is_kept_with_whom_it_is_for(warehouse: Warehouse) -> None:
    """The selector says what it was given and nothing else; the day of an observed baseline stands beside the path."""
    versions = [
        replace(TARGET, target="a", selector=Selector(every=True)),
        replace(TARGET, target="b", selector=Selector(kind="Quận", parent="01", parent_valid_from=FOUNDED)),
        replace(EVERY, target="c", trajectory=Trajectory(TargetPath.LINEAR, assumed=True, baseline_on=FOUNDED)),
        replace(EXCEPTION, target="d", trajectory=Trajectory(TargetPath.LINEAR, False, Milestone(FOUNDED, 1))),
    ]
    applied(warehouse, programme(*versions))
    assert asked(warehouse, "SELECT selector::VARCHAR, trajectory::VARCHAR FROM target_versions ORDER BY target") == [
        ('{"every": true}', '{"baseline": null, "milestones": []}'),
        (
            '{"kind": "Quận", "parent": "01", "parent_valid_from": "2021-01-01"}',
            '{"baseline": null, "milestones": []}',
        ),
        (
            '{"level": "district", "except_for": ["001@2021-01-01"]}',
            '{"baseline": null, "milestones": [], "baseline_on": "2021-01-01"}',
        ),
        (
            '{"code": "001", "code_valid_from": "2021-01-01"}',
            '{"baseline": {"on": "2021-01-01", "value": 1}, "milestones": []}',
        ),
    ]


def test_a_default_and_its_exceptions_are_versions_of_the_same_day(warehouse: Warehouse) -> None:
    """Several versions of one target from one day are applied again and again, judged or not, and none is refused."""
    both = programme(EVERY, EXCEPTION)
    applied(warehouse, both, judged=["v1", "e1"])
    with warehouse.ledger() as conn:
        assert not ledger.apply_catalogue(conn, both, at(17))
        mended = programme(EVERY, replace(EXCEPTION, owner="council", replaces=date(2020, 1, 1)))
        assert ledger.apply_catalogue(conn, mended, at(18))
    warehouse.publish_ledger(at(18))
    assert asked(warehouse, "SELECT target_version, owner, replaces FROM target_versions ORDER BY value") == [
        ("v1", "office", None),
        ("e1", "council", date(2020, 1, 1)),
    ]


@pytest.mark.parametrize(
    ("judged", "now"),
    [
        (["v1", "e1"], [EVERY, replace(EXCEPTION, version="e2", value=840_000)]),
        (["e1"], [EVERY, replace(EXCEPTION, version="e2", value=840_000)]),
        (["e1"], [EVERY]),
        (["v1"], [replace(EVERY, version="v2"), EXCEPTION]),
        (["v1", "e1"], [replace(EVERY, version="v2", selector=Selector(level="district"))]),
        (["v1"], [replace(EVERY, version="v2", effective_from=date(2023, 1, 1))]),
    ],
    ids=[
        "exception edited",
        "only it was judged",
        "exception removed",
        "default edited",
        "folded into the default",
        "moved to a later day",
    ],
)
def test_what_was_judged_and_is_gone_is_refused(
    warehouse: Warehouse, judged: list[str], now: list[TargetVersion]
) -> None:
    """A default or an exception that has been judged stays; the message names the target and the day once."""
    applied(warehouse, programme(EVERY, EXCEPTION), judged=judged)
    with pytest.raises(JudgedVersionEdited) as refused, warehouse.ledger() as conn:
        ledger.apply_catalogue(conn, programme(*now), at(17))
    assert str(refused.value).count("'dossiers_district', version from 2022-01-01") == 1


@pytest.mark.parametrize(
    ("judged", "now"),
    [
        (["v1"], [EVERY, replace(EXCEPTION, version="e2", value=840_000)]),
        ([], [replace(EVERY, version="v2"), replace(EXCEPTION, version="e2")]),
        (["v1", "e1"], [EXCEPTION, EVERY]),
        (["v1", "e1"], [replace(TARGET, target="another")]),
    ],
    ids=["nobody was told of the exception", "nobody was told", "only their order", "withdrawn"],
)
def test_what_was_not_judged_may_be_edited(warehouse: Warehouse, judged: list[str], now: list[TargetVersion]) -> None:
    """An exception that was never judged is edited while its default stays as it was judged."""
    applied(warehouse, programme(EVERY, EXCEPTION), judged=judged)
    with warehouse.ledger() as conn:
        assert ledger.apply_catalogue(conn, programme(*now), at(17))


def test_judged_versions_are_read_from_the_newest_snapshot(warehouse: Warehouse) -> None:
    """Each says what it asked for and of whom, exactly; one that was applied and never judged is none of them."""
    applied(warehouse, programme(EVERY, EXCEPTION), programme(EXCEPTION), judged=["v1"])
    found: list[dict[str, Any]] = judged_versions(warehouse.home)
    assert found == [
        {
            "target": "dossiers_district",
            "effective_from": date(2022, 1, 1),
            "target_version": "v1",
            "value": 800_000,
            "value_to": None,
            "comparison": ">=",
            "due": date(2025, 12, 31),
            "path": "linear",
            "trajectory": '{"baseline": null, "milestones": []}',
            "path_assumed": True,
            "warning_margin": 10_000,
            "when_unit_ends": "ends",
            "effective_to": None,
            "unit_of_measure": "percent",
            "selector": '{"level": "district", "except_for": ["001@2021-01-01"]}',
            "listed": False,
        }
    ]


def test_without_a_ledger_nothing_has_been_judged(tmp_path: Path, warehouse: Warehouse) -> None:
    """Neither a home that does not exist nor an empty ledger has judged versions."""
    assert judged_versions(tmp_path / "nowhere") == []
    warehouse.publish_ledger(at(1))
    assert judged_versions(warehouse.home) == []


def test_an_older_release_is_brought_up_without_refusing_anybody(
    old_sql: Path, tmp_path: Path, old_rows: Callable[[Warehouse], None]
) -> None:
    """A ledger of 0.1 keeps what it holds: the judged version is the same, and the next pass says whom it is for."""
    home = tmp_path / "home"
    old = Warehouse(home, old_sql, PROGRAMME_SQL)
    old_rows(old)
    old.publish_ledger(at(16))
    assert judged_versions(home) == []  # that release did not keep what is asked for
    new = Warehouse(home, PRODUCT_SQL, PROGRAMME_SQL)
    new.publish_ledger(at(17))
    versions = (
        "SELECT target_version, when_unit_ends, replaces, selector, judged, listed FROM target_versions ORDER BY 1"
    )
    assert asked(new, versions) == [
        ("v0", "ends", None, None, False, False),
        ("v1", "ends", None, None, True, True),
    ]
    assert asked(new, "SELECT status, successors FROM current_status") == [("behind", [])]
    with new.ledger() as conn:
        assert ledger.apply_catalogue(conn, THIRDS, at(18))
        assert not ledger.apply_catalogue(conn, THIRDS, at(19))
    new.publish_ledger(at(18))
    assert asked(new, versions) == [
        ("v0", "ends", None, None, False, False),
        ("v1", "ends", None, '{"code": "01"}', True, True),
    ]
    assert len(asked(new, "FROM org_unit_successors")) == 2
    edited = programme(replace(TARGET, version="v2", value=700_000))
    with pytest.raises(JudgedVersionEdited), new.ledger() as conn:
        ledger.apply_catalogue(conn, edited, at(20))


@pytest.fixture
def old_sql(tmp_path: Path) -> Path:
    """The SQL of 0.1, as far as a ledger is made of it: its first migration alone."""
    sql = tmp_path / "sql"
    for database in ("ledger", "records"):
        (sql / "migrations" / database).mkdir(parents=True)
        for step in (PRODUCT_SQL / "migrations" / database).glob("0001_*.sql"):
            (sql / "migrations" / database / step.name).write_text(step.read_text())
    (sql / "queries").symlink_to(PRODUCT_SQL / "queries")
    return sql


@pytest.fixture
def old_rows() -> Callable[[Warehouse], None]:
    """Write what a pass of 0.1 left behind: a version that was judged, and one that was edited before it was."""

    def write(warehouse: Warehouse) -> None:
        with warehouse.ledger() as conn:
            conn.script(
                """
                INSERT INTO programme VALUES ('Hà Nội', 'Hanoi', 'Asia/Ho_Chi_Minh', '2021-01-01', '01', 'of 0.1');
                INSERT INTO org_unit BY NAME
                SELECT '01' AS org_unit, DATE '2021-01-01' AS org_unit_valid_from, 'city' AS level, 'Thành phố' AS kind,
                  'Hà Nội' AS name;
                INSERT INTO target_version BY NAME
                SELECT 'dossiers_district' AS target, v.version AS target_version, v.version = 'v1' AS listed,
                  0 AS position, 'a' AS name_vi, 'b' AS name_en, 'c' AS short_name_vi, 'd' AS short_name_en,
                  'dossiers_online' AS metric, 'district' AS tier, 'pooled' AS scope, '>=' AS comparison,
                  v.value AS value, DATE '2025-12-31' AS due, 'linear' AS path,
                  '{"baseline": null, "milestones": []}' AS trajectory, true AS assumed, 10000 AS warning_margin,
                  DATE '2022-01-01' AS effective_from, 'Báo cáo 277' AS reference_title, 'UBND' AS reference_publisher,
                  '2024-11' AS reference_published, 'office' AS owner, TIMESTAMPTZ '2025-06-01 00:00:00Z' AS recorded_at
                FROM (VALUES ('v0', 790000), ('v1', 800000)) AS v(version, value);
                """
            )
            judged = {name: value for name, value in asdict(BEHIND).items() if name != "shrank"}  # not of 0.1
            with conn.staged(pl.DataFrame([judged])):
                conn.script("INSERT INTO assessment BY NAME SELECT *, 'r' AS run_id, as_of AS recorded_at FROM staged")
            ledger.start_run(conn, "r", as_of=at(16), started_at=at(16))
            conn.script("INSERT INTO assessed VALUES ('dossiers_district', '01', '2021-01-01');")

    return write
