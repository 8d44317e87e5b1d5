"""The DAG that says once a week and once a month what it all came to."""

from __future__ import annotations

import logging
from datetime import timedelta

from airflow.sdk import DAG, CronTriggerTimetable, TriggerRule, task
from airflow.sdk.exceptions import AirflowSkipException

from targetwatch import catalogue, clock, pipeline
from targetwatch.operations import airflow_callbacks
from targetwatch.settings import Settings

DOC = """
### Digest

Every day at five past eight: makes the digest of the week that is over (on Mondays), and that of the month (on the
first working day after the last deadline of its data), and sends them to the receivers that want them. *Skipped* means
that they have been made already, or that there is nothing to say: the log says which. A day on which nothing ran is
made up for on the next. A **red** task means that the pipeline broke: read its log, then clear the task. Running it
twice sends nothing twice. `targetwatch digest` prints the same.
"""

log = logging.getLogger("targetwatch")
settings = Settings()
programme = catalogue.load(settings.catalogue)

with DAG(
    dag_id="digest",
    dag_display_name="Digest",
    description="What changed in a week, and what a month came to",
    doc_md=DOC,
    schedule=CronTriggerTimetable("5 8 * * *", timezone=programme.time_zone),
    max_active_runs=1,
    default_args={
        "owner": "targetwatch",
        "retries": 2,
        "retry_delay": timedelta(minutes=2),
        **airflow_callbacks.of_tasks(settings, programme),
    },
    on_failure_callback=airflow_callbacks.of_runs(settings, programme),
    tags=["targetwatch", "digest"],
):

    @task
    def make() -> None:
        """Put into the outbox what is due and has not been made."""
        digested = pipeline.digest(settings, clock.now(settings), progress=log.info)
        log.info("%s", digested)
        if not digested.made:
            raise AirflowSkipException(" ".join(digested.why_nothing))

    @task(trigger_rule=TriggerRule.ALL_DONE)
    def send() -> None:
        """Send what waits in the outbox, whether it was made just now or by a run that died."""
        delivered = pipeline.notify(settings, clock.now(settings), progress=log.info)
        log.info("%s", delivered)
        if delivered.problems:
            raise RuntimeError(f"Not every message could be sent; they wait for the next pass: {delivered.problems}")

    make() >> send()
