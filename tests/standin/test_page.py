"""The page that shows the messages: as Slack would, and never more than text out of data."""

from __future__ import annotations

import re
import urllib.error
import urllib.request

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk import WebClient

from targetwatch.standin import mrkdwn
from targetwatch.standin.server import Running

RENDERED = [
    ("plain & simple", "plain &amp; simple"),
    ("a &amp;lt; b &lt;c&gt;", "a &amp;lt; b &lt;c&gt;"),
    ("*bold* and _italic_ and ~gone~", "<b>bold</b> and <i>italic</i> and <s>gone</s>"),
    ("2*3*4 and snake_case_name", "2*3*4 and snake_case_name"),
    ("* not bold *", "* not bold *"),
    ("one\ntwo", "one<br>two"),
    (":small_red_triangle_down: Behind", '<span class="em">🔻</span> Behind'),
    (":no_such_emoji: 17:05:30", ":no_such_emoji: 17:05:30"),
    ("`targetwatch ack TW-1`", "<code>targetwatch ack TW-1</code>"),
    ("`*x* &lt;b&gt;`", "<code>*x* &lt;b&gt;</code>"),
    ("<!channel> <!subteam^S0000ENG>", '<span class="mn">@channel</span> <span class="mn">@S0000ENG</span>'),
    ("<@U1> <#C1|chi-tieu>", '<span class="mn">@U1</span> <span class="mn">#chi-tieu</span>'),
    ("<javascript:alert(1)|click>", "&lt;javascript:alert(1)|click&gt;"),
    ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
    (
        "<https://board.example/a?b=1&amp;c=2|*Open*>",
        '<a href="https://board.example/a?b=1&amp;c=2" rel="noopener noreferrer" target="_blank">*Open*</a>',
    ),
    (
        '<https://x.example/"onmouseover="alert(1)|x>',
        '<a href="https://x.example/&#34;onmouseover=&#34;alert(1)" rel="noopener noreferrer" target="_blank">x</a>',
    ),
]


@pytest.mark.parametrize(("written", "shown"), RENDERED)
def test_mrkdwn_is_shown_as_slack_shows_it(written: str, shown: str):
    """Slack's marks become what they stand for; everything else stays text."""
    assert str(mrkdwn.to_html(written)) == shown


ALLOWED = re.compile(
    r"</?(b|i|s|code)>|<br>|<span class=\"(em|mn)\">|</span>"
    r"|<a href=\"https?://[^\"<>]*\" rel=\"noopener noreferrer\" target=\"_blank\">|</a>"
)


PIECES = [*"<>&*_~`|!@#:/\"'\n ab;", "https://", "&lt;", "\U000f0000", "script", ":eyes:"]


@given(st.lists(st.sampled_from(PIECES)).map("".join))
def test_no_text_makes_other_html(written: str):
    """Whatever is written, the page gets no element and no attribute but those few that it uses itself."""
    for html in (mrkdwn.to_html(written), mrkdwn.plain_to_html(written)):
        assert not re.search(r"[<>]", ALLOWED.sub("", str(html)))


def page(standin: Running, path: str = "/") -> tuple[str, dict[str, str]]:
    """The page's HTML and headers."""
    with urllib.request.urlopen(standin.address + path, timeout=10) as answer:  # noqa: S310
        return answer.read().decode(), {name.lower(): value for name, value in answer.headers.items()}


def test_the_page_shows_channels_messages_and_threads(standin: Running):
    """Each channel has its messages, edits are marked, and a thread stands under its message."""
    client = WebClient("xoxb-test", base_url=standin.api)
    blocks = [
        {"type": "header", "text": {"type": "plain_text", "text": ":small_red_triangle_down: Behind <b>"}},
        {"type": "section", "text": {"type": "mrkdwn", "text": "*59.80%*"}},
        {"type": "section", "fields": [{"type": "mrkdwn", "text": "*Due*\n31 Dec 2025"}]},
        {"type": "divider"},
        {"type": "actions", "elements": [
            {"type": "button", "text": {"type": "plain_text", "text": "Open"}, "url": "https://b.example/"},
            {"type": "button", "text": {"type": "plain_text", "text": "Trap"}, "url": "javascript:alert(1)"},
        ]},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "As of 17:05"}]},
    ]  # fmt: skip
    posted = client.chat_postMessage(channel="chi-tieu", text="Behind", blocks=blocks)
    client.chat_update(channel=posted["channel"], ts=posted["ts"], text="Behind", blocks=blocks)
    client.chat_postMessage(channel="chi-tieu", text="Worse", thread_ts=posted["ts"])
    html, _ = page(standin)
    assert '<h2 id="' + posted["channel"] + '"># chi-tieu</h2>' in html
    assert '<h3><span class="em">🔻</span> Behind &lt;b&gt;</h3>' in html
    assert "<b>59.80%</b>" in html
    assert 'href="https://b.example/"' in html
    assert "javascript:" not in html
    assert "(edited)" in html
    assert html.index("1 reply") < html.index("Worse")


