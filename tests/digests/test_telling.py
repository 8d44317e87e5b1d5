"""What a digest tells, worked out by hand from the pictures of tests.digests.examples."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from targetwatch.incidents import facts
from targetwatch.model import (
    Discrepancy,
    IncidentKind,
    Language,
    Reason,
    ReportFinding,
    Role,
    Routing,
    Scope,
    Status,
)
from targetwatch.notifications.digests import Ears, MonthlyStory, Page, WeeklyStory, as_lines, as_message, render, tell
from targetwatch.notifications.digests.picture import Picture, Sent
from tests.digests import examples
from tests.digests.examples import (
    CITY,
    EACH,
    FROM,
    KEYS,
    NOW,
    OCTOBER,
    OF_COMMUNES,
    OF_DISTRICTS,
    OTHERS,
    SEPTEMBER,
    SHARES,
    SOFTWARE,
    UnitKey,
    instead,
    local,
    look,
    month,
    programme,
    situation,
    units,
    week,
)


def weekly(picture: Picture, receiver: str | None = None) -> WeeklyStory:
    """The story of a week's picture."""
    told = tell(picture, Ears(picture.situation), receiver)
    assert isinstance(told, WeeklyStory)
    return told


def monthly(picture: Picture, receiver: str | None = None) -> MonthlyStory:
    """The story of a month's picture."""
    told = tell(picture, Ears(picture.situation), receiver)
    assert isinstance(told, MonthlyStory)
    return told


def page(picture: Picture, receiver: str | None = None, language: Language = Language.EN) -> Page:
    """A picture in words."""
    return render(tell(picture, Ears(picture.situation), receiver), language)


def said(picture: Picture, receiver: str | None = None) -> str:
    """A picture as a terminal shows it, in English."""
    return "\n".join(as_lines(page(picture, receiver)))


def test_a_target_counts_once_whatever_its_units() -> None:
    """Twelve targets: those of many units stand by their worst, a pooled one by itself."""
    assert weekly(week()).digest.counts == {
        Status.MISSED: 1, Status.BEHIND: 2, Status.AT_RISK: 2, Status.NOT_EVALUATED: 1, Status.STALE: 1,
        Status.NO_DATA: 1, Status.ON_TRACK: 2, Status.MET: 2,
    }  # fmt: skip
    assert page(week()).headline == "Week 47: 5 of 12 targets need action, 3 cannot be judged"


def test_half_of_a_gap_is_closed_by_the_fewest_units() -> None:
    """The city is 1,300 short: Ba Vì's 700 are over half. Were Ba Vì 600 short, Chương Mỹ's 500 would be needed."""
    (first, *_) = [one for one in weekly(week()).closing if one.standing.target is OF_DISTRICTS]
    assert ([line.name for line in first.units], first.closes, first.whole) == (["Huyện Ba Vì"], 700, 1300)
    less = look(OF_DISTRICTS, KEYS["Huyện Ba Vì"], (800, 2000), status=Status.BEHIND, role=Role.SHARE)
    picture = week()
    picture = replace(picture, situation=situation(programme(), picture.as_of, instead(NOW, less)))
    (first, *_) = [one for one in weekly(picture).closing if one.standing.target is OF_DISTRICTS]
    assert ([line.name for line in first.units], first.closes) == (["Huyện Ba Vì", "Huyện Chương Mỹ"], 1100)


def test_changes_are_of_the_week_as_it_was_known_then() -> None:
    """A target that has recovered between Sunday night and the digest changed in the week, and since then once more."""
    picture = week()
    later = instead(NOW, look(SOFTWARE, CITY, (81, 100), 790_000, status=Status.MET))
    picture = replace(picture, situation=situation(programme(), picture.as_of, later))
    assert "Document software: met → behind, 19.0 points short, 19 dossiers short; since then: met." in said(picture)


def test_a_target_that_came_in_the_week_is_said_as_new() -> None:
    """What had never been judged when the week began changed from nothing, and is listed last."""
    began = tuple(one for one in examples.BEGAN if one.target != OF_COMMUNES.target)
    changes = weekly(week(began=began)).changes
    assert (changes[-1].standing.target, changes[-1].before) == (OF_COMMUNES, None)
    assert "Commune dossiers: judged for the first time, cannot be said yet, 7 communes missing." in said(
        week(began=began)
    )


