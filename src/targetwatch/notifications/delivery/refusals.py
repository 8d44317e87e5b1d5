"""Refusals: what Slack's error codes mean for the next try, and what a person must do about each."""

from __future__ import annotations

from collections.abc import Mapping

from targetwatch.model import Text
from targetwatch.notifications.delivery.wire import FailureKind, Scope, SendFailure

# Slack's own troubles: the request may or may not have been carried out.
OWN_TROUBLES = frozenset(
    {"internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org", "accesslimited"}
)
RATE_LIMITS = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})

TOKEN = Text(
    "Hãy đặt mã bot hợp lệ (xoxb-...) vào TARGETWATCH_SLACK_TOKEN; tin đang chờ được gửi ở lượt sau.",
    "Put a valid bot token (xoxb-...) into TARGETWATCH_SLACK_TOKEN; what waits is sent at the next pass.",
)
SCOPE_NAMES = "chat:write, channels:read, channels:history, groups:read, groups:history, files:write"
SCOPES = Text(
    f"Hãy cấp cho ứng dụng Slack các quyền {SCOPE_NAMES} rồi cài lại.",
    f"Give the Slack app the scopes {SCOPE_NAMES}, and install it anew.",
)
CHANNEL = Text(
    "Hãy sửa tên hoặc mã kênh trong catalogue/receivers.yaml, và mời ứng dụng vào bằng /invite @targetwatch.",
    "Correct the channel's name or id in catalogue/receivers.yaml, and invite the app with /invite @targetwatch.",
)
OTHER_CHANNEL = Text(
    "hãy hỏi chủ kênh, hoặc ghi kênh khác trong catalogue/receivers.yaml.",
    "ask its owner, or name another one in catalogue/receivers.yaml.",
)
ARCHIVED = Text(
    "Kênh đã được lưu trữ: hãy khôi phục, hoặc ghi kênh khác trong catalogue/receivers.yaml.",
    "The channel is archived: restore it, or name another one in catalogue/receivers.yaml.",
)
# What a person must do before anything can be sent with this token.
TOKEN_TROUBLES: Mapping[str, Text] = {
    "invalid_auth": TOKEN,
    "not_authed": TOKEN,
    "account_inactive": TOKEN,
    "token_revoked": TOKEN,
    "token_expired": TOKEN,
    "no_permission": SCOPES,
    "missing_scope": SCOPES,
    "not_allowed_token_type": TOKEN,
    "org_login_required": Text(
        "Không gian làm việc đang được chuyển: hãy đăng nhập vào tổ chức trên Slack, rồi chờ lượt sau.",
        "The workspace is being moved: sign in to Slack's organisation, then wait for the next pass.",
    ),
    "ekm_access_denied": Text(
        "Quản trị viên Slack đã tạm khóa không gian làm việc: hãy hỏi họ.",
        "Slack's administrators have suspended the workspace: ask them.",
    ),
}
# What a person must do before anything can be sent to this channel.
CHANNEL_TROUBLES: Mapping[str, Text] = {
    "channel_not_found": CHANNEL,
    "not_in_channel": CHANNEL,
    "is_archived": ARCHIVED,
    "is_inactive": ARCHIVED,  # what an edit is answered in a channel that is archived, frozen or deleted
    "restricted_action": Text(
        f"Kênh không cho ứng dụng gửi tin: {OTHER_CHANNEL.vi}",
        f"The channel does not let apps post: {OTHER_CHANNEL.en}",
    ),
    "restricted_action_read_only_channel": Text(
        f"Kênh chỉ để đọc: {OTHER_CHANNEL.vi}", f"The channel is read-only: {OTHER_CHANNEL.en}"
    ),
    "restricted_action_thread_only_channel": Text(
        f"Kênh chỉ nhận tin trả lời: {OTHER_CHANNEL.vi}", f"The channel takes replies only: {OTHER_CHANNEL.en}"
    ),
}
LOST = Text(
    "Tin đó trong Slack không còn, hoặc là của ứng dụng khác; tin được gửi lại thành tin mới.",
    "That message is gone from Slack, or another app's; it is posted anew.",
)
LOST_MESSAGES = frozenset({"message_not_found", "thread_not_found", "cannot_reply_to_message", "cant_update_message"})
OUR_FAULT = Text("Đây là lỗi của targetwatch: xin hãy báo lại.", "This is a fault of targetwatch: please report it.")
CONTENTS: Mapping[str, Text] = {
    "msg_too_long": Text("Tin dài hơn mức Slack nhận.", "The message is longer than Slack takes."),
    "msg_blocks_too_long": Text("Tin dài hơn mức Slack nhận.", "The message is longer than Slack takes."),
    "invalid_blocks": Text("Slack không nhận các khối của tin.", "Slack does not take the message's blocks."),
    "invalid_blocks_format": Text("Slack không nhận các khối của tin.", "Slack does not take the message's blocks."),
    "invalid_attachments": Text("Slack không nhận các khối của tin.", "Slack does not take the message's blocks."),
}
EDITING = Text(
    "Không gian làm việc không cho sửa tin nữa: hãy cho phép ứng dụng sửa trong phần cài đặt.",
    "The workspace does not let messages be edited any more: allow it for apps in its settings.",
)
UNKNOWN = Text(
    "targetwatch không biết câu trả lời này; tin được giữ lại và thử lại ở mỗi lượt.",
    "targetwatch does not know this answer; the message is kept, and tried at every pass.",
)
PAUSE = Text("Slack yêu cầu tạm dừng (429); sẽ gửi lại.", "Slack asks for a pause (429); it is tried again.")


def refused(code: str, status: int, retry_after: float | None) -> SendFailure:
    """What it means that Slack answered with this error code and this status of HTTP."""
    if retry_after is not None:
        return SendFailure(PAUSE, FailureKind.TRANSIENT, retry_after=retry_after, code=code)
    if status >= 500 or code in OWN_TROUBLES:
        says = Text(
            f"Slack đang gặp sự cố ({status}, {code}); sẽ gửi lại.",
            f"Slack is in trouble ({status}, {code}); it is tried again.",
        )
        return SendFailure(says, FailureKind.TRANSIENT, scope=Scope.EVERYWHERE, may_have_arrived=True, code=code)
    if code in TOKEN_TROUBLES:
        return _said(code, TOKEN_TROUBLES[code], FailureKind.BLOCKED, Scope.EVERYWHERE)
    if code in CHANNEL_TROUBLES:
        return _said(code, CHANNEL_TROUBLES[code], FailureKind.BLOCKED, Scope.CHANNEL)
    if code in LOST_MESSAGES:
        return _said(code, LOST, FailureKind.LOST)
    if code in CONTENTS:
        says = Text(f"{CONTENTS[code].vi} {OUR_FAULT.vi}", f"{CONTENTS[code].en} {OUR_FAULT.en}")
        return _said(code, says, FailureKind.CONTENT)
    if code == "edit_window_closed":
        return _said(code, EDITING, FailureKind.TERMINAL)
    return _said(code, UNKNOWN, FailureKind.BLOCKED)


def _said(code: str, advice: Text, kind: FailureKind, scope: Scope = Scope.ROW) -> SendFailure:
    says = Text(f"Slack trả lời {code}. {advice.vi}", f"Slack says {code}. {advice.en}")
    return SendFailure(says, kind, scope=scope, code=code)
