"""`targetwatch ack`, `unack`, `silence` and `silences`: what they do, what they say, and what they refuse."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.calls import CommandLine, of
from tests.cli.conftest import NOW, Judged
from tests.corridor.dossiers import hanoi
from tests.installation import Installation

REASON = ("--reason", "they are moving to the new system")


@pytest.fixture
def there(judged: Judged, tmp_path: Path) -> Installation:
    """The installation with one pass behind it, to be acted on: the city is behind, and a delivery was refused."""
    return judged.installation.copied(tmp_path / "home")


@pytest.fixture
def targetwatch(there: Installation) -> CommandLine:
    """Its command line, at the moment of that pass."""
    return of(there, NOW)


def city_of(there: Installation) -> str:
    """The name of the incident that the districts as one are behind."""
    return str(there.row("SELECT name FROM incidents WHERE kind = 'behind' AND is_root_unit AND is_live")["name"])


@pytest.fixture
def city(there: Installation) -> str:
    """The same, of the installation to be acted on."""
    return city_of(there)


def test_acknowledging_says_by_whom_and_until_when(targetwatch: CommandLine, there: Installation, city: str) -> None:
    """The state, the history, the view of acknowledgements and the message in Slack all say who, why and until when."""
    answer = targetwatch("ack", city, *REASON, "--until", "2025-06-20", "--as", "linh")
    assert answer.code == 0
    assert f"{city}: acknowledged by linh until 00:00, 21 Jun 2025." in answer.out
    state = there.row(f"SELECT state, acknowledged_by, acknowledged_because FROM incidents WHERE name = '{city}'")
    assert state == {"state": "acknowledged", "acknowledged_by": "linh", "acknowledged_because": REASON[1]}
    step = there.row(
        f"SELECT by_whom, why, until FROM incident_history WHERE name = '{city}' AND event = 'acknowledged'"
    )
    assert (step["by_whom"], step["why"], step["until"]) == ("linh", REASON[1], hanoi(6, 21, 0))
    held = there.row("SELECT name, acknowledged_by, reason, ended_at FROM acknowledgements")
    assert held == {"name": city, "acknowledged_by": "linh", "reason": REASON[1], "ended_at": None}
    told = [
        row["receiver"] for row in there.rows("FROM notifications WHERE reason = 'acknowledged' AND state = 'sent'")
    ]
    assert set(told) == {"heads-of-units", "data-engineers"}
    assert any(REASON[1] in " ".join(words) for _, is_reply, _, words in there.told() if is_reply)


def test_the_same_again_changes_nothing(targetwatch: CommandLine, there: Installation, city: str) -> None:
    """A second click is no second acknowledgement: no event, no message, no error."""
    arguments = ("ack", city, *REASON, "--as", "linh")
    targetwatch(*arguments)
    before = there.rows("FROM incident_history"), there.rows("FROM notifications")
    answer = targetwatch(*arguments)
    assert answer.code == 0
    assert "nothing was changed" in answer.out
    assert (there.rows("FROM incident_history"), there.rows("FROM notifications")) == before


def test_incidents_can_be_named_by_what_they_are_about(
    targetwatch: CommandLine, there: Installation, city: str
) -> None:
    """--target means its open incident, and with --unit that of one unit under it; any form of a number will do."""
    answer = json.loads(targetwatch("ack", "--target", "dossiers_district", *REASON, "--json").out)
    assert [(one["name"], one["state"]) for one in answer["incidents"]] == [(city, "acknowledged")]
    behind = there.rows("FROM incidents WHERE kind = 'behind' AND NOT is_root_unit ORDER BY number")[0]
    unit = str(behind["org_unit"])
    answer = json.loads(targetwatch("ack", "--target", "dossiers_district", "--unit", unit, *REASON, "--json").out)
    assert [one["name"] for one in answer["incidents"]] == [behind["name"]]
    number = city.removeprefix("TW-")
    for name in (number, f"tw{number}", f"TW-{number}"):
        assert targetwatch("ack", name, *REASON).code == 0


def test_who_acts_is_who_is_logged_in_unless_said(
    targetwatch: CommandLine, there: Installation, city: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without --as it is the login name."""
    monkeypatch.setenv("LOGNAME", "minh")
    targetwatch("ack", city, *REASON)
    assert there.row("SELECT acknowledged_by FROM acknowledgements") == {"acknowledged_by": "minh"}


def test_an_acknowledgement_can_be_taken_back(targetwatch: CommandLine, there: Installation, city: str) -> None:
    """It is open again, and the history says who took it back and why."""
    targetwatch("ack", city, *REASON, "--as", "linh")
    answer = targetwatch("unack", city, "--reason", "they are not moving after all", "--as", "minh")
    assert (answer.code, f"{city}: open again" in answer.out) == (0, True)
    ended = there.row("SELECT ended_as, ended_by FROM acknowledgements")
    assert ended == {"ended_as": "taken_back", "ended_by": "minh"}
    assert targetwatch("unack", city, "--reason", "again").code == 2


