"""Data that tries to speak: names, file names and reasons full of Slack's marks change nothing but their own words."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from targetwatch.incidents import Covered, DeliveryRecord
from targetwatch.model import Language, Period, Role, Text
from targetwatch.notifications.delivery import slack
from targetwatch.standin import page
from targetwatch.standin.server import Running
from tests.incidents.programmes import BA_VI, CITY, ENGINEERS, PROGRAMME, assessed, hanoi
from tests.notifications.passes import Watch, with_receivers
from tests.notifications.sending import Clock, Only, send
from tests.notifications.test_policy import MAY, claim, may, owed

HOSTILE = [
    "<!channel>",
    "<!subteam^S0000BOSS>",
    "<@U0000BOSS>",
    "<https://evil.example|Ba Vì>",
    "https://evil.example/`x`",
    "*bold* _it_ ~gone~ `code` ```block```",
    "line\nline\r\u2028line",
    ":white_check_mark: resolved",
    "&lt;!channel&gt; &amp;",
    "\u202egnirts\u202c \u200b\u0000",
    "x" * 5000,
]


def messages(standin: Running, named: str, language: Language) -> list[str]:
    """What the page shows after a miss, a late unit, a refusal and a wrong figure of things that are called so."""
    receiver = replace(ENGINEERS, language=language, mention="S0000ENG")
    units = tuple(replace(unit, name=named) if unit.key == BA_VI else unit for unit in PROGRAMME.org_units)
    watch = Watch(with_receivers(replace(PROGRAMME, org_units=units), receiver))
    may_1 = Period(MAY.first_day, MAY.last_day)
    covers = frozenset({Covered("district", BA_VI, may_1)})
    refused = DeliveryRecord("b", "procedures", named, False, named, hanoi(2025, 6, 12), 10, 5, covers)
    wrong = replace(claim("misreported"), published=named[:20], name=Text(vi=named, en=named))
    figures = [*may(), assessed(CITY, 5, 21_000, 30_000, 732_621, role=Role.POOLED, missing=(str(BA_VI),))]
    watch.look(hanoi(2025, 6, 16), figures[1:], owed=owed(BA_VI), deliveries=[refused], claims=[wrong])
    watch.look(hanoi(2025, 6, 17), figures[1:], owed=owed(), deliveries=[refused], claims=[])
    standin.store.clear()
    clock = Clock(hanoi(2025, 6, 18))
    done = send(watch.outbox, Only(slack.connect("xoxb-test", standin.api)), clock)
    assert (done.failed, done.waiting) == (0, 0), done.problems
    seen = page.View(standin.store, standin.people, 0, None)
    shown = [message for column in page.columns(seen) for message in column.messages]
    return [str(message.html) for top in shown for message in (top, *top.replies)]


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("named", HOSTILE, ids=range(len(HOSTILE)))
def test_data_cannot_mention_link_or_mark(standin: Running, named: str, language: Language):
    """Delivered through the real client, hostile data adds no mention, link, mark or block to any message."""
    plain, hostile = messages(standin, "Huyện Ba Vì", language), messages(standin, named, language)
    assert len(plain) == len(hostile) > 4
    assert sum("Ba Vì" in html for html in plain) > 3
    for expected, actual in zip(plain, hostile, strict=True):
        assert marks(actual) == marks(expected)
    assert not any("evil.example" in link for html in hostile for link in re.findall(r'href="([^"]*)"', html))


def marks(html: str) -> list[str]:
    """Everything in a message that is not text: elements in their order, line ends aside, and who is mentioned."""
    html = re.sub(r" data-ts=\"[\d.]+\"", "", html)  # when it was posted
    return re.findall(r"<(?!br)[^>]*>", html) + re.findall(r'class="mn">([^<]*)', html)
