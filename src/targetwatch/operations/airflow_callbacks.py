"""What Airflow calls when a task ends: the operators hear of a red one, and of its working again.

Which of them Airflow 3.3 calls when, found in its source and by trying:

- a task that raises on its last try: `on_failure_callback` of the task, in the task's own process, with the exception;
- a task whose worker is gone (no heartbeat): the same, in the DAG processor, without an exception;
- a task that is killed while its worker lives (`kill -9`, out of memory): none of the task's. Its run fails, and the
  DAG's `on_failure_callback` comes, in the DAG processor; but not where a later task lets the run succeed, as `notify`
  does after `judge`. So each task that ends looks at those before it as well.
- a DAG file that cannot be imported: none at all. The watchdog notices what is not evaluated any more.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping
from typing import Any

from airflow.sdk.log import mask_secret, redact

from targetwatch import clock, operations
from targetwatch.model import Programme
from targetwatch.operations.operators import operators_of, remember
from targetwatch.operations.scrubbing import known_secrets, scrubbed
from targetwatch.settings import Settings

Context = Mapping[str, Any]
Callback = Callable[[Context], None]

WRONG_INPUT = 2  # the exit code of what a person asked for wrongly
PERSONS = frozenset({"WrongInput", "ActionRefused", "MatcherError"})  # the names of those that have none
KILLED = "The task was ended from outside: killed, out of memory, or its worker died. Its log shows how far it came."
log = logging.getLogger("targetwatch")


def of_tasks(settings: Settings, programme: Programme) -> dict[str, Callback]:
    """The callbacks of every task of a DAG, for its `default_args`; the settings' secrets are masked in its logs."""
    for secret in known_secrets(settings, {}):
        mask_secret(secret)

    def failed(context: Context) -> None:
        """Tell that a task failed for good."""
        _failed(settings, programme, context)

    def succeeded(context: Context) -> None:
        """Tell that a task works again, or had nothing to do."""
        _succeeded(settings, programme, context)

    return {"on_failure_callback": failed, "on_success_callback": succeeded, "on_skipped_callback": succeeded}


def of_runs(settings: Settings, programme: Programme) -> Callback:
    """The callback of a DAG whose run failed, for a task that was killed and so could call nothing itself."""

    def run_failed(context: Context) -> None:
        """Tell what failed, unless the task has."""
        _failed(settings, programme, context)

    return run_failed


def _failed(settings: Settings, programme: Programme, context: Context) -> None:
    exception = context.get("exception")
    if _is_a_persons(exception):
        return
    ti = context.get("ti")
    now = clock.now(settings)
    if ti is None:  # a run that failed before any task of it
        dag = getattr(context.get("dag"), "dag_id", "a DAG")
        operations.failed(settings, dag, str(context.get("reason") or KILLED), now, attempt=str(context.get("run_id")))
    else:
        error = KILLED if exception is None else _sentence(exception, settings)
        url = str(getattr(ti, "log_url", ""))
        operations.failed(settings, f"{ti.dag_id}/{ti.task_id}", error, now, url, _attempt(ti))
        _look_upstream(settings, context)
    _send(settings, programme)


def _succeeded(settings: Settings, programme: Programme, context: Context) -> None:
    ti = context["ti"]
    operations.recovered(settings, f"{ti.dag_id}/{ti.task_id}", clock.now(settings))
    _look_upstream(settings, context)
    if operations.troubles(settings):
        _send(settings, programme)


def _look_upstream(settings: Settings, context: Context) -> None:
    """Note the tasks of this run before this one that were killed, and so could call nothing themselves."""
    ti, before = context["ti"], sorted(getattr(context.get("task"), "upstream_task_ids", ()))
    if not before:
        return
    try:
        found = ti.get_task_states(dag_id=ti.dag_id, task_ids=before, run_ids=[ti.run_id]).get(ti.run_id, {})
    except Exception:  # the processor of DAGs, which calls on behalf of a task that is gone, cannot ask for others
        log.warning("Which tasks before %s failed cannot be said", ti.task_id, exc_info=True)
        return
    noted = {(one.subject, one.attempt.rpartition("#")[0]) for one in operations.troubles(settings)}
    for name in before:
        subject = f"{ti.dag_id}/{name}"
        if found.get(name) == "failed" and (subject, ti.run_id) not in noted:
            url = str(ti.log_url).partition("?")[0].replace(f"/tasks/{ti.task_id}", f"/tasks/{name}")
            operations.failed(settings, subject, KILLED, clock.now(settings), url, f"{ti.run_id}#")


def _send(settings: Settings, programme: Programme) -> None:
    remember(settings.home, operators_of(programme))
    for problem in operations.send(settings, clock.now(settings)).problems:
        log.warning("The operators could not be told: %s", problem)


def _sentence(exception: object, settings: Settings) -> str:
    """The first line of what was raised; of a group, that of the first in it. What is known as secret is hidden.

    Ours first, the longest first: Airflow masks in an order of its own, and of a secret that holds another would leave
    the rest to be read.
    """
    if isinstance(exception, BaseExceptionGroup):
        more = len(exception.exceptions) - 1
        return _sentence(exception.exceptions[0], settings) + (f" (and {more} more)" if more else "")
    first = next(iter(str(exception).strip().splitlines()), "")
    said = f"{type(exception).__name__}: {first}" if isinstance(exception, BaseException) and first else first
    hidden = scrubbed(said or type(exception).__name__, known_secrets(settings, os.environ))
    return str(redact(hidden))


def _is_a_persons(exception: object) -> bool:
    """Whether a person asked for something that cannot be: that is theirs to correct, and no broken pipeline."""
    seen = 0
    while isinstance(exception, BaseException) and seen < 10:
        if getattr(exception, "exit_code", None) == WRONG_INPUT or type(exception).__name__ in PERSONS:
            return True
        exception, seen = exception.__cause__ or exception.__context__, seen + 1
    return False


def _attempt(ti: Any) -> str:
    return f"{ti.run_id}#{getattr(ti, 'try_number', '')}"