def test_units_that_went_the_same_way_are_one_change() -> None:
    """Three of four districts that answer for themselves fall behind: one line, and the numbers of each at its end."""
    fell = [
        look(EACH, KEYS[name], (139 - place, 200), status=Status.BEHIND, role=Role.EACH)
        for place, name in enumerate(("Huyện Chương Mỹ", "Huyện Phú Xuyên", "Quận Ba Đình"))
    ]
    picture = week()
    ended = instead(NOW, *fell)
    picture = replace(picture, ended=ended, situation=situation(programme(), picture.as_of, ended))
    assert "On time, each district, 3 districts (Quận Ba Đình, Huyện Phú Xuyên and Huyện Chương Mỹ): met → behind." in (
        said(picture)
    )


def test_the_same_status_further_behind_is_a_change() -> None:
    """Still behind, and by how much more in real things, and how many units more."""
    assert (
        "District dossiers: still behind, 16.3 points short, 1,300 dossiers short (900 dossiers short when the week "
        "began); 3 of 4 districts behind (2 when the week began): Huyện Ba Vì (700 dossiers short), Huyện Chương Mỹ "
        "(500 dossiers short) and 1 more." in said(week())
    )


def test_what_the_catalogue_no_longer_lists_is_not_spoken_of() -> None:
    """A target that was withdrawn stands nowhere, and that it has gone is no change for the better."""
    whole = programme(targets=tuple(one for one in examples.TARGETS if one is not SOFTWARE))
    picture = week()
    picture = replace(picture, situation=situation(whole, picture.as_of))
    assert "software" not in said(picture)
    assert weekly(picture).digest.targets == 11


def test_a_target_that_ended_before_is_no_news() -> None:
    """A unit that ended in the week is said once; one that had never been judged and is over is not."""
    ended = instead(NOW, look(SOFTWARE, CITY, None, status=Status.ENDED, reason=Reason.TARGET_ENDED))
    picture = week(ended=ended)
    picture = replace(picture, situation=situation(programme(), picture.as_of, ended))
    assert "Document software: met → ended" in said(picture)
    began = tuple(one for one in examples.BEGAN if one.target != SOFTWARE.target)
    assert "software" not in said(replace(picture, began=began))


def test_who_has_not_reported_is_said_by_parent() -> None:
    """Seven of twelve communes: three below Ba Vì, three below Chương Mỹ, one below Phú Xuyên; one target waits."""
    (one,) = weekly(week()).digest.missing
    assert (one.missing, one.due, one.undecided, one.longest_silence) == (7, 12, 1, 2)
    assert one.parents == (("Huyện Ba Vì", 3), ("Huyện Chương Mỹ", 3), ("Huyện Phú Xuyên", 1))


def test_a_source_that_never_began_is_counted_and_not_listed() -> None:
    """Nobody is told of it, so neither here: only that there is one."""
    late = examples.incident(104, IncidentKind.LATE, "procedures", local(date(2024, 11, 14)), **{
        **examples.MISSING, "begun": False,
    })  # fmt: skip
    picture = week()
    picture = replace(picture, situation=situation(programme(), picture.as_of, incidents=(late,)))
    story = weekly(picture)
    assert (story.digest.missing, story.digest.not_begun, story.digest.waiting.incidents) == ((), 1, 0)
    assert "1 source has never delivered" in said(picture)
    assert [one.source.id for one in story.deadlines] == ["portal"]


def test_the_oldest_that_nobody_acknowledged_is_named() -> None:
    """Five are open; one is acknowledged and one is a unit's share: four wait, the oldest since 11 October."""
    waiting = weekly(week()).digest.waiting
    assert (waiting.incidents, waiting.groups, waiting.oldest) == (4, 4, examples.OPENED)
    assert waiting.about == examples.CLAIM.name


def test_reports_that_differ_are_named_with_both_figures() -> None:
    """Ba Vì reports 51.0 % and its records give 42.1 %: the furthest of two, and one more."""
    reports = [
        examples.incident(
            number,
            IncidentKind.MISREPORTED,
            "on_time/district",
            local(date(2024, 11, 15)),
            unit=KEYS[name],
            report=facts.of_discrepancy(_report(KEYS[name], said_of_it, held)),
        )
        for number, name, said_of_it, held in (
            (201, "Quận Ba Đình", 500, 480),
            (202, "Huyện Ba Vì", 510, 421),
        )
    ]
    picture = week()
    picture = replace(picture, situation=situation(programme(), picture.as_of, incidents=tuple(reports)))
    assert (
        "Does not agree: Huyện Ba Vì reported 51.0%, its records show 42.1% (Dossiers on time, Oct 2024), and 1 more."
        in said(picture)
    )
    assert "Not acknowledged: 2 incidents in 1 message, the oldest 10 days (Dossiers on time)." in said(picture)


