"""What operators hear of a red task, by what Airflow tells its callbacks. When it calls which, test_end_to_end says."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk.exceptions import AirflowFailException
from airflow.sdk.log import mask_secret
from airflow.serialization.serialized_objects import DagSerialization

from targetwatch import catalogue, operations
from targetwatch.cli.failures import WrongInput
from targetwatch.model import Language, Programme, Receiver
from targetwatch.operations import Trouble, airflow_callbacks
from targetwatch.settings import CHECKOUT, Settings
from targetwatch.standin.server import store_of
from targetwatch.standin.store import Message, channel_id_of

RUN = "scheduled__2026-11-23T01:20:00+00:00"
DagFile = Callable[[str], ModuleType]


@dataclass
class Instance:
    """A task instance, as far as callbacks see it."""

    task_id: str = "judge"
    dag_id: str = "watch"
    run_id: str = RUN
    try_number: int = 3
    states: dict[str, str] = field(default_factory=dict)
    deaf: bool = False

    @property
    def log_url(self) -> str:
        """Where its log is."""
        return f"http://127.0.0.1:8080/dags/{self.dag_id}/runs/run/tasks/{self.task_id}?try_number={self.try_number}"

    def get_task_states(self, dag_id: str, task_ids: list[str], run_ids: list[str]) -> dict[str, dict[str, str]]:
        """How other tasks of the run stand."""
        if self.deaf:
            raise RuntimeError("nobody to ask")
        return {self.run_id: {name: state for name, state in self.states.items() if name in task_ids}}


@dataclass
class Task:
    """A task, as far as callbacks see it."""

    upstream_task_ids: frozenset[str] = frozenset()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A home of this test's own, and a Slack stand-in that lives as long as it is needed."""
    return Settings(home=tmp_path, standin_port=0, slack_token=None, slack_url=None)


@pytest.fixture(scope="module")
def programme() -> Programme:
    """The shipped catalogue, with an operators' receiver."""
    shipped = catalogue.load(CHECKOUT / "catalogue")
    receiver = Receiver("operators", "ops", Language.EN)
    return replace(shipped, receivers=(receiver,), routing=replace(shipped.routing, operators="operators"))


@pytest.fixture
def called(settings: Settings, programme: Programme) -> Callable[..., None]:
    """Call one of a task's callbacks as Airflow does."""
    callbacks = airflow_callbacks.of_tasks(settings, programme)

    def call(kind: str, ti: Instance, exception: BaseException | None = None, upstream: tuple[str, ...] = ()) -> None:
        context: dict[str, Any] = {"ti": ti, "task": Task(frozenset(upstream))}
        if exception is not None:
            context["exception"] = exception
        callbacks[f"on_{kind}_callback"](context)

    return call


def told(settings: Settings) -> list[Message]:
    """What the operators read."""
    return store_of(settings.home).messages(channel_id_of("ops"))


def broken(settings: Settings) -> list[Trouble]:
    """What is noted as broken."""
    return [one for one in operations.troubles(settings) if not one.is_over]


def test_every_task_and_every_dag_tells_the_operators():
    """A task that fails for good, works again or had nothing to do; a run whose task was killed. Not each retry."""
    bag = DagBag(CHECKOUT / "dags")
    assert bag.import_errors == {}
    for dag in bag.dags.values():
        for task in dag.tasks:
            assert task.on_failure_callback, task
            assert task.on_success_callback, task
            assert task.on_skipped_callback, task
            assert not task.on_retry_callback, task
        read = DagSerialization.from_dict(DagSerialization.to_dict(dag))
        # What a person starts by a form fails before their eyes, and a run does not know whose fault that was.
        assert read.has_on_failure_callback is ("act" not in dag.tags), dag.dag_id
        assert all(task.has_on_failure_callback for task in read.tasks), dag.dag_id


def test_a_red_task_is_told_with_its_error_and_its_log(settings: Settings, called):
    """One message in the operators' channel, with what was raised in a line, and the link to that try's log."""
    called("failure", Instance(), OSError("disk full\nin many lines"))
    (message,) = told(settings)
    assert message.text == "The pipeline broke: watch, task judge: OSError: disk full"
    assert Instance().log_url in str(message.blocks)
    assert "many lines" not in str(message.blocks)


def test_a_group_of_failures_is_told_by_its_first(settings: Settings, called):
    """The first one's words and how many more there are."""
    called("failure", Instance(), ExceptionGroup("2 failed", [OSError("disk full"), OSError("no route")]))
    assert broken(settings)[0].error == "OSError: disk full (and 1 more)"


def test_a_task_that_works_again_is_over(settings: Settings, called):
    """A success ends it, and so does a run that had nothing to do."""
    for ended in ("success", "skipped"):
        called("failure", Instance(run_id=ended), OSError("disk full"))
        assert len(broken(settings)) == 1
        called(ended, Instance(run_id=ended))
        assert broken(settings) == []
    assert len(told(settings)) == 1  # red again within minutes is the same episode


