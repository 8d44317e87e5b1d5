"""receivers.yaml as the model has it: what a node does not say it has from above, and each form means what it says."""

from __future__ import annotations

import json
import shutil
from datetime import time, timedelta
from pathlib import Path
from typing import Any

import pytest

from targetwatch.catalogue import CatalogueError, load
from targetwatch.model import (
    EscalationStep,
    Holder,
    Inhibition,
    Label,
    Language,
    Matcher,
    Receiver,
    Rhythm,
    Route,
    Routing,
    Severity,
    SeverityRule,
    Span,
    Text,
    TimeWindow,
    Transport,
)

SOUND = Path(__file__).parent / "sound"
HEADS = {"channel": "chi-tieu", "language": "vi"}
OPERATORS = {"receiver": "heads"}


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    """A copy of the sound catalogue."""
    return Path(shutil.copytree(SOUND, tmp_path / "catalogue"))


def routing_of(catalogue: Path, route: dict[str, Any], **others: Any) -> Routing:
    """What becomes of a tree, with the rules beside it. JSON is YAML too."""
    said = {"receivers": {"heads": HEADS, "desk": HEADS}, "operators": OPERATORS, "route": route, **others}
    (catalogue / "receivers.yaml").write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8")
    return load(catalogue).routing


def receiver_of(catalogue: Path, **said: Any) -> Receiver:
    """What becomes of one receiver."""
    receivers = {"heads": HEADS, "one": said}
    route = {"receiver": "heads", "routes": [{"match": {"kind": "late"}, "receiver": "one"}]}
    file = {"receivers": receivers, "route": route, "operators": OPERATORS}
    (catalogue / "receivers.yaml").write_text(json.dumps(file, ensure_ascii=False), encoding="utf-8")
    return next(receiver for receiver in load(catalogue).receivers if receiver.name == "one")


def test_a_tree_of_one_node_has_what_is_left_out(catalogue: Path) -> None:
    """The root alone: grouped by kind and subject, at once, at any time, never repeated, never escalated."""
    root = routing_of(catalogue, {"receiver": "heads"}).root
    assert root == Route("heads", (), (Label.KIND, Label.SUBJECT), Span(), Span(), None, (), None, False, ())


ALL_OF_IT = {
    "receiver": "desk",
    "group_by": ["metric"],
    "group_wait": "30m",
    "group_interval": "4h",
    "repeat_interval": "5 working days",
    "active_in": ["hours"],
    "escalation": "up",
}
BESIDE = {
    "time_windows": {"hours": {"from": "07:30", "to": "17:30"}},
    "escalations": {"up": [{"after": "1 working day", "receiver": "desk"}]},
}


def test_a_child_has_from_above_what_it_does_not_say(catalogue: Path) -> None:
    """All seven of them come down the whole way; a match and `continue` do not."""
    route = {**ALL_OF_IT, "routes": [{"match": {"kind": "late"}, "continue": True, "routes": [{}]}, {}]}
    root = routing_of(catalogue, route, **BESIDE).root
    assert root is not None
    held = (
        "desk",
        (Label.METRIC,),
        Span(timedelta(minutes=30)),
        Span(timedelta(hours=4)),
        Span(working_days=5),
        ("hours",),
        "up",
    )
    below = root.routes[0]
    for node in (root, below, below.routes[0], root.routes[1]):
        assert (
            node.receiver,
            node.group_by,
            node.group_wait,
            node.group_interval,
            node.repeat_interval,
            node.active_in,
            node.escalation,
        ) == held
    assert [(node.match, node.goes_on) for node in (root, below, below.routes[0], root.routes[1])] == [
        ((), False),
        ((Matcher(Label.KIND, ("late",)),), True),
        ((), False),
        ((), False),
    ]


@pytest.mark.parametrize(
    ("said", "holds"),
    [
        ({"receiver": "heads"}, {"receiver": "heads"}),
        ({"receiver": "nobody"}, {"receiver": "nobody"}),
        ({"group_by": []}, {"group_by": ()}),
        ({"group_by": ["owner", "level"]}, {"group_by": (Label.OWNER, Label.LEVEL)}),
        ({"group_wait": "0m"}, {"group_wait": Span()}),
        ({"group_interval": "2 working days"}, {"group_interval": Span(working_days=2)}),
        ({"repeat_interval": "never"}, {"repeat_interval": None}),
        ({"repeat_interval": "3d"}, {"repeat_interval": Span(timedelta(days=3))}),
        ({"active_in": []}, {"active_in": ()}),
        ({"escalation": "none"}, {"escalation": None}),
    ],
    ids=str,
)
def test_a_child_may_undo_what_is_said_above(said: dict[str, Any], holds: dict[str, Any], catalogue: Path) -> None:
    """What a node says itself takes the place of what it would have from above, nothing too; the rest stays."""
    root = routing_of(
        catalogue, {**ALL_OF_IT, "routes": [{"match": {"kind": "late"}, **said}, {"receiver": "desk"}]}, **BESIDE
    ).root
    assert root is not None
    for key in ALL_OF_IT:
        assert getattr(root.routes[0], key) == holds.get(key, getattr(root, key)), key


