"""The stand-in's Web API, asked as slack_sdk asks and by hand: answers, errors and limits as Slack's."""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path
from urllib.parse import urlencode

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from targetwatch.standin import limits, reach, running
from targetwatch.standin.server import Running, is_standin
from targetwatch.standin.store import channel_id_of, read_ts, write_ts


@pytest.fixture
def client(standin: Running) -> WebClient:
    """The real client, pointed at the stand-in."""
    return WebClient("xoxb-test", base_url=standin.api, retry_handlers=[])


def section(text: str) -> dict[str, object]:
    """A section block."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def error_of(call, **arguments) -> str:
    """The error code that a call is answered with."""
    with pytest.raises(SlackApiError) as raised:
        call(**arguments)
    return str(raised.value.response["error"])


def ask(standin: Running, method: str, body: bytes, content_type: str) -> dict[str, object]:
    """A request by hand."""
    headers = {"Content-Type": content_type, "Authorization": "Bearer xoxb-test"}
    request = urllib.request.Request(standin.api + method, body, headers)  # noqa: S310
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
        return json.loads(answer.read())


def test_a_message_and_its_history(client: WebClient):
    """A posted message has a channel id and a ts, and the channel's history has it, metadata on request."""
    metadata = {"event_type": "x", "event_payload": {"notification": "n"}}
    posted = client.chat_postMessage(channel="#chi-tieu", text="hello", blocks=[section("hello")], metadata=metadata)
    assert posted["channel"] == channel_id_of("chi-tieu")
    (message,) = client.conversations_history(channel=posted["channel"], include_all_metadata=True)["messages"]
    assert (message["ts"], message["text"], message["metadata"]) == (posted["ts"], "hello", metadata)
    (message,) = client.conversations_history(channel=posted["channel"])["messages"]
    assert "metadata" not in message


def test_forms_and_json_are_the_same(standin: Running):
    """Arguments may come as a form, with structures as JSON within it, or as a JSON body."""
    arguments = {"channel": "c", "text": "hello", "blocks": [section("hello")]}
    as_json = ask(standin, "chat.postMessage", json.dumps(arguments).encode(), "application/json;charset=utf-8")
    form = urlencode({**arguments, "blocks": json.dumps(arguments["blocks"])}).encode()
    as_form = ask(standin, "chat.postMessage", form, "application/x-www-form-urlencoded")
    assert as_json["message"]["blocks"] == as_form["message"]["blocks"]


def test_an_edit_keeps_its_place(client: WebClient):
    """An edited message keeps its ts and metadata and says that it was edited."""
    metadata = {"event_type": "x", "event_payload": {}}
    posted = client.chat_postMessage(channel="c", text="before", metadata=metadata)
    client.chat_update(channel=posted["channel"], ts=posted["ts"], text="after")
    (message,) = client.conversations_history(channel=posted["channel"], include_all_metadata=True)["messages"]
    assert (message["text"], message["ts"], message["metadata"]) == ("after", posted["ts"], metadata)
    assert "edited" in message


def test_a_thread_is_apart_from_the_channel(client: WebClient):
    """Replies are in their thread, oldest first after the message, and not in the channel's history."""
    posted = client.chat_postMessage(channel="c", text="message")
    replies = [client.chat_postMessage(channel="c", text=text, thread_ts=posted["ts"]) for text in ("one", "two")]
    nested = client.chat_postMessage(channel="c", text="three", thread_ts=replies[0]["ts"])
    assert nested["message"]["thread_ts"] == posted["ts"]
    (message,) = client.conversations_history(channel=posted["channel"])["messages"]
    assert (message["reply_count"], message["latest_reply"]) == (3, nested["ts"])
    thread = client.conversations_replies(channel=posted["channel"], ts=posted["ts"])["messages"]
    assert [one["text"] for one in thread] == ["message", "one", "two", "three"]


def test_a_thread_is_there_however_old_it_is(client: WebClient):
    """Asked for the replies since a moment after all of them, Slack gives the message alone and no error."""
    posted = client.chat_postMessage(channel="c", text="message")
    reply = client.chat_postMessage(channel="c", text="one", thread_ts=posted["ts"])
    thread = client.conversations_replies(channel=posted["channel"], ts=posted["ts"], oldest=reply["ts"])["messages"]
    assert [one["text"] for one in thread] == ["message"]


