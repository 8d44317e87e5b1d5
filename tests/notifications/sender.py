"""A sender of its own: drains the outbox of a home folder into the Slack at an address. Tests start it, and kill it."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

from targetwatch.notifications import slack
from targetwatch.notifications.outbox import deliver
from targetwatch.settings import CHECKOUT
from targetwatch.warehouse import LedgerOutbox, Warehouse

if __name__ == "__main__":
    home, api = Path(sys.argv[1]), sys.argv[2]
    warehouse = Warehouse(home, CHECKOUT / "sql", CHECKOUT / "sql")
    done = deliver(LedgerOutbox(warehouse), slack.connect(None, api), lambda: datetime.now(UTC))
    sys.exit(0 if done.waiting == 0 and not done.failed else 1)
