"""Deaths: at which step of the pipeline the process dies, each once. What follows must end as if nothing had died."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from targetwatch import checks, evaluation, gathering
from targetwatch.notifications.delivery.slack import SlackClient
from targetwatch.warehouse import LedgerOutbox, Warehouse, ledger, records
from tests.fakes import Killed

BEFORE, AFTER = "before", "after"


@dataclass(frozen=True)
class Death:
    """The process dies before or after a function of the pipeline has run."""

    when: str
    owner: Any
    function: str

    def __str__(self) -> str:
        return f"{self.when} {self.function}"


GATHERING = (
    Death(AFTER, gathering, "land"),  # landed, and nothing written down
    Death(AFTER, gathering, "sort_rows"),
    Death(AFTER, records, "record_batch"),  # merged, and not committed
    Death(BEFORE, gathering, "retire"),  # committed, and the file lies in the inbox still
    Death(AFTER, gathering, "retire"),  # the file is away, and no snapshot shows it
)
WATCHING = (
    Death(AFTER, ledger, "start_run"),
    Death(AFTER, records, "measure"),
    Death(AFTER, ledger, "mark_measured"),  # measured, and not committed
    Death(BEFORE, evaluation, "due"),  # measured, and nothing judged
    Death(AFTER, checks, "judge"),
    Death(AFTER, ledger, "append_assessments"),  # these four: within the transaction that decides
    Death(AFTER, ledger, "save_incidents"),
    Death(AFTER, ledger, "add_notifications"),
    Death(AFTER, ledger, "finish_run"),
    Death(BEFORE, Warehouse, "publish_ledger"),  # decided, and shown to nobody
)
SENDING = (
    Death(AFTER, LedgerOutbox, "mark_attempt"),  # said to be under way, and not sent
    Death(AFTER, SlackClient, "post"),  # sent, and not written down
    Death(AFTER, LedgerOutbox, "mark_sent"),
    Death(AFTER, SlackClient, "update"),
    Death(BEFORE, Warehouse, "publish_ledger"),  # all is sent, and no snapshot says so
)


def dies(death: Death, step: Callable[[], object]) -> bool:
    """Run a step of a process that dies there; False where the step came to its end without dying."""
    real = getattr(death.owner, death.function)

    def fatal(*args: Any, **kwargs: Any) -> Any:
        if death.when == AFTER:
            real(*args, **kwargs)
        raise Killed

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(death.owner, death.function, fatal)
        try:
            step()
        except Killed:
            return True
    return False
