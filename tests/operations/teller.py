"""A process of its own that notes failures and tells of them. Tests start it, several at once, and kill it."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

from targetwatch.notifications.delivery import slack
from targetwatch.operations.sending import tell
from targetwatch.operations.store import Troubles
from tests.operations.examples import ERROR, MORNING, operators

if __name__ == "__main__":
    home, api, subject, who, times = Path(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4], int(sys.argv[5])

    carrier = slack.connect(None, api, timeout=30)
    troubles = Troubles(home)
    for number in range(times):
        troubles.failed(subject, ERROR, MORNING + timedelta(seconds=number), attempt=f"{who}-{number}")
        tell(troubles, operators(), lambda _: carrier, MORNING, wait=30)
    if times == 0:
        tell(troubles, operators(), lambda _: carrier, MORNING, wait=30)
