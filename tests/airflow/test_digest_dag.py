"""The DAG of digests: a daily clock that makes what is due, and sends nothing twice."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from types import ModuleType
from typing import Any

import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk.exceptions import AirflowSkipException

from targetwatch import catalogue
from targetwatch.notifications import Delivered
from targetwatch.notifications.digests.editions import AT
from targetwatch.settings import CHECKOUT, Settings
from targetwatch.steps.digesting import Digested

DagFile = Callable[[str], ModuleType]


@dataclass
class Pipeline:
    """A stand-in for the pipeline: it says what it is told to, and notes what it was asked."""

    digested: Digested = field(default_factory=Digested)
    delivered: Delivered = field(default_factory=Delivered)
    asked: list[str] = field(default_factory=list)

    def digest(self, settings: Any, now: datetime, progress: Callable[[str], None]) -> Digested:
        """Report what was made."""
        self.asked.append("digest")
        progress("50 % done")  # a per cent sign must not trip the logger
        return self.digested

    def notify(self, settings: Any, now: datetime, progress: Callable[[str], None]) -> Delivered:
        """Report what was sent."""
        self.asked.append("notify")
        return self.delivered


def test_the_clock_is_that_of_the_digests():
    """Every day at five past eight where the programme is: a Monday that was missed is made up for on Tuesday."""
    dag = DagBag(CHECKOUT / "dags" / "digest.py").dags["digest"]
    assert dag.timetable.expression == f"{AT.minute} {AT.hour} * * *"
    assert dag.timetable.timezone == catalogue.load(Settings().catalogue).time_zone
    assert dag.get_task("make").downstream_task_ids == {"send"}


def test_a_day_without_a_digest_is_skipped_with_its_reason(dag_file: DagFile):
    """On most days there is nothing to make: the task is skipped, and says why."""
    module = dag_file("digest")
    module.pipeline = Pipeline(Digested(why_nothing=("digest/weekly/2024-W47 has been made already.",)))
    with pytest.raises(AirflowSkipException, match="2024-W47 has been made already"):
        module.make.function()


def test_a_digest_that_was_made_is_sent(dag_file: DagFile):
    """Made and sent by two tasks, so that a Slack that fails makes nothing twice."""
    module = dag_file("digest")
    module.pipeline = Pipeline(Digested(made=("digest/weekly/2024-W47",), rows=2))
    module.make.function()
    module.send.function()
    assert module.pipeline.asked == ["digest", "notify"]


def test_a_digest_that_cannot_be_sent_is_a_red_task(dag_file: DagFile):
    """It waits in the outbox, and the task says so."""
    module = dag_file("digest")
    module.pipeline = Pipeline(delivered=Delivered(problems=["Slack does not answer."]))
    with pytest.raises(RuntimeError, match="Slack does not answer"):
        module.send.function()
