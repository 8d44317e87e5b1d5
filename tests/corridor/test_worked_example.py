"""The table of WORKED_EXAMPLE.md, row by row, over the whole corridor: files in, snapshots and Slack messages out."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from datetime import date, datetime
from fractions import Fraction
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from targetwatch.standin.mrkdwn import to_html
from tests.cli.calls import Answer, of
from tests.corridor.dossiers import APRIL, JUNE, MAY, hanoi
from tests.corridor.story import (
    CORRECTED_ONE,
    ENGINEERS,
    HEADS,
    LATE_ONE,
    Seen,
    Teller,
    deliveries,
    told_anew,
    told_on,
    told_until,
)

pytestmark = pytest.mark.timeout(900)  # one machine may be shared by many

TARGET = "behind/dossiers_district"
SOURCE = "late/procedures"
OPENED = [("heads-of-units", TARGET, "post", "opened"), ("data-engineers", TARGET, "post", "opened")]


@pytest.fixture(scope="module")
def tellers(tmp_path_factory: pytest.TempPathFactory, programme: Path) -> tuple[Teller, Teller]:
    """The story as the table has it, and as it would have been had June been 22,000 of 30,000."""
    folder = tmp_path_factory.mktemp("story")
    made = deliveries(folder / "prepared")
    teller = told_until(folder / "home", programme, made)
    other = told_anew(teller, folder / "other")
    told_on(teller, made.june).look("20 August", hanoi(8, 20))
    return teller, told_on(other, made.low_june)


@pytest.fixture(scope="module")
def seen(tellers: tuple[Teller, Teller]) -> dict[str, Seen]:
    """What was seen at each moment of the table."""
    return tellers[0].seen


@pytest.fixture(scope="module")
def had_june_been_lower(tellers: tuple[Teller, Teller]) -> dict[str, Seen]:
    """What was seen where June is 22,000 of 30,000."""
    return tellers[1].seen


def status(seen: Seen) -> tuple[object, object]:
    """Where the city stands on the target, and why."""
    return seen.city["status"], seen.city["reason"]


def value(seen: Seen) -> tuple[object, object, object]:
    """The judged period, and the numerator and denominator of its value."""
    return seen.city["period_start"], seen.city["numerator"], seen.city["denominator"]


def points(seen: Seen) -> float:
    """Headroom in points, as the table has it, from the exact figures."""
    exact = Fraction(int(str(seen.city["headroom_exact"])), int(str(seen.city["denominator"])) * 10_000)
    return float(round(exact, 2))


def statuses(seen: Seen) -> Counter[object]:
    """How many districts have which status."""
    return Counter(unit["status"] for unit in seen.units)


def standing(seen: Seen, channel: str) -> list[str]:
    """The headlines of the messages in a channel, replies left out."""
    return [words[1] for where, is_reply, _, words in seen.told if where == channel and not is_reply]


def replies(seen: Seen, channel: str) -> list[str]:
    """What was replied in a channel, as it is read."""
    return [as_read(words) for where, is_reply, _, words in seen.told if where == channel and is_reply]


def body(seen: Seen, channel: str, headline: str) -> str:
    """Everything that is read in the message of that headline."""
    messages = [words for where, is_reply, _, words in seen.told if where == channel and not is_reply]
    (found,) = [words for words in messages if headline in words[1]]
    return as_read(found)


def as_read(words: list[str]) -> str:
    """A message's texts without their marks."""
    return to_html(" ".join(words)).striptags()


def unsaid(text: str, *phrases: str) -> list[str]:
    """Which of the phrases are not in the text."""
    return [phrase for phrase in phrases if phrase not in text]


