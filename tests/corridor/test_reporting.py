"""Who was due to report and who did, over the whole corridor: targets on both rates, late districts, and a backfill."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import pytest

from tests.cli.calls import Answer, of
from tests.corridor.dossiers import APRIL, MAY, districts, hanoi, month_of, parquet
from tests.corridor.story import programme_in
from tests.installation import Installation, install, prepare, wait_until_complete

pytestmark = pytest.mark.timeout(900)  # one machine may be shared by many

OVERLAY = Path(__file__).parent / "reporting"
MARCH = date(2025, 3, 1)
LATE = ("279", "280", "281", "282")  # districts that bring May after its deadline
A_MONTH = 20  # dossiers of a district
RECEIVED, IN_TIME = "reporting_rate_district", "on_time_reporting_rate_district"
BEFORE, DEADLINE, DELIVERED, BACKFILLED = hanoi(6, 13, 16, 59), hanoi(6, 13, 23, 59), hanoi(6, 16), hanoi(6, 20)


@dataclass(frozen=True)
class Seen:
    """What the snapshots said and what stood in Slack at a moment."""

    status: dict[str, tuple[object, ...]]  # of the city's targets: status, reason, period, numerator, denominator
    incidents: list[dict[str, object]]
    outbox: list[dict[str, object]]  # all rows so far
    reporting: dict[date, tuple[object, ...]]
    told: list[tuple[str, bool, bool, list[str]]]
    observations: int
    newest_arrival: object
    doctor: str

    def live(self, kind: str) -> set[object]:
        """The subjects of a kind's live incidents about the city as one, or about a source."""
        return {one["subject"] for one in self.incidents if one["kind"] == kind and one["is_live"] and _is_told(one)}

    def headlines(self, channel: str) -> list[str]:
        """The headlines of the messages in a channel, replies left out."""
        return [words[1] for where, is_reply, _, words in self.told if where == channel and not is_reply]


def _is_told(incident: dict[str, object]) -> bool:
    return incident["org_unit"] in (None, "", "01")


@dataclass(frozen=True)
class Story:
    """The installation at its end, and what was seen on the way."""

    installation: Installation
    seen: dict[str, Seen]


def looked(installation: Installation, now: datetime) -> Seen:
    """What is to be seen now."""
    city = installation.rows("FROM current_status WHERE role = 'pooled' ORDER BY target")
    counts = installation.rows("FROM reporting WHERE source = 'procedures' AND period_start >= DATE '2025-03-01'")
    wanted = ("status", "reason", "period_start", "numerator", "denominator")
    files = installation.settings.product_sql / "queries"
    return Seen(
        {str(row["target"]): tuple(row[name] for name in wanted) for row in city},
        installation.rows("FROM incidents ORDER BY number"),
        installation.rows("FROM notifications ORDER BY sequence"),
        {row["period_start"]: (row["due"], row["reported"], row["in_time"], row["period_state"]) for row in counts},
        installation.told(),
        int(str(installation.row("SELECT count(*) AS n FROM observations")["n"])),
        installation.row((files / "board_newest_arrival.sql").read_text(encoding="utf-8"))["known_at"],
        of(installation, now)("doctor").out,
    )


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """April whole and in time; May of 26 districts in time and of four late; then March, months after its deadline."""
    folder = tmp_path_factory.mktemp("reporting")
    programme = programme_in(folder / "programme")
    shutil.copytree(OVERLAY, programme, dirs_exist_ok=True)
    codes = districts()
    months = {
        "april": month_of(APRIL, dict.fromkeys(codes, 18), A_MONTH),
        "may": month_of(MAY, {code: 18 for code in codes if code not in LATE}, A_MONTH),
        "late": month_of(MAY, dict.fromkeys(LATE, 18), A_MONTH),
        "march": month_of(MARCH, dict.fromkeys(codes, 18), A_MONTH),
    }
    prepared = folder / "prepared"
    for step, rows in months.items():
        prepare(prepared / step, {f"procedures/{step}.parquet": parquet(rows)})
    wait_until_complete(prepared)
    installation = install(folder / "home", programme)
    seen = {}
    installation.run(hanoi(4, 1))
    seen["never"] = looked(installation, hanoi(4, 1))
    for step, delivery, now in (
        ("april", "april", hanoi(5, 9)),
        ("before", "may", BEFORE),
        ("deadline", None, DEADLINE),
        ("delivered", "late", DELIVERED),
        ("again", None, hanoi(6, 17)),
        ("backfilled", "march", BACKFILLED),
    ):
        if delivery:
            installation.deliver(prepared / delivery)
        installation.run(now)
        seen[step] = looked(installation, now)
    return Story(installation, seen)