def test_the_page_is_closed_to_everything_else(standin: Running):
    """The page loads nothing from elsewhere and runs no script but its own."""
    html, headers = page(standin)
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "form-action 'none'" in policy
    assert "img-src 'self' data:" in policy
    assert not re.search(r"(src|href)=\"(https?:)?//", html)
    (nonce,) = set(re.findall(r'nonce="([^"]+)"', html))
    assert f"'nonce-{nonce}'" in policy


def test_only_what_changed_is_sent_again(standin: Running):
    """The page asks for news by version: nothing comes while nothing changed, and a new message does."""
    html, _ = page(standin)
    version = re.findall(r'data-version="([^"]*)"', html)[0]
    with urllib.request.urlopen(f"{standin.address}/messages?since={version}", timeout=10) as answer:  # noqa: S310
        assert answer.status == 204
    WebClient("xoxb-test", base_url=standin.api).chat_postMessage(channel="c", text="news")
    news, headers = page(standin, f"/messages?since={version}")
    assert "news" in news
    assert headers["x-version"] != version


PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 30


def upload(standin: Running, content: bytes) -> str:
    """Upload a file; its id."""
    client = WebClient("xoxb-test", base_url=standin.api)
    return str(client.files_upload_v2(content=content, filename="x.png", title="x")["file"]["id"])


def test_pictures_are_shown_and_other_files_are_not_handed_out(standin: Running):
    """A block's file is an <img> of this server with its alt text; what is no picture cannot be fetched."""
    client = WebClient("xoxb-test", base_url=standin.api)
    file_id = upload(standin, PNG)
    alt = 'Falling, to 59.80% <b> "x"'
    client.chat_postMessage(
        channel="c", text="x", blocks=[{"type": "image", "slack_file": {"id": file_id}, "alt_text": alt}]
    )
    html, _ = page(standin)
    assert f'<img src="/files/{file_id}" alt="Falling, to 59.80% &lt;b&gt; &#34;x&#34;">' in html
    with urllib.request.urlopen(f"{standin.address}/files/{file_id}", timeout=10) as answer:  # noqa: S310
        assert (answer.read(), answer.headers["Content-Type"]) == (PNG, "image/png")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    for other in (upload(standin, b"<script>alert(1)</script>"), "F0NOTHERE00"):
        with pytest.raises(urllib.error.HTTPError, match="404"):
            page(standin, f"/files/{other}")


def test_a_picture_from_elsewhere_is_only_its_words(standin: Running):
    """The page loads nothing from outside: of such a picture it shows what it is of."""
    client = WebClient("xoxb-test", base_url=standin.api)
    block = {"type": "image", "image_url": "https://elsewhere.example/x.png", "alt_text": "A chart"}
    client.chat_postMessage(channel="c", text="x", blocks=[block])
    html, _ = page(standin)
    assert "elsewhere.example" not in html
    assert "<p>A chart</p>" in html


def test_buttons_sleep_while_nobody_listens(standin: Running):
    """Without a listener the page says so, and neither buttons nor the box take anything."""
    client = WebClient("xoxb-test", base_url=standin.api)
    button = {"type": "button", "action_id": "why", "text": {"type": "plain_text", "text": "Why"}, "value": "1"}
    client.chat_postMessage(channel="c", text="x", blocks=[{"type": "actions", "elements": [button]}])
    html, _ = page(standin)
    assert 'class="deaf"' in html
    assert re.search(
        r'<button type="button" class="bt" data-channel="C[A-Z0-9]+" data-ts="[0-9.]+" data-action="why" disabled>',
        html,
    )
    assert re.search(r"<input [^>]* disabled>", html)


def test_what_one_person_is_told_alone_no_other_sees(standin: Running):
    """An answer is on the page of who asked, beside the message that it is about, and on nobody else's."""
    from targetwatch.standin.page import View, render_messages
    from targetwatch.standin.people import NOBODY, VISITOR, Person
    from targetwatch.standin.store import read_ts

    client = WebClient("xoxb-test", base_url=standin.api)
    posted = client.chat_postMessage(channel="c", text="message")
    standin.store.asides.add(str(posted["channel"]), VISITOR, "for *you* <b>", [], read_ts(str(posted["ts"])))
    people = {"U0ANOTHER0": Person("U0ANOTHER0", "Another"), VISITOR: NOBODY}
    mine, theirs = (render_messages(View(standin.store, people, 1, None, user)) for user in (VISITOR, "U0ANOTHER0"))
    assert "for <b>you</b> &lt;b&gt;" in mine
    assert mine.index("message") < mine.index("Only visible to you")
    assert "Only visible to you" not in theirs
    assert View(standin.store, people, 1, None, "U0NOBODY").reader == "U0ANOTHER0"