def test_history_is_newest_first_in_pages(client: WebClient):
    """A long history comes in pages by cursor, newest first, within the moments asked for."""
    posted = [client.chat_postMessage(channel="c", text=str(number)) for number in range(5)]
    channel = posted[0]["channel"]
    pages = [
        [message["text"] for message in page["messages"]]
        for page in client.conversations_history(channel=channel, limit=2)
    ]
    assert pages == [["4", "3"], ["2", "1"], ["0"]]
    since = client.conversations_history(channel=channel, oldest=posted[2]["ts"])["messages"]
    assert [message["text"] for message in since] == ["4", "3"]


def test_ts_are_unique_and_grow(client: WebClient):
    """No two messages have the same ts, however fast they come."""
    stamps = [read_ts(client.chat_postMessage(channel="c", text="x")["ts"]) for _ in range(20)]
    assert stamps == sorted(set(stamps))
    assert write_ts(read_ts("1712916300.000100") or 0) == "1712916300.000100"


def test_channels_are_listed(client: WebClient):
    """A channel is read by its id, which the list gives for its name."""
    client.chat_postMessage(channel="chi-tieu", text="hello")
    (channel,) = client.conversations_list()["channels"]
    assert (channel["name"], channel["id"]) == ("chi-tieu", channel_id_of("chi-tieu"))


def test_errors_are_slacks(client: WebClient, standin: Running):
    """What Slack refuses is refused with Slack's code."""
    posted = client.chat_postMessage(channel="c", text="hello")
    where = {"channel": posted["channel"]}
    assert limits.refusal(" ", []) == ("no_text", [])
    assert error_of(client.chat_postMessage, channel="", text="x") == "channel_not_found"
    assert error_of(client.chat_postMessage, channel="c", text="x", thread_ts="1.000001") == "thread_not_found"
    assert (
        error_of(client.chat_postMessage, channel="c", text="x", metadata={"event_type": "x"})
        == "invalid_metadata_format"
    )
    assert error_of(client.chat_postMessage, channel="c", text="x", blocks="{") == "invalid_blocks_format"
    assert error_of(client.chat_update, **where, ts="1.000001", text="x") == "message_not_found"
    assert error_of(client.conversations_history, channel="chi-tieu") == "channel_not_found"
    assert error_of(client.conversations_replies, **where, ts="1.000001") == "thread_not_found"
    assert error_of(client.api_call, api_method="chat.whisper") == "unknown_method"
    assert error_of(WebClient("wrong", base_url=standin.api).auth_test) == "invalid_auth"
    assert error_of(WebClient(None, base_url=standin.api).auth_test) == "not_authed"


def text(of: int, kind: str = "mrkdwn") -> dict[str, object]:
    """A text object of this length."""
    return {"type": kind, "text": "x" * of}


