"""The DAG by which a person has messages withheld for a while."""

from __future__ import annotations

import logging
from datetime import timedelta

from airflow.sdk import DAG, Param, get_current_context, task
from airflow.sdk.exceptions import AirflowFailException

from targetwatch import catalogue, clock, pipeline
from targetwatch.catalogue.matchers import MatcherError
from targetwatch.incidents import ActionRefused
from targetwatch.operations import airflow_callbacks
from targetwatch.settings import Settings
from targetwatch.steps import forms

DOC = """
### Silence

Press *Trigger* and fill in the form: of what, why, and until when messages are withheld. All matchers must hold:
`kind=behind` and `unit=001`, a line each. The targets are judged on all the same, and when the silence ends, what
happened meanwhile is told. To end one before its time, write its id (from `targetwatch silences` or the board) and
nothing else. Who triggered the run is whose silence it is.

A **red** `act` says what is wrong with what was filled in, and what to write instead; nothing was done. The same from a
command line: `targetwatch silence kind=behind unit=001 --reason ... --for 3d`.
"""

log = logging.getLogger("targetwatch")
settings = Settings()
programme = catalogue.load(settings.catalogue)

with DAG(
    dag_id="silence",
    dag_display_name="Silence messages",
    description="Withhold the messages about what matches, for a while",
    doc_md=DOC,
    schedule=None,
    is_paused_upon_creation=False,
    max_active_runs=1,
    params={
        "matchers": Param(
            None,
            type=["null", "array"],
            items={"type": "string"},
            title="Of what",
            description="One a line, all must hold: label=value,value or label!=value, such as kind=behind",
        ),
        "reason": Param(None, type=["null", "string"], title="Why", description="A sentence that others understand"),
        "until": Param(None, type=["null", "string"], format="date-time", title="Until"),
        "end": Param(None, type=["null", "string"], title="Or end this one", description="Its id, such as s-3f9a1c"),
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
        """Make the silence, or end it, in the name of whoever triggered the run."""
        context, now = get_current_context(), clock.now(settings)
        try:
            by = context["dag_run"].triggering_user_name or "airflow"
            action = forms.silence(context["params"], by, programme, now)
            log.info("%s", pipeline.act(settings, action, now))
        except (ActionRefused, MatcherError) as refused:
            raise AirflowFailException(f"Nothing was done. {refused}") from refused

    @task
    def send() -> None:
        """Send what waits in the outbox."""
        delivered = pipeline.notify(settings, clock.now(settings), progress=log.info)
        log.info("%s", delivered)
        if delivered.problems:
            raise RuntimeError(f"Not every message could be sent; they wait for the next pass: {delivered.problems}")

    act() >> send()
