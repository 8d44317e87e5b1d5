"""Notifications: who is told what (policy and messages, pure), and the outbox that delivers it to Slack."""

from targetwatch.notifications.outbox import Delivered, deliver
from targetwatch.notifications.policy import Decided, notify
from targetwatch.notifications.situation import GroupMessage, Situation, Told

__all__ = ["Decided", "Delivered", "GroupMessage", "Situation", "Told", "deliver", "notify"]