def test_31_may_april_is_reached_within_the_margin(seen: dict[str, Seen]) -> None:
    """April is final: 21,900 of 30,000 against 72.2861 % is 214 dossiers to spare, inside the margin."""
    now = seen["31 May"]
    assert status(now) == ("at_risk", "within_margin")
    assert value(now) == (APRIL, 21_900, 30_000)
    assert (now.city["required_millionths"], now.city["attained"], now.city["needed"]) == (
        722_861,
        21_900_000_000,
        21_685_830_000,
    )
    assert (points(now), now.city["headroom_units"]) == (0.71, 214)
    assert (now.city["due"], now.city["path_assumed"]) == (date(2025, 12, 31), True)
    assert now.city["deadline"] == hanoi(5, 16, 17)
    assert (now.incidents, now.outbox, now.told) == ([], [], [])


def test_10_june_a_landing_alone_moves_nothing(seen: dict[str, Seen], tellers: tuple[Teller, Teller]) -> None:
    """May is in from 12 of 30 districts: it is an observation, marked as partial, and April stays the judged period."""
    now = seen["10 June"]
    assert (now.city, now.units) == (seen["31 May"].city | {"age_days": 41}, _older(seen["31 May"].units, 10))
    assert (now.ran.watched.batches, now.ran.watched.assessments, now.ran.watched.events) == (1, 0, 0)
    assert (now.incidents, now.outbox) == ([], [])
    may = tellers[0].installation.row(
        "SELECT numerator, denominator, bodies_reported, bodies_due"
        f" FROM observations_as_of('{hanoi(6, 10)}') WHERE org_unit = '01' AND period_start = DATE '{MAY}'"
    )
    assert may == {"numerator": 12 * 684, "denominator": 12_000, "bodies_reported": 12, "bodies_due": 30}


def _older(rows: list[dict[str, object]], days: int) -> list[dict[str, object]]:
    return [row | {"age_days": int(str(row["age_days"])) + days} for row in rows]


def test_13_june_a_minute_before_the_deadline_nothing_has_happened(seen: dict[str, Seen]) -> None:
    """29 districts are in and the deadline is at 17:00: at 16:59 April is judged still and nobody is late."""
    now = seen["13 June, before the deadline"]
    assert (status(now), value(now)) == (("at_risk", "within_margin"), (APRIL, 21_900, 30_000))
    assert (now.incidents, now.outbox) == ([], [])


def test_13_june_the_missing_district_decides(seen: dict[str, Seen]) -> None:
    """May is final: from 21,000 to 22,000 of 30,000 around 21,978.63, so at risk because incomplete, with the name."""
    now = seen["13 June"]
    assert status(now) == ("at_risk", "incomplete")
    assert value(now) == (MAY, 21_000, 29_000)
    assert now.city["required_millionths"] == 732_621
    assert (now.city["low_numerator"], now.city["high_numerator"]) == (21_000, 22_000)
    assert now.city["bounds_denominator"] == 30_000
    assert (now.city["bodies_reported"], now.city["bodies_due"]) == (29, 30)
    assert (now.city["missing"], now.city["period_state"]) == ([f"{LATE_ONE}@2021-01-01"], "final")
    assert now.city["deadline"] == hanoi(6, 13, 17)


def test_13_june_the_source_is_late_and_the_target_is_not_behind(seen: dict[str, Seen]) -> None:
    """The source's incident opens and names the district; the target has no incident, and its units are not told of."""
    now = seen["13 June"]
    assert now.live("late") == ["procedures"]
    assert now.sent == [("data-engineers", SOURCE, "post", "opened")]
    message = body(now, ENGINEERS, "Data missing")
    assert "1 of 30 districts" in message
    assert "Huyện Mỹ Đức" in message
    assert "17:00, 13 Jun 2025" in message
    assert standing(now, HEADS) == []
    assert statuses(now) == {"behind": 17, "on_track": 12, "stale": 1}
    assert len(now.live("behind")) == 17
    assert "01" not in now.live("behind")
    withheld = Counter((row["receiver"], row["state_reason"]) for row in now.outbox if row["state"] == "suppressed")
    assert withheld == {
        ("heads-of-units", "pooled_is_not_behind"): 17,
        ("data-engineers", "pooled_is_not_behind"): 17,
    }