def test_a_success_where_nothing_was_broken_does_nothing(settings: Settings, called):
    """No file, no message: every green task would else cost something."""
    called("success", Instance())
    assert not (settings.home / "slack").exists()
    assert operations.troubles(settings) == []


def test_a_worker_that_died_is_told_without_an_exception(settings: Settings, called):
    """The DAG processor calls for a task whose worker has gone; it knows no error."""
    called("failure", Instance())
    assert "The task was ended from outside" in told(settings)[0].text


def test_the_run_tells_of_a_task_that_could_not(settings: Settings, programme: Programme, called):
    """A killed task calls nothing, so its failed run does; what the task has told itself is not counted again."""
    failed = airflow_callbacks.of_runs(settings, programme)
    failed({"ti": Instance("gather", "gather__post"), "reason": "task_failure"})
    called("failure", Instance("tidy", "maintain"), OSError("disk full"))
    failed({"ti": Instance("tidy", "maintain"), "reason": "task_failure"})
    assert {one.subject: (one.times, one.error[:8]) for one in broken(settings)} == {
        "gather__post/gather": (1, "The task"),
        "maintain/tidy": (1, "OSError:"),
    }


def test_a_run_without_a_task_is_told_by_its_dag(settings: Settings, programme: Programme):
    """Airflow may know of no task that caused it."""
    airflow_callbacks.of_runs(settings, programme)({"run_id": RUN, "reason": "all_tasks_deadlocked"})
    assert broken(settings)[0].error == "all_tasks_deadlocked"


def test_the_next_task_tells_of_one_that_was_killed_before_it(settings: Settings, called):
    """`notify` lets the run succeed, so nobody else would say that `judge` was killed; once, and with its own log."""
    for _ in range(2):
        called("success", Instance("notify", states={"judge": "failed"}), upstream=("judge",))
    (one,) = broken(settings)
    assert (one.subject, one.times) == ("watch/judge", 1)
    assert one.log_url == "http://127.0.0.1:8080/dags/watch/runs/run/tasks/judge"


def test_the_next_task_does_not_tell_what_the_task_has_told(settings: Settings, called):
    """The error that was raised stays, and is counted once."""
    called("failure", Instance(), OSError("disk full"))
    called("success", Instance("notify", states={"judge": "failed"}), upstream=("judge",))
    assert [(one.times, one.error) for one in broken(settings)] == [(1, "OSError: disk full")]


def test_where_nobody_can_be_asked_the_rest_is_told(settings: Settings, called):
    """That the tasks before it are unknown does not keep a task's own failure from being told."""
    called("failure", Instance("notify", deaf=True), OSError("disk full"), upstream=("judge",))
    assert [one.subject for one in broken(settings)] == ["watch/notify"]


@pytest.mark.parametrize("wrapped", [False, True])
def test_what_a_person_asked_for_wrongly_is_no_broken_pipeline(settings: Settings, called, wrapped: bool):
    """Parameters that cannot be are answered in the task's log to who gave them, and alarm nobody."""
    failure: Exception = WrongInput("No incident is called TW-0.")
    if wrapped:
        failure = AirflowFailException("No incident is called TW-0.")
        failure.__cause__ = WrongInput("No incident is called TW-0.")
    called("failure", Instance("silence", "silence"), failure)
    assert operations.troubles(settings) == []


def test_secrets_are_not_told(settings: Settings, programme: Programme, monkeypatch: pytest.MonkeyPatch):
    """Neither a token of the settings nor a connection's password, nor what looks like one, leaves with an error."""
    mask_secret("pass word")  # another connection's, which Airflow knows besides: it is the beginning of this one's
    monkeypatch.setenv("AIRFLOW_CONN_HOTLINE", '{"conn_type": "http", "password": "pass word/of+hotline"}')
    secret = Settings(home=settings.home, standin_port=0, slack_url=None, watchdog_url="https://ping.example/abcdefgh")
    error = OSError(
        "no answer from https://u:unkn0wn@host/?token=abc, pass word/of+hotline, pass%20word%2Fof%2Bhotline, "
        "https://ping.example/abcdefgh"
    )
    airflow_callbacks.of_tasks(secret, programme)["on_failure_callback"]({"ti": Instance(), "exception": error})
    assert broken(settings)[0].error == "OSError: no answer from https://***@host/?token=***, ***, ***, ***"


def test_a_slack_that_is_down_does_not_fail_the_callback(settings: Settings, programme: Programme):
    """It is noted, and told by whoever comes next."""
    down = settings.model_copy(update={"slack_url": "http://127.0.0.1:9/api/"})
    airflow_callbacks.of_tasks(down, programme)["on_failure_callback"]({"ti": Instance(), "exception": OSError("x")})
    assert broken(settings)[0].message is None
    airflow_callbacks.of_tasks(settings, programme)["on_success_callback"]({"ti": Instance("notify"), "task": Task()})
    (waiting,) = operations.troubles(settings)
    assert waiting.not_before is not None