def test_a_source_that_never_delivered_has_an_incident_and_no_message(story: Story) -> None:
    """On an empty installation the source is late on the board and in SQL; the outbox says why nobody is told."""
    seen = story.seen["never"]
    assert seen.live("late") == {"procedures"}
    (row,) = seen.outbox
    assert (row["message_group"], row["state"], row["state_reason"]) == ("late/procedures", "suppressed", "not_begun")
    assert seen.told == []
    (incident,) = [one for one in seen.incidents if one["kind"] == "late"]
    assert json.loads(str(incident["facts"]))["begun"] is False
    assert "nothing ever came for procedures" in " ".join(seen.doctor.split())


def test_once_it_has_begun_it_is_told_as_always(story: Story) -> None:
    """With April in, March is missing still: now that is told; April's deadline resolves it, and May's opens anew."""
    late = [row for row in story.seen["deadline"].outbox if row["message_group"] == "late/procedures"]
    assert [(row["delivery"], row["reason"], row["state"], row["created_at"]) for row in late] == [
        ("post", "opened", "suppressed", hanoi(4, 1)),
        ("post", "opened", "sent", hanoi(5, 9)),
        ("update", "resolved", "sent", BEFORE),
        ("reply", "resolved", "sent", BEFORE),
        ("post", "opened", "sent", DEADLINE),
    ]
    march, may = (next(one for one in seen.headlines("data-quality") if "Data missing" in one) for seen in _told(story))
    assert "30 of 30 districts, March 2025" in march
    assert "4 of 30 districts, May 2025" in may
    assert "procedures: units are late with 2025-05-01 to 2025-05-31" in " ".join(story.seen["deadline"].doctor.split())


def _told(story: Story) -> tuple[Seen, Seen]:
    """The two moments at which lateness is told."""
    return story.seen["april"], story.seen["deadline"]


def test_before_the_deadline_the_newest_whole_period_is_judged(story: Story) -> None:
    """26 of 30 are in: the four may still come, so April is judged, and the view has May as provisional."""
    seen = story.seen["before"]
    assert seen.status[RECEIVED] == ("met", "final_reached", APRIL, 30, 30)
    assert seen.status[IN_TIME] == ("met", "final_reached", APRIL, 30, 30)
    assert seen.reporting[MAY] == (30, 26, 26, "provisional")
    assert seen.live("behind") == set()


def test_at_the_deadline_both_rates_are_behind_and_told(story: Story) -> None:
    """26 of 30 reports: a breach of either target opens its incident and its message, in both languages."""
    seen = story.seen["deadline"]
    assert seen.status[RECEIVED] == ("behind", "short_of_required", MAY, 26, 30)
    assert seen.status[IN_TIME] == ("behind", "short_of_required", MAY, 26, 30)
    assert seen.live("behind") == {RECEIVED, IN_TIME}
    assert seen.live("late") == {"procedures"}
    assert len(seen.headlines("chi-tieu")) == 2
    english = " ".join(word for channel, _, _, words in seen.told if channel == "data-quality" for word in words)
    vietnamese = " ".join(word for channel, _, _, words in seen.told if channel == "chi-tieu" for word in words)
    assert "26 of 30 reports" in english
    assert "26/30 báo cáo" in vietnamese
    assert "30 of 30 districts reported" not in english


def test_late_reports_restate_the_rate_and_not_the_one_in_time(story: Story) -> None:
    """On 16 June the four deliver: 30 of 30 are received, and 26 of 30 came in time for ever."""
    seen = story.seen["delivered"]
    assert seen.status[RECEIVED] == ("met", "final_reached", MAY, 30, 30)
    assert seen.status[IN_TIME] == ("behind", "short_of_required", MAY, 26, 30)
    assert seen.reporting[MAY] == (30, 30, 26, "complete")
    assert (seen.live("behind"), seen.live("late")) == ({IN_TIME}, set())


def test_the_ledger_knows_since_when(story: Story) -> None:
    """Of a late district: 0 of 1 known at the deadline and 1 of 1 at its arrival; in time, the first alone."""
    rows = story.installation.rows(
        "SELECT metric, numerator, denominator, known_at FROM ledger.observation"
        f" WHERE org_unit = '279' AND period_start = DATE '{MAY}' AND metric LIKE '%reporting_rate'"
        " ORDER BY metric, known_at"
    )
    assert [tuple(row.values()) for row in rows] == [
        ("on_time_reporting_rate", 0, 1, hanoi(6, 13, 17)),
        ("reporting_rate", 0, 1, hanoi(6, 13, 17)),
        ("reporting_rate", 1, 1, DELIVERED),
    ]