def test_16_june_it_delivers_and_the_target_is_behind(seen: dict[str, Seen]) -> None:
    """650 of 1,000 make May complete: 21,650,000,000 < 21,978,630,000, short by 329 dossiers and 1.10 points."""
    now = seen["16 June"]
    assert status(now) == ("behind", "short_of_required")
    assert (value(now), now.city["period_state"]) == ((MAY, 21_650, 30_000), "complete")
    assert (now.city["attained"], now.city["needed"]) == (21_650_000_000, 21_978_630_000)
    assert (points(now), now.city["headroom_units"]) == (-1.10, -329)
    assert now.city["missing"] == []
    assert statuses(now) == {"behind": 18, "on_track": 12}


def test_16_june_the_incident_opens_and_the_sources_is_resolved(seen: dict[str, Seen]) -> None:
    """Each receiver gets one message about the target; the source's own is edited to resolved, with a reply."""
    now = seen["16 June"]
    assert now.live("late") == []
    assert set(now.live("behind")) >= {"01", LATE_ONE}
    assert now.city["incident_state"] == "open"
    assert now.sent == [
        *OPENED,
        ("data-engineers", SOURCE, "update", "resolved"),
        ("data-engineers", SOURCE, "reply", "resolved"),
    ]
    assert len(standing(now, HEADS)) == 1
    assert [line.split(":")[1] for line in standing(now, ENGINEERS)] == ["white_check_mark", "small_red_triangle_down"]


def test_16_june_the_message_says_how_far_in_both_languages(seen: dict[str, Seen]) -> None:
    """The message gives the value, what was needed, the shortfall in points and in dossiers, and the units in it."""
    english, vietnamese = body(seen["16 June"], ENGINEERS, "Behind"), body(seen["16 June"], HEADS, "Chậm")
    assert unsaid(english, "72.2%", "21,650 of 30,000 dossiers", "73.3%", "1.1 points", "329 dossiers") == []
    assert unsaid(english, "18 of 30 districts", "Huyện Mỹ Đức", "assumed path") == []
    assert unsaid(vietnamese, "72,2%", "21.650/30.000 hồ sơ", "73,3%", "1,1 điểm", "329 hồ sơ") == []
    assert unsaid(vietnamese, "18/30 đơn vị cấp huyện", "Huyện Mỹ Đức", "lộ trình giả định") == []


def test_17_june_six_more_passes_change_nothing(seen: dict[str, Seen]) -> None:
    """One judged period counts once: no assessment, no step in an incident, no second message."""
    for time in range(1, 7):
        now = seen[f"17 June, {time}"]
        watched = now.ran.watched
        assert (watched.observations, watched.assessments, watched.events, watched.notifications) == (0, 0, 0, 0)
        assert now.incidents == seen["16 June"].incidents
        assert now.told == seen["16 June"].told
        assert now.city == seen["16 June"].city | {"age_days": 17}


def test_20_june_the_status_stands(seen: dict[str, Seen]) -> None:
    """The judged period is May still: neither the status nor an incident nor the message itself moves."""
    before, now = seen["17 June, 6"], seen["20 June"]
    assert now.city == before.city | {"age_days": 20}
    assert now.incidents == before.incidents
    assert now.ran.watched.events == 0
    assert (standing(now, HEADS), standing(now, ENGINEERS)) == (standing(before, HEADS), standing(before, ENGINEERS))


def test_20_june_the_ledger_keeps_both_aprils(tellers: tuple[Teller, Teller]) -> None:
    """April's rows: 21,900 as known until the correction came, and 21,500 since, each with its moment."""
    april = "WHERE org_unit = '01' AND metric = 'dossiers_processed_online' AND period_start = DATE '2025-04-01'"
    home = tellers[0].installation
    old = home.row(f"SELECT numerator, denominator, known_at FROM observations_as_of('{hanoi(6, 19)}') {april}")
    new = home.row(f"SELECT numerator, denominator, known_at FROM observations {april}")
    assert old == {"numerator": 21_900, "denominator": 30_000, "known_at": hanoi(5, 9)}
    assert new == {"numerator": 21_500, "denominator": 30_000, "known_at": hanoi(6, 20)}


