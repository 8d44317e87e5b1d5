"""Airflow reads its environment when it is first imported, so it is set here, before any test module is."""

import importlib.util
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from targetwatch.settings import CHECKOUT

SCRATCH = Path(tempfile.mkdtemp(prefix="targetwatch-airflow-"))
os.environ |= {
    "AIRFLOW_HOME": str(SCRATCH / "airflow"),
    "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    "AIRFLOW__CORE__DAGS_FOLDER": str(CHECKOUT / "dags"),
    "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{SCRATCH}/airflow.db",  # never a live metadata database
    "AIRFLOW__LOGGING__LOGGING_LEVEL": "WARNING",
}


@pytest.fixture
def dag_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str], ModuleType]:
    """Import a file of dags/ as Airflow would, over a home of this test's own."""
    monkeypatch.setenv("TARGETWATCH_HOME", str(tmp_path))

    def load(name: str) -> ModuleType:
        spec = importlib.util.spec_from_file_location(f"dag_file_{name}", CHECKOUT / "dags" / f"{name}.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        monkeypatch.setitem(sys.modules, spec.name, module)
        spec.loader.exec_module(module)
        return module

    return load
