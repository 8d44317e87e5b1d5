"""Names out of registers and files go through the whole corridor and arrive in Slack as words, and as nothing else."""

from __future__ import annotations

import csv
import re
import unicodedata

import pytest

from targetwatch.standin.page import View, render_messages
from targetwatch.standin.server import store_of
from tests.corridor.dossiers import APRIL, MAY, hanoi, month_of
from tests.corridor.story import ENGINEERS, HEADS, programme_in
from tests.installation import Installation, install, prepare, wait_until_complete, words

RIGHT_TO_LEFT, ISOLATE, INVISIBLE = "\u202e", "\u2067", "\u200b"
# A word of each name that must be readable in the end, and the name.
NAMES = {
    "01": ("Thành phố", "Thành phố <!channel> & <!here>"),
    "001": ("Ba Đình", "Quận Ba Đình <@U1> <#C1|general>"),
    "002": ("Hoàn Kiếm", "Quận *Hoàn Kiếm* `rm` ~xoá~ _nghiêng_ :tada:"),
    "003": ("Tây Hồ", f"Quận Tây Hồ <https://bad.example|tại đây> https://bad.example {RIGHT_TO_LEFT}gnah{ISOLATE}"),
}
REFUSED_AS = f"<!channel> <@U1> `sh` *đậm* {RIGHT_TO_LEFT}vsc.{INVISIBLE} <mailto:a@b|c> & Ba Đình.csv"
HEADER = "<!everyone>,`rm -rf`,<@U1>," + RIGHT_TO_LEFT + "\nx,y,z,w\n"


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """A register of hostile names: two districts behind, one late, and a file refused, all told of."""
    folder = tmp_path_factory.mktemp("hostile")
    programme = programme_in(folder / "programme")
    register = programme / "catalogue/org_units/units.csv"
    with register.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("code", "valid_from", "valid_to", "level", "kind", "name", "parent_code"))
        for code, (_, name) in NAMES.items():
            level, parent = ("city", "") if code == "01" else ("district", "01")
            writer.writerow((code, "2021-01-01", "", level, level, name, parent))
    april = month_of(APRIL, {"001": 8, "002": 8, "003": 8}, 10)
    may = month_of(MAY, {"001": 1, "002": 2}, 10)
    prepare(
        folder / "prepared/all",
        {
            "procedures/4.csv": april.write_csv(),
            "procedures/5.csv": may.write_csv(),
            f"procedures/{REFUSED_AS}": HEADER,
        },
    )
    wait_until_complete(folder / "prepared")
    installation = install(folder / "home", programme)
    installation.deliver(folder / "prepared/all")
    installation.run(hanoi(6, 14))
    return installation


def every_text(told: Installation) -> list[str]:
    """Everything that Slack was given to show."""
    return [text for channel in (HEADS, ENGINEERS) for message in told.messages(channel) for text in words(message)]


def test_everything_hostile_is_told_of(told: Installation) -> None:
    """The names do reach people: the units that are behind, the one that is late, and the file that was refused."""
    messages = "\n".join(every_text(told))
    assert [word for word, _ in list(NAMES.values())[1:] if word not in messages] == []
    assert "Ba Đình.csv" in messages
    assert {row["kind"] for row in told.rows("SELECT kind FROM incidents WHERE is_live")} == {
        "behind",
        "late",
        "quality",
    }


def test_nothing_mentions_or_links(told: Installation) -> None:
    """No text has what Slack reads as a mention, a channel or a link: no bare angle bracket, and no address."""
    for text in every_text(told):
        assert "<" not in text
        assert "://" not in text
        assert "@" not in re.sub(r"`[^`]*`", "", text)


def test_nothing_is_hidden_or_turned_around(told: Installation) -> None:
    """No text has an invisible character or one that turns the direction of reading."""
    for text in every_text(told):
        assert [one for one in text if unicodedata.category(one) in ("Cf", "Cc", "Co") and one != "\n"] == []


def test_nothing_is_marked_up(told: Installation) -> None:
    """Drawn as Slack would draw it, no word of a name is bold, struck out, code of its own, a link or an emoji."""
    page = render_messages(View(store_of(told.home), {}, 0, None))
    assert 'class="mn"' not in page
    assert "<a " not in page
    marked = [words for _, words in re.findall(r"<(i|s|code)>(.*?)</\1>", page)]
    assert [words for words in marked if words.strip() in ("nghiêng", "xoá", "rm", "sh", "rm -rf")] == []
    assert "<b>đậm</b>" not in page
    assert ":tada:" not in "".join(every_text(told))


def test_what_is_stored_is_what_came(told: Installation) -> None:
    """The warehouse keeps the register's names as they are written, and the file's without characters that hide."""
    rows = told.rows("SELECT org_unit, org_unit_name FROM current_status WHERE role = 'share'")
    assert {str(row["org_unit"]): row["org_unit_name"] for row in rows} == {
        code: name for code, (_, name) in NAMES.items() if code != "01"
    }
    refused = told.row("SELECT delivered_as, state FROM batches WHERE state = 'refused'")
    assert str(refused["delivered_as"]).endswith("Ba Đình.csv")
