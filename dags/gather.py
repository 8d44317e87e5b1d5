"""A DAG for each source that works: what its system has, or what lies in its inbox, becomes records."""

from __future__ import annotations

import logging
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from airflow.sdk import DAG, AssetOrTimeSchedule, CronTriggerTimetable, task
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from targetwatch import catalogue, clock, gathering, pipeline
from targetwatch.model import Source
from targetwatch.operations import airflow_callbacks
from targetwatch.settings import Settings
from targetwatch.triggers import inbox_asset, records_asset

DOC = """
### {source.name.en}
{begins}
Rows are sorted by the checks in `expectations/gates/{source.gate}.json`, and the good ones are merged into the record
table `{source.table}`. Rows that fail a check go to quarantine, each with its reason. A delivery that is refused does
not fail the task: it opens an incident instead, and the earlier data stands. A **red** task means that the pipeline
broke, or that a system cannot be asked: read its log, then clear the task. Running it twice does no harm.

Answered for by: {source.owner}.
"""
OF_FILES = """
Takes every delivery that lies in `{inbox}`. It runs when a file lands there, and every ten minutes in case an event
went missing. *Skipped* means that nothing lay there.
"""
OF_SYSTEMS = """
Asks the system behind the Airflow Connection `{connection}` what it has that is new, by the clock. It runs as well when
a file lands in `{inbox}`, and takes that too. *Skipped* means that there was nothing new, or that nobody has added the
connection yet: the log says which.
"""
RETRIES = {"retries": 2, "retry_delay": timedelta(seconds=20)}
RETRIES_OF_SYSTEMS = {"retries": 4, "retry_delay": timedelta(minutes=1)}  # after 1, 5, 25 and 120 minutes
RETRIES_OF_SYSTEMS |= {"retry_exponential_backoff": 5.0, "max_retry_delay": timedelta(hours=2)}
EVERY_TEN_MINUTES, EVERY_MORNING = "*/10 * * * *", "30 5 * * *"

log = logging.getLogger("targetwatch")
settings = Settings()
programme = catalogue.load(settings.catalogue)
told_of_tasks = airflow_callbacks.of_tasks(settings, programme)
told_of_runs = airflow_callbacks.of_runs(settings, programme)


def gather_dag(source: Source) -> DAG:
    """The DAG of one source."""
    usual, retries, words = (
        (EVERY_MORNING, RETRIES_OF_SYSTEMS, OF_SYSTEMS) if source.fetch else (EVERY_TEN_MINUTES, RETRIES, OF_FILES)
    )
    begins = words.format(inbox=settings.inbox / source.id, connection=source.connection or source.id)
    with DAG(
        dag_id=f"gather__{source.id}",
        dag_display_name=f"Gather: {source.name.en}",
        description=f"What {source.name.en} delivers, into records",
        doc_md=DOC.format(source=source, begins=begins),
        schedule=AssetOrTimeSchedule(
            assets=[inbox_asset(source.id, settings.inbox)],
            timetable=CronTriggerTimetable(source.schedule or usual, timezone=programme.time_zone),
        ),
        max_active_runs=1,
        default_args={"owner": source.owner, "execution_timeout": timedelta(hours=3), **retries, **told_of_tasks},
        on_failure_callback=told_of_runs,
        tags=["targetwatch", "gather"],
    ) as dag:

        @task(outlets=[records_asset(source.id)])
        def gather() -> list[dict[str, Any]]:
            """Gather what is new; the asset of its records is told only if there was something."""
            try:
                gathered = pipeline.gather(settings, source.id, clock.now(settings), progress=log.info)
            except ExceptionGroup as failures:
                if gathering.is_terminal(failures):
                    raise AirflowFailException(str(failures.exceptions[0])) from failures
                raise
            if not gathered:
                raise AirflowSkipException(pipeline.why_nothing(settings, source.id))
            return [asdict(delivery) for delivery in gathered]

        gather()
    return dag


for declared in programme.sources.values():
    if not declared.planned:
        gather_dag(declared)