def test_20_june_the_thread_says_that_april_was_restated(seen: dict[str, Seen]) -> None:
    """The thread of the message that is open has April before and after, and whose figures changed."""
    now = seen["20 June"]
    assert now.sent == [
        ("heads-of-units", TARGET, "reply", "restated"),
        ("data-engineers", TARGET, "reply", "restated"),
    ]
    english, vietnamese = replies(now, ENGINEERS)[-1], replies(now, HEADS)[-1]
    assert (
        unsaid(english, "April 2025 was restated", "73.0% → 71.7%", "+214 → −186 dossiers", "Quận Hai Bà Trưng") == []
    )
    assert unsaid(vietnamese, "tháng 4/2025", "73,0% → 71,7%", "+214 → −186 hồ sơ", "Quận Hai Bà Trưng") == []


def test_14_july_june_is_judged_by_the_version_of_its_last_day(seen: dict[str, Seen]) -> None:
    """22,400 of 30,000 against 74.2067 %, though the districts ended that day: 0.46 points, inside the margin."""
    now = seen["14 July"]
    assert status(now) == ("at_risk", "within_margin")
    assert value(now) == (JUNE, 22_400, 30_000)
    assert (now.city["required_millionths"], now.city["needed"]) == (742_067, 22_262_010_000)
    assert (points(now), now.city["headroom_units"]) == (0.46, 137)
    assert (now.city["bodies_reported"], now.city["bodies_due"]) == (30, 30)


def test_14_july_the_incident_is_resolved(seen: dict[str, Seen]) -> None:
    """The condition has ended: the message is edited to recovered in place, with a reply, and no new one is posted."""
    now = seen["14 July"]
    (incident,) = [one for one in now.incidents if one["kind"] == "behind" and one["is_root_unit"]]
    assert (incident["state"], incident["closed_at"]) == ("resolved", hanoi(7, 14, 17))
    assert now.sent == [
        (receiver, TARGET, delivery, "resolved")
        for receiver in ("heads-of-units", "data-engineers")
        for delivery in ("update", "reply")
    ]
    (headline,) = standing(now, HEADS)
    assert headline.startswith(":white_check_mark: Đã khắc phục")
    assert "22.400/30.000 hồ sơ" in replies(now, HEADS)[-1]


def test_14_july_units_that_are_behind_stay_quiet_under_a_good_whole(seen: dict[str, Seen]) -> None:
    """Ten districts are behind still; each keeps its incident, and nobody is told of it by itself."""
    now = seen["14 July"]
    assert statuses(now) == {"behind": 10, "on_track": 20}
    assert len(now.live("behind")) == 10
    assert all(row["message_group"] == TARGET for row in now.outbox)


def test_1_august_without_districts_it_has_ended(seen: dict[str, Seen]) -> None:
    """No district is left: `ended`, without a value; nothing is stale, and nothing is said, least of all a success."""
    now = seen["1 August"]
    assert status(now) == ("ended", "unit_ended")
    assert (now.city["value"], now.city["required"], now.city["headroom"], now.city["period_start"]) == (None,) * 4
    assert statuses(now) == {"ended": 30}
    assert now.outbox == []
    assert now.told == seen["14 July"].told


def test_1_august_the_districts_own_incidents_end(seen: dict[str, Seen]) -> None:
    """The ten districts that were behind to the last are closed as ended, and say which day was their last."""
    now = seen["1 August"]
    assert [one["name"] for one in now.incidents if one["is_live"]] == []
    closed = [one for one in now.incidents if one["closed_at"] == hanoi(8, 1)]
    assert {one["state"] for one in closed} == {"ended"}
    assert len(closed) == 10
    assert {json.loads(str(one["facts"]))["ended"]["on"] for one in closed} == {"2025-06-30"}