def _report(unit: UnitKey, reported: int, computed: int) -> Discrepancy:
    """So many of a thousand dossiers reported, and so many in the records."""
    at = local(date(2024, 11, 14))
    return Discrepancy(
        metric="on_time", tier="district", org_unit=unit.code, org_unit_valid_from=unit.valid_from,
        period_start=OCTOBER.first_day, period_end=OCTOBER.last_day, reported_numerator=reported,
        reported_denominator=1000, reported_parts=True, reported_at=at, computed_numerator=computed,
        computed_denominator=1000, computed_parts=True, computed_at=at, deviation=abs(reported - computed) * 1000,
        allowed=10_000, finding=ReportFinding.MISREPORTED,
    )  # fmt: skip


def test_whoever_hears_of_a_part_reads_of_that_part() -> None:
    """Ba Vì's own receiver reads of its own targets and communes: the figures are those of its units alone."""
    story = weekly(week(), "ba-vi")
    assert [(one.standing.target, one.after.org_unit) for one in story.changes] == [
        (EACH, "001"),
        (OF_DISTRICTS, "001"),
    ]
    (missing,) = story.digest.missing
    assert (missing.missing, missing.due, missing.units) == (3, 3, ("Xã 1.1", "Xã 1.2", "Xã 1.3"))
    assert (story.digest.claims, story.digest.restated, story.digest.refused) == ((), (), ())
    text = said(week(), "ba-vi")
    assert "only what this receiver is told of" in text
    assert not {"Chương Mỹ", "Phú Xuyên", "portal"} & set(text.replace(".", " ").split())
    assert monthly(month(), "ba-vi").rates == ()


def test_heads_of_units_read_who_has_not_reported() -> None:
    """They are told of no late source by itself, and their targets wait for this one."""
    assert [one.source for one in weekly(week(), "heads").digest.missing] == ["procedures"]
    assert not weekly(week(), "heads").digest.is_part


def test_a_receiver_that_no_route_names_reads_of_everything() -> None:
    """It has a digest and nothing else, so that the digest is whole; without any route that goes for all."""
    alone = weekly(week(), "director")
    assert alone.digest.counts == weekly(week()).digest.counts
    picture = week()
    picture = replace(picture, situation=situation(programme(routing=Routing()), picture.as_of))
    assert weekly(picture, "ba-vi").digest.targets == 12


def test_each_receiver_reads_of_its_own_messages() -> None:
    """Fourteen went to the heads and nine were grouped or held back; of one that got none that is said too."""
    assert "In the week: 14 messages sent, 9 grouped or held back" in said(week(), "heads")
    assert "In the week: 20 messages sent, 1 grouped or held back, 1 could not be sent" in said(week(), "engineers")
    assert "In the week: 0 messages sent, 0 grouped or held back" in said(week(), "ba-vi")
    assert weekly(week()).digest.sent == Sent(34, 4, 6, 1)


def test_a_month_says_the_value_the_need_the_distance_and_the_trend() -> None:
    """4,300 of 8,000: 53.75 %, five points less than September's 58.75 and 13.75 more than a year before."""
    (result,) = [one for one in monthly(month()).results if one.standing.target is OF_DISTRICTS]
    assert (result.month_before, result.year_before) == ((4700, 8000), (3200, 8000))
    assert (result.fell, result.recovered) == (("Huyện Phú Xuyên",), ("Quận Ba Đình",))
    assert (
        "District dossiers: 53.8% (4,300 of 8,000 dossiers), needed 70.0% (assumed path), final ≥ 80%; 16.3 points "
        "short, 1,300 dossiers short; the month before 58.8% (now −5.0 points), a year before 40.0% (now +13.8 points)"
        in said(month())
    )


def test_what_the_next_month_asks_for_is_said_in_real_things() -> None:
    """71.8904 % of 8,000 are 5,751.23 dossiers: 5,752, which is 1,452 more than 4,300."""
    assert "District dossiers: 71.9% (assumed path), now 53.8%: 1,452 more dossiers." in said(month())


def test_what_cannot_be_said_is_not_said_to_be_reached() -> None:
    """The communes' 71 % of five of twelve are above the 70 % that are needed, and say nothing yet."""
    assert "cannot be said yet, 7 communes missing" in said(month())
    assert "710 of 1,000 dossiers), needed 70.0% (assumed path), final ≥ 80%; 10 dossiers" not in said(month())


def test_a_month_says_how_long_troubles_took() -> None:
    """Since 15 October: three opened that are told of, and one was resolved, after five days."""
    lives = monthly(month()).lives
    assert (lives.opened, lives.resolved, lives.ended) == (3, 1, 0)
    assert lives.longest == (local(date(2024, 11, 8)), local(date(2024, 11, 13), 9))


