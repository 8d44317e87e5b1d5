"""What the tasks make of what the pipeline says: red means that the pipeline broke, and nothing else does."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from targetwatch.gathering import FetchError, Gathered, UnreachableError
from targetwatch.notifications import Delivered

DagFile = Callable[[str], ModuleType]


@dataclass
class Watched:
    """What the stand-in for a pass of watch reports."""

    check_failures: tuple[str, ...] = ()


@dataclass
class Pipeline:
    """A stand-in for the pipeline: it says what it is told to, and notes what it was asked."""

    gathered: list[Gathered] = field(default_factory=list)
    watched: Watched = field(default_factory=Watched)
    delivered: Delivered = field(default_factory=Delivered)
    breaks: Exception | None = None
    asked: list[tuple[str, datetime]] = field(default_factory=list)
    run_url: str | None = None

    def gather(self, settings: Any, source_id: str, now: datetime, progress: Callable[[str], None]) -> list[Gathered]:
        """Report what was gathered."""
        return self._answer(f"gather {source_id}", now, progress, self.gathered)

    def why_nothing(self, settings: Any, source_id: str) -> str:
        """Say why there was nothing."""
        return f"Nothing waits for {source_id}."

    def watch(
        self, settings: Any, now: datetime, progress: Callable[[str], None], run_url: str | None = None
    ) -> Watched:
        """Report what was judged, and remember the address of the run that asked."""
        self.run_url = run_url
        return self._answer("watch", now, progress, self.watched)

    def notify(self, settings: Any, now: datetime, progress: Callable[[str], None]) -> Delivered:
        """Report what was sent."""
        return self._answer("notify", now, progress, self.delivered)

    def _answer(self, what: str, now: datetime, progress: Callable[[str], None], answer: Any) -> Any:
        self.asked.append((what, now))
        progress("50 % done")  # a per cent sign must not trip the logger
        if self.breaks is not None:
            raise self.breaks
        return answer


def delivery(state: Any, because: str | None = None) -> Gathered:
    """What became of one delivery."""
    return Gathered("procedures", "may.csv", "b1", state, because)


def gathering(module: ModuleType) -> Callable[[], Any]:
    """The function behind the task that gathers the dossiers."""
    return module.gather_dag(module.programme.sources["procedures"]).get_task("gather").python_callable


def test_an_empty_inbox_skips_the_task(dag_file: DagFile):
    """Nothing gathered is nothing new: the records' asset is not told, and watch is not started for it."""
    module = dag_file("gather")
    module.pipeline = Pipeline()
    with pytest.raises(AirflowSkipException, match="Nothing waits for procedures"):
        gathering(module)()


def test_a_refused_delivery_does_not_fail_the_task(dag_file: DagFile):
    """A refusal is an incident for the watch to open, and no breakdown."""
    module = dag_file("gather")
    module.pipeline = Pipeline([delivery("refused", "hỏng / broken"), delivery("accepted")])
    told = gathering(module)()
    assert [one["state"] for one in told] == ["refused", "accepted"]


def test_a_breakdown_fails_the_task(dag_file: DagFile):
    """What the pipeline could not do is for the operators to see."""
    module = dag_file("gather")
    module.pipeline = Pipeline(breaks=OSError("disk full"))
    with pytest.raises(OSError, match="disk full"):
        gathering(module)()


def test_what_a_person_must_mend_is_not_tried_again(dag_file: DagFile):
    """A wrong password stays wrong: the task fails at once, and says which command comes next."""
    module = dag_file("gather")
    module.pipeline = Pipeline(breaks=ExceptionGroup("2 failed", [FetchError("Correct it, then run `targetwatch`.")]))
    with pytest.raises(AirflowFailException, match="then run `targetwatch`"):
        gathering(module)()


@pytest.mark.parametrize("passing", [UnreachableError("no answer"), OSError("disk full")])
def test_what_may_pass_is_tried_again(dag_file: DagFile, passing: Exception):
    """A system that does not answer may by the next try, whatever else is wrong."""
    module = dag_file("gather")
    module.pipeline = Pipeline(breaks=ExceptionGroup("2 failed", [FetchError("wrong"), passing]))
    with pytest.raises(ExceptionGroup):
        gathering(module)()


def test_judging_and_notifying_are_told_the_present(dag_file: DagFile, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """The time is read when the task runs, by the clock that the settings name, and handed down."""
    (tmp_path / "clock").write_text("2025-06-16T09:00:00+07:00", encoding="utf-8")
    monkeypatch.setenv("TARGETWATCH_CLOCK", str(tmp_path / "clock"))
    module = dag_file("watch")
    module.pipeline = Pipeline()
    module.judge.function()
    module.notify.function()
    assert module.pipeline.asked == [
        ("watch", datetime.fromisoformat("2025-06-16T02:00:00+00:00")),
        ("notify", datetime.fromisoformat("2025-06-16T02:00:00+00:00")),
    ]


def test_judging_is_told_the_address_of_its_run(dag_file: DagFile):
    """Messages link to the run that found what they say, and not to one task's log."""
    module = dag_file("watch")
    module.pipeline = Pipeline()
    run = "http://127.0.0.1:8080/dags/watch/runs/manual__2025-06-16"
    module.judge.function(ti=SimpleNamespace(log_url=f"{run}/tasks/judge?try_number=1"))
    assert module.pipeline.run_url == run


def test_a_check_that_could_not_run_makes_the_task_red(dag_file: DagFile):
    """A suite that cannot run is the pipeline's fault: it is published as not evaluated, and the task says why."""
    module = dag_file("watch")
    module.pipeline = Pipeline(watched=Watched(check_failures=("targets: no such column",)))
    with pytest.raises(RuntimeError, match="no such column"):
        module.judge.function()


def test_a_message_that_cannot_be_sent_makes_the_task_red(dag_file: DagFile):
    """A Slack that takes no messages is the operators' to mend: the task says what to do."""
    module = dag_file("watch")
    module.pipeline = Pipeline(delivered=Delivered(problems=["Put a valid bot token into TARGETWATCH_SLACK_TOKEN."]))
    with pytest.raises(RuntimeError, match="TARGETWATCH_SLACK_TOKEN"):
        module.notify.function()


def test_what_is_told_does_not_wait_for_judging(dag_file: DagFile):
    """Messages of earlier passes are sent even where this pass could not judge."""
    assert dag_file("watch").notify.operator_class
    assert dag_file("watch").notify.kwargs["trigger_rule"] == "all_done"