def test_20_august_the_next_deadline_passes_in_silence(seen: dict[str, Seen]) -> None:
    """July's deadline is past and nobody owed July: no source is late and nothing is told."""
    now = seen["20 August"]
    assert (now.ran.watched.assessments, now.ran.watched.events, now.outbox) == (0, 0, [])
    assert status(now) == ("ended", "unit_ended")


def test_had_june_been_lower_it_stays_open(had_june_been_lower: dict[str, Seen]) -> None:
    """14 July: 22,000 of 30,000 is behind; the message is edited and its thread says that it is less far behind."""
    now = had_june_been_lower["14 July"]
    assert status(now) == ("behind", "short_of_required")
    assert (value(now), now.city["headroom_units"]) == ((JUNE, 22_000, 30_000), -263)
    assert "01" in now.live("behind")
    assert now.sent == [
        (receiver, TARGET, delivery, "better")
        for receiver in ("heads-of-units", "data-engineers")
        for delivery in ("update", "reply")
    ]


def test_had_june_been_lower_it_closes_as_ended(had_june_been_lower: dict[str, Seen]) -> None:
    """1 August: the incident closes as ended and not as resolved, and the message says why and calls it no success."""
    now = had_june_been_lower["1 August"]
    (incident,) = [one for one in now.incidents if one["kind"] == "behind" and one["is_root_unit"]]
    assert (incident["state"], incident["closed_at"]) == ("ended", hanoi(8, 1))
    assert [row[2:] for row in now.sent] == [("update", "ended"), ("reply", "ended")] * 2
    (headline,) = standing(now, HEADS)
    assert headline.startswith(":heavy_minus_sign: Đã kết thúc")
    assert "30/06/2025" in replies(now, HEADS)[-1]
    assert "không phải vì đã đạt" in replies(now, HEADS)[-1]
    english = [line for line in standing(now, ENGINEERS) if "Ended" in line]
    assert len(english) == 1
    assert ":white_check_mark:" not in english[0]


def test_the_whole_story_is_few_messages(seen: dict[str, Seen]) -> None:
    """Five months are one message and two replies for the heads; the engineers have the source's message beside it."""
    last = seen["20 August"]
    assert (len(standing(last, HEADS)), len(replies(last, HEADS))) == (1, 2)
    assert (len(standing(last, ENGINEERS)), len(replies(last, ENGINEERS))) == (2, 3)
    assert all(edited for _, is_reply, edited, _ in last.told if not is_reply)


def test_the_corrected_district_is_the_only_one_restated(tellers: tuple[Teller, Teller]) -> None:
    """Of April, one district's observation has a second version and 29 have one."""
    changed = tellers[0].installation.rows(
        "SELECT org_unit FROM observations WHERE NOT rolled_up AND metric = 'dossiers_processed_online'"
        f" AND period_start = DATE '2025-04-01' AND known_at > TIMESTAMPTZ '{hanoi(5, 31)}'"
    )
    assert changed == [{"org_unit": CORRECTED_ONE}]


def replayed(teller: Teller, *options: str) -> Answer:
    """What `targetwatch replay` answers about a story, on 20 August."""
    return of(teller.installation, hanoi(8, 20))("replay", "--since", "2025-05-01", *options)


def came_to_pass(rows: list[dict[str, object]]) -> set[tuple[object, ...]]:
    """Incidents of the ledger about targets, by local day: what a replay must find too.

    June came on 10 July, and nobody looked before the 14th: a replay, which looks every day, sees it on the day.
    """
    came = {"2025-07-14": "2025-07-10"}

    def day(moment: object) -> str | None:
        if not isinstance(moment, datetime):
            return None
        local = moment.astimezone(ZoneInfo("Asia/Ho_Chi_Minh")).date().isoformat()
        return came.get(local, local)

    return {
        (one["subject"], one["org_unit"], day(one["opened_at"]), day(one["closed_at"]), one["state"])
        for one in rows
        if one["kind"] == "behind"
    }