WRONG: list[tuple[str, Callable[[str], tuple[str, ...]], str]] = [
    ("a number that there is not", lambda _: ("ack", "TW-999", *REASON), "There is no incident TW-999"),
    ("what is no number", lambda _: ("ack", "the first one", *REASON), "is no incident. Write its number"),
    ("nothing named", lambda _: ("ack", *REASON), "Write either the numbers"),
    ("no reason", lambda city: ("ack", city), "No reason was given"),
    ("a blank reason", lambda city: ("ack", city, "--reason", "  "), "No reason was given"),
    ("nobody", lambda city: ("ack", city, *REASON, "--as", " "), "It is not said who does this"),
    ("an end in the past", lambda city: ("ack", city, *REASON, "--until", "2025-06-14"), "has passed"),
    ("what is no end", lambda city: ("ack", city, *REASON, "--until", "soon"), "'soon' is no end. Write a day"),
    ("no such target", lambda _: ("ack", "--target", "dosiers_district", *REASON), "Write 'dossiers_district'"),
    ("no such unit", lambda _: ("ack", "--target", "dossiers_district", "--unit", "Atlantis", *REASON), "No org_unit"),
    ("a unit without a target", lambda city: ("ack", city, "--unit", "001", *REASON), "Write --target"),
    ("a silence of everything", lambda _: ("silence", *REASON, "--for", "3d"), "Everything cannot be silenced"),
    ("an unknown label", lambda _: ("silence", "knd=behind", *REASON, "--for", "3d"), "Write 'kind'"),
    ("an unknown kind", lambda _: ("silence", "kind=behnd", *REASON, "--for", "3d"), "behind"),
    ("a silence without end", lambda _: ("silence", "kind=behind", *REASON), "Write for how long"),
    ("two ends", lambda _: ("silence", "kind=behind", *REASON, "--for", "3d", "--until", "2025-07-01"), "one of them"),
    ("a silence that is over", lambda _: ("silence", "kind=behind", *REASON, "--until", "2025-01-01"), "has passed"),
    ("a silence for no reason", lambda _: ("silence", "kind=behind", "--for", "3d"), "No reason was given"),
    ("an unknown silence", lambda _: ("silence", "--end", "s-000000"), "No silence is called 's-000000'"),
    (
        "an end before the beginning",
        lambda _: ("silence", "kind=behind", *REASON, "--from", "2025-07-02", "--until", "2025-07-01"),
        "not after its beginning",
    ),
]


@pytest.mark.parametrize(("claim", "arguments", "says"), WRONG)
def test_what_is_wrong_is_refused_with_what_to_do_instead(
    claim: str, arguments: Callable[[str], tuple[str, ...]], says: str, judged: Judged
) -> None:
    """Exit code 2, a sentence that says what to write, and nothing done."""
    answer = judged.targetwatch(*arguments(city_of(judged.installation)))
    assert (answer.code, answer.out) == (2, ""), claim
    assert says in answer.errors, claim


def test_a_refused_number_refuses_them_all(targetwatch: CommandLine, there: Installation, city: str) -> None:
    """Of two incidents of which there is only one, none is acknowledged."""
    assert targetwatch("ack", city, "TW-999", *REASON).code == 2
    assert there.rows("FROM acknowledgements") == []


def test_a_silence_from_beginning_to_end(targetwatch: CommandLine, there: Installation, city: str) -> None:
    """It says what it matches, is listed while it lasts, can be ended by its id, and is never forgotten."""
    answer = targetwatch(
        "silence", "kind=behind", "level=city,district", *REASON, "--for", "3d", "--as", "linh", "--json"
    )
    made = json.loads(answer.out)["silence"]
    assert made["match"] == ["kind=behind", "level=city,district"]
    assert city in made["matches_now"]
    (listed,) = json.loads(targetwatch("silences", "--json").out)
    assert (listed["silence"], listed["state"], listed["matchers"]) == (
        made["id"],
        "active",
        "kind=behind level=city,district",
    )
    shown = targetwatch("silences").out
    assert all(word in shown for word in (made["id"], "in force", "linh", REASON[1], "19 Jun 2025"))
    ended = targetwatch("silence", "--end", made["id"], "--as", "minh")
    assert (ended.code, "is ended" in ended.out) == (0, True)
    assert targetwatch("silences").out.strip() == "No message is silenced."
    assert "ended early" in targetwatch("silences", "--all").out
    over = there.row("SELECT withdrawn_by, reason FROM silences")
    assert over == {"withdrawn_by": "minh", "reason": REASON[1]}
    again = targetwatch("silence", "--end", made["id"], "--as", "somebody else")
    assert (again.code, "ended at" in again.errors) == (2, True)


def test_a_silence_can_begin_later(targetwatch: CommandLine) -> None:
    """It is listed as to come, and its length counts from its beginning."""
    answer = targetwatch("silence", "kind=late", *REASON, "--from", "2025-06-18T08:00", "--for", "2h", "--as", "linh")
    assert "withheld from 08:00, 18 Jun 2025 until 10:00, 18 Jun 2025" in answer.out
    assert "to come" in targetwatch("silences").out


def test_it_can_leave_the_sending_to_the_next_pass(targetwatch: CommandLine, there: Installation, city: str) -> None:
    """With --no-send the reply waits in the outbox, and the next pass sends it."""
    answer = targetwatch("ack", city, *REASON, "--no-send")
    assert "wait for the next pass" in answer.out
    waiting = there.rows("FROM notifications WHERE state = 'pending' AND reason = 'acknowledged'")
    assert len(waiting) >= 1
    assert there.notify(NOW).sent >= len(waiting)
    assert there.rows("FROM notifications WHERE state = 'pending'") == []
