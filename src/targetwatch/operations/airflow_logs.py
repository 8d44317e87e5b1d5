"""Secrets stay out of what the scheduler writes of its tasks.

Airflow masks in a task's own log what it knows to be secret. Its LocalExecutor writes a second copy of every line to
the scheduler's output, and masks nothing there (3.3.2). A listener is told when the scheduler has set up its logging.
"""

from __future__ import annotations

from airflow.listeners import hookimpl
from airflow.sdk import log as task_log


@hookimpl
def on_starting(component: object) -> None:
    """Put Airflow's own masking of task logs before what writes this process's lines."""
    structlog = task_log.structlog  # Airflow's to depend on, and not ours
    processors = structlog.get_config()["processors"]
    if task_log.mask_logs not in processors:
        structlog.configure(processors=[*processors[:-1], task_log.mask_logs, processors[-1]])
