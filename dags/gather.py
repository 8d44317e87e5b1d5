"""A DAG for each source that works: what lies in its inbox becomes records."""

from __future__ import annotations

import logging
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from airflow.sdk import DAG, AssetOrTimeSchedule, CronTriggerTimetable, task
from airflow.sdk.exceptions import AirflowSkipException

from targetwatch import catalogue, clock, pipeline
from targetwatch.model import Source
from targetwatch.settings import Settings
from targetwatch.triggers import inbox_asset, records_asset

DOC = """
### {name}

Takes every delivery that lies in `{inbox}`, sorts its rows by the checks in `expectations/gates/{gate}.json` and merges
the good ones into the record table `{table}`. Rows that fail a check go to quarantine, each with its reason.

It runs when a file lands there, and every ten minutes in case an event went missing. *Skipped* means that nothing lay
there. A delivery that is refused does not fail the task: it opens an incident instead, and the earlier data stands.
A **red** task means that the pipeline broke: read its log, then clear the task. Running it twice does no harm.

Answered for by: {owner}.
"""

log = logging.getLogger("targetwatch")
settings = Settings()
programme = catalogue.load(settings.catalogue)


def gather_dag(source: Source) -> DAG:
    """The DAG of one source."""
    inbox = settings.inbox / source.id
    facts = {"name": source.name.en, "inbox": inbox, "gate": source.gate, "table": source.table, "owner": source.owner}
    with DAG(
        dag_id=f"gather__{source.id}",
        dag_display_name=f"Gather: {source.name.en}",
        description=f"Deliveries of {source.name.en} into records",
        doc_md=DOC.format(**facts),
        schedule=AssetOrTimeSchedule(
            assets=[inbox_asset(source.id, settings.inbox)],
            timetable=CronTriggerTimetable("*/10 * * * *", timezone=programme.time_zone),
        ),
        max_active_runs=1,
        default_args={"owner": source.owner, "retries": 2, "retry_delay": timedelta(seconds=20)},
        tags=["targetwatch", "gather"],
    ) as dag:

        @task(outlets=[records_asset(source.id)])
        def gather() -> list[dict[str, Any]]:
            """Gather what lies in the inbox; its records' asset is told only if there was something."""
            gathered = pipeline.gather(settings, source.id, clock.now(settings), progress=log.info)
            if not gathered:
                raise AirflowSkipException("Nothing lies in the inbox.")
            return [asdict(delivery) for delivery in gathered]

        gather()
    return dag


for declared in programme.sources.values():
    if not declared.planned:
        gather_dag(declared)