def test_a_replay_finds_what_came_to_pass(tellers: tuple[Teller, Teller]) -> None:
    """Of the city and of each district: the same incidents, opened and closed on the same days in the same way."""
    for teller in tellers:
        answer = replayed(teller, "--json")
        assert answer.code == 0, answer.errors
        found = [one for one in json.loads(answer.out) if one["kind"] == "behind"]
        names = ("subject", "org_unit", "opened_on", "closed_on", "state")
        happened = came_to_pass(teller.installation.rows("FROM incidents"))
        assert {tuple(one[name] for name in names) for one in found} == happened
        assert len(happened) > 1


def test_a_replay_writes_nothing_and_sends_nothing(tellers: tuple[Teller, Teller]) -> None:
    """Every file of the home has the same bytes before and after, and no message more stands in Slack."""
    home = tellers[0].installation.home

    def state() -> dict[str, str]:
        files = sorted(path for path in home.rglob("*") if path.is_file() and not path.is_symlink())
        return {str(path.relative_to(home)): sha256(path.read_bytes()).hexdigest() for path in files}

    before, told = state(), tellers[0].installation.told()
    assert replayed(tellers[0]).code == 0
    assert state() == before
    assert tellers[0].installation.told() == told


def changed_to(teller: Teller, folder: Path, value: str) -> Path:
    """A copy of the story's catalogue, whose target asks for `value`."""
    copy = Path(shutil.copytree(teller.installation.settings.catalogue, folder / "changed"))
    (target,) = (copy / "targets").iterdir()
    target.write_text(target.read_text().replace("value: 80\n", f"value: {value}\n"))
    return copy


@pytest.mark.parametrize(
    ("value", "change", "says"),
    [
        ("75", "only_now", "would never open"),
        ("85", "moved", "opens 38 days earlier"),
        ("80", "same", "0 on other days"),
    ],
)
def test_a_changed_catalogue_is_held_against_the_one_in_force(
    tellers: tuple[Teller, Teller], tmp_path: Path, value: str, change: str, says: str
) -> None:
    """With 75 % nothing opens, with 85 % April was behind already, and with 80 % nothing differs."""
    changed = str(changed_to(tellers[0], tmp_path, value))
    pairs = json.loads(replayed(tellers[0], "--with", changed, "--json").out)
    assert [one["change"] for one in pairs if (one["now"] or one["changed"])["org_unit"] == "01"] == [change]
    answer = replayed(tellers[0], "--with", changed)
    assert says in answer.out + answer.errors


def test_a_broken_changed_catalogue_is_said_as_validate_says_it(tellers: tuple[Teller, Teller], tmp_path: Path) -> None:
    """File, line and column of what is wrong with it, and exit code 2."""
    answer = replayed(tellers[0], "--with", str(changed_to(tellers[0], tmp_path, "eighty")))
    assert answer.code == 2
    assert "dossiers_processed_online.yaml:10:12" in answer.errors


def test_a_replay_reads_like_this(tellers: tuple[Teller, Teller]) -> None:
    """A line an incident: when it opened and closed, what it was about, and how far it was short."""
    answer = replayed(tellers[0])
    (line,) = [line for line in answer.out.splitlines() if "Dossiers" in line]
    assert [part.strip() for part in line.split("  ") if part.strip()] == [
        "16 Jun 2025",
        "10 Jul 2025 (resolved)",
        "behind",
        "Dossiers processed online – district bodies",
        "Thành phố Hà Nội",
        "May 2025",
        "1.1 points short",
    ]
    assert "18 units had incidents of their own" in answer.errors
    assert "Nothing was written or sent." in answer.errors
