"""What could not be sent is said on the board and by the doctor: to whom, since when, why, and who was told instead."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from targetwatch import diagnosis
from targetwatch.board.app import create_app
from targetwatch.model import Delivery, Text, Transport
from targetwatch.notifications.delivery.wire import Posted, Trouble
from targetwatch.settings import Settings
from targetwatch.warehouse import LedgerOutbox, Warehouse
from tests.board.browser import Browser
from tests.board.worlds import NOW, World
from tests.notifications.sending import row

SINCE = NOW - timedelta(days=2)
SAYS = Text("Slack trả lời is_archived. Hãy khôi phục.", "Slack says is_archived. Restore it.")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose outbox has something of everything."""
    home = World().fill(tmp_path_factory.mktemp("undelivered") / "home")
    settings = Settings(home=home)
    warehouse = Warehouse(home, settings.product_sql, settings.programme_sql)
    outbox = LedgerOutbox(warehouse)

    def waiting(name: str, receiver: str, at=SINCE):
        return row(name, Delivery.POST, name, receiver=receiver, channel="#chi-tieu", at=at)

    over = Trouble(1, "over", Transport.SLACK, "#over", SINCE, SAYS, "engineers", ended_at=NOW)
    outbox.keep_trouble(over)
    trouble = Trouble(2, "heads", Transport.SLACK, "#chi-tieu", SINCE, SAYS, "engineers")
    outbox.keep_trouble(trouble, [waiting("h1", "heads"), waiting("h2", "heads")])
    outbox.add([waiting("s", "sent"), waiting("w", "slow"), waiting("fresh", "quick", NOW), waiting("f", "odd")])
    outbox.mark_sent("s", Posted("C", "1"), NOW)
    outbox.put_off("w", NOW, "Slack did not answer (timed out); it is tried again.")
    outbox.mark_failed("f", "The message is longer than Slack takes <b>.", NOW)
    outbox.waiting()
    warehouse.publish_ledger(NOW)
    return home


def page(home: Path, language: str) -> str:
    """The board."""
    answer = Browser(create_app(Settings(home=home), lambda: NOW)).get(f"/?lang={language}")
    assert answer.status_code == 200
    return answer.text


def test_the_board_says_what_could_not_be_sent(home: Path):
    """A line for each receiver: unreachable, late, or refused for good; what is fresh or mended is none."""
    shown = page(home, "en")
    assert "<b>Messages to heads cannot be sent.</b>" in shown
    assert "Slack says is_archived. Restore it. 2 messages wait; none is dropped. engineers was told." in shown
    assert "<b>1 message waits to be sent to slow.</b>" in shown
    assert "Slack did not answer (timed out)" in shown
    assert "<b>1 message was refused by odd.</b>" in shown
    assert "longer than Slack takes &lt;b&gt;." in shown
    assert "quick" not in shown
    assert "to over" not in shown


def test_it_says_so_in_vietnamese(home: Path):
    """The same in the readers' language."""
    shown = page(home, "vi")
    assert "<b>Không gửi được tin cho heads.</b>" in shown
    assert "Hãy khôi phục. 2 tin đang chờ, không tin nào bị bỏ. Đã báo cho engineers." in shown


def test_the_doctor_says_so(home: Path):
    """Each receiver by itself, with what to do."""
    found = list(diagnosis._outbox(Settings(home=home), NOW))
    assert found == [
        (True, "1 messages sent"),
        (
            False,
            f"heads cannot be reached since {SINCE:%Y-%m-%d %H:%M} UTC: Slack says is_archived. Restore it. "
            "2 messages wait. engineers was told.",
        ),
        (False, "1 messages to odd were refused, the last: The message is longer than Slack takes <b>."),
        (False, "1 messages to quick wait: the next pass of notify sends them"),
        (False, "1 messages to slow wait: Slack did not answer (timed out); it is tried again."),
    ]
