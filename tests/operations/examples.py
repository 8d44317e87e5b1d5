"""Troubles and operators to tell of."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from targetwatch.model import Language, Receiver, Text
from targetwatch.notifications.delivery.wire import Posted
from targetwatch.operations.operators import Operators
from targetwatch.operations.trouble import EVALUATION, NEVER, SILENT, Trouble, broke

MORNING = datetime(2026, 11, 23, 1, 20, tzinfo=UTC)  # 08:20 in Hanoi
LOG = "https://airflow.example/dags/watch/runs/scheduled__2026-11-23T01%3A20%3A00%2B00%3A00/tasks/judge?try_number=3"
ERROR = "ReportingError: 3 sources could not be read: disk full"
PROGRAMME = Text("Chương trình chuyển đổi số Hà Nội", "Hanoi digital transformation programme")
EN = Receiver("operators", "ops", Language.EN, mention="S0123456789")
VI = Receiver("du-phong", "du-phong", Language.VI)


def operators(*receivers: Receiver) -> Operators:
    """The operators of a programme; an English-speaking receiver where none is named."""
    return Operators(PROGRAMME, "Asia/Ho_Chi_Minh", receivers or (EN,))


def minutes(number: float) -> timedelta:
    """So many minutes."""
    return timedelta(minutes=number)


def _troubles() -> dict[str, Trouble]:
    judge = broke("watch/judge", ERROR, MORNING, LOG, "run#3")
    often = replace(judge, times=50, newest=MORNING + minutes(490), message=Posted("C1", "1.0"))
    silent = broke(EVALUATION, SILENT, MORNING)
    return {
        "task": judge,
        "task-often": often,
        "task-over": replace(often, recovered_at=MORNING + minutes(500)),
        "gather": broke("gather__hotline_1022/gather", "UnreachableError: no answer from the hotline", MORNING, LOG),
        "silent": silent,
        "silent-over": replace(silent, recovered_at=MORNING + minutes(200)),
        "never": broke(EVALUATION, NEVER, MORNING),
    }


TROUBLES = _troubles()
