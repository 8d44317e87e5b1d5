"""The DAG that holds what was reached against what was promised, and tells who answers for it."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from airflow.sdk import DAG, AssetAny, AssetOrTimeSchedule, CronTriggerTimetable, TriggerRule, task

from targetwatch import catalogue, clock, pipeline
from targetwatch.operations import airflow_callbacks
from targetwatch.settings import Settings
from targetwatch.triggers import records_asset

DOC = """
### Watch the targets

`judge` measures what was touched, holds it against the targets in force, decides what has fallen behind or recovered,
and publishes the snapshots that SQL and the board read. `notify` then sends what is to be said to Slack.

It runs when the records of any source change, and every ten minutes besides, since silence must be noticed too.
A target that is behind fails no task: it opens an incident. A **red** task means that the pipeline broke, a check that
could not run and a Slack that takes no messages among it: read its log, then clear the task. Running it twice does no
harm and sends nothing twice.
"""

log = logging.getLogger("targetwatch")
settings = Settings()
programme = catalogue.load(settings.catalogue)

with DAG(
    dag_id="watch",
    dag_display_name="Watch the targets",
    description="Measure, judge, decide, publish, notify",
    doc_md=DOC,
    schedule=AssetOrTimeSchedule(
        assets=AssetAny(*(records_asset(source.id) for source in programme.sources.values() if not source.planned)),
        timetable=CronTriggerTimetable("*/10 * * * *", timezone=programme.time_zone),
    ),
    max_active_runs=1,
    default_args={
        "owner": "targetwatch",
        "retries": 2,
        "retry_delay": timedelta(seconds=20),
        **airflow_callbacks.of_tasks(settings, programme),
    },
    on_failure_callback=airflow_callbacks.of_runs(settings, programme),
    tags=["targetwatch", "watch"],
):

    @task
    def judge(ti: Any = None) -> None:
        """Measure, assess, judge, decide and publish."""
        run = str(getattr(ti, "log_url", "")).partition("/tasks/")[0] or None
        watched = pipeline.watch(settings, clock.now(settings), progress=log.info, run_url=run)
        log.info("%s", watched)
        if watched.check_failures:
            raise RuntimeError(f"Checks could not run; what they judge is not evaluated: {watched.check_failures}")

    @task(trigger_rule=TriggerRule.ALL_DONE)
    def notify() -> None:
        """Send what waits in the outbox, whatever became of this pass's judging."""
        delivered = pipeline.notify(settings, clock.now(settings), progress=log.info)
        log.info("%s", delivered)
        for remark in delivered.remarks:
            log.warning("%s", remark)
        for problem in delivered.problems:
            log.error("%s", problem)
        if delivered.problems:
            raise RuntimeError(f"Not every message could be sent; they wait for the next pass: {delivered.problems}")

    judge() >> notify()
