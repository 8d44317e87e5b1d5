"""A small programme in which two communes end and pass on, and what is delivered and judged before and after it."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.corridor.dossiers import hanoi
from tests.corridor.story import OWN as EXAMPLE
from tests.installation import Installation, assemble, install, prepare, wait_until_complete

OWN = Path(__file__).parent / "programmes/passing_on"
SHIPPED = (
    "expectations/gates/procedures.json",
    "sql/records/procedures.sql",
    "sql/records/procedures.merge.sql",
    "sql/metrics/procedures_due.sql",
    "sql/rows/dossiers_on_time.sql",
)
HEADER = "dossier_id,procedure,sector,tier,org_unit,received_on,due_on,finished_on,channel\n"


def programme_in(folder: Path) -> Path:
    """The programme, put together in `folder`: its own files beside those of the worked example that it shares."""
    shared = ("calendar", "owners", "programme", "receivers", "references")
    shutil.copytree(OWN, folder)
    for name in shared:
        shutil.copy(EXAMPLE / f"catalogue/{name}.yaml", folder / "catalogue")
    return assemble(folder, OWN, *SHIPPED)


def told(folder: Path) -> Installation:
    """June and July of those communes: some of what the old ones received in June is due in July."""
    june = [
        *dossiers("101", "2025-06-02", "2025-06-20", 30, late=6),
        *dossiers("101", "2025-06-25", "2025-07-10", 8, late=2),
        *dossiers("102", "2025-06-02", "2025-06-20", 20, late=10),
        *dossiers("102", "2025-06-25", "2025-07-10", 7, late=2),
    ]
    july = [
        *dossiers("101", "2025-07-01", "2025-07-15", 12, late=1),
        *dossiers("103", "2025-07-01", "2025-07-15", 5, late=0),
    ]
    for step, rows in (("june", june), ("july", july)):
        prepare(folder / "prepared" / step, {f"procedures/{step}.csv": HEADER + "".join(rows)})
    wait_until_complete(folder / "prepared")
    installation = install(folder / "home", programme_in(folder / "programme"))
    for step, gathered, judged in (
        ("june", hanoi(7, 14), hanoi(7, 14, 18)),
        ("july", hanoi(8, 14), hanoi(8, 14, 18)),
    ):
        installation.deliver(folder / "prepared" / step)
        installation.gather(gathered)
        installation.run(judged)
    return installation


def dossiers(unit: str, received: str, due: str, number: int, *, late: int) -> list[str]:
    """So many dossiers of a unit, the first of them finished three days late."""
    day = int(due[-2:])
    return [
        f"{unit}-{received}-{place},1.004227,hộ tịch,commune,{unit},{received},{due},"
        f"{due[:-2]}{day + 3 if place < late else day - 1:02},online\n"
        for place in range(number)
    ]