def test_targets_that_were_reached_are_named() -> None:
    """One that was on track when the edition began has been met since."""
    assert monthly(month()).newly_met == (OTHERS[1].target,)
    assert "Newly reached: other target 2." in said(month())


def test_a_late_digest_says_so() -> None:
    """Made on Wednesday, it says when it was due; made on its day, it does not."""
    assert "late: it was due at 08:05, 25 Nov 2024" in said(week(local(date(2024, 11, 27), 10)))
    assert "late" not in said(week()).rpartition("As of")[2]


def test_old_judgement_is_dated() -> None:
    """Where nothing has been evaluated for two hours, the small print says since when."""
    picture = week()
    assert "last evaluated" not in said(picture)
    assert "last evaluated at 05:05, 25 Nov 2024" in said(
        replace(picture, newest_pass=picture.as_of - timedelta(hours=3))
    )


def test_a_week_in_which_nothing_changed_says_that() -> None:
    """No part is made up: nothing changed, nothing is to be done, and nothing more is said."""
    text = said(examples.quiet_week())
    assert text.startswith("Week 47: none of 2 targets needs action\n")
    assert "Nothing changed." in text
    for part in ("First things", "Not reported", "looked into", "Due next"):
        assert part not in text


def test_a_programme_without_targets_has_a_digest() -> None:
    """It says that there are none, and is a message that Slack takes."""
    now = local(date(2024, 11, 25), 8, 5)
    empty = programme(targets=(), metrics={}, sources={})
    picture = week(
        now, situation=situation(empty, now, (), incidents=()), began=(), ended=(), corrected=(), deadlines=()
    )
    assert said(picture).startswith("Week 47: there are no targets yet\n\nNo target has been judged yet.")
    assert as_message(page(picture), Language.EN)["blocks"]


def test_five_thousand_units_make_one_line() -> None:
    """Every unit of a target falls behind in a week: one change with their number, a page, and a valid message."""
    names = [f"Đơn vị {place:04d}" for place in range(5_000)]
    whole = programme(org_units=units(names, communes=0), targets=(replace(OF_DISTRICTS, scope=Scope.EACH),))
    keys = [UnitKey(f"{place:03d}", FROM) for place in range(1, 5_001)]
    behind = tuple(look(OF_DISTRICTS, key, (100, 200), status=Status.BEHIND, role=Role.EACH) for key in keys)
    began = tuple(
        look(OF_DISTRICTS, key, (180, 200), status=Status.MET, role=Role.EACH, period=SEPTEMBER) for key in keys
    )
    now = local(date(2024, 11, 25), 8, 5)
    picture = week(
        now,
        situation=situation(whole, now, behind, incidents=()),
        began=began,
        ended=behind,
        corrected=(),
        deadlines=(),
    )
    (change,) = weekly(picture, "heads").changes
    assert len(change.units) == 5_000
    assert "5,000 districts (Đơn vị 0000, Đơn vị 0001, Đơn vị 0002 and 4,997 more): met → behind." in said(picture)
    assert "Đơn vị 0000, Đơn vị 0001, Đơn vị 0002 and 4,997 more: 200,000 dossiers" in said(picture)


@pytest.mark.parametrize("language", list(Language), ids=str)
def test_a_message_that_is_cut_says_how_much_and_how_to_see_it(language: Language) -> None:
    """Forty targets fall behind: eight are shown, the others are counted, and the command prints them all."""
    many = tuple(
        replace(OF_DISTRICTS, target=f"t{place}", version=f"t{place}", short_name=OTHERS[0].short_name)
        for place in range(40)
    )
    behind = tuple(look(one, CITY, (4300, 8000), status=Status.BEHIND) for one in many)
    began = tuple(look(one, CITY, (7900, 8000), status=Status.MET, period=SEPTEMBER) for one in many)
    now = local(date(2024, 11, 25), 8, 5)
    picture = week(
        now,
        situation=situation(programme(targets=many), now, behind, incidents=()),
        began=began,
        ended=behind,
        corrected=(),
    )
    whole = page(picture, None, language)
    message = str(as_message(whole, language))
    command = f"targetwatch digest --weekly --as-of 2024-11-25T08:05 --lang {language.value}"
    assert ("… và 32 mục khác" if language is Language.VI else "… and 32 more") in message
    assert command in message
    assert sum(line.startswith("  ▼") for line in as_lines(whole)) == 40


def test_shares_are_not_counted_twice() -> None:
    """Under a pooled target the units are its own: no line of their own, and no target."""
    assert all(one.after.role is not Role.SHARE for one in weekly(week()).changes)
    assert len(SHARES) == 4
