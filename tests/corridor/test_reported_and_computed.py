"""Reported against computed, over the whole corridor: told, acknowledged, told again when that ends, and corrected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from targetwatch import catalogue, explaining
from targetwatch.board.app import create_app
from targetwatch.model import Language
from targetwatch.settings import CHECKOUT
from targetwatch.warehouse import open_snapshots
from tests.board.browser import Browser
from tests.corridor.dossiers import MAY, districts, hanoi, month_of, parquet
from tests.corridor.story import ENGINEERS, HEADS, programme_in
from tests.installation import Installation, assemble, install, prepare, wait_until_complete, words

pytestmark = pytest.mark.timeout(900)  # one machine may be shared by many

A_MONTH = 100  # dossiers of a district
BA_DINH, HOAN_KIEM = "001", "002"
RECORDS = {**dict.fromkeys(districts(), 74), BA_DINH: 78, HOAN_KIEM: 70}
SHIPPED = (
    "catalogue/sources/reporting.yaml",
    "expectations/gates/reporting.json",
    "sql/records/unit_reports.sql",
    "sql/records/unit_reports.merge.sql",
    "sql/metrics/unit_reports.sql",
)
PAGES = {
    "board": "/",
    "reports": "/reports/dossiers_processed_online/district",
    "reports in English": "/reports/dossiers_processed_online/district?lang=en",
    "target": "/targets/dossiers_district",
    "nothing": "/reports/dossiers_processed_online/city",
}
ACKNOWLEDGED = """\
land_dossiers:
  metric: dossiers_processed_online
  org_unit: "001"
  reason: {vi: hồ sơ đất đai ở phần mềm khác, en: land dossiers are in another system}
  by: district_chairs
  from: 2025-06-17
  until: 2025-06-20
"""


@dataclass(frozen=True)
class Seen:
    """What stood after one pass: the unit's discrepancy, its live incidents, and everything in Slack."""

    discrepancy: Mapping[str, object]
    live: list[str]
    told: Mapping[str, list[tuple[bool, str]]]  # channel -> whether a reply, and all of its words
    events: int
    notifications: int


def reports(**shares: int) -> str:
    """What districts report of themselves for May, by code."""
    rows = [
        f"dossiers_processed_online,district,{code[1:]},2025-05,{share},{A_MONTH}" for code, share in shares.items()
    ]
    return "\n".join(["metric,tier,org_unit,period,numerator,denominator", *rows]) + "\n"


def programme_with_reports(folder: Path) -> Path:
    """The worked example's programme, in which districts report of themselves too, and both channels hear of that."""
    made = assemble(programme_in(folder), CHECKOUT / "tests/corridor/programme", *SHIPPED)
    source = made / "catalogue/sources/reporting.yaml"
    text = source.read_text(encoding="utf-8")
    before, after = text.split("reporters:", 1)
    owed = "reporters: [{tier: district, level: district}]\nperiod_column:" + after.split("period_column:", 1)[1]
    own = (before + owed).replace("city_office", "district_chairs").replace("R2023b", "R2021b")
    source.write_text(own.replace("[xlsx]", "[csv]"), encoding="utf-8")
    receivers = made / "catalogue/receivers.yaml"
    text = receivers.read_text(encoding="utf-8").replace("[behind", "[misreported, behind")
    receivers.write_text(text, encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Seen]:
    """The whole story, told once: what was seen after each of its passes."""
    folder = tmp_path_factory.mktemp("reported")
    programme = programme_with_reports(folder / "programme")
    files = {
        "records": {"procedures/05.parquet": parquet(month_of(MAY, RECORDS, A_MONTH))},
        "reports": {"reporting/05.csv": reports(u001=95, u002=70)},
        "corrected": {"reporting/05 sửa.csv": reports(u001=78)},
    }
    for step, content in files.items():
        prepare(folder / "prepared" / step, content)
    wait_until_complete(folder / "prepared")
    told: dict[str, Seen] = {}
    installation = install(folder / "home", programme)

    def look(name: str, day: int, delivery: str | None = None) -> None:
        if delivery is not None:
            installation.deliver(folder / "prepared" / delivery)
        ran = installation.run(hanoi(6, day))
        told[name] = Seen(
            installation.row("FROM discrepancies WHERE org_unit = '001'") if name != "before" else {},
            [str(row["name"]) for row in installation.rows("FROM incidents WHERE kind = 'misreported' AND is_live")],
            {channel: _told(installation, channel) for channel in (HEADS, ENGINEERS)},
            ran.watched.events,
            ran.watched.notifications,
        )
        if name == "told":
            asked.update(answers(installation))

    asked: dict[str, object] = {}
    look("before", 14, "records")
    look("told", 16, "reports")
    (programme / "catalogue/acknowledged_differences.yaml").write_text(ACKNOWLEDGED, encoding="utf-8")
    look("acknowledged", 17)
    look("still acknowledged", 20)
    look("expired", 21)
    look("still expired", 22)
    look("corrected", 23, "corrected")
    told["programme"] = Seen({"catalogue": programme / "catalogue", **asked}, [], {}, 0, 0)
    return told


def answers(installation: Installation) -> dict[str, object]:
    """What the board and `explain` say of the unit."""
    browser = Browser(create_app(installation.settings, lambda: hanoi(6, 16)))
    pages = {name: browser.get(path).text for name, path in PAGES.items()}
    with open_snapshots(installation.home) as reader:
        sql = installation.settings
        snapshots = explaining.Snapshots(reader, sql.product_sql / "queries", sql.programme_sql / "rows")
        place, cases = explaining.read(snapshots, "dossiers_processed_online", BA_DINH, None)
    suite = explaining.Suite("targets.json", [])
    steps = explaining.explain(place, cases, suite, Language.EN).accounts[0].steps
    return {**pages, "explained": next(" ".join(step.says) for step in steps if step.id == "reports")}


