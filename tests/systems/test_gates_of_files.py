"""The gate suites of the sources that leave files: every expectation of each is failed once, and gives its reason."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from targetwatch import catalogue
from targetwatch.model import Source, Text
from targetwatch.settings import CHECKOUT
from tests.gathering.sources import GATES, gated_of, put_aside
from tests.systems import exporters
from tests.systems.delivering import MAY

SOURCES = catalogue.load(CHECKOUT / "catalogue").sources
GOOD: Mapping[str, exporters.Row] = {
    "mailboxes": exporters.officials(["SO-TP"], MAY, each=1, seed=1)[0],
    "cashless_payment": {**exporters.people(["00001"], MAY, seed=1)[0], "Dân số": 9000, "Số người có tài khoản": 3000},
    "commune_web": exporters.looks(["00001"], [MAY], seed=1)[0],
    "commune_radio": {**exporters.stations(["00001"], MAY, seed=1)[0], "Đài số": 1, "Công nghệ": "FM"},
    "post": exporters.areas(["00001"], MAY, seed=1)[0],
    "broadband": {**exporters.lines(["00001"], MAY, seed=1)[0], "so_ho": 3000, "so_ho_co_ha_tang": 2000},
    "content_moderation": {
        "Mã yêu cầu": "YC-1", "Nền tảng": "YouTube", "Ngày yêu cầu": date(2025, 5, 5), "Ngày xử lý": date(2025, 5, 9),
        "Kết quả": "Đã gỡ",
    },
    "capital_projects": {**exporters.projects(MAY, 1, seed=1)[0], "Kế hoạch vốn năm": 900, "Lũy kế giải ngân": 300.5},
}  # fmt: skip
NONE = {"Công nghệ": "Chưa có đài", "Số chương trình giọng đọc AI": 0}
CASES = [
    ("mailboxes", {"Hộp thư": ""}, "Nothing says whether there is a mailbox", "mailbox"),
    ("mailboxes", {"Hộp thư": "gmail"}, "An unknown state of the mailbox", "mailbox"),
    ("cashless_payment", {"Dân số": ""}, "The population is missing", "people"),
    ("cashless_payment", {"Số người có tài khoản": ""}, "The number of people with an account is missing",
     "people_with_account"),
    ("cashless_payment", {"Dân số": 0, "Số người có tài khoản": 0},
     "The commune's population is not from 1 to a million", "people"),
    ("cashless_payment", {"Số người có tài khoản": -1},
     "The number of people with an account is not from 0 to a million", "people_with_account"),
    ("cashless_payment", {"Số người có tài khoản": 9001}, "More people with an account than people",
     "people_with_account"),
    ("commune_web", {"Trang thông tin": ""}, "Nothing says whether there is a page", "page"),
    ("commune_web", {"Trang thông tin": "sắp có"}, "An unknown state of the page", "page"),
    ("commune_radio", {"Công nghệ": ""}, "The station's technology is missing", "technology"),
    ("commune_radio", {"Số chương trình giọng đọc AI": ""}, "The number of AI-voiced programmes is missing",
     "ai_programmes"),
    ("commune_radio", {"Đài số": 101}, "The station's number is not from 0 to 100", "station"),
    ("commune_radio", {"Công nghệ": "loa tay"}, "An unknown technology", "technology"),
    ("commune_radio", {"Số chương trình giọng đọc AI": -1},
     "The number of AI-voiced programmes is not from 0 to 10,000", "ai_programmes"),
    ("commune_radio", {**NONE, "Đài số": 0, "Số chương trình giọng đọc AI": 3},
     "AI-voiced programmes where there is no station", "ai_programmes"),
    ("commune_radio", {**NONE, "Đài số": 2}, "A numbered station that is said not to be there", "station"),
    ("commune_radio", {"Đài số": 0}, "A station without a number from 1 on", "station"),
    ("post", {"Số điểm phục vụ bưu chính": ""}, "The number of service points is missing", "service_points"),
    ("post", {"Số hộ": ""}, "The number of households is missing", "households"),
    ("post", {"Số hộ có mã Vpostcode": ""}, "The number of households with a Vpostcode is missing", "households_coded"),
    ("post", {"Số điểm phục vụ bưu chính": -1}, "The number of service points is not from 0 to 1,000",
     "service_points"),
    ("post", {"Số hộ": 200001}, "The number of households is not from 0 to 200,000", "households"),
    ("post", {"Số hộ có mã Vpostcode": -1}, "The number of households with a Vpostcode is not from 0 to 200,000",
     "households_coded"),
    ("post", {"Số hộ": 5, "Số hộ có mã Vpostcode": 6}, "More households with a Vpostcode than households",
     "households_coded"),
    ("broadband", {"so_ho": ""}, "The number of households is missing", "households"),
    ("broadband", {"so_ho_co_ha_tang": ""}, "The number of households covered is missing", "households_covered"),
    ("broadband", {"so_ho": 500001}, "The commune's households are not from 1 to 500,000", "households"),
    ("broadband", {"so_ho_co_ha_tang": -1}, "The households covered are not from 0 to 500,000", "households_covered"),
    ("broadband", {"so_ho_co_ha_tang": 3001}, "More households covered than households", "households_covered"),
    ("content_moderation", {"Nền tảng": ""}, "The platform is missing", "platform"),
    ("content_moderation", {"Kết quả": ""}, "The outcome is missing", "outcome"),
    ("content_moderation", {"Nền tảng": "MySpace"}, "An unknown platform", "platform"),
    ("content_moderation", {"Kết quả": "đã nhắc"}, "An unknown outcome", "outcome"),
    ("content_moderation", {"Ngày xử lý": ""}, "Taken down, and nothing says when", "acted_on"),
    ("content_moderation", {"Ngày xử lý": date(2025, 5, 4)}, "Acted on before it was asked for", "acted_on"),
    ("content_moderation", {"Ngày xử lý": date(2025, 6, 11)}, "Acted on in the future", "acted_on"),
    ("capital_projects", {"Kế hoạch vốn năm": ""}, "The year's capital is missing", "planned"),
    ("capital_projects", {"Lũy kế giải ngân": ""}, "What was paid out is missing", "disbursed"),
    ("capital_projects", {"Kế hoạch vốn năm": -1, "Lũy kế giải ngân": -2},
     "The project's capital is not from 0 to 100 million million dong", "planned"),
    ("capital_projects", {"Lũy kế giải ngân": -1}, "What was paid out is not from 0 to 100 million million dong",
     "disbursed"),
    ("capital_projects", {"Lũy kế giải ngân": 900.5}, "More was paid out than the year's capital", "disbursed"),
]  # fmt: skip


def as_csv(source: str) -> Source:
    """The shipped source, which takes CSV here whatever its format is, and half of whose rows may be bad."""
    return replace(SOURCES[source], formats=("csv",), bad_rows_allowed=0.5)


def written(row: exporters.Row) -> dict[str, str]:
    """The row as text, its amounts as they are written in Vietnam."""
    return {
        name: str(value).replace(".", ",") if isinstance(value, float) else str(value) for name, value in row.items()
    }


def another(row: exporters.Row, source: Source) -> exporters.Row:
    """The same row of another record."""
    if source.id == "content_moderation":
        return {**row, "Mã yêu cầu": "YC-2"}
    day = "Ngày kiểm tra" if source.id == "commune_web" else "ngay_chot" if source.id == "broadband" else "Ngày chốt"
    return {**row, day: date(2025, 4, 30)}


@pytest.mark.parametrize(("source_id", "changes", "reason", "column"), CASES)
def test_a_row_that_fails(
    tmp_path: Path, source_id: str, changes: Mapping[str, object], reason: str, column: str
) -> None:
    """A row that is good but for one thing is put aside for that thing, with the column to blame."""
    source, good = as_csv(source_id), GOOD[source_id]
    bad = {**good, **changes}
    gated = gated_of(tmp_path, [written(another(good, source)), written(bad)], source)
    delivered_as = {one.name: one.delivered_as for one in source.columns}
    value = written(bad)[delivered_as[column]]
    ((position, why, blamed, shown, *_),) = put_aside(gated)
    assert (position, why, blamed) == (3, reason, column)
    assert str(shown or "").casefold() == value.casefold()
    assert gated.good.height == 1


@pytest.mark.parametrize("source_id", GOOD)
def test_every_expectation_has_a_case_and_says_why(source_id: str) -> None:
    """Each expectation that puts rows aside is in the cases above, with a reason in both languages."""
    shown = {reason for of_source, _, reason, _ in CASES if of_source == source_id}
    suite = json.loads((GATES / f"{source_id}.json").read_text(encoding="utf-8"))
    assert {one["meta"]["condition"] for one in suite["expectations"]} == {"complete", "clean", "live"}
    for expectation in suite["expectations"]:
        reason = expectation["meta"]["reason"]
        assert set(reason) == {"vi", "en"}
        assert expectation["severity"] == "warning" or reason["en"] in shown


@pytest.mark.parametrize("source_id", GOOD)
def test_what_is_old_is_taken_with_a_warning(tmp_path: Path, source_id: str) -> None:
    """A delivery of nothing recent may be a correction: it is taken, and said to be old."""
    now = datetime(2026, 6, 10, 2, tzinfo=UTC)
    gated = gated_of(tmp_path, [written(GOOD[source_id])], as_csv(source_id), now)
    assert gated.good.height == 1
    assert [Text.parse(warning).en[:4] for warning in gated.warnings] in (["Noth"], ["No l"], ["No r"])


def test_the_two_units_of_a_code_are_told_apart(tmp_path: Path) -> None:
    """A commune that has ended cannot report what came after it: its code is not in force that day."""
    source, good = as_csv("post"), GOOD["post"]
    late = {**good, "Mã xã": "00007"}
    gated = gated_of(tmp_path, [written(good), written(late)], source)
    assert [(why, value) for _, why, _, value, *_ in put_aside(gated)] == [("Unit code not in force that day", "00007")]
