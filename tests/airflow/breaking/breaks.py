"""DAGs that break, beside the shipped ones and with their callbacks, each in another way."""

from __future__ import annotations

import os
import signal

from airflow.sdk import DAG, TriggerRule, task

from targetwatch import catalogue
from targetwatch.operations import airflow_callbacks
from targetwatch.settings import Settings

DOC = "Breaks, which is *red*: a test of what the operators hear."
settings = Settings()
programme = catalogue.load(settings.catalogue)


def breaking(dag_id: str) -> DAG:
    """A DAG that is started by hand and does not try again."""
    return DAG(
        dag_id,
        schedule=None,
        doc_md=DOC,
        default_args={"retries": 0, **airflow_callbacks.of_tasks(settings, programme)},
        on_failure_callback=airflow_callbacks.of_runs(settings, programme),
    )


def end() -> None:
    """As the system does to a process that takes too much memory."""
    os.kill(os.getpid(), signal.SIGKILL)


with breaking("raises"):

    @task
    def fail() -> None:
        """Fail by itself, with a secret in what is raised."""
        secret = settings.watchdog_url.get_secret_value() if settings.watchdog_url else ""
        raise OSError(f"disk full at {secret}")

    fail()

with breaking("killed"):

    @task
    def die() -> None:
        """Fail without a chance to say so."""
        end()

    die()

with breaking("killed_before_another"):

    @task
    def die_first() -> None:
        """Fail without a chance to say so, in a run that succeeds all the same."""
        end()

    @task(trigger_rule=TriggerRule.ALL_DONE)
    def go_on() -> None:
        """Work, whatever was before."""

    die_first() >> go_on()