def test_a_match_asks_label_by_label(catalogue: Path) -> None:
    """One value or several, and under `not` what must not be: a question for each label."""
    match = {
        "kind": "behind",
        "metric": ["share"],
        "unit": ["01", "001@2021-01-01"],
        "not": {"owner": "office", "severity": ["notice", "warning"]},
    }
    root = routing_of(catalogue, {"receiver": "heads", "routes": [{"match": match, "receiver": "desk"}]}).root
    assert root is not None
    assert root.routes[0].match == (
        Matcher(Label.KIND, ("behind",)),
        Matcher(Label.METRIC, ("share",)),
        Matcher(Label.UNIT, ("01", "001@2021-01-01")),
        Matcher(Label.OWNER, ("office",), negated=True),
        Matcher(Label.SEVERITY, ("notice", "warning"), negated=True),
    )


def test_the_rules_beside_the_tree(catalogue: Path) -> None:
    """Hours, inhibitions, severities, escalations, people and operators mean what they say."""
    found = routing_of(
        catalogue,
        {"receiver": "heads", "active_in": ["hours", "saturdays"], "escalation": "up"},
        receivers={"heads": {**HEADS, "title": "office"}},
        time_windows={
            "hours": {"from": "07:30", "to": "17:30"},
            "saturdays": {"working_days": False, "weekdays": ["saturday", "monday"], "from": "09:00"},
        },
        inhibitions={
            "below": {
                "by": {"kind": "behind", "level": "city"},
                "mutes": {"kind": "behind", "level": "district"},
                "equal": ["metric", "tier"],
                "below": True,
            }
        },
        severities=[
            {"severity": "critical", "match": {"kind": "behind"}, "short_by": "10 %", "periods": 6, "missed": True},
            {"severity": "critical", "short_by": "12.5%"},
            {"severity": "notice"},
        ],
        escalations={
            "up": [{"after": "5 working days", "receiver": "heads"}, {"after": "6 working days", "receiver": "heads"}]
        },
        people={"U0123456789": {"office": "all"}, "W0123456780": {"office": ["01", "001@2021-01-01"]}},
        operators={"receiver": "heads", "users": ["U0123456789"], "dead_after": "90m"},
    )
    assert dict(found.windows) == {
        "hours": TimeWindow("hours", True, (), time(7, 30), time(17, 30)),
        "saturdays": TimeWindow("saturdays", False, (0, 5), time(9), time.max),
    }
    behind = Matcher(Label.KIND, ("behind",))
    assert found.inhibitions == (
        Inhibition(
            "below",
            (behind, Matcher(Label.LEVEL, ("city",))),
            (behind, Matcher(Label.LEVEL, ("district",))),
            (Label.METRIC, Label.TIER),
            below=True,
        ),
    )
    assert found.severities == (
        SeverityRule(Severity.CRITICAL, (behind,), 100_000, 6, True),
        SeverityRule(Severity.CRITICAL, (), 125_000, None, False),
        SeverityRule(Severity.NOTICE),
    )
    assert dict(found.escalations) == {"up": (EscalationStep(5, "heads"), EscalationStep(6, "heads"))}
    assert found.holders == (
        Holder("U0123456789", "office", None),
        Holder("W0123456780", "office", "01"),
        Holder("W0123456780", "office", "001@2021-01-01"),
    )
    assert (found.operators, found.operator_users) == ("heads", ("U0123456789",))
    assert found.dead_after == timedelta(minutes=90)


def test_a_receiver_of_slack(catalogue: Path) -> None:
    """All that may be said of one; worse_by is held as tolerances are."""
    assert receiver_of(
        catalogue,
        channel="chi-tieu",
        language="vi",
        mention="S0123456789",
        title="office",
        worse_by=1.5,
        charts=False,
        digests=["weekly", "monthly"],
        fallback="heads",
    ) == Receiver(
        name="one",
        channel="chi-tieu",
        language=Language.VI,
        mention="S0123456789",
        title=Text("Văn phòng", "The office"),
        worse_by=15_000,
        charts=False,
        digests=(Rhythm.WEEKLY, Rhythm.MONTHLY),
        fallback="heads",
    )


