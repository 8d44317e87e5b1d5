"""What people see, and what the address makes of it."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI

from targetwatch.board.app import create_app
from targetwatch.settings import CHECKOUT, Settings
from targetwatch.warehouse import Warehouse
from tests.board.browser import Browser
from tests.board.conftest import Read
from tests.board.worlds import NOW

BY_NEED = [
    "postcode", "districts_online", "mail", "communes_online", "empty_one", "stale_one", "broadband_communes",
    "ranking", "covered", "former",
]  # fmt: skip


def test_the_first_sentence_says_what_needs_action(read: Read) -> None:
    """How many of how many, by status, and how many cannot be judged."""
    assert read().one("p", "lede").text == (
        "4 trong số 10 chỉ tiêu cần xử lý : 1 quá hạn, 2 chậm, 1 có nguy cơ. "
        "3 chỉ tiêu chưa thể đánh giá : 1 chưa đánh giá được, 1 số liệu cũ, 1 chưa có số liệu "
        "(1 chờ nguồn được kết nối)."
    )
    assert read("/?lang=en").one("p", "lede").text == (
        "4 of 10 targets need action : 1 missed, 2 behind, 1 at risk. "
        "3 cannot be judged : 1 not evaluated, 1 stale, 1 no data (1 waits for a planned source)."
    )


def test_targets_come_by_need(read: Read) -> None:
    """Missed, behind, at risk, what cannot be judged, on track, met, ended."""
    assert read().targets == BY_NEED


def test_counts_by_status_are_links_that_filter(read: Read) -> None:
    """Each tile leads to its targets, a second one adds to them, and the one that is on takes them away again."""
    tiles = {tile.one("span", "l").text: tile for tile in read().all("a", "tile")}
    assert [tile.one("span", "n").text for tile in tiles.values()] == ["1", "2", "1", "1", "1", "1", "1", "1", "1"]
    behind = read(tiles["Chậm tiến độ"].attributes["href"])
    assert behind.targets == ["districts_online", "mail"]
    on = [tile for tile in behind.all("a", "tile") if tile.attributes.get("aria-current")]
    assert [tile.attributes["href"] for tile in on] == ["/"]
    assert read("/?status=met&status=missed").targets == ["postcode", "covered"]


@pytest.mark.parametrize(
    ("query", "targets"),
    [
        ("owner=chairs", ["districts_online", "communes_online"]),
        ("incident=1", ["districts_online", "mail"]),
        ("q=ho so", ["districts_online", "communes_online"]),
        ("q=dossiers", ["districts_online", "communes_online"]),
        ("q=chief of office&status=met", ["covered"]),
        ("q=postcode", ["postcode"]),
        ("q=tay ho", ["districts_online", "mail", "communes_online"]),
        ("q=ME LINH", ["districts_online"]),
        ("q=nobody", []),
    ],
)
def test_filters_choose_targets(read: Read, query: str, targets: list[str]) -> None:
    """By who answers, by incident, by words of the target, its owner or its units, with or without marks."""
    assert read(f"/?{query}").targets == targets


def test_a_unit_that_was_searched_for_is_shown(read: Read) -> None:
    """Under its target, without opening it."""
    page = read("/?q=ba dinh")
    assert [kid.one("th").text for kid in page.all("tr", "kid") if kid.all("th")] == [
        "Quận Ba Đình", "Quận Ba Đình", "Xã Tân Lập (Quận Ba Đình)",
    ]  # fmt: skip


def test_a_filter_that_finds_nothing_says_how_to_undo_it(read: Read) -> None:
    """And keeps the language."""
    page = read("/?q=nobody&lang=en")
    assert page.one("td", "empty").text == "No target matches these filters. Clear"
    assert page.one("td", "empty").one("a").attributes["href"] == "/?lang=en"


def test_a_target_opens_to_its_units(read: Read) -> None:
    """Those that add most to the gap first, by an address, and the same link closes it."""
    page = read("/?open=districts_online")
    opener = page.row("districts_online").one("a", "exp")
    assert (opener.text, opener.attributes["aria-expanded"]) == ("3 đơn vị cấp huyện", "true")
    assert opener.attributes["href"] == "/#t-districts_online"
    assert [kid.one("th").text for kid in page.all("tr", "kid")] == ["Quận Ba Đình", "Huyện Mê Linh", "Quận Tây Hồ"]
    assert "1/3 chậm" in page.row("districts_online").text
    assert read("/").all("tr", "kid") == []


def test_a_target_of_units_that_answer_each_for_itself_counts_them(read: Read) -> None:
    """Its row is the worst of them by status, says how many are behind, and opens to all."""
    page = read("/?open=mail&lang=en")
    row = page.row("mail")
    assert row.one("td", "c-st").text == "Behind"
    assert row.one("td", "c-val").text == "1 of 2 units behind final ≥ 100%"
    assert [kid.one("th").text for kid in page.all("tr", "kid")] == ["Quận Tây Hồ", "Quận Ba Đình"]


def test_a_row_answers_the_questions_in_their_order(read: Read) -> None:
    """How is it, who accounts, how far, how much in real things, by when, can I trust it, is anyone on it."""
    cells = [cell.text for cell in read().row("districts_online").children if not isinstance(cell, str)]
    assert cells == [
        "Chậm tiến độ",
        "Hồ sơ cấp huyện Chủ tịch UBND huyện 3 đơn vị cấp huyện 1/3 chậm",
        "70,0% 1.400/2.000 hồ sơ cần 73,3% (lộ trình giả định), cuối kỳ ≥ 80%",
        "−3,3 điểm cần thêm 66 hồ sơ",
        "31/12/2025 còn 6 tháng",
        "",
        "2/3 đã báo cáo Huyện Mê Linh chưa gửi vẫn chắc chắn chậm tháng 5/2025 nhận 3 ngày trước",
        "Mở 2 tháng TW-1, nghiêm trọng đã tiếp nhận: Chánh Văn phòng, đến 17:00 ngày 01/07/2025 "
        "nguồn: TW-5 , lô bị từ chối nguồn: TW-4 , thiếu số liệu",
    ]


def test_what_cannot_be_said_says_between_what(read: Read) -> None:
    """Neither good nor bad: from the value if the missing had nothing to the value if they had all."""
    row = read().row("communes_online")
    assert "chưa thể kết luận: từ 51,4% đến 56,8%" in row.one("td", "c-cov").text
    assert "mới tính 1 đơn vị đã gửi" in row.one("td", "c-hr").text


def test_missing_is_never_nothing(read: Read) -> None:
    """Old values are dated and hatched, and no distance is told of them; where there is none it says why."""
    page = read("/?lang=en")
    stale, empty, planned = (page.row(name) for name in ("stale_one", "empty_one", "broadband_communes"))
    assert "no value last known 90.0% (Jul 2021)" in stale.one("td", "c-val").text
    assert stale.one("td", "c-hr").text == empty.one("td", "c-hr").text == "–"
    assert "past its deadline" in stale.one("td", "c-cov").text
    assert "denominator is 0" in empty.one("td", "c-cov").text
    assert "planned" in planned.one("td", "c-cov").text
    assert "url(#hatch)" in {rect.attributes.get("fill") for rect in stale.all("rect")}


def test_an_ended_target_stays_with_its_last_day(read: Read) -> None:
    """It is neither late nor reached."""
    assert "kết thúc sau ngày 31/03/2025" in read().row("former").one("td", "c-due").text


def test_a_missed_target_says_how_long_it_is_overdue(read: Read) -> None:
    """And one that is met and past its date says nothing of time."""
    page = read("/?lang=en")
    assert page.row("postcode").one("td", "c-due").text == "30 Jun 2021 47 months overdue"


def test_what_changed_in_a_week_is_told(read: Read) -> None:
    """What it was, what it is, and since when."""
    said = read().one("p", "changed").text
    assert "Hồ sơ cấp xã: đúng tiến độ → chưa thể kết luận (14/06)" in said
    assert "Hộp thư công vụ, Quận Tây Hồ: đã đạt → chậm (14/06)" in said


def test_below_are_incidents_sources_and_published_figures(read: Read) -> None:
    """Number, kind, subject, unit, since when; who is missing; and what a figure would have to be."""
    page = read("/?lang=en")
    sections = {section.attributes.get("id"): section for section in page.all("section")}
    incidents = [row.text for row in sections["incidents"].all("tr")[1:]]
    assert incidents[-2:] == [
        "TW-3 behind Official mailboxes Quận Tây Hồ 10 Apr 2025 (2 months ago) "
        "open warning nobody has acknowledged muted until 17:00, 30 Jun 2025 (s-3f9a1c)",
        "TW-1 behind District dossiers 1 unit under it 10 Apr 2025 (2 months ago) "
        "acknowledged critical Chánh Văn phòng, until 17:00, 1 Jul 2025 “số hóa xong trong quý III”",
    ]
    assert "1 district missing: Huyện Mê Linh." in sections["sources"].text
    assert "Refused Mê Linh 05.csv" in sections["sources"].text
    assert "For 69.3% the numerator would have to be 401, 9 fewer." in sections["claims"].text


def test_every_link_leads_somewhere(read: Read) -> None:
    """From the board and from every page that it leads to; none leads away."""
    seen: set[str] = set()
    waiting = ["/", "/?lang=en", "/?open=districts_online&status=behind"]
    while waiting:
        address = waiting.pop()
        if address in seen:
            continue
        seen.add(address)
        links = [link.attributes["href"] for link in read(address).all("a") if link.attributes["href"][0] != "#"]
        assert all(link.startswith("/") and not link.startswith("//") for link in links)
        if "?" not in address or address == "/?lang=en":
            waiting += [link.partition("#")[0] for link in links]
    pages = {address.partition("?")[0] for address in seen}
    assert {"/targets/mail", "/sources/procedures", "/sources/statistics", "/claims/websites%2F2021-07-15"} <= pages


def test_slack_links_lead_to_pages(read: Read) -> None:
    """The addresses that messages give: a target, a source, a claim whose id has a slash, quoted or not."""
    assert read("/targets/districts_online").one("h1").text == "Hồ sơ cấp huyện"
    assert read("/sources/procedures").one("h1").text == "Một cửa điện tử"
    assert read("/claims/websites%2F2021-07-15").one("h1").text == "Xã có trang"
    assert read("/claims/websites/2021-07-15?lang=en").one("h1").text == "Communes with a page"


@pytest.mark.parametrize("path", ["/targets/nothing", "/sources/nothing", "/claims/nothing"])
def test_what_is_not_there_says_so(read: Read, path: str) -> None:
    """With the status for it, and the way back."""
    page = read(f"{path}?lang=en", status=404)
    assert page.one("div", "banner").text == "There is no such page. To the scoreboard"
    assert page.one("div", "banner").one("a").attributes["href"] == "/?lang=en"


def test_a_target_page_has_its_history_units_and_sql(read: Read) -> None:
    """Everything that its figure can be traced by."""
    words = read("/targets/districts_online?lang=en").words
    assert "May 2025: 70.0% (1,400 of 2,000 dossiers); needed 73.3% (assumed path), final ≥ 80%." in words
    assert "a straight line from 34.0% (31 Dec 2021) (assumed path)" in words
    assert "WHERE target = 'districts_online'" in words
    assert "Báo cáo tháng 7, mic.gov.vn, July 2021" in words
    page = read("/targets/districts_online")
    assert len(page.one("section").all("tr")) == 1 + 3 + 1 + 10


def test_a_source_page_never_shows_what_stood_in_a_row(read: Read) -> None:
    """The reason, the file and the line are enough to find it."""
    page = read("/sources/procedures?lang=en")
    assert "Ba Đình 05.csv:7" in page.words
    assert "SECRET" not in page.words
    assert "A column is missing" in page.words
    assert "Planned, not gathered yet." in read("/sources/statistics?lang=en").words


def test_no_snapshot_names_the_command(tmp_path: Path, read: Read) -> None:
    """On every page, and it is no failure."""
    empty = Settings(home=tmp_path)
    for path in ("/?lang=en", "/targets/x?lang=en"):
        banner = read(path, of=empty).one("div", "banner")
        assert banner.text == "There is no snapshot yet. Run targetwatch run or the DAG watch once."


def test_an_empty_warehouse_is_no_success(tmp_path: Path, read: Read) -> None:
    """Before the catalogue was ever applied a page is there, and says that there is nothing yet."""
    warehouse = Warehouse(tmp_path, CHECKOUT / "sql", tmp_path)
    warehouse.publish_ledger(NOW)
    assert read("/?lang=en", of=Settings(home=tmp_path)).one("p", "lede").text == "There are no targets yet."


def test_an_old_snapshot_is_dated(read: Read) -> None:
    """After two hours, with the DAG to look at; up to then nothing is said."""
    assert read(now=NOW + timedelta(hours=2)).all("div", "banner") == []
    banner = read("/?lang=en", now=NOW + timedelta(hours=26)).one("div", "banner").text
    assert "This snapshot is 26 hours old." in banner
    assert "those of 08:00, 14 Jun 2025. See the DAG watch" in banner


def test_an_unreadable_newest_snapshot_shows_the_one_before(home: Path, tmp_path: Path, read: Read) -> None:
    """And the exact error."""
    broken = Path(shutil.copytree(home, tmp_path / "broken", symlinks=True))
    current = (broken / "snapshots" / "current" / "ledger.duckdb").resolve()
    newer = current.with_name("ledger-20250614T020000Z-000000.duckdb")
    newer.write_bytes(b"not a database" * 1000)
    pointer = broken / "snapshots" / "current" / "ledger.duckdb"
    pointer.unlink()
    pointer.symlink_to(newer)
    page = read("/?lang=en", of=Settings(home=broken))
    banner = page.one("div", "banner").text
    assert "The newest snapshot cannot be read. Showing the one of 08:00, 14 Jun 2025." in banner
    assert "ledger-20250614T020000Z-000000.duckdb cannot be read" in banner
    assert page.targets == BY_NEED


def test_a_snapshot_without_the_views_of_this_version_says_so(home: Path, tmp_path: Path, read: Read) -> None:
    """A board that is newer than the snapshot is no stack trace."""
    other = Path(shutil.copytree(home, tmp_path / "other", symlinks=True))
    current = (other / "snapshots" / "current" / "ledger.duckdb").resolve()
    records = (other / "snapshots" / "current" / "records.duckdb").resolve()
    current.chmod(0o644)
    shutil.copyfile(records, current)
    banner = read("/?lang=en", of=Settings(home=other), status=503).one("div", "banner").text
    assert banner.startswith("The snapshot cannot be read.")
    assert "targetwatch run" in banner


def test_a_demos_figures_are_called_synthetic(home: Path, tmp_path: Path, read: Read) -> None:
    """Where a demo's clock is set, on every page; otherwise nowhere."""
    (tmp_path / "clock").write_text(NOW.isoformat())
    demo = Settings(home=home, clock=tmp_path / "clock")
    for path in ("/", "/targets/mail", "/sources/procedures", "/claims/websites/2021-07-15"):
        assert "Số liệu minh họa" in read(path, of=demo).words
        assert "minh họa" not in read(path).words


