"""Single links of the chain, as they are told of cases that no story comes by easily."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest

from targetwatch.checks.suite import read_suite
from targetwatch.explaining.claims import claims
from targetwatch.explaining.found import Answer
from targetwatch.explaining.incident import incident
from targetwatch.explaining.judgement import DECIDES, FAILS, Suite, judgement
from targetwatch.explaining.messages import messages
from targetwatch.explaining.records import records
from targetwatch.explaining.status import status
from targetwatch.explaining.target import target
from targetwatch.explaining.value import value
from targetwatch.model import Basis, Reason, Successor, UnitKey, Verdict
from targetwatch.settings import CHECKOUT
from tests.explaining.cases import CITY, EN, MOMENT, QUERY, VI, case, observed, place, said, unit

WRITTEN = read_suite(CHECKOUT / "expectations/judgement/targets.json")["expectations"]
SUITE = Suite("expectations/judgement/targets.json", WRITTEN)
WEST, EAST = UnitKey("102", date(2021, 1, 1)), UnitKey("101", date(2025, 7, 1))


def row_of(number: int, event: str, days: int, facts: str = "{}") -> dict[str, object]:
    """A step of an incident."""
    return {"number": number, "event": event, "happened_at": MOMENT + timedelta(days=days), "facts_after": facts}


def test_every_verdict_and_every_reason_has_its_words() -> None:
    """Each verdict says what it means to fail, and each reason that judging gives names the verdict it rests on."""
    assert set(FAILS) == set(Verdict)
    unjudged = {
        Reason.TARGET_ENDED, Reason.UNIT_ENDED, Reason.UNIT_PASSED_ON, Reason.SOURCE_PLANNED, Reason.NEVER_OBSERVED,
        Reason.NOTHING_DUE_YET,
    }  # fmt: skip
    assert set(DECIDES) == set(Reason) - unjudged


def test_a_row_that_failed_nothing() -> None:
    """None failed, and the one that the status rests on is named with its columns and its notes."""
    step = judgement(case(said(status="met", reason="final_reached", failed=[])), SUITE, EN)
    assert step is not None
    assert step.says == (
        f"expectations/judgement/targets.json has {len(WRITTEN)} expectations; its row failed none of them.",
        "It is met because this one held:",
        "  expect_column_pair_values_a_to_be_greater_than_b(final_attained_worst, final_needed_worst): “It reaches the "
        "final value if the missing units bring the worst they can.”",
    )


def test_verdicts_at_best_and_at_worst_are_one_where_nobody_is_missing() -> None:
    """With all in they stand together; with units missing each stands by itself."""
    failed = ["short_at_best", "short_at_worst"]
    together = judgement(case(said(failed=failed)), SUITE, EN)
    apart = judgement(case(said(failed=failed, missing=["x@2021-01-01"])), SUITE, EN)
    assert together is not None
    assert apart is not None
    assert "• Short of what is required now (short_at_best, short_at_worst)" in together.says
    assert [line for line in apart.says if line.startswith("•")] == [
        "• Short of what is required now, even with the missing units at their best (short_at_best)",
        "• Short of what is required now, with the missing units at their worst (short_at_worst)",
    ]


def test_a_failed_guard() -> None:
    """Where a check could not run, that is said, and no expectation is blamed."""
    row = said(
        status="not_evaluated", reason="check_failed", failed=["guard"], period_start=None, period_end=None, origin=None
    )
    step = judgement(case(row), SUITE, EN)
    assert step is not None
    assert step.says[1:] == (
        "• A guard failed or a check could not run, and so nothing was judged (guard)",
        "It is not evaluated because of guard.",
    )
    assert step.facts["failed"] == []


def test_nothing_counted() -> None:
    """An empty denominator has no value, and is said to be 0 of 0."""
    row = said(
        numerator=0,
        denominator=0,
        status="not_evaluated",
        reason="empty_denominator",
        failed=["no_value"],
        headroom=None,
    )
    step = value(case(row), EN)
    assert step is not None
    assert step.says[0].startswith("0 / 0 dossiers = no value (from the records, complete, known since")


def test_a_restatement_is_told_apart_from_later_reports() -> None:
    """Other figures of the same bodies are a restatement; figures of more bodies are not."""
    later = MOMENT + timedelta(days=4)
    then = observed(rolled_up=True, bodies_due=2)
    restated = observed(640, rolled_up=True, bodies_due=2, known_at=later, recorded_at=later)
    whole = observed(1_300, 2_000, rolled_up=True, bodies_reported=2, bodies_due=2, known_at=later, recorded_at=later)
    one, two = (value(case(versions=Answer((new, then), QUERY)), EN) for new in (restated, whole))
    assert one is not None
    assert two is not None
    assert "Since restated to 640 / 1,000 dossiers = 64.0% on 20 Jun 2025." in one.says
    assert "It has since become 1,300 / 2,000 dossiers = 65.0% (2 of 2 reported) on 20 Jun 2025." in two.says


def test_what_was_recorded_later_was_not_known_then() -> None:
    """A publication of an earlier day that was delivered only afterwards is said to have come since."""
    late = observed(640, known_at=MOMENT - timedelta(days=9), recorded_at=MOMENT + timedelta(days=1))
    one = case(versions=Answer((observed(), late), QUERY))
    assert one.then == observed()
    assert one.later == [late]


def test_a_unit_that_passed_on() -> None:
    """Who follows it is named with the parts and what these rest on, and so is the command that tells more."""
    halves = tuple(Successor(key, Fraction(1, 2), Basis.EQUAL) for key in (EAST, UnitKey("103", EAST.valid_from)))
    west = unit(WEST, "Phường Tây", valid_to=date(2025, 6, 30), successors=halves)
    row = said(status="ended", reason="unit_passed_on", failed=[], period_start=None, period_end=None, origin=None)
    step = status(case(row, place(unit(EAST, "Phường Đông Tây"), of=west)), EN)
    assert step is not None
    assert step.says[2:] == (
        "Phường Tây existed until 30 Jun 2025.",
        "Followed by Phường Đông Tây (101@2025-07-01: half) and 103@2025-07-01 (103@2025-07-01: half) "
        "– in equal parts, no count is known.",
        "`targetwatch units 102@2021-01-01` tells more of that.",
    )


def test_a_target_that_ended() -> None:
    """Its last day is named."""
    row = said(
        status="ended",
        reason="target_ended",
        effective_to=date(2025, 4, 30),
        period_start=None,
        period_end=None,
        origin=None,
    )
    step = status(case(row), EN)
    assert step is not None
    assert "Its last day in force was 30 Apr 2025." in step.says


def test_since_when_it_is_so() -> None:
    """The status counts from where it began without a break, and the reason from where that did."""
    days = [
        {"as_of": MOMENT - timedelta(days=number), "status": one, "reason": reason}
        for number, one, reason in (
            (0, "at_risk", "incomplete"),
            (2, "at_risk", "within_margin"),
            (5, "on_track", "required_reached"),
            (9, "at_risk", "incomplete"),
        )
    ]
    row = said(status="at_risk", reason="incomplete", missing=["x@2021-01-01"])
    step = status(case(row, statuses=Answer(days, QUERY)), EN)
    assert step is not None
    assert step.says[0] == "At risk, since 09:00, 14 Jun 2025."
    assert step.says[2] == "This has been the reason, since 09:00, 16 Jun 2025."


@pytest.mark.parametrize(
    ("events", "first"),
    [
        ([(7, "pending", -2)], "TW-7 is pending, since 09:00, 14 Jun 2025."),
        ([(7, "pending", -2), (7, "opened", -1)], "TW-7 is open, since 09:00, 15 Jun 2025."),
        (
            [(7, "opened", -2), (7, "acknowledged", 0)],
            "TW-7 is open, since 09:00, 14 Jun 2025, and acknowledged.",
        ),
        (
            [(7, "opened", -2), (7, "acknowledged", -1), (7, "lapsed", -1), (7, "changed", 0)],
            "TW-7 is open, since 09:00, 14 Jun 2025.",
        ),
        ([(7, "pending", -2), (7, "withdrawn", 0)], "TW-7: dropped, and never opened at 09:00, 16 Jun 2025."),
        ([(3, "opened", -9), (3, "ended", -8), (7, "opened", 0)], "TW-7 is open, since 09:00, 16 Jun 2025."),
    ],
)
def test_the_state_of_an_incident_follows_from_its_steps(events: list[tuple[int, str, int]], first: str) -> None:
    """It is what its newest step made of it, and those before it are named."""
    step = incident(case(incidents=Answer([row_of(*event) for event in events], QUERY)), EN)
    assert step is not None
    assert step.says[0] == first
    assert (step.says[-1] == "Before it: TW-3.") is (len(events) == 3)


def test_long_lists_are_cut_and_say_so() -> None:
    """Of many steps and messages the newest are told, with how many there are beside them."""
    steps = [row_of(7, "opened", 0), *(row_of(7, "changed", day) for day in range(1, 12))]
    told = incident(case(incidents=Answer(steps, QUERY)), EN)
    sent = [
        {"created_at": MOMENT, "channel": "a", "delivery": "update", "reason": "changed", "state": "sent",
         "state_reason": None, "settled_at": MOMENT, "incident": 7, "text": "words\nmore", "receiver": "b",
         "transport": "slack"}
    ] * 11  # fmt: skip
    out = messages(case(messages=Answer(sent, QUERY)), EN)
    assert told is not None
    assert out is not None
    assert told.says[1] == "• 4 older steps, by the command"
    assert out.says[0] == "• 3 older ones, by the command"
    assert len(told.facts["history"]) == 12  # type: ignore[arg-type]
    assert len(out.facts["messages"]) == 11  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("state", "reason", "became"),
    [
        ("sent", None, "delivered 09:00, 16 Jun 2025"),
        ("pending", None, "waiting to be sent"),
        ("merged", "newer", "merged into a newer edit"),
        (
            "suppressed",
            "pooled_is_not_behind",
            "withheld: the target as a whole is not behind, so that its units are not told of",
        ),
        ("suppressed", "silenced:a1b2", "withheld: muted by the silence a1b2"),
        ("suppressed", "a word of a later release", "withheld: a word of a later release"),
        ("failed", "channel_not_found", "could not be delivered: channel_not_found"),
    ],
)
def test_what_became_of_a_message(state: str, reason: str | None, became: str) -> None:
    """Whether it was delivered and when, or why not."""
    row = {
        "created_at": MOMENT, "channel": "a", "delivery": "post", "reason": "opened", "state": state,
        "state_reason": reason, "settled_at": MOMENT, "incident": 7, "text": None, "receiver": "b",
        "transport": "slack",
    }  # fmt: skip
    step = messages(case(messages=Answer([row], QUERY)), EN)
    assert step is not None
    assert step.says == (f"• 09:00, 16 Jun 2025, #a: a new message: {became}",)


@pytest.mark.parametrize(
    ("transport", "channel", "place"),
    [
        ("slack", "chi-tieu", "#chi-tieu"),
        ("email", "chairs@example.org", "e-mail to chairs@example.org"),
        ("webhook", "duty_desk", "webhook duty_desk"),
    ],
)
def test_a_message_says_where_it_went(transport: str, channel: str, place: str) -> None:
    """Only a Slack channel has a sign before its name; a mail goes to addresses, and a webhook has a Connection."""
    row = {
        "created_at": MOMENT, "channel": channel, "delivery": "post", "reason": "opened", "state": "pending",
        "state_reason": None, "settled_at": None, "incident": 7, "text": None, "receiver": "b", "transport": transport,
    }  # fmt: skip
    step = messages(case(messages=Answer([row], QUERY)), EN)
    assert step is not None
    assert step.says == (f"• 09:00, 16 Jun 2025, {place}: a new message: waiting to be sent",)


@pytest.mark.parametrize(
    ("event", "by", "why", "said"),
    [
        ("acknowledged", "linh", "a new system", "acknowledged (linh, “a new system”)"),
        ("lapsed", "linh", "", "no longer acknowledged (linh)"),
        ("lapsed", None, "severity", "no longer acknowledged (it had become more severe)"),
        ("escalated", None, "chairs", "escalated (chairs was told)"),
        ("escalated", None, None, "escalated"),
    ],
)
def test_what_people_did_says_who_and_why(event: str, by: str | None, why: str | None, said: str) -> None:
    """An acknowledgement names its author and reason, what lapsed by itself why, and an escalation whom it told."""
    steps = [row_of(7, "opened", 0), {**row_of(7, event, 1), "by_whom": by, "why": why}]
    step = incident(case(incidents=Answer(steps, QUERY)), EN)
    assert step is not None
    assert step.says[-1] == f"• 09:00, 17 Jun 2025: {said}"


CLAIM = {
    "claim": "share/2021-07-15", "as_of": date(2021, 7, 15), "published": "69.3", "unit_of_measure": "percent",
    "numerator": 410, "denominator": 579, "compared_as": "share", "qualifier": "exact", "reference": "R1",
    "finding": "misreported", "parts_agree": True, "contradictions": "[]", "incident": None, "opened_at": MOMENT,
}  # fmt: skip


@pytest.mark.parametrize(
    ("found", "says"),
    [
        (
            {"parts_agree": False},
            ["410 of 579 make 70.8%, and not 69.3%. For 69.3% the numerator would have to be 401, 9 fewer."],
        ),
        (
            {"contradictions": '[{"against": "records", "as_of": "2021-07-31", "since": "2021-07-01", '
             '"numerator": 1, "denominator": 2, "published": null, "qualifier": "exact", "reference": null}]'},
            ["Published as 69.3%; the records of July 2021 show 50.0%."],
        ),
        (
            {"contradictions": '[{"against": "republished", "as_of": "2021-07-15", "since": null, "numerator": null, '
             '"denominator": null, "published": "70.1", "qualifier": "about", "reference": "R9"}]', "incident": 7},
            [
                "For the same day, 15 Jul 2021, another document (R9) published about 70.1%; this one says 69.3%, and "
                "does not say that it replaces it.",
                "TW-7 is open about it, since 09:00, 16 Jun 2025.",
            ],
        ),
    ],
)  # fmt: skip
def test_what_a_published_figure_does_not_agree_with_is_said(found: dict[str, Any], says: list[str]) -> None:
    """Its own parts, another document or the records are each a sentence, and its incident is named."""
    step = claims(case(claims=Answer([{**CLAIM, **found}], QUERY)), EN)
    assert step is not None
    assert list(step.says) == says


def test_nothing_is_said_of_figures_that_add_up() -> None:
    """A figure against which nothing speaks, or about which nothing can be said, is no link of the chain."""
    for finding in ("adds_up", "not_compared", "not_evaluated", "replaced"):
        assert claims(case(claims=Answer([{**CLAIM, "finding": finding}], QUERY)), EN) is None
    assert claims(case(), EN) is None


def test_a_sum_that_took_over_from_units_that_ended() -> None:
    """What of a sum is not of the bodies that are listed is said to have come from others."""
    rolled = observed(20, 24, rolled_up=True, bodies_reported=2, bodies_due=2)
    bodies = [
        {
            "name": name,
            "numerator": 8,
            "denominator": 10,
            "known_at": MOMENT,
            "org_unit": code,
            "org_unit_valid_from": day,
        }
        for name, code, day in (("A", "1", CITY.valid_from), ("B", "2", CITY.valid_from))
    ]
    row = said(numerator=20, denominator=24)
    step = records(case(row, versions=Answer((rolled,), QUERY), bodies=Answer(bodies, QUERY)), EN)
    assert "Of their own: 16 of 20; 4 of 4 came from units that have ended." in step.says


def test_records_that_changed_since_they_were_measured() -> None:
    """Where the list is no longer what the ledger holds, both are said."""
    listed = [{"in_numerator": place < 640, "batch_id": "a_batch"} for place in range(990)]
    step = records(case(records=Answer(listed, QUERY)), EN)
    assert step.says == (
        "May 2025: 990 dossiers are in the denominator, 640 of them in the numerator.",
        "The ledger has 650 of 1,000: the records have changed since they were measured.",
    )


def test_records_of_a_count() -> None:
    """Of a plain count there is no denominator to speak of."""
    listed = [{"in_numerator": True, "batch_id": "a_batch"}] * 12
    row = said(numerator=12, denominator=1)
    step = records(case(row, place(kind="count", unit_of_measure="count"), records=Answer(listed, QUERY)), EN)
    assert step.says == ("May 2025: 12 dossiers are behind it.",)


def test_a_figure_made_of_numbers() -> None:
    """Where numbers are added up and no records are counted, how many there are is said, and what they make."""
    parts = [{"system": name, "numerator": 300, "denominator": 500, "batch_id": "a_batch"} for name in ("a", "b")]
    step = records(case(records=Answer(parts, QUERY)), EN)
    assert step.says == ("May 2025: put together out of 2 rows.",)
    assert (step.facts["rows"], step.facts["numerator"], step.facts["denominator"]) == (2, 600, 1_000)


def test_a_ledger_without_records() -> None:
    """Where only the ledger has been published, no file is blamed for it."""
    step = records(case(where=replace(place(), has_records=False)), EN)
    assert step.says == ("There is no snapshot of the records yet.",)


def test_a_margin_and_a_money_target() -> None:
    """A target that is no share is told in its own measure."""
    row = said(value=5_000_000, final=5_000_000, required=5_000_000, warning_margin=500_000, path="hold", due=None)
    step = target(case(row, place(kind="level", unit_of_measure="billion_vnd")), VI)
    assert step.says[0] == "“Chỉ tiêu” cần ≥ 5 tỷ đồng vào mọi lúc, cảnh báo khi chỉ vượt dưới 0,5 tỷ đồng."


def test_moments_are_the_programmes_own() -> None:
    """The clock of what is said is that of the programme's time zone."""
    assert place().today == date(2025, 6, 16)
