"""The DAG by which a person says in Airflow that somebody is on an incident."""

from __future__ import annotations

import logging
from datetime import timedelta

from airflow.sdk import DAG, Param, get_current_context, task
from airflow.sdk.exceptions import AirflowFailException

from targetwatch import catalogue, clock, pipeline
from targetwatch.incidents import ActionRefused
from targetwatch.operations import airflow_callbacks
from targetwatch.settings import Settings
from targetwatch.steps import forms

DOC = """
### Acknowledge

Press *Trigger* and fill in the form: which incidents, why, and until when. Somebody is on it then: nothing is repeated
and nobody else is told, until the day is over, the incident gets a worse severity, or it closes. It is judged on, and
what gets worse or is over is told. Who triggered the run is who acknowledges.

A **red** `act` says what is wrong with what was filled in, and what to write instead; nothing was done. The same from a
command line: `targetwatch ack TW-147 --reason ... --until 2025-06-20`, taken back by `targetwatch unack`.
"""

log = logging.getLogger("targetwatch")
settings = Settings()
programme = catalogue.load(settings.catalogue)

with DAG(
    dag_id="acknowledge",
    dag_display_name="Acknowledge incidents",
    description="Somebody is on it: no repeats, no escalation",
    doc_md=DOC,
    schedule=None,
    is_paused_upon_creation=False,
    max_active_runs=1,
    params={
        "incidents": Param(type="string", minLength=1, title="Incidents", description="Such as TW-147, TW-148"),
        "reason": Param(type="string", minLength=1, title="Why", description="A sentence that others understand"),
        "until": Param(None, type=["null", "string"], format="date", title="Until the end of"),
        "take_back": Param(False, type="boolean", title="Take it back", description="Nobody is on it after all"),
    },
    default_args={
        "owner": "targetwatch",
        "retries": 2,
        "retry_delay": timedelta(seconds=20),
        **airflow_callbacks.of_tasks(settings, programme),
    },
    tags=["targetwatch", "act"],
) as dag:

    @task
    def act() -> None:
        """Acknowledge the incidents, or take that back, in the name of whoever triggered the run."""
        context, now = get_current_context(), clock.now(settings)
        try:
            by = context["dag_run"].triggering_user_name or "airflow"
            action = forms.acknowledgement(context["params"], by, programme, now)
            log.info("%s", pipeline.act(settings, action, now))
        except ActionRefused as refused:
            raise AirflowFailException(f"Nothing was done. {refused}") from refused

    @task
    def send() -> None:
        """Send what waits in the outbox."""
        delivered = pipeline.notify(settings, clock.now(settings), progress=log.info)
        log.info("%s", delivered)
        if delivered.problems:
            raise RuntimeError(f"Not every message could be sent; they wait for the next pass: {delivered.problems}")

    act() >> send()
