"""Shuffling arrival order, or delivering twice, changes nothing: through the real corridor, from inbox to snapshots."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from targetwatch.gathering import record_key
from tests.corridor.dossiers import APRIL, MAY, districts, hanoi, month_of, parquet, shared_out
from tests.corridor.story import programme_in
from tests.installation import Installation, install, prepare, wait_until_complete
from tests.properties.generated import examples

pytestmark = pytest.mark.timeout(900)

A_MONTH = 20  # dossiers of a district
GROUPS, DELIVERIES = 2, 4
LOOKED_AT = hanoi(6, 20)  # after May's deadline
# What is said of how, when and in which pass something came, and nothing of what came. Incidents have their numbers in
# the order in which they open.
OF_ITS_WAY = ("delivered_as", "known_at", "known_from", "recorded_at", "as_of", "run_id", "incident")
TABLES = ("procedures", "quarantine", "observations", "current_status")


def deliveries() -> dict[str, bytes | str]:
    """Two months of two groups of districts, as CSV and as Parquet; one of the files has a bad row."""
    codes = districts()
    files: dict[str, bytes | str] = {}
    for month, low, high in ((APRIL, 14, 15), (MAY, 13, 16)):
        online = shared_out(codes, 17, low, high)
        for group in range(GROUPS):
            rows = month_of(month, {code: online[code] for code in codes[group::GROUPS]}, A_MONTH)
            name = f"procedures/{month:%m} {group}"
            files |= {f"{name}.parquet": parquet(rows)} if group else {f"{name}.csv": rows.write_csv()}
    files["procedures/04 0.csv"] = str(files["procedures/04 0.csv"]).replace("online", "by pigeon", 1)
    return files


def gathered(installation: Installation, folder: Path, steps: Iterable[Mapping[str, bytes | str]]) -> list[str]:
    """Let the steps arrive on one day after the other; what became of each file, in order of arrival."""
    prepared = [prepare(folder / str(place), files) for place, files in enumerate(steps)]
    wait_until_complete(folder)
    states: list[str] = []
    for day, files in enumerate(prepared, start=2):
        installation.deliver(files)
        states += [one.state for one in installation.gather(hanoi(6, day))]
        if day == 3:  # a pass in between: what comes after it is measured by itself
            installation.watch(hanoi(6, day, 12))
    installation.watch(LOOKED_AT)
    return states


def found(installation: Installation) -> dict[str, list[str]]:
    """Everything that the snapshots hold of what was delivered, and what was made of it."""
    rows = {table: installation.rows(f"FROM {table}") for table in TABLES}
    rows["batches"] = installation.rows("SELECT batch_id, state, rows_delivered FROM batches")
    return {
        table: sorted(str({name: value for name, value in row.items() if name not in OF_ITS_WAY}) for row in held)
        for table, held in rows.items()
    }


@st.composite
def arrivals(draw: st.DrawFn) -> list[list[int]]:
    """The deliveries in any order, some of them twice, one or several of them at a time."""
    again = draw(st.lists(st.integers(0, DELIVERIES - 1), min_size=1, max_size=2))
    order = draw(st.permutations([*range(DELIVERIES), *again]))
    cuts = sorted(draw(st.sets(st.integers(1, len(order) - 1), min_size=1, max_size=3)))
    return [list(order[first:last]) for first, last in zip([0, *cuts], [*cuts, len(order)], strict=True)]


def test_what_is_delivered_is_what_is_found(tmp_path: Path) -> None:
    """The same records, quarantine, observations and statuses as where all came once, in order and at one time."""
    programme, files = programme_in(tmp_path / "programme"), list(deliveries().items())
    usual = install(tmp_path / "usual", programme)
    key = record_key(usual.home)
    assert gathered(usual, tmp_path / "in order", [dict(files)]) == ["accepted"] * DELIVERIES
    expected, told = found(usual), count()
    assert [len(expected[table]) for table in ("procedures", "quarantine", "batches")] == [1_199, 1, DELIVERIES]

    @examples(2, shrinks=False)
    @given(arrivals())
    def held(order: Sequence[Sequence[int]]) -> None:
        number = next(told)
        home = tmp_path / f"home {number}"
        home.mkdir()
        (home / "record.key").write_bytes(key)  # ids are hashed with it
        installation = install(home, programme)
        # A copy in the same folder would be the same file: each has a name of its own.
        steps = [
            {f"procedures/{place} {Path(files[one][0]).name}": files[one][1] for place, one in enumerate(step)}
            for step in order
        ]
        states = gathered(installation, tmp_path / f"deliveries {number}", steps)
        assert (states.count("accepted"), set(states)) == (DELIVERIES, {"accepted", "already_known"})
        assert found(installation) == expected

    held()
