"""A warehouse of its own for every test."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from targetwatch.settings import CHECKOUT
from targetwatch.warehouse import Warehouse
from tests.warehouse.samples import at

PRODUCT_SQL = CHECKOUT / "sql"
PROGRAMME_SQL = Path(__file__).parent / "sql"


@pytest.fixture(scope="session")
def just_made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a warehouse whose databases have been made, once for all tests, and hold nothing."""
    warehouse = Warehouse(tmp_path_factory.mktemp("made"), PRODUCT_SQL, PROGRAMME_SQL)
    with warehouse.records(), warehouse.ledger():
        return warehouse.folder


@pytest.fixture
def warehouse(tmp_path: Path, just_made: Path) -> Warehouse:
    """An empty warehouse, with a record table of visits, in a folder whose name has a quote in it."""
    empty = Warehouse(tmp_path / "hồ sơ 'x'", PRODUCT_SQL, PROGRAMME_SQL, wait_seconds=60)
    shutil.copytree(just_made, empty.folder)
    return empty


@pytest.fixture
def published(warehouse: Warehouse) -> Callable[[], Warehouse]:
    """Publish both databases and return the warehouse."""

    def publish() -> Warehouse:
        warehouse.publish_ledger(at(16, 10))
        warehouse.publish_records(at(16, 10))
        return warehouse

    return publish
