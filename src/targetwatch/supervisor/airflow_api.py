"""Asking the running Airflow over its own REST API, as a signed-in user would."""

from __future__ import annotations

import contextlib
import json
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

COMPONENTS = ("scheduler", "triggerer", "dag_processor")
_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # loopback: never through a proxy


@dataclass
class AirflowApi:
    """A client of the few calls that the supervisor, the demo and the tests make. Errors are OSError's kinds."""

    address: str
    user: str
    password: str
    seconds: float = 30.0
    _token: str | None = field(default=None, repr=False)

    def answers(self) -> bool:
        """Whether the API answers at all."""
        try:
            self.health()
        except (OSError, ValueError):
            return False
        return True

    def health(self) -> dict[str, Any]:
        """The state of each component, as Airflow tells anyone who asks."""
        answer: dict[str, Any] = self._ask("GET", "/api/v2/monitor/health", signed_in=False)
        return answer

    def unhealthy(self, since: datetime) -> list[str]:
        """The components without a healthy heartbeat after `since`; all of them where Airflow does not answer.

        The moment matters: after a quick restart the heartbeats of those that were stopped still count as fresh.
        """
        try:
            health = self.health()
        except (OSError, ValueError):
            return list(COMPONENTS)
        return [name for name in COMPONENTS if not _is_healthy(name, health.get(name) or {}, since)]

    def warm_up(self) -> None:
        """Make the API that tasks speak to build itself now: else its first caller, a task, waits some seconds."""
        with contextlib.suppress(OSError, ValueError):
            self._ask("GET", "/execution/health", signed_in=False)

    def dags(self) -> dict[str, dict[str, Any]]:
        """The DAGs that Airflow knows, by id."""
        found = self._ask("GET", "/api/v2/dags?limit=100")["dags"]
        return {dag["dag_id"]: dag for dag in found}

    def import_errors(self) -> dict[str, str]:
        """The DAG files that could not be imported, and why."""
        found = self._ask("GET", "/api/v2/importErrors?limit=100")["import_errors"]
        return {error["filename"]: error["stack_trace"] for error in found}

    def trigger(self, dag_id: str) -> str:
        """Start a run of a DAG now and return the run's id."""
        answer = self._ask("POST", f"/api/v2/dags/{_quoted(dag_id)}/dagRuns", {"logical_date": None})
        return str(answer["dag_run_id"])

    def runs(self, dag_id: str, limit: int = 20) -> list[dict[str, Any]]:
        """The newest runs of a DAG, newest first."""
        path = f"/api/v2/dags/{_quoted(dag_id)}/dagRuns?order_by=-run_after&limit={limit}"
        runs: list[dict[str, Any]] = self._ask("GET", path)["dag_runs"]
        return runs

    def task_instances(self, dag_id: str, run_id: str = "~") -> list[dict[str, Any]]:
        """The tasks of one run, or of the newest runs where none is named."""
        path = f"/api/v2/dags/{_quoted(dag_id)}/dagRuns/{_quoted(run_id)}/taskInstances?order_by=-start_date&limit=100"
        found: list[dict[str, Any]] = self._ask("GET", path)["task_instances"]
        return found

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None, signed_in: bool = True) -> Any:
        headers = {"Accept": "application/json"}
        if signed_in:
            headers["Authorization"] = f"Bearer {self._sign_in()}"
        data = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            data = json.dumps(body).encode()
        request = urllib.request.Request(self.address + path, data, headers, method=method)  # noqa: S310 (our own http)
        with _direct.open(request, timeout=self.seconds) as answer:
            return json.load(answer)

    def _sign_in(self) -> str:
        if self._token is None:
            login = {"username": self.user, "password": self.password}
            self._token = str(self._ask("POST", "/auth/token", login, signed_in=False)["access_token"])
        return self._token


def _is_healthy(name: str, report: dict[str, str | None], since: datetime) -> bool:
    heartbeat = report.get(f"latest_{name}_heartbeat")
    return report.get("status") == "healthy" and (heartbeat is None or datetime.fromisoformat(heartbeat) >= since)


def _quoted(part: str) -> str:
    return urllib.parse.quote(part, safe="~")