def test_coverage_is_stored_with_every_roll_up(story: Story) -> None:
    """The city's row of each metric says of how many bodies it is made and how many were due, at each moment."""
    rows = story.installation.rows(
        "SELECT metric, numerator, denominator, bodies_reported, bodies_due"
        f" FROM observations_as_of('{DEADLINE}') WHERE rolled_up AND period_start = DATE '{MAY}' ORDER BY metric"
    )
    assert [tuple(row.values()) for row in rows] == [
        ("dossiers_processed_online", 26 * 18, 26 * A_MONTH, 26, 30),
        ("on_time_reporting_rate", 26, 30, 30, 30),
        ("reporting_rate", 26, 30, 30, 30),
    ]


def test_looking_again_adds_nothing(story: Story) -> None:
    """A pass without news writes no observation, opens nothing and tells nobody."""
    before, after = story.seen["delivered"], story.seen["again"]
    assert (after.observations, after.incidents, after.outbox) == (before.observations, before.incidents, before.outbox)


def test_a_backfill_is_never_fresh(story: Story) -> None:
    """March, months late, is received and not in time; it moves no status, and no data is newer for it."""
    before, after = story.seen["again"], story.seen["backfilled"]
    assert before.reporting[MARCH] == (30, 0, 0, "final")
    assert after.reporting[MARCH] == (30, 30, 0, "complete")
    assert (after.status, after.live("behind"), after.live("late")) == (before.status, {IN_TIME}, set())
    assert (before.newest_arrival, after.newest_arrival) == (DELIVERED, DELIVERED)


def asked(story: Story, *arguments: str) -> Answer:
    """What the command line answers at the end of the story."""
    return of(story.installation, hanoi(6, 21))(*arguments)


def test_explain_says_which_reports_came(story: Story) -> None:
    """Of the city: how many of how many, and who is not among them; of a district: when its report came, or did not."""
    city = asked(story, "explain", "on_time_reporting_rate_district", "01")
    assert city.code == 0, city.errors
    assert "26 of 30 reports that were due came in time" in city.out
    assert "Not among them: Huyện Mỹ Đức" in city.out
    late = asked(story, "explain", "on_time_reporting_rate_district", "279")
    assert "by the deadline, 17:00, 13 Jun 2025, no report of it had come" in late.out
    came = asked(story, "explain", "reporting_rate_district", "279", "--lang", "vi")
    assert "báo cáo nhận lúc" in came.out


def test_the_tests_of_targets_work_on_reporting_rates(story: Story) -> None:
    """Given which reports came when, `targetwatch test` finds the same rules at work."""
    answer = asked(story, "test")
    assert answer.code == 0, answer.out + answer.errors


def test_a_replay_finds_what_came_to_pass(story: Story) -> None:
    """The same incidents on both rates, opened and closed on the same days."""
    answer = asked(story, "replay", "--since", "2025-05-20", "--json")
    assert answer.code == 0, answer.errors
    found = {
        (one["subject"], one["opened_on"], one["closed_on"])
        for one in json.loads(answer.out)
        if one["kind"] == "behind" and one["org_unit"] == "01"
    }
    assert found == {(RECEIVED, "2025-06-13", "2025-06-16"), (IN_TIME, "2025-06-13", None)}


def test_a_replay_reckons_reports_by_the_changed_deadline(story: Story, tmp_path: Path) -> None:
    """With five working days more the four are in time as well: neither incident would have opened."""
    changed = Path(shutil.copytree(story.installation.settings.catalogue, tmp_path / "changed"))
    source = changed / "sources" / "procedures.yaml"
    source.write_text(source.read_text(encoding="utf-8").replace("working_days: 10", "working_days: 15"))
    answer = asked(story, "replay", "--since", "2025-05-20", "--with", str(changed), "--json")
    assert answer.code == 0, answer.errors
    changes = {
        (one["now"]["subject"], one["change"])
        for one in json.loads(answer.out)
        if one["now"] and one["now"]["kind"] == "behind" and one["now"]["org_unit"] == "01"
    }
    assert changes == {(RECEIVED, "only_now"), (IN_TIME, "only_now")}
