"""E-mail, to a real SMTP server on loopback: one thread an episode, every fault, and data that stays data."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from targetwatch.model import Delivery, Language, Notification, NotificationState, Receiver, Transport
from targetwatch.notifications.delivery import mail
from targetwatch.notifications.delivery.audience import Audience
from targetwatch.notifications.delivery.carriers import connected
from targetwatch.notifications.delivery.outbox import Delivered, deliver
from targetwatch.settings import Settings
from tests.fakes import MemoryOutbox
from tests.notifications.mail_server import LOGIN, PASSWORD, Mailbox, mail_server
from tests.notifications.sending import POST, REPLY, START, UPDATE, Clock, filled, row

HEADS = Receiver(
    name="heads", channel="", language=Language.EN, transport=Transport.EMAIL,
    addresses=("head@city.example", "deputy@city.example"), connection="city_mail",
)  # fmt: skip
PNG = b"\x89PNG\r\n\x1a\n" + b"picture"
BLOCKS = [
    {"type": "header", "text": {"type": "plain_text", "text": ":small_red_triangle_down: Behind: A &amp; B"}},
    {"type": "section", "text": {"type": "mrkdwn", "text": "*59.80%* in March; see <https://x.example/a?b|the page>."}},
    {"type": "section", "fields": [{"type": "mrkdwn", "text": "*Who accounts*\nChairs <!subteam^S01>"}]},
    {"type": "image", "alt_text": "Trend: falling", "chart": {"mark": "line"}},
    {
        "type": "actions",
        "elements": [
            {"type": "button", "text": {"type": "plain_text", "text": "Open"}, "url": "https://x.example/t"},
            {"type": "button", "action_id": "acknowledge", "value": json.dumps({"incident": 147, "group": "g"}),
             "text": {"type": "plain_text", "text": "Acknowledge"}},
        ],
    },
    {"type": "context", "elements": [{"type": "mrkdwn", "text": "As of 17:05"}]},
]  # fmt: skip


@pytest.fixture
def box(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    """A mail server that the Airflow Connection city_mail knows."""
    with mail_server() as mailbox:
        monkeypatch.setenv("AIRFLOW_CONN_CITY_MAIL", json.dumps(mailbox.connection))
        yield mailbox


def mailed(name: str, delivery: Delivery, reason: str = "changed", blocks=()) -> Notification:
    """A row for the heads."""
    return row(
        name, delivery, receiver="heads", channel=", ".join(HEADS.addresses), reason=reason, blocks=blocks,
        transport=Transport.EMAIL,
    )  # fmt: skip


def send(home: Path, outbox: MemoryOutbox, receiver: Receiver = HEADS) -> Delivered:
    """One drain."""
    clock = Clock()
    receivers = {receiver.name: receiver}
    with connected(Settings(home=home), receivers, START) as carriers:
        return deliver(outbox, carriers, clock.read, Audience(receivers), clock.patience, lambda chart: PNG)


def test_a_message_is_read_with_and_without_html(box: Mailbox, tmp_path: Path):
    """Words, marks, links, the picture with its alt text, and a command where only Slack could answer a button."""
    assert send(tmp_path, filled(mailed("Behind &amp; late", POST, "opened", BLOCKS))).sent == 1
    ((recipients, got),) = box.mails
    assert recipients == list(HEADS.addresses)
    assert (got["Subject"], got["From"].addresses[0].addr_spec) == ("Behind & late", LOGIN)
    assert (got["Auto-Submitted"], got["X-Auto-Response-Suppress"]) == ("auto-generated", "All")
    text, html = got.get_body(("plain",)), got.get_body(("html",))
    assert text is not None
    assert html is not None
    words = text.get_content().replace("\r\n", "\n")
    for said in (
        "🔻 Behind: A & B", "59.80% in March; see the page (https://x.example/a?b).", "Who accounts\nChairs",
        "[Trend: falling]", "Open: https://x.example/t", "targetwatch ack TW-147", "As of 17:05",
    ):  # fmt: skip
        assert said in words
    assert "subteam" not in words + html.get_content()
    shown = html.get_content()
    assert '<b>59.80%</b> in March; see <a href="https://x.example/a?b">the page</a>.' in shown
    assert "Behind: A &amp; B" in shown
    (picture,) = [part for part in got.walk() if part.get_content_type() == "image/png"]
    assert picture.get_content() == PNG
    assert f'src="cid:{picture["Content-ID"].strip("<>")}" alt="Trend: falling"' in shown


def test_an_episode_is_one_thread(box: Mailbox, tmp_path: Path):
    """Replies answer the first mail under its subject; edits are not mailed; the last one's words close it."""
    outbox = filled(mailed("p", POST, "opened"))
    send(tmp_path, outbox)
    outbox.add([mailed("u1", UPDATE, "worse"), mailed("r1", REPLY, "worse")])
    assert send(tmp_path, outbox).sent == 1
    outbox.add([mailed("u2", UPDATE, "resolved"), mailed("r2", REPLY, "resolved")])
    assert (send(tmp_path, outbox).sent, outbox.unsent()) == (1, [])
    first, worse, closed = [got for _, got in box.mails]
    assert [got["Subject"] for got in (first, worse, closed)] == ["p", "Re: p", "Re: p"]
    assert worse["In-Reply-To"] == worse["References"] == closed["References"] == first["Message-ID"]
    assert first["In-Reply-To"] is None
    assert "u2" in closed.get_body(("plain",)).get_content()
    assert (outbox.state_of("u1"), outbox.why("u1")) == (NotificationState.SUPPRESSED, "not_editable")
    assert (outbox.state_of("r2"), outbox.why("r2")) == (NotificationState.MERGED, "u2")