def _told(installation: Installation, channel: str) -> list[tuple[bool, str]]:
    """What a channel holds about reports."""
    said = [(message.is_reply, " ".join(words(message))) for message in installation.messages(channel)]
    about = ("Báo cáo", "Reports ", "Chênh lệch", "Difference", "đã khớp", "agree now")
    return [(is_reply, text) for is_reply, text in said if any(word in text for word in about)]


def test_before_anything_was_reported_nothing_differs(told: dict[str, Seen]) -> None:
    """Records alone accuse nobody."""
    assert told["before"].live == []
    assert told["before"].told == {HEADS: [], ENGINEERS: []}


def test_a_report_that_differs_is_told_with_both_figures(told: dict[str, Seen]) -> None:
    """95 % reported, 78 % in the records: a finding, an incident, one message in each language, both figures in it."""
    seen = told["told"]
    wanted = ("finding", "reported_numerator", "computed_numerator", "numerator_difference", "denominator_difference")
    assert [seen.discrepancy[name] for name in wanted] == ["misreported", 95, 78, 17, 0]
    assert (seen.discrepancy["deviation_millionths"], seen.discrepancy["tolerance_millionths"]) == (170_000, 10_000)
    assert seen.discrepancy["is_newest"] is True
    assert len(seen.live) == 1
    ((_, vi),), ((_, en),) = seen.told[HEADS], seen.told[ENGINEERS]
    assert "Quận Ba Đình: báo cáo 95,0%, hồ sơ 78,0%" in vi
    assert "reported *95.0%* (95 of 100 dossiers), the records show *78.0%* (78 of 100 dossiers)" in en
    assert "1 of 2 districts" in en
    assert "Hoàn Kiếm" not in vi


def test_what_is_acknowledged_is_shown_and_not_told(told: dict[str, Seen]) -> None:
    """The message says that the difference is accepted, why and until when; after that nothing more is said."""
    seen = told["acknowledged"]
    assert seen.live == []
    assert (seen.discrepancy["finding"], seen.discrepancy["reason_vi"]) == (
        "acknowledged",
        "hồ sơ đất đai ở phần mềm khác",
    )
    assert seen.discrepancy["acknowledged_until"] == date(2025, 6, 20)
    message, reply = seen.told[HEADS]
    assert reply[0]
    for _, text in (message, reply):
        assert "chấp nhận đến hết 20/06/2025" in text
        assert "hồ sơ đất đai ở phần mềm khác" in text
    assert "không phải vì đã sửa" in message[1]
    assert told["still acknowledged"].told == seen.told
    assert told["still acknowledged"].notifications == 0


def test_when_the_term_is_over_it_is_told_again(told: dict[str, Seen]) -> None:
    """On the day after its last one the difference is a new episode, and its message says that it had been accepted."""
    seen = told["expired"]
    assert (seen.discrepancy["finding"], seen.discrepancy["lapsed"]) == ("misreported", "expired")
    assert len(seen.live) == 1
    assert seen.live != told["told"].live
    *_, (is_reply, text) = seen.told[ENGINEERS]
    assert not is_reply
    assert "It was acknowledged until 20 Jun 2025; that term is over." in text
    assert (told["still expired"].events, told["still expired"].notifications) == (0, 0)


def test_an_expired_acknowledgement_is_a_warning(told: dict[str, Seen]) -> None:
    """`validate` says from the day after on that the difference is told again, and what to do."""
    root = told["programme"].discrepancy["catalogue"]
    assert isinstance(root, Path)

    def said(day: date) -> list[str]:
        return [str(one) for one in catalogue.read(root, today=day).issues if "acknowledged" in one.path]

    assert said(date(2025, 6, 20)) == []
    assert said(date(2025, 6, 21)) == [
        "acknowledged_differences.yaml:7:10: warning: the acknowledged difference 'land_dossiers' ended on 2025-06-20, "
        "and is told again. Delete it if the difference is gone, or acknowledge it anew with a later term."
    ]


def test_a_corrected_report_resolves_it(told: dict[str, Seen]) -> None:
    """Once the unit reports what its records show the incident is resolved, with both figures before and now."""
    seen = told["corrected"]
    assert (seen.discrepancy["finding"], seen.live) == ("agrees", [])
    *_, (is_reply, text) = seen.told[HEADS]
    assert is_reply
    assert "báo cáo *78,0%*, hồ sơ cho thấy *78,0%* (trước khi sửa: 95,0% và 78,0%)" in text


def test_the_board_shows_both_figures(told: dict[str, Seen]) -> None:
    """The front page counts who differs, the page of the reports has both figures, and the target links to it."""
    pages = told["programme"].discrepancy
    assert "1/2 đơn vị cấp huyện báo cáo lệch hồ sơ" in str(pages["board"])
    assert "/reports/dossiers_processed_online/district" in str(pages["target"])
    for text in ("95,0%", "95/100 hồ sơ", "78,0%", "+17,0 điểm", "lệch hồ sơ", "khớp hồ sơ", "1 điểm phần trăm"):
        assert text in str(pages["reports"])
    for text in ("95.0%", "+17.0 points", "differs from the records", "1 percentage point"):
        assert text in str(pages["reports in English"])
    assert "Không có trang này" in str(pages["nothing"])


def test_explain_sets_the_report_beside_the_records(told: dict[str, Seen]) -> None:
    """`explain` of the unit says what it reports, what its records show, and what was found."""
    assert told["programme"].discrepancy["explained"] == (
        "The unit reports 95.0% (95 of 100 dossiers), the records show 78.0% (78 of 100 dossiers); "
        "a difference of +17.0 points: differs from the records."
    )
