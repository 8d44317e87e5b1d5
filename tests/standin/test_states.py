"""What may become of a channel or a token, and Slack's answers then; rate limits; files."""

from __future__ import annotations

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackRequestError

from targetwatch.standin.faults import Fault, FaultKind
from targetwatch.standin.server import Running
from targetwatch.standin.states import ChannelState
from targetwatch.standin.tiers import TIERS, Tiers

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 100


@pytest.fixture
def client(standin: Running) -> WebClient:
    """The real client, without retries of its own."""
    return WebClient("xoxb-test", base_url=standin.api, retry_handlers=[])


def error_of(call: object, **arguments: object) -> str:
    """The error that a call is answered with; empty where there is none."""
    try:
        call(**arguments)  # type: ignore[operator]
    except SlackApiError as error:
        return str(error.response["error"])
    return ""


POST, EDIT, READ, THREAD, ASIDE = "chat_postMessage", "chat_update", "history", "replies", "chat_postEphemeral"
ANSWERS = [
    (ChannelState.OPEN, ("", "", "", "", "user_not_in_channel")),
    (ChannelState.ARCHIVED, ("is_archived", "is_inactive", "", "", "is_archived")),
    (ChannelState.DELETED, ("channel_not_found",) * 5),
    (ChannelState.REMOVED, ("not_in_channel",) * 5),
    (ChannelState.READ_ONLY, ("restricted_action_read_only_channel", "", "", "", "user_not_in_channel")),
]


@pytest.mark.parametrize(("state", "errors"), ANSWERS, ids=[state for state, _ in ANSWERS])
def test_what_became_of_a_channel_is_answered_as_slack_does(
    standin: Running, client: WebClient, state: ChannelState, errors: tuple[str, ...]
):
    """Posting, editing, reading and whispering in a channel of each state; undone, all of it works again."""
    posted = client.chat_postMessage(channel="c", text="x")
    where = {"channel": posted["channel"]}
    standin.store.set_state("c", state)

    def all_of_them() -> tuple[str, ...]:
        return (
            error_of(client.chat_postMessage, channel="c", text="x"),
            error_of(client.chat_update, **where, ts=posted["ts"], text="y"),
            error_of(client.conversations_history, **where),
            error_of(client.conversations_replies, **where, ts=posted["ts"]),
            error_of(client.chat_postEphemeral, **where, user="U0NOBODY", text="x"),
        )

    assert all_of_them() == errors
    standin.store.set_state("c", ChannelState.OPEN)
    assert all_of_them() == ANSWERS[0][1]


def test_the_list_of_channels_says_what_became_of_them(standin: Running, client: WebClient):
    """A deleted channel is not listed, an archived one only if asked for, and one says whether the bot is in it."""
    for name, state in (("a", ChannelState.ARCHIVED), ("d", ChannelState.DELETED), ("r", ChannelState.REMOVED)):
        client.chat_postMessage(channel=name, text="x")
        standin.store.set_state(name, state)
    listed = {one["name"]: (one["is_archived"], one["is_member"]) for one in client.conversations_list()["channels"]}
    assert listed == {"a": (True, True), "r": (False, False)}
    assert [one["name"] for one in client.conversations_list(exclude_archived=True)["channels"]] == ["r"]


def test_a_revoked_token_opens_nothing(standin: Running, client: WebClient):
    """Every method refuses it until it is valid again."""
    standin.store.revoke("xoxb-test")
    assert error_of(client.auth_test) == "token_revoked"
    assert error_of(client.chat_postMessage, channel="c", text="x") == "token_revoked"
    standin.store.restore("xoxb-test")
    assert error_of(client.auth_test) == ""


def test_each_token_is_for_its_methods(standin: Running, client: WebClient):
    """An app's token opens connections and nothing else; a bot's does all the rest."""
    assert error_of(client.apps_connections_open, app_token="xapp-1") == ""
    assert error_of(client.apps_connections_open, app_token="xoxb-test") == "not_allowed_token_type"
    assert error_of(WebClient("xapp-1", base_url=standin.api).auth_test) == "not_allowed_token_type"


