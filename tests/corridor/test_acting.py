"""Acting over the whole corridor: what an acknowledgement and a silence keep back, what they do not, and how they end.

The districts are behind from 16 June on. A reminder is due every two days, and the director hears of what nobody has
acknowledged within two working days.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from targetwatch import pipeline
from targetwatch.incidents import Acknowledge, SilenceThat, Unacknowledge, Withdraw
from targetwatch.model import Label, Matcher
from tests.cli.calls import command_line
from tests.corridor.dossiers import APRIL, JUNE, MAY, districts, hanoi, month_of, parquet, shared_out
from tests.installation import Installation, install, prepare, wait_until_complete

pytestmark = pytest.mark.timeout(900)  # one machine may be shared by many

A_MONTH = 100  # dossiers of a district
MONDAY = hanoi(6, 16)
HEADS = "heads-of-units"
POLICY = """
receivers:
  heads-of-units: {channel: chi-tieu, language: vi}
  director: {channel: giam-doc, language: en}
route:
  receiver: nobody
  routes:
    - match: {kind: behind}
      receiver: heads-of-units
      repeat_interval: 2d
      escalation: up
escalations:
  up:
    - {after: 2 working days, receiver: director}
operators: {receiver: director}
"""
BEHIND = (Matcher(Label.KIND, ("behind",)),)
WHY = "the servers move on Friday"


@dataclass(frozen=True)
class Acting:
    """An installation to act on, and what is to be delivered to it."""

    installation: Installation
    prepared: Path

    def deliver(self, what: str) -> None:
        """One of the prepared deliveries."""
        self.installation.deliver(self.prepared / what)

    def look(self, now: datetime, progress: Callable[[str], None] = pipeline.silent) -> list[tuple[str, str, str]]:
        """One pass of everything; what it told: receiver, delivery and reason of all that was sent but edits."""
        before = self.rows()
        pipeline.run(self.installation.settings, now, progress)
        added = [row for row in self.rows()[len(before) :] if row["state"] == "sent" and row["delivery"] != "update"]
        return [(str(row["receiver"]), str(row["delivery"]), str(row["reason"])) for row in added]

    def rows(self) -> list[dict[str, object]]:
        """The outbox, in order."""
        return self.installation.rows("FROM notifications ORDER BY sequence")

    def city(self) -> dict[str, object]:
        """The incident of the districts as one."""
        return self.installation.row("FROM incidents WHERE kind = 'behind' AND is_root_unit AND is_live")

    def number(self) -> int:
        """Its number."""
        return int(str(self.city()["number"]))

    def acknowledge(self, now: datetime, until: datetime | None = None) -> None:
        """Linh is on it."""
        pipeline.act(self.installation.settings, Acknowledge((self.number(),), "linh", WHY, until), now)

    def steps(self) -> list[str]:
        """What happened to that incident, in order, without what only changed."""
        sql = f"FROM incident_history WHERE number = {self.number()} AND event <> 'changed' ORDER BY recorded_at"
        return [str(row["event"]) for row in self.installation.rows(sql)]


@pytest.fixture(scope="module")
def policy(tmp_path_factory: pytest.TempPathFactory, programme: Path) -> Path:
    """The programme of the worked example with reminders and an escalation."""
    folder = tmp_path_factory.mktemp("policy") / "programme"
    shutil.copytree(programme, folder)
    (folder / "catalogue" / "receivers.yaml").write_text(POLICY, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def reached(tmp_path_factory: pytest.TempPathFactory, policy: Path) -> Acting:
    """April is reached; May and June wait to be delivered."""
    folder = tmp_path_factory.mktemp("acting")
    codes = districts()
    months = {
        "april": (APRIL, dict.fromkeys(codes, 73)),
        "may": (MAY, shared_out(codes, 17, 68, 76)),
        "june": (JUNE, shared_out(codes, 17, 50, 70)),
    }
    for name, (month, online) in months.items():
        prepare(folder / "prepared" / name, {f"procedures/{name}.parquet": parquet(month_of(month, online, A_MONTH))})
    wait_until_complete(folder / "prepared")
    there = Acting(install(folder / "home", policy), folder / "prepared")
    there.deliver("april")
    there.installation.run(hanoi(5, 31))
    return there


def copied(there: Acting, folder: Path) -> Acting:
    """The same installation and deliveries once more, to be told to another end."""
    shutil.copytree(there.prepared, folder / "prepared")
    wait_until_complete(folder / "prepared")
    return Acting(there.installation.copied(folder / "home"), folder / "prepared")


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory, reached: Acting) -> Acting:
    """May came on Monday, and the districts are behind."""
    there = copied(reached, tmp_path_factory.mktemp("behind"))
    there.deliver("may")
    assert there.look(MONDAY) == [(HEADS, "post", "opened")]
    return there


@pytest.fixture
def acting(behind: Acting, tmp_path: Path) -> Acting:
    """An installation of its own for each test, where the districts are behind since Monday."""
    return copied(behind, tmp_path)


def test_what_nobody_acknowledges_is_repeated_and_escalated(acting: Acting) -> None:
    """Without an acknowledgement the reminder comes after two days, and the director hears after two working days."""
    told = acting.look(hanoi(6, 18, 10))
    assert (HEADS, "reply", "repeated") in told or (HEADS, "reply", "escalated") in told
    assert ("director", "post", "opened") in told
    assert acting.city()["escalation_steps"] == 1
    assert [one for one in acting.look(hanoi(6, 18, 11)) if one[2] in ("escalated", "opened")] == []  # each step once


def test_acknowledged_there_is_no_repeat_and_no_escalation_and_worse_is_still_told(acting: Acting) -> None:
    """It is judged on: for a month nobody is reminded and nobody above told, and a worse June is a reply."""
    acting.acknowledge(hanoi(6, 16, 10))
    assert acting.installation.notify(hanoi(6, 16, 10)).sent >= 1
    replies = [" ".join(words) for _, is_reply, _, words in acting.installation.told() if is_reply]
    assert any("linh" in text and WHY in text for text in replies)
    for day in (18, 20, 24):
        assert acting.look(hanoi(6, day)) == []
    acting.deliver("june")
    assert (HEADS, "reply", "worse") in acting.look(hanoi(7, 14, 17))
    assert (acting.city()["state"], acting.city()["acknowledged_by"]) == ("acknowledged", "linh")
    assert [row for row in acting.rows() if row["reason"] in ("repeated", "escalated")] == []


def test_an_acknowledgement_lapses_and_the_escalation_goes_on(acting: Acting) -> None:
    """Its term passes: the thread says so once, and two working days later the director hears."""
    acting.acknowledge(hanoi(6, 16, 10), until=hanoi(6, 18, 17))
    acting.installation.notify(hanoi(6, 16, 10))
    assert acting.look(hanoi(6, 18, 16)) == []
    assert (HEADS, "reply", "lapsed") in acting.look(hanoi(6, 18, 17))
    assert acting.city()["state"] == "open"
    told = acting.look(hanoi(6, 20, 18))
    assert ("director", "post", "opened") in told
    assert (HEADS, "reply", "lapsed") not in told
    assert acting.steps() == ["opened", "acknowledged", "lapsed", "escalated"]
    held = acting.installation.row("FROM acknowledgements")
    assert (held["ended_as"], held["ended_at"]) == ("lapsed", hanoi(6, 18, 17))


def test_taken_back_it_is_open_again(acting: Acting) -> None:
    """Somebody else may take it back, and the thread says who did and why."""
    acting.acknowledge(hanoi(6, 16, 10))
    taken_back = Unacknowledge((acting.number(),), "minh", "they are not moving")
    pipeline.act(acting.installation.settings, taken_back, hanoi(6, 16, 11))
    acting.installation.notify(hanoi(6, 16, 11))
    (said,) = [row for row in acting.rows() if row["reason"] == "lapsed" and row["delivery"] == "reply"]
    assert said["state"] == "sent"
    read = [" ".join(words) for _, is_reply, _, words in acting.installation.told() if is_reply]
    assert any("minh" in words and "they are not moving" in words for words in read)
    assert acting.steps() == ["opened", "acknowledged", "lapsed"]


def test_acting_twice_and_at_once_tells_nothing_else(acting: Acting) -> None:
    """An action tells of itself alone: no other message is edited or posted by it, and done again it tells nothing."""
    before = acting.rows()
    acting.acknowledge(hanoi(6, 16, 10))
    after = acting.rows()[len(before) :]
    assert {(row["delivery"], row["reason"]) for row in after} <= {
        ("update", "acknowledged"),
        ("reply", "acknowledged"),
    }
    acting.acknowledge(hanoi(6, 16, 10))
    assert len(acting.rows()) == len(before) + len(after)
    assert acting.look(hanoi(6, 16, 11)) == []
    waited = [row["state"] for row in acting.rows() if row["reason"] == "acknowledged" and row["delivery"] == "reply"]
    assert waited == ["sent"]


def test_a_pass_under_way_does_not_write_over_an_acknowledgement(acting: Acting) -> None:
    """Another process acknowledges after the pass has judged and before it decides: it waits for nothing, and holds."""
    targetwatch = command_line(acting.installation.home, acting.installation.settings.programme, hanoi(6, 18, 9, 30))
    codes: list[int] = []

    def between(step: str) -> None:
        if step.startswith("Deciding"):
            name = f"TW-{acting.number()}"
            done = targetwatch.as_a_program("ack", name, "--reason", WHY, "--as", "linh", "--no-send")
            codes.append(done.code)

    acting.deliver("june")
    told = acting.look(hanoi(6, 18), between)
    assert codes == [0]
    assert (acting.city()["state"], acting.city()["acknowledged_by"]) == ("acknowledged", "linh")
    assert not [one for one in told if one[2] in ("repeated", "escalated")]
    assert acting.steps() == ["opened", "acknowledged"]
    assert acting.look(hanoi(6, 20)) == []
    assert acting.city()["state"] == "acknowledged"


def test_a_silence_mutes_messages_and_never_the_judgement(reached: Acting, tmp_path: Path) -> None:
    """While it lasts rows say what was withheld and why; the incident opens all the same; then it is told, once."""
    there = copied(reached, tmp_path)
    wanted = SilenceThat(BEHIND, "linh", "the figures of May are known to be late", hanoi(6, 20))
    silence = pipeline.act(there.installation.settings, wanted, hanoi(6, 15)).silence
    assert silence is not None
    there.deliver("may")
    assert there.look(MONDAY) == []
    assert there.city()["state"] == "open"
    assert there.city()["silence"] == silence.id
    withheld = [row for row in there.rows() if row["state"] == "suppressed"]
    assert {str(row["state_reason"]) for row in withheld if row["incident"] == there.number()} == {
        f"silenced:{silence.id}"
    }
    for day in (17, 18, 19):
        assert there.look(hanoi(6, day)) == []
    assert [row for row in there.rows() if row["state"] == "suppressed"] == withheld  # once, and not at every pass
    told = there.look(hanoi(6, 20, 10))
    assert (HEADS, "post", "opened") in told
    assert len([one for one in told if one[2] == "opened" and one[0] == HEADS]) == 1
    assert [one for one in there.look(hanoi(6, 20, 11)) if one[0] == HEADS and one[1] == "post"] == []
    ended = there.installation.row("FROM silences")
    assert ended["summed_up_at"] is not None
    assert int(str(ended["withheld"])) >= 1


def test_a_silence_can_be_ended_and_then_tells_what_happened_meanwhile(acting: Acting) -> None:
    """June was worse while everybody was asleep: whoever ends the silence makes it known."""
    wanted = SilenceThat(BEHIND, "linh", WHY, hanoi(12, 31))
    silence = pipeline.act(acting.installation.settings, wanted, hanoi(6, 16, 10)).silence
    assert silence is not None
    acting.deliver("june")
    assert acting.look(hanoi(7, 14, 17)) == []
    assert acting.city()["bad_periods"] == 2
    pipeline.act(acting.installation.settings, Withdraw(silence.id, "minh"), hanoi(7, 15))
    acting.installation.notify(hanoi(7, 15))
    told = [(row["receiver"], row["reason"]) for row in acting.rows() if row["created_at"] == hanoi(7, 15)]
    assert (HEADS, "worse") in told or (HEADS, "meanwhile") in told


def test_every_look_is_in_the_evaluations(acting: Acting) -> None:
    """What each look found is kept where it differs: April good, May bad, for the city and each of the districts."""
    sql = (
        "SELECT outlook, period_start, reason FROM evaluations WHERE kind = 'behind' AND org_unit = '01' ORDER BY as_of"
    )
    found = [(row["outlook"], row["period_start"]) for row in acting.installation.rows(sql)]
    assert found[-2:] == [("good", APRIL), ("bad", MAY)]
    newest = acting.installation.rows("FROM evaluations WHERE is_newest AND kind = 'behind'")
    assert len({row["org_unit"] for row in newest}) == 31
    before = len(acting.installation.rows("FROM evaluations"))
    acting.look(hanoi(6, 16, 12))
    assert len(acting.installation.rows("FROM evaluations")) == before