def test_the_demos_clock_is_the_boards(home: Path, tmp_path: Path) -> None:
    """Without a clock of its own the application reads that of the settings."""
    (tmp_path / "clock").write_text((NOW + timedelta(hours=5)).isoformat())
    answer = Browser(create_app(Settings(home=home, clock=tmp_path / "clock"))).get("/?lang=en")
    assert "This snapshot is 5 hours old." in answer.text


def test_a_page_may_load_nothing_and_be_framed_by_its_own_site(settings: Settings) -> None:
    """Styles and the script for the theme have a nonce of that answer's own; nothing else runs, nothing is kept."""
    client = Browser(create_app(settings, lambda: NOW))
    one, other = client.get("/"), client.get("/")
    policy = one.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'nonce-")
    assert "frame-ancestors 'self'" in policy
    assert policy != other.headers["Content-Security-Policy"]
    assert one.headers["Cache-Control"] == "no-store"
    assert 'style="' not in one.text
    assert "http://" not in one.text.replace("http://testserver", "")
    assert "https://" not in one.text
    assert "set-cookie" not in one.headers


def test_pages_can_only_be_looked_at(settings: Settings) -> None:
    """Every route answers GET and nothing else, and there are no pages of the framework's."""
    app = create_app(settings, lambda: NOW)
    paths = [route.path for route in app.routes]
    assert paths == [
        "/",
        "/targets/{target}",
        "/sources/{source}",
        "/claims/{claim:path}",
        "/reports/{metric}/{tier}",
    ]
    client = Browser(app)
    for path in ("/", "/targets/x", "/sources/x", "/claims/x", "/reports/x/y"):
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            assert client.request(method, path).status_code == 405
    for path in ("/docs", "/redoc", "/openapi.json"):
        assert client.get(path).status_code == 404


def test_links_know_where_the_board_is_mounted(settings: Settings) -> None:
    """Under any path, as Airflow mounts it."""
    whole = FastAPI()
    whole.mount("/targetwatch", create_app(settings, lambda: NOW))
    text = Browser(whole).get("/targetwatch/targets/mail").text
    assert 'href="/targetwatch/sources/reporting"' in text
    assert 'href="/targetwatch/targets/mail?lang=en"' in text
    assert 'href="/targetwatch/"' in text