def test_a_receiver_by_mail_or_webhook(catalogue: Path) -> None:
    """Addresses, or an Airflow Connection: and mail goes by Airflow's own if no other is named."""
    addresses = ["a@example.org", "b.c+d@mail.example.org"]
    mail = receiver_of(catalogue, email=addresses, language="en")
    assert (mail.transport, mail.addresses, mail.connection) == (Transport.EMAIL, tuple(addresses), "smtp_default")
    assert mail.channel == "a@example.org, b.c+d@mail.example.org"
    assert receiver_of(catalogue, email=addresses, connection="mail", language="en").connection == "mail"
    hook = receiver_of(catalogue, webhook="duty_desk", language="en")
    assert (hook.transport, hook.connection, hook.channel) == (Transport.WEBHOOK, "duty_desk", "duty_desk")


SECRETS = [
    "https://hooks.slack.com/services/T0000/B0000/SECRETSECRET",
    "https://user:SECRETSECRET@desk.example.org/in",
    "xoxb-1234-SECRETSECRET",
    "xapp-1-A0-SECRETSECRET",
    "https://desk.example.org/in?token=SECRETSECRET",
    "https://desk.example.org/SECRETSECRET",
]


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("key", ["channel", "webhook", "connection", "email"])
def test_no_secret_is_kept_or_repeated(key: str, secret: str, catalogue: Path) -> None:
    """Where an address or a token with a secret stands in the file, it is refused in words that do not repeat it."""
    said = {"language": "en", key: [secret] if key == "email" else secret}
    if key == "connection":
        said["email"] = ["a@example.org"]
    with pytest.raises(CatalogueError) as refused:
        receiver_of(catalogue, **said)
    assert "SECRETSECRET" not in str(refused.value)
    assert "Airflow Connection" in str(refused.value)


@pytest.mark.parametrize(
    ("said", "time_held", "periods"),
    [
        ("2", timedelta(), 2),
        ("36h", timedelta(hours=36), 0),
        ("3d", timedelta(days=3), 0),
        ("45m", timedelta(0, 2700), 0),
    ],
)
def test_patience_is_counted_in_periods_or_time(said: str, time_held: timedelta, periods: int, catalogue: Path) -> None:
    """`for` and `keep_open_for` of a target: a number is judged periods, a span is time."""
    file = catalogue / "targets" / "share.yaml"
    text = file.read_text(encoding="utf-8").replace("    value: 80\n", f"    value: 80\n    for: {said}\n")
    file.write_text(text.replace("  owner: office\n", f"  owner: office\n  keep_open_for: {said}\n"), encoding="utf-8")
    (target,) = load(catalogue).targets
    assert (target.patience, target.patience_time) == (periods, time_held)
    assert (target.keep_open_for, target.keep_open_for_time) == (periods, time_held)


def test_patience_in_time_is_part_of_what_a_version_is_judged_by(catalogue: Path) -> None:
    """A version with a time is another one than without; 0 periods and no word of it are the same, as ever."""

    def version(line: str) -> str:
        file = catalogue / "targets" / "share.yaml"
        text = (SOUND / "targets" / "share.yaml").read_text(encoding="utf-8")
        file.write_text(text.replace("    value: 80\n", f"    value: 80\n{line}"), encoding="utf-8")
        return load(catalogue).targets[0].version

    lines = ("    for: 3d\n", "    for: 72h\n", "    for: 3\n", "    keep_open_for: 3d\n", "")
    days, hours, periods, kept, without = map(version, lines)
    assert days == hours
    assert len({days, periods, kept, without}) == 4
    assert version("    for: 0\n") == without


def test_patience_of_a_source_is_time(catalogue: Path) -> None:
    """A source has no judged periods: `for: 36h` is time, and `for: 2` is refused."""
    file = catalogue / "sources" / "dossiers.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(f"{text}for: 36h\nkeep_open_for: 1d\n", encoding="utf-8")
    source = load(catalogue).sources["dossiers"]
    assert (source.patience_time, source.keep_open_for_time) == (timedelta(hours=36), timedelta(days=1))
    file.write_text(f"{text}for: 2\n", encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"'2' is no span of time\. Write it as in 30m, 4h or 3d\."):
        load(catalogue)
