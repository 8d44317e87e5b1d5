"""A process that writes into a ledger: runs come in pairs, so that half a transaction would show.

Called with home, the name of the writer, how many pairs, and how often to publish. Says `committed N` after each pair.
With `hold` it stays inside its last transaction until it is killed.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path

from targetwatch.settings import CHECKOUT
from targetwatch.warehouse import Warehouse, ledger

MOMENT = datetime(2025, 6, 16, tzinfo=UTC)


def main(home: str, name: str, pairs: int, publish_every: int, hold: bool) -> None:
    """Write `pairs` pairs of runs."""
    warehouse = Warehouse(Path(home), CHECKOUT / "sql", Path(__file__).parent / "sql", wait_seconds=120)
    for number in range(pairs):
        with warehouse.ledger() as conn:
            for half in ("a", "b"):
                ledger.start_run(conn, f"{name}-{number:04}-{half}", as_of=MOMENT, started_at=MOMENT)
        _say(f"committed {number}")
        if publish_every and number % publish_every == 0:
            warehouse.publish_ledger(MOMENT)
    if hold:
        with warehouse.ledger() as conn:
            ledger.start_run(conn, f"{name}-held", as_of=MOMENT, started_at=MOMENT)
            _say("inside")
            sys.stdin.read()


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), "hold" in sys.argv[5:])
