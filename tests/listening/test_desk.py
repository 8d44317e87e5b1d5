"""The desk: who may do what, and what each is told; without a socket, over a real ledger."""

from __future__ import annotations

import json

import pytest

from targetwatch.listening.desk import Desk
from targetwatch.listening.words import BLOCK, HELP, payload
from targetwatch.model import Language
from targetwatch.standin import limits
from tests.listening.world import (
    CHAIR,
    ENGINEERS,
    NOW,
    OF_ONE,
    OPERATOR,
    STRANGER,
    TARGET,
    VISITOR,
    World,
    button,
    typed,
)


def states(world: World) -> dict[str, str]:
    """The state of each unit's incident, by the unit's code."""
    return {str(one["org_unit"]): str(one["state"]) for one in world.incidents()}


def test_one_click_acknowledges_the_whole_in_the_name_of_the_office(world: World):
    """Who answers for the target acknowledges it with one click; the ledger and the thread name the office."""
    assert f"Đã tiếp nhận TW-{world.episode}, với tư cách: Chủ tịch UBND quận" in world.answer(
        button(world, CHAIR, "acknowledge")
    )
    (one,) = (one for one in world.incidents() if one["number"] == world.episode)
    assert (one["state"], one["acknowledged_because"]) == ("acknowledged", "bằng nút trên Slack / by button")
    assert str(one["acknowledged_by"]).startswith("Chủ tịch UBND quận, huyện, thị xã / Chairs of the district")
    world.installation.notify(NOW)
    assert any(":eyes:" in reply for reply in world.replies())


def test_a_second_click_does_nothing_and_says_who_was_first(world: World):
    """A double click, or another one's click, is answered with who acknowledged it, and tells nobody anything."""
    world.answer(button(world, CHAIR, "acknowledge"))
    outbox = world.installation.rows("FROM notifications")
    assert "đã được tiếp nhận lúc 09:00 ngày 17/06/2025" in world.answer(button(world, CHAIR, "acknowledge"))
    assert "đã được tiếp nhận" in world.answer(button(world, OPERATOR, "acknowledge"))
    assert world.installation.rows("FROM notifications") == outbox


def test_who_answers_for_one_unit_acknowledges_that_one(world: World):
    """A district's office acknowledges the districts' message for itself alone."""
    assert "Quận Ba Đình" in world.answer(button(world, OF_ONE, "acknowledge"))
    found = states(world)
    assert (found["001"], found["002"], found["01"]) == ("acknowledged", "open", "open")


def test_an_operator_may_act_on_anything(world: World):
    """Operators need no role."""
    assert "với tư cách: Bộ phận vận hành số liệu" in world.answer(button(world, OPERATOR, "acknowledge"))


@pytest.mark.parametrize(
    ("user", "says"),
    [
        (STRANGER, "Việc này thuộc về: Chủ tịch UBND quận, huyện, thị xã. Vai trò của bạn: Giám đốc Sở."),
        (VISITOR, "Tài khoản Slack của bạn chưa được gắn với vai trò nào"),
        ("U0FORGED000", "Tài khoản Slack của bạn chưa được gắn với vai trò nào"),
        ("", "Tài khoản Slack của bạn chưa được gắn với vai trò nào"),
        ("*<!channel>*", "Tài khoản Slack của bạn chưa được gắn với vai trò nào"),
    ],
)
@pytest.mark.parametrize("action", ["acknowledge", "snooze"])
def test_nobody_else_may_and_is_told_which_office_may(told: World, user: str, says: str, action: str):
    """A refusal names the office that may, and changes nothing."""
    before = told.incidents()
    assert says in told.answer(button(told, user, action))
    assert told.incidents() == before
    assert told.installation.rows("FROM silences") == []


def test_of_another_district_no_more_may_be_done(told: World):
    """Who answers for one unit may not act on another's incident, and is told so."""
    other = next(one for one in told.incidents() if one["org_unit"] == "002")
    answer = told.answer(typed(told, OF_ONE, f"ack {other['name']} chúng tôi đang làm"))
    assert "Việc này thuộc về" in answer
    assert "Quận Ba Đình" in answer  # what they are
    assert states(told)["002"] == "open"


