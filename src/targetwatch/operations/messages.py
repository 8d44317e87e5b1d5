"""What operators read: that something broke, since when, how often, with which error, and what to do. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime

from targetwatch.model import Language, Text
from targetwatch.notifications.messages import blocks
from targetwatch.notifications.messages.mrkdwn import bold, code, escape, mention
from targetwatch.operations.operators import Operators
from targetwatch.operations.trouble import EVALUATION, NEVER, OVER, Trouble
from targetwatch.wording import dates, numbers

EVENT = "targetwatch_notification"  # as of every message, so that one is found by its id in the same way
ERROR_SHOWN = 600
BROKEN, WELL = ":warning:", ":white_check_mark:"
SILENT = ":rotating_light:"

READ_THE_LOG = Text(
    "Đọc nhật ký, sửa nguyên nhân, rồi chọn *Clear task* trong Airflow. Chạy lại nhiều lần không gây hại.",
    "Read the log, mend the cause, then *Clear task* in Airflow. Running it twice does no harm.",
)
# What a broken task holds up, by its DAG and task, or by its DAG.
MEANWHILE = {
    "watch/judge": Text(
        "Trong lúc này các chỉ tiêu giữ nguyên kết quả của lần đánh giá trước.",
        "Until then every target stands as it was last judged.",
    ),
    "watch/notify": Text(
        "Tin nhắn về chỉ tiêu đang chờ gửi; không tin nào bị mất.",
        "Messages about targets wait to be sent; none is lost.",
    ),
    "gather": Text(
        "Số liệu của nguồn này chưa được tiếp nhận; các nguồn khác không bị ảnh hưởng.",
        "This source's deliveries are not taken in; no other source is held up.",
    ),
    "maintain": Text(
        "Việc dọn dẹp ban đêm chưa xong; việc đánh giá chỉ tiêu không bị ảnh hưởng.",
        "The nightly tidying is not done; judging goes on.",
    ),
    "digest": Text(
        "Bản tổng hợp định kỳ chưa được lập; tin nhắn từng chỉ tiêu không bị ảnh hưởng.",
        "The digest is not made; messages about single targets go on.",
    ),
}
SILENCE_MEANS = Text(
    "Chưa có chỉ tiêu nào được đánh giá lại từ lúc đó: các kênh khác im lặng *không* có nghĩa là mọi việc đều ổn.",
    "No target has been judged since then: that the other channels are quiet does *not* mean that all is well.",
)
LOOK_AT = Text(
    "1. `targetwatch doctor` cho biết phần nào có lỗi.\n"
    "2. Airflow: DAG `watch` có bật không, lần chạy mới nhất có đỏ không, có *Import errors* không?\n"
    "3. Trang chủ Airflow: scheduler và dag processor có hoạt động không? Nếu không, chạy lại `targetwatch up` "
    "hoặc dịch vụ của nó.",
    "1. `targetwatch doctor` says what is wrong.\n"
    "2. Airflow: is the DAG `watch` on, is its newest run red, are there *Import errors*?\n"
    "3. Airflow's home page: are the scheduler and the dag processor alive? If not, start `targetwatch up` or its "
    "service again.",
)


def message(trouble: Trouble, operators: Operators, language: Language, *, mentions: str = "") -> dict[str, object]:
    """The message of an episode as it stands. `mentions` is a user group, named in a new message only."""
    told = _silence if trouble.subject == EVALUATION else _task
    called = "" if trouble.is_over else mention(mentions).strip()
    return told(trouble, operators, language, called)


def reply(
    trouble: Trouble, operators: Operators, language: Language, which: str, now: datetime, mentions: str = ""
) -> dict[str, object]:
    """A reply in the thread: over, or still going on after so many days, which the channel is shown as well."""
    if which == OVER:
        line = f"{WELL} {bold(_works_again(trouble, operators, language))}"
        return blocks.message(blocks.unmarked(line), [blocks.section([line])])
    name, since = _name(trouble, language), _moment(trouble.since, operators, language)
    lasting = dates.lasting(trouble.since, now, language)
    said = Text(
        f"Vẫn chưa khắc phục sau {lasting}: {name}, từ {since}.", f"Still so after {lasting}: {name}, since {since}."
    ).in_(language)
    line = f"{_shape(trouble)} {bold(said)}"
    told = blocks.message(blocks.unmarked(line), [blocks.section([line + mention(mentions)])])
    return {**told, "reply_broadcast": True}


def marked(payload: Mapping[str, object], request: str, trouble: Trouble) -> dict[str, object]:
    """A payload that can be found again by the id of its request."""
    event = {"notification": request, "group": f"operations/{trouble.subject}", "reason": "operations"}
    return {**payload, "metadata": {"event_type": EVENT, "event_payload": event}}


def fingerprint(payload: Mapping[str, object]) -> str:
    """What tells one wording of a message from another."""
    return hashlib.sha256(json.dumps(payload, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:16]


def _task(trouble: Trouble, operators: Operators, language: Language, called: str) -> dict[str, object]:
    name = _name(trouble, language)
    if trouble.is_over:
        title = Text("Đã chạy lại được: ", "Works again: ").in_(language)
    else:
        title = Text("Luồng xử lý bị lỗi: ", "The pipeline broke: ").in_(language)
    failed = Text("Bắt đầu lỗi", "Broken since")
    if trouble.is_over:
        failed = Text("Bị lỗi từ", "Broke at")
    pairs = [
        (failed.in_(language), _moment(trouble.since, operators, language)),
        (Text("Số lần lỗi", "Failures").in_(language), _how_often(trouble, operators, language)),
    ]
    if trouble.recovered_at is not None:
        again = _moment(trouble.recovered_at, operators, language)
        pairs.append((Text("Chạy lại được lúc", "Works again since").in_(language), again))
    error = Text("Lỗi gần nhất", "Newest error").in_(language)
    said = [
        blocks.header(f"{_shape(trouble)} {title}", name, ""),
        blocks.fields(pairs),
        blocks.section([f"{bold(error)}\n{code(trouble.error, ERROR_SHOWN)}"]),
    ]
    if not trouble.is_over:
        meanwhile = MEANWHILE.get(trouble.subject) or MEANWHILE.get(_dag(trouble).partition("__")[0])
        to_do = [f"{bold(Text('Cần làm', 'What to do').in_(language))}\n{READ_THE_LOG.in_(language)}"]
        said.append(
            blocks.section([*to_do, *([meanwhile.in_(language)] if meanwhile else []), *filter(None, [called])])
        )
    said += blocks.buttons([(Text("Mở nhật ký", "Open the log").in_(language), trouble.log_url or None)])
    remark = Text("Về luồng xử lý, không phải về chỉ tiêu nào", "About the pipeline, not about a target")
    said.append(
        blocks.context([remark.in_(language), code(trouble.subject), escape(operators.programme.in_(language))])
    )
    return blocks.message(f"{title}{name}: {escape(trouble.error, 200)}", said)


def _silence(trouble: Trouble, operators: Operators, language: Language, called: str) -> dict[str, object]:
    since = _moment(trouble.since, operators, language)
    allowed = dates.lasting(trouble.since, trouble.since + operators.dead_after, language)
    expected = Text(
        f"Báo tin khi quá {allowed} không có lần đánh giá nào; bình thường cứ 10 phút có một lần.",
        f"Told once nothing has been evaluated for {allowed}; usually it is every ten minutes.",
    ).in_(language)
    context = blocks.context([expected, escape(operators.programme.in_(language))])
    if trouble.recovered_at is not None:
        line = _works_again(trouble, operators, language)
        said = [blocks.header(f"{WELL} ", Text("Đã đánh giá trở lại", "Evaluating again").in_(language), "")]
        return blocks.message(line, [*said, blocks.section([line]), context])
    if trouble.error == NEVER:
        title = Text(
            f"Chưa từng đánh giá lần nào (theo dõi từ {since})", f"Nothing was ever evaluated (watched since {since})"
        )
    else:
        title = Text(f"Không có lần đánh giá nào từ {since}", f"Nothing evaluated since {since}")
    said = [
        blocks.header(f"{SILENT} ", title.in_(language), ""),
        blocks.section([SILENCE_MEANS.in_(language), *filter(None, [called])]),
        blocks.section([bold(Text("Cần xem", "What to look at").in_(language)), *LOOK_AT.in_(language).split("\n")]),
    ]
    return blocks.message(title.in_(language), [*said, context])


def _works_again(trouble: Trouble, operators: Operators, language: Language) -> str:
    """One line: works again since when, and how long it did not."""
    over = trouble.recovered_at or trouble.newest
    since, lasted = _moment(over, operators, language), dates.lasting(trouble.since, over, language)
    if trouble.subject == EVALUATION:
        return Text(
            f"Đã đánh giá trở lại từ {since}, sau {lasted} gián đoạn.",
            f"Evaluating again since {since}, after {lasted}.",
        ).in_(language)
    name = _name(trouble, language)
    return Text(
        f"Đã chạy lại được từ {since}: {name}, sau {lasted}.", f"Works again since {since}: {name}, after {lasted}."
    ).in_(language)


def _how_often(trouble: Trouble, operators: Operators, language: Language) -> str:
    times = numbers.count(trouble.times, language)
    newest = _moment(trouble.newest, operators, language)
    if trouble.times == 1:
        return times
    return Text(f"{times}, gần nhất {newest}", f"{times}, the newest {newest}").in_(language)


def _name(trouble: Trouble, language: Language) -> str:
    """Which task of which DAG, for people; already escaped."""
    if trouble.subject == EVALUATION:
        return Text("việc đánh giá chỉ tiêu", "the evaluation of targets").in_(language)
    dag, _, task = trouble.subject.partition("/")
    if not task:
        return escape(dag)
    return Text(f"{escape(dag)}, tác vụ {escape(task)}", f"{escape(dag)}, task {escape(task)}").in_(language)


def _dag(trouble: Trouble) -> str:
    return trouble.subject.partition("/")[0]


def _shape(trouble: Trouble) -> str:
    if trouble.is_over:
        return WELL
    return SILENT if trouble.subject == EVALUATION else BROKEN


def _moment(when: datetime, operators: Operators, language: Language) -> str:
    return dates.moment(when, operators.time_zone, language)
