"""Whether every part of Airflow is alive: exit code 0, or 1 and the names of those that are not."""

import sys
from datetime import UTC, datetime

from targetwatch.settings import Settings
from targetwatch.supervisor.airflow_api import AirflowApi

EVER = datetime.min.replace(tzinfo=UTC)  # Airflow itself judges whether a heartbeat is fresh enough

unhealthy = AirflowApi(f"http://127.0.0.1:{Settings().airflow_port}", "", "", seconds=8).unhealthy(since=EVER)
sys.exit(f"Not healthy: {', '.join(unhealthy)}" if unhealthy else 0)