@pytest.mark.parametrize(
    "value",
    ["", "{", "[]", "null", '{"incident": "1; DROP TABLE"}', '{"incident": true}', '{"incident": -1}',
     '{"incident": 99999999999999999999}', '{"incident": 4711, "group": "behind/x"}'],
)  # fmt: skip
def test_a_button_that_carries_something_else_does_nothing(told: World, value: str):
    """What a button carries is checked, and held against the message that it stands in."""
    asked = button(told, CHAIR, "acknowledge")
    forged = type(asked)(**{**{name: getattr(asked, name) for name in asked.__slots__}, "value": value})
    assert "không do hệ thống này gửi" in told.answer(forged)


def test_a_message_of_another_workspace_or_installation_does_nothing(told: World):
    """A button of a message that this outbox never sent is refused, and so is a person of another workspace."""
    assert "không do hệ thống này gửi" in told.answer(button(told, CHAIR, "acknowledge", ts="1700000000.000001"))
    assert "Bạn thuộc một không gian Slack khác" in told.answer(button(told, CHAIR, "acknowledge", team="T0ELSEWHERE"))
    assert "open" in states(told).values()


def test_an_unknown_and_a_closed_incident_are_said_to_be_so(world: World):
    """A number that there is not, or a button of an old message, is answered with what is the case."""
    assert "Không có cảnh báo TW-4711" in world.answer(typed(world, CHAIR, "ack TW-4711 vì sao không"))
    old = button(world, CHAIR, "acknowledge")
    snooze = button(world, CHAIR, "snooze")
    from tests.corridor.dossiers import JUNE, districts, hanoi, month_of, parquet, shared_out
    from tests.installation import prepare, wait_until_complete

    good = {"procedures/Tháng 6-2025.parquet": parquet(month_of(JUNE, shared_out(districts(), 0, 0, 990)))}
    wait_until_complete(prepare(world.installation.home / "later" / "june", good).parent)
    world.installation.deliver(world.installation.home / "later" / "june")
    world.installation.run(hanoi(7, 20))
    world.clock = hanoi(7, 20)
    assert set(states(world).values()) == {"resolved"}
    assert "đã đóng lúc" in world.answer(old)
    assert "đã đóng" in world.answer(snooze)


def test_a_snooze_lasts_until_the_next_period_is_due_and_is_told_in_the_thread(world: World):
    """Snoozed, messages are withheld until June's reports are due; the thread says who did it and until when."""
    answer = world.answer(button(world, CHAIR, "snooze"))
    silence = world.installation.row("FROM silences")
    deadline = world.installation.row("SELECT max(deadline) AS at FROM current_status WHERE role = 'pooled'")["at"]
    assert silence["matchers"] == f"kind=behind subject={TARGET}"
    assert silence["ends"] > deadline > NOW.replace(day=1)
    assert str(silence["silence"]) in answer
    assert "Tạm dừng TW-" in answer
    world.answer(button(world, CHAIR, "snooze"))  # again
    assert len(world.installation.rows("FROM silences")) == 1
    world.installation.notify(NOW)
    said = [reply for reply in world.replies() if "Tạm dừng đến" in reply]
    assert len(said) == 1
    assert "Chủ tịch UBND quận, huyện, thị xã: “tạm dừng đến hạn báo cáo kỳ sau”" in said[0]
    from targetwatch.standin.store import channel_id_of

    english = [reply for reply in world.replies(channel_id_of(ENGINEERS)) if "Snoozed until" in reply]
    assert len(english) == 1
    assert "Chairs of the district" in english[0]


def test_one_unit_snoozes_itself_alone(world: World):
    """A district's office withholds what is about its district, and nothing else."""
    world.answer(button(world, OF_ONE, "snooze"))
    assert str(world.installation.row("FROM silences")["matchers"]).endswith("unit=001")


def test_why_is_answered_to_anybody_with_the_command_for_more(told: World):
    """Why needs no role: figures, the path, the distance, and the command that shows all of it."""
    answer = told.answer(button(told, VISITOR, "why"))
    assert "21.684 / 30.000 hồ sơ = 72,3%" in answer
    assert "73,2621%" in answer
    assert f"`targetwatch explain {TARGET} 01@2021-01-01`" in answer


def test_why_tells_of_an_acknowledgement_too(world: World):
    """What people did is a part of why an incident stands where it stands."""
    world.answer(button(world, CHAIR, "acknowledge"))
    assert "đã được tiếp nhận" in world.answer(button(world, VISITOR, "why"))


