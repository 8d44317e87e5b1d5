"""Acting from Airflow: what a form becomes, in whose name, and how what was filled in wrongly is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowFailException, ParamValidationError

from targetwatch.incidents import (
    Acknowledge,
    Action,
    ActionRefused,
    Refusal,
    SilenceThat,
    Unacknowledge,
    Withdraw,
)
from targetwatch.model import Label, Matcher
from targetwatch.notifications import Delivered

DagFile = Callable[[str], ModuleType]
NOW = "2025-06-16T09:00:00+07:00"
ACKNOWLEDGED = {"incidents": "TW-147, tw-148", "reason": "they are moving", "until": "2025-06-20", "take_back": False}
SILENCED = {
    "matchers": ["kind=behind", "level=city,district"],
    "reason": "they are moving",
    "until": "2025-06-20T10:00:00Z",
    "end": None,
}


@dataclass
class Pipeline:
    """A stand-in for the pipeline: it notes what it was asked to do."""

    refuses: Exception | None = None
    delivered: Delivered = field(default_factory=Delivered)
    done: list[Action] = field(default_factory=list)

    def act(self, settings: Any, action: Action, now: datetime) -> str:
        """Take the action, or refuse it."""
        if self.refuses is not None:
            raise self.refuses
        self.done.append(action)
        return "done"

    def notify(self, settings: Any, now: datetime, progress: Callable[[str], None]) -> Delivered:
        """Report what was sent."""
        return self.delivered


@pytest.fixture
def form(dag_file: DagFile, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str], ModuleType]:
    """A DAG's file over a pipeline that only notes, at a moment."""
    (tmp_path / "clock").write_text(NOW, encoding="utf-8")
    monkeypatch.setenv("TARGETWATCH_CLOCK", str(tmp_path / "clock"))

    def load(name: str) -> ModuleType:
        module = dag_file(name)
        module.pipeline = Pipeline()
        return module

    return load


@pytest.fixture
def acknowledge(form: DagFile) -> ModuleType:
    """The DAG that acknowledges."""
    return form("acknowledge")


@pytest.fixture
def silence(form: DagFile) -> ModuleType:
    """The DAG that silences."""
    return form("silence")


def run(module: ModuleType, asked: dict[str, Any], user: str | None = "linh") -> list[Action]:
    """Run its task as triggered by somebody with these parameters; what it did."""
    module.get_current_context = lambda: {
        "dag_run": SimpleNamespace(triggering_user_name=user),
        "params": asked,
    }
    module.act.function()
    done: list[Action] = module.pipeline.done
    return done


def test_a_form_acknowledges_in_the_name_of_whoever_triggered_it(acknowledge: ModuleType) -> None:
    """Numbers in any form, the reason, and the end of the day that was picked."""
    (done,) = run(acknowledge, ACKNOWLEDGED)
    assert done == Acknowledge((147, 148), "linh", "they are moving", datetime(2025, 6, 20, 17, tzinfo=UTC))


def test_it_can_be_taken_back(acknowledge: ModuleType) -> None:
    """The same form with the box ticked."""
    (done,) = run(acknowledge, {**ACKNOWLEDGED, "take_back": True})
    assert done == Unacknowledge((147, 148), "linh", "they are moving")


def test_a_form_silences(silence: ModuleType) -> None:
    """Matchers a line each, the reason, and the moment that was picked."""
    (done,) = run(silence, SILENCED)
    assert done == SilenceThat(
        (Matcher(Label.KIND, ("behind",)), Matcher(Label.LEVEL, ("city", "district"))),
        "linh",
        "they are moving",
        datetime(2025, 6, 20, 10, tzinfo=UTC),
    )


def test_a_silence_can_be_ended(silence: ModuleType) -> None:
    """By its id, with nothing else filled in."""
    (done,) = run(silence, {"matchers": None, "reason": None, "until": None, "end": " s-3f9a1c "})
    assert done == Withdraw("s-3f9a1c", "linh")


def test_a_run_that_nobody_triggered_is_airflows(acknowledge: ModuleType) -> None:
    """A run from Airflow's own command line bears no user's name."""
    (done,) = run(acknowledge, ACKNOWLEDGED, user=None)
    assert isinstance(done, Acknowledge)
    assert done.by == "airflow"


WRONG = [
    ("acknowledge", {**ACKNOWLEDGED, "incidents": "the first"}, "'the' is no incident"),
    ("acknowledge", {**ACKNOWLEDGED, "until": "soon"}, "'soon' is no end"),
    ("silence", {**SILENCED, "matchers": ["knd=behind"]}, "Write 'kind'"),
    ("silence", {**SILENCED, "until": None}, "'' is no end"),
]


@pytest.mark.parametrize(("dag", "asked", "says"), WRONG)
def test_what_is_filled_in_wrongly_is_said_and_not_tried_again(
    form: DagFile, dag: str, asked: dict[str, Any], says: str
) -> None:
    """The task fails at once with what to write instead, and its cause says that a person is to mend it."""
    module = form(dag)
    with pytest.raises(AirflowFailException, match="Nothing was done") as failed:
        run(module, asked)
    assert says in str(failed.value)
    assert module.pipeline.done == []


def test_what_is_refused_is_not_tried_again(acknowledge: ModuleType) -> None:
    """A closed incident stays closed: the refusal is the cause, by which the operators' callback knows it."""
    acknowledge.pipeline.refuses = ActionRefused(Refusal.CLOSED_INCIDENT, "đã đóng", "TW-147 was resolved.")
    with pytest.raises(AirflowFailException, match="TW-147 was resolved") as failed:
        run(acknowledge, ACKNOWLEDGED)
    assert isinstance(failed.value.__cause__, ActionRefused)
    assert failed.value.__cause__.exit_code == 2


def test_a_breakdown_is_tried_again(acknowledge: ModuleType) -> None:
    """A locked ledger is no person's mistake."""
    acknowledge.pipeline.refuses = OSError("disk full")
    with pytest.raises(OSError, match="disk full"):
        run(acknowledge, ACKNOWLEDGED)


def test_a_message_that_cannot_be_sent_makes_the_sending_red(acknowledge: ModuleType) -> None:
    """What was asked for is done; that nobody could be told is the operators' to mend."""
    acknowledge.pipeline.delivered = Delivered(problems=["Put a valid bot token into TARGETWATCH_SLACK_TOKEN."])
    with pytest.raises(RuntimeError, match="TARGETWATCH_SLACK_TOKEN"):
        acknowledge.send.function()


def test_the_forms_ask_for_what_is_needed(acknowledge: ModuleType, silence: ModuleType) -> None:
    """Airflow refuses a form without a reason or an incident before anything runs, and takes dates as dates."""
    asked = acknowledge.dag.params
    with pytest.raises(ParamValidationError):
        asked.validate()
    assert asked.get_param("until").schema["format"] == "date"
    assert silence.dag.params.get_param("until").schema["format"] == "date-time"
    assert all(dag.schedule is None for dag in (acknowledge.dag, silence.dag))
