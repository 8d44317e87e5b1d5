"""The DAG that tidies up at night."""

from __future__ import annotations

import logging
from datetime import timedelta

from airflow.sdk import DAG, CronTriggerTimetable, task

from targetwatch import catalogue, clock, pipeline
from targetwatch.operations import airflow_callbacks
from targetwatch.settings import Settings

DOC = """
### Maintain

Every night at half past two: measures every period again from the records, so that nothing drifts, and removes the
delivered originals whose retention time is over. What was measured and judged from them stays. A **red** task means
that the pipeline broke: read its log, then clear the task. Running it twice does no harm.
"""

log = logging.getLogger("targetwatch")
settings = Settings()
programme = catalogue.load(settings.catalogue)

with DAG(
    dag_id="maintain",
    dag_display_name="Maintain",
    description="Measure everything again, remove what has been kept long enough",
    doc_md=DOC,
    schedule=CronTriggerTimetable("30 2 * * *", timezone=programme.time_zone),
    max_active_runs=1,
    default_args={
        "owner": "targetwatch",
        "retries": 2,
        "retry_delay": timedelta(minutes=5),
        **airflow_callbacks.of_tasks(settings, programme),
    },
    on_failure_callback=airflow_callbacks.of_runs(settings, programme),
    tags=["targetwatch", "maintain"],
):

    @task
    def tidy() -> None:
        """Measure every period again, and remove what its retention time has passed for."""
        log.info("%s", pipeline.maintain(settings, clock.now(settings), progress=log.info))

    tidy()
