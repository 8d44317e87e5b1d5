"""A warehouse of its own for every test."""

from collections.abc import Callable
from pathlib import Path

import pytest

from targetwatch.settings import CHECKOUT
from targetwatch.warehouse import Warehouse
from tests.warehouse.samples import at

PRODUCT_SQL = CHECKOUT / "sql"
PROGRAMME_SQL = Path(__file__).parent / "sql"


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    """An empty warehouse, with a record table of visits, in a folder whose name has a quote in it."""
    return Warehouse(tmp_path / "hồ sơ 'x'", PRODUCT_SQL, PROGRAMME_SQL, wait_seconds=60)


@pytest.fixture
def published(warehouse: Warehouse) -> Callable[[], Warehouse]:
    """Publish both databases and return the warehouse."""

    def publish() -> Warehouse:
        warehouse.publish_ledger(at(16, 10))
        warehouse.publish_records(at(16, 10))
        return warehouse

    return publish