def test_a_mail_that_was_never_sent_goes_out_in_its_newest_words(box: Mailbox, tmp_path: Path):
    """After an outage nobody is mailed old words as if they were new."""
    outbox = filled(mailed("p", POST, "opened"), mailed("u", UPDATE, "worse"))
    assert send(tmp_path, outbox).sent == 1
    assert [got["Subject"] for _, got in box.mails] == ["u"]
    assert outbox.why("u") == "p"


def test_a_lost_answer_cannot_be_looked_up_and_the_copy_can_be_known(box: Mailbox, tmp_path: Path):
    """Where the answer to a mail was lost it is sent again, with the same Message-ID: better twice than never."""
    box.answers = [0]
    assert send(tmp_path, filled(mailed("p", POST))).sent == 1
    first, second = [got["Message-ID"] for _, got in box.mails]
    assert first == second == "<p@city.example>"


@pytest.mark.parametrize("code", [421, 451, 452])
def test_what_passes_is_tried_again(box: Mailbox, tmp_path: Path, code: int):
    """A server that is busy is asked again, and takes the mail once."""
    box.answers = [code]
    done = send(tmp_path, filled(mailed("p", POST)))
    assert (done.sent, done.problems, len(box.mails)) == (1, [], 1)


def test_content_that_is_refused_goes_plain(box: Mailbox, tmp_path: Path):
    """A mail that is too large for the server goes without its pictures, then in plain words, and that is remarked."""
    box.answers = [552, 552, 552]
    done = send(tmp_path, filled(mailed("p", POST, blocks=BLOCKS)))
    assert (done.sent, done.failed) == (1, 0)
    assert len(done.remarks) == 2
    ((_, got),) = box.mails
    assert [part.get_content_type() for part in got.walk() if not part.is_multipart()] == ["text/plain", "text/html"]


def test_one_wrong_address_keeps_nothing_from_the_others(box: Mailbox, tmp_path: Path):
    """An address that the server does not know is complained of; everybody else gets the mail."""
    box.unknown = {"head@city.example"}
    done = send(tmp_path, filled(mailed("p", POST)))
    assert (done.sent, [recipients for recipients, _ in box.mails]) == (1, [["deputy@city.example"]])
    assert done.problems == ["The mail server takes nothing for head@city.example: correct it in receivers.yaml."]


def test_refused_by_all_waits_for_a_person(box: Mailbox, tmp_path: Path):
    """Where no address is known the mail waits; once they are mended it is sent."""
    box.unknown = set(HEADS.addresses)
    outbox = filled(mailed("p", POST))
    done = send(tmp_path, outbox)
    assert (done.sent, done.waiting) == (0, 1)
    assert "Correct it in catalogue/receivers.yaml" in done.problems[0]
    box.unknown, box.busy = set(), set(HEADS.addresses)
    assert send(tmp_path, outbox).waiting == 1  # for now
    box.busy = set()
    assert send(tmp_path, outbox).sent == 1


def test_a_wrong_password_waits_and_is_in_no_log(box: Mailbox, tmp_path: Path, caplog: pytest.LogCaptureFixture):
    """A login that is refused is a person's to mend; the password is in no log, no message and no problem."""
    caplog.set_level(logging.DEBUG)
    box.password = "another"
    outbox = filled(mailed("p", POST))
    done = send(tmp_path, outbox)
    assert (done.waiting, "login" in done.problems[0]) == (1, True)
    assert PASSWORD not in caplog.text + str(done) + outbox.why("p")
    box.password = PASSWORD
    assert send(tmp_path, outbox).sent == 1


def test_without_a_connection_it_is_said_what_to_do(box: Mailbox, tmp_path: Path):
    """A receiver whose connection is not there waits, with the name that it wants."""
    receiver = replace(HEADS, connection="nowhere")
    outbox = filled(mailed("p", POST))
    done = send(tmp_path, outbox, receiver)
    assert (done.waiting, "AIRFLOW_CONN_NOWHERE" in done.problems[0]) == (1, True)


def test_nothing_in_a_message_can_become_a_header_or_a_tag():
    """Line ends, headers, tags and marks in data stay words: in the subject on one line, in HTML escaped."""
    evil = "x\r\nBcc: all@city.example\r\n\r\n&lt;script&gt;alert(1)&lt;/script&gt; &lt;!channel&gt;"
    payload = {"text": evil, "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": evil}}]}
    head = mail.Letterhead(LOGIN, HEADS.addresses, None, datetime(2026, 1, 1, tzinfo=UTC))
    built = mail.message(payload, "id\r\nBcc: evil@x", head)
    assert built["Bcc"] is None
    assert built["Message-ID"] == "<id--Bcc--evil-x@city.example>"
    assert "\n" not in built["Subject"]
    assert "<script>" not in built.get_body(("html",)).get_content()
    assert "<!channel>" in built.get_body(("plain",)).get_content()


@pytest.mark.parametrize("address", ["no address", "a@b\r\nBcc: c@d", ""])
def test_an_address_that_is_none_is_refused(address: str):
    """What cannot be an address of e-mail never reaches a server."""
    head = mail.Letterhead(LOGIN, (address,), None, datetime(2026, 1, 1, tzinfo=UTC))
    with pytest.raises(ValueError, match="no address of e-mail"):
        mail.message({"text": "x", "blocks": []}, "id", head)
