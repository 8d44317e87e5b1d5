"""Who is told of reports that differ from records: one message for a metric and tier, and its story in the thread."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from targetwatch.incidents import acknowledge
from targetwatch.model import (
    Delivery,
    Discrepancy,
    IncidentKind,
    Label,
    Lapse,
    Matcher,
    Notification,
    ReportFinding,
    Route,
    Span,
    Text,
    UnitKey,
)
from tests.incidents.programmes import ENGINEERS, HEADS, PROGRAMME, START, hanoi, unit
from tests.incidents.test_discrepancies import OF_MAY, report
from tests.notifications.passes import Watch, of_kinds, told, with_receivers, with_routes, words

NOW = hanoi(2025, 5, 20)
GROUP = "misreported/dossiers_online/commune"
COMMUNES = tuple(unit(f"{number:05}", f"Xã thứ {number}", "commune", UnitKey("01", START)) for number in range(200))
MANY = replace(PROGRAMME, org_units=(PROGRAMME.org_units[0], *COMMUNES))
MISREPORTED, AGREES, ACKNOWLEDGED = ReportFinding.MISREPORTED, ReportFinding.AGREES, ReportFinding.ACKNOWLEDGED


def of(number: int, finding: ReportFinding = MISREPORTED, **changes: object) -> Discrepancy:
    """One commune's report, the further off the smaller its number."""
    key = {"tier": "commune", "org_unit": f"{number:05}", "org_unit_valid_from": START}
    return report(finding, **{**key, "deviation": 170_000 - number, **changes})


def accepted(number: int, **changes: object) -> Discrepancy:
    """One commune's report whose difference is acknowledged."""
    said = {"reason": Text("hai phần mềm", "two systems"), "acknowledged_by": "chairs"}
    return of(number, ACKNOWLEDGED, **{**said, "acknowledged_until": date(2025, 5, 31), **changes})


class Communes:
    """A watch of two hundred communes, pass by pass."""

    def __init__(self, *receivers) -> None:
        self.watch = Watch(with_receivers(MANY, *(receivers or (ENGINEERS,))))
        self.passes = 0

    def look(self, *discrepancies: Discrepancy) -> list[Notification]:
        """One more pass, and what it adds to the outbox."""
        self.passes += 1
        return self.watch.look(NOW + timedelta(hours=self.passes), discrepancies=discrepancies)


def test_two_hundred_communes_make_one_message() -> None:
    """Those that are furthest off are named, and how many more there are, with the command that lists them."""
    communes = Communes(ENGINEERS, HEADS)
    added = communes.look(*(of(number) for number in range(200)))
    assert told(added) == [(GROUP, "post", "opened")]
    assert told(added, "heads") == [(GROUP, "post", "opened")]
    text = words(added[0])
    assert "200 of 200 communes" in text
    assert "Xã thứ 0" in text
    assert "Xã thứ 5" not in text
    assert "… and 195 more: `targetwatch sql" in text
    assert "https://airflow.example/targetwatch/reports/dossiers_online/commune" in str(added[0].payload)
    assert len(communes.watch.incidents) == 200


def test_looking_again_says_nothing() -> None:
    """The same reports in the next pass are no news, whenever they arrived."""
    communes = Communes()
    communes.look(of(1), of(2))
    assert communes.look(of(1), of(2, reported_at=NOW + timedelta(days=3))) == []


def test_another_unit_joins_the_message() -> None:
    """The message is edited, and its thread says who is new."""
    communes = Communes()
    communes.look(of(1))
    added = communes.look(of(1), of(2))
    assert told(added) == [(GROUP, "update", "units"), (GROUP, "reply", "units")]
    assert "Newly differ:" in words(added[1])
    assert "Xã thứ 2" in words(added[1])
    assert "Xã thứ 1*" not in words(added[1])


def test_who_joined_while_the_thread_had_to_wait_is_new_all_the_same() -> None:
    """It has changed since, and somebody has taken it on: for who heard of none of that it is no old one."""
    communes = Communes()
    route = Route("engineers", group_interval=Span(timedelta(hours=4)))
    communes.watch.programme = with_routes(communes.watch.programme, route)
    communes.look(of(1))
    assert [one for one in told(communes.look(of(1), of(2))) if one[1] == "reply"] == []
    communes.look(of(1), of(2, **OF_MAY))
    newly = communes.watch.incidents[2]
    communes.watch.act(NOW + timedelta(hours=4), acknowledge(newly, "lan", "Looking", None, NOW + timedelta(hours=4)))
    communes.passes += 1
    said = [words(one) for one in communes.look(of(1), of(2, **OF_MAY)) if one.reason == "units"]
    assert any("Newly differ:" in one and "Xã thứ 2" in one for one in said)


def test_one_of_several_is_corrected() -> None:
    """The message goes on about the others, and the thread says who corrected what."""
    communes = Communes()
    communes.look(of(1), of(2))
    added = communes.look(of(1, AGREES, reported_numerator=78), of(2))
    assert told(added) == [(GROUP, "update", "units"), (GROUP, "reply", "units")]
    assert "Xã thứ 1" not in words(added[0])
    assert "before it was corrected: 95.0% and 78.0%" in words(added[1])


def test_the_last_one_closes_the_message() -> None:
    """Corrected, the message closes as that; a new difference afterwards is a new message."""
    communes = Communes()
    communes.look(of(1))
    added = communes.look(of(1, AGREES, reported_numerator=78))
    assert told(added) == [(GROUP, "update", "resolved"), (GROUP, "reply", "resolved")]
    assert "Reports and records agree now" in words(added[0])
    assert told(communes.look(of(1, **OF_MAY))) == [(GROUP, "post", "opened")]


def test_an_acknowledged_difference_closes_it_without_praise() -> None:
    """It closes as superseded, with the reason and the term; when the term is over it is told anew and says so."""
    communes = Communes()
    communes.look(of(1))
    added = communes.look(accepted(1))
    assert told(added) == [(GROUP, "update", "superseded"), (GROUP, "reply", "superseded")]
    assert "nothing was corrected" in words(added[0])
    assert "until 31 May 2025 (Chairs of the districts): two systems" in words(added[0])
    assert communes.look(accepted(1)) == []
    again = communes.look(replace(accepted(1), finding=MISREPORTED, lapsed=Lapse.EXPIRED))
    assert told(again) == [(GROUP, "post", "opened")]
    assert "It was acknowledged until 31 May 2025; that term is over." in words(again[0])


def test_a_new_period_that_differs_is_said_in_the_thread() -> None:
    """The same episode goes on: an edit, and a reply that it differs still."""
    communes = Communes()
    communes.look(of(1))
    added = communes.look(of(1, **OF_MAY))
    assert [(one.delivery, one.reason) for one in added] == [(Delivery.UPDATE, "units"), (Delivery.REPLY, "units")]
    assert "Still differ in the new period:" in words(added[1])


def test_only_those_who_answer_for_the_metric_hear_of_it() -> None:
    """A receiver whose route is for other owners, or for other kinds, gets nothing."""
    communes = Communes()
    communes.watch.programme = with_routes(
        MANY,
        Route("engineers", (Matcher(Label.OWNER, ("office",)),), goes_on=True),
        Route("heads", of_kinds(IncidentKind.BEHIND)),
    )
    assert communes.look(of(1)) == []