def test_what_needs_action_is_by_role(told: World):
    """Each sees what waits for their office; who has no role sees everything, and is told that they have none."""
    assert f"TW-{told.episode}" in told.answer(typed(told, CHAIR, ""))
    one = told.answer(typed(told, OF_ONE, ""))
    assert "Quận Ba Đình" in one
    assert f"TW-{told.episode}" not in one
    assert "Không có việc nào đang chờ bạn (Giám đốc Sở)" in told.answer(typed(told, STRANGER, ""))
    visitor = told.answer(typed(told, VISITOR, "  "))
    assert f"TW-{told.episode}" in visitor
    assert "chưa được gắn với vai trò nào" in visitor


def test_the_language_is_the_channels_or_else_the_persons(told: World):
    """In a receiver's channel its language; elsewhere the person's own."""
    assert "Chậm tiến độ" in told.answer(typed(told, VISITOR, "behind"))
    assert "Behind" in told.answer(typed(told, VISITOR, "behind", channel=ENGINEERS))
    elsewhere = typed(told, VISITOR, "help", channel="random")
    for locale, language in (("vi-VN", Language.VI), ("en-GB", Language.EN), ("", Language.EN)):
        desk = Desk(told.settings, None, lambda _, locale=locale: locale)
        assert desk.answer(elsewhere, NOW).reply.lines == tuple(HELP.in_(language).split("\n"))


@pytest.mark.parametrize("asked", ["hồ sơ trực tuyến cấp huyện", "HO SO TRUC TUYEN cap huyen", TARGET, "truc tuyen"])
def test_a_target_is_found_by_what_people_call_it(told: World, asked: str):
    """By its id, its name with or without marks, or a part of it."""
    answer = told.answer(typed(told, VISITOR, asked))
    assert "72,3% (5/2025), cần 73,3%, thiếu 295 hồ sơ" in answer
    assert "18 trong 30 đơn vị chậm" in answer


HOSTILE = [
    "<!channel>",
    "<https://evil.example|click here>",
    "*bold* _it_ ~no~ `code`",
    "```\nx\n```",
    "\u202eevil\u202c \u200b\u2066",
    "x" * 4000,
    ":no_entry_sign: @here #general",
    "&lt;!here&gt;",
    "behind'; DROP TABLE incident; --",
    "\x00\x01\x02",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_are_only_read(told: World, text: str):
    """Whatever is typed comes back as words: no mention, no link, no mark, and within Slack's limits."""
    for asked in (text, f"ack TW-{told.episode} {text}", f"why {text}"):
        answered = Desk(told.settings).answer(typed(told, VISITOR, asked), NOW)
        said = payload(answered.reply, answered.language)
        blocks = said["blocks"]
        assert isinstance(blocks, list)
        assert limits.refusal(str(said["text"]), blocks) is None
        shown = json.dumps(said, ensure_ascii=False)
        for mark in ("<!", "<http", "<@", "```", "\u202e", "\u200b", "@here"):
            assert mark not in shown


def test_a_hostile_reason_reaches_the_thread_as_words(world: World):
    """A reason full of marks is told to everybody as words alone."""
    world.answer(typed(world, CHAIR, f"ack TW-{world.episode} <!channel> *xem* <https://evil.example|đây>"))
    world.installation.notify(NOW)
    reply = next(reply for reply in world.replies() if ":eyes:" in reply)
    assert "<!channel>" not in reply
    assert "<http" not in reply
    assert "!channel" in reply


def test_a_command_that_lacks_something_says_what(told: World):
    """No number, or no reason, is answered with how to write it."""
    assert "Hãy ghi số của cảnh báo" in told.answer(typed(told, CHAIR, "ack"))
    assert "Hãy ghi lý do" in told.answer(typed(told, CHAIR, f"ack TW-{told.episode}"))
    assert "Không có lần tắt thông báo nào" in told.answer(typed(told, CHAIR, "silences"))
    assert "Không tìm thấy chỉ tiêu nào" in told.answer(typed(told, CHAIR, "không có gì như thế"))


def test_a_long_answer_is_cut_honestly():
    """What does not fit is left out line by line, and it says how many lines."""
    from targetwatch.listening.words import Reply

    said = payload(Reply(tuple(f"line {number} {'x' * 90}" for number in range(200))), Language.EN)
    blocks = said["blocks"]
    assert isinstance(blocks, list)
    assert limits.refusal(str(said["text"]), blocks) is None
    texts = "\n".join(block["text"]["text"] for block in blocks)
    shown = texts.count("line ")
    assert f"… and {200 - shown} more lines" in texts
    assert all(len(block["text"]["text"]) <= BLOCK + 100 for block in blocks)