BUTTON = {"type": "button", "action_id": "why", "text": text(5, "plain_text")}
IMAGE = {"type": "image", "slack_file": {"id": "F0123456789"}, "alt_text": "A line"}
LIMITS = [
    ("a header of 150", [{"type": "header", "text": text(150, "plain_text")}], None),
    ("a header of 151", [{"type": "header", "text": text(151, "plain_text")}], "invalid_blocks"),
    ("a header of mrkdwn", [{"type": "header", "text": text(10)}], "invalid_blocks"),
    ("a section of 3,000", [{"type": "section", "text": text(3000)}], None),
    ("a section of 3,001", [{"type": "section", "text": text(3001)}], "invalid_blocks"),
    ("a section of nothing", [{"type": "section"}], "invalid_blocks"),
    ("an empty text", [{"type": "section", "text": text(0)}], "invalid_blocks"),
    ("10 fields", [{"type": "section", "fields": [text(500)] * 10}], None),
    ("11 fields", [{"type": "section", "fields": [text(5)] * 11}], "invalid_blocks"),
    ("a field of 2,001", [{"type": "section", "fields": [text(2001)]}], "invalid_blocks"),
    ("10 remarks", [{"type": "context", "elements": [text(5)] * 10}], None),
    ("11 remarks", [{"type": "context", "elements": [text(5)] * 11}], "invalid_blocks"),
    ("50 blocks", [{"type": "divider"}] * 50, None),
    ("51 blocks", [{"type": "divider"}] * 51, "invalid_blocks"),
    ("an unknown block", [{"type": "marquee"}], "invalid_blocks"),
    ("no block at all", ["section"], "invalid_blocks"),
    (
        "a button of 76",
        [{"type": "actions", "elements": [{"type": "button", "text": text(76, "plain_text")}]}],
        "invalid_blocks",
    ),
    ("a button", [{"type": "actions", "elements": [BUTTON]}], None),
    ("a value of 2,000", [{"type": "actions", "elements": [{**BUTTON, "value": "x" * 2000}]}], None),
    ("a value of 2,001", [{"type": "actions", "elements": [{**BUTTON, "value": "x" * 2001}]}], "invalid_blocks"),
    ("an action_id of 256", [{"type": "actions", "elements": [{**BUTTON, "action_id": "x" * 256}]}], "invalid_blocks"),
    ("one action_id twice", [{"type": "actions", "elements": [BUTTON, BUTTON]}], "invalid_blocks"),
    ("an address of 3,001", [{"type": "actions", "elements": [{**BUTTON, "url": "x" * 3001}]}], "invalid_blocks"),
    ("a value that is no text", [{"type": "actions", "elements": [{**BUTTON, "value": 5}]}], "invalid_blocks"),
    ("an unknown style", [{"type": "actions", "elements": [{**BUTTON, "style": "red"}]}], "invalid_blocks"),
    ("another element", [{"type": "actions", "elements": [{**BUTTON, "type": "knob"}]}], "invalid_blocks"),
    ("25 buttons", [{"type": "actions", "elements": [{**BUTTON, "action_id": str(n)} for n in range(25)]}], None),
    (
        "26 buttons",
        [{"type": "actions", "elements": [{**BUTTON, "action_id": str(n)} for n in range(26)]}],
        "invalid_blocks",
    ),
    ("an image", [IMAGE], None),
    ("an alt text of 2,000", [{**IMAGE, "alt_text": "x" * 2000}], None),
    ("an alt text of 2,001", [{**IMAGE, "alt_text": "x" * 2001}], "invalid_blocks"),
    ("no alt text", [{**IMAGE, "alt_text": ""}], "invalid_blocks"),
    ("an image from nowhere", [{"type": "image", "alt_text": "x"}], "invalid_blocks"),
    ("an image from two places", [{**IMAGE, "image_url": "https://x.example/"}], "invalid_blocks"),
    ("a title of 2,001", [{**IMAGE, "title": text(2001, "plain_text")}], "invalid_blocks"),
    ("what Slack does not know", [{**IMAGE, "chart": {}}], "invalid_blocks"),
    ("a block_id of 256", [{"type": "divider", "block_id": "x" * 256}], "invalid_blocks"),
    ("12,000 characters", [{"type": "section", "text": text(3000)}] * 4, None),
    ("15,000 characters", [{"type": "section", "text": text(3000)}] * 5, "msg_too_long"),
]


@pytest.mark.parametrize(("claim", "blocks", "error"), LIMITS, ids=[claim for claim, _, _ in LIMITS])
def test_limits_are_slacks(claim: str, blocks: list[object], error: str | None):
    """What is within Slack's limits is taken, and the next one over is refused."""
    refusal = limits.refusal("text", blocks)
    assert (refusal and refusal[0]) == error, claim


def test_a_refused_block_is_pointed_at(client: WebClient):
    """The answer says which block is wrong, as Slack's does."""
    with pytest.raises(SlackApiError) as raised:
        client.chat_postMessage(channel="c", text="x", blocks=[section("fine"), section("x" * 3001)])
    assert raised.value.response["response_metadata"]["messages"] == [
        "[ERROR] must be less than 3001 characters [json-pointer:/blocks/1/text/text]"
    ]


def test_messages_outlive_the_stand_in(tmp_path: Path):
    """Messages are kept under the home folder: the next stand-in shows them."""
    for words in ("first", "second"):
        with running(tmp_path) as standin:
            WebClient("xoxb-test", base_url=standin.api).chat_postMessage(channel="c", text=words)
    assert [message.text for message in standin.store.messages(channel_id_of("c"))] == ["first", "second"]


def test_one_that_listens_is_used_and_else_one_is_started(tmp_path: Path):
    """`run` without a token uses the stand-in that listens, or one of its own for as long as it takes."""
    with running(tmp_path) as standin:
        port = int(standin.address.rpartition(":")[2])
        with reach(tmp_path, port) as api:
            assert api == standin.api
    assert not is_standin(standin.api)
    with reach(tmp_path, port) as api:
        assert is_standin(api)