def test_rate_limits_are_slacks_where_they_are_switched_on(standin: Running, client: WebClient):
    """Messages come one a second and channel after a short burst, edits fifty a minute; each says how long to wait."""
    now = [0.0]
    standin.tiers.clock = lambda: now[0]
    assert [error_of(client.chat_postMessage, channel="c", text="x") for _ in range(20)] == [""] * 20
    standin.tiers.enabled = True
    assert [error_of(client.chat_postMessage, channel="c", text="x") for _ in range(4)] == ["", "", "", "ratelimited"]
    assert error_of(client.chat_postMessage, channel="d", text="x") == ""  # another channel
    now[0] += 1.0
    assert [error_of(client.chat_postMessage, channel="c", text="x") for _ in range(2)] == ["", "ratelimited"]
    posted = client.chat_postMessage(channel="e", text="x")
    edits = [error_of(client.chat_update, channel=posted["channel"], ts=posted["ts"], text=str(n)) for n in range(51)]
    assert edits == [*[""] * 50, "ratelimited"]
    with pytest.raises(SlackApiError) as refused:
        client.chat_update(channel=posted["channel"], ts=posted["ts"], text="z")
    assert (refused.value.response.status_code, refused.value.response.headers["Retry-After"]) == (429, "2")
    assert standin.tiers.refusals == 4


def test_a_tier_fills_up_again_and_no_further():
    """After a long rest there is one burst, and not all that was not asked for meanwhile."""
    now = [0.0]
    tiers = Tiers(lambda: now[0])
    tiers.enabled = True
    for _ in range(2):
        assert [tiers.refuses("conversations.list", "") for _ in range(21)].count(None) == 20
        now[0] += 10_000.0
    assert tiers.refuses("auth.test", "") is None
    assert set(TIERS) >= {"chat.postMessage", "chat.update", "files.getUploadURLExternal"}


def upload(client: WebClient, content: bytes = PNG, alt: str = "A line that falls") -> str:
    """Upload as the product does; the file's id."""
    return str(client.files_upload_v2(content=content, filename="chart.png", title="Chart", alt_txt=alt)["file"]["id"])


def image(file_id: str) -> list[dict[str, object]]:
    """A block that shows a file."""
    return [{"type": "image", "slack_file": {"id": file_id}, "alt_text": "A line that falls"}]


def test_a_file_is_uploaded_in_three_steps_and_shown(standin: Running, client: WebClient):
    """slack_sdk's own upload works, and a block may then show the file."""
    file_id = upload(client)
    file = client.files_info(file=file_id)["file"]
    assert (file["title"], file["mimetype"], file["size"], file["alt_txt"]) == (
        "Chart", "image/png", len(PNG), "A line that falls",
    )  # fmt: skip
    assert client.chat_postMessage(channel="c", text="x", blocks=image(file_id))["ok"]
    assert standin.faults.requests[:3] == ["files.getUploadURLExternal", "upload", "files.completeUploadExternal"]


def test_a_file_that_is_not_there_cannot_be_shown(standin: Running, client: WebClient):
    """An unknown file, one that was never completed, and one that Slack has not looked at yet are refused."""
    asked = client.files_getUploadURLExternal(filename="x.png", length=3)
    for file_id in ("F0NOTHERE00", asked["file_id"]):
        with pytest.raises(SlackApiError) as refused:
            client.chat_postMessage(channel="c", text="x", blocks=image(file_id))
        assert refused.value.response["error"] == "invalid_blocks"
        remarks = refused.value.response["response_metadata"]["messages"]
        assert remarks == ["[ERROR] invalid slack file [json-pointer:/blocks/0/slack_file]"]
    file_id = upload(client)
    standin.store.files.settle_after(2)
    tries = [error_of(client.chat_postMessage, channel="c", text="x", blocks=image(file_id)) for _ in range(3)]
    assert tries == ["invalid_blocks", "invalid_blocks", ""]


def test_uploads_that_cannot_be_are_refused_as_slack_refuses_them(standin: Running, client: WebClient):
    """No name, no length, too long an alt text, bytes that are not as many as were said, or a file that never came."""
    ask = client.files_getUploadURLExternal
    assert error_of(ask, filename="x.png", length=0) == "missing_argument"
    assert error_of(ask, filename="", length=5) == "missing_argument"
    assert error_of(ask, filename="x.png", length=2_000_000_000) == "file_upload_size_restricted"
    assert error_of(ask, filename="x.png", length=5, alt_txt="x" * 1001) == "alt_txt_too_large"
    assert (
        error_of(client.files_completeUploadExternal, files=[{"id": "F0NOTHERE00", "title": "x"}]) == "file_not_found"
    )
    asked = ask(filename="x.png", length=5)
    assert not standin.store.files.upload(str(asked["upload_url"]).rpartition("/")[2], b"1234")
    assert error_of(client.files_completeUploadExternal, files=[{"id": asked["file_id"]}]) == "file_not_found"
    standin.faults.plan(Fault(FaultKind.SERVER_ERROR, "upload"))
    with pytest.raises((SlackRequestError, OSError)):
        upload(client)
